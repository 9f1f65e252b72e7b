"""Is all code that a checkpoint names ours? Looks at every file, and runs nothing of it."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pruning_core.json_files import read_json_value
from pruning_transformers.configuration import AUTO_MAP, MODELING_FILE
from pruning_transformers.released import emitted_by

CODE = (".py", ".pyc", ".pyd", ".so", ".dll", ".dylib", ".pth", ".sh")
PICKLES = (".bin", ".pt", ".pkl", ".pickle", ".ckpt", ".joblib", ".npy", ".npz")
NAMES_CLASS = frozenset(
    "activation_fn activation_function sbert_ce_default_activation_function type types".split()
)
"""Keys under which a JSON file can name a class by its path, which is found and called."""
NAMES_CODE = NAMES_CLASS | frozenset(
    "_target_ auto_map auto_mapping base_model_name_or_path custom_generate custom_pipelines"
    " kernel_config trust_remote_code use_kernels".split()
)
"""Keys under which a JSON file can name code, or a model whose files do."""
TRUSTED = re.compile(r"(torch\.nn(\.modules\.\w+)?|sentence_transformers(\.\w+)*)\.[A-Z]\w*")
"""Classes that such a path may name."""
ELSEWHERE = re.compile(r"[\w.-]+/[\w.-]+--[\w./-]+")
"""Code of another repository, wherever it stands."""


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
        kind = path.suffix.lower()
        if path.is_dir():
            continue
        if not path.is_file() and not path.is_symlink():
            yield f"{name} is not a file"
        elif kind in CODE and name != MODELING_FILE:
            yield f"{name} is code"
        elif kind in PICKLES:
            yield f"{name} can be a pickle, which runs code where it is read"
        elif path.is_file() and kind == ".json" and path.name != "tokenizer.json":
            try:
                yield from _named(name, read_json_value(path))
            except ValueError as error:
                yield f"{name} cannot be read: {error}"


def links(folder: Path) -> list[str]:
    """Links in a folder, but for those of the hub's cache into the files of its own repository."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_symlink())
    return [f"{p.relative_to(folder)} is a link" for p in found if not _is_in_cache(folder, p)]


def _is_in_cache(folder: Path, path: Path) -> bool:
    blobs = os.path.realpath(folder.parent.parent / "blobs")
    return folder.parent.name == "snapshots" and os.path.dirname(os.path.realpath(path)) == blobs


def _named(file: str, value: object, key: str = "") -> Iterator[str]:
    """Where a JSON file names code that is not ours, at any depth."""
    if key in NAMES_CODE and not _is_trusted(file, key, value):
        yield f"{file} names code under {key!r}: {str(value)[:200]}"
    elif isinstance(value, Mapping):
        for name, part in value.items():
            is_inside = key in NAMES_CLASS and name not in NAMES_CODE
            yield from _named(file, part, key if is_inside else name)
    elif isinstance(value, list):
        for part in value:
            yield from _named(file, part, key)
    elif isinstance(value, str) and ELSEWHERE.fullmatch(value):
        yield f"{file} names code of another repository: {value[:200]}"


def _is_trusted(file: str, key: str, value: object) -> bool:
    if key == "auto_map":
        return file == "config.json" and value == AUTO_MAP
    if key in NAMES_CLASS:
        # `type` stands for many things; what has a dot in it is a class.
        is_class = isinstance(value, str) and "." in value
        return not is_class or TRUSTED.fullmatch(str(value)) is not None
    return not value
