"""Eval mode for as long as somebody prunes, in the middle of a training too."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn


class EvaluationMode:
    """Puts a model into eval mode while threads use it, and each module back when the last is done.

    Each module has its own flag: a frozen part that was in eval mode stays in it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._training: list[nn.Module] = []

    def __reduce__(self) -> tuple[type["EvaluationMode"], tuple[()]]:
        return type(self), ()  # a copy has no users, and a lock cannot be copied

    @contextmanager
    def of(self, model: nn.Module) -> Iterator[None]:
        """Eval mode of `model` within a `with` block."""
        with self._lock:
            self._users += 1
            if self._users == 1:
                self._training = [module for module in model.modules() if module.training]
                model.eval()
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                if not self._users:
                    for module in self._training:
                        module.training = True
