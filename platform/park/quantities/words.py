# ruff: noqa: E501 (patterns and word lists are read by the row; a Chinese sign counts as two)
"""What the words around a number say: its comparator, a change and its direction, a rate. Pure.

Each function looks at a window of fixed length, so that reading stays linear.
"""

import re
from decimal import Decimal
from enum import StrEnum

from park.quantities.units import YEAR


class Comparator(StrEnum):
    """What is written; the interval of a quantity follows from it."""

    EQ = "eq"
    GE = "ge"
    GT = "gt"
    LE = "le"
    LT = "lt"
    RANGE = "range"
    PM = "pm"
    ABOUT = "about"
    CHANGE_BY = "change_by"
    CHANGE_TO = "change_to"


WINDOW = 40
_BREAK = re.compile(r"[,。;!?\n]")


def clause_before(text: str, start: int) -> str:
    """The words before a place, back to the last comma or stop, at most `WINDOW` of them."""
    window = text[max(0, start - WINDOW) : start]
    last = 0
    for match in _BREAK.finditer(window):
        if not (match[0] == "," and re.match(r",[0-9]{3}", window[match.start() :])):
            last = match.end()
    return window[last:]


def _any(words: str) -> str:
    return "|".join(sorted(map(re.escape, words.split()), key=len, reverse=True))


_BEFORE = {
    Comparator.GE: "≥ ≧ ⩾ ≮ >= => 不低于 不得低于 不应低于 不能低于 不小于 不得小于 不应小于 不少于 不得少于 "
    "大于等于 大于或等于 大于/等于 高于或等于 至少 最少 最低不低于 不短于 不亚于 不差于 不低於 不弱于 起步",
    Comparator.GT: "> 大于 高于 超过 超出 超 多于 突破 逾 长于 远超 远大于 远高于",
    Comparator.LE: "≤ ≦ ⩽ ≯ <= =< 不超过 不得超过 不应超过 不能超过 不超出 未超过 不大于 不得大于 不应大于 不高于 "
    "不得高于 不多于 不长于 小于等于 小于或等于 至多 最多 控制在小于等于",
    Comparator.LT: "< 小于 低于 少于 不到 不足 短于 远小于 远低于 控制在小于",
    Comparator.ABOUT: "约 大约 约为 约是 约有 约在 大概 接近 将近 近 ≈ ～约 大致 约占 约合 约达",
}
_COMPARATORS = [
    (name, re.compile(rf"(?:{_any(words)})(?: |为|在|有|需要|需|达到|达)*[(:]?$"))
    for name, words in _BEFORE.items()
]
_BETTER = re.compile(r"(?:优于|好于|高精度于)(?: |为)*$")
_SMALLER_IS_BETTER = re.compile(
    "误差|精度|偏差|公差|损失|损耗|噪|粗糙|尺寸|度差|跳动|不平|直线度|平面度|圆度|垂直度|平行度|漂移|延迟|时延|分辨|"
    "重复性|稳定性|能耗|电耗|水耗|排放|泄漏|泄露|检出限|灵敏"
)
_AFTER = (
    (
        Comparator.GE,
        re.compile(r" ?\)? ?(?:及|或|和)?(?:以上|之上)(?!述)|\+(?![0-9])|起(?=[订,。;]|$)"),
    ),
    (Comparator.LE, re.compile(r" ?\)? ?(?:及|或|和)?(?:以下|之下|以内|之内)")),
    (Comparator.LE, re.compile(r" ?内(?![部径孔壁外胆容置存网蒙])")),
    (Comparator.ABOUT, re.compile(r" ?\)?(?:左右|上下)(?!限)")),
)
_BEYOND_OTHERS = re.compile(r"(?P<word>超过|高于|低于)(?:同?行业|国内|国际|国家|标准)[一-龥]{0,4}$")
_RECENT = re.compile(r"近 ?$")

