import pytest
import torch
from transformers import Trainer, TrainingArguments

from pruning_transformers import (
    PruningEncoderForSequenceClassification,
    PruningEncoderForTokenClassification,
)
from tiny_backbones import fast_tokenizer, new_model


def rows(name):
    inputs = fast_tokenizer()(["a cat"] * 4, ["the cat purr", "paris"] * 2, padding=True)
    tokens = [[0 if i else -100 for i in types] for types in inputs["token_type_ids"]]
    labels = {"labels": [1.0, 0.0] * 2, "pruning_labels": tokens}
    if name == "tokens":
        labels = {"labels": tokens}
    columns = {**inputs, **labels}
    return [{key: columns[key][i] for key in columns} for i in range(4)]


def collate(batch):
    return {key: torch.tensor([row[key] for row in batch]) for key in batch[0]}


@pytest.mark.parametrize(
    ("cls", "name"),
    [
        (PruningEncoderForSequenceClassification, "both"),
        (PruningEncoderForTokenClassification, "tokens"),
    ],
)
def test_two_steps_of_trainer_and_reload(cls, name, tmp_path):
    model = new_model(cls=cls)
    before = model.pruning_head.classifier.weight.detach().clone()
    arguments = TrainingArguments(
        output_dir=str(tmp_path / "out"),
        max_steps=2,
        per_device_train_batch_size=2,
        report_to=[],
        use_cpu=True,
        disable_tqdm=True,
        dataloader_pin_memory=False,
    )
    trainer = Trainer(model, arguments, train_dataset=rows(name), data_collator=collate)
    result = trainer.train()
    assert result.global_step == 2
    assert not torch.equal(model.pruning_head.classifier.weight, before)
    trainer.save_model(str(tmp_path / "model"))
    again = cls.from_pretrained(tmp_path / "model").eval()
    inputs = fast_tokenizer()("a cat", "the cat purr", return_tensors="pt")
    model.eval()
    torch.testing.assert_close(again(**inputs).logits, model(**inputs).logits)
