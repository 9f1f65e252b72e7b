import asyncio
import gc
import inspect
import threading

import pytest

from gated_encoder import gated
from pruning_core import AsyncPruner, Pruner, QueueFullError
from pruning_core.pipeline import PruningPipeline
from tiny_checkpoint import tiny_pruner

PRUNER = tiny_pruner()
QUERY = "capital of france"
TEXTS = ["Paris is the capital of France. Cats purr.", "", "The cat is in Paris. " * 30, "cats"]
SELECTION = {"threshold": 0.4, "max_characters": 60, "min_sentences": 1, "always_keep": ["titles"]}


async def until(condition):
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.001)


def same(one, other):
    assert one.original == other.original
    assert one.score == pytest.approx(other.score, abs=1e-6)
    assert [(s.start, s.end, s.kept) for s in one.sentences] == [
        (s.start, s.end, s.kept) for s in other.sentences
    ]
    assert [s.probability for s in one.sentences] == pytest.approx(
        [s.probability for s in other.sentences], abs=1e-6
    )
    assert one.warnings == other.warnings


def threads():
    return [t for t in threading.enumerate() if t.name in {"pruning-texts", "pruning-encoder"}]


@pytest.fixture(autouse=True)
def _no_thread_stays():
    yield
    gc.collect()
    assert not threads()


def test_the_results_are_those_of_the_pruner():
    async def run():
        async with AsyncPruner(PRUNER) as pruner:
            return await asyncio.gather(
                asyncio.gather(*(pruner.prune(QUERY, text, **SELECTION) for text in TEXTS)),
                pruner.prune_batch(["cats", QUERY], TEXTS[:2]),
                pruner.rank(QUERY, iter(TEXTS), top_k=3),
                pruner.rank(QUERY, TEXTS, prune=False),
                pruner.pack(QUERY, TEXTS, max_tokens=30, always_keep=["headings"]),
            )

    alone, batch, ranked, plain, packed = asyncio.run(run())
    for text, result in zip(TEXTS, alone, strict=True):
        same(result, PRUNER.prune(QUERY, text, **SELECTION))
    for result, expected in zip(batch, PRUNER.prune_batch(["cats", QUERY], TEXTS[:2]), strict=True):
        same(result, expected)
    for row, expected in zip(ranked, PRUNER.rank(QUERY, TEXTS, top_k=3), strict=True):
        assert row.index == expected.index
        same(row.pruned, expected.pruned)
    assert [row.index for row in plain] == [row.index for row in PRUNER.rank(QUERY, TEXTS)]
    assert {row.text for row in plain} == set(TEXTS)
    expected = PRUNER.pack(QUERY, TEXTS, max_tokens=30, always_keep=["headings"])
    assert packed.text == expected.text


def test_many_calls_of_all_sizes_at_a_time_get_their_own_answers():
    texts = [f"Cats purr {number}. The cat is in Paris." for number in range(40)]

    async def run():
        async with AsyncPruner(PRUNER, window=0) as pruner:
            calls = [pruner.prune_batch([QUERY] * n, texts[:n]) for n in range(40)]
            return await asyncio.gather(*calls)

    expected = PRUNER.prune_batch([QUERY] * 40, texts)
    for number, results in enumerate(asyncio.run(run())):
        assert len(results) == number
        for one, other in zip(results, expected, strict=False):
            same(one, other)


def test_a_stream_gives_results_in_order():
    async def run():
        async with AsyncPruner(PRUNER) as pruner:
            pairs = [(QUERY, text) for text in TEXTS]
            found = [result async for result in pruner.stream(pairs, threshold=0.4)]
            stopped = pruner.stream(pairs)
            await anext(stopped)
            await stopped.aclose()
            await until(lambda: not pruner.waiting)
            return found

    for result, text in zip(asyncio.run(run()), TEXTS, strict=True):
        same(result, PRUNER.prune(QUERY, text, threshold=0.4))


