"""The help of this distribution's commands, by the rules for all, and `--quiet`."""

import pytest
import transformers

from command_help import parsers_of, problems
from pruning_core.cli import main
from pruning_transformers.cli import register

OURS = parsers_of(register)


@pytest.mark.parametrize("name", OURS)
def test_every_help_is_complete(name):
    assert list(problems(OURS[name])) == []


def test_quiet_shows_no_bar_of_transformers(tmp_path, capsys):
    command = ["export-ranking", "default", str(tmp_path / "plain")]
    assert main([*command, "--quiet"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("wrote the ranking model")
    assert err == ""
    assert transformers.utils.logging.is_progress_bar_enabled()
