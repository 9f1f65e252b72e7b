"""Everything of CrossEncoder, to the last bit, on a pruning encoder and on a plain one."""

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from datasets import Dataset
from sentence_transformers import CrossEncoder, CrossEncoderTrainer, CrossEncoderTrainingArguments
from sentence_transformers.cross_encoder.losses import BinaryCrossEntropyLoss

from example_texts import DOCUMENTS, QUERY
from pruning_crossencoder import PruningCrossEncoder

PAIRS = [(QUERY, document) for document in DOCUMENTS]


@pytest.fixture
def both(path):
    return PruningCrossEncoder(path, device="cpu"), CrossEncoder(path, device="cpu")


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"batch_size": 1},
        {"activation_fn": torch.nn.Identity()},
        {"apply_softmax": True},
        {"convert_to_tensor": True},
        {"convert_to_numpy": False},
        {"prompt": "cats: "},
        {"show_progress_bar": True},
        {"device": "cpu"},
        {"processing_kwargs": {"text": {"max_length": 12, "truncation": True}}},
    ],
)
def test_predict(both, options):
    ours, theirs = (model.predict(PAIRS, **options) for model in both)
    assert type(ours) is type(theirs)
    assert np.array_equal(np.asarray(ours), np.asarray(theirs))


@pytest.mark.parametrize("inputs", [PAIRS[0], list(PAIRS[0]), [], np.array(PAIRS)])
def test_predict_takes_every_kind_of_input(both, inputs):
    ours, theirs = (np.asarray(model.predict(inputs)) for model in both)
    assert np.array_equal(ours, theirs)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"top_k": 2},
        {"return_documents": True},
        {"prompt": "cats: ", "batch_size": 1},
        {"activation_fn": torch.nn.Identity(), "show_progress_bar": False, "device": "cpu"},
    ],
)
def test_rank(both, options):
    ours, theirs = (model.rank(QUERY, DOCUMENTS, **options) for model in both)
    assert ours == theirs


def test_rank_by_position(both):
    ours, theirs = (model.rank(QUERY, DOCUMENTS, 2, True) for model in both)
    assert ours == theirs


def test_constructor_arguments(path):
    options = {
        "max_length": 16,
        "activation_fn": torch.nn.Identity(),
        "prompts": {"p": "cats: "},
        "default_prompt_name": "p",
        "model_kwargs": {"attn_implementation": "eager"},
        "local_files_only": True,
        "device": "cpu",
    }
    ours, theirs = (cls(path, **options) for cls in (PruningCrossEncoder, CrossEncoder))
    assert ours.max_seq_length == theirs.max_seq_length == 16
    assert np.array_equal(ours.predict(PAIRS), theirs.predict(PAIRS))
    assert (ours.prompts, ours.num_labels) == (theirs.prompts, theirs.num_labels)


@pytest.mark.parametrize("backend", ["onnx", "openvino"])
def test_other_backends_are_refused_before_anything_is_read(backend):
    with pytest.raises(ValueError, match=f"`backend` must be 'torch', not '{backend}'.*optimum"):
        PruningCrossEncoder("no/such-model", backend=backend)


@pytest.mark.parametrize("saved_by", [0, 1])
def test_each_class_opens_what_the_other_saved(both, saved_by, tmp_path):
    both[saved_by].save_pretrained(str(tmp_path))
    modules = json.loads((tmp_path / "modules.json").read_text())
    assert all(row["type"].startswith("sentence_transformers.") for row in modules)
    assert (tmp_path / "README.md").is_file()
    expected = both[0].predict(PAIRS)
    for cls in (PruningCrossEncoder, CrossEncoder):
        assert np.array_equal(cls(str(tmp_path), device="cpu").predict(PAIRS), expected)


def test_save_and_pickle(both, tmp_path):
    both[0].save(str(tmp_path), create_model_card=False)
    assert (tmp_path / "modules.json").is_file()
    again = pickle.loads(pickle.dumps(both[0]))
    assert np.allclose(again.predict(PAIRS), both[0].predict(PAIRS), atol=1e-6)


@pytest.mark.parametrize("path", ["checkpoint"], indirect=True)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_several_processes(both):
    expected = both[1].predict(PAIRS)
    assert np.allclose(both[0].predict(PAIRS, device=["cpu", "cpu"], chunk_size=2), expected)


