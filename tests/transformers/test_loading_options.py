"""No credential, path or loading option is in a file that is saved, whatever saved it."""

import json

import pytest
from transformers import AutoConfig, AutoModel, AutoTokenizer

from emitted_file import emitted_module
from hub_cache import FIRST, add_revision
from pruning_core.cli import main
from pruning_core.config_rules import LOADING_OPTIONS
from pruning_transformers import (
    PruningEncoderConfig,
    PruningEncoderForSequenceClassification,
    PruningEncoderModel,
)
from tiny_backbones import FAMILIES, new_model
from tiny_checkpoint import tiny_pruner

SECRET, REPO = "hf_secret", "org/model"


@pytest.fixture
def hub(tmp_path):
    """Loading options for a checkpoint and for a plain ranker, which lie in one cache."""
    cache = tmp_path / "cache-of-this-machine"
    new_model(cls=PruningEncoderModel).save_pretrained(tmp_path / "first" / "checkpoint")
    new_model().export_ranking_model(tmp_path / "first" / "ranker")
    add_revision(cache, REPO, FIRST, tmp_path / "first", "branch")
    return {
        "token": SECRET,
        "cache_dir": str(cache),
        "revision": "branch",
        "local_files_only": True,
    }


def assert_clean(folder, *words):
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    for path in files:
        contents = path.read_bytes()
        for word in (SECRET, "cache-of-this-machine", FIRST, REPO, str(folder.parent), *words):
            assert word.encode() not in contents, (path.name, word)
        if path.suffix == ".json" and path.name != "tokenizer.json":
            assert not found(json.loads(contents)), path.name


def found(data):
    """Keys at any depth that say how something was loaded."""
    if not isinstance(data, dict):
        return set()
    own = {key for key in data if key in LOADING_OPTIONS or key.startswith("_")}
    return own.union(*map(found, data.values()))


def test_keywords_of_the_configuration(tmp_path):
    given = dict.fromkeys(LOADING_OPTIONS - {"attn_implementation"}, SECRET)
    backbone = FAMILIES["bert"] | {"token": SECRET, "cache_dir": SECRET}
    config = PruningEncoderConfig(backbone_config=backbone, **given)
    assert not vars(config).keys() & LOADING_OPTIONS
    assert not vars(config.backbone_config).keys() & LOADING_OPTIONS
    config.token = config.backbone_config.token = SECRET  # set later
    config.save_pretrained(tmp_path / "ours")
    assert_clean(tmp_path / "ours")


def test_a_file_chooses_no_loading_option(tmp_path):
    config = PruningEncoderConfig()
    config.save_pretrained(tmp_path)
    data = json.loads((tmp_path / "config.json").read_text())
    data |= {"attn_implementation": "flex_attention", "token": SECRET, "device_map": "auto"}
    (tmp_path / "config.json").write_text(json.dumps(data))
    config = AutoConfig.from_pretrained(tmp_path)
    assert config._attn_implementation is None
    assert not vars(config).keys() & LOADING_OPTIONS
    chosen = AutoConfig.from_pretrained(tmp_path, attn_implementation="eager")
    assert chosen._attn_implementation == "eager"


def test_options_of_the_auto_classes(hub, tmp_path):
    hub |= {"subfolder": "checkpoint", "attn_implementation": "eager", "device_map": "cpu"}
    hub |= {"force_download": False, "code_revision": "branch", "trust_remote_code": False}
    model = AutoModel.from_pretrained(REPO, **hub)
    model.save_pretrained(tmp_path / "model", token=SECRET)
    model.tokenizer.save_pretrained(tmp_path / "tokenizer")
    model.config.save_pretrained(tmp_path / "config")
    model.config.to_json_file(tmp_path / "config" / "whole.json", use_diff=False)
    config = AutoConfig.from_pretrained(REPO, **hub)
    config.save_pretrained(tmp_path / "auto-config")
    tokenizer = AutoTokenizer.from_pretrained(REPO, **hub)
    model.save_pretrained(tmp_path / "other-tokenizer", tokenizer=tokenizer)
    for name in ("model", "tokenizer", "config", "auto-config", "other-tokenizer"):
        assert_clean(tmp_path / name)


def test_options_of_the_classes(hub, tmp_path):
    for number, module in enumerate((emitted_module(), None)):
        classes = (PruningEncoderModel, PruningEncoderForSequenceClassification)
        for cls in classes:
            cls = getattr(module, cls.__name__) if module else cls  # noqa: PLW2901
            folder = tmp_path / f"{cls.__name__}-{number}"
            model = cls.from_pretrained(REPO, subfolder="checkpoint", **hub)
            model.save_pretrained(folder / "model", token=SECRET)
            model.tokenizer.save_pretrained(folder / "tokenizer")
            assert_clean(folder)


def test_export(hub, tmp_path):
    model = PruningEncoderForSequenceClassification.from_pretrained(
        REPO, subfolder="checkpoint", attn_implementation="eager", **hub
    )
    model.backbone.config.token = SECRET
    model.export_ranking_model(tmp_path / "ranker")
    assert_clean(tmp_path / "ranker")


def test_from_backbone(hub, tmp_path):
    model = PruningEncoderForSequenceClassification.from_backbone(REPO, subfolder="ranker", **hub)
    model.save_pretrained(tmp_path / "new")
    model.tokenizer.save_pretrained(tmp_path / "tokenizer")
    model.export_ranking_model(tmp_path / "exported")
    for name in ("new", "tokenizer", "exported"):
        assert_clean(tmp_path / name)


def test_emit(tmp_path):
    tiny_pruner().save_pretrained(tmp_path / "core")
    assert main(["emit", str(tmp_path / "core")]) == 0
    assert_clean(tmp_path / "core")


def test_a_label_may_have_any_name(tmp_path):
    labels = {"id2label": {0: "token", 1: "device"}, "label2id": {"token": 0, "device": 1}}
    backbone = FAMILIES["bert"] | labels
    PruningEncoderConfig(backbone_config=backbone, **labels).save_pretrained(tmp_path)
    config = PruningEncoderConfig.from_pretrained(tmp_path)
    assert config.label2id == config.backbone_config.label2id == labels["label2id"]
