import os

import pytest
from tokenizers import Tokenizer, models, processors

from pruning_core.tokenizer_files import read_tokenizer, tokenizer_config, write_tokenizer
from published_layouts import roberta_tokenizer
from tiny_checkpoint import tiny_config, tiny_tokenizer


def test_round_trip(tmp_path):
    write_tokenizer(tmp_path, tiny_tokenizer(), tiny_config())
    again = read_tokenizer(tmp_path / "tokenizer.json")
    assert again.encode("the cat", "purr").ids == tiny_tokenizer().encode("the cat", "purr").ids


def test_what_transformers_needs_of_a_tokenizer_with_one_token_type():
    data = tokenizer_config(roberta_tokenizer(), tiny_config())
    assert data["model_input_names"] == ["input_ids", "attention_mask"]
    assert (data["cls_token"], data["sep_token"], data["unk_token"]) == ("<s>", "</s>", "<unk>")
    assert "mask_token" not in data


def test_the_unknown_token_of_a_unigram():
    pieces = ["<s>", "<pad>", "</s>", "<unk>", "a"]
    tokenizer = Tokenizer(models.Unigram([(piece, -1.0) for piece in pieces], 3))
    tokenizer.post_processor = processors.TemplateProcessing(
        pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    data = tokenizer_config(tokenizer, tiny_config())
    assert pieces[3] == data["unk_token"]


def test_a_file_that_is_too_large(tmp_path):
    (tmp_path / "tokenizer.json").touch()
    os.truncate(tmp_path / "tokenizer.json", 2**40)
    with pytest.raises(ValueError, match=r"tokenizer\.json has 1099511627776 bytes"):
        read_tokenizer(tmp_path / "tokenizer.json")


@pytest.mark.parametrize("text", ["", "{}", '{"model": {"type": "WordPiece"}}', "[" * 100_000])
def test_no_tokenizer(tmp_path, text):
    (tmp_path / "tokenizer.json").write_text(text)
    with pytest.raises(ValueError, match=r"tokenizer\.json is not a tokenizer"):
        read_tokenizer(tmp_path / "tokenizer.json")
