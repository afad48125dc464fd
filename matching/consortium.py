"""The smallest set of offers that together cover a need's musts. Pure.

Each must is a bit. First as many musts as possible are met, then with as few offers as possible,
then of different organisations where possible, then with most of the open musts met in part, then
with the highest scores, and at last by key, so that the same input always gives the same set.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

MAX_MUSTS = 20
MAX_STEPS = 50_000
"""Of the exact search, a fraction of a second; beyond it the set found so far is given."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An offer; `met` and `partly` are the numbers of the musts that it meets or meets in part."""

    key: str
    organisation: Hashable | None
    """None: unknown, and then taken for one of its own."""
    score: float
    met: frozenset[int]
    partly: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Consortium:
    members: tuple[Candidate, ...] = ()
    """Those who cover most first."""
    uncovered: frozenset[int] = frozenset()
    """Musts that no candidate meets."""
    partly: frozenset[int] = frozenset()
    """Those of the uncovered that a member meets in part."""
    is_exact: bool = True
    """False where the search was cut short: a smaller set may exist."""


def find_consortium(musts: int, candidates: Sequence[Candidate]) -> Consortium:
    """The best set for the musts 0 … `musts` − 1; without members where nothing meets any."""
    everything = range(musts)
    useful = [one for one in candidates if not one.met.isdisjoint(everything)]
    coverable = frozenset(number for one in useful for number in one.met if number < musts)
    search = _Search(coverable, _undominated(useful, coverable), musts)
    members = search.run()
    ordered = sorted(members, key=lambda one: (-len(one.met & coverable), -one.score, one.key))
    uncovered = frozenset(everything) - coverable
    partly = frozenset(number for one in members for number in one.partly) & uncovered
    return Consortium(tuple(ordered), uncovered, partly, search.is_exact)


def _undominated(candidates: Sequence[Candidate], coverable: frozenset[int]) -> list[Candidate]:
    """Of those of one organisation that meet the same, only the best can be in the best set: two
    of them are never both needed."""
    best: dict[Any, Candidate] = {}
    for one in sorted(candidates, key=lambda one: (-one.score, one.key)):
        whose = one.organisation if one.organisation is not None else ("alone", one.key)
        best.setdefault((one.met & coverable, one.partly - coverable, whose), one)
    return list(best.values())


@dataclass
class _Search:
    """Depth first over the must that fewest can meet; a branch that cannot get better is left."""

    coverable: frozenset[int]
    candidates: list[Candidate]
    musts: int
    steps: int = 0
    best: tuple[Candidate, ...] | None = None
    best_rank: tuple[Any, ...] | None = None
    is_exact: bool = True
    able: dict[int, list[Candidate]] = field(default_factory=dict)

    def run(self) -> tuple[Candidate, ...]:
        if not self.coverable:
            return ()
        # Those who meet most first, so that a small set is found early.
        self.candidates.sort(key=lambda one: (-len(one.met & self.coverable), -one.score, one.key))
        self.able = {
            number: [one for one in self.candidates if number in one.met]
            for number in self.coverable
        }
        greedy = self._greedy()
        self.best, self.best_rank = greedy, self._rank(greedy)
        if self.musts > MAX_MUSTS:
            self.is_exact = False
        else:
            self._extend((), self.coverable)
        return self.best

    def _greedy(self) -> tuple[Candidate, ...]:
        left = self.coverable
        chosen: list[Candidate] = []
        while left:
            one = min(self.candidates, key=lambda one: (-len(one.met & left), -one.score, one.key))
            chosen.append(one)
            left -= one.met
        return tuple(chosen)

    def _extend(self, chosen: tuple[Candidate, ...], left: frozenset[int]) -> None:
        if self.steps >= MAX_STEPS:
            self.is_exact = False
            return
        self.steps += 1
        if not left:
            rank = self._rank(chosen)
            if self.best_rank is None or rank < self.best_rank:
                self.best, self.best_rank = chosen, rank
            return
        most = max(len(one.met & left) for one in self.candidates)
        if self.best is not None and len(chosen) + -(-len(left) // most) > len(self.best):
            return
        must = min(left, key=lambda number: (len(self.able[number]), number))
        for one in self.able[must]:
            self._extend((*chosen, one), left - one.met)

    def _rank(self, chosen: Sequence[Candidate]) -> tuple[Any, ...]:
        """Smaller is better."""
        return rank(chosen, self.coverable)


def rank(chosen: Sequence[Candidate], coverable: frozenset[int]) -> tuple[Any, ...]:
    """What decides between sets that meet the same musts; smaller is better."""
    known = [one.organisation for one in chosen if one.organisation is not None]
    partly = {number for one in chosen for number in one.partly} - coverable
    return (
        len(chosen),
        len(known) - len(set(known)),
        -len(partly),
        # Rounded, so that the order of summing does not decide.
        -round(sum(one.score for one in chosen), 9),
        sorted(one.key for one in chosen),
    )
