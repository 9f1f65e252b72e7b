import asyncio
import logging
import re
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest
from mcp import Client, StdioServerParameters, stdio_client

from example_texts import DOCUMENTS, QUERY
from frameworks_page import check_what_comes_back
from pruning_core.cli import main
from pruning_core.integrations.mcp import create_server

HEADED = "# Cats\n\nCats purr.\n\n# Capitals\n\nParis is the capital of France.\n"


@pytest.fixture(autouse=True)
def _logging():
    """The library configures logging where a server is made."""
    handlers, level = list(logging.root.handlers), logging.root.level
    yield
    logging.root.handlers[:], logging.root.level = handlers, level


@pytest.fixture
def server(pruner):
    return create_server(pruner)


def called(server, name, **arguments):
    async def call():
        async with Client(server) as client:
            return await client.call_tool(name, {"query": QUERY, **arguments})

    return asyncio.run(call())


def answered(server, name, **arguments):
    """The text that the model reads, and the fields."""
    answer = called(server, name, **arguments)
    assert not answer.is_error, answer.content
    (content,) = answer.content
    return content.text, answer.structured_content


def listed(server):
    async def listing():
        async with Client(server) as client:
            return (await client.list_tools()).tools

    return {tool.name: tool for tool in asyncio.run(listing())}


def approximately(value):
    """The batches differ, so the last digits of a number may."""
    if isinstance(value, float):
        return pytest.approx(value, abs=1e-6)
    if isinstance(value, dict):
        return {key: approximately(item) for key, item in value.items()}
    return [approximately(item) for item in value] if isinstance(value, (list, tuple)) else value


def pruned_fields(result):
    data = result.to_dict()
    kept = [row for row in data["sentences"] if row.pop("kept")]
    return {
        "text": data["text"],
        "score": data["score"],
        "compression": data["compression"],
        "spans": kept,
        "warnings": [],
    }


@pytest.mark.parametrize("options", [{}, {"threshold": 0.55}, {"max_tokens": 5}])
def test_prune(pruner, server, options):
    text, fields = answered(server, "prune", document=DOCUMENTS[2], **options)
    result = pruner.prune(QUERY, DOCUMENTS[2], **options)
    assert text == (result.text or "(nothing)")
    assert fields == approximately(pruned_fields(result))


def test_headings_are_kept_where_asked(pruner, server):
    text, _ = answered(server, "prune", document=HEADED, threshold=0.54, keep_headings=True)
    expected = pruner.prune(QUERY, HEADED, threshold=0.54, always_keep=["headings"])
    assert text == expected.text


def test_rank(pruner, server):
    text, fields = answered(server, "rank", documents=DOCUMENTS)
    ranked = pruner.rank(QUERY, DOCUMENTS)
    rows = [{"index": row.index, "score": row.score, "pruned": None} for row in ranked]
    assert fields == approximately({"documents": rows})
    assert re.findall(r"document (\d), score 0\.\d+", text) == [str(row.index) for row in ranked]
    text, fields = answered(server, "rank", documents=DOCUMENTS, top_k=2, prune=True)
    assert fields == approximately(
        {
            "documents": [
                {"index": row.index, "score": row.score, "pruned": pruned_fields(row.pruned)}
                for row in ranked[:2]
            ]
        }
    )
    assert all(row.pruned.text in text for row in ranked[:2])


def test_what_comes_back_is_what_the_page_says(pruner, server):
    _, fields = answered(server, "rank", documents=DOCUMENTS, prune=True)
    ranked = pruner.rank(QUERY, DOCUMENTS)
    check_what_comes_back("MCP, `rank`", DOCUMENTS, fields["documents"], ranked)


@pytest.mark.parametrize("keep_headings", [False, True])
def test_pack(pruner, server, keep_headings):
    documents = [*DOCUMENTS, HEADED]
    text, fields = answered(
        server, "pack", documents=documents, max_tokens=11, keep_headings=keep_headings
    )
    headings = ["headings"] if keep_headings else []
    context = pruner.pack(QUERY, documents, max_tokens=11, always_keep=headings)
    assert text == fields["text"] == context.text
    assert fields["omitted"] == len(context.omitted)
    assert fields["tokens"] == context.tokens
    for span, row in zip(fields["spans"], context.sentences, strict=True):
        assert span == approximately(row.__dict__)
        start = span["position"]
        sentence = documents[span["index"]][span["start"] : span["end"]]
        assert text[start : start + len(sentence)] == sentence


