"""Hostile weights: tensors, headers, files, indexes and pickles."""

import json
import pickle
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from hostile.case import (
    AGREE,
    CONFIG,
    HARMLESS,
    INDEX,
    REFUSED,
    SAME,
    WEIGHTS,
    Case,
    Change,
    removing,
    several,
    setting,
    writing,
    writing_json,
)
from hostile.good import BASES

TENSORS, HEADER, FILES, PICKLES = (
    "weights: tensors",
    "weights: header",
    "weights: files",
    "weights: pickles",
)
State = dict[str, Tensor]
FLOATING = (torch.float64, torch.float16, torch.bfloat16)
OTHERS = (
    *(torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool),
    *(torch.uint16, torch.uint32, torch.uint64, torch.float8_e4m3fn, torch.float8_e5m2),
    torch.complex64,
)
_EXTRA = "ranking_model.extra"


class Pickle:
    """A pickle that writes a file when it is read."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[Any, ...]:
        return open, (str(self.marker), "w")


def changing(edit: Callable[[State], object], **metadata: str) -> Change:
    """A change that edits the state dict."""

    def change(folder: Path) -> None:
        state = {name: tensor.clone() for name, tensor in load_file(folder / WEIGHTS).items()}
        edit(state)
        save_file(state, folder / WEIGHTS, metadata={"format": "pt", **metadata})

    return change


def header(edit: Callable[[dict[str, Any], bytearray], object]) -> Change:
    """A change that edits the header as data, and the bytes after it."""

    def change(folder: Path) -> None:
        raw = (folder / WEIGHTS).read_bytes()
        size = struct.unpack("<Q", raw[:8])[0]
        data, rest = json.loads(raw[8 : 8 + size]), bytearray(raw[8 + size :])
        edit(data, rest)
        text = json.dumps(data).encode()
        (folder / WEIGHTS).write_bytes(struct.pack("<Q", len(text)) + text + rest)

    return change


def raw(edit: Callable[[bytes], bytes]) -> Change:
    """A change that edits the bytes of the file."""

    def change(folder: Path) -> None:
        path = folder / WEIGHTS
        path.write_bytes(edit(path.read_bytes()))

    return change


def new_header(text: bytes) -> Change:
    """A change that replaces the header's text."""

    def edit(data: bytes) -> bytes:
        size = struct.unpack("<Q", data[:8])[0]
        return struct.pack("<Q", len(text)) + text + data[8 + size :]

    return raw(edit)


def pickled(*names: str) -> Change:
    """A change that writes pickles with a side effect."""

    def change(folder: Path) -> None:
        contents = pickle.dumps(Pickle(folder.parent / "outside" / "marker"))
        for name in names:
            (folder / name).write_bytes(contents)

    return change


def indexed(weight_map: Any, **more: Any) -> Change:
    """A change that replaces the weights by an index."""
    return several(removing(WEIGHTS), writing_json(INDEX, {"weight_map": weight_map, **more}))


def cases(good: Path) -> Iterator[Case]:
    for base in BASES:
        with safe_open(good / base / WEIGHTS, "pt") as file:
            names = list(file.keys())
        yield from _tensors(base, names)
    yield from _whole_states()
    yield from _headers()
    yield from _raw_files()
    with safe_open(good / "bert" / WEIGHTS, "pt") as file:
        yield from _indexes(list(file.keys()))
    yield from _pickles()


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


