"""The file of a session, `.convlens`: a zip of session.json (drawing, model, settings) and the picture as it was given.

Nothing in it is executed or unpickled, and what it unpacks to is limited before it is read.
"""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from desktop_app.core.drawing.strokes import Drawing
from desktop_app.core.errors import BadFile
from desktop_app.core.files import write_atomically
from desktop_app.core.forward.spot import Spot
from desktop_app.core.settings import Settings

SUFFIX = ".convlens"
_LARGEST = 256 * 1024 * 1024
_KINDS = ("drawings", "photos")


@dataclass(frozen=True)
class Looking:
    """page: the one that is open below the network, or nothing.  spot: the number that it is about."""

    page: str = ""
    spot: Spot | None = None


@dataclass(frozen=True, eq=False)
class SavedSession:
    """photo: the picture's encoded bytes; kind: which of the two sources is shown.

    looking: None where the file does not say.
    """

    drawing: Drawing
    kind: Literal["drawings", "photos"]
    model: str
    settings: Settings
    photo: bytes | None = None
    photo_name: str = ""
    looking: Looking | None = None


def pack(session: SavedSession) -> bytes:
    data = {
        "format": 1,
        "drawing": session.drawing.to_json(),
        "kind": session.kind,
        "model": session.model,
        "settings": session.settings.to_json(),
        "photo": session.photo_name,
    }
    if session.looking is not None:
        spot = session.looking.spot
        data |= {"page": session.looking.page, "spot": [spot.position, *spot.index] if spot else []}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("session.json", json.dumps(data))
        if session.photo is not None:
            archive.writestr("photo", session.photo, zipfile.ZIP_STORED)
    return stream.getvalue()


def save_session(session: SavedSession, file: Path) -> None:
    """Raises UserError when the file cannot be written; an older one then stays as it was."""
    write_atomically(file, pack(session))


def open_session(file: Path) -> SavedSession:
    """Raises BadFile with one sentence that says what is wrong."""
    try:
        with zipfile.ZipFile(file) as archive:
            if sum(item.file_size for item in archive.infolist()) > _LARGEST:
                raise BadFile(f"{file.name} is too large to be a ConvLens session.")
            data: Any = json.loads(archive.read("session.json"))
            photo = archive.read("photo") if "photo" in archive.namelist() else None
        if data["format"] != 1:
            raise BadFile(f"{file.name} was saved by a newer ConvLens. Update ConvLens to open it.")
        if data["kind"] not in _KINDS:
            raise ValueError("unknown kind of source")
        return SavedSession(
            drawing=Drawing.from_json(data["drawing"]),
            kind=data["kind"],
            model=str(data["model"]),
            settings=Settings.from_json(data["settings"]),
            photo=photo,
            photo_name=str(data["photo"]),
            looking=_looking(data["page"], data["spot"]) if "page" in data else None,
        )
    except OSError as error:
        raise BadFile(f"{file.name} cannot be read: {error.strerror or error}.") from error
    except BadFile as error:
        raise BadFile(str(error) if file.name in str(error) else f"{file.name} is damaged: {error}.") from error
    except Exception as error:  # zipfile, zlib and json fail in a dozen ways on a damaged file; all mean the same
        raise BadFile(f"{file.name} is no ConvLens session, or it is damaged. Open a {SUFFIX} file.") from error


def _looking(page: str, numbers: list[int]) -> Looking:
    if not numbers:
        return Looking(str(page))
    position, *index = (int(number) for number in numbers)
    return Looking(str(page), Spot(position, tuple(index)))
