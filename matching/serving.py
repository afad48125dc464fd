"""What one worker process serves from: the model that answers now, and its index kept in step.

The index file is a cache; whatever is wrong with it, it is made again from PostgreSQL.
"""

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection, transaction

from matching.encoder import Encoder, configured_model_id, get_encoder, load_encoder
from matching.index.cursor import changes_since
from matching.index.protocol import ItemRows, Role, Row, VectorIndex
from matching.models import Embedding, Item, ServingModel
from matching.sources import Side
from park.core.errors import DomainError
from park.core.levels import Level

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

log = structlog.get_logger(__name__)

SYNC_SECONDS = 0.5
LOAD_CHUNK = 1000
COMPACT_SHARE = 0.2
"""A new base is written when the delta is this share of it, and not below COMPACT_ROWS."""
COMPACT_ROWS = 2000

ROLES_IN_INDEX = tuple(Role)


class Serving:
    """Model and index of this process. Threads share it."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._index: Any = None
        self._applied: dict[UUID, int] = {}
        self._synced_at = 0.0
        self._old_encoder: Encoder | None = None

    # --- the model ---

    def model_id(self) -> str:
        """The id of the model whose vectors answer now. The first one configured serves at once."""
        row = ServingModel.objects.filter(pk=1).first()
        if row is None:
            row, _ = ServingModel.objects.get_or_create(
                pk=1,
                defaults={
                    "model_id": configured_model_id(),
                    "configured": settings.EMBEDDING_MODEL or "",
                },
            )
        return row.model_id

    def encoder(self) -> Encoder:
        """The encoder of the serving model. Raises DomainError model_missing."""
        wanted = self.model_id()
        try:
            if wanted == configured_model_id():
                return get_encoder()
        except DomainError as error:
            # The configured model is gone; what serves may be another one.
            log.warning("serving.configured_model_unusable", code=error.code, **error.data)
        with self._lock:
            if self._old_encoder is None or self._old_encoder.model_id != wanted:
                row = ServingModel.objects.get(pk=1)
                found = load_encoder(row.configured)
                if found.model_id != wanted:
                    raise DomainError("model_missing", path=row.configured or wanted)
                self._old_encoder = found
            return self._old_encoder

    def warm(self) -> None:
        """Loads what the first search would have to wait for. Raises DomainError model_missing."""
        self.encoder().encode_queries(["撮合"])
        self.index(fresh=True)

    # --- the index ---

    def index(self, *, fresh: bool = False) -> VectorIndex | None:
        """The index in step with the database; None while nothing was ever embedded
        or no model can be named."""
        with self._lock:
            try:
                model_id = self.model_id()
            except DomainError as error:
                log.warning("serving.without_meaning", code=error.code, **error.data)
                return None
            if self._index is None or self._index.model_id != model_id:
                self._index = self._open(model_id)
                self._applied = {}
                self._synced_at = 0.0
            if self._index is not None and (
                fresh or time.monotonic() - self._synced_at > SYNC_SECONDS
            ):
                self._sync()
            return self._index

    def reload(self, item_ids: Iterable[UUID]) -> None:
        """Brings items to their committed state, also after a change was rolled back."""
        with self._lock:
            if self._index is not None:
                self._index.put(load_rows(list(item_ids), self._index.model_id))

    def forget(self) -> None:
        """Drops what is held in memory: the next use opens and reads anew."""
        with self._lock:
            self._index = None
            self._applied = {}
            self._old_encoder = None

    def rebuild(self, progress: Any = None) -> int:
        """Makes the index anew from the database; returns the number of items."""
        with self._lock:
            model_id = self.model_id()
            index = _empty_index(model_id)
            self._applied = {}
            if index is None:
                return 0
            # Changes of the time of the rebuild are read again afterwards.
            start = changes_since(0)
            ids = sorted(start.items)
            for number in range(0, len(ids), LOAD_CHUNK):
                index.put(load_rows(ids[number : number + LOAD_CHUNK], model_id))
                if progress is not None:
                    progress(min(number + LOAD_CHUNK, len(ids)), len(ids))
            index.cursor = start.cursor
            _save(index)
            self._index = index
            return len(ids)

    def _open(self, model_id: str) -> Any:
        if settings.VECTOR_INDEX == "pgvector":
            return _empty_index(model_id)
        from matching.index.flat import CorruptIndex, FlatIndex

        folder = index_folder()
        try:
            return FlatIndex.open(folder, model_id)
        except CorruptIndex as error:
            if folder.exists():
                log.warning("index.rebuilt", reason=str(error))
        return _empty_index(model_id)

    def _sync(self) -> None:
        index = self._index
        changes = changes_since(index.cursor)
        todo = [one for one, stamp in changes.items.items() if self._applied.get(one) != stamp]
        for start in range(0, len(todo), LOAD_CHUNK):
            index.put(load_rows(todo[start : start + LOAD_CHUNK], index.model_id))
        index.cursor = changes.cursor
        # Only what may be given again has to be remembered.
        self._applied = {
            one: stamp for one, stamp in changes.items.items() if stamp >= changes.cursor
        }
        self._synced_at = time.monotonic()
        delta = getattr(index, "delta_size", 0)
        if delta > max(COMPACT_ROWS, COMPACT_SHARE * len(index)):
            _save(index)


def _save(index: Any) -> None:
    """A full disk costs the next start some time and nothing else."""
    if not hasattr(index, "save"):
        return
    try:
        index.save(index_folder())
    except OSError as error:
        log.warning("index.not_saved", reason=str(error))


def index_folder() -> Path:
    return Path(settings.DATA_DIR) / "index" / "flat"


def _empty_index(model_id: str) -> Any:
    dimension = (
        Embedding.objects.filter(model_id=model_id).values_list("dimension", flat=True).first()
    )
    if dimension is None:
        return None
    if settings.VECTOR_INDEX == "pgvector":
        from matching.index.pgvector import PgVectorIndex

        return PgVectorIndex(model_id, dimension)
    from matching.index.flat import FlatIndex

    return FlatIndex(model_id, dimension)


def load_rows(item_ids: Sequence[UUID], model_id: str) -> list[ItemRows]:
    """The vectors of items as the database has them; an unsearchable item comes without rows."""
    import numpy as np

    items = {item.pk: item for item in Item.objects.filter(pk__in=item_ids)}
    searchable = [one for one, item in items.items() if item.is_searchable]
    rows: dict[UUID, list[Row]] = {}
    vectors: dict[UUID, list[NDArray[float32]]] = {}
    with connection.cursor() as query:
        query.execute(
            """
            SELECT p.item_id, p.id, p.role, p.level, e.dimension, e.vector
            FROM matching_passage p
            JOIN matching_embedding e ON e.text_hash = p.text_hash AND e.model_id = %s
            WHERE p.item_id = ANY(%s)
            ORDER BY p.item_id, p.ordinal
            """,
            [model_id, searchable],
        )
        for item_id, passage_id, role, level, dimension, stored in query.fetchall():
            vector = np.frombuffer(stored, "<f4") if len(stored) == 4 * dimension else None
            if vector is None or not np.isfinite(vector).all():
                # Left out, it costs one passage; let in, the index of everything.
                log.warning("serving.vector_damaged", passage_id=passage_id, model_id=model_id)
                continue
            rows.setdefault(item_id, []).append(Row(passage_id, Role(role), Level(level)))
            vectors.setdefault(item_id, []).append(vector)
    return [
        ItemRows(
            one,
            item.kind,
            Side(item.side),
            item.organisation_id,
            rows.get(one, []),
            np.stack(vectors[one]) if one in vectors else None,
        )
        for one, item in items.items()
    ]


_serving = Serving()


def get_serving() -> Serving:
    return _serving


@contextmanager
def suggestions_lock() -> Iterator[None]:
    """One writer of suggestions at a time: of two items that fit, the later sees the earlier."""
    with transaction.atomic():
        with connection.cursor() as query:
            query.execute("SELECT pg_advisory_xact_lock(hashtext('matching.suggestions'))")
        yield
