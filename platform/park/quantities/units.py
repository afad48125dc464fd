# ruff: noqa: E501 (patterns and word lists are read by the row; a Chinese sign counts as two)
"""Units as they are written, and what one of them is in the base unit of its dimension. Pure.

A unit is put together from atoms (`kJ/(kg·K)`, `元/吨`, `mg/100 g`); each atom has its powers of the
base symbols and a factor. Base units are those of SI without prefix, save where the field speaks
otherwise (`DIMENSIONS`): a share is of 1, a mass per time is in t/a, a price by mass in CNY/t.
Temperatures in ℃ and in K are of two dimensions, since their zeros differ.
"""

import re
from decimal import Decimal
from typing import NamedTuple

YEAR = Decimal(31_557_600)
"""Seconds in 365.25 days; a month is its twelfth."""
Powers = tuple[tuple[str, int], ...]
"""Base symbols with their exponents, in order of the symbols; `#台` is what is counted."""


class Unit(NamedTuple):
    dimension: str
    factor: Decimal
    """Base units in one of it."""


class Written(NamedTuple):
    """A unit found in a text."""

    powers: Powers
    factor: Decimal
    end: int
    counts: str = ""
    """The counting word, if it is one: 台."""

    def unit(self) -> Unit:
        return name_dimension(self.powers, self.factor)


NUMBER = Unit("number", Decimal(1))
COUNT = "count"

DIMENSIONS: dict[str, tuple[str, Decimal]] = {
    # powers: (name, its base units in one of the product of base symbols)
    "m": ("length", Decimal(1)),
    "m2": ("area", Decimal(1)),
    "m3": ("volume", Decimal(1)),
    "kg": ("mass", Decimal(1)),
    "s": ("time", Decimal(1)),
    "degC": ("temperature", Decimal(1)),
    "K": ("temperature_k", Decimal(1)),
    "A": ("current", Decimal(1)),
    "s-1": ("frequency", Decimal(1)),
    "kg.m-1.s-2": ("pressure", Decimal(1)),
    "kg.m.s-2": ("force", Decimal(1)),
    "kg.m2.s-2": ("energy", Decimal(1)),
    "kg.m2.s-3": ("power", Decimal(1)),
    "A-1.kg.m2.s-3": ("voltage", Decimal(1)),
    "A.s": ("charge", Decimal(1)),
    "kg.m-3": ("density", Decimal(1)),
    "m.s-1": ("speed", Decimal(1)),
    "m3.s-1": ("flow", Decimal(1)),
    "r.s-1": ("rotation", Decimal(60)),
    "kg.s-1": ("mass_rate", YEAR / 1000),
    "CNY": ("money", Decimal(1)),
    "CNY.s-1": ("money_rate", YEAR),
    "CNY.kg-1": ("price_by_mass", Decimal(1000)),
    "IACS": ("conductivity", Decimal(1)),
    "HRC": ("hardness_hrc", Decimal(1)),
    "HV": ("hardness_hv", Decimal(1)),
    "HB": ("hardness_hb", Decimal(1)),
    "ratio": ("ratio", Decimal(1)),
    "%": ("fraction", Decimal(1)),
    "": ("fraction", Decimal(1)),  # mass by mass, volume by volume
}

_PREFIXES = {"T": "1e12", "G": "1e9", "M": "1e6", "k": "1e3", "K": "1e3", "h": "1e2"}
_PREFIXES |= {"d": "0.1", "c": "0.01", "m": "1e-3"}
_PREFIXES |= {"μ": "1e-6", "u": "1e-6", "n": "1e-9", "p": "1e-12", "f": "1e-15"}

