"""Baselines without training: BM25, cosine of the untuned MiniLM embeddings, lead-k."""

from collections.abc import Sequence
from functools import cached_property

import bm25s
import numpy as np
import torch

import minilm
from pruning_core.backbones.bert import BertConfig, BertModel
from pruning_core.batching import batches


class BM25:
    """BM25 with English stop words over one collection of texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.index = bm25s.BM25()
        tokens = bm25s.tokenize(list(texts), stopwords="en", show_progress=False)
        self.index.index(tokens, show_progress=False)

    def scores(self, query: str) -> np.ndarray:
        """Score of every text of the collection."""
        tokens = bm25s.tokenize(query, stopwords="en", show_progress=False, return_ids=False)[0]
        known = [token for token in tokens if token in self.index.vocab_dict]
        if not known:
            return np.zeros(self.index.scores["num_docs"])
        return self.index.get_scores(known)


class MiniLM:
    """all-MiniLM-L6-v2 as it is published: mean pooling, unit length, 256 tokens."""

    @cached_property
    def model(self) -> BertModel:
        model = BertModel(BertConfig.from_dict(minilm.config()))
        model.load_state_dict(minilm.weights())
        return model.eval()

    @torch.inference_mode()
    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Texts -> unit vectors (N, 384)."""
        tokenizer = minilm.tokenizer()
        ids = [encoding.ids[:256] for encoding in tokenizer.encode_batch(list(texts))]
        output = np.zeros((len(ids), 384), dtype=np.float32)
        for group in batches(list(map(len, ids)), 4096):
            rows = [torch.tensor(ids[i]) for i in group]
            padded = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)
            mask = torch.nn.utils.rnn.pad_sequence(
                [torch.ones(len(r)) for r in rows], batch_first=True
            )
            hidden = self.model(padded, mask).last_hidden_state
            means = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
            output[group] = torch.nn.functional.normalize(means).numpy()
        return output
