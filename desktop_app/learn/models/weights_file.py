"""A file of weights from anywhere to named tensors. Whatever is in it, nothing of it is run.

A `.pth` is a pickle, and unpickling can run a program. It is only read with torch's own restricted reader
(`weights_only`), after a look at the archive around it: sizes that were made up are refused before anything is
allocated.
"""

from __future__ import annotations

import stat
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from desktop_app.core.errors import BadFile

MAX_PICKLE = 64 * 1024 * 1024
"""Bytes of the names and shapes in a `.pth`; those of the largest nets take one megabyte."""
MAX_HEADER = 100 * 1024 * 1024
"""Bytes of a `.safetensors` header, as the format itself demands."""
LEGACY = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."
"""How files of torch.save began before 2020; many of torchvision's still do."""
WRAPPERS = ("state_dict", "model_state_dict", "model", "net", "weights")
"""Where checkpoints of training programs keep the weights."""
PREFIXES = ("module.", "_orig_mod.", "model.", "net.")
"""What wrappers of a network put before the names of all of its weights."""

_SAVE = "save it anew with torch.save(model.state_dict(), FILE), and add that file"


@dataclass(frozen=True, eq=False)
class State:
    """tensors: dense, on the CPU, in the file's order; large ones are only read when they are used.

    versions: what torch keeps about the layouts of modules, or None where the file says nothing.
    """

    tensors: dict[str, Tensor]
    versions: Any = None


def look_at(file: Path) -> None:
    """Quickly, whether this can be a file of weights. Raises BadFile with one sentence that says what to do."""
    _kind_of(file)


def read_state(file: Path) -> State:
    """Raises BadFile with one sentence that names the file and says what to do."""
    kind, size = _kind_of(file)
    return _checked(_read_safetensors(file) if kind == "safetensors" else _load(file, mapped=kind == "zip"), file, size)


def _kind_of(file: Path) -> tuple[str, int]:
    """And its size, bytes."""
    start, size = _start(file)
    kind = _kind(start, size)
    safe = file.suffix.lower() == ".safetensors"
    if kind is None:
        _refuse(file, _foreign(start))
    if kind == "safetensors" and not safe:
        _refuse(file, "is a .safetensors file with another name: give it that ending, and add it again")
    if kind != "safetensors" and safe:
        _refuse(file, "is a file of torch.save and no .safetensors: let its name end in .pth, and add it again")
    if kind == "safetensors" and struct.unpack("<Q", start[:8])[0] > min(MAX_HEADER, size - 8):
        _refuse(file, "is damaged or incomplete (its header is longer than the file): copy or download it again")
    if kind == "zip":
        _check_archive(file, size)
    return kind, size


def _start(file: Path) -> tuple[bytes, int]:
    try:
        status = file.stat()
        if not stat.S_ISREG(status.st_mode):
            _refuse(file, "is no regular file: choose a .pth, .pt or .safetensors file")
        with file.open("rb") as stream:
            return stream.read(64), status.st_size
    except FileNotFoundError as error:
        raise BadFile(f"{file.name} was not found: check its name and folder.") from error
    except (OSError, ValueError) as error:
        raise BadFile(f"{file.name} cannot be read: check its permissions, or copy it to another place.") from error


def _kind(start: bytes, size: int) -> str | None:
    if start.startswith(b"PK\x03\x04"):
        return "zip"
    if start.startswith(LEGACY):
        return "legacy"
    if len(start) >= 10 and start[8:9] == b"{" and size > 8:
        return "safetensors"
    return None


def _foreign(start: bytes) -> str:
    """What to say about a file that is neither."""
    text = start.lstrip().lower()
    if not start:
        return "is empty: copy or download it again"
    if text.startswith((b"<!doctype", b"<html")):
        return "is a web page: the download led to another address, download the file itself"
    if text.startswith(b"version https://git-lfs"):
        return "is only a pointer to a large file (Git LFS): fetch the file itself, and add that"
    if start.startswith((b"\x89HDF", b"\x08")):
        return f"is of another program than PyTorch: open the network in PyTorch, and {_SAVE}"
    if start.startswith(b"\x80"):
        return f"is a Python pickle, which could run a program when it is opened: {_SAVE}"
    return "holds no weights of PyTorch, or is damaged: copy or download it again, or choose a .pth or .safetensors"


