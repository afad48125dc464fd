# ruff: noqa: E501 (patterns and word lists are read by the row; a Chinese sign counts as two)
"""Numbers of a text with what touches them: the other end, the width, the unit, the sign. Pure.

What is a name (4K, HTR-10, 304L) or an amount without a definite number is no token. A token may
still lack its unit: a list names it once, at its end.
"""

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from park.quantities import numerals, words
from park.quantities.numerals import Numeral
from park.quantities.units import NUMBER, Unit, Written, find_unit, match_unit
from park.quantities.words import Comparator

RATIO = Unit("ratio", Decimal(1))
MONEY = Unit("money", Decimal(1))
PERCENT = Unit("fraction", Decimal("0.01"))
PART = Unit("part", Decimal(1))
HEADER = 200
"""Characters before a figure in which the head of a list of contents is looked for."""


@dataclass(slots=True)
class Token:
    """A number with what touches it."""

    low: Numeral
    start: int
    end: int
    high: Numeral | None = None
    width: Decimal | None = None
    """Of a ±; its number is the centre, or nothing."""
    is_lone_width: bool = False
    sign: int = 1
    high_sign: int = 1
    written: Written | None = None
    unit: Unit | None = None
    unit_text: str = ""
    is_bare: bool = False
    """A figure without a unit, taken for what stands before it."""
    is_nines: bool = False


_CHINESE_UNITS = frozenset(
    [
        "个",
        "种",
        "项",
        "条",
        "家",
        "台",
        "套",
        "件",
        "间",
        "栋",
        "座",
        "名",
        "辆",
        "组",
        "张",
        "支",
        "类",
        "人",
        "次",
        "篇",
        "株",
        "只",
        "头",
        "批",
        "户",
        "亩",
        "年",
        "天",
        "小时",
        "个月",
        "周",
        "吨",
        "倍",
        "公斤",
        "斤",
        "公里",
        "米",
        "元",
        "度",
        "人次",
        "分钟",
        "秒",
        "平方米",
        "美元",
        "千瓦",
        "毫米",
        "厘米",
        "微米",
        "个小时",
        "对",
        "公顷",
        "立方米",
        "升",
        "克",
        "台套",
        "百分点",
        "个百分点",
        "瓶",
        "箱",
        "颗",
        "粒",
        "棵",
        "摄氏度",
    ]
)
_RANGE = re.compile(r" ?(?:~|-{1,4}|至|到) ?(?:约)?(?=[0-9+-])")
_PM = re.compile(r" ?(?:±|\+/-) ?(?=[0-9])")
_RATIO = re.compile(r" ?: ?(?=[0-9])")
_FRACTION = re.compile(r"(?<![0-9/.A-Za-z])([1-9][0-9]?)/([1-9][0-9]{0,2})(?![0-9/.A-Za-z%])")
_FRACTION_AFTER = re.compile(r"[的为到至约仅了低高少短是近、达] ?$")
_BEFORE_UNIT = re.compile(
    r"(?<![A-Za-z])(?P<unit>HRC|HRA|HRB|HV|HBW|HB|HS|[pP]H|￥|¥|US\$|\$)(?P<between> ?(?:[≥≤<>=]|>=|<=)? ?)$"
)
_SYMBOL = re.compile(r"(?:Ra|Rz|Sa|Rp|Rm|ReL|ReH|Rp0\.2|wt|Tg|Tm|Tc|Kv|KV)$")
_LETTER = re.compile(r"[A-Za-z0-9.]$")
_MODEL = re.compile(r"[A-Za-z0-9)][-_#]$")
"""HTR-10."""
_UNIT_BEFORE_DASH = re.compile(r"[℃%‰mgsahKVW]-$")
_DASH = re.compile(r"(?:^|[^0-9A-Za-z)%℃]) ?-$")
_UNLIKE_MONEY = re.compile(r" ?[一-龥]?(?:吨|只|台|套|件|头|株|级)")
_PURITY = re.compile(r"(?<![0-9A-Za-z.])(?P<nines>[2-9])N(?P<half>[0-9])?(?![0-9A-Za-z/·])")


def token_at(text: str, start: int) -> Token | None:
    """The number that begins at a place of a narrowed text, or None where figures are a name."""
    before = text[max(0, start - 16) : start]
    if text[start] in "±+":
        return _width(text, start)
    if text[start] not in "0123456789":
        return _chinese(text, start, before)
    purity = _PURITY.match(text, start)
    if purity and not words.speaks_of_force(before):
        return _nines(purity)
    prefix = _BEFORE_UNIT.search(before)
    if not prefix and _LETTER.search(before) and not _SYMBOL.search(before):
        return _letter_before(text, start, before)
    if before.endswith("几") or (_MODEL.search(before) and not _UNIT_BEFORE_DASH.search(before)):
        return None
    fraction = _fraction(text, start, before)
    if fraction is not None:
        return fraction
    number = numerals.digits_at(text, start)
    if number is None:
        return None
    return _ratio(text, number) or _measure(text, number, before, prefix)


def _width(text: str, start: int) -> Token | None:
    """±2 ℃ without its centre."""
    sign = _PM.match(text, start)
    number = numerals.digits_at(text, sign.end()) if sign else None
    if number is None:
        return None
    return _with_unit(
        text, Token(number, start, number.end, width=number.value, is_lone_width=True)
    )


def _fraction(text: str, start: int, before: str) -> Token | None:
    """1/3 of something."""
    match = _FRACTION.match(text, start)
    if match is None or int(match[1]) >= int(match[2]) or not _FRACTION_AFTER.search(before):
        return None
    number = Numeral(Decimal(match[1]) / Decimal(match[2]), start, match.end())
    return Token(number, start, match.end(), unit=RATIO)


def _measure(text: str, number: Numeral, before: str, prefix: re.Match[str] | None) -> Token:
    """A number with its sign, its other end and its unit."""
    token = Token(number, number.start, number.end)
    if _DASH.search(before) and _may_be_negative(text, token, before):
        token.sign, token.start = -1, number.start - 1
    elif before.endswith("零下"):
        token.sign, token.start = -1, number.start - 2
    token = _with_end(text, token)
    return _with_unit_before(text, token, prefix) if prefix else _with_unit(text, token)


def _letter_before(text: str, start: int, before: str) -> Token | None:
    """Si0.5%: a name with a share, taken only when there is no doubt."""
    number = numerals.digits_at(text, start)
    if number is not None and re.search("[A-Z]{2}$", before):  # 游离DNA14天
        token = _with_unit(text, _with_end(text, Token(number, start, number.end)))
        return token if token.unit_text in ("天", "小时", "个月", "分钟", "℃") else None
    if not re.search(r"(?:^|[^0-9A-Za-z])[A-Z][a-z]?$", before):
        return None
    if number is None:
        return None
    token = _with_unit(text, _with_end(text, Token(number, start, number.end)))
    if token.high is None and "." not in text[start : number.end]:
        return None
    return token if token.unit is not None and token.unit.dimension == "fraction" else None


def _may_be_negative(text: str, token: Token, before: str) -> bool:
    """A minus, not a dash: of what can be below zero, or behind a comparator."""
    if re.search(r"[≥≤<>=~(到至] ?-$", before):
        return True
    ahead = _with_unit(text, _with_end(text, replace(token)))
    return ahead.unit is not None and ahead.unit.dimension in (
        "temperature", "voltage", "dB", "dBm", "deg", "ratio"
    )  # fmt: skip


