from datetime import timedelta
from decimal import Decimal
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from market.listings.kinds import CapabilityKind, Comparator, IpStance, NeedKind
from market.listings.models import Capability, Indicator, Need
from market.listings.states import Status
from tests.factories.organisations import OrganisationFactory


def in_days(days: int) -> Any:
    return timezone.localdate() + timedelta(days=days)


class IndicatorFactory(DjangoModelFactory):
    """Give it `need=` or `capability=`."""

    class Meta:
        model = Indicator

    name = "铜纯度"
    comparator = Comparator.GE
    value = 99.9999
    unit = "%"
    evidence = "第三方检测报告"


class _ListingFactory(DjangoModelFactory):
    """Status and dates go together: `status=Status.PUBLISHED` gets the times it implies."""

    class Meta:
        abstract = True

    organisation = factory.SubFactory(OrganisationFactory)
    status = Status.DRAFT
    chain = "copper_processing"
    key_areas = factory.LazyFunction(lambda: ["tech_breakthrough"])
    region = "xingang"
    keywords = factory.LazyFunction(lambda: ["电解精炼"])
    contact_name = "王工"
    contact_phone = "0714-6350000"
    contact_email = "wang@example.com"
    submitted_at = factory.LazyAttribute(
        lambda entry: None if entry.status == Status.DRAFT else timezone.now()
    )
    published_at = factory.LazyAttribute(
        lambda entry: timezone.now() if entry.status == Status.PUBLISHED else None
    )


class NeedFactory(_ListingFactory):
    class Meta:
        model = Need
        skip_postgeneration_save = True

    title = factory.Sequence(lambda n: f"高纯铜电解精炼工艺需求{n}")
    kind = NeedKind.TECHNOLOGY
    problem = "现有电解精炼只能达到5N，杂质银和硫难以去除。"
    goals = "稳定生产6N高纯铜。"
    budget_min = Decimal(500000)
    budget_max = Decimal(2000000)
    due_on = factory.LazyFunction(lambda: in_days(180))
    ip_stance = IpStance.SHARED
    maturity_wanted = 6

    @factory.post_generation
    def indicators(self, create: bool, extracted: int | None, **kwargs: Any) -> None:
        """`indicators=0` for none."""
        if create:
            for position in range(1 if extracted is None else extracted):
                IndicatorFactory(need=self, position=position, **kwargs)


class CapabilityFactory(_ListingFactory):
    class Meta:
        model = Capability
        skip_postgeneration_save = True

    title = factory.Sequence(lambda n: f"超高纯铜区域熔炼技术{n}")
    kind = CapabilityKind.TECHNOLOGY
    maturity = 7
    description = "采用区域熔炼与真空脱气制备6N铜锭。"
    innovation = "多级分凝控制。"
    applications = "集成电路靶材。"
    capacity_now = "年产20吨"
    price_min = Decimal(300000)
    price_max = Decimal(1500000)
    valid_until = factory.LazyFunction(lambda: in_days(365))

    @factory.post_generation
    def indicators(self, create: bool, extracted: int | None, **kwargs: Any) -> None:
        """`indicators=0` for none."""
        if create:
            for position in range(1 if extracted is None else extracted):
                IndicatorFactory(capability=self, position=position, **kwargs)


def need_content(**changes: Any) -> dict[str, Any]:
    """A complete content of a need, as the services take it."""
    return {
        "title": "连铸坯表面裂纹在线检测",
        "kind": "technology",
        "chain": "low_carbon_metallurgy",
        "key_areas": ["industrial_upgrading"],
        "region": "xingang",
        "keywords": ["连铸", "表面缺陷"],
        "problem": "高温铸坯表面氧化铁皮多，人工巡检漏检率高。",
        "goals": "在线识别宽度0.2毫米以上的裂纹。",
        "budget_min": 300000,
        "budget_max": 800000.5,
        "due_on": in_days(120).isoformat(),
        "ip_stance": "negotiable",
        "maturity_wanted": 7,
        "solver_conditions": "有钢厂现场业绩。",
        "benchmark": "",
        "prospects": "",
        "contact_name": "李工",
        "contact_phone": "0714-6351111",
        "contact_email": "li@example.com",
        "indicators": [
            {
                "name": "裂纹检出率",
                "comparator": "ge",
                "value": 98,
                "unit": "%",
                "is_must": True,
            }
        ],
        "field_levels": {},
    } | changes


def capability_content(**changes: Any) -> dict[str, Any]:
    """A complete content of a capability, as the services take it."""
    return {
        "title": "高温铸坯机器视觉检测系统",
        "kind": "product",
        "chain": "low_carbon_metallurgy",
        "key_areas": ["industrial_upgrading"],
        "region": "wuhan",
        "keywords": ["机器视觉"],
        "maturity": 8,
        "description": "蓝光成像抑制热辐射，在线识别铸坯裂纹与凹坑。",
        "innovation": "蓝光窄带成像。",
        "applications": "板坯连铸机二冷段出口。",
        "ip_status": "发明专利两项",
        "capacity_now": "每年可交付6套",
        "price_min": 400000,
        "price_max": 900000,
        "valid_until": in_days(300).isoformat(),
        "contact_name": "赵工",
        "contact_phone": "027-87650000",
        "contact_email": "",
        "indicators": [
            {
                "name": "检出率",
                "comparator": "ge",
                "value": 99.2,
                "unit": "%",
                "evidence": "用户报告",
            }
        ],
        "field_levels": {},
    } | changes
