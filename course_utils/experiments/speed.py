"""Lesson 09: seconds and memory of attention, naive, in blocks and fused, on a processor or a CUDA GPU.

``python -m course_utils.experiments.speed --device cuda`` measures and writes ``data/results/speed_cuda.json``. It is
no experiment of ``NAMES``: its numbers belong to one machine, whose name is stored with them.

Each size is measured on several inputs, one a seed, after two runs that warm up. Seconds are wall time between two
moments at which the device has nothing left to do. Extra bytes (CUDA only) are the most that PyTorch had allocated
during one call, less what stood before and less the output. Errors are relative to the naive function in float64, at
the length of two blocks. Matrix products of float32 numbers are left at PyTorch's default, without TF32.
"""

from __future__ import annotations

import argparse
import itertools
import platform
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel

from course_utils.attention import scaled_dot_product_attention
from course_utils.efficient import blockwise_attention
from course_utils.experiments import stored
from course_utils.reproducibility import versions

HEADS, D_K = 8, 64  # so that a GPU has something to do at 1,024 positions already
SIZES = {"cpu": (256, 512, 1024, 2048, 4096), "cuda": tuple(2**power for power in range(10, 18))}  # 1,024 to 131,072
BLOCK = {"cpu": 512, "cuda": 2048}  # positions; the larger a block, the fewer calls
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}
METHODS = ("naive", "blockwise", "fused")
REPEATS = 5
ROOM = {"cpu": 2**30}  # bytes that a call may take; a GPU is asked how much is free

Report = Callable[[str], None]


@dataclass
class Measured:
    """What was measured: a list over the repeats for each metric, and in words what was left out and why.

    Metrics: ``seconds_{method}_{dtype}_{size}``, on CUDA ``extra_bytes_{method}_{dtype}_{size}``, and
    ``error_{method}_{dtype}``.
    """

    metrics: dict[str, list[float]] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)


def measure(
    device: str,
    sizes: Sequence[int],
    *,
    repeats: int = REPEATS,
    dtypes: Sequence[str] = tuple(DTYPES),
    report: Report = lambda line: None,
) -> Measured:
    """Time every method in every number format at every size, on ``'cpu'`` or ``'cuda'``, ``HEADS`` heads at once.

    ``sizes`` count positions. What would not fit into memory, or what PyTorch cannot do there, is skipped, and said.
    ``report`` gets a line for each result.

    Raises ValueError when the device is unknown or there is none, a size or ``repeats`` is below 1, there are no
    sizes, or a dtype is unknown.
    """
    _require(device, sizes, repeats, dtypes)
    measured = Measured()

    def skip(label: str, why: str) -> None:
        measured.skipped.append(f"{label}: {why}")
        report(f"skipped {label}: {why}")

    for name, method in itertools.product(dtypes, METHODS):
        attend, dtype = _attend(method, device), DTYPES[name]
        try:
            measured.metrics[f"error_{method}_{name}"] = _error(attend, device, dtype, repeats)
        except RuntimeError as error:
            skip(f"{method}_{name}", _first_line(error))
            continue
        for size in sorted(sizes):
            label, needed, room = f"{method}_{name}_{size}", _needed(method, dtype, size), _room(device)
            if needed > room:
                skip(label, f"needs {needed:,} bytes of the {room:,} there are")
                continue
            try:
                seconds, extra_bytes = _time(attend, device, dtype, size, repeats)
            except RuntimeError as error:  # such as: out of memory
                skip(label, _first_line(error))
                continue
            measured.metrics[f"seconds_{label}"] = seconds
            line = f"{label}: {statistics.median(seconds):.3g} s"
            if extra_bytes is not None:
                measured.metrics[f"extra_bytes_{label}"] = [extra_bytes] * repeats
                line += f", {extra_bytes:,} extra bytes"
            report(line)
    return measured


def result(device: str, sizes: Sequence[int], repeats: int = REPEATS, report: Report = lambda line: None) -> dict:
    """Measure, and put it into the form of a stored result, with the machine's name and the command."""
    measured = measure(device, sizes, repeats=repeats, report=report)
    listed = " ".join(map(str, sizes))
    command = f"python -m course_utils.experiments.speed --device {device} --sizes {listed} --repeats {repeats}"
    return {
        "experiment": f"speed_{device}",
        "command": command,
        "made_with": versions() | {"device": device_name(device), "cuda": str(torch.version.cuda)},
        "shape": {"heads": HEADS, "d_k": D_K, "block": BLOCK[device]},
        "seeds": list(range(repeats)),
        "metrics": measured.metrics,
        "skipped": measured.skipped,
    }


def recorded(device: str, folder: Path = stored.RESULTS) -> stored.Stored | None:
    """What is stored for ``'cpu'`` or ``'cuda'``, or None where nobody has measured it.

    Raises DataError when the file is damaged.
    """
    name = f"speed_{device}"
    return stored.load(name, folder) if (folder / f"{name}.json").exists() else None


