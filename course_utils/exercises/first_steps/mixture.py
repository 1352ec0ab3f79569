"""Exercise 0.2: a mixture of rows by their weights."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

import numpy as np

from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.first_steps.rounding import roundings
from course_utils.exercises.reference import softmax

# The shapes that the lesson names. In the first, one decimal is exact; in the others it is not.
_MIXTURES = (
    (np.array([0.2, 0.5, 0.3]), np.array([[10.0, 0.0], [5.0, 8.0], [1.0, 20.0]])),
    (np.array([0.125, 0.25, 0.625]), np.array([[1.3, -2.1], [0.5, 3.9], [-1.6, 0.2]])),
    (np.array([0.0, 1.0, 0.0]), np.array([[5.0, 4.0], [2.5, -1.25], [3.0, 6.0]])),
)
_WEIGHED = {
    "weights ignored": (
        lambda weights, values: values,
        "The weights do not count in {got}. Multiply each row by its own weight first.",
    ),
    "divided by the weights": (
        lambda weights, values: values / weights[:, None],
        "{got}: you divided each row by its weight, so the row with the least weight counts most. Multiply.",
    ),
    "weights added": (
        lambda weights, values: values + weights[:, None],
        "{got}: you added the weight to each row. A row *counts by* its weight: multiply.",
    ),
    "weights taken off": (
        lambda weights, values: values - weights[:, None],
        "{got}: you took the weight off each row. A row *counts by* its weight: multiply.",
    ),
    "weights in the opposite order": (
        lambda weights, values: weights[::-1, None] * values,
        "{got}: the first row got the last weight, and so on. The first weight belongs to the first row.",
    ),
    "a weight for each column": (
        lambda weights, values: weights[: values.shape[1]] * values,
        "{got}: you gave each *column* a weight. There is one for each row: weights[:, None] * values.",
    ),
    "a weight for each column, from the end": (
        lambda weights, values: weights[-values.shape[1] :] * values,
        "{got}: you gave each *column* a weight. There is one for each row: weights[:, None] * values.",
    ),
    "weights squared": (
        lambda weights, values: weights[:, None] ** 2 * values,
        "{got}: each row counts by the *square* of its weight. Is it multiplied twice?",
    ),
    "1 less the weight": (
        lambda weights, values: (1 - weights[:, None]) * values,
        "{got}: each row counts by what the *others* have, 1 less its weight.",
    ),
    "values squared": (
        lambda weights, values: weights[:, None] * values**2,
        "{got}: you squared the values. Each counts as it is, times its weight.",
    ),
    "softmax of the weights": (
        lambda weights, values: softmax(weights)[:, None] * values,
        "{got}: you took a softmax of the weights. They are shares of 1 already.",
    ),
    "the first weight for all": (
        lambda weights, values: weights[0] * values,
        "{got}: every row got the first weight. Each row has its own.",
    ),
    "the last weight for all": (
        lambda weights, values: weights[-1] * values,
        "{got}: every row got the last weight. Each row has its own.",
    ),
    "the largest weight for all": (
        lambda weights, values: weights.max() * values,
        "{got}: every row got the largest weight. Each row has its own.",
    ),
    "weights rounded": (
        lambda weights, values: np.round(weights)[:, None] * values,
        "{got}: your weights were rounded to whole numbers before they were used. Take them as they are.",
    ),
    "the table read along its rows": (
        lambda weights, values: weights[:, None] * values.ravel().reshape(values.shape[::-1]).T,
        "{got}: reshape does not turn a table, it fills the numbers into another form, row by row. weights @ values "
        "needs no turning at all.",
    ),
}
_ADDED_UP = {
    "not summed": (
        lambda rows: rows,
        "The rows are all still there. Add the weighted rows up: one row of features is left.",
    ),
    "not summed, turned": (
        lambda rows: rows.T,
        "The rows are all still there, as columns. Add the weighted rows up: one row of features is left.",
    ),
    "summed over the features": (
        lambda rows: rows.sum(1),
        "You added up each row's features: {got}. Add over the rows instead (axis 0), feature by feature.",
    ),
    "summed to one number": (
        lambda rows: rows.sum(),
        "One number is left, {got}: you added up the features as well. sum(axis=0) adds over the rows alone.",
    ),
    "averaged to one number": (
        lambda rows: rows.mean(),
        "One number is left, {got}. Add the weighted rows up, feature by feature: sum(axis=0).",
    ),
    "divided by the count as well": (
        lambda rows: rows.mean(0),
        "You divided by the number of rows as well: {got}. The weights are shares of 1 already.",
    ),
    "mean over the features": (
        lambda rows: rows.mean(1),
        "You took the mean of each row's features: {got}. Add over the rows instead (axis 0), feature by feature.",
    ),
    "only the first row": (
        lambda rows: rows[0],
        "{got}: only the first row is in it. Add all the weighted rows. Is 'return' inside the loop?",
    ),
    "only the last row": (
        lambda rows: rows[-1],
        "{got}: only the last row is in it. Inside the loop add to what is there, mixed = mixed + ..., instead of "
        "writing over it.",
    ),
    "the first row left out": (
        lambda rows: rows[1:].sum(0),
        "{got}: the first row is missing. Rows are counted from 0.",
    ),
    "the last row left out": (
        lambda rows: rows[:-1].sum(0),
        "{got}: the last row is missing. range(len(weights)) goes through all of them.",
    ),
    "largest instead of the sum": (
        lambda rows: rows.max(0),
        "{got}: you took the largest of the weighted rows, feature by feature. Add them all up.",
    ),
    "smallest instead of the sum": (
        lambda rows: rows.min(0),
        "{got}: you took the smallest of the weighted rows, feature by feature. Add them all up.",
    ),
    "the middle one instead of the sum": (
        lambda rows: np.median(rows, axis=0),
        "{got}: you took the median of the weighted rows. Add them all up.",
    ),
    "multiplied instead of summed": (
        lambda rows: rows.prod(0),
        "{got}: you multiplied the weighted rows with each other. Add them up.",
    ),
    "one after the other": (
        lambda rows: np.cumsum(rows, axis=0),
        "Your table adds the rows up one after the other; the last row of it is the mixture. Give back that one alone.",
    ),
    "only the first feature": (
        lambda rows: rows.sum(0)[0],
        "{got} is the first feature of the mixture, and right. The second is asked for as well.",
    ),
    "only the second feature": (
        lambda rows: rows.sum(0)[1],
        "{got} is the second feature of the mixture, and right. The first is asked for as well.",
    ),
    "features exchanged": (
        lambda rows: rows.sum(0)[::-1],
        "{got}: the right numbers, the second feature first. Keep the order of the columns.",
    ),
    "brought to sum 1": (
        lambda rows: rows.sum(0) / rows.sum(),
        "{got}: you divided the mixture by its sum. The *weights* are shares of 1; a mixture can be any numbers.",
    ),
    "brought to length 1": (
        lambda rows: rows.sum(0) / np.linalg.norm(rows.sum(0)),
        "{got}: you divided the mixture by its length. Give it as it is.",
    ),
    "all in one row": (
        lambda rows: rows.ravel(),
        "Six numbers came: every row is weighted, and they stand side by side. Add the rows up, feature by feature.",
    ),
}
# What is done to all the rows' numbers alone is no slip on top of another: too rare, and too like it.
# Two slips at once, where each is common; two of them are the plain mean, or one row as it came.
_COMMON_WEIGHTS = ("weights ignored", "divided by the weights", "weights added", "weights in the opposite order")
_COMMON_SUMS = (
    *("not summed", "summed over the features", "summed to one number", "divided by the count as well"),
    *("only the first row", "only the last row"),
)
_SAID_OTHERWISE = {("weights ignored", name) for name in _COMMON_SUMS[3:]}


def _weighed_and_added(weighed: Callable, added: Callable) -> Callable[..., object]:
    return lambda weights, values: added(weighed(weights, values))


def _by_weight(weights: np.ndarray, values: np.ndarray) -> np.ndarray:
    return weights[:, None] * values


def _added(rows: np.ndarray) -> np.ndarray:
    return rows.sum(0)


def _of_mixture(change: Callable) -> Callable[..., object]:
    """A mistake in what is done with the right mixture."""
    return lambda weights, values: change(weights @ values)


_ROW_TIMES_WEIGHTS = (
    "One row of values has two numbers, and there are three weights: inside the loop only *its own* weight belongs to "
    "the row. for weight, row in zip(weights, values): ... weight * row."
)
_ORDER = (
    "The other way round: weights @ values takes each row of values times its weight. (In a loop over the rows, one "
    "weight times one row is enough: weight * row.)"
)

MIXTURE = Exercise(
    id="0.2",
    answer="mixture",
    title="Write mixture(weights, values): each row of values counts by its weight.",
    objective="mix rows by their weights",
    kind="write",
    minutes=5,
    difficulty=1,
    cases=_MIXTURES,
    right=lambda weights, values: np.einsum("k,kd->d", weights, values),
    misconceptions=(
        Misconception(
            "plain mean",
            lambda weights, values: values.mean(0),
            "This is the plain mean of the rows: {got}. Each row should count by its own weight.",
            seen="https://senseofstudy.com/statistics/concept/weighted-average/formula",
        ),
        Misconception(
            "rows summed without weights",
            lambda weights, values: values.sum(0),
            "You added the rows up as they are: {got}. Multiply each row by its weight first.",
        ),
        Misconception(
            "summed over the features",
            _weighed_and_added(_by_weight, _ADDED_UP["summed over the features"][0]),
            _ADDED_UP["summed over the features"][1],
            seen="https://github.com/alecwangcq/show-attend-and-tell/issues/6",
        ),
        *(
            Misconception(name, _weighed_and_added(_by_weight, added), explain)
            for name, (added, explain) in _ADDED_UP.items()
            if name != "summed over the features"
        ),
        *(
            Misconception(name, _weighed_and_added(weighed, _added), explain)
            for name, (weighed, explain) in _WEIGHED.items()
            if name != "weights ignored"
        ),
        *(
            Misconception(
                "weights beside other rows",
                lambda weights, values, order=order: weights[list(order)] @ values,
                "{got}: the weights stand beside other rows than their own. Sorted or moved? The first weight "
                "is for the first row, and so on.",
            )
            for order in permutations(range(3))
            if order not in {(0, 1, 2), (2, 1, 0)}
        ),
        *(
            Misconception(
                f"{name}, and {reduced}",
                _weighed_and_added(_WEIGHED[name][0], _ADDED_UP[reduced][0]),
                f"Two things. {_WEIGHED[name][1]} And: {_ADDED_UP[reduced][1].replace('{got}', 'what came')}",
            )
            for name in _COMMON_WEIGHTS
            for reduced in _COMMON_SUMS
            if (name, reduced) not in _SAID_OTHERWISE
        ),
        Misconception(
            "divided by the sum of the values",
            lambda weights, values: weights @ (values / values.sum(0)),
            "{got}: you divided the values by their sum first. Take them as they are; only the weights are shares.",
        ),
        *(
            Misconception(
                "weights not turned into a column",
                product,
                "* multiplies number by number; the matrix product is @, and weights @ values is all that is needed. "
                "With *, a weight belongs to a whole row: weights[:, None] * values, and then add the rows up.",
                seen="https://stackoverflow.com/questions/22934219/numpy-multiply-arrays-rowwise",
            )
            for product in (
                lambda weights, values: weights * values,
                lambda weights, values: values * weights,
                lambda weights, values: weights[None] * values,
                lambda weights, values: values * weights[None],
                lambda weights, values: values / weights,
            )
        ),
        *(
            Misconception("order of the product swapped", product, _ORDER)
            for product in (
                lambda weights, values: values @ weights,
                lambda weights, values: np.dot(values, weights),
                lambda weights, values: weights @ values.T,
                lambda weights, values: np.dot(weights, values.T),
            )
        ),
        *(
            Misconception("all weights for one row", stopped, _ROW_TIMES_WEIGHTS)
            for stopped in (
                lambda weights, values: [sum(weights * row) for row in values],
                lambda weights, values: [sum(row * weights) for row in values],
                lambda weights, values: [np.dot(weights, row) for row in values],
                lambda weights, values: [np.dot(row, weights) for row in values],
            )
        ),
        *(
            Misconception(
                "average without an axis",
                stopped,
                "np.average needs to know along which axis the weights lie: axis=0, over the rows.",
            )
            for stopped in (
                lambda weights, values: np.average(values, weights=weights),
                lambda weights, values: np.average(values, axis=1, weights=weights),
            )
        ),
        Misconception(
            "every weight with every number",
            lambda weights, values: np.outer(weights, values),
            "np.outer multiplies every weight by every number of the table. Each row has one weight: weights @ values.",
        ),
        Misconception(
            "every weight with every row",
            lambda weights, values: weights[:, None, None] * values,
            "You multiplied every weight by every row. Each row has one weight, its own: weights @ values.",
        ),
        Misconception(
            "only the heaviest row",
            lambda weights, values: values[weights.argmax()],
            "You took the row with the largest weight, {got}. A mixture takes something of every row.",
        ),
        Misconception(
            "only the heaviest row, weighted",
            lambda weights, values: weights.max() * values[weights.argmax()],
            "You took the row with the largest weight alone, times its weight: {got}. A mixture takes something of "
            "every row.",
        ),
        *(
            Misconception(
                "one row as it came",
                lambda weights, values, place=place: values[place],
                "That is one row of the table as it came: {got}. A mixture takes something of every row.",
            )
            for place in (0, -1)
        ),
        Misconception(
            "weights unchanged",
            lambda weights, values: weights,
            "Those are the weights as they came: {got}. Multiply each row of values by its weight, then add them up.",
        ),
        Misconception(
            "per cent",
            _of_mixture(lambda mixed: 100 * mixed),
            "{got}: a hundred times the mixture. The weights are shares of 1, not per cent.",
        ),
        *roundings(_of_mixture, "{got}: rounded or cut off. Give the mixture as it is computed."),
    ),
    hints=(
        "For weights 0.2, 0.5, 0.3 and a first column of 10, 5, 1 the first feature is 0.2·10 + 0.5·5 + 0.3·1.",
        "One matrix product does both: row @ table multiplies, and adds up over the rows of the table.",
    ),
    praise="A weighted mixture of rows: that is the context that attention hands back.",
)
