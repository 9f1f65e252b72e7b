"""A Ray that runs: the one of this process, a cluster, or one of its own on this machine."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from pruning_core.integrations import needs

with needs("ray"):
    import ray
    import ray.data

TELEMETRY = "RAY_USAGE_STATS_ENABLED"


@contextmanager
def running(
    actors: int, cpus: int | None, *, address: str | None, show_progress: bool | None
) -> Iterator[int]:
    """Ray, for as long as it is needed; gives the CPUs of each actor.

    Raises:
        ConnectionError: there is no Ray at the address.
        ValueError: it has fewer CPUs than the actors take and one more.
    """
    is_ours = not ray.is_initialized()
    if is_ours and address is None:
        here = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        cpus = cpus or max(1, (here or 1) // actors)
        _start(actors * cpus + 1)
    elif is_ours:
        ray.init(address=address, log_to_driver=False, logging_level=logging.WARNING)
    cpus = cpus or 1
    context, log = ray.data.DataContext.get_current(), logging.getLogger("ray.data")
    before = context.enable_progress_bars, log.level
    context.enable_progress_bars = sys.stderr.isatty() if show_progress is None else show_progress
    if show_progress is False:
        log.setLevel(logging.ERROR)  # it tells of every step, and that there are no bars
    try:
        has = int(ray.cluster_resources().get("CPU", 0))
        if has <= actors * cpus:
            text = f"{actors} actors of {cpus} CPUs, and 1 to read and write, are more than the"
            raise ValueError(f"{text} {has} of this Ray: give fewer `actors` or `cpus`")
        yield cpus
    finally:
        context.enable_progress_bars, level = before
        log.setLevel(level)
        if is_ours:
            ray.shutdown()


def _start(cpus: int) -> None:
    """Ray on this machine. Its CPUs are shares, not cores: one is there for reading and writing,
    so that actors that take all cores do not keep it waiting. It reports to nobody.
    """
    told = os.environ.get(TELEMETRY)
    os.environ[TELEMETRY] = told or "0"
    try:
        ray.init(
            num_cpus=cpus,
            include_dashboard=False,
            log_to_driver=False,
            logging_level=logging.WARNING,
        )
    finally:
        if told is None:
            del os.environ[TELEMETRY]
