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
        PruningEncoderConfig(backbone_config=BACKBONE, id2label=[])


def test_properties_in_a_file_are_no_fields():
    config = PruningEncoderConfig(backbone_config=BACKBONE, hidden_size=3, vocab_size="x", ranks=0)
    assert (config.hidden_size, config.vocab_size, config.ranks) == (
        32,
        BACKBONE["vocab_size"],
        True,
    )
