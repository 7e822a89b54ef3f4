"""The benchmark gives well-formed rows. How fast this machine is, is none of the tests' business."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from desktop_app.bench import display, main, rows
from desktop_app.bench.hand import Points
from desktop_app.bench.photograph import SIZE, take_photograph
from desktop_app.bench.plan import FULL
from desktop_app.bench.row import Row, against, figure
from desktop_app.bench.scenario import measure
from desktop_app.bench.table import table
from desktop_app.core.errors import UserError

KEYS = {"name", "value", "unit", "baseline", "ratio", "target", "ok"}


@pytest.fixture
def offscreen_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("shutil.which", lambda _name: None)


FIGURES: dict[str, dict[str, object]] = {
    "drawing": {
        "latencies": [3.0, 3.0, 5.0], "bare_latencies": [2.0, 2.0, 4.0], "framed": 1.0, "newest_painted": True,
        "gap": 3.0,
        "bare_gap": 2.0, "idle_gap": 1.0, "memory": (100.0, 101.0),
    },
    "handling": {"gap": 9.0, "idle_gap": 1.0},
    "replay": {"intervals": [16.0, 16.0, 17.0], "work": 8.0, "gap": 9.0, "idle_gap": 1.0},
    "silence": {"clicked": 4.0, "drawn": 3.0},
    "detail": {"median": 5.0, "longest": 9.0, "where": "conv1 of shapes", "work": 7.0, "clicks": 520},
    "trace_cost": {"full": 0.9, "bare": 0.5},
    "bare_start": {"answer": 1.0},
    "start": {"drawable": 0.4, "answer": 0.5, "torch_answer": 1.6, "gap": 120.0, "second_gap": 60.0},
    "photo": {"app": 25.0, "plain": 130.0, "shortest": 22.0, "gap": 5.0, "mb": 3.4},
    "folder": {"app": 60.0, "script": 61.0, "gap": 9.0, "idle_gap": 2.0, "mb": 0.9},
    "camera": {"gap": 9.0, "idle_gap": 1.0, "answered": 30.0},
    "deep": {"closed_gap": 9.0, "closed_work": 5.0, "opened_gap": 9.0, "opened_work": 5.0, "turning": 9.0,
             "stages": 177, "columns": 15},
    "deep_trace": {"traced": 120.0, "bare": 100.0, "made": 400.0, "stages": 175, "megabytes": 150.0},
    "grad_cam": {"maps": 120.0, "bare": 100.0},
    "bare_memory": {"held": 350.0},
    "memory": {"before": 390.0, "after": 400.0},
}  # fmt: skip


def test_every_row_says_what_was_measured_against_what(
    offscreen_only: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(main, "measure", lambda name, _surroundings, **_parameters: FIGURES[name])
    monkeypatch.setattr(main, "busy_share", lambda: 0.5)
    assert main.main(json=True) == 0
    printed = capsys.readouterr()
    measured = json.loads(printed.out)
    assert "No display and no Xvfb" in printed.err
    assert "50%" in printed.err
    for row in measured:
        assert set(row) == KEYS
        assert math.isfinite(row["value"]) and row["name"] and row["unit"]
        assert row["ratio"] is None or (row["ratio"] > 0 and row["baseline"])
        assert row["ok"] is True
    names = " | ".join(row["name"] for row in measured)
    for what in ("median", "p95", "p99", "points that got a frame", "GUI gap while drawing", "GUI gap otherwise",
                 "replay of shapes-lenet, frames a second", "replay of photos-simple, longest frame",
                 "1000/s", "filter switched off",
                 "dropped folder of", "GUI gap while a folder is read",
                 "trace and mosaics", "Grad-CAM of resnet50", "stages of vit_b_16", "network of 177 stages",
                 "a block opened",
                 "window drawable",
                 "first answer", "torch is imported", "12 Mpx",
                 "resident memory after 37,500 points"):  # fmt: skip
        assert what in names
    assert main.main(json=False) == 0
    assert f"{len(measured)} of {len(measured)} rows as wanted" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("drawing", {"rate": 125, "seconds": 0.4}),
        ("start", {"spawned": True}),
        ("trace_cost", {"turns": 10}),
        ("detail", {"clicks": 1}),
        ("silence", {"turns": 4, "seconds": 0.4}),
        ("replay", {"model": "photos-simple", "seconds": 0.4}),
    ],
)
def test_a_scenario_runs_and_leaves_the_persons_folder_alone(
    name: str, parameters: dict[str, object], user_folder: Path
) -> None:
    runs(name, parameters, user_folder)


def test_a_photo_is_dropped_and_leaves_the_persons_folder_alone(tmp_path: Path, user_folder: Path) -> None:
    """A small one: that the usual one is made as large as a camera's is tested below."""
    file = tmp_path / "photo.jpg"
    take_photograph(file, size=(320, 240))
    runs("photo", {"turns": 1, "file": str(file)}, user_folder)


