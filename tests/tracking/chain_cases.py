"""Offers of homes for the tests of chains: those of fixtures/tracking/chains, and made ones."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from store.terms import AppraisalScope, Currency, PropertyKind, RoundKind, RoundStatus, SellerKind
from tracking.address.parts import NO_PARTS, Parts
from tracking.offers import Offer
from tracking.rounds import Step, chain_rounds

CHAINS = Path(__file__).parents[2] / "fixtures" / "tracking" / "chains"
NOTHING = dict.fromkeys(Offer._fields) | {"generation": 1, "parts": NO_PARTS}
TERMS = {
    "property_kind": PropertyKind,
    "round_kind": RoundKind,
    "status": RoundStatus,
    "seller_kind": SellerKind,
    "currency": Currency,
    "appraisal_scope": AppraisalScope,
}


def at(text: str) -> datetime:
    """2026-01-31, or with a time, in UTC."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).replace(tzinfo=UTC)


def offer(listing_id: int, **told: Any) -> Offer:
    """An offer that tells what is given; a court of the mainland sells it unless that says otherwise."""
    court = {"source": "ali_judicial", "source_id": str(listing_id), "seller_kind": "court", "currency": "CNY"}
    values = {**NOTHING, "first_seen_at": "2026-01-01", **court, **told, "listing_id": listing_id}
    values.setdefault("last_seen_at", None)
    values["last_seen_at"] = values["last_seen_at"] or values["first_seen_at"]
    for name, value in values.items():
        if isinstance(value, str) and name.endswith("_at"):
            values[name] = at(value)
        elif value is not None and name in TERMS:
            values[name] = TERMS[name](value)
    if isinstance(values["parts"], dict):
        values["parts"] = Parts(**values["parts"])
    return Offer(**values)


def chains_of(file: str) -> dict[str, list[Offer]]:
    """The chains of a file by name; the listing ids count its rows from 1."""
    chains = json.loads((CHAINS / file).read_text("utf-8"))["chains"]
    ids = iter(range(1, 1_000))
    return {name: [offer(next(ids), **row) for row in rows] for name, rows in chains.items()}


def every_chain() -> list[tuple[str, list[Offer]]]:
    """All chains of all files, with a name for each."""
    return [
        (f"{path.stem}: {name}", row) for path in sorted(CHAINS.iterdir()) for name, row in chains_of(path.name).items()
    ]


def places(offers: Iterable[Offer]) -> list[tuple[str, int, int, str | None]]:
    """Of each step: the source's id, procedure, place and link."""
    known = list(offers)
    ids = {each.listing_id: each.source_id for each in known}
    return [(ids[step.listing_id], step.procedure, step.place, step.link) for step in chain_rounds(known)]


def links(*offers: Offer) -> list[str | None]:
    """The links of a chain."""
    return [step.link for step in chain_rounds(offers)]


def step_of(steps: Iterable[Step], listing_id: int) -> Step:
    """The step of one listing."""
    return next(step for step in steps if step.listing_id == listing_id)
