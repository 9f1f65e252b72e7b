"""Provence, XProvence, and what else is published: settings, keys, packing."""

import json

import pytest
from safetensors.torch import load_file, save_file

from pruning_core import Pruner
from pruning_core.cli import main
from pruning_core.families import family_of
from published_layouts import LAYOUTS, QUERY, TEXT, roberta_tokenizer
from tiny_checkpoint import tiny_tokenizer

SETTINGS = {  # threshold, score, sentence rule, normalised query, longest window, hidden state
    "provence": (0.1, "identity", "kept_share", True, 82, "last"),
    "xprovence": (0.3, "identity", "kept_share", False, 80, "last"),
    "xprovence_pooler": (0.3, "identity", "kept_share", False, 80, "last"),
    "open_provence": (0.3, "sigmoid", "mean_probability", False, 64, "pre_final_norm"),
    "zilliz": (0.3, "sigmoid", "mean_probability", False, 64, "last"),
}


@pytest.fixture(params=LAYOUTS)
def layout(request, tmp_path):
    return request.param, LAYOUTS[request.param](tmp_path)


def test_settings(layout):
    name, folder = layout
    config = Pruner.from_pretrained(folder).config
    assert SETTINGS[name] == (
        config.default_threshold,
        config.score_activation,
        config.sentence_rule,
        config.normalize_query,
        config.max_length,
        config.pruning_hidden_state,
    )


def test_convert_gives_the_same_and_keeps_the_packing(layout, tmp_path):
    _, folder = layout
    assert main(["convert", str(folder), str(tmp_path / "ours")]) == 0
    theirs, ours = Pruner.from_pretrained(folder), Pruner.from_pretrained(tmp_path / "ours")
    first, second = (pruner.prune(QUERY, TEXT, threshold=0.4) for pruner in (theirs, ours))
    assert first.text == second.text
    assert first.score == pytest.approx(second.score, abs=1e-6)
    assert theirs.tokenizer.encode("a", "cat").ids == ours.tokenizer.encode("a", "cat").ids


def test_the_keys_go_back(layout):
    _, folder = layout
    names = list(load_file(folder / "model.safetensors"))
    family = family_of(json.loads((folder / "config.json").read_text()), folder)
    table = family.keys(names)
    assert [table.theirs(table.ours(key)) for key in names] == names
    assert len({table.ours(key) for key in names}) == len(names)


@pytest.mark.parametrize("change", ["missing", "unexpected"])
def test_a_wrong_key_is_named_as_in_the_file(change, layout):
    _, folder = layout
    state = load_file(folder / "model.safetensors")
    name = next(key for key in state if key.endswith("classifier.bias"))
    if change == "missing":
        del state[name]
    else:
        name = "surplus.weight"
        state[name] = state[next(iter(state))].clone()
    save_file(state, folder / "model.safetensors")
    with pytest.raises(ValueError, match=f"does not fit its config.json: .*{change} {name}"):
        Pruner.from_pretrained(folder)


def test_packing(layout):
    name, folder = layout
    tokenizer = Pruner.from_pretrained(folder).tokenizer
    plain = roberta_tokenizer() if "xprov" in name or name == "zilliz" else tiny_tokenizer()
    query, text = (plain.encode(t, add_special_tokens=False).ids for t in ("a cat", "cats purr."))
    before, between, behind = {
        "provence": ([2], [3], [3]),
        "open_provence": ([2], [3], [3]),
        "xprovence": ([0], [2], [2]),
        "xprovence_pooler": ([0], [2], [2]),
        "zilliz": ([0], [2, 2], [2]),
    }[name]
    packed = tokenizer.encode("a cat", "cats purr.").ids
    assert packed == [*before, *query, *between, *text, *behind]
