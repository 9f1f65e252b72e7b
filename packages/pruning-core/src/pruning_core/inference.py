"""WindowPredictor: pairs -> batches of windows -> the encoder's verdict on every token."""

import logging
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

import numpy as np

from pruning_core.batch_encoder import BatchEncoder
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


@dataclass(frozen=True, eq=False)
class WindowJob:
    """Window `number` of a pair, for the encoder; what it says goes into `prediction`."""

    pair: Pair
    number: int
    prediction: Prediction

    @property
    def window(self) -> Window:
        """The tokens of the document that it reads."""
        return self.pair.windows[self.number]

    @property
    def length(self) -> int:
        """Tokens, with the query and the special tokens."""
        return self.pair.length(self.window)

    def put(self, logit: float | None, keep: np.ndarray) -> None:
        """Note the ranking logit and the keep probabilities (T,) of all positions."""
        start, window = self.pair.document_start, self.window
        part = keep[start : start + window.end - window.start]
        self.prediction.probabilities[window.start : window.end] = part
        if logit is not None:
            self.prediction.ranking_logits[self.number] = logit


Job = TypeVar("Job", bound=WindowJob)


def jobs_of(pair: Pair) -> list[WindowJob]:
    """The windows of a pair, at least one, with one prediction to fill."""
    prediction = Prediction({}, np.zeros(len(pair.document.ids), np.float32))
    return [WindowJob(pair, number, prediction) for number in range(len(pair.windows))]


@dataclass(kw_only=True)
class WindowPredictor:
    """Runs an encoder on the windows of many pairs.

    `token_budget` is the number of padded tokens in a batch; it is halved where the encoder is out
    of memory.
    """

    encoder: BatchEncoder
    pad_token_id: int
    token_budget: int

    def predict(
        self, pairs: Sequence[Pair], advance: Callable[[int], object] = lambda characters: None
    ) -> list[Prediction]:
        """Run all windows of all pairs, batched by length; results are in the pairs' order.

        `advance` is called after each batch with the characters of its windows.
        """
        jobs = [jobs_of(pair) for pair in pairs]
        for done in self.run([*chain.from_iterable(jobs)]):
            advance(sum(job.pair.characters(job.window) for job in done))
        return [windows[0].prediction for windows in jobs]

    def run(self, jobs: Sequence[Job]) -> Iterator[list[Job]]:
        """Run windows, batched by length; gives those of each batch once their predictions hold
        what the encoder says.
        """
        lengths = [job.length for job in jobs]
        waiting = deque(batches(lengths, self.token_budget))
        while waiting:
            batch = waiting.popleft()
            rows = [jobs[i] for i in batch]
            try:
                logits, keep = self._forward([(job.pair, job.window) for job in rows])
            except self.encoder.out_of_memory:
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
            for row, job in enumerate(rows):
                job.put(None if logits is None else float(logits[row]), keep[row])
            yield rows

    def _forward(self, rows: Sequence[tuple[Pair, Window]]) -> tuple[np.ndarray | None, np.ndarray]:
        """Ranking logits (B,), None in `pruning_only` mode, and keep probabilities (B, T)."""
        lengths = [pair.length(window) for pair, window in rows]
        batch = np.zeros((3, len(rows), max(lengths)), np.int64)  # ids, token types, mask
        batch[0] = self.pad_token_id
        for row, ((pair, window), length) in enumerate(zip(rows, lengths, strict=True)):
            batch[:2, row, :length] = pair.pack(window)
            batch[2, row, :length] = 1
        return self.encoder.encode(*batch)
