"""What a card and a pull request that sentence-transformers writes say of a pruning encoder."""

UPSTREAM_IMPORT = "from sentence_transformers import"
TAGS = ("context-pruning", "pruning-encoder")
_INSTALL = "pip install -U sentence-transformers"
_PRUNE = """

It is a pruning encoder: the same forward pass tells, for each sentence, the probability that it
matters to the query, and the rest can be cut away.

```python
result = model.prune({query!r}, {document!r})
print(result.text, result.score, result.compression)
for row in model.rank({query!r}, [{document!r}], prune=True):
    print(row["corpus_id"], row["score"], row["pruned_text"])
```

### Without `pruning-crossencoder`

By the file `modeling_pruning_encoder.py` of this repository, which runs because of the flag; read
it first, or compare it with what a release writes by `pruning verify`:

```python
from sentence_transformers import CrossEncoder

model = CrossEncoder("{model_id}", trust_remote_code=True)
```

```python
from transformers import AutoModel

model = AutoModel.from_pretrained("{model_id}", trust_remote_code=True)
print(model.prune({query!r}, {document!r}).text)
```
"""
_EXAMPLE = ("When did it open?", "The dam opened in 1936. Cats purr.")


def own_import(text: str) -> str:
    """`text` with PruningCrossEncoder imported from where it is."""
    old = f"{UPSTREAM_IMPORT} PruningCrossEncoder"
    return text.replace(old, "from pruning_crossencoder import PruningCrossEncoder")


def pruning_card(card: str, snippet: str, model_id: str) -> str:
    """The card with code that runs and with pruning in it.

    Args:
        card: what sentence-transformers wrote.
        snippet: its example in `card`.
        model_id: hub id, or what stands for it in the example.
    """
    query, document = _EXAMPLE
    own = snippet.replace(
        f"{UPSTREAM_IMPORT} CrossEncoder",
        "from pruning_crossencoder import PruningCrossEncoder",
    ).replace("model = CrossEncoder(", "model = PruningCrossEncoder(")
    own += _PRUNE.format(query=query, document=document, model_id=model_id)
    return card.replace(snippet, own).replace(_INSTALL, "pip install -U pruning-crossencoder")
