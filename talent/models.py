"""Talent cards (人才卡) and skills. Contact data is kept apart and never in what is published."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from park.accounts.actors import Actor
from park.accounts.models import StaffRole, User
from park.core.models import BaseModel
from park.organisations.models import Organisation
from park.organisations.queries import has_staff_role, organisation_ids
from talent.states import CardStatus


class SkillLevel(models.TextChoices):
    APPRENTICE = "apprentice", "学徒工"
    JUNIOR = "junior", "初级工"
    INTERMEDIATE = "intermediate", "中级工"
    SENIOR = "senior", "高级工"
    TECHNICIAN = "technician", "技师"
    SENIOR_TECHNICIAN = "senior_technician", "高级技师"
    SPECIAL_TECHNICIAN = "special_technician", "特级技师"
    CHIEF_TECHNICIAN = "chief_technician", "首席技师"


class Engagement(models.TextChoices):
    CONSULTING = "consulting", "技术咨询"
    PROJECT = "project", "项目合作"
    EMPLOYMENT = "employment", "全职"


class TalentCardQuerySet(models.QuerySet["TalentCard"]):
    def visible_to(self, actor: Actor) -> "TalentCardQuerySet":
        """The published ones, one's own, those of one's organisations; all for talent officers.

        Which fields of a card are shown is `policies.can_see_identity`'s question.
        """
        if has_staff_role(actor, StaffRole.TALENT_OFFICER):
            return self.all()
        shown = Q(status=CardStatus.PUBLISHED)
        if isinstance(actor, User):
            shown |= Q(holder_id=actor.pk) | Q(organisation_id__in=organisation_ids(actor))
        return self.filter(shown)


class TalentCard(BaseModel):
    """A person as the platform shows them: a masked name, a headline, skills."""

    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    organisation = models.ForeignKey(
        Organisation, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    status = models.CharField(max_length=12, choices=CardStatus, default=CardStatus.DRAFT)
    version = models.PositiveIntegerField(default=1)
    full_name = models.CharField(max_length=60)
    """Own level: strangers see `masked_name`."""
    masked_name = models.CharField(max_length=60)
    headline = models.CharField(max_length=120)
    title = models.CharField(max_length=80, blank=True)
    skill_level = models.CharField(max_length=20, choices=SkillLevel, blank=True)
    about = models.TextField(blank=True)
    chains = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    region = models.CharField(max_length=60, blank=True)
    open_to = ArrayField(models.CharField(max_length=20, choices=Engagement), default=list)
    contact_phone = models.CharField(max_length=40, blank=True)
    contact_email = models.EmailField(max_length=120, blank=True)
    """Contact: level own; no source, search or public answer carries it."""
    published_at = models.DateTimeField(null=True)
    is_example = models.BooleanField(default=False)

    objects = TalentCardQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["status", "-published_at", "-id"], name="card_newest")]


class Skill(models.Model):
    id = models.BigAutoField(primary_key=True)
    card = models.ForeignKey(TalentCard, on_delete=models.CASCADE, related_name="skills")
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(max_length=80)
    years = models.PositiveSmallIntegerField(null=True)

    class Meta:
        ordering = ["position", "id"]
