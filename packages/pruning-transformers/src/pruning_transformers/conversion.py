"""Conversion: from cross-encoders, encoders and other projects' checkpoints, and to a plain ranker.

The package's classes alone do this; a loaded checkpoint has no use for it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import torch
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)

from pruning_core import checkpoint
from pruning_core.builtin import BUILTIN_MODELS
from pruning_core.checkpoint import Checkpoint
from pruning_core.config_rules import LOADING_OPTIONS, MODEL_TYPE, RERANKING_PRUNING, longest_window
from pruning_core.hub import HubOptions
from pruning_core.staging import staged
from pruning_core.tokenizer_files import tokenizer_config
from pruning_transformers.configuration import FIELDS, PruningEncoderConfig
from pruning_transformers.label_names import LABEL_OPTIONS
from pruning_transformers.loading import HUB_OPTIONS, fetch, forget_loading_options
from pruning_transformers.modeling import PruningEncoderPreTrainedModel
from pruning_transformers.saving import write_tokenizer

MAX_LENGTH = 512
CONFIG_OPTIONS = (
    *FIELDS,
    *LABEL_OPTIONS,
    "output_attentions",
    "output_hidden_states",
    "problem_type",
    "return_dict",
)
"""Options of `from_pretrained` that change the configuration."""


class ConversionMethods(PruningEncoderPreTrainedModel):
    """Opens checkpoints of other projects, starts new models and exports rankers."""

    @classmethod
    def from_pretrained(
        cls,
        pretrained_model_name_or_path: str | Path | None,
        *args: object,
        output_loading_info: bool = False,
        ignore_mismatched_sizes: bool = False,
        allow_pickled_head: bool = False,
        **kwargs: Any,
    ) -> PreTrainedModel:
        """Load as transformers does; also built-in models by name, and other projects' families.

        Args:
            pretrained_model_name_or_path: the name of a built-in model, a folder or a hub id.
            *args: further arguments of transformers.
            output_loading_info: also return which weights are missing, unexpected or misshapen;
                they are then no error.
            ignore_mismatched_sizes: draw misshapen weights anew; then too.
            allow_pickled_head: read the pickled head of a July 2025 folder, by torch's
                `weights_only`.
            **kwargs: further arguments of transformers.

        Raises:
            OSError: the folder, the repository or a file in it is missing, or is a pickle.
            ValueError: nobody knows the layout, or a file is wrong.

        Example:
            >>> PruningEncoderModel.from_pretrained("default").config.mode
            'reranking_pruning'
        """
        kwargs["output_loading_info"] = output_loading_info
        kwargs["ignore_mismatched_sizes"] = ignore_mismatched_sizes
        opened = _open(pretrained_model_name_or_path, kwargs)
        is_builtin = opened is not None and opened.folder in BUILTIN_MODELS.values()
        if opened is not None and (opened.family or (is_builtin and opened.is_quantized)):
            known = ("config", "variant", *HUB_OPTIONS)
            options: dict[str, Any] = {k: v for k, v in kwargs.items() if k not in known}
            return cls._from_checkpoint(opened, allow_pickled_head, options)
        if opened is not None and is_builtin:
            pretrained_model_name_or_path = opened.folder
        return super().from_pretrained(pretrained_model_name_or_path, *args, **kwargs)

    @classmethod
    def _from_checkpoint(
        cls, opened: Checkpoint, allow_pickled_head: bool, options: dict[str, Any]
    ) -> PreTrainedModel:
        """Weights that transformers cannot read as they are, as core reads them: another project's
        under our keys, or quantized ones. All are there, and no others.
        """
        wants_info = options.pop("output_loading_info")
        changes = {name: options.pop(name) for name in CONFIG_OPTIONS if name in options}
        model, info = super().from_pretrained(
            None,
            config=PruningEncoderConfig.from_dict(opened.config.to_dict(), **changes),
            state_dict=opened.state(allow_pickled_head=allow_pickled_head),
            output_loading_info=True,  # `check` below says it in the names of the file
            **options,
        )
        opened.check(model.state_dict(), allow_pickled_head=allow_pickled_head)
        tokenizer = opened.tokenizer()
        names = tokenizer_config(tokenizer, opened.config)
        del names["tokenizer_class"]
        model.tokenizer = PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names)
        return (model, info) if wants_info else model

    @classmethod
    def from_backbone(
        cls,
        model: str | Path,
        *,
        mode: str = RERANKING_PRUNING,
        max_length: int | None = None,
        num_labels: int | None = None,
        classifier_dropout: float = 0.1,
        default_threshold: float = 0.5,
        pruning_hidden_state: str = "last",
        score_activation: str | None = None,
        sentence_rule: str = "mean_probability",
        normalize_query: bool = False,
        revision: str | None = None,
        token: str | bool | None = None,
        cache_dir: str | Path | None = None,
        local_files_only: bool = False,
        subfolder: str = "",
        variant: str | None = None,
    ) -> Self:
        """Start a new model from a cross-encoder or an encoder, keeping its weights.

        A cross-encoder keeps its ranking head, and so its scores. The pruning head is new.

        Args:
            model: a folder or a hub id.
            mode: `reranking_pruning` or `pruning_only`.
            max_length: the longest window in tokens; by default what the backbone has positions
                for, at most 512.
            num_labels: ranking logits; by default those of the cross-encoder, else 1.
            classifier_dropout: see `EncoderConfig`, as for the fields up to `normalize_query`.
            default_threshold: keep probability from which a sentence stays, 0 to 1.
            pruning_hidden_state: `last` or `pre_final_norm`.
            score_activation: `sigmoid` or `identity`; by default that of the cross-encoder.
            sentence_rule: `mean_probability` or `kept_share`.
            normalize_query: lower-case the query and drop its punctuation.
            revision: branch, tag or commit of the hub repository.
            token: of the hub; never saved, as none of these.
            cache_dir: folder of downloads.
            local_files_only: download nothing.
            subfolder: of the folder or repository.
            variant: of the files of weights, such as `fp16`.

        Raises:
            OSError: the folder or repository, or a file in it, is missing.
            ValueError: `model` is a pruning encoder already, or an argument has the wrong value.

        Example:
            >>> model.export_ranking_model("a-cross-encoder")
            >>> new = PruningEncoderForSequenceClassification.from_backbone("a-cross-encoder")
            >>> new.config.mode
            'reranking_pruning'
        """
        hub: HubOptions = {
            "revision": revision,
            "token": token,
            "cache_dir": cache_dir,
            "local_files_only": local_files_only,
            "subfolder": subfolder,
        }
        _check_backbone(model, hub)
        _, commit = fetch(model, hub)
        if commit is not None:
            hub["revision"] = commit
        config = AutoConfig.from_pretrained(model, **hub)
        is_ranker = (config.architectures or [""])[0].endswith("ForSequenceClassification")
        if num_labels is None:
            num_labels = config.num_labels if is_ranker else 1
        if max_length is None:
            max_length = min(MAX_LENGTH, longest_window(config.to_dict()) or MAX_LENGTH)
        saved = getattr(config, "sentence_transformers", None) or {}  # a CrossEncoder's activation
        if score_activation is None:
            is_identity = str(saved.get("activation_fn")).endswith(".Identity")
            score_activation = "identity" if is_identity else "sigmoid"
        has_names = is_ranker and num_labels == config.num_labels
        names = {"id2label": config.id2label, "label2id": config.label2id} if has_names else {}
        ours = PruningEncoderConfig(
            backbone_config=config,
            mode=mode,
            max_length=max_length,
            num_labels=num_labels,
            classifier_dropout=classifier_dropout,
            default_threshold=default_threshold,
            pruning_hidden_state=pruning_hidden_state,
            score_activation=score_activation,
            sentence_rule=sentence_rule,
            normalize_query=normalize_query,
            **names,
            **({"sentence_transformers": saved} if saved else {}),
        )
        fresh = cls(ours)
        auto = AutoModelForSequenceClassification if ours.ranks else AutoModel
        labels = {"num_labels": num_labels} if ours.ranks else {}
        backbone = auto.from_pretrained(
            model, dtype=torch.float32, use_safetensors=True, variant=variant, **labels, **hub
        )
        fresh.backbone.load_state_dict(backbone.state_dict())
        fresh.tokenizer = AutoTokenizer.from_pretrained(model, **hub)
        forget_loading_options(fresh.tokenizer)
        fresh.eval()
        return fresh

    def export_ranking_model(self, folder: str | Path) -> None:
        """Save the backbone as a plain sequence classifier, with the tokenizer.

        Raises:
            OSError: the checkpoint has no tokenizer.
            ValueError: the mode is `pruning_only`.

        Example:
            >>> model.export_ranking_model("ranker")
            >>> type(AutoModelForSequenceClassification.from_pretrained("ranker")).__name__
            'BertForSequenceClassification'
        """
        if not self.config.ranks:
            raise ValueError(f"a model of mode {self.config.mode!r} has no ranking model")
        tokenizer = self.tokenizer
        for option in LOADING_OPTIONS & vars(self.backbone.config).keys():
            delattr(self.backbone.config, option)
        with staged(Path(folder)) as draft:
            self.backbone.save_pretrained(draft)
            write_tokenizer(draft, tokenizer, self.config.max_length)


def _open(model: str | Path | None, options: Mapping[str, object]) -> Checkpoint | None:
    """Open a checkpoint by core's way; None if there is none, which transformers then says."""
    if model is None:
        return None
    names = [*HubOptions.__annotations__, "variant"]
    hub: dict[str, Any] = {name: options[name] for name in names if name in options}
    if Path(model).is_dir():
        hub.pop("revision", None)  # transformers passes one with folders too
    try:
        return checkpoint.open(model, **hub)
    except OSError:
        return None


def _check_backbone(model: str | Path, hub: HubOptions) -> None:
    """Raise if `model` has a pruning head."""
    try:
        is_ours = checkpoint.is_pruning_encoder(model, **hub)
    except FileNotFoundError:  # or an old hub id of one part, which transformers knows
        config = AutoConfig.from_pretrained(model, **hub)
        is_ours = config.model_type == MODEL_TYPE
    if is_ours:
        raise ValueError(
            f"`model` {str(model)!r} is a pruning encoder: open it by `from_pretrained`"
        )
