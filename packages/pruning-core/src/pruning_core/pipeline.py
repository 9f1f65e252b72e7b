"""PruningPipeline, the only one: queries and documents -> pruned, scored documents."""

import math
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

import torch
from torch import Tensor, nn

from pruning_core.config_rules import SCORE_ACTIVATIONS
from pruning_core.inference import Inference, Pair, Prediction
from pruning_core.results import PrunedDocument, RankedDocument, SentenceSpan
from pruning_core.selection import Selection
from pruning_core.sentences import SentenceSplitter, split
from pruning_core.tokenization import (
    PairTemplate,
    normalize,
    tokenize_document,
    tokenize_query,
    untruncated,
)
from pruning_core.validation import check_int, check_query, check_text, check_texts, check_tiling
from pruning_core.windows import plan

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from pruning_core.config import EncoderConfig

TOKEN_BUDGET = 1024
"""Padded tokens in a batch; 512 to 1,024 are fastest (`tools/benchmark.py --budgets`)."""


class PruneOptions(TypedDict, total=False):
    """What `prune`, `prune_batch` and `rank` take by keyword; None is the default.

    `threshold` (by default the checkpoint's), `max_tokens`, `min_sentences` and `always_keep` are
    described at `Selection`; `show_progress` shows a bar, by default on a terminal.
    """

    threshold: float | None
    max_tokens: int | None
    min_sentences: int | None
    always_keep: Collection[str] | None
    show_progress: bool | None


class PruningPipeline:
    """Prunes and ranks documents with a pruning encoder. Threads may share one.

    Args:
        encoder: a `PruningEncoder`, or any module with the same call; it is put in eval mode.
        tokenizer: the checkpoint's; one that truncates or pads is copied, and the copy does not.
        config: the encoder's configuration.
        splitter: text -> sentence spans that tile it.
        token_budget: padded tokens in a batch.
        activation: ranking logit -> score, in place of the configuration's.
    """

    def __init__(
        self,
        encoder: nn.Module,
        tokenizer: "Tokenizer",
        config: "EncoderConfig",
        *,
        splitter: SentenceSplitter = split,
        token_budget: int = TOKEN_BUDGET,
        activation: Callable[[Tensor], Tensor] | None = None,
    ) -> None:
        self.encoder = encoder.eval()
        self.tokenizer = untruncated(tokenizer)
        self.config = config
        self.splitter = splitter
        self.activation = activation or SCORE_ACTIVATIONS[config.score_activation]
        self._inference = Inference(
            encoder=self.encoder,
            template=PairTemplate.of(self.tokenizer),
            pad_token_id=config.pad_token_id or 0,
            token_budget=token_budget,
        )

    def prune(self, query: str, document: str, **options: Unpack[PruneOptions]) -> PrunedDocument:
        """Remove the sentences of `document` that do not matter to `query`."""
        check_query(query)
        check_text("document", document)
        return self._run([query], [document], options)[0]

    def prune_batch(
        self, queries: Sequence[str], documents: Sequence[str], **options: Unpack[PruneOptions]
    ) -> list[PrunedDocument]:
        """Prune pair by pair: the first document for the first query, and so on.

        Raises:
            TypeError: a text is not a string, or the texts are not in a list.
            ValueError: a query is empty, the lists differ in length, or an option is wrong.
        """
        check_texts("queries", queries)
        check_texts("documents", documents)
        if len(queries) != len(documents):
            counts = f"{len(queries)} and {len(documents)}"
            raise ValueError(f"`queries` and `documents` must be of one length, not {counts}")
        for index, query in enumerate(queries):
            check_query(query, f"queries[{index}]")
        return self._run(queries, documents, options)

    def rank(
        self,
        query: str,
        documents: Sequence[str],
        *,
        top_k: int | None = None,
        prune: bool = True,
        **options: Unpack[PruneOptions],
    ) -> list[RankedDocument]:
        """Rank `documents` for `query`, best first, and prune them in the same pass.

        `top_k` is how many to return; the scores do not depend on `prune`.

        Raises:
            ValueError: the checkpoint is `pruning_only`, or an argument is wrong.
        """
        check_query(query)
        check_texts("documents", documents)
        if self.config.mode != "reranking_pruning":
            raise ValueError(f"a checkpoint of mode {self.config.mode!r} cannot rank")
        if top_k is not None:
            check_int("top_k", top_k, minimum=1)
        results = self._run([query] * len(documents), documents, options)
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

    def _run(
        self, queries: Sequence[str], documents: Sequence[str], options: PruneOptions
    ) -> list[PrunedDocument]:
        given: dict[str, Any] = {k: value for k, value in options.items() if value is not None}
        show_progress = given.pop("show_progress", None)
        defaults = {
            "threshold": self.config.default_threshold,
            "strictly": self.config.sentence_rule == "kept_share",
        }
        selection = Selection(**defaults | given)
        form = normalize if self.config.normalize_query else str
        tokenized = {query: tokenize_query(self.tokenizer, form(query)) for query in set(queries)}
        pairs = [
            self._pair(tokenized[query], document)
            for query, document in zip(queries, documents, strict=True)
        ]
        predictions = self._inference.predict(pairs, show_progress)
        rows = zip(pairs, predictions, strict=True)
        return [self._result(pair, prediction, selection) for pair, prediction in rows]

    def _pair(self, query: list[int], text: str) -> Pair:
        spans = self.splitter(text)
        # bundle: off
        check_tiling(spans, len(text))
        # bundle: on
        warnings = []
        limit = self.config.max_length // 2
        if len(query) > limit:
            warnings.append(f"the query was cut from {len(query)} to {limit} tokens")
            query = query[:limit]
        document = tokenize_document(self.tokenizer, text, spans)
        capacity = self.config.max_length - len(query) - self._inference.template.size
        windows = plan(document, capacity)
        return Pair(query, text, spans, document, windows, warnings)

    def _result(self, pair: Pair, prediction: Prediction, selection: Selection) -> PrunedDocument:
        index = torch.tensor(pair.document.sentences, dtype=torch.long)
        size, values = len(pair.spans), prediction.probabilities.double()
        logits, is_finite = prediction.ranking_logits, bool(values.isfinite().all())
        if self.config.sentence_rule == "kept_share":
            values = (values > selection.threshold).double()
        counts = torch.bincount(index, minlength=size)
        probabilities = (torch.bincount(index, values, size) / counts.clamp(min=1)).tolist()
        score = self._score(max(logits)) if logits else None
        if is_finite and all(map(math.isfinite, logits)):
            kept, warnings = selection.keep(pair.text, pair.spans, probabilities, counts.tolist())
        else:
            kept, probabilities = [True] * len(pair.spans), [1.0] * len(pair.spans)
            score = self._score(-math.inf) if logits else None
            warnings = ["the model gave values that are not finite: nothing was removed"]
        rows = zip(pair.spans, probabilities, kept, strict=True)
        return PrunedDocument(
            original=pair.text,
            sentences=tuple(SentenceSpan(*span, value, stays) for span, value, stays in rows),
            score=score,
            warnings=(*pair.warnings, *warnings),
        )

    def _score(self, logit: float) -> float:
        return float(self.activation(torch.tensor(logit, dtype=torch.float64)))
