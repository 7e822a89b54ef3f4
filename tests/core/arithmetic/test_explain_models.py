"""The models that come with ConvLens: every number of every stage can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from made_traces import some_indices

from desktop_app.core.arithmetic.explain import explain, following
from desktop_app.core.arithmetic.explanation import Input
from desktop_app.core.arithmetic.reach import receptive_field
from desktop_app.core.forward.factors import Factors
from desktop_app.core.forward.instant import NumpyForward
from desktop_app.core.forward.trace import only_reader, trace_of
from desktop_app.core.model.registry import find_models
from desktop_app.core.paths import models_folder

CARDS = {card.name: card for card in find_models(models_folder()).cards}


@pytest.mark.parametrize("name", CARDS)
@pytest.mark.parametrize("factors", [Factors(), Factors(((1, 0, 0.0), (2, 3, 2.5)))], ids=["untouched", "scaled"])
def test_all_stages_get_their_tick(name: str, factors: Factors) -> None:
    card = CARDS[name]
    forward = NumpyForward(card)
    x = np.random.default_rng(0).standard_normal(card.preprocessing.shape).astype(np.float32)
    trace = trace_of(forward.stages, forward.operations, x, forward(x, factors), card.temperature, factors)
    for position, stage in enumerate(trace.stages):
        for index in [(0,) * len(stage.shape), *some_indices(stage.shape, 5, position)]:
            each = explain(trace, position, index)
            assert each.equal, (stage.name, each)
            assert isinstance(each.how, Input) == (position == 0)
            assert receptive_field(trace, position, index).any()
        reader = only_reader(trace.stages, position)
        activated = reader is not None and trace.stages[reader].kind == "ReLU"
        assert [trace.stages[each.position].kind for each in following(trace, position, (0,) * len(stage.shape))] == [
            "ReLU"
        ] * activated
