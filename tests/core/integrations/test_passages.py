import asyncio
from dataclasses import replace

import pytest

from example_texts import DOCUMENTS, QUERY
from pruning_core.async_pruner import AsyncPruner
from pruning_core.integrations.passages import SEPARATOR, PassageOptions, achoose, choose
from tiny_checkpoint import tiny_pruner

HEADED = (
    "# Cats\n\nCats purr. The cat is in Paris.\n\n# Capitals\n\nParis is the capital of France.\n"
)


def chosen(pruner, documents=DOCUMENTS, **options):
    return choose(pruner, QUERY, documents, PassageOptions(**options))


def test_what_stays_is_what_rank_prunes_in_its_order(pruner):
    ranked = pruner.rank(QUERY, DOCUMENTS, threshold=0.5)
    found = chosen(pruner, threshold=0.5)
    assert [(row.index, row.text, row.score) for row in found] == [
        (row.index, row.text, row.score) for row in ranked
    ]
    for row, expected in zip(found, ranked, strict=True):
        original = DOCUMENTS[row.index]
        assert row.metadata["relevance_score"] == expected.score
        assert row.metadata["compression"] == expected.pruned.compression
        assert (
            "".join(original[start:end] for start, end, _ in row.metadata["kept_spans"]) == row.text
        )
        kept = [s.probability for s in expected.pruned.sentences if s.kept]
        assert [probability for *_, probability in row.metadata["kept_spans"]] == kept


def test_a_text_of_which_nothing_stays_is_dropped_and_makes_room(pruner):
    probabilities = [
        max(s.probability for s in result.sentences)
        for result in pruner.prune_batch([QUERY] * 3, DOCUMENTS)
    ]
    best = chosen(pruner, top_n=1)[0].index
    threshold = probabilities[best] + 1e-6
    found = [i for i, probability in enumerate(probabilities) if probability >= threshold]
    assert found
    assert {row.index for row in chosen(pruner, threshold=threshold)} == set(found)
    assert chosen(pruner, threshold=threshold, top_n=1)[0].index in found
    empty = chosen(pruner, threshold=threshold, keep_empty=True)
    assert [row.index for row in empty] == [row.index for row in pruner.rank(QUERY, DOCUMENTS)]
    assert empty[0].text == ""
    assert empty[0].metadata["kept_spans"] == []


@pytest.mark.parametrize("keep_headings", [False, True])
def test_a_budget_gives_the_context_of_pack(pruner, keep_headings):
    documents = [*DOCUMENTS, HEADED]
    headings = ("headings",) if keep_headings else ()
    for max_tokens in (4, 11, 25, 1000):
        context = pruner.pack(QUERY, documents, max_tokens=max_tokens, always_keep=headings)
        found = chosen(pruner, documents, max_tokens=max_tokens, keep_headings=keep_headings)
        assert SEPARATOR.join(row.text for row in found) == context.text
        spans = [(row.index, start) for row in found for start, *_ in row.metadata["kept_spans"]]
        assert spans == [(row.index, row.start) for row in context.sentences]


def test_a_budget_is_counted_by_the_caller_and_after_top_n(pruner):
    context = pruner.pack(QUERY, DOCUMENTS, max_tokens=50, count_tokens=len)
    found = chosen(pruner, max_tokens=50, count_tokens=len)
    assert SEPARATOR.join(row.text for row in found) == context.text
    best = chosen(pruner, top_n=1, max_tokens=1000)
    assert [row.index for row in best] == [pruner.rank(QUERY, DOCUMENTS)[0].index]


def test_headings_stay_with_their_sentences():
    pruner = tiny_pruner(seed=1)
    result = pruner.prune(QUERY, HEADED, threshold=0.45, always_keep=["headings"])
    (found,) = chosen(pruner, [HEADED], threshold=0.45, keep_headings=True)
    assert found.text == result.text
    assert found.text != chosen(pruner, [HEADED], threshold=0.45)[0].text


def test_ranking_alone_cuts_nothing(pruner):
    found = chosen(pruner, [*DOCUMENTS, " "], prune=False)
    ranked = pruner.rank(QUERY, [*DOCUMENTS, " "], prune=False)
    assert [(row.index, row.text) for row in found] == [(row.index, row.text) for row in ranked]
    assert [row.metadata for row in found] == [{"relevance_score": row.score} for row in ranked]
    assert len(chosen(pruner, prune=False, top_n=2)) == 2


def test_a_checkpoint_without_scores_keeps_the_order():
    pruner = tiny_pruner(mode="pruning_only")
    found = chosen(pruner, threshold=0.0)
    assert [row.index for row in found] == [0, 1, 2]
    assert found[0].score is None
    assert "relevance_score" not in found[0].metadata
    assert [row.index for row in chosen(pruner, threshold=0.0, top_n=2)] == [0, 1]
    with pytest.raises(ValueError, match="'pruning_only' cannot rank"):
        chosen(pruner, prune=False)


def test_warnings_are_told(pruner):
    document = "Кошки мурлычат. " * 9
    (found,) = chosen(pruner, [document], threshold=0.0)
    assert found.metadata["warnings"] == list(pruner.prune(QUERY, document).warnings) != []


def test_many_callers_get_the_same(pruner):
    options = [
        PassageOptions(threshold=0.5),
        PassageOptions(max_tokens=11),
        PassageOptions(prune=False, top_n=2),
    ]

    async def all_of_them():
        async with AsyncPruner(pruner) as shared:
            calls = [achoose(shared, QUERY, DOCUMENTS, row) for row in options]
            return await asyncio.gather(*calls)

    for row, found in zip(options, asyncio.run(all_of_them()), strict=True):
        expected = choose(pruner, QUERY, DOCUMENTS, row)
        assert [(p.index, p.text) for p in found] == [(p.index, p.text) for p in expected]
        for new, old in zip(found, expected, strict=True):
            assert new.score == pytest.approx(old.score, abs=1e-6)


def test_no_texts_give_none(pruner):
    assert chosen(pruner, []) == chosen(pruner, [], max_tokens=5) == []


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"top_n": 0}, ValueError, "`top_n` must be at least 1, not 0"),
        ({"threshold": 1.5}, ValueError, "`threshold` must be from 0 to 1, not 1.5"),
        ({"max_tokens": "5"}, TypeError, "`max_tokens` must be an int, not '5'"),
        ({"count_tokens": len}, ValueError, "`count_tokens` counts for `max_tokens`"),
        ({"prune": 1}, TypeError, "`prune` must be a bool, not 1"),
        *(
            ({"prune": False, name: value}, ValueError, "with `prune=False` nothing is cut")
            for name, value in {
                "threshold": 0.0,
                "max_tokens": 5,
                "keep_headings": True,
                "keep_empty": True,
            }.items()
        ),
    ],
)
def test_wrong_options_are_said(options, error, message):
    with pytest.raises(error, match=message):
        PassageOptions(**options)


def test_at_most_changes_only_what_is_given():
    options = PassageOptions(top_n=3, threshold=0.5)
    assert options.at_most(None) is options
    assert options.at_most(2) == replace(options, top_n=2)
    with pytest.raises(ValueError, match="`top_n` must be at least 1, not 0"):
        options.at_most(0)
