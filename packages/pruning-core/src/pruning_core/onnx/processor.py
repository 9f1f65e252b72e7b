"""What the processor has for whole numbers of 8 bits."""

import platform
from pathlib import Path

_FLAGS = {"avx512_vnni", "avx_vnni", "avx_vnni_int8"}


def adds_safely() -> bool:
    """Whether products of 8 bits are added without overflow.

    On x86 that takes VNNI; without it two products are added in 16 bits, for which weights must
    have 7. What cannot be found out is taken for a processor without it.
    """
    if platform.machine().lower() in ("aarch64", "arm64"):
        return True
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    flags = next((line for line in lines if line.startswith("flags")), "")
    return bool(_FLAGS & set(flags.split()))
