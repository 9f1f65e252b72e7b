import sys

import pytest

import pruning_autoload


@pytest.fixture
def registered(tmp_path, monkeypatch):
    """An interpreter in which transformers, a module of one line, is not imported yet.

    Gives what transformers had defined at each call of `register`.
    """
    seen = []
    (tmp_path / "transformers.py").write_text("done = True\n")
    (tmp_path / "other_module.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    monkeypatch.delitem(sys.modules, "transformers", raising=False)
    monkeypatch.delitem(sys.modules, "other_module", raising=False)
    monkeypatch.delenv("PRUNING_AUTOLOAD", raising=False)
    monkeypatch.setattr(
        pruning_autoload, "register", lambda: seen.append(sys.modules["transformers"].done)
    )
    return seen


def hooks():
    return [finder for finder in sys.meta_path if type(finder) is pruning_autoload.Hook]


def test_registers_when_transformers_has_been_imported(registered):
    pruning_autoload.start()
    import other_module  # noqa: F401

    assert (len(hooks()), registered) == (1, [])
    import transformers  # noqa: F401

    assert (hooks(), registered) == ([], [True])


def test_a_second_call_changes_nothing(registered):
    pruning_autoload.install()
    pruning_autoload.install()
    assert len(hooks()) == 1


def test_it_comes_too_late_where_transformers_is_there(registered):
    import transformers  # noqa: F401

    pruning_autoload.install()
    assert hooks() == []


@pytest.mark.parametrize(("value", "count"), [("0", 0), ("1", 1), ("", 1)])
def test_the_environment_switches_it_off(value, count, registered, monkeypatch):
    monkeypatch.setenv("PRUNING_AUTOLOAD", value)
    pruning_autoload.start()
    assert len(hooks()) == count


def test_transformers_is_missing_as_ever(registered, tmp_path):
    (tmp_path / "transformers.py").unlink()
    sys.path[:] = [str(tmp_path)]
    pruning_autoload.install()
    with pytest.raises(ModuleNotFoundError):
        import transformers  # noqa: F401
    assert (hooks(), registered) == ([], [])


def test_a_broken_package_is_a_warning(monkeypatch):
    monkeypatch.setitem(sys.modules, "pruning_transformers", None)
    with pytest.warns(RuntimeWarning, match="pruning autoload: .*autoload disable` switches it"):
        pruning_autoload.register()
