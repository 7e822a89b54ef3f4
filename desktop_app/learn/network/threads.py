"""How many of torch's threads a network is worth.

A layer is shared out between threads and all of them wait for the last. That pays for wide layers (resnet50: 76
million multiplications a layer) and costs time in narrow ones (mobilenet_v3_large: 3 million): there a second thread
mostly waits, and where something else is running, as a window is, for as long as a slice of the system's time.
Torchvision's networks lie well apart: the narrow families below 6 million a layer, all others above 20.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import torch

from desktop_app.core.arithmetic.operations import Conv, Dense, Operation
from desktop_app.core.forward.trace import Stage

WORTH_IT = 12_000_000
"""Multiplications of an average layer from which on several threads are faster."""
_ALL = torch.get_num_threads()
"""The machine's cores, or what OMP_NUM_THREADS allows."""


def threads_for(stages: Sequence[Stage], operations: Sequence[Operation]) -> int:
    """operations: one for each of the stages. On more than two cores one is left to the window."""
    work = [
        operation.weight.size * prod(stage.shape) // len(operation.weight)
        for stage, operation in zip(stages, operations, strict=True)
        if isinstance(operation, Conv | Dense)
    ]
    wide = bool(work) and sum(work) / len(work) >= WORTH_IT
    return min(_ALL, max(2, _ALL - 1)) if wide else 1


def use(threads: int) -> None:
    """From now on in the calling thread: OpenMP remembers the number for each."""
    if torch.get_num_threads() != threads:
        torch.set_num_threads(threads)
