"""The recipe of the built-in model by `PruningTrainer`, with the same batches in the same order.

`python tools/repeat_with_trainer.py --data FOLDER --output FOLDER ...` as
`tools/train_default_model.py`, to compare the two.
"""

import argparse
from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch
from safetensors.torch import load_model, save_model
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from transformers import PreTrainedTokenizerFast, TrainerCallback, TrainingArguments

import minilm
from pruning_transformers import PruningEncoderConfig, PruningEncoderForSequenceClassification
from pruning_transformers.training import PruningDataCollator, PruningTrainer
from pruning_transformers.training.run import last_checkpoint
from train_default_model import (
    EMA_DECAY,
    EMA_EVERY,
    arguments,
    attention,
    new_loss,
    recipe_and_groups,
    set_dropout,
)
from training_examples import MAX_LENGTH, Example


class Average(TrainerCallback):
    """A moving average of the weights, kept beside every checkpoint."""

    def __init__(self, model: torch.nn.Module) -> None:
        self.average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(EMA_DECAY))

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if state.global_step:
            load_model(self.average.module, self.file(args, state))
            self.average.n_averaged.fill_(1)

    def on_step_end(self, args: Any, state: Any, control: Any, model: Any, **kwargs: Any) -> None:
        if state.global_step % EMA_EVERY == 1:
            self.average.update_parameters(model)

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        save_model(self.average.module, str(self.file(args, state)))

    def file(self, args: Any, state: Any) -> Path:
        return Path(args.output_dir, f"checkpoint-{state.global_step}", "average.safetensors")


def new_model(start: Path | None) -> Any:
    """MiniLM with new heads, or a checkpoint."""
    if start:
        return PruningEncoderForSequenceClassification.from_pretrained(start, dtype=torch.float32)
    dropout = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    config = PruningEncoderConfig(minilm.config() | dropout, max_length=MAX_LENGTH)
    model = PruningEncoderForSequenceClassification(config)
    model.backbone.base_model.load_state_dict(minilm.weights(), strict=False)  # without its pooler
    model.tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=minilm.tokenizer(), pad_token="[PAD]"
    )
    return model


def train(groups: list[list[Example]], options: argparse.Namespace) -> None:
    """One step a group."""
    model = new_model(options.start)
    set_dropout(model, options.dropout)
    average = Average(model)
    collate = PruningDataCollator(model.tokenizer)
    trainer = PruningTrainer(
        model,
        TrainingArguments(
            output_dir=str(options.output),
            num_train_epochs=1,
            per_device_train_batch_size=1,
            train_sampling_strategy="sequential",  # the groups are shuffled already
            learning_rate=options.learning_rate,
            warmup_steps=0.05,
            weight_decay=0.01,
            max_grad_norm=1.0,
            bf16=True,
            use_cpu=True,
            seed=options.seed,
            save_steps=500,
            save_total_limit=2,
            logging_steps=50,
            report_to="none",
            disable_tqdm=True,
            dataloader_pin_memory=False,
        ),
        loss=new_loss(options),
        train_dataset=groups,
        data_collator=lambda rows: collate(rows[0]),
        callbacks=[average],
    )
    last = last_checkpoint(options.output)
    with patch.object(F, "scaled_dot_product_attention", attention):
        trainer.train(resume_from_checkpoint=last and str(last))
    average.average.module.save_pretrained(options.output, tokenizer=model.tokenizer)


def main() -> None:
    options = arguments()
    _, groups = recipe_and_groups(options)
    train(groups, options)


if __name__ == "__main__":
    main()
