import base64
import json

import pytest
from tokenizers import Tokenizer, models, processors

from pruning_core.tokenizer_checks import check_tokenizer, check_tokenizer_file
from tiny_checkpoint import tiny_tokenizer

WORDS = {"[CLS]": 0, "[SEP]": 1, "a": 2, "[UNK]": 3}


def tokenizer_of(vocabulary=WORDS, special="[X]", pair="[CLS] $A [SEP] $B", **model):
    """A tokenizer of words, with one more special token."""
    data = json.loads(Tokenizer(models.WordPiece(vocab=vocabulary)).to_str())
    data["model"] |= model
    token = {"id": len(vocabulary), "content": special, "special": True, "single_word": False}
    data["added_tokens"] = [token | dict.fromkeys(("lstrip", "rstrip", "normalized"), False)]
    tokenizer = Tokenizer.from_str(json.dumps(data))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A", pair=pair, special_tokens=[("[CLS]", 0), ("[SEP]", 1), ("[FAR]", 99)]
    )
    return tokenizer


@pytest.mark.parametrize(
    ("tokenizer", "message"),
    [
        (tokenizer_of({**WORDS, "cats": 5}), r"'\[X\]' has the id of 'cats'"),
        (tokenizer_of({"[CLS]": 0, "[SEP]": 1, "a": 2, "[UNK]": 4}), r"id of '\[UNK\]'"),
        (tokenizer_of(vocab={**WORDS, "b": 2}), "has the id of another, 2"),
        (tokenizer_of(special="cats"), "special token 'cats' reads like a word"),
        (tokenizer_of(special="the cat"), "special token 'the cat' reads like a word"),
        (tokenizer_of(special="."), "special token '.' reads like a word"),
        (tokenizer_of(unk_token="[SEP]"), r"that it does not know become '\[SEP\]'"),
        (tokenizer_of(unk_token="[NOPE]"), r"Missing \[UNK\] token"),
        (tokenizer_of(pair="[CLS] $A [FAR] $B"), "has the token id 99, the model has 50"),
        (tokenizer_of(pair="[CLS] $A [SEP] $B:2"), "has the token type 2, the model has 2"),
        (tokenizer_of(pair="[CLS] $A " + "[SEP] " * 8 + "$B"), "template has 9 special tokens"),
    ],
)
def test_a_tokenizer_that_does_not_fit(tokenizer, message):
    with pytest.raises(Exception, match=message):
        check_tokenizer(tokenizer, {"vocab_size": 50, "type_vocab_size": 2}, 16)


def test_tokens_that_are_drawn_at_random():
    tokenizer = Tokenizer(models.BPE(vocab=WORDS, merges=[], dropout=0.5, unk_token="[UNK]"))
    tokenizer.post_processor = tokenizer_of().post_processor
    with pytest.raises(ValueError, match="has a `dropout`"):
        check_tokenizer(tokenizer, {}, 16)


def test_tokenizers_that_fit():
    check_tokenizer(tiny_tokenizer(), {"vocab_size": 1_000}, 8)
    check_tokenizer(tokenizer_of(), {"vocab_size": "x", "type_vocab_size": 0}, 16)


@pytest.mark.parametrize(
    ("table", "message"),
    [(base64.b64encode(b"\xff\xff\xff\xff0000").decode(), "is cut"), ("A", "is none")],
)
def test_a_table_that_would_take_all_memory(table, message, tmp_path):
    normalizer = {"type": "Precompiled", "precompiled_charsmap": table}
    (tmp_path / "tokenizer.json").write_text(json.dumps({"normalizer": normalizer}))
    with pytest.raises(ValueError, match=rf"`precompiled_charsmap` that {message}"):
        check_tokenizer_file(tmp_path / "tokenizer.json")
    normalizer["precompiled_charsmap"] = base64.b64encode(b"\x04\x00\x00\x000000").decode()
    (tmp_path / "tokenizer.json").write_text(json.dumps({"normalizer": normalizer}))
    check_tokenizer_file(tmp_path / "tokenizer.json")
