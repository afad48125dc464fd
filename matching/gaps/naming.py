"""What a cluster is called: the strongest words that its titles share. Pure."""

import re
from collections import Counter
from collections.abc import Sequence

from matching.lexical import Statistics
from matching.text import normalise, tokens

WORDS = 3
NOTABLE = 0.4
"""Of the strongest word's strength; what is weaker is mostly a piece of a word."""
LONGEST = 8
"""Characters of a Chinese word."""
LOOKED_AT = 200
"""Titles; more say nothing new."""
_RUN = re.compile(r"[a-z0-9]+(?:[.\-/_+][a-z0-9]+)*%?|[\u3400-\u4dbf\u4e00-\u9fff]+")
# Titles are full of these, and no cluster is about them.
_EMPTY = re.compile(
    "技术|研究|研发|开发|应用|产业化|项目|关键|系统|装备|设备|装置|工艺|生产|制造|制备|方法|新型|高效|一种|示范|工程"
    "|解决|如何|需求|问题|服务|[的及与和或用等化]"
)
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
    weakest = max(strengths.values(), default=0.0) * NOTABLE
    for word in sorted(strengths, key=lambda one: (-strengths[one], one)):
        if strengths[word] < weakest:
            break
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
        for part in _EMPTY.split(run):
            for start in range(len(part) - 1):
                last = min(start + LONGEST, len(part))
                found.update(part[start:end] for end in range(start + 2, last + 1))
    return found


def _overlap(one: str, other: str) -> bool:
    """Whether they share two neighbouring characters: 铜电解 beside 电解精炼 would say it twice."""
    if _LATIN.match(one) or _LATIN.match(other):
        return one == other
    pairs = {one[at : at + 2] for at in range(len(one) - 1)}
    return any(other[at : at + 2] in pairs for at in range(len(other) - 1))
