from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from pruning_core import EncoderOutput, Pruner
from pruning_core.pipeline import PruningPipeline
from tiny_checkpoint import tiny_config, tiny_pruner, tiny_tokenizer

PRUNER = tiny_pruner()
QUERY = "capital of france"
TEXT = "Paris is the capital of France. Cats purr. The cat is in Paris. " * 6
TEXTS = st.text("ab cat.!?\n\u0e01。\ud800\x00") | st.text()
WORDS = st.sampled_from(["the cat ", "Paris. ", "Cats purr! ", "\n\n", "a" * 70 + " ", "。"])
DOCUMENTS = st.lists(WORDS, max_size=40).map("".join) | TEXTS


def ids_of(query, document):
    """The reference for windows of one: the tokenizer's own packing."""
    encoding = tiny_tokenizer().encode(query, document)
    return torch.tensor([encoding.ids]), torch.tensor([encoding.type_ids]), encoding


@given(DOCUMENTS)
@settings(max_examples=60)
def test_keep_all_is_the_identity_and_nothing_grows(document):
    everything = PRUNER.prune(QUERY, document, threshold=0)
    assert everything.text == document
    assert everything.compression == 0
    pruned = PRUNER.prune(QUERY, document, threshold=0.5)
    assert len(pruned.text) <= len(document)
    assert pruned.text == "".join(document[s.start : s.end] for s in pruned.sentences if s.kept)
    assert "".join(document[s.start : s.end] for s in pruned.sentences) == document
    assert all(0 <= s.probability <= 1 for s in pruned.sentences)
    assert pruned.score == everything.score


@pytest.mark.parametrize(
    "text",
    [
        "東京は日本の首都です。猫が鳴く。",
        "北京是中国的首都。猫在叫！",
        "서울은 한국의 수도이다. 고양이가 운다. ",
        "กรุงเทพเป็นเมืองหลวง แมวร้อง ",
        "باريس عاصمة فرنسا. هل تموء القطط؟ ",
        "दिल्ली भारत की राजधानी है। बिल्ली बोलती है। ",
        "Η Αθήνα είναι πρωτεύουσα. Τι κάνει η γάτα; ",
    ],
)
def test_long_documents_of_many_scripts_fit_windows(text):
    result = PRUNER.prune(QUERY, text * 60, threshold=0)  # a window too long has no positions
    assert result.text == text * 60
    assert len(result.sentences) >= 15


@given(st.lists(DOCUMENTS, min_size=1, max_size=5))
@settings(max_examples=30)
def test_a_batch_is_the_same_as_one_by_one(documents):
    queries = [QUERY if i % 2 else "cats" for i in range(len(documents))]
    batch = PRUNER.prune_batch(queries, documents, threshold=0)
    for query, document, result in zip(queries, documents, batch, strict=True):
        alone = PRUNER.prune(query, document, threshold=0)
        assert result.original == document
        assert result.score == pytest.approx(alone.score, abs=1e-5)
        assert [s.probability for s in result.sentences] == pytest.approx(
            [s.probability for s in alone.sentences], abs=1e-5
        )


def test_the_share_of_kept_tokens_and_a_normalised_query():
    config = replace(PRUNER.config, sentence_rule="kept_share", normalize_query=True)
    pipeline = PruningPipeline(PRUNER.encoder, PRUNER.tokenizer, config)
    ids, types, encoding = ids_of("capital of france", "The cat is in Paris.")
    with torch.no_grad():
        output = PRUNER.encoder(ids, None, types)
    start = encoding.sequence_ids.index(1)
    tokens = output.pruning_logits.softmax(-1)[0, start:-1, 1]
    threshold = tokens.median().item()
    share = (tokens > threshold).double().mean().item()
    result = pipeline.prune(" Capital of  FRANCE?", "The cat is in Paris.", threshold=threshold)
    (sentence,) = result.sentences
    assert 0 < share < 1
    assert sentence.probability == pytest.approx(share, abs=1e-9)
    assert sentence.kept == (share > threshold)
    assert result.score == pytest.approx(output.ranking_logits[0, 0].sigmoid().item(), abs=1e-6)


