"""The columns of all stages, side by side, in a pyqtgraph view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import cast

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QKeyEvent, QMouseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QGraphicsView, QScrollArea, QSizePolicy, QToolTip, QWidget

from desktop_app.core.forward.live import Frame
from desktop_app.core.forward.spot import Spot, spot_at
from desktop_app.core.forward.trace import Array, Stage
from desktop_app.core.forward.walk import fits, strongest
from desktop_app.core.maps import palette
from desktop_app.ui.look.keys import walked
from desktop_app.ui.network.arrange import arrange
from desktop_app.ui.network.marks import SMALLEST_MARK, Mark
from desktop_app.ui.network.stage_item import StageItem, heading_lines, unsigned_stages
from desktop_app.ui.qimages import Picture
from desktop_app.ui.theme import Theme

COMPACT_BELOW = 320
"""Height below which headings leave out what is not needed, pixels at normal size."""


class NetworkView(pg.GraphicsView):
    """One StageItem a stage. Scene coordinates are pixels; the columns are arranged anew when the room changes."""

    columns_changed = Signal(object)  # tuple[int, ...]: maps side by side, a stage behind the input
    map_pointed = Signal(object)  # (stage's position, map's index) under the mouse or keyboard, or None
    spot_pointed = Signal(object)  # Spot under the mouse, or None
    spot_chosen = Signal(object)  # Spot that was clicked
    dismissed = Signal()  # a click on empty space, or Esc
    painted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._items: list[StageItem] = []
        self._columns: tuple[int, ...] = ()
        self._frame_rect = QRectF()
        self._unpainted = False
        self._under_way: int | None = None
        self._pointed: tuple[int, int] | None = None
        self._spot: Spot | None = None
        self._outputs: tuple[Array, ...] = ()
        self._gradient: list[tuple[float, QColor]] = []
        self._contrast = 1.0
        self._shared_scale = False
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.BoundingRectViewportUpdate)
        self.scene().setItemIndexMethod(self.scene().ItemIndexMethod.NoIndex)
        self.setAntialiasing(False)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Feature maps of every stage"))
        self.setAccessibleDescription(
            self.tr(
                "Left and right choose a stage, up and down a map, Enter its strongest pixel. Once a pixel is chosen "
                "arrows move it, Page Up and Down choose another map, Tab another stage, and Esc gives it up."
            )
        )
        theme.changed.connect(self._dress)
        self._dress()

    def set_stages(self, stages: Sequence[Stage]) -> None:
        """A column a stage, empty until a frame comes."""
        for item in self._items:
            self.scene().removeItem(item)
        self._items = [
            StageItem(stage, position, unsigned, self._theme)
            for position, (stage, unsigned) in enumerate(zip(stages, unsigned_stages(stages), strict=True))
        ]
        for item in self._items:
            self.scene().addItem(item)
        self._columns = ()
        self._outputs = ()
        self._spot = None
        self._point(None)
        self._arrange()

    def show_frame(self, frame: Frame) -> None:
        if [item.stage for item in self._items] != list(frame.trace.stages):
            self.set_stages(frame.trace.stages)
        for item, mosaic in zip(self._items, frame.mosaics, strict=True):
            if mosaic is not None:
                item.show_mosaic(mosaic)
        self.viewport().update(self.mapFromScene(self._frame_rect).boundingRect())
        self._outputs = frame.trace.outputs
        self._unpainted = True

    def set_spot(self, spot: Spot | None) -> None:
        """The number that is chosen: from now on the keys walk from it to others."""
        self._spot = spot

    def set_stale(self, stale: bool) -> None:
        for item in self._items:
            item.set_stale(stale)

    def show_scale(self, contrast: float, shared: bool) -> None:
        """What the legends say. shared: all stages have one scale, which stands elsewhere."""
        if (contrast, shared) != (self._contrast, self._shared_scale):
            self._contrast, self._shared_scale = contrast, shared
            self._dress()

    def set_marks(self, layer: str, marks: Sequence[Mark]) -> None:
        """Frames around pixels, in place of those of the same layer; layers are painted in the order of their names."""
        placed: dict[int, list[Mark]] = {}
        for mark in marks:
            placed.setdefault(mark.position, []).append(mark)
        for item in self._items:
            item.set_marks(layer, placed.get(item.position, ()))

    def replay(self, pictures: Mapping[int, Picture | None], under_way: int | None = None) -> None:
        """Shows these in place of the frame's mosaics, by stage; None hides a stage's maps. Others show theirs.

        under_way: the stage that the replay is at.
        """
        if under_way is not None and under_way != self._under_way:
            self._bring_into_view(under_way)
        self._under_way = under_way
        for item in self._items:
            item.set_under_way(item.position == under_way)
            if item.position in pictures:
                item.replay(pictures[item.position])
            else:
                item.stop_replay()

    @property
    def columns(self) -> tuple[int, ...]:
        return self._columns

    @property
    def stages(self) -> list[Stage]:
        return [item.stage for item in self._items]

    def map_rect(self, position: int, index: int) -> tuple[QPointF, QPointF]:
        """Top left and bottom right of a map, in this widget."""
        item = self._items[position]
        rect = item.mapRectToScene(item.map_rect(index))
        return QPointF(self.mapFromScene(rect.topLeft())), QPointF(self.mapFromScene(rect.bottomRight()))

    def is_fine(self, position: int) -> bool:
        """Whether single pixels of a stage's maps can be told from each other."""
        top_left, bottom_right = self.map_rect(position, 0)
        size, (_, tall, wide) = bottom_right - top_left, self._items[position].stage.maps
        return min(size.x() / wide, size.y() / tall) >= SMALLEST_MARK

    def mosaic_rect(self, position: int) -> QRectF:
        """Where all maps of a stage are, in this widget."""
        item = self._items[position]
        return QRectF(self.mapFromScene(item.mapRectToScene(item.mosaic_rect())).boundingRect())

    def _dress(self) -> None:
        theme = self._theme
        self.setBackground(theme.colours.window)
        table = palette.signed(theme.dark, self._contrast, theme.colours.window.name())
        self._gradient = [
            (step / 16, QColor.fromRgb(int(table[entry])))
            for step, entry in enumerate(range(palette.LOWEST, palette.HIGHEST + 1, 15))
        ]
        for item in self._items:
            item.show_legend(self._gradient, self._shared_scale)
        self._arrange()

    def _arrange(self) -> None:
        """Puts every column in its place; asks for new mosaics when the number of maps side by side changed."""
        if not self._items:
            return
        theme = self._theme
        caption = QFontMetricsF(theme.font("caption"))
        strong = QFontMetricsF(theme.font("strong"))
        compact = self.height() < theme.px(COMPACT_BELOW)
        header = strong.height() + (2 if compact else 5) * caption.height() + theme.unit
        legend = caption.height() + theme.px(4) + theme.unit + 2
        widths = [
            max((strong if line == 0 else caption).horizontalAdvance(text) for line, text in enumerate(lines))
            for lines in (heading_lines(item.stage, compact) for item in self._items)
        ]
        margin = theme.unit
        room = max(self._room() - 2 * margin, 1)
        placed = arrange([item.stage for item in self._items], widths, room, self.height() - header - legend, 6)
        for item, column in zip(self._items, placed, strict=True):
            item.place(column, header, legend, compact)
            item.moveBy(margin, 0)
            item.show_legend(self._gradient, self._shared_scale)
        rects = [item.frame_rect() for item in self._items]
        self._frame_rect = reduce(QRectF.united, rects)
        needed = placed[-1].left + placed[-1].width + 2 * margin
        self.setMinimumWidth(0 if needed <= self._room() else int(needed))
        columns = tuple(column.columns for column in placed[1:])
        if columns != self._columns:
            self._columns = columns
            self.columns_changed.emit(columns)

    def _bring_into_view(self, position: int) -> None:
        """Scrolls to a stage and the one before it, where there are more columns than room."""
        port = self.parentWidget()
        area = port.parentWidget() if port else None
        if isinstance(area, QScrollArea):
            left = self._items[max(position - 1, 0)].frame_rect().left()
            right = self._items[position].frame_rect().right()
            area.ensureVisible(int((left + right) / 2), 0, int((right - left) / 2) + self._theme.unit, 0)

    def _room(self) -> int:
        """Width to fill: of the scroll area that this lies in, if any."""
        parent = self.parentWidget()
        width: int = (parent if parent else self).width()
        return width

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        if event is not None and hasattr(self, "_items"):
            self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._unpainted:
            self._unpainted = False
            self.painted.emit()

    # pointing at a map, by mouse and by keyboard

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self._map_at(event.position()))
        self.spot_pointed.emit(self.spot_under(event.position()))

    def viewportEvent(self, event: QEvent) -> bool:
        """The tooltip of a stage is its heading's: over the maps it would cover the magnifier, which tells more."""
        helps = isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip
        if helps and self._map_at(QPointF(cast(QHelpEvent, event).pos())) is not None:
            QToolTip.hideText()
            return True
        return bool(super().viewportEvent(event))

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)
        self.spot_pointed.emit(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            spot = self.spot_under(event.position())
            if spot is None:
                self.dismissed.emit()
            else:
                self.spot_chosen.emit(spot)

    def spot_under(self, where: QPointF) -> Spot | None:
        """The number that is drawn under a point of this widget; of the input its first channel's."""
        scene = self.mapToScene(where.toPoint())
        for item in self._items:
            place = item.place_at(item.mapFromScene(scene))
            if place is not None:
                return spot_at(item.stage, item.position, *place)
        return None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._point(None)
            self.dismissed.emit()
        elif not (self._walk(Qt.Key(event.key())) or self._wander(Qt.Key(event.key()))):
            super().keyPressEvent(event)

    def focusNextPrevChild(self, onwards: bool) -> bool:
        """Tab goes to another stage while a number is chosen, and as usual to another widget while none is."""
        if self._walk(Qt.Key.Key_Tab if onwards else Qt.Key.Key_Backtab):
            return True
        return bool(super().focusNextPrevChild(onwards))

    def _walk(self, key: Qt.Key) -> bool:
        """From the chosen number to another one; whether the key does that."""
        stages, spot = self.stages, self._spot
        if spot is None or not fits(stages, spot):
            return False
        there = walked(stages, spot, key, self._items[spot.position].across)
        if there is not None:
            self.spot_chosen.emit(there)
        return there is not None

    def _wander(self, key: Qt.Key) -> bool:
        """From map to map, while no number is chosen; whether the key does that."""
        position, index = self._pointed or (0, 0)
        match key:
            case Qt.Key.Key_Left:
                position -= 1
            case Qt.Key.Key_Right:
                position += 1 if self._pointed else 0
            case Qt.Key.Key_Up:
                index -= 1
            case Qt.Key.Key_Down:
                index += 1
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Space:
                return self._choose_strongest()
            case _:
                return False
        if self._items:
            position = min(max(position, 0), len(self._items) - 1)
            count = 1 if position == 0 else self._items[position].stage.maps[0]
            self._point((position, min(max(index, 0), count - 1)))
        return True

    def _choose_strongest(self) -> bool:
        """The pixel of the pointed map that has the largest magnitude."""
        if self._pointed is None or not self._outputs:
            return False
        position, index = self._pointed
        self.spot_chosen.emit(strongest(self.stages[position], position, self._outputs[position], index))
        return True

    def _map_at(self, where: QPointF) -> tuple[int, int] | None:
        scene = self.mapToScene(where.toPoint())
        for item in self._items:
            index = item.map_at(item.mapFromScene(scene))
            if index is not None:
                return item.position, index
        return None

    def _point(self, pointed: tuple[int, int] | None) -> None:
        if pointed == self._pointed:
            return
        self._pointed = pointed
        for item in self._items:
            item.mark(pointed[1] if pointed and pointed[0] == item.position else None)
        self.map_pointed.emit(pointed)
