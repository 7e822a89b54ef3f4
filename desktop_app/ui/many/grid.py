"""The tiles side by side, to scroll through; a photo is opened by double click or Enter."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from desktop_app.core.many.row import Row
from desktop_app.ui.many.model import ROW, Index, SheetModel
from desktop_app.ui.many.thumbnails import Thumbnails
from desktop_app.ui.many.tile import Tile
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.frames import BY_KEYBOARD


class Grid(QListView):
    """chosen: the Row of the photo that a person wants to see."""

    chosen = Signal(object)

    def __init__(self, theme: Theme, model: SheetModel, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tile = Tile(theme, thumbnails, self)
        self.setModel(model)
        self.setItemDelegate(self._tile)
        self.setAccessibleName(self.tr("Photos and their answers"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # else the tiles move when it comes
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.doubleClicked.connect(self._choose)
        self._again = QTimer(self, singleShot=True, interval=0)
        self._again.timeout.connect(self.viewport().update)
        theme.changed.connect(self._dress)
        self._dress()

    def minimumSizeHint(self) -> QSize:
        size = self._tile.size
        return QSize(2 * size.width() + self.verticalScrollBar().sizeHint().width(), size.height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._choose(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def enter(self) -> None:
        """By keyboard: a photo is selected, so that it is seen where the arrows lead from."""
        self.setFocus(Qt.FocusReason.TabFocusReason)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        index = self.currentIndex()  # Qt has made the first one current
        if index.isValid() and event.reason() in BY_KEYBOARD:
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._tile.begin()
        super().paintEvent(event)
        if self._tile.behind:
            self._again.start()

    def dataChanged(self, first: Index, last: Index, roles: Sequence[int] = ()) -> None:
        """Only the tiles themselves: Qt's list would lay out all of them anew."""
        QAbstractItemView.dataChanged(self, first, last, roles)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._spread()

    def _choose(self, index: QModelIndex) -> None:
        row: Row = index.data(ROW)
        self.chosen.emit(row)

    def _spread(self) -> None:
        """As many columns as there is room for, over the whole width."""
        size = self._tile.size
        room = self.viewport().width() - 2  # with less to spare Qt begins a new line
        columns = max(1, room // size.width())
        self.setGridSize(QSize(room // columns, size.height()))
        self.verticalScrollBar().setSingleStep(size.height() // 3)

    def _dress(self) -> None:
        self.setViewportMargins(2 * self._theme.unit, 0, 0, 0)
        palette = QPalette()
        palette.setColor(QPalette.ColorRole.Base, self._theme.colours.window)
        self.setPalette(palette)
        self._spread()
        self.viewport().update()
