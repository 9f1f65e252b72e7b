import json

import pytest

from pruning_core import Pruner
from published_layouts import LAYOUTS, july_2025


def test_a_model_type_nobody_knows(checkpoint):
    (checkpoint / "config.json").write_text(json.dumps({"model_type": "gpt2"}))
    known = "pruning_encoder, July 2025, open_provence, Provence, XProvence"
    with pytest.raises(ValueError, match=f"must be one of {known}, not 'gpt2'"):
        Pruner.from_pretrained(checkpoint)


WRONG = (
    ("provence", "max_position_embeddings", []),
    ("provence", "max_position_embeddings", None),
    ("xprovence", "max_position_embeddings", "x"),
    ("xprovence", "pad_token_id", None),
    ("open_provence", "pruning_config", 5),
    ("open_provence", "base_model_config", [1]),
    ("open_provence", "mode", ["x"]),
    ("july_2025", "pruning_config", 5),
    ("july_2025", "mode", []),
)


@pytest.mark.parametrize(("layout", "key", "value"), WRONG)
def test_a_value_of_the_wrong_type(layout, key, value, tmp_path):
    (LAYOUTS | {"july_2025": july_2025})[layout](tmp_path)
    file = "pruning_encoder_config.json" if layout == "july_2025" else "config.json"
    data = json.loads((tmp_path / file).read_text())
    (tmp_path / file).write_text(json.dumps(data | {key: value}))
    name = "backbone_config" if key == "base_model_config" else key
    with pytest.raises(TypeError, match=f"`{name}` must be"):
        Pruner.from_pretrained(tmp_path)


@pytest.mark.parametrize("value", [True, 5, "x", {}])
def test_architectures_that_are_none(checkpoint, value):
    data = json.loads((checkpoint / "config.json").read_text())
    (checkpoint / "config.json").write_text(json.dumps(data | {"architectures": value}))
    Pruner.from_pretrained(checkpoint)
