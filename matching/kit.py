"""What else a need takes than its answer: instruments that measure what it asks for, people whose
skills it speaks of. Pure; `matching.teams` reads what it works on."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from matching.indicators import Claim
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
# What is commonly measured with which instrument, by the ending of the one's name and words of the
# other's: whoever lists a spectrometer seldom writes down every element it finds.
_METHODS = (
    (r"(含量|纯度|品位|浓度|残留|迁移量|杂质)$", r"光谱|质谱|色谱|元素分析|ICP|碳硫|滴定"),
    (r"氧含量|氮含量", r"氧氮"),
    (r"氢$|氢含量", r"氢分析|氧氮氢"),
    (r"(抗拉|屈服|抗压|抗折|抗弯|剥离)强度|延伸率|伸长率", r"拉伸|拉力|万能试验|力学|压力试验"),
    (r"疲劳", r"疲劳"),
    (r"硬度", r"硬度计"),
    (r"平面度|位置度|圆度|轮廓度|翘曲|侧弯|尺寸精度|同轴度", r"三坐标|影像测量|三维扫描"),
    (r"粗糙度", r"粗糙度|轮廓仪|共聚焦|原子力"),
    (r"(镀层|涂层|膜|箔)厚?度?$|厚度$", r"测厚|膜厚|电镜|荧光"),
    (r"裂纹|缩松|气孔|夹渣|焊缝", r"探伤|射线|CT|超声|DR"),
    (r"晶粒|夹杂|组织|相含量|铁素体", r"显微镜|电镜|金相"),
    (r"导电率|电导率|电阻率", r"电导|涡流|电阻率"),
)
_DETECTION = re.compile(r"检出限|检测限|测定下限|含量下限|检测下限")
_MEASURED_SHARES = ("含量", "纯度", "浓度", "品位", "水分", "孔隙率")


@dataclass(frozen=True, slots=True)
class Measured:
    """That an offer says to measure the quantity of an indicator, and whether as far as asked."""

    position: int
    """Of the indicator among those asked about."""
    text: str
    """What the offer says."""
    how: Literal["says", "method"]
    """`says`: it names the quantity itself; `method`: such an instrument commonly measures it."""
    reaches: bool | None
    """Whether the value that is asked for lies within what it covers; None: nobody says."""


@dataclass(frozen=True, slots=True)
class SkillMatch:
    skill: str
    sentence: str
    """Of the need."""


def is_measurable(line: IndicatorLine) -> bool:
    """Whether one would look for an instrument to check it: a property of matter, with a number."""
    quantity = line.quantity
    if quantity is None or quantity.change:
        return False
    if quantity.dimension == "fraction":
        return line.name.endswith(_MEASURED_SHARES)
    return quantity.dimension in _MEASURED


def measured_by(
    asked: Sequence[IndicatorLine], title: str, claims: Sequence[Claim]
) -> list[Measured]:
    """For each measurable indicator what an instrument says of it, if anything: a claim that bears
    the indicator's name and is of its dimension, or else that it is the kind of instrument."""
    found = []
    for position, line in enumerate(asked):
        quantity = line.quantity
        if quantity is None or not is_measurable(line):
            continue
        said = _said(position, line, quantity, claims)
        if said is None and methods_for(line.name, title):
            said = Measured(position, title, "method", _detects(quantity, claims))
        if said is not None:
            found.append(said)
    return found


def methods_for(name: str, title: str) -> bool:
    """Whether an instrument of this title commonly measures what bears this name."""
    return any(re.search(what, name) and re.search(how, title) for what, how in _METHODS)


def method_words(name: str) -> list[str]:
    """Words in the titles of instruments that commonly measure it."""
    return [word for what, how in _METHODS if re.search(what, name) for word in how.split("|")]


def _said(
    position: int, line: IndicatorLine, asked: Quantity, claims: Sequence[Claim]
) -> Measured | None:
    name = set(count([line.name]))
    best: tuple[float, int, Measured] | None = None
    for claim in claims:
        share = len(name & set(count([claim.name]))) / len(name) if name else 0.0
        claimed = claim.quantity
        if share < MEASURED_SHARE or claimed is None or claimed.dimension != asked.dimension:
            continue
        reaches = _reaches(asked, claimed)
        order = share, (reaches is not None) + (reaches is True)
        if best is None or order > best[:2]:
            best = *order, Measured(position, claim.text, "says", reaches)
    return best[2] if best else None


def _reaches(asked: Quantity, line: Quantity) -> bool | None:
    """Both ends that are asked for must lie within the instrument's range. One end alone, "≥ 1200
    mm" or "≤ 2 μm", may be its travel or its error: nobody can tell."""
    ends = [end for end in (asked.low, asked.high) if end is not None]
    if not ends or line.low is None or line.high is None or line.low == line.high:
        return None
    return all(line.low <= end <= line.high for end in ends)


def _detects(asked: Quantity, claims: Sequence[Claim]) -> bool | None:
    """Whether the least it finds is no more than what is asked about. Of a purity nobody can tell
    by that."""
    if asked.high is None:
        return None
    for claim in claims:
        one = claim.quantity
        if one is not None and _DETECTION.search(claim.name):
            least = one.high if one.high is not None else one.low
            if one.dimension == asked.dimension and least is not None:
                return least <= asked.high
    return None


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
