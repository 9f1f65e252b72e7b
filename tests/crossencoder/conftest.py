"""A tiny pruning encoder, and the same weights as a plain cross-encoder."""

import pytest

from tiny_backbones import new_model


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pruning") / "model"
    model = new_model()
    model.save_pretrained(folder, tokenizer=model.tokenizer)
    return str(folder)


@pytest.fixture(scope="session")
def plain(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plain") / "model"
    new_model().export_ranking_model(folder)
    return str(folder)


@pytest.fixture(params=["checkpoint", "plain"])
def path(request):
    return request.getfixturevalue(request.param)
