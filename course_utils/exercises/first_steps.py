"""Exercises of the opening lesson: the little arithmetic that everything else rests on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import permutations

import numpy as np

from course_utils.exercises.exercise import Exercise, Misconception

# --- 0.1: shares ------------------------------------------------------------------------------------------------------

# The largest, the smallest, the first, the last, the mean, the median and the count all differ.
_AMOUNTS = np.array([6.0, 20.0, 2.0, 12.0])
_WHOLE_NUMBERS = np.array([1, 3, 2])
_UNEVEN = np.array([0.5, 3.0, 6.0, 0.5, 1.0])


def _in_proportion(numbers: np.ndarray) -> np.ndarray:
    return numbers / numbers.sum()


def _total_still_growing(amounts: np.ndarray) -> np.ndarray:
    return amounts / np.cumsum(amounts)


def _total_changes(amounts: np.ndarray) -> np.ndarray:
    """Each share is written over its amount, and the next one is divided by the new sum."""
    changed = amounts.astype(float)
    for place in range(len(changed)):
        changed[place] /= changed.sum()
    return changed


_NOT_THE_SUM = "{got}. Divide by the sum of all amounts, then the shares are 1 together."
_DIVISORS = {
    "divided by the smallest": (lambda amounts: amounts.min(), "You divided by the smallest amount: "),
    "divided by the first": (lambda amounts: amounts[0], "You divided by the first amount: "),
    "divided by the last": (lambda amounts: amounts[-1], "You divided by the last amount: "),
    "divided by the median": (lambda amounts: np.median(amounts), "You divided by the median: "),
    "divided by the spread": (lambda amounts: amounts.std(), "You divided by the standard deviation: "),
    "divided by the spread, with n - 1": (
        lambda amounts: amounts.std(ddof=1),
        "You divided by the standard deviation: ",
    ),
    "divided by the range": (lambda amounts: np.ptp(amounts), "You divided by the largest less the smallest: "),
    "divided by the product": (lambda amounts: amounts.prod(), "You divided by the product of the amounts: "),
    "divided by the sum of squares": (
        lambda amounts: (amounts**2).sum(),
        "You divided by the sum of the squares: ",
    ),
    "divided by the count less 1": (
        lambda amounts: len(amounts) - 1,
        "You divided by how many amounts there are, less 1: ",
    ),
    "divided by a hundred": (lambda amounts: 100, "You divided by 100: "),
    "divided by the sum squared": (
        lambda amounts: amounts.sum() ** 2,
        "You divided by the sum twice. Once is enough: ",
    ),
    "divided by the sum and by the count": (
        lambda amounts: amounts.sum() * len(amounts),
        "You divided by the sum, and by how many there are as well: ",
    ),
    "divided by the root of the sum": (
        lambda amounts: np.sqrt(amounts.sum()),
        "You divided by the root of the sum: ",
    ),
    "divided by the sum less 1": (lambda amounts: amounts.sum() - 1, "You divided by the sum less 1: "),
    "divided by the sum plus 1": (lambda amounts: amounts.sum() + 1, "You divided by the sum plus 1: "),
}
_PARTIAL_SUMS = {
    "the others' sum": lambda amounts: amounts.sum() - amounts,
    "sum without the first": lambda amounts: amounts[1:].sum(),
    "sum without the last": lambda amounts: amounts[:-1].sum(),
    "sum with the next one only": lambda amounts: amounts + np.roll(amounts, -1),
    "sum with the one before only": lambda amounts: amounts + np.roll(amounts, 1),
    "sum with itself twice": lambda amounts: amounts.sum() + amounts,
}
_NUMBERS = {
    "squared": (
        lambda amounts: amounts**2,
        "You squared the amounts first, so large ones get too large a share: {got}. In plain proportion, twice the "
        "amount is twice the share.",
    ),
    "softmax too early": (
        np.exp,
        "You know the softmax already! Here the shares are in plain proportion: twice the amount, twice the share. "
        "The exponential comes in lesson 02.",
    ),
    "roots": (
        np.sqrt,
        "You took roots of the amounts first, which evens the shares out: {got}. In plain proportion, twice the amount "
        "is twice the share.",
    ),
    "logarithms": (
        np.log,
        "You took logarithms of the amounts: {got}. In plain proportion, twice the amount is twice the share.",
    ),
    "logarithms, 1 added": (
        np.log1p,
        "You took logarithms of the amounts: {got}. In plain proportion, twice the amount is twice the share.",
    ),
    "the larger, the less": (
        lambda amounts: 1 / amounts,
        "You shared out 1 over each amount: {got}. So the largest amount gets the smallest share. Divide the amounts "
        "themselves by their sum.",
    ),
    "the larger, the less, by difference": (
        lambda amounts: amounts.sum() - amounts,
        "The largest amount gets the smallest share: {got}. You shared out what the *others* have. Divide each amount "
        "itself by the sum.",
    ),
    "minus softmax": (
        lambda amounts: np.exp(-amounts),
        "That is a softmax of the amounts with a minus: {got}. Divide the amounts themselves by their sum.",
    ),
    "smallest taken off": (
        lambda amounts: amounts - amounts.min(),
        "You took the smallest amount off first, so its share is 0: {got}. Every amount counts whole.",
    ),
    "added up on the way": (
        np.cumsum,
        "You added the amounts up one after the other: {got}. Each share is for its own amount alone, not for all up "
        "to it.",
    ),
    "places in the ranking": (
        lambda amounts: 1.0 + amounts.argsort().argsort(),
        "You shared out by the place in the ranking: {got}. How much larger an amount is counts as well.",
    ),
}
_ALONE = {
    "the first": lambda shares: shares[0],
    "the last": lambda shares: shares[-1],
    "the largest": np.max,
    "the smallest": np.min,
}


def _divided(divisor: Callable) -> Callable[[np.ndarray], np.ndarray]:
    return lambda amounts: amounts / divisor(amounts)


def _of_shares(change: Callable) -> Callable[[np.ndarray], object]:
    """A mistake in what is done with the right shares."""
    return lambda amounts: change(_in_proportion(amounts))


def _by_python(digits: int) -> Callable[[np.ndarray], list[float]]:
    return lambda numbers: [round(number, digits) for number in numbers.tolist()]


def _cut_off(digits: int) -> Callable[[np.ndarray], np.ndarray]:
    return lambda numbers: np.floor(numbers * 10**digits) / 10**digits


def _roundings(of_exact: Callable[[Callable], Callable], explain: str) -> list[Misconception]:
    """Right, but rounded or cut off, to one, two or three decimals."""
    return [
        Misconception(f"rounded to {kept}", of_exact(rounded), explain)
        for digits, kept in enumerate(("one decimal", "two decimals", "three decimals"), start=1)
        for rounded in (partial(np.round, decimals=digits), _by_python(digits), _cut_off(digits))
    ]


SHARES = Exercise(
    id="0.1",
    answer="shares",
    title="Write shares(amounts): in proportion to the amounts, together 1.",
    objective="turn amounts into shares of 1",
    kind="write",
    minutes=3,
    difficulty=1,
    cases=((_AMOUNTS,), (_WHOLE_NUMBERS,), (_UNEVEN,)),
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
            "length 1 instead of sum 1",
            lambda amounts: amounts / np.linalg.norm(amounts),
            "You divided by the length of the vector: {got}. So the *squares* are 1 together. Divide by the plain sum.",
        ),
        *(
            Misconception(name, _divided(divisor), f"{which}{_NOT_THE_SUM}")
            for name, (divisor, which) in _DIVISORS.items()
        ),
        Misconception(
            "the total still grows",
            _total_still_growing,
            "{got}: you divided while the total was still growing, so the first amount is divided by itself. Add up "
            "all amounts first; then divide.",
        ),
        Misconception(
            "the total still grows, from the end",
            lambda amounts: amounts / np.cumsum(amounts[::-1])[::-1],
            "{got}: you divided each amount by what is left from there on, so the last gets 1. Divide all of them by "
            "the same sum.",
        ),
        Misconception(
            "the sum changes on the way",
            _total_changes,
            "{got}: the first share is right. Then you wrote it over its amount, and divided the next one by the new "
            "sum. Keep the sum of all amounts before you divide: total = amounts.sum().",
        ),
        *(
            Misconception(
                name,
                _divided(divisor),
                "{got}: each amount is divided by a sum, but not by the sum of *all* amounts. Every share has the same "
                "divisor, and every amount counts in it once.",
            )
            for name, divisor in _PARTIAL_SUMS.items()
        ),
        Misconception(
            "upside down",
            lambda amounts: amounts.sum() / amounts,
            "You divided the sum by each amount: {got}. A share is the part divided by the whole.",
        ),
        Misconception(
            "upside down, the largest",
            lambda amounts: amounts.max() / amounts,
            "You divided the largest by each amount: {got}. A share is the part divided by the whole.",
        ),
        Misconception(
            "upside down, the mean",
            lambda amounts: amounts.mean() / amounts,
            "You divided the mean by each amount: {got}. A share is the part divided by the whole.",
        ),
        Misconception(
            "one over each amount",
            lambda amounts: 1 / amounts,
            "You divided 1 by each amount: {got}. A share is the amount divided by the sum of all.",
        ),
        Misconception(
            "times instead of divided by",
            lambda amounts: amounts * amounts.sum(),
            "You multiplied by the sum: {got}. Divide by it.",
        ),
        Misconception(
            "taken off instead of divided by",
            lambda amounts: amounts - amounts.sum(),
            "You took the sum off: {got}. Divide by it.",
        ),
        Misconception(
            "taken off the sum",
            lambda amounts: amounts.sum() - amounts,
            "You took each amount off the sum: {got} is what the others have. Divide each amount by the sum.",
        ),
        Misconception(
            "what the others get",
            _of_shares(lambda shares: 1 - shares),
            "{got}: that is what is left for the *others*, 1 less the share. Give the share itself.",
        ),
        Misconception(
            "what the others get, brought to 1",
            lambda amounts: (1 - _in_proportion(amounts)) / (len(amounts) - 1),
            "{got}: the largest amount gets the smallest share. You shared out 1 *less* each share.",
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
            "all for the largest",
            lambda amounts: (amounts == amounts.max()).astype(float),
            "The largest gets all: {got}. Everyone gets something, in proportion to their amount.",
        ),
        Misconception(
            "from 0 to 1",
            lambda amounts: (amounts - amounts.min()) / np.ptp(amounts),
            "You stretched the amounts so that the smallest is 0 and the largest is 1: {got}. Shares are 1 *together*: "
            "divide by the sum.",
        ),
        *(
            Misconception(
                "mean 0 and spread 1",
                lambda amounts, ddof=ddof: (amounts - amounts.mean()) / amounts.std(ddof=ddof),
                "You took off the mean and divided by the standard deviation: {got}. Some of that is negative, and no "
                "share can be. Divide the amounts by their sum.",
            )
            for ddof in (0, 1)
        ),
        Misconception(
            "mean taken off",
            lambda amounts: amounts - amounts.mean(),
            "You took the mean off: {got}, together 0. Divide by the sum, then they are 1 together.",
        ),
        *(
            Misconception(name, lambda amounts, numbers=numbers: _in_proportion(numbers(amounts)), explain)
            for name, (numbers, explain) in _NUMBERS.items()
        ),
        *(
            Misconception(
                f"{name}, divided by {by}",
                lambda amounts, numbers=numbers, divisor=divisor: numbers(amounts) / divisor(amounts, numbers(amounts)),
                f"{explain} And what you divided by is {by}, so they are not 1 together.",
            )
            for name, (numbers, explain) in _NUMBERS.items()
            if name in {"squared", "softmax too early", "roots", "added up on the way"}
            for by, divisor in (
                ("nothing", lambda amounts, numbers: 1.0),
                ("the sum of the amounts themselves", lambda amounts, numbers: amounts.sum()),
                ("the largest", lambda amounts, numbers: numbers.max()),
                ("how many there are", lambda amounts, numbers: len(amounts)),
            )
            if name != "added up on the way" or by in {"nothing", "how many there are"}
        ),
        *(
            Misconception(
                "a step too many",
                _of_shares(change),
                "{got}: you had the shares, and then did something more to them. They are right as soon as they are 1 "
                "together.",
            )
            for change in (
                lambda shares: _in_proportion(np.exp(shares)),
                np.exp,
                np.log,
                np.sqrt,
                np.square,
                lambda shares: shares - shares.mean(),
                lambda shares: shares / shares.max() * 100,
                lambda shares: shares / np.linalg.norm(shares) ** 2,
            )
        ),
        Misconception(
            "steps between the amounts",
            np.diff,
            "np.diff gives the steps from one amount to the next: {got}. Divide each amount by the sum of all.",
        ),
        Misconception(
            "shares added up",
            _of_shares(np.cumsum),
            "{got}: each number holds all the shares before it as well, so the last is 1. Give each share alone.",
        ),
        *(
            Misconception(
                "sorted",
                _of_shares(lambda shares, step=step: np.sort(shares)[::step]),
                "The right shares, sorted: {got}. Keep the order of the amounts, so that each share is known by its "
                "place.",
            )
            for step in (1, -1)
        ),
        *(
            Misconception(
                f"{which} alone",
                _of_shares(lambda shares, which=which: _ALONE[which](shares)),
                f"One share came, {which}: {{got}}. Every amount gets one. Is there a 'return' inside the loop, "
                "an index, or a name written over each time?",
            )
            for which in ("the first", "the last", "the largest", "the smallest")
        ),
        *(
            Misconception(
                f"{which} alone, in a list",
                _of_shares(lambda shares, which=which: [_ALONE[which](shares)]),
                f"One share came, {which}: {{got}}. Every amount gets one. Is 'return' inside the loop?",
            )
            for which in ("the first", "the last")
        ),
        *(
            Misconception(
                name,
                _of_shares(lambda shares, cut=cut: shares[cut]),
                f"The shares are right, but {name}: {{got}}. Each amount has its share: how far does the loop go?",
            )
            for name, cut in (("the last is missing", slice(None, -1)), ("the first is missing", slice(1, None)))
        ),
        Misconception(
            "the shares' sum",
            _of_shares(np.sum),
            "1 is what the shares are together. Give back the shares themselves, one for each amount.",
        ),
        Misconception(
            "the sum alone",
            lambda amounts: amounts.sum(),
            "{got} is the sum. Now divide each amount by it, and give back all the shares.",
        ),
        Misconception(
            "the mean alone",
            lambda amounts: amounts.mean(),
            "{got} is the mean of the amounts. A share is asked for each: divide them all by the sum.",
        ),
        Misconception(
            "unchanged",
            lambda amounts: amounts,
            "Those are the amounts as they came: {got}. Divide them by their sum.",
        ),
        Misconception(
            "whole numbers",
            lambda amounts: amounts // amounts.sum(),
            "As whole numbers nothing is left of shares below a half: {got}. // divides whole, int and round cut to "
            "whole numbers; divide with a single / and give the result as it is.",
        ),
        *_roundings(
            _of_shares,
            "{got}: rounded or cut off, so together they miss 1. Give back the shares just as they are computed.",
        ),
        Misconception(
            "whole numbers stay whole",
            lambda amounts: _in_proportion(amounts).astype(amounts.dtype),
            "Right for decimals. Here the amounts are whole numbers, and your shares became whole, too: {got}. "
            "np.zeros_like(amounts) makes an array of the same kind as amounts; np.zeros(len(amounts)) holds decimals.",
        ),
        *(
            Misconception(
                "brackets missing",
                stopped,
                "You divided by the function, not by its result: it is called with brackets, amounts.sum().",
            )
            for stopped in (
                lambda amounts: amounts / amounts.sum,
                lambda amounts: amounts / np.sum,
                lambda amounts: amounts / sum,
            )
        ),
        Misconception(
            "sum of one amount",
            lambda amounts: [amount / sum(amount) for amount in amounts],
            "Inside the loop that is one amount, and it has nothing to add up. The sum is that of all: sum(amounts).",
        ),
        Misconception(
            "an amount taken for a place",
            lambda amounts: [amounts[amount] / amounts.sum() for amount in amounts],
            "'for amount in amounts' gives the amounts themselves, not their places: no amounts[...] is needed.",
        ),
        Misconception(
            "as many times as the amounts",
            lambda amounts: [amounts[place] / amounts.sum() for place in range(amounts)],
            "range needs a number: range(len(amounts)). Or go through the amounts themselves: for amount in amounts.",
        ),
        *(
            Misconception(
                "an axis that is not there",
                lambda amounts, keepdims=keepdims: amounts / amounts.sum(axis=1, keepdims=keepdims),
                "amounts has one axis only, number 0. amounts.sum() adds up all of them.",
            )
            for keepdims in (False, True)
        ),
    ),
    hints=(
        "The amounts 6, 20, 2, 12 are 40 together. What share of 40 is 6?",
        "NumPy divides a whole array at once: amounts / something.",
    ),
    praise="Shares that add up to 1: attention weights are nothing else.",
)

# --- 0.2: a mixture ---------------------------------------------------------------------------------------------------

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
        lambda weights, values: _in_proportion(np.exp(weights))[:, None] * values,
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
                "A weight belongs to a whole row: weights[:, None] * values multiplies row by row. Then add the rows "
                "up.",
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
        *_roundings(_of_mixture, "{got}: rounded or cut off. Give the mixture just as it is computed."),
    ),
    hints=(
        "For weights 0.2, 0.5, 0.3 and a first column of 10, 5, 1 the first feature is 0.2·10 + 0.5·5 + 0.3·1.",
        "One matrix product does both: row @ table multiplies, and adds up over the rows of the table.",
    ),
    praise="A weighted mixture of rows: that is the context that attention hands back.",
)

# --- 0.3: a map -------------------------------------------------------------------------------------------------------

_WORDS = ("the", "cat", "sat", "and", "it")
_WEIGHTS_OF_IT = (0.05, 0.6, 0.1, 0.05, 0.2)


def _written(numbers: tuple[float, ...]) -> list[object]:
    """Numbers, also as text and as per cent: an answer that should be a word is compared as it was typed."""
    texts = [text for number in numbers for text in (f"{number:g}", f"{number:.2f}", f"{100 * number:.0f} %")]
    return [*numbers, *texts, *(text.replace(" ", "") for text in texts if " " in text)]


def _listed(words: tuple[str, ...]) -> list[object]:
    return [list(words), *(between.join(words) for between in (", ", " and ", " ", ","))]


_SEVERAL = [*permutations(_WORDS, 2), ("cat", "it", "sat"), ("sat", "cat", "it"), ("cat", "sat", "it"), _WORDS]

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
        *(
            Misconception(
                "the diagonal",
                lambda word=word: word,
                "That is the diagonal, where a word looks at itself. In the row of 'it' another number is larger.",
            )
            for word in ("it", "itself", "at itself", "self")
        ),
        Misconception(
            "the brightest of all",
            lambda: "the",
            "There is brighter in the map than in this row. Only the row of 'it' counts: find its largest number.",
        ),
        Misconception(
            "a neighbour",
            lambda: "and",
            "'and' stands just before 'it', and 'it' hardly looks at it: 0.05 is the smallest number in its row. Not "
            "the neighbour counts but the largest number.",
        ),
        *(
            Misconception(
                "the weight instead of the word",
                lambda number=number: number,
                "That is a weight, and the largest in the row of 'it'. Asked for is the word above its column.",
            )
            for number in [*_written((0.6,)), 60, "60"]
        ),
        *(
            Misconception(
                "another weight instead of the word",
                lambda number=number: number,
                "That is a number of the map. Find the largest in the *row* of 'it', and give the word above its "
                "column.",
            )
            for number in _written((0.4, 0.7, 0.2, 0.1, 0.05, 0.25, 0.45, 0.3, 0.15, 1.6, 1.2, 0.95, 0.8))
        ),
        *(
            Misconception(
                "the place instead of the word",
                lambda place=place: place,
                "That is a number, perhaps of a row or a column. Asked for is the word itself, as it stands above the "
                "column.",
            )
            for place in (*range(6), *map(str, range(6)), [4, 1], [1, 4], [5, 2], [2, 5])
        ),
        *(
            Misconception(
                "word and weight together",
                lambda pair=pair: pair,
                "The right word, with its weight beside it. Hand in the word alone.",
            )
            for pair in (
                ["cat", 0.6],
                [0.6, "cat"],
                "cat 0.6",
                "cat 0.60",
                "cat, 0.6",
                "cat: 0.6",
                "cat: 0.60",
                "cat=0.6",
            )
        ),
        *(
            Misconception(
                "the place in words",
                lambda place=place: place,
                "That is a place. Asked for is the word itself, as it stands above the column.",
            )
            for ordinal in ("first", "second", "third", "fourth", "fifth", "last")
            for place in (ordinal, f"the {ordinal}", f"{ordinal} word", f"the {ordinal} word", f"the {ordinal} column")
        ),
        *(
            Misconception(
                "the whole row",
                lambda row=row: row,
                "That is the row of 'it', all of it. Which of its numbers is the largest, and which word stands above "
                "that column?",
            )
            for row in (list(_WEIGHTS_OF_IT), ", ".join(map(str, _WEIGHTS_OF_IT)))
        ),
        *(
            Misconception(
                "the whole column",
                lambda column=column: column,
                "That is the column of 'it': how much each word looks *at it*. What it looks at stands in its row; one "
                "word is asked for.",
            )
            for column in ([0.05, 0.05, 0.4, 0.1, 0.2], "0.05, 0.05, 0.4, 0.1, 0.2")
        ),
        *(
            Misconception(
                "several words",
                lambda words=words: words,
                "Several words came. 'it' looks a little at each of them; one has the *largest* number in its row.",
            )
            for several in _SEVERAL
            for words in _listed(several)
        ),
        *(
            Misconception(
                "row or column instead of the word",
                lambda line=line: line,
                "You name a line. Go along the row of 'it' to its largest number: which word stands above it?",
            )
            for line in (
                "row",
                "column",
                "row it",
                "the row of it",
                "column it",
                "row 4",
                "row 5",
                "column 1",
                "column 2",
            )
        ),
        *(
            Misconception(
                "no answer in it",
                lambda word=word: word,
                "In the second map 'it' has a row of five numbers, and one of them is clearly the largest. Which word "
                "stands above that column?",
            )
            for word in ("none", "nothing", "no word", "all", "every word", "everything", "?")
        ),
    ),
    hints=(
        "Rows look, columns are looked at. Is the line that you read a row? A row sums to 1.",
        "Find 'it' at the left edge, go along that row, and stop at its largest number. Which column is that?",
    ),
    praise="'it' looks at 'cat' with 0.60. Rows look, columns are looked at.",
)

EXERCISES = (SHARES, MIXTURE, READ_A_MAP)
