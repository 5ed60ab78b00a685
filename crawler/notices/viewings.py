"""When a home is shown: the days that a notice gives for viewings, also where it counts them from itself or the sale.

Notices say one of these (53 page texts of 2016-2025, of which 33 speak of viewings; three give their days outright):

- 集中看样时间：2018年6月19日下午14:30点
- 咨询、展示看样的时间与方式：自2020年9月12日起至2020年9月26日17时止接受咨询，有意者请联系安排看样
- 自公告之日起至2020年11月3日10时止, 即日起至拍卖日前, 至拍卖开始前一日止: the notice's own date, and its sale

A bound that the notice does not tell stays unknown: a notice without a date has no 公告之日, one that leaves out the
year and the sale has no 5月12日. Working days before a sale (前一个工作日) are not counted: that needs a calendar of
holidays.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from crawler.notices.numerals import whole_number
from crawler.notices.text import Notice, border_before, find_all

DASH = r"(?:至|到|[~～〜—–－-]){1,2}"
NUMERAL = r"(?:\d{1,2}|[一二两三四五六七八九十]{1,3})"
MINUTES = rf"\d{{2}}(?!\d| ?[号栋幢楼层室])|{NUMERAL}(?= ?分)|半"
HOUR = (
    rf"(上午|早上|凌晨|下午|中午|傍晚|晚上?)? ?\(?({NUMERAL})"
    rf" ?(?:[时点]|: ?(?=\d)|(?={DASH}{NUMERAL} ?[时点])) ?(?:({MINUTES}) ?分?)?(?::\d{{2}})?"
)
SIGN_BEHIND = rf"(?=(?: ?(?:[、,和及]|{DASH}) ?{NUMERAL}){{1,7}} ?[日号])"
"""6月3、4日: the sign of the last day is that of the others too."""
NO_MEASURE = r"(?! ?[\d.:元万亿米平亩折层楼公千%㎡mM])"
DOTTED_BEHIND = rf"(?= ?{DASH} ?\d{{1,2}}\.\d{{1,2}}{NO_MEASURE})|(?= ?[(]?(?:上午|早上|下午|晚上?))"
"""6.3-6.5, 6.3上午: days without a sign, which alone could be a fraction."""
YEAR = r"20\d{2}|二[〇零○O][一二][〇零○O一二三四五六七八九]|\d{2}(?= ?年)"
SIGN = rf"[日号]|{SIGN_BEHIND}|{DOTTED_BEHIND}"
DAY = rf"(?:(?:({YEAR}) ?[年/.-] ?)?({NUMERAL}) ?(?:[月/.]|(?(1)-|(?!))) ?)?({NUMERAL}) ?({SIGN})?"
WEEKDAY = r" ?(?:\((?:周|星期|礼拜)[一二三四五六日天]\)|\(含(?:当日|本日)?\))? ?"
POINT = re.compile(rf"{DAY}{WEEKDAY}(?:[,(]? ?{HOUR})?")
LAST_POINT = re.compile(rf"{DAY}{WEEKDAY}(?:{HOUR})?")
"""Of a range: hours behind a comma (6月3日至5日，上午9点) are those of every day, not its end."""
DOTTED_DAY = re.compile(rf"\d{{1,2}}\.\d{{1,2}}{NO_MEASURE}")
SAME_DAY = re.compile(HOUR)
OF_NOTICE = re.compile(r"(?:本|该)?公告(?:公布|发布|发出|刊登|张贴)?之?日|发布公告之?日|即日|公告(?:公布|发布)(?=起)")
OF_SALE = re.compile(
    r"(?:(?:拍卖|变卖|竞价|竞买|网拍)(?:会|活动)?(结束|截止)?(?:开始)?(?:之)?(日)?|开拍(?:之)?(日)?)"
    r"(?:之)?前(?: ?([一二两三四五六七\d]{1,2}) ?(?:[日天]|个?(工作日)))?"
)
MAY_BEGIN = re.compile(
    r"(?<![\d./月-])(?<!\d:)\d|二[〇零○O]|(?<![一二三四五六七八九十月年])[一二三四五六七八九十]{1,2}(?=月)|[本该]?公告|即日|发布|[拍变]卖|竞[价买]|网拍|开拍"
)
UNTIL = re.compile(r"[起时点分整开始]{0,3}(?:\(含\))?[, ]{0,2}" + DASH + " ?")
UP_TO = re.compile(r"(?:截至|截止(?:到|至|时间|日期)?[为是:\t]?|至|到) ?$")
AND = re.compile(r" ?[时点分]?\)? ?[、,和及] ?")
NOT_OF_LIST = re.compile(r" ?[时点分整日号]{0,2} ?(?:[之以]?[前后内]|起)")
BEFORE = re.compile(r" ?[时点分整日号]{0,2} ?(?:之|以)?前(?![往去来台期述后])")
FROM = re.compile(r" ?[时点分整日号]{0,2} ?(?:起|开始|(?:之|以)?后|[至到])")
VAGUE = re.compile(r" ?[时点分整日号]{0,2} ?(?:左右|前后|上下)")

VIEWING_WORDS = ("看样", "展示", "预展", "展样")
LABEL = re.compile(r"(?:看样|展示|预展|展样)[^:。;\n,()\d]{0,10}(?:时间|日期)[^:。;\n,()\d]{0,8}[:为是\s]")
SENTENCE = re.compile(r"[^。;\n!]+")
ON_VIEWINGS = re.compile(r"看样|预展|接受咨询")
ARRANGED = re.compile(
    r"(?:统一|集中|组织|安排|预约|约定)[^,。;:]{0,6}(?:看样|预展)|(?:看样|预展)[^,。;:]{0,6}(?:请于|定于|安排|预约)"
    r"|接受[^,。;:]{0,8}看样"
)
OTHER_MATTER = re.compile(r"评估|基准日|报名|保证金|登记|[交缴]纳|[付余尾]款|过户|竞买人?资格")
BOOKING = re.compile(r"预约|办理|联系")
TO_REPORT = re.compile(r"报名(?:看样|展示)|(?:看样|展示)报名")
VIEWING_WORD = re.compile("|".join(VIEWING_WORDS))
UP_TO_CLAUSE = re.compile(r"(?s).*[,;。()\n]")
REST_OF_CLAUSE = re.compile(r"[^,;。()\n]*")
LONGEST_CLAUSE = 80
NEXT_HEADING = re.compile(r"\n ?[(]?[一二三四五六七八九十]{1,3}[)]?[、.]")
LONGEST_SECTION = 600
SIGNER = re.compile(r"(?:法院|公司|中心|银行|[支分]行|管理人|局|庭)[^\n]{0,3}$")
SIGNATURE = re.compile(r"(20\d{2}|[二2][〇零0][〇零0-9一二三四五六七八九]{2}) ?年 ?(\S{1,3}?) ?月 ?(\S{1,3}?) ?日")
LONGEST_SIGNATURE = 20
LETTERS = str.maketrans({"O": "〇", "ο": "〇", "Ο": "〇", "○": "〇"})
HOURS_OF_HALF = {
    None: range(6, 24),
    "凌晨": range(6),
    "早上": range(5, 12),
    "上午": range(6, 13),
    "中午": range(11, 15),
    "下午": range(12, 24),
    "傍晚": range(17, 20),
    "晚": range(17, 24),
    "晚上": range(17, 24),
}
"""What the clock can show where a notice names that part of the day; 2点 alone is likely 14:00, so it is neither."""

NOON = 12
FAR_FROM_SALE = timedelta(days=90)
"""A date without a year that would lie further before the sale, or behind the first day of a range, is not guessed."""

MOST_WORDS = 24
MOST_VIEWINGS = 8

Bound = date | datetime
Times = tuple[Bound | None, Bound | None]


class Viewing(NamedTuple):
    """A time in which a home is shown, by the clock of the place: a day, or an instant where the hour is told.

    ``is_given``: its beginning stands in the notice as a date. ``start`` and ``end``: where the notice says so.
    """

    begins: Bound | None
    ends: Bound | None
    is_given: bool
    start: int
    end: int


class Sale(NamedTuple):
    """The bidding that a notice announces, by the clock of the place."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None


