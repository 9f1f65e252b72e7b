from pathlib import Path

import pytest

from pruning_transformers.training.settings import TrainSettings, new_loss

GOOD = "model: a/b\noutput: out\ndata:\n  train: [x.jsonl]\n"


def read(folder, text):
    (folder / "c.yaml").write_text(text)
    return TrainSettings.read(folder / "c.yaml")


def test_defaults(tmp_path):
    settings = read(tmp_path, GOOD)
    assert settings.output == Path("out")
    assert settings.data.train == ("x.jsonl",)
    assert (settings.mode, settings.data.negatives) == ("reranking_pruning", 1)


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("a: [", ValueError, "c.yaml is not YAML"),
        ("a: 1\na: 2", ValueError, "c.yaml is not YAML: the key 'a' stands twice"),
        (GOOD + "revision: 12345", TypeError, "`revision` must be text, not 12345; write it in"),
        (GOOD + "training: {output_dir: x}", ValueError, "give `output` instead"),
        (GOOD.replace("out\n", "3\n"), TypeError, "`output` must be text, not 3"),
        (GOOD.replace("a/b", "[a]"), TypeError, r"`model` must be text, not \['a'\]"),
        (GOOD.replace("x.jsonl", "1"), TypeError, r"`data.train\[0\]` must be a str, not int"),
        ("- a", TypeError, "the file must be a mapping"),
        ("model: a", ValueError, "missing settings: `output`, `data`"),
        (GOOD + "  x: 1", ValueError, "unknown settings: `data.x`"),
        (GOOD + "modle: x", ValueError, "unknown settings: `modle`"),
        (GOOD + "mode: rank", ValueError, "`mode` must be one of .*, not 'rank'"),
        (GOOD + "loss: {ranking_weight: -1}", ValueError, "`ranking_weight` must be 0 or more"),
        (GOOD + "loss: {retention_weight: -1}", ValueError, "`retention_weight` must be 0 or"),
        (GOOD + "loss: {weight: 1}", ValueError, "unknown settings: `loss.weight`"),
        (GOOD + "loss: {keep_weight: 'a'}", TypeError, "`loss.keep_weight` must be a number"),
        (GOOD + "loss: {keep_weight: true}", TypeError, "`loss.keep_weight` must be a number"),
        (GOOD + "loss: {keep_weight: .nan}", ValueError, "`loss.keep_weight` must be finite"),
        (GOOD + "loss: []", TypeError, r"`loss` must be a mapping, not \[\]"),
        (GOOD + "training: {lr: 1}", ValueError, "`training` has no lr"),
        (GOOD + "training: 3", TypeError, "`training` must be a mapping, not 3"),
        (GOOD + "max_length: 2", ValueError, "`max_length` must be at least 8, not 2"),
        (GOOD + "precision: half", ValueError, "`precision` must be one of .*, not 'half'"),
        (
            GOOD + "precision: float32\ntraining: {bf16: true}",
            ValueError,
            "give `precision` 'float32' or `training.bf16`, not both",
        ),
        (GOOD + "  negatives: -1", ValueError, "`data.negatives` must be at least 0"),
        (GOOD + "  eval: x.jsonl", TypeError, "`data.eval` must be a list of str"),
        (GOOD + "  teacher_scale: odds", ValueError, "`data.teacher_scale` must be one of"),
        (GOOD + "  batch_tokens: 0", ValueError, "`data.batch_tokens` must be at least 1"),
        (
            GOOD + "  batch_tokens: 9\ntraining: {per_device_train_batch_size: 2}",
            ValueError,
            "give `data.batch_tokens` or `training.per_device_train_batch_size`, not both",
        ),
        (GOOD + "  eval_share: 1", ValueError, "`data.eval_share` must be above 0 and below 1"),
        (GOOD + "  eval_share: x", TypeError, "`data.eval_share` must be a number, not 'x'"),
        (
            GOOD + "  eval_share: 0.1\n  eval: [x.jsonl]",
            ValueError,
            "give `data.eval` or `data.eval_share`, not both",
        ),
        (GOOD + "average_weights: 1", ValueError, "`average_weights` must be above 0 and below 1"),
        (GOOD + "  limit: 0", ValueError, "`data.limit` must be at least 1"),
    ],
)
def test_what_is_wrong_is_said(text, error, message, tmp_path):
    with pytest.raises(error, match=message):
        read(tmp_path, text)


def test_null_is_the_default(tmp_path):
    settings = read(tmp_path, GOOD + "  eval:\n  negatives:\nloss:\ntraining:\nmode:\n")
    assert settings == read(tmp_path, GOOD)


def test_other_encodings_of_the_file(tmp_path):
    for encoding in ("utf-8-sig", "utf-16"):
        (tmp_path / "c.yaml").write_text(GOOD, encoding)
        assert TrainSettings.read(tmp_path / "c.yaml").model == "a/b"
    (tmp_path / "c.yaml").write_text(GOOD + "# é", "latin-1")
    with pytest.raises(ValueError, match="c.yaml is not YAML"):
        TrainSettings.read(tmp_path / "c.yaml")


def test_numbers_that_yaml_1_1_takes_for_text(tmp_path):
    text = "  eval_share: 5e-1\naverage_weights: 9E-1\nloss: {keep_weight: 2e0}\n"
    settings = read(tmp_path, f"{GOOD}{text}training: {{learning_rate: 5e-5, max_steps: 1e3}}")
    assert (settings.data.eval_share, settings.average_weights) == (0.5, 0.9)
    assert settings.loss == {"keep_weight": 2.0}
    assert settings.training == {"learning_rate": 5e-5, "max_steps": 1000}
    assert read(tmp_path, GOOD + "revision: '5e-5'").revision == "5e-5"


def test_every_weight_of_both_losses():
    weights = {"pruning_weight": 2, "ranking_weight": 0.5, "keep_weight": 3}
    plain = new_loss(weights)
    both = new_loss(weights | {"retention_weight": 4, "temperature": 0.25})
    for loss in (plain, both):
        assert {name: getattr(loss, name) for name in weights} == weights
    assert (both.retention_weight, both.temperature) == (4, 0.25)
