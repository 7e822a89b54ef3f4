"""The nine patches that excite a unit most, cut to its receptive field."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.core.likes.patches import Patch, size_of
from desktop_app.core.numerals import tiny
from desktop_app.ui.look.likes.pictures import fitted, picture_of
from desktop_app.ui.qimages import Picture
from desktop_app.ui.theme import Theme

ARRANGEMENTS = (9, 5, 3)
"""Patches side by side: whichever lets them be largest."""
SMALLEST = 26
"""Side of a patch in pixels at normal size."""


class NinePatches(QWidget):
    """Points at one of them: the one under the mouse, else the one that was clicked or reached by the arrow keys."""

    pointed = Signal(object)  # a patch's number, or None when there are none

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._patches: Sequence[Patch] = ()
        self._pictures: list[Picture] = []
        self._marked = 0
        self._hovered: int | None = None
        self._texts = theme.texts("caption")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("What it answers to most"))
        theme.changed.connect(self._dress)

    @property
    def patches(self) -> Sequence[Patch]:
        return self._patches

    @property
    def at(self) -> int | None:
        """The number of the patch that is pointed at."""
        return self._hovered if self._hovered is not None else self._marked if self._patches else None

    def show_patches(self, patches: Sequence[Patch]) -> None:
        """The strongest first. The mark goes back to the first one unless there are as many as before."""
        if len(patches) != len(self._patches):
            self._marked, self._hovered = 0, None
        self._patches = patches
        self._pictures = [picture_of(patch.cut) for patch in patches]
        self._tell()

    def minimumSizeHint(self) -> QSize:
        side = self._theme.px(SMALLEST)
        return QSize(3 * (side + self._gap), 3 * (side + self._under))

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def width_in(self, width: float, height: float) -> float:
        """What the patches need of this room."""
        columns, side = self._arrangement(width, height)
        return columns * (side + self._gap)

    def place(self, number: int) -> QRectF:
        """Where a patch is painted, its number below it not included."""
        columns, side = self._arrangement(self.width(), self.height())
        row, column = divmod(number, columns)
        return QRectF(column * (side + self._gap) + 1, row * (side + self._under) + 1, side, side)

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._patches:
            return
        painter = QPainter(self)
        colours = self._theme.colours
        size = size_of(self._patches)
        at = self.at
        for number, (patch, picture) in enumerate(zip(self._patches, self._pictures, strict=True)):
            place = self.place(number)
            field = fitted(place, *size)
            scale = field.width() / size[1]
            down, right = patch.offset(size)
            painter.fillRect(field, colours.track)  # what lies beyond the input's edge
            cut = QRectF(right, down, patch.box.width, patch.box.height)
            painter.drawImage(QRectF(field.topLeft() + cut.topLeft() * scale, cut.size() * scale), picture.image)
            painter.setPen(QPen(colours.accent, 2) if number == at else colours.border)
            painter.drawRect(field)
            painter.setPen(colours.accent if number == at else colours.text)
            self._texts.draw(painter, tiny(patch.value), place.center().x(), place.bottom() + 1, 0.5)
        if self.hasFocus():
            painter.setPen(QPen(colours.accent, 1, Qt.PenStyle.DotLine))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    @property
    def _gap(self) -> int:
        return 2 * self._theme.unit

    @property
    def _under(self) -> int:
        """A patch's number and the room below it."""
        return round(self._texts.height) + self._theme.unit

    def _arrangement(self, width: float, height: float) -> tuple[int, float]:
        """(patches side by side, side of one)."""

        def side(columns: int) -> float:
            rows = -(-9 // columns)
            return min(width / columns - self._gap, height / rows - self._under - 1)

        columns = max(ARRANGEMENTS, key=side)
        return columns, max(side(columns), 1.0)

    # pointing

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self._under_mouse(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = self._under_mouse(event.position())
        if number is not None:
            self._marked = number
            self._tell()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        columns, _ = self._arrangement(self.width(), self.height())
        key = event.key()
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -columns, Qt.Key.Key_Down: columns}
        if key not in steps or not self._patches:
            super().keyPressEvent(event)
        elif 0 <= self._marked + steps[Qt.Key(key)] < len(self._patches):
            self._marked += steps[Qt.Key(key)]
            self._tell()

    def _under_mouse(self, point: QPointF) -> int | None:
        return next((number for number in range(len(self._patches)) if self.place(number).contains(point)), None)

    def _hover(self, number: int | None) -> None:
        if number != self._hovered:
            self._hovered = number
            self._tell()

    def _tell(self) -> None:
        at = self.at
        if at is not None:
            self.setAccessibleDescription(
                self.tr("{n} of {count}: {value}").format(
                    n=at + 1, count=len(self._patches), value=tiny(self._patches[at].value)
                )
            )
        self.update()
        self.pointed.emit(at)

    def _dress(self) -> None:
        self._texts = self._theme.texts("caption")
        self.updateGeometry()
        self.update()
