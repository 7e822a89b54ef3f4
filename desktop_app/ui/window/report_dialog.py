"""The crash reports that are kept: to be read, copied and passed on. Nothing is sent from here."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from desktop_app.core.crash import reports
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.choice import Choice


class ReportDialog(QDialog):
    """The newest first; also those for which there was no room on the disk."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Crash reports"))
        self._found = [*((_read(file), file) for file in reports.kept()), *((text, None) for text in reports.unkept)]
        self._which = Choice()
        self._which.setAccessibleName(self.tr("Report"))
        self._text = QPlainTextEdit()
        self._text.setReadOnly(True)
        self._text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._place = QLabel()
        self._place.setWordWrap(True)
        self._place.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        self._copy = QPushButton(self.tr("Co&py"))
        self._folder = QPushButton(self.tr("Open &folder"))
        for button in (self._copy, self._folder):
            button.setAutoDefault(False)
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        self._copy.clicked.connect(self._copy_text)
        self._folder.clicked.connect(self._open_folder)
        layout = QVBoxLayout(self)
        for widget in (self._which, self._text, self._place, buttons):
            layout.addWidget(widget)
        for text, file in self._found:
            self._which.addItem(
                _title(text) if file else self.tr("{title} (only in memory)").format(title=_title(text))
            )
        self._which.currentIndexChanged.connect(self._show)
        self._which.setVisible(len(self._found) > 1)
        self._show(0)
        self.resize(theme.px(640), theme.px(520))

    def _show(self, index: int) -> None:
        text, file = self._found[index] if self._found else ("", None)
        self._text.setPlainText(text or self.tr("There are none: nothing has gone wrong inside ConvLens."))
        self._copy.setEnabled(bool(text))
        self._folder.setEnabled(file is not None)
        if file is not None:
            self._place.setText(self.tr("It is kept in {file}, and sent nowhere.").format(file=file))
        elif text:
            self._place.setText(self.tr("There was no room for it on the disk: copy it before you close ConvLens."))
        self._place.setVisible(bool(text))

    def _copy_text(self) -> None:
        QGuiApplication.clipboard().setText(self._text.toPlainText())

    def _open_folder(self) -> None:
        file = self._found[max(self._which.currentIndex(), 0)][1]
        if file is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(file.parent)))


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8", errors="replace")
    except OSError as error:
        return f"{file.name}: {error.strerror}"


def _title(text: str) -> str:
    """When, and what: the first line, and the one after 'What happened'."""
    lines = text.splitlines()
    when = lines[0].rpartition(" of ")[2] if lines else ""
    what = lines[lines.index("What happened") + 1] if "What happened" in lines else ""
    return f"{when}  {what}"[:100]
