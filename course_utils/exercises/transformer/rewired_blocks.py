"""A block of two halves, each ``x + layer(norm(x))``, wired otherwise: what comes out, and what to say of it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import NamedTuple

import numpy as np

from course_utils.exercises.exercise import Misconception

Layer = Callable[[np.ndarray], np.ndarray]


class _Half(NamedTuple):
    """What becomes of one half of the block, and how that differs from ``x + layer(norm(x))``."""

    name: str
    does: Callable[[np.ndarray, Layer, Layer], np.ndarray]
    told: str = ""  # in a half that begins with "In the first half"
    common: bool = False  # two of these are found together, a different one in each half


def _from_the_norm(x: np.ndarray, layer: Layer, norm: Layer) -> np.ndarray:
    h = norm(x)
    return h + layer(h)


_RIGHT_HALF = _Half("right", lambda x, layer, norm: x + layer(norm(x)))
_HALVES = (
    _RIGHT_HALF,
    _Half("no norm", lambda x, layer, norm: x + layer(x), "{layer} reads what comes without a norm", True),
    _Half("norm on the way out", lambda x, layer, norm: x + norm(layer(x)), "{norm} stands behind {layer}", True),
    _Half("added to the normalised x", _from_the_norm, "{layer}'s output is added to the normalised array", True),
    _Half("post-norm", lambda x, layer, norm: norm(x + layer(x)), "{norm} is taken of the sum", True),
    _Half("no residual", lambda x, layer, norm: layer(norm(x)), "{layer} replaces what it reads", True),
    _Half("residual inside", lambda x, layer, norm: layer(x + norm(x)), "the + stands inside {layer}'s brackets", True),
    _Half("no norm, no residual", lambda x, layer, norm: layer(x), "{layer} alone is left, without {norm} and +"),
    _Half("norm behind the layer, no residual", lambda x, layer, norm: norm(layer(x)), "{norm} stands behind {layer}, "
          "and nothing is added"),
    _Half("left out", lambda x, layer, norm: x + 0, "nothing happens: {layer} is missing, or its result is not kept"),
    _Half("normalised before and after", lambda x, layer, norm: x + norm(layer(norm(x))), "{norm} stands twice, before "
          "{layer} and behind it; only the first belongs there"),
    _Half("sum normalised as well", lambda x, layer, norm: norm(x + layer(norm(x))), "{layer} reads the right thing, "
          "but the sum goes through {norm} as well"),
    _Half("mean instead of the sum", lambda x, layer, norm: (x + layer(norm(x))) / 2, "you take half of the sum. The "
          "norms see to the size; the sum stays as it is"),
    _Half("layer twice", lambda x, layer, norm: x + layer(layer(norm(x))), "{layer} is called twice, one call on what "
          "the other gave"),
    _Half("added twice", lambda x, layer, norm: x + x + layer(norm(x)), "what comes in is added twice"),
    _Half("output twice", lambda x, layer, norm: x + 2 * layer(norm(x)), "{layer}'s output is added twice"),
    _Half("subtracted", lambda x, layer, norm: x - layer(norm(x)), "{layer}'s output is subtracted"),
    _Half("multiplied", lambda x, layer, norm: x * layer(norm(x)), "what comes in is multiplied by {layer}'s output"),
    _Half("reads x, added to the norm", lambda x, layer, norm: norm(x) + layer(x), "the two are exchanged: {layer} "
          "reads the array as it is, and is added to the normalised one"),
    _Half("norm subtracted", lambda x, layer, norm: x + layer(x - norm(x)), "{layer} reads the difference to the "
          "normalised array"),
    _Half("normalised twice", lambda x, layer, norm: x + layer(norm(norm(x))), "{norm} is taken twice before {layer}"),
)  # fmt: skip
_BY_NAME = {half.name: half for half in _HALVES}
_FORM = "Each half has one form: x + layer(norm(x))."


def _block_of(first: _Half, second: _Half) -> Callable[..., np.ndarray]:
    return lambda x, attention, feed_forward, norm_1, norm_2: second.does(
        first.does(x, attention, norm_1), feed_forward, norm_2
    )


def of_halves(first: str, second: str) -> Callable[..., np.ndarray]:
    """A block whose halves have these names."""
    return _block_of(_BY_NAME[first], _BY_NAME[second])


def _wrong_halves(first: _Half, second: _Half) -> Misconception:
    told = [
        f"In the {which} half {half.told.format(layer=layer, norm=norm)}."
        for which, half, layer, norm in (
            ("first", first, "attention", "norm_1"),
            ("second", second, "feed_forward", "norm_2"),
        )
        if half.told
    ]
    right = "" if len(told) == 2 else f" Your {'second' if first.told else 'first'} half is right."
    return Misconception(
        f"first half: {first.name}; second half: {second.name}",
        _block_of(first, second),
        f"{' '.join(told)}{right} {_FORM}",
    )


_WITH_WORDS_OF_THEIR_OWN = {
    *((name, name) for name in ("no norm", "norm on the way out", "added to the normalised x", "post-norm")),
    *((name, name) for name in ("no residual", "residual inside")),
    *((name, "right") for name in ("no norm", "added to the normalised x", "no residual")),
    *(("right", name) for name in ("no norm", "added to the normalised x", "no residual", "left out")),
    ("right", "sum normalised as well"),  # the same as normalised once more at the end
    ("right", "right"),
    ("left out", "left out"),  # x as it came
}
_WRONG_HALVES = tuple(
    _wrong_halves(first, second)
    for first, second in product(_HALVES, repeat=2)
    if (first is second or _RIGHT_HALF in (first, second) or (first.common and second.common))
    and (first.name, second.name) not in _WITH_WORDS_OF_THEIR_OWN
)


def of_wires(reads: str, added_to: str) -> Callable[..., np.ndarray]:
    """The first half is right; what feed_forward reads (through norm_2), and what its output is added to."""

    def block(x, attention, feed_forward, norm_1, norm_2):
        normalised = norm_1(x)
        mixed = attention(normalised)
        found = {
            "the sum": x + mixed,
            "the first x": x,
            "attention's output": mixed,
            "the first norm's output": normalised,
            "the first x and the sum": x + x + mixed,
        }
        return found.get(added_to, 0.0) + feed_forward(norm_2(found[reads]))

    return block


_WRONG_WIRES = tuple(
    Misconception(
        f"feed-forward network reads {reads}, added to {added_to}",
        of_wires(reads, added_to),
        f"feed_forward reads norm_2 of {reads}, and its output is added to {added_to}. Both should be the sum of the "
        "first half, middle = x + attention(norm_1(x)).",
    )
    for reads, added_to in (
        ("the sum", "the first norm's output"),
        ("the first x", "attention's output"),
        ("the first x", "nothing"),
        ("the first x", "the first norm's output"),
        ("attention's output", "the first x and the sum"),
        ("attention's output", "the first norm's output"),
        ("the first norm's output", "the first x"),
        ("the first norm's output", "attention's output"),
        ("the first norm's output", "the first norm's output"),
        ("the first norm's output", "nothing"),
    )
)


def of_steps(*names: str) -> Callable[..., np.ndarray]:
    """A block of other steps: 'a1' is x + attention(norm_1(x)), 'f' is x + feed_forward(x), 'n2' is norm_2(x)."""

    def block(x, attention, feed_forward, norm_1, norm_2):
        norms = {"1": norm_1, "2": norm_2, "": np.copy}
        for name in names:
            norm = norms[name[1:]]
            x = norm(x) if name[0] == "n" else x + {"a": attention, "f": feed_forward}[name[0]](norm(x))
        return x

    return block


_ONCE_EACH = "The block has two steps: attention once, with norm_1, then feed_forward once, with norm_2."
_OTHER_STEPS = tuple(
    Misconception(name, of_steps(*steps.split()), f"{told} {_ONCE_EACH}")
    for name, steps, told in (
        ("attention twice", "a1 a2", "Your second half calls attention again; feed_forward is missing."),
        ("attention twice, with norm_1", "a1 a1", "You did the first half twice; feed_forward is missing."),
        ("feed-forward network twice", "f1 f2", "Both of your halves call feed_forward; attention is missing."),
        ("attention twice, then the feed-forward network", "a1 a2 f2", "You call attention twice."),
        ("attention twice, then the feed-forward network without a norm", "a1 a2 f", "You call attention twice, and "
         "no norm is left for feed_forward."),
        ("first half twice", "a1 a1 f2", "Your first half is there twice."),
        ("second half twice", "a1 f2 f2", "Your second half is there twice."),
        ("whole block twice", "a1 f2 a1 f2", "You went through the block twice."),
        ("attention again at the end", "a1 f2 a1", "You call attention again at the end."),
        ("norm_2 twice", "a2 f2", "You used norm_2 in both halves."),
        ("halves and norms exchanged, no norm", "f a", "Your halves have changed places, and the norms are missing."),
        ("feed-forward network first, with one norm", "f1 a1", "Your halves have changed places, and norm_2 is "
         "missing."),
        ("normalised at the beginning as well", "n1 a1 f2", "x is replaced by norm_1(x) before the first step, so x "
         "itself is lost."),
        ("normalised at the end by norm_1", "a1 f2 n1", "Right, and then normalised once more."),
        ("both norms at the beginning", "n1 n2 a f", "Both norms stand at the beginning. Each belongs before a layer "
         "of its own, and what is added to stays as it is."),
        ("both norms at the end", "a f n1 n2", "Both norms stand at the end. Each belongs before a layer."),
        ("both norms before each layer", "a1 n2 f1", "Your norms do not stand where they belong."),
    )
)  # fmt: skip


def _with_norms(block: Callable, first: int, second: int) -> Callable[..., np.ndarray]:
    return lambda x, attention, feed_forward, *norms: block(x, attention, feed_forward, norms[first], norms[second])


_NORMS_MIXED_UP = tuple(
    Misconception(
        f"{name}, {which}",
        _with_norms(of_halves(half, half), first, second),
        f"{told} And {which}: norm_1 stands before attention, norm_2 before feed_forward.",
    )
    for name, half, told in (
        ("post-norm", "post-norm", "You add first and normalise after: post-norm."),
        ("norm on the way out", "norm on the way out", "You normalise what a layer gives, not what it reads."),
        ("both residuals from the normalised x", "added to the normalised x", "You add to the normalised x, not to x."),
        ("no residual", "no residual", "Each layer replaces what it reads; it should add to it."),
    )
    for which, first, second in (
        ("norm_1 is used twice", 0, 0),
        ("norm_2 is used twice", 1, 1),
        ("the norms have changed places", 1, 0),
    )
)

REWIRED = (*_WRONG_HALVES, *_WRONG_WIRES, *_OTHER_STEPS, *_NORMS_MIXED_UP)
