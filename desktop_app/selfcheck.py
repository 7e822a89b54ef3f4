"""`selfcheck`: whether everything that ConvLens needs is there, whole and working; for installers and whoever installs.

What a bundle can lose without a word (a font, a translation, a plug-in of Qt, a part of torch that only training uses)
is used here once, so that its absence is said.
"""

from __future__ import annotations

import hashlib
import io
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

if sys.platform == "win32":  # there torch's libraries only load before Qt's
    import desktop_app.learn.arrival  # noqa: F401 - for its side effect

from PySide6.QtCore import QDir, QLibraryInfo, QPluginLoader, QTranslator
from PySide6.QtGui import QGuiApplication, QRawFont
from PySide6.QtWidgets import QApplication

from desktop_app.core.drawing.strokes import Drawing
from desktop_app.core.forward.instant import NumpyForward
from desktop_app.core.model.registry import find_models
from desktop_app.core.paths import models_folder, resource
from desktop_app.core.session_file import SavedSession, open_session, save_session
from desktop_app.core.settings import Settings
from desktop_app.core.sketcher import LABELS, sketch
from desktop_app.core.source.photo import load_photo
from desktop_app.core.source.preprocess import prepare_drawing
from desktop_app.ui.demo import choose_platform
from desktop_app.ui.icons import icon_pixmap
from desktop_app.ui.theme import Theme

CONTENTS = "contents.sha256"
"""Beside the program of a bundle: every file in it with its SHA-256, as sha256sum writes it."""
LETTERS = "AZaz09äéßñ×·–…≥"
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP")


class Broken(Exception):
    """What is missing or does not work."""


def run() -> int:
    """Prints a line a check; 1 where one failed. Needs no display, and leaves the person's files alone."""
    choose_platform()
    application = QApplication.instance() or QApplication(["convlens"])
    checks = (contents, plugins, fonts, icons, translation, pictures, session, models, drawings, training, architecture)
    failed = [check.__name__ for check in checks if not _passes(check)]
    del application
    print(f"BROKEN: {', '.join(failed)}. Install ConvLens anew." if failed else "Everything works.")
    return 1 if failed else 0


def _passes(check: Callable[[], str]) -> bool:
    try:
        print(f"ok      {check.__name__}: {check()}", flush=True)
    except Exception as error:  # a bundle can fail in any way, and the other checks say more about it
        print(f"BROKEN  {check.__name__}: {type(error).__name__}: {error}", flush=True)
        return False
    return True


def contents() -> str:
    """Every file of the bundle is as it was built."""
    listing = Path(sys.executable).parent / CONTENTS
    if not getattr(sys, "frozen", False) or not listing.exists():
        return "no list of files here (not a bundle)"
    return damage(listing)


def damage(listing: Path) -> str:
    """How many files are whole; raises Broken with the names of those that are not."""
    lines = listing.read_text("utf-8").splitlines()
    wrong = [name for line in lines for digest, name in [line.split("  ", 1)] if _digest(listing, name) != digest]
    if wrong:
        raise Broken(f"{len(wrong)} of {len(lines)} files are missing or damaged: {', '.join(wrong[:5])}")
    return f"{len(lines)} files are whole"


def _digest(listing: Path, name: str) -> str:
    try:
        with (listing.parent / name).open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""


def plugins() -> str:
    """Each of Qt's plug-ins that is there can be loaded with all libraries that it needs."""
    folder = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath))
    endings = {"win32": ".dll", "darwin": ".dylib"}
    files = sorted(folder.rglob(f"*{endings.get(sys.platform, '.so')}"))
    wanted = {"win32": {"windows"}, "darwin": {"cocoa"}}.get(sys.platform, {"xcb", "wayland"}) | {"offscreen"}
    there = {file.stem.removeprefix("lib").removeprefix("q") for file in files if file.parent.name == "platforms"}
    if not wanted <= there:
        raise Broken(f"no plug-in for {', '.join(sorted(wanted - there))} in {QDir.toNativeSeparators(str(folder))}")
    # In a source tree all of Qt lies there, also what needs libraries that this computer may do without.
    chosen = files if getattr(sys, "frozen", False) else [file for file in files if "offscreen" in file.name]
    errors = [loader.errorString() for file in chosen if not (loader := QPluginLoader(str(file))).load()]
    if errors:
        raise Broken("; ".join(errors))
    return f"{len(chosen)} loaded, the window is shown by {QGuiApplication.platformName()}"


def fonts() -> str:
    """The shipped faces can be read, have the letters that the window writes, and are what the theme uses."""
    files = sorted(resource("fonts").glob("*.otf"))
    family = Theme("light", False).font("body").family()  # raises where one of its faces is missing
    for file in files:
        font = QRawFont(str(file), 20)
        lacking = [letter for letter in LETTERS if not font.isValid() or not font.supportsCharacter(ord(letter))]
        if lacking:
            raise Broken(f"{file.name} cannot write {''.join(lacking)}")
    return f"{len(files)} faces of {family}"


