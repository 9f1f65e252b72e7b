"""A PruningEncoder -> an ONNX file, by torch's exporter."""

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from pruning_core.encoder import PruningEncoder
from pruning_core.onnx.encoder import INPUTS, PRUNING, RANKING

LOGITS = "logits"
"""The only output of a plain ranker, as other rerankers call it."""

INLINE_BYTES = 3 * 2**29
"""Larger weights lie next to the model file, since a protobuf message ends at 2 GiB."""

_NOISY = "torch.onnx._internal.exporter._registration"


class _Logits(nn.Module):
    """The encoder with its logits as a tuple."""

    def __init__(self, encoder: PruningEncoder, outputs: Sequence[str]) -> None:
        super().__init__()
        self.encoder = encoder
        self.outputs = outputs

    def forward(self, *inputs: Tensor) -> tuple[Tensor | None, ...]:
        output = self.encoder(*inputs)
        named = {PRUNING: output.pruning_logits}
        named |= dict.fromkeys((RANKING, LOGITS), output.ranking_logits)
        return tuple(named[name] for name in self.outputs)


def outputs_of(encoder: PruningEncoder) -> tuple[str, ...]:
    """The outputs of a pruning encoder: ranking logits (B, num_labels) where it ranks, then pruning
    logits (B, T, 2).
    """
    return (RANKING, PRUNING) if encoder.config.ranks else (PRUNING,)


def write_graph(encoder: PruningEncoder, path: Path, outputs: Sequence[str]) -> None:
    """Write an ONNX file that takes any batch of any length that the encoder takes.

    Its inputs are `input_ids`, `attention_mask` and, of backbones that tell them apart,
    `token_type_ids`, each (B, T) of int64.

    Args:
        encoder: in eval mode; its parameters no longer want gradients afterwards.
        path: of the file; where the weights are too large for one, `path` with `.data` has them.
        outputs: names of `outputs_of`, or `logits` alone.
    """
    inputs = INPUTS if _tells_types(encoder) else INPUTS[:2]
    # Not of one row or token, which the exporter would take for constants.
    example = tuple(torch.ones(2, 3, dtype=torch.long) for _ in inputs)
    sizes = {0: torch.export.Dim("batch"), 1: torch.export.Dim("length", min=2, max=_most(encoder))}
    module = _Logits(encoder.requires_grad_(False), outputs).eval()
    with _quiet(), torch.no_grad():
        program: Any = torch.onnx.export(
            module,
            example,
            input_names=inputs,
            output_names=outputs,
            dynamic_shapes={"inputs": tuple(sizes for _ in inputs)},
            dynamo=True,
            verbose=False,
        )
    _without_nan_checks(program.model.graph)
    _anonymous(program.model)
    size = sum(parameter.nbytes for parameter in encoder.parameters())
    program.save(path, external_data=size > INLINE_BYTES)


def _tells_types(encoder: PruningEncoder) -> bool:
    """Whether the backbone has more than one token type."""
    return any(
        isinstance(module, nn.Embedding) and module.num_embeddings > 1
        for name, module in encoder.named_modules()
        if name.endswith("token_type_embeddings")
    )


def _most(encoder: PruningEncoder) -> int:
    return max(encoder.config.max_length, 3)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what the exporter says of itself and of libraries that are not there."""
    logger = logging.getLogger(_NOISY)
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def _without_nan_checks(graph: Any) -> None:
    """Take out what makes zeros of attention to nothing: every token sees itself or the first one,
    and the check costs a pass over all scores of each layer.
    """
    for node in list(graph):
        check = node.inputs[0].producer() if node.op_type == "Where" else None
        if check is not None and check.op_type == "IsNaN" and check.inputs[0] is node.inputs[2]:
            node.outputs[0].replace_all_uses_with(node.inputs[2])
            graph.remove([node, check], safe=True)


def _anonymous(model: Any) -> None:
    """Take out what the exporter notes of the sources, paths of this machine among it."""
    model.metadata_props.clear()
    model.graph.metadata_props.clear()
    for value in (*model.graph.inputs, *model.graph.initializers.values()):
        value.metadata_props.clear()
    for node in model.graph.all_nodes():
        node.doc_string = None
        node.metadata_props.clear()
        for value in node.outputs:
            value.metadata_props.clear()
