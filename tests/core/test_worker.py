"""The newest request wins, nothing queues, whatever fails is told, and stopping ends the thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty, Queue

import pytest

from desktop_app.core.worker import LatestWorker

LONG = 10.0
"""Seconds that are only waited for when the test is about to fail."""


class Desk:
    """A worker whose work waits until the test lets it go on, one request at a time."""

    def __init__(self, gated: bool = True, ready_at_once: bool = True) -> None:
        self.started: Queue[int] = Queue()
        self.told: Queue[tuple[str, int, object]] = Queue()
        self.gate = threading.Semaphore(0)
        self._gated, self._ready_at_once = gated, ready_at_once
        self.worker: LatestWorker[int, str] = LatestWorker("desk", self._work, self._deliver, self._failed)

    def _work(self, request: int) -> str:
        self.started.put(request)
        if self._gated:
            assert self.gate.acquire(timeout=LONG)
        if request < 0:
            raise ValueError(f"no {request}")
        return f"answer to {request}"

    def _deliver(self, request: int, result: str) -> None:
        self.told.put(("answer", request, result))
        if self._ready_at_once:
            self.worker.ready()

    def _failed(self, request: int, error: Exception) -> None:
        self.told.put(("error", request, error))

    def next_told(self) -> tuple[str, int]:
        kind, request, outcome = self.told.get(timeout=LONG)
        if kind == "answer":
            assert outcome == f"answer to {request}"
        return kind, request

    def nothing_more(self) -> None:
        assert self.worker.stop(LONG)
        with pytest.raises(Empty):
            self.told.get_nowait()


@contextmanager
def stopped(desk: Desk) -> Iterator[Desk]:
    try:
        yield desk
    finally:
        desk.gate.release(100)
        desk.worker.stop(LONG)


def test_the_newest_wins_under_a_flood() -> None:
    with stopped(Desk()) as desk:
        desk.worker.submit(0)
        assert desk.started.get(timeout=LONG) == 0
        for request in range(1, 10_001):
            desk.worker.submit(request)
        desk.gate.release(2)
        assert desk.next_told() == ("answer", 0)
        assert desk.next_told() == ("answer", 10_000), "the 9,999 before it were dropped"
        desk.nothing_more()


def test_a_flood_from_many_threads_ends_with_a_last_request() -> None:
    with stopped(Desk(gated=False)) as desk:
        floods = [threading.Thread(target=lambda: [desk.worker.submit(n) for n in range(2000)]) for _ in range(4)]
        for flood in floods:
            flood.start()
        for flood in floods:
            flood.join()
        desk.worker.submit(7777)
        while desk.next_told() != ("answer", 7777):
            pass
        desk.nothing_more()


def test_the_next_is_taken_only_when_the_last_is_on_screen() -> None:
    with stopped(Desk(gated=False, ready_at_once=False)) as desk:
        desk.worker.submit(1)
        assert desk.next_told() == ("answer", 1)
        desk.worker.submit(2)
        desk.worker.submit(3)
        with pytest.raises(Empty):
            desk.told.get(timeout=0.05)
        desk.worker.ready()
        assert desk.next_told() == ("answer", 3)
        desk.worker.ready()
        desk.nothing_more()


def test_ready_before_there_is_a_request_is_remembered_once() -> None:
    with stopped(Desk(gated=False, ready_at_once=False)) as desk:
        for _ in range(5):
            desk.worker.ready()
        desk.worker.submit(1)
        assert desk.next_told() == ("answer", 1)
        desk.worker.submit(2)
        with pytest.raises(Empty):
            desk.told.get(timeout=0.05)


def test_an_exception_is_told_and_the_work_goes_on() -> None:
    with stopped(Desk(gated=False, ready_at_once=False)) as desk:
        for request in (-1, -2, -3):
            desk.worker.submit(request)
            kind, told, error = desk.told.get(timeout=LONG)
            assert (kind, told) == ("error", request)
            assert isinstance(error, ValueError) and str(error) == f"no {request}"
        desk.worker.submit(4)
        assert desk.next_told() == ("answer", 4), "a failure needs no ready()"


def test_an_exception_while_telling_does_not_end_the_thread(caplog: pytest.LogCaptureFixture) -> None:
    """A listener that fails costs its frame; the worker lives as long as the window."""
    told: Queue[int] = Queue()

    def deliver(request: int, _result: int) -> None:
        told.put(request)
        if request == 1:
            raise RuntimeError("the listener has gone")

    worker: LatestWorker[int, int] = LatestWorker("w", lambda request: request, deliver, lambda *_: None)
    try:
        worker.submit(1)
        assert told.get(timeout=LONG) == 1
        worker.submit(2)
        assert told.get(timeout=LONG) == 2
    finally:
        assert worker.stop(LONG)
    assert "the listener has gone" in caplog.text


@pytest.mark.parametrize("request_", [5, -5], ids=["answer", "error"])
def test_stopping_while_work_runs_ends_it_and_tells_nothing(request_: int) -> None:
    desk = Desk()
    desk.worker.submit(request_)
    assert desk.started.get(timeout=LONG) == request_
    assert not desk.worker.stop(0.02), "still busy"
    desk.worker.submit(6)
    desk.gate.release(2)
    assert desk.worker.stop(LONG)
    desk.nothing_more()
    assert desk.started.empty(), "the request in the mailbox was not begun"


@pytest.mark.parametrize("before", [lambda worker: None, lambda worker: worker.ready()], ids=["fresh", "ready"])
def test_stopping_an_idle_worker_ends_its_thread(before: Callable[[LatestWorker[int, str]], None]) -> None:
    desk = Desk()
    before(desk.worker)
    assert desk.worker.stop(LONG)
    assert desk.worker.stop(LONG), "stopping twice is harmless"
    assert not [thread for thread in threading.enumerate() if thread.name == "desk"]


def test_stopping_while_it_waits_for_the_screen() -> None:
    desk = Desk(gated=False, ready_at_once=False)
    desk.worker.submit(1)
    assert desk.next_told() == ("answer", 1)
    desk.worker.submit(2)
    desk.nothing_more()


def test_a_thousand_round_trips() -> None:
    with stopped(Desk(gated=False)) as desk:
        for request in range(1000):
            desk.worker.submit(request)
            assert desk.next_told() == ("answer", request)