class _Told(NamedTuple):
    """One end of a time: ``at`` is unknown where the notice does not tell what it is counted from."""

    at: Bound | None
    end: int
    is_date: bool


def read_viewings(notice: Notice, sale: Sale) -> list[Viewing]:
    """The times that a notice gives for viewings, in its order; none where it gives no bound of any.

    Where its only dates are in doubt, the first of them as a viewing without times: a wrong date is worse than none.
    """
    found: list[Viewing] = []
    for passage in _passages(notice):
        for viewing in _times_in(notice, passage, sale):
            is_new = all((each.begins, each.ends) != (viewing.begins, viewing.ends) for each in found)
            if is_new and len(found) < MOST_VIEWINGS:
                found.append(viewing)
    return [each for each in found if (each.begins, each.ends) != (None, None)] or found[:1]


def signed_on(notice: Notice) -> date | None:
    """The date under a notice, 二〇二〇年十月三十日 or 2020年10月20日 on the line below who signs it: the last one."""
    lines = notice.body.partition("\n---")[0].split("\n")
    for above, line in zip(reversed(lines[:-1]), reversed(lines[1:]), strict=True):
        if line.endswith("日") and len(line) <= LONGEST_SIGNATURE and SIGNER.search(above[-12:]):
            found = SIGNATURE.fullmatch(line.translate(LETTERS))
            if found is not None:
                return _day(*map(whole_number, found.groups()))
    return None


