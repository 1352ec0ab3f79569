"""The mathematics against PyTorch's own operator, closed forms and finite differences."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from course_utils.attention import causal_mask, padding_mask, scaled_dot_product_attention, softmax

QUICK = settings(max_examples=60, deadline=None, derandomize=True, database=None)
TOLERANCE = {torch.float32: {"rtol": 1e-4, "atol": 2e-6}, torch.float64: {"rtol": 1e-12, "atol": 1e-12}}
ABSENT = object()


@st.composite
def inputs(draw, dtypes=(torch.float32, torch.float64), largest=5):
    """Query, key, value and a mask: leading axes absent, equal or broadcast; some rows wholly forbidden."""
    lead = draw(st.sampled_from([(), (1,), (2,), (2, 3)]))
    leads = []
    for _ in range(3):
        shape = tuple(size if draw(st.booleans()) else 1 for size in lead)
        leads.append(draw(st.sampled_from([lead, shape, shape[1:], ()])))
    T_q, T_k, d_k, d_v = (draw(st.integers(1, largest)) for _ in range(4))
    dtype = draw(st.sampled_from(dtypes))
    random = torch.Generator().manual_seed(draw(st.integers(0, 2**31)))
    sizes = ((T_q, d_k), (T_k, d_k), (T_k, d_v))
    query, key, value = (torch.randn(*lead, *size, generator=random, dtype=dtype) for lead, size in zip(leads, sizes))
    scores_lead = torch.broadcast_shapes(leads[0], leads[1])
    shapes = [(T_q, T_k), (1, T_k), (T_q, 1), (T_k,), (1, 1), (*scores_lead, T_q, T_k), (*scores_lead, 1, T_k)]
    shapes += [(*(1 for _ in scores_lead), T_q, T_k), (*scores_lead, T_q, 1)]
    shape = draw(st.none() | st.sampled_from(shapes))
    mask = None
    if shape is not None:
        mask = torch.rand(shape, generator=random) < draw(st.sampled_from([0.3, 0.7, 1.0]))
        if len(shape) > 1 and draw(st.booleans()):
            mask[..., draw(st.integers(0, shape[-2] - 1)), :] = False
    return query, key, value, mask


def forbidden_rows(query, key, mask):
    """True, with a last axis of 1, for each query that may attend nowhere."""
    shape = (query @ key.transpose(-2, -1)).shape
    if mask is None:
        return torch.zeros(*shape[:-1], 1, dtype=torch.bool)
    return ~mask.expand(shape).any(-1, keepdim=True)


def pytorch_context(query, key, value, mask):
    """PyTorch's operator; a row that may attend nowhere is opened for it and zeroed afterwards."""
    lead = torch.broadcast_shapes(query.shape[:-2], key.shape[:-2], value.shape[:-2])
    query, key, value = (tensor.expand(*lead, *tensor.shape[-2:]) for tensor in (query, key, value))
    nowhere = forbidden_rows(query, key, mask)
    opened = None if mask is None else mask | nowhere
    return F.scaled_dot_product_attention(query, key, value, opened).masked_fill(nowhere, 0.0)


# Values


@QUICK
@given(inputs())
def test_context_is_that_of_pytorch(case):
    query, key, value, mask = case
    context, _ = scaled_dot_product_attention(query, key, value, mask)
    expected = pytorch_context(query, key, value, mask)
    assert context.dtype == query.dtype
    assert context.shape == expected.shape
    torch.testing.assert_close(context, expected, **TOLERANCE[query.dtype])


@QUICK
@given(inputs())
def test_weights_share_out_one_or_nothing_and_mix_the_values(case):
    query, key, value, mask = case
    context, weights = scaled_dot_product_attention(query, key, value, mask)
    scores_shape = (*torch.broadcast_shapes(query.shape[:-2], key.shape[:-2]), query.shape[-2], key.shape[-2])
    assert weights.shape == scores_shape
    assert weights.dtype == query.dtype
    assert (weights >= 0).all()
    if mask is not None:
        assert (weights[~mask.expand(scores_shape)] == 0).all()
    nowhere = forbidden_rows(query, key, mask)
    torch.testing.assert_close(weights.sum(-1, keepdim=True), (~nowhere).to(query.dtype), rtol=0, atol=1e-6)
    assert (weights.masked_select(nowhere) == 0).all()
    assert (context.masked_select(nowhere) == 0).all()
    by_hand = torch.einsum("...qk,...kv->...qv", weights.double(), value.double())
    torch.testing.assert_close(context.double(), by_hand, rtol=1e-4, atol=2e-6)


