import pytest

from pruning_core.families import xprovence
from published_layouts import XLM_ROBERTA, roberta_tokenizer
from tiny_checkpoint import tiny_tokenizer


@pytest.mark.parametrize(
    ("positions", "padding", "longest"),
    [(82, 1, 80), (82, 0, 81), (8194, 1, 8192), (9000, 1, 8192)],
)
def test_the_longest_window(positions, padding, longest):
    data = XLM_ROBERTA | {"max_position_embeddings": positions, "pad_token_id": padding}
    config = xprovence.config(data, None)
    assert config.max_length == longest
    assert config.backbone_type == "xlm-roberta"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"architectures": ["XProvence"]}, True),
        ({"auto_map": {"AutoModel": "modeling.XProvenceForSequenceClassification"}}, True),
        ({"model_type": "Provence"}, False),
        ({"model_type": "xlm-roberta"}, False),
    ],
)
def test_it_is_recognised_by_its_classes(data, expected):
    assert xprovence.recognise(data, None) is expected


def test_the_keys_at_hand_decide_on_the_head():
    pooler = xprovence.keys(["roberta.pooler.dense.weight", "classifier.weight"])
    assert pooler.ours("roberta.pooler.dense.bias") == "ranking_model.classifier.dense.bias"
    assert pooler.ours("classifier.bias") == "ranking_model.classifier.out_proj.bias"
    head = xprovence.keys(["classifier.dense.weight"])
    assert head.ours("classifier.dense.bias") == "ranking_model.classifier.dense.bias"
    for table in (pooler, head):
        assert table.ours("token_classifier.bias") == "pruning_head.classifier.bias"
        assert table.ours("roberta.embeddings.position_ids") is None
        assert table.ours("roberta.encoder.x") == "ranking_model.roberta.encoder.x"


def test_one_separator_between_the_texts():
    ids = xprovence.packing(roberta_tokenizer()).encode("a", "cat").ids
    assert ids.count(2) == 2
    other = xprovence.packing(tiny_tokenizer())  # it has neither <s> nor </s>
    assert other.encode("a", "cat").ids == tiny_tokenizer().encode("a", "cat").ids
