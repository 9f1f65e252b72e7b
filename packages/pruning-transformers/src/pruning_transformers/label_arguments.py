"""Arguments of a forward pass that hold labels and may be left out."""

import inspect
from collections.abc import Callable
from typing import TypeVar

Forward = TypeVar("Forward", bound=Callable[..., object])
PRUNING_LABELS = "pruning_labels"


class OptionalLabel(str):
    """The name of an argument in which `"label" in name` finds nothing.

    transformers' Trainer evaluates only batches that have every argument with `label` in its name.
    """

    __slots__ = ()

    def __contains__(self, part: object) -> bool:
        return part != "label" and isinstance(part, str) and super().__contains__(part)


def may_lack_pruning_labels(forward: Forward) -> Forward:
    """Let Trainer evaluate batches without `pruning_labels`, and keep their column where it is."""
    signature = inspect.signature(forward)
    parameters = [
        parameter.replace(name=OptionalLabel(name)) if name == PRUNING_LABELS else parameter
        for name, parameter in signature.parameters.items()
    ]
    forward.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    return forward