def _read_safetensors(file: Path) -> dict[str, Tensor]:
    try:
        return load_file(file)
    except (SafetensorError, KeyError, ValueError, RuntimeError, MemoryError, OSError) as error:
        raise BadFile(f"{file.name} is damaged or incomplete: copy or download it again.") from error


def _check_archive(file: Path, size: int) -> None:
    """Looks at the zip's list of contents: what torch.save writes, and nothing that unfolds."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error) as error:
        raise BadFile(f"{file.name} is damaged or incomplete: copy or download it again.") from error
    names = [entry.filename for entry in entries]
    inside = {name.partition("/")[2] for name in names}
    if any(name.startswith("code/") for name in inside) or {"constants.pkl", "data.pkl"} <= inside:
        _refuse(file, f"is a TorchScript archive, which holds a program: load it where it comes from, and {_SAVE}")
    if "data.pkl" not in inside:
        _refuse(file, "is a zip without weights of PyTorch: unpack it first, or choose a .pth or .safetensors file")
    if any(entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 1 for entry in entries):
        _refuse(file, f"is packed in a way that torch.save never does: {_SAVE}")
    pickled = max(entry.file_size for entry in entries if entry.filename.endswith("data.pkl"))
    if sum(entry.file_size for entry in entries) > size or pickled > MAX_PICKLE:
        _refuse(file, "announces more than it holds: copy or download it again from a source that you trust")


def _load(file: Path, *, mapped: bool) -> Any:
    try:
        return torch.load(file, map_location="cpu", weights_only=True, mmap=mapped)
    except Exception as error:  # a damaged pickle can raise nearly everything
        reason = str(error)
        if "weights_only" in reason or "Weights only" in reason:
            raise BadFile(
                f"{file.name} holds more than weights, and that could run a program when it is opened: {_SAVE}."
            ) from error
        raise BadFile(f"{file.name} is damaged or incomplete: copy or download it again.") from error


def _checked(found: Any, file: Path, size: int) -> State:
    tensors = _weights_in(found)
    if not tensors:
        _refuse(file, f"holds no named weights of a network: {_SAVE}")
    wrong = next((name for name, value in tensors.items() if not _is_plain(value)), None)
    if wrong is not None:
        _refuse(file, f"has {wrong!r:.60} among its weights, which is no plain tensor (quantized?): {_SAVE}")
    if sum(value.numel() * value.element_size() for value in tensors.values()) > 2 * size:
        _refuse(file, "announces more than it holds: copy or download it again from a source that you trust")
    broken = next((name for name, value in tensors.items() if not _is_finite(value)), None)
    if broken is not None:
        _refuse(file, f"holds weights that are not numbers (in {broken!r:.60}): take a checkpoint of earlier training")
    return State(_without_prefix(tensors), getattr(found, "_metadata", None))


def _weights_in(found: Any) -> dict[str, Any]:
    """The state dict, also out of a checkpoint; {} where there is none."""
    for _ in range(2):
        if not isinstance(found, Mapping):
            return {}
        inner = next((found[key] for key in WRAPPERS if isinstance(found.get(key), Mapping)), None)
        if inner is None:
            break
        found = inner
    if not all(isinstance(name, str) for name in found) or not any(isinstance(v, Tensor) for v in found.values()):
        return {}
    return {name: value for name, value in found.items() if name != "n_averaged"}


def _is_plain(value: Any) -> bool:
    return (
        isinstance(value, Tensor)
        and value.layout == torch.strided
        and value.device.type == "cpu"
        and not value.is_quantized
        and not value.is_complex()
    )


def _is_finite(value: Tensor) -> bool:
    """Sum and not `isfinite`: no second copy of the tensor."""
    return not value.is_floating_point() or bool(torch.isfinite(value.sum(dtype=torch.float64)))


def _without_prefix(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    while prefix := next((one for one in PREFIXES if all(name.startswith(one) for name in tensors)), None):
        tensors = {name.removeprefix(prefix): value for name, value in tensors.items()}
    return tensors


def _refuse(file: Path, why: str) -> NoReturn:
    raise BadFile(f"{file.name} {why}.")
