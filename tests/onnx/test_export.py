"""Every backbone in ONNX Runtime gives the numbers that it gives in torch."""

import logging
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

import pruning_core
from core_backbones import PAIRS, new_pruner
from pruning_core import Pruner, checkpoint
from pruning_core.onnx import export, graph
from pruning_core.onnx.encoder import OnnxEncoder
from pruning_core.onnx.export import export_onnx, export_ranking_onnx
from pruning_core.onnx.quality import Agreement, compare
from pruning_core.onnx.quantization import quantize

CASES = [
    ("bert", "reranking_pruning"),
    ("bert", "pruning_only"),
    ("xlm-roberta", "reranking_pruning"),
    ("modernbert", "reranking_pruning"),
    ("deberta-v2", "reranking_pruning"),
]


def sentences(results):
    return np.array([s.probability for result in results for s in result.sentences])


@pytest.mark.parametrize(("backbone", "mode"), CASES)
@pytest.mark.parametrize("token_budget", [1, 100_000])
def test_numbers_of_torch(exported, backbone, mode, token_budget):
    pruner, folder = exported(backbone, mode)
    fast = Pruner.from_pretrained(folder, token_budget=token_budget)
    assert checkpoint.open(folder, backend="auto").backend == "onnx"
    assert fast.config == pruner.config
    assert repr(fast).startswith(f"<Pruner: {backbone}, ONNX Runtime, {mode}")
    queries, documents = zip(*PAIRS, strict=True)
    due, found = (p.prune_batch(queries, documents) for p in (pruner, fast))
    np.testing.assert_allclose(sentences(found), sentences(due), atol=1e-4)
    scores = [[row.score for row in rows if row.score is not None] for rows in (due, found)]
    assert len(scores[0]) == (len(PAIRS) if pruner.config.ranks else 0)
    np.testing.assert_allclose(scores[1], scores[0], atol=1e-4)


def test_every_method(exported):
    pruner, folder = exported()
    fast = Pruner.from_pretrained(folder, backend="onnx", threads=1)
    documents = [text for _, text in PAIRS]
    for call in (
        lambda p: [row.index for row in p.rank("cats", documents)],
        lambda p: p.pack("cats", documents, max_tokens=9).text,
        lambda p: [row.text for row in p.stream(PAIRS, threshold=0.4, min_sentences=1)],
        lambda p: p.prune(*PAIRS[0], max_tokens=20, always_keep=["first_sentence"]).text,
    ):
        assert call(fast) == call(pruner)
    with pytest.raises(TypeError, match="`encoder` must be a PruningEncoder"):
        fast.save_pretrained(folder / "new")


def test_what_is_in_the_folder(exported):
    _, folder = exported()
    names = {path.name for path in folder.iterdir()}
    files = {"README.md", "config.json", "model.onnx", "tokenizer.json", "tokenizer_config.json"}
    assert names == files
    card = (folder / "README.md").read_text()
    assert "in float32" in card
    assert "on 5 pairs" in card
    assert "0 of 24 sentences decided otherwise (0.00%)" in card.replace("\n", " ")


def test_no_path_of_this_machine_is_written(exported):
    _, folder = exported()
    for place in (Path(torch.__file__).parent, Path(pruning_core.__file__).parent, folder.parent):
        assert all(str(place).encode() not in path.read_bytes() for path in folder.iterdir())


@pytest.mark.parametrize(
    ("backbone", "inputs"),
    [
        ("bert", ["input_ids", "attention_mask", "token_type_ids"]),
        ("modernbert", ["input_ids", "attention_mask"]),
    ],
)
def test_the_graph(exported, backbone, inputs):
    found = onnx.load(str(exported(backbone)[1] / "model.onnx")).graph
    assert [value.name for value in found.input] == inputs
    assert [value.name for value in found.output] == ["ranking_logits", "pruning_logits"]
    assert "IsNaN" not in {node.op_type for node in found.node}


