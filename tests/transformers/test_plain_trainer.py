import numpy as np
import pytest
import torch
from transformers import Trainer, TrainingArguments

from emitted_file import emitted_module
from pruning_transformers import (
    PruningEncoderForSequenceClassification,
    PruningEncoderForTokenClassification,
    PruningEncoderModel,
)
from tiny_backbones import FAMILIES, fast_tokenizer, new_model

CLASSES = {
    "model": PruningEncoderModel,
    "ranker": PruningEncoderForSequenceClassification,
    "tokens": PruningEncoderForTokenClassification,
}
ROWS = 4


def rows(*names, token_labels=()):
    """Rows of two lengths with the label columns named; those in `token_labels` are of tokens."""
    inputs = fast_tokenizer()(["a cat"] * 2, ["the cat purr", "paris"], padding=True)
    tokens = [[0 if i else -100 for i in types] for types in inputs["token_type_ids"]]
    columns = dict(inputs)
    for name in names:
        columns[name] = tokens if name in token_labels else [1.0, 0.0]
    return [{key: columns[key][i] for key in columns} for i in range(2)] * (ROWS // 2)


def collate(batch):
    return {key: torch.tensor([row[key] for row in batch]) for key in batch[0]}


def new_trainer(model, folder, data, **options):
    metrics = options.pop("compute_metrics", None)
    arguments = TrainingArguments(
        output_dir=str(folder / "out"),
        max_steps=2,
        per_device_train_batch_size=2,
        per_device_eval_batch_size=2,
        report_to=[],
        use_cpu=True,
        disable_tqdm=True,
        dataloader_pin_memory=False,
        **options,
    )
    return Trainer(
        model,
        arguments,
        train_dataset=data,
        eval_dataset=data,
        data_collator=collate,
        compute_metrics=metrics,
    )


def labels_of(kind, labels):
    """The label columns of a case, as each class understands them."""
    token_labels = {"pruning_labels"} | ({"labels"} if kind == "tokens" else set())
    return rows(*labels, token_labels=token_labels)


@pytest.mark.parametrize("labels", [("labels",), ("pruning_labels",), ("labels", "pruning_labels")])
@pytest.mark.parametrize("kind", CLASSES)
def test_trains_evaluates_and_takes_the_best(kind, labels, tmp_path):
    model, seen = new_model(cls=CLASSES[kind]), []
    before = model.get_input_embeddings().weight.detach().clone()
    trainer = new_trainer(
        model,
        tmp_path,
        labels_of(kind, labels),
        label_names=None if "labels" in labels else ["pruning_labels"],
        compute_metrics=lambda given: seen.append(given) or {"count": len(given.label_ids)},
        eval_strategy="steps",
        eval_steps=1,
        save_strategy="steps",
        save_steps=1,
        load_best_model_at_end=True,
        metric_for_best_model="loss",
    )
    assert trainer.train().global_step == 2
    assert trainer.evaluate()["eval_loss"] > 0
    assert len(seen) == 3
    assert not torch.equal(model.get_input_embeddings().weight, before)


@pytest.mark.parametrize(
    ("kind", "labels", "names", "predictions", "label_ids"),
    [
        ("ranker", ("labels",), None, ["ranking"], ["ranking"]),
        ("ranker", ("labels", "pruning_labels"), None, ["ranking", "tokens"], ["ranking"]),
        ("ranker", ("pruning_labels",), ["pruning_labels"], ["ranking", "tokens"], ["tokens"]),
        (
            "ranker",
            ("labels", "pruning_labels"),
            ["labels", "pruning_labels"],
            ["ranking", "tokens"],
            ["ranking", "tokens"],
        ),
        ("tokens", ("labels",), None, ["tokens"], ["tokens"]),
        ("tokens", ("pruning_labels",), ["pruning_labels"], ["tokens"], ["tokens"]),
        ("model", ("labels",), None, ["tokens", "ranking"], ["ranking"]),
        ("model", ("pruning_labels",), ["pruning_labels"], ["tokens", "ranking"], ["tokens"]),
    ],
)
def test_predictions_and_label_ids(kind, labels, names, predictions, label_ids, tmp_path):
    data = labels_of(kind, labels)
    length = len(data[0]["input_ids"])
    model = new_model(cls=CLASSES[kind])
    model.config.backbone_config.output_hidden_states = True  # no predictions
    trainer = new_trainer(model, tmp_path, data, label_names=names)
    output = trainer.predict(data)
    shapes = {"ranking": (ROWS, 1), "tokens": (ROWS, length, 2)}
    assert shapes_of(output.predictions) == [shapes[name] for name in predictions]
    shapes = {"ranking": (ROWS,), "tokens": (ROWS, length)}
    assert shapes_of(output.label_ids) == [shapes[name] for name in label_ids]


def shapes_of(arrays):
    return [a.shape for a in (arrays if isinstance(arrays, tuple) else (arrays,))]


@pytest.mark.parametrize("family", FAMILIES)
def test_the_predictions_are_the_logits(family, tmp_path):
    model, data = new_model(family), rows("labels")
    output = new_trainer(model, tmp_path, data).predict(data)
    batch = collate(data)
    del batch["labels"]
    with torch.no_grad():
        expected = model(**batch).logits
    assert np.allclose(output.predictions, expected.numpy(), atol=1e-5)


def test_without_labels_it_predicts(tmp_path):
    data = rows()
    output = new_trainer(new_model(), tmp_path, data).predict(data)
    assert shapes_of(output.predictions) == [(ROWS, 1), (ROWS, len(data[0]["input_ids"]), 2)]
    assert output.label_ids is None


def test_the_emitted_file(tmp_path):
    module = emitted_module()
    config = module.PruningEncoderConfig(backbone_config=FAMILIES["bert"], max_length=64)
    model = module.PruningEncoderForSequenceClassification(config)
    model.tokenizer = fast_tokenizer()
    trainer = new_trainer(
        model, tmp_path, rows("labels"), compute_metrics=lambda given: {"shape": given[0].shape[1]}
    )
    trainer.train()
    metrics = trainer.evaluate()
    assert metrics["eval_loss"] > 0
    assert metrics["eval_shape"] == 1


@pytest.mark.parametrize("kind", CLASSES)
def test_two_steps_of_trainer_and_reload(kind, tmp_path):
    cls = CLASSES[kind]
    model = new_model(cls=cls)
    before = model.pruning_head.classifier.weight.detach().clone()
    labels = ("labels",) if kind == "tokens" else ("labels", "pruning_labels")
    trainer = new_trainer(model, tmp_path, labels_of(kind, labels))
    result = trainer.train()
    assert result.global_step == 2
    assert not torch.equal(model.pruning_head.classifier.weight, before)
    trainer.save_model(str(tmp_path / "model"))
    again = cls.from_pretrained(tmp_path / "model").eval()
    inputs = fast_tokenizer()("a cat", "the cat purr", return_tensors="pt")
    model.eval()
    torch.testing.assert_close(again(**inputs)[0], model(**inputs)[0])
