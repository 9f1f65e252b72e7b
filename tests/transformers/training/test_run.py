import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
import yaml
from safetensors.torch import load_file

from pruning_core import Pruner
from pruning_core.cli import main
from pruning_transformers import PruningEncoderForTokenClassification
from pruning_transformers.questions import read_questions
from pruning_transformers.training.resuming import last_checkpoint
from pruning_transformers.training.run import open_model
from pruning_transformers.training.settings import TrainSettings

BASE = {
    "learning_rate": 0.002,
    "per_device_train_batch_size": 8,
    "logging_steps": 1,
    "disable_tqdm": True,
    "use_cpu": True,
}
COMMAND = [sys.executable, "-m", "pruning_core.cli", "train"]


def settings(folder, model, training, name="run", **more):
    values = {
        "model": model,
        "output": str(folder / name),
        "data": {"train": [str(folder / "train.jsonl")]} | more.pop("data", {}),
        "training": {k: v for k, v in (BASE | training).items() if v is not None},
        "precision": "float32",  # the numbers are compared
        **more,
    }
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump(values))
    return path


def losses(folder):
    state = json.loads((folder / "trainer_state.json").read_text())
    return [row["loss"] for row in state["log_history"] if "loss" in row]


def test_a_reranker_becomes_a_pruner_that_passes_the_check(data, reranker, capsys):
    path = settings(
        data,
        reranker,
        {"max_steps": 60, "eval_steps": 20, "save_steps": 20},
        data={"eval": [str(data / "dev.jsonl")]},
        loss={"keep_weight": "balanced"},
    )
    assert main(["train", str(path)]) == 0
    found = losses(data / "run")
    assert sum(found[-20:]) < sum(found[:20])
    state = json.loads((data / "run" / "trainer_state.json").read_text())
    assert state["best_model_checkpoint"]
    best = min(row["eval_loss"] for row in state["log_history"] if "eval_loss" in row)
    assert state["best_metric"] == best
    assert main(["check", str(data / "run")]) == 0
    assert Pruner.from_pretrained(data / "run").prune("is a cat?", "A cat. Cats.").score


def test_pruning_only_and_a_pruner_as_the_start(data, reranker, pruner):
    path = settings(data, reranker, {"max_steps": 2}, name="only", mode="pruning_only")
    assert main(["train", str(path)]) == 0
    model = PruningEncoderForTokenClassification.from_pretrained(data / "only")
    assert model.config.mode == "pruning_only"
    again = settings(data, pruner, {"max_steps": 2}, name="again", data={"limit": 4})
    assert main(["train", str(again)]) == 0


def test_the_revision_is_of_the_hub_and_the_built_in_model_has_a_name(data, reranker, pruner):
    for model in (reranker, pruner):
        given = TrainSettings.read(settings(data, model, {}, revision="v1"))
        with pytest.raises(ValueError, match="`revision` 'v1' is for hub ids"):
            open_model(given)
    model = open_model(TrainSettings.read(settings(data, "default", {})))
    assert model.config.default_threshold == Pruner.from_pretrained().config.default_threshold
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}


def test_bad_data_stops_before_the_model_is_opened(data, capsys):
    rows = (data / "train.jsonl").read_text()
    (data / "train.jsonl").write_text(rows + '{"question": "", "context": "", "spans": []}\n')
    assert main(["train", str(settings(data, "none/such", {}))]) == 2
    assert "train.jsonl:33: `question` must not be empty" in capsys.readouterr().err


def test_a_killed_run_goes_on_from_its_last_whole_checkpoint(data, reranker):
    training = {"max_steps": 200, "save_steps": 5}
    whole = settings(data, reranker, training, name="whole")
    assert main(["train", str(whole)]) == 0
    path = settings(data, reranker, training, name="killed")
    process = subprocess.Popen(
        [*COMMAND, str(path)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while last_checkpoint(data / "killed") is None and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    stopped = last_checkpoint(data / "killed")
    assert stopped is not None
    assert not (data / "killed" / "model.safetensors").exists()
    (data / "killed" / "checkpoint-99").mkdir()  # one that the kill cut short
    assert main(["train", str(path)]) == 0
    ours, theirs = losses(data / "killed"), losses(data / "whole")
    assert len(ours) == 200
    assert ours == pytest.approx(theirs, abs=1e-4)


def test_a_share_is_held_out_and_can_be_measured(data, reranker, capsys):
    more = {"data": {"eval_share": 0.25, "batch_tokens": 256}, "average_weights": 0.5}
    more["calibrate"] = False
    training = {"max_steps": 4, "save_steps": 2, "per_device_train_batch_size": None}
    path = settings(data, reranker, training, **more)
    assert main(["train", str(path)]) == 0
    held_out = read_questions(data / "run" / "held_out.jsonl")
    assert 4 <= len(held_out) <= 8
    state = json.loads((data / "run" / "trainer_state.json").read_text())
    assert [row["step"] for row in state["log_history"] if "eval_loss" in row] == [2, 4]
    average = load_file(data / "run" / state["best_model_checkpoint"] / "average.safetensors")
    for name, value in load_file(data / "run" / "model.safetensors").items():
        torch.testing.assert_close(value, average[name])
    assert main(["evaluate", str(data / "run"), str(data / "run" / "held_out.jsonl")]) == 0


def test_the_saved_model_names_no_folder(data, reranker):
    training = {"max_steps": 2, "save_steps": 1}
    path = settings(data, reranker, training, data={"eval": [str(data / "dev.jsonl")]})
    assert main(["train", str(path)]) == 0
    files = [file for file in (data / "run").iterdir() if file.is_file()]
    assert "training_args.bin" not in {file.name for file in files}
    for file in files:
        for folder in (data, Path(reranker).parent):
            assert str(folder).encode() not in file.read_bytes(), file.name


def test_a_run_that_saves_nothing_is_evaluated_after_each_epoch(data, reranker):
    training = {"num_train_epochs": 1, "save_strategy": "no"}
    path = settings(data, reranker, training, data={"eval_share": 0.2})
    assert main(["train", str(path)]) == 0
    state = json.loads((data / "run" / "trainer_state.json").read_text())
    assert sum("eval_loss" in row for row in state["log_history"]) == 1
    assert state["best_model_checkpoint"] is None


@pytest.mark.skipif(not torch.distributed.is_available(), reason="torch without distributed")
def test_two_processes_give_the_loss_of_one_with_twice_the_batch(data, reranker):
    one = settings(data, reranker, {"max_steps": 6}, name="one")
    two = settings(
        data,
        reranker,
        {"max_steps": 6, "per_device_train_batch_size": 4, "ddp_backend": "gloo"},
        name="two",
    )
    assert main(["train", str(one)]) == 0
    # The address said: torchrun waits for ever where the machine's own name has none.
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--local-addr", "127.0.0.1"]
    done = subprocess.run(
        [*torchrun, "--nproc-per-node", "2", "-m", "pruning_core.cli", "train", str(two)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert losses(data / "two") == pytest.approx(losses(data / "one"), rel=0.1)
