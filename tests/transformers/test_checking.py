import pytest

from pruning_transformers import PruningEncoderModel, checking
from pruning_transformers.checking import check
from tiny_backbones import new_model

CASES = [
    ("bert", "reranking_pruning"),
    ("bert", "pruning_only"),
    ("deberta-v2", "reranking_pruning"),
]


@pytest.mark.parametrize(("family", "mode"), CASES)
def test_every_path_gives_the_same_numbers(family, mode, tmp_path):
    new_model(family, PruningEncoderModel, mode=mode).save_pretrained(tmp_path)
    rows = {row.path: row for row in check(tmp_path)}
    assert not [row for row in rows.values() if row.error]
    paths = [path for path in rows if path.startswith("AutoModel")]
    assert len(paths) == {"reranking_pruning": 6, "pruning_only": 4}[mode]
    assert {rows[path].difference for path in paths} == {0.0}  # remote and registered, bit for bit
    assert rows["PruningEncoder with the package"].difference is not None


def test_other_numbers_are_an_error(tmp_path):
    new_model(cls=PruningEncoderModel).save_pretrained(tmp_path)
    file = tmp_path / "modeling_pruning_encoder.py"
    text = file.read_text()
    code = "pruning_logits=self.pruning_head(state)"
    assert code in text
    file.write_text(text.replace(code, f"{code} + 1"))
    errors = [row.error for row in check(tmp_path, trust_remote_code=True) if row.error]
    assert errors
    assert {error[:12] for error in errors} == {"logits diffe"}


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-16"])
def test_what_the_probe_says_is_read_in_every_locale(encoding, tmp_path, monkeypatch):
    (tmp_path / "probe.py").write_text("import sys; sys.exit('日本')", "utf-8")
    monkeypatch.setattr(checking, "_PROBE", tmp_path / "probe.py")
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    (row,) = checking._probe(tmp_path, 60.0, installed=True)
    assert row.error == "日本"
