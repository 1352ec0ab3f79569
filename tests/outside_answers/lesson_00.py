"""Answers from outside to the exercises of lesson 00."""

import functools
import math

import numpy as np
import torch

from outside_answers import right, wrong

# 0.1 shares(amounts): shares in proportion to the amounts, adding up to 1.


@right("0.1", "divides by the sum")
def _(amounts):
    return amounts / amounts.sum()


@right("0.1", "a list, number by number")
def _(amounts):
    total = sum(amounts)
    return [amount / total for amount in amounts]


@right("0.1", "a loop over places, with a helper for the total")
def _(amounts):
    def total_of(numbers):
        total = 0.0
        for number in numbers:
            total += number
        return total

    result = np.zeros(len(amounts))
    for place in range(len(amounts)):
        result[place] = amounts[place] / total_of(amounts)
    return result


@right("0.1", "a torch tensor of double precision")
def _(amounts):
    amounts = torch.as_tensor(np.asarray(amounts), dtype=torch.float64)
    return torch.nn.functional.normalize(amounts, p=1, dim=0)


@right("0.1", "logarithms: log of the amount less log of the sum")
def _(amounts):
    return np.exp(np.log(amounts) - np.log(np.sum(amounts)))


right("0.1", "single precision, in one lambda")(
    lambda amounts: np.asarray(amounts, dtype=np.float32) / np.float32(np.sum(amounts))
)


@right("0.1", "first by the largest, then by the sum of these")
def _(amounts):
    parts = np.asarray(amounts) / np.max(amounts)
    return parts * (1 / parts.sum())


right("0.1", "a partial with the total as a function")(
    functools.partial(lambda total, amounts: np.divide(amounts, total(amounts)), math.fsum)
)


class _Shares:
    def __call__(self, amounts):
        whole = np.dot(amounts, np.ones(len(amounts)))
        return np.array([a / whole for a in amounts])


right("0.1", "an object that can be called")(_Shares())


@wrong("0.1", "divides by the largest instead of the sum", named="divided by the largest")
def _(amounts):
    return amounts / amounts.max()


@wrong("0.1", "takes the softmax", named="softmax too early")
def _(amounts):
    exps = np.exp(amounts - np.max(amounts))
    return exps / exps.sum()


@wrong("0.1", "divides by how many there are", named="divided by the count")
def _(amounts):
    return amounts / len(amounts)


@wrong("0.1", "everybody gets the same share", named="equal shares")
def _(amounts):
    return np.ones(len(amounts)) / len(amounts)


@wrong("0.1", "forgets to return", named="no return")
def _(amounts):
    result = amounts / np.sum(amounts)  # noqa: F841


@wrong("0.1", "makes the length of the vector 1, not the sum", named="length 1 instead of sum 1")
def _(amounts):
    return amounts / np.linalg.norm(amounts)


@wrong("0.1", "a table like the amounts: whole numbers stay whole", named="whole numbers stay whole")
def _(amounts):
    result = np.zeros_like(amounts)
    for place, amount in enumerate(amounts):
        result[place] = amount / amounts.sum()
    return result


@wrong("0.1", "gives percent", named="per cent")
def _(amounts):
    return 100 * amounts / amounts.sum()


@wrong("0.1", "scales from smallest 0 to largest 1", named="from 0 to 1")
def _(amounts):
    return (amounts - amounts.min()) / (amounts.max() - amounts.min())


@wrong("0.1", "whole-number division", named="whole numbers")
def _(amounts):
    return amounts // amounts.sum()


@wrong("0.1", "divides by the mean", named="divided by the mean")
def _(amounts):
    return amounts / np.mean(amounts)


@wrong("0.1", "rounds to two decimals, and the shares miss 1", named="rounded to two decimals")
def _(amounts):
    return np.round(amounts / amounts.sum(), 2)


@wrong("0.1", "the fraction upside down", named="upside down")
def _(amounts):
    return amounts.sum() / amounts


@wrong("0.1", "gives the sum only", named="the sum alone")
def _(amounts):
    return np.sum(amounts)


@wrong("0.1", "the total still grows while it already divides", named="the total still grows")
def _(amounts):
    total, result = 0, []
    for amount in amounts:
        total += amount
        result.append(amount / total)
    return np.array(result)


@wrong("0.1", "the largest takes everything", named="all for the largest")
def _(amounts):
    return (amounts == amounts.max()).astype(float)


