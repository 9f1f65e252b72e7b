"""Questions of everyday documents and of all other sets -> the last stage's training examples."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from pruning_core.json_lines import read_json_lines
from pruning_core.labels import labelled_windows
from pruning_core.pairs import PairSettings
from pruning_transformers.evaluation.bm25 import BM25
from pruning_transformers.questions import Question, read_questions
from pruning_transformers.training.examples import Example

EVERYDAY = "everyday_train"
USED_RATE = {  # how often an epoch has a question of a source
    EVERYDAY: 1.0,
    "condaqa": 0.7,
    "evidence_inference": 0.25,
    "molweni": 0.15,
    "onestopqa": 0.5,
    "qmsum": 0.4,
    "quotesum": 1.0,
    "tatqa": 0.3,
    "wice": 0.7,
    "eraser_fever_dev": 0.08,
    "hotpot_train100": 0.2,
    "selqa_dev": 0.2,
    "squad1_subset": 0.12,
    "squad2_dev_cs224n": 0.12,
    "squadshifts_amazon_reviews": 0.08,
    "squadshifts_new_wiki": 0.12,
}
NEGATIVE_RATE = 0.25  # of the questions, on another document of their site
NEAREST = 10  # of which one half is drawn among the nearest by BM25
NO_MARK_RATE = 0.3  # question mark dropped, as people type queries
ANSWERED, UNANSWERED, OTHER_PART, ELSEWHERE = 0.95, 0.45, 0.3, 0.12
"""Relevance of a window: with the answer, of a document that is on the topic and has none, of
another part of a document that has one, of another document."""


@dataclass(frozen=True)
class Source:
    """The questions of a file, the site of each, and the documents of each site."""

    questions: list[Question]
    sites: list[str]
    documents: dict[str, list[str]]
    index: dict[str, BM25]

    @classmethod
    def read(cls, path: Path) -> "Source":
        questions = read_questions(path)
        sites = [str(row["set"]) for _, row in read_json_lines(path) if isinstance(row, dict)]
        documents: dict[str, set[str]] = {}
        for question, site in zip(questions, sites, strict=True):
            documents.setdefault(site, set()).add(question.context)
        ordered = {site: sorted(texts) for site, texts in documents.items()}
        return cls(questions, sites, ordered, {s: BM25(texts) for s, texts in ordered.items()})


class EverydayRecipe:
    """Questions -> examples, from one seed."""

    def __init__(
        self,
        folder: Path,
        tokenizer: Tokenizer,
        config: PairSettings,
        *,
        seed: int,
        rates: Mapping[str, float] = USED_RATE,
    ) -> None:
        self.random = random.Random(seed)
        self.tokenizer = tokenizer
        self.config = config
        self.rates = rates
        self.sources = {name: Source.read(folder / f"{name}.jsonl.gz") for name in rates}

    def epoch(self) -> list[Example]:
        """The examples of all sources, mixed."""
        examples = [example for name in self.sources for example in self.of_source(name)]
        self.random.shuffle(examples)
        return examples

    def of_source(self, name: str) -> Iterator[Example]:
        """A source's share of questions, and for some another document of their site."""
        source, rate = self.sources[name], self.rates[name]
        for row, site in zip(source.questions, source.sites, strict=True):
            for _ in range(int(rate) + (self.random.random() < rate % 1)):
                yield from self.windows(row, row.context)
                is_drawn = self.random.random() < NEGATIVE_RATE
                if is_drawn and (negative := self.negative(row, source, site)):
                    yield from self.windows(row, negative)

    def negative(self, row: Question, source: Source, site: str) -> str | None:
        """Another document of the site without an answer: near to the question, or any."""
        documents = source.documents[site]
        if self.random.random() < 0.5:
            order = np.argsort(-source.index[site].scores(row.text), kind="stable")
            documents = [documents[place] for place in order[:NEAREST]]
        drawn = self.random.choice(documents)
        found = any(answer.lower() in drawn.lower() for answer in row.answers)
        return None if drawn == row.context or found else drawn

    def windows(self, row: Question, context: str) -> Iterator[Example]:
        """A question on its own document or on another one."""
        is_own = context == row.context
        text = row.text.rstrip("? ") if self.random.random() < NO_MARK_RATE else row.text
        for window in labelled_windows(
            self.tokenizer,
            self.config,
            text,
            context,
            row.spans if is_own else (),
            optional=row.optional if is_own else (),
        ):
            relevance = ANSWERED if window.holds_evidence else ELSEWHERE
            if is_own and not window.holds_evidence:
                relevance = OTHER_PART if row.spans else UNANSWERED
            if is_own and row.spans and not window.holds_evidence and self.random.random() < 0.5:
                continue  # half of a long document's windows without evidence
            yield {
                "input_ids": window.input_ids,
                "token_type_ids": window.token_type_ids,
                "pruning_labels": window.token_labels,
                "token_sentences": window.token_sentences,
                "labels": relevance,
            }
