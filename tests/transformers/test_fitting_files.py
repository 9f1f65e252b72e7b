"""A checkpoint's files must fit each other: in the registered classes and in the emitted file."""

import json
import pickle
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModel

from emitted_file import emitted_module
from pruning_transformers import PruningEncoderModel
from tiny_backbones import new_model

QUERY, TEXT = "capital of france", "Paris is the capital. Cats purr."


@pytest.fixture
def folder(tmp_path):
    new_model(cls=PruningEncoderModel).save_pretrained(tmp_path / "model")
    return tmp_path / "model"


@pytest.fixture(params=["registered", "emitted"])
def load(request):
    opener = {"registered": AutoModel, "emitted": emitted_module().PruningEncoderModel}
    return opener[request.param].from_pretrained


def change_json(path, change):
    data = json.loads(path.read_text())
    change(data)
    path.write_text(json.dumps(data))


class Marker:
    """Unpickled, it would write a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


@pytest.mark.parametrize("name", ["weights.bin", "../weights.safetensors"])
def test_an_index_that_names_something_else_is_not_read(folder, load, name, tmp_path):
    (folder / name).write_bytes(pickle.dumps(Marker(tmp_path / "ran")))
    (folder / "model.safetensors").unlink()
    names = dict.fromkeys(load_file_names(), name)
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": names}))
    with pytest.raises(ValueError, match="no safetensors file of its folder"):
        load(folder)
    assert not (tmp_path / "ran").exists()


def load_file_names():
    return list(new_model(cls=PruningEncoderModel).state_dict())


def test_weights_that_are_missing_or_extra_are_listed(folder, load):
    state = load_file(folder / "model.safetensors")
    removed = state.pop("pruning_head.classifier.weight")
    save_file(state | {"other": removed}, folder / "model.safetensors")
    with pytest.raises(ValueError, match=r"missing pruning_head.classifier.weight; unexp.* other"):
        load(folder)
    _, info = load(folder, output_loading_info=True)
    assert set(info["missing_keys"]) == {"pruning_head.classifier.weight"}


def test_weights_are_in_memory_of_their_own(folder, load):
    model = load(folder)
    before = [parameter.clone() for parameter in model.parameters()]
    file = folder / "model.safetensors"
    with file.open("r+b") as weights:
        weights.write(b"\0" * file.stat().st_size)
    assert all(map(torch.equal, model.parameters(), before))


@pytest.mark.parametrize("name", ["num_hidden_layers", "intermediate_size", "vocab_size"])
def test_sizes_that_the_weights_do_not_hold(folder, load, name):
    change_json(folder / "config.json", lambda c: c["backbone_config"].update({name: 9_999_999}))
    with pytest.raises(ValueError, match=f"`{name}`"):
        load(folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t["model"]["vocab"].update(beyond=10**6), "has the token id 1000000, the model"),
        (lambda t: t["post_processor"]["pair"].reverse(), "the query and then the document"),
        (lambda t: t.clear(), "is not a tokenizer that fits"),
    ],
)
def test_a_tokenizer_that_does_not_fit_the_model(folder, load, change, message):
    change_json(folder / "tokenizer.json", change)
    with pytest.raises(ValueError, match=message):
        load(folder)


@pytest.mark.parametrize(
    "change",
    [
        {"sep_token": "paris"},
        {"extra_special_tokens": ["the"]},
        {"added_tokens_decoder": {"150": {"content": "cat", "special": False}}},
    ],
)
def test_a_tokenizer_config_that_changes_tokens(folder, load, change):
    change_json(folder / "tokenizer_config.json", lambda data: data.update(change))
    with pytest.raises(ValueError, match="tokenizer_config.json changes the tokens"):
        load(folder)


def test_an_adapter_is_no_part_of_the_model(folder, load):
    (folder / "adapter_config.json").write_text('{"base_model_name_or_path": "evil/x"}')
    with pytest.raises(ValueError, match=r"adapter_config\.json is of an adapter"):
        load(folder)


def test_an_index_without_what_transformers_needs(folder, load):
    (folder / "model.safetensors").rename(folder / "x.safetensors")
    names = dict.fromkeys(load_file_names(), "x.safetensors")
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": names}))
    with pytest.raises(ValueError, match="index.json has no `metadata`"):
        load(folder)


@pytest.mark.parametrize("key", ["trust_remote_code", "_commit_hash", "to_dict", "attribute_map"])
def test_a_backbone_with_more_than_data(folder, load, key):
    change_json(folder / "config.json", lambda c: c["backbone_config"].update({key: "x"}))
    with pytest.raises(ValueError, match=f"must not hold '?{key}"):
        load(folder)


def test_a_key_that_stands_twice(folder, load):
    text = (folder / "config.json").read_text()
    (folder / "config.json").write_text(text.replace("{", '{"mode": "pruning_only",', 1))
    with pytest.raises(ValueError, match="the key 'mode' stands twice"):
        load(folder)


def test_a_configuration_that_names_another_repository(folder, load):
    detr = {"model_type": "detr", "backbone": "evil/x", "use_pretrained_backbone": True}
    for backbone in (detr, {"model_type": "bert", "inner": [{"a": detr}]}):
        change_json(folder / "config.json", lambda c, b=backbone: c.update(backbone_config=b))
        with pytest.raises(ValueError, match="must be of a text encoder|another model under"):
            load(folder)


def test_only_the_callers_attention_counts(folder, load):
    change_json(folder / "config.json", lambda c: c.update(attn_implementation="evil/kernel"))
    assert load(folder).config._attn_implementation != "evil/kernel"
    assert load(folder, attn_implementation="eager").config._attn_implementation == "eager"


def test_saving_follows_no_link(folder, load, tmp_path):
    outside = tmp_path / "outside"
    outside.write_text("mine")
    target = tmp_path / "target"
    target.mkdir()
    for path in folder.iterdir():
        (target / path.name).symlink_to(outside)
    load(folder).save_pretrained(target)
    assert outside.read_text() == "mine"
    assert not any(path.is_symlink() for path in target.iterdir())


def test_a_save_that_fails_leaves_what_was_there(folder, load, monkeypatch):
    model = load(folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def full(*args, **kwargs):
        raise OSError("no space left")

    monkeypatch.setattr(type(model.tokenizer), "save_pretrained", full)
    model.config.default_threshold = 0.9
    with pytest.raises(OSError, match="no space left"):
        model.save_pretrained(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