# symbol, powers, factor, prefixes it takes
_SYMBOLS = """
m|m|1|kdcmμunh    g|kg|1e-3|kmμunp   t|kg|1000|kM       s|s|1|mμunpf      sec|s|1|
min|s|60|         h|s|3600|          hr|s|3600|         d|s|86400|        a|s|31557600|
Pa|kg.m-1.s-2|1|kMGhm               bar|kg.m-1.s-2|1e5|m                  psi|kg.m-1.s-2|6894.757|
atm|kg.m-1.s-2|101325|              mmHg|kg.m-1.s-2|133.322|              Torr|kg.m-1.s-2|133.322|
N|kg.m.s-2|1|kMmμc                  kgf|kg.m.s-2|9.80665|                 J|kg.m2.s-2|1|kMGmμun
W|kg.m2.s-3|1|kMGTmμun              Wp|kg.m2.s-3|1|kMG                    VA|kg.m2.s-3|1|kM
var|kg.m2.s-3|1|kM                  Wh|kg.m2.s-2|3600|kMGm                cal|kg.m2.s-2|4.184|k
eV|kg.m2.s-2|1.602176634e-19|kMGm   V|A-1.kg.m2.s-3|1|kMmμun              A|A|1|kmμunp
Ah|A.s|3600|m     F|A2.kg-1.m-2.s4|1|mμunp              Ω|A-2.kg.m2.s-3|1|kMGmμu
S|A2.kg-1.m-2.s3|1|mμun             H|A-2.kg.m2.s-2|1|mμun                T|A-1.kg.s-2|1|mμun
C|A.s|1|mμun      K|K|1|m            mol|mol|1|kmμunp    Hz|s-1|1|kKMGTm   L|m3|1e-3|mμund
l|m3|1e-3|mμund   M|m-3.mol|1000|mμun                   cc|m3|1e-6|       B|B|1|kKMGT
bit|bit|1|kKMG    b|bit|1|kKMG      bps|bit.s-1|1|kKMG  lm|lm|1|km        lx|lx|1|k
cd|cd|1|m         Da|kg.mol-1|1e-3|k  dB|dB|1|          dBm|dBm|1|        dBi|dBi|1|
tex|tex|1|d       ha|m2|1e4|         r|r|1|             rpm|r.s-1|1/60|   rad|deg|57.29577951308232|mμ
ppm|%|1e-6|       ppb|%|1e-9|        ppt|%|1e-12|       HRC|HRC|1|        HRA|HRA|1|
HRB|HRB|1|        HV|HV|1|           HB|HB|1|           HBW|HB|1|         HS|HS|1|
IACS|IACS|1|      mesh|mesh|1|       px|px|1|           USD|USD|1|        RMB|CNY|1|
CNY|CNY|1|        EUR|EUR|1|         CFU|CFU|1|         cfu|CFU|1|        IU|IU|1|k
U|U|1|mk          Bq|s-1|1|kM        Gy|m2.s-2|1|km     Mx|Mx|1|
"""
_WORDS = """
%|%|0.01  ‰|%|0.001  wt%|%|0.01  wt.%|%|0.01  vol%|%|0.01  vol.%|%|0.01  mol%|%|0.01  at%|%|0.01
M2|m2|1  M3|m3|1  M²|m2|1  M³|m3|1  Ma|s|31557600e6  Nm|N·m|1  kNm|N·m|1000  at.%|%|0.01  质量%|%|0.01  重量%|%|0.01  体积%|%|0.01  摩尔%|%|0.01  原子%|%|0.01  个百分点|%|0.01  百分点|%|0.01  %IACS|IACS|1  倍|ratio|1
℃|degC|1  °C|degC|1  ºC|degC|1  摄氏度|degC|1  °|deg|1  º|deg|1  ′|deg|1/60  ″|deg|1/3600
m²|m2|1  ㎡|m2|1  m³|m3|1  ㎜|m|1e-3  ㎝|m|0.01  ㎞|m|1000  ㎎|kg|1e-6  ㎏|kg|1  ㏄|m3|1e-6
㎝²|m2|1e-4  ㎥|m3|1  ㎛|m|1e-6  ㎚|m|1e-9  ㎾|kg.m2.s-3|1000  ㎐|s-1|1  ㎸|A-1.kg.m2.s-3|1000
Nm3|m3|1  Nm³|m3|1  Å|m|1e-10  Å|m|1e-10  英寸|m|0.0254  寸|m|0.0254  英尺|m|0.3048  海里|m|1852
Mpa|kg.m-1.s-2|1e6  MPA|kg.m-1.s-2|1e6  Ω|A-2.kg.m2.s-3|1  dB(A)|dB|1  MPa·m1/2|MPa·m1/2|1
米|m|1  公里|m|1000  千米|m|1000  分米|m|0.1  厘米|m|0.01  毫米|m|1e-3  丝|m|1e-5  微米|m|1e-6
纳米|m|1e-9  平方米|m2|1  平米|m2|1  平方公里|m2|1e6  平方千米|m2|1e6  平方厘米|m2|1e-4
平方毫米|m2|1e-6  公顷|m2|1e4  亩|m2|2000/3  立方米|m3|1  立方厘米|m3|1e-6  立方毫米|m3|1e-9
立方|m3|1  升|m3|1e-3  公升|m3|1e-3  毫升|m3|1e-6  微升|m3|1e-9  标方|m3|1  标立方米|m3|1
吨|kg|1000  公吨|kg|1000  公斤|kg|1  千克|kg|1  克|kg|1e-3  毫克|kg|1e-6  微克|kg|1e-9  纳克|kg|1e-12
斤|kg|0.5  秒|s|1  秒钟|s|1  毫秒|s|1e-3  微秒|s|1e-6  纳秒|s|1e-9  飞秒|s|1e-15  皮秒|s|1e-12
分钟|s|60  小时|s|3600  个小时|s|3600  钟头|s|3600  天|s|86400  昼夜|s|86400  周|s|604800
星期|s|604800  个星期|s|604800  个月|s|2629800  年|s|31557600  帕|kg.m-1.s-2|1  千帕|kg.m-1.s-2|1000
兆帕|kg.m-1.s-2|1e6  吉帕|kg.m-1.s-2|1e9  大气压|kg.m-1.s-2|101325  牛|kg.m.s-2|1
牛顿|kg.m.s-2|1  千牛|kg.m.s-2|1000  焦耳|kg.m2.s-2|1  焦|kg.m2.s-2|1  千焦|kg.m2.s-2|1000
大卡|kg.m2.s-2|4184  千卡|kg.m2.s-2|4184  度电|kg.m2.s-2|3.6e6  千瓦时|kg.m2.s-2|3.6e6
瓦时|kg.m2.s-2|3600  兆瓦时|kg.m2.s-2|3.6e9  千瓦·时|kg.m2.s-2|3.6e6  瓦|kg.m2.s-3|1
毫瓦|kg.m2.s-3|1e-3  千瓦|kg.m2.s-3|1000  兆瓦|kg.m2.s-3|1e6  马力|kg.m2.s-3|735.5
伏|A-1.kg.m2.s-3|1  伏特|A-1.kg.m2.s-3|1  毫伏|A-1.kg.m2.s-3|1e-3  千伏|A-1.kg.m2.s-3|1000
安|A|1  安培|A|1  毫安|A|1e-3  微安|A|1e-6  安时|A.s|3600  毫安时|A.s|3.6  欧姆|A-2.kg.m2.s-3|1
欧|A-2.kg.m2.s-3|1  赫兹|s-1|1  千赫|s-1|1000  兆赫|s-1|1e6  兆赫兹|s-1|1e6  吉赫兹|s-1|1e9
摩尔|mol|1  毫摩尔|mol|1e-3  微摩尔|mol|1e-6  道尔顿|kg.mol-1|1e-3  流明|lm|1  勒克斯|lx|1
分贝|dB|1  目|mesh|1  转|r|1  字节|B|1  像素|px|1  质量份|part|1  重量份|part|1  特斯拉|A-1.kg.s-2|1
N·m|N·m|1  N.m|N·m|1  N•m|N·m|1  kN·m|N·m|1000  kN.m|N·m|1000  mN·m|N·m|1e-3  牛·米|N·m|1  牛米|N·m|1
元|CNY|1  元人民币|CNY|1  人民币|CNY|1  块钱|CNY|1  美元|USD|1  美金|USD|1  欧元|EUR|1  日元|JPY|1
"""
# Only below a stroke, where nothing else can be meant: 转/分, 吨/日.
_BELOW = "分|s|60  时|s|3600  日|s|86400  月|s|2629800  s|s|1  人年|#人年|1  炉|#炉|1  批次|#批次|1"
_COUNTED = [
    "人次",
    "人",
    "名",
    "个",
    "只",
    "台套",
    "台",
    "套",
    "件套",
    "件",
    "次",
    "条",
    "项",
    "家",
    "间",
    "栋",
    "幢",
    "座",
    "辆",
    "块",
    "片",
    "种",
    "类",
    "头份",
    "头",
    "羽份",
    "羽",
    "株",
    "棵",
    "粒",
    "颗",
    "支",
    "根",
    "把",
    "张",
    "组",
    "对",
    "批",
    "份",
    "户",
    "段",
    "层",
    "孔",
    "属",
    "篇",
    "部",
    "艘",
    "架",
    "枚",
    "瓶",
    "袋",
    "盒",
    "箱",
    "桶",
    "罐",
    "副",
    "扇",
    "排",
    "节",
    "圈",
    "道",
    "处",
    "所",
    "例",
    "尾",
    "匹",
    "帧",
    "口",
    "盏",
    "路",
    "通道",
    "剂",
    "剂次",
    "床",
    "卷",
    "台次",
    "车次",
    "循环",
    "周期",
    "万像素",
]
_NOT_BEFORE = {
    # What makes another word of it: 3条件, 5处理, 三元乙丙.
    "元": "素件器环组催共材乙锂合羧胺醇酸",
    "周": "期围边年长向转岁",
    "年": "代级轮",
    "天": "线然津气",
    "升": "级高温降压",
    "克": "隆服拉",
    "安": "全装徽排阳",
    "瓦": "斯楞",
    "焦": "炭炉化",
    "欧": "洲盟",
    "目": "标前的录",
    "转": "化变移换炉矩动速子型基向",
    "丝": "杠",
    "斤": "顶",
    "条": "件",
    "台": "阶面湾风架",
    "套": "筒管圈",
    "组": "成合分织装件蛋",
    "类": "型似",
    "名": "称字",
    "家": "具庭电居",
    "个": "性体别",
    "人": "工类机员体群民造为",
    "次": "数要级氯品于生磷方曲样函元谐",
    "支": "撑架路座链",
    "根": "据系本",
    "张": "力开紧",
    "对": "于应比称角象照甲苯外流接",
    "部": "分件位门",
    "架": "构",
    "节": "能约点水",
    "排": "放水气",
    "粒": "径度子",
    "例": "如子",
    "处": "理于",
    "道": "路",
    "层": "析次状叠",
    "只": "有能需是要",
    "所": "述有示得用",
    "口": "径腔",
    "路": "径面灯",
    "头": "部",
    "株": "系",
    "种": "植子",
    "孔": "径隙",
    "剂": "量型",
    "块": "状",
    "片": "状",
    "段": "式",
    "米": "级",
    "倍": "频增率",
    "卷": "积",
    "周期": "性",
    "循环": "水泵流利系冷",
}


