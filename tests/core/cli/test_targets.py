import pytest

from pruning_core.cli import targets
from pruning_core.cli.targets import check_file, check_folder


@pytest.fixture(autouse=True)
def _places(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "dangling").symlink_to("nowhere")


@pytest.mark.parametrize("path", ["folder", "new", "folder/new/newer", "."])
def test_folders(path):
    check_folder(path)


@pytest.mark.parametrize("path", ["file", "file/new", "dangling"])
def test_what_cannot_be_a_folder(path):
    with pytest.raises(NotADirectoryError, match=f"'{path}' cannot be written: .* is not a folder"):
        check_folder(path)


@pytest.mark.parametrize("path", ["file", "new", "folder/new"])
def test_files(path):
    check_file(path)


@pytest.mark.parametrize("path", ["folder", "none/new", "file/new"])
def test_what_cannot_be_a_file(path):
    with pytest.raises(OSError, match=f"'{path}' cannot be written: "):
        check_file(path)


@pytest.mark.parametrize("check", [check_file, check_folder])
def test_without_permission(check, monkeypatch):
    monkeypatch.setattr(targets.os, "access", lambda path, mode: False)
    with pytest.raises(PermissionError, match="'new' cannot be written: no permission for"):
        check("new")
