"""The real chains, and the look-alikes that are none, as checks.

Every set is read from the captures (``../shared/captures``, or where FAPAI_CAPTURES points) by the program's own
readers into a database of its own, linked, and compared with what the README beside the files says of it.
"""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from benchmarks.linking.score import Torn, measure
from benchmarks.linking.taken import CAPTURES, Source, Taken, take
from store.terms import RoundKind
from tracking.offers import Offer


@dataclass(frozen=True, slots=True)
class Check:
    """One expectation. ``notes``: what to look at."""

    what: str
    found: str
    expected: str
    is_right: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RealSet:
    """A set of captured files and what must come of them."""

    name: str
    sources: tuple[Source, ...]
    judge: Callable[[Taken], Iterable[Check]]


def equal(what: str, found: object, expected: object, notes: Iterable[str] = ()) -> Check:
    """A check for the very value."""
    return Check(what, str(found), str(expected), found == expected, tuple(notes))


def chains(taken: Taken, wanted: Iterable[Iterable[str]], allowed: Iterable[Iterable[str]] = ()) -> Iterator[Check]:
    """Every wanted chain is one property that holds nothing else; no other listings are linked.

    ``allowed`` may be linked or not: listings that look the same and of which nothing tells whether they are.
    """
    groups = [frozenset(group) for group in wanted]
    found = {frozenset(offer.source_id for offer in members): members for members in taken.linked()}
    missing = [group for group in groups if group not in found]
    strangers = [
        members for ids, members in found.items() if ids not in groups and not any(ids <= set(may) for may in allowed)
    ]
    notes = [f"not whole, or not alone: {', '.join(sorted(group))}" for group in missing]
    yield equal("chains whole and alone", len(groups) - len(missing), len(groups), notes)
    yield equal("other properties of several listings", len(strangers), 0, map(describe, strangers))


def apart(taken: Taken, what: str, offers: list[Offer]) -> Check:
    """Each of these listings is a property of its own."""
    counts = Counter(taken.property_of[offer.listing_id] for offer in offers)
    joined = [describe(members) for number, members in taken.members().items() if counts[number] > 1]
    return equal(what, len(counts), len(offers), joined)


def describe(offers: Iterable[Offer]) -> str:
    """The listings of a property in one line."""
    return " = ".join(f"{offer.source_id} {offer.title or offer.address or ''}".strip() for offer in offers)


def judge_jd_fujian(taken: Taken) -> Iterator[Check]:
    """Three chains with ratios 0.80, 0.80 and 1.00; look-alikes of one house and of one row of shops."""
    wanted = (("311018607", "311215642"), ("311019085", "311218670"), ("311098843", "311218636"))
    yield from chains(taken, wanted)
    ratios = []
    for first, second in (taken.named(*chain) for chain in wanted):
        ratios.append(round((second.starting_price or 0) / (first.starting_price or 1), 2))
    yield equal("second start over first", ratios, [0.8, 0.8, 1.0])
    for name, count in (("清华公寓", 7), ("平潭海峡如意城", 2), ("闽江世纪城", 2)):
        offers = [offer for offer in taken.offers if name in (offer.title or "")]
        yield equal(f"listings of {name}", len(offers), count)
        yield apart(taken, f"{name}: properties", offers)


JD_JIANGSU = (
    ("10", "108", "110"),  # 溪南新村376-1-101
    ("11", "109"),  # 永定巷15-2304
    ("12", "113", "115", "117"),  # 汉江北路119号、121号
    ("14", "116"),  # 汉江北路170号
    ("17", "118"),  # 海德名园35号
    ("114", "119"),  # 欧蓓莎 B28号楼1-303等11套
    ("66", "73", "95", "101", "105"),  # the villa of 333.32 square metres: 83, 50, 50, 40 and 30 million
    ("67", "100"),  # 兴化市合陈镇昌自建房
)
JD_JIANGSU_TWICE = (
    ("68", "90"),
    ("69", "91"),
    ("70", "93"),
    ("71", "92"),
    ("72", "89"),
    ("77", "94"),
    ("96", "102"),
    ("98", "104"),
    ("103", "106"),
)
"""The same words twice in the list, in half of them without a number: 98 and 104 are one flat, the others may be."""


def judge_jd_jiangsu(taken: Taken) -> Iterator[Check]:
    """A bank's own rounds with drifting words; a list without ids, days and states."""
    head = "2020-08-23/zichan-jiangsu-house-2020-08-23#"
    wanted, allowed = (
        [[head + number for number in group] for group in groups] for groups in (JD_JIANGSU, JD_JIANGSU_TWICE)
    )
    yield from chains(taken, wanted, allowed)


def judge_ali_rounds(taken: Taken) -> Iterator[Check]:
    """Seven chains; near twins; a truck; 36 parking spaces of one garage; loans whose debtors are masked."""
    yield from chains(
        taken,
        (
            ("562196709686", "565464142501", "572189316132"),
            ("572810363009", "576989724022"),
            ("572805787057", "577386427794"),
            ("556507466020", "560221838753", "562611743753"),
            ("579239689417", "588462442339"),
            ("586633879757", "588464874044"),
            ("553848048568", "555178862683"),
        ),
    )
    yield apart(taken, "twins 7幢1-3 and 7幢1-4", taken.named("572805787057", "572810363009"))
    yield apart(taken, "parking spaces 245 and 015", taken.named("588462442339", "588464874044"))


