"""Linking beyond one machine: Splink finds the likely pairs in an engine of its own, our solver makes homes of them.

On the engine (DuckDB here, Spark on a cluster): what hangs together, which pairs share a key, what they score. Pairs
that a veto parts or that score too little never leave it. The rest comes back component by component, and the solver of
``tracking.link`` decides it as it decides everything. So the homes are those of ``link_offers``.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from store.links import persons_decisions
from store.terms import Judgement
from tracking.at_scale.columns import extra_missing, table_of
from tracking.at_scale.engine import Engine, Scores
from tracking.errors import RulesDiffer
from tracking.link import Linked, Pair, Solver
from tracking.offers import Offer, load_offers
from tracking.persons_words import PersonsWord
from tracking.traits import Traits, traits_of

if TYPE_CHECKING:
    from splink import DuckDBAPI
    from splink.internals.database_api import DatabaseAPI


def open_duckdb(path: str = ":memory:", threads: int | None = None) -> "DuckDBAPI":
    """An engine on this machine: DuckDB in memory, which spills to disk, or in a file.

    Raises:
        ExtraMissing: the extra ``link`` is not installed.
    """
    try:
        import duckdb
        from splink import DuckDBAPI
    except ModuleNotFoundError:
        raise extra_missing() from None
    return DuckDBAPI(duckdb.connect(path, config={"threads": threads} if threads else {}))


def link_at_scale(
    offers: Iterable[Offer] | Connection, api: "DatabaseAPI[Any]", words: Sequence[PersonsWord] = ()
) -> Linked:
    """Link all offers from nothing, as ``link_offers`` does, but on the engine behind a Splink database API.

    Args:
        offers: the offers, or a database: then all of its listings, with what persons decided of them.
        api: ``open_duckdb()``, or Splink's ``SparkAPI``; one that nothing else uses, for Splink keeps pairs by it.
        words: what persons decided.

    Raises:
        ExtraMissing: the extra ``link`` is not installed.
        EngineUnknown: neither DuckDB nor Spark.
        RulesDiffer: the rules as SQL are not those of ``tracking.evidence``.
    """
    if isinstance(offers, Connection):
        words = [*words, *_stored_words(offers)]
        offers = load_offers(offers)
    return link_traits_at_scale(map(traits_of, offers), api, words)


def _stored_words(connection: Connection) -> list[PersonsWord]:
    decided = persons_decisions(connection)
    return [PersonsWord(each.one_id, each.other_id, each.judgement is Judgement.SAME) for each in decided]


def link_traits_at_scale(
    everything: Iterable[Traits], api: "DatabaseAPI[Any]", words: Sequence[PersonsWord] = ()
) -> Linked:
    """The same for traits."""
    return link_table(api.register(table_of(everything)).physical_name, api, words)


def link_table(name: str, api: "DatabaseAPI[Any]", words: Sequence[PersonsWord] = ()) -> Linked:
    """The same for a table or view of the engine, over the Parquet files of ``write_traits``.

    Raises:
        OtherVersion: they were written by another version of the linker.
    """
    linked = Linked()
    linked.property_of = {listing_id: listing_id for listing_id in Engine(name, api).listing_ids()}
    told = [word for word in words if word.one in linked.property_of and word.other in linked.property_of]
    engine = Engine(name, api, told)
    try:
        for members, scores in engine.components():
            _solve(members, scores, told, linked)
    finally:
        engine.forget()
    return linked


class _Told(Solver):
    """A solver that is told which pairs are likely, and looks for no others."""

    def __init__(self, members: Sequence[Traits], words: Sequence[PersonsWord], scores: Scores) -> None:
        super().__init__(members, words)
        self.scores = scores

    def candidates(self) -> list[Pair]:
        """The likely pairs, each of which scores here what it scored there."""
        at = {traits.listing_id: position for position, traits in enumerate(self.members)}
        pairs: list[Pair] = []
        for (one, other), score in self.scores.items():
            pair = min(at[one], at[other]), max(at[one], at[other])
            decision = self.decide(pair)
            if decision.is_vetoed or decision.score != score:
                found = "a veto" if decision.is_vetoed else f"{decision.score} points"
                raise RulesDiffer(f"listings {one} and {other}: {score} points by SQL, {found} by tracking.evidence")
            pairs.append(pair)
        return sorted(pairs)


def _solve(members: Sequence[Traits], scores: Scores, words: Sequence[PersonsWord], linked: Linked) -> None:
    """As ``link.solve``, with the likely pairs given."""
    solver = _Told(sorted(members, key=lambda traits: traits.key), words, scores)
    solver.run()
    for home in solver.homes():
        name = min(traits.listing_id for traits in home)
        linked.property_of.update((traits.listing_id, name) for traits in home)
    linked.decisions.extend(solver.told())
