"""One notice into the fields and facts that it tells."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from crawler.items import Details, Word
from crawler.notices.areas import read_areas
from crawler.notices.building import (
    read_address,
    read_built_year,
    read_certificate,
    read_floor,
    read_share,
    read_title,
    read_use,
)
from crawler.notices.cases import read_case_number, read_seller
from crawler.notices.facts import read_facts
from crawler.notices.listed_units import count_listed
from crawler.notices.prices import DEPOSITS, INCREMENTS, MARKET, STARTS, Appraisal, read_appraisal, read_price
from crawler.notices.rounds import read_periods, read_result, read_round, read_times
from crawler.notices.text import Notice
from crawler.notices.units import member_on_sale, read_members, read_unit_count
from crawler.notices.viewings import Sale


class NoticeReading(NamedTuple):
    """What a notice tells, in its own words; nothing where it is silent."""

    listing: Mapping[str, Word]  # values for fields of ``ListingItem`` under their names
    details: Details


Times = tuple[str | None, str | None]
"""Start and end of the bidding as ``read_times`` gives them."""

ONE_UNIT = re.compile(r"\d(?:室|号房|房|户)[^\d等、]{0,12}$")
"""A title that ends in one unit: not all homes of an appraisal are sold under it."""


def read_notice(text: str, title: str | None = None) -> NoticeReading:
    """Read a notice, an item description, a table of the lot, or a whole page as plain text.

    Never raises: what cannot be read is not told. Rounds and states come as the words of ``ROUND_LABELS`` and
    ``STATUS_LABELS``. ``title`` is the listing's, where the caller knows it; else the notice's own, if it has one.
    Where a notice describes all homes of one appraisal and the title names one of them, that one is the listing; where
    no title tells which one is, neither area nor members are taken; otherwise the homes listed are its members.
    """
    notice = Notice(text)
    own_title = read_title(notice)
    title = title or own_title
    round_raw = read_round(notice, title)
    members = read_members(notice)
    on_sale = member_on_sale(title, members)
    appraisal = read_appraisal(notice)
    times = read_times(notice, round_raw)
    listing = _listing(notice, own_title, round_raw, times)
    is_part = bool(on_sale) or (bool(members) and not may_sell(title, len(members)))
    if is_part:
        listing.pop("floor_area_raw", None)  # of all together; which of them is on sale is not told
    if appraisal.price:
        listing["appraisal_price_raw"] = appraisal.price
    if on_sale:
        listing["floor_area_raw"] = on_sale.floor_area_raw
        listing.pop("address", None)  # that of all homes together
    return NoticeReading(
        listing,
        _details(notice, title, round_raw, appraisal, times)._replace(
            unit_count_raw=None if is_part and not count_listed(title or "") else read_unit_count(notice, title),
            members=() if is_part else members,
        ),
    )


def may_sell(title: str | None, home_count: int) -> bool:
    """Whether all homes of an appraisal may be sold under a title: not where it names one unit, or another number."""
    if title is None:
        return False
    listed = count_listed(title)
    return listed == home_count if listed else ONE_UNIT.search(title) is None


def _listing(notice: Notice, title: str | None, round_raw: str | None, times: Times) -> dict[str, Word]:
    areas = read_areas(notice)
    result = read_result(notice)
    starts_at, ends_at = times
    values: dict[str, Word] = {
        "title": title,
        "round_raw": round_raw,
        "status_raw": result.status,
        "seller_name": read_seller(notice),
        "address": read_address(notice),
        "starting_price_raw": read_price(notice, STARTS, round_raw),
        "hammer_price_raw": result.hammer_price,
        "market_price_raw": read_price(notice, MARKET),
        "starts_at_raw": starts_at,
        "ends_at_raw": ends_at,
        "floor_area_raw": areas.floor_area,
        "private_area_raw": areas.private_area,
        "land_area_raw": areas.land_area,
    }
    return {name: value for name, value in values.items() if value is not None}


def _details(notice: Notice, title: str | None, round_raw: str | None, appraisal: Appraisal, times: Times) -> Details:
    period, extension = read_periods(notice)
    return Details(
        case_number=read_case_number(notice),
        appraisal_kind_raw=appraisal.kind,
        appraisal_on_raw=appraisal.day,
        appraisal_scope=appraisal.scope,
        deposit_raw=read_price(notice, DEPOSITS, round_raw),
        increment_raw=read_price(notice, INCREMENTS, round_raw),
        bidding_period_raw=period,
        extension_raw=extension,
        share_raw=read_share(notice, title),
        floor=read_floor(notice),
        intended_use=read_use(notice),
        built_year_raw=read_built_year(notice),
        certificate=read_certificate(notice),
        facts=read_facts(notice, Sale(*(None if at is None else datetime.fromisoformat(at) for at in times))),
    )
