"""The figures of the shapes model's card, all measured on drawings by people whom it has not seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.drawing.raster import rasterise_many
from desktop_app.core.drawing.strokes import Drawing
from desktop_app.core.sketcher import LABELS, sketch, sketch_other
from desktop_app.learn.training.augment import LONGEST, PEN, SIZE, begun
from desktop_app.learn.training.drawing_pool import plain_inputs
from desktop_app.learn.training.drawings_data import NONE, Sample

Logits = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
"""(N, H, W) uint8 to (N, classes)."""
Floats = NDArray[np.float64]

ACCEPTED = 0.97
"""Share of the validation people's shapes that must get an answer; `not_sure` is as low as that allows."""
MOMENTS = 24
"""Times at which a drawing that is being drawn is looked at."""


def probabilities(logits: NDArray[np.float32], temperature: float) -> Floats:
    scaled = logits.astype(np.float64) / temperature
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float64)


def entropy(chances: Floats) -> Floats:
    """Bits."""
    return np.asarray(-(chances * np.log2(np.maximum(chances, 1e-12))).sum(axis=1), np.float64)


def fit_temperature(logits: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    """The one number that makes the probabilities of unseen people's shapes most likely (Guo et al. 2017)."""
    choices = np.geomspace(0.3, 3, 100)
    loss = [-np.log(probabilities(logits, t)[np.arange(len(labels)), labels] + 1e-12).mean() for t in choices]
    return round(float(choices[int(np.argmin(loss))]), 3)


def calibrate(model: Logits, validation: Sequence[Sample]) -> tuple[float, float]:
    """(temperature, not_sure in bits), from the validation people's drawings."""
    shapes = [sample for sample in validation if sample.label >= 0]
    logits = model(plain_inputs(shapes))
    temperature = fit_temperature(logits, np.array([sample.label for sample in shapes]))
    unsure = entropy(probabilities(logits, temperature))
    by_class = [np.quantile(unsure[[s.label == k for s in shapes]], ACCEPTED) for k in range(len(LABELS))]
    return temperature, round(float(np.mean(by_class)), 2)


def accuracy(model: Logits, inputs: NDArray[np.uint8], labels: NDArray[np.int64]) -> dict[str, Any]:
    """Drawings, share read rightly, the same by class and as the mean over the classes."""
    right = model(inputs).argmax(axis=1) == labels
    by_class = {name: _share(right[labels == number]) for number, name in enumerate(LABELS) if (labels == number).any()}
    return {
        "drawings": len(labels),
        "top1": _share(right),
        "mean_of_classes": round(float(np.mean(list(by_class.values()))), 4),
        "per_class": by_class,
    }


def measure(model: Logits, samples: Sequence[Sample], temperature: float, not_sure: float) -> dict[str, Any]:
    """The card's `figures` from the test people's drawings."""
    shapes = [sample for sample in samples if sample.label >= 0]
    labels = np.array([sample.label for sample in shapes])
    inputs = plain_inputs(shapes)
    sources = np.array([sample.source for sample in shapes])
    persons = np.array([sample.person for sample in shapes])
    whole = accuracy(model, inputs, labels)
    return {
        "top1": whole["top1"],
        "per_class": whole["per_class"],
        "splits": {
            "people held out": whole
            | {
                "per_source": {
                    str(source): accuracy(model, inputs[sources == source], labels[sources == source])
                    for source in np.unique(sources)
                },
                "per_person_of_hds": {
                    str(person): accuracy(model, inputs[persons == person], labels[persons == person])["top1"]
                    for person in np.unique(persons[sources == "hds"])
                },
            },
            "sketches, new seed": _sketched(model, centred=True),
            "sketches anywhere on the canvas, centring off": _sketched(model, centred=False),
        },
        "not_sure": _unsureness(model, samples, inputs, temperature, not_sure),
        "half_finished": flicker(model, shapes, temperature, not_sure),
    }


def _sketched(model: Logits, *, centred: bool) -> dict[str, Any]:
    rng = np.random.default_rng(20_261_122)
    labels = np.repeat(np.arange(len(LABELS)), 300)
    drawings = [sketch(LABELS[label], rng) for label in labels]
    pictures = rasterise_many(drawings, SIZE, longest=LONGEST if centred else None, pen=PEN if centred else None)
    return accuracy(model, np.rint(pictures * 255).astype(np.uint8), labels)


def _unsureness(
    model: Logits, samples: Sequence[Sample], inputs: NDArray[np.uint8], temperature: float, not_sure: float
) -> dict[str, Any]:
    """How well entropy tells the ten from what is none of them."""
    others = [sample for sample in samples if sample.label == NONE]
    bits = entropy(probabilities(model(inputs), temperature))
    other_bits = entropy(probabilities(model(plain_inputs(others)), temperature))
    rng = np.random.default_rng(20_261_123)
    scribbles = [Sample(NONE, "sketches", "", sketch_other(rng)) for _ in range(2000)]
    scribble_bits = entropy(probabilities(model(plain_inputs(scribbles)), temperature))
    groups = {name: other_bits[[s.source == name for s in others]] for name in sorted({s.source for s in others})}
    groups["sketches"] = scribble_bits
    return {
        "threshold_bits": not_sure,
        "shapes_flagged": _share(bits > not_sure),
        "none_of_the_ten_flagged": {name: _share(values > not_sure) for name, values in groups.items()},
        "auroc": {name: round(_auroc(bits, values), 4) for name, values in groups.items()},
        "mean_bits": {"shapes": round(float(bits.mean()), 2)}
        | {name: round(float(values.mean()), 2) for name, values in groups.items()},
    }


def _auroc(low: Floats, high: Floats) -> float:
    """Chance that one of `high` lies above one of `low`."""
    ranks = np.searchsorted(np.sort(low), high, "left") + np.searchsorted(np.sort(low), high, "right")
    return float(ranks.mean() / (2 * len(low)))


def flicker(model: Logits, shapes: Sequence[Sample], temperature: float, not_sure: float) -> dict[str, Any]:
    """Changes from one confident answer to another while held-out drawings of strokes are being drawn."""
    drawn = [sample.drawing for sample in shapes if isinstance(sample.drawing, Drawing)]
    shares = (np.arange(MOMENTS) + 1) / MOMENTS
    moments = [begun(drawing, float(share)) for drawing in drawn for share in shares]
    pictures = rasterise_many(moments, SIZE, longest=LONGEST, pen=PEN)
    chances = probabilities(model(np.rint(pictures * 255).astype(np.uint8)), temperature)
    answers = np.where(entropy(chances) <= not_sure, chances.argmax(axis=1), -1).reshape(len(drawn), MOMENTS)
    changes = []
    for row in answers:
        confident = row[row >= 0]
        changes.append(int(np.count_nonzero(confident[1:] != confident[:-1])))
    counts = np.array(changes)
    return {
        "drawings": len(drawn),
        "mean_changes_of_a_confident_answer": round(float(counts.mean()), 3),
        "share_without_any": _share(counts == 0),
        "share_with_more_than_one": _share(counts > 1),
    }


def _share(values: NDArray[np.bool_]) -> float:
    return round(float(np.mean(values)), 4)
