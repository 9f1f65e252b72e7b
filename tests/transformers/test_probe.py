import json
import subprocess
import sys

import pytest

from pruning_transformers import PruningEncoderModel, probe
from tiny_backbones import new_model


@pytest.mark.parametrize("mode", ["reranking_pruning", "pruning_only"])
def test_a_line_for_each_path(mode, tmp_path):
    new_model(cls=PruningEncoderModel, mode=mode).save_pretrained(tmp_path)
    command = [sys.executable, "-P", probe.__file__, str(tmp_path), "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    paths = {row["path"] for row in rows}
    assert {"AutoConfig", "AutoModel", "PruningEncoder"} <= paths
    assert ("AutoModelForSequenceClassification" in paths) == (mode == "reranking_pruning")
    assert not [row for row in rows if row.get("error")]
