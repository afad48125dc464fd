# ruff: noqa: E501 (patterns and word lists are read by the row; a Chinese sign counts as two)
"""Which numbers of a text are indicators, what each is a number of, and how firmly it is asked. Pure.

Numbers are read by `park.quantities`; whether two sides' indicators agree is `indicators`' business.
A need's figures about its firm, its market and its present state ask for nothing; an offer's figures
about older methods claim nothing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from matching.sources import IndicatorLine, Passage, Side, SourceItem
from matching.text import clean, sentences
from park.core.levels import Level
from park.quantities import Comparator, Quantity, from_fields, named_as_change, read
from park.quantities.lexing import narrow
from park.quantities.words import comparator_before

MAX_LINES = 64
"""Read from the texts of one item; its forms come on top."""
MAX_NAME = 24
MAX_SENTENCES = 400
READ_ITEMS = 4_096
READ_SENTENCES = 20_000
"""Kept by a process: the same entry is asked about again and again while it is compared."""

SILENT_FIELDS = frozenset(
    ("indicator", "keywords", "solver_conditions", "benchmark", "prospects", "ip_status")
)
"""Their numbers are given as indicators already, or are not about the matter itself."""


@dataclass(frozen=True, slots=True)
class _Found:
    """One number of a sentence with its name."""

    name: str
    quantity: Quantity
    must: bool
    is_background: bool


def indicator_lines(item: SourceItem) -> list[IndicatorLine]:
    """All indicators of an item, those of its forms first, with their numbers in base units.

    What a text only repeats of a form is left out; a level never widens: each line has its
    passage's.
    """
    return list(_lines(item.side, tuple(item.passages), tuple(item.indicators), item.title))


@lru_cache(maxsize=READ_ITEMS)
def _lines(
    side: Side, passages: tuple[Passage, ...], forms: tuple[IndicatorLine, ...], title: str
) -> tuple[IndicatorLine, ...]:
    found = [_with_quantity(line, side) for line in forms]
    stated = {_value(line.quantity) for line in found if line.quantity is not None}
    seen = set()
    for line in _text_lines(side, passages, title):
        key = line.name, line.level, _value(line.quantity)
        if _value(line.quantity) in stated or key in seen:
            continue
        seen.add(key)
        found.append(line)
        if len(seen) == MAX_LINES:
            break
    return tuple(found)


def _value(one: Quantity | None) -> object:
    return one and (one.dimension, one.low, one.high, one.change, one.counts)


def _with_quantity(line: IndicatorLine, side: Side) -> IndicatorLine:
    """From the structured fields, else from the line's own words."""
    quantity = from_fields(line.comparator, line.value, line.value_max, line.unit)
    if quantity is not None:
        return replace(line, quantity=named_as_change(quantity, line.name))
    written = _read_sentence(line.text, side)
    if len(written) != 1:
        return line
    return replace(line, quantity=named_as_change(written[0].quantity, line.name))


def _text_lines(side: Side, passages: Sequence[Passage], title: str) -> Iterator[IndicatorLine]:
    texts = [one for one in passages if one.field not in SILENT_FIELDS]
    if title and not any(one.field == "title" for one in texts):
        texts.insert(0, Passage("title", Level.PUBLIC, title))
    left = MAX_SENTENCES
    for passage in texts:
        is_background = False
        spans = sentences(clean(passage.text))[:left]
        left -= len(spans)
        for span in spans:
            headings = _headings(span.text)
            for one in _read_sentence(span.text, side):
                under = [state for place, state in headings if place <= one.quantity.start]
                if one.is_background or (side is Side.NEED and (under or [is_background])[-1]):
                    continue
                yield IndicatorLine(
                    one.name,
                    span.text,
                    passage.level,
                    passage.ordinal,
                    must=one.must,
                    field=passage.field,
                    start=span.start,
                    end=span.end,
                    quantity=one.quantity,
                )
            if headings:
                is_background = headings[-1][1]


