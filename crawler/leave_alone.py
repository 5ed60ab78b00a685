"""Whether a source may be asked now: after a refusal it is left alone for the day, and a day has its budget."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from crawler.orders import CrawlOrders
from crawler.settings import is_loopback
from crawler.sources import source_specs
from store.engine import reading
from store.manners import pause_of, requests_on


def may_crawl(engine: Engine, orders: CrawlOrders) -> CrawlOrders | str:
    """The orders with what is left of the day's budget; or the sentence why nothing is asked today.

    A server on this machine is nobody's site: it is always asked.
    """
    if is_loopback(orders.base_url):
        return orders
    spec = source_specs()[orders.source]
    zone = ZoneInfo(spec.readers[0].dialect.time_zone)
    now = datetime.now(UTC)
    with reading(engine) as connection:
        pause = pause_of(connection, spec.name, now)
        asked = requests_on(connection, spec.name, now.astimezone(zone).date())
    if pause is not None:
        until = f"{pause.until.astimezone(zone):%Y-%m-%d %H:%M} {zone.key}"
        return f"{spec.name}: not asked: it refused us ({pause.why}) and is left alone until {until}"
    if asked >= spec.requests_per_day:
        return f"{spec.name}: not asked: its budget of {spec.requests_per_day:,} requests a day is spent"
    return replace(orders, budget=spec.requests_per_day - asked)
