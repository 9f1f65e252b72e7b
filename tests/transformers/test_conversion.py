import json

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForSequenceClassification

from hub_cache import FIRST, SECOND, add_revision
from pruning_core import Pruner
from pruning_core.builtin import BUILTIN_MODELS
from pruning_transformers import (
    PruningEncoderForSequenceClassification,
    PruningEncoderForTokenClassification,
    PruningEncoderModel,
    conversion,
)
from tiny_backbones import new_model

QUERY, TEXT = "capital of france", "Paris is the capital. Cats purr."


def from_backbone(model, **options):
    return PruningEncoderForSequenceClassification.from_backbone(model, **options)


@pytest.fixture
def ranker(tmp_path):
    """A plain cross-encoder."""
    new_model().export_ranking_model(tmp_path / "ranker")
    return tmp_path / "ranker"


def test_fields_reach_the_configuration(ranker):
    fields = {
        "max_length": 32,
        "num_labels": 1,
        "classifier_dropout": 0.2,
        "default_threshold": 0.3,
        "pruning_hidden_state": "pre_final_norm",
        "score_activation": "identity",
        "sentence_rule": "kept_share",
        "normalize_query": True,
    }
    config = from_backbone(ranker, **fields).config
    assert {name: getattr(config, name) for name in fields} == fields


def test_an_encoder_becomes_a_pruner_alone(ranker):
    model = PruningEncoderModel.from_backbone(ranker, mode="pruning_only")
    assert not model.config.ranks
    assert model.prune(QUERY, TEXT).score is None


@pytest.mark.parametrize("name", ["treshold", "dtype", "trust_remote_code", "strictly"])
def test_an_unknown_keyword_is_a_type_error(name, ranker):
    with pytest.raises(TypeError, match=f"unexpected keyword argument '{name}'"):
        from_backbone(ranker, **{name: 1})


def test_a_pruning_encoder_is_refused(tmp_path):
    new_model().save_pretrained(tmp_path)
    for model in (tmp_path, str(tmp_path), "default"):
        with pytest.raises(ValueError, match="is a pruning encoder.*`from_pretrained`"):
            from_backbone(model)


def test_a_family_is_refused(tmp_path):
    from published_layouts import open_provence

    with pytest.raises(ValueError, match="is a pruning encoder.*`from_pretrained`"):
        from_backbone(open_provence(tmp_path))


def test_what_is_missing(tmp_path):
    with pytest.raises(OSError, match="nowhere"):
        from_backbone(tmp_path / "nowhere")


def test_the_commit_of_a_hub_id(ranker, tmp_path):
    cache, files = tmp_path / "cache", tmp_path / "ranker"
    add_revision(cache, "org/ranker", FIRST, files, "v1")
    weights = load_file(files / "model.safetensors")
    save_file({k: v + 1 for k, v in weights.items()}, files / "model.safetensors", {"format": "pt"})
    data = json.loads((files / "tokenizer.json").read_text())
    data["normalizer"]["lowercase"] = False
    (files / "tokenizer.json").write_text(json.dumps(data))
    add_revision(cache, "org/ranker", SECOND, files, "main")
    for revision, lowercase, shift in (("v1", True, 0), (None, False, 1), (SECOND, False, 1)):
        model = from_backbone("org/ranker", revision=revision, cache_dir=cache)
        backend = json.loads(model.tokenizer.backend_tokenizer.to_str())
        assert backend["normalizer"]["lowercase"] == lowercase
        for name, value in model.backbone.state_dict().items():
            assert torch.equal(value, weights[name] + shift)


def test_all_of_a_backbone_is_of_one_commit(ranker, tmp_path, monkeypatch):
    add_revision(tmp_path / "cache", "org/ranker", FIRST, ranker, "main")
    revisions = []
    for auto in ("AutoConfig", "AutoModelForSequenceClassification", "AutoTokenizer"):
        cls = getattr(conversion, auto)

        def from_pretrained(model, load=cls.from_pretrained, **options):
            revisions.append(options["revision"])
            return load(model, **options)

        monkeypatch.setattr(cls, "from_pretrained", from_pretrained)
    from_backbone("org/ranker", cache_dir=tmp_path / "cache")
    assert set(revisions) == {FIRST}
    assert len(revisions) >= 3


def test_export_is_the_plain_ranker(tmp_path):
    model = new_model()
    model.export_ranking_model(tmp_path)
    again = AutoModelForSequenceClassification.from_pretrained(tmp_path)
    assert type(again).__name__ == "BertForSequenceClassification"
    assert set(again.state_dict()) == set(model.backbone.state_dict())


def test_a_pruner_alone_has_nothing_to_export(tmp_path):
    model = new_model(cls=PruningEncoderModel, mode="pruning_only")
    with pytest.raises(ValueError, match="'pruning_only' has no ranking model"):
        model.export_ranking_model(tmp_path)
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("layout", ["open_provence", "provence", "xprovence"])
def test_options_of_loading_reach_other_projects_checkpoints(layout, tmp_path):
    import published_layouts

    getattr(published_layouts, layout)(tmp_path)
    options = {"num_labels": 2, "classifier_dropout": 0.5, "default_threshold": 0.25}
    model = PruningEncoderForTokenClassification.from_pretrained(tmp_path, **options)
    assert model.config.id2label == {0: "DROP", 1: "KEEP"}
    assert model.backbone.config.num_labels == 1
    assert model.config.default_threshold == 0.25
    assert model.pruning_head.dropout.p == 0.5
    ranker = PruningEncoderForSequenceClassification.from_pretrained(
        tmp_path, attn_implementation="eager", problem_type="regression", output_hidden_states=True
    )
    assert ranker.backbone.config._attn_implementation == "eager"
    assert ranker.config.problem_type == "regression"
    assert ranker(**ranker.tokenizer("a", "b", return_tensors="pt")).hidden_states


def test_a_quantized_builtin_model_opens_by_its_name(tmp_path, monkeypatch):
    folder = tmp_path / "small"
    new_model().save_pretrained(folder)
    state = load_file(folder / "model.safetensors")
    name = next(name for name in state if name.endswith("word_embeddings.weight"))
    numbers = torch.randint(-8, 8, state[name].shape, dtype=torch.int8)
    scale = torch.rand(len(numbers), 2).half()
    state |= {name: numbers, f"{name}_scale": scale}
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ValueError, match=f"{name} is quantized"):
        PruningEncoderForSequenceClassification.from_pretrained(folder)
    monkeypatch.setitem(BUILTIN_MODELS, "small", folder)
    model = PruningEncoderForSequenceClassification.from_pretrained("small")
    table = (numbers.float().view(len(numbers), 2, -1) * scale[..., None].float()).flatten(1)
    assert torch.equal(model.get_input_embeddings().weight, table)
    theirs = Pruner.from_pretrained("small").prune(QUERY, TEXT)
    assert model.prune(QUERY, TEXT).score == pytest.approx(theirs.score, abs=1e-6)
    model.save_pretrained(tmp_path / "saved")
    again = PruningEncoderForSequenceClassification.from_pretrained(tmp_path / "saved")
    assert torch.equal(again.get_input_embeddings().weight, table)
