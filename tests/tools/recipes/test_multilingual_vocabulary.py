"""A small Unigram vocabulary gets smaller: what stays, under which ids, and what it spells."""

import gzip
import json

import pytest

pytest.importorskip("pruning_core")

from tokenizers import Tokenizer

from tools.recipes.multilingual_vocabulary import (
    Reader,
    Vocabulary,
    training_texts,
)

PIECES = {
    **dict.fromkeys(("<s>", "<pad>", "</s>", "<unk>"), 0.0),
    "▁": -3.0,
    "▁the": -4.0,
    "at": -4.5,
    "▁cat": -5.0,
    "▁Cat": -6.0,
    "▁hat": -7.0,
    **dict.fromkeys("abchtCe", -9.0),
    "図書館": -10.0,
    **dict.fromkeys("図書館", -12.0),
    "<mask>": 0.0,
}
MANDATORY = 16  # five special tokens, the space, seven letters and three characters


@pytest.fixture
def data():
    specials = {"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "<mask>": len(PIECES) - 1}
    flags = dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized"), False)
    template = [{"SpecialToken": {"id": "<s>", "type_id": 0}}]
    template += [{"Sequence": {"id": "A", "type_id": 0}}]
    end = {"SpecialToken": {"id": "</s>", "type_id": 0}}
    second = {"Sequence": {"id": "B", "type_id": 0}}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {"id": number, "content": name, "special": True, **flags}
            for name, number in specials.items()
        ],
        "normalizer": {"type": "NFKC"},
        "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [*template, end],
            "pair": [*template, end, end, second, end],
            "special_tokens": {
                name: {"id": name, "ids": [specials[name]], "tokens": [name]}
                for name in ("<s>", "</s>")
            },
        },
        "decoder": None,
        "model": {"type": "Unigram", "unk_id": 3, "vocab": [list(item) for item in PIECES.items()]},
    }


def test_what_is_used_stays(data):
    vocabulary = Vocabulary(data, {"▁the": 0.5, "▁cat": 0.3, "図書館": 0.2})
    assert vocabulary.tokens == pytest.approx(1)
    vocabulary.shrink(MANDATORY + 2)
    names = [piece for piece, _ in vocabulary.trimmed()["model"]["vocab"]]
    assert names[:6] == ["<s>", "<pad>", "</s>", "<unk>", "<mask>", "▁"]
    assert {"▁the", "▁cat"} < set(names)
    assert not {"▁hat", "▁Cat", "図書館"} & set(names)
    assert vocabulary.tokens == pytest.approx(0.5 + 0.3 + 0.2 * 3)


def test_parts_of_rare_words_gain_what_these_lose(data, monkeypatch):
    monkeypatch.setattr("tools.recipes.multilingual_vocabulary.SHRINKS", 0.97)  # one at a time
    use = {"▁the": 0.5, "▁cat": 0.3, "▁hat": 0.07, "▁bat": 0.065, "▁Cat": 0.06}
    vocabulary = Vocabulary(data, use)
    vocabulary.shrink(MANDATORY + 3)  # without "▁Cat", more is spelt with "at" than with "▁hat"
    names = dict(vocabulary.trimmed()["model"]["vocab"])
    assert {"▁the", "▁cat", "at"} < set(names)
    assert "▁hat" not in names


def test_equal_use_goes_by_the_scores(data):
    vocabulary = Vocabulary(data, {})
    vocabulary.shrink(MANDATORY + 1)
    assert "▁the" in dict(vocabulary.trimmed()["model"]["vocab"])


def test_specials_unknown_and_template_have_their_new_ids(data):
    vocabulary = Vocabulary(data, {"▁the": 1.0})
    vocabulary.shrink(MANDATORY + 1)
    small = vocabulary.trimmed()
    tokenizer = Tokenizer.from_str(json.dumps(small))
    assert tokenizer.token_to_id("<mask>") == 4
    assert tokenizer.get_added_tokens_decoder()[4].content == "<mask>"
    pair = tokenizer.encode("the", "図 ж")
    assert pair.tokens == ["<s>", "▁the", "</s>", "</s>", "▁", "図", "▁", "ж", "</s>"]
    assert pair.ids[0] == 0
    assert pair.ids[2] == pair.ids[-1] == 2
    assert pair.ids[-2] == small["model"]["unk_id"] == 3
    assert data["added_tokens"][-1]["id"] == len(PIECES) - 1  # the whole is as it was


@pytest.mark.parametrize("size", [MANDATORY - 1, len(PIECES) + 1])
def test_sizes_out_of_range(data, size):
    with pytest.raises(ValueError, match=f"`size` must be from {MANDATORY} to {len(PIECES)}"):
        Vocabulary(data, {}).shrink(size)


def test_words_are_written_small_and_large_by_their_scores(data):
    use = Reader(data).of_words([("cat", 1.0)], spaces=True)
    assert use["▁cat"] / use["▁Cat"] == pytest.approx(2.718281828)
    assert sum(use.values()) == pytest.approx(1)
    assert Reader(data).of_words([("図書館", 0.5)], spaces=False) == {"図書館": 0.5}


def test_texts_are_cut_as_the_tokenizer_cuts_them(data):
    assert Reader(data).of_texts(["the cat", "the"]) == {"▁the": 2, "▁cat": 1}


def test_texts_by_language(tmp_path):
    for name, language in (("train/a", "en"), ("train_multilingual/b", "ja")):
        path = tmp_path / f"{name}.jsonl.gz"
        path.parent.mkdir()
        rows = [{"question": f"q{i}", "context": "c", "lang": language} for i in range(2)]
        with gzip.open(path, "wt") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
    texts = ["c", "q0", "q1"]
    assert training_texts(tmp_path, seed=1) == {"en": texts, "ja": texts}
