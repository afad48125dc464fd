"""Organisations, the other names they go by, and changes of identity that wait for staff."""

from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, Subquery

from park.accounts.actors import Actor
from park.accounts.models import User
from park.core.models import BaseModel
from park.organisations import names
from park.organisations.kinds import (
    AliasSource,
    OrganisationKind,
    RequestStatus,
    VerificationStatus,
)


def _memberships_of(user: User) -> "models.QuerySet[Any, Any]":
    from park.organisations.models.members import Membership  # it points here

    return Membership.objects.filter(user_id=user.pk).values("organisation_id")


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, actor: Actor) -> Self:
        """Who is in the park is public once verified; before, it is its members' and staff's."""
        shown = Q(status=VerificationStatus.VERIFIED)
        if actor is None:
            return self.all()
        if isinstance(actor, User) and actor.is_active:
            if actor.is_park_staff:
                return self.all()
            shown |= Q(pk__in=Subquery(_memberships_of(actor)))
        return self.filter(shown)

    def verified(self) -> Self:
        return self.filter(status=VerificationStatus.VERIFIED)


class Organisation(BaseModel):
    name = models.CharField(max_length=120)
    name_key = models.CharField(max_length=160, editable=False, default="")
    """Derived from the name: spellings of one firm meet in it (`names.key_of`)."""
    name_en = models.CharField(max_length=160, blank=True)
    short_name = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=20, choices=OrganisationKind)
    credit_code = models.CharField(max_length=18, blank=True)
    chains = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    region = models.CharField(max_length=60, blank=True)
    about = models.TextField(blank=True)
    contact_name = models.CharField(max_length=60, blank=True)
    contact_phone = models.CharField(max_length=40, blank=True)
    contact_email = models.EmailField(max_length=120, blank=True)
    """The contact fields are for its members and staff, never public."""
    is_example = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    """Counts every change; an edit names the version it started from."""
    status = models.CharField(
        max_length=12, choices=VerificationStatus, default=VerificationStatus.VERIFIED
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    status_reason = models.TextField(blank=True)
    """Why staff did not verify it."""
    status_at = models.DateTimeField(null=True, blank=True)
    status_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["credit_code"],
                condition=~Q(credit_code=""),
                name="organisation_credit_code",
            )
        ]
        indexes = [
            models.Index(fields=["name_key"], name="organisation_name_key"),
            models.Index(
                fields=["created_at", "id"],
                condition=Q(status="unverified"),
                name="organisation_waiting",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **options: Any) -> None:
        """Keeps the derived key in step, whoever saves: forms, tests, the demonstration."""
        self.name_key = names.key_of(self.name)
        fields = options.get("update_fields")
        if fields is not None and "name" in fields:
            options["update_fields"] = {*fields, "name_key"}
        super().save(*args, **options)

    @property
    def is_verified(self) -> bool:
        return self.status == VerificationStatus.VERIFIED

    @property
    def has_credit_code(self) -> bool:
        return bool(self.credit_code)


class OrganisationAlias(BaseModel):
    """Another name of an organisation: a former one, one it was merged from."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=120)
    name_key = models.CharField(max_length=160, editable=False)
    source = models.CharField(max_length=20, choices=AliasSource)
    merged_id = models.UUIDField(null=True, blank=True, unique=True)
    """The id of the organisation that was merged into this one: old addresses still lead here."""

    class Meta:
        verbose_name_plural = "organisation aliases"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"],
                condition=Q(merged_id__isnull=True),
                name="alias_once",
            ),
        ]
        indexes = [models.Index(fields=["name_key"], name="alias_name_key")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **options: Any) -> None:
        self.name_key = names.key_of(self.name)
        super().save(*args, **options)


class ChangeRequest(BaseModel):
    """A change of name, credit code or kind of a verified organisation: staff decide."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="change_requests"
    )
    changes = models.JSONField()
    """{field: {"old", "new"}}"""
    status = models.CharField(max_length=12, choices=RequestStatus, default=RequestStatus.PENDING)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(status="pending"), name="one_pending_change"
            )
        ]
