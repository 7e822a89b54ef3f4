"""The theme: readable colours, one scale, live switching; and icons that never go missing in silence."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontInfo, QFontMetrics, QIcon
from PySide6.QtWidgets import QApplication, QLabel, QToolButton
from pytestqt.qtbot import QtBot

from desktop_app.ui import icons
from desktop_app.ui.colours import DARK, LIGHT, Colours
from desktop_app.ui.theme import PROJECTOR, Theme


def luminance(colour: QColor) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.getRgbF()[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(first: QColor, second: QColor) -> float:
    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_is_readable_on_every_surface(colours: Colours) -> None:
    texts = ("text", "muted", "accent", "ghost", "good", "warn", "danger")
    for text in texts:
        for surface in ("window", "panel", "raised", "hover"):
            assert contrast(getattr(colours, text), getattr(colours, surface)) >= 4.5, (text, surface)
    assert contrast(colours.accent_text, colours.accent) >= 4.5
    assert contrast(colours.accent, colours.accent_soft) >= 4.5
    assert contrast(colours.ink_muted, colours.ink_background) >= 4.5


def test_digits_have_equal_widths_in_the_shipped_font(qtbot: QtBot) -> None:
    theme = Theme("light")
    for role in ("caption", "body", "strong", "heading", "title", "number", "hero"):
        font = theme.font(role)
        assert QFontInfo(font).family().startswith("ConvLens")
        metrics = QFontMetrics(font)
        assert metrics.horizontalAdvance("1111") == metrics.horizontalAdvance("8888")
    strong, body = (QFontMetrics(theme.font(role)).horizontalAdvance("shape") for role in ("strong", "body"))
    assert strong > body


def test_a_switch_changes_colours_at_once_and_says_so_once(qtbot: QtBot) -> None:
    theme = Theme("light")
    label = QLabel("text")
    qtbot.addWidget(label)
    said: list[bool] = []
    theme.changed.connect(lambda: said.append(theme.dark))
    theme.set_scheme("dark")
    assert theme.colours is DARK
    assert label.palette().windowText().color() == DARK.text
    theme.set_scheme("dark")
    theme.set_scheme("light")
    assert said == [True, False]


def test_the_system_is_followed_live_until_the_person_chooses(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    theme = Theme()
    changes: list[bool] = []
    theme.changed.connect(lambda: changes.append(theme.dark))
    system = QApplication.styleHints().colorSchemeChanged
    for dark in (True, False):
        monkeypatch.setattr(Theme, "_system_is_dark", lambda self, dark=dark: dark)
        system.emit(Qt.ColorScheme.Dark if dark else Qt.ColorScheme.Light)
    assert changes == [True, False]
    theme.set_scheme("light")
    monkeypatch.setattr(Theme, "_system_is_dark", lambda self: True)
    system.emit(Qt.ColorScheme.Dark)
    assert changes == [True, False]
    theme.set_scheme("system")
    assert theme.dark


def test_projector_size_makes_all_of_it_larger(qtbot: QtBot) -> None:
    theme = Theme("light")
    small = theme.font("body").pixelSize(), theme.unit
    theme.set_projector(True)
    assert theme.font("body").pixelSize() == round(small[0] * PROJECTOR)
    assert theme.unit == round(small[1] * PROJECTOR)
    theme.set_projector(False)
    assert (theme.font("body").pixelSize(), theme.unit) == small


def test_an_icon_follows_the_theme_and_shows_its_states(qtbot: QtBot) -> None:
    theme = Theme("light")
    button = QToolButton()
    qtbot.addWidget(button)
    icons.dress(button, "eraser", theme)
    assert strongest(button.icon()) == LIGHT.text
    assert strongest(button.icon(), state=QIcon.State.On) == LIGHT.accent
    assert strongest(button.icon(), mode=QIcon.Mode.Disabled) == LIGHT.disabled
    theme.set_scheme("dark")
    assert strongest(button.icon()) == DARK.text


def test_icons_are_sharp_on_a_dense_screen(qtbot: QtBot) -> None:
    side = icons.SIZE
    assert icons.icon("brush", Theme("light")).pixmap(icons.QSize(side, side), 2.0).width() == 2 * side


def test_a_missing_icon_is_an_error_and_not_an_empty_button(qtbot: QtBot) -> None:
    with pytest.raises(FileNotFoundError, match="no-such-icon"):
        icons.icon("no-such-icon", Theme("light"))


def test_every_shipped_icon_and_the_application_icon_can_be_painted(qtbot: QtBot) -> None:
    theme = Theme("light")
    folder = Path(icons.resource("icons"))
    names = [file.stem for file in folder.glob("*.svg")]
    assert len(names) > 20
    for name in names:
        assert not icons.icon(name, theme).isNull()
    assert {size.width() for size in icons.application_icon().availableSizes()} >= {16, 32, 256}


def strongest(icon: QIcon, mode: QIcon.Mode = QIcon.Mode.Normal, state: QIcon.State = QIcon.State.Off) -> QColor:
    """The colour of the most opaque pixel."""
    image = icon.pixmap(icons.QSize(64, 64), 1.0, mode, state).toImage()
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    best = max(pixels, key=QColor.alpha)
    best.setAlpha(255)
    return best
