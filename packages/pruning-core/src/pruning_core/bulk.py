"""PruneBatches: columns of rows in, the same columns and what pruning gives out."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import repeat
from math import isfinite, isnan
from pathlib import Path
from typing import Any

from pruning_core.budgets import Budget
from pruning_core.pruner import Pruner
from pruning_core.results import PrunedDocument
from pruning_core.selection import Selection
from pruning_core.validation import check_query, check_text

RESULTS = ("pruned_text", "score", "compression", "kept_spans", "warnings", "error")
"""The columns that are added, without the `prefix`."""


@dataclass(frozen=True, kw_only=True)
class PruneBatches:
    """Prunes batches of rows: a function for `datasets.map(batched=True)`, Ray Data, Spark.

    Called with the columns of a batch by name (lists, numpy arrays, pandas Series), it returns
    them with these columns more; a pyarrow Table comes back as one, so that all columns have types:

    - `pruned_text`: the kept sentences, joined.
    - `score`: ranking score, 0 to 1; None where it is not finite, or in `pruning_only` mode.
    - `compression`: share of characters removed, 0 to 1.
    - `kept_spans`: `[start, end]` of each kept sentence, in characters of the text.
    - `warnings`: what was truncated or could not be done, a list of str.
    - `error`: why a row could not be pruned, else None; it has None in all columns above.

    The model is loaded with the first batch, in the process that works on it: what is pickled are
    the options alone.

    Args:
        model: a folder, a hub id, or the name of a built-in model; by default `default`.
        text_column: column of the documents.
        query_column: column of the queries.
        query: for all rows, or for those whose query is missing or empty.
        prefix: put before the names of the columns that are added.
        threshold: see `Pruner.prune`, as for the options up to `always_keep`.
        max_tokens: tokens that may stay of each document.
        max_characters: characters that may stay of each document.
        count_tokens: text -> tokens, for `max_tokens`.
        min_sentences: sentences that stay of each document.
        always_keep: `first_sentence`, `titles`, `headings`, or several.
        revision: see `Pruner.from_pretrained`, as for all options from here on.
        cache_dir: folder of downloads.
        local_files_only: download nothing.
        subfolder: folder of the repository that holds the model.
        variant: of the files of weights.
        device: where the encoder runs.
        token_budget: padded tokens in a batch of the encoder.

    Raises:
        TypeError: an argument has the wrong type.
        ValueError: an argument has the wrong value, or there is neither `query` nor `query_column`;
            when called, a column is missing, or there already.

    Example:
        >>> prune = PruneBatches(query="What do cats do?")
        >>> rows = prune({"id": [1, 2], "text": ["It is hot. Cats purr.", None]})
        >>> rows["pruned_text"][1], rows["error"]
        (None, [None, '`text` is missing'])
    """

    model: str | Path | None = None
    text_column: str = "text"
    query_column: str | None = None
    query: str | None = None
    prefix: str = ""
    threshold: float | None = None
    max_tokens: int | None = None
    max_characters: int | None = None
    count_tokens: Callable[[str], int] | None = None
    min_sentences: int | None = None
    always_keep: Collection[str] | None = None
    revision: str | None = None
    cache_dir: str | Path | None = None
    local_files_only: bool = False
    subfolder: str = ""
    variant: str | None = None
    device: str = "auto"
    token_budget: int | None = None

    def __post_init__(self) -> None:
        check_text("text_column", self.text_column)
        check_text("prefix", self.prefix)
        if self.query_column is not None:
            check_text("query_column", self.query_column)
        if self.query is not None:
            check_query(self.query)
        elif self.query_column is None:
            raise ValueError("`query` or `query_column` is needed")
        budget = Budget(
            max_tokens=self.max_tokens,
            max_characters=self.max_characters,
            count_tokens=self.count_tokens,
        )
        Selection(
            threshold=0 if self.threshold is None else self.threshold,
            budget=budget,
            min_sentences=self.min_sentences or 0,
            always_keep=self.always_keep or (),
        )

    def __call__(self, batch: Any) -> Any:
        """Prune the rows of a batch, columns by name or a pyarrow Table; see the class."""
        if type(batch).__module__.startswith("pyarrow."):
            from pruning_core.bulk_tables import pruned_table

            return pruned_table(self, batch)
        if not isinstance(batch, Mapping):
            text = f"a batch must be columns by name or a pyarrow Table, not {type(batch).__name__}"
            raise TypeError(text)
        self._check_columns(batch)
        queries = repeat(None) if self.query_column is None else batch[self.query_column]
        texts = batch[self.text_column]
        pairs = [self._pair(*row) for row in zip(queries, texts, strict=False)]
        results = self._results(pair for pair in pairs if not isinstance(pair, str))
        rows = [_failed(pair) if isinstance(pair, str) else next(results) for pair in pairs]
        added = {self.prefix + name: [row[name] for row in rows] for name in RESULTS}
        return {**batch, **added}

    def __getstate__(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @cached_property
    def pruner(self) -> Pruner:
        """The pruner, loaded when it is first asked for."""
        return Pruner.from_pretrained(
            self.model,
            revision=self.revision,
            cache_dir=self.cache_dir,
            local_files_only=self.local_files_only,
            subfolder=self.subfolder,
            variant=self.variant,
            device=self.device,
            token_budget=self.token_budget,
        )

    def _check_columns(self, names: Collection[str]) -> None:
        """Raise unless rows with these columns can be pruned.

        Raises:
            ValueError: the column of the texts or queries is missing, or one that is added is
                there.
        """
        for name in (self.text_column, self.query_column):
            if name is not None and name not in names:
                raise ValueError(f"there is no column {name!r}, but {', '.join(names) or 'none'}")
        for name in RESULTS:
            if self.prefix + name in names:
                text = f"there is a column {self.prefix + name!r} already: give another `prefix`"
                raise ValueError(text)

    def _pair(self, query: object, text: object) -> tuple[str, str] | str:
        """A row's query and text, or what is wrong with it."""
        if _is_missing(query) or (isinstance(query, str) and not query):
            query = self.query
        try:
            if query is None:
                raise ValueError("there is no query")
            check_query(query, self.query_column or "query")
            if _is_missing(text):
                raise ValueError(f"`{self.text_column}` is missing")
            check_text(self.text_column, text)
        except (TypeError, ValueError) as error:
            return str(error)
        return str(query), str(text)

    def _results(self, pairs: Iterator[tuple[str, str]]) -> Iterator[dict[str, Any]]:
        results = self.pruner.stream(
            pairs,
            threshold=self.threshold,
            max_tokens=self.max_tokens,
            max_characters=self.max_characters,
            count_tokens=self.count_tokens,
            min_sentences=self.min_sentences,
            always_keep=self.always_keep,
            show_progress=False,
        )
        return map(_row, results)


def _is_missing(value: object) -> bool:
    """Whether a value stands for none: None, or NaN as pandas has it."""
    return value is None or (isinstance(value, float) and isnan(value))


def _row(result: PrunedDocument) -> dict[str, Any]:
    score = result.score
    return {
        "pruned_text": result.text,
        "score": score if score is not None and isfinite(score) else None,
        "compression": result.compression,
        "kept_spans": [[s.start, s.end] for s in result.sentences if s.kept],
        "warnings": list(result.warnings),
        "error": None,
    }


def _failed(error: str) -> dict[str, Any]:
    return {**dict.fromkeys(RESULTS), "error": error}
