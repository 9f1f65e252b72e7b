"""Questions with evidence -> training examples for the built-in model."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer

from pruning_core.labels import labelled_windows, sentence_labels
from pruning_core.pairs import PairSettings
from pruning_core.sentences import Span, split
from pruning_transformers.evaluation.bm25 import BM25
from pruning_transformers.questions import Question, read_questions
from pruning_transformers.training.examples import Example
from tools.recipes.all_minilm_l6_v2 import SentenceEmbedder

SOURCES = (
    "eraser_fever_dev",
    "hotpot_train100",
    "selqa_dev",
    "squad1_subset",
    "squad2_dev_cs224n",
    "squadshifts_amazon_reviews",
    "squadshifts_new_wiki",
)
USED_RATE = {"eraser_fever_dev": 0.5}  # of a source's questions in an epoch, others 1
NEGATIVE_RATE = {"squadshifts_amazon_reviews": 0.4, "eraser_fever_dev": 0.3}  # others 0.7
JOINED_RATE = 0.2  # own context and negative in one document
TWO_QUESTION_RATE = 0.1  # two questions on one context, evidence of both
NEAR_RATE = 0.25  # at most, of sentences as near to the question as evidence is; times the noise
ADJACENT_RATE = 0.08  # of sentences next to evidence; times the noise
NO_MARK_RATE = 0.4  # question mark dropped, as people type queries
NEAR = 0.6  # cosine of question and context from which a context counts as near


@dataclass(frozen=True, kw_only=True)
class Rates:
    """What differs between the stages of the recipe.

    Attributes:
        noise: scales the rates of kept non-evidence.
        hard: share of the negatives that are near by BM25; others are drawn at random.
        removed: share of the questions that also have their context without its evidence.
    """

    noise: float = 1.0
    hard: float = 0.6
    removed: float = 0.25


class Recipe:
    """Questions -> examples, from one seed."""

    def __init__(
        self,
        folder: Path,
        tokenizer: Tokenizer,
        config: PairSettings,
        *,
        seed: int,
        rates: Rates,
        embeddings: Path,
    ) -> None:
        self.rates = rates
        self.random = random.Random(seed)
        self.tokenizer = tokenizer
        self.config = config
        self.sources = {name: read_questions(folder / f"{name}.jsonl.gz") for name in SOURCES}
        self.contexts = {
            name: sorted({row.context for row in rows}) for name, rows in self.sources.items()
        }
        self.negatives = {
            name: hard_negatives(rows, self.contexts[name]) for name, rows in self.sources.items()
        }
        self.vectors = self.embeddings(embeddings)

    def embeddings(self, path: Path) -> dict[str, np.ndarray]:
        """Questions, contexts and their sentences -> vectors of the untuned MiniLM.

        They are kept in `path` for a run that goes on, since embedding takes long.
        """
        texts = {row.text for rows in self.sources.values() for row in rows}
        for contexts in self.contexts.values():
            texts.update(contexts)
            texts.update(c[start:end] for c in contexts for start, end in split(c))
        ordered = sorted(texts)
        if not path.is_file():
            found = SentenceEmbedder().embed(ordered)
            path.parent.mkdir(parents=True, exist_ok=True)
            save_file({"vectors": np.stack([found[text] for text in ordered])}, path)
        return dict(zip(ordered, load_file(path)["vectors"], strict=True))

    def epoch(self) -> list[Example]:
        """Every question once, with new negatives, joins and draws."""
        examples: list[Example] = []
        for name, rows in self.sources.items():
            by_context: dict[str, list[Question]] = {}
            for row in rows:
                by_context.setdefault(row.context, []).append(row)
            for row, negatives in zip(rows, self.negatives[name], strict=True):
                if self.random.random() < USED_RATE.get(name, 1.0):
                    examples += self.examples(row, by_context[row.context], negatives, name)
        self.random.shuffle(examples)
        return examples

    def examples(
        self, row: Question, siblings: list[Question], negatives: list[str], name: str
    ) -> Iterator[Example]:
        """One question on its own context, and perhaps without its evidence, and on a negative."""
        chance = self.random.random
        text, spans = row.text, list(row.spans)
        vector = self.vectors[text]
        other = self.random.choice(siblings)
        if spans and other.spans and other != row and chance() < TWO_QUESTION_RATE:
            text, spans = f"{text} {other.text}", [*spans, *other.spans]
            vector = (vector + self.vectors[other.text]) / 2
        if chance() < NO_MARK_RATE:
            text = text.rstrip("? ")
        context = row.context
        kept = self.kept(context, spans, vector)
        if negatives and chance() >= 1 - self.rates.hard:
            negative = self.random.choice(negatives)
        else:
            negative = self.random.choice(self.contexts[name])
        is_negative = holds_no_answer(negative, row)
        if is_negative and len(context) + len(negative) < 2_000 and chance() < JOINED_RATE:
            before, after = ("", negative) if chance() < 0.5 else (negative, "")
            shift = len(before) + 2 if before else 0
            context = "\n\n".join(part for part in (before, context, after) if part)
            spans = [(start + shift, end + shift) for start, end in spans]
            kept = [(start + shift, end + shift) for start, end in kept]
        near = self.near(row, row.context)
        yield from self.windows(text, context, spans, kept, near)
        removed = without(row.context, row.spans) if spans else ""
        if removed and holds_no_answer(removed, row) and chance() < self.rates.removed:
            yield from self.windows(row.text, removed, [], [], near)
        if is_negative and chance() < NEGATIVE_RATE.get(name, 0.7):
            yield from self.windows(text, negative, [], [], self.near(row, negative))

    def near(self, row: Question, context: str) -> float:
        """How near a context is to the question, from 0 to 1."""
        cosine = float(self.vectors[row.text] @ self.vectors[context])
        return min(max(cosine / NEAR, 0.0), 1.0)

    def kept(self, context: str, spans: list[Span], vector: np.ndarray) -> list[Span]:
        """Evidence sentences, and a share of those next to them or near to the question."""
        sentences = split(context)
        labels = sentence_labels(sentences, spans)
        if not spans:
            return []
        kept = []
        for index, (start, end) in enumerate(sentences):
            nearness = float(self.vectors[context[start:end]] @ vector)
            rate = NEAR_RATE * min(max((nearness - 0.3) / 0.4, 0.0), 1.0)
            rate += ADJACENT_RATE * (1 in labels[max(index - 1, 0) : index + 2])
            if labels[index] or self.random.random() < rate * self.rates.noise:
                kept.append((start, end))
        return kept

    def windows(
        self, query: str, context: str, spans: list[Span], kept: list[Span], near: float
    ) -> Iterator[Example]:
        """One pair: its evidence, the sentences to keep, how near its texts are.

        Half of the relevance is nearness, half evidence: what ranks well without training stays.
        """
        windows = labelled_windows(self.tokenizer, self.config, query, context, spans, kept=kept)
        for window in windows:
            holds = window.holds_evidence
            if spans and not holds and self.random.random() < 0.5:
                continue  # half of a long document's windows without evidence
            yield {
                "input_ids": window.input_ids,
                "token_type_ids": window.token_type_ids,
                "pruning_labels": window.token_labels,
                "token_sentences": window.token_sentences,
                "labels": (holds + near) / 2,
            }


def without(context: str, spans: tuple[Span, ...]) -> str:
    """The context less its evidence sentences; empty when fewer than two are left."""
    sentences = split(context)
    labels = sentence_labels(sentences, spans)
    if labels.count(0) < 2:
        return ""
    pairs = zip(sentences, labels, strict=True)
    return "".join(context[start:end] for (start, end), label in pairs if not label)


def hard_negatives(rows: list[Question], contexts: list[str], top: int = 12) -> list[list[str]]:
    """For every question, the other contexts nearest by BM25 that hold none of its answers."""
    bm25 = BM25(contexts)
    negatives = []
    for row in rows:
        nearest = np.argsort(-bm25.scores(row.text), kind="stable")[:top]
        negatives.append([contexts[i] for i in nearest if holds_no_answer(contexts[i], row)])
    return negatives


def holds_no_answer(context: str, row: Question) -> bool:
    """Whether `context` is another one than the question's, without any of its answers in it."""
    found = any(answer.lower() in context.lower() for answer in row.answers)
    return context != row.context and not found
