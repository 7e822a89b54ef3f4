"""The names of a model's classes: pasted, typed or read from a file, one a line."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from desktop_app.core.errors import BadFile
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.text import Text

LARGEST_LIST = 4_000_000
"""Bytes; no list of names is longer, and a wrong file shall not fill the memory."""
SHOWN_LINES = 5


class ClassNames(QWidget):
    """The list with its buttons and its count. failed: a file could not be read, in words."""

    changed = Signal()
    failed = Signal(str)

    def __init__(self, theme: Theme, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._count = 0
        self._known: tuple[str, ...] = ()
        self.edit = QPlainTextEdit()
        self.edit.setTabChangesFocus(True)
        self.edit.setAcceptDrops(False)  # the form reads a list that is dropped; here its name would be inserted
        self.edit.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.edit.setMinimumHeight(SHOWN_LINES * self.edit.fontMetrics().lineSpacing() + 4 * theme.unit)
        self.edit.setPlaceholderText(self.tr("One name a line, in the order of the net's outputs"))
        self._load = QPushButton(self.tr("Read a &list…"))
        self._load.setToolTip(self.tr("A text file with one name a line"))
        self._offer = QPushButton()
        for button in (self._load, self._offer):
            button.setAutoDefault(False)
        self._counted = Text(theme, role="caption", ink="muted")
        self.edit.textChanged.connect(self._edited)
        self._load.clicked.connect(self._ask)
        self._offer.clicked.connect(self._take_known)
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * theme.unit)
        buttons.addWidget(self._load)
        buttons.addWidget(self._offer)
        buttons.addWidget(self._counted, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.unit)
        column.addWidget(self.edit)
        column.addLayout(buttons)

    def set_wanted(self, count: int, imagenet: tuple[str, ...], names: tuple[str, ...]) -> None:
        """How many there must be, what can be offered, and what to begin with."""
        self._count = count
        self._known = imagenet or tuple(self.tr("class {number}").format(number=n) for n in range(1, count + 1))
        if imagenet:
            self._offer.setText(self.tr("&ImageNet's names"))
            self._offer.setToolTip(self.tr("The 1,000 classes of ImageNet in torchvision's order"))
        else:
            self._offer.setText(self.tr("N&umber them"))
            self._offer.setToolTip(self.tr("Names such as “class 1”, where nobody knows better"))
        self.edit.setPlainText("\n".join(names))
        self._show_count()

    def names(self) -> tuple[str, ...]:
        return names_in(self.edit.toPlainText())

    def read(self, file: Path) -> None:
        """Takes the names of a text file, in a job."""
        job = self._jobs.start("class-names", partial(_read, file))
        job.stepped.connect(self.edit.setPlainText)
        job.ended.connect(self._tell)

    def _tell(self, error: Exception | None) -> None:
        if error is not None:
            self.failed.emit(str(error))

    def problem(self) -> str:
        """What is wrong with the list, in a sentence, or nothing."""
        names = self.names()
        if len(names) == self._count:
            return ""
        words = self.tr("The net has {wanted:,} classes, and here are {count:,} names.")
        return words.format(wanted=self._count, count=len(names))

    def _take_known(self) -> None:
        self.edit.setPlainText("\n".join(self._known))

    def _ask(self) -> None:
        file = QFileDialog.getOpenFileName(self, self.tr("Names of the classes"), "", self.tr("Text (*.txt);;All (*)"))[
            0
        ]
        if file:
            self.read(Path(file))

    def _edited(self) -> None:
        self._show_count()
        self.changed.emit()

    def _show_count(self) -> None:
        words = self.tr("{count:,} of {wanted:,}")
        self._counted.setText(words.format(count=len(self.names()), wanted=self._count))


def names_in(text: str) -> tuple[str, ...]:
    """The lines that are not empty, without blanks around them."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _read(file: Path) -> Iterator[str]:
    try:
        with file.open("rb") as stream:
            data = stream.read(LARGEST_LIST + 1)
        if len(data) > LARGEST_LIST or b"\0" in data:
            raise BadFile(f"{file.name} is no list of names. Choose a text file with one name a line.")
        yield data.decode("utf-8-sig")
    except OSError as error:
        raise BadFile(f"{file.name} cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise BadFile(f"{file.name} is not written in UTF-8. Save it as UTF-8 text and read it again.") from error
