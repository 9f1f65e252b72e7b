"""SharedEncoder: one encoder for the calls of many, batched together, on threads of its own."""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from pruning_core.calls import Call
from pruning_core.inference import WindowJob, WindowPredictor, jobs_of
from pruning_core.pairs import Pair
from pruning_core.results import PrunedDocument
from pruning_core.scoring import Scoring
from pruning_core.selection import Selection
from pruning_core.turns import Turns

PREPARED_CHARACTERS = 65_536
"""Of the documents that are split and tokenized together."""

BATCHES_AHEAD = 4
"""Batches of a call's windows that may wait for the encoder before more of it is tokenized."""

Measure = Literal["queue_seconds", "tokenization_seconds", "inference_seconds", "batch_tokens"]
"""Of a document the seconds before the encoder; of documents tokenized together, and of a batch,
the seconds that took; padded tokens of a batch."""


class QueueFullError(RuntimeError):
    """More documents wait than may; try again later."""


class Submission:
    """A call on its way, with a future for each of its documents.

    Attributes:
        documents: all of them, in the call's order.
        unprepared: those that are not tokenized yet.
        left: how many are neither done nor cancelled.
        tokens: that the encoder reads for them, as far as they are tokenized.
    """

    def __init__(self, call: Call[Any]) -> None:
        self.selection: Selection = call.selection
        self.documents = [Document(self, pair) for pair in call.pairs]
        self.unprepared = deque(self.documents)
        self.left = len(self.documents)
        self.tokens = 0
        self.begun = time.monotonic()

    def cancel(self) -> None:
        """Drop what is not done."""
        for document in self.documents:
            document.future.cancel()

    def next_documents(self) -> list["Document"]:
        """Documents to tokenize together; those that were cancelled are passed over."""
        found: list[Document] = []
        size = 0
        while self.unprepared:
            size += len(self.unprepared[0].texts[1])
            if found and size > PREPARED_CHARACTERS:
                break
            document = self.unprepared.popleft()
            if not document.future.done():
                found.append(document)
        return found


class Document:
    """A document of a submission, from its texts to the future result."""

    def __init__(self, submission: Submission, texts: tuple[str, str]) -> None:
        self.submission = submission
        self.texts = texts
        self.future: Future[PrunedDocument] = Future()
        self.windows_left = 0

    def settle(self, work: Callable[[], PrunedDocument]) -> None:
        """Set the future to what `work` gives or raises, unless it is cancelled or set."""
        if self.future.done() or not self.future.set_running_or_notify_cancel():
            return
        try:
            self.future.set_result(work())
        except Exception as error:  # the caller's to handle
            self.future.set_exception(error)


@dataclass(frozen=True, eq=False)
class DocumentWindow(WindowJob):
    """A window of a document that waits for the encoder."""

    document: Document


