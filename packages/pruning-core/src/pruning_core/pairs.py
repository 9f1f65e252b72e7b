"""From a pair of texts to windows of tokens: the one way, in training and in use."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from pruning_core.sentences import SentenceSplitter, Span, split
from pruning_core.tokenization import (
    PairTemplate,
    TextTokenizer,
    TokenizedDocument,
    normalize,
    tokenize_document,
    tokenize_query,
)
from pruning_core.validation import check_tiling
from pruning_core.windows import Window, plan

if TYPE_CHECKING:
    from tokenizers import Tokenizer

REMEMBERED_QUERIES = 1_024
"""A query in front of many documents is tokenized once."""


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
        text: the document.
        spans: its sentences, `(start, end)` in characters.
        query: token ids of the query, without special tokens.
        document: the document's tokens.
        template: the special tokens around the two.
        windows: ranges of the document's tokens; each token is in one.
        warnings: what was cut.
    """

    text: str
    spans: list[Span]
    query: list[int]
    document: TokenizedDocument
    template: PairTemplate
    windows: list[Window]
    warnings: tuple[str, ...]

    @property
    def document_start(self) -> int:
        """Position of the document's first token in every window."""
        return len(self.template.specials[0]) + len(self.query) + len(self.template.specials[1])

    def length(self, window: Window) -> int:
        """Tokens of a window, with the query and the special tokens."""
        return len(self.query) + self.template.size + window.end - window.start

    def pack(self, window: Window) -> tuple[list[int], list[int]]:
        """Token ids and token types of a window, with the query and the special tokens."""
        return self.template.pack(self.query, self.document.ids[window.start : window.end])


def prepare(
    pairs: Iterable[tuple[str, str]],
    tokenizer: "Tokenizer",
    config: PairSettings,
    splitter: SentenceSplitter = split,
) -> Iterator[Pair]:
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

    @lru_cache(REMEMBERED_QUERIES)
    def query_ids(query: str) -> list[int]:
        return tokenize_query(texts, form(query))

    for query, text in pairs:
        spans = splitter(text)
        check_tiling(spans, len(text))
        ids = query_ids(query)
        is_long = len(ids) > limit
        document = tokenize_document(texts, text, spans)
        yield Pair(
            text=text,
            spans=spans,
            query=ids[:limit],
            document=document,
            template=template,
            windows=plan(document, config.max_length - len(ids[:limit]) - template.size),
            warnings=(f"the query was cut from {len(ids)} to {limit} tokens",) if is_long else (),
        )
