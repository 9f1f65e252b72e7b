import platform
from pathlib import Path

import pytest

from pruning_core.onnx.processor import adds_safely


@pytest.mark.parametrize(
    ("machine", "flags", "expected"),
    [
        ("x86_64", "fpu avx2", False),
        ("x86_64", "fpu avx2 avx_vnni", True),
        ("AMD64", "avx512f avx512_vnni", True),
        ("arm64", "", True),
    ],
)
def test_processors(machine, flags, expected, monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.setattr(Path, "read_text", lambda self, encoding: f"a : b\nflags\t: {flags}\n")
    assert adds_safely() is expected


def test_where_it_cannot_be_found_out(monkeypatch):
    def fail(self, encoding):
        raise FileNotFoundError

    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(Path, "read_text", fail)
    assert not adds_safely()
