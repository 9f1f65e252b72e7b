"""Opens a checkpoint by every path in a process of its own; `checking` reads what it prints.

Run by its text, not imported: where `installed` is 0, nothing of this project can be imported.
"""

import importlib.abc
import json
import sys

QUERY, DOCUMENT = "What do cats do?", "Paris is a city. Cats purr."


class HideProject(importlib.abc.MetaPathFinder):
    """Stands before all other finders."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Refuse this project's packages; None leaves all others to the next finder."""
        if name.partition(".")[0] in ("pruning_core", "pruning_transformers"):
            raise ModuleNotFoundError(f"No module named {name!r} (hidden)", name=name)


def logits(output: object, name: str) -> dict[str, list[float]]:
    """The logits of one forward pass, flattened, whatever the class calls them."""
    found = {key: value for key, value in vars(output).items() if hasattr(value, "tolist")}
    pruning = "logits" if name.endswith("TokenClassification") else "pruning_logits"
    ranking = "logits" if name.endswith("SequenceClassification") else "ranking_logits"
    return {
        kind: found[key].flatten().tolist()
        for kind, key in (("pruning", pruning), ("ranking", ranking))
        if key in found
    }


def report(row: dict[str, object]) -> None:
    """Write a line of JSON."""
    sys.stdout.write(f"{json.dumps(row)}\n")


def main(folder: str, *, installed: bool) -> None:
    """Write a line of JSON for each path: its name, an error or its logits."""
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
    report({"path": "AutoConfig"})
    names = [name for name in config.auto_map if name != "AutoConfig"]
    if config.mode == "pruning_only":
        names.remove("AutoModelForSequenceClassification")
    if installed:
        names.append("PruningEncoder")
    for name in names:
        row: dict[str, object] = {"path": name}
        try:
            if name == "PruningEncoder":
                from pruning_core import PruningEncoder

                model = PruningEncoder.from_pretrained(folder)
            else:
                model = getattr(transformers, name).from_pretrained(folder, **options)
            with torch.inference_mode():
                row |= logits(model(**inputs), name)
        except Exception as error:  # whatever it is, it is this path's result
            row["error"] = f"{type(error).__name__}: {error}"
        report(row)


if __name__ == "__main__":
    main(sys.argv[1], installed=sys.argv[2] == "1")
