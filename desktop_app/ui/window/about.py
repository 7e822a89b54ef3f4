"""What ConvLens is, under which licences, and what a model can and cannot do."""

from __future__ import annotations

import html
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, metadata
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from desktop_app import __version__
from desktop_app.core.forward.verdict import percent
from desktop_app.core.model.card import ModelCard
from desktop_app.ui.models.card_words import accuracy_words, reading_words
from desktop_app.ui.theme import Theme

_PARTS = {
    "torch": "BSD-3-Clause",
    "PySide6-Essentials": "LGPL-3.0 (Qt for Python, The Qt Company)",
    "pyqtgraph": "MIT",
    "numpy": "BSD-3-Clause",
    "pillow": "MIT-CMU",
    "safetensors": "Apache-2.0",
    "platformdirs": "MIT",
}


def _tr(text: str) -> str:
    return QCoreApplication.translate("About", text)


class TextDialog(QDialog):
    """A text to read, with links inside the text only and a Close button."""

    def __init__(self, title: str, body: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        text = QTextBrowser()
        text.setHtml(body)
        text.setOpenLinks(False)
        text.document().setDocumentMargin(3 * theme.unit)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(text)
        layout.addWidget(buttons)
        self.resize(theme.px(560), theme.px(480))


def about_text() -> str:
    rows = "".join(
        f"<tr><td>{name}</td><td>&nbsp;{_version(name)}</td><td>&nbsp;{licence}</td></tr>"
        for name, licence in _PARTS.items()
    )
    return (
        f"<h2>ConvLens {__version__}</h2><p>{_tr('Look inside an image classifier while it works.')}</p>"
        f"<p>{_tr('Everything happens on this machine: no network code, no accounts, no telemetry.')}</p>"
        f"<p>{_tr('Licence: MIT. ConvLens stands on these:')}</p><table>{rows}"
        f"<tr><td>Inter</td><td></td><td>&nbsp;SIL OFL 1.1</td></tr>"
        f"<tr><td>Lucide</td><td></td><td>&nbsp;ISC</td></tr></table>"
        f"<p>{_tr('The embedded models were trained by our own scripts; Model ▸ About this model names the data.')}</p>"
    )


def model_text(card: ModelCard) -> str:
    """The card in words: what it is for, its figures by class, its data and licence, its limits."""
    shape = "×".join(map(str, card.preprocessing.shape))
    size = f"{_tr('Input')} {shape} · {card.weight_count:,} {_tr('weights')} · {len(card.classes):,} {_tr('classes')}"
    paragraphs = [
        f"<h2>{html.escape(card.title)}</h2>",
        f"<p>{html.escape(card.description)}</p>",
        f"<p>{size}</p>",
        f"<p>{html.escape(reading_words(card.preprocessing))}</p>",
    ]
    if accuracy := accuracy_words(card):
        paragraphs.append(f"<p><b>{accuracy}</b></p>")
    by_class = card.figures.get("per_class")
    if isinstance(by_class, Mapping):
        paragraphs.append(_table(by_class))
    if card.notes:
        paragraphs.append("<ul>" + "".join(f"<li>{html.escape(note)}</li>" for note in card.notes) + "</ul>")
    if data := card.training.get("data"):
        paragraphs.append(f"<h3>{_tr('Trained on')}</h3><ul>{''.join(_datum(item) for item in data)}</ul>")
    if file := card.training.get("file"):
        paragraphs.append(f"<p>{_tr('Weights from the file')} {html.escape(str(file))}</p>")
    paragraphs.append(f"<p>{_tr('Licence')}: {html.escape(card.licence)}</p>")
    return "".join(paragraphs)


def _table(by_class: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<tr><td>{html.escape(str(name))}</td><td align=right>&nbsp;&nbsp;{percent(float(value))}</td></tr>"
        for name, value in by_class.items()
        if isinstance(value, int | float)
    )
    return f"<table>{rows}</table>"


def _datum(item: Any) -> str:
    if not isinstance(item, Mapping):
        return f"<li>{html.escape(str(item))}</li>"
    words = (str(item.get(key, "")) for key in ("name", "origin", "licence"))
    return f"<li>{html.escape(' · '.join(word for word in words if word))}</li>"


def _version(name: str) -> str:
    try:
        return metadata(name)["Version"]
    except PackageNotFoundError:  # a bundle may leave the descriptions out
        return ""
