import json
import shutil

import pytest

from pruning_transformers import __version__
from pruning_transformers.released import EMITTED, MODELING_FILE, emitted_by


def test_the_file_of_this_version(tmp_path):
    shutil.copy(EMITTED, tmp_path / MODELING_FILE)
    assert emitted_by(tmp_path) == __version__


def test_one_byte_more_is_no_version_and_runs_nothing(tmp_path):
    (tmp_path / MODELING_FILE).write_bytes(b"raise SystemExit\n" + EMITTED.read_bytes())
    assert emitted_by(tmp_path) is None


def test_the_table_is_sha256_by_version():
    table = json.loads((EMITTED.parent / "sha256.json").read_text())
    assert __version__ in table
    assert {len(bytes.fromhex(digest)) for digest in table.values()} == {32}


def test_no_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=f"has no {MODELING_FILE}; `pruning emit` adds it"):
        emitted_by(tmp_path)
