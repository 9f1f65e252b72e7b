"""`pruning serve` under load, beside `Pruner.prune_batch` in this process: `... FILE`.

FILE has questions and contexts, such as xquad_en.jsonl.gz. A request has 20 documents of 1,500
characters. For 1, 8 and 64 clients, each of which asks again when it has its answer: documents a
second, and their share of those of `prune_batch` on the same pairs, measured before and after; and
the median and the 99th percentile of the seconds of a request where the clients together ask at
70 % of that load, counted from when each was due. The same with a batch of one request's documents
at a time, which is batching across requests switched off.

`--soak MINUTES` instead sends requests of 8 clients at 70 % of the load for so long, and 2,000 that
are malformed, oversized or broken off between them, and prints what became of the answers and of
the server's memory. `--seconds N` is how long each load lasts.
"""

import argparse
import http.client
import itertools
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pruning_core.pruner import Pruner
from pruning_transformers.questions import read_questions

CLIENTS = (1, 8, 64)
DOCUMENTS, CHARACTERS, REQUESTS = 20, 1_500, 16
LOAD = 0.7
BAD = 2_000
TOLERANCE = 1e-5
"""Of a score: other documents in a batch change its last digits."""

Request = tuple[str, list[str]]


def requests_of(file: Path) -> list[Request]:
    rows = list(read_questions(file))
    draw = random.Random(0)
    contexts = list(dict.fromkeys(row.context for row in rows))

    def document() -> str:
        text = ""
        while len(text) < CHARACTERS:
            text += draw.choice(contexts) + "\n\n"
        return text[:CHARACTERS]

    questions = draw.sample([row.question for row in rows], REQUESTS)
    return [(question, [document() for _ in range(DOCUMENTS)]) for question in questions]


def serve(is_apart: bool) -> None:
    """The server's process; prints its port."""
    import uvicorn

    from pruning_core.serving.app import create_app
    from pruning_core.serving.settings import ServerSettings
    from pruning_core.turns import Turns

    if is_apart:
        together = Turns.take

        def take(turns: Turns, token_budget: int) -> list:
            first, others = next(iter(turns._calls)), dict(turns._calls)
            turns._calls = {first: others.pop(first)}
            batch = together(turns, token_budget)
            turns._calls = others | turns._calls
            return batch

        Turns.take = take
    listening = socket.create_server(("127.0.0.1", 0))
    print(listening.getsockname()[1], flush=True)
    app = create_app(Pruner.from_pretrained(device="cpu"), ServerSettings())
    config = uvicorn.Config(app, access_log=False, log_level="warning")
    uvicorn.Server(config).run(sockets=[listening])


