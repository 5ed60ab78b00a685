"""What an address asks for: the filters of the command line under their names, other words, and addresses made anew."""

from collections.abc import Iterable, Mapping
from urllib.parse import quote, urlencode

from starlette.datastructures import QueryParams

from reporting.errors import WrongFilter
from reporting.filters import AsOf, Filters, parse_filters

ONE = {"min-cut": "min_cut", "max-price": "max_price", "since": "since", "as-of": "as_of"}
MANY = {
    "source": "source",
    "city": "city",
    "kind": "kind",
    "seller-kind": "seller_kind",
    "round": "round_kind",
}
FILTERS = (*MANY, *ONE)
"""The names of the command line's options, without their dashes."""

MOST_WORDS = 40
LONGEST = 200


class WrongWord(WrongFilter):
    """A word of an address cannot be used; ``name`` is that of its parameter, ``value`` what was given."""

    def __init__(self, name: str, value: str, why: str) -> None:
        super().__init__(why)
        self.name = name
        self.value = value


def read_filters(query: QueryParams) -> Filters:
    """The filters in an address. An empty word is one that a form left open.

    Raises:
        WrongWord: a value cannot be read, one that may be given once is given twice, or there are too many.
    """
    given: dict[str, object] = {}
    for name, field in MANY.items():
        given |= _checked(name, field, words_of(query, name))
    for name, field in ONE.items():
        word = word_of(query, name)
        if word is not None:
            given |= _checked(name, field, word)
    return parse_filters(**given)  # type: ignore[arg-type]  # by the two tables above


def _checked(name: str, field: str, value: list[str] | str) -> dict[str, object]:
    """The value as it was given, once it is known that it can be read: so an error names its parameter."""
    if not value:
        return {}
    try:
        parse_filters(**{field: value})  # type: ignore[arg-type]
    except WrongFilter as error:
        raise WrongWord(name, ", ".join([value] if isinstance(value, str) else value), str(error)) from None
    return {field: value}


def words_of(query: QueryParams, name: str) -> list[str]:
    """All values of a parameter that may be repeated, without blanks around them and empty ones.

    Raises:
        WrongWord: there are too many, or one is too long.
    """
    words = [word for each in query.getlist(name) if (word := each.strip())]
    if len(words) > MOST_WORDS:
        raise WrongWord(name, words[0], f"--{name}: at most {MOST_WORDS} values")
    for word in words:
        if len(word) > LONGEST:
            raise WrongWord(name, word[:LONGEST], f"--{name}: at most {LONGEST} letters")
    return list(dict.fromkeys(words))


def word_of(query: QueryParams, name: str) -> str | None:
    """The value of a parameter that stands once; ``None`` where it is not given.

    Raises:
        WrongWord: it stands there twice with two values, or is too long.
    """
    words = words_of(query, name)
    if len(words) > 1:
        raise WrongWord(name, ", ".join(words), f"--{name}: give it once")
    return words[0] if words else None


def number_of(query: QueryParams, name: str, least: int, most: int, default: int) -> int:
    """A whole number within bounds.

    Raises:
        WrongWord: it is none, or outside.
    """
    word = word_of(query, name)
    if word is None:
        return default
    number = int(word) if word.isascii() and word.isdigit() and len(word) < 16 else -1
    if not least <= number <= most:
        raise WrongWord(name, word, f"--{name}: give a number from {least} to {most}")
    return number


def choice_of(query: QueryParams, name: str, choices: Iterable[str], default: str) -> str:
    """One of a few words.

    Raises:
        WrongWord: it is none of them.
    """
    word = word_of(query, name)
    if word is None:
        return default
    known = list(choices)
    if word not in known:
        raise WrongWord(name, word, f"--{name}: there is no {word!r}; all are: {', '.join(known)}")
    return word


def home_address(name: str | int, as_of: AsOf | None, page: str = "") -> str:
    """The page of a home, by its number or SOURCE:ID, or one beneath it; where an earlier day is asked for, of that."""
    path = f"/homes/{quote(str(name))}{page}"
    return path if as_of is None else f"{path}?{urlencode({'as-of': as_of.text}, quote_via=quote)}"


def address(path: str, query: QueryParams, changes: Mapping[str, str | list[str] | None] | None = None) -> str:
    """An address with the words of this one but for the changes; ``None`` takes one out, and so does being empty.

    Words that are too long for any parameter are left out: a page has hundreds of addresses.
    """
    changed = dict(changes or {})
    given = ((name, value) for name, value in query.multi_items() if max(len(name), len(value)) <= LONGEST)
    pairs = [(name, value) for name, value in given if name not in changed and value.strip()]
    for name, value in changed.items():
        pairs += [(name, each) for each in ([value] if isinstance(value, str) else value or [])]
    return f"{path}?{urlencode(pairs, quote_via=quote)}" if pairs else path
