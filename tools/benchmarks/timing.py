"""Side by side: functions that alternate in one process, and code in processes of its own."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable

BEGIN = """
import sys, time
QUERY, TEXT, PLAIN, SIZE = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
"""
END = """
status = open("/proc/self/status").read()
print(int(status.split("VmHWM:")[1].split()[0]) / 1024)
"""


def alternate(functions: dict[str, Callable[[], object]], runs: int) -> dict[str, float]:
    """Median seconds of each, run in turn, after one warm-up each."""
    seconds: dict[str, list[float]] = {name: [] for name in functions}
    for turn in range(runs + 1):
        for name, run in functions.items():
            began = time.perf_counter()
            run()
            if turn:
                seconds[name].append(time.perf_counter() - began)
    return {name: statistics.median(values) for name, values in seconds.items()}


def ratios(values: dict[str, float], first: str) -> dict[str, float]:
    """`first` over each of the others."""
    return {
        f"{first} / {name}": round(values[first] / value, 3)
        for name, value in values.items()
        if name != first
    }


def new_process(
    code: str, query: str, text: str, plain: str = "", size: int = 0
) -> tuple[str, float]:
    """Run code that knows QUERY, TEXT, PLAIN, SIZE and prints a word: the word and the peak MiB."""
    command = [sys.executable, "-c", BEGIN + code + END, query, text, plain, str(size)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    word, memory = output.split()[-2:]
    return word, float(memory)
