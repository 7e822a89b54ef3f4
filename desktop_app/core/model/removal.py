"""A model of one's own is removed: its folder, and nothing else."""

from __future__ import annotations

import secrets
import shutil

from desktop_app.core.errors import UserError
from desktop_app.core.model.card import ModelCard
from desktop_app.core.paths import own_models_folder

HIDDEN = ".convlens-"
"""How folders begin that are being written, or on their way out. What else is hidden beside models is not ours."""


def is_own(card: ModelCard) -> bool:
    """Whether the model lies in the person's own folder, and did not come with ConvLens."""
    return card.weights_file.parent.parent == own_models_folder()


def remove_model(card: ModelCard) -> None:
    """Deletes the model's folder at once or not at all. Raises UserError, also for a model that is not one's own."""
    folder = card.weights_file.parent
    if not is_own(card):
        raise UserError(f"{card.title} came with ConvLens and cannot be removed.")
    try:
        if folder.is_symlink():  # what it leads to is somebody else's
            folder.unlink()
            return
        gone = folder.with_name(f"{HIDDEN}removed-{secrets.token_hex(4)}")
        folder.rename(gone)
    except FileNotFoundError:
        return
    except OSError as error:
        raise UserError(
            f"{folder} could not be removed ({error.strerror}). Close what uses it and try again."
        ) from error
    shutil.rmtree(gone, ignore_errors=True)  # a file that another program holds stays, but no longer as a model
