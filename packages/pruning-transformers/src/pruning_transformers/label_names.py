"""The names of labels: a ranker's, which are saved, and the token classifier's, which are not."""

from collections.abc import Mapping
from typing import Any

from pruning_core.validation import shown

LABEL_OPTIONS = ("num_labels", "id2label", "label2id")
"""Options of `from_pretrained` that say how many labels there are, and what they are called."""

TOKEN_LABELS = {0: "DROP", 1: "KEEP"}
"""The token classifier's labels."""


def default_names(count: int) -> dict[int, str]:
    """The names that transformers gives to labels without one."""
    return {number: f"LABEL_{number}" for number in range(count)}


def set_labels(config: Any, options: Mapping[str, Any]) -> None:
    """Set what `LABEL_OPTIONS` say, as numbers and names that agree.

    Raises:
        ValueError: they contradict each other.
    """
    names, numbers = options.get("id2label"), options.get("label2id")
    if names is None and numbers is not None:
        names = {number: name for name, number in numbers.items()}
    if names is None:
        config.num_labels = options["num_labels"]
        return
    names = {int(number): name for number, name in names.items()}
    inverted = {name: number for number, name in names.items()}
    if options.get("num_labels") not in (None, len(names)) or numbers not in (None, inverted):
        raise ValueError(f"`id2label`, `label2id` and `num_labels` disagree: {shown(options)}")
    config.id2label, config.label2id = names, inverted


def check_token_labels(names: Mapping[int, str]) -> None:
    """Raise ValueError unless labels can be the token classifier's."""
    if names not in (TOKEN_LABELS, default_names(len(TOKEN_LABELS))):
        raise ValueError(
            f"the token classifier has the labels {TOKEN_LABELS}, not {shown(dict(names))}; those"
            " of the ranker are the checkpoint's own"
        )


def share_labels(names: Mapping[int, str], backbone_config: Any) -> None:
    """Give a ranking backbone the ranker's labels; names of its own stay where the ranker has none.

    The names that a plain ranking model was saved with are not lost by an export.
    """
    is_unnamed = names == default_names(len(names))
    if not is_unnamed or backbone_config.num_labels != len(names):
        backbone_config.id2label = dict(names)
        backbone_config.label2id = {name: number for number, name in names.items()}