# --- sections of a text ---

_BACKGROUND_HEAD = "(?:现有|已有|工作|研究|合作|前期|产业化|技术)*(?:工作)?基础|(?:公司|企业|单位)(?:简介|概况|介绍|基本情况|现状)|现有条件|基本条件|(?:项目|研究|技术|需求)?背景|市场(?:前景|分析|规模|需求|应用前景)?|资金(?:投入|预算|需求|来源|情况)?|(?:研发|项目)?经费(?:预算|投入)?|预算|前期投入|(?:国内外)?(?:研究|发展|技术)?现状|经济效益|社会效益|效益分析|合作方式|存在(?:的)?问题"
_ASKING_HEAD = "需求(?:内容|描述|说明|简述)?|技术需求|(?:预期|研究|技术|建设|项目|主要)?目标|(?:技术|考核|主要|核心|性能|预期|经济|关键)*指标|(?:研究|主要|项目)?内容|(?:技术|具体|性能|质量)?要求|(?:技术)?参数|预期成果|拟解决[^:：]{0,12}"
_HEADING = re.compile(
    rf"(?:^|[\n。;；、.)）])[ \n]*(?:[一二三四五六七八九十0-9]{{1,2}}[、.．)）])? ?(?:(?P<background>{_BACKGROUND_HEAD})|(?P<asking>{_ASKING_HEAD})) ?[:：]"
)


def _headings(sentence: str) -> list[tuple[int, bool]]:
    """Where a heading stands, and whether what follows is background."""
    return [
        (match.end(), match["background"] is not None)
        for match in _HEADING.finditer(narrow(sentence))
    ]


# --- numbers of a sentence ---


@lru_cache(maxsize=READ_SENTENCES)
def _read_sentence(sentence: str, side: Side) -> tuple[_Found, ...]:
    text = narrow(sentence)
    found: list[_Found] = []
    last: Quantity | None = None
    name = ""
    quantities = read(sentence)
    for number, one in enumerate(quantities):
        following = quantities[number + 1].start if number + 1 < len(quantities) else len(text)
        name = _name(text, one, last, name, following)
        clause = _clause(text, one, last)
        quantity, must = one, False
        if side is Side.NEED:
            quantity, must = _as_asked(one, name, clause), _is_must(one, clause, text)
        is_background = bool(
            len(name) < 2 or _SIGN.search(name) or _is_background(text, one, clause, name, side)
        )
        found.append(_Found(name, quantity, must, is_background))
        last = one
    return tuple(found)


