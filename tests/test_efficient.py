"""Efficient attention: the values and gradients of plain attention with the right mask, and the cost it promises."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from course_utils.attention import causal_mask, scaled_dot_product_attention
from course_utils.cost import count
from course_utils.efficient import blockwise_attention, linear_attention, sliding_window_attention
from course_utils.efficient.linear import CHUNK

QUICK = settings(max_examples=60, deadline=None, derandomize=True, database=None)
EXACT = {"rtol": 1e-10, "atol": 1e-10}  # in float64


def near(T_q, T_k, window, causal):
    """The band that a sliding window sees, from its definition; the queries are the last positions."""
    distance = torch.arange(T_k - T_q, T_k)[:, None] - torch.arange(T_k)
    return ((distance >= 0) if causal else (distance > -window)) & (distance < window)


def linear_by_the_table(query, key, value, causal=False):
    """Katharopoulos et al. 2020, equation 4, with the whole table of weights."""
    weights = (F.elu(query) + 1) @ (F.elu(key) + 1).transpose(-2, -1)
    if causal:
        weights = weights * causal_mask(*weights.shape[-2:])
    return weights / weights.sum(-1, keepdim=True) @ value


def plain(query, key, value, mask=None):
    return scaled_dot_product_attention(query, key, value, mask)[0]


@st.composite
def attention_inputs(draw, longest=12, keys_at_least_queries=False):
    """Query, key and value in float64 that want gradients: leading axes absent, equal or broadcast."""
    lead = draw(st.sampled_from([(), (1,), (2,), (2, 3)]))
    leads = [
        draw(st.sampled_from([lead, tuple(size if draw(st.booleans()) else 1 for size in lead), ()])) for _ in range(3)
    ]
    T_q, d_k, d_v = draw(st.integers(1, longest)), draw(st.integers(1, 4)), draw(st.integers(1, 4))
    T_k = draw(st.integers(T_q if keys_at_least_queries else 1, longest + 3))
    random = torch.Generator().manual_seed(draw(st.integers(0, 2**31)))
    sizes = ((T_q, d_k), (T_k, d_k), (T_k, d_v))
    return tuple(
        (3 * torch.randn(*lead, *size, generator=random, dtype=torch.float64)).requires_grad_()
        for lead, size in zip(leads, sizes)
    )


def assert_same(attend, reference, inputs):
    """The same context, and the same gradients of a sum in which every number has another factor."""
    results = []
    for function in (attend, reference):
        context = function(*inputs)
        factors = torch.linspace(-1, 2, context.numel(), dtype=context.dtype).view_as(context)
        results.append([context.detach(), *torch.autograd.grad((context * factors).sum(), inputs)])
    for name, mine, right in zip(("context", "query", "key", "value"), *results):
        torch.testing.assert_close(mine, right, **EXACT, msg=lambda text, name=name: f"{name}: {text}")


@QUICK
@given(attention_inputs(), st.integers(1, 16))
def test_blockwise_is_plain_attention_for_every_block_size(inputs, block_size):
    assert_same(lambda *qkv: blockwise_attention(*qkv, block_size=block_size), plain, inputs)


@QUICK
@given(attention_inputs(keys_at_least_queries=True), st.integers(1, 16))
def test_causal_blockwise_is_plain_attention_under_the_causal_mask(inputs, block_size):
    mask = causal_mask(inputs[0].shape[-2], inputs[1].shape[-2])
    assert_same(
        lambda *qkv: blockwise_attention(*qkv, causal=True, block_size=block_size),
        lambda *qkv: plain(*qkv, mask),
        inputs,
    )


@QUICK
@given(attention_inputs(keys_at_least_queries=True), st.integers(1, 16), st.booleans())
def test_a_sliding_window_is_plain_attention_under_the_mask_of_a_band(inputs, window, causal):
    mask = near(inputs[0].shape[-2], inputs[1].shape[-2], window, causal)
    assert_same(
        lambda *qkv: sliding_window_attention(*qkv, window=window, causal=causal),
        lambda *qkv: plain(*qkv, mask),
        inputs,
    )


@QUICK
@given(attention_inputs(keys_at_least_queries=True), st.booleans(), st.integers(1, 16))
def test_linear_attention_is_its_own_table_of_weights_for_every_chunk(inputs, causal, chunk):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("course_utils.efficient.linear.CHUNK", chunk)
        assert_same(
            lambda *qkv: linear_attention(*qkv, causal=causal),
            lambda *qkv: linear_by_the_table(*qkv, causal=causal),
            inputs,
        )


@QUICK
@given(attention_inputs())
def test_linear_attention_without_a_mask_takes_more_queries_than_keys(inputs):
    assert_same(linear_attention, linear_by_the_table, inputs)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("length", [1, CHUNK - 1, CHUNK, CHUNK + 1, 600])
def test_the_sizes_of_blocks_that_nobody_chose(length, causal):
    """The default block of 512 and chunk of 128, not dividing the length; PyTorch's operator is the judge."""
    inputs = tuple(torch.randn(3, 1, 2, length, 8, generator=torch.Generator().manual_seed(0), dtype=torch.float64))
    right = F.scaled_dot_product_attention(*inputs, is_causal=causal)
    torch.testing.assert_close(blockwise_attention(*inputs, causal=causal), right, **EXACT)
    torch.testing.assert_close(
        linear_attention(*inputs, causal=causal), linear_by_the_table(*inputs, causal=causal), **EXACT
    )
    band = F.scaled_dot_product_attention(*inputs, attn_mask=near(length, length, 100, causal))
    torch.testing.assert_close(sliding_window_attention(*inputs, window=100, causal=causal), band, **EXACT)


