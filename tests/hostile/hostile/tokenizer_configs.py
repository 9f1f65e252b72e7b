"""Hostile tokenizer_config.json, and the older files of tokenizers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hostile.case import (
    HARMLESS,
    REFUSED,
    SAME,
    TOKENIZER,
    TOKENIZER_CONFIG,
    Case,
    Change,
    Removed,
    foreign_module,
    removing,
    setting,
    several,
    writing,
    writing_json,
)

CONFIG_KEYS, OLDER = "tokenizer_config.json", "older tokenizer files"
KINDS = (CONFIG_KEYS, OLDER)


def cases(good: Path) -> Iterator[Case]:
    yield from _config_cases(good)
    yield from _older()


_ODD: dict[str, Any] = {
    "removed": Removed,
    "null": None,
    "0": 0,
    "-1": -1,
    "1e30": 1e30,
    "true": True,
    "false": False,
    "x": "x",
    "empty": "",
    "[SEP]": "[SEP]",
    "cats": "cats",
    "list": ["x"],
    "{}": {},
    "AddedToken": {"__type": "AddedToken", "content": "cats", "special": True, "lstrip": True},
    "long": "x" * 100_000,
}
_TOKEN_KEYS = ("cls_token", "mask_token", "pad_token", "sep_token", "unk_token", "bos_token")
_OTHER_KEYS = ("model_max_length", "model_input_names", "backend", "tokenizer_class")
_ADDED_KEYS: dict[str, dict[str, Any]] = {
    "do_lower_case true": {"do_lower_case": True},
    "do_lower_case false": {"do_lower_case": False, "strip_accents": False},
    "clean_text": {"clean_text": False, "tokenize_chinese_chars": False},
    "lowercase by its class": {"tokenizer_class": "BertTokenizer", "do_lower_case": False},
    "BertTokenizerFast": {"tokenizer_class": "BertTokenizerFast"},
    "XLMRobertaTokenizer": {"tokenizer_class": "XLMRobertaTokenizer"},
    "T5TokenizerFast": {"tokenizer_class": "T5TokenizerFast"},
    "GPT2Tokenizer": {"tokenizer_class": "GPT2Tokenizer"},
    "LlamaTokenizerFast": {"tokenizer_class": "LlamaTokenizerFast", "add_bos_token": True},
    "ByT5Tokenizer": {"tokenizer_class": "ByT5Tokenizer"},
    "CanineTokenizer": {"tokenizer_class": "CanineTokenizer"},
    "TapexTokenizer": {"tokenizer_class": "TapexTokenizer"},
    "PreTrainedTokenizer": {"tokenizer_class": "PreTrainedTokenizer"},
    "TokenizersBackend": {"tokenizer_class": "TokenizersBackend"},
    "SentencePieceBackend": {"tokenizer_class": "SentencePieceBackend"},
    "MistralCommonBackend": {"tokenizer_class": "MistralCommonBackend", "mode": "test"},
    "RagTokenizer": {"tokenizer_class": "RagTokenizer"},
    "a class of another module": {"tokenizer_class": "torch.utils.collect_env.main"},
    "a class that is a path": {"tokenizer_class": "../outside/x.X"},
    "a model's class": {"tokenizer_class": "BertModel"},
    "cls and sep exchanged": {"cls_token": "[SEP]", "sep_token": "[CLS]"},
    "pad and unk exchanged": {"pad_token": "[UNK]", "unk_token": "[PAD]"},
    "pad past the table": {"pad_token": "[NEW]"},
    "a chat template": {"chat_template": "{{ ''.__class__.__mro__ }}"},
    "a chat template that runs": {
        "chat_template": "{{ cycler.__init__.__globals__.os.system('x') }}"
    },
    "chat templates of a number": {"chat_template": 5},
    "extra_special_tokens": {"extra_special_tokens": {"image_token": "cats"}},
    "extra_special_tokens list": {"extra_special_tokens": ["cats", "the"]},
    "additional_special_tokens": {"additional_special_tokens": ["cats", "paris"]},
    "additional_special_tokens new": {"additional_special_tokens": ["[NEW1]", "[NEW2]"]},
    "additional_special_tokens number": {"additional_special_tokens": 5},
    "added_tokens_decoder": {
        "added_tokens_decoder": {
            "9": {
                "content": "cats",
                "special": True,
                "lstrip": False,
                "rstrip": False,
                "normalized": False,
                "single_word": False,
            }
        }
    },
    "added_tokens_decoder past the table": {
        "added_tokens_decoder": {
            "1000000": {
                "content": "zebra",
                "special": True,
                "lstrip": False,
                "rstrip": False,
                "normalized": False,
                "single_word": False,
            }
        }
    },
    "added_tokens_decoder damaged": {"added_tokens_decoder": {"x": 5}},
    "split_special_tokens": {"split_special_tokens": True},
    "clean_up_tokenization_spaces": {"clean_up_tokenization_spaces": True},
    "padding_side": {"padding_side": "left"},
    "padding_side x": {"padding_side": "x"},
    "truncation_side": {"truncation_side": "left"},
    "truncation_side x": {"truncation_side": "x"},
    "max_length": {"max_length": 5, "truncation": True, "stride": 3},
    "model_max_length 8": {"model_max_length": 8},
    "model_input_names short": {"model_input_names": ["input_ids"]},
    "model_input_names long": {"model_input_names": ["input_ids", "x", "pixel_values"]},
    "padding fixed": {"pad_to_multiple_of": 64, "padding": "max_length"},
    "add_prefix_space": {"add_prefix_space": True},
    "add_bos_token": {"add_bos_token": True, "add_eos_token": True},
    "from_slow": {"from_slow": True},
    "use_fast false": {"use_fast": False},
    "legacy": {"legacy": True},
    "tokenizer_file outside": {"tokenizer_file": "../outside/tokenizer.json"},
    "tokenizer_object": {"tokenizer_object": "x"},
    "vocab_file": {"vocab_file": "/etc/passwd"},
    "vocab": {"vocab": {"[UNK]": 0}},
    "merges": {"merges": [["a", "b"]]},
    "fast_tokenizer_files": {"fast_tokenizer_files": ["tokenizer.9.0.0.json", "../outside/x"]},
    "name_or_path": {"name_or_path": "evil/x"},
    "processor_class": {"processor_class": "EvilProcessor"},
    "fix_mistral_regex": {"fix_mistral_regex": True},
    "hub options": {"token": "secret", "revision": "evil", "cache_dir": "/evil/x"},
    "trust_remote_code": {"trust_remote_code": True},
    "gguf_file": {"gguf_file": "../outside/x.gguf"},
    "subfolder": {"subfolder": "../outside"},
    "_commit_hash": {"_commit_hash": "x"},
    "init_inputs": {"init_inputs": ["evil", "x"]},
    "__class__": {"__class__": "x"},
    "method encode": {"encode": "x", "__call__": "x", "backend_tokenizer": "x"},
    "a class of another repository": {"tokenizer_class": "evil/x--tokenization_x.XTokenizer"},
    "a class by its path": {"tokenizer_class": "pruning_core.pruner.Pruner"},
    "a class that is a list": {"tokenizer_class": ["PreTrainedTokenizerFast"]},
    "auto_map a text": {"auto_map": "tokenization_x.X"},
    "auto_map a number": {"auto_map": 5},
    "auto_map a list": {"auto_map": ["tokenization_x.X", None]},
    "auto_map of all": {"auto_map": dict.fromkeys(("AutoModel", "AutoConfig"), "x.X")},
    "auto_map of three": {"auto_map": {"AutoTokenizer": ["x.X", "x.Y", "x.Z"]}},
    "auto_map of nulls": {"auto_map": {"AutoTokenizer": [None, None]}},
    "auto_map empty list": {"auto_map": {"AutoTokenizer": []}},
    "custom_pipelines": {"custom_pipelines": {"x": {"impl": "x.X"}}},
    "specials in lists": {"cls_token": ["[CLS]"], "sep_token": ["[SEP]"]},
    "specials without a type": {"cls_token": {"content": "[SEP]"}},
    "specials of another type": {"cls_token": {"__type": "os.system", "content": "[CLS]"}},
    "unk_token that is new": {"unk_token": "[NEW]"},
    "a language code": {"src_lang": "en", "tgt_lang": "fr"},
    "padding to a length": {"pad_token": "[PAD]", "pad_token_type_id": 9, "pad_to_multiple_of": 8},
    "add_special_tokens false": {"add_special_tokens": False},
    "model_input_names with types": {
        "model_input_names": ["input_ids", "token_type_ids", "attention_mask", "token_type_ids"]
    },
    "do_basic_tokenize": {"do_basic_tokenize": False, "never_split": ["cats"]},
    "10,000 keys": {f"key {i}": i for i in range(10_000)},
}


def _config_cases(good: Path) -> Iterator[Case]:
    text = (good / "bert" / TOKENIZER_CONFIG).read_text(encoding="utf-8")

    def case(label: str, change: Change, *names: str, code: bool = False) -> Case:
        return Case(
            name=f"tokenizer_config.json: {label}",
            kind=CONFIG_KEYS,
            change=change,
            expect=HARMLESS,
            by_way={"core": SAME},  # which does not read it
            names=("tokenizer", *names),
            foreign_code=code,
        )

    for key in (*_TOKEN_KEYS, *_OTHER_KEYS):
        for label, value in _ODD.items():
            change = setting(TOKENIZER_CONFIG, (), **{key: value})
            yield case(f"{key}={label}", change, key)
    for label, values in _ADDED_KEYS.items():
        names = tuple(key[:100] for key in values)
        yield case(label, setting(TOKENIZER_CONFIG, (), **values), *names)
    for label, contents in {
        "empty": "",
        "a list": "[]",
        "an empty object": "{}",
        "null": "null",
        "100,000 brackets": "[" * 100_000,
        "truncated": text[: len(text) // 2],
        "UTF-16": text.encode("utf-16"),
        "byte order mark": b"\xef\xbb\xbf" + text.encode(),
        "a key twice": text.replace("{", '{"cls_token": "[SEP]", "cls_token": "cats",', 1),
        "400 levels": text.replace("{", '{"deep": ' + '{"a":' * 400 + "1" + "}" * 400 + ",", 1),
    }.items():
        yield case(label, writing(TOKENIZER_CONFIG, contents))
    yield case("missing", removing(TOKENIZER_CONFIG))
    for label, reference in {
        "of the folder": ["tokenization_x.XTokenizer", None],
        "fast": [None, "tokenization_x.XTokenizer"],
        "as a text": "tokenization_x.XTokenizer",
        "of another repository": ["evil/x--tokenization_x.XTokenizer", None],
    }.items():
        change = several(
            setting(TOKENIZER_CONFIG, (), auto_map={"AutoTokenizer": reference}),
            foreign_module("tokenization_x.py"),
        )
        yield case(f"auto_map {label}", change, "auto_map", "AutoTokenizer")
        also = several(change, setting(TOKENIZER_CONFIG, (), tokenizer_class="XTokenizer"))
        yield case(f"auto_map {label}, and its class", also, "auto_map", "XTokenizer")


def _older() -> Iterator[Case]:
    words = "\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "cats", "paris"])
    token = {"content": "cats", "lstrip": False, "rstrip": False, "normalized": False}
    files: dict[str, tuple[str, Any]] = {
        "special_tokens_map exchanges": (
            "special_tokens_map.json",
            {"cls_token": "[SEP]", "sep_token": "[CLS]", "unk_token": "[PAD]"},
        ),
        "special_tokens_map of words": (
            "special_tokens_map.json",
            {"sep_token": token, "additional_special_tokens": ["paris", "the"]},
        ),
        "special_tokens_map new": ("special_tokens_map.json", {"sep_token": "[NEW]"}),
        "special_tokens_map a list": ("special_tokens_map.json", ["x"]),
        "special_tokens_map of numbers": ("special_tokens_map.json", {"sep_token": 5}),
        "added_tokens": ("added_tokens.json", {"cats": 5, "zebra": 10**6}),
        "added_tokens negative": ("added_tokens.json", {"zebra": -5}),
        "added_tokens a list": ("added_tokens.json", ["x"]),
        "vocab.json": ("vocab.json", {"cats": 0}),
        "chat templates": ("chat_template.json", {"chat_template": "{{ 1/0 }}"}),
        "tokenizer.9.9.9.json": ("tokenizer.9.9.9.json", {}),
    }
    for label, (file, data) in files.items():
        yield Case(
            name=f"older tokenizer files: {label}",
            kind=OLDER,
            change=writing_json(file, data),
            expect=HARMLESS,
            by_way={"core": SAME},
            names=(file, "tokenizer"),
        )
        yield Case(
            name=f"older tokenizer files: {label}, without tokenizer_config.json",
            kind=OLDER,
            change=several(removing(TOKENIZER_CONFIG), writing_json(file, data)),
            expect=HARMLESS,
            by_way={"core": SAME},
            names=(file, "tokenizer"),
        )
    plain: dict[str, tuple[str, str | bytes]] = {
        "vocab.txt": ("vocab.txt", words),
        "merges.txt": ("merges.txt", "#version: 0.2\na b"),
        "spiece.model": ("spiece.model", b"\x00\x01"),
        "sentencepiece.bpe.model": ("sentencepiece.bpe.model", b"\x00\x01"),
        "tokenizer.model": ("tokenizer.model", b"\x00\x01"),
        "tekken.json": ("tekken.json", "{}"),
        "chat_template.jinja": ("chat_template.jinja", "{{ 1/0 }}"),
        "special_tokens_map damaged": ("special_tokens_map.json", "{"),
        "added_tokens damaged": ("added_tokens.json", "{"),
        "vocab.txt in binary": ("vocab.txt", b"\xff\xfe\x00"),
    }
    for label, (file, contents) in plain.items():
        yield Case(
            name=f"older tokenizer files: {label}",
            kind=OLDER,
            change=writing(file, contents),
            expect=HARMLESS,
            by_way={"core": SAME},
            names=(file, "tokenizer"),
        )
        yield Case(
            name=f"older tokenizer files: {label}, without tokenizer.json",
            kind=OLDER,
            change=several(removing(TOKENIZER), writing(file, contents)),
            expect=REFUSED,
            names=(file, "tokenizer"),
        )
