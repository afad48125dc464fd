"""Hard negatives made of real texts at run time: what must not be taken for an answer. Pure.

*Violated twins*: a need's own text as an achievement, once with its numbers and once with one
number changed so that a must fails. *Opposites*: the same with one word turned round (提高 → 降低).
Nothing made here is stored. Which number is a demand is said by `park.quantities` (`demands`) or
by hand-made labels (`labelled_demands`), so that the reader is not measured by itself alone.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import blake2s
from typing import Any

from matching.text import clean, sentences
from park.quantities import Comparator, Quantity, Verdict, compare, read

MOST_VIOLATED = 3
"""Violated twins of one need."""
_LEAST = {Comparator.GE, Comparator.GT, Comparator.CHANGE_BY}
_MOST = {Comparator.LE, Comparator.LT}
_NUMERAL = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_VAGUE = re.compile("[余多几来]")
_BACKGROUND = re.compile(
    "目前|现有|当前|已有|已经|已完成|已投入|现拥有|拥有|我国|国内|全国|统计|投资|资金|投入|产值|市场|专利|论文"
    "|人员|团队|公司是|公司现|公司于|公司自|基地|占地|存在|难以|缺陷|缺乏|有的|如果|若|例如|为例|计算|只有"
    "|即可|减产|每年"
)
_NO_PERFORMANCE = frozenset("人名位项篇家件条个亩户种届部")


@dataclass(frozen=True, slots=True)
class Demand:
    """A number of a text of which at least or at most so much is asked."""

    start: int
    end: int
    """Of the numeral alone, in the cleaned text."""
    is_least: bool
    is_share: bool = False
    """A percentage, which no twin may lift above 100."""
    sentence: tuple[int, int] = (0, 0)
    asked: Quantity | None = None
    """As it was read; None where a person marked it."""


@dataclass(frozen=True, slots=True)
class Twin:
    """An offer made of a need's text."""

    need: str
    name: str
    title: str
    text: str
    is_bad: bool
    """Violated or opposite; otherwise it is the one to be preferred."""


# --- demands ---


def demands(text: str) -> list[Demand]:
    """The demands that are surely one: a bound, no background, said once in the text."""
    text = clean(text)
    found = []
    for span in sentences(text):
        if _BACKGROUND.search(span.text):
            continue
        for quantity in read(span.text):
            if _asks_for_performance(quantity):
                place = numeral_in(text, span.start + quantity.start, span.start + quantity.end)
                if place is not None:
                    found.append(
                        Demand(
                            *place,
                            quantity.comparator in _LEAST,
                            quantity.dimension.endswith("fraction"),
                            (span.start, span.end),
                            quantity,
                        )
                    )
    return [one for one in found if _is_said_once(text, one)]


def labelled_demands(text: str, labels: Iterable[Mapping[str, Any]]) -> list[Demand]:
    """The same from rows of `tools/labels/quantities_*.jsonl` about this text."""
    found = []
    for row in labels:
        for label in row["quantities"]:
            is_bound = label["comparator"] in {"ge", "gt", "le", "lt"}
            if not (label["is_indicator"] and is_bound) or label["base_unit"] in {"CNY", "USD"}:
                continue
            place = numeral_in(text, label["start"], label["end"])
            if place is not None:
                found.append(
                    Demand(
                        *place,
                        label["comparator"] in {"ge", "gt"},
                        label["base_unit"] == "%",
                        (row["start"], row["end"]),
                    )
                )
    return [one for one in found if _is_said_once(text, one)]


def _asks_for_performance(quantity: Quantity) -> bool:
    if quantity.comparator not in _LEAST | _MOST or _VAGUE.search(quantity.text):
        return False
    if "money" in quantity.dimension or "USD" in quantity.dimension:
        return False
    if quantity.comparator is Comparator.CHANGE_BY and (
        not quantity.change or quantity.low is None or quantity.high is not None
    ):
        return False  # only "by at least so much": a bare 提高20% is as often a description
    if quantity.counts and quantity.counts in _NO_PERFORMANCE:
        return False
    is_deadline = quantity.dimension == "time" and quantity.unit[-1:] in {"年", "月"}
    return not (is_deadline and quantity.comparator in _MOST)


