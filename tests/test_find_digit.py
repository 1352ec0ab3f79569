"""Networks that find a digit: equal but for the pool, whose maps and contributions are what they are said to be."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from course_utils.datasets.digits import Canvases, draw_canvases, load_digits
from course_utils.experiments import find_digit, find_digit_controls
from course_utils.models.find_digit import (
    CELL,
    POOLS,
    RECEPTIVE_FIELD,
    DigitFinder,
    SpatialGate,
    cell_centres,
    contributions,
)
from course_utils.reproducibility import generator
from course_utils.training import count_parameters


def network(pool):
    """Not trained, but no longer at its start: attention's query and the gate's statistics are something."""
    torch.manual_seed(0)
    model = DigitFinder(pool)
    if pool == "attention":
        nn.init.normal_(model.pool.query, std=3.0)
    if pool == "gate":
        model.pool.normalise.running_mean += 0.1
        model.pool.normalise.running_var += 0.5
        nn.init.constant_(model.pool.normalise.bias, 0.3)
    return model.eval()


def canvases(count=6, size=32, seed=0):
    return draw_canvases(count, size, generator(seed), load_digits()[0])


@pytest.mark.parametrize("pool", POOLS)
@pytest.mark.parametrize("size", [8, 20, 32, 41])
def test_shapes_and_weights_that_sum_to_one(pool, size):
    images = canvases(size=size).images
    logits, weights = network(pool)(images)
    cells = -(-size // CELL)
    assert logits.shape == (6, 10) and weights.shape == (6, cells, cells) and len(cell_centres(size)) == cells
    assert torch.allclose(weights.sum((1, 2)), torch.ones(6), atol=1e-5) and (weights >= 0).all()


def test_budgets_are_equal_to_less_than_one_percent():
    counts = {pool: count_parameters(DigitFinder(pool)) for pool in POOLS}
    by_hand = (9 * 16 + 16) + (9 * 16 * 24 + 24) + (24 * 10 + 10)
    assert counts == {"mean": by_hand, "max": by_hand, "gate": by_hand + 18 + 2, "attention": by_hand + 24}
    assert max(counts.values()) < 1.01 * min(counts.values())


def test_attention_starts_as_the_mean():
    outputs = []
    for pool in ("mean", "attention"):
        torch.manual_seed(3)
        outputs.append(DigitFinder(pool)(canvases().images)[0])
    assert torch.allclose(*outputs, atol=1e-6)


def test_the_gate_is_the_papers_formula():
    """Written as a loop over the cells, with the mean and the maximum over the features, and paper all around."""
    torch.manual_seed(1)
    gate, features = network("gate").pool, torch.randn(2, 5, 3, 4)
    kernel, norm = gate.convolution.weight[0], gate.normalise
    pooled, weights = gate(features)
    for b in range(2):
        numbers = torch.zeros(3, 4)
        for row in range(3):
            for column in range(4):
                total = 0.0
                for i in (-1, 0, 1):
                    for j in (-1, 0, 1):
                        if 0 <= row + i < 3 and 0 <= column + j < 4:
                            cell = features[b, :, row + i, column + j]
                            total += kernel[0, i + 1, j + 1] * cell.mean() + kernel[1, i + 1, j + 1] * cell.max()
                scaled = (total - norm.running_mean) / (norm.running_var + norm.eps).sqrt() * norm.weight + norm.bias
                numbers[row, column] = 1 / (1 + torch.exp(-scaled.squeeze()))
        assert torch.allclose(pooled[b], (features[b] * numbers).sum((1, 2)) / 12, atol=1e-5)
        assert torch.allclose(weights[b], numbers / numbers.sum(), atol=1e-5)


@pytest.mark.parametrize("pool", ["mean", "max", "attention"])
def test_what_is_pooled_does_not_depend_on_the_order_of_the_cells(pool):
    model, cells = network(pool), torch.randn(3, 64, 24)
    order = torch.randperm(64)
    pooled, weights = model.pool(cells)
    shuffled, moved = model.pool(cells[:, order])
    assert torch.allclose(pooled, shuffled, atol=1e-5) and torch.allclose(weights[:, order], moved, atol=1e-6)


def test_the_gate_looks_at_neighbours_so_order_matters_to_it():
    model, features = network("gate"), torch.randn(3, 24, 8, 8)
    shuffled = features.flatten(2)[:, :, torch.randperm(64)].view_as(features)
    assert not torch.allclose(model.pool(features)[0], model.pool(shuffled)[0], atol=1e-3)


@pytest.mark.parametrize("pool", POOLS)
def test_a_picture_moved_by_a_cell_moves_the_map_by_a_cell_and_changes_no_answer(pool):
    image = torch.zeros(1, 1, 40, 40)
    image[..., 16:24, 12:20] = load_digits()[0].images[7]
    model = network(pool)
    logits, weights = model(image)
    moved_logits, moved = model(image.roll((CELL, 2 * CELL), dims=(2, 3)))
    assert torch.allclose(logits, moved_logits, atol=1e-4)
    inner = moved[:, 3:-2, 4:-2]  # where no edge of the canvas is seen
    assert torch.allclose(inner, weights[:, 2:-3, 2:-4], atol=1e-5)


def test_a_cell_sees_seven_pixels_round_its_centre():
    for cell in (1, 4, 6):
        image = torch.rand(1, 1, 32, 32, requires_grad=True)
        DigitFinder("mean").features(image)[0, :, cell, cell].sum().backward()
        seen = image.grad[0, 0].abs().sum(0).nonzero().flatten()
        half = RECEPTIVE_FIELD // 2
        centre = int(cell_centres(32)[cell])
        assert (seen.min(), seen.max()) == (centre - half, centre + half)


@pytest.mark.parametrize("pool", POOLS)
def test_contributions_add_up_to_the_logits_difference(pool):
    model, images = network(pool), canvases().images
    logits, weights = model(images)
    added = contributions(model, images)
    answer, bias = logits.argmax(-1), model.output.bias
    difference = logits.amax(-1) - logits.mean(-1) - (bias[answer] - bias.mean())
    assert added.shape == weights.shape
    assert torch.allclose(added.sum((1, 2)), difference, atol=1e-4)


@pytest.mark.parametrize(
    ("images", "error", "says"),
    [
        (torch.zeros(2, 32, 32), ValueError, "(2, 32, 32), expected (batch, 1, H, W)"),
        (torch.zeros(2, 3, 32, 32), ValueError, "(2, 3, 32, 32)"),
        (torch.zeros(0, 1, 32, 32), ValueError, "(0, 1, 32, 32)"),
        (torch.zeros(2, 1, 32, 32, dtype=torch.uint8), TypeError, "got torch.uint8"),
        ([[0.0]], TypeError, "got list"),
    ],
)
def test_what_is_no_picture_is_refused(images, error, says):
    with pytest.raises(error) as caught:
        DigitFinder("mean")(images)
    assert str(caught.value).startswith("DigitFinder: images") and says in str(caught.value)


def test_other_pools_and_features_are_refused():
    with pytest.raises(ValueError, match="pool is 'median', expected one of 'mean', 'max', 'gate', 'attention'"):
        DigitFinder("median")
    with pytest.raises(ValueError, match=r"SpatialGate: features have shape \(2, 64, 24\)"):
        SpatialGate()(torch.zeros(2, 64, 24))


# The experiment's measures


def by_hand():
    """Two canvases of 16 pixels, so 4 by 4 cells; boxes from pixel 4 and from pixel 8."""
    images = torch.ones(2, 1, 16, 16)
    return Canvases(images, torch.tensor([1, 2]), torch.tensor([[4, 4, 8, 8], [8, 5, 8, 8]]))


def test_the_true_cells_are_two_by_two():
    cells = find_digit.true_cells(by_hand())
    assert cells[0].nonzero().tolist() == [[1, 1], [1, 2], [2, 1], [2, 2]]
    assert cells[1].nonzero().tolist() == [[2, 2], [2, 3], [3, 2], [3, 3]]
    many = find_digit.true_cells(canvases(500, 32))
    assert (many.sum((1, 2)) == 4).all()


def test_mass_and_pointing_of_maps_written_by_hand():
    maps = torch.zeros(2, 4, 4)
    maps[0, 1, 2], maps[0, 0, 0] = 0.75, 0.25
    maps[1, 0, 0], maps[1, 3, 3] = 0.625, 0.375
    mass, pointing = find_digit.mass_and_pointing(maps, by_hand())
    assert (mass, pointing) == (pytest.approx((0.75 + 0.375) / 2), 0.5)
    assert find_digit.top_cells(maps).tolist() == [[1, 2], [0, 0]]


def test_boxes_round_cells_are_a_digits_size_everywhere_and_are_taken_out():
    boxes = find_digit.boxes_round(torch.tensor([[2, 1], [0, 3]]), 16)
    assert boxes.tolist() == [[4, 0, 8, 8], [0, 8, 8, 8]]  # centres (8, 4), and (0, 12), which is moved in
    left = find_digit.without(by_hand(), boxes)
    assert ((left.images == 0).sum((1, 2, 3)) == 64).all() and torch.equal(left.labels, by_hand().labels)
    assert (left.images[0, 0, 4:12, 0:8] == 0).all() and (left.images[1, 0, 0:8, 8:16] == 0).all()
    assert (by_hand().images == 1).all()  # the canvases themselves are as they were


def test_clutter_comes_from_the_same_place_of_another_canvas_without_a_digit_there():
    """Each pixel holds its canvas's number, those of a digit 1000 more; so every pixel tells where it is from."""
    test = canvases(300)
    numbered = torch.arange(300.0)[:, None, None, None].expand(300, 1, 32, 32).clone()
    for number, (top, left, height, width) in enumerate(test.boxes.tolist()):
        numbered[number, 0, top : top + height, left : left + width] += 1000
    boxes = find_digit.random_boxes(test, 0)
    changed = find_digit_controls.with_clutter(test._replace(images=numbered), boxes, 0).images
    donors = set()
    for number, (top, left, height, width) in enumerate(boxes.tolist()):
        region = changed[number, 0, top : top + height, left : left + width]
        assert (region == region[0, 0]).all() and region[0, 0] < 1000 and region[0, 0] != number
        donors.add(int(region[0, 0]))
        changed[number, 0, top : top + height, left : left + width] = numbered[
            number, 0, top : top + height, left : left + width
        ]
    assert torch.equal(changed, numbered) and len(donors) > 100  # all else as it was


