"""What sentence-transformers reads in a config.json, before it trips over it."""

from collections.abc import Mapping

from pruning_core.validation import as_mapping, as_texts, check_text, shown


def check_contents(data: Mapping[str, object]) -> None:
    """Check the entries of a config.json that sentence-transformers takes as they are.

    Raises:
        TypeError, ValueError: an entry is of a kind that it cannot read.

    Example:
        >>> check_contents({"model_type": "bert"})
    """
    check_text("model_type", data.get("model_type", ""))
    for name in ("auto_map", "sentence_transformers"):
        if not isinstance(data.get(name, {}), Mapping):
            raise TypeError(f"`{name}` must be an object, not {shown(data[name])}")
    for name, reference in as_mapping("auto_map", data.get("auto_map")).items():
        if not isinstance(reference, str | list):
            raise TypeError(f"`auto_map.{name}` must be a str, not {shown(reference)}")
    classes = data.get("architectures")
    if classes is not None and not as_texts("architectures", classes):
        raise ValueError("`architectures` must name a class, not []")
