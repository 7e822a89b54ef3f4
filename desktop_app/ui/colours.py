"""The two palettes. Every colour on screen that is not a number's colour (core/maps/palette.py) comes from here."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor, QPalette


@dataclass(frozen=True)
class Colours:
    """What colours are for, not what they look like. Text colours keep WCAG AA (4.5:1) on all three surfaces."""

    window: QColor  # behind the network
    panel: QColor  # docks, bars, cards
    raised: QColor  # buttons, fields, menus
    hover: QColor
    border: QColor
    track: QColor  # the empty part of bars and sliders
    text: QColor
    muted: QColor  # captions, headings, units
    disabled: QColor
    accent: QColor  # the one accent: what is chosen, what is the answer; also the focus ring
    accent_text: QColor  # on accent
    accent_soft: QColor  # behind accent-coloured text and icons
    ghost: QColor  # the previous answer
    second: QColor  # lines beside the accent's
    third: QColor
    fourth: QColor
    good: QColor
    warn: QColor
    danger: QColor
    stale: QColor  # translucent, over panels whose numbers are about to be replaced
    ink_background: QColor  # drawings look in both themes as the network reads them: white on black
    ink: QColor
    ink_muted: QColor  # hints and guides on the ink background


def _colours(**names: str) -> Colours:
    return Colours(
        ink_background=QColor("#000000"),
        ink=QColor("#ffffff"),
        ink_muted=QColor("#98a1af"),
        **{name: QColor(value) for name, value in names.items()},
    )


LIGHT = _colours(
    window="#f5f7f9",
    panel="#ffffff",
    raised="#ffffff",
    hover="#f0f3f7",
    border="#e0e4e9",
    track="#e3e6ea",
    text="#1b212b",
    muted="#5b6473",
    disabled="#a3abb7",
    accent="#235fd1",
    accent_text="#ffffff",
    accent_soft="#e7effd",
    ghost="#b8500a",
    second="#a34b00",
    third="#00564b",
    fourth="#b0429f",
    good="#177a3b",
    warn="#96500a",
    danger="#b91c1c",
    stale="#66f5f7f9",
)

DARK = _colours(
    window="#14181d",
    panel="#1c2127",
    raised="#232930",
    hover="#2b323b",
    border="#323942",
    track="#2e353e",
    text="#eceff4",
    muted="#9ca6b4",
    disabled="#5d6673",
    accent="#78a7ff",
    accent_text="#0d1526",
    accent_soft="#223450",
    ghost="#f0a951",
    second="#f2a65a",
    third="#2ea88f",
    fourth="#f2a3dd",
    good="#55c670",
    warn="#e9a540",
    danger="#ff837a",
    stale="#6614181d",
)


def qt_palette(colours: Colours) -> QPalette:
    """The same for the widgets that Fusion paints."""
    palette = QPalette()
    roles = QPalette.ColorRole
    for role, colour in (
        (roles.Window, colours.panel),
        (roles.WindowText, colours.text),
        (roles.Base, colours.raised),
        (roles.AlternateBase, colours.hover),
        (roles.Text, colours.text),
        (roles.PlaceholderText, colours.muted),
        (roles.Button, colours.raised),
        (roles.ButtonText, colours.text),
        (roles.BrightText, colours.danger),
        (roles.Highlight, colours.accent),
        (roles.HighlightedText, colours.accent_text),
        (roles.Accent, colours.accent),
        (roles.Link, colours.accent),
        (roles.LinkVisited, colours.accent),
        (roles.ToolTipBase, colours.raised),
        (roles.ToolTipText, colours.text),
        (roles.Light, colours.raised),
        (roles.Midlight, colours.hover),
        (roles.Mid, colours.border),
        (roles.Dark, colours.border),
        (roles.Shadow, colours.border),
    ):
        palette.setColor(role, colour)
    for role in (roles.WindowText, roles.Text, roles.ButtonText, roles.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, colours.disabled)
    palette.setColor(QPalette.ColorGroup.Disabled, roles.Highlight, colours.border)
    palette.setColor(QPalette.ColorGroup.Disabled, roles.Accent, colours.border)
    return palette
