import math

import numpy as np
import pytest
import torch
from torch import nn

from course_utils.experiments import gradients, probe
from course_utils.interpretability import (
    attention_mass,
    fit_linear_probe,
    gradient_by_distance,
    hit_rate,
    log_slope,
    probe_accuracy,
    rank_correlation,
    rollout,
)
from course_utils.models.recall import orthogonal_matrix, recurrent_states
from course_utils.reproducibility import generator


@pytest.fixture
def examples():
    random = generator(0)
    return torch.randn(60, 7, generator=random) + 2.0, torch.randint(4, (60,), generator=random)


@pytest.mark.parametrize("penalty", [0.0, 0.1, 50.0])
def test_probe_equals_least_squares_on_augmented_rows(examples, penalty):
    features, labels = (tensor.numpy() for tensor in examples)
    rows = np.vstack([np.c_[features, np.ones(60)], np.c_[math.sqrt(penalty) * np.eye(7), np.zeros(7)]])
    targets = np.vstack([np.eye(4)[labels], np.zeros((7, 4))])
    expected = np.linalg.lstsq(rows, targets, rcond=None)[0]
    assert np.allclose(fit_linear_probe(*examples, 4, penalty).numpy(), expected, atol=1e-8)


def test_probe_equals_scikit_learns_ridge(examples):
    linear_model = pytest.importorskip("sklearn.linear_model")
    features, labels = (tensor.numpy() for tensor in examples)
    ridge = linear_model.Ridge(alpha=3.0).fit(features.astype(float), np.eye(4)[labels])
    expected = np.c_[ridge.coef_, ridge.intercept_].T
    assert np.allclose(fit_linear_probe(*examples, 4, penalty=3.0).numpy(), expected, atol=1e-8)


def test_probe_finds_what_is_there_and_guesses_where_nothing_is():
    random = generator(0)
    labels = torch.randint(8, (4_000,), generator=random)
    telling = torch.randn(8, 10, generator=random)[labels]
    silent = torch.randn(4_000, 10, generator=random)
    for features, low, high in ((telling, 1.0, 1.0), (silent, 0.08, 0.17)):
        fitted = fit_linear_probe(features[:2_000], labels[:2_000], 8)
        assert low <= probe_accuracy(fitted, features[2_000:], labels[2_000:]) <= high


def test_linear_gradient_is_a_power_of_the_matrix():
    W_h = torch.randn(5, 5, generator=generator(0), dtype=torch.float64)
    inputs = torch.randn(3, 9, 5, generator=generator(1), dtype=torch.float64)
    sizes = gradient_by_distance(lambda x: recurrent_states(x, W_h, nn.Identity())[:, -1], inputs)
    expected = [np.linalg.norm(np.linalg.matrix_power(W_h.numpy(), k)) for k in range(9)]
    assert np.allclose(sizes.numpy(), expected)


def test_tanh_gradient_is_the_product_of_the_steps():
    W_h = orthogonal_matrix(4, 0.9, generator(0))
    inputs = torch.randn(1, 6, 4, generator=generator(1), dtype=torch.float64)
    states = recurrent_states(inputs, W_h)[0].numpy()
    sizes = gradient_by_distance(lambda x: recurrent_states(x, W_h)[:, -1], inputs).numpy()
    jacobian = np.eye(4)
    for k in range(6):
        slopes = np.diag(1 - states[5 - k] ** 2)  # tanh' at that state
        assert sizes[k] == pytest.approx(np.linalg.norm(jacobian @ slopes))
        jacobian = jacobian @ slopes @ W_h.numpy()


def test_gradient_agrees_with_pytorchs_jacobian_and_leaves_the_inputs_alone():
    torch.manual_seed(0)
    net = nn.GRU(3, 4, batch_first=True).double()
    inputs = torch.randn(2, 5, 3, dtype=torch.float64)
    sizes = gradient_by_distance(lambda x: net(x)[0][:, -1], inputs)
    for row in range(2):
        jacobian = torch.autograd.functional.jacobian(lambda x: net(x[None])[0][0, -1], inputs[row])  # (4, 5, 3)
        expected = jacobian.square().sum(dim=(0, 2)).sqrt().flip(0)
        alone = gradient_by_distance(lambda x: net(x)[0][:, -1], inputs[row : row + 1])
        assert torch.allclose(alone, expected)
        sizes = sizes - expected / 2
    assert torch.allclose(sizes, torch.zeros(5, dtype=torch.float64))
    assert not inputs.requires_grad


