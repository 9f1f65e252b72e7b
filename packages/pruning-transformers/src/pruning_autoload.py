"""Opens pruning encoders in the Auto classes of transformers; `pruning autoload` sets it up.

Run at every start of the interpreter where it is enabled, so it imports nothing but `sys`. It waits
for the module of transformers that holds the table of configurations, and adds one that is imported
when a checkpoint asks for it: other programs pay nothing. PRUNING_AUTOLOAD=0 in the environment
switches it off.
"""

import sys

TABLE = "transformers.models.auto.configuration_auto"
MODEL_TYPE = "pruning_encoder"


class LateConfigs(dict):  # type: ignore[type-arg]
    """Registered configurations, by model type; ours imports this package when it is asked for."""

    is_loaded = False

    def __contains__(self, key):  # type: ignore[no-untyped-def]
        if key == MODEL_TYPE and not self.is_loaded and not super().__contains__(key):
            load()
            self.is_loaded = True
            if not super().__contains__(key):
                warn(LookupError(f"pruning_transformers has not registered {key}"))
        return super().__contains__(key)


class Loader:
    """The loader of the table's module, which also puts `LateConfigs` into it."""

    def __init__(self, loader):  # type: ignore[no-untyped-def]
        self.loader = loader

    def __getattr__(self, name):  # type: ignore[no-untyped-def]
        return getattr(self.loader, name)

    def create_module(self, spec):  # type: ignore[no-untyped-def]
        """As the module's own loader does."""
        return self.loader.create_module(spec)

    def exec_module(self, module):  # type: ignore[no-untyped-def]
        """Run the module; that done, nothing is left to wait for."""
        module.__loader__ = module.__spec__.loader = self.loader
        self.loader.exec_module(module)
        extend(module)
        for finder in list(sys.meta_path):
            if type(finder) is Hook:
                sys.meta_path.remove(finder)


class Hook:
    """A finder that wraps the loader of the table's module, and finds nothing else."""

    def find_spec(self, name, path=None, target=None):  # type: ignore[no-untyped-def]
        """The module's spec from the other finders; to ask for it changes nothing."""
        if name != TABLE:
            return None
        for finder in list(sys.meta_path):
            if type(finder) is not Hook and hasattr(finder, "find_spec"):
                spec = finder.find_spec(name, path, target)
                if spec is not None:
                    if hasattr(spec.loader, "exec_module"):
                        spec.loader = Loader(spec.loader)  # type: ignore
                    return spec
        return None


def install() -> None:
    """Wait for the table of transformers, or extend it; a second call changes nothing."""
    if TABLE in sys.modules:
        extend(sys.modules[TABLE])
    elif not any(type(finder) is Hook for finder in sys.meta_path):
        sys.meta_path.insert(0, Hook())


def start() -> None:
    """What the files of `pruning autoload enable` call at every start; it never raises."""
    try:
        import os

        if os.environ.get("PRUNING_AUTOLOAD") != "0":
            install()
    except Exception as error:
        warn(error)


def extend(module) -> None:  # type: ignore[no-untyped-def]
    """Make the table of configurations ask this package for its own."""
    try:
        table = module.CONFIG_MAPPING
        if type(table._extra_content) is not LateConfigs:
            table._extra_content = LateConfigs(table._extra_content)
    except Exception as error:  # another version of transformers, which must still import
        warn(error)


def load() -> None:
    """Import pruning_transformers, which registers its classes; a failure is a warning."""
    try:
        import pruning_transformers  # noqa: F401
    except Exception as error:  # the caller goes on as without this package
        warn(error)


def warn(error) -> None:  # type: ignore[no-untyped-def]
    """Say what is wrong, in one line, and how to be rid of it; warnings may be errors here."""
    import warnings

    text = f"pruning autoload: {error!r}; `pruning autoload disable` switches it off"
    try:
        warnings.warn(text, RuntimeWarning, stacklevel=2)
    except RuntimeWarning:
        sys.stderr.write(f"{text}\n")
