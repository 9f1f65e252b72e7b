import json

import pytest
from transformers import TrainerControl, TrainerState, TrainingArguments

from pruning_transformers.training.rotation import CheckpointLimit


@pytest.mark.parametrize(
    ("steps", "now", "best", "left"),
    [
        ((1, 2, 3), 3, None, {2, 3}),
        ((1, 2, 3), 3, 1, {1, 3}),
        ((1, 2, 9), 2, None, {1, 2}),  # 9 was passed over by a resume
    ],
)
def test_the_newest_and_the_best_stay(tmp_path, steps, now, best, left):
    for step in steps:
        folder = tmp_path / f"checkpoint-{step}"
        folder.mkdir()
        (folder / "trainer_state.json").write_text(json.dumps({"global_step": step}))
    (tmp_path / "checkpoint-best").mkdir()
    state = TrainerState(global_step=now)
    state.best_model_checkpoint = best and str(tmp_path / f"checkpoint-{best}")
    arguments = TrainingArguments(str(tmp_path), report_to="none", use_cpu=True)
    CheckpointLimit(2).on_save(arguments, state, TrainerControl())
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"checkpoint-best", *(f"checkpoint-{step}" for step in left)}
