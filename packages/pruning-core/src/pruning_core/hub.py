"""Where the files of a model are: a built-in model, a folder, or a download from the hub."""

from collections.abc import Iterable
from pathlib import Path
from typing import TypedDict

from pruning_core.builtin import BUILTIN_MODELS
from pruning_core.validation import check_text


class HubOptions(TypedDict, total=False):
    """Which files of a hub repository, and how they are had; a folder takes `subfolder` alone.

    `revision` is a branch, tag or commit; `token` a token, True for the one that is logged in or
    False for none; `cache_dir` the folder of downloads; with `local_files_only` nothing is
    downloaded; `subfolder` is the folder of the repository that holds the model.
    """

    revision: str | None
    token: str | bool | None
    cache_dir: str | Path | None
    local_files_only: bool
    subfolder: str


def locate(
    model: str | Path,
    files: Iterable[str],
    *,
    revision: str | None = None,
    token: str | bool | None = None,
    cache_dir: str | Path | None = None,
    local_files_only: bool = False,
    subfolder: str = "",
) -> Path:
    """The folder of a model: a built-in one, `model` itself, or a download of the hub repository.

    Args:
        model: the name of a built-in model, a folder, or a hub id.
        files: names or patterns of the files that are downloaded.
        revision: see `HubOptions`, as for the others.
        token: of the hub.
        cache_dir: folder of downloads.
        local_files_only: download nothing.
        subfolder: of the folder or repository.

    Raises:
        TypeError: `model` is neither a str nor a path.
        FileNotFoundError: `model` looks like a path, and there is no such folder.
        ValueError: a folder is given with a `revision`, or `subfolder` leaves it.
    """
    if not isinstance(model, Path):
        check_text("model", model)
        model = BUILTIN_MODELS.get(model, model)
    if Path(subfolder).is_absolute() or ".." in Path(subfolder).parts:
        raise ValueError(f"`subfolder` must be inside of the model, not {subfolder!r}")
    folder = Path(model)
    if folder.is_dir():
        if revision is not None:
            raise ValueError(f"`revision` {revision!r} is for hub ids; {str(model)!r} is a folder")
    elif isinstance(model, Path) or len(folder.parts) != 2 or model.startswith((".", "~")):
        raise FileNotFoundError(
            f"`model` {str(model)!r} is neither a folder nor a hub id, nor a built-in model"
            f" ({', '.join(BUILTIN_MODELS)})"
        )
    else:
        from huggingface_hub import constants, snapshot_download  # only a download needs it

        download = snapshot_download(
            model,
            revision=revision,
            token=token,
            cache_dir=cache_dir,
            # Offline, some releases ask the hub for a commit's list of files, which then fails.
            local_files_only=local_files_only or constants.HF_HUB_OFFLINE,
            allow_patterns=[f"{subfolder}/{name}" if subfolder else name for name in files],
        )
        folder = Path(download)
    if subfolder and not (folder / subfolder).is_dir():
        raise FileNotFoundError(f"{str(model)!r} has no folder {subfolder!r}")
    return folder / subfolder
