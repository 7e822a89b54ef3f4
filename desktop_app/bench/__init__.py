"""Measures the speed of the real window, with real events: `python -m desktop_app bench` (see docs/benchmarks.md).

Every scenario runs in a process of its own (`scenario.py`) and gives plain figures, which `main.py` turns into rows.
"""
