"""Hostile tensors: missing, misshapen, of other types, too many."""

from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from hostile.case import AGREE, HARMLESS, REFUSED, SAME, WEIGHTS, Case, Change
from hostile.good import BASES

TENSORS = "weights: tensors"
KINDS = (TENSORS,)
State = dict[str, Tensor]
FLOATING = (torch.float64, torch.float16, torch.bfloat16)
OTHERS = (
    *(torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool),
    *(torch.uint16, torch.uint32, torch.uint64, torch.float8_e4m3fn, torch.float8_e5m2),
    torch.complex64,
)
_EXTRA = "ranking_model.extra"
_HEAD = "pruning_head.classifier.weight"


def cases(good: Path) -> Iterator[Case]:
    for base in BASES:
        with safe_open(good / base / WEIGHTS, "pt") as file:
            names = list(file.keys())
        yield from _tensors(base, names)
    yield from _whole_states()


def changing(edit: Callable[[State], object], **metadata: str) -> Change:
    """A change that edits the state dict."""

    def change(folder: Path) -> None:
        state = {name: tensor.clone() for name, tensor in load_file(folder / WEIGHTS).items()}
        edit(state)
        save_file(state, folder / WEIGHTS, metadata={"format": "pt", **metadata})

    return change


def _tensors(base: str, names: list[str]) -> Iterator[Case]:
    def case(name: str, label: str, edit: Callable[[State], object], expect: str) -> Case:
        return Case(
            name=f"weights: {name} {label} [{base}]",
            kind=TENSORS,
            base=base,
            change=changing(edit),
            expect=expect,
            names=(name,),
        )

    for name in names:
        yield case(name, "removed", lambda s, n=name: s.pop(n), REFUSED)
        yield case(name, "renamed", lambda s, n=name: s.update({f"x.{n}": s.pop(n)}), REFUSED)
        yield case(
            name, "misshapen", lambda s, n=name: s.update({n: s[n].reshape(-1, 1, 1)}), REFUSED
        )
        yield case(
            name, "longer", lambda s, n=name: s.update({n: torch.cat([s[n], s[n]])}), REFUSED
        )
        yield case(name, "empty", lambda s, n=name: s.update({n: s[n][:0].clone()}), REFUSED)
        yield case(name, "NaN", lambda s, n=name: s[n].fill_(float("nan")), AGREE)
        yield case(name, "infinite", lambda s, n=name: s[n].fill_(float("inf")), AGREE)
        yield case(name, "3e38", lambda s, n=name: s[n].fill_(3e38), AGREE)
        for dtype in FLOATING:
            yield case(
                name,
                f"as {dtype}",
                lambda s, n=name, d=dtype: s.update({n: s[n].to(d)}),
                AGREE,
            )
        for dtype in OTHERS:
            yield case(
                name,
                f"as {dtype}",
                lambda s, n=name, d=dtype: s.update({n: s[n].to(torch.float32).abs().to(d)}),
                REFUSED,
            )


