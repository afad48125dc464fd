"""Whatever is written into an entry, a search or a model folder: a sensible result or a code, and
the index answers afterwards as it did before. Through the real road, model, index and database."""

import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from pytest_django import Settings

from matching import encoder, indexing
from matching.index.protocol import Filter
from matching.lexical import count
from matching.models import Embedding, Item, MatchSuggestion
from matching.queries import search_words, suggestions_of
from matching.search import search
from matching.search_filters import SearchFilters
from matching.serving import get_serving
from matching.sources import IndicatorLine, Side
from matching.text import tokens
from park.core.errors import DomainError
from park.core.levels import Level
from park.quantities import read
from tests.matching.conftest import CRANE, REFINER, REFINING, TODAY, HeldSource, own_index_folder
from tests.matching.small_models import DAMAGES, DIMENSION, make_small_model

pytestmark = pytest.mark.django_db


QUERY = "高纯铜电解精炼"
OFFERS = SearchFilters(side=Side.OFFER)


@pytest.fixture(autouse=True)
def no_index_file(db: None) -> None:
    """A file that another test saved holds entries that its transaction took back."""
    shutil.rmtree(own_index_folder(), ignore_errors=True)


def index(source: HeldSource, *object_ids: UUID) -> None:
    for object_id in object_ids:
        indexing.embed_items(indexing.load_items(source.kind, [object_id]))
        indexing.index_item(source.kind, object_id, today=TODAY)


def answers(query: str = QUERY) -> list[tuple[UUID, float]]:
    return [(hit.object_id, round(hit.score, 5)) for hit in search(query, today=TODAY)]


def meaning() -> list[tuple[UUID, float]]:
    """What the index itself says, without words: their weight changes with every entry."""
    serving = get_serving()
    found = serving.index(fresh=True)
    assert found is not None
    vector = serving.encoder().encode_queries([QUERY])
    [best] = found.search(vector, 50, Filter())
    objects = dict(Item.objects.values_list("pk", "object_id"))
    return [(objects[one], round(float(score), 5)) for one, score in best.items()]


