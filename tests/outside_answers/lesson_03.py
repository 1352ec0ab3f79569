"""Answers from outside to the exercises of lesson 03."""

import functools
import math

import numpy as np
import torch
import torch.nn.functional as F

from course_utils.attention import padding_mask, scaled_dot_product_attention
from outside_answers import right, wrong


def _softmax(scores, axis=-1):
    exps = np.exp(scores - np.max(scores, axis=axis, keepdims=True))
    return exps / exps.sum(axis=axis, keepdims=True)


def _tensor(array):
    return torch.as_tensor(np.asarray(array), dtype=torch.float64)


def _scores(query, key):
    return query @ np.swapaxes(key, 1, 2) / np.sqrt(key.shape[-1])


# 3.1 given_and_wanted(english, start, end): start and the words are given; the words and end are wanted.


@right("3.1", "two rows with the words unpacked")
def _(english, start, end):
    return np.array([[start, *english], [*english, end]])


@right("3.1", "one long row, cut twice")
def _(english, start, end):
    whole = np.concatenate([[start], english, [end]])
    return np.stack([whole[:-1], whole[1:]])


@right("3.1", "a table that is filled")
def _(english, start, end):
    table = np.empty((2, len(english) + 1), dtype=int)
    table[0, 0], table[1, -1] = start, end
    table[0, 1:] = english
    table[1, :-1] = english
    return table


@right("3.1", "lists in a list")
def _(english, start, end):
    words = list(english)
    return [[start] + words, words + [end]]


@right("3.1", "torch.cat, a tensor")
def _(english, start, end):
    english = torch.as_tensor(np.asarray(english))
    given = F.pad(english, (1, 0), value=int(start))
    wanted = torch.cat([english, torch.tensor([end])])
    return torch.vstack([given, wanted])


@right("3.1", "insert in front and append behind, a pair of arrays")
def _(english, start, end):
    return np.insert(english, 0, start), np.append(english, end)


@right("3.1", "pairs of neighbours, turned round")
def _(english, start, end):
    whole = [start, *english, end]
    return np.array(list(zip(whole, whole[1:]))).T


right("3.1", "a window of two sliding along, in one lambda")(
    lambda english, start, end: np.lib.stride_tricks.sliding_window_view(np.r_[start, english, end], len(english) + 1)
)


@right("3.1", "a loop over steps, as float numbers")
def _(english, start, end):
    given, wanted, before = [], [], start
    for word in [*english, end]:
        given.append(float(before))
        wanted.append(float(word))
        before = word
    return np.array([given, wanted])


@wrong("3.1", "given and wanted swapped", named="shifted the wrong way")
def _(english, start, end):
    return np.array([[*english, end], [start, *english]])


@wrong("3.1", "the end is never wanted", named="no end")
def _(english, start, end):
    return np.array([[start, *english[:-1]], english])


@wrong("3.1", "both rows in full: nothing is shifted", named="start and end around both")
def _(english, start, end):
    whole = [start, *english, end]
    return np.array([whole, whole])


@wrong("3.1", "start and end exchanged", named="start and end exchanged")
def _(english, start, end):
    return np.array([[end, *english], [*english, start]])


@wrong("3.1", "shifts, but knows neither start nor end", named="neither start nor end")
def _(english, start, end):
    return np.array([english[:-1], english[1:]])


@wrong("3.1", "rows of different length: end is left out", named="rows of unequal length")
def _(english, start, end):
    return np.array([[start, *english], [*english]])


@wrong(
    "3.1",
    "start replaces the first word, end the last",
    named="start in place of the first word given, end in place of the last word wanted",
)
def _(english, start, end):
    given, wanted = english.copy(), english.copy()
    given[0], wanted[-1] = start, end
    return np.array([given, wanted])


@wrong(
    "3.1",
    "the last word comes round to the front",
    named="the words moved on by one, the last in front given, the words wanted",
)
def _(english, start, end):
    return np.array([np.roll(english, 1), english])


