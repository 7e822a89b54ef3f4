"""Icons: shipped line drawings (Lucide) in the theme's colours, sharp on every screen."""

from __future__ import annotations

from functools import cache
from typing import Protocol

from PySide6.QtCore import QByteArray, QObject, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from desktop_app.core.paths import resource
from desktop_app.ui.theme import Theme

SIZE = 18
"""Side of an icon in a tool button, in pixels at normal size."""


class Iconic(Protocol):
    """A QAction or a button."""

    def setIcon(self, icon: QIcon, /) -> None: ...


def icon(name: str, theme: Theme) -> QIcon:
    """The icon in the colours of now: normal, checked and disabled. Raises FileNotFoundError when it is missing."""
    colours = theme.colours
    side = theme.px(SIZE)
    made = QIcon()
    for ratio in _pixel_ratios():
        for colour, mode, state in (
            (colours.text, QIcon.Mode.Normal, QIcon.State.Off),
            (colours.accent, QIcon.Mode.Normal, QIcon.State.On),
            (colours.disabled, QIcon.Mode.Disabled, QIcon.State.Off),
        ):
            made.addPixmap(icon_pixmap(name, colour.name(), side, ratio), mode, state)
    return made


def dress(target: Iconic, name: str, theme: Theme) -> None:
    """Gives a button or an action its icon, now and after every change of the theme."""
    _Dress(target, name, theme)


def application_icon() -> QIcon:
    """Raises FileNotFoundError when it is missing."""
    made = QIcon()
    for side in (16, 24, 32, 48, 64, 128, 256):
        made.addPixmap(icon_pixmap("convlens", "", side, 1.0))
    return made


class _Dress(QObject):
    """Lives and dies with its target."""

    def __init__(self, target: Iconic, name: str, theme: Theme) -> None:
        super().__init__(target if isinstance(target, QObject) else None)
        self._target, self._name, self._theme = target, name, theme
        self._tint()
        theme.changed.connect(self._tint)

    def _tint(self) -> None:
        self._target.setIcon(icon(self._name, self._theme))


def _pixel_ratios() -> list[float]:
    """Of the screens that are there, and 2 for one that is plugged in later."""
    return sorted({1.0, 2.0, *(screen.devicePixelRatio() for screen in QGuiApplication.screens())})


@cache
def icon_pixmap(name: str, colour: str, side: int, ratio: float) -> QPixmap:
    """side: in pixels of the layout, `ratio` device pixels each. Raises FileNotFoundError when it is missing."""
    file = resource("icons", f"{name}.svg")
    drawing = QSvgRenderer(QByteArray(file.read_bytes().replace(b"currentColor", colour.encode())))
    if not drawing.isValid():  # Qt would paint nothing
        raise FileNotFoundError(f"ConvLens is not installed completely: the icon {file} is damaged")
    pixels = round(side * ratio)
    picture = QPixmap(QSize(pixels, pixels))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    drawing.render(painter)
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture
