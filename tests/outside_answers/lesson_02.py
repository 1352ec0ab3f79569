"""Answers from outside to the exercises of lesson 02."""

import functools
import math

import numpy as np
import torch
import torch.nn.functional as F

from course_utils.attention import scaled_dot_product_attention
from course_utils.attention import softmax as softmax_with_mask
from outside_answers import right, wrong


def _my_softmax(scores):
    exps = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    return exps / exps.sum(axis=-1, keepdims=True)


def _tensor(array):
    return torch.as_tensor(np.asarray(array), dtype=torch.float64)


# 2.1 weight_of_river: scores 4, 2, 0, so e**4 / (e**4 + e**2 + 1) = 0.87.

right("2.1", "two decimals")(0.87)
right("2.1", "computed")(math.exp(4) / (math.exp(4) + math.exp(2) + math.exp(0)))
right("2.1", "as text")("0.87")
right("2.1", "the old weights squared and shared out again")(0.665**2 / (0.665**2 + 0.245**2 + 0.090**2))
right("2.1", "a softmax in single precision")(torch.softmax(torch.tensor([4.0, 2.0, 0.0]), 0)[0])
right("2.1", "three decimals, a NumPy number")(np.float32(0.867))
right("2.1", "by the leads: one over one and the others")(1 / (1 + np.exp(-2) + np.exp(-4)))

wrong("2.1", "doubles the weight along with the query", named="weights double")(1.33)
wrong("2.1", "nothing changes: shares stay shares", named="softmax ignores scale")(0.665)
wrong("2.1", "doubles the score of river alone", named="only one score doubled")(0.94)
wrong("2.1", "doubles the weight and shares out again", named="the exponential doubled")(0.80)
wrong("2.1", "halves the weight", named="halved, or shared alike")(0.33)
wrong("2.1", "doubles the query and forgets the root: scores 8, 4, 0", named="scores four times as large")(0.98)
wrong("2.1", "shares in proportion to the scores: 4 of 6", named="weights in proportion to scores")(4 / 6)
wrong("2.1", "a length doubled, so the score grows by root 2", named="scores grow by a root")(0.77)
wrong("2.1", "gives the exponential instead of the share", named="exponentials")(54.6)
wrong("2.1", "gives the weight of muddy", named="the weight of another word")(0.12)
wrong("2.1", "powers of 2 instead of e", named="another base than e")(0.76)
wrong("2.1", "a key of score 0 takes no share", named="a score of 0 counts for nothing")(0.88)
wrong("2.1", "the winner takes everything", named="the winner takes everything")(1.0)
wrong("2.1", "squares the weight and does not share out again", named="the weight squared")(0.44)
wrong("2.1", "gives the new score", named="a score")(4)

# 2.2 what_is_wrong: each column adds up to 1, so the softmax ran down the columns.

right("2.2", "the letter")("b")
right("2.2", "the letter, large, in brackets")("(B)")
right("2.2", "the letter with a space")(" b ")
right("2.2", "the letter with a full stop")("b.")
right("2.2", "a NumPy text")(np.str_("b"))
right("2.2", "the letter and the words beside it")("b: the softmax got axis=0")

wrong("2.2", "the rows do not add up, so a division was left out", named="no scaling")("a")
wrong("2.2", "the rows are wrong, so each was divided by its largest", named="divided by the largest")("c")
wrong("2.2", "four rows and three columns, so a transposed table", named="query and key swapped")("d")
wrong("2.2", "it could be any of the first two", named="several letters")("a or b")
wrong("2.2", "the sum and the swap both fit", named="several letters")("b and d")
wrong("2.2", "a letter that is not offered", named="no such option")("e")
wrong("2.2", "gives the axis that would be right", named="a number instead of a letter")(-1)
wrong("2.2", "answers whether something is wrong", named="a truth value for a letter")(True)
wrong("2.2", "nothing is wrong with it", named="none of the options")("none")
wrong("2.2", "gives the first row's sum", named="a number instead of a letter")(0.88)
wrong("2.2", "all of them", named="several letters")(["a", "b", "c", "d"])

# 2.3 my_softmax(scores): a table, each row adds up to 1, safe for scores of 10,000.


