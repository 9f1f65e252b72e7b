"""Dynamic int8: the layers' matrices as whole numbers, the rest in float32."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pruning_core.onnx import needs_onnx
from pruning_core.onnx.encoder import WIDE_WEIGHTS
from pruning_core.onnx.files import DATA

LEAST_COLUMNS = 16
"""Columns of a matrix from which it is quantized: those of the heads have fewer, take no time and
decide the logits."""


def quantize(path: Path, *, wide: bool) -> int:
    """Quantize the constant matrices of an ONNX file, each column with a scale of its own.

    The two heads stay in float32, as do products of two activations, those of the
    attention. Activations are quantized when the model runs.

    Args:
        path: of the file, which is replaced.
        wide: weights of 8 bits, not 7; see `processor.adds_safely`.

    Returns:
        How many matrices were quantized.

    Raises:
        ImportError: the libraries of the export are not installed.
    """
    with needs_onnx("the export"):
        import onnx
        from onnxruntime.quantization import QuantType, quantize_dynamic
        from onnxruntime.quantization.shape_inference import quant_pre_process

    with TemporaryDirectory(dir=path.parent, prefix=".int8-") as folder, _no_logging():
        prepared = str(Path(folder, path.name))
        is_large = path.with_name(DATA).is_file()
        # Folds transposed weights, so that they are constants.
        quant_pre_process(
            str(path), prepared, skip_symbolic_shape=True, save_as_external_data=is_large
        )
        path.with_name(DATA).unlink(missing_ok=True)
        model: Any = onnx.load(prepared, load_external_data=False)
        quantize_dynamic(
            prepared,
            str(path),
            op_types_to_quantize=["MatMul"],
            nodes_to_quantize=_layers(model),
            per_channel=True,
            reduce_range=not wide,
            weight_type=QuantType.QInt8,
            use_external_data_format=is_large,
            extra_options={"MatMulConstBOnly": True},
        )
    model = onnx.load(str(path), load_external_data=False)
    del model.metadata_props[:]
    onnx.helper.set_model_props(model, {WIDE_WEIGHTS: "yes" if wide else "no"})
    onnx.save(model, str(path))
    return sum(node.op_type == "MatMulInteger" for node in model.graph.node)


def _layers(model: Any) -> list[str]:
    """The products with matrices of many columns; the ranking head's dense layer, which reads one
    token alone, is none: the exporter writes it as `Gemm`.
    """
    columns = {tensor.name: tensor.dims[-1] for tensor in model.graph.initializer if tensor.dims}
    return [
        node.name
        for node in model.graph.node
        if node.op_type == "MatMul" and columns.get(node.input[1], 0) >= LEAST_COLUMNS
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
