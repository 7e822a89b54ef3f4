"""Drawings as files: nothing lost, any coordinates taken, one clear sentence where that fails."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from desktop_app.core.drawing import drawing_file
from desktop_app.core.drawing.strokes import Drawing, Stroke
from desktop_app.core.errors import BadFile, UserError

PRESSED = Stroke(np.array([(0.1, 0.2), (0.8, 0.9)], np.float32), 0.04, np.array([0.5, 1.5], np.float32))
PLAIN = Stroke(np.array([(0.5, 0.5)], np.float32), 0.1)


def test_json_brings_back_every_point_pen_and_pressure(tmp_path: Path) -> None:
    file = tmp_path / "two.json"
    drawing_file.save_drawing(Drawing((PRESSED, PLAIN)), file)
    first, second = drawing_file.open_drawing(file).strokes
    np.testing.assert_allclose(first.points, PRESSED.points, atol=1e-4)
    assert first.pressure is not None
    np.testing.assert_allclose(first.pressure, [0.5, 1.5], atol=1e-3)
    assert (first.pen, second.pen, second.pressure) == (0.04, 0.1, None)


def test_png_is_white_ink_on_black(tmp_path: Path) -> None:
    file = tmp_path / "dot.PNG"
    drawing_file.save_drawing(Drawing((PLAIN,)), file)
    pixels = np.asarray(Image.open(file))
    assert pixels.shape == (512, 512)
    assert pixels[256, 256] == 255
    assert pixels[10, 10] == 0


def test_strokes_in_any_coordinates_are_fitted_into_the_canvas(tmp_path: Path) -> None:
    file = tmp_path / "theirs.json"
    file.write_text(json.dumps({"strokes": [[[-300, 40], [900, 40]], [[0, -100], [0, 180]]], "label": "cross"}))
    drawing = drawing_file.open_drawing(file)
    left, top, right, bottom = drawing.bounds()
    assert right - left == pytest.approx(0.76)
    assert bottom - top == pytest.approx(0.76 * 280 / 1200, rel=1e-5)
    assert (left + right) / 2 == pytest.approx(0.5)
    assert (top + bottom) / 2 == pytest.approx(0.5)


def test_strokes_that_are_on_the_canvas_stay_where_they_are(tmp_path: Path) -> None:
    file = tmp_path / "small.json"
    file.write_text(json.dumps({"strokes": [[[0.1, 0.1], [0.3, 0.2]]]}))
    assert drawing_file.open_drawing(file).bounds() == pytest.approx((0.1, 0.1, 0.3, 0.2))


@pytest.mark.parametrize(
    "content",
    [
        "", "{", "[]", "3", "null", '{"strokes": 3}', '{"strokes": [[1, 2]]}', '{"strokes": [[[1, 2, 3]]]}',
        '{"strokes": [[["a", "b"]]]}', '{"strokes": [[[1e999, 0]]]}', '{"strokes": [{"points": [[0, 0]]}]}',
        '{"strokes": {"a": 1}}', '{"lines": []}', "[" * 5000, "\udcff",
    ],
)  # fmt: skip
def test_what_is_no_drawing_gives_one_sentence_with_its_name(tmp_path: Path, content: str) -> None:
    file = tmp_path / "odd.json"
    file.write_text(content, errors="surrogateescape")
    with pytest.raises(BadFile, match=r"^odd\.json .*\.$"):
        drawing_file.open_drawing(file)


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="cannot be read"):
        drawing_file.open_drawing(tmp_path / "none.json")
    with pytest.raises(BadFile, match="cannot be read"):
        drawing_file.open_drawing(tmp_path)


def test_an_unknown_ending_or_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"\.png or \.json"):
        drawing_file.save_drawing(Drawing((PLAIN,)), tmp_path / "x.bmp")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UserError, match="could not be written"):
        drawing_file.save_drawing(Drawing((PLAIN,)), tmp_path / "file" / "x.json")
