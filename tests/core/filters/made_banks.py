"""Small nets of torch, and what the app makes of them."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from desktop_app.core.filters.bank import Bank, banks_of
from desktop_app.core.forward.factors import UNTOUCHED, Factors
from desktop_app.core.forward.trace import Trace, trace_of
from desktop_app.learn.network.tracing import TorchForward


def seeded(*modules: nn.Module, seed: int = 0) -> nn.Sequential:
    """In eval mode, with weights and batch norms that are nothing special."""
    net = nn.Sequential(*modules).eval()
    numbers = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for tensor in [*net.parameters(), *net.buffers()]:
            if tensor.is_floating_point():
                tensor.copy_(torch.rand(tensor.shape, generator=numbers) - 0.4)
        for module in net:
            if isinstance(module, nn.BatchNorm2d):
                assert module.running_var is not None
                module.running_var.add_(0.6)
    return net


def given(*shape: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def traced(net: nn.Module, net_input: np.ndarray, factors: Factors = UNTOUCHED) -> Trace:
    forward = TorchForward(net, net_input.shape)  # type: ignore[arg-type]
    return trace_of(forward.stages, forward.operations, net_input, forward(net_input, factors), 1.0, factors)


def banks(trace: Trace) -> tuple[Bank, ...]:
    return banks_of(trace.stages, trace.operations)
