"""Users, their staff roles, consent and API tokens."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from park.core.models import BaseModel, new_id

if TYPE_CHECKING:
    from park.accounts.actors import Actor


class StaffRole(models.TextChoices):
    MODERATOR = "moderator", "审核员"
    BROKER = "broker", "撮合员"
    EQUIPMENT_OFFICER = "equipment_officer", "设备管理员"
    TALENT_OFFICER = "talent_officer", "人才专员"
    ADMINISTRATOR = "administrator", "管理员"


class Language(models.TextChoices):
    """As in settings.LANGUAGES; mails are written in it."""

    CHINESE = "zh-hans", "简体中文"
    ENGLISH = "en", "English"


class UserManager(BaseUserManager["User"]):
    use_in_migrations = False

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        """All of it in lower case: no mail server of today tells the cases apart."""
        return super().normalize_email(email).lower()


class User(AbstractUser):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    display_name = models.CharField(max_length=60, blank=True)
    staff_roles = ArrayField(
        models.CharField(max_length=30, choices=StaffRole), default=list, blank=True
    )
    # Made by `load_demo`: while one exists the site refuses to listen beyond this machine.
    is_demonstration = models.BooleanField(default=False)
    language = models.CharField(max_length=10, choices=Language, blank=True)
    """Blank: not said yet; the language of the request counts."""
    # Who signed up must prove the address first; accounts made by an administrator have no date.
    signed_up_at = models.DateTimeField(null=True, editable=False)

    objects = UserManager()  # type: ignore[misc]

    class Meta(AbstractUser.Meta):  # type: ignore[name-defined]
        abstract = False
        constraints = [
            models.UniqueConstraint(
                Lower("email"), condition=~models.Q(email=""), name="user_email_unique"
            ),
            # "Zhang" and "zhang" could both not sign in: the names are compared without case.
            models.UniqueConstraint(Lower("username"), name="user_username_unique"),
        ]

    @property
    def is_park_staff(self) -> bool:
        return self.is_active and bool(self.staff_roles)

    def has_role(self, *roles: StaffRole) -> bool:
        """True for any of the roles; an administrator has them all."""
        if not self.is_active:
            return False
        return StaffRole.ADMINISTRATOR in self.staff_roles or any(
            role in self.staff_roles for role in roles
        )


class ConsentPurpose(models.TextChoices):
    PRIVACY_NOTICE = "privacy_notice", "隐私政策"


class Consent(BaseModel):
    """That somebody agreed to one version of one text, and when. Written once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=40, choices=ConsentPurpose)
    version = models.CharField(max_length=20)
    given_at = models.DateTimeField()


class TokenScope(models.TextChoices):
    READ = "read", "只读"
    WRITE = "write", "读写"


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def visible_to(self, actor: "Actor") -> Self:
        """One's own only: not even staff need to see another's tokens."""
        return self.filter(user_id=actor.pk) if isinstance(actor, User) else self.none()

    def live(self, now: datetime) -> Self:
        """Neither revoked nor expired, and of a user who may still sign in."""
        return self.filter(revoked_at__isnull=True, expires_at__gt=now, user__is_active=True)


class ApiToken(BaseModel):
    """A token of a user for other systems: shown once, stored as a hash."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    """SHA-256 of the secret, hexadecimal. The secret has 256 random bits, so no salt is needed."""
    scope = models.CharField(max_length=10, choices=TokenScope, default=TokenScope.READ)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = ApiTokenQuerySet.as_manager()
