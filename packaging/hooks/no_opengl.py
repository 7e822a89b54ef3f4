"""Runs as a bundle starts: pyqtgraph names Qt's OpenGL modules as it is imported, and uses them only when asked to."""

import sys
from types import ModuleType

for name in ("PySide6.QtOpenGL", "PySide6.QtOpenGLWidgets"):
    sys.modules[name] = ModuleType(name, "Left out of the bundle.")
sys.modules["PySide6.QtOpenGLWidgets"].QOpenGLWidget = type("QOpenGLWidget", (), {})
