"""Exercises of the opening lesson: the little arithmetic that everything else rests on."""

from __future__ import annotations

import numpy as np

from course_utils.exercises.exercise import Exercise, Misconception

_AMOUNTS = np.array([2.0, 1.0, 1.0])
_UNEVEN = np.array([0.5, 3.0, 6.0, 0.5])
_WEIGHTS, _VALUES = np.array([0.5, 0.25, 0.25]), np.array([[4.0, 0.0], [0.0, 8.0], [8.0, 8.0]])
_MORE_WEIGHTS = np.array([0.1, 0.2, 0.3, 0.4])
_MORE_VALUES = np.array([[1.0, 0.0, 2.0], [0.0, 5.0, 1.0], [3.0, 1.0, 0.0], [2.0, 2.0, 2.0]])

SHARES = Exercise(
    id="0.1",
    answer="shares",
    title="Write shares(amounts): in proportion to the amounts, together 1.",
    objective="turn amounts into shares of 1",
    kind="write",
    minutes=3,
    difficulty=1,
    cases=((_AMOUNTS,), (_UNEVEN,)),
    right=lambda amounts: amounts / np.sum(amounts),
    misconceptions=(
        Misconception(
            "divided by the largest",
            lambda amounts: amounts / amounts.max(),
            "You divided by the largest amount: {got}. So the largest gets 1 and the others come on top. "
            "Divide by the sum, then all of them together are 1.",
            seen="https://gcse-maths-foundation.co.uk/misconceptions/sharing-in-a-ratio",
        ),
        Misconception(
            "divided by the count",
            lambda amounts: amounts / len(amounts),
            "You divided by how many amounts there are: {got}. That is a step towards their mean. Divide by their sum.",
        ),
        Misconception(
            "divided by the mean",
            lambda amounts: amounts / amounts.mean(),
            "You divided by the mean: {got}. So their mean is 1, and together they are as many as there are amounts. "
            "Divide by the sum, then all of them together are 1.",
            seen="https://github.com/joferkington/mplstereonet/issues/51",
        ),
        Misconception(
            "per cent",
            lambda amounts: 100 * amounts / amounts.sum(),
            "These are per cent: {got}. Right in proportion, but together they are 100, not 1.",
        ),
        Misconception(
            "equal shares",
            lambda amounts: np.ones_like(amounts) / len(amounts),
            "You gave everybody the same: {got}. Twice the amount should get twice the share.",
        ),
        Misconception(
            "softmax too early",
            lambda amounts: np.exp(amounts) / np.exp(amounts).sum(),
            "You know the softmax already! Here the shares are in plain proportion: 2 is twice 1. "
            "The exponential comes in lesson 02.",
        ),
    ),
    hints=(
        "The amounts 2, 1, 1 are 4 together. What share of 4 is 2?",
        "NumPy divides a whole array at once: amounts / something.",
    ),
    praise="Shares that add up to 1: attention weights are nothing else.",
)

MIXTURE = Exercise(
    id="0.2",
    answer="mixture",
    title="Write mixture(weights, values): each row of values counts by its weight.",
    objective="mix rows by their weights",
    kind="write",
    minutes=5,
    difficulty=1,
    cases=((_WEIGHTS, _VALUES), (_MORE_WEIGHTS, _MORE_VALUES)),
    right=lambda weights, values: np.einsum("k,kd->d", weights, values),
    misconceptions=(
        Misconception(
            "weights ignored",
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
            "not summed",
            lambda weights, values: weights[:, None] * values,
            "Each row is weighted, and still there. Add the weighted rows up: one row of features is left.",
        ),
        Misconception(
            "summed over the features",
            lambda weights, values: (weights[:, None] * values).sum(1),
            "You added up each row's features: {got}. Add over the rows instead (axis 0), feature by feature.",
            seen="https://github.com/alecwangcq/show-attend-and-tell/issues/6",
        ),
        Misconception(
            "weights not turned into a column",
            lambda weights, values: weights * values,
            "A weight belongs to a whole row: weights[:, None] * values multiplies row by row. Then add the rows up.",
            seen="https://stackoverflow.com/questions/22934219/numpy-multiply-arrays-rowwise",
        ),
        Misconception(
            "order of the product swapped",
            lambda weights, values: values @ weights,
            "The other way round: weights @ values takes each row of values times its weight.",
        ),
        Misconception(
            "only the heaviest row",
            lambda weights, values: values[weights.argmax()],
            "You took the row with the largest weight, {got}. A mixture takes something of every row.",
        ),
        Misconception(
            "divided by the count as well",
            lambda weights, values: weights @ values / len(weights),
            "You divided by the number of rows as well: {got}. The weights are shares of 1 already.",
        ),
    ),
    hints=(
        "For weights 0.5, 0.25, 0.25 the first feature is 0.5·4 + 0.25·0 + 0.25·8.",
        "One matrix product does both: row @ table multiplies, and adds up over the rows of the table.",
    ),
    praise="A weighted mixture of rows: that is the context that attention hands back.",
)

READ_A_MAP = Exercise(
    id="0.3",
    answer="looks_most_at",
    title="Read the map: at which word does 'it' look most?",
    objective="read an attention map along its rows",
    kind="read",
    minutes=2,
    difficulty=1,
    right=lambda: "cat",
    misconceptions=(
        Misconception(
            "column read for row",
            lambda: "sat",
            "'sat' is the word that looks most at 'it': you went down the column of 'it'. "
            "What a word looks at stands in its row.",
            seen="https://github.com/tensorflow/text/pull/936",
        ),
        Misconception(
            "the diagonal",
            lambda: "it",
            "That is the diagonal, where a word looks at itself. In the row of 'it' another number is larger.",
        ),
        Misconception(
            "the brightest of all",
            lambda: "the",
            "There is brighter in the map than in this row. Only the row of 'it' counts: find its largest number.",
        ),
    ),
    hints=(
        "Rows look, columns are looked at. Is the line that you read a row? A row sums to 1.",
        "Find 'it' at the left edge, go along that row, and stop at its largest number. Which column is that?",
    ),
    praise="'it' looks at 'cat' with 0.60. Rows look, columns are looked at.",
)

EXERCISES = (SHARES, MIXTURE, READ_A_MAP)
