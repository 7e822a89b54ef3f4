"""The input panel: draw or open a photo, and see what becomes of it on its way into the network."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import cast

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QImage, QKeySequence
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.drawing import drawing_file
from desktop_app.core.drawing.strokes import Drawing
from desktop_app.core.errors import UserError
from desktop_app.core.model.card import Fit, Preprocessing, Reads
from desktop_app.core.sketcher import sketch
from desktop_app.core.source.photo import SourceImage
from desktop_app.core.source.preprocess import Step
from desktop_app.ui.input.actions import make_actions
from desktop_app.ui.input.camera_tools import CameraTools
from desktop_app.ui.input.canvas import Canvas
from desktop_app.ui.input.photo_view import PhotoView
from desktop_app.ui.input.strip import Strip
from desktop_app.ui.input.tools import DrawingTools, PhotoTools
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.segmented import Segmented
from desktop_app.ui.widgets.square import Square
from desktop_app.ui.widgets.text import Text, heading


class InputPanel(QWidget):
    """Owns what is drawn; the photo is only shown here."""

    drawing_edited = Signal(object)  # Drawing
    photo_chosen = Signal(object)  # Path
    fit_changed = Signal(str)
    centred_changed = Signal(bool)
    source_kind_changed = Signal(str)  # Reads: a person turned to the drawing or to the photo
    problem = Signal(str)

    actions: dict[str, QAction]  # type: ignore[assignment]  # by name; in place of QWidget's list without names

    def __init__(self, theme: Theme, parent: QWidget | None = None, rng: np.random.Generator | None = None) -> None:
        """rng: of the samples; a new one by default."""
        super().__init__(parent)
        self._theme = theme
        self._rng = rng or np.random.default_rng()
        self._kind: Reads = "drawings"
        self._spec: Preprocessing | None = None
        self._live = False
        self._folder = ""
        self.actions = make_actions(self, theme)
        self.canvas = Canvas(theme)
        open_key = self.actions["open_photo"].shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        self.photo_view = PhotoView(theme, open_key)
        self.strip = Strip(theme, self)
        self._build(open_key)
        self._connect()
        self._show_history()
        theme.changed.connect(self._dress)
        self._dress()

    # what the window calls

    def drawing(self) -> Drawing:
        return self.canvas.drawing()

    def set_drawing(self, drawing: Drawing) -> None:
        """Shows it on the canvas in place of what is there; undo brings that back."""
        self.set_kind("drawings")
        self.canvas.set_drawing(drawing)

    def draw_sample(self, label: str) -> None:
        """A new drawing of a shape, with the brush as it is set. Raises KeyError for a shape that there is none of."""
        strokes = sketch(label, self._rng).strokes
        self.set_drawing(Drawing(tuple(replace(stroke, pen=self.canvas.pen) for stroke in strokes)))

    def open_drawing(self, file: Path) -> None:
        """A file of ours or of a data set; one that holds no drawing becomes a message."""
        try:
            self.set_drawing(drawing_file.open_drawing(file))
        except UserError as error:
            self.problem.emit(str(error))

    def set_kind(self, kind: Reads) -> None:
        """Shows the canvas or the photo, and says nothing."""
        if kind != self._kind:
            self.strip.show_steps(())  # of the other one; its own come with the next frame
        self._kind = kind
        self._switch.choose(kind)
        for pages in (self._squares, self._choices):
            pages.setCurrentIndex(0 if kind == "drawings" else 1)
        self._show_tools()
        self._show_history()

    def show_photo(self, source: SourceImage | None) -> None:
        """None: there is no photo any more. What the network sees of it comes later."""
        if self._kind == "photos":
            self.strip.show_steps(())
        self.photo_view.show_photo(source)
        self.photo_tools.show_photo(source)

    def show_live(self, picture: SourceImage) -> None:
        """A camera's picture in the photo's place."""
        self.photo_view.show_photo(picture)
        if not self._live:
            self._live = True
            self._show_tools()
            self.photo_view.setFocus()

    def leave_live(self, photo: SourceImage | None) -> None:
        """The photo in its place again, if there is one."""
        self._live = False
        self.show_photo(photo)
        self._show_tools()

    def show_steps(self, steps: tuple[Step, ...]) -> None:
        self.strip.show_steps(steps)

    def show_spec(self, spec: Preprocessing) -> None:
        """The model in use: what its card asks for decides which part of a photo is framed, and what can be chosen."""
        if spec != self._spec:
            self.strip.show_steps(())  # of the model before
        self._spec = spec
        self.photo_view.set_spec(spec)
        self._fits.setEnabled(spec.longest is None)
        self.actions["centre"].setEnabled(spec.longest is not None)

    def set_fit(self, fit: Fit) -> None:
        """Shows the choice, and says nothing."""
        self._fits.choose(fit)
        self.photo_view.set_fit(fit)

    def set_centred(self, centred: bool) -> None:
        """Shows the choice, and says nothing."""
        self.blockSignals(True)
        self.actions["centre"].setChecked(centred)
        self.blockSignals(False)

    # how it is built

    def _build(self, open_key: str) -> None:
        theme = self._theme
        self._switch = Segmented(
            {
                "drawings": (self.tr("Draw"), self.tr("Draw on the canvas")),
                "photos": (self.tr("Photo"), self.tr("Look at the photo that was opened")),
            },
            self.tr("Input"),
        )
        self._squares = _pages(self.canvas, self.photo_view)
        self._squares.setMinimumSize(self.canvas.minimumSizeHint())
        self.tools = DrawingTools(theme, self.actions, self.canvas.pen)
        self.photo_tools = PhotoTools(theme, self.actions)
        self.camera_tools = CameraTools(theme)
        self._tools = _pages(self.tools, self.photo_tools, self.camera_tools)
        self._fits = Segmented(
            {
                "crop": (self.tr("Crop"), self.tr("Take the middle; the edges are lost")),
                "crops": (
                    self.tr("5×"),
                    self.tr(
                        "Five crops: the middle and the four corners are read, and their probabilities averaged; "
                        "the network panel and the pages below it show the middle"
                    ),
                ),
                "pad": (self.tr("Pad"), self.tr("Keep all of it; fill up with the average colour")),
                "stretch": (self.tr("Stretch"), self.tr("Keep all of it; change its proportions")),
            },
            self.tr("Fit"),
        )
        self._centre = QCheckBox()
        self._choices = _pages(self._centre, self._fits)
        self._hint = Text(
            theme, self.tr("Drop a photo anywhere, or press {key}.").format(key=open_key), "caption", "muted"
        )
        self._hint.setWordWrap(True)

        self._top = QHBoxLayout()
        self._top.addWidget(self._switch)
        self._layout = QVBoxLayout(self)
        self._layout.addLayout(self._top)
        self._layout.addWidget(Square(self._squares), 1000)
        self._layout.addWidget(self._tools)
        self._below = QVBoxLayout()
        for widget in (heading(theme, self.tr("WHAT THE NETWORK SEES")), self.strip, self._choices, self._hint):
            self._below.addWidget(widget)
        self._layout.addLayout(self._below)
        self._layout.addStretch(1)
        for before, after in pairwise([self.canvas, *self._switch.buttons.values()]):
            QWidget.setTabOrder(before, after)  # a new window's first focus goes to the canvas

    def _connect(self) -> None:
        act, canvas = self.actions, self.canvas
        self.addActions(list(act.values()))  # shortcuts work without a menu too
        for name, slot in (
            ("undo", canvas.undo),
            ("redo", canvas.redo),
            ("clear", canvas.clear),
            ("bigger", self.tools.widen),
            ("smaller", self.tools.narrow),
            ("open_photo", self._choose_photo),
            ("open_drawing", self._choose_drawing),
            ("save_drawing", self._save_drawing),
            ("copy_drawing", self._copy_drawing),
        ):
            act[name].triggered.connect(slot)
        act["brush"].toggled.connect(self._choose_tool)
        act["centre"].toggled.connect(self.centred_changed)
        act["centre"].toggled.connect(self._centre.setChecked)
        self._centre.setText(act["centre"].text().replace("&", ""))
        self._centre.setToolTip(act["centre"].toolTip())
        self._centre.setChecked(True)
        self._centre.toggled.connect(act["centre"].setChecked)
        act["centre"].enabledChanged.connect(self._centre.setEnabled)
        for name, action in act.items():
            if name.startswith("sample_"):
                action.triggered.connect(self._draw_sample)
        self.tools.samples.chosen.connect(self.draw_sample)
        self.tools.pen_changed.connect(canvas.set_pen)
        self._switch.chosen.connect(self._turn_to)
        self._fits.chosen.connect(self._choose_fit)
        self.photo_view.open_wanted.connect(self._choose_photo)
        self.photo_view.camera_wanted.connect(act["camera"].trigger)
        canvas.edited.connect(self.drawing_edited)
        canvas.history_changed.connect(self._show_history)
        canvas.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        canvas.addActions([act[name] for name in ("undo", "redo", "clear", "copy_drawing", "save_drawing")])

    def _dress(self) -> None:
        unit = self._theme.unit
        self._layout.setContentsMargins(3 * unit, 2 * unit, 3 * unit, 3 * unit)
        self._layout.setSpacing(2 * unit)
        self._below.setSpacing(2 * unit)
        self._below.setContentsMargins(0, unit, 0, 0)

    # what a person does

    def _draw_sample(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self.draw_sample(action.data())

    def _turn_to(self, kind: str) -> None:
        self.set_kind(cast(Reads, kind))
        self.source_kind_changed.emit(kind)

    def _choose_fit(self, fit: str) -> None:
        self.photo_view.set_fit(cast(Fit, fit))
        self.fit_changed.emit(fit)

    def _choose_tool(self, brush: bool) -> None:
        self.canvas.set_tool("brush" if brush else "eraser")

    def _show_history(self) -> None:
        """What can be done now."""
        drawing, history = self._kind == "drawings", self.canvas.history
        self.actions["undo"].setEnabled(drawing and history.can_undo)
        self.actions["redo"].setEnabled(drawing and history.can_redo)
        inked = drawing and bool(history.now)
        for name in ("clear", "copy_drawing", "save_drawing"):
            self.actions[name].setEnabled(inked)

    def _show_tools(self) -> None:
        self._tools.setCurrentIndex(0 if self._kind == "drawings" else 2 if self._live else 1)

    def _choose_photo(self) -> None:
        kinds = self.tr("Pictures (*.png *.jpg *.jpeg *.webp *.gif *.bmp *.tif *.tiff *.avif);;All files (*)")
        if name := QFileDialog.getOpenFileName(self, self.tr("Open a photo"), self._folder, kinds)[0]:
            self._folder = str(Path(name).parent)
            self.photo_chosen.emit(Path(name))

    def _choose_drawing(self) -> None:
        kinds = self.tr("Drawings (*.json);;All files (*)")
        if name := QFileDialog.getOpenFileName(self, self.tr("Open a drawing"), self._folder, kinds)[0]:
            self._folder = str(Path(name).parent)
            self.open_drawing(Path(name))

    def _save_drawing(self) -> None:
        kinds = self.tr("Picture (*.png);;Drawing with every point (*.json)")
        start = str(Path(self._folder) / self.tr("drawing.png"))
        name, kind = QFileDialog.getSaveFileName(self, self.tr("Save the drawing"), start, kinds)
        if name:
            file = Path(name)
            if not file.suffix:
                file = file.with_suffix(".json" if "json" in kind else ".png")
            self._folder = str(file.parent)
            try:
                drawing_file.save_drawing(self.drawing(), file)
            except UserError as error:
                self.problem.emit(str(error))

    def _copy_drawing(self) -> None:
        # Not as mime data of our own: where the clipboard outlives Python (offscreen), those would crash the exit.
        QGuiApplication.clipboard().setImage(QImage.fromData(drawing_file.png(self.drawing())))


def _pages(*widgets: QWidget) -> QStackedWidget:
    pages = QStackedWidget()
    for widget in widgets:
        pages.addWidget(widget)
    return pages
