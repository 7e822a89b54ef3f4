"""The end of a process whose threads may still be inside torch."""

from __future__ import annotations

import logging
import os
import sys
import threading

OURS = "convlens-"
"""What the names of the window's threads begin with."""


def leave(status: int) -> int:
    """The last thing that a process with a window does; returns the status, or ends the process with it at once.

    A thread that is still busy when Python ends is unwound as soon as it comes back from C++, and that aborts the
    process ("terminate called without an active exception"). All that is to be kept has been written by then.
    """
    if not any(thread.name.startswith(OURS) for thread in threading.enumerate()):
        return status
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    os._exit(status)
