"""Dynamic int8: the layers' matrices as whole numbers in blocks, the rest in float32."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pruning_core.onnx.files import DATA

BLOCK = 128
"""Numbers of a column of a matrix, or of a row of activations, that share a scale. One scale for
all activations of a batch is faster still, but decides too many sentences otherwise."""

LEAST_COLUMNS = 16
"""Columns of a matrix from which it is quantized: those of the heads have fewer, take no time and
decide the logits."""

FASTEST = 4
"""The accuracy level of ONNX Runtime that multiplies in int8: activations are quantized too, when
the model runs."""


def quantize(path: Path) -> None:
    """Quantize the constant matrices of an ONNX file to 8 bits.

    The two heads stay in float32, as do products of two activations, those of the attention.

    Args:
        path: of the file, which is replaced, with the file of its data.
    """
    with _no_logging():
        import onnx
        from onnxruntime.quantization import matmul_nbits_quantizer as nbits

        model: Any = onnx.load(str(path))
        quantizer = nbits.MatMulNBitsQuantizer(
            model,
            bits=8,
            block_size=BLOCK,
            is_symmetric=True,
            accuracy_level=FASTEST,
            nodes_to_exclude=_heads(model),
        )
        quantizer.process()
        is_large = path.with_name(DATA).is_file()
        path.with_name(DATA).unlink(missing_ok=True)
        quantizer.model.save_model_to_file(str(path), is_large)


def _heads(model: Any) -> list[str]:
    """The products with matrices of few columns. The ranking head's dense layer, which reads one
    token alone, is written as `Gemm` by the exporter and not quantized anyway.
    """
    columns = {tensor.name: tensor.dims[-1] for tensor in model.graph.initializer if tensor.dims}
    return [
        node.name
        for node in model.graph.node
        if node.op_type == "MatMul" and columns.get(node.input[1], LEAST_COLUMNS) < LEAST_COLUMNS
    ]


@contextmanager
def _no_logging() -> Iterator[None]:
    """Keep the quantizer, which logs through the root logger, from giving it a handler."""
    handler = logging.NullHandler()
    logging.root.addHandler(handler)
    try:
        yield
    finally:
        logging.root.removeHandler(handler)
