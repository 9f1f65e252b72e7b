import io
import sys

import pytest
from safetensors import SafetensorError

from pruning_core import __version__
from pruning_core.cli import commands, main

PLUGIN = """
def register(subparsers):
    subparsers.add_parser("hello").set_defaults(run=lambda options: print("hi") or 0)
"""


def test_commands_join_through_entry_points(tmp_path, monkeypatch, capsys):
    folder = tmp_path / "hello-1.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: hello\nVersion: 1\n")
    (folder / "entry_points.txt").write_text("[pruning.commands]\nhello = hello_cli:register\n")
    (tmp_path / "hello_cli.py").write_text(PLUGIN)
    monkeypatch.syspath_prepend(tmp_path)
    assert main(["hello"]) == 0
    assert capsys.readouterr().out == "hi\n"


def test_help_version_and_no_command(capsys):
    assert main(["--help"]) == 0
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"pruning-core {__version__}"
    assert main([]) == 2


def test_a_command_of_another_distribution_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setattr("pruning_core.cli.command_line.entry_points", lambda group: [])
    assert main(["check", "folder"]) == 2
    assert "`pip install pruning-transformers` adds it" in capsys.readouterr().err


@pytest.fixture
def hello(monkeypatch):
    """Make the command `hello` run a function."""

    def make(run):
        def register(subparsers):
            subparsers.add_parser("hello").set_defaults(run=lambda options: run() or 0)

        monkeypatch.setattr(commands, "register", register)

    return make


@pytest.mark.parametrize(
    ("error", "printed"),
    [
        (OSError("no file"), "no file"),
        (ValueError("bad\n\x1b[31mred"), "bad [31mred"),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no"), "'utf-8' codec can't decode byte 0xff"),
        (RuntimeError("CUDA error\nstack"), "CUDA error stack"),
        (SafetensorError("header"), "header"),
        (NotImplementedError(), "NotImplementedError"),
        (MemoryError(), "MemoryError"),
        (RecursionError("too deep"), "too deep"),
        (AssertionError("not compiled"), "AssertionError: not compiled"),
        (KeyError("a"), "KeyError: 'a'"),
        (EOFError(), "EOFError"),
        (ValueError("\ud800"), "ValueError"),
        (RuntimeError("x" * 10_000), "x" * 1_000),
    ],
)
def test_whatever_a_command_raises_is_one_line_and_code_2(error, printed, hello, capsys):
    def run():
        raise error

    hello(run)
    assert main(["hello"]) == 2
    out, err = capsys.readouterr()
    assert (out, len(err.splitlines())) == ("", 1)
    assert err.startswith(f"pruning hello: {printed}")
    assert len(err) < 3_000


def test_an_interrupted_command(hello, capsys):
    def run():
        raise KeyboardInterrupt

    hello(run)
    assert main(["hello"]) == 130
    assert capsys.readouterr() == ("", "pruning: interrupted\n")


def test_in_development_mode_an_error_is_raised(hello, monkeypatch):
    class Flags:
        dev_mode = True

    monkeypatch.setattr(sys, "flags", Flags)
    hello(lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        main(["hello"])


def test_a_distribution_that_cannot_be_imported_is_one_line(monkeypatch, capsys):
    class Entry:
        def load(self):
            raise ImportError("no transformers")

    monkeypatch.setattr("pruning_core.cli.command_line.entry_points", lambda group: [Entry()])
    assert main(["check", "folder"]) == 2
    assert capsys.readouterr().err == "pruning check: no transformers\n"


@pytest.mark.parametrize(
    "given", [["fly"], ["prune", "--threshold", "x\x1b"], ["prune", "--no"], []]
)
def test_wrong_usage_is_one_line(given, monkeypatch, capsys):
    monkeypatch.setattr("pruning_core.cli.command_line.entry_points", lambda group: [])
    assert main(given) == 2
    out, err = capsys.readouterr()
    assert (out, len(err.splitlines())) == ("", 1)
    assert "--help`" in err
    assert "\x1b" not in err


class Output(io.TextIOWrapper):
    """An output that takes nothing."""

    def __init__(self, error):
        super().__init__(io.BytesIO())
        self.error = error

    def flush(self):
        if self.error and self.buffer.getvalue():
            raise self.error
        super().flush()


@pytest.mark.parametrize(
    ("error", "code", "printed"),
    [
        (OSError(28, "No space left"), 2, "pruning hello: [Errno 28] No space left\n"),
        (BrokenPipeError(), 141, ""),
    ],
)
def test_an_output_that_takes_nothing(error, code, printed, hello, monkeypatch, capsys):
    output = Output(error)
    monkeypatch.setattr(sys, "stdout", output)
    hello(lambda: output.buffer.write(b"results") * 0)
    assert main(["hello"]) == code
    assert sys.stdout is None  # the interpreter does not try again
    assert capsys.readouterr().err == printed
    output.error = None


def test_other_distributions_are_not_loaded_for_a_command_of_core(monkeypatch, capsys):
    loaded = []
    monkeypatch.setattr("pruning_core.cli.command_line.entry_points", lambda group: loaded)
    monkeypatch.setattr(commands, "register", lambda s: s.add_parser("x").set_defaults(run=id))
    loaded.append(None)  # loading it would be an AttributeError
    assert main(["x"])