@pytest.mark.filterwarnings("ignore")
def test_trainer(both, tmp_path):
    data = Dataset.from_dict({"q": [QUERY] * 3, "d": DOCUMENTS, "label": [1.0, 0.0, 0.0]})
    losses = []
    for number, model in enumerate(both):
        arguments = CrossEncoderTrainingArguments(
            output_dir=str(tmp_path / str(number)),
            max_steps=2,
            per_device_train_batch_size=3,
            report_to=[],
            use_cpu=True,
            disable_tqdm=True,
            seed=1,
        )
        loss = BinaryCrossEntropyLoss(model)
        trainer = CrossEncoderTrainer(model, arguments, train_dataset=data, loss=loss)
        losses.append(trainer.train().training_loss)
    assert losses[0] == pytest.approx(losses[1])
    assert np.allclose(both[0].predict(PAIRS), both[1].predict(PAIRS), atol=1e-6)


@pytest.mark.filterwarnings("ignore")
def test_fit(both):
    from sentence_transformers import InputExample
    from torch.utils.data import DataLoader

    for model in both:
        torch.manual_seed(1)
        examples = [InputExample(texts=list(pair), label=1.0) for pair in PAIRS]
        loader = DataLoader(examples, batch_size=3)
        model.fit(loader, epochs=1, warmup_steps=0, show_progress_bar=False)
    assert np.allclose(both[0].predict(PAIRS), both[1].predict(PAIRS), atol=1e-6)


def test_preprocess_and_forward(both):
    outputs = []
    for model in both:
        features = model.preprocess(PAIRS, prompt="cats: ")
        with torch.inference_mode():
            outputs.append((features["input_ids"], model(features)["scores"]))
    assert torch.equal(outputs[0][0], outputs[1][0])
    assert torch.equal(outputs[0][1], outputs[1][1])


def test_evaluate(both):
    from sentence_transformers.cross_encoder.evaluation import CrossEncoderRerankingEvaluator

    sample = {"query": QUERY, "positive": DOCUMENTS[:1], "negative": DOCUMENTS[1:]}
    evaluator = CrossEncoderRerankingEvaluator([sample], show_progress_bar=False)
    assert both[0].evaluate(evaluator) == both[1].evaluate(evaluator)


def test_properties(both):
    ours, theirs = both
    for name in ("num_labels", "max_seq_length", "modalities", "device", "dtype", "prompts"):
        assert getattr(ours, name) == getattr(theirs, name), name
    for name in ("get_max_seq_length", "get_backend", "get_model_kwargs"):
        assert getattr(ours, name)() == getattr(theirs, name)(), name
    assert ours.supports("text")
    assert ours.is_singular_input(PAIRS[0])
    assert type(ours.get_default_activation_fn()) is type(theirs.get_default_activation_fn())


@pytest.mark.filterwarnings("ignore:Dynamo detected:UserWarning")
def test_other_precisions_and_compile(both):
    for model in both:
        model.to(torch.bfloat16)
    assert np.array_equal(both[0].predict(PAIRS), both[1].predict(PAIRS))
    both[0].to(torch.float32).compile(backend="eager")
    assert np.allclose(both[0].predict(PAIRS), both[1].to(torch.float32).predict(PAIRS), atol=1e-6)


def test_modules_as_argument(both):
    again = PruningCrossEncoder(modules=list(both[1]), device="cpu")
    assert np.array_equal(again.predict(PAIRS), both[1].predict(PAIRS))


@pytest.mark.parametrize("way", ["push_to_hub", "save_to_hub"])
def test_a_push_uploads_the_same_files(way, both, monkeypatch):
    uploaded = []

    class Hub:
        def __init__(self, **options):
            pass

        def create_repo(self, **options):
            return type("Repo", (), {"repo_id": "someone/model"})

        def upload_folder(self, folder_path, **options):
            uploaded.append({file.name for file in Path(folder_path).iterdir()})
            return type("Commit", (), {"commit_url": "url", "oid": "0", "pr_url": None})

        def __getattr__(self, name):
            return lambda *args, **options: None

    monkeypatch.setattr("sentence_transformers.base.model.HfApi", Hub)
    for model in both:
        getattr(model, way)("someone/model")
    ours, theirs = uploaded
    assert ours >= {"modules.json", "config.json", "README.md", "model.safetensors"}
    assert ours == theirs


@pytest.mark.filterwarnings("ignore:.gradient_checkpointing_enable:FutureWarning")
def test_gradient_checkpointing(both):
    both[0].gradient_checkpointing_enable()
    assert np.array_equal(both[0].predict(PAIRS), both[1].predict(PAIRS))


def test_a_module_added_later_is_placed(both):
    if not hasattr(CrossEncoder, "clear_placement_cache"):
        pytest.skip("not in this release of sentence-transformers")
    expected = both[1].predict(PAIRS)
    for model in both:
        model.predict(PAIRS)
        model.clear_placement_cache()
    assert np.array_equal(both[0].predict(PAIRS), expected)


