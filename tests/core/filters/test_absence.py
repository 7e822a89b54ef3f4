"""The ranking of filters equals taking each one away by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from made_banks import banks, given
from tiny_models import write_model

from desktop_app.core.filters.absence import Ranking, places_of, rank_absences
from desktop_app.core.filters.shares import two_shares
from desktop_app.core.forward.instant import NumpyForward
from desktop_app.core.forward.trace import trace_of
from desktop_app.core.model.card import ModelCard, read_card
from desktop_app.learn.network.load import load


@pytest.fixture
def card(tmp_path: Path) -> ModelCard:
    return read_card(write_model(tmp_path / "tiny", seed=5))


def ranked(card: ModelCard, net_input: np.ndarray) -> tuple[list[Ranking], dict[int, str]]:
    """All that a ranking of the whole network yields; and the names of the stages."""
    forward = NumpyForward(card)
    trace = trace_of(forward.stages, forward.operations, net_input, forward(net_input), card.temperature)
    steps = list(rank_absences(forward, net_input, card.temperature, places_of(banks(trace))))
    return steps, {position: stage.name for position, stage in enumerate(trace.stages)}


def test_it_equals_brute_force_by_torch(card: ModelCard) -> None:
    net_input = given(1, 16, 16)
    steps, names = ranked(card, net_input)
    net, batch = load(card), torch.from_numpy(net_input)[None]

    def without(name: str, channel: int) -> np.ndarray:
        def silence(_module: object, _inputs: object, output: torch.Tensor) -> torch.Tensor:
            output = output.clone()
            output[:, channel] = 0
            return output

        handle = net.get_submodule(name).register_forward_hook(silence)
        try:
            return probabilities()
        finally:
            handle.remove()

    def probabilities() -> np.ndarray:
        with torch.inference_mode():
            return (net(batch)[0] / card.temperature).softmax(0).numpy()

    whole = probabilities()
    best = int(whole.argmax())
    last = steps[-1]
    assert last.whole.best == best and last.done == last.total == 5 + 7 + 11 + 4
    changes = []
    for absence in last.absences:
        wanted = without(names[absence.position], absence.channel)
        assert absence.probability == pytest.approx(float(wanted[best]), abs=1e-5)
        assert absence.best == int(wanted.argmax())
        changes.append(abs(float(wanted[best] - whole[best])))
    assert changes == sorted(changes, reverse=True) or np.allclose(changes, sorted(changes, reverse=True), atol=1e-5)
    assert {(absence.position, absence.channel) for absence in last.absences} == {
        (position, channel)
        for position, name in names.items()
        if name in ("conv1", "conv2", "fc1", "fc2")
        for channel in range({"conv1": 5, "conv2": 7, "fc1": 11, "fc2": 4}[name])
    }


def test_every_step_tells_what_is_known_by_then(card: ModelCard) -> None:
    steps, _ = ranked(card, given(1, 16, 16))
    assert [step.done for step in steps] == list(range(28))
    assert all(len(step.absences) == step.done for step in steps)


def test_a_network_that_falls_apart_without_a_map_comes_first(card: ModelCard) -> None:
    forward = NumpyForward(card)

    class Fragile:
        device, stages, operations = "", forward.stages, forward.operations

        def __call__(self, net_input: np.ndarray, factors: object = None) -> tuple[np.ndarray, ...]:
            outputs = forward(net_input)
            broken = getattr(factors, "scaled", ()) == ((1, 3, 0.0),)
            return (*outputs[:-1], outputs[-1] * np.float32(np.nan)) if broken else outputs

    places = [(1, channel) for channel in range(5)]
    *_, last = rank_absences(Fragile(), given(1, 16, 16), 1.0, places)  # type: ignore[arg-type]
    assert last.absences[0].channel == 3 and np.isnan(last.absences[0].probability)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (0.97, 0.41, ("97 %", "41 %")),
        (0.9993, 0.9991, ("99.93 %", "99.91 %")),
        (0.501, 0.502, ("50.1 %", "50.2 %")),
        (0.5, 0.5, ("50 %", "50 %")),
        (0.001, 0.0, ("0.1 %", "<0.1 %")),
        (0.9999, 0.9991, (">99.9 %", "99.9 %")),
        (float("nan"), 0.5, ("NaN", "50 %")),
        (0.99999999, 0.99999998, (">99.9999 %", ">99.9999 %")),
    ],
)
def test_small_changes_get_decimals(before: float, after: float, words: tuple[str, str]) -> None:
    assert two_shares(before, after) == words
