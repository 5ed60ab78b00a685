"""What the timetable is compared with: everything daily, at the same budget and the same pace."""

from collections import deque
from collections.abc import Iterator
from datetime import datetime

from benchmarks.timetable.market import BEGIN, DAY, Lot
from benchmarks.timetable.site import IDLE, SAMPLED_EACH, Site


class EverythingDaily(Site):
    """Each listing by itself once a day until its result is seen, the one that waits longest first.

    It is told of a new listing, for nothing, when that is published; a site that has no page of a listing is left out.
    """

    def run(self, days: int) -> Iterator[datetime]:
        """Play the days; gives the clock each time a day has passed."""
        unseen = deque(self.lots)
        known = deque[Lot]()
        while unseen and unseen[0].published < BEGIN:
            lot = unseen.popleft()
            lot.look(max(BEGIN - DAY * lot.place, lot.published))
            known.append(lot)
        known = deque(sorted(known, key=lambda lot: lot.looked_at or BEGIN))
        now, sample_at = BEGIN, BEGIN
        while now < BEGIN + days * DAY:
            now = self.quiet.first_allowed(now)
            while now >= sample_at:
                sample_at += SAMPLED_EACH
                yield now
            while unseen and unseen[0].published <= now:
                known.appendleft(unseen.popleft())
            is_due = known and (known[0].looked_at is None or now - known[0].looked_at >= DAY)
            if not is_due or self._left(now) < self.item_requests:
                now += IDLE
                continue
            lot = known.popleft()
            if lot.seen_at is None and now < lot.off_lists:
                now = self._ask(now, "daily", self.item_requests)
                lot.look(now)
                known.append(lot)
