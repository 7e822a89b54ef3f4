"""What PyInstaller would collect and ConvLens never uses. Pure data and functions; build.spec applies them.

What may go was found by listing the modules that are loaded after a training step, a trace and every window; whether
it may really go is proved by `convlens selfcheck` in the finished bundle.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent

EXTRAS = {"onnx": ("onnx", "onnxruntime"), "camera": ("cv2",)}
"""Optional parts, by the name of their extra in pyproject.toml: left out unless asked for."""

_UNUSED_MODULES = [
    "IPython", "OpenGL", "_pytest", "cupy", "h5py", "hypothesis", "jupyter_rfb", "lxml", "matplotlib", "ml_dtypes",
    "mypy", "numba", "pandas", "pip", "psutil", "pyarrow", "pytest", "pytestqt", "scipy", "sklearn", "tensorboard",
    "threadpoolctl", "tkinter", "triton", "PySide6.QtNetwork", "PySide6.QtDBus", "PySide6.QtQml", "PySide6.QtSql",
    "PySide6.QtOpenGL", "PySide6.QtOpenGLWidgets",  # 11 MB that pyqtgraph only names: hooks/no_opengl.py
    "PIL._imagingft", "nis", "ossaudiodev", "pydoc_data", "readline", "sqlite3", "curses",
    # Torch asks for graphs when it compiles, and sympy, which it needs, for all of mathematics.
    "networkx", "py", "sympy.physics", "sympy.stats", "sympy.testing", "sympy.vector",
    "numpy.f2py", "numpy.testing.tests", "pyqtgraph.examples", "pyqtgraph.opengl", "pyqtgraph.flowchart",
    # Torch compiles nothing here and runs on one machine. Its optimisers import torch._dynamo and, through it, parts of
    # torch._inductor and torch.distributed at their first step: those parts stay.
    *(f"torch._inductor.{name}" for name in (
        "autoheuristic", "codecache", "codegen", "compile_fx", "cudagraph_trees", "fx_passes", "graph", "ir", "kernel",
        "lowering", "scheduler", "select_algorithm", "template_heuristics",
    )),
    *(f"torch.distributed.{name}" for name in (
        "_tools", "checkpoint", "elastic", "flight_recorder", "launcher", "optim", "pipelining",
    )),
    "torch._export.serde", "torch._numpy.testing", "torch._vendor.quack", "torch.ao.ns", "torch.ao.pruning",
    "torch.backends._nnapi", "torch.export._trace", "torch.sparse._triton_ops", "torch.sparse._triton_ops_meta",
    "torch.testing._internal.common_utils", "torch.utils.benchmark",
    "torch.utils.cpp_extension", "torch.utils.hipify", "torch.utils.tensorboard",
]  # fmt: skip

_UNUSED_FOLDERS = [
    "torch/test", "torch/include", "torch/share", "PySide6/Qt/qml", "torchvision.libs",
    "pyqtgraph/colors", "pyqtgraph/icons/peegee",
    *(f"{qt}plugins/{kind}" for qt in ("PySide6/Qt/", "PySide6/") for kind in (
        "designer", "egldeviceintegrations", "generic", "networkinformation", "qmllint", "qmltooling", "sqldrivers",
        "tls", "vectorimageformats", "wayland-graphics-integration-client", "wayland-graphics-integration-server",
    )),
]  # fmt: skip
_UNUSED_FILES = [
    "*.a", "*.lib", "*.h", "*.pyi", "*.cmake",
    "libtorchbind_test*", "libjitbackend_test*", "libbackend_with_compiler*", "*aoti_custom_ops*",
    "*Qt6Network*", "*Qt6Egl*", "*Qt6VirtualKeyboard*", "*Qt6Quick*", "*Qt6Qml*", "*Qt6Pdf*", "*Qt6Sql*", "*qpdf*",
    "*qeglfs*", "*qvnc*", "*qlinuxfb*", "*qvkkhrdisplay*", "*qminimalegl*", "*qtvirtualkeyboard*",
    "*Qt6OpenGL*", "*QtOpenGL*", "*QtNetwork*", "*QtQml*", "*QtQuick*", "*QtVirtualKeyboard*", "*QtPdf*",
    # GTK's file dialogs: the libraries of the building machine seldom fit the desktop of another.
    "libqgtk3*", "libgtk-3*", "libgdk*", "libatk*", "libatspi*", "libcairo*", "libpango*", "libepoxy*", "librsvg*",
    "libXcomposite*", "libXcursor*", "libXdamage*", "libXfixes*", "libXi.*", "libXinerama*", "libXrandr*",
    "libXrender*", "libpixman*", "libharfbuzz*", "libgraphite2*", "libthai*", "libdatrie*", "libfribidi*", "libgio*",
    "libgmodule*", "libgobject*", "libmount*", "libblkid*", "libselinux*", "libjpeg.so*", "libpcre2*",
    # Torchvision's operators (object detection, a decoder on graphics cards): this app uses its networks only.
    "torchvision/*.so", "torchvision/*.pyd", "torchvision/*.dll", "libcudart*", "libnvjpeg*",
    # Libraries of what is left out above: Kerberos of nis, and the fonts of Pillow, which writes no text here.
    "libkrb5*", "libgssapi*", "libk5crypto*", "libkeyutils*", "libcom_err*", "libsqlite3*", "libreadline*",
    "pillow.libs/libfreetype*", "pillow.libs/libpng*", "pillow.libs/libbrotli*", "*_imagingft*",
    # A drawing of software OpenGL, for machines without a driver: nothing here uses OpenGL.
    "opengl32sw.dll",
]  # fmt: skip


def own_modules() -> list[str]:
    """All of the program: some of it is imported by a name that is put together at run time."""
    files = sorted((ROOT / "desktop_app").rglob("*.py"))
    names = [".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for file in files]
    return [name for name in names if not name.endswith("__main__")]


def unused_modules(extras: tuple[str, ...] = ()) -> list[str]:
    """Names of modules that stay out, with those of the extras that were not asked for."""
    return _UNUSED_MODULES + [name for extra, names in EXTRAS.items() if extra not in extras for name in names]


def needed(target: str) -> bool:
    """Whether a file goes into the bundle; target: its path inside."""
    path = PurePosixPath(target.replace("\\", "/"))
    if path.is_relative_to("torch/bin"):
        return path.name.startswith("torch_shm_manager")  # torch looks for it as it is imported
    if path.suffix == ".qm":
        return path.name.startswith("qtbase_")  # Qt's own buttons; its other translations belong to its tools
    unused = any(path.is_relative_to(folder) for folder in _UNUSED_FOLDERS)
    return not unused and not any(path.match(pattern) for pattern in _UNUSED_FILES)
