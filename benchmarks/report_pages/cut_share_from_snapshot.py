"""The share of open homes that was cut within a month, from a snapshot alone: ``python cut_share_from_snapshot.py SNAPSHOT cut-share``.

It needs ``from_snapshot.py`` and ``homes_from_snapshot.py`` beside it. When a listing was open is told from its observations
one by one, and from ``absence.csv``: that complete looks at a source did not show it stands in no page.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from from_snapshot import SHANGHAI
from homes_from_snapshot import PAUSE, Answer, Listing, Snapshot, day_of, main, rounds_of, rows_of, share

CUT_TO = 100  # yuan; a page that cuts its prices shows 0.01 of ten thousand
FINAL = ("sold", "failed", "withdrawn", "debt_settlement")
STANDING = {
    **dict.fromkeys(("suspended", "halted"), "suspended"),
    **dict.fromkeys(("withdrawn", "terminated"), "withdrawn"),
    **dict.fromkeys(("failed", "defaulted"), "failed"),
    "postponed": "postponed",
    "sold": "sold",
    "taken_by_creditor": "debt_settlement",
}
STEP_OF = {
    **dict.fromkeys(("open_tender", "online_sale", "direct_sale", "special_direct_sale"), 7),
    "first_auction": 1,
    "second_auction": 2,
    "third_auction": 3,
    "open_purchase": 4,
    "later_auction": 5,
    "sell_off": 6,
}
"""In which order one id goes through kinds of rounds; the ways of sale after the auctions are one step."""

LOOKS = """
SELECT source || ':' || source_id || ':' || generation AS key, observed_at, string_split(stated, ' ') AS stated, status,
    round_kind, round_number, currency, asking_price, starting_price, is_price_exact, ends_at, ended_on, hammer_price
FROM observation ORDER BY source, source_id, generation, observed_at, reader, CAST(digest AS BIGINT)
"""
ABSENCES = """
SELECT source || ':' || source_id || ':' || generation AS key, gone_at, back_at FROM absence ORDER BY gone_at
"""


@dataclass
class Story:
    """What happened to one listing: when it was closed and opened again, when it was cut, and its first price."""

    switches: list[tuple[datetime, bool]] = field(default_factory=list)  # whether it is open from then on
    cuts: list[datetime] = field(default_factory=list)
    changed_by: Any = 0
    standing: str | None = None
    step: int | None = None
    number: int | None = None
    ended_seen_at: datetime | None = None
    prices: dict[str | None, tuple[Any, bool]] = field(default_factory=dict)

    def close(self, at: datetime) -> None:
        """It is not for sale from then on."""
        self.switches.append((at, False))

    def open(self, at: datetime) -> None:
        """It is for sale again."""
        self.switches.append((at, True))


def story_of(looks: Sequence[Listing], absences: Sequence[Listing], now: datetime) -> Story:
    """One listing's story, by its observations in their order."""
    first, story = looks[0], Story()
    story.standing = STANDING.get(first["status"])
    story.step, story.number = STEP_OF.get(first["round_kind"]), first["round_number"]
    story.ended_seen_at = first["observed_at"] if first["status"] == "ended" else None
    waiting, last = list(absences), first
    take_price(story, first)
    for look in looks[1:]:
        while waiting and waiting[0]["gone_at"] < look["observed_at"]:
            miss(story, waiting.pop(0), last)
        take_price(story, look)
        is_next = take_round(story, look)
        if look["status"] and (look["status"] != last["status"] or (is_next and "status" in look["stated"])):
            take_status(story, look)
        last = look
    for absence in waiting:
        miss(story, absence, last)
    take_end(story, first, last, now)
    story.switches.sort(key=lambda switch: switch[0])
    return story


def take_price(story: Story, look: Listing) -> None:
    """A price counts where the look itself says it, and in the history of its own currency."""
    name = "asking_price" if look["asking_price"] is not None else "starting_price"
    price = look[name]
    if not price or name not in look["stated"]:
        return
    is_exact = not ("is_price_exact" in look["stated"] and look["is_price_exact"] is False)
    before, was_exact = story.prices.get(look["currency"], (None, True))
    story.prices[look["currency"]] = price, is_exact
    if before is None:
        return
    is_rounding = before // CUT_TO == price // CUT_TO and not (was_exact and is_exact)
    if before == price or is_rounding:
        if not is_exact:
            story.prices[look["currency"]] = before, was_exact
        return
    story.changed_by += price - before
    if price < before:
        story.cuts.append(look["observed_at"])


def take_round(story: Story, look: Listing) -> bool:
    """Whether a higher round is seen for the first time under the same id: then the earlier result is the earlier round's."""
    step = STEP_OF.get(look["round_kind"]) if "round_kind" in look["stated"] else None
    number = look["round_number"] if "round_number" in look["stated"] else None
    if (story.step and step and step > story.step) or (
        story.number is not None and number is not None and number > story.number
    ):
        story.step, story.number, story.standing, story.ended_seen_at = step, number, None, None
        return True
    story.step, story.number = step or story.step, number or story.number
    return False


