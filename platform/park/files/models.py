"""Files that people handed in. What they belong to is a purpose and an id; nouns register both."""

from datetime import datetime
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q

from park.core.models import BaseModel


class FileVisibility(models.TextChoices):
    PUBLIC = "public", "随所属内容公开"
    PRIVATE = "private", "仅本单位与园区"


class StoredFileQuerySet(models.QuerySet["StoredFile"]):
    """Who may see a file is for its purpose to say (`park.files.queries`), not for a filter."""

    def live(self) -> Self:
        return self.filter(deleted_at__isnull=True)

    def of(self, purpose: str, object_id: UUID) -> Self:
        return self.filter(purpose=purpose, object_id=object_id)

    def removable(self, deleted_before: datetime) -> Self:
        return self.filter(deleted_at__lt=deleted_before)


class StoredFile(BaseModel):
    purpose = models.CharField(max_length=40)
    object_kind = models.CharField(max_length=40)
    object_id = models.UUIDField()
    organisation_id = models.UUIDField(null=True)
    """Not a foreign key: organisations are a floor above."""
    uploader = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    visibility = models.CharField(max_length=10, choices=FileVisibility)
    name = models.CharField(max_length=120)
    """As its owner calls it, cleaned; its ending is that of its content."""
    caption = models.CharField(max_length=200, blank=True)
    """What a picture shows, for those who do not see it."""
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    """Of what is stored, which for a picture is not what was sent."""
    storage_name = models.CharField(max_length=100, unique=True)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    thumbnail_name = models.CharField(max_length=100, blank=True)
    thumbnail_size = models.PositiveIntegerField(default=0)
    thumbnail_sha256 = models.CharField(max_length=64, blank=True)
    deleted_at = models.DateTimeField(null=True)

    objects = StoredFileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(thumbnail_name="") | Q(width__isnull=False), name="file_thumbnail"
            )
        ]
        indexes = [
            models.Index(fields=["purpose", "object_id", "id"], name="file_of_object"),
            models.Index(
                fields=["deleted_at"], condition=Q(deleted_at__isnull=False), name="file_deleted"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_image(self) -> bool:
        return self.width is not None
