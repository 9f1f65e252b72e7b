"""Evidence spans -> sentence and token labels, for every trainer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pruning_core.losses import IGNORE_INDEX
from pruning_core.sentences import Span, split
from pruning_core.tokenization import PairTemplate, tokenize_document, tokenize_query
from pruning_core.windows import plan

if TYPE_CHECKING:
    from tokenizers import Tokenizer


@dataclass(frozen=True, kw_only=True)
class LabelledWindow:
    """One window of a (query, document) pair, with special tokens.

    `input_ids`, `token_type_ids`, `token_labels` and `token_sentences` have one entry a token;
    `token_labels` are 1 (keep), 0 (drop) and -100 for the query and special tokens,
    `token_sentences` the document's sentences from 0, and -1 there. `holds_evidence` says whether
    a sentence of the window is evidence.
    """

    input_ids: list[int]
    token_type_ids: list[int]
    token_labels: list[int]
    token_sentences: list[int]
    holds_evidence: bool


def sentence_labels(sentences: Sequence[Span], evidence: Sequence[Span]) -> list[int]:
    """1 for every sentence that overlaps an evidence span, else 0.

    Args:
        sentences: `(start, end)` character spans in order, from `sentences.split`.
        evidence: `(start, end)` character spans of the same text.

    Raises:
        ValueError: an evidence span is empty or ends outside of the sentences.
    """
    last = sentences[-1][1] if sentences else 0
    for start, end in evidence:
        if not 0 <= start < end <= last:
            raise ValueError(f"`evidence` span ({start}, {end}) is not inside a text of {last}")
    return [
        int(any(begin < end and start < stop for begin, stop in evidence))
        for start, end in sentences
    ]


def token_labels(token_sentences: Sequence[int], labels: Sequence[int]) -> list[int]:
    """Give every token the label of its sentence; tokens of sentence -1 are ignored.

    Args:
        token_sentences: sentence index of every token; -1 for query and special tokens.
        labels: one label a sentence, from `sentence_labels`.
    """
    return [IGNORE_INDEX if index < 0 else labels[index] for index in token_sentences]


def labelled_windows(
    tokenizer: "Tokenizer",
    query: str,
    document: str,
    evidence: Sequence[Span],
    *,
    max_length: int = 512,
    kept: Sequence[Span] | None = None,
) -> Iterator[LabelledWindow]:
    """The windows of a pair as a `Pruner` reads them, with labels.

    Args:
        tokenizer: the checkpoint's, without truncation.
        query: the query; cut to half of `max_length`.
        document: the document; as many windows as it needs.
        evidence: `(start, end)` character spans of `document`.
        max_length: the longest window in tokens.
        kept: spans whose sentences are labelled 1; by default `evidence`.

    Raises:
        ValueError: a span is not inside of `document`.
    """
    template, sentences = PairTemplate.of(tokenizer), split(document)
    holds = sentence_labels(sentences, evidence)
    labels = holds if kept is None else sentence_labels(sentences, kept)
    query_ids = tokenize_query(tokenizer, query)[: max_length // 2]
    tokens = tokenize_document(tokenizer, document, sentences)
    start = template.document_start(len(query_ids))
    for window in plan(tokens, max_length - len(query_ids) - template.size):
        part = slice(window.start, window.end)
        ids, types = template.pack(query_ids, tokens.ids[part])
        places = [-1] * start + list(tokens.sentences[part])
        places += [-1] * (len(ids) - len(places))
        yield LabelledWindow(
            input_ids=ids,
            token_type_ids=types,
            token_labels=token_labels(places, labels),
            token_sentences=places,
            holds_evidence=any(holds[place] for place in tokens.sentences[part]),
        )
