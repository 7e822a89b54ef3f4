"""One scenario in a process of its own: `measure` starts it, and this module is what it runs.

`python -m desktop_app.bench.scenario NAME PARAMETERS` calls `run(**parameters)` of `desktop_app.bench.NAME`; the
parameters and what is measured are JSON.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from typing import Any

from desktop_app.core.errors import UserError

PATIENCE = 600.0
"""Seconds until a scenario is given up."""


def measure(name: str, surroundings: dict[str, str], **parameters: object) -> dict[str, Any]:
    """What the scenario measures. surroundings: environment variables besides the present ones.

    A scenario that asks for the parameter `spawned` gets the time at which its process was started, in seconds since
    1970. The person's own settings, models and autosave are left alone. Raises UserError when the scenario fails.
    """
    with tempfile.TemporaryDirectory() as home:
        # As the window has it: what is measured may load torch before the window says so.
        environment = {**os.environ, "CONVLENS_HOME": home, "OMP_WAIT_POLICY": "passive", **surroundings}
        if parameters.get("spawned"):
            parameters["spawned"] = time.time()
        done = subprocess.run(
            [sys.executable, "-m", "desktop_app.bench.scenario", name, json.dumps(parameters)],
            env=environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    if done.returncode:
        raise UserError(f"the scenario {name} failed with exit status {done.returncode}:\n{done.stderr}")
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    if "problem" in figures:
        raise UserError(f"the scenario {name} cannot be measured: {figures['problem']}")
    return figures


def _run(name: str, parameters: dict[str, object]) -> dict[str, object]:
    try:
        figures: dict[str, object] = importlib.import_module(f"desktop_app.bench.{name}").run(**parameters)
    except UserError as error:
        return {"problem": str(error)}
    return figures


def main(arguments: Sequence[str]) -> None:
    """Name and parameters. Prints what was measured."""
    name, parameters = arguments
    print(json.dumps(_run(name, json.loads(parameters))))


if __name__ == "__main__":
    main(sys.argv[1:])
