"""Every documented loading path, held against the table of docs/loading.md."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="examples for a POSIX shell")

ROOT = Path(__file__).parents[2]
CHECKPOINTS = Path(os.environ["PRUNING_CHECKPOINTS"])
ENVIRONMENT = os.environ["PRUNING_ENVIRONMENT"]
EXAMPLE = re.compile(
    r"^```(python|console) title=\"([\w-]+)\"\n(.*?)^```$", re.MULTILINE | re.DOTALL
)
NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
PLACES = {
    "PATH": CHECKPOINTS / "bert_reranking_pruning",
    "my-pruner": CHECKPOINTS / "bert_reranking_pruning",
    "EXPORTED": CHECKPOINTS / "exported",
    "a-cross-encoder": CHECKPOINTS / "exported",
    "examples/oresund-bridge.md": ROOT / "examples" / "oresund-bridge.md",
}
# What an example prints, where that is not the score.
PRINTS = {
    "encoder": "logit",
    "auto-sequence": "logit",
    "remote-sequence": "logit",
    "exported": "logit",
    "auto-token": "keep",
    "remote-token": "keep",
    "cli": "Paris is a city. Cats purr.",
    "auto-config": "reranking_pruning",
    "remote-config": "reranking_pruning",
    "autoload": "reranking_pruning",
    "pipeline-token": "",
    "backbone": "",
    "readme-pruner": "It opened on 1 July 2000",
    "readme-transformers": "Cats purr.",
    "readme-cross-encoder": "Cats purr.",
}


def rows(heading):
    """The rows of the table of docs/loading.md that begins with `heading`, by first cell."""
    text = (ROOT / "docs" / "loading.md").read_text(encoding="utf-8")
    lines = text[text.index(f"| {heading} |") :].split("\n\n")[0].splitlines()
    head, _, *body = ([cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines)
    return {row[0]: dict(zip(head, row, strict=True)) for row in body}


def examples():
    found = {}
    for file in ("README.md", "docs/loading.md"):
        for kind, name, code in EXAMPLE.findall((ROOT / file).read_text(encoding="utf-8")):
            assert name not in found, f"two examples are called {name}"
            found[name] = kind, code
    return found


CELLS, ERRORS, EXAMPLES = rows("example"), rows("error"), examples()


def run(kind, code, folder):
    for name, place in PLACES.items():
        code = re.sub(rf"(?<![\w/-]){re.escape(name)}(?![\w-])", str(place), code)
    environment = {
        "HOME": str(folder),
        "HF_HUB_OFFLINE": "1",
        "HF_MODULES_CACHE": str(folder / "modules"),
        "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
    }
    command = ["sh", "-ec", code] if kind == "console" else [sys.executable, "-c", code]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_no_example_without_a_row_and_no_row_without_an_example():
    assert set(CELLS) == set(EXAMPLES)


def test_the_environment_is_what_it_says():
    from importlib.util import find_spec

    expected = {
        "core": "pruning_core",
        "noST": "pruning_core pruning_transformers transformers",
        "ST": "pruning_core pruning_transformers pruning_crossencoder transformers"
        " sentence_transformers",
        "plain": "transformers sentence_transformers",
        "bare": "transformers",
    }[ENVIRONMENT]
    for name in (
        *("pruning_core", "pruning_transformers", "pruning_crossencoder"),
        *("transformers", "sentence_transformers"),
    ):
        spec = find_spec(name)
        assert (spec is not None) == (name in expected.split()), name
        assert spec is None or "site-packages" in str(spec.origin)  # a wheel, not the sources


@pytest.mark.parametrize("name", EXAMPLES)
def test_example(name, tmp_path):
    cell = CELLS[name][ENVIRONMENT]
    done = run(*EXAMPLES[name], tmp_path)
    if cell != "✓":
        assert done.returncode
        assert ERRORS[cell]["message"].strip("`") in done.stderr
        return
    assert not done.returncode, done.stderr
    expected = json.loads((CHECKPOINTS / "paths.json").read_text(encoding="utf-8"))
    prints = PRINTS.get(name, "score")
    if prints in expected:
        numbers = map(float, NUMBER.findall(done.stdout))
        assert any(abs(number - expected[prints]) < 1e-5 for number in numbers), done.stdout
    else:
        assert prints in done.stdout


def test_autoload_leaves_nothing_behind(tmp_path):
    if CELLS["autoload"][ENVIRONMENT] != "✓":
        pytest.skip("pruning-transformers is not installed")
    pruning = shutil.which("pruning", path=str(Path(sys.executable).parent))
    states = [
        subprocess.run([pruning, "autoload", action], capture_output=True, text=True, check=True)
        for action in ("disable", "enable", "status", "disable")
    ]
    assert ["enabled" in state.stdout for state in states] == [False, True, True, False]
    files = [Path(line) for line in states[1].stdout.splitlines()[1:]]
    assert len(files) == 2
    assert not any(file.exists() for file in files)


ASK = "from transformers import CONFIG_MAPPING; 'pruning_encoder' in CONFIG_MAPPING"


@pytest.mark.parametrize(
    ("variable", "code", "message"),
    [
        ({"PRUNING_AUTOLOAD": "0"}, ASK, None),
        ({}, f"sys.modules['pruning_core'] = None; {ASK}", "autoload"),
    ],
)
def test_autoload_can_be_switched_off_and_never_breaks_the_interpreter(variable, code, message):
    if CELLS["autoload"][ENVIRONMENT] != "✓":
        pytest.skip("pruning-transformers is not installed")
    pruning = shutil.which("pruning", path=str(Path(sys.executable).parent))
    subprocess.run([pruning, "autoload", "enable"], capture_output=True, check=True)
    try:
        code += "; print('pruning_transformers.modeling' in sys.modules)"
        done = subprocess.run(
            [sys.executable, "-c", f"import sys; {code}"],
            env={**os.environ, **variable},
            capture_output=True,
            text=True,
            check=True,
        )
    finally:
        subprocess.run([pruning, "autoload", "disable"], capture_output=True, check=True)
    assert done.stdout.strip() == "False"
    assert message is None or "RuntimeWarning: pruning autoload" in done.stderr
