"""Deep networks in the network panel: columns by block that open, pages of maps, and lines for what skips and joins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea, QWidget
from pytestqt.qtbot import QtBot
from torch import Tensor, nn

from desktop_app.core.arithmetic.heads import weights_of
from desktop_app.core.forward.request import Frame, MapView, Photo, Request
from desktop_app.core.forward.spot import Spot
from desktop_app.core.forward.trace import Array, Stage, trace_of
from desktop_app.core.maps import palette
from desktop_app.core.maps.head_sheet import drawn_now
from desktop_app.core.maps.mosaic import input_picture
from desktop_app.core.maps.sheet import GOOD_ENOUGH, Sheet, SheetMaker, drawn_whole
from desktop_app.core.model.registry import Registry
from desktop_app.core.network.connections import Connection
from desktop_app.learn.network.tracing import TorchForward
from desktop_app.ui.network.arrange import arrange_pages, is_paged
from desktop_app.ui.network.deck import Deck
from desktop_app.ui.network.deep_bar import DeepBar
from desktop_app.ui.network.panel import NetworkPanel
from desktop_app.ui.network.rails import broken, rails_of
from desktop_app.ui.network.view import NetworkView
from desktop_app.ui.theme import Theme

SIDE = 12


class Bottleneck(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(channels, 8, 1), nn.BatchNorm2d(8)
        self.conv2, self.bn2 = nn.Conv2d(8, channels, 3, padding=1), nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x))))) + x)


class DenseLayer(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm, self.conv = nn.BatchNorm2d(channels), nn.Conv2d(channels, 4, 3, padding=1)
        self.conv2, self.conv3 = nn.Conv2d(4, 4, 1), nn.Conv2d(4, 4, 1)

    def forward(self, earlier: list[Tensor]) -> Tensor:
        return self.conv3(self.conv2(self.conv(torch.relu(self.norm(torch.cat(earlier, 1))))))


class DeepNet(nn.Module):
    """Two layers of residual blocks, and a dense block: 40 stages, one of them with many maps."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 90, 3, padding=1)
        self.layer1 = nn.Sequential(Bottleneck(90), Bottleneck(90))
        self.layer2 = nn.Sequential(Bottleneck(90), Bottleneck(90))
        self.dense1, self.dense2, self.dense3 = DenseLayer(90), DenseLayer(94), DenseLayer(98)
        self.fc = nn.Linear(102, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.layer2(self.layer1(self.conv1(x)))
        grown = [x]
        for layer in (self.dense1, self.dense2, self.dense3):
            grown.append(layer(grown))
        return self.fc(torch.cat(grown, 1).mean((2, 3)))


class Look(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm, self.attention = nn.LayerNorm(12), nn.MultiheadAttention(12, 3, batch_first=True)
        self.dense = nn.Linear(12, 12)

    def forward(self, tokens: Tensor) -> Tensor:
        read = self.norm(tokens)
        tokens = tokens + self.attention(read, read, read, need_weights=False)[0]
        return tokens + torch.relu(self.dense(tokens))


class Attentive(nn.Module):
    """As torchvision's vision transformers, small."""

    def __init__(self) -> None:
        super().__init__()
        self.conv_proj = nn.Conv2d(3, 12, 4, 4)
        self.class_token = nn.Parameter(torch.randn(1, 1, 12))
        self.position = nn.Parameter(torch.randn(1, 17, 12))
        self.layers = nn.Sequential(Look(), Look(), Look(), Look(), Look())
        self.head = nn.Linear(12, 4)

    def forward(self, x: Tensor) -> Tensor:
        tokens = self.conv_proj(x).reshape(x.shape[0], 12, 16).permute(0, 2, 1)
        tokens = torch.cat([self.class_token.expand(x.shape[0], -1, -1), tokens], 1) + self.position
        return self.head(self.layers(tokens)[:, 0])


@cache
def traced(net: type[nn.Module], side: int) -> TorchForward:
    torch.manual_seed(0)
    return TorchForward(net().eval().requires_grad_(False), (3, side, side))


def test_what_waits_for_a_photo_says_so_and_does_not_pretend_to_load(registry: Registry, qtbot: QtBot) -> None:
    card = replace(registry.cards[0], layers=(), title="A deep net")
    panel = NetworkPanel(Theme("light"), (card,))
    qtbot.addWidget(panel)
    panel.await_source(None)
    panel.show_model(card)
    assert panel.columns.waiting_words.startswith("Drop a photo")
    panel.await_source(Photo("cat.jpg", b""))
    assert panel.columns.waiting_words == "Loading A deep net …"


class Shown:
    """The view with a deep net in it, fed with frames as the worker makes them."""

    def __init__(
        self, registry: Registry, qtbot: QtBot, net: type[nn.Module] = DeepNet, side: int = SIDE, size: int = 900
    ) -> None:
        self.forward = traced(net, side)
        self.card = registry.cards[0]
        self.maker = SheetMaker(self.forward.stages)
        self.theme = Theme("light")
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.resize(size, 560)
        qtbot.addWidget(self.area)
        self.view = NetworkView(self.theme)
        self.area.setWidget(self.view)
        self.bar = DeepBar(self.theme, self.view)
        qtbot.addWidget(self.bar)
        self.area.show()
        qtbot.waitExposed(self.area)
        self.frame = self.answer(np.random.default_rng(0).random((3, side, side), np.float32))
        self.again()

    def answer(self, net_input: Array, settled: bool = True) -> Frame:
        """One frame for what the view wants to see now."""
        forward, paper = self.forward, self.theme.colours.window.name()
        trace = trace_of(forward.stages, forward.operations, net_input, forward(net_input), 1.0)
        sheets = dict(self.view.sheets)
        drawn = drawn_now(trace, sheets, "layer", palette.signed(False, 1.0, paper), self.maker, settled)
        mosaics = (input_picture(net_input, (0,) * 3, (1,) * 3), *(drawn.get(n) for n in range(1, len(trace.stages))))
        request = Request(1, 0.0, self.card, None, MapView((), self.view.sheets, paper=paper))  # type: ignore[arg-type]
        self.frame = Frame(request, trace, mosaics, (), None, "CPU", 0)
        self.view.show_frame(self.frame)
        return self.frame

    def again(self) -> Frame:
        return self.answer(self.frame.trace.outputs[0])

    @property
    def titles(self) -> list[str]:
        return [block.title for block in self.view.deck.columns]

    def number(self, title: str) -> int:
        return self.titles.index(title)

    def click(self, where: QPointF) -> None:
        window = self.area.windowHandle()
        QTest.mouseClick(window, Qt.MouseButton.LeftButton, pos=self.view.mapTo(self.area, where.toPoint()))


@pytest.fixture
def shown(registry: Registry, qtbot: QtBot) -> Shown:
    return Shown(registry, qtbot)


def test_it_opens_with_a_column_a_block(shown: Shown) -> None:
    assert len(shown.forward.stages) > 30
    assert shown.titles[:4] == ["input", "conv1", "layer 1", "layer 2"]
    assert len(shown.titles) < 16
    assert {position for position, _ in shown.view.sheets} == {block.output for block in shown.view.deck.columns[1:]}
    assert not any(mosaic for n, mosaic in enumerate(shown.frame.mosaics) if n and not shown.view.deck.is_shown(n))


def test_a_click_on_its_name_opens_a_block_and_on_the_bands_closes_it(shown: Shown) -> None:
    view, column = shown.view, shown.number("layer 1")
    closed = shown.titles
    block = view.deck.columns[column]
    shown.click(view.heading_rect(column).center())
    assert len(shown.titles) > len(closed)
    inside = [each for each in view.deck.columns if block.first <= each.first <= block.last]
    assert [each.span for each in inside] == [each.span for each in block.children]
    shown.again()
    assert all(shown.frame.mosaics[each.output] is not None for each in inside)
    band = next(band for band in view.deck.bands if band.block == block)
    assert (band.first, band.last) == (column, column + len(inside) - 1)
    shown.click(QPointF(view.heading_rect(column).center().x(), 8))
    assert shown.titles == closed


def test_the_keyboard_opens_and_closes_too(shown: Shown) -> None:
    view = shown.view
    view.setFocus()
    closed = shown.titles
    for _ in range(1 + shown.number("layer 1")):
        QTest.keyClick(view, Qt.Key.Key_Right)
    QTest.keyClick(view, Qt.Key.Key_Plus)
    assert "layer 1" not in shown.titles
    QTest.keyClick(view, Qt.Key.Key_Minus)
    assert shown.titles == closed


def test_everything_can_be_opened_and_closed_at_once(shown: Shown) -> None:
    closed = shown.titles
    QTest.mouseClick(shown.bar.open_all, Qt.MouseButton.LeftButton)
    assert len(shown.titles) == len(shown.forward.stages)
    assert len(shown.view.items) < len(shown.titles), "only what is near the screen is made"
    assert len(shown.view.sheets) < len(shown.titles) - 1
    assert not shown.bar.open_all.isEnabled()
    before = shown.view.sheets
    shown.area.horizontalScrollBar().setValue(shown.area.horizontalScrollBar().maximum())
    assert shown.view.sheets != before and shown.view.sheets[-1][0] == len(shown.forward.stages) - 1
    QTest.mouseClick(shown.bar.close_all, Qt.MouseButton.LeftButton)
    assert shown.titles == closed


def colour_at(shown: Shown, channel: int, position: int) -> int:
    top_left, bottom_right = shown.view.map_rect(position, channel)
    image = shown.view.grab().toImage()
    return image.pixel(((top_left + bottom_right) / 2).toPoint()) & 0xFFFFFF


def test_the_most_active_maps_come_first_and_the_others_on_further_pages(shown: Shown) -> None:
    view, position = shown.view, 1
    item = next(item for item in view.items if item.position == position)
    assert item.is_paged and item.pictures == 90
    output = shown.frame.trace.outputs[position]
    by_activity = np.argsort(-np.abs(output).mean((1, 2)), kind="stable")
    assert list(item.channels) == by_activity[: item.count].tolist()
    pager = item.mapRectToScene(item.boundingRect())
    shown.click(QPointF(pager.right() - 8, pager.bottom() - 6))
    shown.again()
    assert list(item.channels) == by_activity[item.count : 2 * item.count].tolist()
    table = palette.signed(False, 1.0, shown.theme.colours.window.name())
    mosaic = shown.frame.mosaics[position]
    assert mosaic is not None and mosaic.magnitude == pytest.approx(float(np.abs(output).max()))
    channel = item.channels[3]
    value = palette.ZERO + palette.STEPS * float(output[channel, SIDE // 2, SIDE // 2]) / mosaic.magnitude
    wanted = {int(table[int(np.floor(value + nudge))]) & 0xFFFFFF for nudge in (0.499, 0.5, 0.501)}
    assert colour_at(shown, channel, position) in wanted
    shown.bar.orders.setCurrentIndex(1)
    shown.again()
    assert list(item.channels) == list(range(item.count))


def test_pages_turn_by_keyboard_and_stop_at_the_ends(shown: Shown) -> None:
    view = shown.view
    view._point((1, next(item for item in view.items if item.position == 1).channels[0]))
    item = next(item for item in view.items if item.position == 1)
    seen: set[int] = set(item.channels)
    for _ in range(12):
        QTest.keyClick(view, Qt.Key.Key_PageDown)
        shown.again()
        seen |= set(item.channels)
    assert seen == set(range(90))
    assert item.mosaic is not None and item.mosaic.first + len(item.channels) == 90
    for _ in range(12):
        QTest.keyClick(view, Qt.Key.Key_PageUp)
    assert dict(view.sheets)[1].page == 0


def test_maps_keep_their_places_while_the_input_moves() -> None:
    stages = (Stage("input", "input", (1, 2, 2)), Stage("conv", "conv", (6, 2, 2)))
    maker, sheets = SheetMaker(stages), {1: Sheet(2, 4, active=True)}
    table = palette.signed(False, 1.0, "#ffffff")

    def channels(sizes: Sequence[float], settled: bool) -> list[int]:
        output = np.array(sizes, np.float32).reshape(-1, 1, 1) * np.ones((1, 2, 2), np.float32)
        return list(maker((output[:1], output), sheets, "layer", table, settled)[1].channels)

    assert channels([1, 2, 3, 4, 5, 6], True) == [5, 4, 3, 2]
    assert channels([9, 9, 9, 0, 0, 0], False) == [5, 4, 3, 2], "it moves"
    assert channels([1, 2, 3, 5, 4, 6], True) == [5, 4, 3, 2], "what is shown is nearly as good"
    assert GOOD_ENOUGH < 1
    assert channels([9, 9, 9, 1, 0, 0], True) == [0, 1, 2, 3]


def test_a_chosen_number_is_brought_to_sight_with_its_block_and_page(shown: Shown) -> None:
    view = shown.view
    position = next(n for n, stage in enumerate(shown.forward.stages) if stage.name == "layer2.1.conv2")
    assert not view.deck.is_shown(position)
    last = int(np.abs(shown.frame.trace.outputs[position]).mean((1, 2)).argmin())
    view.set_spot(Spot(position, (last, 3, 3)))
    assert view.deck.is_shown(position)
    shown.again()
    shown.again()
    item = next(item for item in view.items if item.position == position)
    assert last in item.channels


def test_walking_on_goes_to_the_next_column_and_leaves_blocks_closed(shown: Shown) -> None:
    view, chosen = shown.view, []
    view.spot_chosen.connect(chosen.append)
    view.set_spot(Spot(1, (0, 2, 2)))
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Tab)
    assert chosen[-1].position == view.deck.columns[2].output


def test_marks_of_other_pages_and_closed_blocks_are_not_painted(shown: Shown) -> None:
    from desktop_app.ui.network.reading import marks_of

    view = shown.view
    item = next(item for item in view.items if item.position == 1)
    for channel in (item.channels[0], next(n for n in range(90) if n not in item.channels)):
        view.set_marks("selection", marks_of(shown.frame.trace, Spot(1, (channel, 4, 4)), "accent", view.is_fine))
        (mark,) = item._marks["selection"]
        assert len(item._grid().boxes(mark)) == (channel in item.channels)
    hidden = next(n for n in range(len(view.stages)) if not view.deck.is_shown(n))
    assert not view.is_fine(hidden) and view.mosaic_rect(hidden).isValid()


def test_a_replay_hides_what_is_not_computed_yet_and_points_at_the_block(shown: Shown) -> None:
    view = shown.view
    column = shown.number("layer 2")
    view.replay({}, view.deck.columns[column].first)
    lit = [item.position for item in view.items if item._under_way]
    assert lit == [view.deck.columns[column].output]
    view.replay({})


def test_a_picture_of_the_whole_has_columns_that_are_scrolled_away(shown: Shown) -> None:
    view = shown.view
    view.open_all()
    shown.again()
    near = {item.position for item in view.items if item.mosaic is not None}
    view.show_all()
    assert len(view.items) == len(view.stages) and all(item.mosaic for item in view.items)
    assert near < {item.position for item in view.items}
    shown.area.horizontalScrollBar().setValue(40)
    shown.again()
    assert len(view.items) < len(view.stages)


@pytest.fixture
def attentive(registry: Registry, qtbot: QtBot) -> Shown:
    """A vision transformer of three heads that reads 4×4 patches and a class token."""
    return Shown(registry, qtbot, Attentive, 16, 2400)


def test_attention_is_shown_head_by_head_for_the_class_token_or_the_chosen_one(attentive: Shown) -> None:
    view = attentive.view
    view.open_all()
    frame = attentive.again()
    position = next(n for n, stage in enumerate(frame.trace.stages) if stage.kind == "attention")
    item = next(item for item in view.items if item.position == position)
    assert "3 heads" in item.heading.lines(False)
    weights = weights_of(frame.trace, position)
    mosaic = frame.mosaics[position]
    assert mosaic is not None and mosaic.heads is not None and list(mosaic.channels) == [0, 1, 2]
    np.testing.assert_allclose(mosaic.heads, weights[:, 0, 1:].reshape(3, 4, 4))
    chosen: list[Spot] = []
    view.spot_chosen.connect(chosen.append)
    top_left, bottom_right = view.map_rect(position, 1)
    attentive.click(top_left + (bottom_right - top_left) * 0.9)
    assert chosen[-1].position == position and chosen[-1].index[0] == 16, "the last token"
    view.set_spot(chosen[-1])
    mosaic = attentive.again().mosaics[position]
    assert mosaic is not None and mosaic.heads is not None
    np.testing.assert_allclose(mosaic.heads, weights[:, 16, 1:].reshape(3, 4, 4))
    view.set_spot(None)
    attentive.again()
    view._point((position, 2))
    QTest.keyClick(view, Qt.Key.Key_Return)
    strongest = int(np.argmax(weights[2, 0, 1:]))
    assert chosen[-1].index[0] == strongest + 1


def test_attention_can_be_shown_by_its_output_too(attentive: Shown) -> None:
    view = attentive.view
    view.open_all()
    frame = attentive.again()
    position = next(n for n, stage in enumerate(frame.trace.stages) if stage.kind == "attention")
    assert attentive.bar.by_head.isVisibleTo(attentive.bar)
    attentive.bar.by_head.setChecked(False)
    mosaic = attentive.again().mosaics[position]
    assert mosaic is not None and mosaic.heads is None and len(mosaic.order) == 12
    assert attentive.view.items[position].mosaic is mosaic


def test_small_networks_are_drawn_whole(registry: Registry, qtbot: QtBot) -> None:
    stages = (Stage("input", "input", (3, 16, 16)), Stage("conv", "conv", (8, 16, 16), 0, (0,)))
    assert drawn_whole(stages)
    holder = QWidget()
    qtbot.addWidget(holder)
    view = NetworkView(Theme("light"), holder)
    view.resize(600, 400)
    view.set_stages(stages)
    assert view.sheets == () and len(view.columns) == 1 and not view.deck.deep


# plain functions


def test_a_skip_is_one_line_and_joins_where_it_is_added(shown: Shown) -> None:
    deck = Deck(shown.forward.stages)
    assert rails_of(deck.connections) == [] or all(rail.right - rail.left > 1 for rail in rails_of(deck.connections))
    deck.open_all()
    adds = [n for n, block in enumerate(deck.columns) if deck.stages[block.output].kind == "add"]
    rails = rails_of(deck.connections)
    skips = [rail for rail in rails if rail.targets[0] in adds]
    assert len(adds) == len(skips) == 4
    assert all(deck.stages[deck.columns[rail.targets[0]].output].sources[-1] in rail.sources for rail in skips)


def test_concatenations_that_grow_are_one_line_and_say_what_each_reads() -> None:
    links = [Connection(source, target, "concat") for target in range(2, 6) for source in range(target)]
    (rail,) = rails_of(links)
    assert rail.sources == (0, 1, 2, 3, 4) and rail.targets == (2, 3, 4, 5)
    for link in links:
        assert link.source in rail.sources and link.target in rail.targets
    apart = [*links[:2], Connection(3, 6, "concat"), Connection(4, 6, "concat")]
    assert [(rail.sources, rail.targets) for rail in rails_of(apart)] == [((0, 1), (2,)), ((3, 4), (6,))]


def test_lines_that_overlap_have_lanes_of_their_own() -> None:
    links = [Connection(0, 5, "skip"), Connection(1, 3, "skip"), Connection(3, 5, "branch"), Connection(0, 1, "next")]
    lanes = {(rail.left, rail.right): rail.lane for rail in rails_of(links)}
    assert lanes == {(1, 3): 0, (3, 5): 0, (0, 5): 1}
    assert broken(links, 6) == [2, 3, 4, 5]


@pytest.mark.parametrize("width", [300, 820, 1400, 4000])
@pytest.mark.parametrize("height", [60, 300, 900])
def test_pages_hold_what_can_be_read_and_columns_do_not_overlap(width: int, height: int) -> None:
    stages = [Stage("input", "input", (3, 64, 64)), Stage("a", "conv", (256, 56, 28)), Stage("b", "conv", (5, 7, 7)),
              Stage("c", "average pool", (2048, 1, 1)), Stage("d", "dense", (1000,))]  # fmt: skip
    placed = arrange_pages(stages, [40.0] * len(stages), width, height, 6, 1.0)
    right = -6.0
    for stage, column in zip(stages, placed, strict=True):
        assert column.left >= right + 6 - 1e-6
        right = column.left + column.width
        assert column.columns * column.rows >= column.count
        assert column.mosaic[0] <= column.width + 1e-6 or height < 100
        if is_paged(stage):
            assert min(column.map_size) >= 10 or height < 100
        elif stage.kind != "input":
            assert column.count == stage.maps[0]