def test_one_window_equals_the_encoder_alone():
    text = "The cat is in Paris. Cats purr."
    ids, types, encoding = ids_of(QUERY, text)
    with torch.no_grad():
        output = PRUNER.encoder(ids, None, types)
    keep = output.pruning_logits.softmax(-1)[0, :, 1]
    split_at = text.index("Cats")
    result = PRUNER.prune(QUERY, text)
    for sentence, tokens in zip(
        result.sentences,
        (
            [i for i, s in enumerate(encoding.sequence_ids) if s == 1 and test(encoding.offsets[i])]
            for test in (lambda o: o[1] <= split_at, lambda o: o[0] >= split_at)
        ),
        strict=True,
    ):
        assert sentence.probability == pytest.approx(keep[tokens].mean().item(), abs=1e-6)
    assert result.score == pytest.approx(output.ranking_logits.sigmoid().item(), abs=1e-6)


class Counter(nn.Module):
    """Keep probability and logit are functions of the tokens alone; records its batches."""

    def __init__(self, bad=False):
        super().__init__()
        self.parameter = nn.Parameter(torch.zeros(1))
        self.bad = bad
        self.batches = []

    def forward(self, input_ids, attention_mask=None, token_type_ids=None):
        self.batches.append((input_ids, attention_mask, token_type_ids))
        keep = torch.stack([-input_ids / 100, input_ids / 100], -1)
        if self.bad:
            keep = keep * float("nan")
        return EncoderOutput(pruning_logits=keep, ranking_logits=input_ids.float().mean(1, True))


def test_windows_are_pooled_over_all_tokens_and_scored_by_the_maximum():
    counter = Counter()
    text = "cat " * 200 + "paris. Cats purr."
    pruner = Pruner(counter, tiny_tokenizer(), tiny_config(score_activation="identity"))
    result = pruner.prune(QUERY, text)
    tokenizer = tiny_tokenizer()
    for sentence in result.sentences:
        part = text[sentence.start : sentence.end]
        ids = torch.tensor(tokenizer.encode(part, add_special_tokens=False).ids)
        assert sentence.probability == pytest.approx((ids / 50).sigmoid().mean().item(), abs=1e-5)
    rows = [row for ids, _, _ in counter.batches for row in ids]
    assert all(len(row) <= 64 for row in rows)
    assert len(rows) > 3
    masks = [torch.ones_like(ids) if mask is None else mask for ids, mask, _ in counter.batches]
    documents = sum(
        int(((types == 1) & (mask == 1)).sum()) - len(mask)
        for (_, _, types), mask in zip(counter.batches, masks, strict=True)
    )
    assert documents == len(tokenizer.encode(text, add_special_tokens=False).ids)
    assert result.score == pytest.approx(
        max(float(row.float().mean()) for ids, _, _ in counter.batches for row in ids)
    )


def test_a_window_score_of_ones_own():
    seen = []
    pipeline = PruningPipeline(
        PRUNER.encoder,
        PRUNER.tokenizer,
        PRUNER.config,
        window_score=lambda row: seen.append(row) or 0,
    )
    assert pipeline.prune(QUERY, "Cats purr. " * 60).score == 0.5
    best = torch.tensor(max(seen[0])).sigmoid().item()
    assert len(seen[0]) > 1
    assert PRUNER.prune(QUERY, "Cats purr. " * 60).score == pytest.approx(best, abs=1e-6)


def test_no_mask_without_padding_and_the_budget_holds():
    counter = Counter()
    pruner = Pruner(counter, tiny_tokenizer(), tiny_config(), token_budget=40)
    pruner.prune_batch([QUERY] * 4, ["cat. cat."] * 4)
    assert all(mask is None for _, mask, _ in counter.batches)
    assert all(ids.numel() <= 40 for ids, _, _ in counter.batches)
    pruner.prune_batch([QUERY] * 2, ["cat", "cat cat"])
    ids, mask, _ = counter.batches[-1]
    assert torch.equal(mask, (ids != 0).long())