def written(text: str, length: int = 100_000) -> str:
    return (text * (length // len(text) + 1))[:length]


RANDOM = random.Random(4)
BAD_TEXTS = {
    "empty": "",
    "blanks": " \u3000\t\n",
    "one character": "铜",
    "one letter": "a",
    "only signs": "，。；！？……——（）",
    "only numbers": "1 22 333 4444 0.008 99.9999% 10-6 ±5",
    "emoji": "😀👩‍🔬🇨🇳🔩",
    "mixed scripts": "铜 copper медь 銅 구리 นำ نحاس çuivre ＣＯＰＰＥＲ",
    "full width": "ＡＢＣ１２３％，纯度≥９９．９％",
    "zero width and controls": "铜\u200b\u200d\ufeff\x00\x07\x1b[31m\ud800箔",
    "no sentence in 100,000 characters": "铜" * 100_000,
    "one word of 100,000 letters": "a" * 100_000,
    "100,000 digits": written("1234567890"),
    "100,000 characters of sentences": written(
        "需要把铜箔的厚度公差控制在0.008 mm以内，纯度不低于99.99%。"
    ),
    "100,000 characters at random": "".join(
        chr(RANDOM.randrange(0x4E00, 0x9FA5)) for _ in range(100_000)
    ),
    "100,000 line ends": "\n" * 100_000,
    "quotes and operators": "a'b\"c\\d | & ! <-> :* ($1) %s {} -- ;",
}
bad_texts = pytest.mark.parametrize("text", BAD_TEXTS.values(), ids=BAD_TEXTS)


@bad_texts
def test_an_entry_of_any_text_is_indexed_and_leaves_the_others_as_they_were(
    needs: HeldSource, capabilities: HeldSource, text: str
) -> None:
    index(capabilities, *(capabilities.add(*one) for one in (REFINER, CRANE)))
    before = meaning()
    strange = [
        capabilities.add("示例能力", text),
        capabilities.add(text[:300]),
        needs.add(text[:300], text),
    ]
    index(capabilities, *strange[:2])
    index(needs, strange[2])
    assert set(Item.objects.values_list("object_id", flat=True)) >= set(strange)
    assert [one for one in meaning() if one[0] not in strange] == before
    for one in strange:
        del (needs if one == strange[2] else capabilities).held[one]
    index(capabilities, *strange[:2])
    index(needs, strange[2])
    assert meaning() == before


@bad_texts
def test_a_search_for_any_text_answers(capabilities: HeldSource, text: str) -> None:
    refiner = capabilities.add(*REFINER)
    index(capabilities, refiner, capabilities.add(*CRANE))
    before = answers()
    for found in (answers(text), search_words(text, filters=OFFERS)):
        assert len(found) <= 2
    assert answers() == before
    assert before[0][0] == refiner


FULL = str.maketrans(
    "0123456789.%ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "０１２３４５６７８９．％ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ"
    "ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ",
)
HALF = "银含量不高于0.1ppm，纯度不低于99.9999%，板厚公差0.008mm以内，用Q355B钢架。"


def test_full_width_digits_are_the_same_words_and_the_same_numbers() -> None:
    full = HALF.translate(FULL)
    assert full != HALF
    assert tokens(full) == tokens(HALF)
    assert count([full]) == count([HALF])

    def numbers(text: str) -> list[tuple[object, ...]]:
        return [(q.dimension, q.low, q.high, q.comparator) for q in read(text)]

    assert numbers(full) == numbers(HALF)
    assert len(numbers(HALF)) == 3


def test_full_width_digits_match_as_half_width_ones_do(
    needs: HeldSource, capabilities: HeldSource
) -> None:
    claim = "银含量0.05ppm，采用两段电解。"
    texts = (claim, claim.translate(FULL))
    twins = [capabilities.add(f"{REFINER[0]}", one) for one in texts]
    asked = IndicatorLine("银含量", "银含量 ≤ ０．１ ｐｐｍ", Level.PUBLIC)
    half = IndicatorLine("银含量", "银含量 ≤ 0.1 ppm", Level.PUBLIC)
    wanted = [needs.add(*REFINING, indicators=[line]) for line in (asked, half)]
    index(capabilities, *twins)
    index(needs, *wanted)
    pairs = list(MatchSuggestion.objects.all())
    assert len(pairs) == 4
    assert {one.reasons["indicators"][0]["verdict"] for one in pairs} == {"met"}
    assert max(one.score for one in pairs) - min(one.score for one in pairs) < 1e-5
    assert answers("6N铜电解精炼") == answers("６Ｎ铜电解精炼")


def test_an_entry_without_indicators_leaves_them_unknown(
    needs: HeldSource, capabilities: HeldSource
) -> None:
    line = IndicatorLine("银含量", "银含量 ≤ 0.1 ppm", Level.PUBLIC)
    bare, asking = needs.add("高纯铜电解精炼"), needs.add(*REFINING, indicators=[line])
    silent = capabilities.add("高纯铜电解精炼技术", "电解精炼高纯铜。")
    index(capabilities, silent)
    index(needs, bare, asking)
    for one in MatchSuggestion.objects.select_related("need_item"):
        assert one.features["indicators"] is None
        assert one.features["musts"] is None
        verdicts = {judged["verdict"] for judged in one.reasons["indicators"]}
        assert verdicts == (set() if one.need_item.object_id == bare else {"unknown"})
    assert MatchSuggestion.objects.count() == 2


def test_two_thousand_identical_entries_are_embedded_once_and_all_stay_findable(
    needs: HeldSource, capabilities: HeldSource
) -> None:
    crane = capabilities.add(*CRANE)
    index(capabilities, crane)
    vectors = Embedding.objects.count()
    twins = [capabilities.add(*REFINER) for _ in range(2000)]
    indexing.store_items(indexing.load_items("capability", twins), TODAY)
    assert Embedding.objects.count() <= vectors + 4
    need = needs.add(*REFINING)
    index(needs, need)
    first = [one.other_id for one in suggestions_of(kind="need", object_id=need).items]
    assert first
    assert len(set(first)) == len(first)
    assert set(first) <= set(twins)
    found = search(QUERY, k=50, today=TODAY)
    assert len({hit.object_id for hit in found}) == 50
    assert len({round(hit.score, 6) for hit in found}) == 1, "the same text, the same score"
    # What is not one of them is still found, however many there are.
    assert answers("远程操控岸桥")[0][0] == crane


# --- the model ---


@pytest.fixture(scope="module")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_small_model(tmp_path_factory.mktemp("model") / "small")


@pytest.fixture
def use_model(settings: Settings, tmp_path: Path) -> Iterator[Callable[[Path], None]]:
    """Names another model; what is converted for it goes with the test."""
    models = Path(settings.DATA_DIR) / "models"
    own = tmp_path / "data" / "models"
    own.mkdir(parents=True)
    for path in models.iterdir():
        (own / path.name).symlink_to(path)
    settings.DATA_DIR = tmp_path / "data"

    def use(folder: Path) -> None:
        settings.EMBEDDING_MODEL = str(folder)
        encoder.forget()

    yield use
    encoder.forget()


def test_a_model_of_another_dimension_takes_over_whole_and_gives_back_whole(
    capabilities: HeldSource, small_model: Path, use_model: Callable, settings: Settings
) -> None:
    index(capabilities, *(capabilities.add(*one) for one in (REFINER, CRANE)))
    get_serving().rebuild()
    before = answers()
    use_model(small_model)
    assert answers() == before, "until everything is embedded the old one serves"
    assert indexing.reembed()
    assert get_serving().encoder().dimension == DIMENSION
    assert {one for one, _ in answers()} == {one for one, _ in before}
    assert get_serving().index(fresh=True).dimension == DIMENSION  # type: ignore[union-attr]
    get_serving().forget()
    assert {one for one, _ in answers()} == {one for one, _ in before}, "a stale file is not read"
    settings.EMBEDDING_MODEL = ""
    encoder.forget()
    indexing.reembed()
    assert answers() == before


def test_a_model_whose_vectors_are_not_finite_never_reaches_the_index(
    needs: HeldSource, capabilities: HeldSource, tmp_path: Path, use_model: Callable
) -> None:
    index(capabilities, *(capabilities.add(*one) for one in (REFINER, CRANE)))
    before, vectors = answers(), Embedding.objects.count()
    use_model(make_small_model(tmp_path / "broken", broken_weights=True))
    with pytest.raises(DomainError) as error:
        encoder.get_encoder()
    assert error.value.code == "embedding_not_finite"
    with pytest.raises(DomainError):
        indexing.reembed()
    assert answers() == before
    late = capabilities.add("高纯铜电解精炼二期", "电解精炼高纯铜的第二条线。")
    index(capabilities, late)
    assert late in {one for one, _ in answers()}, "the model that serves embeds what is new"
    assert set(Embedding.objects.values_list("dimension", flat=True)) == {384}
    assert Embedding.objects.count() > vectors


def test_a_first_model_that_is_broken_leaves_the_words(
    capabilities: HeldSource, tmp_path: Path, use_model: Callable
) -> None:
    use_model(make_small_model(tmp_path / "broken", broken_weights=True))
    refiner = capabilities.add(*REFINER)
    index(capabilities, refiner)
    assert Embedding.objects.count() == 0
    assert [hit.object_id for hit in search_words(QUERY, filters=OFFERS)] == [refiner]


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_model_folder_has_a_code_and_the_old_vectors_serve(
    damage: Callable[[Path], None],
    capabilities: HeldSource,
    small_model: Path,
    tmp_path: Path,
    use_model: Callable,
) -> None:
    index(capabilities, *(capabilities.add(*one) for one in (REFINER, CRANE)))
    before, vectors = answers(), Embedding.objects.count()
    damaged = shutil.copytree(small_model, tmp_path / "damaged")
    damage(damaged)
    use_model(damaged)
    with pytest.raises(DomainError) as error:
        encoder.get_encoder()
    assert error.value.code == "model_missing"
    with pytest.raises(DomainError):
        indexing.reembed()
    index(capabilities, capabilities.add("港口岸桥二期", CRANE[1]))
    assert Embedding.objects.count() > vectors, "the model that serves embeds what is new"
    after = answers()
    assert after[0][0] == before[0][0]
    assert len(after) == 3


def test_a_stored_vector_that_is_damaged_costs_only_itself(capabilities: HeldSource) -> None:
    refiner, crane = capabilities.add(*REFINER), capabilities.add(*CRANE)
    index(capabilities, refiner)
    before = meaning()
    index(capabilities, crane)
    own = Item.objects.get(object_id=crane).passages.values_list("text_hash", flat=True)
    broken = np.full(384, np.nan, "<f4").tobytes()
    first, *rest = Embedding.objects.filter(text_hash__in=list(own)).order_by("text_hash")
    Embedding.objects.filter(pk=first.pk).update(vector=broken)
    Embedding.objects.filter(pk__in=[one.pk for one in rest]).update(vector=b"\0\0")
    serving = get_serving()
    assert serving.rebuild() == 1, "the other one has no vector that could be compared"
    assert meaning() == before
    serving.forget()
    assert answers()[0][0] == refiner
    assert crane in {hit.object_id for hit in search_words("远程操控", filters=OFFERS)}
