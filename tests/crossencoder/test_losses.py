import copy

import pytest
import torch
from datasets import Dataset
from sentence_transformers import CrossEncoder, CrossEncoderTrainer, CrossEncoderTrainingArguments
from sentence_transformers.cross_encoder.losses import (
    BinaryCrossEntropyLoss,
    CachedMultipleNegativesRankingLoss,
    LambdaLoss,
)

from example_texts import DOCUMENTS, QUERY
from pruning_crossencoder import PruningCrossEncoder
from pruning_crossencoder.losses import PruningDistillationLoss

BATCH = [[QUERY] * 3, DOCUMENTS]
LABELS = torch.tensor([1.0, 0.0, 0.0])


@pytest.fixture
def model(checkpoint):
    return PruningCrossEncoder(checkpoint, device="cpu")


def keep_logits(model):
    model.eval()
    inputs = model.tokenizer([QUERY] * 3, DOCUMENTS, return_tensors="pt", padding=True)
    with torch.no_grad():
        return model.model(**inputs).pruning_logits, inputs["attention_mask"]


def test_an_untouched_model_has_nothing_to_learn_from_itself(model):
    model.eval()
    ranking = BinaryCrossEntropyLoss(model)
    parts = PruningDistillationLoss(model, ranking)(BATCH, LABELS)
    assert parts["ranking"].item() == pytest.approx(ranking(BATCH, LABELS).item())
    assert parts["pruning_distillation"].item() == pytest.approx(0, abs=1e-7)


def test_the_divergence_is_that_of_the_keep_probabilities(model):
    loss = PruningDistillationLoss(model.eval(), BinaryCrossEntropyLoss(model), weight=3)
    before, _ = keep_logits(model)
    with torch.no_grad():
        model.model.pruning_head.classifier.bias += torch.tensor([0.7, 0.0])
    after, mask = keep_logits(model)
    kinds = [torch.distributions.Categorical(logits=logits) for logits in (before, after)]
    each = torch.distributions.kl_divergence(*kinds)
    value = loss(BATCH, LABELS)["pruning_distillation"].item()
    assert value == pytest.approx(3 * each[mask == 1].mean().item(), rel=1e-4)


@pytest.mark.parametrize(
    ("kind", "batch"),
    [
        (BinaryCrossEntropyLoss, (BATCH, LABELS)),
        (LambdaLoss, ([[QUERY], [DOCUMENTS]], [LABELS])),
    ],
)
def test_ranking_is_trained_and_pruning_stays(checkpoint, kind, batch):
    moved = {}
    for weight in (None, 10.0):
        model = PruningCrossEncoder(checkpoint, device="cpu").eval()
        before, mask = keep_logits(model)
        loss = kind(model)
        if weight:
            loss = PruningDistillationLoss(model, loss, weight)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.001)
        values = []
        for _ in range(40):
            value = loss(*batch)
            value = sum(value.values()) if isinstance(value, dict) else value
            values.append(value.item())
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
        assert values[-1] < values[0]
        change = keep_logits(model)[0].softmax(-1) - before.softmax(-1)
        moved[weight] = change[mask == 1].abs().mean().item()
    assert moved[10.0] < 0.5 * moved[None]


@pytest.mark.filterwarnings("ignore")
def test_the_trainer_takes_it(model, tmp_path):
    data = Dataset.from_dict({"q": [QUERY] * 3, "d": DOCUMENTS, "label": LABELS.tolist()})
    arguments = CrossEncoderTrainingArguments(
        str(tmp_path), max_steps=2, report_to=[], use_cpu=True, disable_tqdm=True, logging_steps=1
    )
    loss = PruningDistillationLoss(model, BinaryCrossEntropyLoss(model))
    trainer = CrossEncoderTrainer(model, arguments, data, loss=loss)
    trainer.train()
    assert {"ranking", "pruning_distillation"} <= set(trainer.state.log_history[0])


def test_gradients_that_are_computed_apart_are_refused(model):
    loss = PruningDistillationLoss(model, CachedMultipleNegativesRankingLoss(model))
    with pytest.raises(ValueError, match="`loss` CachedMultiple.* computes its gradients apart"):
        loss([[QUERY, "cats"], DOCUMENTS[:2]], torch.ones(2))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"weight": 0}, ValueError, "`weight` must be above 0, not 0"),
        ({"weight": "1"}, TypeError, "`weight` must be a number, not '1'"),
        ({"loss": 5}, TypeError, "`loss` must be a loss of CrossEncoder, not 5"),
        ({"model": torch.nn.Identity()}, ValueError, "`model` must be a CrossEncoder of a pruning"),
    ],
)
def test_bad_arguments(model, arguments, error, message):
    given = {"model": model, "loss": BinaryCrossEntropyLoss(model)} | arguments
    with pytest.raises(error, match=message):
        PruningDistillationLoss(**given)


def test_the_teacher_is_not_trained(model):
    loss = PruningDistillationLoss(model, BinaryCrossEntropyLoss(model))
    assert not any(p.requires_grad for p in loss.teacher.parameters())
    assert copy.deepcopy(loss).get_config_dict() == {
        "loss": "BinaryCrossEntropyLoss",
        "weight": 1.0,
    }
    assert isinstance(loss.model, CrossEncoder)
