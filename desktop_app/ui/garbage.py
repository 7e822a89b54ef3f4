"""Python's garbage collector in the window's thread only.

It runs in whatever thread happens to make the object that is one too many. What it frees may be a widget that a
reference cycle has kept, and a widget that another thread takes apart crashes Qt, some day.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 500
"""As often as that what is due is collected; a drawing hand leaves a few hundred objects in that time."""


LATE = "torchvision"
"""What is imported when somebody first wants it, and stays: 130,000 objects, which a full collection takes 80 ms to
look through. So once they are there they are frozen, as torch's are by its own import."""


def collect_due() -> None:
    """The oldest generation that Python itself would collect by now, if any."""
    counts, limits = gc.get_count(), gc.get_threshold()
    for generation in (2, 1, 0):
        if counts[generation] > limits[generation]:
            gc.collect(generation)
            return


class Collector(QObject):
    """Collects in the thread that made it, and nowhere else, until `stop`.

    all_due: asked every time; True where something large was let go of that only a full collection can free.
    """

    def __init__(self, all_due: Callable[[], bool] = lambda: False, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all_due = all_due
        self._awaits_late = LATE not in sys.modules
        self._before = gc.isenabled()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._collect)
        self._timer.start(EVERY_MS)

    def _collect(self) -> None:
        late = sys.modules.get(LATE) if self._awaits_late else None
        if late is not None:
            if getattr(late.__spec__, "_initializing", False):
                return  # not now: it makes most of what would be looked through
            self._awaits_late = False
            gc.freeze()
        if self._all_due():
            gc.collect()
        else:
            collect_due()

    def stop(self) -> None:
        """As it was before."""
        self._timer.stop()
        if self._before:
            gc.enable()
