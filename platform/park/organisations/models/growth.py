"""Growth ladders with their published conditions, the tiers held, and the facts on file."""

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from park.core.models import BaseModel, new_id
from park.organisations.kinds import FactKey
from park.organisations.models.organisations import Organisation


class GrowthLadder(models.Model):
    """科技型中小企业 → 高新技术企业, or 创新型中小企业 → 专精特新 → 小巨人."""

    id = models.BigAutoField(primary_key=True)
    code = models.SlugField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name_zh


class GrowthStep(models.Model):
    """A tier of a ladder, and where its conditions are published."""

    id = models.BigAutoField(primary_key=True)
    ladder = models.ForeignKey(GrowthLadder, on_delete=models.CASCADE, related_name="steps")
    code = models.SlugField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=0)
    valid_months = models.PositiveSmallIntegerField(null=True, blank=True)
    """How long a grant lasts where its rules say so in months; a record may say otherwise."""
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name_zh


class GrowthCondition(models.Model):
    """One published condition. Staff keep text and rule in step with what is in force."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    step = models.ForeignKey(GrowthStep, on_delete=models.CASCADE, related_name="conditions")
    code = models.SlugField(max_length=60)
    position = models.PositiveSmallIntegerField(default=0)
    text_zh = models.TextField()
    text_en = models.TextField()
    source = models.CharField(max_length=200, blank=True)
    since_on = models.DateField(null=True, blank=True)
    must_check = models.BooleanField(default=False)
    """Shown as: check the current text."""
    rule = models.JSONField(default=dict)
    """As `rules.judge` reads it."""
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["step", "code"], name="growth_condition_code")
        ]


class HeldTier(BaseModel):
    """A tier that an organisation was granted."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="tiers")
    step = models.ForeignKey(GrowthStep, on_delete=models.PROTECT, related_name="+")
    granted_on = models.DateField()
    expires_on = models.DateField(null=True, blank=True)
    """The first day on which it holds no longer; null where no end is known."""
    certificate_number = models.CharField(max_length=60, blank=True)
    evidence_note = models.CharField(max_length=300, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    verified_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "step", "granted_on"], name="tier_granted_once"
            ),
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True) | Q(expires_on__gt=F("granted_on")),
                name="tier_dates_in_order",
            ),
        ]
        ordering = ["-granted_on", "-id"]

    def holds_on(self, day: date) -> bool:
        return self.granted_on <= day and (self.expires_on is None or day < self.expires_on)


class OrganisationFact(BaseModel):
    """One value on file. Nothing is overwritten: the newest record of a key and year counts."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="facts")
    key = models.CharField(max_length=30, choices=FactKey)
    year = models.PositiveSmallIntegerField(null=True)
    number = models.DecimalField(max_digits=17, decimal_places=2, null=True)
    day = models.DateField(null=True)
    flag = models.BooleanField(null=True)
    source = models.CharField(max_length=200)
    """Where the value is from, such as an audited report; plain text."""
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    verified_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(number__isnull=False, day__isnull=True, flag__isnull=True)
                | Q(number__isnull=True, day__isnull=False, flag__isnull=True)
                | Q(number__isnull=True, day__isnull=True, flag__isnull=False),
                name="fact_has_one_value",
            )
        ]
        indexes = [models.Index(fields=["organisation", "key", "-id"], name="fact_newest")]

    @property
    def value(self) -> Decimal | date | bool | None:
        if self.day is not None:
            return self.day
        return self.number if self.flag is None else self.flag