_SIGN = re.compile("[≥≤<>=]")
_BREAK = re.compile(r"[,;。!?\n、]")
_PIECE = re.compile(r"[,;。!?\n、:]|\((?=[^()]*$)")
_LIST = re.compile(r"[ 、,和与及或~\-×*/]*(?:或|及|以及)?[ ]*")
_MARK = re.compile(
    r"^(?:[ \n]*(?:[(]?[0-9一二三四五六七八九十a-z]{1,2}[)、.:]|[-·●◆■*◎○•]))+(?![0-9])"
)
_LEAD = re.compile(
    r"^(?:且|并且|并|而|其中|同时|使得|使|让|将|把|对|实现|保证|确保|保障|满足|要求|需要|需求|力争|期望|希望|预期|预计|争取|具有|具备|拥有|"
    r"能够|能|可以|可|达到|即|和|及|与|以及|或|其|该|本|所述|所|我司|我公司|公司|本公司|研制|研发|开发|设计|制备|得到|获得|包括|包含|含有|含|"
    r"通过|采用|利用|主要|目标|指标|技术|一种|种|本发明|发明|实用新型|公开了|公开|提供了|提供|涉及|作为|拟|是|为|的|以|在|于|用|当|经|后|再|应|须|必须|最终|尤其|尤其是|特别是|如|例如|最好|优选|优选为|上的|以上的|以下的|以上|以下|或者|对于|不但|不仅|但|"
    r"结果表明|表明|平均|总| |:|\(|\)|\n|\"|“|”)+"
)
_TAIL = re.compile(
    r"(?:要求|需要|需|应|须|必须|可以|可|能够|(?<![性功节效])能|满足|达到了|达到|达|到|至|为|是|在|于|由|从|自|控制在|控制|保持在|保持|稳定在|稳定|维持在|限制在|抑制到|介于|处于|"
    r"不|约|大约|平均|有|具有|仅为|仅|只有|高达|最高|最大|最低|最小|最多|最少|分别|均|都|也|就|即|以|按|每|了|其|各|等|"
    r"设定|设置|调整|选择|测得|测定|提到|左右|指标|[=:(\[<>≥≤±~ \n\"“”φΦ-])+$"
)
_UNIT_TAIL = re.compile(r"(?:dB)?\([A-Za-z%℃°/0-9]{1,8}\) ?[:=]?$")
_BRACKETS = re.compile(r"\([^()]*\)?$|^[^()]*\)")
_TO = re.compile(
    r"(?:提高|提升|增加|增长|升高|降低|下降|减少|减小|缩短|扩大|延长|降|升|提|增|缩|减)[^,]{0,4}(?:到|至|为)了?$"
)
_CHANGED = re.compile(
    r"(?:提高|提升|增加|增长|增大|上升|升高|扩大|延长|加快|降低|下降|减少|减小|缩短|节约|节省|减轻|缩小|降|减|增)(?:了|约|幅度|比例)*$"
)
_CHANGES = re.compile(
    r"^(?:提高|提升|增加|增长|增大|扩大|延长|加快|降低|下降|减少|减小|缩短|节约|节省|减轻|缩小)(?:了)?"
)
_AFTER_LEAD = re.compile(
    r"^(?: |\)|以上|以下|以内|之内|及|或|和|左右|内|的|等|/[A-Za-z年月日天时]{1,3})+"
)
_AFTER_END = re.compile(r"[,;。!?\n、:()0-9]|的(?=[一-龥]{6})|后|时|下(?!限)|并|且|由|达|为|在")
_ONLY_VERB = re.compile(
    r"^(?:年产|日产|月产|年处理|日处理|处理|产出|产生|生产|建设|建成|提供|形成|采用|使用|添加|加入|加|年|日|每年|每天|每小时|产能|新增|实现)?$"
)


def _clause(text: str, one: Quantity, last: Quantity | None) -> str:
    """The words before a number back to the clause's begin or the number before."""
    start = max(0, one.start - 40, last.end if last is not None and last.end <= one.start else 0)
    window = text[start : one.start]
    breaks = list(_BREAK.finditer(window))
    return window[breaks[-1].end() :] if breaks else window


def _name(text: str, one: Quantity, last: Quantity | None, before: str, following: int) -> str:
    """What a number is of: the words before it, else those after it, else the last number's."""
    start = last.end if last is not None and last.end <= one.start else 0
    if (
        last is not None
        and last.dimension == one.dimension
        and _LIST.fullmatch(text[start : one.start])
    ):
        return before
    if text.startswith("级", one.end):
        return _after(text, one, following).removeprefix("级")
    window = text[max(start, one.start - 60) : one.start]
    pieces = _PIECE.split(window)
    for piece in reversed(pieces[-3:]):
        name = _plain_name(piece, one)
        if _ONLY_VERB.match(name):
            if piece is pieces[-1]:
                after = _after(text, one, following)
                if name and after:
                    return f"{name}{after}"[:MAX_NAME]
            continue
        return name[-MAX_NAME:]
    if last is not None and _is_moved(text[start : one.start]):
        return before
    return _after(text, one, following)[:MAX_NAME]


def _is_moved(between: str) -> bool:
    """由 A 提高到 B: the second number is of the same thing."""
    return len(between) <= 12 and _TO.search(between.rstrip(" 约≤≥<>")) is not None