@wrong("0.1", "returns inside the loop, after the first", named="the first alone, in a list")
def _(amounts):
    result = []
    for amount in amounts:
        result.append(amount / sum(amounts))
        return np.array(result)


@wrong("0.1", "running shares: adds up as it goes along", named="shares added up")
def _(amounts):
    return np.cumsum(amounts) / np.sum(amounts)


@wrong("0.1", "squares the amounts first", named="squared")
def _(amounts):
    return amounts**2 / (amounts**2).sum()


@wrong("0.1", "sums along axis 1 of an array with one axis", named="an axis that is not there")
def _(amounts):
    return amounts / amounts.sum(axis=1, keepdims=True)


@wrong("0.1", "the larger the amount, the smaller the share", named="the larger, the less")
def _(amounts):
    return (1 / amounts) / (1 / amounts).sum()


@wrong("0.1", "sorts the amounts by size", named="sorted")
def _(amounts):
    return np.sort(amounts)[::-1] / np.sum(amounts)


@wrong("0.1", "standardises: takes off the mean, divides by the spread", named="mean 0 and spread 1")
def _(amounts):
    return (amounts - np.mean(amounts)) / np.std(amounts)


@wrong("0.1", "prints instead of returning", named="no return")
def _(amounts):
    print(amounts / amounts.sum())


@wrong("0.1", "divides by the sum of the others, leaving itself out", named="the others' sum")
def _(amounts):
    return amounts / (amounts.sum() - amounts)


@wrong("0.1", "takes off the mean so that it adds up right", named="brought to sum 1 by the same for each")
def _(amounts):
    return amounts - amounts.mean() + 1 / len(amounts)


# 0.2 mixture(weights, values): the rows of values, mixed by the weights.


@right("0.2", "the matrix product")
def _(weights, values):
    return weights @ values


@right("0.2", "einsum")
def _(weights, values):
    return np.einsum("k,kd->d", weights, values)


@right("0.2", "two loops over plain numbers, for the two columns of the text")
def _(weights, values):
    mixed = [0.0, 0.0]
    for weight, row in zip(weights, values):
        for column, number in enumerate(row):
            mixed[column] += float(weight) * float(number)
    return mixed


@right("0.2", "the weights as a column, then a sum down the rows")
def _(weights, values):
    return (np.asarray(weights)[:, None] * np.asarray(values)).sum(axis=0)


right("0.2", "NumPy's weighted average")(lambda weights, values: np.average(values, axis=0, weights=weights))


@right("0.2", "torch, values transposed")
def _(weights, values):
    weights = torch.as_tensor(np.asarray(weights), dtype=torch.float64)
    values = torch.as_tensor(np.asarray(values), dtype=torch.float64)
    return torch.mv(values.T, weights)


@right("0.2", "the weights as a batch of one row")
def _(weights, values):
    return np.matmul(np.reshape(weights, (1, -1)), values)


@right("0.2", "a sum of weighted rows, single precision")
def _(weights, values):
    return sum(np.float32(weight) * np.float32(row) for weight, row in zip(weights, values))


right("0.2", "a partial of tensordot")(functools.partial(np.tensordot, axes=1))


@right("0.2", "column by column, a tuple")
def _(weights, values):
    return tuple(np.dot(weights, column) for column in np.transpose(values))


@wrong("0.2", "the plain mean of the rows", named="plain mean")
def _(weights, values):
    return values.mean(axis=0)


@wrong("0.2", "weights the rows but does not add them up", named="not summed")
def _(weights, values):
    return weights[:, None] * values


@wrong("0.2", "adds along the rows: axis 1 instead of 0", named="summed over the features")
def _(weights, values):
    return (weights[:, None] * values).sum(axis=1)


@wrong("0.2", "multiplies with * where a matrix product is meant", named="weights not turned into a column")
def _(weights, values):
    return weights * values


@wrong("0.2", "adds up everything to one number", named="summed to one number")
def _(weights, values):
    return (weights[:, None] * values).sum()


@wrong("0.2", "only the row with the largest weight counts", named="only the heaviest row")
def _(weights, values):
    return values[np.argmax(weights)]


@wrong("0.2", "the product the wrong way round", named="order of the product swapped")
def _(weights, values):
    return values @ weights


@wrong("0.2", "the mean of the weighted rows, not their sum", named="divided by the count as well")
def _(weights, values):
    return np.mean(weights.reshape(3, 1) * values, axis=0)


