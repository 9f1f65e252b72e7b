import pytest

from pruning_transformers.question_rows import Question, questions_of

ROW = {"question": "Who?", "context": "Ann did it. Ben slept."}


@pytest.mark.parametrize(
    ("fields", "spans"),
    [
        ({"spans": [[0, 11]]}, ((0, 11),)),
        ({"sentences": ["Ann did it.", "Ben slept."], "labels": [0, 1]}, ((12, 22),)),
        ({"answers": {"text": ["Ann"], "answer_start": [0]}}, ((0, 3),)),
        ({"answers": [{"text": "Ben", "answer_start": 12}]}, ((12, 15),)),
        ({"answers": {"text": [], "answer_start": []}}, ()),
    ],
)
def test_layouts(fields, spans):
    (question,) = questions_of(ROW | fields, "f:1")
    assert (question.spans, question.place) == (spans, "f:1")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "'spans' is missing"),
        ({"spans": [[3, 2]]}, "is not inside of a context of 22"),
        ({"spans": [[0, 3]], "answers": "Ann"}, "`answers` must be a list"),
        ({"spans": [[0, 3]], "score": "1"}, "`score` must be a number"),
        ({"spans": [], "passages": [{}]}, "`context` or `passages`, not both"),
        (
            {"answers": [{"text": "Eve", "answer_start": 0}]},
            "the answer 'Eve' is not in",
        ),
    ],
)
def test_wrong_rows(fields, message):
    with pytest.raises((TypeError, ValueError), match=message):
        list(questions_of(ROW | fields, "f:1"))


def test_blank_answers_are_left_out():
    question = Question(text="Who?", context="Ann", spans=(), answers=("", " ", "Ann"))
    assert question.answers == ("Ann",)
