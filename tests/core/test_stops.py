import pytest

from pruning_core.stops import sentence_ends


@pytest.mark.parametrize(
    "sentences",
    [
        ["The dose fell.[3] ", "Patients recovered.[4][5] ", "Costs rose."],
        ["**It opened.** ", "It closed."],
        ["It rose.</p>", "<p>It fell."],
        ["猫が鳴く。", "犬もいる！", "そう？"],
        ["بدأ؟ ", "انتهى."],
        ["It fell\u2026 ", "Then it rose."],
        ["He said (it rained. It did) so. ", "Yes."],
    ],
)
def test_where_sentences_end(sentences):
    text = "".join(sentences)
    edges = [0, *sentence_ends(text, 0, len(text))]
    starts = {sum(map(len, sentences[:i])) for i in range(len(sentences))}
    assert {edge for edge in edges if edge < len(text)} == starts
