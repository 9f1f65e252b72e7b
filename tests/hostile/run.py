"""Run the hostile folders and print the table.

`python tests/hostile/run.py [--all] [--only PATTERN] [--ways core,registered] [--rows FILE]`
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PLACES = (str(HERE), str(HERE.parent / "support"))
sys.path[:0] = [place for place in PLACES if place not in sys.path]

from hostile.case import WAYS  # noqa: E402
from hostile.catalogue import select  # noqa: E402
from hostile.judging import Judgement, judge_all  # noqa: E402
from hostile.table import failures, table  # noqa: E402

PROCESSES = 2


def run(
    work: Path, *, everything: bool = False, only: str = "", ways: Iterable[str] = WAYS
) -> tuple[list[Judgement], list[dict[str, Any]]]:
    """Make the good checkpoints in `work`, open every hostile folder, and judge."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, (*PLACES, os.environ.get("PYTHONPATH")))),
        "PYTHONHASHSEED": "0",
        # Not torch.set_num_threads: with it a thread of a forked process cannot compute.
        "MKL_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_HOME": str(work / "hub"),
    }
    # Without it a call to the network is seen; the limits refuse it.
    environment.pop("HF_HUB_OFFLINE", None)
    good = work / "good"
    subprocess.run(
        [sys.executable, "-m", "hostile.good", str(good)],
        env=environment,
        check=True,
        capture_output=True,
    )

    def one(way: str, shard: int) -> list[dict[str, Any]]:
        place = work / f"{WAYS.index(way)}{shard}"
        (place / "modules").mkdir(parents=True)
        options = [f"--only={only}", *(["--all"] if everything else [])]
        arguments = [way, str(good), str(place), str(shard), str(PROCESSES), *options]
        done = subprocess.run(
            [sys.executable, "-m", "hostile.worker", *arguments],
            env={**environment, "HF_MODULES_CACHE": str(place / "modules")},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(
                f"the worker of {way} ended with {done.returncode}: {done.stderr[-3000:]}"
            )
        return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]

    with ThreadPoolExecutor(PROCESSES) as pool:
        jobs = [pool.submit(one, way, shard) for way in ways for shard in range(PROCESSES)]
        try:
            rows = [row for job in jobs for row in job.result()]
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    return judge_all(select(good, everything=everything, only=only), rows), rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true", help="every case, not the sample")
    parser.add_argument("--only", default="", help="cases whose names this pattern finds")
    parser.add_argument("--ways", default=",".join(WAYS))
    parser.add_argument("--rows", type=Path, help="write what each process told there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        judgements, rows = run(
            Path(folder), everything=options.all, only=options.only, ways=options.ways.split(",")
        )
    if options.rows:
        options.rows.write_text("\n".join(map(json.dumps, rows)))
    wrong = failures(judgements)
    sys.stdout.write("\n".join([table(judgements), "", *wrong, ""]))
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
