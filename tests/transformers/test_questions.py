import gzip
import json
from dataclasses import replace

import pytest

from pruning_transformers.question_rows import questions_of
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
        ({"score": "high"}, "rows.jsonl:2: `score` must be a number, not 'high'"),
        ({"score": True}, "rows.jsonl:2: `score` must be a number, not True"),
        ({"score": 10**400}, "rows.jsonl:2: `score` must be finite"),
        ({"question": None}, "rows.jsonl:2: `question` must be a str"),
        ({"context": ["One."]}, "rows.jsonl:2: `context` must be a str, not list"),
        ({"spans": "0-4"}, "rows.jsonl:2: `spans` must be a list, not '0-4'"),
        ({"spans": [0, 4]}, "rows.jsonl:2: `a span` must be a list, not 0"),
        ({"spans": [[0, 4, 5]]}, r"rows.jsonl:2: a span must be \[start, end\]"),
        ({"spans": [[4, 0]]}, r"rows.jsonl:2: span \[4, 0\] is not inside"),
        ({"spans": [[-4, 4]]}, "rows.jsonl:2: `span` must be at least 0, not -4"),
        ({"spans": [[0, 4.0]]}, "rows.jsonl:2: `span` must be an int, not 4.0"),
        ({"spans": [[False, True]]}, "rows.jsonl:2: `span` must be an int, not False"),
        ({"spans": [["0", "4"]]}, "rows.jsonl:2: `span` must be an int, not '0'"),
        ({"labels": [1]}, "rows.jsonl:2: 'sentences' is missing"),
        ({"sentences": "One.", "labels": [1]}, "rows.jsonl:2: `sentences` must be a list of str"),
        ({"sentences": ["One."], "labels": 1}, "rows.jsonl:2: `labels` must be a list, not 1"),
        ({"sentences": ["One."], "labels": ["1"]}, "a label must be 0 or 1, not '1'"),
        ({"sentences": ["One."], "labels": [1.0]}, "a label must be 0 or 1, not 1.0"),
        ({"answers": "Rome"}, "rows.jsonl:2: `answers` must be a list, not 'Rome'"),
        ({"answers": [1936]}, r"rows.jsonl:2: `answers\[0\]` must be a str, not int"),
        ({"answers": {"a": 1}}, "rows.jsonl:2: 'text' is missing"),
        ({"answers": {"text": "One"}}, "rows.jsonl:2: `answers.text` must be a list of str"),
        ({"answers": {"text": ["One"], "answer_start": []}}, "0 `answer_start` for 1 `text`"),
        ({"passages": []}, "rows.jsonl:2: give `context` or `passages`, not both"),
        ({"context": None, "passages": []}, "rows.jsonl:2: `passages` must not be empty"),
        ({"context": None, "passages": {}}, "rows.jsonl:2: `passages` must be a list, not {}"),
        ({"context": None, "passages": ["One."]}, r"passages\[0\]: must be an object, not 'One"),
        ({"context": None, "passages": [{}]}, r"rows.jsonl:2: passages\[0\]: 'context' is missing"),
    ],
)
def test_a_bad_row_names_its_file_and_line(change, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        read(tmp_path, ROW, ROW | change)


SQUAD = {"question": "q", "context": "One. Two.", "spans": None}


@pytest.mark.parametrize(
    ("answers", "spans"),
    [
        ({"text": ["Two", "One"], "answer_start": [5, 0]}, ((5, 8), (0, 3))),
        ([{"text": "Two", "answer_start": 5}], ((5, 8),)),
        ({"text": [], "answer_start": []}, ()),
        ({"text": [""], "answer_start": [-1]}, ()),
    ],
)
def test_the_answers_of_squad_are_the_evidence(answers, spans, tmp_path):
    (question,) = read(tmp_path, SQUAD | {"answers": answers})
    assert question.spans == spans
    assert question.answers == tuple(question.context[start:end] for start, end in spans)


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"text": ["Two"], "answer_start": [4]}, "the answer 'Two' is not in the context at 4"),
        ({"text": ["Two"], "answer_start": ["5"]}, "`answer_start` must be an int, not '5'"),
        ({"text": ["Two"]}, "'spans' is missing"),
        ([], "'spans' is missing"),
        (["Two"], "'spans' is missing"),
    ],
)
def test_answers_without_their_place_are_no_evidence(answers, message, tmp_path):
    with pytest.raises(ValueError, match=f"rows.jsonl:1: {message}"):
        read(tmp_path, SQUAD | {"answers": answers})


def test_a_blank_answer_is_in_no_passage(tmp_path):
    (question,) = read(tmp_path, ROW | {"answers": ["", " ", "One"]})
    assert question.answers == ("One",)


def test_a_question_of_python_is_checked_too():
    with pytest.raises(TypeError, match="`answers` must be a list of str, not str"):
        Question(text="q", context="Rome.", spans=(), answers="Rome")
    with pytest.raises(ValueError, match="`score` must be finite, not nan"):
        Question(text="q", context="Rome.", spans=(), score=float("nan"))


@pytest.mark.parametrize("form", [None, "numpy", "torch"])
def test_rows_of_other_libraries(form, tmp_path):
    datasets = pytest.importorskip("datasets")
    row = {"question": "q", "context": "A. B.", "sentences": ["A.", "B."], "labels": [0, 1]}
    squad = {"text": ["B"], "answer_start": [3]}
    rows = [row | {"score": 0.5, "answers": squad, "spans": None}] * 2
    data = datasets.DatasetDict(train=datasets.Dataset.from_list(rows).with_format(form))
    data.save_to_disk(str(tmp_path / "set"))
    for question in [*read_questions(tmp_path / "set"), *map(only, data["train"])]:
        assert (question.spans, question.answers, question.score) == (((3, 5),), ("B",), 0.5)
    with pytest.raises(ValueError, match="has no split 'test', but train"):
        read_questions(tmp_path / "set", "test")


def only(row):
    (question,) = questions_of(row, "")
    return question


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
        Question(text="r", context="One. \ud800", spans=(), optional=((0, 4),), kind="fact"),
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
