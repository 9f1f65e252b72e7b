"""The four ways in: each opens a folder by all of its classes and gives their numbers.

A way imports what it needs once, in `prepare`, before processes are forked off for the folders.
"""

import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

OURS = ("pruning_core", "pruning_transformers", "pruning_crossencoder", "pruning_autoload")
QUERY = "Capital of France?"
DOCUMENTS = (
    "Paris is the capital. Cats purr. The cat is in Paris, in France.",
    "The cat purrs at 5.\n\nA [SEP] b </s> c. Größe 東京 <s> is big. " + "Cats purr a lot. " * 12,
    "a" * 60,
)
Step = tuple[str, Callable[[], Any]]


def prepare(way: str) -> None:
    """Import what the way needs, or make sure that it cannot be imported."""
    if way == "emitted":
        sys.modules.update(dict.fromkeys(OURS))  # type: ignore[arg-type]
        _remember_imports()
    if way == "core":
        import pruning_core  # noqa: F401
    elif way == "registered":
        import pruning_transformers  # noqa: F401
    elif way == "crossencoder":
        import pruning_crossencoder  # noqa: F401


def _remember_imports() -> None:
    """transformers parses the emitted file at each opening to see what it imports: half of the
    time. The answer for one text is always the same.
    """
    from transformers import dynamic_module_utils

    imports, known = dynamic_module_utils.get_imports, dict[bytes, Any]()

    def get_imports(path: str | Path) -> Any:
        text = Path(path).read_bytes()
        if text not in known:
            known[text] = imports(path)
        return known[text]

    dynamic_module_utils.get_imports = get_imports


def steps(way: str, folder: Path, *, ranks: bool) -> list[Step]:
    """Names of a way's steps, each with a call that opens the folder and gives numbers."""
    return list(_STEPS[way](folder, ranks))


def _core(folder: Path, ranks: bool) -> Iterator[Step]:
    from pruning_core import Pruner, PruningEncoder, checkpoint
    from pruning_core.pipeline import PruningPipeline

    def encoder() -> Any:
        encoder = PruningEncoder.from_pretrained(folder)
        return PruningPipeline(encoder, checkpoint.open(folder).tokenizer(), encoder.config)

    yield "Pruner", lambda: numbers(Pruner.from_pretrained(folder))
    yield "PruningEncoder", lambda: numbers(encoder())


def _transformers(folder: Path, ranks: bool, **options: bool) -> Iterator[Step]:
    import transformers

    def config() -> None:
        transformers.AutoConfig.from_pretrained(folder, **options)

    def model(name: str) -> Any:
        return numbers(getattr(transformers, name).from_pretrained(folder, **options))

    yield "AutoConfig", config
    yield "AutoModel", lambda: model("AutoModel")
    if ranks:
        name = "AutoModelForSequenceClassification"
        yield name, lambda: model(name)
    yield "AutoModelForTokenClassification", lambda: model("AutoModelForTokenClassification")


def _emitted(folder: Path, ranks: bool) -> Iterator[Step]:
    return _transformers(folder, ranks, trust_remote_code=True)


def _crossencoder(folder: Path, ranks: bool) -> Iterator[Step]:
    from pruning_crossencoder import PruningCrossEncoder

    def prune() -> Any:
        model = PruningCrossEncoder(str(folder))
        found = numbers(model)
        first = DOCUMENTS[0]
        # Two that may differ: `predict` cuts a long document, `prune` warns of odd numbers.
        size = len(model.tokenizer(QUERY, first, truncation=False)["input_ids"])
        if size <= model._window() and not found[0]["warnings"]:
            score = float(model.predict([(QUERY, first)])[0])
            if not abs(score - found[0]["score"]) < 1e-4:
                raise AssertionError(f"`predict` gives {score}, `prune` {found[0]['score']}")
        return found

    yield "PruningCrossEncoder", prune


_STEPS: dict[str, Callable[[Path, bool], Iterator[Step]]] = {
    "core": _core,
    "registered": _transformers,
    "emitted": _emitted,
    "crossencoder": _crossencoder,
}


def numbers(model: Any) -> list[dict[str, Any]]:
    """What pruning gives for each document."""
    if not hasattr(model, "prune"):
        raise AssertionError(f"it opens as a {type(model).__name__}, which does not prune")
    found = []
    for document in DOCUMENTS:
        with warnings.catch_warnings(record=True):
            result = model.prune(QUERY, document)
        found.append(
            {
                "score": result.score,
                "probabilities": [sentence.probability for sentence in result.sentences],
                "text": result.text,
                "warnings": list(result.warnings),
            }
        )
    return found
