import pytest
import torch

from pruning_core import Pruner
from pruning_core.cli import main
from published_layouts import JULY_PARTS, july_2025
from tiny_checkpoint import tiny_pruner

QUERY, TEXT = "capital of france", "Paris is the capital. Cats purr."


@pytest.mark.parametrize("mode", JULY_PARTS)
def test_the_same_numbers(mode, tmp_path):
    theirs = Pruner.from_pretrained(july_2025(tmp_path, mode), allow_pickled_head=True)
    ours, result = tiny_pruner(mode=mode).prune(QUERY, TEXT), theirs.prune(QUERY, TEXT)
    assert [s.probability for s in result.sentences] == pytest.approx(
        [s.probability for s in ours.sentences], abs=1e-6
    )
    assert (theirs.config.default_threshold, theirs.config.num_labels) == (0.5, 1)
    if mode == "reranking_pruning":  # the score is the raw logit
        assert torch.tensor(result.score).sigmoid().item() == pytest.approx(ours.score, abs=1e-6)


def test_the_classes_of_transformers_open_it(tmp_path):
    ours = pytest.importorskip("pruning_transformers").PruningEncoderForSequenceClassification
    july_2025(tmp_path)
    with pytest.raises(FileNotFoundError, match="is refused"):
        ours.from_pretrained(tmp_path)
    model = ours.from_pretrained(tmp_path, allow_pickled_head=True).eval()
    expected = Pruner.from_pretrained(tmp_path, allow_pickled_head=True).prune(QUERY, TEXT)
    assert model.prune(QUERY, TEXT).score == pytest.approx(expected.score, abs=1e-5)


def test_the_pickled_head_is_read_only_when_asked(tmp_path):
    with pytest.raises(FileNotFoundError, match="is refused.*`allow_pickled_head=True` reads it"):
        Pruner.from_pretrained(july_2025(tmp_path / "theirs"))
    assert main(["convert", str(tmp_path / "theirs"), str(tmp_path / "ours")]) == 2
    flag = "--allow-pickled-head"
    assert main(["convert", flag, str(tmp_path / "theirs"), str(tmp_path / "ours")]) == 0
    theirs = Pruner.from_pretrained(tmp_path / "theirs", allow_pickled_head=True)
    assert Pruner.from_pretrained(tmp_path / "ours").prune(QUERY, TEXT) == theirs.prune(QUERY, TEXT)


def test_a_pickle_with_code_in_it_is_an_error(tmp_path):
    july_2025(tmp_path)
    torch.save({"classifier.weight": print}, tmp_path / "pruning_head" / "pytorch_model.bin")
    with pytest.raises(ValueError, match="holds more than tensors"):
        Pruner.from_pretrained(tmp_path, allow_pickled_head=True)
