"""`prune`, `prune_batch` and `rank`: core's pipeline as methods of a model of transformers."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor
from transformers import PretrainedConfig
from transformers.utils import ModelOutput

from pruning_core.pipeline import PruningPipeline
from pruning_core.results import PrunedDocument, RankedDocument
from pruning_core.sentences import SentenceSplitter, split
from pruning_transformers.evaluation_mode import EvaluationMode
from pruning_transformers.loading import LoadingMethods


class PruningMethods(LoadingMethods):
    """Prunes and ranks texts with the model and its tokenizer."""

    def __init__(self, config: PretrainedConfig) -> None:
        super().__init__(config)
        self._evaluation = EvaluationMode()

    def prune(
        self,
        query: str,
        document: str,
        *,
        threshold: float | None = None,
        max_tokens: int | None = None,
        max_characters: int | None = None,
        count_tokens: Callable[[str], int] | None = None,
        min_sentences: int | None = None,
        always_keep: Collection[str] | None = None,
        show_progress: bool | None = None,
    ) -> PrunedDocument:
        """Remove the sentences of `document` that do not matter to `query`.

        Args:
            query: a question or some words; not empty.
            document: a text of any length.
            threshold: keep probability from which a sentence stays, 0 to 1; by default the
                checkpoint's.
            max_tokens: tokens that may stay: of the sentences over the threshold, the most
                probable ones that fit.
            max_characters: the same in characters; both may be given.
            count_tokens: text -> tokens, which `max_tokens` is counted by; by default the
                checkpoint's.
            min_sentences: stay at least, as far as the budget allows.
            always_keep: `first_sentence`, `titles`, `headings`, or several.
            show_progress: show a bar; by default on a terminal.

        Raises:
            OSError: the checkpoint has no tokenizer.
            TypeError: an argument has the wrong type.
            ValueError: an argument has the wrong value.

        Example:
            >>> document = "The dam opened in 1936. The old mill makes flour. Cats purr."
            >>> model.prune("When did the dam open?", document, threshold=0.5).text
            'The dam opened in 1936. '
        """
        with self._pipeline() as pipeline:
            return pipeline.prune(
                query,
                document,
                threshold=threshold,
                max_tokens=max_tokens,
                max_characters=max_characters,
                count_tokens=count_tokens,
                min_sentences=min_sentences,
                always_keep=always_keep,
                show_progress=show_progress,
            )

    def prune_batch(
        self,
        queries: Iterable[str],
        documents: Iterable[str],
        *,
        threshold: float | None = None,
        max_tokens: int | None = None,
        max_characters: int | None = None,
        count_tokens: Callable[[str], int] | None = None,
        min_sentences: int | None = None,
        always_keep: Collection[str] | None = None,
        show_progress: bool | None = None,
    ) -> list[PrunedDocument]:
        """Prune pair by pair: the first document for the first query, and so on.

        Args:
            queries: as many as documents.
            documents: texts of any length.
            threshold: see `prune`, as for all other arguments.
            max_tokens: tokens that may stay of each document.
            max_characters: characters that may stay of each document.
            count_tokens: text -> tokens, for `max_tokens`; by default the checkpoint's.
            min_sentences: of each document.
            always_keep: in each document.
            show_progress: show a bar over all of them.

        Raises:
            TypeError, ValueError: an argument is wrong; nothing was pruned.

        Example:
            >>> queries = ["What do cats do?", "What do dogs do?"]
            >>> results = model.prune_batch(queries, ["Cats purr.", "Dogs bark."], threshold=0.0)
            >>> [result.text for result in results]
            ['Cats purr.', 'Dogs bark.']
        """
        with self._pipeline() as pipeline:
            return pipeline.prune_batch(
                queries,
                documents,
                threshold=threshold,
                max_tokens=max_tokens,
                max_characters=max_characters,
                count_tokens=count_tokens,
                min_sentences=min_sentences,
                always_keep=always_keep,
                show_progress=show_progress,
            )

    def rank(
        self,
        query: str,
        documents: Iterable[str],
        *,
        top_k: int | None = None,
        prune: bool = True,
        threshold: float | None = None,
        max_tokens: int | None = None,
        max_characters: int | None = None,
        count_tokens: Callable[[str], int] | None = None,
        min_sentences: int | None = None,
        always_keep: Collection[str] | None = None,
        show_progress: bool | None = None,
    ) -> list[RankedDocument]:
        """Rank `documents` for `query`, best first, and prune them in the same pass.

        Args:
            query: a question or some words; not empty.
            documents: texts of any length.
            top_k: how many to return; by default all.
            prune: whether to prune; the scores do not depend on it.
            threshold: see `prune`, as for all other arguments.
            max_tokens: tokens that may stay of each document.
            max_characters: characters that may stay of each document.
            count_tokens: text -> tokens, for `max_tokens`; by default the checkpoint's.
            min_sentences: of each document.
            always_keep: in each document.
            show_progress: show a bar over all of them.

        Raises:
            TypeError: an argument has the wrong type.
            ValueError: the checkpoint is `pruning_only`, or an argument has the wrong value.

        Example:
            >>> documents = ["Dogs bark.", "The dam opened in 1936."]
            >>> [row.index for row in model.rank("When did the dam open?", documents)]
            [1, 0]
        """
        with self._pipeline() as pipeline:
            return pipeline.rank(
                query,
                documents,
                top_k=top_k,
                prune=prune,
                threshold=threshold,
                max_tokens=max_tokens,
                max_characters=max_characters,
                count_tokens=count_tokens,
                min_sentences=min_sentences,
                always_keep=always_keep,
                show_progress=show_progress,
            )

    @contextmanager
    def _pipeline(
        self,
        batch_size: int | None = None,
        *,
        splitter: SentenceSplitter = split,
        window_score: Callable[[Sequence[float]], float] = max,
    ) -> Iterator[PruningPipeline]:
        """The pipeline in eval mode; the mode is restored."""
        config = self.config
        budget = batch_size * config.max_length if batch_size else None
        backend = self.tokenizer and self._own_backend
        with self._evaluation.of(self):
            yield PruningPipeline(
                PipelineEncoder(self),
                backend,
                config,
                splitter=splitter,
                token_budget=budget,
                window_score=window_score,
            )


class PipelineEncoder(torch.nn.Module):
    """A model as `PruningPipeline` calls it, whatever its own outputs are."""

    def __init__(self, model: PruningMethods) -> None:
        super().__init__()
        self.model = model

    def forward(self, **inputs: Tensor) -> ModelOutput:
        """The inputs of a batch (B, T) -> an output with both heads' logits."""
        return self.model._encode(**inputs)
