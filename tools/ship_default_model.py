"""Make a trained checkpoint the built-in model, in float16: `... MODEL --threshold T`."""

import argparse
from dataclasses import replace

from pruning_core.checkpoint import save_checkpoint
from pruning_core.pruner import DEFAULT_MODEL, Pruner


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", help="folder of the trained checkpoint")
    parser.add_argument("--threshold", type=float, required=True)
    options = parser.parse_args()
    pruner = Pruner.from_pretrained(options.model)
    config = replace(pruner.config, default_threshold=options.threshold)
    save_checkpoint(DEFAULT_MODEL, pruner.encoder.half(), config, pruner.tokenizer)


if __name__ == "__main__":
    main()
