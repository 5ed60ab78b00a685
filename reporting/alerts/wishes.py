"""What a watch is for: which homes, and what of them is told. Kept as words, so that they can be shown and changed."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from reporting.errors import WrongFilter
from reporting.filters import Filters, LeastCut, parse_filters, parse_least_cut, parse_term
from store.terms import EventKind

SPAN = re.compile(r"(\d{1,3})([dh])")
FILTERS = ("source", "city", "kind", "seller_kind", "round_kind", "max_price")
ALL_EVENTS = frozenset(EventKind)
NO_EVENTS: frozenset[EventKind] = frozenset()
WORDS = (*FILTERS, "home", "cut", "lowest_ever", "deadline", "events")


@dataclass(frozen=True)
class Wishes:
    """What is watched and told.

    Attributes:
        home: ``SOURCE:ID:GENERATION`` of a listing whose home is watched; without it whatever the filters let in is.
        filters: which homes, by any of their listings; ``max_price`` by the present one.
        cut: a fall of the price is told from so much on, counted from the price that was told last.
        is_lowest_told: that a home is cheaper than ever.
        deadline: how long before a start or an end it is told.
        events: which events are told; ``NEW`` also says that a home has come to be among those that are watched for.
    """

    home: str | None
    filters: Filters
    cut: LeastCut | None
    is_lowest_told: bool
    deadline: timedelta | None
    named_events: frozenset[EventKind]

    @cached_property
    def events(self) -> frozenset[EventKind]:
        """Those that were named; without any, all, unless something more particular was asked for."""
        is_particular = self.cut is not None or self.is_lowest_told or self.deadline is not None
        return self.named_events or (NO_EVENTS if is_particular else ALL_EVENTS)


def read_wishes(words: Mapping[str, Any]) -> Wishes:
    """The wishes that words say; those of ``WORDS`` that are not there are not asked for.

    Raises:
        WrongFilter: a word is none of its vocabulary, no amount, no span of time, or the words exclude each other.
    """
    filters = parse_filters(**{name: words[name] for name in FILTERS if words.get(name)})
    if words.get("home") and filters != Filters():
        raise WrongFilter("--property: a home is watched whatever it costs and whoever sells it, without filters")
    cut, deadline = words.get("cut"), words.get("deadline")
    return Wishes(
        words.get("home"),
        filters,
        None if cut is None else _parse_cut(cut),
        bool(words.get("lowest_ever")),
        None if deadline is None else parse_span(deadline),
        frozenset(parse_term(EventKind, "event", word) for word in words.get("events", ())),
    )


def words_of(filters: Filters) -> dict[str, Any]:
    """The words of filters, as far as a watch takes them."""
    words: dict[str, Any] = {
        "source": list(filters.sources),
        "city": list(filters.cities),
        "kind": [str(kind) for kind in filters.kinds],
        "seller_kind": [str(kind) for kind in filters.seller_kinds],
        "round_kind": [str(kind) for kind in filters.rounds],
        "max_price": None if filters.max_price is None else str(filters.max_price),
    }
    return {name: value for name, value in words.items() if value}


def without(words: Mapping[str, Any], options: Iterable[str]) -> dict[str, Any]:
    """The words without some, named as the options of the command line are.

    Raises:
        WrongFilter: there is no such option.
    """
    names = {_option(name): name for name in WORDS}
    for option in options:
        if option not in names:
            raise WrongFilter(f"--clear: there is no {option!r}; give one of: {', '.join(names)}")
    taken = {names[option] for option in options}
    return {name: value for name, value in words.items() if name not in taken}


def parse_span(text: str) -> timedelta:
    """``3d`` or ``12h``.

    Raises:
        WrongFilter: it is neither.
    """
    found = SPAN.fullmatch(text.strip())
    if found is None or int(found[1]) == 0:
        raise WrongFilter(f"--deadline: cannot read {text!r}; give days or hours such as 3d or 12h")
    return timedelta(days=int(found[1])) if found[2] == "d" else timedelta(hours=int(found[1]))


def describe(words: Mapping[str, Any]) -> str:
    """The words as options of the command line, in their order."""
    shown = []
    for name in WORDS:
        option, value = f"--{_option(name)}", words.get(name)
        if value is True:
            shown.append(option)
        elif isinstance(value, list):
            shown += [f"{option} {each}" for each in value]
        elif value:
            shown.append(f"{option} {value}")
    return " ".join(shown) or "everything"


def _option(name: str) -> str:
    return {"round_kind": "round", "home": "property", "events": "event"}.get(name, name).replace("_", "-")


def _parse_cut(text: str) -> LeastCut:
    try:
        return parse_least_cut(text)
    except WrongFilter:
        raise WrongFilter(f"--cut: cannot read {text!r}; give 5%, 50000 or 5万") from None
