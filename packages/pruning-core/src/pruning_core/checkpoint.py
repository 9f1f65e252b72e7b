"""Save and load: a directory or a hub id in the Hugging Face layout, safetensors only."""

import json
import pickle
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import Tensor, nn

from pruning_core.config import EncoderConfig
from pruning_core.families import KeyTable, family_of
from pruning_core.tokenization import PairTemplate

CONFIG, WEIGHTS, TOKENIZER = "config.json", "model.safetensors", "tokenizer.json"
TOKENIZER_CONFIG = "tokenizer_config.json"
_PICKLES = (".bin", ".pt", ".pth", ".pkl", ".ckpt")


def resolve(model: str | Path, revision: str | None = None) -> Path:
    """The folder of a checkpoint: `model` itself, or a download of the hub repository.

    Raises:
        FileNotFoundError: `model` looks like a path, and there is no such folder.
    """
    folder = Path(model)
    if folder.is_dir():
        if revision is not None:
            raise ValueError(f"`revision` {revision!r} is for hub ids; {str(model)!r} is a folder")
        return folder
    if isinstance(model, Path) or len(folder.parts) != 2 or str(model).startswith((".", "~")):
        raise FileNotFoundError(f"`model` {str(model)!r} is neither a folder nor a hub id")
    from huggingface_hub import snapshot_download  # only a download needs it

    files = [CONFIG, WEIGHTS, TOKENIZER, TOKENIZER_CONFIG, "pruning_encoder_config.json"]
    files += ["ranking_model/*", "encoder_model/*", "pruning_head/*"]  # those of `families`
    return Path(snapshot_download(str(model), revision=revision, allow_patterns=files))


def load_config(folder: Path) -> EncoderConfig:
    """Read config.json, ours or of a family of `families`.

    Raises:
        FileNotFoundError, ValueError: it is missing or wrong.
    """
    data = _read_json(folder / CONFIG)
    family = family_of(data, folder)
    return EncoderConfig.from_dict(data) if family is None else family.config(data, folder)


def load_weights(
    folder: Path,
    encoder: nn.Module,
    *,
    as_stored: Collection[str] = (),
    allow_pickled_head: bool = False,
) -> None:
    """Read the weights into `encoder`, in float32 but for the tensors of `as_stored`.

    `allow_pickled_head` reads the head of a July 2025 folder with torch's `weights_only`.

    Raises:
        FileNotFoundError: there are no safetensors weights.
        ValueError: the file is corrupt, or its keys or shapes are not the encoder's.
    """
    state, table = read_state(folder, as_stored=as_stored, allow_pickled_head=allow_pickled_head)
    check_keys(state, encoder.state_dict(), folder, table)
    encoder.load_state_dict(state, assign=True)


def read_state(
    folder: Path, *, as_stored: Collection[str] = (), allow_pickled_head: bool = False
) -> tuple[dict[str, Tensor], KeyTable]:
    """The weights under our keys, and the table that made them so; see `load_weights`."""
    family = family_of(_read_json(folder / CONFIG), folder)
    if family is None:
        return _read_weights(folder / WEIGHTS, as_stored), KeyTable(())
    found = {}
    for path, prefix in family.files(folder):
        is_head = allow_pickled_head and path.suffix == ".bin"
        part = _read_pickle(path) if is_head else _read_weights(path, ())
        found.update({prefix + name: tensor for name, tensor in part.items()})
    table = family.keys(found)
    keys = {name: table.ours(name) for name in found}
    return {key: found[name] for name, key in keys.items() if key is not None}, table


def load_tokenizer(folder: Path) -> Tokenizer:
    """Read tokenizer.json.

    Raises:
        FileNotFoundError, ValueError: it is missing or corrupt.
    """
    places = [folder / TOKENIZER, folder / "ranking_model" / TOKENIZER]
    path = next((place for place in places if place.is_file()), None)
    if path is None:
        raise FileNotFoundError(f"{folder} has no {TOKENIZER}")
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the Rust side raises plain Exception
        raise ValueError(f"{path} is not a tokenizer: {error}") from error
    config = folder / CONFIG
    family = family_of(_read_json(config), folder) if config.is_file() else None
    return tokenizer if family is None else family.packing(tokenizer)


