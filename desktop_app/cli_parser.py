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
  fetch-model NAME        downloads one of torchvision's networks: the only command that uses the network
  add-model FILE          adds a model from a file of weights
  export-onnx MODEL       writes a model for other programs, and proves that it answers the same
  selfcheck               whether everything is there, whole and working
  site                    what the school has set on this computer, and what is wrong in it

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


_FETCH = """\
Downloads official weights of torchvision, checks their SHA-256 and adds the model: on a machine that has a
network, which nothing else in ConvLens uses. Without one, download the file elsewhere and use add-model.

examples:
  convlens fetch-model --list
  convlens fetch-model resnet50
  convlens fetch-model ResNet50_Weights.IMAGENET1K_V1 --out /srv/convlens/models
"""

_ADD = """\
FILE is one of torchvision's own files (resnet50-11ad3fa6.pth), which needs nothing else; or a state dict or
.safetensors with weights of your own for one of torchvision's classifiers; or the folder of a model.
For weights of your own a card says what cannot be seen in them; what it leaves out is as for ImageNet:
  {"title": "Ants and bees", "classes": ["ant", "bee"], "size": 224, "resize": 256,
   "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225], "interpolation": "bilinear", "fit": "crop"}
It is also found beside FILE, as card.json or with FILE's name and .json.

examples:
  convlens add-model resnet50-11ad3fa6.pth
  convlens add-model ants.pth --classes names.txt --title "Ants and bees"
"""

_ONNX = """\
The file reads a batch of inputs, already cropped and normalised; how, and the classes, is in its metadata.
It is kept only if ONNX Runtime's logits are torch's. Needs: pip install "convlens[onnx]"

example:
  convlens export-onnx resnet50 --out resnet50.onnx
"""

_SITE = """\
The file is looked for in /etc/convlens (Linux), %PROGRAMDATA%\\ConvLens (Windows) or
/Library/Application Support/ConvLens (macOS), then beside the program, then in the variable CONVLENS_SITE;
it is called site.toml. What can stand in it: docs/classroom.md.

examples:
  convlens site
  convlens site --example > new.toml
  convlens site new.toml

The exit status is 1 if something is wrong in it.
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
        case "fetch-model":
            parser = _Parser(name, "Download one of torchvision's networks and add it.", _FETCH)
            what = parser.add_mutually_exclusive_group(required=True)
            what.add_argument("name", metavar="NAME", nargs="?", help="an architecture, or the name of its weights")
            what.add_argument("--list", action="store_true", help="all names, with size and accuracy")
            _own_folder(parser)
        case "add-model":
            parser = _Parser(name, "Add a model from a file of weights.", _ADD)
            parser.add_argument("file", metavar="FILE", type=Path, help="a .pth, .pt or .safetensors, or a folder")
            parser.add_argument("--card", metavar="CARD.json", type=Path, help="what the weights are")
            parser.add_argument("--classes", metavar="NAMES.txt", type=Path, help="the classes, one a line")
            parser.add_argument("--title", metavar="TITLE", help="as menus show it")
            _own_folder(parser)
        case "selfcheck":
            parser = _Parser(name, "Use everything once that ConvLens needs, and say what is missing or broken.")
        case "site":
            parser = _Parser(
                name, "Say which of the school's files is in force, what it sets and what is wrong.", _SITE
            )
            parser.add_argument("file", metavar="FILE", type=Path, nargs="?", help="check this one instead")
            parser.add_argument("--example", action="store_true", help="print one with everything that can be set")
        case "export-onnx":
            parser = _Parser(name, "Write a model as ONNX.", _ONNX)
            parser.add_argument("model", metavar="MODEL", help="which model (see convlens models)")
            parser.add_argument("--out", metavar="FILE", type=Path, help="where it goes (default: MODEL.onnx, here)")
            parser.add_argument("--photo", metavar="PICTURE", type=Path, help="compare the logits of this picture too")
        case _:
            parser = _Parser(name, "Train a shipped model anew; takes minutes to hours on one core.")
            names = ("shapes", "photos-simple", "everyday")
            parser.add_argument("name", metavar="NAME", choices=names, help="%(choices)s")
            parser.add_argument("--data", metavar="FOLDER", type=Path, required=True, help="folder of the data sets")
            parser.add_argument("--out", metavar="FOLDER", type=Path, help="where it goes (default: the model's own)")
            parser.add_argument("--seed", metavar="N", type=int, default=1, help="of all that is random (default: 1)")
            parser.add_argument("--scale", metavar="X", type=float, default=1.0, help="share of the data, for a try")
            parser.add_argument("--epochs", metavar="N", type=_count, default=104, help="everyday only (default: 104)")
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


def _own_folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", metavar="FOLDER", type=Path, help="folder of models (default: your own)")


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
