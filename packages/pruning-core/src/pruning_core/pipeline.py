"""PruningPipeline, the only one: queries and documents -> pruned, scored documents."""

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from pruning_core.batching import token_budget_of
from pruning_core.budgets import Budget
from pruning_core.inference import WindowPredictor
from pruning_core.packing import PackedContext, pack
from pruning_core.pairs import Pair, prepare
from pruning_core.progress import progress
from pruning_core.results import PrunedDocument, RankedDocument
from pruning_core.scoring import PipelineSettings, Scoring
from pruning_core.scripts import KnownScripts
from pruning_core.selection import Selection
from pruning_core.sentences import SentenceSplitter, split
from pruning_core.streaming import (
    LOOK_AHEAD_CHARACTERS,
    LOOK_AHEAD_PAIRS,
    read_ahead,
    resumed,
    stretches,
)
from pruning_core.tokenization import TextTokenizer, encodable, untruncated
from pruning_core.validation import (
    as_texts,
    check_bool,
    check_choice,
    check_int,
    check_pairs,
    check_query,
    check_text,
)

if TYPE_CHECKING:
    from tokenizers import Tokenizer


class PruningPipeline:
    """Prunes and ranks documents with a pruning encoder. Threads may share one.

    Args:
        encoder: a `PruningEncoder`, or any module with the same call; it is put in eval mode.
        tokenizer: the checkpoint's; one that truncates or pads is copied, and the copy does not.
        config: the encoder's configuration.
        splitter: text -> sentence spans that tile it.
        token_budget: padded tokens in a batch; by default what suits the encoder's device.
        activation: ranking logit -> score, in place of the configuration's.
        window_score: the ranking logits of a document's windows, in order -> that of the document.

    Example:
        >>> pipeline = PruningPipeline(encoder, tokenizer, encoder.config)
        >>> pipeline.prune("What do cats do?", "Paris is a city. Cats purr.").text
        'Cats purr.'
    """

    def __init__(
        self,
        encoder: nn.Module,
        tokenizer: "Tokenizer",
        config: PipelineSettings,
        *,
        splitter: SentenceSplitter = split,
        token_budget: int | None = None,
        activation: Callable[[Tensor], Tensor] | None = None,
        window_score: Callable[[Sequence[float]], float] = max,
    ) -> None:
        self.encoder = encoder.eval()
        self.tokenizer = untruncated(tokenizer)
        self.config = config
        self.splitter = splitter
        self._scripts = KnownScripts(self.tokenizer)
        self._scoring = Scoring(config, activation, window_score)
        if token_budget is None:
            devices = (parameter.device for parameter in encoder.parameters())
            token_budget = token_budget_of(next(devices, torch.device("cpu")))
        self._predictor = WindowPredictor(
            encoder=self.encoder,
            pad_token_id=config.pad_token_id or 0,
            token_budget=check_int("token_budget", token_budget, minimum=1),
        )

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
            query: the query, not empty.
            document: a text of any length.
            threshold: keep probability from which a sentence stays, 0 to 1; by default the
                checkpoint's.
            max_tokens: tokens that may stay: of the sentences over the threshold, the most
                probable ones that fit.
            max_characters: the same in characters; both may be given.
            count_tokens: text -> tokens, which `max_tokens` is counted by, such as that of a
                language model; by default the checkpoint's.
            min_sentences: sentences that stay at least, as far as the budget allows.
            always_keep: `first_sentence`, `titles`, `headings`, or several; see `Selection`.
            show_progress: show a bar; by default on a terminal.

        Raises:
            TypeError: an argument has the wrong type.
            ValueError: the query is empty, or an option has the wrong value.

        Example:
            >>> pruner.prune("What do cats do?", "Paris is a city. Cats purr.").text
            'Cats purr.'
        """
        check_query(query)
        check_text("document", document)
        budget = Budget(
            max_tokens=max_tokens, max_characters=max_characters, count_tokens=count_tokens
        )
        selection = self._selection(threshold, budget, min_sentences, always_keep)
        return next(self._run([(query, document)], selection, show_progress))

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
            queries: the queries, none empty; any iterable of strings.
            documents: as many documents.
            threshold: see `prune`, as for the other options.
            max_tokens: tokens that may stay of each document.
            max_characters: characters that may stay of each document.
            count_tokens: text -> tokens, for `max_tokens`.
            min_sentences: sentences that stay of each document.
            always_keep: `first_sentence`, `titles`, `headings`, or several.
            show_progress: show a bar; by default on a terminal.

        Raises:
            TypeError: a text is not a string, or an argument has the wrong type.
            ValueError: a query is empty, the lists differ in length, or an option is wrong.
        """
        queries, documents = as_texts("queries", queries), as_texts("documents", documents)
        if len(queries) != len(documents):
            counts = f"{len(queries)} and {len(documents)}"
            raise ValueError(f"`queries` and `documents` must be of one length, not {counts}")
        for index, query in enumerate(queries):
            check_query(query, f"queries[{index}]")
        budget = Budget(
            max_tokens=max_tokens, max_characters=max_characters, count_tokens=count_tokens
        )
        selection = self._selection(threshold, budget, min_sentences, always_keep)
        pairs = list(zip(queries, documents, strict=True))
        return list(self._run(pairs, selection, show_progress))

    def stream(
        self,
        pairs: Iterable[tuple[str, str]],
        *,
        threshold: float | None = None,
        max_tokens: int | None = None,
        max_characters: int | None = None,
        count_tokens: Callable[[str], int] | None = None,
        min_sentences: int | None = None,
        always_keep: Collection[str] | None = None,
        show_progress: bool | None = None,
        look_ahead_pairs: int = LOOK_AHEAD_PAIRS,
        look_ahead_characters: int = LOOK_AHEAD_CHARACTERS,
        skip: int = 0,
    ) -> Iterator[PrunedDocument]:
        """Prune any number of pairs: results come in order, as they are ready.

        The pairs are read in stretches, and a thread splits and tokenizes one while the encoder
        works on the stretch before it; memory does not grow with the number of pairs. An error of
        `pairs` or about one of them is raised after the results of the pairs before it.

        Args:
            pairs: (query, document) pairs, such as a generator gives them; no query empty.
            threshold: see `prune`, as for the other options.
            max_tokens: tokens that may stay of each document.
            max_characters: characters that may stay of each document.
            count_tokens: text -> tokens, for `max_tokens`.
            min_sentences: sentences that stay of each document.
            always_keep: `first_sentence`, `titles`, `headings`, or several.
            show_progress: show a bar; by default on a terminal.
            look_ahead_pairs: pairs of a stretch at most; 1 gives each result before the pair after
                the next is read.
            look_ahead_characters: characters of its documents at most.
            skip: results at the beginning that are left out, such as an earlier run has written;
                the others are what they would be without, to the last bit.

        Raises:
            TypeError: an argument has the wrong type; while reading, a pair has.
            ValueError: an option has the wrong value; while reading, a query is empty.

        Example:
            >>> pairs = (("What do cats do?", text) for text in ["Paris is a city.", "Cats purr."])
            >>> [result.text for result in pruner.stream(pairs)]
            ['', 'Cats purr.']
        """
        checked = check_pairs("pairs", pairs)
        budget = Budget(
            max_tokens=max_tokens, max_characters=max_characters, count_tokens=count_tokens
        )
        selection = self._selection(threshold, budget, min_sentences, always_keep)
        return self._run(
            checked,
            selection,
            show_progress,
            check_int("look_ahead_pairs", look_ahead_pairs, minimum=1),
            check_int("look_ahead_characters", look_ahead_characters, minimum=1),
            check_int("skip", skip, minimum=0),
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
            query: the query, not empty.
            documents: any iterable of strings.
            top_k: how many to return; by default all.
            prune: also prune; the scores do not depend on it.
            threshold: see `prune`, as for the other options.
            max_tokens: tokens that may stay of each document.
            max_characters: characters that may stay of each document.
            count_tokens: text -> tokens, for `max_tokens`.
            min_sentences: sentences that stay of each document.
            always_keep: `first_sentence`, `titles`, `headings`, or several.
            show_progress: show a bar; by default on a terminal.

        Raises:
            TypeError: an argument has the wrong type.
            ValueError: the checkpoint is `pruning_only`, or an argument is wrong.
        """
        check_query(query)
        check_bool("prune", prune)
        documents = as_texts("documents", documents)
        if not self.config.ranks:
            raise ValueError(f"a checkpoint of mode {self.config.mode!r} cannot rank")
        if top_k is not None:
            top_k = check_int("top_k", top_k, minimum=1)
        budget = Budget(
            max_tokens=max_tokens, max_characters=max_characters, count_tokens=count_tokens
        )
        selection = self._selection(threshold, budget, min_sentences, always_keep)
        pairs = [(query, document) for document in documents]
        results = self._run(pairs, selection, show_progress)
        ranked = [
            RankedDocument(
                index=index,
                score=-math.inf if result.score is None else result.score,
                text=result.text if prune else result.original,
                pruned=result if prune else None,
            )
            for index, result in enumerate(results)
        ]
        return sorted(ranked, key=lambda row: -row.score)[:top_k]

    def pack(
        self,
        query: str,
        documents: Iterable[str],
        *,
        max_tokens: int | None = None,
        max_characters: int | None = None,
        count_tokens: Callable[[str], int] | None = None,
        separator: str = "\n\n",
        threshold: float = 0.0,
        always_keep: Collection[str] = (),
        show_progress: bool | None = None,
    ) -> PackedContext:
        """Fill one budget with the sentences of all documents that matter most to `query`.

        Sentences are taken by keep probability times a power of their document's ranking score; the
        context has documents in rank order and sentences in document order, and is never over the
        budget.

        Args:
            query: the query, not empty.
            documents: any iterable of strings.
            max_tokens: tokens of the context, separators included.
            max_characters: characters of it; one of the two is needed, both may be given.
            count_tokens: text -> tokens, such as that of a language model; by default the
                checkpoint's.
            separator: put between two documents.
            threshold: keep probability below which a sentence is left out though it fits.
            always_keep: `headings`, so that each sentence comes with those above it, or nothing.
            show_progress: show a bar; by default on a terminal.

        Raises:
            TypeError: an argument has the wrong type.
            ValueError: there is no budget, or an argument has the wrong value.

        Example:
            >>> documents = ["Paris is a city. Cats purr.", "Dogs bark."]
            >>> context = pruner.pack("What do cats do?", documents, max_tokens=4)
            >>> context.text
            'Cats purr.'
            >>> [(row.index, row.start, row.end) for row in context.sentences]
            [(0, 17, 27)]
        """
        check_query(query)
        documents = as_texts("documents", documents)
        check_text("separator", separator)
        budget = Budget(
            max_tokens=max_tokens, max_characters=max_characters, count_tokens=count_tokens
        )
        if not budget.is_limited:
            raise ValueError("`max_tokens` or `max_characters` is needed")
        selection = self._selection(threshold, Budget(), None, always_keep)
        for name in always_keep:
            check_choice("always_keep", name, ("headings",))
        pairs = [(query, document) for document in documents]
        return pack(
            list(self._run(pairs, selection, show_progress)),
            budget,
            count_tokens=count_tokens or self.count_tokens,
            separator=separator,
            threshold=threshold,
            with_headings=bool(always_keep),
        )

    def count_tokens(self, text: str) -> int:
        """The tokens of a text by the checkpoint's tokenizer, without special tokens."""
        return len(next(self._texts.encode([encodable(text)]))[0])

    @cached_property
    def _texts(self) -> TextTokenizer:
        return TextTokenizer(self.tokenizer)

    def _selection(
        self,
        threshold: float | None,
        budget: Budget,
        min_sentences: int | None,
        always_keep: Collection[str] | None,
    ) -> Selection:
        return Selection(
            threshold=self.config.default_threshold if threshold is None else threshold,
            budget=budget,
            min_sentences=0 if min_sentences is None else min_sentences,
            always_keep=() if always_keep is None else always_keep,
            strictly=self.config.sentence_rule == "kept_share",
        )

    def _run(
        self,
        pairs: Iterable[tuple[str, str]],
        selection: Selection,
        show_progress: bool | None,
        most_pairs: int = LOOK_AHEAD_PAIRS,
        most_characters: int = LOOK_AHEAD_CHARACTERS,
        skip: int = 0,
    ) -> Iterator[PrunedDocument]:
        total = sum(len(text) for _, text in pairs) if isinstance(pairs, list) else None
        parts, done = resumed(stretches(pairs, most_pairs, most_characters), skip)
        with progress(total, show_progress) as advance:
            for stretch in read_ahead(parts, self._prepare):
                predictions = self._predictor.predict(stretch, advance)
                for pair, prediction in list(zip(stretch, predictions, strict=True))[done:]:
                    yield self._scoring.result(pair, prediction, selection)
                done = 0

    def _prepare(self, pairs: Sequence[tuple[str, str]]) -> list[Pair]:
        prepared = prepare(pairs, self.tokenizer, self.config, self.splitter)
        return self._scripts.warned(prepared)
