"""Suggestions and search as the API shows them. How they are made is tested with matching."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from matching import outcomes
from matching.models import Feedback, MatchSuggestion
from matching.outcomes import BandOutcome
from matching.sources import Side, get_source
from park.accounts.models import StaffRole
from park.core.models import AuditEntry
from tests.api.world import API, World, client_of, make_firm, make_user
from tests.factories.matching import indicator, item_of, place, suggest


@pytest.fixture
def pair(world: World) -> tuple[Any, Any]:
    need, capability = world.need("published"), world.capability("published")
    suggest(item_of("need", need.pk), item_of("capability", capability.pk))
    return need, capability


def test_both_sides_see_the_suggestion_each_from_its_own_end(
    world: World, pair: tuple[Any, Any]
) -> None:
    need, capability = pair
    (seen,) = Client().get(f"{API}/needs/{need.pk}/suggestions").json()["items"]
    assert (seen["other"]["kind"], seen["other"]["id"]) == ("capability", str(capability.pk))
    assert seen["other"]["organisation"]["id"] == str(world.firm.pk)
    assert (seen["agreeing"][0]["own"]["text"], seen["agreeing"][0]["other"]["text"]) == (
        "脱砷",
        "除砷",
    )
    assert seen["indicators"][0]["verdict"] == "met"
    (seen,) = Client().get(f"{API}/capabilities/{capability.pk}/suggestions").json()["items"]
    assert (seen["other"]["kind"], seen["other"]["id"]) == ("need", str(need.pk))
    assert seen["agreeing"][0]["own"]["text"] == "除砷"


def test_kinds_can_be_chosen_and_others_are_refused(world: World, pair: tuple[Any, Any]) -> None:
    path = f"{API}/needs/{pair[0].pk}/suggestions"
    assert len(Client().get(f"{path}?kind=capability&kind=person").json()["items"]) == 1
    assert Client().get(f"{path}?kind=instrument").json()["items"] == []
    refused = Client().get(f"{path}?kind=need")  # a need is never an answer to a need
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_input")


def test_what_was_closed_a_moment_ago_is_not_shown(world: World, pair: tuple[Any, Any]) -> None:
    need, capability = pair
    client = client_of(world.member)
    client.post(
        f"{API}/capabilities/{capability.pk}/closure",
        data='{"reason": "withdrawn"}',
        content_type="application/json",
    )
    assert Client().get(f"{API}/needs/{need.pk}/suggestions").json()["items"] == []


def test_suggestions_come_page_by_page(world: World) -> None:
    need = item_of("need", world.need("published").pk)
    for number in range(3):
        offer = world.capability("published", title=f"能力{number}")
        suggest(need, item_of("capability", offer.pk), score=0.5 + number / 10)
    path = f"{API}/needs/{need.object_id}/suggestions"
    first = Client().get(f"{path}?limit=2").json()
    second = Client().get(f"{path}?limit=2&cursor={first['next_cursor']}").json()
    titles = [row["other"]["title"] for row in [*first["items"], *second["items"]]]
    assert titles == ["能力2", "能力1", "能力0"]
    assert second["next_cursor"] is None
    broken = Client().get(f"{path}?cursor=broken")
    assert (broken.status_code, broken.json()["code"]) == (422, "invalid_cursor")


def test_suggestions_cost_the_same_number_of_queries_at_any_length(world: World) -> None:
    need = item_of("need", world.need("published").pk)
    counts = []
    for _ in range(2):
        suggest(need, item_of("capability", world.capability("published").pk))
        with CaptureQueriesContext(connection) as queries:
            Client().get(f"{API}/needs/{need.object_id}/suggestions")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def test_a_person_is_suggested_under_a_masked_name(world: World) -> None:
    need = item_of("need", world.need("published").pk)
    suggest(need, item_of("person", world.card("published").pk))
    answer = Client().get(f"{API}/needs/{need.object_id}/suggestions")
    assert answer.json()["items"][0]["other"]["kind"] == "person"
    assert "张建国" not in answer.content.decode()


def test_a_search_without_a_worker_says_that_it_went_by_words(
    world: World, no_worker: None
) -> None:
    answer = Client().get(f"{API}/search", {"q": "电解液脱砷", "kind": ["need", "capability"]})
    assert answer.status_code == 200
    assert answer.json()["mode"] == "words"


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"q": ""},
        {"q": "   "},
        {"q": "x" * 501},
        {"q": "a\x00"},
        {"q": "x", "kind": "wish"},
        {"q": "x", "limit": "51"},
        {"q": "x", "maturity_min": "10"},
        {"q": "x", "budget_max": "-1"},
    ],
)
def test_a_search_that_asks_nothing_sensible_is_invalid(
    world: World, query: dict[str, str]
) -> None:
    answer = Client().get(f"{API}/search", query)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


@pytest.mark.parametrize("text", ["!!!", "'; drop table", "<b>", "&|!()", "😀", "%", "\\"])
def test_any_text_may_be_searched_for(world: World, no_worker: None, text: str) -> None:
    assert Client().get(f"{API}/search", {"q": text}).status_code == 200


def test_sides_are_what_the_matrix_of_kinds_assumes() -> None:
    assert get_source("need").side is Side.NEED
    assert {get_source(kind).side for kind in ("capability", "instrument", "person")} == {
        Side.OFFER
    }


# --- the matrix and the one question ---


def matrix_of(world: World, *rows: dict[str, Any]) -> dict[str, Any]:
    need, offer = world.need("published"), world.capability("published")
    suggest(item_of("need", need.pk), item_of("capability", offer.pk), 0.5, list(rows))
    (seen,) = Client().get(f"{API}/needs/{need.pk}/suggestions").json()["items"]
    return seen


def test_violated_musts_stand_first_and_each_side_keeps_its_own_unit(world: World) -> None:
    seen = matrix_of(
        world,
        indicator("砷", "met", claimed="0.3 mg/L"),
        indicator("锑", "unknown"),
        indicator("铋", "not_met", must=False, claimed="9 mg/L"),
        indicator("铅", "not_met", asked="1 mg/L", claimed="2000 μg/L"),
    )
    assert [row["name"] for row in seen["indicators"]] == ["铅", "铋", "锑", "砷"]
    first = seen["indicators"][0]
    assert first["own"]["value"] == {"sign": "le", "text": "1 mg/L", "change": ""}
    assert first["other"]["value"]["text"] == "2000 μg/L"
    assert seen["question"] is None, "no answer makes a pair with a violated must a match"


def test_the_one_question_is_about_the_must_that_decides_most(world: World) -> None:
    seen = matrix_of(
        world,
        indicator("砷", "met", claimed="0.3 mg/L"),
        indicator("锑", "unknown", must=False),
        indicator("铋", "unknown"),
    )
    asked = seen["indicators"][seen["question"]["indicator"]]
    assert (asked["name"], seen["question"]["open_musts"]) == ("铋", 0)
    assert seen["question"]["to"] == "other"
    for language in ("zh", "en"):
        assert "铋" in seen["question"][language]
        assert "0.5 mg/L" in seen["question"][language]
        assert seen["question"][language] == asked["question"][language]
    assert seen["question"]["band_if_met"]
    assert seen["indicators"][-1]["question"] is None, "what is known is not asked"


def test_a_sentence_is_shown_inside_its_text_as_long_as_it_stands_there(world: World) -> None:
    need, offer = world.need("published"), world.capability("published")
    suggestion = suggest(item_of("need", need.pk), item_of("capability", offer.pk))
    at = need.problem.index("人工取样滞后")
    span = place("人工取样滞后", start=at, end=at + 6)
    suggestion.reasons["agreeing"][0]["need"] = span
    suggestion.save()
    (seen,) = Client().get(f"{API}/needs/{need.pk}/suggestions").json()["items"]
    own, other = seen["agreeing"][0]["own"], seen["agreeing"][0]["other"]
    assert own["before"] + own["text"] + own["after"] == need.problem
    assert (other["before"], other["after"]) == ("", ""), "that text is not there any more"


# --- outcomes ---


@pytest.fixture
def no_provider() -> Any:
    yield
    outcomes._providers.clear()


@pytest.mark.parametrize(("count", "shown"), [(29, None), (30, 30)])
def test_a_band_tells_its_outcomes_from_thirty_on(
    world: World, pair: tuple[Any, Any], no_provider: None, count: int, shown: int | None
) -> None:
    path = f"{API}/needs/{pair[0].pk}/suggestions"
    assert Client().get(path).json()["items"][0]["outcome"] is None
    outcomes.register(lambda: {"strong": BandOutcome(count, 11), "good": BandOutcome(500, 1)})
    outcome = Client().get(path).json()["items"][0]["outcome"]
    assert (outcome and outcome["introductions"]) == shown
    with pytest.raises(ValueError, match="provider"):
        outcomes.register(dict)


# --- feedback ---


@pytest.fixture
def suggestion(world: World) -> MatchSuggestion:
    other = make_firm("江城冶炼", smelter="editor")
    offer = world.capability("published")
    offer.organisation = other
    offer.save()
    need = item_of("need", world.need("published").pk)
    return suggest(need, item_of("capability", offer.pk))


def say(client: Client, suggestion: MatchSuggestion, **said: Any) -> Any:
    body = {"is_useful": False, "reason": "indicators_short", **said}
    return client.put(
        f"{API}/suggestions/{suggestion.pk}/feedback", body, content_type="application/json"
    )


def seen_by(client: Client, suggestion: MatchSuggestion) -> dict[str, Any]:
    need = suggestion.need_item.object_id
    return client.get(f"{API}/needs/{need}/suggestions").json()["items"][0]


def test_each_person_says_once_and_may_change_or_take_it_back(
    world: World, suggestion: MatchSuggestion
) -> None:
    client = client_of(world.member)
    assert seen_by(client, suggestion)["may_judge"]
    assert seen_by(client, suggestion)["feedback"] is None
    assert say(client, suggestion, note=" 精度 差一半 ").status_code == 200
    assert say(client, suggestion, is_useful=True, reason="fits").json()["reason"] == "fits"
    given = Feedback.objects.get()
    assert (given.side, given.is_useful, given.note) == ("need", True, "")
    assert (given.features, given.versions, given.score) == (
        suggestion.features,
        suggestion.versions,
        suggestion.score,
    )
    assert seen_by(client, suggestion)["feedback"]["reason"] == "fits"
    assert seen_by(Client(), suggestion)["feedback"] is None
    path = f"{API}/suggestions/{suggestion.pk}/feedback"
    assert client.delete(path).status_code == 204
    assert client.delete(path).status_code == 204
    assert not Feedback.objects.exists()
    actions = AuditEntry.objects.filter(object_id=suggestion.pk).order_by("id")
    assert [one.action for one in actions] == [
        "suggestion.judged",
        "suggestion.judged",
        "suggestion.judgement_taken_back",
    ]
    assert actions[1].changes["reason"] == {"old": "indicators_short", "new": "fits"}


def test_both_sides_and_brokers_speak_each_for_themselves(
    world: World, suggestion: MatchSuggestion
) -> None:
    from park.accounts.models import User

    smelter = User.objects.get(username="smelter")
    for user in (world.member, smelter, world.staff_with(StaffRole.BROKER)):
        assert say(client_of(user), suggestion).status_code == 200
    assert sorted(Feedback.objects.values_list("side", flat=True)) == ["need", "offer", "park"]


def test_strangers_do_not_learn_of_it_and_viewers_may_not_speak(
    world: World, suggestion: MatchSuggestion
) -> None:
    stranger = client_of(make_user("passer_by"))
    assert say(stranger, suggestion).status_code == 404
    assert not seen_by(stranger, suggestion)["may_judge"]
    assert say(client_of(world.viewer), suggestion).status_code == 403
    assert say(client_of(world.staff_with(StaffRole.TALENT_OFFICER)), suggestion).status_code == 404
    assert say(Client(), suggestion).status_code == 401


@pytest.mark.parametrize(
    "said",
    [
        {"reason": "fits"},
        {"reason": ""},
        {"reason": "sulky"},
        {"is_useful": True},
        {"note": "长" * 501},
    ],
)
def test_a_reason_has_to_go_with_the_verdict(
    world: World, suggestion: MatchSuggestion, said: dict[str, Any]
) -> None:
    answer = say(client_of(world.member), suggestion, **said)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


def test_what_was_said_outlives_the_suggestion_and_comes_back_with_it(
    world: World, suggestion: MatchSuggestion
) -> None:
    client = client_of(world.member)
    say(client, suggestion)
    need, offer = suggestion.need_item, suggestion.offer_item
    suggestion.delete()
    again = suggest(need, offer, score=0.4)
    assert seen_by(client, again)["feedback"]["reason"] == "indicators_short"
    assert Feedback.objects.get().score == pytest.approx(0.7)


def test_brokers_take_the_feedback_along_and_its_authors_stay_unnamed(
    world: World, suggestion: MatchSuggestion
) -> None:
    say(client_of(world.member), suggestion, note="差一个数量级")
    path = f"{API}/suggestions/feedback/export?format=csv"
    answer = client_of(world.staff_with(StaffRole.BROKER)).get(path)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert "差一个数量级" in text
    assert world.member.username not in text
    assert client_of(world.member).get(path).status_code == 403
