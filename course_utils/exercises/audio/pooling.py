"""Exercise 8.4: a spectrogram, pooled over time with one query."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch

from course_utils.attention import scaled_dot_product_attention
from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.reference import softmax

_GENERATOR = np.random.default_rng(84)
# mels, T and 1 all differ, so that no wrong axis fits. In the last the scores are large, as decibels make them.
_SPECTROGRAMS = (
    (np.array([[1.0, 3.0, 2.5], [4.0, 0.0, 1.0]]), np.array([1.0, -1.0])),
    (_GENERATOR.normal(size=(5, 8)), _GENERATOR.normal(size=5)),
    (
        np.array(
            [
                [-90.0, -45.0, -44.0, -50.0, -60.0],
                [-80.0, -50.0, -52.0, -60.0, -70.0],
                [-95.0, -48.0, -49.0, -40.0, -65.0],
                [-99.0, -60.0, -58.0, -70.0, -80.0],
            ]
        ),
        np.array([30.0, 12.0, 25.0, 6.0]),
    ),
)


def _pooled(spectrogram: np.ndarray, query: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    frames = torch.from_numpy(spectrogram.T)
    context, weights = scaled_dot_product_attention(torch.from_numpy(query)[None], frames, frames)
    return context[0].numpy(), weights[0].numpy()


def _scores(spectrogram: np.ndarray, query: np.ndarray) -> np.ndarray:
    return query @ spectrogram / math.sqrt(len(query))


def _shared(share: Callable[[np.ndarray, int], np.ndarray]) -> Callable[..., tuple]:
    """A mistake between unscaled scores and weights; it sees the number of mels."""

    def mistaken(spectrogram: np.ndarray, query: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        weights = share(query @ spectrogram, len(query))
        return spectrogram @ weights, weights

    return mistaken


def _of(rows: np.ndarray, query: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What comes of it when these rows are taken for the moments."""
    weights = softmax(rows @ query / math.sqrt(len(query)))
    return weights @ rows, weights


