"""Scenario: clicks on pixels of every stage of every shipped model; how long until their arithmetic is on screen?"""

from __future__ import annotations

import time
from statistics import median

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF
from PySide6.QtWidgets import QApplication

from desktop_app.bench.window import SETTLING, open_app
from desktop_app.core.model.card import ModelCard
from desktop_app.ui.app import App
from desktop_app.ui.mouse import Mouse
from desktop_app.ui.waiting import until, wait

WARMING = 2
"""Clicks on each stage that are not counted: the first ones of a stage lay out texts that are kept."""


def run(clicks: int) -> dict[str, object]:
    """Median and longest time in ms from a click to the painted page and maps, the stage of the longest, and the most
    that the window's thread itself worked for one.

    clicks: on each stage.
    """
    times: dict[str, list[tuple[float, float]]] = {}
    with open_app() as app:
        app.window.input.draw_sample(app.session.card.classes[0])
        for card in app.session.registry.cards:
            _show(app, card)
            for position, stage in enumerate(app.window.network.columns.stages):
                times[f"{stage.name} of {card.name}"] = _clicks(app, position, clicks)
    worst = max(times, key=lambda name: max(times[name]))
    every = [taken for each in times.values() for taken, _ in each]
    work = max(worked for each in times.values() for _, worked in each)
    return {"median": median(every), "longest": max(every), "where": worst, "work": work, "clicks": len(every)}


def _show(app: App, card: ModelCard) -> None:
    """The model's maps, with the page below."""
    app.session.set_model(card)
    until(lambda: app.window.look._frame is not None and app.window.look._frame.request.card is card)
    app.window.look.open("pixel")
    wait(SETTLING)


def _clicks(app: App, position: int, clicks: int) -> list[tuple[float, float]]:
    """Times in ms of clicks on random pixels of a stage, each another one: by the clock, and the thread's own work."""
    window, view = app.window, app.window.network.columns
    rng, mouse = np.random.default_rng(position), Mouse(view)
    painted = [_Painted(window.look.pixel.sheet), _Painted(view.viewport())]
    taken: list[tuple[float, float]] = []
    top_left, bottom_right = view.mosaic_rect(position).topLeft(), view.mosaic_rect(position).bottomRight()
    while len(taken) < WARMING + clicks:
        x, y = (rng.uniform(low, high) for low, high in zip(top_left.toTuple(), bottom_right.toTuple(), strict=True))
        where, place = QPointF(round(x), round(y)), (round(x) / view.width(), round(y) / view.height())
        if view.spot_under(where) in (None, window.selection.spot):
            continue  # empty space, or the same pixel again: nothing to show
        mouse.move(place)
        QApplication.processEvents()
        for each in painted:
            each.done = False
        start, before = time.perf_counter(), time.thread_time()
        mouse.press(place)
        while not all(each.done for each in painted):
            QApplication.processEvents()
        taken.append(((time.perf_counter() - start) * 1e3, (time.thread_time() - before) * 1e3))
        mouse.release(place)
    for each in painted:
        each.deleteLater()
    return taken[WARMING:]


class _Painted(QObject):
    """Whether a widget has been painted since `done` was last taken back."""

    def __init__(self, widget: QObject) -> None:
        super().__init__(widget)
        self.done = False
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.done = True
        return False
