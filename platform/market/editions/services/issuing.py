"""Issues an edition under the next number, or takes it back. An issued edition never changes."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from market.editions import rules
from market.editions.models import Edition, EditionFile
from market.editions.queries.editions import outdated_entries
from market.editions.services import steps
from market.editions.services.freezing import last_number
from market.editions.states import EditionAction
from market.listings.kinds import ListingKind
from park.accounts.actors import Actor, user_or_none
from park.core import outbox, text_rules
from park.core.errors import DomainError
from park.core.text_rules import Problems

TOPIC = "edition.issued"


@transaction.atomic
def issue_edition(
    *, actor: Actor, edition_id: UUID, version: int, now: datetime | None = None
) -> Edition:
    """Give it the next number of its list and show it to everybody; a worker prints it.

    `version` says what the actor saw: nobody issues an order that somebody else just changed.
    Raises not_found, not_allowed, wrong_state, edit_conflict, edition_empty, and edition_outdated
    when an entry is not published any more or shows what its owner has hidden since.
    """
    edition = steps.lock_edition(actor, edition_id)
    steps.check_keeper(actor, EditionAction.ISSUE)
    target = steps.check_edition_state(edition, EditionAction.ISSUE)
    steps.check_version(edition, version, {"title": edition.title, "note": edition.note})
    if not edition.entries.filter(position__isnull=False).exists():
        raise DomainError("edition_empty")
    if outdated := outdated_entries(edition):
        raise DomainError("edition_outdated", entries=[str(pk) for pk in outdated])
    kind = ListingKind(edition.list_kind)
    # A number is taken where it is written: whoever rolls back leaves no gap.
    steps.hold_numbers(kind)
    edition.number = last_number(kind) + 1
    edition.status = target
    edition.version += 1
    edition.issued_at = now or timezone.now()
    edition.issued_by = user_or_none(actor)
    edition.save()
    edition.entries.filter(position__isnull=True).delete()
    EditionFile.objects.bulk_create(
        EditionFile(edition=edition, form=form) for form in EditionFile.Form
    )
    steps.record(edition, actor, "issued", {"number": {"old": None, "new": edition.number}})
    outbox.publish(TOPIC, edition_id=str(edition.pk))
    return edition


@transaction.atomic
def withdraw_edition(
    *, actor: Actor, edition_id: UUID, reason: str, now: datetime | None = None
) -> Edition:
    """Take it back, with a reason that everybody may read. It keeps its number, and its entries
    for staff. Raises not_found, not_allowed, wrong_state, invalid_input."""
    edition = steps.lock_edition(actor, edition_id)
    steps.check_keeper(actor, EditionAction.WITHDRAW)
    target = steps.check_edition_state(edition, EditionAction.WITHDRAW)
    problems = Problems()
    reason = text_rules.text(reason, "reason", problems, limit=rules.NOTE_LIMIT, is_required=True)
    problems.raise_if_any()
    edition.status = target
    edition.version += 1
    edition.withdrawn_at = now or timezone.now()
    edition.withdrawal_reason = reason
    edition.save()
    steps.record(edition, actor, "withdrawn", note=reason)
    return edition
