"""What the collector frees is freed in the window's thread."""

from __future__ import annotations

import gc
import sys
import threading
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from desktop_app.ui import garbage
from desktop_app.ui.garbage import Collector


class Kept(QObject):
    """Only a cycle holds it; tells in which thread it went."""

    def __init__(self, gone: list[int]) -> None:
        super().__init__()
        self._self, self._gone = self, gone

    def __del__(self) -> None:
        self._gone.append(threading.get_ident())


def make_much() -> list[list[int]]:
    return [[number] for number in range(50_000)]


def test_no_other_thread_collects(qtbot: QtBot) -> None:
    gc.enable()  # as in the program; the tests' own fixture has switched it off
    collector = Collector()
    gone: list[int] = []
    Kept(gone)
    thread = threading.Thread(target=make_much)
    thread.start()
    thread.join()
    assert not gone, "though that thread made more than enough to be collected"
    kept = make_much()
    qtbot.waitUntil(lambda: bool(gone), timeout=10_000)
    assert gone == [threading.get_ident()]
    assert len(kept) == 50_000
    assert not gc.isenabled()
    collector.stop()
    assert gc.isenabled()
    gc.disable()


def test_all_is_collected_when_something_large_was_let_go(qtbot: QtBot) -> None:
    gone: list[int] = []
    kept = Kept(gone)
    gc.collect(1)  # now it is old, and would stay
    due = [True]
    collector = Collector(lambda: bool(due) and due.pop())
    del kept
    qtbot.waitUntil(lambda: len(gone) == 1, timeout=10_000)
    collector.stop()


def test_what_is_imported_late_is_not_looked_through_again(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = SimpleNamespace(_initializing=True)
    monkeypatch.setattr(garbage, "LATE", "imported_late")
    frozen: list[bool] = []
    monkeypatch.setattr(gc, "freeze", lambda: frozen.append(True))  # it would hold what other tests leave
    collector = Collector()
    monkeypatch.setitem(sys.modules, "imported_late", SimpleNamespace(__spec__=spec))
    collector._collect()
    assert not frozen, "half of it would be left out"
    spec._initializing = False
    collector._collect()
    collector._collect()
    assert frozen == [True]
    collector.stop()
