"""What holds for every test: no display, no user's files, no leak of threads or windows."""

from __future__ import annotations

import gc
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

# Before Qt, numpy or torch are imported: no window on the developer's screen, and one thread for the arithmetic, since
# several would only wait for each other on a busy machine.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from desktop_app.ui.garbage import collect_due

ROOT = Path(__file__).resolve().parent.parent
THREAD_GRACE = 5.0
"""Seconds that a thread, asked to stop by the test, may still take."""


# A busy machine is no reason to fail: how fast examples are made or tried is not what is tested.
hypothesis_settings.register_profile("convlens", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("convlens")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of public data sets and photos that tests may use but that is no part of the repository.

    It is looked for in the environment variable CONVLENS_SHARED_DATA, else in shared/data beside the checkout.
    """
    folder = Path(os.environ.get("CONVLENS_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"needs the data folder (set CONVLENS_SHARED_DATA; looked for {folder})")
    return folder


@pytest.fixture(autouse=True)
def user_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings, autosave and own models of the test, never those of the person who runs it."""
    folder = tmp_path / "convlens-home"
    monkeypatch.setenv("CONVLENS_HOME", str(folder))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))  # where a second window looks for the first
    return folder


@pytest.fixture(autouse=True)
def garbage_is_collected_here() -> Iterator[None]:
    """And not in a thread of the test's: what is freed there may be a widget, and that crashes some later test."""
    gc.disable()
    yield
    collect_due()


@pytest.fixture(autouse=True)
def no_thread_survives() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    limit = time.monotonic() + THREAD_GRACE
    while (left := _started_since(before)) and time.monotonic() < limit:
        left[0].join(0.05)
    assert not left, f"threads still running: {[thread.name for thread in left]}"


@pytest.fixture(autouse=True)
def no_window_survives() -> Iterator[None]:
    before = set(_windows())
    yield
    if _windows() - before:
        gc.collect()  # a window that only a reference cycle holds is no leak
    left = _windows() - before
    assert not left, f"windows still alive: {left}"


def _started_since(before: set[threading.Thread]) -> list[threading.Thread]:
    # A dummy stands for a thread that someone else (Qt, OpenMP) made and that called into Python once.
    return [t for t in threading.enumerate() if t not in before and not isinstance(t, threading._DummyThread)]


def _windows() -> set[str]:
    """Every top-level widget alive, as text: its class, name and address. Empty where Qt was never imported."""
    if "PySide6.QtWidgets" not in sys.modules:
        return set()
    import shiboken6
    from PySide6.QtCore import QCoreApplication, QEvent
    from PySide6.QtWidgets import QApplication

    if QApplication.instance() is None:
        return set()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return {
        f"{widget.metaObject().className()} {widget.objectName()!r} at {shiboken6.getCppPointer(widget)[0]:#x}"
        for widget in QApplication.topLevelWidgets()
        if widget.metaObject().className() != "QTipLabel"  # Qt's one tooltip goes by a timer of its own
    }