def test_the_documents_of_all_callers_are_batched_together():
    pipeline, gate, batches = gated(PRUNER)

    async def run():
        async with AsyncPruner(pipeline, window=0) as pruner:
            first = asyncio.create_task(pruner.prune(QUERY, "Cats purr."))
            await until(lambda: batches)
            others = [asyncio.create_task(pruner.prune(QUERY, "A cat.")) for _ in range(20)]
            await until(lambda: pruner.waiting == 21 and pruner._encoder._windows.tokens >= 20 * 9)
            gate.set()
            await asyncio.gather(first, *others)

    asyncio.run(run())
    assert [len(batch) for batch in batches] == [1, 20]


def test_a_batch_waits_for_more_until_it_is_full():
    pipeline, gate, batches = gated(PRUNER, budget=18)  # two windows of nine tokens
    gate.set()

    async def run():
        async with AsyncPruner(pipeline, window=3600) as pruner:
            await asyncio.gather(*(pruner.prune(QUERY, "A cat.") for _ in range(6)))

    asyncio.run(run())
    assert [len(batch) for batch in batches] == [2, 2, 2]


def test_one_document_does_not_wait_for_a_thousand():
    pipeline, gate, batches = gated(PRUNER, budget=40)
    purr = PRUNER.tokenizer.token_to_id("purr")

    async def run():
        async with AsyncPruner(pipeline) as pruner:
            large = asyncio.create_task(pruner.rank(QUERY, ["A cat."] * 1000))
            await until(lambda: batches)
            small = asyncio.create_task(pruner.prune(QUERY, "Cats purr."))
            await until(lambda: len(pruner._encoder._windows._calls) == 2)
            gate.set()
            await small
            assert not large.done()
            large.cancel()

    asyncio.run(run())
    assert [any(purr in row for row in batch) for batch in batches[:2]] == [False, True]


def test_what_a_cancelled_call_has_not_brought_to_the_encoder_never_gets_there():
    pipeline, gate, batches = gated(PRUNER, budget=40)

    async def run():
        async with AsyncPruner(pipeline) as pruner:
            task = asyncio.create_task(pruner.rank(QUERY, ["A cat."] * 1000))
            other = asyncio.create_task(pruner.prune(QUERY, "Cats purr."))
            await until(lambda: batches and pruner.waiting == 1001)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert pruner.waiting <= 1 + 4  # what the encoder has is not called back
            gate.set()
            same(await other, PRUNER.prune(QUERY, "Cats purr."))

    asyncio.run(run())
    assert sum(map(len, batches)) <= 5


def test_a_time_limit_is_a_cancelled_call():
    pipeline, gate, _ = gated(PRUNER)

    async def run():
        async with AsyncPruner(pipeline) as pruner:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.01):
                    await pruner.prune(QUERY, "Cats purr.")
            gate.set()
            await until(lambda: not pruner.waiting)
            same(await pruner.prune(QUERY, "cats"), PRUNER.prune(QUERY, "cats"))

    asyncio.run(run())


def test_a_full_queue_refuses_a_call_and_takes_one_when_there_is_room():
    pipeline, gate, _ = gated(PRUNER)

    async def run():
        async with AsyncPruner(pipeline, max_waiting=3) as pruner:
            large = asyncio.create_task(pruner.rank(QUERY, TEXTS))  # nothing waits: it may
            await until(lambda: pruner.waiting)
            with pytest.raises(QueueFullError, match="1 documents cannot wait with the 4 that do"):
                await pruner.prune(QUERY, "cats")
            with pytest.raises(QueueFullError):
                pruner.stream([(QUERY, "cats")])
            gate.set()
            await large
            await pruner.rank(QUERY, TEXTS[:3])

    asyncio.run(run())


def test_an_error_is_that_of_the_call_alone():
    def splitter(text):
        if text == "bad":
            raise ValueError("a bad text")
        return [(0, len(text))] if text else []

    pipeline = PruningPipeline(
        PRUNER.encoder, PRUNER.tokenizer, PRUNER.config, splitter=splitter, token_budget=100
    )

    def counter(text):
        raise KeyError("no counter")

    async def run():
        async with AsyncPruner(pipeline) as pruner:
            return await asyncio.gather(
                pruner.prune(QUERY, "bad"),
                pruner.prune(QUERY, "cats"),
                pruner.prune(QUERY, "cats", max_tokens=1, count_tokens=counter),
                pruner.prune(QUERY, "cats"),
                return_exceptions=True,
            )

    bad, good, counted, last = asyncio.run(run())
    assert (str(bad), str(counted)) == ("a bad text", "'no counter'")
    same(good, last)