@QUICK
@given(inputs(dtypes=(torch.float64,)))
def test_softmax_is_that_of_pytorch_and_of_the_closed_form(case):
    query, key, _, mask = case
    scores = 3 * query @ key.transpose(-2, -1)
    nowhere = forbidden_rows(query, key, mask)
    allowed = torch.ones_like(scores, dtype=torch.bool) if mask is None else mask.expand(scores.shape)
    powers = scores.exp() * allowed
    expected = powers / powers.sum(-1, keepdim=True).masked_fill(nowhere, 1.0)
    torch.testing.assert_close(softmax(scores, mask), expected, rtol=1e-12, atol=1e-12)
    if mask is None:
        assert torch.equal(softmax(scores), torch.softmax(scores, -1))


def test_numbers_that_fit_on_paper():
    """Four features, so that dividing by 2 and dividing by 4 differ: scores ln 3 and 0, weights 3/4 and 1/4."""
    query = torch.tensor([[2 * math.log(3), 0, 0, 0]], dtype=torch.float64)
    key = torch.eye(4, dtype=torch.float64)[:2]
    value = torch.tensor([[4.0, 0, 1], [0, 8, 1]], dtype=torch.float64)
    context, weights = scaled_dot_product_attention(query, key, value)
    torch.testing.assert_close(weights, torch.tensor([[0.75, 0.25]], dtype=torch.float64), rtol=0, atol=1e-15)
    torch.testing.assert_close(context, torch.tensor([[3.0, 2.0, 1.0]], dtype=torch.float64), rtol=0, atol=1e-15)


def test_softmax_works_along_the_last_axis_of_anything():
    assert softmax(torch.tensor([0.0, math.log(3)])).tolist() == pytest.approx([0.25, 0.75])
    assert softmax(torch.zeros(4, 2)).tolist() == [[0.5, 0.5]] * 4
    assert softmax(torch.zeros(2, 3), torch.tensor(False)).tolist() == [[0.0] * 3] * 2
    assert softmax(torch.zeros(3), torch.tensor([True, False, True])).tolist() == [0.5, 0.0, 0.5]


def test_what_is_forbidden_cannot_matter():
    scores = torch.tensor([[0.0, 7.0, 0.0], [7.0, 7.0, 7.0]])
    mask = torch.tensor([[True, False, True], [False, False, False]])
    for anything in (0.0, -1e30, 1e30, math.inf, -math.inf, math.nan):
        weights = softmax(scores.masked_fill(~mask, anything), mask)
        assert weights.tolist() == [[0.5, 0.0, 0.5], [0.0, 0.0, 0.0]], anything


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_softmax_is_safe_for_the_largest_and_the_smallest_finite_scores(dtype):
    """The most negative number of the type is a score like any other, not a sign for 'forbidden'."""
    low, high = torch.finfo(dtype).min, torch.finfo(dtype).max
    assert softmax(torch.tensor([low, high], dtype=dtype)).tolist() == [0.0, 1.0]
    assert softmax(torch.tensor([low, low], dtype=dtype)).tolist() == [0.5, 0.5]
    scores = torch.tensor([[low, 0.0, low], [low, high, low]], dtype=dtype)
    mask = torch.tensor([True, False, True])
    assert softmax(scores, mask).tolist() == [[0.5, 0.0, 0.5]] * 2
    assert softmax(scores, ~mask).tolist() == [[0.0, 1.0, 0.0]] * 2


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("size", [1e4, 1e30])
@pytest.mark.parametrize("masked", [False, True])
def test_large_scores_stay_finite(dtype, size, masked):
    """Scores of +-size: all the weight goes to the greatest, ties share it, and no gradient is NaN."""
    part = math.sqrt(size)
    query = torch.tensor([[part], [-part]], dtype=dtype, requires_grad=True)
    key = torch.tensor([[part], [-part], [part]], dtype=dtype, requires_grad=True)
    value = torch.tensor([[1.0, 2], [3, 4], [5, 6]], dtype=dtype, requires_grad=True)
    mask = torch.tensor([[True, True, False], [False, False, False]]) if masked else None
    context, weights = scaled_dot_product_attention(query, key, value, mask)
    assert weights.tolist() == ([[1, 0, 0], [0, 0, 0]] if masked else [[0.5, 0, 0.5], [0, 1, 0]])
    assert context.tolist() == ([[1, 2], [0, 0]] if masked else [[3, 4], [3, 4]])
    for gradient in torch.autograd.grad(context.sum(), (query, key, value)):
        assert gradient.isfinite().all()


