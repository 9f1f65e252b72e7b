"""Evidence spans -> sentence and token labels, for every trainer."""

from collections.abc import Sequence

from pruning_core.losses import IGNORE_INDEX
from pruning_core.sentences import Span


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