def _number_by_number(
    axis: int | None,
    scaled: bool = True,
    shown: Callable[[np.ndarray], np.ndarray] = np.asarray,
    mixed_with_shown: bool = False,
) -> Callable[..., tuple]:
    """The scores of bands and moments, never added up over the bands; ``shown`` is what is handed in as weights."""

    def mistaken(spectrogram: np.ndarray, query: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        scores = spectrogram * query[:, None] / (math.sqrt(len(query)) if scaled else 1)
        weights = softmax(scores.reshape(-1)).reshape(scores.shape) if axis is None else softmax(scores, axis)
        return (shown(weights) * spectrogram if mixed_with_shown else weights * spectrogram).sum(1), shown(weights)

    return mistaken


def _changed(change: Callable[[np.ndarray, np.ndarray], object]) -> Callable[..., object]:
    """A mistake in what is given back of the right context and the right weights."""
    return lambda spectrogram, query: change(*_pooled(spectrogram, query))


def _with_context(context: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Callable[..., tuple]:
    """The weights are right; what is made of them is not. It sees the spectrogram and the weights."""

    def mistaken(spectrogram: np.ndarray, query: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        weights = _pooled(spectrogram, query)[1]
        return context(spectrogram, weights), weights

    return mistaken


def _given_scores(spectrogram: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return spectrogram @ softmax(scores), softmax(scores)


def _powers(decibels: np.ndarray) -> np.ndarray:
    return 10 ** (decibels / 10)


def _hard(scores: np.ndarray) -> np.ndarray:
    return np.eye(len(scores))[scores.argmax()]


def _plain(scores: np.ndarray) -> np.ndarray:
    return np.exp(scores) / np.exp(scores).sum()


def _shared_scaled(divisor: Callable[[int, int], float], share: Callable[[np.ndarray], np.ndarray]) -> Callable:
    """As ``_shared``, with the scores divided by what is made of the numbers of mels and moments."""
    return _shared(lambda scores, mels: share(scores / divisor(mels, len(scores))))


def _apart(share: Callable[[np.ndarray], np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
    """Shares that are not made by a softmax, divided by their sum."""
    return lambda scores: share(scores) / share(scores).sum()


_SCALES = (  # a name, what to say, and by what of the numbers of mels and moments the scores are divided
    ("", "", lambda mels, T: math.sqrt(mels)),
    ("not scaled", "And the scores are not divided by √mels.", lambda mels, T: 1.0),
    ("scaled by mels", "And you divided the scores by mels; it is √mels.", lambda mels, T: mels),
    (
        "scaled by √T",
        "And you divided the scores by the root of the number of moments; it is √mels.",
        lambda mels, T: math.sqrt(T),
    ),
)
_SHARES = (  # a name, what to say, and what makes weights of scores
    (
        "largest subtracted after exp",
        "You subtracted the largest *exponential*. Subtract the largest score, before exp.",
        _apart(lambda scores: np.exp(scores) - np.exp(scores).max()),
    ),
    (
        "quietest moment first",
        "The sign is turned round: the higher the score, the more weight.",
        lambda scores: softmax(-scores),
    ),
    (
        "sigmoid",
        "Each moment has a weight of its own, by a sigmoid, and they do not sum to 1. A softmax lets the moments "
        "compete.",
        lambda scores: 1 / (1 + np.exp(-scores)),
    ),
    (
        "sigmoid, normalised",
        "They come from a sigmoid. A softmax has exp(score), divided by the sum.",
        _apart(lambda scores: 1 / (1 + np.exp(-scores))),
    ),
    (
        "logarithm of the softmax",
        "They are logarithms of weights (log_softmax), and negative. Leave the logarithm out.",
        lambda scores: np.log(softmax(scores)),
    ),
    (
        "powers of 2",
        "They are powers of 2, divided by their sum. A softmax has exp.",
        lambda scores: softmax(scores * math.log(2)),
    ),
    (
        "softmax twice",
        "You took the softmax twice: once is enough, of the scores.",
        lambda scores: softmax(softmax(scores)),
    ),
)
_SHARES_OF_UNSCALED = (  # with √mels they have words of their own
    ("no softmax", "They are scores. A softmax over time makes shares of them.", lambda scores: scores),
    ("not normalised", "They are exponentials: divide them by their sum.", np.exp),
)
_SHARES_WITHOUT_SCALE = (  # the same, whatever the scores are divided by
    (
        "divided by the largest score",
        "You divided the scores by the largest. Subtract it: that leaves the weights as they are, and keeps exp small.",
        lambda scores: softmax(scores / scores.max()),
    ),
    (
        "positive scores only",
        "They are the positive scores, divided by their sum. A softmax has exp(score), divided by the sum.",
        _apart(lambda scores: np.maximum(scores, 0)),
    ),
    (
        "size of the scores",
        "They are the sizes of the scores, divided by their sum. A strongly *negative* score is to count little: "
        "exp(score).",
        _apart(np.abs),
    ),
    (
        "squares of the scores",
        "They are the squares of the scores, divided by their sum. A strongly *negative* score is to count little: "
        "exp(score).",
        _apart(np.square),
    ),
)
_SCALED_AND_SHARED = tuple(
    Misconception(
        ", ".join(filter(None, (share, scale))),
        _shared_scaled(divisor, make),
        f"Your weights are {{got[1]}}, expected {{expected[1]}}. {what} {also}".strip(),
    )
    for scale, also, divisor in _SCALES
    for share, what, make in (*_SHARES, *(_SHARES_OF_UNSCALED if scale else _SHARES_WITHOUT_SCALE))
)
_MIXTURES = (  # the weights are right; what is said of the context, and what it is made of
    ("of scores", "You mixed the moments with their scores.", lambda s, w: s @ np.log(w)),
    (
        "multiplied again",
        "You mixed with the squares of the weights: they are multiplied in twice.",
        lambda s, w: s @ w**2,
    ),
    (
        "one number",
        "You added up over time *and* over the bands. A context has a number for each band.",
        lambda s, w: (s * w).sum(),
    ),
    ("the first moment", "That is the first moment alone.", lambda s, w: s[:, 0]),
    ("the last moment", "That is the last moment alone.", lambda s, w: s[:, -1]),
    ("plain sum", "That is the plain sum over time; the weights are not in it.", lambda s, w: s.sum(1)),
    (
        "divided by √mels",
        "You divided it by √mels. That belongs to the scores.",
        lambda s, w: s @ w / math.sqrt(len(s)),
    ),
    (
        "mean over the bands",
        "You took a mean over the bands, so it has a number for each moment.",
        lambda s, w: (s * w).mean(0),
    ),
)
_MIXED = tuple(
    Misconception(
        f"context: {name}",
        _with_context(context),
        f"Your weights are right. Your context is not their mixture of the moments: {what[0].lower()}{what[1:]} It is "
        "spectrogram @ weights, a number for each band.",
    )
    for name, what, context in _MIXTURES
)
_MIXED_UNSCALED = tuple(
    Misconception(
        f"no scaling, and context: {name}",
        lambda spectrogram, query, context=context: (
            context(spectrogram, softmax(query @ spectrogram)),
            softmax(query @ spectrogram),
        ),
        "Two things. Your weights are {got[1]}, expected {expected[1]}: the scores are not divided by √mels. And your "
        f"context is {what}; it is spectrogram @ weights.",
    )
    for name, what, context in (
        ("plain mean", "the plain mean over time, without the weights", lambda s, w: s.mean(1)),
        (
            "mean of the weighted moments",
            "a mean of the weighted moments, where their sum is asked for",
            lambda s, w: (s * w).mean(1),
        ),
        ("not added up", "not added up over time", lambda s, w: s * w),
        ("the best moment", "the moment with the largest weight", lambda s, w: s[:, w.argmax()]),
    )
)

_BANDS_FOR_MOMENTS = (
    "spectrogram has shape (mels, T): its rows are bands, as many libraries give it, and your query was laid beside a "
    "row. A moment is a *column*: frames = spectrogram.T, (T, mels), then "
)

_POOL_MISTAKES = (
    Misconception(
        "bands taken for moments",
        _of,
        _BANDS_FOR_MOMENTS + "frames @ query.",
        seen="https://github.com/DemisEom/SpecAugment/issues/20",
    ),
    Misconception(
        "bands taken for moments, with np.dot",
        lambda spectrogram, query: np.dot(spectrogram, query),
        _BANDS_FOR_MOMENTS + "np.dot(frames, query).",
    ),
    Misconception(
        "bands taken for moments, with tensors",
        lambda spectrogram, query: torch.as_tensor(spectrogram) @ torch.as_tensor(query),
        _BANDS_FOR_MOMENTS + "frames @ query.",
    ),
    Misconception(
        "bands multiplied without an axis",
        lambda spectrogram, query: spectrogram * query,
        "* lays the query along the last axis, and that is time here. Every moment is to meet the query band by band, "
        "and the products are added up: spectrogram.T @ query.",
    ),
    Misconception(
        "reshape instead of transpose",
        lambda spectrogram, query: _of(spectrogram.reshape(-1, len(query)), query),
        "Your weights are {got[1]}. reshape never moves a number: it cut the rows of bands anew, and your 'moments' "
        "hold one band at several times. The first should be 1, 4 (column 0); yours is 1, 3. .T exchanges the axes.",
        seen="https://github.com/asteroid-team/asteroid/issues/438",
    ),
    *(
        Misconception(
            f"a softmax for each band{', in columns' if line == 'column' else ''}{', not scaled' if also else ''}",
            _number_by_number(1, scaled=not also, shown=shown),
            f"Your weights have a {line} for each band: every band chose moments of its own. A moment has *one* score, "
            f"the sum over its bands, {score}{also}, and one weight: (T,).",
        )
        for line, score, shown in (
            ("row", "query @ spectrogram", np.asarray),
            ("column", "spectrogram.T @ query", np.transpose),
        )
        for also in ("", ", divided by √mels")
    ),
    *(
        Misconception(
            f"a softmax for each band, then their mean{', not scaled' if also else ''}",
            _number_by_number(1, scaled=not also, shown=lambda weights: weights.mean(0)),
            "Your weights {got[1]} are a mean over the bands: every band chose moments of its own, and your context "
            "mixes each band with other weights. Add up over the bands *before* the softmax: one score for each "
            f"moment, query @ spectrogram{also}.",
        )
        for also in ("", ", divided by √mels")
    ),
    Misconception(
        "softmax over the bands",
        _number_by_number(0),
        "Your weights sum to 1 in each *column*: in every moment the bands compete. The moments are to compete: one "
        "score for each, query @ spectrogram, and one softmax over time (section 5).",
        seen="https://github.com/DCASE-REPO/DESED_task/issues/55",
    ),
    *(
        Misconception(
            f"softmax over the bands, then their {name}",
            _number_by_number(0, scaled, lambda weights, over=over: over(weights, axis=0), mixed_with_shown=mixed),
            "Your weights {got[1]} come from a softmax over the *bands*: in every moment the bands compete. The "
            "moments are to compete: one score for each, query @ spectrogram, divided by √mels, and one softmax over "
            "time.",
        )
        for name, scaled, over, mixed in (
            ("mean", True, np.mean, False),
            ("mean, not scaled", False, np.mean, False),
            ("mean, which mixes", True, np.mean, True),
            ("sum", True, np.sum, False),
        )
    ),
    *(
        Misconception(
            f"a softmax for each band, then their mean, which mixes{name}",
            _number_by_number(1, scaled, lambda weights: weights.mean(0), mixed_with_shown=True),
            "Your weights {got[1]} are a mean over the bands: every band chose moments of its own. Add up over the "
            "bands *before* the softmax: one score for each moment, query @ spectrogram, divided by √mels.",
        )
        for name, scaled in (("", True), (", not scaled", False))
    ),
    *_SCALED_AND_SHARED,
    *_MIXED,
    *_MIXED_UNSCALED,
    Misconception(
        "cosines instead of products",
        lambda spectrogram, query: _given_scores(
            spectrogram, query @ spectrogram / np.linalg.norm(query) / np.linalg.norm(spectrogram, axis=0)
        ),
        "Your weights are {got[1]}, expected {expected[1]}: you divided each score by the lengths of both vectors. "
        "Dot-product attention divides by √mels alone.",
    ),
    Misconception(
        "distances instead of products",
        lambda spectrogram, query: _given_scores(spectrogram, -np.square(spectrogram.T - query).sum(1)),
        "Your weights are {got[1]}, expected {expected[1]}: your scores are distances from the query. Asked for are "
        "dot products, query @ spectrogram, divided by √mels.",
    ),
    *(
        Misconception(
            f"back from decibels to power{scaling}{mixing}",
            lambda spectrogram, query, divisor=divisor, mixed=mixed: (
                mixed(spectrogram) @ softmax(query @ _powers(spectrogram) / divisor(query)),
                softmax(query @ _powers(spectrogram) / divisor(query)),
            ),
            "Your weights are {got[1]}, expected {expected[1]}: you turned the spectrogram back with 10 ** (x / 10). "
            "The scores take it as it comes, query @ spectrogram, divided by √mels, and so does the context.",
        )
        for scaling, divisor in (("", lambda query: math.sqrt(len(query))), (", not scaled", lambda query: 1.0))
        for mixing, mixed in (("", np.asarray), (", which is mixed", _powers))
    ),
    Misconception(
        "query scaled and added",
        lambda spectrogram, query: (_pooled(spectrogram, query)[0] + query, _pooled(spectrogram, query)[1]),
        "Your weights are right, and your context is one that has the query added to it. Leave that out.",
    ),
    Misconception(
        "zeros where exp is 0",
        _shared(lambda scores, mels: np.nan_to_num(_plain(scores / math.sqrt(mels)))),
        "Right for small scores. With decibels they are large: here the best one is -1755, and exp of every score "
        "is 0. To put 0 where 0/0 stands, or to add a little below the line, leaves all weights 0: {got[1]}. "
        "Subtract the largest score first.",
    ),
    Misconception(
        "scores clipped",
        _shared(lambda scores, mels: softmax(np.clip(scores / math.sqrt(mels), -50, 50))),
        "Right for small scores. With decibels they are large: here all lie below -1000, and clipped they are all "
        "alike, {got[1]}. Clip nothing; subtract the largest score first.",
    ),
    Misconception(
        "smallest subtracted",
        _shared(lambda scores, mels: _plain(scores / math.sqrt(mels) - scores.min() / math.sqrt(mels))),
        "Right for small scores. With decibels they differ by far: you subtracted the smallest, so exp of the largest "
        "overflows. Your weights are {got[1]}. Subtract the *largest*, and nothing exceeds exp(0) = 1.",
    ),
    Misconception(
        "softmax over an axis of length 1",
        _shared(lambda scores, mels: np.ones_like(scores)),
        "All of your weights are 1. A softmax over an axis of length 1, such as a query's axis in (T, 1), makes 1 of "
        "each score, whatever it is. The moments are to compete: take that axis away, scores of shape (T,), or let the "
        "softmax run over axis 0.",
        seen="https://github.com/localminimum/R-net/issues/8",
    ),
    Misconception(
        "softmax over bands and moments",
        _number_by_number(None),
        "Your softmax runs over bands and moments together. Add up over the bands first: query @ spectrogram gives one "
        "score for each moment, and these share out 1.",
    ),
    Misconception(
        "no scaling",
        _shared(lambda scores, mels: softmax(scores)),
        "Your weights are {got[1]}, expected {expected[1]}: steeper. The scores are not divided by √mels.",
    ),
    Misconception(
        "scaling by √T",
        _shared(lambda scores, mels: softmax(scores / math.sqrt(len(scores)))),
        "Your weights are {got[1]}, expected {expected[1]}. You divided by the root of the number of moments. A score "
        "adds up over bands, so it is the number of mels that counts; and a longer clip must not even out the weights.",
    ),
    Misconception(
        "scaling by mels instead of √mels",
        _shared(lambda scores, mels: softmax(scores / mels)),
        "Your weights are {got[1]}, expected {expected[1]}: too even. You divided by the number of mels; it is its "
        "square root.",
    ),
    Misconception(
        "multiplied by √mels",
        _shared(lambda scores, mels: softmax(scores * math.sqrt(mels))),
        "Your weights are {got[1]}, expected {expected[1]}: far too steep. You multiplied by √mels; scores are divided "
        "by it.",
    ),
    Misconception(
        "scaled after the softmax",
        _shared(lambda scores, mels: softmax(scores) / math.sqrt(mels)),
        "Your weights are {got[1]} and do not sum to 1: you divided them by √mels. Divide the scores, before the "
        "softmax.",
    ),
    Misconception(
        "no softmax",
        _shared(lambda scores, mels: scores / math.sqrt(mels)),
        "Your weights are {got[1]}: those are the scores. They may be negative and need not sum to 1. A softmax over "
        "time makes shares of them.",
    ),
    Misconception(
        "not normalised",
        _shared(lambda scores, mels: np.exp(scores / math.sqrt(mels))),
        "Your weights are {got[1]}: those are the exponentials. Divide them by their sum.",
    ),
    Misconception(
        "no exponential",
        _shared(lambda scores, mels: scores / scores.sum()),
        "Your weights are {got[1]}: the scores, divided by their sum. Scores may be negative; the exponential makes "
        "each positive first.",
    ),
    Misconception(
        "loudest moment only",
        lambda spectrogram, query: (spectrogram[:, _scores(spectrogram, query).argmax()], _hard(query @ spectrogram)),
        "Your weights are {got[1]}: one moment gets all. That is a hard choice, through which nothing can be learned; "
        "attention shares out, {expected[1]} (section 5).",
    ),
    Misconception(
        "context of the best moment",
        _with_context(lambda spectrogram, weights: spectrogram[:, weights.argmax()]),
        "Your weights are right, {got[1]}, but your context {got[0]} is the moment with the largest of them, and the "
        "others count for nothing. Mix all moments: spectrogram @ weights.",
    ),
    Misconception(
        "context of the largest products",
        _with_context(lambda spectrogram, weights: (spectrogram * weights).max(1)),
        "Your weights are right, {got[1]}. In the context you took the maximum of the weighted moments; it is their "
        "sum: spectrogram @ weights.",
    ),
    Misconception(
        "mean instead of weighted sum",
        _with_context(lambda spectrogram, weights: spectrogram.mean(1)),
        "Your weights are right, {got[1]}, but your context {got[0]} does not use them: it is the plain mean over "
        "time. Mix the moments with the weights: spectrogram @ weights.",
    ),
    Misconception(
        "maximum instead of weighted sum",
        _with_context(lambda spectrogram, weights: spectrogram.max(1)),
        "Your weights are right, {got[1]}, but your context {got[0]} does not use them: it is the maximum over time, "
        "band by band. Mix the moments with the weights: spectrogram @ weights.",
    ),
    Misconception(
        "mean of the weighted moments",
        _with_context(lambda spectrogram, weights: (spectrogram * weights).mean(1)),
        "Your weights are right, {got[1]}, but your context {got[0]} is {expected[0]} divided by the number of "
        "moments. The weights sum to 1 already: take the sum of the weighted moments, not their mean.",
    ),
    Misconception(
        "weighted moments not added up",
        _with_context(lambda spectrogram, weights: spectrogram * weights),
        "Your weights are right. Your context still has a column for each moment: add up over time, spectrogram @ "
        "weights.",
    ),
    Misconception(
        "weighted moments not added up, in rows",
        _with_context(lambda spectrogram, weights: spectrogram.T * weights[:, None]),
        "Your weights are right. Your context still has a row for each moment: add up over time, weights @ "
        "spectrogram.T.",
    ),
    Misconception(
        "added up over the bands",
        _with_context(lambda spectrogram, weights: (spectrogram * weights).sum(0)),
        "Your weights are right. In the context you added up over the bands, axis 0, so it has a number for each "
        "moment. Add up over time: spectrogram @ weights gives a number for each band.",
    ),
    Misconception(
        "plain mean",
        lambda spectrogram, query: (spectrogram.mean(1), np.full(spectrogram.shape[1], 1 / spectrogram.shape[1])),
        "Your weights are {got[1]}: all moments count alike, whatever the query says. Its score with each moment "
        "decides: query @ spectrogram.",
    ),
    Misconception(
        "weights not returned",
        _changed(lambda context, weights: context),
        "[{got[0]}, {got[1]}]: that is the context, and it is right. Give back the weights as well, return context, "
        "weights: they say *when*.",
    ),
    Misconception(
        "context not returned",
        _changed(lambda context, weights: weights),
        "{got}: those are the weights, and they are right. Mix the moments with them: spectrogram @ weights; then "
        "return context, weights.",
    ),
    Misconception(
        "order of the two",
        _changed(lambda context, weights: (weights, context)),
        "Both are right, but the weights come first. Attention gives back (context, weights), in this order.",
    ),
    Misconception(
        "scores instead of weights",
        lambda spectrogram, query: (_pooled(spectrogram, query)[0], _scores(spectrogram, query)),
        "Your context is right. The second thing is still the scores, {got[1]}; asked for are the weights, after the "
        "softmax.",
    ),
    Misconception(
        "an axis for the query, behind",
        _changed(lambda context, weights: (context[:, None], weights[:, None])),
        "Right but for an axis of length 1 at the end: your query is a column. Take it away again: context[:, 0], "
        "weights[:, 0].",
    ),
    Misconception(
        "an axis of the weights left",
        _changed(lambda context, weights: (context, weights[None])),
        "Your context is right, and so are your weights, but for an axis of length 1 in front: weights[0].",
    ),
    Misconception(
        "an axis of the weights left, behind",
        _changed(lambda context, weights: (context, weights[:, None])),
        "Your context is right, and so are your weights, but for an axis of length 1 at the end: weights[:, 0].",
    ),
    Misconception(
        "no maximum subtracted",
        _shared(lambda scores, mels: _plain(scores / math.sqrt(mels))),
        "Right for small scores. With decibels they are large: here the best one is -1755, exp of that is 0, and 0/0 "
        "is NaN. Your weights are {got[1]}. Subtract the largest score first (lesson 02, section 4).",
    ),
)

POOL = Exercise(
    id="8.4",
    answer="pool_over_time",
    title="Write pool_over_time(spectrogram, query): (mels, T) and (mels,) in, context (mels,) and weights (T,) out.",
    objective="pool a spectrogram over time with one query",
    kind="write",
    minutes=8,
    difficulty=2,
    cases=_SPECTROGRAMS,
    right=_pooled,
    parts=("context", "weights"),
    misconceptions=_POOL_MISTAKES,
    hints=(
        "spectrogram is (mels, T): a moment is a column. What must be added up to get one score for each moment?",
        "frames = spectrogram.T has a row for each moment. Scores (T,), divided by √mels; one softmax over them.",
        "context = weights @ frames; give back context and weights, in this order.",
    ),
    praise="One score, one weight for each moment, and a context as long as a moment: attention with a single query.",
)
