"""What answers hold, as the documentation at `/docs` shows it."""

from typing import Any, NotRequired

from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12


class Pruned(TypedDict):
    """What a row gains by `prune` and `relevant_spans`; positions count Unicode code points."""

    pruned_text: NotRequired[str]
    spans: NotRequired[list[tuple[int, int, float]]]
    compression: NotRequired[float]
    warnings: NotRequired[list[str]]
    relevant_spans: NotRequired[list[dict[str, Any]]]


class ScoredText(Pruned):
    """A row of the answer to `texts`."""

    index: int
    score: float
    text: NotRequired[str]


class ScoredDocument(Pruned):
    """A row of the answer to `documents`."""

    index: int
    relevance_score: float
    document: NotRequired[dict[str, Any]]


class RerankAnswer(TypedDict):
    """The answer to `documents`."""

    id: str
    model: str
    results: list[ScoredDocument]
    usage: dict[str, int]
    tokens: dict[str, int]
    meta: dict[str, Any]


class Sentence(TypedDict):
    """A sentence: characters `start` to `end` of the document."""

    start: int
    end: int
    probability: float
    kept: bool
    tokens: NotRequired[int]


class PrunedRow(TypedDict):
    """A pruned document; `index` is its place in the request."""

    index: int
    text: str
    compression: float
    original: str
    sentences: list[Sentence]
    score: float | None
    warnings: list[str]


class PruneAnswer(TypedDict):
    """The pruned documents, in the order of the request."""

    model: str
    results: list[PrunedRow]
    usage: dict[str, int]


class PackedSentenceRow(TypedDict):
    """A sentence of document `index`; `position` is where it begins in the context."""

    index: int
    start: int
    end: int
    probability: float
    position: int | None


class PackAnswer(TypedDict):
    """A context within the budget."""

    model: str
    text: str
    tokens: int
    sentences: list[PackedSentenceRow]
    omitted: list[PackedSentenceRow]
    warnings: list[str]
