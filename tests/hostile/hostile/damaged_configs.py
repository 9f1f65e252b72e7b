"""config.json that is no JSON, or none that a machine should read."""

import json
from collections.abc import Iterator
from pathlib import Path

from hostile.case import (
    AGREE,
    CONFIG,
    HARMLESS,
    REFUSED,
    SAME,
    Case,
    several,
    writing,
    writing_json,
)

DAMAGED = "config.json: damaged"
KINDS = (DAMAGED,)


def cases(good: Path) -> Iterator[Case]:
    data = json.loads((good / "bert" / CONFIG).read_text(encoding="utf-8"))
    text = json.dumps(data, indent=2)
    nested = "[" * 100_000
    twice = text.rstrip()[:-1]
    damaged: dict[str, tuple[str | bytes, str]] = {
        "empty": ("", REFUSED),
        "blank": ("   \n", REFUSED),
        "a list": ("[1, 2]", REFUSED),
        "a list of itself": (f"[{text}]", REFUSED),
        "a number": ("5", REFUSED),
        "a text": ('"x"', REFUSED),
        "null": ("null", REFUSED),
        "true": ("true", REFUSED),
        "NaN": ("NaN", REFUSED),
        "an empty object": ("{}", REFUSED),
        "100,000 brackets": (nested, REFUSED),
        "100,000 brackets, closed": (nested + "]" * 100_000, REFUSED),
        "100,000 objects": ('{"a":' * 100_000 + "1" + "}" * 100_000, REFUSED),
        "byte order mark": (b"\xef\xbb\xbf" + text.encode(), HARMLESS),
        "UTF-16": (text.encode("utf-16"), REFUSED),
        "UTF-32": (text.encode("utf-32"), REFUSED),
        "invalid UTF-8": (text.encode() + b"\xff\xfe", REFUSED),
        "invalid UTF-8 in a value": (text.encode().replace(b"LABEL_0", b"\xff\xff"), REFUSED),
        "zero bytes": (b"\x00" * 4096, REFUSED),
        "trailing text": (text + "x", REFUSED),
        "two objects": (text + text, REFUSED),
        "single quotes": (text.replace('"', "'"), REFUSED),
        "comments": ("// config\n" + text, REFUSED),
        "lone surrogate": (text.replace("LABEL_0", "\\ud800"), AGREE),
        "line ends of Windows": (text.replace("\n", "\r\n"), SAME),
        "8 MiB of blanks": (text + " " * 2**23, SAME),
        "a huge integer": (
            text.replace('"max_length": 64', f'"max_length": {"9" * 4_000}'),
            REFUSED,
        ),
        "a huger integer": (
            text.replace('"max_length": 64', f'"max_length": {"9" * 50_000}'),
            REFUSED,
        ),
        "a huge exponent": (text.replace('"max_length": 64', '"max_length": 1e400'), REFUSED),
        "a float for an integer": (text.replace('"max_length": 64', '"max_length": 64.0'), AGREE),
        "a size as a float": (text.replace('"hidden_size": 32', '"hidden_size": 32.0'), AGREE),
        "the mode twice, bad last": (twice + ', "mode": "x"}', REFUSED),
        "the mode twice, good last": ('{"mode": "x",' + text.lstrip()[1:], HARMLESS),
        "a key of the backbone twice": (
            text.replace('"hidden_size":', '"hidden_size": 7, "hidden_size":'),
            HARMLESS,
        ),
        "max_length twice": (twice + ', "max_length": 10000000}', REFUSED),
        "the backbone twice": (twice + ', "backbone_config": {"model_type": "detr"}}', REFUSED),
    }
    for share in (1, 10, 30, 50, 70, 90, 99):
        damaged[f"truncated to {share}%"] = (text[: len(text) * share // 100], REFUSED)
    for label, (contents, expect) in damaged.items():
        yield Case(
            name=f"config.json: {label}",
            kind=DAMAGED,
            change=writing(CONFIG, contents),
            expect=expect,
            names=("max_length", "mode", "hidden_size", "model_type"),
        )
    for depth in (100, 300, 480, 900, 5_000):
        for place in ("top", "backbone_config", "id2label"):
            value = '{"a":' * depth + "1" + "}" * depth
            key = "labels" if place == "top" else "a"
            inside = f'"{place}": {{"{key}": {value},'
            old = f'"{place}": {{'
            changed = (
                '{"deep": ' + value + "," + text.lstrip()[1:]
                if place == "top"
                else text.replace(old, inside, 1)
                if place == "backbone_config"
                else text.replace('"LABEL_0"', value)
            )
            yield Case(
                name=f"config.json: {depth} levels in {place}",
                kind=DAMAGED,
                change=writing(CONFIG, changed),
                expect=HARMLESS,
                names=(place, "deep"),
            )
    yield Case(
        name="config.json: pruning_encoder_config.json contradicts",
        kind=DAMAGED,
        change=writing_json("pruning_encoder_config.json", {"mode": "reranking_pruning"}),
        expect=AGREE,
        names=("ranking_model", "pruning_encoder_config.json"),
    )
    parts = {**data["backbone_config"], "num_labels": 1}
    yield Case(
        name="config.json: the parts of July 2025 contradict",
        kind=DAMAGED,
        change=several(
            writing_json("pruning_encoder_config.json", {"max_length": 64}),
            writing_json("ranking_model/config.json", parts),
            writing("ranking_model/model.safetensors", b""),
            writing("pruning_head/model.safetensors", b""),
        ),
        expect=AGREE,
        names=("ranking_model", "pruning_encoder_config.json"),
    )
