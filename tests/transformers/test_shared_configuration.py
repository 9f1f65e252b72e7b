"""The backbone runs on the configuration's own `backbone_config`."""

import copy
import json

import pytest
import torch
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
    BertConfig,
    PreTrainedModel,
)

from emitted_file import emitted_module
from pruning_core import Pruner
from pruning_transformers import (
    PruningEncoderConfig,
    PruningEncoderForSequenceClassification,
    PruningEncoderForTokenClassification,
    PruningEncoderModel,
)
from tiny_backbones import FAMILIES, fast_tokenizer, new_config, new_model

CLASSES = [
    PruningEncoderModel,
    PruningEncoderForSequenceClassification,
    PruningEncoderForTokenClassification,
]
MODES = ["reranking_pruning", "pruning_only"]
OPENED = [AutoModel, AutoModelForSequenceClassification, AutoModelForTokenClassification]


CASES = [
    (cls, mode)
    for cls in CLASSES
    for mode in MODES
    if mode == "reranking_pruning" or cls is not PruningEncoderForSequenceClassification
]


def inputs():
    return fast_tokenizer()("a cat", "the cat purr", return_tensors="pt")


@pytest.fixture(params=FAMILIES)
def family(request):
    return request.param


@pytest.fixture
def checkpoint(family, tmp_path):
    new_model(family).save_pretrained(tmp_path / "checkpoint")
    return tmp_path / "checkpoint"


@pytest.mark.parametrize(("cls", "mode"), CASES)
def test_one_object(cls, mode, family, tmp_path):
    made = new_model(family, cls, mode=mode)
    made.save_pretrained(tmp_path)
    emitted = getattr(emitted_module(), cls.__name__)
    for model in (
        made,
        cls(made.config),
        cls.from_pretrained(tmp_path),
        copy.deepcopy(made),
        emitted.from_pretrained(tmp_path),
    ):
        assert model.backbone.config is model.config.backbone_config
        inner = [m for m in model.backbone.modules() if isinstance(m, PreTrainedModel)]
        assert all(module.config is model.config.backbone_config for module in inner)


def test_two_configurations_of_one_backbone():
    backbone = BertConfig(**{k: v for k, v in FAMILIES["bert"].items() if k != "model_type"})
    first, second = (
        PruningEncoderConfig(backbone_config=backbone, max_length=64, num_labels=n) for n in (1, 3)
    )
    models = [PruningEncoderModel(config) for config in (first, second)]
    assert [model.backbone.config.num_labels for model in models] == [1, 3]
    assert backbone.num_labels == 2


@pytest.mark.parametrize(("cls", "mode"), CASES)
def test_resized_embeddings_reach_every_file(cls, mode, family, tmp_path):
    model = new_model(family, cls, mode=mode)
    size = model.config.vocab_size + 10
    model.resize_token_embeddings(size)
    expected = model(**inputs())
    model.save_pretrained(tmp_path / "all")
    again = cls.from_pretrained(tmp_path / "all")
    assert again.config.vocab_size == again.get_input_embeddings().num_embeddings == size
    torch.testing.assert_close(again(**inputs())[0], expected[0], atol=5e-6, rtol=1e-5)
    Pruner.from_pretrained(tmp_path / "all").prune("a cat", "The cat purr.")
    if model.config.ranks:
        model.export_ranking_model(tmp_path / "exported")
        plain = AutoModelForSequenceClassification.from_pretrained(tmp_path / "exported")
        assert plain.config.vocab_size == plain.get_input_embeddings().num_embeddings == size
        PruningEncoderForSequenceClassification.from_backbone(tmp_path / "exported")


def test_resizing_the_backbone_itself(tmp_path):
    model = new_model()
    model.backbone.resize_token_embeddings(170)
    model.save_pretrained(tmp_path)
    assert AutoModel.from_pretrained(tmp_path).config.vocab_size == 170


