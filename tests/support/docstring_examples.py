"""The examples in the docstrings of what is public, to be run; and what has none."""

import doctest
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from types import ModuleType
from typing import Any

FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def described(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """What a module exports, and the public methods that this project gives it, by name."""
    for name in module.__all__:
        value = getattr(module, name)
        if inspect.isclass(value) or inspect.isfunction(value):
            yield f"{module.__name__}.{name}", value
        if inspect.isclass(value):
            for method in own_methods(value):
                yield f"{module.__name__}.{name}.{method}", getattr(value, method)


def own_methods(cls: type) -> list[str]:
    """Public methods of a class that are of this project alone, and override nobody else's."""
    ours = [base for base in cls.__mro__ if base.__module__.startswith("pruning_")]
    others = {name for base in cls.__mro__ if base not in ours for name in vars(base)}
    names = {
        name
        for base in ours
        for name, value in vars(base).items()
        if inspect.isfunction(value) or isinstance(value, (classmethod, staticmethod))
    }
    return sorted(name for name in names if name[0] != "_" and name not in others)


def has_example(value: Any) -> bool:
    """Whether there is one, or need be none: of a class whose methods have them, of an exception,
    or of a value that is returned.
    """
    if inspect.isclass(value) and (own_methods(value) or is_dataclass(value)):
        return True
    is_error = inspect.isclass(value) and issubclass(value, Exception)
    return is_error or "Example:\n" in (inspect.getdoc(value) or "")


def run_example(name: str, value: Any, names: Mapping[str, Any]) -> None:
    """Run the example of a docstring; AssertionError says what came out instead."""
    text = inspect.getdoc(value) or ""
    test = doctest.DocTestParser().get_doctest(text, dict(names), name, None, 0)
    report: list[str] = []
    runner = doctest.DocTestRunner(optionflags=FLAGS, verbose=False)
    runner.run(test, out=report.append)
    assert not runner.failures, "".join(report)
