import pytest

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


@pytest.mark.parametrize(
    ("error", "code", "printed"),
    [
        (OSError("no file"), 2, "pruning hello: no file\n"),
        (ValueError("bad"), 2, "pruning hello: bad\n"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_what_a_command_raises_becomes_an_exit_code(error, code, printed, monkeypatch, capsys):
    def run(options):
        raise error

    def register(subparsers):
        subparsers.add_parser("hello").set_defaults(run=run)

    monkeypatch.setattr(commands, "register", register)
    assert main(["hello"]) == code
    assert capsys.readouterr().err == printed


def test_other_distributions_are_not_loaded_for_a_command_of_core(monkeypatch, capsys):
    loaded = []
    monkeypatch.setattr("pruning_core.cli.command_line.entry_points", lambda group: loaded)
    monkeypatch.setattr(commands, "register", lambda s: s.add_parser("x").set_defaults(run=id))
    loaded.append(None)  # loading it would be an AttributeError
    assert main(["x"])
