import pytest

from pruning_transformers.cards import model_card
from tiny_backbones import new_config


@pytest.mark.parametrize("mode", ["reranking_pruning", "pruning_only"])
def test_the_card_of_each_mode(mode):
    card = model_card(new_config("bert", mode=mode, default_threshold=0.25))
    assert card.startswith("---\nlibrary_name: transformers\n")
    assert f"# Pruning encoder ({mode}, bert)" in card
    assert "Windows of 64 tokens" in card
    assert "probability of 0.25" in card
    task = "text-ranking" if mode == "reranking_pruning" else "token-classification"
    assert f"\npipeline_tag: {task}\n" in card
    assert "\n## Limits\n" in card
    assert ("## Rank" in card) == (mode == "reranking_pruning")
    assert "<!--" not in card
