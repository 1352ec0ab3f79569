"""The block against PyTorch's own with the same weights, and the cache against reading everything at once."""

import pytest
import torch
from torch import nn

from course_utils.attention import padding_mask
from course_utils.efficient import KeyValueCache
from course_utils.layers import FeedForward, RelativeBias, TransformerBlock
from course_utils.training import count_parameters

D_MODEL, HEADS, D_FF = 12, 3, 20


def pair(norm_first: bool) -> tuple[TransformerBlock, nn.TransformerEncoderLayer]:
    """Our block and PyTorch's with equal weights, none of them at a starting value of 0 or 1."""
    torch.manual_seed(5)
    ours = TransformerBlock(D_MODEL, HEADS, D_FF, norm_first).double()
    for parameter in ours.parameters():
        nn.init.normal_(parameter, std=0.5)
    theirs = nn.TransformerEncoderLayer(
        D_MODEL, HEADS, D_FF, dropout=0.0, activation="gelu", batch_first=True, norm_first=norm_first
    ).double()
    ins = [ours.attention.W_q, ours.attention.W_k, ours.attention.W_v]
    weights = {
        "self_attn.in_proj_weight": torch.cat([layer.weight for layer in ins]),
        "self_attn.in_proj_bias": torch.cat([layer.bias for layer in ins]),
    }
    for name, layer in (
        ("self_attn.out_proj", ours.attention.W_o),
        ("linear1", ours.feed_forward.widen),
        ("linear2", ours.feed_forward.narrow),
        ("norm1", ours.norm_1),
        ("norm2", ours.norm_2),
    ):
        weights |= {f"{name}.weight": layer.weight, f"{name}.bias": layer.bias}
    theirs.load_state_dict(weights)
    return ours, theirs


@pytest.mark.parametrize("norm_first", [True, False])
@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize("need_weights", [True, False])
def test_equals_pytorch_values_and_gradients(norm_first, causal, need_weights):
    ours, theirs = pair(norm_first)
    x = torch.randn(2, 5, D_MODEL, dtype=torch.float64, requires_grad=True)
    blocked = nn.Transformer.generate_square_subsequent_mask(5, dtype=torch.float64) if causal else None
    got, weights = ours(x, causal=causal, need_weights=need_weights)
    expected = theirs(x, src_mask=blocked)
    assert torch.allclose(got, expected, atol=1e-12)
    assert (weights is None) != need_weights
    target = torch.randn_like(got)
    (one,) = torch.autograd.grad((got * target).sum(), x)
    (other,) = torch.autograd.grad((expected * target).sum(), x)
    assert torch.allclose(one, other, atol=1e-12)


@pytest.mark.parametrize("norm_first", [True, False])
def test_padding_is_never_seen(norm_first):
    ours, theirs = pair(norm_first)
    x = torch.randn(2, 5, D_MODEL, dtype=torch.float64)
    mask = padding_mask(torch.tensor([5, 3]))
    theirs.train()  # in eval mode PyTorch's fast path returns zeros for padded queries
    assert torch.allclose(ours(x, mask)[0][:, :3], theirs(x, src_key_padding_mask=~mask[:, 0])[:, :3], atol=1e-12)
    assert torch.allclose(ours(x, mask)[0][1, :3], ours(x[1:, :3])[0][0], atol=1e-12)


@pytest.mark.parametrize("norm_first", [True, False])
def test_a_score_bias_for_each_head_is_what_pytorch_adds(norm_first):
    ours, theirs = pair(norm_first)
    x, bias = torch.randn(2, 5, D_MODEL, dtype=torch.float64), torch.randn(HEADS, 5, 5, dtype=torch.float64)
    expected = theirs(x, src_mask=bias.repeat(2, 1, 1))  # (batch * heads, T, T), the heads of one sequence together
    assert torch.allclose(ours(x, score_bias=bias)[0], expected, atol=1e-12)


def test_parameters_are_counted():
    attention, norms = 4 * (D_MODEL**2 + D_MODEL), 2 * 2 * D_MODEL
    feed_forward = D_MODEL * D_FF + D_FF + D_FF * D_MODEL + D_MODEL
    assert count_parameters(TransformerBlock(D_MODEL, HEADS, D_FF)) == attention + norms + feed_forward
    assert TransformerBlock(8, 2).feed_forward.widen.out_features == 32


