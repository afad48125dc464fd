"""Tiers and facts: who enters and sees them, and what the next step asks."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from park.accounts.models import StaffRole, User
from park.organisations import queries, services
from park.organisations.kinds import MembershipRole
from park.organisations.models import GrowthCondition, HeldTier, Organisation
from park.organisations.rules import Verdict
from tests.factories import OrganisationFactory, UserFactory, make_member, make_staff

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


@pytest.fixture
def firm() -> Organisation:
    return OrganisationFactory()


@pytest.fixture
def owner(firm: Organisation) -> User:
    return make_member(firm, MembershipRole.OWNER)


def record(actor: Any, firm: Organisation, key: str, value: Any, year: int | None = None) -> Any:
    return services.record_fact(
        actor=actor,
        organisation_id=firm.pk,
        key=key,
        value=value,
        year=year,
        source="2025年审计报告",
        today=TODAY,
    )


def grant(actor: Any, firm: Organisation, step: str, **more: Any) -> HeldTier:
    values = {"granted_on": date(2025, 11, 1)} | more
    return services.record_tier(actor=actor, organisation_id=firm.pk, step=step, **values)


def ladders(actor: Any, firm: Organisation, today: date = TODAY) -> dict[str, Any]:
    views = queries.growth_of(actor=actor, organisation_id=firm.pk, today=today)
    return {view.ladder.code: view for view in views}


class TestFacts:
    def test_the_newest_record_counts_and_the_older_one_stays(self, firm, owner) -> None:
        record(owner, firm, "revenue", 1_000_000, 2025)
        newest = record(owner, firm, "revenue", Decimal("1200000.50"), 2025)
        record(owner, firm, "founded_on", "2015-04-01")
        facts = queries.list_facts(actor=owner, organisation_id=firm.pk)
        assert [fact.key for fact in facts] == ["founded_on", "revenue"]
        assert facts[1] == newest
        assert firm.facts.count() == 3

    @pytest.mark.parametrize(
        ("key", "value", "year", "field"),
        [
            ("magic", 1, None, "key"),
            ("employees", 1, None, "year"),
            ("employees", 1, 2027, "year"),
            ("employees", 1.5, 2025, "value"),
            ("employees", -1, 2025, "value"),
            ("employees", "80", 2025, "value"),
            ("employees", True, 2025, "value"),
            ("employees", None, 2025, "value"),
            ("revenue", float("nan"), 2025, "value"),
            ("revenue", 10**14, 2025, "value"),
            ("founded_on", "2027-01-01", None, "value"),
            ("founded_on", "昨天", None, "value"),
            ("founded_on", "2015-04-01", 2015, "year"),
            ("core_ip", 1, None, "value"),
        ],
    )
    def test_bad_input_names_its_field(self, refusal, firm, owner, key, value, year, field) -> None:
        refused = refusal(lambda: record(owner, firm, key, value, year))
        assert refused.code == "invalid_input"
        assert field in [fault["field"] for fault in refused.data["fields"]]

    def test_staff_verify_what_owners_enter(self, refusal, firm, owner) -> None:
        fact = record(owner, firm, "employees", 80, 2025)
        by_id = {"organisation_id": firm.pk, "fact_id": fact.pk}
        call = lambda: services.verify_fact(actor=owner, **by_id)  # noqa: E731
        assert refusal(call).code == "not_allowed"
        moderator = make_staff()
        assert services.verify_fact(actor=moderator, **by_id).verified_by == moderator
        assert record(moderator, firm, "employees", 81, 2025).verified_at is not None

    def test_they_are_the_owners_and_staffs(self, refusal, firm, owner) -> None:
        record(owner, firm, "employees", 80, 2025)
        for actor in (owner, make_member(firm, "viewer"), make_staff(StaffRole.BROKER)):
            assert len(queries.list_facts(actor=actor, organisation_id=firm.pk)) == 1
        for actor in (
            make_member(OrganisationFactory(), "owner"),
            make_staff(StaffRole.EQUIPMENT_OFFICER),
            UserFactory(),
            AnonymousUser(),
        ):
            by_id = {"actor": actor, "organisation_id": firm.pk}
            for call in (
                lambda by_id=by_id: queries.list_facts(**by_id),
                lambda by_id=by_id: queries.growth_of(**by_id, today=TODAY),
            ):
                assert refusal(call).code == "not_found"
            write = lambda a=actor: record(a, firm, "employees", 1, 2025)  # noqa: E731
            assert refusal(write).code == "not_allowed"

    def test_editors_and_viewers_do_not_enter_them(self, refusal, firm) -> None:
        for role in ("editor", "viewer"):
            actor = make_member(firm, role)
            call = lambda a=actor: record(a, firm, "employees", 1, 2025)  # noqa: E731
            assert refusal(call).code == "not_allowed"


class TestTiers:
    def test_a_high_tech_certificate_lasts_three_years(self, firm, owner) -> None:
        assert grant(owner, firm, "high_tech").expires_on == date(2028, 11, 1)
        leap = grant(owner, firm, "high_tech", granted_on=date(2024, 2, 29))
        assert leap.expires_on == date(2027, 2, 28)
        assert grant(owner, firm, "tech_sme").expires_on is None

    def test_only_verified_ones_that_hold_are_public(self, firm, owner) -> None:
        tier = grant(owner, firm, "high_tech")
        assert queries.public_tiers(firm, TODAY) == []
        services.verify_tier(actor=make_staff(), organisation_id=firm.pk, tier_id=tier.pk)
        assert queries.public_tiers(firm, TODAY) == [tier]
        assert queries.public_tiers(firm, date(2028, 11, 1)) == []

    def test_bad_dates_and_doubles(self, refusal, firm, owner) -> None:
        for more in (
            {"granted_on": date(2999, 1, 1)},
            {"expires_on": date(2025, 11, 1)},
        ):
            call = lambda more=more: grant(owner, firm, "high_tech", **more)  # noqa: E731
            assert refusal(call).code == "invalid_input"
        assert refusal(lambda: grant(owner, firm, "moon")).code == "invalid_input"
        grant(owner, firm, "high_tech")
        assert refusal(lambda: grant(owner, firm, "high_tech")).code == "wrong_state"

    def test_a_verified_record_is_for_staff_to_take_out(self, refusal, firm, owner) -> None:
        tier = grant(make_staff(), firm, "high_tech")
        remove = {"organisation_id": firm.pk, "tier_id": tier.pk}
        call = lambda: services.remove_tier(actor=owner, **remove)  # noqa: E731
        assert refusal(call).code == "not_allowed"
        services.remove_tier(actor=make_staff(), **remove)
        assert not firm.tiers.exists()

    def test_strangers_do_not_record_or_verify(self, refusal, firm) -> None:
        tier = grant(make_staff(), firm, "high_tech")
        for actor in (UserFactory(), make_staff(StaffRole.BROKER), make_member(firm)):
            by_id = {"organisation_id": firm.pk, "tier_id": tier.pk}
            for call in (
                lambda a=actor: grant(a, firm, "tech_sme"),
                lambda a=actor, by_id=by_id: services.verify_tier(actor=a, **by_id),
                lambda a=actor, by_id=by_id: services.remove_tier(actor=a, **by_id),
            ):
                assert refusal(call).code == "not_allowed"


class TestNextStep:
    def test_the_first_step_with_nothing_on_file_is_all_unknown(self, firm, owner) -> None:
        views = ladders(owner, firm)
        assert {code: view.next_step.code for code, view in views.items()} == {
            "technology": "tech_sme",
            "quality": "innovative_sme",
        }
        for view in views.values():
            assert {one.judgement.verdict for one in view.conditions} == {Verdict.UNKNOWN}

    def test_what_is_on_file_is_held_against_the_next_one(self, firm, owner) -> None:
        grant(owner, firm, "tech_sme")
        record(owner, firm, "founded_on", "2015-04-01")
        record(owner, firm, "employees", 80, 2025)
        record(owner, firm, "rd_staff", 7, 2025)
        view = ladders(owner, firm)["technology"]
        assert (view.held_step.code, view.next_step.code) == ("tech_sme", "high_tech")
        verdicts = {one.condition.code: one.judgement for one in view.conditions}
        assert verdicts["age"].verdict is Verdict.MET
        assert verdicts["rd_staff"].verdict is Verdict.NOT_MET
        assert verdicts["rd_staff"].computed == 8.75
        assert verdicts["rd_ratio"].verdict is Verdict.UNKNOWN
        assert verdicts["rd_inland"].verdict is Verdict.UNKNOWN

    def test_an_expired_tier_is_asked_for_again(self, firm, owner) -> None:
        grant(owner, firm, "high_tech", granted_on=date(2022, 11, 1))
        assert ladders(owner, firm, date(2025, 10, 31))["technology"].next_step is None
        view = ladders(owner, firm, date(2025, 11, 1))["technology"]
        assert (view.held_step, view.next_step.code) == (None, "tech_sme")
        assert len(view.tiers) == 1

    def test_it_costs_few_queries(self, firm, owner, django_assert_max_num_queries) -> None:
        record(owner, firm, "employees", 80, 2025)
        with django_assert_max_num_queries(8):
            ladders(owner, firm)


class TestConditions:
    def change(self, actor: Any, **changes: Any) -> GrowthCondition:
        found = GrowthCondition.objects.get(step__code="tech_sme", code="employees")
        return services.edit_condition(actor=actor, condition_id=found.pk, changes=changes)

    def test_they_are_data(self, firm, owner) -> None:
        record(owner, firm, "employees", 400, 2025)
        chief = make_staff(StaffRole.ADMINISTRATOR)
        self.change(chief, rule={"kind": "at_most", "fact": "employees", "value": 300})
        view = ladders(owner, firm)["technology"]
        found = {one.condition.code: one.judgement.verdict for one in view.conditions}
        assert found["employees"] is Verdict.NOT_MET
        self.change(chief, is_active=False)
        assert "employees" not in [
            one.condition.code for one in ladders(owner, firm)["technology"].conditions
        ]

    def test_a_broken_rule_is_not_kept(self, refusal) -> None:
        chief = make_staff(StaffRole.ADMINISTRATOR)
        for changes in ({"rule": {"kind": "magic"}}, {"text_zh": ""}, {"code": "x"}):
            call = lambda changes=changes: self.change(chief, **changes)  # noqa: E731
            assert refusal(call).code == "invalid_input"

    def test_a_rule_broken_behind_our_back_is_unknown(self, firm, owner) -> None:
        GrowthCondition.objects.update(rule={"kind": "at_most"})
        verdicts = {one.judgement.verdict for one in ladders(owner, firm)["technology"].conditions}
        assert verdicts == {Verdict.UNKNOWN}

    def test_only_administrators(self, refusal) -> None:
        for actor in (make_staff(), make_staff(StaffRole.BROKER), UserFactory(), AnonymousUser()):
            call = lambda a=actor: self.change(a, text_en="x")  # noqa: E731
            assert refusal(call).code == "not_allowed"
