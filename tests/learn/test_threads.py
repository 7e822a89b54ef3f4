"""Wide networks get several threads, narrow ones one."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from desktop_app.core.arithmetic.operations import Conv, Dense, Pointwise
from desktop_app.core.forward.trace import Stage
from desktop_app.learn.network import threads


def a_conv(maps: int, side: int) -> tuple[Stage, Conv]:
    return Stage("conv", "conv", (maps, side, side)), Conv(np.zeros((maps, maps, 3, 3), np.float32), None)


@pytest.mark.parametrize(("cores", "wanted"), [(1, 1), (2, 2), (3, 2), (8, 7)])
def test_a_wide_network_gets_all_cores_but_one(monkeypatch: pytest.MonkeyPatch, cores: int, wanted: int) -> None:
    monkeypatch.setattr(threads, "_ALL", cores)
    stage, conv = a_conv(64, 56)  # resnet50's: 116 million multiplications
    relu = Stage("relu", "ReLU", stage.shape), Pointwise("ReLU")
    assert threads.threads_for((stage, relu[0]), (conv, relu[1])) == wanted
    assert threads.threads_for(*zip(a_conv(40, 14), strict=True)) == 1, "2.8 million are not worth it"
    tokens = Stage("linear", "dense", (197, 3072)), Dense(np.zeros((3072, 768), np.float32), None)
    assert threads.threads_for(*zip(tokens, strict=True)) == wanted, "465 million: every token counts"
    assert threads.threads_for((relu[0],), (relu[1],)) == 1


def test_the_number_is_set_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)
    monkeypatch.setattr(torch, "set_num_threads", asked.append)
    threads.use(2)
    threads.use(1)
    assert asked == [1]