def test_an_encoder_that_breaks_is_an_error_of_its_batch_alone():
    pipeline, gate, _ = gated(PRUNER, fail={1})
    gate.set()

    async def run():
        async with AsyncPruner(pipeline) as pruner:
            with pytest.raises(RuntimeError, match="the encoder broke"):
                await pruner.rank(QUERY, TEXTS)
            assert pruner.waiting == 0
            return await pruner.prune(QUERY, "cats")

    same(asyncio.run(run()), PRUNER.prune(QUERY, "cats"))


def test_what_runs_is_finished_before_it_closes():
    pipeline, gate, batches = gated(PRUNER)

    async def run():
        pruner = AsyncPruner(pipeline)
        task = asyncio.create_task(pruner.rank(QUERY, TEXTS))
        await until(lambda: batches)
        closing = asyncio.create_task(pruner.aclose())
        await until(lambda: not pruner._encoder.is_open)
        with pytest.raises(RuntimeError, match="the AsyncPruner is closed"):
            await pruner.prune(QUERY, "cats")
        gate.set()
        assert len(await task) == len(TEXTS)
        await closing
        await pruner.aclose()

    asyncio.run(run())


def test_several_event_loops_share_one():
    pruner, results = AsyncPruner(PRUNER), []

    def work():
        results.append(asyncio.run(pruner.rank(QUERY, TEXTS)))

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    expected = [row.index for row in PRUNER.rank(QUERY, TEXTS)]
    assert [[row.index for row in rows] for rows in results] == [expected] * 4


def test_it_starts_no_thread_before_a_call_and_none_outlives_it():
    pruner = AsyncPruner(PRUNER)
    assert asyncio.run(pruner.rank(QUERY, [])) == []
    assert not threads()
    asyncio.run(pruner.prune(QUERY, "cats"))
    assert len(threads()) == 2
    del pruner
    gc.collect()
    assert not threads()


def test_what_is_measured_is_told():
    told = []

    async def run():
        async with AsyncPruner(PRUNER, observe=lambda *row: told.append(row)) as pruner:
            await pruner.rank(QUERY, TEXTS)

    asyncio.run(run())
    values = {}
    for name, value in told:
        values.setdefault(name, []).append(value)
    assert sorted(values) == [
        "batch_tokens",
        "inference_seconds",
        "queue_seconds",
        "tokenization_seconds",
    ]
    assert len(values["queue_seconds"]) == len(TEXTS)
    assert all(value >= 0 for _, value in told)


@pytest.mark.parametrize("name", ["prune", "prune_batch", "rank", "pack", "stream"])
def test_the_options_are_those_of_the_pruner(name):
    def options(of):
        parameters = inspect.signature(getattr(of, name)).parameters
        return {key: value.default for key, value in parameters.items()}

    ours, theirs = options(AsyncPruner), options(Pruner)
    for key in ("show_progress", "look_ahead_pairs", "look_ahead_characters", "skip"):
        theirs.pop(key, None)
    assert ours == theirs


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"pruner": "default"}, TypeError, "`pruner` must be a Pruner, not 'default'"),
        ({"window": -1}, ValueError, "`window` must be a finite number of at least 0"),
        ({"window": "2"}, TypeError, "`window` must be a number"),
        ({"max_waiting": 0}, ValueError, "`max_waiting` must be at least 1"),
    ],
)
def test_a_wrong_argument_is_an_error(arguments, error, message):
    with pytest.raises(error, match=message):
        AsyncPruner(**{"pruner": PRUNER, **arguments})


def test_a_wrong_call_is_an_error_before_anything_runs():
    async def run():
        async with AsyncPruner(PRUNER) as pruner:
            with pytest.raises(ValueError, match="`query` must not be empty"):
                await pruner.prune(" ", "cats")
            with pytest.raises(ValueError, match="`max_tokens` or `max_characters` is needed"):
                await pruner.pack(QUERY, TEXTS)
            with pytest.raises(TypeError, match=r"`documents\[0\]` must be a str"):
                await pruner.rank(QUERY, [1])
            assert not threads()

    asyncio.run(run())
