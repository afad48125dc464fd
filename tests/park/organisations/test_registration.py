"""Proposed, verified, edited: what staff verified changes only through them."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core import mail

from park.accounts.models import StaffRole, User
from park.core.models import AuditEntry
from park.organisations import queries, services
from park.organisations.kinds import MembershipRole, RequestStatus, VerificationStatus
from park.organisations.models import Organisation
from tests.factories import OrganisationFactory, UserFactory, make_member, make_staff

pytestmark = pytest.mark.django_db
CODE = "91350100M000100Y43"
OTHER_CODE = "91420200MA00000004"
NAME = "黄石市示例铜业有限责任公司"


def propose(actor: Any, name: str = NAME, **more: Any) -> Organisation:
    profile = {"name": name, "kind": "enterprise"} | more.pop("profile", {})
    return services.propose_organisation(actor=actor, profile=profile, **more)


def edit(actor: Any, organisation: Organisation, **profile: Any) -> Organisation:
    organisation.refresh_from_db()
    return services.edit_organisation(
        actor=actor,
        organisation_id=organisation.pk,
        version=organisation.version,
        profile=profile,
    )


class TestPropose:
    def test_who_proposes_owns_what_only_they_and_staff_see(self) -> None:
        founder, stranger = UserFactory(), UserFactory()
        made = propose(founder)
        assert (made.status, made.proposed_by) == (VerificationStatus.UNVERIFIED, founder)
        assert queries.owned_organisation_ids(founder) == {made.pk}
        for actor, sees in (
            (founder, True), (make_staff(), True), (stranger, False), (AnonymousUser(), False),
        ):  # fmt: skip
            seen = Organisation.objects.visible_to(actor).filter(pk=made.pk).exists()
            assert seen is sees
        assert queries.list_organisations(actor=make_staff()).items == []
        assert queries.count_organisations() == 0

    def test_a_visitor_does_not(self, refusal) -> None:
        assert refusal(lambda: propose(AnonymousUser())).code == "not_allowed"

    def test_one_firm_under_two_names_is_asked_about(self, refusal) -> None:
        there = OrganisationFactory(name="黄石示例铜业有限公司")
        refused = refusal(lambda: propose(UserFactory()))
        assert refused.code == "similar_organisation"
        assert refused.data["organisations"] == [{"id": str(there.pk), "name": there.name}]
        assert propose(UserFactory(), is_another=True).name == NAME

    def test_also_by_a_former_name(self, refusal) -> None:
        there = OrganisationFactory(name="湖北示例新材料有限公司")
        services.add_alias(
            actor=make_staff(), organisation_id=there.pk, name=NAME, source="former_name"
        )
        assert refusal(lambda: propose(UserFactory())).code == "similar_organisation"

    def test_what_others_proposed_is_not_told(self) -> None:
        propose(UserFactory())
        assert propose(UserFactory()).name == NAME

    def test_not_without_end(self, refusal) -> None:
        founder = UserFactory()
        for number in range(3):
            propose(founder, name=f"示例{number}公司")
        assert refusal(lambda: propose(founder)).code == "too_many_proposals"


class TestCreditCode:
    @pytest.mark.parametrize(
        ("code", "fault"),
        [("9135", "length"), ("91350100M000100O43", "character"), (CODE[:-1] + "9", "check_digit")],
    )
    def test_a_broken_one_says_what_is_wrong(self, refusal, code: str, fault: str) -> None:
        refused = refusal(lambda: propose(UserFactory(), profile={"credit_code": code}))
        assert refused.data["fields"] == [
            {"field": "credit_code", "code": "invalid_credit_code", "fault": fault}
        ]

    def test_it_is_kept_as_the_standard_writes_it(self) -> None:
        made = propose(UserFactory(), profile={"credit_code": "９１３５０１００m0001 00y43"})
        assert made.credit_code == CODE

    def test_staff_are_told_whose_it_is_already_and_others_are_not(self, refusal) -> None:
        there = OrganisationFactory(name="另一个名字的公司", credit_code=CODE)
        refused = refusal(lambda: propose(UserFactory(), profile={"credit_code": CODE}))
        assert (refused.code, refused.data) == ("duplicate_credit_code", {})
        refused = refusal(
            lambda: services.create_organisation(
                actor=make_staff(StaffRole.ADMINISTRATOR),
                name=NAME,
                kind="enterprise",
                credit_code=CODE,
            )
        )
        assert refused.data["existing"] == {"id": str(there.pk), "name": there.name}

    def test_none_is_allowed_and_marked(self) -> None:
        assert propose(UserFactory()).has_credit_code is False


class TestVerify:
    def test_a_moderator_verifies_and_the_owner_hears(self, django_capture_on_commit_callbacks):
        founder = UserFactory(email="Founder@example.com")
        made = propose(founder)
        with django_capture_on_commit_callbacks(execute=True):
            services.verify_organisation(actor=make_staff(), organisation_id=made.pk)
        made.refresh_from_db()
        assert made.is_verified
        assert [message.to for message in mail.outbox] == [["founder@example.com"]]

    def test_a_rejected_one_is_corrected_and_asked_for_again(self, refusal) -> None:
        founder, staff = UserFactory(), make_staff()
        made = propose(founder)
        by_id = {"organisation_id": made.pk}
        without = lambda: services.reject_organisation(actor=staff, reason=" ", **by_id)  # noqa: E731
        assert refusal(without).code == "invalid_input"
        services.reject_organisation(actor=staff, reason="查无此企业", **by_id)
        again = refusal(lambda: services.verify_organisation(actor=staff, **by_id))
        assert again.code == "wrong_state"
        edit(founder, made, name="黄石另一示例有限公司")
        assert services.ask_for_verification(actor=founder, **by_id).status == "unverified"
        assert services.verify_organisation(actor=staff, **by_id).is_verified

    @pytest.mark.parametrize(
        "role", [StaffRole.BROKER, StaffRole.EQUIPMENT_OFFICER, StaffRole.TALENT_OFFICER]
    )
    def test_other_staff_do_not(self, refusal, role: StaffRole) -> None:
        by_id = {"organisation_id": propose(UserFactory()).pk}
        for act in (services.verify_organisation, services.reject_organisation):
            more = {"reason": "x"} if act is services.reject_organisation else {}
            call = lambda act=act, more=more: act(actor=make_staff(role), **by_id, **more)  # noqa: E731
            assert refusal(call).code == "not_allowed"
        assert refusal(lambda: queries.list_unverified(actor=make_staff(role))).code == (
            "not_allowed"
        )

    def test_strangers_know_nothing_of_it(self, refusal) -> None:
        by_id = {"organisation_id": propose(UserFactory()).pk}
        call = lambda: services.verify_organisation(actor=UserFactory(), **by_id)  # noqa: E731
        assert refusal(call).code == "not_found"


class TestEdit:
    @pytest.fixture
    def firm(self) -> Organisation:
        return OrganisationFactory(name="黄石示例铜业有限公司", credit_code=CODE)

    @pytest.fixture
    def owner(self, firm: Organisation) -> User:
        return make_member(firm, MembershipRole.OWNER)

    def test_an_owner_edits_the_profile(self, firm, owner) -> None:
        made = edit(owner, firm, about="做铜箔。", contact_phone="0714-6350000")
        assert (made.about, made.version) == ("做铜箔。", 2)
        assert AuditEntry.objects.filter(object_id=firm.pk, action="edited").exists()

    def test_editors_strangers_and_other_staff_do_not(self, refusal, firm) -> None:
        for actor in (
            make_member(firm, MembershipRole.EDITOR),
            make_member(OrganisationFactory(), MembershipRole.OWNER),
            make_staff(StaffRole.BROKER),
            AnonymousUser(),
        ):
            assert refusal(lambda a=actor: edit(a, firm, about="x")).code == "not_allowed"

    def test_somebody_was_first(self, refusal, firm, owner) -> None:
        edit(owner, firm, about="一")
        stale = lambda: services.edit_organisation(  # noqa: E731
            actor=owner, organisation_id=firm.pk, version=1, profile={"about": "二"}
        )
        assert refusal(stale).code == "edit_conflict"

    def test_a_new_name_waits_for_staff_and_the_old_one_stays_findable(self, firm, owner) -> None:
        former = firm.name
        edit(owner, firm, name="黄石示例高纯铜股份有限公司", about="新介绍")
        firm.refresh_from_db()
        assert (firm.name, firm.about) == (former, "新介绍")
        (change,) = queries.list_changes_waiting(actor=make_staff()).items
        services.approve_change(actor=make_staff(), change_id=change.pk)
        firm.refresh_from_db()
        assert firm.name == "黄石示例高纯铜股份有限公司"
        assert list(firm.aliases.values_list("name", "source")) == [(former, "former_name")]
        assert queries.list_organisations(actor=None, q=former).items == [firm]

    def test_a_declined_change_leaves_things_as_they_are(self, refusal, firm, owner) -> None:
        edit(owner, firm, credit_code=OTHER_CODE)
        (change,) = queries.list_changes_waiting(actor=make_staff()).items
        decline = {"actor": make_staff(), "change_id": change.pk}
        services.decline_change(**decline, reason="与执照不符")
        firm.refresh_from_db()
        assert firm.credit_code == CODE
        again = refusal(lambda: services.approve_change(**decline))
        assert again.code == "wrong_state"
        assert firm.change_requests.get().status == RequestStatus.DECLINED

    def test_the_owners_latest_wish_counts(self, firm, owner) -> None:
        edit(owner, firm, name="甲有限公司")
        edit(owner, firm, name="乙有限公司")
        (change,) = queries.list_changes_waiting(actor=make_staff()).items
        assert change.changes["name"]["new"] == "乙有限公司"
        edit(owner, firm, name=firm.name)
        assert queries.list_changes_waiting(actor=make_staff()).items == []

    def test_a_code_taken_meanwhile_is_no_crash(self, refusal, firm, owner) -> None:
        edit(owner, firm, credit_code=OTHER_CODE)
        taken = OrganisationFactory(credit_code=OTHER_CODE)
        (change,) = queries.list_changes_waiting(actor=make_staff()).items
        approve = lambda: services.approve_change(  # noqa: E731
            actor=make_staff(), change_id=change.pk
        )
        assert refusal(approve).data["existing"]["id"] == str(taken.pk)

    def test_who_decides_changes(self, refusal, firm, owner) -> None:
        edit(owner, firm, name="甲有限公司")
        change = firm.change_requests.get()
        for actor, code in (
            (owner, "not_allowed"),
            (make_staff(StaffRole.BROKER), "not_allowed"),
            (UserFactory(), "not_found"),
        ):
            call = lambda a=actor: services.approve_change(actor=a, change_id=change.pk)  # noqa: E731
            assert refusal(call).code == code

    def test_staff_change_an_identity_at_once(self, firm) -> None:
        assert edit(make_staff(), firm, name="甲有限公司").name == "甲有限公司"

    def test_an_unverified_one_is_its_owners(self) -> None:
        founder = UserFactory()
        made = propose(founder)
        assert edit(founder, made, name="改正后的名称").name == "改正后的名称"
        assert not made.aliases.exists()


class TestDoubles:
    def test_spellings_and_former_names_meet(self) -> None:
        one = OrganisationFactory(name="黄石市示例铜业有限责任公司")
        two = OrganisationFactory(name="黄石示例铜业有限公司")
        three = OrganisationFactory(name="湖北示例新材料有限公司")
        services.add_alias(actor=make_staff(), organisation_id=three.pk, name=two.name)
        OrganisationFactory()
        (group,) = queries.list_duplicates(actor=make_staff())
        assert set(group.organisations) == {one, two, three}

    def test_only_for_who_verifies(self, refusal) -> None:
        for actor in (make_staff(StaffRole.BROKER), UserFactory(), AnonymousUser()):
            call = lambda a=actor: queries.list_duplicates(actor=a)  # noqa: E731
            assert refusal(call).code == "not_allowed"

    def test_an_import_finds_by_code_first(self) -> None:
        by_name = OrganisationFactory(name="黄石示例铜业有限公司")
        by_code = OrganisationFactory(name="别的名字", credit_code=CODE)
        found = queries.similar_organisations(
            name="黄石市示例铜业有限责任公司", credit_code=CODE.lower()
        )
        assert found == [by_code, by_name]
