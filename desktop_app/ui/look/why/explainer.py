"""What a job has to do for the Why page; all of it runs in the job's thread, and only there torch is imported."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop_app.core.attribution.attribution import Attribution, Cover, Mapped, Method
from desktop_app.core.attribution.placed import Placed, placed
from desktop_app.core.attribution.rollout import enlarged, rollout_of
from desktop_app.core.forward.forwards import Forwards
from desktop_app.core.forward.request import Frame
from desktop_app.core.forward.trace import Stage, Trace
from desktop_app.core.model.card import ModelCard

if TYPE_CHECKING:
    from desktop_app.learn.attribution.open_net import OpenNet


@dataclass(frozen=True, eq=False)
class Order:
    """targets: one class, or two.  position: of Grad-CAM's stage.  piece: side of occlusion's pieces in pixels.

    cover: what occlusion covers with, and what integrated gradients begin at.
    """

    frame: Frame
    method: Method
    targets: tuple[int, ...]
    position: int
    piece: int
    cover: Cover


@dataclass(frozen=True, eq=False)
class Explained:
    """How far an explanation has come. All that is to be shown is in each step, since the window may miss one.

    mapped: None as long as there is no map.
    """

    placed: Placed
    mapped: Mapped | None = None


class Explainer:
    """Keeps the network of the model that was asked for last; its weights are those that answer."""

    def __init__(self, forwards: Forwards) -> None:
        self._forwards = forwards
        self._card: ModelCard | None = None
        self._known: tuple[ModelCard, tuple[Stage, ...], OpenNet] | None = None

    def use(self, card: ModelCard) -> None:
        """This model answers now; the one before is let go, even if a job is just taking it apart."""
        self._card, self._known = card, None

    def place(self, frame: Frame) -> Iterator[object]:
        """Only where the input lies on the source image."""
        yield Explained(placed(frame))

    def explain(self, order: Order) -> Iterator[object]:
        where = placed(order.frame)
        yield Explained(where)
        for mapped in self._maps(order):
            yield Explained(where, mapped)

    def _maps(self, order: Order) -> Iterator[Mapped]:
        trace = order.frame.trace
        if order.method == "rollout":
            flow = rollout_of(trace)
            assert flow is not None  # it is only offered where there is one
            values = enlarged(flow, trace.outputs[0].shape[1:])
            yield Mapped((Attribution("rollout", order.targets[0], values),), 1, 1)
            return
        net = self._net(order.frame)
        net_input, factors = trace.outputs[0], trace.factors
        if order.method == "grad_cam":
            from desktop_app.learn.attribution.grad_cam import grad_cam

            yield Mapped(grad_cam(net, net_input, order.targets, order.position, factors), 1, 1)
        elif order.method == "occlusion":
            from desktop_app.learn.attribution.occlusion import occlusion

            yield from occlusion(net, net_input, order.targets, order.piece, order.cover, factors)
        else:
            from desktop_app.learn.attribution.integrated_gradients import integrated_gradients

            yield from integrated_gradients(net, net_input, order.targets, order.cover, factors=factors)

    def check(self, frame: Frame, attribution: Attribution) -> Iterator[object]:
        """Checked and again Checked."""
        from desktop_app.learn.attribution.curves import check

        yield from check(self._net(frame), frame.trace.outputs[0], attribution, frame.trace.factors)

    def _net(self, frame: Frame) -> OpenNet:
        from desktop_app.learn.attribution.open_net import OpenNet
        from desktop_app.learn.network.load import load
        from desktop_app.learn.network.tracing import TorchForward

        card, stages, known = frame.request.card, frame.trace.stages, self._known
        if known is not None and known[0] is card and known[1] == stages:
            return known[2]
        forward = self._forwards(card)
        if not isinstance(forward, TorchForward):  # torch has not taken over yet
            forward = TorchForward(load(card), card.preprocessing.shape)
        net = OpenNet(card, forward)
        if card is self._card:
            self._known = card, stages, net
        return net


def same_question(one: Trace, other: Trace) -> bool:
    """Whether two traces are of the same input through the same network."""
    return (
        one.stages == other.stages
        and one.factors == other.factors
        and one.outputs[0].tobytes() == other.outputs[0].tobytes()
    )
