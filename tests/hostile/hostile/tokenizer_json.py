"""Hostile tokenizer.json."""

from collections.abc import Iterator
from pathlib import Path

from hostile.case import (
    AGREE,
    HARMLESS,
    REFUSED,
    TOKENIZER,
    TOKENIZER_CONFIG,
    Case,
    Change,
    removing,
    writing,
)
from hostile.tokenizer_contents import contents

DAMAGED, CONTENTS = "tokenizer.json: damaged", "tokenizer.json: contents"
KINDS = (DAMAGED, CONTENTS)
NAMES = ("token", "template", "vocabulary", "embeddings")


def cases(good: Path) -> Iterator[Case]:
    text = (good / "bert" / TOKENIZER).read_text(encoding="utf-8")
    for label, (change, expect) in (_damaged(text) | contents()).items():
        is_damaged = label in _damaged(text)
        yield Case(
            name=f"tokenizer.json: {label}",
            kind=DAMAGED if is_damaged else CONTENTS,
            change=change,
            expect=expect,
            names=NAMES,
        )
    for base in ("xlm-roberta", "modernbert", "deberta-v2", "bert-pruning-only"):
        for label in ("an id past the table", "reversed", "no document", "token types of 5"):
            change, expect = contents()[label]
            if base in {"modernbert", "deberta-v2"} and label == "token types of 5":
                expect = AGREE  # they read no token types
            yield Case(
                name=f"tokenizer.json: {label} [{base}]",
                kind=CONTENTS,
                base=base,
                change=change,
                expect=expect,
                names=NAMES,
            )


def _damaged(text: str) -> dict[str, tuple[Change, str]]:
    contents: dict[str, str | bytes] = {
        "empty": "",
        "a list": "[]",
        "an empty object": "{}",
        "null": "null",
        "100,000 brackets": "[" * 100_000,
        "100,000 objects": '{"a":' * 100_000,
        "UTF-16": text.encode("utf-16"),
        "invalid UTF-8": text.encode().replace(b"paris", b"\xff\xff"),
        "zero bytes": bytes(1_000),
        "trailing text": text + "x",
        "a pickle": b"\x80\x04\x95",
    }
    for share in (1, 25, 50, 75, 99):
        contents[f"truncated to {share}%"] = text[: len(text) * share // 100]
    changes = {name: (writing(TOKENIZER, data), REFUSED) for name, data in contents.items()}
    changes["missing"] = (removing(TOKENIZER), REFUSED)
    changes["missing, and its configuration"] = (removing(TOKENIZER, TOKENIZER_CONFIG), REFUSED)
    changes["byte order mark"] = (writing(TOKENIZER, b"\xef\xbb\xbf" + text.encode()), HARMLESS)
    return changes
