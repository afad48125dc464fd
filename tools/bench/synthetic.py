"""Made-up vectors for scale: fields with topics, entries of ten passages, near as texts are near.

Not real texts. Vectors without any structure would make an approximate search look far worse than
it is, and separate clusters far better. So these share most of their direction, as a model's do,
and are as near to each other as 7,630 sentences of real needs and patents are under the packaged
model: mean cosine 0.87 (the sentences 0.86), to the nearest 0.94 (0.94), to the twentieth 0.91
(0.91), a participation ratio of 108 (100).
"""

import numpy as np

from matching.index.protocol import ItemRows, Role, Row
from matching.sources import Side
from park.core.levels import Level

DIMENSION = 384
PASSAGES = 10
ROLES = [Role.TITLE, Role.WHOLE] + [Role.SENTENCE] * (PASSAGES - 2)
CHUNK = 1000
ORGANISATIONS = 500


class Collection:
    def __init__(self, items: int, seed: int = 1) -> None:
        self.items = items
        self._rng = np.random.default_rng(seed)
        self._spread = (np.arange(1, DIMENSION + 1) ** -0.325).astype(np.float32)
        self._mean = self._noise(1)
        self._topics = self._noise(max(20, items // 200))

    def _noise(self, rows: int) -> np.ndarray:
        return self._rng.normal(size=(rows, DIMENSION)).astype(np.float32) * self._spread

    def texts(self, entries: int, each: int) -> np.ndarray:
        topics = self._topics[self._rng.integers(0, len(self._topics), entries)]
        entry = 0.4 * topics + 0.53 * self._noise(entries)
        passages = np.repeat(entry, each, axis=0) + 0.69 * self._noise(entries * each)
        length = np.linalg.norm(passages, axis=1, keepdims=True)
        mean = self._mean / np.linalg.norm(self._mean)
        vectors = 0.929 * mean + 0.37 * passages / length
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def batches(self):
        from uuid import UUID

        for first in range(0, self.items, CHUNK):
            count = min(CHUNK, self.items - first)
            vectors = self.texts(count, PASSAGES)
            batch = []
            for at in range(count):
                number = first + at
                is_need = number % 4 == 0
                rows = [
                    Row(number * PASSAGES + place, role, Level.PUBLIC)
                    for place, role in enumerate(ROLES)
                ]
                batch.append(
                    ItemRows(
                        # Scattered as real ids are.
                        UUID(int=(number + 1) * 0x9E3779B97F4A7C15F39CC0605CEDC835 % (1 << 128)),
                        "need" if is_need else "capability",
                        Side.NEED if is_need else Side.OFFER,
                        UUID(int=1_000_000 + number % ORGANISATIONS),
                        rows,
                        vectors[at * PASSAGES : (at + 1) * PASSAGES],
                    )
                )
            yield batch
