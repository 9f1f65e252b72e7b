import json

import pytest
from torch import nn

from pruning_crossencoder import PruningCrossEncoder
from pruning_crossencoder.activations import activation_of

FOREIGN = (
    "torch.utils.collect_env.main",
    "torch.load",
    "torch.nn.Linear",
    "torch.nn.Module",
    "torch.nn.MultiheadAttention",
    "torch.nn.modules.activation.torch.hub.load",
    "torch.nn.Threshold",
    "os.system",
)


@pytest.mark.parametrize("path", ["torch.nn.GELU", "torch.nn.modules.activation.GELU"])
def test_activations_of_torch(path):
    assert isinstance(activation_of(path), nn.GELU)
    assert isinstance(activation_of("torch.nn.modules.linear.Identity"), nn.Identity)


@pytest.mark.parametrize("path", [*FOREIGN, None, 3, ["torch.nn.GELU"]])
def test_nothing_else_is_called(path):
    with pytest.raises(ValueError, match="is no activation of torch.nn"):
        activation_of(path)


@pytest.mark.parametrize("file", ["config.json", "config_sentence_transformers.json"])
def test_a_checkpoint_that_names_something_else(checkpoint, tmp_path, file):
    folder = tmp_path / "model"
    PruningCrossEncoder(checkpoint, device="cpu").save_pretrained(str(folder))
    data = json.loads((folder / file).read_text())
    named = {"activation_fn": FOREIGN[0]}
    data |= {"sentence_transformers": named} if file == "config.json" else named
    (folder / file).write_text(json.dumps(data))
    if file == "config.json":
        (folder / "config_sentence_transformers.json").unlink()
        (folder / "modules.json").unlink()
    with pytest.raises(ValueError, match=r"`activation_fn` 'torch.utils.collect_env.main'"):
        PruningCrossEncoder(str(folder), device="cpu")
