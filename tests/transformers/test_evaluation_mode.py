import copy
from concurrent.futures import ThreadPoolExecutor

import pytest
from torch import nn

from pruning_transformers import PruningEncoderModel
from pruning_transformers.evaluation_mode import EvaluationMode
from tiny_backbones import new_model


def test_each_module_comes_back_as_it_was():
    model = nn.Sequential(nn.Dropout(), nn.Dropout())
    model[1].eval()
    with EvaluationMode().of(model):
        assert not any(module.training for module in model.modules())
    assert [module.training for module in model.modules()] == [True, True, False]


def test_the_last_user_ends_it_and_an_error_too():
    model, mode = nn.Dropout(), EvaluationMode()

    def fail():
        with mode.of(model):
            raise ValueError("no")

    with mode.of(model):
        with pytest.raises(ValueError, match="no"):
            fail()
        assert not model.training
    assert model.training


def test_threads_prune_in_the_middle_of_a_training():
    model = new_model(cls=PruningEncoderModel, classifier_dropout=0.5)
    due = model.prune("a cat", "The cats purr. Paris.")
    model.train()
    model.backbone.eval()  # a frozen part
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: model.prune("a cat", due.original), range(40)))
    assert all(result == due for result in results)
    assert model.training
    assert not model.backbone.training


def test_a_copy_has_no_users():
    mode = EvaluationMode()
    assert copy.deepcopy(mode) is not mode
