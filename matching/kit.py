"""What else a need takes than its answer: instruments that measure what it asks for, people whose
skills it speaks of. Pure; `matching.teams` reads what it works on."""

from collections.abc import Sequence
from dataclasses import dataclass

from matching.indicators import Claim, quantity_of
from matching.lexical import count
from matching.sources import IndicatorLine
from park.quantities import Quantity

MEASURED_SHARE = 0.6
"""Of an indicator's name, to stand beside an instrument's number. More than for a claim: 碳含量 and
银含量 share half of their tokens, and whoever finds the one need not find the other."""
SKILL_SHARE = 0.5
"""How many of a skill's tokens must stand in one sentence of the need."""
# Properties of matter and of a piece; what is counted, paid, timed or used up is no matter of an
# instrument, and a share only with such a name.
_MEASURED = frozenset(
    {
        "length", "pressure", "temperature", "temperature_k", "density", "conductivity", "force",
        "voltage", "current", "frequency", "hardness_hrc", "hardness_hv", "hardness_hb", "dB", "lx",
        "kg.m-1.s-1",  # viscosity
        "A-2.kg.m3.s-3",  # resistivity
        "K-1.kg.m.s-3",  # thermal conductivity
    }
)  # fmt: skip
_MEASURED_SHARES = ("含量", "纯度", "浓度", "品位", "水分", "孔隙率")


@dataclass(frozen=True, slots=True)
class Measured:
    """That an offer says to measure the quantity of an indicator, and whether as far as asked."""

    position: int
    """Of the indicator among those asked about."""
    text: str
    """What the offer says."""
    reaches: bool | None
    """Whether the value that is asked for lies within what it covers; None: nobody says."""


@dataclass(frozen=True, slots=True)
class SkillMatch:
    skill: str
    sentence: str
    """Of the need."""


def is_measurable(line: IndicatorLine) -> bool:
    """Whether one would look for an instrument to check it: a property of matter, with a number."""
    quantity = quantity_of(line)
    if quantity is None or quantity.change:
        return False
    if quantity.dimension == "fraction":
        return line.name.endswith(_MEASURED_SHARES)
    return quantity.dimension in _MEASURED


def measured_by(asked: Sequence[IndicatorLine], claims: Sequence[Claim]) -> list[Measured]:
    """For each measurable indicator the claim of an instrument that speaks of it best, if any does:
    it must bear the indicator's name and be of its dimension."""
    found = []
    for position, line in enumerate(asked):
        quantity, name = quantity_of(line), set(count([line.name]))
        if quantity is None or not is_measurable(line):
            continue
        best: tuple[float, int, Measured] | None = None
        for claim in claims:
            share = len(name & set(count([claim.name]))) / len(name) if name else 0.0
            fitting = [one for one in claim.quantities if one.dimension == quantity.dimension]
            if share < MEASURED_SHARE or not fitting:
                continue
            reaches = _reaches(quantity, fitting[0]) if len(fitting) == 1 else None
            order = share, (reaches is not None) + (reaches is True)
            if best is None or order > best[:2]:
                best = *order, Measured(position, claim.text, reaches)
        if best is not None:
            found.append(best[2])
    return found


def _reaches(asked: Quantity, line: Quantity) -> bool | None:
    """Both ends that are asked for must lie within the range of the instrument."""
    ends = [end for end in (asked.low, asked.high) if end is not None]
    if not ends or line.low == line.high:
        return None
    return all(
        (line.low is None or line.low <= end) and (line.high is None or end <= line.high)
        for end in ends
    )


def skills_in(skills: Sequence[str], sentences: Sequence[str]) -> list[SkillMatch]:
    """The skills that a text speaks of, each with the sentence that does so most."""
    words = [(sentence, set(count([sentence]))) for sentence in sentences]
    found = []
    for skill in skills:
        tokens = set(count([skill]))
        if not tokens:
            continue
        shares = [(len(tokens & held) / len(tokens), sentence) for sentence, held in words]
        share, sentence = max(shares, key=lambda one: one[0], default=(0.0, ""))
        if share >= SKILL_SHARE:
            found.append(SkillMatch(skill, sentence))
    return found
