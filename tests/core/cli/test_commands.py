import io
import json
import sys

import pytest
import torch
from safetensors.torch import load_file, save_file

from pruning_core import Pruner, rendering
from pruning_core.cli import main

TEXT = "Paris is the capital. Cats purr.\n"


@pytest.fixture
def run(checkpoint, tmp_path, capsys, monkeypatch):
    """Run a command on the tiny checkpoint; gives exit code, output and errors."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text(TEXT)

    def call(*arguments, stdin=""):
        data = io.TextIOWrapper(io.BytesIO(stdin.encode("utf-8", "surrogateescape")))
        monkeypatch.setattr(sys, "stdin", data)
        code = main([*arguments, "--model", str(checkpoint)])
        return code, *capsys.readouterr()

    return call


def test_text_is_what_stays(run):
    arguments = ("prune", "--query", "q", "a.txt", "--format", "text", "--threshold")
    assert run(*arguments, "0")[:2] == (0, TEXT)
    assert run(*arguments, "1")[:2] == (0, "")


def test_diff_is_the_default(run):
    code, out, err = run("prune", "--query", "q", "a.txt", "--threshold", "1")
    assert (code, out) == (0, "- Paris is the capital.\n- Cats purr.\n")
    assert err.startswith("a.txt: kept 0 of 2 sentences, 100% of the characters removed, score 0.")


def test_quiet(run):
    assert run("prune", "--query", "q", "a.txt", "--quiet")[2] == ""


def test_standard_input(run):
    arguments = ("prune", "--query", "q", "--threshold", "0", "--format", "text")
    assert run(*arguments, stdin="Ça va.")[:2] == (0, "Ça va.\n")
    assert run(*arguments, "-", stdin="")[:2] == (0, "")


def test_jsonl_in_and_out(run, tmp_path):
    lines = [{"query": "cats", "text": TEXT, "id": 7}, {"document": "Cats."}]
    (tmp_path / "b.jsonl").write_text("\n\n".join(map(json.dumps, lines)))
    code, out, _ = run("prune", "--query", "q", "b.jsonl", "--format", "jsonl")
    first, second = map(json.loads, out.splitlines())
    assert code == 0
    assert (first["id"], first["query"], first["original"]) == ("7", "cats", TEXT)
    assert (second["id"], second["query"]) == ("b.jsonl:3", "q")
    assert 0 <= first["sentences"][0]["probability"] <= 1


def test_html(run):
    code, out, _ = run("prune", "--query", "<q>", "a.txt", "--format", "html", "--threshold", "1")
    assert code == 0
    assert "<h1>&lt;q&gt;</h1>" in out
    assert "<del" in out


@pytest.mark.parametrize(("no_color", "codes"), [("", True), ("1", False)])
def test_a_terminal(run, monkeypatch, no_color, codes):
    monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    out = run("prune", "--query", "q", "a.txt", "--threshold", "1")[1]
    assert (rendering._REMOVED in out) is codes


def test_rank(run, tmp_path):
    (tmp_path / "b.txt").write_text("Cats purr.")
    code, out, _ = run("rank", "--query", "cats", "a.txt", "b.txt", "--format", "jsonl")
    scores = [json.loads(line)["score"] for line in out.splitlines()]
    assert code == 0
    assert scores == sorted(scores, reverse=True)
    assert len(scores) == 2
    out = run("rank", "--query", "q", "a.txt", "b.txt", "--top-k", "1", "--format", "jsonl")[1]
    assert len(out.splitlines()) == 1


@pytest.mark.parametrize("output", ["text", "diff"])
def test_a_ranking_says_which_document_is_which(run, tmp_path, output):
    (tmp_path / "b.txt").write_text("Cats purr.")
    command = ("rank", "--query", "what  do\ncats do?", "a.txt", "b.txt", "--threshold", "0")
    code, out, err = run(*command, "--format", output)
    mark = "  " if output == "diff" else ""
    texts = {
        "a.txt": TEXT if output == "text" else f"{mark}Paris is the capital.\n{mark}Cats purr.\n",
        "b.txt": f"{mark}Cats purr.\n",
    }
    names = [line.split(":")[0] for line in err.splitlines()]
    scores = [line.split("score ")[1] for line in err.splitlines()]
    assert code == 0
    assert sorted(names) == ["a.txt", "b.txt"]
    assert out == "query: what do cats do?\n" + "".join(
        f"\n{place}. score {score}  {name}\n{texts[name]}"
        for place, (name, score) in enumerate(zip(names, scores, strict=True), start=1)
    )


def test_a_page_of_a_ranking_has_numbers(run, tmp_path):
    (tmp_path / "b.txt").write_text("Cats purr.")
    out = run("rank", "--query", "q", "a.txt", "b.txt", "--format", "html")[1]
    assert ["<h2>1. " in out, "<h2>2. " in out] == [True, True]


def test_a_document_that_fails_leaves_the_others(run, tmp_path):
    (tmp_path / "bad.jsonl").write_text(
        '{"text": "Cats."}\n{"text": 3}\nno\n[]\n{"text": "a", "query": ""}'
    )
    code, out, err = run(
        "prune", "--query", "q", "bad.jsonl", "none.txt", "--format", "text", "--threshold", "0"
    )
    assert (code, out) == (1, "Cats.\n")
    assert "bad.jsonl:2: no text under text, document, context" in err
    assert "bad.jsonl:3: not JSON" in err
    assert "bad.jsonl:4: no text" in err
    assert "bad.jsonl:5: `query` must be a str that is not empty" in err
    assert "none.txt: [Errno 2]" in err


def test_bytes_that_are_not_utf8(run):
    code, out, err = run("prune", "--query", "q", stdin="\udcff")
    assert (code, out) == (1, "")
    assert "<stdin>: 'utf-8' codec" in err


def test_no_query_for_a_document(run):
    code, _, err = run("prune", "a.txt")
    assert code == 1
    assert "a.txt: no query: give `--query`" in err


RANK, PRUNE = ["rank", "--query", "q", "a.txt"], ["prune", "--query", "q", "a.txt"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["rank", "a.txt"], "`--query` is needed to rank"),
        ([*PRUNE, "--threshold", "2"], "`threshold` must be from 0 to 1"),
        ([*PRUNE, "--threshold", "nan"], "`threshold` must be from 0 to 1"),
        ([*PRUNE, "--threshold", "half"], "argument --threshold: invalid float value: 'half'"),
        ([*PRUNE, "--max-tokens", "-1"], "`max_tokens` must be at least 0, not -1"),
        ([*PRUNE, "--device", "foo"], "`device` 'foo' cannot be used here"),
        ([*PRUNE, "--device", "meta"], "`device` 'meta' cannot be used here"),
        ([*RANK, "--device", "cuda:99"], "`device` 'cuda:99' cannot be used here"),
        (["prune", "--query", " ", "a.txt"], "must not be empty"),
        ([*RANK, "--top-k", "0"], "`top_k` must be at least 1, not 0"),
        (["prune", "--format", "pdf"], "invalid choice: 'pdf'"),
        (["fly"], "invalid choice: 'fly'"),
    ],
)
def test_a_wrong_value_is_one_line_before_the_model_is_opened(run, arguments, message, monkeypatch):
    monkeypatch.setattr(Pruner, "from_pretrained", None)
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert message in err


@pytest.mark.parametrize("target", ["a.txt", "a.txt/new"])
def test_a_target_that_cannot_be_written_is_known_first(target, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text(TEXT)
    assert main(["convert", "./none", target]) == 2
    assert f"'{target}' cannot be written: " in capsys.readouterr().err


def test_a_model_that_is_not_there(capsys, tmp_path):
    (tmp_path / "a.txt").write_text(TEXT)
    arguments = ["prune", "--query", "q", str(tmp_path / "a.txt"), "--model", "./none"]
    assert main(arguments) == 2
    assert "`model` './none' is neither a folder nor a hub id" in capsys.readouterr().err


def test_one_line_too_deep_loses_no_other(run, tmp_path):
    (tmp_path / "deep.jsonl").write_text("[" * 200_000 + '\n{"text": "Cats purr."}')
    arguments = ("prune", "--query", "q", "deep.jsonl", "--format", "text", "--threshold", "0")
    code, out, err = run(*arguments)
    assert (code, out) == (1, "Cats purr.\n")
    assert err.startswith("deep.jsonl:1: not JSON: ")


@pytest.mark.parametrize("is_terminal", [True, False])
def test_text_is_exact_in_a_pipe_and_steers_no_terminal(run, tmp_path, monkeypatch, is_terminal):
    monkeypatch.setattr("sys.stdout.isatty", lambda: is_terminal, raising=False)
    (tmp_path / "c.txt").write_text("Cats \x1b[31mpurr\x85.\x0bDogs.")
    out = run("prune", "--query", "q", "c.txt", "--format", "text", "--threshold", "0")[1]
    assert out == ("Cats [31mpurr.Dogs.\n" if is_terminal else "Cats \x1b[31mpurr\x85.\x0bDogs.\n")


def test_an_id_forges_no_line(run, tmp_path):
    row = {"id": "x\nb.txt: kept 9 of 9 sentences", "text": "Cats purr."}
    (tmp_path / "ids.jsonl").write_text(json.dumps(row))
    err = run("prune", "--query", "q", "ids.jsonl")[2]
    assert [line for line in err.splitlines() if line.startswith("b.txt")] == []


def test_a_name_of_a_tensor_steers_no_terminal(checkpoint, capsys):
    state = load_file(checkpoint / "model.safetensors")
    state["\x1b[31mred"] = torch.zeros(1)
    save_file(state, checkpoint / "model.safetensors")
    assert main(["convert", str(checkpoint), str(checkpoint / "new")]) == 2
    assert "unexpected [31mred" in capsys.readouterr().err


@pytest.mark.parametrize("output", ["text", "diff", "html", "jsonl"])
def test_a_lone_surrogate_loses_no_result(run, tmp_path, output):
    row = {"id": "x\ud800", "text": "Cats \udfff purr.", "query": "\ud800 q"}
    (tmp_path / "ids.jsonl").write_text(f"{json.dumps(row)}\n{json.dumps({'text': 'Dogs.'})}")
    arguments = ("ids.jsonl", "--query", "q\udcff", "--format", output, "--threshold", "0")
    for command in ("prune", "rank"):
        code, out, err = run(command, *arguments)
        assert code == 0
        assert "Dogs." in out
        assert "Cats" in out
        assert "ids.jsonl: JSON lines, 2 documents" in err.splitlines()
        out.encode()


def test_rank_prints_what_prune_prints_and_its_own_query(run, tmp_path):
    (tmp_path / "b.jsonl").write_text('{"text": "Cats purr.", "query": "own"}')
    rows = [
        json.loads(run(command, "--query", "q", "b.jsonl", "--format", "jsonl")[1])
        for command in ("prune", "rank")
    ]
    assert [row.pop("query") for row in rows] == ["own", "q"]
    assert rows[1].pop("rank") == 1
    assert rows[0].keys() == rows[1].keys()


def test_what_was_read_is_said_unless_quiet(run, tmp_path):
    (tmp_path / "b").write_text('["Cats purr."]')
    arguments = ("prune", "--query", "q", "a.txt", "b")
    assert run(*arguments)[2].splitlines()[0] == "b: JSON array, 1 document"
    assert run(*arguments, "--quiet")[2] == ""


def test_text_keeps_its_newlines(run, tmp_path):
    data = b"Cats purr.\r\nDogs bark.\rBirds.\n"
    (tmp_path / "c.txt").write_bytes(data)
    out = run("prune", "--query", "q", "c.txt", "--format", "text", "--threshold", "0")[1]
    assert out.encode() == data


def test_a_context_within_a_budget(run, tmp_path):
    (tmp_path / "b.txt").write_text("# Dogs\n\nDogs bark.\n")
    arguments = ("pack", "--query", "q", "a.txt", "b.txt", "--max-tokens", "30")
    code, out, err = run(*arguments)
    assert code == 0
    assert sorted(out.split()) == sorted(f"{TEXT} # Dogs Dogs bark.".split())
    assert "tokens: 4 sentences of 2 of 2 documents; 0 left out" in err
    code, out, err = run(*arguments, "--json", "--quiet", "--headings", "--threshold", "1")
    packed = json.loads(out)
    assert (code, err, packed["text"], packed["documents"]) == (0, "", "", ["a.txt", "b.txt"])
    assert len(packed["omitted"]) == 4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("pack", "a.txt", "--max-tokens", "3"), "`--query` is needed to pack"),
        (("pack", "a.txt", "--query", "q"), "`--max-tokens` or `--max-characters` is needed"),
        (("prune", "a.txt", "--query", "q", "--resume"), "`--resume` needs `--output FILE`"),
        (("prune", "a.txt", "--query", "q", "--min-sentences", "-1"), "`min_sentences` must be"),
        (("prune", "a.txt", "--query", "q", "--max-characters", "-1"), "`max_characters` must be"),
        (("prune", "a.txt", "--query", "q", "--output", "no/such"), "cannot be written"),
    ],
)
def test_wrong_options_are_said_before_any_work(run, arguments, message):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert message in err


def test_no_input_is_written_over(run, tmp_path):
    for command in ("prune", "rank"):
        code, out, err = run(
            command, "--query", "q", "a.txt", "--output", "../" + tmp_path.name + "/a.txt"
        )
        assert (code, out) == (2, "")
        assert "is an input, which would be lost" in err
    assert (tmp_path / "a.txt").read_text() == TEXT


def test_results_go_to_a_file(run, tmp_path):
    arguments = ("prune", "--query", "q", "a.txt", "--threshold", "0", "--format", "text")
    code, out, err = run(*arguments, "--output", "out")
    assert (code, out, err) == (0, "", "")
    assert (tmp_path / "out").read_text() == TEXT
    code, out, err = run("rank", *arguments[1:], "--output", "out", "--max-characters", "11")
    assert (code, out) == (0, "")
    assert (tmp_path / "out").read_text().startswith("query: q\n\n1. score 0.")


def test_what_always_stays(run):
    arguments = ("prune", "--query", "q", "a.txt", "--threshold", "1", "--format", "text")
    assert run(*arguments, "--always-keep", "first_sentence")[1] == "Paris is the capital. \n"
    assert run(*arguments, "--min-sentences", "2")[1] == TEXT
