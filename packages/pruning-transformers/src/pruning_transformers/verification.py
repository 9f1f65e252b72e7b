"""Is all code that a checkpoint names ours? Looks at every file, and runs nothing of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pruning_core.json_files import read_json_value
from pruning_transformers.configuration import AUTO_MAP, MODELING_FILE
from pruning_transformers.released import emitted_by

CODE = (".py", ".pyc", ".pyd", ".so", ".dll", ".dylib", ".pth", ".sh")
PICKLES = (".bin", ".pt", ".pkl", ".pickle", ".ckpt", ".joblib", ".npy", ".npz")
NAMES_CODE = frozenset(
    "_target_ activation_fn auto_map custom_generate custom_pipelines trust_remote_code"
    " type".split()
)
"""Keys under which a JSON file can name code."""
TRUSTED = ("torch.nn.", "sentence_transformers.")
"""Prefixes of what `activation_fn` and `type` may name."""


@dataclass(frozen=True, kw_only=True)
class Verification:
    """What was found.

    Attributes:
        version: the release that emits the modeling file, byte for byte; None if none does.
        problems: everything else that could run code which is not ours, a line each.
    """

    version: str | None
    problems: tuple[str, ...] = ()

    @property
    def is_ours(self) -> bool:
        """Whether a loader that trusts the folder's code runs ours alone."""
        return self.version is not None and not self.problems


def verify(folder: Path) -> Verification:
    """Verify a checkpoint's folder.

    The modeling file must be one that a release emits; config.json must name just its classes; no
    other JSON file may name code, no other file be code or a pickle, and nothing lead out of the
    folder by a link.

    Raises:
        FileNotFoundError: there is no modeling file.

    Example:
        >>> verify(Path("my-pruner")).is_ours
        True
    """
    return Verification(version=emitted_by(folder), problems=tuple(_problems(folder)))


def _problems(folder: Path) -> Iterator[str]:
    yield from links(folder)
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_file() and path.suffix in CODE and name != MODELING_FILE:
            yield f"{name} is code"
        elif path.is_file() and path.suffix in PICKLES:
            yield f"{name} can be a pickle, which runs code where it is read"
        elif path.is_file() and path.suffix == ".json" and path.name != "tokenizer.json":
            try:
                yield from _named(name, read_json_value(path))
            except ValueError as error:
                yield f"{name} cannot be read: {error}"


def links(folder: Path) -> list[str]:
    """Links in a folder, but for those of the hub's cache into the files of its own repository."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_symlink())
    return [f"{p.relative_to(folder)} is a link" for p in found if not _is_in_cache(folder, p)]


def _is_in_cache(folder: Path, path: Path) -> bool:
    blobs = folder.parent.parent / "blobs"
    return folder.parent.name == "snapshots" and path.resolve().parent == blobs.resolve()


def _named(file: str, value: object) -> Iterator[str]:
    """Where a JSON file names code that is not ours, at any depth."""
    if isinstance(value, list):
        for part in value:
            yield from _named(file, part)
    elif isinstance(value, Mapping):
        for key, part in value.items():
            if key in NAMES_CODE and not _is_trusted(file, key, part):
                yield f"{file} names code under {key!r}: {str(part)[:200]}"
            else:
                yield from _named(file, part)


def _is_trusted(file: str, key: str, value: object) -> bool:
    if key == "auto_map":
        return file == "config.json" and value == AUTO_MAP
    if key in ("activation_fn", "type"):
        # `type` stands for many things; what has a dot in it is a class.
        is_class = isinstance(value, str) and "." in value
        return not is_class or str(value).startswith(TRUSTED)
    return not value