class Server:
    """A server in a process of its own."""

    def __init__(self, *options: str) -> None:
        command = [sys.executable, "-m", "tools.benchmarks.serving", "--serve", *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def __enter__(self) -> "Server":
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        connection.request("GET", "/ready")
        assert connection.getresponse().status == 200
        return self

    def __exit__(self, *error: object) -> None:
        self.process.terminate()
        self.process.wait(60)

    def memory(self) -> float:
        """MiB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024


@dataclass
class Load:
    """Clients that ask, each on a thread and a connection of its own."""

    port: int
    bodies: list[bytes]
    seconds: list[float] = field(default_factory=list)
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def run(self, clients: int, duration: float, rate: float | None = None) -> float:
        """Ask for so long, at `rate` requests a second or as fast as answers come; requests that
        were answered a second.
        """
        begun = time.perf_counter()
        turns = itertools.count()

        def client() -> None:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
            for turn in turns:
                due = begun + turn / rate if rate else time.perf_counter()
                if due > begun + duration:
                    return
                time.sleep(max(0.0, due - time.perf_counter()))
                number = turn % len(self.bodies)
                try:
                    headers = {"Content-Type": "application/json"}
                    connection.request("POST", "/v1/rerank", self.bodies[number], headers)
                    answer = connection.getresponse()
                    data = answer.read()
                    if answer.status != 200:
                        self.errors.append(f"{answer.status}: {data[:200]!r}")
                    self.answers.append((number, data))
                except (OSError, http.client.HTTPException) as error:
                    self.errors.append(repr(error))
                    connection.close()
                self.seconds.append(time.perf_counter() - due)

        threads = [threading.Thread(target=client) for _ in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self.errors:
            raise SystemExit(f"{len(self.errors)} requests failed, the first by {self.errors[0]}")
        return len(self.seconds) / (time.perf_counter() - begun)


def bodies_of(requests: list[Request]) -> list[bytes]:
    return [
        json.dumps({"query": query, "documents": documents, "prune": True}).encode()
        for query, documents in requests
    ]


def in_process(pruner: Pruner, requests: list[Request]) -> float:
    """Documents a second of `prune_batch`."""
    pairs = [(query, document) for query, documents in requests for document in documents]
    begun = time.perf_counter()
    pruner.prune_batch(*map(list, zip(*pairs, strict=True)), show_progress=False)
    return len(pairs) / (time.perf_counter() - begun)


def table(requests: list[Request], duration: float) -> None:
    pruner, bodies = Pruner.from_pretrained(device="cpu"), bodies_of(requests)
    in_process(pruner, requests[:2])
    print("| clients | batches | documents/s | of `prune_batch` | p50 at 70 % | p99 at 70 % |")
    print("| --- | --- | --- | --- | --- | --- |")
    for clients in CLIENTS:
        for name, options in (("shared", ()), ("of one request", ("--apart",))):
            before = in_process(pruner, requests)
            with Server(*options) as server:
                Load(server.port, bodies).run(clients, duration / 4)  # to warm it up
                rate = Load(server.port, bodies).run(clients, duration)
                paced = Load(server.port, bodies)
                paced.run(clients, duration, LOAD * rate)
            bare = statistics.mean((before, in_process(pruner, requests)))
            cuts = statistics.quantiles(paced.seconds, n=100, method="inclusive")
            print(
                f"| {clients} | {name} | {rate * DOCUMENTS:.1f} | {rate * DOCUMENTS / bare:.2f} |"
                f" {cuts[49]:.2f} s | {cuts[98]:.2f} s |",
                flush=True,
            )


def bad_requests(port: int) -> list[Callable[[], None]]:
    """Requests that are no use, and those that send them look at nothing."""

    def send(head: str, body: bytes, wait: bool = True) -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
            text = f"POST /v1/rerank HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{head}\r\n\r\n"
            try:
                connection.sendall(text.encode() + body)
                while wait and connection.recv(65_536):
                    pass
            except ConnectionError:
                pass

    kind = "Content-Type: application/json\r\nContent-Length: "
    large = json.dumps({"query": "q", "documents": ["Cats purr. " * 100] * 100}).encode()
    return [
        lambda: send(f"{kind}9", b'{"query":'),
        lambda: send(f"{kind}2", b"{}"),
        lambda: send(f"{kind}4", b"\xff\xfe\x00{"),
        lambda: send(f"{kind}999999999", b"{"),
        lambda: send(f"{kind}{len(large)}", large[:999], wait=False),
        lambda: send(f"{kind}{len(large)}", large, wait=False),
        lambda: send("Transfer-Encoding: chunked", b"zz\r\n"),
        lambda: send(f"{kind}20", b"\0" * 20),
    ]


def soak(requests: list[Request], minutes: float, duration: float) -> None:
    pruner, bodies = Pruner.from_pretrained(device="cpu"), bodies_of(requests)
    expected = [
        {row.index: row.score for row in pruner.rank(query, documents)}
        for query, documents in requests
    ]
    with Server() as server:
        rate = Load(server.port, bodies).run(8, duration)
        memory, stop = [server.memory()], threading.Event()
        bad = itertools.cycle(bad_requests(server.port))

        def disturb() -> None:
            for _ in range(BAD):
                next(bad)()
                if stop.wait(minutes * 60 / BAD * 0.9):
                    return

        def watch() -> None:
            while not stop.wait(10):
                memory.append(server.memory())

        threads = [threading.Thread(target=disturb), threading.Thread(target=watch)]
        for thread in threads:
            thread.start()
        load = Load(server.port, bodies)
        load.run(8, minutes * 60, LOAD * rate)
        stop.set()
        for thread in threads:
            thread.join()
        wrong = 0
        for number, data in load.answers:
            rows = {row["index"]: row["relevance_score"] for row in json.loads(data)["results"]}
            right = expected[number]
            is_right = rows.keys() == right.keys() and all(
                abs(rows[index] - right[index]) <= TOLERANCE for index in right
            )
            wrong += not is_right
        alive = server.process.poll() is None
    print("| minutes | good requests | wrong answers | bad requests | alive | memory, MiB |")
    print("| --- | --- | --- | --- | --- | --- |")
    thirds = [
        round(statistics.mean(memory[i * len(memory) // 3 :][: len(memory) // 3 or 1]))
        for i in range(3)
    ]
    print(
        f"| {minutes:g} | {len(load.answers)} | {wrong} | {BAD} | {'yes' if alive else 'no'} |"
        f" {thirds[0]}, {thirds[1]}, {thirds[2]} (mean of each third) |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument("--soak", type=float, metavar="MINUTES")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--apart", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.apart)
        return
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    requests = requests_of(options.file)
    if options.soak:
        soak(requests, options.soak, options.seconds)
    else:
        table(requests, options.seconds)


if __name__ == "__main__":
    main()
