"""Organisations and memberships: who may make them, and what they open."""

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser

from park.accounts.models import StaffRole
from park.core.errors import DomainError
from park.core.models import AuditEntry
from park.organisations import queries, services
from park.organisations.models import Membership, MembershipRole, Organisation
from tests.factories import OrganisationFactory, UserFactory, make_member, make_staff

pytestmark = pytest.mark.django_db
OWNER, EDITOR, VIEWER = MembershipRole.OWNER, MembershipRole.EDITOR, MembershipRole.VIEWER


def code_of(call: Any) -> str:
    with pytest.raises(DomainError) as refused:
        call()
    return refused.value.code


class TestCreate:
    def make(self, actor: Any, **values: Any) -> Organisation:
        given = {"name": "黄石示例铜业有限公司", "kind": "enterprise"} | values
        return services.create_organisation(actor=actor, **given)

    def test_an_administrator_makes_one_and_it_is_audited(self) -> None:
        administrator = make_staff(StaffRole.ADMINISTRATOR)
        made = self.make(administrator, chains=["copper_processing"], region="xingang")
        entry = AuditEntry.objects.get(object_id=made.pk)
        assert (entry.actor, entry.action) == (administrator, "created")

    def test_others_do_not(self) -> None:
        for actor in (UserFactory(), make_staff(StaffRole.MODERATOR), AnonymousUser()):
            assert code_of(lambda actor=actor: self.make(actor)) == "not_allowed"

    @pytest.mark.parametrize(
        "values",
        [
            {"name": ""},
            {"name": "x" * 121},
            {"name": "a\ud800"},
            {"kind": "club"},
            {"chains": ["alchemy"]},
            {"region": "moon"},
            {"credit_code": "9" * 19},
        ],
    )
    def test_bad_input_makes_nothing(self, values: dict) -> None:
        assert code_of(lambda: self.make(None, **values)) == "invalid_input"
        assert not Organisation.objects.exists()

    def test_a_credit_code_is_given_once(self) -> None:
        self.make(None, credit_code="91420200MA00000004")
        again = code_of(lambda: self.make(None, credit_code="91420200MA00000004"))
        assert again == "duplicate_credit_code"
        self.make(None)
        self.make(None)


class TestMembers:
    def set(self, actor: Any, organisation: Organisation, user: Any, role: str) -> Membership:
        return services.add_member(
            actor=actor, organisation_id=organisation.pk, user_id=user.pk, role=role
        )

    def test_an_owner_adds_and_changes_with_old_and_new_role_on_record(self) -> None:
        firm, user = OrganisationFactory(), UserFactory()
        owner = make_member(firm, OWNER)
        self.set(owner, firm, user, VIEWER)
        self.set(owner, firm, user, EDITOR)
        assert queries.editable_organisation_ids(user) == {firm.pk}
        changes = AuditEntry.objects.filter(object_id=firm.pk).values_list("changes", flat=True)
        assert list(changes) == [
            {str(user.pk): {"old": "viewer", "new": "editor"}},
            {str(user.pk): {"old": None, "new": "viewer"}},
        ]

    def test_strangers_editors_and_moderators_do_not(self) -> None:
        firm, user = OrganisationFactory(), UserFactory()
        foreign_owner = make_member(OrganisationFactory(), OWNER)
        for actor in (
            make_member(firm, EDITOR),
            foreign_owner,
            user,
            make_staff(),
            AnonymousUser(),
        ):
            assert code_of(lambda a=actor: self.set(a, firm, user, OWNER)) == "not_allowed"
            remove = code_of(
                lambda a=actor: services.remove_member(
                    actor=a, organisation_id=firm.pk, user_id=user.pk
                )
            )
            assert remove == "not_allowed"

    def test_the_last_owner_stays(self) -> None:
        firm = OrganisationFactory()
        owner = make_member(firm, OWNER)
        assert code_of(lambda: self.set(owner, firm, owner, VIEWER)) == "last_owner"
        leave = {"actor": owner, "organisation_id": firm.pk, "user_id": owner.pk}
        assert code_of(lambda: services.remove_member(**leave)) == "last_owner"
        make_member(firm, OWNER)
        services.remove_member(**leave)
        assert queries.organisation_ids(owner) == frozenset()

    def test_unknown_people_roles_and_organisations(self) -> None:
        firm = OrganisationFactory()
        user = UserFactory()
        assert code_of(lambda: self.set(None, firm, user, "king")) == "invalid_input"
        user.is_active = False
        user.save()
        assert code_of(lambda: self.set(None, firm, user, OWNER)) == "invalid_input"
        nowhere = {"actor": None, "organisation_id": uuid4(), "user_id": user.pk}
        assert code_of(lambda: services.remove_member(**nowhere)) == "not_found"
        nobody = {"actor": None, "organisation_id": firm.pk, "user_id": uuid4()}
        assert code_of(lambda: services.remove_member(**nobody)) == "not_found"


class TestStanding:
    def test_of_a_member(self, django_assert_num_queries: Any) -> None:
        user = UserFactory()
        firms = OrganisationFactory.create_batch(2)
        for firm, role in zip(firms, (EDITOR, VIEWER), strict=True):
            services.add_member(actor=None, organisation_id=firm.pk, user_id=user.pk, role=role)
        with django_assert_num_queries(1):
            standing = queries.standing_of(user)
        assert standing.organisation_ids == {firm.pk for firm in firms}
        assert standing.editable_ids == {firms[0].pk}
        assert not standing.belongs_to(uuid4())

    @pytest.mark.parametrize("actor", [None, AnonymousUser()])
    def test_a_visitor_has_none(self, actor: Any, django_assert_num_queries: Any) -> None:
        with django_assert_num_queries(0):
            assert queries.standing_of(actor) == queries.Standing()

    def test_who_left_has_none(self) -> None:
        member = make_member(OrganisationFactory(), OWNER)
        member.is_active = False
        assert queries.standing_of(member) == queries.Standing()


class TestList:
    def test_pages_and_filters(self) -> None:
        firms = [OrganisationFactory(region="wuhan", kind="university") for _ in range(3)]
        OrganisationFactory(region="xingang")
        first = queries.list_organisations(actor=None, region="wuhan", limit=2)
        second = queries.list_organisations(
            actor=None, region="wuhan", limit=2, cursor=first.next_cursor
        )
        assert [*first.items, *second.items] == firms[::-1]
        assert second.next_cursor is None

    @pytest.mark.parametrize("q", ["100%_纯铜", "\\"])
    def test_a_search_takes_every_character_as_itself(self, q: str) -> None:
        OrganisationFactory(name="普通公司")
        wanted = OrganisationFactory(name=f"甲{q}乙")
        assert queries.list_organisations(actor=None, q=q).items == [wanted]

    def test_bad_input_is_named(self) -> None:
        for call in (
            lambda: queries.list_organisations(actor=None, q="\x00"),
            lambda: queries.list_organisations(actor=None, chain="\ud800"),
        ):
            assert code_of(call) == "invalid_input"
        forged = lambda: queries.list_organisations(actor=None, cursor="x")  # noqa: E731
        assert code_of(forged) == "invalid_cursor"