@wrong(
    "3.1",
    "shifted by two: the word after next",
    named="start and the words given, the words without the first, and end twice wanted",
)
def _(english, start, end):
    whole = [start, *english, end, end]
    return np.array([whole[:-2], whole[2:]])


@wrong("3.1", "shifted, but nothing is given before the first word", named="no start")
def _(english, start, end):
    return np.array([english, [*english[1:], end]])


@wrong("3.1", "a row for each step: given and wanted as columns", named="a row for each step")
def _(english, start, end):
    whole = [start, *english, end]
    return np.array([whole[:-1], whole[1:]]).T


@wrong("3.1", "given ends with end, wanted is filled with a second end", named="too many or too few")
def _(english, start, end):
    return np.array([[start, *english, end], [*english, end, end]])


@wrong("3.1", "forgets to return", named="no return")
def _(english, start, end):
    given, wanted = [start, *english], [*english, end]
    np.array([given, wanted])


@wrong("3.1", "+ joins an array and a number: it adds", named="start and end added, not put beside")
def _(english, start, end):
    return np.array([start + english, english + end])


@wrong("3.1", "append on an array, as if it were a list", named="an array taken for a list")
def _(english, start, end):
    english.append(end)
    return np.array([[start, *english[:-1]], english])


@wrong("3.1", "only start is given at every step: no teacher", named="start at every step")
def _(english, start, end):
    return np.array([[start] * (len(english) + 1), [*english, end]])


@wrong("3.1", "given is read backwards", named="start and the words backwards given, the words and end wanted")
def _(english, start, end):
    return np.array([[start, *english[::-1]], [*english, end]])


@wrong("3.1", "leaves the two rows alike, with start in front", named="start before both")
def _(english, start, end):
    return np.array([[start, *english], [start, *english]])


@wrong(
    "3.1",
    "wants from the second word on, after start",
    named="start and the words given, the words without the first, and end twice wanted",
)
def _(english, start, end):
    return np.array([[start, *english], [*english[1:], end, end]])


@wrong("3.1", "end stands in front of what is wanted", named="start and the words given, end and the words wanted")
def _(english, start, end):
    return np.array([[start, *english], [end, *english]])


@wrong(
    "3.1",
    "the given row has start and loses its last word",
    named="start and the words without the last given, the words without the first, and end wanted",
)
def _(english, start, end):
    return np.array([[start, *english[:-1]], [*english[1:], end]])


@wrong("3.1", "one row only, with start and end", named="one row for both")
def _(english, start, end):
    return np.array([start, *english, end])


@wrong("3.1", "start is always 1 and end always 2", named="start and end written as numbers")
def _(english, start, end):
    return np.array([[1, *english], [*english, 2]])


@wrong("3.1", "start twice, to be safe", named="too many or too few")
def _(english, start, end):
    return np.array([[start, start, *english], [start, *english, end]])


@wrong("3.1", "arguments in another order: end before start", named="arguments in another order")
def _(english, end, start):
    return np.array([[start, *english], [*english, end]])


@wrong("3.1", "fills up with zeros instead of start and end", named="zeros instead of start and end")
def _(english, start, end):
    return np.array([np.pad(english, (1, 0)), np.pad(english, (0, 1))])


# 3.2 shape_of_weights: 64 numbers, 12 English entries, 11 German pieces.

right("3.2", "the tuple")((64, 12, 11))
right("3.2", "a list")([64, 12, 11])
right("3.2", "a torch shape")(torch.zeros(64, 12, 11).shape)
right("3.2", "as text")("(64, 12, 11)")
right("3.2", "a tuple of NumPy numbers")(tuple(np.array([64, 12, 11])))
right("3.2", "computed from a product of zeros")((np.zeros((64, 12, 28)) @ np.zeros((64, 28, 11))).shape)

