"""The model of a CrossEncoder as core's pipeline calls it."""

from torch import Tensor, nn

from pruning_core.encoder import EncoderOutput


class RankerAsEncoder(nn.Module):
    """A `PruningEncoderForSequenceClassification` with the outputs of a `PruningEncoder`."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, **inputs: Tensor) -> EncoderOutput:
        """The inputs of a batch (B, T) -> both heads' logits."""
        output = self.model(**inputs, return_dict=True)
        return EncoderOutput(pruning_logits=output.pruning_logits, ranking_logits=output.logits)
