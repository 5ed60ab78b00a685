"""What the demo tells of homes once their rounds are joined: repeats, the ladder of one, what is offered together."""

from collections.abc import Sequence

from sqlalchemy import Connection

from fapai.demo_words import Narrator
from reporting.batches import BatchQuestion, batches
from reporting.filters import Filters
from reporting.ladder import ladder
from reporting.repeats import RepeatedHome, RepeatQuestion, repeats
from store.terms import RoundStatus
from tracking.link_rows import Linking

HOMES_SHOWN = 12
BATCHES_SHOWN = 5
STILL_OPEN = frozenset({RoundStatus.UPCOMING, RoundStatus.ONGOING})


def tell_homes(narrator: Narrator, linking: Linking, connection: Connection) -> None:
    """The homes that came more than once, one of them round by round, and those that come in batches."""
    found = repeats(connection, RepeatQuestion(limit=HOMES_SHOWN))
    if found.rows:
        joined = sum(home.listings for home in found.rows)
        narrator.head("One home, several rounds")
        narrator.say(
            "Courts give every round an id of its own, so a second auction looks like another home. Linking joined "
            f"{joined:,} of {linking.listings:,} listings into {len(found.rows):,} homes that came more than once, by "
            "what their own words tell; what is alike but not proven stays apart:"
        )
        narrator.tell_report(found)
        narrator.head("The ladder of one home")
        narrator.tell_report(ladder(connection, str(_telling(found.rows).property_id), Filters()))
    together = batches(connection, BatchQuestion(limit=BATCHES_SHOWN))
    if together.rows:
        narrator.head("Homes offered together")
        narrator.tell_report(together)


def _telling(rows: Sequence[RepeatedHome]) -> RepeatedHome:
    """The home with the deepest cut that is still to be had; else the one with the deepest cut."""
    return next((row for row in rows if row.status in STILL_OPEN and row.round_kind), rows[0])
