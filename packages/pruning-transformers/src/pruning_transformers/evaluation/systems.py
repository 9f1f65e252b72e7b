"""What can be measured: pruning encoders, cross-encoders and baselines."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from transformers import (
    AutoConfig,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    BatchEncoding,
    PreTrainedTokenizerBase,
)

from pruning_core import Pruner, checkpoint
from pruning_core.batching import batches
from pruning_core.sentences import Span
from pruning_transformers import PruningEncoderModel
from pruning_transformers.evaluation.bm25 import BM25
from pruning_transformers.evaluation.data import EvaluationFile
from pruning_transformers.evaluation.metrics import Array


class System(Protocol):
    """Gives a score to every sentence of a question, or to passages, or both."""

    name: str

    def sentence_scores(self, file: EvaluationFile) -> list[Array] | None:
        """One array of scores a question; None where it does not prune."""

    def passage_scores(self, questions: Sequence[str], passages: list[list[str]]) -> Array | None:
        """Scores (Q, C) of each question's passages; None where it does not rank."""


class PrunerSystem:
    """A pruning encoder.

    Args:
        name: in the report.
        model: the encoder, in transformers or, of an ONNX folder, a `Pruner`.
        show_progress: show a bar; by default on a terminal.
    """

    def __init__(
        self,
        name: str,
        model: PruningEncoderModel | Pruner,
        *,
        show_progress: bool | None = None,
    ) -> None:
        self.name = name
        self.model = model
        self._show_progress = show_progress

    def sentence_scores(self, file: EvaluationFile) -> list[Array]:
        texts = [question.text for question in file.questions]
        contexts = [question.context for question in file.questions]
        results = self.model.prune_batch(texts, contexts, show_progress=self._show_progress)
        return [np.array([s.probability for s in result.sentences]) for result in results]

    def passage_scores(self, questions: Sequence[str], passages: list[list[str]]) -> Array | None:
        if not self.model.config.ranks:
            return None
        flat = [(q, text) for q, row in zip(questions, passages, strict=True) for text in row]
        results = self.model.prune_batch(
            [q for q, _ in flat], [text for _, text in flat], show_progress=self._show_progress
        )
        return np.array([result.score for result in results]).reshape(len(questions), -1)


class CrossEncoderSystem:
    """A plain cross-encoder: ranks only."""

    def __init__(self, name: str, model: str) -> None:
        self.name = name
        architecture = (AutoConfig.from_pretrained(model).architectures or [""])[0]
        if not architecture.endswith("ForSequenceClassification"):
            raise ValueError(f"{model!r} is not a cross-encoder but {architecture or 'unknown'}")
        self._tokenizer = AutoTokenizer.from_pretrained(model)
        self._model = AutoModelForSequenceClassification.from_pretrained(
            model, use_safetensors=True
        ).eval()

    def sentence_scores(self, file: EvaluationFile) -> None:
        return None

    @torch.inference_mode()
    def passage_scores(self, questions: Sequence[str], passages: list[list[str]]) -> Array:
        flat = [(q, text) for q, row in zip(questions, passages, strict=True) for text in row]
        limit = min(512, self._tokenizer.model_max_length)
        first, second = [q for q, _ in flat], [text for _, text in flat]
        rows = self._tokenizer(first, second, truncation=True, max_length=limit)
        scores = np.zeros(len(flat))
        for group, batch in padded_batches(self._tokenizer, rows, 1024):
            logits = self._model(**batch.to(self._model.device)).logits
            scores[group] = logits[:, 0].float().cpu().numpy()
        return scores.reshape(len(questions), -1)


def padded_batches(
    tokenizer: PreTrainedTokenizerBase, rows: BatchEncoding, tokens: int
) -> Iterator[tuple[list[int], BatchEncoding]]:
    """Tokenized texts in batches of at most so many tokens: places in `rows`, and tensors."""
    for group in batches([len(ids) for ids in rows["input_ids"]], tokens):
        part = {name: [values[i] for i in group] for name, values in rows.items()}
        yield group, tokenizer.pad(part, return_tensors="pt")


class BM25System:
    """BM25; the sentences or passages of a file are its collection.

    Args:
        name: in the report.
        split: see `BM25`.
    """

    def __init__(self, name: str = "BM25", split: Callable[[str], list[str]] | None = None) -> None:
        self.name = name
        self._split = split

    def sentence_scores(self, file: EvaluationFile) -> list[Array]:
        places: dict[tuple[str, Span], int] = {}
        for context, spans in file.spans.items():
            for span in spans:
                places[context, span] = len(places)
        bm25 = BM25([context[slice(*span)] for context, span in places], self._split)
        return [
            bm25.scores(q.text)[[places[q.context, span] for span in file.spans[q.context]]]
            for q in file.questions
        ]

    def passage_scores(self, questions: Sequence[str], passages: list[list[str]]) -> Array:
        texts = sorted({text for row in passages for text in row})
        places = {text: place for place, text in enumerate(texts)}
        bm25 = BM25(texts, self._split)
        rows = zip(questions, passages, strict=True)
        return np.array([bm25.scores(q)[[places[text] for text in row]] for q, row in rows])


class LeadSystem:
    """Keeps the first sentences; ranks nothing."""

    name = "lead-k"

    def sentence_scores(self, file: EvaluationFile) -> list[Array]:
        return [-np.arange(len(file.spans[q.context]), dtype=float) for q in file.questions]

    def passage_scores(self, questions: Sequence[str], passages: list[list[str]]) -> None:
        return None


def open_systems(models: Sequence[str], *, show_progress: bool | None = None) -> list[System]:
    """Open models to be measured, each under the last part of its path, or all of it where two
    are equal.

    Args:
        models: pruning encoders (`default` is the built-in one) and plain cross-encoders, which are
            only ranked; folders or hub ids.
        show_progress: show bars; by default on a terminal.

    Raises:
        OSError, ValueError: one is neither.

    Example:
        >>> [system.name for system in open_systems(["default"])]
        ['default']
    """
    names = [Path(model).name if Path(model).is_dir() else model for model in models]
    labels = names if len(set(names)) == len(names) else models
    return [
        open_system(model, label, show_progress=show_progress)
        for model, label in zip(models, labels, strict=True)
    ]


def open_system(
    name: str, label: str | None = None, *, show_progress: bool | None = None
) -> System:
    """Open a pruning encoder (`default` is the built-in one) or a plain cross-encoder.

    Raises:
        OSError, ValueError: it is neither.
    """
    label = label or name
    if not checkpoint.is_pruning_encoder(name):
        return CrossEncoderSystem(label, name)
    if checkpoint.open(name, backend="auto").backend == "onnx":
        return PrunerSystem(label, Pruner.from_pretrained(name), show_progress=show_progress)
    model = PruningEncoderModel.from_pretrained(name).eval()
    return PrunerSystem(label, model, show_progress=show_progress)
