import shutil
import subprocess
import sys

import pytest

from pruning_core.cli import main

BASH = shutil.which("bash")


@pytest.mark.skipif(BASH is None, reason="needs bash")
def test_bash_completes_commands_and_options(tmp_path, capsys):
    pytest.importorskip("shtab")
    assert main(["completion", "bash"]) == 0
    script = tmp_path / "pruning"
    script.write_text(capsys.readouterr().out)
    ask = (
        f"source {script}; COMP_WORDS=({{words}}); COMP_CWORD=1; "
        "_shtab_pruning pruning {last} pruning; echo ${{COMPREPLY[@]}}"
    )
    for words, last, expected in (("pruning pr", "pr", "prune"), ("pruning pa", "pa", "pack")):
        command = ask.format(words=words, last=last)
        done = subprocess.run([BASH, "-c", command], capture_output=True, text=True, check=True)
        assert done.stdout.split() == [expected]
    assert "--max-tokens" in script.read_text()


@pytest.mark.parametrize("shell", ["fish", "powershell", "tcsh", "zsh"])
def test_other_shells(shell, capsys):
    pytest.importorskip("shtab")
    assert main(["completion", shell]) == 0
    assert "prune" in capsys.readouterr().out


def test_without_shtab_the_command_is_said(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "shtab", None)
    assert main(["completion", "bash"]) == 2
    assert "pip install 'pruning-core[completion]'" in capsys.readouterr().err
