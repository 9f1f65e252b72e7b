"""The metadata and the sections of a model card that is there already."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml
from huggingface_hub import ModelCard

from pruning_core.staging import staged


@contextmanager
def changed(card: Path) -> Iterator[ModelCard]:
    """A card to change, written at the end.

    Raises:
        FileNotFoundError: there is none.
        ValueError: its metadata are not YAML.
    """
    try:
        found = ModelCard(card.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise FileNotFoundError(f"there is no model card {str(card)!r}") from error
    except yaml.YAMLError as error:
        raise ValueError(f"the metadata of {str(card)!r} are not YAML: {error}") from error
    yield found
    with staged(card.parent) as draft:
        (draft / card.name).write_text(str(found), encoding="utf-8")


def with_section(text: str, title: str, body: str) -> str:
    """A card's text with a section of this title, in place of its old one, or at the end."""
    section = f"## {title}\n\n{body.strip()}\n"
    old = re.compile(rf"^## {re.escape(title)}\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    if old.search(text):
        return old.sub(lambda match: f"{section}\n", text, count=1).rstrip() + "\n"
    return f"{text.rstrip()}\n\n{section}"


def is_hub_id(name: str) -> bool:
    """Whether a model or a data set is named as on the hub, and not by a path of this machine."""
    parts = Path(name).parts
    is_name = len(parts) == 2 and not name.startswith((".", "~", "/")) and "\\" not in name
    return is_name and not name.endswith((".jsonl", ".gz")) and not Path(name).exists()