def _headers() -> Iterator[Case]:
    name = "pruning_head.classifier.bias"

    def row(**values: Any) -> Change:
        return header(lambda data, rest: data[name].update(values))

    changes: dict[str, tuple[Change, str]] = {
        "dtype unknown": (row(dtype="F99"), REFUSED),
        "dtype a number": (row(dtype=5), REFUSED),
        "dtype wider": (row(dtype="F64"), REFUSED),
        "shape negative": (row(shape=[-2]), REFUSED),
        "shape huge": (row(shape=[2**62]), REFUSED),
        "shape overflows": (row(shape=[2**32, 2**32, 2]), REFUSED),
        "shape a text": (row(shape="2"), REFUSED),
        "shape of floats": (row(shape=[2.0]), REFUSED),
        "shape of 10,000 ones": (row(shape=[1] * 10_000 + [2]), REFUSED),
        "offsets reversed": (row(data_offsets=[8, 0]), REFUSED),
        "offsets past the end": (row(data_offsets=[10**9, 10**9 + 8]), REFUSED),
        "offsets huge": (row(data_offsets=[2**63, 2**63 + 8]), REFUSED),
        "offsets negative": (row(data_offsets=[-8, 0]), REFUSED),
        "offsets that overlap": (row(data_offsets=[4_096, 4_104]), REFUSED),
        "offsets missing": (header(lambda data, rest: data[name].pop("data_offsets")), REFUSED),
        "a tensor that is a list": (header(lambda data, rest: data.update({name: []})), REFUSED),
        "metadata a list": (header(lambda data, rest: data.update(__metadata__=[])), REFUSED),
        "metadata of numbers": (
            header(lambda data, rest: data.update(__metadata__={"format": 5})),
            REFUSED,
        ),
        "no metadata": (header(lambda data, rest: data.pop("__metadata__")), HARMLESS),
        "bytes that nothing names": (header(lambda data, rest: rest.extend(b"x" * 64)), REFUSED),
        "header empty": (new_header(b""), REFUSED),
        "header not JSON": (new_header(b"x" * 100), REFUSED),
        "header a list": (new_header(b"[1, 2]"), REFUSED),
        "header null": (new_header(b"null"), REFUSED),
        "header nested": (new_header(b"[" * 100_000), REFUSED),
        "header nested objects": (new_header(b'{"a":' * 100_000), REFUSED),
        "header invalid UTF-8": (new_header(b'{"\xff": 1}'), REFUSED),
        "header without tensors": (new_header(b"{}"), REFUSED),
        "header of 90 MB of blanks": (new_header(b"{" + b" " * 90_000_000 + b"}"), REFUSED),
        "a name twice": (raw(_twice), HARMLESS),
    }
    for label, size in {
        "zero": 0,
        "one": 1,
        "huge": 2**63 - 1,
        "negative": 2**64 - 1,
        "a terabyte": 10**12,
        "100 MB": 10**8,
        "one less": -1,
        "one more": 1 << 40,
    }.items():
        changes[f"header length {label}"] = (raw(lambda data, s=size: _length(data, s)), REFUSED)
    for label, (change, expect) in changes.items():
        yield Case(
            name=f"weights: {label}", kind=HEADER, change=change, expect=expect, names=(name,)
        )


def _length(data: bytes, size: int) -> bytes:
    own = struct.unpack("<Q", data[:8])[0]
    size = own - 1 if size == -1 else own + 1 if size == 1 << 40 else size
    return struct.pack("<Q", size) + data[8:]


def _twice(data: bytes) -> bytes:
    size = struct.unpack("<Q", data[:8])[0]
    text = data[8 : 8 + size].rstrip()[:-1]
    table = json.loads(data[8 : 8 + size])
    first = next(name for name in table if name != "__metadata__")
    text += b"," + json.dumps(first).encode() + b":" + json.dumps(table[first]).encode() + b"}"
    return struct.pack("<Q", len(text)) + text + data[8 + size :]


def _raw_files() -> Iterator[Case]:
    sizes = (0, 1, 4, 7, 8, 9, 100, 1_000, 4_000, 20_000, 60_000, 100_000)
    for size in sizes:
        yield Case(
            name=f"weights: truncated to {size} bytes",
            kind=FILES,
            change=raw(lambda data, s=size: data[:s]),
            expect=REFUSED,
        )
    files: dict[str, tuple[Change, str]] = {
        "the last byte missing": (raw(lambda data: data[:-1]), REFUSED),
        "the first byte missing": (raw(lambda data: data[1:]), REFUSED),
        "twice in a row": (raw(lambda data: data + data), REFUSED),
        "zeros": (raw(lambda data: bytes(len(data))), REFUSED),
        "ones": (raw(lambda data: b"\xff" * len(data)), REFUSED),
        "a text": (writing(WEIGHTS, "weights"), REFUSED),
        "a pointer of Git LFS": (
            writing(WEIGHTS, "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"),
            REFUSED,
        ),
        "a zip file": (writing(WEIGHTS, b"PK\x03\x04" + bytes(100)), REFUSED),
        "missing": (removing(WEIGHTS), REFUSED),
        "another family's": (setting(CONFIG, ("backbone_config",), model_type="roberta"), REFUSED),
        "400 MB that are not there": (_sparse, REFUSED),
    }
    for label, (change, expect) in files.items():
        yield Case(
            name=f"weights: {label}",
            kind=FILES,
            change=change,
            expect=expect,
            names=("roberta", WEIGHTS, "safetensors"),
        )


