"""An older page read later gives the same history as in order (domain.md, case 13)."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from store_help import make_page, record_all, statement

START = datetime(2021, 7, 19, tzinfo=UTC)
TITLES = ("Casa, RUA A, N. 10", "Casa, RUA A, N. 10 LT 2", "Apartamento, AVENIDA BRASIL, N. 999, BL 4")

a_statement = st.builds(
    statement,
    title=st.sampled_from(TITLES),
    asking_price=st.sampled_from([None, 100_00, 90_00, 80_00]),
    city=st.sampled_from(["X", "X", "X", "Y"]),
    bid_count=st.sampled_from([None, 1]),
)
a_page = st.tuples(
    st.integers(0, 6),  # the hour of the look
    st.sampled_from(["s.list", "s.detail"]),
    st.dictionaries(st.sampled_from(["1", "2", "3"]), a_statement, min_size=1),
)


def history(engine):
    query = """
        SELECT l.source_id, l.generation, l.first_seen_at, l.last_seen_at, l.last_changed_at, l.last_reader,
               l.last_digest, l.title, l.asking_price, l.bid_count, l.city, o.observed_at, o.reader, o.digest, o.stated,
               o.title, o.asking_price, o.bid_count, o.city, o.raw, p.body_sha256
        FROM listing l JOIN observation o ON o.listing_id = l.id JOIN page p ON p.id = o.page_id
        ORDER BY l.source_id, l.generation, o.observed_at, o.reader, o.digest
    """
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


@settings(max_examples=100, deadline=None)
@given(pages=st.lists(a_page, min_size=2, max_size=9), data=st.data())
def test_any_order_of_arrival_gives_the_history_of_the_right_order(new_engine, pages, data):
    ready = [
        (make_page(START + timedelta(hours=hour), reader, str(number)), said)
        for number, (hour, reader, said) in enumerate(pages)
    ]
    in_order = sorted(ready, key=lambda pair: pair[0].observed_at)
    shuffled = data.draw(st.permutations(ready))
    pages_per_commit = data.draw(st.integers(1, 4))

    first, second = new_engine(), new_engine()
    record_all(first, in_order, 1)
    record_all(second, shuffled, pages_per_commit)

    assert history(first) == history(second)
    first.dispose()
    second.dispose()
