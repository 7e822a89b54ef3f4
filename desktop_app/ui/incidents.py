"""What goes wrong by ConvLens's own fault: it is said in the window, and a report of it is kept.

An exception costs what it interrupted, and the window goes on. A death of the process is told at the next start.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import time
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox

from desktop_app.core.crash.recorder import Ended, Recorder, forget, left_behind
from desktop_app.core.crash.reports import kept
from desktop_app.core.errors import UserError
from desktop_app.ui.trail import Trail

if TYPE_CHECKING:
    from desktop_app.ui.window.main_window import MainWindow

log = logging.getLogger(__name__)

LONGEST = 200
"""Characters of an error's own words in a message."""
MOST = 5
"""Reports of one run: what fails at every repaint is known after the first."""
PATIENCE = 3.0
QUIET = 60.0
"""Seconds in which the same is not said again."""
SOON = 60.0
"""A session that was brought back and was followed by a death within these seconds may be what kills."""
_RECOVERED = "brought a session back, in a row:"
_PACKAGE = "desktop_app"


class Incidents(QObject):
    """From `start` to `stop` it hears of every exception that nobody catches. `attach` gives it a window to tell in."""

    _happened = Signal(str)  # the error in words; from any thread

    def __init__(self) -> None:
        super().__init__()
        self._recorder = Recorder()
        self._window: MainWindow | None = None
        self._past = left_behind()
        self._logged = _Logged(self.report)
        self._known: set[object] = set()
        self._told: dict[str, float] = {}
        self._writers: list[threading.Thread] = []
        self._happened.connect(self._tell)

    def start(self) -> None:
        sys.excepthook = self._unexpected
        threading.excepthook = self._in_thread
        sys.unraisablehook = self._unraisable
        logging.getLogger(_PACKAGE).addHandler(self._logged)

    def stop(self) -> None:
        """A clean end: the next start has nothing to tell."""
        sys.excepthook, threading.excepthook = sys.__excepthook__, threading.__excepthook__
        sys.unraisablehook = sys.__unraisablehook__
        logging.getLogger(_PACKAGE).removeHandler(self._logged)
        self.wait()
        self._recorder.close()

    def attach(self, window: MainWindow) -> None:
        """Notes from now on what is done in the window."""
        self._window = window
        Trail(self._recorder, window)

    @property
    def recovery_kills(self) -> bool:
        """Whether a session that was brought back seems to be what ends ConvLens: by a crash, or twice in a row."""
        return any(_recoveries(ended) > (0 if ended.dump else 1) for ended in self._past)

    def look_back(self, recovered: str) -> None:
        """Says how an earlier ConvLens ended, and makes its reports. recovered: what became of its work, in words."""
        if recovered:
            self._recorder.add(f"{_RECOVERED} {1 + max(map(_recoveries, self._past), default=0)}")
        past, self._past = self._past, []
        if not past:
            return
        if any(ended.dump for ended in past) and self._window:
            self._offer(f"{self.tr('ConvLens crashed the last time.')} {recovered}".rstrip())
        self._write(*past)

    def report(self, error: BaseException, where: str) -> None:
        """Keeps a report, in a thread; nothing where there is one of the same already."""
        same = type(error), *((frame.f_code, line) for frame, line in [*traceback.walk_tb(error.__traceback__)][-1:])
        if same in self._known or len(self._known) >= MOST:
            return
        self._known.add(same)
        self._recorder.add(f"{type(error).__name__} in {where}")
        self._write((error, where))

    def could_not_start(self, error: Exception) -> None:
        """There is no window to say it in. In a terminal it is read there."""
        words = str(error)
        if not isinstance(error, UserError):
            self.report(error, "the start")
            self.wait()
            file = next(iter(kept()), None)
            words = self.tr("ConvLens could not start ({error}).").format(error=_words(error))
            if file is not None:
                words = f"{words} {self.tr('A report is in {file}.').format(file=file)}"
        if _nobody_reads_the_terminal():
            QMessageBox.critical(None, "ConvLens", words)
        elif not isinstance(error, UserError):  # those are told by the command line
            print(f"convlens: {words}", file=sys.stderr)

    def wait(self) -> None:
        """Until all reports have been written; a share that does not answer holds nobody up for long."""
        for writer in self._writers:
            writer.join(PATIENCE)

    def _write(self, *what: Ended | tuple[BaseException, str]) -> None:
        thread = threading.Thread(target=_keep, args=(what, tuple(self._recorder.actions)), name="convlens-report")
        thread.daemon = True
        self._writers = [writer for writer in self._writers if writer.is_alive()] + [thread]
        thread.start()

    # where exceptions end

    def _unexpected(self, kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            if self._window:
                self._window.close()
            return
        log.critical("unexpected", exc_info=(kind, error, where))
        self._happened.emit(_words(error))

    def _in_thread(self, what: threading.ExceptHookArgs) -> None:
        if what.exc_value is None or issubclass(what.exc_type, SystemExit):
            return
        log.critical("unexpected", exc_info=(what.exc_type, what.exc_value, what.exc_traceback))
        self._happened.emit(_words(what.exc_value))

    def _unraisable(self, what: sys.UnraisableHookArgs) -> None:
        """Nothing was interrupted by it: no message."""
        if what.exc_value is not None:
            log.error("ignored", exc_info=(what.exc_type, what.exc_value, what.exc_traceback))

    def _tell(self, error: str) -> None:
        now = time.monotonic()
        if now - self._told.get(error, -QUIET) >= QUIET:
            self._told[error] = now
            self._offer(
                self.tr("Something went wrong inside ConvLens ({error}). Save your work to be safe.").format(
                    error=error
                )
            )

    def _offer(self, words: str) -> None:
        if self._window is not None:
            self._window.banner.show_problem_with(words, self.tr("Show report"), self._window.menus.show_reports)


class _Logged(logging.Handler):
    """Errors that were caught, and told where they happened, get a report as well."""

    def __init__(self, report: Callable[[BaseException, str], None]) -> None:
        super().__init__(logging.ERROR)
        self._report = report

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error is None:
            return
        try:
            main = record.thread == threading.main_thread().ident
            self._report(error, "the window" if main else record.threadName or "a thread")
        except Exception:  # there may be no memory for it; whoever has logged goes on
            self.handleError(record)


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {str(error)[:LONGEST]}"


def _nobody_reads_the_terminal() -> bool:
    seen = QGuiApplication.instance() is not None and QGuiApplication.platformName() not in ("offscreen", "minimal")
    return seen and (sys.stderr is None or not sys.stderr.isatty())


def _recoveries(ended: Ended) -> int:
    """How often in a row a session had been brought back when it ended soon after."""
    counts = re.findall(rf"{_RECOVERED} (\d)", "\n".join(ended.actions))
    return int(counts[-1]) if counts and ended.seconds < SOON else 0


def _keep(what: tuple[Ended | tuple[BaseException, str], ...], actions: tuple[str, ...]) -> None:
    from desktop_app.core.crash import report, reports

    versions = report.versions()
    for one in what:
        if isinstance(one, Ended):
            older = versions if one.version in versions else f"{one.version} (now {versions.partition(chr(10))[0]})"
            reports.keep(report.of_dump(one.dump, older, one.actions, one.when), explained=bool(one.dump))
            forget(one)
        else:
            reports.keep(report.of_exception(one[0], versions, actions, one[1]))
