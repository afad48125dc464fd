"""Real model folders that are small, and broken in one way each."""

import shutil
from collections.abc import Callable
from pathlib import Path

from matching import encoder

DIMENSION = 32


def make_small_model(folder: Path, *, broken_weights: bool = False) -> Path:
    """A BERT of one layer with the packaged tokenizer; its vectors mean little, but are vectors."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Transformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling
    from transformers import AutoTokenizer, BertConfig, BertModel

    packaged = encoder.resolve_model("")
    tokenizer = AutoTokenizer.from_pretrained(str(packaged), local_files_only=True)
    torch.manual_seed(7)
    model = BertModel(
        BertConfig(
            vocab_size=len(tokenizer),
            hidden_size=DIMENSION,
            num_hidden_layers=1,
            num_attention_heads=2,
            intermediate_size=2 * DIMENSION,
            max_position_embeddings=512,
            pad_token_id=1,
        )
    )
    if broken_weights:
        with torch.no_grad():
            model.encoder.layer[0].output.LayerNorm.weight[0] = float("nan")
    part = folder / "made"
    model.save_pretrained(part)
    tokenizer.save_pretrained(part)
    modules = [Transformer(str(part), max_seq_length=512), Pooling(DIMENSION), Normalize()]
    prompts = {"query": "query: ", "passage": "passage: "}
    whole = SentenceTransformer(modules=modules, prompts=prompts, device="cpu")
    whole.save(str(folder), create_model_card=False)
    shutil.rmtree(part)
    return folder


def _cut(name: str) -> Callable[[Path], None]:
    def cut(folder: Path) -> None:
        path = folder / name
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    return cut


def _garble(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_text("{ nothing") and None


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


DAMAGES: dict[str, Callable[[Path], None]] = {
    "weights cut short": _cut("model.safetensors"),
    "no weights": lambda folder: (folder / "model.safetensors").unlink(),
    "weights are no weights": _garble("model.safetensors"),
    "configuration is no JSON": _garble("config.json"),
    "modules are no JSON": _garble("modules.json"),
    "tokenizer is no tokenizer": _garble("tokenizer.json"),
    "tokenizer cut short": _cut("tokenizer.json"),
    "nothing in it": _empty,
    "gone": shutil.rmtree,
}
