"""What is saved beside the weights: the tokenizer's files and the model card."""

import json
from pathlib import Path
from typing import Any

_CARD = """---
library_name: transformers
tags: [context-pruning, reranking, pruning-encoder]
---

# Pruning encoder ({mode}, {backbone})

Reads a query and a document once; {gives}.

```python
from transformers import AutoModel

model = AutoModel.from_pretrained("PATH", trust_remote_code=True)
result = model.prune("a question", "A document. With sentences.")
print(result.text, result.score, result.compression)
```

Where `pruning-transformers` is installed, `import pruning_transformers` replaces
`trust_remote_code=True`; with `pruning-core` alone, `Pruner.from_pretrained("PATH")` opens it.
{ranking}
"""
_RANKING = """
```python
from transformers import AutoModelForSequenceClassification

ranker = AutoModelForSequenceClassification.from_pretrained("PATH", trust_remote_code=True)
```
"""


def write_model_card(folder: Path, config: Any) -> None:
    """Write README.md with the loading paths, unless there is one."""
    ranks = config.mode == "reranking_pruning"
    card = folder / "README.md"
    if not card.exists():
        text = _CARD.format(
            mode=config.mode,
            backbone=config.backbone_config.model_type,
            gives="ranks it and prunes it" if ranks else "prunes it",
            ranking=_RANKING if ranks else "",
        )
        card.write_text(text, encoding="utf-8")


def write_tokenizer(folder: Path, tokenizer: Any) -> None:
    """Save a tokenizer under the class name that every version of transformers knows."""
    tokenizer.save_pretrained(folder)
    path = folder / "tokenizer_config.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    data["tokenizer_class"] = "PreTrainedTokenizerFast"
    path.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