def device_name(device: str) -> str:
    """The product's name, such as ``NVIDIA H200``, and nothing about its owner."""
    if device == "cuda":
        return torch.cuda.get_device_name()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _attend(method: str, device: str) -> Callable[[Tensor, Tensor, Tensor], Tensor]:
    if method == "naive":
        return lambda query, key, value: scaled_dot_product_attention(query, key, value)[0]
    if method == "blockwise":
        return partial(blockwise_attention, block_size=BLOCK[device])
    return _fused


def _fused(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """PyTorch's own, and only in one pass: it fails rather than make the whole table."""
    with sdpa_kernel([SDPBackend.FLASH_ATTENTION, SDPBackend.EFFICIENT_ATTENTION]):
        return F.scaled_dot_product_attention(query, key, value)


def _inputs(device: str, dtype: torch.dtype, size: int, seed: int) -> list[Tensor]:
    """Query, key and value ``(1, HEADS, size, D_K)``; drawn on the processor, so that every device gets the same."""
    draw = torch.Generator().manual_seed(seed)
    return [torch.randn(1, HEADS, size, D_K, generator=draw).to(device, dtype) for _ in range(3)]


@torch.no_grad()
def _time(attend: Callable, device: str, dtype: torch.dtype, size: int, repeats: int) -> tuple[list[float], int | None]:
    """Seconds of each repeat, and on CUDA the extra bytes of one call."""
    inputs = _inputs(device, dtype, size, repeats)
    attend(*inputs)  # allocates what the libraries keep for themselves
    extra_bytes = _extra_bytes(attend, inputs) if device == "cuda" else None
    attend(*inputs)
    seconds = []
    for seed in range(repeats):
        inputs = _inputs(device, dtype, size, seed)
        _wait(device)
        start = time.perf_counter()
        context = attend(*inputs)
        _wait(device)
        seconds.append(time.perf_counter() - start)
        del context
    return seconds, extra_bytes


def _extra_bytes(attend: Callable, inputs: list[Tensor]) -> int:
    _wait("cuda")
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    context = attend(*inputs)
    _wait("cuda")
    return torch.cuda.max_memory_allocated() - before - context.nbytes


@torch.no_grad()
def _error(attend: Callable, device: str, dtype: torch.dtype, repeats: int) -> list[float]:
    """How far the context is from that of float64, as a part of its norm; one number for each repeat's inputs."""
    errors = []
    for seed in range(repeats):
        inputs = _inputs(device, dtype, 2 * BLOCK[device], seed)
        exact, _ = scaled_dot_product_attention(*(tensor.double() for tensor in inputs))
        errors.append(float((attend(*inputs).double() - exact).norm() / exact.norm()))
    return errors


def _first_line(error: RuntimeError) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


def _wait(device: str) -> None:
    if device == "cuda":
        torch.cuda.synchronize()


def _needed(method: str, dtype: torch.dtype, size: int) -> int:
    """Bytes of inputs and output, and of the two whole tables that the naive way holds at one moment."""
    number = torch.finfo(dtype).bits // 8
    tables = 2 * HEADS * size**2 if method == "naive" else 0
    return (4 * HEADS * size * D_K + tables) * number


def _room(device: str) -> int:
    if device != "cuda":
        return ROOM[device]
    torch.cuda.empty_cache()
    return torch.cuda.mem_get_info()[0]


def _require(device: str, sizes: Sequence[int], repeats: int, dtypes: Sequence[str]) -> None:
    if device not in SIZES:
        raise ValueError(f"measure: device is {device!r}, expected 'cpu' or 'cuda'.")
    if device == "cuda" and not torch.cuda.is_available():
        raise ValueError("measure: device is 'cuda', but PyTorch sees no CUDA GPU here; 'cpu' works everywhere.")
    if not sizes or any(isinstance(size, bool) or not isinstance(size, int) or size < 1 for size in sizes):
        raise ValueError(f"measure: sizes are {list(sizes)}, expected one or more whole numbers from 1.")
    if repeats < 1:
        raise ValueError(f"measure: repeats is {repeats}, expected at least 1.")
    unknown = [name for name in dtypes if name not in DTYPES]
    if unknown:
        raise ValueError(f"measure: dtypes {unknown} are unknown, expected some of {', '.join(DTYPES)}.")


def main(arguments: list[str] | None = None) -> int:
    """Measure as the arguments say, print every line as it comes, and store; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m course_utils.experiments.speed", description=__doc__)
    parser.add_argument("--device", choices=tuple(SIZES), required=True)
    parser.add_argument("--sizes", type=int, nargs="+", help="positions; by default what suits the device")
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--folder", type=Path, default=stored.RESULTS, help="where speed_DEVICE.json goes")
    options = parser.parse_args(arguments)
    try:
        content = result(
            options.device,
            tuple(options.sizes or SIZES[options.device]),
            options.repeats,
            lambda line: print(line, flush=True),
        )
    except ValueError as error:
        parser.error(str(error))
    stored.save(content, options.folder)
    print(f"measured on {content['made_with']['device']}; stored {options.folder / content['experiment']}.json")
    return 0


if __name__ == "__main__":
    sys.exit(main())
