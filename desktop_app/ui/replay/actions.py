"""What can be done to a replay, for the bar's buttons and the menu."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

translate = QCoreApplication.translate  # under this name lupdate finds the texts


def make_actions(parent: QWidget) -> dict[str, QAction]:
    """Name -> action: back, play, forward, loop, live. The parent connects and dresses them."""
    actions: dict[str, QAction] = {}
    tips = {
        "back": translate("ReplayBar", "To the end of the stage before"),
        "play": play_tip(playing=False),
        "forward": translate("ReplayBar", "To the end of the next stage"),
        "loop": translate("ReplayBar", "At the end begin anew"),
        "live": translate("ReplayBar", "Leave the replay: show everything, as you draw"),
    }
    for name, text, key in (
        ("back", translate("ReplayBar", "Stage &before"), "F6"),
        ("play", translate("ReplayBar", "&Play"), "F5"),
        ("forward", translate("ReplayBar", "&Next stage"), "F7"),
        ("loop", translate("ReplayBar", "&Over and over"), ""),
        ("live", translate("ReplayBar", "&Live"), "F8"),
    ):
        action = QAction(text, parent)
        if key:
            action.setShortcut(QKeySequence(key))
        describe(action, tips[name])
        actions[name] = action
    for name in ("loop", "live"):
        actions[name].setCheckable(True)
    return actions


def describe(action: QAction, tip: str) -> None:
    """The tip, with the key."""
    key = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    action.setToolTip(f"{tip} ({key})" if key else tip)
    action.setStatusTip(tip)


def play_tip(playing: bool) -> str:
    if playing:
        return translate("ReplayBar", "Hold the replay")
    return translate("ReplayBar", "Replay stage by stage how the network reads this")
