"""The digits and the canvases that hide them: real, split once for all; the box holds the digit and nothing else."""

import numpy as np
import pytest
import torch

from course_utils.datasets.digits import PIECE, SIDE, TEST, Digits, box_mask, draw_canvases, load_digits
from course_utils.reproducibility import generator

TRAIN_DIGITS, TEST_DIGITS = load_digits()


def test_the_digits_are_scikit_learns_in_the_files_order():
    file = pytest.importorskip("sklearn.datasets").load_digits()
    images = torch.cat([TRAIN_DIGITS.images, TEST_DIGITS.images])
    assert images.shape == (1797, 8, 8) and images.dtype == torch.float32
    assert np.array_equal(images.numpy() * 16, file.images)
    assert np.array_equal(torch.cat([TRAIN_DIGITS.labels, TEST_DIGITS.labels]), file.target)
    assert len(TEST_DIGITS.labels) == TEST and float(images.min()) == 0 and float(images.max()) == 1


def test_every_digit_is_about_as_frequent_in_both_splits():
    for digits in (TRAIN_DIGITS, TEST_DIGITS):
        shares = torch.bincount(digits.labels, minlength=10) / len(digits.labels)
        assert ((shares > 0.08) & (shares < 0.12)).all()


def test_no_digit_stands_in_both_splits():
    seen = {image.numpy().tobytes() for image in TRAIN_DIGITS.images}
    assert not any(image.numpy().tobytes() in seen for image in TEST_DIGITS.images)


def test_the_file_goes_from_hand_to_hand():
    """The reason for the split: the digit most like a given one stands nearby, more often than chance would have it."""
    images = torch.cat([TRAIN_DIGITS.images, TEST_DIGITS.images]).flatten(1)
    labels = torch.cat([TRAIN_DIGITS.labels, TEST_DIGITS.labels])
    distances = torch.cdist(images, images)
    nearest = distances.fill_diagonal_(float("inf")).argmin(1)
    apart = (nearest - torch.arange(len(labels))).abs()
    order = torch.arange(len(labels))
    same = (labels[:, None] == labels) & (order[:, None] != order)
    nearby = (order[:, None] - order).abs() < 140
    by_chance = ((same & nearby).sum(1) / same.sum(1)).mean()
    assert (apart < 140).float().mean() == pytest.approx(0.59, abs=0.005)
    assert by_chance == pytest.approx(0.15, abs=0.005)


@pytest.mark.parametrize("size", [8, 20, 32, 45])
def test_the_box_holds_one_of_the_digits_and_nothing_else(size):
    canvases = draw_canvases(40, size, generator(0), TEST_DIGITS)
    assert canvases.images.shape == (40, 1, size, size) and canvases.boxes.shape == (40, 4)
    assert canvases.images.dtype == torch.float32 and 0 <= canvases.images.min() <= canvases.images.max() <= 1
    for image, label, (top, left, height, width) in zip(canvases.images, canvases.labels, canvases.boxes.tolist()):
        assert (height, width) == (SIDE, SIDE) and 0 <= top <= size - SIDE and 0 <= left <= size - SIDE
        inside = image[0, top : top + height, left : left + width]
        same = (TEST_DIGITS.images == inside).all(dim=(1, 2))
        assert (TEST_DIGITS.labels[same] == label).any()


@pytest.mark.parametrize("piece", [1, 2, 4])
def test_no_part_of_a_digit_larger_than_a_piece_is_in_the_clutter(piece):
    """Digits of nothing but ink make black squares: outside the box no more pixels are black than the pieces have."""
    block = Digits(torch.ones(1, 8, 8), torch.tensor([3]))
    canvases = draw_canvases(300, 12, generator(1), block, piece)
    pixels = box_mask(canvases.boxes, torch.arange(12))
    assert (canvases.images[:, 0][pixels] == 1).all()
    pieces = round(0.6 * 144 / piece**2)
    outside = (canvases.images[:, 0] * ~pixels).sum((1, 2))
    assert 0 < outside.max() <= pieces * piece**2
    paper = Digits(torch.zeros(1, 8, 8), torch.tensor([3]))
    assert draw_canvases(3, 16, generator(0), paper).images.sum() == 0  # no ink but the digits'


def test_clutter_is_as_dense_on_every_canvas_and_in_every_piece_and_lighter_than_a_digit():
    inks = []
    for size, piece in ((20, PIECE), (32, PIECE), (40, PIECE), (32, 4)):
        canvases = draw_canvases(300, size, generator(2), TRAIN_DIGITS, piece)
        outside = ~box_mask(canvases.boxes, torch.arange(size))
        inks.append(canvases.images[:, 0][outside].mean().item())
    assert max(inks[:3]) - min(inks[:3]) < 0.01 and max(inks) - min(inks) < 0.035
    assert min(inks) / TRAIN_DIGITS.images.mean().item() > 0.55 and max(inks) < 0.75 * TRAIN_DIGITS.images.mean().item()


