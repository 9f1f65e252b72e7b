"""`pruning serve`: a checkpoint over HTTP."""

import argparse
import os
from pathlib import Path
from typing import Any

from pruning_core.cli.descriptions import describe
from pruning_core.cli.listening import announce, answer, listen
from pruning_core.cli.pruner_options import add_model, open_pruner
from pruning_core.devices import check_device_option
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
    )
    parser.set_defaults(run=run_serve)
    describe(
        parser,
        "Rerank and prune over HTTP, for the clients of Cohere, Jina, vLLM and Text Embeddings"
        " Inference, with a page to try it. A key is read from --api-key-file or the environment"
        f" variable {KEY}, and there is none by default.",
        "serve",
        "serve --host 0.0.0.0 --api-key-file key.txt --model my-pruner",
    )
    add_model(parser)
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)"
    )
    parser.add_argument(
        "--port", type=int, default=8080, help="port to listen on; 0 is a free one (default: 8080)"
    )
    parser.add_argument("--name", help="what the answers call the model (default: its own name)")
    parser.add_argument(
        "--api-key-file",
        type=Path,
        metavar="FILE",
        help="file with the key that clients must send (default: none)",
    )
    limits = parser.add_argument_group("limits")
    for name, text in (
        ("max_body_bytes", "bytes of a request"),
        ("max_documents", "documents of a request"),
        ("max_characters", "characters of a request's texts together"),
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
            help=f"{text} (default: {value})",
        )
    parser.add_argument(
        "--token-budget", type=int, metavar="N", help="tokens of a batch (default: by the device)"
    )
    parser.add_argument(
        "--cors-allow-origin",
        action="append",
        default=[],
        metavar="ORIGIN",
        help="web page that may call, such as https://example.org; may be given several times"
        " (default: none)",
    )
    parser.add_argument(
        "--result-order",
        choices=ORDERS,
        default=ServerSettings.result_order,
        help="order of reranked rows: score, best first, or input, as the documents came"
        f" (default: {ServerSettings.result_order})",
    )


def run_serve(options: argparse.Namespace) -> int:
    """Load the model, then listen until a signal ends it."""
    try:
        import uvicorn  # noqa: F401 - before the model is loaded

        from pruning_core.serving.app import create_app
    except ImportError as error:
        text = f"`pruning serve` needs {error.name}: `pip install 'pruning-core[serve]'`"
        raise ImportError(text) from error
    check_device_option(options.device)
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
        pruner = open_pruner(options, token_budget=options.token_budget)
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
