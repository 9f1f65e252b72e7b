"""Registers pruning encoders when transformers is first imported; `pruning autoload` sets it up.

Run at every start of the interpreter where it is enabled, so it imports nothing but `sys` until
transformers is imported. PRUNING_AUTOLOAD=0 in the environment switches it off.
"""

import sys


class Hook:
    """A finder that wraps the loader of transformers, and then steps aside."""

    def find_spec(self, name, path=None, target=None):  # type: ignore[no-untyped-def]
        """The spec of transformers, whose loader also registers; None for everything else."""
        if name != "transformers":
            return None
        sys.meta_path.remove(self)
        spec = None
        for finder in sys.meta_path:
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                break
        if spec is not None and spec.loader is not None:
            run = spec.loader.exec_module

            def exec_module(module):  # type: ignore[no-untyped-def]
                run(module)
                register()

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def install() -> None:
    """Wait for transformers, unless it is there; a second call changes nothing."""
    if "transformers" not in sys.modules and not any(type(f) is Hook for f in sys.meta_path):
        sys.meta_path.insert(0, Hook())


def start() -> None:
    """What a .start file calls: `install`, unless the environment switches it off."""
    import os

    if os.environ.get("PRUNING_AUTOLOAD") != "0":
        install()


def register() -> None:
    """Import pruning_transformers, which registers the Auto classes; a failure is a warning."""
    try:
        import pruning_transformers  # noqa: F401
    except Exception as error:  # whatever is broken, transformers itself must still import
        import warnings

        text = f"pruning autoload: {error!r}; `pruning autoload disable` switches it off"
        warnings.warn(text, RuntimeWarning, stacklevel=2)
