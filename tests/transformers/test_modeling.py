import copy
import json
import pickle
from pathlib import Path

import pytest
import torch
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
    pipeline,
)

from pruning_core import Pruner
from pruning_transformers import (
    PruningEncoderForSequenceClassification,
    PruningEncoderForTokenClassification,
    PruningEncoderModel,
)
from tiny_backbones import FAMILIES, fast_tokenizer, new_model

QUERY, TEXT = "capital of france", "Paris is the capital. Cats purr. The cat is in Paris. " * 5
PAIRS = (["a cat", "cats"], ["the cat purr", "paris"])


def close(ours, theirs):
    """Equal but for the last bits, which the alignment of a loaded weight can change."""
    torch.testing.assert_close(ours, theirs, atol=5e-6, rtol=1e-5)


def inputs():
    return fast_tokenizer()(*PAIRS, padding=True, return_tensors="pt")


@pytest.fixture(params=FAMILIES)
def family(request):
    return request.param


@pytest.mark.parametrize("mode", ["reranking_pruning", "pruning_only"])
def test_every_auto_class_reads_one_checkpoint(family, mode, tmp_path):
    model = new_model(family, PruningEncoderModel, mode=mode)
    model.save_pretrained(tmp_path)
    expected = model(**inputs())
    assert AutoConfig.from_pretrained(tmp_path).mode == mode
    both = AutoModel.from_pretrained(tmp_path)(**inputs())
    tokens = AutoModelForTokenClassification.from_pretrained(tmp_path)
    assert torch.equal(both.pruning_logits, expected.pruning_logits)
    assert torch.equal(tokens(**inputs()).logits, expected.pruning_logits)
    assert tokens.config.id2label == {0: "DROP", 1: "KEEP"}
    if mode == "pruning_only":
        with pytest.raises(ValueError, match="mode 'pruning_only' has no ranking head"):
            AutoModelForSequenceClassification.from_pretrained(tmp_path)
    else:
        ranker = AutoModelForSequenceClassification.from_pretrained(tmp_path)
        close(ranker(**inputs()).logits, expected.ranking_logits)
        assert ranker.config.num_labels == 1


@pytest.mark.parametrize("hidden", ["last", "pre_final_norm"])
def test_the_head_reads_the_hidden_state_named(family, hidden):
    model = new_model(family, PruningEncoderModel, pruning_hidden_state=hidden)
    output = model(**inputs())
    accepted = {k: v for k, v in inputs().items() if k in model._accepted}
    last = model.backbone.base_model(**accepted).last_hidden_state
    if family == "modernbert" and hidden == "pre_final_norm":
        assert torch.equal(model.backbone.base_model.final_norm(output.last_hidden_state), last)
    else:
        assert torch.equal(output.last_hidden_state, last)


@pytest.mark.parametrize("hidden", ["last", "pre_final_norm"])
def test_core_and_transformers_give_the_same_numbers(family, hidden, tmp_path):
    model = new_model(family, pruning_hidden_state=hidden)
    model.save_pretrained(tmp_path)
    core, ours = Pruner.from_pretrained(tmp_path).prune(QUERY, TEXT), model.prune(QUERY, TEXT)
    assert core.score == pytest.approx(ours.score, abs=1e-5)
    assert [s.probability for s in core.sentences] == pytest.approx(
        [s.probability for s in ours.sentences], abs=1e-5
    )


def test_prune_and_rank(family):
    model = new_model(family).train()
    result = model.prune(QUERY, TEXT, threshold=0)
    assert result.text == TEXT
    assert [row.index for row in model.rank(QUERY, [TEXT, "Cats."])] in ([0, 1], [1, 0])
    assert model.training


def test_tuples_hidden_states_and_attentions(family):
    model = new_model(family, attn_implementation="eager")
    output = model(**inputs(), output_hidden_states=True, output_attentions=True)
    assert len(output.hidden_states) == 3
    assert len(output.attentions) == 2
    logits, pruning = model(**inputs(), return_dict=False)
    assert torch.equal(logits, output.logits)
    assert torch.equal(pruning, output.pruning_logits)


def test_losses_and_gradients(family):
    model = new_model(family)
    labels = torch.where(inputs()["token_type_ids"] == 1, 1, -100)
    both = model(**inputs(), labels=torch.tensor([1.0, 0.0]), pruning_labels=labels)
    both.loss.backward()
    assert model.pruning_head.classifier.weight.grad.abs().sum() > 0
    assert model.get_input_embeddings().weight.grad.abs().sum() > 0
    tokens = new_model(family, PruningEncoderForTokenClassification)
    assert tokens(**inputs(), labels=labels).loss > 0


@pytest.mark.filterwarnings("ignore:.gradient_checkpointing_enable:FutureWarning")
def test_gradient_checkpointing(family):
    model = new_model(family).train()
    model.gradient_checkpointing_enable()
    model(**inputs(), labels=torch.tensor([1.0, 0.0])).loss.backward()
    assert model.get_input_embeddings().weight.grad.abs().sum() > 0


def test_pickle_and_deepcopy(family):
    model = new_model(family)
    expected = model(**inputs()).pruning_logits
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert torch.equal(other(**inputs()).pruning_logits, expected)


