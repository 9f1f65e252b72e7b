"""The model card of a checkpoint, from the template `model_card.md`."""

import re
from pathlib import Path

from pruning_transformers.configuration import PruningEncoderConfig

_TEMPLATE = Path(__file__).parent / "model_card.md"
_RANKING = re.compile(r"<!-- ranking -->\n(.*?)<!-- end ranking -->\n", re.DOTALL)


def model_card(config: PruningEncoderConfig) -> str:
    """The card's text, with every loading path that the mode has."""
    text = _RANKING.sub(r"\1" if config.ranks else "", _TEMPLATE.read_text(encoding="utf-8"))
    task = "text-ranking" if config.ranks else "token-classification"
    text = text.replace("{pipeline_tag}", task)
    for name in ("mode", "max_length", "default_threshold"):
        text = text.replace(f"{{{name}}}", str(getattr(config, name)))
    return text.replace("{backbone}", config.backbone_config.model_type)