def test_int8(exported):
    pruner, folder = exported(int8=True)
    model = onnx.load(str(folder / "model.onnx"))
    kinds = [node.op_type for node in model.graph.node]
    assert kinds.count("MatMulNBits") == 2 * 6  # of each layer
    assert kinds.count("MatMul") == 2 * 2 + 1  # of the attention, and the pruning head's
    fast = Pruner.from_pretrained(folder)
    queries, documents = zip(*PAIRS, strict=True)
    due, found = (p.prune_batch(queries, documents) for p in (pruner, fast))
    assert 0 < np.abs(sentences(found) - sentences(due)).max() < 0.2
    assert "in int8" in (folder / "README.md").read_text()


def test_large_weights_lie_beside_the_model(tmp_path, monkeypatch):
    monkeypatch.setattr(graph, "INLINE_BYTES", 0)
    pruner, path = new_pruner("bert"), tmp_path / "model.onnx"
    graph.write_graph(pruner.encoder, path, graph.outputs_of(pruner.encoder))
    for most in (1e-4, 0.2):
        assert {file.name for file in tmp_path.iterdir()} == {"model.onnx", "model.onnx.data"}
        encoder = OnnxEncoder(path, pruner.config)
        fast = Pruner(encoder, pruner.tokenizer, pruner.config)
        assert compare(pruner, fast, PAIRS).difference < most
        quantize(path)


def test_what_is_too_far_is_not_written(exported, tmp_path, monkeypatch):
    def differ(*models):
        return Agreement(sentences=100, flipped=2, spearman=1.0, difference=0.5)

    monkeypatch.setattr(export, "write_graph", lambda encoder, path, outputs: None)
    monkeypatch.setattr(export, "OnnxEncoder", lambda path, config: new_pruner("bert").encoder)
    monkeypatch.setattr(export, "compare", differ)
    source, target = exported()[1].parent / "torch", tmp_path / "new"
    with pytest.raises(ValueError, match="is too far from `model` .*: 2 of 100 sentences decided"):
        export_onnx(source, target)
    assert not list(target.iterdir())
    assert export_onnx(source, target, force=True) == differ()
    assert "2 of 100 sentences" in (target / "README.md").read_text()


def test_arguments(exported, tmp_path):
    source = exported()[1].parent / "torch"
    with pytest.raises(ValueError, match=r"`target` .* holds model\.safetensors; export into"):
        export_onnx(source, source)
    with pytest.raises(TypeError, match="`int8` must be a bool, not 1"):
        export_onnx(source, tmp_path, int8=1)
    with pytest.raises(FileNotFoundError, match="is neither a folder nor a hub id"):
        export_onnx("./none", tmp_path)
    with pytest.raises(ValueError, match="a model of mode 'pruning_only' has no ranking model"):
        export_ranking_onnx(new_pruner("bert", "pruning_only").encoder, tmp_path)


def test_the_exporter_is_missing(exported, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxscript", None)
    with pytest.raises(ImportError, match=r"the export needs onnxscript: `pip install 'pruning-"):
        export_onnx(exported()[1].parent / "torch", tmp_path / "new")


def test_an_export_changes_no_logger(exported):
    exported()
    exported(int8=True)
    assert not logging.getLogger("torch.onnx._internal.exporter._registration").level
    assert not [h for h in logging.root.handlers if type(h) is logging.StreamHandler]


def test_torch_is_not_imported(exported):
    code = """
import sys
from pruning_core import Pruner
pruner = Pruner.from_pretrained(sys.argv[1])
pruner.rank("cats", ["Cats purr. Paris.", "A cat."])
heavy = {"torch", "transformers", "onnx", "onnxscript", "huggingface_hub"} & set(sys.modules)
assert not heavy, heavy
"""
    subprocess.run([sys.executable, "-c", code, str(exported()[1])], check=True)
