"""A thread that always works on the newest request: a mailbox with one slot, so that nothing can queue."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Request = TypeVar("Request")
Result = TypeVar("Result")

log = logging.getLogger(__name__)


class LatestWorker(Generic[Request, Result]):
    """Runs `work(newest request)` in a thread and hands the result to `deliver`, or the exception to `failed`.

    After a delivery it waits for `ready()` before it takes the next request: whoever shows the results says so once
    they are on screen, and a slow screen throttles the worker instead of drowning in results.
    `work`, `deliver` and `failed` run in the worker's thread.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[Request], Result],
        deliver: Callable[[Request, Result], None],
        failed: Callable[[Request, Exception], None],
    ) -> None:
        self._work, self._deliver, self._failed = work, deliver, failed
        self._wake = threading.Condition()
        self._newest: Request | None = None
        self._ready = True
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self, request: Request) -> None:
        """Replaces a request that has not been taken yet."""
        with self._wake:
            self._newest = request
            self._wake.notify()

    def ready(self) -> None:
        """The last result has been dealt with; the next may come."""
        with self._wake:
            self._ready = True
            self._wake.notify()

    def stop(self, timeout: float) -> bool:
        """Lets the present request end, takes no other. False when it was still busy after `timeout` seconds."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _next(self) -> Request | None:
        with self._wake:
            self._wake.wait_for(lambda: self._stopping or (self._ready and self._newest is not None))
            request, self._newest = self._newest, None
            return None if self._stopping else request

    def _run(self) -> None:
        while (request := self._next()) is not None:
            try:
                result = self._work(request)
            except Exception as error:  # whatever fails must become a message, not a dead thread
                self._report(self._failed, request, error)
            else:
                self._ready = False
                self._report(self._deliver, request, result)
            request = None

    def _report(self, tell: Callable[..., None], request: Request, outcome: object) -> None:
        """Tells, unless stopping: the listener may be gone by then."""
        if self._stopping:
            return
        try:
            tell(request, outcome)
        except Exception:  # costs this one result, not the thread
            log.exception("%s: nobody could be told", self._thread.name)
            self.ready()
