"""From a noun's entry to stored suggestions, with the real model, index and database."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command

from matching import encoder, indexing, lexicon, scoring
from matching.models import Embedding, Item, MatchSuggestion, Passage
from matching.queries import search_words, suggestions_of
from matching.search import search
from matching.search_filters import SearchFilters
from matching.serving import get_serving
from matching.sources import Facets, IndicatorLine, Side, Viewer
from matching.sources import Passage as SourcePassage
from park.core.errors import DomainError
from park.core.levels import Level
from tests.matching.conftest import CRANE, REFINER, REFINING, TODAY, HeldSource, own_index_folder

pytestmark = pytest.mark.django_db

FLOUR = ("小麦加工副产物麸皮利用", "把面粉厂的麸皮加工成膳食纤维。")


def index(source: HeldSource, *object_ids: UUID) -> None:
    for object_id in object_ids:
        indexing.embed_items(indexing.load_items(source.kind, [object_id]))
        indexing.index_item(source.kind, object_id, today=TODAY)


def pairs() -> set[tuple[UUID, UUID]]:
    return set(MatchSuggestion.objects.values_list("need_item__object_id", "offer_item__object_id"))


def best_titles(text: str, viewer: Viewer | None = None, **filters: object) -> list[str]:
    hits = search(
        text,
        filters=SearchFilters(**filters),  # type: ignore[arg-type]
        viewer=viewer or Viewer(),
        today=TODAY,
    )
    return [Item.objects.get(pk=hit.item_id).title for hit in hits]


def test_a_need_and_its_answer_find_each_other_whoever_comes_first(
    needs: HeldSource, capabilities: HeldSource
) -> None:
    crane = capabilities.add(*CRANE)
    refiner = capabilities.add(*REFINER)
    need = needs.add(*REFINING)
    index(capabilities, crane, refiner)
    index(needs, need)
    [first, *_] = suggestions_of(kind="need", object_id=need).items
    assert first.other_id == refiner
    assert first.agreeing
    late = needs.add("半导体靶材用铜的提纯", "现有电解铜纯度不够，求6N铜电解精炼的合作单位。")
    index(needs, late)
    view = suggestions_of(kind="capability", object_id=refiner)
    assert {one.other_id for one in view.items} == {need, late}
    newcomer = capabilities.add("6N高纯铜电解精炼成套技术", REFINER[1])
    index(capabilities, newcomer)
    assert {(need, newcomer), (late, newcomer)} <= pairs()


def test_a_pair_has_one_score_whoever_asks(needs: HeldSource, capabilities: HeldSource) -> None:
    need, refiner = needs.add(*REFINING), capabilities.add(*REFINER)
    index(needs, need)
    index(capabilities, refiner)
    by_offer = MatchSuggestion.objects.get().score
    index(needs, need)
    assert MatchSuggestion.objects.get().score == pytest.approx(by_offer, abs=1e-6)


def test_a_need_is_never_an_answer_to_a_need(needs: HeldSource, capabilities: HeldSource) -> None:
    one, twin = needs.add(*REFINING), needs.add(*REFINING)
    index(needs, one, twin)
    assert pairs() == set()
    assert REFINING[0] not in best_titles("6N铜电解精炼", side=Side.OFFER)


def test_an_organisation_is_never_matched_with_itself(
    needs: HeldSource, capabilities: HeldSource
) -> None:
    organisation = uuid4()
    need = needs.add(*REFINING, organisation_id=organisation)
    own = capabilities.add(*REFINER, organisation_id=organisation)
    stranger = capabilities.add(*REFINER, organisation_id=uuid4())
    nobodys = capabilities.add(*REFINER)
    index(needs, need)
    index(capabilities, own, stranger, nobodys)
    assert pairs() == {(need, stranger), (need, nobodys)}


def test_few_instruments_are_not_pushed_out_by_many_capabilities(
    needs: HeldSource, capabilities: HeldSource, instruments: HeldSource
) -> None:
    need = needs.add(*REFINING)
    many = [capabilities.add(f"{REFINER[0]} {n}", REFINER[1]) for n in range(25)]
    meter = instruments.add("辉光放电质谱仪 GDMS", "测定高纯铜中银、硫等痕量杂质，6N纯度分析。")
    index(capabilities, *many)
    index(instruments, meter)
    index(needs, need)
    page = suggestions_of(kind="need", object_id=need, other_kinds=["instrument"])
    assert [one.other_id for one in page.items] == [meter]


def test_what_is_withdrawn_leaves_suggestions_search_and_index(
    needs: HeldSource, capabilities: HeldSource
) -> None:
    need, refiner = needs.add(*REFINING), capabilities.add(*REFINER)
    index(needs, need)
    index(capabilities, refiner)
    assert pairs() == {(need, refiner)}
    capabilities.held[refiner] = replace(capabilities.held[refiner], is_searchable=False)
    index(capabilities, refiner)
    assert pairs() == set()
    assert best_titles("高纯铜电解精炼", side=Side.OFFER) == []
    del needs.held[need]
    index(needs, need)
    assert best_titles("高纯铜电解精炼") == []


def test_an_edit_takes_effect(needs: HeldSource, capabilities: HeldSource) -> None:
    need, other = needs.add(*REFINING), capabilities.add(*CRANE)
    index(needs, need)
    index(capabilities, other)
    assert pairs() == set()
    capabilities.add(*REFINER, object_id=other)
    index(capabilities, other)
    assert pairs() == {(need, other)}


def test_what_expires_is_taken_out_on_the_next_day(
    needs: HeldSource, capabilities: HeldSource
) -> None:
    need = needs.add(*REFINING, facets=Facets(expires_on=TODAY))
    refiner = capabilities.add(*REFINER)
    index(needs, need)
    index(capabilities, refiner)
    assert indexing.expire_items(TODAY) == 0
    assert pairs() == {(need, refiner)}
    tomorrow = TODAY + timedelta(days=1)
    assert indexing.expire_items(tomorrow) == 1
    assert pairs() == set()
    assert search("6N铜电解精炼", filters=SearchFilters(side=Side.NEED), today=tomorrow) == []


def test_a_search_uses_only_passages_that_the_viewer_may_see(capabilities: HeldSource) -> None:
    owner = uuid4()
    secret = SourcePassage("innovation", Level.OWN, "核心是麸皮膳食纤维的超微粉碎配方。")
    refiner = capabilities.add(*REFINER, secret, organisation_id=owner)
    index(capabilities, refiner)
    query = "麸皮膳食纤维超微粉碎"
    for viewer, sees in (
        (Viewer(), False),
        (Viewer(frozenset({uuid4()})), False),
        (Viewer(frozenset({owner})), True),
        (Viewer(sees_all=True), True),
    ):
        [hit] = search(query, viewer=viewer, today=TODAY)
        assert hit.agreeing is not None
        assert (hit.agreeing["field"] == "innovation") is sees
        words = search_words(query, filters=SearchFilters(), viewer=viewer)
        assert bool(words) is sees


def test_no_suggestion_is_made_of_what_is_not_public(
    needs: HeldSource, capabilities: HeldSource
) -> None:
    need = needs.add(*REFINING)
    hidden = [
        SourcePassage("description", level, REFINER[1]) for level in (Level.OWN, Level.MATCHED)
    ]
    plain, full = capabilities.add("示例条目甲"), capabilities.add("示例条目甲", *hidden)
    index(needs, need)
    index(capabilities, plain, full)
    scores = {one.offer_item.object_id: one for one in MatchSuggestion.objects.all()}
    assert plain not in scores
    assert full not in scores


def test_filters_leave_out_the_unknown(capabilities: HeldSource) -> None:
    known = capabilities.add(*REFINER, facets=Facets(chains=("copper",), maturity=7))
    capabilities.add("高纯铜电解精炼服务", REFINER[1])
    index(capabilities, *capabilities.held)
    assert len(best_titles("高纯铜电解精炼")) == 2
    assert best_titles("高纯铜电解精炼", chain="copper") == [capabilities.held[known].title]
    assert best_titles("高纯铜电解精炼", maturity_min=7) == [capabilities.held[known].title]
    assert best_titles("高纯铜电解精炼", maturity_min=8) == []


def test_stored_features_give_the_stored_score_again(
    needs: HeldSource, capabilities: HeldSource
) -> None:
    line = IndicatorLine("纯度", "纯度 ≥ 99.9999 %", Level.PUBLIC, comparator="ge", unit="%")
    need = needs.add(*REFINING, indicators=[line], facets=Facets(chains=("copper",)))
    refiner = capabilities.add(*REFINER, facets=Facets(chains=("copper",)))
    index(needs, need)
    index(capabilities, refiner)
    stored = MatchSuggestion.objects.get()
    assert scoring.score(stored.features) == pytest.approx(stored.score, abs=1e-9)
    assert stored.band == scoring.band(stored.score)
    assert stored.features["budget"] is None, "unknown stays unknown"
    digests = {"need_text", "offer_text", "need_facts", "offer_facts"}
    assert set(stored.versions) == {"model_id", "weights", "idf", *digests}
    assert stored.versions["idf"] == lexicon.current_statistics().version
    digests = {stored.need_item.text_digest, stored.offer_item.text_digest}
    assert {stored.versions["need_text"], stored.versions["offer_text"]} == digests


def test_the_same_text_is_embedded_once(capabilities: HeldSource) -> None:
    first = capabilities.add(*REFINER)
    index(capabilities, first)
    vectors = Embedding.objects.count()
    index(capabilities, capabilities.add(*REFINER), first)
    assert Embedding.objects.count() == vectors
    assert Passage.objects.count() == 2 * vectors


def test_deleting_or_damaging_the_index_file_loses_nothing(capabilities: HeldSource) -> None:
    ids = [capabilities.add(*text) for text in (REFINER, CRANE, FLOUR)]
    index(capabilities, *ids)
    serving = get_serving()
    assert serving.rebuild() == 3
    before = best_titles("远程操控岸桥")
    assert len(list(own_index_folder().rglob("*.index"))) == 1
    shutil.rmtree(own_index_folder())
    serving.forget()
    assert best_titles("远程操控岸桥") == before
    serving.rebuild()
    [path] = own_index_folder().rglob("*.index")
    path.write_bytes(path.read_bytes()[:100])
    serving.forget()
    assert best_titles("远程操控岸桥") == before


def test_rebuilding_from_the_database_finds_every_entry(
    needs: HeldSource, capabilities: HeldSource, capsys: pytest.CaptureFixture[str]
) -> None:
    need, refiner = needs.add(*REFINING), capabilities.add(*REFINER)
    call_command("rebuild_index")
    assert pairs() == {(need, refiner)}
    assert "2 items" in capsys.readouterr().out
    call_command("match", "铜提纯到6N", "--as", "need", "--top", "3")
    assert REFINER[0] in capsys.readouterr().out


@pytest.mark.parametrize(
    "text",
    ["", " ", "铜", "0.008", "😀", "１２３ＡＢＣ", "\x00\ud800", "铜" * 100_000, "a'b\\c | d"],
)
def test_any_text_gives_an_answer(capabilities: HeldSource, text: str) -> None:
    index(capabilities, capabilities.add(*REFINER), capabilities.add("示例", text))
    assert isinstance(best_titles(text[:500]), list)
    assert isinstance(search_words(text[:500], filters=SearchFilters()), list)


@pytest.fixture
def missing_model(settings: object, tmp_path: Path) -> Iterator[None]:
    encoder.forget()
    settings.EMBEDDING_MODEL = str(tmp_path / "nowhere")  # type: ignore[attr-defined]
    yield
    encoder.forget()


def test_a_missing_model_folder_has_a_code_and_words_still_work(
    missing_model: None, needs: HeldSource, capabilities: HeldSource
) -> None:
    with pytest.raises(DomainError) as error:
        encoder.get_encoder()
    assert error.value.code == "model_missing"
    refiner, need = capabilities.add(*REFINER), needs.add(*REFINING)
    index(capabilities, refiner)
    index(needs, need)
    [hit, *_] = search_words("电解精炼", filters=SearchFilters(kinds=("capability",)))
    assert hit.object_id == refiner


def test_a_change_of_model_switches_only_when_all_is_embedded(
    needs: HeldSource, capabilities: HeldSource, settings: object, tmp_path: Path
) -> None:
    index(capabilities, capabilities.add(*REFINER), capabilities.add(*CRANE))
    serving = get_serving()
    old = serving.model_id()
    packaged = encoder.resolve_model("")
    other = tmp_path / "other-model"
    shutil.copytree(packaged, other, ignore=shutil.ignore_patterns("cuohe-model.json"))
    settings.EMBEDDING_MODEL = str(other)  # type: ignore[attr-defined]
    assert encoder.configured_model_id() != old
    assert serving.model_id() == old
    assert best_titles("远程操控岸桥")[0] == CRANE[0], "the old vectors keep serving"
    index(capabilities, capabilities.add(*FLOUR))
    assert best_titles("麸皮膳食纤维")[0] == FLOUR[0]
    assert indexing.reembed()
    assert serving.model_id() == encoder.configured_model_id()
    assert best_titles("远程操控岸桥")[0] == CRANE[0]
    assert not indexing.reembed(), "once is enough"


def test_a_common_word_does_not_outrank_the_meaning_of_a_free_text(
    needs: HeldSource, capabilities: HeldSource
) -> None:
    """“产品” alone used to lift a noodle maker above what answers without a shared word."""
    scratches = needs.add(
        "铝型材挤压后表面划痕靠人眼看，想换成机器自动判定",
        "型材出料快，质检员强光下目视，夜班漏检多。希望在线抓拍并分级，标出位置。",
    )
    noodles = capabilities.add(
        "挂面、鲜湿米粉代工", "承接自有品牌产品代工，一天十二吨，外观可按样品定制。"
    )
    fillers = [capabilities.add(f"{CRANE[0]} {n}", CRANE[1]) for n in range(6)]
    index(needs, scratches)
    index(capabilities, noodles, *fillers)
    titles = best_titles("用摄像头替代工人检查产品外观缺陷")
    assert titles[0].startswith("铝型材")
