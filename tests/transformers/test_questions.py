import gzip
import json
from dataclasses import replace

import pytest

from pruning_transformers.questions import Question, hold_out, read_questions, write_questions

ROW = {"question": "q?", "context": "One. Two.", "spans": [[0, 4]], "answers": ["One"]}


def read(folder, *rows):
    path = folder / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return read_questions(path)


def test_json_lines(tmp_path):
    (question,) = read(tmp_path, ROW)
    assert (question.text, question.spans, question.answers) == ("q?", ((0, 4),), ("One",))
    assert question.place.endswith("rows.jsonl:1")
    with gzip.open(tmp_path / "rows.jsonl.gz", "wt") as file:
        file.write(json.dumps(ROW))
    assert read_questions(tmp_path / "rows.jsonl.gz")[0].context == "One. Two."


def test_labelled_sentences_instead_of_spans(tmp_path):
    row = {"question": "q", "context": "A. B. A.", "sentences": ["A.", "B.", "A."]}
    (question,) = read(tmp_path, row | {"labels": [0, 0, 1]})
    assert question.spans == ((6, 8),)


def test_several_passages_and_scores(tmp_path):
    passages = [{"context": "One.", "spans": [], "score": -2.5}, ROW | {"score": 3}]
    rows = read(tmp_path, {"question": "q", "answers": ["x"], "passages": passages})
    assert [row.score for row in rows] == [-2.5, 3.0]
    assert [row.answers for row in rows] == [("x",), ("One",)]


def test_a_dataset(tmp_path):
    datasets = pytest.importorskip("datasets")
    datasets.Dataset.from_list([ROW, ROW]).save_to_disk(str(tmp_path / "set"))
    rows = read_questions(tmp_path / "set")
    assert rows[1].spans == ((0, 4),)
    assert rows[1].place.endswith("set, row 1")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"spans": [[0, 10]]}, r"rows.jsonl:2: span \[0, 10\] is not inside of a context of 9"),
        ({"spans": [[3, 3]]}, r"rows.jsonl:2: span \[3, 3\]"),
        ({"spans": None}, "rows.jsonl:2: 'spans' is missing"),
        ({"question": " "}, "rows.jsonl:2: `question` must not be empty"),
        ({"question": 3}, "rows.jsonl:2: `question` must be a str"),
        ({"context": None}, "rows.jsonl:2: `context` must be a str"),
        ({"sentences": ["One."], "labels": [1, 0]}, "rows.jsonl:2: 2 labels for 1 sentences"),
        ({"sentences": ["Three."], "labels": [1]}, "rows.jsonl:2: the sentence 'Three.' is not in"),
        ({"sentences": ["One."], "labels": [2]}, "rows.jsonl:2: a label must be 0 or 1, not 2"),
        ({"score": "high"}, "rows.jsonl:2: could not convert"),
    ],
)
def test_a_bad_row_names_its_file_and_line(change, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        read(tmp_path, ROW, ROW | change)


def test_what_is_no_data(tmp_path):
    (tmp_path / "a.jsonl").write_text("{\n")
    with pytest.raises(ValueError, match=r"a.jsonl:1: not JSON"):
        read_questions(tmp_path / "a.jsonl")
    with pytest.raises(ValueError, match="holds no questions"):
        read(tmp_path)
    (tmp_path / "a.csv").write_text("")
    with pytest.raises(ValueError, match=r"must be one of .jsonl, .jsonl.gz"):
        read_questions(tmp_path / "a.csv")
    with pytest.raises(FileNotFoundError):
        read_questions(tmp_path / "none.jsonl")


def test_what_is_written_is_read(tmp_path):
    rows = [
        Question(text="q", context="Één. Two.", spans=((0, 4),), answers=("x",), score=-1.5),
        Question(text="r", context="One.", spans=()),
    ]
    write_questions(tmp_path / "w.jsonl", rows)
    found = read_questions(tmp_path / "w.jsonl")
    assert [replace(row, place="") for row in found] == rows


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_no_passage_is_in_both_parts(share):
    rows = [
        Question(text=f"q{number}", context=f"Passage {number % 20}.", spans=())
        for number in range(100)
    ]
    train, held_out = hold_out(rows, share, seed=1)
    assert sorted([*train, *held_out], key=lambda row: int(row.text[1:])) == rows
    assert not {row.context for row in train} & {row.context for row in held_out}
    assert len(held_out) == min(round(share * 20) * 5, 95)
    assert hold_out(rows, share, seed=1) == (train, held_out)
    assert hold_out(rows, share, seed=2) != (train, held_out)


def test_one_passage_is_not_parted():
    with pytest.raises(ValueError, match="one passage cannot be parted"):
        hold_out([Question(text="q", context="One.", spans=())] * 3, 0.5, seed=1)
