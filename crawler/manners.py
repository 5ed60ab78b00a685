"""When a source may be asked again, and how often in a day. Pure."""

from datetime import UTC, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

LONGEST_WAIT = timedelta(days=30)
"""A Retry-After beyond that is a mistake of the server."""

SECOND_LEVELS = {"ac", "co", "com", "edu", "go", "gov", "net", "or", "org"}


def pause_until(now: datetime, zone: ZoneInfo, retry_after: str | None = None) -> datetime:
    """After a refusal: the next midnight where the source is, or later if it asked for more (RFC 9110, 10.2.3)."""
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    midnight = datetime.combine(tomorrow, time(), zone).astimezone(UTC)
    asked = _read_retry_after(retry_after, now)
    return midnight if asked is None else max(midnight, min(asked, now + LONGEST_WAIT))


def _read_retry_after(header: str | None, now: datetime) -> datetime | None:
    """Seconds or an HTTP date; anything else says nothing."""
    text = (header or "").strip()
    if text.isascii() and text.isdigit() and len(text) < 12:
        return now + timedelta(seconds=min(int(text), LONGEST_WAIT.total_seconds()))
    try:
        instant = parsedate_to_datetime(text)
        return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def site_of(host: str) -> str:
    """The domain that a site's hosts share: taobao.com of sf-item.taobao.com, caixa.gov.br of www.caixa.gov.br."""
    labels = host.lower().rstrip(".").split(".")
    is_second_level = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in SECOND_LEVELS
    return ".".join(labels[-3:] if is_second_level else labels[-2:])