def test_keep_in_fp32_modules(both):
    if not hasattr(CrossEncoder, "set_keep_in_fp32_modules"):
        pytest.skip("not in this release of sentence-transformers")
    for model in both:
        names = [name for name, _ in model.named_modules() if name.endswith(".classifier")]
        model.to(torch.bfloat16).set_keep_in_fp32_modules(names[-1:])
        assert model.keep_in_fp32_modules
    assert np.allclose(both[0].predict(PAIRS), both[1].predict(PAIRS), atol=1e-2)


def test_merge(path):
    pytest.importorskip("mergekit", reason="an optional dependency of sentence-transformers")
    ours, theirs = (cls.merge([path, path]) for cls in (PruningCrossEncoder, CrossEncoder))
    assert type(ours) is PruningCrossEncoder
    assert np.allclose(ours.predict(PAIRS), theirs.predict(PAIRS), atol=1e-6)


@pytest.mark.parametrize("path", ["checkpoint"], indirect=True)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_pool_of_processes(both):
    pool = both[0].start_multi_process_pool(["cpu", "cpu"])
    try:
        scores = both[0].predict(PAIRS, pool=pool, chunk_size=1)
        ranked = both[0].rank(QUERY, DOCUMENTS, pool=pool)
    finally:
        both[0].stop_multi_process_pool(pool)
    assert np.allclose(scores, both[1].predict(PAIRS), atol=1e-6)
    assert [row["corpus_id"] for row in ranked] == [
        row["corpus_id"] for row in both[1].rank(QUERY, DOCUMENTS)
    ]


@pytest.mark.filterwarnings("ignore")
def test_deprecated_names(both, path):
    ours, theirs = both
    assert ours.max_length == theirs.max_length
    ours.max_length = theirs.max_length = 16
    assert ours.max_seq_length == theirs.max_seq_length == 16
    assert type(ours.default_activation_function) is type(theirs.default_activation_function)
    old = PruningCrossEncoder(model_name=path, device="cpu", automodel_args={}, num_labels=1)
    assert old.num_labels == 1
    with pytest.raises(ValueError, match="backend"):
        PruningCrossEncoder(model_name=path, backend="onnx")


def test_model_card(both, tmp_path):
    for number, model in enumerate(both):
        model.model_card_data.model_name = "A name"
        model.save(str(tmp_path / str(number)))
    ours, theirs = ((tmp_path / number / "README.md").read_text() for number in "01")
    assert "# A name" in ours
    kinds = {type(model.model_card_data) for model in both}
    assert kinds == {CrossEncoder.model_card_data_class}
    further = 3 if "pruning-encoder" in ours else 0  # blocks of code about pruning
    assert ours.count("```") == theirs.count("```") + 2 * further


def test_the_other_constructor_arguments(path, tmp_path):
    options = {
        "cache_folder": str(tmp_path),
        "trust_remote_code": False,
        "revision": None,
        "token": False,
        "processor_kwargs": {"model_max_length": 20},
        "config_kwargs": {"output_attentions": False},
        "num_labels": 1,
        "device": "cpu",
    }
    ours, theirs = (cls(path, **options) for cls in (PruningCrossEncoder, CrossEncoder))
    assert ours.max_seq_length == theirs.max_seq_length == 20
    assert np.array_equal(ours.predict(PAIRS), theirs.predict(PAIRS))


@pytest.mark.filterwarnings("ignore")
def test_older_methods(both):
    from sentence_transformers import InputExample
    from torch.utils.data import DataLoader

    examples = [InputExample(texts=list(pair), label=1.0) for pair in PAIRS]
    for model in both:
        torch.manual_seed(1)
        loader = DataLoader(examples, batch_size=3)
        model.old_fit(loader, epochs=1, warmup_steps=0, show_progress_bar=False)
    assert np.allclose(both[0].predict(PAIRS), both[1].predict(PAIRS), atol=1e-6)
    (ours, _), (theirs, _) = (model.smart_batching_collate(examples) for model in both)
    assert torch.equal(ours["input_ids"], theirs["input_ids"])
    texts = [InputExample(texts=list(pair)) for pair in PAIRS]
    plain = [model.smart_batching_collate_text_only([t.texts for t in texts]) for model in both]
    assert torch.equal(plain[0]["input_ids"], plain[1]["input_ids"])
    tokens = [model.tokenize([list(pair) for pair in PAIRS]) for model in both]
    assert torch.equal(tokens[0]["input_ids"], tokens[1]["input_ids"])


def test_adapters(both):
    pytest.importorskip("peft", reason="an optional dependency of sentence-transformers")
    from peft import LoraConfig

    for model in both:
        torch.manual_seed(1)
        model.add_adapter(LoraConfig(target_modules=["query", "value"], init_lora_weights=False))
    assert both[0].active_adapters() == both[1].active_adapters()
    assert np.allclose(both[0].predict(PAIRS), both[1].predict(PAIRS), atol=1e-6)
