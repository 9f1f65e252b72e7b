"""MCP: a server whose tools prune, rank and pack."""

from typing import Annotated

from pruning_core.async_pruner import AsyncPruner
from pruning_core.integrations import needs
from pruning_core.integrations.mcp_limits import CallLimits
from pruning_core.pipeline import PruningPipeline

with needs("mcp"):
    from mcp.server import MCPServer
    from mcp.types import CallToolResult, ToolAnnotations

    from pruning_core.integrations import mcp_calls as calls
    from pruning_core.integrations import mcp_schemas as schemas

INSTRUCTIONS = (
    "Cut texts down to what matters to a question before you read them or pass them on. Whole"
    " sentences go, and nothing is rewritten. `prune` cuts one text, `rank` orders many, `pack`"
    " makes one context of many within a number of tokens."
)


def create_server(
    pruner: PruningPipeline,
    *,
    max_documents: int = CallLimits.max_documents,
    max_characters: int = CallLimits.max_characters,
) -> MCPServer:
    """A server with the tools `prune`, `rank` and `pack`, to run or to mount.

    Args:
        pruner: a `Pruner`; no call can name another model, nor a file.
        max_documents: that a call may have.
        max_characters: of a call's query and documents together.

    Raises:
        TypeError: an argument has the wrong type.
        ValueError: an argument has the wrong value.

    Example:
        >>> create_server(Pruner.from_pretrained()).run("stdio")
    """
    limits = CallLimits(max_documents=max_documents, max_characters=max_characters)
    shared = AsyncPruner(pruner)
    server = MCPServer("pruning", instructions=INSTRUCTIONS, log_level="WARNING")
    tool = server.tool(annotations=ToolAnnotations(read_only_hint=True, open_world_hint=False))

    @tool
    async def prune(
        query: schemas.Query,
        document: schemas.Document,
        threshold: schemas.Threshold = None,
        max_tokens: schemas.MaxTokens = None,
        keep_headings: schemas.Headings = False,
    ) -> Annotated[CallToolResult, schemas.Pruned]:
        """Remove the sentences of a text that do not matter to a query, and say how relevant the
        text is. The sentences that stay are unchanged.
        """
        with calls.checked(limits, query, [document]):
            result = await shared.prune(
                query,
                document,
                threshold=threshold,
                max_tokens=max_tokens,
                always_keep=("headings",) if keep_headings else (),
            )
        return calls.pruned_answer(result)

    @tool
    async def rank(
        query: schemas.Query,
        documents: schemas.Documents,
        top_k: schemas.TopK = None,
        prune: schemas.Prune = False,
    ) -> Annotated[CallToolResult, schemas.Ranking]:
        """Order texts by how relevant they are to a query, the best one first."""
        with calls.checked(limits, query, documents):
            return calls.ranked_answer(
                await shared.rank(query, documents, top_k=top_k, prune=prune)
            )

    @tool
    async def pack(
        query: schemas.Query,
        documents: schemas.Documents,
        max_tokens: schemas.Budget,
        keep_headings: schemas.Headings = False,
    ) -> Annotated[CallToolResult, schemas.Packed]:
        """Make one context of the sentences of many texts that matter most to a query."""
        with calls.checked(limits, query, documents):
            headings = ("headings",) if keep_headings else ()
            return calls.packed_answer(
                await shared.pack(query, documents, max_tokens=max_tokens, always_keep=headings)
            )

    return server
