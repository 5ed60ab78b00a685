"""Ids that a writer takes before it writes its rows."""

from store_help import START, begin

from store.engine import writing
from store.ids import MOST_AHEAD, FreshIds, reserve_ids
from store.rows import LISTING, OBSERVATION


def test_no_id_is_given_twice_though_writers_take_turns(engine):
    begin(engine)
    writers, given = [FreshIds(), FreshIds()], []
    for turn in range(6):
        with writing(engine) as connection:
            ids = writers[turn % 2]
            for count in (1, 40, 0, 7):
                taken = list(ids.take(connection, LISTING, count))
                assert len(taken) == count
                given += taken
            _put_listing(connection, given[-1])
            ids.end_transaction()

    assert len(set(given)) == len(given) == 6 * 48


def test_ids_of_one_writer_rise_and_each_table_has_its_own(engine):
    ids = FreshIds()
    with writing(engine) as connection:
        taken = [each for count in (3, 5, 2, 9) for each in ids.take(connection, LISTING, count)]
        assert taken == sorted(taken)
        assert list(ids.take(connection, OBSERVATION, 1)) == [1]


def test_a_writer_leaves_fewer_ids_unused_than_it_took(engine):
    for count in (1, 40, 5_000):
        ids = FreshIds()
        with writing(engine) as connection:
            for _ in range(3):
                last = max(ids.take(connection, LISTING, count))
            (following,) = reserve_ids(connection, LISTING, 1)

        assert following - last - 1 <= min(3 * count, MOST_AHEAD)


def test_what_a_rolled_back_transaction_took_is_given_to_nobody_who_wrote_since(engine):
    begin(engine)
    ids = FreshIds()
    connection = engine.connect().execution_options(writes=True)
    transaction = connection.begin()
    ids.take(connection, LISTING, 10)
    ids.take(connection, LISTING, 10)
    transaction.rollback()
    connection.close()
    with writing(engine) as connection:
        (other,) = reserve_ids(connection, LISTING, 1)
        _put_listing(connection, other)
    ids = FreshIds()  # as ``Recorder.forget`` does

    with writing(engine) as connection:
        assert other not in ids.take(connection, LISTING, 30)


def _put_listing(connection, listing_id):
    connection.execute(
        LISTING.insert().values(
            id=listing_id,
            source="s",
            source_id=str(listing_id),
            generation=1,
            first_seen_at=START,
            last_seen_at=START,
            last_changed_at=START,
            last_reader="s.list",
            last_digest=0,
            observation_id=0,
            known=0,
            title_digest=0,
        )
    )
