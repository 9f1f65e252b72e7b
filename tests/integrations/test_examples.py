"""The examples as a reader runs them."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPTS = {
    "haystack": "rag_haystack.py",
    "langchain": "rag_langchain.py",
    "llama-index": "rag_llama_index.py",
    "recipes": "rag.py",
}
SCRIPT = SCRIPTS[os.environ["PRUNING_ENVIRONMENT"]]


def run(*arguments):
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / SCRIPT), *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_answers_and_says_what_was_spared():
    printed = run()
    assert "It opened on 1 July 2000" in printed
    before, after, share = re.search(
        r"Of ([\d,]+) characters in 5 sections, ([\d,]+) go .*:\n(\d+)% are spared", printed
    ).groups()
    before, after = (int(number.replace(",", "")) for number in (before, after))
    assert share == f"{1 - after / before:.0%}".strip("%")
    assert after < before / 2


def test_it_takes_another_question():
    assert "plants" in run("What grows on Peberholm?")


def test_every_script_is_run_somewhere():
    assert {path.name for path in ROOT.glob("examples/*.py")} == {*SCRIPTS.values(), "pages.py"}
