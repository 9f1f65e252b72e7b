"""Selection: keep probabilities -> which sentences stay."""

import operator
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cache, reduce

from pruning_core.budgets import Budget, Size
from pruning_core.headings import above
from pruning_core.sentences import Span, is_title
from pruning_core.validation import check_choice, check_int, check_share

ALWAYS_KEEP = ("first_sentence", "titles", "headings")


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Which sentences of a document stay.

    Args:
        threshold: keep probability from which a sentence stays, 0 to 1.
        budget: what may stay at most; the most probable sentences that fit are taken.
        min_sentences: stay at least, the most probable ones, as far as the budget allows.
        always_keep: any of `first_sentence`; `titles`, all headings and short lines of their own;
            `headings`, those above each sentence that stays, and the header of its table. The
            first two come before everything else and may exceed the budget, with a warning.
        strictly: a sentence whose keep probability is the threshold itself goes.

    Raises:
        TypeError: an argument has the wrong type.
        ValueError: an argument has the wrong value.
    """

    threshold: float
    budget: Budget = field(default_factory=Budget)
    min_sentences: int = 0
    always_keep: Collection[str] = ()
    strictly: bool = False

    def __post_init__(self) -> None:
        check_share("threshold", self.threshold)
        check_int("min_sentences", self.min_sentences, minimum=0)
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
        headings = above(text, spans) if "headings" in self.always_keep else [()] * len(spans)
        groups = [{i, *found} for i, found in enumerate(headings)]  # what stays together
        forced = [i for i, span in enumerate(spans) if self._is_forced(text, i, span)]
        if not self.budget.is_limited:
            kept = set[int]().union(*(groups[i] for i in [*forced, *wanted]))
            return [i in kept for i in range(len(spans))], []
        kept, warnings = self._fill(text, spans, token_counts, groups, forced, wanted)
        if len(kept) < min(self.min_sentences, len(spans)):
            warnings.append(
                f"{len(kept)} sentences fit the budget; `min_sentences` is {self.min_sentences}"
            )
        return [i in kept for i in range(len(spans))], warnings

    def _fill(
        self,
        text: str,
        spans: Sequence[Span],
        token_counts: Sequence[int],
        groups: Sequence[set[int]],
        forced: Sequence[int],
        wanted: Sequence[int],
    ) -> tuple[set[int], list[str]]:
        """Of the groups of `forced` all, and of those of `wanted` as many as fit, in order."""

        @cache
        def size(index: int) -> Size:
            return self.budget.size(text[slice(*spans[index])], token_counts[index])

        def joined(indices: set[int]) -> Size:
            kept_text = "".join(text[slice(*spans[i])] for i in sorted(indices))
            return self.budget.size(kept_text, sum(token_counts[i] for i in indices))

        kept = set[int]().union(*(groups[i] for i in forced))
        used, warnings = joined(kept), []
        if over := self.budget.exceeded(used):
            warnings.append(f"the sentences of `always_keep` have {over}")
        added = []
        for i in wanted:
            new = groups[i] - kept
            grown = reduce(Size.plus, map(size, new), used)
            if new and self.budget.holds(grown):
                kept, used = kept | new, grown
                added.append(new)
            elif new and i == wanted[0] and not over:
                over = self.budget.exceeded(grown)
                warnings.append(f"the most probable sentence does not fit: {over}")
        # A counter of the caller's may count more tokens in the whole than in its parts.
        while added and not self.budget.holds(joined(kept)):
            kept -= added.pop()
        return kept, warnings

    def _is_forced(self, text: str, index: int, span: Span) -> bool:
        if index == 0 and "first_sentence" in self.always_keep:
            return True
        return "titles" in self.always_keep and is_title(text, span)
