"""Whether two names of indicators are of the same parameter: 带材厚度公差 and 厚度公差. Pure.

Two names agree when they end alike, when most of the shorter one stands in the longer, and when
what only one of them says is either empty of meaning (产品, 平均) or is spoken of on the other side
too. 屈服强度 is not 抗拉强度, and 重复定位精度 is not 定位精度.
"""

import re
from difflib import SequenceMatcher
from functools import lru_cache

from matching.text import normalise

SHARE = 0.6
"""Of the shorter name's bigrams, that the longer one holds."""
MIN_BARE = 3
"""A shorter name says too little to be the same parameter of whatever thing: 精度, 温度."""

_JOINTS = re.compile(r"[的之\s()（）\[\]【】,，.。:：;；/\\\-—_\"'“”*①-⑳]+")
_EQUALS = {
    "正确率": "准确率",
    "精确率": "准确率",
    "得率": "收率",
    "收得率": "收率",
    "成品率": "合格率",
    "良品率": "合格率",
    "良率": "合格率",
    "产能": "产量",
    "生产能力": "产量",
    "年产": "产量",
    "噪声": "噪音",
    "使用寿命": "寿命",
    "能源消耗": "能耗",
    "粒度": "粒径",
    "运行温度": "工作温度",
    "使用温度": "工作温度",
    "下屈服强度": "屈服强度",
}
_ELEMENTS = dict(
    zip(
        [
            "C",
            "S",
            "P",
            "N",
            "O",
            "H",
            "B",
            "Si",
            "Mn",
            "Cr",
            "Ni",
            "Mo",
            "Cu",
            "Al",
            "Ti",
            "Nb",
            "Fe",
            "Mg",
            "Ca",
            "Na",
            "K",
            "Li",
            "Zn",
            "Pb",
            "Sn",
            "Sb",
            "As",
            "Bi",
            "Ag",
            "Au",
            "Cd",
            "Hg",
        ],
        "碳硫磷氮氧氢硼硅锰铬镍钼铜铝钛铌铁镁钙钠钾锂锌铅锡锑砷铋银金镉汞",
        strict=True,
    )
)
_ELEMENT = re.compile(
    rf"({'|'.join(sorted(_ELEMENTS, key=len, reverse=True))})\s*(?:元素)?(?:含量)?"
)
_EQUAL = re.compile("|".join(sorted(map(re.escape, _EQUALS), key=len, reverse=True)))
_NEUTRAL = re.compile(
    r"产品|成品|材料|系统|设备|装置|整体|综合|总体|平均|本|该|所得|得到|获得|实际|目标|指标|技术|质量分数|"
    r"可|能|达|工作|运行|使用|设计|参数|性能|主要|其|了|与|和|及|对|将|使|为|在|中|后|时|需|要求|应|[a-z]{1,2}$"
)
_BARE = re.compile("质量分数|体积分数|质量分|百分比|百分数|含量|浓度|比例")
_OTHER_KIND = re.compile(
    r"重复|相对|绝对|瞬时|残余|单位|比|每|不|非|未|无|反|负|初|终|始|末|最大|最小|最高|最低|上限|下限|峰值|屈服|抗拉|抗压|抗弯|疲劳|冲击|剪切|"
    r"纵向|横向|径向|轴向|水平|垂直|动态|静态|干|湿|高温|低温|常温|内|外|上|下|左|右|前|后|进|出|入"
)


@lru_cache(maxsize=200_000)
def _compare(one: str, other: str) -> tuple[float, tuple[str, ...], tuple[str, ...], bool]:
    """How much of the shorter name is shared, what only the first and only the second says, and
    whether both end alike."""
    one, other = _plain(one), _plain(other)
    if not one or not other:
        return 0.0, (), (), False
    if one == other:
        return 1.0, (), (), True
    shorter, longer = sorted((one, other), key=len)
    pairs = {shorter[i : i + 2] for i in range(len(shorter) - 1)} or {shorter}
    share = sum(pair in longer for pair in pairs) / len(pairs)
    only_one, only_other = [], []
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    for tag, start, end, other_start, other_end in matcher.get_opcodes():
        if tag != "equal":
            only_one.append(one[start:end])
            only_other.append(other[other_start:other_end])
    return (
        share,
        tuple(filter(None, only_one)),
        tuple(filter(None, only_other)),
        one[-2:] == other[-2:],
    )


def _plain(name: str) -> str:
    element = _ELEMENT.fullmatch(name.strip())
    if element is not None:  # a composition is often given by symbols alone
        return f"{_ELEMENTS[element[1]]}含量"
    plain = _JOINTS.sub("", normalise(name))
    return _EQUAL.sub(lambda match: _EQUALS[match[0]], plain)


def alikeness(one: str, other: str, one_context: str, other_context: str) -> float:
    """From 0, not the same parameter, to 1. A context is what its side says around the name."""
    share, only_one, only_other, ends_alike = _compare(one, other)
    if not ends_alike or share < SHARE:
        return 0.0
    is_bare = _is_bare(_plain(one)) or _is_bare(_plain(other))
    if (is_bare or share < 1) and not _share_a_matter(one_context, other_context, one + other):
        return 0.0
    if not only_one and not only_other:
        return 1.0
    for pieces, context in ((only_one, other_context), (only_other, one_context)):
        if not all(_is_covered(piece, context, is_bare=is_bare) for piece in pieces):
            return 0.0
    return share - 0.1


def _is_bare(name: str) -> bool:
    """Of whatever thing: 温度, 含量; 磷含量 says of what."""
    rest = _BARE.sub("", name)
    return not rest if rest != name else len(name) < MIN_BARE


@lru_cache(maxsize=50_000)
def _share_a_matter(one: str, other: str, names: str) -> bool:
    """Whether two contexts speak of a thing that is not the parameter itself: 温度 of whatever is
    not 温度 of 铜箔. Contexts of which nothing is known but the names leave it open."""
    left, right = (_pairs(context) - _pairs(names) for context in (one, other))
    return not left or not right or bool(left & right)


def _pairs(text: str) -> set[str]:
    return {
        pair
        for word in _HAN.findall(_COMMON.sub(" ", text))
        for pair in (word[i : i + 2] for i in range(len(word) - 1))
    }


_HAN = re.compile("[一-龥]{2,}")
_COMMON = re.compile(
    "一种|及其|方法|技术|研究|系统|装置|设备|工艺|制备|生产|产品|材料|应用|开发|研发|要求|达到|控制|使用|采用|具有|能够|可以|进行|需要|其中|"
    "以上|以下|以内|不低于|不超过|大于|小于|不大于|不小于|范围|左右|提高|降低|实现|处理|得到|所述|发明|本发明|包括|步骤|性能|质量|时间|温度|"
    "高强度|高性能|关键|项目|目标|指标|预期|主要|加工|设计|制造|条件|过程"
)


def _is_covered(piece: str, context: str, *, is_bare: bool) -> bool:
    """Whether the other side speaks of a piece of a name too, or it need not."""
    rest = _NEUTRAL.sub("", piece)
    if not rest:
        return True
    if rest in context:
        return True
    if _OTHER_KIND.search(rest):
        return False
    pairs = [rest[i : i + 2] for i in range(len(rest) - 1)]
    if pairs and sum(pair in context for pair in pairs) * 2 >= len(pairs):
        return True
    return not is_bare and len(rest) > 1