@pytest.mark.parametrize("factor", [0.5, 1.0, 1.1])
def test_log_slope_of_a_geometric_row(factor):
    sizes = 3.0 * factor ** torch.arange(20, dtype=torch.float64)
    assert math.exp(log_slope(sizes)) == pytest.approx(factor)
    sizes[0] = 100.0
    assert math.exp(log_slope(sizes, first=1)) == pytest.approx(factor)


def test_log_slope_equals_polyfit():
    sizes = torch.rand(12, generator=generator(0), dtype=torch.float64) + 0.1
    assert log_slope(sizes, first=2) == pytest.approx(np.polyfit(np.arange(10), np.log(sizes[2:].numpy()), 1)[0])


def test_attention_mass_and_hit_rate_by_hand():
    weights = torch.tensor([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6], [0.5, 0.1, 0.4]])
    first = torch.tensor([True, False, False])
    assert attention_mass(weights, first) == pytest.approx((0.7 + 0.1 + 0.5) / 3)
    assert hit_rate(weights, first) == pytest.approx(2 / 3)
    own = torch.tensor([[True, False, True], [False, True, False], [False, False, True]])  # another place each
    assert attention_mass(weights, own) == pytest.approx((0.8 + 0.3 + 0.4) / 3)
    assert hit_rate(weights, own) == pytest.approx(1 / 3)


def test_rollout_of_two_layers_by_hand():
    first = torch.tensor([[1.0, 0.0], [0.5, 0.5]])[None, None]
    second = torch.tensor([[0.0, 1.0], [0.0, 1.0]])[None, None]
    # half a map and half the identity: [[1, 0], [1/4, 3/4]], then [[1/2, 1/2], [0, 1]]; the later one on the left
    expected = torch.tensor([[[0.625, 0.375], [0.25, 0.75]]])
    torch.testing.assert_close(rollout([first, second]), expected)


@pytest.mark.parametrize("layers", [1, 2, 5])
def test_rollout_of_identities_and_of_uniform_maps(layers):
    identity = torch.eye(4).expand(2, 3, 4, 4)
    torch.testing.assert_close(rollout([identity] * layers), torch.eye(4).expand(2, 4, 4))
    kept = 0.5**layers  # of a token's own share nothing but the stream is left; the rest is uniform
    expected = kept * torch.eye(4) + (1 - kept) / 4
    torch.testing.assert_close(rollout([torch.full((2, 3, 4, 4), 0.25)] * layers), expected.expand(2, 4, 4))


def test_rollout_equals_the_stream_of_a_linear_network_and_averages_its_heads():
    weights = [torch.rand(2, 3, 5, 5, generator=generator(seed), dtype=torch.float64) for seed in (0, 1, 2)]
    weights = [layer / layer.sum(-1, keepdim=True) for layer in weights]
    x = torch.randn(2, 5, 7, generator=generator(3), dtype=torch.float64)
    state = x
    for layer in weights:  # every head hands over the state itself
        state = (state + sum(layer[:, head] @ state for head in range(3)) / 3) / 2
    shares = rollout(weights)
    torch.testing.assert_close(shares @ x, state)
    torch.testing.assert_close(shares.sum(-1), torch.ones(2, 5, dtype=torch.float64))
    assert not torch.allclose(shares, rollout(weights[::-1]))


def test_rank_correlation_equals_scipys_with_and_without_ties():
    stats = pytest.importorskip("scipy.stats")
    for first, second in [
        (torch.randn(6, 9, generator=generator(0)), torch.randn(6, 9, generator=generator(1))),
        (torch.randint(4, (6, 9), generator=generator(2)), torch.randint(3, (6, 9), generator=generator(3))),
    ]:
        expected = np.mean([stats.spearmanr(a, b).statistic for a, b in zip(first.numpy(), second.numpy())])
        assert rank_correlation(first, second) == pytest.approx(expected, abs=1e-5)
        assert rank_correlation(first, -first) == pytest.approx(-1, abs=1e-5)


