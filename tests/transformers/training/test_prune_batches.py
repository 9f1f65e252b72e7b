"""`PruneBatches` in the `datasets` library, which training brings."""

import re
from pathlib import Path

import pyarrow as pa
from datasets import Dataset

from pruning_core import PruneBatches, Pruner

PAGE = Path(__file__).parents[3] / "docs" / "scale.md"
TEXTS = ["The dam opened in 1936. Cats purr.", None, "Cats purr."]
QUERY = "When did it open?"


def test_datasets_map_gives_what_the_pipeline_gives():
    rows = Dataset.from_dict({"id": [1, 2, 3], "text": TEXTS})
    found = rows.map(PruneBatches(query=QUERY), batched=True, batch_size=2)
    plain = Pruner.from_pretrained().prune_batch([QUERY] * 2, [TEXTS[0], TEXTS[2]])
    assert found["id"][:] == [1, 2, 3]
    assert [found["pruned_text"][place] for place in (0, 2)] == [row.text for row in plain]
    assert found["error"][:] == [None, "`text` is missing", None]


def test_a_pyarrow_table_keeps_its_types_and_gets_those_of_the_results():
    columns = {"text": pa.array(TEXTS, pa.large_string()), "day": pa.array([1, 2, 3], pa.date32())}
    prune = PruneBatches(query=QUERY)
    table = prune(pa.table(columns))
    assert table.select(["text", "day"]) == pa.table(columns)
    assert table.to_pydict() == prune({"text": TEXTS, "day": table["day"].to_pylist()})
    assert prune(pa.table(columns)[1:2]).schema == table.schema


def test_the_blocks_of_the_page(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path / "cache"))
    text = PAGE.read_text(encoding="utf-8")
    blocks = dict(
        re.findall(r'^```python title="(\w+)"\n(.*?)^```$', text, re.MULTILINE | re.DOTALL)
    )
    names = {}
    for name in ("files", "datasets"):
        exec(compile(blocks[name], name, "exec"), names)
    assert "['The bridge opened on 1 July 2000. ', None]" in capsys.readouterr().out
