"""docs/frameworks.md: its blocks, and its table of what comes back."""

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "frameworks.md"
BLOCK = re.compile(
    r'^```(\w+) title="([\w-]+)"\n(.*?)^```$(?:\n\n```text\n(.*?)^```$)?', re.MULTILINE | re.DOTALL
)


def blocks() -> dict[str, tuple[str, str, str | None]]:
    """Id -> kind, code, and what it prints where that is said."""
    found = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    return {name: (kind, code, printed or None) for kind, name, code, printed in found}


def rows(heading: str) -> list[dict[str, str]]:
    """The rows of the table whose first heading is this one."""
    text = PAGE.read_text(encoding="utf-8")
    lines = text[text.index(f"\n| {heading} |") :].strip().split("\n\n")[0].splitlines()
    head, _, *body = ([cell.strip() for cell in line.split("|")[1:-1]] for line in lines)
    return [dict(zip(head, row, strict=True)) for row in body]


def check_what_comes_back(framework, given, found, ranked):
    """Hold a column of the table against `Pruner.rank` (with pruning) of the texts of `given`."""
    assert len(found) == len(ranked)
    count = 0
    for row in rows("what"):
        what, cell = row["what"], row[framework].strip("`")
        for new, one in zip(found, ranked, strict=True):
            if not cell:
                continue
            value = eval(cell, {"new": new})  # noqa: S307 - of our own page
            count += 1
            if what == "kept sentences":
                spans = [list(span.values()) if isinstance(span, dict) else span for span in value]
                kept = [s for s in one.pruned.sentences if s.kept]
                assert [span[:2] for span in spans] == [[s.start, s.end] for s in kept]
                due, value = [s.probability for s in kept], [span[2] for span in spans]
                assert value == pytest.approx(due, abs=1e-6)
            elif what == "metadata, kept":
                old = eval(cell, {"new": given[one.index]})  # noqa: S307
                assert old
                assert {**value, **old} == value
            elif what.endswith(", kept"):
                old = eval(cell, {"new": given[one.index]})  # noqa: S307
                assert old
                assert value == old
            else:
                numbers = {"score": one.score, "share removed": one.pruned.compression}
                due = numbers | {"its place in the list given": one.index, "text": one.text}
                assert value == (
                    pytest.approx(due[what], abs=1e-6) if what in numbers else due[what]
                )
    assert count >= 5 * len(ranked)
