"""What matching stores: items of every kind, their passages, vectors, word statistics, suggestions.

Rows are written by `matching.indexing`, `matching.engine` and `matching.feedback` only.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Func, Q
from django.utils import timezone

from matching.sources import Side
from park.core.levels import Level
from park.core.models import BaseModel, new_id


class CurrentTransaction(Func):
    """The number of the writing transaction: what a change cursor orders by."""

    template = "pg_current_xact_id()::text::bigint"
    arity = 0

    def __init__(self) -> None:
        super().__init__(output_field=models.BigIntegerField())


LEVELS = [(level.value, level.value) for level in Level]


class Item(models.Model):
    """One published entry of any kind, as matching knows it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=40)
    side = models.CharField(max_length=10, choices=[(side.value, side.value) for side in Side])
    object_id = models.UUIDField()
    organisation_id = models.UUIDField(null=True)
    title = models.TextField()
    is_searchable = models.BooleanField(default=True)
    sub_kind = models.CharField(max_length=40, blank=True)
    chains = ArrayField(models.CharField(max_length=60), default=list)
    key_areas = ArrayField(models.CharField(max_length=60), default=list)
    region = models.CharField(max_length=60, blank=True)
    budget_min = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    """Yuan."""
    budget_max = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    maturity = models.PositiveSmallIntegerField(null=True)
    """TRL 1–9."""
    expires_on = models.DateField(null=True)
    indicators = models.JSONField(default=list)
    """IndicatorLine rows, of forms and of texts, with their numbers in base units, parsed once on
    saving."""
    terms = models.JSONField(default=list)
    """What it says of amounts, prices and dates (`matching.trade.Terms`), read once on saving."""
    text_digest = models.CharField(max_length=64, blank=True)
    """Of all texts that scores are made from; a replay compares it."""
    facts_digest = models.CharField(max_length=64, blank=True)
    """Of all else that scores are made from: facets, indicators, terms."""
    updated_at = models.DateTimeField()
    indexed_at = models.DateTimeField(default=timezone.now)
    change_stamp = models.BigIntegerField(db_default=CurrentTransaction())
    source_state = models.CharField(max_length=32, blank=True)
    """A digest of all that its noun said when it was stored."""
    matched_with = models.CharField(max_length=220, blank=True)
    """With which weights, word statistics and model its suggestions were made; empty: not yet."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id"], name="item_once"),
        ]
        indexes = [
            models.Index(fields=["change_stamp", "id"], name="item_changes"),
            models.Index(
                fields=["expires_on"], condition=Q(is_searchable=True), name="item_expiry"
            ),
            models.Index(fields=["side", "kind"], name="item_side_kind"),
            models.Index(
                fields=["side", "matched_with", "id"],
                condition=Q(is_searchable=True),
                name="item_matched_with",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class Passage(models.Model):
    """A piece of an item's text that is embedded and found on its own."""

    id = models.BigAutoField(primary_key=True)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="passages")
    role = models.CharField(max_length=10)
    """title, whole (title and public text together) or sentence."""
    field = models.CharField(max_length=40)
    level = models.CharField(max_length=10, choices=LEVELS)
    ordinal = models.PositiveIntegerField()
    start = models.PositiveIntegerField(default=0)
    """Where a sentence stands in its field's text, in characters."""
    end = models.PositiveIntegerField(default=0)
    field_ordinal = models.PositiveIntegerField(default=0)
    text = models.TextField()
    text_hash = models.CharField(max_length=64, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "ordinal"], name="passage_once"),
        ]
        indexes = [models.Index(fields=["item", "level"], name="passage_item_level")]


class LexicalDocument(models.Model):
    """The words of an item at one level: what full text searches and BM25 counts."""

    id = models.BigAutoField(primary_key=True)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="documents")
    level = models.CharField(max_length=10, choices=LEVELS)
    words = SearchVectorField()
    counts = models.JSONField(default=dict)
    """{token: how often}."""
    length = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "level"], name="document_once")]
        indexes = [GinIndex(fields=["words"], name="document_words", fastupdate=False)]


class Embedding(models.Model):
    """The vector of a text under a model. The same text is never embedded twice."""

    id = models.BigAutoField(primary_key=True)
    text_hash = models.CharField(max_length=64)
    model_id = models.CharField(max_length=120)
    dimension = models.PositiveIntegerField()
    vector = models.BinaryField()
    """float32, little-endian, of length 1."""
    change_stamp = models.BigIntegerField(db_default=CurrentTransaction())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["text_hash", "model_id"], name="embedding_once")
        ]
        indexes = [models.Index(fields=["model_id", "id"], name="embedding_model")]


class IdfTable(models.Model):
    """A version of the word statistics. Scores name the version they were made with."""

    version = models.BigAutoField(primary_key=True)
    made_at = models.DateTimeField(default=timezone.now)
    documents = models.PositiveIntegerField()
    mean_length = models.FloatField()
    frequencies = models.JSONField()
    """{token: number of documents that hold it}."""
    background = models.JSONField(null=True)
    """{model_id, title, whole}: the means of the needs' vectors; null where there are too few."""


class RankerFit(models.Model):
    """Weights that were fitted at this site, with what they were measured at. Never changed."""

    id = models.BigAutoField(primary_key=True)
    made_at = models.DateTimeField(default=timezone.now)
    version = models.CharField(max_length=60, unique=True)
    weights = models.JSONField()
    """As `matching.weights.Weights.as_json`."""
    judged = models.PositiveIntegerField()
    """Pairs that it was fitted on, of files and of feedback."""
    measured = models.JSONField()
    """{data: {before, after, needs}}: nDCG@10, each need by weights fitted without it."""
    is_taken = models.BooleanField()
    """False where the figure fell: it is kept as a record and serves nobody."""


