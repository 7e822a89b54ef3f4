"""A model as an ONNX file, kept only if ONNX Runtime's logits are torch's.

Needs the optional packages onnx and onnxruntime. Why torch's older exporter: docs/decisions/0012.
"""

from __future__ import annotations

import json
import secrets
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from desktop_app import __version__
from desktop_app.core.errors import UserError
from desktop_app.core.model.card import ModelCard, input_data
from desktop_app.learn.models.onnx_pools import with_fixed_pools
from desktop_app.learn.network.load import load

Floats = NDArray[np.float32]

OPSET = 17
"""Version of ONNX's operators: ONNX Runtime has known it since 2022."""
TOLERANCE = 1e-4
"""By which logits may differ, as a share of the largest one: a hundred times what other orders of summing cause."""
MAX_BYTES = 2_000_000_000
"""An ONNX file is one message of protobuf, which can be no larger than 2 GiB."""


@dataclass(frozen=True)
class Step:
    """What is being done now."""

    phase: Literal["writing", "comparing"]


@dataclass(frozen=True)
class Proof:
    """The largest difference between the two programs' logits, and the largest logit, over all inputs."""

    file: Path
    inputs: int
    difference: float
    largest: float


def missing() -> str | None:
    """What to do where a package is missing, else None."""
    absent = " and ".join(name for name in ("onnx", "onnxruntime") if find_spec(name) is None)
    if not absent:
        return None
    return (
        f"ONNX export needs {absent}, which the installer leaves out: with Python, run "
        '`pip install "convlens[onnx]"`, and start ConvLens from there.'
    )


def export(card: ModelCard, file: Path, inputs: Sequence[Floats] = ()) -> Iterator[Step | Proof]:
    """Writes the file and proves it; ends with the proof. A file that was there before stays until then.

    inputs: (C, H, W), prepared as the model reads them, to be compared beside those made here.
    Raises UserError; then, or if the iterator is closed before its end, nothing is left.
    """
    if (sentence := missing()) is not None:
        raise UserError(sentence)
    if 4 * card.weight_count > MAX_BYTES:
        raise UserError(
            f"{card.title} is too large for an ONNX file, which holds two gigabytes: choose a smaller model."
        )
    yield Step("writing")
    beside = file.with_name(f".{file.name}-{secrets.token_hex(4)}")
    try:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            _write(with_fixed_pools(load(card), card.preprocessing.shape), card, beside)
            yield Step("comparing")
            proof = _compared(load(card), card, beside, file, [*_made_up(card), *inputs])
            beside.replace(file)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise UserError(f"{file} could not be written: {error.strerror}. Save it in another place.") from error
    yield proof


def _write(net: nn.Module, card: ModelCard, file: Path) -> None:
    try:
        with _undisturbed():
            torch.onnx.export(
                net,
                (torch.zeros(1, *card.preprocessing.shape),),
                str(file),
                dynamo=False,
                opset_version=OPSET,
                input_names=["input"],
                output_names=["logits"],
                dynamic_axes={"input": {0: "batch"}, "logits": {0: "batch"}},
            )
    except OSError:
        raise
    except Exception as error:  # an operator that ONNX has not, mostly
        reason = str(error).splitlines()[0].partition(". ")[0]
        raise UserError(f"{card.title} cannot be written as ONNX ({reason:.200}): choose another model.") from error
    import onnx

    notes = {"title": card.title, "description": card.description, "licence": card.licence, **_how_to_use(card)}
    entries = [onnx.StringStringEntryProto(key=key, value=value) for key, value in notes.items()]
    with file.open("ab") as stream:  # two protobuf messages behind each other are one with the fields of both
        stream.write(onnx.ModelProto(metadata_props=entries).SerializeToString())


def _how_to_use(card: ModelCard) -> dict[str, str]:
    return {
        "input": "a batch (N, channels, height, width), float32, prepared as stated under preprocessing: resized, "
        "cropped, divided by 255, less mean, divided by std",
        "output": "logits (N, classes); softmax of logits / temperature gives probabilities",
        "preprocessing": json.dumps(input_data(card.preprocessing)),
        "classes": json.dumps(card.classes, ensure_ascii=False),
        "temperature": str(card.temperature),
        "made_by": f"ConvLens {__version__}",
    }


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Attention is taken apart into operators that ONNX has; and no warnings."""
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)


def _made_up(card: ModelCard) -> list[Floats]:
    """Noise, twice; nothing; and colours that run into each other, as in a photo."""
    shape = card.preprocessing.shape
    rng = np.random.default_rng(0)
    rows, columns = np.linspace(-2, 2, shape[1])[:, None], np.linspace(-2, 2, shape[2])[None]
    smooth = [np.sin(rows * (channel + 1)) + np.cos(columns * (channel + 2)) for channel in range(shape[0])]
    noise = [rng.standard_normal(shape) for _ in range(2)]
    return [values.astype(np.float32) for values in (*noise, np.zeros(shape), np.stack(smooth))]


def _compared(net: nn.Module, card: ModelCard, written: Path, file: Path, inputs: Sequence[Floats]) -> Proof:
    logits = _runtime(written)
    difference = largest = 0.0
    with torch.inference_mode():
        for start in range(0, len(inputs), 2):  # in twos: the file must take more than one input at a time
            batch = np.stack(inputs[start : start + 2])
            wanted, found = net(torch.from_numpy(batch)).numpy(), logits(batch)
            if found.shape != wanted.shape or not np.isfinite(found).all():
                difference = np.inf
                break
            difference = max(difference, float(np.abs(found - wanted).max()))
            largest = max(largest, float(np.abs(wanted).max()))
    if not difference <= TOLERANCE * max(largest, 1e-3):
        raise UserError(
            f"{card.title} was not saved: ONNX Runtime's logits differ by {difference:.2g} from torch's. Choose "
            "another model, or export with another version of ConvLens."
        )
    return Proof(file, len(inputs), difference, largest)


def _runtime(file: Path) -> Any:
    """The file's network as a function from inputs to logits, both (N, …)."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = torch.get_num_threads()
    try:
        session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the runtime has exceptions of its own, without a common parent
        raise UserError(
            f"The file could not be read by ONNX Runtime ({str(error)[:200]}): choose another model."
        ) from error
    return lambda batch: session.run(["logits"], {"input": batch})[0]