def take_status(story: Story, look: Listing) -> None:
    """A result or a halt closes it, a live word after one opens it."""
    at, status = look["observed_at"], look["status"]
    kind = STANDING.get(status)
    if status == "ended":
        story.ended_seen_at = story.ended_seen_at or at
        story.standing = story.standing if story.standing in FINAL else None
    elif kind is None:
        is_over = story.standing in {"sold", "failed", "debt_settlement"} or story.ended_seen_at is not None
        if is_over and look["ends_at"] is not None and look["ends_at"] <= at:
            return  # a page that has not caught up
        if is_over or story.standing is not None:
            story.open(at)
        story.standing = story.ended_seen_at = None
    elif kind != story.standing and not (
        status == "halted" and story.standing in {"suspended", "postponed", "withdrawn"}
    ):
        story.standing = kind
        story.close(at)


def miss(story: Story, absence: Listing, last: Listing) -> None:
    """A time in which complete looks did not show it; of a listing with a result that says nothing."""
    if story.standing in FINAL or last["hammer_price"] is not None:
        return
    story.close(absence["gone_at"])
    if absence["back_at"] is not None:
        story.open(absence["back_at"])


def take_end(story: Story, first: Listing, last: Listing, now: datetime) -> None:
    """An end that has passed without a result."""
    if story.standing is not None or last["hammer_price"] is not None:
        return
    at = last["ends_at"]
    if at is None and last["ended_on"] is not None:
        at = datetime.combine(last["ended_on"] + timedelta(days=1), time(), UTC)
    if story.ended_seen_at is not None and (at is None or at > story.ended_seen_at):
        at = story.ended_seen_at
    if at is not None and first["observed_at"] < at <= now:
        story.close(at)


def spans_of(listing: Listing, story: Story) -> Iterator[tuple[datetime, datetime]]:
    """From when to when it was open; without an end of its own, up to its last sight."""
    ends_at, since = listing["ends_at"], listing["first_seen_at"]
    is_open = not story.switches[0][1] if story.switches else listing["own_outcome"] == "open"
    for at, opens in story.switches:
        until = min(at, ends_at) if ends_at else at
        if is_open and not opens and since < until:
            yield since, until
        if opens and not is_open:
            since = max(at, listing["first_seen_at"])
        is_open = opens
    if is_open and since < (ends_at or listing["last_seen_at"]):
        yield since, ends_at or listing["last_seen_at"]


def cuts_of(home: Sequence[Listing], stories: dict[str, Story]) -> Iterator[datetime]:
    """When a price fell, and when a listing began under the last price of the one before it."""
    by_key = {each["key"]: each for each in home}
    for each in home:
        yield from stories[each["key"]].cuts
        before = by_key.get(each["previous_key"])
        if before is None:
            continue
        price, was = price_of(each), price_of(before)
        is_comparable = each["currency"] is not None and lot_of(each) == lot_of(before)
        is_exact = each["is_price_exact"] is not False and before["is_price_exact"] is not False
        if price and was and is_comparable and is_exact and price - stories[each["key"]].changed_by < was:
            yield each["first_seen_at"]


def price_of(listing: Listing) -> Any:
    """At what it is offered."""
    return listing["asking_price"] or listing["starting_price"] or None


def lot_of(listing: Listing) -> tuple[Any, ...]:
    """Currency, share of the ownership, and how many homes."""
    return listing["currency"], listing["share"] or "1", listing["unit_count"] or 1


def cut_share(snapshot: Snapshot) -> Answer:
    """Homes cut within each month, of those open at its start."""
    stories = stories_of(snapshot)
    watched = []
    for home in snapshot.homes:
        listings = [each for part in rounds_of(home) for each in part.listings]
        spans = [(each["source"], *span) for each in listings for span in spans_of(each, stories[each["key"]])]
        watched.append((spans, list(cuts_of(listings, stories))))
    (known,) = rows_of(snapshot.database, "SELECT min(first_seen_at) AS since, max(last_seen_at) AS until FROM state")
    months = months_between(day_of(known["since"]), day_of(known["until"]))
    return [month_row(month, watched, snapshot) for month in months]


def stories_of(snapshot: Snapshot) -> dict[str, Story]:
    """The story of every listing."""
    looks, absences = defaultdict(list), defaultdict(list)
    for row in rows_of(snapshot.database, LOOKS):
        looks[row["key"]].append(row)
    for row in rows_of(snapshot.database, ABSENCES):
        absences[row["key"]].append(row)
    return {key: story_of(rows, absences[key], snapshot.now) for key, rows in looks.items()}


def months_between(first: date, last: date) -> Iterator[date]:
    """The first day of each month."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = next_month(month)


def next_month(month: date) -> date:
    """The first day of the month after."""
    return (month + timedelta(days=31)).replace(day=1)


def month_row(month: date, watched: Sequence[tuple[Any, Any]], snapshot: Snapshot) -> dict[str, Any]:
    """One month; without a look in it and in the month before nothing is known of it."""
    following, looks = next_month(month), snapshot.looks
    row: dict[str, Any] = {"group": f"{month:%Y-%m}"}
    row["days"] = len({day for days in looks.values() for day in days if month <= day < following})
    sources = {
        source
        for source, days in looks.items()
        if any(month - PAUSE <= day < month for day in days) and any(month <= day < following for day in days)
    }
    if not sources:
        return row
    start, end = (datetime.combine(day, time(), SHANGHAI) for day in (month, following))
    opened = [
        cuts
        for spans, cuts in watched
        if any(source in sources and since < start <= until for source, since, until in spans)
    ]
    cut = sum(any(start <= at < end for at in cuts) for cuts in opened)
    return row | {"n": len(opened), "cut": cut} | share(cut, len(opened))


if __name__ == "__main__":
    main({"cut-share": cut_share})
