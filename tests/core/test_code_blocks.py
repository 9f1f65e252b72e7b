import pytest

from pruning_core.code_blocks import code_blocks, reads_as_code, reads_as_prose

PROSE = "The dam opened in 1936. Cats purr."


@pytest.mark.parametrize(
    ("text", "is_prose", "is_code"),
    [
        (PROSE, True, False),
        ("def f(x):\n    return {x: 1}", False, True),
        ("x = 1.\nprint(x)  # Print. Now.", False, True),
        ("A heading without a stop", False, False),
        ("", False, False),
    ],
)
def test_prose_and_code(text, is_prose, is_code):
    assert reads_as_prose(text, 0, len(text)) is is_prose
    assert reads_as_code(text, 0, len(text)) is is_code


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        (f"{PROSE}\n```\nx = 1;\n```\n{PROSE}", ["```\nx = 1;\n```\n"]),
        (f"````\n```\nx = 1;\n```\n````\n{PROSE}", ["````\n```\nx = 1;\n```\n````\n"]),
        (f"f(x)\n```\n{PROSE}\n```sh\nls\n```\n", ["f(x)\n```\n", "```sh\nls\n```\n"]),
        (f"{PROSE}\n```python\nx = 1", ["```python\nx = 1"]),
        (f"```python\nx = 1;\n```python\ny = 1;\n```\n{PROSE}", 2),
        (f"```\n{PROSE * 20}\n```\n{PROSE}", []),
        (f"``` is a fence. It opens.\n{PROSE}", []),
        (f"Title of it\n~~~~~~~~~~~\n{PROSE}", []),
    ],
)
def test_blocks(text, blocks):
    found = [text[start:end] for start, end in code_blocks(text)]
    assert found == blocks if isinstance(blocks, list) else len(found) == blocks
