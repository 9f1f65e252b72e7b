import builtins
import sys

import pytest

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
    assert "/3 [" in capsys.readouterr().err


@pytest.mark.parametrize(("total", "shown"), [(1, False), (2, True)])
def test_on_a_terminal_one_window_is_no_progress(total, shown, monkeypatch, capsys):
    pytest.importorskip("tqdm")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with progress(total, None) as advance:
        advance(1)
    assert (f"/{total} [" in capsys.readouterr().err) is shown


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
