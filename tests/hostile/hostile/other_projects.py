"""Checkpoints of other projects, which core opens by name, damaged where only its reader looks."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hostile.case import (
    AGREE,
    CONFIG,
    REFUSED,
    WEIGHTS,
    Case,
    Change,
    removing,
    setting,
    several,
    writing,
)
from hostile.good import OTHER_PROJECTS

OTHERS = "other projects' checkpoints"
KINDS = (OTHERS,)


def cases(good: Path) -> Iterator[Case]:
    others = {"registered": "skipped", "emitted": "skipped", "crossencoder": "skipped"}

    def case(base: str, label: str, change: Change, expect: str, *names: str) -> Case:
        return Case(
            name=f"other projects: {label} [{base}]",
            kind=OTHERS,
            base=base,
            change=change,
            expect=expect,
            by_way=others,
            names=(CONFIG, WEIGHTS, *names),
        )

    values: dict[str, Any] = {"null": None, "list": [], "text": "x", "number": 5, "huge": 10**18}
    for base in OTHER_PROJECTS:
        keys = {
            "provence": ("hidden_size", "num_hidden_layers", "vocab_size", "architectures"),
            "xprovence": ("hidden_size", "num_hidden_layers", "vocab_size", "auto_map"),
            "open_provence": ("base_model_config", "pruning_config", "max_length", "num_labels"),
            "zilliz": ("base_model_config", "pruning_config", "default_threadshold", "mode"),
            "july_2025": ("mode", "pruning_config", "max_length", "num_labels"),
        }[base]
        for key in keys:
            for label, value in values.items():
                files = [CONFIG]
                if base == "july_2025":
                    files.append("pruning_encoder_config.json")
                change = several(*(setting(file, (), **{key: value}) for file in files))
                names = (
                    key.replace("threadshold", "threshold"),
                    str(value),
                    "ranking_model",
                    "head",
                )
                yield case(base, f"{key}={label}", change, AGREE, *names)
        if base != "july_2025":
            for label, size in {"empty": 0, "half": 20_000}.items():
                yield case(
                    base,
                    f"weights {label}",
                    lambda folder, s=size: (folder / WEIGHTS).write_bytes(
                        (folder / WEIGHTS).read_bytes()[:s]
                    ),
                    REFUSED,
                )
            yield case(base, "no weights", removing(WEIGHTS), REFUSED)
    yield case("july_2025", "a pickled head", lambda folder: None, REFUSED, "allow_pickled_head")
    for file in ("ranking_model/config.json", "pruning_encoder_config.json"):
        for label, contents in {"empty": "", "list": "[1]", "nested": "[" * 100_000}.items():
            yield case(
                "july_2025",
                f"{file} {label}",
                writing(file, contents),
                REFUSED,
                "config.json",
                file.split("/")[-1],
            )
