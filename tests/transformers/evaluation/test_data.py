import json

import numpy as np
import pytest

from pruning_transformers.evaluation.data import EvaluationFile

ROWS = [
    {"question": "a?", "context": "One. Three.", "spans": [[5, 11]]},
    {"question": "e?", "context": "Five.", "spans": [[0, 5]]},
    {"question": "f?", "context": "Cats. Dogs. Mice.", "spans": []},
    {"question": "blank?", "context": " \n", "spans": []},
]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "few.rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return EvaluationFile(path)


def test_passages_without_text_are_left_out(file):
    assert file.name == "few"
    assert [question.text for question in file.questions] == ["a?", "e?", "f?"]
    assert file.spans == {
        "One. Three.": [(0, 5), (5, 11)],
        "Five.": [(0, 5)],
        "Cats. Dogs. Mice.": [(0, 6), (6, 12), (12, 17)],
    }


def test_scores_stand_with_lengths_and_labels(file):
    first, second, third = file.scored([[0.1, 0.9], [0.5], np.zeros(3)])
    assert (list(first.lengths), list(first.labels), list(first.scores)) == (
        [5, 6],
        [0, 1],
        [0.1, 0.9],
    )
    assert list(second.labels) == [1]
    assert list(third.labels) == [0, 0, 0]
    with pytest.raises(ValueError, match="shorter"):
        file.scored([[0.1, 0.9]])


def test_optional_sentences_are_not_measured(tmp_path):
    rows = [
        {**ROWS[0], "optional": [[0, 2]], "kind": "fact"},
        {**ROWS[2], "optional": [[0, 17]]},
    ]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    (row,) = EvaluationFile(path).scored([[0.1, 0.9], np.zeros(3)])
    assert (list(row.lengths), list(row.labels), list(row.scores)) == ([6], [1], [0.9])
    assert row.kind == "fact"


def test_hard_candidates_are_the_nearest(file):
    questions, passages = file.candidates(9, 2, hard=True)
    own = {row["question"]: row["context"] for row in ROWS}
    for question, row in zip(questions, passages, strict=True):
        assert row[0] == own[question]
        assert len(set(row)) == 2


def test_candidates_are_the_own_passage_and_others(file):
    questions, passages = file.candidates(9, 9)
    own = {row["question"]: row["context"] for row in ROWS}
    assert sorted(questions) == ["a?", "e?"]  # nothing answers the third
    for question, row in zip(questions, passages, strict=True):
        assert row[0] == own[question]
        assert sorted(row) == sorted(file.spans)
    assert (questions, passages) == file.candidates(9, 9)
    assert {len(row) for row in file.candidates(9, 2)[1]} == {2}


def test_a_limit_draws_the_same_rows_again(data):
    first, second = (EvaluationFile(data / "dev.jsonl", limit=3) for _ in range(2))
    assert len(first.questions) == 3
    assert first.questions == second.questions
    assert len(EvaluationFile(data / "dev.jsonl", limit=99).questions) == 13
