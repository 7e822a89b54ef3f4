"""The photo as it was given, with a frame around what the network gets of it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from desktop_app.core.model.card import Fit, Preprocessing
from desktop_app.core.source.photo import SourceImage
from desktop_app.core.source.preprocess import shortest_side
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.frames import paint_corners
from desktop_app.ui.widgets.text import Text

Frame = tuple[float, float, float, float]
"""(left, top, right, bottom) in the source image's pixels; beyond it where the picture is padded."""


def kept_frame(size: tuple[int, int], spec: Preprocessing | None, fit: Fit) -> Frame:
    """What of a picture of (width, height) becomes the input. Without a spec, a square input.

    A model that reads drawings looks for ink in the whole photo.
    """
    width, height = size
    if fit == "stretch" or (spec is not None and spec.longest is not None):
        return 0.0, 0.0, float(width), float(height)
    wide, high, short = (1, 1, 1) if spec is None else (spec.width, spec.height, shortest_side(spec))
    scale = max(width / wide, height / high) if fit == "pad" else min(size) / short
    half_width, half_height = scale * wide / 2, scale * high / 2
    return width / 2 - half_width, height / 2 - half_height, width / 2 + half_width, height / 2 + half_height


class PhotoView(QWidget):
    """Square, like the canvas. Empty until the first photo."""

    open_wanted = Signal()

    def __init__(self, theme: Theme, open_key: str, parent: QWidget | None = None) -> None:
        """open_key: the shortcut that opens a photo, as text."""
        super().__init__(parent)
        self._theme = theme
        self._source: SourceImage | None = None
        self._spec: Preprocessing | None = None
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
        column.addStretch(1)
        self.setAccessibleName(self.tr("Photo"))
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
        """The frame on screen; null without a photo."""
        return QRectF() if self._source is None else self._places(self._source)[1]

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(246), self._theme.px(246))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(110), self._theme.px(110))

    def _places(self, source: SourceImage) -> tuple[QRectF, QRectF]:
        """Where the photo and the frame are on screen."""
        width, height = source.full_size
        left, top, right, bottom = kept_frame(source.full_size, self._spec, self._fit)
        wide, high = max(width, right - left), max(height, bottom - top)  # both are centred alike
        scale = min(self.width() / wide, self.height() / high)
        centre = QPointF(self.width() / 2, self.height() / 2)

        def around(size: tuple[float, float]) -> QRectF:
            return QRectF(
                centre.x() - size[0] * scale / 2, centre.y() - size[1] * scale / 2, size[0] * scale, size[1] * scale
            )

        return around((width, height)), around((right - left, bottom - top))

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
        photo, frame = self._places(source)
        ratio = self.devicePixelRatioF()
        wanted = QSize(max(1, round(photo.width() * ratio)), max(1, round(photo.height() * ratio)))
        if self._scaled.size() != wanted:
            self._scaled = _scaled(source, wanted)
        if self._fit == "pad" and self._spec is not None and self._spec.longest is None:
            painter.fillRect(frame, QColor(*_ground(self._spec)))
        painter.drawPixmap(photo, self._scaled, QRectF(self._scaled.rect()))
        shown = frame.intersected(QRectF(self.rect()))
        if not shown.contains(photo):
            outside = QPainterPath()
            outside.addRect(photo)
            outside.addRect(shown.intersected(photo))
            shade = QColor(self._theme.colours.ink_background)
            shade.setAlphaF(0.55)
            painter.fillPath(outside, shade)
        painter.setPen(QPen(self._theme.colours.accent, 2))
        painter.drawRect(shown.adjusted(1, 1, -1, -1))

    def _paint_dashes(self, painter: QPainter) -> None:
        pen = QPen(self._theme.colours.disabled, 1.5, Qt.PenStyle.DashLine)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen)
        radius = self._theme.px(6)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), radius, radius)

    def resizeEvent(self, event: object) -> None:
        self._invitation.setGeometry(self.rect())


def _ground(spec: Preprocessing) -> tuple[int, int, int]:
    """The colour that padding fills up with, as preprocessing takes it: what becomes zero when normalised."""
    red, green, blue = (round(255 * value) for value in (spec.mean if len(spec.mean) == 3 else spec.mean * 3))
    return red, green, blue


def _scaled(source: SourceImage, size: QSize) -> QPixmap:
    """A large picture is first reduced by leaving pixels out: what follows must not hold up the window."""
    height, width = source.rgb.shape[:2]
    step = max(1, min(height // (2 * size.height()), width // (2 * size.width())))
    pixels = np.ascontiguousarray(source.rgb[::step, ::step])
    image = QImage(pixels.data, pixels.shape[1], pixels.shape[0], 3 * pixels.shape[1], QImage.Format.Format_RGB888)
    return QPixmap.fromImage(
        image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
    )
