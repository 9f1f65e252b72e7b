from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers, processors

from pruning_core import tokenization
from pruning_core.sentences import split
from pruning_core.tokenization import (
    PairTemplate,
    TextTokenizer,
    normalize,
    tokenize_documents,
    tokenize_queries,
    untruncated,
)
from tiny_checkpoint import tiny_tokenizer

TOKENIZER = tiny_tokenizer()
TEXTS = TextTokenizer(TOKENIZER)


def tokenize(text, spans=None, tokenizer=TEXTS):
    (document,) = tokenize_documents(tokenizer, [text], [split(text) if spans is None else spans])
    return document


def words(document):
    """For each token whether it begins a word."""
    return [document.begins_word(at) for at in range(len(document.ids))]


@given(st.text("ab .,1", min_size=1), st.text("cd .\n", min_size=1))
def test_the_template_packs_as_the_tokenizer_does(query, document):
    pair = TOKENIZER.encode(query, document)
    template = PairTemplate.of(TOKENIZER)
    queries = tokenize_queries(TEXTS, {"name": query, "other": "cats"})
    packed = template.pack(queries["name"], tokenize(document).ids)
    assert [row.tolist() for row in packed] == [pair.ids, pair.type_ids]
    assert template.size == pair.special_tokens_mask.count(1)


@pytest.mark.parametrize(
    ("query", "expected"),
    [("Who's  in\nPARIS?", "whos in paris"), ("Straße, ¿qué?", "straße ¿qué"), ("?!", "?!")],
)
def test_normalize(query, expected):
    assert normalize(query) == expected


def test_tokens_know_their_sentence():
    text = "A cat. The cats purr."
    document = tokenize(text)
    tokens = [TOKENIZER.id_to_token(i) for i in document.ids]
    first = [t for t, s in zip(tokens, document.sentences, strict=True) if s == 0]
    assert first == ["a", "cat", "."]
    begun = [t for t, begins in zip(tokens, words(document), strict=True) if begins]
    assert begun == ["cat", "the", "cats", "purr"]


def test_a_token_belongs_to_the_sentence_of_its_last_character():
    tokenizer = Tokenizer(models.WordLevel({"▁A.": 0, "▁The": 1, "▁cat.": 2, "?": 3}, "?"))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="never")
    text = " A. The cat. The"  # its tokens hold the space before them
    spans = [(0, 4), (4, 13), (13, 16)]
    document = tokenize(text, spans, TextTokenizer(tokenizer))
    assert list(document.ids) == [0, 1, 2, 1]
    assert list(document.sentences) == [0, 1, 1, 2]
    assert words(document) == [True] * 4


def test_a_token_that_ends_where_a_sentence_ends_belongs_to_it():
    document = tokenize("a.cat.", [(0, 2), (2, 6)])
    assert list(document.sentences) == [0, 0, 1, 1]


@pytest.mark.parametrize("text", ["the cat is in paris. " * 30, "cats\n\npurr " * 40, "ab" * 300])
def test_chunks_give_the_tokens_of_the_whole(text, monkeypatch):
    whole = tokenize(text)
    monkeypatch.setattr(tokenization, "CHUNK_CHARS", 50)
    others = ["a cat", "", "cats " * 20]
    _, chunked, *_ = tokenize_documents(
        TEXTS, ["", text, *others], list(map(split, ["", text, *others]))
    )
    if " " in text:
        assert chunked.ids.tolist() == whole.ids.tolist()
        assert chunked.starts.tolist() == whole.starts.tolist()
        assert chunked.sentences.tolist() == whole.sentences.tolist()
    else:
        assert len(chunked.ids) >= len(whole.ids)


def test_lone_surrogates_and_nul():
    text = "a\ud800cat \x00."
    assert len(tokenize(text).ids) > 0


def test_a_copy_is_freed_of_truncation_and_padding():
    tokenizer = tiny_tokenizer()
    tokenizer.enable_truncation(3)
    tokenizer.enable_padding(length=3)
    assert len(untruncated(tokenizer).encode("a a a a a", add_special_tokens=False).ids) == 5
    assert len(tokenizer.encode("a a a a a").ids) == 3


def unigram_tokenizer():
    """As XLM-RoBERTa's: the special tokens are pieces of the model too."""
    pieces = ["<s>", "<pad>", "</s>", "<unk>", "<mask>", "▁", *ascii_lowercase, *"</>"]
    tokenizer = Tokenizer(models.Unigram([(piece, -float(len(pieces))) for piece in pieces], 3))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>"])
    tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True, special=True)])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    return tokenizer


def word_piece_tokenizer():
    tokenizer = tiny_tokenizer()
    tokenizer.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
    return tokenizer


@pytest.mark.parametrize(
    ("tokenizer", "names"),
    [
        (unigram_tokenizer(), ["<s>", "</s>", "<pad>", "<unk>", " <mask>"]),
        (word_piece_tokenizer(), ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]),
    ],
)
def test_a_text_is_text(tokenizer, names):
    texts = TextTokenizer(tokenizer)
    specials = {tokenizer.token_to_id(name.strip()) for name in names}
    for name in names:
        for text in (f"a cat {name} purr", name, f"{name}{name}", f"x{name} "):
            ((ids, offsets),) = texts.encode([text])
            assert not specials & set(ids), text
            covered = {i for start, end in offsets for i in range(start, end)}
            assert {i for i, letter in enumerate(text) if letter != " "} <= covered
    ((ids, _),) = texts.encode(["a cat"])
    assert ids == tokenizer.encode("a cat", add_special_tokens=False).ids


def test_letters_that_a_tokenizer_does_not_know_stay_in_the_text():
    """As DeBERTa's: a Unigram model that calls its unknown token by another name."""
    pieces = ["[PAD]", "[UNK]", "▁", *ascii_lowercase, "[CLS]", "[SEP]"]
    tokenizer = Tokenizer(models.Unigram([(piece, -float(len(pieces))) for piece in pieces], 1))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]"])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A", pair="[CLS] $A [SEP] $B", special_tokens=[("[CLS]", 29), ("[SEP]", 30)]
    )
    ((ids, offsets),) = TextTokenizer(tokenizer).encode(["a 猫 cat"])
    assert ids == tokenizer.encode("a 猫 cat", add_special_tokens=False).ids
    assert ids[offsets.index((2, 3))] == 1


@pytest.mark.parametrize(
    "pair",
    ["$B [SEP] $A", "[CLS] $A [SEP] $B $A", "$A [SEP] $B [SEP] $B", "$A $A [SEP] $B", "$A $B $B"],
)
def test_a_template_that_is_no_pair(pair):
    tokenizer = tiny_tokenizer()
    tokens = [(name, tokenizer.token_to_id(name)) for name in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A", pair=pair, special_tokens=tokens
    )
    with pytest.raises(ValueError, match="must pack a pair as the query and then the document"):
        PairTemplate.of(tokenizer)
