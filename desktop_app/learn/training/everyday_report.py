"""How good the everyday model is, by photos that it did not learn from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desktop_app.learn.training.everyday import Ints
from desktop_app.learn.training.photos_report import calibration_error, share
from desktop_app.learn.training.shapes_report import entropy, probabilities

TINY_VGG = (
    "boat", "ladybug", "pizza", "bell pepper", "bus", "koala", "cup of coffee", "red panda", "orange", "car",
)  # fmt: skip
"""The folders that hold the ten classes of CNN Explainer's net: lifeboat, school bus and sports car are in groups."""


@dataclass(frozen=True, eq=False)
class Answers:
    """To some photos. logits: (N, classes). labels: (N,)."""

    logits: NDArray[np.float32]
    labels: Ints

    @property
    def ranks(self) -> Ints:
        """(N,) how many classes are found likelier than the right one; all of them where an answer is no number."""
        mine = np.take_along_axis(self.logits, self.labels[:, None], axis=1)
        return np.asarray((~(self.logits <= mine)).sum(axis=1), np.int64)

    def of(self, classes: list[int]) -> Answers:
        """To the photos of some classes, as if those were all that there are."""
        mine = np.isin(self.labels, classes)
        return Answers(self.logits[mine][:, classes], np.searchsorted(classes, self.labels[mine]))


def measure(
    test: Answers, validation: Answers, soft: Answers, names: tuple[str, ...], temperature: float, not_sure: float
) -> dict[str, Any]:
    """The card's `figures`. soft: to the test's photos, softened. By class a few dozen photos of the test alone say
    little, so that test and validation count."""
    both = Answers(np.concatenate([test.logits, validation.logits]), np.concatenate([test.labels, validation.labels]))
    chances = probabilities(test.logits, temperature)
    right, unsure = test.ranks < 1, entropy(chances) > not_sure
    by_class = {name: share(both.ranks[both.labels == n] < 1) for n, name in enumerate(names)}
    splits: dict[str, Any] = {"test": _counted(test), "validation": _counted(validation)}
    splits["test, softened as large photos are when they are made small"] = _counted(soft)
    if set(TINY_VGG) <= set(names):
        splits["classes of CNN Explainer's Tiny VGG, test and validation"] = _tiny_vgg(both, names)
    return {
        **_tops(test),
        "mean_of_classes": round(float(np.mean(list(by_class.values()))), 4),
        "per_class": by_class,
        "splits": splits,
        "calibration_error": calibration_error(chances.max(axis=1), right),
        "not_sure": {
            "threshold_bits": not_sure,
            "flagged": share(unsure),
            "top1_where_not_flagged": None if unsure.all() else share(right[~unsure]),
        },
    }


def _tiny_vgg(answers: Answers, names: tuple[str, ...]) -> dict[str, Any]:
    ten = sorted(names.index(name) for name in TINY_VGG)
    mine = np.isin(answers.labels, ten)
    return {
        "classes": list(TINY_VGG),
        "photos": int(mine.sum()),
        "top1": share(answers.ranks[mine] < 1),
        "top1_among_the_ten": share(answers.of(ten).ranks < 1),
    }


def _tops(answers: Answers) -> dict[str, float]:
    return {"top1": share(answers.ranks < 1), "top5": share(answers.ranks < 5)}


def _counted(answers: Answers) -> dict[str, Any]:
    return {"photos": len(answers.labels), **_tops(answers)}
