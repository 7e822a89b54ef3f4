"""A card's network to be asked for many answers, for gradients, and for what it makes of one of its stages."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, fx, nn

from desktop_app.core.attribution.attribution import Cover
from desktop_app.core.errors import UserError
from desktop_app.core.forward.factors import UNTOUCHED, Factors
from desktop_app.core.forward.trace import Array, Stage
from desktop_app.core.model.card import ModelCard
from desktop_app.learn.network import threads
from desktop_app.learn.network.scaling import Scaled, by_stage, scale
from desktop_app.learn.network.traced_graph import TracedGraph
from desktop_app.learn.network.tracing import TorchForward

PIXELS = 8 * 224 * 224
"""Of the inputs that go through together without gradients: more take memory and gain nothing."""
MOST = 64


class OpenNet:
    """stages: those of the network's traces."""

    def __init__(self, card: ModelCard, forward: TorchForward) -> None:
        """forward: that of the card; it is not changed, and its weights are used."""
        self.card, self.stages, self._net, self._answers = card, forward.stages, forward.net, forward.answers
        self._threads = threads.threads_for(forward.stages[1:-1], forward.operations)
        self._graph: fx.GraphModule | None = None
        self._kept: dict[fx.Node, int] = {}
        probe = torch.randn(1, *card.preprocessing.shape, generator=torch.Generator().manual_seed(0))
        try:
            with torch.no_grad():
                graph = TracedGraph(forward.net, probe)
        except Exception:  # fx fails in many ways on nets with control flow
            return
        if len(graph.kept) == len(forward.stages) - 2:  # else its stages were found another way
            self._graph, self._kept = graph.module, dict(graph.kept)

    @property
    def batch(self) -> int:
        """How many inputs to pass at a time."""
        spec = self.card.preprocessing
        return max(1, min(PIXELS // (spec.height * spec.width), MOST))

    @torch.inference_mode()
    def probabilities(self, inputs: Tensor, factors: Factors = UNTOUCHED) -> Tensor:
        """(N, C, H, W) to (N, classes), in double precision."""
        logits = self.logits(inputs, factors) if factors else self._answers(inputs)
        return torch.softmax(logits.double() / self.card.temperature, dim=1)

    def logits(self, inputs: Tensor, factors: Factors = UNTOUCHED) -> Tensor:
        """(N, C, H, W) to (N, classes); with gradients where the inputs ask for them.

        Raises UserError where maps are scaled in a network that cannot be taken apart.
        """
        threads.use(self._threads)
        if not factors:
            answer: Tensor = self._net(inputs)
            return answer
        return self._through(inputs, by_stage(factors), None)[1]

    def laid_open(self, net_input: Tensor, position: int, factors: Factors = UNTOUCHED) -> tuple[Tensor, Tensor]:
        """(1, C, H, W) to a stage's output and the logits, which know only their way from there on.

        Raises UserError for a network that cannot be taken apart.
        """
        threads.use(self._threads)
        opened, logits = self._through(net_input, by_stage(factors), position)
        assert opened is not None
        return opened, logits

    def _through(self, inputs: Tensor, scaled: Scaled, position: int | None) -> tuple[Tensor | None, Tensor]:
        if self._graph is None:
            raise UserError(
                f"{self.card.title} cannot be taken apart into its stages for this. Switch all filters on again, and "
                "choose occlusion or integrated gradients, which only need its answers."
            )
        run = _Run(self._graph, self._kept, self.stages, scaled, position)
        logits: Tensor = run.run(inputs)
        return run.opened, logits


class _Run(fx.Interpreter):
    """Once through the graph; what is not needed any more is let go on the way."""

    def __init__(
        self,
        graph: fx.GraphModule,
        kept: dict[fx.Node, int],
        stages: tuple[Stage, ...],
        scaled: Scaled,
        position: int | None,
    ) -> None:
        super().__init__(graph)
        self._stages, self._kept, self._scaled, self._position = stages, kept, scaled, position
        self.opened: Tensor | None = None

    def run_node(self, n: fx.Node) -> Any:
        value = super().run_node(n)
        position = self._kept.get(n)
        if position is None:
            return value
        if self._scaled:
            value = scale(value, self._scaled, position, self._stages[position].channels)
        if position == self._position:  # nothing before it asks for a gradient, so this is where they begin
            value = self.opened = value.detach().requires_grad_()
        return value


def covered(net_input: Array, card: ModelCard, cover: Cover) -> Tensor:
    """(C, H, W), the input with everything taken away; drawings lose their ink."""
    spec = card.preprocessing
    image = torch.from_numpy(net_input)
    mean, std = (torch.tensor(numbers)[:, None, None] for numbers in (spec.mean, spec.std))
    if cover == "black" or card.reads == "drawings":
        return (-mean / std).expand_as(image).contiguous()
    if cover == "blur":
        return _out_of_focus(image, max(spec.height, spec.width) / 14)
    return torch.zeros_like(image)


def _out_of_focus(image: Tensor, sigma: float) -> Tensor:
    """(C, H, W) blurred by a Gaussian of so many pixels."""
    reach = max(1, round(2.5 * sigma))
    offsets = torch.arange(-reach, reach + 1, dtype=torch.float32)
    bell = torch.exp(-(offsets**2) / (2 * sigma**2))
    bell = (bell / bell.sum())[None, None]
    padded = nn.functional.pad(image[:, None], (reach, reach, reach, reach), mode="replicate")
    rows = nn.functional.conv2d(padded, bell[..., None, :])
    return nn.functional.conv2d(rows, bell[..., :, None])[:, 0]
