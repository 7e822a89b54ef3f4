"""Pictures of every kind: right and upright, or one clear sentence."""

from __future__ import annotations

import io
import os
import struct
import threading
import time
import tracemalloc
import warnings
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from desktop_app.core.errors import BadFile
from desktop_app.core.source import photo
from desktop_app.core.source.photo import load_photo

UNREADABLE = {
    "bad_Bad_badbitcount.bmp", "bad_Bad_clrsUsed.bmp", "bad_Bad_height.bmp", "bad_Bad_reallybig.bmp",
    "bad_Bad_shortfile.bmp", "bad_Bad_unusual_extend_buffer_usage.bmp", "bad_Bad_width.bmp", "bomb_280Mpx_jpg.jpg",
    "bomb_65536sq_png.png", "cielab_tiff.tiff", "corrupt_header_jpg.jpg", "empty.jpg", "exifs_IMG_5195.HEIC",
    "pillow_bomb_gif.gif", "pillow_l_mode_bmp.bmp", "pillow_png_decompression_dos.png",
    "pillow_truncated_image_png.png", "pillow_truncated_small_jpg.jpg", "svg_not_raster.svg", "text_as_png.png",
    "truncated_jpg.jpg", "truncated_png.png", "ORIGIN.csv",
}  # fmt: skip


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def gradient(width: int = 40, height: int = 24) -> np.ndarray:
    y, x = np.mgrid[:height, :width]
    return np.stack([x * 6, y * 10, 255 - x * 3], axis=2).astype(np.uint8)


def quadrants() -> np.ndarray:
    """Four colours, so that no turn or flip of it looks like another; sides are whole blocks of a JPEG."""
    rgb = np.zeros((64, 96, 3), np.uint8)
    rgb[:32, :48], rgb[:32, 48:], rgb[32:, :48], rgb[32:, 48:] = (220, 30, 30), (30, 200, 30), (30, 30, 220), 255
    return rgb


# The whole collection


