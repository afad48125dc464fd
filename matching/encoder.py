"""The embedding model: texts in, normalised float32 vectors out.

sentence-transformers defines the model; OpenVINO runs it faster where it can. Loaded lazily, and
only by workers and commands: a web process never imports what this file imports inside functions.
"""

import hashlib
import json
import os
import shutil
import tempfile
import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import structlog
from django.conf import settings

from matching import offline_model
from matching.locks import exclusive
from park.core.errors import DomainError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer

    Vectors = NDArray[np.float32]

log = structlog.get_logger(__name__)

MAX_BATCH = 16
MAX_BATCH_TOKENS = 2048
"""Padded tokens of one inference: beyond it a longer batch is no faster and holds a core longer."""
RUNTIME_VERSION = 1
"""Raised when the converted graph changes, so that a cached one is made anew."""


class Runtime(Protocol):
    name: str

    def encode(self, texts: Sequence[str]) -> "Vectors": ...


class Encoder:
    """One loaded model. Safe to call from several threads."""

    def __init__(self, folder: Path, model_id: str, runtime: Runtime, prompts: dict[str, str]):
        self.folder = folder
        self.model_id = model_id
        self.runtime = runtime
        self._query_prompt = prompts.get("query", "")
        self._passage_prompt = prompts.get("passage", prompts.get("document", ""))
        self.dimension = int(self.encode_queries([""]).shape[1])

    def encode_queries(self, texts: Sequence[str]) -> "Vectors":
        """(n, dimension) float32, rows of length 1, in the order of `texts`."""
        return self._encode(self._query_prompt, texts)

    def encode_passages(self, texts: Sequence[str]) -> "Vectors":
        """(n, dimension) float32, rows of length 1, in the order of `texts`."""
        return self._encode(self._passage_prompt, texts)

    def _encode(self, prompt: str, texts: Sequence[str]) -> "Vectors":
        import numpy as np

        if not texts:
            return np.empty((0, getattr(self, "dimension", 0)), np.float32)
        vectors = self.runtime.encode([prompt + text for text in texts])
        if not np.isfinite(vectors).all():
            raise DomainError("embedding_not_finite", model_id=self.model_id)
        return vectors


def get_encoder() -> Encoder:
    """The configured model, loaded at the first call. Raises DomainError model_missing."""
    with _loading:
        return _load(settings.EMBEDDING_MODEL or "")


_loading = threading.Lock()


def forget() -> None:
    """Lets go of loaded models and what is known of their folders."""
    _load.cache_clear()
    _identified.cache_clear()


@lru_cache(maxsize=2)
def _load(configured: str) -> Encoder:
    return load_encoder(configured)


def load_encoder(configured: str, *, plain: bool = False) -> Encoder:
    """Loads a model folder or hub id ("" is the packaged one); `plain` keeps it on torch."""
    folder = resolve_model(configured)
    model_id = identify(folder)
    prompts = _read_prompts(folder)
    if not plain:
        try:
            return Encoder(folder, model_id, _open_fast_runtime(folder, model_id), prompts)
        except (ImportError, RuntimeError, OSError) as error:
            # Everything still works without it, four times slower.
            log.warning("encoder.plain_torch", model_id=model_id, reason=str(error)[:300])
    return Encoder(folder, model_id, TorchRuntime(folder), prompts)


def resolve_model(configured: str) -> Path:
    """The folder of the configured model; only a hub id that is no folder asks the hub."""
    if not configured:
        archive = getattr(settings, "EMBEDDING_ARCHIVE", None)
        return offline_model.ensure_model(
            Path(settings.DATA_DIR), archive=Path(archive) if archive else None
        )
    folder = Path(configured).expanduser()
    if folder.is_dir():
        if not (folder / "modules.json").is_file() and not (folder / "config.json").is_file():
            raise DomainError("model_missing", path=str(folder))
        return folder
    if folder.is_absolute() or configured.startswith((".", "~")) or configured.count("/") != 1:
        raise DomainError("model_missing", path=configured)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(configured))
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        raise DomainError("model_missing", path=configured, reason=str(error)[:300]) from error


def identify(folder: Path) -> str:
    """`name@revision`: the same name never stands for other vectors."""
    if offline_model.is_complete(folder):
        return f"{offline_model.MODEL_NAME}@{offline_model.REVISION}"
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in {".json", ".safetensors", ".bin", ".txt", ".model"}:
            digest.update(path.relative_to(folder).as_posix().encode())
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return f"{folder.name}@{digest.hexdigest()[:12]}"


def configured_model_id() -> str:
    """The id of the model that should serve, without loading it."""
    return _identified(settings.EMBEDDING_MODEL or "")


@lru_cache(maxsize=4)
def _identified(configured: str) -> str:
    if not configured:
        return f"{offline_model.MODEL_NAME}@{offline_model.REVISION}"
    return identify(resolve_model(configured))


def _read_prompts(folder: Path) -> dict[str, str]:
    try:
        config = json.loads((folder / "config_sentence_transformers.json").read_text())
    except (OSError, ValueError):
        return {}
    return {name: text or "" for name, text in (config.get("prompts") or {}).items()}


