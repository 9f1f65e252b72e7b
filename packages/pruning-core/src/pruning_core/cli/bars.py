"""The progress bars of the libraries that load models."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def no_bars() -> Iterator[None]:
    """While it lasts, huggingface_hub and transformers show no bars."""
    from huggingface_hub import utils  # takes a second, and most commands do not need it

    hub: Any = utils
    transformers: Any = sys.modules.get("transformers.utils.logging")
    hub_shows = not hub.are_progress_bars_disabled()
    transformers_shows = transformers is not None and transformers.is_progress_bar_enabled()
    hub.disable_progress_bars()
    if transformers_shows:
        transformers.disable_progress_bar()
    try:
        yield
    finally:
        if transformers_shows:
            transformers.enable_progress_bar()  # and the hub's with it
        if hub_shows:
            hub.enable_progress_bars()
        else:
            hub.disable_progress_bars()
