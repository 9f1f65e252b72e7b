"""On real Ray: two actors of one CPU."""

import gzip
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import ray
from pyarrow.fs import LocalFileSystem, SubTreeFileSystem

from docstring_examples import run_example
from pruning_core import PruneBatches
from pruning_core.integrations.ray import BulkResult, prune_files

pytestmark = pytest.mark.filterwarnings(
    # Of Ray itself, as it starts and as it looks at the number of blocks.
    "ignore::DeprecationWarning",
    "ignore::FutureWarning",
    "ignore::ResourceWarning",
    "ignore::UserWarning:ray.*",
)
PAGE = Path(__file__).parents[2] / "docs" / "scale.md"
TEXTS = ("Paris is the capital. Cats purr.", "Cats purr. The cat is in France.", "", "The cat.")


@pytest.fixture(scope="module", autouse=True)
def cluster():
    ray.init(num_cpus=3, include_dashboard=False, log_to_driver=False)
    yield
    ray.shutdown()


@pytest.fixture
def prune(checkpoint):
    return PruneBatches(model=checkpoint, query="cats", max_tokens=3, threshold=0.4)


def run(inputs, output, prune, **options):
    files = [str(path) for path in inputs]
    return prune_files(files, str(output), prune, actors=2, show_progress=False, **options)


def rows_of(output):
    files = sorted(output.glob("part-*/*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_bytes().splitlines()]


def by_id(rows):
    return sorted(rows, key=lambda row: row["id"])


@pytest.fixture
def table():
    texts = [TEXTS[number % 4] for number in range(2000)]
    return pa.table({"id": range(2000), "text": texts, "n": pa.array([7] * 2000, pa.int8())})


def test_parquet_is_what_the_plain_pipeline_gives(tmp_path, prune, table):
    for name, part in (("a", table.slice(0, 1500)), ("b", table.slice(1500))):
        pq.write_table(part, tmp_path / f"{name}.parquet")
    pq.write_table(table.slice(0, 0), tmp_path / "c.parquet")
    done = run([tmp_path], tmp_path / "out", prune)
    assert done == BulkResult(files=3, skipped=0, failed=0)
    found = pq.read_table(tmp_path / "out").sort_by("id")
    assert found.schema.field("n").type == pa.int8()
    plain = prune(table)
    for name in plain.column_names:
        if name != "score":
            assert found[name].to_pylist() == plain[name].to_pylist()
    assert found["score"].to_pylist() == pytest.approx(plain["score"].to_pylist(), abs=1e-6)
    assert run([tmp_path / "a.parquet"], tmp_path / "out", prune).skipped == 1


def test_json_lines_keep_what_they_had_and_bad_ones_have_an_error(tmp_path, prune):
    good = [{"id": i, "text": TEXTS[i % 4], "more": {"é\u2028": [None, 1.5]}} for i in range(50)]
    bad = ['{"id": 50}', '{"id": 51, "text": 7}', "[1]", '{"id": 52', '{"score": 1, "text": "x"}']
    lines = [json.dumps(row, ensure_ascii=False) for row in good]
    (tmp_path / "a.jsonl").write_bytes("\r\n".join(lines[:30]).encode() + b"\n\n")
    data = "\n".join([*lines[30:], *bad]).encode() + b"\n\xff\xfe\n"
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(data))
    done = run([tmp_path / "a.jsonl", tmp_path / "b.jsonl.gz"], tmp_path / "out", prune)
    assert done == BulkResult(files=2, skipped=0, failed=6)
    rows = rows_of(tmp_path / "out")
    failed = sorted(row["error"] for row in rows if row["error"] is not None)
    place = f"{tmp_path}/b.jsonl.gz"
    assert [text.split(":")[0] for text in failed[:4]] == [place] * 4
    assert "not an object of JSON" in failed[0]
    assert failed[4:] == ["`text` is missing", "`text` must be a str, not int"]
    found = by_id(row for row in rows if row["error"] is None)
    plain = prune({"text": [row["text"] for row in good]})
    assert [{name: row[name] for name in good[0]} for row in found] == good
    assert [row["pruned_text"] for row in found] == plain["pruned_text"]
    assert [row["kept_spans"] for row in found] == plain["kept_spans"]


@pytest.mark.parametrize("name", ["a.jsonl", "a.parquet"])
def test_the_output_may_be_of_another_filesystem(tmp_path, prune, monkeypatch, name):
    root = tmp_path / "root"
    root.mkdir()
    elsewhere = SubTreeFileSystem(str(root), LocalFileSystem())
    monkeypatch.setattr("pruning_core.integrations.ray.located", lambda path: (elsewhere, path))
    (tmp_path / "a.jsonl").write_text('{"text": "Cats purr."}\n')
    pq.write_table(pa.table({"text": ["Cats purr."]}), tmp_path / "a.parquet")
    assert run([tmp_path / name], "out", prune) == BulkResult(files=1, skipped=0, failed=0)
    assert len(list((root / "out" / "part-00000").iterdir())) == 2


def test_an_actor_that_dies_loses_and_doubles_nothing(tmp_path, prune, table):
    pq.write_table(table, tmp_path / "a.parquet")
    mark = tmp_path / "died"

    class Dies(PruneBatches):
        def __call__(self, batch):
            if not mark.exists():
                mark.touch()
                os.kill(os.getpid(), signal.SIGKILL)
            return super().__call__(batch)

    dying = Dies(model=prune.model, query="cats")
    done = run([tmp_path / "a.parquet"], tmp_path / "out", dying)
    assert mark.exists()
    assert done.failed == 0
    assert sorted(pq.read_table(tmp_path / "out")["id"].to_pylist()) == list(range(2000))


def test_what_cannot_be_done_is_said_before_it_begins(tmp_path, prune, table):
    path = tmp_path / "a.parquet"
    pq.write_table(table.rename_columns(["id", "body", "n"]), path)
    with pytest.raises(ValueError, match=r"a\.parquet: there is no column 'text', but id, body, n"):
        run([path], tmp_path / "out", prune)
    with pytest.raises(ValueError, match="more than the 3 of this Ray"):
        run([path], tmp_path / "out", prune, cpus=2)
    with pytest.raises(ValueError, match="`gpus` must be a finite number of at least 0, not -1"):
        run([path], tmp_path / "out", prune, gpus=-1)
    with pytest.raises(ValueError, match="must have no `count_tokens`"):
        run([path], tmp_path / "out", PruneBatches(query="x", max_tokens=9, count_tokens=len))
    with pytest.raises(TypeError, match="`inputs`"):
        prune_files(str(path), str(tmp_path / "out"), prune)
    with pytest.raises(FileNotFoundError, match="nowhere"):
        run([path], tmp_path / "out", PruneBatches(query="x", model="./nowhere"))
    assert not list((tmp_path / "out").glob("*"))


def test_what_an_actor_raises_is_told(tmp_path, prune):
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"text": "Cats purr."}\n' * 99)[:-20])
    with pytest.raises(RuntimeError, match=r"a\.jsonl\.gz is (cut off|damaged) after line"):
        run([path], tmp_path / "out", prune)
    assert not list((tmp_path / "out").glob("*/_SUCCESS"))


