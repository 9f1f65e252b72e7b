import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordPiece

from pruning_core import Pruner
from pruning_core.scripts import MULTILINGUAL_KNOWS, KnownScripts, scripts_of

RUSSIAN = "Кошки мурлычут, когда довольны. "


def known(*words):
    return KnownScripts(Tokenizer(WordPiece({word: i for i, word in enumerate(["[UNK]", *words])})))


def test_scripts_by_name():
    assert scripts_of("aéЖ猫カき") == {
        "LATIN": 2,
        "CYRILLIC": 1,
        "CJK": 1,
        "KATAKANA": 1,
        "HIRAGANA": 1,
    }


def test_a_vocabulary_knows_a_script_by_pieces_of_several_letters():
    letters = "абвгдежзик"
    pairs = [a + b for a in letters for b in letters]
    assert known(*pairs).names == {"CYRILLIC"}
    assert known(*pairs[1:]).names == set()
    assert known(*pairs).warning(RUSSIAN) is None
    assert "Cyrillic" in known(*pairs[1:]).warning(RUSSIAN)


@pytest.mark.parametrize(
    ("text", "script"),
    [
        (RUSSIAN, "Cyrillic"),
        ("ネコは満足するとのどを鳴らす。", "Japanese"),
        ("猫高兴时会咕噜咕噜地叫。", "Chinese"),
        ("Οι γάτες γουργουρίζουν. Cats.", "Greek"),
        ("კატები კრუტუნებენ.", "Georgian"),
        (RUSSIAN * 2_000, "Cyrillic"),
    ],
)
def test_a_document_in_an_unknown_script(text, script):
    assert f"in {script} letters" in known("cats").warning(text)


@pytest.mark.parametrize(
    "text", ["", "Cats purr.", "Où sont les chats? Đồng ý…", "“Cats” (кошки) purr.", "42 – 17 → 3"]
)
def test_other_documents_pass(text):
    assert known().warning(text) is None


def test_the_warning_names_the_multilingual_model_where_that_helps():
    model = Pruner.from_pretrained("multilingual")
    assert KnownScripts(model.tokenizer).names == MULTILINGUAL_KNOWS
    assert model.prune("кошки", RUSSIAN).warnings == ()
    assert (
        known()
        .warning(RUSSIAN)
        .endswith("the model `multilingual`, which comes with pruning-core, knows them")
    )
    assert known().warning("კატები კრუტუნებენ.").endswith("hardly knows")


def test_results_have_the_warning():
    pruner = Pruner.from_pretrained()
    results = pruner.prune_batch(["cats"] * 2, [RUSSIAN, "Cats purr."])
    assert ["Cyrillic" in " ".join(result.warnings) for result in results] == [True, False]
