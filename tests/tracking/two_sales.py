"""Two sales in 海宁, a county of 嘉兴, one after the other or at once: do they become one home?"""

from typing import Any

from store.terms import Judgement
from tests.tracking.chain_cases import offer
from tracking.address.parts import Parts
from tracking.address.read import read_parts
from tracking.evidence import decide
from tracking.link import link_offers
from tracking.offers import Offer
from tracking.traits import traits_of

Told = dict[str, Any]
HAINING: Told = {"city": "嘉兴市", "district": "海宁市", "region_code": "330481"}
COURT: Told = {"seller_name": "海宁市人民法院"}
BANK: Told = {"seller_name": "江苏银行股份有限公司嘉兴分行", "source": "ali_assets"}
FLAT: Told = {"property_kind": "flat"}
SPRING = "2026-01-10", "2026-03-20"
AT_ONCE = "2026-01-10", "2026-01-10"


def parts_of(title: str) -> Parts:
    """The parts of a title of 海宁."""
    return read_parts(title, None, "CN", HAINING["city"], HAINING["district"])


def two_sales(titles: tuple[str, str], told: Told, later: Told, days: tuple[str, str] = SPRING) -> list[Offer]:
    """The offers, each open for a day; ``told`` by the first, ``later`` by the second."""
    return [
        offer(
            at,
            title=title,
            parts=parts_of(title),
            starts_at=day,
            ends_at=f"{day[:-2]}{int(day[-2:]) + 1}",
            **HAINING | each,
        )
        for at, (title, each, day) in enumerate(zip(titles, (told, later), days, strict=True), 1)
    ]


def are_one_home(titles: tuple[str, str], told: Told, later: Told, days: tuple[str, str] = SPRING) -> bool:
    """Whether two sales become one home; the judgement of the pair, in both orders, says the same."""
    offers = two_sales(titles, told, later, days)
    one, other = map(traits_of, offers)
    is_one = len(set(link_offers(offers).property_of.values())) == 1
    for pair in ((one, other), (other, one)):
        assert (decide(*pair).judgement is Judgement.SAME) is is_one
    return is_one
