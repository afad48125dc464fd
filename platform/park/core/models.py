"""The base of every record, the audit trail and the outbox."""

import uuid

import uuid_utils.compat
from django.conf import settings
from django.db import models
from django.utils import timezone


def new_id() -> uuid.UUID:
    """A UUIDv7: unguessable enough for a URL and sorted by time, so it serves keyset pages too."""
    return uuid_utils.compat.uuid7()


class BaseModel(models.Model):
    """A record with a time-ordered id and the times of its making and last change."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class AuditEntry(models.Model):
    """What was changed, by whom, from what to what. Written once, never edited."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    actor_name = models.CharField(max_length=150, blank=True)
    action = models.CharField(max_length=60)
    object_kind = models.CharField(max_length=40)
    object_id = models.UUIDField()
    organisation_id = models.UUIDField(null=True)
    changes = models.JSONField(default=dict)
    """{field: {"old": …, "new": …}}"""
    note = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["object_kind", "object_id", "-id"], name="audit_object")]
        ordering = ["-id"]


class OutboxEvent(models.Model):
    """A fact that others must hear of, written in the transaction that made it true."""

    id = models.BigAutoField(primary_key=True)
    topic = models.CharField(max_length=60)
    payload = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)
    processed_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(default=timezone.now)
    last_error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["retry_at"],
                condition=models.Q(processed_at__isnull=True),
                name="outbox_waiting",
            ),
            models.Index(
                fields=["processed_at"],
                condition=models.Q(processed_at__isnull=False),
                name="outbox_done",
            ),
        ]
