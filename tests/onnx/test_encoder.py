"""OnnxEncoder on files made by hand: a token's keep logit is its id, a row's logit its first."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from pruning_core.onnx.encoder import OnnxEncoder
from tiny_checkpoint import tiny_config

INPUTS = ("input_ids", "attention_mask", "token_type_ids")
OUTPUTS = {"ranking_logits": ["batch", 1], "pruning_logits": ["batch", "length", 2]}


def write(path, inputs=INPUTS, outputs=OUTPUTS, kind=TensorProto.INT64):
    """A file whose logits are the ids."""
    constants = {"_last": [2], "_begin": [0], "_end": [1], "_axis": [1]}
    nodes = [
        helper.make_node("Cast", [inputs[0]], ["_ids"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["_ids", "_last"], ["_keep"]),
        helper.make_node("Mul", ["_keep", "_none"], ["_zeros"]),
        helper.make_node("Concat", ["_zeros", "_keep"], [list(outputs)[-1]], axis=-1),
    ]
    if len(outputs) > 1:
        slices = ["_ids", "_begin", "_end", "_axis"]
        nodes.append(helper.make_node("Slice", slices, [next(iter(outputs))]))
    graph = helper.make_graph(
        nodes,
        "by hand",
        [helper.make_tensor_value_info(name, kind, ["batch", "length"]) for name in inputs],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
            for name, shape in outputs.items()
        ],
        [
            numpy_helper.from_array(np.zeros(1, np.float32), "_none"),
            *(
                numpy_helper.from_array(np.array(value, np.int64), name)
                for name, value in constants.items()
            ),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.save(model, str(path))
    return path


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.onnx"


def batch(*rows):
    ids = np.array(rows, np.int64)
    return ids, np.zeros_like(ids), np.ones_like(ids)


@pytest.mark.parametrize("inputs", [INPUTS, INPUTS[:2]])
def test_probabilities_and_logits(path, inputs):
    logits, keep = OnnxEncoder(write(path, inputs), tiny_config()).encode(*batch([1, 0], [-2, 3]))
    assert logits.tolist() == [1, -2]
    expected = 1 / (1 + np.exp(-np.array([[1, 0], [-2, 3]])))
    np.testing.assert_allclose(keep, expected, rtol=1e-6)
    assert (logits.dtype, keep.dtype) == (np.float32, np.float32)


def test_large_logits(path):
    _, keep = OnnxEncoder(write(path), tiny_config()).encode(*batch([100_000, -100_000]))
    assert keep.tolist() == [[1, 0]]


def test_without_a_ranking_head(path):
    write(path, outputs={"pruning_logits": OUTPUTS["pruning_logits"]})
    logits, keep = OnnxEncoder(path, tiny_config(mode="pruning_only")).encode(*batch([0]))
    assert (logits, keep.tolist()) == (None, [[0.5]])


@pytest.mark.parametrize(
    "changes",
    [
        {"inputs": ("ids", "attention_mask")},
        {"inputs": ("input_ids",)},
        {"inputs": (*INPUTS, "position_ids")},
        {"kind": TensorProto.INT32},
        {"outputs": {"logits": ["batch", "length", 2]}},
        {"outputs": {"ranking_logits": ["batch", 1], "keep": ["batch", "length", 2]}},
    ],
)
def test_other_inputs_or_outputs(path, changes):
    write(path, **changes)
    with pytest.raises(ValueError, match="must have the int64 inputs input_ids, attention_mask, "):
        OnnxEncoder(path, tiny_config())


def test_a_file_of_another_mode(path):
    write(path)
    with pytest.raises(ValueError, match="the outputs pruning_logits, not"):
        OnnxEncoder(path, tiny_config(mode="pruning_only"))


def test_files_that_do_not_open(path):
    model = onnx.load(str(write(path)))
    model.graph.node[0].domain = "somebody.else"
    onnx.save(model, str(path))
    with pytest.raises(ValueError, match="is no model that ONNX Runtime opens") as caught:
        OnnxEncoder(path, tiny_config())
    assert "\n" not in str(caught.value)
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(ValueError, match="is no"):
        OnnxEncoder(path, tiny_config())


def test_data_outside_of_the_folder_is_not_read(path, tmp_path):
    model = onnx.load(str(write(path)))
    onnx.external_data_helper.set_external_data(model.graph.initializer[0], "data")
    onnx.save(model, str(path))
    OnnxEncoder(path, tiny_config())
    (tmp_path / "data").rename(tmp_path.parent / "elsewhere")
    (tmp_path / "data").symlink_to(tmp_path.parent / "elsewhere")
    with pytest.raises(ValueError, match="names 'data', which is no file of its folder"):
        OnnxEncoder(path, tiny_config())


def test_threads(path, monkeypatch):
    write(path)
    assert OnnxEncoder(path, tiny_config(), threads=3).threads == 3
    monkeypatch.setattr("torch.get_num_threads", lambda: 5)
    assert OnnxEncoder(path, tiny_config()).threads == 5
    with pytest.raises(TypeError, match="`threads` must be an int, not '2'"):
        OnnxEncoder(path, tiny_config(), threads="2")
