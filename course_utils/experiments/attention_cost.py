"""What attention costs as the sequence grows: counted exactly, and measured on a processor (lesson 09).

One head of ``D_K`` features, float32, inference on one thread. The counts are the same for every seed and machine;
the seconds belong to a machine, for the stored ones one core of an AMD EPYC under Linux. The seed draws the numbers
that are attended to. The fused kernel takes about 0.6 MB more for itself, at any length, which ``count`` does not see.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from course_utils.attention import scaled_dot_product_attention
from course_utils.cost import count, cpu_seconds, log_log_slope
from course_utils.efficient import blockwise_attention, linear_attention, sliding_window_attention
from course_utils.reproducibility import generator, set_seed

D_K = 64
SIZES = (256, 512, 1024, 2048, 4096, 8192)
LARGE = 65_536  # the map of plain attention would take 16 GiB, and its making twice as much
BLOCK = 256  # divides every size, so that each length is made of whole blocks
WINDOW = 64


def naive(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """The course's own attention, with all weights at once; only the context is kept."""
    return scaled_dot_product_attention(query, key, value)[0]


def blockwise(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """Online softmax in blocks of ``BLOCK``."""
    return blockwise_attention(query, key, value, block_size=BLOCK)


def window(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """The ``WINDOW - 1`` nearest keys on either side and one's own."""
    return sliding_window_attention(query, key, value, window=WINDOW)


KINDS: dict[str, Callable[[Tensor, Tensor, Tensor], Tensor]] = {
    "naive": naive,
    "blockwise": blockwise,
    "fused": F.scaled_dot_product_attention,  # for four axes: with fewer PyTorch makes all weights
    "window": window,
    "linear": linear_attention,
}


def naive_in_kept_memory(length: int) -> Callable[[Tensor, Tensor, Tensor], Tensor]:
    """``naive`` that writes into the same memory at every call, instead of asking for new memory."""
    scores, weights = torch.empty(2, 1, 1, length, length)
    context = torch.empty(1, 1, length, D_K)

    def attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        torch.matmul(query, key.transpose(-2, -1), out=scores).div_(math.sqrt(D_K))
        torch.softmax(scores, -1, out=weights)
        return torch.matmul(weights, value, out=context)

    return attend


def page_faults(attend: Callable, *arguments: Tensor) -> int:
    """How often in one call memory was touched that the operating system had yet to provide (not on Windows)."""
    import resource

    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    attend(*arguments)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def inputs(length: int, seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Query, key and value of one head, ``(1, 1, length, D_K)``."""
    return tuple(torch.randn(3, 1, 1, length, D_K, generator=generator(seed)))


@torch.no_grad()
def counted(kind: str, length: int, seed: int = 0) -> dict[str, int]:
    """``flops_…``, ``exponentials_…`` and ``extra_bytes_…`` of one kind at one length."""
    cost, name = count(KINDS[kind], *inputs(length, seed)), f"{kind}_{length}"
    return {
        f"flops_{name}": cost.flops,
        f"exponentials_{name}": cost.exponentials,
        f"extra_bytes_{name}": cost.extra_bytes,
    }


@torch.no_grad()
def run(seed: int) -> dict[str, float]:
    """``counted`` for each kind and length; ``seconds_{kind}_{length}``, ``slope_{kind}``, ``slope_error_{kind}``.

    ``kept`` is ``naive_in_kept_memory``; ``page_faults_{naive, kept}_{length}`` tell what it is spared.
    """
    set_seed(seed)
    seconds: dict[str, list[float]] = {kind: [] for kind in (*KINDS, "kept")}
    metrics: dict[str, float] = {}
    for length in SIZES:
        kept, arguments = naive_in_kept_memory(length), inputs(length, seed)
        for kind, attend in {**KINDS, "kept": kept}.items():
            seconds[kind].append(cpu_seconds(attend, *arguments))
            metrics[f"seconds_{kind}_{length}"] = round(seconds[kind][-1], 7)
            if kind in ("naive", "kept"):
                metrics[f"page_faults_{kind}_{length}"] = page_faults(attend, *arguments)
        for kind in KINDS:
            metrics |= counted(kind, length, seed)
    for kind, measured in seconds.items():
        slope = log_log_slope(SIZES, measured)
        metrics |= {f"slope_{kind}": round(slope.slope, 4), f"slope_error_{kind}": round(slope.standard_error, 4)}
    return metrics | counted("blockwise", LARGE, seed)
