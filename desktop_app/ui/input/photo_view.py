"""The photo as it was given, with a frame around what the network gets of it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from desktop_app.core.model.card import Fit, Preprocessing
from desktop_app.core.source.fitting import Frame, frames, ground
from desktop_app.core.source.photo import SourceImage
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.frames import paint_corners
from desktop_app.ui.widgets.text import Text

_SQUARE = Preprocessing("rgb", 1, 1, "crop", "bilinear", (0.5,) * 3, (1.0,) * 3)
"""What is framed before a model is known."""
_LINES = {True: Qt.PenStyle.SolidLine, False: Qt.PenStyle.DashLine}
"""Around the crop whose maps are shown, and around the others."""


class PhotoView(QWidget):
    """Square, like the canvas. Empty until the first photo."""

    open_wanted = Signal()
    camera_wanted = Signal()
    hold_wanted = Signal()  # Space was pressed

    def __init__(self, theme: Theme, open_key: str, parent: QWidget | None = None) -> None:
        """open_key: the shortcut that opens a photo, as text."""
        super().__init__(parent)
        self._theme = theme
        self._source: SourceImage | None = None
        self._spec = _SQUARE
        self._fit: Fit = "crop"
        self._scaled = QPixmap()
        self._invitation = QWidget(self)
        column = QVBoxLayout(self._invitation)
        column.setSpacing(2 * theme.unit)
        column.addStretch(1)
        for words in (self.tr("Drop a photo anywhere,"), self.tr("or press {key}").format(key=open_key)):
            column.addWidget(Text(theme, words, "body", "muted"), 0, Qt.AlignmentFlag.AlignHCenter)
        button = QPushButton(self.tr("Open a photo…"))
        button.setToolTip(self.tr("Choose a picture file"))
        button.clicked.connect(self.open_wanted)
        column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        camera = QPushButton(self.tr("Use the camera"))
        camera.setToolTip(self.tr("Read what the camera sees, as it happens"))
        camera.clicked.connect(self.camera_wanted)
        column.addWidget(camera, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self.setAccessibleName(self.tr("Photo"))
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        theme.changed.connect(self.update)

    @property
    def source(self) -> SourceImage | None:
        return self._source

    def show_photo(self, source: SourceImage | None) -> None:
        self._source = source
        self._scaled = QPixmap()
        self._invitation.setVisible(source is None)
        size = "×".join(map(str, source.full_size)) if source else ""
        self.setAccessibleDescription(f"{source.name}, {size}" if source else "")
        self.update()

    def set_spec(self, spec: Preprocessing) -> None:
        self._spec = spec
        self.update()

    def set_fit(self, fit: Fit) -> None:
        self._fit = fit
        self.update()

    def frame(self) -> QRectF:
        """The frame on screen, of several crops the one in the middle; null without a photo."""
        return QRectF() if self._source is None else self._places(self._source)[1][0]

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(246), self._theme.px(246))

    def minimumSizeHint(self) -> QSize:
        return QSize(110, 110)  # not more at projector size: on a low screen the words around it need the height

    def _places(self, source: SourceImage) -> tuple[QRectF, list[QRectF]]:
        """Where the photo and the frames are on screen."""
        width, height = source.full_size
        kept = frames(source.full_size, self._spec, self._fit)
        wide = max(width, *(right - left for left, _, right, _ in kept))  # the first is centred as the photo is
        high = max(height, *(bottom - top for _, top, _, bottom in kept))
        scale = min(self.width() / wide, self.height() / high)
        left, top = (self.width() - width * scale) / 2, (self.height() - height * scale) / 2

        def place(frame: Frame) -> QRectF:
            x0, y0, x1, y1 = (scale * edge for edge in frame)
            return QRectF(left + x0, top + y0, x1 - x0, y1 - y0)

        return place((0, 0, width, height)), [place(frame) for frame in kept]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours = self._theme.colours
        painter.fillRect(self.rect(), colours.window)
        if self._source is not None:
            self._paint_photo(painter, self._source)
        paint_corners(painter, self.rect(), event.rect(), self._theme)
        if self._source is None:
            self._paint_dashes(painter)

    def _paint_photo(self, painter: QPainter, source: SourceImage) -> None:
        photo, kept = self._places(source)
        ratio = self.devicePixelRatioF()
        wanted = QSize(max(1, round(photo.width() * ratio)), max(1, round(photo.height() * ratio)))
        if self._scaled.size() != wanted:
            self._scaled = _scaled(source, wanted)
        if self._fit == "pad" and self._spec.longest is None:
            painter.fillRect(kept[0], QColor(*ground(self._spec)))
        painter.drawPixmap(photo, self._scaled, QRectF(self._scaled.rect()))
        shown = [frame.intersected(QRectF(self.rect())) for frame in kept]
        seen = QPainterPath()
        for frame in shown:
            part = QPainterPath()
            part.addRect(frame.intersected(photo))
            seen |= part
        outside = QPainterPath()
        outside.addRect(photo)
        shade = QColor(self._theme.colours.ink_background)
        shade.setAlphaF(0.55)
        painter.fillPath(outside - seen, shade)
        for frame in reversed(shown):  # the middle one last, over the others
            middle = frame is shown[0]
            painter.setPen(QPen(self._theme.colours.accent, 2 if middle else 1, _LINES[middle]))
            painter.drawRect(frame.adjusted(1, 1, -1, -1))

    def _paint_dashes(self, painter: QPainter) -> None:
        pen = QPen(self._theme.colours.disabled, 1.5, Qt.PenStyle.DashLine)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen)
        radius = self._theme.px(6)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), radius, radius)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.hold_wanted.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: object) -> None:
        self._invitation.setGeometry(self.rect())


def _scaled(source: SourceImage, size: QSize) -> QPixmap:
    """A large picture is first reduced by leaving pixels out: what follows must not hold up the window."""
    height, width = source.rgb.shape[:2]
    step = max(1, min(height // (2 * size.height()), width // (2 * size.width())))
    pixels = np.ascontiguousarray(source.rgb[::step, ::step])
    image = QImage(pixels.data, pixels.shape[1], pixels.shape[0], 3 * pixels.shape[1], QImage.Format.Format_RGB888)
    return QPixmap.fromImage(
        image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
    )