def test_places_and_digits_are_even():
    canvases = draw_canvases(20_000, 12, generator(3), TRAIN_DIGITS)
    shares = torch.bincount(canvases.boxes[:, 0] * 5 + canvases.boxes[:, 1], minlength=25) / 20_000
    assert torch.allclose(shares, torch.full((25,), 1 / 25), atol=0.006)
    wanted = torch.bincount(TRAIN_DIGITS.labels) / len(TRAIN_DIGITS.labels)
    assert torch.allclose(torch.bincount(canvases.labels) / 20_000, wanted, atol=0.01)


def test_the_same_generator_draws_the_same():
    first, again, other = (draw_canvases(5, 20, generator(seed), TRAIN_DIGITS) for seed in (4, 4, 5))
    assert all(torch.equal(a, b) for a, b in zip(first, again))
    assert not torch.equal(first.images, other.images)


def test_a_cell_is_in_the_box_when_its_centre_is():
    mask = box_mask(torch.tensor([[4, 1, 8, 8], [5, 0, 8, 4]]), torch.arange(0, 16, 4))
    rows = [(0, 1, 1, 0), (0, 0, 1, 1)]
    columns = [(0, 1, 1, 0), (1, 0, 0, 0)]
    wanted = torch.stack([torch.outer(torch.tensor(r), torch.tensor(c)) for r, c in zip(rows, columns)]).bool()
    wanted[1] = torch.outer(torch.tensor([0, 0, 1, 1]), torch.tensor([1, 0, 0, 0])).bool()
    assert torch.equal(mask, wanted)


def test_box_mask_counts_as_a_loop_does():
    boxes = draw_canvases(30, 32, generator(6), TRAIN_DIGITS).boxes
    mask = box_mask(boxes, torch.arange(0, 32, 4))
    for (top, left, height, width), cells in zip(boxes.tolist(), mask.tolist()):
        for row in range(8):
            for column in range(8):
                inside = 4 * row in range(top, top + height) and 4 * column in range(left, left + width)
                assert cells[row][column] == inside


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"count": 0}, ValueError, "count is 0, expected at least 1"),
        ({"count": 2.0}, TypeError, "count must be a whole number, got float"),
        ({"count": True}, TypeError, "got bool"),
        ({"size": 7}, ValueError, "size is 7, expected at least 8"),
        ({"size": "32"}, TypeError, "size must be a whole number, got str"),
        ({"piece": 0}, ValueError, "piece is 0, expected at least 1"),
        ({"piece": 8}, ValueError, "piece is 8, expected at most 7: less than a digit"),
        ({"generator": 0}, TypeError, "generator must be a torch.Generator, got int"),
        ({"digits": TRAIN_DIGITS.images}, TypeError, "digits must be Digits, as load_digits gives; got Tensor"),
        ({"digits": Digits(None, None)}, TypeError, "digits.images must be a tensor of torch.float32, got NoneType"),
        ({"digits": Digits(torch.zeros(2, 8, 8).long(), torch.zeros(2))}, TypeError, "got torch.int64"),
        ({"digits": Digits(torch.zeros(2, 7, 8), torch.zeros(2))}, ValueError, "images of shape (2, 7, 8)"),
        ({"digits": Digits(torch.zeros(2, 8, 8), torch.zeros(3))}, ValueError, "labels of shape (3,)"),
        ({"digits": Digits(torch.zeros(0, 8, 8), torch.zeros(0))}, ValueError, "N at least 1"),
    ],
)
def test_what_cannot_be_drawn_is_refused_at_the_door(change, error, says):
    wanted = {"count": 2, "size": 16, "generator": generator(0), "digits": TRAIN_DIGITS} | change
    with pytest.raises(error) as caught:
        draw_canvases(**wanted)
    assert says in str(caught.value) and str(caught.value).startswith("draw_canvases: ")


@pytest.mark.parametrize(
    ("boxes", "centres"), [(torch.zeros(4), torch.arange(3)), (torch.zeros(2, 3), torch.arange(3)),
                           (torch.zeros(2, 4), torch.zeros(3, 1))]
)  # fmt: skip
def test_box_mask_names_the_shapes(boxes, centres):
    with pytest.raises(ValueError, match=r"box_mask: boxes have shape .* and centres .* expected \(N, 4\)"):
        box_mask(boxes, centres)