wrong("3.2", "keys first: German rows, English columns", named="axes swapped")((64, 11, 12))
wrong("3.2", "one map, without the batch", named="batch forgotten")((12, 11))
wrong("3.2", "the shape of the context: features last", named="the context's shape")((64, 12, 28))
wrong("3.2", "one sequence asks itself: English and English", named="queries with themselves")((64, 12, 12))
wrong("3.2", "all the lengths in a row, keys first", named="features kept")((64, 11, 12, 28))
wrong("3.2", "leaves the end out of the English: 11 by 11", named="keys with themselves")((64, 11, 11))
wrong("3.2", "the shape of the keys", named="the keys' shape")((64, 11, 28))
wrong("3.2", "the shape of W_q, a weight matrix", named="features kept")((28, 28))
wrong("3.2", "all four numbers: a weight for each feature too", named="features kept")((64, 12, 11, 28))
wrong("3.2", "the batch comes last", named="batch not in front")((12, 11, 64))
wrong("3.2", "the batch in the middle, as PyTorch's recurrent nets have it", named="batch not in front")((12, 64, 11))
wrong("3.2", "counts all weights in one number", named="how many weights there are")(64 * 12 * 11)
wrong("3.2", "a weight for each word only", named="one axis for two")((64, 12))
wrong("3.2", "the mask's shape: an axis of 1 for the queries", named="the mask's shape")((64, 1, 11))
wrong("3.2", "adds one entry for end again", named="end counted twice")((64, 13, 11))
wrong("3.2", "one English row at a time: the last state asks", named="one axis for two")((64, 11))
wrong("3.2", "lengths of the two joined into one sequence", named="rows 23, columns 23")((64, 23, 23))

# 3.3 cross_weights(query, key, lengths): scaled scores, padding masked, softmax over the keys.


@right("3.3", "minus infinity where a key is padding")
def _(query, key, lengths):
    scores = query @ np.swapaxes(key, 1, 2) / np.sqrt(key.shape[-1])
    open_keys = np.arange(key.shape[1]) < np.asarray(lengths)[:, None]
    return _softmax(np.where(open_keys[:, None, :], scores, -np.inf))


@right("3.3", "einsum, a very low score for padding")
def _(query, key, lengths):
    scores = np.einsum("bqd,bkd->bqk", query, key) * key.shape[2] ** -0.5
    padding = np.arange(key.shape[1])[None, None] >= np.reshape(lengths, (-1, 1, 1))
    return _softmax(scores - 1e9 * padding)


@right("3.3", "a loop over the batch: only real keys, the rest zeros")
def _(query, key, lengths):
    weights = np.zeros((query.shape[0], query.shape[1], key.shape[1]))
    for b, length in enumerate(lengths):
        real = key[b, :length]
        weights[b, :, :length] = _softmax(query[b] @ real.T / math.sqrt(real.shape[1]))
    return weights


@right("3.3", "the course's attention and its padding mask, a tensor")
def _(query, key, lengths):
    mask = padding_mask(torch.as_tensor(np.asarray(lengths)), key.shape[1])
    _context, weights = scaled_dot_product_attention(_tensor(query), _tensor(key), _tensor(key), mask)
    return weights


@right("3.3", "PyTorch's attention with the identity as values")
def _(query, key, lengths):
    mask = torch.arange(key.shape[1]) < torch.as_tensor(np.asarray(lengths))[:, None]
    identity = torch.eye(key.shape[1], dtype=torch.float64).expand(len(key), -1, -1)
    return F.scaled_dot_product_attention(_tensor(query), _tensor(key), identity, attn_mask=mask[:, None]).numpy()


@right("3.3", "exponentials times the mask, then divided by their sum")
def _(query, key, lengths):
    mask = np.array([[[k < length for k in range(key.shape[1])]] for length in lengths])
    scores = np.matmul(query / np.sqrt(query.shape[-1]), key.transpose(0, 2, 1))
    scores = np.where(mask, scores, scores.min())
    exps = np.exp(scores - scores.max(axis=2, keepdims=True)) * mask
    return exps / exps.sum(axis=2, keepdims=True)