def _powers(text: str) -> Powers:
    found = []
    for part in text.split(".") if text else ():
        if "·" in part:
            found.append((part, 1))
            continue
        symbol = part.rstrip("-0123456789")
        found.append((symbol, int(part[len(symbol) :] or 1)))
    return tuple(sorted(found))


def _number(text: str) -> Decimal:
    upper, _, lower = text.partition("/")
    return Decimal(upper) / Decimal(lower or 1)


class _Atom(NamedTuple):
    powers: Powers
    factor: Decimal
    counts: str = ""


def _atoms() -> dict[str, _Atom]:
    found: dict[str, _Atom] = {}
    for row in _SYMBOLS.split():
        symbol, powers, factor, prefixes = row.split("|")
        atom = _Atom(_powers(powers), _number(factor))
        found[symbol] = atom
        for sign in prefixes:
            name = sign + symbol
            found.setdefault(name, _Atom(atom.powers, atom.factor * Decimal(_PREFIXES[sign])))
    for row in _WORDS.split():
        name, powers, factor = row.split("|")
        found[name] = _Atom(_powers(powers), _number(factor))
    for word in _COUNTED:
        found[word] = _Atom(((f"#{word}", 1),), Decimal(1), word)
    found["万像素"] = _Atom((("px", 1),), Decimal(10_000))
    return found