def numeral_in(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Where the one plain numeral of a quantity stands; None when it has powers or two of them."""
    places = [match.span() for match in _NUMERAL.finditer(text, start, end)]
    around = text[max(0, start - 1) : end + 1]
    if len(places) != 1 or re.search("[×^,，/~～±-][0-9]|[0-9][×^,~～±-]", around):
        return None
    return places[0]


def _is_said_once(text: str, demand: Demand) -> bool:
    """Else the twin would contradict itself."""
    numeral = re.escape(text[demand.start : demand.end])
    return len(re.findall(rf"(?<![0-9.]){numeral}(?![0-9.])", text)) == 1


def violate(text: str, demand: Demand) -> str | None:
    """The text with the demand's number so changed that it fails: half of a least, twice a most.

    Form, unit and the words around stay. None where that cannot be written or, as far as the
    number was read, would not be a violation.
    """
    text = clean(text)
    written = text[demand.start : demand.end]
    value = Decimal(written)
    if not value:
        return None
    changed = value / 2 if demand.is_least else value * 2
    if demand.is_share and changed > 100:
        changed = (value + 100) / 2
    places = len(written.partition(".")[2])
    numeral = f"{changed:.{places}f}"
    if Decimal(numeral) in {value, Decimal(0)}:
        numeral = f"{changed:.{places + 1}f}"
    twin = text[: demand.start] + numeral + text[demand.end :]
    if demand.asked is not None and not _fails(twin, demand, len(numeral) - len(written)):
        return None
    return twin


def _fails(twin: str, demand: Demand, longer: int) -> bool:
    start, end = demand.sentence
    asked = demand.asked
    assert asked is not None
    for claimed in read(twin[start : end + longer]):
        if claimed.start <= demand.start - start < claimed.end:
            return compare(asked, claimed) is Verdict.NOT_MET
    return False


# --- wording ---

_PLAIN = (
    ("需求内容", "成果内容"),
    ("技术需求", "技术成果"),
    ("需求", "成果"),
    ("预期目标", "实现指标"),
    ("预期", "实现"),
    ("考核指标", "实测指标"),
    ("要求达到", "已达到"),
    ("需要达到", "已达到"),
    ("需达到", "已达到"),
    ("应达到", "已达到"),
    ("急需", "已"),
    ("亟需", "已"),
    ("需要", "已"),
    ("希望", "可"),
    ("寻求", "提供"),
    ("要求", "可"),
    ("拟解决", "解决"),
    ("必须", "能"),
    ("需", "已"),
)
_OTHER_WORDS = (
    *_PLAIN,
    ("研发", "开发"),
    ("研究", "攻关"),
    ("采用", "运用"),
    ("利用", "借助"),
    ("实现", "做到"),
    ("解决", "攻克"),
    ("提高", "提升"),
    ("问题", "难点"),
    ("产品", "制品"),
    ("设备", "装置"),
    ("进行", "开展"),
    ("性能", "表现"),
    ("保证", "确保"),
    ("具有", "具备"),
    ("通过", "经由"),
)
_TITLE_TAIL = re.compile("(?:的)?(?:研发|研究|开发|研制|需求|项目|攻关|改进|问题)+$")


def as_achievement(title: str, text: str, keep: Sequence[tuple[int, int]]) -> tuple[str, str]:
    """The need's own words, only no longer asking."""
    return _replace(title, _PLAIN), _replace(text, _PLAIN)


def reworded(title: str, text: str, keep: Sequence[tuple[int, int]]) -> tuple[str, str]:
    """Other words, other order, and without what the firm says of itself; sentences that overlap
    `keep` (they hold the numbers) stay whole."""
    kept, rest = [], []
    for span in sentences(text):
        if any(span.start < end and start < span.end for start, end in keep):
            kept.append(span.text)
        elif not _BACKGROUND.search(span.text):
            rest.append("，".join(reversed(re.split("[,，]", span.text.strip()))))
    body = "。".join([*reversed(rest), *reversed(kept)])
    return f"{_replace(_TITLE_TAIL.sub('', title), _OTHER_WORDS)}成果", _replace(body, _OTHER_WORDS)


def _replace(text: str, words: Iterable[tuple[str, str]]) -> str:
    table = dict(words)
    pattern = "|".join(sorted(map(re.escape, table), key=len, reverse=True))
    return re.sub(pattern, lambda match: table[match[0]], text)


Wording = Callable[[str, str, Sequence[tuple[int, int]]], tuple[str, str]]
WORDINGS: dict[str, Wording] = {"own words": as_achievement, "reworded": reworded}


# --- twins ---


def violated_twins(
    need: str, title: str, text: str, found: Sequence[Demand], wording: str
) -> list[Twin]:
    """The satisfying twin first, then at most three violated ones, each with one number changed.

    Empty when no number could be changed.
    """
    text = clean(text)
    say = WORDINGS[wording]
    keep = [one.sentence for one in found]
    twins = []
    for demand in found:
        changed = violate(text, demand)
        if changed is None:
            continue
        longer = len(changed) - len(text)
        moved = [
            (start + longer * (start > demand.start), end + longer * (end > demand.start))
            for start, end in keep
        ]
        twins.append(_twin(need, say(title, changed, moved), f"{wording}:{demand.start}", True))
    if not twins:
        return []
    return [_twin(need, say(title, text, keep), f"{wording}:met", False), *twins[:MOST_VIOLATED]]


def _twin(need: str, words: tuple[str, str], what: str, is_bad: bool) -> Twin:
    # Rankings break ties by name: a hash favours neither side.
    name = blake2s(f"{need}:{what}".encode(), digest_size=8).hexdigest()
    return Twin(need, f"twin-{name}", *words, is_bad)


_TURNS = (
    # a word, another word for it, its opposite
    ("提高", "提升", "降低"),
    ("提升", "提高", "降低"),
    ("增加", "增大", "减少"),
    ("降低", "减少", "提高"),
    ("减少", "降低", "增加"),
    ("延长", "增加", "缩短"),
    ("缩短", "减少", "延长"),
    ("加快", "加速", "放慢"),
    ("促进", "推动", "抑制"),
    ("抑制", "遏制", "促进"),
    ("去除", "除去", "添加"),
    ("脱除", "去除", "加入"),
    ("不含", "没有", "含有"),
    ("防止", "避免", "促使"),
    ("高强度", "强度高的", "低强度"),
    ("高效", "效率高的", "低效"),
    ("节能", "省电", "耗能"),
    ("耐高温", "抗高温", "不耐高温"),
    ("耐磨", "抗磨", "不耐磨"),
    ("耐腐蚀", "抗腐蚀", "不耐腐蚀"),
    ("防腐", "抗腐蚀", "易腐蚀"),
    ("防水", "不透水", "透水"),
    ("防爆", "抗爆", "易爆"),
    ("阻燃", "难燃", "易燃"),
    ("无毒", "没有毒性的", "有毒"),
    ("自动", "无人", "手动"),
    ("低温", "较冷条件下", "高温"),
    ("高温", "很热条件下", "低温"),
    ("连续", "不间断", "间歇"),
    ("轻量化", "减重", "加重"),
)
_TURNED = {word: (other, opposite) for word, other, opposite in _TURNS}
_TURN = re.compile("|".join(sorted(map(re.escape, _TURNED), key=len, reverse=True)))
OPPOSITE_WORDINGS = ("own words", "other words")


def opposite_twins(need: str, title: str, text: str, wording: str) -> list[Twin]:
    """The true twin and its opposite; empty when the title has no word to turn.

    The title's word is turned wherever it stands, so that the twin does not contradict itself. In
    the need's own words the true twin is nearly a copy; in other words it shares the turned word
    no more than its opposite does, and only its meaning tells them apart.
    """
    match = _TURN.search(title)
    if match is None:
        return []
    title, text = as_achievement(title, clean(text), ())
    word = match[0]
    other, opposite = _TURNED[word]
    true = word if wording == "own words" else other
    return [
        _twin(need, (title.replace(word, one), text.replace(word, one)), f"{wording}:{one}", is_bad)
        for one, is_bad in ((true, False), (opposite, True))
    ]
