"""The tables of one linking in an engine behind Splink: from the traits to the likely pairs, component by component."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from tracking.at_scale.columns import CARRIED, COMPARED, schema, traits_in
from tracking.at_scale.rules import settings
from tracking.errors import OtherVersion
from tracking.evidence import UNSURE_FROM
from tracking.link import LARGEST_BLOCK, LINKER_VERSION
from tracking.persons_words import PersonsWord
from tracking.traits import Traits

if TYPE_CHECKING:
    from splink import Linker
    from splink.internals.database_api import DatabaseAPI
    from splink.internals.splink_dataframe import SplinkDataFrame

MEMBERS_PER_PART = 200_000
"""Listings that are brought from the engine and solved at a time."""

Scores = dict[tuple[int, int], int]
"""By the ids of two listings: what Splink found them to score."""

Component = tuple[list[Traits], Scores]
"""All listings that hang together, and the likely pairs among them."""


class Engine:
    """What the engine knows of one linking. ``forget`` it when done: its tables stay until then.

    The SQL holds what DuckDB and Spark have in common; Splink itself translates only the conditions of levels.
    """

    def __init__(self, name: str, api: "DatabaseAPI[Any]", words: Sequence[PersonsWord] = ()) -> None:
        """``name``: a table with the columns of ``columns.schema()``; ``words`` of its listings alone."""
        self.name = name
        self._api = api
        ids = {"listing_id_l": [word.one for word in words], "listing_id_r": [word.other for word in words]}
        self._told = api.register(ids).physical_name if words else None
        self._made: list[SplinkDataFrame] = []
        self._keys = self._exploded("keys")
        self._place_keys = self._exploded("place_keys")

    def listing_ids(self) -> Iterator[int]:
        """All of them, in no order.

        Raises:
            OtherVersion: another version of the linker wrote the table.
        """
        missing = set(schema().names) - set(self._columns(f"SELECT * FROM {self.name} LIMIT 1"))
        if missing:
            raise OtherVersion(f"the table {self.name} lacks {', '.join(sorted(missing))}: write it anew")
        versions = {row[0] for row in self._rows(f"SELECT DISTINCT linker_version FROM {self.name}")}
        if versions - {LINKER_VERSION}:
            found = ", ".join(map(str, sorted(versions)))
            raise OtherVersion(
                f"the table {self.name} is of version {found}, this linker {LINKER_VERSION}: write it anew"
            )
        return (row[0] for row in self._rows(f"SELECT listing_id FROM {self.name}"))

    def components(self) -> Iterator[Component]:
        """Those that have a likely pair, or a person's word; no other can be anything but single listings."""
        components = self._components()
        pairs = self._pairs(components)
        wanted = self._wanted(components, pairs)
        count = next(self._rows(f"SELECT count(*) AS n FROM {wanted}"))[0]
        parts = -(-count // MEMBERS_PER_PART)
        for part in range(parts):
            yield from self._part(pairs, wanted, f"cluster_id % {parts} = {part}")

    def forget(self) -> None:
        """Drop all tables of this linking."""
        self._drop(0, len(self._made))

    def _drop(self, first: int, end: int) -> None:
        for table in reversed(self._made[first:end]):
            table.drop_table_from_database_and_remove_from_cache()
        del self._made[first:end]

    def linker(self) -> "Linker":
        """Splink's own linker over the listings, with our rules and keys."""
        from splink import Linker

        rules = settings(self._api.sql_dialect.sql_dialect_str)
        listings = self._api.register(self._listings())
        # The settings are always these: what a check of them would tell is below the level of the log.
        return Linker(listings, rules, validate_settings=False, log_level="ERROR")

    def _query(self, sql: str) -> str:
        """The name of a table with what the query finds."""
        return self._keep(self._api.query_sql(sql))

    def _keep(self, table: "SplinkDataFrame") -> str:
        self._made.append(table)
        return table.physical_name

    def _exploded(self, column: str) -> str:
        """A query for listing_id and key, one row a key."""
        exploded = self._api.sql_dialect.explode_arrays_sql(self.name, [column], ["listing_id"])
        return f"SELECT listing_id, {column} AS key FROM ({exploded}) AS exploded"

    def _clusters(self, nodes: str, keys: str, edges: str = "") -> str:
        """A table of listing_id and cluster_id: the same one for all that hang together by keys or further edges."""
        from splink.clustering import cluster_pairwise_predictions_at_threshold

        stars = f"SELECT min(listing_id) OVER (PARTITION BY key) AS listing_id_l, listing_id FROM ({keys}) AS k"
        star = f"SELECT listing_id_l, listing_id AS listing_id_r FROM ({stars}) AS s WHERE listing_id_l <> listing_id"
        listings, joined = self._api.query_sql(nodes), self._api.query_sql(star + edges)
        found = cluster_pairwise_predictions_at_threshold(listings, joined, self._api, "listing_id")
        for table in (listings, joined):
            table.drop_table_from_database_and_remove_from_cache()
        return self._keep(found)

    def _components(self) -> str:
        """A table of listing_id and cluster_id: as ``link.components``."""
        nodes = f"SELECT listing_id FROM {self.name}"
        words = f" UNION ALL SELECT listing_id_l, listing_id_r FROM {self._told}" if self._told else ""
        return self._clusters(nodes, f"{self._keys} UNION ALL {self._place_keys}", words)

    def _pairs(self, components: str) -> str:
        """A table of the likely pairs, with their score and their component."""
        first = len(self._made)
        inference = self.linker().inference
        self._keep(inference.compute_blocked_pairs_for_predict())
        likely = self._keep(inference.predict(threshold_match_weight=UNSURE_FROM, warning_mode="never"))
        pairs = self._query(
            f"""SELECT p.listing_id_l, p.listing_id_r, CAST(round(p.match_weight) AS BIGINT) AS score, c.cluster_id
            FROM {likely} AS p JOIN {components} AS c ON c.listing_id = p.listing_id_l"""
        )
        self._drop(first, len(self._made) - 1)
        return pairs

    def _listings(self) -> str:
        """The traits with their place, and without the keys that nothing or too much shares."""
        places = self._clusters(f"SELECT DISTINCT listing_id FROM ({self._place_keys}) AS b", self._place_keys)
        shared = f"HAVING count(*) BETWEEN 2 AND {LARGEST_BLOCK}"
        keys = self._query(
            f"""SELECT k.listing_id, array_agg(k.key) AS keys FROM ({self._keys}) AS k
            JOIN (SELECT key FROM ({self._keys}) AS a GROUP BY key {shared}) AS s ON s.key = k.key
            GROUP BY k.listing_id"""
        )
        room = "coalesce(t.building, '') AS building, t.room, coalesce(t.kind = 'parking', false) AS is_parking"
        homes = self._query(
            f"""SELECT t.listing_id, p.cluster_id AS place, {room} FROM {self.name} AS t
            JOIN {places} AS p ON p.listing_id = t.listing_id"""
        )
        rooms = self._query(
            f"""SELECT place, building, room, is_parking, min(listing_id) AS room_place FROM {homes} AS h
            GROUP BY place, building, room, is_parking {shared}"""
        )
        columns = ", ".join(f"t.{column}" for column in COMPARED)
        return self._query(
            f"""SELECT {columns}, k.keys, h.place, r.room_place FROM {self.name} AS t
            LEFT JOIN {keys} AS k ON k.listing_id = t.listing_id
            LEFT JOIN {homes} AS h ON h.listing_id = t.listing_id
            LEFT JOIN {rooms} AS r
            ON r.place = h.place AND r.building = h.building AND r.room = h.room AND r.is_parking = h.is_parking"""
        )

    def _wanted(self, components: str, pairs: str) -> str:
        """A table of the listings whose component has a likely pair, or a person's word."""
        told = ""
        if self._told:
            ids = f"SELECT listing_id_l FROM {self._told} UNION SELECT listing_id_r FROM {self._told}"
            told = f" UNION SELECT cluster_id FROM {components} WHERE listing_id IN ({ids})"
        return self._query(
            f"""SELECT listing_id, cluster_id FROM {components}
            WHERE cluster_id IN (SELECT cluster_id FROM {pairs}{told})"""
        )

    def _part(self, pairs: str, wanted: str, condition: str) -> Iterator[Component]:
        scores: dict[int, Scores] = defaultdict(dict)
        sql = f"SELECT listing_id_l, listing_id_r, score, cluster_id FROM {pairs} WHERE {condition}"
        for one, other, score, cluster in self._rows(sql):
            scores[cluster][one, other] = score
        columns = ", ".join(f"t.{column}" for column in CARRIED)
        sql = f"""SELECT {columns}, w.cluster_id FROM {self.name} AS t
            JOIN {wanted} AS w ON w.listing_id = t.listing_id WHERE w.{condition}"""
        found = self._columns(sql)
        members: dict[int, list[Traits]] = defaultdict(list)
        for traits, cluster in zip(traits_in(found), found["cluster_id"], strict=True):
            members[cluster].append(traits)
        for cluster, inside in members.items():
            yield inside, scores[cluster]

    def _columns(self, sql: str) -> dict[str, list[Any]]:
        """What the query finds, which the engine then forgets."""
        found = self._api.query_sql(sql)
        columns: dict[str, list[Any]] = found.as_dict()
        found.drop_table_from_database_and_remove_from_cache()
        return columns

    def _rows(self, sql: str) -> Iterator[tuple[Any, ...]]:
        return zip(*self._columns(sql).values(), strict=True)
