"""Questions that are ready to send, and what people said as labels for the ranking."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.feedback import give_feedback, labelled_pairs
from matching.models import Feedback, Item, MatchSuggestion
from matching.questions import one_question, question_about
from park.core.errors import DomainError
from tests.factories import OrganisationFactory, make_member, make_staff
from tests.factories.matching import indicator, suggest

FEATURES: dict[str, float | None] = {"title": 0.5, "indicators": None, "musts": None}


def test_a_question_names_the_entry_the_indicator_and_the_value_in_one_sentence() -> None:
    row = indicator("厚度公差", "unknown", asked="0.008 mm")
    found = question_about(row, "极薄铜带轧制")
    for text in (found.zh, found.en):
        assert all(part in text for part in ("极薄铜带轧制", "厚度公差", "≤ 0.008 mm"))
    assert (found.zh.count("？"), found.zh.count("。")) == (1, 0)
    assert (found.en.count("?"), found.en.rstrip("?").count(".")) == (1, 1)  # that of 0.008


def test_a_requirement_without_a_number_is_asked_in_its_own_words() -> None:
    row = indicator("表面", "unknown")
    row["need"] = {**row["need"], "value": None, "text": "表面无划伤、无氧化色"}
    assert "表面无划伤、无氧化色" in question_about(row, "铜带").zh


def test_musts_come_before_wishes_and_numbers_before_words() -> None:
    rows = [
        indicator("甲", "unknown", must=False),
        indicator("乙", "unknown"),
        indicator("丙", "unknown"),
        indicator("丁", "met", claimed="0.3 mg/L"),
    ]
    rows[1]["need"]["value"] = None
    found = one_question(FEATURES, rows)
    assert found is not None
    assert (found.indicator, found.open_musts) == (2, 1)


def test_nothing_is_asked_where_no_answer_helps() -> None:
    assert one_question(FEATURES, []) is None
    assert one_question(FEATURES, [indicator("甲", "met", claimed="0.3 mg/L")]) is None
    broken = indicator("乙", "not_met", claimed="9 mg/L")
    assert one_question(FEATURES, [indicator("甲", "unknown"), broken]) is None
    wish = indicator("乙", "not_met", must=False, claimed="9 mg/L")
    assert one_question(FEATURES, [indicator("甲", "unknown"), wish]) is not None


verdicts = st.sampled_from(["met", "not_met", "partly", "unknown"])


@given(st.lists(st.tuples(verdicts, st.booleans()), max_size=8))
def test_the_question_is_about_something_open(rows: list[tuple[str, bool]]) -> None:
    stored = [indicator("甲", verdict, must=must) for verdict, must in rows]
    found = one_question(FEATURES, stored)
    if found is not None:
        assert rows[found.indicator][0] == "unknown"
        assert rows[found.indicator][1] or not any(
            must and verdict == "unknown" for verdict, must in rows
        )


# --- labels ---


@pytest.fixture
def suggestion(db: Any) -> MatchSuggestion:
    from django.utils import timezone

    need, offer = (
        Item.objects.create(
            kind=kind,
            side=side,
            object_id=OrganisationFactory().pk,
            organisation_id=OrganisationFactory().pk,
            title=kind,
            updated_at=timezone.now(),
        )
        for kind, side in (("need", "need"), ("capability", "offer"))
    )
    return suggest(need, offer)


def test_feedback_becomes_labels_with_the_features_of_then(suggestion: MatchSuggestion) -> None:
    from park.organisations.models import Organisation

    firm = Organisation.objects.get(pk=suggestion.need_item.organisation_id)
    people = [make_member(firm) for _ in range(3)]
    said = [(True, "fits"), (False, "other_matter"), (False, "known_already")]
    for person, (is_useful, reason) in zip(people, said, strict=True):
        give_feedback(actor=person, suggestion_id=suggestion.pk, is_useful=is_useful, reason=reason)
    MatchSuggestion.objects.update(features={"title": 0.1})
    found = labelled_pairs()
    assert [one.label for one in found] == [1, 0], "known already says nothing of the match"
    assert {one.need_id for one in found} == {suggestion.need_item.pk}
    assert {(one.features["title"], one.weights) for one in found} == {(0.7, "prior-2")}


def test_a_reason_of_the_other_verdict_is_refused_by_service_and_table(
    suggestion: MatchSuggestion,
) -> None:
    from django.db import IntegrityError, transaction

    broker = make_staff()
    with pytest.raises(DomainError, match="invalid_input"):
        give_feedback(actor=broker, suggestion_id=suggestion.pk, is_useful=True, reason="too_far")
    give_feedback(actor=broker, suggestion_id=suggestion.pk, is_useful=True, reason="other")
    with pytest.raises(IntegrityError), transaction.atomic():
        Feedback.objects.update(reason="too_far")
