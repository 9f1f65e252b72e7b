"""How a model prunes many languages: `... MODEL --backbone FOLDER --data FOLDER`.

Prints retention at compressions of 0.50 and 0.60 for each file of `dev_multilingual`, next to the
cosine of multilingual-e5-small, in the folder that `tools.recipes.multilingual_backbone` writes
with all its layers, and BM25 over the n-grams of 1 to 3 characters; then, of the XQuAD languages,
whose questions are parallel, English questions on documents of the other one, and the reverse.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from transformers import AutoModel, AutoTokenizer

from pruning_core.json_lines import read_json_lines
from pruning_transformers.evaluation.data import EvaluationFile
from pruning_transformers.evaluation.metrics import Scored, at_compression
from pruning_transformers.evaluation.report import table
from pruning_transformers.evaluation.systems import (
    BM25System,
    System,
    open_system,
    padded_batches,
)

COMPRESSIONS = (0.5, 0.6)
BATCH_TOKENS = 2048


class E5System:
    """Cosine of multilingual-e5-small's embeddings, with the prefixes it was trained on."""

    name = "cosine"

    def __init__(self, folder: Path) -> None:
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.model = AutoModel.from_pretrained(folder, add_pooling_layer=False).eval()

    def sentence_scores(self, file: EvaluationFile) -> list[np.ndarray]:
        texts = {f"query: {question.text}" for question in file.questions}
        texts |= {f"passage: {c[slice(*s)]}" for c, spans in file.spans.items() for s in spans}
        vectors = self.embed(sorted(texts))
        return [
            np.array(
                [
                    vectors[f"passage: {q.context[slice(*span)]}"] @ vectors[f"query: {q.text}"]
                    for span in file.spans[q.context]
                ]
            )
            for q in file.questions
        ]

    def passage_scores(self, questions: Sequence[str], passages: list[list[str]]) -> None:
        return None

    @torch.inference_mode()
    def embed(self, texts: list[str]) -> dict[str, np.ndarray]:
        """Text -> unit vector, the mean over its tokens."""
        rows = self.tokenizer(texts, truncation=True, max_length=512)
        vectors: dict[str, np.ndarray] = {}
        for group, batch in padded_batches(self.tokenizer, rows, BATCH_TOKENS):
            state = self.model(**batch).last_hidden_state * batch["attention_mask"][..., None]
            unit = torch.nn.functional.normalize(state.sum(1), dim=-1).numpy()
            vectors |= {texts[place]: row for place, row in zip(group, unit, strict=True)}
        return vectors


def characters(text: str) -> list[str]:
    """The n-grams of 1 to 3 characters of a text in lower case."""
    text = " ".join(text.lower().split())
    return [text[i : i + n] for n in (1, 2, 3) for i in range(len(text) - n + 1)]


def retentions(systems: Sequence[System], file: EvaluationFile) -> list[float]:
    """At each of `COMPRESSIONS`, of each system."""
    rows: list[list[Scored]] = []
    for system in systems:
        scores = system.sentence_scores(file)
        assert scores is not None
        rows.append([row for row in file.scored(scores) if row.labels.any()])
    return [at_compression(own, wanted).retention for wanted in COMPRESSIONS for own in rows]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model")
    parser.add_argument("--backbone", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--limit", type=int, help="questions of a file")
    options = parser.parse_args()
    ours = open_system(options.model, "model")
    systems = [ours, E5System(options.backbone), BM25System("BM25", characters)]
    head = [f"{system.name} {wanted:.2f}" for wanted in COMPRESSIONS for system in systems]
    files = sorted((options.data / "dev_multilingual").glob("*.jsonl.gz"))
    rows = []
    for path in files:
        file = EvaluationFile(path, options.limit)
        rows.append((file.name, *retentions(systems, file)))
    parallel = [row for row in rows if row[0].startswith("xquad")]
    means = [sum(column) / len(parallel) for column in list(zip(*parallel, strict=True))[1:]]
    print(table(["file", *head], [*rows, ("mean of XQuAD", *means)]))
    print()
    head = [f"{name} {c:.2f}" for name in ("asked in English", "on English") for c in COMPRESSIONS]
    print(table(["language", *head], list(crossed(ours, options.data, files, options.limit))))


def crossed(
    system: System, data: Path, files: Sequence[Path], limit: int | None
) -> Iterator[Sequence[object]]:
    """Of each XQuAD language: English questions on its documents, its questions on English ones."""
    english = data / "dev" / "xquad_en.jsonl.gz"
    for path in (path for path in files if path.name.startswith("xquad")):
        found: list[float] = []
        for asked, read in ((english, path), (path, english)):
            questions, file = EvaluationFile(asked).questions, EvaluationFile(read)
            file.questions = [
                replace(file.questions[there], text=questions[here].text)
                for here, there in shared(asked, read)
            ][:limit]
            found += retentions([system], file)
        yield path.name.split(".")[0], *found


def shared(asked: Path, read: Path) -> list[tuple[int, int]]:
    """Places in two files of the rows of one question, by the end of their ids."""
    first, second = (
        {
            str(row["id"]).split("-")[-1]: place
            for place, (_, row) in enumerate(read_json_lines(path))
        }
        for path in (asked, read)
    )
    return [(first[name], place) for name, place in second.items() if name in first]


if __name__ == "__main__":
    main()
