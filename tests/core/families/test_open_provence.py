import json

import pytest
import torch
from safetensors.torch import load_file, save_file

from pruning_core import Pruner
from pruning_core.cli import main
from pruning_core.families import open_provence
from tiny_checkpoint import tiny_pruner

QUERY, TEXT = "capital of france", "Paris is the capital. Cats purr."
MODERNBERT = {
    "model_type": "modernbert",
    "vocab_size": 160,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "max_position_embeddings": 80,
    "pad_token_id": 0,
    "_attn_implementation_autoset": True,
    "_name_or_path": "someone/base",
}


def published(folder, *, prefix="ranking_model.", extra=None):
    """A checkpoint in the layout of OpenProvence, from a tiny one of ours."""
    tiny_pruner().save_pretrained(folder)
    ours = json.loads((folder / "config.json").read_text())
    config = {
        "model_type": "open_provence",
        "auto_map": {"AutoModel": "modeling_open_provence_standalone.OpenProvenceModel"},
        "mode": "reranking_pruning",
        "base_model_config": ours["backbone_config"],
        "base_model_name_or_path": "someone/base",
        "tokenizer_name_or_path": None,
        "pruning_config": {"hidden_size": 32, "num_labels": 2, "classifier_dropout": 0.2},
        "max_length": 64,
        "num_labels": 1,
        "default_threadshold": 0.3,
        "splitter_default_language": "ja",
    }
    (folder / "config.json").write_text(json.dumps(config))
    state = load_file(folder / "model.safetensors")
    state = {name.replace("ranking_model.", prefix): value for name, value in state.items()}
    save_file(state | (extra or {}), folder / "model.safetensors")
    return folder


@pytest.mark.parametrize("prefix", ["ranking_model.", ""])
def test_both_layouts_open_with_the_same_numbers(prefix, tmp_path):
    extra = {"pruning_head.pooling_weights.weight": torch.ones(2)}
    theirs = Pruner.from_pretrained(published(tmp_path, prefix=prefix, extra=extra))
    expected = tiny_pruner().prune(QUERY, TEXT)
    result = theirs.prune(QUERY, TEXT)
    assert result.score == pytest.approx(expected.score, abs=1e-6)
    assert [s.probability for s in result.sentences] == pytest.approx(
        [s.probability for s in expected.sentences], abs=1e-6
    )
    assert theirs.config.default_threshold == 0.3
    assert theirs.config.classifier_dropout == 0.2


def test_modernbert_is_read_before_its_last_norm():
    config = open_provence.config({"base_model_config": MODERNBERT}, None)
    assert config.pruning_hidden_state == "pre_final_norm"
    assert config.default_threshold == 0.1
    assert not [key for key in config.backbone_config if key.startswith("_")]


@pytest.mark.parametrize(("right", "wrong", "due"), [(0.4, None, 0.4), (0.4, 0.2, 0.2)])
def test_the_misspelt_threshold_wins(right, wrong, due):
    data = {"default_threshold": right, "default_threadshold": wrong}
    data |= {"base_model_config": MODERNBERT}
    assert open_provence.config(data, None).default_threshold == due


def test_convert_writes_ours(tmp_path):
    published(tmp_path / "theirs")
    assert main(["convert", str(tmp_path / "theirs"), str(tmp_path / "ours")]) == 0
    data = json.loads((tmp_path / "ours" / "config.json").read_text())
    assert data["model_type"] == "pruning_encoder"
    theirs, ours = (Pruner.from_pretrained(tmp_path / name) for name in ("theirs", "ours"))
    assert ours.prune(QUERY, TEXT) == theirs.prune(QUERY, TEXT)


def test_keys_that_do_not_fit_are_named(tmp_path):
    extra = {"ranking_model.bert.other": torch.ones(2)}
    with pytest.raises(ValueError, match=r"unexpected ranking_model\.bert\.other"):
        Pruner.from_pretrained(published(tmp_path, extra=extra))
