"""Training photos made anew each time: other crops, sizes, mirrored, turned a little, in other light."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

SIZE = 32
SMALLEST, LARGEST = 0.4, 1.15
"""Side of the crop, in sides of the photo; above 1 the photo's margins are mirrored outwards."""


PADDED = 0.2
"""Share of photos that get margins, as the app's "pad" gives them."""


def augmented(images: NDArray[np.uint8], margin: Tensor, rng: torch.Generator) -> Tensor:
    """(N, 3, 64, 64) photos to (N, 3, 32, 32) in 0..1, each with its own random changes.

    margin: (3, 1, 1), colour of the margins. Every pixel is the mean of four samples, as shrinking a photo in the app
    averages what it puts together.
    """
    count = len(images)

    def uniform(low: float, high: float, *shape: int) -> Tensor:
        return low + (high - low) * torch.rand(count, *shape, generator=rng)

    stretch = torch.exp(uniform(-0.125, 0.125))
    side = uniform(SMALLEST, LARGEST)
    wide, high = side * stretch, side / stretch
    mirror = torch.where(torch.rand(count, generator=rng) < 0.5, -1.0, 1.0)
    angle = 0.08 * torch.randn(count, generator=rng)
    place = torch.zeros(count, 2, 3)
    place[:, 0, 0], place[:, 0, 1] = wide * mirror * angle.cos(), -wide * angle.sin()
    place[:, 1, 0], place[:, 1, 1] = high * mirror * angle.sin(), high * angle.cos()
    place[:, 0, 2] = uniform(-1, 1) * (1 - wide).clamp(min=0.05)
    place[:, 1, 2] = uniform(-1, 1) * (1 - high).clamp(min=0.05)
    grid = F.affine_grid(place, [count, 3, 2 * SIZE, 2 * SIZE], align_corners=False)
    photos = torch.from_numpy(images).float() / 255
    small = F.avg_pool2d(F.grid_sample(photos, grid, padding_mode="reflection", align_corners=False), 2)

    small = small * uniform(0.7, 1.3, 1, 1, 1)
    mean = small.mean(dim=(1, 2, 3), keepdim=True)
    small = mean + (small - mean) * uniform(0.7, 1.3, 1, 1, 1)
    grey = small.mean(dim=1, keepdim=True)
    small = grey + (small - grey) * uniform(0.55, 1.45, 1, 1, 1)
    cast = 0.03 * torch.randn(count, 3, 1, 1, generator=rng)
    small = (small + cast).clamp(0, 1)

    return with_margins(small, PADDED, margin, rng)


def with_margins(photos: Tensor, share: float, margin: Tensor, rng: torch.Generator) -> Tensor:
    """(N, 3, S, S) with margins at two opposite sides of a share of them, as the app's "pad" gives them.

    margin: (3, 1, 1), their colour.
    """
    count, size = len(photos), photos.shape[-1]
    padded = torch.rand(count, generator=rng) < share
    inner = torch.where(padded, 0.5 + (0.9 - 0.5) * torch.rand(count, generator=rng), torch.ones(count))
    outside = torch.linspace(-1, 1, size).abs() > inner[:, None]
    upright = torch.rand(count, generator=rng) < 0.5
    rows, columns = outside & ~upright[:, None], outside & upright[:, None]
    return torch.where((rows[:, :, None] | columns[:, None, :])[:, None], margin, photos)
