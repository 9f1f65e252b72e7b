"""Hostile tokenizers: tokenizer.json, tokenizer_config.json and the older files next to them."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from hostile.case import (
    AGREE,
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
    several,
    setting,
    writing,
    writing_json,
)

DAMAGED, CONTENTS, CONFIG_KEYS, OLDER = (
    "tokenizer.json: damaged",
    "tokenizer.json: contents",
    "tokenizer_config.json",
    "older tokenizer files",
)
NAMES = ("token", "template", "vocabulary", "embeddings")


def editing(edit: Callable[[dict[str, Any]], object]) -> Change:
    """A change that edits tokenizer.json as data."""

    def change(folder: Path) -> None:
        path = folder / TOKENIZER
        data = json.loads(path.read_text(encoding="utf-8"))
        edit(data)
        path.write_text(json.dumps(data), encoding="utf-8")

    return change


def cases(good: Path) -> Iterator[Case]:
    text = (good / "bert" / TOKENIZER).read_text(encoding="utf-8")
    for label, (change, expect) in (_damaged(text) | _contents()).items():
        is_damaged = label in _damaged(text)
        yield Case(
            name=f"tokenizer.json: {label}",
            kind=DAMAGED if is_damaged else CONTENTS,
            change=change,
            expect=expect,
            names=NAMES,
        )
    for base in ("xlm-roberta", "modernbert", "deberta-v2", "bert-pruning-only"):
        for label in ("an id past the table", "reversed", "no document", "token types of 5"):
            change, expect = _contents()[label]
            if base in {"modernbert", "deberta-v2"} and label == "token types of 5":
                expect = AGREE  # they read no token types
            yield Case(
                name=f"tokenizer.json: {label} [{base}]",
                kind=CONTENTS,
                base=base,
                change=change,
                expect=expect,
                names=NAMES,
            )
    yield from _config_cases(good)
    yield from _older()


def _damaged(text: str) -> dict[str, tuple[Change, str]]:
    contents: dict[str, str | bytes] = {
        "empty": "",
        "a list": "[]",
        "an empty object": "{}",
        "null": "null",
        "100,000 brackets": "[" * 100_000,
        "100,000 objects": '{"a":' * 100_000,
        "UTF-16": text.encode("utf-16"),
        "invalid UTF-8": text.encode().replace(b"paris", b"\xff\xff"),
        "zero bytes": bytes(1_000),
        "trailing text": text + "x",
        "a pickle": b"\x80\x04\x95",
    }
    for share in (1, 25, 50, 75, 99):
        contents[f"truncated to {share}%"] = text[: len(text) * share // 100]
    changes = {name: (writing(TOKENIZER, data), REFUSED) for name, data in contents.items()}
    changes["missing"] = (removing(TOKENIZER), REFUSED)
    changes["missing, and its configuration"] = (removing(TOKENIZER, TOKENIZER_CONFIG), REFUSED)
    changes["byte order mark"] = (writing(TOKENIZER, b"\xef\xbb\xbf" + text.encode()), HARMLESS)
    return changes


def _template(pair: list[dict[str, Any]], **specials: list[int]) -> Change:
    def edit(data: dict[str, Any]) -> None:
        post = data["post_processor"]
        post["pair"] = pair
        for name, ids in specials.items():
            post["special_tokens"][name] = {"id": name, "ids": ids, "tokens": [name] * len(ids)}

    return editing(edit)


def _special(name: str, type_id: int = 0) -> dict[str, Any]:
    return {"SpecialToken": {"id": name, "type_id": type_id}}


def _sequence(name: str, type_id: int = 0) -> dict[str, Any]:
    return {"Sequence": {"id": name, "type_id": type_id}}


def _contents() -> dict[str, tuple[Change, str]]:
    a, b, cls, sep = _sequence("A"), _sequence("B", 1), _special("[CLS]"), _special("[SEP]")

    def vocabulary(**words: int) -> Change:
        return editing(lambda data: data["model"]["vocab"].update(words))

    def model(value: Any) -> Change:
        return editing(lambda data: data.update(model=value))

    def model_keys(**values: Any) -> Change:
        return editing(lambda data: data["model"].update(values))

    def part(name: str, value: Any) -> Change:
        return editing(lambda data: data.update({name: value}))

    def added(**values: Any) -> Change:
        token = {
            "id": 150,
            "content": "zebra",
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "special": True,
            **values,
        }
        return editing(lambda data: data.update(added_tokens=[token]))

    def replace(pattern: dict[str, str], content: str) -> Change:
        return part("normalizer", {"type": "Replace", "pattern": pattern, "content": content})

    def nested(name: str, inner: str, depth: int) -> Change:
        value: dict[str, Any] = {"type": "Lowercase"}
        for _ in range(depth):
            value = {"type": "Sequence", inner: [value]}
        return part(name, value)

    many = {f"[X{i}]": [i % 150] for i in range(50)}
    return {
        "an id past the table": (vocabulary(zebra=10**6), REFUSED),
        "a word's id past the table": (vocabulary(cats=151), REFUSED),
        "the largest id": (vocabulary(zebra=2**32 - 1), REFUSED),
        "an id too large": (vocabulary(zebra=2**32), REFUSED),
        "a negative id": (vocabulary(zebra=-1), REFUSED),
        "an id of a float": (vocabulary(zebra=1.5), REFUSED),  # type: ignore[arg-type]
        "an id twice": (vocabulary(zebra=5), AGREE),
        "an added token past the table": (added(id=10**6), REFUSED),
        "an added token with the largest id": (added(id=2**32 - 1), REFUSED),
        "an added token: the": (added(content="the", id=5), AGREE),
        "an added token: cats, not special": (added(content="cats", special=False), AGREE),
        "an added token: a": (added(content="a"), AGREE),
        "an added token: a blank": (added(content=" "), AGREE),
        "an added token: nothing": (added(content=""), AGREE),
        "an added token: strips": (added(content="is", lstrip=True, rstrip=True), AGREE),
        "an added token: single word": (added(content="in", single_word=True), AGREE),
        "an added token: normalized": (added(content="Paris", normalized=True), AGREE),
        "an added token: a full stop": (added(content="."), AGREE),
        "an added token: long": (added(content="x" * 1_000_000), AGREE),
        "10,000 added tokens": (
            editing(
                lambda data: data.update(
                    added_tokens=[
                        {
                            "id": 151 + i,
                            "content": f"[T{i}]",
                            "single_word": False,
                            "lstrip": False,
                            "rstrip": False,
                            "normalized": False,
                            "special": True,
                        }
                        for i in range(10_000)
                    ]
                )
            ),
            REFUSED,
        ),
        "an added token without keys": (part("added_tokens", [{"id": 3}]), REFUSED),
        "added tokens null": (part("added_tokens", None), REFUSED),
        "no [SEP] in the vocabulary": (
            editing(lambda data: data["model"]["vocab"].pop("[SEP]")),
            AGREE,
        ),
        "no [UNK] in the vocabulary": (
            editing(lambda data: data["model"]["vocab"].pop("[UNK]")),
            AGREE,
        ),
        "no [PAD] in the vocabulary": (
            editing(lambda data: data["model"]["vocab"].pop("[PAD]")),
            AGREE,
        ),
        "[SEP] and [CLS] exchanged": (
            editing(lambda data: data["model"]["vocab"].update({"[SEP]": 2, "[CLS]": 3})),
            AGREE,
        ),
        "an empty vocabulary": (model_keys(vocab={}), AGREE),
        "a vocabulary of one": (model_keys(vocab={"[UNK]": 1}), AGREE),
        "a vocabulary that is a list": (model_keys(vocab=[["a", 1.0]]), AGREE),
        "no vocabulary": (editing(lambda data: data["model"].pop("vocab")), AGREE),
        "unk_token null": (model_keys(unk_token=None), AGREE),
        "unk_token absent": (model_keys(unk_token="[NOPE]"), AGREE),
        "no prefix": (model_keys(continuing_subword_prefix=""), AGREE),
        "long prefix": (model_keys(continuing_subword_prefix="#" * 100_000), AGREE),
        "words of no letters": (model_keys(max_input_chars_per_word=0), AGREE),
        "words of any length": (model_keys(max_input_chars_per_word=10**18), AGREE),
        "words of negative length": (model_keys(max_input_chars_per_word=-1), REFUSED),
        "model null": (model(None), REFUSED),
        "model of no type": (model({"type": "Nope"}), REFUSED),
        "model BPE, empty": (model({"type": "BPE", "vocab": {}, "merges": []}), AGREE),
        "model BPE, bad merges": (
            model({"type": "BPE", "vocab": {"a": 0}, "merges": ["x y"]}),
            REFUSED,
        ),
        "model WordLevel": (
            model({"type": "WordLevel", "vocab": {"[UNK]": 1, "cats": 9}, "unk_token": "[UNK]"}),
            AGREE,
        ),
        "model WordLevel without unknown": (
            model({"type": "WordLevel", "vocab": {"cats": 9}, "unk_token": "[UNK]"}),
            AGREE,
        ),
        "model Unigram, empty": (model({"type": "Unigram", "vocab": [], "unk_id": None}), AGREE),
        "model Unigram, unknown outside": (
            model({"type": "Unigram", "vocab": [["a", -1.0]], "unk_id": 9}),
            AGREE,
        ),
        "model Unigram, no unknown": (
            model({"type": "Unigram", "vocab": [["a", -1.0]], "unk_id": None}),
            AGREE,
        ),
        "model Unigram, scores of NaN": (
            model({"type": "Unigram", "vocab": [["a", 1e400]], "unk_id": 0}),
            AGREE,
        ),
        "no template": (part("post_processor", None), AGREE),
        "no document": (_template([cls, a, sep]), REFUSED),
        "no query": (_template([cls, b, sep]), REFUSED),
        "neither": (_template([cls, sep]), REFUSED),
        "an empty template": (_template([]), REFUSED),
        "reversed": (_template([cls, b, sep, a, sep]), REFUSED),
        "the query twice": (_template([cls, a, sep, a, sep, b]), AGREE),
        "the document twice": (_template([cls, a, sep, b, sep, b]), AGREE),
        "the query again": (_template([cls, a, sep, b, sep, a]), REFUSED),
        "no specials": (_template([a, b]), AGREE),
        "specials at the end": (_template([a, b, cls, sep, cls, sep]), AGREE),
        "token types of 5": (_template([cls, a, sep, _sequence("B", 5), sep]), REFUSED),
        "token types of specials of 5": (_template([_special("[CLS]", 5), a, sep, b]), REFUSED),
        "token types of 2**32": (_template([cls, a, sep, _sequence("B", 2**32), sep]), REFUSED),
        "a special token past the table": (
            _template([cls, a, sep, b, sep], **{"[SEP]": [10**6]}),
            REFUSED,
        ),
        "a special token of 50 ids": (
            _template([cls, a, sep, b, sep], **{"[SEP]": [3] * 25}),
            AGREE,
        ),
        "a special token of 100,000 ids": (
            _template([cls, a, sep, b, sep], **{"[SEP]": [3] * 100_000}),
            REFUSED,
        ),
        "a special token of no ids": (_template([cls, a, sep, b, sep], **{"[SEP]": []}), AGREE),
        "50 special tokens": (
            _template([*(_special(n) for n in many), a, sep, b, sep], **many),
            AGREE,
        ),
        "a special token that is unknown": (_template([_special("[NOPE]"), a, b]), REFUSED),
        "template of BERT": (
            part(
                "post_processor",
                {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]},
            ),
            AGREE,
        ),
        "template of BERT past the table": (
            part(
                "post_processor",
                {"type": "BertProcessing", "sep": ["[SEP]", 10**6], "cls": ["[CLS]", 2]},
            ),
            REFUSED,
        ),
        "template of RoBERTa": (
            part(
                "post_processor",
                {
                    "type": "RobertaProcessing",
                    "sep": ["[SEP]", 3],
                    "cls": ["[CLS]", 2],
                    "trim_offsets": True,
                    "add_prefix_space": True,
                },
            ),
            AGREE,
        ),
        "template of bytes": (
            part(
                "post_processor",
                {
                    "type": "ByteLevel",
                    "add_prefix_space": True,
                    "trim_offsets": True,
                    "use_regex": True,
                },
            ),
            AGREE,
        ),
        "normalizer null": (part("normalizer", None), AGREE),
        "normalizer unknown": (part("normalizer", {"type": "Nope"}), REFUSED),
        "normalizer empties": (replace({"Regex": "(?s)."}, ""), REFUSED),
        "normalizer empties a": (replace({"String": "a"}, ""), AGREE),
        "normalizer swells a": (replace({"String": "a"}, "a" * 10_000), AGREE),
        "normalizer swells everything": (replace({"Regex": "."}, "cat " * 1_000), AGREE),
        "normalizer replaces nothing": (replace({"String": ""}, "x"), AGREE),
        "normalizer with a slow expression": (replace({"Regex": "(a|a|aa)*$"}, "x"), AGREE),
        "normalizer with a catastrophic expression": (
            replace({"Regex": "(a|a)*(a|a)*(a|a)*b"}, "x"),
            AGREE,
        ),
        "normalizer with a bad expression": (replace({"Regex": "("}, "x"), REFUSED),
        "normalizer puts [SEP]": (replace({"String": "cats"}, "[SEP]"), AGREE),
        "normalizer prepends": (part("normalizer", {"type": "Prepend", "prepend": "x" * 9}), AGREE),
        "normalizer of zero bytes": (
            part("normalizer", {"type": "Precompiled", "precompiled_charsmap": ""}),
            AGREE,
        ),
        "normalizer of bad bytes": (
            part("normalizer", {"type": "Precompiled", "precompiled_charsmap": "AAAA"}),
            AGREE,
        ),
        "normalizer of bytes that lie": (
            part("normalizer", {"type": "Precompiled", "precompiled_charsmap": "/////wAAAAAAAA=="}),
            AGREE,
        ),
        "normalizer of no base64": (
            part("normalizer", {"type": "Precompiled", "precompiled_charsmap": "%%%"}),
            REFUSED,
        ),
        "normalizer nested 50 deep": (nested("normalizer", "normalizers", 50), AGREE),
        "normalizer nested 400 deep": (nested("normalizer", "normalizers", 400), AGREE),
        "normalizer NFKD and strip": (
            part(
                "normalizer",
                {"type": "Sequence", "normalizers": [{"type": "NFKD"}, {"type": "StripAccents"}]},
            ),
            AGREE,
        ),
        "pre-tokenizer null": (part("pre_tokenizer", None), AGREE),
        "pre-tokenizer unknown": (part("pre_tokenizer", {"type": "Nope"}), REFUSED),
        "pre-tokenizer of letters": (
            part(
                "pre_tokenizer",
                {
                    "type": "Split",
                    "pattern": {"Regex": "."},
                    "behavior": "Isolated",
                    "invert": False,
                },
            ),
            AGREE,
        ),
        "pre-tokenizer that removes": (
            part(
                "pre_tokenizer",
                {
                    "type": "Split",
                    "pattern": {"Regex": "."},
                    "behavior": "Removed",
                    "invert": False,
                },
            ),
            REFUSED,
        ),
        "pre-tokenizer with a catastrophic expression": (
            part(
                "pre_tokenizer",
                {
                    "type": "Split",
                    "pattern": {"Regex": "(a|a)*(a|a)*(a|a)*b"},
                    "behavior": "Isolated",
                    "invert": False,
                },
            ),
            AGREE,
        ),
        "pre-tokenizer with a bad expression": (
            part(
                "pre_tokenizer",
                {
                    "type": "Split",
                    "pattern": {"Regex": "["},
                    "behavior": "Isolated",
                    "invert": False,
                },
            ),
            REFUSED,
        ),
        "pre-tokenizer of bytes": (
            part(
                "pre_tokenizer",
                {
                    "type": "ByteLevel",
                    "add_prefix_space": True,
                    "trim_offsets": True,
                    "use_regex": True,
                },
            ),
            AGREE,
        ),
        "pre-tokenizer Metaspace": (
            part(
                "pre_tokenizer",
                {
                    "type": "Metaspace",
                    "replacement": "▁",
                    "prepend_scheme": "always",
                    "split": True,
                },
            ),
            AGREE,
        ),
        "pre-tokenizer Metaspace of two letters": (
            part(
                "pre_tokenizer",
                {
                    "type": "Metaspace",
                    "replacement": "ab",
                    "prepend_scheme": "always",
                    "split": True,
                },
            ),
            AGREE,
        ),
        "decoder unknown": (part("decoder", {"type": "Nope"}), REFUSED),
        "decoder of another": (part("decoder", {"type": "ByteLevel"}), AGREE),
        "truncation set": (
            part(
                "truncation",
                {"direction": "Left", "max_length": 4, "strategy": "LongestFirst", "stride": 0},
            ),
            SAME,
        ),
        "truncation to nothing": (
            part(
                "truncation",
                {"direction": "Right", "max_length": 0, "strategy": "OnlySecond", "stride": 0},
            ),
            HARMLESS,
        ),
        "truncation with a stride": (
            part(
                "truncation",
                {"direction": "Right", "max_length": 9, "strategy": "OnlyFirst", "stride": 99},
            ),
            HARMLESS,
        ),
        "padding set": (
            part(
                "padding",
                {
                    "strategy": {"Fixed": 40},
                    "direction": "Left",
                    "pad_to_multiple_of": 7,
                    "pad_id": 9,
                    "pad_type_id": 1,
                    "pad_token": "cats",
                },
            ),
            SAME,
        ),
        "padding to 10**9": (
            part(
                "padding",
                {
                    "strategy": {"Fixed": 10**9},
                    "direction": "Right",
                    "pad_to_multiple_of": None,
                    "pad_id": 0,
                    "pad_type_id": 0,
                    "pad_token": "[PAD]",
                },
            ),
            HARMLESS,
        ),
        "version 9.9": (part("version", "9.9"), HARMLESS),
        "keys that nobody knows": (part("x", {"y": 1}), HARMLESS),
        "an address in it": (part("url", "https://evil.example"), HARMLESS),
    }


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
    "hub options": {"token": "secret", "revision": "evil", "cache_dir": "/tmp/x"},
    "trust_remote_code": {"trust_remote_code": True},
    "gguf_file": {"gguf_file": "../outside/x.gguf"},
    "subfolder": {"subfolder": "../outside"},
    "_commit_hash": {"_commit_hash": "x"},
    "init_inputs": {"init_inputs": ["evil", "x"]},
    "__class__": {"__class__": "x"},
    "method encode": {"encode": "x", "__call__": "x", "backend_tokenizer": "x"},
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
