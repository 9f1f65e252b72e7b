import pytest

from pruning_core.onnx import quality
from pruning_core.onnx.quality import Agreement, compare, packaged_pairs, spearman
from tiny_checkpoint import tiny_pruner


def agreement(**changes):
    values = {"sentences": 100, "flipped": 1, "spearman": 0.995, "difference": 0.1}
    return Agreement(**values | changes)


def test_rank_correlation():
    assert spearman([1.0, 2.0, 3.0], [1.0, 4.0, 9.0]) == 1
    assert spearman([1.0, 2.0, 3.0], [3.0, 2.0, 1.0]) == pytest.approx(-1)
    # Ranks 1, 2.5, 2.5, 4 beside 1, 2, 3, 4.
    assert spearman([1.0, 2.0, 2.0, 3.0], [1.0, 2.0, 3.0, 4.0]) == pytest.approx(4.5 / 22.5**0.5)
    assert spearman([1.0, 1.0], [1.0, 2.0]) == 0


def test_what_is_enough():
    assert agreement().is_enough
    assert agreement(spearman=None).is_enough
    assert not agreement(flipped=2).is_enough
    assert not agreement(spearman=0.99).is_enough
    assert str(agreement()) == (
        "1 of 100 sentences decided otherwise (1.00%); Spearman of the scores 0.9950;"
        " keep probabilities differ by 0.1 at most"
    )


@pytest.mark.parametrize("mode", ["reranking_pruning", "pruning_only"])
def test_two_models(mode):
    one = tiny_pruner(mode=mode, default_threshold=0.0)
    none = tiny_pruner(mode=mode, default_threshold=1.0)
    pairs = [("cats", "Cats purr. Paris. A cat."), ("paris", "The capital. Is in France.")]
    same, apart = compare(one, one, pairs), compare(one, none, pairs)
    assert (same.sentences, same.flipped, same.difference) == (5, 0, 0)
    assert same.is_enough
    assert same.spearman == (None if mode == "pruning_only" else 1)
    assert (apart.sentences, apart.flipped, apart.difference) == (5, 5, 0)
    assert not apart.is_enough
    assert compare(one, tiny_pruner(seed=1, mode=mode), pairs).difference > 0
    with pytest.raises(ValueError, match="two pairs are needed to compare models, not 1"):
        compare(one, one, pairs[:1])


def test_the_text_of_the_package():
    pairs = packaged_pairs()
    assert len(pairs) == len(set(pairs)) == 96
    assert quality.MOST_FLIPPED * sum(text.count(". ") for _, text in pairs) > 5