@right("3.3", "four loops over plain numbers, lists")
def _(query, key, lengths):
    batch = []
    for queries, keys, length in zip(query, key, lengths):
        rows = []
        for q in queries:
            scores = [float(np.dot(q, k)) / math.sqrt(len(q)) for k in keys[:length]]
            exps = [math.exp(score - max(scores)) for score in scores]
            rows.append([e / sum(exps) for e in exps] + [0.0] * (len(keys) - int(length)))
        batch.append(rows)
    return batch


@right("3.3", "torch, single precision, masked_fill_")
def _(query, key, lengths):
    scores = torch.bmm(torch.tensor(query).float(), torch.tensor(key).float().mT) / key.shape[-1] ** 0.5
    for b, length in enumerate(lengths):
        scores[b, :, int(length) :].fill_(float("-inf"))
    return F.softmax(scores, dim=2)


class _CrossWeights:
    def __init__(self, forbidden):
        self.forbidden = forbidden

    def mask(self, lengths, T_k):
        return np.stack([np.pad(np.zeros(n), (0, T_k - n), constant_values=self.forbidden) for n in lengths])

    def __call__(self, query, key, lengths):
        return _softmax(_scores(query, key) + self.mask(lengths, key.shape[1])[:, np.newaxis])


right("3.3", "an object that adds a mask of 0 and minus infinity")(_CrossWeights(-np.inf))


@wrong("3.3", "no mask: the padding gets its share", named="no mask")
def _(query, key, lengths):
    return _softmax(_scores(query, key))


@wrong("3.3", "masks the queries instead of the keys", named="mask on the queries")
def _(query, key, lengths):
    open_rows = np.arange(query.shape[1]) < lengths[:, None]
    return _softmax(np.where(open_rows[:, :, None], _scores(query, key), -1e9))


@wrong("3.3", "closes the real keys and leaves the padding open", named="mask polarity")
def _(query, key, lengths):
    padding = np.arange(key.shape[1]) >= lengths[:, None]
    return _softmax(np.where(padding[:, None], _scores(query, key), -1e9))


@wrong("3.3", "leaves out the division by the root", named="no scaling")
def _(query, key, lengths):
    open_keys = np.arange(key.shape[1]) < lengths[:, None]
    return _softmax(np.where(open_keys[:, None], query @ np.swapaxes(key, 1, 2), -np.inf))


@wrong("3.3", "one key too many: <= for <", named="one too many")
def _(query, key, lengths):
    open_keys = np.arange(key.shape[1]) <= lengths[:, None]
    return _softmax(np.where(open_keys[:, None], _scores(query, key), -np.inf))


@wrong("3.3", "masks after the softmax: rows below 1", named="mask after softmax")
def _(query, key, lengths):
    open_keys = np.arange(key.shape[1]) < lengths[:, None]
    return _softmax(_scores(query, key)) * open_keys[:, None]


@wrong("3.3", "softmax over the queries: axis 1", named="softmax over the queries")
def _(query, key, lengths):
    open_keys = np.arange(key.shape[1]) < lengths[:, None]
    return _softmax(np.where(open_keys[:, None], _scores(query, key), -1e9), axis=1)


@wrong("3.3", "key.T on three axes turns them all round", named="key not transposed")
def _(query, key, lengths):
    scores = query @ key.T / np.sqrt(key.shape[-1])
    open_keys = np.arange(key.shape[1]) < lengths[:, None]
    return _softmax(np.where(open_keys[:, None], scores, -np.inf))


@wrong("3.3", "zero for minus infinity", named="zero instead of minus infinity")
def _(query, key, lengths):
    open_keys = np.arange(key.shape[1]) < lengths[:, None]
    return _softmax(np.where(open_keys[:, None], _scores(query, key), 0.0))


@wrong("3.3", "turns the key with reshape instead of swapaxes", named="key reshaped")
def _(query, key, lengths):
    batch, T_k, d_k = key.shape
    scores = query @ key.reshape(batch, d_k, T_k) / np.sqrt(d_k)
    open_keys = np.arange(T_k) < lengths[:, None]
    return _softmax(np.where(open_keys[:, None], scores, -np.inf))


