"""The limits and the verdicts themselves: what a checkpoint must not do is seen."""

import os
import pickle
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from hostile import ways, worker
from hostile.case import AGREE, HARMLESS, REFUSED, SAME, Case
from hostile.judging import ELSE, NAMED, OPENED, judge_all

FOUND = [{"score": 0.5, "probabilities": [0.25], "text": "", "warnings": []}]


def open_by(act, tmp_path, monkeypatch):
    """The verdict on a way that does `act` with the folder."""
    (tmp_path / "good" / "bert").mkdir(parents=True)
    (tmp_path / "modules").mkdir()
    monkeypatch.setenv("HF_MODULES_CACHE", str(tmp_path / "modules"))

    def steps(folder, ranks):
        yield "step", lambda: act(folder)

    monkeypatch.setitem(ways._STEPS, "core", steps)
    case = Case(name="a case", kind="a kind", change=lambda folder: None, expect=AGREE)
    row = worker.run(case, "core", tmp_path / "good", tmp_path)
    (judgement,) = judge_all([case], [{"name": case.name, "way": "core", **row}])
    return judgement


def swallowing(act):
    """Errors that a library catches are seen all the same."""

    def then(folder):
        try:
            act(folder)
        except Exception:
            return FOUND
        return FOUND

    return then


def run_code(folder):
    path = folder / "x.py"
    exec(compile("x = 1", str(path), "exec"), {})


def connect(folder):
    socket.create_connection(("192.0.2.1", 80), timeout=1)


ACTS = {
    "a process": lambda folder: subprocess.run([sys.executable], check=True),
    "a shell": lambda folder: os.system("/bin/true"),  # noqa: S605
    "a fork": lambda folder: os.fork(),
    "an address": lambda folder: socket.getaddrinfo("example.org", 443),
    "a connection": connect,
    "a file outside": lambda folder: (folder.parent / "outside" / "x").write_text("x"),
    "a file in the checkpoint": lambda folder: (folder / "x").write_text("x"),
    "a file of the user": lambda folder: Path("~/x").expanduser().write_text("x"),
    "a removed file": lambda folder: os.remove(folder / "x"),
    "a folder": lambda folder: (folder / "x").mkdir(),
    "a link": lambda folder: (folder / "x").symlink_to("/dev/zero"),
    "a pickle": lambda folder: pickle.loads(pickle.dumps(os.getcwd)),
    "code": run_code,
}


@pytest.mark.parametrize("act", ACTS)
def test_an_act_is_seen(act, tmp_path, monkeypatch):
    judgement = open_by(swallowing(ACTS[act]), tmp_path, monkeypatch)
    assert judgement.verdict == ELSE
    assert judgement.reason.startswith("acts: ")


def test_what_is_allowed(tmp_path, monkeypatch):
    def act(folder):
        Path("scratch").write_text("x")
        return FOUND

    assert open_by(act, tmp_path, monkeypatch).verdict == OPENED


def test_memory_is_limited(tmp_path, monkeypatch):
    judgement = open_by(lambda folder: bytearray(2**34), tmp_path, monkeypatch)
    assert judgement.verdict == ELSE
    assert "MemoryError" in judgement.reason


def test_time_is_limited(tmp_path, monkeypatch):
    monkeypatch.setattr("hostile.limits.CPU_SECONDS", 1)

    def act(folder):
        while True:
            pass

    judgement = open_by(act, tmp_path, monkeypatch)
    assert (judgement.verdict, judgement.reason[:13]) == (ELSE, "killed by SIG")


def test_a_wait_is_limited(tmp_path, monkeypatch):
    monkeypatch.setattr("hostile.worker.WALL_SECONDS", 1)
    judgement = open_by(lambda folder: _wait(), tmp_path, monkeypatch)
    assert judgement.reason == "nothing after 1 s"


def _wait():
    reading, _ = os.pipe()
    os.read(reading, 1)


def test_written_files_are_limited(tmp_path, monkeypatch):
    def act(folder):
        Path("scratch").write_bytes(bytes(2**27))

    judgement = open_by(act, tmp_path, monkeypatch)
    assert judgement.verdict == ELSE
    assert "File too large" in judgement.reason


def row(*steps, **more):
    return {"name": "a case", "way": "core", "acts": [], "changed": [], "steps": steps, **more}


def refusal(message="config.json is wrong", name="ValueError", ours=True):
    bases = [name, "ValueError", "Exception"] if name == "ValueError" else [name, "Exception"]
    error = {"type": name, "bases": bases, "message": message, "length": len(message)}
    return {"step": "Pruner", "error": error | {"ours": ours, "frames": []}}


def opening(score=0.5, **more):
    return {"step": "Pruner", "numbers": [FOUND[0] | {"score": score} | more]}


def verdict(expect, *steps):
    case = Case(name="a case", kind="a kind", change=lambda folder: None, expect=expect)
    good = Case(name="good", kind="good", change=lambda folder: None, expect=SAME)
    rows = [row(*steps), {**row(opening()), "name": "good"}]
    return next(one.verdict for one in judge_all([good, case], rows) if one.case is case)


@pytest.mark.parametrize(
    ("expect", "steps", "due"),
    [
        (SAME, [opening()], OPENED),
        (SAME, [opening(0.6)], ELSE),
        (SAME, [refusal()], ELSE),
        (HARMLESS, [opening()], OPENED),
        (HARMLESS, [opening(0.6)], ELSE),
        (HARMLESS, [refusal()], NAMED),
        (AGREE, [opening(0.6)], OPENED),
        (AGREE, [opening(0.6), {**opening(0.7), "step": "PruningEncoder"}], ELSE),
        (AGREE, [opening(float("nan"))], ELSE),
        (AGREE, [opening(probabilities=[1.5])], ELSE),
        (REFUSED, [refusal()], NAMED),
        (REFUSED, [opening()], ELSE),
        (REFUSED, [refusal(), opening()], ELSE),
        (REFUSED, [refusal("wrong")], ELSE),
        (REFUSED, [refusal("config.json " + "x" * 3_000)], ELSE),
        (REFUSED, [refusal(name="KeyError")], ELSE),
        (REFUSED, [refusal(name="PanicException")], ELSE),
    ],
)
def test_verdicts(expect, steps, due):
    assert verdict(expect, *steps) == due


def test_ways_that_disagree():
    case = Case(name="a case", kind="a kind", change=lambda folder: None, expect=AGREE)
    rows = [row(opening(0.5)), {**row(opening(0.6)), "way": "registered"}]
    assert [one.verdict for one in judge_all([case], rows)] == [OPENED, ELSE]
