"""Going through the doubtful pairs on a terminal: one key settles a pair, another takes the last answer back."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table
from rich.text import Text

from reporting.review import DoubtfulPair, Side
from store.terms import Judgement

ANSWERS = {"s": Judgement.SAME, "d": Judgement.DIFFERENT, "u": Judgement.UNSURE}
KEYS = "s same   d different   u unsure   j next   k back   z undo   q quit"
LEAVE = frozenset({"q", "\x03", "\x04", ""})  # Ctrl-C, Ctrl-D and a closed terminal: every answer is written already
MARKS = {True: "=", False: "≠", None: " "}

Write = Callable[[DoubtfulPair, Judgement], None]


@dataclass(slots=True)
class ReviewSession:
    """Where a person stands in a list of pairs, and what was answered. ``write`` records each answer at once."""

    pairs: Sequence[DoubtfulPair]
    write: Write
    position: int = 0
    answers: dict[int, Judgement] = field(default_factory=dict)
    _before: list[tuple[int, Judgement | None]] = field(default_factory=list)

    def press(self, key: str) -> bool:
        """Do what a key says, and give whether to go on.

        Keys that mean nothing are passed over; so are capitals, since an arrow to the left sends a D.
        """
        if key in LEAVE:
            return False
        if key in ANSWERS:
            self._answer(ANSWERS[key])
            return self.position < len(self.pairs)
        if key == "j":
            self.position = min(self.position + 1, len(self.pairs) - 1)
        elif key == "k":
            self.position = max(self.position - 1, 0)
        elif key == "z":
            self._undo()
        return True

    def count(self, judgement: Judgement) -> int:
        """How many pairs have this answer now."""
        return sum(each is judgement for each in self.answers.values())

    def _answer(self, judgement: Judgement) -> None:
        """Note an answer and go on to the next pair. Unsure leaves a pair as it was found, and takes an answer back."""
        earlier = self.answers.get(self.position)
        self._before.append((self.position, earlier))
        self._set(self.position, None if judgement is Judgement.UNSURE else judgement)
        self.position += 1

    def _undo(self) -> None:
        if self._before:
            self.position, earlier = self._before.pop()
            self._set(self.position, earlier)

    def _set(self, position: int, judgement: Judgement | None) -> None:
        if judgement is self.answers.get(position):
            return
        self.write(self.pairs[position], judgement or Judgement.UNSURE)
        if judgement is None:
            del self.answers[position]
        else:
            self.answers[position] = judgement


def run_session(session: ReviewSession, console: Console, read_key: Callable[[], str]) -> None:
    """Show pair after pair until all are answered or the person leaves."""
    while session.pairs:
        console.clear()
        show_pair(session, console)
        try:
            goes_on = session.press(read_key())
        except KeyboardInterrupt:
            return
        if not goes_on:
            return


@contextmanager
def single_keys() -> Iterator[Callable[[], str]]:
    """Gives a function that waits for one key. The terminal stays so all the while: a key that comes early is kept."""
    try:
        import termios
        import tty
    except ImportError:  # Windows
        from typer import getchar

        yield getchar
        return
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    tty.setcbreak(terminal, termios.TCSADRAIN)
    try:
        yield lambda: sys.stdin.read(1)
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def show_pair(session: ReviewSession, console: Console) -> None:
    """One pair side by side: what agrees, what differs, why it is in doubt, and the keys."""
    pair, position = session.pairs[session.position], session.position
    answer = session.answers.get(position)
    head = f"pair {position + 1} of {len(session.pairs)}, {pair.score} points"
    console.print(Text(head + (f": {answer}" if answer else ""), style="bold"))
    grid = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=False)
    for _ in range(4):
        grid.add_column(overflow="fold")
    for side in pair.sides:
        grid.add_row(*_cells(side))
    console.print(grid)
    console.print(Text(pair.reasons))
    console.print(Text(KEYS, style="dim"))


def _cells(side: Side) -> tuple[Text, Text, Text, Text]:
    style = "yellow" if side.do_agree is False else ""
    words = (side.field, MARKS[side.do_agree], side.one or "", side.other or "")
    one, mark, ours, theirs = (Text(word, style=style) for word in words)
    return one, mark, ours, theirs
