"""What the network view shows of the number under the mouse, and of the one that was chosen.

What a number reads is worked out by a good part of core/arithmetic, which is imported when somebody first points: the
window is there sooner.
"""

from __future__ import annotations

from PySide6.QtCore import QObject

from desktop_app.core.forward.request import Frame
from desktop_app.core.forward.spot import Spot
from desktop_app.core.forward.trace import Trace
from desktop_app.core.forward.walk import fits
from desktop_app.ui.look.selection import Selection
from desktop_app.ui.network.marks import Ink, Mark
from desktop_app.ui.network.view import NetworkView


class Pointing(QObject):
    """Keeps two layers of marks true: "hover", and "selection" which stays until the choice is given up."""

    def __init__(self, view: NetworkView, selection: Selection) -> None:
        super().__init__(view)
        self._view, self._selection = view, selection
        self._trace: Trace | None = None
        self._hovered: Spot | None = None
        view.spot_pointed.connect(self._hover)
        selection.pointed.connect(self._hover)
        selection.changed.connect(self._select)

    def forget(self) -> None:
        """Another model: nothing is known until its first frame."""
        self._trace = None
        self._hovered = None

    def show_frame(self, frame: Frame) -> None:
        """The numbers have changed, and with them perhaps who wins in a pool; what is read has not."""
        before, self._trace = self._trace, frame.trace
        spot = self._selection.spot
        if spot is not None and not fits(frame.trace.stages, spot):
            self._selection.choose(None)
        same = before is not None and before.stages is frame.trace.stages
        self._view.set_spot(self._selection.spot)
        for layer, shown, ink in self._layers():
            if shown is not None and not (same and not self._picks(frame.trace, shown)):
                self._mark(layer, shown, ink)

    def _layers(self) -> tuple[tuple[str, Spot | None, Ink], ...]:
        return ("selection", self._selection.spot, "accent"), ("hover", self._hovered, "text")

    def _hover(self, spot: Spot | None) -> None:
        if spot != self._hovered:
            self._hovered = spot
            self._mark("hover", spot, "text")

    def _select(self, spot: Spot | None) -> None:
        self._view.set_spot(spot)
        self._mark("selection", spot, "accent")

    def _mark(self, layer: str, spot: Spot | None, ink: Ink) -> None:
        trace = self._trace
        shown = trace is not None and spot is not None and fits(trace.stages, spot)
        self._view.set_marks(layer, self._marks_of(trace, spot, ink) if shown and trace and spot else ())

    def _marks_of(self, trace: Trace, spot: Spot, ink: Ink) -> list[Mark]:
        from desktop_app.ui.network.reading import marks_of

        return marks_of(trace, spot, ink, self._view.is_fine)

    def _picks(self, trace: Trace, spot: Spot) -> bool:
        from desktop_app.ui.network.reading import picks

        return picks(trace, spot)
