"""What a way made of a folder, against what it must."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hostile.case import FILES, HARMLESS, REFUSED, SAME, WAYS, Case
from hostile.good import ranks

OPENED, NAMED, EARLY, TRUSTED, SKIPPED, ELSE = (
    "opened right",
    "refused with a named reason",
    "refused by transformers before our code ran",
    "foreign code was trusted",
    "not a case for this way",
    "anything else",
)
VERDICTS = (NAMED, OPENED, EARLY, TRUSTED, ELSE)
FIELDS = (
    "'pruning_only'",
    "`max_length`",
    "`num_labels`",
    "`mode`",
    "`backbone_config`",
    "safetensors",
    "weights of",
)
REFUSALS = ("ValueError", "TypeError", "OSError", "ImportError", "NotImplementedError")
AUTO = ("registered", "emitted")
"""Ways that begin in transformers, which reads config.json itself."""
LONGEST_MESSAGE = 3_000

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """Of a case and a way."""

    case: Case
    way: str
    verdict: str
    reason: str = ""
    seconds: float = 0.0


def judge_all(cases: list[Case], rows: list[Row]) -> list[Judgement]:
    """Judge every case in every way."""
    found = {(row["name"], row["way"]): row for row in rows}
    good = {
        (case.base, way): _numbers(found[case.name, way])
        for case in cases
        for way in WAYS
        if case.kind == "good" and (case.name, way) in found
    }
    judgements = []
    for case in cases:
        opened: tuple[str, Any] | None = None
        for way in WAYS:
            if (case.name, way) not in found:
                continue
            row = found[case.name, way]
            judgement = _judge(case, way, row, good.get((case.base, way)))
            if judgement.verdict == OPENED:
                own = _numbers(row)
                if opened is None:
                    opened = way, own
                elif problem := _difference(case, own, opened[1], scores=case.compare_scores):
                    reason = f"other numbers than {opened[0]}: {problem}"
                    judgement = Judgement(case=case, way=way, verdict=ELSE, reason=reason)
            judgements.append(judgement)
    return judgements


def _judge(case: Case, way: str, row: Row, good: Any) -> Judgement:
    if row.get("skipped") or row.get("trusted"):
        return Judgement(case=case, way=way, verdict=SKIPPED if row.get("skipped") else TRUSTED)
    if reason := _is_unsafe(case, way, row):
        verdict = ELSE
    elif failed := [step for step in row["steps"] if "error" in step]:
        is_early = way in AUTO and not any(step["error"]["ours"] for step in failed)
        reason = _is_half(case, way, row["steps"], failed)
        verdict = ELSE if reason else EARLY if is_early else NAMED
        reason = reason or _show(failed[0]["error"])
    else:
        reason = _is_wrong(case, way, _numbers(row), good)
        verdict = ELSE if reason else OPENED
    seconds = row.get("seconds", 0.0)
    return Judgement(case=case, way=way, verdict=verdict, reason=reason, seconds=seconds)


def _expected(case: Case, way: str) -> str:
    """PruningCrossEncoder takes rankers alone."""
    return case.expected(way) if way != "crossencoder" or ranks(case.base) else REFUSED


def _is_unsafe(case: Case, way: str, row: Row) -> str:
    """What no folder may bring about, whatever is expected of it; empty if it did not."""
    if "died" in row:
        return str(row["died"])
    if row["acts"]:
        return f"acts: {'; '.join(row['acts'][:3])}"
    if row["changed"]:
        return f"files changed: {', '.join(row['changed'][:5])}"
    for step in row["steps"]:
        error = step.get("error")
        problem = _is_no_refusal(case, way, error) if error else _unsound(step["numbers"] or [])
        if problem:
            return f"{step['step']}: {problem}"
    return ""


def _is_half(case: Case, way: str, steps: list[Row], failed: list[Row]) -> str:
    """Why a refusal is wrong; empty if it is right."""
    if _expected(case, way) == SAME:
        return f"{failed[0]['step']} refuses: {_show(failed[0]['error'])}"
    models = [step for step in steps if step["step"] != "AutoConfig"]
    fine = [step["step"] for step in models if "error" not in step]
    if _expected(case, way) == REFUSED and fine:
        return f"{fine[0]} opens it, {failed[0]['step']} refuses"
    return ""


def _is_wrong(case: Case, way: str, numbers: dict[str, Any], good: Any) -> str:
    """Why an opening is wrong; empty if it is right."""
    expect = _expected(case, way)
    if expect == REFUSED:
        return "it opens"
    first = next(iter(numbers), "")
    for step, own in numbers.items():
        if problem := _difference(case, {step: own}, {step: numbers[first]}):
            return f"{step}: other numbers than {first}: {problem}"
    if expect in {SAME, HARMLESS} and good is not None:
        scores = case.compare_scores or way != "crossencoder"
        if problem := _difference(case, numbers, good, scores=scores):
            return f"other numbers than the good checkpoint: {problem}"
    return ""


def _is_no_refusal(case: Case, way: str, error: Row) -> str:
    """Why an error is no refusal; empty if it is one."""
    is_early = way in AUTO and not error["ours"]
    if is_early and "Exception" in error["bases"] and error["type"] != "MemoryError":
        return ""  # transformers' own, before it calls anything of ours
    if not set(REFUSALS) & set(error["bases"]):
        return _show(error)
    if error["length"] > LONGEST_MESSAGE:
        return f"a message of {error['length']} characters: {_show(error)}"
    is_absent = {"ImportError", "NotImplementedError"} & set(error["bases"])
    if is_absent and "pip install" not in error["message"]:
        return f"no pip command: {_show(error)}"
    message = error["message"].replace("/checkpoint", "").lower()
    names = (*FILES, *(Path(file).stem for file in FILES), *case.names, *FIELDS)
    if not any(name.lower() in message for name in names if name):
        return f"nothing is named: {_show(error)}"
    return ""


def _show(error: Row) -> str:
    frames = " < ".join(reversed(error["frames"][-4:]))
    return f"{error['type']}: {error['message'][:300]!r} at {frames}"


def _numbers(row: Row) -> dict[str, Any]:
    """Those of each step that gave some."""
    steps = row.get("steps", ())
    return {step["step"]: step["numbers"] for step in steps if step.get("numbers")}


def _unsound(documents: list[Row]) -> str:
    for document in documents:
        values = [v for v in (document["score"], *document["probabilities"]) if v is not None]
        if not all(map(math.isfinite, values)) and not document["warnings"]:
            return f"values that are not finite, without a warning: {values[:4]}"
        if not all(-1e-9 <= value <= 1 + 1e-9 for value in document["probabilities"]):
            return f"no probabilities: {document['probabilities'][:4]}"
    return ""


def _difference(
    case: Case, ours: dict[str, Any], theirs: dict[str, Any], *, scores: bool = True
) -> str:
    """What differs between two ways' numbers, by step or else by their first steps."""
    first = next(iter(theirs.values()), [])
    for step, documents in ours.items():
        for own, other in zip(documents, theirs.get(step, first), strict=True):
            pairs = list(zip(own["probabilities"], other["probabilities"], strict=False))
            if len(own["probabilities"]) != len(other["probabilities"]):
                return f"{step}: other sentences"
            if scores and (own["score"] is None) != (other["score"] is None):
                return f"{step}: score {own['score']} against {other['score']}"
            if scores and own["score"] is not None:
                pairs.append((own["score"], other["score"]))
            for one, two in pairs:
                if abs(one - two) > case.tolerance and not (math.isnan(one) and math.isnan(two)):
                    return f"{step}: {one:.5f} against {two:.5f}"
    return ""