@right("2.3", "log-sum-exp")
def _(scores):
    return np.exp(scores - np.logaddexp.reduce(scores, axis=-1, keepdims=True))


@right("2.3", "takes each row's largest off")
def _(scores):
    exps = np.exp(scores - scores.max(axis=1)[:, None])
    return exps / exps.sum(axis=1)[:, None]


@right("2.3", "a loop over rows in plain Python")
def _(scores):
    table = []
    for row in scores:
        largest = max(row)
        exps = [math.exp(score - largest) for score in row]
        table.append([e / sum(exps) for e in exps])
    return table


@right("2.3", "torch, a tensor back")
def _(scores):
    return F.softmax(_tensor(scores), dim=-1)


@right("2.3", "the exponential of torch's log_softmax, in NumPy")
def _(scores):
    return torch.log_softmax(torch.from_numpy(np.array(scores, dtype=float)), 1).exp().numpy()


right("2.3", "row by row with apply_along_axis")(
    lambda scores: np.apply_along_axis(lambda row: np.exp(row - row.max()) / np.exp(row - row.max()).sum(), 1, scores)
)


@right("2.3", "single precision")
def _(scores):
    scores = np.asarray(scores, dtype=np.float32)
    exps = np.exp(scores - scores.max(-1, keepdims=True))
    return exps / exps.sum(-1, keepdims=True)


@right("2.3", "turned round, down the columns, and turned back")
def _(scores):
    columns = np.transpose(scores)
    exps = np.exp(columns - columns.max(axis=0))
    return (exps / exps.sum(axis=0)).T


@right("2.3", "one over the sum of all leads")
def _(scores):
    with np.errstate(over="ignore"):
        return 1 / np.exp(scores[:, None, :] - scores[:, :, None]).sum(axis=-1)


right("2.3", "a partial that is told the axis")(
    functools.partial(
        lambda scores, axis: np.divide(
            np.exp(scores - np.amax(scores, axis=axis, keepdims=True)),
            np.sum(np.exp(scores - np.amax(scores, axis=axis, keepdims=True)), axis=axis, keepdims=True),
        ),
        axis=-1,
    )
)


@wrong("2.3", "sums over the queries: axis 0 instead of -1", named="softmax over the queries")
def _(scores):
    exps = np.exp(scores - scores.max(axis=0, keepdims=True))
    return exps / exps.sum(axis=0, keepdims=True)


@wrong("2.3", "as in section 2: overflows", named="no maximum subtracted")
def _(scores):
    exps = np.exp(scores)
    return exps / exps.sum(axis=-1, keepdims=True)


@wrong("2.3", "no axis: the whole table shares one 1", named="softmax over the whole array")
def _(scores):
    exps = np.exp(scores - np.max(scores))
    return exps / np.sum(exps)


@wrong("2.3", "takes off the table's largest, not each row's", named="one maximum for all rows")
def _(scores):
    exps = np.exp(scores - np.max(scores))
    return exps / exps.sum(axis=-1, keepdims=True)


@wrong("2.3", "no keepdims: the sums stand along the wrong axis", named="axis lost in the sum")
def _(scores):
    exps = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exps / exps.sum(axis=-1)


@wrong("2.3", "does not divide by the sum", named="divided by the largest")
def _(scores):
    return np.exp(scores - scores.max(axis=-1, keepdims=True))


@wrong("2.3", "shares in proportion to the scores, without exp", named="no exponential")
def _(scores):
    return scores / scores.sum(axis=-1, keepdims=True)


@wrong("2.3", "divides by the largest instead of taking it off", named="scores divided first")
def _(scores):
    exps = np.exp(scores / scores.max(axis=-1, keepdims=True))
    return exps / exps.sum(axis=-1, keepdims=True)


@wrong("2.3", "cuts large scores off at 700", named="scores cut off")
def _(scores):
    exps = np.exp(np.clip(scores, -700, 700))
    return exps / exps.sum(axis=-1, keepdims=True)


@wrong("2.3", "Python's sum adds the rows, not within a row", named="softmax over the queries")
def _(scores):
    exps = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exps / sum(exps)


@wrong("2.3", "takes off the mean, which does not bound the largest", named="the mean subtracted")
def _(scores):
    exps = np.exp(scores - scores.mean(axis=-1, keepdims=True))
    return exps / exps.sum(axis=-1, keepdims=True)


