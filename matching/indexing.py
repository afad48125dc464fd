"""Brings items, passages, words, vectors and suggestions in step with what the nouns say.

Every function may be called again at any time. Embedding happens before the transaction that
stores an item, so that no transaction stays open while a model thinks.
"""

import hashlib
import threading
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from matching import engine, lexicon, lists, scoring, sources
from matching.encoder import Encoder, configured_model_id, get_encoder
from matching.index.protocol import Role
from matching.item_facts import facts_digest, indicator_to_json
from matching.models import (
    CurrentTransaction,
    Embedding,
    Item,
    LexicalDocument,
    Passage,
    ServingModel,
)
from matching.passages import PlannedPassage, plan_documents, plan_passages
from matching.serving import get_serving, suggestions_lock
from matching.sources import SourceItem
from matching.text import clean
from matching.text_indicators import indicator_lines
from matching.trade import terms_worth_keeping
from matching.versions import end_suggestions
from park.core.errors import DomainError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

log = structlog.get_logger(__name__)

EMBED_CHUNK = 16
"""Texts embedded between two chances for a search to go first."""
REEMBED_BATCH = 512
_bulk = threading.Semaphore(1)


def load_items(kind: str, object_ids: Iterable[UUID]) -> list[SourceItem]:
    """From the noun; what it does not know (any more) is left out."""
    source = sources.all_sources().get(kind)
    return list(source.load(list(object_ids))) if source is not None else []


# --- vectors ---


def embed_items(items: Sequence[SourceItem]) -> None:
    """Embeds the texts that have no vector yet, under the serving model and the configured one.

    Without a usable model the items are still found by their words; `reembed` catches up later.
    """
    planned = [one for item in items if item.is_searchable for one in plan_passages(item)]
    if not planned:
        return
    serving = get_serving()
    texts = {one.text_hash: (one.role, one.text) for one in planned}
    try:
        # First the model that answers: the configured one may be missing or broken.
        embed_texts(serving.encoder(), texts)
        if serving.model_id() != configured_model_id():
            embed_texts(get_encoder(), texts)
    except DomainError as error:
        log.warning("indexing.without_meaning", code=error.code, **error.data)


def embed_texts(encoder: Encoder, texts: dict[str, tuple[Role, str]]) -> int:
    """Stores the vectors that are missing under the encoder's model; returns how many."""
    known = set(
        Embedding.objects.filter(model_id=encoder.model_id, text_hash__in=list(texts)).values_list(
            "text_hash", flat=True
        )
    )
    missing = sorted(
        (
            (text_hash, role, text)
            for text_hash, (role, text) in texts.items()
            if text_hash not in known
        ),
        key=lambda one: (one[1] is Role.TITLE, len(one[2])),
    )
    for start in range(0, len(missing), EMBED_CHUNK):
        chunk = missing[start : start + EMBED_CHUNK]
        with _bulk:
            for is_title in (True, False):
                part = [one for one in chunk if (one[1] is Role.TITLE) is is_title]
                if part:
                    encode = encoder.encode_queries if is_title else encoder.encode_passages
                    _store_vectors(
                        encoder, [one[0] for one in part], encode([one[2] for one in part])
                    )
    return len(missing)


def _store_vectors(encoder: Encoder, hashes: Sequence[str], vectors: "NDArray[np.float32]") -> None:
    rows = [
        Embedding(
            text_hash=text_hash,
            model_id=encoder.model_id,
            dimension=encoder.dimension,
            vector=vector.astype("<f4").tobytes(),
        )
        for text_hash, vector in sorted(zip(hashes, vectors, strict=True), key=lambda one: one[0])
    ]
    # Another worker may have embedded the same text meanwhile.
    Embedding.objects.bulk_create(rows, ignore_conflicts=True)


# --- items ---


def index_item(kind: str, object_id: UUID, *, today: date | None = None) -> Item | None:
    """Stores the item as its noun has it now and makes its suggestions anew. None when there is
    nothing to store. Embed first (`embed_items`)."""
    found = load_items(kind, [object_id])
    today = today or timezone.localdate()
    for one in found:
        with transaction.atomic():
            store_item(one, today)
    return match_item(kind, object_id, is_known=bool(found), today=today)


