"""Checkpoints -> folders for ONNX Runtime."""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Unpack

from pruning_core import checkpoint
from pruning_core.encoder import PruningEncoder
from pruning_core.hub import HubOptions
from pruning_core.json_files import write_json
from pruning_core.onnx import needs_onnx
from pruning_core.onnx.card import model_card
from pruning_core.onnx.encoder import OnnxEncoder
from pruning_core.onnx.files import MODEL
from pruning_core.onnx.graph import LOGITS, outputs_of, write_graph
from pruning_core.onnx.quality import (
    LEAST_SPEARMAN,
    MOST_FLIPPED,
    Agreement,
    check_enough,
    compare,
    packaged_pairs,
)
from pruning_core.onnx.quantization import quantize
from pruning_core.pruner import Pruner
from pruning_core.staging import staged
from pruning_core.tokenizer_files import write_tokenizer
from pruning_core.validation import check_bool


def export_onnx(
    model: str | Path,
    target: str | Path,
    *,
    int8: bool = False,
    pairs: Sequence[tuple[str, str]] | None = None,
    force: bool = False,
    variant: str | None = None,
    allow_pickled_head: bool = False,
    **hub: Unpack[HubOptions],
) -> Agreement:
    """Write a folder that `Pruner.from_pretrained` opens without torch.

    It has model.onnx, config.json, the tokenizer and a card. The exported model is compared with
    the one it comes from before anything is written.

    Args:
        model: a folder, a hub id, or `default`, the built-in model.
        target: folder to write.
        int8: quantize the matrices of the layers to 8 bits.
        pairs: (query, document) pairs to compare on; by default a text that the package carries.
        force: write it also where it decides otherwise too often.
        variant: of the files of weights, such as `fp16`.
        allow_pickled_head: see `PruningEncoder.from_pretrained`.
        **hub: `revision`, `token`, `cache_dir`, `local_files_only`, `subfolder`.

    Returns:
        How far the two agree.

    Raises:
        FileNotFoundError: the folder, or a file in it, is missing.
        ImportError: the libraries of the export are not installed.
        OSError: a file cannot be written.
        TypeError: an argument has the wrong type.
        ValueError: `target` holds weights for torch, a file is corrupt, or the exported model
            decides otherwise for more than 1 % of the sentences, or ranks with a Spearman
            correlation below 0.995.

    Example:
        >>> print(export_onnx("default", "for-onnx"))
        0 of 776 sentences decided otherwise (0.00%); Spearman of the scores 1.0000; ...
    """
    _check_libraries()
    check_bool("int8", int8)
    check_bool("force", force)
    _check_target(Path(target))
    compared = packaged_pairs() if pairs is None else pairs
    check_enough(compared)
    opened = checkpoint.open(model, variant=variant, **hub)
    tokenizer = opened.tokenizer()
    encoder = PruningEncoder.from_checkpoint(
        opened, inference_only=True, allow_pickled_head=allow_pickled_head
    )
    with staged(Path(target)) as draft:
        write_graph(encoder, draft / MODEL, outputs_of(encoder))
        if int8:
            quantize(draft / MODEL)
        exported = OnnxEncoder(draft / MODEL, opened.config)
        agreement = compare(
            Pruner(encoder, tokenizer, opened.config),
            Pruner(exported, tokenizer, opened.config),
            compared,
        )
        if not (agreement.is_enough or force):
            raise ValueError(
                f"the exported model is too far from `model` {str(model)!r}: {agreement}; at most"
                f" {MOST_FLIPPED:.0%} may be decided otherwise, and Spearman must be at least"
                f" {LEAST_SPEARMAN}"
            )
        config = {"architectures": ["PruningEncoder"], **opened.config.to_dict()}
        write_json(draft / checkpoint.CONFIG, config)
        write_tokenizer(draft, tokenizer, opened.config)
        card = model_card(opened.config, agreement, pairs=len(compared), int8=int8)
        (draft / "README.md").write_text(card, encoding="utf-8")
    return agreement


def export_ranking_onnx(encoder: PruningEncoder, folder: Path) -> None:
    """Write model.onnx with the ranking logits (B, num_labels) alone, as `logits`.

    Raises:
        ImportError: the libraries of the export are not installed.
        ValueError: the encoder does not rank.
    """
    _check_libraries()
    if not encoder.config.ranks:
        raise ValueError(f"a model of mode {encoder.config.mode!r} has no ranking model")
    with staged(folder) as draft:
        write_graph(encoder, draft / MODEL, [LOGITS])


def _check_libraries() -> None:
    """Raise ImportError where what the export needs is not installed, before anything is read."""
    with needs_onnx("the export"):
        for name in ("onnx", "onnxruntime", "onnxscript"):  # the last is for torch's exporter
            import_module(name)


def _check_target(target: Path) -> None:
    """Raise ValueError for a folder where the weights for torch would be opened instead."""
    if found := sorted(target.glob("*.safetensors")):
        text = f"`target` {str(target)!r} holds {found[0].name}; export into a folder of its own"
        raise ValueError(text)
