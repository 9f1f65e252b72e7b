import pytest
import torch
from torch import nn

from pruning_core import EncoderOutput
from pruning_core.inference import WindowPredictor
from pruning_core.pairs import prepare
from pruning_core.torch_encoder import TorchBatchEncoder
from tiny_checkpoint import tiny_config, tiny_tokenizer

CONFIG, TOKENIZER = tiny_config(), tiny_tokenizer()


class Echo(nn.Module):
    """A token's keep logit and a row's ranking logit are made of the ids alone."""

    def __init__(self, *, ranks=True):
        super().__init__()
        self.parameter = nn.Parameter(torch.zeros(1))
        self.ranks = ranks
        self.shapes = []

    def forward(self, input_ids, attention_mask=None, token_type_ids=None):
        self.shapes.append(tuple(input_ids.shape))
        keep = input_ids.float() / 100
        logits = torch.stack([torch.zeros_like(keep), keep], -1)
        ranking = input_ids[:, 1:2].float() if self.ranks else None
        return EncoderOutput(pruning_logits=logits, ranking_logits=ranking)


def pairs(*texts):
    return prepare([("cats", text) for text in texts], TOKENIZER, CONFIG)


def predict(encoder, rows, budget=128):
    predictor = WindowPredictor(
        encoder=TorchBatchEncoder(encoder), pad_token_id=0, token_budget=budget
    )
    return predictor.predict(rows)


@pytest.mark.parametrize("budget", [1, 70, 100_000])
def test_every_token_gets_its_own_probability_whatever_the_batches(budget):
    rows = pairs("the cat purr", "paris " * 150, "", "a")
    for pair, prediction in zip(rows, predict(Echo(), rows, budget), strict=True):
        expected = torch.sigmoid(torch.tensor(pair.document.ids).float() / 100)
        torch.testing.assert_close(torch.tensor(prediction.probabilities), expected)
        assert prediction.ranking_logits == dict.fromkeys(
            range(len(pair.windows)), float(pair.query[0])
        )


def test_a_batch_holds_as_many_windows_as_the_budget_allows():
    encoder = Echo()
    predict(encoder, pairs(*["cat"] * 5), budget=15)  # windows of 5 tokens
    assert encoder.shapes == [(3, 5), (2, 5)]


def test_without_a_ranking_head_there_are_no_logits():
    assert [p.ranking_logits for p in predict(Echo(ranks=False), pairs("a", "b"))] == [{}, {}]


def test_what_is_read_is_told():
    told = []
    rows = pairs("the cat purr", "paris " * 150, "")
    predictor = WindowPredictor(encoder=TorchBatchEncoder(Echo()), pad_token_id=0, token_budget=70)
    predictor.predict(rows, told.append)
    assert len(told) > 1
    assert sum(told) == sum(len(pair.text) for pair in rows)


class Small(Echo):
    """A device with room for so many tokens."""

    def forward(self, input_ids, **more):
        if input_ids.numel() > 20:
            raise torch.OutOfMemoryError("out of memory")
        return super().forward(input_ids, **more)


def test_out_of_memory_halves_the_batches(caplog):
    encoder, rows = Small(), pairs(*["cat"] * 9)  # windows of 5 tokens
    predictor = WindowPredictor(
        encoder=TorchBatchEncoder(encoder), pad_token_id=0, token_budget=10_000
    )
    found = predictor.predict(rows)
    expected = predict(Echo(), rows)
    for one, other in zip(found, expected, strict=True):
        assert one.ranking_logits == other.ranking_logits
        assert one.probabilities.tolist() == other.probabilities.tolist()
    assert predictor.token_budget == 22  # half of 9 windows of 5
    assert encoder.shapes == [(4, 5), (4, 5), (1, 5)]
    assert "out of memory: batches of 22 tokens from now on" in caplog.text
    with pytest.raises(torch.OutOfMemoryError):
        predictor.predict(pairs("cat " * 40))
