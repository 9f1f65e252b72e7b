import pytest
from transformers import TrainingArguments

from pruning_transformers.training import (
    PruningDataCollator,
    PruningDataset,
    PruningTrainer,
    TokenBatches,
)
from tiny_backbones import fast_tokenizer, new_model
from tiny_checkpoint import tiny_config

LENGTHS = [3, 9, 4, 12, 3, 8, 5, 5, 11, 2, 7, 20] * 5
EXAMPLES = [{"input_ids": [place] * length} for place, length in enumerate(LENGTHS)]


def test_a_batch_keeps_to_its_tokens_and_each_example_is_in_one():
    rows = list(TokenBatches(EXAMPLES, 16))
    for batch in rows:
        longest = max(len(example["input_ids"]) for example in batch)
        assert len(batch) * longest <= 16 or len(batch) == 1
    found = sorted(example["input_ids"][0] for batch in rows for example in batch)
    assert found == list(range(len(EXAMPLES)))


def test_like_lengths_come_together():
    rows = list(TokenBatches(EXAMPLES, 40))
    padded = sum(len(batch) * max(len(e["input_ids"]) for e in batch) for batch in rows)
    assert padded < 1.2 * sum(LENGTHS)


def test_the_seed_decides():
    assert list(TokenBatches(EXAMPLES, 16)) == list(TokenBatches(EXAMPLES, 16))
    assert list(TokenBatches(EXAMPLES, 16)) != list(TokenBatches(EXAMPLES, 16, seed=1))


def test_no_tokens():
    with pytest.raises(ValueError, match="`tokens` must be at least 1, not 0"):
        TokenBatches(EXAMPLES, 0)


def test_the_trainer_takes_them(questions, tmp_path):
    dataset = PruningDataset(questions, fast_tokenizer(), tiny_config(), negatives=2)
    model, collate, seen = new_model(), PruningDataCollator(fast_tokenizer()), []

    def collator(items):
        seen.append(collate(items)["input_ids"].shape)
        return collate(items)

    rows = TokenBatches(dataset, 128)
    trainer = PruningTrainer(
        model,
        TrainingArguments(
            str(tmp_path),
            per_device_train_batch_size=1,
            num_train_epochs=1,
            report_to="none",
            disable_tqdm=True,
            use_cpu=True,
        ),
        train_dataset=rows,
        data_collator=collator,
    )
    trainer.train()
    assert trainer.state.global_step == len(rows) == len(seen)
    assert sum(count for count, _ in seen) == len(dataset)
    assert max(count * length for count, length in seen) <= 128
