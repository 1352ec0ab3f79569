"""Another attention inside the layer: it gives the same when it is the same, and what does not fit is refused."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch

from course_utils.attention import causal_mask, scaled_dot_product_attention
from course_utils.efficient import KeyValueCache
from course_utils.layers import MultiHeadAttention, TransformerBlock, one_head_at_a_time


def my_attention(query, key, value):
    """Lesson 02's, as a learner writes it."""
    scores = query @ key.T / np.sqrt(key.shape[-1])
    exps = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = exps / exps.sum(axis=-1, keepdims=True)
    return weights @ value, weights


def with_loops(query, key, value):
    """Lists in place of arrays, and the context alone."""
    context = []
    for one_query in query:
        exps = [float(np.exp(one_query @ one_key / len(one_key) ** 0.5)) for one_key in key]
        context.append(list(sum(e * v for e, v in zip(exps, value)) / sum(exps)))
    return context


def layer_and_input(dtype=torch.float64) -> tuple[MultiHeadAttention, torch.Tensor]:
    torch.manual_seed(3)
    return MultiHeadAttention(12, 3).to(dtype), torch.randn(2, 5, 12, dtype=dtype)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
def test_the_learners_attention_gives_the_built_in_answer(dtype):
    layer, x = layer_and_input(dtype)
    expected, expected_weights = layer(x)
    layer.attend = one_head_at_a_time(my_attention)
    got, weights = layer(x)
    tolerance = {"atol": {torch.float64: 1e-12, torch.float32: 1e-6, torch.bfloat16: 1e-2}[dtype], "rtol": 0}
    assert got.dtype == weights.dtype == dtype
    torch.testing.assert_close(got, expected, **tolerance)
    torch.testing.assert_close(weights, expected_weights, **tolerance)


def test_a_context_alone_will_do_and_then_there_are_no_weights():
    layer, x = layer_and_input()
    expected, _ = layer(x)
    layer.attend = one_head_at_a_time(with_loops)
    got, weights = layer(x)
    assert weights is None
    torch.testing.assert_close(got, expected, atol=1e-12, rtol=0)


def test_cross_attention_has_two_lengths():
    layer, x = layer_and_input()
    keys = torch.randn(2, 7, 12, dtype=torch.float64)
    expected, _ = layer(x, keys)
    layer.attend = one_head_at_a_time(my_attention)
    got, weights = layer(x, keys)
    assert weights.shape == (2, 3, 5, 7)
    torch.testing.assert_close(got, expected, atol=1e-12, rtol=0)


def test_each_head_of_each_sentence_is_asked_once_with_its_own_numbers():
    asked = []

    def remember(query, key, value):
        asked.append((query.copy(), key.copy(), value.copy()))
        query[:], key[:], value[:] = 0, 0, 0  # what it does to its arrays is its own affair
        return np.zeros((5, 4))

    tensors = [torch.randn(2, 3, 5, 4) for _ in range(3)]
    before = [tensor.clone() for tensor in tensors]
    one_head_at_a_time(remember)(*tensors, None)
    assert len(asked) == 6
    for tensor, kept, arrays in zip(tensors, before, zip(*asked)):
        assert torch.equal(tensor, kept)
        assert np.array_equal(np.stack(arrays).reshape(2, 3, 5, 4), tensor.numpy())


def test_a_mask_that_forbids_nothing_passes_and_any_other_is_refused():
    layer, x = layer_and_input()
    layer.attend = one_head_at_a_time(my_attention)
    free, _ = layer(x)
    assert torch.equal(layer(x, mask=torch.ones(2, 1, 5, dtype=torch.bool))[0], free)
    padded = torch.ones(2, 1, 5, dtype=torch.bool)
    padded[1, 0, 4] = False
    for options in ({"mask": padded}, {"causal": True}):
        with pytest.raises(ValueError, match="knows no mask; give sentences of one length"):
            layer(x, **options)


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda q, k, v: None, "returned as context NoneType, no array of numbers"),
        (lambda q, k, v: ..., "returned as context ellipsis, no array"),
        (lambda q, k, v: "text", "returned as context str, no array"),
        (lambda q, k, v: [v[0], v[0][:2]], "returned as context list, no array"),
        (lambda q, k, v: q @ k.T, r"returned as context shape \(5, 5\)"),
        (lambda q, k, v: (v.T, q @ k.T), r"returned as context shape \(4, 5\)"),
        (lambda q, k, v: (v, q @ k.T, 3), "returned as context tuple, no array"),
        (lambda q, k, v: (v, v), r"returned as weights shape \(5, 4\)"),
        (lambda q, k, v: (v, "text"), "returned as weights str"),
        (lambda q, k, v: v * 1j, "returned as context ndarray, no array"),
        (lambda q, k, v: [[10**400] * 4] * 5, "returned as context list, no array"),
        (lambda q, k, v: torch.tensor(v, requires_grad=True), "returned as context Tensor, no array"),
        (lambda q, k, v: v * np.nan, "returned as context numbers that are not all finite"),
        (lambda q, k, v: v * np.inf, "returned as context numbers that are not all finite"),
        (lambda q, k, v: (v, (q @ k.T) * np.nan), "returned as weights numbers that are not all finite"),
    ],
)
def test_what_is_no_context_is_refused_with_what_was_expected(function, said):
    layer, x = layer_and_input()
    layer.attend = one_head_at_a_time(function)
    with pytest.raises(ValueError, match=f"your function {said}") as caught:
        layer(x)
    assert "expected finite numbers of shape (5, " in str(caught.value)


