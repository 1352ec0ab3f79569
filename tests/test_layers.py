"""The layer against ``torch.nn.MultiheadAttention``, whose boolean masks mean the opposite."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from course_utils.attention import causal_mask, padding_mask
from course_utils.layers import MultiHeadAttention, multi_head

QUICK = settings(max_examples=40, deadline=None, derandomize=True, database=None)
EXACT = {"rtol": 1e-12, "atol": 1e-12}
LOOSE = {"rtol": 1e-4, "atol": 2e-6}


def pytorch_layer_from(ours: MultiHeadAttention) -> nn.MultiheadAttention:
    """PyTorch stacks the three input projections on top of each other: query, key, value."""
    theirs = nn.MultiheadAttention(ours.d_model, ours.num_heads, batch_first=True, dtype=ours.W_q.weight.dtype)
    inputs = (ours.W_q, ours.W_k, ours.W_v)
    with torch.no_grad():
        theirs.in_proj_weight.copy_(torch.cat([linear.weight for linear in inputs]))
        theirs.in_proj_bias.copy_(torch.cat([linear.bias for linear in inputs]))
        theirs.out_proj.weight.copy_(ours.W_o.weight)
        theirs.out_proj.bias.copy_(ours.W_o.bias)
    return theirs


def layer_from(theirs: nn.MultiheadAttention) -> MultiHeadAttention:
    ours = MultiHeadAttention(theirs.embed_dim, theirs.num_heads).to(theirs.in_proj_weight.dtype)
    weights, biases = theirs.in_proj_weight.chunk(3), theirs.in_proj_bias.chunk(3)
    with torch.no_grad():
        for linear, weight, bias in zip((ours.W_q, ours.W_k, ours.W_v), weights, biases):
            linear.weight.copy_(weight)
            linear.bias.copy_(bias)
        ours.W_o.weight.copy_(theirs.out_proj.weight)
        ours.W_o.bias.copy_(theirs.out_proj.bias)
    return ours


def pytorch_answer(theirs, query, key, value, allowed=None):
    """PyTorch's output and weights per head, for a mask of (batch, heads, T_q, T_k) that is True = may attend."""
    forbidden = None if allowed is None else (~allowed).flatten(0, 1)  # (batch * heads, T_q, T_k), True = may NOT
    return theirs(query, key, value, attn_mask=forbidden, average_attn_weights=False)


@st.composite
def cases(draw, dtypes=(torch.float64, torch.float32), square=False, dead_rows=False):
    d_k, heads, batch = draw(st.integers(1, 4)), draw(st.integers(1, 4)), draw(st.integers(1, 3))
    T_q = draw(st.integers(1, 5))
    T_k = T_q if square else draw(st.integers(1, 6))
    seed = draw(st.integers(0, 2**31))
    dtype = draw(st.sampled_from(dtypes))
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        layer = MultiHeadAttention(d_k * heads, heads).to(dtype)
        query, key, value = (torch.randn(batch, T, d_k * heads, dtype=dtype) for T in (T_q, T_k, T_k))
        shapes = [(T_q, T_k), (1, T_k), (batch, T_q, T_k), (batch, 1, T_k), (1, T_q, T_k), (batch, heads, T_q, T_k)]
        shapes += [(1, heads, T_q, T_k), (batch, 1, 1, T_k), (1, 1, 1, 1), (batch, 1, T_q, 1)]
        shape = draw(st.none() | st.sampled_from(shapes))
        mask = None if shape is None else torch.rand(shape) < 0.6
    if mask is not None:
        dead = ~mask.any(-1, keepdim=True)
        if not dead_rows:
            mask = mask | dead
        elif draw(st.booleans()):
            mask[..., 0, :] = False
    return layer, query, key, value, mask


def over_heads(mask, layer, query, key):
    if mask is None:
        return None
    mask = mask[:, None] if mask.dim() == 3 else mask
    return mask.expand(query.shape[0], layer.num_heads, query.shape[1], key.shape[1])


