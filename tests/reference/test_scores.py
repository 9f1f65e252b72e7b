"""Scores and keep probabilities against CrossEncoder and transformers, on the built-in weights."""

import pytest
import torch
from sentence_transformers import CrossEncoder
from transformers import AutoTokenizer, BertModel

from pruning_core import Pruner
from pruning_core.builtin import BUILTIN_MODELS, DEFAULT
from pruning_transformers import PruningEncoderForSequenceClassification

QUERY = "When did the bridge open?"
DOCUMENTS = ["It opened in May 1937.", "Cats purr. " * 20, "The Öresund Bridge — 8 km\tlong; ok?\n"]


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plain")
    PruningEncoderForSequenceClassification.from_pretrained(
        BUILTIN_MODELS[DEFAULT]
    ).export_ranking_model(folder)
    return str(folder)


def test_scores_are_those_of_cross_encoder(plain):
    model = CrossEncoder(plain, device="cpu", model_kwargs={"dtype": torch.float32})
    expected = model.predict([(QUERY, document) for document in DOCUMENTS])
    results = Pruner.from_pretrained().prune_batch([QUERY] * 3, DOCUMENTS)
    assert [result.score for result in results] == pytest.approx(list(expected), abs=1e-5)


def test_keep_probabilities_are_the_head_on_transformers_hidden_states(plain):
    pruner = Pruner.from_pretrained()
    tokenizer = AutoTokenizer.from_pretrained(BUILTIN_MODELS[DEFAULT])
    model = BertModel.from_pretrained(plain, dtype=torch.float32).eval()
    document = DOCUMENTS[0] + " Its towers are high."
    encoding = tokenizer(QUERY, document, return_tensors="pt", return_offsets_mapping=True)
    offsets, sequence = encoding.pop("offset_mapping")[0], encoding.sequence_ids()
    with torch.inference_mode():
        hidden = model(**encoding).last_hidden_state
        keep = pruner.encoder.pruning_head(hidden).softmax(-1)[0, :, 1]
    for sentence in pruner.prune(QUERY, document).sentences:
        tokens = [
            i
            for i, (start, end) in enumerate(offsets.tolist())
            if sequence[i] == 1 and sentence.start <= start < end <= sentence.end
        ]
        assert sentence.probability == pytest.approx(keep[tokens].mean().item(), abs=1e-5)
