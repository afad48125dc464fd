"""From one embedding model to another, of another dimension, while searches go on."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from matching import encoder, indexing
from matching.encoder import configured_model_id
from matching.models import Embedding, Item, Passage, ServingModel
from matching.search import search
from matching.serving import get_serving
from matching.sources import Viewer
from park.core.errors import DomainError
from tests.matching.conftest import CRANE, REFINER, TODAY, HeldSource, own_index_folder

pytestmark = pytest.mark.django_db

NARROW = 96


@pytest.fixture(scope="session")
def narrow_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packaged model with its vectors turned into fewer dimensions."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Dense, Normalize

    packaged = SentenceTransformer(str(encoder.resolve_model("")), device="cpu")
    dense = Dense(384, NARROW, bias=False, activation_function=torch.nn.Identity())
    with torch.no_grad():
        generator = torch.Generator().manual_seed(4)
        turned, _ = torch.linalg.qr(torch.randn(384, NARROW, generator=generator))
        dense.linear.weight.copy_(turned.T)
    folder = tmp_path_factory.mktemp("models") / "narrow"
    modules = [packaged[0], packaged[1], dense, Normalize()]
    narrow = SentenceTransformer(modules=modules, device="cpu", prompts=packaged.prompts)
    narrow.save(str(folder), create_model_card=False)
    return folder


@pytest.fixture
def forgets_models() -> Iterator[None]:
    encoder.forget()
    yield
    encoder.forget()


def index(source: HeldSource, *object_ids: UUID) -> None:
    for object_id in object_ids:
        indexing.embed_items(indexing.load_items(source.kind, [object_id]))
        indexing.index_item(source.kind, object_id, today=TODAY)


def best(text: str) -> UUID:
    return search(text, viewer=Viewer(), today=TODAY)[0].object_id


def serving_dimension() -> int:
    index = get_serving().index()
    assert index is not None
    return index.dimension


@pytest.fixture
def two_entries(capabilities: HeldSource) -> tuple[UUID, UUID]:
    crane, refiner = capabilities.add(*CRANE), capabilities.add(*REFINER)
    index(capabilities, crane, refiner)
    return crane, refiner


def test_the_old_vectors_answer_until_all_new_ones_are_there(
    two_entries: tuple[UUID, UUID],
    capabilities: HeldSource,
    narrow_model: Path,
    settings: Any,
    forgets_models: None,
) -> None:
    crane, refiner = two_entries
    old = get_serving().model_id()
    settings.EMBEDDING_MODEL = str(narrow_model)
    seen: list[tuple[str, int, UUID]] = []

    def look(done: int, total: int) -> None:
        seen.append((get_serving().model_id(), serving_dimension(), best("岸桥远程操控")))

    assert indexing.reembed(look)
    assert seen
    assert set(seen) == {(old, 384, crane)}
    assert get_serving().model_id() == configured_model_id() != old
    assert serving_dimension() == NARROW
    assert best("岸桥远程操控") == crane
    assert best("高纯铜两段电解精炼") == refiner
    # Another process opens the new model's file, which was written before the switch.
    [file] = own_index_folder().rglob("*.index")
    get_serving().forget()
    assert best("岸桥远程操控") == crane
    assert [file] == list(own_index_folder().rglob("*.index")), "the old model's file is gone"
    late = capabilities.add("小麦麸皮膳食纤维", "把麸皮加工成膳食纤维。")
    index(capabilities, late)
    assert best("麸皮膳食纤维") == late


def test_a_worker_that_dies_on_the_way_goes_on_where_it_stopped(
    two_entries: tuple[UUID, UUID],
    narrow_model: Path,
    settings: Any,
    forgets_models: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old = get_serving().model_id()
    settings.EMBEDDING_MODEL = str(narrow_model)
    monkeypatch.setattr(indexing, "REEMBED_BATCH", 1)

    class PowerFailureError(Exception):
        pass

    def fail(done: int, total: int) -> None:
        raise PowerFailureError

    with pytest.raises(PowerFailureError):
        indexing.reembed(fail)
    assert get_serving().model_id() == old
    done = Embedding.objects.filter(model_id=configured_model_id()).count()
    assert 0 < done < Passage.objects.count()
    assert best("岸桥远程操控") == two_entries[0]
    assert indexing.reembed()
    assert Embedding.objects.filter(model_id=configured_model_id(), dimension=NARROW).count() == (
        Passage.objects.values("text_hash").distinct().count()
    )


def test_a_missing_model_is_said_and_the_one_that_serves_goes_on(
    two_entries: tuple[UUID, UUID],
    capabilities: HeldSource,
    settings: Any,
    tmp_path: Path,
    forgets_models: None,
) -> None:
    settings.EMBEDDING_MODEL = str(tmp_path / "nowhere")
    with pytest.raises(DomainError) as error:
        indexing.reembed()
    assert error.value.code == "model_missing"
    assert best("岸桥远程操控") == two_entries[0], "the old model still embeds and answers"
    late = capabilities.add("小麦麸皮膳食纤维", "把麸皮加工成膳食纤维。")
    index(capabilities, late)
    assert best("麸皮膳食纤维") == late


def test_a_model_of_another_dimension_than_its_vectors_is_said(
    two_entries: tuple[UUID, UUID],
    narrow_model: Path,
    settings: Any,
    forgets_models: None,
) -> None:
    settings.EMBEDDING_MODEL = str(narrow_model)
    old = get_serving().model_id()
    # Somebody has put other weights where vectors of that very name exist.
    Embedding.objects.update(model_id=configured_model_id())
    ServingModel.objects.update(model_id=configured_model_id(), configured=str(narrow_model))
    with pytest.raises(DomainError) as error:
        best("岸桥远程操控")
    assert error.value.code == "model_dimension"
    index_now = get_serving().index(fresh=True)
    assert index_now is not None
    assert index_now.item_ids() == set(Item.objects.values_list("pk", flat=True))  # type: ignore[attr-defined]
    settings.EMBEDDING_MODEL = ""
    Embedding.objects.update(model_id=old)
    ServingModel.objects.update(model_id=old, configured="")
    assert best("岸桥远程操控") == two_entries[0]


@pytest.mark.parametrize("flaw", ["nan", "short", "wide", "empty"])
def test_one_bad_stored_vector_does_not_hide_the_others(
    two_entries: tuple[UUID, UUID], flaw: str
) -> None:
    """The sync used to end with an error, and with it every search."""
    import numpy as np

    crane, refiner = two_entries
    title = Passage.objects.get(item__object_id=refiner, role="title")
    bad = {
        "nan": np.full(384, np.nan, "<f4").tobytes(),
        "short": bytes(100),
        "wide": np.ones(768, "<f4").tobytes(),
        "empty": b"",
    }
    Embedding.objects.filter(text_hash=title.text_hash).update(vector=bad[flaw])
    serving = get_serving()
    serving.forget()
    assert serving.rebuild() == 2
    assert best("岸桥远程操控") == crane
    assert best("高纯铜两段电解精炼") == refiner, "by its other passages"


def test_a_folder_that_is_no_model_is_said(
    two_entries: tuple[UUID, UUID],
    settings: Any,
    tmp_path: Path,
    forgets_models: None,
) -> None:
    shutil.copytree(encoder.resolve_model("") / "1_Pooling", tmp_path / "pooling")
    settings.EMBEDDING_MODEL = str(tmp_path / "pooling")
    with pytest.raises(DomainError) as error:
        indexing.reembed()
    assert error.value.code == "model_missing"
    assert best("岸桥远程操控") == two_entries[0]
