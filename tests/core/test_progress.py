import builtins
import sys

import pytest

from pruning_core import progress as progress_module
from pruning_core.progress import progress


@pytest.mark.parametrize("show", [None, False])
def test_silent_where_there_is_no_terminal(show, capsys):
    with progress(3, show) as advance:
        advance(3)
    assert capsys.readouterr() == ("", "")


def test_a_bar_when_asked(capsys):
    pytest.importorskip("tqdm")
    with progress(3, True) as advance:
        advance(2)
    assert "char/s" in capsys.readouterr().err


@pytest.mark.parametrize(("delay", "is_shown"), [(600, False), (0, True)])
@pytest.mark.parametrize("total", [2, None])
def test_on_a_terminal_what_takes_long(delay, is_shown, total, monkeypatch, capsys):
    pytest.importorskip("tqdm")
    monkeypatch.setattr(progress_module, "DELAY", delay)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with progress(total, None) as advance:
        advance(1)
    assert ("char" in capsys.readouterr().err) is is_shown


def test_without_tqdm(monkeypatch):
    load = builtins.__import__

    def missing(name, *args, **kwargs):
        if name == "tqdm":
            raise ImportError(name)
        return load(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", missing)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with progress(3, None) as advance:
        advance(1)
    with pytest.raises(ImportError, match="pip install tqdm"), progress(3, True):
        pass
