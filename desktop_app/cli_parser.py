"""What can be asked on the command line, and how the help reads."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn, get_args

from desktop_app import __version__
from desktop_app.core.model.card import Fit

_COMMANDS = """\
commands, which open no window:
  classify PATH...        what pictures show, or all those in folders
  classify-drawings FILE  what many drawings show (.jsonl, .jsonl.gz or .npz)
  models                  which models there are, and how good they are
  demo OUT.png            draws a circle into the window and takes a picture of it
  bench                   measures how fast everything is on this computer
  train-builtin NAME      trains a shipped model anew
  prepare-likes MODEL     finds what each filter of a model answers to most strongly

  convlens COMMAND --help says more about each.
  A picture with the name of a command is opened with a folder before it: convlens ./models

examples:
  convlens                              open the window and draw
  convlens dog.jpg                      open the window with a picture
  convlens classify holiday/ --top 1    one line for each picture in a folder
"""

_CLASSIFY = """\
examples:
  convlens classify dog.jpg cat.png
  convlens classify holiday/ --json > answers.json
  convlens classify holiday/ --csv answers.csv --fit crops

The exit status is 1 if a file could not be read; all others are done nevertheless.
"""

_DRAWINGS = """\
FILE holds one drawing a line, in any range of coordinates, y downwards:
  {"strokes": [[[x, y], [x, y], ...], ...], "label": "circle"}
or, as .npz, the array X of shape (N, H, W), uint8, white ink on black, and perhaps the array label.
Where there are labels, the answer also says how many were right.

example:
  convlens classify-drawings drawings.jsonl.gz --json > answers.json
"""

_LIKES = """\
Writes likes.npz, which the page "Likes" shows: for every filter of every convolution, and every unit of the
dense layers, the nine inputs that excite it most. The same seed always gives the same file.

examples:
  convlens prepare-likes shapes-lenet
  convlens prepare-likes photos-simple --folder holiday/ --out .
"""


class _Parser(argparse.ArgumentParser):
    """Wrong use takes one line, not the whole usage."""

    def __init__(self, name: str, description: str, epilog: str = "") -> None:
        super().__init__(
            prog=f"convlens {name}".rstrip(),
            description=description,
            epilog=epilog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message.replace(chr(10), ' ')} (see {self.prog} --help)\n")


def window() -> argparse.ArgumentParser:
    """What opens the window."""
    parser = _Parser("", "Look inside an image classifier while it works: draw, or drop a photo.", _COMMANDS)
    parser.add_argument("picture", metavar="PICTURE", nargs="?", type=Path, help="open the window with this picture")
    parser.add_argument("--model", metavar="NAME", help="open it with this model (see convlens models)")
    parser.add_argument("--version", action="version", version=f"ConvLens {__version__}")
    return parser


def command(name: str) -> argparse.ArgumentParser:
    """The parser of one of the commands."""
    match name:
        case "classify":
            parser = _Parser(name, "Say what pictures show: one line a file.", _CLASSIFY)
            parser.add_argument(
                "paths", metavar="PATH", nargs="+", type=Path, help="a picture, or a folder of pictures"
            )
            _model(parser, "the first that reads photos")
            parser.add_argument("--top", metavar="K", type=_count, default=3, help="classes a picture (default: 3)")
            fits = get_args(Fit)
            parser.add_argument(
                "--fit", metavar="HOW", choices=fits, help=f"{', '.join(fits)} (default: the model's own way)"
            )
            parser.add_argument("--csv", metavar="FILE", type=_csv, help="write a table for spreadsheets, too")
            _json(parser)
        case "classify-drawings":
            parser = _Parser(name, "Say what many drawings show, read as the canvas is read.", _DRAWINGS)
            parser.add_argument("file", metavar="FILE", type=Path, help="a .jsonl, .jsonl.gz or .npz of drawings")
            _model(parser, "the first that reads drawings")
            _json(parser)
        case "models":
            parser = _Parser(name, "List the models: what they read, their weights, classes and accuracy.")
        case "demo":
            parser = _Parser(name, "Draw a circle by real mouse events into the real window; works without a display.")
            parser.add_argument("out", metavar="OUT.png", type=_png, help="where the picture of the window goes")
        case "bench":
            parser = _Parser(name, "Measure, each figure against what it is compared with in the same run.")
            _json(parser)
        case "prepare-likes":
            parser = _Parser(name, "Find the inputs that excite each filter of a model most.", _LIKES)
            parser.add_argument("model", metavar="MODEL", help="which model (see convlens models)")
            what = parser.add_mutually_exclusive_group()
            what.add_argument(
                "--drawings", metavar="N", type=_count, default=20_000, help="drawings to go through (default: 20000)"
            )
            what.add_argument("--folder", metavar="PICTURES", type=Path, help="go through a folder of pictures instead")
            parser.add_argument("--out", metavar="FOLDER", type=Path, help="where it goes (default: the model's own)")
            parser.add_argument("--seed", metavar="N", type=_seed, default=0, help="of the drawings (default: 0)")
        case _:
            parser = _Parser(name, "Train a shipped model anew; takes minutes to hours on one core.")
            names = ("shapes", "photos-simple", "everyday")
            parser.add_argument("name", metavar="NAME", choices=names, help="%(choices)s")
            parser.add_argument("--data", metavar="FOLDER", type=Path, required=True, help="folder of the data sets")
            parser.add_argument("--out", metavar="FOLDER", type=Path, help="where it goes (default: the model's own)")
            parser.add_argument("--seed", metavar="N", type=int, default=1, help="of all that is random (default: 1)")
            parser.add_argument("--scale", metavar="X", type=float, default=1.0, help="share of the data, for a try")
            parser.add_argument("--epochs", metavar="N", type=_count, default=100, help="everyday only (default: 100)")
            parser.add_argument(
                "--checkpoint", metavar="FOLDER", type=Path, help="everyday only: go on there, and with more --epochs"
            )
    return parser


def no_such_file(word: str, commands: Sequence[str]) -> str:
    near = difflib.get_close_matches(word, commands, n=1)
    hint = f"did you mean the command {near[0]}?" if near else "check its name and folder, or see convlens --help."
    return f"there is no file {word!r}: {hint}"


def _model(parser: argparse.ArgumentParser, default: str) -> None:
    parser.add_argument(
        "--model", metavar="NAME", help=f"which model answers (default: {default}; see convlens models)"
    )


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above zero")
    return int(text)


def _csv(text: str) -> Path:
    """Found out before hours of work, not after."""
    file = Path(text)
    if file.is_dir() or not file.parent.is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} must be a file in a folder that is there")
    return file


def _seed(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number")
    return int(text)


def _png(text: str) -> Path:
    if not text.lower().endswith(".png") or not Path(text).parent.is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} must end in .png and lie in a folder that is there")
    return Path(text)
