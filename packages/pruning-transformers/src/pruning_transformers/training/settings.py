"""The settings of `pruning train`, read from YAML."""

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import NoneType
from typing import Any

from pruning_core.config_rules import MODES, RERANKING_PRUNING
from pruning_core.losses import PruningLoss
from pruning_core.retention import RetentionLoss
from pruning_core.validation import as_texts, check_bool, check_choice, check_int
from pruning_transformers.training.argument_types import check_number, checked_arguments
from pruning_transformers.training.averaging import check_inside
from pruning_transformers.training.examples import TEACHER_SCALES
from pruning_transformers.training.precision import check_precision
from pruning_transformers.training.settings_file import read_settings_file


@dataclass(frozen=True, kw_only=True)
class DataSettings:
    """What to learn from.

    Attributes:
        train: files or datasets, see `questions.read_questions`.
        eval: the same, for the evaluation during training; none where empty.
        eval_share: share of the questions of `train` that are held out for the evaluation, above
            0 and below 1; no passage is in both parts. Instead of `eval`.
        negatives: see `PruningDataset`, as for `teacher_scale`.
        limit: use this many questions of `train`, drawn at random; None is all.
        eval_limit: the same for the evaluation.
        batch_tokens: see `TokenBatches`; None is batches of `per_device_train_batch_size`.
    """

    train: tuple[str, ...]
    eval: tuple[str, ...] = ()
    eval_share: float | None = None
    negatives: int = 1
    teacher_scale: str | None = None
    limit: int | None = None
    eval_limit: int | None = None
    batch_tokens: int | None = None

    def __post_init__(self) -> None:
        for name in ("train", "eval"):
            texts = as_texts(f"data.{name}", getattr(self, name))
            object.__setattr__(self, name, tuple(texts))
        if not self.train:
            raise ValueError("`data.train` must name a file or a dataset")
        check_int("data.negatives", self.negatives, minimum=0)
        if self.teacher_scale is not None:
            check_choice("data.teacher_scale", self.teacher_scale, TEACHER_SCALES)
        if self.eval_share is not None:
            check_inside("data.eval_share", self.eval_share)
            if self.eval:
                raise ValueError("give `data.eval` or `data.eval_share`, not both")
        for name in ("limit", "eval_limit", "batch_tokens"):
            if getattr(self, name) is not None:
                check_int(f"data.{name}", getattr(self, name), minimum=1)


@dataclass(frozen=True, kw_only=True)
class TrainSettings:
    """Everything that a run needs.

    Attributes:
        model: what to start from, a folder or hub id: a cross-encoder, an encoder, or a pruning
            encoder; `default` is the built-in model.
        revision: of `model` on the hub, a branch, tag or commit; None is its newest.
        output: folder of the checkpoints, and of the final model.
        data: what to learn from.
        mode: of a new model; a pruning encoder keeps its own.
        max_length: of a new model, the longest window in tokens; None is the backbone's, at
            most 512.
        precision: `auto`, `float32`, `bfloat16` or `float16`, see `choose_precision`; not
            together with `bf16` or `fp16` of `training`.
        average_weights: the `decay` of a `WeightAverage`; None keeps the last or best weights.
        calibrate: end with the calibration of the keep probabilities on the evaluation data, if
            there are some, and of a ranking score that the loss trains on evidence and that is a
            probability; see `calibrate`.
        loss: keyword arguments of `PruningLoss`, or of `RetentionLoss` where there is a
            `retention_weight`; `keep_weight` may be `balanced`, which is the
            number of tokens to drop for each to keep.
        training: keyword arguments of `TrainingArguments`.
    """

    model: str
    output: Path
    data: DataSettings
    revision: str | None = None
    mode: str = RERANKING_PRUNING
    max_length: int | None = None
    precision: str = "auto"
    average_weights: float | None = None
    calibrate: bool = True
    loss: Mapping[str, Any] = field(default_factory=dict)
    training: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, kinds in {
            "model": (str,),
            "output": (str, Path),
            "revision": (str, NoneType),
        }.items():
            if not isinstance(value := getattr(self, name), kinds):
                raise TypeError(f"`{name}` must be text, not {value!r}; write it in quotes")
            if not str(value).strip():
                raise ValueError(f"`{name}` must not be empty")
        object.__setattr__(self, "output", Path(self.output))
        check_choice("mode", self.mode, MODES)
        if self.max_length is not None:
            check_int("max_length", self.max_length, minimum=8)
        weights = {k: v for k, v in self.loss.items() if v != "balanced" or k != "keep_weight"}
        new_loss(weights)
        object.__setattr__(self, "training", checked_arguments(self.training))
        check_bool("calibrate", self.calibrate)
        check_precision(self.precision, self.training)
        if self.average_weights is not None:
            check_inside("average_weights", self.average_weights)
        if self.data.batch_tokens and "per_device_train_batch_size" in self.training:
            both = "`data.batch_tokens` or `training.per_device_train_batch_size`"
            raise ValueError(f"give {both}, not both")

    @classmethod
    def read(cls, path: Path) -> "TrainSettings":
        """Read a YAML file; its paths are relative to the working directory.

        Raises:
            FileNotFoundError: there is no such file.
            TypeError, ValueError: it is not YAML, or a setting is unknown, missing or wrong.
        """
        data = read_settings_file(path)
        try:
            known = _known([item.name for item in fields(cls)], data, "")
            names = [item.name for item in fields(DataSettings)]
            known["data"] = DataSettings(**_known(names, known["data"], "data."))
            for name in ("loss", "training"):
                known[name] = _mapping(known.get(name, {}), f"`{name}`")
            return cls(**known)
        except (TypeError, ValueError) as error:
            kind = TypeError if isinstance(error, TypeError) else ValueError
            raise kind(f"{path}: {error}") from error


def new_loss(weights: Mapping[str, Any]) -> PruningLoss:
    """The loss of these settings.

    Raises:
        TypeError, ValueError: a setting is unknown, or no number of its range.
    """
    loss = RetentionLoss if "retention_weight" in weights else PruningLoss
    known = inspect.signature(loss).parameters
    if unknown := [str(name) for name in weights if name not in known]:
        raise ValueError(f"unknown settings: {', '.join(f'`loss.{n}`' for n in unknown)}")
    for name, weight in weights.items():
        check_number(f"`loss.{name}`", weight)
    return loss(**weights)


def _mapping(data: object, name: str) -> dict[str, Any]:
    if not isinstance(data, Mapping):
        raise TypeError(f"{name} must be a mapping, not {data!r}")
    return dict(data)


def _known(names: Sequence[str], data: object, prefix: str) -> dict[str, Any]:
    """The settings of these names: all known, none missing; null is the default."""
    given = _mapping(data, f"`{prefix.rstrip('.')}`" if prefix else "the file")
    settings = {name: value for name, value in given.items() if value is not None}
    if unknown := [name for name in given if name not in names]:
        raise ValueError(f"unknown settings: {', '.join(f'`{prefix}{n}`' for n in unknown)}")
    needed = ("train",) if prefix else ("model", "output", "data")
    if missing := [name for name in needed if settings.get(name) is None]:
        raise ValueError(f"missing settings: {', '.join(f'`{prefix}{n}`' for n in missing)}")
    return settings
