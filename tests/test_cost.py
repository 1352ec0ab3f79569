"""The counter against counts by hand, PyTorch's own counter and its profiler; timing against closed forms."""

from __future__ import annotations

import gc
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.version import Version
from torch import nn
from torch.nn import functional as F
from torch.profiler import ProfilerActivity, profile
from torch.utils.flop_counter import FlopCounterMode

from course_utils.attention import scaled_dot_product_attention
from course_utils.cost import Cost, count, cpu_seconds, log_log_slope, timing
from course_utils.efficient import blockwise_attention, linear_attention, sliding_window_attention
from course_utils.layers import MultiHeadAttention, TransformerBlock

FLOAT = 4  # bytes


def test_a_product_by_hand():
    a, b = torch.ones(3, 5), torch.ones(5, 7)
    cost = count(torch.matmul, a, b)
    assert cost == Cost(flops=2 * 3 * 5 * 7, exponentials=0, peak_bytes=21 * FLOAT, output_bytes=21 * FLOAT)
    assert cost.extra_bytes == 0
    assert all(type(number) is int for number in vars(cost).values())


@pytest.mark.parametrize(
    ("function", "flops", "exponentials"),
    [
        (lambda: torch.ones(2, 4, 3, 5) @ torch.ones(5, 7), 2 * 2 * 4 * 3 * 5 * 7, 0),
        (lambda: torch.ones(4, 3, 5) @ torch.ones(4, 5, 7), 2 * 4 * 3 * 5 * 7, 0),
        (lambda: torch.ones(3, 5) @ torch.ones(5), 2 * 3 * 5, 0),
        (lambda: torch.ones(5) @ torch.ones(5), 2 * 5, 0),
        (lambda: torch.ones(3) @ torch.ones(3, 5), 2 * 3 * 5, 0),
        (lambda: torch.einsum("hqd,hkd->hqk", torch.ones(2, 3, 5), torch.ones(2, 4, 5)), 2 * 2 * 3 * 4 * 5, 0),
        (lambda: F.linear(torch.ones(2, 3, 5), torch.ones(7, 5), torch.ones(7)), 2 * 2 * 3 * 5 * 7, 0),
        (lambda: torch.addmm(torch.ones(7), torch.ones(3, 5), torch.ones(5, 7)), 2 * 3 * 5 * 7, 0),
        (lambda: torch.ones(7).addmv_(torch.ones(7, 5), torch.ones(5)), 2 * 5 * 7, 0),
        (lambda: torch.baddbmm(torch.ones(1, 1, 7), torch.ones(2, 3, 5), torch.ones(2, 5, 7)), 2 * 2 * 3 * 5 * 7, 0),
        (lambda: (torch.ones(3, 5) * torch.ones(3, 5)).sum(), 0, 0),  # no matrix product
        (lambda: torch.ones(3, 5).exp(), 0, 15),
        (lambda: torch.ones(3, 5).exp_(), 0, 15),
        (lambda: torch.ones(3, 5).softmax(-1), 0, 15),
        (lambda: torch.ones(3, 5).log_softmax(-1), 0, 15),
        (lambda: torch.ones(3, 5).logsumexp(-1), 0, 15),
        (lambda: F.elu(torch.ones(3, 5)), 0, 15),
        (lambda: torch.ones(3, 5).sigmoid() + torch.ones(5).tanh(), 0, 20),
        (lambda: 3, 0, 0),
    ],
)
@pytest.mark.parametrize("mode", [torch.enable_grad, torch.no_grad, torch.inference_mode])
def test_operations_by_hand_whatever_autograd_does(function, flops, exponentials, mode):
    with mode():
        cost = count(function)
    assert (cost.flops, cost.exponentials) == (flops, exponentials)