class _Passage(NamedTuple):
    """A sentence on viewings; ``said_from`` is where its label begins."""

    said_from: int
    start: int
    end: int


def _passages(notice: Notice) -> Iterator[_Passage]:
    """Where viewings are spoken of: behind a label up to the next heading, else a sentence that arranges them."""
    text, done = notice.text, 0
    for position in sorted({each for word in VIEWING_WORDS for each in find_all(text, word, MOST_WORDS)}):
        if position < done:
            continue
        if label := LABEL.match(text, position):
            heading = NEXT_HEADING.search(text, label.end(), label.end() + LONGEST_SECTION)
            done = heading.start() if heading else min(len(text), label.end() + LONGEST_SECTION)
            yield from _sentences_behind(notice, position, label.end(), done)
            continue
        start, end = notice.sentence(position)
        if ARRANGED.search(text, start, end):
            done = end
            yield _Passage(start, start, end)


def _sentences_behind(notice: Notice, label: int, start: int, end: int) -> Iterator[_Passage]:
    """The first sentence behind a label, and those of its section that are on viewings or questions."""
    said_from, is_first = notice.sentence(label)[0], True
    for found in SENTENCE.finditer(notice.text, start, end):
        if is_first or ON_VIEWINGS.search(found[0]):
            yield _Passage(said_from if is_first else found.start(), found.start(), found.end())
        is_first = False


def _times_in(notice: Notice, passage: _Passage, sale: Sale) -> Iterator[Viewing]:
    """Every time in a passage: from one bound to another, on one day, or up to a bound."""
    text, (said_from, position, end) = notice.text, passage
    first = _next_point(notice, passage, position, sale)
    while first is not None:
        begins, at = first
        until = UNTIL.match(text, begins.end, end)
        second = _point(notice, until.end(), end, sale, begins, LAST_POINT) if until else None
        second = _without_daily_hours(text, begins, second, end) if second else None
        times = _between(begins, second) if second else _one_bound(text, begins, at)
        if second and begins.is_date and UP_TO.search(text, max(0, at - 8), at):
            times = None, _latest_day(times)  # 至6月8日9:00-17:00: hours of every day up to that one
        last = second or begins
        if times != (None, None) or begins.is_date:
            yield Viewing(*times, begins.is_date and times[0] is not None, said_from, last.end)
        first = _next_of_list(notice, passage, begins, last, sale) or _next_point(notice, passage, last.end, sale)


def _latest_day(times: Times) -> date | None:
    return None if times[1] is None else _as_day(times[1])


def _next_of_list(
    notice: Notice, passage: _Passage, begins: _Told, last: _Told, sale: Sale
) -> tuple[_Told, int] | None:
    """Another day of a list (3日、4日), or other hours of the day where the one before it told its hours."""
    separator = AND.match(notice.text, last.end, passage.end)
    if separator is None or last.at is None or not last.is_date:
        return None
    at = separator.end()
    has_hours = isinstance(begins.at, datetime) and begins.at.date() == _as_day(last.at)
    if not has_hours and SAME_DAY.match(notice.text, at, passage.end):
        return None
    told = _point(notice, at, passage.end, sale, last)
    if told is None or told.at is None or NOT_OF_LIST.match(notice.text, told.end):
        return None
    return None if _is_of_other_matter(notice.text, passage, at) else (told, at)


