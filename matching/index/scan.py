"""The arithmetic of the index: inner products, and the lists of an approximate one.

The only file that imports faiss. Its loops let other threads run meanwhile, take vectors where they
lie, also in a mapped file, and give one vector the same score wherever it stands, so that equal
vectors are equal.
"""

from typing import TYPE_CHECKING

import faiss
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]
    Rows = NDArray[np.int64]

TRAINING_ROWS = 48
"""Rows a list that its centre is learnt from: more does not find better."""
TRAINING_ROUNDS = 8
BLOCK = 16384
"""Rows copied at a time: 25 MB of a 384-dimensional model."""
_pointer = faiss.swig_ptr  # pyright: ignore[reportAttributeAccessIssue]


def products(query: "Vectors", vectors: "Vectors") -> "Vectors":
    """The inner product of `query` with each of `vectors`, which lie together."""
    scores = np.empty(len(vectors), np.float32)
    if len(vectors):
        faiss.fvec_inner_products_ny(  # pyright: ignore[reportAttributeAccessIssue]
            _pointer(scores), _pointer(query), _pointer(vectors), vectors.shape[1], len(vectors)
        )
    return scores


def products_at(query: "Vectors", vectors: "Vectors", rows: "Rows") -> "Vectors":
    """The inner product of `query` with `vectors[rows]`."""
    # FAISS can do it without a copy, but by threads that take longer to meet than to work.
    found = [products(query, vectors[rows[at : at + BLOCK]]) for at in range(0, len(rows), BLOCK)]
    return np.concatenate(found) if found else np.empty(0, np.float32)


def learn_centres(sample: "Vectors", lists: int) -> "Vectors":
    """Centres of as many lists, the same for the same sample."""
    with_threads = faiss.omp_get_max_threads()  # pyright: ignore[reportAttributeAccessIssue]
    # In the thread that writes a new base: searches go on beside it.
    faiss.omp_set_num_threads(1)  # pyright: ignore[reportAttributeAccessIssue]
    try:
        trained = faiss.Kmeans(
            sample.shape[1],
            lists,
            niter=TRAINING_ROUNDS,
            seed=1,
            spherical=True,
            min_points_per_centroid=1,
            max_points_per_centroid=TRAINING_ROWS,
        )
        trained.train(np.ascontiguousarray(sample))
        return np.ascontiguousarray(trained.centroids, np.float32)
    finally:
        faiss.omp_set_num_threads(with_threads)  # pyright: ignore[reportAttributeAccessIssue]


def nearest_centre(vectors: "Vectors", centres: "Vectors") -> "NDArray[np.int32]":
    return np.argmax(vectors @ centres.T, axis=1).astype(np.int32)
