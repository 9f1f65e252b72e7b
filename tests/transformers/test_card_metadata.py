import pytest

from pruning_transformers.card_metadata import changed, is_hub_id, with_section

CARD = "---\ntags: [a, b]\n---\n\n# A model\n\n## Use\n\ntext\n"


def test_metadata_change_and_the_text_stays(tmp_path):
    file = tmp_path / "README.md"
    file.write_text(CARD)
    with changed(file) as card:
        card.data.datasets = ["org/data"]
    text = file.read_text()
    assert text.endswith("\n# A model\n\n## Use\n\ntext\n")
    assert "datasets:\n- org/data\n" in text
    assert "tags:\n- a\n- b\n" in text


@pytest.mark.parametrize(
    ("text", "error"), [(None, FileNotFoundError), ("---\n[\n---\n", ValueError)]
)
def test_a_card_that_cannot_be_read(tmp_path, text, error):
    if text is not None:
        (tmp_path / "README.md").write_text(text)
    with pytest.raises(error), changed(tmp_path / "README.md"):
        pass


def test_a_section_is_added_once():
    once = with_section("# A\n\n## Use\n\ntext\n", "Training", "- one\n")
    assert once == "# A\n\n## Use\n\ntext\n\n## Training\n\n- one\n"
    assert with_section(once, "Training", "- two") == once.replace("one", "two")
    first = with_section(once, "Use", "other")
    assert first == "# A\n\n## Use\n\nother\n\n## Training\n\n- one\n"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("org/model", True),
        ("default", False),
        ("./org/model", False),
        ("data/train.jsonl", False),
        ("/home/me", False),
        ("here/model", False),
        ("a\\b", False),
    ],
)
def test_names_of_the_hub(name, expected, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here" / "model").mkdir(parents=True)
    assert is_hub_id(name) is expected
