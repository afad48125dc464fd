"""Many entries without a model: texts of varied words, and vectors that are stored beforehand."""

import random
from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import numpy as np

from matching import indexing, lexicon
from matching.encoder import configured_model_id
from matching.models import Embedding
from matching.passages import plan_passages
from matching.sources import Facets, IndicatorLine, SourceItem
from park.core.levels import Level
from tests.matching.conftest import TODAY, HeldSource

DIMENSION = 384
TOPICS = 12
WORDS = [
    *("电解精炼", "高纯铜", "表面缺陷", "在线检测", "连铸连轧", "余热回收", "岸桥远控", "集装箱"),
    *("视觉识别", "真空熔炼", "烧结矿", "脱硫脱硝", "铸件气孔", "砂型打印", "粮食烘干", "膳食纤维"),
    *("水泥窑", "固废利用", "机器学习", "数字孪生", "伺服控制", "激光熔覆"),
]


class MadeUp:
    """Entries around some topics; those of one topic are alike by words and by vectors."""

    def __init__(self, seed: int = 1) -> None:
        self.random = random.Random(seed)
        self.numbers = np.random.default_rng(seed)
        self.base = self._unit()
        self.topics = [self._unit() for _ in range(TOPICS)]
        self.organisations = [uuid4() for _ in range(6)]

    def add(self, source: HeldSource, count: int) -> list[UUID]:
        return [self._add(source, number) for number in range(count)]

    def _add(self, source: HeldSource, number: int) -> UUID:
        topic = number % TOPICS
        words = [WORDS[(topic * 2 + place) % len(WORDS)] for place in range(4)]
        words += self.random.sample(WORDS, 3)
        self.random.shuffle(words)
        limit = Decimal(self.random.randint(1, 9)) / 1000
        texts = [
            f"{'、'.join(words[:4])}的研究与应用，第{number}号，误差不大于{limit}mm。",
            f"针对{words[-1]}与{words[-2]}，年产{number % 7 + 1}万吨，纯度不低于99.{number % 9}%。",
        ] * self.random.choice([1, 1, 4])
        chance = self.random.random
        return source.add(
            f"{words[0]}{words[1]}技术{number}",
            *texts,
            organisation_id=self.random.choice([None, *self.organisations]),
            facets=Facets(
                chains=("copper", "steel")[: self.random.randint(0, 2)],
                region=self.random.choice(["", "黄石", "武汉"]),
                budget_max=None if chance() < 0.4 else Decimal(self.random.randint(1, 99) * 10_000),
                maturity=None if chance() < 0.5 else self.random.randint(1, 9),
                expires_on=TODAY - timedelta(days=1) if chance() < 0.05 else None,
            ),
            indicators=[
                IndicatorLine(
                    "误差",
                    f"误差 ≤ {limit} mm",
                    Level.PUBLIC,
                    comparator="le",
                    value=limit,
                    unit="mm",
                )
            ]
            if chance() < 0.6
            else [],
        )

    def store(self, *sources: HeldSource) -> None:
        """As the worker stores a load, with vectors that nobody needs to compute."""
        items = [item for source in sources for item in source.held.values()]
        self.store_vectors(items)
        indexing.store_items(items, TODAY)
        lexicon.refresh_statistics(force=True)

    def store_vectors(self, items: list[SourceItem]) -> None:
        vectors: dict[str, bytes] = {}
        for number, item in enumerate(items):
            for one in plan_passages(item):
                topic = self.topics[len(item.title) % TOPICS if number % 3 else number % TOPICS]
                vector = 0.88 * self.base + 0.35 * topic + 0.3 * self._unit()
                vectors[one.text_hash] = self._bytes(vector)
        Embedding.objects.bulk_create(
            [
                Embedding(
                    text_hash=text_hash,
                    model_id=configured_model_id(),
                    dimension=DIMENSION,
                    vector=vector,
                )
                for text_hash, vector in vectors.items()
            ],
            ignore_conflicts=True,
        )

    def _unit(self) -> "np.ndarray":
        vector = self.numbers.normal(size=DIMENSION)
        return vector / np.linalg.norm(vector)

    @staticmethod
    def _bytes(vector: "np.ndarray") -> bytes:
        return (vector / np.linalg.norm(vector)).astype("<f4").tobytes()
