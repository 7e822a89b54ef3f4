"""Drawings and photos for the proof, made out of nothing, with what they must be taken for where that is certain."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

DRAWN = {"circle": 48, "square": 4, "triangle": 3}
"""Shapes, by how many corners they are drawn with."""


def outline(corners: int) -> list[tuple[float, float]]:
    """In 0..1, closed."""
    turns = [2 * math.pi * (index / corners + (0.125 if corners == 4 else 0)) for index in range(corners + 1)]
    return [(0.5 + 0.36 * math.sin(turn), 0.5 - 0.36 * math.cos(turn)) for turn in turns]


def strokes(folder: Path) -> Path:
    """For `classify-drawings`."""
    file = folder / "drawings.jsonl"
    lines = [{"strokes": [outline(corners)], "label": label} for label, corners in DRAWN.items()]
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    return file


def pictures(folder: Path) -> list[Path]:
    """Drawings on paper as PNG, and two photos as JPEG and WebP: a fruit on a plate, and grain."""
    made = []
    for label, corners in DRAWN.items():
        paper = Image.new("RGB", (420, 400), "white")
        points = [(420 * x, 400 * y) for x, y in outline(corners)]
        ImageDraw.Draw(paper).line(points, fill="black", width=14, joint="curve")
        made.append(folder / f"{label}.png")
        paper.save(made[-1])
    rng = np.random.default_rng(5)
    y, x = np.mgrid[0:480, 0:640]
    shade = np.clip(1.2 - np.hypot(x - 280, y - 200) / 260, 0, 1)[..., None]
    plate = np.full((480, 640, 3), (222, 224, 230), float)
    fruit = np.array([250.0, 140, 20]) * (0.4 + 0.6 * shade)
    inside = (np.hypot(x - 320, y - 240) < 170)[..., None]
    scene = np.where(inside, fruit, plate) + rng.normal(0, 5, (480, 640, 3))
    grain = rng.integers(0, 256, (300, 400, 3))
    for name, values in (("fruit.jpg", scene), ("grain.webp", grain)):
        image = Image.fromarray(np.clip(values, 0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(1))
        made.append(folder / name)
        image.save(made[-1])
    return made
