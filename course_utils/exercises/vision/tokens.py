"""Exercise 7.4: the tokens of a vision transformer."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from torch.nn import functional as F

from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.reference import softmax
from course_utils.exercises.vision.step import Step

_GENERATOR = np.random.Generator(np.random.PCG64(7).advance(278))  # behind the number of exercise 7.3

# In the first all sizes are equal: a product in the wrong order, or a sum in the wrong place, gives a number there,
# which can be explained, and not an error. In the others no two sizes are equal.
_TOKENS = tuple(
    tuple(_GENERATOR.normal(size=size).round(1) for size in ((N, p), (p, d), (N, d)))
    for N, p, d in ((3, 3, 3), (6, 4, 5), (2, 9, 3))
)


def _embedded(patches: np.ndarray, W: np.ndarray, positions: np.ndarray) -> np.ndarray:
    return torch.addmm(*map(torch.as_tensor, (positions, patches, W))).numpy()


def _relued(array: np.ndarray) -> np.ndarray:
    return np.maximum(array, 0.0)


def _normalised(array: np.ndarray) -> np.ndarray:
    return (array - array.mean(-1, keepdims=True)) / array.std(-1, keepdims=True)


_PROJECT = Step("right", lambda patches, W: patches @ W, "")
_PROJECTED = (
    Step("no projection", lambda patches, W: patches, "the pixels are not projected by W"),
    Step("W before the patches", lambda patches, W: W @ patches, "the product is W @ patches, not patches @ W"),
    Step("W transposed", lambda patches, W: patches @ W.T, "W is transposed; it is (p, d) as it is"),
    Step("multiplied number by number", lambda patches, W: patches * W, "* multiplies number by number; @ is "
         "asked for"),
    Step("scaled by √d", lambda patches, W: patches @ W * math.sqrt(W.shape[1]), "the product is multiplied by √d"),
    Step("divided by √d", lambda patches, W: patches @ W / math.sqrt(W.shape[1]), "the product is divided by √d"),
    Step("a ReLU after the projection", lambda patches, W: _relued(patches @ W), "a ReLU follows the projection"),
    Step("patches transposed", lambda patches, W: patches.T @ W, "the patches are transposed; rows are patches"),
    Step("product transposed", lambda patches, W: (patches @ W).T, "the product is transposed; rows are patches"),
    Step("divided by their number", lambda patches, W: patches @ W / len(W), "the product is divided by p or d"),
    Step("a tanh after the projection", lambda patches, W: np.tanh(patches @ W), "a tanh follows the projection"),
    Step("a sigmoid after the projection", lambda patches, W: 1 / (1 + np.exp(-patches @ W)), "a sigmoid follows the "
          "projection"),
    Step("a GELU after the projection", lambda patches, W: F.gelu(torch.as_tensor(patches @ W)).numpy(), "a GELU "
          "follows the projection"),
    Step("a softmax after the projection", lambda patches, W: softmax(patches @ W), "a softmax follows the "
         "projection"),
    Step("a norm after the projection", lambda patches, W: _normalised(patches @ W), "each projected patch was "
          "normalised"),
    Step("a norm before the projection", lambda patches, W: _normalised(patches) @ W, "each patch was normalised "
          "first"),
    Step("mean taken off before the projection", lambda patches, W: (patches - patches.mean(-1, keepdims=True)) @ W,
          "the mean of each patch was taken off first"),
    Step("patches of length 1", lambda patches, W: patches / np.linalg.norm(patches, axis=-1, keepdims=True) @ W,
          "each patch was brought to length 1 first"),
    Step("a ReLU before the projection", lambda patches, W: _relued(patches) @ W, "negative pixels were set to 0"),
    Step("the mean patch for all", lambda patches, W: np.repeat((patches @ W).mean(0)[None], len(patches), 0), "every "
          "token is made from the mean patch"),
    Step("the sum of the patches for all", lambda patches, W: (patches @ W).sum(0) + np.zeros((len(patches), 1)),
          "every token is made from the sum of the patches"),
    Step("the first patch for all", lambda patches, W: patches[0] @ W + np.zeros((len(patches), 1)), "every token is "
          "made from the first patch"),
    Step("the last patch for all", lambda patches, W: patches[-1] @ W + np.zeros((len(patches), 1)), "every token is "
          "made from the last patch"),
    Step("patches from the end", lambda patches, W: patches[::-1] @ W, "the patches stand in the reverse order"),
    Step("sign turned round", lambda patches, W: -(patches @ W), "the projection has the opposite sign"),
    Step("mean of each patch", lambda patches, W: patches.mean(-1, keepdims=True) + 0 * (patches @ W), "W is missing: "
          "a patch is its mean"),
    Step("sum of each patch", lambda patches, W: patches.sum(-1, keepdims=True) + 0 * (patches @ W), "W is missing: a "
          "patch is its sum"),
    Step("mean of the projection", lambda patches, W: (patches @ W).mean(-1, keepdims=True), "each projected patch is "
          "replaced by its mean"),
    Step("projection rounded", lambda patches, W: np.round(patches @ W), "the projection is rounded"),
    Step("fractions lost", lambda patches, W: np.trunc(patches @ W), "the fractions are lost: an array of "
         "whole numbers"),
    Step("projected twice", lambda patches, W: patches @ W @ W, "W was multiplied twice"),
    Step("pixels divided by 255", lambda patches, W: patches / 255 @ W, "the projected part is 255 times too small; "
          "the patches go in as they are"),
    *(
        Step("a mean taken away before the projection",
             lambda patches, W, axis=axis: (patches - patches.mean(axis)) @ W,
             "a mean was taken away from the patches before the projection, and every row is off by the same vector; "
             "they go in as they are")
        for axis in (None, 0)
    ),
    *(
        Step("standardised before the projection", lambda patches, W, axis=axis: (patches - patches.mean(axis))
             / patches.std(axis) @ W, "the patches were standardised before the projection, with the mean and the "
             "spread of several; they go in as they are")
        for axis in (None, 0)
    ),
    Step("pixels kept", lambda patches, W: patches + patches @ W, "the pixels were added to the projection"),
)  # fmt: skip


def _sines(N: int, d: int, halves: bool = False) -> np.ndarray:
    angles = np.arange(N)[:, None] / 10_000 ** (np.arange(0, d, 2) / d)
    if halves:
        return np.concatenate([np.sin(angles), np.cos(angles)], axis=1)[:, :d]
    return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(N, -1)[:, :d]


_DRAWN = (  # at random, with the usual seeds
    *(lambda shape, seed=seed: np.random.default_rng(seed).normal(size=shape) for seed in (0, 1, 42)),
    *(lambda shape, seed=seed: np.random.RandomState(seed).normal(size=shape) for seed in (0, 1, 42)),
)
_ADD = Step("right", lambda positions: positions, "")
_ADDED = (
    Step("positions forgotten", np.zeros_like, "no positions are added"),
    Step("one position for all", lambda positions: positions[0], "all got the position of the first"),
    Step("the last position for all", lambda positions: positions[-1], "all got the position of the last"),
    Step("the sum of the positions for all", lambda positions: positions.sum(0), "all got the sum of the positions"),
    Step("the mean of the positions for all", lambda positions: positions.mean(0), "all got the mean of the "
         "positions"),
    Step("positions in the reverse order", lambda positions: positions[::-1], "the first patch got the last position"),
    Step("positions transposed", lambda positions: positions.T, "the positions are transposed"),
    Step("positions subtracted", np.negative, "the positions are subtracted"),
    Step("positions twice", lambda positions: 2 * positions, "the positions are added twice"),
    Step("half the positions", lambda positions: positions / 2, "half of each position is added"),
    Step("positions made small", lambda positions: 0.1 * positions, "a tenth of each position is added"),
    Step("positions made small", lambda positions: 0.02 * positions, "a fiftieth of each position is added"),
    Step("positions scaled by √d", lambda positions: positions * math.sqrt(positions.shape[1]), "the positions are "
          "multiplied by √d"),
    Step("positions divided by √d", lambda positions: positions / math.sqrt(positions.shape[1]), "the positions are "
          "divided by √d"),
    Step("positions divided by d", lambda positions: positions / positions.shape[1], "the positions are divided by d"),
    Step("positions moved down", lambda positions: np.roll(positions, 1, 0), "each patch got the position of the one "
          "before: is a class token counted?"),
    Step("positions moved up", lambda positions: np.roll(positions, -1, 0), "each patch got the position of the one "
          "after: is a class token counted?"),
    Step("positions added up", lambda positions: positions.cumsum(0), "each patch got all positions up to its own"),
    Step("one number of each position", lambda positions: positions[:, :1], "only the first number of each position "
          "is added"),
    Step("sum of each position", lambda positions: positions.sum(1, keepdims=True), "each patch got the sum of its "
          "position's numbers"),
    Step("mean of each position", lambda positions: positions.mean(1, keepdims=True), "each patch got the mean of its "
          "position's numbers"),
    Step("positions normalised", _normalised, "the positions are normalised"),
    Step("positions through a softmax", softmax, "the positions went through a softmax"),
    Step("positions through a sine", np.sin, "the positions went through a sine; they are learned, and added as they "
          "are"),
    Step("number of the place, from 1", lambda positions: np.arange(1.0, len(positions) + 1)[:, None], "the number of "
          "the place is added, counted from 1; a position is a row of its own"),
    Step("sum of all positions", lambda positions: positions.sum(), "one number is added, the sum of all positions"),
    Step("mean of all positions", lambda positions: positions.mean(), "one number is added, the mean of all "
         "positions"),
    Step("position of the first patch only", lambda positions: positions * (np.arange(len(positions)) == 0)[:, None],
          "only the first patch got its position"),
    Step("position of the last patch only", lambda positions: positions * (np.arange(len(positions)) == len(positions)
                                                                          - 1)[:, None],
          "only the last patch got its position"),
    Step("first patch without position", lambda positions: positions * (np.arange(len(positions)) > 0)[:, None], "the "
          "first patch got no position"),
    *(
        Step("positions of one's own", lambda positions, draw=draw, scale=scale: scale * draw(positions.shape), "the "
             "positions that you added are drawn at random; they are handed in")
        for draw in _DRAWN
        for scale in (1.0, 0.1, 0.02, 0.01)
    ),
    Step("sines instead of the positions", lambda positions: _sines(*positions.shape), "sines and cosines are added, "
          "and positions is left out"),
    Step("sines as well", lambda positions: positions + _sines(*positions.shape), "sines and cosines are added as "
          "well"),
    Step("sines, one half after the other", lambda positions: _sines(*positions.shape, halves=True), "sines and "
          "cosines are added, and positions is left out"),
    Step("number of the place, as a share", lambda positions: np.arange(len(positions))[:, None] / len(positions),
          "the number of the place by N is added"),
    Step("number of the place as well", lambda positions: positions + np.arange(len(positions))[:, None], "the number "
          "of the place is added as well"),
    Step("number of the place as a factor", lambda positions: positions * np.arange(len(positions))[:, None], "each "
          "position is multiplied by the number of its place"),
    Step("positions rounded", np.round, "the positions are rounded"),
    Step("positions sorted", lambda positions: np.sort(positions, 0), "the positions were sorted"),
)  # fmt: skip
_EACH_PATCH_ITS_OWN = "Asked for is patches @ W + positions, row i of both for patch i."


def _token_mistake(project: Step, add: Step) -> Callable[..., np.ndarray]:
    return lambda patches, W, positions: project.does(patches, W) + add.does(positions)


_FINISHED = tuple(
    Misconception(name, mistake, f"{told} {_EACH_PATCH_ITS_OWN}")
    for name, mistake, told in (
        ("mean of token and position", lambda p, W, e: (p @ W + e) / 2, "You took the mean of token and position. The "
         "sum stays as it is; a norm sees to the size later."),
        ("a ReLU at the end", lambda p, W, e: _relued(p @ W + e), "A ReLU follows the sum; no layer comes here yet."),
        ("a tanh at the end", lambda p, W, e: np.tanh(p @ W + e), "A tanh follows the sum; no layer comes here yet."),
        ("a norm at the end", lambda p, W, e: _normalised(p @ W + e), "The tokens were normalised. That belongs to the "
         "blocks."),
        ("a softmax at the end", lambda p, W, e: softmax(p @ W + e), "A softmax was taken of each token. It belongs to "
         "attention's scores."),
        ("tokens of length 1", lambda p, W, e: (p @ W + e) / np.linalg.norm(p @ W + e, axis=-1, keepdims=True),
         "The tokens were brought to length 1."),
        ("sum over the patches", lambda p, W, e: (p @ W + e).sum(0), "You added up over the patches. Every patch keeps "
         "a token of its own."),
        ("maximum over the patches", lambda p, W, e: (p @ W + e).max(0), "You took the maximum over the patches. Every "
         "patch keeps a token of its own."),
        ("sum of each token", lambda p, W, e: (p @ W + e).sum(1), "You added up each token. It keeps its d numbers."),
        ("mean of each token", lambda p, W, e: (p @ W + e).mean(1), "You took the mean of each token. It keeps its d "
         "numbers."),
        ("last token only", lambda p, W, e: (p @ W + e)[-1], "Only the last token came: does a loop write over it?"),
        ("rounded", lambda p, W, e: np.round(p @ W + e), "The tokens are rounded."),
        ("fractions lost", lambda p, W, e: np.trunc(p @ W + e), "The fractions of the tokens are lost."),
        ("column of a position along the token", lambda p, W, e: p @ W + e[:, 0], "One number of each position was "
         "added along the token."),
        ("sums of the positions along the token", lambda p, W, e: p @ W + e.sum(1), "The positions were added up, and "
         "added along the token."),
        ("beside, before the projection", lambda p, W, e: np.concatenate([p, e], axis=1) @ W, "The positions were put "
         "beside the pixels, and W does not fit any more. They are added to what it gives."),
        ("tokens in one row", lambda p, W, e: (p @ W + e).ravel(), "All tokens are in one row. Rows are patches."),
        ("scaled by √d at the end", lambda p, W, e: (p @ W + e) * math.sqrt(W.shape[1]), "The sum is multiplied "
         "by √d."),
        ("divided by √d at the end", lambda p, W, e: (p @ W + e) / math.sqrt(W.shape[1]), "The sum is divided by √d."),
        ("positions multiplied and added", lambda p, W, e: p @ W * e + e, "The positions are multiplied and added."),
        ("positions as gates", lambda p, W, e: p @ W * (1 + e), "The positions multiply the tokens; they are added."),
        ("tokens compared", lambda p, W, e: (p @ W + e) @ (p @ W + e).T, "You went on to the products of all tokens, "
         "(N, N), the beginning of attention."),
        ("positions added to W", lambda p, W, e: p @ (W + e), "The positions were added to W, not to the tokens."),
        ("pixels times positions", lambda p, W, e: p @ e, "The patches were multiplied by the positions; W is "
         "missing."),
        ("positions times W", lambda p, W, e: e @ W, "The positions were multiplied by W; the patches are missing."),
        ("positions times W, and the pixels", lambda p, W, e: p + e @ W, "The positions were projected, the patches "
         "not: it is the other way round."),
        ("all three added", lambda p, W, e: p + W + e, "W was added; it multiplies, patches @ W."),
        ("positions twice, before and after", lambda p, W, e: (p + e) @ W + e, "The positions are added twice, before "
         "the projection and after it."),
        ("a place for the class at the end", lambda p, W, e: np.vstack([p @ W + e, np.zeros(W.shape[1])]), "Right but "
         "for a row at the end. No class token is asked for, (N, d)."),
        ("a place for the class in front, with ones", lambda p, W, e: np.vstack([np.ones(W.shape[1]), p @ W + e]),
         "Right but for a row in front. No class token is asked for, (N, d)."),
        ("the mean token in front", lambda p, W, e: np.vstack([(p @ W + e).mean(0), p @ W + e]), "Right but for a row "
         "in front. No class token is asked for, (N, d)."),
        ("a position in front", lambda p, W, e: np.vstack([e[0], p @ W + e]), "Right but for a row in front. No class "
         "token is asked for, (N, d)."),
        ("first token for the class", lambda p, W, e: (p @ W + e)[0], "Only the first token came. All are asked for."),
        ("first position for the class", lambda p, W, e: p @ W + e[1:], "One position is left out, as for a class "
         "token: positions[1:] or [:-1]. There is none here: as many positions as patches."),
        ("positions in front of the patch", lambda p, W, e: np.concatenate([e, p @ W], axis=1), "You put the position "
         "beside the projected patch, so that a token has 2 · d features. It is added."),
        ("positions above the patches", lambda p, W, e: np.concatenate([e, p @ W]), "You put the positions above the "
         "patches, and there are twice as many tokens. They are added."),
        ("every patch with every position", lambda p, W, e: (p @ W)[:, None] + e, "Every patch meets every position, "
         "(N, N, d). Row i of both belong together."),
        ("positions and tokens apart", lambda p, W, e: np.stack([p @ W, e]), "You give back two things, tokens "
         "and positions. They are added, to one array, (N, d)."),
    )
)  # fmt: skip
_OTHER_TOKENS = (
    *(
        Misconception(step.name, _token_mistake(step, _ADD), f"Your positions are right; but {step.told}. "
                      f"{_EACH_PATCH_ITS_OWN}")
        for step in _PROJECTED[6:]
    ),
    *(
        Misconception(step.name, _token_mistake(_PROJECT, step), f"Your projection is right; but {step.told}. "
                      f"{_EACH_PATCH_ITS_OWN}")
        for step in _ADDED[8:]
    ),
    *(
        Misconception(
            f"{project.name}, and a mistake in the positions",
            _token_mistake(project, add),
            f"Two things: {project.told}; and {add.told}. {_EACH_PATCH_ITS_OWN}",
        )
        for project in _PROJECTED[:7]
        for add in _ADDED[:6]
        if (project.name, add.name) != ("no projection", "positions forgotten")
    ),
    *_FINISHED,
)  # fmt: skip


EMBED_IMAGE = Exercise(
    id="7.4",
    answer="embed_image",
    title="Write embed_image(patches, W, positions): each patch projected, and its own position added.",
    objective="make the tokens of a vision transformer",
    kind="write",
    minutes=4,
    difficulty=1,
    cases=_TOKENS,
    right=_embedded,
    misconceptions=(
        Misconception(
            "positions forgotten",
            lambda patches, W, positions: patches @ W,
            "Each patch is projected, but nothing says where it stood: shuffle the patches, and attention gives the "
            "same answers, shuffled (section 7). Add positions, one row for each patch.",
            seen="https://github.com/engichang1467/Open-Rig3R/issues/42",
        ),
        Misconception(
            "one position for all",
            lambda patches, W, positions: patches @ W + positions[0],
            "Every patch got the position of the *first*. What is added to all alike tells none from another (section "
            "7). Row i of positions belongs to patch i: add the whole array.",
            seen="https://github.com/labmlai/annotated_deep_learning_paper_implementations/issues/133",
        ),
        Misconception(
            "the last position for all",
            lambda patches, W, positions: patches @ W + positions[-1],
            "Every patch got the position of the *last*: does a loop write over what it found? What is added to all "
            "alike tells none from another. Row i of positions belongs to patch i.",
        ),
        Misconception(
            "the sum of the positions for all",
            lambda patches, W, positions: patches @ W + positions.sum(0),
            "Every patch got the sum of all positions. What is added to all alike tells none from another. Row i of "
            "positions belongs to patch i: add the array as it is.",
        ),
        Misconception(
            "the mean of the positions for all",
            lambda patches, W, positions: patches @ W + positions.mean(0),
            "Every patch got the mean of all positions. What is added to all alike tells none from another. Row i of "
            "positions belongs to patch i: add the array as it is.",
        ),
        Misconception(
            "positions added before the projection",
            lambda patches, W, positions: (patches + positions) @ W,
            "W projects your positions, too: either you added them to the pixels, or multiplied both by W. Positions "
            "have d numbers, as a token has after the projection; the shapes fit here only because p = d. Project the "
            "patches alone: patches @ W + positions.",
        ),
        Misconception(
            "positions multiplied",
            lambda patches, W, positions: (patches @ W) * positions,
            "You multiplied by the positions. A number near 0 in a position would then wipe out what the patch shows. "
            "They are added.",
        ),
        Misconception(
            "positions subtracted",
            lambda patches, W, positions: patches @ W - positions,
            "You subtracted the positions. Learned ones could live with that; asked for is the sum.",
        ),
        Misconception(
            "positions beside the patch",
            lambda patches, W, positions: np.concatenate([patches @ W, positions], axis=1),
            "You put the position beside the projected patch, so that a token has 2 · d features. That works as well, "
            "and costs twice the width; here it is added: (N, d).",
        ),
        Misconception(
            "positions below the patches",
            lambda patches, W, positions: np.concatenate([patches @ W, positions]),
            "You put the positions below the patches: twice as many tokens, and none knows which belongs to which. Add "
            "row i to row i.",
        ),
        Misconception(
            "positions in the reverse order",
            lambda patches, W, positions: patches @ W + positions[::-1],
            "The first patch got the last position. Row i of positions belongs to row i of patches.",
        ),
        Misconception(
            "positions transposed",
            lambda patches, W, positions: patches @ W + positions.T,
            "You transposed the positions. Rows are patches in both arrays: (N, d).",
        ),
        Misconception(
            "the number of the place",
            lambda patches, W, positions: patches @ W + np.arange(len(patches))[:, None],
            "You added the place's *number*, 0, 1, 2, to all features. A position is a row of numbers of its own, "
            "which is learned: positions[i].",
        ),
        Misconception(
            "no projection",
            lambda patches, W, positions: patches + positions,
            "You added the positions to the pixels themselves. A token is what W makes of the pixels: patches @ W.",
        ),
        Misconception(
            "positions alone",
            lambda patches, W, positions: positions.copy(),
            "Those are the positions alone: what the patches show is missing.",
        ),
        Misconception(
            "W before the patches",
            lambda patches, W, positions: W @ patches + positions,
            "You multiplied W @ patches. Rows are patches, so a patch meets the matrix from the left: patches @ W.",
        ),
        Misconception(
            "W transposed",
            lambda patches, W, positions: patches @ W.T + positions,
            "You multiplied by the transposed matrix. That is right for the weight of torch.nn.Linear, which is stored "
            "(out, in). Here W has shape (p, d): patches @ W.",
            seen="https://github.com/TransformerLensOrg/TransformerLens/issues/1554",
        ),
        Misconception(
            "multiplied number by number",
            lambda patches, W, positions: patches * W + positions,
            "* multiplies number by number. Every feature of a token is made from all pixels of its patch: the matrix "
            "product, patches @ W.",
        ),
        Misconception(
            "scaled by √d",
            lambda patches, W, positions: patches @ W * math.sqrt(W.shape[1]) + positions,
            "You multiplied the projected patches by √d, as the transformer of 2017 does with its words. Here they "
            "stay as they are.",
        ),
        Misconception(
            "divided by √d",
            lambda patches, W, positions: patches @ W / math.sqrt(W.shape[1]) + positions,
            "You divided by √d. That belongs to the scores of attention; nothing is compared here.",
        ),
        Misconception(
            "a place for the class in front",
            lambda patches, W, positions: np.vstack([np.zeros(W.shape[1]), patches @ W + positions]),
            "Right but for a row in front. Many vision transformers put a class token there; here there are as many "
            "tokens as patches, (N, d).",
        ),
        Misconception(
            "tokens in columns",
            lambda patches, W, positions: (patches @ W + positions).T,
            "The right numbers, but your tokens are columns. Rows are positions: (N, d).",
        ),
        Misconception(
            "mean over the patches",
            lambda patches, W, positions: (patches @ W + positions).mean(0),
            "You took the mean over the patches: that is pooling, which comes last in the network. Every patch keeps a "
            "token of its own, (N, d).",
        ),
        *_OTHER_TOKENS,
    ),
    hints=(
        "Two steps. W makes d numbers of the p pixels of each patch: a matrix product.",
        "A row of patches has p numbers, W is (p, d): the product is (N, d), and so is positions. Row i of both "
        "belongs to patch i.",
    ),
    praise="One matrix and one sum: after that it is the transformer of lesson 06, which never learns that its tokens "
    "were pixels.",
)