ATOMS = _atoms()
_BELOW_ATOMS = {
    name: _Atom(_powers(powers), _number(factor))
    for name, powers, factor in (row.split("|") for row in _BELOW.split())
}
_LONGEST = max(map(len, ATOMS))
_NOT_ALONE = frozenset("FHSMBbUl")
"""5F is a floor, 304H a steel, 2M and 5B anything: these stand only with a prefix or in a product."""
_AMBIGUOUS_FOLDED: dict[str, set[tuple[Powers, Decimal]]] = {}
for _name, _atom in ATOMS.items():
    if len(_name) > 1 and _name.isascii() and _name != "cc":
        _AMBIGUOUS_FOLDED.setdefault(_name.lower(), set()).add((_atom.powers, _atom.factor))
# Case matters for prefixes (mW, MW), so another case is taken only where one unit can be meant.
_FOLDED = {
    name: _Atom(*next(iter(units))) for name, units in _AMBIGUOUS_FOLDED.items() if len(units) == 1
}
MULTIPLIERS = {
    "十": Decimal(10),
    "百": Decimal(100),
    "千": Decimal(1000),
    "万": Decimal(10_000),
    "亿": Decimal(100_000_000),
}

_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_EXPONENT = re.compile(r"\^?\(?(-?[1-4])\)?(?![0-9]|\.[0-9])|([⁻]?[¹²³⁴])")
_JOINT = re.compile(
    r" ?(/|每) ?(?:(10{0,3}) ?(?=[A-Za-zμ\u4e00-\u9fff]))?|([·⋅•*]|\.(?=[A-Za-z])| (?=[A-Za-zμ]{1,4}-[1-3]))"
)
_LATIN = re.compile(r"[A-Za-z]")


