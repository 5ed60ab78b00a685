"""The pages that tell the state of one listing, for sources where that is the page at its own address."""

from collections.abc import Callable, Sequence

from crawler.items import Follow


def own_page(reader: str, pattern: str | None = None) -> Callable[[str, str | None], Sequence[Follow]]:
    """For ``SourceSpec.item_pages``: the page at the address that was told, else at ``pattern`` with the id in it."""

    def pages(source_id: str, url: str | None) -> Sequence[Follow]:
        address = url or (pattern and pattern.format(source_id))
        return [Follow(address, reader)] if address else []

    return pages
