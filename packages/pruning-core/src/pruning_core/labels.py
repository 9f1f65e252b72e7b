"""Evidence spans -> sentence and token labels, for every trainer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pruning_core.losses import IGNORE_INDEX
from pruning_core.pairs import PairSettings, prepare
from pruning_core.sentences import SentenceSplitter, Span, split

if TYPE_CHECKING:
    from tokenizers import Tokenizer


@dataclass(frozen=True, kw_only=True)
class LabelledWindow:
    """One window of a (query, document) pair, with special tokens.

    `input_ids`, `token_type_ids`, `token_labels` and `token_sentences` have one entry a token;
    `token_labels` are 1 (keep), 0 (drop) and -100 for the query, special tokens and optional text,
    `token_sentences` the document's sentences from 0, and -1 there. `holds_evidence` says whether
    a sentence of the window is evidence.
    """

    input_ids: list[int]
    token_type_ids: list[int]
    token_labels: list[int]
    token_sentences: list[int]
    holds_evidence: bool


def sentence_labels(
    sentences: Sequence[Span], evidence: Sequence[Span], optional: Sequence[Span] = ()
) -> list[int]:
    """1 for every sentence that overlaps an evidence span, -100 for an optional one, else 0.

    Args:
        sentences: `(start, end)` character spans in order, from `sentences.split`.
        evidence: `(start, end)` character spans of the same text.
        optional: those of what is neither needed nor useless; evidence goes before.

    Raises:
        ValueError: a span is empty or ends outside of the sentences.

    Example:
        >>> sentence_labels([(0, 14), (14, 24), (24, 34)], evidence=[(16, 20)], optional=[(24, 34)])
        [0, 1, -100]
    """
    last = sentences[-1][1] if sentences else 0
    for name, spans in (("evidence", evidence), ("optional", optional)):
        for start, end in spans:
            if not 0 <= start < end <= last:
                raise ValueError(f"`{name}` span ({start}, {end}) is not inside a text of {last}")

    def label(sentence: Span) -> int:
        for value, spans in ((1, evidence), (IGNORE_INDEX, optional)):
            if any(begin < sentence[1] and sentence[0] < stop for begin, stop in spans):
                return value
        return 0

    return [label(sentence) for sentence in sentences]


def token_labels(token_sentences: Sequence[int], labels: Sequence[int]) -> list[int]:
    """Give every token the label of its sentence; tokens of sentence -1 are ignored.

    Args:
        token_sentences: sentence index of every token; -1 for query and special tokens.
        labels: one label a sentence, from `sentence_labels`.

    Example:
        >>> token_labels([-1, 0, 0, 1, -1], [0, 1])
        [-100, 0, 0, 1, -100]
    """
    return [IGNORE_INDEX if index < 0 else labels[index] for index in token_sentences]


def labelled_windows(
    tokenizer: "Tokenizer",
    config: PairSettings,
    query: str,
    document: str,
    evidence: Sequence[Span],
    *,
    optional: Sequence[Span] = (),
    splitter: SentenceSplitter = split,
    kept: Sequence[Span] | None = None,
) -> Iterator[LabelledWindow]:
    """The windows of a pair as a `Pruner` reads them, with labels.

    Args:
        tokenizer: the checkpoint's, without truncation.
        config: the checkpoint's; its `max_length` and `normalize_query` decide.
        query: the query.
        document: the document; as many windows as it needs.
        evidence: `(start, end)` character spans of `document`.
        optional: those of sentences that are not learned from.
        splitter: document -> sentence spans that tile it.
        kept: spans whose sentences are labelled 1; by default `evidence`.

    Raises:
        ValueError: a span is not inside of `document`.
    """
    (pair,) = prepare([(query, document)], tokenizer, config, splitter)
    holds = sentence_labels(pair.spans, evidence)
    labels = sentence_labels(pair.spans, evidence if kept is None else kept, optional)
    for window in pair.windows:
        ids, types = (row.tolist() for row in pair.pack(window))
        sentences = pair.document.sentences[window.start : window.end].tolist()
        places = [-1] * pair.document_start + sentences
        places += [-1] * (len(ids) - len(places))
        yield LabelledWindow(
            input_ids=ids,
            token_type_ids=types,
            token_labels=token_labels(places, labels),
            token_sentences=places,
            holds_evidence=any(holds[place] for place in sentences),
        )