def match_item(kind: str, object_id: UUID, *, is_known: bool, today: date) -> Item | None:
    """Makes the suggestions of a stored item anew; withdraws it when its noun has it no more.

    Scoring takes no lock: several workers match several items at once, and only merge in turn.
    """
    if is_known:
        item = Item.objects.filter(kind=kind, object_id=object_id).first()
    else:
        with transaction.atomic(), suggestions_lock():
            item = _withdraw(kind, object_id)
            if item is not None:
                end_suggestions(item)
    if item is None:
        return None
    # An index follows transactions; this one may have changed the item before.
    get_serving().reload([item.pk])
    if not item.is_searchable:
        with transaction.atomic(), suggestions_lock():
            end_suggestions(item)
        return item
    if not LexicalDocument.objects.exclude(item=item).exists():
        lexicon.refresh_statistics(force=True)
    replace_suggestions(item, today)
    return item


def state_of(source: SourceItem) -> str:
    """A digest of all that an item is made from, its time of change included."""
    return hashlib.blake2b(repr(source).encode("utf-8", "replace"), digest_size=16).hexdigest()


def is_stored(source: SourceItem, since: datetime) -> bool:
    """Whether it was stored after `since` exactly as it is: a load stores its entries ahead."""
    return Item.objects.filter(
        kind=source.kind,
        object_id=source.object_id,
        source_state=state_of(source),
        indexed_at__gt=since,
    ).exists()


def store_items(found: Sequence[SourceItem], today: date) -> None:
    """Embeds and stores items without scoring them."""
    embed_items(found)
    with transaction.atomic():
        # In one order everywhere, so that two workers with the same items do not lock each other.
        for one in sorted(found, key=lambda one: (one.kind, one.object_id)):
            store_item(one, today)


def store_item(source: SourceItem, today: date) -> Item:
    """Upserts the item with its passages and words. Inside a transaction."""
    facets = source.facets
    is_searchable = source.is_searchable and scoring.is_current(facets.expires_on, today)
    planned = plan_passages(source) if is_searchable else []
    documents = plan_documents(source) if is_searchable else []
    values: dict[str, Any] = {
        "side": source.side.value,
        "organisation_id": source.organisation_id,
        "title": clean(source.title),
        "is_searchable": is_searchable,
        "sub_kind": facets.sub_kind,
        "chains": list(facets.chains),
        "key_areas": list(facets.key_areas),
        "region": facets.region,
        "budget_min": facets.budget_min,
        "budget_max": facets.budget_max,
        "maturity": facets.maturity,
        "expires_on": facets.expires_on,
        "indicators": [indicator_to_json(line) for line in indicator_lines(source)],
        "terms": [one.as_json() for one in terms_worth_keeping(source)],
        "text_digest": digest(planned, [document.counts for document in documents]),
        "updated_at": source.updated_at,
        "indexed_at": timezone.now(),
        "source_state": state_of(source),
        "matched_with": "",
    }
    values["facts_digest"] = facts_digest(values)
    item, _ = Item.objects.update_or_create(
        kind=source.kind, object_id=source.object_id, defaults=values
    )
    item.passages.all().delete()
    Passage.objects.bulk_create(
        Passage(
            item=item,
            role=one.role.value,
            field=one.field,
            level=one.level.value,
            ordinal=one.ordinal,
            field_ordinal=one.field_ordinal,
            start=one.start,
            end=one.end,
            text=one.text,
            text_hash=one.text_hash,
        )
        for one in planned
    )
    lexicon.store_documents(item.pk, documents)
    stamp([item.pk])
    return item


def digest(planned: Sequence[PlannedPassage], counts: Sequence[Any]) -> str:
    """Of all texts that scores are made from."""
    whole = hashlib.sha256()
    for one in planned:
        whole.update(f"{one.level}:{one.text_hash};".encode())
    for one in counts:
        whole.update(repr(sorted(one.items())).encode())
    return whole.hexdigest()


def stamp(item_ids: Sequence[UUID]) -> None:
    """Marks items as changed by this transaction, for every index that follows."""
    Item.objects.filter(pk__in=item_ids).update(change_stamp=CurrentTransaction())


