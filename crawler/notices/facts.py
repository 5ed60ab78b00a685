"""Facts: what a notice says of a home beside its numbers, three-valued, each with the sentence that says it."""

import re
from collections.abc import Iterator

from crawler.items import FactItem
from crawler.notices.mortgages import read_mortgages
from crawler.notices.rule_kinds import UNTOLD, Rules
from crawler.notices.rules import RULES
from crawler.notices.tables import Cell, cell_around, cells_of
from crawler.notices.text import Notice, border_before, find_all
from crawler.notices.viewings import Sale, Viewing, read_viewings
from store.terms import Answer, FactKind

LONGEST_QUOTE = 300
MOST_SENTENCES = 24
"""Sentences looked at for one fact."""

CONDITION = re.compile(
    r"(?:如|若|倘若?|假如|凡)(?:果)?(?!下|期|实|图|上|何)|是否(?!已)|可能(?:会)?(?:存在|有"
    r"|被)|能否"
)
NOT_SAID = re.compile(UNTOLD)
TICKED = re.compile(r"[☑☒✓√✔■]")
BOXES = re.compile(r"(是|否|有|无)\s?\(?\s?([☑☒✓√✔■□☐○]?)\s?\)?")
ASKED = re.compile(r"是否[^\s:]{1,12}[\s:]{1,3}(是|否|有|无)$")
ANY_BOX = re.compile(r"[☑☒✓√✔■□☐]")
UP_TO_CLAUSE = re.compile(r"(?s).*[,:()]")


def read_facts(notice: Notice, sale: Sale) -> tuple[FactItem, ...]:
    """The facts that the notice tells, in the order of ``FactKind``; nothing said is no fact.

    One fact of a kind, but one for each mortgage and for each time of a viewing. Where sentences differ, the answer
    that warns stands. ``sale``: when bids are taken; some notices count the days of viewings from there.
    """
    facts: list[FactItem] = []
    for kind, rules in RULES.items():
        viewings = read_viewings(notice, sale) if kind is FactKind.VIEWING else []
        if not viewings and not any(word in notice.text for word in rules.words):
            continue
        told = [*_by_cells(notice, kind, rules), *_by_sentences(notice, kind, rules)]
        if kind is FactKind.MORTGAGE:
            facts += read_mortgages(told)
            continue
        if times := _shown_at(notice, viewings, told):
            facts += times
            continue
        by_answer = {answer: next((fact for fact in told if fact.answer is answer), None) for answer in rules.order}
        facts += [fact for answer in rules.order if (fact := by_answer[answer])][:1]
    return tuple(facts)


def _shown_at(notice: Notice, viewings: list[Viewing], told: list[FactItem]) -> list[FactItem]:
    """A fact for each time of a viewing. Hours for questions alone are none: where nobody shows it, only a date counts
    that the notice gives for viewings.
    """
    is_shown = all(fact.answer is not Answer.NO for fact in told)
    return [
        FactItem(
            FactKind.VIEWING,
            Answer.YES,
            _quote(notice, each.start, notice.sentence(each.end)[1]),
            starts_raw=None if each.begins is None else str(each.begins),
            ends_raw=None if each.ends is None else str(each.ends),
        )
        for each in viewings
        if is_shown or each.is_given
    ]


def _by_cells(notice: Notice, kind: FactKind, rules: Rules) -> Iterator[FactItem]:
    seen = -1
    for label in rules.cells:
        for found in cells_of(notice, label):
            if found.start <= seen:
                continue
            answer = _answer_of_cell(found, rules)
            if answer is not None:
                seen = found.end
                yield FactItem(kind, answer, _quote(notice, found.start, _end_of_boxes(found)))
    if kind is FactKind.OCCUPIED:
        yield from _by_vacated(notice)


def _end_of_boxes(found: Cell) -> int:
    """Where the first pair of boxes ends, so that the quote does not take in the questions after it."""
    boxes = list(BOXES.finditer(found.value)) if TICKED.search(found.value) else []
    return found.end - len(found.value) + boxes[1].end() if len(boxes) > 2 else found.end


def _by_vacated(notice: Notice) -> Iterator[FactItem]:
    """是否已腾空 asks the other way round: 是 is empty."""
    for found in cells_of(notice, "是否已腾空") + cells_of(notice, "是否腾空"):
        value = found.value
        answer = None
        if value.startswith(("是", "已", "房屋已", "空")):
            answer = Answer.NO
        elif value.startswith(("否", "未", "没")):
            answer = Answer.YES
        elif NOT_SAID.search(value):
            answer = Answer.NOT_KNOWN
        if answer is not None:
            yield FactItem(FactKind.OCCUPIED, answer, _quote(notice, found.start, found.end))


def _answer_of_cell(found: Cell, rules: Rules) -> Answer | None:
    """By the boxes that are ticked, else by how the value begins, else by the rules for sentences."""
    value = found.value
    if TICKED.search(value):
        return _ticked(value)
    if asked := ASKED.match(value):
        value = asked[1]
    if rules.no.match(value):
        return Answer.NO
    if NOT_SAID.match(value):
        return Answer.NOT_KNOWN
    if rules.yes.match(value):
        return Answer.YES
    if re.match(r"[/\\—-]", value):
        return None
    return Answer.NOT_KNOWN if len(value) < 40 and NOT_SAID.search(value) else None


def _ticked(value: str) -> Answer | None:
    """是□ 否☑, 有(√) 无( ), 1.首封 ☑: the first box that is ticked."""
    for word, box in BOXES.findall(value):
        if box and TICKED.match(box):
            return Answer.YES if word in "是有" else Answer.NO
    if found := re.match(r"\d?[.、]?(首封|轮候)[^☑☒✓√✔■□☐]{0,8}[☑☒✓√✔■]", value):
        return Answer.YES if found else None
    return None


def _by_sentences(notice: Notice, kind: FactKind, rules: Rules) -> Iterator[FactItem]:
    text = notice.text
    seen: set[int] = set()
    for word in rules.words:
        if word not in text:
            continue
        for position in find_all(text, word, MOST_SENTENCES):
            start, end = notice.sentence(position)
            if start in seen or len(seen) >= MOST_SENTENCES or ANY_BOX.search(text, start, end):
                continue
            sentence = text[start:end].strip()
            seen.add(start)
            if rules.is_conditional and _is_conditional(text, start, position):
                continue
            answer = _answer_of_sentence(sentence.replace(" ", ""), rules)
            if answer is not None:
                yield FactItem(kind, answer, _quote(notice, start, end, position))


def _is_conditional(text: str, start: int, position: int) -> bool:
    """Whether the clause before the word puts it under a condition: 如有租赁, 是否设立居住权."""
    clause = border_before(text, position, UP_TO_CLAUSE, 16)
    return CONDITION.search(text, max(clause, start), position) is not None


def _answer_of_sentence(sentence: str, rules: Rules) -> Answer | None:
    return next((answer for answer, pattern in rules.sentences if pattern.search(sentence)), None)


def _quote(notice: Notice, start: int, end: int, position: int | None = None) -> str:
    """The sentence in the notice's own signs, blanks collapsed; of a long one the part around ``position``."""
    if position is not None:
        start, end = cell_around(notice.text, start, end, position)
    if end - start > LONGEST_QUOTE and position is not None:
        start = max(start, min(position - 100, end - LONGEST_QUOTE))
    return " ".join(notice.shown[start:end].split())[:LONGEST_QUOTE]
