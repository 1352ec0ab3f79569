"""Answers from outside to the exercises of lesson 09."""

import functools
import itertools
import math
import operator

import numpy as np
import torch
import torch.nn.functional as F

from outside_answers import right, wrong

# 9.1: how many bytes are the weights of one head over 8,192 tokens?

right("9.1", "as a product")(4 * 8192**2)
right("9.1", "as a power of two")(2**28)
right("9.1", "as a float")(268435456.0)
right("9.1", "as text")("268435456")
right("9.1", "as text with commas")("268,435,456")
right("9.1", "as text with its unit")("268435456 bytes")
right("9.1", "as a NumPy number")(np.int64(8192) * 8192 * np.dtype(np.float32).itemsize)
right("9.1", "as a float of 4 bytes, which holds it exactly")(np.float32(2**28))
right("9.1", "as a tensor")(torch.tensor(8192**2 * 4))
right("9.1", "as an array without axes")(np.array(8192 * 8192 * 4))

wrong("9.1", "counts the weights and forgets that each has 4 bytes", named="numbers instead of bytes")(8192 * 8192)
wrong("9.1", "one row of the map only", named="one row")(8192 * 4)
wrong("9.1", "counts scores and weights, two maps", named="eight bytes a number, or two maps")(2 * 4 * 8192**2)
wrong("9.1", "gives MiB", named="mebibytes")(256)
wrong("9.1", "takes a half, as if nobody saw ahead", named="two bytes a number")(4 * 8192**2 // 2)
wrong("9.1", "a causal map counted to the byte", named="every pair counted once")(4 * 8192 * 8193 // 2)
wrong("9.1", "takes 8,000 for 8,192", named="8,192 rounded")(4 * 8000**2)
wrong("9.1", "squares the bytes as well", named="the 4 squared as well")((4 * 8192) ** 2)
wrong("9.1", "gives bits", named="bits")(8 * 4 * 8192**2)
wrong(
    "9.1",
    "counts a key and a value of 64 numbers for each token",
    named="the features counted: the bytes of the keys and the values",
)(2 * 8192 * 64 * 4)
wrong(
    "9.1",
    "counts flops at 64 features",
    named="the features counted: 64 numbers for each pair, or the flops of the whole",
)(4 * 8192**2 * 64)
wrong("9.1", "rounds to millions", named="rounded to 268,000,000")(268_000_000)
wrong("9.1", "doubles where it should square", named="times two instead of squared")(2 * 8192 * 4)
wrong("9.1", "gives MB of a million bytes", named="MB, exactly")(268.435456)
wrong("9.1", "gives GiB", named="gibibytes")(0.25)
wrong("9.1", "gives KiB", named="kibibytes")(262144)
wrong("9.1", "leaves the diagonal out, nobody looks at himself", named="a key never for its own query")(4 * 8192 * 8191)
wrong("9.1", "takes 8,192 for 2 to the 12", named="numbers instead of bytes")(4 * 4096**2)
wrong("9.1", "types commas between thousands: three numbers", named="commas between thousands")((268, 435, 456))
wrong("9.1", "writes the rounded size with its unit", named="mebibytes")("256 MiB")


# 9.2: one query over blocks of keys and values, read once


def summary_of_block(scores, value):
    largest = scores.max()
    exps = np.exp(scores - largest)
    return largest, exps.sum(), exps @ value


def merge(one, other):
    largest = max(one[0], other[0])
    shrink, shrink_other = np.exp(one[0] - largest), np.exp(other[0] - largest)
    total = shrink * one[1] + shrink_other * other[1]
    mixed = shrink * one[2] + shrink_other * other[2]
    return largest, total, mixed


@right("9.2", "the lesson's two functions")
def _(query, blocks):
    so_far = None
    for key, value in blocks:
        part = summary_of_block(key @ query / np.sqrt(len(query)), value)
        so_far = part if so_far is None else merge(so_far, part)
    return so_far[2] / so_far[1]


@right("9.2", "starts with minus infinity and shrinks what it has")
def _(query, blocks):
    m, total, mixed = -np.inf, 0.0, 0.0
    for key, value in blocks:
        scores = key @ query / np.sqrt(query.shape[-1])
        new_m = max(m, scores.max())
        shrink = np.exp(m - new_m)
        exps = np.exp(scores - new_m)
        total = total * shrink + exps.sum()
        mixed = mixed * shrink + exps @ value
        m = new_m
    return mixed / total


@right("9.2", "key by key, plain Python")
def _(query, blocks):
    m, total, mixed = -math.inf, 0.0, None
    for key, value in blocks:
        for k, v in zip(key, value):
            score = sum(float(a) * float(b) for a, b in zip(query, k)) / math.sqrt(len(query))
            if mixed is None:
                mixed = [0.0] * len(v)
            if score > m:
                shrink = math.exp(m - score)
                total *= shrink
                mixed = [c * shrink for c in mixed]
                m = score
            e = math.exp(score - m)
            total += e
            mixed = [c + e * float(x) for c, x in zip(mixed, v)]
    return [c / total for c in mixed]


@right("9.2", "reduce over the summaries")
def _(query, blocks):
    d_k = query.shape[0]
    parts = (summary_of_block(key @ query / d_k**0.5, value) for key, value in blocks)
    _, total, mixed = functools.reduce(merge, parts)
    return mixed / total


@right("9.2", "carries a finished context and the log of the sum")
def _(query, blocks):
    context, log_total = 0.0, -np.inf
    for key, value in blocks:
        scores = key @ query / np.sqrt(len(query))
        log_block = np.logaddexp.reduce(scores)
        mine = np.exp(scores - log_block) @ value
        both = np.logaddexp(log_total, log_block)
        context = np.exp(log_total - both) * context + np.exp(log_block - both) * mine
        log_total = both
    return context


@right("9.2", "torch, with logsumexp")
def _(query, blocks):
    q = torch.as_tensor(query, dtype=torch.float64)
    log_total, context = torch.tensor(-math.inf, dtype=torch.float64), 0
    for key, value in blocks:
        key, value = (torch.as_tensor(x, dtype=torch.float64) for x in (key, value))
        scores = key @ q / math.sqrt(q.numel())
        both = torch.logaddexp(log_total, scores.logsumexp(dim=0))
        context = context * torch.exp(log_total - both) + torch.exp(scores - both) @ value
        log_total = both
    return context


class _Running:
    def __init__(self):
        self.largest, self.total, self.mixed = -np.inf, 0, 0

    def add(self, scores, value):
        largest = np.maximum(self.largest, scores.max())
        self.total = self.total * np.exp(self.largest - largest) + np.exp(scores - largest).sum()
        self.mixed = self.mixed * np.exp(self.largest - largest) + np.einsum("b,bd->d", np.exp(scores - largest), value)
        self.largest = largest


@right("9.2", "a class that adds up")
def _(query, blocks):
    running = _Running()
    for key, value in blocks:
        running.add(np.einsum("bd,d->b", key, query) / np.sqrt(query.size), value)
    return running.mixed / running.total


@right("9.2", "takes the first block by next, the rest in a loop")
def _(query, blocks):
    blocks = iter(blocks)
    scaled = query / np.sqrt(len(query))
    key, value = next(blocks)
    m, l, c = summary_of_block(key @ scaled, value)  # noqa: E741
    for key, value in blocks:
        m, l, c = merge((m, l, c), summary_of_block(key @ scaled, value))  # noqa: E741
    return c / l


@right("9.2", "keeps the values' sum and 1 for the total in one array")
def _(query, blocks):
    m, sums = -np.inf, None
    for key, value in blocks:
        scores = np.dot(key, query) / np.sqrt(key.shape[1])
        with_ones = np.hstack([value, np.ones((len(value), 1))])
        if sums is None:
            sums = np.zeros(with_ones.shape[1])
        new = np.max([m, *scores])
        sums = sums * np.exp(m - new) + np.exp(scores - new) @ with_ones
        m = new
    return sums[:-1] / sums[-1]


@right("9.2", "two blocks at a time")
def _(query, blocks):
    so_far = (-np.inf, 0.0, 0.0)
    blocks = iter(blocks)
    while pair := list(itertools.islice(blocks, 2)):
        key = np.concatenate([k for k, _ in pair])
        value = np.concatenate([v for _, v in pair])
        so_far = merge(so_far, summary_of_block(key @ query / np.sqrt(len(query)), value))
    return so_far[2] / so_far[1]


def carried(query, blocks, shrink_total, shrink_mixed, largest=-np.inf, size=max):
    """Carry three numbers, as section 4 does, and shrink two of them as somebody believes."""
    total, mixed = 0.0, 0.0
    for key, value in blocks:
        scores = key @ query / np.sqrt(len(query))
        new = max(largest, size(scores))
        exps = np.exp(scores - new)
        total = total * shrink_total(largest, new) + exps.sum()
        mixed = mixed * shrink_mixed(largest, new) + exps @ value
        largest = new
    return mixed / total


def shrink(old, new):
    return np.exp(old - new)


def merged(query, blocks, by=None):
    so_far = (-np.inf, 0.0, 0.0)
    for block in blocks:
        scores = block[0] @ query / (np.sqrt(len(query)) if by is None else by(*block))
        so_far = merge(so_far, summary_of_block(scores, block[1]))
    return so_far


@wrong("9.2", "exponentials without subtracting anything", named="no maximum subtracted")
def _(query, blocks):
    total, mixed = 0, 0
    for key, value in blocks:
        exps = np.exp(key @ query / np.sqrt(len(query)))
        total += exps.sum()
        mixed = mixed + exps @ value
    return mixed / total


@wrong("9.2", "each block its own softmax, and the mean of the contexts", named="mean of the blocks' contexts")
def _(query, blocks):
    contexts = []
    for key, value in blocks:
        scores = key @ query / np.sqrt(len(query))
        exps = np.exp(scores - scores.max())
        contexts.append(exps / exps.sum() @ value)
    return np.mean(contexts, axis=0)


wrong("9.2", "the largest so far starts at 0", named="maximum begins at 0")(
    lambda query, blocks: carried(query, blocks, shrink, shrink, 0.0)
)
wrong("9.2", "shrinks the total, not the mixture", named="sum of values not rescaled")(
    lambda query, blocks: carried(query, blocks, shrink, lambda *_: 1)
)


@wrong("9.2", "collects all blocks first, then lesson 02", named="keeps every block")
def _(query, blocks):
    blocks = list(blocks)
    key = np.concatenate([k for k, _ in blocks])
    value = np.concatenate([v for _, v in blocks])
    scores = key @ query / np.sqrt(len(query))
    exps = np.exp(scores - scores.max())
    return exps @ value / exps.sum()


wrong("9.2", "shrinks the mixture, not the total", named="total not rescaled")(
    lambda query, blocks: carried(query, blocks, lambda *_: 1, shrink)
)


wrong("9.2", "overwrites the old largest before it computes by what to shrink", named="no rescaling")(
    lambda query, blocks: carried(query, blocks, lambda *_: 1, lambda *_: 1)
)


@wrong(
    "9.2",
    "new minus old instead of old minus new: grows, not shrinks",
    named="rescaled the wrong way, but for the first block",
)
def _(query, blocks):
    m, total, mixed = None, 0.0, 0.0
    for key, value in blocks:
        scores = key @ query / np.sqrt(len(query))
        if m is None:
            m = scores.max()
        new = max(m, scores.max())
        exps = np.exp(scores - new)
        total = total * np.exp(new - m) + exps.sum()
        mixed = mixed * np.exp(new - m) + exps @ value
        m = new
    return mixed / total


@wrong("9.2", "no division by the square root of d_k", named="no scaling")
def _(query, blocks):
    _, total, mixed = merged(query, blocks, by=lambda key, value: 1)
    return mixed / total


@wrong("9.2", "goes through the blocks twice, first for the largest score", named="reads the blocks twice")
def _(query, blocks):
    m = max((key @ query).max() for key, _ in blocks) / np.sqrt(len(query))
    total, mixed = 0.0, 0.0
    for key, value in blocks:
        exps = np.exp(key @ query / np.sqrt(len(query)) - m)
        total += exps.sum()
        mixed = mixed + exps @ value
    return mixed / total


wrong("9.2", "forgets the last division, by the total", named="never divided by the total")(
    lambda query, blocks: merged(query, blocks)[2]
)


@wrong("9.2", "the first block's largest score serves for all", named="maximum of the first block")
def _(query, blocks):
    m, total, mixed = None, 0.0, 0.0
    for key, value in blocks:
        scores = key @ query / np.sqrt(len(query))
        if m is None:
            m = scores.max()
        exps = np.exp(scores - m)
        total += exps.sum()
        mixed = mixed + exps @ value
    return mixed / total


@wrong("9.2", "divides by d_k instead of its root", named="scaling by d instead of √d")
def _(query, blocks):
    _, total, mixed = merged(query, blocks, by=lambda key, value: key.shape[-1])
    return mixed / total


@wrong(
    "9.2",
    "divides by the total after every block and shrinks the quotient",
    named="divided in every block, and not again",
)
def _(query, blocks):
    m, total, context = -np.inf, 0.0, 0.0
    for key, value in blocks:
        scores = key @ query / np.sqrt(len(query))
        new = max(m, scores.max())
        exps = np.exp(scores - new)
        total = total * np.exp(m - new) + exps.sum()
        context = (context * np.exp(m - new) + exps @ value) / total
        m = new
    return context


wrong("9.2", "a long way down is far enough: the largest starts at -100", named="maximum begins at 0")(
    lambda query, blocks: carried(query, blocks, shrink, shrink, -100.0)
)


@wrong("9.2", "returns inside the loop, after the first block", named="only the first block")
def _(query, blocks):
    so_far = (-np.inf, 0.0, 0.0)
    for key, value in blocks:
        so_far = merge(so_far, summary_of_block(key @ query / np.sqrt(len(query)), value))
        return so_far[2] / so_far[1]


wrong("9.2", "hands back all three carried numbers", named="wrong type")(lambda query, blocks: merged(query, blocks))


@wrong(
    "9.2", "mean of the contexts, weighted by how many keys each has", named="mean of the blocks' contexts, by length"
)
def _(query, blocks):
    seen, context = 0, 0.0
    for key, value in blocks:
        _, total, mixed = summary_of_block(key @ query / np.sqrt(len(query)), value)
        context = context + len(key) * mixed / total
        seen += len(key)
    return context / seen


@wrong("9.2", "clips the scores so that nothing overflows", named="scores clipped")
def _(query, blocks):
    total, mixed = 0.0, 0.0
    for key, value in blocks:
        exps = np.exp(np.clip(key @ query / np.sqrt(len(query)), -50, 50))
        total += exps.sum()
        mixed = mixed + exps @ value
    return mixed / total


@wrong("9.2", "adds up the blocks' sums, each with its own maximum", named="each block has its own maximum")
def _(query, blocks):
    total, mixed = 0.0, 0.0
    for key, value in blocks:
        _, block_total, block_mixed = summary_of_block(key @ query / np.sqrt(len(query)), value)
        total += block_total
        mixed = mixed + block_mixed
    return mixed / total


@wrong("9.2", "scales by the width of the values", named="scaled by the width of the values")
def _(query, blocks):
    _, total, mixed = merged(query, blocks, by=lambda key, value: np.sqrt(value.shape[-1]))
    return mixed / total


@wrong(
    "9.2",
    "grows one array of keys and one of values, block by block",
    named="grows one array of keys and one of values",
)
def _(query, blocks):
    keys, values = None, None
    for key, value in blocks:
        keys = key if keys is None else np.concatenate([keys, key])
        values = value if values is None else np.concatenate([values, value])
    scores = keys @ query / np.sqrt(len(query))
    exps = np.exp(scores - scores.max())
    return exps @ values / exps.sum()


@wrong("9.2", "prints the context", named="no return")
def _(query, blocks):
    _, total, mixed = merged(query, blocks)
    print(mixed / total)


wrong("9.2", "takes the largest by absolute value", named="maximum begins at 0")(
    lambda query, blocks: carried(query, blocks, shrink, shrink, size=lambda scores: np.abs(scores).max())
)


# 9.3: the mask of a window


@right("9.3", "how long ago, between 0 and window")
def _(length, window):
    ages = np.arange(length)[:, None] - np.arange(length)
    return (ages >= 0) & (ages < window)


@right("9.3", "two loops over lists")
def _(length, window):
    return [[i - window < j <= i for j in range(length)] for i in range(length)]


@right("9.3", "the triangle less a smaller triangle")
def _(length, window):
    full = np.ones((length, length), dtype=bool)
    return np.tril(full) & ~np.tril(full, -window)


@right("9.3", "torch tril and triu")
def _(length, window):
    return torch.ones(length, length, dtype=torch.bool).tril().triu(1 - window)


@right("9.3", "row by row, slices with max(0, ...)")
def _(length, window):
    mask = np.zeros((length, length), dtype=bool)
    for i in range(length):
        mask[i, max(0, i - window + 1) : i + 1] = True
    return mask


@right("9.3", "one diagonal after the other")
def _(length, window):
    return sum(np.eye(length, k=-back) for back in range(window)).astype(bool)


@right("9.3", "np.tri twice")
def _(length, window):
    return np.tri(length, dtype=bool) ^ np.tri(length, k=-window, dtype=bool)


right("9.3", "np.fromfunction and a lambda")(
    lambda length, window: np.fromfunction(lambda i, j: (j <= i) & (i - j <= window - 1), (length, length))
)


@right("9.3", "torch, with a helper of vmap manner")
def _(length, window):
    query = torch.arange(length).unsqueeze(1)
    key = torch.arange(length).unsqueeze(0)
    return torch.logical_and(key.le(query), key.gt(query - window))


def ages(length):
    return np.arange(length)[:, None] - np.arange(length)


def band(length, window):
    return (ages(length) >= 0) & (ages(length) < window)


wrong("9.3", "one too many: the window does not count its own position", named="one position too many")(
    lambda length, window: (ages(length) >= 0) & (ages(length) <= window)
)
wrong("9.3", "True = forbidden", named="mask polarity")(lambda length, window: ~band(length, window))
wrong("9.3", "window to both sides", named="looks ahead")(lambda length, window: np.abs(ages(length)) < window)


@wrong("9.3", "negative starts of a slice: early rows are empty", named="a slice that begins below 0")
def _(length, window):
    mask = np.zeros((length, length), dtype=bool)
    for i in range(length):
        mask[i, i - window + 1 : i + 1] = True
    return mask


wrong("9.3", "forgets that nobody sees ahead", named="window without causal")(
    lambda length, window: ages(length) < window
)
wrong("9.3", "one too few: window - 1 in all", named="one position too few")(
    lambda length, window: band(length, window - 1)
)
wrong("9.3", "rows are keys: sees what comes instead of what was", named="queries and keys exchanged")(
    lambda length, window: band(length, window).T
)


@wrong("9.3", "index i - k below 0 wraps round to the end", named="wrapped around the beginning")
def _(length, window):
    mask = np.zeros((length, length), dtype=bool)
    for i in range(length):
        for k in range(min(window, length)):
            mask[i, i - k] = True
    return mask


wrong("9.3", "the causal mask alone", named="causal without window")(lambda length, window: np.tri(length, dtype=bool))
wrong("9.3", "leaves its own position out", named="own position left out")(
    lambda length, window: (ages(length) > 0) & (ages(length) < window)
)
wrong("9.3", "half the window before, half after", named="half before, half after")(
    lambda length, window: np.abs(ages(length)) <= window // 2
)
wrong("9.3", "a mask to add: 0 and minus infinity", named="added to the scores")(
    lambda length, window: np.where(band(length, window), 0.0, -np.inf)
)


@wrong("9.3", "cuts the text into pieces of window positions", named="windows that do not slide")
def _(length, window):
    piece = np.arange(length) // window
    return (piece[:, None] == piece) & np.tri(length, dtype=bool)


@wrong("9.3", "window positions before it and not itself", named="window before the own position")
def _(length, window):
    mask = np.zeros((length, length), dtype=bool)
    for i in range(length):
        mask[i, max(0, i - window) : i] = True
    return mask


wrong("9.3", "sign of the second diagonal: triu(window - 1)", named="nobody sees anything")(
    lambda length, window: np.triu(np.tril(np.ones((length, length), dtype=bool)), window - 1)
)
wrong("9.3", "the last window positions of the text for every query", named="the last keys for all")(
    lambda length, window: np.tri(length, dtype=bool) & (np.arange(length) >= length - window)
)
wrong("9.3", "numbers 1.0 and 0.0 instead of True and False", named="numbers instead of booleans")(
    lambda length, window: band(length, window).astype(float)
)
wrong("9.3", "every window-th position back, with holes", named="every window-th position")(
    lambda length, window: (ages(length) >= 0) & (ages(length) % window == 0)
)
wrong("9.3", "a row has window columns only", named="a column for each place in the window")(
    lambda length, window: np.array([[i - k >= 0 for k in range(window)] for i in range(length)])
)
wrong("9.3", "no window larger than length - 1", named="no window as long as the text")(
    lambda length, window: band(length, min(window, length - 1))
)
wrong("9.3", "and between two arrays", named="the word 'and' between arrays")(
    lambda length, window: (ages(length) >= 0) and (ages(length) < window)
)
wrong("9.3", "the two arguments in the other order", named="arguments in another order")(
    lambda window, length: band(length, window)
)
wrong("9.3", "hands back how many pairs there are", named="how many pairs")(
    lambda length, window: int(band(length, window).sum())
)


@wrong("9.3", "makes the mask and forgets to return it", named="no return")
def _(length, window):
    mask = np.tri(length, dtype=bool)
    mask &= ages(length) < window


# 9.4: linear attention


def positive(x):
    return np.where(x > 0, x + 1, np.exp(np.minimum(x, 0)))


@right("9.4", "state and what divides, matrix products")
def _(query, key, value):
    q, k = positive(query), positive(key)
    return q @ (k.T @ value) / (q @ k.sum(axis=0))[:, None]


@right("9.4", "einsum")
def _(query, key, value):
    q, k = positive(query), positive(key)
    state = np.einsum("nd,ne->de", k, value)
    return np.einsum("td,de->te", q, state) / np.einsum("td,nd->t", q, k, optimize="greedy").reshape(-1, 1)


@right("9.4", "torch, F.elu + 1")
def _(query, key, value):
    query, key, value = (torch.as_tensor(x, dtype=torch.float64) for x in (query, key, value))
    q, k = F.elu(query) + 1, F.elu(key) + 1
    return (q @ (k.transpose(0, 1) @ value)) / (q @ k.sum(0)).unsqueeze(-1)


@right("9.4", "reads one key after another")
def _(query, key, value):
    state, divides = np.zeros((key.shape[1], value.shape[1])), np.zeros(key.shape[1])
    for k, v in zip(key, value):
        state += np.outer(positive(k), v)
        divides += positive(k)
    return np.array([positive(q) @ state / (positive(q) @ divides) for q in query])


@right("9.4", "a column of ones beside the values")
def _(query, key, value):
    both = positive(query) @ (positive(key).T @ np.concatenate([value, np.ones((len(value), 1))], axis=1))
    return both[:, :-1] / both[:, -1:]


@right("9.4", "loops over lists")
def _(query, key, value):
    def phi(row):
        return [x + 1 if x > 0 else math.exp(x) for x in row]

    d_k, d_v = len(key[0]), len(value[0])
    state, divides = [[0.0] * d_v for _ in range(d_k)], [0.0] * d_k
    for k, v in zip(key, value):
        for i, f in enumerate(phi(k)):
            divides[i] += f
            for j in range(d_v):
                state[i][j] += f * v[j]
    contexts = []
    for q in query:
        f = phi(q)
        total = sum(map(operator.mul, f, divides))
        contexts.append([sum(f[i] * state[i][j] for i in range(d_k)) / total for j in range(d_v)])
    return contexts


@right("9.4", "normalises the query's features first")
def _(query, key, value):
    q = np.maximum(query, 0) + np.exp(np.minimum(query, 0))
    k = np.maximum(key, 0) + np.exp(np.minimum(key, 0))
    q = q / (q * k.sum(0)).sum(-1, keepdims=True)
    return q @ (k.T @ value)


@right("9.4", "expm1, and float32")
def _(query, key, value):
    query, key, value = (np.asarray(x, dtype=np.float32) for x in (query, key, value))
    q, k = (np.where(x > 0, x, np.expm1(np.minimum(x, 0))) + 1 for x in (query, key))
    return (q @ (k.T @ value)) / (q @ k.sum(axis=0, keepdims=True).T)


@right("9.4", "as a batch of one, batch axis left on")
def _(query, key, value):
    q, k = (F.elu(torch.as_tensor(x, dtype=torch.float64)[None]) + 1 for x in (query, key))
    value = torch.as_tensor(value, dtype=torch.float64)[None]
    state = torch.einsum("bnd,bne->bde", k, value)
    return torch.einsum("btd,bde->bte", q, state) / torch.einsum("btd,bd->bt", q, k.sum(1))[..., None]


def divided(q, k, value):
    return q @ (k.T @ value) / (q @ k.sum(axis=0))[:, None]


wrong("9.4", "does not divide", named="no normaliser")(
    lambda query, key, value: positive(query) @ (positive(key).T @ value)
)


@wrong("9.4", "makes the map, then divides its rows", named="still quadratic")
def _(query, key, value):
    weights = positive(query) @ positive(key).T
    return weights @ value / weights.sum(axis=1, keepdims=True)


@wrong("9.4", "elu, and no + 1", named="elu without the 1")
def _(query, key, value):
    q, k = (np.where(x > 0, x, np.exp(np.minimum(x, 0)) - 1) for x in (query, key))
    return divided(q, k, value)


wrong("9.4", "divides by the number of keys", named="divided by the number of keys")(
    lambda query, key, value: positive(query) @ (positive(key).T @ value) / len(key)
)
wrong("9.4", "exp for every feature, as in the softmax", named="exp everywhere")(
    lambda query, key, value: divided(np.exp(query), np.exp(key), value)
)


@wrong("9.4", "each state row divided by its sum over the keys", named="shares of the keys")
def _(query, key, value):
    k = positive(key)
    return positive(query) @ (k.T @ value / k.sum(axis=0)[:, None])


wrong("9.4", "positive features for the keys only", named="feature map on the key only")(
    lambda query, key, value: divided(query, positive(key), value)
)


@wrong("9.4", "the division lacks its axis: [:, None] forgotten", named="normaliser without its axis")
def _(query, key, value):
    q, k = positive(query), positive(key)
    return q @ (k.T @ value) / (q @ k.sum(axis=0))


@wrong("9.4", "relu instead of elu + 1", named="relu instead of elu + 1")
def _(query, key, value):
    q, k = np.maximum(query, 0), np.maximum(key, 0)
    return q @ (k.T @ value) / (q @ k.sum(axis=0) + 1e-9)[:, None]


@wrong("9.4", "nobody sees ahead: running sums", named="a state that grows with the queries, its own key with it")
def _(query, key, value):
    q, k = positive(query), positive(key)
    state, divides, contexts = 0, 0, []
    for t in range(len(q)):
        if t < len(k):
            state, divides = state + np.outer(k[t], value[t]), divides + k[t]
        contexts.append(q[t] @ state / (q[t] @ divides))
    return np.array(contexts)


@wrong("9.4", "the old attention, with the softmax", named="softmax instead of φ")
def _(query, key, value):
    scores = query @ key.T / np.sqrt(key.shape[1])
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True) @ value


@wrong("9.4", "sums the keys' features over the features", named="shapes that do not fit")
def _(query, key, value):
    q, k = positive(query), positive(key)
    return q @ (k.T @ value) / (q * k.sum(axis=1)).sum(axis=1, keepdims=True)


wrong("9.4", "divides by the square root of d_k before the positive features", named="query scaled by √d")(
    lambda query, key, value: divided(positive(query / np.sqrt(key.shape[1])), positive(key), value)
)
wrong("9.4", "without phi: the order of products is free, so nothing else changes", named="no feature map")(divided)


@wrong("9.4", "softmax over the features of the queries, over positions for the keys", named="a softmax on each side")
def _(query, key, value):
    q = np.exp(query) / np.exp(query).sum(axis=1, keepdims=True)
    k = np.exp(key) / np.exp(key).sum(axis=0, keepdims=True)
    return q @ (k.T @ value)


@wrong("9.4", "the two branches exchanged", named="the two sides of φ exchanged")
def _(query, key, value):
    q, k = (np.where(x > 0, np.exp(x), x + 1) for x in (query, key))
    return divided(q, k, value)


@wrong("9.4", "divides by the sum of all features of all keys", named="divided by the sum of all features")
def _(query, key, value):
    q, k = positive(query), positive(key)
    return q @ (k.T @ value) / k.sum()


@wrong("9.4", "x above 0, forgets its + 1", named="x itself above 0")
def _(query, key, value):
    q, k = (np.where(x > 0, x, np.exp(np.minimum(x, 0))) for x in (query, key))
    return divided(q, k, value)


@wrong("9.4", "makes the contexts' features sum to 1", named="rows of the context made to sum to 1")
def _(query, key, value):
    context = positive(query) @ (positive(key).T @ value)
    return context / context.sum(axis=1, keepdims=True)


@wrong(
    "9.4",
    "subtracts the largest feature first, as a softmax does",
    named="largest feature subtracted, of each position",
)
def _(query, key, value):
    q = positive(query - query.max(axis=1, keepdims=True))
    k = positive(key - key.max(axis=1, keepdims=True))
    return divided(q, k, value)


@wrong("9.4", "hands back context and state", named="more than was asked for")
def _(query, key, value):
    q, k = positive(query), positive(key)
    return divided(q, k, value), k.T @ value


@wrong("9.4", "changes the arrays it was given into their features", named="input changed in place")
def _(query, key, value):
    for x in (query, key):
        below = x <= 0
        x[below] = np.exp(x[below])
        x[~below] += 1
    return divided(query, key, value)


wrong("9.4", "max(x, 0) + 1 for all, no exp below 0", named="relu + 1")(
    lambda query, key, value: divided(np.maximum(query, 0) + 1, np.maximum(key, 0) + 1, value)
)
wrong("9.4", "keys come before queries in the arguments", named="arguments in another order")(
    lambda key, query, value: divided(positive(query), positive(key), value)
)


# 9.5: the bytes of a cache

right("9.5", "one product")(
    lambda layers, kv_heads, d_k, length, bytes_per_number: 2 * layers * kv_heads * d_k * length * bytes_per_number
)
right("9.5", "any number of arguments, math.prod")(lambda *sizes: 2 * math.prod(sizes))
right("9.5", "float")(lambda layers, kv_heads, d_k, length, size: 2.0 * layers * kv_heads * d_k * length * size)


@right("9.5", "step by step, keys and values apart")
def _(layers, kv_heads, d_k, length, bytes_per_number):
    keys = values = kv_heads * length * d_k
    per_layer = keys + values
    return layers * per_layer * bytes_per_number


@right("9.5", "adds up over layers and heads")
def _(layers, kv_heads, d_k, length, bytes_per_number):
    total = 0
    for _ in range(layers):
        for _ in range(kv_heads):
            total += (d_k + d_k) * length * bytes_per_number
    return total


@right("9.5", "NumPy product")
def _(layers, kv_heads, d_k, length, bytes_per_number):
    return np.prod([2, layers, kv_heads, d_k, length, bytes_per_number], dtype=np.int64)


@right("9.5", "torch product")
def _(layers, kv_heads, d_k, length, bytes_per_number):
    return torch.tensor([2, layers, kv_heads, d_k, length, bytes_per_number]).prod()


right("9.5", "functools.reduce")(
    lambda layers, kv_heads, d_k, length, bytes_per_number: functools.reduce(
        operator.mul, (layers, kv_heads, d_k, length, bytes_per_number), 2
    )
)

wrong("9.5", "keys and values are one, no factor of 2", named="only keys or only values")(
    lambda layers, heads, d, n, size: layers * heads * d * n * size
)
wrong("9.5", "queries are kept, too", named="queries kept as well")(
    lambda layers, heads, d, n, size: 3 * layers * heads * d * n * size
)
wrong("9.5", "one cache for all layers", named="one layer")(lambda layers, heads, d, n, size: 2 * heads * d * n * size)
wrong("9.5", "d_k is the width of all heads", named="one head")(
    lambda layers, heads, d, n, size: 2 * layers * d * n * size
)
wrong("9.5", "counts numbers and not bytes", named="numbers instead of bytes")(
    lambda layers, heads, d, n, size: 2 * layers * heads * d * n
)
wrong("9.5", "every pair is kept", named="squared length")(
    lambda layers, heads, d, n, size: 2 * layers * heads * d * n**2 * size
)
wrong("9.5", "keeps the weights", named="the map instead of the cache")(
    lambda layers, heads, d, n, size: layers * heads * n * n * size
)
wrong("9.5", "bytes of one token", named="one position")(
    lambda layers, heads, d, n, size: 2 * layers * heads * d * size
)
wrong("9.5", "a key is d_k squared", named="d_k squared, twice")(
    lambda layers, heads, d, n, size: 2 * layers * heads * d**2 * n * size
)
wrong("9.5", "in MiB", named="in MiB")(lambda layers, heads, d, n, size: 2 * layers * heads * d * n * size / 2**20)
wrong("9.5", "in bits", named="bits")(lambda layers, heads, d, n, size: 2 * layers * heads * d * n * size * 8)
wrong("9.5", "always 4 bytes", named="four bytes taken for granted")(
    lambda layers, heads, d, n, size: 2 * layers * heads * d * n * 4
)
wrong("9.5", "the newest is not kept", named="the last token missing")(
    lambda layers, heads, d, n, size: 2 * layers * heads * d * (n - 1) * size
)
wrong("9.5", "2 for query heads, 2 for K and V", named="twice as much")(
    lambda layers, heads, d, n, size: 4 * layers * heads * d * n * size
)
wrong("9.5", "adds up over the steps", named="added up over the steps")(
    lambda layers, heads, d, n, size: layers * heads * d * n * (n + 1) * size
)
wrong("9.5", "only values have bytes", named="bytes of one of the two")(
    lambda layers, heads, d, n, size: layers * heads * d * n * (1 + size)
)
wrong("9.5", "a value is one number", named="a value is one number")(
    lambda layers, heads, d, n, size: layers * heads * n * (d + 1) * size
)
wrong("9.5", "adds layers and heads", named="layers + kv_heads")(
    lambda layers, heads, d, n, size: 2 * (layers + heads) * d * n * size
)
wrong("9.5", "a state that does not grow", named="a state that does not grow, a table and a sum")(
    lambda layers, heads, d, n, size: layers * heads * (d * d + d) * size
)
wrong("9.5", "keys and values as a pair", named="keys and values apart")(
    lambda layers, heads, d, n, size: (layers * heads * d * n * size,) * 2
)
wrong("9.5", "takes four arguments, 4 bytes known", named="wrong number of arguments")(
    lambda layers, heads, d, n: 2 * layers * heads * d * n * 4
)


@wrong("9.5", "prints it in words", named="no return")
def _(layers, kv_heads, d_k, length, bytes_per_number):
    print(2 * layers * kv_heads * d_k * length * bytes_per_number, "bytes")


@wrong("9.5", "text with the unit", named="a larger unit, rounded")
def _(layers, kv_heads, d_k, length, bytes_per_number):
    return f"{2 * layers * kv_heads * d_k * length * bytes_per_number / 2**20:.1f} MiB"


# 9.6: positions of what comes in

right("9.6", "range from cached")(lambda cached, new: list(range(cached, cached + new)))
right("9.6", "adds cached to each")(lambda cached, new: [cached + i for i in range(new)])
right("9.6", "NumPy")(lambda cached, new: np.arange(new) + cached)
right("9.6", "torch")(lambda cached, new: torch.arange(cached, cached + new))
right("9.6", "as a batch of one")(lambda cached, new: torch.arange(cached, cached + new)[None])
right("9.6", "a tuple")(lambda cached, new: tuple(range(cached, cached + new)))
right("9.6", "the range itself")(lambda cached, new: range(cached, cached + new))
right("9.6", "all positions, the cached ones cut off")(lambda cached, new: list(range(cached + new))[cached:])
right("9.6", "itertools")(lambda cached, new: list(itertools.islice(itertools.count(cached), new)))
right("9.6", "floats")(lambda cached, new: [float(cached + i) for i in range(new)])


@right("9.6", "a loop that appends")
def _(cached, new):
    positions = []
    position = cached
    while len(positions) < new:
        positions.append(position)
        position += 1
    return positions


wrong("9.6", "changes nothing", named="restarts at 0")(lambda cached, new: list(range(new)))
wrong("9.6", "range from cached to new: takes new for the end", named="new taken for the end")(
    lambda cached, new: list(range(cached, new))
)
wrong("9.6", "all positions, the cached ones too", named="cached ones as well")(
    lambda cached, new: list(range(cached + new))
)
wrong("9.6", "the next position is cached + 1", named="one too far")(
    lambda cached, new: list(range(cached + 1, cached + new + 1))
)
wrong("9.6", "cached - 1 is the last index, so starts there", named="the last cached one again")(
    lambda cached, new: list(range(cached - 1, cached + new - 1))
)
wrong("9.6", "end included: one position too many", named="one too many")(
    lambda cached, new: list(range(cached, cached + new + 1))
)
wrong("9.6", "all new ones stand at the same place", named="all at the same position")(
    lambda cached, new: [cached] * new
)
wrong("9.6", "one token at a time, so one number", named="a number instead of a list")(lambda cached, new: cached)
wrong("9.6", "adds a number to a list", named="a number added to a list")(lambda cached, new: cached + list(range(new)))
wrong("9.6", "positions of those in the cache", named="only the cached ones")(lambda cached, new: list(range(cached)))
wrong("9.6", "the two numbers exchanged", named="cached and new exchanged")(
    lambda cached, new: list(range(new, new + cached))
)
wrong("9.6", "only the last one's position", named="only the last one")(lambda cached, new: [cached + new - 1])
wrong("9.6", "begins one late, ends right", named="begins one too late, ends rightly")(
    lambda cached, new: list(range(cached + 1, cached + new))
)
wrong("9.6", "ends one early", named="begins rightly, ends one too early")(
    lambda cached, new: list(range(cached, cached + new - 1))
)
wrong("9.6", "counts back from the end", named="backwards")(
    lambda cached, new: list(range(cached + new - 1, cached - 1, -1))
)
wrong("9.6", "cached ones first, then counts anew from 0", named="all of them, the new ones from 0 again")(
    lambda cached, new: list(range(cached)) + list(range(new))
)
wrong("9.6", "steps of cached, not an offset", named="steps as long as the cache")(
    lambda cached, new: [cached * i for i in range(new)]
)
wrong("9.6", "linspace with its end included", named="in steps that are too long")(
    lambda cached, new: np.linspace(cached, cached + new, new)
)
wrong("9.6", "negative indices, as from the end of a list", named="negative")(lambda cached, new: list(range(-new, 0)))
wrong("9.6", "the first new one alone goes behind the cache", named="the first after the cache, the others from 1")(
    lambda cached, new: [cached, *range(1, new)]
)
wrong("9.6", "first and last position only", named="first and last")(lambda cached, new: [cached, cached + new - 1])


@wrong("9.6", "prints the positions", named="no return")
def _(cached, new):
    for i in range(new):
        print(cached + i)


@wrong("9.6", "returns in the loop", named="only the first new one")
def _(cached, new):
    for i in range(new):
        return [cached + i]