@pytest.mark.parametrize("auto", OPENED)
@pytest.mark.parametrize("name", ["hidden_states", "attentions"])
def test_outputs_that_a_configuration_asks_for(auto, name, checkpoint):
    eager = {"attn_implementation": "eager"}
    asked = auto.from_pretrained(checkpoint, **eager, **{f"output_{name}": True})
    assert asked(**inputs())[name]
    assert name not in asked(**inputs(), **{f"output_{name}": False})
    later = auto.from_pretrained(checkpoint, **eager)
    assert name not in later(**inputs())
    setattr(later.config, f"output_{name}", True)
    assert later(**inputs())[name]
    inner = auto.from_pretrained(checkpoint, **eager)
    setattr(inner.config.backbone_config, f"output_{name}", True)
    assert inner(**inputs())[name]


@pytest.mark.parametrize("auto", OPENED)
def test_tuples_that_a_configuration_asks_for(auto, checkpoint):
    model = auto.from_pretrained(checkpoint, return_dict=False)
    output = model(**inputs())
    assert isinstance(output, tuple)
    assert torch.equal(output[0], model(**inputs(), return_dict=True)[0])


@pytest.mark.parametrize("auto", OPENED)
@pytest.mark.parametrize(
    "attention", ["eager", {"backbone_config": "eager"}, {"": "sdpa", "backbone_config": "eager"}]
)
def test_the_attention_asked_for(auto, attention, checkpoint, tmp_path):
    model = auto.from_pretrained(checkpoint, attn_implementation=attention)
    assert model.backbone.config._attn_implementation == "eager"
    config = AutoConfig.from_pretrained(checkpoint, attn_implementation=attention)
    assert auto.from_config(config).backbone.config._attn_implementation == "eager"
    model.save_pretrained(tmp_path / "again")
    assert "attn_implementation" not in (tmp_path / "again" / "config.json").read_text()
    again = auto.from_pretrained(tmp_path / "again")
    plain = auto.from_pretrained(checkpoint)
    assert again.backbone.config._attn_implementation == plain.backbone.config._attn_implementation
    if isinstance(model, PruningEncoderForSequenceClassification):
        model.export_ranking_model(tmp_path / "exported")
        assert "attn_impl" not in (tmp_path / "exported" / "config.json").read_text()


def test_attention_of_a_configuration_object():
    backbone = BertConfig(
        **{k: v for k, v in FAMILIES["bert"].items() if k != "model_type"},
        attn_implementation="eager",
    )
    config = PruningEncoderConfig(backbone_config=backbone, max_length=64)
    assert PruningEncoderModel(config).backbone.config._attn_implementation == "eager"


@pytest.mark.parametrize("family", ["bert", "xlm-roberta"], indirect=True)  # both, in 5.6 too
def test_attention_set_after_loading(checkpoint):
    model = AutoModel.from_pretrained(checkpoint)
    due = model(**inputs()).pruning_logits
    for attention, backbone in (
        ("eager", "eager"),
        ("sdpa", "sdpa"),
        ({"backbone_config": "eager"}, "eager"),
    ):
        model.set_attn_implementation(attention)
        assert model.backbone.config._attn_implementation == backbone
        torch.testing.assert_close(model(**inputs()).pruning_logits, due, atol=1e-5, rtol=1e-4)
    with pytest.raises(ValueError, match="is not supported"):
        model.set_attn_implementation("foo")


def test_an_attention_that_a_backbone_has_not(tmp_path):
    new_model("deberta-v2").save_pretrained(tmp_path)
    with pytest.raises(ValueError, match="scaled_dot_product_attention"):
        AutoModel.from_pretrained(tmp_path, attn_implementation="sdpa")
    assert AutoModel.from_pretrained(tmp_path).backbone.config._attn_implementation == "eager"


