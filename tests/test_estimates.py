"""Closed forms against what small models of the course really compute and keep."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import nn

from course_utils.attention import scaled_dot_product_attention
from course_utils.cost import count
from course_utils.cost.estimates import attention_estimate, overtaking_length, parameters
from course_utils.datasets.model_shapes import MODEL_SHAPES, ModelShape
from course_utils.efficient import KeyValueCache
from course_utils.models.language_model import LanguageModel
from course_utils.reproducibility import set_seed

SMALL = ModelShape(
    name="small",
    layers=3,
    heads=4,
    kv_heads=4,
    d_k=8,
    d_model=32,
    d_ff=128,
    feed_forward_matrices=2,
    context=64,
    vocabulary=50,
    source="this test",
)


@pytest.fixture(scope="module")
def model():
    set_seed(0)
    return LanguageModel(SMALL.vocabulary, SMALL.d_model, SMALL.heads, SMALL.layers, SMALL.context).eval()


def tokens(length):
    return torch.arange(length)[None] % SMALL.vocabulary


@pytest.mark.parametrize("length", [1, 7, 64])
def test_operations_are_those_that_a_model_does(model, length):
    with torch.no_grad():
        cost = count(model, tokens(length))
    estimate = attention_estimate(SMALL, length)
    assert cost.flops == estimate.attention_flops + estimate.other_flops
    assert estimate.attention_share == estimate.attention_flops / cost.flops


def test_attentions_part_is_that_of_the_two_products():
    query = torch.randn(1, SMALL.heads, 20, SMALL.d_k)
    cost = count(scaled_dot_product_attention, query, query, query)
    assert SMALL.layers * cost.flops == attention_estimate(SMALL, 20).attention_flops


@pytest.mark.parametrize(("dtype", "size"), [(torch.float32, 4), (torch.bfloat16, 2)])
def test_bytes_are_those_that_a_model_keeps(dtype, size):
    set_seed(0)
    model = LanguageModel(SMALL.vocabulary, SMALL.d_model, SMALL.heads, SMALL.layers, SMALL.context).to(dtype)
    caches = [KeyValueCache() for _ in model.blocks]
    with torch.no_grad():
        _, weights = model(tokens(20), caches)
    estimate = attention_estimate(SMALL, 20, size)
    assert estimate.weights_bytes == weights[0].nbytes
    assert estimate.all_weights_bytes == sum(layer.nbytes for layer in weights)
    assert estimate.cache_bytes == sum(cache.bytes for cache in caches)
    matrices = [layer.weight for layer in model.modules() if isinstance(layer, nn.Linear)]  # the read-out among them
    assert estimate.next_token_bytes == sum(matrix.nbytes for matrix in matrices) + estimate.cache_bytes


def test_parameters_are_all_but_biases_norms_and_positions(model):
    matrices = [layer.weight for layer in model.modules() if isinstance(layer, nn.Linear)]
    embedding = model.embedding.weight.numel()
    assert parameters(SMALL) == sum(matrix.numel() for matrix in matrices) + embedding
    assert parameters(replace(SMALL, tied=True)) == parameters(SMALL) - model.output.weight.numel()
    assert attention_estimate(SMALL, 5, 2).parameter_bytes == 2 * parameters(SMALL)


def test_twice_the_text_is_four_times_the_square_and_twice_the_rest():
    for shape in MODEL_SHAPES.values():
        one = attention_estimate(replace(shape, window=None), 4096)
        two = attention_estimate(replace(shape, window=None), 8192)
        assert two.weights_bytes == 4 * one.weights_bytes and two.all_weights_bytes == 4 * one.all_weights_bytes
        assert two.attention_flops == 4 * one.attention_flops
        assert two.other_flops == 2 * one.other_flops and two.cache_bytes == 2 * one.cache_bytes


def test_beyond_its_window_a_model_grows_only_as_the_text_does_and_keeps_no_more():
    shape = MODEL_SHAPES["Mistral 7B v0.1"]
    full = replace(shape, window=None)
    for length in (100, 4096):
        assert attention_estimate(shape, length) == attention_estimate(full, length)
    one, two = attention_estimate(shape, 8192), attention_estimate(shape, 16_384)
    assert two.attention_flops == 2 * one.attention_flops and two.weights_bytes == 2 * one.weights_bytes
    assert two.cache_bytes == one.cache_bytes == attention_estimate(shape, 4096).cache_bytes


def test_shared_keys_and_values_save_memory_and_nothing_else_that_grows():
    shared = attention_estimate(replace(SMALL, kv_heads=2), 20)
    whole = attention_estimate(SMALL, 20)
    assert 2 * shared.cache_bytes == whole.cache_bytes
    assert (shared.weights_bytes, shared.attention_flops) == (whole.weights_bytes, whole.attention_flops)


def test_known_numbers():
    """By hand: 2 · 32 layers · 32 heads · 128 numbers · 4,096 tokens · 2 bytes = 2 GiB, a quarter of it for 8 heads."""
    assert attention_estimate(MODEL_SHAPES["Llama 2 7B"], 4096, 2).cache_bytes == 2 * 2**30
    assert attention_estimate(MODEL_SHAPES["Llama 3.1 8B"], 4096, 2).cache_bytes == 2**29
    assert attention_estimate(replace(SMALL, heads=1), 8192).weights_bytes == 268_435_456
    bert = attention_estimate(MODEL_SHAPES["BERT base"], 512)
    assert bert.cache_bytes == bert.next_token_bytes == 0


def test_a_model_that_does_not_write_has_no_read_out():
    writes, reads = attention_estimate(SMALL, 20), attention_estimate(replace(SMALL, writes=False), 20)
    assert writes.other_flops - reads.other_flops == 2 * 20 * SMALL.d_model * SMALL.vocabulary
    assert parameters(SMALL) - parameters(replace(SMALL, writes=False)) == SMALL.d_model * SMALL.vocabulary


@pytest.mark.parametrize(
    "shape", [SMALL, MODEL_SHAPES["GPT-3 175B"], MODEL_SHAPES["Llama 3.1 8B"]], ids=lambda s: s.name
)
def test_attention_overtakes_exactly_there(shape):
    length = overtaking_length(shape)
    layer = replace(shape, writes=False, context=length)  # without the read-out, which belongs to no layer
    assert attention_estimate(layer, length).attention_share > 0.5
    assert attention_estimate(layer, length - 1).attention_share <= 0.5


def test_attention_overtakes_just_above_six_widths():
    for name in ("BERT base", "MiniLM-L6", "GPT-2 XL", "GPT-3 175B"):
        assert overtaking_length(MODEL_SHAPES[name]) == 6 * MODEL_SHAPES[name].d_model + 1
    assert overtaking_length(MODEL_SHAPES["Mistral 7B v0.1"]) is None
    assert overtaking_length(replace(MODEL_SHAPES["Mistral 7B v0.1"], window=30_000)) == 26_625


def test_one_more_token_reads_all_but_the_embedding_and_what_is_kept():
    """A tied embedding is read as the read-out; an untied one is only looked up."""
    for tied, looked_up in ((True, 0), (False, SMALL.d_model * SMALL.vocabulary)):
        shape = replace(SMALL, tied=tied)
        estimate = attention_estimate(shape, 20, 2)
        assert estimate.next_token_bytes == 2 * (parameters(shape) - looked_up) + estimate.cache_bytes
    short, long = (attention_estimate(MODEL_SHAPES["Mistral 7B v0.1"], length) for length in (4096, 100_000))
    assert short.next_token_bytes == long.next_token_bytes  # no more than the window is kept


def test_seconds():
    estimate = attention_estimate(SMALL, 20)
    assert estimate.seconds(1e6) == (estimate.attention_flops + estimate.other_flops) / 1e6
    assert estimate.seconds_to_read(1e6) == estimate.next_token_bytes / 1e6
    for rate in (0, -1.0, float("inf"), float("nan")):
        with pytest.raises(ValueError, match="seconds: flops_per_second is"):
            estimate.seconds(rate)
        with pytest.raises(ValueError, match="seconds_to_read: bytes_per_second is"):
            estimate.seconds_to_read(rate)


def test_a_name_is_no_shape():
    with pytest.raises(TypeError, match="shape must be a ModelShape.*'BERT base'"):
        attention_estimate("BERT base", 512)


@pytest.mark.parametrize("wrong", [0, -1, 2.5, True, "512"])
def test_sizes_that_are_none_are_refused(wrong):
    with pytest.raises(ValueError, match="length is"):
        attention_estimate(SMALL, wrong)
    with pytest.raises(ValueError, match="bytes_per_number is"):
        attention_estimate(SMALL, 20, wrong)
