"""Count what a computation does and the memory that it holds, exactly: no clock, the same integers every time."""

from __future__ import annotations

import gc
import math
import re
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode


@dataclass(frozen=True)
class Cost:
    """What one call did and held. All whole numbers.

    ``flops``: multiplications and additions of matrix products, 2·m·n·k for ``(m, k) @ (k, n)``. ``exponentials``: how
    many were taken, one an entry of a softmax, ``exp``, ``sigmoid`` and the like. ``peak_bytes``: of the tensors made
    in the call, the most that were alive at one moment. ``output_bytes``: those of what it returned.
    """

    flops: int
    exponentials: int
    peak_bytes: int
    output_bytes: int

    @property
    def extra_bytes(self) -> int:
        """Memory beyond the result itself: the peak without the output."""
        return self.peak_bytes - self.output_bytes


def count(function: Callable, *arguments: object, **options: object) -> Cost:
    """Run ``function(*arguments, **options)`` once and count what it costs.

    The arguments' own memory is not counted. A view costs nothing; a tensor that keeps a view of larger memory alive
    costs all of it. While autograd records, it keeps tensors for the backward pass, and they count as long as it does:
    for inference, count under ``torch.no_grad()``. A product written as ``(a * b).sum()`` is not a matrix product
    here, and what a kernel needs inside itself is not seen. PyTorch's fused attention counts as the whole table of
    scores, although a causal kernel may skip half; masks skip nothing. Meta tensors cost what real ones would, unless
    PyTorch takes another kernel for them, as it does for the fused one.

    Raises TypeError when ``function`` cannot be called, NotImplementedError when it uses an operation that hides
    matrix products of which we do not know how many (convolutions, an LSTM's kernel).
    """
    if not callable(function):
        raise TypeError(f"count: function must be callable, got {type(function).__name__}.")
    collecting = gc.isenabled()
    gc.disable()  # it would free tensors in reference cycles at a moment that depends on the program's past
    try:
        with _Counter() as counter:
            result = function(*arguments, **options)
        output = {id(storage): storage.nbytes() for storage in _storages(result) if counter.made(storage)}
    finally:
        if collecting:
            gc.enable()
    return Cost(counter.flops, counter.exponentials, counter.peak, sum(output.values()))


class _Counter(TorchDispatchMode):
    """Sees every operation that PyTorch carries out, those of the backward pass included."""

    def __init__(self) -> None:
        super().__init__()
        self.flops = self.exponentials = self.peak = 0
        self._alive: dict[int, tuple[weakref.ref, int]] = {}  # memory made in the call: id -> (reference, bytes)

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        if torch.is_inference_mode_enabled():  # composite operations then come whole: take them apart
            with self:
                result = func.decompose(*args, **kwargs)
            if result is not NotImplemented:
                return result
        result, name = func(*args, **kwargs), func._overloadpacket.__name__
        results = list(_tensors(result))
        self._count(name.rstrip("_"), args, results)
        before = set() if name == "lift_fresh" else {id(storage) for storage in _storages([args, kwargs])}
        self._hold(results, before)
        return result

    def made(self, storage: torch.UntypedStorage) -> bool:
        """Whether this memory was made in the call and still is."""
        return id(storage) in self._alive

    def _count(self, name: str, args: tuple, results: list[Tensor]) -> None:
        if name in _PRODUCTS:
            self.flops += _PRODUCTS[name](*args)
        elif name in _FUSED:
            query, key, value = args[_FUSED[name] : _FUSED[name] + 3]
            table, d_k, d_v = math.prod(query.shape[:-1]) * key.shape[-2], query.shape[-1], value.shape[-1]
            backward = _FUSED[name] > 0  # the scores once more, then four products for the gradients
            self.flops += 2 * table * ((3 * d_k + 2 * d_v) if backward else (d_k + d_v))
            self.exponentials += table
        elif _HIDES_PRODUCTS.search(f"_{name}"):
            raise NotImplementedError(f"count: aten.{name} hides matrix products; count does not know how many.")
        elif name in _EXPONENTIALS:
            self.exponentials += results[0].numel()
        elif name == "logsumexp":
            self.exponentials += args[0].numel()

    def _hold(self, results: list[Tensor], before: set[int]) -> None:
        for storage in _storages(results):
            key = id(storage)
            if key in self._alive or key not in before:  # again, because an operation may make memory larger
                self._alive[key] = (weakref.ref(storage, lambda _, key=key: self._alive.pop(key)), storage.nbytes())
        self.peak = max(self.peak, sum(size for _, size in self._alive.values()))


def _product(a: Tensor, b: Tensor) -> int:
    """``(..., m, k) @ (..., k, n)``; a vector on the right has n = 1, on the left as well m = 1."""
    return 2 * a.numel() * (b.shape[-1] if b.dim() > 1 else 1)


_PRODUCTS: dict[str, Callable[..., int]] = {
    **dict.fromkeys(("mm", "bmm", "mv", "dot", "vdot"), lambda a, b, *_: _product(a, b)),
    **dict.fromkeys(("addmm", "baddbmm", "addbmm", "addmv", "_addmm_activation"), lambda _, a, b, *__: _product(a, b)),
}
_FUSED = {  # where the query stands among the arguments; a backward kernel has the context's gradient before it
    f"_scaled_dot_product_{kernel}_attention{place}{direction}": int(direction != "")
    for kernel, place in (("flash", "_for_cpu"), ("flash", ""), ("efficient", ""), ("cudnn", ""))
    for direction in ("", "_backward")
}
_HIDES_PRODUCTS = re.compile(r"_conv|attention|rnn|lstm|gru|m[mv]$|mm_|_(linear|matmul|trilinear|euclidean)(_|$)")
_EXPONENTIALS = {"_softmax", "_safe_softmax", "_log_softmax", "exp", "exp2", "expm1", "elu", "sigmoid", "tanh", "silu"}


def _tensors(thing: object) -> Iterator[Tensor]:
    """Every tensor in nested tuples, lists and dictionaries."""
    if isinstance(thing, Tensor):
        yield thing
    elif isinstance(thing, dict):
        yield from _tensors(list(thing.values()))
    elif isinstance(thing, (tuple, list)):
        for part in thing:
            yield from _tensors(part)


def _storages(thing: object) -> Iterator[torch.UntypedStorage]:
    return (tensor.untyped_storage() for tensor in _tensors(thing))
