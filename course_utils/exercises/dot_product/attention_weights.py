"""Exercise 2.4: the weights of scaled dot-product attention."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from course_utils.exercises.dot_product.sharing_out import plain_softmax, shares
from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.reference import softmax

_GENERATOR = np.random.default_rng(2)
_QUERY, _KEY = _GENERATOR.normal(size=(2, 9)), _GENERATOR.normal(size=(6, 9))
_SQUARE_QUERY, _SQUARE_KEY = _GENERATOR.normal(size=(5, 9)), _GENERATOR.normal(size=(5, 9))


def _scaled(query: np.ndarray, key: np.ndarray) -> np.ndarray:
    return query @ key.T / math.sqrt(query.shape[-1])


def _reshaped(query: np.ndarray, key: np.ndarray) -> np.ndarray:
    return query @ key.reshape(key.shape[1], key.shape[0])


def _directions(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def _squared_distances(query: np.ndarray, key: np.ndarray) -> np.ndarray:
    return ((query[:, None] - key[None]) ** 2).sum(-1)


def _root(query: np.ndarray, key: np.ndarray) -> float:
    return math.sqrt(query.shape[-1])


_POWER_FIRST = "in ** 1/2 the power comes before the division, so no root was taken; ** 0.5 takes one"
_BEFORE_THE_SOFTMAX: dict[str, tuple[Callable, str]] = {  # what the product is divided by, and how one says so
    "no scaling": (lambda query, key: 1.0, "the scores are not divided by √d_k"),
    "scaling by d instead of √d": (lambda query, key: query.shape[-1], "you divided by d_k, not by its root"),
    "always divided by 2": (lambda query, key: 2.0, "you divided by 2, the √d_k of section 2; here d_k is 9"),
    "scaled by the number of queries": (lambda query, key: math.sqrt(len(query)), "you divided by √T_q, not by √d_k"),
    "scaled by the number of keys": (lambda query, key: math.sqrt(len(key)), "you divided by √T_k, not by √d_k"),
    "divided by the number of keys": (lambda query, key: len(key), "you divided by T_k, not by √d_k"),
    "divided by 4": (lambda query, key: 4.0, "you divided by 4, the d_k of section 2"),
    "divided by the root of all numbers": (lambda query, key: math.sqrt(key.size), "you divided by √(T_k · d_k)"),
    "divided by the root of all numbers of the query": (
        lambda query, key: math.sqrt(query.size),
        "you divided by √(T_q · d_k)",
    ),
    "multiplied by √d": (lambda query, key: 1 / _root(query, key), "you multiplied by √d_k instead of dividing"),
    "multiplied by d": (
        lambda query, key: 1 / query.shape[-1],
        "you multiplied by d_k instead of dividing by its root",
    ),
    "halved, in place of a root": (
        lambda query, key: 2 * query.shape[-1],
        f"you divided by d_k and by 2: {_POWER_FIRST}",
    ),
    "half of d": (lambda query, key: query.shape[-1] / 2, f"you divided by d_k / 2: {_POWER_FIRST}"),
}
_AROUND_THE_SCALE: dict[str, tuple[Callable, str]] = {  # what else goes wrong, given the divisor, and how one says so
    "softmax over the queries": (
        lambda query, key, by: softmax(query @ key.T / by, 0),
        "your columns sum to 1 instead of your rows",
    ),
    "transposed": (lambda query, key, by: softmax(key @ query.T / by), "your rows are keys instead of queries"),
    "softmax over the whole array": (
        lambda query, key, by: plain_softmax(query @ key.T / by, axis=None),
        "all your weights together sum to 1, not each row",
    ),
    "key reshaped": (
        lambda query, key, by: softmax(_reshaped(query, key) / by),
        "reshape pours the numbers, in the order in which they stand, into another form, so a key's features land in "
        "different columns; key.T turns rows into columns",
    ),
    "no softmax": (lambda query, key, by: query @ key.T / by, "the softmax is missing, your rows do not sum to 1"),
    "not shared out": (
        lambda query, key, by: np.exp(query @ key.T / by),
        "these are exponentials, not yet divided by each row's sum",
    ),
    "context instead of weights": (
        lambda query, key, by: softmax(query @ key.T / by) @ key,
        "you went on and mixed the keys by the weights; asked for are the weights, a row of T_k numbers for each query",
    ),
    "softmax twice": (lambda query, key, by: softmax(softmax(query @ key.T / by)), "the softmax ran twice"),
    "logarithms of the weights": (
        lambda query, key, by: np.log(softmax(query @ key.T / by)),
        "these are the logarithms of the weights",
    ),
}
_ALREADY = {"softmax over the queries", "transposed", "softmax over the whole array", "no softmax"}  # alone, below


def _capital(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]


def _weights_steps() -> tuple[Misconception, ...]:
    """Each wrong divisor alone, each other mistake alone, and every pair of one and the other."""
    alone = [
        Misconception(
            name,
            lambda query, key, by=by: softmax(query @ key.T / by(query, key)),
            f"{_capital(why)}. The dot products spread like the square root of d_k, the number of features, "
            "query.shape[-1]: divide by that (section 5).",
        )
        for name, (by, why) in list(_BEFORE_THE_SOFTMAX.items())[5:]
    ]
    others = [
        Misconception(
            name,
            lambda query, key, mistaken=mistaken: mistaken(query, key, _root(query, key)),
            f"{_capital(why)} (sections 2 and 3).",
        )
        for name, (mistaken, why) in _AROUND_THE_SCALE.items()
        if name not in _ALREADY
    ]
    both = [
        Misconception(
            f"{scale}, and {name}",
            lambda query, key, by=by, mistaken=mistaken: mistaken(query, key, by(query, key)),
            f"Two things: {why}; and {scaled} (section 5). Begin with the first.",
        )
        for scale, (by, scaled) in _BEFORE_THE_SOFTMAX.items()
        for name, (mistaken, why) in _AROUND_THE_SCALE.items()
        if (scale, name) != ("no scaling", "no softmax")
    ]
    shared = Misconception(
        "shared out without exponential",
        lambda query, key: shares(query @ key.T),
        "You divided the scores by their sum, without np.exp: some weights are negative or above 1. The softmax takes "
        "the exponential first (section 2).",
    )
    return *alone, *others, *both, shared


_DO_NOT_MEET = (
    "query @ key.T lets every query row meet every key row: (T_q, d_k) times (d_k, T_k) is (T_q, T_k). Without the .T, "
    "with it on the query, or with *, the two do not fit."
)
_SEVERAL_NUMBERS = (
    "A (2, 6) table cannot be divided by 2 numbers. Was it the whole shape? The number of features is shape[-1] alone. "
    "Or a sum or a maximum along an axis? keepdims=True keeps that axis."
)
_DISTANCE = (
    "You compared by distance. Near is alike, too, but the lesson's score is the dot product, query @ key.T: it also "
    "grows with the length of a key (section 2)."
)
_DIRECTIONS = (
    "You divided vectors by their lengths, so only directions count (a cosine). Here the lengths count, too: the "
    "scores are query @ key.T, divided by √d_k (section 5)."
)
_FEATURES_FIRST = (
    "The softmax came too early, over the features of query or key. First the scores, query @ key.T / √d_k; then the "
    "softmax, over the keys (section 3)."
)
_WEIGHT_STEPS = (
    *_weights_steps(),
    *(
        Misconception("key not transposed", mistaken, _DO_NOT_MEET)
        for mistaken in (
            np.dot,
            lambda query, key: key @ query,
            lambda query, key: query.T @ key,
            lambda query, key: query.T @ key.T,
            lambda query, key: key.T @ query,
            lambda query, key: (query * key).sum(-1),
            lambda query, key: query * key.T,
        )
    ),
    Misconception(
        "the whole shape for one number", lambda query, key: query @ key.T / np.sqrt(key.shape), _SEVERAL_NUMBERS
    ),
    *(
        Misconception(
            "the whole shape for one number",
            mistaken,
            "key.shape holds two numbers, T_k and d_k. The number of features is key.shape[-1].",
        )
        for mistaken in (
            lambda query, key: query @ key.T / math.sqrt(key.shape),
            lambda query, key: query @ key.T / key.shape**0.5,
        )
    ),
    *(
        Misconception(
            "distance instead of the dot product",
            lambda query, key, power=power, by=by, sign=sign: softmax(
                sign * _squared_distances(query, key) ** power / by
            ),
            _DISTANCE,
        )
        for power in (1.0, 0.5)
        for by in (1.0, 2.0, 3.0)
        for sign in (-1.0, 1.0)
    ),
    *(
        Misconception(
            "directions only",
            lambda query, key, of_query=of_query, of_key=of_key, by=by, end=end: end(
                of_query(query) @ of_key(key).T / by
            ),
            _DIRECTIONS,
        )
        for of_query, of_key in ((_directions, _directions), (_directions, np.array), (np.array, _directions))
        for by in (1.0, 3.0)
        for end in (softmax, np.array)
    ),
    *(
        Misconception(
            "softmax over the features",
            lambda query, key, of_query=of_query, of_key=of_key, by=by, end=end: end(
                of_query(query) @ of_key(key).T / by
            ),
            _FEATURES_FIRST,
        )
        for of_query, of_key in ((softmax, softmax), (softmax, np.array), (np.array, softmax))
        for by in (1.0, 3.0)
        for end in (softmax, np.array)
    ),
    Misconception(
        "the largest takes everything",
        lambda query, key: np.eye(len(key))[(query @ key.T).argmax(-1)],
        "Each row's largest score took the whole 1. The softmax leaves every key a share (section 2).",
    ),
    Misconception(
        "a sigmoid for each score",
        lambda query, key: 1 / (1 + np.exp(-_scaled(query, key))),
        "That is a sigmoid of each score alone. In a softmax the keys of a row share 1: exp, then divide by the row's "
        "sum (section 2).",
    ),
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
            "You divided by d_k itself, or twice by its root. The scores' spread grows like the square root of d_k, so "
            "that is what keeps it at 1 (section 5).",
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
        *_WEIGHT_STEPS,
    ),
    hints=(
        "One row for each query, one column for each key: which of query and key has to be transposed?",
        "The number of features is query.shape[-1]. Divide the scores by its root, np.sqrt, before the softmax.",
        "scores = query @ key.T / np.sqrt(query.shape[-1]); then your my_softmax from exercise 2.3.",
    ),
    praise="Equal to PyTorch, also where there are more keys than queries.",
)
