"""The command line as scripts and teachers use it."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import types
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tiny_models import card_data, write_model

from desktop_app.cli import COMMANDS, main
from desktop_app.core.drawing.strokes import Drawing
from desktop_app.core.forward.instant import NumpyForward
from desktop_app.core.forward.trace import Answer, answer_of
from desktop_app.core.likes.likes_file import packed, read_likes
from desktop_app.core.model.card import ModelCard, read_card
from desktop_app.core.model.registry import find_models
from desktop_app.core.paths import models_folder
from desktop_app.core.sketcher import LABELS, sketch
from desktop_app.core.source.photo import load_photo
from desktop_app.core.source.preprocess import prepare_bitmap, prepare_drawing, prepare_photo
from desktop_app.learn.classify import Classifier
from desktop_app.learn.in_lots import LOT
from desktop_app.learn.search_likes import search_drawings

REGISTRY = find_models(models_folder())
SHAPES = REGISTRY.named("shapes-lenet")
PHOTOS = REGISTRY.first_for("photos")


def independent(card: ModelCard, net_input: np.ndarray) -> Answer:
    """The answer by numpy, without torch and without batches."""
    return answer_of(NumpyForward(card)(net_input)[-1], card.temperature)


def picture(file: Path, seed: int = 0, size: tuple[int, int] = (90, 70)) -> Path:
    coarse = np.random.default_rng(seed).integers(0, 256, (4, 5, 3), dtype=np.uint8)
    Image.fromarray(coarse).resize(size).save(file)
    return file


def lists(drawing: Drawing, factor: float = 1, shift: float = 0) -> list[Any]:
    return [(stroke.points.astype(float) * factor + shift).tolist() for stroke in drawing.strokes]


def without_pressure(drawing: Drawing) -> Drawing:
    """As a file of drawings has it."""
    return Drawing(tuple(replace(stroke, pressure=None) for stroke in drawing.strokes))


@pytest.fixture
def drawings(tmp_path: Path) -> tuple[Path, list[Drawing], list[str]]:
    """300 sketches, 30 a class, in other coordinates than the canvas has."""
    rng = np.random.default_rng(3)
    labels = [label for label in LABELS for _ in range(30)]
    sketches = [without_pressure(sketch(label, rng)) for label in labels]
    file = tmp_path / "drawings.jsonl"
    items = [{"strokes": lists(s, 1000, -300), "label": label} for s, label in zip(sketches, labels, strict=True)]
    file.write_text("\n".join(json.dumps(item) for item in items), encoding="utf-8")
    return file, sketches, labels


def run_json(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> Any:
    assert main([*words, "--json"]) == status
    return json.loads(capsys.readouterr().out)


# classify


def test_a_picture_is_answered_as_the_app_answers_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = picture(tmp_path / "a.png")
    (item,) = run_json(capsys, "classify", str(file), "--top", "10")
    want = independent(PHOTOS, prepare_photo(load_photo(file, at_least=64), PHOTOS.preprocessing).input)
    assert item.keys() == {"path", "model", "top", "entropy", "error"}
    assert (item["path"], item["model"], item["error"]) == (str(file), PHOTOS.name, None)
    order = np.argsort(-want.probabilities)[:10]
    assert [one["label"] for one in item["top"]] == [PHOTOS.classes[i] for i in order]
    assert np.allclose([one["probability"] for one in item["top"]], want.probabilities[order], atol=1e-5)
    assert item["entropy"] == pytest.approx(want.entropy, abs=1e-4)


def test_a_folder_is_done_recursively_in_order_and_in_batches(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    count = 60
    (tmp_path / "b" / "deep").mkdir(parents=True)
    (tmp_path / ".hidden").mkdir()
    files = [picture(tmp_path / "b" / f"{n:03}.png", n, (40, 40)) for n in range(count)]
    files.append(picture(tmp_path / "b" / "deep" / "last.JPG", 999))
    picture(tmp_path / ".hidden" / "no.png")
    (tmp_path / "b" / "notes.txt").write_text("no picture, and passed over")
    sizes: list[int] = []
    plain = Classifier.__call__
    monkeypatch.setattr(
        Classifier, "__call__", lambda self, inputs: (sizes.append(len(inputs)), plain(self, inputs))[1]
    )
    items = run_json(capsys, "classify", str(tmp_path), "--top", "1")
    assert [item["path"] for item in items] == [str(file) for file in files]
    assert sum(sizes) == count + 1
    assert 1 in sizes  # the first, so that something is there at once
    assert 1 < max(sizes) <= LOT
    for n in (0, 7, 8, count):
        want = independent(PHOTOS, prepare_photo(load_photo(files[n], at_least=64), PHOTOS.preprocessing).input)
        assert items[n]["top"][0]["label"] == PHOTOS.classes[want.best]


def test_one_line_a_file_with_the_top_classes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(picture(tmp_path / f"{n} ü.png", n)) for n in range(3)]
    assert main(["classify", *files, "--top", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    for file, line in zip(files, lines, strict=True):
        assert line.startswith(f"{file}: ")
        assert line.count("%") == 2


def test_what_cannot_be_read_is_said_and_the_rest_is_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = picture(tmp_path / "good.png")
    (tmp_path / "bad.jpg").write_bytes(b"not a picture")
    (tmp_path / "none").mkdir()
    words = [str(tmp_path / "bad.jpg"), str(tmp_path / "missing.png"), str(tmp_path / "none"), str(good)]
    items = run_json(capsys, "classify", *words, status=1)
    assert [bool(item["error"]) for item in items] == [True, True, True, False]
    for item, name in zip(items, ("bad.jpg", "missing.png", "none", ""), strict=True):
        assert name in (item["error"] or "")
        assert (item["top"] == []) == bool(name)
        assert (item["entropy"] is None) == bool(name)
    assert main(["classify", *words]) == 1
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == 1
    assert len(said.err.splitlines()) == 3


def test_every_nasty_file_in_one_go(shared_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    items = run_json(capsys, "classify", str(shared_data / "nasty"), status=1)
    assert len(items) == 77
    assert 40 < sum(item["error"] is None for item in items) < 77
    for item in items:
        assert item["error"] is not None or sum(one["probability"] for one in item["top"]) <= 1.00001


def test_a_photo_of_a_drawing_goes_to_a_model_of_drawings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    y, x = np.mgrid[:300, :400]
    ring = np.abs(np.hypot(x - 150, y - 170) - 80) < 4
    Image.fromarray(np.where(ring, 30, 230).astype(np.uint8)).save(tmp_path / "ring.png")
    (item,) = run_json(capsys, "classify", str(tmp_path / "ring.png"), "--model", "shapes-lenet")
    assert (item["model"], item["top"][0]["label"]) == ("shapes-lenet", "circle")


# classify-drawings


def test_drawings_are_read_as_the_canvas_reads_them(
    drawings: tuple[Path, list[Drawing], list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    file, sketches, labels = drawings
    report = run_json(capsys, "classify-drawings", str(file))
    assert report["classes"] == list(SHAPES.classes)
    assert np.shape(report["probabilities"]) == (300, 10)
    assert np.allclose(np.sum(report["probabilities"], axis=1), 1, atol=1e-4)
    want = [independent(SHAPES, prepare_drawing(drawing, SHAPES.preprocessing).input) for drawing in sketches[::7]]
    gaps = np.abs(np.array(report["probabilities"][::7]) - [answer.probabilities for answer in want]).max(axis=1)
    assert gaps.max() < 1e-3
    assert np.abs(np.array(report["entropy"][::7]) - [answer.entropy for answer in want]).max() < 1e-2
    best = [SHAPES.classes[i] for i in np.argmax(report["probabilities"], axis=1)]
    assert report["labels"] == best
    right = np.array(best) == np.array(labels)
    assert report["accuracy"] == pytest.approx(right.mean())
    assert right.mean() > 0.9
    confusion = np.array(report["confusion"])
    for row, name in enumerate(SHAPES.classes):
        mine = np.array(labels) == name
        assert report["per_class"][name] == pytest.approx(right[mine].mean())
        for column, other in enumerate(SHAPES.classes):
            assert confusion[row, column] == np.sum(mine & (np.array(best) == other))


def test_packed_lines_without_labels(
    drawings: tuple[Path, list[Drawing], list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, sketches, _ = drawings
    plain = run_json(capsys, "classify-drawings", str(file))
    packed = tmp_path / "packed.jsonl.gz"
    lines = "\n\n".join(json.dumps({"strokes": lists(s)}) for s in sketches)
    packed.write_bytes(gzip.compress(lines.encode()))
    report = run_json(capsys, "classify-drawings", str(packed))
    assert report.keys() == {"labels", "probabilities", "entropy", "classes"}
    assert np.allclose(report["probabilities"], plain["probabilities"], atol=1e-3)  # whatever the coordinates' range


@pytest.mark.parametrize("packing", [np.savez, np.savez_compressed])
def test_bitmaps(packing: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    y, x = np.mgrid[:48, :60]
    ring = np.where(np.abs(np.hypot(x - 25, y - 25) - 14) < 2, 255, 0).astype(np.uint8)
    box = np.zeros((48, 60), np.uint8)
    box[10:40, 10:45], box[13:37, 13:42] = 255, 0
    packing(tmp_path / "b.npz", X=np.stack([ring, box, ring]), label=np.array(["circle", "square", "zigzag"]))
    report = run_json(capsys, "classify-drawings", str(tmp_path / "b.npz"))
    assert report["labels"] == ["circle", "square", "circle"]
    assert report["accuracy"] == 1  # over those whose label is one of the classes
    assert np.sum(report["confusion"]) == 2
    assert report["per_class"]["heart"] is None
    want = independent(SHAPES, prepare_bitmap(box, SHAPES.preprocessing).input)
    assert np.allclose(report["probabilities"][1], want.probabilities, atol=1e-4)


def test_drawings_for_people(
    drawings: tuple[Path, list[Drawing], list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["classify-drawings", str(drawings[0])]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("1: ")
    assert lines[300].startswith("right: ")
    assert len(lines) == 311


def test_an_empty_set_and_an_empty_drawing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty.jsonl").touch()
    report = run_json(capsys, "classify-drawings", str(tmp_path / "empty.jsonl"))
    assert report["labels"] == report["probabilities"] == report["entropy"] == []
    (tmp_path / "blank.jsonl").write_text('{"strokes": []}\n{"strokes": [[[1, 1]]]}')
    assert len(run_json(capsys, "classify-drawings", str(tmp_path / "blank.jsonl"))["labels"]) == 2


@pytest.mark.parametrize(
    ("name", "content", "advice"),
    [
        ("a.jsonl", b'{"strokes": [[[0, 0]]]}\n{"stroke": 1}', "line 2"),
        ("b.jsonl", b"[1, 2]", "line 1"),
        ("c.jsonl", b'{"strokes": [[[0, "x"]]]}', "line 1"),
        ("d.jsonl.gz", b"not packed", "damaged"),
        ("e.jsonl.gz", gzip.compress(b'{"strokes": []}' * 50, mtime=0)[:-9], "damaged"),
        ("f.npz", b"PK nonsense", "damaged"),
        ("g.txt", b"", "ends in .jsonl"),
        ("h.jsonl", b"[" * 100_000, "line 1"),
    ],
)
def test_broken_sets_of_drawings(
    name: str, content: bytes, advice: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_bytes(content)
    assert main(["classify-drawings", str(tmp_path / name)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
    assert name in said.err
    assert advice in said.err


@pytest.mark.parametrize(
    "arrays",
    [
        {"Y": np.zeros((2, 8, 8), np.uint8)},
        {"X": np.zeros((2, 8), np.uint8)},
        {"X": np.zeros((2, 8, 8))},
        {"X": np.zeros((2, 8, 8), np.uint8), "label": np.array(["circle"])},
        {"X": np.array([{"a": "pickled"}], dtype=object)},
    ],
)
def test_wrong_arrays(arrays: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    np.savez(tmp_path / "x.npz", **arrays)
    assert main(["classify-drawings", str(tmp_path / "x.npz")]) == 1
    assert "x.npz" in capsys.readouterr().err


# models, and wrong use


def test_models_are_listed_with_what_matters(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models"]) == 0
    text = capsys.readouterr().out
    for card in (SHAPES, PHOTOS):
        assert card.name in text
        assert f"{card.weight_count:,} weights" in text
        assert ", ".join(card.classes) in text
        assert f"{card.figures['top1'] * 100:.1f} %" in text
    assert "3×32×32" in text


def test_a_broken_model_is_named_and_the_others_go_on(user_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, content in (("broken", "{"), ("damaged", (models_folder() / "photos-simple" / "card.json").read_text())):
        (user_folder / "models" / name).mkdir(parents=True)
        (user_folder / "models" / name / "card.json").write_text(content, encoding="utf-8")
    (user_folder / "models" / "damaged" / "weights.safetensors").write_bytes(b"x")
    assert main(["models"]) == 0
    said = capsys.readouterr()
    assert "shapes-lenet" in said.out
    assert str(Path("broken", "card.json")) in said.err
    assert str(Path("damaged", "weights.safetensors")) in said.err
    assert main(["classify", "x.png", "--model", "damaged"]) == 1
    assert "weights.safetensors" in capsys.readouterr().err


# prepare-likes


def test_likes_are_prepared_from_drawings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert main(["prepare-likes", "shapes-lenet", "--drawings", "140", "--seed", "3", "--out", str(out)]) == 0
    said = capsys.readouterr()
    assert said.out.startswith(f"{out / 'likes.npz'}: ") and "of 140 drawings" in said.out
    assert said.err.splitlines()[-1] == "140 of 140 drawings"
    *_, wanted = search_drawings(SHAPES, 140, 3)
    assert (out / "likes.npz").read_bytes() == packed(wanted.likes, SHAPES)


def test_likes_are_prepared_from_pictures_beside_the_model(
    user_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = write_model(user_folder / "models" / "mine", card_data("photos"))
    (tmp_path / "holiday").mkdir()
    for number in range(3):
        picture(tmp_path / "holiday" / f"{number}.png", number)
    (tmp_path / "holiday" / "3.png").write_bytes(b"none")
    assert main(["prepare-likes", "mine", "--folder", str(tmp_path / "holiday")]) == 1
    said = capsys.readouterr()
    assert "3 of 4 pictures are among somebody's nine" in said.out
    assert "1 file could not be read" in said.err
    likes = read_likes(read_card(model))
    assert likes is not None and (likes.origin, likes.seen) == ("pictures", 3)
    (tmp_path / "empty").mkdir()
    assert main(["prepare-likes", "mine", "--folder", str(tmp_path / "empty")]) == 1
    assert "holds no pictures" in capsys.readouterr().err
    (tmp_path / "empty" / "a.png").write_bytes(b"none")
    assert main(["prepare-likes", "mine", "--folder", str(tmp_path / "empty")]) == 1
    assert "None of the pictures" in capsys.readouterr().err
    assert read_likes(read_card(model)) is not None, "what was there before is still there"


@pytest.mark.parametrize(
    "words",
    [
        ["nowhere.png"],
        ["clasify", "a.png"],
        ["--model", "nix"],
        ["--nix"],
        ["classify"],
        ["classify", "a.png", "--top", "0"],
        ["classify", "a.png", "--top", "x"],
        ["classify", "a.png", "--model", "nix"],
        ["classify", "a.png", "--tip", "1"],
        ["classify-drawings"],
        ["classify-drawings", "nowhere.jsonl"],
        ["classify-drawings", "."],
        ["classify-drawings", "nowhere.jsonl", "another.jsonl"],
        ["models", "extra"],
        ["demo"],
        ["demo", "picture.txt"],
        ["demo", "no/such/folder/out.png"],
        ["bench", "extra"],
        ["train-builtin", "shapes"],
        ["train-builtin", "nix", "--data", "."],
        ["train-builtin", "shapes", "--data", "no/such/folder"],
        ["prepare-likes"],
        ["prepare-likes", "nix"],
        ["prepare-likes", "shapes-lenet", "--drawings", "0"],
        ["prepare-likes", "shapes-lenet", "--seed", "-1"],
        ["prepare-likes", "shapes-lenet", "--folder", "no/such/folder"],
        ["prepare-likes", "shapes-lenet", "--folder", ".", "--drawings", "9"],
    ],
)
def test_wrong_use_exits_with_2_and_one_line(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    try:
        status: object = main(words)
    except SystemExit as stop:
        status = stop.code
    said = capsys.readouterr()
    assert status == 2
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
    assert said.err.startswith("convlens")


@pytest.mark.parametrize("words", [["--help"], *([command, "--help"] for command in COMMANDS)])
def test_help_reads_well(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(words)
    assert stop.value.code == 0
    text = capsys.readouterr().out
    assert max(len(line) for line in text.splitlines()) <= 110
    if len(words) == 1:
        assert all(f"\n  {command} " in text for command in COMMANDS)
    else:
        assert text.startswith(f"usage: convlens {words[0]}")


# The window


@pytest.fixture
def window(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path | None, str | None]]:
    """What the window would have been opened with."""
    opened: list[tuple[Path | None, str | None]] = []

    def run(picture: Path | None, model: str | None, instance: object) -> int:
        opened.append((picture, model))
        return 0

    monkeypatch.setitem(sys.modules, "desktop_app.ui.app", types.SimpleNamespace(run=run))
    stay = types.SimpleNamespace(leave=lambda status: status)  # the real one might end the tests with it
    monkeypatch.setitem(sys.modules, "desktop_app.core.leaving", stay)
    return opened


def test_the_window_opens_with_picture_and_model(
    window: list[tuple[Path | None, str | None]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    picture(tmp_path / "a.png")
    (tmp_path / "a.png").rename(tmp_path / "models")
    assert main([]) == 0
    assert main(["./models", "--model", "photos-simple"]) == 0  # a file with the name of a command
    assert main(["--model", "shapes-lenet"]) == 0
    assert window == [(None, None), (Path("models"), "photos-simple"), (None, "shapes-lenet")]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there always is a display")
def test_without_a_display_the_window_is_refused_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert main([]) == 1
    message = capsys.readouterr().err
    assert message.count("\n") == 1 and "demo" in message


def test_the_way_to_the_window_imports_nothing_slow() -> None:
    script = (
        "import sys, types; sys.modules['desktop_app.ui.app'] = types.SimpleNamespace(run=lambda *_, **__: 0);"
        "from desktop_app.cli import main; assert main([]) == 0;"
        "slow = {'torch', 'argparse', 'numpy', 'PIL', 'PySide6'} & set(sys.modules); assert not slow, slow"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", script], check=True, timeout=60)


def test_as_a_module_and_into_a_pipe_that_closes(tmp_path: Path) -> None:
    """`python -m desktop_app models | head -0`."""
    command = [sys.executable, "-W", "error", "-m", "desktop_app", "models"]
    whole = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60, check=True)
    assert "photos-simple" in whole.stdout
    assert whole.stderr == ""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    with process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0
