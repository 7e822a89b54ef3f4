"""Undo and redo of a drawing. Drawings are immutable and share their strokes, so the whole history is kept."""

from __future__ import annotations

from desktop_app.core.drawing.strokes import Drawing


class History:
    """Every drawing that there was, and where in that row the person is now."""

    def __init__(self, start: Drawing | None = None) -> None:
        self._drawings = [start or Drawing()]
        self._index = 0

    @property
    def now(self) -> Drawing:
        return self._drawings[self._index]

    @property
    def index(self) -> int:
        """How many steps undo can take back."""
        return self._index

    @property
    def steps(self) -> tuple[Drawing, ...]:
        """From the first drawing to the present one; what can be redone is not among them."""
        return tuple(self._drawings[: self._index + 1])

    @property
    def can_undo(self) -> bool:
        return self._index > 0

    @property
    def can_redo(self) -> bool:
        return self._index + 1 < len(self._drawings)

    def push(self, drawing: Drawing) -> None:
        """One step that undo takes back; what had been undone before is gone."""
        del self._drawings[self._index + 1 :]
        self._drawings.append(drawing)
        self._index += 1

    def undo(self) -> Drawing:
        """The drawing one step back; the oldest one stays."""
        self._index = max(0, self._index - 1)
        return self.now

    def redo(self) -> Drawing:
        """The drawing one step forward; the newest one stays."""
        self._index = min(len(self._drawings) - 1, self._index + 1)
        return self.now

    def go_to(self, index: int) -> Drawing:
        """Undoes or redoes until `index` steps can be taken back. Raises IndexError when there is no such step."""
        if not 0 <= index < len(self._drawings):
            raise IndexError(f"this history has no step {index}")
        self._index = index
        return self.now
