"""Whatever happens to a database between linkings, and in whatever order: it is linked as from nothing."""

from datetime import timedelta
from random import Random

import pytest
from alembic import command
from sqlalchemy import Engine
from store_help import Look, begin, look, record, record_all, rows

from store.engine import reading, writing
from store.link_news import read_link_news
from store.links import touched_among, touched_listings
from store.rebuild import RebuildingRecorder, sources_together, stored_pages
from store.schema import migration_config
from store.statement import Statement
from store.terms import Judgement
from tests.tracking.test_link_closure import placed, retold
from tests.tracking.test_link_increments import NOW, assert_as_from_nothing, flat, link
from tracking import linking
from tracking.words import add_word


class Broken(Exception):
    """The process was stopped."""


class Days:
    """What happens to one database."""

    def __init__(self, engine: Engine, random: Random, monkeypatch: pytest.MonkeyPatch) -> None:
        self.engine = engine
        self.random = random
        self.monkeypatch = monkeypatch
        self.pages: list[Look] = []
        self.known: dict[str, Statement] = {}
        self.day = 0

    def play(self, count: int) -> None:
        """So many things, the likeliest a crawl; after each, what is told to be linked is all that is to be linked."""
        begin(self.engine)
        self.crawl()
        events = [self.crawl] * 4 + [self.crawl_late, self.say_a_word, self.reparse, self.migrate, self.break_off]
        for event in self.random.choices(events, k=count):
            event()
            with reading(self.engine) as connection:
                assert touched_listings(connection) == touched_among(connection, None)
            if self.random.random() < 0.4:
                link(self.engine)
                with reading(self.engine) as connection:
                    assert read_link_news(connection) == ([], set())

    def crawl(self) -> None:
        """Some that are new, and some that are told otherwise."""
        self.day += 1
        new = {f"{self.day}-{number}": self.make() for number in range(self.random.choice([1, 3, 8]))}
        names = self.random.sample(sorted(self.known), len(self.known) // 6)
        self.record(self.day * 24, new | {name: retold(self.known[name], self.random) for name in names})

    def crawl_late(self) -> None:
        """A page of an earlier day: then an id that seemed to be given to another flat may never have been."""
        names = self.random.sample(sorted(self.known), min(4, len(self.known)))
        said = {name: self.known[name]._replace(floor_area=None) for name in names}
        self.record(self.random.randrange(self.day * 24), said)

    def make(self) -> Statement:
        return placed(flat(self.random), self.random)

    def record(self, hour: int, said: dict[str, Statement]) -> None:
        self.known |= said
        page = look(hour + len(self.pages) / 1000, said)
        self.pages.append(page)
        record_all(self.engine, [page])

    def say_a_word(self) -> None:
        ids = [str(row[0]) for row in rows(self.engine, "SELECT id FROM listing ORDER BY id")]
        if len(ids) > 1:
            one, other = self.random.sample(ids, 2)
            with writing(self.engine) as connection:
                judgement = self.random.choice(list(Judgement))
                add_word(connection, (one, other), judgement, "li", "seen", NOW + timedelta(days=self.day))

    def reparse(self) -> None:
        """A mended parser reads one listing less on one page."""
        at = self.random.randrange(len(self.pages))
        page, said = self.pages[at]
        self.pages[at] = (page, dict(list(said.items())[1:]))
        by_body = {page.body_sha256: (page, said) for page, said in self.pages}
        recorder = RebuildingRecorder()
        with writing(self.engine) as connection:
            sources = sources_together(connection, "s")
            recorder.begin(connection, sources)
            for stored in stored_pages(connection, sources):
                recorder.at(stored.id)
                record(recorder, connection, *by_body[stored.body_sha256])
            recorder.finish(connection)

    def migrate(self) -> None:
        """To the version before, which knew no news, and back."""
        config = migration_config()
        for direction, revision in ((command.downgrade, "0013"), (command.upgrade, "head")):
            with writing(self.engine) as connection:
                config.attributes["connection"] = connection
                direction(config, revision)

    def break_off(self) -> None:
        """A linking that is stopped when all but one thing is done."""

        def stop(*_: object) -> None:
            raise Broken

        with self.monkeypatch.context() as patch:
            patch.setattr(linking, "drop_link_news", stop)
            with pytest.raises(Broken):
                link(self.engine)


@pytest.mark.parametrize("seed", range(5))
def test_a_database_with_a_past_is_linked_as_from_nothing(
    engine: Engine, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    Days(engine, Random(seed), monkeypatch).play(16)
    link(engine)
    assert_as_from_nothing(engine)
