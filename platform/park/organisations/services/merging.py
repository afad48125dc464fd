"""Makes one organisation of two: all that belongs to one moves to the other, which keeps its id.

What belongs to organisations on the floors above is moved through `holdings`; what has rules of
its own here (members, open requests, tiers) is moved by those. The other's name stays as an
alias, and its address leads to what it became.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import ForeignKey, ManyToOneRel, Model, QuerySet
from django.utils import timezone

from park.accounts.actors import Actor
from park.core.errors import DomainError, NotAllowed
from park.files.models import StoredFile
from park.organisations import holdings, policies
from park.organisations.kinds import AliasSource, MembershipRole, RequestStatus
from park.organisations.models import (
    ChangeRequest,
    Invitation,
    JoinRequest,
    Membership,
    Organisation,
    OrganisationFact,
)
from park.organisations.queries import get_organisation
from park.organisations.services import steps

FILLED_FROM_OTHER = (
    "credit_code", "name_en", "short_name", "region", "about",
    "contact_name", "contact_phone", "contact_email",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What a merge would do."""

    source: Organisation
    target: Organisation
    moves: dict[str, int]
    """How many rows of each holding would move."""
    filled: list[str]
    """Fields that the target lacks and would get from the source."""
    obstacle: str
    """The code of what forbids it; blank when nothing does."""


def preview_merge(*, actor: Actor, source_id: UUID, target_id: UUID) -> MergePreview:
    """Raises not_found, not_allowed."""
    if not policies.can_merge(actor):
        raise NotAllowed("merge_organisations")
    source = get_organisation(actor, source_id)
    target = get_organisation(actor, target_id)
    moves = {one.name: one.count(source.pk) for one in holdings.all_holdings()}
    moves |= {name: rows.count() for name, rows in _own_rows(source).items()}
    return MergePreview(source, target, moves, _filled(source, target), _obstacle(source, target))


@transaction.atomic
def merge_organisations(*, actor: Actor, source_id: UUID, target_id: UUID) -> Organisation:
    """Move everything from `source` to `target` and delete `source`; the target.

    Raises not_found, not_allowed, same_organisation, different_credit_codes, merge_incomplete.
    """
    if not policies.can_merge(actor):
        raise NotAllowed("merge_organisations")
    source, target = _lock_both(
        get_organisation(actor, source_id).pk, get_organisation(actor, target_id).pk
    )
    if obstacle := _obstacle(source, target):
        raise DomainError(obstacle)
    moved = {one.name: one.move(source.pk, target.pk) for one in holdings.all_holdings()}
    moved["members"] = _merge_members(source, target)
    moved["join_requests"] = _merge_requests(source, target)
    moved["invitations"] = _merge_invitations(source, target)
    moved["changes"] = _merge_changes(source, target)
    moved["facts"] = OrganisationFact.objects.filter(organisation=source).update(
        organisation=target
    )
    moved["tiers"] = _merge_tiers(source, target)
    moved["aliases"] = _merge_aliases(source, target)
    moved["papers"] = _merge_papers(source, target)
    filled = {name: getattr(source, name) for name in _filled(source, target)}
    chains = list(dict.fromkeys([*target.chains, *source.chains]))
    name, source_pk = source.name, source.pk
    _check_nothing_left(source)
    # First the row goes, then its credit code is free.
    Organisation.objects.filter(pk=source_pk).delete()
    for field, value in filled.items():
        setattr(target, field, value)
    target.chains = chains
    target.version += 1
    steps.save(target, actor)
    target.aliases.create(name=name, source=AliasSource.MERGED, merged_id=source_pk)
    changes: dict[str, Any] = {
        key: {"old": 0, "new": count} for key, count in moved.items() if count
    }
    changes["merged"] = {"old": str(source_pk), "new": str(target.pk)}
    steps.record(actor, "merged", target.pk, changes, note=name)
    steps.record(actor, "merged_away", source_pk, {"merged": changes["merged"]}, note=name)
    return target


def _lock_both(source_id: UUID, target_id: UUID) -> tuple[Organisation, Organisation]:
    """In the order of their ids, so that two merges the other way round do not wait for ever."""
    rows = Organisation.objects.select_for_update().filter(pk__in=(source_id, target_id))
    found = {row.pk: row for row in rows.order_by("pk")}
    if source_id == target_id or len(found) < 2:
        raise DomainError("same_organisation")
    return found[source_id], found[target_id]


def _obstacle(source: Organisation, target: Organisation) -> str:
    if source.pk == target.pk:
        return "same_organisation"
    codes = {source.credit_code, target.credit_code} - {""}
    # Two codes are two legal persons, whatever they are called.
    return "different_credit_codes" if len(codes) > 1 else ""


