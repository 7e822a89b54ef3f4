"""The command line. Without a command it opens the window, and imports next to nothing before that."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.core.display import display_is_missing
from desktop_app.core.errors import UserError, WrongUse

if TYPE_CHECKING:
    from argparse import Namespace

COMMANDS = (
    "classify", "classify-drawings", "models", "demo", "bench", "train-builtin", "prepare-likes", "fetch-model",
    "add-model", "export-onnx", "site", "selfcheck",
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status: 0, 1 where something could not be read or done, 2 for wrong use with one line on stderr."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # names of files may hold what the console cannot show
            stream.reconfigure(errors="backslashreplace")
    try:
        status = _command(words) if words and words[0] in COMMANDS else _window(words)
        if sys.stdout is not None:
            sys.stdout.flush()
    except UserError as error:
        print(f"convlens: {error}".replace("\n", " "), file=sys.stderr)
        return 2 if isinstance(error, WrongUse) else 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `convlens ... | head`: the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains when it flushes at exit
        return 0
    return status


def _window(words: list[str]) -> int:
    picture: Path | None = None
    model: str | None = None
    if words:
        from desktop_app import cli_parser, commands

        asked = cli_parser.window().parse_args(words)
        picture, model = asked.picture, asked.model
        if picture is not None and not picture.exists():
            raise WrongUse(cli_parser.no_such_file(str(picture), COMMANDS))
        if model is not None:
            commands.model_for(model, "photos")
    if display_is_missing():
        raise UserError("There is no display to open a window on. `convlens demo OUT.png` draws one in memory.")
    from desktop_app.core.instance import Instance, Wish
    from desktop_app.core.leaving import leave

    instance = Instance()
    file = str(picture.absolute()) if picture is not None else ""
    if instance.hand_over(Wish(file, model or "", os.environ.get("XDG_ACTIVATION_TOKEN", ""))):
        return 0
    from desktop_app.ui.app import run

    try:
        status = run(picture, model, instance=instance)
    finally:
        instance.close()
    return leave(status)


def _command(words: list[str]) -> int:
    from desktop_app import cli_parser, commands

    asked = cli_parser.command(words[0]).parse_args(words[1:])
    match words[0]:
        case "classify":
            return commands.classify(asked.paths, asked.model, asked.top, asked.fit, asked.csv, as_json=asked.json)
        case "classify-drawings":
            return commands.classify_drawings(asked.file, asked.model, as_json=asked.json)
        case "models":
            return commands.models()
        case "train-builtin":
            return commands.train_builtin(
                asked.name, asked.data, asked.out, asked.seed, asked.scale, asked.epochs, asked.checkpoint
            )
        case "prepare-likes":
            return commands.prepare_likes(asked.model, asked.drawings, asked.folder, asked.out, asked.seed)
        case "fetch-model" | "add-model" | "export-onnx":
            return _model_command(words[0], asked)
        case "selfcheck":
            from desktop_app import selfcheck

            return selfcheck.run()
        case "site":
            from desktop_app.site_command import site

            return site(asked.file, example=asked.example)
        case "demo":
            from desktop_app.ui import demo

            return demo.run(asked.out)
        case _:
            from desktop_app.bench.main import main as bench

            return bench(asked.json)


def _model_command(name: str, asked: Namespace) -> int:
    from desktop_app import model_commands

    if name == "fetch-model":
        return model_commands.list_official() if asked.list else model_commands.fetch_model(asked.name, asked.out)
    if name == "add-model":
        return model_commands.add_model(asked.file, asked.card, asked.classes, asked.title, asked.out)
    return model_commands.export_onnx(asked.model, asked.out, asked.photo)