def test_a_long_query_is_cut_and_said():
    result = PRUNER.prune("cat " * 100, TEXT)
    assert result.warnings == ("the query was cut from 100 to 32 tokens",)
    assert PRUNER.prune("cat", TEXT).warnings == ()


def test_values_that_are_not_finite_remove_nothing():
    pruner = Pruner(Counter(bad=True), tiny_tokenizer(), tiny_config())
    result = pruner.prune(QUERY, TEXT, max_tokens=1)
    assert result.text == TEXT
    assert result.score == 0.0
    assert "not finite: nothing was removed" in result.warnings[0]


def test_the_score_does_not_depend_on_the_selection():
    scores = {PRUNER.prune(QUERY, TEXT, threshold=t).score for t in (0, 0.5, 1)}
    scores.add(PRUNER.prune(QUERY, TEXT, max_tokens=0).score)
    scores.add(PRUNER.rank(QUERY, [TEXT], prune=False)[0].score)
    assert len(scores) == 1


def test_rank():
    documents = ["Cats purr.", "Paris is the capital.", "The cat."]
    ranked = PRUNER.rank(QUERY, documents, threshold=0.5)
    scores = [PRUNER.prune(QUERY, document).score for document in documents]
    assert [row.index for row in ranked] == sorted(range(3), key=lambda i: -scores[i])
    assert [row.text for row in ranked] == [row.pruned.text for row in ranked]
    best = PRUNER.rank(QUERY, documents, top_k=1, prune=False)
    assert [(row.index, row.pruned) for row in best] == [(ranked[0].index, None)]
    assert best[0].text == documents[best[0].index]
    assert PRUNER.rank(QUERY, []) == []


def test_pruning_only_has_no_score():
    pruner = tiny_pruner(mode="pruning_only")
    assert pruner.prune(QUERY, TEXT).score is None
    with pytest.raises(ValueError, match="mode 'pruning_only' cannot rank"):
        pruner.rank(QUERY, [TEXT])


def test_the_default_threshold_is_the_checkpoints():
    keep = tiny_pruner(default_threshold=0.0).prune(QUERY, TEXT)
    assert keep.compression == 0
    assert tiny_pruner(default_threshold=1.0).prune(QUERY, TEXT).text == ""


@pytest.mark.parametrize("document", ["", " ", "\n\t\n", "\x00", "\ud800", "\u202eשלום. עולם."])
def test_odd_documents(document):
    result = PRUNER.prune(QUERY, document, threshold=0)
    assert result.text == document
    assert result.score is not None


def test_empty_and_blank_documents_by_the_default_threshold():
    assert PRUNER.prune(QUERY, "").sentences == ()
    blank = PRUNER.prune(QUERY, " \n")
    assert [s.probability for s in blank.sentences] == [0.0]
    assert blank.text == ""
    assert blank.score == PRUNER.prune(QUERY, "").score == 0
    # A score of its own would be that of the query, and above that of documents off the topic.
    ranked = PRUNER.rank(QUERY, ["", "Cats purr.", "\x00"])
    assert [row.index for row in ranked] == [1, 0, 2]


def test_five_megabytes():
    text = "The cat is in Paris. Cats purr. " * 160_000
    counter = Counter()
    result = Pruner(counter, tiny_tokenizer(), tiny_config(max_length=512)).prune(QUERY, text)
    assert len(result.text) <= len(text)
    assert len(result.sentences) == 320_000


def test_threads_share_a_pruner():
    documents = [f"{TEXT} {'Cats. ' * i}" for i in range(8)]
    expected = [PRUNER.prune(QUERY, document) for document in documents]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda text: PRUNER.prune(QUERY, text), documents)) == expected


