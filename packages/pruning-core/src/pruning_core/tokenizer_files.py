"""A tokenizer's two files: tokenizer.json, and what transformers needs to read it.

`tokenizer_config.json` is for transformers alone; without it, its tokenizer would neither pad nor
know which inputs the model takes, and a checkpoint that core saved would not open there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from pruning_core.config import EncoderConfig
from pruning_core.json_files import write_json
from pruning_core.tokenization import PairTemplate
from pruning_core.tokenizer_checks import check_tokenizer_file
from pruning_core.validation import shown_text

TOKENIZER, TOKENIZER_CONFIG = "tokenizer.json", "tokenizer_config.json"


def read_tokenizer(path: Path) -> Tokenizer:
    """Read tokenizer.json.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no tokenizer.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path.parent} has no {path.name}")
    check_tokenizer_file(path)
    with no_panic(path):
        tokenizer = Tokenizer.from_file(str(path))
        tokenizer.no_truncation()  # the pipeline has windows, and pads batches
        tokenizer.no_padding()
    return tokenizer


@contextmanager
def no_panic(path: Path) -> Iterator[None]:
    """Whatever tokenizers raises within a `with` block is a ValueError that names the file.

    Its Rust side raises plain Exception, and where it panics what is no Exception at all.
    """
    try:
        yield
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        raise ValueError(f"{path} is not a tokenizer that fits: {shown_text(error)}") from error


def write_tokenizer(folder: Path, tokenizer: Tokenizer, config: EncoderConfig) -> None:
    """Write both files.

    Raises:
        OSError: a file cannot be written.
    """
    text = tokenizer.to_str(pretty=True)
    (folder / TOKENIZER).write_text(text, encoding="utf-8")
    write_json(folder / TOKENIZER_CONFIG, tokenizer_config(tokenizer, config))


def tokenizer_config(tokenizer: Tokenizer, config: EncoderConfig) -> dict[str, Any]:
    """The contents of tokenizer_config.json."""
    template = PairTemplate.of(tokenizer)
    first, _, last = template.specials
    types = ["token_type_ids"] if template.document_type else []
    names = {"pad_token": config.pad_token_id}
    names |= {"cls_token": first[0]} if first else {}
    names |= {"sep_token": last[-1]} if last else {}
    tokens = {name: tokenizer.id_to_token(token) for name, token in names.items()}
    # The model of a tokenizer need not tell: a Unigram has the id of its unknown token to itself.
    known = {"unk_token": ("[UNK]", "<unk>"), "mask_token": ("[MASK]", "<mask>")}
    for name, usual in known.items():
        found = (token for token in usual if tokenizer.token_to_id(token) is not None)
        tokens[name] = next(found, None)
    tokens["unk_token"] = getattr(tokenizer.model, "unk_token", None) or tokens["unk_token"]
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": config.max_length,
        "model_input_names": ["input_ids", *types, "attention_mask"],
        **{name: token for name, token in tokens.items() if token is not None},
    }