def test_one_key_takes_everything():
    random = torch.Generator().manual_seed(0)
    query, key, value = (torch.randn(2, T, 3, generator=random) for T in (4, 1, 1))
    context, weights = scaled_dot_product_attention(query, key, value)
    assert torch.equal(weights, torch.ones(2, 4, 1))
    assert torch.equal(context, value.expand(2, 4, 3))


def test_no_key_gives_zeros():
    context, weights = scaled_dot_product_attention(torch.ones(2, 3), torch.ones(0, 3), torch.ones(0, 4))
    assert torch.equal(context, torch.zeros(2, 4))
    assert weights.shape == (2, 0)


@QUICK
@given(inputs(dtypes=(torch.float64,)), st.randoms(use_true_random=False))
def test_the_order_of_the_keys_does_not_matter(case, random):
    query, key, value, mask = case
    T_k = key.shape[-2]
    order = random.sample(range(T_k), T_k)
    context, weights = scaled_dot_product_attention(query, key, value, mask)
    moved = mask if mask is None or mask.shape[-1] != T_k else mask[..., order]
    again, moved_weights = scaled_dot_product_attention(query, key[..., order, :], value[..., order, :], moved)
    torch.testing.assert_close(again, context, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(moved_weights, weights[..., order], rtol=1e-12, atol=1e-12)


def test_inputs_are_left_as_they_were():
    random = torch.Generator().manual_seed(0)
    tensors = [torch.randn(3, 2, generator=random) for _ in range(3)] + [torch.rand(3, 3, generator=random) < 0.5]
    copies = [tensor.clone() for tensor in tensors]
    scaled_dot_product_attention(*tensors)
    softmax(tensors[0] @ tensors[1].T, tensors[3])
    assert all(torch.equal(tensor, copy) for tensor, copy in zip(tensors, copies))


# Gradients


@settings(QUICK, max_examples=25)
@given(inputs(dtypes=(torch.float64,), largest=3))
def test_gradients_agree_with_finite_differences(case):
    *tensors, mask = case
    tensors = [tensor.requires_grad_() for tensor in tensors]
    assert torch.autograd.gradcheck(lambda q, k, v: scaled_dot_product_attention(q, k, v, mask), tensors)


def test_second_gradients_exist_where_a_row_is_wholly_forbidden():
    scores = torch.randn(3, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0), requires_grad=True)
    mask = torch.tensor([[1, 1, 0, 1], [0, 0, 0, 0], [0, 0, 1, 0]]).bool()
    assert torch.autograd.gradgradcheck(lambda s: softmax(s, mask), scores)


