"""Arguments and answers of the MCP server's tools, with descriptions for the model."""

from typing import Annotated

from pydantic import BaseModel, Field

Query = Annotated[str, Field(description="the question, or what is looked for")]
Document = Annotated[str, Field(description="the text, whole")]
Documents = Annotated[list[str], Field(description="the texts, each whole")]
TopK = Annotated[int | None, Field(ge=1, description="how many to return; by default all")]
Prune = Annotated[bool, Field(description="also return what is left of each, as `prune` does")]
Threshold = Annotated[
    float | None,
    Field(
        ge=0, le=1, description="probability from which a sentence stays: a higher one cuts more"
    ),
]
MaxTokens = Annotated[int | None, Field(ge=1, description="tokens that stay of a text at most")]
Budget = Annotated[int, Field(ge=1, description="tokens of the context at most")]
Headings = Annotated[bool, Field(description="keep the headings above each kept sentence")]

Probability = Annotated[float, Field(description="that the sentence matters, 0 to 1")]
Score = Annotated[float | None, Field(description="the higher, the more relevant; null: unknown")]
Index = Annotated[int, Field(description="of the document in the list given, from 0")]
Warnings = Annotated[list[str], Field(description="what was truncated or could not be done")]


class Span(BaseModel):
    """A sentence that was kept: characters `start` to `end` of its document."""

    start: int
    end: int
    probability: Probability


class Pruned(BaseModel):
    """A document without the sentences that do not matter."""

    text: Annotated[str, Field(description="the kept sentences, unchanged")]
    score: Score
    compression: Annotated[float, Field(description="share of characters removed, 0 to 1")]
    spans: list[Span]
    warnings: Warnings


class Ranked(BaseModel):
    """A document's place."""

    index: Index
    score: Score
    pruned: Annotated[Pruned | None, Field(description="null unless asked for")]


class Ranking(BaseModel):
    """Documents, the most relevant first."""

    documents: list[Ranked]


class PackedSpan(Span):
    """A sentence of the context."""

    index: Index
    position: Annotated[int, Field(description="where it begins in the text of the context")]


class Packed(BaseModel):
    """A context within a budget."""

    text: Annotated[str, Field(description="sentences, the most relevant document first")]
    tokens: int
    spans: list[PackedSpan]
    omitted: Annotated[int, Field(description="sentences that were left out")]
    warnings: Warnings
