"""The models that come with the package, by name."""

from pathlib import Path

DEFAULT, MULTILINGUAL = "default", "multilingual"
BUILTIN_MODELS = {name: Path(__file__).parent / f"{name}_model" for name in (DEFAULT, MULTILINGUAL)}
"""Name -> folder. A folder of the same name is opened by a path, such as `./default`."""

NAMES_HELP = f"`{DEFAULT}` is the built-in English model, `{MULTILINGUAL}` that of many languages"
"""The names, for the help of a command."""
