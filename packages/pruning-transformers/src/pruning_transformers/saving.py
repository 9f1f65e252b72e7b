"""Saving: what belongs next to the weights, so that a checkpoint opens by every path."""

import json
from pathlib import Path

from transformers import PreTrainedTokenizerFast

from pruning_core.config_rules import plain_data
from pruning_core.staging import staged
from pruning_transformers.configuration import MODELING_FILE, PruningEncoderConfig
from pruning_transformers.loading import MODEL_CARD, LoadingMethods, file_of


class SavingMethods(LoadingMethods):
    """Saves the tokenizer, the modeling file and a model card with the weights."""

    config: PruningEncoderConfig

    def save_pretrained(
        self,
        save_directory: str | Path,
        is_main_process: bool = True,
        *args: object,
        tokenizer: PreTrainedTokenizerFast | None = None,
        **kwargs: object,
    ) -> None:
        """Save as transformers does, with all that belongs to the weights, together or not at all.

        Nothing is read from the network, and what is read is read first.

        Args:
            save_directory: the folder; a model card that is there stays.
            is_main_process: False saves nothing, for the other processes of a training.
            *args: further arguments of transformers.
            tokenizer: replaces the model's own.
            **kwargs: further arguments of transformers.

        Raises:
            OSError: a file cannot be written; the folder is as it was.

        Example:
            >>> model.save_pretrained("my-pruner")
            >>> AutoModel.from_pretrained("my-pruner").config.mode
            'reranking_pruning'
        """
        if tokenizer is not None:
            self.tokenizer = tokenizer
        if not is_main_process:
            return
        folder = Path(save_directory)
        files = self._files_beside()
        card = folder / MODEL_CARD
        if card.is_file() and not card.is_symlink():
            files[MODEL_CARD] = card.read_bytes()
        with staged(folder) as draft:
            if MODEL_CARD in files:
                (draft / MODEL_CARD).write_bytes(files[MODEL_CARD])
            super().save_pretrained(str(draft), is_main_process, *args, **kwargs)
            self._save_beside(draft, files)

    def _upload_modified_files(
        self, working_dir: str | Path, repo_id: str, *args: object, **kwargs: object
    ) -> object:
        """Every push comes here, with an empty card where the hub has none; ours replaces that."""
        if file_of(repo_id, MODEL_CARD, token=kwargs.get("token")) is None:
            Path(working_dir, MODEL_CARD).unlink(missing_ok=True)
        self._save_beside(Path(working_dir), self._files_beside())
        return super()._upload_modified_files(working_dir, repo_id, *args, **kwargs)

    def _files_beside(self) -> dict[str, bytes]:
        """The modeling file and, where this checkpoint has one, the model card, by name."""
        files = {MODELING_FILE: Path(__file__).read_bytes()}
        card = None if self._folder is None else self._folder / MODEL_CARD
        if card is not None and card.is_file():
            files[MODEL_CARD] = card.read_bytes()
        return files

    def _save_beside(self, folder: Path, files: dict[str, bytes]) -> None:
        """Write `files`, but for a model card that is there, and the tokenizer if there is one."""
        for name, contents in files.items():
            if name != MODEL_CARD or not (folder / name).exists():
                (folder / name).write_bytes(contents)
        try:
            tokenizer = self.tokenizer
        except OSError:
            return
        write_tokenizer(folder, tokenizer, self.config.max_length)


def write_tokenizer(folder: Path, tokenizer: PreTrainedTokenizerFast, max_length: int) -> None:
    """Save a tokenizer under the class name that every version of transformers knows."""
    tokenizer.save_pretrained(folder)
    path = folder / "tokenizer_config.json"
    data = plain_data(json.loads(path.read_text(encoding="utf-8")))
    data |= {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": max_length}
    path.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
