"""Positions against their formulas, and against what they are for: telling places apart."""

import math

import pytest
import torch

from course_utils.layers import LearnedPositions, RelativeBias, SinusoidalPositions, sinusoidal_positions


def test_sinusoidal_positions_by_the_formula():
    table = sinusoidal_positions(12, 6)
    for position in (0, 1, 11):
        for pair in range(3):
            angle = position / 10_000 ** (2 * pair / 6)
            assert float(table[position, 2 * pair]) == pytest.approx(math.sin(angle), abs=1e-5)
            assert float(table[position, 2 * pair + 1]) == pytest.approx(math.cos(angle), abs=1e-5)


def test_the_match_of_two_waves_depends_on_their_distance_alone():
    table = sinusoidal_positions(40, 16).double()
    matches = table @ table.T
    for distance in (0, 1, 7, 20):
        diagonal = matches.diagonal(distance)
        rates = [10_000 ** (-2 * pair / 16) for pair in range(8)]
        assert torch.allclose(
            diagonal, torch.full_like(diagonal, sum(math.cos(distance * r) for r in rates)), atol=1e-4
        )


def test_sinusoidal_positions_are_added_from_the_start_given():
    x = torch.randn(2, 5, 6, dtype=torch.float64)
    layer = SinusoidalPositions(6)
    added = layer(x, start=3) - x
    assert added.dtype == torch.float64
    assert torch.allclose(added[0].float(), sinusoidal_positions(8, 6)[3:], atol=1e-6)
    assert torch.allclose(added[0], added[1])
    assert list(layer.parameters()) == []


def test_learned_positions_are_added_from_the_start_given_and_learn():
    layer = LearnedPositions(7, 4)
    x = torch.randn(2, 3, 4)
    layer(x, start=2).sum().backward()
    assert torch.allclose(layer(x, start=2) - x, layer.vectors[2:5].expand(2, 3, 4), atol=1e-6)
    rows_with_gradient = layer.vectors.grad.abs().sum(1) > 0
    assert rows_with_gradient.tolist() == [False, False, True, True, True, False, False]


def test_relative_bias_by_brute_force():
    layer = RelativeBias(num_heads=2, max_distance=3)
    with torch.no_grad():
        layer.table.copy_(torch.randn(2, 7))
    bias = layer(6)
    for head in range(2):
        for query in range(6):
            for key in range(6):
                distance = max(-3, min(3, key - query))
                assert bias[head, query, key] == layer.table[head, distance + 3]


def test_relative_bias_of_the_last_queries_is_the_end_of_the_whole():
    layer = RelativeBias(2, 4)
    torch.nn.init.normal_(layer.table)
    assert torch.equal(layer(2, 7), layer(7)[:, -2:])
    assert layer(0, 3).shape == (2, 0, 3)


def test_relative_bias_starts_by_preferring_nothing():
    assert torch.equal(RelativeBias(2, 3)(5), torch.zeros(2, 5, 5))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: sinusoidal_positions(3, 5), "d_model 5"),
        (lambda: sinusoidal_positions(-1, 4), "length is -1"),
        (lambda: SinusoidalPositions(7), "d_model 7"),
        (lambda: SinusoidalPositions(4)(torch.zeros(1, 3, 6)), r"x has shape \(1, 3, 6\), expected \(batch, T, 4\)"),
        (lambda: SinusoidalPositions(4)([1, 2]), "x has type list"),
        (lambda: SinusoidalPositions(4)(torch.zeros(1, 3, 4), start=-1), "start is -1"),
        (lambda: LearnedPositions(0, 4), "max_length is 0"),
        (lambda: LearnedPositions(4, 4)(torch.zeros(1, 5, 4)), "only 4 were learned, 0 to 3"),
        (lambda: LearnedPositions(4, 4)(torch.zeros(1, 2, 4), start=3), "positions 3 to 4 are asked for"),
        (lambda: LearnedPositions(4, 4)(torch.zeros(5, 4)), r"x has shape \(5, 4\)"),
        (lambda: RelativeBias(0, 4), "num_heads is 0"),
        (lambda: RelativeBias(1, -4), "max_distance -4"),
        (lambda: RelativeBias(1, 4)(5, 3), "T_q is 5 and T_k is 3"),
    ],
)
def test_bad_input_is_named(make, said):
    with pytest.raises(ValueError, match=said):
        make()