def icons() -> str:
    """Each is drawn, and something is to be seen of it."""
    names = sorted(file.stem for file in resource("icons").glob("*.svg"))
    empty = [name for name in names if _is_empty(name)]
    if empty or not names:
        raise Broken(f"nothing is seen of {', '.join(empty) or 'any icon'}")
    return f"{len(names)} drawn"


def _is_empty(name: str) -> bool:
    picture = icon_pixmap(name, "#3060c0", 18, 2.0).toImage()
    places = ((x, y) for y in range(picture.height()) for x in range(picture.width()))
    return not any(picture.pixelColor(x, y).alpha() for x, y in places)


def translation() -> str:
    """Qt's own words come in other languages."""
    translator = QTranslator()
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if not translator.load("qtbase_de", folder) or translator.translate("QPlatformTheme", "Cancel") != "Abbrechen":
        raise Broken(f"no German words for Qt's buttons in {folder}")
    return f"Qt speaks {len(list(Path(folder).glob('qtbase_*.qm')))} languages"


def pictures() -> str:
    """Pictures of the usual formats can be read."""
    colours = np.random.default_rng(0).integers(0, 256, (6, 8, 3), np.uint8)
    drawn = Image.fromarray(colours).resize((160, 120))
    for name in FORMATS:
        stream = io.BytesIO()
        drawn.save(stream, name)
        read = load_photo(stream.getvalue(), at_least=64, name=name).rgb
        if read.shape != (120, 160, 3):
            raise Broken(f"{name} was read as {read.shape}")
    return ", ".join(FORMATS)


def session() -> str:
    """A session file holds what was saved in it."""
    drawing = sketch("star", np.random.default_rng(1))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "check.convlens"
        save_session(SavedSession(drawing, "drawings", "shapes-lenet", Settings()), file)
        if open_session(file).drawing.to_json() != drawing.to_json():
            raise Broken("a drawing came back changed")
    return "saved and opened"


def models() -> str:
    """Each shipped model answers by torch as by numpy."""
    from desktop_app.learn.arrival import torch_forward

    registry = find_models(models_folder())
    if registry.problems or not registry.cards:
        raise Broken("; ".join(registry.problems) or "there is no model")
    for card in registry.cards:
        forward = torch_forward(card)
        shown = np.random.default_rng(2).standard_normal(card.preprocessing.shape, np.float32)
        logits = forward(shown)[-1]
        if card.layers and not np.allclose(logits, NumpyForward(card)(shown)[-1], rtol=1e-3, atol=1e-3):
            raise Broken(f"{card.name} answers differently by torch and by numpy")
    return ", ".join(card.name for card in registry.cards)


def drawings() -> str:
    """Drawings of the ten shapes are recognised."""
    from desktop_app.learn.arrival import torch_forward

    card = find_models(models_folder()).named("shapes-lenet")
    forward, rng = torch_forward(card), np.random.default_rng(3)
    asked: Sequence[tuple[str, Drawing]] = [(label, sketch(label, rng)) for label in LABELS * 3]
    right = sum(
        card.classes[int(forward.logits(prepare_drawing(drawing, card.preprocessing).input).argmax())] == label
        for label, drawing in asked
    )
    if right < 0.8 * len(asked):
        raise Broken(f"only {right} of {len(asked)} drawings were recognised")
    return f"{right} of {len(asked)} recognised"


def training() -> str:
    """An optimiser's steps teach a small net; its weights are written and read."""
    import torch
    from safetensors.numpy import load, save
    from torch import nn

    from desktop_app.learn.training.train_loop import Trainer

    torch.manual_seed(4)
    net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 3))
    trainer = Trainer(net, steps=400, rate=0.01)
    batch = (torch.randn(24, 1, 8, 8), torch.eye(3).repeat(8, 1), torch.ones(24))
    before = trainer.epoch(iter([batch]))
    after = trainer.epoch(iter([batch] * 20))
    if not after < before:
        raise Broken(f"the loss went from {before:.3f} to {after:.3f}")
    kept = {name: value.numpy() for name, value in net.state_dict().items()}
    if any(not np.array_equal(value, kept[name]) for name, value in load(save(kept)).items()):
        raise Broken("weights came back changed")
    return f"loss {before:.2f}, after twenty steps {after:.2f}"


def architecture() -> str:
    """One of torchvision's networks can be built, and taken apart into its stages."""
    from desktop_app.learn.network.torchvision_nets import torchvision_net
    from desktop_app.learn.network.tracing import TorchForward

    forward = TorchForward(torchvision_net("resnet18", 5).eval(), (3, 64, 64))
    if len(forward.stages) < 20:
        raise Broken(f"only {len(forward.stages)} stages")
    return f"resnet18 has {len(forward.stages)} stages"
