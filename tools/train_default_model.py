"""Train the built-in model: `python tools/train_default_model.py --data FOLDER --output FOLDER`.

Questions are paired with their own context, with a negative of the same source, and with both
joined. Evidence sentences are kept, all others go, but for a share of those beside the evidence
or near the question by the untuned embeddings: they are kept at random, so that sentences that
help come before those that do not. Resumes where it was stopped.
"""

import argparse
import math
import random
import time
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import numpy as np
import torch

import minilm
from baselines import BM25, MiniLM
from pruning_core.batching import batches
from pruning_core.checkpoint import save_checkpoint
from pruning_core.config import EncoderConfig
from pruning_core.encoder import PruningEncoder
from pruning_core.labels import IGNORE_INDEX, sentence_labels, token_labels
from pruning_core.losses import PruningLoss
from pruning_core.sentences import Span, split
from pruning_core.tokenization import PairTemplate, tokenize_document, tokenize_query
from pruning_core.windows import plan
from qa_data import Question, read

NEGATIVE_RATE = {"squadshifts_amazon_reviews": 0.2, "eraser_fever_dev": 0.3}  # others 0.7
JOINED_RATE = 0.2  # own context and negative in one document
TWO_QUESTION_RATE = 0.1  # two questions on one context, evidence of both
NEAR_RATE = 0.25  # at most, of sentences as near to the question as evidence is
BESIDE_RATE = 0.08  # of sentences beside evidence
RANDOM_RATE = 0.25  # negatives at random instead of by BM25
NO_MARK_RATE = 0.3  # question mark dropped, as people type queries
ATTENTION = torch.nn.functional.scaled_dot_product_attention
POOL = 64  # batches sorted by length together


@dataclass(frozen=True)
class Example:
    ids: "array[int]"
    types: "array[int]"
    labels: "array[int]"
    relevant: float


