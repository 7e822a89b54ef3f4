"""How everything looks: colours, one type scale, one spacing unit. One instance, handed to every panel.

Panels ask the theme when they paint, and repaint on `changed`; nothing else in the app names a colour, a font
family or a size in pixels.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication

from desktop_app.core.paths import resource
from desktop_app.ui.colours import DARK, LIGHT, Colours, qt_palette
from desktop_app.ui.static_texts import StaticTexts
from desktop_app.ui.style_sheet import style_sheet

Scheme = Literal["system", "light", "dark"]
Role = Literal["caption", "body", "strong", "heading", "title", "number", "hero"]

PROJECTOR = 1.35
"""How much larger text and controls get for the back of the room."""
UNIT = 4
"""Spacing is a multiple of this many pixels."""

_WEIGHT = QFont.Weight
_SCALE: dict[Role, tuple[int, QFont.Weight]] = {
    "caption": (11, _WEIGHT.Normal),
    "body": (13, _WEIGHT.Normal),
    "strong": (13, _WEIGHT.DemiBold),
    "heading": (11, _WEIGHT.DemiBold),  # of a panel; in capitals, spaced
    "title": (15, _WEIGHT.DemiBold),
    "number": (13, _WEIGHT.Normal),
    "hero": (25, _WEIGHT.DemiBold),  # the answer
}


class Theme(QObject):
    """Colours, fonts and sizes now in force; `changed` is emitted after any of them changed."""

    changed = Signal()

    def __init__(self, scheme: Scheme = "system", projector: bool = False) -> None:
        """Needs the QApplication. Raises FileNotFoundError when the fonts are missing."""
        super().__init__()
        self.scheme: Scheme = scheme
        self.projector = projector
        self._fonts: dict[Role, QFont] = {}
        self._texts: dict[Role, StaticTexts] = {}
        application = QApplication.instance()
        if not isinstance(application, QApplication):
            raise RuntimeError("a theme needs a QApplication")
        self._application = application
        application.setStyle("Fusion")
        self._ask_platform()
        self.dark = self._wants_dark()
        self._apply()
        application.styleHints().colorSchemeChanged.connect(self._follow)

    @property
    def colours(self) -> Colours:
        return DARK if self.dark else LIGHT

    @property
    def factor(self) -> float:
        """On all sizes: 1, or more at projector size."""
        return PROJECTOR if self.projector else 1.0

    @property
    def unit(self) -> int:
        """The spacing unit in pixels: gaps and margins are 1, 2, 3 or 4 of it."""
        return self.px(UNIT)

    def px(self, length: float) -> int:
        """A length of the design (at normal size) in pixels of now."""
        return round(length * self.factor)

    def font(self, role: Role) -> QFont:
        """Digits have equal widths in every role, so that numbers do not dance."""
        return QFont(self._fonts[role])

    def texts(self, role: Role) -> StaticTexts:
        """In the font of a role, for all that draw in it; others after `changed`."""
        if role not in self._texts:
            self._texts[role] = StaticTexts(self.font(role))
        return self._texts[role]

    def set_scheme(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self._ask_platform()
        self._follow()

    def set_projector(self, on: bool) -> None:
        if on != self.projector:
            self.projector = on
            self._apply()
            self.changed.emit()

    def _ask_platform(self) -> None:
        """Window frames and file dialogues of the system shall match, where the platform can do it."""
        wanted = {"system": Qt.ColorScheme.Unknown, "light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
        self._application.styleHints().setColorScheme(wanted[self.scheme])

    def _wants_dark(self) -> bool:
        return self._system_is_dark() if self.scheme == "system" else self.scheme == "dark"

    def _system_is_dark(self) -> bool:
        """Platforms that cannot tell count as light."""
        return self._application.styleHints().colorScheme() == Qt.ColorScheme.Dark

    def _follow(self) -> None:
        dark = self._wants_dark()
        if dark != self.dark:
            self.dark = dark
            self._apply()
            self.changed.emit()

    def _apply(self) -> None:
        family = _family()
        self._fonts = {role: _font(family, self.px(size), weight) for role, (size, weight) in _SCALE.items()}
        self._texts = {}
        self._fonts["heading"].setLetterSpacing(QFont.SpacingType.PercentageSpacing, 106)
        self._application.setPalette(qt_palette(self.colours))
        self._application.setFont(self._fonts["body"])
        self._application.setStyleSheet(style_sheet(self.colours, self.dark, self.factor))


def _font(family: str, size: int, weight: QFont.Weight) -> QFont:
    font = QFont(family)
    font.setPixelSize(size)
    font.setWeight(weight)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


@cache
def _family() -> str:
    """Loads the shipped fonts, so that the app looks the same on every machine, and names their family."""
    families = set()
    for weight in ("Regular", "Medium", "SemiBold"):
        file = resource("fonts", f"ConvLensSans-{weight}.otf")
        number = QFontDatabase.addApplicationFont(str(file))
        if number < 0:  # Qt reports a missing file this way only
            raise FileNotFoundError(f"ConvLens is not installed completely: the font {file} is missing or damaged")
        families.update(QFontDatabase.applicationFontFamilies(number))
    return min(families, key=len)
