"""transformers' own tests of models and configurations, on every class in both modes.

`tests/support/unpack_transformers_tests.py` gets them. What cannot run on a machine, or needs
another kind of model, they skip themselves, and `-rs` says why; `INAPPLICABLE` has the others.

BERT and ModernBERT run all of them, as one has absolute positions and a pooler, and the other
neither: between them they take every path of `modeling`. The backbones in `FEW` run what reads a
configuration, saves or loads, since that is where their names for things differ: those of core, and
some that transformers alone has.
"""

import functools
import json
import unittest
from unittest import mock

import pytest
import torch
from transformers import AutoConfig
from transformers.models.auto import modeling_auto
from transformers_tests.test_configuration_common import ConfigTester
from transformers_tests.test_modeling_common import ModelTesterMixin, ids_tensor

from pruning_transformers import (
    PruningEncoderConfig,
    PruningEncoderForSequenceClassification,
    PruningEncoderForTokenClassification,
    PruningEncoderModel,
)
from tiny_backbones import FAMILIES, SMALL

pytestmark = pytest.mark.filterwarnings("default")  # those of transformers' tests are not ours

INAPPLICABLE = {
    "test_model_weights_reload_no_missing_tied_weights": (
        "it puts integers in the place of the weights, a file that is refused before it is read"
        " (tests/transformers/test_loading.py); no weights are tied"
    ),
}
FEW = (
    "test_attention_outputs",
    "test_attn_implementation_composite_models",
    "test_can_set_attention_dynamically",
    "test_can_set_attention_dynamically_composite_model",
    "test_can_use_safetensors",
    "test_config_attn_implementation_setter",
    "test_from_pretrained_no_checkpoint",
    "test_hidden_states_output",
    "test_inputs_embeds",
    "test_internal_model_config_and_subconfig_are_same",
    "test_load_with_mismatched_shapes",
    "test_problem_types",
    "test_resize_tokens_embeddings",
    "test_save_load",
    "test_training",
)
BACKBONES = FAMILIES | {
    "albert": SMALL | {"model_type": "albert", "embedding_size": 16},
    "distilbert": {
        "model_type": "distilbert",
        "vocab_size": SMALL["vocab_size"],
        "dim": 32,
        "hidden_dim": 64,
        "n_layers": 2,
        "n_heads": 4,
        "max_position_embeddings": 80,
        "pad_token_id": 0,
    },
    "electra": SMALL | {"model_type": "electra", "embedding_size": 16},
    "mpnet": SMALL | {"model_type": "mpnet"},
}
ALL_TESTS = ("bert", "modernbert")
CLASSES = {
    PruningEncoderModel: modeling_auto.MODEL_MAPPING_NAMES,
    PruningEncoderForSequenceClassification: (
        modeling_auto.MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING_NAMES
    ),
    PruningEncoderForTokenClassification: (
        modeling_auto.MODEL_FOR_TOKEN_CLASSIFICATION_MAPPING_NAMES
    ),
}
"""The classes, and by whose names the tests look up what a class is."""


class ModelTester:
    """What the tests ask for sizes, configurations and inputs."""

    batch_size, seq_length, is_training = 3, 7, True
    hidden_size, num_hidden_layers, num_attention_heads = 32, 2, 4

    def __init__(self, family, mode):
        self.backbone_config, self.mode = BACKBONES[family], mode

    def get_config(self):
        return PruningEncoderConfig(
            backbone_config=self.backbone_config, max_length=64, mode=self.mode
        )

    def prepare_config_and_inputs_for_common(self):
        ids = ids_tensor([self.batch_size, self.seq_length], SMALL["vocab_size"])
        return self.get_config(), {"input_ids": ids, "attention_mask": torch.ones_like(ids)}


class OurConfigTester(ConfigTester):
    """The tests of configurations, but that ours never name a path."""

    def create_and_test_config_from_and_save_pretrained_composite(self):
        with mock.patch.object(AutoConfig, "for_model", side_effect=self._nameless_config):
            super().create_and_test_config_from_and_save_pretrained_composite()

    def _nameless_config(self, **contents):
        """A configuration whose class has contents without `_name_or_path`, as ours have."""
        contents = dict(contents)
        known = type(_for_model(contents.pop("model_type")))

        class Nameless(known):
            def to_dict(self):
                return {k: v for k, v in super().to_dict().items() if k != "_name_or_path"}

        return Nameless(**contents)


_for_model = AutoConfig.for_model


class OurModelTests(ModelTesterMixin):
    """The tests of models, where ours differ on purpose."""

    _is_composite = True
    # A loss is that of the head whose labels are given; the other head then has no gradient.
    test_all_params_have_gradient = False
    test_can_init_all_missing_weights_before_2023 = True

    def setUp(self):
        self.model_tester = ModelTester(self.family, self.mode)
        for cls, names in CLASSES.items():
            patch = mock.patch.dict(names, {PruningEncoderConfig.model_type: cls.__name__})
            patch.start()
            self.addCleanup(patch.stop)

    def _raises(self, method, expected, *args, **kwargs):
        """Over files ours raise ValueErrors that name them, where transformers has RuntimeError."""
        expected = (RuntimeError, ValueError) if expected is RuntimeError else expected
        return getattr(super(), method)(expected, *args, **kwargs)

    assertRaises = functools.partialmethod(_raises, "assertRaises")  # noqa: N815
    assertRaisesRegex = functools.partialmethod(_raises, "assertRaisesRegex")  # noqa: N815

    def test_can_init_all_missing_weights(self):
        """It loads no weights at all, which is an error otherwise."""
        with mock.patch("pruning_transformers.loading._check_complete"):
            super().test_can_init_all_missing_weights()

    def test_config(self):
        contents = json.loads(self.model_tester.get_config().to_json_string())["backbone_config"]
        tester = OurConfigTester(self, config_class=PruningEncoderConfig, backbone_config=contents)
        tester.run_common_tests()


def make_tests(family, mode):
    """The test case of a backbone in a mode."""
    ranks = mode == "reranking_pruning"
    body = {
        "family": family,
        "mode": mode,
        "all_model_classes": tuple(
            cls for cls in CLASSES if ranks or cls is not PruningEncoderForSequenceClassification
        ),
    }
    for name in dir(OurModelTests):
        if not (name.startswith("test_") and callable(getattr(OurModelTests, name))):
            continue
        if name in INAPPLICABLE:
            body[name] = unittest.skip(INAPPLICABLE[name])(lambda self: None)
        elif family not in ALL_TESTS and name not in FEW:
            body[name] = None  # unittest and pytest collect no None
    title = f"Test {family} {mode}".title().replace("-", "").replace("_", "").replace(" ", "")
    return type(title, (OurModelTests, unittest.TestCase), body)


for _family in BACKBONES:
    for _mode in ("reranking_pruning", "pruning_only"):
        _case = make_tests(_family, _mode)
        globals()[_case.__name__] = _case
del _case


def test_the_names_are_those_of_tests():
    assert [name for name in (*INAPPLICABLE, *FEW) if not hasattr(ModelTesterMixin, name)] == []
