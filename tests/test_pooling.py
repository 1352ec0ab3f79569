"""Pooling against PyTorch's own operators and against numbers worked out on paper."""

import math

import pytest
import torch
from torch.nn import functional as F

from course_utils.layers import AttentionPool, MaxPool, MeanPool

POOLS = {"mean": MeanPool, "max": MaxPool, "attention": lambda: AttentionPool(4)}


def batch(seed=0):
    return torch.randn(3, 7, 4, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def trained(seed=1):
    pool = AttentionPool(4).double()
    with torch.no_grad():
        pool.query.copy_(torch.randn(4, generator=torch.Generator().manual_seed(seed)))
    return pool


def test_mean_and_max_against_pytorchs_pooling():
    x = batch()
    channels_first = x.transpose(1, 2)  # (batch, d_model, T), as PyTorch pools
    assert torch.allclose(MeanPool()(x)[0], F.adaptive_avg_pool1d(channels_first, 1)[..., 0])
    assert torch.equal(MaxPool()(x)[0], F.adaptive_max_pool1d(channels_first, 1)[..., 0])


def test_attention_against_pytorchs_operator():
    x, pool = batch(), trained()
    query = pool.query.expand(3, 1, 4)
    assert torch.allclose(pool(x)[0], F.scaled_dot_product_attention(query, x, x)[:, 0])


def test_weights_of_attention_on_paper():
    pool = AttentionPool(4)
    with torch.no_grad():
        pool.query.copy_(torch.tensor([2.0, 0, 0, 0]))
    x = torch.zeros(1, 2, 4)
    x[0, 0, 0] = math.log(3)  # score 2 · ln 3 / √4 = ln 3 against 0: three to one
    pooled, weights = pool(x)
    assert torch.allclose(weights, torch.tensor([[0.75, 0.25]]))
    assert torch.allclose(pooled, torch.tensor([[0.75 * math.log(3), 0, 0, 0]]))


def test_weights_of_max_count_features_and_the_first_of_equals():
    x = torch.tensor([[[1.0, 5, 0, 2], [1, 0, 3, 7], [0, 0, 3, 8]]])
    pooled, weights = MaxPool()(x)
    assert pooled.tolist() == [[1, 5, 3, 8]]
    assert weights.tolist() == [[0.5, 0.25, 0.25]]


def test_attention_starts_as_the_mean():
    x = batch().float()
    for mine, mean in zip(AttentionPool(4)(x), MeanPool()(x)):
        assert torch.allclose(mine, mean, atol=1e-6)


@pytest.mark.parametrize("name", POOLS)
def test_weights_share_out_one_and_follow_the_positions(name):
    x, order = batch(), torch.tensor([3, 0, 6, 1, 5, 2, 4])
    pool = trained() if name == "attention" else POOLS[name]()
    pooled, weights = pool(x)
    assert pooled.shape == (3, 4) and weights.shape == (3, 7) and weights.dtype == x.dtype
    assert torch.allclose(weights.sum(-1), torch.ones(3, dtype=x.dtype))
    shuffled, moved = pool(x[:, order])
    assert torch.allclose(shuffled, pooled) and torch.allclose(moved, weights[:, order])


@pytest.mark.parametrize(("name", "reached"), [("mean", 7), ("max", 3), ("attention", 7)])
def test_how_many_positions_a_gradient_reaches(name, reached):
    x = torch.zeros(1, 7, 4)
    for feature, place in enumerate((0, 2, 2, 5)):
        x[0, place, feature] = 1
    x.requires_grad_()
    POOLS[name]()(x)[0].sum().backward()
    assert int((x.grad.abs().sum(-1) > 0).sum()) == reached


def test_a_key_matrix_is_another_query():
    x, W_k = batch(), torch.randn(4, 4, generator=torch.Generator().manual_seed(5), dtype=torch.float64)
    plain, folded = trained(), trained()
    with torch.no_grad():
        folded.query.copy_(W_k.T @ plain.query)
    scores = (x @ W_k.T) @ plain.query / math.sqrt(4)
    assert torch.allclose(torch.softmax(scores, -1), folded(x)[1])


@pytest.mark.parametrize("name", POOLS)
@pytest.mark.parametrize(
    ("x", "error", "says"),
    [
        ([[1.0]], TypeError, "got list"),
        (torch.ones(2, 3, 4, dtype=torch.long), TypeError, "got torch.int64"),
        (torch.ones(3, 4), ValueError, r"shape \(3, 4\), expected \(batch, T, d_model\)"),
        (torch.ones(2, 0, 4), ValueError, "nothing empty"),
        (torch.ones(0, 3, 4), ValueError, "nothing empty"),
    ],
)
def test_what_cannot_be_pooled_is_refused_by_name(name, x, error, says):
    with pytest.raises(error, match=says):
        POOLS[name]()(x)


def test_wrong_sizes_of_attention_are_refused():
    with pytest.raises(ValueError, match="x has 5 features .* the query has 4"):
        AttentionPool(4)(torch.ones(2, 3, 5))
    with pytest.raises(ValueError, match="d_model is 0"):
        AttentionPool(0)
