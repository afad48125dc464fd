"""Organisations over HTTP: what each reader gets; the way of an invitation, of a proposal."""

import json
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from park.accounts import services as accounts
from park.accounts.models import StaffRole, User
from park.organisations.models import Membership, Organisation
from tests.api.world import API, World, client_of, make_user, need_content
from tests.factories import UserFactory


def send(client: Client, method: str, path: str, body: Any = None) -> Any:
    return getattr(client, method)(
        f"{API}{path}", data=json.dumps(body or {}), content_type="application/json"
    )


def code_of(answer: Any) -> str:
    return f"{answer.status_code} {answer.json()['code']}"


class TestReading:
    def test_contact_and_code_are_for_members_and_staff(self, world: World) -> None:
        Organisation.objects.filter(pk=world.firm.pk).update(
            contact_phone="13800001234", credit_code="91350100M000100Y43"
        )
        path = f"{API}/organisations/{world.firm.pk}"
        for user in (world.viewer, world.staff):
            inside = client_of(user).get(path).json()["inside"]
            assert (inside["contact_phone"], inside["credit_code"]) == (
                "13800001234",
                "91350100M000100Y43",
            )
        for user in (None, world.stranger):
            answer = client_of(user).get(path)
            assert answer.json()["inside"] is None
            assert answer.json()["has_credit_code"] is True
            assert "13800001234" not in answer.content.decode()
            assert "91350100M000100Y43" not in answer.content.decode()
        listed = client_of(None).get(f"{API}/organisations").content.decode()
        assert "13800001234" not in listed

    def test_only_verified_titles_are_public(self, world: World) -> None:
        tier = world.tier()
        path = f"{API}/organisations/{world.firm.pk}"
        assert client_of(None).get(path).json()["tiers"] == []
        send(
            client_of(world.staff),
            "post",
            f"/organisations/{world.firm.pk}/tiers/{tier.pk}/verification",
        )
        assert [one["step"] for one in client_of(None).get(path).json()["tiers"]] == ["high_tech"]

    def test_the_actions_offered_follow_the_part(self, world: World) -> None:
        path = f"{API}/organisations/{world.firm.pk}"

        def actions(user: User | None) -> set[str]:
            return set(client_of(user).get(path).json()["allowed_actions"])

        assert actions(None) == set()
        assert actions(world.stranger) == {"join"}
        assert actions(world.viewer) == {"see_growth", "see_members", "leave"}
        assert actions(world.owner_of_firm()) == {
            "edit", "record_growth", "see_growth", "see_members", "let_in", "manage_members",
            "leave",
        }  # fmt: skip
        moderator = make_user("moderator", staff_roles=[StaffRole.MODERATOR])
        assert {"edit", "let_in", "verify_growth"} <= actions(moderator)
        assert "merge" not in actions(moderator)


class TestInvitation:
    def invite(self, world: World, django_capture_on_commit_callbacks: Any) -> str:
        with django_capture_on_commit_callbacks(execute=True):
            answer = send(
                client_of(world.owner_of_firm()),
                "post",
                f"/organisations/{world.firm.pk}/invitations",
                {"email": "New@Example.com", "role": "editor"},
            )
        assert answer.status_code == 201
        text = mail.outbox[0].body
        secret = text.partition("http://testserver/invitation#")[2].split()[0]
        assert secret not in answer.content.decode()
        return secret

    def test_from_the_mail_to_membership(
        self, world: World, django_capture_on_commit_callbacks: Any
    ) -> None:
        secret = self.invite(world, django_capture_on_commit_callbacks)
        guest = UserFactory(email="new@example.com")
        seen = send(client_of(None), "post", "/invitations/lookup", {"secret": secret}).json()
        assert (seen["state"], seen["email"], seen["is_for_me"]) == (
            "open",
            "n***@example.com",
            False,
        )
        seen = send(client_of(guest), "post", "/invitations/lookup", {"secret": secret}).json()
        assert seen["is_for_me"] is True
        wrong = send(
            client_of(world.stranger), "post", "/invitations/acceptance", {"secret": secret}
        )
        assert code_of(wrong) == "403 invitation_other_email"
        joined = send(client_of(guest), "post", "/invitations/acceptance", {"secret": secret})
        assert joined.json()["role"] == "editor"
        again = send(client_of(guest), "post", "/invitations/acceptance", {"secret": secret})
        assert code_of(again) == "409 invitation_used"
        assert Membership.objects.filter(user=guest, organisation=world.firm).count() == 1

    def test_a_stranger_needs_the_sites_own_pages_to_look_it_up(self, world: World) -> None:
        client = client_of(None, enforce_csrf_checks=True)
        answer = send(client, "post", "/invitations/lookup", {"secret": "x"})
        assert code_of(answer) == "403 csrf_failed"

    def test_a_mail_server_that_is_down_loses_nothing(
        self, world: World, settings: Any, django_capture_on_commit_callbacks: Any
    ) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
        with django_capture_on_commit_callbacks(execute=True):
            answer = send(
                client_of(world.owner_of_firm()),
                "post",
                f"/organisations/{world.firm.pk}/invitations",
                {"email": "new@example.com", "role": "editor"},
            )
        assert answer.status_code == 201
        assert world.firm.invitations.open().count() == 1


