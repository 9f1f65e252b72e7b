"""PruningDataCollator: labelled windows -> a padded batch."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from pruning_core.losses import IGNORE_INDEX
from pruning_transformers.training.examples import Example

RANKING_TARGETS = ("labels", "teacher_logits")


@dataclass(frozen=True)
class PruningDataCollator:
    """Pads windows to the longest of the batch.

    Takes the items of `PruningDataset`, or of `TokenBatches`, which are lists of them. Gives
    `input_ids`, `attention_mask`, `token_type_ids`, `pruning_labels` and, where the items have
    it, `token_sentences` (B, T), and `labels` or `teacher_logits` (B,), with NaN for a window
    without a ranking target.

    Args:
        tokenizer: any tokenizer of transformers; its padding token is used.
        pad_to_multiple_of: of the padded length, for hardware that likes it.

    Example:
        >>> batch = PruningDataCollator(model.tokenizer)([dataset[0]])
        >>> batch["input_ids"].shape == batch["pruning_labels"].shape
        True
    """

    tokenizer: PreTrainedTokenizerBase
    pad_to_multiple_of: int | None = None

    def __call__(self, items: Sequence[Example | list[Example]]) -> dict[str, Tensor]:
        rows = [row for item in items for row in (item if isinstance(item, list) else [item])]
        multiple = self.pad_to_multiple_of or 1
        longest = -(-max(len(row["input_ids"]) for row in rows) // multiple) * multiple
        fill = {
            "input_ids": self.tokenizer.pad_token_id or 0,
            "token_type_ids": 0,
            "pruning_labels": IGNORE_INDEX,
            "token_sentences": -1,
        }
        columns = {name: [list(row[name]) for row in rows] for name in fill if name in rows[0]}
        columns["attention_mask"] = [[1] * len(row["input_ids"]) for row in rows]
        batch = {
            name: torch.tensor([v + [fill.get(name, 0)] * (longest - len(v)) for v in values])
            for name, values in columns.items()
        }
        for name in RANKING_TARGETS:
            if name in rows[0]:
                batch[name] = torch.tensor([row[name] for row in rows], dtype=torch.float32)
        return batch