def _filled(source: Organisation, target: Organisation) -> list[str]:
    return [
        name for name in FILLED_FROM_OTHER if getattr(source, name) and not getattr(target, name)
    ]


def _own_rows(source: Organisation) -> dict[str, "QuerySet[Any]"]:
    return {
        "members": source.memberships.all(),
        "join_requests": source.join_requests.all(),
        "invitations": source.invitations.all(),
        "changes": source.change_requests.all(),
        "facts": source.facts.all(),
        "tiers": source.tiers.all(),
        "aliases": source.aliases.all(),
    }


def _merge_members(source: Organisation, target: Organisation) -> int:
    """Who is in both keeps the higher role."""
    order = list(MembershipRole.values)
    theirs = {row.user_id: row for row in target.memberships.all()}
    rows = list(source.memberships.all())
    for row in rows:
        twin = theirs.get(row.user_id)
        if twin is None:
            continue
        if order.index(row.role) < order.index(twin.role):
            Membership.objects.filter(pk=twin.pk).update(role=row.role)
        row.delete()
    source.memberships.update(organisation=target)
    return len(rows)


def _merge_requests(source: Organisation, target: Organisation) -> int:
    """Who asks both asks once; who is a member now asks no more."""
    now = timezone.now()
    pending = source.join_requests.filter(status=RequestStatus.PENDING)
    asks_twice = target.join_requests.filter(status=RequestStatus.PENDING).values("user_id")
    is_in = target.memberships.values("user_id")
    for answered in (pending.filter(user_id__in=asks_twice), pending.filter(user_id__in=is_in)):
        answered.update(status=RequestStatus.WITHDRAWN, decided_at=now)
    return JoinRequest.objects.filter(organisation=source).update(organisation=target)


def _merge_invitations(source: Organisation, target: Organisation) -> int:
    """Two open ones to one address: the target's stays."""
    doubled = target.invitations.open().values("email")
    source.invitations.open().filter(email__in=doubled).update(revoked_at=timezone.now())
    return Invitation.objects.filter(organisation=source).update(organisation=target)


def _merge_changes(source: Organisation, target: Organisation) -> int:
    """What was asked of an identity that ends has no object any more."""
    source.change_requests.filter(status=RequestStatus.PENDING).update(
        status=RequestStatus.WITHDRAWN, decided_at=timezone.now()
    )
    return ChangeRequest.objects.filter(organisation=source).update(organisation=target)


def _merge_tiers(source: Organisation, target: Organisation) -> int:
    """The same grant recorded twice is one; the verified record stays."""
    theirs = {(tier.step_id, tier.granted_on): tier for tier in target.tiers.all()}
    rows = list(source.tiers.all())
    for tier in rows:
        twin = theirs.get((tier.step_id, tier.granted_on))
        if twin is None:
            continue
        (twin if tier.verified_at and not twin.verified_at else tier).delete()
    source.tiers.update(organisation=target)
    return len(rows)


def _merge_papers(source: Organisation, target: Organisation) -> int:
    """Files know an organisation by its id alone: they are a floor below."""
    StoredFile.objects.filter(organisation_id=source.pk).update(organisation_id=target.pk)
    own = StoredFile.objects.filter(object_kind="organisation", object_id=source.pk)
    return own.update(object_id=target.pk)


def _merge_aliases(source: Organisation, target: Organisation) -> int:
    """Each name once; but every address of a merged one keeps its own row."""
    rows = source.aliases.count()
    known = [target.name, *target.aliases.values_list("name", flat=True)]
    source.aliases.filter(name__in=known, merged_id__isnull=True).delete()
    source.aliases.update(organisation=target)
    return rows


def _check_nothing_left(source: Organisation) -> None:
    """A column that cascades would lose rows in silence. Raises merge_incomplete."""
    left = {
        str(column.model.__name__)
        for column in columns_that_point_here()
        if _rows_of(column.model).filter(**{column.name: source}).exists()
    }
    if left:
        raise DomainError("merge_incomplete", left=sorted(left))


def columns_that_point_here() -> "list[ForeignKey[Any]]":
    """Every foreign key to an organisation, on any floor."""
    relations = Organisation._meta.get_fields(include_hidden=True)  # noqa: SLF001
    return [one.field for one in relations if isinstance(one, ManyToOneRel)]


def _rows_of(model: type[Model]) -> "QuerySet[Any]":
    return model._base_manager.all()  # noqa: SLF001 - Django's documented name for it
