"""The package's models: those of `modeling`, with conversion, the emitted file and a model card."""

from pruning_transformers import modeling
from pruning_transformers.cards import model_card
from pruning_transformers.configuration import MODELING_FILE
from pruning_transformers.conversion import ConversionMethods
from pruning_transformers.loading import MODEL_CARD
from pruning_transformers.released import EMITTED


class _PackageModel(ConversionMethods):
    """What a model saves next to its weights where the package is installed."""

    def _files_beside(self) -> dict[str, bytes]:
        """The emitted modeling file, and a model card from the template."""
        card = model_card(self.config)
        return {MODELING_FILE: EMITTED.read_bytes(), MODEL_CARD: card.encode("utf-8")}


class PruningEncoderModel(_PackageModel, modeling.PruningEncoderModel):
    """The encoder with both of its heads' logits; `AutoModel` opens it.

    Example:
        >>> model = PruningEncoderModel.from_pretrained("default")
        >>> inputs = model.tokenizer("What do cats do?", "Cats purr.", return_tensors="pt")
        >>> output = model(**inputs)
        >>> output.ranking_logits.shape, output.pruning_logits.shape
        (torch.Size([1, 1]), torch.Size([1, 12, 2]))
    """


class PruningEncoderForSequenceClassification(
    _PackageModel, modeling.PruningEncoderForSequenceClassification
):
    """The reranker: `logits` rank, next to `pruning_logits`.

    Example:
        >>> model = PruningEncoderForSequenceClassification.from_pretrained("default")
        >>> inputs = model.tokenizer("What do cats do?", "Cats purr.", return_tensors="pt")
        >>> model(**inputs).logits.shape
        torch.Size([1, 1])
    """


class PruningEncoderForTokenClassification(
    _PackageModel, modeling.PruningEncoderForTokenClassification
):
    """The pruner as a token classifier with the labels DROP and KEEP.

    Example:
        >>> model = PruningEncoderForTokenClassification.from_pretrained("default")
        >>> inputs = model.tokenizer("What do cats do?", "Cats purr.", return_tensors="pt")
        >>> model(**inputs).logits.shape, model.config.id2label
        (torch.Size([1, 12, 2]), {0: 'DROP', 1: 'KEEP'})
    """
