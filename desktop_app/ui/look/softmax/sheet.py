"""Paints the softmax formula, and below each term of its sum how that term came to be.

Columns are classes. Rows are what happens to a logit, top down; left of them stands what a row is, right of them what
it adds up to.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from desktop_app.core.forward.softmax_steps import SoftmaxSteps, share_words
from desktop_app.core.numerals import short
from desktop_app.ui.static_texts import StaticTexts
from desktop_app.ui.theme import Theme

LINES = 8.8
"""Height of all of it, in rows."""
_TOP, _BAR, _SUM, _NAMES, _LOGIT, _SCALED, _POWER, _SHARE, _TRIED = 0, 1.1, 1.35, 2.25, 3.25, 4.25, 5.25, 6.25, 7.6
"""Where each row begins, in rows."""


@dataclass(frozen=True, eq=False)
class Shown:
    """columns: the classes that have a column, in its order; all others share one more.  best: the winning class.
    pointed: the class that somebody points at.  tried: the same logits at another temperature."""

    classes: tuple[str, ...]
    steps: SoftmaxSteps
    columns: tuple[int, ...]
    best: int
    pointed: int | None = None
    tried: SoftmaxSteps | None = None

    @property
    def others(self) -> list[int]:
        return sorted(set(range(len(self.classes))) - set(self.columns))


class Sheet:
    """Knows where everything is for one size of text and one width; made anew when either changes."""

    def __init__(self, theme: Theme, temperature: float, width: float, height: float) -> None:
        self._colours, self._unit, self._px = theme.colours, theme.unit, theme.px
        self._plain, self._strong = theme.texts("body"), theme.texts("strong")
        self._small = theme.texts("caption")
        self._row = height / LINES
        self._labels = (
            _tr("logit"),
            _tr("÷ temperature T = {number}").format(number=f"{temperature:.2f}"),
            _tr("e to that power"),
            _tr("share of the sum"),
        )
        self._left = max(self._plain.width(words) for words in self._labels) + 3 * theme.unit
        widest = max(
            self._plain.width(_tr("sum 100 %")), self._plain.width(_tr("experiment")), self._strong.width("= 99.9 %")
        )
        self._right = width - widest - 2 * theme.unit
        self._narrowest = theme.px(46) + 2 * theme.unit  # what a term needs; a longer name is cut

    def room(self) -> int:
        """How many columns there is room for, two at least."""
        return max(2, int((self._right - self._left) // self._narrowest))

    def place_at(self, x: float, shown: Shown) -> int | None:
        """The number of the column of a class at x."""
        place = int((x - self._left) // self._column(shown))
        return place if 0 <= place < len(shown.columns) else None

    def middle_of(self, place: int, shown: Shown) -> float:
        """x of the middle of a column."""
        return self._left + (place + 0.5) * self._column(shown)

    def paint(self, painter: QPainter, shown: Shown) -> None:
        colours, steps = self._colours, shown.steps
        spoken_of = shown.best if shown.pointed is None else shown.pointed
        if shown.pointed is not None:
            self._mark_column(painter, shown, shown.pointed)
        self._paint_fraction(painter, shown, spoken_of)
        for place, index in enumerate(shown.columns):
            middle, chosen = self.middle_of(place, shown), index == spoken_of
            painter.setPen(colours.accent if chosen else colours.text)
            self._write_term(painter, steps, index, middle, _SUM)
            numbers = self._strong if chosen else self._plain
            for words, row in (
                (short(float(steps.logits[index])), _LOGIT),
                (short(float(steps.scaled[index])), _SCALED),
                (short(float(steps.powers[index])), _POWER),
                (share_words(float(steps.shares[index])), _SHARE),
            ):
                self._write(painter, numbers, words, middle, row)
            painter.setPen(colours.accent if chosen else colours.muted)
            self._write(painter, self._small, self._cut(shown.classes[index], self._column(shown)), middle, _NAMES)
        painter.setPen(colours.muted)
        for place in range(1, len(shown.columns) + bool(shown.others)):
            self._write(painter, self._small, "+", self._left + place * self._column(shown), _SUM)
        if shown.others:
            self._write_others(painter, shown)
        self._write_rows(painter, shown)
        self._paint_bars(painter, shown, steps, colours.accent, _SHARE)
        self._paint_experiment(painter, shown)

    # the formula

    def _paint_fraction(self, painter: QPainter, shown: Shown, index: int) -> None:
        """p(class) = its power over the sum of all, and what that makes."""
        bar, gap = round(_BAR * self._row) + 0.5, 2 * self._unit
        painter.setPen(QPen(self._colours.text, 1))
        painter.drawLine(QPointF(self._left, bar), QPointF(self._right - gap, bar))
        painter.setPen(self._colours.accent)
        self._write_term(painter, shown.steps, index, (self._left + self._right - gap) / 2, _TOP)
        painter.setPen(self._colours.text)
        top, strong = bar - self._strong.height / 2, self._strong
        room = self._left - gap - strong.width("p() =")
        name = QFontMetricsF(strong.font).elidedText(shown.classes[index], Qt.TextElideMode.ElideRight, room)
        strong.draw(painter, f"p({name}) =", self._left - gap, top, 1)
        share = share_words(float(shown.steps.shares[index]))
        strong.draw(painter, share if share[0] in "<>" else f"= {share}", self._right, top, 0)

    def _write_term(self, painter: QPainter, steps: SoftmaxSteps, index: int, middle: float, row: float) -> None:
        """e to the power of a class's logit, divided by T."""
        logit = float(steps.logits[index])
        exponent = f"{logit:.2f}".replace("-", "−") if abs(logit) < 0.1 else short(logit)
        if steps.temperature != 1:
            exponent += "/T"
        if steps.less:
            exponent += f"−{short(steps.less)}" if steps.less > 0 else f"+{short(-steps.less)}"
        wide = self._plain.width("e")
        left = middle - (wide + self._small.width(exponent)) / 2
        top = row * self._row + (self._row - self._plain.height) / 2 + self._px(2)
        self._plain.draw(painter, "e", left, top, 0)
        self._small.draw(painter, exponent, left + wide, top - self._small.height * 0.3, 0)

    # the table

    def _mark_column(self, painter: QPainter, shown: Shown, index: int) -> None:
        """Light behind all that belongs to the class, and a line under its logit."""
        place, wide = shown.columns.index(index), self._column(shown)
        column = QRectF(self._left + place * wide, _SUM * self._row, wide, (_SHARE + 1.2 - _SUM) * self._row)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._colours.accent_soft)
        painter.drawRoundedRect(column, self._unit, self._unit)
        under = self._strong.width(short(float(shown.steps.logits[index])))
        level = (_LOGIT + 0.5) * self._row + self._strong.height / 2
        painter.fillRect(QRectF(column.center().x() - under / 2, round(level), under, 2), self._colours.accent)

    def _write_rows(self, painter: QPainter, shown: Shown) -> None:
        """What each row is, and what it adds up to."""
        painter.setPen(self._colours.muted)
        for words, row in zip(self._labels, (_LOGIT, _SCALED, _POWER, _SHARE), strict=True):
            self._write(painter, self._plain, words, 0, row, 0)
        painter.setPen(self._colours.text)
        total = _tr("sum {total}").format(total=short(shown.steps.total))
        self._write(painter, self._plain, total, self._right, _POWER, 0)
        whole = _tr("sum 100 %") if np.isfinite(shown.steps.shares).all() else _tr("sum NaN")
        self._write(painter, self._plain, whole, self._right, _SHARE, 0)

    def _write_others(self, painter: QPainter, shown: Shown) -> None:
        """All classes that have no column of their own."""
        middle, rest = self.middle_of(len(shown.columns), shown), shown.others
        painter.setPen(self._colours.muted)
        more = _tr("and {count} more").format(count=f"{len(rest):,}")
        for texts, words, row in (
            (self._plain, "…", _SUM),
            (self._small, more, _NAMES),
            (self._plain, short(float(shown.steps.powers[rest].sum())), _POWER),
            (self._plain, share_words(float(shown.steps.shares[rest].sum())), _SHARE),
        ):
            self._write(painter, texts, words, middle, row)

    def _paint_experiment(self, painter: QPainter, shown: Shown) -> None:
        """The shares at the temperature that is tried out, under the real ones."""
        tried = shown.tried
        if tried is None:
            painter.setPen(self._colours.muted)
            words = _tr("Move the slider below: what would another temperature do?")
            self._write(painter, self._small, words, self._left, _TRIED, 0)
            return
        painter.setPen(self._colours.warn)
        label = _tr("if T were {number}").format(number=f"{tried.temperature:.2f}")
        self._write(painter, self._plain, label, 0, _TRIED, 0)
        self._write(painter, self._plain, _tr("experiment"), self._right, _TRIED, 0)
        shares = [float(tried.shares[index]) for index in shown.columns]
        if shown.others:
            shares.append(float(tried.shares[shown.others].sum()))
        for place, share in enumerate(shares):
            self._write(painter, self._plain, share_words(share), self.middle_of(place, shown), _TRIED)
        self._paint_bars(painter, shown, tried, self._colours.warn, _TRIED)

    def _paint_bars(self, painter: QPainter, shown: Shown, steps: SoftmaxSteps, ink: QColor, row: float) -> None:
        """A small bar a class, under its share."""
        room = self._column(shown) - 3 * self._unit
        bar = QRectF(0, (row + 1) * self._row, room, self._px(3))
        painter.setPen(Qt.PenStyle.NoPen)
        for place, share in enumerate(np.nan_to_num(steps.shares[list(shown.columns)])):
            bar.setWidth(room)
            bar.moveLeft(self.middle_of(place, shown) - room / 2)
            painter.setBrush(self._colours.track)
            painter.drawRoundedRect(bar, 1, 1)
            bar.setWidth(max(room * float(share), 1))
            painter.setBrush(ink)
            painter.drawRoundedRect(bar, 1, 1)

    # small things

    def _column(self, shown: Shown) -> float:
        return (self._right - 2 * self._unit - self._left) / (len(shown.columns) + bool(shown.others))

    def _cut(self, name: str, wide: float) -> str:
        if self._small.width(name) <= wide:
            return name
        return QFontMetricsF(self._small.font).elidedText(name, Qt.TextElideMode.ElideRight, wide - self._unit)

    def _write(
        self, painter: QPainter, texts: StaticTexts, words: str, x: float, row: float, anchor: float = 0.5
    ) -> None:
        texts.draw(painter, words, x, row * self._row + (self._row - texts.height) / 2, anchor)


def _tr(text: str) -> str:
    return QCoreApplication.translate("FormulaTable", text)
