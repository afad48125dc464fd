"""Reads quantities from text: numbers are found, given their units, then their comparators. Pure.

Linear in the text: each step looks at a window of fixed length around a number.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from decimal import Context, Decimal

from park.quantities import lexing, numerals, words
from park.quantities.numerals import Numeral
from park.quantities.units import COUNT, NUMBER, Unit, Written, find_unit, match_unit, per_time
from park.quantities.words import Comparator

_EXACT = Context(prec=15)
"""Digits kept of a value in base units, so that 1 t/a is the same however it is written."""
RATIO = Unit("ratio", Decimal(1))
MONEY = Unit("money", Decimal(1))
PERCENT = Unit("fraction", Decimal("0.01"))
PART = Unit("part", Decimal(1))
HEADER = 200
"""Characters before a figure in which the head of a list of contents is looked for."""
TOLERANCE = "tolerance:"


@dataclass(frozen=True, slots=True)
class Quantity:
    """An interval in the base unit of a dimension; None is an open end.

    A tolerance (±2 ℃) is the interval [0, 2] of the dimension `tolerance:temperature`; with its
    centre it is an interval as any. A change (提高20%) has a `change`, and only its size.
    """

    dimension: str
    low: Decimal | None
    high: Decimal | None
    low_open: bool = False
    high_open: bool = False
    text: str = ""
    start: int = 0
    end: int = 0
    comparator: Comparator = Comparator.EQ
    change: str = ""
    """"up" or "down" where the words say which way."""
    unit: str = ""
    """As written."""
    counts: str = ""
    """The counting word, of a count: 台."""
    is_stated: bool = False
    """Chosen in a form, so that "=" means just that."""


@dataclass(slots=True)
class _Token:
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


_START = re.compile(r"[0-9±]|[+＋]/-|[零一二两三四五六七八九十百千万亿]{1,20}")
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
_LIST = re.compile(r" ?\)? ?(?:、|,|和|与|或|及|以及|×|x|X|\*|/) ?\(?$")
_RATIO = re.compile(r" ?: ?(?=[0-9])")
_FRACTION = re.compile(r"(?<![0-9/.A-Za-z])([1-9][0-9]?)/([1-9][0-9]{0,2})(?![0-9/.A-Za-z%])")
_FRACTION_AFTER = re.compile(r"[的为到至约仅了低高少短是近、达] ?$")
_BEFORE_UNIT = re.compile(
    r"(?<![A-Za-z])(?P<unit>HRC|HRA|HRB|HV|HBW|HB|HS|[pP]H|￥|¥|US\$|\$)(?P<between> ?(?:[≥≤<>=]|>=|<=)? ?)$"
)
_SYMBOL = re.compile(r"(?:Ra|Rz|Sa|Rp|Rm|ReL|ReH|Rp0\.2|wt|Tg|Tm|Tc|Kv|KV)$")
_PURITY = re.compile(r"(?<![0-9A-Za-z.])(?P<nines>[2-9])N(?P<half>[0-9])?(?![0-9A-Za-z/·])")
_ITEM = re.compile(r"(?:^|[。;\n:,])[ (]*$")


def read(text: str, *, rates: bool = True) -> list[Quantity]:
    """All quantities of a text in order. What is no quantity for sure is left out.

    `rates`: whether 年产 10 万吨 is read as t/a; without, it is 10 万吨.
    """
    written, text = text, lexing.narrow(text)
    found: list[Quantity] = []
    waiting: list[_Token] = []
    names = lexing.find_names(text)
    starts = [start for start, _ in names]
    place = 0
    while match := _START.search(text, place):
        place = match.start()
        at = bisect_right(starts, place) - 1
        if at >= 0 and place < names[at][1]:
            place, waiting = names[at][1], []
            continue
        token = _token(text, place)
        if token is None:
            waiting = []
            place = _skip(text, match)
            continue
        place = token.end
        if waiting and not (
            len(waiting) < 12 and _LIST.fullmatch(text[waiting[-1].end : token.start])
        ):
            found += _bare(text, waiting, rates=rates)
            waiting = []
        if token.unit is None:
            waiting.append(token)
            continue
        if waiting and waiting[0].is_bare and (token.is_bare or token.unit == NUMBER):
            found += _bare(text, waiting, rates=rates)
        elif token.is_bare or token.unit == RATIO or token.is_nines:
            pass
        else:
            first = waiting[0] if waiting else token
            shared = [replace(one, written=token.written, unit=token.unit) for one in waiting]
            if len(shared) == 1 and _is_place_in_list(text, first):
                shared = []
            if token.written is not None and token.written.counts and len(shared) > 1:
                shared = []
            found += [_quantity(text, one, rates=rates, first=first) for one in shared]
        head = waiting[0] if waiting and not token.is_bare else token
        last = found[-1] if found else None
        found.append(_carry(text, last, _quantity(text, token, rates=rates, first=head)))
        waiting = []
    found += _bare(text, waiting, rates=rates)
    return [replace(one, text=written[one.start : one.end]) for one in found]


def _skip(text: str, match: re.Match[str]) -> int:
    """Behind the figures that are no number."""
    if match[0][0] in "±+":
        return match.end()
    run = re.compile(r"[0-9A-Za-z.]+").match(text, match.start())
    return max(run.end() if run else 0, match.end())


def _carry(text: str, last: Quantity | None, one: Quantity) -> Quantity:
    """分别降低了40%和16%: the second change has its words before the first."""
    if (
        last is not None
        and last.comparator is Comparator.CHANGE_BY
        and one.comparator is Comparator.EQ
        and last.dimension == one.dimension
        and re.fullmatch(" ?(?:、|和|与|及) ?", text[last.end : one.start][:4])
    ):
        return replace(one, comparator=Comparator.CHANGE_BY, change=last.change)
    return one


def _is_place_in_list(text: str, token: _Token) -> bool:
    """3、5台设备: the third thing listed."""
    return (
        text[token.end : token.end + 1] in ("、", ",", ")")
        and token.low.value <= 20
        and "." not in text[token.start : token.end]
        and _ITEM.search(text[max(0, token.start - 4) : token.start]) is not None
    )


# --- finding ---


def _token(text: str, start: int) -> _Token | None:
    before = text[max(0, start - 16) : start]
    if text[start] in "±+":
        width = _PM.match(text, start)
        number = numerals.digits_at(text, width.end()) if width else None
        if number is None:
            return None
        token = _Token(number, start, number.end, width=number.value, is_lone_width=True)
        return _with_unit(text, token)
    if text[start] not in "0123456789":
        return _chinese(text, start, before)
    purity = _PURITY.match(text, start)
    if purity and not words.speaks_of_force(before):
        return _nines(purity)
    prefix = _BEFORE_UNIT.search(before)
    if not prefix and re.search(r"[A-Za-z0-9.]$", before) and not _SYMBOL.search(before):
        return _letter_before(text, start, before)
    if re.search(r"[A-Za-z0-9)][-_#]$", before) and not re.search(r"[℃%‰]-$|[mgsahKVW]-$", before):
        return None  # HTR-10
    if before.endswith("几"):
        return None
    fraction = _FRACTION.match(text, start)
    if fraction and int(fraction[1]) < int(fraction[2]) and _FRACTION_AFTER.search(before):
        value = Decimal(fraction[1]) / Decimal(fraction[2])
        number = Numeral(value, start, fraction.end())
        return _Token(number, start, fraction.end(), unit=RATIO)
    number = numerals.digits_at(text, start)
    if number is None:
        return None
    ratio = _ratio(text, number)
    if ratio is not None:
        return ratio
    token = _Token(number, start, number.end)
    if re.search(r"(?:^|[^0-9A-Za-z)%℃]) ?-$", before) and _may_be_negative(text, token, before):
        token.sign, token.start = -1, start - 1
    elif before.endswith("零下"):
        token.sign, token.start = -1, start - 2
    token = _with_end(text, token)
    if prefix:
        return _with_unit_before(text, token, prefix)
    return _with_unit(text, token)


def _letter_before(text: str, start: int, before: str) -> _Token | None:
    """Si0.5%: a name with a share, taken only when there is no doubt."""
    number = numerals.digits_at(text, start)
    if number is not None and re.search("[A-Z]{2}$", before):  # 游离DNA14天
        token = _with_unit(text, _with_end(text, _Token(number, start, number.end)))
        return token if token.unit_text in ("天", "小时", "个月", "分钟", "℃") else None
    if not re.search(r"(?:^|[^0-9A-Za-z])[A-Z][a-z]?$", before):
        return None
    if number is None:
        return None
    token = _with_unit(text, _with_end(text, _Token(number, start, number.end)))
    if token.high is None and "." not in text[start : number.end]:
        return None
    return token if token.unit is not None and token.unit.dimension == "fraction" else None


def _may_be_negative(text: str, token: _Token, before: str) -> bool:
    """A minus, not a dash: of what can be below zero, or behind a comparator."""
    if re.search(r"[≥≤<>=~(到至] ?-$", before):
        return True
    ahead = _with_unit(text, _with_end(text, replace(token)))
    return ahead.unit is not None and ahead.unit.dimension in (
        "temperature", "voltage", "dB", "dBm", "deg", "ratio"
    )  # fmt: skip


def _chinese(text: str, start: int, before: str) -> _Token | None:
    """A number in Chinese numerals counts only with a unit, and 一 and 百 with more than that."""
    if re.search(r"[0-9A-Za-z第数几上若多每星周]$", before):
        return None
    number = numerals.words_at(text, start)
    if number is None:
        return None
    token = _Token(number, start, number.end)
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
        text, written.end if written else number.end + 1, before
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


def _nines(match: re.Match[str]) -> _Token:
    nines = int(match["nines"])
    value = 1 - Decimal(1).scaleb(-nines)
    if match["half"]:
        value += Decimal(int(match["half"])).scaleb(-nines - 1)
    number = Numeral(value, match.start(), match.end())
    return _Token(
        number, match.start(), match.end(), unit=Unit("fraction", Decimal(1)), unit_text="N",
        is_nines=True,
    )  # fmt: skip


def _ratio(text: str, first: Numeral) -> _Token | None:
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
    token = _Token(numeral, first.start, end, unit=RATIO)
    if low != high:
        token.high = Numeral(max(low, high), first.start, end)
    return token


def _with_end(text: str, token: _Token) -> _Token:
    """The other end of a range or the width of a tolerance, when one follows."""
    end = token.end
    inner = _unit_at(text, end)
    if inner is not None:
        end = inner.end
    elif text[end : end + 1] == "°":
        end += 1
    width = _PM.match(text, end)
    if width:
        number = numerals.digits_at(text, width.end())
        if number is not None:
            return replace(token, width=number.value, end=number.end)
    match = _RANGE.match(text, end)
    if match is None:
        return token
    at, sign = match.end(), 1
    if text[at] in "+-":
        sign, at = (-1 if text[at] == "-" else 1), at + 1
    high = numerals.digits_at(text, at)
    if high is None or re.match(r"-[0-9A-Za-z]", text[high.end : high.end + 2]):
        return token
    if high.times != 1 and token.low.times == 1 and inner is None:
        # 5~10万吨: ten thousand of both
        token.low = replace(token.low, value=token.low.value * high.times)
    outer = _unit_at(text, high.end)
    if inner is not None:
        if outer is None or outer.powers != inner.powers:
            return token
        if inner.factor != outer.factor:
            token.low = replace(token.low, value=token.low.value * inner.factor / outer.factor)
    if match[0].strip() in ("-",) and inner is None and sign == -1:
        return token
    return replace(token, high=high, high_sign=sign, end=high.end)


def _unit_at(text: str, end: int) -> Written | None:
    if text[end : end + 1] == " ":
        end += 1
        if text[end : end + 1] == " ":
            end += 1
    return match_unit(text, end)


def _with_unit(text: str, token: _Token) -> _Token:
    """The unit behind, or none yet."""
    end = token.end
    if text[end : end + 1] == ")" and text[token.start - 1 : token.start] == "(":
        if (token.width is not None or token.high is not None) and _unit_at(text, end + 1):
            end += 1  # (3.18±0.20) mg
    written = _unit_at(text, end)
    before = text[max(0, token.start - 20) : token.start]
    if written is not None and _is_name(text, token, written, end):
        written = None
    if written is not None and text[end : written.end].strip() in ("T", "T/h", "T/d", "T/a"):
        if not re.search("[磁场感]", before):
            tonne = match_unit(text[end : written.end].strip().lower(), 0)
            assert tonne is not None
            written = tonne._replace(end=written.end)
    if written is not None and text[end : written.end].strip() == "C":
        written = written._replace(powers=(("C-rate", 1),))
    if written is not None and text[end : written.end].strip() == "周" and "循环" in before:
        written = written._replace(powers=(("#周", 1),), factor=Decimal(1), counts="周")
    if written is not None:
        start = written.end - len(text[end : written.end].lstrip())
        token.written, token.unit, token.unit_text = (
            written,
            written.unit(),
            text[start : written.end],
        )
        token.end = written.end
        return token
    rest = text[end : end + 3].lstrip()
    if rest.startswith("度") and rest[1:2] not in ("假", "过"):
        place = text.index("度", end)
        token.end, token.unit_text = place + 1, "度"
        is_heat = (
            words.speaks_of_heat(before, text[place + 1 : place + 11]) or abs(token.low.value) > 360
        )
        token.unit = Unit("temperature" if is_heat else "deg", Decimal(1))
        return token
    if rest.startswith("级") and words.speaks_of_grain(before):
        token.end, token.unit_text = text.index("级", end) + 1, "级"
        token.unit = Unit("unit:级", Decimal(1))
        return token
    clause = words.clause_before(text, token.start)
    times = token.high.times if token.high else token.low.times
    if times != 1 and not token.low.is_chinese and words.speaks_of_money(clause):
        if not re.match(r" ?[一-龥]{0,1}(?:吨|只|台|套|件|头|株|级)", text[end : end + 3]):
            token.unit = MONEY
            return token
    return _as_figure(text, token, clause)


def _is_name(text: str, token: _Token, written: Written, end: int) -> bool:
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


def _is_tonne(text: str, token: _Token) -> bool:
    """10T行车: a tonne, written large."""
    around = text[max(0, token.start - 10) : token.start] + text[token.end : token.end + 6]
    return re.search("[重载吊产炉卷槽量]|行车|设备", around) is not None


def _with_unit_before(text: str, token: _Token, match: re.Match[str]) -> _Token:
    """HRC58, pH6, ￥30. Touching, it belongs to the span."""
    name = {"￥": "元", "¥": "元", "$": "美元", "US$": "美元"}.get(match["unit"], match["unit"])
    if match["unit"].lower() == "ph":
        token.unit, token.unit_text = Unit("pH", Decimal(1)), "pH"
    else:
        token.unit, token.unit_text = find_unit(name), match["unit"]
    if not match["between"] and token.sign > 0:
        token.start -= len(match["unit"])
    return token


def _as_figure(text: str, token: _Token, clause: str) -> _Token:
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


def _is_figure(text: str, token: _Token, clause: str) -> bool:
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


def _bare(text: str, tokens: list[_Token], *, rates: bool) -> list[Quantity]:
    """Numbers in a row that no unit came for: figures, when the first is one."""
    if not tokens or not tokens[0].is_bare:
        return []
    return [
        _quantity(text, replace(one, unit=NUMBER), rates=rates, first=tokens[0]) for one in tokens
    ]


# --- meaning ---


def _quantity(text: str, token: _Token, *, rates: bool, first: _Token) -> Quantity:
    assert token.unit is not None
    clause = words.clause_before(text, first.start if first is not token else token.start)
    unit, written = token.unit, token.written
    if rates and written is not None and unit.dimension in ("mass", "money", COUNT, "volume"):
        seconds = words.seconds_of_rate(clause)
        if (seconds is not None and unit.dimension != "volume") or seconds is not None:
            unit = per_time(written, seconds).unit()
    if unit == MONEY and rates and (seconds := words.seconds_of_rate(clause)) is not None:
        unit = per_time(Written((("CNY", 1),), Decimal(1), 0), seconds).unit()
    if unit.dimension == "temperature_k" and token.width is not None and token.is_lone_width:
        unit = Unit("temperature", unit.factor)
    comparator, change, low, high = _ends(text, token, clause, unit)
    dimension = unit.dimension
    if dimension == "temperature_k" and comparator is Comparator.CHANGE_BY:
        dimension = "temperature"
    if token.is_lone_width:
        dimension = TOLERANCE + dimension
    return Quantity(
        dimension,
        None if low is None else _EXACT.multiply(low, unit.factor).normalize(_EXACT),
        None if high is None else _EXACT.multiply(high, unit.factor).normalize(_EXACT),
        low_open=comparator is Comparator.GT,
        high_open=comparator is Comparator.LT,
        text=text[token.start : token.end],
        start=token.start,
        end=token.end,
        comparator=comparator,
        change=change,
        unit=token.unit_text,
        counts=written.counts if written is not None else "",
    )


def _ends(
    text: str, token: _Token, clause: str, unit: Unit
) -> tuple[Comparator, str, Decimal | None, Decimal | None]:
    """Comparator, direction of a change, and both ends in the unit as written."""
    low = token.low.value * token.sign
    if token.is_nines:
        return Comparator.GE, "", low, None
    if token.is_lone_width:
        return Comparator.PM, "", Decimal(0), low
    if token.width is not None:
        return Comparator.PM, "", low - token.width, low + token.width
    found = words.comparator_before(clause)
    rest = clause
    bound = None
    if found:
        bound, rest = found
    if bound is Comparator.ABOUT and unit.dimension == "time" and words.is_recent(clause):
        bound = None
    if bound in (None, Comparator.ABOUT):
        bound = words.comparator_after(text, token.end, clause) or bound
    if unit == RATIO and token.unit_text == "" and "约" in clause[-14:]:
        bound = bound or Comparator.ABOUT  # 约是常规灌溉的1/3
    if token.low.is_more:
        bound = Comparator.GT
    change = words.change_to(rest)
    kind: Comparator | None = Comparator.CHANGE_TO if change is not None else None
    if kind is None and bound is None:
        change = words.change_to(clause)
        kind = Comparator.CHANGE_TO if change is not None else None
    if kind is None:
        is_share = unit.dimension in ("fraction", "ratio")
        change = words.change_by(rest, text[token.end : token.end + 12], is_share=is_share)
        kind = Comparator.CHANGE_BY if change is not None else None
    if token.high is not None:
        high = token.high.value * token.high_sign
        low, high = min(low, high), max(low, high)
        return kind or Comparator.RANGE, change or "", low, high
    if bound in (Comparator.GE, Comparator.GT):
        return kind or bound, change or "", low, None
    if bound in (Comparator.LE, Comparator.LT):
        return kind or bound, change or "", None, low
    return kind or bound or Comparator.EQ, change or "", low, low


# --- structured fields ---


def named_as_change(quantity: Quantity, name: str) -> Quantity:
    """The share of a structured indicator as a change where its name says so: 能耗降低 ≥ 20 %."""
    change = words.change_in_name(name)
    if not change or quantity.dimension not in ("fraction", "ratio"):
        return quantity
    return replace(quantity, comparator=Comparator.CHANGE_BY, change=change)


def from_fields(
    comparator: str, value: Decimal | None, value_max: Decimal | None, unit: str
) -> Quantity | None:
    """The quantity of a structured indicator, or None when it has no value.

    A unit that nobody listed is a dimension of its own: 64 张 can be compared with 80 张 and with
    nothing else.
    """
    if value is None:
        return None
    plain = "".join(lexing.narrow(unit).split())
    known = find_unit(lexing.narrow(unit)) or find_unit(plain)
    if known is None:
        known = Unit(f"unit:{plain}", Decimal(1))
    low = _EXACT.multiply(value, known.factor).normalize(_EXACT)
    if comparator == "range" and value_max is not None:
        high = _EXACT.multiply(value_max, known.factor).normalize(_EXACT)
        low, high = min(low, high), max(low, high)
        return Quantity(
            known.dimension, low, high, comparator=Comparator.RANGE, unit=unit, is_stated=True
        )
    kind = Comparator(comparator) if comparator in set(Comparator) else Comparator.EQ
    if kind is Comparator.RANGE:
        kind = Comparator.EQ
    return Quantity(
        known.dimension,
        None if kind in (Comparator.LE, Comparator.LT) else low,
        None if kind in (Comparator.GE, Comparator.GT) else low,
        low_open=kind is Comparator.GT,
        high_open=kind is Comparator.LT,
        comparator=kind,
        unit=unit,
        counts=plain.lstrip("十百千万亿") if known.dimension == COUNT else "",
        is_stated=comparator == "eq",
    )
