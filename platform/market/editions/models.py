"""Collection rounds (征集) and numbered editions (第N批清单) of the two lists."""

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Deferrable, F, Q

from market.editions.rules import heading_of
from market.editions.states import EditionStatus, FileStatus, RoundStatus
from market.listings.kinds import ListingKind
from market.listings.models import Capability, Need
from park.accounts.actors import Actor
from park.core.models import BaseModel
from park.organisations.queries import is_staff

LIST_KINDS = [(ListingKind.NEED.value, "需求清单"), (ListingKind.CAPABILITY.value, "能力清单")]


class RoundQuerySet(models.QuerySet["CollectionRound"]):
    def visible_to(self, actor: Actor) -> Self:
        """The open ones are an invitation to everybody; the others are staff's."""
        return self.all() if is_staff(actor) else self.filter(status=RoundStatus.OPEN)


class CollectionRound(BaseModel):
    """A call for entries with a deadline. What is handed in meanwhile and fits counts to it."""

    list_kind = models.CharField(max_length=12, choices=LIST_KINDS)
    status = models.CharField(max_length=8, choices=RoundStatus, default=RoundStatus.DRAFT)
    version = models.PositiveIntegerField(default=1)
    title = models.CharField(max_length=120)
    notice = models.TextField(blank=True)
    kinds = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    """Kinds of needs or capabilities asked for; any when empty, as for the next two."""
    chains = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    key_areas = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    opens_at = models.DateTimeField()
    deadline = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    is_example = models.BooleanField(default=False)

    objects = RoundQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_at__lt=F("deadline")), name="round_opens_before_deadline"
            )
        ]
        indexes = [models.Index(fields=["status", "deadline"], name="round_by_deadline")]

    def __str__(self) -> str:
        return self.title


class RoundChoice(BaseModel):
    """An entry that somebody put into a round, or took out of it, whatever its time and kind."""

    round = models.ForeignKey(CollectionRound, on_delete=models.CASCADE, related_name="choices")
    need = models.ForeignKey(Need, null=True, on_delete=models.CASCADE, related_name="+")
    capability = models.ForeignKey(
        Capability, null=True, on_delete=models.CASCADE, related_name="+"
    )
    is_included = models.BooleanField()
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(need__isnull=True) ^ Q(capability__isnull=True),
                name="choice_of_one_listing",
            ),
            models.UniqueConstraint(fields=["round", "need"], name="choice_of_need"),
            models.UniqueConstraint(fields=["round", "capability"], name="choice_of_capability"),
        ]


class EditionQuerySet(models.QuerySet["Edition"]):
    def visible_to(self, actor: Actor) -> Self:
        """What was issued is public, and that it was taken back is too; drafts are staff's."""
        return self.all() if is_staff(actor) else self.exclude(status=EditionStatus.DRAFT)


class Edition(BaseModel):
    """A list as it was at one moment. Its number is given when it is issued, without gaps."""

    list_kind = models.CharField(max_length=12, choices=LIST_KINDS)
    number = models.PositiveIntegerField(null=True)
    status = models.CharField(max_length=10, choices=EditionStatus, default=EditionStatus.DRAFT)
    version = models.PositiveIntegerField(default=1)
    title = models.CharField(max_length=80)
    """Without the number: “技术需求清单”."""
    note = models.TextField(blank=True)
    round = models.ForeignKey(
        CollectionRound, null=True, on_delete=models.PROTECT, related_name="editions"
    )
    frozen_at = models.DateTimeField()
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    issued_at = models.DateTimeField(null=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True)
    withdrawal_reason = models.TextField(blank=True)
    is_example = models.BooleanField(default=False)

    objects = EditionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["list_kind", "number"], name="edition_number"),
            models.CheckConstraint(
                condition=Q(status=EditionStatus.DRAFT, number__isnull=True)
                # Not null said aloud: a check lets pass what it cannot decide.
                | (~Q(status=EditionStatus.DRAFT) & Q(number__isnull=False, number__gte=1)),
                name="edition_numbered_when_issued",
            ),
            models.CheckConstraint(
                condition=~Q(status=EditionStatus.WITHDRAWN) | ~Q(withdrawal_reason=""),
                name="edition_withdrawn_with_reason",
            ),
            models.UniqueConstraint(
                fields=["round"],
                condition=~Q(status=EditionStatus.WITHDRAWN),
                name="edition_one_of_round",
            ),
        ]

    def __str__(self) -> str:
        return self.heading

    @property
    def heading(self) -> str:
        return heading_of(self.title, self.number)


class EditionEntry(BaseModel):
    """An entry as it was published when the edition was frozen.

    It knows the listing by id only: what was issued stays, whatever becomes of the listing.
    """

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="entries")
    position = models.PositiveIntegerField(null=True)
    """From 1; null when staff left it out."""
    listing_id = models.UUIDField()
    revision_number = models.PositiveIntegerField()
    content = models.JSONField()
    """The content as a visitor saw it: what was not public is null."""
    organisation_id = models.UUIDField()
    organisation_name = models.CharField(max_length=120)
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "listing_id"], name="edition_entry_once"),
            # Checked at the end of the transaction: an arrangement moves many at once.
            models.UniqueConstraint(
                fields=["edition", "position"],
                name="edition_position_once",
                deferrable=Deferrable.DEFERRED,
            ),
        ]
        indexes = [models.Index(fields=["listing_id"], name="edition_entry_listing")]


class EditionFile(BaseModel):
    """An edition as printed, made once by a worker and kept in the database.

    There and not in a folder, so that every machine of the platform has it and a backup too.
    """

    class Form(models.TextChoices):
        PDF = "pdf", "PDF"
        XLSX = "xlsx", "Excel"

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="files")
    form = models.CharField(max_length=4, choices=Form)
    status = models.CharField(max_length=8, choices=FileStatus, default=FileStatus.WAITING)
    progress = models.PositiveSmallIntegerField(default=0)
    """Percent."""
    claimed_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(null=True)
    content = models.BinaryField(null=True)
    size = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    """SHA-256 of the content, hexadecimal."""
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "form"], name="edition_file_once"),
            models.CheckConstraint(
                condition=~Q(status=FileStatus.READY) | Q(content__isnull=False),
                name="edition_file_ready_with_content",
            ),
        ]
