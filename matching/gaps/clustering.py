"""Entries about the same matter: agglomerative clusters of title vectors. Workers only."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

    Vectors = NDArray[float32]

DISTANCE = 0.095
"""Mean cosine distance up to which two clusters are one. Of 348 real titles half of all pairs are
0.146 apart and one in a hundred 0.102; from 0.105 on, titles join that share only their endings
(研发项目)."""
MOST_AT_ONCE = 1500
"""Rows of one distance matrix (9 MB); more are first cut into parts that lie together."""


def cluster(vectors: "Vectors") -> list[list[int]]:
    """Row numbers by cluster, the largest first; every row is in exactly one."""
    parts = [list(range(len(vectors)))] if len(vectors) <= MOST_AT_ONCE else _parts(vectors)
    found = [group for part in parts for group in _clusters_of(vectors, part)]
    return sorted(found, key=lambda group: (-len(group), group[0]))


def _clusters_of(vectors: "Vectors", rows: list[int]) -> list[list[int]]:
    if len(rows) < 2:
        return [rows] if rows else []
    from sklearn.cluster import AgglomerativeClustering

    # scikit-learn's own hints are narrower than what it takes.
    grouping = AgglomerativeClustering(
        n_clusters=None,  # pyright: ignore[reportArgumentType]
        metric="cosine",
        linkage="average",
        distance_threshold=DISTANCE,
    )
    labels = grouping.fit_predict(vectors[rows])
    groups: dict[int, list[int]] = {}
    for row, label in zip(rows, labels, strict=True):
        groups.setdefault(int(label), []).append(row)
    return list(groups.values())


def _parts(vectors: "Vectors") -> list[list[int]]:
    """By k-means, and a part that is still too large simply cut: of 10,000 identical entries it
    does not matter where."""
    from sklearn.cluster import MiniBatchKMeans

    wanted = -(-2 * len(vectors) // MOST_AT_ONCE)
    cutting = MiniBatchKMeans(wanted, random_state=0, batch_size=2048)
    labels = cutting.fit_predict(vectors)
    groups: dict[int, list[int]] = {}
    for row, label in enumerate(labels):
        groups.setdefault(int(label), []).append(row)
    return [
        group[start : start + MOST_AT_ONCE]
        for group in groups.values()
        for start in range(0, len(group), MOST_AT_ONCE)
    ]
