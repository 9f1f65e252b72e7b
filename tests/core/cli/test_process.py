"""The command in a process of its own, where the locale and the pipes are real."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

TEXT = "日本語の文。猫はいい。\r\nCats purr.\r\n"
PRUNE = ("prune", "--query", "q", "--quiet")


def pruning(*arguments, environment=None, **options):
    return subprocess.run(
        [sys.executable, "-m", "pruning_core.cli", *arguments],
        env={**os.environ, **(environment or {})},
        stderr=subprocess.PIPE,
        check=False,
        **options,
    )


def test_a_locale_without_the_letters_loses_nothing(tmp_path):
    data = TEXT.encode()
    (tmp_path / "日本.txt").write_bytes(data)
    done = pruning(
        *("prune", "--query", "猫", "日本.txt", "--threshold", "0", "--format", "text"),
        environment={"PYTHONIOENCODING": "cp1252"},
        stdout=subprocess.PIPE,
        cwd=tmp_path,
    )
    assert (done.returncode, done.stdout) == (0, data)
    assert done.stderr.startswith(rb"\u65e5\u672c.txt: kept 3 of 3")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="of Linux")
def test_a_full_disk_is_one_line():
    with open("/dev/full", "wb") as full:
        done = pruning(*PRUNE, stdout=full, input=b"Cats purr.")
    assert done.returncode == 2
    assert done.stderr == b"pruning prune: [Errno 28] No space left on device\n"


@pytest.mark.skipif(sys.platform == "win32", reason="has no SIGPIPE")
def test_a_reader_that_has_enough_is_no_error():
    reader, writer = os.pipe()
    os.close(reader)
    done = pruning(*PRUNE, stdout=writer, input=b"Cats purr.")
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


def rows(count):
    return "".join(
        json.dumps({"text": f"Cats purr {i}. Paris is big."}) + "\n" for i in range(count)
    )


def test_a_killed_run_goes_on(tmp_path):
    (tmp_path / "in.jsonl").write_text(rows(700))
    command = ("prune", "--query", "What do cats do?", "--format", "jsonl", "in.jsonl", "--quiet")
    assert pruning(*command, "--output", "whole", cwd=tmp_path).returncode == 0
    process = subprocess.Popen(
        [sys.executable, "-m", "pruning_core.cli", *command, "--output", "killed"], cwd=tmp_path
    )
    killed = tmp_path / "killed"
    while not (killed.exists() and killed.stat().st_size) and process.poll() is None:
        time.sleep(0.01)
    process.kill()
    process.wait()
    done = killed.read_bytes().count(b"\n")
    assert 0 < done < 700
    with killed.open("ab") as file:
        file.write(b'{"id": "cut')
    assert pruning(*command, "--output", "killed", "--resume", cwd=tmp_path).returncode == 0
    assert killed.read_bytes() == (tmp_path / "whole").read_bytes()


@pytest.mark.skipif(sys.platform == "win32", reason="has no SIGINT for one process")
def test_control_c_leaves_what_is_done(tmp_path):
    code = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job ignores it
from pruning_core.cli import main
sys.exit(main(sys.argv[1:]))
"""
    command = ("prune", "--query", "q", "--format", "jsonl", "-", "--quiet", "--output", "out")
    process = subprocess.Popen(
        [sys.executable, "-c", code, *command],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.stdin.write(rows(64).encode())
    process.stdin.flush()
    out = tmp_path / "out"
    while not (out.exists() and out.stat().st_size) and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, message = process.communicate()
    assert (process.returncode, message) == (130, b"pruning: interrupted\n")
    assert out.read_bytes().endswith(b"}\n")


def test_control_c_during_imports():
    code = """
import sys
class Stop:
    def find_spec(self, name, *_):
        if name == "tokenizers":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Stop())
from pruning_core.cli import main
sys.exit(main(["--help"]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (130, b"pruning: interrupted\n")


def test_a_result_comes_before_the_pipe_is_closed():
    process = subprocess.Popen(
        [sys.executable, "-m", "pruning_core.cli", *PRUNE, "--format", "jsonl"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    process.stdin.write(rows(64).encode())
    process.stdin.flush()
    assert json.loads(process.stdout.readline())["original"].startswith("Cats purr 0.")
    process.stdin.close()
    assert process.stdout.read().count(b"\n") == 63
    process.stdout.close()
    assert process.wait() == 0
