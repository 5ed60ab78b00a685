"""What an edition of a snapshot withholds. Names and numbers of persons are masked before they are stored at all."""

from collections.abc import Mapping

OF_A_LOOK = frozenset(("title", "address", "floor", "certificate", "raw"))

WITHHELD_PLACES: Mapping[str, frozenset[str]] = {
    "listing.csv": OF_A_LOOK,
    "observation.csv": OF_A_LOOK,
    "quarantined_row.csv": frozenset(("excerpt",)),
    "fact.csv": frozenset(("quote",)),
    "lot_member.csv": frozenset(("title", "certificate")),
    "attachment.csv": frozenset(("name",)),
    "property.csv": frozenset(("number", "block", "building", "unit", "floor", "room", "parking", "lot")),
    "link_decision.csv": frozenset(("reasons",)),
}
"""What names building and room, or is free text that can: left empty where only the coarse place may be told."""
