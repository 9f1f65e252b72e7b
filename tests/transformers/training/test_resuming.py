import json
import logging
import shutil
from pathlib import Path

import pytest
import yaml
from transformers import TrainerState, TrainingArguments

from pruning_core.cli import main
from pruning_transformers.training.resuming import (
    checkpoints,
    damage,
    is_complete,
    last_checkpoint,
)
from pruning_transformers.training.rotation import CheckpointLimit

FILES = (
    "average.safetensors",
    "model.safetensors",
    "optimizer.pt",
    "rng_state.pth",
    "scheduler.pt",
    "trainer_state.json",
)


def settings(folder, model, steps, **more):
    values = {
        "model": model,
        "output": str(folder / "run"),
        "data": {"train": [str(folder / "train.jsonl")], "eval": [str(folder / "train.jsonl")]},
        "training": {
            "max_steps": steps,
            "save_steps": 1,
            "save_total_limit": 3,
            "per_device_train_batch_size": 2,
            "use_cpu": True,
        },
        "precision": "float32",
        "average_weights": 0.5,
        **more,
    }
    (folder / "c.yaml").write_text(yaml.safe_dump(values))
    return str(folder / "c.yaml")


@pytest.fixture(scope="module")
def made(tmp_path_factory, reranker):
    """A folder with the rows and the run of three steps, each with its checkpoint."""
    folder = tmp_path_factory.mktemp("made")
    row = {"question": "is a cat?", "context": "A cat. Cats purr.", "spans": [[0, 6]]}
    (folder / "train.jsonl").write_text((json.dumps(row) + "\n") * 4)
    assert main(["train", settings(folder, reranker, 3)]) == 0
    return folder


@pytest.fixture
def run(made, tmp_path):
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path / "run"


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def truncate(path, share=0.5):
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])


@pytest.mark.parametrize("share", [0, 0.5, 0.99])
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_leaves_the_next_older_checkpoint(name, share, run, caplog):
    assert damage(run / "checkpoint-3") is None
    truncate(run / "checkpoint-3" / name, share)
    assert last_checkpoint(run) == run / "checkpoint-2"
    assert f"{run / 'checkpoint-3'} is passed over: {run / 'checkpoint-3' / name}" in caplog.text


@pytest.mark.parametrize("text", ["[]", "{}", '{"global_step": "3"}', '{"other": 1}', "null"])
def test_a_state_that_is_none(text, run):
    (run / "checkpoint-3" / "trainer_state.json").write_text(text)
    assert damage(run / "checkpoint-3") is not None


def test_weights_that_are_not_there(run):
    (run / "checkpoint-3" / "model.safetensors").unlink()
    assert f"{run / 'checkpoint-3'} has no model.safetensors" in damage(run / "checkpoint-3")


def test_a_checkpoint_that_lacks_a_file_goes_last(run, caplog):
    (run / "checkpoint-3" / "optimizer.pt").unlink()
    assert last_checkpoint(run, "optimizer.pt") == run / "checkpoint-2"
    assert "checkpoint-3 lacks optimizer.pt" in caplog.text
    assert last_checkpoint(run, "no.such") == run / "checkpoint-3"


def test_other_folders_are_no_checkpoints(run):
    for name in ("checkpoint-best", "checkpoint-4.old", "checkpoint-", "checkpoint-0x5"):
        shutil.copytree(run / "checkpoint-3", run / name)
    (run / "checkpoint-9").write_text("")
    assert list(checkpoints(run)) == [1, 2, 3]
    assert last_checkpoint(run) == run / "checkpoint-3"


def test_a_finished_run_is_left_alone(run, reranker, capsys):
    before = contents(run)
    assert main(["train", settings(run.parent, reranker, 3)]) == 0
    out, err = capsys.readouterr()
    assert contents(run) == before
    assert out == f"the model is in {run}\n"
    assert f"nothing to do: {run} holds the model of a finished run" in err


def test_more_steps_go_on_over_damaged_checkpoints(run, reranker, caplog):
    path = settings(run.parent, reranker, 5)
    (run / "checkpoint-best").mkdir()
    truncate(run / "checkpoint-3" / "optimizer.pt")
    truncate(run / "checkpoint-2" / "trainer_state.json")
    with caplog.at_level(logging.INFO):
        assert main(["train", path]) == 0
    assert "going on from " + str(run / "checkpoint-1") in caplog.text
    state = json.loads((run / "trainer_state.json").read_text())
    assert [row["step"] for row in state["log_history"] if "eval_loss" in row] == [1, 2, 3, 4, 5]
    assert (run / "checkpoint-best").is_dir()
    assert {3, 4, 5} >= set(checkpoints(run)) - {int(state["best_model_checkpoint"][11:])}


def test_a_run_that_was_stopped_before_its_model_was_saved(run, reranker):
    path = settings(run.parent, reranker, 3)
    whole = contents(run)
    for name in ("model.safetensors", "trainer_state.json"):
        (run / name).unlink()
    assert main(["train", path]) == 0
    after = contents(run)
    assert after[run / "model.safetensors"] == whole[run / "model.safetensors"]
    for path, data in whole.items():
        if path.parent != run:
            assert after[path] == data


def test_a_damaged_best_checkpoint_is_forgotten(run, reranker, caplog):
    states = [run / f"checkpoint-{step}" / "trainer_state.json" for step in (2, 3)]
    for path in states:
        state = json.loads(path.read_text()) | {
            "best_model_checkpoint": "/elsewhere/checkpoint-1",
            "best_metric": -1.0,
            "best_global_step": 1,
        }
        path.write_text(json.dumps(state))
    truncate(run / "checkpoint-1" / "model.safetensors")
    assert main(["train", settings(run.parent, reranker, 4)]) == 0
    assert f"the best checkpoint {run / 'checkpoint-1'} is lost" in caplog.text
    state = json.loads((run / "trainer_state.json").read_text())
    assert state["best_model_checkpoint"] == "checkpoint-4"


@pytest.mark.parametrize(
    ("steps", "epochs", "is_done"),
    [(10, 3, True), (11, 1, False), (-1, 2, True), (-1, 1.5, True), (-1, 2.5, False)],
)
def test_what_is_complete(steps, epochs, is_done, tmp_path):
    args = TrainingArguments(str(tmp_path), max_steps=steps, num_train_epochs=epochs, use_cpu=True)
    assert is_complete(TrainerState(global_step=10, epoch=2.0), args) is is_done


def test_the_newest_and_the_best_are_kept(tmp_path):
    args = TrainingArguments(str(tmp_path), use_cpu=True)
    for name in (1, 2, 3, 4, 10, 99, "best"):
        (tmp_path / f"checkpoint-{name}").mkdir()
    best = str(Path("moved", "checkpoint-1"))
    state = TrainerState(global_step=10, best_model_checkpoint=best)
    CheckpointLimit(3).on_save(args, state, None)
    assert list(checkpoints(tmp_path)) == [1, 4, 10]
    CheckpointLimit(1).on_save(args, state, None)
    assert list(checkpoints(tmp_path)) == [1, 10]
    assert (tmp_path / "checkpoint-best").is_dir()