def test_a_splitter_of_ones_own():
    def lines(text):
        ends = [i + 1 for i, c in enumerate(text) if c == "\n"]
        return list(zip([0, *ends[:-1]], ends, strict=True))

    pruner = Pruner(PRUNER.encoder, PRUNER.tokenizer, PRUNER.config, splitter=lines)
    assert len(pruner.prune(QUERY, "A. B.\nC. D.\n").sentences) == 2
    with pytest.raises(ValueError, match="`splitter` must tile the text: it ends at 6 of 7"):
        pruner.prune(QUERY, "A. B.\nC")


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda p: p.prune("", "a"), ValueError, "`query` must not be empty, not ''"),
        (lambda p: p.prune(" \n", "a"), ValueError, "`query` must not be empty"),
        (lambda p: p.prune(3, "a"), TypeError, "`query` must be a str, not int"),
        (lambda p: p.prune("q", None), TypeError, "`document` must be a str, not NoneType"),
        (lambda p: p.prune("q", ["a"]), TypeError, "`document` must be a str, not list"),
        (lambda p: p.prune_batch("q", ["a"]), TypeError, "`queries` must be a list of str"),
        (lambda p: p.prune_batch(["q"], "a"), TypeError, "`documents` must be a list of str"),
        (lambda p: p.prune_batch(["q"], [["a"]]), TypeError, r"`documents\[0\]` must be a str"),
        (lambda p: p.prune_batch(["q"], ["a", "b"]), ValueError, "of one length, not 1 and 2"),
        (lambda p: p.rank("q", ["a"], top_k=0), ValueError, "`top_k` must be at least 1, not 0"),
        (lambda p: p.rank("", []), ValueError, "`query` must not be empty"),
        (lambda p: p.prune("q", "a", threshold=2), ValueError, "`threshold` must be from 0 to 1"),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call(PRUNER)


def test_an_empty_batch():
    assert PRUNER.prune_batch([], []) == []


@pytest.mark.parametrize("method", ["prune", "prune_batch", "rank"])
def test_an_unknown_option_is_pythons_own_error(method):
    texts = {"prune": ("q", "a"), "prune_batch": (["q"], ["a"]), "rank": ("q", ["a"])}[method]
    for name in ("treshold", "strictly"):
        with pytest.raises(TypeError, match=rf"\.{method}\(\) got an unexpected .* '{name}'"):
            getattr(PRUNER, method)(*texts, **{name: True})


def test_texts_from_any_iterable_and_numbers_of_numpy():
    texts = ["Cats purr. ", TEXT]
    due = PRUNER.prune_batch([QUERY] * 2, texts, threshold=0.5, max_tokens=9, min_sentences=1)
    found = PRUNER.prune_batch(
        np.array([QUERY] * 2),
        (text for text in texts),
        threshold=np.float64(0.5),
        max_tokens=np.int64(9),
        min_sentences=np.int32(1),
    )
    assert found == due
    ranked = PRUNER.rank(QUERY, iter(texts), top_k=np.int64(1))
    assert ranked == PRUNER.rank(QUERY, texts)[:1]


def test_a_stream_gives_what_a_batch_gives():
    pairs = [(QUERY, text) for text in ("Cats purr.", "", "Paris is the capital. Cats purr. " * 40)]
    pairs *= 3
    expected = PRUNER.prune_batch(*zip(*pairs, strict=True))
    for options in ({}, {"look_ahead_pairs": 1}, {"look_ahead_characters": 100}):
        found = list(PRUNER.stream(iter(pairs), **options))
        assert [row.original for row in found] == [row.original for row in expected]
        for one, other in zip(found, expected, strict=True):
            assert one.score == pytest.approx(other.score, abs=1e-6)
            assert [s.kept for s in one.sentences] == [s.kept for s in other.sentences]
    assert [row.text for row in PRUNER.stream(pairs, threshold=0)] == [text for _, text in pairs]


