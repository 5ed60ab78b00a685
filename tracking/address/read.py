"""Titles and addresses into parts, by the country's own reader."""

from tracking.address.parts import NO_PARTS, Address, Parts


def read_parts(
    title: str | None, address: str | None, country: str, city: str | None = None, district: str | None = None
) -> Parts:
    """The parts of one listing's address: of its address field, completed by its title."""
    return read_address(title, address, country, city, district).parts


def read_address(
    title: str | None, address: str | None, country: str, city: str | None = None, district: str | None = None
) -> Address:
    """The same with the text that each part came from."""
    return Address(NO_PARTS, {})
