"""File ▸ Export ▸ Model as ONNX: in a job that ends with what was proved, or with what to install."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop_app.core.forward.request import Frame
from desktop_app.core.model.card import ModelCard
from desktop_app.ui.jobs import Job, Jobs
from desktop_app.ui.models.library import failure_words
from desktop_app.ui.models.progress_line import ProgressLine
from desktop_app.ui.session import Session

if TYPE_CHECKING:
    from desktop_app.learn.models.onnx_export import Proof

SUFFIX = ".onnx"


class OnnxExport(QObject):
    """problem, result: for the banner; a result stays there until it has been read."""

    problem = Signal(str)
    result = Signal(str)

    def __init__(self, session: Session, jobs: Jobs, line: ProgressLine, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._jobs, self._line, self._window = session, jobs, line, window
        self._frame: Frame | None = None
        self._job: Job | None = None
        self._outcome: str | Proof = ""
        self._folder = Path()
        session.frame_ready.connect(self._keep)
        line.cancelled.connect(self._cancel)

    def ask(self) -> None:
        """Asks where to, once it is certain that nothing is missing."""
        self._start(_missing, partial(self._ask_where, self._session.card))

    def export(self, card: ModelCard, file: Path) -> None:
        """`result` or `problem` tells when it is done."""
        self._start(partial(_exported, card, file, self._inputs(card)), partial(self._tell, card, file))

    def _ask_where(self, card: ModelCard, error: Exception | None) -> None:
        missing = self._end(error)
        if missing is None:
            return
        if missing:
            self.problem.emit(str(missing))
            return
        start = str(self._folder / f"{card.name}{SUFFIX}")
        kinds = self.tr("ONNX model (*.onnx)")
        chosen = QFileDialog.getSaveFileName(self._window, self.tr("Export model"), start, kinds)[0]
        if chosen:
            file = Path(chosen)
            self._folder = file.parent
            self.export(card, file if file.suffix.lower() == SUFFIX else file.with_name(file.name + SUFFIX))

    def _tell(self, card: ModelCard, file: Path, error: Exception | None) -> None:
        proof = self._end(error)
        if proof is not None and not isinstance(proof, str):
            words = self.tr(
                "{title} was saved as {name}. ONNX Runtime gives the same logits for {inputs} inputs: the largest "
                "difference is {difference}, of logits up to {largest}."
            )
            self.result.emit(
                words.format(
                    title=card.title,
                    name=file.name,
                    inputs=proof.inputs,
                    difference=f"{proof.difference:.1e}".replace("e-0", "e-"),
                    largest=f"{proof.largest:.3g}",
                )
            )

    def _inputs(self, card: ModelCard) -> tuple[NDArray[np.float32], ...]:
        """What this model reads just now, to be compared too."""
        frame = self._frame
        return (frame.trace.outputs[0],) if frame is not None and frame.request.card is card else ()

    def _start(self, work: Callable[[], Iterator[object]], then: Callable[[Exception | None], None]) -> None:
        if self._job is not None:
            self.problem.emit(self.tr("A model is being exported already. Wait for it, or cancel it."))
            return
        self._outcome = ""
        self._job = self._jobs.start("onnx", work)
        self._job.stepped.connect(self._step)
        self._job.ended.connect(then)

    def _step(self, step: str | Proof) -> None:
        words = {
            "writing": self.tr("Writing the model as ONNX"),
            "comparing": self.tr("Comparing it with ONNX Runtime"),
        }
        if isinstance(step, str) and step in words:
            self._line.show_progress(words[step], None)
        else:
            self._outcome = step

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._line.show_progress(self.tr("Cancelling: the present step still ends"), None)

    def _end(self, error: Exception | None) -> str | Proof | None:
        """What the job has found; None where it was cancelled or failed, which is told."""
        cancelled, self._job = self._job is not None and self._job.cancelled, None
        self._line.hide()
        if error is not None:
            self.problem.emit(failure_words(error, self.tr("The model could not be exported")))
        return None if cancelled or error is not None else self._outcome

    def _keep(self, frame: Frame) -> None:
        self._frame = frame


# what the jobs do; learn is imported there


def _missing() -> Iterator[str]:
    from desktop_app.learn.models.onnx_export import missing

    yield missing() or ""


def _exported(card: ModelCard, file: Path, inputs: tuple[NDArray[np.float32], ...]) -> Iterator[str | Proof]:
    from desktop_app.learn.models.onnx_export import Proof, export

    for step in export(card, file, inputs):
        yield step if isinstance(step, Proof) else step.phase
