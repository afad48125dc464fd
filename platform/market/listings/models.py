"""Needs (为场景找产品), capabilities (为产品找场景), their indicators and revisions."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from market.listings.states import Status
from park.core.models import BaseModel
from park.organisations.models import Organisation


class NeedKind(models.TextChoices):
    SCENARIO = "scenario", "场景需求"
    TECHNOLOGY = "technology", "技术需求"
    ORDER = "order", "市场订单"
    MATERIAL = "material", "生产原料"
    CAPACITY = "capacity", "共享产能"
    SERVICE = "service", "服务需求"


class CapabilityKind(models.TextChoices):
    ACHIEVEMENT = "achievement", "科技成果"
    PRODUCT = "product", "产品"
    TECHNOLOGY = "technology", "技术"
    SERVICE = "service", "服务"
    TEAM = "team", "团队"


class IpStance(models.TextChoices):
    OWNER = "owner", "归需求方"
    SHARED = "shared", "双方共有"
    SOLVER = "solver", "归解题方"
    NEGOTIABLE = "negotiable", "协商确定"


class Listing(BaseModel):
    """What needs and capabilities have in common. Blank means unknown, never a default."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
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

    class Meta:
        abstract = True


class Need(Listing):
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


class Comparator(models.TextChoices):
    GE = "ge", "≥"
    LE = "le", "≤"
    GT = "gt", ">"
    LT = "lt", "<"
    EQ = "eq", "="
    RANGE = "range", "~"
    APPROX = "approx", "≈"
    TEXT = "text", "文字"


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


class RevisionStatus(models.TextChoices):
    EFFECTIVE = "effective", "已生效"
    PENDING = "pending", "待审核"
    REJECTED = "rejected", "已退回"
    SUPERSEDED = "superseded", "已被替代"


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
        ordering = ["-number"]
