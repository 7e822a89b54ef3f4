"""One piece of work at a time: the newest that was asked for follows the present one, all between them are left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, Signal

from desktop_app.ui.jobs import Job, Jobs

Work = Callable[[], Iterator[object]]


class Runner(QObject):
    """stepped: what the present work has yielded.  ended: when nothing is left to do, with the error that stopped it or
    None; not after `stop`."""

    stepped = Signal(object)
    ended = Signal(object)

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._job: Job | None = None
        self._short = False
        self._next: tuple[Work, bool] | None = None

    @property
    def running(self) -> bool:
        return self._job is not None

    def run(self, work: Work, short: bool = False) -> None:
        """short: it is shown even if something newer waits already; else that takes its place at once."""
        if self._job is None:
            self._start(work, short)
            return
        self._next = work, short
        if not self._short:
            self._job.cancel()

    def stop(self) -> None:
        """At once: nothing of the present step is shown."""
        self._next = None
        if self._job is not None:
            self._job.silence()
            self._job = None

    def _start(self, work: Work, short: bool) -> None:
        self._short = short
        self._job = self._jobs.start("why", work)
        self._job.stepped.connect(self.stepped)
        self._job.ended.connect(self._over)

    def _over(self, error: object) -> None:
        self._job = None
        if self._next is not None:
            (work, short), self._next = self._next, None
            self._start(work, short)
        else:
            self.ended.emit(error)
