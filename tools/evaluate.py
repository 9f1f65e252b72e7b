"""Measure a pruner: `python tools/evaluate.py MODEL FILES... [--markdown]`.

MODEL is a folder, or `default` for the built-in model. For each file, over answerable questions:
retention (share of questions whose evidence sentences all stay) at equal compression (share of
all characters removed, one threshold a method and file) beside three baselines on the same
sentences; sentence F1 and F2; MRR@10 among 20 contexts of the file. Over unanswerable questions:
the mean compression of a document.
"""

import argparse
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from baselines import BM25, MiniLM
from pruning_core.labels import sentence_labels
from pruning_core.pruner import Pruner
from pruning_core.sentences import Span, split
from qa_data import Question, read

COMPRESSIONS = (0.5, 0.6, 0.7)
THRESHOLDS = (0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5)
CANDIDATES = 20


@dataclass(frozen=True)
class Scored:
    """A question's sentences: length in characters, label and score of each."""

    lengths: np.ndarray
    labels: np.ndarray
    scores: np.ndarray


@dataclass(frozen=True)
class Point:
    """What a threshold gives over many questions; every number is from 0 to 1."""

    threshold: float
    retention: float
    compression: float
    f1: float
    f2: float


def measure(rows: Sequence[Scored], threshold: float) -> Point:
    """Apply one threshold to all questions."""
    kept = [row.scores >= threshold for row in rows]
    total = sum(row.lengths.sum() for row in rows)
    stays = sum(row.lengths[k].sum() for row, k in zip(rows, kept, strict=True))
    hits = sum(bool(k[row.labels == 1].all()) for row, k in zip(rows, kept, strict=True))
    true = sum((k & (row.labels == 1)).sum() for row, k in zip(rows, kept, strict=True))
    found, due = sum(k.sum() for k in kept), sum((row.labels == 1).sum() for row in rows)
    return Point(
        threshold,
        hits / len(rows),
        1 - stays / total,
        2 * true / max(found + due, 1),
        5 * true / max(found + 4 * due, 1),
    )


def at_compression(rows: Sequence[Scored], compression: float) -> Point:
    """The point whose compression is nearest, by bisection over the scores."""
    scores = np.unique(np.concatenate([row.scores for row in rows]))
    low, high = 0, len(scores) - 1
    while low < high:
        middle = (low + high) // 2
        if measure(rows, scores[middle]).compression < compression:
            low = middle + 1
        else:
            high = middle
    near = [measure(rows, scores[i]) for i in {max(low - 1, 0), low}]
    return min(near, key=lambda point: abs(point.compression - compression))


def at_retention(rows: Sequence[Scored], retention: float) -> Point:
    """The highest threshold that reaches the retention."""
    needed = sorted(row.scores[row.labels == 1].min() for row in rows)
    return measure(rows, needed[int((1 - retention) * len(needed))])


