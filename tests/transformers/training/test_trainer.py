import math

import pytest
import torch
from torch.nn import functional as F
from transformers import TrainingArguments

from pruning_core import PruningLoss, RetentionLoss
from pruning_transformers import PruningEncoderForTokenClassification
from pruning_transformers.training import PruningDataCollator, PruningDataset, PruningTrainer
from tiny_backbones import fast_tokenizer, new_model
from tiny_checkpoint import tiny_config

INPUTS = ("input_ids", "attention_mask", "token_type_ids")


def trainer_of(folder, rows, model=None, loss=None, **arguments):
    model = model or new_model()
    given = {"max_steps": 2, "report_to": "none", "disable_tqdm": True, "use_cpu": True}
    arguments = TrainingArguments(str(folder), **given | {"logging_steps": 1} | arguments)
    return PruningTrainer(
        model,
        arguments,
        loss=loss,
        train_dataset=rows,
        eval_dataset=rows,
        processing_class=model.tokenizer,
    )


def test_the_loss_is_that_of_the_formula(questions, tmp_path):
    rows = PruningDataset(questions, fast_tokenizer(), tiny_config(), negatives=1)
    trainer = trainer_of(tmp_path, rows, loss=PruningLoss(0.5, 0.25, keep_weight=3.0))
    batch = PruningDataCollator(fast_tokenizer())(list(rows))
    model = trainer.model.eval()
    with torch.no_grad():
        loss = trainer.compute_loss(model, batch)
        output = model(**{k: v for k, v in batch.items() if k in INPUTS})
    log_odds = output.pruning_logits.log_softmax(-1)
    known = batch["pruning_labels"] >= 0
    labels = batch["pruning_labels"][known]
    weights = torch.where(labels == 1, 3.0, 1.0)
    nll = -log_odds[known].gather(1, labels[:, None])[:, 0]
    pruning = (weights * nll).sum() / weights.sum()
    ranking = F.binary_cross_entropy_with_logits(output.logits[:, 0], batch["labels"])
    torch.testing.assert_close(loss, 0.5 * pruning + 0.25 * ranking)


def test_retention_loss_gets_the_sentences(questions, tmp_path):
    rows = PruningDataset(questions, fast_tokenizer(), tiny_config(), negatives=1)
    trainer = trainer_of(tmp_path, rows, loss=RetentionLoss(2.0, ranking_weight=0.25))
    trainer.train()
    logs = trainer.state.log_history[0]
    total = logs["pruning_loss"] + 0.25 * logs["ranking_loss"] + 2 * logs["retention_loss"]
    assert logs["loss"] == pytest.approx(total, abs=2e-4)
    batch = PruningDataCollator(fast_tokenizer())(list(rows))
    with torch.no_grad():
        loss = trainer.compute_loss(trainer.model.eval(), batch)
        output = trainer.model(**{k: v for k, v in batch.items() if k in INPUTS})
        targets = {k: batch[k] for k in ("pruning_labels", "token_sentences")}
        expected = RetentionLoss(2.0)(output.pruning_logits, **targets).loss
        expected += 0.25 * F.binary_cross_entropy_with_logits(output.logits[:, 0], batch["labels"])
    torch.testing.assert_close(loss, expected)


def test_the_weights_are_those_of_a_plain_loop(questions, tmp_path):
    rows = list(PruningDataset(questions, fast_tokenizer(), tiny_config(), negatives=1))
    ours, plain = new_model(), new_model().train()
    for module in [*ours.modules(), *plain.modules()]:
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    options = {"learning_rate": 0.1, "lr_scheduler_type": "constant", "max_steps": 6}
    options |= {
        "optim": "sgd",
        "per_device_train_batch_size": 4,
        "train_sampling_strategy": "sequential",
    }
    trainer_of(tmp_path, rows, ours, PruningLoss(ranking_weight=0.5), **options).train()
    optimizer = torch.optim.SGD(plain.parameters(), lr=0.1)
    batches = [rows[i : i + 4] for i in range(0, len(rows), 4)]
    for step in range(6):
        batch = PruningDataCollator(fast_tokenizer())(batches[step % len(batches)])
        inputs = {k: v for k, v in batch.items() if k in INPUTS}
        output = plain(**inputs)
        loss = PruningLoss(ranking_weight=0.5)(
            output.pruning_logits,
            output.logits,
            pruning_labels=batch["pruning_labels"],
            ranking_labels=batch["labels"],
        )
        optimizer.zero_grad()
        loss.loss.backward()
        torch.nn.utils.clip_grad_norm_(plain.parameters(), 1.0)
        optimizer.step()
    for name, value in plain.state_dict().items():
        torch.testing.assert_close(ours.state_dict()[name], value, atol=1e-5, rtol=1e-4)


def test_windows_without_a_target_are_left_out_of_the_ranking(questions, tmp_path):
    rows = [
        {**row, "teacher_logits": value}
        for row, value in zip(
            PruningDataset(questions[:2], fast_tokenizer(), tiny_config()),
            [2.0, math.nan],
            strict=True,
        )
    ]
    for row in rows:
        del row["labels"]
    trainer = trainer_of(tmp_path, rows, loss=PruningLoss(0.0, 1.0))
    batch = PruningDataCollator(fast_tokenizer())(rows)
    model = trainer.model.eval()
    with torch.no_grad():
        loss = trainer.compute_loss(model, batch)
        logits = model(batch["input_ids"], batch["attention_mask"], batch["token_type_ids"]).logits
    assert loss.item() == pytest.approx((logits[0, 0] - 2).square().item(), rel=1e-5)


def test_the_parts_are_logged_apart(questions, tmp_path):
    rows = PruningDataset(questions, fast_tokenizer(), tiny_config(), negatives=1)
    trainer = trainer_of(tmp_path, rows, eval_strategy="steps", eval_steps=1)
    trainer.train()
    first, second, *_ = trainer.state.log_history
    assert {"loss", "pruning_loss", "ranking_loss"} <= set(first)
    total = first["pruning_loss"] + 0.05 * first["ranking_loss"]
    assert first["loss"] == pytest.approx(total, abs=2e-4)
    assert {"eval_loss", "eval_pruning_loss", "eval_ranking_loss"} <= set(second)


def test_pruning_only_has_no_ranking_loss(questions, tmp_path):
    rows = PruningDataset(questions, fast_tokenizer(), tiny_config())
    model = new_model(cls=PruningEncoderForTokenClassification, mode="pruning_only")
    trainer = trainer_of(tmp_path, rows, model)
    trainer.train()
    assert "pruning_loss" in trainer.state.log_history[0]
    assert not any("ranking_loss" in logs for logs in trainer.state.log_history)
