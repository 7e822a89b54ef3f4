"""Attention by heads and rolled out through all layers, against torch's own weights and the paper's formula."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from traced_nets import an_input, made, traced

from desktop_app.core.arithmetic.heads import attentions, head_maps, weights_of
from desktop_app.core.attribution.rollout import rollout, rollout_of
from desktop_app.learn.network.tracing import TorchForward

SHAPE = (3, 8, 12)


class Tokens(nn.Module):
    """Three blocks over 2×3 patches; as a vision transformer with a class token, or without one."""

    def __init__(self, class_token: bool) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, 8, 4, stride=4)
        self.token = nn.Parameter(torch.randn(1, 1, 8)) if class_token else None
        self.blocks = nn.ModuleList(nn.MultiheadAttention(8, 2, batch_first=True) for _ in range(3))
        self.head = nn.Linear(8, 4)
        self.weights: list[Tensor] = []

    def forward(self, x: Tensor) -> Tensor:
        tokens = self.patches(x * 3).flatten(2).transpose(1, 2)
        if self.token is not None:
            tokens = torch.cat([self.token, tokens], 1)
        for block in self.blocks:
            attended, weights = block(tokens, tokens, tokens, need_weights=True, average_attn_weights=False)
            self.weights.append(weights[0] if isinstance(weights, Tensor) else weights)
            tokens = tokens + 4 * attended
        return self.head(tokens[:, 0] if self.token is not None else tokens.mean(1))


def by_the_paper(layers: list[np.ndarray], class_token: bool) -> np.ndarray:
    """In double precision, row by row."""
    flow = np.eye(len(layers[0][0]))
    for heads in layers:
        mixed = np.zeros_like(flow)
        for head in heads:
            mixed += head / len(heads)
        flow = (mixed / 2 + np.eye(len(flow)) / 2) @ flow
    return (flow[0, 1:] if class_token else flow.mean(0)).reshape(2, 3)


def test_weights_by_heads_and_their_rollout() -> None:
    for class_token in (True, False):
        torch.manual_seed(7)
        net = made(Tokens(class_token))
        trace = traced(TorchForward(net, SHAPE), an_input(SHAPE))
        net.weights.clear()
        net(torch.from_numpy(an_input(SHAPE))[None])
        layers = [weights.numpy() for weights in net.weights]
        positions = attentions(trace)
        assert len(positions) == 3
        for position, wanted in zip(positions, layers, strict=True):
            np.testing.assert_allclose(weights_of(trace, position), wanted, rtol=1e-4, atol=1e-6)
            stage = trace.stages[position]
            assert stage.grid == (2, 3) and stage.apart == class_token
        found = rollout_of(trace)
        assert found is not None
        np.testing.assert_allclose(found, by_the_paper(layers, class_token), rtol=1e-4)
        maps = head_maps(layers[0], (2, 3), 2)
        np.testing.assert_array_equal(maps[1], layers[0][1, 2, class_token:].reshape(2, 3))


def test_rollout_of_layers_that_look_at_one_place() -> None:
    """Two layers in which everybody looks at the same patch: it gets ¾, and what was there before a quarter."""
    weights = np.zeros((2, 5, 5), np.float32)
    weights[:, :, 3] = 1
    flow = rollout([weights, weights], (2, 2), 1)
    np.testing.assert_allclose(flow, [[0, 0], [0.75, 0]])


def test_a_network_without_attention_has_no_rollout() -> None:
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    trace = traced(TorchForward(made(net), SHAPE), an_input(SHAPE))
    assert attentions(trace) == () and rollout_of(trace) is None
