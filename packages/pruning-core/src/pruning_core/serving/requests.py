"""What requests hold, checked: those of rerankers as they are sent, and our own."""

from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    model_validator,
)


def _filled(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty")
    return text


Query = Annotated[
    str,
    AfterValidator(_filled),
    Field(description="The query, not empty.", examples=["What do cats do?"]),
]
Documents = Annotated[
    list[str],
    Field(description="The documents.", examples=[["Paris is a city. Cats purr.", "Dogs bark."]]),
]
Threshold = Annotated[float, Field(ge=0, le=1, description="Keep probability to stay.")]
Limit = Annotated[int, Field(ge=0, lt=2**63)]
Rule = Literal["first_sentence", "titles", "headings"]


class PruneOptions(BaseModel):
    """How documents are pruned."""

    model_config = ConfigDict(extra="forbid")

    threshold: Threshold | None = None
    max_tokens: Limit | None = Field(
        default=None, description="Tokens of each document that may stay."
    )
    max_characters: Limit | None = Field(default=None, description="The same in characters.")
    keep_headings: bool = Field(default=False, description="Keep the headings above what stays.")


def _options(value: Any) -> Any:
    """`true`, and what reads so, stands for the defaults."""
    if isinstance(value, (bool, str)):
        return {} if TypeAdapter(bool).validate_python(value) else None
    return value


class RelevantSpans(BaseModel):
    """Cohere's request for spans."""

    mode: str = "enabled"
    threshold: Threshold | None = None
    max_spans: Limit | None = None


class RerankRequest(BaseModel):
    """A request of any reranking client; fields that are not known are ignored.

    `texts` ask for the answer of Text Embeddings Inference, `documents` for that of Cohere, Jina
    and vLLM, `top_k` or `truncation` for Voyage's, `input` for Aliyun's.
    """

    model_config = ConfigDict(extra="ignore")

    model: Any = Field(default=None, description="Ignored: there is one model.")
    query: Query | None = None
    documents: list[Any] | None = Field(
        default=None,
        description="Strings, or objects with `text` or `content`.",
        examples=[["Paris is a city. Cats purr.", "Dogs bark."]],
    )
    texts: list[Any] | None = None
    rank_fields: list[str] | None = Field(
        default=None, description="Fields of objects, in place of those."
    )
    top_n: Limit | None = Field(
        default=None, description="Rows of the answer; none or 0 gives all."
    )
    top_k: Limit | None = None
    return_documents: bool | None = Field(default=None, description="Also give the documents.")
    return_text: bool | None = None
    raw_scores: bool | None = Field(default=None, description="Give logits instead of scores.")
    truncate: Any = None
    truncation: Any = None
    truncation_direction: Any = None
    prune: Annotated[PruneOptions | None, BeforeValidator(_options)] = Field(
        default=None,
        description="`true`, or options: also give what stays of each document, and its spans.",
        examples=[{"threshold": 0.1}],
    )
    relevant_spans: RelevantSpans | None = None
    input: Any = None
    parameters: Any = None

    @model_validator(mode="before")
    @classmethod
    def _flatten(cls, data: Any) -> Any:
        """Take the fields out of Aliyun's `input` and `parameters`."""
        if not isinstance(data, dict) or not isinstance(data.get("input"), dict):
            return data
        parameters = data.get("parameters")
        return {**data, **data["input"], **(parameters if isinstance(parameters, dict) else {})}

    @model_validator(mode="after")
    def _complete(self) -> "RerankRequest":
        if self.query is None:
            raise ValueError("`query` is needed")
        if self.documents is None and self.texts is None:
            raise ValueError("`documents` or `texts` is needed")
        return self

    @property
    def given(self) -> list[Any]:
        """The documents, under whatever name."""
        return (self.texts if self.documents is None else self.documents) or []

    def text_list(self) -> list[str]:
        """The text of each document.

        Raises:
            ValueError: an object has none.
        """
        return [_text(number, given, self.rank_fields) for number, given in enumerate(self.given)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")

    query: Query
    documents: Documents


class PruneRequest(_Strict):
    """`Pruner.prune` of each document; options as there."""

    threshold: Threshold | None = None
    max_tokens: Limit | None = Field(
        default=None, description="Tokens of each document that may stay."
    )
    max_characters: Limit | None = Field(default=None, description="The same in characters.")
    min_sentences: Limit | None = Field(default=None, description="Sentences that stay at least.")
    always_keep: list[Rule] = Field(default=[], description="What stays in any case.")
    count_tokens: bool = Field(
        default=False, description="Give each sentence its number of tokens."
    )


class PackRequest(_Strict):
    """`Pruner.pack`: one budget over all documents; one of the two limits is needed."""

    max_tokens: Limit | None = Field(
        default=None, description="Tokens of the context.", examples=[500]
    )
    max_characters: Limit | None = None
    separator: str = "\n\n"
    threshold: Threshold = 0.0
    keep_headings: bool = Field(default=False, description="Give each sentence with its headings.")

    @model_validator(mode="after")
    def _limited(self) -> "PackRequest":
        if self.max_tokens is None and self.max_characters is None:
            raise ValueError("`max_tokens` or `max_characters` is needed")
        return self


def _text(number: int, given: Any, fields: list[str] | None) -> str:
    """The text of a document: a string, or fields of an object, or parts of its content."""
    if isinstance(given, str):
        return given
    if not isinstance(given, dict):
        raise ValueError(f"`documents[{number}]` must be a string or an object with `text`")
    if fields:
        found = [given[name] for name in fields if isinstance(given.get(name), str)]
        if found:
            return "\n".join(found)
    content = given.get("text", given.get("content"))
    if isinstance(content, list):
        parts = [part.get("text") if isinstance(part, dict) else part for part in content]
        strings = [part for part in parts if isinstance(part, str)]
        content = "\n".join(strings) if len(strings) == len(parts) else None
    if not isinstance(content, str):
        raise ValueError(f"`documents[{number}]` has no text under `text` or `content`")
    return content
