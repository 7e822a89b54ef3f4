"""From what the scenarios measured to rows with their targets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from desktop_app.bench.plan import Plan
from desktop_app.bench.row import Row, against, figure

USUAL_RATE = 125
BY_HAND = "hand-painted widgets"
PHOTO_LIMITS = {"": (0.4, 1.2), "mobilenet_v3_large": (0.5, 1.15), "resnet50": (0.8, 1.15)}
"""Of the time of a plain script and of the shortest there is, by the network that answers; "" is our own."""
FLAT = 1.05
"""Resident memory may become this many times what it was: allocators keep some slack."""


def drawing(where: str, figures: dict[str, Any], fast: bool) -> Iterator[Row]:
    """fast: many more events a second than frames can be painted."""
    ours, bare = np.array(figures["latencies"]), np.array(figures["bare_latencies"])
    limits = {95: 16.0} if fast else {50: 3.5, 95: 5.5, 99: 8.0}
    for share, limit in limits.items():
        value, base = _percentile(ours, share), _percentile(bare, share)
        name = f"event → painted, {'median' if share == 50 else f'p{share}'} ({where})"
        yield figure(name, value, "ms", "≤", limit, f"{BY_HAND}: {base:.2f} ms")
    if not fast:
        name = f"event → painted, p95 against {BY_HAND} ({where})"
        yield against(name, _percentile(ours, 95), "ms", BY_HAND, _percentile(bare, 95), 1.7)
        yield figure(f"points that got a frame ({where})", 100 * figures["framed"], "%", "≥", 99)
    else:
        name = f"newest input painted at the end ({where})"
        yield figure(name, float(figures["newest_painted"]), "of 1", "≥", 1)
        before, after = figures["memory"]
        if before is not None:
            yield against(f"resident memory after the flood ({where})", after, "MB", "before", before, FLAT)
    idle = f"{BY_HAND}: {figures['bare_gap']:.1f} ms, window at rest: {figures['idle_gap']:.1f} ms"
    yield figure(f"longest GUI gap while drawing ({where})", figures["gap"], "ms", "≤", 10, idle)


def handling(figures: dict[str, float]) -> Iterator[Row]:
    name = "longest GUI gap otherwise (samples, undo, pointing at maps, autosave)"
    yield figure(name, figures["gap"], "ms", "≤", 16, f"window at rest: {figures['idle_gap']:.1f} ms")


def replay(model: str, figures: dict[str, Any]) -> Iterator[Row]:
    intervals = np.array(figures["intervals"])
    work, gap, idle = (f"{figures[name]:.1f} ms" for name in ("work", "gap", "idle_gap"))
    beside = f"own work: {work} at most, GUI gap: {gap}, window at rest: {idle}"
    yield figure(f"replay of {model}, frames a second (median)", 1e3 / float(np.median(intervals)), "1/s", "≥", 58)
    yield figure(f"replay of {model}, longest frame", float(intervals.max()), "ms", "≤", 33, beside)


def silence(figures: dict[str, float]) -> Iterator[Row]:
    name = "filter switched off → bars painted"
    yield against(name, figures["clicked"], "ms", "pen → painted", figures["drawn"], 2.0)


def detail(figures: dict[str, Any]) -> Iterator[Row]:
    name = f"click on a pixel → arithmetic painted, {figures['clicks']:,} clicks on all stages of all models"
    beside = f"at {figures['where']}; own work: {figures['work']:.1f} ms at most"
    yield figure(f"{name}, median", figures["median"], "ms", "≤", 16)
    yield figure(f"{name}, longest", figures["longest"], "ms", "≤", 16, beside)


def trace_cost(figures: dict[str, float]) -> Iterator[Row]:
    yield against("worker: trace and mosaics", figures["full"], "ms", "bare forward", figures["bare"], 2.0)


def start(figures: dict[str, float], bare: float) -> Iterator[Row]:
    script = "bare script with torch"
    yield figure("window drawable after start", figures["drawable"], "s", "≤", 0.5, f"{script}: {bare:.2f} s")
    yield against("first answer after start", figures["answer"], "s", script, bare, 1.5)
    yield figure("first answer after start, stretch", figures["answer"], "s", "≤", 0.7, f"{script}: {bare:.2f} s")
    yield Row("first answer of torch after start", figures["torch_answer"], "s", f"{script}: {bare:.2f} s",
              figures["torch_answer"] / bare)  # fmt: skip
    second = f"second longest: {figures['second_gap']:.0f} ms"
    yield figure("longest GUI gap while torch is imported", figures["gap"], "ms", "≤", 250, second)


def photo(figures: dict[str, float], architecture: str = "") -> Iterator[Row]:
    model = f" by {architecture}" if architecture else ""
    plain, shortest = PHOTO_LIMITS[architecture]
    name = f"photo of 12 Mpx, {figures['mb']:.1f} MB, dropped → answer{model} painted"
    yield against(name, figures["app"], "ms", "plain script, full decode", figures["plain"], plain)
    yield against(name, figures["app"], "ms", "shortest script, draft decode", figures["shortest"], shortest)
    yield figure(f"longest GUI gap until all maps{model} are painted", figures["gap"], "ms", "≤", 16)


def folder(figures: dict[str, float], plan: Plan) -> Iterator[Row]:
    name = f"dropped folder of {plan.folder} JPEGs, {figures['mb']:.1f} MB each, answered by mobilenet_v3_large"
    yield against(name, figures["app"], "1/s", "quickest script", figures["script"], 0.95, "≥")
    idle = f"window at rest: {figures['idle_gap']:.1f} ms"
    yield figure("longest GUI gap while a folder is read", figures["gap"], "ms", "≤", 16, idle)


def camera(figures: dict[str, float]) -> Iterator[Row]:
    idle = f"{figures['answered']:.0f} answers a second; window at rest: {figures['idle_gap']:.1f} ms"
    yield figure("longest GUI gap while a camera is on, 30 pictures a second", figures["gap"], "ms", "≤", 16, idle)


def deep(figures: dict[str, float]) -> Iterator[Row]:
    """Columns by block, then with the first block open."""
    what = f"network of {figures['stages']:.0f} stages, picture after picture"
    for state, words in (("closed", "blocks closed"), ("opened", "one block open")):
        beside = f"own work: {figures[f'{state}_work']:.1f} ms at most"
        yield figure(f"longest GUI gap: {what}, {words}", figures[f"{state}_gap"], "ms", "≤", 16, beside)
    beside = f"{figures['columns']:.0f} columns then"
    yield figure("a block opened and a page turned, longest own work", figures["turning"], "ms", "≤", 16, beside)


def deep_trace(figures: dict[str, float], architecture: str) -> Iterator[Row]:
    name = f"all {figures['stages']:.0f} stages of {architecture}, {figures['megabytes']:.0f} MB"
    yield against(name, figures["traced"], "ms", "bare forward", figures["bare"], 1.3)
    yield Row(
        f"{architecture} taken apart for the first time", figures["made"], "ms", f"bare: {figures['bare']:.0f} ms"
    )


def grad_cam(figures: dict[str, float]) -> Iterator[Row]:
    name = "Grad-CAM of resnet50, two classes"
    yield against(name, figures["maps"], "ms", "bare forward", figures["bare"], 3.0)


def memory(drawn: dict[str, Any], bare: dict[str, Any], plan: Plan) -> Iterator[Row]:
    """Nothing where the system does not tell."""
    if drawn["before"] is None:
        return
    points = f"{plan.memory_points:,} points at {plan.memory_rate}/s"
    minutes = plan.memory_points / USUAL_RATE / 60
    name = f"resident memory after {points} ({minutes:.0f} min at {USUAL_RATE}/s)"
    yield against(name, drawn["after"], "MB", "bare torch + Qt + pyqtgraph", bare["held"], 1.3)
    yield against("growth while drawing these", drawn["after"], "MB", "before", drawn["before"], FLAT)


def _percentile(latencies: np.ndarray[Any, Any], share: float) -> float:
    return float(np.percentile(latencies, share, method="higher"))
