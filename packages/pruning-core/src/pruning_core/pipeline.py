"""PruningPipeline, the only one: queries and documents -> pruned, scored documents."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from pruning_core.batch_encoder import BatchEncoder
from pruning_core.calls import (
    Answer,
    Call,
    batch_call,
    pack_call,
    prune_call,
    rank_call,
    selection_of,
)
from pruning_core.inference import WindowPredictor
from pruning_core.packing import PackedContext
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
from pruning_core.torch_encoder import TorchBatchEncoder
from pruning_core.validation import check_int, check_pairs

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from torch import Tensor, nn


class PruningPipeline:
    """Prunes and ranks documents with a pruning encoder. Threads may share one.

    Args:
        encoder: a `PruningEncoder`, or any module with the same call, which is put in eval mode;
            or a `BatchEncoder`.
        tokenizer: the checkpoint's; one that truncates or pads is copied, and the copy does not.
        config: the encoder's configuration.
        splitter: text -> sentence spans that tile it.
        token_budget: padded tokens in a batch; by default what suits the encoder.
        activation: ranking logit -> score, in place of the configuration's.
        window_score: the ranking logits of a document's windows, in order -> that of the document.

    Example:
        >>> pipeline = PruningPipeline(pruner.encoder, pruner.tokenizer, pruner.config)
        >>> pipeline.count_tokens("Cats purr.")
        4
    """

    def __init__(
        self,
        encoder: "nn.Module | BatchEncoder",
        tokenizer: "Tokenizer",
        config: PipelineSettings,
        *,
        splitter: SentenceSplitter = split,
        token_budget: int | None = None,
        activation: "Callable[[Tensor], Tensor] | None" = None,
        window_score: Callable[[Sequence[float]], float] = max,
    ) -> None:
        runner = encoder if isinstance(encoder, BatchEncoder) else TorchBatchEncoder(encoder.eval())
        self.encoder = encoder
        self.tokenizer = untruncated(tokenizer)
        self.config = config
        self.splitter = splitter
        self._scripts = KnownScripts(self.tokenizer)
        self._scoring = Scoring(config, activation, window_score)
        if token_budget is None:
            token_budget = runner.token_budget
        self._predictor = WindowPredictor(
            encoder=runner,
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
            >>> document = "The dam opened in 1936. The old mill makes flour. Cats purr."
            >>> pruner.prune("When did the dam open?", document, threshold=0.5).text
            'The dam opened in 1936. '
        """
        selection = selection_of(
            self.config,
            threshold=threshold,
            max_tokens=max_tokens,
            max_characters=max_characters,
            count_tokens=count_tokens,
            min_sentences=min_sentences,
            always_keep=always_keep,
        )
        return self._answer(prune_call(query, document, selection), show_progress)

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

        Example:
            >>> queries = ["What do cats do?", "What do dogs do?"]
            >>> results = pruner.prune_batch(queries, ["Cats purr.", "Dogs bark."], threshold=0.0)
            >>> [result.text for result in results]
            ['Cats purr.', 'Dogs bark.']
        """
        selection = selection_of(
            self.config,
            threshold=threshold,
            max_tokens=max_tokens,
            max_characters=max_characters,
            count_tokens=count_tokens,
            min_sentences=min_sentences,
            always_keep=always_keep,
        )
        return self._answer(batch_call(queries, documents, selection), show_progress)

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
            >>> pairs = (("What do cats do?", text) for text in ["Cats purr.", "Cats sleep."])
            >>> [result.text for result in pruner.stream(pairs, threshold=0.0)]
            ['Cats purr.', 'Cats sleep.']
        """
        checked = check_pairs("pairs", pairs)
        selection = selection_of(
            self.config,
            threshold=threshold,
            max_tokens=max_tokens,
            max_characters=max_characters,
            count_tokens=count_tokens,
            min_sentences=min_sentences,
            always_keep=always_keep,
        )
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

        Example:
            >>> documents = ["Dogs bark.", "The dam opened in 1936."]
            >>> [row.index for row in pruner.rank("When did the dam open?", documents)]
            [1, 0]
        """
        selection = selection_of(
            self.config,
            threshold=threshold,
            max_tokens=max_tokens,
            max_characters=max_characters,
            count_tokens=count_tokens,
            min_sentences=min_sentences,
            always_keep=always_keep,
        )
        call = rank_call(self.config, query, documents, selection, top_k=top_k, prune=prune)
        return self._answer(call, show_progress)

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
            >>> documents = ["Dogs bark.", "The dam opened in 1936. Cats purr."]
            >>> context = pruner.pack("When did the dam open?", documents, max_tokens=6)
            >>> context.text
            'The dam opened in 1936. '
            >>> [(row.index, row.start, row.end) for row in context.sentences]
            [(1, 0, 24)]
        """
        call = pack_call(
            self.config,
            query,
            documents,
            max_tokens=max_tokens,
            max_characters=max_characters,
            count_tokens=count_tokens,
            default_counter=self.count_tokens,
            separator=separator,
            threshold=threshold,
            always_keep=always_keep,
        )
        return self._answer(call, show_progress)

    def count_tokens(self, text: str) -> int:
        """The tokens of a text by the checkpoint's tokenizer, without special tokens.

        Example:
            >>> pruner.count_tokens("The dam opened in 1936.")
            6
        """
        return len(next(self._texts.encode([encodable(text)]))[0])

    @cached_property
    def _texts(self) -> TextTokenizer:
        return TextTokenizer(self.tokenizer)

    def _answer(self, call: Call[Answer], show_progress: bool | None) -> Answer:
        return call.answer(list(self._run(call.pairs, call.selection, show_progress)))

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
