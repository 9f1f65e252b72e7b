"""TorchBatchEncoder: a module of torch as a BatchEncoder."""

from typing import TYPE_CHECKING

import numpy as np

from pruning_core.batch_encoder import BatchEncoder
from pruning_core.batching import token_budget_of

if TYPE_CHECKING:
    from torch import nn


class TorchBatchEncoder(BatchEncoder):
    """Runs a `PruningEncoder`, or any module with the same call, where its parameters are.

    torch is imported here and not above: an encoder of another kind does not need it.
    """

    def __init__(self, module: "nn.Module") -> None:
        import torch

        self.module = module
        self.out_of_memory = torch.OutOfMemoryError
        devices = (parameter.device for parameter in module.parameters())
        self.token_budget = token_budget_of(next(devices, torch.device("cpu")))

    def encode(
        self, ids: np.ndarray, types: np.ndarray, mask: np.ndarray
    ) -> tuple[np.ndarray | None, np.ndarray]:
        import torch

        device = next(self.module.parameters()).device
        is_padded = not mask.all()
        with torch.inference_mode():
            batch = torch.from_numpy(np.stack([ids, types, mask])).to(device)
            output = self.module(
                input_ids=batch[0],
                # Attention without a mask is faster.
                attention_mask=batch[2] if is_padded else None,
                token_type_ids=batch[1],
            )
            found = output.pruning_logits.float().softmax(-1)[..., 1]  # (B, T)
            if output.ranking_logits is not None:  # one transfer for both
                found = torch.cat([found, output.ranking_logits[:, :1].float()], dim=1)
            values: np.ndarray = found.cpu().numpy()
        if output.ranking_logits is None:
            return None, values
        return values[:, -1], values[:, :-1]
