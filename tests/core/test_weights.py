import json

import pytest
import torch
from safetensors.torch import load_file, save_file

from pruning_core import PruningEncoder
from pruning_core.weight_files import weight_files
from pruning_core.weights import read_headers, read_tensors, wrong_types


def shard(folder, variant=""):
    """Cut the weights in two, as `save_pretrained` of transformers does above its limit."""
    state = load_file(folder / "model.safetensors")
    names = sorted(state)
    files = {}
    for number, part in enumerate((names[::2], names[1::2]), 1):
        file = f"model{variant}-0000{number}-of-00002.safetensors"
        save_file({name: state[name] for name in part}, folder / file)
        files |= dict.fromkeys(part, file)
    (folder / "model.safetensors").unlink()
    index = folder / f"model.safetensors.index{variant}.json"
    index.write_text(json.dumps({"metadata": {}, "weight_map": files}))
    return index


@pytest.mark.parametrize("variant", [None, "fp16"])
def test_shards_hold_what_one_file_held(checkpoint, variant):
    due = PruningEncoder.from_pretrained(checkpoint).state_dict()
    shard(checkpoint, f".{variant}" if variant else "")
    found = PruningEncoder.from_pretrained(checkpoint, variant=variant).state_dict()
    assert all(torch.equal(found[name], due[name]) for name in due)


def test_a_variant(checkpoint):
    (checkpoint / "model.safetensors").rename(checkpoint / "model.fp16.safetensors")
    PruningEncoder.from_pretrained(checkpoint, variant="fp16")
    with pytest.raises(FileNotFoundError, match=r"has no model\.safetensors"):
        PruningEncoder.from_pretrained(checkpoint)


@pytest.mark.parametrize("name", ["../w.safetensors", "/w.safetensors", "a/w.safetensors", "w.bin"])
def test_an_index_names_safetensors_files_of_its_folder(checkpoint, name):
    index = shard(checkpoint)
    (checkpoint / "w.bin").write_bytes(b"")
    (checkpoint.parent / "w.safetensors").write_bytes(b"")
    index.write_text(json.dumps({"weight_map": {"a": name}}))
    with pytest.raises(ValueError, match="which is no safetensors file of its folder"):
        PruningEncoder.from_pretrained(checkpoint)


@pytest.mark.parametrize("text", ["[]", "{}", '{"weight_map": 3}', "{"])
def test_an_index_that_is_none(checkpoint, text):
    shard(checkpoint).write_text(text)
    with pytest.raises(ValueError, match=r"index\.json"):
        weight_files(checkpoint)


def test_a_shard_that_is_missing_or_holds_a_tensor_twice(checkpoint):
    index = shard(checkpoint)
    second = checkpoint / "model-00002-of-00002.safetensors"
    first = load_file(checkpoint / "model-00001-of-00002.safetensors")
    save_file(load_file(second) | dict([next(iter(first.items()))]), second)
    with pytest.raises(ValueError, match="as another shard does"):
        PruningEncoder.from_pretrained(checkpoint)
    second.unlink()
    with pytest.raises(FileNotFoundError, match=f"{second.name}, which {index.name} names"):
        PruningEncoder.from_pretrained(checkpoint)


def test_headers_and_precision(tmp_path):
    path = tmp_path / "model.safetensors"
    save_file({"a": torch.ones(2, 3).half(), "b": torch.zeros(4)}, path)
    stored = {tensor.name: tensor for tensor in read_headers([path])}
    assert {name: (t.shape, t.dtype) for name, t in stored.items()} == {
        "a": ((2, 3), "F16"),
        "b": ((4,), "F32"),
    }
    state = read_tensors({"x": stored["a"], "y": stored["a"]}, as_stored=["x"])
    assert [tensor.dtype for tensor in state.values()] == [torch.float16, torch.float32]


def test_quantized_numbers_are_read_with_their_scales(tmp_path):
    numbers = torch.tensor([[1, -2, 3, 4], [0, 5, -8, 7]], dtype=torch.int8)
    scale = torch.tensor([[0.5, 2.0], [1.0, 0.25]]).half()
    save_file(
        {"a": numbers, "a_scale": scale, "b_scale": scale.clone()}, tmp_path / "w.safetensors"
    )
    stored = {tensor.name: tensor for tensor in read_headers([tmp_path / "w.safetensors"])}
    assert stored.keys() == {"a", "b_scale"}
    assert wrong_types(stored.values()) == []
    state = read_tensors(stored, as_stored=["a"])
    assert state["a"].tolist() == [[0.5, -1, 6, 8], [0, 5, -2, 1.75]]
    assert state["a"].dtype == torch.float32


@pytest.mark.parametrize("shape", [(3,), (2, 3), (3, 2), (2, 0), (2, 1, 1)])
def test_scales_that_do_not_fit(tmp_path, shape):
    state = {"a": torch.zeros(2, 4, dtype=torch.int8), "a_scale": torch.zeros(shape)}
    save_file(state, tmp_path / "w.safetensors")
    with pytest.raises(ValueError, match=r"w\.safetensors: a is \(2, 4\), which .* do not fit"):
        list(read_headers([tmp_path / "w.safetensors"]))


def test_whole_numbers_without_scales_are_no_weights(tmp_path):
    state = {"a": torch.zeros(2, 4, dtype=torch.int8), "a_scale": torch.zeros(2, 1).int()}
    save_file(state, tmp_path / "w.safetensors")
    assert len(wrong_types(read_headers([tmp_path / "w.safetensors"]))) == 2
