"""One request's way through the worker: source, input, forward, trace and mosaics fit together."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tiny_models import card_data, write_model

from desktop_app.core.drawing.strokes import Drawing, Stroke
from desktop_app.core.errors import BadFile, NeedsTorch
from desktop_app.core.forward.factors import UNTOUCHED, Factors
from desktop_app.core.forward.forwards import SMALL, Forwards
from desktop_app.core.forward.instant import NumpyForward
from desktop_app.core.forward.live import Live
from desktop_app.core.forward.request import MapView, Photo, Request, Source
from desktop_app.core.forward.trace import Array
from desktop_app.core.maps.mosaic import MosaicMaker
from desktop_app.core.maps.palette import signed
from desktop_app.core.model.card import ModelCard, read_card
from desktop_app.core.source.fitting import LEAST
from desktop_app.core.source.preprocess import prepare_crops, prepare_drawing

LINE = Drawing((Stroke(np.array([[0.2, 0.3], [0.6, 0.9]], np.float32)),))


@pytest.fixture
def drawings(tmp_path: Path) -> ModelCard:
    return read_card(write_model(tmp_path / "shapes", {**card_data(), "temperature": 2.0}))


@pytest.fixture
def photos(tmp_path: Path) -> ModelCard:
    return read_card(write_model(tmp_path / "photos", card_data("photos", side=20), seed=1))


def png(colour: tuple[int, ...], size: tuple[int, int] = (40, 30)) -> bytes:
    stream = io.BytesIO()
    Image.new("RGBA" if len(colour) == 4 else "RGB", size, colour).save(stream, "PNG")
    return stream.getvalue()


def request(card: ModelCard, source: Source, **changes: object) -> Request:
    return Request(1, 0.0, card, source, **{"view": MapView(), **changes})  # type: ignore[arg-type]


def test_a_frame_holds_what_the_network_computed(drawings: ModelCard) -> None:
    frame = Live(Forwards(NumpyForward))(request(drawings, LINE))
    net_input = prepare_drawing(LINE, drawings.preprocessing).input
    np.testing.assert_array_equal(frame.trace.outputs[0], net_input)
    for output, wanted in zip(frame.trace.outputs[1:-1], NumpyForward(drawings)(net_input), strict=True):
        np.testing.assert_array_equal(output, wanted)
    logits = frame.trace.outputs[-2].astype(np.float64) / 2.0
    np.testing.assert_allclose(frame.trace.outputs[-1], np.exp(logits) / np.exp(logits).sum(), rtol=1e-5)
    assert frame.trace.answer.probabilities is frame.trace.outputs[-1]
    assert len(frame.mosaics) == len(frame.trace.stages) == len(frame.trace.outputs)
    assert frame.photo is None
    assert frame.forward_ms > 0
    assert frame.device == "CPU (numpy)"


def test_mosaics_are_drawn_as_they_are_wanted(drawings: ModelCard) -> None:
    live = Live(Forwards(NumpyForward))
    stages = 11
    for view in (
        MapView(columns=tuple(range(1, stages + 1)), scale="channel", contrast=2.0, dark=True, paper="#14181d"),
        MapView(columns=(2,) * stages, scale="network"),
        MapView(columns=(3,) * stages, scale="network"),
    ):
        frame = live(request(drawings, LINE, view=view))
        colours = signed(view.dark, view.contrast, view.paper)
        wanted = MosaicMaker(frame.trace.stages[1:], view.columns, view.scale)(frame.trace.outputs[1:], colours)
        for mosaic, fresh in zip(frame.mosaics[1:], wanted, strict=True):
            np.testing.assert_array_equal(mosaic.pixels, fresh.pixels)
        assert [mosaic.columns for mosaic in frame.mosaics[1:]] == list(view.columns)


def test_columns_of_another_model_are_not_used(drawings: ModelCard) -> None:
    """A view that was arranged for the model before still comes with the first request of the next."""
    frame = Live(Forwards(NumpyForward))(request(drawings, LINE, view=MapView(columns=(9, 9))))
    assert [mosaic.columns for mosaic in frame.mosaics] == [1, 2, 2, 2, 2, 2, 2, 7, 3, 3, 2, 2]


def test_centring_makes_a_difference_that_can_be_turned_off(drawings: ModelCard) -> None:
    live = Live(Forwards(NumpyForward))
    on, off = (live(request(drawings, LINE, centred=centred)).trace.outputs[0] for centred in (True, False))
    np.testing.assert_array_equal(on, prepare_drawing(LINE, drawings.preprocessing, centred=True).input)
    np.testing.assert_array_equal(off, prepare_drawing(LINE, drawings.preprocessing, centred=False).input)
    assert not np.array_equal(on, off)


def test_steps_are_made_only_where_they_are_wanted(drawings: ModelCard) -> None:
    live = Live(Forwards(NumpyForward))
    with_steps, without = (live(request(drawings, LINE, steps=steps)) for steps in (True, False))
    assert with_steps.steps and not without.steps
    np.testing.assert_array_equal(with_steps.trace.outputs[0], without.trace.outputs[0])


def test_a_photo_is_read_once_however_often_it_is_looked_at(photos: ModelCard) -> None:
    reads = []

    def data() -> bytes:
        reads.append(1)
        return png((200, 100, 50))

    live, photo = Live(Forwards(NumpyForward)), Photo("a.png", data)
    first = live(request(photos, photo))
    second = live(request(photos, photo, view=MapView(dark=True), fit="pad"))
    assert len(reads) == 1
    assert first.photo is second.photo
    assert first.photo is not None and first.photo.rgb[5, 5].tolist() == [200, 100, 50]
    expected = (np.array([200, 100, 50]) / 255 - [0.5, 0.4, 0.3]) / [0.25, 0.5, 0.2]
    np.testing.assert_allclose(first.trace.outputs[0][:, 10, 10], expected, rtol=1e-5)
    live(request(photos, Photo("a.png", data)))
    assert len(reads) == 2, "the same name may be another picture now"


def test_a_photo_is_told_of_before_its_network_is_asked_for(photos: ModelCard) -> None:
    order: list[object] = []

    def make(card: ModelCard) -> NumpyForward:
        order.append(card)
        return NumpyForward(card)

    live, photo = Live(Forwards(make), lambda *told: order.append(told)), Photo("a.png", png((200, 100, 50)))
    frame = live(request(photos, photo, maps=False))
    live(request(photos, photo))
    assert order == [(photo, frame.photo), photos], "and once"
    with pytest.raises(BadFile):
        live(request(photos, Photo("broken.png", b"no picture")))
    assert len(order) == 2


def test_another_background_reads_a_transparent_photo_anew(photos: ModelCard) -> None:
    live, photo = Live(Forwards(NumpyForward)), Photo("a.png", png((0, 0, 0, 0)))
    for background in ((255, 255, 255), (10, 20, 30)):
        shown = live(request(photos, photo, background=background)).photo
        assert shown is not None and tuple(shown.rgb[3, 3]) == background


def test_a_large_photo_keeps_enough_to_look_at(photos: ModelCard, tmp_path: Path) -> None:
    file = tmp_path / "large.jpg"
    Image.new("RGB", (3000, 2000), "red").save(file)
    shown = Live(Forwards(NumpyForward))(request(photos, Photo(file.name, file))).photo
    assert shown is not None
    assert shown.full_size == (3000, 2000)
    assert LEAST <= min(shown.rgb.shape[:2]) < 2000


def test_a_broken_photo_is_told_by_name_and_the_next_is_read(photos: ModelCard, tmp_path: Path) -> None:
    live = Live(Forwards(NumpyForward))
    for data in (b"no picture", tmp_path / "gone.png", tmp_path):
        with pytest.raises(BadFile):
            live(request(photos, Photo("broken.png", data)))
    with pytest.raises(BadFile, match=r"broken\.png"):
        live(request(photos, Photo("broken.png", b"no picture")))
    assert live(request(photos, Photo("good.png", png((1, 2, 3))))).photo is not None


def test_bytes_of_a_photo_are_its_files_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"12")
    assert Photo("a", tmp_path / "a.png").encoded() == b"12"
    assert Photo("a", b"34").encoded() == b"34"
    assert Photo("a", lambda: b"56").encoded() == b"56"
    with pytest.raises(OSError, match=r"b\.png"):
        Photo("b", tmp_path / "b.png").encoded()


class Counting:
    """A forward pass that knows how often one was made."""

    device = "test"
    made = 0

    def __init__(self, card: ModelCard) -> None:
        type(self).made += 1
        self._forward = NumpyForward(card)
        self.stages, self.operations = self._forward.stages, self._forward.operations

    def __call__(self, net_input: Array, factors: Factors = UNTOUCHED) -> tuple[Array, ...]:
        return self._forward(net_input, factors)

    def logits(self, net_input: Array) -> Array:
        return self._forward.logits(net_input)


def test_a_models_forward_is_made_once_until_a_better_maker_comes(drawings: ModelCard, photos: ModelCard) -> None:
    Counting.made = 0
    forwards = Forwards(NumpyForward)
    first = forwards(drawings)
    assert forwards(drawings) is first
    assert forwards.known() == (drawings,)
    warm = Counting(drawings)
    forwards.switch(Counting, {drawings: warm})
    assert forwards(drawings) is warm
    assert isinstance(forwards(photos), Counting)
    assert forwards(photos) is forwards(photos)
    assert Counting.made == 2


def test_large_models_go_when_they_are_no_longer_in_use(drawings: ModelCard, photos: ModelCard) -> None:
    large, beside = replace(drawings, weight_count=SMALL + 1), replace(drawings, weight_count=SMALL + 1)
    forwards = Forwards(NumpyForward)
    live = Live(forwards)
    for card in (photos, large):
        live(request(card, LINE))
    live(request(large, LINE, beside=beside))
    assert set(forwards.known()) == {photos, large, beside} and not forwards.let_go()
    live(request(drawings, LINE))
    assert set(forwards.known()) == {photos, drawings}, "small ones stay"
    assert forwards.let_go() and not forwards.let_go(), "told once"


def test_a_forward_that_was_being_made_during_the_switch_is_not_kept(drawings: ModelCard) -> None:
    def slow(card: ModelCard) -> NumpyForward:
        forwards.switch(Counting, {})
        return NumpyForward(card)

    forwards = Forwards(slow)
    assert isinstance(forwards(drawings), NumpyForward)
    assert isinstance(forwards(drawings), Counting)


def test_a_maker_that_fails_is_asked_again(drawings: ModelCard) -> None:
    def fails(_card: ModelCard) -> NumpyForward:
        raise BadFile("no weights")

    forwards = Forwards(fails)
    for _ in range(2):
        with pytest.raises(BadFile, match="no weights"):
            forwards(drawings)
    assert forwards.known() == ()


def test_a_model_that_waits_for_torch_says_so_and_is_made_when_it_comes(drawings: ModelCard) -> None:
    def numpy_cannot(_card: ModelCard) -> NumpyForward:
        raise NeedsTorch("Not by numpy.")

    asked: list[str] = []

    def bring() -> None:
        asked.append("torch")
        forwards.switch(NumpyForward, {})

    forwards = Forwards(numpy_cannot, bring)
    assert isinstance(forwards(drawings), NumpyForward) and asked == ["torch"]
    in_vain = Forwards(numpy_cannot)
    in_vain.stay()
    with pytest.raises(NeedsTorch):
        in_vain(drawings)


def test_several_crops_are_averaged_and_the_middle_one_is_shown(photos: ModelCard) -> None:
    rng = np.random.default_rng(4)
    stream = io.BytesIO()
    Image.fromarray(rng.integers(0, 256, (60, 90, 3), dtype=np.uint8)).save(stream, "PNG")
    photo = Photo("a.png", stream.getvalue())
    live = Live(Forwards(NumpyForward))
    frame, middle = (live(request(photos, photo, fit=fit)) for fit in ("crops", "crop"))
    assert frame.photo is not None
    inputs = prepare_crops(frame.photo, photos.preprocessing)
    np.testing.assert_array_equal(frame.trace.outputs[0], inputs[0])
    np.testing.assert_array_equal(frame.trace.outputs[-1], middle.trace.outputs[-1])
    alone = [softmax(NumpyForward(photos)(each)[-1]) for each in inputs]
    np.testing.assert_allclose(frame.answer.probabilities, np.mean(alone, axis=0), atol=1e-6)
    mean = np.mean(alone, axis=0)
    assert frame.answer.entropy == pytest.approx(-(mean * np.log2(mean)).sum(), abs=1e-5)
    assert len(frame.crops) == 5 and frame.crops[0] is frame.trace.answer
    assert middle.answer is middle.trace.answer


def softmax(logits: Array) -> Array:
    powers = np.exp(logits.astype(np.float64))
    return np.asarray(powers / powers.sum())


@pytest.mark.parametrize("fit", ["crop", "crops"])
def test_the_answer_alone_is_the_same_answer(photos: ModelCard, fit: str) -> None:
    live, photo = Live(Forwards(NumpyForward)), Photo("a.png", png((200, 100, 50)))
    first, then = (live(request(photos, photo, fit=fit, maps=maps, steps=maps)) for maps in (False, True))
    np.testing.assert_array_equal(first.answer.probabilities, then.answer.probabilities)
    assert first.answer.entropy == then.answer.entropy
    assert first.photo is then.photo is not None
    assert first.mosaics == () and len(first.crops) == len(then.crops)
    silent = live(request(photos, photo, fit=fit, maps=False, factors=Factors(((1, 0, 0.0),))))
    assert (silent.answer.logits != first.answer.logits).any(), "filters that are switched off count here too"
