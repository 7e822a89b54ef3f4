"""Grad-CAM: where in a stage's maps lies what speaks for a class.

Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization", 2017. Every map is
weighed by how much the class's logit rises with it, on average over its places; their sum, cut off at zero, is coarse
and is scaled up. It takes one pass through the network, and the way back from the stage only.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from desktop_app.core.attribution.attribution import Attribution
from desktop_app.core.forward.factors import UNTOUCHED, Factors
from desktop_app.core.forward.trace import Array, Stage
from desktop_app.learn.attribution.open_net import OpenNet


def grad_cam(
    net: OpenNet,
    net_input: Array,
    targets: Sequence[int],
    position: int,
    factors: Factors = UNTOUCHED,
) -> tuple[Attribution, ...]:
    """A map for each of the target classes.

    net_input: (C, H, W).  position: of a stage that is a picture.
    Raises UserError for a network that cannot be taken apart.
    """
    found = []
    with torch.enable_grad():
        opened, logits = net.laid_open(torch.from_numpy(net_input)[None], position, factors)
        for target in targets:
            slope = torch.zeros_like(opened)
            if logits.requires_grad:
                (slope,) = torch.autograd.grad(logits[0, target], opened, retain_graph=target != targets[-1])
            stage = net.stages[position]
            cam = _weighed(_maps(opened.detach(), stage), _maps(slope, stage))
            large = F.interpolate(cam[None, None], net_input.shape[1:], mode="bilinear", align_corners=False)[0, 0]
            found.append(Attribution("grad_cam", target, large.numpy()))
    return tuple(found)


def _maps(values: Tensor, stage: Stage) -> Tensor:
    """(1, …) of the stage's shape as (C, h, w); tokens that stand apart are left out."""
    channels_first = values[0].movedim(stage.channels, 0).flatten(1)
    return channels_first[:, stage.apart :].reshape(stage.maps)


def _weighed(maps: Tensor, slopes: Tensor) -> Tensor:
    """(h, w)"""
    weights = slopes.mean(dim=(1, 2), keepdim=True)
    return (weights * maps).sum(dim=0).clamp(min=0)
