"""Make trained checkpoints the built-in model: `... MODEL [MODEL...] --threshold T`.

The weights of several checkpoints of one run are averaged; they are stored in float16.
"""

import argparse
from dataclasses import replace

import torch

from pruning_core import checkpoint
from pruning_core.builtin import BUILTIN_MODELS, DEFAULT
from pruning_core.encoder import PruningEncoder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="+", help="folders of the trained checkpoints")
    parser.add_argument("--threshold", type=float, required=True)
    options = parser.parse_args()
    encoders = [PruningEncoder.from_pretrained(model) for model in options.models]
    states = [encoder.state_dict() for encoder in encoders]
    encoder = encoders[0]
    encoder.load_state_dict(
        {name: torch.stack([state[name] for state in states]).mean(0) for name in states[0]}
    )
    config = replace(encoder.config, default_threshold=options.threshold)
    tokenizer = checkpoint.open(options.models[0]).tokenizer()
    checkpoint.save(BUILTIN_MODELS[DEFAULT], encoder.half(), config, tokenizer)


if __name__ == "__main__":
    main()
