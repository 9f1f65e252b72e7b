"""What is saved beside the weights: the tokenizer's files and the model card."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

from transformers.utils import cached_file


def published_card(model: str, **options: Any) -> str | None:
    """The path of the README.md of a hub id or folder, None if it has none."""
    quiet = ("missing_entries", "connection_errors", "gated_repo")
    options |= {f"_raise_exceptions_for_{name}": False for name in quiet}
    return cached_file(model, "README.md", **options)  # type: ignore[no-any-return]


def write_model_card(folder: Path, config: Any, source: str) -> None:
    """Write README.md with the loading paths, unless there is one.

    Where the package is not installed, the card of the checkpoint `source` is copied.
    """
    card = folder / "README.md"
    if card.exists():
        return
    if not (Path(__file__).parent / "model_card.md").is_file():
        if found := published_card(source, revision=getattr(config, "_commit_hash", None)):
            shutil.copyfile(found, card)
        return
    # bundle: off
    card.write_text(model_card(config), encoding="utf-8")


def model_card(config: Any) -> str:
    """The model card's text, with every loading path that the mode has."""
    text = (Path(__file__).parent / "model_card.md").read_text(encoding="utf-8")
    ranking = r"\1" if config.mode == "reranking_pruning" else ""
    text = re.sub(r"<!-- ranking -->\n(.*?)<!-- end ranking -->\n", ranking, text, flags=re.DOTALL)
    for name in ("mode", "max_length", "default_threshold"):
        text = text.replace(f"{{{name}}}", str(getattr(config, name)))
    return text.replace("{backbone}", config.backbone_config.model_type)


# bundle: on


def write_tokenizer(folder: Path, tokenizer: Any, max_length: int) -> None:
    """Save a tokenizer under the class name that every version of transformers knows."""
    tokenizer.save_pretrained(folder)
    path = folder / "tokenizer_config.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    data |= {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": max_length}
    path.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
