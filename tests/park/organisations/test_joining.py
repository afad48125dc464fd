"""Coming in by request and by invitation, each decided once; leaving."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.db import connection
from django.utils import timezone

from park.accounts.models import StaffRole, User
from park.core.errors import DomainError
from park.organisations import queries, services
from park.organisations.kinds import MembershipRole, RequestStatus, VerificationStatus
from park.organisations.models import Invitation, Membership, Organisation
from tests.factories import OrganisationFactory, UserFactory, make_member, make_staff

OWNER, EDITOR, VIEWER = MembershipRole.OWNER, MembershipRole.EDITOR, MembershipRole.VIEWER


def ask(user: Any, firm: Organisation) -> Any:
    return services.request_to_join(actor=user, organisation_id=firm.pk, message="我是工艺员")


def invite(actor: Any, firm: Organisation, email: str = "New@Example.com", role: str = EDITOR):
    return services.invite_member(
        actor=actor,
        organisation_id=firm.pk,
        email=email,
        role=role,
        link_to=lambda secret: f"http://testserver/invitation#{secret}",
    )


def role_of(user: Any, firm: Organisation) -> str | None:
    return Membership.objects.filter(user=user, organisation=firm).values_list(
        "role", flat=True
    ).first()  # fmt: skip


def together(*calls: Callable[[], Any]) -> list[str]:
    """Runs the calls at once, each in a thread and connection of its own; their codes."""
    barrier, outcomes = threading.Barrier(len(calls)), []

    def run(call: Callable[[], Any]) -> None:
        try:
            barrier.wait(10)
            call()
            outcomes.append("done")
        except DomainError as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(outcomes)


def prove(user: User, email: str) -> None:
    """The user has confirmed the address by its link."""
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)


@pytest.mark.django_db
class TestRequests:
    def test_an_owner_lets_somebody_in(self, django_capture_on_commit_callbacks) -> None:
        firm, user = OrganisationFactory(), UserFactory(email="user@example.com")
        owner = UserFactory(email="owner@example.com")
        services.add_member(actor=None, organisation_id=firm.pk, user_id=owner.pk, role=OWNER)
        with django_capture_on_commit_callbacks(execute=True):
            request = ask(user, firm)
            services.approve_join_request(actor=owner, request_id=request.pk, role=EDITOR)
        assert role_of(user, firm) == EDITOR
        assert [message.to[0] for message in mail.outbox] == [
            "owner@example.com",
            "user@example.com",
        ]

    def test_a_moderator_lets_the_first_owner_in(self) -> None:
        firm, user = OrganisationFactory(), UserFactory()
        request = ask(user, firm)
        assert list(queries.list_requests_waiting(actor=make_staff()).items) == [request]
        services.approve_join_request(actor=make_staff(), request_id=request.pk, role=OWNER)
        assert role_of(user, firm) == OWNER

    def test_nobody_else_decides_or_even_sees_it(self, refusal) -> None:
        firm = OrganisationFactory()
        request = ask(UserFactory(), firm)
        for actor in (
            make_member(firm, EDITOR),
            make_member(OrganisationFactory(), OWNER),
            make_staff(StaffRole.TALENT_OFFICER),
            request.user,
            AnonymousUser(),
        ):
            by_id = {"actor": actor, "request_id": request.pk}
            for call in (
                lambda by_id=by_id: services.approve_join_request(**by_id, role=VIEWER),
                lambda by_id=by_id: services.decline_join_request(**by_id, reason="x"),
                lambda a=actor: queries.list_join_requests(actor=a, organisation_id=firm.pk),
            ):
                assert refusal(call).code == "not_found"

    def test_a_refusal_has_a_reason_which_the_asker_reads(self, refusal) -> None:
        firm, user = OrganisationFactory(), UserFactory()
        by_id = {"actor": make_member(firm, OWNER), "request_id": ask(user, firm).pk}
        call = lambda: services.decline_join_request(**by_id, reason="")  # noqa: E731
        assert refusal(call).code == "invalid_input"
        services.decline_join_request(**by_id, reason="不是本单位职工")
        (mine,) = queries.list_my_requests(actor=user)
        assert (mine.status, mine.reason) == (RequestStatus.DECLINED, "不是本单位职工")
        assert role_of(user, firm) is None
        assert ask(user, firm).status == RequestStatus.PENDING

    def test_once_at_a_time_and_not_as_a_member(self, refusal) -> None:
        firm, user = OrganisationFactory(), UserFactory()
        ask(user, firm)
        assert refusal(lambda: ask(user, firm)).code == "already_requested"
        assert refusal(lambda: ask(make_member(firm), firm)).code == "already_member"
        assert refusal(lambda: ask(AnonymousUser(), firm)).code == "not_allowed"

    def test_not_to_what_nobody_verified(self, refusal) -> None:
        firm = OrganisationFactory(status=VerificationStatus.UNVERIFIED)
        assert refusal(lambda: ask(UserFactory(), firm)).code == "not_found"

    def test_owners_are_not_flooded(self, refusal) -> None:
        firm, user = OrganisationFactory(), UserFactory()
        for _ in range(20):
            services.withdraw_join_request(actor=user, request_id=ask(user, firm).pk)
        assert refusal(lambda: ask(user, firm)).code == "too_many_requests"

    def test_one_takes_back_ones_own(self, refusal) -> None:
        firm, user = OrganisationFactory(), UserFactory()
        request = ask(user, firm)
        other = lambda: services.withdraw_join_request(  # noqa: E731
            actor=UserFactory(), request_id=request.pk
        )
        assert refusal(other).code == "not_found"
        services.withdraw_join_request(actor=user, request_id=request.pk)
        late = lambda: services.approve_join_request(  # noqa: E731
            actor=make_staff(), request_id=request.pk, role=VIEWER
        )
        assert refusal(late).code == "wrong_state"


@pytest.mark.django_db
class TestInvitations:
    def test_the_mail_carries_the_secret_and_the_database_does_not(
        self, django_capture_on_commit_callbacks
    ) -> None:
        firm = OrganisationFactory()
        with django_capture_on_commit_callbacks(execute=True):
            invitation, secret = invite(make_member(firm, OWNER), firm)
        assert mail.outbox[0].to == ["new@example.com"]
        assert f"#{secret}" in mail.outbox[0].body
        assert secret not in str(Invitation.objects.filter(pk=invitation.pk).values())

    def test_who_has_the_address_comes_in_once(self, refusal) -> None:
        firm, user = OrganisationFactory(), UserFactory(email="NEW@example.com")
        _, secret = invite(make_member(firm, OWNER), firm)
        services.accept_invitation(actor=user, secret=secret)
        assert role_of(user, firm) == EDITOR
        again = refusal(lambda: services.accept_invitation(actor=user, secret=secret))
        assert again.code == "invitation_used"

    def test_another_address_does_not(self, refusal) -> None:
        firm = OrganisationFactory()
        _, secret = invite(make_member(firm, OWNER), firm)
        for user, code in (
            (UserFactory(email="other@example.com"), "invitation_other_email"),
            (UserFactory(email="new@example.com", is_proven=False), "invitation_other_email"),
            (UserFactory(), "invitation_other_email"),
            (AnonymousUser(), "not_allowed"),
        ):
            call = lambda u=user: services.accept_invitation(actor=u, secret=secret)  # noqa: E731
            assert refusal(call).code == code
        wrong = lambda: services.accept_invitation(actor=UserFactory(), secret="x")  # noqa: E731
        assert refusal(wrong).code == "not_found"

    def test_it_lasts_fourteen_days(self, refusal) -> None:
        firm, user = OrganisationFactory(), UserFactory(email="new@example.com")
        invitation, secret = invite(make_member(firm, OWNER), firm)
        late = invitation.created_at + timedelta(days=14)
        call = lambda: services.accept_invitation(actor=user, secret=secret, now=late)  # noqa: E731
        assert refusal(call).code == "invitation_expired"
        services.accept_invitation(actor=user, secret=secret, now=late - timedelta(seconds=1))
        assert role_of(user, firm) == EDITOR

    def test_a_second_one_and_a_revoked_one_are_void(self, refusal) -> None:
        firm, user = OrganisationFactory(), UserFactory(email="new@example.com")
        owner = make_member(firm, OWNER)
        _, first = invite(owner, firm)
        second, secret = invite(owner, firm, role=VIEWER)
        call = lambda: services.accept_invitation(actor=user, secret=first)  # noqa: E731
        assert refusal(call).code == "not_found"
        services.revoke_invitation(actor=owner, invitation_id=second.pk)
        call = lambda: services.accept_invitation(actor=user, secret=secret)  # noqa: E731
        assert refusal(call).code == "not_found"
        assert list(queries.list_invitations(actor=owner, organisation_id=firm.pk)) == []

    def test_a_higher_role_is_kept(self) -> None:
        firm, user = OrganisationFactory(), UserFactory()
        _, secret = invite(make_member(firm, OWNER), firm, role=VIEWER)
        services.add_member(actor=None, organisation_id=firm.pk, user_id=user.pk, role=OWNER)
        prove(user, "new@example.com")
        services.accept_invitation(actor=user, secret=secret)
        assert role_of(user, firm) == OWNER

    def test_only_owners_and_moderators_invite_see_and_revoke(self, refusal) -> None:
        firm = OrganisationFactory()
        invitation, _ = invite(make_staff(), firm)
        for actor in (
            make_member(firm, EDITOR),
            make_member(OrganisationFactory(), OWNER),
            make_staff(StaffRole.BROKER),
            AnonymousUser(),
        ):
            assert refusal(lambda a=actor: invite(a, firm)).code == "not_allowed"
            read = lambda a=actor: queries.list_invitations(actor=a, organisation_id=firm.pk)  # noqa: E731
            assert refusal(read).code == "not_found"
            revoke = lambda a=actor: services.revoke_invitation(  # noqa: E731
                actor=a, invitation_id=invitation.pk
            )
            assert refusal(revoke).code == "not_found"

    @pytest.mark.parametrize("email", ["", "no address", "a@b\r\nBcc: c@example.com"])
    def test_bad_addresses(self, refusal, email: str) -> None:
        firm = OrganisationFactory()
        call = lambda: invite(make_member(firm, OWNER), firm, email=email)  # noqa: E731
        assert refusal(call).code == "invalid_input"

    def test_an_unverified_firm_sends_no_mail(self, refusal) -> None:
        firm = OrganisationFactory(status=VerificationStatus.UNVERIFIED)
        call = lambda: invite(make_member(firm, OWNER), firm)  # noqa: E731
        assert refusal(call).code == "organisation_unverified"


@pytest.mark.django_db
class TestLeaving:
    def test_anybody_leaves_but_the_last_owner(self, refusal) -> None:
        firm = OrganisationFactory()
        owner, viewer = make_member(firm, OWNER), make_member(firm, VIEWER)
        services.remove_member(actor=viewer, organisation_id=firm.pk, user_id=viewer.pk)
        assert role_of(viewer, firm) is None
        leave = lambda: services.remove_member(  # noqa: E731
            actor=owner, organisation_id=firm.pk, user_id=owner.pk
        )
        assert refusal(leave).code == "last_owner"

    def test_an_owner_who_may_not_sign_in_does_not_count(self, refusal) -> None:
        firm = OrganisationFactory()
        owner, gone = make_member(firm, OWNER), make_member(firm, OWNER)
        gone.is_active = False
        gone.save()
        leave = lambda: services.remove_member(  # noqa: E731
            actor=owner, organisation_id=firm.pk, user_id=owner.pk
        )
        assert refusal(leave).code == "last_owner"

    def test_roles_are_changed_for_members_only(self, refusal) -> None:
        firm, user = OrganisationFactory(), UserFactory()
        owner = make_member(firm, OWNER)
        call = lambda: services.change_role(  # noqa: E731
            actor=owner, organisation_id=firm.pk, user_id=user.pk, role=EDITOR
        )
        assert refusal(call).code == "not_found"


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_two_decisions_on_one_request(self) -> None:
        firm, user = OrganisationFactory(), UserFactory()
        request, staff = ask(user, firm), make_staff()
        by_id = {"actor": staff, "request_id": request.pk}
        outcomes = together(
            lambda: services.approve_join_request(**by_id, role=EDITOR),
            lambda: services.decline_join_request(**by_id, reason="否"),
        )
        assert outcomes == ["done", "wrong_state"]

    def test_an_invitation_taken_twice_at_once(self) -> None:
        firm, user = OrganisationFactory(), UserFactory(email="new@example.com")
        _, secret = invite(make_staff(), firm)
        accept = lambda: services.accept_invitation(actor=user, secret=secret)  # noqa: E731
        assert together(accept, accept) == ["done", "invitation_used"]
        assert Membership.objects.filter(organisation=firm, user=user).count() == 1

    def test_two_owners_who_leave_at_once(self) -> None:
        firm = OrganisationFactory()
        owners = [make_member(firm, OWNER), make_member(firm, OWNER)]
        outcomes = together(
            *(
                lambda one=one: services.remove_member(
                    actor=one, organisation_id=firm.pk, user_id=one.pk
                )
                for one in owners
            )
        )
        assert outcomes == ["done", "last_owner"]

    def test_one_code_registered_twice_at_once(self) -> None:
        def make() -> Organisation:
            return services.create_organisation(
                actor=None, name="示例", kind="enterprise", credit_code="91350100M000100Y43"
            )

        assert together(make, make) == ["done", "duplicate_credit_code"]
        assert Organisation.objects.filter(created_at__lte=timezone.now()).count() == 1
