"""PruningCrossEncoder: sentence-transformers' CrossEncoder, which also prunes."""

import copy
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, overload

import torch
from sentence_transformers import CrossEncoder
from torch import Tensor

from pruning_core.builtin import BUILTIN_MODELS
from pruning_core.json_files import read_json
from pruning_core.pipeline import PruningPipeline
from pruning_core.results import PrunedDocument
from pruning_core.staging import staged
from pruning_core.tokenization import untruncated
from pruning_core.tokenizer_checks import check_tokenizer
from pruning_core.validation import as_texts, check_bool, check_int, check_number, check_query
from pruning_crossencoder.activations import activation_of
from pruning_crossencoder.cards import TAGS, own_import, pruning_card
from pruning_crossencoder.contents import check_contents
from pruning_crossencoder.ranker import RankerAsEncoder
from pruning_transformers import PruningEncoderConfig  # which registers the Auto classes
from pruning_transformers.loading import PROBE, check_no_adapter
from pruning_transformers.named_errors import named_errors

DEFAULT_BATCH_SIZE = 32
"""Upstream's; `prune` then takes the batches that are fastest on a CPU."""


class PruningCrossEncoder(CrossEncoder):  # type: ignore[misc]
    """A CrossEncoder with `prune` and `rank(..., prune=True)`.

    Everything else is inherited, so it takes every argument of CrossEncoder and opens every
    cross-encoder; only a pruning encoder prunes. `default` is the built-in English model,
    `multilingual` that of many languages.

    Raises:
        ValueError: `backend` is `onnx` or `openvino`.

    Example:
        >>> model = PruningCrossEncoder("default")
        >>> model.predict([("What do cats do?", "Cats purr.")]).shape
        (1,)
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        backend = kwargs.get("backend", "torch")
        if backend != "torch":
            raise ValueError(
                f"`backend` must be 'torch', not {backend!r}: it needs optimum, which pins"
                " transformers below the version that this package needs (5.6)"
            )
        source = args[0] if args else kwargs.get("model_name_or_path")
        if isinstance(source, str) and source in BUILTIN_MODELS:
            source = str(BUILTIN_MODELS[source])
            args = (source, *args[1:])
            kwargs.pop("model_name_or_path", None)
        if source is not None and (file := Path(source, "config.json")).is_file():
            data = read_json(file)
            check_contents(data)
            if data.get("model_type") == PruningEncoderConfig.model_type:
                check_no_adapter(file.parent)
        with named_errors(f"config.json, tokenizer_config.json or modules.json of {source}"):
            super().__init__(*args, **kwargs)
            if getattr(self.model, "_own_backend", None) is not None:
                self._check_tokenizer()

    def _check_tokenizer(self) -> None:
        """Raise where `predict` would read other tokens than `prune`."""
        name = f"tokenizer_config.json of {self.model.name_or_path!r}"
        if self.tokenizer is None:
            raise ValueError(f"{name} names no tokenizer")
        check_number("model_max_length", self.tokenizer.model_max_length)
        names = self.tokenizer.model_input_names
        encoding = self.model._own_backend.encode(*PROBE)
        read = self.tokenizer(*PROBE, truncation=False)
        has_types = "token_type_ids" in names or not any(encoding.type_ids)
        if encoding.ids != read["input_ids"] or not has_types:
            raise ValueError(f"{name} changes the tokens of tokenizer.json")
        backbone = self.model.config.backbone_config.to_dict()
        try:
            check_tokenizer(self._backend(), backbone, self._window())
        except ValueError as error:
            raise ValueError(f"{name} does not fit: {error}") from error

    def _resolve_activation_fn(self, activation_fn_path: str) -> Callable[[Tensor], Tensor]:
        """Upstream calls whatever stands below `torch.`."""
        if self.trust_remote_code:
            resolved: Callable[[Tensor], Tensor] = super()._resolve_activation_fn(
                activation_fn_path
            )
            return resolved
        return activation_of(activation_fn_path)

    def save(self, path: str | Path | None, *args: Any, **kwargs: Any) -> None:
        """Save as CrossEncoder does, all files together or none.

        Raises:
            OSError: a file cannot be written; the folder is as it was.

        Example:
            >>> model.save("my-pruner")
            >>> PruningCrossEncoder("my-pruner").num_labels
            1
        """
        if path is None:
            return
        with staged(Path(path)) as draft:
            super().save(str(draft), *args, **kwargs)
        self.model_card_data.save_dir = str(path)

    def _create_model_card(self, path: str, *args: Any, **kwargs: Any) -> None:
        """Upstream's card, with code that runs without a flag, and with pruning."""
        data = self.model_card_data
        if self._is_pruning_encoder:
            data.tags += [tag for tag in TAGS if tag not in data.tags]
        super()._create_model_card(path, *args, **kwargs)
        file = Path(path, "README.md")
        if self._is_pruning_encoder and file.is_file():
            model_id = data.model_id or self._model_card_model_id_placeholder
            card = pruning_card(
                file.read_text(encoding="utf-8"), data.generate_usage_snippet(), model_id
            )
            file.write_text(card, encoding="utf-8")

    def _push_to_hub_usage_tip(self, repo_id: str) -> str:
        return own_import(super()._push_to_hub_usage_tip(repo_id))

    @overload
    def prune(  # type: ignore[overload-overlap]
        self,
        query: str,
        documents: str,
        threshold: float | None = None,
        *,
        max_tokens: int | None = None,
        max_characters: int | None = None,
        count_tokens: Callable[[str], int] | None = None,
        min_sentences: int | None = None,
        always_keep: Collection[str] | None = None,
        show_progress: bool | None = None,
        prompt_name: str | None = None,
        prompt: str | None = None,
        batch_size: int = DEFAULT_BATCH_SIZE,
        activation_fn: Callable[[Tensor], Tensor] | None = None,
        device: str | torch.device | None = None,
    ) -> PrunedDocument: ...
    @overload
    def prune(
        self,
        query: str,
        documents: Iterable[str],
        threshold: float | None = None,
        *,
        max_tokens: int | None = None,
        max_characters: int | None = None,
        count_tokens: Callable[[str], int] | None = None,
        min_sentences: int | None = None,
        always_keep: Collection[str] | None = None,
        show_progress: bool | None = None,
        prompt_name: str | None = None,
        prompt: str | None = None,
        batch_size: int = DEFAULT_BATCH_SIZE,
        activation_fn: Callable[[Tensor], Tensor] | None = None,
        device: str | torch.device | None = None,
    ) -> list[PrunedDocument]: ...
    def prune(
        self,
        query: str,
        documents: str | Iterable[str],
        threshold: float | None = None,
        *,
        max_tokens: int | None = None,
        max_characters: int | None = None,
        count_tokens: Callable[[str], int] | None = None,
        min_sentences: int | None = None,
        always_keep: Collection[str] | None = None,
        show_progress: bool | None = None,
        prompt_name: str | None = None,
        prompt: str | None = None,
        batch_size: int = DEFAULT_BATCH_SIZE,
        activation_fn: Callable[[Tensor], Tensor] | None = None,
        device: str | torch.device | None = None,
    ) -> PrunedDocument | list[PrunedDocument]:
        """Remove the sentences of each document that do not matter to `query`.

        Args:
            query: the query, not empty.
            documents: a document, or any iterable of them.
            threshold: keep probability from which a sentence stays, 0 to 1; by default the
                checkpoint's.
            max_tokens: tokens that may stay of each document.
            max_characters: characters that may stay of each document.
            count_tokens: text -> tokens, for `max_tokens`; by default the checkpoint's.
            min_sentences: sentences that stay of each document, as far as the budget allows.
            always_keep: `first_sentence`, `titles`, `headings`, or several.
            show_progress: show a bar; by default on a terminal.
            prompt_name: name of a saved prompt, put before the query as in `predict`.
            prompt: a prompt itself.
            batch_size: full windows that a batch has room for.
            activation_fn: ranking logit -> score; by default the model's.
            device: moves the model there first.

        Returns:
            One result for one document, a list for several; `score` is the ranking score of the
            same forward pass, of the whole document even where `predict` truncates it.

        Raises:
            TypeError: an argument has the wrong type.
            ValueError: the checkpoint has no pruning head, or an argument has the wrong value.

        Example:
            >>> document = "The dam opened in 1936. The old mill makes flour. Cats purr."
            >>> model.prune("When did the dam open?", document, threshold=0.5).text
            'The dam opened in 1936. '
        """
        pipeline = self._pruning_pipeline(batch_size, activation_fn)
        if device is not None:
            self.to(device)
        check_query(query)
        query = self._prompt(prompt_name, prompt) + query
        texts = [documents] if isinstance(documents, str) else as_texts("documents", documents)
        results = pipeline.prune_batch(
            [query] * len(texts),
            texts,
            threshold=threshold,
            max_tokens=max_tokens,
            max_characters=max_characters,
            count_tokens=count_tokens,
            min_sentences=min_sentences,
            always_keep=always_keep,
            show_progress=show_progress,
        )
        return results[0] if isinstance(documents, str) else results

    def rank(
        self,
        query: str,
        documents: Iterable[str],
        top_k: int | None = None,
        return_documents: bool = False,
        prompt_name: str | None = None,
        prompt: str | None = None,
        batch_size: int = DEFAULT_BATCH_SIZE,
        show_progress_bar: bool | None = None,
        activation_fn: Callable[[Tensor], Tensor] | None = None,
        device: Any = None,
        pool: Any = None,
        chunk_size: int | None = None,
        *,
        prune: bool = False,
        threshold: float | None = None,
        max_tokens: int | None = None,
        max_characters: int | None = None,
        count_tokens: Callable[[str], int] | None = None,
        min_sentences: int | None = None,
        always_keep: Collection[str] | None = None,
        show_progress: bool | None = None,
        **options: Any,
    ) -> list[dict[str, Any]]:
        """Rank as CrossEncoder does; with `prune=True` also prune, in the same pass.

        A document that CrossEncoder truncates is pruned as a whole; to give it CrossEncoder's
        score, `predict` reads its beginning once more. A pruning encoder ranks a document without
        text last, with the lowest score, and with or without `prune`.

        Args:
            query: see CrossEncoder, as for all arguments up to `chunk_size`.
            prune: add to each row `pruned_text` (str) and `sentences`, a list of dictionaries with
                `start`, `end`, `probability` and `kept`, as `SentenceSpan` has them.
            threshold: with `prune=True`, see `prune`, as for the others.
            max_tokens: tokens that may stay of each document.
            max_characters: characters that may stay of each document.
            count_tokens: text -> tokens, for `max_tokens`; by default the checkpoint's.
            min_sentences: sentences that stay of each document.
            always_keep: `first_sentence`, `titles`, `headings`, or several.
            show_progress: by default what `show_progress_bar` says.
            **options: of CrossEncoder's `rank`, without `prune=True`.

        Raises:
            TypeError: an argument has the wrong type, or is unknown.
            ValueError: with `prune=True`, the checkpoint has no pruning head or several ranking
                labels, or several processes are asked for.

        Example:
            >>> documents = ["Dogs bark.", "The dam opened in 1936."]
            >>> rows = model.rank("When did the dam open?", documents, prune=True)
            >>> rows[0]["corpus_id"], rows[0]["pruned_text"]
            (1, 'The dam opened in 1936.')
        """
        check_bool("prune", prune)
        selection: dict[str, Any] = {
            "threshold": threshold,
            "max_tokens": max_tokens,
            "min_sentences": min_sentences,
            "always_keep": always_keep,
            "show_progress": show_progress,
        }
        shared: dict[str, Any] = {
            "prompt_name": prompt_name,
            "prompt": prompt,
            "batch_size": batch_size,
            "activation_fn": activation_fn,
            "device": device,
        }
        texts = documents if isinstance(documents, list) else list(documents)
        empty = self._without_tokens(texts)
        if not prune:
            if given := [name for name, value in selection.items() if value is not None]:
                raise ValueError(f"{_names(given)} need `prune=True`")
            rows: list[dict[str, Any]] = super().rank(
                query,
                texts,
                None if empty else top_k,
                return_documents,
                show_progress_bar=show_progress_bar,
                pool=pool,
                chunk_size=chunk_size,
                **shared,
                **options,
            )
            return self._empty_last(rows, empty, activation_fn)[:top_k] if empty else rows
        if options:
            raise TypeError(f"rank() with `prune=True` takes no {_names(options)}")
        if pool is not None or chunk_size is not None or isinstance(device, list):
            raise ValueError("`prune=True` runs in one process, without `pool` and `chunk_size`")
        if self.num_labels != 1:
            raise ValueError(f"`rank` needs one label, this checkpoint has {self.num_labels}")
        if show_progress is None:
            selection["show_progress"] = show_progress_bar
        results = self.prune(query, as_texts("documents", texts), **selection, **shared)
        scores = {index: result.score for index, result in enumerate(results)}
        if cut := self._truncated(self._prompt(prompt_name, prompt) + query, texts):
            again = self.predict([(query, texts[index]) for index in cut], **shared)
            scores |= zip(cut, again.tolist(), strict=True)
        rows = []
        for index, (document, result) in enumerate(zip(texts, results, strict=True)):
            text = {"text": document} if return_documents else {}
            pruned = {
                "pruned_text": result.text,
                "sentences": [asdict(sentence) for sentence in result.sentences],
            }
            rows.append({"corpus_id": index, "score": scores[index], **text, **pruned})
        rows.sort(key=lambda row: row["score"], reverse=True)
        return self._empty_last(rows, empty, activation_fn)[:top_k]

    def _without_tokens(self, documents: Sequence[Any]) -> set[int]:
        """Indices of the documents in which there is nothing to read, for a pruning encoder."""
        if not self._is_pruning_encoder:
            return set()
        return {
            index
            for index, text in enumerate(documents)
            if isinstance(text, str)
            and not any(map(str.isalnum, text))  # spares the tokenizer
            and not self._backend().encode(text, add_special_tokens=False).ids
        }

    def _empty_last(
        self,
        rows: list[dict[str, Any]],
        empty: Collection[int],
        activation_fn: Callable[[Tensor], Tensor] | None,
    ) -> list[dict[str, Any]]:
        """The rows, with the lowest score for `empty`: its logit is that of the query alone."""
        lowest = float((activation_fn or self.activation_fn)(torch.tensor(-torch.inf)))
        last = [row | {"score": lowest} for row in rows if row["corpus_id"] in empty]
        return [row for row in rows if row["corpus_id"] not in empty] + last

    def _truncated(self, query: str, documents: Sequence[str]) -> list[int]:
        """Indices of the documents that `predict` does not read to their end."""
        limit = self._window()
        encodings = self._backend().encode_batch([(query, document) for document in documents])
        return [index for index, encoding in enumerate(encodings) if len(encoding.ids) > limit]

    def _prompt(self, prompt_name: str | None, prompt: str | None) -> str:
        """The prompt that `predict` would put before the query."""
        if prompt is None and prompt_name is not None and prompt_name not in self.prompts:
            raise ValueError(
                f"`prompt_name` must be one of {_names(self.prompts)}: {prompt_name!r}"
            )
        name = self.default_prompt_name if prompt_name is None else prompt_name
        return (self.prompts.get(name) or "") if prompt is None else prompt

    def _pruning_pipeline(
        self, batch_size: int, activation_fn: Callable[[Tensor], Tensor] | None
    ) -> PruningPipeline:
        """Core's pipeline on this model, its tokenizer, length and activation."""
        model = self.model
        config: Any = getattr(model, "config", None)
        if not self._is_pruning_encoder:
            raise ValueError(
                "this checkpoint ranks but has no pruning head; add one with"
                " `PruningEncoderForSequenceClassification.from_backbone(...)` and train it"
            )
        batch_size = check_int("batch_size", batch_size, minimum=1)
        config = copy.copy(config)
        config.max_length = self._window()
        activation = activation_fn or self.activation_fn
        is_default = batch_size == DEFAULT_BATCH_SIZE
        return PruningPipeline(
            RankerAsEncoder(model),
            self._backend(),
            config,
            token_budget=None if is_default else batch_size * config.max_length,
            activation=lambda logit: activation(logit.float()),
        )

    @property
    def _is_pruning_encoder(self) -> bool:
        config = getattr(self.model, "config", None)
        return getattr(config, "model_type", None) == PruningEncoderConfig.model_type

    def _window(self) -> int:
        """The longest pair in tokens."""
        length: int = self.model.config.max_length
        return min(length, self.max_seq_length or length)

    def _backend(self) -> Any:
        """A copy of the tokenizer, on whose own transformers sets truncation at every call."""
        own = self.__dict__.get("_own_tokenizer", (None, None))
        if own[0] is not self.tokenizer:
            own = (self.tokenizer, untruncated(copy.deepcopy(self.tokenizer.backend_tokenizer)))
            self.__dict__["_own_tokenizer"] = own
        return own[1]


def _names(names: Collection[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))