def tolerance(tensor):
    return EXACT if tensor.dtype == torch.float64 else LOOSE


@QUICK
@given(cases(), st.booleans())
def test_agrees_with_pytorch_given_our_weights(case, need_weights):
    layer, query, key, value, mask = case
    output, weights = layer(query, key, value, mask, need_weights=need_weights)
    allowed = over_heads(mask, layer, query, key)
    expected, expected_weights = pytorch_answer(pytorch_layer_from(layer), query, key, value, allowed)
    torch.testing.assert_close(output, expected, **tolerance(query))
    if need_weights:
        torch.testing.assert_close(weights, expected_weights, **tolerance(query))
    else:
        assert weights is None


@pytest.mark.parametrize(("d_model", "heads"), [(6, 1), (6, 2), (6, 3), (6, 6), (8, 4), (1, 1)])
def test_agrees_with_pytorch_given_its_weights(d_model, heads):
    torch.manual_seed(0)
    theirs = nn.MultiheadAttention(d_model, heads, batch_first=True, dtype=torch.float64)
    nn.init.normal_(theirs.in_proj_bias)  # PyTorch starts them at zero, where exchanged ones would not show
    nn.init.normal_(theirs.out_proj.bias)
    ours = layer_from(theirs)
    query, key, value = (torch.randn(2, T, d_model, dtype=torch.float64) for T in (3, 5, 5))
    output, weights = ours(query, key, value)
    expected, expected_weights = pytorch_answer(theirs, query, key, value)
    torch.testing.assert_close(output, expected, **EXACT)
    torch.testing.assert_close(weights, expected_weights, **EXACT)
    back = pytorch_layer_from(ours)
    assert all(torch.equal(a, b) for a, b in zip(back.state_dict().values(), theirs.state_dict().values()))


@settings(QUICK, max_examples=20)
@given(cases(dtypes=(torch.float64,)), st.booleans())
def test_gradients_are_those_of_pytorch(case, need_weights):
    layer, query, key, value, mask = case
    theirs = pytorch_layer_from(layer)
    inputs = [tensor.requires_grad_() for tensor in (query, key, value)]
    output, _ = layer(*inputs, mask, need_weights=need_weights)
    expected, _ = pytorch_answer(theirs, *inputs, over_heads(mask, layer, query, key))
    probe = torch.randn(output.shape, generator=torch.Generator().manual_seed(1), dtype=output.dtype)
    names = ("W_q", "W_k", "W_v", "W_o")
    ours_parameters = [getattr(getattr(layer, name), part) for part in ("weight", "bias") for name in names]
    grads = torch.autograd.grad((output * probe).sum(), [*inputs, *ours_parameters])
    weights, biases = grads[3:7], grads[7:]
    ours = [*grads[:3], torch.cat(weights[:3]), torch.cat(biases[:3]), weights[3], biases[3]]
    parameters = [theirs.in_proj_weight, theirs.in_proj_bias, theirs.out_proj.weight, theirs.out_proj.bias]
    for gradient, wanted in zip(ours, torch.autograd.grad((expected * probe).sum(), [*inputs, *parameters])):
        torch.testing.assert_close(gradient, wanted, rtol=1e-10, atol=1e-11)


@QUICK
@given(cases(dead_rows=True), st.booleans())
def test_with_and_without_weights_agree(case, causal):
    """Values and gradients, also where causal mask, mask and T_q < T_k together leave a query nothing."""
    layer, query, key, value, mask = case
    if causal and query.shape[1] > key.shape[1]:
        T_k = key.shape[1]
        query, mask = query[:, :T_k], None if mask is None else mask[..., :T_k, :]
    inputs = [tensor.requires_grad_() for tensor in (query.detach(), key, value)]
    close = {"rtol": 1e-10, "atol": 1e-11} if query.dtype == torch.float64 else {"rtol": 1e-3, "atol": 1e-5}
    answers = []
    for need_weights in (True, False):
        output, weights = layer(*inputs, mask, causal=causal, need_weights=need_weights)
        gradients = torch.autograd.grad((output**2).sum(), [*inputs, *layer.parameters()])
        assert all(tensor.isfinite().all() for tensor in (output, *gradients))
        answers.append((output, *gradients))
        if need_weights:
            sums = weights.sum(-1)
            ones_or_zeros = torch.where(sums > 0.5, 1.0, 0.0).to(sums.dtype)
            torch.testing.assert_close(sums, ones_or_zeros, rtol=0, atol=1e-6)
            assert ((weights == 0).all(-1) == (ones_or_zeros == 0)).all()
    for with_weights, without in zip(*answers):
        torch.testing.assert_close(with_weights, without, **close)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize(("T_q", "T_k"), [(4, 4), (2, 4), (1, 4), (40, 40), (20, 40)])
