"""Attribution against finite differences, against the definition worked out another way, and against what must hold."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_models import LAYERS, card_data, random_weights, write_model

from desktop_app.core.attribution.attribution import Attribution, Cover
from desktop_app.core.attribution.faithfulness import PASSES, SHARES, area
from desktop_app.core.attribution.layers import lookouts
from desktop_app.core.errors import UserError
from desktop_app.core.forward.factors import UNTOUCHED, Factors
from desktop_app.core.forward.trace import Array
from desktop_app.core.model.card import ModelCard, read_card
from desktop_app.learn.arrival import torch_forward
from desktop_app.learn.attribution.curves import check
from desktop_app.learn.attribution.grad_cam import grad_cam
from desktop_app.learn.attribution.integrated_gradients import integrated_gradients
from desktop_app.learn.attribution.occlusion import occlusion, passes
from desktop_app.learn.attribution.open_net import OpenNet, covered
from desktop_app.learn.network.load import load
from desktop_app.learn.network.tracing import TorchForward


@pytest.fixture(params=["drawings", "photos"])
def card(request: pytest.FixtureRequest, tmp_path: Path) -> ModelCard:
    return read_card(write_model(tmp_path / "tiny", card_data(request.param), seed=4))


@pytest.fixture
def forward(card: ModelCard) -> TorchForward:
    return TorchForward(load(card), card.preprocessing.shape)


@pytest.fixture
def net(card: ModelCard, forward: TorchForward) -> OpenNet:
    return OpenNet(card, forward)


@pytest.fixture
def net_input(card: ModelCard) -> Array:
    return np.random.default_rng(0).standard_normal(card.preprocessing.shape).astype(np.float32)


def position_of(forward: TorchForward, name: str) -> int:
    return [stage.name for stage in forward.stages].index(name)


# Grad-CAM


@pytest.mark.parametrize("stage", ["conv1", "pool1", "relu2", "pool2"])
def test_grad_cams_slopes_are_those_of_finite_differences(
    net: OpenNet, forward: TorchForward, net_input: Array, stage: str
) -> None:
    """The network from the stage on, in double precision, nudged at every place of every map."""
    position, nudge = position_of(forward, stage), 1e-6
    maps = forward(net_input)[position - 1].astype(np.float64)
    rest = load(net.card).double()[position:]  # type: ignore[operator]  # a card's layers, one after the other
    nudges = nudge * torch.eye(maps.size, dtype=torch.float64).reshape(-1, *maps.shape)
    with torch.inference_mode():
        up, down = (rest(torch.from_numpy(maps) + sign * nudges) for sign in (1, -1))
    slopes = ((up - down) / (2 * nudge)).T.reshape(4, *maps.shape).numpy()
    expected = np.maximum(np.einsum("tc, chw -> thw", slopes.mean(axis=(2, 3)), maps), 0)
    assert expected.max() > 0
    for target, attribution in enumerate(grad_cam(net, net_input, range(4), position)):
        assert attribution.values.shape == net_input.shape[1:]
        wanted = enlarged(expected[target], net_input.shape[1:])
        np.testing.assert_allclose(attribution.values, wanted, atol=1e-4 * float(expected.max()))


def enlarged(values: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:  # type: ignore[type-arg]
    """Bilinear, pixel centres to pixel centres, the edges held."""
    for axis in (0, 1):
        size = values.shape[axis]
        places = np.clip((np.arange(shape[axis]) + 0.5) * size / shape[axis] - 0.5, 0, size - 1)
        low = np.floor(places).astype(int)
        share = (places - low).reshape([-1 if each == axis else 1 for each in (0, 1)])
        values = np.take(values, low, axis) * (1 - share) + np.take(values, np.minimum(low + 1, size - 1), axis) * share
    return values


def test_grad_cam_gives_each_class_its_own_map_and_is_never_negative(
    net: OpenNet, forward: TorchForward, net_input: Array
) -> None:
    position = lookouts(forward.stages)[0]
    together = grad_cam(net, net_input, (0, 3), position)
    alone = [grad_cam(net, net_input, (target,), position)[0] for target in (0, 3)]
    assert [each.target for each in together] == [0, 3]
    for one, other in zip(together, alone, strict=True):
        np.testing.assert_allclose(one.values, other.values, atol=1e-6)
        assert one.values.min() >= 0
    assert not np.array_equal(together[0].values, together[1].values)


def test_grad_cam_does_not_see_a_silenced_map(net: OpenNet, forward: TorchForward, net_input: Array) -> None:
    position = position_of(forward, "relu2")
    silenced = Factors(tuple((position, channel, 0.0) for channel in range(forward.stages[position].maps[0])))
    assert grad_cam(net, net_input, (1,), position, silenced)[0].top == 0
    some = Factors(((position_of(forward, "relu1"), 0, 0.0),))
    maps = [grad_cam(net, net_input, (1,), position, factors)[0].values for factors in (UNTOUCHED, some)]
    assert not np.allclose(*maps)


def test_grad_cam_of_a_transformer_lies_on_its_grid_of_tokens(tmp_path: Path) -> None:
    """Against weights and tokens taken out of the network by hooks of torch's own."""
    from desktop_app.learn.network.torchvision_compat import make_importable

    make_importable()
    from torchvision.models.vision_transformer import VisionTransformer

    torch.manual_seed(0)
    vit = VisionTransformer(16, 4, num_layers=2, num_heads=2, hidden_dim=8, mlp_dim=16, num_classes=5).eval()
    torch.nn.init.normal_(vit.heads[0].weight)
    vit.requires_grad_(False)
    net_input = torch.randn(3, 16, 16)
    forward = TorchForward(vit, (3, 16, 16))
    position = lookouts(forward.stages)[0]
    assert forward.stages[position].name.endswith("encoder_layer_1.ln_1")
    card = read_card(write_model(tmp_path / "tokens", card_data("photos")))  # only its input's size counts here
    net = OpenNet(card, forward)
    found = grad_cam(net, net_input.numpy(), (3,), position)[0].values

    kept = []

    def keep(_module: object, _inputs: object, output: torch.Tensor) -> torch.Tensor:
        kept.append(output.detach().requires_grad_())
        return kept[0]

    handle = vit.encoder.layers[1].ln_1.register_forward_hook(keep)
    vit(net_input[None])[0, 3].backward()
    handle.remove()
    tokens, slopes = (value[0, 1:].numpy() for value in (kept[0].detach(), kept[0].grad))
    expected = np.maximum((slopes.mean(axis=0) * tokens).sum(axis=1), 0).reshape(4, 4)
    assert expected.max() > 0
    np.testing.assert_allclose(found, enlarged(expected, (16, 16)), atol=1e-6)


