"""The encoder against PyTorch's own post-norm layers with the same numbers, and what it lets one change and refuses."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from course_utils.attention import scaled_dot_product_attention
from course_utils.models.sentence_encoder import SentenceEncoder

VOCABULARY_SIZE, D_MODEL, HEADS, LAYERS, D_FF, LONGEST = 20, 12, 3, 2, 16, 9
TOKENS = torch.tensor([[1, 5, 7, 7, 2], [1, 9, 2, 0, 0]])
MASK = torch.tensor([[True] * 5, [True] * 3 + [False] * 2])


@pytest.fixture
def encoder() -> SentenceEncoder:
    """None of its numbers at a starting value of 0 or 1."""
    torch.manual_seed(2)
    encoder = SentenceEncoder(VOCABULARY_SIZE, D_MODEL, HEADS, LAYERS, D_FF, LONGEST).double()
    for parameter in encoder.parameters():
        nn.init.normal_(parameter, std=0.5)
    return encoder


def pytorch_states(encoder: SentenceEncoder, tokens, mask) -> list[torch.Tensor]:
    """The states as ``nn.TransformerEncoderLayer`` computes them."""
    embedded = encoder.embedding.weight[tokens] + encoder.positions.vectors[: tokens.shape[1]]
    x = F.layer_norm(embedded, (D_MODEL,), encoder.norm.weight, encoder.norm.bias, 1e-12)
    states = [x]
    for block in encoder.blocks:
        layer = nn.TransformerEncoderLayer(
            D_MODEL, HEADS, D_FF, dropout=0.0, activation="gelu", batch_first=True, layer_norm_eps=1e-12
        ).double()
        ins = [block.attention.W_q, block.attention.W_k, block.attention.W_v]
        numbers = {
            "self_attn.in_proj_weight": torch.cat([part.weight for part in ins]),
            "self_attn.in_proj_bias": torch.cat([part.bias for part in ins]),
        }
        for name, part in (
            ("self_attn.out_proj", block.attention.W_o),
            ("linear1", block.feed_forward.widen),
            ("linear2", block.feed_forward.narrow),
            ("norm1", block.norm_1),
            ("norm2", block.norm_2),
        ):
            numbers |= {f"{name}.weight": part.weight, f"{name}.bias": part.bias}
        layer.load_state_dict(numbers)
        x = layer(x, src_key_padding_mask=None if mask is None else ~mask)
        states.append(x)
    return states


@pytest.mark.parametrize("mask", [None, MASK])
def test_states_and_vectors_are_those_of_pytorchs_layers(encoder, mask):
    encoded = encoder(TOKENS, mask)
    expected = pytorch_states(encoder, TOKENS, mask)
    real = torch.ones_like(MASK) if mask is None else mask
    assert len(encoded.states) == len(expected) == LAYERS + 1
    for got, right in zip(encoded.states, expected):
        torch.testing.assert_close(got[real], right[real], atol=1e-12, rtol=0)
    for row in range(2):
        mean = expected[-1][row][real[row]].mean(0)
        torch.testing.assert_close(encoded.vectors[row], mean / mean.norm(), atol=1e-12, rtol=0)


def test_nearly_equal_features_show_the_small_number_in_the_norms(encoder):
    """With PyTorch's own 1e-5 under the root, features that differ by a thousandth would stay small."""
    norms = [module for module in encoder.modules() if isinstance(module, nn.LayerNorm)]
    assert len(norms) == 1 + 2 * LAYERS
    x = 1e-3 * torch.randn(4, D_MODEL, dtype=torch.float64)
    for norm in norms:
        scaled = (norm(x) - norm.bias) / norm.weight
        torch.testing.assert_close(scaled.std(-1, correction=0), torch.ones(4, dtype=torch.float64), atol=1e-5, rtol=0)


def test_weights_share_out_one_and_give_padding_nothing(encoder):
    _, _, all_weights = encoder(TOKENS, MASK)
    assert len(all_weights) == LAYERS
    for weights in all_weights:
        assert weights.shape == (2, HEADS, 5, 5)
        torch.testing.assert_close(weights.sum(-1), torch.ones(2, HEADS, 5, dtype=torch.float64))
        assert (weights[1, :, :, 3:] == 0).all() and (weights[1, :, :, :3] > 0).all() and (weights[0] > 0).all()


def test_a_sentence_alone_is_what_it_is_in_a_batch_with_padding(encoder):
    batch = encoder(TOKENS, MASK)
    alone = encoder(TOKENS[1:, :3])
    torch.testing.assert_close(batch.vectors[1], alone.vectors[0], atol=1e-12, rtol=0)
    for in_batch, by_itself in zip(batch.states, alone.states):
        torch.testing.assert_close(in_batch[1, :3], by_itself[0], atol=1e-12, rtol=0)
    other = TOKENS.clone()
    other[1, 3:] = 13  # what stands under the padding is not read
    assert torch.equal(encoder(other, MASK).vectors, batch.vectors)


