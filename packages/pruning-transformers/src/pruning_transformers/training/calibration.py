"""Calibration: keep probabilities that can be taken at their word."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F
from transformers import PreTrainedModel

from pruning_core.batching import batches
from pruning_core.heads import PruningHead
from pruning_core.losses import IGNORE_INDEX
from pruning_transformers.training.collator import PruningDataCollator
from pruning_transformers.training.examples import Example, PruningDataset

BATCH_TOKENS = 4096


@dataclass(frozen=True)
class Calibration:
    """A scale and a shift of the keep logit, the difference of a token's two logits.

    Attributes:
        scale: above 0, so that the order of tokens stays.
        shift: added after it.
        before: mean cross-entropy of the sentences' probabilities as they were.
        after: and as they are.
    """

    scale: float
    shift: float
    before: float
    after: float

    def fold(self, head: PruningHead) -> None:
        """Change the weights of a pruning head, so that its own logits are calibrated."""
        with torch.no_grad():
            head.classifier.weight.mul_(self.scale)
            head.classifier.bias.mul_(self.scale)
            head.classifier.bias[1] += self.shift


def calibrate(
    model: PreTrainedModel, examples: PruningDataset, collator: PruningDataCollator
) -> Calibration:
    """Fit the keep logit of a model to the evidence of labelled windows, and fold it in.

    Of the sentences with a keep probability of 0.3 about 30 % are evidence then.

    Args:
        model: a pruning encoder; the weights of its head change.
        examples: windows that it was not trained on, with and without evidence.
        collator: makes batches of them.

    Raises:
        ValueError: all sentences are evidence, or none is.

    Source: Platt scaling with its targets (Platt, 1999), here under the mean over a sentence's
    tokens.
    """
    found = fit(*_sentences(model, examples, collator))
    found.fold(model.pruning_head)
    return found


def fit(logits: Tensor, sentences: Tensor, labels: Tensor) -> Calibration:
    """The scale and the shift with the least cross-entropy of sentences.

    Args:
        logits: keep logits of all tokens (T,).
        sentences: the sentence of each token (T,), from 0.
        labels: 1 for evidence, else 0, of each sentence (S,).
    """
    if not 0 < labels.sum() < len(labels):
        raise ValueError("to calibrate, some sentences must be evidence and some not")
    logits, labels = logits.double(), labels.double()
    # Not quite 0 and 1, so that few sentences, which a scale can part, do not ask for any scale.
    many, few = (len(labels) - labels.sum() + 2).reciprocal(), (labels.sum() + 2).reciprocal()
    targets = torch.where(labels > 0, 1 - few, many)
    counts = torch.bincount(sentences, minlength=len(labels)).double()
    parameters = torch.zeros(2, dtype=torch.float64, requires_grad=True)  # log of scale, shift

    def cross_entropy() -> Tensor:
        probabilities = (parameters[0].exp() * logits + parameters[1]).sigmoid()
        means = torch.zeros_like(labels).index_add(0, sentences, probabilities) / counts
        return F.binary_cross_entropy(means.clamp(1e-12, 1 - 1e-12), targets)

    def step() -> Tensor:
        optimizer.zero_grad()
        loss = cross_entropy()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimizer = torch.optim.LBFGS([parameters], max_iter=100, line_search_fn="strong_wolfe")
    before = cross_entropy().item()
    optimizer.step(step)  # type: ignore[no-untyped-call]
    scale, shift = math.exp(parameters[0].item()), parameters[1].item()
    return Calibration(scale, shift, before, cross_entropy().item())


def _sentences(
    model: PreTrainedModel, examples: PruningDataset, collator: PruningDataCollator
) -> tuple[Tensor, Tensor, Tensor]:
    """Keep logits of all labelled tokens, the sentence of each, and the sentences' labels."""
    rows: Sequence[Example] = [examples[index] for index in range(len(examples))]
    logits, places, labels = [], [], []
    seen = 0
    was_training = model.training
    model.eval()
    for group in batches([len(row["input_ids"]) for row in rows], BATCH_TOKENS):
        batch = collator([rows[index] for index in group])
        known = batch["pruning_labels"] != IGNORE_INDEX  # (B, T)
        if not known.any():
            continue
        names = ("input_ids", "attention_mask", "token_type_ids")
        with torch.inference_mode():
            output = model(**{name: batch[name].to(model.device) for name in names})
        found = output.get("pruning_logits")
        found = (output.logits if found is None else found).float().cpu()
        logits.append((found[..., 1] - found[..., 0])[known])
        windows = torch.arange(len(group))[:, None].expand_as(known)
        both = torch.stack([windows[known], batch["token_sentences"][known]], 1)
        unique, index = torch.unique(both, dim=0, return_inverse=True)
        places.append(index + seen)
        own = torch.zeros(len(unique), dtype=torch.long)
        labels.append(own.index_copy(0, index, batch["pruning_labels"][known]))
        seen += len(unique)
    model.train(was_training)
    if not logits:
        raise ValueError("to calibrate, some sentences must be evidence and some not")
    return torch.cat(logits), torch.cat(places), torch.cat(labels)
