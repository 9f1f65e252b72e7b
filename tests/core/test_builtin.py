from pruning_core import Pruner
from pruning_core.builtin import BUILTIN_MODELS, DEFAULT


def test_every_name_opens():
    assert DEFAULT in BUILTIN_MODELS
    for name, folder in BUILTIN_MODELS.items():
        assert (folder / "README.md").is_file()
        assert Pruner.from_pretrained(name).prune("cats", "Cats purr.").score is not None
