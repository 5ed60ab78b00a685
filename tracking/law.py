"""What the law of each place says of rounds, as data: stages, floors, cuts, notices (domain.md, section 2).

Each rule stands beside its source. A place whose law knows no rounds has no bands: nothing is then under a floor, and
no cut is too large.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Generic, NamedTuple, TypeVar

from store.terms import RoundKind, SellerKind
from tracking.offers import Offer, country_of

Value = TypeVar("Value")


class Rule(NamedTuple, Generic[Value]):
    """A figure of the law and the text that sets it. ``prior``: experience, to calibrate, not law."""

    value: Value
    source: str


class Stage(NamedTuple):
    """One round of a procedure: its cut at most, as a share of the start before, and the days of notice before it."""

    kind: RoundKind
    largest_cut: Rule[Fraction] | None = None
    notice_days: Rule[int] | None = None


class Validity(NamedTuple):
    """How long an appraisal holds, in months, and by how many months it can be extended."""

    months: int
    extension_months: int


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """The rules for one kind of seller in one country. Shares and cuts are exact fractions.

    Attributes:
        since: the first day on which the rules hold; ``None``: as far back as our data goes.
        stages: the rounds with names, the first at place 1; none where the law knows no rounds.
        further: every round after those, where their number has no end.
        least_first_share: of the appraisal, for the start of the first round.
        gap_days: least and most from the end of a failed round to the start of the next.
        deposit_band: least and most share of the start.
        appraisal_validity: of an appraisal, from its day.
        lapse_days: after so many days without a sale the next attempt begins a new procedure.
    """

    name: str
    country: str | None
    sellers: frozenset[SellerKind]
    since: date | None = None
    stages: tuple[Stage, ...] = ()
    further: Stage | None = None
    least_first_share: Rule[Fraction] | None = None
    gap_days: Rule[tuple[int, int]] | None = None
    deposit_band: Rule[tuple[Fraction, Fraction]] | None = None
    appraisal_validity: Rule[Validity] | None = None
    lapse_days: Rule[int] | None = None

    @property
    def has_rounds(self) -> bool:
        """Whether attempts are counted by law."""
        return bool(self.stages)

    def stage(self, place: int) -> Stage | None:
        """The stage at a place counted from 1; ``None`` where the procedure ends before it."""
        return self.stages[place - 1] if 1 <= place <= len(self.stages) else self.further

    def place_of(self, kind: RoundKind) -> int | None:
        """The place of a stage with a name of its own."""
        for place, stage in enumerate(self.stages, 1):  # a generator takes twice as long
            if stage.kind is kind:
                return place
        return None

    def least_ratio(self, before: int, place: int) -> Fraction | None:
        """The least start of one place as a share of the start of an earlier one, over rounds nobody saw too."""
        ratio = Fraction(1)
        for each in range(before + 1, place + 1):
            stage = self.stage(each)
            if stage is None or stage.largest_cut is None:
                return None
            ratio *= 1 - stage.largest_cut.value
        return ratio

    def least_share(self, place: int) -> Fraction | None:
        """The least start of a place as a share of the appraisal."""
        ratio = self.least_ratio(1, place)
        return None if self.least_first_share is None or ratio is None else self.least_first_share.value * ratio

    def cut_source(self, place: int) -> str:
        """The text that bounds the start of a place by the one before; empty where none does."""
        stage = self.stage(place)
        return stage.largest_cut.source if stage and stage.largest_cut else ""


COURT = frozenset((SellerKind.COURT,))
BANKS = frozenset(
    (
        SellerKind.STATE_BANK,
        SellerKind.JOINT_STOCK_BANK,
        SellerKind.CITY_BANK,
        SellerKind.RURAL_BANK,
        SellerKind.BANK,
    )
)
CREDITORS = BANKS | {SellerKind.ASSET_MANAGER}
"""Who takes a home for the debt and sells it himself."""

FIFTH = Fraction(1, 5)
ONLINE_SALES = "法释〔2016〕18号"
SALES_OF_2004 = "法释〔2004〕16号, as of 2005"
FORECLOSURE_ACT = "強制執行法 (Taiwan)"
FIDUCIARY_LAW = "Lei 9.514/1997"

VALIDITY = Rule(Validity(12, 6), "法释〔2018〕15号 art. 27")
PROCEDURE_LAPSE = Rule(
    548, "prior: an appraisal that was extended has lapsed after 18 months (法释〔2018〕15号 art. 27)"
)

MAINLAND_COURT = Jurisdiction(
    name="mainland court, online sales",
    country="CN",
    sellers=COURT,
    since=date(2017, 1, 1),
    stages=(
        Stage(RoundKind.FIRST_AUCTION, None, Rule(30, f"{ONLINE_SALES} art. 12")),
        Stage(RoundKind.SECOND_AUCTION, Rule(FIFTH, f"{ONLINE_SALES} art. 26"), Rule(15, f"{ONLINE_SALES} art. 26")),
        Stage(
            RoundKind.SELL_OFF,
            Rule(Fraction(0), "法释〔2004〕16号 art. 25: at the start of the last auction"),
            Rule(15, "practice of the platforms (法明传〔2017〕455号)"),
        ),
    ),
    least_first_share=Rule(Fraction(7, 10), f"{ONLINE_SALES} art. 10"),
    gap_days=Rule((15, 45), f"prior, around the 30 days of {ONLINE_SALES} art. 26"),
    deposit_band=Rule((Fraction(1, 20), FIFTH), f"{ONLINE_SALES} art. 17"),
    appraisal_validity=VALIDITY,
    lapse_days=PROCEDURE_LAPSE,
)

MAINLAND_COURT_OF_2005 = Jurisdiction(
    name="mainland court, three auctions",
    country="CN",
    sellers=COURT,
    since=date(2005, 1, 1),
    stages=(
        Stage(RoundKind.FIRST_AUCTION, None, Rule(15, f"{SALES_OF_2004} art. 11")),
        Stage(RoundKind.SECOND_AUCTION, Rule(FIFTH, f"{SALES_OF_2004} art. 8"), Rule(15, f"{SALES_OF_2004} art. 11")),
        Stage(RoundKind.THIRD_AUCTION, Rule(FIFTH, f"{SALES_OF_2004} art. 8"), Rule(15, f"{SALES_OF_2004} art. 11")),
        Stage(RoundKind.SELL_OFF, Rule(Fraction(0), f"{SALES_OF_2004} art. 28"), None),
    ),
    least_first_share=Rule(Fraction(4, 5), f"{SALES_OF_2004} art. 8"),
    gap_days=Rule((15, 60), f"{SALES_OF_2004} art. 11, 26"),
    lapse_days=PROCEDURE_LAPSE,
)

TAIWAN_CUT = Rule(FIFTH, f"{FORECLOSURE_ACT} §91, §92: at most, never fixed")
TAIWAN_NOTICE = Rule(10, f"{FORECLOSURE_ACT} §93")
TAIWAN_COURT = Jurisdiction(
    name="Taiwan court",
    country="TW",
    sellers=COURT,
    stages=(
        Stage(RoundKind.FIRST_AUCTION, None, Rule(14, f"{FORECLOSURE_ACT} §82")),
        Stage(RoundKind.SECOND_AUCTION, TAIWAN_CUT, TAIWAN_NOTICE),
        Stage(RoundKind.THIRD_AUCTION, TAIWAN_CUT, TAIWAN_NOTICE),
    ),
    # A fourth sale after three months of 應買 (§95); in partition cases without end: 15 rounds were seen in 2026.
    further=Stage(RoundKind.LATER_AUCTION, TAIWAN_CUT, TAIWAN_NOTICE),
    gap_days=Rule((10, 30), f"{FORECLOSURE_ACT} §93, from the notice"),
)

KOREAN_CUT = Rule(Fraction(3, 10), "practice of the courts: 20 or 30 % by court (x 0.7 seen 2026-08)")
KOREA_COURT = Jurisdiction(
    name="Korea court",
    country="KR",
    sellers=COURT,
    stages=(
        Stage(RoundKind.FIRST_AUCTION),
        Stage(RoundKind.SECOND_AUCTION, KOREAN_CUT),
        Stage(RoundKind.THIRD_AUCTION, KOREAN_CUT),
    ),
    further=Stage(RoundKind.LATER_AUCTION, KOREAN_CUT),
    gap_days=Rule((28, 56), "prior: rounds about six weeks apart (seen 2026-07 to 2026-08)"),
)

CAIXA = Jurisdiction(
    name="Brazil, bank with a fiduciary title (CAIXA)",
    country="BR",
    sellers=BANKS,
    # The second auction asks for the debt, the sales after it for what the bank likes: no bound on any cut.
    stages=(Stage(RoundKind.FIRST_AUCTION), Stage(RoundKind.SECOND_AUCTION)),
    gap_days=Rule((0, 15), f"{FIDUCIARY_LAW} art. 27 §1"),
)

HONG_KONG = Jurisdiction(
    name="Hong Kong: private treaty, tender or auction", country="HK", sellers=frozenset(SellerKind)
)
DIRECT_SALE = Jurisdiction(
    name="sale outside the courts: no rounds by law, no bound on a cut",
    country=None,
    sellers=frozenset(SellerKind) - COURT,
)
COURT_WITHOUT_ROUNDS = Jurisdiction(name="court sale that knows no rounds", country=None, sellers=COURT)

JURISDICTIONS = (
    MAINLAND_COURT,
    MAINLAND_COURT_OF_2005,
    TAIWAN_COURT,
    KOREA_COURT,
    CAIXA,
    HONG_KONG,
    COURT_WITHOUT_ROUNDS,
    DIRECT_SALE,
)
"""The first that fits an offer is its own: of one country and seller the newest stands first."""


def jurisdiction_of(offer: Offer) -> Jurisdiction:
    """The law that an offer is made under, by country, seller and day; a seller that nobody tells is bound by none."""
    country = country_of(offer.region_code, offer.source, offer.currency)
    rules = _RULES.get((country, offer.seller_kind)) or _RULES.get((None, offer.seller_kind), (DIRECT_SALE,))
    if len(rules) > 1 and (told := dated_at(offer)):
        day = told.date()
        return next((rule for rule in rules if rule.since is None or day >= rule.since), rules[-1])
    return rules[0]


def dated_at(offer: Offer) -> datetime | None:
    """When an attempt was made, as far as its source says: its start, else its end, else its notice."""
    return offer.starts_at or offer.ends_at or offer.published_at


def months_after(day: date, months: int) -> date:
    """The same day some months later; the last of the month where that has no such day."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _by_seller() -> dict[tuple[str | None, SellerKind | None], tuple[Jurisdiction, ...]]:
    rules: dict[tuple[str | None, SellerKind | None], tuple[Jurisdiction, ...]] = {}
    for rule in JURISDICTIONS:
        for seller in sorted(rule.sellers):
            rules[rule.country, seller] = (*rules.get((rule.country, seller), ()), rule)
    rules["HK", None] = (HONG_KONG,)
    return rules


_RULES = _by_seller()
