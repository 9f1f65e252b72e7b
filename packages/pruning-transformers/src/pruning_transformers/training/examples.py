"""Questions -> labelled windows."""

import math
import random
from collections.abc import Iterator, Sequence
from typing import Any

from torch.utils.data import Dataset
from transformers import PreTrainedTokenizerBase

from pruning_core.labels import labelled_windows
from pruning_core.pairs import PairSettings
from pruning_core.sentences import SentenceSplitter, split
from pruning_core.tokenization import untruncated
from pruning_core.validation import check_choice, check_int
from pruning_transformers.questions import Question

Example = dict[str, Any]
"""A window: lists of ints by the names of `PruningDataset`, and a ranking target, a float."""

TEACHER_SCALES = ("logit", "probability")


class PruningDataset(Dataset[Example]):
    """Windows of (question, passage) pairs, ready for `PruningDataCollator`.

    Each item holds `input_ids`, `token_type_ids`, `pruning_labels` (1 keep, 0 drop, -100),
    `token_sentences` and a ranking target: `labels`, 0 to 1, or `teacher_logits`. Without a
    teacher a window's relevance is 1 if it holds evidence. A teacher's score is for the whole
    passage, so that of several windows only those with evidence learn it, or all where there is
    none.

    Args:
        questions: the pairs.
        tokenizer: the checkpoint's, a fast tokenizer of transformers.
        config: the checkpoint's, a `PruningEncoderConfig` or `EncoderConfig`; the windows are
            those that it reads later.
        splitter: document -> sentence spans that tile it, the one that is used later.
        negatives: further passages for each question, drawn from the other questions' passages;
            one that holds an answer of the question is not taken.
        teacher_scale: learn the questions' `score`: `logit`, by mean squared error, or
            `probability`, 0 to 1, by cross-entropy.
        seed: of the draw.

    Attributes:
        negative_count: passages that were drawn; fewer than asked for, where they hold an answer.

    Raises:
        ValueError: an argument is wrong, a question has no score, or the scores are not of the
            scale: probabilities outside of 0 to 1, or logits that are all inside.

    Example:
        >>> questions = [Question(text="What do cats do?", context="Cats purr.", spans=((0, 10),))]
        >>> dataset = PruningDataset(questions, model.tokenizer, model.config)
        >>> dataset[0]["labels"]
        1.0
    """

    def __init__(
        self,
        questions: Sequence[Question],
        tokenizer: PreTrainedTokenizerBase,
        config: PairSettings,
        *,
        splitter: SentenceSplitter = split,
        negatives: int = 0,
        teacher_scale: str | None = None,
        seed: int = 42,
    ) -> None:
        check_int("negatives", negatives, minimum=0)
        if teacher_scale is not None:
            check_choice("teacher_scale", teacher_scale, TEACHER_SCALES)
            _check_scale(questions, teacher_scale)
        self.teacher_scale = teacher_scale
        self._backend = untruncated(tokenizer.backend_tokenizer)
        self._config = config
        self._splitter = splitter
        self._rows = [row for question in questions for row in self._windows(question)]
        self.negative_count = 0
        for question in _negatives(questions, negatives, random.Random(seed)):
            self._rows += self._windows(question)
            self.negative_count += 1

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: int) -> Example:
        return self._rows[index]

    @property
    def keep_share(self) -> float:
        """Share of the document tokens whose label is 1."""
        labels = [label for row in self._rows for label in row["pruning_labels"] if label >= 0]
        return float(sum(labels) / max(len(labels), 1))

    def _windows(self, question: Question) -> Iterator[Example]:
        for window in labelled_windows(
            self._backend,
            self._config,
            question.text,
            question.context,
            question.spans,
            optional=question.optional,
            splitter=self._splitter,
        ):
            if max(window.token_sentences) < 0:
                continue  # a passage without tokens
            row: Example = {
                "input_ids": window.input_ids,
                "token_type_ids": window.token_type_ids,
                "pruning_labels": window.token_labels,
                "token_sentences": window.token_sentences,
            }
            if self.teacher_scale is None:
                target = float(window.holds_evidence)
            elif question.score is None or (question.spans and not window.holds_evidence):
                target = math.nan
            else:
                target = question.score
            name = "teacher_logits" if self.teacher_scale == "logit" else "labels"
            yield row | {name: target}


def _check_scale(questions: Sequence[Question], scale: str) -> None:
    """Catch probabilities that are called logits, and the other way round."""
    scores = []
    for question in questions:
        if question.score is None or not math.isfinite(question.score):
            raise ValueError(f"{question.place}: a `score` is missing or not finite")
        if scale == "probability" and not 0 <= question.score <= 1:
            text = f"`score` {question.score} is not a probability; is its scale `logit`?"
            raise ValueError(f"{question.place}: {text}")
        scores.append(question.score)
    if scale == "logit" and scores and all(0 <= score <= 1 for score in scores):
        raise ValueError(
            "every `score` is from 0 to 1, as probabilities are; `teacher_scale` says `logit`"
        )


def _negatives(questions: Sequence[Question], count: int, rng: random.Random) -> Iterator[Question]:
    """For each question, passages of other questions without any of its answers."""
    contexts = sorted({question.context for question in questions})
    own: dict[str, set[str]] = {}
    for question in questions:
        own.setdefault(question.text, set()).add(question.context)
    for question in questions:
        for context in rng.sample(contexts, min(count, len(contexts))):
            found = any(answer.lower() in context.lower() for answer in question.answers)
            if context not in own[question.text] and not found:
                yield Question(text=question.text, context=context, spans=(), place=question.place)
