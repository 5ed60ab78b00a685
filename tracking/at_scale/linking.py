"""Linking beyond one machine: Splink finds the likely pairs in an engine of its own, our solver makes the homes of them.

On the engine (DuckDB here, Spark on a cluster): what hangs together, which pairs share a key, what they score. Pairs
that a veto parts or that score too little never leave it. The rest comes back component by component, and the solver of
``tracking.link`` decides it as it decides everything. So the homes are those of ``link_offers``.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from store.links import persons_decisions
from store.terms import Judgement
from tracking.at_scale.columns import TRAIT_COLUMNS, extra_missing, table_of, traits_in
from tracking.at_scale.rules import settings
from tracking.errors import RulesDiffer
from tracking.evidence import UNSURE_FROM
from tracking.link import LARGEST_BLOCK, Linked, Pair, PersonsWord, _Solver
from tracking.offers import Offer, load_offers
from tracking.traits import Traits, traits_of

if TYPE_CHECKING:
    from splink.internals.database_api import DatabaseAPI
    from splink.internals.splink_dataframe import SplinkDataFrame

MEMBERS_PER_PART = 200_000
"""Listings that are brought from the engine and solved at a time: some 500 MB."""


def link_at_scale(
    offers: Iterable[Offer] | Connection, api: "DatabaseAPI[Any]", words: Sequence[PersonsWord] = ()
) -> Linked:
    """Link all offers from nothing, as ``link_offers`` does, but on the engine behind a Splink database API.

    Args:
        offers: the offers, or a database: then all of its listings, with what persons decided of them.
        api: ``DuckDBAPI()``, or ``SparkAPI(spark_session=...)``.
        words: what persons decided.

    Raises:
        ExtraMissing: the extra ``link`` is not installed.
        RulesDiffer: the rules as SQL are not those of ``tracking.evidence``.
    """
    if isinstance(offers, Connection):
        words = [
            *words,
            *(PersonsWord(each.one_id, each.other_id, each.judgement is Judgement.SAME) for each in persons_decisions(offers)),
        ]
        offers = load_offers(offers)
    return link_traits_at_scale(map(traits_of, offers), api, words)


def link_traits_at_scale(
    everything: Iterable[Traits], api: "DatabaseAPI[Any]", words: Sequence[PersonsWord] = ()
) -> Linked:
    """The same for traits."""
    return link_table(api.register(table_of(everything)).physical_name, api, words)


def link_table(name: str, api: "DatabaseAPI[Any]", words: Sequence[PersonsWord] = ()) -> Linked:
    """The same for a table or view of the engine with the columns of ``columns.schema()``, as Parquet files hold them."""
    linked = Linked()
    for (listing_id,) in _rows(api, f"SELECT listing_id FROM {name}"):
        linked.property_of[listing_id] = listing_id
    if not linked.property_of:
        return linked
    told = [word for word in words if word.one in linked.property_of and word.other in linked.property_of]
    for part in _Engine(name, api, told).parts():
        for members, scores in part:
            _solve(members, scores, told, linked)
    return linked


Scores = dict[tuple[int, int], int]
"""By the ids of two listings: what Splink found them to score."""


class _Told(_Solver):
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


class _Engine:
    """The tables of one linking in the engine, from the traits to the likely pairs by component."""

    def __init__(self, name: str, api: "DatabaseAPI[Any]", words: Sequence[PersonsWord]) -> None:
        self.name = name
        self.api = api
        explode = api.sql_dialect.explode_arrays_sql
        self.keys = f"SELECT listing_id, keys AS key FROM ({explode(name, ['keys'], ['listing_id'])}) AS exploded"
        buildings = explode(name, ["building_keys"], ["listing_id"])
        self.buildings = f"SELECT listing_id, building_keys AS key FROM ({buildings}) AS exploded"
        self.places = self._clusters(f"SELECT DISTINCT listing_id FROM ({self.buildings}) AS b", self.buildings)
        everything = f"{self.keys} UNION ALL {self.buildings}"
        self.component = self._clusters(f"SELECT listing_id FROM {name}", everything, words)
        self.pairs = self._pairs()
        self.wanted = self._wanted(words)

    def _query(self, sql: str) -> str:
        """The name of a table with what the query finds."""
        return self.api.query_sql(sql).physical_name

    def _clusters(self, nodes: str, keys: str, words: Sequence[PersonsWord] = ()) -> str:
        """A table of listing_id and cluster_id: the same for all that hang together by keys or words."""
        from splink.clustering import cluster_pairwise_predictions_at_threshold

        stars = f"SELECT min(listing_id) OVER (PARTITION BY key) AS listing_id_l, listing_id FROM ({keys}) AS k"
        edges = f"SELECT listing_id_l, listing_id AS listing_id_r FROM ({stars}) AS s WHERE listing_id_l <> listing_id"
        if words:
            told = {"listing_id_l": [word.one for word in words], "listing_id_r": [word.other for word in words]}
            edges += f" UNION ALL SELECT listing_id_l, listing_id_r FROM {self.api.register(told).physical_name}"
        found = cluster_pairwise_predictions_at_threshold(
            self.api.query_sql(nodes), self.api.query_sql(edges), self.api, "listing_id"
        )
        return found.physical_name

    def _pairs(self) -> str:
        """A table of the likely pairs, with their score and their component."""
        from splink import Linker

        linker = Linker(self.api.register(self._listings()), settings(self.api.sql_dialect.sql_dialect_str), log_level="ERROR")
        likely = linker.inference.predict(threshold_match_weight=UNSURE_FROM, warning_mode="never")
        return self._query(
            f"""SELECT p.listing_id_l, p.listing_id_r, CAST(round(p.match_weight) AS BIGINT) AS score, c.cluster_id
            FROM {likely.physical_name} AS p JOIN {self.component} AS c ON c.listing_id = p.listing_id_l"""
        )

    def _listings(self) -> str:
        """The traits with their place, and without the keys that nothing or too much shares."""
        shared = f"HAVING count(*) BETWEEN 2 AND {LARGEST_BLOCK}"
        keys = self._query(
            f"""SELECT k.listing_id, array_agg(k.key) AS keys FROM ({self.keys}) AS k
            JOIN (SELECT key FROM ({self.keys}) AS all_keys GROUP BY key {shared}) AS s ON s.key = k.key
            GROUP BY k.listing_id"""
        )
        rooms = self._query(
            f"""SELECT p.cluster_id, t.room FROM {self.name} AS t JOIN {self.places} AS p ON p.listing_id = t.listing_id
            GROUP BY p.cluster_id, t.room {shared}"""
        )
        columns = ", ".join(f"t.{column}" for column in (*TRAIT_COLUMNS, "folded", "alike", "building_keys"))
        return self._query(
            f"""SELECT {columns}, k.keys, p.cluster_id AS place, r.cluster_id AS room_place FROM {self.name} AS t
            LEFT JOIN {keys} AS k ON k.listing_id = t.listing_id
            LEFT JOIN {self.places} AS p ON p.listing_id = t.listing_id
            LEFT JOIN {rooms} AS r ON r.cluster_id = p.cluster_id AND r.room = t.room"""
        )

    def _wanted(self, words: Sequence[PersonsWord]) -> str:
        """A table of the listings whose component has a likely pair, or a person's word: the others are alone."""
        ids = ", ".join(str(each) for word in words for each in (word.one, word.other))
        told = f" UNION SELECT cluster_id FROM {self.component} WHERE listing_id IN ({ids})" if ids else ""
        return self._query(
            f"""SELECT listing_id, cluster_id FROM {self.component}
            WHERE cluster_id IN (SELECT cluster_id FROM {self.pairs}{told})"""
        )

    def parts(self) -> Iterator[Iterator[tuple[list[Traits], Scores]]]:
        """The components with their likely pairs, as many at a time as fit into memory."""
        count = next(_rows(self.api, f"SELECT count(*) AS n FROM {self.wanted}"))[0]
        parts = -(-count // MEMBERS_PER_PART)
        for part in range(parts):
            yield self._part(f"cluster_id % {parts} = {part}")

    def _part(self, condition: str) -> Iterator[tuple[list[Traits], Scores]]:
        scores: dict[int, Scores] = defaultdict(dict)
        sql = f"SELECT listing_id_l, listing_id_r, score, cluster_id FROM {self.pairs} WHERE {condition}"
        for one, other, score, cluster in _rows(self.api, sql):
            scores[cluster][one, other] = score
        columns = ", ".join(f"t.{column}" for column in TRAIT_COLUMNS)
        sql = f"""SELECT {columns}, w.cluster_id FROM {self.name} AS t
            JOIN {self.wanted} AS w ON w.listing_id = t.listing_id WHERE w.{condition}"""
        found = _columns(self.api, sql)
        members: dict[int, list[Traits]] = defaultdict(list)
        for traits, cluster in zip(traits_in(found), found["cluster_id"], strict=True):
            members[cluster].append(traits)
        for cluster, inside in members.items():
            yield inside, scores[cluster]


def _columns(api: "DatabaseAPI[Any]", sql: str) -> dict[str, list[Any]]:
    """What the query finds, which the engine then forgets."""
    found = api.query_sql(sql)
    columns = found.as_dict()
    found.drop_table_from_database_and_remove_from_cache()
    return columns


def _rows(api: "DatabaseAPI[Any]", sql: str) -> Iterator[tuple[Any, ...]]:
    return zip(*_columns(api, sql).values(), strict=True)
