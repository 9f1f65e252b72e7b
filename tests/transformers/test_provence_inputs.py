import pytest

from pruning_core.sentences import split
from pruning_transformers.provence_inputs import Asked, Context, find_spans

TEXT = "Paris is the capital. Cats purr."


@pytest.mark.parametrize(
    ("sentences", "spans"),
    [
        (["Paris is the capital.", "Cats purr."], [(0, 22), (22, 32)]),
        (["is the", " ", "capital."], [(0, 13), (13, 32)]),
        ([], [(0, 32)]),
        ([TEXT], [(0, 32)]),
    ],
)
def test_spans_tile_the_text(sentences, spans):
    assert find_spans(TEXT, sentences) == spans
    assert find_spans("", []) == []


def test_a_title_is_a_sentence_of_its_own():
    context = Context.of(["Cats purr.", " Dogs bark."], "context").below("Pets")
    assert context.text == "Pets\n\nCats purr. Dogs bark."
    assert context.spans == ((0, 6), (6, 16), (16, 27))
    line = Context("Pets\nCats purr. Dogs bark.").with_first_line(split)
    assert (line.title, line.spans) == ("Pets", ((0, 5), (5, 16), (16, 26)))


@pytest.mark.parametrize("text", ["", " \n "])
def test_no_first_line(text):
    assert Context(text).with_first_line(split) == Context(text)


def test_a_question_in_a_list_with_one_text():
    asked = Asked.of(["q"], TEXT)
    assert asked.shaped([["x"]]) == "x"
