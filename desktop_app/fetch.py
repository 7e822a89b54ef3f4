"""Downloads torchvision's official weights: the only module that speaks to the network, and no window imports it."""

from __future__ import annotations

import socket
import sys
import tempfile
from pathlib import Path

import torch.hub

from desktop_app.core.errors import UserError
from desktop_app.core.model.removal import HIDDEN
from desktop_app.learn.models.catalogue import Official

PATIENCE = 30.0
"""Seconds without a byte after which the network counts as gone."""


def download(official: Official, folder: Path) -> tempfile.TemporaryDirectory[str]:
    """A hidden folder in `folder`, on the same disk, with the file in it: its SHA-256 begins as its name says.

    Whoever gets it cleans it up. Raises UserError, and leaves nothing then.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        place = tempfile.TemporaryDirectory(prefix=f"{HIDDEN}download-", dir=folder)
    except OSError as error:
        raise UserError(f"{folder} cannot be written to: {error.strerror}. Choose another with --out.") from error
    print(f"{official.url} ({official.megabytes:,.0f} MB)", file=sys.stderr, flush=True)
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(PATIENCE)
    try:
        torch.hub.download_url_to_file(official.url, str(Path(place.name, official.file)), official.prefix)
    except BaseException as error:
        place.cleanup()
        if isinstance(error, OSError):  # no network, no such address, a time-out, or no room
            raise UserError(
                f"{official.file} could not be downloaded ({error}). Check the network and the room on the disk, or "
                f"download {official.url} elsewhere and use `convlens add-model`."
            ) from error
        if isinstance(error, RuntimeError):  # the hash
            raise UserError(f"{official.file} arrived damaged or changed: try again.") from error
        raise
    finally:
        socket.setdefaulttimeout(before)
    return place