def _without_daily_hours(text: str, first: _Told, second: _Told, end: int) -> _Told:
    """至6月5日9:00-17:00 behind another day: the hours are those of every day, so that only the days are kept."""
    if not isinstance(second.at, datetime) or (isinstance(first.at, datetime) and first.at.date() == second.at.date()):
        return second
    until = UNTIL.match(text, second.end, end)
    hours = SAME_DAY.match(text, until.end(), end) if until else None
    return _Told(second.at.date(), hours.end(), second.is_date) if hours else second


def _between(first: _Told, second: _Told) -> Times:
    """From one bound to the other, or up to it; nothing where a date is in doubt or the end before the beginning."""
    if first.is_date and first.at is None:
        return None, None
    if second.at is None or (first.at is not None and _is_before(second.at, first.at)):
        return None, None
    return first.at, second.at


def _one_bound(text: str, told: _Told, at: int) -> Times:
    """A single date: the last moment where the words say so (前, 截至), the first (起, 之后), else the day or hour.

    What is counted from the notice or the sale is no time by itself, nor what is about a date.
    """
    if not told.is_date or VAGUE.match(text, told.end):
        return None, None
    if FROM.match(text, told.end):
        return told.at, None
    if BEFORE.match(text, told.end) or UP_TO.search(text, max(0, at - 8), at):
        return None, told.at
    return told.at, None if isinstance(told.at, datetime) else told.at


def _next_point(notice: Notice, passage: _Passage, position: int, sale: Sale) -> tuple[_Told, int] | None:
    """The next bound in a passage, and where it begins; what is bracketed or of another matter is passed over."""
    for place in MAY_BEGIN.finditer(notice.text, position, passage.end):
        told = _point(notice, place.start(), passage.end, sale, None)
        if told is not None and not _is_of_other_matter(notice.text, passage, place.start()):
            return told, place.start()
    return None


def _is_of_other_matter(text: str, passage: _Passage, position: int) -> bool:
    """Whether a date stands in brackets, or its clause is on the appraisal, the deposit, or how to book a viewing."""
    start = border_before(text, position, UP_TO_CLAUSE, min(LONGEST_CLAUSE, position - passage.start))
    if start > passage.start and text[start - 1] == "(":
        return True
    rest = REST_OF_CLAUSE.match(text, position, min(passage.end, position + LONGEST_CLAUSE))
    clause = text[start : rest.end() if rest else position]
    if OTHER_MATTER.search(clause):
        return True
    is_labelled = start == passage.start > passage.said_from
    if is_labelled and TO_REPORT.search(text, passage.said_from, passage.start):
        return True
    return not is_labelled and BOOKING.search(clause) is not None and VIEWING_WORD.search(clause) is None


def _point(
    notice: Notice, position: int, end: int, sale: Sale, before: _Told | None, dated: re.Pattern[str] = POINT
) -> _Told | None:
    """The bound that begins here: a date, hours of the day before it, the notice's own day, or one before the sale."""
    text = notice.text
    if found := OF_NOTICE.match(text, position, end):
        return _Told(signed_on(notice), found.end(), is_date=False)
    if found := OF_SALE.match(text, position, end):
        return _Told(_before_sale(found, sale), found.end(), is_date=False)
    if before is not None and isinstance(before.at, date) and (found := SAME_DAY.match(text, position, end)):
        at = _hour_after(before.at, *found.groups())
        return _Told(at, found.end(), is_date=True) if at is not None else None
    found = dated.match(text, position, end)
    if found and _leads_on(text, found.end()):
        found = LAST_POINT.match(text, position, end)  # without the hour of another clause
    return _dated(found, sale, before) if found else None


def _leads_on(text: str, position: int) -> bool:
    """Whether the clause goes on to a deadline or another matter: 下午5点前预约, 17:00报名截止."""
    rest = REST_OF_CLAUSE.match(text, position, position + LONGEST_CLAUSE)
    words = rest[0] if rest else ""
    return bool(BEFORE.match(text, position) or OTHER_MATTER.search(words) or BOOKING.search(words))