def test_settings_of_the_backbone(checkpoint):
    settings = {"pad_token_id": 1, "chunk_size_feed_forward": 2, "initializer_range": 0.5}
    config = AutoConfig.from_pretrained(checkpoint, **settings)
    for name, value in settings.items():
        assert getattr(config.backbone_config, name) == value
    again = PruningEncoderConfig.from_dict(config.to_dict())
    assert again.pad_token_id == again.backbone_config.pad_token_id == 1
    assert again.chunk_size_feed_forward == 0  # how one process computes, which no file says
    assert json.loads(config.to_json_string())["pad_token_id"] == 1
    assert AutoModel.from_config(config).pruning_head.classifier.weight.std() > 0.1


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_the_backbone_has_the_type_of_the_head(dtype, family, tmp_path):
    """Whatever type its configuration names, which is of the file that it came from."""
    config = new_config(family)
    config.dtype = config.backbone_config.dtype = dtype
    model = PruningEncoderModel(config)
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}
    model.tokenizer = fast_tokenizer()
    model.to(dtype).save_pretrained(tmp_path)
    assert PruningEncoderModel(AutoConfig.from_pretrained(tmp_path)).dtype == torch.float32
    assert AutoModel.from_pretrained(tmp_path, dtype="auto").backbone.dtype == dtype
    plain = PruningEncoderForSequenceClassification(new_config(family)).to(dtype)
    plain.tokenizer = fast_tokenizer()
    plain.export_ranking_model(tmp_path / "exported")
    again = PruningEncoderForSequenceClassification.from_backbone(tmp_path / "exported")
    assert {parameter.dtype for parameter in again.parameters()} == {torch.float32}


@pytest.mark.parametrize("mode", MODES)
def test_the_dropout_of_both_heads_as_an_option_of_loading(mode, family, tmp_path):
    new_model(family, PruningEncoderModel, mode=mode).save_pretrained(tmp_path)
    module = emitted_module()
    name = "cls_dropout" if family == "deberta-v2" else "classifier_dropout"
    for cls in (PruningEncoderModel, module.PruningEncoderModel):
        model = cls.from_pretrained(tmp_path, classifier_dropout=0.5)
        assert model.pruning_head.dropout.p == 0.5
        assert getattr(model.backbone.config, name) == 0.5
        rates = {m.p for n, m in model.backbone.named_modules() if isinstance(m, torch.nn.Dropout)}
        assert (0.5 in rates) == model.config.ranks
    model = PruningEncoderModel(new_config(family, classifier_dropout=0.5))
    assert getattr(model.backbone.config, name, None) != 0.5


@pytest.mark.parametrize(
    ("option", "error"),
    [
        ({"classifier_dropout": 1.5}, "`classifier_dropout` must be from 0 to 1"),
        ({"mode": "ranking"}, "`mode` must be one of"),
        ({"num_labels": 0}, "`num_labels` must be at least 1"),
    ],
)
def test_wrong_options_of_loading(option, error, tmp_path):
    new_model().save_pretrained(tmp_path)
    with pytest.raises(ValueError, match=error):
        AutoModel.from_pretrained(tmp_path, **option)


def test_new_weights_are_drawn_as_the_backbone_draws_them(tmp_path):
    """ModernBERT draws its classifier by the square root of its size."""
    new_model("modernbert").save_pretrained(tmp_path)
    torch.manual_seed(0)
    model = AutoModelForSequenceClassification.from_pretrained(
        tmp_path, num_labels=64, ignore_mismatched_sizes=True
    )
    assert model.backbone.classifier.weight.std().item() == pytest.approx(32**-0.5, rel=0.2)


@pytest.mark.parametrize(("cls", "mode"), CASES)
def test_embeddings_in_place_of_tokens(cls, mode, family):
    model, given = new_model(family, cls, mode=mode), inputs()
    expected = model(**given)[0]
    embedded = model.get_input_embeddings()(given.pop("input_ids"))
    torch.testing.assert_close(model(inputs_embeds=embedded, **given)[0], expected)
    del given["attention_mask"]
    torch.testing.assert_close(model(inputs_embeds=embedded, **given)[0], expected)


@pytest.mark.parametrize("family", ["bert", "modernbert"], indirect=True)
@pytest.mark.parametrize(("cls", "mode"), CASES)
def test_positions(cls, mode, family):
    model, given = new_model(family, cls, mode=mode), inputs()
    places = torch.arange(given["input_ids"].shape[1])[None]
    expected = model(**given)[0]
    torch.testing.assert_close(model(**given, position_ids=places)[0], expected)
    far = model(**given, position_ids=places * 3)[0]
    assert not torch.allclose(far, expected)
