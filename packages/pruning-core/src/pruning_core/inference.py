"""WindowPredictor: pairs -> batches of windows -> the encoder's verdict on every token."""

import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import torch
from torch import nn

from pruning_core.batching import batches
from pruning_core.pairs import Pair
from pruning_core.windows import Window

_predictor_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Prediction:
    """The ranking logit of each window of a pair and the keep probability of its tokens (T,),
    float32.
    """

    ranking_logits: dict[int, float]
    probabilities: np.ndarray


@dataclass(kw_only=True)
class WindowPredictor:
    """Runs an encoder on the windows of many pairs.

    `token_budget` is the number of padded tokens in a batch; it is halved where the device is out
    of memory.
    """

    encoder: nn.Module
    pad_token_id: int
    token_budget: int

    def predict(
        self, pairs: Sequence[Pair], advance: Callable[[int], object] = lambda characters: None
    ) -> list[Prediction]:
        """Run all windows of all pairs, batched by length; results are in the pairs' order.

        `advance` is called after each batch with the characters of its windows.
        """
        predictions = [
            Prediction({}, np.zeros(len(pair.document.ids), np.float32)) for pair in pairs
        ]
        found = zip(pairs, predictions, strict=True)
        jobs = [(pair, number, row) for pair, row in found for number in range(len(pair.windows))]
        lengths = [pair.length(pair.windows[number]) for pair, number, _ in jobs]
        waiting = deque(batches(lengths, self.token_budget))
        while waiting:
            batch = waiting.popleft()
            rows = [jobs[i] for i in batch]
            try:
                logits, keep = self._forward([(p, p.windows[number]) for p, number, _ in rows])
            except torch.OutOfMemoryError:
                if len(batch) == 1:
                    raise
                self.token_budget = min(self.token_budget, len(batch) * lengths[batch[0]]) // 2
                _predictor_log.warning(
                    "out of memory: batches of %d tokens from now on", self.token_budget
                )
                left = [*batch, *chain.from_iterable(waiting)]
                groups = batches([lengths[i] for i in left], self.token_budget)
                waiting = deque([left[i] for i in group] for group in groups)
                continue
            for row, (pair, number, prediction) in enumerate(rows):
                start, window = pair.document_start, pair.windows[number]
                part = keep[row, start : start + window.end - window.start]
                prediction.probabilities[window.start : window.end] = part
                if logits is not None:
                    prediction.ranking_logits[number] = float(logits[row])
            advance(sum(pair.characters(pair.windows[number]) for pair, number, _ in rows))
        return predictions

    def _forward(self, rows: Sequence[tuple[Pair, Window]]) -> tuple[np.ndarray | None, np.ndarray]:
        """Ranking logits (B,), None in `pruning_only` mode, and keep probabilities (B, T)."""
        lengths = [pair.length(window) for pair, window in rows]
        batch = np.zeros((3, len(rows), max(lengths)), np.int64)  # ids, token types, mask
        batch[0] = self.pad_token_id
        for row, ((pair, window), length) in enumerate(zip(rows, lengths, strict=True)):
            batch[:2, row, :length] = pair.pack(window)
            batch[2, row, :length] = 1
        device = next(self.encoder.parameters()).device
        with torch.inference_mode():
            ids, types, mask = torch.from_numpy(batch).to(device)
            output = self.encoder(
                input_ids=ids,
                # Attention without a mask is faster.
                attention_mask=mask if min(lengths) < max(lengths) else None,
                token_type_ids=types,
            )
            found = output.pruning_logits.float().softmax(-1)[..., 1]  # (B, T)
            if output.ranking_logits is not None:  # one transfer for both
                found = torch.cat([found, output.ranking_logits[:, :1].float()], dim=1)
            values = found.cpu().numpy()
        if output.ranking_logits is None:
            return None, values
        return values[:, -1], values[:, :-1]
