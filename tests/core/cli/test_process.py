"""The command in a process of its own, where the locale and the pipes are real."""

import os
import subprocess
import sys

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


def test_a_reader_that_has_enough_is_no_error():
    reader, writer = os.pipe()
    os.close(reader)
    done = pruning(*PRUNE, stdout=writer, input=b"Cats purr.")
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")
