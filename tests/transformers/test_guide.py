"""Every block of docs/training.md, as it stands there, on tiny data."""

import gzip
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from pruning_transformers import PruningEncoderForSequenceClassification
from pruning_transformers.questions import read_questions

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "training.md"
DATA = re.compile(r"DATA/\w+/\w+\.jsonl\.gz")
NAMES = {"default": "fine-tune.yaml", "reranker": "from-reranker.yaml"}
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", GUIDE.read_text(), re.DOTALL)
RERANKER = "cross-encoder/ms-marco-MiniLM-L6-v2"


@pytest.mark.filterwarnings("ignore:'pin_memory' argument")  # no accelerator
def test_every_block_runs(data, reranker, monkeypatch):
    monkeypatch.chdir(data)
    pushed = []
    monkeypatch.setattr(
        PruningEncoderForSequenceClassification, "push_to_hub", lambda *a: pushed.append(a[1:])
    )
    Path("all.jsonl.gz").write_bytes(gzip.compress(Path("train.jsonl").read_bytes()))
    for kind, written in BLOCKS:
        block = DATA.sub("all.jsonl.gz", written.replace(RERANKER, reranker))
        if kind == "json":
            Path("rows.jsonl").write_text(block)
            spans = [q.spans for q in read_questions("rows.jsonl")]
            assert spans == [((19, 41),), (), ((0, 21),), ()]
        elif kind == "yaml":
            settings = yaml.safe_load(block)
            settings["training"] |= {"max_steps": 4, "save_steps": 2}
            name = NAMES.get(settings["model"], "config.yaml")
            Path(name).write_text(yaml.safe_dump(settings))
        elif kind == "python":
            exec(block, {})
        elif kind == "bash" and not block.startswith("pip install"):
            subprocess.run(block, shell=True, check=True, capture_output=True, text=True)
    assert Path("my-second-pruner/modeling_pruning_encoder.py").is_file()
    assert Path("curves.svg").is_file()
    assert pushed == [("you/my-pruner",)]
    assert [kind for kind, _ in BLOCKS].count("bash") == 8
    assert Path("tuned/model.safetensors").is_file()
    assert Path("pruner/model.safetensors").is_file()
