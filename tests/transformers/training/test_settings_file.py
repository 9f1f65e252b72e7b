import pytest

from pruning_transformers.training.settings_file import read_settings_file


def read(tmp_path, text):
    (tmp_path / "c.yaml").write_bytes(text.encode() if isinstance(text, str) else text)
    return read_settings_file(tmp_path / "c.yaml")


@pytest.mark.parametrize(
    ("text", "value"), [("5e-5", 5e-5), ("1e3", 1e3), ("-2.5E+1", -25.0), ("5", 5), ("e5", "e5")]
)
def test_numbers_are_numbers(tmp_path, text, value):
    found = read(tmp_path, f"a: {text}")["a"]
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize("text", ["a: 1\na: 2", "a: [", "a: b: c", b"\xff\xfe\xfa"])
def test_what_is_no_yaml_of_ours(tmp_path, text):
    with pytest.raises(ValueError, match=r"c\.yaml is not YAML"):
        read(tmp_path, text)


def test_a_key_that_stands_twice_is_named(tmp_path):
    with pytest.raises(ValueError, match="the key 'a' stands twice"):
        read(tmp_path, "a: 1\nb: 2\na: 3")
