"""The main window: panels in docks, and what they tell each other. No logic of its own."""

from __future__ import annotations

import base64
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QSplitter, QToolBar, QWidget

from desktop_app.core.errors import UserError
from desktop_app.core.forward.class_list import ClassList
from desktop_app.core.forward.factors import UNTOUCHED
from desktop_app.core.forward.request import Frame
from desktop_app.core.forward.spot import Spot
from desktop_app.core.model.card import ModelCard, Reads
from desktop_app.core.model.registry import Registry
from desktop_app.core.paths import user_data
from desktop_app.core.settings import Settings, save_settings
from desktop_app.core.site import Site
from desktop_app.ui.answer.history_chart import HistoryChart
from desktop_app.ui.answer.panel import AnswerPanel
from desktop_app.ui.autosave import Autosave
from desktop_app.ui.export.exporter import Exporter
from desktop_app.ui.icons import application_icon
from desktop_app.ui.input.live_camera import LiveCamera
from desktop_app.ui.input.panel import InputPanel
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.look.panel import LookPanel
from desktop_app.ui.look.selection import Selection
from desktop_app.ui.many.many import Many
from desktop_app.ui.models.adding import Adding
from desktop_app.ui.models.library import Library
from desktop_app.ui.models.onnx import OnnxExport
from desktop_app.ui.models.progress_line import ProgressLine
from desktop_app.ui.models.shared import SharedModels
from desktop_app.ui.network.panel import NetworkPanel
from desktop_app.ui.replay.bar import ReplayBar
from desktop_app.ui.session import Session
from desktop_app.ui.theme import Theme
from desktop_app.ui.window.banner import Banner
from desktop_app.ui.window.dock_title import DockTitle
from desktop_app.ui.window.documents import Documents
from desktop_app.ui.window.lessons import Lessons
from desktop_app.ui.window.look_again import LookAgain
from desktop_app.ui.window.menu_bar import MenuBar
from desktop_app.ui.window.status import Status

DOCK_WIDTHS = ((272, 0.19), (248, 0.16))
"""Of the input and the answer: the least in pixels at normal size, and the share of a wide window."""
MOST_LOOK_SHARE = 0.9
"""Of the height between the docks, for the page below the network."""
LAYOUT_VERSION = 2
SETTINGS_FILE = "settings.json"
STOP_SECONDS = 5.0