class TestProposal:
    def test_a_broken_check_digit_says_so(self, world: World) -> None:
        answer = send(
            client_of(world.stranger),
            "post",
            "/organisations",
            {"profile": {"name": "甲", "kind": "enterprise", "credit_code": "91350100M000100Y44"}},
        )
        assert answer.json()["data"]["fields"] == [
            {"field": "credit_code", "code": "invalid_credit_code", "fault": "check_digit"}
        ]

    def test_one_firm_under_two_names(self, world: World) -> None:
        profile = {"name": "黄石市示例铜业有限责任公司", "kind": "enterprise"}
        client = client_of(world.stranger)
        answer = send(client, "post", "/organisations", {"profile": profile})
        assert code_of(answer) == "409 similar_organisation"
        assert answer.json()["data"]["organisations"][0]["id"] == str(world.firm.pk)
        answer = send(client, "post", "/organisations", {"profile": profile, "is_another": True})
        assert answer.status_code == 201
        doubles = client_of(world.staff).get(f"{API}/staff/doubles").json()["items"]
        assert {one["id"] for one in doubles[0]["organisations"]} == {
            str(world.firm.pk),
            answer.json()["id"],
        }

    def test_an_unverified_firm_drafts_only(self, world: World) -> None:
        client = client_of(world.stranger)
        profile = {"name": "黄石示例新材料有限公司", "kind": "enterprise"}
        made = send(client, "post", "/organisations", {"profile": profile}).json()
        assert client_of(None).get(f"{API}/organisations/{made['id']}").status_code == 404
        body = {"organisation_id": made["id"], "content": need_content()}
        need = send(client, "post", "/needs", body).json()
        answer = send(client, "post", f"/needs/{need['id']}/submission")
        assert code_of(answer) == "409 organisation_unverified"
        send(client_of(world.staff), "post", f"/organisations/{made['id']}/verification")
        assert send(client, "post", f"/needs/{need['id']}/submission").status_code == 200

    @pytest.mark.parametrize("value", [[], {}, "x", None, "2026-02-30"])
    def test_a_fact_of_any_other_shape_is_refused(self, world: World, value: Any) -> None:
        body = {"key": "employees", "year": 2025, "value": value, "source": "年报"}
        answer = send(
            client_of(world.owner_of_firm()), "post", f"/organisations/{world.firm.pk}/facts", body
        )
        assert code_of(answer) == "422 invalid_input"


class TestMerging:
    def test_the_old_address_gives_what_it_became(self, world: World) -> None:
        old = world.other_firm.pk
        body = {"source_id": str(old), "target_id": str(world.firm.pk)}
        query = {"query_params": body}
        preview = client_of(world.staff).get(f"{API}/staff/merges/preview", **query).json()
        assert (preview["moves"]["members"], preview["obstacle"]) == (1, "")
        assert send(client_of(world.staff), "post", "/staff/merges", body).status_code == 200
        assert client_of(None).get(f"{API}/organisations/{old}").json()["id"] == str(world.firm.pk)
        again = send(client_of(world.staff), "post", "/staff/merges", body)
        assert code_of(again) == "409 same_organisation"


class TestStations:
    def test_who_collected_is_told_to_insiders_only(self, world: World) -> None:
        station = world.station()
        body = {
            "organisation_id": str(world.other_firm.pk),
            "station_id": str(station.pk),
            "content": {"title": "示例需求"},
        }
        made = send(client_of(world.member), "post", "/needs", body).json()
        assert made["station"]["id"] == str(station.pk)
        assert made["organisation"]["id"] == str(world.other_firm.pk)
        path = f"{API}/needs/{made['id']}"
        assert client_of(world.stranger).get(path).json()["station"]["id"] == str(station.pk)
        assert client_of(world.viewer).get(path).status_code == 404
        queue = client_of(world.member).get(f"{API}/stations/{station.pk}/queue").json()
        assert [(row["title"], row["origin"]) for row in queue["items"]] == [
            ("示例需求", "collected")
        ]


class TestStaffRoles:
    def test_a_token_gives_no_roles(self, world: World) -> None:
        _, secret = accounts.create_token(actor=world.staff, name="x", scope="write")
        answer = Client().get(f"{API}/staff/people", headers={"Authorization": f"Bearer {secret}"})
        assert code_of(answer) == "401 not_authenticated"

    def test_the_last_administrator_stays(self, world: World) -> None:
        path = f"/staff/people/{world.staff.pk}"
        answer = send(client_of(world.staff), "put", path, {"roles": ["broker"]})
        assert code_of(answer) == "409 last_administrator"
