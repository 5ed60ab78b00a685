"""Addresses outside the mainland, each by the reader of its country."""

from collections.abc import Callable
from types import MappingProxyType

from tracking.address.brazil import read_brazil
from tracking.address.greece import read_greece
from tracking.address.hong_kong import read_hong_kong
from tracking.address.korea import read_korea
from tracking.address.parts import NO_PARTS, Address
from tracking.address.taiwan import read_taiwan
from tracking.address.ukraine import read_ukraine
from tracking.address.united_states import read_united_states

READERS: MappingProxyType[str, Callable[[str | None, str | None], Address]] = MappingProxyType(
    {
        "BR": read_brazil,
        "GR": read_greece,
        "HK": read_hong_kong,
        "KR": read_korea,
        "TW": read_taiwan,
        "UA": read_ukraine,
        "US": read_united_states,
    }
)


def read_abroad(
    country: str,
    title: str | None,
    address: str | None,
    city: str | None,  # noqa: ARG001  fields of their own: no reader needs them, all are called alike
    district: str | None,  # noqa: ARG001
) -> Address:
    """The parts of an address; nothing where the country (ISO 3166, two letters) has no reader.

    Its address field is read, or its title where that is missing; shares and counts are told by the title as well.
    """
    reader = READERS.get(country)
    if reader is None or not (title or address):
        return Address(NO_PARTS, {})
    return reader(title, address)