def test_a_box_for_which_no_canvas_has_clutter_is_refused():
    alike = Canvases(torch.zeros(3, 1, 16, 16), torch.zeros(3, dtype=torch.long), torch.tensor([[4, 4, 8, 8]] * 3))
    with pytest.raises(ValueError, match="of 3 canvases, none has clutter alone"):
        find_digit_controls.with_clutter(alike, alike.boxes, 0)


def test_the_ink_map_is_the_mean_of_what_a_cell_sees():
    images, half = canvases().images, RECEPTIVE_FIELD // 2
    maps = find_digit_controls.ink_maps(images)
    assert maps.shape == (6, 8, 8)
    for row, column in ((0, 0), (3, 5), (7, 7)):
        middle, right = CELL * row, CELL * column
        seen = images[:, 0, max(middle - half, 0) : middle + half + 1, max(right - half, 0) : right + half + 1]
        assert torch.allclose(maps[:, row, column], seen.sum((1, 2)) / RECEPTIVE_FIELD**2, atol=1e-6)


def test_random_boxes_lie_everywhere_alike():
    many = Canvases(torch.zeros(20_000, 1, 32, 32), torch.zeros(20_000), torch.zeros(20_000, 4))
    boxes = find_digit.random_boxes(many, 0)
    assert boxes.min() == 0 and (boxes[:, :2] + boxes[:, 2:]).max() == 32
    shares = torch.bincount(boxes[:, 0] // 4, minlength=7) / 20_000  # the rows of cells 0 and 1 have the same box
    assert torch.allclose(shares, torch.tensor([2.0, 1, 1, 1, 1, 1, 1]) / 8, atol=0.01)


def test_both_maps_sum_to_one():
    test = canvases(200)
    for pool in POOLS:
        for one_map in find_digit.maps_of(network(pool), test.images):
            assert torch.allclose(one_map.sum((1, 2)), torch.ones(200), atol=1e-4)


def test_training_repeats_and_learns():
    first, losses = find_digit.train("attention", 0, size=12, steps=200)
    again, _ = find_digit.train("attention", 0, size=12, steps=200)
    test = find_digit.fresh_canvases(0, 12)
    assert all(torch.equal(a, b) for a, b in zip(first.state_dict().values(), again.state_dict().values()))
    assert losses[0] == pytest.approx(F.cross_entropy(torch.zeros(1, 10), torch.tensor([0])).item(), abs=0.2)
    assert find_digit.accuracy(first, test) > 0.3 and sum(losses[-10:]) < sum(losses[:10])


def test_on_step_sees_the_model_as_in_a_test_and_changes_no_training():
    seen = []
    watched, losses = find_digit.train(
        "gate", 1, size=8, steps=3, on_step=lambda model, step: seen.append((step, model.training))
    )
    _, alone = find_digit.train("gate", 1, size=8, steps=3)
    assert seen == [(1, False), (2, False), (3, False)] and losses == alone and not watched.training
