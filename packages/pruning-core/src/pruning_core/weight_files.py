"""Files of weights: safetensors alone, whole or in shards."""

from collections.abc import Mapping
from pathlib import Path

from pruning_core.json_files import read_json
from pruning_core.validation import shown

WEIGHTS = "model.safetensors"
_PICKLES = (".bin", ".pt", ".pth", ".pkl", ".ckpt")


def file_names(variant: str | None) -> list[str]:
    """Patterns of the files of weights in a repository."""
    if variant is None:
        return [WEIGHTS, "model-?????-of-?????.safetensors", f"{WEIGHTS}.index.json"]
    return [f"model*{variant}*.safetensors", f"{WEIGHTS}.index.{variant}.json"]


def whole_and_index(variant: str | None) -> tuple[str, str]:
    """The name of a file of all weights, and of the index of shards that can stand for it."""
    middle = "" if variant is None else f".{variant}"
    return f"model{middle}.safetensors", f"{WEIGHTS}.index{middle}.json"


def shard_names(index: Path) -> list[str]:
    """The files that an index names.

    Raises:
        ValueError: the index is wrong, or names something else than safetensors files next to it.
    """
    shards = read_json(index).get("weight_map")
    if not isinstance(shards, Mapping) or not shards:
        raise ValueError(f"{index} has no `weight_map`")
    names = sorted({str(name) for name in shards.values()})
    for name in names:
        if Path(name).name != name or not name.endswith(".safetensors") or len(name) > 255:
            text = f"{index} names {shown(name)}, which is no safetensors file of its folder"
            raise ValueError(text)
    return names


def weight_files(folder: Path, variant: str | None = None) -> list[Path]:
    """The file of a folder's weights, or its shards by their index.

    Args:
        folder: where they are.
        variant: of `model.VARIANT.safetensors`, such as `fp16`.

    Raises:
        FileNotFoundError: there are none, or only pickles.
        ValueError: the index is wrong, or names a file outside of the folder.
    """
    whole, index = whole_and_index(variant)
    if (folder / whole).is_file():
        return [folder / whole]
    if not (folder / index).is_file():
        raise FileNotFoundError(f"{folder} has no {whole}{_refused(folder)}")
    names = shard_names(folder / index)
    if missing := [name for name in names if not (folder / name).is_file()]:
        raise FileNotFoundError(f"{folder} has no {missing[0]}, which {index} names")
    return [folder / name for name in names]


def _refused(folder: Path) -> str:
    found = sorted(file.name for file in folder.glob("*") if file.suffix in _PICKLES)
    reason = "is refused, since loading a pickle can run any code"
    return f"; {', '.join(found)} {reason}" if found else ""
