"""Organisations and who belongs to them: the tenant boundary."""

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from park.accounts.actors import Actor
from park.core.models import BaseModel


class OrganisationKind(models.TextChoices):
    ENTERPRISE = "enterprise", "企业"
    UNIVERSITY = "university", "高校"
    INSTITUTE = "institute", "科研院所"
    STATION = "station", "科技联络站"
    PARK = "park", "园区"


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, actor: Actor) -> Self:
        """Who is in the park is public; what they have here is not."""
        return self.all()


class Organisation(BaseModel):
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True)
    short_name = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=20, choices=OrganisationKind)
    credit_code = models.CharField(max_length=18, blank=True)
    chains = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    region = models.CharField(max_length=60, blank=True)
    about = models.TextField(blank=True)
    is_example = models.BooleanField(default=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["credit_code"],
                condition=~models.Q(credit_code=""),
                name="organisation_credit_code",
            )
        ]

    def __str__(self) -> str:
        return self.name


class MembershipRole(models.TextChoices):
    OWNER = "owner", "所有者"
    EDITOR = "editor", "编辑"
    VIEWER = "viewer", "查看"


class Membership(BaseModel):
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="memberships"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=10, choices=MembershipRole)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "user"], name="membership_once")
        ]
