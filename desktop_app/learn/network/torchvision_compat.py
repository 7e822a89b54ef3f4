"""Makes `import torchvision` work beside a CPU build of torch, and beside a living window."""

from __future__ import annotations

import sys
import threading
from contextlib import nullcontext
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch

from desktop_app.learn.preload import gently


def torchvision_models() -> Any:
    """The module torchvision.models. The first import takes a second; a window goes on painting meanwhile."""
    alone = "torchvision" in sys.modules or threading.current_thread() is threading.main_thread()
    with nullcontext() if alone else gently():
        make_importable()
        from torchvision import models
    return models


def make_importable() -> None:
    """Call before the first `import torchvision`; harmless where nothing is amiss or no torchvision is installed.

    A torchvision that was built for CUDA cannot load its operators beside a CPU torch, and then fails to import
    because it describes two that were never declared ("operator torchvision::nms does not exist", pytorch #157648).
    Declaring them mends everything but non-maximum suppression itself, which this app does not use.
    """
    spec = find_spec("torchvision")
    if spec is None or spec.origin is None or hasattr(torch.ops.torchvision, "nms"):
        return
    library = next((file for file in Path(spec.origin).parent.glob("_C.*") if file.suffix in (".so", ".pyd")), None)
    if library is not None:
        try:
            torch.ops.load_library(str(library))  # type: ignore[no-untyped-call]
        except OSError:
            pass  # the mismatch above
        else:
            return
    for name in ("nms", "qnms"):
        torch.library.define(f"torchvision::{name}", "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
