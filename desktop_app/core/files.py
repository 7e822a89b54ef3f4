"""Writing so that a full disk or a crash leaves the old file whole."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from desktop_app.core.errors import UserError


def write_atomically(file: Path, data: bytes) -> None:
    """Writes beside the file, then puts it in place. Raises UserError; the old file is then untouched."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            Path(name).replace(file)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        reason = error.strerror or str(error)
        raise UserError(f"{file} could not be written: {reason}. Save it in another place.") from error
