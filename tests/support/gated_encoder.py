"""A pruner whose encoder waits until it may go on."""

import threading

from pruning_core import Pruner, PruningEncoder


def gated(pruner: Pruner, budget: int = 10_000, fail: frozenset[int] | set[int] = frozenset()):
    """A pruner whose encoder waits for the gate, the gate, and the token ids (B, T) of each batch
    it was given; those whose number is in `fail` raise.
    """
    gate, batches = threading.Event(), []

    class Gated(PruningEncoder):
        def forward(self, input_ids, **more):
            batches.append(input_ids.tolist())
            assert gate.wait(30)
            if len(batches) in fail:
                raise RuntimeError("the encoder broke")
            return super().forward(input_ids, **more)

    encoder = pruner.encoder
    copy = Gated(
        encoder.config, pruning_head=encoder.pruning_head, ranking_model=encoder.ranking_model
    )
    return Pruner(copy, pruner.tokenizer, pruner.config, token_budget=budget), gate, batches
