"""The session: newest wins, nothing stale or foreign is shown, whatever fails is one message and it goes on."""

from __future__ import annotations

import io
import logging
import threading
from pathlib import Path

import numpy as np
import pytest
from conftest import LONG, Frames, Gate
from PIL import Image
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot
from tiny_models import write_model

from desktop_app.core.drawing.strokes import Drawing, Stroke
from desktop_app.core.errors import BadFile, UserError
from desktop_app.core.forward.forwards import Forwards
from desktop_app.core.forward.instant import NumpyForward
from desktop_app.core.forward.request import MapView, Photo
from desktop_app.core.model.registry import Registry, find_models
from desktop_app.core.source.preprocess import prepare_drawing
from desktop_app.ui.session import STALE_AFTER_MS, UNPAINTED_AFTER_MS, Session


def a_drawing(seed: int = 0) -> Drawing:
    return Drawing((Stroke(np.random.default_rng(seed).random((8, 2), np.float32)),))


def a_photo(colour: str = "red", name: str = "a.png") -> Photo:
    stream = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(stream, "PNG")
    return Photo(name, stream.getvalue())


BROKEN = Photo("broken.jpg", b"this is no picture")


def values(spy: QSignalSpy) -> list[object]:
    return [spy.at(number)[0] for number in range(spy.count())]


def until_answered(qtbot: QtBot, frames: Frames, source: object) -> None:
    qtbot.waitUntil(lambda: bool(frames.seen) and frames.last.request.source is source, timeout=LONG)


def test_a_drawing_is_answered(session: Session, qtbot: QtBot) -> None:
    frames, drawing = Frames(session), a_drawing()
    session.set_drawing(drawing)
    until_answered(qtbot, frames, drawing)
    np.testing.assert_array_equal(
        frames.last.trace.outputs[0], prepare_drawing(drawing, session.card.preprocessing).input
    )
    outputs = NumpyForward(session.card)(frames.last.trace.outputs[0])
    np.testing.assert_array_equal(frames.last.trace.answer.logits, outputs[-1])


def test_the_newest_wins_under_a_flood(session: Session, gate: Gate, qtbot: QtBot) -> None:
    frames = Frames(session)
    gate.shut()
    session.set_drawing(a_drawing())
    assert gate.began.wait(LONG / 1000)
    drawings = [a_drawing(seed) for seed in range(500)]
    for drawing in drawings:
        session.set_drawing(drawing)
    gate.open()
    until_answered(qtbot, frames, drawings[-1])
    assert gate.passes <= 3, "the 499 between were never computed"
    serials = [frame.request.serial for frame in frames.seen]
    assert serials == sorted(set(serials))


def test_a_frame_comes_only_when_the_last_one_is_on_screen(registry: Registry, gate: Gate, qtbot: QtBot) -> None:
    session = Session(registry, Forwards(gate))
    try:
        frames = Frames(session)
        session._unpainted.setInterval(10 * LONG)  # or a slow machine would reach it before the test does
        session.set_drawing(a_drawing(1))
        qtbot.waitUntil(lambda: len(frames.seen) == 1, timeout=LONG)
        last = a_drawing(3)
        session.set_drawing(a_drawing(2))
        session.set_drawing(last)
        qtbot.wait(60)
        assert len(frames.seen) == 1
        session.painted()
        qtbot.waitUntil(lambda: len(frames.seen) == 2, timeout=LONG)
        assert frames.last.request.source is last
        session._unpainted.setInterval(UNPAINTED_AFTER_MS)
        hidden = a_drawing(4)
        session.set_drawing(hidden)
        until_answered(qtbot, frames, hidden)  # a window that never paints holds nothing up for ever
    finally:
        session.stop()


