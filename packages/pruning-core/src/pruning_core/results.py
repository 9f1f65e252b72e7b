"""What pruning and ranking return: frozen dataclasses."""

from dataclasses import asdict, dataclass
from html import escape as escape_html
from itertools import groupby
from math import isfinite
from typing import Any


@dataclass(frozen=True)
class SentenceSpan:
    """A sentence: characters `start` to `end` of the document, its keep probability (0 to 1)
    and whether it was kept.
    """

    start: int
    end: int
    probability: float
    kept: bool


@dataclass(frozen=True, kw_only=True, repr=False)
class PrunedDocument:
    """A document without the sentences that do not matter to the query.

    Attributes:
        original: the document as it was given.
        sentences: spans that tile `original`, in order.
        score: ranking score of the whole document, whatever was kept; 0 to 1 with the `sigmoid`
            activation, any number with `identity`, None in `pruning_only` mode. A document without
            text has the lowest score: 0, or minus infinity.
        warnings: what was truncated or could not be done.

    Example:
        >>> result = PrunedDocument(
        ...     original="Paris is big. Cats purr.",
        ...     sentences=(SentenceSpan(0, 14, 0.1, False), SentenceSpan(14, 24, 0.9, True)),
        ...     score=0.8,
        ... )
        >>> result.text
        'Cats purr.'
    """

    original: str
    sentences: tuple[SentenceSpan, ...]
    score: float | None
    warnings: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The kept sentences, joined; with everything kept, `original` to the byte."""
        return "".join(self.original[s.start : s.end] for s in self.sentences if s.kept)

    @property
    def compression(self) -> float:
        """Share of characters removed, 0 to 1."""
        kept = sum(s.end - s.start for s in self.sentences if s.kept)
        return 1 - kept / len(self.original) if self.original else 0.0

    def __repr__(self) -> str:
        return f"<PrunedDocument: {self.summary()}>"

    def summary(self) -> str:
        """One line: sentences kept, share removed, score.

        Example:
            >>> result = pruner.prune("What do cats do?", "Cats purr.", threshold=0.0)
            >>> result.summary()
            'kept 1 of 1 sentences, 0% of the characters removed, score 0...'
        """
        kept = sum(sentence.kept for sentence in self.sentences)
        parts = [
            f"kept {kept} of {len(self.sentences)} sentences",
            f"{self.compression:.0%} of the characters removed",
        ]
        if self.score is not None:
            parts.append(f"score {self.score:.3f}")
        return ", ".join(parts)

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data, ready for JSON; a score that is not finite is None.

        Example:
            >>> result = pruner.prune("What do cats do?", "Cats purr.", threshold=0.0)
            >>> json.dumps(result.to_dict())
            '{"text": "Cats purr.", "compression": 0.0, ...'
        """
        return {
            "text": self.text,
            "compression": self.compression,
            "original": self.original,
            "sentences": [asdict(sentence) for sentence in self.sentences],
            "score": _finite(self.score),
            "warnings": list(self.warnings),
        }

    def runs(self) -> list[tuple[bool, str]]:
        """The whole document as (kept, text) pairs that alternate.

        Example:
            >>> result = pruner.prune("What do cats do?", "Cats purr.", threshold=0.0)
            >>> result.runs()
            [(True, 'Cats purr.')]
        """
        runs: list[tuple[bool, str]] = []
        for kept, group in groupby(self.sentences, key=lambda sentence: sentence.kept):
            sentences = list(group)
            runs.append((kept, self.original[sentences[0].start : sentences[-1].end]))
        return runs

    def highlight(
        self, pre_tag: str = "<mark>", post_tag: str = "</mark>", *, escape: bool = True
    ) -> str:
        """The whole document with tags around what was kept.

        Args:
            pre_tag: put before each run of kept sentences, as it is.
            post_tag: put after it, as it is.
            escape: escape the document's own characters for HTML.

        Example:
            >>> result = pruner.prune("What do cats do?", "Cats purr.", threshold=0.0)
            >>> result.highlight()
            '<mark>Cats purr.</mark>'
        """
        write = escape_html if escape else str
        return "".join(
            f"{pre_tag}{write(text)}{post_tag}" if kept else write(text)
            for kept, text in self.runs()
        )

    def _repr_html_(self) -> str:
        """For notebooks: what was removed is struck through and faint."""
        body = "".join(
            escape_html(text) if kept else f'<del style="opacity:.5">{escape_html(text)}</del>'
            for kept, text in self.runs()
        )
        return f'<div style="white-space:pre-wrap">{body}</div>'


@dataclass(frozen=True, kw_only=True)
class RankedDocument:
    """A document's place in a ranking: its index in the list given and its score; with
    `prune=True` also the pruned document.
    """

    index: int
    score: float
    text: str
    pruned: PrunedDocument | None = None

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data, ready for JSON; a score that is not finite is None.

        Example:
            >>> row = pruner.rank("What do cats do?", ["Cats purr."], prune=False)[0]
            >>> sorted(row.to_dict())
            ['index', 'pruned', 'score', 'text']
        """
        pruned = None if self.pruned is None else self.pruned.to_dict()
        return {**asdict(self), "score": _finite(self.score), "pruned": pruned}


def _finite(score: float | None) -> float | None:
    return score if score is None or isfinite(score) else None
