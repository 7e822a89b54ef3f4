"""The parts of training that would spoil a model silently."""

import io

import numpy as np
import pytest
import torch
from torch import nn

from desktop_app.core.drawing.strokes import drawing_from_lists
from desktop_app.core.model.architecture import parse_layers
from desktop_app.core.sketcher import LABELS, sketch
from desktop_app.learn.network.nets import build
from desktop_app.learn.training.augment import SIZE, begun, vary, vary_bitmap, vary_pixelled
from desktop_app.learn.training.drawing_pool import Recipe, build_pool
from desktop_app.learn.training.drawings_data import NONE, UNKNOWN, Sample, split_of
from desktop_app.learn.training.proofread import proofread
from desktop_app.learn.training.train_loop import Trainer, folded, logits_of, with_batch_norm
from desktop_app.learn.training.train_shapes import LAYERS


def fresh_net():
    return build(parse_layers(LAYERS), (1, SIZE, SIZE))


def batches(count, rng):
    for _ in range(count):
        labels = rng.integers(0, 2, 64)
        inputs = rng.random((64, 1, SIZE, SIZE)).astype(np.float32) * 0.3
        inputs[labels == 1, :, 8:24, 8:24] += 0.6
        targets = np.eye(len(LABELS), dtype=np.float32)[labels]
        yield torch.from_numpy(inputs), torch.from_numpy(targets), torch.ones(64)


def test_folding_batch_norm_changes_no_answer():
    torch.manual_seed(0)
    trained = with_batch_norm(fresh_net())
    Trainer(trained, steps=30).epoch(batches(30, np.random.default_rng(0)))
    plain = fresh_net()
    plain.load_state_dict({name: torch.from_numpy(value) for name, value in folded(trained).items()})
    inputs = torch.rand(8, 1, SIZE, SIZE)
    with torch.inference_mode():
        torch.testing.assert_close(plain(inputs), trained.eval()(inputs), rtol=1e-3, atol=1e-4)
    assert not any(isinstance(module, nn.BatchNorm2d) for module in plain.modules())


def test_training_learns_and_its_average_follows():
    torch.manual_seed(0)
    trainer = Trainer(with_batch_norm(fresh_net()), steps=60)
    first = trainer.epoch(batches(30, np.random.default_rng(1)))
    assert trainer.epoch(batches(30, np.random.default_rng(2))) < first / 2
    inputs, targets, _ = next(batches(1, np.random.default_rng(3)))
    pictures = np.rint(inputs[:, 0].numpy() * 255).astype(np.uint8)
    assert (logits_of(trainer.average, pictures).argmax(axis=1) == targets.argmax(dim=1).numpy()).mean() > 0.95


def test_a_resumed_run_is_the_same_run():
    torch.manual_seed(0)
    whole = Trainer(with_batch_norm(fresh_net()), steps=8)
    whole.epoch(batches(4, np.random.default_rng(4)))
    checkpoint = io.BytesIO()
    torch.save(whole.state, checkpoint)
    checkpoint.seek(0)
    torch.manual_seed(1)
    resumed = Trainer(with_batch_norm(fresh_net()), steps=8)
    resumed.resume(torch.load(checkpoint, weights_only=True))
    for trainer in (whole, resumed):
        trainer.epoch(batches(4, np.random.default_rng(5)))
    for one, other in zip(whole.average.state_dict().values(), resumed.average.state_dict().values(), strict=True):
        torch.testing.assert_close(one, other)


def test_training_stops_when_asked():
    trainer = Trainer(with_batch_norm(fresh_net()), steps=8)
    trainer.epoch(batches(1, np.random.default_rng(0)))
    asked = iter([False, False, True])
    trainer.epoch(batches(9, np.random.default_rng(0)), should_stop=lambda: next(asked))
    assert trainer.step == 3


@pytest.mark.parametrize("share", [0.1, 0.5, 0.8, 1.0])
def test_a_begun_drawing_has_that_share_of_the_ink(share):
    drawing = drawing_from_lists([[(0, 0), (3, 0), (3, 4)], [(5, 5), (5, 8)]])
    ink = sum(np.hypot(*np.diff(s.points, axis=0).T).sum() for s in begun(drawing, share).strokes)
    assert ink == pytest.approx(10 * share, rel=1e-5)
    assert len(begun(drawing, 0.5).strokes) == 1


def test_variants_stay_in_the_input():
    rng = np.random.default_rng(0)
    for _ in range(100):
        label = int(rng.integers(10))
        left, top, right, bottom = vary(sketch(LABELS[label], rng), label, rng).bounds()
        assert min(left, top) > -0.05
        assert max(right, bottom) < 1.05
    bitmap = np.zeros((40, 40), np.uint8)
    bitmap[10:30, 18:22] = 255
    for _ in range(20):
        variant = vary_bitmap(bitmap, 0, rng)
        assert variant.shape == (SIZE, SIZE)
        assert variant.sum() > 5
        pixelled = vary_pixelled(sketch("heart", rng), LABELS.index("heart"), rng)
        assert pixelled.shape == (SIZE, SIZE)
        assert pixelled.sum() > 20


def test_a_pool_holds_what_its_recipe_says():
    rng = np.random.default_rng(0)
    samples = [Sample(label, "people", str(n), sketch(LABELS[label], rng)) for label in range(10) for n in range(3)]
    samples += [Sample(NONE, "people", "x", np.eye(28, dtype=np.uint8) * 255)]
    recipe = Recipe(people=4, sketched=5, none_people=6, none_sketched=7, unfinished=8, at_most=2)
    pool = build_pool(samples, recipe, np.random.default_rng(1))
    assert pool.inputs.shape == (len(pool.labels), SIZE, SIZE)
    assert pool.inputs.dtype == np.uint8
    for label in range(10):
        assert np.count_nonzero((pool.labels == label) & (pool.sureness == 1)) >= 9
    assert np.count_nonzero(pool.labels == NONE) == 2 + 7  # one person's drawing, twice at most
    assert (pool.sureness[pool.labels == NONE] == 0).all()
    again = build_pool(samples, recipe, np.random.default_rng(1))
    np.testing.assert_array_equal(pool.inputs, again.inputs)


def test_nobody_is_in_two_splits_and_the_splits_stay():
    drawing = drawing_from_lists([[(0, 0), (1, 1)]])
    people = [Sample(0, "hds", f"u{number}", drawing) for number in range(1000)]
    splits = [split_of(person) for person in people]
    assert splits == [split_of(Sample(3, "hds", person.person, drawing)) for person in people]
    shares = [splits.count(name) / 1000 for name in ("train", "validation", "test")]
    assert shares == pytest.approx([0.78, 0.10, 0.12], abs=0.04)


def test_proofreading_drops_what_cannot_be_and_names_hearts():
    """A net that answers by the first pixel stands in for the half-trained one."""

    class ByFirstPixel(nn.Module):
        def forward(self, inputs):
            return nn.functional.one_hot((inputs[:, 0, 0, 0] * 255).long(), 10).float() * 9

    heart, star = LABELS.index("heart"), LABELS.index("star")
    drawing = drawing_from_lists([[(0, 0), (1, 1)]])
    samples = [Sample(label, "hds", "a", drawing) for label in (star, star, UNKNOWN, UNKNOWN, NONE)]
    inputs = np.zeros((5, SIZE, SIZE), np.uint8)
    inputs[:, 0, 0] = [star, heart, heart, star, star]
    assert [sample.label for sample in proofread(samples, inputs, ByFirstPixel())] == [star, heart, NONE]