def save_checkpoint(
    folder: Path, encoder: nn.Module, config: EncoderConfig, tokenizer: Tokenizer | None
) -> None:
    """Write config.json, model.safetensors and, when given, the tokenizer's two files."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_json(folder / CONFIG, {"architectures": ["PruningEncoder"], **config.to_dict()})
    state = {name: tensor.contiguous() for name, tensor in encoder.state_dict().items()}
    save_file(state, folder / WEIGHTS, metadata={"format": "pt"})
    if tokenizer is not None:
        tokenizer.save(str(folder / TOKENIZER))
        _write_json(folder / TOKENIZER_CONFIG, tokenizer_config(tokenizer, config))


def _read_weights(path: Path, as_stored: Collection[str]) -> dict[str, Tensor]:
    if not path.is_file() or path.suffix in _PICKLES:
        files = path.parent.iterdir() if path.parent.is_dir() else ()
        pickles = sorted(file.name for file in files if file.suffix in _PICKLES)
        reason = ""
        if pickles:
            reason = f"; {', '.join(pickles)} is refused, since loading a pickle can run any code"
        if path.suffix in _PICKLES:
            reason += "; `allow_pickled_head=True` reads it with torch's `weights_only`"
        raise FileNotFoundError(f"{path.parent} has no {WEIGHTS}{reason}")
    state = {}
    try:
        with safe_open(path, "pt") as file:
            names = list(file.keys())
        for name in names:
            # Opened anew, so that half-precision pages do not stay beside their float32 copies.
            with safe_open(path, "pt") as file:
                tensor = file.get_tensor(name)
                state[name] = tensor.clone() if name in as_stored else tensor.float()
    except SafetensorError as error:
        raise ValueError(f"{path} is truncated or corrupt: {error}") from error
    return state


def _read_pickle(path: Path) -> dict[str, Tensor]:
    """Tensors alone: `weights_only` runs no code of the file."""
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise ValueError(f"{path} is corrupt or holds more than tensors: {error}") from error
    return {name: tensor.float() for name, tensor in state.items()}


def check_keys(
    state: Mapping[str, Tensor], due: Mapping[str, Tensor], folder: Path, table: KeyTable
) -> None:
    """Raise a ValueError that lists what is missing, unexpected or of another shape.

    The names are those of the file, by `table`.
    """
    problems = [f"missing {table.theirs(name)}" for name in due if name not in state]
    problems += [f"unexpected {table.theirs(name)}" for name in state if name not in due]
    problems += [
        f"{table.theirs(name)} is {tuple(state[name].shape)} instead of {tuple(tensor.shape)}"
        for name, tensor in due.items()
        if name in state and state[name].shape != tensor.shape
    ]
    if problems:
        raise ValueError(f"{folder / WEIGHTS} does not fit its config.json: {'; '.join(problems)}")


def tokenizer_config(tokenizer: Tokenizer, config: EncoderConfig) -> dict[str, Any]:
    """What transformers' AutoTokenizer needs beside tokenizer.json."""
    template = PairTemplate.of(tokenizer)
    before, _, behind = template.specials
    types = ["token_type_ids"] if template.document_type else []
    names = {"pad_token": config.pad_token_id}
    names |= {"cls_token": before[0]} if before else {}
    names |= {"sep_token": behind[-1]} if behind else {}
    tokens = {name: tokenizer.id_to_token(token) for name, token in names.items()}
    tokens["unk_token"] = getattr(tokenizer.model, "unk_token", None)
    tokens["mask_token"] = next(
        (token for token in ("[MASK]", "<mask>") if tokenizer.token_to_id(token) is not None), None
    )
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": config.max_length,
        "model_input_names": ["input_ids", *types, "attention_mask"],
        **{name: token for name, token in tokens.items() if token is not None},
    }


def _read_json(path: Path) -> Any:
    if not path.is_file():
        raise FileNotFoundError(f"{path.parent} has no {path.name}")
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path} is not JSON: {error}") from error


def _write_json(path: Path, data: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
