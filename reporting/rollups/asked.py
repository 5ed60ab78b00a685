"""Counts and clearance of a part of the listings: the database groups them, rollups know how each round stands.

With a filter no cell of a rollup has the answer; but what reading all homes would tell of the round of each listing is
kept beside it. So one statement gives the groups, and no home is put together for it. What has happened since rollups
were kept is counted on the way, as for the standing reports.
"""

from datetime import UTC, datetime

from sqlalchemy import Connection

from reporting.asked import filter_notes, require_sources
from reporting.attempts import Outcome
from reporting.choices import By
from reporting.filters import Filters, fold_place, last_day
from reporting.rollups.answer import MOST_NEWS
from reporting.rollups.asked_tally import Figures, Tally, TallyQuestion, tally_asked
from reporting.rollups.definition import definition
from reporting.rollups.group_words import COUNTRY_WORDS, country_of_words
from reporting.rollups.phases import Phase, hour_of
from reporting.rollups.shift import Shift, shift_of_news
from reporting.statistics.clearance import Clearance, ClearanceQuestion, RoundClearance, clearance_row
from reporting.statistics.counts import CountQuestion, Counts, count_row, is_part, published_for, words_of_totals
from reporting.statistics.groups import in_order
from reporting.statistics.sample import Ground, claim_notes, link_notes, stale_notes
from store.read import observed_range
from store.rollup_news import read_news
from store.rollups import Mark, ids_to_check, read_mark

PHASES_OF_OUTCOME = {
    Outcome.OPEN: (Phase.OPEN, Phase.STALE),
    Outcome.SOLD: (Phase.SOLD,),
    Outcome.FAILED: (Phase.FAILED,),
    Outcome.WITHDRAWN: (Phase.WITHDRAWN,),
    Outcome.SUSPENDED: (Phase.SUSPENDED,),
    Outcome.UNKNOWN: (Phase.UNKNOWN, Phase.UNTOLD),
}


def asked_counts(connection: Connection, question: CountQuestion) -> Counts | None:
    """How many listings, rounds and homes; ``None`` where homes must be read to know it.

    Raises:
        WrongFilter: a source is asked for of which nothing is known.
    """
    further = COUNTRY_WORDS if question.by is By.SELLER else ()
    asked = TallyQuestion(question.filters, question.by, of_homes=False, with_homes=True, further=further)
    found = _tally(connection, asked)
    if found is None:
        return None
    tally, ground, now = found
    countries = {country_of_words(*words) for words in tally.words} if further else set()
    hides = bool(published_for(countries, last_day(now))) if countries else False
    if hides and not is_part(question.filters):
        return None  # listings of one bank stand together under its name, which is not the label that was counted by
    order = in_order(tally.groups, question.by, lambda figures: figures.listings)
    rows = [
        count_row(group, each.listings, each.rounds.total(), len(each.homes), each.unlinked, None)
        for group, each in order.items()
    ]
    total = tally.total
    together = words_of_totals(total.listings, total.rounds.total(), len(total.homes))
    return Counts(question, rows, ground, together, hides)


def asked_clearance(connection: Connection, question: ClearanceQuestion) -> Clearance | None:
    """The clearance rates of rounds; ``None`` where homes must be read to know it.

    Raises:
        WrongFilter: a source is asked for of which nothing is known.
    """
    if question.per_home:
        return None
    asked = TallyQuestion(question.filters, question.by, of_homes=True, with_homes=False)
    found = _tally(connection, asked)
    if found is None:
        return None
    tally, ground, _ = found
    order = in_order(tally.groups, question.by, lambda figures: figures.rounds.total())
    return Clearance(question, [_clearance_row(group, figures) for group, figures in order.items()], ground)


def _clearance_row(group: str | None, figures: Figures) -> RoundClearance:
    outcomes = {outcome: figures.phase(*phases) for outcome, phases in PHASES_OF_OUTCOME.items()}
    followed = sum(count for (_, is_followed), count in figures.rounds.items() if is_followed)
    return clearance_row(group, outcomes, followed)


def _tally(connection: Connection, question: TallyQuestion) -> tuple[Tally, Ground, datetime] | None:
    """The groups, what is to be told beneath them, and the instant they are of."""
    require_sources(connection, question.filters.sources)
    if question.filters.before is not None:
        return None
    now = datetime.now(UTC)
    kept = _kept_now(connection, now)
    if kept is None:
        return None
    mark, shift = kept
    tally = tally_asked(connection, question, shift.after, shift.gone)
    return tally, _ground(connection, question.filters, tally, mark), now


def _kept_now(connection: Connection, now: datetime) -> tuple[Mark, Shift] | None:
    """By what rollups are kept, and what has changed since; ``None`` where they are not, or too much has changed."""
    mark = read_mark(connection)
    if mark is None or mark.definition != definition():
        return None
    news = read_news(connection, MOST_NEWS)
    if news is None or news.asks_for_all or news.size + len(ids_to_check(connection, hour_of(now))) > MOST_NEWS:
        return None
    return mark, shift_of_news(connection, news, now)


def _ground(connection: Connection, filters: Filters, tally: Tally, mark: Mark) -> Ground:
    total = tally.total
    is_every_city_there = tally.cities.issuperset(map(fold_place, filters.cities))
    notes = (
        *link_notes(mark.linker_version, total.listings, total.unlinked),
        *(() if is_every_city_there else filter_notes(connection, filters)),
        *stale_notes(total.phase(Phase.OPEN, Phase.STALE), total.phase(Phase.STALE), total.phase(Phase.UNTOLD)),
        *claim_notes(tally.claims),
    )
    return Ground(observed_range(connection, filters.sources), notes)
