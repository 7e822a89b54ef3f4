"""Gradient ascent, live: a picture that grows out of noise into what a unit would like best."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop_app.core.arithmetic.explanation import Index
from desktop_app.core.likes.patches import Box
from desktop_app.core.model.card import ModelCard
from desktop_app.ui.jobs import Job, Jobs
from desktop_app.ui.look.likes.curve import Curve
from desktop_app.ui.look.likes.pictures import fitted, picture_of
from desktop_app.ui.qimages import Picture
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.text import Text, heading

if TYPE_CHECKING:
    from desktop_app.learn.ascent import Climbed

PACE = 0.015
"""Seconds of rest a step: growing is there to be watched, and leaves the processor to the drawing."""
USUAL, SMALLEST = 150, 80
"""Sides of the picture in pixels at normal size."""


@dataclass(frozen=True)
class Aim:
    """The number that shall grow. index: the middle of a map, or a unit.  box: its receptive field."""

    card: ModelCard
    stage: str
    index: Index
    box: Box


class Grown(QWidget):
    """The picture, cut to the receptive field."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.picture: Picture | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("The picture that grows"))
        theme.changed.connect(self.updateGeometry)

    def show_picture(self, picture: Picture | None) -> None:
        self.picture = picture
        self.update()

    def sizeHint(self) -> QSize:
        side = self._theme.px(USUAL)
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        side = self._theme.px(SMALLEST)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        image = self.picture.image if self.picture else None
        place = fitted(QRectF(self.rect()), *((image.height(), image.width()) if image else (1, 1)))
        place.moveTop(0)
        if image:
            painter.drawImage(place, image)
            return
        unit, colours = self._theme.unit, self._theme.colours
        painter.fillRect(place, colours.window)
        painter.setPen(colours.muted)
        painter.setFont(self._theme.font("caption"))
        room = place.adjusted(unit, unit, -unit, -unit)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(room, flags, self.tr("Changes noise, step by step, into what it would like best of all"))


class Climb(QWidget):
    """Stops when it is hidden; goes on with another unit when one is chosen meanwhile."""

    def __init__(self, theme: Theme, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._jobs = theme, jobs
        self._aim: Aim | None = None
        self._job: Job | None = None
        self._seed = 0
        self.grown = Grown(theme)
        self.words = Text(theme, role="caption", ink="muted")
        self.curve = Curve(theme)
        self.start, self.anew = QPushButton(self.tr("Start")), QPushButton(self.tr("New noise"))
        self.start.setToolTip(self.tr("Changes the input, step by step, so that the answer grows"))
        self.anew.setToolTip(self.tr("Begins with other noise: it may end in another picture"))
        self._build()
        self.start.clicked.connect(self._toggle)
        self.anew.clicked.connect(self._start_anew)
        theme.changed.connect(self._dress)
        self._dress()

    def _build(self) -> None:
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        right = QVBoxLayout()
        right.addWidget(self.words)
        right.addWidget(self.curve, 1)
        self._buttons = buttons = QHBoxLayout()
        buttons.addWidget(self.start, 1)
        buttons.addWidget(self.anew, 1)
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(heading(self._theme, self.tr("Gradient ascent").upper()), 0, 0, 1, 2)
        self._layout.addWidget(self.grown, 1, 0)
        self._layout.addLayout(right, 1, 1)
        self._layout.addLayout(buttons, 2, 0, 1, 2)
        self._layout.setColumnStretch(0, 5)
        self._layout.setColumnStretch(1, 4)
        self._layout.setRowStretch(1, 1)

    @property
    def running(self) -> bool:
        return self._job is not None

    def aim_at(self, aim: Aim | None, best: float | None = None) -> None:
        """best: what the best input gave, if that is known.  A new aim is climbed at once if one was being climbed."""
        self.curve.set_best(best)
        if aim == self._aim:
            return
        going = self.running
        self.stop()
        self._aim = aim
        self._clear()
        if going:
            self._start()

    def stop(self) -> None:
        """At once: nothing of the step that is being worked out is shown."""
        if self._job is not None:
            self._job.silence()
            self._over(None)

    def hideEvent(self, event: QHideEvent) -> None:
        self.stop()
        super().hideEvent(event)

    def _toggle(self) -> None:
        if self.running:
            self.stop()
        else:
            self._start()

    def _start_anew(self) -> None:
        self.stop()
        self._seed += 1
        self._start()

    def _start(self) -> None:
        aim, seed = self._aim, self._seed
        if aim is None:
            return

        def work() -> Iterator[object]:
            from desktop_app.learn.ascent import ascend  # brings torch, which takes its time

            for climbed in ascend(aim.card, aim.stage, aim.index, max(aim.box.height, aim.box.width), seed):
                yield climbed
                time.sleep(PACE)

        self._clear()
        self._tell(self.tr("getting ready…"))
        self._job = self._jobs.start("ascent", work)
        self._job.stepped.connect(self._show)
        self._job.ended.connect(self._over)
        self.start.setText(self.tr("Stop"))

    def _show(self, step: object) -> None:
        climbed, aim = cast("Climbed", step), self._aim
        if aim is None:
            return
        box = aim.box
        self.grown.show_picture(picture_of(climbed.picture[:, box.top : box.bottom, box.left : box.right]))
        if not self.curve.values:
            self._tell("")
        self.curve.add(climbed.step / climbed.steps, climbed.activation)

    def _over(self, error: object) -> None:
        self._job = None
        self.start.setText(self.tr("Start"))
        if error is not None:
            self._tell(str(error))

    def _clear(self) -> None:
        self.grown.show_picture(None)
        self.curve.clear()
        self._tell("")
        self.start.setEnabled(self._aim is not None)
        self.anew.setEnabled(self._aim is not None)

    def _tell(self, words: str) -> None:
        self.words.setText(words)
        self.words.setVisible(bool(words))

    def _dress(self) -> None:
        unit = self._theme.unit
        self._layout.setHorizontalSpacing(3 * unit)
        self._layout.setVerticalSpacing(2 * unit)
        self._buttons.setSpacing(2 * unit)
