"""Text as matching reads it: normal form, sentences, and the tokens of words. Pure.

Chinese needs no dictionary here: neighbouring characters are tokens (bigrams), and runs of Latin
letters, digits and their signs are kept whole, so that 6N铜, Q355B, 0.008mm and RH精炼 survive.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

MAX_SENTENCE = 160
"""Characters: a longer sentence is cut at a comma, a longer clause anywhere."""
MIN_SENTENCE = 8
MAX_WORD = 64
"""Characters of a Latin or numeric word that count: longer runs are no words, and PostgreSQL takes
no lexeme above 2,046 bytes."""
MAX_WHOLE = 700
"""Characters of one embedded piece of a whole text: some 450 of the model's 512 tokens."""

_SPACE = re.compile(r"\s+")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_SENTENCE_END = re.compile(r"[。！？!?；;\n\r]+|(?<=[^\d])\.(?=\s|$)")
_CLAUSE_END = re.compile(r"[,，、:：]")
_WORD = re.compile(
    r"[A-Za-z0-9]+(?:[.\-/_+][A-Za-z0-9]+)*%?|[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+"
)
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_LETTERS_AND_DIGITS = re.compile(r"[a-z]+|[0-9]+(?:\.[0-9]+)?")


# What a title ends with when it says that something is wanted, and not what.
_WANTING = re.compile(
    r"(?:的)?(?:关键技术|技术)?(?:的)?"
    r"(?:(?:研究|研发|开发|攻关|引进|产业化|应用|需求|求助|合作|项目|解决方案)[与及和]?)+$"
)
_SHORTEST_CORE = 4


@dataclass(frozen=True, slots=True)
class Span:
    """A sentence and where it stands in its field's text (characters, half-open)."""

    text: str
    start: int
    end: int


def clean(text: str) -> str:
    """Without what no database or tokenizer takes: NULs, control characters, lone surrogates."""
    return _UNPRINTABLE.sub("", text)


def normalise(text: str) -> str:
    """NFKC, lower case, single spaces: the form in which words are compared."""
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", clean(text)).lower()).strip()


def core_title(title: str) -> str:
    """A title without its closing words of wanting: 防爆锂离子电池的研发 → 防爆锂离子电池."""
    core = _WANTING.sub("", title).rstrip("的及与和、 ")
    return core if len(core) >= _SHORTEST_CORE else title


def hash_text(text: str) -> str:
    """The address of a text's vector: SHA-256, hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def sentences(text: str) -> list[Span]:
    """The sentences of a text in order. Very short ones join their neighbour."""
    spans: list[Span] = []
    for start, end in _cut(text):
        piece = text[start:end]
        left = len(piece) - len(piece.lstrip())
        right = len(piece.rstrip())
        if right <= left:
            continue
        start, end = start + left, start + right
        if (
            spans
            and end - spans[-1].start <= MAX_SENTENCE
            and (end - start < MIN_SENTENCE or spans[-1].end - spans[-1].start < MIN_SENTENCE)
        ):
            start = spans.pop().start
        spans.append(Span(text[start:end], start, end))
    return spans


def _cut(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _SENTENCE_END.finditer(text):
        yield from _cut_long(text, start, match.start())
        start = match.end()
    yield from _cut_long(text, start, len(text))


def _cut_long(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > MAX_SENTENCE:
        cut = start + MAX_SENTENCE
        for match in _CLAUSE_END.finditer(text, start + MAX_SENTENCE // 2, cut):
            cut = match.end()
        yield start, cut
        start = cut
    if start < end:
        yield start, end


def pieces(text: str, limit: int = MAX_WHOLE) -> list[str]:
    """A whole text as pieces that the model reads to their end, cut between sentences."""
    text = _SPACE.sub(" ", clean(text)).strip()
    if len(text) <= limit:
        return [text] if text else []
    found: list[str] = []
    start = 0
    last = 0
    for span in sentences(text):
        if span.end - start > limit and last > start:
            found.append(text[start:last].strip())
            start = last
        last = span.end
    found.append(text[start:].strip())
    return [piece[i : i + limit] for piece in found for i in range(0, len(piece), limit) if piece]


def tokens(text: str) -> list[str]:
    """Bigrams of Chinese characters (one alone stays alone) and whole Latin or numeric words.

    A mixed word also yields its longer parts (q355b: q355b, 355), and a word that touches Chinese
    yields the junction (6n铜), so that neither writing misses the other.
    """
    found: list[str] = []
    normal = normalise(text)
    for match in _WORD.finditer(normal):
        word = match.group()
        if _HAN.match(word):
            if len(word) == 1:
                found.append(word)
            else:
                found.extend(word[i : i + 2] for i in range(len(word) - 1))
            continue
        word = word[:MAX_WORD]
        found.append(word)
        parts = _LETTERS_AND_DIGITS.findall(word)
        if len(parts) > 1 and len(word) <= 24:
            found.extend(part for part in parts if len(part) > 1)
        after = normal[match.end() : match.end() + 1]
        if after and _HAN.match(after) and len(word) <= 8:
            found.append(word + after)
    return found
