"""What the web reads of matching. Loads no model and no index: a search asks a worker for those."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import structlog
from celery import current_app
from celery.exceptions import TimeoutError as CeleryTimeoutError
from django.core.cache import cache
from django.db.models import Q, QuerySet
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from matching import scoring
from matching.index.protocol import Filter
from matching.lexical import CANDIDATES, bm25, count, strongest
from matching.lexicon import PostgresLexicon
from matching.models import Item, MatchSuggestion
from matching.search_filters import SearchFilters, matching_items
from matching.sources import VISITOR, Side, Viewer
from matching.suggestion_views import SuggestionView, views_of
from matching.text import clean, normalise
from park.accounts.actors import Actor
from park.core.errors import DomainError
from park.core.models import OutboxEvent

log = structlog.get_logger(__name__)

SEARCH_SECONDS = 2.0
SEARCH_DOWN_SECONDS = 5
"""After an unanswered search the next ones do not wait for that long."""
_DOWN = "matching.search.down"
MAX_QUERY = 500

Mode = Literal["meaning", "words"]
Status = Literal["ready", "computing", "none_yet"]


@dataclass(frozen=True, slots=True)
class SuggestionPage:
    status: Status
    items: list[SuggestionView]
    next_cursor: str | None


def suggestions_of(
    *,
    kind: str,
    object_id: UUID,
    other_kinds: Sequence[str] = (),
    cursor: str | None = None,
    limit: int = 20,
    actor: Actor = None,
) -> SuggestionPage:
    """The stored suggestions of an entry, best first. Whether the reader may ask for this entry is
    the caller's question; `actor` gets their own feedback with them. Raises DomainError
    invalid_cursor."""
    item = Item.objects.filter(kind=kind, object_id=object_id).first()
    is_need = item is not None and item.side == Side.NEED
    found: list[MatchSuggestion] = []
    if item is not None and item.is_searchable:
        rows = _current_suggestions(item, is_need, other_kinds)
        if cursor:
            score, last = _read_cursor(cursor)
            rows = rows.filter(Q(score__lt=score) | Q(score=score, id__gt=last))
        found = list(rows[: limit + 1])
    views = views_of(found[:limit], is_need=is_need, actor=actor)
    more = f"{found[limit - 1].score!r}_{found[limit - 1].pk}" if len(found) > limit else None
    return SuggestionPage(_status(kind, object_id, bool(views or cursor)), views, more)


def _current_suggestions(
    item: Item, is_need: bool, other_kinds: Sequence[str]
) -> QuerySet[MatchSuggestion]:
    other = "offer_item" if is_need else "need_item"
    current = Q(**{f"{other}__expires_on__isnull": True}) | Q(
        **{f"{other}__expires_on__gte": timezone.localdate()}
    )
    rows = MatchSuggestion.objects.filter(
        current,
        **{"need_item" if is_need else "offer_item": item, f"{other}__is_searchable": True},
    )
    if other_kinds:
        rows = rows.filter(**{f"{other}__kind__in": list(other_kinds)})
    return rows.select_related("need_item", "offer_item").order_by("-score", "id")


def _read_cursor(cursor: str) -> tuple[float, UUID]:
    score, _, last = cursor.partition("_")
    try:
        return float(score), UUID(last)
    except ValueError:
        raise DomainError("invalid_cursor") from None


def _status(kind: str, object_id: UUID, has_items: bool) -> Status:
    is_waiting = OutboxEvent.objects.filter(
        topic="item.changed",
        processed_at__isnull=True,
        payload__kind=kind,
        payload__object_id=str(object_id),
    ).exists()
    if is_waiting:
        return "computing"
    return "ready" if has_items else "none_yet"


def count_suggestions() -> int:
    """Pairs of entries that are both current."""
    return MatchSuggestion.objects.filter(
        need_item__is_searchable=True, offer_item__is_searchable=True
    ).count()


# --- free text ---


@dataclass(frozen=True, slots=True)
class SearchHit:
    kind: str
    object_id: UUID
    agreeing: dict[str, Any] | None
    """The sentence that answers best: {field, ordinal, level, text, start, end}."""


@dataclass(frozen=True, slots=True)
class SearchResult:
    mode: Mode
    """`words` when no worker answered in time."""
    hits: list[SearchHit]
    took_ms: int


def search_text(
    text: str,
    *,
    filters: SearchFilters | None = None,
    viewer: Viewer = VISITOR,
    k: int = 20,
    timeout: float = SEARCH_SECONDS,
) -> SearchResult:
    """Entries of all kinds that answer a text, best first."""
    start = time.monotonic()
    text = clean(text)[:MAX_QUERY]
    filters = filters or SearchFilters()
    rows = _ask_worker(text, filters, viewer, k, timeout) if normalise(text) else []
    if rows is None:
        mode: Mode = "words"
        hits = search_words(text, filters=filters, viewer=viewer, k=k)
    else:
        mode = "meaning"
        hits = [SearchHit(row["kind"], UUID(row["object_id"]), row["agreeing"]) for row in rows]
    return SearchResult(mode, hits, round((time.monotonic() - start) * 1000))


def _ask_worker(
    text: str, filters: SearchFilters, viewer: Viewer, k: int, timeout: float
) -> list[dict[str, Any]] | None:
    """None when nobody answers in time, or when the worker has no model."""
    who = {
        "organisation_ids": sorted(str(one) for one in viewer.organisation_ids),
        "sees_all": viewer.sees_all,
    }
    try:
        if cache.get(_DOWN):
            return None
        answer = current_app.send_task(  # pyright: ignore[reportCallIssue]
            "matching.search",
            args=[text, filters.as_json(), who, k],
            queue="search",
            # Nobody waits for it any more by then.
            expires=timeout,
        )
        try:
            return answer.get(  # pyright: ignore[reportCallIssue]
                timeout=timeout, disable_sync_subtasks=False
            )
        except CeleryTimeoutError:
            cache.set(_DOWN, 1, SEARCH_DOWN_SECONDS)
        except DomainError as error:
            log.warning("search.without_meaning", code=error.code)
        finally:
            answer.forget()
    except (OperationalError, RedisError, OSError) as error:
        log.warning("search.no_broker", error=str(error)[:200])
    return None


def search_words(
    text: str, *, filters: SearchFilters, viewer: Viewer = VISITOR, k: int = 20
) -> list[SearchHit]:
    """The same by full text alone, from PostgreSQL."""
    only = Filter(
        viewer=viewer,
        side=filters.side,
        kinds=frozenset(filters.kinds) if filters.kinds else None,
        item_ids=matching_items(filters),
    )
    lexicon = PostgresLexicon(only)
    words = strongest(count([text]), lexicon.statistics)
    scores: dict[UUID, float] = {}
    for document in lexicon.candidates(words, CANDIDATES):
        score = bm25(words, document.counts, document.length, lexicon.statistics)
        scores[document.item_id] = max(score, scores.get(document.item_id, 0.0))
    today = timezone.localdate()
    items = [
        item
        for item in Item.objects.filter(pk__in=scores, is_searchable=True)
        if scoring.is_current(item.expires_on, today)
    ]
    best = sorted(items, key=lambda item: (-scores[item.pk], str(item.pk)))[:k]
    return [SearchHit(item.kind, item.object_id, None) for item in best]