@wrong("3.3", "sets the padded keys to zero: no mask", named="zero instead of minus infinity")
def _(query, key, lengths):
    open_keys = np.arange(key.shape[1]) < lengths[:, None]
    return _softmax(_scores(query, key * open_keys[:, :, None]))


@wrong("3.3", "padding is where the key is all zeros, lengths unused", named="no mask")
def _(query, key, lengths):
    open_keys = (key != 0).any(axis=-1)
    return _softmax(np.where(open_keys[:, None], _scores(query, key), -np.inf))


@wrong("3.3", "the longest length for the whole batch", named="the longest length for all")
def _(query, key, lengths):
    scores = _scores(query, key)
    scores[:, :, max(lengths) :] = -np.inf
    return _softmax(scores)


@wrong("3.3", "d_k without the root", named="scaling by d instead of √d")
def _(query, key, lengths):
    scores = query @ np.swapaxes(key, 1, 2) / key.shape[-1]
    open_keys = np.arange(key.shape[1]) < lengths[:, None]
    return _softmax(np.where(open_keys[:, None], scores, -np.inf))


@wrong("3.3", "a mask (batch, T_k) without an axis for the queries", named="query axis missing in the mask")
def _(query, key, lengths):
    open_keys = np.arange(key.shape[1]) < lengths[:, None]
    return _softmax(np.where(open_keys, _scores(query, key), -np.inf))


@wrong("3.3", "the padding stands in front", named="padding in front")
def _(query, key, lengths):
    open_keys = np.arange(key.shape[1]) >= key.shape[1] - lengths[:, None]
    return _softmax(np.where(open_keys[:, None], _scores(query, key), -np.inf))


@wrong("3.3", "goes on to the context, with the keys as values", named="context instead of weights")
def _(query, key, lengths):
    open_keys = np.arange(key.shape[1]) < lengths[:, None]
    return _softmax(np.where(open_keys[:, None], _scores(query, key), -np.inf)) @ key


@wrong("3.3", "masks queries and keys: rows after the length are zeros", named="keys and queries masked")
def _(query, key, lengths):
    open_keys = np.arange(key.shape[1]) < lengths[:, None]
    open_rows = np.arange(query.shape[1]) < lengths[:, None]
    weights = _softmax(np.where(open_keys[:, None], _scores(query, key), -np.inf))
    return weights * open_rows[:, :, None]


@wrong("3.3", "the root of the number of keys", named="scaling by the number of keys")
def _(query, key, lengths):
    scores = query @ np.swapaxes(key, 1, 2) / np.sqrt(key.shape[1])
    open_keys = np.arange(key.shape[1]) < lengths[:, None]
    return _softmax(np.where(open_keys[:, None], scores, -np.inf))


@wrong("3.3", "compares lengths with places without an axis for the batch", named="lengths without an axis")
def _(query, key, lengths):
    open_keys = np.arange(key.shape[1]) < lengths
    return _softmax(np.where(open_keys, _scores(query, key), -np.inf))


@wrong("3.3", "one softmax over each whole map", named="softmax over each whole map")
def _(query, key, lengths):
    open_keys = np.arange(key.shape[1]) < lengths[:, None]
    exps = np.exp(np.where(open_keys[:, None], _scores(query, key), -np.inf))
    return exps / exps.sum(axis=(1, 2), keepdims=True)


@wrong("3.3", "one key too few: counts places from 1", named="one too few")
def _(query, key, lengths):
    open_keys = np.arange(1, key.shape[1] + 1) < lengths[:, None]
    return _softmax(np.where(open_keys[:, None], _scores(query, key), -1e9))


@wrong("3.3", "keys ask: query and key swapped", named="keys ask")
def _(query, key, lengths):
    open_keys = np.arange(key.shape[1]) < lengths[:, None]
    scores = key @ np.swapaxes(query, 1, 2) / np.sqrt(key.shape[-1])
    return _softmax(np.where(open_keys[:, :, None], scores, -1e9))


