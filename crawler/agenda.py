"""What a crawl has to ask: lists before what they lead to, nothing twice, and what another crawl left.

Stopped at this very look, only the rest is asked for. Stopped on another day, the rest is asked for in turn with the
lists from their beginning: what is new stands in front, and what no budget ever reached would be known to nobody.
"""

from collections import deque
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from crawler.frontier import Frontier, PartLeft
from crawler.items import Follow
from crawler.manners import site_of
from crawler.slices import Key, Slice, Slices, key_of


class Agenda:
    """The queues of one crawl, and which queries their pages belong to.

    Args:
        list_reader: name of the reader of lists.
        sites: the source's own; nothing else is asked.
        most_lists: how many list pages may be asked for.
        begun_at: the clock, aware.
    """

    def __init__(self, list_reader: str, sites: set[str], most_lists: int, begun_at: datetime) -> None:
        self.begun_at = begun_at  # this look at the source, maybe by the crawl that this one goes on with
        self.seen_since: datetime | None = None  # when its first page was seen
        self.lists: deque[Follow] = deque()
        self.details: deque[Follow] = deque()
        self.slices = Slices()
        self.parts: set[Key] = set()  # first pages of the queries into which others were split
        self.strangers = 0  # addresses on other sites
        self._list_reader = list_reader
        self._sites = sites
        self._most_lists = most_lists
        self._lists_noted = 0
        self._known: set[Key] = set()  # all that was asked or waits for it
        self._overlaps: dict[Key, tuple[str, ...]] = {}
        """What pages showed that are asked for again, to see how far their list has moved."""
        self._rest: set[Key] = set()  # pages that follow on what another day left

    def is_list(self, follow: Follow) -> bool:
        """Whether a page is one of a list."""
        return follow.is_next_page or follow.reader == self._list_reader

    def begin(self, follow: Follow) -> None:
        """Note the first page of a query."""
        if key_of(follow) not in self._known and self.is_list(follow):
            self.slices.begin(follow)
        self.note(follow)

    def note(self, follow: Follow) -> bool:
        """Put a page into its queue unless it was there before or is not to be asked for; whether it was put there."""
        key = key_of(follow)
        if key in self._known or not self._is_own(follow.url):
            return False
        if self.is_list(follow):
            if self._lists_noted >= self._most_lists:
                return False
            self._lists_noted += 1
            self.lists.append(follow)
        else:
            self.details.append(follow)
        self._known.add(key)
        return True

    def go_on(self, follow: Follow, further: Follow, source_ids: Iterable[str], part: Slice | None) -> None:
        """Note the next page of a list; where it meets what is read of another day, until a page shows nobody new."""
        key = key_of(further)
        if key_of(follow) in self._rest:
            self._rest.add(key)
        elif key in self._rest and part is not None and part.is_news and key not in part.heads:
            self._rest.remove(key)
            self._known.discard(key)
        if self.note(further):
            self.slices.go_on(follow, further, source_ids)

    def note_seen(self, at: datetime) -> None:
        """Note when a page was seen."""
        self.seen_since = min(self.seen_since or at, at)

    def left(self) -> str | None:
        """What is left, as it is kept; ``None``: nothing, or no page was read yet."""
        if self.seen_since is None:
            return None
        parts = [PartLeft.of(part, self._rest) for part in self.slices.all]
        lists = [follow for follow in self.lists if not self.slices.has(follow)]
        waiting = len(lists) + sum(len(part.heads) + (not part.is_asked) for part in parts)
        asked = max(self._lists_noted - waiting, 0)
        left = Frontier(self.begun_at, self.seen_since, asked, parts, lists, list(self.details))
        return left.to_text() if left.has_more else None

    def take_up_the_rest(self, left: Frontier, first_pages: Iterable[Follow]) -> None:
        """Go on as if the crawl had not been stopped, but that the last page of each list is asked for again."""
        self.begun_at, self.seen_since, self._lists_noted = left.begun_at, left.seen_since, left.pages_asked
        beginnings = set(map(key_of, first_pages))
        for state in left.parts:
            part, first = state.slice(), key_of(state.first)
            self.slices.put(part)
            if first not in beginnings:
                self.parts.add(first)
            if not state.is_asked:
                self.note(state.first)
            self._known.add(first)
            for head in state.heads:
                key = key_of(head.page)
                self.slices.join(part, head.page, head.source_ids)
                self.lists.append(head.page)
                self._known.add(key)
                if key != first:  # the first page of a list is where it begins, whoever stands on it
                    self._overlaps[key] = head.source_ids
        for follow in (*left.lists, *left.details):
            self.note(follow)

    def take_up_beside(self, left: Frontier) -> None:
        """Ask for what is left of another day too, in turn with the lists from their beginning."""
        self.seen_since = left.seen_since
        for state in left.parts:
            if state.heads or not state.is_asked:
                self.begin(state.first)
            part = self.slices.part_of(state.first)
            for head in state.heads:
                if part is not None and self.note(head.page):
                    self.slices.join(part, head.page, head.source_ids)
                    self._rest.add(key_of(head.page))
        for follow in (*left.lists, *left.details):
            self.note(follow)

    def is_rest(self, follow: Follow) -> bool:
        """Whether a page follows on what another day left."""
        return key_of(follow) in self._rest

    def shown_before(self, follow: Follow) -> tuple[str, ...] | None:
        """Whom a page showed to the crawl that this one goes on with; ``None`` of any other page; told once."""
        return self._overlaps.pop(key_of(follow), None)

    def ask_anew(self, follow: Follow) -> None:
        """Ask for the query of a page from its beginning."""
        part = self.slices.part_of(follow)
        if part is not None:
            self.slices.drop(part)
            self._known -= {key_of(part.first), key_of(follow)}
            self.begin(part.first)

    def _is_own(self, url: str) -> bool:
        """Whether an address lies on the source's own sites: a page must not send a crawl anywhere else."""
        try:
            parts = urlsplit(url)
            is_own = parts.scheme in {"http", "https"} and site_of(parts.hostname or "") in self._sites
        except ValueError:
            is_own = False
        self.strangers += not is_own
        return is_own
