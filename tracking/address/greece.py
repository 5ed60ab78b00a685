"""Greek addresses of court auctions: street and number, never the home within.

The notices give no flat, floor or plot number beside the address: all lots of one house, or of one field (``θέση
«Τσαΐρι»``), share it (eauction24, 2026-07: 405 lots at 151 addresses). So no part here tells a home.
"""

import re

from tracking.address.findings import Findings
from tracking.address.parts import Address

FOLDED = str.maketrans(
    "ΆΈΉΊΌΎΏΪΫάέήίόύώϊϋΐΰαβγδεζηθικλμνξοπρσςτυφχψω",
    "ΑΕΗΙΟΥΩΙΥΑΕΗΙΟΥΩΙΥΙΥΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΣΤΥΦΧΨΩ",
)
NUMBER = r"(?:ΑΡ(?:ΙΘΜ?|ΙΘΜΟΣ|ΙΘΜΟΥ)?\.? ?)?([0-9]{1,4}[Α-Ω]?(?:[-–][0-9]{1,4}[Α-Ω]?)?)(?![0-9Α-Ω.])"
NAMED_STREET = re.compile(
    rf"(?<![Α-Ω])(?:ΟΔΟ[ΣΥ]?|ΛΕΩΦΟΡΟ[ΣΥ]?|ΛΕΩΦ\.) ([Α-Ω][Α-Ω. ]{{1,40}}?)(?: \([^()]{{1,40}}\))? {NUMBER}"
)
PLAIN_STREET = re.compile(rf"(?:^|, )([Α-Ω][Α-Ω. ]{{2,40}}?)(?: \([^()]{{1,40}}\))? {NUMBER}(?=,|$| ΚΑΙ)")
CITY_BLOCK = re.compile(r"(?<![Α-Ω])(?:Ο\.? ?Τ\.?|ΟΙΚΟΔΟΜΙΚΟ ΤΕΤΡΑΓΩΝΟ) ?([0-9]{1,4}[Α-Ω]?)(?![0-9Α-Ω])")
NOT_A_STREET = re.compile(
    r"ΔΗΜΟ[ΣΥ](?![Α-Ω])|ΔΗΜΟΤΙΚ|ΟΔΩΝ|ΔΙΑΣΤΑΥΡΩΣ|ΣΥΜΒΟΛ|ΕΝΟΤΗΤ|ΚΟΙΝΟΤΗΤ|ΠΕΡΙΦΕΡ|ΘΕΣΗ|ΜΕΡΙΔ|ΤΕΤΡΑΓΩΝ"
    r"|(?:^| )(?:Ο\.?Τ|Τ\.?Κ|Δ\.?Ε|ΑΡ)(?:[. ]|$)"
)


def read_greece(title: str | None, address: str | None) -> Address:  # noqa: ARG001  a title tells kind, area and town
    """Street, number and city block of an address."""
    found = Findings(address or "")
    text = found.text.translate(FOLDED)
    match = NAMED_STREET.search(text) or PLAIN_STREET.search(text)
    if match and not NOT_A_STREET.search(match[1]):
        found.put("road", " ".join(match[1].split()), *match.span(1))
        found.put("number", match[2].replace("–", "-"), *match.span(2))
    if match := CITY_BLOCK.search(text):
        found.put("block", f"ΟΤ{match[1]}", *match.span())
    return found.address()