@QUICK
@given(inputs())
def test_gradients_are_those_of_pytorch(case):
    *tensors, mask = case
    tensors = [tensor.requires_grad_() for tensor in tensors]
    ours, _ = scaled_dot_product_attention(*tensors, mask)
    theirs = pytorch_context(*tensors, mask)
    probe = torch.randn(ours.shape, generator=torch.Generator().manual_seed(1), dtype=ours.dtype)
    pairs = zip(*(torch.autograd.grad((out * probe).sum(), tensors) for out in (ours, theirs)))
    tolerance = {"rtol": 1e-11, "atol": 1e-11} if ours.dtype == torch.float64 else {"rtol": 1e-3, "atol": 2e-5}
    for gradient, expected in pairs:
        torch.testing.assert_close(gradient, expected, **tolerance)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_wholly_forbidden_row_has_a_gradient_of_exactly_zero(dtype):
    random = torch.Generator().manual_seed(0)
    query, key, value = (torch.randn(2, 3, 4, generator=random, dtype=dtype).requires_grad_() for _ in range(3))
    mask = torch.ones(2, 3, 3, dtype=torch.bool)
    mask[0, 1] = mask[1] = False  # one query of the first example, every query of the second
    with torch.autograd.set_detect_anomaly(True):  # no NaN on the way either
        context, weights = scaled_dot_product_attention(query, key, value, mask)
        gradients = torch.autograd.grad((context**2).sum() + context.sum() + weights.sum(), (query, key, value))
    assert all(gradient.isfinite().all() for gradient in gradients)
    assert (gradients[0][0, 1] == 0).all()
    assert (gradients[0][0, [0, 2]] != 0).all()
    assert all((gradient[1] == 0).all() for gradient in gradients)


# Masks


@given(T_q=st.integers(0, 6), extra=st.integers(0, 4))
@QUICK
def test_causal_mask_is_the_rule_written_out(T_q, extra):
    T_k = T_q + extra
    expected = [[past <= extra + position for past in range(T_k)] for position in range(T_q)]
    mask = causal_mask(T_q, T_k)
    assert mask.dtype == torch.bool and mask.shape == (T_q, T_k)
    assert mask.tolist() == expected
    assert int(mask.sum()) == T_q * extra + T_q * (T_q + 1) // 2


def test_causal_mask_of_a_square_is_a_lower_triangle():
    assert causal_mask(3).tolist() == [[True, False, False], [True, True, False], [True, True, True]]
    assert causal_mask(1, 3).tolist() == [[True, True, True]]
    assert causal_mask(2, device="meta").device.type == "meta"


def test_causal_attention_with_a_cache_continues_the_whole_sequence():
    """The last two queries over all five keys give the last two rows of the five-by-five attention."""
    random = torch.Generator().manual_seed(0)
    query, key, value = (torch.randn(5, 3, generator=random, dtype=torch.float64) for _ in range(3))
    whole = F.scaled_dot_product_attention(query[None], key[None], value[None], is_causal=True)[0]
    torch.testing.assert_close(
        scaled_dot_product_attention(query, key, value, causal_mask(5))[0], whole, rtol=1e-12, atol=1e-12
    )
    last, _ = scaled_dot_product_attention(query[3:], key, value, causal_mask(2, 5))
    torch.testing.assert_close(last, whole[3:], rtol=1e-12, atol=1e-12)


@given(lengths=st.lists(st.integers(0, 6), max_size=4), extra=st.none() | st.integers(0, 3))
@QUICK
def test_padding_mask_is_the_rule_written_out(lengths, extra):
    T_k = max(lengths, default=0) + (extra or 0)
    for dtype in (torch.int64, torch.int32, torch.uint8):
        mask = padding_mask(torch.tensor(lengths, dtype=dtype), None if extra is None else T_k)
        assert mask.dtype == torch.bool and mask.shape == (len(lengths), 1, T_k)
        assert mask.tolist() == [[[key < length for key in range(T_k)]] for length in lengths]


def test_padding_mask_gives_what_each_sequence_gets_alone():
    random = torch.Generator().manual_seed(0)
    query, key, value = (torch.randn(3, 4, 2, generator=random, dtype=torch.float64) for _ in range(3))
    lengths = torch.tensor([4, 2, 0])
    context, weights = scaled_dot_product_attention(query, key, value, padding_mask(lengths, 4))
    for row, length in enumerate(lengths[:2].tolist()):
        alone = F.scaled_dot_product_attention(query[row], key[row, :length], value[row, :length])
        torch.testing.assert_close(context[row], alone, rtol=1e-12, atol=1e-12)
    assert not context[2].any() and not weights[2].any()


