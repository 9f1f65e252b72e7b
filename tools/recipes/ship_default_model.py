"""Make trained checkpoints the built-in model: `... MODEL [MODEL...] --threshold T`.

The weights of several checkpoints of one run are averaged; they are stored in float16.
"""

import argparse
from dataclasses import replace

import torch

from pruning_core.checkpoint import load_tokenizer, resolve, save_checkpoint
from pruning_core.encoder import PruningEncoder
from pruning_core.pruner import DEFAULT_MODEL


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
    tokenizer = load_tokenizer(resolve(options.models[0]))
    save_checkpoint(DEFAULT_MODEL, encoder.half(), config, tokenizer)


if __name__ == "__main__":
    main()