@wrong("3.3", "swaps the first two axes instead of the last two", named="key not transposed")
def _(query, key, lengths):
    scores = query @ np.swapaxes(key, 0, 1) / np.sqrt(key.shape[-1])
    open_keys = np.arange(key.shape[1]) < lengths[:, None]
    return _softmax(np.where(open_keys[:, None], scores, -np.inf))


@wrong("3.3", "forgets to return", named="no return")
def _(query, key, lengths):
    open_keys = np.arange(key.shape[1]) < lengths[:, None]
    _softmax(np.where(open_keys[:, None], _scores(query, key), -np.inf))


@wrong("3.3", "the length of the first number for all", named="one length for all")
def _(query, key, lengths):
    scores = _scores(query, key)
    scores[:, :, lengths[0] :] = -np.inf
    return _softmax(scores)


@wrong("3.3", "plus a billion at the padding", named="mask polarity")
def _(query, key, lengths):
    padding = np.arange(key.shape[1]) >= lengths[:, None]
    return _softmax(_scores(query, key) + 1e9 * padding[:, None])


@wrong("3.3", "the scores are multiplied by the mask", named="zero instead of minus infinity")
def _(query, key, lengths):
    open_keys = np.arange(key.shape[1]) < lengths[:, None]
    return _softmax(_scores(query, key) * open_keys[:, None, :])


@wrong("3.3", "cuts each map to its real keys: a list")
def _(query, key, lengths):
    return [_softmax(q @ k[:n].T / np.sqrt(k.shape[-1])) for q, k, n in zip(query, key, lengths)]


@wrong("3.3", "masks only the last place of each number", named="one place behind each number")
def _(query, key, lengths):
    scores = _scores(query, key)
    for b, length in enumerate(lengths):
        scores[b, :, length : length + 1] = -np.inf
    return _softmax(scores)


@wrong("3.3", "softmax over the batch: axis 0", named="softmax over the batch")
def _(query, key, lengths):
    open_keys = np.arange(key.shape[1]) < lengths[:, None]
    return _softmax(np.where(open_keys[:, None], _scores(query, key), -1e9), axis=0)


# 3.4 on_source(weights, alignment): of the words with a source, the share that look most at it.


@right("3.4", "a list of hits over the words with a source")
def _(weights, alignment):
    hits = [row.argmax() == source for row, source in zip(weights, alignment) if source is not None]
    return sum(hits) / len(hits)


@right("3.4", "a mask of the words with a source, then the mean")
def _(weights, alignment):
    has_source = np.array([source is not None for source in alignment])
    sources = np.array([source for source in alignment if source is not None])
    return np.mean(np.argmax(weights, axis=-1)[has_source] == sources)


@right("3.4", "counts in a loop over places")
def _(weights, alignment):
    hits = words = 0
    for row in range(len(alignment)):
        if alignment[row] is None:
            continue
        words += 1
        if weights[row][alignment[row]] == max(weights[row]):
            hits += 1
    return hits / words


@right("3.4", "torch, a tensor of one number")
def _(weights, alignment):
    tops = _tensor(weights).argmax(dim=-1).tolist()
    hits = [float(top == source) for top, source in zip(tops, alignment) if source is not None]
    return torch.tensor(hits).mean()


@right("3.4", "-1 for None: nobody looks there, hits over words with a source")
def _(weights, alignment):
    sources = np.array([-1 if source is None else source for source in alignment])
    return np.float32((weights.argmax(axis=1) == sources).sum() / (sources >= 0).sum())


@right("3.4", "a table of the right places, as in section 1")
def _(weights, alignment):
    right_places = np.zeros(weights.shape)
    for row, source in enumerate(alignment):
        if source is not None:
            right_places[row, source] = 1
    tops = np.eye(weights.shape[1])[weights.argmax(axis=-1)]
    return (tops * right_places).sum() / right_places.sum()


