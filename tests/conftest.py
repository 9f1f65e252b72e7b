"""Parallel workers share no folder of copied model code: one would read what another writes."""

import os

if "PYTEST_XDIST_WORKER" in os.environ and "HF_MODULES_CACHE" in os.environ:
    folder = os.path.join(os.environ["HF_MODULES_CACHE"], os.environ["PYTEST_XDIST_WORKER"])
    os.environ["HF_MODULES_CACHE"] = folder
