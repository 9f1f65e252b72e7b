"""The names of labels: a ranker's, which are saved, and the token classifier's, which are not."""

import copy
from collections.abc import Mapping
from typing import Any, Self

from pruning_core.validation import shown

LABEL_OPTIONS = ("num_labels", "id2label", "label2id")
"""Options of `from_pretrained` that say how many labels there are, and what they are called."""

TOKEN_LABELS = {0: "DROP", 1: "KEEP"}
"""The token classifier's labels."""


class TwoKindsOfLabels:
    """A configuration whose `id2label` are the ranker's labels, or a token classifier's.

    transformers has options for one kind. For the class of the token classifier they name its own,
    and the ranker's are those of the file; what is saved are always the ranker's.
    """

    num_labels: int
    id2label: dict[int, str]
    label2id: dict[str, int]
    _of_ranker: dict[int, str] | None = None  # where `id2label` is the token classifier's
    _of_file: dict[int, str] | None = None  # where it was read from one
    _is_chosen = False  # whether the caller of `from_pretrained` named labels

    @property
    def ranking_labels(self) -> dict[int, str]:
        """The ranker's labels, by number."""
        return self.id2label if self._of_ranker is None else self._of_ranker

    def choose_labels(self, options: Mapping[str, Any]) -> None:
        """Take what `LABEL_OPTIONS` say to a configuration that was read from a file.

        Raises:
            ValueError: they contradict each other.
        """
        self._of_file = dict(self.id2label)
        options = {name: value for name, value in options.items() if value is not None}
        if not options:
            return
        self._is_chosen = True
        if options.keys() == {"num_labels"}:
            self.num_labels = options["num_labels"]
            return
        numbers = options.get("label2id")
        names = options.get("id2label", _inverted(numbers or {}))
        names = {int(number): name for number, name in names.items()}
        if options.get("num_labels", len(names)) != len(names) or (
            numbers is not None and numbers != _inverted(names)
        ):
            raise ValueError(f"`id2label`, `label2id` and `num_labels` disagree: {shown(options)}")
        self.id2label, self.label2id = names, _inverted(names)

    def of_ranker(self) -> Self:
        """This configuration, or, of a token classifier's, a copy with the ranker's labels."""
        if self._of_ranker is None:
            return self
        config = copy.deepcopy(self)
        config.id2label = config.ranking_labels
        config.label2id = _inverted(config.id2label)
        config._of_ranker = None
        return config

    def of_token_classifier(self) -> Self:
        """A copy with the token classifier's labels.

        Raises:
            ValueError: labels are named that are neither the file's nor a token classifier's.
        """
        config = copy.deepcopy(self.of_ranker())
        ranker, file = config.id2label, config._of_file
        if file is not None and (config._is_chosen or ranker != file):
            if ranker not in (TOKEN_LABELS, _unnamed(len(TOKEN_LABELS))):
                raise ValueError(
                    f"the token classifier has the labels {TOKEN_LABELS}, not {shown(ranker)};"
                    " those of the ranker are the checkpoint's own"
                )
            ranker = file
        config._of_ranker, config._of_file, config._is_chosen = ranker, None, False
        config.id2label, config.label2id = dict(TOKEN_LABELS), _inverted(TOKEN_LABELS)
        return config

    def labels_to_save(self) -> dict[str, object]:
        """The ranker's labels, where a token classifier's stand in their place."""
        if self._of_ranker is None:
            return {}
        names = self._of_ranker
        return {"id2label": names, "label2id": _inverted(names), "num_labels": len(names)}


def share_labels(names: Mapping[int, str], backbone_config: Any) -> None:
    """Give a ranking backbone the ranker's labels; names of its own stay where the ranker has none.

    The names that a plain ranking model was saved with are not lost by an export.
    """
    if names != _unnamed(len(names)) or backbone_config.num_labels != len(names):
        backbone_config.id2label, backbone_config.label2id = dict(names), _inverted(names)


def _unnamed(count: int) -> dict[int, str]:
    """The names that transformers gives to labels without one."""
    return {number: f"LABEL_{number}" for number in range(count)}


def _inverted(names: Mapping[Any, Any]) -> dict[Any, Any]:
    return {value: key for key, value in names.items()}
