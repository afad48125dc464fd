"""Needs (为场景找产品), capabilities (为产品找场景), their indicators and revisions."""

from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from market.listings.content import LAST_DAY
from market.listings.kinds import (
    CapabilityKind,
    Comparator,
    IpStance,
    ListingKind,
    NeedKind,
    RevisionStatus,
)
from market.listings.rules import is_expired
from market.listings.states import Status
from park.accounts.actors import Actor
from park.accounts.models import StaffRole
from park.core.models import BaseModel
from park.organisations.models import Organisation
from park.organisations.queries import has_staff_role, memberships_of

__all__ = [
    "LISTING_MODELS",
    "Capability",
    "CapabilityKind",
    "Comparator",
    "Indicator",
    "IpStance",
    "Listing",
    "ListingKind",
    "Need",
    "NeedKind",
    "Revision",
    "RevisionStatus",
    "Status",
]


READING_ROLES = (StaffRole.MODERATOR, StaffRole.BROKER)
"""Staff who see what was handed in: those who review it and those who broker it."""


class ListingQuerySet(models.QuerySet):
    """Where every read of needs and capabilities starts."""

    def visible_to(self, actor: Actor) -> Self:
        """What is published, what is the actor's own or was collected by their station, and all
        but drafts for the staff who review and broker."""
        allowed = Q(status=Status.PUBLISHED)
        if actor is not None and actor.is_authenticated:
            own = memberships_of(actor).values("organisation_id")
            allowed |= Q(organisation_id__in=own) | Q(station_id__in=own)
        if has_staff_role(actor, *READING_ROLES):
            allowed |= ~Q(status=Status.DRAFT)
        return self.filter(allowed)

    def current(self, today: date) -> Self:
        """Published and not past its last day: what default lists, searches and figures show."""
        last_day = LAST_DAY[self.model.listing_kind]
        not_past = Q(**{f"{last_day}__isnull": True}) | Q(**{f"{last_day}__gte": today})
        return self.filter(not_past, status=Status.PUBLISHED)


class Listing(BaseModel):
    """What needs and capabilities have in common. Blank means unknown, never a default."""

    listing_kind: ClassVar[ListingKind]

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    station = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    """The liaison station or platform that collected it from the firm."""
    status = models.CharField(max_length=12, choices=Status, default=Status.DRAFT)
    version = models.PositiveIntegerField(default=1)
    """Counts every accepted change; an edit names the version it started from."""
    title = models.CharField(max_length=120, blank=True)
    chain = models.CharField(max_length=60, blank=True)
    key_areas = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    region = models.CharField(max_length=60, blank=True)
    keywords = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    contact_name = models.CharField(max_length=60, blank=True)
    contact_phone = models.CharField(max_length=40, blank=True)
    contact_email = models.EmailField(max_length=120, blank=True)
    field_levels = models.JSONField(default=dict, blank=True)
    """{field: level}: where the owner departs from the default level of a field."""
    submitted_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closing_reason = models.CharField(max_length=30, blank=True)
    closing_note = models.TextField(blank=True)
    return_edits = models.JSONField(default=list, blank=True)
    """[{"field", "advice"}]: what staff asked to be changed when they returned it."""
    is_example = models.BooleanField(default=False)
    source_note = models.CharField(max_length=300, blank=True)
    """Where an imported or quoted entry comes from; shown as plain text, never as a link."""

    objects = ListingQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title or str(self.id)

    @property
    def last_day(self) -> date | None:
        return getattr(self, LAST_DAY[self.listing_kind])

    def is_expired(self, today: date) -> bool:
        return is_expired(self.last_day, today)

    @property
    def is_imported(self) -> bool:
        """Taken over from elsewhere: it may lack parts of the minimum, and they stay unknown."""
        return bool(self.source_note)


