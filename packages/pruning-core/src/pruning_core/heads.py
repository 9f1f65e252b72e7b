"""PruningHead: hidden states -> keep logits."""

from torch import Tensor, nn


class PruningHead(nn.Module):
    """A linear layer over every token's hidden state; label 1 means keep.

    Example:
        >>> PruningHead(hidden_size=8)(torch.zeros(1, 3, 8)).shape
        torch.Size([1, 3, 2])

    Source: token classification head of Provence (Chirkova et al., 2025, arXiv:2501.16214).
    """

    def __init__(self, *, hidden_size: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.classifier = nn.Linear(hidden_size, 2)

    def forward(self, hidden_states: Tensor) -> Tensor:
        """Hidden states (B, T, H) -> keep logits (B, T, 2)."""
        logits: Tensor = self.classifier(self.dropout(hidden_states))
        return logits