def _chinese(text: str, start: int, before: str) -> Token | None:
    """A number in Chinese numerals counts only with a unit, and 一 and 百 with more than that."""
    if re.search(r"[0-9A-Za-z第数几上若多每星周]$", before):
        return None
    number = numerals.words_at(text, start)
    if number is None:
        return None
    token = Token(number, start, number.end)
    if number.share:
        unit = RATIO if number.share == "ratio" else Unit("fraction", Decimal(1))
        return replace(token, unit=unit)
    if number.end - start > 20 or text[number.end : number.end + 1] in ("0", "1"):
        return None
    written = match_unit(text, number.end)
    unit_text = text[number.end : written.end] if written else ""
    is_heat = text[number.end : number.end + 1] == "度"
    if unit_text not in _CHINESE_UNITS and not is_heat:
        return None
    sign = text[start : number.end]
    after = text[written.end : written.end + 2] if written else ""
    bounded = words.comparator_before(before) or words.comparator_after(
        text, written.end if written else number.end + 1
    )
    if after.startswith("级"):
        return None
    if sign[0] in "百千万亿" and not bounded:
        return None
    if len(sign) == 1 and (
        (sign == "一" and not (unit_text == "倍" or (bounded and not _counts(written))))
        or is_heat
        or unit_text in ("元", "次" if sign in "二三" else "元")
        or (sign == "二" and unit_text not in ("年", "元"))
        or (sign in "三四五六七八九" and unit_text in ("度", "元", "头", "对", "支", "只", "周"))
    ):
        return None
    return _with_unit(text, token)


def _counts(written: Written | None) -> bool:
    return written is not None and bool(written.counts)


def _nines(match: re.Match[str]) -> Token:
    nines = int(match["nines"])
    value = 1 - Decimal(1).scaleb(-nines)
    if match["half"]:
        value += Decimal(int(match["half"])).scaleb(-nines - 1)
    number = Numeral(value, match.start(), match.end())
    return Token(
        number, match.start(), match.end(), unit=Unit("fraction", Decimal(1)), unit_text="N",
        is_nines=True,
    )  # fmt: skip


def _ratio(text: str, first: Numeral) -> Token | None:
    """1:3, 1:2~8, 6:4~4:6; not the clock, not three parts, not a label before a quantity."""
    match = _RATIO.match(text, first.end)
    second = numerals.digits_at(text, match.end()) if match else None
    if match is None or second is None or not second.value:
        return None
    if re.search("[0-9)] ?: ?$", text[max(0, first.start - 4) : first.start]):
        return None
    if text[second.end : second.end + 2].lstrip()[:1] == ":":
        return None
    low, end = first.value / second.value, second.end
    high = low
    further = _RANGE.match(text, end)
    third = numerals.digits_at(text, further.end()) if further else None
    if third is not None and third.value:
        fourth_at = _RATIO.match(text, third.end)
        fourth = numerals.digits_at(text, fourth_at.end()) if fourth_at else None
        if fourth is not None and fourth.value:
            high, end = third.value / fourth.value, fourth.end
        else:
            high, end = first.value / third.value, third.end
    if match_unit(text, end) is not None or re.match(" ?[:A-Za-z]", text[end : end + 2]):
        return None
    numeral = Numeral(min(low, high), first.start, end)
    token = Token(numeral, first.start, end, unit=RATIO)
    if low != high:
        token.high = Numeral(max(low, high), first.start, end)
    return token


def _with_end(text: str, token: Token) -> Token:
    """The other end of a range or the width of a tolerance, when one follows."""
    end = token.end
    inner = _unit_at(text, end)
    if inner is not None:
        end = inner.end
    elif text[end : end + 1] == "°":
        end += 1
    width = _PM.match(text, end)
    number = numerals.digits_at(text, width.end()) if width else None
    if number is not None:
        return replace(token, width=number.value, end=number.end)
    match = _RANGE.match(text, end)
    if match is None:
        return token
    at, sign = match.end(), -1 if text[match.end()] == "-" else 1
    high = numerals.digits_at(text, at + (text[at] in "+-"))
    if sign == -1 and inner is None and match[0].strip() == "-":
        return token
    if high is None or re.match(r"-[0-9A-Za-z]", text[high.end : high.end + 2]):
        return token
    if high.times != 1 and token.low.times == 1 and inner is None:
        # 5~10万吨: ten thousand of both
        token.low = replace(token.low, value=token.low.value * high.times)
    if inner is not None:
        outer = _unit_at(text, high.end)
        if outer is None or outer.powers != inner.powers:
            return token
        token.low = replace(token.low, value=token.low.value * inner.factor / outer.factor)
    return replace(token, high=high, high_sign=sign, end=high.end)


