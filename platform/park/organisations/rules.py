"""Whether what is on file meets a published condition (pure).

A condition's rule is data: `{"kind": …}` with the keys below. What is not on file stays unknown,
and an unknown part makes the whole unknown unless another part already decides it.

    at_most, at_least,
    more_than               fact, value (numbers; the newest year)
    is_true                 fact (a flag)
    age_at_least            fact (a day), months
    share_at_least          fact, of, percent (both of the same, newest common year)
    ratio_by_band           fact, of, years, bands [{"up_to": revenue or null, "percent"}]
    one_of                  rules: met when any is
    all_of                  rules: met when all are
    by_hand                 nothing is computed: always unknown here
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from park.organisations.facts import SPECS, FactOnFile, FactShape
from park.organisations.kinds import FactKey

MAX_DEPTH = 3
MAX_RULES = 10
MAX_YEARS = 5

Rule = Mapping[str, Any]


class Verdict(StrEnum):
    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with what it was computed from. `computed` is a ratio or share in percent, or an
    age in months, where there is one."""

    verdict: Verdict
    used: tuple[FactOnFile, ...] = ()
    missing: tuple[FactKey, ...] = ()
    computed: float | None = None


@dataclass(frozen=True)
class FactBook:
    """The facts on file, at most one for each key and year."""

    facts: tuple[FactOnFile, ...]
    _by_key: dict[FactKey, dict[int | None, FactOnFile]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        by_key: dict[FactKey, dict[int | None, FactOnFile]] = {}
        for fact in self.facts:
            by_key.setdefault(fact.key, {})[fact.year] = fact
        object.__setattr__(self, "_by_key", by_key)

    def newest(self, key: FactKey) -> FactOnFile | None:
        years = self._by_key.get(key)
        return None if not years else years[max(years, key=lambda year: year or 0)]

    def of_year(self, key: FactKey, year: int | None) -> FactOnFile | None:
        return self._by_key.get(key, {}).get(year)

    def years(self, key: FactKey) -> set[int]:
        return {year for year in self._by_key.get(key, {}) if year is not None}


def judge(rule: Rule, book: FactBook, today: date) -> Judgement:
    """The verdict on a rule that `rule_faults` finds no fault with."""
    match rule["kind"]:
        case "at_most" | "at_least" | "more_than":
            return _compare(rule, book)
        case "is_true":
            fact = book.newest(FactKey(rule["fact"]))
            if fact is None:
                return _missing(FactKey(rule["fact"]))
            return Judgement(_verdict(bool(fact.value)), (fact,))
        case "age_at_least":
            return _age(rule, book, today)
        case "share_at_least":
            return _share(rule, book)
        case "ratio_by_band":
            return _ratio(rule, book)
        case "one_of":
            return _combine([judge(part, book, today) for part in rule["rules"]], Verdict.MET)
        case "all_of":
            return _combine([judge(part, book, today) for part in rule["rules"]], Verdict.NOT_MET)
    return Judgement(Verdict.UNKNOWN)


def _verdict(is_met: bool) -> Verdict:
    return Verdict.MET if is_met else Verdict.NOT_MET


def _missing(*keys: FactKey) -> Judgement:
    return Judgement(Verdict.UNKNOWN, missing=keys)


def _compare(rule: Rule, book: FactBook) -> Judgement:
    fact = book.newest(FactKey(rule["fact"]))
    if fact is None:
        return _missing(FactKey(rule["fact"]))
    limit = Decimal(str(rule["value"]))
    value = _number(fact)
    is_met = {"at_most": value <= limit, "at_least": value >= limit, "more_than": value > limit}[
        rule["kind"]
    ]
    return Judgement(_verdict(is_met), (fact,))


def _age(rule: Rule, book: FactBook, today: date) -> Judgement:
    fact = book.newest(FactKey(rule["fact"]))
    if fact is None or not isinstance(fact.value, date):
        return _missing(FactKey(rule["fact"]))
    start = fact.value
    months = (today.year - start.year) * 12 + today.month - start.month
    # One who began on the 31st is a month older on the last day of a shorter month.
    if today.day < min(start.day, monthrange(today.year, today.month)[1]):
        months -= 1
    return Judgement(_verdict(months >= rule["months"]), (fact,), computed=float(months))


def _share(rule: Rule, book: FactBook) -> Judgement:
    """Of one year: the newest that has both."""
    part_key, whole_key = FactKey(rule["fact"]), FactKey(rule["of"])
    common = book.years(part_key) & book.years(whole_key)
    if not common:
        return _missing(*(k for k in (part_key, whole_key) if not book.years(k)))
    part, whole = book.of_year(part_key, max(common)), book.of_year(whole_key, max(common))
    assert part is not None and whole is not None  # noqa: PT018, S101 - the year is common
    return _percent_at_least([part], [whole], Decimal(str(rule["percent"])))


def _ratio(rule: Rule, book: FactBook) -> Judgement:
    """Sums over consecutive years that end with the newest common one.

    The band is chosen by the base of the newest year. A firm younger than the years asked for is
    judged by those it has: the caller says so by leaving no gap; a gap is unknown.
    """
    part_key, whole_key = FactKey(rule["fact"]), FactKey(rule["of"])
    common = book.years(part_key) & book.years(whole_key)
    if not common:
        return _missing(*(k for k in (part_key, whole_key) if not book.years(k)))
    newest = max(common)
    wanted = _years_wanted(rule["years"], newest, book)
    if not set(wanted) <= common:
        gaps = [k for k in (part_key, whole_key) if not set(wanted) <= book.years(k)]
        return Judgement(
            Verdict.UNKNOWN,
            tuple(f for y in wanted for k in (part_key, whole_key) if (f := book.of_year(k, y))),
            tuple(gaps),
        )
    parts = [fact for year in wanted if (fact := book.of_year(part_key, year))]
    wholes = [fact for year in wanted if (fact := book.of_year(whole_key, year))]
    base = _number(wholes[0])
    band = next(
        band for band in rule["bands"] if band["up_to"] is None or base <= Decimal(band["up_to"])
    )
    return _percent_at_least(parts, wholes, Decimal(str(band["percent"])))


def _years_wanted(years: int, newest: int, book: FactBook) -> list[int]:
    """Newest first; not before the first whole year of the firm where its founding is on file."""
    wanted = [newest - back for back in range(years)]
    founded = book.newest(FactKey.FOUNDED_ON)
    if founded is not None and isinstance(founded.value, date):
        wanted = [year for year in wanted if year >= founded.value.year] or wanted[:1]
    return wanted


def _percent_at_least(
    parts: list[FactOnFile], wholes: list[FactOnFile], percent: Decimal
) -> Judgement:
    used = tuple(fact for pair in zip(parts, wholes, strict=True) for fact in pair)
    total = sum((_number(fact) for fact in wholes), Decimal(0))
    if total == 0:
        return Judgement(Verdict.UNKNOWN, used)
    part = sum((_number(fact) for fact in parts), Decimal(0))
    # Compared exactly, without the quotient.
    return Judgement(
        _verdict(part * 100 >= percent * total), used, computed=round(float(part * 100 / total), 2)
    )


def _combine(judgements: list[Judgement], decisive: Verdict) -> Judgement:
    verdicts = {judgement.verdict for judgement in judgements}
    other = Verdict.NOT_MET if decisive is Verdict.MET else Verdict.MET
    if decisive in verdicts:
        verdict = decisive
    elif Verdict.UNKNOWN in verdicts:
        verdict = Verdict.UNKNOWN
    else:
        verdict = other
    used = dict.fromkeys(fact for judgement in judgements for fact in judgement.used)
    missing = dict.fromkeys(key for judgement in judgements for key in judgement.missing)
    return Judgement(verdict, tuple(used), tuple(missing) if verdict is Verdict.UNKNOWN else ())


def _number(fact: FactOnFile) -> Decimal:
    return fact.value if isinstance(fact.value, Decimal) else Decimal(0)


NUMBERS = (FactShape.COUNT, FactShape.MONEY, FactShape.SCORE)
_KEYS: Mapping[str, frozenset[str]] = {
    "at_most": frozenset({"kind", "fact", "value"}),
    "at_least": frozenset({"kind", "fact", "value"}),
    "more_than": frozenset({"kind", "fact", "value"}),
    "is_true": frozenset({"kind", "fact"}),
    "age_at_least": frozenset({"kind", "fact", "months"}),
    "share_at_least": frozenset({"kind", "fact", "of", "percent"}),
    "ratio_by_band": frozenset({"kind", "fact", "of", "years", "bands"}),
    "one_of": frozenset({"kind", "rules"}),
    "all_of": frozenset({"kind", "rules"}),
    "by_hand": frozenset({"kind"}),
}


def is_sound(rule: Any, depth: int = 1) -> bool:
    """Whether `judge` can read it: staff may edit rules, and a broken one must not be kept."""
    if not isinstance(rule, Mapping) or not isinstance(rule.get("kind"), str):
        return False
    kind = rule["kind"]
    if kind not in _KEYS or set(rule) != _KEYS[kind]:
        return False
    match kind:
        case "one_of" | "all_of":
            parts = rule["rules"]
            is_list = isinstance(parts, list) and 1 <= len(parts) <= MAX_RULES
            return is_list and depth < MAX_DEPTH and all(is_sound(p, depth + 1) for p in parts)
        case "at_most" | "at_least" | "more_than":
            return _has_shape(rule["fact"], NUMBERS) and _is_amount(rule["value"])
        case "is_true":
            return _has_shape(rule["fact"], (FactShape.FLAG,))
        case "age_at_least":
            return _has_shape(rule["fact"], (FactShape.DAY,)) and _is_whole(rule["months"], 1200)
        case "share_at_least":
            return _are_yearly(rule["fact"], rule["of"]) and _is_amount(rule["percent"])
        case "ratio_by_band":
            return (
                _are_yearly(rule["fact"], rule["of"])
                and _is_whole(rule["years"], MAX_YEARS)
                and _are_bands(rule["bands"])
            )
    return True


def _has_shape(key: Any, shapes: Iterable[FactShape]) -> bool:
    return isinstance(key, str) and key in FactKey.values and SPECS[FactKey(key)].shape in shapes


def _are_yearly(*keys: Any) -> bool:
    return all(_has_shape(key, NUMBERS) and SPECS[FactKey(key)].is_yearly for key in keys)


def _is_amount(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and 0 <= value <= 1e13


def _is_whole(value: Any, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most


def _are_bands(bands: Any) -> bool:
    """Rising, the last one open."""
    if not isinstance(bands, list) or not 1 <= len(bands) <= MAX_RULES:
        return False
    if not all(isinstance(band, Mapping) and set(band) == {"up_to", "percent"} for band in bands):
        return False
    if not all(_is_amount(band["percent"]) for band in bands):
        return False
    limits = [band["up_to"] for band in bands]
    if limits[-1] is not None or not all(_is_amount(limit) for limit in limits[:-1]):
        return False
    return limits[:-1] == sorted(limits[:-1])
