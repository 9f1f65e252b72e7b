import pytest

from pruning_core.families.family import KeyTable, backbone_data, hidden_state, names_of_code

TABLE = KeyTable((("head.pool.", None), ("head.", "pruning_head."), ("", "ranking_model.")))


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("head.pool.weight", None), ("head.bias", "pruning_head.bias"), ("a.b", "ranking_model.a.b")],
)
def test_the_first_row_that_fits_counts(theirs, ours):
    assert TABLE.ours(theirs) == ours
    assert ours is None or TABLE.theirs(ours) == theirs


def test_a_key_that_no_row_knows_keeps_its_name():
    table = KeyTable((("head.", "pruning_head."),))
    assert table.ours("encoder.x") == table.theirs("encoder.x") == "encoder.x"


def test_a_backbone_is_data_without_code_and_private_choices():
    config = {"model_type": "bert", "_attn_implementation": "x", "auto_map": {}, "hidden_size": 8}
    assert backbone_data(config, model_type="roberta") == {
        "model_type": "roberta",
        "hidden_size": 8,
    }
    assert backbone_data(None) is None


def test_names_of_code_come_from_all_three_places():
    data = {"model_type": "a", "architectures": ["B"], "auto_map": {"AutoModel": "m.C"}}
    assert names_of_code(data) == "a B m.C"
    assert names_of_code({"architectures": None, "auto_map": "m.C"}) == "None"


@pytest.mark.parametrize(
    ("model_type", "mode", "expected"),
    [
        ("modernbert", "reranking_pruning", "pre_final_norm"),
        ("modernbert", "pruning_only", "last"),
        ("bert", "reranking_pruning", "last"),
    ],
)
def test_which_hidden_state_the_head_reads(model_type, mode, expected):
    assert hidden_state({"model_type": model_type}, mode) == expected