def _unit_at(text: str, end: int) -> Written | None:
    if text[end : end + 1] == " ":
        end += 1
        if text[end : end + 1] == " ":
            end += 1
    return match_unit(text, end)


def _with_unit(text: str, token: Token) -> Token:
    """The unit behind, or none yet."""
    end = token.end
    is_double = token.width is not None or token.high is not None
    is_bracketed = text[end : end + 1] == ")" and text[token.start - 1 : token.start] == "("
    if is_double and is_bracketed and _unit_at(text, end + 1):
        end += 1  # (3.18±0.20) mg
    written = _unit_at(text, end)
    if written is not None and not _is_name(text, token, written, end):
        written = _meant(text, token, written, end)
        token.unit_text = text[end : written.end].strip()
        token.written, token.unit, token.end = written, written.unit(), written.end
        return token
    return _with_odd_unit(text, token, end) or _as_figure(
        text, token, words.clause_before(text, token.start)
    )


def _meant(text: str, token: Token, written: Written, end: int) -> Written:
    """What some units mean beside some words: 10T行车, 1C放电, 循环4000周."""
    unit = text[end : written.end].strip()
    before = text[max(0, token.start - 20) : token.start]
    if unit in ("T", "T/h", "T/d", "T/a") and not re.search("[磁场感]", before):
        tonne = match_unit(unit.lower(), 0)
        return written if tonne is None else tonne._replace(end=written.end)
    if unit == "C":
        return written._replace(powers=(("C-rate", 1),))
    if unit == "周" and "循环" in before:
        return written._replace(powers=(("#周", 1),), factor=Decimal(1), counts="周")
    return written


def _with_odd_unit(text: str, token: Token, end: int) -> Token | None:
    """度 of angle or heat, 级 of grain, and money that names no unit."""
    rest = text[end : end + 3].lstrip()
    if rest.startswith("度") and rest[1:2] not in ("假", "过"):
        place = text.index("度", end)
        before = text[max(0, token.start - 20) : token.start]
        is_heat = words.speaks_of_heat(before, text[place + 1 : place + 11])
        is_heat = is_heat or abs(token.low.value) > 360
        unit = Unit("temperature" if is_heat else "deg", Decimal(1))
        return replace(token, end=place + 1, unit_text="度", unit=unit)
    if rest.startswith("级") and words.speaks_of_grain(
        text[max(0, token.start - 20) : token.start]
    ):
        unit = Unit("unit:级", Decimal(1))
        return replace(token, end=text.index("级", end) + 1, unit_text="级", unit=unit)
    times = token.high.times if token.high else token.low.times
    if times == 1 or token.low.is_chinese or _UNLIKE_MONEY.match(text[end : end + 3]):
        return None
    if words.speaks_of_money(words.clause_before(text, token.start)):
        return replace(token, unit=MONEY)
    return None


def _is_name(text: str, token: Token, written: Written, end: int) -> bool:
    """4K, 19A), 2T: what only looks like a unit."""
    unit = text[end : written.end].strip()
    figures = text[token.start : token.end]
    before = text[max(0, token.start - 10) : token.start]
    after = text[written.end : written.end + 1]
    if unit.startswith(("C/", "B/", "U/")) and unit != "U/mL" and unit != "U/L":
        return True
    if unit == "K":
        return len(figures) < 3 and "." not in figures and text[end] != " "
    if unit == "T":
        return not re.search("[磁场感]", before) and not _is_tonne(text, token)
    if unit == "C":
        return not re.search("倍率|充|放电|电流|下$", before + after)
    if unit == "a":
        return after == ")" or bool(re.search("[图式表A-Za-z(]$", before))
    if unit in ("A", "N", "V", "H", "d", "h", "m", "g", "s", "t", "W", "J", "r", "L"):
        return after in ("-", "#", "_") and bool(
            re.match("[-#_][0-9A-Za-z]", text[written.end :][:2])
        )
    if unit == "年":
        return bool(re.fullmatch("(?:19|20)[0-9]{2}", figures))
    if unit in ("目", "个", "件") and figures.startswith("0"):
        return figures == "0" and unit == "目"
    return False


