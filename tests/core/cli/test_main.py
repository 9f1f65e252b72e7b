from importlib.metadata import EntryPoint

from pruning_core.cli.main import main


def add_hello(subparsers):
    subparsers.add_parser("hello").set_defaults(run=lambda options: 0)


def test_commands_join_through_entry_points(monkeypatch):
    entry = EntryPoint("hello", f"{__name__}:add_hello", "pruning.commands")
    monkeypatch.setattr(EntryPoint, "load", lambda self: add_hello)
    monkeypatch.setattr("pruning_core.cli.main.entry_points", lambda group: [entry])
    assert main(["hello"]) == 0


def test_help_and_version(capsys):
    assert main(["--help"]) == 0
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "pruning-core 0.1.0"
    assert main([]) == 2