def _plain_name(piece: str, one: Quantity) -> str:
    name = piece
    for _ in range(3):
        bound = comparator_before(name)
        shorter = bound[1] if bound is not None else name
        shorter = _TAIL.sub("", _UNIT_TAIL.sub("", _TO.sub("", shorter)))
        if one.comparator is Comparator.CHANGE_BY:
            shorter = _CHANGED.sub("", shorter)
        if shorter == name:
            break
        name = shorter
    name = _LEAD.sub("", _MARK.sub("", name))
    if one.comparator is Comparator.CHANGE_BY:
        name = _CHANGES.sub("", name) or name
    name = _BRACKETS.sub("", name)
    return re.sub(r"\s+", "", _TAIL.sub("", name)).strip("的之-—_/\"'“”")


def _after(text: str, one: Quantity, following: int) -> str:
    """Empty where the words run on to the next number: they are that one's name."""
    if following - one.end < 24 and not _BREAK.search(text[one.end : following]):
        return ""
    words = _AFTER_LEAD.sub("", text[one.end : one.end + 24])
    end = _AFTER_END.search(words)
    words = words[: end.start()] if end else words
    return re.sub(r"\s+", "", words)[:12].strip("的")


# --- how firmly, and which way ---

_WISH = re.compile("力争|期望|希望|争取|优先|最好|尽量|尽可能|理想|可选|建议|有望|如能")
_DEMAND = re.compile(
    "要求|必须|须|应|需|达到|达|不得|确保|保证|满足|实现|控制在|提高到|提升到|提升至|降至|降低到|指标|目标"
)
_BOUNDS = frozenset({Comparator.GE, Comparator.GT, Comparator.LE, Comparator.LT})
_REACHED = re.compile(r"(?:达到|达|可达|高达|要达|提高到|提升到|提升至|提高至)(?:了| |约|:)*$")
_SMALLER = re.compile(
    "误差|偏差|公差|损失|损耗|噪|粗糙度|跳动|漂移|延迟|时延|能耗|电耗|水耗|煤耗|排放|泄漏|检出限|成本|杂质|残留|"
    "(?:破损|故障|误报|漏报|漏检|误检|不良|废品|缺陷|烧损|死亡|发病|误判|失误|丢包|误码|损坏|次品|漏)率$"
)
_LARGER = re.compile(
    "纯度|寿命|产能|产量|准确|效率$|(?:合格|成品|良品|收|得|回收|转化|识别|检出|利用|成活|命中|去除|脱除|脱硫|脱硝|提取|正确|精确|优良|"
    "覆盖|存活|发芽|准确|召回|达标|有效|查全|查准|良)率$|(?:抗拉|抗压|屈服|抗弯|抗折|抗张|剥离|粘接|剪切|拉伸|断裂)强度$"
)


def _is_must(one: Quantity, clause: str, text: str) -> bool:
    """A bound or a demanding word makes a must, a wish or 左右 a nice-to-have."""
    if one.comparator is Comparator.ABOUT or _WISH.search(clause):
        return False
    if _WISH.search(text[max(0, one.start - 60) : one.start].rpartition("。")[2]):
        return False
    return (
        one.comparator in _BOUNDS
        or (one.low is None) != (one.high is None)
        or one.comparator in (Comparator.PM, Comparator.CHANGE_TO)
        or _DEMAND.search(clause) is not None
    )


def _as_asked(one: Quantity, name: str, clause: str) -> Quantity:
    """A level to be reached is a bound where the name, or the change to it, says which way."""
    if one.low is None or one.low != one.high:
        return one
    if one.comparator is Comparator.CHANGE_TO and one.change:
        is_least = one.change == "up"
    elif one.comparator is Comparator.EQ and _REACHED.search(clause):
        smaller, larger = _SMALLER.search(name), _LARGER.search(name)
        if bool(smaller) == bool(larger):
            return one
        is_least = larger is not None
    else:
        return one
    if is_least:
        return replace(one, high=None, comparator=Comparator.GE, change="")
    return replace(one, low=None, comparator=Comparator.LE, change="")


