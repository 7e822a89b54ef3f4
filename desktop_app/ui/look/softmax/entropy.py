"""How spread out the probabilities are, in bits, on a scale with the card's lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.ui.theme import Theme


@dataclass(frozen=True)
class Entropy:
    """All in bits. most: of a blind guess.  not_sure: the line above which an answer is not sure.  tried: of the
    experiment, where there is one."""

    bits: float
    most: float
    not_sure: float
    tried: float | None = None


class EntropyScale(QWidget):
    """From 0, where one class has it all, to where all classes are alike."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._entropy: Entropy | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(
            self.tr(
                "Entropy says how many yes-or-no questions the answer still leaves open: 0 when one class has it all."
            )
        )
        theme.changed.connect(self._dress)
        self._dress()

    def show_entropy(self, entropy: Entropy | None) -> None:
        if entropy != self._entropy:
            self._entropy = entropy
            if entropy is not None:
                self.setAccessibleName(self._words(entropy))
            self.update()

    def sizeHint(self) -> QSize:
        heights = self._body.height + self._small.height
        return QSize(self._theme.px(300), round(heights) + self._theme.px(16))

    def place_of(self, bits: float) -> float:
        """x of a number of bits."""
        most = self._entropy.most if self._entropy else 1.0
        edge = self._theme.px(6)
        return edge + min(max(bits / most, 0.0), 1.0) * (self.width() - 2 * edge)

    def _dress(self) -> None:
        self._body, self._small = (self._theme.texts(role) for role in ("body", "caption"))
        self.updateGeometry()
        self.update()

    def _words(self, entropy: Entropy) -> str:
        if not np.isfinite(entropy.bits):
            return self.tr("entropy: not a number")
        return self.tr("entropy {bits} bits, of {most} if all classes were alike").format(
            bits=f"{entropy.bits:.2f}", most=f"{entropy.most:.2f}"
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        entropy, colours, unit = self._entropy, self._theme.colours, self._theme.unit
        if entropy is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(colours.text)
        words = self._words(entropy)
        if self._body.width(words) > self.width():
            words = self.tr("entropy {bits} of {most} bits").format(
                bits=f"{entropy.bits:.2f}", most=f"{entropy.most:.2f}"
            )
        self._body.draw(painter, words, 0, 0, 0)
        bar = QRectF(0, self._body.height + self._theme.px(6), 0, self._theme.px(6))
        quarter, line = entropy.not_sure / 4, min(entropy.not_sure, entropy.most)
        metrics = QFontMetricsF(self._small.font)
        for start, end, ink, words in (
            (0.0, quarter, colours.accent_soft, self.tr("sure")),
            (quarter, line, colours.hover, self.tr("fairly sure")),
            (line, entropy.most, colours.track, self.tr("not sure")),
        ):
            bar.setLeft(self.place_of(start))
            bar.setRight(self.place_of(end))
            painter.fillRect(bar, ink)
            if metrics.horizontalAdvance(words) + unit < bar.width():
                painter.setPen(colours.muted)
                self._small.draw(painter, words, bar.center().x(), bar.bottom() + self._theme.px(3), 0.5)
        painter.setPen(QPen(colours.muted, 1))
        for bits in (quarter, line):
            x = round(self.place_of(bits)) + 0.5
            painter.drawLine(QPointF(x, bar.top() - unit), QPointF(x, bar.bottom() + unit))
        if entropy.tried is not None and np.isfinite(entropy.tried):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colours.warn, 2))
            painter.drawEllipse(QPointF(self.place_of(entropy.tried), bar.center().y()), unit, unit)
        if np.isfinite(entropy.bits):
            x, side = self.place_of(entropy.bits), self._theme.px(5)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.accent)
            tip = QPointF(x, bar.bottom() - 1)
            painter.drawPolygon(
                QPolygonF([tip, QPointF(x - side, bar.top() - side), QPointF(x + side, bar.top() - side)])
            )
