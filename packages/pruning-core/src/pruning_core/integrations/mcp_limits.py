"""CallLimits: how large a call of the MCP server's tools may be."""

from collections.abc import Sequence
from dataclasses import dataclass

from pruning_core.validation import check_int


@dataclass(frozen=True, kw_only=True)
class CallLimits:
    """What a call may have.

    Args:
        max_documents: documents.
        max_characters: characters of the query and all documents together.

    Raises:
        TypeError: an argument has the wrong type.
        ValueError: an argument is less than 1.
    """

    max_documents: int = 256
    max_characters: int = 500_000

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            check_int(name, value, minimum=1)

    def check(self, query: str, documents: Sequence[str]) -> None:
        """Raise a ValueError for a call that is too large."""
        characters = len(query) + sum(map(len, documents))
        if len(documents) > self.max_documents:
            raise ValueError(f"{len(documents)} documents; at most {self.max_documents} a call")
        if characters > self.max_characters:
            raise ValueError(f"{characters} characters; at most {self.max_characters} a call")
