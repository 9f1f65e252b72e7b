"""ServerSettings: what the server allows."""

from dataclasses import dataclass, field

from pruning_core.async_pruner import MAX_WAITING, WINDOW
from pruning_core.validation import check_choice, check_int, check_number, check_text

ORDERS = ("score", "input")


@dataclass(frozen=True, kw_only=True)
class ServerSettings:
    """Limits and names; every limit has an error of its own.

    Args:
        model_name: what answers call the model; never a path.
        revision: of the model, for `/info`.
        api_key: what clients send as `Authorization: Bearer KEY`; None lets everyone in.
        max_body_bytes: of a request; above it the answer is 413.
        max_documents: of a request; above it the answer is 422.
        max_characters: of a request's texts together; above it the answer is 422.
        max_waiting: documents of all requests that may wait; above it the answer is 429.
        time_limit: seconds until an answer begins, and until a stream ends; then it is 504.
        window: seconds that a batch that is not full waits for documents of others.
        cors_allow_origins: web pages that may call, such as `https://example.org`; `*` is all.
        result_order: of reranked rows: `score`, best first, or `input`, as the documents came.

    Raises:
        TypeError: a value has the wrong type.
        ValueError: a value is wrong.
    """

    model_name: str = "default"
    revision: str | None = None
    api_key: str | None = field(default=None, repr=False)
    max_body_bytes: int = 16 * 2**20
    max_documents: int = 1_000
    max_characters: int = 4_000_000
    max_waiting: int = MAX_WAITING
    time_limit: float = 120.0
    window: float = WINDOW
    cors_allow_origins: tuple[str, ...] = ()
    result_order: str = "score"

    def __post_init__(self) -> None:
        for name in ("max_body_bytes", "max_documents", "max_characters", "max_waiting"):
            check_int(name, getattr(self, name), minimum=1)
        for name in ("time_limit", "window"):
            check_number(name, getattr(self, name))
        check_choice("result_order", self.result_order, ORDERS)
        if self.api_key is not None:
            check_text("api_key", self.api_key)
            if not self.api_key or not self.api_key.isascii() or not self.api_key.isprintable():
                raise ValueError("`api_key` must be printable ASCII characters, at least one")