def test_resize_token_embeddings(tmp_path):
    model = new_model()
    size = model.config.vocab_size
    model.resize_token_embeddings(size + 3)
    model.save_pretrained(tmp_path)
    assert AutoConfig.from_pretrained(tmp_path).vocab_size == size + 3
    assert AutoModel.from_pretrained(tmp_path).get_input_embeddings().num_embeddings == size + 3


def test_pipelines(tmp_path):
    new_model().save_pretrained(tmp_path)
    text = pipeline("text-classification", model=str(tmp_path))
    assert 0 <= text({"text": "a cat", "text_pair": "cats"})["score"] <= 1
    tokens = pipeline("token-classification", model=str(tmp_path))
    assert {row["entity"] for row in tokens("the cat purr")} <= {"DROP", "KEEP"}


def test_from_backbone_keeps_the_scores(tmp_path, family):
    plain = new_model(family)
    plain.export_ranking_model(tmp_path / "plain")
    ranker = AutoModelForSequenceClassification.from_pretrained(tmp_path / "plain")
    assert type(ranker).__name__.endswith("ForSequenceClassification")
    assert "Pruning" not in type(ranker).__name__
    names = {name: value for name, value in inputs().items() if name in plain._accepted}
    close(ranker(**names).logits, plain(**inputs()).logits)
    new = PruningEncoderForSequenceClassification.from_backbone(str(tmp_path / "plain"))
    close(new(**inputs()).logits, plain(**inputs()).logits)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_torch_compile(family):
    model = new_model(family)
    compiled = torch.compile(model, backend="eager")
    close(compiled(**inputs()).pruning_logits, model(**inputs()).pruning_logits)


def test_dtype_device_map_and_attention(family, tmp_path):
    model = new_model(family)
    model.save_pretrained(tmp_path)
    half = AutoModel.from_pretrained(tmp_path, dtype=torch.bfloat16, device_map="cpu")
    assert {parameter.dtype for parameter in half.parameters()} == {torch.bfloat16}
    assert half.prune(QUERY, TEXT, threshold=0).text == TEXT
    eager = AutoModel.from_pretrained(tmp_path, attn_implementation="eager")
    assert eager.backbone.config._attn_implementation == "eager"
    close(eager(**inputs()).pruning_logits, model(**inputs()).pruning_logits)


@pytest.mark.parametrize("way", ["push_to_hub", "save_pretrained"])
def test_a_push_uploads_all_files(way, tmp_path, monkeypatch):
    uploaded = {}

    class Hub:
        def create_repo(self, repo_id, **options):
            return type("Repo", (), {"repo_id": repo_id})

        def create_commit(self, operations, **options):
            uploaded.update({op.path_in_repo: Path(op.path_or_fileobj) for op in operations})
            uploaded["card"] = uploaded["README.md"].read_text()

    hub = Hub()  # releases of transformers differ in what they call
    for name, value in (
        ("hf_api", lambda: hub),
        ("create_repo", hub.create_repo),
        ("create_commit", lambda repo_id, **options: hub.create_commit(**options)),
    ):
        for module in ("utils.hub", "modeling_utils"):
            monkeypatch.setattr(f"transformers.{module}.{name}", value, raising=False)
    model = new_model()
    if way == "push_to_hub":
        model.push_to_hub("someone/model")
    else:
        model.save_pretrained(tmp_path, push_to_hub=True, repo_id="someone/model")
    assert {"modeling_pruning_encoder.py", "tokenizer.json", "config.json"} <= set(uploaded)
    assert "# Pruning encoder" in uploaded["card"]


def test_weights_that_do_not_fit(tmp_path):
    model = new_model()
    model.save_pretrained(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    config["backbone_config"]["intermediate_size"] = 48
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(ValueError, match=r"dense.bias is \(64,\) instead of \(48,\)"):
        AutoModel.from_pretrained(tmp_path)
    AutoModel.from_pretrained(tmp_path, ignore_mismatched_sizes=True)


def test_a_missing_tokenizer(tmp_path):
    new_model().save_pretrained(tmp_path)
    (tmp_path / "tokenizer.json").unlink()
    (tmp_path / "tokenizer_config.json").unlink()
    model = AutoModel.from_pretrained(tmp_path)
    with pytest.raises(OSError, match="tokenizer"):
        model.prune(QUERY, TEXT)


def test_pickled_weights_alone_are_refused(tmp_path):
    model = new_model()
    model.save_pretrained(tmp_path)
    torch.save(model.state_dict(), tmp_path / "pytorch_model.bin")
    (tmp_path / "model.safetensors").unlink()
    with pytest.raises(OSError, match="safetensors"):
        AutoModel.from_pretrained(tmp_path)


def test_from_backbone_keeps_the_activation_of_a_cross_encoder(tmp_path):
    new_model().export_ranking_model(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    config["sentence_transformers"] = {"activation_fn": "torch.nn.modules.linear.Identity"}
    (tmp_path / "config.json").write_text(json.dumps(config))
    model = PruningEncoderForSequenceClassification.from_backbone(str(tmp_path))
    assert model.config.sentence_transformers == config["sentence_transformers"]
    logit = model(**model.tokenizer(QUERY, TEXT[:40], return_tensors="pt")).logits.item()
    assert model.prune(QUERY, TEXT[:40]).score == pytest.approx(logit, abs=1e-5)
