"""The machine that numbers come from: `python -m tools.benchmarks.machine` prints a line."""

import os
import platform
from pathlib import Path

import torch

GIB = 1024**3


def machine() -> str:
    """Processor, cores of this process, memory, system and versions."""
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIB
    return (
        f"{processor()}, {cores} core{'' if cores == 1 else 's'}, {memory:.0f} GiB of memory;"
        f" {platform.system()}, Python {platform.python_version()}, torch {torch.__version__}"
    )


def processor() -> str:
    """Its name, and what it has for short numbers."""
    file = Path("/proc/cpuinfo")
    fields = {
        name.strip(): value.strip()
        for line in (file.read_text(encoding="utf-8").splitlines() if file.exists() else ())
        for name, _, value in [line.partition(":")]
    }
    flags = set(fields.get("flags", "").split())
    known = {"avx2": "AVX2", "avx512f": "AVX-512", "avx512_vnni": "VNNI", "amx_int8": "AMX"}
    found = "/".join(word for flag, word in known.items() if flag in flags)
    name = fields.get("model name") or platform.machine()
    return f"{name} ({found})" if found else name


if __name__ == "__main__":
    print(machine())