@wrong("2.3", "forgets to return", named="no return")
def _(scores):
    exps = np.exp(scores - scores.max(axis=-1, keepdims=True))
    exps = exps / exps.sum(axis=-1, keepdims=True)


@wrong("2.3", "takes the largest off in the scores themselves", named="input changed in place")
def _(scores):
    scores -= scores.max(axis=-1, keepdims=True)
    return np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)


@wrong("2.3", "replaces nan by 0 after the overflow", named="NaN replaced afterwards")
def _(scores):
    exps = np.exp(scores)
    return np.nan_to_num(exps / exps.sum(axis=-1, keepdims=True))


@wrong("2.3", "gives the logarithms of the weights", named="logarithms of the weights")
def _(scores):
    lowered = scores - scores.max(axis=-1, keepdims=True)
    return lowered - np.log(np.exp(lowered).sum(axis=-1, keepdims=True))


@wrong("2.3", "takes off the smallest instead of the largest", named="the smallest score subtracted")
def _(scores):
    exps = np.exp(scores - scores.min(axis=-1, keepdims=True))
    return exps / exps.sum(axis=-1, keepdims=True)


@wrong("2.3", "the largest takes everything", named="the largest takes everything")
def _(scores):
    return np.eye(scores.shape[-1])[scores.argmax(axis=-1)]


@wrong("2.3", "takes the largest off above the line only", named="maximum subtracted in one place only")
def _(scores):
    return np.exp(scores - scores.max(axis=-1, keepdims=True)) / np.exp(scores).sum(axis=-1, keepdims=True)


@wrong("2.3", "takes off each column's largest", named="each column's maximum subtracted")
def _(scores):
    exps = np.exp(scores - scores.max(axis=0))
    return exps / exps.sum(axis=-1, keepdims=True)


@wrong("2.3", "divides by the largest exponential, not by the sum", named="divided by the largest")
def _(scores):
    exps = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exps / exps.max(axis=-1, keepdims=True)


@wrong("2.3", "divides by the number of keys: a mean, not a sum", named="divided by the mean")
def _(scores):
    exps = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exps / exps.mean(axis=-1, keepdims=True)


@wrong("2.3", "makes the scores small by dividing all by 1,000", named="scores divided first")
def _(scores):
    exps = np.exp(scores / 1000)
    return exps / exps.sum(axis=-1, keepdims=True)


@wrong("2.3", "a sigmoid for each score by itself", named="a sigmoid for each score")
def _(scores):
    return 0.5 * (1 + np.tanh(scores / 2))


@wrong("2.3", "math.exp on a whole table", named="an array where a number is needed")
def _(scores):
    return math.exp(scores) / math.fsum(math.exp(scores))


@wrong("2.3", "prints instead of returning", named="no return")
def _(scores):
    exps = np.exp(scores - scores.max(axis=-1, keepdims=True))
    print(exps / exps.sum(axis=-1, keepdims=True))


# 2.4 attention_weights(query, key): softmax(query @ key.T / sqrt(d_k)), row by row.


@right("2.4", "the formula with one's own softmax")
def _(query, key):
    return _my_softmax(query @ key.T / np.sqrt(key.shape[-1]))


@right("2.4", "einsum, the query scaled first")
def _(query, key):
    return _my_softmax(np.einsum("qd,kd->qk", query * query.shape[1] ** -0.5, key))


@right("2.4", "PyTorch's attention with the identity as values")
def _(query, key):
    query, key = _tensor(query), _tensor(key)
    return F.scaled_dot_product_attention(query, key, torch.eye(len(key), dtype=torch.float64))


@right("2.4", "the course's attention, its second result")
def _(query, key):
    return scaled_dot_product_attention(_tensor(query), _tensor(key), _tensor(key))[1].numpy()


@right("2.4", "loops over numbers, lists in lists")
def _(query, key):
    table = []
    for q in query:
        scores = [sum(a * b for a, b in zip(q, k)) / math.sqrt(len(q)) for k in key]
        exps = [math.exp(score - max(scores)) for score in scores]
        table.append([e / sum(exps) for e in exps])
    return table


