"""Shared instruments, their bookings, and the one guarded table of occupied periods."""

from datetime import datetime, time
from typing import Any

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    ArrayField,
    BigIntegerRangeField,
    DateTimeRangeField,
    RangeOperators,
)
from django.db import models
from django.db.models import F, Func, Q, Value

from equipment.states import BookingStatus, InstrumentStatus
from park.accounts.actors import Actor
from park.accounts.models import StaffRole
from park.core.models import BaseModel
from park.organisations.models import Organisation
from park.organisations.queries import has_staff_role, organisation_ids


class ServiceMode(models.TextChoices):
    SELF = "self", "自主上机"
    OPERATOR = "operator", "专人操作"
    SEND_SAMPLES = "send_samples", "送样检测"


class InstrumentQuerySet(models.QuerySet["Instrument"]):
    def visible_to(self, actor: Actor) -> "InstrumentQuerySet":
        """The published ones, an organisation's own, and all of them for equipment officers."""
        if has_staff_role(actor, StaffRole.EQUIPMENT_OFFICER):
            return self.all()
        shown = Q(status=InstrumentStatus.PUBLISHED)
        own = organisation_ids(actor)
        return self.filter(shown | Q(organisation_id__in=own) if own else shown)


class Instrument(BaseModel):
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    number = models.BigIntegerField(
        unique=True,
        editable=False,
        db_default=Func(Value("equipment_instrument_number"), function="nextval"),
    )
    """What the exclusion constraint compares: int8range needs no extension, a UUID would.

    It comes from a sequence of the database, so that concurrent writers never clash.
    """
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
    horizon_days = models.PositiveSmallIntegerField(default=90)
    """How many days ahead a booking may start."""
    open_from = models.TimeField()
    open_until = models.TimeField()
    """Midnight is the end of the day: 00:00 to 00:00 is round the clock."""
    open_weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list)
    """ISO weekdays, Monday is 1."""
    contact_name = models.CharField(max_length=60, blank=True)
    contact_phone = models.CharField(max_length=40, blank=True)
    published_at = models.DateTimeField(null=True)
    is_example = models.BooleanField(default=False)
    source_note = models.CharField(max_length=300, blank=True)

    objects = InstrumentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(open_from__lt=F("open_until")) | Q(open_until=time(0)),
                name="instrument_opens_before_closing",
            ),
            models.CheckConstraint(
                condition=Q(slot_minutes__range=(5, 480)), name="instrument_slot_minutes"
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-published_at", "-id"], name="instrument_newest"),
            models.Index(fields=["organisation", "-id"], name="instrument_of_organisation"),
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


class MeasuredCapability(models.Model):
    """One line of what an instrument measures: quantity, range or accuracy, unit."""

    id = models.BigAutoField(primary_key=True)
    instrument = models.ForeignKey(
        Instrument, on_delete=models.CASCADE, related_name="measured_capabilities"
    )
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(max_length=80)
    comparator = models.CharField(max_length=10, choices=Comparator, default=Comparator.TEXT)
    value = models.FloatField(null=True)
    value_max = models.FloatField(null=True)
    unit = models.CharField(max_length=40, blank=True)
    text = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["position", "id"]


class BookingQuerySet(models.QuerySet["Booking"]):
    def visible_to(self, actor: Actor) -> "BookingQuerySet":
        """Those of the actor's organisations and those on their instruments; all for
        equipment officers."""
        if has_staff_role(actor, StaffRole.EQUIPMENT_OFFICER):
            return self.all()
        own = organisation_ids(actor)
        if not own:
            return self.none()
        return self.filter(
            Q(organisation_id__in=own)
            | Q(instrument__in=Instrument.objects.filter(organisation_id__in=own))
        )


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

    objects = BookingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at")), name="booking_starts_before_end"
            )
        ]
        indexes = [
            models.Index(fields=["organisation", "-starts_at", "-id"], name="booking_of_org"),
            models.Index(fields=["instrument", "-starts_at", "-id"], name="booking_of_instrument"),
        ]


def _number_as_range(number: Any) -> Func:
    return Func(
        number,
        number,
        Value("[]"),
        function="int8range",
        output_field=BigIntegerRangeField(),
    )


class OccupiedPeriodQuerySet(models.QuerySet["OccupiedPeriod"]):
    def of_instrument(
        self, number: int, starts_at: datetime, ends_at: datetime
    ) -> "OccupiedPeriodQuerySet":
        """What touches the half-open period, asked as the constraint's own index answers it."""
        return self.alias(numbers=_number_as_range(F("instrument_number"))).filter(
            numbers__overlap=_number_as_range(Value(number, models.BigIntegerField())),
            period__overlap=(starts_at, ends_at),
        )


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

    objects = OccupiedPeriodQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="occupied_once",
                index_type="GIST",
                expressions=[
                    (
                        Func(
                            "instrument_number",
                            "instrument_number",
                            Value("[]"),
                            function="int8range",
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(
                    period__isempty=False, period__lower_inf=False, period__upper_inf=False
                ),
                name="occupied_period_is_real",
            ),
        ]
