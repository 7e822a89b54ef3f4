"""`python -m desktop_app`: see `desktop_app.cli`."""

import multiprocessing
import sys

if __name__ == "__main__":
    # First of all: in a bundle, a child process starts this file too, and must not open a window of its own.
    multiprocessing.freeze_support()

    if sys.argv[1:3] == ["-m", "desktop_app.bench.scenario"]:  # from `bench` in a bundle, which has no other Python
        from desktop_app.bench import scenario

        scenario.main(sys.argv[3:])
        sys.exit()

    from desktop_app.cli import main

    sys.exit(main())
