"""Exercise 9.4: linear attention, without a table of all pairs."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from torch.nn import functional as F

from course_utils.exercises.cost.limited_memory import Watched
from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.reference import softmax

_GENERATOR = np.random.default_rng(9)
_LONG_Q, _LONG_K = 50, 40


class OfLongText(Watched):
    """Queries, keys or values from which no table of all pairs is made."""

    too_many = _LONG_Q * _LONG_K
    said = f"a table of {_LONG_Q} x {_LONG_K} numbers, one for each query and key, has no room here"


def _given(T_q: int, T_k: int, d_k: int, d_v: int) -> tuple[np.ndarray, ...]:
    return tuple(_GENERATOR.normal(size=size) for size in ((T_q, d_k), (T_k, d_k), (T_k, d_v)))


_LINEAR = (_given(3, 4, 5, 2), tuple(array.view(OfLongText) for array in _given(_LONG_Q, _LONG_K, 3, 2)))


def _elu_plus_1(x: np.ndarray) -> np.ndarray:
    return np.maximum(x, 0) + np.exp(np.minimum(x, 0))


def _identity(x: np.ndarray) -> np.ndarray:
    return x


def _linear(
    *, of_query: Callable = _elu_plus_1, of_key: Callable = _elu_plus_1, divide_by: Callable | None = None
) -> Callable[..., np.ndarray]:
    """Linear attention with other feature maps, or divided by something else."""

    def context(query, key, value):
        q, k = of_query(query), of_key(key)
        return q @ (k.T @ value) / (divide_by(q, k) if divide_by else (q @ k.sum(0))[:, None])

    return context


def _mapped(features: Callable) -> Callable[..., np.ndarray]:
    return _linear(of_query=features, of_key=features)


def _half_mapped(*maps: Callable) -> Callable[..., np.ndarray]:
    """Other feature maps of query and key in the numerator, and of query and key in the normaliser."""
    above_q, above_k, below_q, below_k = maps
    return lambda query, key, value: (
        above_q(query) @ (above_k(key).T @ value) / (below_q(query) @ below_k(key).sum(0))[:, None]
    )


def _sharing(axis: int) -> Callable[[np.ndarray], np.ndarray]:
    """A softmax over an axis, instead of φ."""
    return lambda x: np.exp(x) / np.exp(x).sum(axis, keepdims=True)


def _running(seen: Callable[[int, int], int]) -> Callable[..., np.ndarray]:
    """A state that grows while the queries come; ``seen`` says how many keys query i of T_k keys meets."""

    def context(query, key, value):
        q, k = _elu_plus_1(query), _elu_plus_1(key)
        rows = []
        for i, row in enumerate(q):
            known = seen(i, len(k))
            rows.append(row @ (k[:known].T @ value[:known]) / (row @ k[:known].sum(0)))
        return np.array(rows)

    return context


_MAPS = (  # a name, φ, and what is to be said of it
    (
        "relu instead of elu + 1",
        lambda x: np.maximum(x, 0),
        "Your φ is max(x, 0). Below 0 it is to be exp(x), and above 0 it is x + 1.",
    ),
    (
        "elu without the 1",
        lambda x: _elu_plus_1(x) - 1,
        "Your φ is elu alone, which goes down to -1. The 1 makes every feature, and so every weight, positive.",
    ),
    (
        "relu + 1",
        lambda x: np.maximum(x, 0) + 1,
        "Your φ is 1 for everything below 0. There it is to be exp(x).",
    ),
    (
        "x itself above 0",
        lambda x: np.where(x > 0, x, np.exp(x)),
        "Below 0 your φ is right. Above 0 it is to be x + 1; yours is x, and jumps down at 0.",
    ),
    (
        "1 added below 0 as well",
        lambda x: np.where(x > 0, x, np.exp(x)) + 1,
        "Above 0 your φ is right. elu(x) is exp(x) - 1 below 0; plus 1, that leaves exp(x).",
    ),
    (
        "exp everywhere",
        np.exp,
        "Your φ is exp(x) everywhere, or comes to that: with the largest number of all subtracted first, none is above "
        "0. φ takes the features as they are, and above 0 it is to be x + 1.",
    ),
    *(
        (
            f"largest feature subtracted, of {name}",
            lambda x, axis=axis: _elu_plus_1(x - x.max(axis, keepdims=True)),
            f"You subtracted the largest feature, of {name}, before φ. In a softmax that falls out; here it changes "
            "the weights. φ takes the features as they are.",
        )
        for name, axis in (("each position", 1), ("all positions", 0))
    ),
    ("x + 1 everywhere", lambda x: x + 1, "Your φ is x + 1 everywhere. Below 0 it is to be exp(x)."),
    (
        "the two sides of φ exchanged",
        lambda x: np.where(x > 0, np.exp(x), x + 1),
        "The two sides of your φ are exchanged: x + 1 belongs above 0, and exp(x) below.",
    ),
    (
        "exp and x added",
        lambda x: np.maximum(x, 0) + np.exp(x),
        "Your φ adds exp(x) above 0 as well. There it is to be x + 1 alone: exp stands for the negative x only.",
    ),
    (
        "1 added twice",
        lambda x: _elu_plus_1(x) + 1,
        "Your φ is elu + 2: the 1 is in x + 1 and in exp(x) already. (φ applied twice gives that, too.)",
    ),
    ("the size of x", np.abs, "Your φ is |x|. Below 0 it is to be exp(x), and above 0 it is x + 1."),
    ("x squared", np.square, "Your φ is x². Below 0 it is to be exp(x), and above 0 it is x + 1."),
    (
        "a sigmoid",
        lambda x: 1 / (1 + np.exp(-x)),
        "Your φ is a sigmoid, which never exceeds 1. Above 0 it is to be x + 1, and below exp(x).",
    ),
    (
        "a softplus",
        lambda x: np.log1p(np.exp(x)),
        "Your φ is log(1 + exp(x)), the softplus. Above 0 it is to be x + 1, and below exp(x).",
    ),
    (
        "a softmax over the features",
        _sharing(1),
        "Your φ is a softmax over the features of each query and key. Here φ works number by number: x + 1 above 0, "
        "exp(x) below.",
    ),
    (
        "a softmax over the positions",
        _sharing(0),
        "Your φ is a softmax over the positions. Here φ works number by number: x + 1 above 0, exp(x) below.",
    ),
)


def _of_pairs(query: np.ndarray, key: np.ndarray, value: np.ndarray) -> np.ndarray:
    q, k, v = (torch.from_numpy(np.array(array)) for array in (query, key, value))
    weights = (F.elu(q) + 1) @ (F.elu(k) + 1).T
    return (weights / weights.sum(-1, keepdim=True) @ v).numpy()


def _quadratic(query, key, value):
    weights = _elu_plus_1(query) @ _elu_plus_1(key).T
    return weights / weights.sum(-1)[:, None] @ value


def _features_of_scores(query, key, value):
    weights = _elu_plus_1(query @ key.T)
    return weights / weights.sum(-1)[:, None] @ value


def _linear_of_last_key(query, key, value):
    q, k = _elu_plus_1(query), _elu_plus_1(key)
    return q @ np.outer(k[-1], value[-1]) / (q @ k.sum(0))[:, None]


def _softmax_attention(scaled: bool) -> Callable[..., np.ndarray]:
    return lambda query, key, value: softmax(query @ key.T / (math.sqrt(query.shape[1]) if scaled else 1.0)) @ value


LINEAR = Exercise(
    id="9.4",
    answer="linear_attention",
    title="Write linear_attention(query, key, value) with φ = elu + 1, without a table (T_q, T_k).",
    objective="change the order of the products, and the cost becomes linear",
    kind="write",
    minutes=8,
    difficulty=3,
    cases=_LINEAR,
    right=_of_pairs,
    misconceptions=(
        Misconception(
            "still quadratic",
            _quadratic,
            "The right numbers, but by way of a table with a weight for each pair, so the cost is still quadratic. "
            "Multiply from the other end: φ(key).T @ value is (d_k, d_v), whatever the length, and then φ(query) @ it. "
            "The normaliser alike: φ(query) @ φ(key).sum(0).",
            seen="https://github.com/sdoria/SimpleSelfAttention/pull/1",
        ),
        Misconception(
            "no normaliser",
            _linear(divide_by=lambda q, k: 1.0),
            "You never divide, so a query's weights do not sum to 1. Divide row i by φ(q_i) · (the sum of all φ(k_j)).",
            seen="https://github.com/lucidrains/performer-pytorch/issues/9",
        ),
        Misconception(
            "multiplied by the normaliser",
            _linear(divide_by=lambda q, k: 1 / (q @ k.sum(0))[:, None]),
            "You multiplied each row by its normaliser. A mean divides by the sum of its weights: "
            "/ (φ(query) @ φ(key).sum(0))[:, None].",
            seen="https://github.com/lucidrains/performer-pytorch/issues/40",
        ),
        Misconception(
            "divided by the sum of all features",
            _linear(divide_by=lambda q, k: k.sum()),
            "You divided all rows by one number, the sum of all features of all keys. Each query weighs these "
            "features: φ(query) @ φ(key).sum(0), with axis 0, has a number for each query.",
        ),
        Misconception(
            "rows of the context made to sum to 1",
            lambda query, key, value: (
                _linear(divide_by=lambda q, k: 1.0)(query, key, value)
                / _linear(divide_by=lambda q, k: 1.0)(query, key, value).sum(1, keepdims=True)
            ),
            "The numbers of your *contexts* sum to 1 in each row. It is the weights that are to sum to 1: divide by "
            "their sum, φ(query) @ φ(key).sum(0).",
        ),
        *(
            Misconception(
                f"shares of {name}",
                context,
                "You divided before the product: " + what + ". The weights φ(q_i)·φ(k_j) of a query then do not sum to "
                "1. Divide after it, row i by φ(query) @ φ(key).sum(0).",
            )
            for name, what, context in (
                (
                    "the keys",
                    "each feature of the keys by its sum over the positions",
                    _linear(of_key=lambda x: _elu_plus_1(x) / _elu_plus_1(x).sum(0), divide_by=lambda q, k: 1.0),
                ),
                (
                    "query and keys",
                    "the features of a query by their sum, and each feature of the keys by its sum over the positions",
                    _linear(
                        of_query=lambda x: _elu_plus_1(x) / _elu_plus_1(x).sum(1, keepdims=True),
                        of_key=lambda x: _elu_plus_1(x) / _elu_plus_1(x).sum(0),
                        divide_by=lambda q, k: 1.0,
                    ),
                ),
                (
                    "each vector",
                    "the features of each query and of each key by their sum",
                    _linear(
                        of_query=lambda x: _elu_plus_1(x) / _elu_plus_1(x).sum(1, keepdims=True),
                        of_key=lambda x: _elu_plus_1(x) / _elu_plus_1(x).sum(1, keepdims=True),
                        divide_by=lambda q, k: 1.0,
                    ),
                ),
            )
        ),
        *(
            Misconception(
                f"divided by {name}",
                _linear(divide_by=divisor),
                "You divided by " + name + ". The weights φ(q_i)·φ(k_j) sum to φ(q_i) · (the sum of all φ(k_j)), "
                "another number for each query.",
            )
            for name, divisor in (
                ("d_k", lambda q, k: q.shape[1]),
                ("√d_k", lambda q, k: math.sqrt(q.shape[1])),
                ("the number of queries", lambda q, k: len(q)),
                ("the root of the number of keys", lambda q, k: math.sqrt(len(k))),
                ("the sums of a query's and of all keys' features", lambda q, k: q.sum(1, keepdims=True) * k.sum()),
            )
        ),
        Misconception(
            "a softmax of the contexts",
            lambda query, key, value: softmax(_linear(divide_by=lambda q, k: 1.0)(query, key, value)),
            "You took a softmax of what should be divided: its rows are contexts, not weights. Divide row i by "
            "φ(query) @ φ(key).sum(0).",
        ),
        Misconception(
            "divided by the sum of the values",
            lambda query, key, value: _linear(divide_by=lambda q, k: 1.0)(query, key, value) / value.sum(0),
            "You divided by the sum of the *values*. A mean divides by the sum of its weights, φ(query) @ "
            "φ(key).sum(0).",
        ),
        Misconception(
            "one truth value asked of an array",
            lambda query, key, value: _linear()(query if query > 0 else np.exp(query), key, value),
            "'if' and max ask one question, and an array has many numbers. np.where(x > 0, x + 1, np.exp(x)) and "
            "np.maximum work place by place.",
        ),
        Misconception(
            "root of the normaliser",
            _linear(divide_by=lambda q, k: np.sqrt(q @ k.sum(0))[:, None]),
            "You divided by the *root* of the normaliser. Weights sum to 1 when they are divided by their sum itself.",
        ),
        Misconception(
            "divided by the length of the features",
            _linear(divide_by=lambda q, k: np.linalg.norm(q, axis=1, keepdims=True) * np.linalg.norm(k)),
            "You divided by the lengths of the vectors. The weights sum to φ(query) @ φ(key).sum(0).",
        ),
        *(
            Misconception(
                "a row for each key behind @",
                stops,
                "What stands behind @ has a row for each of the 4 keys, and the queries have 5 features. A sum over "
                "the keys, φ(key).sum(axis=0), has a number for each feature; axis=1 gives one for each key. And in "
                "the numerator the table φ(key).T @ value comes first.",
            )
            for stops in (
                lambda query, key, value: query @ _elu_plus_1(key).sum(1),
                lambda query, key, value: query @ _elu_plus_1(key).sum(1, keepdims=True),
            )
        ),
        Misconception(
            "φ of the summed keys",
            _half_mapped(_elu_plus_1, _elu_plus_1, _elu_plus_1, lambda key: _elu_plus_1(key.sum(0))[None]),
            "In the normaliser you added up the keys and applied φ to the sum. φ of a sum is not the sum of φ: "
            "φ(key).sum(0), first φ, then the sum.",
        ),
        Misconception(
            "φ of the table",
            lambda query, key, value: (
                _elu_plus_1(query)
                @ _elu_plus_1(key.T @ value)
                / (_elu_plus_1(query) @ _elu_plus_1(key).sum(0))[:, None]
            ),
            "You applied φ to the table key.T @ value. It belongs to the keys, before the product: φ(key).T @ value.",
        ),
        Misconception(
            "φ of the values as well",
            lambda query, key, value: _linear()(query, key, _elu_plus_1(value)),
            "You applied φ to the values, too. φ makes weights of queries and keys; what is mixed are the values as "
            "they are.",
        ),
        Misconception(
            "φ of the result",
            lambda query, key, value: _elu_plus_1(_linear()(query, key, value)),
            "Right until you applied φ to the result. It belongs to query and key, before the product.",
        ),
        Misconception(
            "keys mixed instead of values",
            lambda query, key, value: _linear()(query, key, key),
            "You mixed the *keys*: your result has a number for each of their features. The weights come from the "
            "keys, but what is mixed are the values: φ(key).T @ value.",
        ),
        Misconception(
            "the table alone",
            lambda query, key, value: _elu_plus_1(key).T @ value,
            "That is the table φ(key).T @ value, and it is right. Each query still has to read it: φ(query) @ table, "
            "divided by the normaliser.",
        ),
        Misconception(
            "the normaliser alone",
            lambda query, key, value: _elu_plus_1(query) @ _elu_plus_1(key).sum(0),
            "That is the normaliser, and it is right. It stands below the line; above it: φ(query) @ (φ(key).T @ "
            "value).",
        ),
        *(
            Misconception(
                f"a state that grows with the queries, {name}",
                _running(seen),
                "You let the state grow while the queries come, so that a query meets only the keys before it. Here is "
                "no mask: every query meets all keys. First the whole table φ(key).T @ value, then the queries.",
            )
            for name, seen in (
                ("its own key with it", lambda i, keys: i + 1),
                ("one key ahead", lambda i, keys: min(i + 2, keys)),
            )
        ),
        Misconception(
            "only the last key",
            lambda query, key, value: _linear()(query, key[-1:], value[-1:]),
            "All of your contexts are the last value: in your loop the table is overwritten in each round. Add up: "
            "table += np.outer(φ(k), v).",
        ),
        Misconception(
            "table of the last key, normaliser of all",
            _linear_of_last_key,
            "In your loop the table is overwritten in each round, so that only the last key is in it. Add up: "
            "table += np.outer(φ(k), v).",
        ),
        Misconception(
            "divided by the number of keys",
            _linear(divide_by=lambda q, k: len(k)),
            "You divided by the number of keys. The weights φ(q_i)·φ(k_j) sum to φ(q_i) · (the sum of all φ(k_j)), "
            "another number for each query.",
        ),
        Misconception(
            "one normaliser for all queries",
            _linear(divide_by=lambda q, k: (q @ k.sum(0)).sum()),
            "You divided all rows by one number. Each query's own weights are to sum to 1: φ(query) @ φ(key).sum(0) "
            "has a number for each.",
        ),
        Misconception(
            "normaliser without its axis",
            _linear(divide_by=lambda q, k: q @ k.sum(0)),
            "The normaliser has one number for each query, (T_q,). It stands for a row: give it an axis, [:, None].",
        ),
        Misconception(
            "normaliser of the features",
            _linear(divide_by=lambda q, k: q.sum(-1, keepdims=True)),
            "You divided by the sum of the query's own features. The keys are missing: φ(query) @ φ(key).sum(0).",
        ),
        *(
            Misconception(
                f"φ forgotten for {name}",
                _half_mapped(*maps),
                "φ is missing in one place and there in another: " + what + ". Above and below the line stand the same "
                "weights, φ(q_i)·φ(k_j).",
            )
            for name, maps, what in (
                (
                    "the normaliser",
                    (_elu_plus_1, _elu_plus_1, _identity, _identity),
                    "your normaliser adds up products of queries and keys as they came",
                ),
                (
                    "the query in the normaliser",
                    (_elu_plus_1, _elu_plus_1, _identity, _elu_plus_1),
                    "in your normaliser stands the query as it came",
                ),
                (
                    "the numerator",
                    (_identity, _identity, _elu_plus_1, _elu_plus_1),
                    "your numerator multiplies queries and keys as they came",
                ),
                (
                    "the query in the numerator",
                    (_identity, _elu_plus_1, _elu_plus_1, _elu_plus_1),
                    "in your numerator stands the query as it came",
                ),
                (
                    "the key in the numerator",
                    (_elu_plus_1, _identity, _elu_plus_1, _elu_plus_1),
                    "in your numerator stand the keys as they came",
                ),
            )
        ),
        Misconception(
            "keys that were not mapped, in the normaliser",
            _half_mapped(_elu_plus_1, _elu_plus_1, _elu_plus_1, _identity),
            "Your numerator is right; in the normaliser stand the keys as they came. It adds up the same weights, so "
            "φ(key) there as well.",
        ),
        Misconception(
            "feature map on the query only",
            _linear(of_key=_identity),
            "φ is missing on the keys: some weights are negative. Both sides go through φ.",
        ),
        Misconception(
            "feature map on the key only",
            _linear(of_query=_identity),
            "φ is missing on the queries: some weights are negative. Both sides go through φ.",
        ),
        Misconception(
            "no feature map",
            _mapped(_identity),
            "You multiplied queries and keys as they are: their products may be negative, and the sum near 0. φ makes "
            "all of them positive.",
        ),
        Misconception(
            "feature map of the scores",
            _features_of_scores,
            "You applied φ to the scores, q_i·k_j. It belongs to query and key *before* the product; only then can "
            "the keys be multiplied with the values first.",
        ),
        Misconception(
            "softmax instead of φ",
            _softmax_attention(scaled=True),
            "That is ordinary attention, with a softmax. Here the weight is φ(q_i)·φ(k_j), without exp of the score.",
        ),
        Misconception(
            "softmax instead of φ, not scaled",
            _softmax_attention(scaled=False),
            "That is a softmax of unscaled scores. Here the weight is φ(q_i)·φ(k_j), without exp of the score.",
        ),
        Misconception(
            "scaled by √d",
            _linear(
                of_query=lambda x: _elu_plus_1(x / math.sqrt(x.shape[1])),
                of_key=lambda x: _elu_plus_1(x / math.sqrt(x.shape[1])),
            ),
            "You divided query and key by √d_k before φ. That keeps a softmax from getting too sharp; there is none "
            "here.",
        ),
        Misconception(
            "query scaled by √d",
            _linear(of_query=lambda x: _elu_plus_1(x / math.sqrt(x.shape[1]))),
            "You divided the query by √d_k before φ. That keeps a softmax from getting too sharp; there is none here.",
        ),
        Misconception(
            "a softmax on each side",
            lambda query, key, value: _sharing(1)(query) @ (_sharing(0)(key).T @ value),
            "You took a softmax over the features of the queries and one over the positions of the keys. That is "
            "another way to make attention linear; here φ works number by number, x + 1 above 0 and exp(x) below, and "
            "a normaliser divides.",
        ),
        *(Misconception(name, _mapped(features), explain) for name, features, explain in _MAPS),
        *(
            Misconception(
                f"{name}, and no normaliser",
                _linear(of_query=features, of_key=features, divide_by=lambda q, k: 1.0),
                f"Two things. {explain} And you never divide: row i by φ(q_i) · (the sum of all φ(k_j)).",
            )
            for name, features, explain in (*_MAPS, ("no φ", _identity, "You multiplied queries and keys as they are."))
        ),
        Misconception(
            "mean of the values",
            lambda query, key, value: np.broadcast_to(value.mean(0), (len(query), value.shape[1])).copy(),
            "Every query gets the mean of all values: its own features have no effect. φ(query) @ (φ(key).T @ value).",
        ),
    ),
    hints=(
        "(A @ B) @ C = A @ (B @ C). Which of the two orders makes no table (T_q, T_k)?",
        "φ is np.where(x > 0, x + 1, np.exp(x)). Numerator: φ(query) @ (φ(key).T @ value), which is (T_q, d_v).",
        "Divide row i by φ(q_i) · (the sum of all φ(k_j)): φ(query) @ φ(key).sum(0), with an axis, [:, None].",
    ),
    praise="The keys and values shrink to one table (d_k, d_v), whatever the length: a state of fixed size again.",
)
