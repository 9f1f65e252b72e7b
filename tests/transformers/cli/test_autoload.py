import pytest

from pruning_core.cli import main
from pruning_transformers.cli import autoload


@pytest.fixture(autouse=True)
def site(tmp_path, monkeypatch):
    monkeypatch.setattr(autoload.sysconfig, "get_path", lambda name: str(tmp_path))
    return tmp_path


def test_enable_status_disable(site, capsys):
    for action, names in (("enable", 2), ("status", 2), ("disable", 0), ("disable", 0)):
        assert main(["autoload", action]) == 0
        assert len(list(site.iterdir())) == names
    assert "autoload is disabled" in capsys.readouterr().out


def test_the_switch_and_other_versions_are_said(site, capsys, monkeypatch):
    main(["autoload", "enable"])
    (site / "pruning_autoload.start").write_text("other")
    monkeypatch.setenv(autoload.SWITCH, "0")
    main(["autoload", "status"])
    out = capsys.readouterr().out
    assert "by another version" in out
    assert "switched off in this process" in out
