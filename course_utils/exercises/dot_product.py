"""Exercises of the lesson on dot-product attention."""

from __future__ import annotations

import math

import numpy as np
import torch

from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.reference import softmax

_GENERATOR = np.random.default_rng(2)
_SMALL = np.array([[2.0, 1.0, 0.0], [0.0, 0.0, 3.0]])
_LARGE = np.array([[1e4, 1e4 - 1.0, 0.0], [-1e4, 0.0, 1.0], [-1e4, -1e4 - 1.0, -2e4]])
_QUERY, _KEY = _GENERATOR.normal(size=(2, 9)), _GENERATOR.normal(size=(6, 9))
_SQUARE_QUERY, _SQUARE_KEY = _GENERATOR.normal(size=(5, 9)), _GENERATOR.normal(size=(5, 9))
_SCORES = np.array([[2.0, 1.0, 0.0], [-1.0, 0.5, -2.0]])
_MASK = np.array([[True, True, False], [True, False, True]])
_WITH_EMPTY_ROW = np.array([[True, False, True], [False, False, False]])
_LOW_SCORES = np.array([[-250.0, -251.0, -249.0, -252.0]])
_LOW_MASK = np.array([[True, True, False, False]])
_FAR_APART = np.array([[1000.0, 0.0, 1.0]])
_FAR_MASK = np.array([[False, True, True]])
_WEIGHTS = np.array(  # five hits of seven, three of them with more than half of the weight
    [
        [0.6, 0.2, 0.1, 0.1],
        [0.2, 0.1, 0.4, 0.3],
        [0.1, 0.1, 0.15, 0.65],
        [0.1, 0.6, 0.2, 0.1],
        [0.3, 0.3, 0.4, 0.0],
        [0.4, 0.3, 0.2, 0.1],
        [0.25, 0.4, 0.2, 0.15],
    ]
)
_TARGET = np.array([0, 2, 3, 1, 0, 0, 3])
_MORE_WEIGHTS = np.array([[0.5, 0.3, 0.2], [0.1, 0.2, 0.7], [0.3, 0.4, 0.3], [0.8, 0.1, 0.1], [0.2, 0.2, 0.6]])
_MORE_TARGET = np.array([1, 2, 1, 0, 0])
RIVER = np.array([2.0, 1.0, 0.0])  # the scores of the lesson's hand calculation


def _plain_softmax(scores: np.ndarray, axis: int | None = -1) -> np.ndarray:
    with np.errstate(all="ignore"):
        return np.exp(scores) / np.exp(scores).sum(axis=axis, keepdims=True)


def _masked(scores: np.ndarray, mask: np.ndarray, fill: float = -np.inf) -> np.ndarray:
    with np.errstate(all="ignore"):
        return np.nan_to_num(softmax(np.where(mask, scores, fill)), nan=0.0)


