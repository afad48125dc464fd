"""What a cluster is called: the strongest words that its titles share. Pure."""

import re
from collections import Counter
from collections.abc import Sequence

from matching.lexical import Statistics
from matching.text import normalise, tokens

WORDS = 3
LONGEST = 8
"""Characters of a Chinese word."""
LOOKED_AT = 200
"""Titles; more say nothing new."""
_RUN = re.compile(r"[a-z0-9]+(?:[.\-/_+][a-z0-9]+)*%?|[\u3400-\u4dbf\u4e00-\u9fff]+")
_LATIN = re.compile(r"[a-z0-9]")


def shared_words(titles: Sequence[str], statistics: Statistics) -> list[str]:
    """Up to three words that stand in most of the titles and in few other texts, strongest first;
    none for a single title, which names itself."""
    if len(titles) < 2:
        return []
    titles = titles[:LOOKED_AT]
    counts = Counter(word for title in titles for word in _words(title))
    least = max(2, -(-len(titles) // 3))
    strengths = {
        word: times / len(titles) * sum(statistics.idf(token) for token in tokens(word))
        for word, times in counts.items()
        if times >= least
    }
    chosen: list[str] = []
    for word in sorted(strengths, key=lambda one: (-strengths[one], one)):
        if not any(_overlap(word, other) for other in chosen):
            chosen.append(word)
        if len(chosen) == WORDS:
            break
    return chosen


def _words(title: str) -> set[str]:
    """Latin words whole, and every piece of two characters and more of a Chinese run."""
    found: set[str] = set()
    for match in _RUN.finditer(normalise(title)):
        run = match.group()
        if _LATIN.match(run):
            if len(run) > 1:
                found.add(run)
            continue
        for start in range(len(run) - 1):
            found.update(
                run[start:end] for end in range(start + 2, min(start + LONGEST, len(run)) + 1)
            )
    return found


def _overlap(one: str, other: str) -> bool:
    """Whether they share two neighbouring characters: 铜电解 beside 电解精炼 would say it twice."""
    if _LATIN.match(one) or _LATIN.match(other):
        return one == other
    pairs = {one[at : at + 2] for at in range(len(one) - 1)}
    return any(other[at : at + 2] in pairs for at in range(len(other) - 1))
