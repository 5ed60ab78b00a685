"""Whether two names are one: of compounds, and of the phases and blocks in them."""

from functools import lru_cache

from rapidfuzz.distance import OSA

from tracking.traits import fold_compound

SHORTEST_NAME = 3
"""Characters of a name that is told from others though it is not written out."""

MARKS = frozenset("0123456789一二三四五六七八九十东西南北中前后左右上下ABCDEFGHIJKLMNOPQRSTUVWXYZ甲乙丙丁")


@lru_cache(maxsize=1 << 16)
def likeness(one: str, other: str) -> int:
    """Of two names: 2 equal but for an ending that one leaves out, 1 nearly, 0 other.

    Two endings are two places: 书香小区 and 书香大厦, 清华公寓 and 清华雅苑.
    """
    if one == other:
        return 2
    ours, theirs = fold_compound(one), fold_compound(other)
    is_inside = one in other or other in one
    if ours == theirs:
        return 2 if is_inside else 0
    if len(ours) > 1 and len(theirs) > 1 and (ours in theirs or theirs in ours):
        return 1 if is_inside or min(len(ours), len(theirs)) >= SHORTEST_NAME else 0
    if min(len(ours), len(theirs)) >= SHORTEST_NAME and not _differ_by_a_mark(ours, theirs):
        return 1 if OSA.distance(ours, theirs, score_cutoff=1) <= 1 else 0
    return 0


@lru_cache(maxsize=1 << 14)
def is_one_sign_apart(one: str, other: str) -> bool:
    """Whether two whole names differ by one character that is mistyped, and tells no parts of an estate apart."""
    if min(len(one), len(other)) < SHORTEST_NAME or _differ_by_a_mark(one, other):
        return False
    return OSA.distance(one, other, score_cutoff=1) == 1


@lru_cache(maxsize=1 << 14)
def is_one_sign_off(one: str, other: str) -> bool:
    """The same, though one of the two characters may be such a mark: 中山大道 and 瑞山大道, not 东湖路 and 西湖路."""
    if len(one) != len(other) or len(one) < SHORTEST_NAME:
        return False
    pairs = [pair for pair in zip(one, other, strict=True) if pair[0] != pair[1]]
    return len(pairs) == 1 and not MARKS.issuperset(pairs[0])


@lru_cache(maxsize=1 << 14)
def differ_by_marks_alone(one: str, other: str) -> bool:
    """Whether two names are one but for such marks: 东苑 and 西苑, 一品苑 and 二品苑."""
    if len(one) != len(other):
        return False
    return one != other and all(a == b or (a in MARKS and b in MARKS) for a, b in zip(one, other, strict=True))


def _differ_by_a_mark(ours: str, theirs: str) -> bool:
    """Whether two names differ by what tells parts of an estate apart: 东区 and 西区, A座 and B座, 二村 and 三村."""
    if len(ours) != len(theirs):
        return True
    return any(a != b and (a in MARKS or b in MARKS) for a, b in zip(ours, theirs, strict=True))


@lru_cache(maxsize=1 << 14)
def is_in_two_phases(one: str | None, other: str | None) -> bool:
    """Whether both tell a phase (期), or both a block (区), and not the same: 二期一区 may be 一区, and not 二区."""
    ours, theirs = split_phase(one), split_phase(other)
    return any(None not in pair and pair[0] != pair[1] for pair in zip(ours, theirs, strict=True))


def split_phase(phase: str | None) -> tuple[str | None, str | None]:
    """Phase and block out of ``Traits.phase``: 2, 2/1 (二期一区), /1 (一区)."""
    first, _, block = (phase or "").partition("/")
    return first or None, block or None
