"""What one forward pass gives: every stage's output, and the answer. Plain numpy, frozen: it crosses threads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arithmetic.operations import Given, Operation, Softmax
from desktop_app.core.forward.factors import UNTOUCHED, Factors
from desktop_app.core.model.architecture import Kind, weight_shapes
from desktop_app.core.model.card import ModelCard
from desktop_app.core.model.unrolled import unrolled

Array = NDArray[np.float32]

KIND_WORDS: dict[Kind, str] = {
    "conv": "conv",
    "relu": "ReLU",
    "max_pool": "max pool",
    "avg_pool": "average pool",
    "flatten": "flatten",
    "dense": "dense",
    "residual": "add",
}


@dataclass(frozen=True)
class Stage:
    """One column on screen.

    kind: in words ("conv", "ReLU", "add", ...).  shape: (C, H, W) or (N,), without the batch.
    weights: number of weights that the stage owns.  sources: positions of the stages that it reads, in the same list
    and in the order of the operation's operands; a stage that is read twice stands there twice.
    block: dotted path of the module that it is part of ("layer1.0"), "" at the top of the network.
    grid: (rows, columns) of the picture that its places make up, where these are not the last two axes: of tokens
    (L, N), before which a class token may stand, and of maps with their channels last (H, W, C).  channels: their axis.
    module: dotted, of the layer in the network's code, where the name is another one; else "".
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    weights: int = 0
    sources: tuple[int, ...] = ()
    block: str = ""
    grid: tuple[int, int] | None = None
    channels: int = 0
    module: str = ""

    @property
    def layer(self) -> str:
        """What it is called in the network's code."""
        return self.module or self.name

    @property
    def is_maps(self) -> bool:
        """Whether its outputs are pictures (else it is drawn as a strip)."""
        return len(self.shape) == 3 or self.grid is not None

    @property
    def maps(self) -> tuple[int, int, int]:
        """(count, height, width) of what is drawn; a unit of a dense stage is a map of 1×1. See `layout.as_maps`."""
        if self.grid is not None:
            return (self.shape[self.channels], *self.grid)
        if len(self.shape) == 3:
            return (self.shape[0], self.shape[1], self.shape[2])
        return (int(np.prod(self.shape)), 1, 1)

    @property
    def apart(self) -> int:
        """Tokens that stand before those of the picture and are not drawn: that of the class."""
        return int(np.prod(self.shape)) // self.shape[self.channels] - self.grid[0] * self.grid[1] if self.grid else 0

    @property
    def shape_words(self) -> str:
        return "×".join(str(side) for side in self.shape)


def only_reader(stages: Sequence[Stage], position: int) -> int | None:
    """The stage that reads this one, where there is only one."""
    readers = [reader for reader, stage in enumerate(stages) if position in stage.sources]
    return readers[0] if len(readers) == 1 else None


@dataclass(frozen=True, eq=False)
class Answer:
    """logits, probabilities: (classes,).  entropy: of the probabilities, in bits."""

    logits: Array
    probabilities: Array
    entropy: float

    @property
    def best(self) -> int:
        return int(self.probabilities.argmax())


@dataclass(frozen=True, eq=False)
class Trace:
    """Stages from the input to the softmax, the output of each, of its stage's shape, and what each computes.

    factors: the maps that were scaled; outputs are those after scaling.
    """

    stages: tuple[Stage, ...]
    outputs: tuple[Array, ...]
    answer: Answer
    operations: tuple[Operation, ...]
    factors: Factors = UNTOUCHED


def answer_of(logits: Array, temperature: float) -> Answer:
    """Softmax of the logits divided by the temperature."""
    scaled = logits.astype(np.float64) / temperature
    with np.errstate(invalid="ignore"):  # infinite logits are shown as the NaN that they give
        powers = np.exp(scaled - scaled.max())
    probabilities = powers / powers.sum()
    entropy = -float(np.sum(probabilities * np.log2(np.maximum(probabilities, 1e-300))))
    return Answer(logits, probabilities.astype(np.float32), max(entropy, 0.0))


def card_stages(card: ModelCard) -> tuple[Stage, ...]:
    """The stages between input and softmax of a model whose card spells out its layers."""
    shape = card.preprocessing.shape
    counts: dict[str, int] = {}
    for name, sides in weight_shapes(card.layers, shape).items():
        layer = name.rpartition(".")[0]
        counts[layer] = counts.get(layer, 0) + int(np.prod(sides))
    return tuple(
        Stage(step.name, KIND_WORDS[step.layer.kind], step.shape, counts.get(step.name, 0), step.sources, step.block)
        for step in unrolled(card.layers, shape)
    )


def with_ends(inner: Iterable[Stage], input_shape: tuple[int, int, int]) -> tuple[Stage, ...]:
    """Stages with the input before them and the softmax behind; inner sources count the input as 0."""
    stages = (Stage("input", "input", input_shape), *inner)
    return (*stages, Stage("softmax", "softmax", stages[-1].shape, 0, (len(stages) - 1,)))


def trace_of(
    stages: tuple[Stage, ...],
    operations: tuple[Operation, ...],
    net_input: Array,
    inner: Iterable[Array],
    temperature: float,
    factors: Factors = UNTOUCHED,
) -> Trace:
    """The trace out of the input (C, H, W) and the outputs of the stages between input and softmax.

    operations: of the stages between input and softmax.
    """
    outputs = (net_input, *inner)
    answer = answer_of(outputs[-1], temperature)
    operations = (Given(), *operations, Softmax(temperature))
    return Trace(stages, (*outputs, answer.probabilities), answer, operations, factors)