def test_memory_by_hand():
    x = torch.ones(1000)

    def chain():
        a = x[:700] + 1  # 700 alive
        b = torch.cat([a, a])  # 2100
        del a  # 1400
        c = b[:500] - 1  # 1900: the slice is a view
        return c.view(5, 100)  # b goes, 500 stay

    assert count(chain) == Cost(0, 0, 2100 * FLOAT, 500 * FLOAT)
    assert count(lambda: x.view(10, 100)) == Cost(0, 0, 0, 0)  # nothing is made
    assert count(lambda: x.add_(1)) == Cost(0, 0, 0, 0)
    assert count(lambda: (x + 1)[:10]) == Cost(0, 0, 1000 * FLOAT, 1000 * FLOAT)  # a view keeps all of it
    assert count(lambda: {"a": [x + 1, x], "b": (x * 2,)}).output_bytes == 2000 * FLOAT
    assert count(lambda: [x + 1] * 2).output_bytes == 1000 * FLOAT  # one tensor twice
    assert count(lambda: torch.empty(0).resize_(50)).peak_bytes == 50 * FLOAT  # grown in place
    assert count(lambda: torch.tensor([1.0, 2.0])).output_bytes == 2 * FLOAT
    assert count(lambda: torch.ones(8, dtype=torch.float64) > 0).peak_bytes == 8 * 8 + 8


def test_memory_that_many_short_lives_share_is_not_summed():
    x = torch.ones(1000)

    def loop():
        for _ in range(50):
            x + 1

    assert count(loop).peak_bytes == 1000 * FLOAT


def attention(n, d_k=16, d_v=16):
    return torch.ones(1, 2, n, d_k), torch.ones(1, 2, n, d_k), torch.ones(1, 2, n, d_v)


@pytest.mark.parametrize("n", [1, 7, 64])
def test_plain_attention_by_hand(n):
    cost = count(scaled_dot_product_attention, *attention(n, 16, 24))
    table = 2 * n * n  # heads
    assert cost.flops == 2 * table * (16 + 24)
    assert cost.exponentials == table
    assert cost.output_bytes == FLOAT * (table + 2 * n * 24)  # weights and context
    assert cost.extra_bytes == FLOAT * table  # the scores


@pytest.mark.parametrize("n", [64, 100])
def test_the_fused_kernel_counts_like_the_plain_products_and_keeps_no_table(n):
    inputs = attention(n)
    cost = count(F.scaled_dot_product_attention, *inputs)
    plain = count(scaled_dot_product_attention, *inputs)
    assert (cost.flops, cost.exponentials) == (plain.flops, plain.exponentials)
    assert cost.extra_bytes == FLOAT * 2 * n  # a number for each query, for the backward pass
    with FlopCounterMode(display=False) as theirs:
        F.scaled_dot_product_attention(*inputs)
    assert theirs.get_total_flops() in (0, cost.flops)  # 0: PyTorch's counter does not know this kernel


@pytest.mark.skipif(Version(torch.__version__) >= Version("2.15"), reason="PyTorch 2.15 makes no table here either")
def test_with_fewer_than_four_axes_pytorch_makes_the_whole_table():
    inputs = [tensor[0] for tensor in attention(64)]
    cost = count(F.scaled_dot_product_attention, *inputs)
    assert (cost.flops, cost.exponentials) == (2 * 2 * 64 * 64 * 32, 2 * 64 * 64)
    assert cost.extra_bytes >= FLOAT * 2 * 64 * 64


def test_the_fused_kernel_backward_is_five_products():
    inputs = [tensor.requires_grad_() for tensor in attention(32)]
    cost = count(lambda: F.scaled_dot_product_attention(*inputs).sum().backward())
    assert cost.flops == 2 * 2 * 32 * 32 * 16 * (2 + 5)


def block():
    torch.manual_seed(0)
    return TransformerBlock(16, 2, 32), torch.randn(2, 9, 16)


@pytest.mark.parametrize("backward", [False, True])
def test_pytorchs_counter_agrees_on_real_layers(backward):
    for layer, x in (block(), (MultiHeadAttention(16, 4), torch.randn(3, 5, 16)), (nn.Linear(16, 3), torch.randn(16))):

        def work(layer=layer, x=x):
            result = layer(x)
            result = result[0] if isinstance(result, tuple) else result
            if backward:
                result.sum().backward()
            return result

        with FlopCounterMode(display=False) as theirs:
            work()
        assert 0 < theirs.get_total_flops() == count(work).flops


