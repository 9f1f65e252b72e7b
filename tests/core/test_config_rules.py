import subprocess
import sys

import pytest

from pruning_core.config_rules import check_backbone_config, plain_data
from tiny_checkpoint import tiny_config


def test_what_may_not_be_saved_is_left_out_at_any_depth():
    inner = {"size": 1, "_name_or_path": "/home/me", "token": "hf_x"}
    data = {"a": inner, "b": [inner], "auto_map": {}, "cache_dir": "/home/me", "revision": "main"}
    assert plain_data(data) == {"a": {"size": 1}, "b": [{"size": 1}]}


def test_no_path_and_no_credential_reaches_config_json():
    config = tiny_config()
    secret = {"_name_or_path": "/home/me/model", "token": "hf_secret", "cache_dir": "/home/me"}
    changed = tiny_config(backbone_config={**config.backbone_config, **secret})
    assert changed.to_dict() == config.to_dict()


@pytest.mark.parametrize("key", ["auto_map", "trust_remote_code", "_attn_implementation"])
def test_a_nested_config_is_data(key):
    with pytest.raises(ValueError, match=f"`backbone_config` must not hold {key}"):
        check_backbone_config({"model_type": "bert", key: 1})


@pytest.mark.parametrize(
    "key",
    ["is_decoder", "is_encoder_decoder", "add_cross_attention", "chunk_size_feed_forward"],
)
def test_a_backbone_is_an_encoder(key):
    with pytest.raises(ValueError, match=f"must be of an encoder, without `{key}`"):
        check_backbone_config({"model_type": "bert", key: True})
    check_backbone_config({"model_type": "bert", key: False})


@pytest.mark.parametrize("key", ["head_dim", "sliding_window"])
def test_sizes_that_follow_from_others(key):
    with pytest.raises(ValueError, match=f"must not hold {key}"):
        check_backbone_config({"model_type": "modernbert", key: 4})
    check_backbone_config({"model_type": "jina_embeddings_v3", key: 4})


def test_it_needs_no_torch():
    code = "import sys, types\nsys.modules['torch'] = None\n"
    code += "package = types.ModuleType('pruning_core')\nimport importlib.util as u\n"
    code += "package.__path__ = u.find_spec('pruning_core').submodule_search_locations\n"
    code += "sys.modules['pruning_core'] = package\nimport pruning_core.config_rules"
    subprocess.run([sys.executable, "-c", code], check=True)
