"""A backbone of fewer pieces and layers is the whole one's rows and layers."""

import pytest

pytest.importorskip("pruning_core")

import numpy as np

from tools.recipes.multilingual_backbone import layers_kept, places_of, smaller


@pytest.mark.parametrize(
    ("count", "kept"),
    [(6, [0, 1, 2, 9, 10, 11]), (12, list(range(12))), (1, [11]), (4, [0, 9, 10, 11])],
)
def test_layers_in_the_middle_go(count, kept):
    assert layers_kept(count, 12) == kept


@pytest.mark.parametrize("count", [0, 13])
def test_layers_out_of_range(count):
    with pytest.raises(ValueError, match="`layers` must be from 1 to 12"):
        layers_kept(count, 12)


def test_rows_and_layers_move_to_their_new_places():
    state = {"embeddings.word_embeddings.weight": np.arange(8.0).reshape(4, 2)}
    state |= {"embeddings.LayerNorm.bias": np.zeros(2)}
    state |= {f"encoder.layer.{i}.output.dense.bias": np.full(2, i) for i in range(11)}
    small = smaller(state, [0, 3], [1, 10])
    assert small["embeddings.word_embeddings.weight"].tolist() == [[0, 1], [6, 7]]
    assert small["encoder.layer.0.output.dense.bias"].tolist() == [1, 1]
    assert small["encoder.layer.1.output.dense.bias"].tolist() == [10, 10]
    assert len(small) == 4


def test_pieces_are_found_by_their_text():
    whole = {"model": {"vocab": [["<s>", 0], ["a", -1], ["b", -2]]}}
    assert places_of(whole, {"model": {"vocab": [["<s>", 0], ["b", -2]]}}) == [0, 2]