def profiled_peak(function):
    """The most bytes alive at once, from what PyTorch's profiler says of every allocation and release."""
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiler:
        result = function()
    alive = peak = 0
    for event in sorted(
        (event for event in profiler.profiler.kineto_results.events() if event.name() == "[memory]"),
        key=lambda event: event.start_ns(),
    ):
        alive += event.nbytes()
        peak = max(peak, alive)
    del result
    return peak


def test_pytorchs_profiler_sees_the_same_peak():
    """It watches the allocator, where the counter watches operations; 64 bytes stand for the scalars of a kernel."""
    query, key, value = attention(128)
    for function in (
        lambda: scaled_dot_product_attention(query, key, value),
        lambda: scaled_dot_product_attention(query, key, value)[0],
        lambda: ((query @ key.transpose(-2, -1)) * 2).sum(),
        lambda: blockwise_attention(query, key, value, block_size=32),
        lambda: sliding_window_attention(query, key, value, window=16),
        lambda: linear_attention(query, key, value, causal=True),
    ):
        assert count(function).peak_bytes == pytest.approx(profiled_peak(function), abs=64)


def test_the_same_integers_again_and_after_garbage():
    layer, x = block()

    class Ring:  # a reference cycle that holds a tensor: only the garbage collector frees it
        def __init__(self, held):
            self.held, self.itself = held, self

    def work():
        for _ in range(20):
            Ring(layer(x)[0] if isinstance(layer(x), tuple) else layer(x))
        return x + 1

    first = count(work)
    garbage = [Ring(torch.ones(100)) for _ in range(500)]
    del garbage
    threshold = gc.get_threshold()
    try:
        gc.set_threshold(1)  # would collect at every turn
        assert gc.isenabled() and count(work) == first
    finally:
        gc.set_threshold(*threshold)
    with torch.no_grad():
        without = count(work)
        assert without == count(work)
    assert without.flops == first.flops and without.peak_bytes < first.peak_bytes  # autograd keeps what it needs
    assert gc.isenabled()


def test_garbage_collection_stays_as_it_was_even_after_an_error():
    def fails():
        raise KeyError("x")

    with pytest.raises(KeyError):
        count(fails)
    assert gc.isenabled()
    gc.disable()
    try:
        count(lambda: 1)
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_what_hides_matrix_products_is_refused_by_name():
    with pytest.raises(NotImplementedError, match="conv.*hides matrix products"):
        count(F.conv1d, torch.ones(1, 2, 9), torch.ones(3, 2, 3))
    with pytest.raises(NotImplementedError, match="hides matrix products"):
        count(F.bilinear, torch.ones(2, 3), torch.ones(2, 4), torch.ones(5, 3, 4))
    with pytest.raises(NotImplementedError, match="hides matrix products"):
        count(torch.cdist, torch.ones(30, 3), torch.ones(40, 3), compute_mode="use_mm_for_euclid_dist")
    for innocent in (F.interpolate, F.leaky_relu):  # words that only look alike
        options = {"scale_factor": 2, "mode": "linear"} if innocent is F.interpolate else {}
        assert count(innocent, torch.ones(1, 2, 3), **options).flops == 0


def test_a_gru_is_counted_through_its_own_products():
    gru, x = nn.GRU(4, 5, batch_first=True), torch.ones(2, 3, 4)
    assert count(gru, x).flops == 2 * 3 * 5 * 2 * 3 * (4 + 5)  # three gates of 5, for 2 x 3 tokens


def test_meta_tensors_cost_what_real_ones_would():
    small = [torch.empty(50, 8, device=device) for device in ("cpu", "meta")]
    real, meta = (count(scaled_dot_product_attention, x, x, x) for x in small)
    assert real == meta
    huge = torch.empty(65_536, 64, device="meta")
    assert count(lambda: scaled_dot_product_attention(huge, huge, huge)[0]).extra_bytes == 32 * 2**30


def test_options_and_other_numbers_pass_through():
    assert count(torch.sum, torch.ones(4, 5), dim=0).output_bytes == 5 * FLOAT
    assert count(lambda x: np.exp(x), np.ones(3)) == Cost(0, 0, 0, 0)  # NumPy is not seen
    with pytest.raises(TypeError, match="^count: function must be callable, got Tensor"):
        count(torch.ones(2))
    with pytest.raises(RuntimeError, match="cannot be multiplied"):
        count(torch.matmul, torch.ones(2, 3), torch.ones(2, 3))


