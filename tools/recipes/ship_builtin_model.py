"""Make trained checkpoints a built-in model: `... MODEL [MODEL...] --threshold T [--name NAME]`.

The weights of several checkpoints are averaged, with `--calibrate` then calibrated on the questions
of these files, and stored in float16. With `--blocks` the word embeddings, which were frozen, are
stored as the 4-bit numbers that they are.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from pruning_core import checkpoint
from pruning_core.builtin import BUILTIN_MODELS, DEFAULT
from pruning_core.encoder import PruningEncoder
from pruning_core.weight_files import WEIGHTS
from pruning_core.weights import SCALE, dequantized, write_tensors
from pruning_transformers import PruningEncoderForSequenceClassification
from tools.recipes.calibration import calibrate_on

BLOCK_SIZE = 32
LARGEST = 8  # of the 4-bit numbers, -8 to 7


def in_blocks(table: Tensor) -> tuple[Tensor, Tensor]:
    """A table (R, C) of 4-bit numbers times scales in float16 -> the numbers, of 8 bits, and the
    scales (R, C / 32), which give it again to the last bit.

    Raises:
        ValueError: a number of the table is another.
    """
    blocks = table.float().unflatten(-1, (-1, BLOCK_SIZE))
    most = blocks.abs().amax(-1)
    scale = torch.zeros_like(most)
    for largest in range(1, LARGEST + 1):
        found = (most / largest).half().float()
        numbers = (blocks / found.clamp(min=1e-30)[..., None]).round()
        fits = (numbers * found[..., None] == blocks).all(-1)
        scale = torch.where(fits & (scale == 0), found, scale)
    numbers = (blocks / scale.clamp(min=1e-30)[..., None]).round().clamp(-LARGEST, LARGEST)
    stored = numbers.to(torch.int8).flatten(-2), scale.half()
    if not torch.equal(dequantized(*stored), table.float()):
        raise ValueError("the table is not made of 4-bit numbers in blocks of 32")
    return stored


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("models", nargs="+", help="folders of the trained checkpoints")
    parser.add_argument("--threshold", type=float, required=True)
    parser.add_argument("--name", choices=list(BUILTIN_MODELS), default=DEFAULT)
    parser.add_argument("--calibrate", type=Path, nargs="+", default=[], metavar="FILE")
    parser.add_argument("--blocks", action="store_true")
    options = parser.parse_args()
    encoders = [PruningEncoder.from_pretrained(model) for model in options.models]
    states = [encoder.state_dict() for encoder in encoders]
    encoder = encoders[0]
    encoder.load_state_dict(
        {name: torch.stack([state[name] for state in states]).mean(0) for name in states[0]}
    )
    if options.calibrate:
        model = PruningEncoderForSequenceClassification.from_pretrained(options.models[0])
        model.load_state_dict(encoder.state_dict())
        calibrate_on(options.calibrate, model)
        encoder.load_state_dict(model.state_dict())
    words = {
        name: in_blocks(tensor)
        for name, tensor in encoder.state_dict().items()
        if options.blocks and name.endswith(".word_embeddings.weight")
    }
    config = replace(encoder.config, default_threshold=options.threshold)
    tokenizer = checkpoint.open(options.models[0]).tokenizer()
    folder = BUILTIN_MODELS[options.name]
    checkpoint.save(folder, encoder.half(), config, tokenizer)
    if words:
        state = load_file(folder / WEIGHTS)
        for name, (numbers, scale) in words.items():
            state |= {name: numbers, name + SCALE: scale}
        write_tensors(folder / WEIGHTS, state)


if __name__ == "__main__":
    main()
