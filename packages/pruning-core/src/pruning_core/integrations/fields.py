"""PassageFields: the options of the adapters whose framework has pydantic models."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from pruning_core.async_pruner import AsyncPruner
from pruning_core.integrations.passages import Passage, PassageOptions, achoose, choose
from pruning_core.pipeline import PruningPipeline
from pruning_core.pruner import Pruner


class PassageFields(BaseModel):
    """Fields of `PassageOptions`, and the pruner. All are checked, and the model is loaded, when
    this is made; what is set later is checked when it is used.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True, extra="forbid", protected_namespaces=())

    model: str | Path | None = Field(
        default=None, description="folder or hub id; by default the built-in model"
    )
    pruner: PruningPipeline | AsyncPruner | None = Field(
        default=None,
        exclude=True,
        repr=False,
        description="a ready Pruner in place of `model`, or an AsyncPruner that others share",
    )
    top_n: int | None = Field(default=None, description="documents that stay at most")
    threshold: float | None = Field(default=None, description="keep probability to stay, 0 to 1")
    max_tokens: int | None = Field(default=None, description="tokens of all documents together")
    count_tokens: Callable[[str], int] | None = Field(
        default=None, exclude=True, repr=False, description="text -> tokens, for `max_tokens`"
    )
    keep_headings: bool = Field(default=False, description="keep the headings of what stays")
    prune: bool = Field(default=True, description="False ranks, and cuts nothing")
    keep_empty: bool = Field(default=False, description="keep documents of which nothing stays")
    _pruner: AsyncPruner = PrivateAttr()

    def model_post_init(self, context: Any, /) -> None:
        if self.model is not None and self.pruner is not None:
            raise ValueError("`model` and `pruner` are two ways to say the same; give one")
        options = self._options()
        pruner = self.pruner or Pruner.from_pretrained(self.model)
        self._pruner = pruner if isinstance(pruner, AsyncPruner) else AsyncPruner(pruner)
        options.check_mode(self._pruner.pruner)

    def _options(self) -> PassageOptions:
        return PassageOptions(
            top_n=self.top_n,
            threshold=self.threshold,
            max_tokens=self.max_tokens,
            count_tokens=self.count_tokens,
            keep_headings=self.keep_headings,
            prune=self.prune,
            keep_empty=self.keep_empty,
        )

    def _choose(self, query: str, texts: Sequence[str]) -> list[Passage]:
        return choose(self._pruner.pruner, query, texts, self._options())

    async def _achoose(self, query: str, texts: Sequence[str]) -> list[Passage]:
        return await achoose(self._pruner, query, texts, self._options())
