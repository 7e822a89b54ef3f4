"""File ▸ Export: the view as a picture or a drawing, the trace as a report or as numbers.

Widgets are painted here in the GUI thread; encoding, reckoning and writing happen in a job.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop_app.core.errors import UserError
from desktop_app.core.files import write_atomically
from desktop_app.core.forward.request import Frame
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.look.panel import LookPanel
from desktop_app.ui.look.selection import Selection
from desktop_app.ui.network.panel import NetworkPanel
from desktop_app.ui.session import Session
from desktop_app.ui.theme import Theme

if TYPE_CHECKING:
    from desktop_app.ui.export.view import ViewPicture


@dataclass(frozen=True)
class Kind:
    """One entry of the menu. make: what the job has to do for the present frame, made ready in the GUI thread."""

    text: str
    tip: str
    filter: str
    suffix: str
    make: Callable[[Frame], Callable[[], bytes]]


class Exporter(QObject):
    """Knows the newest frame. problem, notice: for the banner."""

    problem = Signal(str)
    notice = Signal(str)

    def __init__(
        self,
        session: Session,
        theme: Theme,
        network: NetworkPanel,
        look: LookPanel,
        selection: Selection,
        jobs: Jobs,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._theme, self._network, self._look = theme, network, look
        self._selection, self._jobs, self._window = selection, jobs, window
        self._frame: Frame | None = None
        self._folder = Path()
        session.frame_ready.connect(self._keep)
        session.model_changed.connect(self._forget)
        self.kinds = {
            "png": Kind(
                self.tr("View as &picture (PNG)…"),
                self.tr("All stages and the open page, as they look now"),
                self.tr("Picture (*.png)"),
                ".png",
                self._picture,
            ),
            "svg": Kind(
                self.tr("View as &drawing (SVG)…"),
                self.tr("The same for programs that draw: text stays text"),
                self.tr("Drawing (*.svg)"),
                ".svg",
                self._drawing,
            ),
            "html": Kind(
                self.tr("Whole trace as a &report (HTML)…"),
                self.tr("Every stage with its pictures, and the arithmetic of the chosen pixel, for any browser"),
                self.tr("Report (*.html)"),
                ".html",
                self._report,
            ),
            "npz": Kind(
                self.tr("&Numbers (NPZ)…"),
                self.tr("Every stage's output as an array, for numpy"),
                self.tr("Numbers (*.npz)"),
                ".npz",
                self._numbers,
            ),
        }

    def ask(self, name: str) -> None:
        """Asks where to, and exports there."""
        kind = self.kinds[name]
        model = self._frame.request.card.name if self._frame else "convlens"
        start = str(self._folder / f"{model}{kind.suffix}")
        chosen = QFileDialog.getSaveFileName(self._window, self.tr("Export"), start, kind.filter)[0]
        if not chosen:
            return
        file = Path(chosen)
        self._folder = file.parent
        if file.suffix.lower() != kind.suffix:
            file = file.with_name(file.name + kind.suffix)
            if file.exists():  # about this name nobody was asked
                self.problem.emit(
                    self.tr("{name} is there already. To replace it, choose it with its ending.").format(name=file.name)
                )
                return
        self.export(name, file)

    def export(self, name: str, file: Path) -> None:
        """Writes the present frame; `notice` or `problem` tells when it is done."""
        if self._frame is None:
            self.problem.emit(self.tr("There is nothing to export yet. Wait until the model has answered."))
            return
        job = self._jobs.start("export", partial(_write, self.kinds[name].make(self._frame), file))
        job.ended.connect(partial(self._tell, file))

    def _keep(self, frame: Frame) -> None:
        self._frame = frame

    def _forget(self) -> None:
        """The columns are another model's now, and empty until its first frame comes."""
        self._frame = None

    def _tell(self, file: Path, error: Exception | None) -> None:
        if error is None:
            self.notice.emit(self.tr("Saved as {name}.").format(name=file.name))
        elif isinstance(error, UserError):
            self.problem.emit(str(error))
        else:
            self.problem.emit(
                self.tr("{name} could not be saved ({kind}: {text}). ConvLens goes on.").format(
                    name=file.name, kind=type(error).__name__, text=str(error)[:200]
                )
            )

    # what is exported: the first part of each in the GUI thread, what it returns in the job; imported when asked for

    def _view(self, frame: Frame) -> ViewPicture:
        from desktop_app.ui.export.view import ViewPicture

        return ViewPicture(self._theme, self._network, self._look.shown, frame)

    def _picture(self, frame: Frame) -> Callable[[], bytes]:
        from desktop_app.ui.export.late_images import png

        return partial(png, self._view(frame).image())

    def _drawing(self, frame: Frame) -> Callable[[], bytes]:
        from desktop_app.core.export.svg import finished
        from desktop_app.ui.export.late_images import with_images
        from desktop_app.ui.export.view import width_of

        drawing, images = self._view(frame).drawing()
        family = self._theme.font("body")

        def written() -> bytes:
            return finished(with_images(drawing, images), partial(width_of, family))

        return written

    def _report(self, frame: Frame) -> Callable[[], bytes]:
        spot, now = self._selection.spot, datetime.now()

        def written() -> bytes:
            from desktop_app.core.export.report import report

            return report(frame, spot, now).encode(errors="replace")  # a card may name half a character

        return written

    def _numbers(self, frame: Frame) -> Callable[[], bytes]:
        from desktop_app.core.export.numbers import pack_numbers

        return partial(pack_numbers, frame.trace, frame.request.card)


def _write(make: Callable[[], bytes], file: Path) -> Iterator[object]:
    data = make()
    yield file  # a window that was closed meanwhile writes nothing more
    write_atomically(file, data)
