"""All cases, and the sample that is run by default."""

import random
import re
from collections import defaultdict
from pathlib import Path

from hostile import (
    added_keys,
    code_references,
    configurations,
    damaged_configs,
    libraries,
    other_projects,
    places,
    tensors,
    tokenizer_configs,
    tokenizer_json,
    weight_files,
    weight_headers,
)
from hostile.case import SAME, Case
from hostile.good import BASES

MODULES = (
    configurations,
    added_keys,
    damaged_configs,
    tensors,
    weight_headers,
    weight_files,
    tokenizer_json,
    tokenizer_configs,
    code_references,
    libraries,
    places,
    other_projects,
)
KINDS = ("good", *(kind for module in MODULES for kind in module.KINDS))
SAMPLED = 400
"""Folders that are run by default."""
SEED = 15
INSTANCES = frozenset(
    {
        *(f"good [{base}]" for base in BASES),
        "activations: torch.utils.collect_env.main",
        "backbone_config num_hidden_layers=10000000 [bert]",
        "backbone_config of detr [bert]",
        "config.json with attn_implementation kernel",
        "config.json: 100,000 brackets",
        "config.json: a list",
        "references to code: a second file",
        "tokenizer.json: an id past the table",
        "tokenizer.json: no document",
        "tokenizer.json: reversed",
        "tokenizer_config.json: cls and sep exchanged",
        "weights: 4,000 extra tensors",
        "weights: all as torch.float64",
        "weights: all as torch.int64",
        "weights: index, names a pickle",
        "weights: no pruning head",
    }
)
"""Folders that once fell; always in the sample."""


def everything(good: Path) -> list[Case]:
    """Every case, each name once."""
    found = [
        Case(name=f"good [{base}]", kind="good", base=base, change=lambda _: None, expect=SAME)
        for base in BASES
    ]
    for module in MODULES:
        found += module.cases(good)
    names = [case.name for case in found]
    if len(set(names)) != len(names):
        raise ValueError(
            f"two cases have one name: {sorted(n for n in names if names.count(n) > 1)}"
        )
    return found


def select(good: Path, *, everything: bool = False, only: str = "") -> list[Case]:
    """The cases to run: those whose names the pattern `only` finds, all, or the sample.

    The sample takes turns over kinds and checkpoints, so that each is in it.
    """
    cases = _everything(good)
    if only:
        return [case for case in cases if re.search(only, case.name) or case.kind == "good"]
    if everything:
        return cases
    if missing := INSTANCES - {case.name for case in cases}:
        raise ValueError(f"no cases: {sorted(missing)}")
    groups: dict[tuple[str, str], list[Case]] = defaultdict(list)
    for case in cases:
        groups[case.kind, case.base].append(case)
    draw = random.Random(SEED)
    for group in groups.values():
        draw.shuffle(group)
    chosen = set(INSTANCES)
    while len(chosen) < SAMPLED:
        for group in groups.values():
            if group and len(chosen) < SAMPLED:
                chosen.add(group.pop().name)
    return [case for case in cases if case.name in chosen]


_everything = everything