class MainWindow(QMainWindow):
    """Shows what the session gives; ends the session when it is closed."""

    frame_painted = Signal(object)  # Frame: all panels have it on screen
    answer_painted = Signal(object)  # Frame, maybe without maps: the bars have it on screen

    def __init__(self, session: Session, settings: Settings, theme: Theme, site: Site = Site()) -> None:  # noqa: B008
        """theme, and the session's models: as the site has them."""
        super().__init__()
        self.session = session
        self.theme = theme
        self.site = site
        self._settings = settings
        self._frame: Frame | None = None
        self._awaited: set[QWidget] = set()
        self._look_share = Settings().look_share
        self._has_room = False
        self.setWindowTitle("ConvLens")
        self.setWindowIcon(application_icon())
        self.setAcceptDrops(True)
        self._build()
        self.look_again = LookAgain(self.look, self.selection)
        autosave = Autosave(user_data() / "autosave", self)
        self.documents = Documents(session, self.input, self.settings, self.look_again.now, autosave, self)
        self.camera = LiveCamera(session, self.input, self.jobs, self)
        self.exporter = Exporter(session, theme, self.network, self.look, self.selection, self.jobs, self)
        self.library = Library(session, self.jobs, self)
        self.adding = Adding(session, self.jobs, theme, self.progress, self)
        self.onnx = OnnxExport(session, self.jobs, self.export_progress, self)
        self.many = Many(self)
        self.shared = SharedModels(site.model_folders, session, self.jobs, self)
        self.menus = MenuBar(self)
        self.lessons = Lessons(site.lesson_folders, self.jobs, self.menus.lessons)
        self.menus.file.aboutToShow.connect(self.lessons.look)
        self._connect()
        self._show_model(session.card)
        self._apply(site.over(settings))
        self.shared.look()
        self._lay_out(settings)

    def _build(self) -> None:
        self.input = InputPanel(self.theme)
        self.network = NetworkPanel(self.theme, self.session.registry.cards)
        self.answer = AnswerPanel(self.theme)
        self.jobs = Jobs(self)
        self.selection = Selection(self)
        self.network.follow(self.selection)
        session = self.session
        self.look = LookPanel(
            self.theme, self.selection, self.jobs, session.registry, session.forwards, self.site.pages
        )
        self.replay = ReplayBar(self.theme, self.network.columns, self.answer)
        self.history_chart = HistoryChart(self.theme, self.input.canvas.history, self.session.forwards, self.jobs)
        self.answer.add(self.history_chart)
        for teller in (self.answer, self.history_chart):
            teller.list_only(ClassList(self.site.classes))
        self.banner = Banner(self.theme, self.network)
        self.status = Status(self.theme)
        self.progress = ProgressLine(self.theme)
        self.status.addWidget(self.progress, 1)
        self.export_progress = ProgressLine(self.theme)
        self.status.addWidget(self.export_progress, 1)
        self.middle = QSplitter(Qt.Orientation.Vertical)
        self.middle.setChildrenCollapsible(False)
        for panel, share in ((self.network, 1), (self.look, 1)):
            self.middle.addWidget(panel)
            self.middle.setStretchFactor(self.middle.count() - 1, share)
        self.setCentralWidget(self.middle)
        self.middle.splitterMoved.connect(self._keep_share)
        self.look.page_changed.connect(self._make_room)
        self.look.left.connect(self.network.columns.setFocus)
        self._put_below(self.replay)
        self.setStatusBar(self.status)
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        self.input_dock = self._dock(self.tr("Input"), "input", self.input, left)
        self.answer_dock = self._dock(self.tr("Answer"), "answer", self.answer, right)

    def _make_room(self, page: str) -> None:
        """The first page that is opened gets its share of the height; from then on as the person has it."""
        if page and not self._has_room:
            self._has_room = True
            self._share_height()

    def _share_height(self) -> None:
        height = self.middle.height()
        below = round(height * self._look_share)
        self.middle.setSizes([height - below, below])

    def _keep_share(self) -> None:
        above, below = self.middle.sizes()
        self._look_share = below / (above + below)

    def _put_below(self, bar: QWidget) -> None:
        self._replay_bar = QToolBar(self.tr("Replay"), self)
        self._replay_bar.setObjectName("replay")
        self._replay_bar.setMovable(False)
        self._replay_bar.addWidget(bar)
        self.addToolBar(Qt.ToolBarArea.BottomToolBarArea, self._replay_bar)

    def _dock(self, title: str, name: str, panel: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(name)
        dock.setTitleBarWidget(DockTitle(title.upper(), dock, self.theme))
        dock.setWidget(panel)
        self.addDockWidget(area, dock)
        return dock

    def _connect(self) -> None:
        session, banner = self.session, self.banner
        session.frame_ready.connect(self._show_frame)
        session.answer_ready.connect(self._show_answer)
        session.model_changed.connect(self._show_model)
        session.kind_changed.connect(self.input.set_kind)
        session.photo_opened.connect(self.input.show_photo)
        for panel in (self.answer, self.network, self.history_chart):
            session.source_changed.connect(panel.await_source)
        session.problem.connect(self.answer.give_up)
        session.stale_changed.connect(self.network.set_stale)
        session.stale_changed.connect(self.answer.set_stale)
        session.factors_changed.connect(self.look.show_factors)
        session.models_changed.connect(self._show_models)
        for teller in (session, self.documents, self.exporter, self.library, self.adding, self.shared):
            teller.problem.connect(banner.show_problem)
            teller.notice.connect(banner.show_notice)
        self.documents.settings_opened.connect(self._apply)
        self.documents.looking_restored.connect(self.look_again.restore)
        self.documents.model_wanted.connect(self.shared.choose)
        self.documents.models_brought.connect(self._refuse_models if self.site.models else self.adding.add)
        self.lessons.problem.connect(banner.show_problem)
        self.lessons.opened.connect(self.documents.open_copy)
        # Queued: the sheet is made when the drop is over, and the window painted as it is without it.
        self.documents.photos_brought.connect(self.many.open, Qt.ConnectionType.QueuedConnection)
        self.many.problem.connect(banner.show_problem)
        self.camera.problem.connect(banner.show_problem)
        self.adding.brought.connect(self.documents.take)
        self.onnx.problem.connect(banner.show_problem)
        self.onnx.result.connect(banner.show_result)
        self.input.problem.connect(banner.show_problem)
        self.input.drawing_edited.connect(session.set_drawing)
        self.input.photo_chosen.connect(self.documents.open)
        self.input.fit_changed.connect(session.set_fit)
        self.input.centred_changed.connect(session.set_centred)
        self.input.source_kind_changed.connect(session.show_kind)
        self.network.view_changed.connect(session.set_view)
        self.network.model_chosen.connect(session.set_model)
        self.network.reset_wanted.connect(self.reset_factors)
        self.history_chart.moment_chosen.connect(session.show_moment)
        self.history_chart.moment_chosen.connect(self.input.canvas.show_moment)
        self.history_chart.step_chosen.connect(self.input.canvas.go_to)
        self.input.drawing_edited.connect(self.history_chart.leave)
        self.input.canvas.history_changed.connect(self.history_chart.go_on)
        self.network.columns.spot_chosen.connect(self._look_at)
        self.network.columns.dismissed.connect(self.look.close_page)
        self.look.factors_changed.connect(session.set_factors)
        self.look.class_pointed.connect(self.answer.bars.underline)
        self.look.beside_chosen.connect(session.set_beside)
        session.beside_failed.connect(self.look.forget_second)
        self.network.columns.painted.connect(self._network_painted)
        self.answer.bars.painted.connect(self._bars_painted)

    # frames

    def _show_answer(self, frame: Frame) -> None:
        self._frame = frame
        self._awaited = {self.answer.bars} if self.answer.bars.isVisible() else set()
        self.answer.show_frame(frame)
        self._check_painted()

    def _show_frame(self, frame: Frame) -> None:
        self._frame = frame
        self._awaited = {panel for panel in (self.network.columns, self.answer.bars) if panel.isVisible()}
        self.network.show_frame(frame)
        self.answer.show_frame(frame)
        self.history_chart.show_frame(frame)
        self.replay.show_frame(frame)
        self.look.show_frame(frame)
        self.look_again.show_frame(frame)
        if frame.steps:
            self.input.show_steps(frame.steps)
        self._check_painted()

    def _network_painted(self) -> None:
        self._awaited.discard(self.network.columns)
        self._check_painted()

    def _bars_painted(self) -> None:
        self._awaited.discard(self.answer.bars)
        self._check_painted()

    def _check_painted(self) -> None:
        """Qt paints all panels in one go; the last of them lets the worker go on."""
        if self._frame is None or self._awaited:
            return
        frame, self._frame = self._frame, None
        self.session.painted()
        self.answer_painted.emit(frame)
        if frame.request.maps:
            self.status.painted(frame)
            self.frame_painted.emit(frame)

    def _show_models(self, registry: Registry) -> None:
        self.network.set_cards(registry.cards)
        self.look.set_registry(registry)
        self.menus.models.set_cards(registry.cards)

    def _show_model(self, card: ModelCard) -> None:
        self.menus.show_model(card)
        self.input.show_spec(card.preprocessing)
        self.answer.show_model(card)
        self.network.show_model(card)
        self.history_chart.show_model(card)
        self.replay.show_model(card)
        self.selection.choose(None)
        self.look.show_model(card)
        self.status.show_model(card)

    def _look_at(self, spot: Spot) -> None:
        if not self.look.page and "pixel" not in self.look.pages:
            return  # there is nowhere to show it
        self.selection.choose(spot)
        if not self.look.page:
            self.look.open("pixel")

    def begin(self) -> None:
        """What a start shows first, where the school has set it."""
        if self.site.start == "photo":
            self.session.notice.disconnect(self.banner.show_notice)  # which model answers is no news at a start
            self.session.show_kind("photos")
            self.session.notice.connect(self.banner.show_notice)
        if self.site.open_page:
            self.look.open(self.site.open_page)

    def _refuse_models(self, _files: object) -> None:
        self.banner.show_problem(self.tr("Which models can be used here is set by your school."))

    # what is remembered

    def settings(self) -> Settings:
        """As everything stands now."""
        view, session = self.network.map_view, self.session
        before, site = self._settings, self.site
        return replace(
            before,
            scheme=self.theme.scheme if site.theme is None else before.scheme,
            projector=self.theme.projector if site.projector is None else before.projector,
            scale=view.scale,
            contrast=view.contrast,
            centred=session.centred,
            fit=session.fit,
            background="#" + bytes(session.background).hex(),
            logits=self.answer.shows_logits,
            drawing_model=self._chosen_model("drawings", before.drawing_model),
            photo_model=self._chosen_model("photos", before.photo_model),
            geometry=_text(self.saveGeometry()),
            layout=_text(self.saveState(LAYOUT_VERSION)),
            look_share=self._look_share,
        )

    def _chosen_model(self, reads: Reads, before: str) -> str:
        """The person's own choice, and not the school's; it also outlasts a share that cannot be reached."""
        if self.site.drawing_model if reads == "drawings" else self.site.photo_model:
            return before
        return self.session.preferred(reads) or (before if self.site.model_folders else "")

    def _apply(self, settings: Settings) -> None:
        """The settings of a start or of an opened session; theme and window stay as they are."""
        self.network.set_scale(settings.scale)
        self.network.set_contrast(settings.contrast)
        self.answer.set_logits(settings.logits)
        self.input.set_centred(settings.centred)
        self.session.set_centred(settings.centred)
        self.input.set_fit(settings.fit)
        self.session.set_fit(settings.fit)
        self.session.set_background(settings.background_rgb)
        self.shared.prefer("drawings", settings.drawing_model)
        self.shared.prefer("photos", settings.photo_model)

    def reset_factors(self) -> None:
        """All maps as the network made them."""
        self.session.set_factors(UNTOUCHED)

    def set_projector(self, on: bool) -> None:
        """Larger text and controls need wider docks."""
        self.theme.set_projector(on)
        self._size_docks()

    def reset_layout(self) -> None:
        """Docks, their widths, the replay's bar and the page's height as on the first day."""
        for dock, area in (
            (self.input_dock, Qt.DockWidgetArea.LeftDockWidgetArea),
            (self.answer_dock, Qt.DockWidgetArea.RightDockWidgetArea),
        ):
            dock.setFloating(False)
            self.addDockWidget(area, dock)
            dock.show()
        self._size_docks()
        self._replay_bar.show()
        self._look_share = Settings().look_share
        if self.look.page:
            self._share_height()

    def _size_docks(self) -> None:
        """The docks' usual widths at the present size of text."""
        widths = [max(self.theme.px(least), round(share * self.width())) for least, share in DOCK_WIDTHS]
        self.resizeDocks([self.input_dock, self.answer_dock], widths, Qt.Orientation.Horizontal)

    def _lay_out(self, settings: Settings) -> None:
        screen = self.screen().availableGeometry()
        self.resize(min(1400, screen.width()), min(900, screen.height()))
        self.reset_layout()
        self._look_share = min(settings.look_share, MOST_LOOK_SHARE)
        if settings.geometry:
            self.restoreGeometry(_bytes(settings.geometry))
        if settings.layout:
            self.restoreState(_bytes(settings.layout), LAYOUT_VERSION)

    # dropping and closing

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasImage():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.documents.take(event.mimeData())

    def closeEvent(self, event: QCloseEvent) -> None:
        """The window goes at once; threads get time to end their present work, none is killed."""
        with suppress(UserError):  # settings are not worth keeping a person from leaving
            save_settings(self.settings(), settings_file())
        self.hide()
        self.many.close()
        self.session.stop(STOP_SECONDS)
        self.documents.close(STOP_SECONDS)
        self.jobs.stop(STOP_SECONDS)
        super().closeEvent(event)


def settings_file() -> Path:
    return user_data() / SETTINGS_FILE


def _text(data: QByteArray) -> str:
    return base64.b64encode(data.data()).decode()


def _bytes(text: str) -> QByteArray:
    return QByteArray.fromBase64(text.encode("ascii", "ignore"))
