"""Importing torch beside a living window: what would hold up the thread that paints is taken out of its way."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.util import find_spec
from pathlib import Path

BREATH = 0.0005
"""Seconds that other threads get before each module: painting a frame takes Python's lock some hundred times, and an
importing thread that takes it back in between would make one frame last 0.4 s."""


@contextmanager
def gently() -> Iterator[None]:
    """Import torch inside of this, in a thread of its own.

    The import makes a million objects that stay for ever. The garbage collector need not look through them, neither
    now nor, 76 ms long, at some stroke later: they are frozen.
    """
    finder = _Breathing(threading.get_ident())
    collecting = gc.isenabled()
    sys.meta_path.insert(0, finder)
    gc.disable()
    try:
        _load_library()
        yield
    finally:
        sys.meta_path.remove(finder)
        gc.freeze()
        if collecting:
            gc.enable()


class _Breathing(MetaPathFinder):
    """Finds nothing, and takes a breath."""

    def __init__(self, thread: int) -> None:
        self._thread = thread

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        if threading.get_ident() == self._thread:
            time.sleep(BREATH)


def _load_library() -> None:
    """Torch's largest library, whose loading takes a quarter of a second, without holding Python's lock meanwhile.

    As a foreign function: the import statement and `ctypes.CDLL(name)` would hold it. The import finds it loaded.
    """
    spec = find_spec("torch")
    if sys.platform == "win32" or spec is None or spec.origin is None:
        return  # on Windows torch comes before the window
    name = "libtorch_cpu.dylib" if sys.platform == "darwin" else "libtorch_cpu.so"
    dlopen = ctypes.CDLL(None).dlopen
    dlopen.argtypes, dlopen.restype = (ctypes.c_char_p, ctypes.c_int), ctypes.c_void_p
    dlopen(os.fsencode(Path(spec.origin).parent / "lib" / name), os.RTLD_NOW | os.RTLD_LOCAL)  # may fail without harm
