"""WindowPredictor: pairs -> batches of windows -> the encoder's verdict on every token."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from pruning_core.batching import batches
from pruning_core.pairs import Pair
from pruning_core.progress import progress
from pruning_core.windows import Window


@dataclass(frozen=True)
class Prediction:
    """The ranking logit of each window of a pair and the keep probability of its tokens (T,)."""

    ranking_logits: dict[int, float]
    probabilities: Tensor


@dataclass(frozen=True, kw_only=True)
class WindowPredictor:
    """Runs an encoder on the windows of many pairs.

    `token_budget` is the number of padded tokens in a batch.
    """

    encoder: nn.Module
    pad_token_id: int
    token_budget: int

    def predict(self, pairs: Sequence[Pair], show_progress: bool | None) -> list[Prediction]:
        """Run all windows of all pairs, batched by length; results are in the pairs' order."""
        predictions = [Prediction({}, torch.zeros(len(pair.document.ids))) for pair in pairs]
        found = zip(pairs, predictions, strict=True)
        jobs = [(pair, number, row) for pair, row in found for number in range(len(pair.windows))]
        lengths = [pair.length(pair.windows[number]) for pair, number, _ in jobs]
        with progress(len(jobs), show_progress) as advance:
            for batch in batches(lengths, self.token_budget):
                rows = [jobs[i] for i in batch]
                logits, keep = self._forward([(p, p.windows[number]) for p, number, _ in rows])
                for row, (pair, number, prediction) in enumerate(rows):
                    start, window = pair.document_start, pair.windows[number]
                    part = keep[row, start : start + window.end - window.start]
                    prediction.probabilities[window.start : window.end] = part
                    if logits:
                        prediction.ranking_logits[number] = logits[row]
                advance(len(batch))
        return predictions

    def _forward(self, rows: Sequence[tuple[Pair, Window]]) -> tuple[list[float], Tensor]:
        """Ranking logits (B), none in `pruning_only` mode, and keep probabilities (B, T)."""
        ids, types = zip(*(pair.pack(window) for pair, window in rows), strict=True)
        is_padded = len({len(row) for row in ids}) > 1
        with torch.inference_mode():
            output = self.encoder(
                input_ids=self._pad(ids, self.pad_token_id),
                # Attention without a mask is faster.
                attention_mask=self._pad([[1] * len(row) for row in ids], 0) if is_padded else None,
                token_type_ids=self._pad(types, 0),
            )
            keep = output.pruning_logits.float().softmax(-1)[..., 1].cpu()  # (B, T)
            logits = output.ranking_logits
        return [] if logits is None else logits[:, 0].float().tolist(), keep

    def _pad(self, rows: Sequence[list[int]], value: int) -> Tensor:
        """Rows of token ids -> (B, T) on the encoder's device."""
        longest = max(map(len, rows))
        padded = [row + [value] * (longest - len(row)) for row in rows]
        return torch.tensor(padded, device=next(self.encoder.parameters()).device)
