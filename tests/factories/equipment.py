from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from equipment.models import Instrument, InstrumentStatus, MeasuredCapability, ServiceMode
from equipment.rules.booking import PARK_ZONE
from tests.factories.organisations import OrganisationFactory


class MeasuredCapabilityFactory(DjangoModelFactory):
    class Meta:
        model = MeasuredCapability

    name = "镀层厚度"
    comparator = "range"
    value = 5
    value_max = 500
    unit = "µm"


class InstrumentFactory(DjangoModelFactory):
    """Published and open from 8 to 20 each day, in slots of half an hour, unless told otherwise."""

    class Meta:
        model = Instrument
        skip_postgeneration_save = True

    organisation = factory.SubFactory(OrganisationFactory)
    status = InstrumentStatus.PUBLISHED
    name = factory.Sequence(lambda n: f"扫描电子显微镜{n}")
    model = "SEM-500"
    description = "观察断口与镀层截面，配能谱仪。"
    place = "新港科创中心2号楼"
    region = "xingang"
    chains = factory.LazyFunction(lambda: ["copper_processing"])
    service_mode = ServiceMode.OPERATOR
    price_per_hour = Decimal(300)
    slot_minutes = 30
    turnaround_minutes = 0
    max_minutes = 480
    open_from = time(8)
    open_until = time(20)
    open_weekdays = factory.LazyFunction(lambda: [1, 2, 3, 4, 5, 6, 7])
    contact_name = "周工"
    contact_phone = "0714-6352222"
    published_at = factory.LazyAttribute(
        lambda entry: timezone.now() if entry.status == InstrumentStatus.PUBLISHED else None
    )

    @factory.post_generation
    def lines(self, create: bool, extracted: int | None, **kwargs: Any) -> None:
        """`lines=0` for none."""
        if create:
            for position in range(1 if extracted is None else extracted):
                MeasuredCapabilityFactory(instrument=self, position=position, **kwargs)


def instrument_content(**changes: Any) -> dict[str, Any]:
    """A complete content of an instrument, as the services take it."""
    return {
        "name": "辉光放电光谱仪",
        "model": "GD-2",
        "description": "镀层成分随深度的分布。",
        "place": "新港检测中心",
        "region": "xingang",
        "chains": ["copper_processing"],
        "service_mode": "send_samples",
        "price_per_hour": 450.5,
        "slot_minutes": 60,
        "turnaround_minutes": 15,
        "max_minutes": 240,
        "open_from": "08:30",
        "open_until": "17:30",
        "open_weekdays": [1, 2, 3, 4, 5],
        "contact_name": "钱工",
        "contact_phone": "0714-6353333",
        "measured_capabilities": [
            {
                "name": "检测深度",
                "comparator": "range",
                "value": 0.1,
                "value_max": 150,
                "unit": "µm",
            }
        ],
    } | changes


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A time in the park's zone, `day` days after Monday 2 March 2026, midnight."""
    return datetime(2026, 3, 2, tzinfo=PARK_ZONE) + timedelta(days=day, hours=hour, minutes=minute)