@right("2.4", "query and key both divided by the fourth root")
def _(query, key):
    root = query.shape[-1] ** 0.25
    return torch.softmax(_tensor(query) / root @ (_tensor(key) / root).mT, dim=-1)


@right("2.4", "single precision, a query at a time")
def _(query, key):
    query, key = np.float32(query), np.float32(key)
    return np.vstack([_my_softmax(key @ q / np.float32(np.sqrt(len(q)))) for q in query])


right("2.4", "a lambda with inner and a helper")(
    lambda query, key: _my_softmax(np.inner(query, key) / math.sqrt(np.shape(query)[1]))
)


@right("2.4", "a batch of one")
def _(query, key):
    scores = torch.bmm(_tensor(query)[None], _tensor(key)[None].transpose(1, 2))
    return F.softmax(scores / query.shape[-1] ** 0.5, dim=2)


@wrong("2.4", "leaves out the division by the root", named="no scaling")
def _(query, key):
    return _my_softmax(query @ key.T)


@wrong("2.4", "divides by d_k, without the root", named="scaling by d instead of √d")
def _(query, key):
    return _my_softmax(query @ key.T / key.shape[-1])


@wrong("2.4", "the root of the number of keys", named="scaled by the number of keys")
def _(query, key):
    return _my_softmax(query @ key.T / np.sqrt(len(key)))


@wrong("2.4", "softmax down the columns", named="softmax over the queries")
def _(query, key):
    scores = query @ key.T / np.sqrt(key.shape[-1])
    exps = np.exp(scores)
    return exps / exps.sum(axis=0)


@wrong("2.4", "key @ query.T: keys as rows", named="transposed scores")
def _(query, key):
    return _my_softmax(key @ query.T / np.sqrt(key.shape[-1]))


@wrong("2.4", "forgets to transpose the key", named="key not transposed")
def _(query, key):
    return _my_softmax(query @ key / np.sqrt(key.shape[-1]))


@wrong("2.4", "the scores, without softmax", named="scores without softmax")
def _(query, key):
    return query @ key.T / np.sqrt(key.shape[-1])


@wrong("2.4", "divides by the root after the softmax", named="scaled after the softmax")
def _(query, key):
    return _my_softmax(query @ key.T) / np.sqrt(key.shape[-1])


@wrong("2.4", "divides by 2, the root from the example", named="always divided by 2")
def _(query, key):
    return _my_softmax(query @ key.T / np.sqrt(4))


@wrong("2.4", "multiplies by the root", named="multiplied by √d")
def _(query, key):
    return _my_softmax(query @ key.T * np.sqrt(key.shape[-1]))


@wrong("2.4", "turns the key with reshape instead of transposing", named="key reshaped")
def _(query, key):
    return _my_softmax(query @ key.reshape(key.shape[1], key.shape[0]) / np.sqrt(key.shape[-1]))


@wrong("2.4", "** 1/2 halves: the power is 1", named="halved, in place of a root")
def _(query, key):
    return _my_softmax(query @ key.T / key.shape[-1] ** 1 / 2)


@wrong("2.4", "goes on to the context, with the keys as values", named="context instead of weights")
def _(query, key):
    return _my_softmax(query @ key.T / np.sqrt(key.shape[-1])) @ key


@wrong("2.4", "context and weights, though only weights are asked", named="more than was asked for")
def _(query, key):
    weights = _my_softmax(query @ key.T / np.sqrt(key.shape[-1]))
    return weights @ key, weights


@wrong("2.4", "compares directions only: cosine", named="directions only")
def _(query, key):
    q = query / np.linalg.norm(query, axis=-1, keepdims=True)
    k = key / np.linalg.norm(key, axis=-1, keepdims=True)
    return _my_softmax(q @ k.T)


@wrong("2.4", "divides by the sum without exp", named="shared out without exponential")
def _(query, key):
    scores = query @ key.T / np.sqrt(key.shape[-1])
    return scores / scores.sum(axis=-1, keepdims=True)


@wrong("2.4", "arguments the other way round", named="arguments in another order")
def _(key, query):
    return _my_softmax(query @ key.T / np.sqrt(key.shape[-1]))


