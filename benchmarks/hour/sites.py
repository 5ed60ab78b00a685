"""Four sites that are played on this machine: recorded pages of three, and the made-up lots of a fourth.

The recorded lots of gpai end on the day that is played, one of them at the end of the hour: it wants a look every ten
minutes. Those of rmfysszc are the lots of ``benchmarks.hostile.world``, ended, running and announced, served without any ill.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from random import Random
from typing import NamedTuple

from benchmarks.hostile.site import Site
from benchmarks.hostile.world import make_lots
from benchmarks.made_site import MadeSite, Visit
from crawler.parsers import gpai, hk_aaproperty, hk_chungsen
from crawler.parsers.rmfysszc import SOURCE as MADE_UP
from crawler.play import PlayedPage, Player
from fapai.demo import recorded_pages

PLAYED = date(2026, 9, 2)
HOUR_BEGINS = datetime(2026, 9, 2, 1, tzinfo=UTC)
"""Nine in the morning at the sites; lot 52801 of gpai ends at ten."""

ROBOTS = "robots.txt"
GPAI_LOTS = {"52801": "second-auction-running", "52886": "first-auction-not-begun", "52887": "first-auction-not-begun"}
RUNNING = {"52801": ("9月1日", "9月2日")}
"""Begin and end of the running lot, as its list tells them: its page was recorded under another number."""

GPAI_LISTS = {
    gpai.UPCOMING: "upcoming-of-shanghai",
    gpai.RUNNING: "running-of-shanghai",
    gpai.ENDED: "nothing-declared-and-nothing-there",
}
SOURCES = ("gpai", "hk_aaproperty", "hk_chungsen", MADE_UP)


class Asked(NamedTuple):
    """One request: when it came, and of which source it was."""

    at: datetime
    source: str


class Sites(MadeSite):
    """Serves all four on one free port while it is entered."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._recorded = {
            source: Player([PlayedPage(PLAYED, address, body) for address, body in pages.items()])
            for source, pages in recorded().items()
        }
        self._made_up = Site(make_lots(HOUR_BEGINS, seed=1), HOUR_BEGINS, 1, Random())

    def reply(self, visit: Visit, form: bytes | None) -> None:
        """Answer one request."""
        body = self.answer(visit.path, form)
        visit.send(body or b"", 200 if body is not None else 404)

    def answer(self, target: str, form: bytes | None) -> bytes | None:
        """The body for a request, which is noted; ``None``: no site has such a page."""
        if target == "/robots.txt":
            self._note(ROBOTS)
            return b"User-agent: *\nAllow: /\n"
        for source, player in self._recorded.items():
            page = player.answer(target, form)
            if page is not None:
                self._note(source)
                return page.body
        self._note(MADE_UP)
        body = self._made_up.truth(target, form)
        return None if body is None else body.encode()

    def _note(self, source: str) -> None:
        self.asked.append(Asked(datetime.now(UTC), source))


def recorded() -> Mapping[str, Mapping[str, bytes]]:
    """The recorded pages of each source by their addresses."""
    lots = {
        f"https://www.gpai.net/sf/item2.do?Web_Item_ID={number}": _numbered(_page("gpai/lot", case), number)
        for number, case in GPAI_LOTS.items()
    }
    lists = {gpai.list_page("", state).url: _page("gpai/list", case) for state, case in GPAI_LISTS.items()}
    return {
        "gpai": lists | lots,
        "hk_aaproperty": {hk_aaproperty.LIST_URL: _page("hk_aaproperty/list", "lots-of-two-auctions")},
        "hk_chungsen": {hk_chungsen.LIST_URL: _page("hk_chungsen/list", "areas-in-feet-and-prices-in-wan")},
    }


def _page(kind: str, case: str) -> bytes:
    (path,) = (recorded_pages() / kind / case).glob("input.*")
    return path.read_bytes()


def _numbered(body: bytes, number: str) -> bytes:
    """The recorded lot under another number, with the days that the list tells of that."""
    begins, ends = RUNNING.get(number, ("9月13日", "9月14日"))
    named = body.replace(b"52886", number.encode())
    return named.replace("9月14日".encode(), ends.encode()).replace("9月13日".encode(), begins.encode())