@pytest.mark.parametrize("radius", [0.5, 0.9, 1.0, 1.1])
def test_plain_gradients_fade_by_the_spectral_radius_and_tanh_by_more(radius):
    linear = gradients.plain_gradients(radius, nn.Identity(), seed=7, distance=20)
    bent = gradients.plain_gradients(radius, torch.tanh, seed=7, distance=20)
    assert np.allclose((linear[1:] / linear[:-1]).numpy(), radius)
    assert math.exp(log_slope(bent)) < radius


def test_attended_values_hold_the_symbol_that_was_asked_for():
    tokens = torch.randint(8, (200, 32), generator=generator(0))
    for k in (0, 2, 16, 31):
        brought = probe.attended_values(tokens, k, generator(1))
        symbols = torch.randn(8, probe.D_MODEL, generator=generator(1), dtype=torch.float64)
        nearest = torch.cdist(brought, symbols).argmin(dim=-1)
        assert torch.equal(nearest, tokens[:, -1 - k])


def test_bad_input_is_named(examples):
    features, labels = examples
    fitted = fit_linear_probe(features, labels, 4)
    weights, maps = torch.full((2, 4), 0.25), torch.full((1, 2, 3, 3), 1 / 3)
    cases = [
        (lambda: fit_linear_probe(features[0], labels, 4), ValueError, r"\(7,\)"),
        (lambda: fit_linear_probe(features, labels[:-1], 4), ValueError, r"labels \(59,\)"),
        (lambda: fit_linear_probe(features, labels.float(), 4), ValueError, "whole numbers"),
        (lambda: fit_linear_probe(features, labels, 3), ValueError, "expected 0 to 2"),
        (lambda: fit_linear_probe(features, labels, 4, -1.0), ValueError, "penalty is -1.0"),
        (lambda: probe_accuracy(fitted, features[:, :5], labels), ValueError, r"\(6, num_classes\)"),
        (lambda: gradient_by_distance(lambda x: x, torch.zeros(3, 4)), ValueError, r"\(batch, T, d\)"),
        (lambda: gradient_by_distance(lambda x: x, torch.zeros(2, 3, 4)), ValueError, "d_out"),
        (lambda: log_slope(torch.tensor([1.0, 0.0, 2.0])), ValueError, "smallest 0"),
        (lambda: log_slope(torch.ones(3), first=2), ValueError, "from entry 2 on"),
        (lambda: attention_mass(weights, torch.ones(2, 4)), TypeError, "boolean"),
        (lambda: hit_rate(weights, torch.ones(3, dtype=torch.bool)), ValueError, r"shape \(3,\)"),
        (lambda: rank_correlation(features, features[:, 1:]), ValueError, r"\(60, 7\) and \(60, 6\)"),
        (lambda: rank_correlation(features, torch.ones(60, 7)), ValueError, "row 0 of second holds one and the same"),
        (lambda: rank_correlation(features, features * math.nan), ValueError, "second holds NaN"),
        (lambda: rollout([]), TypeError, "at least one; got none"),
        (lambda: rollout(maps), TypeError, "list of tensors, one for each layer, at least one; got Tensor"),
        (lambda: rollout([maps, maps.long()]), TypeError, "layer 2 must be a tensor of floats, got torch.int64"),
        (lambda: rollout([maps[0]]), ValueError, r"layer 1 have shape \(2, 3, 3\)"),
        (lambda: rollout([maps[..., :2]]), ValueError, r"\(1, 2, 3, 2\)"),
        (lambda: rollout([maps, maps[..., :2, :2]]), ValueError, "same batch and T"),
        (lambda: rollout([maps, 2 * maps]), ValueError, "in layer 2 the sums run from 2 to 2"),
    ]
    for call, error, word in cases:
        with pytest.raises(error, match=word):
            call()
