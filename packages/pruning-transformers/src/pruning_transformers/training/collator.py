"""PruningDataCollator: labelled windows -> a padded batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from pruning_core.losses import IGNORE_INDEX

RANKING_TARGETS = ("labels", "teacher_logits")


@dataclass(frozen=True)
class PruningDataCollator:
    """Pads windows to the longest of the batch.

    Takes the items of `PruningDataset` and gives `input_ids`, `attention_mask`,
    `token_type_ids`, `pruning_labels` and, where the items have it, `token_sentences` (B, T), and
    `labels` or `teacher_logits` (B,), with NaN for a window without a ranking target.

    Args:
        tokenizer: any tokenizer of transformers; its padding token is used.
        pad_to_multiple_of: of the padded length, for hardware that likes it.
    """

    tokenizer: Any
    pad_to_multiple_of: int | None = None

    def __call__(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, Tensor]:
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
