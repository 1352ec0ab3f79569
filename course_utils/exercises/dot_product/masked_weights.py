"""Exercise 2.5: a mask, at the right place and with the right polarity."""

from __future__ import annotations

import numpy as np

from course_utils.exercises.dot_product.sharing_out import plain_softmax, shares
from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.reference import softmax

_SCORES = np.array([[2.0, 1.0, 0.0], [-1.0, 0.5, -2.0]])
_MASK = np.array([[True, True, False], [True, False, True]])
_WITH_EMPTY_ROW = np.array([[True, False, True], [False, False, False]])
_LOW_SCORES = np.array([[-20_000.0, -20_001.0, -19_999.0, -20_002.0]])
_LOW_MASK = np.array([[True, True, False, False]])
_FAR_APART = np.array([[100_000.0, 0.0, 1.0]])
_FAR_MASK = np.array([[False, True, True]])


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


_NOT_YET_0 = (
    "A score of -{0} is low, and its exponential small, but not 0: the forbidden key keeps a little. Minus infinity "
    "leaves nothing (section 6)."
)
_STILL_ABOVE = (
    "Right as long as the forbidden score is not far above the others. Here it is 100,000, and what you took off is "
    "too little: it still wins. Minus infinity is below everything (section 6)."
)
_AXIS_LOST = (
    ".any, .all, .sum and .max along an axis take that axis away, so the result does not line up with the rows. "
    "keepdims=True keeps it, with length 1 (section 6)."
)
_KEEPS_THE_FORBIDDEN = (
    "You kept the forbidden keys and removed the allowed ones, and a score of 0 gets a share as well. Here True means "
    "MAY attend, and what is forbidden gets minus infinity (section 6)."
)
_OVER_THE_QUERIES = (
    "Your columns sum to 1, not your rows: you normalised over the queries. Each query shares out 1 over its keys, so "
    "the softmax runs along the last axis (section 2)."
)
_ALL_TOGETHER = (
    "All your weights together sum to 1. Each query shares out 1 of its own: a sum for each row, over its allowed keys "
    "(section 2)."
)
_TIMES = (
    "You multiplied scores by something large or infinite. That depends on their sign, and 0 times infinity is NaN: "
    "{got}. Choose instead: np.where(mask, scores, -np.inf) (section 6)."
)
_ONE_OF_TWO_SUMS = (
    "{got}: the forbidden exponentials count above the fraction line and not below it, or the reverse. Take them out "
    "of both: mask the scores, before the softmax (section 6)."
)
_THE_FORM = (
    "{got}: the shape of the scores is lost. A forbidden key keeps its place and gets 0; np.where(mask, scores, "
    "-np.inf) keeps every place (section 6)."
)
_NO_MAXIMUM = (
    "Right for scores near 0. Here the allowed ones are about -20,000: without their maximum taken off, or beside a "
    "forbidden score of 0, all their exponentials are 0, and nothing is left to share. Fill in minus infinity, then "
    "take off each row's maximum as in 2.3 (sections 4 and 6)."
)


def _filled(scores: np.ndarray, mask: np.ndarray, low: float) -> np.ndarray:
    return _masked(scores, mask, -low)


def _taken_off(scores: np.ndarray, mask: np.ndarray, amount: float) -> np.ndarray:
    return softmax(scores - amount * ~mask)


def _some(mask: np.ndarray) -> np.ndarray:
    return mask.any(-1, keepdims=True)