class Recipe:
    """Questions -> examples, from one seed."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.random = random.Random(seed)
        self.tokenizer = minilm.tokenizer()
        self.template = PairTemplate.of(self.tokenizer)
        self.sources = {path.name.split(".")[0]: read(path) for path in sorted(folder.glob("*.gz"))}
        self.contexts = {
            name: sorted({row.context for row in rows}) for name, rows in self.sources.items()
        }
        self.negatives = {
            name: hard_negatives(rows, self.contexts[name]) for name, rows in self.sources.items()
        }
        self.vectors = self.embeddings()

    def embeddings(self) -> dict[str, np.ndarray]:
        texts = {row.text for rows in self.sources.values() for row in rows}
        for contexts in self.contexts.values():
            texts.update(c[start:end] for c in contexts for start, end in split(c))
        ordered = sorted(texts)
        with torch.autocast("cpu", torch.bfloat16):
            return dict(zip(ordered, MiniLM().embed(ordered), strict=True))

    def epoch(self) -> list[Example]:
        examples: list[Example] = []
        for name, rows in self.sources.items():
            by_context: dict[str, list[Question]] = {}
            for row in rows:
                by_context.setdefault(row.context, []).append(row)
            for row, negatives in zip(rows, self.negatives[name], strict=True):
                examples += self.examples(row, by_context[row.context], negatives, name)
        self.random.shuffle(examples)
        return examples

    def examples(
        self, row: Question, siblings: list[Question], negatives: list[str], name: str
    ) -> Iterator[Example]:
        chance = self.random.random
        text, spans = row.text, list(row.spans)
        vector = self.vectors[text]
        other = self.random.choice(siblings)
        if spans and other.spans and other != row and chance() < TWO_QUESTION_RATE:
            text, spans = f"{text} {other.text}", [*spans, *other.spans]
            vector = (vector + self.vectors[other.text]) / 2
        if chance() < NO_MARK_RATE:
            text = text.rstrip("? ")
        context = row.context
        kept = self.kept(context, spans, vector)
        if negatives and chance() >= RANDOM_RATE:
            negative = self.random.choice(negatives)
        else:
            negative = self.random.choice(self.contexts[name])
        is_negative = holds_no_answer(negative, row)
        if is_negative and len(context) + len(negative) < 2_000 and chance() < JOINED_RATE:
            before, behind = ("", negative) if chance() < 0.5 else (negative, "")
            shift = len(before) + 2 if before else 0
            context = "\n\n".join(part for part in (before, context, behind) if part)
            spans = [(start + shift, end + shift) for start, end in spans]
            kept = [(start + shift, end + shift) for start, end in kept]
        yield from self.windows(text, context, spans, kept)
        if is_negative and chance() < NEGATIVE_RATE.get(name, 0.7):
            yield from self.windows(text, negative, [], [])

    def kept(self, context: str, spans: list[Span], vector: np.ndarray) -> list[Span]:
        """Evidence sentences, and a share of those beside them or near to the question."""
        sentences = split(context)
        labels = sentence_labels(sentences, spans)
        if not spans:
            return []
        kept = []
        for index, (start, end) in enumerate(sentences):
            near = float(self.vectors[context[start:end]] @ vector)
            rate = NEAR_RATE * min(max((near - 0.3) / 0.4, 0.0), 1.0)
            rate += BESIDE_RATE * (1 in labels[max(index - 1, 0) : index + 2])
            if labels[index] or self.random.random() < rate:
                kept.append((start, end))
        return kept

    def windows(
        self, query: str, context: str, spans: list[Span], kept: list[Span]
    ) -> Iterator[Example]:
        sentences = split(context)
        evidence, labels = sentence_labels(sentences, spans), sentence_labels(sentences, kept)
        query_ids = tokenize_query(self.tokenizer, query)[:128]
        document = tokenize_document(self.tokenizer, context, sentences)
        start = self.template.document_start(len(query_ids))
        capacity = 512 - len(query_ids) - self.template.size
        for window in plan(document, capacity):
            part = slice(window.start, window.end)
            ids = self.template.pack(query_ids, document.ids[part])
            places = [-1] * start + list(document.sentences[part])
            places += [-1] * (len(ids) - len(places))
            relevant = any(evidence[place] for place in document.sentences[part])
            if spans and not relevant and self.random.random() < 0.5:
                continue  # half of a long document's windows without evidence
            types = self.template.types(len(query_ids), window.end - window.start)
            targets = token_labels(places, labels)
            yield Example(array("i", ids), array("i", types), array("i", targets), float(relevant))


def hard_negatives(rows: list[Question], contexts: list[str], top: int = 12) -> list[list[str]]:
    """For every question, the other contexts nearest by BM25 that hold none of its answers."""
    bm25 = BM25(contexts)
    negatives = []
    for row in rows:
        nearest = np.argsort(-bm25.scores(row.text), kind="stable")[:top]
        negatives.append([contexts[i] for i in nearest if holds_no_answer(contexts[i], row)])
    return negatives


def holds_no_answer(context: str, row: Question) -> bool:
    """Whether `context` is another one than the question's, without any of its answers in it."""
    found = any(answer.lower() in context.lower() for answer in row.answers)
    return context != row.context and not found