_UP = [
    "提高",
    "提升",
    "增加",
    "增长",
    "增大",
    "增强",
    "上升",
    "升高",
    "扩大",
    "延长",
    "加快",
    "上涨",
    "增产",
    "增效",
    "增收",
    "上调",
    "拓宽",
    "增",
    "升",
    "涨",
    "快",
    "高",
    "长",
    "多",
    "大",
]
_DOWN = [
    "降低",
    "下降",
    "减少",
    "减小",
    "缩短",
    "节约",
    "节省",
    "节能",
    "节电",
    "节水",
    "节煤",
    "减",
    "降",
    "缩小",
    "减轻",
    "下调",
    "削减",
    "减排",
    "减重",
    "降耗",
    "降本",
    "抑制",
    "压缩",
    "降温",
    "减薄",
    "省",
    "缩减",
    "衰减",
    "低",
    "短",
    "少",
    "轻",
    "薄",
    "小",
    "减低",
    "下跌",
    "降噪",
]
_COMPARED = frozenset(["快", "高", "长", "多", "大", "低", "短", "少", "轻", "薄", "小"])
_VERBS = [one for one in _UP + _DOWN if one not in _COMPARED]
_VERB = "|".join(sorted(_VERBS, key=len, reverse=True))
_FILLER = r"(?:了|约|近|达|达到|可达|可|至少|大约|幅度|幅度达|比例|将近|平均|最多|最高|接近|超过|不少于|不低于| |:)*"
_CHANGE_TO = re.compile(
    rf"(?P<verb>{_VERB}|提|膨胀|稀释|浓缩)(?:(?:了|并)?(?:到|至|为|成)|(?!率|量|值|幅|速|剂|器|机)[^0-9,。;达]{{1,6}}(?:到|至))(?:了|约| |≤|≥|<|>|:)*$"
)
_ADJACENT = re.compile(rf"(?P<verb>{_VERB}){_FILLER}$")
_COMPARED_WITH = re.compile(
    rf"(?:比(?!表面|例|值|热|重|容|能|功|电|强|率|为)|较|相比|高于|低于|优于).{{0,20}}?(?P<verb>{'|'.join(sorted(_COMPARED))})(?!达)(?:出|了)?{_FILLER}$"
)
_BEYOND = re.compile(r"(?P<verb>高于|低于|优于|快于|长于)[^0-9,。;、]{2,14}$")
_OBJECT = re.compile(
    r"(?P<verb>提高|提升|增加|降低|减少|减小|缩短|节约|节省|扩大|延长|增大|减轻|浓缩)(?!率|量|值|剂|器|机|幅|到|至|为)"
    r"(?P<what>[^0-9,。;、≥≤<>=±~()]{1,22})$"
)
_SAVED = re.compile(r"(?P<verb>节约|节省|减少|缩短|降低)(?!率|量|值)(?P<what>[一-龥]{1,8})$")
_NO_OBJECT = re.compile("达|为|到|至|是|且|并|而|后|时|下|含|占|中|从|由|在|约有|使用")
_NAMED_CHANGE = re.compile(rf"(?P<verb>{_VERB})(?:幅度|比例)?$")
_CHANGE_AFTER = re.compile(
    rf"(?:以上|左右|以内)?的?(?:幅度|速度)?(?P<verb>提高|提升|增长|增幅|降低|下降|减少|节约|降幅)(?!率|{'|'.join('到至为')})"
)
_CHANGE_AFTER_NEEDS = re.compile(r"的(?:提高|提升|增长|增幅|降低|下降|减少|节约|降幅)")


def comparator_before(before: str) -> tuple[Comparator, str] | None:
    """The comparator that a clause ends with, and the clause without it."""
    tail = before[-16:]
    better = _BETTER.search(tail)
    if better:
        rest = before[: len(before) - len(tail) + better.start()]
        lower = _SMALLER_IS_BETTER.search(rest[-20:]) is not None
        return (Comparator.LT if lower else Comparator.GT), rest
    others = _BEYOND_OTHERS.search(tail)
    if others:
        return (Comparator.LT if others["word"] == "低于" else Comparator.GT), before
    best: tuple[int, Comparator] | None = None
    for name, pattern in _COMPARATORS:
        match = pattern.search(tail)
        if match and (best is None or match.start() < best[0]):
            best = match.start(), name
    if best is None:
        return None
    rest = before[: len(before) - len(tail) + best[0]]
    outer = comparator_before(rest)
    if outer and outer[0] is not Comparator.ABOUT and best[1] is Comparator.ABOUT:
        return outer  # 超过约
    return best[1], rest


def comparator_after(text: str, end: int) -> Comparator | None:
    """The comparator in the words after a number: 以上, 左右, 在…内."""
    after = text[end : end + 8]
    for name, pattern in _AFTER:
        if pattern.match(after):
            return name
    return None


def is_recent(before: str) -> bool:
    """近 before a span of time means the last years, not nearly."""
    return _RECENT.search(before) is not None


def change_to(before: str) -> str | None:
    """ "up", "down" or "" when a clause ends with a change to a level (降至); None when not."""
    match = _CHANGE_TO.search(before[-16:])
    return None if match is None else direction(match["verb"])


def change_by(before: str, after: str, *, is_share: bool) -> str | None:
    """ "up" or "down" when a clause ends with a change by an amount (提高了); None when not.

    `is_share` when the number is a percentage or a multiple: only these may have the changed thing
    between the verb and the number (降低整体质量20%).
    """
    match = _ADJACENT.search(before[-18:])
    if match:
        return direction(match["verb"])
    match = _COMPARED_WITH.search(before)
    if match:
        return direction(match["verb"])
    if not is_share:
        match = _SAVED.search(before)
        return direction(match["verb"]) if match and not _NO_OBJECT.search(match["what"]) else None
    match = _OBJECT.search(before)
    if match and not _NO_OBJECT.search(match["what"]):
        return direction(match["verb"])
    match = _BEYOND.search(before)
    if match and "同行业" not in before:
        return "down" if match["verb"] == "低于" else "up"
    if _CHANGE_AFTER_NEEDS.match(after):
        match = _CHANGE_AFTER.match(after)
        return direction(match["verb"]) if match else None
    return None


