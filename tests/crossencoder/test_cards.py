import re

import pytest
from datasets import Dataset
from sentence_transformers import CrossEncoderTrainer, CrossEncoderTrainingArguments
from sentence_transformers.cross_encoder.losses import BinaryCrossEntropyLoss

from example_texts import DOCUMENTS, QUERY
from pruning_crossencoder import PruningCrossEncoder


@pytest.fixture(scope="module")
def trained(checkpoint, tmp_path_factory):
    """The folder that the trainer saved."""
    model = PruningCrossEncoder(checkpoint, device="cpu")
    folder = str(tmp_path_factory.mktemp("trained"))
    arguments = CrossEncoderTrainingArguments(
        folder, max_steps=1, report_to=[], use_cpu=True, disable_tqdm=True, save_strategy="no"
    )
    data = Dataset.from_dict({"q": [QUERY] * 3, "d": DOCUMENTS, "label": [1.0, 0.0, 0.0]})
    trainer = CrossEncoderTrainer(model, arguments, data, loss=BinaryCrossEntropyLoss(model))
    trainer.train()
    trainer.save_model(folder)
    return folder


def blocks(card):
    return re.findall(r"```python\n(.*?)```", card, re.DOTALL)


@pytest.mark.filterwarnings("ignore")
def test_the_code_of_a_trained_models_card_runs_without_a_flag(trained, capsys):
    with open(f"{trained}/README.md", encoding="utf-8") as file:
        card = file.read()
    assert "pip install -U pruning-crossencoder" in card
    assert re.search(r"^- pruning-encoder$", card, re.MULTILINE)
    variables = {}
    first, prune, *with_flag = [
        text.replace("cross_encoder_model_id", trained) for text in blocks(card)
    ]
    assert "trust_remote_code" not in first + prune
    exec(first, variables)
    exec(prune, variables)
    assert "Cats purr" in capsys.readouterr().out or variables["result"].original
    assert all("trust_remote_code=True" in text for text in with_flag)
    assert len(with_flag) == 2


def test_a_pull_request_imports_from_this_package(checkpoint, plain):
    for path in (checkpoint, plain):
        tip = PruningCrossEncoder(path, device="cpu")._push_to_hub_usage_tip("org/m")
        assert "from pruning_crossencoder import PruningCrossEncoder" in tip
        assert "from sentence_transformers import" not in tip


def test_a_plain_cross_encoder_has_the_usual_card(plain, tmp_path):
    model = PruningCrossEncoder(plain, device="cpu")
    model.save_pretrained(str(tmp_path))
    card = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "from sentence_transformers import CrossEncoder" in card
    assert "prun" not in card.split("---")[1]