class SharedEncoder:
    """Runs calls of many callers: one thread splits, tokenizes and selects, one runs the encoder.

    Args:
        prepare: texts -> pairs of windows.
        predictor: runs the encoder.
        scoring: what the encoder says -> results.
        delay: seconds that a batch that is not full waits for more.
        max_waiting: documents that may wait, those of a call that comes when none does aside.
        observe: is told what was measured; on any of the threads.
    """

    def __init__(
        self,
        *,
        prepare: Callable[[Sequence[tuple[str, str]]], list[Pair]],
        predictor: WindowPredictor,
        scoring: Scoring,
        delay: float,
        max_waiting: int,
        observe: Callable[[Measure, float], object],
    ) -> None:
        self._prepare_pairs = prepare
        self._predictor = predictor
        self._scoring = scoring
        self._delay = delay
        self._max_waiting = max_waiting
        self._observe = observe
        self._changed = threading.Condition()  # of all that follows
        self._waiting = 0
        self._submissions: dict[Submission, None] = {}
        self._unprepared: deque[Submission] = deque()
        self._windows: Turns[DocumentWindow] = Turns()
        self._encoded: deque[tuple[Document, WindowJob]] = deque()
        self._threads: list[threading.Thread] = []
        self._closed = False

    @property
    def waiting(self) -> int:
        """Documents that are neither done nor cancelled."""
        return self._waiting

    @property
    def is_open(self) -> bool:
        """Whether calls are taken, as long as there is room."""
        return not self._closed

    def submit(self, call: Call[Any]) -> Submission:
        """Take a call.

        Raises:
            QueueFullError: too many documents wait.
            RuntimeError: it is closed.
        """
        submission = Submission(call)
        with self._changed:
            if self._closed:
                raise RuntimeError("the AsyncPruner is closed")
            if self._waiting and self._waiting + submission.left > self._max_waiting:
                raise QueueFullError(
                    f"{submission.left} documents cannot wait with the {self._waiting} that do:"
                    f" `max_waiting` is {self._max_waiting}"
                )
            if not submission.documents:
                return submission
            self._waiting += submission.left
            self._submissions[submission] = None
            self._unprepared.append(submission)
            if not self._threads:
                for name, work in (("texts", self._work_on_texts), ("encoder", self._encode)):
                    thread = threading.Thread(target=work, name=f"pruning-{name}", daemon=True)
                    self._threads.append(thread)
                    thread.start()
            self._changed.notify_all()
        for document in submission.documents:
            document.future.add_done_callback(partial(self._left, submission))
        return submission

    def close(self, *, drop: bool = False) -> None:
        """Take no more calls, finish those that were taken, or drop them, and end the threads."""
        with self._changed:
            self._closed = True
            dropped = list(self._submissions) if drop else []
            self._changed.notify_all()
        for submission in dropped:
            submission.cancel()
        if threading.current_thread() not in self._threads:  # garbage is collected anywhere
            for thread in self._threads:
                thread.join()

    def _left(self, submission: Submission, future: "Future[PrunedDocument]") -> None:
        """Note that a document is done, or cancelled."""
        with self._changed:
            self._waiting -= 1
            submission.left -= 1
            if not submission.left:
                self._windows.drop(submission)
                del self._submissions[submission]
                self._changed.notify_all()

    def _work_on_texts(self) -> None:
        while work := self._next_text_work():
            work()

    def _next_text_work(self) -> Callable[[], None] | None:
        with self._changed:
            while self._waiting or not self._closed:
                if self._encoded:
                    return partial(self._select, *self._encoded.popleft())
                if documents := self._next_documents():
                    return partial(self._prepare, documents)
                self._changed.wait()
        return None

    def _next_documents(self) -> list[Document]:
        """Documents of the submission whose turn it is, of which few enough windows wait."""
        most = BATCHES_AHEAD * self._predictor.token_budget
        for _ in range(len(self._unprepared)):
            submission = self._unprepared.popleft()
            is_ahead = self._windows.tokens_of(submission) >= most
            found = [] if is_ahead else submission.next_documents()
            if submission.unprepared:
                self._unprepared.append(submission)
            if found:
                return found
        return []

    def _prepare(self, documents: Sequence[Document]) -> None:
        submission, begun = documents[0].submission, time.monotonic()
        try:
            pairs = self._prepare_pairs([document.texts for document in documents])
            self._observe("tokenization_seconds", time.monotonic() - begun)
        except Exception as error:  # the caller's to handle
            _fail(documents, error)
            return
        windows = []
        for document, pair in zip(documents, pairs, strict=True):
            jobs = jobs_of(pair)
            document.windows_left = len(jobs)
            windows += [DocumentWindow(j.pair, j.number, j.prediction, document) for j in jobs]
        submission.tokens += sum(window.length for window in windows)
        with self._changed:
            if submission.left:
                self._windows.add(submission, windows)
                self._changed.notify_all()

    def _encode(self) -> None:
        while (batch := self._next_batch()) is not None:
            begun = time.monotonic()
            try:
                for done in self._predictor.run(batch):
                    tokens = len(done) * max(window.length for window in done)
                    self._observe("batch_tokens", tokens)
                    self._observe("inference_seconds", time.monotonic() - begun)
                    self._note(done, begun)
                    begun = time.monotonic()
            except Exception as error:  # the callers' to handle
                _fail([window.document for window in batch], error)

    def _next_batch(self) -> list[DocumentWindow] | None:
        """Windows of documents that are not cancelled; waits until they are a batch, or the first
        of them has waited long enough. None is the end.
        """
        with self._changed:
            while self._waiting or not self._closed:
                left = self._windows.since + self._delay - time.monotonic()
                if not self._windows:
                    self._changed.wait()
                elif left > 0 and self._windows.tokens < self._predictor.token_budget:
                    self._changed.wait(left)
                else:
                    batch = self._windows.take(self._predictor.token_budget)
                    self._changed.notify_all()  # there is room for more
                    if found := [w for w in batch if not w.document.future.done()]:
                        return found
        return None

    def _note(self, done: Sequence[DocumentWindow], begun: float) -> None:
        """Hand over the documents of which the encoder has read all windows."""
        ready = []
        for window in done:
            document = window.document
            if document.windows_left == len(window.pair.windows):
                self._observe("queue_seconds", begun - document.submission.begun)
            document.windows_left -= 1
            if not document.windows_left:
                ready.append((document, window))
        with self._changed:
            self._encoded.extend(ready)
            self._changed.notify_all()

    def _select(self, document: Document, window: WindowJob) -> None:
        selection = document.submission.selection
        document.settle(partial(self._scoring.result, window.pair, window.prediction, selection))


def _fail(documents: Sequence[Document], error: Exception) -> None:
    def work() -> PrunedDocument:
        raise error

    for document in documents:
        document.settle(work)
