"""The middle of the window as a picture: all stages, also those that are scrolled away, and the open page.

Rendered in the GUI thread, since widgets paint themselves; encoding and writing are done elsewhere.
"""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QIODevice, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from desktop_app.core.drawing.strokes import Drawing
from desktop_app.core.forward.request import Frame
from desktop_app.core.forward.verdict import percent, verdict_of
from desktop_app.ui.export.late_images import LateImages
from desktop_app.ui.look.page import Page
from desktop_app.ui.network.legend import Legend
from desktop_app.ui.network.panel import NetworkPanel
from desktop_app.ui.theme import Role, Theme

RATIO = 2
"""Pixels of the PNG for one on screen."""
WIDEST = 32_000
"""Of the PNG, in pixels: Qt paints no farther. All stages of a deep network side by side may come to more."""
SVG_DPI = 96
"""As in CSS; sizes are in pixels anyhow."""


class ViewPicture:
    """The view as it is now; paints itself wherever it is wanted."""

    def __init__(self, theme: Theme, network: NetworkPanel, page: Page | None, frame: Frame) -> None:
        self._theme = theme
        self._columns = network.columns
        self._columns.show_all()
        self._page = page
        self._frame = frame
        self._legend = Legend(theme)
        self._legend.show_scale(network.map_view)
        self._legend.show_frame(frame)
        self._margin = 4 * theme.unit
        self._head = QFontMetricsF(theme.font("title")).height() + 2 * theme.unit
        page_width = page.width() if page else 0
        self._width = max(self._columns.width(), page_width)
        self._legend.resize(self._width, self._legend.sizeHint().height())

    @property
    def title(self) -> str:
        """The model, and what it answers."""
        card, source = self._frame.request.card, self._frame.request.source
        if isinstance(source, Drawing) and not source:
            return card.title
        verdict = verdict_of(self._frame.answer, card)
        return f"{card.title}: {verdict.label} {percent(verdict.probability)}"

    @property
    def description(self) -> str:
        """The stages in a row."""
        return " → ".join(f"{stage.name} ({stage.shape_words})" for stage in self._frame.trace.stages)

    @property
    def size(self) -> QSize:
        height = self._head + self._columns.height() + self._legend.height() + 2 * self._margin
        if self._page:
            height += self._page.height() + self._margin
        return QSize(self._width + 2 * self._margin, round(height))

    def image(self) -> QImage:
        ratio = min(RATIO, WIDEST / self.size.width())
        image = QImage(self.size * ratio, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        painter = QPainter(image)
        self._paint(painter)
        painter.end()
        image.setText("Title", self.title)
        image.setText("Description", self.description)
        return image

    def drawing(self) -> tuple[bytes, list[QImage]]:
        """SVG as Qt writes it, and the images that are not in it yet; see `late_images` and `svg.finished`."""
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setSize(self.size)
        generator.setViewBox(QRect(QPoint(), self.size))
        generator.setResolution(SVG_DPI)
        generator.setTitle(self.title)
        generator.setDescription(self.description)
        painter = LateImages()
        painter.begin(generator)
        self._paint(painter)
        painter.end()
        return bytes(buffer.data().data()), painter.images

    def _paint(self, painter: QPainter) -> None:
        theme, margin = self._theme, self._margin
        painter.fillRect(QRect(QPoint(), self.size), theme.colours.window)
        head = QRectF(margin, margin, self._width, self._head)
        self._write(painter, head, self.title, "title")
        top = margin + round(self._head)
        self._columns.render(painter, QRectF(margin, top, *self._columns.size().toTuple()), self._columns.rect())
        top += self._columns.height()
        self._render(painter, self._legend, QPoint(margin, top))
        top += self._legend.height() + margin
        if self._page:
            background = QRect(0, top - margin // 2, self.size.width(), self.size.height())
            painter.fillRect(background, theme.colours.panel)
            self._render(painter, self._page, QPoint(margin, top))

    def _write(self, painter: QPainter, where: QRectF, words: str, role: Role) -> None:
        painter.setFont(self._theme.font(role))
        painter.setPen(self._theme.colours.text)
        painter.drawText(where, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, words)

    def _render(self, painter: QPainter, widget: QWidget, where: QPoint) -> None:
        painter.save()
        painter.translate(where)
        widget.render(painter, QPoint(), renderFlags=QWidget.RenderFlag.DrawChildren)
        painter.restore()


def width_of(font: QFont, words: str, size: float, weight: int) -> float:
    """Of a text in the font's family, at a size in pixels. In any thread."""
    font = QFont(font)
    font.setPixelSize(round(size))
    font.setWeight(QFont.Weight(weight))
    return QFontMetricsF(font).horizontalAdvance(words)
