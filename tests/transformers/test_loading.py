"""A hub id opens offline from a cache with two commits, whose tokenizers differ."""

import json
import pickle

import pytest
from transformers import AutoModel, AutoModelForSequenceClassification

from emitted_file import emitted_module
from hub_cache import FIRST, SECOND, add_revision
from pruning_transformers import (
    PruningEncoderForSequenceClassification,
    PruningEncoderModel,
    loading,
)
from tiny_backbones import new_model

REPO, QUERY, TEXT = "org/model", "capital of france", "PARIS is the capital. Cats purr."


def save(folder, lowercase, **fields):
    """A checkpoint whose tokenizer lower-cases, or does not."""
    model = new_model(cls=PruningEncoderModel, **fields)
    model.save_pretrained(folder)
    path = folder / "tokenizer.json"
    data = json.loads(path.read_text())
    data["normalizer"]["lowercase"] = lowercase
    path.write_text(json.dumps(data))
    return folder


@pytest.fixture
def cache(tmp_path):
    cache = tmp_path / "cache"
    add_revision(cache, REPO, FIRST, save(tmp_path / "first", lowercase=False))
    add_revision(cache, REPO, SECOND, save(tmp_path / "second", lowercase=True), "main")
    add_revision(cache, "org/nested", FIRST, save(tmp_path / "nest" / "inner", True).parent, "main")
    return cache


@pytest.fixture(params=["registered", "class", "emitted"])
def load(request, cache):
    opener = {
        "registered": AutoModel,
        "class": PruningEncoderModel,
        "emitted": emitted_module().PruningEncoderModel,
    }[request.param]
    return lambda model=REPO, **options: opener.from_pretrained(model, cache_dir=cache, **options)


def lowercases(model):
    return json.loads(model.tokenizer.backend_tokenizer.to_str())["normalizer"]["lowercase"]


@pytest.mark.parametrize(
    ("revision", "lowercase"), [(FIRST, False), (SECOND, True), ("main", True)]
)
def test_the_tokenizer_is_that_of_the_commit(load, revision, lowercase, tmp_path):
    model = load(revision=revision)
    assert lowercases(model) == lowercase
    model.save_pretrained(tmp_path / "saved")
    folder = tmp_path / ("second" if lowercase else "first")
    saved, theirs = (
        json.loads((place / "tokenizer.json").read_text()) for place in (tmp_path / "saved", folder)
    )
    assert saved["normalizer"] == theirs["normalizer"]
    expected = PruningEncoderModel.from_pretrained(folder).prune(QUERY, TEXT)
    assert model.prune(QUERY, TEXT).to_dict() == expected.to_dict()


def test_a_branch_that_moves_later_changes_nothing(load, cache):
    model = load()
    refs = cache / "models--org--model" / "refs" / "main"
    refs.write_text(FIRST)
    assert lowercases(model)
    assert not lowercases(load())


def test_a_subfolder(load, tmp_path):
    model = load("org/nested", subfolder="inner", revision="main")
    assert model.prune(QUERY, TEXT, threshold=0).text == TEXT
    assert load(tmp_path / "nest", subfolder="inner").prune(QUERY, TEXT, threshold=0).text == TEXT


def test_a_relative_folder_is_remembered(load, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    model = load("first")
    monkeypatch.chdir("/")
    assert not lowercases(model)


def test_the_token_is_not_kept(load):
    model = load(token="hf_secret")
    assert model.tokenizer is not None
    assert b"hf_secret" not in pickle.dumps(model.__dict__ | {"_modules": None, "_tap": None})


def test_what_belongs_to_the_weights_is_fetched_with_their_options(cache, monkeypatch):
    asked = []

    def file_of(model, name, **options):
        asked.append((name, options))
        return original(model, name, **options)

    original = loading.file_of
    monkeypatch.setattr(loading, "file_of", file_of)
    options = {"token": "hf_secret", "cache_dir": cache, "local_files_only": True}
    PruningEncoderModel.from_pretrained(REPO, **options)
    names = {name for name, _ in asked}
    assert names >= {"config.json", "tokenizer.json", "tokenizer_config.json", "README.md"}
    assert all(given == options | {"revision": SECOND} for _, given in asked[1:])


def test_built_in_models_open_by_name():
    model = PruningEncoderModel.from_pretrained("default")
    assert model.prune("When did it open?", "Cats purr. It opened in 1936.").score > 0


def test_the_loading_info_is_given_when_asked_for(tmp_path):
    save(tmp_path / "model", lowercase=True)
    model, info = PruningEncoderForSequenceClassification.from_pretrained(
        tmp_path / "model", output_loading_info=True
    )
    assert not info["missing_keys"]
    assert lowercases(model)


def test_nothing_to_find(tmp_path):
    with pytest.raises(OSError, match="nowhere"):
        AutoModelForSequenceClassification.from_pretrained(tmp_path / "nowhere")
    with pytest.raises(OSError, match="nowhere"):
        PruningEncoderModel.from_pretrained(tmp_path / "nowhere")
