"""The attention explorer for a sound: its positions are moments, below a spectrogram and over the same seconds."""

from __future__ import annotations

import numbers
import reprlib
import sys
from collections.abc import Mapping, Sequence

import matplotlib
import numpy as np
import torch

from course_utils.plotting import svg
from course_utils.widgets.attention_explorer.checks import Checks
from course_utils.widgets.attention_explorer.explorer import AttentionShell
from course_utils.widgets.attention_explorer.problem import MOST, problem
from course_utils.widgets.attention_explorer.visible import visible

DARKEST, BRIGHTEST = 2, 99.8  # percentiles of the spectrogram: the ends of its colours, whatever one value is
MOST_NUMBERS = 2_000_000


class TimeAttentionExplorer(AttentionShell):
    """Choose a moment of a sound and see at which other moments it looks, as bars below a spectrogram.

    Shapes: ``spectrogram`` (frames, features), low features first, as ``features.spectrogram.log_mel`` gives it; it
    covers the time from 0 to ``length`` seconds. ``seconds`` (T,), rising, are the middles of the positions that
    attend; they need not be as many as the frames. ``spans`` are named times, ``(start, end, name)`` in seconds, for
    example what is said when. ``unit`` is what a position is called. The other arguments are those of
    ``AttentionExplorer``: ``query`` and ``key`` ``(T, d_k)`` or ``(H, T, d_k)``, or ready ``weights`` ``(T, T)``.

    ``set`` and ``state`` have a position as its time in seconds: ``set(query=0.86)`` takes the nearest.

    Raises TypeError or ValueError naming the argument, what came and what was expected; at most 1,024 positions.
    """

    def __init__(
        self,
        spectrogram: object,
        seconds: object,
        length: float,
        query: object = None,
        key: object = None,
        value: object = None,
        *,
        weights: object = None,
        score_bias: object = None,
        masks: Mapping[str, object] | None = None,
        head_names: Sequence[str] | None = None,
        unit: str = "frame",
        temperature: float = 1.0,
        scaled: bool = True,
        marked: object = None,
        marked_as: Sequence[str] | None = None,
        spans: Sequence[tuple[float, float, str]] = (),
        name: str = "Time attention explorer",
    ) -> None:
        end = _length(length)
        middles = _middles(seconds, end)
        tokens = [f"{middle:.2f} s" for middle in middles]
        if not isinstance(unit, str):
            raise TypeError(f"TimeAttentionExplorer: unit must be a string, got {reprlib.repr(unit)}.")
        given = problem(
            "TimeAttentionExplorer",
            tokens,
            query,
            key,
            value,
            weights=weights,
            score_bias=score_bias,
            masks=masks,
            head_names=head_names,
            temperature=temperature,
            marked=marked,
            marked_as=marked_as,
            name=name,
            labels=[f"the {visible(unit)} at {token}" for token in tokens],
            stage="time",
            stage_data={
                "seconds": middles,
                "length": end,
                "image": svg.data_url(_colours(spectrogram)),
                "spans": _spans(spans, end),
            },
        )
        self._middles = np.array(middles)
        super().__init__(given, scaled)

    @property
    def state(self) -> dict[str, object]:
        """The value of every control by name, as ``set`` takes it: query and key in seconds."""
        state = super().state
        return state | {name: float(self._middles[state[name] - 1]) for name in ("query", "key")}

    def set(self, **values: object) -> str:
        """Move the named controls, query and key in seconds, and return what is now shown, in words.

        Raises ValueError when there is no control of that name or it does not take the value; then nothing moves.
        """
        nearest = {name: self._number(name, values[name]) for name in ("query", "key") if name in values}
        return super().set(**(values | nearest))

    def _number(self, name: str, second: object) -> int:
        end = self._problem.stage_data["length"]
        if isinstance(second, bool) or not isinstance(second, numbers.Real) or not 0 <= second <= end:
            raise ValueError(
                f"{self.name}: {name} cannot be {reprlib.repr(second)}; expected a time from 0 to {end:g} seconds."
            )
        return int(np.abs(self._middles - second).argmin()) + 1


def _length(length: object) -> float:
    if isinstance(length, bool) or not isinstance(length, numbers.Real):
        raise TypeError(f"TimeAttentionExplorer: length must be a number of seconds, got {reprlib.repr(length)}.")
    if not 0 < length <= sys.float_info.max:
        raise ValueError(f"TimeAttentionExplorer: length is {reprlib.repr(length)}, expected more than 0 seconds.")
    return float(length)


def _array(name: str, thing: object) -> np.ndarray:
    array = Checks("TimeAttentionExplorer").array(name, thing) if isinstance(thing, torch.Tensor) else thing
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "fiu":
        kind = array.dtype if isinstance(array, np.ndarray) else type(thing).__name__
        raise TypeError(f"TimeAttentionExplorer: {name} must be a tensor or an array of numbers, got {kind}.")
    if not array.size or not np.isfinite(array).all():
        raise ValueError(f"TimeAttentionExplorer: {name} is empty or holds NaN or infinity.")
    return array.astype(np.float64)


def _middles(seconds: object, length: float) -> list[float]:
    middles = _array("seconds", seconds)
    if middles.ndim != 1:
        raise ValueError(f"TimeAttentionExplorer: seconds have shape {middles.shape}, expected (T,).")
    if len(middles) > MOST["time"]:
        raise ValueError(
            f"TimeAttentionExplorer: seconds are {len(middles):,}, at most {MOST['time']:,} positions can be shown; "
            "pass a slice."
        )
    if (np.diff(middles) <= 0).any() or middles[0] < 0 or middles[-1] > length:
        raise ValueError(f"TimeAttentionExplorer: seconds must rise from 0 to at most the length, {length:g}.")
    return middles.round(6).tolist()


def _spans(spans: object, length: float) -> list[tuple[float, float, str]]:
    try:
        spans = list(spans)
    except TypeError:
        raise TypeError(f"TimeAttentionExplorer: spans must be a list, got {reprlib.repr(spans)}.") from None
    checked = []
    for span in spans:
        try:
            start, end, name = span
            fits = isinstance(name, str) and 0 <= start < end <= length
        except (TypeError, ValueError):
            fits = False
        if not fits:
            raise ValueError(
                f"TimeAttentionExplorer: spans hold {reprlib.repr(span)}; expected (start, end, name) with times from "
                f"0 to {length:g}."
            )
        checked.append((float(start), float(end), visible(name)))
    return checked


def _colours(spectrogram: object) -> np.ndarray:
    """Low features below, dark to bright: ``(features, frames, 3)``."""
    table = _array("spectrogram", spectrogram)
    if table.ndim != 2 or table.size > MOST_NUMBERS:
        raise ValueError(
            f"TimeAttentionExplorer: spectrogram has shape {table.shape}, expected (frames, features) with at most "
            f"{MOST_NUMBERS:,} numbers."
        )
    low, high = np.percentile(table, (DARKEST, BRIGHTEST))
    share = (table.T[::-1] - low) / max(high - low, 1e-9)
    return np.ascontiguousarray(matplotlib.colormaps["cividis"](share.clip(0, 1), bytes=True)[:, :, :3])
