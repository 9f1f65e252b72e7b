"""`pruning serve`: a checkpoint over HTTP."""

import argparse
import os
from pathlib import Path
from typing import Any

from pruning_core.builtin import DEFAULT
from pruning_core.cli.hub_options import add_hub_options, hub_options
from pruning_core.cli.listening import announce, answer, listen
from pruning_core.devices import check_device
from pruning_core.pruner import Pruner
from pruning_core.serving.settings import ORDERS, ServerSettings
from pruning_core.validation import check_int

KEY = "PRUNING_API_KEY"
GRACE = 5
"""Seconds beyond the time limit that running requests are waited for at the end."""


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "serve",
        allow_abbrev=False,  # else `--api-key KEY` would be a file
        help="rerank and prune over HTTP",
        description="Rerank and prune over HTTP, for the clients of Cohere, Jina, vLLM and Text"
        f" Embeddings Inference. A key is read from `--api-key-file` or the variable {KEY}.",
    )
    parser.set_defaults(run=run_serve)
    parser.add_argument(
        "--model", default=DEFAULT, help="folder or hub id; by default the built-in English model"
    )
    add_hub_options(parser)
    parser.add_argument(
        "--device", default="auto", help="of torch, such as cpu or cuda:0; by default the best"
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8080, help="(8080); 0 takes a free one")
    parser.add_argument("--name", help="what answers call the model; by default its own name")
    parser.add_argument(
        "--api-key-file", type=Path, metavar="FILE", help="holds the key that clients send"
    )
    limits = parser.add_argument_group("limits")
    for name, text in (
        ("max_body_bytes", "of a request"),
        ("max_documents", "of a request"),
        ("max_characters", "of a request's texts together"),
        ("max_waiting", "documents of all requests that may wait"),
        ("time_limit", "seconds until an answer begins"),
        ("window", "seconds that a batch waits for documents of other requests"),
    ):
        value = getattr(ServerSettings, name)
        limits.add_argument(
            f"--{name.replace('_', '-')}",
            type=type(value),
            default=value,
            metavar="N",
            help=f"{text} ({value})",
        )
    parser.add_argument(
        "--token-budget", type=int, metavar="N", help="padded tokens of a batch; see Pruner"
    )
    parser.add_argument(
        "--cors-allow-origin",
        action="append",
        default=[],
        metavar="ORIGIN",
        help="web pages that may call, such as https://example.org; may be given several times",
    )
    parser.add_argument(
        "--result-order",
        choices=ORDERS,
        default=ServerSettings.result_order,
        help="of reranked rows: best first (default), or as the documents came",
    )


def run_serve(options: argparse.Namespace) -> int:
    """Load the model, then listen until a signal ends it."""
    try:
        import uvicorn  # noqa: F401 - before the model is loaded

        from pruning_core.serving.app import create_app
    except ImportError as error:
        text = f"`pruning serve` needs {error.name}: `pip install 'pruning-core[serve]'`"
        raise ImportError(text) from error
    check_device(options.device)
    if options.token_budget is not None:
        check_int("token_budget", options.token_budget, minimum=1)
    settings = ServerSettings(
        model_name=options.name or _name(options.model),
        revision=options.revision,
        api_key=_key(options.api_key_file),
        max_body_bytes=options.max_body_bytes,
        max_documents=options.max_documents,
        max_characters=options.max_characters,
        max_waiting=options.max_waiting,
        time_limit=options.time_limit,
        window=options.window,
        cors_allow_origins=tuple(options.cors_allow_origin),
        result_order=options.result_order,
    )
    with listen(options.host, options.port) as listening:
        pruner = Pruner.from_pretrained(
            options.model,
            device=options.device,
            token_budget=options.token_budget,
            **hub_options(options),
        )
        announce(options.host, listening, has_key=settings.api_key is not None)
        grace = int(settings.time_limit) + GRACE
        return answer(create_app(pruner, settings), listening, timeout_graceful_shutdown=grace)


def _name(model: str) -> str:
    """A hub id as it is; of a folder only its own name, since a path is nobody's business."""
    return Path(model).resolve().name if Path(model).exists() else model


def _key(file: Path | None) -> str | None:
    """The key, from the file or the environment.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is empty.
    """
    if file is None:
        return os.environ.get(KEY) or None
    key = file.read_text(encoding="utf-8").strip()
    if not key:
        raise ValueError(f"`--api-key-file` {str(file)!r} is empty")
    return key
