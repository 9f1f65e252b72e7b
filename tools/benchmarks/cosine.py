"""Cosine of the untuned MiniLM embeddings, as a baseline."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from pruning_transformers.evaluation.data import EvaluationFile
from tools.recipes.all_minilm_l6_v2 import SentenceEmbedder


class CosineSystem:
    """Cosine of question and sentence, or question and passage."""

    name = "cosine"

    @cached_property
    def embedder(self) -> SentenceEmbedder:
        return SentenceEmbedder()

    def sentence_scores(self, file: EvaluationFile) -> list[np.ndarray]:
        rows = [
            [question.context[slice(*span)] for span in file.spans[question.context]]
            for question in file.questions
        ]
        return self.cosines([question.text for question in file.questions], rows)

    def passage_scores(self, questions: Sequence[str], passages: list[list[str]]) -> np.ndarray:
        return np.array(self.cosines(questions, passages))

    def cosines(self, questions: Sequence[str], rows: list[list[str]]) -> list[np.ndarray]:
        """Of each question and each text of its row."""
        vectors = self.embedder.embed([*questions, *(text for row in rows for text in row)])
        return [
            np.array([vectors[text] @ vectors[question] for text in row])
            for question, row in zip(questions, rows, strict=True)
        ]
