import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from pruning_core import Pruner
from pruning_core.staging import staged
from tiny_checkpoint import tiny_pruner


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_files_come_together_and_others_stay(tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "README.md").write_text("mine")
    with staged(folder) as draft:
        assert draft.name == "model"
        (draft / "config.json").write_text("{}")
        (draft / "sub").mkdir()
        (draft / "sub" / "a").write_text("a")
        assert os.listdir(folder) == ["README.md"]
    assert (folder / "sub" / "a").read_text() == "a"
    assert sorted(os.listdir(folder)) == ["README.md", "config.json", "sub"]
    assert os.listdir(tmp_path) == ["model"]


def test_an_error_leaves_what_was_there(checkpoint):
    before = contents(checkpoint)

    def fail():
        with staged(checkpoint) as draft:
            (draft / "config.json").write_text("{}")
            raise OSError("full")

    with pytest.raises(OSError, match="full"):
        fail()
    assert contents(checkpoint) == before
    assert os.listdir(checkpoint.parent) == [checkpoint.name]


def test_stale_shards_go(checkpoint, pruner):
    for name in ("model-00001-of-00002.safetensors", "model.safetensors.index.json"):
        (checkpoint / name).write_text("old")
    (checkpoint / "model.fp16.safetensors").write_text("a variant stays")
    pruner.save_pretrained(checkpoint)
    found = {path.name for path in checkpoint.iterdir() if path.name.startswith("model")}
    assert found == {"model.safetensors", "model.fp16.safetensors"}


def test_links_are_replaced_and_never_followed(tmp_path, pruner):
    outside = tmp_path / "outside"
    outside.write_text("mine")
    folder = tmp_path / "model"
    folder.mkdir()
    for name in ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"):
        (folder / name).symlink_to(outside)
    pruner.save_pretrained(folder)
    assert outside.read_text() == "mine"
    assert not any(path.is_symlink() for path in folder.iterdir())
    (folder / "sub").symlink_to(tmp_path)
    before = contents_of_files(folder)

    def write_below():
        with staged(folder) as draft:
            (draft / "sub").mkdir()
            (draft / "sub" / "a").write_text("a")

    with pytest.raises(FileExistsError, match="sub is a link"):
        write_below()
    assert contents_of_files(folder) == before


def contents_of_files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


KILLED = """
import os, sys
from pathlib import Path
from pruning_core import staging
from tiny_checkpoint import tiny_pruner
left, move = int(sys.argv[2]), staging._move
def counted(source, target):
    global left
    if not left: os._exit(9)
    left -= 1
    move(source, target)
staging._move = counted
tiny_pruner(seed=1, default_threshold=1.0).save_pretrained(sys.argv[1])
"""


def test_killed_at_any_move_nothing_opens_that_is_half_old_and_half_new(checkpoint, tmp_path):
    path = os.pathsep.join(sys.path)
    outcomes = set()
    for moves in range(0, 9, 2):
        folder = tmp_path / f"copy{moves}"
        shutil.copytree(checkpoint, folder)
        command = [sys.executable, "-c", KILLED, str(folder), str(moves)]
        done = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, check=False)
        outcomes.add((done.returncode, opens_as(folder)))
    assert outcomes == {(9, "old"), (9, "nothing"), (0, "new")}


def opens_as(folder):
    try:
        pruner = Pruner.from_pretrained(folder)
    except FileNotFoundError:
        return "nothing"
    weight = pruner.encoder.pruning_head.classifier.weight
    for name, due in {"old": tiny_pruner(), "new": tiny_pruner(seed=1)}.items():
        if weight.equal(due.encoder.pruning_head.classifier.weight):
            assert pruner.config.default_threshold == {"old": 0.5, "new": 1.0}[name]
            return name
    raise AssertionError("neither old nor new")


FULL = """
import resource, sys
from tiny_checkpoint import tiny_pruner
pruner = tiny_pruner(seed=1)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
try:
    pruner.save_pretrained(sys.argv[1])
except OSError as error:
    print(error)
    sys.exit(3)
"""


@pytest.mark.parametrize("limit", [50, 4_000, 40_000])
def test_a_full_disk_leaves_what_was_there(checkpoint, limit):
    pytest.importorskip("resource")
    before = contents(checkpoint)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", FULL, str(checkpoint), str(limit)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 3, done.stderr
    assert contents(checkpoint) == before
    assert os.listdir(checkpoint.parent) == [checkpoint.name]


def test_two_saves_into_one_folder_do_not_mix(tmp_path):
    folder = tmp_path / "model"
    pruners = [tiny_pruner(), tiny_pruner(seed=1, default_threshold=1.0)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda i: pruners[i % 2].save_pretrained(folder), range(12)))
    assert opens_as(folder) in ("old", "new")