def _is_tonne(text: str, token: Token) -> bool:
    """10T行车: a tonne, written large."""
    around = text[max(0, token.start - 10) : token.start] + text[token.end : token.end + 6]
    return re.search("[重载吊产炉卷槽量]|行车|设备", around) is not None


def _with_unit_before(text: str, token: Token, match: re.Match[str]) -> Token:
    """HRC58, pH6, ￥30. Touching, it belongs to the span."""
    name = {"￥": "元", "¥": "元", "$": "美元", "US$": "美元"}.get(match["unit"], match["unit"])
    if match["unit"].lower() == "ph":
        token.unit, token.unit_text = Unit("pH", Decimal(1)), "pH"
    else:
        token.unit, token.unit_text = find_unit(name), match["unit"]
    if not match["between"] and token.sign > 0:
        token.start -= len(match["unit"])
    return token


def _as_figure(text: str, token: Token, clause: str) -> Token:
    """A bare figure is a quantity where the words before it say so."""
    if re.match(
        r"[A-Za-z_#]|-[A-Za-z一-龥]|级| ?[:/] ?[0-9A-Za-z]|[.][0-9]|[、.)] ?[一-龥]{0}$",
        text[token.end : token.end + 3],
    ):
        return token
    if not token.low.is_chinese and words.names_ph(clause):
        return replace(token, unit=Unit("pH", Decimal(1)), unit_text="pH", is_bare=True)
    if token.is_lone_width:
        return replace(token, unit=NUMBER, is_bare=True)
    if token.low.is_chinese:
        return token
    named = find_unit(words.unit_of_header(clause))
    if named is not None and named != NUMBER:
        return replace(token, unit=named, unit_text=words.unit_of_header(clause), is_bare=True)
    if words.names_variable(clause):
        return token
    if not _is_figure(text, token, clause):
        return token
    if re.match(r" ?[、,和与及] ?\(?[0-9]", text[token.end : token.end + 4]):
        return replace(token, is_bare=True)  # a unit may come at the end of the list
    unit = NUMBER
    if re.search(r"(?:[A-Z][a-z]?|[一-龥])[:=≥≤<> ]*$", clause) and not words.names_figure(clause):
        share = words.share_of_header(text[max(0, token.start - HEADER) : token.start])
        unit = {"part": PART, "fraction": PERCENT}.get(share, NUMBER)
    return replace(token, unit=unit, is_bare=True)


def _is_figure(text: str, token: Token, clause: str) -> bool:
    decimals = "." in text[token.start : token.end]
    ends = re.match(
        r" ?(?:[、,。;)]|$|以[上下内]|左右|及|和|时|的)", text[token.end : token.end + 4]
    )
    if token.high is not None and (
        re.match(" ?(?:之间|范围)", text[token.end : token.end + 4])
        or (ends and re.search(r"(?:[A-Z][a-z]?|[一-龥])(?:[:=]| |为约?)?$", clause))
    ):
        return token.low.value < token.high.value
    if re.search(r"[≥≤<>]=? ?$", clause[-3:]):
        return True
    if not decimals:
        return ends is not None and re.search(r"[A-Za-z一-龥)] ?= ?$", clause[-4:]) is not None
    changes = words.change_by(clause, "", is_share=False) is not None
    if changes or words.change_to(clause) is not None:
        return True
    if ends is None:
        return False
    bound = words.comparator_before(clause)
    return (
        words.assigns(clause)
        or words.names_figure(clause)
        or re.search(r"[A-Za-z一-龥)] ?= ?$", clause[-4:]) is not None
        or (bound is not None and bound[0] is not Comparator.ABOUT)
    )
