"""What a question can be told apart by. Plain words without imports: the help of the command line names them too."""

from enum import StrEnum


class By(StrEnum):
    """What tells the groups of a statistic apart."""

    ALL = "all"
    SOURCE = "source"
    SELLER = "seller"
    SELLER_CLASS = "seller-class"
    CITY = "city"
    DISTRICT = "district"
    MONTH = "month"
    KIND = "kind"
    ROUND = "round"
    STATUS = "status"
    CITY_MONTH_ROUND = "city-month-round"


class Group(StrEnum):
    """By what homes can be told apart in their time to sale: as their first listing says."""

    SOURCE = "source"
    CITY = "city"
    KIND = "kind"
    SELLER_KIND = "seller_kind"


class Detail(StrEnum):
    """How finely coverage is told."""

    CITY = "city"
    SOURCE = "source"
