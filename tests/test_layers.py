"""core <- learn <- ui <- __main__, no network code, and nothing that unpickles: read from the source itself."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "desktop_app"

TORCH = {"torch", "torchvision", "safetensors.torch"}
QT = {"PySide6", "shiboken6", "pyqtgraph", "qtawesome"}
NETWORK = {
    "socket", "socketserver", "ssl", "urllib", "urllib3", "http", "ftplib", "smtplib", "poplib", "imaplib", "telnetlib",
    "xmlrpc", "webbrowser", "requests", "httpx", "aiohttp", "websockets", "huggingface_hub", "torch.hub",
    "torchvision.datasets", "PySide6.QtNetwork", "PySide6.QtWebSockets", "PySide6.QtWebEngineCore",
}  # fmt: skip
UNPICKLING = {"pickle", "cPickle", "dill", "cloudpickle", "shelve", "joblib", "marshal", "torch.jit", "torch.package"}
SAFE_LOADING = {"torch.load": ("weights_only", True), "numpy.load": ("allow_pickle", False)}

FETCH = "fetch.py"
"""What speaks to the network, and all that it may import for that; only the commands about models may import it."""
NETWORK_OF_FETCH = {"socket", "torch.hub"}

TOP = {
    f"desktop_app.{name}"
    for name in (
        "__main__",
        "bench",
        "cli",
        "cli_parser",
        "commands",
        "fetch",
        "model_commands",
        "selfcheck",
        "site_command",
    )
}

FORBIDDEN = {
    "core": {*TORCH, *QT, *TOP, "desktop_app.learn", "desktop_app.ui"},
    "learn": {*QT, *TOP, "desktop_app.ui"},
    "ui": {*TORCH, *TOP},
}


def modules(layer: str = "") -> list[Path]:
    return sorted((PACKAGE / layer).rglob("*.py"))


@cache
def parsed(file: Path) -> ast.AST:
    return ast.parse(file.read_text("utf-8"))


@cache
def imports_of(file: Path) -> frozenset[str]:
    return frozenset(imports(parsed(file)))


def imports(tree: ast.AST) -> Iterator[str]:
    """Full names of all that is imported anywhere, also inside functions, and of uses such as `torch.hub.load`."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (name.name for name in names)
            case ast.ImportFrom(module=str(module), names=names):
                yield from (f"{module}.{name.name}" for name in names)
            case ast.Call(func=func, args=[ast.Constant(value=str(name)), *_]) if dotted(func) in (
                "__import__",
                "importlib.import_module",
                "import_module",
            ):
                yield name
            case ast.Attribute() if dotted(node).split(".")[0] == "torch":
                yield dotted(node)


def dotted(node: ast.AST) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attribute):
            return f"{dotted(value)}.{attribute}"
    return "?"


def touches(name: str, forbidden: set[str]) -> bool:
    return any(name == one or name.startswith(f"{one}.") for one in forbidden)


def unsafe_loads(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = dotted(node.func).replace("np.", "numpy.")
            if name in SAFE_LOADING:
                keyword, value = SAFE_LOADING[name]
                given = [word.value for word in node.keywords if word.arg == keyword]
                if not (given and isinstance(given[0], ast.Constant) and given[0].value is value):
                    yield f"{name} without {keyword}={value} in line {node.lineno}"


@pytest.mark.parametrize("layer", FORBIDDEN)
def test_a_layer_knows_only_those_below_it(layer: str) -> None:
    assert modules(layer)
    wrong = {
        f"{file.relative_to(PACKAGE)}: {name}"
        for file in modules(layer)
        for name in imports_of(file)
        if touches(name, FORBIDDEN[layer])
    }
    assert wrong == set()


def test_no_module_holds_network_code_or_unpickles() -> None:
    wrong = set()
    for file in modules():
        forbidden = UNPICKLING | NETWORK
        if file == PACKAGE / FETCH:
            forbidden -= NETWORK_OF_FETCH
        wrong |= {f"{file.relative_to(PACKAGE)}: {name}" for name in imports_of(file) if touches(name, forbidden)}
        wrong |= {f"{file.relative_to(PACKAGE)}: {what}" for what in unsafe_loads(parsed(file))}
    assert wrong == set()


def test_only_the_command_line_can_reach_what_speaks_to_the_network() -> None:
    importers = {
        str(file.relative_to(PACKAGE))
        for file in modules()
        if any(touches(name, {"desktop_app.fetch"}) for name in imports_of(file))
    }
    assert importers == {"model_commands.py"}


@pytest.mark.parametrize(
    "source",
    [
        "import torch",
        "from torch import nn",
        "def later():\n    import torch.nn.functional as F",
        "import importlib\nimportlib.import_module('torchvision.transforms')",
        "from safetensors.torch import load_file",
    ],
)
def test_these_checks_see_torch_however_it_is_imported(source: str) -> None:
    assert any(touches(name, TORCH) for name in imports(ast.parse(source)))


def test_these_checks_see_unsafe_loading() -> None:
    for unsafe in ("torch.load(f)", "torch.load(f, weights_only=no)", "np.load(f)", "np.load(f, allow_pickle=True)"):
        assert list(unsafe_loads(ast.parse(unsafe))) != []
    for safe in ("torch.load(f, weights_only=True)", "np.load(f, allow_pickle=False)"):
        assert list(unsafe_loads(ast.parse(safe))) == []


def loaded_by(*names: str) -> set[str]:
    """The modules that a fresh Python has loaded after importing these."""
    code = f"import importlib, sys\nfor name in {names}: importlib.import_module(name)\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent)
    return set(done.stdout.split())


def test_core_runs_without_torch_and_without_qt() -> None:
    files = (file.relative_to(PACKAGE.parent).with_suffix("") for file in modules("core"))
    assert loaded_by(*(".".join(file.parts).removesuffix(".__init__") for file in files)) & (TORCH | QT) == set()


@pytest.mark.skipif(sys.platform == "win32", reason="on Windows torch must be loaded before Qt")
def test_the_window_comes_before_torch() -> None:
    assert loaded_by("desktop_app.ui.app") & TORCH == set()