def test_an_exception_in_the_worker_is_a_message_and_it_goes_on(
    session: Session, gate: Gate, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    frames, problems = Frames(session), QSignalSpy(session.problem)
    gate.error = ZeroDivisionError("by nothing")
    with caplog.at_level(logging.ERROR), qtbot.waitSignal(session.problem, timeout=LONG) as told:
        session.set_drawing(a_drawing())
    assert "ZeroDivisionError" in told.args[0] and "by nothing" in told.args[0]
    assert "ConvLens goes on" in told.args[0]
    assert "Traceback" in caplog.text, "developers want to know where"
    assert not frames.seen
    gate.error = None
    drawing = a_drawing(1)
    session.set_drawing(drawing)
    until_answered(qtbot, frames, drawing)
    assert problems.count() <= 2


def test_a_user_error_is_told_in_its_own_words(session: Session, gate: Gate, qtbot: QtBot) -> None:
    gate.error = UserError("Put the disk back.")
    with qtbot.waitSignal(session.problem, timeout=LONG) as told:
        session.set_drawing(a_drawing())
    assert told.args == ["Put the disk back."]


def test_a_photo_brings_its_model_and_a_drawing_brings_its_own_back(session: Session, qtbot: QtBot) -> None:
    frames, notices, kinds = Frames(session), QSignalSpy(session.notice), QSignalSpy(session.kind_changed)
    shown = QSignalSpy(session.photo_opened)
    photo, drawing = a_photo(), a_drawing()
    session.open_photo(photo)
    until_answered(qtbot, frames, photo)
    assert session.card.name == frames.last.request.card.name == "photos-a"
    assert shown.count() == 1 and frames.last.photo is shown.at(0)[0]
    session.set_drawing(drawing)
    until_answered(qtbot, frames, drawing)
    assert session.card.name == "shapes-a"
    assert values(kinds) == ["photos", "drawings"]
    assert ["Tiny photos" in str(notice) for notice in values(notices)] == [True, False]
    session.show_kind("photos")
    until_answered(qtbot, frames, photo)
    assert session.card.name == "photos-a"
    assert shown.count() == 1, "the same photo is not opened again"


def test_a_chosen_model_is_kept_for_its_kind(session: Session, registry: Registry, qtbot: QtBot) -> None:
    frames, drawing = Frames(session), a_drawing()
    session.set_drawing(drawing)
    session.set_model(registry.named("shapes-b"))
    qtbot.waitUntil(lambda: bool(frames.seen) and frames.last.request.card.name == "shapes-b", timeout=LONG)
    photo = a_photo()
    session.open_photo(photo)
    until_answered(qtbot, frames, photo)
    session.show_kind("drawings")
    until_answered(qtbot, frames, drawing)
    assert session.card.name == "shapes-b"
    assert (session.preferred("drawings"), session.preferred("photos")) == ("shapes-b", "")
    session.prefer("photos", "not there")
    session.prefer("drawings", "shapes-a")
    assert session.card.name == "shapes-a"


def test_without_a_model_for_photos_a_photo_is_a_message(tmp_path: Path, gate: Gate, qtbot: QtBot) -> None:
    write_model(tmp_path / "only" / "shapes")
    session = Session(find_models(tmp_path / "only"), Forwards(gate))
    try:
        with qtbot.waitSignal(session.problem, timeout=LONG) as told:
            session.open_photo(a_photo())
        assert "no model for photos" in told.args[0]
    finally:
        session.stop()


def test_without_a_model_for_drawings_there_is_no_session(gate: Gate, qapp: object) -> None:
    threads = threading.active_count()
    with pytest.raises(UserError, match="drawings"):
        Session(Registry(()), Forwards(gate))
    assert threading.active_count() == threads


def test_a_broken_photo_is_one_message_and_the_previous_stays(session: Session, qtbot: QtBot) -> None:
    frames, opened, good = Frames(session), QSignalSpy(session.photo_opened), a_photo()
    session.open_photo(good)
    until_answered(qtbot, frames, good)
    qtbot.wait(30)
    problems, count = QSignalSpy(session.problem), len(frames.seen)
    with qtbot.waitSignal(session.problem, timeout=LONG) as told:
        session.open_photo(BROKEN)
    assert "broken.jpg" in told.args[0]
    assert session.photo is good and session.kind == "photos"
    qtbot.wait(300)  # long enough for whatever might follow
    assert problems.count() == 1
    assert opened.count() == 1
    assert all(frame.request.source is good for frame in frames.seen[count:])
    session.set_view(MapView(dark=True))
    qtbot.waitUntil(lambda: frames.last.request.view.dark, timeout=LONG)
    assert frames.last.request.source is good


def test_a_broken_first_photo_leaves_the_drawing_with_its_model(session: Session, qtbot: QtBot) -> None:
    frames, drawing, kinds = Frames(session), a_drawing(), QSignalSpy(session.kind_changed)
    session.set_drawing(drawing)
    until_answered(qtbot, frames, drawing)
    with qtbot.waitSignal(session.problem, timeout=LONG):
        session.open_photo(BROKEN)
    assert (session.kind, session.card.name, session.photo) == ("drawings", "shapes-a", None)
    assert values(kinds) == ["photos", "drawings"]
    newer = a_drawing(1)
    session.set_drawing(newer)
    until_answered(qtbot, frames, newer)


def test_a_broken_photo_before_anything_was_shown_still_gives_a_first_frame(session: Session, qtbot: QtBot) -> None:
    """As with a broken file on the command line and a model that reads it: the window must not stay empty."""
    frames = Frames(session)
    session.prefer("photos", "shapes-a")
    with qtbot.waitSignal(session.problem, timeout=LONG):
        session.open_photo(BROKEN)
    until_answered(qtbot, frames, session.drawing)
    assert session.kind == "drawings"


def test_broken_weights_fall_back_to_the_model_before(session: Session, registry: Registry, qtbot: QtBot) -> None:
    frames, drawing = Frames(session), a_drawing()
    session.set_drawing(drawing)
    until_answered(qtbot, frames, drawing)
    registry.named("shapes-b").weights_file.write_bytes(b"no weights")
    with qtbot.waitSignal(session.problem, timeout=LONG) as told:
        session.set_model(registry.named("shapes-b"))
    assert "weights.safetensors" in told.args[0]
    assert session.card.name == "shapes-a"
    assert session.preferred("drawings") != "shapes-b", "or the next start would fail again"
    with qtbot.waitSignal(session.problem, timeout=LONG):
        session.set_model(registry.named("shapes-b"))  # who tries again is told again
    newer = a_drawing(1)
    session.set_drawing(newer)
    until_answered(qtbot, frames, newer)
    assert frames.last.request.card.name == "shapes-a"


def test_broken_weights_of_the_photo_model_leave_the_drawing(
    session: Session, registry: Registry, qtbot: QtBot
) -> None:
    frames, drawing = Frames(session), a_drawing()
    session.set_drawing(drawing)
    until_answered(qtbot, frames, drawing)
    registry.named("photos-a").weights_file.unlink()
    with qtbot.waitSignal(session.problem, timeout=LONG):
        session.open_photo(a_photo())
    assert (session.kind, session.card.name) == ("drawings", "shapes-a")


def test_broken_weights_of_the_first_model_are_told_once_and_another_can_be_chosen(
    session: Session, registry: Registry, qtbot: QtBot
) -> None:
    """Nothing to fall back to: the message stands, and the app goes on."""
    frames = Frames(session)
    session.card.weights_file.unlink()
    with qtbot.waitSignal(session.problem, timeout=LONG):
        session.set_drawing(a_drawing())
    session.set_model(registry.named("shapes-b"))
    qtbot.waitUntil(lambda: bool(frames.seen) and frames.last.request.card.name == "shapes-b", timeout=LONG)


def test_a_photo_is_shown_while_its_network_still_works(session: Session, gate: Gate, qtbot: QtBot) -> None:
    """And it is asked for once, however long that takes."""
    frames, opened = Frames(session), QSignalSpy(session.photo_opened)
    gate.shut()
    first, newest = a_photo("red", "first.png"), a_photo("blue", "newest.png")
    with qtbot.waitSignal(session.photo_opened, timeout=LONG) as told:
        session.open_photo(first)
    assert told.args[0].name == "first.png" and not frames.seen
    assert not session._rested.isActive()
    session.open_photo(newest)
    gate.open()
    until_answered(qtbot, frames, newest)
    assert [picture.name for picture in values(opened)] == ["first.png", "newest.png"]  # type: ignore[attr-defined]
    assert frames.last.photo is opened.at(1)[0]


def test_a_photo_that_no_network_answers_gives_way_to_the_one_before(
    session: Session, gate: Gate, qtbot: QtBot
) -> None:
    frames, opened, good = Frames(session), QSignalSpy(session.photo_opened), a_photo("red", "good.png")
    session.open_photo(good)
    until_answered(qtbot, frames, good)
    gate.error = BadFile("The weights are broken.")
    with qtbot.waitSignal(session.problem, timeout=LONG):
        session.open_photo(a_photo("blue", "other.png"))
    gate.error = None
    assert session.photo is good and session.kind == "photos"
    assert [picture.name for picture in values(opened)] == ["good.png", "other.png", "good.png"]  # type: ignore[attr-defined]


def test_what_is_to_be_answered_is_told(session: Session, qtbot: QtBot) -> None:
    told, photo, drawing = QSignalSpy(session.source_changed), a_photo(), a_drawing()
    session.set_drawing(drawing)
    session.show_kind("photos")
    session.open_photo(photo)
    session.set_fit("pad")
    session.show_kind("drawings")
    assert values(told) == [drawing, None, photo, drawing]


def test_results_of_another_model_are_not_shown(session: Session, registry: Registry, gate: Gate, qtbot: QtBot) -> None:
    frames = Frames(session)
    gate.shut()
    session.set_drawing(a_drawing())
    assert gate.began.wait(LONG / 1000)
    session.set_model(registry.named("shapes-b"))
    gate.open()
    qtbot.waitUntil(lambda: bool(frames.seen), timeout=LONG)
    qtbot.wait(30)
    assert {frame.request.card.name for frame in frames.seen} == {"shapes-b"}


def test_what_goes_wrong_with_a_model_that_was_removed_meanwhile_is_not_told(
    session: Session, registry: Registry, gate: Gate, qtbot: QtBot
) -> None:
    frames, told = Frames(session), QSignalSpy(session.problem)
    gate.shut()
    gate.broken, gate.error = session.card, BadFile("The weights have gone.")
    session.set_drawing(a_drawing())
    assert gate.began.wait(LONG / 1000)
    session.set_registry(Registry(tuple(card for card in registry.cards if card is not gate.broken)))
    gate.open()
    qtbot.waitUntil(lambda: bool(frames.seen), timeout=LONG)
    assert frames.last.request.card.name == "shapes-b" and values(told) == []


def test_an_older_result_than_the_last_drawn_is_not_shown(session: Session, qtbot: QtBot) -> None:
    """However it comes about: what is on screen never goes back in time."""
    frames = Frames(session)
    first, second = a_drawing(1), a_drawing(2)
    session.set_drawing(first)
    until_answered(qtbot, frames, first)
    old = frames.last
    session.set_drawing(second)
    until_answered(qtbot, frames, second)
    count = len(frames.seen)
    session._delivered.emit(old)
    assert len(frames.seen) == count
    third = a_drawing(3)
    session.set_drawing(third)
    until_answered(qtbot, frames, third)


def test_a_slow_forward_makes_the_panels_stale_until_the_newest_is_there(
    session: Session, gate: Gate, qtbot: QtBot
) -> None:
    stale, frames = QSignalSpy(session.stale_changed), Frames(session)
    quick = a_drawing()
    session._waiting.setInterval(10 * LONG)  # on a slow machine no answer would be a quick one
    session.set_drawing(quick)
    assert session._waiting.isActive()
    until_answered(qtbot, frames, quick)
    qtbot.waitUntil(lambda: not session._waiting.isActive(), timeout=LONG)
    assert stale.count() == 0, "a quick answer does not flicker"
    session._waiting.setInterval(STALE_AFTER_MS)
    gate.shut()
    slow = a_drawing(1)
    with qtbot.waitSignal(session.stale_changed, timeout=LONG) as told:
        session.set_drawing(slow)
    assert told.args == [True]
    with qtbot.waitSignal(session.stale_changed, timeout=LONG) as told:
        gate.open()
    assert told.args == [False]
    until_answered(qtbot, frames, slow)


def test_a_failure_ends_staleness_too(session: Session, gate: Gate, qtbot: QtBot) -> None:
    gate.shut()
    gate.error = RuntimeError("lost")
    with qtbot.waitSignal(session.stale_changed, timeout=LONG):
        session.set_drawing(a_drawing())
    with qtbot.waitSignal(session.stale_changed, timeout=LONG) as told:
        gate.open()
    assert told.args == [False]


def test_choices_reach_the_request(session: Session, qtbot: QtBot) -> None:
    frames, photo = Frames(session), a_photo()
    session.open_photo(photo)
    session.set_fit("stretch")
    session.set_centred(False)
    session.set_background((1, 2, 3))
    session.set_view(MapView(scale="network", contrast=2.0))
    qtbot.waitUntil(lambda: bool(frames.seen) and frames.last.request.view.scale == "network", timeout=LONG)
    request = frames.last.request
    assert (request.fit, request.centred, request.background) == ("stretch", False, (1, 2, 3))
    assert request.view.contrast == 2.0


def test_the_last_frame_of_a_drawing_has_its_steps(session: Session, qtbot: QtBot) -> None:
    """While the pen moves they are left out; once it rests, they are there."""
    frames = Frames(session)
    for seed in range(20):
        session.set_drawing(last := a_drawing(seed))
    qtbot.waitUntil(
        lambda: bool(frames.seen) and frames.last.request.source is last and bool(frames.last.steps), timeout=LONG
    )


def test_stopping_while_a_forward_runs(registry: Registry, gate: Gate, qtbot: QtBot) -> None:
    session = Session(registry, Forwards(gate))
    frames = Frames(session)
    gate.shut()
    session.set_drawing(a_drawing())
    assert gate.began.wait(LONG / 1000)
    assert not session.stop(0.05), "it says that something was still running"
    gate.open()
    qtbot.wait(50)
    assert not frames.seen, "nobody is told any more"
    assert session.stop(LONG / 1000), "and can be asked again"
