"""Opens a checkpoint by every path in a process of its own; `checking` reads what it prints.

Run by its text, not imported: where `installed` is 0, nothing of this project can be imported.
"""

import importlib.abc
import json
import sys
from typing import Any

QUERY, DOCUMENT = "What do cats do?", "Paris is a city. Cats purr."


class HideProject(importlib.abc.MetaPathFinder):
    """Stands before all other finders."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        if name.partition(".")[0] in ("pruning_core", "pruning_transformers"):
            raise ModuleNotFoundError(f"No module named {name!r} (hidden)", name=name)


def values(output: Any, name: str) -> dict[str, Any]:
    """The numbers of one forward pass, whatever the class calls them."""
    found = {key: value for key, value in vars(output).items() if hasattr(value, "tolist")}
    logits = found.get("logits")
    pruning = logits if name.endswith("TokenClassification") else found.get("pruning_logits")
    ranking = logits if name.endswith("SequenceClassification") else found.get("ranking_logits")
    return {
        "pruning": None if pruning is None else pruning.flatten().tolist(),
        "ranking": None if ranking is None else ranking.flatten().tolist(),
    }


def main(folder: str, *, installed: bool) -> None:
    """Print a line of JSON for each path: its name, an error or its numbers."""
    if installed:
        import pruning_transformers  # noqa: F401
    else:
        sys.meta_path.insert(0, HideProject())
    import torch
    import transformers

    tokenizer = transformers.PreTrainedTokenizerFast.from_pretrained(folder)
    inputs = dict(tokenizer(QUERY, DOCUMENT, return_tensors="pt"))
    options = {} if installed else {"trust_remote_code": True}
    config = transformers.AutoConfig.from_pretrained(folder, **options)
    print(json.dumps({"path": "AutoConfig"}))
    names = [name for name in config.auto_map if name != "AutoConfig"]
    if config.mode == "pruning_only":
        names.remove("AutoModelForSequenceClassification")
    if installed:
        names.append("PruningEncoder")
    for name in names:
        row: dict[str, Any] = {"path": name}
        try:
            if name == "PruningEncoder":
                from pruning_core import PruningEncoder

                model: Any = PruningEncoder.from_pretrained(folder)
            else:
                model = getattr(transformers, name).from_pretrained(folder, **options)
            with torch.inference_mode():
                row |= values(model(**inputs), name)
        except Exception as error:  # whatever it is, it is this path's result
            row["error"] = f"{type(error).__name__}: {error}"
        print(json.dumps(row))


if __name__ == "__main__":
    main(sys.argv[1], installed=sys.argv[2] == "1")