class ServingModel(models.Model):
    """Which model's vectors serve searches now: one row, changed when a re-embedding is whole."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    model_id = models.CharField(max_length=120)
    configured = models.CharField(max_length=500, blank=True)
    """How it was named in the settings, so that it can be opened while another is prepared."""
    switched_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="serving_model_one_row")]


class Band(models.TextChoices):
    STRONG = "strong", "高度契合"
    GOOD = "good", "较契合"
    POSSIBLE = "possible", "可参考"


ANSWERING = frozenset({Band.STRONG, Band.GOOD})
"""What counts as an answer; a possible one is worth a look and no more."""


class MatchSuggestion(models.Model):
    """A need and an offer that may belong together, with what decided it and how to replay it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    need_item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="offer_suggestions")
    offer_item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="need_suggestions")
    score = models.FloatField()
    band = models.CharField(max_length=10, choices=Band)
    features = models.JSONField()
    """{feature: value, or null when unknown}."""
    reasons = models.JSONField()
    versions = models.JSONField()
    """What a replay needs (`matching.versions`)."""
    is_in_need_top = models.BooleanField(default=False)
    """In the need's own list of its kind."""
    is_in_offer_top = models.BooleanField(default=False)
    """In the offer's own list of needs."""
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["need_item", "offer_item"], name="suggestion_once"),
            models.CheckConstraint(
                condition=~Q(need_item=models.F("offer_item")), name="suggestion_two_items"
            ),
        ]
        indexes = [
            models.Index(fields=["need_item", "-score", "id"], name="suggestion_need"),
            models.Index(fields=["offer_item", "-score", "id"], name="suggestion_offer"),
        ]


class EndedSuggestion(models.Model):
    """A suggestion as it was when one of its entries was withdrawn: numbers, and no text."""

    id = models.UUIDField(primary_key=True, editable=False)
    """The suggestion's own."""
    need_item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+")
    offer_item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+")
    score = models.FloatField()
    band = models.CharField(max_length=10, choices=Band)
    features = models.JSONField()
    versions = models.JSONField()
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(default=timezone.now)


class FeedbackReason(models.TextChoices):
    FITS = "fits", "正合需要"
    IN_CONTACT = "in_contact", "已经或打算联系"
    WORTH_KNOWING = "worth_knowing", "值得了解"
    OTHER_MATTER = "other_matter", "不是一回事"
    INDICATORS_SHORT = "indicators_short", "指标达不到"
    NOT_MATURE = "not_mature", "成熟度不够"
    TOO_DEAR = "too_dear", "价格不合适"
    TOO_FAR = "too_far", "距离太远"
    UNAVAILABLE = "unavailable", "已无产能或不再需要"
    KNOWN_ALREADY = "known_already", "早已认识"
    OTHER = "other", "其他"


USEFUL_REASONS = (FeedbackReason.FITS, FeedbackReason.IN_CONTACT, FeedbackReason.WORTH_KNOWING)


class FeedbackSide(models.TextChoices):
    """For whom the person spoke."""

    NEED = "need", "需求方"
    OFFER = "offer", "能力方"
    PARK = "park", "园区"


class Feedback(BaseModel):
    """What a person thinks of a suggested pair, with what the ranking knew of it then.

    It belongs to the two entries: the suggestion's row may be made anew or vanish.
    """

    need_item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+")
    offer_item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    side = models.CharField(max_length=5, choices=FeedbackSide)
    is_useful = models.BooleanField()
    reason = models.CharField(max_length=20, choices=FeedbackReason)
    note = models.CharField(max_length=500, blank=True)
    score = models.FloatField()
    band = models.CharField(max_length=10, choices=Band)
    features = models.JSONField()
    """As seen by the person: {feature: value, or null when unknown}."""
    versions = models.JSONField()
    """Of the suggestion seen, weights among them."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "need_item", "offer_item"], name="feedback_once"
            ),
            models.CheckConstraint(
                condition=Q(is_useful=True, reason__in=USEFUL_REASONS)
                | (Q(is_useful=False) & ~Q(reason__in=USEFUL_REASONS))
                | Q(reason=FeedbackReason.OTHER),
                name="feedback_reason_fits",
            ),
        ]
        indexes = [models.Index(fields=["updated_at", "id"], name="feedback_newest")]


class GapMapStatus(models.TextChoices):
    REQUESTED = "requested", "已请求"
    RUNNING = "running", "计算中"
    DONE = "done", "已完成"
    FAILED = "failed", "失败"


class GapMap(models.Model):
    """A dated snapshot of what nothing answers and what nobody asks for (see `matching.gaps`)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    status = models.CharField(max_length=10, choices=GapMapStatus, default=GapMapStatus.REQUESTED)
    requested_at = models.DateTimeField(default=timezone.now)
    heartbeat_at = models.DateTimeField(default=timezone.now)
    """A sign of life of the one who makes it; without one it is given up."""
    made_at = models.DateTimeField(null=True)
    groups_done = models.PositiveIntegerField(default=0)
    groups_total = models.PositiveIntegerField(default=0)
    """Groups are a chain's needs or its capabilities."""
    error_code = models.CharField(max_length=60, blank=True)
    content = models.JSONField(default=dict)
    """As `matching.gaps.making` writes it: ids and bands, no titles, so that nothing stays here of
    what is withdrawn."""
    slot = models.PositiveSmallIntegerField(default=1, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["slot"],
                condition=Q(status__in=("requested", "running")),
                name="gap_map_one_at_a_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-made_at", "-id"], condition=Q(status="done"), name="gap_map_newest"
            )
        ]
