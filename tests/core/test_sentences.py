import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pruning_core.sentences import MAX_SENTENCE_CHARS, is_title, split

ALPHABET = st.sampled_from(
    [
        *"aB1 .!?\"'()[]|#-*`~<>\n\r\t。！？．।؟;…「」ก ขИ\u0301\u2028\x00\ud800",
        *["Mr. ", "e.g. ", "Ann: ", "[1]", "</p>", "```\n", "The lid is shut. ", "x = a[1];\n"],
    ]
)
CASE_LINES = Path(__file__).with_name("sentence_cases.jsonl").read_text("utf-8").splitlines()
CASES = [json.loads(line) for line in CASE_LINES]
UNITS = [
    *[".", "。", "(", '"', "#", "[", "\t", " ", "a", "a.", "a (b ", "`a", "「a。", "。）x", "> "],
    *["word ", "e.g. ", "A. ", "' '' ", ".[1]", ".<ref>", "| a ", "\n", "a\n", "AB\n", ". \n"],
    *["a | b\n", "a,b,c\n", "Ann: b\n", "1. a\n", "- a b\n  c\n", "    x = 1\n\n"],
    *["```\n", "```x\n", "```\nAb cd.\n\n"],
]


def sentences(text: str) -> list[str]:
    return [text[start:end].strip() for start, end in split(text)]


@given(st.lists(ALPHABET, max_size=200).map("".join) | st.text(max_size=300))
def test_spans_tile_the_text(text):
    spans = split(text)
    assert "".join(text[start:end] for start, end in spans) == text
    assert all(start < end for start, end in spans)


@given(st.lists(ALPHABET, max_size=300).map(lambda parts: "".join(parts) * 20))
def test_every_sentence_and_block_has_a_bound(text):
    assert all(len(text[start:end].strip()) <= MAX_SENTENCE_CHARS for start, end in split(text))


@given(st.lists(ALPHABET, max_size=200).map("".join))
def test_no_sentence_is_white_space_alone(text):
    if text.strip():
        assert all(text[start:end].strip() for start, end in split(text))


@pytest.mark.parametrize(
    "expected",
    [
        ["Dr. Smith met Mrs. Jones.", "They spoke."],
        ["J. K. Rowling wrote it.", "It sold."],
        ["It costs 3.14 dollars.", "Cheap!"],
        ["He moved to the U.S. in May.", "She stayed."],
        ["He works for Apple Inc.", "The firm is big."],
        ['She said "Stop."', "He stopped."],
        ["(It rained.)", "We left."],
        ["Wait... what happened?", "Nothing."],
        ["Well...", "Nothing happened."],
        ["See Fig. 3 and pp. 4 to 6.", "Then stop."],
        ["Really?!", "Yes."],
        ["`` Go away . ''", "He left ."],
        ["Visit example.com today.", "Bye."],
        ["It began at 5 p.m. on Monday.", "It ended."],
    ],
)
def test_english(expected):
    assert sentences(" ".join(expected)) == expected


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("我喜歡貓。你呢？好！", 3),
        ("「行こう。」彼は言った。", 2),
        ("これはペンです｡あれは？", 2),
        ("यह एक वाक्य है। यह दूसरा है।", 2),
        ("ما اسمك؟ اسمي علي.", 2),
        ("Τι κάνεις; Καλά είμαι.", 2),
        ("one; two; three.", 1),
        ("Կարդա։ Գրիր։", 2),
        ("Qué tal? ¿Bien? Sí.", 3),
    ],
)
def test_other_scripts(text, count):
    assert len(split(text)) == count


def test_lines():
    text = (
        "# Title\nFirst line\ngoes on here.\n\n- one\n- two\n1. three\n2. four\n\nEnd without stop"
    )
    assert sentences(text) == [
        "# Title",
        "First line\ngoes on here.",
        "- one",
        "- two",
        "1. three",
        "2. four",
        "End without stop",
    ]


def test_tables_split_by_row_and_fences_stay_whole():
    code = "```python\nx = 1. \n\nPrint. This.\n```\n"
    assert sentences(f"| a | b |\n| 1. A | 2. B |\n\n{code}After. That.") == [
        "| a | b |",
        "| 1. A | 2. B |",
        code.strip(),
        "After.",
        "That.",
    ]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_cases(case):
    assert sentences(case["text"]) == case["sentences"]


def test_an_open_fence_reaches_to_the_end():
    assert sentences("Intro.\n~~~\na. B. C.") == ["Intro.", "~~~\na. B. C."]


PROSE = ["The dam opened in 1936.", "Cats purr.", "It is large."]


@pytest.mark.parametrize(
    ("before", "code"),
    [
        ("print(x)\n```\n", "print(x)\n```"),
        ("print(x)\n\nx = 1;\n```\n\n", "print(x)\n\nx = 1;\n```"),
        ("x = 1;\n~~~~\n", "x = 1;\n~~~~"),
        ("```\n", "```"),
        ("```python\nx = a. B. c\n\n", "```python\nx = a. B. c"),
        ("```\nx = a. B. c\n```\n", "```\nx = a. B. c\n```"),
    ],
)
def test_prose_stays_prose_around_code(before, code):
    assert sentences(before + " ".join(PROSE * 40)) == [code, *PROSE * 40]


def test_parity_of_fences_follows_from_the_first():
    text = "x = 1;\n```\nThe dam opened. It holds.\n```\ny = a. B. c;\n```\nCats purr. Dogs bark."
    assert sentences(text) == [
        "x = 1;\n```",
        "The dam opened.",
        "It holds.",
        "```\ny = a. B. c;\n```",
        "Cats purr.",
        "Dogs bark.",
    ]


def test_long_code_is_cut_after_lines():
    text = "```\n" + "value = call(other);\n" * 200 + "```\nIt ends."
    spans = split(text)
    assert len(spans) == 6
    assert all(text[end - 1] == "\n" for _, end in spans[:-1])


def test_scripts_without_stops_are_cut_at_spaces():
    text = "แมวนอนบนโซฟา " * 60
    spans = split(text)
    assert len(spans) > 4
    assert all(text[end - 1] == " " for _, end in spans)


def test_long_sentences_are_capped_and_keep_combining_marks():
    assert max(end - start for start, end in split("word " * 1_000)) <= MAX_SENTENCE_CHARS
    assert all(start % 2 == 0 for start, _ in split("e\u0301" * 2_000))


@pytest.mark.parametrize("unit", UNITS)
def test_a_long_text_of_anything_is_split(unit):
    text = unit * (100_000 // len(unit))
    spans = split(text)
    assert sum(end - start for start, end in spans) == len(text)


def count_calls(text: str) -> int:
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        split(text)
    finally:
        sys.setprofile(before)
    return calls


@pytest.mark.parametrize("unit", UNITS)
def test_twice_the_text_takes_twice_the_steps(unit):
    assert count_calls(unit * 3_000) <= 2.2 * count_calls(unit * 1_500) + 100


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Head\nBody.", True),
        ("History of Rome\n\nBody.", True),
        ("It ended.\nBody.", False),
        ("- item\nBody.", False),
        ("Part\tPrice\nLid\t4", False),
        ("[10:02] Ann: hi\n[10:03] Ben: hi", False),
        ("Body without line end", False),
        ("a" * 80 + "\n\nBody.", True),
        ("a" * 81 + "\n\nBody.", False),
    ],
)
def test_titles(text, expected):
    assert is_title(text, split(text)[0]) is expected


def test_only_strings():
    with pytest.raises(TypeError, match="`text` must be a str, not int"):
        split(3)
