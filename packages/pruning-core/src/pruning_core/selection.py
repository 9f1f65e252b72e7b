"""Selection: keep probabilities -> which sentences stay."""

import operator
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pruning_core.sentences import Span, is_title
from pruning_core.validation import check_choice, check_int, check_share

ALWAYS_KEEP = ("first_sentence", "titles")


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Which sentences of a document stay.

    Args:
        threshold: keep probability from which a sentence stays, 0 to 1.
        max_tokens: tokens that may stay; the most probable sentences that fit are taken.
        min_sentences: stay at least, the most probable ones, as far as `max_tokens` allows.
        always_keep: `first_sentence`, `titles` (headings and short lines of their own), or both;
            they come before everything else and may exceed `max_tokens`, with a warning.
        strictly: a sentence whose keep probability is the threshold itself goes.

    Raises:
        TypeError: an argument has the wrong type.
        ValueError: an argument has the wrong value.
    """

    threshold: float
    max_tokens: int | None = None
    min_sentences: int = 0
    always_keep: Collection[str] = ()
    strictly: bool = False

    def __post_init__(self) -> None:
        check_share("threshold", self.threshold)
        check_int("min_sentences", self.min_sentences, minimum=0)
        if self.max_tokens is not None:
            check_int("max_tokens", self.max_tokens, minimum=0)
        if isinstance(self.always_keep, str) or not isinstance(self.always_keep, Collection):
            raise TypeError(f"`always_keep` must be a collection of str, not {self.always_keep!r}")
        for name in self.always_keep:
            check_choice("always_keep", name, ALWAYS_KEEP)

    def keep(
        self,
        text: str,
        spans: Sequence[Span],
        probabilities: Sequence[float],
        token_counts: Sequence[int],
    ) -> tuple[list[bool], list[str]]:
        """Decide for each sentence of `text`, by its keep probability and its tokens, whether it
        stays; also gives warnings.
        """
        order = sorted(range(len(spans)), key=lambda i: -probabilities[i])
        is_enough = operator.gt if self.strictly else operator.ge
        wanted = [i for i in order if is_enough(probabilities[i], self.threshold)]
        wanted = order[: max(len(wanted), self.min_sentences)]
        forced = [i for i, span in enumerate(spans) if self._is_forced(text, i, span)]
        kept = set(forced)
        used = sum(token_counts[i] for i in kept)
        budget = sum(token_counts) if self.max_tokens is None else self.max_tokens
        warnings = []
        if used > budget:
            warnings.append(
                f"the sentences of `always_keep` have {used} tokens, `max_tokens` is {budget}"
            )
        for i in wanted:
            if i not in kept and used + token_counts[i] <= budget:
                kept.add(i)
                used += token_counts[i]
        if len(kept) < min(self.min_sentences, len(spans)):
            warnings.append(
                f"{len(kept)} sentences fit `max_tokens` {budget}; `min_sentences` is"
                f" {self.min_sentences}"
            )
        return [i in kept for i in range(len(spans))], warnings

    def _is_forced(self, text: str, index: int, span: Span) -> bool:
        if index == 0 and "first_sentence" in self.always_keep:
            return True
        return "titles" in self.always_keep and is_title(text, span)
