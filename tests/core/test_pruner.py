import pytest
from torch import nn

from pruning_core import Pruner
from tiny_checkpoint import tiny_config, tiny_tokenizer


def test_the_built_in_model_by_no_name_and_by_its_name():
    assert Pruner.from_pretrained().config == Pruner.from_pretrained("default").config


def test_repr_is_one_short_line(pruner):
    assert repr(pruner) == (
        "<Pruner: bert, 0.0253M parameters, reranking_pruning, max_length 64,"
        " default threshold 0.5>"
    )


def test_options_of_the_pipeline(checkpoint):
    pruner = Pruner.from_pretrained(checkpoint, token_budget=7, splitter=lambda t: [(0, len(t))])
    assert pruner._predictor.token_budget == 7
    assert len(pruner.prune("cats", "Cats purr. Paris.").sentences) == 1
    with pytest.raises(ValueError, match="`token_budget` must be at least 1, not 0"):
        Pruner.from_pretrained(checkpoint, token_budget=0)


def test_only_what_core_knows_can_be_saved(tmp_path):
    class Encoder(nn.Module):
        pass

    with pytest.raises(TypeError, match="`encoder` must be a PruningEncoder"):
        Pruner(Encoder(), tiny_tokenizer(), tiny_config()).save_pretrained(tmp_path)
