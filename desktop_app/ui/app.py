"""Opens the window first and lets everything slow come after it.

1. Window with numpy behind it: it can be drawn into, and answers, within half a second.
2. Once it has been painted, a thread imports torch and warms it up; then torch answers instead of numpy. Last it
   imports the pages for looking inside.
3. On closing the window goes at once; threads are given time to end what they are doing.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

# OpenMP's threads otherwise spin while they wait, and steal the core that the window needs.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy answers first; small matrices need no second thread
if sys.platform == "win32":  # there torch's libraries only load before Qt's
    import desktop_app.learn.arrival  # noqa: F401 - for its side effect

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, QTimer, QTranslator, Signal
from PySide6.QtWidgets import QApplication

from desktop_app.core.forward.forwards import Forwards
from desktop_app.core.forward.instant import NumpyForward
from desktop_app.core.instance import Instance
from desktop_app.core.model.registry import find_models
from desktop_app.core.paths import models_folder, own_models_folder
from desktop_app.core.settings import load_settings
from desktop_app.core.site import Site
from desktop_app.core.site_place import find_site
from desktop_app.ui.application import Application
from desktop_app.ui.garbage import Collector
from desktop_app.ui.incidents import Incidents
from desktop_app.ui.look.panel import import_pages
from desktop_app.ui.reception import Reception
from desktop_app.ui.session import Session
from desktop_app.ui.theme import Theme
from desktop_app.ui.window.main_window import MainWindow, settings_file

log = logging.getLogger(__name__)

IMPORT_SWITCH = 0.00002
"""Seconds that the import of torch may hold Python while others want it: the default of 5 ms is most of a frame, and
a frame's hundred short calls would each wait that long. Afterwards the default is best: a frame that is being painted
is not interrupted."""
SHOWN_MS = 300
"""By then a window that has nothing to answer yet is on screen."""
TORCH_SECONDS = 20.0
"""How long quitting waits for an import of torch that is under way."""


class _Waiting(QObject):
    """for_torch: comes from the worker's thread, for a model that only torch can build."""

    for_torch = Signal()


class App:
    """The application with its window, from start to end; used by the command line, demo, bench and tests."""

    def __init__(self, application: QApplication, site: Site = Site()) -> None:  # noqa: B008 - frozen
        """site: what the school has set. Raises UserError when there is no usable model."""
        settings = load_settings(settings_file())
        registry = find_models(models_folder(), own_models_folder()).offering(site.offer)
        self._waiting = _Waiting()
        self._waiting.for_torch.connect(self.fetch_torch)
        self.forwards = Forwards(NumpyForward, self._waiting.for_torch.emit)
        self._collector = Collector(self.forwards.let_go)
        begun = site.over(settings)
        self.theme = Theme(begun.scheme, begun.projector)
        self.session = Session(registry, self.forwards)
        self.window = MainWindow(self.session, settings, self.theme, site)
        self._torch: threading.Thread | None = None
        self._application = application
        for problem in registry.problems:
            self.window.banner.show_problem(problem)
        if site.problems:
            self._tell_of_site(site)

    def show(self) -> None:
        """With what a crash has left behind, if anything."""
        self.window.begin()
        self.window.documents.recover()
        self.window.show()
        self.window.frame_painted.connect(self.fetch_torch)
        if self.session.kind == "photos" and self.session.photo is None:  # nothing to answer yet
            QTimer.singleShot(SHOWN_MS, self.window, self.fetch_torch)

    def _tell_of_site(self, site: Site) -> None:
        """One message: whoever looks after the file gets all of them from the command line."""
        words = str(site.problems[0])
        if len(site.problems) > 1:
            more = self.window.tr("The command “convlens site” lists {count} more.")
            words = f"{words} {more.format(count=len(site.problems) - 1)}"
        self.window.banner.show_problem(words)

    def fetch_torch(self) -> None:
        """Imports torch in a thread, once, while numpy answers: when the first answer is on screen, or waits for it."""
        if self._torch is not None:
            return
        self._torch = threading.Thread(target=self._import_torch, name="convlens-torch", daemon=True)
        self._torch.start()

    def wait_for_torch(self, timeout: float) -> bool:
        """Whether torch answers now."""
        if self._torch:
            self._torch.join(timeout)
        return self._torch is not None and not self._torch.is_alive()

    def close(self) -> None:
        self.window.close()
        self.wait_for_torch(TORCH_SECONDS)
        self._collector.stop()

    def _import_torch(self) -> None:
        usual = sys.getswitchinterval()
        sys.setswitchinterval(IMPORT_SWITCH)
        try:
            from desktop_app.learn.preload import gently

            with gently():
                from desktop_app.learn.arrival import take_over

                take_over(self.forwards)
                import_pages()
                import desktop_app.ui.many.window  # noqa: F401 - the first folder need not wait for it
        except Exception as error:  # numpy goes on answering
            log.exception("torch cannot be used")
            self.forwards.stay()
            self.session.notice.emit(
                self.session.tr("torch could not be loaded ({reason}); numpy answers instead.").format(reason=error)
            )
        finally:
            sys.setswitchinterval(usual)


def run(
    picture: Path | None = None,
    model: str | None = None,
    arguments: Sequence[str] = ("convlens",),
    instance: Instance | None = None,
) -> int:
    """Opens the window, with a picture and a model if they are named; returns the exit status.

    instance: this process among those of the same person; the first of them takes the wishes of the others.
    """
    incidents = Incidents()
    incidents.start()
    try:
        application = Application(arguments)
        _translate(application)
        app = App(application, find_site())
        incidents.attach(app.window)
        if incidents.recovery_kills:
            app.window.documents.set_aside()
        app.show()
        incidents.look_back(app.window.documents.recovered)
        _open(app, application, picture, model)
        if instance is not None:
            Reception(instance, app.window)
        status = application.exec()
        if instance is not None:
            instance.close()
        app.close()
    except Exception as error:
        incidents.could_not_start(error)
        raise
    finally:
        incidents.stop()
    return status


def _open(app: App, application: Application, picture: Path | None, model: str | None) -> None:
    """What the command line names, and on macOS the files that were double-clicked."""
    documents = app.window.documents
    application.file_opened.connect(documents.open)
    for file in (picture, *application.listen()):
        if file is not None:
            documents.open(file)
    if model is not None:
        app.window.shared.choose(model)


def _translate(application: QApplication) -> None:
    """Qt's own buttons in the person's language, where Qt has it."""
    translator = QTranslator(application)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if translator.load(QLocale.system(), "qtbase", "_", folder):
        application.installTranslator(translator)