# Timing


def test_cpu_seconds_is_the_median_of_readings_after_a_call_to_warm_up(monkeypatch):
    now, durations = [0.0], iter([9.0, 0.1, 5.0, 0.2, 0.4, 0.3])
    monkeypatch.setattr(timing.time, "process_time", lambda: now[0])

    def work():
        now[0] += next(durations)

    assert cpu_seconds(work) == pytest.approx(0.3)
    assert list(durations) == []


def test_a_short_function_is_called_until_the_clock_can_see_it(monkeypatch):
    ticks = [0]

    def work(x):
        ticks[0] += 1
        return x

    monkeypatch.setattr(timing.time, "process_time", lambda: math.floor(ticks[0] * 0.001 / 0.0156) * 0.0156)
    assert cpu_seconds(work, 1, repeats=9) == pytest.approx(0.001, rel=0.25)


def test_more_work_takes_more_time():
    x = torch.ones(400, 400)

    def work(times):
        for _ in range(times):
            x @ x

    assert cpu_seconds(work, 40) > 3 * cpu_seconds(work, 4)


@pytest.mark.parametrize("repeats", [0, -1, 2.5, True, None])
def test_readings_must_be_a_whole_number(repeats):
    with pytest.raises(ValueError, match="^cpu_seconds: repeats"):
        cpu_seconds(lambda: None, repeats=repeats)


def test_a_power_law_has_its_exponent_for_a_slope():
    for exponent in (0, 1, 2, 2.5, -1):
        slope, error = log_log_slope([256, 512, 1024, 8192], [3 * n**exponent for n in (256, 512, 1024, 8192)])
        assert slope == pytest.approx(exponent, abs=1e-12) and error == pytest.approx(0, abs=1e-7)


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(st.lists(st.floats(0.1, 10), min_size=3, max_size=8))
def test_slope_and_its_error_are_those_of_the_covariance_matrix(costs):
    """NumPy's polynomial fit and its covariance, an independent formula."""
    sizes = [2.0**i for i in range(len(costs))]
    design = np.stack([np.log(sizes), np.ones(len(sizes))], 1)
    solution, *_ = np.linalg.lstsq(design, np.log(costs), rcond=None)
    residuals = np.log(costs) - design @ solution
    covariance = residuals @ residuals / (len(sizes) - 2) * np.linalg.inv(design.T @ design)
    fitted = log_log_slope(sizes, costs)
    assert fitted.slope == pytest.approx(solution[0], abs=1e-9)
    assert fitted.standard_error == pytest.approx(math.sqrt(covariance[0, 0]), abs=1e-9)


@pytest.mark.parametrize(
    ("sizes", "costs", "says"),
    [
        ([1, 2], [1, 2], "at least 3"),
        ([1, 2, 3], [1, 2], "equally many"),
        ([1, 2, 3], [1, 0, 3], "costs are"),
        ([1, -2, 3], [1, 2, 3], "sizes are"),
        ([1, 2, 3], [1, math.nan, 3], "costs are"),
        ([1, 2, 3], [1, math.inf, 3], "costs are"),
        ([2, 2, 2], [1, 2, 3], "sizes are all 2"),
    ],
)
def test_a_slope_needs_three_different_positive_sizes(sizes, costs, says):
    with pytest.raises(ValueError, match=f"^log_log_slope: .*{says}"):
        log_log_slope(sizes, costs)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_on_a_gpu_the_counts_are_the_same_and_the_time_waits_for_it():
    query, key, value = (tensor.cuda() for tensor in attention(64))
    plain = count(scaled_dot_product_attention, query, key, value)
    assert plain == count(scaled_dot_product_attention, *attention(64))
    half = [tensor.half() for tensor in (query, key, value)]
    assert count(F.scaled_dot_product_attention, *half).flops == plain.flops
    x = torch.ones(4096, 4096, device="cuda")
    assert cpu_seconds(torch.matmul, x, x) > 2 * 4096**3 / 1e15  # no processor reaches a petaflop in float32
