"""Train the built-in model: `python tools/train_default_model.py --data FOLDER --output FOLDER`.

Questions are paired with their own context, with a negative of the same source, and with both
joined. Evidence sentences are kept, all others go, but for a share of those beside the evidence
or near the question by the untuned embeddings: they are kept at random, so that sentences that
help come before those that do not. Resumes where it was stopped.
"""

import argparse
import logging
import math
import random
import time
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

import minilm
from pruning_core import checkpoint
from pruning_core.batching import batches
from pruning_core.config import EncoderConfig
from pruning_core.encoder import PruningEncoder
from pruning_core.losses import IGNORE_INDEX, LossOutput
from pruning_core.retention import RetentionLoss
from training_examples import MAX_LENGTH, Example, Rates, Recipe

ATTENTION = F.scaled_dot_product_attention
POOL = 64  # batches sorted by length together
EMA_EVERY, EMA_DECAY = 4, 0.99
log = logging.getLogger("train")


def length(example: Example) -> int:
    """Tokens of a window."""
    return len(example["input_ids"])


def minibatches(examples: list[Example], tokens: int, rng: random.Random) -> list[list[Example]]:
    """Length-sorted within pools, in random order."""
    pool = POOL * max(1, tokens // 192)
    groups = []
    for start in range(0, len(examples), pool):
        part = examples[start : start + pool]
        groups += [[part[i] for i in g] for g in batches(list(map(length, part)), tokens)]
    rng.shuffle(groups)
    return groups


def attention(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attn_mask: torch.Tensor | None,
    dropout_p: float,
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


def pad(rows: Iterable[list[int]], value: int) -> torch.Tensor:
    tensors = [torch.tensor(row, dtype=torch.long) for row in rows]
    return torch.nn.utils.rnn.pad_sequence(tensors, batch_first=True, padding_value=value)


def compute_loss(encoder: PruningEncoder, loss: RetentionLoss, group: list[Example]) -> LossOutput:
    ids, types = (pad((e[name] for e in group), 0) for name in ("input_ids", "token_type_ids"))
    mask = pad(([1] * length(e) for e in group), 0)
    with (
        torch.autocast("cpu", torch.bfloat16),
        patch.object(F, "scaled_dot_product_attention", attention),
    ):
        output = encoder(ids, None if mask.all() else mask, types)
    assert output.ranking_logits is not None
    return loss(
        output.pruning_logits.float(),
        output.ranking_logits.float(),
        pruning_labels=pad((e["pruning_labels"] for e in group), IGNORE_INDEX),
        ranking_labels=torch.tensor([e["labels"] for e in group]),
        token_sentences=pad((e["token_sentences"] for e in group), -1),
    )


def set_dropout(model: torch.nn.Module, rate: float | None) -> None:
    """Dropout of hidden states; none of attention, which it slows down. None changes nothing."""
    for name, module in model.named_modules():
        if isinstance(module, torch.nn.Dropout) and rate is not None:
            module.p = 0.0 if name.endswith(".self.dropout") else rate


def new_encoder(start: Path | None) -> PruningEncoder:
    if start:
        return PruningEncoder.from_pretrained(start)
    dropout = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    config = EncoderConfig(backbone_config=minilm.config() | dropout, max_length=MAX_LENGTH)
    encoder = PruningEncoder.from_config(config)
    encoder.get_submodule("ranking_model.bert").load_state_dict(minilm.weights())
    return encoder


def new_loss(options: argparse.Namespace) -> RetentionLoss:
    return RetentionLoss(options.retention_weight, ranking_weight=options.ranking_weight)


def new_optimizer(encoder: PruningEncoder, learning_rate: float) -> torch.optim.AdamW:
    matrices = [p for p in encoder.parameters() if p.ndim > 1]
    vectors = [p for p in encoder.parameters() if p.ndim <= 1]
    groups = [
        {"params": matrices, "weight_decay": 0.01},
        {"params": vectors, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=learning_rate, fused=True)


def train(groups: list[list[Example]], options: argparse.Namespace, recipe: Recipe) -> None:
    """One step a group; a checkpoint of the averaged weights every 500 steps."""
    encoder = new_encoder(options.start).train()
    set_dropout(encoder, options.dropout)
    average = AveragedModel(encoder, multi_avg_fn=get_ema_multi_avg_fn(EMA_DECAY))
    optimizer = new_optimizer(encoder, options.learning_rate)
    total, warmup = len(groups), max(1, len(groups) // 20)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warmup, (total - step) / (total - warmup))
    )
    parts = {"encoder": encoder, "average": average, "optimizer": optimizer, "schedule": schedule}
    state_file = options.output / "resume.pt"
    done = 0
    if state_file.exists():
        saved = torch.load(state_file, weights_only=True)
        done = saved.pop("step")
        for name, state in saved.items():
            parts[name].load_state_dict(state)
    log.info("%d examples, %d steps, from step %d", sum(map(len, groups)), total, done)

    loss_of = new_loss(options)
    began, tokens, sums = time.monotonic(), 0, torch.zeros(3)
    for step, group in enumerate(groups[done:], done + 1):
        loss = compute_loss(encoder, loss_of, group)
        optimizer.zero_grad()
        loss.loss.backward()
        torch.nn.utils.clip_grad_norm_(encoder.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % EMA_EVERY == 1:
            average.update_parameters(encoder)
        tokens += sum(map(length, group))
        sums += torch.stack(
            [
                torch.zeros(()) if part is None else part.detach()
                for part in (loss.pruning, loss.ranking, loss.retention)
            ]
        )
        if step % 50 == 0:
            speed = tokens / (time.monotonic() - began)
            text = "%d pruning %.4f ranking %.4f retention %.4f %.0f tokens/s"
            log.info(text, step, *(sums / 50).tolist(), speed)
            sums.zero_()
        if step % 500 == 0 or step == total:
            states = {name: part.state_dict() for name, part in parts.items()}
            torch.save({"step": step, **states}, state_file.with_suffix(".tmp"))
            state_file.with_suffix(".tmp").replace(state_file)
            checkpoint.save(options.output, average.module, encoder.config, recipe.tokenizer)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with train/*.jsonl.gz")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="a checkpoint to go on from; else MiniLM")
    for name, default in asdict(Rates()).items():
        parser.add_argument(f"--{name}", type=float, default=default, help="see `Rates`")
    parser.add_argument("--dropout", type=float, help="of hidden states")
    parser.add_argument("--epochs", type=float, default=2.0)
    parser.add_argument("--learning-rate", type=float, default=2e-4)
    parser.add_argument("--batch-tokens", type=int, default=4096)
    parser.add_argument("--ranking-weight", type=float, default=0.5)
    parser.add_argument("--retention-weight", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args()


def recipe_and_groups(options: argparse.Namespace) -> tuple[Recipe, list[list[Example]]]:
    """The batches of a run, from its seed."""
    torch.manual_seed(options.seed)
    torch.set_num_threads(2)
    rates = Rates(noise=options.noise, hard=options.hard, removed=options.removed)
    recipe = Recipe(options.data / "train", options.seed, rates)
    epochs = [recipe.epoch() for _ in range(math.ceil(options.epochs))]
    rng = random.Random(options.seed)
    groups = [group for epoch in epochs for group in minibatches(epoch, options.batch_tokens, rng)]
    return recipe, groups[: round(len(groups) * options.epochs / len(epochs))]


def main() -> None:
    options = arguments()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    options.output.mkdir(parents=True, exist_ok=True)
    recipe, groups = recipe_and_groups(options)
    train(groups, options, recipe)


if __name__ == "__main__":
    main()
