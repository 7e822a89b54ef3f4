"""The pinned PySide6 keeps its hands off None.

PySide6 6.12.0 on Python 3.11 and older drops one reference to None with every call that returns nothing; after some
five thousand the interpreter aborts. From Python 3.12 on None is immortal and its count stands still.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Signal
from PySide6.QtGui import QColor, QImage

CALLS = 2_000
TOLERANCE = 100
"""References that other code may take or let go of meanwhile."""


class Receiver(QObject):
    sent = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.sent.connect(self.receive)
        self.rectangle = QRect(0, 0, 9, 9)
        self.image = QImage(8, 8, QImage.Format.Format_RGB32)

    def receive(self, _value: object) -> None: ...

    def customEvent(self, _event: QEvent) -> None: ...


WAYS: dict[str, Callable[[Receiver], object]] = {
    "a method": lambda receiver: receiver.rectangle.translate(1, 0),
    "a method with an object": lambda receiver: receiver.rectangle.moveCenter(QPoint(3, 4)),
    "a setter": lambda receiver: receiver.setObjectName("name"),
    "a painting call": lambda receiver: receiver.image.fill(QColor(1, 2, 3)),
    "a signal to a slot in Python": lambda receiver: receiver.sent.emit(None),
    "a virtual method written in Python": lambda receiver: receiver.event(QEvent(QEvent.Type.User)),
}


@pytest.mark.parametrize("way", WAYS)
def test_calls_that_return_nothing_leave_the_count_of_none_alone(way: str) -> None:
    receiver, call = Receiver(), WAYS[way]
    call(receiver)  # what is made once and kept, is made now
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        call(receiver)
    assert abs(sys.getrefcount(None) - before) < TOLERANCE
