"""The model card of an exported checkpoint."""

from pruning_core.config import EncoderConfig
from pruning_core.onnx.files import MODEL
from pruning_core.onnx.quality import Agreement

_CARD = """\
---
pipeline_tag: {task}
tags: [context-pruning, onnx, pruning-encoder]
---

# A pruning encoder for ONNX Runtime

`{model}` holds a {backbone} of mode `{mode}` {numbers}. It needs no torch:

```
pip install 'pruning-core[onnx]'
```

```python
from pruning_core import Pruner

pruner = Pruner.from_pretrained("this-folder")
```

Beside the model that it was exported from, on {pairs} pairs of a query and a document:
{agreement}.
"""
_INT8 = """in int8: the matrices of its layers, with a scale for each column, {bits}. Attention \
and heads are in float32"""
_BITS = {
    True: "of 8 bits, for processors that add such products safely (x86 with VNNI, ARM)",
    False: "of 7 bits, for processors without VNNI and all others",
}


def model_card(
    config: EncoderConfig, agreement: Agreement, *, pairs: int, wide: bool | None
) -> str:
    """The card's text.

    Args:
        config: of the checkpoint.
        agreement: with the model it was exported from.
        pairs: that they were compared on.
        wide: whether int8 weights have all 8 bits; None is float32.
    """
    return _CARD.format(
        task="text-ranking" if config.ranks else "token-classification",
        model=MODEL,
        backbone=config.backbone_type,
        mode=config.mode,
        numbers="in float32" if wide is None else _INT8.format(bits=_BITS[wide]),
        pairs=pairs,
        agreement=agreement,
    )
