import pyarrow.fs
import pytest

from pruning_core.integrations import ray_files
from pruning_core.integrations.ray_files import BulkOutput, in_parts, input_files, located

OPTIONS = {"query": "cats"}


@pytest.fixture
def folder(tmp_path):
    for name in ("b.jsonl", "a.jsonl", "deep/c.NDJSON.gz", "_SUCCESS", "_old/d.jsonl", "e.txt"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_text("{}\n")
    return tmp_path / "in"


def test_inputs_are_files_and_what_folders_hold(folder):
    files = input_files([str(folder / "b.jsonl"), str(folder)])
    names = [file.path.removeprefix(f"{folder}/") for file in files]
    assert names == ["b.jsonl", "a.jsonl", "b.jsonl", "deep/c.NDJSON.gz"]
    assert {(file.kind, file.size) for file in files} == {("jsonl", 3)}
    assert input_files([folder.as_uri()])[0].path == files[1].path


def test_wrong_inputs_are_refused(folder, tmp_path):
    (tmp_path / "x.parquet").write_text("")
    (tmp_path / "x.parquet.gz").write_text("")
    (tmp_path / "empty").mkdir()
    for inputs, error, text in (
        (["missing"], FileNotFoundError, "there is no 'missing'"),
        (["empty"], FileNotFoundError, "no files of Parquet or JSON lines"),
        (["in/e.txt"], ValueError, "must end in .parquet, .jsonl, .ndjson"),
        (["x.parquet.gz"], ValueError, "must end in"),
        (["x.parquet", "in"], ValueError, "one kind at a time"),
    ):
        with pytest.raises(error, match=text):
            input_files(
                [str(tmp_path / name) for name in inputs] if inputs != ["missing"] else inputs
            )
    with pytest.raises(ValueError, match="'nosuch://x' cannot be opened"):
        located("nosuch://x")


def test_parts_are_of_one_filesystem_and_no_larger_than_the_limit(folder, monkeypatch):
    monkeypatch.setattr(ray_files, "PART_BYTES", 7)
    files = input_files([str(folder)])
    assert [len(part) for part in in_parts(files)] == [2, 1]
    monkeypatch.setattr(ray_files, "PART_BYTES", 1)
    assert [len(part) for part in in_parts(files)] == [1, 1, 1]
    monkeypatch.setattr(ray_files, "PART_BYTES", 100)
    elsewhere = pyarrow.fs.SubTreeFileSystem("/", pyarrow.fs.LocalFileSystem())
    other = ray_files.InputFile(filesystem=elsewhere, path="x", size=1, kind="jsonl")
    assert [len(part) for part in in_parts([*files, other])] == [3, 1]


def test_a_finished_part_is_not_done_again_and_what_was_left_of_another_goes(folder, tmp_path):
    output = BulkOutput(*located(str(tmp_path / "out")))
    files = input_files([str(folder)])
    assert output.prepare(OPTIONS, files) == files
    part = output.new_part()
    output.finish(part, OPTIONS, files[:1])
    killed = output.new_part()
    assert [part[-2:], killed[-2:]] == ["00", "01"]
    assert output.prepare(OPTIONS, files) == files[1:]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["part-00000"]
    assert output.new_part() == killed


def test_an_output_of_other_options_or_files_is_refused(folder, tmp_path):
    output = BulkOutput(*located(str(tmp_path / "out")))
    files = input_files([str(folder)])
    output.finish(output.new_part(), OPTIONS, files)
    with pytest.raises(ValueError, match="made with other options: {'query': 'cats'}"):
        output.prepare({"query": "dogs"}, files)
    (folder / "a.jsonl").write_text("{}\n{}\n")
    with pytest.raises(ValueError, match="has changed since it was pruned"):
        output.prepare(OPTIONS, input_files([str(folder)]))
    (tmp_path / "out" / "mine.txt").write_text("")
    with pytest.raises(ValueError, match="`output` has something else in it"):
        output.prepare(OPTIONS, files)
