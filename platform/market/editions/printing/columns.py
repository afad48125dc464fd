"""The order and headings of a real list, for paper and for Excel alike. Editions are in Chinese."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from market.editions.models import EditionEntry
from market.listings.exports import indicator_lines
from market.listings.kinds import CapabilityKind, IpStance, ListingKind, NeedKind
from park.vocabularies.models import Term, Vocabulary

THROUGH_THE_PARK = "经园区对接"
TEN_THOUSAND = 10_000
NOTHING = "—"
"""Unknown, or not public: a list does not say which."""

Names = Mapping[tuple[str, str], str]
"""(vocabulary, code) → its Chinese name."""


@dataclass(frozen=True, slots=True)
class PrintColumn:
    heading: str
    width: float
    """Millimetres; together they fill a landscape A4 page."""
    sheet_width: float
    """Characters, in Excel."""
    read: Callable[[EditionEntry, Names], str]
    is_centred: bool = False


def chinese_names() -> Names:
    names: dict[tuple[str, str], str] = {}
    rows = Term.objects.filter(vocabulary=Vocabulary.CHAIN)
    for code, name in rows.values_list("code", "name_zh"):
        names["chain", code] = name
    for vocabulary, choices in (
        ("need_kind", NeedKind),
        ("capability_kind", CapabilityKind),
        ("ip_stance", IpStance),
    ):
        for choice in choices:
            names[vocabulary, choice.value] = str(choice.label)
    return names


def _text(name: str) -> Callable[[EditionEntry, Names], str]:
    return lambda entry, names: entry.content[name] or NOTHING


def _named(name: str, vocabulary: str) -> Callable[[EditionEntry, Names], str]:
    def read(entry: EditionEntry, names: Names) -> str:
        code = entry.content[name]
        return names.get((vocabulary, code), code) if code else NOTHING

    return read


def _indicators(entry: EditionEntry, names: Names) -> str:
    lines = (indicator_lines(entry.content) or "").splitlines()
    if len(lines) < 2:
        return lines[0] if lines else NOTHING
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))


def money_band(low: Any, high: Any) -> str:
    """In 万元, with no more decimals than it takes; an open end is said in words."""
    if low is None and high is None:
        return NOTHING
    if low is None:
        return f"不超过{_wan(high)}万元"
    if high is None:
        return f"{_wan(low)}万元起"
    return f"{_wan(low)}万元" if low == high else f"{_wan(low)}～{_wan(high)}万元"


def _wan(yuan: float) -> str:
    return f"{yuan / TEN_THOUSAND:.6f}".rstrip("0").rstrip(".")


def _money(low: str, high: str) -> Callable[[EditionEntry, Names], str]:
    return lambda entry, names: money_band(entry.content[low], entry.content[high])


def _day(name: str) -> Callable[[EditionEntry, Names], str]:
    def read(entry: EditionEntry, names: Names) -> str:
        if not entry.content[name]:
            return NOTHING
        day = date.fromisoformat(entry.content[name])
        return f"{day.year}年{day.month}月{day.day}日"

    return read


def _contact(entry: EditionEntry, names: Names) -> str:
    """What was frozen holds contact data only if its level made it public."""
    parts = [entry.content[f"contact_{name}"] for name in ("name", "phone", "email")]
    return " ".join(part for part in parts if part) or THROUGH_THE_PARK


def _stage(entry: EditionEntry, names: Names) -> str:
    level = entry.content["maturity"]
    return f"TRL {level}" if level else NOTHING


def _words(entry: EditionEntry, names: Names) -> str:
    return "、".join(entry.content["keywords"] or ()) or NOTHING


_NUMBER = PrintColumn("序号", 9, 6, lambda entry, names: str(entry.position), is_centred=True)
_CHAIN = PrintColumn("产业链", 15, 12, _named("chain", "chain"))
_CONTACT = PrintColumn("联系方式", 16, 16, _contact)

COLUMNS: Mapping[ListingKind, tuple[PrintColumn, ...]] = {
    ListingKind.NEED: (
        _NUMBER,
        PrintColumn("技术需求名称", 27, 28, _text("title")),
        _CHAIN,
        PrintColumn("拟解决的主要技术问题", 46, 48, _text("problem")),
        PrintColumn("技术目标", 34, 36, _text("goals")),
        PrintColumn("核心考核指标", 36, 36, _indicators),
        PrintColumn("完成时限", 17, 16, _day("due_on")),
        PrintColumn("产权归属", 14, 12, _named("ip_stance", "ip_stance")),
        PrintColumn("资金投入", 18, 18, _money("budget_min", "budget_max")),
        PrintColumn("对揭榜方的条件", 26, 28, _text("solver_conditions")),
        PrintColumn("提出单位", 21, 24, lambda entry, names: entry.organisation_name),
        _CONTACT,
    ),
    ListingKind.CAPABILITY: (
        _NUMBER,
        PrintColumn("成果名称", 30, 28, _text("title")),
        PrintColumn("关键词", 20, 20, _words),
        PrintColumn("体现形式", 15, 12, _named("kind", "capability_kind")),
        PrintColumn("所处阶段/成熟度", 16, 14, _stage, is_centred=True),
        PrintColumn("主要创新点", 46, 44, _text("innovation")),
        PrintColumn("技术经济指标", 38, 36, _indicators),
        PrintColumn("应用和推广情况", 42, 40, _text("applications")),
        PrintColumn("知识产权情况", 24, 22, _text("ip_status")),
        PrintColumn("完成单位", 23, 24, lambda entry, names: entry.organisation_name),
        _CONTACT,
    ),
}
