"""What a replay shows at a moment, out of a stored trace."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from desktop_app.core.arithmetic.operations import (
    AdaptivePool,
    BatchNorm,
    Combine,
    Concat,
    Conv,
    Dense,
    Given,
    LayerNorm,
    Move,
    Pointwise,
    Pool,
    Softmax,
)
from desktop_app.core.forward.layout import as_maps
from desktop_app.core.forward.request import MapView
from desktop_app.core.forward.trace import Trace
from desktop_app.core.maps.mosaic import Mosaic
from desktop_app.core.replay import boxes
from desktop_app.core.replay.acts import Act, Blend, Commit, Fade, Reveal, Rise, Sums
from desktop_app.core.replay.boxes import Boxes
from desktop_app.core.replay.scene import Pixels, Scene, Shown
from desktop_app.core.replay.timeline import Moment


class Pictures:
    """Acts are made when their stage's turn comes, and kept."""

    def __init__(self, trace: Trace, mosaics: Sequence[Mosaic | None], view: MapView, cover: int) -> None:
        """mosaics: of the trace, as they were made for this view; None for what is not on screen.

        cover: colour of what is not computed yet.
        """
        self._scene = Scene(trace, mosaics, view, cover)
        self._acts: dict[int, Act] = {}

    def at(self, moment: Moment) -> Shown:
        """The stage that is under way. Those before it are complete, those after it covered."""
        if moment.progress >= 1:
            trace = self._scene.trace
            return Shown(None, (), trace.outputs[moment.position] if moment.position >= len(trace.stages) - 2 else None)
        act = self._acts.get(moment.position)
        if act is None:
            act = self._acts[moment.position] = _act(self._scene, moment.position)
        return act(moment.progress)

    def covered(self, position: int) -> Pixels:
        """A stage before its turn, if it is on screen; the same array every time."""
        return self._scene.covered(position)


def _act(scene: Scene, position: int) -> Act:
    trace = scene.trace
    stage, operation = trace.stages[position], trace.operations[position]
    sources = [trace.stages[source] for source in stage.sources]
    reads_maps = all(each.is_maps and each.grid is None for each in (stage, *sources)) and len(sources) == 1
    if not scene.drawn(position) and not isinstance(operation, Dense | Softmax):
        return _unseen
    same_shape = len(sources) == 1 and sources[0].shape == stage.shape
    match operation:
        case Given():
            return Fade(scene, position)
        case Conv() | Pool() | AdaptivePool() if reads_maps and stage.maps[1:] != (1, 1):
            return _together(scene, position, boxes.windows(trace, position, operation))
        case Pool() | AdaptivePool() if sources[0].is_maps and stage.maps == (sources[0].maps[0], 1, 1):
            return _one_by_one(scene, position, boxes.whole_map(trace, position))
        case Pointwise(function="ReLU") if same_shape and not trace.factors.at(position):
            return Rise(scene, position, trace.outputs[stage.sources[0]])
        case Pointwise() | BatchNorm() | LayerNorm() if same_shape:
            return Blend(scene, position, trace.outputs[stage.sources[0]])
        case Dense() if len(stage.shape) == 1 and len(sources) == 1 and len(sources[0].shape) == 1:
            return Sums(scene, position, operation)
        case Softmax() if len(stage.shape) == 1:
            return Commit(scene, position, operation.temperature)
        case Combine() if stage.is_maps and stage.maps[1:] != (1, 1):
            return _together(scene, position, boxes.same_place(trace, position))
        case Combine():
            return _one_by_one(scene, position, boxes.same_unit(trace, position))
        case Move() if len(sources) == 1:
            return _one_by_one(scene, position, boxes.moved(trace, position, operation))
        case Concat():
            return _one_by_one(scene, position, boxes.joined(trace, position, operation))
    if stage.is_maps and stage.maps[1:] != (1, 1):
        return _together(scene, position, boxes.nothing)
    return _one_by_one(scene, position, boxes.nothing)


def _unseen(_progress: float) -> Shown:
    """Of a stage that is not on screen."""
    return Shown(None)


def _together(scene: Scene, position: int, where: Boxes) -> Act:
    """All maps fill at once, each in reading order."""
    count, height, width = scene.trace.stages[position].maps
    order = np.arange(height * width, dtype=np.int32).reshape(1, height, width)
    return Reveal(scene, position, np.broadcast_to(order, (count, height, width)), height * width, where)


def _one_by_one(scene: Scene, position: int, where: Boxes) -> Act:
    """Number after number in reading order, so that one map fills after the other."""
    stage = scene.trace.stages[position]
    count = int(np.prod(stage.shape))
    order = np.arange(count, dtype=np.int32).reshape(stage.shape)
    return Reveal(scene, position, as_maps(stage, order), count, where)
