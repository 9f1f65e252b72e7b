"""What the card of a trained model says of its training."""

from pathlib import Path

from transformers import TrainerState

from pruning_core.builtin import BUILTIN_MODELS
from pruning_transformers.card_metadata import changed, is_hub_id, with_section
from pruning_transformers.training.settings import TrainSettings

TITLE = "Training"


def describe_training(
    card: Path, settings: TrainSettings, *, questions: int, evaluated: int, state: TrainerState
) -> None:
    """Add what the model was made from: its base and its data by their names on the hub, never a
    path; and how, in a section of short sentences.

    Args:
        card: of the saved model.
        settings: of the run.
        questions: that were learned from.
        evaluated: that chose the best checkpoint, or 0.
        state: of the trainer, at the end.

    Raises:
        FileNotFoundError, ValueError: there is no card, or its metadata are not YAML.
    """
    sources = [*settings.data.train, *settings.data.eval]
    data = sorted({source for source in sources if is_hub_id(source)})
    base = settings.model if is_hub_id(settings.model) else None
    with changed(card) as found:
        if base:
            found.data["base_model"] = base
        if data:
            found.data["datasets"] = data
        text = "\n".join(_sentences(settings, base, questions, evaluated, state))
        found.text = with_section(found.text, TITLE, text)


def _sentences(
    settings: TrainSettings, base: str | None, questions: int, evaluated: int, state: TrainerState
) -> list[str]:
    is_builtin = settings.model in BUILTIN_MODELS
    start = "the built-in model" if is_builtin else f"`{base}`" if base else "a local checkpoint"
    found = [
        f"- It started from {start}.",
        f"- It learned from {questions:,} questions, in {state.global_step:,} steps"
        f" ({state.epoch or 0:.2g} epochs).",
    ]
    if evaluated:
        best = "" if state.best_metric is None else f"; its loss there is {state.best_metric:.3f}"
        found.append(f"- {evaluated:,} other questions chose the checkpoint{best}.")
    if settings.loss:
        weights = ", ".join(f"`{name}` {value}" for name, value in sorted(settings.loss.items()))
        found.append(f"- The loss has {weights}.")
    if settings.calibrate and evaluated:
        found.append("- Its probabilities are calibrated on these questions.")
    return [*found, "- It was trained by `pruning train` of pruning-transformers."]
