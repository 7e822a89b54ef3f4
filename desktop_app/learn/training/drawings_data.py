"""People's drawings for training the shapes model: which file holds them, what each is called here, who drew it.

None of these files is part of the project; `--data FOLDER` names the folder that has `drawings/` in it.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.drawing.strokes import Drawing, drawing_from_lists
from desktop_app.core.errors import UserError
from desktop_app.core.sketcher import LABELS

NONE = -1
"""Label of a drawing that is none of the ten shapes."""
UNKNOWN = -2
"""Label of a drawing that nobody has named: it may be one of the ten."""

SOURCES = ("hds", "quickdraw bitmaps", "quickdraw strokes", "detexify")
ORIGINS = ("hds", "quickdraw", "detexify")
"""Where the sources come from: both of Quick, Draw! have the same kind of people and devices."""


@dataclass(frozen=True, eq=False)
class Sample:
    """One drawing of one person: strokes, or white ink on black (H, W) uint8."""

    label: int
    source: str
    person: str
    drawing: Drawing | NDArray[np.uint8]


def read_samples(folder: Path, without: str | None = None) -> list[Sample]:
    """The drawings of all sources but those that come from `without`, one of ORIGINS.

    Raises UserError where the folder lacks them.
    """
    readers = (_hds, _quickdraw_bitmaps, _quickdraw_strokes, _detexify)
    try:
        return [
            sample
            for source, reader in zip(SOURCES, readers, strict=True)
            if without is None or not source.startswith(without)
            for sample in reader(folder / "drawings")
        ]
    except OSError as error:
        raise UserError(
            f"The drawings to train on were not found ({error.filename}). "
            "Name the folder that holds drawings/ by --data."
        ) from error


def split_of(sample: Sample) -> str:
    """ "train", "validation" or "test", the same for all drawings of one person, from a checksum of the name.

    Quick, Draw! names only countries, of which the biggest stays in training; its bitmaps name nobody, and detexify
    every drawing apart, so that for those the split is by drawing and the leave-one-source-out figures are the
    honest ones.
    """
    if sample.person == "US":
        return "train"
    place = crc32(f"{sample.source}/{sample.person}".encode()) % 100
    return "validation" if place < 10 else "test" if place < 22 else "train"


def _hds(folder: Path) -> Iterator[Sample]:
    names = {"ellipse": "circle", "rectangle": "square", "triangle": "triangle"}
    with np.load(folder / "hds70.npz", allow_pickle=False) as data:
        for picture, name, person in zip(data["X"], data["label"], data["user"], strict=True):
            label = LABELS.index(names[str(name)]) if str(name) in names else UNKNOWN
            yield Sample(label, "hds", str(person), 255 - picture)


def _quickdraw_bitmaps(folder: Path) -> Iterator[Sample]:
    names = {"circle": "circle", "square": "square", "star": "star", "smiley_face": "smiley"}
    with np.load(folder / "quickdraw_bitmaps28.npz", allow_pickle=False) as data:
        for number, (picture, name) in enumerate(zip(data["X"], data["label"], strict=True)):
            label = LABELS.index(names[str(name)]) if str(name) in names else NONE
            yield Sample(label, "quickdraw bitmaps", str(number), picture)


def _words(text: str, between: str = " ") -> frozenset[str]:
    return frozenset(text.split(between))


QUICKDRAW_SHAPES = {name: name for name in ("circle", "square", "triangle", "diamond", "star")} | {
    "smiley face": "smiley"
}
QUICKDRAW_UNCLEAR = _words(
    "face|moon|cookie|donut|wheel|baseball|basketball|soccer ball|clock|pizza|pond|pool|picture frame|door|book|"
    "postcard|envelope|map|pillow|television|microwave|washing machine|hockey puck|potato|stop sign|octagon|tent|"
    "passport|eraser|rifle|airplane|compass|power outlet|cell phone|panda|bread|sandwich|calendar|snowflake|"
    "mountain",
    "|",
)
"""Words that people draw as one of the ten (a round cookie, a square book), so that they teach neither."""


def _quickdraw_strokes(folder: Path) -> Iterator[Sample]:
    for word, person, drawing in _stroke_lines(folder / "quickdraw_strokes.jsonl.gz"):
        if word in QUICKDRAW_SHAPES:
            yield Sample(LABELS.index(QUICKDRAW_SHAPES[word]), "quickdraw strokes", person, drawing)
        elif word not in QUICKDRAW_UNCLEAR:
            yield Sample(NONE, "quickdraw strokes", person, drawing)


DETEXIFY_SHAPES = {
    "circle": "bigcirc textbigcircle fullmoon ocircle",
    "square": "square Box Square blacksquare",
    "triangle": "Delta Updelta nabla triangle triangleleft triangleright triangledown bigtriangleup bigtriangledown "
    "vartriangle vartriangleleft vartriangleright blacktriangle blacktriangledown blacktriangleleft "
    "blacktriangleright lhd rhd LHD RHD UParrow DOWNarrow LEFTarrow RIGHTarrow",
    "diamond": "diamond diamondsuit Diamond lozenge blacklozenge",
    "star": "bigstar star",
    "heart": "heartsuit Heart",
    "cross": "times texttimes Cross dagger dag textdagger kreuz",
    "arrow": "rightarrow leftarrow uparrow downarrow nearrow nwarrow searrow swarrow longrightarrow longleftarrow "
    "textrightarrow textleftarrow textuparrow textdownarrow shortrightarrow shortleftarrow shortuparrow "
    "shortdownarrow MVRightarrow nnearrow nnwarrow ssearrow sswarrow rightarrowtriangle leftarrowtriangle "
    "Rightarrow Leftarrow Uparrow Downarrow Longrightarrow Longleftarrow pointer curvearrowleft curvearrowright "
    "leftrightarrow updownarrow longleftrightarrow Leftrightarrow mapsto longmapsto hookrightarrow hookleftarrow "
    "dashrightarrow dashleftarrow twoheadrightarrow twoheadleftarrow leadsto rightarrowtail leftarrowtail "
    "rightsquigarrow Rrightarrow Lleftarrow",
    "check": "checkmark checked",
    "smiley": "smiley Smiley blacksmiley",
}
DETEXIFY_UNCLEAR = _words(
    "circ degree textdegree textopenbullet textbullet bullet newmoon textordmasculine o Frowny frownie surd textsurd "
    "chi upchi textchi ltimes rtimes leftthreetimes rightthreetimes varpropto propto maltese wasylozenge ataribox Sun "
    "dotplus pm mp textpm ddagger ddag textdaggerdbl updownarrows Updownarrow Longleftrightarrow nrightarrow "
    "nleftarrow nleftrightarrow nRightarrow nLeftarrow nLeftrightarrow leftrightarrows rightleftarrows "
    "rightrightarrows leftleftarrows upuparrows downdownarrows leftrightarrowtriangle leftrightarroweq Mapsto "
    "Longmapsto Mapsfrom Longmapsfrom mapsfrom longmapsfrom circlearrowleft circlearrowright looparrowleft "
    "looparrowright leftrightsquigarrow upharpoonleft upharpoonright rightharpoonup rightharpoondown leftharpoonup "
    "leftharpoondown multimap to gets trianglelefteq trianglerighteq unlhd unrhd ntriangleleft ntriangleright boxdot "
    "odot Bowtie Celtcross textreferencemark clubsuit Lightning Rsh Lsh X textupstep textdownstep textglobrise "
    "textglobfall textobardotlessj bigodot circledcirc textcurrency currency star5"
) | {f"{style}-lbrace-{letter}-rbrace" for style in ("mathcal", "mathscr", "mathds", "mathfrak") for letter in "OXx"}
"""Symbols that look like one of the ten, or like one and more (two arrows): they teach neither."""


def _detexify(folder: Path) -> Iterator[Sample]:
    labels = {symbol: LABELS.index(name) for name, symbols in DETEXIFY_SHAPES.items() for symbol in symbols.split()}
    for name, person, drawing in _stroke_lines(folder / "detexify_strokes.jsonl.gz"):
        package, symbol = name.split(":", 2)[1:]
        if symbol == "kreuz" and package != "wasysym":
            continue
        if symbol not in DETEXIFY_UNCLEAR:
            yield Sample(labels.get(symbol, NONE), "detexify", person, drawing)


def _stroke_lines(file: Path) -> Iterator[tuple[str, str, Drawing]]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            item = json.loads(line)
            yield item["label"], item["user"], drawing_from_lists(item["strokes"])
