"""Where the columns are in a pyqtgraph view: arranged anew when the room changes, scrolled, and found again."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QMoveEvent, QResizeEvent
from PySide6.QtWidgets import QGraphicsView, QSizePolicy, QWidget

from desktop_app.core.forward.trace import Stage
from desktop_app.core.maps import palette
from desktop_app.ui.network.deck import Deck
from desktop_app.ui.network.items import Items
from desktop_app.ui.network.marks import SMALLEST_MARK
from desktop_app.ui.network.placing import Placed, Placing
from desktop_app.ui.network.scrolling import bring_into_view, room_of
from desktop_app.ui.network.stage_item import StageItem
from desktop_app.ui.network.wires import Wires
from desktop_app.ui.theme import Theme


class PlacedView(pg.GraphicsView):
    """One StageItem a column. Scene coordinates are pixels."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.deck = Deck(())
        self._placed = Placed()
        self._placing = Placing(theme)
        self._items = Items(self.scene(), theme)
        self._arranged = (0, 0)
        self._gradient: list[tuple[float, QColor]] = []
        self._contrast = 1.0
        self._shared_scale = False
        self._wires = Wires(theme)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.BoundingRectViewportUpdate)
        self.scene().setItemIndexMethod(self.scene().ItemIndexMethod.NoIndex)
        self.scene().addItem(self._wires)
        self.setAntialiasing(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self._dress)

    def _ask(self) -> None:
        """Other columns may be on screen now, or more of their maps."""
        raise NotImplementedError

    @property
    def stages(self) -> tuple[Stage, ...]:
        return self.deck.stages

    @property
    def items(self) -> list[StageItem]:
        """The columns that are on screen or near it, from the left."""
        return list(self._items)

    def show_scale(self, contrast: float, shared: bool) -> None:
        """What the legends say. shared: all stages have one scale, which stands elsewhere."""
        if (contrast, shared) != (self._contrast, self._shared_scale):
            self._contrast, self._shared_scale = contrast, shared
            self._dress()

    # where things are

    def map_rect(self, position: int, index: int) -> tuple[QPointF, QPointF]:
        """Top left and bottom right of a map, in this widget; of its column's maps where it is not on screen."""
        item = self._items.of(self.deck.column_of(position))
        rect = item.map_rect(index) if item.position == position else None
        rect = item.mapRectToScene(rect if rect is not None else item.mosaic_rect())
        return QPointF(self.mapFromScene(rect.topLeft())), QPointF(self.mapFromScene(rect.bottomRight()))

    def pixel_size(self, position: int) -> float:
        """Side of a pixel of a stage's maps on this widget; 0 where they are not on screen."""
        if not self.deck.is_shown(position):
            return 0.0
        wide, tall = self._placed.columns[self.deck.column_of(position)].map_size
        return min(wide / self.stages[position].maps[2], tall / self.stages[position].maps[1])

    def is_fine(self, position: int) -> bool:
        """Whether single pixels of a stage's maps can be told from each other."""
        return self.pixel_size(position) >= SMALLEST_MARK

    def mosaic_rect(self, position: int) -> QRectF:
        """Where all maps of a stage are, or those of the block that hides it, in this widget."""
        item = self._items.of(self.deck.column_of(position))
        return QRectF(self.mapFromScene(item.mapRectToScene(item.mosaic_rect())).boundingRect())

    def heading_rect(self, column: int) -> QRectF:
        """Where a column's heading is, in this widget."""
        item = self._items.of(column)
        rect = QRectF(0, 0, self._placed.columns[column].width, self._placed.header)
        return QRectF(self.mapFromScene(item.mapRectToScene(rect)).boundingRect())

    # arranging

    def _dress(self) -> None:
        theme = self._theme
        self.setBackground(theme.colours.window)
        table = palette.signed(theme.dark, self._contrast, theme.colours.window.name())
        self._gradient = [
            (step / 16, QColor.fromRgb(int(table[entry])))
            for step, entry in enumerate(range(palette.LOWEST, palette.HIGHEST + 1, 15))
        ]
        self._placing.dress()
        self._arrange()

    def _arrange(self) -> None:
        """Puts every column in its place; asks for new mosaics when other maps are to be seen."""
        room, height = room_of(self), self.height()
        top = self._wires.zones(0).top
        self._placed = self._placing.place(self.deck, self._items.headings, room, height, top)
        self.setMinimumWidth(0 if self._placed.width <= room else int(self._placed.width))
        if not self._placed.columns:
            self.viewport().update()
            return
        self._arranged = (room, height)
        self._wires.place(self._placed.columns, self._wires.zones(height - 1), self._placed.corner.x())
        self._items.place(self._placed, self._gradient, self._shared_scale)
        self._ask()

    def _bring_into_view(self, first: int, last: int) -> None:
        """Scrolls to these columns, where there are more than room; the first are the more important ones."""
        if self._placed.columns:
            lefts, margin = self._placed.lefts, 2 * self._theme.unit
            bring_into_view(self, lefts[first] - margin, lefts[last] + self._placed.columns[last].width + margin)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        if event is not None and hasattr(self, "_items") and self._arranged != (room_of(self), self.height()):
            self._arrange()

    def moveEvent(self, event: QMoveEvent) -> None:
        """It was scrolled."""
        super().moveEvent(event)
        if self._placed.columns:
            self._wires.scroll_to(-self.x())
            if not self._placed.whole:
                self._ask()
