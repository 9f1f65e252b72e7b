import pytest

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
