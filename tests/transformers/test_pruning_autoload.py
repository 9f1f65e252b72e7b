import importlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec

import pytest

import pruning_autoload
from pruning_transformers.cli import autoload

TABLE = "table_of_configurations"
CODE = """
import sys
if "broken" in sys.argv:
    raise RuntimeError("broken")
class Mapping:
    _extra_content = {"other": int}
    def __contains__(self, key):
        return key in self._extra_content
CONFIG_MAPPING = Mapping()
"""


@pytest.fixture
def loaded(tmp_path, monkeypatch):
    """An interpreter with a table as transformers has it; gives how often this package was loaded.

    Loading registers a configuration.
    """
    calls = []

    def load():
        calls.append(1)
        sys.modules[TABLE].CONFIG_MAPPING._extra_content["pruning_encoder"] = str

    (tmp_path / f"{TABLE}.py").write_text(CODE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    monkeypatch.delitem(sys.modules, TABLE, raising=False)
    monkeypatch.delenv("PRUNING_AUTOLOAD", raising=False)
    monkeypatch.setattr(pruning_autoload, "TABLE", TABLE)
    monkeypatch.setattr(pruning_autoload, "load", load)
    yield calls
    sys.modules.pop(TABLE, None)


def hooks():
    return [finder for finder in sys.meta_path if type(finder) is pruning_autoload.Hook]


def test_loads_when_it_is_asked_for_and_not_before(loaded):
    pruning_autoload.start()
    table = importlib.import_module(TABLE)
    assert hooks() == []
    assert type(table.__loader__) is type(table.__spec__.loader) is type(find_spec("json").loader)
    assert "other" in table.CONFIG_MAPPING
    assert "third" not in table.CONFIG_MAPPING
    assert loaded == []
    assert "pruning_encoder" in table.CONFIG_MAPPING
    assert "pruning_encoder" in table.CONFIG_MAPPING
    assert loaded == [1]


def test_whoever_asks_for_the_spec_takes_nothing_away(loaded):
    pruning_autoload.start()
    with ThreadPoolExecutor(4) as pool:
        specs = list(pool.map(find_spec, [TABLE] * 64))
    assert all(spec.loader.get_filename(TABLE) == spec.origin for spec in specs)
    assert len(hooks()) == 1
    assert "pruning_encoder" in importlib.import_module(TABLE).CONFIG_MAPPING


def test_stays_until_the_module_ran(loaded, monkeypatch):
    pruning_autoload.start()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "argv", ["broken"])
        with pytest.raises(RuntimeError, match="broken"):
            importlib.import_module(TABLE)
    assert len(hooks()) == 1
    assert "pruning_encoder" in importlib.import_module(TABLE).CONFIG_MAPPING


def test_a_second_call_changes_nothing(loaded):
    pruning_autoload.install()
    pruning_autoload.install()
    assert len(hooks()) == 1


def test_it_never_comes_too_late(loaded):
    table = importlib.import_module(TABLE)
    pruning_autoload.install()
    pruning_autoload.install()
    assert hooks() == []
    assert "pruning_encoder" in table.CONFIG_MAPPING


@pytest.mark.parametrize(("value", "count"), [("0", 0), ("1", 1), ("", 1)])
def test_the_environment_switches_it_off(value, count, loaded, monkeypatch):
    monkeypatch.setenv("PRUNING_AUTOLOAD", value)
    pruning_autoload.start()
    assert len(hooks()) == count


def test_transformers_is_missing_as_ever(loaded, tmp_path):
    (tmp_path / f"{TABLE}.py").unlink()
    pruning_autoload.install()
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module(TABLE)


def test_another_version_of_transformers_is_a_warning(loaded, tmp_path):
    (tmp_path / f"{TABLE}.py").write_text("CONFIG_MAPPING = {}\n")
    pruning_autoload.install()
    with pytest.warns(RuntimeWarning, match="pruning autoload: AttributeError.*_extra_content"):
        importlib.import_module(TABLE)


def test_a_package_that_registers_nothing_is_a_warning(loaded, monkeypatch):
    monkeypatch.setattr(pruning_autoload, "load", lambda: None)
    configs = pruning_autoload.LateConfigs()
    with pytest.warns(RuntimeWarning, match="has not registered pruning_encoder"):
        assert "pruning_encoder" not in configs
    assert "pruning_encoder" not in configs


def test_a_broken_package_is_a_warning(monkeypatch):
    monkeypatch.setitem(sys.modules, "pruning_transformers", None)
    with pytest.warns(RuntimeWarning, match="pruning autoload: .*autoload disable` switches it"):
        pruning_autoload.load()


def test_warnings_that_are_errors_still_break_nothing(capsys):
    pruning_autoload.warn(ValueError("x"))  # they are errors in these tests
    assert capsys.readouterr().err.startswith("pruning autoload: ValueError('x'); `pruning")


def python(code, *options):
    done = subprocess.run(
        [sys.executable, *options, "-c", code], capture_output=True, text=True, check=True
    )
    return done.stdout.split(), done.stderr


@pytest.mark.parametrize(
    ("module", "message"),
    [
        (None, ""),
        ("import no_such_module", ""),
        ("def start(): pass", ""),
        ("", "pruning autoload: AttributeError("),
        ("def start(: pass", "pruning autoload: SyntaxError("),
        ("def start(): raise OSError(2)", "pruning autoload: OSError(2)"),
    ],
)
def test_every_start_is_without_a_traceback(module, message, tmp_path):
    (tmp_path / "pruning_autoload.pth").write_text(f"{tmp_path}\n{autoload.PTH}")
    name = "pruning_autoload" if module is not None else "other"
    (tmp_path / f"{name}.py").write_text(module or "")
    code = f"import site; site.addsitedir({str(tmp_path)!r}); print('alive')"
    out, err = python(code, "-I", "-S", "-W", "error")
    assert out == ["alive"]
    assert err.startswith(message)
    assert err.count("\n") == bool(message)


REAL = """
import sys, warnings
from importlib.util import find_spec
import pruning_autoload
pruning_autoload.start()
find_spec("transformers")
import transformers
print(pruning_autoload.TABLE in sys.modules)
from transformers import AutoConfig, AutoModel
AutoConfig.for_model("bert")
print("pruning_transformers" in sys.modules)
print(AutoConfig.from_pretrained(sys.argv[1]).mode)
print(type(AutoModel.from_pretrained(sys.argv[1])).__name__)
"""


def test_transformers_itself(pruner):
    out, _ = python(REAL.replace("sys.argv[1]", repr(pruner)))
    assert out == ["False", "False", "reranking_pruning", "PruningEncoderModel"]


def test_enable_writes_whole_files_and_follows_no_link(tmp_path, monkeypatch, capsys):
    place, other = tmp_path / "lib" / "site", tmp_path / "other"
    place.mkdir(parents=True)
    other.write_text("mine")
    (place / "pruning_autoload.pth").symlink_to(other)
    monkeypatch.setattr(autoload.sysconfig, "get_path", lambda name: str(place))
    actions = {}
    for action in ("status", "enable", "status", "disable"):
        autoload.run(autoload.argparse.Namespace(action=action))
        actions[action] = capsys.readouterr().out
    assert "by another version: `pruning autoload enable` renews it" not in actions["status"]
    assert other.read_text() == "mine"
    assert list(place.iterdir()) == []
