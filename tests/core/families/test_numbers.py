"""Every family against transformers on the same weights, computed without our code."""

import json

import pytest
import torch
from safetensors.torch import load_file

from pruning_core import Pruner
from published_layouts import LAYOUTS, QUERY, TEXT, july_2025

transformers = pytest.importorskip("transformers")
SENTENCES = ["Paris is the capital. ", "Cats purr. ", "The cat is in Paris, in France."]
NORMALIZED = {"provence": "capital of france"}
THRESHOLD = 0.45
NAVER = ("provence", "xprovence", "xprovence_pooler")  # raw scores, shares of kept tokens


def packed(name, tokenizer):
    """Token ids of the pair, and the sentence of every document token."""
    query, *parts = (
        tokenizer.encode(text, add_special_tokens=False).ids
        for text in (NORMALIZED.get(name, QUERY), *SENTENCES)
    )
    before, between, behind = {
        "provence": ([2], [3], [3]),
        "open_provence": ([2], [3], [3]),
        "zilliz": ([0], [2, 2], [2]),
    }.get(name, ([0], [2], [2]))
    ids = [*before, *query, *between, *(i for part in parts for i in part), *behind]
    start = len(before) + len(query) + len(between)
    return torch.tensor([ids]), start, [len(part) for part in parts]


def independent(name, folder, ids):
    """Ranking logit and keep probabilities of all tokens."""
    config = json.loads((folder / "config.json").read_text())
    state = load_file(folder / "model.safetensors")
    head = "token_classifier." if name in NAVER else "pruning_head.classifier."
    weight, bias = state.pop(head + "weight"), state.pop(head + "bias")
    data = dict(config.get("base_model_config", config))
    data = {k: v for k, v in data.items() if k not in ("auto_map", "architectures")}
    kind = {"provence": "deberta-v2", "open_provence": "modernbert"}.get(name, "xlm-roberta")
    data |= {"model_type": kind, "num_labels": 1, "attn_implementation": "eager"}
    data = transformers.CONFIG_MAPPING[kind].from_dict(data)
    seen = {}
    if name == "xprovence_pooler":
        model = transformers.XLMRobertaModel(data, add_pooling_layer=True).eval()
        linear = state.pop("classifier.weight"), state.pop("classifier.bias")
        model.load_state_dict({k.removeprefix("roberta."): v for k, v in state.items()})
    else:
        model = transformers.AutoModelForSequenceClassification.from_config(data).eval()
        model.load_state_dict({k.removeprefix("ranking_model."): v for k, v in state.items()})
    base = model.base_model
    if kind == "modernbert":
        base.final_norm.register_forward_pre_hook(lambda module, given: seen.update(state=given[0]))
    else:
        base.register_forward_hook(lambda module, inputs, out: seen.update(state=out[0]))
    with torch.no_grad():
        output = model(ids)
        if "logits" in output:
            logit = output.logits
        else:
            logit = output.pooler_output @ linear[0].T + linear[1]
        keep = (seen["state"] @ weight.T + bias).softmax(-1)[0, :, 1]
    return logit.item(), keep


def openers():
    yield "core", Pruner.from_pretrained
    try:
        from pruning_transformers import PruningEncoderForSequenceClassification as Ranker
        from pruning_transformers import PruningEncoderModel as Model
    except ImportError:
        return
    yield "Model", lambda folder: Model.from_pretrained(folder).eval()
    yield "ForSequenceClassification", lambda folder: Ranker.from_pretrained(folder).eval()


@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize(("path", "opener"), [*openers()])
def test_score_and_keep_probabilities(name, path, opener, tmp_path):
    folder = LAYOUTS[name](tmp_path)
    core = Pruner.from_pretrained(folder)
    ids, start, lengths = packed(name, core.tokenizer)
    logit, keep = independent(name, folder, ids)
    result = opener(folder).prune(QUERY, TEXT, threshold=THRESHOLD)
    score = logit if name in NAVER else torch.tensor(logit).sigmoid().item()
    assert result.score == pytest.approx(score, abs=1e-5)
    assert [TEXT[s.start : s.end] for s in result.sentences] == SENTENCES
    for sentence, length in zip(result.sentences, lengths, strict=True):
        tokens = keep[start : start + length]
        mean = ((tokens > THRESHOLD).float() if name in NAVER else tokens).mean().item()
        assert sentence.probability == pytest.approx(mean, abs=1e-5)
        assert sentence.kept == (mean > THRESHOLD)
        start += length


def test_july_2025(tmp_path):
    folder = july_2025(tmp_path)
    model = transformers.AutoModelForSequenceClassification.from_pretrained(
        folder / "ranking_model", attn_implementation="eager"
    )
    head = torch.load(folder / "pruning_head" / "pytorch_model.bin", weights_only=True)
    seen = {}
    model.base_model.register_forward_hook(lambda module, given, out: seen.update(state=out[0]))
    core = Pruner.from_pretrained(folder, allow_pickled_head=True)
    ids, start, lengths = packed("provence", core.tokenizer)
    types = torch.tensor([[int(place >= start) for place in range(ids.shape[1])]])
    with torch.no_grad():
        logit = model.eval()(ids, token_type_ids=types).logits.item()
        logits = seen["state"] @ head["classifier.weight"].T + head["classifier.bias"]
    keep = logits.softmax(-1)[0, :, 1]
    result = core.prune(NORMALIZED["provence"], TEXT)
    assert result.score == pytest.approx(logit, abs=1e-5)
    for sentence, length in zip(result.sentences, lengths, strict=True):
        mean = keep[start : start + length].mean().item()
        assert sentence.probability == pytest.approx(mean, abs=1e-5)
        start += length
