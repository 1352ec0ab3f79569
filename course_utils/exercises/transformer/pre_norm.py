"""Exercise 6.1: a transformer block, pre-norm."""

from __future__ import annotations

import math
from functools import wraps

import numpy as np
import torch

from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.reference import softmax
from course_utils.exercises.transformer.rewired_blocks import REWIRED, Layer, of_halves, of_steps, of_wires

_GENERATOR = np.random.default_rng(6)


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


def _attention_added_to_itself(x, attention, feed_forward, norm_1, norm_2):
    x = attention(norm_1(x))
    x = x + x
    return x + feed_forward(norm_2(x))


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
            of_halves("post-norm", "post-norm"),
            "You add first and normalise after: that is post-norm, the order of the first transformer of 2017, and the "
            "sum itself goes through the norm. Here the norm comes before the layer, and x past it untouched: "
            "x + attention(norm_1(x)).",
        ),
        Misconception(
            "norm on the way out",
            of_halves("norm on the way out", "norm on the way out"),
            "You normalise what a layer gives, norm_1(attention(x)). Pre-norm normalises what it reads: "
            "attention(norm_1(x)). The same for feed_forward.",
            seen="https://github.com/google-research/tuning_playbook/issues/50",
        ),
        Misconception(
            "both residuals from the normalised x",
            of_halves("added to the normalised x", "added to the normalised x"),
            "You add to the normalised x, so x itself is lost at each norm. Give the normalised one a name of its own "
            "and add to x: h = norm_1(x), then x + attention(h).",
            seen="https://github.com/pytorch/pytorch/issues/61165",
        ),
        Misconception(
            "first residual from the normalised x",
            of_halves("added to the normalised x", "right"),
            "Your second half is right. In the first half attention's output is added to norm_1(x); add it to x "
            "itself, which goes past the norm.",
            seen="https://github.com/Howuhh/faster-trajectory-transformer/issues/3",
        ),
        Misconception(
            "second residual from the normalised middle",
            of_halves("right", "added to the normalised x"),
            "Your first half is right. In the second half feed_forward's output is added to a normalised sum. Keep the "
            "sum itself, middle = x + attention(norm_1(x)), and add to that: it goes past the norm.",
            seen="https://github.com/Project-MONAI/MONAI/pull/9011",
        ),
        Misconception(
            "residual inside the layer",
            of_halves("residual inside", "residual inside"),
            "Your + stands inside the brackets: attention reads x + norm_1(x), and nothing goes past it. Close the "
            "bracket first: x + attention(norm_1(x)).",
        ),
        Misconception(
            "no residual",
            of_halves("no residual", "no residual"),
            "Each of your layers replaces what it reads. In a block it adds to it: if attention gave zeros, x should "
            "come through as it was. x + attention(norm_1(x)), and the same for the second half.",
        ),
        Misconception(
            "no residual around attention",
            of_halves("no residual", "right"),
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
            of_halves("right", "no residual"),
            "Your first half is right; in the second half feed_forward replaces what it reads. Add to it: "
            "middle + feed_forward(norm_2(middle)), where middle is what the first half gave.",
        ),
        Misconception(
            "one residual around both",
            of_wires("attention's output", "the first x"),
            "You add x once, at the end. There are two additions: middle = x + attention(norm_1(x)); feed_forward "
            "reads norm_2(middle), and what it gives is added to middle.",
        ),
        Misconception(
            "second residual from the first x",
            of_wires("the sum", "the first x"),
            "feed_forward's output is added to the x of the beginning, so what attention added is lost on the way. Add "
            "it to the sum x + attention(norm_1(x)), which holds both.",
            seen="https://github.com/strutive07/transformer-tensorflow2.0/issues/14",
        ),
        Misconception(
            "x added twice",
            of_wires("the sum", "the first x and the sum"),
            "Your result has one x too many: the sum x + attention(norm_1(x)) holds it already. The second half adds "
            "to that sum alone.",
        ),
        Misconception(
            "only what is added",
            of_wires("the sum", "attention's output"),
            "You give back what the two layers add, without x. If both gave zeros, the block should hand x on.",
        ),
        Misconception(
            "feed-forward network reads the first x",
            of_wires("the first x", "the sum"),
            "Both of your layers read the x of the beginning, side by side. feed_forward comes second: it reads norm_2 "
            "of the sum x + attention(norm_1(x)), so that it can use what attention has fetched.",
        ),
        Misconception(
            "feed-forward network reads the old normalised x",
            of_wires("the first norm's output", "the sum"),
            "feed_forward reads norm_1(x), from before attention. It should read norm_2 of the sum "
            "x + attention(norm_1(x)), so that it can use what attention has fetched.",
        ),
        Misconception(
            "feed-forward network reads attention alone",
            of_wires("attention's output", "the sum"),
            "feed_forward reads attention's output without x. It should read norm_2 of the sum, "
            "x + attention(norm_1(x)).",
        ),
        Misconception(
            "norm_1 twice",
            of_steps("a1", "f1"),
            "You used norm_1 in both halves. Each norm has learned a gain and a shift for its own layer: feed_forward "
            "reads norm_2.",
            seen="https://github.com/allenai/OLMo/issues/222",
        ),
        Misconception(
            "norms exchanged",
            of_steps("a2", "f1"),
            "The norms have changed places. norm_1 stands before attention, norm_2 before feed_forward.",
        ),
        Misconception(
            "no norm",
            of_halves("no norm", "no norm"),
            "Your additions are right, but the layers read x as it is. Normalise what each one reads: "
            "attention(norm_1(x)), and norm_2 before feed_forward.",
        ),
        Misconception(
            "no norm before attention",
            of_halves("no norm", "right"),
            "Your second half is right; in the first half attention reads x as it is. It should read norm_1(x).",
        ),
        Misconception(
            "no norm before the feed-forward network",
            of_halves("right", "no norm"),
            "Your first half is right; in the second half feed_forward reads the sum as it is. It should read norm_2 "
            "of that sum.",
        ),
        Misconception(
            "normalised once more at the end",
            of_steps("a1", "f2", "n2"),
            "Right, and then normalised once more. A pre-norm block hands its sum on as it is; one norm follows after "
            "the last block of the whole model.",
        ),
        Misconception(
            "feed-forward network first",
            of_steps("f2", "a1"),
            "Your halves have changed places: attention fetches first, then feed_forward works on what was fetched.",
        ),
        Misconception(
            "feed-forward network first, with norm_1",
            of_steps("f1", "a2"),
            "attention and feed_forward have changed places: attention, with norm_1, comes first.",
        ),
        Misconception(
            "attention only",
            of_steps("a1"),
            "That is the middle of the block, and right so far. The second half is built alike, with norm_2 and "
            "feed_forward. If you wrote it: is its result kept, x = x + ...? And does 'return' give that one back?",
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
        *REWIRED,
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