def test_a_model_reads_what_each_tool_and_argument_is_for(server):
    tools = listed(server)
    assert set(tools) == {"prune", "rank", "pack"}
    for tool in tools.values():
        assert len(tool.description) > 50
        assert tool.annotations.read_only_hint
        assert all(argument["description"] for argument in tool.input_schema["properties"].values())
        assert tool.output_schema["properties"]
        names = set(tool.input_schema["properties"])
        assert not any(word in name for name in names for word in ("model", "path", "file", "url"))
    assert set(tools["pack"].input_schema["required"]) == {"query", "documents", "max_tokens"}
    assert set(tools["rank"].output_schema["properties"]) == {"documents"}


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("prune", {"document": "a", "query": " "}, "`query` must not be empty"),
        ("prune", {"document": "a", "threshold": 2}, "less than or equal to 1"),
        ("prune", {"document": "a" * 100}, "117 characters; at most 100 a call"),
        ("rank", {"documents": ["a", "b", "c"]}, "3 documents; at most 2 a call"),
        ("rank", {"documents": ["a"], "top_k": 0}, "greater than or equal to 1"),
        ("pack", {"documents": ["a"]}, "max_tokens"),
        ("pack", {"documents": "a", "max_tokens": 1}, "list"),
    ],
)
def test_what_is_wrong_is_an_error_that_the_model_reads(pruner, name, arguments, message):
    server = create_server(pruner, max_documents=2, max_characters=100)
    answer = called(server, name, **arguments)
    assert answer.is_error
    assert message in answer.content[0].text


def test_no_argument_names_a_model(pruner, server):
    arguments = {"document": DOCUMENTS[0], "model": "/no/such/folder", "path": "/etc/passwd"}
    answer = called(server, "prune", **arguments)
    assert answer.is_error or answer.content[0].text == pruner.prune(QUERY, DOCUMENTS[0]).text


def test_wrong_limits_are_said(pruner, capsys):
    with pytest.raises(ValueError, match="`max_documents` must be at least 1, not 0"):
        create_server(pruner, max_documents=0)
    assert main(["mcp", "--max-characters", "0"]) == 2
    assert "`max_characters` must be at least 1, not 0" in capsys.readouterr().err
    assert main(["mcp", "--transport", "streamable-http", "--port", "70000"]) == 2
    assert "`--port` must be from 0 to 65535, not 70000" in capsys.readouterr().err


def arguments_of(checkpoint, *arguments):
    return ["-m", "pruning_core.cli", "mcp", "--model", str(checkpoint), *arguments]


def test_it_answers_on_standard_input_and_output(pruner, checkpoint):
    parameters = StdioServerParameters(command=sys.executable, args=arguments_of(checkpoint))
    text, fields = answered(stdio_client(parameters), "prune", document=DOCUMENTS[0])
    result = pruner.prune(QUERY, DOCUMENTS[0])
    assert text == result.text
    assert fields == approximately(pruned_fields(result))


@contextmanager
def listening(checkpoint):
    command = [sys.executable, *arguments_of(checkpoint)]
    command += ["--transport", "streamable-http", "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        for line in process.stderr:
            if found := re.search(r"listening on (http://\S+/mcp)", line):
                break
        yield found.group(1)
    finally:
        process.terminate()
        process.stderr.close()
        assert process.wait(60) in (0, -signal.SIGTERM)


def test_it_answers_over_http(pruner, checkpoint):
    with listening(checkpoint) as address:
        text, fields = answered(address, "pack", documents=DOCUMENTS, max_tokens=11)
        tools = listed(address)
    context = pruner.pack(QUERY, DOCUMENTS, max_tokens=11)
    assert (text, fields["tokens"]) == (context.text, context.tokens)
    assert set(tools) == {"prune", "rank", "pack"}
