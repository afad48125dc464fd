from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from talent.models import CardStatus, Engagement, Skill, SkillLevel, TalentCard
from tests.factories.organisations import OrganisationFactory


class SkillFactory(DjangoModelFactory):
    class Meta:
        model = Skill

    name = "阳极铜浇铸"
    years = 12


class TalentCardFactory(DjangoModelFactory):
    """Published and kept by an organisation unless told otherwise."""

    class Meta:
        model = TalentCard
        skip_postgeneration_save = True

    organisation = factory.SubFactory(OrganisationFactory)
    status = CardStatus.PUBLISHED
    full_name = "陈建国"
    masked_name = "陈**"
    headline = factory.Sequence(lambda n: f"铜冶炼工艺工程师{n}")
    title = "高级工程师"
    skill_level = SkillLevel.TECHNICIAN
    about = "熟悉火法精炼与电解。"
    chains = factory.LazyFunction(lambda: ["copper_processing"])
    region = "huangshi"
    open_to = factory.LazyFunction(lambda: [Engagement.CONSULTING])
    contact_phone = "13871234567"
    contact_email = "chen@example.com"
    published_at = factory.LazyAttribute(
        lambda entry: timezone.now() if entry.status == CardStatus.PUBLISHED else None
    )

    @factory.post_generation
    def lines(self, create: bool, extracted: int | None, **kwargs: Any) -> None:
        """`lines=0` for none."""
        if create:
            for position in range(1 if extracted is None else extracted):
                SkillFactory(card=self, position=position, **kwargs)


def card_content(**changes: Any) -> dict[str, Any]:
    """A complete content of a talent card, as the services take it."""
    return {
        "full_name": "欧阳晓峰",
        "headline": "模具钳工，精密冲压模调试",
        "title": "",
        "skill_level": "senior_technician",
        "about": "二十年冷冲模装配与试模经验。",
        "chains": ["precision_casting"],
        "region": "huangshi",
        "open_to": ["consulting", "project"],
        "contact_phone": "13987654321",
        "contact_email": "ouyang@example.com",
        "skills": [{"name": "冲压模调试", "years": 20}, {"name": "三坐标测量", "years": None}],
    } | changes
