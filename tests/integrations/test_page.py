"""Every block of docs/frameworks.md that this environment can run, as it stands there."""

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from frameworks_page import PAGE, blocks, rows

ROOT = Path(__file__).parents[2]
ENVIRONMENT = os.environ["PRUNING_ENVIRONMENT"]
ENVIRONMENTS = ("langchain", "llama-index", "haystack", "mcp", "recipes")
BLOCKS = blocks()
QUERY, DAM = "When did the dam open?", "The dam is 221 metres high. It opened in 1936."
OURS = {name: block for name, block in BLOCKS.items() if name.startswith(f"{ENVIRONMENT}-")}


def test_every_block_is_of_an_environment_and_every_extra_exists():
    assert ENVIRONMENT in ENVIRONMENTS
    assert OURS
    assert all(name.startswith(tuple(f"{row}-" for row in ENVIRONMENTS)) for name in BLOCKS)
    text = PAGE.read_text(encoding="utf-8")
    shown = re.findall(r"^```(\w+)( title=)?", text, re.MULTILINE)
    assert sum(bool(named) for _, named in shown) == len(BLOCKS)
    assert {kind for kind, named in shown if not named} <= {"text"}
    project = tomllib.loads((ROOT / "packages/pruning-core/pyproject.toml").read_text())
    extras = project["project"]["optional-dependencies"]
    for row in rows("framework"):
        assert re.search(r"\[(.+)\]", row["install"]).group(1) in extras


@pytest.mark.parametrize("name", [name for name, block in OURS.items() if block[0] == "python"])
def test_block(name, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    _, code, printed = BLOCKS[name]
    names = {"__name__": name}
    exec(compile(code, name, "exec"), names)
    if printed is not None:
        assert capsys.readouterr().out.rstrip("\n") == printed.rstrip("\n")
    elif name == "langchain-langgraph":
        found = asyncio.run(names["app"].ainvoke({"query": QUERY}))
        assert [row.page_content for row in found["documents"]] == ["It opened in 1936."]
    else:
        raise AssertionError("nothing is said about what it does")


@pytest.mark.skipif(ENVIRONMENT != "recipes", reason="needs dspy")
def test_the_module_of_dspy_answers_from_what_is_kept(monkeypatch):
    import dspy
    from dspy.utils import DummyLM

    names = {}
    exec(BLOCKS["recipes-dspy"][1], names)
    model = DummyLM([{"answer": "In 1936."}])
    with dspy.context(lm=model):
        answer = names["Answer"](lambda question: [DAM])
        assert answer(question=QUERY).answer == "In 1936."
    prompt = str(model.history[-1]["messages"])
    assert "It opened in 1936." in prompt
    assert "221" not in prompt


@pytest.mark.skipif(ENVIRONMENT != "mcp", reason="needs mcp")
def test_the_configuration_of_a_client_starts_a_server(checkpoint):
    from mcp import Client, StdioServerParameters, stdio_client

    given = json.loads(BLOCKS["mcp-config"][1])["mcpServers"]["pruning"]
    command = shutil.which(given["command"], path=Path(sys.executable).parent)
    parameters = StdioServerParameters(command=command, args=given["args"])

    async def call():
        async with Client(stdio_client(parameters)) as client:
            arguments = {"query": QUERY, "document": DAM, "threshold": 0.5}
            return (await client.call_tool("prune", arguments)).content[0].text

    assert asyncio.run(call()) == "It opened in 1936."


@pytest.mark.skipif(ENVIRONMENT != "mcp", reason="needs mcp")
def test_the_command_of_the_server_listens():
    command = BLOCKS["mcp-http"][1].replace("8000", "0").split()
    command[0] = str(Path(sys.executable).with_name(command[0]))
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        line = process.stderr.readline()
        process.send_signal(signal.SIGTERM)
    assert re.fullmatch(r"listening on http://127\.0\.0\.1:\d+/mcp\n", line)