class File:
    """One data file: its sentences, scored by the model and by the baselines."""

    def __init__(self, path: Path, pruner: Pruner) -> None:
        self.name = path.name.split(".")[0]
        self.pruner = pruner
        self.questions = [q for q in read(path) if q.context.strip()]
        self.spans = {q.context: split(q.context) for q in self.questions}
        results = pruner.prune_batch(
            [q.text for q in self.questions], [q.context for q in self.questions]
        )
        scores = [[s.probability for s in result.sentences] for result in results]
        self.all = self.scored(scores)
        self.methods = self.by_method()

    def scored(self, scores: Iterable[Sequence[float]]) -> list[Scored]:
        rows = []
        for question, values in zip(self.questions, scores, strict=True):
            spans = self.spans[question.context]
            labels = sentence_labels(spans, question.spans)
            lengths = [end - start for start, end in spans]
            rows.append(Scored(np.array(lengths), np.array(labels), np.array(values)))
        return rows

    def answerable(self, rows: Sequence[Scored]) -> list[Scored]:
        return [row for row in rows if row.labels.any()]

    def unanswerable(self, threshold: float) -> float | str:
        """Mean compression of the questions without an answer; empty if there are none."""
        rows = [row for row in self.all if not row.labels.any()]
        kept = [row.lengths[row.scores >= threshold].sum() / row.lengths.sum() for row in rows]
        return 1 - float(np.mean(kept)) if kept else ""

    def by_method(self) -> dict[str, list[Scored]]:
        """The model and the baselines on the answerable questions."""
        places: dict[tuple[str, Span], int] = {}
        for context, spans in self.spans.items():
            for span in spans:
                places[context, span] = len(places)
        texts = [context[slice(*span)] for context, span in places]
        bm25, minilm = BM25(texts), MiniLM()
        vectors = minilm.embed(texts)
        queries = minilm.embed([q.text for q in self.questions])

        def rows(score: Callable[[int, Question, np.ndarray], np.ndarray]) -> list[Scored]:
            values = []
            for number, question in enumerate(self.questions):
                spans = self.spans[question.context]
                index = np.array([places[question.context, span] for span in spans])
                values.append(score(number, question, index))
            return self.answerable(self.scored(values))

        return {
            "model": self.answerable(self.all),
            "BM25": rows(lambda _, q, index: bm25.scores(q.text)[index]),
            "cosine": rows(lambda n, _, index: vectors[index] @ queries[n]),
            "lead-k": rows(lambda _, q, index: -np.arange(len(index), dtype=float)),
        }

    def ranking(self, limit: int) -> dict[str, float]:
        """MRR@10 of the question's own context among 20 of the file."""
        rng = random.Random(0)
        contexts = sorted(self.spans)
        answerable = [q for q in self.questions if q.spans]
        questions = rng.sample(answerable, min(limit, len(answerable)))
        candidates = [
            [q.context, *rng.sample([c for c in contexts if c != q.context], CANDIDATES - 1)]
            for q in questions
        ]
        flat = [
            (q.text, context)
            for q, row in zip(questions, candidates, strict=True)
            for context in row
        ]
        results = self.pruner.prune_batch([q for q, _ in flat], [c for _, c in flat])
        model = np.array([result.score for result in results]).reshape(-1, CANDIDATES)
        bm25, minilm = BM25(contexts), MiniLM()
        places = {context: i for i, context in enumerate(contexts)}
        index = np.array([[places[c] for c in row] for row in candidates])
        lexical = np.array(
            [bm25.scores(q.text)[row] for q, row in zip(questions, index, strict=True)]
        )
        vectors, queries = minilm.embed(contexts), minilm.embed([q.text for q in questions])
        cosine = np.einsum("qcd,qd->qc", vectors[index], queries)
        return {"model": mrr(model), "BM25": mrr(lexical), "cosine": mrr(cosine)}


def mrr(scores: np.ndarray) -> float:
    """MRR@10 where column 0 is the relevant one; a tie counts as half a place."""
    better = (scores[:, 1:] > scores[:, :1]).sum(1) + (scores[:, 1:] == scores[:, :1]).sum(1) / 2
    return float(np.where(better < 10, 1 / (1 + better), 0).mean())


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; floats with three digits."""
    cells = [[f"{c:.3f}" if isinstance(c, float) else str(c) for c in row] for row in rows]
    lines = [head, ["---"] * len(head), *cells]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def equal_compression(files: Sequence[File]) -> str:
    rows = [
        (
            file.name,
            f"{compression:.2f}",
            *(at_compression(rows, compression).retention for rows in file.methods.values()),
        )
        for file in files
        for compression in COMPRESSIONS
    ]
    return table(["file", "compression", "model", "BM25", "cosine", "lead-k"], rows)


def over_thresholds(files: Sequence[File], thresholds: Sequence[float]) -> str:
    head = ["file", "threshold", "retention", "compression", "F1", "F2", "unanswerable"]
    rows = []
    for threshold in thresholds:
        for file in files:
            p = measure(file.methods["model"], threshold)
            cells = (p.retention, p.compression, p.f1, p.f2, file.unanswerable(threshold))
            rows.append((file.name, str(threshold), *cells))
        p = measure(together(files), threshold)
        rows.append(("all", str(threshold), p.retention, p.compression, p.f1, p.f2, ""))
    return table(head, sorted(rows, key=lambda row: row[0]))


def together(files: Sequence[File]) -> list[Scored]:
    """The model's rows of all files."""
    return [row for file in files for row in file.methods["model"]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", help="folder of a checkpoint, or `default`")
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--brief", action="store_true", help="no sweep over thresholds")
    parser.add_argument("--ranking-questions", type=int, default=50, help="a file; 0 for none")
    options = parser.parse_args()
    pruner = Pruner.from_pretrained(None if options.model == "default" else options.model)
    files = [File(path, pruner) for path in options.files]
    default = pruner.config.default_threshold
    print(f"{equal_compression(files)}\n")
    print(f"At the default threshold ({default}), and the compression of unanswerable questions:\n")
    print(f"{over_thresholds(files, [default])}\n")
    if not options.brief:
        print(f"{over_thresholds(files, THRESHOLDS)}\n")
        print(f"Retention of 0.90 over all files: {at_retention(together(files), 0.9)}\n")
    if options.ranking_questions:
        rows = [(f.name, *f.ranking(options.ranking_questions).values()) for f in files]
        print(table(["file", "MRR@10 model", "BM25", "cosine"], rows))


if __name__ == "__main__":
    main()
