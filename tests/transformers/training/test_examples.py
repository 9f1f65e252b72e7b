import math
from dataclasses import replace
from itertools import pairwise

import pytest

from pruning_core.encoder import PruningEncoder
from pruning_core.pairs import prepare
from pruning_core.pipeline import PruningPipeline
from pruning_core.sentences import split
from pruning_transformers.questions import Question
from pruning_transformers.training import PruningDataset
from tiny_backbones import fast_tokenizer
from tiny_checkpoint import tiny_config

TOKENIZER = fast_tokenizer()
CONFIG = tiny_config(max_length=512)


def texts(row, label):
    ids = [i for i, t in zip(row["input_ids"], row["pruning_labels"], strict=True) if t == label]
    return TOKENIZER.decode(ids)


def test_tokens_of_the_evidence_are_kept_and_the_query_is_ignored(questions):
    rows = PruningDataset(questions[:1], TOKENIZER, CONFIG)
    (row,) = rows
    (start, end), context = questions[0].spans[0], questions[0].context
    assert texts(row, 1) == TOKENIZER.decode(TOKENIZER.encode(context[start:end])[1:-1])
    assert texts(row, -100).startswith("[CLS] is a")
    assert row["labels"] == 1.0
    assert rows.keep_share == pytest.approx(1 / 3, abs=0.1)
    labelled = zip(row["token_sentences"], row["pruning_labels"], strict=True)
    numbers = {(-1, -100)} | {
        (i, int(span[0] <= start < span[1])) for i, span in enumerate(split(context))
    }
    assert set(labelled) == numbers


def test_long_passages_become_windows(questions):
    long = replace(questions[0], context=questions[0].context + "Cats purr. " * 40)
    rows = list(PruningDataset([long], TOKENIZER, tiny_config(max_length=32)))
    assert len(rows) > 4
    assert all(len(row["input_ids"]) <= 32 for row in rows)
    assert [row["labels"] for row in rows].count(1.0) == 1
    tokens = sum(label >= 0 for row in rows for label in row["pruning_labels"])
    assert tokens == len(TOKENIZER.encode(long.context)) - 2


def by_lines(text):
    """A splitter that knows no sentences."""
    ends = [at + 1 for at, char in enumerate(text) if char == "\n"] + [len(text)]
    return [(start, end) for start, end in pairwise([0, *ends]) if start < end]


@pytest.mark.parametrize(
    ("query", "fields", "splitter"),
    [
        ("is a cat?", {}, split),
        ("Is it: a CAT?!", {"normalize_query": True}, split),
        ("is a cat?", {}, by_lines),
        ("is a cat in the capital of France? " * 9, {}, split),  # longer than half a window
        ("Is it: a CAT?! " * 9, {"normalize_query": True}, by_lines),
    ],
)
def test_the_windows_are_those_that_are_read_later(query, fields, splitter):
    config = tiny_config(max_length=48, **fields)
    document = "The cat is in Paris. Cats purr.\nThe capital of France is Paris. " * 6
    question = Question(text=query, context=document, spans=((0, 20),))
    rows = PruningDataset([question], TOKENIZER, config, splitter=splitter)
    (pair,) = prepare([(query, document)], TOKENIZER.backend_tokenizer, config, splitter)
    assert len(rows) == len(pair.windows) > 1
    for row, window in zip(rows, pair.windows, strict=True):
        packed = [values.tolist() for values in pair.pack(window)]
        assert packed == [row["input_ids"], row["token_type_ids"]]
        sentences = [sentence for sentence in row["token_sentences"] if sentence >= 0]
        assert sentences == list(pair.document.sentences[window.start : window.end])
    found = []
    encoder = PruningEncoder.from_config(config)
    pipeline = PruningPipeline(encoder, TOKENIZER.backend_tokenizer, config, splitter=splitter)
    encoder.register_forward_pre_hook(
        lambda module, args, inputs: found.extend(inputs["input_ids"].tolist()), with_kwargs=True
    )
    pipeline.prune(query, document)
    pad = TOKENIZER.pad_token_id
    assert sorted([i for i in ids if i != pad] for ids in found) == sorted(
        [i for i in row["input_ids"] if i != pad] for row in rows
    )


def test_negatives_hold_no_answer(questions):
    rows = PruningDataset(questions, TOKENIZER, CONFIG, negatives=3)
    assert len(rows) > len(questions)
    for row in list(rows)[len(questions) :]:
        assert row["labels"] == 0.0
        asked, document = TOKENIZER.decode(row["input_ids"]).split("[SEP]")[:2]
        assert asked.split()[-2] not in document


@pytest.mark.parametrize(
    ("scale", "name", "scores"),
    [("logit", "teacher_logits", [-3.0, 4.5]), ("probability", "labels", [0.1, 0.9])],
)
def test_a_teacher(scale, name, scores, questions):
    pair = [replace(q, score=score) for q, score in zip(questions, scores, strict=False)]
    assert [
        row[name] for row in PruningDataset(pair, TOKENIZER, CONFIG, teacher_scale=scale)
    ] == scores


def test_only_windows_with_evidence_learn_a_teachers_score(questions):
    long = replace(questions[0], context=questions[0].context + "Cats purr. " * 40, score=2.0)
    rows = list(
        PruningDataset([long], TOKENIZER, tiny_config(max_length=32), teacher_scale="logit")
    )
    known = [row for row in rows if not math.isnan(row["teacher_logits"])]
    assert [max(row["pruning_labels"]) for row in known] == [1]
    none = list(
        PruningDataset(
            [replace(long, spans=())],
            TOKENIZER,
            tiny_config(max_length=32),
            teacher_scale="logit",
        )
    )
    assert {row["teacher_logits"] for row in none} == {2.0}


@pytest.mark.parametrize(
    ("scale", "scores", "message"),
    [
        ("probability", [0.5, 1.5], "rows:2: `score` 1.5 is not a probability"),
        ("logit", [0.5, 0.9], "every `score` is from 0 to 1"),
        ("logit", [2.0, None], "rows:2: a `score` is missing"),
        ("odds", [1.0, 2.0], "`teacher_scale` must be one of logit, probability, not 'odds'"),
    ],
)
def test_the_scale_is_checked(scale, scores, message, questions):
    pair = [replace(q, score=score) for q, score in zip(questions, scores, strict=False)]
    with pytest.raises(ValueError, match=message):
        PruningDataset(pair, TOKENIZER, CONFIG, teacher_scale=scale)


def test_optional_sentences_are_not_learned_from():
    context = "The cat is in Paris. Cats purr. Dogs bark."
    question = Question(text="q", context=context, spans=((0, 5),), optional=((21, 31),))
    (row,) = PruningDataset([question], TOKENIZER, CONFIG)
    labels = dict(zip(row["token_sentences"], row["pruning_labels"], strict=True))
    assert labels == {-1: -100, 0: 1, 1: -100, 2: 0}
    only = Question(text="q", context=context, spans=(), optional=((0, len(context)),))
    (row,) = PruningDataset([only], TOKENIZER, CONFIG)  # its relevance is learned
    assert (set(row["pruning_labels"]), row["labels"]) == ({-100}, 0.0)


def test_a_passage_without_tokens_is_left_out():
    assert split(" ") == [(0, 1)]
    assert len(PruningDataset([Question(text="q", context=" ", spans=())], TOKENIZER, CONFIG)) == 0
