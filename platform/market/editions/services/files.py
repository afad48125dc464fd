"""Makes the files of an issued edition, once each. What they look like is in `printing`."""

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from market.editions.models import EditionFile
from market.editions.printing import print_edition
from market.editions.states import FileStatus

# A worker that died half-way does not hold a file for longer.
CLAIM = timedelta(minutes=15)
ERROR_LIMIT = 300


def waiting_files(edition_id: UUID) -> list[str]:
    """The forms that are not ready yet."""
    files = EditionFile.objects.filter(edition_id=edition_id).exclude(status=FileStatus.READY)
    return list(files.order_by("form").values_list("form", flat=True))


def make_file(*, edition_id: UUID, form: str, now: datetime | None = None) -> bool:
    """Make one file, unless it is there or another worker is at it; whether it is ready after.

    Raises OSError when it cannot be made (a font that is missing); the file says so and waits.
    """
    now = now or timezone.now()
    file = _claim(edition_id, form, now)
    if file is None:
        return EditionFile.objects.filter(
            edition_id=edition_id, form=form, status=FileStatus.READY
        ).exists()

    def tell(progress: int) -> None:
        EditionFile.objects.filter(pk=file.pk).update(progress=progress)

    try:
        content = print_edition(file.edition, file.form, tell)
    except OSError as error:
        file.status, file.claimed_at = FileStatus.FAILED, None
        file.error = str(error)[:ERROR_LIMIT]
        file.save()
        raise
    file.status, file.progress, file.error = FileStatus.READY, 100, ""
    file.content, file.size = content, len(content)
    file.digest = hashlib.sha256(content).hexdigest()
    file.made_at = timezone.now()
    file.save()
    return True


@transaction.atomic
def _claim(edition_id: UUID, form: str, now: datetime) -> EditionFile | None:
    free = Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - CLAIM)
    file = (
        EditionFile.objects.select_for_update(of=("self",), skip_locked=True)
        .exclude(status=FileStatus.READY)
        .filter(free, edition_id=edition_id, form=form)
        .select_related("edition__round")
        .defer("content")
        .first()
    )
    if file is None:
        return None
    file.status, file.claimed_at, file.progress = FileStatus.WORKING, now, 0
    file.save(update_fields=["status", "claimed_at", "progress", "updated_at"])
    return file
