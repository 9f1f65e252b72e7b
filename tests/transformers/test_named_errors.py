import pytest

from pruning_transformers import PruningEncoderConfig
from pruning_transformers.named_errors import named_errors
from tiny_checkpoint import tiny_config

BACKBONE = dict(tiny_config().backbone_config)


def test_what_says_nothing_of_the_file_is_named():
    def fail(error):
        with named_errors("a-model"):
            raise error

    with pytest.raises(ValueError, match="`a-model` is wrong: KeyError: .*x.*"):
        fail(KeyError("x" * 10_000))
    with pytest.raises(FileNotFoundError, match="gone"):
        fail(FileNotFoundError("gone"))


@pytest.mark.parametrize("change", [{"hidden_size": []}, {"is_decoder": "x"}, {"eos_token_id": ""}])
def test_a_backbone_that_transformers_refuses_in_its_own_way(change):
    with pytest.raises(ValueError, match="backbone_config"):
        PruningEncoderConfig(backbone_config=BACKBONE | change)


def test_a_configuration_that_transformers_trips_over():
    with pytest.raises(ValueError, match="`config.json` is wrong"):
        PruningEncoderConfig(backbone_config=BACKBONE, id2label={"x": "y"})


def test_properties_in_a_file_are_no_fields():
    config = PruningEncoderConfig(backbone_config=BACKBONE, hidden_size=3, vocab_size="x", ranks=0)
    assert (config.hidden_size, config.vocab_size, config.ranks) == (
        32,
        BACKBONE["vocab_size"],
        True,
    )


@pytest.mark.parametrize("error", [TypeError, ValueError])
def test_an_error_of_no_name_gets_one(error):
    with pytest.raises(error, match="`a-model` is wrong: no str"), named_errors("a-model"):
        raise error("no str")
    with pytest.raises(error, match="^`mode` is no str$"), named_errors("a-model"):
        raise error("`mode` is no str")
    with pytest.raises(error, match=r"x\.\.\.$"), named_errors("a-model"):
        raise error("`mode` " + "x" * 10_000)


@pytest.mark.parametrize("name", ["to_dict", "attribute_map", "save_pretrained", "sub_configs"])
def test_entries_that_would_replace_what_a_configuration_does(name):
    with pytest.raises(ValueError, match=f"must not hold '{name}'"):
        PruningEncoderConfig(backbone_config={**BACKBONE, name: "x"})
    config = PruningEncoderConfig(backbone_config=BACKBONE, **{name: {"mode": "x"}})
    assert config.to_dict()["mode"] == "reranking_pruning"


@pytest.mark.parametrize("name", ["dtype", "torch_dtype"])
@pytest.mark.parametrize("value", [5, "x", "nn", [], {"": "float16"}])
def test_a_type_that_torch_does_not_have(name, value):
    with pytest.raises((TypeError, ValueError), match=f"`{name}` must"):
        PruningEncoderConfig(backbone_config=BACKBONE, **{name: value})


@pytest.mark.parametrize("value", ["x", [[1]], 0, True])
def test_a_number_of_labels_that_is_none(value):
    with pytest.raises((TypeError, ValueError), match="`num_labels` must be"):
        PruningEncoderConfig(backbone_config=BACKBONE, num_labels=value, id2label={"0": "x"})
