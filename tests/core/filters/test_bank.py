"""Filters of every kind of stage that has some: their kernels, what they read, where they are silenced and heard."""

from __future__ import annotations

import numpy as np
import torch
from made_banks import banks, given, seeded, traced
from torch import nn

from desktop_app.core.filters.bank import bank_at
from desktop_app.core.forward.factors import Factors


def test_a_filter_is_a_convolution_with_its_batch_norm() -> None:
    net = seeded(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, 2))
    trace = traced(net, given(3, 8, 8))
    filters, units = banks(trace)
    assert (filters.position, filters.place, filters.heard) == (1, 2, 3)
    assert filters.kind == "filters" and len(filters) == 4 and filters.kernels == 3 and filters.colour
    np.testing.assert_array_equal(filters.weights, net[0].weight.detach().numpy())
    assert (units.position, units.place, units.heard) == (6, 6, 6) and units.kind == "units"


def test_a_batch_norm_that_is_not_alone_in_reading_is_none_of_the_filters() -> None:
    class Fork(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.norm, self.last = nn.Conv2d(1, 2, 1), nn.BatchNorm2d(2), nn.Linear(2, 2)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            x = self.conv(x)
            answer: torch.Tensor = self.last((x + self.norm(x)).mean((2, 3)))
            return answer

    (filters, _) = banks(traced(Fork().eval(), given(1, 4, 4)))
    assert filters.place == filters.heard == filters.position


def test_silencing_is_done_behind_the_batch_norm() -> None:
    """Equal to torch with that channel of the batch norm's output set to zero."""
    net = seeded(nn.Conv2d(1, 5, 3), nn.BatchNorm2d(5), nn.ReLU(), nn.Flatten(), nn.Linear(5 * 36, 3))
    net_input = given(1, 8, 8)
    (filters, _) = banks(traced(net, net_input))
    silenced = traced(net, net_input, Factors(((filters.place, 2, 0.0),)))
    mask = torch.ones(1, 5, 1, 1)
    mask[0, 2] = 0
    with torch.inference_mode():
        wanted = net[4](net[3](net[2](net[1](net[0](torch.from_numpy(net_input)[None])) * mask)))[0]
    np.testing.assert_allclose(silenced.answer.logits, wanted.numpy(), rtol=1e-5, atol=1e-6)
    assert not silenced.outputs[filters.place][2].any() and silenced.outputs[filters.position][2].any()


def test_groups_read_the_maps_of_their_group() -> None:
    net = seeded(nn.Conv2d(4, 8, 3, groups=2), nn.Conv2d(8, 8, 1, groups=8), nn.Flatten(), nn.Linear(8 * 36, 2))
    grouped, depthwise, _ = banks(traced(net, given(4, 8, 8)))
    assert grouped.kernels == 2 and grouped.first.tolist() == [0, 0, 0, 0, 2, 2, 2, 2]
    assert depthwise.kernels == 1 and depthwise.first.tolist() == list(range(8))


def test_units_behind_flattened_maps_have_kernels_as_large_as_these() -> None:
    net = seeded(nn.Conv2d(1, 3, 3), nn.Flatten(), nn.Linear(3 * 6 * 4, 5), nn.ReLU(), nn.Linear(5, 2))
    _, first, second = banks(traced(net, given(1, 8, 6)))
    assert first.weights.shape == (5, 3, 6, 4) and second.weights.shape == (2, 5, 1, 1)
    assert first.heard == first.position + 1
    np.testing.assert_array_equal(first.weights[1].reshape(-1), net[2].weight.detach().numpy()[1])


def test_norms_are_the_lengths_of_the_weights() -> None:
    net = seeded(nn.Conv2d(2, 6, 3), nn.Flatten(), nn.Linear(6 * 36, 2))
    filters, _ = banks(traced(net, given(2, 8, 8)))
    wanted = [np.linalg.norm(weight.reshape(-1)) for weight in net[0].weight.detach().numpy()]
    np.testing.assert_allclose(filters.norms, wanted, rtol=1e-5)
    assert filters.strongest == np.abs(filters.weights).max()


def test_a_map_is_followed_back_to_the_filter_that_made_it() -> None:
    net = seeded(
        nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, 36), nn.ReLU(),
        nn.Linear(36, 2),
    )  # fmt: skip
    trace = traced(net, given(1, 8, 8))
    known = banks(trace)
    found = [bank_at(known, trace.stages, trace.operations, position) for position in range(len(trace.stages))]
    positions = [bank.position if bank else None for bank in found]
    assert positions == [None, 1, 1, 1, 1, None, 6, 6, 8, 8]


def test_what_mixes_maps_is_not_made_by_the_filters_before_it() -> None:
    net = seeded(nn.Conv2d(1, 4, 3), nn.Conv2d(4, 4, 3, padding=1, padding_mode="circular"), nn.ReLU())
    trace = traced(net.append(nn.Flatten()), given(1, 4, 4))
    known = banks(trace)
    assert [bank_at(known, trace.stages, trace.operations, position) for position in (1, 2, 3)] == [
        known[0],
        None,
        None,
    ]


def test_a_network_without_filters_has_none() -> None:
    trace = traced(nn.Sequential(nn.AvgPool2d(4), nn.Flatten()).eval(), given(3, 4, 4))
    assert banks(trace) == ()