def test_a_network_that_cannot_be_taken_apart_says_what_can_be_done(card: ModelCard, net_input: Array) -> None:
    class Winding(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = load(card)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            answer: torch.Tensor = self.inner(x)
            return answer * 2 if x.sum() > 1e9 else answer

    net = OpenNet(card, TorchForward(Winding().eval().requires_grad_(False), card.preprocessing.shape))
    with pytest.raises(UserError, match="choose occlusion"):
        grad_cam(net, net_input, (0,), 2)
    *_, last = occlusion(net, net_input, (0,), 8)
    assert np.isfinite(last.maps[0].values).all()


# integrated gradients


@pytest.mark.parametrize("baseline", ["mean", "blur"])
def test_integrated_gradients_add_up_to_the_rise_of_the_logit(net: OpenNet, net_input: Array, baseline: Cover) -> None:
    """Completeness, of the paper's first axiom; and what is said to be missing is missing."""
    *_, last = integrated_gradients(net, net_input, (0, 3), baseline, steps=120)
    empty = covered(net_input, net.card, baseline)
    with torch.inference_mode():
        ends = load(net.card)(torch.stack([torch.from_numpy(net_input), empty])).double().numpy()
    assert last.done == last.total == 120
    for attribution, missed in zip(last.maps, last.missed, strict=True):
        rise = ends[0, attribution.target] - ends[1, attribution.target]
        summed = float(attribution.values.sum(dtype=np.float64))
        assert summed == pytest.approx(rise, abs=0.02 * max(abs(rise), 1))
        assert missed == pytest.approx(abs(rise - summed) / abs(rise), abs=1e-4)


def test_integrated_gradients_of_a_linear_network_are_weight_times_change(tmp_path: Path) -> None:
    """The one case in which they can be written down (no step is ever too coarse)."""
    layers = [{"name": "flatten", "kind": "flatten"}, {"name": "fc", "kind": "dense", "out": 4}]
    weights = random_weights(layers, (3, 16, 16), seed=1)
    card = read_card(write_model(tmp_path / "linear", card_data("photos", layers=layers), weights))
    net_input = np.random.default_rng(1).standard_normal((3, 16, 16)).astype(np.float32)
    *_, last = integrated_gradients(OpenNet(card, torch_forward(card)), net_input, (2,), "black", steps=3)
    black = covered(net_input, card, "black").numpy()
    expected = (weights["fc.weight"][2].reshape(3, 16, 16) * (net_input - black)).sum(axis=0)
    np.testing.assert_allclose(last.maps[0].values, expected, atol=1e-5)


def test_integrated_gradients_steps_are_the_middles_of_equal_parts(net: OpenNet, net_input: Array) -> None:
    """Against the sum in its plain order, by autograd alone; the first few steps are already an even spread."""
    steps, target = 12, 1
    image, empty = torch.from_numpy(net_input), covered(net_input, net.card, "black")
    module, slopes = load(net.card), torch.zeros_like(image)
    for step in range(steps):
        along = (empty + (step + 0.5) / steps * (image - empty)).requires_grad_()
        module(along[None])[0, target].backward()
        slopes += along.grad  # type: ignore[operator]
    expected = (slopes / steps * (image - empty)).sum(dim=0).numpy()
    mapped = list(integrated_gradients(net, net_input, (target,), "black", steps))
    np.testing.assert_allclose(mapped[-1].maps[0].values, expected, atol=1e-5)


# occlusion


@pytest.mark.parametrize("patch", [5, 16])
def test_occlusion_is_the_mean_fall_over_the_pieces_that_hid_a_pixel(
    net: OpenNet, net_input: Array, patch: int
) -> None:
    stride = max(1, patch // 2)
    module = load(net.card)
    away = covered(net_input, net.card, "mean").numpy()

    @torch.inference_mode()
    def chance(picture: Array) -> np.ndarray:  # type: ignore[type-arg]
        return torch.softmax(module(torch.from_numpy(picture)[None])[0], dim=0).numpy()

    side, falls, times, count = 16, np.zeros((4, 16, 16)), np.zeros((16, 16)), 0
    starts = range(0, max(side - patch, 0) + stride, stride)
    for top in starts:
        for left in starts:
            picture = net_input.copy()
            picture[:, top : top + patch, left : left + patch] = away[:, top : top + patch, left : left + patch]
            falls[:, top : top + patch, left : left + patch] += (chance(net_input) - chance(picture))[:, None, None]
            times[top : top + patch, left : left + patch] += 1
            count += 1
            if patch >= side:
                break
        if patch >= side:
            break
    *_, last = occlusion(net, net_input, (3, 1), patch)
    assert last.done == last.total == count == passes(side, side, patch)
    for attribution in last.maps:
        np.testing.assert_allclose(attribution.values, (falls / times)[attribution.target], atol=1e-5)


def test_silenced_maps_are_silenced_in_every_picture_of_a_batch(
    net: OpenNet, forward: TorchForward, net_input: Array
) -> None:
    """Against the trace's own way of silencing, which takes one input at a time."""
    factors = Factors(((position_of(forward, "relu1"), 2, 0.0), (position_of(forward, "fc1"), 3, 2.5)))
    inputs = np.stack([net_input, net_input[:, ::-1].copy(), np.zeros_like(net_input)])
    expected = np.stack([forward(each, factors)[-1] for each in inputs])
    np.testing.assert_allclose(net.logits(torch.from_numpy(inputs), factors).numpy(), expected, atol=1e-5)
    assert not np.allclose(net.logits(torch.from_numpy(inputs)).numpy(), expected, atol=1e-2)


def test_occlusion_fills_in_far_apart_places_first(
    net: OpenNet, net_input: Array, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OpenNet, "batch", 9)
    steps = list(occlusion(net, net_input, (0,), 3))
    known = [np.isfinite(step.maps[0].values) for step in steps]
    assert not known[0].all() and known[-1].all()
    halves = known[0][:8], known[0][8:], known[0][:, :8], known[0][:, 8:]
    assert all(half.any() for half in halves), "the first ones lie all over the picture"
    assert all((later | ~earlier).all() for earlier, later in pairwise(known))


def test_a_person_can_stop_between_two_steps(net: OpenNet, net_input: Array) -> None:
    works: tuple[Iterator[object], ...] = (
        occlusion(net, net_input, (0,), 2),
        integrated_gradients(net, net_input, (0,)),
        check(net, net_input, Attribution("grad_cam", 0, net_input[0])),
    )
    for work in works:
        first = next(work)
        assert first.done < first.total  # type: ignore[attr-defined]
        work.close()  # type: ignore[attr-defined]


# what is taken away


def test_drawings_lose_their_ink_and_photos_their_detail(card: ModelCard, net_input: Array) -> None:
    spec = card.preprocessing
    black = (-np.array(spec.mean) / np.array(spec.std))[:, None, None] * np.ones(spec.shape)
    grey, blurred, dark = (covered(net_input, card, cover).numpy() for cover in ("mean", "blur", "black"))
    np.testing.assert_allclose(dark, black, atol=1e-6)
    if card.reads == "drawings":
        assert np.array_equal(grey, dark) and np.array_equal(blurred, dark)
    else:
        assert not grey.any()
        assert blurred.std() < 0.5 * net_input.std()
        flat = np.full_like(net_input, 0.7)
        np.testing.assert_allclose(covered(flat, card, "blur").numpy(), flat, atol=1e-5)


# faithfulness


def test_curves_are_the_probabilities_of_pictures_that_lose_and_gain_pixels(net: OpenNet, net_input: Array) -> None:
    values = np.random.default_rng(3).random(net_input.shape[1:]).astype(np.float32)
    *_, last = check(net, net_input, Attribution("occlusion", 2, values))
    assert last.done == last.total == PASSES and last.curves.complete
    module = load(net.card)

    @torch.inference_mode()
    def chance(picture: Array) -> float:
        return float(torch.softmax(module(torch.from_numpy(picture)[None])[0], dim=0)[2])

    grey, blurred = (covered(net_input, net.card, cover).numpy() for cover in ("mean", "blur"))
    ranks = (-values).ravel().argsort().argsort().reshape(values.shape)
    for share, gone, back in zip(SHARES, last.curves.deletion, last.curves.insertion, strict=True):
        marked = ranks < round(share * values.size)
        assert gone == pytest.approx(chance(np.where(marked, grey, net_input)), abs=1e-5)
        assert back == pytest.approx(chance(np.where(marked, net_input, blurred)), abs=1e-5)
    ends = last.curves.elsewhere[:, :, [0, -1]]
    assert np.ptp(ends, axis=1).max() < 1e-6, "all orders begin and end with the same picture"


def test_a_map_that_knows_the_answer_is_faithful_and_its_opposite_is_not(tmp_path: Path) -> None:
    """A network that only looks at nine pixels; the map marks these, or all others first."""
    layers = [{"name": "flatten", "kind": "flatten"}, {"name": "fc", "kind": "dense", "out": 4}]
    weights = {"fc.weight": np.zeros((4, 256), np.float32), "fc.bias": np.zeros(4, np.float32)}
    looked = np.zeros((16, 16), np.float32)
    looked[4:7, 9:12] = 1
    weights["fc.weight"][1] = looked.ravel()
    card = read_card(write_model(tmp_path / "nine", card_data(layers=layers), weights))
    net, net_input = OpenNet(card, torch_forward(card)), np.ones((1, 16, 16), np.float32)
    judged = {}
    for name, values in (("right", looked), ("wrong", 1 - looked)):
        *_, last = check(net, net_input, Attribution("grad_cam", 1, values))
        judged[name] = last.curves
    assert judged["right"].judgement == "faithful"
    assert judged["wrong"].judgement == "chance"
    right = judged["right"]
    whole, none = right.deletion[0], right.deletion[-1]
    assert whole == pytest.approx(math.exp(9) / (math.exp(9) + 3)) and none == pytest.approx(0.25)
    assert right.deletion[1] == pytest.approx(0.25), "a twentieth of the pixels, which are the nine and some more"
    assert right.areas[0] == pytest.approx(area(right.deletion)) and right.areas[0] < 0.3


def test_every_card_that_is_shipped_can_be_explained() -> None:
    from desktop_app.core.model.registry import find_models
    from desktop_app.core.paths import models_folder

    for card in find_models(models_folder()).cards:
        if card.weight_count > 1_000_000:
            continue
        forward = TorchForward(load(card), card.preprocessing.shape)
        net, stages = OpenNet(card, forward), forward.stages
        net_input = np.random.default_rng(0).standard_normal(card.preprocessing.shape).astype(np.float32)
        for position in lookouts(stages):
            assert np.isfinite(grad_cam(net, net_input, (0, 1), position)[1].values).all()


def test_layers_of_the_tiny_card_are_those_to_look_at(forward: TorchForward) -> None:
    names = [forward.stages[position].name for position in lookouts(forward.stages)]
    assert names == [layer["name"] for layer in LAYERS[5::-1]]
