"""`pruning mcp`: tools for language models, by the Model Context Protocol."""

import argparse
from typing import Any

from pruning_core.builtin import DEFAULT
from pruning_core.cli.hub_options import add_hub_options, hub_options
from pruning_core.cli.listening import announce, answer, listen
from pruning_core.devices import check_device_option
from pruning_core.integrations.mcp_limits import CallLimits
from pruning_core.pruner import Pruner

PATH = "/mcp"
BYTES = 12
"""Of a character in a request at most: JSON may write it as two times six letters."""


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "mcp",
        help="tools for language models that prune, rank and pack",
        description="A server of the Model Context Protocol with the tools `prune`, `rank` and"
        " `pack`, on standard input and output or over HTTP.",
    )
    parser.set_defaults(run=run_mcp)
    parser.add_argument(
        "--transport",
        choices=("stdio", "streamable-http"),
        default="stdio",
        help="stdio, for a program that starts this one (default), or a server of its own",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="(8000); 0 takes a free one")
    for name, text in (
        ("max_documents", "of a call"),
        ("max_characters", "of a call's query and documents together"),
    ):
        value = getattr(CallLimits, name)
        parser.add_argument(
            f"--{name.replace('_', '-')}",
            type=int,
            default=value,
            metavar="N",
            help=f"{text} ({value})",
        )
    parser.add_argument(
        "--model", default=DEFAULT, help="folder or hub id; by default the built-in English model"
    )
    add_hub_options(parser)
    parser.add_argument(
        "--device", default="auto", help="of torch, such as cpu or cuda:0; by default the best"
    )


def run_mcp(options: argparse.Namespace) -> int:
    """Load the model, then answer until the input ends, or a signal comes."""
    from pruning_core.integrations.mcp import create_server

    check_device_option(options.device)
    limits = CallLimits(max_documents=options.max_documents, max_characters=options.max_characters)

    def load() -> Any:
        pruner = Pruner.from_pretrained(
            options.model, device=options.device, **hub_options(options)
        )
        return create_server(pruner, **vars(limits))

    if options.transport == "stdio":
        load().run("stdio")
        return 0
    with listen(options.host, options.port) as listening:
        app = load().streamable_http_app(
            streamable_http_path=PATH,
            json_response=True,
            stateless_http=True,
            host=options.host,
            max_request_body_size=BYTES * options.max_characters + 2**20,
        )
        announce(options.host, listening, PATH)
        return answer(app, listening, log_level="warning")