@wrong("2.4", "number by number, not every query with every key", named="key not transposed")
def _(query, key):
    return _my_softmax((query * key).sum(axis=-1) / np.sqrt(key.shape[-1]))


@wrong("2.4", "softmax of the features first, then the product", named="softmax over the features")
def _(query, key):
    return _my_softmax(query) @ _my_softmax(key).T / np.sqrt(key.shape[-1])


@wrong("2.4", "one softmax over the whole table", named="softmax over the whole array")
def _(query, key):
    exps = np.exp(query @ key.T / np.sqrt(key.shape[-1]))
    return exps / exps.sum()


@wrong("2.4", "the root of the whole shape", named="the whole shape for one number")
def _(query, key):
    return _my_softmax(query @ key.T / np.sqrt(key.shape))


@wrong("2.4", "forgets to return", named="no return")
def _(query, key):
    scores = query @ key.T / np.sqrt(key.shape[-1])
    _my_softmax(scores)


@wrong("2.4", "divides by the root at query and at key", named="scaling by d instead of √d")
def _(query, key):
    root = np.sqrt(key.shape[-1])
    return _my_softmax((query / root) @ (key / root).T)


@wrong("2.4", "turns the finished table round", named="axes in another order")
def _(query, key):
    return _my_softmax(query @ key.T / np.sqrt(key.shape[-1])).T


@wrong("2.4", "near is alike: minus the distance for the dot product", named="distance instead of the dot product")
def _(query, key):
    squares = ((query[:, None] - key[None]) ** 2).sum(axis=-1)
    return _my_softmax(-squares / np.sqrt(key.shape[-1]))


# 2.5 masked_weights(scores, mask): True may attend; before the softmax; a row without keys gives zeros.


@right("2.5", "minus infinity, rows without a key set to zeros")
def _(scores, mask):
    some = mask.any(axis=-1, keepdims=True)
    allowed = np.where(mask, scores, -np.inf)
    allowed = np.where(some, allowed, 0.0)
    return np.where(some, _my_softmax(allowed), 0.0)


@right("2.5", "the course's softmax with a mask")
def _(scores, mask):
    return softmax_with_mask(_tensor(scores), torch.as_tensor(np.asarray(mask)))


@right("2.5", "a loop over queries, only the allowed keys")
def _(scores, mask):
    weights = np.zeros(np.shape(scores))
    for row in range(len(scores)):
        if mask[row].any():
            allowed = scores[row][mask[row]]
            exps = np.exp(allowed - allowed.max())
            weights[row, mask[row]] = exps / exps.sum()
    return weights


@right("2.5", "torch masked_fill, then nan becomes zero")
def _(scores, mask):
    filled = _tensor(scores).masked_fill(~torch.as_tensor(np.asarray(mask)), float("-inf"))
    return torch.softmax(filled, dim=-1).nan_to_num(0.0).numpy()


@right("2.5", "a very low score, and zeros where the mask is False")
def _(scores, mask):
    return _my_softmax(np.where(mask, scores, -1e30)) * mask


@right("2.5", "exponentials times the mask, largest of the allowed taken off")
def _(scores, mask):
    scores = scores.copy()
    scores[~mask] = -np.inf
    largest = scores.max(axis=-1, keepdims=True)
    largest[np.isinf(largest)] = 0.0
    exps = np.exp(scores - largest) * mask
    total = exps.sum(axis=-1, keepdims=True)
    return np.divide(exps, total, out=np.zeros_like(exps), where=total > 0)


@right("2.5", "plain Python, lists in lists")
def _(scores, mask):
    table = []
    for row, may in zip(scores, mask):
        open_scores = [score for score, yes in zip(row, may) if yes]
        largest = max(open_scores, default=0.0)
        exps = [math.exp(score - largest) if yes else 0.0 for score, yes in zip(row, may)]
        table.append([e / (sum(exps) or 1.0) for e in exps])
    return table


@right("2.5", "adds 0 or minus infinity, nan_to_num, single precision")
def _(scores, mask):
    added = np.float32(scores) + np.where(mask, np.float32(0), np.float32(-np.inf))
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(_my_softmax(added))


