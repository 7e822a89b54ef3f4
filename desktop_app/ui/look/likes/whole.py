"""The whole input that a patch was cut from, with the receptive field framed."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop_app.core.likes.patches import Patch
from desktop_app.ui.look.likes.pictures import fitted, picture_of
from desktop_app.ui.qimages import Picture
from desktop_app.ui.theme import Theme

SMALLEST = 80
"""Side in pixels at normal size."""


class WholeInput(QWidget):
    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._patch: Patch | None = None
        self._picture: Picture | None = None
        self._words = ""
        self._texts = theme.texts("caption")
        self.setAccessibleName(self.tr("The whole input"))
        theme.changed.connect(self._dress)

    @property
    def patch(self) -> Patch | None:
        return self._patch

    def show_patch(self, patch: Patch | None) -> None:
        self._patch, self._words = patch, ""
        self._picture = picture_of(patch.picture) if patch else None
        if patch is not None and len(patch.index) == 3:
            _, row, column = patch.index
            self._words = self.tr("row {row}, column {column}").format(row=row + 1, column=column + 1)
        self.setAccessibleDescription(self._words)
        self.update()

    def minimumSizeHint(self) -> QSize:
        side = self._theme.px(SMALLEST)
        return QSize(side, side)

    @property
    def picture_place(self) -> QRectF:
        """Where the input is painted."""
        tall, wide = self._patch.picture.shape[1:] if self._patch else (1, 1)
        room = QRectF(1, 1, self.width() - 2, self.height() - round(self._texts.height) - self._theme.unit - 1)
        place = fitted(room, tall, wide)
        place.moveTop(1)
        return place

    def paintEvent(self, event: QPaintEvent) -> None:
        patch, picture = self._patch, self._picture
        if patch is None or picture is None:
            return
        painter = QPainter(self)
        colours = self._theme.colours
        place = self.picture_place
        painter.drawImage(place, picture.image)
        painter.setPen(colours.border)  # a photo may be as white as the page
        painter.drawRect(place)
        scale = place.width() / patch.picture.shape[2]
        box = patch.box
        frame = QRectF(box.left * scale, box.top * scale, box.width * scale, box.height * scale)
        frame.translate(place.topLeft())
        painter.setPen(QPen(colours.accent, 2))
        painter.drawRect(frame)
        painter.setPen(colours.muted)
        self._texts.draw(painter, self._words, place.center().x(), place.bottom() + self._theme.unit / 2, 0.5)

    def _dress(self) -> None:
        self._texts = self._theme.texts("caption")
        self.update()