def minibatches(examples: list[Example], tokens: int, rng: random.Random) -> list[list[Example]]:
    """Length-sorted within pools, in random order."""
    pool = POOL * max(1, tokens // 192)
    groups = []
    for start in range(0, len(examples), pool):
        part = examples[start : start + pool]
        groups += [[part[i] for i in g] for g in batches([len(e.ids) for e in part], tokens)]
    rng.shuffle(groups)
    return groups


def attention(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attn_mask: torch.Tensor | None,
    dropout_p: float,
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


def pad(rows: list["array[int]"], value: int) -> torch.Tensor:
    tensors = [torch.tensor(row, dtype=torch.long) for row in rows]
    return torch.nn.utils.rnn.pad_sequence(tensors, batch_first=True, padding_value=value)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with train/*.jsonl.gz")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--epochs", type=float, default=2.0)
    parser.add_argument("--learning-rate", type=float, default=2e-4)
    parser.add_argument("--batch-tokens", type=int, default=4096)
    parser.add_argument("--ranking-weight", type=float, default=0.25)
    parser.add_argument("--ema", type=float, default=0.99)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    torch.set_num_threads(2)
    recipe = Recipe(options.data / "train", options.seed)
    epochs = [recipe.epoch() for _ in range(math.ceil(options.epochs))]
    rng = random.Random(options.seed)
    groups = [group for epoch in epochs for group in minibatches(epoch, options.batch_tokens, rng)]
    groups = groups[: round(len(groups) * options.epochs / len(epochs))]

    dropout = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    backbone = minilm.config() | dropout
    config = EncoderConfig(backbone_config=backbone, default_threshold=0.1)
    encoder = PruningEncoder.from_config(config)
    encoder.get_submodule("ranking_model.bert").load_state_dict(minilm.weights())
    average = torch.optim.swa_utils.AveragedModel(
        encoder, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(options.ema)
    )
    decay = [p for p in encoder.parameters() if p.ndim > 1]
    rest = [p for p in encoder.parameters() if p.ndim <= 1]
    optimizer = torch.optim.AdamW(
        [{"params": decay, "weight_decay": 0.01}, {"params": rest, "weight_decay": 0.0}],
        lr=options.learning_rate,
        fused=True,
    )
    warmup = max(1, len(groups) // 20)
    scale = lambda step: min((step + 1) / warmup, (len(groups) - step) / (len(groups) - warmup))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, scale)
    loss_of = PruningLoss(ranking_weight=options.ranking_weight)
    options.output.mkdir(parents=True, exist_ok=True)
    resume = options.output / "resume.pt"
    parts = {"encoder": encoder, "average": average, "optimizer": optimizer, "schedule": schedule}
    done = 0
    if resume.exists():
        saved = torch.load(resume, weights_only=True)
        done = saved.pop("step")
        for name, value in saved.items():
            parts[name].load_state_dict(value)
    print(f"{sum(map(len, groups))} examples, {len(groups)} steps, from step {done}", flush=True)

    encoder.train()
    began, tokens, sums = time.monotonic(), 0, [0.0, 0.0]
    for step, group in enumerate(groups[done:], done):
        ids = pad([e.ids for e in group], 0)
        mask = pad([array("i", [1] * len(e.ids)) for e in group], 0)
        with (
            torch.autocast("cpu", torch.bfloat16),
            patch.object(torch.nn.functional, "scaled_dot_product_attention", attention),
        ):
            output = encoder(ids, None if mask.all() else mask, pad([e.types for e in group], 0))
        loss = loss_of(
            output.pruning_logits.float(),
            output.ranking_logits.float(),
            pruning_labels=pad([e.labels for e in group], IGNORE_INDEX),
            ranking_labels=torch.tensor([e.relevant for e in group]),
        )
        optimizer.zero_grad()
        loss.loss.backward()
        torch.nn.utils.clip_grad_norm_(encoder.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % 4 == 0:
            average.update_parameters(encoder)
        tokens += ids.numel()
        sums = [sums[0] + loss.pruning.item(), sums[1] + loss.ranking.item()]
        if (step + 1) % 50 == 0:
            speed = tokens / (time.monotonic() - began)
            print(
                f"step {step + 1} pruning {sums[0] / 50:.4f} ranking {sums[1] / 50:.4f} {speed:.0f} tokens/s",
                flush=True,
            )
            sums = [0.0, 0.0]
        if (step + 1) % 500 == 0 or step + 1 == len(groups):
            states = {name: part.state_dict() for name, part in parts.items()}
            torch.save({"step": step + 1, **states}, resume.with_suffix(".tmp"))
            resume.with_suffix(".tmp").replace(resume)
            save_checkpoint(options.output, average.module, config, recipe.tokenizer)


if __name__ == "__main__":
    main()