def runs(name: str, parameters: dict[str, object], user_folder: Path) -> None:
    figures = measure(name, {"QT_QPA_PLATFORM": "offscreen"}, **parameters)
    assert set(figures) == set(FIGURES[name])
    numbers = [value for value in figures.values() if isinstance(value, int | float)]
    assert all(math.isfinite(number) and number >= 0 for number in numbers)
    assert not user_folder.exists()


def test_a_point_waits_for_the_first_frame_that_was_asked_after_it() -> None:
    points = Points(due=[0.0, 1.0, 2.0], sent=[0.1, 1.1, 2.1], asked=[0.2, 1.05, 2.2], painted=[0.5, 1.5, 2.5])
    assert points.latencies() == pytest.approx([500, 1500, 500])  # the second frame was asked before its point
    assert points.framed() == pytest.approx(2 / 3)


def test_a_late_window_counts_from_when_the_point_was_due() -> None:
    """No coordinated omission: what a blocked window makes late has waited."""
    late = Points(due=[0.0, 0.1], sent=[0.9, 0.95], asked=[0.96], painted=[1.0])
    assert late.latencies() == pytest.approx([1000, 900])


def test_a_point_that_is_never_painted_waits_for_ever() -> None:
    assert Points(due=[0.0], sent=[0.0]).latencies() == [math.inf]


def test_rows_know_whether_they_are_as_wanted() -> None:
    assert figure("gap", 9.0, "ms", "≤", 10).ok and not figure("gap", 11.0, "ms", "≤", 10).ok
    assert figure("share", 99.5, "%", "≥", 99).ok and not figure("share", 98.0, "%", "≥", 99).ok
    row = against("answer", 3.0, "s", "script", 2.0, 1.5)
    assert row.ok and row.ratio == 1.5 and row.baseline == "script: 2 s" and row.target == "≤ 1.5 ×"
    assert not against("answer", 3.2, "s", "script", 2.0, 1.5).ok


def test_the_table_marks_what_was_missed() -> None:
    text = table(
        [figure("gap", 11.0, "ms", "≤", 10), figure("share", 99.5, "%", "≥", 99), Row("for information", 1, "s")]
    )
    head, _line, missed, met, plain, sum_up = text.splitlines()
    assert "target" in head
    assert missed.startswith("✗") and met.startswith("✓") and plain.startswith("·")
    assert sum_up == "2 of 3 rows as wanted."


def test_a_flood_asks_for_other_figures_than_a_usual_mouse() -> None:
    usual, flood = ([row.name for row in rows.drawing("here", FIGURES["drawing"], fast=fast)] for fast in (False, True))
    assert any("p99" in name for name in usual) and not any("memory" in name for name in usual)
    assert any("memory" in name for name in flood) and any("newest input" in name for name in flood)


def test_without_linux_memory_is_not_told() -> None:
    assert list(rows.memory({"before": None, "after": None}, {"held": None}, FULL)) == []


def test_a_scenario_that_fails_shows_what_it_said() -> None:
    with pytest.raises(UserError, match="no_such_scenario"):
        measure("no_such_scenario", {})


def test_an_x_server_is_started_and_stopped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    if not sys.platform.startswith("linux") or not display.shutil.which("Xvfb"):
        pytest.skip("needs Xvfb")
    with display.places() as found:
        (number,) = (place.surroundings["DISPLAY"] for place in found if place.name == "Xvfb")
        door = Path(f"/tmp/.X11-unix/X{number[1:]}")
        assert door.is_socket()
    assert not door.exists()


def test_the_photo_is_as_large_as_a_cameras(tmp_path: Path) -> None:
    file = tmp_path / "photo.jpg"
    take_photograph(file)
    assert 2.5e6 < file.stat().st_size < 5e6
    with Image.open(file) as picture:
        assert picture.size == SIZE
        picture.draft("RGB", (500, 375))
        assert np.asarray(picture.convert("L")).std() > 10  # something is to be seen
