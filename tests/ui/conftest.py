"""Sessions and windows with tiny models, and a forward pass that a test can hold up."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tiny_models import card_data, write_model

from desktop_app.core.forward.factors import UNTOUCHED, Factors
from desktop_app.core.forward.forwards import Forward, Forwards
from desktop_app.core.forward.instant import NumpyForward
from desktop_app.core.forward.request import Frame
from desktop_app.core.forward.trace import Array
from desktop_app.core.model.card import ModelCard
from desktop_app.core.model.registry import Registry, find_models
from desktop_app.core.settings import Settings
from desktop_app.core.site import Site
from desktop_app.ui.session import Session
from desktop_app.ui.theme import Theme
from desktop_app.ui.window.main_window import MainWindow

LONG = 10_000
"""Milliseconds that are only waited for when the test is about to fail."""


class Gate:
    """Makes forward passes that wait while it is shut, or fail when told to: all of them, or those of one model."""

    device = "gate"

    def __init__(self) -> None:
        self._open = threading.Event()
        self._open.set()
        self.began = threading.Event()
        self.error: Exception | None = None
        self.broken: ModelCard | None = None
        self.passes = 0

    def shut(self) -> None:
        self.began.clear()
        self._open.clear()

    def open(self) -> None:
        self._open.set()

    def __call__(self, card: ModelCard) -> Forward:
        return _Gated(card, self)

    def go_through(self, card: ModelCard) -> None:
        self.passes += 1
        self.began.set()
        assert self._open.wait(LONG / 1000)
        if self.error is not None and self.broken in (None, card):
            raise self.error


class _Gated:
    device = "gate"

    def __init__(self, card: ModelCard, gate: Gate) -> None:
        self._inner, self._card, self._gate = NumpyForward(card), card, gate
        self.stages, self.operations = self._inner.stages, self._inner.operations

    def __call__(self, net_input: Array, factors: Factors = UNTOUCHED) -> tuple[Array, ...]:
        self._gate.go_through(self._card)
        return self._inner(net_input, factors)

    def logits(self, net_input: Array) -> Array:
        return self(net_input)[-1]


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate()
    yield made
    made.open()


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """Two models that read drawings and one that reads photos, with random weights."""
    models = tmp_path / "models"
    write_model(models / "shapes-a", seed=1)
    write_model(models / "shapes-b", {**card_data(), "title": "Various shapes"}, seed=2)
    write_model(models / "photos-a", card_data("photos"), seed=3)
    return find_models(models)


@pytest.fixture
def session(registry: Registry, gate: Gate, qtbot: QtBot) -> Iterator[Session]:
    """Frames are acknowledged at once, as by a window that paints them."""
    made = Session(registry, Forwards(gate))
    made.frame_ready.connect(made.painted)
    made.answer_ready.connect(made.painted)
    yield made
    gate.open()
    made.stop()


OpenWindow = Callable[..., MainWindow]


@pytest.fixture
def open_window(registry: Registry, gate: Gate, qtbot: QtBot) -> Iterator[OpenWindow]:
    """Opens a window, by default with tiny models, and waits for its first answer."""
    opened: list[MainWindow] = []

    def open_one(
        registry: Registry = registry,
        settings: Settings = Settings(scheme="light"),  # noqa: B008 - frozen
        forwards: Forwards | None = None,
        size: tuple[int, int] | None = (1366, 768),
        site: Site = Site(),  # noqa: B008 - frozen
    ) -> MainWindow:
        begun = site.over(settings)
        session = Session(registry.offering(site.offer), forwards or Forwards(gate))
        window = MainWindow(session, settings, Theme(begun.scheme, begun.projector), site)
        opened.append(window)
        if size:
            window.resize(*size)
        with qtbot.waitSignal(window.frame_painted, timeout=LONG):
            window.show()
        window.activateWindow()
        return window

    yield open_one
    gate.open()
    for window in opened:
        window.close()
        window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window()


class Frames:
    """All frames that a session or a window has shown."""

    def __init__(self, source: Session | MainWindow) -> None:
        self.seen: list[Frame] = []
        self._session = source.session if isinstance(source, MainWindow) else source
        signal = source.frame_painted if isinstance(source, MainWindow) else source.frame_ready
        signal.connect(self._keep)

    def _keep(self, frame: Frame) -> None:
        self.seen.append(frame)

    @property
    def last(self) -> Frame:
        return self.seen[-1]

    def wait_for_rest(self, qtbot: QtBot, source: object = None) -> None:
        """Until the newest request's frame is there, with the steps that are only shown once the pen rests."""
        session = self._session

        def rests() -> bool:
            if not self.seen or (source is not None and self.last.request.source is not source):
                return False
            return bool(self.last.steps) and self.last.request.serial == session._serial and not session._stale

        qtbot.waitUntil(rests, timeout=LONG)
