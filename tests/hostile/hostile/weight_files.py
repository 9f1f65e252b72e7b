"""Hostile files of weights: truncated, in shards, pickled."""

import json
import os
import pickle
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

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
    Removed,
    removing,
    setting,
    several,
    writing,
    writing_json,
)
from hostile.weight_headers import raw

FILES, PICKLES = "weights: files", "weights: pickles"
KINDS = (FILES, PICKLES)


def cases(good: Path) -> Iterator[Case]:
    yield from _raw_files()
    with safe_open(good / "bert" / WEIGHTS, "pt") as file:
        yield from _indexes(list(file.keys()))
    yield from _pickles()


class Pickle:
    """A pickle that writes a file when it is read."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[Any, ...]:
        return open, (str(self.marker), "w")


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
        "a terabyte of zeros": (several(removing(WEIGHTS), _terabyte(WEIGHTS)), REFUSED),
        "of another precision next to them": (
            lambda folder: (folder / "model.fp16.safetensors").write_bytes(b"x"),
            SAME,
        ),
        "an adapter next to them": (
            lambda folder: (folder / "adapter_model.safetensors").write_bytes(b"x"),
            SAME,
        ),
        "shards next to them": (
            lambda folder: (folder / "model-00001-of-00002.safetensors").write_bytes(b"x"),
            SAME,
        ),
        "only shards": (_renamed("model-00001-of-00001.safetensors"), REFUSED),
        "only of another precision": (_renamed("model.fp16.safetensors"), REFUSED),
        "in other letters": (_renamed("Model.safetensors"), REFUSED),
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
        "no metadata": (several(_shards(), _without_metadata), HARMLESS),
        "names the weights in other letters": (
            several(
                _renamed("MODEL.SAFETENSORS"), writing_json(INDEX, {"weight_map": every(WEIGHTS)})
            ),
            REFUSED,
        ),
        "names a suffix in other letters": (_renamed("x.SAFETENSORS", names), REFUSED),
        "names a file with a blank": (_renamed("a file.safetensors", names), SAME),
        "names a hidden file": (_renamed(".safetensors", names), AGREE),
        "names a dot and a file": (_renamed("x.safetensors", names, "./x.safetensors"), REFUSED),
        "names a way out and back": (
            _renamed("x.safetensors", names, "../checkpoint/x.safetensors"),
            REFUSED,
        ),
        "names a file with a slash after it": (
            _renamed("x.safetensors", names, "x.safetensors/"),
            REFUSED,
        ),
        "names a line end": (_renamed("x.safetensors", names, "x.safetensors\n"), REFUSED),
        "names a way of Windows": (indexed(every(f"..\\outside\\{WEIGHTS}")), REFUSED),
        "names a drive": (indexed(every(f"C:{WEIGHTS}")), REFUSED),
        "names a home": (indexed(every(f"~/{WEIGHTS}")), REFUSED),
        "names a variable": (indexed(every("$HOME.safetensors")), REFUSED),
        "names a folder": (
            several(indexed(every("x.safetensors")), writing("x.safetensors/x", b"")),
            REFUSED,
        ),
        "names a pipe": (several(indexed(every("x.safetensors")), _pipe), REFUSED),
        "names a link out": (several(_renamed("x.safetensors", names), _link_out), SAME),
        "names a link to a pickle": (
            several(
                indexed(every("x.safetensors")), pickles, _link("x.safetensors", "weights.bin")
            ),
            REFUSED,
        ),
        "names a link to zeros": (
            several(indexed(every("x.safetensors")), _link("x.safetensors", "/dev/zero")),
            REFUSED,
        ),
        "names more than is there": (
            several(
                _shards(), setting(INDEX, ("weight_map",), more="model-00001-of-00002.safetensors")
            ),
            AGREE,
        ),
        "names less than is there": (
            several(_shards(), setting(INDEX, ("weight_map",), **{names[0]: Removed})),
            AGREE,
        ),
        "has a key twice": (
            several(
                removing(WEIGHTS), writing(INDEX, '{"weight_map": {}, "weight_map": {"a": "b"}}')
            ),
            REFUSED,
        ),
        "of a terabyte": (several(removing(WEIGHTS), _terabyte(INDEX)), REFUSED),
        "damaged, next to the weights": (writing(INDEX, "{"), SAME),
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


def _renamed(name: str, names: list[str] | None = None, called: str = "") -> Change:
    """A change that calls the weights `name`, and an index that calls them `called`."""

    def change(folder: Path) -> None:
        (folder / WEIGHTS).rename(folder / name)
        if names is not None:
            data = {"metadata": {}, "weight_map": dict.fromkeys(names, called or name)}
            (folder / INDEX).write_text(json.dumps(data))

    return change


def _pipe(folder: Path) -> None:
    os.mkfifo(folder / "x.safetensors")


def _link_out(folder: Path) -> None:
    place = folder.parent / "outside" / "x.safetensors"
    (folder / "x.safetensors").rename(place)
    (folder / "x.safetensors").symlink_to(place)


def _link(name: str, target: str) -> Change:
    return lambda folder: (folder / name).symlink_to(target)


def _terabyte(name: str) -> Change:
    """A change that makes a file long, without a byte on the disk."""

    def change(folder: Path) -> None:
        (folder / name).touch()
        os.truncate(folder / name, 2**40)

    return change


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