right("2.5", "a masked array")(
    lambda scores, mask: (lambda exps: (exps / np.ma.array(exps).sum(axis=-1, keepdims=True)).filled(0.0))(
        np.ma.exp(np.ma.array(scores, mask=~mask) - np.ma.array(scores, mask=~mask).max(axis=-1, keepdims=True))
    )
)


@wrong("2.5", "only takes the ~ away: the mask still comes after", named="mask after softmax")
def _(scores, mask):
    return _my_softmax(scores) * mask


@wrong("2.5", "before the softmax, but True still keeps out", named="mask polarity")
def _(scores, mask):
    some = (~mask).any(axis=-1, keepdims=True)
    allowed = np.where(some, np.where(mask, -np.inf, scores), 0.0)
    return np.where(some, _my_softmax(allowed), 0.0)


@wrong("2.5", "forgets the row without any key: nan", named="fully masked row is NaN")
def _(scores, mask):
    return _my_softmax(np.where(mask, scores, -np.inf))


@wrong("2.5", "zero for minus infinity", named="zero instead of minus infinity")
def _(scores, mask):
    return _my_softmax(np.where(mask, scores, 0.0)) * mask.any(axis=-1, keepdims=True)


@wrong("2.5", "masks after the softmax and shares out again", named="shared out again after the softmax, with a guard")
def _(scores, mask):
    weights = _my_softmax(scores) * mask
    total = weights.sum(axis=-1, keepdims=True)
    return np.where(total > 0, weights / np.where(total > 0, total, 1.0), 0.0)


@wrong("2.5", "a very low score: a row without keys looks everywhere", named="fully masked row is uniform")
def _(scores, mask):
    return _my_softmax(np.where(mask, scores, -1e9))


@wrong("2.5", "multiplies the scores by the mask", named="zero instead of minus infinity")
def _(scores, mask):
    return _my_softmax(scores * mask) * mask.any(axis=-1, keepdims=True)


@wrong("2.5", "writes minus infinity into the scores themselves", named="input changed in place")
def _(scores, mask):
    scores[~mask] = -np.inf
    some = mask.any(axis=-1, keepdims=True)
    return np.where(some, _my_softmax(np.where(some, scores, 0.0)), 0.0)


@wrong("2.5", "minus 10 is low enough", named="fill not low enough for 0")
def _(scores, mask):
    return _my_softmax(np.where(mask, scores, -10.0)) * mask.any(axis=-1, keepdims=True)


@wrong("2.5", "fills in the row's lowest score", named="the smallest score filled in")
def _(scores, mask):
    lowest = scores.min(axis=-1, keepdims=True)
    return _my_softmax(np.where(mask, scores, lowest)) * mask.any(axis=-1, keepdims=True)


@wrong("2.5", "takes 10,000 off forbidden scores, as older programs do", named="too little taken off")
def _(scores, mask):
    return _my_softmax(scores - 10_000.0 * ~mask) * mask.any(axis=-1, keepdims=True)


@wrong("2.5", "tests which columns, not which rows, have a key", named="empty rows sought along the queries")
def _(scores, mask):
    some = mask.any(axis=0, keepdims=True)
    return np.where(some, _my_softmax(np.where(mask, scores, -np.inf)), 0.0)


@wrong("2.5", "picks out the allowed scores: the shape is lost", named="allowed scores picked out")
def _(scores, mask):
    return _my_softmax(scores[mask])


@wrong("2.5", "adds the mask to the scores as 0 or 1", named="mask added as 0 or 1")
def _(scores, mask):
    return _my_softmax(scores + mask) * mask.any(axis=-1, keepdims=True)


@wrong(
    "2.5",
    "largest taken over the forbidden too: allowed ones vanish",
    named="shared out again after the softmax, with a guard",
)
def _(scores, mask):
    exps = np.exp(scores - scores.max(axis=-1, keepdims=True)) * mask
    return exps / (exps.sum(axis=-1, keepdims=True) + 1e-12)


@wrong("2.5", "a row without keys shares out 1 evenly", named="fully masked row is uniform")
def _(scores, mask):
    weights = _my_softmax(np.where(mask, scores, -np.inf))
    return np.nan_to_num(weights, nan=1 / scores.shape[-1])


@wrong("2.5", "leaves rows without a key out of the result", named="rows without a key left out of the result")
def _(scores, mask):
    some = mask.any(axis=-1)
    return _my_softmax(np.where(mask[some], scores[some], -np.inf))


