"""Links, folders and pipes in place of files; missing files."""

import os
from collections.abc import Iterator
from pathlib import Path

from hostile.case import (
    CONFIG,
    FILES,
    HARMLESS,
    MODELING,
    REFUSED,
    SAME,
    TOKENIZER,
    TOKENIZER_CONFIG,
    WEIGHTS,
    Case,
    Change,
    edit,
    removing,
)

LINKS, PLACES = "links", "folders and pipes"
KINDS = (LINKS, PLACES)
_NEEDED = (CONFIG, WEIGHTS, TOKENIZER)


def cases(good: Path) -> Iterator[Case]:
    yield from _links()
    yield from _places()


def _links() -> Iterator[Case]:
    def linked(file: str) -> Change:
        def change(folder: Path) -> None:
            (folder / file).rename(folder.parent / "outside" / file)
            (folder / file).symlink_to(Path("..") / "outside" / file)

        return change

    def to(file: str, target: str) -> Change:
        def change(folder: Path) -> None:
            (folder / file).unlink()
            (folder / file).symlink_to(target)

        return change

    for file in FILES:
        is_needed = file in _NEEDED
        yield Case(
            name=f"links: {file} lies outside",
            kind=LINKS,
            change=linked(file),
            expect=SAME,  # as in the hub's cache
            foreign_code=file == MODELING,
        )
        for target in (
            *(
                "/dev/zero",
                "/dev/random",
                "/proc/self/environ",
                "nowhere",
                file,
                "..",
                "config.json",
            ),
        ):
            if target == "config.json" and file == CONFIG:
                continue
            expect = REFUSED if is_needed else HARMLESS
            yield Case(
                name=f"links: {file} -> {target if target != file else 'itself'}",
                kind=LINKS,
                change=to(file, target),
                expect=expect,
                by_way={"core": SAME} if not is_needed else {},
                foreign_code=file == MODELING and target == "config.json",
                names=(target,),
            )

    def every(folder: Path) -> None:
        for path in list(folder.iterdir()):
            linked(path.name)(folder)

    def itself(folder: Path) -> None:
        folder.rename(folder.parent / "outside" / "checkpoint")
        folder.symlink_to(Path("outside") / "checkpoint")

    yield Case(name="links: every file lies outside", kind=LINKS, change=every, expect=SAME)
    yield Case(name="links: the folder is a link", kind=LINKS, change=itself, expect=SAME)


def _places() -> Iterator[Case]:
    def folder_called(file: str) -> Change:
        def change(folder: Path) -> None:
            (folder / file).unlink(missing_ok=True)
            (folder / file).mkdir()
            (folder / file / "x").write_text("x")

        return change

    def pipe_called(file: str) -> Change:
        def change(folder: Path) -> None:
            (folder / file).unlink(missing_ok=True)
            os.mkfifo(folder / file)

        return change

    more = ("special_tokens_map.json", "added_tokens.json", "modules.json", "vocab.txt")
    more += ("config_sentence_transformers.json", "sentence_bert_config.json")
    more += ("adapter_config.json", "generation_config.json", "chat_template.jinja")
    more += (
        "pruning_encoder_config.json",
        "model.safetensors.index.json",
        "additional_chat_templates",
    )
    for file in (*FILES, *more):
        for label, change in {"folder": folder_called, "pipe": pipe_called}.items():
            yield Case(
                name=f"folders and pipes: {file} is a {label}",
                kind=PLACES,
                change=change(file),
                expect=REFUSED if file in _NEEDED else HARMLESS,
                by_way={} if file in _NEEDED else {"core": SAME},
                names=(file,),
            )

    def emptied(folder: Path) -> None:
        for path in list(folder.iterdir()):
            path.unlink()

    def inner(folder: Path) -> None:
        (folder / "checkpoint").mkdir()
        for path in list(folder.iterdir()):
            if path.is_file():
                path.rename(folder / "checkpoint" / path.name)

    def upper(folder: Path) -> None:
        (folder / CONFIG).rename(folder / "Config.JSON")

    def unreadable(folder: Path) -> None:
        edit(folder / TOKENIZER_CONFIG, x=1)
        for path in folder.iterdir():
            path.chmod(0o000)

    yield Case(
        name="folders and pipes: an empty folder", kind=PLACES, change=emptied, expect=REFUSED
    )
    yield Case(
        name="folders and pipes: the files one folder deeper",
        kind=PLACES,
        change=inner,
        expect=REFUSED,
    )
    yield Case(
        name="folders and pipes: config.json in other letters",
        kind=PLACES,
        change=upper,
        expect=REFUSED,
    )
    yield Case(
        name="folders and pipes: no rights to read",
        kind=PLACES,
        change=unreadable,
        expect=SAME if os.geteuid() == 0 else REFUSED,
    )
    for file in FILES:
        yield Case(
            name=f"folders and pipes: {file} missing",
            kind=PLACES,
            change=removing(file),
            expect=REFUSED if file in _NEEDED else HARMLESS,
            by_way={} if file in _NEEDED else {"core": SAME},
            names=(file, "pruning_encoder"),
        )