def _dated(found: re.Match[str], sale: Sale, before: _Told | None) -> _Told | None:
    """A date: with its year, or 5月12日 in the year of the bound before or of the sale, or 12日 behind another."""
    year, month, day, sign, *hour = found.groups()
    if month is None and (before is None or sign is None):
        return None
    is_dotted_end = before is not None and DOTTED_DAY.match(found.string, found.start()) is not None
    if year is None and sign is None and not is_dotted_end:
        return None  # 11/2, 3.5: a fraction as well
    earlier = _as_day(before.at) if before and isinstance(before.at, date) else None
    at = _day_of(year, month, day, earlier, sale)
    if at is not None and hour[1] is not None:
        return _Told(_at_hour(at, *hour) or at, found.end(), is_date=True)
    return _Told(at, found.end(), is_date=True)


def _day_of(year: str | None, month: str | None, day: str, earlier: date | None, sale: Sale) -> date | None:
    """The day; one without a year is the first behind an earlier day, or the last up to the sale, and near to it."""
    if year is not None:
        return _day(2000 + _number(year) % 100, _number(month or ""), _number(day))
    if earlier is not None:
        years, first = (earlier.year, earlier.year + 1), earlier
        last = earlier + FAR_FROM_SALE
    elif sale.starts_at is not None and month is not None:
        years = (sale.starts_at.year, sale.starts_at.year - 1)
        first, last = sale.starts_at.date() - FAR_FROM_SALE, (sale.ends_at or sale.starts_at).date()
    else:
        return None
    found = (_day(each, _number(month) if month else first.month, _number(day)) for each in years)
    return next((each for each in found if each is not None and first <= each <= last), None)


def _before_sale(found: re.Match[str], sale: Sale) -> Bound | None:
    """拍卖日前 is the day before it, 开拍前 the moment, 开拍前两天 that day; working days are not counted."""
    is_end, day_of_sale, day_of_start, count, working_days = found.groups()
    at = sale.ends_at if is_end else sale.starts_at
    if at is None or working_days:
        return None
    if count:
        days = whole_number(count)
        return None if days is None else at.date() - timedelta(days=days)
    return at.date() - timedelta(days=1) if day_of_sale or day_of_start else at


def _hour_after(before: Bound, half: str | None, hour: str, minute: str | None) -> Bound | None:
    """An hour on the day of a bound and not before it: behind 下午2点 the bare 4点 is 16:00; else not known."""
    at = _at_hour(_as_day(before), half, hour, minute)
    if half is None and isinstance(before, datetime) and before.hour >= NOON and _number(hour) < NOON:
        at = _at_hour(_as_day(before), "下午", hour, minute)
    return None if at is None or _is_before(at, before) else at


def _at_hour(day: date, half: str | None, hour: str, minute: str | None) -> Bound | None:
    """The instant; the day alone for the midnight that ends it (24时, 晚上12点); ``None`` where there is doubt."""
    hours, minutes = _number(hour), 30 if minute == "半" else _number(minute or "0")
    if minutes == 0 and (hours == 2 * NOON or (hours == NOON and half in ("晚", "晚上"))):
        return day
    if (half in ("下午", "傍晚", "晚", "晚上") and hours < NOON) or (half == "中午" and hours < 3):
        hours += NOON
    is_midnight = half is None and hours == minutes == 0
    if not 0 <= minutes <= 59 or not (is_midnight or hours in HOURS_OF_HALF[half]):
        return None
    return datetime(day.year, day.month, day.day, hours, minutes)  # noqa: DTZ001 - the normaliser knows the zone


def _is_before(one: Bound, other: Bound) -> bool:
    """By the clock where both tell the hour, else by the day."""
    if isinstance(one, datetime) and isinstance(other, datetime):
        return one < other
    return _as_day(one) < _as_day(other)


def _number(numeral: str) -> int:
    """The number; -1, which is no day and no hour, where the numerals make none."""
    number = whole_number(numeral.translate(LETTERS)) if numeral else None
    return -1 if number is None else number


def _as_day(bound: Bound) -> date:
    return bound.date() if isinstance(bound, datetime) else bound


def _day(year: int | None, month: int | None, day: int | None) -> date | None:
    try:
        return date(year or 0, month or 0, day or 0)
    except ValueError:
        return None