def test_the_command_starts_its_own_ray(tmp_path, checkpoint):
    (tmp_path / "a.jsonl").write_text('{"text": "Cats purr."}\n{"text": 1}\n')
    command = [sys.executable, "-m", "pruning_core.cli", "bulk", "a.jsonl", "out", "--quiet"]
    options = ["--query", "cats", "--model", str(checkpoint), "--cpus", "1"]
    done = subprocess.run(
        [*command, *options], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr
    assert "pruning bulk: 1 files pruned, 0 were already; 1 rows have an error" in done.stderr
    assert len(rows_of(tmp_path / "out")) == 2


def test_the_blocks_of_the_page(capsys):
    text = PAGE.read_text(encoding="utf-8")
    blocks = dict(
        re.findall(r'^```python title="(\w+)"\n(.*?)^```$', text, re.MULTILINE | re.DOTALL)
    )
    names = {}
    for name in ("files", "ray"):
        exec(compile(blocks[name], name, "exec"), names)
    printed = re.search(r"example ray -->\n\n```\n(.*?)```", text, re.DOTALL)[1]
    assert sorted(capsys.readouterr().out.splitlines()) == sorted(printed.splitlines())


def test_the_example(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {"Path": Path, "PruneBatches": PruneBatches, "prune_files": prune_files}
    run_example("prune_files", prune_files, names)