def test_feed_forward_by_hand_and_each_token_by_itself():
    layer = FeedForward(2, 3)
    with torch.no_grad():
        layer.widen.weight.copy_(torch.tensor([[1.0, 0], [0, 1], [1, 1]]))
        layer.widen.bias.zero_()
        layer.narrow.weight.copy_(torch.tensor([[1.0, 0, 0], [0, 1, 1]]))
        layer.narrow.bias.copy_(torch.tensor([10.0, 20]))
    phi = torch.distributions.Normal(0.0, 1.0).cdf
    gelu = [v * float(phi(torch.tensor(v))) for v in (1.0, -2.0, -1.0)]
    expected = torch.tensor([10 + gelu[0], 20 + gelu[1] + gelu[2]])
    assert torch.allclose(layer(torch.tensor([1.0, -2.0])), expected, atol=1e-6)
    x = torch.randn(1, 4, 2)
    changed = x.clone()
    changed[0, 2] += 1
    assert (layer(x) != layer(changed)).any(-1)[0].tolist() == [False, False, True, False]


@pytest.mark.parametrize("norm_first", [True, False])
@pytest.mark.parametrize("need_weights", [True, False])
@pytest.mark.parametrize("pieces", [(1, 1, 1, 1, 1, 1), (3, 1, 2), (6,)])
def test_with_a_cache_the_outputs_are_those_of_reading_everything(norm_first, need_weights, pieces):
    ours, _ = pair(norm_first)
    x = torch.randn(2, 6, D_MODEL, dtype=torch.float64)
    bias = RelativeBias(HEADS, 3).double()
    nn.init.normal_(bias.table)
    whole, _ = ours(x, causal=True, score_bias=bias(6))
    cache, outputs = KeyValueCache(), []
    for piece in x.split(pieces, dim=1):
        length = cache.length + piece.shape[1]
        output, weights = ours(
            piece, causal=True, need_weights=need_weights, score_bias=bias(piece.shape[1], length), cache=cache
        )
        outputs.append(output)
        if need_weights:
            assert weights.shape == (2, HEADS, piece.shape[1], length)
            assert torch.allclose(weights.sum(-1), torch.ones((), dtype=torch.float64))
    assert torch.allclose(torch.cat(outputs, 1), whole, atol=1e-12)
    assert cache.length == 6
    assert cache.bytes == 2 * (2 * HEADS * 6 * (D_MODEL // HEADS)) * 8  # keys and values of 8 bytes a number


def test_an_empty_cache_and_what_it_refuses():
    cache = KeyValueCache()
    assert (cache.length, cache.bytes) == (0, 0)
    with pytest.raises(ValueError, match=r"key has shape \(1, 2, 3, 4\) and value \(1, 2, 3, 5\)"):
        cache.append(torch.zeros(1, 2, 3, 4), torch.zeros(1, 2, 3, 5))
    cache.append(torch.zeros(1, 2, 3, 4), torch.zeros(1, 2, 3, 4))
    with pytest.raises(ValueError, match="Begin every sequence with a new cache"):
        cache.append(torch.zeros(2, 2, 1, 4), torch.zeros(2, 2, 1, 4))
    assert cache.length == 3


def test_a_refused_call_leaves_the_cache_as_it_was():
    block, cache = TransformerBlock(4, 2), KeyValueCache()
    block(torch.zeros(1, 3, 4), causal=True, cache=cache)
    with pytest.raises(ValueError, match="mask has shape"):
        block(torch.zeros(1, 1, 4), mask=torch.ones(2, 2, dtype=torch.bool), cache=cache)
    assert cache.length == 3


@pytest.mark.parametrize(("sizes", "said"), [((4, 3), "num_heads is 3"), ((4, 2, 0), "d_ff is 0")])
def test_bad_sizes_are_named(sizes, said):
    with pytest.raises(ValueError, match=said):
        TransformerBlock(*sizes)
