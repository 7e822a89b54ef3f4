"""What a hand does to ideal lines: it drifts, trembles, cuts corners, stops short and overshoots."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from desktop_app.core.drawing.strokes import Drawing, Stroke
from desktop_app.core.sketcher.paths import Path, Rng, dense


@dataclass(frozen=True)
class Hand:
    """One person at one moment with one device; lengths are in units of `paths` (a drawing is about 2 long)."""

    drift: float  # slow wandering off the line
    tremor: float  # fast shaking
    warp: float  # bending of the whole drawing
    rounding: float  # how far corners are cut
    ends: float  # how far ends overshoot or stop short
    slip: float  # how far strokes are set down beside their place
    hooks: float  # chance of a tail where the pen is lifted
    pen: float
    pressure: float  # how much the width varies
    grain: float  # distance of the device's points; 0.02 is a good tablet, 0.2 a slow mouse

    @staticmethod
    def of(rng: Rng) -> Hand:
        """Anybody: from a careful one to one in a hurry, with any device."""
        mess = rng.random() ** 1.5
        shaky = rng.random() < 0.3
        return Hand(
            drift=mess * 0.05,
            tremor=rng.uniform(0.004, 0.018) if shaky else 0.002,
            warp=mess * 0.09,
            rounding=rng.choice([0.0, 0.03, 0.06, 0.12], p=[0.35, 0.3, 0.25, 0.1]),
            ends=mess * 0.09,
            slip=mess * 0.05,
            hooks=rng.choice([0.0, 0.15, 0.5], p=[0.7, 0.2, 0.1]),
            pen=rng.uniform(0.045, 0.095),
            pressure=rng.choice([0.0, 0.25], p=[0.6, 0.4]),
            grain=rng.choice([0.03, 0.06, 0.12, 0.2], p=[0.4, 0.3, 0.2, 0.1]),
        )


def draw(paths: list[Path], hand: Hand, rng: Rng, *, rotation: float = 0.0, aspect: float = 1.0) -> Drawing:
    """The paths as this hand draws them, anywhere on the canvas.

    rotation: largest turn to either side, in turns. aspect: largest factor by which it is stretched either way.
    """
    lines = [_by_hand(dense(points), hand, rng) for points in paths if len(points)]
    if rng.random() < 0.2:
        rng.shuffle(lines)
    flat = _warped(np.concatenate(lines), hand.warp, rng)
    angle = 2 * np.pi * rotation * rng.uniform(-1, 1)
    stretch = np.exp(rng.uniform(-0.5, 0.5) * np.log(aspect))
    flat = flat * (stretch, 1 / stretch)
    flat = flat @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    low, high = flat.min(axis=0), flat.max(axis=0)
    room = 1 - 1.2 * hand.pen
    scale = room * rng.triangular(0.3, 0.75, 1.0) / max(float((high - low).max()), 1e-6)
    slack = room - (high - low) * scale
    corner = hand.pen * 0.6 + slack * rng.beta(2, 2, 2)
    flat = (flat - low) * scale + corner
    strokes: list[Stroke] = []
    start = 0
    for line in lines:
        points = flat[start : start + len(line)].astype(np.float32)
        start += len(line)
        strokes.append(Stroke(points, round(float(hand.pen), 4), _pressure(len(line), hand.pressure, rng)))
    return Drawing(tuple(strokes))


def _by_hand(line: Path, hand: Hand, rng: Rng) -> Path:
    if len(line) < 4:
        return line + rng.normal(0, hand.slip, 2)
    if hand.rounding:
        line = _smooth(line, hand.rounding)
    line = _ends(line, hand, rng)
    count = len(line)
    slow = rng.normal(0, 1, (4 + count // 12, 2))
    at = np.linspace(0, len(slow) - 1, count)
    wander = np.column_stack([np.interp(at, np.arange(len(slow)), slow[:, axis]) for axis in (0, 1)])
    line = line + _smooth(wander, 0.15) * hand.drift + rng.normal(0, 1, line.shape) * hand.tremor
    line = line + rng.normal(0, hand.slip, 2)
    every = max(1, round(hand.grain / 0.04))
    keep = np.arange(0, count, every)
    return line if every == 1 else line[np.append(keep, count - 1) if keep[-1] != count - 1 else keep]


def _ends(line: Path, hand: Hand, rng: Rng) -> Path:
    """Goes on beyond the end, or stops before it; now and then the pen leaves a tail while it is lifted."""
    for _ in range(2):
        line = line[::-1]
        extra = rng.normal(0, hand.ends)
        count = min(abs(round(extra / 0.04)), len(line) // 6)
        if count and extra < 0:
            line = line[:-count]
        elif count:
            ahead = line[-1] - line[-3]
            ahead /= max(float(np.hypot(*ahead)), 1e-9)
            line = np.concatenate([line, line[-1] + ahead * (0.04 * np.arange(1, count + 1))[:, None]])
    if rng.random() < hand.hooks:
        tail = rng.normal(0, 0.07, 2)
        line = np.concatenate([line, line[-1] + tail * np.linspace(0.3, 1, 3)[:, None]])
    return line


def _smooth(line: Path, sigma: float) -> Path:
    """A Gaussian along the line; both ends stay."""
    reach = max(1, round(3 * sigma / 0.04))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) * 0.04 / sigma) ** 2)
    kernel /= kernel.sum()
    padded = np.concatenate([2 * line[0] - line[reach:0:-1], line, 2 * line[-1] - line[-2 : -reach - 2 : -1]])
    if len(padded) != len(line) + 2 * reach:  # a line shorter than the kernel has no corners to cut
        return line
    return np.column_stack([np.convolve(padded[:, axis], kernel, "valid") for axis in (0, 1)])


def _warped(points: Path, amount: float, rng: Rng) -> Path:
    """Bends the plane by a few long waves, and leans and tapers it a little."""
    waves = rng.normal(0, 1, (2, 2)) * 1.5
    phase = rng.uniform(0, 2 * np.pi, 2)
    bent: Path = points + amount * np.sin(points @ waves + phase)
    lean, taper = rng.normal(0, amount, 2)
    x, y = bent[:, 0], bent[:, 1]
    return np.column_stack([x * (1 + taper * y) + lean * y, y])


def _pressure(count: int, amount: float, rng: Rng) -> np.ndarray[tuple[int], np.dtype[np.float32]] | None:
    if not amount:
        return None
    knots = 1 + rng.normal(0, amount, 4)
    knots[[0, -1]] -= amount * rng.random(2)
    width = np.interp(np.linspace(0, 3, count), np.arange(4), knots)
    return np.clip(width, 0.4, 1.6).astype(np.float32)
