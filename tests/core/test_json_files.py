import pytest

from pruning_core.json_files import read_json, write_json


def test_round_trip(tmp_path):
    write_json(tmp_path / "a.json", {"é": [1, None]})
    text = (tmp_path / "a.json").read_text(encoding="utf-8")
    assert text == '{\n  "é": [\n    1,\n    null\n  ]\n}\n'
    assert read_json(tmp_path / "a.json") == {"é": [1, None]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1, "b": {"é": 1, "é": 2}}', "is not JSON: the key 'é' stands twice"),
        ("{", "is not JSON"),
        ("[1]", "must hold an object"),
        ("[" * 100_000, "is not JSON"),
    ],
)
def test_no_object(tmp_path, text, message):
    (tmp_path / "config.json").write_text(text)
    with pytest.raises(ValueError, match=rf"config\.json {message}"):
        read_json(tmp_path / "config.json")
    with pytest.raises(FileNotFoundError, match=r"has no b\.json"):
        read_json(tmp_path / "b.json")