def name_dimension(powers: Powers, factor: Decimal) -> Unit:
    """The dimension of a product of base symbols, the factor in its base unit."""
    counted = [name for name, exponent in powers if name.startswith("#") and exponent == 1]
    if counted:
        rest = tuple(pair for pair in powers if pair[0] != counted[0])
        if not rest:
            return Unit(COUNT, factor)
        if rest == (("s", -1),):
            return Unit("count_rate", factor * YEAR)
    if len(powers) > 1:
        powers = _merge(powers, (), swap=True)
    key = ".".join(f"{name}{'' if power == 1 else power}" for name, power in powers)
    name, scale = DIMENSIONS.get(key, (key, Decimal(1)))
    return Unit(name, factor * scale)


def per_time(written: Written, seconds: Decimal) -> Written:
    """The same each so many seconds: 年产 10 万吨."""
    powers = _merge(written.powers, (("s", -1),))
    return written._replace(powers=powers, factor=written.factor / seconds)


def _merge(one: Powers, other: Powers, *, swap: bool = False) -> Powers:
    total: dict[str, int] = {}
    for name, power in (*one, *other):
        name = "K" if swap and name == "degC" else name
        total[name] = total.get(name, 0) + power
    return tuple(sorted((name, power) for name, power in total.items() if power))


def _atom_at(text: str, start: int, *, is_below: bool) -> tuple[str, _Atom] | None:
    """The longest atom that is written at a place."""
    for length in range(min(_LONGEST, len(text) - start), 0, -1):
        name = text[start : start + length]
        atom = ATOMS.get(name) or (_BELOW_ATOMS.get(name) if is_below else None)
        if atom is None and length > 1 and name.isascii():
            atom = _FOLDED.get(name.lower())
        if atom is None:
            continue
        after = text[start + length : start + length + 1]
        if after and name[-1].isascii() and name[-1].isalpha() and _LATIN.match(after):
            continue
        if (
            after
            and after in _NOT_BEFORE.get(name, "")
            and text[start + length : start + length + 2] not in ("目标", "标准")
        ):
            continue
        return name, atom
    return None


