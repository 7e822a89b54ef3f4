"""The machine's cameras, with the system and OpenCV played by the test; and the camera that is none."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from desktop_app.core.camera import device
from desktop_app.core.camera.stream import Mirror, Place, encoded, pictures
from desktop_app.core.camera.synthetic import SIZE, SyntheticCamera, synthetic
from desktop_app.core.errors import UserError


class FakeCapture:
    """Gives one picture, after a moment in which there is none."""

    opened = True

    def __init__(self, number: int) -> None:
        self.number, self.asked, self.released = number, 0, False
        made.append(self)

    def isOpened(self) -> bool:
        return self.opened

    def set(self, _name: int, _value: float) -> None: ...

    def read(self) -> tuple[bool, Any]:
        self.asked += 1
        there = self.asked == 3
        return there, np.full((2, 4, 3), (10, 20, 30), np.uint8) if there else None

    def release(self) -> None:
        self.released = True


made: list[FakeCapture] = []


@pytest.fixture
def cv2(monkeypatch: pytest.MonkeyPatch) -> None:
    made.clear()
    module = SimpleNamespace(
        VideoCapture=FakeCapture,
        CAP_PROP_BUFFERSIZE=38,
        COLOR_BGR2RGB=4,
        cvtColor=lambda image, _code: image[..., ::-1],
    )
    monkeypatch.setitem(sys.modules, "cv2", module)  # type: ignore[arg-type]
    monkeypatch.setattr(device.importlib.util, "find_spec", lambda _name: object())
    monkeypatch.setenv("OPENCV_LOG_LEVEL", "OFF")
    monkeypatch.setenv("OPENCV_AVFOUNDATION_SKIP_AUTH", "1")


def test_cameras_are_listed_by_name_without_their_other_nodes(
    cv2: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(device.sys, "platform", "linux")
    monkeypatch.setattr(device, "_NODES", tmp_path)
    for number, index, name in ((10, "0", "Desk camera\n"), (2, "0", "Laptop\n"), (3, "1", "Laptop\n")):
        node = tmp_path / f"video{number}"
        node.mkdir()
        (node / "index").write_text(index)
        (node / "name").write_text(name)
    assert [place.name for place in device.cameras()] == ["Laptop", "Desk camera"]
    assert not made, "none has been opened for that"
    monkeypatch.setattr(device.sys, "platform", "win32")
    assert [place.name for place in device.cameras()][:2] == ["Camera 1", "Camera 2"]


def test_pictures_are_rgb_and_the_camera_is_let_go(cv2: None) -> None:
    place = Place("Laptop", lambda: device.DeviceCamera(0, "Laptop"))
    stream = pictures(place, Mirror(on=False))
    picture = next(stream)
    assert picture.rgb[0, 0].tolist() == [30, 20, 10] and picture.full_size == (4, 2)
    assert not picture.rgb.flags.writeable
    with pytest.raises(UserError, match="gives no picture any more"):
        next(stream)
    assert made[0].released
    stream = pictures(place, Mirror())
    next(stream)
    stream.close()
    assert made[1].released


def test_a_camera_that_another_program_has_is_told(cv2: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeCapture, "opened", False)
    with pytest.raises(UserError, match="close other programs"):
        device.DeviceCamera(0, "Laptop")
    assert made[0].released
    monkeypatch.setattr(device.Path, "exists", lambda _self: True)
    monkeypatch.setattr(device.os, "access", lambda *_: False)
    with pytest.raises(UserError, match="administrator"):
        device.DeviceCamera(0, "Laptop")


def test_the_synthetic_camera_moves_and_can_be_unplugged() -> None:
    camera = SyntheticCamera(rate=1000, last=2)
    first, second = camera.read(), camera.read()
    assert first.shape == (SIZE[1], SIZE[0], 3) and first.dtype == np.uint8
    assert (first != second).any()
    np.testing.assert_array_equal(first, SyntheticCamera(rate=1000).read())
    with pytest.raises(UserError, match="plug it in"):
        camera.read()


def test_a_mirror_may_be_turned_meanwhile_and_a_kept_picture_is_whole() -> None:
    mirror = Mirror(on=False)
    stream = pictures(synthetic(rate=1000), mirror)
    plain = next(stream)
    mirror.on = True
    turned = next(stream)
    assert plain.rgb[470, 3, 0] < plain.rgb[470, -3, 0] and turned.rgb[470, 3, 0] > turned.rgb[470, -3, 0]
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(encoded(plain)))), plain.rgb)
    stream.close()
