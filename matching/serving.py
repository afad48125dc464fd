"""What one worker process serves from: the model that answers now, and its index kept in step.

The index file is a cache; whatever is wrong with it, it is made again from PostgreSQL.
"""

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from matching.encoder import Encoder, configured_model_id, get_encoder, load_encoder
from matching.index.cursor import database_key
from matching.index.files import Busy, file_of, identity_of, remove_other_models
from matching.index.following import Follower, FromTheFuture, Progress
from matching.index.protocol import VectorIndex
from matching.models import Embedding, ServingModel
from park.core.errors import DomainError

log = structlog.get_logger(__name__)

SYNC_SECONDS = 0.5
COMPACT_SHARE = 0.2
"""A new base is written when the delta is this share of it, and not below COMPACT_ROWS."""
COMPACT_ROWS = 2000
SAVER = "index-save"


class Serving:
    """Model and index of this process. Threads share it."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._index: Any = None
        self._follower: Follower | None = None
        self._synced_at = 0.0
        self._saver: threading.Thread | None = None
        self._refused: Any = None
        """A newer file that could not be opened."""
        self._old_encoder: Encoder | None = None
        self._database: str | None = None

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

    def encoder(self, model_id: str | None = None) -> Encoder:
        """The encoder of the serving model, or of one that served a moment ago.

        Raises DomainError model_missing. While the configured model is missing the one that serves
        is still to be had.
        """
        wanted = model_id or self.model_id()
        try:
            if wanted == configured_model_id():
                return get_encoder()
        except DomainError as error:
            log.warning("serving.configured_model_missing", code=error.code, **error.data)
        with self._lock:
            if self._old_encoder is None or self._old_encoder.model_id != wanted:
                row = ServingModel.objects.get(pk=1)
                found = load_encoder(row.configured)
                if found.model_id != wanted:
                    raise DomainError("model_missing", path=row.configured or wanted)
                self._old_encoder = found
            return self._old_encoder

    def encoder_of(self, index: VectorIndex) -> Encoder:
        """The encoder of the index's own model, also if another begins to serve at this moment.

        Raises DomainError model_missing or model_dimension.
        """
        encoder = self.encoder(index.model_id)
        if encoder.dimension != index.dimension:
            raise DomainError(
                "model_dimension",
                model_id=index.model_id,
                dimension=encoder.dimension,
                indexed=index.dimension,
            )
        return encoder

    def warm(self) -> None:
        """Loads what the first search would have to wait for. Raises DomainError model_missing."""
        self.encoder().encode_queries(["撮合"])
        self.index(fresh=True)

    # --- the index ---

    def index(self, *, fresh: bool = False) -> VectorIndex | None:
        """The index in step with the database; None while nothing was ever embedded
        or no model can be named."""
        try:
            model_id = self.model_id()
        except DomainError as error:
            log.warning("serving.without_meaning", code=error.code, **error.data)
            return None
        if not self._lock.acquire(blocking=False):
            index = self._index
            if not fresh and index is not None and index.model_id == model_id:
                # Another thread is reading changes in; a search need not wait for it.
                return index
            self._lock.acquire()
        try:
            return self._current(model_id, fresh=fresh)
        finally:
            self._lock.release()

    def _current(self, model_id: str, *, fresh: bool) -> Any:
        if self._index is None or self._index.model_id != model_id:
            is_switch = self._index is not None
            self._take(self._open(model_id))
            if is_switch and self._index is not None and settings.VECTOR_INDEX != "pgvector":
                remove_other_models(self._folder(), model_id)
        if self._index is not None and (fresh or time.monotonic() - self._synced_at > SYNC_SECONDS):
            self._take_newer_file()
            self._sync()
            self._compact()
        return self._index

    def _take(self, index: Any) -> None:
        self._index = index
        self._synced_at = 0.0
        unsettled = getattr(index, "unsettled", ())
        self._follower = Follower(index, unsettled) if index is not None else None

    def _sync(self) -> None:
        try:
            if self._follower is not None:
                self._follower.sync()
        except FromTheFuture:
            log.warning("index.rebuilt", reason="the database has gone back in time")
            self._take(_empty_index(self._index.model_id))
            if hasattr(self._index, "clear"):
                self._index.clear()
            if self._follower is not None:
                self._follower.sync()
        self._synced_at = time.monotonic()

    def reload(self, item_ids: Iterable[UUID]) -> None:
        """Brings items to the state that this transaction sees, also after one was rolled back."""
        with self._lock:
            if self._follower is not None:
                self._follower.reload(list(item_ids))

    def forget(self) -> None:
        """Drops what is held in memory: the next use opens and reads anew."""
        self.wait_for_file()
        with self._lock:
            self._take(None)
            self._old_encoder = self._database = None

    def rebuild(self, progress: Progress | None = None) -> int:
        """Makes the index anew from the database; returns the number of items."""
        with self._lock:
            index = self.prepare(self.model_id(), progress, is_anew=True)
            self._take(index)
            return 0 if index is None else len(index.item_ids())

    def prepare(
        self, model_id: str, progress: Progress | None = None, *, is_anew: bool = False
    ) -> Any:
        """Reads all vectors of a model into an index and saves it, so that every process can open
        it at once when the model begins to serve. None when there are no vectors of it."""
        index = _empty_index(model_id)
        if index is None:
            return None
        if is_anew and hasattr(index, "clear"):
            index.clear()
        follower = Follower(index)
        follower.sync(progress)
        _save(index, self._folder(), follower)
        return index

    # --- the file ---

    def _folder(self) -> Path:
        """An index follows the transactions of one database."""
        if self._database is None:
            self._database = database_key()
        return index_folder() / self._database

    def _open(self, model_id: str) -> Any:
        if settings.VECTOR_INDEX == "pgvector":
            return _empty_index(model_id)
        from matching.index.flat import CorruptIndex, FlatIndex

        folder = self._folder()
        try:
            index = FlatIndex.open(folder, model_id, approximation())
        except CorruptIndex as error:
            if file_of(folder, model_id).exists():
                log.warning("index.rebuilt", reason=str(error))
            return _empty_index(model_id)
        # Reading it all would take as long as not having it mapped.
        threading.Thread(
            target=self._check, args=[index, folder], name="index-check", daemon=True
        ).start()
        return index

    def _check(self, index: Any, folder: Path) -> None:
        from matching.index.flat import CorruptIndex

        try:
            index.check_file()
        except CorruptIndex as error:
            log.warning("index.rebuilt", reason=str(error))
            file_of(folder, index.model_id).unlink(missing_ok=True)
            with self._lock:
                if self._index is index:
                    self._take(None)

    def _take_newer_file(self) -> None:
        """Another process has written a base: with it both share their memory again."""
        if not hasattr(self._index, "file_identity") or self._is_saving():
            return
        if self._follower is None or self._follower.unsettled:
            return
        found = identity_of(file_of(self._folder(), self._index.model_id))
        if found is not None and found not in (self._index.file_identity, self._refused):
            newer = self._open(self._index.model_id)
            if newer is not None and newer.file_identity is not None:
                self._take(newer)
            else:
                self._refused = found

    def _compact(self) -> None:
        """Writes a new base when much has changed, beside the searches."""
        delta = getattr(self._index, "delta_size", 0)
        if self._follower is None:
            return
        if delta <= COMPACT_ROWS or self._is_saving():
            return
        if delta <= COMPACT_SHARE * len(self._index):
            return
        self._saver = threading.Thread(
            target=_save,
            args=[self._index, self._folder(), self._follower],
            name=SAVER,
            daemon=True,
        )
        self._saver.start()

    def _is_saving(self) -> bool:
        return self._saver is not None and self._saver.is_alive()

    def wait_for_file(self) -> None:
        """Until a base that is being written is there."""
        if self._saver is not None:
            self._saver.join()


def _save(index: Any, folder: Path, follower: Follower) -> None:
    """A full disk costs the next start some time and nothing else."""
    if not hasattr(index, "save"):
        return
    from matching.index.flat import CorruptIndex

    try:
        index.save(folder, lambda: follower.unsettled)
    except Busy:
        log.info("index.saved_by_another_process")
    except (OSError, DatabaseError, CorruptIndex) as error:
        log.warning("index.not_saved", reason=str(error))
    finally:
        if threading.current_thread().name == SAVER:
            connection.close()


def index_folder() -> Path:
    """Of all databases; whatever is in it may be deleted."""
    return Path(settings.DATA_DIR) / "index" / "flat"


def approximation() -> Any:
    from matching.index.flat import Approximation

    return Approximation(
        exact_rows=settings.INDEX_EXACT_ROWS, probed_share=settings.INDEX_PROBED_SHARE
    )


def _empty_index(model_id: str) -> Any:
    dimension = (
        Embedding.objects.filter(model_id=model_id).values_list("dimension", flat=True).first()
    )
    if dimension is None:
        return None
    if settings.VECTOR_INDEX == "pgvector":
        from matching.index.pgvector import PgVectorIndex

        return PgVectorIndex(model_id, dimension, exact_rows=settings.INDEX_EXACT_ROWS)
    from matching.index.flat import FlatIndex

    return FlatIndex(model_id, dimension, approximation=approximation())


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