def _whole_states() -> Iterator[Case]:
    def extra(count: int, shape: tuple[int, ...]) -> Change:
        return changing(
            lambda s: s.update({f"{_EXTRA}.{i}": torch.zeros(shape) for i in range(count)})
        )

    states: dict[str, tuple[Change, str]] = {
        "an extra tensor": (extra(1, (2,)), REFUSED),
        "4,000 extra tensors": (extra(4_000, (2,)), REFUSED),
        "4,000 extra tensors of no size": (extra(4_000, (0,)), REFUSED),
        "extra position_ids": (
            changing(
                lambda s: s.update(
                    {"ranking_model.bert.embeddings.position_ids": torch.arange(80)[None]}
                )
            ),
            AGREE,
        ),
        "an extra pruning head": (
            changing(lambda s: s.update({"pruning_head.other.weight": torch.zeros(2, 32)})),
            REFUSED,
        ),
        "an extra encoder": (
            changing(lambda s: s.update({"encoder.pooler.weight": torch.zeros(2, 32)})),
            REFUSED,
        ),
        "no tensors": (changing(lambda s: s.clear()), REFUSED),
        "no pruning head": (
            changing(lambda s: [s.pop(n) for n in list(s) if n.startswith("pruning_head")]),
            REFUSED,
        ),
        "only the pruning head": (
            changing(lambda s: [s.pop(n) for n in list(s) if not n.startswith("pruning_head")]),
            REFUSED,
        ),
        "without the prefix of the ranker": (
            changing(
                lambda s: s.update({n.removeprefix("ranking_model."): s.pop(n) for n in list(s)})
            ),
            REFUSED,
        ),
        "with another prefix": (
            changing(lambda s: s.update({f"model.{n}": s.pop(n) for n in list(s)})),
            REFUSED,
        ),
        "LayerNorm.gamma and beta": (
            changing(
                lambda s: s.update(
                    {
                        n.replace("LayerNorm.weight", "LayerNorm.gamma").replace(
                            "LayerNorm.bias", "LayerNorm.beta"
                        ): s.pop(n)
                        for n in list(s)
                    }
                )
            ),
            AGREE,
        ),
        "a scalar for the head's bias": (
            changing(lambda s: s.update({"pruning_head.classifier.bias": torch.tensor(1.0)})),
            REFUSED,
        ),
        "the head transposed": (
            changing(
                lambda s: s.update(
                    {_HEAD: s[_HEAD].reshape(s[_HEAD].shape[::-1])},
                )
            ),
            REFUSED,
        ),
        "a head of one label": (
            changing(lambda s: s.update({_HEAD: s[_HEAD][:1].clone()})),
            REFUSED,
        ),
        "an extra tensor of no size": (extra(1, (0,)), REFUSED),
        "an extra tensor of no size, wide": (extra(1, (0, 2**40)), REFUSED),
        "an extra tensor of eight bits": (
            changing(lambda s: s.update({_EXTRA: torch.zeros(2, dtype=torch.float8_e4m3fn)})),
            REFUSED,
        ),
        "the smallest numbers": (changing(lambda s: [t.fill_(1e-45) for t in s.values()]), AGREE),
        "huge numbers": (changing(lambda s: [t.mul_(1e30) for t in s.values()]), AGREE),
        "names in other letters": (
            changing(lambda s: s.update({n.upper(): s.pop(n) for n in list(s)})),
            REFUSED,
        ),
        "names with a blank": (
            changing(lambda s: s.update({f"{n} ": s.pop(n) for n in list(s)})),
            REFUSED,
        ),
        "weight_g and weight_v": (
            changing(
                lambda s: s.update({f"{_HEAD}_g": torch.ones(2, 1), f"{_HEAD}_v": s.pop(_HEAD)})
            ),
            REFUSED,
        ),
        "all zero": (changing(lambda s: [t.zero_() for t in s.values()]), AGREE),
        "all NaN": (changing(lambda s: [t.fill_(float("nan")) for t in s.values()]), AGREE),
        "a name with an escape": (
            changing(lambda s: s.update({"\x1b[2Jforged\nline": torch.zeros(2)})),
            REFUSED,
        ),
        "an empty name": (changing(lambda s: s.update({"": torch.zeros(2)})), REFUSED),
        "a long name": (changing(lambda s: s.update({"x" * 1_000_000: torch.zeros(2)})), REFUSED),
        "a name with dots": (changing(lambda s: s.update({"...": torch.zeros(2)})), REFUSED),
        "format tf": (changing(lambda s: None, format="tf"), HARMLESS),
        "format x": (changing(lambda s: None, format="x"), HARMLESS),
        "much metadata": (changing(lambda s: None, **{f"k{i}": "x" for i in range(9_999)}), SAME),
    }
    for dtype in FLOATING:
        states[f"all as {dtype}"] = (
            changing(lambda s, d=dtype: s.update({n: t.to(d) for n, t in s.items()})),
            AGREE,
        )
    for dtype in OTHERS:
        states[f"all as {dtype}"] = (
            changing(lambda s, d=dtype: s.update({n: t.abs().to(d) for n, t in s.items()})),
            REFUSED,
        )
    for label, (change, expect) in states.items():
        yield Case(
            name=f"weights: {label}",
            kind=TENSORS,
            change=change,
            expect=expect,
            names=("extra", "pruning_head", "encoder", "ranking_model", "format"),
        )
