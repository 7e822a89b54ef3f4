"""Writing so that a full disk or a crash leaves the old file whole."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path

from desktop_app.core.errors import UserError


def write_atomically(file: Path, data: bytes) -> None:
    """Writes beside the file, then puts it in place. Raises UserError; the old file is then untouched."""
    beside = file.with_name(f".{file.name}-{secrets.token_hex(4)}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            with beside.open("xb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            if file.exists():  # whoever could read or change it still can
                shutil.copymode(file, beside)
            beside.replace(file)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
    except OSError as error:
        reason = error.strerror or str(error)
        raise UserError(f"{file} could not be written: {reason}. Save it in another place.") from error
