import pytest
import torch
from torch.nn import functional as F
from transformers.loss.loss_utils import ForSequenceClassificationLoss

from emitted_file import emitted_module
from pruning_core.losses import PruningLoss
from pruning_transformers import (
    PruningEncoderConfig,
    PruningEncoderForSequenceClassification,
    PruningEncoderForTokenClassification,
    PruningEncoderModel,
)
from pruning_transformers.joint_loss import ranking_loss
from tiny_backbones import fast_tokenizer, new_config, new_model

PROBLEMS = ["regression", "single_label_classification", "multi_label_classification"]


def inputs():
    pairs = (["a cat", "cats", "a"], ["the cat purr", "paris", "is"])
    return fast_tokenizer()(*pairs, padding=True, return_tensors="pt")


def tokens():
    return torch.where(inputs()["token_type_ids"] == 1, 1, -100)


def labels_for(problem, count):
    if problem == "single_label_classification":
        return torch.tensor([0, 1, 1]) % count
    shape = (3,) if count == 1 else (3, count)
    return torch.linspace(0, 1, 3 * count).round(decimals=1).reshape(shape)


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("count", [1, 2, 3])
def test_problem_types_are_those_of_transformers(problem, count):
    if (problem, count) == ("single_label_classification", 1):
        pytest.skip("transformers refuses it")
    model = new_model(num_labels=count, problem_type=problem)
    labels = labels_for(problem, count)
    output = model(**inputs(), labels=labels)
    shaped = labels[:, None] if (count, problem[:5]) == (1, "multi") else labels
    expected = ForSequenceClassificationLoss(shaped, output.logits, model.config)
    torch.testing.assert_close(output.loss, expected)
    output.loss.backward()
    both = PruningEncoderModel(model.config)
    both.load_state_dict(model.state_dict())
    torch.testing.assert_close(both.eval()(**inputs(), labels=labels).loss, expected)


@pytest.mark.parametrize("problem", PROBLEMS)
def test_the_problem_type_is_saved_and_exported(problem, tmp_path):
    module = emitted_module()
    for cls, config_cls in (
        (PruningEncoderForSequenceClassification, PruningEncoderConfig),
        (module.PruningEncoderForSequenceClassification, module.PruningEncoderConfig),
    ):
        contents = new_config("bert", num_labels=2).to_dict()
        model = cls(config_cls.from_dict(contents, problem_type=problem))
        model.tokenizer = fast_tokenizer()
        model.save_pretrained(tmp_path / cls.__module__)
        again = cls.from_pretrained(tmp_path / cls.__module__)
        assert again.config.problem_type == again.backbone.config.problem_type == problem


def test_a_problem_type_as_an_option_of_loading(tmp_path):
    new_model().save_pretrained(tmp_path)
    model = PruningEncoderForSequenceClassification.from_pretrained(
        tmp_path, problem_type="regression"
    )
    output = model(**inputs(), labels=torch.tensor([3.0, -1.0, 0.5]))
    expected = F.mse_loss(output.logits[:, 0], torch.tensor([3.0, -1.0, 0.5]))
    torch.testing.assert_close(output.loss, expected)


def test_a_forward_pass_chooses_no_problem_type():
    model = new_model()
    model(**inputs(), labels=torch.ones(3))
    assert model.config.problem_type is None


@pytest.mark.parametrize("dtype", [torch.long, torch.int32, torch.float64, torch.bool])
@pytest.mark.parametrize("shape", [(3,), (3, 1)])
@pytest.mark.parametrize("problem", [None, "regression", "multi_label_classification"])
def test_relevance_of_any_type_and_shape(dtype, shape, problem):
    model = new_model(problem_type=problem)
    labels = torch.tensor([1, 0, 1])
    expected = model(**inputs(), labels=labels.float()).loss
    loss = model(**inputs(), labels=labels.to(dtype).reshape(shape)).loss
    torch.testing.assert_close(loss, expected)
    loss.backward()


def test_without_a_problem_type_as_before():
    output = new_model()(**inputs(), labels=torch.tensor([1.0, 0.0, 0.5]))
    due = F.binary_cross_entropy_with_logits(output.logits[:, 0], torch.tensor([1.0, 0.0, 0.5]))
    torch.testing.assert_close(output.loss, due)
    for labels in (torch.tensor([0, 2, 1]), torch.tensor([0, 2, 1], dtype=torch.int32)):
        output = new_model(num_labels=3)(**inputs(), labels=labels)
        torch.testing.assert_close(output.loss, F.cross_entropy(output.logits, labels.long()))
    shares = torch.tensor([[0.2, 0.8, 0], [1, 0, 0], [0, 0, 1]])
    output = new_model(num_labels=3)(**inputs(), labels=shares)
    torch.testing.assert_close(output.loss, F.cross_entropy(output.logits, shares))


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    "cls",
    [
        PruningEncoderModel,
        PruningEncoderForSequenceClassification,
        PruningEncoderForTokenClassification,
    ],
)
def test_both_kinds_of_labels_count(cls, count):
    model = new_model(cls=cls, num_labels=count)
    labels = torch.tensor([1, 0, 1])
    both = model(**inputs(), labels=labels, pruning_labels=tokens())
    one = PruningEncoderModel(model.config)
    one.load_state_dict(model.state_dict())
    output = one.eval()(**inputs())
    pruning = PruningLoss()(output.pruning_logits, pruning_labels=tokens()).loss
    ranking = ranking_loss(output.ranking_logits, labels)
    torch.testing.assert_close(both.loss, pruning + 0.05 * ranking)
    alone = model(**inputs(), pruning_labels=tokens())
    torch.testing.assert_close(alone.loss, pruning)
    nothing = model(**inputs(), labels=labels, pruning_labels=torch.full_like(tokens(), -100))
    torch.testing.assert_close(nothing.loss, 0.05 * ranking)


def test_labels_of_tokens_by_both_names():
    model = new_model(cls=PruningEncoderForTokenClassification)
    expected = model(**inputs(), labels=tokens()).loss
    for given in ({"pruning_labels": tokens()}, {"labels": tokens(), "pruning_labels": tokens()}):
        torch.testing.assert_close(model(**inputs(), **given).loss, expected)
    with pytest.raises(ValueError, match="`labels` and `pruning_labels` of all tokens differ"):
        model(**inputs(), labels=tokens(), pruning_labels=tokens() * 0)


def test_errors():
    model = new_model()
    with pytest.raises(ValueError, match=r"`labels` must be \(3, 1\), not \(2,\)"):
        model(**inputs(), labels=torch.ones(2))
    with pytest.raises(ValueError, match=r"`labels` must be \(3,\), not \(3, 2\)"):
        new_model(num_labels=3)(**inputs(), labels=torch.ones(3, 2))
    model.config.__dict__["problem_type"] = "guessing"
    with pytest.raises(ValueError, match="`problem_type` must be .*'guessing'"):
        model(**inputs(), labels=torch.ones(3))
    pruner = new_model(cls=PruningEncoderModel, mode="pruning_only")
    with pytest.raises(ValueError, match="`labels` need a ranking head"):
        pruner(**inputs(), labels=torch.ones(3))
