"""A camera's pictures, as they come, into the photo view and through the network. None is kept unless a person says so.

A job's thread reads them and keeps the newest only; the session's worker answers the newest that there is when it is
free. So neither a slow network nor a slow window makes pictures queue.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from PySide6.QtCore import QCameraPermission, QCoreApplication, QObject, Qt, Signal

from desktop_app.core.camera.device import cameras
from desktop_app.core.camera.stream import Mirror, Place, encoded, pictures
from desktop_app.core.errors import UserError
from desktop_app.core.forward.request import Photo, Still
from desktop_app.core.source.photo import SourceImage
from desktop_app.ui.input.panel import InputPanel
from desktop_app.ui.jobs import Job, Jobs
from desktop_app.ui.session import Session


class LiveCamera(QObject):
    """On from the camera button to its second press, to another source, to the camera's end or to the window's."""

    problem = Signal(str)

    def __init__(
        self,
        session: Session,
        panel: InputPanel,
        jobs: Jobs,
        parent: QObject,
        find: Callable[[], Sequence[Place]] = cameras,
    ) -> None:
        """find: which cameras there are. Raises UserError where there are none."""
        super().__init__(parent)
        self.find = find
        self._session, self._panel, self._jobs = session, panel, jobs
        self._places: Sequence[Place] = ()
        self._mirror = Mirror()
        self._job: Job | None = None
        self._newest: SourceImage | None = None
        self._before: SourceImage | None = None
        self._held = False
        self._action, tools = panel.actions["camera"], panel.camera_tools
        self._tip = self._action.toolTip()
        tools.mirror.setChecked(self._mirror.on)
        self._action.triggered.connect(self._switch)
        panel.photo_view.hold_wanted.connect(self._turn_held)
        tools.held.connect(self._hold)
        tools.kept.connect(self.keep)
        tools.mirrored.connect(self._set_mirror)
        tools.chosen.connect(self._change)
        tools.closed.connect(self.stop)
        session.still_left.connect(self._leave)
        self._look()

    @property
    def on(self) -> bool:
        return self._job is not None

    def start(self) -> None:
        """The first camera that there is; where there is none, says what to do."""
        problem = self._look()
        if problem:
            self._action.setChecked(False)
            self.problem.emit(problem)
        elif self.find is cameras and not self._permitted():
            self._action.setChecked(False)
        else:
            self._begin(0)

    def stop(self) -> None:
        """Back to what was there before."""
        if self._newest is None:
            self._leave()
        else:
            self._session.leave_still()

    def keep(self) -> None:
        """The picture of now becomes the photo, and the camera goes off."""
        if self._newest is not None:
            name = self.tr("camera {time}").format(time=f"{datetime.now():%H.%M.%S}")
            self._session.open_photo(Photo(name, partial(encoded, self._newest)))

    def _look(self) -> str:
        """What there is now; else why there is nothing, which the button then says."""
        try:
            self._places = self.find()
        except UserError as error:
            self._action.setToolTip(f"{self._tip}\n{error}")
            self._action.setStatusTip(str(error))
            return str(error)
        self._action.setToolTip(self._tip)
        self._action.setStatusTip(self._tip)
        return ""

    def _permitted(self) -> bool:
        """Some systems ask the person first; then this is called again."""
        application, permission = QCoreApplication.instance(), QCameraPermission()
        assert application is not None
        status = application.checkPermission(permission)
        if status == Qt.PermissionStatus.Undetermined:
            application.requestPermission(permission, self, self._asked)
        elif status == Qt.PermissionStatus.Denied:
            self.problem.emit(
                self.tr("ConvLens may not use the camera: allow it in the system's privacy settings and try again.")
            )
        return status == Qt.PermissionStatus.Granted

    def _asked(self, _permission: object) -> None:
        if self._permitted():
            self._begin(0)

    def _begin(self, number: int) -> None:
        place = self._places[number]
        if not self.on:
            self._before = self._panel.photo_view.source
        self._quit()
        self._set_held(False)
        self._panel.camera_tools.show_cameras([place.name for place in self._places], number)
        self._action.setChecked(True)
        self._job = self._jobs.start("camera", partial(pictures, place, self._mirror))
        self._job.stepped.connect(self._show)
        self._job.ended.connect(self._end)

    def _switch(self, on: bool) -> None:
        if on:
            self.start()
        else:
            self.stop()

    def _change(self, number: int) -> None:
        if self.on:
            self._begin(number)

    def _show(self, image: SourceImage) -> None:
        if self._held or not self.on:
            return
        self._newest = image
        self._session.show_still(Still(image))
        self._panel.show_live(image)

    def _turn_held(self) -> None:
        if self.on:
            self._set_held(not self._held)

    def _hold(self, held: bool) -> None:
        self._held = held

    def _set_held(self, held: bool) -> None:
        self._held = held
        self._panel.camera_tools.set_held(held)

    def _set_mirror(self, on: bool) -> None:
        self._mirror.on = on

    def _end(self, error: Exception | None) -> None:
        """By itself: it was unplugged, or could not be opened."""
        if error is not None:
            self.problem.emit(str(error) if isinstance(error, UserError) else f"{type(error).__name__}: {error}")
        self.stop()

    def _leave(self) -> None:
        """Another source is shown from now on."""
        if not self.on:
            return
        self._quit()
        self._newest = None
        self._action.setChecked(False)
        self._panel.leave_live(self._before)

    def _quit(self) -> None:
        if self._job is not None:
            self._job.stepped.disconnect(self._show)
            self._job.ended.disconnect(self._end)
            self._job.cancel()
            self._job = None
