"""Made-up vectors for scale: fields with topics, entries of ten passages, near as texts are near.

Not real texts. A model's vectors share most of their direction and vary along few others; so do
these (variance falls as 1/n, the mean takes nine tenths of the length), since vectors without any
structure would make an approximate search look far worse than it is, and separate clusters better.
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
        self._spread = (1 / np.sqrt(np.arange(1, DIMENSION + 1))).astype(np.float32)
        self._mean = self._noise(1) / 2.5
        self._topics = self._noise(max(20, items // 200))

    def _noise(self, rows: int) -> np.ndarray:
        return self._rng.normal(size=(rows, DIMENSION)).astype(np.float32) * self._spread

    def texts(self, entries: int, each: int) -> np.ndarray:
        topics = self._topics[self._rng.integers(0, len(self._topics), entries)]
        entry = topics + 0.7 * self._noise(entries)
        passages = np.repeat(entry, each, axis=0) + 0.7 * self._noise(entries * each)
        length = np.linalg.norm(passages, axis=1, keepdims=True)
        mean = self._mean / np.linalg.norm(self._mean)
        vectors = 0.9 * mean + 0.44 * passages / length
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
