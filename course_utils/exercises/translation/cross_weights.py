"""Exercise 3.3: cross-attention's weights for a padded batch."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.reference import softmax
from course_utils.exercises.translation.cross_steps import attempt, every_key, root, steps_done_wrongly
from course_utils.exercises.translation.padded_batch import masked, real, scaled_scores

_GENERATOR = np.random.default_rng(3)


def _batch(T_q: int, T_k: int, lengths: list[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    sizes = (len(lengths), T_q, 9), (len(lengths), T_k, 9)
    return (*(_GENERATOR.normal(size=size) for size in sizes), np.array(lengths))


def _far_below_0(T_q: int, T_k: int, lengths: list[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All scores are about -300."""
    query, key, lengths = _batch(T_q, T_k, lengths)
    return query + 10.0, key - 10.0, lengths


_PADDED = (_batch(4, 5, [3, 4, 2]), _batch(4, 6, [6, 2, 1]), _batch(2, 4, [2]), _far_below_0(2, 4, [2]))


def _infinity_times_0(query: np.ndarray, key: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        return softmax(scaled_scores(query, key) + ~real(key, lengths) * -np.inf)


def _mask_on_queries(query: np.ndarray, key: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    rows = (np.arange(query.shape[1]) < lengths[:, None])[:, :, None]
    return masked(query, key, rows)


_KEYS_ASK = "The keys ask in yours: a row for each German piece. query @ swapped key gives a row for each English word."
_ROWS_MASKED = (
    "You masked rows, the queries. lengths counts German morphemes, and these are the keys: the mask runs along the "
    "last axis, [:, None, :]."
)
_AXIS_FOR_QUERIES = (
    "Your mask has shape (batch, T_k), the scores (batch, T_q, T_k). Give it an axis for the queries: mask[:, None, :]."
)
_LENGTHS_AS_COLUMN = (
    "np.arange(T_k) and lengths do not line up: every position is to meet every length. lengths[:, None] makes lengths "
    "a column, and the result (batch, T_k)."
)
_SMALL_FILL = (
    "You filled in a number that is low, but not below every score: exp of it is small, not 0, and some scores here "
    "are about -300. Minus infinity is below everything (lesson 02, section 6)."
)
_CUT_OFF = (
    "Each map is cut to its real keys, so the maps differ in width and do not make one array. Keep all T_k columns: "
    "the padding gets weight 0, (batch, T_q, T_k)."
)
_SWAP_TWO = "np.swapaxes(key, 1, 2) is (batch, d_k, T_k); the batch stays in front, query @ that is (batch, T_q, T_k)."


def _mixed_keys(weights: np.ndarray, query: np.ndarray, key: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    return weights @ key


def _taken_off(amount: float) -> Callable:
    return lambda query, key, lengths: softmax(scaled_scores(query, key) - amount * ~real(key, lengths))


def _cut_to_real_keys(query: np.ndarray, key: np.ndarray, lengths: np.ndarray) -> list[np.ndarray]:
    return [
        softmax(scaled_scores(one_query, one_key[:length])) for one_query, one_key, length in zip(query, key, lengths)
    ]


def _asked_by_keys(query: np.ndarray, key: np.ndarray, lengths: np.ndarray, fill: float = -np.inf) -> np.ndarray:
    return softmax(np.where(real(key, lengths).swapaxes(1, 2), scaled_scores(key, query), fill))


_CROSS_STEPS = (
    *steps_done_wrongly(),
    *(
        Misconception(
            "context instead of weights",
            mistaken,
            "You went on and mixed the keys by the weights; that is a context. Asked for are the weights: (batch, "
            "T_q, T_k).",
        )
        for mistaken in (
            attempt(after=_mixed_keys),
            attempt(mask=every_key, after=_mixed_keys),
            attempt(lambda query, key: 1.0, after=_mixed_keys),
        )
    ),
    *(
        Misconception("keys ask", mistaken, _KEYS_ASK)
        for mistaken in (
            _asked_by_keys,
            lambda query, key, lengths: _asked_by_keys(query, key, lengths, -1e9),
            lambda query, key, lengths: softmax(scaled_scores(key, query)) * real(key, lengths).swapaxes(1, 2),
            lambda query, key, lengths: softmax(scaled_scores(key, query)),
            lambda query, key, lengths: softmax(key @ np.swapaxes(query, 1, 2)),
            lambda query, key, lengths: scaled_scores(key, query),
        )
    ),
    *(
        Misconception("low number instead of minus infinity", mistaken, _SMALL_FILL)
        for mistaken in (
            *(attempt(fill=fill) for fill in (-1.0, -2.0, -3.0, -5.0, -9.0, -10.0, -100.0)),
            *(_taken_off(amount) for amount in (1.0, 5.0, 9.0, 10.0)),
        )
    ),
    Misconception(
        "key reshaped",
        lambda query, key, lengths: softmax(
            np.where(real(key, lengths), query @ key.reshape(len(key), -1, key.shape[1]) / root(query, key), -np.inf)
        ),
        "reshape pours the numbers, in the order in which they stand, into another form, so a key's features land in "
        f"different columns; a transpose turns rows into columns. {_SWAP_TWO}",
    ),
    Misconception(
        "key not transposed",
        lambda query, key, lengths: query @ np.swapaxes(key, 0, 1),
        f"You swapped the first two axes, the batch and the keys. {_SWAP_TWO}",
    ),
    Misconception(
        "key not transposed",
        lambda query, key, lengths: np.dot(query, key),
        f"Query rows are to meet key rows. {_SWAP_TWO}",
    ),
    Misconception(
        "key not transposed",
        lambda query, key, lengths: query * key,
        f"* multiplies number by number; the dot products come from @. {_SWAP_TWO}",
    ),
    Misconception(
        "every number of the batch with every other",
        lambda query, key, lengths: np.dot(query, np.swapaxes(key, 1, 2)),
        f"np.dot lets every number of the batch meet every other: {{got}}. @ keeps them apart. {_SWAP_TWO}",
    ),
    *(
        Misconception("query axis missing in the mask", mistaken, _AXIS_FOR_QUERIES)
        for mistaken in (
            lambda query, key, lengths: scaled_scores(query, key) + real(key, lengths)[:, 0],
            lambda query, key, lengths: scaled_scores(query, key)[~real(key, lengths)[:, 0]],
            lambda query, key, lengths: scaled_scores(query, key)[~real(key, lengths)],
        )
    ),
    *(
        Misconception(
            "mask along the wrong axis",
            mistaken,
            "Your mask has the keys where the scores have the queries. The new axis goes in the middle: mask[:, "
            "None, :].",
        )
        for mistaken in (
            lambda query, key, lengths: np.where(real(key, lengths).swapaxes(1, 2), scaled_scores(query, key), -np.inf),
            lambda query, key, lengths: scaled_scores(query, key) + real(key, lengths).swapaxes(1, 2),
        )
    ),
    *(
        Misconception("rows of unequal length", mistaken, _CUT_OFF)
        for mistaken in (
            lambda query, key, lengths: np.array(_cut_to_real_keys(query, key, lengths)),
            lambda query, key, lengths: np.stack(_cut_to_real_keys(query, key, lengths)),
            lambda query, key, lengths: np.concatenate(_cut_to_real_keys(query, key, lengths)),
        )
    ),
    Misconception(
        "lengths without an axis", lambda query, key, lengths: np.arange(key.shape[1]) < lengths, _LENGTHS_AS_COLUMN
    ),
    Misconception(
        "lengths taken for one number",
        lambda query, key, lengths: scaled_scores(query, key)[:, :, lengths:],
        "lengths is an array, and a slice ends at one number. Compare: np.arange(T_k) < lengths[:, None].",
    ),
    Misconception(
        "minus instead of ~", lambda query, key, lengths: -real(key, lengths), "~mask turns a boolean mask round."
    ),
    Misconception(
        "not instead of ~",
        lambda query, key, lengths: not real(key, lengths),
        "not and if ask for one truth value, and a mask has many. ~mask turns each of them round.",
    ),
    Misconception(
        "sum without its axis",
        lambda query, key, lengths: scaled_scores(query, key) / scaled_scores(query, key).sum(-1),
        "A sum or a maximum over an axis takes that axis away, so the division does not line up. keepdims=True "
        "keeps it.",
    ),
)

CROSS = Exercise(
    id="3.3",
    answer="cross_weights",
    title="Write cross_weights(query, key, lengths): scaled scores, a padding mask, then softmax.",
    objective="write cross-attention's weights for a padded batch",
    kind="write",
    minutes=9,
    difficulty=3,
    cases=_PADDED,
    right=lambda query, key, lengths: masked(query, key, real(key, lengths)),
    misconceptions=(
        Misconception(
            "no mask",
            lambda query, key, lengths: softmax(scaled_scores(query, key)),
            "The padding takes its share: there is no mask, or yours lets it in (padded keys need not be zeros). Only "
            "the first lengths[b] keys of number b are morphemes: compare positions with lengths (section 3).",
            seen="https://github.com/tensorflow/tensorflow/issues/43941",
        ),
        Misconception(
            "mask after softmax",
            lambda query, key, lengths: softmax(scaled_scores(query, key)) * real(key, lengths),
            "The padding gets 0, but your rows sum to less than 1: it took its share before you removed it. Mask the "
            "scores, before the softmax.",
        ),
        Misconception(
            "mask on the queries",
            _mask_on_queries,
            _ROWS_MASKED,
            seen="https://github.com/hyunwoongko/transformer/pull/40",
        ),
        Misconception(
            "mask on the queries, rows of zeros",
            lambda query, key, lengths: np.nan_to_num(_mask_on_queries(query, key, lengths)),
            _ROWS_MASKED,
        ),
        Misconception(
            "one too many",
            lambda query, key, lengths: masked(query, key, real(key, lengths + 1)),
            "One padding too many is let in. Positions count from 0, so a number of length 3 has keys 0, 1, 2: use <, "
            "not <=.",
            seen="https://github.com/ajhalthor/Transformer-Neural-Network/issues/15",
        ),
        Misconception(
            "one too few",
            lambda query, key, lengths: masked(query, key, real(key, lengths - 1)),
            "The last morpheme of each number is kept out. In siebenundneunzig that is the one you need first. "
            "Positions count from 0: position < length.",
        ),
        Misconception(
            "mask polarity",
            lambda query, key, lengths: masked(query, key, ~real(key, lengths)),
            "You kept the padding and removed the morphemes. True means MAY attend.",
            seen="https://github.com/InseeFrLab/torchTextClassifiers/pull/92",
        ),
        Misconception(
            "softmax over the queries",
            lambda query, key, lengths: masked(query, key, real(key, lengths), axis=1),
            "Your columns sum to 1, not your rows. Axis 1 of (batch, T_q, T_k) runs over the queries; the softmax runs "
            "along the last axis.",
            seen="https://github.com/rasbt/machine-learning-book/issues/170",
        ),
        Misconception(
            "softmax over the batch",
            lambda query, key, lengths: masked(query, key, real(key, lengths), axis=0),
            "You normalised over the numbers of the batch. Each row of each map shares out 1: the softmax runs along "
            "the last axis.",
            seen="https://github.com/jadore801120/attention-is-all-you-need-pytorch/issues/52",
        ),
        Misconception(
            "zero instead of minus infinity",
            lambda query, key, lengths: masked(query, key, real(key, lengths), fill=0.0),
            "You set the padding's scores to 0. exp(0) is 1, so it still gets a share. Minus infinity gets none.",
            seen="https://github.com/Shujun-He/RibonanzaNet/issues/5",
        ),
        Misconception(
            "infinity times 0",
            _infinity_times_0,
            "Your rows are NaN. Was minus infinity multiplied by the mask? 0 times infinity is NaN, and so is infinity "
            "minus infinity, if a score became plus infinity. Choose instead: np.where(mask, scores, -np.inf).",
            seen="https://github.com/cerebroai/reformers/issues/3",
        ),
        Misconception(
            "no scaling",
            lambda query, key, lengths: masked(query * math.sqrt(query.shape[-1]), key, real(key, lengths)),
            "These are the weights of unscaled scores. Divide by the root of d_k first (lesson 02, section 5).",
        ),
        Misconception(
            "scaling by the number of keys",
            lambda query, key, lengths: softmax(
                np.where(real(key, lengths), query @ np.swapaxes(key, -2, -1) / math.sqrt(key.shape[1]), -np.inf)
            ),
            "You divided by the root of the number of keys. d_k is the number of features, query.shape[-1].",
        ),
        Misconception(
            "scaling by d instead of √d",
            lambda query, key, lengths: masked(query / math.sqrt(query.shape[-1]), key, real(key, lengths)),
            "You divided by d_k itself; divide by its square root (lesson 02, section 5).",
        ),
        Misconception(
            "no mask, no scaling",
            lambda query, key, lengths: softmax(query @ np.swapaxes(key, -2, -1)),
            "Two things are missing: the division by the root of d_k, and the mask that keeps the padding out.",
        ),
        Misconception(
            "the longest length for all",
            lambda query, key, lengths: masked(query, key, np.arange(key.shape[1]) < lengths.max()),
            "All numbers got the length of the longest (or only the last place was closed). Compare every position "
            "with every length: np.arange(T_k) < lengths[:, None].",
        ),
        Misconception(
            "one length for all",
            lambda query, key, lengths: masked(query, key, np.arange(key.shape[1]) < lengths[0]),
            "All numbers got the length of the first. Compare every position with every length: "
            "np.arange(T_k) < lengths[:, None].",
        ),
        Misconception(
            "query axis missing in the mask",
            lambda query, key, lengths: np.where(
                np.arange(key.shape[1]) < lengths[:, None], scaled_scores(query, key), -np.inf
            ),
            _AXIS_FOR_QUERIES,
        ),
        Misconception(
            "key not transposed",
            lambda query, key, lengths: query @ key,
            "Query rows are to meet key rows: swap the last two axes of the key, np.swapaxes(key, 1, 2). key.T will "
            "not do, it turns all three round.",
            seen="https://github.com/HomericIntelligence/Odyssey/issues/5648",
        ),
        *_CROSS_STEPS,
    ),
    hints=(
        "np.swapaxes(key, 1, 2) has shape (batch, d_k, T_k); query @ that gives the scores of the whole batch.",
        "np.arange(T_k) < lengths[:, None] is True on morphemes; it has shape (batch, T_k) and lacks an axis for the "
        "queries.",
        "np.where(mask[:, None, :], scores, -np.inf), then a softmax along the last axis.",
    ),
    praise="Every English word shares out 1 among the morphemes of its own number, and the padding gets nothing.",
)
