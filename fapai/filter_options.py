"""The filters that every report takes, as options of its command."""

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Annotated, Any

import typer

from fapai.options import told_in_one_sentence

AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="As known at the end of that day (Asia/Shanghai), or at an instant."),
]
Sources = Annotated[list[str] | None, typer.Option("--source", help="Only this source; repeatable.")]
Cities = Annotated[list[str] | None, typer.Option("--city", help="Only this city; repeatable.")]
Kinds = Annotated[list[str] | None, typer.Option("--kind", help="Only this kind of property, such as flat.")]
SellerKinds = Annotated[
    list[str] | None, typer.Option("--seller-kind", help="Only this kind of seller, such as state_bank.")
]
Rounds = Annotated[list[str] | None, typer.Option("--round", help="Only this round, such as sell_off.")]
MinCut = Annotated[
    str | None,
    typer.Option(
        "--min-cut",
        metavar="10%|50000",
        help="Only cuts of at least so much: in percent, in yuan, or in the currency named (50000BRL).",
    ),
]
MaxPrice = Annotated[
    str | None,
    typer.Option(
        "--max-price",
        metavar="AMOUNT",
        help="Only what costs no more now: in yuan (125万), or in the currency named (300000BRL); others are left out.",
    ),
]
Since = Annotated[str | None, typer.Option("--since", metavar="DATE", help="Only what was observed since then.")]
Limit = Annotated[int, typer.Option(min=1, help="Rows of a table; csv and json hold all.")]

COMMON: dict[str, Any] = {
    "source": Sources,
    "city": Cities,
    "kind": Kinds,
    "seller_kind": SellerKinds,
    "round_kind": Rounds,
    "since": Since,
    "as_of": AsOf,
}
OF_PRICES: dict[str, Any] = {"min_cut": MinCut, "max_price": MaxPrice}

Command = Callable[..., None]


def filtered(*, of_prices: bool = False, only: tuple[str, ...] | None = None) -> Callable[[Command], Command]:
    """Give a command the shared filters as options; it gets them as one keyword, ``filters``.

    Expected failures inside the command are told in one sentence.

    Args:
        of_prices: also take ``--min-cut`` and ``--max-price``.
        only: the names of the filters that the report can use, where it cannot use all.
    """
    offered = COMMON | (OF_PRICES if of_prices else {})
    options = {name: kind for name, kind in offered.items() if only is None or name in only}

    def decorate(command: Command) -> Command:
        @wraps(command)
        def run(**given: Any) -> None:
            from reporting.filters import parse_filters

            with told_in_one_sentence():
                chosen = {name: value for name in options if (value := given.pop(name)) is not None}
                command(filters=parse_filters(**chosen), **given)

        _declare(run, command, options, "filters")
        return run

    return decorate


def bundled(name: str, options: Mapping[str, Any]) -> Callable[[Command], Command]:
    """Give a command options that it gets together, as one mapping in the keyword ``name``, without those not given."""

    def decorate(command: Command) -> Command:
        @wraps(command)
        def run(**given: Any) -> None:
            values = {option: given.pop(option) for option in options}
            command(**{name: {option: value for option, value in values.items() if value not in (None, [])}}, **given)

        _declare(run, command, options, name)
        return run

    return decorate


def _declare(run: Command, command: Command, options: Mapping[str, Any], bundle: str) -> None:
    """Let ``run`` have the parameters of the command, but the options in place of the bundle of them."""
    own = [each for each in inspect.signature(command).parameters.values() if each.name != bundle]
    shared = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind)
        for name, kind in options.items()
    ]
    first = [each for each in own if each.default is inspect.Parameter.empty]
    last = [each for each in own if each.default is not inspect.Parameter.empty]
    keyword = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in (*first, *shared, *last)]
    run.__signature__ = inspect.Signature(keyword)  # type: ignore[attr-defined]
    run.__annotations__ = {each.name: each.annotation for each in keyword}
