"""The models that come with the package, by name."""

from pathlib import Path

DEFAULT = "default"
BUILTIN_MODELS = {DEFAULT: Path(__file__).parent / "default_model"}
"""Name -> folder. A folder of the same name is opened by a path, such as `./default`."""
