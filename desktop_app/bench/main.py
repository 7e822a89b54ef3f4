"""Runs the scenarios one after the other and makes rows of what they measure."""

from __future__ import annotations

import json as json_format
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from statistics import median

from desktop_app.bench import rows
from desktop_app.bench.display import OFFSCREEN, Place, places
from desktop_app.bench.machine import IDLE_BELOW, busy_share, machine
from desktop_app.bench.plan import FULL, Plan
from desktop_app.bench.row import Row
from desktop_app.bench.scenario import measure
from desktop_app.bench.table import table
from desktop_app.core.errors import UserError

REPLAYED = ("shapes-lenet", "photos-simple")
TRACED = ("resnet50", "densenet121", "vit_b_16")


def main(json: bool, plan: Plan = FULL) -> int:
    """Prints a table, or rows as JSON. The exit status is 0 however the figures are: they depend on the machine."""
    _tell(f"{machine()}, {date.today():%Y-%m-%d}")
    busy = busy_share()
    if busy is not None and busy > IDLE_BELOW:
        _tell(f"Something else uses {busy:.0%} of this machine: times will be longer, and ratios less sure.")
    with places() as found:
        if len(found) == 1:
            _tell("No display and no Xvfb: the window is only drawn in memory.")
        measured = list(_rows(found, plan))
    print(json_format.dumps([asdict(row) for row in measured], indent=1) if json else table(measured))
    return 0


def _rows(found: Sequence[Place], plan: Plan) -> Iterator[Row]:
    for place in found:
        for rate in plan.rates:
            _tell(f"drawing, {rate} events a second, {place.name} …")
            figures = measure("drawing", place.surroundings, rate=rate, seconds=plan.seconds)
            yield from rows.drawing(f"{place.name}, {rate}/s", figures, fast=rate > rows.USUAL_RATE)
    offscreen = next(place.surroundings for place in found if place.name == OFFSCREEN)
    _tell("handling …")
    yield from rows.handling(measure("handling", offscreen))
    for model in REPLAYED:
        _tell(f"replay of {model} …")
        yield from rows.replay(model, measure("replay", offscreen, model=model, seconds=plan.replay_seconds))
    _tell("switching filters off …")
    yield from rows.silence(measure("silence", offscreen, turns=plan.clicks, seconds=plan.seconds))
    _tell("clicks on pixels …")
    yield from rows.detail(measure("detail", offscreen, clicks=plan.pixels))
    _tell("trace and mosaics …")
    yield from rows.trace_cost(measure("trace_cost", offscreen, turns=plan.turns))
    _tell("start …")
    yield from _start(offscreen, plan)
    for architecture in rows.PHOTO_LIMITS:
        _tell(f"a photo of 12 megapixels {architecture}…")
        try:
            figures = measure("photo", offscreen, turns=plan.photos, architecture=architecture)
        except UserError as error:
            _tell(str(error))
        else:
            yield from rows.photo(figures, architecture)
    _tell("a deep network, picture after picture …")
    yield from rows.deep(measure("deep", offscreen, frames=2 * plan.photos))
    for architecture in TRACED:
        _tell(f"trace of {architecture} …")
        figures = measure("deep_trace", offscreen, turns=plan.photos, architecture=architecture)
        yield from rows.deep_trace(figures, architecture)
    _tell("Grad-CAM …")
    yield from rows.grad_cam(measure("grad_cam", offscreen, turns=plan.photos))
    _tell(f"a folder of {plan.folder} photos …")
    yield from rows.folder(measure("folder", offscreen, photos=plan.folder, turns=plan.folder_turns), plan)
    _tell("a camera …")
    try:
        yield from rows.camera(measure("camera", offscreen, seconds=plan.seconds))
    except UserError as error:
        _tell(str(error))
    _tell("memory …")
    bare = measure("bare_memory", offscreen)
    drawn = measure("memory", offscreen, rate=plan.memory_rate, warm=plan.memory_warm, count=plan.memory_points)
    yield from rows.memory(drawn, bare, plan)


def _start(surroundings: dict[str, str], plan: Plan) -> Iterator[Row]:
    """The first of each is thrown away: it reads from the disk what the others find in memory."""
    ours, bare = [], []
    for turn in range(plan.starts + 1):
        bare_figures = measure("bare_start", surroundings, spawned=True)
        figures = measure("start", surroundings, spawned=True)
        if turn:
            bare.append(bare_figures)
            ours.append(figures)
    figures = {key: median(start[key] for start in ours) for key in ours[0]}
    yield from rows.start(figures, median(start["answer"] for start in bare))


def _tell(words: str) -> None:
    """What goes on; not part of the result."""
    print(words, file=sys.stderr, flush=True)