def _exps(scores: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return np.exp(scores) * mask


_MASK_STEPS = (
    *(
        Misconception(
            "fill not low enough for 0",
            lambda scores, mask, fill=fill, low=low: low(scores, mask, fill),
            _NOT_YET_0.replace("{0}", f"{fill:g}"),
        )
        for fill, low in (
            *((fill, _filled) for fill in (1.0, 3.0, 5.0, 9.0, 10.0)),
            *((fill, _taken_off) for fill in (3.0, 5.0, 9.0, 10.0)),
        )
    ),
    Misconception(
        "mask added as 0 or 1",
        lambda scores, mask: softmax(scores + mask),
        "The mask came in as 1 and 0, added or taken off. That puts the forbidden scores only 1 lower, and their keys "
        "keep a share. They must become minus infinity: np.where(mask, scores, -np.inf) (section 6).",
    ),
    Misconception(
        "mask added as 0 or 1, the wrong way round",
        lambda scores, mask: softmax(scores + ~mask),
        "The mask came in as 1 and 0, added or taken off, and raised the forbidden scores by 1 over the others. Here "
        "True means MAY attend, and what is forbidden becomes minus infinity: np.where(mask, scores, -np.inf) "
        "(section 6).",
    ),
    Misconception(
        "too little taken off", lambda scores, mask: softmax(scores - 1e4 * ~mask) * _some(mask), _STILL_ABOVE
    ),
    *(
        Misconception("minus instead of ~", mistaken, "~mask turns a boolean mask round; a minus is for numbers.")
        for mistaken in (
            lambda scores, mask: np.where(-mask, -np.inf, scores),
            lambda scores, mask: np.where(True - mask, -np.inf, scores),
        )
    ),
    Misconception(
        "not instead of ~",
        lambda scores, mask: np.where(not mask, -np.inf, scores),
        "not and if ask for one truth value; a mask has one for every place. ~mask turns each round, np.where chooses "
        "place by place.",
    ),
    *(
        Misconception("axis lost", mistaken, _AXIS_LOST)
        for mistaken in (
            lambda scores, mask: np.where(mask.any(-1), _masked(scores, mask), 0.0),
            lambda scores, mask: np.where(mask.any(-1), _masked(scores, mask), np.zeros_like(scores)),
            lambda scores, mask: _masked(scores, mask) * mask.any(-1),
        )
    ),
    Misconception(
        "allowed scores picked out",
        lambda scores, mask: softmax(scores[mask]),
        "{got}: scores[mask] lays all allowed scores end to end, and they share one 1. The rows are gone; keep the "
        "shape with np.where(mask, scores, -np.inf) (section 6).",
    ),
    Misconception(
        "forbidden keys left out of the result",
        lambda scores, mask: np.array([softmax(row[may]) for row, may in zip(scores, mask)]),
        _THE_FORM,
    ),
    Misconception(
        "rows without a key left out of the result",
        lambda scores, mask: _masked(scores[mask.any(-1)], mask[mask.any(-1)]),
        "{got}: the row that may attend nowhere is gone. Every query keeps its row; this one is zeros (section 6).",
    ),
    *(
        Misconception("softmax over the queries", mistaken, _OVER_THE_QUERIES)
        for mistaken in (
            lambda scores, mask: softmax(np.where(mask, scores, -np.inf), 0),
            lambda scores, mask: softmax(scores, 0) * mask,
            lambda scores, mask: softmax(scores, 0),
            lambda scores, mask: softmax(scores, 0) * ~mask,
        )
    ),
    *(
        Misconception("softmax over the whole array", mistaken, _ALL_TOGETHER)
        for mistaken in (
            lambda scores, mask: plain_softmax(np.where(mask, scores, -np.inf), axis=None),
            lambda scores, mask: plain_softmax(scores, axis=None) * mask,
        )
    ),
    Misconception(
        "mask polarity, and zero instead of minus infinity",
        lambda scores, mask: softmax(np.where(mask, 0.0, scores)),
        _KEEPS_THE_FORBIDDEN,
    ),
    Misconception(
        "scores replaced by the mask",
        lambda scores, mask: softmax(np.where(mask, 1.0, -np.inf)),
        "The allowed keys all got the same, whatever they score. The mask says who may share; the scores say how much.",
    ),
    *(
        Misconception(
            "scores multiplied", lambda scores, mask, by=by: softmax(scores * np.where(mask, 1.0, by)), _TIMES
        )
        for by in (-np.inf, -1e9, 1e9)
    ),
    *(
        Misconception(
            "the smallest score filled in",
            lambda scores, mask, axis=axis: softmax(np.where(mask, scores, scores.min(axis, keepdims=True))),
            "You gave forbidden keys the smallest score. The smallest gets a share, too; minus infinity gets none "
            "(section 6).",
        )
        for axis in (None, -1)
    ),
    Misconception(
        "zero instead of minus infinity, and again after the softmax",
        lambda scores, mask: softmax(scores * mask) * mask,
        "You set forbidden scores to 0, so they took a share, and then removed that share: the rest no longer sums to "
        "1. Minus infinity, before the softmax, does both at once (section 6).",
    ),
    Misconception("low scores all become 0", lambda scores, mask: shares(_exps(scores, mask)), _NO_MAXIMUM),
    Misconception(
        "low scores all become 0", lambda scores, mask: np.nan_to_num(shares(_exps(scores, mask))), _NO_MAXIMUM
    ),
    Misconception(
        "not shared out",
        _exps,
        "{got}: these are exponentials. Divide each row by its sum; then the allowed keys share 1 (section 2).",
    ),
    Misconception(
        "only one sum masked",
        lambda scores, mask: np.exp(scores) / _exps(scores, mask).sum(-1, keepdims=True),
        _ONE_OF_TWO_SUMS,
    ),
    Misconception(
        "scores instead of weights",
        lambda scores, mask: np.where(mask, scores, -np.inf),
        "{got}: these are the masked scores. The softmax comes after (section 6).",
    ),
    Misconception(
        "scores instead of weights",
        lambda scores, mask: scores * mask,
        "{got}: these are scores times the mask. Weights are asked for: mask with minus infinity, then the softmax "
        "(section 6).",
    ),
    Misconception(
        "the first row's mask for all",
        lambda scores, mask: _masked(scores, np.broadcast_to(mask[0], mask.shape)),
        "Every query got the mask of the first. The mask has a row for each query: use it whole.",
    ),
    Misconception(
        "empty rows sought along the queries",
        lambda scores, mask: np.where(mask.any(0), np.where(_some(mask), _masked(scores, mask), np.nan), 0.0),
        "Right, except where a query may attend nowhere. You looked for such rows along axis 0, down the columns; a "
        "row runs along the last axis: mask.any(axis=-1, keepdims=True) (section 6).",
    ),
    Misconception(
        "fully masked row is ones",
        lambda scores, mask: np.where(_some(mask), _masked(scores, mask), 1.0),
        "Right, except for a query that may attend nowhere: it gave every key 1. Its row should be zeros (section 6).",
    ),
    *(
        Misconception(
            "fully masked row lies on one key",
            lambda scores, mask, place=place: np.where(
                _some(mask), _masked(scores, mask), np.arange(mask.shape[-1]) == place
            ),
            f"Right, except for a query that may attend nowhere: it gave one forbidden key{which} the whole 1. Its row "
            "should be zeros (section 6).",
        )
        for place, which in ((0, ""), (1, ", the one at its own place,"), (2, ""))
    ),
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
            "every key closed",
            lambda scores, mask: _masked(scores, mask) * ~mask,
            "Every weight is 0, those of the allowed keys as well. Either mask.all closed each row that has even one "
            "forbidden key: a row is empty only where not mask.any(axis=-1, keepdims=True). Or you masked rightly "
            "before the softmax, and ~mask, which swaps True and False, then removed the allowed keys (section 6).",
        ),
        Misconception(
            "shared out again after the softmax",
            _renormalised,
            "Right as long as the forbidden score is not far above the others. Here it is 100,000: the others are "
            "rounded to 0 beside it, and 0/0 is NaN. Take it out first, before the softmax and its maximum (section "
            "6).",
            seen="https://github.com/abisee/pointer-generator/issues/88",
        ),
        Misconception(
            "shared out again after the softmax, with a guard",
            _renormalised_with_guard,
            "Right as long as the forbidden score is not far above the others. Here it is 100,000: beside it the "
            "allowed ones are rounded to 0, and nothing is left to share. Take it out first, before the softmax and "
            "its maximum (section 6).",
        ),
        Misconception(
            "fill not low enough",
            lambda scores, mask: softmax(np.where(mask, scores, -100.0)),
            "Right as long as scores are near 0. Here -20,000 and -20,001 are allowed, and your forbidden ones "
            "are higher. Minus infinity is below everything (section 6).",
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
            "Your rows are NaN. Was minus infinity multiplied by the mask? 0 times infinity is NaN; so is infinity "
            "minus infinity, if a score became plus infinity, and all that is computed with NaN. Choose instead: "
            "np.where(mask, scores, -np.inf) (section 6).",
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
            "Right, except where a query may attend nowhere: there all scores are -inf, and the softmax comes to 0/0 "
            "or inf - inf, which is NaN. The course's answer is a row of zeros (section 6). NaN times 0 is NaN, and "
            "== np.nan never finds it: choose with np.where. The question is for each row: mask.any(axis=-1).",
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
            "score does that, or an even share filled in. Set the forbidden weights to 0 once more after the softmax "
            "(section 6).",
            seen="https://github.com/YutaroOgawa/pytorch_advanced/issues/175",
        ),
        *_MASK_STEPS,
    ),
    hints=(
        "Where must a key be taken out so that the others still share the whole 1: before the softmax or after it?",
        "np.where(mask, scores, -np.inf) keeps the allowed scores; exp(-inf) is 0.",
        "In a row without any allowed key the maximum is -inf, and -inf - (-inf) is NaN. "
        "Treat such a row by itself: mask.any(axis=-1, keepdims=True) finds it.",
    ),
    praise="Forbidden keys get nothing, the others share 1, and a query with nowhere to look gets zeros.",
)
