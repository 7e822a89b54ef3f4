"""The columns as a person handles them: pointed at, clicked, opened and walked through, by mouse and by keyboard."""

from __future__ import annotations

from bisect import bisect_right
from typing import cast

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QToolTip

from desktop_app.core.forward.spot import Spot, spot_at
from desktop_app.core.forward.trace import Array
from desktop_app.core.forward.walk import fits, other_stage, strongest
from desktop_app.core.network.blocks import Block
from desktop_app.ui.look.keys import walked
from desktop_app.ui.network.columns import ColumnsView
from desktop_app.ui.network.stage_item import StageItem


class NetworkView(ColumnsView):
    """A name that begins with ▸ opens, the name over a frame closes, a pager turns, a map's pixel is chosen."""

    def open_block(self, block: Block) -> None:
        self.deck.open(block)
        self._show_deck()
        inside = [number for number, each in enumerate(self.deck.columns) if block.first <= each.first <= block.last]
        self._bring_into_view(inside[0], inside[-1])

    def close_block(self, block: Block) -> None:
        self.deck.close(block)
        self._show_deck()
        column = self.deck.column_of(block.first)
        self._bring_into_view(column, column)

    def open_all(self) -> None:
        self.deck.open_all()
        self._show_deck()

    def close_all(self) -> None:
        self.deck.close_all()
        self._show_deck()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self._map_at(event.position()))
        self.spot_pointed.emit(self.spot_under(event.position()))
        self._light(event.position())

    def _light(self, where: QPointF | None) -> None:
        """Shows what a click would open, close or turn."""
        band = item = pager = None
        if where is not None:
            scene = self.mapToScene(where.toPoint())
            band = self._wires.band_at(scene)
            under = self._item_under(where)
            if under is not None and band is None:
                inside = under.mapFromScene(scene)
                item = under if under.heading_at(inside) else None
                pager = under.pager_at(inside)
        self._wires.light(band)
        for each in self._items:
            each.light(each is item)
        if band is not None or item is not None or pager is not None:
            self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        else:
            self.viewport().unsetCursor()

    def viewportEvent(self, event: QEvent) -> bool:
        """The tooltip of a stage is its heading's: over the maps it would cover the magnifier, which tells more."""
        helps = isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip
        if helps and self._map_at(QPointF(cast(QHelpEvent, event).pos())) is not None:
            QToolTip.hideText()
            return True
        return bool(super().viewportEvent(event))

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)
        self._light(None)
        self.spot_pointed.emit(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._press(event.position()):
            return
        spot = self.spot_under(event.position())
        if spot is None:
            self.dismissed.emit()
        else:
            self.spot_chosen.emit(spot)

    def _press(self, where: QPointF) -> bool:
        """Opens, closes or turns what is there; whether there is such."""
        scene = self.mapToScene(where.toPoint())
        band = self._wires.band_at(scene)
        if band is not None:
            self.close_block(band)
            return True
        item = self._item_under(where)
        if item is None:
            return False
        inside = item.mapFromScene(scene)
        if item.heading_at(inside):
            self.open_block(self.deck.columns[self.deck.column_of(item.position)])
            return True
        by = item.pager_at(inside)
        if by is not None:
            self.turn(item.position, by)
        return by is not None

    def spot_under(self, where: QPointF) -> Spot | None:
        """The number that is drawn under a point of this widget; of the input its first channel's."""
        item = self._item_under(where)
        place = item.place_at(item.mapFromScene(self.mapToScene(where.toPoint()))) if item else None
        if item is None or place is None:
            return None
        channel, row, column = place
        return spot_at(self.stages[item.position], item.position, 0 if item.heading.heads else channel, row, column)

    def _item_under(self, where: QPointF) -> StageItem | None:
        """The column that a point of this widget is in, or right of."""
        number = bisect_right(self._placed.lefts, self.mapToScene(where.toPoint()).x()) - 1
        return self._items.made(max(number, 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            self._point(None)
            self.dismissed.emit()
        elif not (self._fold(key) or self._walk(key) or self._wander(key)):
            super().keyPressEvent(event)

    def focusNextPrevChild(self, onwards: bool) -> bool:
        """Tab goes to another stage while a number is chosen, and as usual to another widget while none is."""
        if self._walk(Qt.Key.Key_Tab if onwards else Qt.Key.Key_Backtab):
            return True
        return bool(super().focusNextPrevChild(onwards))

    def _fold(self, key: Qt.Key) -> bool:
        """Opens the column that is pointed at, or closes what it is in; whether the key does that."""
        if key not in (Qt.Key.Key_Plus, Qt.Key.Key_Minus) or not self.deck.deep:
            return False
        position = self._pointed[0] if self._pointed else self._spot.position if self._spot else None
        if position is None:
            return True
        column = self.deck.column_of(position)
        block, parent = self.deck.columns[column], self.deck.parent_of(column)
        if key == Qt.Key.Key_Plus and block.children:
            self.open_block(block)
        elif key == Qt.Key.Key_Minus and parent is not None:
            self.close_block(parent)
            self._point_at(self.deck.column_of(parent.output), 0)
        return True

    def _walk(self, key: Qt.Key) -> bool:
        """From the chosen number to another one; whether the key does that."""
        stages, spot = self.stages, self._spot
        if spot is None or not fits(stages, spot):
            return False
        if key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):  # to the next column, and not into blocks that are closed
            column = self.deck.column_of(spot.position) + (1 if key == Qt.Key.Key_Tab else -1)
            column = min(max(column, 0), len(self.deck.columns) - 1)
            self.spot_chosen.emit(other_stage(stages, spot, self.deck.columns[column].output - spot.position))
            return True
        there = walked(stages, spot, key, self._placed.columns[self.deck.column_of(spot.position)].columns)
        if there is not None:
            self.spot_chosen.emit(there)
        return there is not None

    def _wander(self, key: Qt.Key) -> bool:
        """From map to map, while no number is chosen; whether the key does that."""
        if not self.deck.columns:
            return False
        position, index = self._pointed or (0, 0)
        column = self.deck.column_of(position)
        item = self._items.of(column)
        tile = item.channels.index(index) if index in item.channels else 0
        match key:
            case Qt.Key.Key_Left:
                column -= 1
            case Qt.Key.Key_Right:
                column += 1 if self._pointed else 0
            case Qt.Key.Key_Up:
                tile -= 1
            case Qt.Key.Key_Down:
                tile += 1
            case Qt.Key.Key_PageUp | Qt.Key.Key_PageDown:
                self.turn(position, 1 if key == Qt.Key.Key_PageDown else -1)
                return True
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Space:
                return self._choose_strongest()
            case _:
                return False
        self._point_at(column, tile)
        return True

    def _point_at(self, column: int, tile: int) -> None:
        """At a map that is on screen, or the nearest one."""
        column = min(max(column, 0), len(self.deck.columns) - 1)
        self._bring_into_view(column, column)
        item = self._items.of(column)
        self._point((item.position, item.channels[min(max(tile, 0), len(item.channels) - 1)]))

    def _choose_strongest(self) -> bool:
        """The pixel of the pointed map that has the largest magnitude."""
        frame = self._items.frame
        if self._pointed is None or frame is None:
            return False
        position, index = self._pointed
        mosaic = frame.mosaics[position]
        if mosaic is not None and mosaic.heads is not None:
            seen = strongest(self._items.of(self.deck.column_of(position)).stage, position, mosaic.heads, index)
            _, row, column = seen.index
            self.spot_chosen.emit(spot_at(self.stages[position], position, 0, row, column))
            return True
        output: Array = frame.trace.outputs[position]
        self.spot_chosen.emit(strongest(self.stages[position], position, output, index))
        return True

    def _map_at(self, where: QPointF) -> tuple[int, int] | None:
        item = self._item_under(where)
        index = item.map_at(item.mapFromScene(self.mapToScene(where.toPoint()))) if item else None
        return (item.position, index) if item and index is not None else None
