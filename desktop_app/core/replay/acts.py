"""How a stage comes about on screen. An act is called with the progress, from 0 on; 1 is the finished stage."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arithmetic.operations import Array, Dense
from desktop_app.core.forward.instant import scaled
from desktop_app.core.forward.trace import answer_of
from desktop_app.core.replay.boxes import Boxes, unit
from desktop_app.core.replay.scene import Pixels, Scene, Shown

Act = Callable[[float], Shown]


def reached(progress: float, count: int) -> int:
    """How many of so many steps are done. The first ones are slow enough to be watched, then they hurry."""
    return int(count * progress * progress)


class Fade:
    """The input shows out of the cover."""

    def __init__(self, scene: Scene, position: int) -> None:
        self._last = _bytes(scene.mosaic(position).pixels)
        self._first = _bytes(scene.covered(position))

    def __call__(self, progress: float) -> Shown:
        mixed = self._first + (self._last - self._first) * np.float32(progress)
        return Shown((mixed + np.float32(0.5)).astype(np.uint8).view(np.uint32)[..., 0])


class Reveal:
    """The finished maps come to light, number by number."""

    def __init__(self, scene: Scene, position: int, order: NDArray[np.int32], count: int, boxes: Boxes) -> None:
        """order: of the stage's maps; in which of `count` steps each number comes, from 0."""
        self._last, self._first = scene.mosaic(position).pixels, scene.covered(position)
        self._order = scene.laid(position, scene.shown(position, order), 0)
        self._count, self._boxes = count, boxes

    def __call__(self, progress: float) -> Shown:
        done = reached(progress, self._count)
        pixels = np.where(self._order < done, self._last, self._first)
        return Shown(pixels, self._boxes(done) if done < self._count else ())


class Blend:
    """Every number goes straight from its source's value to its own."""

    def __init__(self, scene: Scene, position: int, source: Array) -> None:
        self._scene, self._position = scene, position
        self._from: Array = scene.thinned(position, source)
        self._to: Array = scene.thinned(position, scene.trace.outputs[position])

    def __call__(self, progress: float) -> Shown:
        share = np.float32(progress)
        with np.errstate(invalid="ignore", over="ignore"):
            values = self._from * (np.float32(1) - share) + self._to * share
        return Shown(self._scene.coloured(self._position, values))


class Rise:
    """Of a ReLU: a floor rises from the lowest number to zero and takes all with it that are below."""

    def __init__(self, scene: Scene, position: int, source: Array) -> None:
        self._scene, self._position = scene, position
        self._values = scene.thinned(position, source)
        self._lowest = float(source.min(initial=0, where=np.isfinite(source)))

    def __call__(self, progress: float) -> Shown:
        floor = np.float32(self._lowest * (1 - progress))
        return Shown(self._scene.coloured(self._position, np.maximum(self._values, floor)))


class Sums:
    """Of a dense stage: the bias, and one input after the other, times its weight, on top of it."""

    def __init__(self, scene: Scene, position: int, operation: Dense) -> None:
        self._scene, self._position, self._operation = scene, position, operation
        (self._source,) = scene.trace.stages[position].sources
        self._inputs = scene.trace.outputs[self._source]
        self._factors = scene.trace.factors.at(position)

    def __call__(self, progress: float) -> Shown:
        done = int(progress * len(self._inputs))
        sums = scaled(partial_sums(self._operation, self._inputs, done), self._factors)
        pixels = _units(self._scene, self._position, sums)
        return Shown(pixels, (unit(self._scene.trace, self._source, min(done, len(self._inputs) - 1)),), sums)


def partial_sums(operation: Dense, inputs: Array, count: int) -> Array:
    """(out,): bias + the first `count` inputs times their weights."""
    with np.errstate(invalid="ignore", over="ignore"):
        sums: Array = operation.weight[:, :count] @ inputs[:count]
    return sums if operation.bias is None else sums + operation.bias


class Commit:
    """Of the softmax: as if the logits grew from nothing, from even shares to the answer."""

    def __init__(self, scene: Scene, position: int, temperature: float) -> None:
        self._scene, self._position, self._temperature = scene, position, temperature
        (source,) = scene.trace.stages[position].sources
        self._logits = scene.trace.outputs[source]

    def __call__(self, progress: float) -> Shown:
        with np.errstate(invalid="ignore"):  # nothing times infinity
            grown = self._logits * np.float32(progress)
        shares = answer_of(grown, self._temperature).probabilities
        return Shown(_units(self._scene, self._position, shares), (), shares)


def _units(scene: Scene, position: int, numbers: Array) -> Pixels | None:
    """The bars of the answer move also where the stage is not on screen."""
    return scene.coloured(position, scene.thinned(position, numbers)) if scene.drawn(position) else None


def _bytes(pixels: NDArray[np.uint32]) -> Array:
    """(height, width, 4) of a picture's bytes."""
    return np.ascontiguousarray(pixels).view(np.uint8).reshape(*pixels.shape, 4).astype(np.float32)