def change_in_name(name: str) -> str:
    """ "up" or "down" when an indicator's name ends with a change: 能耗降低. A rate (节电率) is a level."""
    match = _NAMED_CHANGE.search(name)
    return direction(match["verb"]) if match else ""


def direction(verb: str) -> str:
    if verb in _UP or verb in ("膨胀", "浓缩", "增幅"):
        return "up"
    return "down" if verb in _DOWN or verb == "降幅" else ""


_DAY, _HOUR = Decimal(86_400), Decimal(3_600)
_RATES = (
    (
        YEAR,
        re.compile(
            r"(?<![0-9])年(?:生?产|设计|处理|可|销|加工|消耗|利用|节|均|回收|发电|供|增|新增|减|需|耗|出栏|用|净利|利润|创|收)|每年|年产|/年"
        ),
    ),
    (YEAR / 12, re.compile(r"(?<![0-9个])月(?:产|处理|销|需|供)|每月|每个月")),
    (_DAY, re.compile(r"(?<![0-9])日(?:产|处理|加工|供|均|消耗|耗|用|需)|每天|每日|每昼夜")),
    (_HOUR, re.compile(r"每小时|小时(?:产|处理)|时产|台时产")),
    (Decimal(60), re.compile(r"每分钟")),
)


def seconds_of_rate(before: str) -> Decimal | None:
    """The period that a clause gives before a number: 年产, 日处理, 每小时."""
    found: tuple[int, Decimal] | None = None
    for seconds, pattern in _RATES:
        for match in pattern.finditer(before):
            if found is None or match.start() > found[0]:
                found = match.start(), seconds
    return found[1] if found else None


_MONEY = re.compile(
    "投资|投入|人民币|资金|预算|经费|收入|产值|利润|销售|成本|费|价|资助|融资|金额|总额|税|补助|贷款|自筹|营收|出资|奖|创收|创汇"
)
_FIGURE = re.compile(
    r"(?:因数|因子|系数|指数|[强容]比|比值|折射率|密度|粗糙度|Ra|Rz|Sa|参数|常数|得分|浓度比|黏度|粘度|选择性|浊度|"
    r"色度|吸光度|[AOoF]UC|AUC|R2|mAP|F1|F1值|φ|Φ|pH值?|PH值?|[A-Za-z]/[A-Za-z]|比|值|率|度)(?: |为|达到|达|可达|是|=|:|约|高达|在|至|仅)*$"
)
_ASSIGNED = re.compile(r"(?:为|达到|达|可达|高达|至|到|=|≈|:)约?[ ]?$")
_VARIABLE = re.compile(r"(?:^|[^A-Za-z0-9])[a-z] ?[=≥≤<>]=? ?$")
_HEADER = re.compile(
    r"(?:重量|质量|摩尔|原子|体积)(?:百分(?:比|数|含量|比含量|数计)|分数|份)|(?:wt|at|mol)\.? ?%[^0-9]{0,8}:|百分(?:比|含量)[^0-9]{0,12}(?:为|:|组成|包括)"
)
_UNIT_IN_BRACKETS = re.compile(r"\(([^()0-9]{1,10})\) ?[:=为约≥≤<>]{0,2} ?$")
_PH = re.compile(
    r"(?:pH|PH|酸碱度)(?: |值|在|为|至|到|约|调|节|控制|范围|是|=|:|~|[一-龥]{1,2}(?=为|在)){0,6}$"
)
_HEAT = re.compile("温|热|烧|炉|高温|耐火|冷|冻|沸|熔")
_GRAIN = re.compile("晶粒度|粒度")
_FORCE = re.compile("力|荷|载|推|拉|压|剥离|夹持")


def speaks_of_money(before: str) -> bool:
    return _MONEY.search(before) is not None


def names_figure(before: str) -> bool:
    """Whether a clause ends with the name of a figure that has no unit: 功率因数."""
    return _FIGURE.search(before[-16:]) is not None


def assigns(before: str) -> bool:
    return _ASSIGNED.search(before[-5:]) is not None


def names_variable(before: str) -> bool:
    """x=70: a letter of a formula, not a figure of the thing."""
    return _VARIABLE.search(before[-6:]) is not None


def share_of_header(before: str) -> str:
    """ "fraction" or "part" where a list of contents says so at its head, "" where it does not."""
    found = _HEADER.search(before)
    return "" if found is None else "part" if "份" in found[0] else "fraction"


def unit_of_header(before: str) -> str:
    """℃ of 温度(℃):25."""
    found = _UNIT_IN_BRACKETS.search(before[-20:])
    return found[1] if found else ""


def names_ph(before: str) -> bool:
    return _PH.search(before[-14:]) is not None


def speaks_of_heat(before: str, after: str) -> bool:
    return _HEAT.search(before[-20:] + after[:10]) is not None


def speaks_of_grain(before: str) -> bool:
    return _GRAIN.search(before[-12:]) is not None


def speaks_of_force(before: str) -> bool:
    return _FORCE.search(before[-10:]) is not None
