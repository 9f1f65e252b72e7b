"""Contents of tokenizer.json that lie or cannot work: label -> change, expectation."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hostile.case import AGREE, HARMLESS, REFUSED, SAME, TOKENIZER, Change


def editing(edit: Callable[[dict[str, Any]], object]) -> Change:
    """A change that edits tokenizer.json as data."""

    def change(folder: Path) -> None:
        path = folder / TOKENIZER
        data = json.loads(path.read_text(encoding="utf-8"))
        edit(data)
        path.write_text(json.dumps(data), encoding="utf-8")

    return change


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


def _twice(folder: Path) -> None:
    path = folder / TOKENIZER
    text = path.read_text(encoding="utf-8")
    path.write_text('{"model": {"type": "Nope"},' + text.lstrip()[1:], encoding="utf-8")


def _blanks(folder: Path) -> None:
    with (folder / TOKENIZER).open("ab") as file:
        file.write(b" " * 20_000_000)


def contents() -> dict[str, tuple[Change, str]]:
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
        "normalizer swells everything": (replace({"Regex": "."}, "cat " * 100), AGREE),
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
            HARMLESS,
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
        "truncation and padding set": (
            editing(
                lambda data: data.update(
                    truncation={
                        "direction": "Right",
                        "max_length": 3,
                        "strategy": "OnlyFirst",
                        "stride": 0,
                    },
                    padding={
                        "strategy": "BatchLongest",
                        "direction": "Left",
                        "pad_to_multiple_of": 64,
                        "pad_id": 10**6,
                        "pad_type_id": 9,
                        "pad_token": "[NOPE]",
                    },
                )
            ),
            HARMLESS,
        ),
        "truncation a text": (part("truncation", "x"), REFUSED),
        "padding a number": (part("padding", 5), REFUSED),
        "two templates": (
            editing(
                lambda data: data.update(
                    post_processor={
                        "type": "Sequence",
                        "processors": [data["post_processor"], data["post_processor"]],
                    }
                )
            ),
            AGREE,
        ),
        "a template after bytes": (
            editing(
                lambda data: data.update(
                    post_processor={
                        "type": "Sequence",
                        "processors": [
                            {
                                "type": "ByteLevel",
                                "add_prefix_space": True,
                                "trim_offsets": True,
                                "use_regex": True,
                            },
                            data["post_processor"],
                        ],
                    }
                )
            ),
            AGREE,
        ),
        "an empty sequence of templates": (
            part("post_processor", {"type": "Sequence", "processors": []}),
            AGREE,
        ),
        "token types exchanged": (
            _template([_special("[CLS]", 1), _sequence("A", 1), sep, _sequence("B", 0), sep]),
            AGREE,
        ),
        "specials of other types": (
            _template([_special("[CLS]", 1), a, _special("[SEP]", 1), b, _special("[SEP]", 0)]),
            AGREE,
        ),
        "specials that are words": (
            _template([_special("cats"), a, _special("cats"), b], cats=[9]),
            AGREE,
        ),
        "ids in an added token and in the vocabulary": (added(id=9, content="[NEW]"), AGREE),
        "an id between the words": (added(id=149, content="[NEW]"), AGREE),
        "an added token: a line end": (added(content="\n"), AGREE),
        "an added token: a zero byte": (added(content="\x00"), AGREE),
        "an added token: two words": (added(content="the cat"), AGREE),
        "an added token: a letter of others": (added(content="京"), AGREE),
        "an added token: whole document": (
            added(content="Paris is the capital.", normalized=True),
            AGREE,
        ),
        "an added token: [SEP] with blanks": (
            added(content="[SEP]", id=3, lstrip=True, rstrip=True),
            AGREE,
        ),
        "an added token: [CLS] as a word": (
            added(content="[CLS]", id=2, single_word=True, normalized=True),
            AGREE,
        ),
        "added tokens that lie": (
            editing(
                lambda data: (
                    [token.update(id=9) for token in data["added_tokens"]]
                    or data["added_tokens"].append(
                        {
                            "id": 9,
                            "content": "[SEP]",
                            "single_word": False,
                            "lstrip": False,
                            "rstrip": False,
                            "normalized": False,
                            "special": True,
                        }
                    )
                )
            ),
            AGREE,
        ),
        "a prefix of a word": (model_keys(continuing_subword_prefix="c"), AGREE),
        "model BPE with dropout": (
            model(
                {
                    "type": "BPE",
                    "dropout": 0.5,
                    "vocab": {"[UNK]": 1, "c": 4, "a": 5, "t": 6, "s": 7, "ca": 8, "cat": 9},
                    "unk_token": "[UNK]",
                    "merges": ["c a", "ca t"],
                }
            ),
            REFUSED,
        ),
        "model BPE with dropout of one": (
            model({"type": "BPE", "dropout": 1.0, "vocab": {"a": 5}, "merges": []}),
            AGREE,
        ),
        "model BPE that falls back to bytes": (
            model(
                {
                    "type": "BPE",
                    "vocab": {"a": 5, **{f"<0x{i:02X}>": 10 + i % 100 for i in range(256)}},
                    "merges": [],
                    "byte_fallback": True,
                }
            ),
            AGREE,
        ),
        "model Unigram, unknown is [SEP]": (
            model(
                {
                    "type": "Unigram",
                    "vocab": [[name, -1.0] for name in ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "a")],
                    "unk_id": 3,
                }
            ),
            AGREE,
        ),
        "unk_token [SEP]": (model_keys(unk_token="[SEP]"), AGREE),
        "unk_token a word": (model_keys(unk_token="cats"), AGREE),
        "a key twice": (_twice, HARMLESS),
        "a blank of 20 MB": (_blanks, SAME),
        "version 9.9": (part("version", "9.9"), HARMLESS),
        "keys that nobody knows": (part("x", {"y": 1}), HARMLESS),
        "an address in it": (part("url", "https://evil.example"), HARMLESS),
    }
