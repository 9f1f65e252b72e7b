import torch

from pruning_transformers.training import PruningDataCollator, PruningDataset
from tiny_backbones import fast_tokenizer
from tiny_checkpoint import tiny_config


def test_padding(questions):
    tokenizer = fast_tokenizer()
    rows = list(PruningDataset(questions[:3], tokenizer, tiny_config()))
    rows[1] = {name: v[:9] if isinstance(v, list) else v for name, v in rows[1].items()}
    batch = PruningDataCollator(tokenizer, pad_to_multiple_of=8)(rows)
    assert batch["input_ids"].shape[1] % 8 == 0
    assert batch["attention_mask"].sum(1).tolist() == [len(row["input_ids"]) for row in rows]
    assert batch["pruning_labels"][1, 9:].eq(-100).all()
    assert batch["token_sentences"][1, 9:].eq(-1).all()
    assert batch["token_type_ids"].shape == batch["input_ids"].shape
    assert batch["labels"].dtype == torch.float32
    for number, row in enumerate(rows):
        assert batch["input_ids"][number, : len(row["input_ids"])].tolist() == row["input_ids"]
