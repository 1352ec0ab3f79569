"""Exercises of the lesson on a small transformer."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial, wraps
from itertools import product
from typing import NamedTuple

import numpy as np
import torch
from torch.nn import functional as F

from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.reference import softmax

_GENERATOR = np.random.default_rng(6)
Layer = Callable[[np.ndarray], np.ndarray]


def _log_softmax(scores: np.ndarray, axis: int = -1) -> np.ndarray:
    return torch.log_softmax(torch.as_tensor(scores), axis).numpy()


def _standardised(x: np.ndarray) -> np.ndarray:
    return (x - x.mean(-1, keepdims=True)) / x.std(-1, keepdims=True)


def _either_kind(layer: Layer) -> Layer:
    """A tensor gives a tensor back, so that an answer may be written in torch."""

    @wraps(layer)
    def called(x):
        if isinstance(x, torch.Tensor):
            return torch.from_numpy(layer(x.detach().numpy()))
        return layer(np.asarray(x, dtype=float))

    called.__qualname__ = layer.__name__  # the name that an exception shows
    return called


def _layers(d_model: int) -> tuple[Layer, Layer, Layer, Layer]:
    """attention mixes positions, feed_forward bends, each norm has a gain and a shift of its own."""
    W_q, W_k, W_v, W_in, W_out = _GENERATOR.normal(size=(5, d_model, d_model))
    gains, shifts = _GENERATOR.uniform(0.5, 1.5, size=(2, d_model)), _GENERATOR.normal(size=(2, d_model))

    def attention(x):
        if x.ndim != 2:
            message = f"attention mixes positions: it takes (T, d_model), and an array of shape {x.shape} came"
            raise ValueError(message)
        return softmax((x @ W_q) @ (x @ W_k).T / math.sqrt(d_model)) @ (x @ W_v)

    def feed_forward(x):
        return np.maximum(x @ W_in + 1.0, 0.0) @ W_out

    def norm_1(x):
        return gains[0] * _standardised(x) + shifts[0]

    def norm_2(x):
        return gains[1] * _standardised(x) + shifts[1]

    return tuple(map(_either_kind, (attention, feed_forward, norm_1, norm_2)))


_SIZES = ((3, 4), (5, 6))  # T, d_model
_BLOCKS = tuple((1.0 + 2.0 * _GENERATOR.normal(size=size), *_layers(size[1])) for size in _SIZES)


def _pre_norm(x: np.ndarray, attention: Layer, feed_forward: Layer, norm_1: Layer, norm_2: Layer) -> np.ndarray:
    for norm, layer in ((norm_1, attention), (norm_2, feed_forward)):
        x = x + layer(norm(x))
    return x


def _after_attention(x: np.ndarray, attention: Layer, norm_1: Layer) -> np.ndarray:
    return x + attention(norm_1(x))


def _residual_from_the_norm(x, attention, feed_forward, norm_1, norm_2):
    x = norm_1(x)
    x = x + attention(x)
    x = norm_2(x)
    return x + feed_forward(x)


def _second_residual_from_the_norm(x, attention, feed_forward, norm_1, norm_2):
    x = norm_2(_after_attention(x, attention, norm_1))
    return x + feed_forward(x)


def _first_residual_from_the_norm(x, attention, feed_forward, norm_1, norm_2):
    x = norm_1(x)
    x = x + attention(x)
    return x + feed_forward(norm_2(x))


def _residual_inside(x, attention, feed_forward, norm_1, norm_2):
    x = attention(x + norm_1(x))
    return feed_forward(x + norm_2(x))


def _norm_on_the_way_out(x, attention, feed_forward, norm_1, norm_2):
    x = x + norm_1(attention(x))
    return x + norm_2(feed_forward(x))


def _post_norm(x, attention, feed_forward, norm_1, norm_2):
    x = norm_1(x + attention(x))
    return norm_2(x + feed_forward(x))


def _no_residual_at_attention(x, attention, feed_forward, norm_1, norm_2):
    x = attention(norm_1(x))
    return x + feed_forward(norm_2(x))


def _attention_added_to_itself(x, attention, feed_forward, norm_1, norm_2):
    x = attention(norm_1(x))
    x = x + x
    return x + feed_forward(norm_2(x))


def _second_from_the_first_x(x, attention, feed_forward, norm_1, norm_2):
    return x + feed_forward(norm_2(_after_attention(x, attention, norm_1)))


def _only_what_is_added(x, attention, feed_forward, norm_1, norm_2):
    return _pre_norm(x, attention, feed_forward, norm_1, norm_2) - x


def _reads_attention_alone(x, attention, feed_forward, norm_1, norm_2):
    mixed = attention(norm_1(x))
    return x + mixed + feed_forward(norm_2(mixed))


def _first_row_of_attention(x, attention, feed_forward, norm_1, norm_2):
    x = x + attention(norm_1(x))[0]
    return x + feed_forward(norm_2(x))


def _unpacks_weights(x, attention, feed_forward, norm_1, norm_2):
    context, _ = attention(norm_1(x))
    return x + context


def _one_row_at_a_time(x, attention, feed_forward, norm_1, norm_2):
    return np.stack([_pre_norm(row, attention, feed_forward, norm_1, norm_2) for row in x])


def _itself_alone(x, attention, feed_forward, norm_1, norm_2):
    return np.vstack([_pre_norm(row[None], attention, feed_forward, norm_1, norm_2) for row in x])


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
_FORM = "Each half has one form: x + layer(norm(x))."


def _two_halves(first: _Half, second: _Half) -> Callable[..., np.ndarray]:
    return lambda x, attention, feed_forward, norm_1, norm_2: second.does(
        first.does(x, attention, norm_1), feed_forward, norm_2
    )


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
        _two_halves(first, second),
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
    for first, second in product((_RIGHT_HALF, *_HALVES), repeat=2)
    if (first is second or _RIGHT_HALF in (first, second) or (first.common and second.common))
    and (first.name, second.name) not in _WITH_WORDS_OF_THEIR_OWN
)


def _second_half(reads: str, added_to: str) -> Callable[..., np.ndarray]:
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
        _second_half(reads, added_to),
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


def _steps(*names: str) -> Callable[..., np.ndarray]:
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
    Misconception(name, _steps(*steps.split()), f"{told} {_ONCE_EACH}")
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
        _with_norms(block, first, second),
        f"{told} And {which}: norm_1 stands before attention, norm_2 before feed_forward.",
    )
    for name, block, told in (
        ("post-norm", _post_norm, "You add first and normalise after: post-norm."),
        ("norm on the way out", _norm_on_the_way_out, "You normalise what a layer gives, not what it reads."),
        ("both residuals from the normalised x", _residual_from_the_norm, "You add to the normalised x, not to x."),
        ("no residual", _two_halves(_HALVES[4], _HALVES[4]), "Each layer replaces what it reads; it should add to it."),
    )
    for which, first, second in (
        ("norm_1 is used twice", 0, 0),
        ("norm_2 is used twice", 1, 1),
        ("the norms have changed places", 1, 0),
    )
)

_CALLED_DIFFERENTLY = tuple(
    Misconception(name, mistake, told)
    for name, mistake, told in (
        (
            "a mask handed over",
            lambda x, attention, feed_forward, norm_1, norm_2: x + attention(norm_1(x), None),
            "The attention of this exercise takes one array, and nothing else; no mask is asked for.",
        ),
        (
            "a mask handed over, by its name",
            lambda x, attention, feed_forward, norm_1, norm_2: x + attention(norm_1(x), mask=None),
            "The attention of this exercise takes one array, and nothing else; no mask is asked for.",
        ),
        (
            "layers handed to layers",
            lambda x, attention, feed_forward, norm_1, norm_2: x + attention(norm_1)(x),
            "attention(norm_1) hands attention a function. Call the inner one first: attention(norm_1(x)).",
        ),
        (
            "layers multiplied",
            lambda x, attention, feed_forward, norm_1, norm_2: x + attention @ norm_1(x),
            "attention is a function, not a matrix: it is called, attention(norm_1(x)).",
        ),
        (
            "an axis for a batch",
            lambda x, attention, feed_forward, norm_1, norm_2: attention(norm_1(x)[None]),
            "This attention takes one sequence, (T, d_model), without an axis for a batch in front.",
        ),
        (
            "layers taken for modules",
            lambda x, attention, feed_forward, norm_1, norm_2: x + attention.forward(norm_1.forward(x)),
            "The four are functions, without .forward: call them, attention(norm_1(x)).",
        ),
    )
)


PRE_NORM = Exercise(
    id="6.1",
    answer="pre_norm_block",
    title="Write pre_norm_block(x, attention, feed_forward, norm_1, norm_2): two parts, each adds to x.",
    objective="wire a transformer block: what is normalised, what is added to what",
    kind="write",
    minutes=6,
    difficulty=2,
    cases=_BLOCKS,
    right=_pre_norm,
    misconceptions=(
        Misconception(
            "post-norm",
            _post_norm,
            "You add first and normalise after: that is post-norm, the order of the first transformer of 2017, and the "
            "sum itself goes through the norm. Here the norm comes before the layer, and x past it untouched: "
            "x + attention(norm_1(x)).",
        ),
        Misconception(
            "norm on the way out",
            _norm_on_the_way_out,
            "You normalise what a layer gives, norm_1(attention(x)). Pre-norm normalises what it reads: "
            "attention(norm_1(x)). The same for feed_forward.",
            seen="https://github.com/google-research/tuning_playbook/issues/50",
        ),
        Misconception(
            "both residuals from the normalised x",
            _residual_from_the_norm,
            "You add to the normalised x, so x itself is lost at each norm. Give the normalised one a name of its own "
            "and add to x: h = norm_1(x), then x + attention(h).",
            seen="https://github.com/pytorch/pytorch/issues/61165",
        ),
        Misconception(
            "first residual from the normalised x",
            _first_residual_from_the_norm,
            "Your second half is right. In the first half attention's output is added to norm_1(x); add it to x "
            "itself, which goes past the norm.",
            seen="https://github.com/Howuhh/faster-trajectory-transformer/issues/3",
        ),
        Misconception(
            "second residual from the normalised middle",
            _second_residual_from_the_norm,
            "Your first half is right. In the second half feed_forward's output is added to a normalised sum. Keep the "
            "sum itself, middle = x + attention(norm_1(x)), and add to that: it goes past the norm.",
            seen="https://github.com/Project-MONAI/MONAI/pull/9011",
        ),
        Misconception(
            "residual inside the layer",
            _residual_inside,
            "Your + stands inside the brackets: attention reads x + norm_1(x), and nothing goes past it. Close the "
            "bracket first: x + attention(norm_1(x)).",
        ),
        Misconception(
            "no residual",
            lambda x, attention, feed_forward, norm_1, norm_2: feed_forward(norm_2(attention(norm_1(x)))),
            "Each of your layers replaces what it reads. In a block it adds to it: if attention gave zeros, x should "
            "come through as it was. x + attention(norm_1(x)), and the same for the second half.",
        ),
        Misconception(
            "no residual around attention",
            _no_residual_at_attention,
            "Your second half is right; in the first half attention replaces x. Add x to what it gives.",
        ),
        Misconception(
            "attention's output added to itself",
            _attention_added_to_itself,
            "In the first half attention's output is added to itself. Was it given the name x? Then the old x is gone, "
            "and x + x is twice the new one. Give it a name of its own: mixed = attention(norm_1(x)), then x + mixed.",
            seen="https://github.com/kyegomez/BitNet/issues/32",
        ),
        Misconception(
            "no residual around the feed-forward network",
            lambda x, attention, feed_forward, norm_1, norm_2: feed_forward(
                norm_2(_after_attention(x, attention, norm_1))
            ),
            "Your first half is right; in the second half feed_forward replaces what it reads. Add to it: "
            "middle + feed_forward(norm_2(middle)), where middle is what the first half gave.",
        ),
        Misconception(
            "one residual around both",
            lambda x, attention, feed_forward, norm_1, norm_2: x + feed_forward(norm_2(attention(norm_1(x)))),
            "You add x once, at the end. There are two additions: middle = x + attention(norm_1(x)); feed_forward "
            "reads norm_2(middle), and what it gives is added to middle.",
        ),
        Misconception(
            "second residual from the first x",
            _second_from_the_first_x,
            "feed_forward's output is added to the x of the beginning, so what attention added is lost on the way. Add "
            "it to the sum x + attention(norm_1(x)), which holds both.",
            seen="https://github.com/strutive07/transformer-tensorflow2.0/issues/14",
        ),
        Misconception(
            "x added twice",
            lambda x, attention, feed_forward, norm_1, norm_2: (
                x + _pre_norm(x, attention, feed_forward, norm_1, norm_2)
            ),
            "Your result has one x too many: the sum x + attention(norm_1(x)) holds it already. The second half adds "
            "to that sum alone.",
        ),
        Misconception(
            "only what is added",
            _only_what_is_added,
            "You give back what the two layers add, without x. If both gave zeros, the block should hand x on.",
        ),
        Misconception(
            "feed-forward network reads the first x",
            lambda x, attention, feed_forward, norm_1, norm_2: x + attention(norm_1(x)) + feed_forward(norm_2(x)),
            "Both of your layers read the x of the beginning, side by side. feed_forward comes second: it reads norm_2 "
            "of the sum x + attention(norm_1(x)), so that it can use what attention has fetched.",
        ),
        Misconception(
            "feed-forward network reads the old normalised x",
            lambda x, attention, feed_forward, norm_1, norm_2: (
                x + attention(norm_1(x)) + feed_forward(norm_2(norm_1(x)))
            ),
            "feed_forward reads norm_1(x), from before attention. It should read norm_2 of the sum "
            "x + attention(norm_1(x)), so that it can use what attention has fetched.",
        ),
        Misconception(
            "feed-forward network reads attention alone",
            _reads_attention_alone,
            "feed_forward reads attention's output without x. It should read norm_2 of the sum, "
            "x + attention(norm_1(x)).",
        ),
        Misconception(
            "norm_1 twice",
            lambda x, attention, feed_forward, norm_1, norm_2: _pre_norm(x, attention, feed_forward, norm_1, norm_1),
            "You used norm_1 in both halves. Each norm has learned a gain and a shift for its own layer: feed_forward "
            "reads norm_2.",
            seen="https://github.com/allenai/OLMo/issues/222",
        ),
        Misconception(
            "norms exchanged",
            lambda x, attention, feed_forward, norm_1, norm_2: _pre_norm(x, attention, feed_forward, norm_2, norm_1),
            "The norms have changed places. norm_1 stands before attention, norm_2 before feed_forward.",
        ),
        Misconception(
            "no norm",
            lambda x, attention, feed_forward, norm_1, norm_2: _pre_norm(x, attention, feed_forward, np.copy, np.copy),
            "Your additions are right, but the layers read x as it is. Normalise what each one reads: "
            "attention(norm_1(x)), and norm_2 before feed_forward.",
        ),
        Misconception(
            "no norm before attention",
            lambda x, attention, feed_forward, norm_1, norm_2: _pre_norm(x, attention, feed_forward, np.copy, norm_2),
            "Your second half is right; in the first half attention reads x as it is. It should read norm_1(x).",
        ),
        Misconception(
            "no norm before the feed-forward network",
            lambda x, attention, feed_forward, norm_1, norm_2: _pre_norm(x, attention, feed_forward, norm_1, np.copy),
            "Your first half is right; in the second half feed_forward reads the sum as it is. It should read norm_2 "
            "of that sum.",
        ),
        Misconception(
            "normalised once more at the end",
            lambda x, attention, feed_forward, norm_1, norm_2: norm_2(
                _pre_norm(x, attention, feed_forward, norm_1, norm_2)
            ),
            "Right, and then normalised once more. A pre-norm block hands its sum on as it is; one norm follows after "
            "the last block of the whole model.",
        ),
        Misconception(
            "feed-forward network first",
            lambda x, attention, feed_forward, norm_1, norm_2: _pre_norm(x, feed_forward, attention, norm_2, norm_1),
            "Your halves have changed places: attention fetches first, then feed_forward works on what was fetched.",
        ),
        Misconception(
            "feed-forward network first, with norm_1",
            lambda x, attention, feed_forward, norm_1, norm_2: _pre_norm(x, feed_forward, attention, norm_1, norm_2),
            "attention and feed_forward have changed places: attention, with norm_1, comes first.",
        ),
        Misconception(
            "attention only",
            lambda x, attention, feed_forward, norm_1, norm_2: _after_attention(x, attention, norm_1),
            "That is the middle of the block, and right so far. The second half is built alike, with norm_2 and "
            "feed_forward.",
        ),
        Misconception(
            "first row of attention",
            _first_row_of_attention,
            "[0] took the first row, and every position got it. The attention of this exercise gives back the context "
            "alone, without weights: leave [0] out.",
        ),
        Misconception(
            "weights unpacked",
            _unpacks_weights,
            "You expected context and weights. The attention of this exercise gives back the context alone, "
            "(T, d_model).",
        ),
        Misconception(
            "query, key and value handed over",
            lambda x, attention, feed_forward, norm_1, norm_2: x + attention(norm_1(x), norm_1(x), norm_1(x)),
            "This attention makes query, key and value itself, all three from the one array that it is given.",
        ),
        Misconception(
            "one row at a time",
            _one_row_at_a_time,
            "You went through the rows one by one. attention is where the positions meet: give it all rows at once.",
        ),
        Misconception(
            "each position by itself",
            _itself_alone,
            "You went through the rows one by one, so each position could attend to itself alone. attention is where "
            "the positions meet: give it all rows at once.",
        ),
        *_WRONG_HALVES,
        *_WRONG_WIRES,
        *_OTHER_STEPS,
        *_NORMS_MIXED_UP,
        *_CALLED_DIFFERENTLY,
    ),
    hints=(
        "Draw x as a straight line from left to right. A layer hangs below it: it reads a normalised copy, and what it "
        "finds is added to the line.",
        "Two steps of one form, line = line + layer(norm(line)): first with attention, then with feed_forward.",
        "middle = x + attention(norm_1(x)). The second step reads middle and adds to middle.",
    ),
    praise="Each layer reads a normalised copy and adds to x; x itself runs through the block untouched.",
)


def _of_next(logits: np.ndarray, tokens: np.ndarray) -> np.ndarray:
    """The log-probability that each step gives to the next token: ``(T - 1,)``."""
    return _picked(_log_softmax(logits)[:-1], tokens[1:])


def _picked(table: np.ndarray, tokens: np.ndarray) -> np.ndarray:
    return np.take_along_axis(table, np.asarray(tokens)[:, None], axis=-1)[:, 0]


# In the first, the worst prediction is neither the first nor the last, and token 0 is not the last to be predicted.
_SENTENCES = (
    (np.array([[1.2, 2.1, -1.0], [-0.6, 1.9, 0.5], [-0.4, 1.0, 1.7], [0.2, -2.0, 1.2]]), np.array([2, 1, 0, 1])),
    (2 * _GENERATOR.normal(size=(7, 5)), np.array([3, 1, 4, 1, 0, 2, 2])),
)


class _Pairing(NamedTuple):
    """Which step is judged by which token; ``of`` reads from a table of log-probabilities, (T, V)."""

    name: str
    of: Callable[[np.ndarray, np.ndarray], np.ndarray]
    told: str = ""


_RIGHT_PAIRS = _Pairing("right", lambda table, tokens: _picked(table[:-1], tokens[1:]))
_PAIRINGS = (
    _Pairing("not shifted", _picked, "each step is judged by its own token, which the model has read"),
    _Pairing(
        "not shifted, the last left out",
        lambda table, tokens: _picked(table[:-1], tokens[:-1]),
        "each step is judged by its own token: the last was left out of both",
    ),
    _Pairing(
        "not shifted, the first left out",
        lambda table, tokens: _picked(table[1:], tokens[1:]),
        "each step is judged by its own token: the first was left out of both",
    ),
    _Pairing(
        "shifted the wrong way",
        lambda table, tokens: _picked(table[1:], tokens[:-1]),
        "each step is judged by the token before",
    ),
    _Pairing(
        "shifted by two",
        lambda table, tokens: _picked(table[:-2], tokens[2:]),
        "each step is judged by the token after the next",
    ),
    _Pairing(
        "rolled round",
        lambda table, tokens: _picked(table, np.roll(tokens, -1)),
        "the last step is judged by the first token",
    ),
)


class _Reading(NamedTuple):
    """What is made of the log-probabilities that were picked, where their mean with a minus is asked for."""

    name: str
    of: Callable[[np.ndarray], np.ndarray | float]
    told: str


_MEAN_LOSS = _Reading("right", lambda log_p: -log_p.mean(), "")
_READINGS = (
    _Reading("sum instead of mean", lambda log_p: -log_p.sum(), "you gave the sum; the mean is asked for"),
    _Reading("sign forgotten", np.mean, "the minus is missing"),
    _Reading("one loss for each prediction", np.negative, "the mean over the steps is missing"),
    _Reading("mean probability", lambda log_p: np.exp(log_p).mean(), "you took the mean of the probabilities"),
    _Reading("softmax without logarithm", lambda log_p: -np.exp(log_p).mean(), "the logarithm is missing"),
    _Reading("bits instead of nats", lambda log_p: -log_p.mean() / math.log(2), "the logarithm is to base 2"),
    _Reading("perplexity", lambda log_p: np.exp(-log_p.mean()), "you gave its exponential, the perplexity"),
)


class _Table(NamedTuple):
    """What is read, (T, V), where the logarithm of a softmax along the last axis is asked for."""

    name: str
    of: Callable[[np.ndarray], np.ndarray]
    told: str


_LOG_SOFTMAX = _Table("right", _log_softmax, "")
_TABLES = (
    _Table("softmax over the positions", lambda logits: _log_softmax(logits, 0), "the softmax runs over the positions"),
    _Table("softmax over the whole array", lambda logits: logits - np.log(np.exp(logits).sum()), "all share one sum"),
    _Table("no softmax", np.copy, "the logits are read as they are, without a softmax"),
    _Table("softmax twice", lambda logits: _log_softmax(softmax(logits)), "a softmax was taken twice"),
)
_PAIR_WITH_NEXT = "Pair logits[:-1] with tokens[1:], and take minus the mean of log p, in nats."


def _wrongly_read(table: _Table, pairing: _Pairing, reading: _Reading) -> Misconception:
    told = [part.told for part in (pairing, table, reading) if part.told]
    names = [part.name for part in (pairing, table, reading) if part.told]
    return Misconception(
        ", and ".join(names),
        lambda logits, tokens: reading.of(pairing.of(table.of(logits), tokens)),
        f"{'Two' if len(told) == 2 else 'Three'} things: {'; and '.join(told)}. {_PAIR_WITH_NEXT}",
    )


_WRONGLY_READ = (
    *(_wrongly_read(_LOG_SOFTMAX, pairing, reading) for pairing in _PAIRINGS for reading in _READINGS),
    *(_wrongly_read(table, pairing, _MEAN_LOSS) for table in _TABLES for pairing in (_PAIRINGS[0], _PAIRINGS[3])),
    *(_wrongly_read(table, _RIGHT_PAIRS, reading) for table in _TABLES for reading in _READINGS[:3]),
    *(_wrongly_read(table, _PAIRINGS[0], reading) for table in _TABLES for reading in _READINGS[:2]),
)


def _likeliest(logits: np.ndarray) -> np.ndarray:
    return _log_softmax(logits).max(-1)


def _entropies(logits: np.ndarray) -> np.ndarray:
    return -(softmax(logits) * _log_softmax(logits)).sum(-1)


def _hits(logits: np.ndarray, tokens: np.ndarray) -> np.ndarray:
    return (logits[:-1].argmax(-1) == tokens[1:]).astype(float)


def _squared(logits: np.ndarray, tokens: np.ndarray) -> np.ndarray:
    return (softmax(logits)[:-1] - np.eye(logits.shape[-1])[tokens[1:]]) ** 2


def _without_0(logits: np.ndarray, tokens: np.ndarray) -> np.ndarray:
    return _of_next(logits, tokens)[np.asarray(tokens)[1:] != 0]


_WHAT_COUNTS = "Each of the T - 1 predictions costs -log p of the token that comes next; the loss is their mean."
_OTHER_LOSSES = tuple(
    Misconception(name, mistake, f"{told} {_WHAT_COUNTS}")
    for name, mistake, told in (
        ("likeliest token", lambda logits, tokens: -_likeliest(logits[:-1]).mean(), "{got} is what the likeliest "
         "token costs; tokens has no part in it."),
        ("likeliest token, at every step", lambda logits, tokens: -_likeliest(logits).mean(), "{got} is what the "
         "likeliest token costs; tokens has no part in it."),
        ("token 0 taken for padding", lambda logits, tokens: -_without_0(logits, tokens).mean(), "You left out the "
         "predictions of token 0. Here 0 is a token like all others, and nothing is padding."),
        ("token 0 left out of the sum", lambda logits, tokens: -_without_0(logits, tokens).sum() / (len(tokens) - 1),
         "You left out what the predictions of token 0 cost. Here 0 is a token like all others."),
        ("probability of the others", lambda logits, tokens: 1 - np.exp(_of_next(logits, tokens)).mean(), "{got} is "
         "the mean probability that the next token did not get, 1 - p. A logarithm is asked for."),
        ("logarithm of what is missing", lambda logits, tokens: -np.log1p(-np.exp(_of_next(logits, tokens))).mean(),
         "You took -log(1 - p), which is large where the prediction was good."),
        ("hits counted", lambda logits, tokens: _hits(logits, tokens).mean(), "{got} is how often the likeliest token "
         "came next: a hit rate, which does not see how sure the model was."),
        ("misses counted", lambda logits, tokens: 1 - _hits(logits, tokens).mean(), "{got} is how often the likeliest "
         "token did not come next, which does not see how sure the model was."),
        ("entropy of the predictions", lambda logits, tokens: _entropies(logits[:-1]).mean(), "{got} is the entropy of "
         "the predictions, how unsure they are; tokens has no part in it."),
        ("entropy of the predictions, all of them", lambda logits, tokens: _entropies(logits).mean(), "{got} is the "
         "entropy of the predictions, how unsure they are; tokens has no part in it."),
        ("squared error", lambda logits, tokens: _squared(logits, tokens).sum(-1).mean(), "{got} is a squared error "
         "of the probabilities."),
        ("squared error, over the vocabulary too", lambda logits, tokens: _squared(logits, tokens).mean(), "{got} is a "
         "squared error of the probabilities."),
        ("divided by the vocabulary", lambda logits, tokens: -_of_next(logits, tokens).mean() / logits.shape[-1],
         "The sum is right, and you divided it by V as well: a mean over a table that is 0 but for one entry in "
         "each row. Divide by T - 1 alone."),
        ("divided by the whole table", lambda logits, tokens: -_of_next(logits, tokens).sum() / logits.size, "The sum "
         "is right, and you divided it by T · V. There are T - 1 predictions."),
        ("divided by one more", lambda logits, tokens: -_of_next(logits, tokens).sum() / (len(tokens) + 1), "The sum "
         "is right, and you divided it by T + 1. There are T - 1 predictions."),
        ("divided by one less", lambda logits, tokens: -_of_next(logits, tokens).sum() / (len(tokens) - 2), "The sum "
         "is right, and you divided it by T - 2. There are T - 1 predictions."),
        ("first prediction left out", lambda logits, tokens: -_of_next(logits, tokens)[1:].mean(), "The first "
         "prediction is missing: the first step, which has read one token, is about the second."),
        ("last prediction left out", lambda logits, tokens: -_of_next(logits, tokens)[:-1].mean(), "The last "
         "prediction is missing: only the last step has no next token."),
        ("first prediction only", lambda logits, tokens: -_of_next(logits, tokens)[0], "{got} is what the first "
         "prediction costs. Does 'return' stand inside a loop?"),
        ("worst prediction only", lambda logits, tokens: -_of_next(logits, tokens).min(), "{got} is what the worst "
         "prediction costs."),
        ("base 10", lambda logits, tokens: -_of_next(logits, tokens).mean() / math.log(10), "{got} is with the "
         "logarithm to base 10; nats are asked for, np.log."),
        ("geometric mean", lambda logits, tokens: np.exp(_of_next(logits, tokens).mean()), "{got} is "
         "the geometric mean of the probabilities, exp of minus the loss."),
        ("probability of the whole sequence", lambda logits, tokens: np.exp(_of_next(logits, tokens).sum()), "{got} is "
         "the probability of the whole sequence, the product of all."),
        ("bits, and their exponential", lambda logits, tokens: np.exp(-_of_next(logits, tokens).mean() / math.log(2)),
         "{got} is an exponential of the loss in bits."),
        ("maximum instead of the sum", lambda logits, tokens: -_picked((logits - logits.max(-1, keepdims=True))[:-1],
                                                                     tokens[1:]).mean(),
         "You subtracted the maximum of each row. That keeps exp from overflowing; the logarithm of the sum of "
         "exponentials is to be subtracted as well."),
        ("sum without its logarithm", lambda logits, tokens: -_picked((logits - np.exp(logits).sum(-1, keepdims=True))
                                                                    [:-1], tokens[1:]).mean(),
         "You subtracted the sum of exponentials itself. log p is the logit minus its logarithm."),
        ("mean instead of the sum of exponentials", lambda logits, tokens:
         -_of_next(logits, tokens).mean() - math.log(logits.shape[-1]),
         "You took the mean of the exponentials instead of their sum."),
        ("row and column exchanged", lambda logits, tokens:
         -_log_softmax(logits)[tokens[1:], np.arange(len(tokens) - 1)].mean(),
         "Your two indices have changed places: rows are steps, columns the vocabulary, log_p[step, token]."),
        ("every step with every token, not shifted", lambda logits, tokens: -_log_softmax(logits)[:, tokens].mean(),
         "[:, tokens] pairs every step with every token, a whole table; and step t is about token t + 1."),
        ("every step with every token, over all steps", lambda logits, tokens:
         -_log_softmax(logits)[:, tokens[1:]].mean(),
         "[:, tokens[1:]] pairs every step with every next token, a whole table."),
        ("tokens taken for rows", lambda logits, tokens: -_log_softmax(logits)[tokens[1:]].mean(), "log_p[tokens[1:]] "
         "takes whole rows; a token is a column: log_p[step, token]."),
        ("the whole table", lambda logits, tokens: -_log_softmax(logits).mean(), "You took the mean over the whole "
         "table; only the next token of each step counts."),
        ("the whole table but the last row", lambda logits, tokens: -_log_softmax(logits[:-1]).mean(), "You took the "
         "mean over the whole table; only the next token of each step counts."),
        ("one taken from the token", lambda logits, tokens:
         -_log_softmax(logits)[np.arange(len(tokens)), tokens - 1].mean(),
         "tokens - 1 is another entry of the vocabulary, not the token at another place. Shift the places."),
        ("one added to the next token", lambda logits, tokens:
         -_picked(_log_softmax(logits)[:-1], tokens[1:] + 1).mean(),
         "Shifted, and then 1 was added to the token itself. A token is an entry of the vocabulary; shift the places "
         "alone."),
        ("one added to the token, round the vocabulary", lambda logits, tokens:
         -_picked(_log_softmax(logits), (tokens + 1) % logits.shape[-1]).mean(),
         "tokens + 1 is another entry of the vocabulary, not the token at the next place. Shift the places."),
        ("logits rolled through the vocabulary", lambda logits, tokens: -_picked(np.roll(_log_softmax(logits), 1),
                                                                               tokens).mean(),
         "np.roll without an axis moves the numbers through rows and columns."),
        ("keepdims forgotten", lambda logits, tokens: -_picked(logits - np.log(np.exp(logits).sum(-1)), tokens).mean(),
         "The sums have shape (T,) and do not fit (T, V). keepdims=True keeps their axis, (T, 1)."),
        ("keepdims forgotten, last row left out", lambda logits, tokens:
         -_picked(logits[:-1] - np.log(np.exp(logits[:-1]).sum(-1)), tokens[1:]).mean(),
         "The sums have lost their axis, so each was subtracted from a column instead of a row: keepdims=True."),
    )
)  # fmt: skip


NEXT_TOKEN = Exercise(
    id="6.2",
    answer="next_token_loss",
    title="Mend next_token_loss(logits, tokens): each step is judged by the token that comes next.",
    objective="pair each prediction with the token it is about",
    kind="mend",
    minutes=6,
    difficulty=2,
    cases=_SENTENCES,
    right=lambda logits, tokens: F.cross_entropy(torch.as_tensor(logits)[:-1], torch.as_tensor(tokens)[1:]),
    misconceptions=(
        Misconception(
            "not shifted",
            lambda logits, tokens: -_picked(_log_softmax(logits), tokens).mean(),
            "That is the code as it came: logits[t] is judged by tokens[t], the very token that the model has read at "
            "t. A model that copies would get a loss near 0. logits[t] is about tokens[t + 1].",
            seen="https://github.com/huggingface/transformers/issues/3711",
        ),
        Misconception(
            "not shifted, the last left out",
            lambda logits, tokens: -_picked(_log_softmax(logits)[:-1], tokens[:-1]).mean(),
            "You left out the last of both, so each step is still judged by its own token. Leave out the last logits, "
            "and the first token.",
        ),
        Misconception(
            "not shifted, the first left out",
            lambda logits, tokens: -_picked(_log_softmax(logits)[1:], tokens[1:]).mean(),
            "You left out the first of both, so each step is still judged by its own token. Leave out the last logits, "
            "and the first token.",
        ),
        Misconception(
            "shifted the wrong way",
            lambda logits, tokens: -_picked(_log_softmax(logits)[1:], tokens[:-1]).mean(),
            "Shifted, but the wrong way: each step is judged by the token before, logits[1:] with tokens[:-1]. It is "
            "about the token after: logits[:-1] with tokens[1:].",
        ),
        Misconception(
            "shifted by two",
            lambda logits, tokens: -_picked(_log_softmax(logits)[:-2], tokens[2:]).mean(),
            "Your steps are judged by the token after the next: shifted twice. Once is enough, logits[:-1] with "
            "tokens[1:].",
            seen="https://github.com/huggingface/transformers/pull/37830",
        ),
        Misconception(
            "rolled round",
            lambda logits, tokens: -_picked(_log_softmax(logits), np.roll(tokens, -1)).mean(),
            "The last step is judged by the first token: np.roll, or the index -1, goes round in a ring. Nothing is "
            "known about what comes after the last token, so its logits are left out.",
            seen="https://github.com/verl-project/verl/issues/6475",
        ),
        Misconception(
            "rolled round the wrong way",
            lambda logits, tokens: -_picked(_log_softmax(logits), np.roll(tokens, 1)).mean(),
            "np.roll(tokens, 1) brings the token before, and the last one to the first place. Leave out the last "
            "logits and the first token instead: logits[:-1] with tokens[1:].",
        ),
        Misconception(
            "divided by the number of tokens",
            lambda logits, tokens: -_of_next(logits, tokens).sum() / len(tokens),
            "The sum is right, and you divided it by T. T tokens make T - 1 predictions: nothing predicts the first.",
            seen="https://github.com/Shark-NLP/OpenICL/issues/26",
        ),
        Misconception(
            "sum instead of mean",
            lambda logits, tokens: -_of_next(logits, tokens).sum(),
            "{got} is the sum over the T - 1 predictions; it would grow with the length. Take their mean.",
        ),
        Misconception(
            "sign forgotten",
            lambda logits, tokens: _of_next(logits, tokens).mean(),
            "{got} is negative: the mean logarithm of the probabilities. The loss is minus that, so that less is "
            "better.",
        ),
        Misconception(
            "bits instead of nats",
            lambda logits, tokens: -_of_next(logits, tokens).mean() / math.log(2),
            "{got} is in bits, with the logarithm to base 2. Nats are asked for: np.log.",
        ),
        Misconception(
            "perplexity",
            lambda logits, tokens: np.exp(-_of_next(logits, tokens).mean()),
            "{got} is the exponential of the loss, the perplexity. The loss itself is asked for, in nats.",
        ),
        Misconception(
            "one loss for each prediction",
            lambda logits, tokens: -_of_next(logits, tokens),
            "The single losses are right: {got}. Their mean is asked for, one number.",
        ),
        Misconception(
            "mean probability",
            lambda logits, tokens: np.exp(_of_next(logits, tokens)).mean(),
            "{got} is the mean probability of the next tokens. The loss is minus the mean of its logarithm.",
        ),
        Misconception(
            "logarithm of the mean",
            lambda logits, tokens: -np.log(np.exp(_of_next(logits, tokens)).mean()),
            "You took the mean first and the logarithm after. Each prediction has a loss of its own, -log p: first the "
            "logarithm, then the mean.",
        ),
        Misconception(
            "no softmax",
            lambda logits, tokens: -_picked(logits[:-1], tokens[1:]).mean(),
            "These are the logits themselves. They become logarithms of probabilities when the logarithm of the sum of "
            "exponentials is taken off: log_p, not logits.",
        ),
        Misconception(
            "softmax without logarithm",
            lambda logits, tokens: -np.exp(_of_next(logits, tokens)).mean(),
            "{got} is minus the mean probability: the logarithm is missing. Each prediction costs -log p.",
        ),
        Misconception(
            "softmax twice",
            lambda logits, tokens: F.cross_entropy(
                torch.as_tensor(softmax(logits))[:-1], torch.as_tensor(np.asarray(tokens))[1:]
            ),
            "You gave probabilities to a function that takes logits, so a second softmax was taken of them. "
            "cross_entropy does both steps itself: hand it the logits.",
            seen="https://github.com/bkitano/llama-from-scratch/issues/5",
        ),
        Misconception(
            "softmax over the positions",
            lambda logits, tokens: -_picked(_log_softmax(logits, 0)[:-1], tokens[1:]).mean(),
            "You normalised over the positions, axis 0. Each step shares out 1 over the vocabulary, along the last "
            "axis.",
        ),
        Misconception(
            "softmax over the whole array",
            lambda logits, tokens: -_picked((logits - np.log(np.exp(logits).sum()))[:-1], tokens[1:]).mean(),
            "The shift is right, but all steps share one sum. Each step shares out 1 of its own: a sum for each row, "
            "along the last axis, with keepdims=True.",
        ),
        Misconception(
            "every step with every token",
            lambda logits, tokens: -_log_softmax(logits)[:-1][:, tokens[1:]].mean(),
            "[:, tokens[1:]] pairs every step with every next token, a whole table. You want one for each step: "
            "log_p[np.arange(T - 1), tokens[1:]].",
        ),
        Misconception(
            "the last prediction only",
            lambda logits, tokens: -_of_next(logits, tokens)[-1],
            "{got} is the loss of the last prediction alone. Every step but the last predicts a token that is known: "
            "take the mean over all T - 1.",
        ),
        Misconception(
            "tokens shifted, steps not",
            lambda logits, tokens: -_log_softmax(logits)[np.arange(len(tokens)), tokens[1:]].mean(),
            "tokens[1:] is one shorter than the steps. The last step has no next token: np.arange(len(tokens) - 1).",
        ),
        Misconception(
            "steps shortened, tokens not",
            lambda logits, tokens: -_log_softmax(logits)[np.arange(len(tokens) - 1), tokens].mean(),
            "You left out the last step, right. But there is one token too many: the first is predicted by nobody, "
            "tokens[1:].",
        ),
        Misconception(
            "one step beyond the end",
            lambda logits, tokens: -np.mean([_log_softmax(logits)[t, tokens[t + 1]] for t in range(len(tokens))]),
            "At the last step t + 1 lies beyond the end. T tokens make T - 1 pairs, step t with token t + 1: stop at "
            "len(tokens) - 1.",
        ),
        Misconception(
            "one added to the token",
            lambda logits, tokens: -_log_softmax(logits)[np.arange(len(tokens)), tokens + 1].mean(),
            "An index lies beyond the vocabulary. tokens + 1 is another entry of it, not the token at the next place: "
            "shift the places, tokens[1:]. Was no 1 added? Then the two indices are exchanged: log_p[step, token].",
        ),
        *_WRONGLY_READ,
        *_OTHER_LOSSES,
    ),
    hints=(
        "Write 'the cat sat' with a pencil. When the model has read 'the', which word is its prediction about?",
        "Three tokens make two predictions. Which logits have no next token, and which token is predicted by nobody?",
        "Pair log_p[:-1] with tokens[1:]; np.arange must become one shorter, too.",
    ),
    praise="T tokens, T - 1 predictions: each is judged by what it has not read yet.",
)


def _kept(logits: np.ndarray, count: int) -> np.ndarray:
    """True on the ``count`` largest."""
    mask = np.zeros(len(logits), dtype=bool)
    mask[torch.topk(torch.as_tensor(logits), count).indices.numpy()] = True
    return mask


def _shared(logits: np.ndarray, mask: np.ndarray, temperature: float = 1.0, fill: float = -np.inf) -> np.ndarray:
    return softmax(np.where(mask, logits, fill) / temperature)


def _among_top(logits: np.ndarray, temperature: float, top_k: int) -> np.ndarray:
    return _shared(logits, _kept(logits, top_k), temperature)


def _exponentials(logits: np.ndarray, temperature: float, top_k: int) -> np.ndarray:
    return np.where(_kept(logits, top_k), np.exp(logits / temperature), 0.0)


def _overflowing(logits: np.ndarray, temperature: float, top_k: int) -> np.ndarray:
    kept = _exponentials(logits, temperature, top_k)
    return kept / kept.sum()


def _smallest_overflowing(logits: np.ndarray, temperature: float, top_k: int) -> np.ndarray:
    kept = np.where(_kept(-logits, top_k), np.exp(logits / temperature), 0.0)
    return kept / kept.sum()


def _overflowing_before_the_choice(logits: np.ndarray, temperature: float, top_k: int) -> np.ndarray:
    all_of_them = np.exp(logits / temperature)
    kept = np.where(_kept(logits, top_k), all_of_them / all_of_them.sum(), 0.0)
    return kept / kept.sum()


def _strictly_above_the_next(logits: np.ndarray, temperature: float, top_k: int) -> np.ndarray:
    return _shared(logits, logits > np.sort(logits)[-top_k - 1], temperature)


def _strictly_above_the_next_from_the_front(logits: np.ndarray, temperature: float, top_k: int) -> np.ndarray:
    return _shared(logits, logits > np.sort(logits)[::-1][top_k], temperature)


def _one_token(logits: np.ndarray, temperature: float, top_k: int, rank: int, shape: tuple[int, ...]) -> np.ndarray:
    return np.reshape(np.argsort(-logits)[min(rank, len(logits) - 1)], shape)


class _Choice(NamedTuple):
    """Which tokens are kept, where the ``top_k`` largest are asked for."""

    name: str
    kept: Callable[[np.ndarray, int], np.ndarray]  # from logits and top_k, (V,)
    told: str


def _ranked(logits: np.ndarray, first: int, end: int) -> np.ndarray:
    """True on the logits from one rank to another, the end left out; the largest has rank 0."""
    rank = np.argsort(np.argsort(-logits))
    return (rank >= first) & (rank < end)


_CHOSEN_WRONG = (
    _Choice("one too many", lambda logits, k: _ranked(logits, 0, k + 1), "one token more than top_k is kept"),
    _Choice("one too few", lambda logits, k: _ranked(logits, 0, k - 1), "one token less than top_k is kept"),
    _Choice("the smallest kept", lambda logits, k: _ranked(-logits, 0, k), "the smallest are kept, not the largest"),
    _Choice("the first ones kept", lambda logits, k: np.arange(len(logits)) < k, "the first tokens are kept, not the "
            "largest"),
    _Choice("the last ones kept", lambda logits, k: np.arange(len(logits)) >= len(logits) - k, "the last tokens of the "
            "vocabulary are kept, not the largest; was it sorted before?"),
    _Choice("the largest removed", lambda logits, k: _ranked(logits, k, len(logits)), "the largest are removed and all "
            "others kept"),
    _Choice("top_k removed instead of kept", lambda logits, k: _ranked(logits, 0, len(logits) - k), "top_k tokens are "
            "removed, not kept"),
    _Choice("counted from the smallest", lambda logits, k: _ranked(logits, 0, len(logits) - k + 1), "the cut is "
            "counted from the smallest"),
    _Choice("the largest left out", lambda logits, k: _ranked(logits, 1, k), "the largest itself is left out: a slice "
            "that ends with -1 stops before the last"),
    _Choice("ranks counted from 1", lambda logits, k: _ranked(logits, 1, k + 1), "the largest is left out, and one too "
            "many below is kept: the largest has index 0, not 1"),
    _Choice("only one kept", lambda logits, k: _ranked(logits, k - 1, k), "only the k-th largest is kept, and all that "
            "are larger are not"),
)  # fmt: skip


class _Sharing(NamedTuple):
    """What the kept ones get, where a softmax among them is asked for."""

    name: str
    of: Callable[[np.ndarray, np.ndarray, float], np.ndarray]  # from logits, mask and temperature
    told: str
    with_choice: bool = False  # found together with a wrong choice


def _among(raised: np.ndarray, mask: np.ndarray) -> np.ndarray:
    kept = np.where(mask, raised, 0.0)
    return kept / kept.sum()


_SHARED_WRONG = (
    _Sharing("not shared out again", lambda x, mask, t: np.where(mask, softmax(x / t), 0.0), "what is left does not "
             "sum to 1, since the softmax ran over all tokens", True),
    _Sharing("equal shares", lambda x, mask, t: mask / max(mask.sum(), 1), "the kept ones share equally", True),
    _Sharing("zero instead of minus infinity", lambda x, mask, t: _shared(x, mask, t, fill=0.0), "the others got a "
             "logit of 0, and exp(0) = 1 is a share", True),
    _Sharing("not normalised", lambda x, mask, t: np.where(mask, np.exp(x / t), 0.0), "the exponentials are not "
             "divided by their sum", True),
    _Sharing("logits instead of probabilities", lambda x, mask, t: np.where(mask, x / t, -np.inf), "the softmax is "
             "missing", True),
    _Sharing("logits with zeros", lambda x, mask, t: np.where(mask, x / t, 0.0), "these are logits, and the softmax is "
             "missing", True),
    _Sharing("a low logit that still gets a share", lambda x, mask, t: _shared(x, mask, t, fill=-1.0), "the others "
             "have a logit of -1, which still gets a share; minus infinity gets none"),
    _Sharing("a low logit that still gets a share", lambda x, mask, t: _shared(x, mask, t, fill=-5.0), "the others "
             "have a logit of -5, which still gets a share; minus infinity gets none"),
    _Sharing("a low logit that still gets a share", lambda x, mask, t: _shared(x, mask, t, fill=x.min()), "the others "
             "were set to the smallest logit, which still gets a share; minus infinity gets none"),
    _Sharing("a low logit that still gets a share", lambda x, mask, t: _shared(x, mask, t, fill=x[mask].min()), "the "
             "others were raised to the cut, and share with it; minus infinity gets nothing"),
    _Sharing("divided by the greatest", lambda x, mask, t: np.where(mask, np.exp((x - x.max()) / t), 0.0), "the "
             "greatest is 1, and all together are more; divide by the sum, not by the maximum"),
    _Sharing("divided by top_k", lambda x, mask, t: np.where(mask, np.exp(x / t), 0.0) / mask.sum(), "the exponentials "
             "are divided by top_k; divide by their sum"),
    _Sharing("divided by top_k", lambda x, mask, t: np.where(mask, np.exp((x - x.max()) / t), 0.0) / mask.sum(), "the "
             "exponentials are divided by top_k; divide by their sum"),
    _Sharing("powers of 2", lambda x, mask, t: _among(2.0 ** (x / t), mask), "these are powers of 2; the softmax takes "
             "powers of e, np.exp"),
    _Sharing("powers of 10", lambda x, mask, t: _among(10.0 ** (x / t), mask), "these are powers of 10; the softmax "
             "takes powers of e, np.exp"),
    _Sharing("squares", lambda x, mask, t: _among((x / t) ** 2, mask), "these are shares of the squares; the softmax "
             "takes np.exp"),
    _Sharing("logarithms", lambda x, mask, t: _among(np.log1p(np.exp(x / t)), mask), "these are shares of "
             "log(1 + e^x); the softmax takes np.exp alone"),
    _Sharing("a gate instead of a softmax", lambda x, mask, t: np.where(mask, 1 / (1 + np.exp(-x / t)), 0.0), "each "
             "is a sigmoid by itself, and they do not share 1"),
    _Sharing("shares of gates", lambda x, mask, t: _among(1 / (1 + np.exp(-x / t)), mask), "these are shares of "
             "sigmoids; the softmax takes np.exp"),
    _Sharing("the smaller the likelier", lambda x, mask, t: _shared(-x, mask, t), "the sign is turned round: the "
             "smallest of the kept ones gets the most"),
    _Sharing("logits rounded down", lambda x, mask, t: _shared(np.floor(x / t), mask), "the logits lost their "
             "fractions: // rounds down, / does not, and an array of whole numbers keeps none"),
    _Sharing("logarithms of all probabilities", lambda x, mask, t: np.where(mask, _log_softmax(x / t), 0.0), "these "
             "are logarithms of probabilities, over all tokens"),
    _Sharing("which are kept", lambda x, mask, t: mask.astype(float), "1 stands for every token that is kept: a mask, "
             "and no shares yet"),
    _Sharing("the kept and their complement", lambda x, mask, t: 1 - _shared(x, mask, t), "this is 1 minus each "
             "probability"),
)  # fmt: skip
_THREE_STEPS = "Keep the top_k largest, set the others to -np.inf, one softmax over all at the end."
_SAMPLED_WRONG = (
    *(
        Misconception(
            choice.name,
            lambda logits, temperature, top_k, choice=choice: _shared(logits, choice.kept(logits, top_k), temperature),
            f"In your answer {choice.told}. {_THREE_STEPS}",
        )
        for choice in _CHOSEN_WRONG
        if choice.name in {"the last ones kept", "the largest left out", "ranks counted from 1", "only one kept"}
    ),
    *(
        Misconception(
            sharing.name,
            lambda logits, temperature, top_k, sharing=sharing: sharing.of(logits, _kept(logits, top_k), temperature),
            f"The right tokens are kept, but {sharing.told}. {_THREE_STEPS}",
        )
        for sharing in _SHARED_WRONG
        if sharing.name
        not in {"not shared out again", "equal shares", "zero instead of minus infinity", "not normalised"}
        | {"logits instead of probabilities"}
    ),
    *(
        Misconception(
            f"{choice.name}, and {sharing.name}",
            lambda logits, temperature, top_k, choice=choice, sharing=sharing: sharing.of(
                logits, choice.kept(logits, top_k), temperature
            ),
            f"Two things: {choice.told}; and {sharing.told}. {_THREE_STEPS}",
        )
        for choice in _CHOSEN_WRONG
        for sharing in _SHARED_WRONG
        if sharing.with_choice and (choice.name, sharing.name) != ("only one kept", "equal shares")
    ),
    *(
        Misconception(
            f"top_k ignored, and {sharing.name}",
            lambda logits, temperature, top_k, sharing=sharing: sharing.of(
                logits, np.ones(len(logits), dtype=bool), temperature
            ),
            f"Two things: every token is kept; and {told}. {_THREE_STEPS}",
        )
        for sharing in _SHARED_WRONG
        for told in (sharing.told.replace("the kept ones", "they"),)
        if sharing.name
        in {"equal shares", "not normalised", "divided by the greatest", "a gate instead of a softmax", "powers of 2"}
        | {"logits instead of probabilities", "the smaller the likelier", "logarithms of all probabilities"}
    ),
    *(
        Misconception(name, mistake, told)
        for name, mistake, told in (
            (
                "numbers of the kept tokens",
                lambda logits, temperature, top_k: np.argsort(-logits)[:top_k],
                "{got} are the numbers of the tokens that are kept. Give back a probability for every token.",
            ),
            (
                "numbers of the kept tokens, the largest last",
                lambda logits, temperature, top_k: np.argsort(logits)[-top_k:],
                "{got} are the numbers of the tokens that are kept. Give back a probability for every token.",
            ),
            (
                "numbers of the kept tokens, in their order",
                lambda logits, temperature, top_k: np.flatnonzero(_kept(logits, top_k)),
                "{got} are the numbers of the tokens that are kept. Give back a probability for every token.",
            ),
            (
                "the kept logits",
                lambda logits, temperature, top_k: np.sort(logits / temperature)[::-1][:top_k],
                "{got} are the logits that are kept. They become probabilities by a softmax, each at its token's "
                "place, and the others get 0.",
            ),
            (
                "a token drawn, as a row",
                lambda logits, temperature, top_k: np.eye(len(logits))[np.argsort(-logits)[1]],
                "All of it went to one token. Drawing comes after this function: the top_k largest share, by softmax.",
            ),
            (
                "root of the temperature",
                lambda logits, temperature, top_k: _among_top(logits, math.sqrt(temperature), top_k),
                "You divided by the root of the temperature; it is the temperature itself that divides the logits.",
            ),
            (
                "kept where not among the largest",
                lambda logits, temperature, top_k: np.where(
                    _kept(logits, top_k), _among_top(logits, temperature, top_k), softmax(logits / temperature)
                ),
                "The kept ones share 1 as they should; the others still have a share besides. They get 0.",
            ),
        )
    ),
)


_DRAWN = 3  # how many tokens the first case keeps, and so may be drawn from
_LOGITS = np.array([1.6, -0.4, 2.4, 0.3, -1.1, 3.0, 0.9, 2.0])
_CHOICES = (
    (_LOGITS, 1.0, _DRAWN),
    (np.array([-0.5, 1.5, 0.2, -2.0, 2.3, 0.8]), 0.5, 4),
    (np.array([0.4, 2.2, -1.3, 1.0]), 2.0, 4),
    (np.array([0.0, 1000.0, 3.0, 998.5, 999.0, -2.0]), 1.0, 3),
    (np.array([-1003.0, -1000.0, -1002.0, -1001.0]), 1.5, 2),
)

SAMPLING = Exercise(
    id="6.3",
    answer="next_probabilities",
    title="Write next_probabilities(logits, temperature, top_k): the top_k largest logits share 1, the others get 0.",
    objective="turn logits into the probabilities that a token is drawn from",
    kind="write",
    minutes=8,
    difficulty=2,
    cases=_CHOICES,
    right=_among_top,
    misconceptions=(
        Misconception(
            "top_k ignored",
            lambda logits, temperature, top_k: softmax(logits / temperature),
            "Every token got a probability: {got}. Only the top_k largest logits may share; the others get 0.",
        ),
        Misconception(
            "not shared out again",
            lambda logits, temperature, top_k: np.where(_kept(logits, top_k), softmax(logits / temperature), 0.0),
            "The right tokens are kept, but together they are less than 1: the others took their share in the softmax "
            "before you removed them. Take them out before the softmax, or divide by the sum of what is left.",
        ),
        Misconception(
            "zero instead of minus infinity",
            lambda logits, temperature, top_k: _shared(logits, _kept(logits, top_k), temperature, fill=0.0),
            "You set the other logits to 0. exp(0) is 1, so they still get a share. Minus infinity gets none: "
            "np.where(kept, logits, -np.inf).",
            seen="https://github.com/karpathy/minGPT/issues/10",
        ),
        Misconception(
            "the smallest kept",
            lambda logits, temperature, top_k: _shared(logits, _kept(-logits, top_k), temperature),
            "You kept the top_k smallest logits. np.argsort goes upwards, so the largest stand at its end: "
            "np.argsort(logits)[-top_k:].",
        ),
        Misconception(
            "the smallest kept, no maximum subtracted",
            _smallest_overflowing,
            "You kept the top_k smallest logits; np.argsort goes upwards, the largest stand at its end. And subtract "
            "the maximum before np.exp: logits of 1000 overflow (lesson 02, section 4).",
        ),
        Misconception(
            "counted from the smallest",
            lambda logits, temperature, top_k: _shared(logits, logits >= np.sort(logits)[top_k - 1], temperature),
            "Your cut is np.sort(logits)[top_k - 1]. np.sort goes upwards, so that is counted from the smallest. The "
            "smallest that stays is counted from the end: [-top_k].",
        ),
        Misconception(
            "all up to the cut kept",
            lambda logits, temperature, top_k: _shared(logits, logits <= np.sort(logits)[-top_k], temperature),
            "Your cut is right, your comparison goes the other way: <= keeps what lies below the cut. What stays is "
            "logits >= np.sort(logits)[-top_k].",
        ),
        Misconception(
            "the largest removed",
            lambda logits, temperature, top_k: _shared(logits, ~_kept(logits, top_k), temperature),
            "You removed the top_k largest and kept the others. Those top_k are the ones that may share.",
        ),
        Misconception(
            "top_k removed instead of kept",
            lambda logits, temperature, top_k: _shared(logits, ~_kept(-logits, top_k), temperature),
            "You removed the top_k smallest, and all others stayed. top_k says how many stay: the cut lies at "
            "np.sort(logits)[-top_k], counted from the end.",
        ),
        Misconception(
            "one too many",
            lambda logits, temperature, top_k: _among_top(logits, temperature, min(top_k + 1, len(logits))),
            "You kept one token more than top_k. Counted from 0 downwards, the smallest one that stays has the index "
            "top_k - 1; in np.sort(logits), which goes upwards, it is [-top_k].",
            seen="https://github.com/kingoflolz/mesh-transformer-jax/issues/164",
        ),
        Misconception(
            "one too few",
            lambda logits, temperature, top_k: _shared(logits, _kept(logits, top_k - 1), temperature),
            "You kept one token less than top_k. Is your comparison with the smallest one that stays a >? It has to "
            "stay, too: >=.",
        ),
        Misconception(
            "the first ones kept",
            lambda logits, temperature, top_k: _shared(logits, np.arange(len(logits)) < top_k, temperature),
            "You kept the first top_k tokens of the vocabulary. Keep those with the largest logits, wherever they "
            "stand.",
        ),
        Misconception(
            "argsort taken for ranks",
            lambda logits, temperature, top_k: _shared(logits, np.argsort(-logits) < top_k, temperature),
            "np.argsort does not give ranks. Its first entry is the place of the first in order, and so on: use what "
            "it gives as places, kept[np.argsort(-logits)[:top_k]] = True.",
        ),
        Misconception(
            "upward argsort taken for ranks",
            lambda logits, temperature, top_k: _shared(logits, np.argsort(logits) >= len(logits) - top_k, temperature),
            "np.argsort does not give ranks. Its last entries are the places of the largest: use them as places, "
            "kept[np.argsort(logits)[-top_k:]] = True.",
        ),
        Misconception(
            "everything to the largest",
            lambda logits, temperature, top_k: _shared(logits, _kept(logits, 1)),
            "All of it went to the largest logit: that is greedy choice. The top_k largest share, by softmax.",
            seen="https://github.com/fluxions-ai/vui/pull/32",
        ),
        Misconception(
            "equal shares",
            lambda logits, temperature, top_k: _kept(logits, top_k) / top_k,
            "The kept tokens share equally, 1/top_k each. A larger logit gets a larger share: softmax among the kept.",
        ),
        Misconception(
            "no exponential",
            lambda logits, temperature, top_k: (
                np.where(_kept(logits, top_k), logits, 0.0) / logits[_kept(logits, top_k)].sum()
            ),
            "You divided the logits themselves by their sum. A logit may be negative; the exponential makes each "
            "positive first (lesson 02, section 2).",
        ),
        Misconception(
            "not normalised",
            _exponentials,
            "These are the exponentials, {got}. Divide them by their sum; probabilities are 1 together.",
        ),
        Misconception(
            "logits instead of probabilities",
            lambda logits, temperature, top_k: np.where(_kept(logits, top_k), logits / temperature, -np.inf),
            "These are the logits that are left, divided by the temperature: {got}. One step is missing, the softmax.",
        ),
        Misconception(
            "logarithms of the probabilities",
            lambda logits, temperature, top_k: _log_softmax(
                np.where(_kept(logits, top_k), logits / temperature, -np.inf)
            ),
            "These are the logarithms of the probabilities, {got}. np.exp makes probabilities of them.",
        ),
        Misconception(
            "softmax twice",
            lambda logits, temperature, top_k: _shared(softmax(logits), _kept(logits, top_k), temperature),
            "You put probabilities into a softmax. They lie between 0 and 1, so the second softmax makes them nearly "
            "equal. Choose the top_k among the logits, and take one softmax, at the end.",
        ),
        Misconception(
            "softmax twice, the second over all",
            lambda logits, temperature, top_k: softmax(_among_top(logits, temperature, top_k)),
            "You took a softmax of probabilities: each 0 became exp(0) = 1 and got a share again. One softmax is "
            "enough.",
        ),
        *_SAMPLED_WRONG,
        Misconception(
            "sorted, largest first",
            lambda logits, temperature, top_k: np.sort(_among_top(logits, temperature, top_k))[::-1],
            "The numbers are right, but in sorted order: the first one no longer belongs to token 0. Every probability "
            "stays at its token's place; sort only to find the cut.",
        ),
        Misconception(
            "sorted, largest last",
            lambda logits, temperature, top_k: np.sort(_among_top(logits, temperature, top_k)),
            "The numbers are right, but in sorted order: the last one no longer belongs to the last token. Every "
            "probability stays at its token's place; sort only to find the cut.",
        ),
        Misconception(
            "only the kept ones, largest first",
            lambda logits, temperature, top_k: np.sort(_among_top(logits, temperature, top_k))[::-1][:top_k],
            "{got} is right, but nobody can tell any more which token each belongs to. Give back one number for every "
            "token, in the order of logits, with 0 for the others.",
        ),
        Misconception(
            "only the kept ones, largest last",
            lambda logits, temperature, top_k: np.sort(_among_top(logits, temperature, top_k))[-top_k:],
            "{got} is right, but nobody can tell any more which token each belongs to. Give back one number for every "
            "token, in the order of logits, with 0 for the others.",
        ),
        Misconception(
            "only the kept ones, in their order",
            lambda logits, temperature, top_k: _among_top(logits, temperature, top_k)[_kept(logits, top_k)],
            "{got} is right, but nobody can tell any more which token each belongs to. Give back one number for every "
            "token, in the order of logits, with 0 for the others.",
        ),
        *(
            Misconception(
                "a token instead of probabilities",
                partial(_one_token, rank=rank, shape=shape),
                "{got} is one token. Drawing comes after this function: give back a probability for every token.",
            )
            for rank in range(_DRAWN)
            for shape in ((), (1,))
        ),
        Misconception(
            "temperature ignored",
            lambda logits, temperature, top_k: _among_top(logits, 1.0, top_k),
            "These are the probabilities at temperature 1. Divide the logits by the temperature, before the softmax: a "
            "factor that comes after it cancels when you share out 1.",
            seen="https://github.com/google/gemma.cpp/pull/981",
        ),
        Misconception(
            "temperature multiplied",
            lambda logits, temperature, top_k: _among_top(logits, 1 / temperature, top_k),
            "The other way round: a low temperature should make the likeliest token likelier still; yours makes all "
            "more alike. Divide the logits by it: at temperature 0.5 their differences double.",
        ),
        Misconception(
            "probabilities divided by the temperature",
            lambda logits, temperature, top_k: _among_top(logits, 1.0, top_k) / temperature,
            "You divided the probabilities: at temperature 0.5 together they are 2. Divide the logits, before the "
            "softmax.",
        ),
        Misconception(
            "powers not shared out again",
            lambda logits, temperature, top_k: _among_top(logits, 1.0, top_k) ** (1 / temperature),
            "You divided logarithms of probabilities, log p / temperature; their exponentials no longer sum to 1. "
            "Divide the logits, and take the softmax last.",
            seen="https://github.com/MoonshotAI/Kimi-Audio/pull/161",
        ),
        Misconception(
            "temperature twice",
            lambda logits, temperature, top_k: _among_top(logits, temperature**2, top_k),
            "Your logits were divided by the temperature twice; at 0.5 that is a division by 0.25. Once is enough.",
            seen="https://github.com/RL-Align/RL-Kernel/issues/81",
        ),
        Misconception(
            "nothing below to compare with",
            _strictly_above_the_next,
            "You compare with the first one that has to go. If top_k is the whole vocabulary, there is none. Compare "
            "with the smallest that stays: logits >= np.sort(logits)[-top_k].",
            seen="https://github.com/ml-explore/mlx-lm/pull/1377",
        ),
        Misconception(
            "nothing below to compare with, counted from the largest",
            _strictly_above_the_next_from_the_front,
            "You compare with the first one that has to go. If top_k is the whole vocabulary, there is none. Compare "
            "with the smallest that stays: logits >= np.sort(logits)[::-1][top_k - 1].",
        ),
        Misconception(
            "nothing below to compare with, in a list",
            lambda logits, temperature, top_k: _shared(
                logits, logits > sorted(logits.tolist(), reverse=True)[top_k], temperature
            ),
            "You compare with the first one that has to go. If top_k is the whole vocabulary, there is none. Compare "
            "with the smallest that stays: logits >= sorted(logits, reverse=True)[top_k - 1].",
        ),
        Misconception(
            "no maximum subtracted",
            _overflowing,
            "Right for small logits. Here some are about 1000: exp overflows to infinity, and {got} comes out. "
            "Subtract the maximum first; no probability changes (lesson 02, section 4).",
            seen="https://github.com/ollama/ollama/pull/9631",
        ),
        Misconception(
            "no maximum subtracted before the choice",
            _overflowing_before_the_choice,
            "Right for small logits. Here some are about 1000: exp overflows to infinity, and {got} comes out. "
            "Subtract the maximum first; no probability changes (lesson 02, section 4).",
        ),
        Misconception(
            "fill not low enough",
            lambda logits, temperature, top_k: _shared(logits, _kept(logits, top_k), temperature, fill=-100.0),
            "Right as long as logits are near 0. Here the kept ones are about -1000, and those that you put below them "
            "are higher. Minus infinity is below everything: -np.inf.",
        ),
    ),
    hints=(
        "Three steps: find the smallest logit that stays, take out what lies below it, softmax over the rest.",
        "np.sort(logits)[-top_k] is the smallest that stays. np.where(logits >= it, logits, -np.inf) takes out the "
        "others, since exp(-inf) is 0.",
        "Divide what is left by the temperature, subtract its maximum, take np.exp, divide by the sum.",
    ),
    praise="The top_k largest share 1, the temperature says how unequally, and logits of 1000 do no harm.",
)

_EACH_STEP = "With the cache step t scores t pairs: 1, then 2, up to 100."
# Totals that a wrong idea gives, with the idea.
_OTHER_TOTALS = tuple(
    Misconception(name, lambda total=total: total, f"{told} {_EACH_STEP}")
    for name, told, totals in (
        ("the lesson's 26 tokens", "{got} belongs to the story of section 8, 26 tokens. Here there are 100.",
         (351, 325, 26, 676)),
        ("the lesson's 26 tokens, without a cache", "{got} belongs to the story of section 8, 26 tokens, read anew "
         "each time. Here there are 100, and a cache.", (6201, 5525, 3276)),
        ("a hundred times the full square", "{got} is 100 x 100 x 100: all ask all at each of the 100 steps. There are "
         "only as many tokens as have come, and with a cache only the new one asks.", (100**3,)),
        ("without a cache, and itself not counted", "{got} has all tokens ask again at each step, and leaves a token's "
         "own key out.", (sum(t * t for t in range(100)), sum(t * (t - 1) for t in range(1, 101)), 166_650, 161_700)),
        ("without a cache, start counted", "{got} has all tokens ask again at each step, and goes on to 101.",
         (sum(t * t for t in range(1, 102)), sum(t * (t + 1) // 2 for t in range(1, 102)))),
        ("one step too few without a cache", "{got} leaves a step out, and has all tokens ask again at each.",
         (sum(t * (t + 1) for t in range(1, 101)),)),
        ("pairs of the last step only", "{got} is about one step, the last. All steps are asked for.", (99, 101)),
        ("queries and keys added", "{got} counts queries and keys, not the pairs that they make.", (200, 300, 198)),
        ("a token alone scores nothing", "{got} begins with the second token. The first asks itself: 1 pair.", (5049,)),
        ("mean of the steps", "{got} is the mean of a step. All together are asked for.", (50, 51, 50.5)),
        ("how many times fewer", "{got} is how many times fewer the cache makes it. Asked for is how many pairs are "
         "scored.", (67, 66, 66.9)),
        ("steps left out", "{got} leaves the last step out, or the first.", (4851, 4753)),
        ("another square", "{got} is a product of one count with another, a whole square or a side of it more. A step "
         "scores as many pairs as there are tokens by then, and these are added up.", (10_201, 10_302, 10_099, 9801)),
        ("half of the hundred", "{got} comes from 50 tokens. All 100 are written.", (1275, 2500, 2550, 1225)),
        ("twice the tokens", "{got} comes from 200 tokens: were prompt and answer counted? The prompt is empty.",
         (20_100, 19_900)),
        ("heads and layers counted", "{got} counts several heads or layers. Here there is one of each.",
         (4 * 5050, 8 * 5050, 3 * 5050, 2 * 10_000, 4 * 10_000, 8 * 10_000)),
        ("bytes of the cache", "{got} is what a cache holds. Asked for are the pairs that are scored.",
         (100 * 64, 200 * 64, 400 * 64, 800 * 64, 1600 * 64)),
        ("nothing scored again", "With a cache no pair is scored twice, right. But each is scored once.", (0, 1)),
        ("a power of ten", "The digits are right, the zeros are not: {got}.", (505, 50_500, 505_000)),
        ("a factor for each token", "{got} multiplies what is to be added up: steps come one after another.",
         (2**100 - 1, 2**100, math.factorial(100))),
    )
    for total in totals
)  # fmt: skip


CACHE = Exercise(
    id="6.4",
    answer="pairs_with_cache",
    title="Predict how many query-key pairs are scored for 100 tokens, one by one, with a KV cache.",
    objective="count what a KV cache saves and what it does not",
    kind="predict",
    minutes=4,
    difficulty=2,
    tolerance=0.4,
    right=lambda: sum(range(1, 101)),
    misconceptions=(
        Misconception(
            "the full square",
            lambda: 100**2,
            "{got} is 100 x 100, every token with every other. But a token has no later ones to ask yet: the first "
            "asks 1, the second 2, the last 100.",
        ),
        Misconception(
            "itself not counted",
            lambda: sum(range(100)),
            "{got} counts only the tokens before. Each new token asks itself as well: the first one scores 1 pair, not "
            "0.",
            seen="https://github.com/harvard-edge/cs249r_book/pull/1953",
        ),
        Misconception(
            "without a cache",
            lambda: sum(t**2 for t in range(1, 101)),
            "{got} is 1 + 4 + 9 + … + 10,000: at each step all tokens ask all again. With a cache only the new token "
            "asks; what the old ones found does not change.",
        ),
        Misconception(
            "without a cache, with a mask",
            lambda: sum(t * (t + 1) // 2 for t in range(1, 101)),
            "{got} lets all old tokens ask again at each step, each itself and those before it. With a cache only the "
            "new token asks: 1 pair, then 2, then 3.",
        ),
        Misconception(
            "one pair for each token",
            lambda: 100,
            "{got} is the number of queries. The cache spares making the old keys again, but each query is still "
            "scored against all of them: 1, then 2, then 3.",
            seen="https://github.com/rohitg00/ai-engineering-from-scratch/pull/356",
        ),
        Misconception(
            "a row and a column",
            lambda: 199,
            "{got} is 100 + 99, a row and a column. With the mask no old token asks the new one. Add up one row for "
            "each of the 100 steps.",
        ),
        Misconception(
            "half of the square",
            lambda: 5000,
            "Nearly: {got} is half of 100 x 100, which cuts the diagonal in two. Each token asks itself, so the whole "
            "diagonal counts.",
        ),
        Misconception(
            "all but the diagonal",
            lambda: 9900,
            "{got} is 100 x 99, every token with all others. Later ones are not there yet to be asked, and each token "
            "does ask itself.",
        ),
        Misconception(
            "keys and values counted apart",
            lambda: 2 * sum(range(1, 101)),
            "{got} counts each pair twice. The cache holds keys and values, but only a key is scored; the value is "
            "what the score fetches.",
        ),
        Misconception(
            "start counted",
            lambda: sum(range(1, 102)),
            "{got} goes on to 101: you counted a <start> as well. The prompt is empty, so 100 tokens ask: 1, then 2, "
            "and 100 at the last.",
        ),
        Misconception(
            "a first token before the first",
            lambda: sum(range(2, 102)),
            "{got} begins with 2 pairs. The prompt is empty, so the first token has only itself to ask.",
        ),
        *_OTHER_TOTALS,
    ),
    hints=(
        "Count the first three steps with a pencil. How many keys are in the cache when the third token asks?",
        "1 + 2 + 3 + … + 100. The first and the last together are 101, and so are the second and the last but one.",
    ),
    praise="1 + 2 + … + 100 = 5,050: each step grows by one pair. Asking all of it again each time makes 338,350.",
)

# What somebody has in mind who names this place, or this token.
_PLACES = {
    0: "0 is the first place, before the earlier r: the head looks after it.",
    1: "1 is the place of the earlier r itself: the head looks one further.",
    2: "2 is right.",
    3: "3 is one further than right, unless you count from 1; positions count from 0.",
    4: "4 is the token before the last r (or the distance from one r to the other): the head looks at what came after "
    "the earlier r.",
    5: "5 is the last r itself, where the head stands and asks: it looks back.",
    6: "6 is still to come, and no head can look there: it looks back.",
    -1: "-1 is the last r itself, counted from the end: the head looks back. Count from the beginning.",
    -2: "-2 is the token before, counted from the end: the head looks at what came after the earlier r.",
    -3: "-3 is one further than right, counted from the end; or it is the way back. Count from 0.",
    -4: "-4 is right, counted from the end, or it is the way from one r to the other. Count from 0.",
}
_TOKENS_READ = {
    "k": "k came before the earlier r, not after it.",
    "r": "r is the token that asks; what followed it the last time is predicted.",
    "t": "t is right.",
    "m": "m came two after the earlier r, not right after it.",
    "r t": "Only one token is predicted, the one that came right after the earlier r.",
    "t m": "Only one token is predicted, the one that came right after the earlier r.",
}
_LOOK = {"k": 0, "r": 1, "t": 2, "m": 3}
_PLACE_AND_TOKEN = {
    *((0, "k"), (1, "k"), (1, "r"), (1, "t"), (2, "m"), (2, "r"), (2, "t"), (3, "m"), (3, "t")),
    *((4, "k"), (5, "r"), (5, "t"), (6, "t")),
}  # right, or with words of their own
_OTHER_GUESSES = (
    *(
        Misconception(f"place {place}, token {token}", partial(tuple, (place, token)), f"{_PLACES[place]} {told}")
        for place, (token, told) in product(_PLACES, _TOKENS_READ.items())
        if (place, token) not in _PLACE_AND_TOKEN
    ),
    *(
        Misconception(
            f"place {place}, token {token}, in the other order",
            partial(tuple, (token, place)),
            f"The position comes first, then the token. {_PLACES[place]} {told}",
        )
        for place, (token, told) in product(_PLACES, _TOKENS_READ.items())
        if (place, token) != (2, "t")
    ),
    *(
        Misconception(
            f"looks at {seen}, named by its letter",
            partial(tuple, (seen, token)),
            f"Name the place by its number, counted from 0. {seen} is "
            f"{'what the head looks at' if seen == 't' else 'not what the head looks at'}. {told}",
        )
        for seen, (token, told) in product(_LOOK, _TOKENS_READ.items())
    ),
    *(
        Misconception(
            "two numbers",
            partial(tuple, pair),
            'Hand in a number and a letter: (position, "token").',
        )
        for pair in ((2, 2), (1, 2), (2, 6), (2, 5), (2, 3), (1, 5), (5, 2), (5, 1), (1, 1), (3, 3))
    ),
    *(
        Misconception(f"only the token, {token}", partial(str, token), f"{told} Hand in where the head looks, too.")
        for token, told in _TOKENS_READ.items()
        if len(token) == 1 and token != "t"
    ),
    *(
        Misconception(f"only the position, {place}", partial(int, place), f"{told} Hand in what is predicted, too.")
        for place, told in _PLACES.items()
        if place != 2
    ),
)


INDUCTION = Exercise(
    id="6.5",
    answer="induction_guess",
    title="Read k r t m k r: where does an induction head look from the last r, and what does it predict?",
    objective="follow an induction head: where it looks, what it predicts",
    kind="read",
    minutes=3,
    difficulty=2,
    right=lambda: (2, "t"),
    misconceptions=(
        Misconception(
            "looks at the same token",
            lambda: (1, "t"),
            "t is right. But the head copies the token it looks at, and at position 1 stands r itself. It looks one "
            "further, at the token that came after the earlier r.",
            seen="https://github.com/ARBORproject/arborproject.github.io/issues/24",
        ),
        Misconception(
            "copies the same token",
            lambda: (1, "r"),
            "You looked for the earlier r and predicted r again. What counts is the token that came after it: look one "
            "further.",
        ),
        Misconception(
            "counted from 1",
            lambda: (3, "t"),
            "The token is right, the place as well, if you count from 1. Positions count from 0: k is 0, r is 1.",
        ),
        Misconception(
            "itself",
            lambda: (5, "r"),
            "That is the last r itself. An induction head looks back to an earlier r and takes what came after it.",
        ),
        Misconception(
            "right token, from itself",
            lambda: (5, "t"),
            "t is right; 5 is where the head stands and asks. Where does it find the t?",
        ),
        Misconception(
            "right token, at its own future place",
            lambda: (6, "t"),
            "t is right, and it will come to stand at 6. The head cannot look there yet: where does it find the t?",
        ),
        Misconception(
            "previous token",
            lambda: (4, "k"),
            "That is the token before, and a head that looks there exists: the induction head needs it, one layer "
            "below. The induction head itself looks after the earlier r.",
        ),
        Misconception(
            "one too far",
            lambda: (3, "m"),
            "That is two after the earlier r. The token right after it is what followed r the last time.",
        ),
        Misconception(
            "right place, next token",
            lambda: (2, "m"),
            "2 is right. The head copies the token it looks at; you took the one after it.",
        ),
        Misconception(
            "right place, same token",
            lambda: (2, "r"),
            "2 is right. The head copies the token it looks at: what stands at 2?",
        ),
        Misconception(
            "from the beginning",
            lambda: (0, "k"),
            "You let the sequence begin again. The head does not know about beginnings: it looks for an earlier r and "
            "takes what came after it.",
        ),
        Misconception(
            "place of k's successor",
            lambda: (1, "k"),
            "Your token is what came before the earlier r. The head takes what came after it.",
        ),
        Misconception(
            "token before position",
            lambda: ("t", 2),
            "Both are right. Hand in the position first, then the token.",
        ),
        Misconception(
            "only the token",
            lambda: "t",
            'The token is right. Hand in where the head looks, too: (position, "t").',
        ),
        Misconception(
            "only the position",
            lambda: 2,
            "The position is right. Hand in what the head predicts, too: (2, token).",
        ),
        *_OTHER_GUESSES,
    ),
    hints=(
        "Write the positions 0 to 5 below the letters. Where did r stand before?",
        "What came after r the last time? An induction head looks at that token, and predicts it.",
    ),
    praise="It looks at 2, after the earlier r, and copies what it finds: what followed r once may follow it again.",
)


EXERCISES = (PRE_NORM, NEXT_TOKEN, SAMPLING, CACHE, INDUCTION)
