"""The shipped model of drawn shapes: what it reads, what it refuses, and whether its card tells the truth."""

from __future__ import annotations

import gzip
import json

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from desktop_app.core.drawing.strokes import drawing_from_lists
from desktop_app.core.model.card import read_card
from desktop_app.core.paths import models_folder
from desktop_app.core.sketcher import LABELS, sketch, sketch_other
from desktop_app.core.source.preprocess import prepare_bitmap, prepare_drawing, prepare_drawings
from desktop_app.learn.network.load import load
from desktop_app.learn.training.augment import begun


@pytest.fixture(scope="module")
def card():
    return read_card(models_folder() / "shapes-lenet")


@pytest.fixture(scope="module")
def probabilities(card):
    """(N, 1, 32, 32) inputs to (N, 10) probabilities, as the app computes them."""
    net = load(card)

    def answer(inputs):
        with torch.inference_mode():
            logits = net(torch.from_numpy(np.asarray(inputs, np.float32))) / card.temperature
        return torch.softmax(logits.double(), dim=1).numpy()

    return answer


def entropy(chances):
    return -(chances * np.log2(np.maximum(chances, 1e-12))).sum(axis=1)


def named(chances):
    return [LABELS[number] for number in chances.argmax(axis=1)]


def ring(x, y, radius, points=40):
    angle = np.linspace(0, 2 * np.pi, points)
    return drawing_from_lists([np.column_stack([x + radius * np.cos(angle), y + radius * np.sin(angle)])])


def test_it_is_what_the_issue_asked_for(card):
    assert card.reads == "drawings"
    assert card.classes == LABELS
    assert card.preprocessing.shape == (1, 32, 32)
    assert card.weight_count <= 120_000
    assert 0 < card.not_sure < np.log2(10)


@pytest.mark.parametrize("centred", [True, False])
def test_a_circle_is_a_circle_at_any_size_and_place(card, probabilities, centred):
    drawings = [
        ring(x, y, radius)
        for radius in (0.13, 0.2, 0.3, 0.4)
        for x in np.linspace(radius + 0.04, 0.96 - radius, 4)
        for y in np.linspace(radius + 0.04, 0.96 - radius, 4)
    ]
    chances = probabilities([prepare_drawing(d, card.preprocessing, centred=centred).input for d in drawings])
    assert named(chances) == ["circle"] * len(drawings)
    assert (chances.max(axis=1) > 0.9).mean() > 0.9


@pytest.mark.parametrize("scale", [1.0, 255.0, 0.01])
def test_the_range_of_the_coordinates_does_not_matter(card, probabilities, scale):
    rng = np.random.default_rng(1)
    drawings = [sketch(label, rng) for label in LABELS]
    scaled = [drawing_from_lists([stroke.points * scale for stroke in drawing.strokes]) for drawing in drawings]
    assert named(probabilities(prepare_drawings(scaled, card.preprocessing))) == list(LABELS)


@pytest.mark.parametrize("label", LABELS)
def test_fresh_sketches_are_read(card, probabilities, label):
    rng = np.random.default_rng(99)
    drawings = [sketch(label, rng) for _ in range(150)]
    chances = probabilities(prepare_drawings(drawings, card.preprocessing))
    assert np.mean([name == label for name in named(chances)]) >= 0.96
    assert np.median(entropy(chances)) < card.not_sure / 2


def test_what_is_none_of_the_ten_is_not_sure(card, probabilities):
    rng = np.random.default_rng(98)
    chances = probabilities(prepare_drawings([sketch_other(rng) for _ in range(400)], card.preprocessing))
    assert np.mean(entropy(chances) > card.not_sure) > 0.8


HOUSE = [
    [(0, 5), (0, 10), (8, 10), (8, 5)], [(-1, 5), (4, 0), (9, 5), (-1, 5)], [(3, 10), (3, 7), (5, 7), (5, 10)],
]  # fmt: skip
SCRIBBLE = [[(0, 0), (9, 3), (1, 5), (8, 9), (2, 8), (9, 6), (0, 2), (6, 10), (5, 0), (1, 9), (9, 1)]]
CAPITAL_B = [[(0, 0), (0, 10)], [(0, 0), (5, 1), (5, 4), (0, 5), (6, 6), (6, 9), (0, 10)]]
ASTERISK = [[(5, 0), (5, 10)], [(0, 2), (10, 8)], [(10, 2), (0, 8)]]
STROKE = [[(0, 0), (10, 2)]]


