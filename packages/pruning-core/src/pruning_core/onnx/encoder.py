"""OnnxEncoder: an exported checkpoint in ONNX Runtime, as a BatchEncoder. It imports no torch."""

import os
import sys
from pathlib import Path

import numpy as np

from pruning_core.batch_encoder import BatchEncoder
from pruning_core.batching import TOKEN_BUDGET
from pruning_core.config import EncoderConfig
from pruning_core.onnx import needs_onnx
from pruning_core.onnx.files import check_model_file
from pruning_core.validation import check_int, shown_text

INPUTS = ("input_ids", "attention_mask", "token_type_ids")
RANKING, PRUNING = "ranking_logits", "pruning_logits"


class OnnxEncoder(BatchEncoder):
    """Runs an ONNX file on the CPU.

    Args:
        path: of the file; `check_model_file` says what it may name.
        config: of the checkpoint.
        threads: that a batch is computed by; by default as many as torch takes where it is
            imported, else one for each core that this process may use.

    Raises:
        FileNotFoundError: there is no such file.
        ImportError: ONNX Runtime is not installed.
        TypeError: `threads` is no int.
        ValueError: the file is corrupt, or has other inputs or outputs than `config` asks for.
    """

    token_budget = TOKEN_BUDGET

    def __init__(self, path: Path, config: EncoderConfig, *, threads: int | None = None) -> None:
        count = _default_threads() if threads is None else threads
        self.threads = check_int("threads", count, minimum=1)
        check_model_file(path)
        with needs_onnx("an ONNX checkpoint"):
            import onnxruntime
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads
        options.inter_op_num_threads = 1
        options.enable_mem_pattern = False  # which is for batches of one shape
        options.log_severity_level = 4  # its errors are raised too
        try:
            self._session = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # it has a class of its own for each reason
            text = f"{path} is no model that ONNX Runtime opens: {shown_text(error)}"
            raise ValueError(text) from error
        self._outputs = [RANKING, PRUNING] if config.ranks else [PRUNING]
        self._check(path)
        self._inputs = [value.name for value in self._session.get_inputs()]

    def _check(self, path: Path) -> None:
        inputs = {value.name: value.type for value in self._session.get_inputs()}
        outputs = [value.name for value in self._session.get_outputs()]
        pruning = self._session.get_outputs()[-1].shape
        is_read = (
            len(pruning) == 3 and pruning[-1] == 2 and set(INPUTS[:2]) <= set(inputs) <= set(INPUTS)
        )
        if not is_read or set(inputs.values()) != {"tensor(int64)"} or outputs != self._outputs:
            raise ValueError(
                f"{path} must have the int64 inputs {', '.join(INPUTS)} (the last one may be"
                f" missing) and the outputs {', '.join(self._outputs)}, not {', '.join(inputs)}"
                f" ({', '.join(sorted(set(inputs.values())))}) and {', '.join(outputs)}"
            )

    def encode(
        self, ids: np.ndarray, types: np.ndarray, mask: np.ndarray
    ) -> tuple[np.ndarray | None, np.ndarray]:
        values = dict(zip(INPUTS, (ids, mask, types), strict=True))
        given = {name: values[name] for name in self._inputs}
        *ranking, pruning = self._session.run(self._outputs, given)
        with np.errstate(invalid="ignore"):  # the pipeline says where values are not finite
            raised = np.exp(pruning - pruning.max(-1, keepdims=True))
            keep: np.ndarray = raised[..., 1] / raised.sum(-1)
        return (ranking[0][:, 0] if ranking else None), keep


def _default_threads() -> int:
    if "torch" in sys.modules:
        count: int = sys.modules["torch"].get_num_threads()
        return count
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
