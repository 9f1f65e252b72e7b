"""The settings of `pruning train`, read from YAML."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml
from transformers import TrainingArguments

from pruning_core.config_rules import MODES
from pruning_core.losses import PruningLoss
from pruning_core.retention import RetentionLoss
from pruning_core.validation import check_choice, check_int
from pruning_transformers.training.examples import TEACHER_SCALES
from pruning_transformers.training.precision import check_precision


@dataclass(frozen=True, kw_only=True)
class DataSettings:
    """What to learn from.

    Attributes:
        train: files or datasets, see `questions.read_questions`.
        eval: the same, for the evaluation during training; none where empty.
        negatives: see `PruningDataset`, as for `teacher_scale`.
        limit: use this many questions of `train`, drawn at random; None is all.
        eval_limit: the same for `eval`.
    """

    train: tuple[str, ...]
    eval: tuple[str, ...] = ()
    negatives: int = 1
    teacher_scale: str | None = None
    limit: int | None = None
    eval_limit: int | None = None

    def __post_init__(self) -> None:
        for name in ("train", "eval"):
            value = getattr(self, name)
            if isinstance(value, str) or not all(isinstance(item, str) for item in value):
                raise TypeError(f"`data.{name}` must be a list of str, not {value!r}")
            object.__setattr__(self, name, tuple(value))
        if not self.train:
            raise ValueError("`data.train` must name a file or a dataset")
        check_int("data.negatives", self.negatives, minimum=0)
        if self.teacher_scale is not None:
            check_choice("data.teacher_scale", self.teacher_scale, TEACHER_SCALES)
        for name in ("limit", "eval_limit"):
            if getattr(self, name) is not None:
                check_int(f"data.{name}", getattr(self, name), minimum=1)


@dataclass(frozen=True, kw_only=True)
class TrainSettings:
    """Everything that a run needs.

    Attributes:
        model: what to start from, a folder or hub id: a cross-encoder, an encoder, or a pruning
            encoder; `default` is the built-in model.
        output: folder of the checkpoints, and of the final model.
        data: what to learn from.
        mode: of a new model; a pruning encoder keeps its own.
        max_length: of a new model, the longest window in tokens; None is the backbone's, at
            most 512.
        precision: `auto`, `float32`, `bfloat16` or `float16`, see `choose_precision`; not
            together with `bf16` or `fp16` of `training`.
        loss: keyword arguments of `PruningLoss`, or of `RetentionLoss` where there is a
            `retention_weight`; `keep_weight` may be `balanced`, which is the
            number of tokens to drop for each to keep.
        training: keyword arguments of `TrainingArguments`.
    """

    model: str
    output: Path
    data: DataSettings
    mode: str = "reranking_pruning"
    max_length: int | None = None
    precision: str = "auto"
    loss: Mapping[str, Any] = field(default_factory=dict)
    training: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_choice("mode", self.mode, MODES)
        if self.max_length is not None:
            check_int("max_length", self.max_length, minimum=8)
        weights = {k: v for k, v in self.loss.items() if v != "balanced" or k != "keep_weight"}
        new_loss(weights)
        names = {item.name for item in fields(TrainingArguments) if item.init}
        if unknown := sorted(set(self.training) - names):
            raise ValueError(f"`training` has no {', '.join(unknown)}")
        check_precision(self.precision, self.training)

    @classmethod
    def read(cls, path: Path) -> "TrainSettings":
        """Read a YAML file; its paths are relative to the working directory.

        Raises:
            FileNotFoundError: there is no such file.
            TypeError, ValueError: it is not YAML, or a setting is unknown, missing or wrong.
        """
        try:
            data = yaml.safe_load(path.read_text(encoding="utf-8"))
        except yaml.YAMLError as error:
            raise ValueError(f"{path} is not YAML: {error}") from error
        try:
            known = _known(cls, data, "")
            known["data"] = DataSettings(**_known(DataSettings, known["data"], "data."))
            known["output"] = Path(known["output"])
            for name in ("loss", "training"):
                known[name] = _mapping(known.get(name) or {}, f"`{name}`")
            return cls(**known)
        except (TypeError, ValueError) as error:
            raise type(error)(f"{path}: {error}") from error


def new_loss(weights: Mapping[str, Any]) -> PruningLoss:
    """The loss of these settings."""
    return RetentionLoss(**weights) if "retention_weight" in weights else PruningLoss(**weights)


def _mapping(data: Any, name: str) -> dict[str, Any]:
    if not isinstance(data, Mapping):
        raise TypeError(f"{name} must be a mapping, not {data!r}")
    return dict(data)


def _known(cls: Any, data: Any, prefix: str) -> dict[str, Any]:
    """The settings of a dataclass: all known, none missing."""
    settings = _mapping(data, f"`{prefix.rstrip('.')}`" if prefix else "the file")
    names = [item.name for item in fields(cls)]
    if unknown := [name for name in settings if name not in names]:
        raise ValueError(f"unknown settings: {', '.join(f'`{prefix}{n}`' for n in unknown)}")
    due = ("train",) if prefix else ("model", "output", "data")
    if missing := [name for name in due if settings.get(name) is None]:
        raise ValueError(f"missing settings: {', '.join(f'`{prefix}{n}`' for n in missing)}")
    return settings