def test_barred_keys_get_nothing_in_any_layer(encoder):
    barred = torch.zeros(5, 5, dtype=torch.bool)
    barred[1, 2] = True
    free, closed = encoder(TOKENS, MASK), encoder(TOKENS, MASK, barred)
    for weights in closed.weights:
        assert (weights[:, :, 1, 2] == 0).all() and (weights[0, :, 2, 1] > 0).all()
    first, first_free = closed.weights[0], free.weights[0]  # in the first layer only the row of query 1 can change
    others = [0, 2, 3, 4]
    assert torch.equal(first[:, :, others], first_free[:, :, others])
    share = first_free[0, :, 1].masked_fill(barred[1], 0)
    torch.testing.assert_close(first[0, :, 1], share / share.sum(-1, keepdim=True))
    one_only = torch.stack([barred, torch.zeros_like(barred)])
    assert torch.equal(encoder(TOKENS, MASK, one_only).vectors[0], closed.vectors[0])
    assert torch.equal(encoder(TOKENS, MASK, one_only).vectors[1], free.vectors[1])


def test_a_query_that_may_see_nothing_gets_zeros(encoder):
    barred = torch.zeros(5, 5, dtype=torch.bool)
    barred[3] = True
    encoded = encoder(TOKENS, None, barred)
    assert (encoded.weights[0][:, :, 3] == 0).all() and encoded.vectors.isfinite().all()


# Another attention for a while


def test_another_attention_within_the_block_and_the_old_one_after(encoder):
    before = encoder(TOKENS)

    def uniform(query, key, value, mask):
        weights = torch.full((*query.shape[:3], key.shape[2]), 1 / key.shape[2], dtype=query.dtype)
        return weights @ value, weights

    with encoder.attending(uniform, layers=[1]) as same:
        assert same is encoder
        inside = encoder(TOKENS)
    assert torch.equal(inside.weights[0], before.weights[0])
    assert (inside.weights[1] == 0.2).all() and not torch.allclose(inside.vectors, before.vectors)
    with encoder.attending(uniform):
        assert all((weights == 0.2).all() for weights in encoder(TOKENS).weights)
    with encoder.attending(lambda query, key, value, mask: (value, None)):
        assert encoder(TOKENS).weights == [None, None]
    assert torch.equal(encoder(TOKENS).vectors, before.vectors)


def test_after_an_error_and_one_within_another_the_layers_are_as_before(encoder):
    def wrong(query, key, value, mask):
        raise ZeroDivisionError

    def same(query, key, value, mask):
        return scaled_dot_product_attention(query, key, value, mask)

    with encoder.attending(same, layers=[0]):
        with pytest.raises(ZeroDivisionError), encoder.attending(wrong):
            encoder(TOKENS)
        assert [block.attention.attend for block in encoder.blocks] == [same, scaled_dot_product_attention]
    assert all(block.attention.attend is scaled_dot_product_attention for block in encoder.blocks)


@pytest.mark.parametrize("layers", [[2], [0, -1], ["0"], [None]])
def test_a_layer_that_is_not_there_is_named(encoder, layers):
    with (
        pytest.raises(ValueError, match=f"there is no layer {layers[-1]!r}, only 0 to 1"),
        encoder.attending(scaled_dot_product_attention, layers),
    ):
        pass
    assert all(block.attention.attend is scaled_dot_product_attention for block in encoder.blocks)


def test_one_number_is_no_list_of_layers(encoder):
    with (
        pytest.raises(TypeError, match="layers must be a list of numbers, got 1"),
        encoder.attending(scaled_dot_product_attention, 1),
    ):
        pass


def test_something_that_cannot_be_called_is_no_attention(encoder):
    with pytest.raises(TypeError, match="function must be callable, got str"), encoder.attending("uniform"):
        pass


# What is refused


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        (("a sentence",), TypeError, "tokens must be a tensor of torch.long, got str"),
        ((TOKENS.float(),), TypeError, "torch.long, got torch.float32"),
        ((TOKENS[0],), ValueError, r"tokens have shape \(5,\), expected \(batch, T\)"),
        ((TOKENS[:, :0],), ValueError, r"shape \(2, 0\)"),
        ((TOKENS + 11,), ValueError, "tokens go from 11 to 20, expected numbers from 0 to 19"),
        ((TOKENS - 1,), ValueError, "tokens go from -1 to 8"),
        ((torch.ones(1, 10, dtype=torch.long),), ValueError, "only 9 were learned"),
        ((TOKENS, MASK.long()), TypeError, "mask must be a boolean tensor, got torch.int64"),
        ((TOKENS, [True]), TypeError, "mask must be a boolean tensor, got list"),
        ((TOKENS, MASK[:1]), ValueError, r"mask has shape \(1, 5\), expected \(2, 5\)"),
        ((TOKENS, MASK & False), ValueError, "without a real token"),
        ((TOKENS, None, MASK), ValueError, r"barred has shape \(2, 5\), expected \(5, 5\) or \(2, 5, 5\)"),
        ((TOKENS, None, torch.zeros(5, 5)), TypeError, "barred must be a boolean tensor, got torch.float32"),
    ],
)
def test_what_does_not_fit_is_named(encoder, arguments, error, said):
    with pytest.raises(error, match=f"{said}"):
        encoder(*arguments)


@pytest.mark.parametrize(
    ("sizes", "said"),
    [
        ((0, 12, 3, 2, 16, 9), "vocabulary_size is 0"),
        ((20, 12, 3, 0, 16, 9), "num_layers 0"),
        ((20, 12, 5, 2, 16, 9), "num_heads is 5"),
        ((20, 12, 3, 2, 0, 9), "d_ff is 0"),
        ((20, 12, 3, 2, 16, 0), "max_length is 0"),
    ],
)
def test_bad_sizes_are_named(sizes, said):
    with pytest.raises(ValueError, match=said):
        SentenceEncoder(*sizes)