@pytest.mark.parametrize("shape", [(0, 5, 12), (2, 0, 12)])
def test_where_there_is_no_token_nothing_is_asked(shape):
    layer, _ = layer_and_input()
    layer.attend = one_head_at_a_time(lambda q, k, v: pytest.fail("was asked"))
    with pytest.raises(ValueError, match="one_head_at_a_time: query is empty"):
        layer(torch.zeros(shape, dtype=torch.float64))


def test_an_error_of_the_function_comes_through_unchanged():
    layer, x = layer_and_input()
    layer.attend = one_head_at_a_time(lambda query, key, value: query @ key)
    with pytest.raises(ValueError, match="matmul"):
        layer(x)


@pytest.mark.parametrize("thing", [None, 3, "my_attention", my_attention(*np.ones((3, 2, 2)))])
def test_something_that_cannot_be_called_is_refused(thing):
    with pytest.raises(TypeError, match=f"function must be callable, got {type(thing).__name__}"):
        one_head_at_a_time(thing)


# The layer's own door, for functions of tensors


def test_another_attend_gets_split_tensors_and_the_mask_with_causal_in_it():
    layer, x = layer_and_input()
    seen = {}

    def attend(query, key, value, mask):
        seen.update(query=query, key=key, value=value, mask=mask)
        return scaled_dot_product_attention(query, key, value, mask)

    mask = torch.ones(2, 1, 5, dtype=torch.bool)
    mask[0, 0, 4] = False
    expected, expected_weights = layer(x, mask=mask, causal=True)
    layer.attend = attend
    got, weights = layer(x, mask=mask, causal=True)
    assert torch.equal(got, expected) and torch.equal(weights, expected_weights)
    assert all(seen[name].shape == (2, 3, 5, 4) for name in ("query", "key", "value"))
    assert torch.equal(seen["mask"].expand(2, 3, 5, 5), (mask & causal_mask(5))[:, None].expand(2, 3, 5, 5))
    layer(x)
    assert seen["mask"] is None


def test_without_weights_another_attend_is_still_the_one_that_is_asked():
    """PyTorch's fused kernel must not quietly take over."""
    layer, x = layer_and_input()
    layer.attend = lambda query, key, value, mask: (torch.zeros_like(query), None)
    for options in ({}, {"causal": True}):
        output, weights = layer(x, need_weights=False, **options)
        assert weights is None
        torch.testing.assert_close(output, layer.W_o.bias.expand_as(output))  # of a context of zeros the bias remains
    layer.attend = scaled_dot_product_attention
    assert not torch.allclose(layer(x, need_weights=False)[0], layer.W_o.bias)
    layer.attend = one_head_at_a_time(my_attention)
    assert layer(x, need_weights=False)[1] is None


def test_a_score_bias_is_refused_before_anything_is_kept():
    layer, x = layer_and_input()
    layer.attend, cache = one_head_at_a_time(my_attention), KeyValueCache()
    with pytest.raises(ValueError, match="score_bias needs the built-in attend"):
        layer(x, score_bias=torch.zeros(5, 5, dtype=torch.float64), cache=cache)
    assert cache.length == 0


@pytest.mark.parametrize(
    ("attend", "said"),
    [
        (lambda q, k, v, mask: v, "attend returned torch.float64, expected the pair"),
        (lambda q, k, v, mask: None, "attend returned NoneType, expected the pair"),
        (lambda q, k, v, mask: (v, None, None), "attend returned tuple, expected the pair"),
        (lambda q, k, v, mask: (v.numpy(force=True), None), "a context of type ndarray"),
        (lambda q, k, v, mask: (v[..., :2], None), r"a context of shape \(2, 3, 5, 2\), expected \(2, 3, 5, 4\)"),
        (lambda q, k, v, mask: (v, v), r"weights of shape \(2, 3, 5, 4\), expected \(2, 3, 5, 5\)"),
        (lambda q, k, v, mask: (v, "none"), "weights of type str"),
    ],
)
def test_what_another_attend_returns_is_looked_at(attend, said):
    layer, x = layer_and_input()
    layer.attend = attend
    with pytest.raises(ValueError, match=f"MultiHeadAttention: .*{said}"):
        layer(x)


def test_a_tensor_attend_can_be_trained_through_and_a_copy_has_it_too():
    block = TransformerBlock(8, 2).double()
    x = torch.randn(1, 4, 8, dtype=torch.float64)
    expected, _ = block(x)
    expected.sum().backward()
    gradient = block.attention.W_q.weight.grad.clone()
    block.zero_grad()
    block.attention.attend = lambda query, key, value, mask: scaled_dot_product_attention(query, key, value, mask)
    other = copy.deepcopy(block)
    assert other.attention.attend is block.attention.attend
    other(x)[0].sum().backward()
    torch.testing.assert_close(other.attention.W_q.weight.grad, gradient)
