"""The backbones that a configuration may name: text encoders of transformers, and nothing inside
them that is a model of its own.
"""

from collections.abc import Mapping

TEXT_ENCODERS = frozenset(
    "albert bert big_bird camembert convbert data2vec-text deberta deberta-v2 distilbert electra"
    " ernie eurobert flaubert fnet funnel gte ibert jina_embeddings_v3 longformer luke"
    " megatron-bert mobilebert modernbert mpnet mra nezha nomic_bert nystromformer qdqbert rembert"
    " roberta roberta-prelayernorm roc_bert roformer squeezebert xlm xlm-roberta xlm-roberta-xl"
    " xlnet xmod yoso".split()
)
"""By `model_type`. Others are refused, since some of them open further repositories by name."""


def check_text_encoder(config: Mapping[str, object]) -> None:
    """Raise ValueError unless a backbone's configuration is that of a text encoder alone."""
    if config["model_type"] not in TEXT_ENCODERS:
        raise ValueError(
            f"`backbone_config` must be of a text encoder, not {config['model_type']!r}; those are"
            f" {', '.join(sorted(TEXT_ENCODERS))}"
        )
    for name, value in config.items():
        _check_alone(name, value)


def _check_alone(name: str, value: object) -> None:
    """Raise where a value is, or holds at any depth, the configuration of another model."""
    if isinstance(value, Mapping):
        if "model_type" in value:
            raise ValueError(f"`backbone_config` must not hold another model under {name!r}")
        for key, part in value.items():
            _check_alone(f"{name}.{key}", part)
    elif isinstance(value, list | tuple):
        for part in value:
            _check_alone(name, part)