# Errors: which argument, what came, what was expected

ONES = torch.ones(2, 3)


@pytest.mark.parametrize(
    ("arguments", "error", "parts"),
    [
        (([[1.0]],), TypeError, ["softmax", "scores", "torch.Tensor", "got list", "torch.as_tensor"]),
        ((np.ones((2, 2)),), TypeError, ["softmax", "scores", "got numpy.ndarray", "torch.as_tensor"]),
        ((None,), TypeError, ["scores", "NoneType"]),
        ((torch.ones(2, dtype=torch.int64),), TypeError, ["scores", "floating-point", "torch.int64", ".float()"]),
        ((torch.ones(2, dtype=torch.complex64),), TypeError, ["scores", "floating-point", "torch.complex64"]),
        ((ONES, torch.ones(2, 3)), TypeError, ["softmax", "mask", "boolean", "may attend", "torch.float32"]),
        ((ONES, torch.ones(2, 3, dtype=torch.int64)), TypeError, ["mask", "boolean", "torch.int64"]),
        ((ONES, [[True] * 3] * 2), TypeError, ["mask", "boolean", "got list"]),
        ((ONES, torch.ones(3, 2, dtype=torch.bool)), ValueError, ["mask", "(3, 2)", "(2, 3)", "T_q, T_k"]),
        ((ONES, torch.ones(4, 2, 3, dtype=torch.bool)), ValueError, ["mask", "(4, 2, 3)", "(2, 3)"]),
        ((torch.ones(2, 1), torch.ones(2, 3, dtype=torch.bool)), ValueError, ["mask", "(2, 3)", "(2, 1)"]),
    ],
)
def test_softmax_names_what_is_wrong(arguments, error, parts):
    assert_message(error, parts, lambda: softmax(*arguments))


@pytest.mark.parametrize(
    ("changed", "error", "parts"),
    [
        ({"query": [[1.0]]}, TypeError, ["query", "torch.Tensor", "got list", "torch.as_tensor"]),
        ({"key": np.ones((5, 4))}, TypeError, ["key", "torch.Tensor", "numpy.ndarray"]),
        ({"value": None}, TypeError, ["value", "torch.Tensor", "NoneType"]),
        ({"query": torch.ones(3, 4, dtype=torch.int32)}, TypeError, ["query", "floating-point", "torch.int32"]),
        ({"key": torch.ones(5, 4, dtype=torch.bool)}, TypeError, ["key", "floating-point", "torch.bool"]),
        ({"key": torch.ones(5, 4).double()}, TypeError, ["key", "float64", "query", "float32", "same"]),
        ({"value": torch.ones(5, 2).double()}, TypeError, ["value", "float64", "query", "float32", "same"]),
        ({"query": torch.ones(4)}, ValueError, ["query", "two axes", "(positions, features)", "(4,)"]),
        ({"key": torch.ones(4)}, ValueError, ["key", "two axes", "(4,)"]),
        ({"value": torch.tensor(1.0)}, ValueError, ["value", "two axes", "()"]),
        ({"query": torch.ones(3, 8)}, ValueError, ["query has 8", "(3, 8)", "key has 4", "(5, 4)", "equal sizes"]),
        ({"query": torch.ones(3, 0), "key": torch.ones(5, 0)}, ValueError, ["query", "(3, 0)", "at least one"]),
        ({"value": torch.ones(6, 2)}, ValueError, ["key has 5", "(5, 4)", "value has 6", "(6, 2)", "one value"]),
        (
            {"query": torch.ones(2, 3, 4), "key": torch.ones(3, 5, 4)},
            ValueError,
            ["leading axes", "query (2, 3, 4)", "key (3, 5, 4)", "value (5, 2)"],
        ),
        ({"query": torch.ones(2, 3, 4), "value": torch.ones(3, 5, 2)}, ValueError, ["leading axes", "(3, 5, 2)"]),
        ({"mask": torch.zeros(3, 5)}, TypeError, ["mask", "boolean", "may attend", "torch.float32"]),
        ({"mask": torch.ones(5, 3, dtype=torch.bool)}, ValueError, ["mask", "(5, 3)", "(3, 5)", "(..., T_q, T_k)"]),
        ({"mask": torch.ones(2, 3, 5, dtype=torch.bool)}, ValueError, ["mask", "(2, 3, 5)", "(3, 5)"]),
    ],
)
def test_attention_names_what_is_wrong(changed, error, parts):
    right = {"query": torch.ones(3, 4), "key": torch.ones(5, 4), "value": torch.ones(5, 2)}
    parts = ["scaled_dot_product_attention", *parts]
    assert_message(error, parts, lambda: scaled_dot_product_attention(**{**right, **changed}))


