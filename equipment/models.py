"""Shared instruments, their bookings, and the one guarded table of occupied periods."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from park.core.models import BaseModel
from park.organisations.models import Organisation


class InstrumentStatus(models.TextChoices):
    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "开放共享"
    CLOSED = "closed", "停止共享"


class ServiceMode(models.TextChoices):
    SELF = "self", "自主上机"
    OPERATOR = "operator", "专人操作"
    SEND_SAMPLES = "send_samples", "送样检测"


class Instrument(BaseModel):
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    number = models.BigIntegerField(unique=True, editable=False)
    """What the exclusion constraint compares: int8range needs no extension, a UUID would."""
    status = models.CharField(
        max_length=12, choices=InstrumentStatus, default=InstrumentStatus.DRAFT
    )
    version = models.PositiveIntegerField(default=1)
    name = models.CharField(max_length=120)
    model = models.CharField(max_length=120, blank=True)
    description = models.TextField(blank=True)
    place = models.CharField(max_length=120, blank=True)
    region = models.CharField(max_length=60, blank=True)
    chains = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    service_mode = models.CharField(max_length=20, choices=ServiceMode, blank=True)
    price_per_hour = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    slot_minutes = models.PositiveSmallIntegerField(default=30)
    turnaround_minutes = models.PositiveSmallIntegerField(default=0)
    max_minutes = models.PositiveIntegerField(default=480)
    open_from = models.TimeField()
    open_until = models.TimeField()
    open_weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list)
    """ISO weekdays, Monday is 1."""
    contact_name = models.CharField(max_length=60, blank=True)
    contact_phone = models.CharField(max_length=40, blank=True)
    published_at = models.DateTimeField(null=True)
    is_example = models.BooleanField(default=False)
    source_note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(open_from__lt=F("open_until")), name="instrument_opens_before_closing"
            ),
            models.CheckConstraint(
                condition=Q(slot_minutes__range=(5, 480)), name="instrument_slot_minutes"
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-published_at", "-id"], name="instrument_newest")
        ]


class MeasuredCapability(models.Model):
    """One line of what an instrument measures: quantity, range or accuracy, unit."""

    id = models.BigAutoField(primary_key=True)
    instrument = models.ForeignKey(
        Instrument, on_delete=models.CASCADE, related_name="measured_capabilities"
    )
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(max_length=80)
    comparator = models.CharField(max_length=10, default="text")
    value = models.FloatField(null=True)
    value_max = models.FloatField(null=True)
    unit = models.CharField(max_length=40, blank=True)
    text = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["position", "id"]


class BookingStatus(models.TextChoices):
    CONFIRMED = "confirmed", "已预约"
    CANCELLED = "cancelled", "已取消"


class Booking(BaseModel):
    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="bookings")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    status = models.CharField(max_length=12, choices=BookingStatus, default=BookingStatus.CONFIRMED)
    purpose = models.CharField(max_length=300, blank=True)
    price = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    """In yuan, as it was when booked; null when the instrument names none."""
    cancelled_at = models.DateTimeField(null=True)
    cancellation_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at")), name="booking_starts_before_end"
            )
        ]
        indexes = [
            models.Index(fields=["organisation", "-starts_at"], name="booking_of_organisation")
        ]


class OccupiedPeriod(models.Model):
    """When an instrument is taken, by a booking (turnaround included) or an outage. Half-open.

    The exclusion constraint is the last word on double booking; the advisory lock of
    `equipment.services` only keeps writers from deadlocking on it.
    """

    id = models.BigAutoField(primary_key=True)
    instrument_number = models.BigIntegerField()
    period = DateTimeRangeField()
    booking = models.OneToOneField(
        Booking, null=True, on_delete=models.CASCADE, related_name="occupied_period"
    )
    reason = models.CharField(max_length=120, blank=True)
    """Why, when it is an outage."""

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="occupied_once",
                index_type="GIST",
                expressions=[
                    (
                        Func(
                            F("instrument_number"),
                            F("instrument_number"),
                            Value("[]"),
                            function="int8range",
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False), name="occupied_period_not_empty"
            ),
        ]
