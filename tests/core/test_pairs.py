from dataclasses import replace

import pytest

from pruning_core.pairs import prepare
from pruning_core.sentences import split
from tiny_checkpoint import tiny_config, tiny_tokenizer

CONFIG, TOKENIZER = tiny_config(), tiny_tokenizer()
QUERY, TEXT = "Capital of  FRANCE?", "Paris is the capital. Cats purr. " * 9


def only(query=QUERY, text=TEXT, config=CONFIG, **options):
    (pair,) = prepare([(query, text)], TOKENIZER, config, **options)
    return pair


def test_one_window_is_what_the_tokenizer_packs():
    pair = only(text="Paris is the capital.")
    (window,) = pair.windows
    encoding = TOKENIZER.encode(QUERY, "Paris is the capital.")
    assert [row.tolist() for row in pair.pack(window)] == [encoding.ids, encoding.type_ids]
    assert pair.length(window) == len(encoding.ids)
    assert encoding.ids[pair.document_start :][: len(pair.document.ids)] == list(pair.document.ids)


def test_windows_are_full_and_hold_every_token_once():
    pair = only()
    assert len(pair.windows) > 1
    assert max(map(pair.length, pair.windows)) <= CONFIG.max_length
    places = [i for window in pair.windows for i in range(window.start, window.end)]
    assert places == list(range(len(pair.document.ids)))


def test_the_query_is_cut_to_half_of_a_window_and_normalised_where_the_checkpoint_says_so():
    pair = only("cat " * 40)
    assert len(pair.query) == CONFIG.max_length // 2
    assert pair.warnings == ("the query was cut from 40 to 32 tokens",)
    normalised = only(config=replace(CONFIG, normalize_query=True))
    assert normalised.query == only("capital of france").query != only().query


def test_a_splitter_must_tile():
    whole = only(splitter=lambda text: [(0, len(text))])
    assert set(whole.document.sentences) == {0}
    with pytest.raises(ValueError, match="the `splitter` must tile the text"):
        only(splitter=lambda text: split(text)[1:])


def test_many_pairs_one_after_the_other():
    texts = ["Cats purr.", TEXT, ""]
    pairs = prepare([(f"{QUERY} {text[:4]}", text) for text in texts], TOKENIZER, CONFIG)
    assert [pair.text for pair in pairs] == texts
    for pair in pairs:
        alone = only(f"{QUERY} {pair.text[:4]}", pair.text)
        for one, other in zip(pair.windows, alone.windows, strict=True):
            assert [row.tolist() for row in pair.pack(one)] == [
                row.tolist() for row in alone.pack(other)
            ]


def test_the_windows_read_every_character_once():
    for text in (TEXT, "", "  cats "):
        pair = only(text=text)
        assert sum(map(pair.characters, pair.windows)) == len(text)