def test_every_nasty_file_is_read_or_refused_in_one_sentence(
    shared_data: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """As many as there are: the right ones are refused, quickly, and nothing is said on the console."""
    refused = set()
    for file in sorted((shared_data / "nasty").iterdir()):
        start = time.monotonic()
        try:
            source = load_photo(file, at_least=224)
        except BadFile as error:
            refused.add(file.name)
            message = str(error)
            assert file.name in message
            assert "\n" not in message
            assert 30 < len(message) < 200 + len(file.name)
        else:
            assert source.rgb.dtype == np.uint8
            assert source.rgb.ndim == 3
            assert source.rgb.shape[2] == 3
            assert not source.rgb.flags.writeable
            assert source.name == file.name
            assert min(source.rgb.shape[:2]) >= min(224, *source.full_size)
            assert np.allclose(source.rgb.shape[1] / source.rgb.shape[0], np.divide(*source.full_size), rtol=0.05)
        assert time.monotonic() - start < 5
    assert refused == UNREADABLE
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", ["bomb_65536sq_png.png", "bad_Bad_reallybig.bmp", "pillow_l_mode_bmp.bmp"])
def test_bombs_are_refused_before_they_take_memory(shared_data: Path, name: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(BadFile, match="too large"):
            load_photo(shared_data / "nasty" / name, at_least=224)
        assert tracemalloc.get_traced_memory()[1] < 30e6
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("kind", ["landscape", "portrait"])
@pytest.mark.parametrize("orientation", range(2, 9))
def test_real_photos_come_out_upright(shared_data: Path, kind: str, orientation: int) -> None:
    """Each shows the same scene, but for the digit in its middle, turned in its file."""
    want = load_photo(shared_data / "nasty" / f"exif_{kind}_1.jpg", at_least=100)
    got = load_photo(shared_data / "nasty" / f"exif_{kind}_{orientation}.jpg", at_least=100)
    assert got.full_size == want.full_size
    assert got.rgb.shape == want.rgb.shape
    difference = np.abs(got.rgb.astype(int) - want.rgb.astype(int))
    assert np.mean(difference) < 4
    assert np.mean(np.abs(got.rgb[::-1].astype(int) - want.rgb.astype(int))) > 20


Spots = dict[tuple[float, float], tuple[int, int, int]]
FLAG: Spots = {(0.5, 0.1): (174, 28, 40), (0.5, 0.5): (255, 255, 255), (0.5, 0.9): (33, 70, 139)}
"""Of the Netherlands, as its government defines the colours. Places are shares of width and height."""
COLOURS: dict[str, tuple[Spots, int]] = {
    "rgb16_png.png": (FLAG, 1),
    "pillow_multipage_tiff.tiff": ({(0.5, 0.5): (0, 128, 0)}, 0),
    "pillow_apng16.png": ({(0.5, 0.5): (255, 0, 0)}, 0),
    "p3_profile_png.png": ({(0.9, 0.9): (255, 0, 0)}, 3),
    "full_transparent_png.png": ({(0.5, 0.5): (255, 255, 255)}, 0),
    "animated_gif.gif": ({(0.02, 0.02): (254, 255, 252)}, 3),
    "animated_webp.webp": ({(0.02, 0.02): (255, 255, 253)}, 3),
}
"""What is known of these pictures by other means, and how far off they may be."""


@pytest.mark.parametrize("name", COLOURS)
def test_colours_come_out_as_they_are_known_to_be(shared_data: Path, name: str) -> None:
    rgb = load_photo(shared_data / "nasty" / name, at_least=1).rgb
    spots, tolerance = COLOURS[name]
    for (x, y), colour in spots.items():
        found = rgb[int(y * len(rgb)), int(x * len(rgb[0]))].astype(int)
        assert np.abs(found - colour).max() <= tolerance, (x, y, found)


@pytest.mark.parametrize(
    ("name", "other", "tolerance"),
    [
        ("animated_gif.gif", "animated_webp.webp", 3.0),  # the same first picture
        ("pillow_progressive.png", "pillow_ycck.png", 2.0),  # the second has a palette
        ("pillow_bmp.bmp", "pillow_png_palette_trns.fli", 12.0),  # likewise
        ("name with ünïcødé 漢字 and spaces.jpg", "exif_landscape_1.jpg", 0.0),
        ("exif_landscape_0.jpg", "exif_landscape_1.jpg", 3.0),
        ("exif_portrait_0.jpg", "exif_portrait_1.jpg", 3.0),
    ],
)
def test_the_same_picture_in_two_files(shared_data: Path, name: str, other: str, tolerance: float) -> None:
    one, two = (load_photo(shared_data / "nasty" / file, at_least=100).rgb.astype(int) for file in (name, other))
    assert one.shape == two.shape
    assert np.abs(one - two).mean() <= tolerance


@pytest.mark.parametrize(
    "name",
    ["alpha_png.png", "full_transparent_png.png", "grey_alpha_png.png", "grey16_alpha_png.png", "webp_alpha.webp",
     "pillow_transparent_png.png", "pillow_progressive.png"],
)  # fmt: skip
def test_the_background_shows_through_as_much_as_alpha_says(shared_data: Path, name: str) -> None:
    """On black it is colour × alpha; on white so much brighter as alpha leaves out."""
    file = shared_data / "nasty" / name
    black, white = (load_photo(file, at_least=1, background=(level,) * 3).rgb.astype(int) for level in (0, 255))
    with Image.open(file) as image:
        rgba = np.asarray(image.convert("RGBA")).astype(float)
    alpha = rgba[..., 3:] / 255
    assert np.abs(black - rgba[..., :3] * alpha).max() <= 1
    assert np.abs(white - black - 255 * (1 - alpha)).max() <= 1


# Orientation


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_undone_in_every_format_that_has_it(kind: str, orientation: int) -> None:
    upright = quadrants()
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright),
        7: upright[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(upright, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(Image.fromarray(np.ascontiguousarray(stored)), kind, exif=exif, quality=95)
    source = load_photo(data, at_least=8)
    assert source.full_size == (96, 64)
    height, width = source.rgb.shape[:2]
    assert width / height == 1.5
    corners = source.rgb[[2, 2, -3, -3], [2, -3, 2, -3]].astype(int)
    assert np.abs(corners - upright[[0, 0, -1, -1], [0, -1, 0, -1]]).max() < 20


def test_a_damaged_exif_block_costs_no_picture() -> None:
    data = encoded(Image.fromarray(gradient()), "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x09" + b"\xff" * 40)
    assert load_photo(data, at_least=8).full_size == (40, 24)


# Pixels


def test_plain_pictures_are_bit_exact() -> None:
    rgb = gradient()
    for kind in ("PNG", "BMP", "TIFF", "PPM"):
        assert np.array_equal(load_photo(encoded(Image.fromarray(rgb), kind), at_least=8).rgb, rgb), kind
    assert np.array_equal(load_photo(encoded(Image.fromarray(rgb), "WEBP", lossless=True), at_least=8).rgb, rgb)


def test_alpha_is_composed_on_the_chosen_background() -> None:
    rgba = np.zeros((1, 3, 4), np.uint8)
    rgba[0] = [[200, 100, 0, 255], [200, 100, 0, 0], [200, 100, 0, 51]]
    data = encoded(Image.fromarray(rgba))
    on_white = load_photo(data, at_least=1).rgb[0]
    assert np.array_equal(on_white, [[200, 100, 0], [255, 255, 255], [244, 224, 204]])
    on_blue = load_photo(data, at_least=1, background=(0, 0, 250)).rgb[0]
    assert np.array_equal(on_blue, [[200, 100, 0], [0, 0, 250], [40, 20, 200]])


def test_grey_with_alpha_and_palette_with_transparency() -> None:
    grey = Image.fromarray(np.array([[[100, 255], [100, 0]]], np.uint8))
    assert grey.mode == "LA"
    assert load_photo(encoded(grey), at_least=1).rgb.tolist() == [[[100] * 3, [255] * 3]]
    palette = Image.new("P", (2, 1))
    palette.putpalette([10, 20, 30, 40, 50, 60])
    palette.putdata([0, 1])
    assert load_photo(encoded(palette), at_least=1).rgb.tolist() == [[[10, 20, 30], [40, 50, 60]]]
    for kind in ("PNG", "GIF"):
        data = encoded(palette, kind, transparency=1)
        assert load_photo(data, at_least=1).rgb.tolist() == [[[10, 20, 30], [255, 255, 255]]], kind


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bit_grey_is_scaled_not_clipped(kind: str) -> None:
    values = np.array([[0, 255, 256, 25700, 65535]], np.uint16)
    source = load_photo(encoded(Image.fromarray(values), kind), at_least=1)
    assert source.rgb[0, :, 0].tolist() == [0, 1, 1, 100, 255]
    assert np.ptp(source.rgb, axis=2).max() == 0
    assert "16 bits" in source.notes[0]


def test_sixteen_bit_colour_is_scaled_not_clipped() -> None:
    """Pillow cannot write such a PNG, so it is put together here."""
    values = np.array([[[0, 25700, 65535], [300, 32896, 65000]]], ">u2")
    raw = b"".join(b"\0" + row.tobytes() for row in values)
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", 2, 1, 16, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(raw)),
        (b"IEND", b""),
    ]
    body = b"".join(struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks)
    rgb = load_photo(b"\x89PNG\r\n\x1a\n" + body, at_least=1).rgb
    assert np.abs(rgb.astype(int) - values.astype(int) / 257).max() <= 1


@pytest.mark.parametrize(
    ("values", "want"),
    [
        (np.array([[0.0, 0.5, 1.0]], np.float32), [0, 128, 255]),
        (np.array([[-50.0, 0.0, 50.0]], np.float32), [0, 128, 255]),
        (np.array([[np.nan, 2.0, 4.0]], np.float32), [0, 128, 255]),
        (np.array([[1000, 1500, 2000]], np.int32), [0, 128, 255]),
        (np.array([[7, 7, 7]], np.int32), [0, 0, 0]),
    ],
)
def test_numbers_without_an_agreed_range_are_stretched(values: np.ndarray, want: list[int]) -> None:
    assert load_photo(encoded(Image.fromarray(values), "TIFF"), at_least=1).rgb[0, :, 0].tolist() == want


def test_one_bit_and_cmyk_and_lab() -> None:
    one = Image.fromarray(np.array([[True, False]]))
    assert load_photo(encoded(one), at_least=1).rgb[0, :, 0].tolist() == [255, 0]
    cmyk = Image.new("CMYK", (16, 16), (255, 0, 255, 0))  # cyan and yellow make green
    green = load_photo(encoded(cmyk, "JPEG", quality=95), at_least=16)
    assert green.rgb[8, 8, 1] > 200 > 60 > max(green.rgb[8, 8, 0], green.rgb[8, 8, 2])
    assert "CMYK" in green.notes[0]
    lab = Image.new("LAB", (4, 4), (128, 128, 128))  # L = 50, a = b = 0: middle grey
    rgb = load_photo(encoded(lab, "TIFF"), at_least=1).rgb[0, 0].astype(int)
    assert np.abs(rgb - 119).max() <= 3


def test_a_cmyk_profile_is_obeyed_and_a_broken_one_does_no_harm(shared_data: Path) -> None:
    """The same picture with and without its profile; the profile makes it less garish."""
    with_profile = load_photo(shared_data / "nasty" / "cmyk_adobe_profile_jpg.jpg", at_least=400).rgb
    without = load_photo(shared_data / "nasty" / "cmyk_noprofile_jpg.jpg", at_least=400).rgb
    assert np.ptp(with_profile, axis=2).mean() < 0.8 * np.ptp(without, axis=2).mean()
    cmyk = Image.new("CMYK", (16, 16), (0, 0, 0, 255))
    broken = load_photo(encoded(cmyk, "JPEG", icc_profile=b"no profile"), at_least=8)
    assert broken.rgb.max() < 60


def test_the_first_picture_of_several_is_taken_and_said() -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue", "lime")]
    for kind, word in (("GIF", "animation"), ("PNG", "animation"), ("WEBP", "animation"), ("TIFF", "pages")):
        source = load_photo(encoded(frames[0], kind, save_all=True, append_images=frames[1:]), at_least=1)
        assert np.abs(source.rgb[4, 4].astype(int) - (255, 0, 0)).max() < 5, kind
        assert word in source.notes[0]


# Size and speed


def test_large_jpegs_are_decoded_small_but_never_below_what_is_needed() -> None:
    data = encoded(Image.fromarray(np.zeros((1600, 2400, 3), np.uint8)), "JPEG")
    sides = {n: load_photo(data, at_least=n).rgb.shape[:2] for n in (32, 200, 201, 400, 800, 801, 5000)}
    assert sides == {
        32: (200, 300), 200: (200, 300), 201: (400, 600), 400: (400, 600), 800: (800, 1200), 801: (1600, 2400),
        5000: (1600, 2400),
    }  # fmt: skip
    assert load_photo(data, at_least=32).full_size == (2400, 1600)


def test_large_pictures_of_other_kinds_are_reduced_to_what_is_worth_keeping(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photo, "MAX_KEPT", 10_000)
    data = encoded(Image.fromarray(gradient(240, 200)))
    assert load_photo(data, at_least=50).rgb.shape == (67, 80, 3)
    assert load_photo(data, at_least=150).rgb.shape == (200, 240, 3)
    palette = encoded(Image.fromarray(gradient(240, 200)).quantize())
    assert load_photo(palette, at_least=50).rgb.shape == (67, 80, 3)


def test_what_the_header_announces_is_checked_before_decoding(monkeypatch: pytest.MonkeyPatch) -> None:
    data = encoded(Image.fromarray(gradient(40, 24)))

    def decoded(_image: Image.Image) -> None:
        raise AssertionError("also a PNG's EXIF, which may stand behind its pixels, is not asked for before")

    monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", decoded)
    monkeypatch.setattr(photo, "MAX_DECODED", 900)
    with pytest.raises(BadFile, match=r"pasted.*40 × 24 pixels"):
        load_photo(data, at_least=8, name="pasted")


# Files that are none


def test_each_kind_of_wrong_file_has_its_own_advice(tmp_path: Path) -> None:
    (tmp_path / "empty.png").touch()
    (tmp_path / "notes.txt").write_text("no picture")
    (tmp_path / "paper.pdf").write_bytes(b"%PDF-1.7\n" + b"x" * 100)
    (tmp_path / "logo.svg").write_text('<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>')
    (tmp_path / "phone.heic").write_bytes(b"\0\0\0\x18ftypheic" + b"\0" * 50)
    (tmp_path / "cut.png").write_bytes(encoded(Image.fromarray(gradient(200, 200)))[:-200])
    for name, advice in {
        "empty.png": "is empty",
        "notes.txt": "is not a picture",
        "paper.pdf": "PDF document.*JPEG or PNG",
        "logo.svg": "SVG drawing.*JPEG or PNG",
        "phone.heic": "HEIC photo.*JPEG or PNG",
        "cut.png": "damaged or incomplete",
        "nowhere.png": "was not found",
        "": "is a folder",
        "nul\0.png": "cannot be read",
    }.items():
        with pytest.raises(BadFile, match=advice):
            load_photo(tmp_path / name, at_least=32)


def test_very_large_files_are_not_even_read(tmp_path: Path) -> None:
    with (tmp_path / "big.png").open("wb") as file:
        file.truncate(photo.MAX_BYTES + 1)  # a hole: takes no room on the disk
    with pytest.raises(BadFile, match="over 256 MB"):
        load_photo(tmp_path / "big.png", at_least=32)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(BadFile, match="not a regular file"):
        load_photo(tmp_path / "pipe.png", at_least=32)


def test_what_is_in_the_file_counts_not_its_name(tmp_path: Path) -> None:
    (tmp_path / "really a png.jpg").write_bytes(encoded(Image.fromarray(gradient())))
    assert np.array_equal(load_photo(tmp_path / "really a png.jpg", at_least=8).rgb, gradient())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP"])
def test_random_damage_is_survived(kind: str) -> None:
    """Bytes changed and cut at random: a picture or BadFile, never anything else."""
    rng = np.random.default_rng(5)
    whole = np.frombuffer(encoded(Image.fromarray(gradient(60, 50)), kind), np.uint8)
    for _ in range(60):
        data = whole[: rng.integers(1, len(whole) + 1)].copy()
        data[rng.integers(0, len(data), 4)] = rng.integers(0, 256, 4)
        with suppress(BadFile):
            load_photo(data.tobytes(), at_least=16)


def test_warnings_come_back_whatever_order_threads_leave_in() -> None:
    """Two threads silence Pillow at once; the filters afterwards are those from before."""
    before = list(warnings.filters)
    inside, leave_first = threading.Event(), threading.Event()

    def first() -> None:
        with photo._quiet():
            inside.set()
            leave_first.wait(5)

    thread = threading.Thread(target=first)
    thread.start()
    inside.wait(5)
    with photo._quiet():
        leave_first.set()
        thread.join()
        warnings.warn("not heard", UserWarning, stacklevel=1)
    assert list(warnings.filters) == before
    with pytest.raises(UserWarning):
        warnings.warn("heard again", UserWarning, stacklevel=1)
