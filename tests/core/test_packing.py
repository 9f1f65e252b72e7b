import pytest
from hypothesis import given
from hypothesis import strategies as st

from pruning_core.budgets import Budget
from pruning_core.packing import pack
from pruning_core.results import PrunedDocument, SentenceSpan
from pruning_core.sentences import split


def count(text):
    return len(text.split())


def document(text, probabilities, score=1.0, warnings=()):
    rows = zip(split(text), probabilities, strict=True)
    spans = tuple(SentenceSpan(*span, value, True) for span, value in rows)
    return PrunedDocument(original=text, sentences=spans, score=score, warnings=warnings)


CATS = document("Cats purr. They sleep.", [0.9, 0.2], 0.5)
DOGS = document("Dogs bark. They run. All day.", [0.8, 0.1, 0.6], 0.9)


def packed(results=(CATS, DOGS), separator=" | ", **options):
    limits = {
        name: options.pop(name) for name in ("max_tokens", "max_characters") if name in options
    }
    return pack(results, Budget(**limits), count_tokens=count, separator=separator, **options)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"max_tokens": 2}, "Dogs bark. "),  # 0.8 * 0.9² is before 0.9 * 0.5²
        ({"max_tokens": 4}, "Dogs bark. All day."),
        ({"max_tokens": 6}, "Dogs bark. They run. All day."),
        ({"max_tokens": 6, "threshold": 0.2}, "Dogs bark. All day."),  # the separator is a token
        ({"max_tokens": 7}, "Dogs bark. All day. | Cats purr. "),
        ({"max_tokens": 7, "threshold": 0.7}, "Dogs bark.  | Cats purr. "),
        ({"max_tokens": 2, "prior": 0}, "Cats purr. "),
        ({"max_characters": 11}, "Dogs bark. "),
        ({"max_characters": 10}, "All day."),
        ({"max_tokens": 99, "max_characters": 11}, "Dogs bark. "),
        ({"max_tokens": 0}, ""),
        ({"max_tokens": 99}, "Dogs bark. They run. All day. | Cats purr. They sleep."),
    ],
)
def test_what_is_kept(options, text):
    assert packed(**options).text == text


@given(
    st.lists(
        st.tuples(st.lists(st.floats(0, 1), min_size=1, max_size=5), st.floats(-9, 9)), max_size=5
    ),
    st.integers(0, 30),
    st.sampled_from(["\n\n", " | ", ""]),
)
def test_never_over_the_budget_and_every_sentence_is_somewhere(rows, most, separator):
    results = [document("Cats purr. " * len(values), values, score) for values, score in rows]
    context = packed(results, separator, max_tokens=most)
    assert context.tokens == count(context.text) <= most
    sentences = [*context.sentences, *context.omitted]
    assert len({(row.index, row.start) for row in sentences}) == sum(len(v) for v, _ in rows)
    assert len(sentences) == sum(len(values) for values, _ in rows)
    for row in context.sentences:
        original = results[row.index].original[row.start : row.end]
        assert context.text[row.position :].startswith(original)
    assert all(row.position is None for row in context.omitted)


def test_the_whole_is_counted_where_it_has_more_tokens_than_its_parts():
    def whole(text):
        return count(text) + (3 if "|" in text else 0)

    context = pack([CATS, DOGS], Budget(max_tokens=7), count_tokens=whole, separator=" | ")
    assert whole(context.text) <= 7


def test_headings_come_with_their_sentence():
    text = "# Leave\n\nTen weeks.\n\n# Other\n\nNothing.\n"
    result = document(text, [0.0, 0.9, 0.0, 0.1])
    assert packed([result], max_tokens=4, with_headings=True).text == "# Leave\n\nTen weeks.\n"
    options = {"with_headings": True, "threshold": 0.5}
    assert packed([result], max_tokens=3, **options).text == ""


def test_documents_without_scores_stay_in_order():
    results = [document("Cats purr.", [0.1], None), document("Dogs bark.", [0.9], None)]
    assert packed(results, max_tokens=9).text == "Cats purr. | Dogs bark."


def test_scores_of_any_size_and_warnings():
    results = [
        document("Cats purr.", [0.9], float("-inf"), ("cut",)),
        document("Dogs bark.", [0.5], 12.0),
    ]
    context = packed(results, max_tokens=2)
    assert context.text == "Dogs bark."
    assert context.warnings == ("document 0: cut",)
    assert repr(context) == "<PackedContext: 2 tokens, 1 sentences of 1 documents, 1 left out>"
    assert context.to_dict()["sentences"][0]["index"] == 1