def open_plain(folder: Path) -> "SentenceTransformer":
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from safetensors import SafetensorError
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()
    try:
        return SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise DomainError("model_missing", path=str(folder), reason=str(error)[:300]) from error


class TorchRuntime:
    """sentence-transformers as it comes."""

    name = "torch"

    def __init__(self, folder: Path) -> None:
        self._model = open_plain(folder)
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> "Vectors":
        import numpy as np

        with self._lock:
            found = self._model.encode(
                list(texts),
                batch_size=MAX_BATCH,
                normalize_embeddings=True,
                show_progress_bar=False,
                prompt="",
            )
        return np.asarray(found, np.float32)


def _open_fast_runtime(folder: Path, model_id: str) -> Runtime:
    """The converted graph, made once and kept under the data folder (a model folder may be
    read-only)."""
    import openvino

    version = openvino.__version__.split("-")[0]
    name = hashlib.sha256(f"{model_id}:{version}:{RUNTIME_VERSION}".encode()).hexdigest()[:12]
    graph = Path(settings.DATA_DIR) / "models" / f"runtime-{name}"
    tokenizer = folder / "tokenizer.json"
    if not tokenizer.is_file():
        raise OSError(f"{tokenizer} is missing")
    with exclusive(graph.with_name(f".{graph.name}.lock")):
        if not (graph / "facts.json").is_file():
            _convert(folder, graph)
    return OpenVinoRuntime(graph, tokenizer)


def _convert(folder: Path, graph: Path) -> None:
    """Traces the whole sentence-transformers pipeline, pooling included, into an OpenVINO graph."""
    import warnings

    import openvino
    import torch

    model = open_plain(folder).eval()

    class Pipeline(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            features = {"input_ids": input_ids, "attention_mask": attention_mask}
            return torch.nn.functional.normalize(self.model(features)["sentence_embedding"], dim=-1)

    example = torch.ones((2, 8), dtype=torch.long)
    shape = openvino.PartialShape([-1, -1])
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        converted = openvino.convert_model(
            Pipeline(),
            example_input={"input_ids": example, "attention_mask": example},
            input=[
                ("input_ids", shape, openvino.Type.i64),
                ("attention_mask", shape, openvino.Type.i64),
            ],
        )
    work = Path(tempfile.mkdtemp(prefix=f".{graph.name}.", dir=graph.parent))
    try:
        openvino.save_model(converted, work / "model.xml", compress_to_fp16=False)
        facts = {
            "max_tokens": int(model.max_seq_length or offline_model.MAX_TOKENS),
            "pad_id": int(getattr(model.tokenizer, "pad_token_id", 0) or 0),
        }
        (work / "facts.json").write_text(json.dumps(facts))
        if graph.exists():
            shutil.rmtree(graph)
        work.rename(graph)
    finally:
        shutil.rmtree(work, ignore_errors=True)


class OpenVinoRuntime:
    """The converted graph. Needs neither torch nor transformers, so it opens in about a second."""

    name = "openvino"

    def __init__(self, graph: Path, tokenizer: Path) -> None:
        import openvino
        from tokenizers import Tokenizer

        facts = json.loads((graph / "facts.json").read_text())
        self._pad_id = facts["pad_id"]
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(facts["max_tokens"])
        core = openvino.Core()
        # By its real path: the cache knows a model by its path, and would keep half a gigabyte for
        # every other name of the folder.
        graph = graph.resolve()
        core.set_property({"CACHE_DIR": str(graph / "compiled")})
        self._compiled = core.compile_model(
            str(graph / "model.xml"), "CPU", {"PERFORMANCE_HINT": "LATENCY"}
        )
        self._local = threading.local()

    def encode(self, texts: Sequence[str]) -> "Vectors":
        import numpy as np

        encoded = [item.ids for item in self._tokenizer.encode_batch(list(texts))]
        # Longest first: neighbours of one length waste no padding.
        order = sorted(range(len(encoded)), key=lambda index: -len(encoded[index]))
        request = self._request()
        vectors: Vectors | None = None
        start = 0
        while start < len(order):
            length = max(1, len(encoded[order[start]]))
            batch = order[start : start + max(1, min(MAX_BATCH, MAX_BATCH_TOKENS // length))]
            start += len(batch)
            ids = np.full((len(batch), length), self._pad_id, np.int64)
            mask = np.zeros((len(batch), length), np.int64)
            for row, index in enumerate(batch):
                ids[row, : len(encoded[index])] = encoded[index]
                mask[row, : len(encoded[index])] = 1
            found = request.infer({"input_ids": ids, "attention_mask": mask})[0]
            if vectors is None:
                vectors = np.empty((len(texts), found.shape[1]), np.float32)
            vectors[batch] = found
        return vectors if vectors is not None else np.empty((0, 0), np.float32)

    def _request(self) -> Any:
        """An inference request belongs to one thread at a time."""
        request = getattr(self._local, "request", None)
        if request is None:
            request = self._local.request = self._compiled.create_infer_request()
        return request
