"""`python -m desktop_app`: see `desktop_app.cli`."""

import multiprocessing
import sys

if __name__ == "__main__":
    # First of all: in a bundle, a child process starts this file too, and must not open a window of its own.
    multiprocessing.freeze_support()

    from desktop_app.cli import main

    sys.exit(main())
