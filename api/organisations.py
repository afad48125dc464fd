"""Organisations as the API shows them. Who may see what is decided in `park.organisations`."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from api.listings import name_of
from market.listings.queries import StationEntry
from park.accounts.actors import Actor
from park.accounts.models import User
from park.accounts.queries import verified_emails
from park.core.pages import Page
from park.organisations import policies, queries
from park.organisations.facts import SPECS
from park.organisations.invitation_secrets import masked_email
from park.organisations.kinds import RequestStatus, VerificationStatus
from park.organisations.models import (
    ChangeRequest,
    GrowthCondition,
    GrowthLadder,
    HeldTier,
    Invitation,
    JoinRequest,
    Membership,
    Organisation,
    OrganisationFact,
)
from park.organisations.queries import ConditionView, DuplicateGroup, LadderView

ROW = (
    "id", "name", "name_en", "short_name", "kind", "chains", "region", "about", "status",
    "has_credit_code", "is_example",
)  # fmt: skip


def row_of(organisation: Organisation) -> dict[str, Any]:
    return {name: getattr(organisation, name) for name in ROW}


def detail(actor: Actor, organisation_id: UUID) -> dict[str, Any]:
    organisation = queries.get_organisation(actor, organisation_id)
    aliases = list(organisation.aliases.order_by("id"))
    mine = queries.memberships_of(actor).filter(organisation_id=organisation.pk).first()
    inside = None
    if policies.can_see_inside(actor, organisation.pk):
        inside = {
            name: getattr(organisation, name)
            for name in (
                "credit_code", "contact_name", "contact_phone", "contact_email", "version",
                "status_reason",
            )
        } | {"change": _last_change(organisation), "aliases": aliases}  # fmt: skip
    names = dict.fromkeys(alias.name for alias in aliases if alias.name != organisation.name)
    return row_of(organisation) | {
        "former_names": list(names),
        "tiers": [
            _public_tier(tier) for tier in queries.public_tiers(organisation, timezone.localdate())
        ],
        "my_role": mine.role if mine else "",
        "allowed_actions": _allowed_actions(actor, organisation, mine),
        "inside": inside,
    }


def _last_change(organisation: Organisation) -> ChangeRequest | None:
    """What the owner should know of: the one that waits, or why the last was declined."""
    told = (RequestStatus.PENDING, RequestStatus.DECLINED)
    last = organisation.change_requests.order_by("-id").first()
    return last if last is not None and last.status in told else None


def _public_tier(tier: HeldTier) -> dict[str, Any]:
    step = tier.step
    return {
        "step": step.code,
        "name_zh": step.name_zh,
        "name_en": step.name_en,
        "granted_on": tier.granted_on,
        "expires_on": tier.expires_on,
    }


def _allowed_actions(
    actor: Actor, organisation: Organisation, mine: Membership | None
) -> list[str]:
    """What pages offer; the services decide again."""
    pk = organisation.pk
    is_user = isinstance(actor, User)
    waits = organisation.status == VerificationStatus.UNVERIFIED
    offers = {
        "edit": policies.can_edit_profile(actor, pk),
        "record_growth": policies.can_edit_profile(actor, pk),
        "see_growth": policies.can_see_facts(actor, pk),
        "see_members": policies.can_see_inside(actor, pk),
        "let_in": policies.can_let_in(actor, pk),
        "manage_members": policies.can_manage_members(actor, pk),
        "join": is_user and mine is None and organisation.is_verified,
        "leave": mine is not None,
        "verify": waits and policies.can_verify(actor),
        "verify_growth": policies.can_verify(actor),
        "ask_for_verification": organisation.status == VerificationStatus.REJECTED
        and policies.can_edit_profile(actor, pk),
        "merge": policies.can_merge(actor),
    }
    return [name for name, is_offered in offers.items() if is_offered]


def present_member(membership: Membership) -> dict[str, Any]:
    user = membership.user
    return {
        "user_id": user.pk,
        "display_name": name_of(user),
        "username": user.username,
        "role": membership.role,
        "since": membership.created_at,
    }


def present_join(request: JoinRequest) -> dict[str, Any]:
    return {
        "id": request.pk,
        "organisation": request.organisation,
        "display_name": name_of(request.user),
        "username": request.user.username,
        "message": request.message,
        "status": request.status,
        "role": request.role,
        "reason": request.reason,
        "created_at": request.created_at,
    }


def present_joins(page: Page[JoinRequest]) -> dict[str, Any]:
    items = [present_join(request) for request in page.items]
    return {"items": items, "next_cursor": page.next_cursor}


def present_invitation(invitation: Invitation) -> dict[str, Any]:
    return {
        "id": invitation.pk,
        "email": invitation.email,
        "role": invitation.role,
        "created_at": invitation.created_at,
        "expires_at": invitation.expires_at,
        "is_expired": invitation.is_expired(timezone.now()),
        "invited_by": name_of(invitation.invited_by),
    }


def view_invitation(actor: Actor, secret: str) -> dict[str, Any]:
    invitation = queries.find_invitation(secret=secret)
    return {
        "organisation": invitation.organisation,
        "role": invitation.role,
        "email": masked_email(invitation.email),
        "state": _state_of(invitation, timezone.now()),
        "expires_at": invitation.expires_at,
        "is_for_me": isinstance(actor, User) and invitation.email in verified_emails(actor),
    }


def _state_of(invitation: Invitation, now: datetime) -> str:
    if invitation.accepted_at is not None:
        return "used"
    if invitation.revoked_at is not None:
        return "revoked"
    return "expired" if invitation.is_expired(now) else "open"


def present_fact(fact: OrganisationFact) -> dict[str, Any]:
    return {
        "id": fact.pk,
        "key": fact.key,
        "year": fact.year,
        "value": _plain(fact.value),
        "source": fact.source,
        "entered_by": name_of(fact.entered_by),
        "created_at": fact.created_at,
        "is_verified": fact.verified_at is not None,
        "verified_by": name_of(fact.verified_by),
        "verified_at": fact.verified_at,
    }


def facts_of(actor: Actor, organisation_id: UUID) -> dict[str, Any]:
    facts = queries.list_facts(actor=actor, organisation_id=organisation_id)
    return {
        "items": [present_fact(fact) for fact in facts],
        "keys": [
            {"key": spec.key, "shape": spec.shape, "is_yearly": spec.is_yearly}
            for spec in SPECS.values()
        ],
    }


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def growth_of(actor: Actor, organisation_id: UUID) -> dict[str, Any]:
    today = timezone.localdate()
    views = queries.growth_of(actor=actor, organisation_id=organisation_id, today=today)
    return {"today": today, "ladders": [_present_ladder(view, today) for view in views]}


def _present_ladder(view: LadderView, today: date) -> dict[str, Any]:
    return {
        "code": view.ladder.code,
        "name_zh": view.ladder.name_zh,
        "name_en": view.ladder.name_en,
        "steps": view.steps,
        "tiers": [present_tier(tier, today) for tier in view.tiers],
        "held_step": view.held_step and view.held_step.code,
        "next_step": view.next_step and view.next_step.code,
        "conditions": [_present_judged(one) for one in view.conditions],
    }


def present_tier(tier: HeldTier, today: date) -> dict[str, Any]:
    return {
        "id": tier.pk,
        "step": tier.step.code,
        "granted_on": tier.granted_on,
        "expires_on": tier.expires_on,
        "certificate_number": tier.certificate_number,
        "evidence_note": tier.evidence_note,
        "is_verified": tier.verified_at is not None,
        "verified_by": name_of(tier.verified_by),
        "holds": tier.holds_on(today),
    }


def _present_judged(view: ConditionView) -> dict[str, Any]:
    judgement = view.judgement
    return _condition(view.condition) | {
        "verdict": judgement.verdict,
        "used": [
            {
                "key": fact.key,
                "year": fact.year,
                "value": _plain(fact.value),
                "is_verified": fact.is_verified,
            }
            for fact in judgement.used
        ],
        "missing": list(judgement.missing),
        "computed": judgement.computed,
    }


def _condition(condition: GrowthCondition) -> dict[str, Any]:
    names = ("id", "code", "text_zh", "text_en", "source", "since_on", "must_check")
    return {name: getattr(condition, name) for name in names}


def present_condition(condition: GrowthCondition) -> dict[str, Any]:
    return _condition(condition) | {
        "step": condition.step.code,
        "rule": condition.rule,
        "is_active": condition.is_active,
    }


def present_ladders(ladders: Iterable[GrowthLadder]) -> dict[str, Any]:
    return {
        "items": [
            {
                "code": ladder.code,
                "name_zh": ladder.name_zh,
                "name_en": ladder.name_en,
                "steps": list(ladder.steps.all()),
                "conditions": [
                    present_condition(condition)
                    for step in ladder.steps.all()
                    for condition in step.conditions.all()
                ],
            }
            for ladder in ladders
        ]
    }


def present_station_queue(page: Page[StationEntry]) -> dict[str, Any]:
    items = [
        {
            "listing_kind": entry.listing_kind,
            "id": entry.id,
            "title": entry.title,
            "organisation": {
                "id": entry.organisation_id,
                "name": entry.organisation_name,
                "short_name": entry.organisation_short_name,
            },
            "origin": entry.origin,
            "status": entry.status,
            "chain": entry.chain,
            "updated_at": entry.updated_at,
        }
        for entry in page.items
    ]
    return {"items": items, "next_cursor": page.next_cursor}


def present_waiting(page: Page[Organisation]) -> dict[str, Any]:
    items = [
        row_of(organisation)
        | {
            "credit_code": organisation.credit_code,
            "proposed_by": name_of(organisation.proposed_by),
            "created_at": organisation.created_at,
            "similar": queries.similar_organisations(
                name=organisation.name,
                credit_code=organisation.credit_code,
                except_id=organisation.pk,
            ),
        }
        for organisation in page.items
    ]
    return {"items": items, "next_cursor": page.next_cursor}


def present_changes(page: Page[ChangeRequest]) -> dict[str, Any]:
    items = [
        {
            "id": change.pk,
            "organisation": change.organisation,
            "changes": change.changes,
            "status": change.status,
            "reason": change.reason,
            "created_at": change.created_at,
            "requested_by": name_of(change.requested_by),
        }
        for change in page.items
    ]
    return {"items": items, "next_cursor": page.next_cursor}


def double_row(organisation: Organisation) -> dict[str, Any]:
    return row_of(organisation) | {
        "credit_code": organisation.credit_code,
        "created_at": organisation.created_at,
    }


def present_doubles(groups: Iterable[DuplicateGroup]) -> dict[str, Any]:
    return {
        "items": [
            {"organisations": [double_row(one) for one in group.organisations]} for group in groups
        ]
    }


def present_staff(user: User) -> dict[str, Any]:
    return {
        "user_id": user.pk,
        "username": user.username,
        "display_name": name_of(user),
        "roles": user.staff_roles,
        "is_active": user.is_active,
    }
