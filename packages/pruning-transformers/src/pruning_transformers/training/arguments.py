"""Settings -> transformers' TrainingArguments."""

import logging
import sys

import torch
from transformers import TrainingArguments

from pruning_transformers.training.precision import choose_precision
from pruning_transformers.training.settings import TrainSettings

_log = logging.getLogger(__name__)


def training_arguments(settings: TrainSettings) -> TrainingArguments:
    """The user's arguments over defaults that suit a pruner; the log says the precision.

    With evaluation data the model is evaluated whenever it is saved and the best one is loaded at
    the end; where nothing is saved it is evaluated after each epoch.

    Raises:
        ValueError: `TrainingArguments` or `choose_precision` refuse a setting.
    """
    given = dict(settings.training)
    # Said outright, for else bf16 is refused on a CPU.
    use_cpu = given.setdefault("use_cpu", not torch.accelerator.is_available())
    device = None if use_cpu else torch.accelerator.current_accelerator()
    precision = choose_precision(settings.precision, given, device.type if device else "cpu")
    defaults: dict[str, object] = {
        "output_dir": str(settings.output),
        "learning_rate": 5e-5,
        "warmup_steps": 0.05,
        "logging_steps": 10,
        "report_to": "none",
        "disable_tqdm": not sys.stderr.isatty(),
        "save_total_limit": 2,
        "dataloader_pin_memory": False,
    }
    if settings.data.batch_tokens:
        defaults["per_device_train_batch_size"] = 1  # its items are batches
    if settings.data.eval or settings.data.eval_share:
        saved = str(given.get("save_strategy", "steps"))
        defaults["eval_strategy"] = "epoch" if saved == "no" else saved
        defaults["load_best_model_at_end"] = saved != "no"
        if saved == "steps":
            defaults["eval_steps"] = given.get("save_steps", 500)
    arguments = TrainingArguments(**defaults | given | precision.arguments)
    if arguments.should_log:
        _log.info("computing in %s: %s", precision.name, precision.reason)
    return arguments