def _renormalised(scores: np.ndarray, mask: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        kept = softmax(scores) * mask
        return kept / kept.sum(-1, keepdims=True)


def _renormalised_with_guard(scores: np.ndarray, mask: np.ndarray) -> np.ndarray:
    kept = softmax(scores) * mask
    total = kept.sum(-1, keepdims=True)
    return kept / np.where(total > 0, total, 1.0)


def _infinity_times_0(scores: np.ndarray, mask: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        return softmax(scores + ~mask * -np.inf)


def _scaled(query: np.ndarray, key: np.ndarray) -> np.ndarray:
    return query @ key.T / math.sqrt(query.shape[-1])


SOFTMAX = Exercise(
    id="2.3",
    answer="my_softmax",
    title="Write my_softmax(scores) for a table of scores: every row shares out 1.",
    objective="write a softmax that survives any finite scores",
    kind="write",
    minutes=6,
    difficulty=1,
    cases=((RIVER[None],), (_SMALL,), (_LARGE,)),
    right=softmax,
    misconceptions=(
        Misconception(
            "no exponential",
            lambda scores: scores / scores.sum(-1, keepdims=True),
            "You divided the scores themselves by their sum: {got}. Scores may be negative or sum to zero; "
            "the exponential makes each one positive first (section 2).",
            seen=("https://techqa.club/v/q/why-is-softmax-function-necessory-why-not-simple-normalization-45965817"),
        ),
        Misconception(
            "not normalised",
            np.exp,
            "These are the exponentials, {got}; a row should sum to 1. Divide each row by its sum (section 2).",
        ),
        Misconception(
            "softmax over the whole array",
            lambda scores: _plain_softmax(scores, axis=None),
            "All your numbers together sum to 1, {got}. Each query shares out 1 of its own, "
            "so sum along the last axis and keep it: sum(axis=-1, keepdims=True) (section 2).",
            seen=(
                "https://stackoverflow.com/questions/34968722/"
                "how-to-implement-the-softmax-function-in-python/38250088#38250088"
            ),
        ),
        Misconception(
            "softmax over the queries",
            lambda scores: softmax(scores, 0),
            "Your columns sum to 1, your rows do not: you normalised over the queries. Each query shares out its "
            "attention over the keys, so the softmax runs along the last axis (section 2).",
        ),
        Misconception(
            "axis lost in the sum",
            lambda scores: np.exp(scores) / np.exp(scores).sum(-1),
            "A sum over an axis takes that axis away, so the division no longer lines up with the rows. "
            "keepdims=True keeps it, with length 1.",
            seen="https://xue-jishu.com/python-deeplearning-softmax-with-numpy",
        ),
        Misconception(
            "no maximum subtracted",
            _plain_softmax,
            "Right for small scores, but with scores of 10,000 you get {got}: exp overflows to infinity. "
            "Subtract each row's maximum first; the weights do not change (section 4).",
            seen="https://github.com/dwavesystems/dwave-optimization/issues/555",
        ),
        Misconception(
            "one maximum for all rows",
            lambda scores: _plain_softmax(scores - scores.max()),
            "You subtracted the maximum of the whole array. A row whose scores all lie far below it then becomes "
            "0/0. Subtract each row's own maximum: max(axis=-1, keepdims=True) (section 4).",
            seen="https://github.com/keras-team/keras/pull/10027",
        ),
        Misconception(
            "a maximum that is never below 0",
            lambda scores: _plain_softmax(scores - np.maximum(scores.max(-1, keepdims=True), 0.0)),
            "Right as long as a row holds a score above 0. In the row -10000, -10001, -20000 you subtracted 0, every "
            "exponential became 0, and 0/0 is NaN. Subtract the maximum also where it is negative (section 4).",
            seen="https://github.com/FluxML/NNlib.jl/pull/43",
        ),
    ),
    hints=(
        "Two steps: make every score positive with np.exp, then divide each row by its own sum.",
        "keepdims=True keeps the axis that you sum over, so that the division lines up row by row.",
        "exp(10000) is too large for a float. exp(s - m) / sum(exp(s - m)) is the same weight for every m: "
        "choose m = scores.max(axis=-1, keepdims=True).",
    ),
    praise="Every row shares out exactly 1, also at scores of 10,000.",
)

DOUBLED = Exercise(
    id="2.1",
    answer="weight_of_river",
    title="Predict the weight of 'river' when the query is doubled, to two decimals.",
    objective="predict how the length of a query changes its weights",
    kind="predict",
    minutes=4,
    difficulty=2,
    tolerance=0.0045,
    right=lambda: softmax(2 * RIVER)[0],
    misconceptions=(
        Misconception(
            "softmax ignores scale",
            lambda: softmax(RIVER)[0],
            "{got} is the old weight. Softmax ignores a number that is added to all scores; it does not ignore "
            "a factor: doubled scores square each ratio between two weights (section 2).",
            seen="https://github.com/dvgodoy/PyTorchStepByStep/issues/54",
        ),
        Misconception(
            "weights double",
            lambda: 2 * softmax(RIVER)[0],
            "{got} is twice the old weight, and more than there is to share out: the weights of a query sum to 1. "
            "The scores double; the exponentials are squared (section 2).",
        ),
        Misconception(
            "only one score doubled",
            lambda: softmax(RIVER * np.array([2.0, 1.0, 1.0]))[0],
            "You doubled the score of river only. The query is part of every score, so all three double (section 2).",
        ),
        Misconception(
            "weights in proportion to scores",
            lambda: 4 / 6,
            "{got} is 4 out of 4 + 2 + 0, or else the old weight. Weights are in proportion to exp(score), "
            "and the scores have changed (section 2).",
        ),
        Misconception(
            "per cent",
            lambda: 87.0,
            "Per cent? A weight is a share of 1: write it as 0.something.",
        ),
        Misconception(
            "all three weights",
            lambda: softmax(2 * RIVER),
            "These are all three weights. Which of them is that of river? Hand in that one.",
        ),
        Misconception(
            "a score of 0 counts for nothing",
            lambda: np.exp(4) / (np.exp(4) + np.exp(2)),
            "{got} leaves out the third key. Its score is 0, but exp(0) is 1 (section 2).",
        ),
    ),
    hints=(
        "Each score is a product of the query with a key. What does doubling the query do to 2, 1 and 0?",
        "The scores become 4, 2, 0. Their exponentials are about 54.6, 7.4 and 1.",
    ),
    praise="Scores 4, 2, 0 give 54.6 / 63.0 = 0.87: a longer query is a more decided one.",
)

WEIGHTS = Exercise(
    id="2.4",
    answer="attention_weights",
    title="Write attention_weights(query, key): scaled scores, then softmax.",
    objective="write scaled dot-product attention from its formula",
    kind="write",
    minutes=8,
    difficulty=2,
    cases=((_QUERY, _KEY), (_SQUARE_QUERY, _SQUARE_KEY)),
    right=lambda query, key: softmax(_scaled(query, key)),
    misconceptions=(
        Misconception(
            "no scaling",
            lambda query, key: softmax(query @ key.T),
            "Your weights are those of the unscaled scores. Divide by the square root of d_k, the number of "
            "features of a key, before the softmax (section 5).",
            seen="https://github.com/huggingface/blog/pull/2893",
        ),
        Misconception(
            "scaling by d instead of √d",
            lambda query, key: softmax(query @ key.T / query.shape[-1]),
            "You divided by d_k itself. The scores' spread grows like the square root of d_k, so that is what "
            "keeps it at 1 (section 5).",
            seen="https://github.com/delzac/cntkx/issues/10",
        ),
        Misconception(
            "softmax over the queries",
            lambda query, key: softmax(_scaled(query, key), 0),
            "Your columns sum to 1, not your rows: you normalised over the queries. Each query shares out its "
            "attention over the keys, so the softmax runs along the last axis (section 2).",
            seen="https://github.com/PetrochukM/PyTorch-NLP/issues/2",
        ),
        Misconception(
            "transposed scores",
            lambda query, key: softmax(_scaled(key, query)),
            "Your rows are keys and your columns queries. query @ key.T has shape (T_q, T_k): a row for each query "
            "(section 3).",
        ),
        Misconception(
            "always divided by 2",
            lambda query, key: softmax(query @ key.T / 2),
            "You divided by 2. That was √d_k in section 2, where a key had 4 features. These have 9 (section 5).",
        ),
        Misconception(
            "key not transposed",
            lambda query, key: softmax(query @ key / math.sqrt(query.shape[-1])),
            "Query rows are to meet key rows; the matrix product takes columns on its right. Transpose the key: key.T.",
        ),
        Misconception(
            "softmax over the whole array",
            lambda query, key: np.exp(_scaled(query, key)) / np.exp(_scaled(query, key)).sum(),
            "All your weights together sum to 1. Each query shares out 1 of its own: a sum for each row (section 2).",
            seen="https://github.com/lucidrains/perceiver-pytorch/issues/46",
        ),
        Misconception(
            "scaled by the number of queries",
            lambda query, key: softmax(query @ key.T / math.sqrt(len(query))),
            "You divided by the square root of the number of queries. The sum inside a dot product runs over the "
            "features, so it is d_k, query.shape[-1], that counts (section 5).",
        ),
        Misconception(
            "no scaling, and softmax over the queries",
            lambda query, key: softmax(query @ key.T, 0),
            "Two things: your columns sum to 1 instead of your rows (section 2), and the scores are not divided by "
            "√d_k (section 5). Begin with the rows.",
        ),
        Misconception(
            "no scaling, and transposed",
            lambda query, key: softmax(key @ query.T),
            "Two things: your rows are keys instead of queries (section 3), and the scores are not divided by √d_k "
            "(section 5). Begin with query @ key.T.",
        ),
        Misconception(
            "scaled by the number of keys",
            lambda query, key: softmax(query @ key.T / math.sqrt(len(key))),
            "You divided by the square root of the number of keys, T_k. The sum inside a dot product runs over the "
            "features, so it is d_k, query.shape[-1], that counts (section 5).",
        ),
        Misconception(
            "scaled after the softmax",
            lambda query, key: softmax(query @ key.T) / math.sqrt(query.shape[-1]),
            "Your rows sum to 1/√d_k: you divided the weights. Divide the scores, before the softmax (section 5).",
        ),
        Misconception(
            "dot products without scale and softmax",
            lambda query, key: query @ key.T,
            "These are the dot products. Two steps are left: divide by √d_k, then the softmax (sections 2 and 5).",
            seen="https://github.com/flexflow/flexflow-train/issues/467",
        ),
        Misconception(
            "scores without softmax",
            _scaled,
            "These are the scaled scores, {got}. The softmax turns them into weights that sum to 1 (section 2).",
        ),
    ),
    hints=(
        "One row for each query, one column for each key: which of query and key has to be transposed?",
        "The number of features is query.shape[-1]. Divide the scores by its root, np.sqrt, before the softmax.",
        "scores = query @ key.T / np.sqrt(query.shape[-1]); then your my_softmax from exercise 2.3.",
    ),
    praise="Equal to PyTorch, also where there are more keys than queries.",
)

MASKED = Exercise(
    id="2.5",
    answer="masked_weights",
    title="Mend masked_weights(scores, mask): a forbidden key gets nothing, the others share 1.",
    objective="apply a mask at the right place and with the right polarity",
    kind="mend",
    minutes=8,
    difficulty=3,
    cases=((_SCORES, _MASK), (_LOW_SCORES, _LOW_MASK), (_FAR_APART, _FAR_MASK), (_SCORES, _WITH_EMPTY_ROW)),
    right=_masked,
    misconceptions=(
        Misconception(
            "mask after softmax",
            lambda scores, mask: softmax(scores) * mask,
            "Your forbidden weights are 0, but the others no longer sum to 1: the forbidden keys took their share "
            "before you removed them. Mask the scores, before the softmax (section 6).",
            seen="https://github.com/huggingface/pytorch-image-models/pull/2236",
        ),
        Misconception(
            "mask polarity",
            lambda scores, mask: _masked(scores, ~mask),
            "You kept the forbidden keys and removed the allowed ones. Here True means MAY attend (section 6).",
            seen="https://github.com/cnzzx/GeMap/issues/1",
        ),
        Misconception(
            "mask polarity, and after softmax",
            lambda scores, mask: softmax(scores) * ~mask,
            "That is the code as it came. ~ swaps True and False, so it keeps what is forbidden; and it comes after "
            "the softmax, when the shares are already given out (section 6).",
        ),
        Misconception(
            "masked before and after, the second time the wrong way round",
            lambda scores, mask: _masked(scores, mask) * ~mask,
            "You masked before the softmax, good. Then * ~mask removed the allowed keys: ~ swaps True and False "
            "(section 6).",
        ),
        Misconception(
            "shared out again after the softmax",
            _renormalised,
            "Right as long as the forbidden score is not far above the others. Here it is 1000: it takes all of the "
            "softmax, the others are rounded to 0, and 0/0 is NaN. Mask before the softmax (section 6).",
            seen="https://github.com/abisee/pointer-generator/issues/88",
        ),
        Misconception(
            "shared out again after the softmax, with a guard",
            _renormalised_with_guard,
            "Right as long as the forbidden score is not far above the others. Here it is 1000: the softmax rounded "
            "the allowed weights to 0, and nothing is left to share again. Mask before the softmax (section 6).",
        ),
        Misconception(
            "fill not low enough",
            lambda scores, mask: softmax(np.where(mask, scores, -100.0)),
            "Right as long as scores are near 0. Here -250 and -251 are allowed, and your forbidden ones are "
            "higher. Minus infinity is below everything (section 6).",
            seen="https://github.com/TransformerLensOrg/TransformerLens/issues/318",
        ),
        Misconception(
            "zero instead of minus infinity",
            lambda scores, mask: softmax(np.where(mask, scores, 0.0)),
            "You set forbidden scores to 0. exp(0) is 1, not 0: a score of 0 still gets a share. "
            "Minus infinity gets none (section 6).",
            seen="https://github.com/georg-wolflein/good-features/pull/1",
        ),
        Misconception(
            "infinity times 0",
            _infinity_times_0,
            "Your rows are NaN. Was minus infinity multiplied by the mask? 0 times infinity is NaN, and so is infinity "
            "minus infinity, if a score became plus infinity. Choose instead: np.where(mask, scores, -np.inf) "
            "(section 6).",
            seen="https://github.com/cerebroai/reformers/issues/3",
        ),
        Misconception(
            "mask ignored",
            lambda scores, mask: softmax(scores),
            "These are the weights without any mask: {got}. Forbidden keys still get a share (section 6).",
        ),
        Misconception(
            "fully masked row is NaN",
            lambda scores, mask: np.where(mask.any(-1, keepdims=True), _masked(scores, mask), np.nan),
            "Right, except where a query may attend nowhere: nothing by nothing is NaN. The course's answer is a "
            "row of zeros (section 6).",
            seen="https://github.com/pytorch/pytorch/issues/103749",
        ),
        Misconception(
            "additive mask",
            lambda scores, mask: softmax(scores + np.where(mask, 0.0, -1e9)),
            "Right, except where a query may attend nowhere: -1e9 on every key changes no difference between them, so "
            "it looks at what is forbidden. Its row should be zeros (section 6).",
            seen="https://github.com/ajhalthor/Transformer-Neural-Network/issues/15",
        ),
        Misconception(
            "fully masked row is uniform",
            lambda scores, mask: np.where(mask.any(-1, keepdims=True), _masked(scores, mask), 1 / mask.shape[-1]),
            "Right, except for a query that may attend nowhere: it spreads 1 over forbidden keys. A very low finite "
            "score does that; set the forbidden weights to 0 once more after the softmax (section 6).",
            seen="https://github.com/YutaroOgawa/pytorch_advanced/issues/175",
        ),
    ),
    hints=(
        "Where must a key be taken out so that the others still share the whole 1: before the softmax or after it?",
        "np.where(mask, scores, -np.inf) keeps the allowed scores; exp(-inf) is 0.",
        "In a row without any allowed key the maximum is -inf, and -inf - (-inf) is NaN. "
        "Treat such a row by itself: mask.any(axis=-1, keepdims=True) finds it.",
    ),
    praise="Forbidden keys get nothing, the others share 1, and a query with nowhere to look gets zeros.",
)

BROKEN_MAP = Exercise(
    id="2.2",
    answer="what_is_wrong",
    title="Read the broken map: which line of code made it, a, b, c or d?",
    objective="find a fault from the map it leaves",
    kind="read",
    minutes=4,
    difficulty=2,
    right=lambda: "b",
    misconceptions=(
        Misconception(
            "no scaling",
            lambda: "a",
            "Without scaling the rows would still sum to 1, only be more extreme. Add up a row of the map.",
        ),
        Misconception(
            "divided by the largest",
            lambda: "c",
            "Then the largest weight in every row would be 1.00. Add up a row of the map, then a column.",
        ),
        Misconception(
            "query and key swapped",
            lambda: "d",
            "Then the map would have three rows and four columns. Add up a row of the map, then a column.",
            seen="https://github.com/karpathy/llm.c/pull/531",
        ),
    ),
    hints=(
        "A healthy map has one sum that never changes. Which one, and does it hold here?",
        "Add up a row, then a column. The sum that is 1 tells along which axis the shares were given out: which of "
        "the four changes decides that?",
    ),
    praise="The columns sum to 1, the rows do not: the softmax ran over the queries.",
)

HIT_RATE = Exercise(
    id="2.6",
    answer="hit_rate",
    title="Write hit_rate(weights, target): how often does the right key get the largest weight?",
    objective="score a map against a known right answer",
    kind="write",
    minutes=5,
    difficulty=2,
    cases=((_WEIGHTS, _TARGET), (_MORE_WEIGHTS, _MORE_TARGET)),
    right=lambda weights, target: (torch.as_tensor(weights).argmax(-1) == torch.as_tensor(target)).double().mean(),
    misconceptions=(
        Misconception(
            "mean weight instead of hits",
            lambda weights, target: weights[np.arange(len(target)), target].mean(),
            "{got} is the mean weight on the right key, the mass. It is worth knowing, too. A hit is a query whose "
            "largest weight is on the right key.",
            seen="https://github.com/davidsandberg/facenet/issues/954",
        ),
        Misconception(
            "hits counted, not shared",
            lambda weights, target: (weights.argmax(-1) == target).sum(),
            "{got} is the number of hits. Divide by the number of queries.",
        ),
        Misconception(
            "divided by the number of keys",
            lambda weights, target: (weights.argmax(-1) == target).sum() / weights.shape[-1],
            "{got} is the number of hits divided by the number of keys. Every query has one chance to hit: "
            "divide by the number of queries.",
        ),
        Misconception(
            "largest weight of each key",
            lambda weights, target: weights.argmax(0) == target,
            "argmax along axis 0 finds, for each key, the query that looks at it most. Look along each query's row: "
            "argmax(axis=-1).",
        ),
        Misconception(
            "largest weight of the whole map",
            lambda weights, target: (weights.argmax() == target).mean(),
            "{got}: argmax without an axis lays all rows end to end, and finds one place in the whole map. Each query "
            "has a row of its own: argmax(axis=-1).",
            seen="https://github.com/lisa-lab/DeepLearningTutorials/pull/15",
        ),
        Misconception(
            "one answer for each query",
            lambda weights, target: weights.argmax(-1) == target,
            "These are hits and misses, query by query: {got}. Their mean is the rate.",
        ),
        Misconception(
            "any weight counts",
            lambda weights, target: (weights[np.arange(len(target)), target] > 0).mean(),
            "{got}: every key gets some weight, so this is always 1. A hit needs the largest weight of the row.",
        ),
        Misconception(
            "misses counted",
            lambda weights, target: (weights.argmax(-1) != target).mean(),
            "{got} is the share of misses. A hit is where the two are equal.",
            seen="https://github.com/luispedro/milk/pull/4",
        ),
        Misconception(
            "compared with the query's own place",
            lambda weights, target: (weights.argmax(-1) == np.arange(len(target))).mean(),
            "{got}: you compared with 0, 1, 2, …, the place of the query itself. The right place is in target.",
        ),
        Misconception(
            "per cent",
            lambda weights, target: 100 * (weights.argmax(-1) == target).mean(),
            "{got} is per cent. A rate is a share of 1.",
        ),
        Misconception(
            "more than half",
            lambda weights, target: (weights[np.arange(len(target)), target] > 0.5).mean(),
            "{got}: you asked for more than half of the weight. The largest of a row may be less than half.",
        ),
    ),
    hints=(
        "weights.argmax(axis=-1) gives, for each query, the place of its largest weight.",
        "== compares two arrays place by place; the mean of True and False is the share of True.",
    ),
    praise="A map with a number is a measurement. This one scores every map of the course.",
)

EXERCISES = (DOUBLED, BROKEN_MAP, SOFTMAX, WEIGHTS, MASKED, HIT_RATE)