# --- background ---

_FIRM = re.compile(
    "注册资(?:金|本)|员工|职工|占地|建筑面积|销售收入|营业收入|产值|利润|税|固定资产|总资产|资产|厂房|成立|创立|创建|始建|人员|工程师|博士|硕士|"
    "学历|专利|论文|投资|投入|经费|资金|预算|自筹|贷款|融资|补助|收入|创收|年薪|薪|创汇|市值|市场|估值|经济效益|效益|成员|人才|奖|售价|"
    "影响因子|项目周期|研发周期|实施周期|研究周期|基地"
)
_PRESENT = re.compile(
    "目前|现有|现在|当前|现阶段|已经|已(?!知)|曾|过去|以往|(?<![比较于])(?:原来|原有|原先|传统|常规|普通)|市场上|国内外|国外|国内(?!先进|领先)|国际上|全球|全世界|"
    "世界|我国|全国|中国|据统计|一般|通常|往往|截至|截止|年来|去年|今年|历年|拥有|每年(?:约|都|因|需)|行业(?:内|平均)|同行业|存在|缺点|缺陷|只能|只有|仅有|仅为|常常|常不|无法|难以|不太|困难|若|如果|实验证明|统计|调查|研究表明|问题是|现(?=为|使用|采用|生产)"
)
_ASKED_STILL = re.compile("要求|需要|需求|希望|期望|目标|拟|预期|必须|应|不得|力争|现需")
_OLDER = re.compile(
    "(?<![比较于])(?:传统|现有技术|常规|以往|原来|原有|普通|对照|同类)|行业平均|国家标准|市场上|一般(?:为|在|是)|通常(?:为|在|是)"
)
_MOVED_FROM = re.compile(r"(?:由|从)(?:原来的?|目前的?|现有的?|传统的?|原|以前的?)?[ 约]*$")
_MOVES = re.compile(
    r"^[^,。;]{0,6}?(?:提高|提升|增|升|降|减|缩|提|变|扩|延长|下降)[^,。;0-9]{0,6}?(?:到|至|为)"
)
_THINGS = frozenset(
    [
        "人",
        "名",
        "位",
        "家",
        "项",
        "篇",
        "亩",
        "栋",
        "间",
        "条",
        "所",
        "件",
        "个",
        "种",
        "户",
        "款",
        "套",
        "台",
        "例",
        "部",
        "类",
        "届",
        "批",
        "步",
        "层",
        "座",
        "辆",
        "头",
        "对",
    ]
)
FEW = 10
"""Fewer of anything are parts of a device, steps or variants, not a performance."""
_MONEY = re.compile("成本|价格|单价|电价|价")


def _is_background(text: str, one: Quantity, clause: str, name: str, side: Side) -> bool:
    before = text[max(0, one.start - 12) : one.start]
    if _MOVED_FROM.search(before) and _MOVES.match(text[one.end : one.end + 16]):
        return True
    if one.dimension == "count" and max(one.low or 0, one.high or 0) < FEW:
        return True
    if side is Side.OFFER:
        return _OLDER.search(clause) is not None
    if _FIRM.search(name) or (one.dimension.startswith("money") and not _MONEY.search(name)):
        return True
    if one.dimension == "count" and one.counts in _THINGS and one.comparator not in _BOUNDS:
        return True
    if _FIRM.search(clause) and one.dimension in ("count", "area", "money", "time"):
        return True
    start = max(text.rfind(sign, 0, one.start) for sign in "。;\n") + 1
    since = text[start : one.start]
    present = None
    for match in _PRESENT.finditer(since):
        present = match
    return present is not None and not _ASKED_STILL.search(since[present.end() :])
