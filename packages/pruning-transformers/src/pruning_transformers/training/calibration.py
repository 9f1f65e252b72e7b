"""Calibration: keep probabilities and scores that can be taken at their word."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import PreTrainedModel

from pruning_core.batching import batches
from pruning_core.losses import IGNORE_INDEX
from pruning_transformers.training.collator import PruningDataCollator
from pruning_transformers.training.examples import Example, PruningDataset

BATCH_TOKENS = 4096


@dataclass(frozen=True)
class Calibration:
    """A scale and a shift of a logit: of the keep logit, the difference of a token's two, or of the
    ranking logit.

    Attributes:
        scale: above 0, so that the order stays.
        shift: added after it.
        before: mean cross-entropy of the probabilities as they were, of sentences or of windows.
        after: and as they are.
    """

    scale: float
    shift: float
    before: float
    after: float

    def fold(self, layer: nn.Linear) -> None:
        """Change the layer that gives the logit, so that its own numbers are calibrated.

        Of a layer with two outputs it is their difference.
        """
        with torch.no_grad():
            layer.weight.mul_(self.scale)
            layer.bias.mul_(self.scale)
            layer.bias[-1] += self.shift


def calibrate(
    model: PreTrainedModel,
    examples: PruningDataset,
    collator: PruningDataCollator,
    *,
    ranking: bool = False,
) -> tuple[Calibration, Calibration | None]:
    """Fit the logits of a model to the evidence of labelled windows, and fold that in.

    Of the sentences with a keep probability of 0.3 about 30 % are evidence then, and of the windows
    with a score of 0.3 about 30 % hold some.

    Args:
        model: a pruning encoder; the weights of its heads change.
        examples: windows that it was not trained on, with and without evidence.
        collator: makes batches of them.
        ranking: also of the ranking score; of a model with one score, a sigmoid's.

    Returns:
        The calibration of the keep logit, and that of the ranking logit; None where it was not
        asked for, or all windows hold evidence, or none does.

    Raises:
        ValueError: all sentences are evidence, or none is.

    Source: Platt scaling with its targets (Platt, 1999), here under the mean over a sentence's
    tokens.
    """
    logits, sentences, labels, scores, holds = _read(model, examples, collator, ranking)
    keep = fit(logits, sentences, labels)
    found = None
    if ranking and 0 < holds.sum() < len(holds):
        found = fit(scores, torch.arange(len(scores)), holds)
        found.fold(_ranking_layer(model))
    keep.fold(model.pruning_head.classifier)
    return keep, found


def _ranking_layer(model: PreTrainedModel) -> nn.Linear:
    """The last layer of the ranking head."""
    layers = [m for m in model.ranking_model.modules() if isinstance(m, nn.Linear)]
    return [layer for layer in layers if layer.out_features == 1][-1]


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


def _read(
    model: PreTrainedModel, examples: PruningDataset, collator: PruningDataCollator, ranking: bool
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Keep logits of all labelled tokens, the sentence of each, and the sentences' labels; ranking
    logits of windows, and whether each holds evidence.
    """
    rows: Sequence[Example] = [examples[index] for index in range(len(examples))]
    logits, places, labels = [], [], []
    scores, holds = [torch.zeros(0)], [torch.zeros(0)]
    seen = 0
    was_training = model.training
    model.eval()
    for group in batches([len(row["input_ids"]) for row in rows], BATCH_TOKENS):
        batch = collator([rows[index] for index in group])
        names = ("input_ids", "attention_mask", "token_type_ids")
        with torch.inference_mode():
            output = model(**{name: batch[name].to(model.device) for name in names})
        known = batch["pruning_labels"] != IGNORE_INDEX  # (B, T)
        if ranking:
            scores.append(output.logits[:, 0].float().cpu())
            holds.append((batch["pruning_labels"] == 1).any(1).float())
        if not known.any():
            continue
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
    keep = torch.cat(logits), torch.cat(places), torch.cat(labels)
    return *keep, torch.cat(scores), torch.cat(holds)
