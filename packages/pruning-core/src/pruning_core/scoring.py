"""Scoring: what the encoder says of a pair -> its pruned document."""

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from pruning_core.inference import Prediction
from pruning_core.pairs import Pair, PairSettings
from pruning_core.results import PrunedDocument, SentenceSpan
from pruning_core.selection import Selection

if TYPE_CHECKING:
    from torch import Tensor


def logistic(logit: float) -> float:
    """The sigmoid of a ranking logit, 0 to 1."""
    try:
        return 1 / (1 + math.exp(-logit))
    except OverflowError:  # below -709
        return 0.0


_ACTIVATIONS: dict[str, Callable[[float], float]] = {"sigmoid": logistic, "identity": float}


class PipelineSettings(PairSettings, Protocol):
    """The part of a configuration that the pipeline reads, described at `EncoderConfig`."""

    @property
    def mode(self) -> str:
        """`reranking_pruning` or `pruning_only`."""

    @property
    def ranks(self) -> bool:
        """Whether there is a ranking head."""

    @property
    def default_threshold(self) -> float:
        """Keep probability from which a sentence stays, 0 to 1."""

    @property
    def score_activation(self) -> str:
        """`sigmoid` or `identity`."""

    @property
    def sentence_rule(self) -> str:
        """`mean_probability` or `kept_share`."""

    @property
    def pad_token_id(self) -> int | None:
        """Token id of padding; None is 0."""


class Scoring:
    """Turns predictions into results.

    Args:
        config: the encoder's configuration.
        activation: ranking logit -> score; by default the configuration's.
        window_score: the ranking logits of a document's windows, in order -> that of the document.
    """

    def __init__(
        self,
        config: PipelineSettings,
        activation: "Callable[[Tensor], Tensor] | None",
        window_score: Callable[[Sequence[float]], float],
    ) -> None:
        self.config = config
        self.activation = (
            _ACTIVATIONS[config.score_activation] if activation is None else _of_tensors(activation)
        )
        self.window_score = window_score

    def result(self, pair: Pair, prediction: Prediction, selection: Selection) -> PrunedDocument:
        """The document with the keep probability of each sentence, which stays or not."""
        index, size = pair.document.sentences, len(pair.spans)
        values = prediction.probabilities.astype(np.float64)
        logits = [logit for _, logit in sorted(prediction.ranking_logits.items())]
        is_finite = bool(np.isfinite(values).all()) and all(map(math.isfinite, logits))
        if self.config.sentence_rule == "kept_share":
            values = (values > selection.threshold).astype(np.float64)
        counts = np.bincount(index, minlength=size)
        probabilities = (np.bincount(index, values, size) / np.maximum(counts, 1)).tolist()
        if is_finite:
            kept, warnings = selection.keep(pair.text, pair.spans, probabilities, counts.tolist())
        else:
            kept, probabilities = [True] * len(pair.spans), [1.0] * len(pair.spans)
            warnings = ["the model gave values that are not finite: nothing was removed"]
        # Where there is nothing to read, the logit is that of the query alone.
        can_rank = is_finite and len(pair.document.ids) > 0
        rows = zip(pair.spans, probabilities, kept, strict=True)
        return PrunedDocument(
            original=pair.text,
            sentences=tuple(SentenceSpan(*span, value, stays) for span, value, stays in rows),
            score=self.activation(self.window_score(logits) if can_rank else -math.inf)
            if logits
            else None,
            warnings=(*pair.warnings, *warnings),
        )


def _of_tensors(activation: "Callable[[Tensor], Tensor]") -> Callable[[float], float]:
    def score(logit: float) -> float:
        import torch  # only whoever gives an activation needs it

        return float(activation(torch.tensor(logit, dtype=torch.float64)))

    return score
