"""Core's backbones against transformers', random weights: `python -m tools.benchmarks.backbones`.

Prints JSON: seconds and ratios for one ModernBERT window of 8,192 tokens and for DeBERTa-v2 at 512
tokens, at the sizes of their base models with six layers, float32, two threads, median of three
alternating runs after a warm-up.
"""

import json

import torch
from transformers import AutoConfig, AutoModel

from pruning_core.backbones import build_backbone
from tools.benchmarks.timing import alternate, ratios

RUNS = 3
CASES = {
    "modernbert, 1 x 8192": (
        {"model_type": "modernbert", "num_hidden_layers": 6},
        (1, 8192),
    ),
    "deberta-v2, 4 x 512": (
        {
            "model_type": "deberta-v2",
            "vocab_size": 1000,
            "hidden_size": 768,
            "num_hidden_layers": 6,
            "num_attention_heads": 12,
            "intermediate_size": 3072,
            "relative_attention": True,
            "position_buckets": 256,
            "norm_rel_ebd": "layer_norm",
            "share_att_key": True,
            "pos_att_type": ["p2c", "c2p"],
            "position_biased_input": False,
        },
        (4, 512),
    ),
}


def compare(data: dict[str, object], shape: tuple[int, int]) -> dict[str, object]:
    values = {name: value for name, value in data.items() if name != "model_type"}
    config = AutoConfig.for_model(data["model_type"], **values)
    theirs = AutoModel.from_config(config).eval()
    ours = build_backbone(config.to_dict(), None).eval()
    ours.load_state_dict(theirs.state_dict())
    ids = torch.randint(5, 1000, shape, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        times = alternate({"core": lambda: ours(ids), "transformers": lambda: theirs(ids)}, RUNS)
        apart = (ours(ids).last_hidden_state - theirs(ids).last_hidden_state).abs().max().item()
    return {"seconds": times, **ratios(times, "core"), "difference": apart}


def main() -> None:
    torch.set_num_threads(2)
    torch.manual_seed(1)
    print(json.dumps({name: compare(*case) for name, case in CASES.items()}, indent=2))


if __name__ == "__main__":
    main()
