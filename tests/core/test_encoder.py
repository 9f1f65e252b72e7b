import pytest
import torch
from torch import nn

from pruning_core import BackboneOutput, PruningEncoder, PruningHead
from tiny_checkpoint import tiny_config

IDS = torch.tensor([[2, 5, 3, 6, 7, 3]])


class Backbone(nn.Module):
    def forward(self, input_ids, attention_mask=None, token_type_ids=None):
        hidden = input_ids[..., None].float().expand(-1, -1, 32)
        return BackboneOutput(last_hidden_state=hidden, logits=hidden[:, 0, :1])


def test_any_module_can_be_the_backbone():
    head = PruningHead(hidden_size=32)
    encoder = PruningEncoder(tiny_config(), pruning_head=head, ranking_model=Backbone())
    output = encoder(IDS)
    assert output.ranking_logits.tolist() == [[2.0]]
    assert torch.equal(output.pruning_logits, head(IDS[..., None].float().expand(-1, -1, 32)))


def test_keys_and_shapes_of_both_modes():
    ranker = PruningEncoder.from_config(tiny_config())
    assert ranker(IDS).pruning_logits.shape == (1, 6, 2)
    assert ranker(IDS).ranking_logits.shape == (1, 1)
    pruner = PruningEncoder.from_config(tiny_config(mode="pruning_only"))
    assert pruner(IDS).ranking_logits is None
    roots = {name.split(".")[0] for name in pruner.state_dict()}
    assert roots == {"encoder", "pruning_head"}


def test_dropout_acts_in_training_only():
    encoder = PruningEncoder.from_config(tiny_config())
    encoder.train()
    assert not torch.equal(encoder(IDS).pruning_logits, encoder(IDS).pruning_logits)
    encoder.eval()
    assert torch.equal(encoder(IDS).pruning_logits, encoder(IDS).pruning_logits)


def test_the_backbone_must_fit_the_mode():
    head = PruningHead(hidden_size=32)
    with pytest.raises(ValueError, match="mode 'reranking_pruning' takes `ranking_model`"):
        PruningEncoder(tiny_config(), pruning_head=head, encoder=Backbone())


def test_an_unknown_backbone_names_the_package_that_has_it():
    config = tiny_config(backbone_config={"model_type": "electra", "hidden_size": 8})
    with pytest.raises(ValueError, match="electra.*pip install pruning-transformers"):
        PruningEncoder.from_config(config)


def test_windows_longer_than_the_position_embeddings():
    with pytest.raises(ValueError, match="`max_length` is 65, .* 64"):
        PruningEncoder.from_config(tiny_config(max_length=65))


@pytest.mark.parametrize(("padding", "longest"), [(1, 62), (0, 63)])
def test_positions_of_xlm_roberta_count_from_behind_the_padding_id(padding, longest):
    backbone = dict(tiny_config().backbone_config)
    backbone |= {"model_type": "xlm-roberta", "pad_token_id": padding}
    PruningEncoder.from_config(tiny_config(backbone_config=backbone, max_length=longest))
    too_long = tiny_config(backbone_config=backbone, max_length=longest + 1)
    with pytest.raises(ValueError, match=f"the backbone has positions for {longest}"):
        PruningEncoder.from_config(too_long)


def test_inference_only_leaves_word_embeddings_as_stored_and_changes_no_number(tmp_path):
    half = PruningEncoder.from_config(tiny_config()).half()
    half.save_pretrained(tmp_path)
    whole = PruningEncoder.from_pretrained(tmp_path)
    lean = PruningEncoder.from_pretrained(tmp_path, inference_only=True)
    assert {parameter.dtype for parameter in whole.parameters()} == {torch.float32}
    stored = {name for name, value in lean.state_dict().items() if value.dtype == torch.float16}
    assert stored == {"ranking_model.bert.embeddings.word_embeddings.weight"}
    assert torch.equal(lean(IDS).pruning_logits, whole(IDS).pruning_logits)
