"""What the everyday model learns from in an epoch: how large its photos are, how much they are changed, and they."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from torch import Tensor

from desktop_app.learn.training.everyday import Everyday, Ints
from desktop_app.learn.training.everyday_augment import augmentation, mixing, strength_of
from desktop_app.learn.training.photos_card import MEAN, STD
from desktop_app.learn.training.trunk import Schedule

BATCH = 128
END = 0.25
"""Share of a decay that is its end: photos are larger then."""

Batch = tuple[Tensor, Tensor]


def size_at(epoch: int, schedule: Schedule) -> int:
    """Side of the inputs in pixels: by the epoch only, so that the trunk can be prolonged, but larger at the end."""
    size = 40 if epoch < 8 else 48
    return size + 8 if schedule.left(epoch) <= END else size


def strength_at(epoch: int, schedule: Schedule) -> float:
    """How much photos are changed: by their size, and in the second decay less and less."""
    strength = strength_of(size_at(epoch, schedule))
    return strength if epoch < schedule.first_decay else strength * schedule.left(epoch)


def batches(photos: Everyday, chosen: Ints, epoch: int, schedule: Schedule, seed: int) -> Iterator[Batch]:
    """(inputs, targets) of an epoch, the same for the same seed.

    Each batch is made while the one before it is learned from: photos are changed on one core only.
    """
    making = _made(photos, chosen, size_at(epoch, schedule), strength_at(epoch, schedule), [seed, epoch])
    with ThreadPoolExecutor(1) as maker:
        made = maker.submit(next, making, None)
        while (batch := made.result()) is not None:
            made = maker.submit(next, making, None)
            yield batch


def _made(photos: Everyday, chosen: Ints, size: int, strength: float, seed: list[int]) -> Iterator[Batch]:
    torch.manual_seed(int(np.random.SeedSequence(seed).generate_state(1)[0]))
    augment, mix = augmentation(size, strength, MEAN, STD), mixing(len(photos.names), strength)
    order = chosen[torch.randperm(len(chosen)).numpy()]
    for start in range(0, len(order) - BATCH + 1, BATCH):
        index = order[start : start + BATCH]
        yield mix(augment(photos.images[index]), torch.from_numpy(photos.labels[index]))