def judge_rmfysszc(taken: Taken) -> Iterator[Check]:
    """Six assets in thirteen lots of a page of twenty; three lots are called 房地产 and nothing else."""
    groups: dict[tuple[str, str], list[str]] = {}
    with (CAPTURES / "rmfysszc" / "rounds-in-page1.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            groups.setdefault((row["asset_title"], row["assessed_wan"]), []).append(row["lot_id"])
    yield from chains(taken, groups.values())


def judge_taiwan(taken: Taken) -> Iterator[Check]:
    """Fifteen rounds of one house; two of five parcels; many lots of one case."""
    case = [offer.source_id for offer in taken.offers if offer.source_id.startswith("3107699/")]
    yield equal("rounds of the house in 苑裡", len(case), 15)
    parcels = [offer.source_id for offer in taken.offers if offer.source_id.startswith("LCD/113/執/000545/")]
    yield from chains(taken, (case, parcels))
    lots = [offer for offer in taken.offers if offer.case_number == "111司執字第016918號"]
    yield apart(taken, "lots of one case of 臺北", lots)


def judge_korea(taken: Taken) -> Iterator[Check]:
    """A lot keeps its id from one sale to the next; shops of one floor are lots of their own."""
    yield equal("lots that pass to another round", sum(len(found) > 1 for found in taken.rounds.values()), 11)
    yield equal("properties of several lots", len(taken.linked()), 0, map(describe, taken.linked()))


def judge_florida(taken: Taken) -> Iterator[Check]:
    """Cases set again for another day; a parcel that reads "Property Appraiser" is none.

    The files hold 1,504 pairs with several days if a word for the parcel (Property Appraiser, TIMESHARE) counts as one.
    Of them 1,499 are pairs of a case and a number, or none: five cases stand under two words with the same two days.
    Two have both days in one file alone and nothing that tells one home: 502023CA000300XXXXMB, and 2025 10654 CICI,
    whose two streets are told later. Five more gain their second day under another word. So 1,504 - 5 - 2 + 5.
    """
    days: defaultdict[tuple[str | None, str], set[date]] = defaultdict(set)
    for offer in taken.offers:
        if offer.round_kind is RoundKind.JUDICIAL_AUCTION:
            days[offer.case_number, offer.asset_id or ""] |= taken.days.get(offer.listing_id, frozenset())
    again = {pair for pair, found in days.items() if len(found) > 1}
    yield equal("case + parcel pairs with two to six dates", len(again), 1502)
    yield equal(
        "listings whose parcel is a word",
        sum("appraiser" in (offer.asset_id or "").lower() for offer in taken.offers),
        0,
    )
    loose = [members for members in taken.linked() if not hang_together(members) or hold_two_parcels(members)]
    yield equal("properties of unrelated cases, or of two parcels", len(loose), 0, map(describe, loose))


def hang_together(members: list[Offer]) -> bool:
    """Whether equal cases, parcels and addresses lead from each listing of a property to every other one.

    Blanks in a case number count: 2024CA000206 is a case of Clay county, 2024 CA 000206 one of Escambia.
    """
    left = [_names(offer) for offer in members]
    reached = left.pop()
    while found := [names for names in left if names & reached]:
        reached = reached.union(*found)
        left = [names for names in left if not names & reached]
    return not left


def hold_two_parcels(members: list[Offer]) -> bool:
    """Whether two parcels of one numbering stand in a property: a county's tax office and its court number apart.

    Pinellas writes range, township and section in either order (16-30-28, 28-30-16): the digits count, not their order.
    """
    parcels = {"".join(sorted(_bare(offer.asset_id))) for offer in members if offer.asset_id}
    return len({re.sub(r"\d", "0", parcel) for parcel in parcels}) < len(parcels)


def _names(offer: Offer) -> frozenset[str]:
    told = {"case": offer.case_number, "parcel": _bare(offer.asset_id or ""), "address": _bare(offer.address or "")}
    return frozenset(f"{name} {value}" for name, value in told.items() if value)


def _bare(text: str) -> str:
    return re.sub(r"\W|\b(?:UNIT|APT)\b", "", text.upper())


def judge_none(taken: Taken) -> Iterator[Check]:
    """Nothing is linked."""
    yield equal("properties", len(taken.members()), len(taken.offers), map(describe, taken.linked()))


def judge_fujian(taken: Taken) -> Iterator[Check]:
    """Shops that differ in their number only, and flats of one compound."""
    for name, count in (("金辉澜林轩", 7), ("永鸿国际城", 3)):
        offers = [offer for offer in taken.offers if name in (offer.title or "")]
        yield equal(f"listings of {name}", len(offers), count)
    yield from judge_none(taken)


REPEATS = "ali/sold-repeat-addresses-2015_2026/repeat-sales.csv"
REPEATED = Source("ali/sold-repeat-addresses-2015_2026/*.csv", "ali-sold-repeats")


SAME_HOMES = {"304": "303", "307": "303", "339": "314", "839": "814", "886": "881"}
"""Groups that are one home, judged by hand: their addresses differ by a province, a district named twice or 房屋 at the
end, their sales follow one another within months, at the same appraisal or start:
香江逸景北区6号楼2单元1501室, 金地国际1#-2-2101室, 香港花园3幢503室, 赵都华府8#楼1单元601号."""


def judge_repeats(taken: Taken) -> Iterator[Check]:
    """Homes that were sold again. What the linker finds beside the labelled rows is not counted."""
    with (CAPTURES / REPEATS).open(encoding="utf-8-sig", newline="") as file:
        labels = {row["id"]: row["组"] for row in csv.DictReader(file)}
    labelled = {offer.listing_id: offer for offer in taken.offers if offer.source_id in labels}
    groups = {number: labels[offer.source_id] for number, offer in labelled.items()}
    plain, score = (
        measure(((number, int(judged.get(group, group))) for number, group in groups.items()), taken.property_of)
        for judged in ({}, SAME_HOMES)
    )
    yield equal("labelled rows, groups", (plain.listings, plain.homes), (2016, 961))
    plainly = f"labels as they stand: precision {plain.precision:.4f}, recall {plain.recall:.4f}"
    notes = (plainly, *_torn(score.false_merges, labelled))
    yield Check("pair precision", f"{score.precision:.4f}", ">= 0.995", score.precision >= 0.995, notes)
    notes = _torn(score.missed, labelled)
    yield Check("pair recall", f"{score.recall:.4f}", ">= 0.97", score.recall >= 0.97, notes)


def _torn(torn: Iterable[Torn], offers: dict[int, Offer]) -> tuple[str, ...]:
    return tuple(
        f"{each.wrong_pairs} pairs: " + " | ".join(_told(offers[number]) for number in each.listings) for each in torn
    )


def _told(offer: Offer) -> str:
    area = f" {offer.floor_area / 100:g} sqm" if offer.floor_area else ""
    appraisal = f" valued {offer.appraisal_price / 100:,.0f}" if offer.appraisal_price else ""
    return f"{offer.source_id} {offer.city or ''} {offer.title or offer.address}{area}{appraisal}"


SETS = (
    RealSet("JD Fujian 2026", (Source("jd/fujian-jd-rounds-*.csv", "jd-fujian-2026"),), judge_jd_fujian),
    RealSet("JD Jiangsu 2020", (Source("jd/zichan-jiangsu-house-*.json", "zichan-jd-2020"),), judge_jd_jiangsu),
    RealSet(
        "Ali rounds and banks 2017-2020",
        (Source("ali/rounds-and-bank-2017_2020/*.json", "ali-rounds-2017"),),
        judge_ali_rounds,
    ),
    RealSet(
        "rmfysszc 2022", (Source("rmfysszc/ProjectHandle-guangdong-page1-*.json", None, "2022-11-15"),), judge_rmfysszc
    ),
    RealSet(
        "Taiwan 2026",
        (
            Source("tw-judicial/rows-from-weekly-snapshots.csv", None, "2026-07-12"),
            Source("tw-judicial/case-miaoli-15-rounds.json", None, "2026-07-12"),
        ),
        judge_taiwan,
    ),
    RealSet("Korea 2026", (Source("korea-courtauction/*.jsonl"),), judge_korea),
    RealSet("Florida 2025", (Source("usa-realforeclose/*.zip"),), judge_florida),
    RealSet("Greece 2026", (Source("greece-eauction24/*.json", "greece-eauction24"),), judge_none),
    RealSet("shops of Hefei 2020", (Source("ali/sf-list-2020-10-hefei/items.json", None, "2020-10-11"),), judge_none),
    RealSet("Ali Fujian 2026", (Source("ali/fujian-ali-2026-09-04/*.csv", "ali-fujian-2026"),), judge_fujian),
    RealSet(
        "CAIXA 2021, by its own id", (Source("brazil-caixa/daily-2021/*.zip", "caixaaberta", every=6),), judge_none
    ),
    RealSet("homes sold again 2015-2026", (REPEATED,), judge_repeats),
    RealSet(
        "homes sold again, among all homes of the winter 2025/26",
        (REPEATED, Source("ali/sold-daily-2025-12_2026-02/*.json", "ali-sold-daily")),
        judge_repeats,
    ),
)


def report() -> bool:
    """Print every check; whether all are right. Without the captures it says so, and nothing is wrong."""
    if not CAPTURES.is_dir():
        print("no captured data here: the real sets are left out (see benchmarks/README.md)")
        return True
    is_right = True
    for each in SETS:
        print(f"== {each.name}", flush=True)
        for check in each.judge(take(each.sources)):
            is_right &= check.is_right
            print(f"{'ok   ' if check.is_right else 'WRONG'} {check.what}: {check.found}, expected {check.expected}")
            for note in check.notes:
                print(f"      {note}")
    return is_right


if __name__ == "__main__":
    report()