@pytest.mark.parametrize("causal", [True, False])
def test_a_window_wider_than_any_tensor_sees_all(causal):
    x = torch.randn(2, 9, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    right = F.scaled_dot_product_attention(x, x, x, is_causal=causal)
    torch.testing.assert_close(sliding_window_attention(x, x, x, window=2**70, causal=causal), right, **EXACT)


def test_large_and_growing_scores_are_safe():
    """Each block brings a larger score than all before it: without mending, or a maximum, this overflows."""
    query = torch.full((3, 4), 100.0)
    key = torch.arange(12.0)[:, None] * torch.full((12, 4), 50.0)
    value = torch.randn(12, 2, generator=torch.Generator().manual_seed(0))
    for direction in (1, -1):
        mine = blockwise_attention(query, direction * key, value, block_size=2)
        assert mine.isfinite().all()
        torch.testing.assert_close(mine, plain(query, direction * key, value))


def test_linear_attention_survives_features_that_elu_would_round_to_zero():
    """``elu(-20) + 1`` is 0 in float32 and ``exp(-20)`` is not: the context stays the mean, here of equal weights."""
    value = torch.randn(5, 2, generator=torch.Generator().manual_seed(0))
    x = torch.full((5, 3), -20.0)
    torch.testing.assert_close(linear_attention(x, x, value), value.mean(0).expand(5, 2))
    assert linear_attention(x + 120, x + 120, value).isfinite().all()


def test_the_feature_map_has_its_gradient_at_zero_too():
    inputs = [torch.zeros(4, 3), torch.zeros(4, 3), torch.eye(4)]
    assert_same(linear_attention, linear_by_the_table, [tensor.double().requires_grad_() for tensor in inputs])


def test_nothing_of_the_arguments_is_changed():
    inputs = torch.randn(3, 20, 4, generator=torch.Generator().manual_seed(0))
    before = inputs.clone()
    blockwise_attention(*inputs, causal=True, block_size=3)
    sliding_window_attention(*inputs, window=3)
    linear_attention(*inputs, causal=True)
    assert torch.equal(inputs, before)


def test_a_number_that_is_none_spoils_the_same_rows_as_in_plain_attention():
    query, key, value = torch.randn(3, 9, 4, generator=torch.Generator().manual_seed(0))
    key[4, 1] = math.nan
    right = plain(query, key, value, causal_mask(9)).isnan()
    assert right[4:].all() and not right[:4].any()
    assert torch.equal(blockwise_attention(query, key, value, causal=True, block_size=2).isnan(), right)
    band = plain(query, key, value, near(9, 9, 2, False)).isnan()
    assert torch.equal(sliding_window_attention(query, key, value, window=2).isnan(), band)
    assert linear_attention(query, key, value).isnan().all()


def test_no_queries_give_no_context_and_other_precisions_stay():
    x = torch.randn(2, 6, 4, dtype=torch.bfloat16)
    for attend in ATTENTIONS.values():
        assert attend(x[:, :0], x, x).shape == (2, 0, 4)
        assert attend(x, x, x).dtype == torch.bfloat16


@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize(("dtype", "limit"), [(torch.bfloat16, 3e-3), (torch.float16, 4e-4)])
def test_many_small_parts_add_up_in_16_bits_as_well(dtype, limit, causal):
    """Summed up in 16 bits they would stop growing, or overflow: the limit is that of rounding the context once."""
    query, key, value = torch.randn(3, 1, 4096, 16, generator=torch.Generator().manual_seed(0)).to(dtype)
    query, value = query[:, -64:], value + 1
    wide = [tensor.double() for tensor in (query, key, value)]
    mask = causal_mask(64, 4096) if causal else None
    for found, right in (
        (blockwise_attention(query, key, value, causal=causal, block_size=16), plain(*wide, mask)),
        (linear_attention(query, key, value, causal=causal), linear_by_the_table(*wide, causal=causal)),
    ):
        assert found.dtype == dtype
        assert (found - right).norm() / right.norm() < limit


ATTENTIONS = {
    "blockwise_attention": blockwise_attention,
    "sliding_window_attention": lambda *arguments, **options: sliding_window_attention(
        *arguments, **{"window": 4, **options}
    ),
    "linear_attention": linear_attention,
}


@pytest.mark.parametrize(("name", "attend"), ATTENTIONS.items())
@pytest.mark.parametrize(
    ("query", "key", "value", "error", "says"),
    [
        ([[1.0]], torch.ones(2, 3), torch.ones(2, 3), TypeError, "query must be a torch.Tensor, got list"),
        (torch.ones(2, 3), None, torch.ones(2, 3), TypeError, "key must be a torch.Tensor"),
        (
            torch.ones(2, 3),
            torch.ones(2, 3),
            torch.ones(2, 3, dtype=torch.int64),
            TypeError,
            "value must hold floating",
        ),
        (
            torch.ones(2, 3),
            torch.ones(2, 3),
            torch.ones(2, 3, dtype=torch.float64),
            TypeError,
            "value is torch.float64",
        ),
        (torch.ones(3), torch.ones(2, 3), torch.ones(2, 3), ValueError, "query needs at least two axes"),
        (torch.ones(2, 3), torch.ones(2, 4), torch.ones(2, 3), ValueError, "query has 3 features"),
        (torch.ones(2, 3), torch.ones(2, 3), torch.ones(3, 3), ValueError, "key has 2 positions"),
        (torch.ones(2, 2, 3), torch.ones(3, 2, 3), torch.ones(2, 3), ValueError, "leading axes of query"),
        (torch.ones(0, 3), torch.ones(0, 3), torch.ones(0, 3), ValueError, "key has no positions"),
        (torch.ones(2, 0), torch.ones(2, 0), torch.ones(2, 3), ValueError, "query has no features"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(name, attend, query, key, value, error, says):
    with pytest.raises(error, match=f"^{name}: .*{says}"):
        attend(query, key, value)


@pytest.mark.parametrize("name", ATTENTIONS)
def test_more_queries_than_keys_have_no_last_positions(name):
    with pytest.raises(ValueError, match=f"^{name}: query has 3 positions and key 2"):
        ATTENTIONS[name](torch.ones(3, 4), torch.ones(2, 4), torch.ones(2, 4), causal=True)


@pytest.mark.parametrize(
    ("size", "error"),
    [(0, ValueError), (-3, ValueError), (2.0, TypeError), (math.nan, TypeError), (True, TypeError), ("4", TypeError)]
    + [(None, TypeError)],
)
def test_a_size_that_is_no_whole_number_from_one_is_refused_by_name(size, error):
    x = torch.ones(5, 2)
    with pytest.raises(error, match="^blockwise_attention: block_size"):
        blockwise_attention(x, x, x, block_size=size)
    with pytest.raises(error, match="^sliding_window_attention: window"):
        sliding_window_attention(x, x, x, window=size)


# What they promise to cost, with d_k = 64 as in the lesson

D = 64
KINDS = {
    "naive": plain,
    "blockwise": lambda *qkv: blockwise_attention(*qkv, block_size=256),
    "window": lambda *qkv: sliding_window_attention(*qkv, window=64),
    "linear": linear_attention,
}
GROWTH = {"naive": (4, 4), "blockwise": (4, 1), "window": (2, 1), "linear": (2, 1)}  # of flops and of extra bytes


def cost(kind, length, **options):
    return count(KINDS[kind], *torch.zeros(3, 1, 1, length, D), **options)


@pytest.mark.parametrize("kind", KINDS)
def test_twice_the_length_costs_exactly_so_many_times_more(kind):
    costs = [cost(kind, length) for length in (256, 512, 1024, 2048)]
    for one, two in zip(costs, costs[1:]):
        assert (two.flops, two.extra_bytes) == (GROWTH[kind][0] * one.flops, GROWTH[kind][1] * one.extra_bytes)
        assert two.output_bytes == 2 * one.output_bytes


@pytest.mark.parametrize("length", [1, 100, 512, 1000])
def test_the_operations_are_those_of_the_closed_forms(length):
    blocks = math.ceil(length / 256)
    seen = 64 * min(3 * 64 - 2, length)  # a block of 64 queries looks at 190 keys; the last one may hold fewer
    flops = {
        "naive": 4 * length**2 * D,
        "blockwise": 4 * length**2 * D,
        "window": 4 * D * (length // 64 * seen + length % 64 * min(3 * 64 - 2, length)),
        "linear": 4 * length * D * (D + 1),
    }
    exponentials = {"naive": length**2, "blockwise": length**2 + length * blocks, "linear": 2 * length * D}
    for kind, right in flops.items():
        assert cost(kind, length).flops == right, kind
    for kind, right in exponentials.items():
        assert cost(kind, length).exponentials == right, kind


def test_the_memory_is_that_of_what_is_made():
    """Plain: two maps. Blockwise: three blocks, the queries scaled, their context, three columns, by hand."""
    assert cost("naive", 1024).extra_bytes == 4 * 2 * 1024**2
    columns = 3 * 256  # the largest score before and after the block, and the total
    assert cost("blockwise", 1024).extra_bytes == 4 * (3 * 256**2 + 2 * 256 * D + columns)
    assert count(blockwise_attention, *torch.zeros(3, 1, 1, 2048, D)).extra_bytes < 4 * 2**20  # default block, 512


def test_causal_blockwise_leaves_the_future_out():
    x = torch.zeros(1, 1, 1024, D)
    blocks = 4 * 5 // 2  # of 256, on and below the diagonal
    assert count(blockwise_attention, x, x, x, causal=True, block_size=256).flops == 4 * D * 256**2 * blocks
    one = count(sliding_window_attention, x, x, x, window=64, causal=True)
    assert one.flops == 4 * D * 1024 * (2 * 64 - 1)


def test_while_autograd_records_the_weights_stay():
    inputs = torch.zeros(3, 1, 1, 1024, D)
    kept = count(KINDS["blockwise"], *inputs.clone().requires_grad_())
    assert kept.extra_bytes > 4 * 1024**2 > cost("blockwise", 1024).extra_bytes
    assert kept.flops == cost("blockwise", 1024).flops
