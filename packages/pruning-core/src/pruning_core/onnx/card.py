"""The model card of an exported checkpoint."""

from pruning_core.config import EncoderConfig
from pruning_core.onnx.files import MODEL
from pruning_core.onnx.quality import Agreement
from pruning_core.onnx.quantization import BLOCK

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

Compared with the model that it was exported from, on {pairs} pairs of a query and a document:
{agreement}.
"""
_INT8 = f"""in int8: the matrices of its layers in blocks of {BLOCK}, each with a scale. Attention \
and heads are in float32"""


def model_card(config: EncoderConfig, agreement: Agreement, *, pairs: int, int8: bool) -> str:
    """The card's text.

    Args:
        config: of the checkpoint.
        agreement: with the model it was exported from.
        pairs: that they were compared on.
        int8: whether it is quantized.
    """
    return _CARD.format(
        task="text-ranking" if config.ranks else "token-classification",
        model=MODEL,
        backbone=config.backbone_type,
        mode=config.mode,
        numbers=_INT8 if int8 else "in float32",
        pairs=pairs,
        agreement=agreement,
    )
