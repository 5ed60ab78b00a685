"""Rows of a foreign table as context: what a square metre costs in a place, or the numbers of time series."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from zoneinfo import ZoneInfo

from crawler.errors import RowRefused
from crawler.intake.mapped_rows import TableColumns, bind_fields, check_width, refuse
from crawler.intake.rules import Bound, Rule, read_first
from crawler.intake.tables import Cells
from crawler.items import Dialect, PageContent, Word
from crawler.normalize.fields import read_price
from crawler.normalize.regions import find_region
from crawler.normalize.texts import clean_text, clean_url
from store.statement import Context, MarketPrice, SeriesPoint

PRICE_FIELDS = frozenset(
    {"place", "period", "price_raw", "state_raw", "city_raw", "district_raw", "latitude_raw", "longitude_raw", "url"}
)
AREA_UNITS = {"sqm": Decimal(1), "sqft": Decimal("0.09290304")}
"""Square metres in the unit that a price is for; the foot by the international yard of 1959."""

BASES = frozenset({"asking", "deals"})
LONGEST_SERIES, LONGEST_PERIOD = 80, 10
NUMBER = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][+-]?\d{1,2})?")
HOLE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class PeriodForm:
    """How a table writes periods. The pattern names ``year``, and ``month``, ``day``, ``quarter`` where told."""

    pattern: re.Pattern[str]
    is_quarter_end: bool = False  # the month is the last of its quarter
    year_zero: int = 0


PERIOD_FORMS = {
    "day": PeriodForm(re.compile(r"(?P<year>\d{4})([-/.]?)(?P<month>\d\d?)\2(?P<day>\d\d?)")),
    "month": PeriodForm(re.compile(r"(?P<year>\d{4})[-/.]?(?P<month>\d\d?)")),
    "quarter": PeriodForm(re.compile(r"(?P<year>\d{4})-?Q(?P<quarter>[1-4])")),
    "quarter_end": PeriodForm(re.compile(r"(?P<year>\d{4})[-/.]?(?P<month>\d\d)"), is_quarter_end=True),
    "roc_quarter": PeriodForm(re.compile(r"(?P<year>\d{2,3})Q(?P<quarter>[1-4])"), year_zero=1911),
    "year": PeriodForm(re.compile(r"(?P<year>\d{4})")),
}


def read_period(text: str, form: str) -> str:
    """A period as 2018-10-07, 2018-10, 2018-Q4 or 2018.

    Raises:
        RowRefused: not of that form, or no such day.
    """
    found = PERIOD_FORMS[form].pattern.fullmatch(text.strip())
    if not found:
        raise RowRefused(f"period: not of the form {form}: {text[:40]!r}")
    told = {name: int(value) for name, value in found.groupdict().items()}
    year = told["year"] + PERIOD_FORMS[form].year_zero
    month = told.get("month", 1)
    try:
        datetime(year, month, told.get("day", 1))  # noqa: DTZ001 - only asks whether there is such a day
    except ValueError:
        raise RowRefused(f"period: no such day: {text[:40]!r}") from None
    if PERIOD_FORMS[form].is_quarter_end:
        if month % 3:
            raise RowRefused(f"period: not the last month of a quarter: {text[:40]!r}")
        return f"{year:04}-Q{month // 3}"
    if "quarter" in told:
        return f"{year:04}-Q{told['quarter']}"
    parts = [f"{year:04}", *(f"{told[name]:02}" for name in ("month", "day") if name in told)]
    return "-".join(parts)


def read_number(field_name: str, raw: Word) -> float:
    """A number, with commas between thousands or without.

    Raises:
        RowRefused: another text, or not finite.
    """
    value: float | None = None
    if isinstance(raw, str) and NUMBER.fullmatch(raw.strip()):
        value = float(raw.strip().replace(",", ""))
    elif isinstance(raw, int | float) and not isinstance(raw, bool):
        value = float(raw) if abs(raw) < 1e300 else math.inf
    if value is None or not math.isfinite(value):
        raise RowRefused(f"{field_name}: not a number: {str(raw)[:40]!r}")
    return value


@dataclass(frozen=True, slots=True)
class PriceRules:
    """How rows become market prices. Without a rule for ``period`` it is the day on which the table was seen."""

    fields: Mapping[str, tuple[Rule, ...]]
    basis: str
    period_form: str
    area_unit: str

    def list_rules(self) -> list[Rule]:
        """Every rule."""
        return [rule for rules in self.fields.values() for rule in rules]


@dataclass(frozen=True, slots=True)
class PointRules:
    """One series that each row has a point of; ``{name}`` in series and title stands for a value of the row."""

    series: str
    title: str
    unit: str
    value: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class SeriesRules:
    """How rows become points of series."""

    points: tuple[PointRules, ...]
    period: tuple[Rule, ...]
    period_form: str
    names: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)

    def list_rules(self) -> list[Rule]:
        """Every rule."""
        named = (rule for rules in self.names.values() for rule in rules)
        return [*self.period, *named, *(rule for point in self.points for rule in point.value)]


def read_position(latitude_raw: Word, longitude_raw: Word) -> tuple[int | None, int | None]:
    """Latitude and longitude in millionths of a degree; both or none, and 0, 0 means "not known".

    Raises:
        RowRefused: not degrees.
    """
    if latitude_raw is None or longitude_raw is None:
        return None, None
    latitude, longitude = read_number("latitude_raw", latitude_raw), read_number("longitude_raw", longitude_raw)
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise RowRefused(f"position: absurd: {latitude}, {longitude}")
    if latitude == 0 and longitude == 0:
        return None, None
    return round(latitude * 1_000_000), round(longitude * 1_000_000)


class PriceReader:
    """The rules for market prices bound to one file."""

    def __init__(self, rules: PriceRules, dialect: Dialect, columns: TableColumns) -> None:
        self._rules = rules
        self._dialect = dialect
        self._columns = columns
        self._fields = bind_fields(rules.fields, columns.places)
        self._prices: list[MarketPrice] = []

    def read_into(self, content: PageContent, position: int, cells: Cells) -> None:
        """Adds the row to the prices or, with the reason, to the refused rows."""
        try:
            check_width(cells, self._columns.header)
            self._prices.append(self._read(cells))
        except RowRefused as error:
            content.refused.append(refuse(position, None, error, cells))

    def finish(self, content: PageContent) -> None:
        """Hands the prices over."""
        if self._prices:
            content.context = Context(prices=tuple(self._prices))

    def _read(self, cells: Cells) -> MarketPrice:
        values = {name: read_first(steps, cells, self._columns.address, name) for name, steps in self._fields}
        words = {name: None if value is None else str(value) for name, value in values.items()}
        place = clean_text("place", words["place"])
        if place is None:
            raise RowRefused("place: blank")
        minor = read_price("price_raw", values["price_raw"], self._dialect)
        if minor is None:
            raise RowRefused("price_raw: blank")
        unit = AREA_UNITS[self._rules.area_unit]
        region = find_region(
            self._dialect.country, words.get("state_raw"), words.get("city_raw"), words.get("district_raw"), None
        )
        latitude, longitude = read_position(values.get("latitude_raw"), values.get("longitude_raw"))
        return MarketPrice(
            place=place,
            period=self._find_period(words.get("period")),
            price_per_sqm=int((Decimal(minor) / unit).quantize(Decimal(1), ROUND_HALF_EVEN)),
            currency=self._dialect.currency,
            basis=self._rules.basis,
            city=region.city or words.get("city_raw"),
            district=region.district or words.get("district_raw"),  # a district that is no more (闸北) keeps its name
            region_code=region.code,
            latitude=latitude,
            longitude=longitude,
            url=clean_url("url", words.get("url")),
        )

    def _find_period(self, text: str | None) -> str:
        if "period" not in self._rules.fields:
            return self._columns.seen_on
        return read_period(text or "", self._rules.period_form)


class SeriesReader:
    """The rules for series bound to one file. A row whose points cannot all be read gives none."""

    def __init__(self, rules: SeriesRules, columns: TableColumns) -> None:
        self._rules = rules
        self._columns = columns
        index = columns.places
        self._period: Bound = bind_fields({"period": rules.period}, index)[0][1]
        self._names = bind_fields(rules.names, index)
        self._values = bind_fields({point.series: point.value for point in rules.points}, index)
        self._points: dict[tuple[str, str], SeriesPoint] = {}

    def read_into(self, content: PageContent, position: int, cells: Cells) -> None:
        """Adds the points of the row or, with the reason, the row to the refused ones."""
        try:
            check_width(cells, self._columns.header)
            found = self._read(cells)
            told_before = [point for point in found if (point.series, point.period) in self._points]
            if told_before:
                raise RowRefused(f"{told_before[0].series} of {told_before[0].period} stands twice in the table")
        except RowRefused as error:
            content.refused.append(refuse(position, None, error, cells))
            return
        self._points.update({(point.series, point.period): point for point in found})

    def finish(self, content: PageContent) -> None:
        """Hands the points over."""
        if self._points:
            content.context = Context(points=tuple(self._points.values()))

    def _read(self, cells: Cells) -> list[SeriesPoint]:
        address = self._columns.address
        told = read_first(self._period, cells, address, "period")
        period = read_period("" if told is None else str(told), self._rules.period_form)
        names = {name: str(read_first(steps, cells, address, name) or "") for name, steps in self._names}
        if blank := [name for name, value in names.items() if not value]:
            raise RowRefused(f"{blank[0]}: blank")
        points = []
        for rules, (_, steps) in zip(self._rules.points, self._values, strict=True):
            series = HOLE.sub(lambda hole: names[hole[1]], rules.series)
            title = HOLE.sub(lambda hole: names[hole[1]].replace("_", " "), rules.title)
            if len(series) > LONGEST_SERIES:
                raise RowRefused(f"a name of a series of {len(series)} characters")
            raw = read_first(steps, cells, address, series)
            if raw is None:
                raise RowRefused(f"{series}: blank")
            points.append(SeriesPoint(series, period, read_number(series, raw), rules.unit, title))
        return points


def find_holes(text: str) -> set[str]:
    """The names that stand in braces."""
    return set(HOLE.findall(text))


def day_of(observed_at: datetime, dialect: Dialect) -> str:
    """The day on which a table was seen, in the source's own zone."""
    return observed_at.astimezone(ZoneInfo(dialect.time_zone)).date().isoformat()
