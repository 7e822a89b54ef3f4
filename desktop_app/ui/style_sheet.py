"""The few rules that Fusion needs to look calm: flat, one corner radius, one accent."""

from __future__ import annotations

from string import Template

from desktop_app.core.paths import resource
from desktop_app.ui.colours import Colours

RADIUS = 6
"""Of all corners, in pixels at normal size."""

_RULES = Template("""
QToolTip { background: $raised; color: $text; border: 1px solid $border; padding: ${p4}px ${p6}px; }

QPushButton, QToolButton, QComboBox { background: $raised; color: $text; border: 1px solid $border;
    border-radius: ${radius}px; padding: ${p4}px ${p8}px; }
QToolButton { padding: ${p4}px; }
QPushButton:hover, QToolButton:hover, QComboBox:hover { background: $hover; }
QPushButton:pressed, QToolButton:pressed { background: $accent_soft; }
QPushButton:focus, QToolButton:focus, QComboBox:focus { border-color: $accent; }
QPushButton:checked, QToolButton:checked { background: $accent_soft; color: $accent; border-color: $accent; }
QPushButton:disabled, QToolButton:disabled, QComboBox:disabled { background: transparent; color: $disabled; }
QPushButton:default { background: $accent; color: $accent_text; border-color: $accent; }
QToolButton[flat="true"] { background: transparent; border-color: transparent; }
QToolButton[flat="true"]:hover { background: $hover; }
QToolButton[flat="true"]:focus { border-color: $accent; }
QToolButton::menu-indicator { image: none; }
Segmented { background: $window; border: 1px solid $border; border-radius: ${radius}px; }
Segmented QToolButton { background: transparent; border-color: transparent; color: $muted;
    padding: 1px ${p8}px; border-radius: ${p4}px; }
LookPanel > Segmented QToolButton { padding: 1px ${p6}px; }
Segmented QToolButton:hover { color: $text; }
Segmented QToolButton:checked { background: $accent_soft; color: $accent; }
Segmented QToolButton:focus { border-color: $accent; }
QComboBox::drop-down { border: none; width: ${p24}px; }
QComboBox::down-arrow { image: url("$chevron"); width: ${p12}px; height: ${p12}px; }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $border; outline: none;
    selection-background-color: $accent_soft; selection-color: $text; padding: ${p4}px; }

QLineEdit, QPlainTextEdit { background: $raised; color: $text; border: 1px solid $border;
    border-radius: ${radius}px; padding: ${p4}px ${p6}px; selection-background-color: $accent;
    selection-color: $accent_text; }
QLineEdit:focus, QPlainTextEdit:focus { border-color: $accent; }
QLineEdit:disabled, QPlainTextEdit:disabled { background: transparent; color: $disabled; }

QCheckBox, QRadioButton { spacing: ${p8}px; }
QCheckBox::indicator, QMenu::indicator { width: ${p12}px; height: ${p12}px; border: 1px solid $muted;
    border-radius: ${p4}px; background: $raised; }
QCheckBox::indicator:checked, QMenu::indicator:checked { background: $accent; border-color: $accent;
    image: url("$tick"); }
QCheckBox::indicator:focus { border: 2px solid $accent; }
QCheckBox::indicator:disabled { border-color: $border; background: transparent; }
QMenu::indicator:non-exclusive:unchecked { border-color: $disabled; }
QMenu::indicator { left: ${p6}px; }

QMenuBar { background: $panel; color: $text; padding: 2px ${p8}px; }
QMenuBar::item { background: transparent; padding: ${p4}px ${p8}px; border-radius: ${radius}px; }
QMenuBar::item:selected { background: $accent_soft; color: $accent; }
QMenu { background: $raised; color: $text; border: 1px solid $border; padding: ${p4}px; }
QMenu::item { padding: ${p4}px ${p24}px ${p4}px ${p12}px; border-radius: ${p4}px; }
QMenu::item:selected { background: $accent_soft; color: $text; }
QMenu::item:disabled { color: $disabled; }
QMenu::icon { padding-left: ${p8}px; }
QMenu::separator { height: 1px; background: $border; margin: ${p4}px ${p8}px; }

QSlider::groove:horizontal { height: ${p4}px; background: $track; border-radius: ${p2}px; }
QSlider::sub-page:horizontal { background: $accent; border-radius: ${p2}px; }
QSlider::sub-page:horizontal:disabled { background: $track; }
QSlider::handle:horizontal { background: $accent; width: ${knob}px; margin: -${p4}px 0;
    border-radius: ${knob_radius}px; }
QSlider::handle:horizontal:focus { border: 2px solid $text; }
QSlider::handle:horizontal:disabled { background: $disabled; }

QScrollBar { background: transparent; border: none; }
QScrollBar:vertical { width: ${p12}px; }
QScrollBar:horizontal { height: ${p12}px; }
QScrollBar::handle { background: $track; border-radius: ${p4}px; margin: ${p2}px; }
QScrollBar::handle:hover { background: $disabled; }
QScrollBar::handle:vertical { min-height: ${p24}px; }
QScrollBar::handle:horizontal { min-width: ${p24}px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QStatusBar { background: $panel; color: $muted; border-top: 1px solid $border; }
QStatusBar::item { border: none; }
QMainWindow { background: $panel; }
QMainWindow::separator { background: $border; width: 1px; height: 1px; }
QMainWindow::separator:hover { background: $accent; }
""")


def style_sheet(colours: Colours, dark: bool, factor: float) -> str:
    """factor: on the sizes, 1 at normal size. Colours must be opaque here."""
    sizes = {f"p{size}": str(round(size * factor)) for size in (2, 4, 6, 8, 12, 24)}
    groove = round(4 * factor)
    knob = 3 * groove  # the groove and a margin as high above and below
    names = {name: colour.name() for name, colour in vars(colours).items()}
    suffix = "dark" if dark else "light"
    pictures = {name: resource("icons", f"{name}-{suffix}.svg").as_posix() for name in ("chevron", "tick")}
    return _RULES.substitute(
        names, radius=str(round(RADIUS * factor)), knob=knob, knob_radius=knob // 2, **sizes, **pictures
    )
