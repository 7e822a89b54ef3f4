"""What is open below the network, as a session keeps it and brings it back."""

from __future__ import annotations

from desktop_app.core.forward.request import Frame
from desktop_app.core.forward.spot import Spot
from desktop_app.core.forward.walk import fits
from desktop_app.core.session_file import Looking
from desktop_app.ui.look.panel import LookPanel
from desktop_app.ui.look.selection import Selection


class LookAgain:
    """The page opens at once, its number is chosen when the model's first frame is there."""

    def __init__(self, look: LookPanel, selection: Selection) -> None:
        self._look, self._selection = look, selection
        self._sought: tuple[Spot, str] | None = None

    def now(self) -> Looking:
        return Looking(self._look.page, self._selection.spot if self._look.page else None)

    def restore(self, looking: Looking, model: str) -> None:
        """model: the name of the one whose number it is."""
        self._sought = None
        if looking.page not in self._look.pages:
            self._look.close_page()
            return
        self._look.open(looking.page)
        self._selection.choose(None)
        if looking.spot is not None:
            self._sought = looking.spot, model

    def show_frame(self, frame: Frame) -> None:
        """After all panels have it."""
        if self._sought is not None and frame.request.card.name == self._sought[1]:
            spot, self._sought = self._sought[0], None
            if fits(frame.trace.stages, spot):
                self._selection.choose(spot)
