"""Which texts of a need are compared with which of an offer: one table, read pair by pair and in
bulk. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from matching.index.protocol import Role

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

Reduction = Literal["best", "top3"]
TOP_COSINES = 3


@dataclass(frozen=True, slots=True)
class Similarity:
    """A field of `scoring.TextEvidence` made of the cosines between two sets of vectors: the best
    of them, or the mean of the three best (of as many as there are). Of each side the first of the
    roles is taken that it has vectors of."""

    name: str
    need: tuple[Role, ...]
    offer: tuple[Role, ...]
    reduction: Reduction = "best"


SIMILARITIES = (
    Similarity("title", (Role.TITLE,), (Role.TITLE,)),
    Similarity("text", (Role.WHOLE,), (Role.WHOLE,)),
    Similarity("title_in_text", (Role.TITLE,), (Role.WHOLE,)),
    Similarity("sentence", (Role.TITLE,), (Role.SENTENCE, Role.WHOLE)),
    Similarity("goal_in_title", (Role.SENTENCE, Role.WHOLE), (Role.TITLE,)),
)


@dataclass(frozen=True, slots=True)
class Search:
    """One list of candidates by meaning: vectors of one role among those of some roles."""

    asked: Role
    among: tuple[Role, ...]


SEARCHES = (
    Search(Role.TITLE, (Role.TITLE,)),
    Search(Role.TITLE, (Role.WHOLE,)),
    Search(Role.WHOLE, (Role.WHOLE,)),
    # A long text is found by any part of it, also where its whole speaks of much else.
    Search(Role.TITLE, (Role.SENTENCE,)),
)
FREE_TEXT_SEARCHES = (
    Search(Role.TITLE, (Role.TITLE,)),
    Search(Role.TITLE, (Role.WHOLE, Role.SENTENCE)),
)


def roles_compared(similarities: Sequence[Similarity]) -> frozenset[Role]:
    return frozenset(role for one in similarities for role in (*one.need, *one.offer))


def cosines(
    need: "Mapping[Role, Vectors]",
    offer: "Mapping[Role, Vectors]",
    similarities: Sequence[Similarity],
) -> dict[str, float | None]:
    """Each similarity of one pair; None when a side has no such text."""
    return {
        one.name: _reduce(_first(need, one.need), _first(offer, one.offer), one.reduction)
        for one in similarities
    }


def _first(vectors: "Mapping[Role, Vectors]", roles: Sequence[Role]) -> "Vectors | None":
    for role in roles:
        found = vectors.get(role)
        if found is not None and len(found):
            return found
    return None


def _reduce(one: "Vectors | None", other: "Vectors | None", reduction: Reduction) -> float | None:
    if one is None or other is None:
        return None
    import numpy as np

    # In double precision a cosine is the same in whatever batch it is made: two pairs that are
    # nearly alike then stand in one order everywhere.
    found = one.astype(np.float64) @ other.T.astype(np.float64)
    if reduction == "best":
        return float(found.max())
    flat = found.ravel()
    if len(flat) > TOP_COSINES:
        flat = np.partition(flat, len(flat) - TOP_COSINES)[-TOP_COSINES:]
    return float(flat.mean(dtype=np.float64))
