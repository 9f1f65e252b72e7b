"""10,000 hostile texts through `prune`, with the tokenizers of every family."""

import random
from itertools import chain
from math import isfinite

import pytest
from hostile.texts import SPECIAL_TEXTS, draw_query, draw_text, families

from pruning_core.pairs import prepare

CASES = 10_000
SHARDS = 4
MAKERS = families()
EACH = CASES // (len(MAKERS) * SHARDS)


@pytest.fixture(scope="module", params=MAKERS)
def family(request):
    return MAKERS[request.param]()


def packed(family, query, document):
    """The pair, and the token ids of every window without the template's."""
    pruner = family.pruner
    (pair,) = prepare([(query, document)], pruner.tokenizer, pruner.config)
    for window in pair.windows:
        ids = pair.pack(window)[0].tolist()
        start = len(pair.template.specials[0])
        end = pair.document_start + window.end - window.start
        between = len(pair.template.specials[1])
        queries = ids[start : pair.document_start - between]
        yield queries, ids[pair.document_start : end], ids


@pytest.mark.parametrize("shard", range(SHARDS))
def test_texts(family, shard):
    for number in range(EACH):
        draw = random.Random(f"{shard} {number}")
        query, document = draw_query(draw), draw_text(draw)
        note = f"seed {shard} {number}: {query!r}, {document!r}"
        threshold = draw.choice((None, 0.0, 0.5, 1.0))
        result = family.pruner.prune(query, document, threshold=threshold)
        edges = [0, *(sentence.end for sentence in result.sentences)]
        assert [sentence.start for sentence in result.sentences] == edges[:-1], note
        assert edges[-1] == len(document), note
        assert all(sentence.start < sentence.end for sentence in result.sentences), note
        kept = [document[s.start : s.end] for s in result.sentences if s.kept]
        assert result.text == "".join(kept), note
        assert len(result.text) <= len(document), note
        assert all(0 <= sentence.probability <= 1 for sentence in result.sentences), note
        assert isfinite(result.score), note
        assert 0 <= result.score <= 1, note
        if threshold == 0:
            assert result.text == document, note
        for queries, documents, ids in packed(family, query, document):
            assert family.special_ids.isdisjoint(queries), note
            assert family.special_ids.isdisjoint(documents), note
            assert len(ids) <= family.pruner.config.max_length, note


def probabilities(result):
    return [sentence.probability for sentence in result.sentences]


@pytest.mark.parametrize("special", SPECIAL_TEXTS)
def test_a_special_token_in_a_text_is_text(family, special):
    query, before, after = (
        "capital of france",
        "Cats purr. The ",
        " cat is in Paris. The cats purr.",
    )
    plain = family.pruner.prune(query, before + after)
    result = family.pruner.prune(query, before + special + after)
    assert isfinite(result.score)
    assert probabilities(result) != probabilities(plain)  # it is read, as text
    assert result.sentences[-1].end == len(before + special + after)
    tokens = [row for _, row, _ in packed(family, query, before + special + after)]
    (rest,) = (row for _, row, _ in packed(family, query, " The cats purr."))
    assert list(chain(*tokens))[-len(rest) :] == rest
    # In a query too.
    asked = family.pruner.prune(f"{query} {special} cats", after)
    assert probabilities(asked) != probabilities(family.pruner.prune(query, after))
