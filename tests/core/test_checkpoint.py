import json

import pytest
import torch
from safetensors.torch import load_file, save_file

from pruning_core import Pruner, PruningEncoder
from pruning_core import checkpoint as checkpoint_module
from pruning_core.checkpoint import is_pruning_encoder
from tiny_checkpoint import tiny_config

QUERY, TEXT = "capital of france", "Paris is the capital. Cats purr. " * 9


def edit(path, change):
    state = load_file(path / "model.safetensors")
    change(state)
    save_file(state, path / "model.safetensors")


def test_round_trip(pruner, checkpoint):
    loaded = Pruner.from_pretrained(checkpoint)
    ours, theirs = loaded.prune(QUERY, TEXT), pruner.prune(QUERY, TEXT)
    assert loaded.config == pruner.config
    # Other memory, other kernels: the last bits may differ.
    assert ours.score == pytest.approx(theirs.score, abs=1e-6)
    probabilities = [[s.probability for s in result.sentences] for result in (ours, theirs)]
    assert probabilities[0] == pytest.approx(probabilities[1], abs=1e-6)
    assert not loaded.encoder.training
    assert all(p.requires_grad for p in loaded.encoder.parameters())


def test_the_files_of_a_checkpoint(checkpoint):
    assert {file.name for file in checkpoint.iterdir()} == {
        "config.json",
        "model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
    }
    assert json.loads((checkpoint / "tokenizer_config.json").read_text()) == {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": 64,
        "model_input_names": ["input_ids", "token_type_ids", "attention_mask"],
        "pad_token": "[PAD]",
        "cls_token": "[CLS]",
        "sep_token": "[SEP]",
        "unk_token": "[UNK]",
        "mask_token": "[MASK]",
    }


def test_an_encoder_alone(tmp_path):
    encoder = PruningEncoder.from_config(tiny_config(mode="pruning_only"))
    encoder.save_pretrained(tmp_path / "new" / "folder")
    loaded = PruningEncoder.from_pretrained(str(tmp_path / "new" / "folder"))
    ids = torch.tensor([[2, 5, 3]])
    torch.testing.assert_close(loaded(ids).pruning_logits, encoder.eval()(ids).pruning_logits)


def test_half_precision_weights_are_used_in_float32(checkpoint):
    edit(checkpoint, lambda state: state.update({k: v.half() for k, v in state.items()}))
    parameters = PruningEncoder.from_pretrained(checkpoint).parameters()
    assert {parameter.dtype for parameter in parameters} == {torch.float32}


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "weights.pkl"])
def test_pickles_are_refused(checkpoint, name):
    (checkpoint / "model.safetensors").rename(checkpoint / name)
    with pytest.raises(FileNotFoundError, match=f"{name} is refused, since loading a pickle"):
        PruningEncoder.from_pretrained(checkpoint)


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_missing_file(checkpoint, name):
    (checkpoint / name).unlink()
    with pytest.raises(FileNotFoundError, match=f"has no {name}"):
        Pruner.from_pretrained(checkpoint)


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json"])
@pytest.mark.parametrize("size", [0, 60])
def test_a_truncated_file(checkpoint, name, size):
    path = checkpoint / name
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(ValueError, match=name):
        Pruner.from_pretrained(checkpoint)


def test_weights_are_in_memory_of_their_own(checkpoint):
    encoder = PruningEncoder.from_pretrained(checkpoint)
    before = [parameter.clone() for parameter in encoder.parameters()]
    file = checkpoint / "model.safetensors"
    with file.open("r+b") as weights:  # in place, as a process that overwrites it does
        weights.write(b"\0" * file.stat().st_size)
    assert all(parameter.data_ptr() % 64 == 0 for parameter in encoder.parameters())
    assert all(map(torch.equal, encoder.parameters(), before))


def test_tensors_without_floating_point_numbers(checkpoint):
    edit(checkpoint, lambda state: state.update({k: v.long() for k, v in state.items()}))
    with pytest.raises(ValueError, match="query.weight is of type I64, not of a floating"):
        Pruner.from_pretrained(checkpoint)


def test_a_long_list_of_problems_is_cut(checkpoint):
    edit(checkpoint, lambda state: state.update({f"x{i}": torch.zeros(1) for i in range(4_000)}))
    with pytest.raises(ValueError, match="unexpected x0; .*; and 3980 more$") as error:
        Pruner.from_pretrained(checkpoint)
    assert len(str(error.value)) < 2_000


def change_config(folder, **changes):
    path = folder / "config.json"
    data = json.loads(path.read_text())
    data["backbone_config"] |= changes
    path.write_text(json.dumps(data))


@pytest.mark.parametrize("name", ["num_hidden_layers", "vocab_size", "intermediate_size"])
def test_sizes_that_the_weights_do_not_hold_are_refused_before_they_are_made(checkpoint, name):
    change_config(checkpoint, **{name: 9_999_999 if name != "num_hidden_layers" else 9_999})
    with pytest.raises(ValueError, match=f"says `{name}` 9+, more than model.safetensors"):
        Pruner.from_pretrained(checkpoint)


def test_a_size_that_cannot_be_allocated(checkpoint):
    change_config(checkpoint, max_position_embeddings=10**15)
    with pytest.raises(ValueError, match="has sizes that cannot be"):
        Pruner.from_pretrained(checkpoint)


def test_a_token_without_an_embedding(checkpoint):
    change_config(checkpoint, vocab_size=90)
    with pytest.raises(ValueError, match=r"has the token id \d+, the model has 90 embeddings"):
        Pruner.from_pretrained(checkpoint)


def test_is_pruning_encoder_reads_config_json_alone(checkpoint):
    for name in ("model.safetensors", "tokenizer.json"):
        (checkpoint / name).unlink()
    assert is_pruning_encoder(checkpoint)
    assert is_pruning_encoder("default")
    (checkpoint / "config.json").write_text('{"model_type": "bert"}')
    assert not is_pruning_encoder(checkpoint)


def test_everything_comes_from_the_subfolder(checkpoint):
    opened = checkpoint_module.open(checkpoint.parent, subfolder=checkpoint.name)
    assert opened.folder == checkpoint
    assert opened.tokenizer().get_vocab_size() == opened.config.backbone_config["vocab_size"]
    Pruner.from_pretrained(checkpoint.parent, subfolder=checkpoint.name)


def test_keys_that_do_not_fit_are_listed(checkpoint):
    def change(state):
        del state["pruning_head.classifier.bias"]
        state["other.weight"] = torch.zeros(2)
        state["pruning_head.classifier.weight"] = torch.zeros(2, 3)

    edit(checkpoint, change)
    with pytest.raises(ValueError, match="missing pruning_head.classifier.bias; ") as error:
        PruningEncoder.from_pretrained(checkpoint)
    assert "unexpected other.weight" in str(error.value)
    assert "pruning_head.classifier.weight is (2, 3) instead of (2, 32)" in str(error.value)


def test_nothing_is_read_before_the_config_is_known_to_be_good(checkpoint_with_hub_backbone):
    with pytest.raises(TypeError, match="`backbone_config` must be .* 'org/backbone'"):
        Pruner.from_pretrained(checkpoint_with_hub_backbone)


@pytest.fixture
def checkpoint_with_hub_backbone(checkpoint):
    path = checkpoint / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"backbone_config": "org/backbone"}))
    return checkpoint
