import numpy as np

from pruning_transformers.evaluation.bm25 import BM25


def test_the_text_with_the_words_comes_first():
    index = BM25(["cats purr", "dogs bark loudly", "cats and dogs"])
    assert int(np.argmax(index.scores("who barks: dogs bark"))) == 1
    assert index.scores("the unknown").tolist() == [0, 0, 0]


def test_terms_of_another_kind():
    index = BM25(["猫が鳴く", "犬が走る"], split=list)
    scores = index.scores("鳴く猫?")
    assert scores[0] > scores[1] == 0