def _factor_at(text: str, start: int, *, is_below: bool) -> tuple[str, _Atom, int] | None:
    """An atom with its exponent, and where it ends."""
    spaced = start
    if text[start : start + 2] == "μ ":  # "μ g": a blank that the text has got into the unit
        text = text[: start + 1] + text[start + 2 : start + 12]
        spaced += 1
    found = _atom_at(text, start, is_below=is_below)
    if found is None:
        return None
    name, atom = found
    end = start + len(name)
    exponent = _EXPONENT.match(text, end) if not name.isdigit() else None
    if exponent:
        power = int((exponent[1] or exponent[2]).translate(_SUPERSCRIPT))
        is_length = atom.powers == (("m", 1),)
        sign_lost = exponent[1] is not None and not exponent[0].startswith("^")
        after = text[exponent.end() : exponent.end() + 1]
        if sign_lost and power > 0 and (not is_length or power not in (2, 3)):
            exponent = None  # 5mL4: the figure is no exponent
        elif sign_lost and power < 0 and (_LATIN.match(after) or (after in "%℃" and after)):
            exponent = None  # 5mm-1cm
        elif sign_lost and power < 0 and _atom_at(text, exponent.end(), is_below=False):
            exponent = None
        if exponent:
            end = exponent.end()
            atom = _Atom(
                tuple((base, one * power) for base, one in atom.powers),
                atom.factor**power,
            )
    return name, atom, end + (spaced - start)


def match_unit(text: str, start: int) -> Written | None:
    """The unit that begins at a place of a text; None when there is none.

    `text` is narrowed (see `lexing`). Looks at no more than some forty characters.
    """
    text = text[start : start + 48]
    first = _factor_at(text, 0, is_below=False)
    if first is None:
        return None
    name, atom, end = first
    powers, factor = atom.powers, atom.factor
    parts = 1
    while parts < 5 and (joint := _JOINT.match(text, end)):
        is_below = joint[3] is None
        start_of_next = joint.end()
        closes = 0
        if is_below and text[start_of_next : start_of_next + 1] == "(":
            group = _group(text, start_of_next + 1)
            if group is None:
                break
            following, closes = group
        else:
            found = _factor_at(text, start_of_next, is_below=is_below)
            if found is None:
                break
            next_name, next_atom, closes = found
            if is_below and next_name in ("S", "H", "D"):  # cm/S, KM/H: written large
                next_atom = ATOMS[next_name.lower()]
            following = next_atom
        sign = -1 if is_below else 1
        factor = factor * following.factor**sign / Decimal(joint[2] or 1) ** (1 if is_below else 0)
        powers = _merge(powers, tuple((base, power * sign) for base, power in following.powers))
        end = closes
        parts += 1
    after = text[end : end + 1]
    if after and text[end - 1].isascii() and text[end - 1].isalpha() and _LATIN.match(after):
        return None
    if parts == 1 and name in _NOT_ALONE:
        return None
    return Written(powers, factor, start + end, atom.counts if parts == 1 else "")


def _group(text: str, start: int) -> tuple[_Atom, int] | None:
    """What stands below the stroke in brackets: /(kg·K)."""
    powers, factor = (), Decimal(1)
    end = start
    for _ in range(4):
        found = _factor_at(text, end, is_below=True)
        if found is None:
            return None
        _, atom, end = found
        powers, factor = _merge(powers, atom.powers), factor * atom.factor
        if text[end : end + 1] == ")":
            return _Atom(powers, factor), end + 1
        if text[end : end + 1] not in ("·", "⋅", "•", "*", "."):
            return None
        end += 1
    return None


def find_unit(text: str) -> Unit | None:
    """The unit written so, or None; "" is the bare number's. 万元 and 亿件 have their multiplier."""
    text = text.strip()
    if not text:
        return NUMBER
    factor = Decimal(1)
    found = match_unit(text, 0)
    while (found is None or found.end != len(text)) and text[:1] in MULTIPLIERS:
        factor *= MULTIPLIERS[text[0]]
        text = text[1:]
        found = match_unit(text, 0)
    if found is None or found.end != len(text):
        if text in ("度", "日", "月", "分"):
            day = _BELOW_ATOMS.get(text)
            return Unit("time", day.factor * factor) if day else Unit("deg", factor)
        return None
    unit = found.unit()
    return Unit(unit.dimension, unit.factor * factor)