@pytest.mark.parametrize("padded", [False, True])
def test_causal_agrees_with_pytorch(dtype, T_q, T_k, padded):
    """With padding the first sequence is empty: all its queries, and more, may attend nowhere."""
    torch.manual_seed(0)
    layer = MultiHeadAttention(6, 2).to(dtype)
    query, memory = torch.randn(3, T_q, 6, dtype=dtype), torch.randn(3, T_k, 6, dtype=dtype)
    lengths = torch.tensor([0, T_k // 2, T_k])
    allowed = torch.ones(T_q, T_k).tril(T_k - T_q).bool().expand(3, 2, T_q, T_k)
    if padded:
        allowed = allowed & (torch.arange(T_k) < lengths[:, None])[:, None, None, :]
    nowhere = ~allowed.any(-1, keepdim=True)  # PyTorch's layer gives NaN there, so they are opened and set aside
    theirs = pytorch_layer_from(layer)
    expected, expected_weights = pytorch_answer(theirs, query, memory, memory, allowed | nowhere)
    mask = padding_mask(lengths, T_k) if padded else None
    for need_weights in (True, False):
        output, weights = layer(query, memory, mask=mask, causal=True, need_weights=need_weights)
        somewhere = ~nowhere[:, 0].expand_as(output)
        torch.testing.assert_close(output[somewhere], expected[somewhere], **tolerance(query))
        empty = output[~somewhere].view(-1, 6)
        torch.testing.assert_close(empty, layer.W_o.bias.expand_as(empty), rtol=0, atol=0)
        if need_weights:
            torch.testing.assert_close(weights, expected_weights.masked_fill(nowhere, 0.0), **tolerance(query))


@pytest.mark.parametrize("need_weights", [True, False])
def test_causal_output_does_not_depend_on_the_future(need_weights):
    torch.manual_seed(0)
    layer = MultiHeadAttention(8, 4).double()
    x = torch.randn(1, 5, 8, dtype=torch.float64, requires_grad=True)
    output, _ = layer(x, causal=True, need_weights=need_weights)
    for position in range(5):
        (gradient,) = torch.autograd.grad(output[0, position].sum(), x, retain_graph=True)
        reached = gradient[0].abs().sum(-1) > 0
        assert reached.tolist() == [other <= position for other in range(5)]


def test_torchs_opposite_polarity_is_what_we_think_it_is():
    """A key that our mask allows alone gets all the weight; PyTorch's layer wants the mask inverted."""
    torch.manual_seed(0)
    layer = MultiHeadAttention(4, 2)
    x = torch.randn(1, 3, 4)
    only_last = torch.tensor([[False, False, True]])
    _, weights = layer(x, mask=only_last)
    assert torch.equal(weights, torch.tensor([0.0, 0.0, 1.0]).expand(1, 2, 3, 3))
    theirs = pytorch_layer_from(layer)
    _, padded = theirs(x, x, x, key_padding_mask=~only_last, average_attn_weights=False)
    assert torch.equal(padded, weights)


def test_heads_work_on_their_own_slices():
    """Head 0 sees features 0..d_k-1 only: with identity projections, changing the rest leaves it alone."""
    layer = MultiHeadAttention(6, 3).double()
    for linear in (layer.W_q, layer.W_k, layer.W_v, layer.W_o):
        nn.init.eye_(linear.weight)
        nn.init.zeros_(linear.bias)
    x = torch.randn(2, 4, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    output, weights = layer(x)
    assert weights.shape == (2, 3, 4, 4)
    for head in range(3):
        part = x[..., 2 * head : 2 * head + 2]
        expected = torch.softmax(part @ part.mT / 2**0.5, -1)
        torch.testing.assert_close(weights[:, head], expected, **EXACT)
        torch.testing.assert_close(output[..., 2 * head : 2 * head + 2], expected @ part, **EXACT)


def test_project_gives_what_the_heads_compare_and_mix():
    """Each head's slice of the three projections, taken apart by hand from PyTorch's stacked matrix."""
    torch.manual_seed(0)
    layer = MultiHeadAttention(6, 3)
    inputs = torch.randn(2, 4, 6), torch.randn(2, 5, 6), torch.randn(2, 5, 6)
    theirs = pytorch_layer_from(layer)
    stacked = zip(inputs, theirs.in_proj_weight.chunk(3), theirs.in_proj_bias.chunk(3))
    for part, (x, weight, bias) in zip(layer.project(*inputs), stacked):
        assert part.shape == (2, 3, x.shape[1], 2)
        for head in range(3):
            rows = slice(2 * head, 2 * head + 2)
            torch.testing.assert_close(part[:, head], x @ weight[rows].T + bias[rows])
    x = inputs[0]
    for by_default, spelled_out in zip(layer.project(x), layer.project(x, x, x)):
        assert torch.equal(by_default, spelled_out)


def test_key_and_value_by_default():
    torch.manual_seed(0)
    layer = MultiHeadAttention(4, 2)
    x, memory, other = torch.randn(1, 3, 4), torch.randn(1, 5, 4), torch.randn(1, 3, 4)
    assert torch.equal(layer(x)[0], layer(x, x, x)[0])
    assert torch.equal(layer(x, memory)[0], layer(x, memory, memory)[0])
    assert torch.equal(layer(x, value=other)[0], layer(x, x, other)[0])
    assert not torch.allclose(layer(x, memory)[0], layer(x)[0])


@pytest.mark.parametrize("T_k", [4, 6])
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("need_weights", [False, True])
def test_which_kernel_does_the_work(monkeypatch, T_k, masked, causal, need_weights):
    """Only the plain square causal case may leave the mask to the kernel: is_causal aligns to the FIRST key."""
    calls = []
    kernel = multi_head.F.scaled_dot_product_attention

    def spy(query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, **others):
        calls.append({"mask": attn_mask, "is_causal": is_causal, "dropout_p": dropout_p, **others})
        return kernel(query, key, value, attn_mask, dropout_p, is_causal, **others)

    monkeypatch.setattr(multi_head.F, "scaled_dot_product_attention", spy)
    torch.manual_seed(0)
    layer = MultiHeadAttention(4, 2)
    mask = torch.ones(4, T_k, dtype=torch.bool) if masked else None
    layer(torch.randn(2, 4, 4), torch.randn(2, T_k, 4), mask=mask, causal=causal, need_weights=need_weights)
    if need_weights:
        assert calls == []
        return
    (call,) = calls
    assert call["dropout_p"] == 0.0
    if causal and not masked and T_k == 4:
        assert call == {"mask": None, "is_causal": True, "dropout_p": 0.0}
    else:
        assert call["is_causal"] is False
        if causal:
            assert torch.equal(call["mask"].expand(2, 2, 4, T_k), causal_mask(4, T_k).expand(2, 2, 4, T_k))
        else:
            assert (call["mask"] is None) == (not masked)


@pytest.mark.parametrize("need_weights", [True, False])
def test_shapes_at_the_edge(need_weights):
    layer = MultiHeadAttention(4, 2)
    for batch, T_q, T_k in ((0, 3, 3), (2, 0, 0), (2, 0, 3), (2, 3, 0)):
        output, weights = layer(torch.ones(batch, T_q, 4), torch.ones(batch, T_k, 4), need_weights=need_weights)
        assert output.shape == (batch, T_q, 4)
        assert weights is None or weights.shape == (batch, 2, T_q, T_k)
        assert output.isfinite().all()


@pytest.mark.parametrize("need_weights", [True, False])
@pytest.mark.parametrize("size", [1e4, 1e30])
@pytest.mark.parametrize("causal", [True, False])
def test_large_scores_stay_finite(size, need_weights, causal):
    layer = MultiHeadAttention(2, 2)
    for linear in (layer.W_q, layer.W_k, layer.W_v, layer.W_o):
        nn.init.eye_(linear.weight)
        nn.init.zeros_(linear.bias)
    x = size**0.5 * torch.tensor([[[1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]])
    x.requires_grad_()
    output, _ = layer(x, causal=causal, need_weights=need_weights)
    (gradient,) = torch.autograd.grad(output.sum(), x)
    assert gradient.isfinite().all()
    expected = x.detach().clone()  # each number is its own head and finds its like, as soon as there is one
    torch.testing.assert_close(output.detach(), expected, rtol=1e-6, atol=0)


def test_state_is_the_four_projections_with_biases():
    layer = MultiHeadAttention(6, 2)
    names = {f"W_{which}.{part}" for which in "qkvo" for part in ("weight", "bias")}
    assert set(layer.state_dict()) == names
    assert sum(parameter.numel() for parameter in layer.parameters()) == 4 * (6 * 6 + 6)
    assert (layer.d_model, layer.num_heads, layer.d_k) == (6, 2, 3)


# Errors: which argument, what came, what was expected


@pytest.mark.parametrize(("d_model", "heads"), [(6, 4), (4, 6), (0, 1), (4, 0), (-4, 2), (4, -2)])
def test_sizes_that_do_not_fit(d_model, heads):
    with pytest.raises(ValueError) as caught:
        MultiHeadAttention(d_model, heads)
    assert_parts(caught, ["MultiHeadAttention", f"d_model is {d_model}", f"num_heads is {heads}", "multiple"])


X = torch.ones(2, 3, 4)
BAD_MASKS = [(3,), (3, 4), (2, 4, 3), (3, 3, 3), (2, 3, 3, 3), (3, 2, 3, 3), (2, 1, 1, 3, 3), ()]


@pytest.mark.parametrize(
    ("arguments", "error", "parts"),
    [
        ({"query": [[1.0]]}, TypeError, ["query", "torch.Tensor", "got list"]),
        ({"query": X, "key": np.ones((2, 3, 4))}, TypeError, ["key", "torch.Tensor", "got ndarray"]),
        ({"query": X, "value": 3}, TypeError, ["value", "torch.Tensor", "got int"]),
        ({"query": X[0]}, ValueError, ["query", "(3, 4)", "(batch, T, 4)"]),
        ({"query": torch.ones(2, 3, 5)}, ValueError, ["query", "(2, 3, 5)", "(batch, T, 4)"]),
        ({"query": X, "key": torch.ones(2, 3, 5)}, ValueError, ["key", "(2, 3, 5)", "(batch, T, 4)"]),
        ({"query": X, "value": torch.ones(3, 4)}, ValueError, ["value", "(3, 4)", "(batch, T, 4)"]),
        ({"query": X.double()}, TypeError, ["query", "torch.float64", "weights", "torch.float32"]),
        ({"query": X.long()}, TypeError, ["query", "torch.int64", "weights", "torch.float32"]),
        ({"query": X, "key": X.half()}, TypeError, ["key", "torch.float16", "torch.float32"]),
        ({"query": X, "key": torch.ones(1, 3, 4)}, ValueError, ["batch", "query (2, 3)", "key (1, 3)"]),
        (
            {"query": X, "key": torch.ones(2, 5, 4), "value": torch.ones(2, 6, 4)},
            ValueError,
            ["one length", "query (2, 3)", "key (2, 5)", "value (2, 6)"],
        ),
        ({"query": X, "key": X[:, :2], "causal": True}, ValueError, ["causal", "T_q <= T_k", "T_q = 3", "T_k = 2"]),
        ({"query": X, "mask": torch.zeros(3, 3)}, TypeError, ["mask", "boolean", "True = may attend", "float32"]),
        ({"query": X, "mask": [[True] * 3] * 3}, TypeError, ["mask", "boolean", "got list"]),
        *(
            (
                {"query": X, "mask": torch.ones(shape, dtype=torch.bool)},
                ValueError,
                ["mask", str(shape), "(T_q, T_k)", "(batch, heads, T_q, T_k)", "(2, 2, 3, 3)"],
            )
            for shape in BAD_MASKS
        ),
    ],
)
@pytest.mark.parametrize("need_weights", [True, False])
def test_forward_names_what_is_wrong(arguments, error, parts, need_weights):
    with pytest.raises(error) as caught:
        MultiHeadAttention(4, 2)(**arguments, need_weights=need_weights)
    assert_parts(caught, ["MultiHeadAttention", *parts])


def assert_parts(caught, parts):
    for part in parts:
        assert part in str(caught.value), f"no {part!r} in {str(caught.value)!r}"


@pytest.mark.parametrize("need_weights", [True, False])
@pytest.mark.parametrize("masked", [True, False])
@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize("shape", [(4, 4), (3, 4, 4), (2, 1, 4, 4), (1, 3, 1, 4)])
def test_a_score_bias_is_added_to_the_scores(need_weights, masked, causal, shape):
    """PyTorch's kernel adds a mask of numbers; forbidden places are minus infinity there."""
    torch.manual_seed(1)
    layer = MultiHeadAttention(6, 3).double()
    x, bias = torch.randn(2, 4, 6, dtype=torch.float64), torch.randn(shape, dtype=torch.float64)
    mask = torch.tensor([[True, True, True, True], [True, True, True, False]])[:, None] if masked else None
    allowed = torch.ones(2, 1, 4, 4, dtype=torch.bool)
    allowed = allowed & mask[:, None] if masked else allowed
    allowed = allowed.tril() if causal else allowed
    q, k, v = (W(x).view(2, 4, 3, 2).transpose(1, 2) for W in (layer.W_q, layer.W_k, layer.W_v))
    added = bias.expand(2, 3, 4, 4).masked_fill(~allowed, -torch.inf)
    context = torch.nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=added)
    expected = layer.W_o(context.transpose(1, 2).reshape(2, 4, 6))
    got, _ = layer(x, mask=mask, causal=causal, need_weights=need_weights, score_bias=bias)
    assert torch.allclose(got, expected, atol=1e-12)


@pytest.mark.parametrize("need_weights", [True, False])
def test_a_row_that_may_attend_nowhere_is_zero_whatever_is_added(need_weights):
    layer = MultiHeadAttention(4, 2)
    mask = torch.tensor([[True, False], [False, False]])
    output, weights = layer(
        torch.randn(1, 2, 4), mask=mask, need_weights=need_weights, score_bias=torch.full((2, 2), 9.0)
    )
    assert torch.allclose(output[0, 1], layer.W_o.bias, atol=1e-6)
    assert weights is None or torch.equal(weights[0, :, 1], torch.zeros(2, 2))


@pytest.mark.parametrize(
    ("bias", "error", "said"),
    [
        (torch.zeros(3, 3), ValueError, r"score_bias has shape \(3, 3\)"),
        (torch.zeros(4), ValueError, r"score_bias has shape \(4,\)"),
        (torch.zeros(5, 4, 4), ValueError, "heads, T_q, T_k"),
        (torch.ones(4, 4, dtype=torch.bool), TypeError, "got torch.bool"),
        ([[0.0]], TypeError, "got list"),
    ],
)
def test_a_wrong_score_bias_is_named(bias, error, said):
    with pytest.raises(error, match=said):
        MultiHeadAttention(4, 2)(torch.zeros(1, 4, 4), score_bias=bias)
