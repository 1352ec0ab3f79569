"""Patches against PyTorch's unfold, edge directions against gratings whose direction is known."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from course_utils.features.patches import (
    ORIENTATIONS,
    cut_patches,
    edge_strengths,
    edges_alike,
    patch_features,
    patch_grid,
    patch_orientations,
)


def grating(degrees: float, height: int = 40, width: int = 60, period: float = 7.0) -> torch.Tensor:
    """Stripes that run in the given direction, counter-clockwise from horizontal as one sees them."""
    down, right = torch.meshgrid(torch.arange(float(height)), torch.arange(float(width)), indexing="ij")
    angle = math.radians(degrees)
    across = right * math.sin(angle) + down * math.cos(angle)  # distance across the stripes; rows count downwards
    return 0.5 + 0.4 * torch.sin(2 * math.pi * across / period)


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 5), st.integers(1, 5), st.integers(1, 6), st.integers(1, 3))
def test_patches_are_those_of_unfold(rows, columns, size, batch):
    images = torch.rand(batch, rows * size, columns * size)
    expected = F.unfold(images[:, None], size, stride=size).transpose(1, 2)  # (batch, N, size*size)
    assert torch.equal(cut_patches(images, size), expected)
    assert torch.equal(cut_patches(images[0], size), expected[0])
    assert patch_grid(images, size) == patch_grid(images[0], size) == (rows, columns)


def test_patches_by_hand():
    image = torch.arange(8.0).reshape(2, 4)
    assert cut_patches(image, 2).tolist() == [[0, 1, 4, 5], [2, 3, 6, 7]]
    assert cut_patches(image, 1).tolist() == [[float(n)] for n in range(8)]


@pytest.mark.parametrize("degrees", [0, 10, 22.5, 45, 77, 90, 120, 157.5, 175])
def test_a_grating_has_the_direction_it_was_drawn_with(degrees):
    found, agreement = patch_orientations(grating(degrees), 10)
    inside = torch.tensor([7, 8, 9, 10])  # patches away from the picture's edge
    off = (found[inside] - degrees + 90) % 180 - 90
    assert off.abs().max() < 5 and agreement[inside].min() > 0.9


@pytest.mark.parametrize("step", range(ORIENTATIONS))
def test_the_strongest_direction_of_a_grating_is_its_own(step):
    strengths = edge_strengths(grating(step * 180 / ORIENTATIONS), 20)
    assert (strengths.argmax(-1) == step).all()


def test_the_strengths_add_up_to_the_mean_length_of_the_gradient():
    slope = torch.arange(20.0).expand(20, 20) * 0.03  # 0.03 brighter with every column: vertical edges
    middle = edge_strengths(slope, 4).reshape(5, 5, -1)[1:-1, 1:-1]
    expected = torch.zeros(ORIENTATIONS)
    expected[ORIENTATIONS // 2] = 0.03
    assert torch.allclose(middle, expected.expand_as(middle), atol=1e-6)


def test_angles_are_doubled_before_they_are_averaged():
    """Edges at 175 and at 5 degrees agree on 0, not on 90; a cross agrees on nothing."""
    found, agreement = patch_orientations(grating(175) + grating(5), 20)
    assert (((found + 90) % 180 - 90).abs() < 10).all() and agreement.min() > 0.8
    _, agreement = patch_orientations(grating(0, 84, 84) + grating(90, 84, 84), 84)
    assert agreement.max() < 0.1


def test_features_have_length_one_and_find_the_same_direction():
    image = torch.cat([grating(30), grating(120)], dim=1)
    features = patch_features(image, 10)
    assert features.shape == (4 * 12, ORIENTATIONS + 3)
    assert torch.allclose(features.norm(dim=-1), torch.ones(48), atol=1e-5)
    left = torch.arange(48) % 12 < 6
    similarity = features @ features.T
    inside = (torch.arange(48) // 12 % 3 != 0) & ~torch.isin(torch.arange(48) % 12, torch.tensor([0, 5, 6, 11]))
    similarity.fill_diagonal_(-2)
    nearest = similarity[inside][:, inside].argmax(-1)
    assert (left[inside][nearest] == left[inside]).all()


def slopes_pixel_by_pixel(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    framed = np.pad(image, 1, mode="edge")
    return (framed[1:-1, 2:] - framed[1:-1, :-2]) / 2, (framed[2:, 1:-1] - framed[:-2, 1:-1]) / 2


def test_features_are_what_their_docstring_says_step_by_step():
    image = torch.rand(20, 30, generator=torch.Generator().manual_seed(1)).double()
    pixels = image.numpy()
    across, down = slopes_pixel_by_pixel(pixels)
    framed = np.pad(pixels, 2, mode="edge")
    blurred = np.mean([framed[r : r + 20, c : c + 30] for r in range(5) for c in range(5)], axis=0)
    coarse = np.hypot(*slopes_pixel_by_pixel(blurred))
    parts = ([], [])
    for top, left in itertools.product((0, 10), (0, 10, 20)):
        here = slice(top, top + 10), slice(left, left + 10)
        strengths = np.zeros(ORIENTATIONS)
        for x, y in zip(across[here].ravel(), down[here].ravel()):
            place = (math.degrees(math.atan2(-y, x)) + 90) % 180 / 22.5  # the edge stands across the slope
            lower = math.floor(place)
            strengths[lower % 8] += (lower + 1 - place) * math.hypot(x, y) / 100
            strengths[(lower + 1) % 8] += (place - lower) * math.hypot(x, y) / 100
        parts[0].append(strengths / (strengths.sum() + 0.02))
        parts[1].append(np.log(np.array([strengths.sum(), coarse[here].mean(), pixels[here].std()]) + 0.01))
    scaled = [(np.array(p) - np.mean(p, axis=0)) / np.std(p, axis=0) / len(p[0]) ** 0.5 for p in parts]
    expected = np.concatenate(scaled, axis=1)
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    assert np.allclose(patch_features(image, 10).numpy(), expected, atol=1e-6)


def test_features_tell_fine_from_coarse_and_faint_from_strong():
    for other in (grating(30, period=20.0), 0.5 + 0.1 * (grating(30) - 0.5)):
        features = patch_features(torch.cat([grating(30), other], dim=1), 10)
        left = torch.arange(48) % 12 < 6
        similarity = features @ features.T
        assert similarity[left][:, left].mean() > similarity[left][:, ~left].mean() + 0.5


def test_features_do_not_depend_on_brightness_nor_on_the_batch():
    image = torch.cat([grating(30), grating(120)], dim=1) * 0.5
    assert torch.allclose(patch_features(image + 0.4, 10), patch_features(image, 10), atol=1e-3)
    both = patch_features(torch.stack([image, image.flip(1)]), 10)
    assert torch.allclose(both[0], patch_features(image, 10), atol=1e-6)
    assert torch.allclose(both[1], patch_features(image.flip(1), 10), atol=1e-6)


def test_a_picture_without_edges_has_no_features():
    blank = torch.full((20, 30), 0.3)
    assert not patch_features(blank, 10).any()
    _, agreement = patch_orientations(blank, 10)
    assert not agreement.any()


def test_edges_of_the_same_direction_are_alike_and_blank_patches_like_nothing():
    image = torch.cat([grating(3), grating(175), grating(45), torch.full((40, 60), 0.5)], dim=1)
    alike = edges_alike(image, 20)  # two rows of twelve patches; every third column has whole patches of one kind only
    assert not alike.diagonal().any() and torch.equal(alike, alike.T)
    kind = torch.arange(24) % 12 // 3
    middle = torch.arange(24) % 3 == 1
    flat, slanting, blank = ((kind == 0) | (kind == 1)) & middle, (kind == 2) & middle, (kind == 3) & middle
    assert alike[flat][:, flat].sum() == flat.sum() * (flat.sum() - 1)  # 3 and 175 are 8 degrees apart
    assert not alike[flat][:, slanting].any() and alike[slanting][:, slanting].any()
    assert not alike[blank].any() and not alike[:, blank].any()


@pytest.mark.parametrize(
    "function", [patch_grid, cut_patches, edge_strengths, patch_orientations, edges_alike, patch_features]
)
@pytest.mark.parametrize(
    ("image", "size", "error", "message"),
    [
        (torch.zeros(4, 4, dtype=torch.uint8), 2, TypeError, "floats from 0 .* torch.uint8"),
        ([[0.0]], 1, TypeError, "floats from 0 .* list"),
        (torch.zeros(4), 2, ValueError, r"shape \(4,\)"),
        (torch.zeros(2, 3, 4, 4), 2, ValueError, r"\(2, 3, 4, 4\), expected \(H, W\) or \(batch, H, W\)"),
        (torch.zeros(0, 4), 2, ValueError, r"shape \(0, 4\)"),
        (torch.full((4, 4), torch.nan), 2, ValueError, "NaN"),
        (torch.zeros(4, 4), 2.0, TypeError, "whole number of pixels, got float"),
        (torch.zeros(4, 4), True, TypeError, "whole number of pixels, got bool"),
        (torch.zeros(4, 4), 0, ValueError, "size is 0"),
        (torch.zeros(4, 4), 3, ValueError, "divides height 4 and width 4"),
        (torch.zeros(4, 6), 4, ValueError, "divides height 4 and width 6"),
    ],
)
def test_what_is_no_picture_or_no_patch_size_is_refused(function, image, size, error, message):
    with pytest.raises(error, match=message):
        function(image, size)
