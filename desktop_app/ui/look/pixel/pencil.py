"""What all boards paint with: text in the theme's roles, grids of numbers, lines of words, and what can be clicked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from desktop_app.core.arithmetic.explanation import Flags, Numbers
from desktop_app.core.forward.spot import Spot
from desktop_app.core.numerals import tiny
from desktop_app.ui.look.pixel.shades import Shade
from desktop_app.ui.theme import Role, Theme
from desktop_app.ui.widgets.text import Ink

ROLES: tuple[Role, ...] = ("caption", "body", "strong", "title")
LARGE: tuple[Role, ...] = ("title", "body")
ROOMY = 1.4
"""Numbers are written larger than captions where a cell is this many times larger than they need."""
BRIGHT = 140
"""Grey level of a cell above which black numbers are read more easily than white ones."""


@dataclass(frozen=True)
class Piece:
    """Some words of a line."""

    words: str
    role: Role = "body"
    ink: Ink = "muted"


@dataclass(frozen=True)
class Target:
    """Something under the mouse. tip: its words, or how to make them: hundreds would cost more than the painting.

    goes: the number that a click leads to.  turns: the page that a click turns to.
    """

    rect: QRectF
    tip: str | Callable[[], str]
    goes: Spot | None = None
    turns: int | None = None

    @property
    def words(self) -> str:
        return self.tip if isinstance(self.tip, str) else self.tip()


class Pencil:
    """Paints on one sheet; `start` hands it the painter of each pass and forgets the targets of the one before."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.dress()

    def dress(self) -> None:
        """Fonts may have changed."""
        self._texts = {role: self.theme.texts(role) for role in ROLES}

    def start(self, painter: QPainter) -> None:
        self.painter = painter
        self.targets: list[Target] = []

    def height(self, role: Role = "body") -> float:
        return self._texts[role].height

    def width(self, words: str, role: Role = "body") -> float:
        return self._texts[role].width(words)

    def colour(self, ink: Ink) -> QColor:
        colour: QColor = getattr(self.theme.colours, ink)
        return colour

    def text(
        self, words: str, x: float, top: float, role: Role = "body", ink: Ink = "text", anchor: float = 0.0
    ) -> float:
        """Where the text ends. anchor: as in StaticTexts."""
        self.painter.setPen(self.colour(ink))
        self._texts[role].draw(self.painter, words, x, top, anchor)
        return x + (1 - anchor) * self._texts[role].width(words)

    def line(self, pieces: Sequence[Piece], left: float, top: float, width: float) -> float:
        """One line of words, broken between pieces where there is no room; returns where it ends below."""
        gap = self.width(" ")
        tall = self.height("strong") + self.theme.px(2)
        x = left
        for piece in pieces:
            wide = self.width(piece.words, piece.role)
            if x > left and x + wide > left + width:
                x, top = left, top + tall
            x = self.text(piece.words, x, top, piece.role, piece.ink) + gap
        return top + tall

    def lines(self, pieces: Sequence[Piece], width: float) -> int:
        """How many lines `line` needs."""
        gap, x, count = self.width(" "), 0.0, 1
        for piece in pieces:
            wide = self.width(piece.words, piece.role)
            if x > 0 and x + wide > width:
                x, count = 0.0, count + 1
            x += wide + gap
        return count

    def legible(self, cell: QSizeF, numbers: Numbers, role: Role = "caption") -> bool:
        """Whether the numbers can be read in cells of this size."""
        needed = self.needed(numbers, role)
        return needed.width() <= cell.width() and needed.height() <= cell.height()

    def role_for(self, cell: QSizeF, numbers: Numbers) -> Role | None:
        """In which type numbers are written into cells of this size: larger where there is plenty of room."""
        large = next((role for role in LARGE if self.legible(cell / ROOMY, numbers, role)), None)
        return large or ("caption" if self.legible(cell, numbers) else None)

    def needed(self, numbers: Numbers, role: Role = "caption") -> QSizeF:
        """The smallest cell in which the numbers can be read."""
        texts = self._texts[role]
        wide = max(texts.width(tiny(float(value))) for value in (numbers.min(), numbers.max()))
        return QSizeF(wide + self.theme.px(4), texts.height - 3)  # digits do not go below the line

    def grid(
        self,
        numbers: Numbers,
        shade: Shade,
        corner: QPointF,
        cell: QSizeF,
        role: Role | None,
        inside: Flags | None = None,
        winner: tuple[int, int] | None = None,
    ) -> QRectF:
        """numbers: (rows, columns), a cell each.  role: in which they are written into it, if at all.

        inside: false for padding, which is hatched.  winner: one cell to point out. Returns what was painted over.
        """
        painter, texts = self.painter, self._texts[role or "caption"]
        rows, columns = numbers.shape
        gap = 1.0 if min(cell.width(), cell.height()) >= 5 else 0.0
        drop = (cell.height() - texts.height) / 2
        for row in range(rows):
            for column in range(columns):
                value = float(numbers[row, column])
                box = QRectF(
                    corner.x() + column * cell.width(), corner.y() + row * cell.height(), cell.width(), cell.height()
                ).adjusted(0, 0, -gap, -gap)
                if inside is not None and not inside[row, column]:
                    painter.fillRect(box, self.theme.colours.hover)
                    painter.fillRect(box, QBrush(self.theme.colours.disabled, Qt.BrushStyle.BDiagPattern))
                    continue
                colour = shade(value)
                painter.fillRect(box, colour)
                if role:
                    painter.setPen(self._on(colour))
                    texts.draw(painter, tiny(value), box.center().x(), box.top() + drop, 0.5)
        whole = QRectF(corner, QSizeF(columns * cell.width() - gap, rows * cell.height() - gap))
        self.frame(whole.adjusted(-1, -1, 0, 0), self.theme.colours.border)  # zero has the colour of the paper
        if winner is not None:
            row, column = winner
            place = corner + QPointF(column * cell.width(), row * cell.height())
            self.frame(QRectF(place, cell).adjusted(0, 0, -gap, -gap), self.theme.colours.accent, 2)
        return whole

    def _on(self, cell: QColor) -> QColor:
        colours = self.theme.colours
        grey = 0.299 * cell.red() + 0.587 * cell.green() + 0.114 * cell.blue()
        return colours.ink_background if grey > BRIGHT else colours.ink

    def write_in(self, box: QRectF, words: str, colour: QColor) -> None:
        """In the middle of a box that was filled with a colour."""
        self.painter.setPen(self._on(colour))
        texts = self._texts["body"]
        texts.draw(self.painter, words, box.center().x(), box.center().y() - texts.height / 2, 0.5)

    def frame(self, box: QRectF, colour: QColor, thick: float = 1.0) -> None:
        self.painter.setPen(QPen(colour, thick))
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.drawRect(box)

    def target(
        self, rect: QRectF, tip: str | Callable[[], str], goes: Spot | None = None, turns: int | None = None
    ) -> None:
        self.targets.append(Target(rect, tip, goes, turns))