class Need(Listing):
    listing_kind = ListingKind.NEED

    kind = models.CharField(max_length=20, choices=NeedKind, blank=True)
    problem = models.TextField(blank=True)
    goals = models.TextField(blank=True)
    budget_min = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    budget_max = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    """Both in yuan."""
    due_on = models.DateField(null=True)
    ip_stance = models.CharField(max_length=12, choices=IpStance, blank=True)
    maturity_wanted = models.PositiveSmallIntegerField(null=True)
    solver_conditions = models.TextField(blank=True)
    benchmark = models.TextField(blank=True)
    prospects = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(budget_min__isnull=True)
                | Q(budget_max__isnull=True)
                | Q(budget_min__lte=F("budget_max")),
                name="need_budget_in_order",
            ),
            models.CheckConstraint(
                condition=Q(maturity_wanted__isnull=True) | Q(maturity_wanted__range=(1, 9)),
                name="need_maturity_1_to_9",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-published_at", "-id"], name="need_newest"),
            models.Index(fields=["organisation", "-id"], name="need_of_organisation"),
        ]


class Capability(Listing):
    listing_kind = ListingKind.CAPABILITY

    kind = models.CharField(max_length=20, choices=CapabilityKind, blank=True)
    maturity = models.PositiveSmallIntegerField(null=True)
    """Technology readiness level, 1 to 9."""
    description = models.TextField(blank=True)
    innovation = models.TextField(blank=True)
    applications = models.TextField(blank=True)
    ip_status = models.CharField(max_length=200, blank=True)
    capacity_now = models.CharField(max_length=200, blank=True)
    price_min = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    price_max = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    """Both in yuan."""
    valid_until = models.DateField(null=True)

    class Meta:
        verbose_name_plural = "capabilities"
        constraints = [
            models.CheckConstraint(
                condition=Q(price_min__isnull=True)
                | Q(price_max__isnull=True)
                | Q(price_min__lte=F("price_max")),
                name="capability_price_in_order",
            ),
            models.CheckConstraint(
                condition=Q(maturity__isnull=True) | Q(maturity__range=(1, 9)),
                name="capability_maturity_1_to_9",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-published_at", "-id"], name="capability_newest"),
            models.Index(fields=["organisation", "-id"], name="capability_of_organisation"),
        ]


LISTING_MODELS: dict[ListingKind, type[Need] | type[Capability]] = {
    ListingKind.NEED: Need,
    ListingKind.CAPABILITY: Capability,
}


class Indicator(models.Model):
    """One line of what is asked (a need's) or claimed (a capability's, with evidence)."""

    id = models.BigAutoField(primary_key=True)
    need = models.ForeignKey(Need, null=True, on_delete=models.CASCADE, related_name="indicators")
    capability = models.ForeignKey(
        Capability, null=True, on_delete=models.CASCADE, related_name="indicators"
    )
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(max_length=80)
    comparator = models.CharField(max_length=10, choices=Comparator, default=Comparator.TEXT)
    value = models.FloatField(null=True)
    value_max = models.FloatField(null=True)
    unit = models.CharField(max_length=40, blank=True)
    is_must = models.BooleanField(default=True)
    text = models.CharField(max_length=500, blank=True)
    evidence = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(need__isnull=True) ^ Q(capability__isnull=True),
                name="indicator_of_one_listing",
            )
        ]


class Revision(BaseModel):
    """A whole content of an entry as it was or is proposed to be.

    The entry's own columns hold what is published; a pending revision waits beside it.
    """

    need = models.ForeignKey(Need, null=True, on_delete=models.CASCADE, related_name="revisions")
    capability = models.ForeignKey(
        Capability, null=True, on_delete=models.CASCADE, related_name="revisions"
    )
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=12, choices=RevisionStatus)
    content = models.JSONField()
    changes = models.JSONField(default=dict)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True)
    review_note = models.TextField(blank=True)
    # A small correction takes effect at once; staff still see it in their queue until they tick it.
    is_seen = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(need__isnull=True) ^ Q(capability__isnull=True),
                name="revision_of_one_listing",
            ),
            models.UniqueConstraint(fields=["need", "number"], name="need_revision_number"),
            models.UniqueConstraint(
                fields=["capability", "number"], name="capability_revision_number"
            ),
            models.UniqueConstraint(
                fields=["need"], condition=Q(status="pending"), name="need_one_pending"
            ),
            models.UniqueConstraint(
                fields=["capability"], condition=Q(status="pending"), name="capability_one_pending"
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at", "id"],
                condition=Q(status="pending") | Q(is_seen=False),
                name="revision_waiting",
            )
        ]
        ordering = ["-number"]
