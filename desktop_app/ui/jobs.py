"""Long work beside the live answers: each job in a thread of its own, with progress and cancel.

Work is an iterator: between two of its steps it can be cancelled, and what it yields is shown. Steps are not queued: a
window that is slower than the work gets the newest only.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, Qt, Signal, SignalInstance

from desktop_app.core.errors import UserError

log = logging.getLogger(__name__)

BREATH = 0.001
"""Seconds of sleep between two steps: lets the GUI thread and the worker have Python meanwhile."""


class Job(QObject):
    """stepped: the newest thing that the work has yielded.  ended: None when it came to its end or was cancelled, else
    the exception that stopped it; nothing comes after it."""

    stepped = Signal(object)
    ended = Signal(object)
    _noticed = Signal()
    _over = Signal(object)

    def __init__(self, name: str, work: Callable[[], Iterator[object]], parent: QObject) -> None:
        super().__init__(parent)
        self._work = work
        self._lock = threading.Lock()
        self._newest: list[object] = []
        self._cancelled = threading.Event()
        self._silent = False
        self._noticed.connect(self._tell, Qt.ConnectionType.QueuedConnection)
        self._over.connect(self._finish, Qt.ConnectionType.QueuedConnection)
        self.thread_ = threading.Thread(target=self._run, name=f"convlens-{name}", daemon=True)
        self.thread_.start()

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """The present step still ends; its outcome is shown no more."""
        self._cancelled.set()

    def silence(self) -> None:
        """Cancels, and no signal comes any more, not even `ended`."""
        self._silent = True
        self._cancelled.set()

    def _run(self) -> None:
        error: Exception | None = None
        try:
            for outcome in self._work():
                if self._cancelled.is_set():
                    break
                with self._lock:
                    waiting, self._newest = bool(self._newest), [outcome]
                if not waiting:
                    self._emit(self._noticed)
                time.sleep(BREATH)
        except UserError as failure:  # becomes a message in the window
            error = failure
        except Exception as failure:
            log.exception("%s failed", self.thread_.name)
            error = failure
        self._emit(self._over, error)

    def _emit(self, signal: SignalInstance, *values: object) -> None:
        if not self._silent:
            signal.emit(*values)

    def _tell(self) -> None:
        with self._lock:
            newest, self._newest = self._newest, []
        if newest and not self._silent and not self.cancelled:
            self.stepped.emit(newest[0])

    def _finish(self, error: object) -> None:
        self._tell()
        if not self._silent:
            self.ended.emit(error)
        self.thread_.join()  # at its end; whoever sends a signal must outlive it
        self.deleteLater()


class Jobs(QObject):
    """All that run in one window; `stop` when it closes."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._running: list[Job] = []

    def start(self, name: str, work: Callable[[], Iterator[object]]) -> Job:
        """work: runs in the new thread; it must not touch widgets."""
        job = Job(name, work, self)
        self._running = [other for other in self._running if other.thread_.is_alive()]
        self._running.append(job)
        return job

    def stop(self, timeout: float) -> bool:
        """Cancels all; False when one was still busy after `timeout` seconds."""
        for job in self._running:
            job.silence()
        end = time.monotonic() + timeout
        for job in self._running:
            job.thread_.join(max(0.0, end - time.monotonic()))
        return not any(job.thread_.is_alive() for job in self._running)
