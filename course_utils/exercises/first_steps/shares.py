"""Exercise 0.1: shares of 1, in proportion to amounts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.first_steps.rounding import roundings

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
        "The largest amount gets the smallest share: {got}. You shared out what the *others* have, or 1 *less* each "
        "share. Divide each amount itself by the sum.",
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


def _moved_to_sum_1(numbers: np.ndarray) -> np.ndarray:
    return numbers - numbers.mean() + 1 / len(numbers)


def _divided(divisor: Callable) -> Callable[[np.ndarray], np.ndarray]:
    return lambda amounts: amounts / divisor(amounts)


def _of_shares(change: Callable) -> Callable[[np.ndarray], object]:
    """A mistake in what is done with the right shares."""
    return lambda amounts: change(_in_proportion(amounts))


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
            Misconception(
                "brought to sum 1 by the same for each",
                lambda amounts, divisor=divisor: _moved_to_sum_1(amounts / divisor(amounts)),
                "{got}: together 1, because the same number was added to each, or taken off. But some are negative, "
                "and they are not in proportion: twice the amount is twice the share. Divide by the sum.",
            )
            for divisor in (lambda amounts: 1.0, np.max, np.mean, len)
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
        *roundings(
            _of_shares,
            "{got}: rounded or cut off, so together they miss 1. Give back the shares as they are computed.",
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