right("3.4", "an average with weights of 0 and 1")(
    lambda weights, alignment: np.average(
        [row.argmax() == source for row, source in zip(weights, alignment)],
        weights=[source is not None for source in alignment],
    )
)


@right("3.4", "a masked array")
def _(weights, alignment):
    hits = [np.argsort(row)[-1] == source for row, source in zip(weights, alignment)]
    return float(np.ma.array(hits, mask=[source is None for source in alignment], dtype=float).mean())


right("3.4", "a partial with the question as a function")(
    functools.partial(
        lambda best, weights, alignment: np.mean(
            [best(w) == s for w, s in zip(weights, alignment) if not isinstance(s, type(None))]
        ),
        np.argmax,
    )
)


@wrong("3.4", "divides by all words, those without a source too", named="None counted as a miss")
def _(weights, alignment):
    hits = sum(row.argmax() == source for row, source in zip(weights, alignment) if source is not None)
    return hits / len(alignment)


@wrong("3.4", "`if source` leaves out the source 0 as well", named="source 0 left out")
def _(weights, alignment):
    hits = [row.argmax() == source for row, source in zip(weights, alignment) if source]
    return sum(hits) / len(hits)


@wrong("3.4", "largest of each column: argmax with axis 0", named="columns matched with English words")
def _(weights, alignment):
    tops = weights.argmax(axis=0)
    hits = [top == source for top, source in zip(tops, alignment) if source is not None]
    return np.mean(hits)


@wrong("3.4", "a word without a source counts as a hit", named="None counted as a hit")
def _(weights, alignment):
    hits = [source is None or row.argmax() == source for row, source in zip(weights, alignment)]
    return np.mean(hits)


@wrong("3.4", "how much weight lies on the source, not how often most", named="mean weight instead of hits")
def _(weights, alignment):
    return np.mean([row[source] for row, source in zip(weights, alignment) if source is not None])


@wrong("3.4", "takes None out of the list but keeps all rows", named="words matched with the wrong sources")
def _(weights, alignment):
    sources = [source for source in alignment if source is not None]
    hits = [row.argmax() == source for row, source in zip(weights, sources)]
    return sum(hits) / len(hits)


@wrong("3.4", "the number of hits, not the share", named="hits counted, not shared")
def _(weights, alignment):
    return sum(row.argmax() == source for row, source in zip(weights, alignment) if source is not None)


@wrong("3.4", "a hit needs more than half of the weight", named="more than half")
def _(weights, alignment):
    return np.mean([row[source] > 0.5 for row, source in zip(weights, alignment) if source is not None])


@wrong("3.4", "None becomes 0: a word without source should look first", named="None counted as a miss")
def _(weights, alignment):
    sources = np.array([source or 0 for source in alignment])
    return np.mean(weights.argmax(axis=-1) == sources)


@wrong("3.4", "stops at the first word without a source", named="stopped at the first word without a source")
def _(weights, alignment):
    hits = []
    for row, source in zip(weights, alignment):
        if source is None:
            break
        hits.append(row.argmax() == source)
    return np.mean(hits)


@wrong("3.4", "None becomes -1: the last piece, divided by all", named="None counted as a miss")
def _(weights, alignment):
    sources = np.array([-1 if source is None else source for source in alignment])
    tops = weights.argmax(axis=-1)
    return np.mean([weights[i, sources[i]] == weights[i, tops[i]] for i in range(len(sources))])


@wrong("3.4", "divides by the number of German pieces", named="divided by the number of German pieces")
def _(weights, alignment):
    hits = sum(row.argmax() == source for row, source in zip(weights, alignment) if source is not None)
    return hits / weights.shape[-1]


@wrong("3.4", "arithmetic with None, as if it were a number", named="None taken for a number")
def _(weights, alignment):
    sources = np.array(alignment, dtype=int)
    return np.mean(weights.argmax(axis=-1) == sources)