@pytest.mark.parametrize(
    ("T_q", "T_k", "parts"),
    [
        (3, 2, ["causal_mask", "T_q is 3", "T_k is 2", "0 <= T_q <= T_k"]),
        (-1, ABSENT, ["T_q is -1", "0 <= T_q"]),
        (-2, 4, ["T_q is -2", "T_k is 4"]),
    ],
)
def test_causal_mask_names_what_is_wrong(T_q, T_k, parts):
    lengths = (T_q,) if T_k is ABSENT else (T_q, T_k)
    assert_message(ValueError, parts, lambda: causal_mask(*lengths))


@pytest.mark.parametrize(
    ("lengths", "T_k", "error", "parts"),
    [
        ([2, 3], None, TypeError, ["padding_mask", "lengths", "whole numbers", "got list"]),
        (torch.tensor([2.0]), None, TypeError, ["lengths", "whole numbers", "torch.float32"]),
        (torch.tensor([True]), None, TypeError, ["lengths", "whole numbers", "torch.bool"]),
        (torch.tensor([1 + 0j]), None, TypeError, ["lengths", "whole numbers", "torch.complex64"]),
        (torch.tensor([[1, 2]]), None, ValueError, ["lengths", "(batch,)", "(1, 2)"]),
        (torch.tensor(2), None, ValueError, ["lengths", "(batch,)", "()"]),
        (torch.tensor([2, 5]), 4, ValueError, ["lengths", "between 0 and T_k = 4", "[2, 5]"]),
        (torch.tensor([2, -1]), None, ValueError, ["lengths", "between 0 and T_k = 2", "[2, -1]"]),
        (torch.tensor([], dtype=torch.int64), -1, ValueError, ["lengths", "T_k = -1"]),
    ],
)
def test_padding_mask_names_what_is_wrong(lengths, T_k, error, parts):
    assert_message(error, parts, lambda: padding_mask(lengths, T_k))


def assert_message(error, parts, call):
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error
    for part in parts:
        assert re.search(re.escape(part), str(caught.value)), f"no {part!r} in {str(caught.value)!r}"


def test_score_bias_is_added_before_mask_and_softmax():
    torch.manual_seed(2)
    query, key, value = (torch.randn(2, 3, 5, dtype=torch.float64) for _ in range(3))
    bias, mask = torch.randn(3, 3, dtype=torch.float64), torch.ones(3, 3, dtype=torch.bool).tril()
    context, weights = scaled_dot_product_attention(query, key, value, mask, score_bias=bias)
    expected = F.scaled_dot_product_attention(query, key, value, attn_mask=bias.masked_fill(~mask, -math.inf))
    assert torch.allclose(context, expected, atol=1e-12)
    assert torch.equal(weights.triu(1), torch.zeros_like(weights))


@pytest.mark.parametrize(
    ("bias", "error", "said"),
    [
        (torch.zeros(2, 3), ValueError, r"score_bias has shape \(2, 3\), which cannot be broadcast"),
        (torch.zeros(7, 3, 3), ValueError, "score_bias has shape"),
        (torch.zeros(3, 3, dtype=torch.long), TypeError, "score_bias must hold floating-point"),
        ([[0.0]], TypeError, "score_bias must be a torch.Tensor"),
    ],
)
def test_a_wrong_score_bias_is_named(bias, error, said):
    x = torch.zeros(3, 4)
    with pytest.raises(error, match=said):
        scaled_dot_product_attention(x, x, x, score_bias=bias)
