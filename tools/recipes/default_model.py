"""Train a built-in model: `python -m tools.recipes.default_model --data FOLDER --output FOLDER`.

Questions are paired with their own context, with a negative of the same source, and with both
joined. Evidence sentences are kept, all others go, but for a share of those next to the evidence
or near the question by the untuned embeddings: they are kept at random, so that sentences that
help come before those that do not. With `--everyday`, the last stage: everyday documents and all
other sets, as `everyday_examples` draws them. With `--multilingual` and the backbone that
`multilingual_backbone` writes as `--start`, the multilingual model, on the data of
`multilingual_examples`. With `--calibrate`, keep probabilities and scores are calibrated on the
questions of these files in the end. Goes on where it was stopped.
"""

import argparse
import logging
import math
from dataclasses import asdict
from functools import partial
from pathlib import Path

import torch
from torch.utils.data import ConcatDataset, Subset
from transformers import PreTrainedModel, set_seed

from pruning_core import checkpoint
from pruning_core.tokenization import untruncated
from pruning_transformers import PruningEncoderForSequenceClassification
from pruning_transformers.training import PruningTrainer, TokenBatches
from pruning_transformers.training.arguments import training_arguments
from pruning_transformers.training.run import callbacks, finish
from pruning_transformers.training.settings import DataSettings, TrainSettings, new_loss
from tools.recipes import multilingual_examples
from tools.recipes.all_minilm_l6_v2 import FOLDER
from tools.recipes.calibration import calibrate_on
from tools.recipes.default_model_examples import SOURCES, Rates, Recipe
from tools.recipes.everyday_examples import EVERYDAY, USED_RATE, EverydayRecipe


def new_model(start: Path, dropout: float | None) -> PreTrainedModel:
    """An encoder with new heads and without dropout of its own, or a checkpoint.

    `dropout` is of hidden states, none of attention, which it slows down; None changes nothing.
    """
    cls = PruningEncoderForSequenceClassification
    if checkpoint.is_pruning_encoder(start):
        model = cls.from_pretrained(start, dtype=torch.float32)
    else:
        model = cls.from_backbone(start, max_length=512)
        config = model.config.backbone_config
        config.hidden_dropout_prob = config.attention_probs_dropout_prob = 0.0
        set_dropout(model.backbone, 0.0)
    if dropout is not None:
        set_dropout(model, dropout)
    return model


def set_dropout(model: torch.nn.Module, rate: float) -> None:
    for name, module in model.named_modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0 if name.endswith(".self.dropout") else rate


def batches(
    recipe: Recipe | EverydayRecipe, settings: TrainSettings, epochs: float, seed: int
) -> Subset:
    """Those of all epochs one after the other; each epoch has draws of its own."""
    tokens = settings.data.batch_tokens
    parts = [
        TokenBatches(recipe.epoch(), tokens, seed=seed + number)
        for number in range(math.ceil(epochs))
    ]
    whole = ConcatDataset(parts)
    return Subset(whole, range(round(len(whole) * epochs / len(parts))))


def settings_of(options: argparse.Namespace) -> TrainSettings:
    weights = {"ranking_weight": options.ranking_weight}
    if options.multilingual:
        names = list(multilingual_examples.USED_RATE)
    else:
        names = [f"train/{name}" for name in (USED_RATE if options.everyday else SOURCES)]
    return TrainSettings(
        model=str(options.start),
        output=options.output,
        data=DataSettings(
            train=tuple(str(options.data / f"{name}.jsonl.gz") for name in names),
            batch_tokens=options.batch_tokens,
        ),
        average_weights=0.9975,
        loss=weights | {"retention_weight": options.retention_weight},
        training={
            "num_train_epochs": 1,
            "train_sampling_strategy": "sequential",  # the batches are shuffled already
            "learning_rate": options.learning_rate,
            "weight_decay": 0.01,
            "seed": options.seed,
            "logging_steps": 50,
            "save_steps": options.save_steps,
        },
    )


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with train/*.jsonl.gz")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument(
        "--start", type=Path, default=FOLDER, help="a checkpoint or an encoder; else MiniLM"
    )
    for name, default in asdict(Rates()).items():
        parser.add_argument(f"--{name}", type=float, default=default, help="see `Rates`")
    stage = parser.add_mutually_exclusive_group()
    stage.add_argument("--everyday", action="store_true", help="the last stage; no rate counts")
    stage.add_argument("--multilingual", action="store_true", help="many languages; no rate counts")
    parser.add_argument(
        "--others",
        type=float,
        default=1.0,
        help="scales the rates of all sets but the everyday documents; with the two above",
    )
    parser.add_argument("--calibrate", type=Path, nargs="+", default=[], metavar="FILE")
    parser.add_argument("--freeze-words", action="store_true", help="word embeddings stay")
    parser.add_argument("--dropout", type=float, help="of hidden states")
    parser.add_argument("--epochs", type=float, default=2.0)
    parser.add_argument("--learning-rate", type=float, default=2e-4)
    parser.add_argument("--batch-tokens", type=int, default=4096)
    parser.add_argument("--ranking-weight", type=float, default=0.5)
    parser.add_argument("--retention-weight", type=float, default=0.0)
    parser.add_argument("--save-steps", type=int, default=500)
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args()


def main() -> None:
    options = arguments()
    log = logging.getLogger("pruning_transformers")
    log.addHandler(logging.StreamHandler())
    log.setLevel(logging.INFO)
    settings = settings_of(options)
    training = training_arguments(settings)
    set_seed(options.seed)  # the new heads are drawn
    model = new_model(options.start, options.dropout)
    if options.freeze_words:
        model.get_input_embeddings().requires_grad_(False)
    folder, seed = options.data / "train", options.seed
    tokenizer = untruncated(model.tokenizer.backend_tokenizer)
    recipe: Recipe | EverydayRecipe
    if options.everyday or options.multilingual:
        given = multilingual_examples.USED_RATE if options.multilingual else USED_RATE
        used = {
            name: rate * (1 if name.endswith(EVERYDAY) else options.others)
            for name, rate in given.items()
        }
        root = options.data if options.multilingual else folder
        recipe = EverydayRecipe(root, tokenizer, model.config, seed=seed, rates=used)
    else:
        recipe = Recipe(
            folder,
            tokenizer,
            model.config,
            seed=seed,
            rates=Rates(noise=options.noise, hard=options.hard, removed=options.removed),
            embeddings=options.output / "embeddings.safetensors",
        )
    trainer = PruningTrainer(
        model,
        training,
        loss=new_loss(settings.loss),
        train_dataset=batches(recipe, settings, options.epochs, options.seed),
        processing_class=model.tokenizer,
        callbacks=callbacks(settings),
    )
    finish(trainer, partial(calibrate_on, options.calibrate))


if __name__ == "__main__":
    main()
