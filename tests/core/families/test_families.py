import json

import pytest

from pruning_core import Pruner


def test_a_model_type_nobody_knows(checkpoint):
    (checkpoint / "config.json").write_text(json.dumps({"model_type": "gpt2"}))
    known = "pruning_encoder, July 2025, open_provence, Provence, XProvence"
    with pytest.raises(ValueError, match=f"must be one of {known}, not 'gpt2'"):
        Pruner.from_pretrained(checkpoint)
