import json

import pytest
import torch
from safetensors.torch import load_file, save_file

from make_tiny_checkpoint import tiny_pruner
from pruning_core import Pruner
from pruning_core.cli import main

QUERY, TEXT = "capital of france", "Paris is the capital. Cats purr."
PARTS = {
    "reranking_pruning": ("ranking_model", "ranking_model."),
    "pruning_only": ("encoder_model", "encoder."),
}


def published(folder, mode="reranking_pruning"):
    """A checkpoint in the layout of July 2025, from a tiny one of ours."""
    tiny_pruner(mode=mode).save_pretrained(folder)
    ours = json.loads((folder / "config.json").read_text())
    state = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    config = {
        "model_type": "pruning_encoder",
        "mode": mode,
        "base_model_name_or_path": "someone/base",
        "pruning_config": {"hidden_size": 32},
        "max_length": 64,
        "num_labels": 2,
        "auto_map": {"AutoModel": "modeling.Model"},
    }
    for name in ("config.json", "pruning_encoder_config.json"):
        (folder / name).write_text(json.dumps(config))
    part, prefix = PARTS[mode]
    (folder / part).mkdir()
    (folder / "pruning_head").mkdir()
    backbone = ours["backbone_config"] | {"id2label": {"0": "LABEL_0"}}
    (folder / part / "config.json").write_text(json.dumps(backbone))
    cut = {
        name: {k[len(name) :]: v for k, v in state.items() if k.startswith(name)}
        for name in (prefix, "pruning_head.")
    }
    save_file(cut[prefix], folder / part / "model.safetensors")
    torch.save(cut["pruning_head."], folder / "pruning_head" / "pytorch_model.bin")
    return folder


@pytest.mark.parametrize("mode", PARTS)
def test_the_same_numbers(mode, tmp_path):
    theirs = Pruner.from_pretrained(published(tmp_path, mode), allow_pickled_head=True)
    ours, result = tiny_pruner(mode=mode).prune(QUERY, TEXT), theirs.prune(QUERY, TEXT)
    assert [s.probability for s in result.sentences] == pytest.approx(
        [s.probability for s in ours.sentences], abs=1e-6
    )
    assert (theirs.config.default_threshold, theirs.config.num_labels) == (0.5, 1)
    if mode == "reranking_pruning":  # the score is the raw logit
        assert torch.tensor(result.score).sigmoid().item() == pytest.approx(ours.score, abs=1e-6)


def test_the_classes_of_transformers_open_it(tmp_path):
    ours = pytest.importorskip("pruning_transformers").PruningEncoderForSequenceClassification
    published(tmp_path)
    with pytest.raises(FileNotFoundError, match="is refused"):
        ours.from_pretrained(tmp_path)
    model = ours.from_pretrained(tmp_path, allow_pickled_head=True).eval()
    expected = Pruner.from_pretrained(tmp_path, allow_pickled_head=True).prune(QUERY, TEXT)
    assert model.prune(QUERY, TEXT).score == pytest.approx(expected.score, abs=1e-5)


def test_the_pickled_head_is_read_only_when_asked(tmp_path):
    with pytest.raises(FileNotFoundError, match="is refused.*`allow_pickled_head=True` reads it"):
        Pruner.from_pretrained(published(tmp_path / "theirs"))
    assert main(["convert", str(tmp_path / "theirs"), str(tmp_path / "ours")]) == 2
    flag = "--allow-pickled-head"
    assert main(["convert", flag, str(tmp_path / "theirs"), str(tmp_path / "ours")]) == 0
    theirs = Pruner.from_pretrained(tmp_path / "theirs", allow_pickled_head=True)
    assert Pruner.from_pretrained(tmp_path / "ours").prune(QUERY, TEXT) == theirs.prune(QUERY, TEXT)


def test_a_pickle_with_code_in_it_is_an_error(tmp_path):
    published(tmp_path)
    torch.save({"classifier.weight": print}, tmp_path / "pruning_head" / "pytorch_model.bin")
    with pytest.raises(ValueError, match="holds more than tensors"):
        Pruner.from_pretrained(tmp_path, allow_pickled_head=True)
