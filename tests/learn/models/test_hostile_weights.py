"""Files that are not what they seem: one sentence that names the file and says what to do, and nothing is run."""

from __future__ import annotations

import json
import os
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from desktop_app.core.errors import BadFile
from desktop_app.learn.models.add import examine
from desktop_app.learn.models.weights_file import read_state

GOOD: dict[str, Tensor] = {"fc.weight": torch.ones(3, 4), "fc.bias": torch.zeros(3)}


class Canary:
    """Unpickled by a careless reader, it makes a folder."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.place),)


def packed(file: Path, entries: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> None:
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)


def unpacked(value: Any, folder: Path) -> dict[str, bytes]:
    torch.save(value, folder / "whole.pt")
    with zipfile.ZipFile(folder / "whole.pt") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_huge_storage(file: Path) -> None:
    """A hundred numbers that claim to be a hundred thousand million."""
    entries = unpacked({"fc.weight": torch.ones(100)}, file.parent)
    pickled = next(name for name in entries if name.endswith("data.pkl"))
    assert b"Kd" in entries[pickled]
    entries[pickled] = entries[pickled].replace(b"Kd", b"\x8a\x05" + (10**11).to_bytes(5, "little"))
    packed(file, entries)


def truncated(file: Path) -> None:
    torch.save(GOOD, file)
    file.write_bytes(file.read_bytes()[:-200])


def truncated_legacy(file: Path) -> None:
    torch.save({"fc.weight": torch.ones(100, 100)}, file, _use_new_zipfile_serialization=False)
    file.write_bytes(file.read_bytes()[:-200])


def torchscript(file: Path) -> None:
    packed(file, {"m/data.pkl": b"x", "m/constants.pkl": b"x", "m/code/__torch__.py": b"class M: pass"})


def safetensors_header(file: Path, length: int, header: bytes) -> None:
    file.write_bytes(struct.pack("<Q", length) + header)


def beyond_the_end(file: Path) -> None:
    header = json.dumps({"a": {"dtype": "F32", "shape": [10**9], "data_offsets": [0, 4 * 10**9]}}).encode()
    safetensors_header(file, len(header), header + b"\0" * 64)


Make = Callable[[Path], object]
BROKEN: dict[str, tuple[str, Make, str]] = {
    "empty": ("a.pth", lambda f: f.write_bytes(b""), "is empty: copy or download it again"),
    "noise": ("a.pth", lambda f: f.write_bytes(b"\x07" * 999), "no weights of PyTorch, or is damaged"),
    "a web page": ("a.pth", lambda f: f.write_text("<!DOCTYPE html><html>"), "is a web page: the download"),
    "a pointer": ("a.pth", lambda f: f.write_text("version https://git-lfs.github.com/spec/v1"), "Git LFS"),
    "truncated": ("a.pth", truncated, "damaged or incomplete: copy or download it again"),
    "truncated, old format": ("a.pth", truncated_legacy, "damaged or incomplete: copy or download it again"),
    "a whole module": ("a.pth", lambda f: torch.save(nn.Linear(2, 2), f), "more than weights.*state_dict"),
    "a whole module, old format": (
        "a.pth",
        lambda f: torch.save(nn.Linear(2, 2), f, _use_new_zipfile_serialization=False),
        "more than weights.*state_dict",
    ),
    "torchscript": ("a.pt", torchscript, "TorchScript archive, which holds a program"),
    "another zip": ("a.pth", lambda f: packed(f, {"readme.txt": b"hello"}), "zip without weights"),
    "a zip that unfolds": (
        "a.pth",
        lambda f: packed(f, {"a/data.pkl": b"x", "a/data/0": b"\0" * 10**6}, zipfile.ZIP_DEFLATED),
        "torch.save never does",
    ),
    "a huge storage": ("a.pth", with_huge_storage, "damaged or incomplete|announces more"),
    "a tensor expanded": (
        "a.pth",
        lambda f: torch.save({"fc.weight": torch.ones(1).expand(10**9)}, f),
        "announces more than it holds",
    ),
    "not a number": ("a.pth", lambda f: torch.save({"fc.weight": torch.full((3, 4), torch.nan)}, f), "not numbers"),
    "endless": ("a.pth", lambda f: torch.save({"fc.weight": torch.tensor([1.0, -torch.inf])}, f), "not numbers"),
    "no weights": ("a.pth", lambda f: torch.save([1, 2], f), "no named weights"),
    "numbers for weights": ("a.pth", lambda f: torch.save({"epoch": 3}, f), "no named weights"),
    "a mixture": ("a.pth", lambda f: torch.save({"fc.weight": torch.ones(2), "epoch": 3}, f), "'epoch'.*no plain"),
    "sparse": ("a.pth", lambda f: torch.save({"w": torch.eye(3).to_sparse()}, f), "'w'.*no plain tensor"),
    "meta": ("a.pth", lambda f: torch.save({"w": torch.empty(10**9, device="meta")}, f), "'w'.*no plain tensor"),
    "a zip called safetensors": (
        "a.safetensors",
        lambda f: torch.save(GOOD, f),
        "no .safetensors: let its name end in .pth",
    ),
    "safetensors called pth": ("a.pth", lambda f: save_file(GOOD, f), "give it that ending"),
    "a header longer than the file": (
        "a.safetensors",
        lambda f: safetensors_header(f, 2**62, b"{}" + b" " * 40),
        "header is longer than the file",
    ),
    "a header that is no JSON": (
        "a.safetensors",
        lambda f: safetensors_header(f, 40, b"{" * 40),
        "damaged or incomplete",
    ),
    "tensors beyond the end": ("a.safetensors", beyond_the_end, "damaged or incomplete"),
    "half a safetensors": (
        "a.safetensors",
        lambda f: (save_file(GOOD, f), f.write_bytes(f.read_bytes()[:-8])),
        "damaged or incomplete",
    ),
    "no architecture of torchvision's": ("a.pth", lambda f: torch.save(GOOD, f), "fits none of"),
    "another net's name": ("resnet50_mine.pth", lambda f: torch.save(GOOD, f), "called resnet50, but its weights"),
    "a name with another hash": ("resnet50-11ad3fa6.pth", lambda f: torch.save(GOOD, f), "SHA-256.*Download it again"),
    "official, but quantized": (
        "resnet50_fbgemm-23753f79.pth",
        lambda f: torch.save(GOOD, f),
        "quantized.*without quantization",
    ),
    "a picture": ("a.jpg", lambda f: f.write_bytes(b"\xff\xd8"), "no file of weights"),
    "not there": ("a.pth", lambda f: None, "was not found"),
}


@pytest.mark.parametrize(("name", "make", "words"), BROKEN.values(), ids=BROKEN)
def test_a_wrong_file_is_one_sentence_that_says_what_to_do(name: str, make: Make, words: str, tmp_path: Path) -> None:
    file = tmp_path / name
    make(file)
    with pytest.raises(BadFile, match=words) as caught:
        list(examine(file))
    message = str(caught.value)
    assert message.startswith(name) and "\n" not in message and len(message) < 330


@pytest.mark.parametrize("new", [True, False], ids=["zip", "old format"])
@pytest.mark.parametrize("bare", [True, False], ids=["alone", "among weights"])
def test_a_program_hidden_in_a_file_is_not_run(new: bool, bare: bool, tmp_path: Path) -> None:
    canary = Canary(tmp_path / "canary")
    file = tmp_path / "crafted.pth"
    torch.save(canary if bare else {**GOOD, "x": canary}, file, _use_new_zipfile_serialization=new)
    with pytest.raises(BadFile, match=r"crafted\.pth holds more than weights, and that could run a program"):
        list(examine(file))
    assert not canary.place.exists()


def test_nor_one_in_a_plain_pickle(tmp_path: Path) -> None:
    """Protocol 0 by hand: `os.mkdir(place)`."""
    file = tmp_path / "crafted.pth"
    for start in (b"", b"\x80\x04"):
        file.write_bytes(start + f"cos\nmkdir\n(V{tmp_path / 'canary'}\ntR.".encode())
        with pytest.raises(BadFile):
            list(examine(file))
    assert not (tmp_path / "canary").exists()


@pytest.mark.parametrize(
    "wrapped",
    [
        GOOD,
        {"state_dict": GOOD, "epoch": 3, "optimizer": {"lr": 0.1}},
        {"model": {f"module.{name}": value for name, value in GOOD.items()}},
        {f"_orig_mod.module.{name}": nn.Parameter(value) for name, value in GOOD.items()},
    ],
    ids=["plain", "checkpoint", "data parallel", "compiled"],
)
@pytest.mark.parametrize("new", [True, False], ids=["zip", "old format"])
def test_weights_are_found_in_all_common_wrappings(wrapped: Any, new: bool, tmp_path: Path) -> None:
    torch.save(wrapped, tmp_path / "a.pt", _use_new_zipfile_serialization=new)
    found = read_state(tmp_path / "a.pt").tensors
    assert list(found) == list(GOOD)
    assert all(torch.equal(found[name], GOOD[name]) for name in GOOD)
