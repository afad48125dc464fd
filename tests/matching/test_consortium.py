"""The smallest set of offers that covers the musts, against trying every set."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from matching import consortium
from matching.consortium import Candidate, Consortium, find_consortium, rank

MUSTS = 6


@st.composite
def candidates(draw: st.DrawFn) -> list[Candidate]:
    found = []
    for number in range(draw(st.integers(0, 8))):
        met = draw(st.frozensets(st.integers(0, MUSTS - 1), max_size=4))
        partly = draw(st.frozensets(st.integers(0, MUSTS - 1), max_size=2)) - met
        organisation = draw(st.sampled_from(["a", "b", "c", None]))
        score = draw(st.sampled_from([0.45, 0.5, 0.6, 0.7]))
        found.append(Candidate(f"k{number}", organisation, score, met, partly))
    return found


def by_trying_all(musts: int, given: list[Candidate]) -> tuple[set[str], frozenset[int]]:
    wanted = frozenset(range(musts))
    coverable = frozenset(number for one in given for number in one.met) & wanted
    sets = [
        chosen
        for size in range(len(given) + 1)
        for chosen in combinations(given, size)
        if coverable <= {number for one in chosen for number in one.met}
    ]
    best = min(sets, key=lambda chosen: rank(chosen, coverable))
    return {one.key for one in best}, wanted - coverable


@given(candidates(), st.integers(0, MUSTS))
@settings(max_examples=300, deadline=None)
def test_no_other_set_is_better(given: list[Candidate], musts: int) -> None:
    # Musts beyond the last one are nobody's.
    given = [
        Candidate(
            one.key,
            one.organisation,
            one.score,
            frozenset(n for n in one.met if n < musts),
            frozenset(n for n in one.partly if n < musts),
        )
        for one in given
    ]
    found = find_consortium(musts, given)
    members, uncovered = by_trying_all(musts, given)
    assert found.is_exact
    assert {one.key for one in found.members} == members
    assert found.uncovered == uncovered
    assert found.partly <= uncovered


@given(candidates(), st.randoms())
@settings(deadline=None)
def test_the_order_of_the_candidates_decides_nothing(given: list[Candidate], random) -> None:
    shuffled = list(given)
    random.shuffle(shuffled)
    assert find_consortium(MUSTS, given) == find_consortium(MUSTS, shuffled)


def one(key: str, *met: int, organisation: str | None = None, score: float = 0.5) -> Candidate:
    return Candidate(key, organisation or key, score, frozenset(met))


def test_one_that_meets_all_is_enough() -> None:
    found = find_consortium(3, [one("a", 0, 1), one("b", 2), one("all", 0, 1, 2)])
    assert [member.key for member in found.members] == ["all"]
    assert not found.uncovered


def test_different_organisations_go_before_a_higher_score() -> None:
    same = [one("a", 0, organisation="x"), one("b", 1, organisation="x", score=0.9)]
    found = find_consortium(2, [*same, one("c", 1, organisation="y", score=0.46)])
    assert [member.key for member in found.members] == ["a", "c"]


def test_nobody_is_taken_for_nothing() -> None:
    assert find_consortium(2, [one("a")]) == Consortium(uncovered=frozenset({0, 1}))
    assert find_consortium(2, []) == Consortium(uncovered=frozenset({0, 1}))
    assert find_consortium(0, [one("a")]) == Consortium()


def test_what_takes_too_long_is_said_to_be_inexact_and_covers_all_the_same(monkeypatch) -> None:
    monkeypatch.setattr(consortium, "MAX_STEPS", 3)
    given = [one(f"k{a}{b}", a, b) for a in range(8) for b in range(a)]
    found = find_consortium(8, given)
    assert not found.is_exact
    assert {number for member in found.members for number in member.met} == set(range(8))


def test_more_musts_than_can_be_tried_are_covered_greedily() -> None:
    found = find_consortium(40, [one(f"k{number}", number, number + 1) for number in range(39)])
    assert not found.is_exact
    assert not found.uncovered