def _sparse(folder: Path) -> None:
    size = 400 * 2**20
    row = {"dtype": "F32", "shape": [size // 4], "data_offsets": [0, size]}
    text = json.dumps({"ranking_model.x": row}).encode()
    with (folder / WEIGHTS).open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.truncate(8 + len(text) + size)


def _shards(*, lie: bool = False, drop: int = 0, twice: bool = False) -> Change:
    """A change that cuts the weights into two shards."""

    def change(folder: Path) -> None:
        state = load_file(folder / WEIGHTS)
        names = sorted(state)
        half = len(names) // 2
        files = ("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors")
        parts = names[: half + twice], names[half : len(names) - drop]
        weight_map = {}
        for file, part in zip(files, parts, strict=True):
            save_file({n: state[n] for n in part}, folder / file, metadata={"format": "pt"})
            weight_map |= dict.fromkeys(part, files[1 - files.index(file)] if lie else file)
        (folder / WEIGHTS).unlink()
        data = {"metadata": {"total_size": 1}, "weight_map": weight_map}
        (folder / INDEX).write_text(json.dumps(data))

    return change


def _indexes(names: list[str]) -> Iterator[Case]:
    def every(file: Any) -> Any:
        return dict.fromkeys(names, file)

    def outside(folder: Path) -> None:
        (folder / WEIGHTS).rename(folder.parent / "outside" / WEIGHTS)

    def absolute(folder: Path) -> None:
        place = folder.parent / "outside" / WEIGHTS
        (folder / WEIGHTS).rename(place)
        (folder / INDEX).write_text(json.dumps({"weight_map": every(str(place))}))

    def inner(folder: Path) -> None:
        (folder / "inner").mkdir()
        (folder / WEIGHTS).rename(folder / "inner" / WEIGHTS)
        (folder / INDEX).write_text(json.dumps({"weight_map": every(f"inner/{WEIGHTS}")}))

    pickles = pickled("weights.bin", "weights.safetensors")
    first = {names[0]: "weights.bin"}
    changes: dict[str, tuple[Change, str]] = {
        "two shards": (_shards(), SAME),
        "two shards, names exchanged": (_shards(lie=True), AGREE),
        "two shards, a tensor missing": (_shards(drop=1), REFUSED),
        "two shards, a tensor twice": (_shards(twice=True), AGREE),
        "two shards, one missing": (
            several(_shards(), removing("model-00002-of-00002.safetensors")),
            REFUSED,
        ),
        "two shards, one truncated": (
            several(_shards(), writing("model-00002-of-00002.safetensors", b"x")),
            REFUSED,
        ),
        "names a pickle": (several(indexed(every("weights.bin")), pickles), REFUSED),
        "names a pickle for one tensor": (
            several(_shards(), setting(INDEX, ("weight_map",), **first), pickles),
            REFUSED,
        ),
        "names a pickle called safetensors": (
            several(indexed(every("weights.safetensors")), pickles),
            REFUSED,
        ),
        "names a file outside": (
            several(outside, writing_json(INDEX, {"weight_map": every(f"../outside/{WEIGHTS}")})),
            REFUSED,
        ),
        "names an absolute path": (absolute, REFUSED),
        "names a file of a folder": (inner, REFUSED),
        "names itself": (indexed(every(INDEX)), REFUSED),
        "names config.json": (indexed(every("config.json")), REFUSED),
        "names a missing shard": (indexed(every("model-00001-of-00001.safetensors")), REFUSED),
        "names an address": (indexed(every("https://evil.example/model.safetensors")), REFUSED),
        "names a hub id": (indexed(every("evil/x/model.safetensors")), REFUSED),
        "names nothing": (indexed(every("")), REFUSED),
        "names a dot": (indexed(every(".")), REFUSED),
        "names a zero byte": (indexed(every("x\x00.safetensors")), REFUSED),
        "names a long name": (indexed(every("x" * 100_000 + ".safetensors")), REFUSED),
        "names numbers": (indexed(every(5)), REFUSED),
        "names null": (indexed(every(None)), REFUSED),
        "names lists": (indexed(every(["a"])), REFUSED),
        "an empty map": (indexed({}), REFUSED),
        "a map that is a list": (indexed([]), REFUSED),
        "a map that is a text": (indexed("x"), REFUSED),
        "a map of 10,000 files": (
            indexed({f"t{i}": f"model-{i:05}.safetensors" for i in range(10_000)}),
            REFUSED,
        ),
        "no map": (several(removing(WEIGHTS), writing_json(INDEX, {"metadata": {}})), REFUSED),
        "empty": (several(removing(WEIGHTS), writing(INDEX, "")), REFUSED),
        "truncated": (several(_shards(), _cut(INDEX)), REFUSED),
        "a list": (several(removing(WEIGHTS), writing(INDEX, "[1]")), REFUSED),
        "nested": (several(removing(WEIGHTS), writing(INDEX, "[" * 100_000)), REFUSED),
        "metadata that is a text": (several(_shards(), setting(INDEX, (), metadata="x")), AGREE),
        "no metadata": (several(_shards(), _without_metadata), SAME),
        "next to the weights": (
            several(writing_json(INDEX, {"weight_map": every("weights.bin")}), pickles),
            SAME,
        ),
    }
    for label, (change, expect) in changes.items():
        yield Case(
            name=f"weights: index, {label}",
            kind=FILES if "pickle" not in label else PICKLES,
            change=change,
            expect=expect,
            names=("weights.bin", "weights.safetensors", "index.json", "safetensors", names[0]),
        )


def _cut(file: str) -> Change:
    def change(folder: Path) -> None:
        data = (folder / file).read_bytes()
        (folder / file).write_bytes(data[: len(data) // 2])

    return change


def _without_metadata(folder: Path) -> None:
    data = json.loads((folder / INDEX).read_text())
    (folder / INDEX).write_text(json.dumps({"weight_map": data["weight_map"]}))


def _pickles() -> Iterator[Case]:
    pickle_names = (
        *("pytorch_model.bin", "model.bin", "weights.pt", "model.ckpt", "model.pkl"),
        *("tf_model.h5", "flax_model.msgpack", "model.pth", "adapter_model.bin"),
    )
    beside = (*pickle_names, "training_args.bin", "optimizer.pt", "scheduler.pt", "rng_state.pth")
    yield Case(
        name="weights: pickles next to them",
        kind=PICKLES,
        change=pickled(*beside),
        expect=SAME,
    )
    for name in pickle_names:
        yield Case(
            name=f"weights: only {name}",
            kind=PICKLES,
            change=several(removing(WEIGHTS), pickled(name)),
            expect=REFUSED,
            names=(name, "safetensors"),
        )
    index = {"weight_map": {"x": "pytorch_model-00001-of-00001.bin"}}
    yield Case(
        name="weights: only pytorch_model.bin.index.json",
        kind=PICKLES,
        change=several(
            removing(WEIGHTS),
            writing_json("pytorch_model.bin.index.json", index),
            pickled("pytorch_model-00001-of-00001.bin"),
        ),
        expect=REFUSED,
        names=("safetensors",),
    )
    yield Case(
        name="weights: model.safetensors is a pickle",
        kind=PICKLES,
        change=pickled(WEIGHTS),
        expect=REFUSED,
    )

    def saved(folder: Path) -> None:
        torch.save(load_file(folder / WEIGHTS), folder / "saved")
        (folder / "saved").replace(folder / WEIGHTS)

    yield Case(
        name="weights: model.safetensors is of torch.save",
        kind=PICKLES,
        change=saved,
        expect=REFUSED,
    )

    def renamed(folder: Path) -> None:
        torch.save(load_file(folder / WEIGHTS), folder / "pytorch_model.bin")
        (folder / WEIGHTS).unlink()

    yield Case(
        name="weights: good tensors, but a pickle",
        kind=PICKLES,
        change=renamed,
        expect=REFUSED,
        names=("pytorch_model.bin", "safetensors"),
    )
