"""Train the built-in model: `python tools/train_default_model.py --data FOLDER --output FOLDER`.

Questions are paired with their own context, with a negative of the same source, and with both
joined. Evidence sentences are kept, all others go, but for a share of those beside the evidence
or near the question by the untuned embeddings: they are kept at random, so that sentences that
help come before those that do not. The averaged weights are saved. Resumes where it was stopped.
"""

import argparse
import math
import random
from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch
from safetensors.torch import load_model, save_model
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from transformers import PreTrainedTokenizerFast, TrainerCallback, TrainingArguments

import minilm
from pruning_core.batching import batches
from pruning_core.losses import PruningLoss
from pruning_transformers import PruningEncoderConfig, PruningEncoderForSequenceClassification
from pruning_transformers.training import PruningDataCollator, PruningTrainer
from pruning_transformers.training.run import last_checkpoint
from training_examples import MAX_LENGTH, Example, Recipe

ATTENTION = F.scaled_dot_product_attention
POOL = 64  # batches sorted by length together
EMA_EVERY, EMA_DECAY = 4, 0.99


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


def minibatches(examples: list[Example], tokens: int, rng: random.Random) -> list[list[Example]]:
    """Length-sorted within pools, in random order."""
    pool = POOL * max(1, tokens // 192)
    groups = []
    for start in range(0, len(examples), pool):
        part = examples[start : start + pool]
        groups += [
            [part[i] for i in g] for g in batches([len(e["input_ids"]) for e in part], tokens)
        ]
    rng.shuffle(groups)
    return groups


def attention(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attn_mask: torch.Tensor | None = None,
    dropout_p: float = 0.0,
    **_: Any,
) -> torch.Tensor:
    """Attention as it trains fastest on a CPU: bfloat16 products when short, else float32."""
    if query.shape[2] > 224:
        with torch.autocast("cpu", enabled=False):
            parts = query.float(), key.float(), value.float()
            return ATTENTION(*parts, attn_mask=attn_mask, dropout_p=dropout_p).to(query.dtype)
    scores = query @ key.transpose(-1, -2) * query.shape[-1] ** -0.5
    if attn_mask is not None:
        scores = scores.masked_fill(~attn_mask, -1e4)
    return torch.softmax(scores, -1, dtype=scores.dtype) @ value


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
    average = Average(model)
    collate = PruningDataCollator(model.tokenizer)
    trainer = PruningTrainer(
        model,
        TrainingArguments(
            output_dir=str(options.output),
            num_train_epochs=1,
            per_device_train_batch_size=1,
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
        loss=PruningLoss(ranking_weight=options.ranking_weight),
        train_dataset=groups,
        data_collator=lambda rows: collate(rows[0]),
        callbacks=[average],
    )
    last = last_checkpoint(options.output)
    with patch.object(F, "scaled_dot_product_attention", attention):
        trainer.train(resume_from_checkpoint=last and str(last))
    average.average.module.save_pretrained(options.output, tokenizer=model.tokenizer)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with train/*.jsonl.gz")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="a checkpoint to go on from; else MiniLM")
    parser.add_argument("--noise", type=float, default=1.0, help="scales kept non-evidence")
    parser.add_argument("--epochs", type=float, default=2.0)
    parser.add_argument("--learning-rate", type=float, default=2e-4)
    parser.add_argument("--batch-tokens", type=int, default=4096)
    parser.add_argument("--ranking-weight", type=float, default=0.5)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    torch.set_num_threads(2)
    recipe = Recipe(options.data / "train", options.seed, options.noise)
    epochs = [recipe.epoch() for _ in range(math.ceil(options.epochs))]
    rng = random.Random(options.seed)
    groups = [group for epoch in epochs for group in minibatches(epoch, options.batch_tokens, rng)]
    train(groups[: round(len(groups) * options.epochs / len(epochs))], options)


if __name__ == "__main__":
    main()
