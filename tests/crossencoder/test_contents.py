import json
import shutil

import pytest

from pruning_crossencoder import PruningCrossEncoder
from pruning_crossencoder.contents import check_contents

WRONG = {
    "model_type": [5, None, ["bert"]],
    "sentence_transformers": [True, None, [], "x"],
    "auto_map": [None, 5, [], {"AutoModel": None}],
    "architectures": [True, [], [["x"]], "x"],
}


@pytest.mark.parametrize(("key", "value"), [(k, v) for k, values in WRONG.items() for v in values])
def test_entries_that_cannot_be_read(key, value):
    with pytest.raises((TypeError, ValueError), match=f"`{key}"):
        check_contents({key: value})


def test_entries_of_other_cross_encoders():
    check_contents({})
    check_contents(
        {
            "architectures": ["BertForSequenceClassification"],
            "auto_map": {"AutoModel": "x.X", "AutoTokenizer": ["x.T", None]},
            "model_type": "bert",
            "sentence_transformers": {"activation_fn": "torch.nn.Sigmoid"},
        }
    )


def test_an_adapter_is_refused_before_anything_is_asked_for(checkpoint, tmp_path):
    folder = shutil.copytree(checkpoint, tmp_path / "model")
    (folder / "adapter_config.json").write_text('{"base_model_name_or_path": "evil/x"}')
    with pytest.raises(ValueError, match=r"adapter_config\.json is of an adapter"):
        PruningCrossEncoder(str(folder), device="cpu")


@pytest.mark.parametrize(
    "change",
    [
        {"model_max_length": "x"},
        {"model_max_length": -1},
        {"tokenizer_class": "BertModel"},
        {"auto_map": 5},
    ],
)
def test_a_tokenizer_config_that_cannot_be_used(checkpoint, tmp_path, change):
    folder = shutil.copytree(checkpoint, tmp_path / "model")
    path = folder / "tokenizer_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises((TypeError, ValueError), match="tokenizer_config.json|model_max_length"):
        PruningCrossEncoder(str(folder), device="cpu")
