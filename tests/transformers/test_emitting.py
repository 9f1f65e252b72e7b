import json

import pytest

from pruning_transformers.emitting import emit
from pruning_transformers.released import EMITTED
from published_layouts import open_provence
from tiny_checkpoint import tiny_pruner


def test_the_files(tmp_path):
    tiny_pruner().save_pretrained(tmp_path)
    before = json.loads((tmp_path / "config.json").read_text())
    emit(tmp_path)
    after = json.loads((tmp_path / "config.json").read_text())
    assert len(after.pop("auto_map")) == 4
    assert after == before
    assert (tmp_path / EMITTED.name).read_bytes() == EMITTED.read_bytes()
    assert "# Pruning encoder" in (tmp_path / "README.md").read_text()


def test_a_card_that_is_there_stays_and_links_are_not_followed(tmp_path):
    folder, other = tmp_path / "model", tmp_path / "other"
    tiny_pruner().save_pretrained(folder)
    (folder / "README.md").write_text("mine")
    other.write_text("not ours")
    (folder / EMITTED.name).symlink_to(other)
    emit(folder)
    assert (folder / "README.md").read_text() == "mine"
    assert other.read_text() == "not ours"
    assert (folder / EMITTED.name).read_bytes() == EMITTED.read_bytes()


def test_another_project_s_checkpoint_is_refused(tmp_path):
    folder = open_provence(tmp_path)
    before = (folder / "config.json").read_bytes()
    with pytest.raises(ValueError, match="a checkpoint of .*`pruning convert` makes it ours"):
        emit(folder)
    assert (folder / "config.json").read_bytes() == before
