"""Questions of many languages and a part of the English ones -> the multilingual model's examples.

They are made as `everyday_examples` makes them. A negative is of the question's own set, and so of
its language: none of the data pairs a question with a document of another language that answers
it, and with negatives alone a model would learn that other languages never do. The questions of
`afriqa` were asked in African languages, but the files have their translations into the language
of the document. What is known across languages is what the backbone brings.

`python -m tools.recipes.multilingual_examples --data FOLDER --backbone FOLDER` prints how much of
an epoch each source is.
"""

import argparse
from pathlib import Path

from pruning_core.config import EncoderConfig
from pruning_core.json_files import read_json
from pruning_core.tokenizer_files import TOKENIZER, read_tokenizer
from tools.recipes.everyday_examples import EverydayRecipe

USED_RATE = {  # how often an epoch has a question of a source, above 1 where there are few
    "train_multilingual/jaquad": 0.6,
    "train_multilingual/drcd": 0.5,
    "train_multilingual/cmrc2018": 0.6,
    "train_multilingual/expmrc_c3": 2.0,
    "train_multilingual/iapp_thai": 0.6,
    "train_multilingual/norquad": 0.5,
    "train_multilingual/arcd": 3.0,
    "train_multilingual/swequad_mc": 1.5,
    "train_multilingual/faquad": 3.0,
    "train_multilingual/afriqa_en": 0.4,
    "train_multilingual/afriqa_fr": 3.0,
    "train/everyday_train": 1.0,
    "train/condaqa": 0.3,
    "train/evidence_inference": 0.05,
    "train/onestopqa": 0.2,
    "train/qmsum": 0.15,
    "train/quotesum": 1.0,
    "train/tatqa": 0.15,
    "train/wice": 0.3,
    "train/eraser_fever_dev": 0.03,
    "train/hotpot_train100": 0.2,
    "train/squad1_subset": 0.1,
    "train/squad2_dev_cs224n": 0.1,
    "train/squadshifts_amazon_reviews": 0.05,
    "train/squadshifts_new_wiki": 0.1,
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--backbone", type=Path, required=True, help="for its tokenizer")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    tokenizer = read_tokenizer(options.backbone / TOKENIZER)
    config = EncoderConfig(backbone_config=read_json(options.backbone / "config.json"))
    recipe = EverydayRecipe(options.data, tokenizer, config, seed=options.seed, rates=USED_RATE)
    lengths = {
        name: [len(row["input_ids"]) for row in recipe.of_source(name)] for name in recipe.sources
    }
    total = sum(map(sum, lengths.values()))
    print("| source | rate | windows | tokens | share |\n| --- | ---: | ---: | ---: | ---: |")
    for name, windows in lengths.items():
        tokens = sum(windows)
        print(
            f"| {name} | {USED_RATE[name]} | {len(windows):,} | {tokens:,} | {tokens / total:.1%} |"
        )
    print(f"| all | | {sum(map(len, lengths.values())):,} | {total:,} | |")


if __name__ == "__main__":
    main()
