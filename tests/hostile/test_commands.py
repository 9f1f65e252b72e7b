"""The commands on hostile folders: none runs code, follows a link, or ends in a traceback."""

import shutil

import pytest
from hostile import catalogue, code_references, libraries, places, tokenizer_configs, weight_files
from hostile.case import CONFIG, MODELING, README, TOKENIZER, TOKENIZER_CONFIG, WEIGHTS
from hostile.good import make

from pruning_core.cli import main

KINDS = (*code_references.KINDS, *libraries.KINDS, places.LINKS, weight_files.PICKLES)
KINDS += tokenizer_configs.KINDS
CHECKED = "tokenizer_config.json: auto_map of the folder, and its class"
WRITTEN = (CONFIG, WEIGHTS, TOKENIZER, TOKENIZER_CONFIG, MODELING, README)


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    folder = tmp_path_factory.mktemp("good")
    make(folder)
    return folder


def placed(case, good, place):
    """A case's folder, with an empty folder `outside` next to it."""
    folder = place / "checkpoint"
    shutil.copytree(good / case.base, folder, symlinks=True)
    (place / "outside").mkdir()
    case.change(folder)
    return folder


def is_code_of_others(folder):
    names = {path.name for path in folder.rglob("*.py")}
    return bool(names - {MODELING}) or any(path.is_symlink() for path in folder.rglob("*"))


def test_verify_finds_code_and_runs_none(good, tmp_path, capsys, request):
    cases = [case for case in catalogue.everything(good) if case.kind in KINDS]
    sampled = [case for case in cases if case.kind in (code_references.CODE, places.LINKS)]
    assert len(sampled) > 90
    sampled += [case for case in cases if case not in sampled][::5]
    everything = request.config.getoption("--all", default=False)
    for number, case in enumerate(cases if everything else sampled):
        place = tmp_path / str(number)
        place.mkdir()
        folder = placed(case, good, place)
        code = main(["verify", str(folder)])
        output = "".join(capsys.readouterr())
        assert code in {0, 1, 2}, case.name
        assert 0 < len(output) < 5_000, case.name
        assert "Traceback" not in output, case.name
        if case.foreign_code or is_code_of_others(folder):
            assert code != 0, case.name
        assert not (place / "outside" / "marker").exists(), case.name
        shutil.rmtree(place)


def test_check_runs_no_code_of_a_folder(good, tmp_path, capsys):
    (case,) = (case for case in catalogue.everything(good) if case.name == CHECKED)
    folder = placed(case, good, tmp_path)
    assert main(["check", str(folder)]) in {0, 1}
    assert "without it | " in (output := "".join(capsys.readouterr()))
    assert "--trust-remote-code" in output
    assert not (tmp_path / "outside" / "marker").exists()


def linked(folder, outside):
    """Put a link to a file outside in place of each file that a command writes."""
    outside.mkdir()
    folder.mkdir(exist_ok=True)
    for name in WRITTEN:
        (outside / name).write_text("outside")
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(outside / name)


@pytest.mark.parametrize(
    "command", [["export-ranking", "bert"], ["convert", "open_provence"], ["convert", "xprovence"]]
)
def test_a_command_writes_through_no_link(command, good, tmp_path):
    target, outside = tmp_path / "target", tmp_path / "outside"
    linked(target, outside)
    assert main([command[0], str(good / command[1]), str(target)]) == 0
    assert {path.read_text() for path in outside.iterdir()} == {"outside"}
    assert not (target / CONFIG).is_symlink()
    assert not (target / WEIGHTS).is_symlink()


def test_emit_writes_through_no_link(good, tmp_path):
    folder, outside = tmp_path / "checkpoint", tmp_path / "outside"
    shutil.copytree(good / "bert", folder)
    contents = (folder / CONFIG).read_bytes()
    linked(folder, outside)
    (outside / CONFIG).write_bytes(contents)
    assert main(["emit", str(folder)]) == 0
    assert (outside / CONFIG).read_bytes() == contents
    assert (outside / MODELING).read_text() == (outside / README).read_text() == "outside"
    assert not (folder / MODELING).is_symlink()


def test_a_folder_in_the_target_that_is_a_link(good, tmp_path):
    """The target itself may be one: it is the user's own choice."""
    (tmp_path / "real").mkdir()
    (tmp_path / "target").symlink_to("real")
    assert main(["convert", str(good / "open_provence"), str(tmp_path / "target")]) == 0
    assert (tmp_path / "real" / CONFIG).is_file()
    assert (tmp_path / "target").is_symlink()
