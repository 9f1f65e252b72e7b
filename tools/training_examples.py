"""Questions with evidence -> training examples for the built-in model."""

import random
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

import minilm
from baselines import BM25, MiniLM
from pruning_core.labels import sentence_labels, token_labels
from pruning_core.sentences import Span, split
from pruning_core.tokenization import PairTemplate, tokenize_document, tokenize_query
from pruning_core.windows import plan
from qa_data import Question, read

MAX_LENGTH = 512
NEGATIVE_RATE = {"squadshifts_amazon_reviews": 0.2, "eraser_fever_dev": 0.3}  # others 0.7
JOINED_RATE = 0.2  # own context and negative in one document
TWO_QUESTION_RATE = 0.1  # two questions on one context, evidence of both
NEAR_RATE = 0.25  # at most, of sentences as near to the question as evidence is
BESIDE_RATE = 0.08  # of sentences beside evidence
RANDOM_RATE = 0.25  # negatives at random instead of by BM25
NO_MARK_RATE = 0.3  # question mark dropped, as people type queries


@dataclass(frozen=True)
class Example:
    """Token ids, types and labels of one window, and whether there is evidence in it."""

    ids: "array[int]"
    types: "array[int]"
    labels: "array[int]"
    relevant: float


class Recipe:
    """Questions -> examples, from one seed."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.random = random.Random(seed)
        self.tokenizer = minilm.tokenizer()
        self.template = PairTemplate.of(self.tokenizer)
        self.sources = {path.name.split(".")[0]: read(path) for path in sorted(folder.glob("*.gz"))}
        self.contexts = {
            name: sorted({row.context for row in rows}) for name, rows in self.sources.items()
        }
        self.negatives = {
            name: hard_negatives(rows, self.contexts[name]) for name, rows in self.sources.items()
        }
        self.vectors = self.embeddings()

    def embeddings(self) -> dict[str, np.ndarray]:
        """Questions and sentences -> vectors of the untuned MiniLM."""
        texts = {row.text for rows in self.sources.values() for row in rows}
        for contexts in self.contexts.values():
            texts.update(c[start:end] for c in contexts for start, end in split(c))
        ordered = sorted(texts)
        with torch.autocast("cpu", torch.bfloat16):
            return dict(zip(ordered, MiniLM().embed(ordered), strict=True))

    def epoch(self) -> list[Example]:
        """Every question once, with new negatives, joins and draws."""
        examples: list[Example] = []
        for name, rows in self.sources.items():
            by_context: dict[str, list[Question]] = {}
            for row in rows:
                by_context.setdefault(row.context, []).append(row)
            for row, negatives in zip(rows, self.negatives[name], strict=True):
                examples += self.examples(row, by_context[row.context], negatives, name)
        self.random.shuffle(examples)
        return examples

    def examples(
        self, row: Question, siblings: list[Question], negatives: list[str], name: str
    ) -> Iterator[Example]:
        """One question on its own context, and perhaps on a negative."""
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
        if negatives and chance() >= RANDOM_RATE:
            negative = self.random.choice(negatives)
        else:
            negative = self.random.choice(self.contexts[name])
        is_negative = holds_no_answer(negative, row)
        if is_negative and len(context) + len(negative) < 2_000 and chance() < JOINED_RATE:
            before, behind = ("", negative) if chance() < 0.5 else (negative, "")
            shift = len(before) + 2 if before else 0
            context = "\n\n".join(part for part in (before, context, behind) if part)
            spans = [(start + shift, end + shift) for start, end in spans]
            kept = [(start + shift, end + shift) for start, end in kept]
        yield from self.windows(text, context, spans, kept)
        if is_negative and chance() < NEGATIVE_RATE.get(name, 0.7):
            yield from self.windows(text, negative, [], [])

    def kept(self, context: str, spans: list[Span], vector: np.ndarray) -> list[Span]:
        """Evidence sentences, and a share of those beside them or near to the question."""
        sentences = split(context)
        labels = sentence_labels(sentences, spans)
        if not spans:
            return []
        kept = []
        for index, (start, end) in enumerate(sentences):
            near = float(self.vectors[context[start:end]] @ vector)
            rate = NEAR_RATE * min(max((near - 0.3) / 0.4, 0.0), 1.0)
            rate += BESIDE_RATE * (1 in labels[max(index - 1, 0) : index + 2])
            if labels[index] or self.random.random() < rate:
                kept.append((start, end))
        return kept

    def windows(
        self, query: str, context: str, spans: list[Span], kept: list[Span]
    ) -> Iterator[Example]:
        """One pair; `spans` are its evidence, `kept` the sentences to keep."""
        sentences = split(context)
        evidence, labels = sentence_labels(sentences, spans), sentence_labels(sentences, kept)
        query_ids = tokenize_query(self.tokenizer, query)[:128]
        document = tokenize_document(self.tokenizer, context, sentences)
        start = self.template.document_start(len(query_ids))
        capacity = MAX_LENGTH - len(query_ids) - self.template.size
        for window in plan(document, capacity):
            part = slice(window.start, window.end)
            ids = self.template.pack(query_ids, document.ids[part])
            places = [-1] * start + list(document.sentences[part])
            places += [-1] * (len(ids) - len(places))
            relevant = any(evidence[place] for place in document.sentences[part])
            if spans and not relevant and self.random.random() < 0.5:
                continue  # half of a long document's windows without evidence
            types = self.template.types(len(query_ids), window.end - window.start)
            targets = token_labels(places, labels)
            yield Example(array("i", ids), array("i", types), array("i", targets), float(relevant))


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