@pytest.mark.parametrize("strokes", [HOUSE, SCRIBBLE, CAPITAL_B, ASTERISK, STROKE])
def test_a_house_a_scribble_a_letter_a_line_are_not_sure(card, probabilities, strokes):
    chances = probabilities([prepare_drawing(drawing_from_lists(strokes), card.preprocessing).input])
    assert entropy(chances)[0] > card.not_sure, f"said {named(chances)[0]} with {chances.max():.2f}"


SHAPES = {
    "square": [[(0, 0), (10, 0), (10, 7), (0, 7), (0, 0)]],
    "triangle": [[(5, 0), (10, 9), (0, 9), (5, 0)]],
    "diamond": [[(4, 0), (8, 5), (4, 10), (0, 5), (4, 0)]],
    "star": [[(2, 10), (5, 0), (8, 10), (0, 4), (10, 4), (2, 10)]],
    "cross": [[(0, 0), (10, 10)], [(10, 0), (0, 10)]],
    "arrow": [[(0, 5), (10, 5)], [(7, 2), (10, 5), (7, 8)]],
    "check": [[(0, 6), (3, 9), (10, 0)]],
}
"""As a ruler would draw them: nothing of a generator's in it."""


@pytest.mark.parametrize("label", SHAPES)
@pytest.mark.parametrize("side", [28, 64, 256])
@pytest.mark.parametrize("width", [0.02, 0.06])
def test_ruled_shapes_are_read_as_strokes_and_as_bitmaps(card, probabilities, label, side, width):
    picture = Image.new("L", (side, side))
    for stroke in SHAPES[label]:
        points = [(side * (0.15 + 0.07 * x), side * (0.15 + 0.07 * y)) for x, y in stroke]
        ImageDraw.Draw(picture).line(points, fill=255, width=max(1, round(side * width)))
    inputs = [
        prepare_drawing(drawing_from_lists(SHAPES[label]), card.preprocessing).input,
        prepare_bitmap(np.asarray(picture), card.preprocessing).input,
    ]
    chances = probabilities(inputs)
    assert named(chances) == [label, label]
    assert entropy(chances).max() < card.not_sure


def test_half_finished_drawings_seldom_flicker(card, probabilities):
    """While a shape is being drawn, a confident answer may change, but not once for every second drawing."""
    rng = np.random.default_rng(97)
    changes = []
    for label in LABELS * 6:
        drawing = sketch(label, rng)
        moments = [begun(drawing, share) for share in np.linspace(0.05, 1, 20)]
        chances = probabilities(prepare_drawings(moments, card.preprocessing))
        answers = chances.argmax(axis=1)[entropy(chances) <= card.not_sure]
        changes.append(np.count_nonzero(answers[1:] != answers[:-1]))
    assert np.mean(changes) < 0.5


def test_people_who_did_not_draw_the_training_set_are_read(card, probabilities, shared_data):
    """Arrows and hearts from detexify's held-out drawings, straight from the file."""
    from desktop_app.learn.training.drawings_data import (
        Sample,
        split_of,
    )

    wanted = {"latex:latex2e:rightarrow": "arrow", "latex:latex2e:nearrow": "arrow", "latex:marvosym:Heart": "heart",
              "latex:latex2e:times": "cross", "latex:latex2e:Delta": "triangle"}  # fmt: skip
    drawings, labels = [], []
    with gzip.open(shared_data / "drawings" / "detexify_strokes.jsonl.gz", "rt") as lines:
        for line in lines:
            item = json.loads(line)
            if item["label"] in wanted:
                drawing = drawing_from_lists(item["strokes"])
                if split_of(Sample(0, "detexify", item["user"], drawing)) == "test":
                    drawings.append(drawing)
                    labels.append(wanted[item["label"]])
    assert len(labels) > 20
    answers = named(probabilities(prepare_drawings(drawings, card.preprocessing)))
    assert np.mean([answer == label for answer, label in zip(answers, labels, strict=True)]) >= 0.95


def test_the_card_names_its_data_and_its_figures(card):
    assert {"origin", "licence", "used_for"} <= set(card.training["data"][0])
    people = card.figures["splits"]["people held out"]
    assert card.figures["top1"] == people["top1"]
    assert set(card.figures["per_class"]) == set(LABELS)
    assert people["drawings"] > 1000
    unsure = card.figures["not_sure"]
    assert unsure["threshold_bits"] == card.not_sure
    assert min(unsure["auroc"].values()) > 0.9
