"""All that happens to a page between its arrival and the database, with the CPU seconds of each part."""

import time
from collections.abc import Sequence
from typing import NamedTuple

from crawler.items import Reader
from crawler.page import Page
from crawler.reading import read
from crawler.recording import refused_rows, unread
from store.looks import Unstorable
from store.told import NotBelieved, tell


class Spent(NamedTuple):
    """CPU seconds, and what came of the page."""

    recognising: float  # by all readers together
    reading: float  # parsed, normalized, digested
    masking: float  # of the words of refused rows
    listings: int  # believed
    refused: int

    @property
    def slowest(self) -> float:
        """The longest of the three parts: none may take over a second."""
        return max(self.recognising, self.reading, self.masking)


def read_whole(page: Page, reader: Reader, readers: Sequence[Reader]) -> Spent:
    """Recognise the page by all readers, read it, normalize and digest each listing as the store does.

    Raises:
        Exception: whatever our code raises beside its named failures; that is what fuzzing is for.
    """
    start = time.process_time()
    for each in readers:
        each.recognises(page)
    recognised = time.process_time()
    reading = read(page, reader)
    believed, refused = 0, len(reading.refused)
    for source, source_id, words in unread(page, reader, reading):
        try:
            tell(source, source_id, words)
            believed += 1
        except (NotBelieved, Unstorable):
            refused += 1
    told = time.process_time()
    refused_rows(reading)
    return Spent(recognised - start, told - recognised, time.process_time() - told, believed, refused)
