"""The menus: every command of the window, with its shortcut."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast, get_args

from PySide6.QtGui import QAction, QColor, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QColorDialog, QFileDialog, QMenu

from desktop_app.core.model.card import ModelCard
from desktop_app.core.model.removal import is_own
from desktop_app.core.session_file import SUFFIX
from desktop_app.core.settings import Scheme
from desktop_app.ui.models.model_menu import ModelMenu
from desktop_app.ui.window.menus import Menus, lock
from desktop_app.ui.window.unsaved import Unsaved

if TYPE_CHECKING:
    from desktop_app.ui.window.main_window import MainWindow

Key = QKeySequence.StandardKey


class MenuBar:
    """Made once; `show_model` and `models` keep the Model menu true."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._menus = Menus(window)
        self._why = window.tr("set by your school")
        self._unsaved = Unsaved(self._save, window)
        window.documents.at_stake.connect(self._unsaved.ask)
        for fill in (self._file, self._edit, self._model, self._view, self._help):
            fill()

    def show_model(self, card: ModelCard) -> None:
        self.models.show_card(card)
        self._remove.setEnabled(is_own(card))

    def _file(self) -> None:
        window, make = self._window, self._menus
        tr = window.tr
        menu = self.file = make.menu(tr("&File"))
        self._of_panel(menu, "open_photo", "camera", "open_drawing")
        tip = tr("All photos in a folder, with an answer for each; it can also be dropped on the window")
        make.entry(menu, tr("Open &folder…"), window.many.ask_folder, "Ctrl+Shift+F", tip)
        tip = tr("A session that was saved; like everything else it can also be dropped on the window")
        make.entry(menu, tr("Open s&ession…"), self._open_session, "Ctrl+Shift+O", tip)
        self.lessons = menu.addMenu(tr("&Lessons"))
        tip = tr("Torchvision's files, or weights of your own for one of its networks; they can also be dropped")
        add = make.entry(menu, tr("Add &model…"), window.adding.ask, tip=tip)
        if window.site.models:
            lock(add, self._why)
        menu.addSeparator()
        make.entry(menu, tr("&Save session"), self._save, Key.Save, tr("Drawing, picture, model and settings"))
        make.entry(menu, tr("Save session &as…"), self._save_as, "Ctrl+Shift+S")
        menu.addSeparator()
        self._of_panel(menu, "save_drawing", "copy_drawing")
        menu.addMenu(self._export())
        menu.addSeparator()
        make.entry(menu, tr("&Quit"), window.close, "Ctrl+Q")  # Qt knows no standard key on some desktops

    def _export(self) -> QMenu:
        menu = QMenu(self._window.tr("E&xport"), self._window)
        for name, kind in self._window.exporter.kinds.items():
            self._menus.entry(menu, kind.text, partial(self._window.exporter.ask, name), tip=kind.tip)
        menu.addSeparator()
        tip = self._window.tr("For other programs, with a proof that it gives the same logits there")
        self._menus.entry(menu, self._window.tr("&Model as ONNX…"), self._window.onnx.ask, tip=tip)
        return menu

    def _edit(self) -> None:
        window, make = self._window, self._menus
        menu = make.menu(window.tr("&Edit"))
        self._of_panel(menu, "undo", "redo")
        menu.addSeparator()
        make.entry(menu, window.tr("&Paste picture"), self._paste, Key.Paste)
        self._of_panel(menu, "clear")
        menu.addSeparator()
        self._of_panel(menu, "brush", "eraser", "bigger", "smaller", "centre")
        menu.addMenu(self._samples())
        make.entry(menu, window.tr("Back&ground of transparent pictures…"), self._background)
        menu.addSeparator()
        tip = window.tr("Takes back everything that was silenced or scaled")
        make.entry(menu, window.tr("Switch all filters &on again"), window.reset_factors, "Ctrl+0", tip)

    def _samples(self) -> QMenu:
        menu = QMenu(self._window.tr("&Samples"), self._window)
        for name, action in self._window.input.actions.items():
            if name.startswith("sample"):
                menu.addAction(action)
        return menu

    def _model(self) -> None:
        window, make = self._window, self._menus
        menu = make.menu(window.tr("&Model"))
        make.entry(menu, window.tr("&About this model…"), self._about_model, "Ctrl+I")
        menu.addSeparator()
        self._remove = make.entry(menu, window.tr("&Remove this model…"), self._remove_model)
        make.entry(menu, window.tr("Open models &folder"), window.library.open_folder)
        self.models = ModelMenu(menu, window.session.registry.cards, window.session.card)
        self.models.chosen.connect(window.session.set_model)

    def _view(self) -> None:
        window, make = self._window, self._menus
        tr = window.tr
        menu = make.menu(tr("&View"))
        schemes = (("system", tr("As the &system")), ("light", tr("&Light")), ("dark", tr("&Dark")))
        themes = menu.addMenu(tr("&Theme"))
        chosen = make.choice(themes, schemes, window.theme.scheme, self._choose_scheme)
        large = make.switch(menu, tr("&Projector size"), window.set_projector, window.theme.projector, "Ctrl+Shift+P")
        if window.site.theme is not None:  # the menu still opens: what is chosen can be seen
            themes.setTitle(f"{themes.title()} ({self._why})")
            for action in chosen.values():
                action.setEnabled(False)
        if window.site.projector is not None:
            lock(large, self._why)
        make.switch(menu, tr("&Full screen"), self._full_screen, on=False, key="F11")
        menu.addMenu(self._pages())
        menu.addMenu(self._replay())
        menu.addSeparator()
        menu.addAction(window.input_dock.toggleViewAction())
        menu.addAction(window.answer_dock.toggleViewAction())
        tip = tr("The folder of photos that was opened")
        sheet = make.entry(menu, tr("&Contact sheet"), window.many.show, "Ctrl+Shift+C", tip)
        sheet.setEnabled(False)
        window.many.opened.connect(partial(sheet.setEnabled, True))
        make.entry(menu, tr("&Reset layout"), window.reset_layout)

    def _pages(self) -> QMenu:
        menu = QMenu(self._window.tr("&Look inside"), self._window)
        for number, (name, (label, tip)) in enumerate(self._window.look.tabs.items(), start=1):
            page = self._menus.entry(menu, label, partial(self._window.look.open, name), f"Ctrl+{number}", tip)
            if name not in self._window.site.pages:
                lock(page, self._why)
        menu.addSeparator()
        tip = self._window.tr("Keep this input as A, and compare what comes next with it")
        pin = self._menus.entry(menu, self._window.tr("Pin as &A"), self._pin, "P", tip)
        if "compare" not in self._window.site.pages:
            lock(pin, self._why)
        return menu

    def _pin(self) -> None:
        self._window.look.open("compare")
        self._window.look.compare.pin()

    def _replay(self) -> QMenu:
        menu = QMenu(self._window.tr("Repla&y"), self._window)
        menu.addActions(list(self._window.replay.actions_.values()))
        return menu

    def _help(self) -> None:
        window, make = self._window, self._menus
        menu = make.menu(window.tr("&Help"))
        make.entry(menu, window.tr("&Keyboard"), self._keyboard, Key.HelpContents)
        tip = window.tr("What ConvLens has noted for whoever mends it, after something went wrong inside it")
        make.entry(menu, window.tr("&Crash reports…"), self.show_reports, tip=tip)
        make.entry(menu, window.tr("&About ConvLens"), self._about)

    def _of_panel(self, menu: QMenu, *names: str) -> None:
        for name in names:
            menu.addAction(self._window.input.actions[name])

    def _open_session(self) -> None:
        tr = self._window.tr
        file = QFileDialog.getOpenFileName(
            self._window, tr("Open session"), "", tr("ConvLens session") + f" (*{SUFFIX})"
        )[0]
        if file:
            self._window.documents.open(Path(file))

    def _save(self) -> bool:
        """False when nothing was saved."""
        file = self._window.documents.file
        return self._save_as() if file is None else self._window.documents.save_session(file)

    def _save_as(self) -> bool:
        tr = self._window.tr
        proposal = str(self._window.documents.file or f"drawing{SUFFIX}")
        file = QFileDialog.getSaveFileName(
            self._window, tr("Save session"), proposal, tr("ConvLens session") + f" (*{SUFFIX})"
        )[0]
        if not file:
            return False
        path = Path(file)
        return self._window.documents.save_session(path if path.suffix else path.with_suffix(SUFFIX))

    def _paste(self) -> None:
        self._window.documents.take(QGuiApplication.clipboard().mimeData())

    def _background(self) -> None:
        now = QColor(*self._window.session.background)
        colour = QColorDialog.getColor(now, self._window, self._window.tr("Background of transparent pictures"))
        if colour.isValid():
            self._window.session.set_background((colour.red(), colour.green(), colour.blue()))

    def _choose_scheme(self, scheme: str) -> None:
        if scheme in get_args(Scheme):
            self._window.theme.set_scheme(cast(Scheme, scheme))

    def _full_screen(self, on: bool) -> None:
        if on:
            self._window.showFullScreen()
        else:
            self._window.showNormal()

    def _remove_model(self) -> None:
        self._window.library.ask_to_remove(self._window.session.card)

    def _about_model(self) -> None:
        from desktop_app.ui.window.about import model_text

        card = self._window.session.card
        self._read(card.title, model_text(card))

    def _about(self) -> None:
        from desktop_app.ui.window.about import about_text

        self._read(self._window.tr("About ConvLens"), about_text())

    def _keyboard(self) -> None:
        self._read(self._window.tr("Keyboard"), self._shortcuts())

    def show_reports(self) -> None:
        from desktop_app.ui.window.report_dialog import ReportDialog

        dialog = ReportDialog(self._window.theme, self._window)
        dialog.exec()
        dialog.deleteLater()

    def _read(self, title: str, text: str) -> None:
        """What is only read now and then is imported then: the window is there sooner."""
        from desktop_app.ui.window.about import TextDialog

        dialog = TextDialog(title, text, self._window.theme, self._window)
        dialog.exec()
        dialog.deleteLater()

    def _shortcuts(self) -> str:
        """Every action that has a shortcut, and what the canvas and the maps do with the keys."""
        tr = self._window.tr
        actions = {
            action.text().replace("&", "").rstrip("…"): action.shortcut().toString(
                QKeySequence.SequenceFormat.NativeText
            )
            for action in self._window.findChildren(QAction)
            if not action.shortcut().isEmpty()
        }
        rows = "".join(f"<tr><td>{text}</td><td>&nbsp;&nbsp;<b>{key}</b></td></tr>" for text, key in actions.items())
        canvas = tr("On the canvas: arrows move the pen, Shift makes the steps small, Space puts it down or lifts it.")
        maps = tr(
            "On the maps: left and right choose a stage, up and down a map, Enter the strongest pixel of the map. "
            "Once a pixel is chosen: arrows move it, Page Up and Down choose another map, Tab another stage, Shift "
            "with left and right turns the page below, Esc closes. Otherwise Tab goes from panel to panel."
        )
        camera = tr("On the camera's picture: Space holds it, or lets it go on.")
        return f"<h3>{tr('Without a mouse')}</h3><p>{canvas}</p><p>{camera}</p><p>{maps}</p><table>{rows}</table>"
