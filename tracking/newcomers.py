"""New listings beside homes that stand: solved against the decisions that made these, without weighing them again.

A home is held together by its best pairs (of one score, the first is taken), and these are stored with their scores.
Where no pair of listings contradicts, a new listing adds pairs and changes none: the best pairs of all are among the
stored ones and its own. So the others need not be weighed. Where something contradicts, the order in which all pairs
are taken tells what becomes of the homes: then everything is solved anew.
"""

from collections.abc import Iterable, Mapping, Sequence

from store.links import StandingDecision
from store.terms import Judgement
from tracking.link import LINKER_VERSION, Pair, Solver, Survey
from tracking.traits import Traits
from tracking.weighing import Weight


class Contradicts(Exception):
    """A new listing contradicts one of a home that stands, or two homes contradict that it would join."""


class Newcomers(Solver):
    """Solves homes that stand and new listings.

    Args:
        members: in the order of their names.
        survey: of their places.
        near: pairs of ids that are compared, each with a new listing.
        homes: the home of each listing that is not new, by id.
        standing: what was decided of pairs of ids that are not new, the lower id first: all are the same.
    """

    def __init__(
        self,
        members: Sequence[Traits],
        survey: Survey,
        near: Iterable[Pair],
        homes: Mapping[int, int],
        standing: Iterable[StandingDecision],
    ) -> None:
        super().__init__(members, (), survey)
        at = {traits.listing_id: position for position, traits in enumerate(members)}
        self._stood_in = [homes.get(traits.listing_id) for traits in members]
        self._pairs = {_ordered(at[one], at[other]) for one, other in near}
        for each in standing:
            pair = _ordered(at[each.one_id], at[each.other_id])
            score = self.points[pair] = each.score or 0
            self.cache[pair] = Weight(score, Judgement.SAME)
            self._pairs.add(pair)

    def candidates(self) -> list[Pair]:
        """Those with a new listing, and those that made the homes."""
        return sorted(self._pairs)

    def _contradiction(self, one: int, other: int) -> Pair | None:
        """Nothing.

        Raises:
            Contradicts: two listings for which two homes cannot be one.
        """
        stood_in = self._stood_in
        for ours in self.inside[one]:
            for theirs in self.inside[other]:
                home = stood_in[ours]
                if (home is None or home != stood_in[theirs]) and self.contradicts(_ordered(ours, theirs)):
                    raise Contradicts
        return None


def _ordered(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)


def hold_together(standing: Sequence[StandingDecision], homes: Mapping[int, int]) -> bool:
    """Whether what stands is all that made these homes: one pair less than there are listings in each, all the same."""
    if len(standing) != len(homes) - len(set(homes.values())):
        return False
    return all(
        each.judgement is Judgement.SAME
        and each.linker_version == LINKER_VERSION
        and each.one_id in homes
        and homes[each.one_id] == homes.get(each.other_id)
        for each in standing
    )