@wrong("2.5", "minus infinity times the mask makes nan", named="infinity times 0")
def _(scores, mask):
    weights = _my_softmax(scores + (~mask) * -np.inf)
    return weights * mask.any(axis=-1, keepdims=True)


@wrong("2.5", "softmax down the columns", named="softmax over the queries")
def _(scores, mask):
    allowed = np.where(mask, scores, -1e30)
    exps = np.exp(allowed - allowed.max(axis=0))
    return exps / exps.sum(axis=0) * mask


@wrong("2.5", "a row without keys attends to itself", named="fully masked row lies on one key")
def _(scores, mask):
    own = np.eye(*scores.shape, dtype=bool) & ~mask.any(axis=-1, keepdims=True)
    return _my_softmax(np.where(mask | own, scores, -np.inf))


@wrong("2.5", "no keepdims when asking which rows have a key", named="axis lost")
def _(scores, mask):
    some = mask.any(axis=-1)
    allowed = np.where(mask, scores, -1e30)
    return np.where(some, _my_softmax(allowed), 0.0)


@wrong("2.5", "arguments the other way round", named="arguments in another order")
def _(mask, scores):
    return _my_softmax(np.where(mask, scores, -1e30)) * mask


@wrong("2.5", "forgets to return", named="no return")
def _(scores, mask):
    weights = _my_softmax(np.where(mask, scores, -1e30)) * mask
    weights[~mask.any(axis=-1)] = 0.0


@wrong("2.5", "the mask as minus a thousand: too little for large scores", named="too little taken off")
def _(scores, mask):
    weights = _my_softmax(scores - 1000.0 * ~mask)
    return weights * mask.any(axis=-1, keepdims=True)


@wrong("2.5", "zero instead of nan by testing == np.nan", named="fully masked row is NaN")
def _(scores, mask):
    weights = _my_softmax(np.where(mask, scores, -np.inf))
    weights[weights == np.nan] = 0.0
    return weights


@wrong("2.5", "closes a whole row if one key is forbidden", named="every key closed")
def _(scores, mask):
    return _my_softmax(np.where(mask, scores, -1e30)) * mask.all(axis=-1, keepdims=True)


@wrong("2.5", "- for ~ on a mask of True and False", named="minus instead of ~")
def _(scores, mask):
    return _my_softmax(np.where(-mask, -np.inf, scores))


# 2.6 hit_rate(weights, target): the share of rows whose largest weight is on the target.


@right("2.6", "the mean of argmax equal to target")
def _(weights, target):
    return np.mean(weights.argmax(axis=-1) == np.asarray(target))


@right("2.6", "a loop that counts, for lists as well")
def _(weights, target):
    hits = 0
    for row, wanted in zip(weights, target):
        row = list(row)
        if row.index(max(row)) == wanted:
            hits += 1
    return hits / len(target)


@right("2.6", "torch, a tensor of one number")
def _(weights, target):
    return (_tensor(weights).argmax(-1) == torch.as_tensor(np.asarray(target))).double().mean()


@right("2.6", "the last of the sorted places, single precision")
def _(weights, target):
    best = np.argsort(weights, axis=1)[:, -1]
    return np.float32(np.count_nonzero(best == target) / np.size(target))


@right("2.6", "no other key has more than the target")
def _(weights, target):
    weights = np.asarray(weights)
    on_target = np.take_along_axis(weights, np.asarray(target)[:, None], axis=-1)
    return float((on_target >= weights).all(axis=-1).mean())


right("2.6", "Python's own max with a key function")(
    lambda weights, target: (
        sum(max(range(len(row)), key=row.__getitem__) == wanted for row, wanted in zip(weights, target)) / len(weights)
    )
)


@right("2.6", "a table with a 1 at each hit, in a list")
def _(weights, target):
    one_hot = np.eye(np.shape(weights)[1])
    return [np.einsum("qk,qk->", one_hot[np.argmax(weights, axis=1)], one_hot[np.asarray(target)]) / len(target)]


right("2.6", "a partial that is told the axis")(
    functools.partial(
        lambda axis, weights, target: np.average(np.equal(np.argmax(weights, axis=axis), target)),
        1,
    )
)