@wrong("0.2", "turns the table with reshape instead of transposing", named="the table read along its rows")
def _(weights, values):
    return values.reshape(2, 3) @ weights


@wrong("0.2", "forgets to return", named="no return")
def _(weights, values):
    mixed = np.zeros(2)
    for weight, row in zip(weights, values):
        mixed += weight * row


@wrong("0.2", "overwrites where it should add", named="only the last row")
def _(weights, values):
    mixed = np.zeros(2)
    for weight, row in zip(weights, values):
        mixed = weight * row
    return mixed


@wrong("0.2", "makes softmax weights of the weights first", named="softmax of the weights")
def _(weights, values):
    exps = np.exp(weights)
    return (exps / exps.sum()) @ values


@wrong("0.2", "adds the rows without weights", named="rows summed without weights")
def _(weights, values):
    return values.sum(axis=0)


@wrong("0.2", "loop stops one short of the last row", named="the last row left out")
def _(weights, values):
    mixed = np.zeros(2)
    for i in range(len(weights) - 1):
        mixed = mixed + weights[i] * values[i]
    return mixed


@wrong("0.2", "a weight for each column", named="a weight for each column")
def _(weights, values):
    return weights[:2] * values.sum(axis=0)


@wrong("0.2", "arguments the other way round", named="arguments in another order")
def _(values, weights):
    return weights @ values


@wrong("0.2", "returns inside the loop, after the first row", named="only the first row")
def _(weights, values):
    mixed = np.zeros(2)
    for weight, row in zip(weights, values):
        mixed += weight * row
        return mixed


@wrong("0.2", "the largest of the weighted numbers in each column", named="largest instead of the sum")
def _(weights, values):
    return (weights[:, None] * values).max(axis=0)


@wrong("0.2", "divides by the weights", named="divided by the weights")
def _(weights, values):
    return (values / weights[:, None]).sum(axis=0)


@wrong("0.2", "outer product of all with all", named="every weight with every number")
def _(weights, values):
    return np.outer(weights, values)


@wrong("0.2", "the weights in the opposite order", named="weights in the opposite order")
def _(weights, values):
    return weights[::-1] @ values


@wrong("0.2", "writes the weighted rows back into the values", named="input changed in place")
def _(weights, values):
    values *= weights[:, None]
    return values.sum(axis=0)


@wrong("0.2", "gives a column instead of a row", named="an axis of length 1 too many or too few")
def _(weights, values):
    return values.T @ weights[:, None]


@wrong("0.2", "squares the weights", named="weights squared")
def _(weights, values):
    return (weights**2) @ values


@wrong("0.2", "rounds to whole numbers", named="rounded")
def _(weights, values):
    return (weights @ values).astype(int)


@wrong("0.2", "rounds the weights to 0 or 1", named="weights rounded")
def _(weights, values):
    return np.round(weights) @ values


@wrong("0.2", "adds the weight to each row instead of multiplying", named="weights added")
def _(weights, values):
    return (weights[:, None] + values).sum(axis=0)


# 0.3 looks_most_at: in the row of "it" the largest weight, 0.60, is on "cat".

right("0.3", "the word")("cat")
right("0.3", "the word with a capital")("Cat")
right("0.3", "the word with a space after it")("cat ")
right("0.3", "looked up in the list of words, as a NumPy text")(np.array(["the", "cat", "sat", "and", "it"])[1])
right("0.3", "the word in quotes of its own")('"cat"')
right("0.3", "the word with a full stop")("cat.")

wrong("0.3", "reads the column of it: who looks most at it", named="column read for row")("sat")
wrong("0.3", "reads the first map: everybody looks at themselves", named="the diagonal")("it")
wrong("0.3", "gives the weight, not the word", named="the weight instead of the word")(0.60)
wrong("0.3", "it refers to the sentence's first word", named="the brightest of all")("the")
wrong("0.3", "the neighbour before it", named="a neighbour")("and")
wrong("0.3", "gives the number of the column, not the word", named="the place instead of the word")(2)
wrong("0.3", "gives the row's whole list of weights", named="the whole row")([0.05, 0.60, 0.10, 0.05, 0.20])
wrong("0.3", "a word of the earlier example", named="a word of the earlier example")("river")
wrong("0.3", "every word with more than a tenth of the weight", named="several words")("cat, it")
wrong("0.3", "gives the place in the table: row and column", named="the place instead of the word")((4, 1))
