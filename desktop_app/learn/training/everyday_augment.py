"""Training photos for the model of everyday things, made anew each time by the tutorials' recipe.

Small photos, early in the training, are changed less than large ones (progressive learning, Tan and Le 2021): a net
that knows little yet learns faster from what it can recognise. In the last decay they are changed the less, the less
of it is left: a net that sees what it will be shown fits itself to that.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from desktop_app.learn.network.torchvision_compat import make_importable
from desktop_app.learn.training.photo_augment import with_margins

make_importable()
from torchvision.transforms import v2  # noqa: E402 - not before it can be imported

SCALE = (0.25, 1.0)
"""Areas of the crops, in areas of the photo."""
FARTHEST = 0.3
"""Largest shift, in sides. TrivialAugment's own, 32 pixels, would push most of so small a photo out of sight."""
CHANGED, ERASED, MIXED = 0.6, 0.15, 0.5
"""Shares, at full strength, of photos that TrivialAugment changes, and of which a rectangle is erased; and of batches
that are mixed."""
PADDED, GREY = 0.05, 0.15
"""Shares of photos that get margins, and that lose their colours: a cat on a red carpet is a cat."""
SOFTENED, SOFTNESS = 0.5, (0.1, 0.8)
"""Share of photos that are blurred, and how much, as a Gaussian's sigma in pixels: see `softened`."""
LEAST, MOST = 32, 56
"""Sides in pixels of photos that are only cropped and mirrored, and of those that get all of the above."""
BLENDED = 0.2
"""Of the beta distribution with which MixUp blends."""


class _TrivialAugment(v2.TrivialAugmentWide):  # type: ignore[misc]
    _AUGMENTATION_SPACE = v2.TrivialAugmentWide._AUGMENTATION_SPACE | {
        "TranslateX": (lambda bins, height, width: torch.linspace(0, FARTHEST * width, bins), True),
        "TranslateY": (lambda bins, height, width: torch.linspace(0, FARTHEST * height, bins), True),
    }


def augmentation(size: int, strength: float, mean: Tensor, std: Tensor) -> Callable[[NDArray[np.uint8]], Tensor]:
    """From (N, 3, H, W) photos of 0..255 to (N, 3, size, size) normalised inputs; torch's own seed decides.

    strength: 0, only cropped, mirrored, softened and some without colours or with margins, to 1.
    """
    grey = [round(255 * float(value)) for value in mean.flatten()]
    change = _TrivialAugment(interpolation=v2.InterpolationMode.BILINEAR, fill=grey)
    each = v2.Compose(
        [
            v2.RandomResizedCrop(size, SCALE),
            v2.RandomHorizontalFlip(),
            v2.RandomGrayscale(GREY),
            v2.RandomApply([v2.GaussianBlur(5, SOFTNESS)], SOFTENED),
            v2.RandomApply([change], strength * CHANGED),
        ]
    )
    erase = v2.RandomErasing(strength * ERASED, value=0)

    def augment(photos: NDArray[np.uint8]) -> Tensor:
        pictures = [np.asarray(each(Image.fromarray(photo))) for photo in photos.transpose(0, 2, 3, 1)]
        inputs = (torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 255 - mean) / std
        inputs = with_margins(inputs, PADDED, torch.zeros(3, 1, 1), torch.default_generator)
        return torch.stack([erase(photo) for photo in inputs])

    return augment


def softened(inputs: Tensor) -> Tensor:
    """As photos of many pixels are, made small with care; those of Tiny ImageNet are as if sharpened.

    inputs: (N, 3, H, W), made of photos of 64 pixels. Thirteen photos from elsewhere had 0.28 for the mean step between
    neighbours over the standard deviation, those of Tiny ImageNet 0.37, and 0.25 with this.
    """
    sigma = 0.55 * inputs.shape[-1] / 64
    soft: Tensor = v2.functional.gaussian_blur(inputs, [5, 5], [sigma, sigma])
    return soft


def strength_of(size: int) -> float:
    """0 to 1: how much photos of this side are changed."""
    return min(max((size - LEAST) / (MOST - LEAST), 0.0), 1.0)


def mixing(classes: int, strength: float) -> Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]:
    """From inputs and labels to inputs and targets (N, classes); the greater the strength, the more often mixed."""
    mixers = v2.RandomChoice([v2.MixUp(alpha=BLENDED, num_classes=classes), v2.CutMix(num_classes=classes)])

    def mix(inputs: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        if float(torch.rand(())) < strength * MIXED:
            mixed, targets = mixers(inputs, labels)
            return mixed, targets
        return inputs, torch.nn.functional.one_hot(labels, classes).float()

    return mix
