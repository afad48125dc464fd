"""When two entries of one kind are nearly the same. Pure.

Chosen on 348 real needs (60,378 pairs): nine pairs are said to be alike, four of them the same
request of two firms, five the projects of one firm with the same text around them. Of 80 needs
written anew (endings of the title cut, the first 60 % or the other half of the text, sentences
shuffled, the title alone) all were found again; 2–6 % were also said to be like another need.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

TITLE_ALIKE = 0.955
"""Cosine of the titles alone: 新能源电池 twice, 三元811高镍电解液 beside 高镍三元动力电解液."""
BOTH_ALIKE = 0.945
"""Mean cosine of the titles and of the texts."""
WORDS_ALIKE = 0.5
"""Share of common tokens among all tokens: what was copied and changed here and there."""
COPY = 0.8
"""From here on it is plainly the same text."""
FEWEST_TOKENS = 3
"""Of a title that is to be compared word by word."""

Closeness = Literal["copy", "similar"]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike a draft and an entry are; None where nobody could tell."""

    title: float | None = None
    """Cosine of the titles."""
    text: float | None = None
    """Highest cosine of the whole texts."""
    title_words: float = 0.0
    words: float = 0.0

    @property
    def closeness(self) -> Closeness | None:
        if self.words >= COPY:
            return "copy"
        return "similar" if self._is_alike() else None

    def _is_alike(self) -> bool:
        if self.words >= WORDS_ALIKE:
            return True
        if self.title is None:
            return self.title_words >= WORDS_ALIKE
        if self.title >= TITLE_ALIKE:
            return True
        return self.text is not None and (self.title + self.text) / 2 >= BOTH_ALIKE

    @property
    def strength(self) -> float:
        """Orders what is alike."""
        known = [one for one in (self.title, self.text) if one is not None]
        return max(self.words, self.title_words, sum(known) / len(known) if known else 0.0)


def overlap(one: Mapping[str, int], other: Mapping[str, int]) -> float:
    """Common tokens as a share of all tokens of both; 0 where there are too few to tell."""
    if min(len(one), len(other)) < FEWEST_TOKENS:
        return 0.0
    common = len(one.keys() & other.keys())
    return common / (len(one) + len(other) - common)
