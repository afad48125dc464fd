# ruff: noqa: E501 (patterns and word lists are read by the row; a Chinese sign counts as two)
"""A text made plain without moving a character, and where in it figures are names. Pure."""

import re
import unicodedata

_FULL_WIDTH = {
    chr(code): plain
    for code in (*range(0xFF01, 0xFFF0), 0x2126, 0x212B)
    if len(plain := unicodedata.normalize("NFKC", chr(code))) == 1
}
_PLAINER = str.maketrans(
    {
        **_FULL_WIDTH,
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d\u2500", "-"),
        **dict.fromkeys("\uff5e\u301c\u223c\ufe63\u02dc", "~"),
        **dict.fromkeys("\u2236\ufe30\uff1a", ":"),
        **dict.fromkeys("\u00b5\u03bc", "μ"),
        **dict.fromkeys("✕⨯╳", "×"),
        **dict.fromkeys("\u2215\u2044\uff0f", "/"),
        **dict.fromkeys("\u00a0\u2002\u2003\u2009\u202f\u3000\t", " "),
        **dict.fromkeys("≦⩽", "≤"),
        **dict.fromkeys("≧⩾", "≥"),
        "\ufe65": ">",
        "\ufe64": "<",
        "•": "·",
    }
)


def narrow(text: str) -> str:
    """Full-width signs as narrow ones, all dashes, tildes and blanks as one of each.

    One character stays one character, so that offsets fit the caller's text.
    """
    return text.translate(_PLAINER)


# Figures that name something: the reader starts no number inside of them.
_NAME_FORMS = (
    # dates, years and clock times
    r"(?<![0-9.])(?:19|20)[0-9]{2} ?[-~至到/] ?(?:(?:19|20)[0-9]{2}) ?年?",
    r"(?<![0-9.])(?:19|20)[0-9]{2} ?年(?:度|初|底|末|代)?(?: ?[0-9]{1,2} ?月(?:份|底|初)?(?: ?[0-9]{1,2} ?[日号])?)?",
    r"(?<![0-9.])(?:19|20)[0-9]{2}[-/.][0-9]{1,2}[-/.][0-9]{1,2}(?![0-9])",
    r"(?<![0-9.个])[0-9]{1,2} ?月(?:份| ?[0-9]{1,2} ?[日号])",
    r"(?<![0-9.])[0-9]{1,2} ?(?:[-~至到] ?[0-9]{1,2} ?)?月(?!球|产)",
    r"(?<![0-9.])[0-9]{2} ?世纪|[一二三四五六七八九十]{1,3}世纪|(?<![0-9.])[0-9]{2}年代",
    r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})(?![0-9])",
    r"(?<![0-9])7 ?[×xX*] ?24 ?(?:小时|h)?",
    # places in a list, ordinals, figures and tables
    r"第 ?(?:[0-9]{1,5}|[一二三四五六七八九十百零]{1,5})(?: ?[、~至到-] ?第? ?[0-9]{1,4})? ?[一-龥]?",
    (
        r"(?:图|表|式|权利要求|实施例|步骤|方案|附图|编号|序号|阶段|类型|型号|方法|公式|文献|试样|样品|组)"
        r" ?\(?[0-9]{1,3}(?:[-.][0-9]{1,3})?\)?(?![0-9.%℃])(?= ?(?:[一-龥,。;:、)\]]|$))(?! ?[年月天倍台套吨个件])"
    ),
    r"\[[0-9]{1,3}(?:[-,、][0-9]{1,3})*\]",
    # standards and classes by name, with a blank before their number
    (
        r"(?:GB|JB|HG|YB|YS|DB|SH|QB|ISO|IEC|ASTM|EN|DIN|JIS|API|SY|DL|CJ|NB|HJ|TB|QC|IATF|ANSI|IEEE|RoHS|UL)"
        r"(?:/[TZ])?[ -]?[A-Z]?[0-9][0-9.]{0,9}(?:[-:/][0-9]{1,6}){0,2}"
    ),
    r"(?:TRL|IP|DN|PN|AZ|CAS|USB|WiFi|MPEG|PCIe|LTE|IPv|Windows|Python|Office|Web|LED|PM|COVID|IMT|NO\.?|No\.?|Ver|Q)[ -][0-9][0-9.]{0,9}",
    r"IP[vV][46]|(?<![0-9.])[23456]G(?![A-Za-z])|(?<![0-9.])[1-9]D(?![0-9])",
    r"(?<![0-9.])(?:20[1-5]|30[1-9]|31[0-7]|32[19]|347|4[0-4][0-9]|904|2205|2507)(?:LN?|N|H|HR|Ti|Cr|\(Ti\))(?![A-Za-z/0-9])",
    # telephone and account numbers
    r"(?<![0-9])0[0-9]{2,3}-[0-9]{7,8}(?![0-9])|(?<![0-9])1[3-9][0-9]{9}(?![0-9])",
    # chemical locants: 1,3,5-三苯基苯, 2-甲基
    r"(?<![0-9.])(?:[0-9]{1,2}'?,){1,5}[0-9]{1,2}'?-(?=[一-龥A-Za-z])",
    r"百分百|十分|万一|千万别|千万不|十全|百度|七夕|三七|五金|一万小时定律|双一流|九三",
)
_NAMES = re.compile("|".join(_NAME_FORMS))
_REFERENCE = re.compile(r"[一-龥]\([0-9]{1,4}[A-Za-z]?(?:[,、][0-9]{1,4}[A-Za-z]?)*\)")
_UNIT_IN_BRACKETS = re.compile(r"[0-9][mgVWANJKsht]\)$")


def find_names(text: str) -> list[tuple[int, int]]:
    """Spans of a narrowed text whose figures name something, in order: dates, standards, signs."""
    spans = [match.span() for match in _NAMES.finditer(text)]
    signs = list(_REFERENCE.finditer(text))
    is_drawing = len(signs) > 1  # reference signs come in numbers: 壳体(12), 壁(12a)
    spans += [
        (one.start() + 1, one.end())
        for one in signs
        if is_drawing or not _UNIT_IN_BRACKETS.search(one[0])
    ]
    return sorted(spans)
