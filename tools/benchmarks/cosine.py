"""Cosine of the untuned MiniLM embeddings, as a baseline."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import torch

import minilm
from pruning_core.backbones.bert import BertConfig, BertModel
from pruning_core.batching import batches
from pruning_transformers.evaluation.data import EvaluationFile


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


class Cosine:
    """Cosine of question and sentence, or question and passage."""

    name = "cosine"

    def __init__(self) -> None:
        self.minilm = MiniLM()

    def sentence_scores(self, file: EvaluationFile) -> list[np.ndarray]:
        texts = sorted({c[slice(*span)] for c, spans in file.spans.items() for span in spans})
        vectors = dict(zip(texts, self.minilm.embed(texts), strict=True))
        queries = self.minilm.embed([q.text for q in file.questions])
        return [
            np.array([vectors[q.context[slice(*span)]] @ query for span in file.spans[q.context]])
            for q, query in zip(file.questions, queries, strict=True)
        ]

    def passage_scores(self, questions: Sequence[str], passages: list[list[str]]) -> np.ndarray:
        texts = sorted({text for row in passages for text in row})
        vectors = dict(zip(texts, self.minilm.embed(texts), strict=True))
        queries = self.minilm.embed(questions)
        rows = zip(queries, passages, strict=True)
        return np.array([[vectors[text] @ query for text in row] for query, row in rows])
