import pytest

from pruning_core import sentence_labels, token_labels

SENTENCES = [(0, 10), (10, 20), (20, 30)]


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        ([], [0, 0, 0]),
        ([(12, 15)], [0, 1, 0]),
        ([(9, 10)], [1, 0, 0]),
        ([(9, 11)], [1, 1, 0]),
        ([(0, 1), (29, 30)], [1, 0, 1]),
    ],
)
def test_a_sentence_is_relevant_when_it_overlaps(evidence, expected):
    assert sentence_labels(SENTENCES, evidence) == expected


@pytest.mark.parametrize("span", [(-1, 3), (5, 5), (25, 31)])
def test_evidence_outside_of_the_text(span):
    with pytest.raises(ValueError, match="is not inside a text of 30"):
        sentence_labels(SENTENCES, [span])


def test_optional_sentences_are_ignored_unless_they_are_evidence():
    assert sentence_labels(SENTENCES, [(12, 15)], [(5, 11)]) == [-100, 1, 0]
    with pytest.raises(ValueError, match=r"`optional` span \(25, 31\) is not inside"):
        sentence_labels(SENTENCES, [], [(25, 31)])


def test_tokens_take_the_label_of_their_sentence():
    assert token_labels([-1, 0, 0, 1, -1], [0, 1]) == [-100, 0, 0, 1, -100]
