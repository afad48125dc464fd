"""Reads of organisations: one, many, those that wait for staff, and likely doubles."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Length

from park.accounts.actors import Actor
from park.core import text_rules
from park.core.errors import NotAllowed, NotFound
from park.core.pages import Page, highest_first, newest_first
from park.core.text_rules import Problems
from park.organisations import credit_codes, names, policies
from park.organisations.kinds import RequestStatus, VerificationStatus
from park.organisations.models import (
    ChangeRequest,
    Organisation,
    OrganisationAlias,
)

MAX_GROUPS = 100


def get_organisation(actor: Actor, organisation_id: UUID) -> Organisation:
    """Raises NotFound. The id of one that was merged leads to the one it became."""
    rows = Organisation.objects.visible_to(actor)
    found = rows.filter(pk=organisation_id).first()
    if found is None:
        found = rows.filter(aliases__merged_id=organisation_id).first()
    if found is None:
        raise NotFound("organisation")
    return found


def list_organisations(
    *,
    actor: Actor,
    q: str = "",
    kind: str = "",
    chain: str = "",
    region: str = "",
    cursor: str | None = None,
    limit: int = 20,
) -> Page[Organisation]:
    """Verified ones, newest first; `q` also finds former names.

    Raises invalid_cursor and invalid_input.
    """
    rows = organisations_to_list(q=q, kind=kind, chain=chain, region=region)
    return highest_first(rows, by="id", purpose="organisations", cursor=cursor, limit=limit)


def organisations_to_list(
    *, q: str = "", kind: str = "", chain: str = "", region: str = ""
) -> "QuerySet[Organisation]":
    """The rows that the filters leave, in no order. Raises invalid_input."""
    problems = Problems()
    for name, value in (("q", q), ("kind", kind), ("chain", chain), ("region", region)):
        text_rules.text(value, name, problems, limit=100)
    problems.raise_if_any()
    rows = Organisation.objects.verified()
    if q:
        former = OrganisationAlias.objects.filter(name__icontains=q).values("organisation_id")
        rows = rows.filter(Q(name__icontains=q) | Q(short_name__icontains=q) | Q(pk__in=former))
    if kind:
        rows = rows.filter(kind=kind)
    if chain:
        rows = rows.filter(chains__contains=[chain])
    if region:
        rows = rows.filter(region=region)
    return rows


def count_organisations() -> int:
    return Organisation.objects.verified().count()


def similar_organisations(
    *, name: str, credit_code: str = "", except_id: UUID | None = None, limit: int = 10
) -> list[Organisation]:
    """Who may be meant: the same credit code first, then the same name written otherwise.

    Takes raw input and reads every state; what of it may be shown is for the caller to say.
    """
    code = credit_codes.normalised(credit_code)
    same = _by_key(names.key_of(name))
    if code:
        same |= Q(credit_code=code)
    rows = Organisation.objects.filter(same).exclude(status=VerificationStatus.REJECTED)
    if except_id is not None:
        rows = rows.exclude(pk=except_id)
    found = list(rows.order_by("id")[:limit])
    return sorted(found, key=lambda row: not code or row.credit_code != code)


def _by_key(key: str) -> Q:
    if not key:
        return Q(pk__in=())
    aliases = OrganisationAlias.objects.filter(name_key=key).values("organisation_id")
    return Q(name_key=key) | Q(pk__in=aliases)


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Organisations that share a spelling of their names."""

    key: str
    organisations: list[Organisation]


def list_duplicates(*, actor: Actor) -> list[DuplicateGroup]:
    """At most a hundred groups, the largest first. Raises not_allowed."""
    if not policies.can_verify(actor):
        raise NotAllowed("list_duplicates")
    own = Organisation.objects.annotate(size=Length("name_key")).filter(size__gt=0)
    doubled = own.values("name_key").annotate(rows=Count("id")).filter(rows__gt=1).order_by("-rows")
    keys = {row["name_key"] for row in doubled[:MAX_GROUPS]}
    # Somebody's present name may be another's former one.
    keys.update(
        OrganisationAlias.objects.filter(name_key__in=own.values("name_key"))
        .exclude(organisation__name_key=F("name_key"))
        .values_list("name_key", flat=True)[:MAX_GROUPS]
    )
    groups: dict[str, dict[UUID, Organisation]] = defaultdict(dict)
    for row in Organisation.objects.filter(name_key__in=keys).order_by("id"):
        groups[row.name_key][row.pk] = row
    aliases = OrganisationAlias.objects.filter(name_key__in=keys).select_related("organisation")
    for alias in aliases:
        groups[alias.name_key][alias.organisation_id] = alias.organisation
    found = [DuplicateGroup(key, list(rows.values())) for key, rows in groups.items()]
    real = [group for group in found if len(group.organisations) > 1]
    return sorted(real, key=lambda group: (-len(group.organisations), group.key))[:MAX_GROUPS]


def list_unverified(
    *, actor: Actor, cursor: str | None = None, limit: int = 20
) -> Page[Organisation]:
    """What waits for verification, newest first. Raises not_allowed and invalid_cursor."""
    if not policies.can_verify(actor):
        raise NotAllowed("verify_organisations")
    rows = Organisation.objects.filter(status=VerificationStatus.UNVERIFIED)
    rows = rows.select_related("proposed_by")
    return newest_first(rows, by="created_at", purpose="unverified", cursor=cursor, limit=limit)


def list_changes_waiting(
    *, actor: Actor, cursor: str | None = None, limit: int = 20
) -> Page[ChangeRequest]:
    """Changes of identity that wait, newest first. Raises not_allowed and invalid_cursor."""
    if not policies.can_verify(actor):
        raise NotAllowed("verify_organisations")
    rows: QuerySet[ChangeRequest] = ChangeRequest.objects.filter(status=RequestStatus.PENDING)
    rows = rows.select_related("organisation", "requested_by")
    return newest_first(rows, by="created_at", purpose="changes", cursor=cursor, limit=limit)


def names_of(organisations: Iterable[Organisation]) -> list[dict[str, str]]:
    """How an error names them: `{"id", "name"}`."""
    return [{"id": str(row.pk), "name": row.name} for row in organisations]
