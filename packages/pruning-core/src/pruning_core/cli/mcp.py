"""`pruning mcp`: tools for language models, by the Model Context Protocol."""

import argparse
from typing import Any

from pruning_core.cli.descriptions import describe
from pruning_core.cli.listening import announce, answer, listen
from pruning_core.cli.pruner_options import add_model, open_pruner
from pruning_core.devices import check_device_option
from pruning_core.integrations.mcp_limits import CallLimits

PATH = "/mcp"
BYTES = 12
"""Of a character in a request at most: JSON may write it as two times six letters."""


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "mcp", help="tools for language models that prune, rank and pack"
    )
    parser.set_defaults(run=run_mcp)
    describe(
        parser,
        "A server of the Model Context Protocol with the tools prune, rank and pack, on standard"
        " input and output or over HTTP.",
        "mcp",
        "mcp --transport streamable-http --port 8000",
    )
    parser.add_argument(
        "--transport",
        choices=("stdio", "streamable-http"),
        default="stdio",
        help="stdio, for a program that starts this one, or a server of its own (default: stdio)",
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)"
    )
    parser.add_argument(
        "--port", type=int, default=8000, help="port to listen on; 0 is a free one (default: 8000)"
    )
    for name, text in (
        ("max_documents", "documents of a call"),
        ("max_characters", "characters of a call's query and documents together"),
    ):
        value = getattr(CallLimits, name)
        parser.add_argument(
            f"--{name.replace('_', '-')}",
            type=int,
            default=value,
            metavar="N",
            help=f"{text} (default: {value})",
        )
    add_model(parser)


def run_mcp(options: argparse.Namespace) -> int:
    """Load the model, then answer until the input ends, or a signal comes."""
    from pruning_core.integrations.mcp import create_server

    check_device_option(options.device)
    limits = CallLimits(max_documents=options.max_documents, max_characters=options.max_characters)

    def load() -> Any:
        return create_server(open_pruner(options), **vars(limits))

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
