"""The arguments of an attention explorer, looked at one by one before anything is computed."""

from __future__ import annotations

import numbers
import reprlib
from collections.abc import Mapping, Set

import numpy as np
import torch

from course_utils.widgets.attention_explorer.visible import EMPTY, LONGEST_TOKEN, visible

MOST_HEADS = 256
MOST_BYTES = 10_000_000
SUM_TOLERANCE = 1e-3  # how far from 1 the weights of a query may add up
TEMPERATURES = (0.01, 100.0)  # where the slider may have its middle
INSTEAD = {  # of NaN and infinity
    "score_bias": " A key that may not be attended belongs into masks.",
    "weights": " A row that may attend nowhere is all 0.",
}
NO_MASK, CAUSAL = "none", "causal"


class Checks:
    """Each method brings an argument into its form, or raises TypeError or ValueError in the name of ``said_by``."""

    def __init__(self, said_by: str) -> None:
        self.said_by = said_by

    def wrong(self, what: str) -> ValueError:
        return ValueError(f"{self.said_by}: {what}")

    def text(self, name: str, thing: object) -> str:
        if not isinstance(thing, str):
            raise TypeError(f"{self.said_by}: {name} must be a string, got {reprlib.repr(thing)}.")
        return visible(thing)

    def tokens(self, name: str, things: object, most: int) -> list[str]:
        """From one to ``most`` strings, in the form in which they are shown."""
        tokens = self._strings(name, things)
        if len(tokens) > most:
            raise self.wrong(f"{name} are {len(tokens):,}, at most {most:,} can be shown; pass a slice.")
        return [visible(token, LONGEST_TOKEN) for token in tokens]

    def names(self, name: str, things: object, count: int, empty: str = EMPTY) -> list[str]:
        """As many strings as counted, in the form in which they are shown; ``empty`` in place of an empty one."""
        names = self._strings(name, things)
        if len(names) != count:
            raise self.wrong(f"{name} are {len(names)}, expected {count}.")
        return [visible(one) if one else empty for one in names]

    def _strings(self, name: str, things: object) -> list[str]:
        if isinstance(things, str | bytes):
            raise TypeError(f"{self.said_by}: {name} is one text, {reprlib.repr(things)}; expected a list of strings.")
        try:
            if isinstance(things, Mapping | Set):
                raise TypeError("without an order")
            things = list(things)
        except TypeError:
            raise TypeError(f"{self.said_by}: {name} must be a list of strings, got {reprlib.repr(things)}.") from None
        for index, thing in enumerate(things):
            if not isinstance(thing, str):
                raise TypeError(
                    f"{self.said_by}: {name} must be strings, but number {index + 1} is {reprlib.repr(thing)}."
                )
        if not things:
            raise self.wrong(f"{name} is empty, expected at least one.")
        return things

    def numbers(self, name: str, thing: object) -> np.ndarray:
        """Real finite numbers as float32 with a leading axis of heads."""
        array = self.real(name, thing)
        if array.ndim == 4:
            raise self.wrong(
                f"{name} has shape {array.shape}, with an axis more than (heads, positions, features); "
                f"pass one example of the batch: {name}[0]."
            )
        if array.ndim not in (2, 3):
            raise self.wrong(f"{name} has shape {array.shape}, expected two axes, or three with the heads first.")
        return array if array.ndim == 3 else array[None]

    def real(self, name: str, thing: object) -> np.ndarray:
        """Real finite numbers as float32, of any shape, in memory of our own."""
        kind = f"a tensor of {thing.dtype}" if isinstance(thing, torch.Tensor) else type(thing).__name__
        array = self.array(name, thing)
        if array.dtype.kind not in "fiu":
            kind = kind if "tensor" in kind else f"{kind} of {array.dtype}"
            raise TypeError(f"{self.said_by}: {name} must hold real numbers, got {kind}.")
        if not np.isfinite(array).all():
            where = tuple(int(index) for index in np.argwhere(~np.isfinite(array))[0])
            instead = INSTEAD.get(name, "")
            raise self.wrong(f"{name} holds {array[where]} at index {where}; expected finite numbers.{instead}")
        with np.errstate(over="ignore"):
            single = np.array(array, dtype=np.float32, order="C")
        if not np.isfinite(single).all():
            raise self.wrong(f"{name} holds numbers beyond float32, the largest {np.abs(array).max():.3g}.")
        return single

    def array(self, name: str, thing: object) -> np.ndarray:
        """A tensor of any kind, or what NumPy takes for an array, as an array."""
        try:
            if isinstance(thing, torch.Tensor):
                thing = (thing if thing.layout == torch.strided else thing.to_dense()).detach().cpu()
                narrow = thing.is_floating_point() and thing.dtype != torch.float64  # NumPy has no bfloat16
                thing = (thing.float() if narrow else thing).resolve_conj().resolve_neg().numpy()
            return np.asarray(thing)
        except Exception as error:
            raise TypeError(f"{self.said_by}: {name} cannot be read as an array of numbers ({error}).") from None

    def given(self, query: object, key: object, weights: object, score_bias: object) -> dict[str, object]:
        """Query and key, or ready weights: one of the two."""
        if weights is not None:
            if query is not None or key is not None or score_bias is not None:
                raise self.wrong("got weights together with query, key or score_bias; expected one or the other.")
            return {"weights": weights}
        if query is None or key is None:
            raise self.wrong("expected query and key, or weights.")
        return {"query": query, "key": key}

    def fit(self, arrays: dict[str, np.ndarray], T_q: int, T_k: int, self_attention: bool) -> int:
        """The number of heads, if all shapes go together."""
        one = " For two sequences pass key_tokens." if self_attention else ""
        keys = "tokens" if self_attention else "key_tokens"
        for name, array in arrays.items():
            rows, these = (T_k, keys) if name in ("key", "value") else (T_q, "tokens")
            if array.shape[1] != rows:
                raise self.wrong(f"{name} has shape {array.shape[-2:]}, but {these} are {rows}; one row for each.{one}")
            if name == "weights" and array.shape[2] != T_k:
                raise self.wrong(f"weights have {array.shape[2]} columns, but {keys} are {T_k}; one for each.{one}")
            if 0 in array.shape:
                raise self.wrong(f"{name} has shape {array.shape}, expected at least one number.")
        heads = {name: len(array) for name, array in arrays.items()}
        if max(heads.values()) > MOST_HEADS:
            raise self.wrong(
                f"there are {max(heads.values()):,} heads, at most {MOST_HEADS} can be shown; pass a slice."
            )
        if len(set(heads.values())) > 1:
            told = ", ".join(f"{name} {count}" for name, count in heads.items())
            raise self.wrong(f"the numbers of heads differ: {told}.")
        if "query" in arrays and arrays["query"].shape[2] != arrays["key"].shape[2]:
            raise self.wrong(
                f"query has {arrays['query'].shape[2]} features, key has {arrays['key'].shape[2]}; their dot product "
                "needs equal sizes."
            )
        return next(iter(heads.values()))

    def bias(self, score_bias: object, shape: tuple[int, int, int]) -> np.ndarray:
        array = self.real("score_bias", score_bias)
        try:
            return np.ascontiguousarray(np.broadcast_to(array, shape))
        except ValueError:
            raise self.wrong(
                f"score_bias has shape {array.shape}, which cannot be broadcast to (heads, T_q, T_k) = {shape}."
            ) from None

    def sums(self, weights: np.ndarray) -> None:
        if (weights < 0).any():
            head, row, column = (int(index) + 1 for index in np.argwhere(weights < 0)[0])
            raise self.wrong(
                f"weights are negative, first in head {head}, row {row}, column {column}: "
                f"{weights[head - 1, row - 1, column - 1]:.3g}."
            )
        sums = weights.sum(axis=2, dtype=np.float64)
        off = (np.abs(sums - 1) > SUM_TOLERANCE) & (weights != 0).any(axis=2)
        if off.any():
            head, row = (int(index) for index in np.argwhere(off)[0])
            columns = weights[head].sum(axis=0, dtype=np.float64)
            over_queries = np.allclose(columns, 1, atol=SUM_TOLERANCE)
            hint = " Its columns do: was the softmax taken over the queries?" if over_queries else ""
            raise self.wrong(
                f"weights of head {head + 1}, row {row + 1} sum to {sums[head, row]:.6g}; every row must sum to 1, or "
                f"be all 0.{hint}"
            )

    def mapping(self, name: str, thing: object) -> Mapping[str, object]:
        if not isinstance(thing, Mapping):
            raise TypeError(
                f"{self.said_by}: {name} must be a mapping from name to boolean mask, got {reprlib.repr(thing)}."
            )
        return thing

    def masks(self, masks: Mapping[str, object], T_q: int, T_k: int) -> dict[str, np.ndarray]:
        checked = {}
        for name, mask in masks.items():
            shown = self.text("the name of a mask", name)
            if shown in (NO_MASK, CAUSAL):
                raise self.wrong(f"masks must not be named {shown!r}; that one is the explorer's own.")
            if shown in checked:
                raise self.wrong(f"masks has two of the name {shown!r}.")
            checked[shown] = self.mask(f"mask {shown!r}", mask, {"(T_k,)": (T_k,), "(T_q, T_k)": (T_q, T_k)})
        return checked

    def mask(self, name: str, mask: object, shapes: Mapping[str, tuple[int, ...]]) -> np.ndarray:
        """A boolean array of one of the shapes, brought to the largest, the last."""
        try:
            array = mask.detach().cpu().numpy() if isinstance(mask, torch.Tensor) else np.asarray(mask)
        except Exception as error:
            raise TypeError(f"{self.said_by}: {name} cannot be read as an array ({error}).") from None
        if array.dtype != bool:
            raise TypeError(f"{self.said_by}: {name} must be boolean, got {array.dtype}.")
        if array.shape not in shapes.values():
            expected = " or ".join(f"{letters} = {shape}" for letters, shape in shapes.items())
            raise self.wrong(f"{name} has shape {array.shape}, expected {expected}.")
        return np.array(np.broadcast_to(array, list(shapes.values())[-1]))  # memory of our own

    def temperature(self, temperature: object) -> float:
        if isinstance(temperature, bool) or not isinstance(temperature, numbers.Real):
            raise TypeError(f"{self.said_by}: temperature must be a number, got {reprlib.repr(temperature)}.")
        lowest, highest = TEMPERATURES
        if not lowest <= temperature <= highest:
            raise self.wrong(
                f"temperature is {reprlib.repr(temperature)}, expected a number from {lowest:g} to {highest:g}."
            )
        return float(temperature)

    def size(self, weight: Mapping[str, int]) -> None:
        """Refuse more bytes than a page should carry, ``weight`` of them under each name."""
        if sum(weight.values()) > MOST_BYTES:
            largest = max(weight, key=weight.get)
            raise self.wrong(
                f"the arrays are {sum(weight.values()) / 1e6:.1f} MB, at most {MOST_BYTES / 1e6:.0f} can be shown; "
                f"the largest is {largest}, {weight[largest] / 1e6:.1f} MB: pass a slice of heads or positions."
            )