def _withdraw(kind: str, object_id: UUID) -> Item | None:
    item = Item.objects.filter(kind=kind, object_id=object_id).first()
    if item is not None:
        item.is_searchable = False
        item.save(update_fields=["is_searchable"])
        item.passages.all().delete()
        item.documents.all().delete()
        stamp([item.pk])
    return item


def replace_suggestions(item: Item, today: date) -> int:
    """Makes the stored suggestions of an item what they would be now; how many rows were new or
    other than before."""
    scored = engine.score_item(item, today=today)
    with suggestions_lock():
        decision = lists.decide(scored)
        if any(one.reasons["agreeing"] is None for one in decision.kept):
            # Whoever came between made room for a pair that nobody expected to be kept.
            engine.explain(decision.kept, get_serving().index())
        return lists.store(scored, decision)


def expire_items(today: date) -> int:
    """Takes out what was last valid before `today`; returns how many items."""
    past = Item.objects.filter(is_searchable=True, expires_on__lt=today)
    keys = list(past.order_by("pk").values_list("kind", "object_id"))
    for kind, object_id in keys:
        index_item(kind, object_id, today=today)
    return len(keys)


# --- everything ---


def missing_objects() -> list[tuple[str, UUID]]:
    """Entries that their nouns call searchable and matching does not know, or the other way."""
    found = []
    for kind, source in sources.all_sources().items():
        known = set(
            Item.objects.filter(kind=kind, is_searchable=True).values_list("object_id", flat=True)
        )
        wanted = set(source.all_ids())
        found += [(kind, one) for one in sorted(known ^ wanted)]
    return found


def refresh_and_rematch(today: date) -> bool:
    """New word statistics when the collection has changed enough, and scores made with them."""
    if not lexicon.refresh_statistics():
        return False
    rematch_outdated(today)
    return True


def rematch(today: date) -> int:
    """Makes the suggestions of every need anew."""
    from matching import rematch

    return rematch.rematch(today)


def is_outdated(**options: bool) -> bool:
    from matching import rematch

    return rematch.is_outdated(**options)


def rematch_outdated(today: date, **options: Any) -> int:
    """See `matching.rematch`. Imported here, so that the web does without its arrays."""
    from matching import rematch

    return rematch.rematch_outdated(today, **options)


# --- another model ---


def reembed(progress: Any = None) -> bool:
    """Embeds every text under the configured model, then lets it serve. True when it switched.

    Until then the old vectors serve; a worker that dies goes on where it stopped.
    """
    target = configured_model_id()
    serving = get_serving()
    is_switch = serving.model_id() != target
    total = _without_vector(target).count()
    if not is_switch and total == 0:
        return False
    encoder = get_encoder()
    done = 0
    touched: set[UUID] = set()
    while True:
        rows = list(
            _without_vector(target).values_list("text_hash", "role", "text", "item_id")[
                :REEMBED_BATCH
            ]
        )
        if not rows:
            break
        embed_texts(encoder, {text_hash: (Role(role), text) for text_hash, role, text, _ in rows})
        touched |= {item_id for *_, item_id in rows}
        done += len(rows)
        if progress is not None:
            progress(min(done, total), total)
    if is_switch:
        # Every process opens the new index at once, instead of reading it in while searches wait.
        serving.prepare(target)
    with transaction.atomic():
        ServingModel.objects.filter(pk=1).update(
            model_id=target, configured=_configured(), switched_at=timezone.now()
        )
        # What got its vectors only now was matched without them.
        Item.objects.filter(pk__in=touched).update(matched_with="")
        if not is_switch:
            # Texts that had been stored without a vector; a new model's index has all it needs.
            stamp(list(touched))
    serving.index(fresh=True)
    return True


def _configured() -> str:
    from django.conf import settings

    return settings.EMBEDDING_MODEL or ""


def _without_vector(model_id: str) -> Any:
    vector = Embedding.objects.filter(text_hash=OuterRef("text_hash"), model_id=model_id)
    return Passage.objects.filter(~Exists(vector)).order_by("id")
