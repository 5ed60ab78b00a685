"""What fuzzing one reader has brought so far: how many pages, the slowest, and each failure once with its page."""

import json
import signal
import traceback
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import FrameType

from benchmarks.fuzz.specimens import pack
from benchmarks.fuzz.whole_reading import read_whole
from crawler.items import Reader
from crawler.page import Page

ROOMS = ("crawler", "store")
ENDLESS_SECONDS = 20
ROOT = Path(__file__).parents[2]


class Endless(Exception):
    """A page that took ``ENDLESS_SECONDS`` of CPU was given up."""


@dataclass(slots=True)
class Failure:
    """An exception that is none of our named ones, where in our code it came from, and a file with the page."""

    what: str
    place: str
    page: str


@dataclass(slots=True)
class Report:
    """What is told of one reader."""

    reader: str
    driver: str
    executions: int = 0
    slowest_seconds: float = 0.0
    slowest_page: str = ""
    failures: list[Failure] = field(default_factory=list)


class Tally:
    """Reads pages with one reader and keeps count. Files go to ``folder``."""

    def __init__(self, reader: Reader, readers: Sequence[Reader], driver: str, folder: Path) -> None:
        self.report = Report(reader.name, driver)
        self._reader = reader
        self._readers = readers
        self._folder = folder
        self._seen: set[tuple[str, str]] = set()
        signal.signal(signal.SIGVTALRM, _give_up)

    def read(self, page: Page) -> None:
        """Read one page. Never raises: a failure is kept, the first of each place in the code."""
        self.report.executions += 1
        signal.setitimer(signal.ITIMER_VIRTUAL, ENDLESS_SECONDS)
        try:
            spent = read_whole(page, self._reader, self._readers)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what we look for
            self._keep(error, page)
            return
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        seconds = spent.slowest
        if seconds > self.report.slowest_seconds:
            self.report.slowest_seconds = seconds
            self.report.slowest_page = self._save("slowest", page)

    def write(self, path: Path) -> None:
        """Write the report as JSON."""
        path.write_text(json.dumps(asdict(self.report)), "utf-8")

    def _keep(self, error: Exception, page: Page) -> None:
        place = place_of(error)
        key = (type(error).__name__, place)
        if key not in self._seen:
            self._seen.add(key)
            name = f"failure-{len(self._seen)}"
            self.report.failures.append(Failure(f"{key[0]}: {error}"[:200], place, self._save(name, page)))

    def _save(self, name: str, page: Page) -> str:
        path = self._folder / f"{self._reader.name}-{name}.page"
        path.write_bytes(pack(page))
        return str(path)


def place_of(error: Exception) -> str:
    """File and line of the last frame that is ours."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(ROOT)]
    inside = [frame for frame in ours if Path(frame.filename).relative_to(ROOT).parts[0] in ROOMS]
    last = (inside or ours or frames)[-1]
    path = Path(last.filename)
    return f"{path.relative_to(ROOT) if path.is_relative_to(ROOT) else path}:{last.lineno}"


def _give_up(_number: int, _frame: FrameType | None) -> None:
    raise Endless(f"more than {ENDLESS_SECONDS} s")
