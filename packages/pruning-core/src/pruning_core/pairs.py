"""From a pair of texts to windows of tokens: the one way, in training and in use."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from pruning_core.sentences import SentenceSplitter, Span, split
from pruning_core.tokenization import (
    PairTemplate,
    TextTokenizer,
    TokenizedDocument,
    normalize,
    tokenize_documents,
    tokenize_queries,
)
from pruning_core.validation import check_tiling
from pruning_core.windows import Window, plan

if TYPE_CHECKING:
    from tokenizers import Tokenizer


class PairSettings(Protocol):
    """The part of a configuration that decides how a pair is read."""

    @property
    def max_length(self) -> int:
        """The longest window in tokens, special tokens included."""

    @property
    def normalize_query(self) -> bool:
        """Whether the query is lower-cased and loses its punctuation."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A query and a document, ready for the encoder.

    Attributes:
        spans: its sentences, `(start, end)` in characters.
        query: token ids of the query, without special tokens.
        document: the document's tokens.
        template: the special tokens around the two.
        windows: ranges of the document's tokens; each token is in one.
        warnings: what was cut.
    """

    spans: list[Span]
    query: list[int]
    document: TokenizedDocument
    template: PairTemplate
    windows: list[Window]
    warnings: tuple[str, ...]

    @property
    def text(self) -> str:
        """The document."""
        return self.document.text

    @property
    def document_start(self) -> int:
        """Position of the document's first token in every window."""
        return len(self.template.specials[0]) + len(self.query) + len(self.template.specials[1])

    def length(self, window: Window) -> int:
        """Tokens of a window, with the query and the special tokens."""
        return len(self.query) + self.template.size + window.end - window.start

    def characters(self, window: Window) -> int:
        """Characters of the document that a window reads."""
        starts = self.document.starts
        start = starts[window.start] if window.start else 0
        return int((starts[window.end] if window.end < len(starts) else len(self.text)) - start)

    def pack(self, window: Window) -> tuple[np.ndarray, np.ndarray]:
        """Token ids and token types (T,) of a window, with the query and the special tokens."""
        return self.template.pack(self.query, self.document.ids[window.start : window.end])


def prepare(
    pairs: Sequence[tuple[str, str]],
    tokenizer: "Tokenizer",
    config: PairSettings,
    splitter: SentenceSplitter = split,
) -> list[Pair]:
    """Split, tokenize and plan (query, document) pairs as a checkpoint reads them.

    Args:
        pairs: queries and documents.
        tokenizer: the checkpoint's, without truncation and padding.
        config: its configuration; a query is cut to half of `max_length`.
        splitter: document -> sentence spans that tile it.

    Raises:
        ValueError: `splitter` does not tile a document.
    """
    template, texts = PairTemplate.of(tokenizer), TextTokenizer(tokenizer)
    form = normalize if config.normalize_query else str
    limit = config.max_length // 2

    queries = tokenize_queries(texts, {query: form(query) for query, _ in pairs})
    spans = [splitter(text) for _, text in pairs]
    for (_, text), found in zip(pairs, spans, strict=True):
        check_tiling(found, len(text))
    documents = tokenize_documents(texts, [text for _, text in pairs], spans)

    def pair(query: str, document: TokenizedDocument, found: list[Span]) -> Pair:
        ids = queries[query]
        warning = f"the query was cut from {len(ids)} to {limit} tokens"
        return Pair(
            spans=found,
            query=ids[:limit],
            document=document,
            template=template,
            windows=plan(document, config.max_length - len(ids[:limit]) - template.size),
            warnings=(warning,) if len(ids) > limit else (),
        )

    rows = zip(pairs, documents, spans, strict=True)
    return [pair(query, document, found) for (query, _), document, found in rows]