def test_a_stream_reads_as_it_goes():
    read = []
    pairs = (read.append(number) or (QUERY, "Cats purr.") for number in range(1_000))
    results = PRUNER.stream(pairs, look_ahead_pairs=4)
    assert read == []
    next(results)
    assert len(read) <= 10
    results.close()


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ([(QUERY, "a"), ("", "b")], r"`pairs\[1\]\[0\]` must not be empty"),
        ([(QUERY, "a"), (QUERY, 3)], r"`pairs\[1\]\[1\]` must be a str, not int"),
        ([(QUERY, "a"), "ab"], r"`pairs\[1\]` must be a \(query, document\) pair, not 'ab'"),
    ],
)
def test_a_wrong_pair_comes_after_the_results_before_it(pairs, message):
    results = PRUNER.stream(pairs)
    assert next(results).original == "a"
    with pytest.raises((TypeError, ValueError), match=message):
        next(results)


@pytest.mark.parametrize("pairs", ["text", {"a": "b"}, 3, {("a", "b")}])
def test_what_is_no_stream_of_pairs(pairs):
    with pytest.raises(TypeError, match="`pairs` must be an iterable of pairs"):
        PRUNER.stream(pairs)


@pytest.mark.parametrize("name", ["look_ahead_pairs", "look_ahead_characters", "threshold"])
def test_options_of_a_stream_are_checked_at_once(name):
    with pytest.raises(ValueError, match=name):
        PRUNER.stream([], **{name: -1})


def test_errors_of_the_splitter_and_of_the_encoder_come_to_the_caller():
    def split_some(text):
        if "bad" in text:
            raise LookupError(text)
        return [(0, len(text))]

    pipeline = PruningPipeline(PRUNER.encoder, PRUNER.tokenizer, PRUNER.config, splitter=split_some)
    results = pipeline.stream([(QUERY, "a"), (QUERY, "bad")], look_ahead_pairs=1)
    assert next(results).original == "a"
    with pytest.raises(LookupError, match="bad"):
        next(results)


def test_skipped_results_change_no_other():
    pairs = [(QUERY, text) for text in ("Cats purr. " * n for n in range(20))]
    for options in ({"look_ahead_pairs": 3}, {}):
        expected = [row.to_dict() for row in PRUNER.stream(pairs, **options)]
        for skip in (0, 1, 7, 20, 99):
            found = PRUNER.stream(pairs, skip=skip, **options)
            assert [row.to_dict() for row in found] == expected[skip:]


def test_a_context_within_a_budget():
    documents = ["Cats purr. Paris is the capital.", "", "The capital of France is Paris."]
    context = PRUNER.pack(QUERY, documents, max_tokens=8)
    assert context.tokens == PRUNER.count_tokens(context.text) <= 8
    assert {row.index for row in context.sentences} <= {0, 2}
    by_characters = PRUNER.pack(QUERY, iter(documents), max_characters=20, separator="")
    assert len(by_characters.text) <= 20
    counted = PRUNER.pack(QUERY, documents, max_tokens=30, count_tokens=len)
    assert counted.tokens == len(counted.text) <= 30
    assert PRUNER.pack(QUERY, [], max_tokens=3).text == ""


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({}, ValueError, "`max_tokens` or `max_characters` is needed"),
        ({"max_tokens": -1}, ValueError, "`max_tokens` must be at least 0"),
        ({"max_tokens": 9, "separator": 3}, TypeError, "`separator` must be a str"),
        ({"max_tokens": 9, "threshold": 2}, ValueError, "`threshold` must be from 0 to 1"),
        ({"max_tokens": 9, "always_keep": ["titles"]}, ValueError, "`always_keep` must be one of"),
        ({"max_tokens": 9, "always_keep": "headings"}, TypeError, "`always_keep` must be a coll"),
    ],
)
def test_wrong_budgets_of_a_context(options, error, message):
    with pytest.raises(error, match=message):
        PRUNER.pack(QUERY, ["Cats purr."], **options)


def test_budgets_of_a_document():
    text = "Cats purr. The capital of France is Paris. Cats."
    for options in ({"max_characters": 11}, {"max_tokens": 11, "count_tokens": len}):
        assert len(PRUNER.prune(QUERY, text, threshold=0, **options).text) <= 11
    warnings = PRUNER.prune(QUERY, text, threshold=0, max_characters=0).warnings
    assert "the most probable sentence does not fit" in warnings[0]
