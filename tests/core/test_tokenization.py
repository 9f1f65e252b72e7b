import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers

from pruning_core import tokenization
from pruning_core.sentences import split
from pruning_core.tokenization import (
    PairTemplate,
    normalize,
    tokenize_document,
    tokenize_query,
    untruncated,
)
from tiny_checkpoint import tiny_tokenizer

TOKENIZER = tiny_tokenizer()


@given(st.text("ab .,1", min_size=1), st.text("cd .\n", min_size=1))
def test_the_template_packs_as_the_tokenizer_does(query, document):
    pair = TOKENIZER.encode(query, document)
    template = PairTemplate.of(TOKENIZER)
    query_ids = tokenize_query(TOKENIZER, query)
    ids = tokenize_document(TOKENIZER, document, split(document)).ids
    assert template.pack(query_ids, ids) == (pair.ids, pair.type_ids)
    assert template.size == pair.special_tokens_mask.count(1)


@pytest.mark.parametrize(
    ("query", "expected"),
    [("Who's  in\nPARIS?", "whos in paris"), ("Straße, ¿qué?", "straße ¿qué"), ("?!", "?!")],
)
def test_normalize(query, expected):
    assert normalize(query) == expected


def test_tokens_know_their_sentence():
    text = "A cat. The cats purr."
    document = tokenize_document(TOKENIZER, text, split(text))
    tokens = [TOKENIZER.id_to_token(i) for i in document.ids]
    first = [t for t, s in zip(tokens, document.sentences, strict=True) if s == 0]
    assert first == ["a", "cat", "."]
    words = [t for t, start in zip(tokens, document.word_starts, strict=True) if start]
    assert words == ["cat", "the", "cats", "purr"]


def test_a_token_belongs_to_the_sentence_of_its_last_character():
    tokenizer = Tokenizer(models.WordLevel({"▁A.": 0, "▁The": 1, "▁cat.": 2, "?": 3}, "?"))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="never")
    text = " A. The cat. The"  # its tokens hold the space before them
    spans = [(0, 4), (4, 13), (13, 16)]
    document = tokenize_document(tokenizer, text, spans)
    assert list(document.ids) == [0, 1, 2, 1]
    assert list(document.sentences) == [0, 1, 1, 2]
    assert list(document.word_starts) == [1, 1, 1, 1]


def test_a_token_that_ends_where_a_sentence_ends_belongs_to_it():
    document = tokenize_document(TOKENIZER, "a.cat.", [(0, 2), (2, 6)])
    assert list(document.sentences) == [0, 0, 1, 1]


@pytest.mark.parametrize("text", ["the cat is in paris. " * 30, "cats\n\npurr " * 40, "ab" * 300])
def test_chunks_give_the_tokens_of_the_whole(text, monkeypatch):
    spans = split(text)
    whole = tokenize_document(TOKENIZER, text, spans)
    monkeypatch.setattr(tokenization, "CHUNK_CHARS", 50)
    chunked = tokenize_document(TOKENIZER, text, spans)
    if " " in text:
        assert chunked == whole
    else:
        assert len(chunked.ids) >= len(whole.ids)


def test_lone_surrogates_and_nul():
    text = "a\ud800cat \x00."
    assert len(tokenize_document(TOKENIZER, text, split(text)).ids) > 0


def test_a_copy_is_freed_of_truncation_and_padding():
    tokenizer = tiny_tokenizer()
    tokenizer.enable_truncation(3)
    tokenizer.enable_padding(length=3)
    assert len(untruncated(tokenizer).encode("a a a a a", add_special_tokens=False).ids) == 5
    assert len(tokenizer.encode("a a a a a").ids) == 3
