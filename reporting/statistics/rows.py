"""What the rows of all statistics have in common: the name of their group, a figure and its interval."""

from decimal import Decimal

from reporting.statistics.groups import label_of
from reporting.statistics.intervals import LEAST_SAMPLE, Estimate
from reporting.tables import Column, Shape

SMALL = f"insufficient data: fewer than {LEAST_SAMPLE} cases"
NAME_COLUMNS = (
    Column("label", Shape.TEXT, "group", least=20, is_in_file=False),
    Column("group", Shape.WORD, is_in_table=False),
)
REMARK = Column("remark", Shape.WORD, "remark")


class Grouped:
    """A row of one group; ``None``: the group of which the sources do not tell."""

    __slots__ = ()
    group: str | None

    @property
    def label(self) -> str:
        """The group for people."""
        return label_of(self.group)


class Rated(Grouped):
    """A row with one rate; its figures are ``None`` where too few cases stand behind it, and ``remark`` says so."""

    __slots__ = ()
    rate: Estimate

    @property
    def rate_percent(self) -> Decimal | None:
        """The rate in percent."""
        return self.rate.value

    @property
    def low_percent(self) -> Decimal | None:
        """The lower end of its interval of 95 %."""
        return self.rate.low

    @property
    def high_percent(self) -> Decimal | None:
        """The upper end of its interval of 95 %."""
        return self.rate.high

    @property
    def remark(self) -> str:
        """Empty, or why there is no rate."""
        return self.rate.remark


def count_columns(**rooms: int) -> tuple[Column, ...]:
    """Columns of whole numbers under their own names; what goes first where a terminal is narrow has more ``room``."""
    return tuple(Column(name, Shape.COUNT, name.replace("_", " "), room=room) for name, room in rooms.items())


def rate_columns(heading: str) -> tuple[Column, ...]:
    """The columns of a rate."""
    return (
        Column("rate_percent", Shape.PERCENT, heading),
        Column("low_percent", Shape.PERCENT, "from"),
        Column("high_percent", Shape.PERCENT, "to"),
    )
