"""What to ask the other side: a sentence for each open indicator, and the one that decides most.

Pure. The sentences are ready to send, so they are made here and not by a page, in both languages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matching import scoring
from matching.sources import Facets
from park.quantities import Verdict

SIGNS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<", "about": "≈", "": ""}
CHANGES = {"up": ("提高", "an increase of "), "down": ("降低", "a decrease of "), "": ("", "")}
_OF_INDICATORS = ("indicators", "musts")
"""The features that an answer changes."""
LONGEST = 60
"""Characters of a title or a text inside a question."""


@dataclass(frozen=True, slots=True)
class Question:
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class OneQuestion:
    """The open indicator whose answer would decide most."""

    indicator: int
    """Its place among the indicators."""
    band_if_met: str
    open_musts: int
    """Musts that stay unknown besides this one: 0 when its answer settles the pair."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A stored judgement as `scoring` asks for one."""

    verdict: Verdict
    must: bool


def question_about(row: Mapping[str, Any], offer_title: str) -> Question:
    """One polite sentence to the offering side about a stored judgement (`Judgement.as_json`)."""
    title, name = _short(offer_title), _short(row["name"])
    value = row["need"]["value"]
    if value is None:
        asked = _short(row["need"]["text"])
        return Question(
            f"您好，请问贵方“{title}”能否满足“{asked}”这项要求，目前的实测或保证情况如何？",
            f"Could you please tell us whether your “{title}” satisfies “{asked}”, and what you "
            "measure or guarantee at present?",
        )
    zh, en = CHANGES[value["change"]]
    asked = f"{SIGNS[value['sign']]} {value['text']}".strip()
    return Question(
        f"您好，请问贵方“{title}”的{name}能否达到{zh}{' ' if zh else ''}{asked} 的要求，"
        "目前的实测值或保证值是多少？",
        f"Could you please tell us whether your “{title}” reaches {en}{asked} for “{name}”, and "
        "what value you measure or guarantee at present?",
    )


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def one_question(
    features: Mapping[str, float | None], rows: Sequence[Mapping[str, Any]]
) -> OneQuestion | None:
    """None when nothing is open, or when a must is violated: then no answer makes it a match."""
    known = [_Row(Verdict(row["verdict"]), bool(row["must"])) for row in rows]
    if any(row.must and row.verdict is Verdict.NOT_MET for row in known):
        return None
    is_open = [at for at, row in enumerate(known) if row.verdict is Verdict.UNKNOWN]
    if not is_open:
        return None

    def score_with(at: int, verdict: Verdict) -> float:
        answered = [*known[:at], _Row(verdict, known[at].must), *known[at + 1 :]]
        facts = scoring.fact_features(Facets(), Facets(), answered)  # type: ignore[arg-type]
        return scoring.score(
            {**features, **{name: facts[name] for name in ("indicators", "musts")}}
        )

    def weight(at: int) -> tuple[bool, float, bool, int]:
        """Musts first, then what moves the score most, then what a number can settle."""
        stake = score_with(at, Verdict.MET) - score_with(at, Verdict.NOT_MET)
        return known[at].must, round(stake, 6), rows[at]["need"]["value"] is not None, -at

    best = max(is_open, key=weight)
    open_musts = sum(known[at].must for at in is_open if at != best)
    return OneQuestion(best, scoring.band(score_with(best, Verdict.MET)) or "", open_musts)