@wrong("2.6", "largest of each column: argmax with axis 0", named="largest weight of each key")
def _(weights, target):
    return np.mean(weights.argmax(axis=0) == target)


@wrong("2.6", "how much weight lies on the target, not how often most", named="mean weight instead of hits")
def _(weights, target):
    return weights[np.arange(len(target)), target].mean()


@wrong("2.6", "the number of hits, not the share", named="hits counted, not shared")
def _(weights, target):
    return (weights.argmax(axis=-1) == target).sum()


@wrong("2.6", "a hit needs more than half of the weight", named="more than half")
def _(weights, target):
    return np.mean(weights[np.arange(len(target)), target] > 0.5)


@wrong("2.6", "divides by the number of keys", named="divided by the number of keys")
def _(weights, target):
    return (weights.argmax(axis=-1) == target).sum() / weights.shape[-1]


@wrong("2.6", "argmax without an axis: one place in the whole table", named="largest weight of the whole map")
def _(weights, target):
    return np.mean(np.argmax(weights) == target)


@wrong("2.6", "which rows hit, not their share", named="one answer for each query")
def _(weights, target):
    return weights.argmax(axis=-1) == target


@wrong("2.6", "compares the weight itself with the target", named="the weight for its place, or whole numbers")
def _(weights, target):
    return np.mean(weights.max(axis=-1) == target)


@wrong("2.6", "keys counted from 1", named="another place than the largest")
def _(weights, target):
    return np.mean(weights.argmax(axis=-1) + 1 == target)


@wrong("2.6", "the share of misses", named="misses counted")
def _(weights, target):
    return np.mean(weights.argmax(axis=-1) != target)


@wrong("2.6", "percent", named="per cent")
def _(weights, target):
    return 100 * np.mean(weights.argmax(axis=-1) == target)


@wrong("2.6", "a hit is being among the two largest", named="the two largest")
def _(weights, target):
    top_two = np.argsort(weights, axis=-1)[:, -2:]
    return np.mean([wanted in row for wanted, row in zip(target, top_two)])


@wrong("2.6", "any target will do, not that of the row", named="any right place")
def _(weights, target):
    return np.mean([best in target for best in weights.argmax(axis=-1)])


@wrong("2.6", "the smallest weight", named="another place than the largest")
def _(weights, target):
    return np.mean(weights.argmin(axis=-1) == target)


@wrong("2.6", "forgets to return", named="no return")
def _(weights, target):
    hits = weights.argmax(axis=-1) == target
    hits.mean()


@wrong("2.6", "yes or no for the whole map", named="the weight for its place, or whole numbers")
def _(weights, target):
    return bool((weights.argmax(axis=-1) == target).all())


@wrong("2.6", "whole-number division of the hits", named="the weight for its place, or whole numbers")
def _(weights, target):
    return (weights.argmax(axis=-1) == target).sum() // len(target)


@wrong("2.6", "takes whole rows at the targets", named="whole rows at the right places")
def _(weights, target):
    return weights[target].max(axis=-1).mean()


@wrong("2.6", "a miss is an exception to stop at", named="stopped at the first miss")
def _(weights, target):
    hits = 0
    for row, wanted in zip(weights, target):
        if row.argmax() != wanted:
            break
        hits += 1
    return hits / len(target)


@wrong("2.6", "leaves the last query out", named="an end left out")
def _(weights, target):
    hits = 0
    for i in range(len(target) - 1):
        hits += weights[i].argmax() == target[i]
    return hits / len(target)


@wrong("2.6", "hits only where the right key is that of the query", named="compared with the query's own place")
def _(weights, target):
    return np.mean(weights.argmax(axis=-1) == np.arange(len(target)))


@wrong("2.6", "hits and number of queries, not divided", named="hits and number of rows, not divided")
def _(weights, target):
    return int((weights.argmax(axis=-1) == target).sum()), len(target)


@wrong("2.6", "prints instead of returning", named="no return")
def _(weights, target):
    print("hit rate", np.mean(weights.argmax(axis=-1) == target))


@wrong("2.6", "the mean of the largest weights, right or not", named="mean of the largest weights")
def _(weights, target):
    return weights.max(axis=-1).mean()
