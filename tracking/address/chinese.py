"""What the readers of Hong Kong and Taiwan share."""

import re

from tracking.address.findings import Findings
from tracking.address.numerals import NUMERALS

NUMERAL = f"(?:[0-9]{{1,4}}|[{NUMERALS}]{{1,4}})"
# Shares of Taiwan's heirs run to 48000000分之209988 (seen 2026-04).
SHARE = re.compile(
    r"(?<![0-9])([0-9]{1,12})分之([0-9]{1,12})"
    r"|(?:权利范围|应有部分|持分|业权)[: ]{0,2}([0-9]{1,12})/([0-9]{1,12})(?![0-9])"
)


def read_share(text: str, found: Findings) -> None:
    """A share of the ownership, in a text of simplified characters: 6分之1."""
    if match := SHARE.search(text):
        whole, part = (match[1], match[2]) if match[1] else (match[4], match[3])
        found.put_share(int(part), int(whole), match[0])
