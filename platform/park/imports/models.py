"""Imports of lists: the job, what became of each row, and which entry a row of a list is."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from park.accounts.actors import Actor
from park.core.models import BaseModel
from park.imports import targets
from park.imports.states import RUNNING, JobStatus, Outcome
from park.organisations.models import Organisation

__all__ = ["ImportJob", "ImportRow", "ImportedObject", "JobStatus", "Outcome"]


class ImportJobQuerySet(models.QuerySet["ImportJob"]):
    def visible_to(self, actor: Actor) -> "ImportJobQuerySet":
        """Those of the kinds that the actor could import: colleagues see each other's."""
        kinds = [target.kind for target in targets.all_targets() if target.can_import(actor)]
        return self.filter(kind__in=kinds) if kinds else self.none()


class ImportJob(BaseModel):
    """One uploaded file on its way into the platform."""

    kind = models.CharField(max_length=20)
    """Of the target that takes the rows: need, capability, instrument, organisation."""
    status = models.CharField(max_length=12, choices=JobStatus, default=JobStatus.UPLOADED)
    file_name = models.CharField(max_length=200)
    stored_name = models.CharField(max_length=80, blank=True)
    """Unguessable, under `imports/` of the data folder; blank once the file is forgotten."""
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    uploader = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    committed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    """In whose name the worker writes; null is the system itself."""
    organisation = models.ForeignKey(
        Organisation, null=True, on_delete=models.PROTECT, related_name="+"
    )
    """Whose entries they are where the row names nobody."""
    source_note = models.CharField(max_length=200, blank=True)
    sheet = models.CharField(max_length=120, blank=True)
    other_sheets = models.JSONField(default=list)
    header_row = models.PositiveIntegerField(default=1)
    columns = models.JSONField(default=list)
    """[{"heading", "field", "confidence", "is_doubtful", "samples"}] as they were recognised."""
    mapping = models.JSONField(default=dict)
    """{heading: field}; a heading that is not in it is ignored."""
    publish = models.BooleanField(default=False)
    apply_changes = models.BooleanField(default=False)
    accept_doubtful = models.BooleanField(default=False)
    rows_total = models.PositiveIntegerField(null=True)
    """Known once the file has been read to its end."""
    rows_done = models.PositiveIntegerField(default=0)
    """Rows of the file that the present run has left behind; a new worker goes on from here."""
    counts = models.JSONField(default=dict)
    """{outcome: rows} of the present run, and `created`, `updated`, `published`."""
    runner = models.UUIDField(null=True)
    """Which run may write. A worker that lost it (taken for dead) stops at its next batch."""
    attempts = models.PositiveIntegerField(default=0)
    """Runs that began since the last batch was finished."""
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    error_code = models.CharField(max_length=60, blank=True)
    error_data = models.JSONField(default=dict)

    objects = ImportJobQuerySet.as_manager()

    class Meta:
        constraints = [
            # Two people with the same file: the second waits for the first.
            models.UniqueConstraint(
                fields=["kind", "sha256"],
                condition=Q(status="committing"),
                name="import_of_a_file_once_at_a_time",
            )
        ]
        indexes = [
            models.Index(
                fields=["heartbeat_at"],
                condition=Q(status__in=sorted(RUNNING)),
                name="import_running",
            )
        ]

    @property
    def is_running(self) -> bool:
        return self.status in RUNNING


class ImportRow(models.Model):
    """What becomes of one row of the file."""

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    """As the person's own program counts it."""
    outcome = models.CharField(max_length=10, choices=Outcome)
    title = models.CharField(max_length=120, blank=True)
    issues = models.JSONField(default=list)
    """[{"level", "column", "field", "code", "value"?, "limit"?}]"""
    key = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    object_id = models.UUIDField(null=True)
    is_applied = models.BooleanField(default=False)
    """Whether this import made or changed the entry."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "number"], name="import_row_once"),
        ]
        indexes = [
            models.Index(fields=["job", "outcome", "number"], name="import_row_outcome"),
            models.Index(fields=["job", "key"], condition=~Q(key=""), name="import_row_key"),
        ]


class ImportedObject(models.Model):
    """Which entry a row of a list is: what makes the same file twice add nothing."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=64)
    """SHA-256 of the row's identity: its organisation and source id, or its normalised content."""
    digest = models.CharField(max_length=64)
    """SHA-256 of the content that was last taken over."""
    object_id = models.UUIDField()
    version = models.PositiveIntegerField(default=1)
    """The entry's own version as the import left it: another one means that people edited it."""
    job = models.ForeignKey(ImportJob, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="imported_once"),
        ]
        indexes = [models.Index(fields=["kind", "object_id"], name="imported_object")]
