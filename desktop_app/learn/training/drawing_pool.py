"""The pool of inputs that a stretch of training runs on: people's drawings, sketches of ours, and unfinished ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.drawing.ink import centre_ink
from desktop_app.core.drawing.raster import rasterise_many
from desktop_app.core.drawing.strokes import Drawing
from desktop_app.core.sketcher import LABELS, sketch, sketch_other
from desktop_app.learn.training.augment import LONGEST, PEN, SIZE, begun, vary, vary_bitmap, vary_pixelled
from desktop_app.learn.training.drawings_data import NONE, Sample

PIXELLED = 0.25
"""Share of the drawings of strokes that come by way of a bitmap, as somebody's file may hold them."""


@dataclass(frozen=True, eq=False)
class Pool:
    """inputs: (N, 32, 32) uint8, 255 is ink. labels: (N,), NONE where it is none of the ten. sureness: (N,) 0..1, how
    much of the target goes to the label, the rest being shared by all ten."""

    inputs: NDArray[np.uint8]
    labels: NDArray[np.int64]
    sureness: NDArray[np.float32]


@dataclass(frozen=True)
class Recipe:
    """How many inputs a class gets, from people and from the sketcher, and how many are none or unfinished."""

    people: int = 3200
    sketched: int = 3200
    none_people: int = 17600
    none_sketched: int = 14400
    unfinished: int = 17600
    at_most: int = 8  # variants of one person's drawing

    def scaled(self, factor: float) -> Recipe:
        """So many inputs of every kind, with as many variants of one drawing as before."""
        counts = {name: round(count * factor) for name, count in asdict(self).items() if name != "at_most"}
        return replace(self, **counts)

    @property
    def total(self) -> int:
        """Inputs in a pool, at most."""
        return len(LABELS) * (self.people + self.sketched) + self.none_people + self.none_sketched + self.unfinished


def build_pool(samples: Sequence[Sample], recipe: Recipe, rng: np.random.Generator) -> Pool:
    """A fresh pool; every call varies every drawing anew."""
    drawings: list[tuple[Drawing, int, float]] = []
    bitmaps: list[tuple[NDArray[np.uint8], int]] = []
    for label in (NONE, *range(len(LABELS))):
        wanted = recipe.none_people if label == NONE else recipe.people
        for sample in _drawn(samples, label, wanted, recipe.at_most, rng):
            if isinstance(sample.drawing, Drawing):
                drawings.append((sample.drawing, label, float(label != NONE)))
            else:
                bitmaps.append((sample.drawing, label))
    for label, name in enumerate(LABELS):
        drawings += [(sketch(name, rng), label, 1.0) for _ in range(recipe.sketched)]
    drawings += [(sketch_other(rng), NONE, 0.0) for _ in range(recipe.none_sketched)]
    drawings += _unfinished(drawings, recipe.unfinished, rng)

    rng.shuffle(drawings)
    drawn = round((1 - PIXELLED) * len(drawings))
    pictures = rasterise_many([vary(drawing, label, rng) for drawing, label, _ in drawings[:drawn]], SIZE, longest=None)
    pixels = [vary_pixelled(drawing, label, rng) for drawing, label, _ in drawings[drawn:]]
    pixels += [vary_bitmap(picture, label, rng) for picture, label in bitmaps]
    inputs = np.concatenate([_bytes(pictures), _bytes(np.array(pixels, np.float32).reshape(-1, SIZE, SIZE))])
    labels = np.array([label for _, label, _ in drawings] + [label for _, label in bitmaps])
    sureness = [sure for _, _, sure in drawings] + [float(label != NONE) for _, label in bitmaps]
    return Pool(inputs, labels, np.array(sureness, np.float32))


def plain_inputs(samples: Sequence[Sample]) -> NDArray[np.uint8]:
    """(N, 32, 32) as the app itself would show these drawings to the model."""
    inputs = np.empty((len(samples), SIZE, SIZE), np.uint8)
    strokes = [number for number, sample in enumerate(samples) if isinstance(sample.drawing, Drawing)]
    inputs[strokes] = _bytes(rasterise_many([samples[n].drawing for n in strokes], SIZE, longest=LONGEST, pen=PEN))  # type: ignore[misc]
    for number, sample in enumerate(samples):
        if not isinstance(sample.drawing, Drawing):
            inputs[number] = _bytes(centre_ink(sample.drawing, SIZE, longest=LONGEST, pen=PEN))
    return inputs


def _drawn(samples: Sequence[Sample], label: int, wanted: int, at_most: int, rng: np.random.Generator) -> list[Sample]:
    """`wanted` samples of one label, every source's share by the root of its size, so that none drowns the others."""
    by_source: dict[str, list[Sample]] = {}
    for sample in samples:
        if sample.label == label:
            by_source.setdefault(sample.source, []).append(sample)
    total = sum(len(group) ** 0.5 for group in by_source.values())
    chosen: list[Sample] = []
    for group in by_source.values():
        count = min(int(wanted * len(group) ** 0.5 / total), at_most * len(group))
        order = np.concatenate([rng.permutation(len(group)) for _ in range(-(-count // len(group)))])[:count]
        chosen += [group[number] for number in order]
    return chosen


_SURE = {"arrow": (0.86, 1.0), "star": (0.8, 1.0), "cross": (0.75, 0.96), "smiley": (0.8, 0.98)}
"""Shares of the ink between which an unfinished drawing becomes what it will be: an arrow only with its last wing."""


def _unfinished(
    drawings: Sequence[tuple[Drawing, int, float]], count: int, rng: np.random.Generator
) -> list[tuple[Drawing, int, float]]:
    """Beginnings of drawings. What is little more than half drawn may become anything; then sureness grows."""
    shapes = [number for number, (_, label, _) in enumerate(drawings) if label != NONE]
    cut: list[tuple[Drawing, int, float]] = []
    for number in rng.choice(shapes, count):
        drawing, label, _ = drawings[number]
        share = rng.uniform(0.08, 0.97)
        begins, ends = _SURE.get(LABELS[label], (0.7, 0.96))
        sure = float(np.clip((share - begins) / (ends - begins), 0, 1))
        cut.append((begun(drawing, share), label, sure))
    return cut


def _bytes(pictures: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.rint(pictures * 255).astype(np.uint8)