@wrong("3.4", "forgets to return", named="no return")
def _(weights, alignment):
    hits = [row.argmax() == source for row, source in zip(weights, alignment) if source is not None]
    np.mean(hits)


@wrong("3.4", "pieces counted from 1", named="another place than the largest")
def _(weights, alignment):
    return np.mean([row.argmax() + 1 == source for row, source in zip(weights, alignment) if source is not None])


@wrong("3.4", "only words that cross count", named="only words that cross")
def _(weights, alignment):
    crossing = [
        (row, a) for row, a, b in zip(weights, alignment, alignment[1:]) if a is not None and b is not None and a > b
    ]
    return np.mean([row.argmax() == a for row, a in crossing]) if crossing else 0.0


@wrong("3.4", "any word's source will do", named="any right place")
def _(weights, alignment):
    hits = [row.argmax() in alignment for row, source in zip(weights, alignment) if source is not None]
    return np.mean(hits)


@wrong("3.4", "which words hit, not their share", named="one answer for each word")
def _(weights, alignment):
    return [bool(row.argmax() == source) for row, source in zip(weights, alignment) if source is not None]


@wrong("3.4", "argmax without an axis: one place in the whole map", named="largest weight of the whole map")
def _(weights, alignment):
    return np.mean([weights.argmax() == source for source in alignment if source is not None])


@wrong("3.4", "expects the words in the order of the pieces", named="place of the word for its source")
def _(weights, alignment):
    return np.mean([row.argmax() == i for i, row in enumerate(weights) if alignment[i] is not None])


@wrong("3.4", "a neighbour of the source will do", named="a neighbour counts")
def _(weights, alignment):
    return np.mean([abs(row.argmax() - s) <= 1 for row, s in zip(weights, alignment) if s is not None])


@wrong("3.4", "None tested by == 0", named="source 0 left out")
def _(weights, alignment):
    hits = [row.argmax() == source for row, source in zip(weights, alignment) if source != 0]
    return np.mean(hits)


@wrong("3.4", "the share of misses", named="misses counted")
def _(weights, alignment):
    return np.mean([row.argmax() != source for row, source in zip(weights, alignment) if source is not None])


@wrong("3.4", "the source is looked up for the piece: alignment as keys", named="largest weight of each morpheme")
def _(weights, alignment):
    tops = weights.T.argmax(axis=-1)
    return np.mean([tops[source] == word for word, source in enumerate(alignment) if source is not None])


@wrong("3.4", "the two largest weights count", named="the two largest")
def _(weights, alignment):
    return np.mean([source in np.argsort(row)[-2:] for row, source in zip(weights, alignment) if source is not None])


@wrong("3.4", "percent", named="per cent")
def _(weights, alignment):
    return 100 * np.mean([row.argmax() == s for row, s in zip(weights, alignment) if s is not None])


# 3.5 what_the_map_shows: the letter c.

right("3.5", "the letter")("c")
right("3.5", "the letter, large")("C")
right("3.5", "the letter with a bracket")("c)")
right("3.5", "the letter with spaces")("  c ")
right("3.5", "a NumPy text")(np.str_("c"))
right("3.5", "the word answer and the letter")("answer c")

wrong("3.5", "a weight on a place is a weight on its morpheme", named="map taken for the meaning")("a")
wrong("3.5", "a map that does not cross must mean wrong translations", named="off the source means wrong")("b")
wrong("3.5", "maps say nothing at all", named="map taken for decoration")("d")
wrong("3.5", "the place and the meaning of und are one thing", named="several letters")("a and c")
wrong("3.5", "a letter that is not offered", named="no such option")("e")
wrong("3.5", "wants the place, not a letter", named="words instead of a letter")("und")
wrong("3.5", "no conclusion is allowed", named="none of the options")("none")
wrong("3.5", "gives the weight on und", named="a number instead of a letter")(0.92)
wrong("3.5", "the number of the line", named="a number instead of a letter")(3)
wrong("3.5", "both: not its meaning, but the translation is wrong", named="several letters")("b, c")
