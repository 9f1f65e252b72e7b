"""Calls of the MCP server's tools: their errors, and what they answer."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult, TextContent
from pydantic import BaseModel

from pruning_core.async_pruner import QueueFullError
from pruning_core.integrations.mcp_limits import CallLimits
from pruning_core.integrations.mcp_schemas import Packed, Pruned, Ranked, Ranking
from pruning_core.packing import PackedContext
from pruning_core.results import PrunedDocument, RankedDocument


@contextmanager
def checked(limits: CallLimits, query: str, documents: Sequence[str]) -> Iterator[None]:
    """Around a call: what is wrong with it is an error that the model reads."""
    try:
        limits.check(query, documents)
        yield
    except (TypeError, ValueError, QueueFullError) as error:
        raise ToolError(str(error)) from error


def pruned_answer(result: PrunedDocument) -> CallToolResult:
    """Of `prune`: the text for the model, and `Pruned`."""
    return _answer(result.text, _pruned(result))


def ranked_answer(ranked: Sequence[RankedDocument]) -> CallToolResult:
    """Of `rank`: index, score and perhaps text of each document, and `Ranking`."""
    rows = [
        Ranked(
            index=row.index,
            score=row.to_dict()["score"],
            pruned=None if row.pruned is None else _pruned(row.pruned),
        )
        for row in ranked
    ]
    lines = []
    for row in rows:
        score = "unknown" if row.score is None else f"{row.score:.3f}"
        lines.append(f"document {row.index}, score {score}")
        lines += [] if row.pruned is None else [row.pruned.text]
    return _answer("\n".join(lines), Ranking(documents=rows))


def packed_answer(context: PackedContext) -> CallToolResult:
    """Of `pack`: the context for the model, and `Packed`."""
    data = context.to_dict()
    data |= {"spans": data["sentences"], "omitted": len(context.omitted)}
    return _answer(context.text, Packed(**data))


def _pruned(result: PrunedDocument) -> Pruned:
    data = result.to_dict()
    return Pruned(spans=[row for row in data["sentences"] if row["kept"]], **data)


def _answer(text: str, fields: BaseModel) -> CallToolResult:
    content = TextContent(text=text or "(nothing)")
    return CallToolResult(content=[content], structured_content=fields.model_dump(mode="json"))
