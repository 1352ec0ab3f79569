"""Answers from outside to the exercises of lesson 04."""

from collections import namedtuple
from functools import partial

import numpy as np
import torch
import torch.nn.functional as F

from course_utils.attention import scaled_dot_product_attention
from outside_answers import right, wrong


def softmax(scores, axis=-1):
    exps = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return exps / exps.sum(axis=axis, keepdims=True)


# 4.1 Write self-attention


@right("4.1", "three lines of matrices")
def _(x, W_q, W_k, W_v):
    query, key, value = x @ W_q, x @ W_k, x @ W_v
    scores = query @ key.T / np.sqrt(key.shape[-1])
    exps = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exps / exps.sum(axis=-1, keepdims=True) @ value


@right("4.1", "a loop over the words, as in section 2")
def _(x, W_q, W_k, W_v):
    context = []
    for place in range(len(x)):
        scores = np.array([(x[place] @ W_q) @ (row @ W_k) / np.sqrt(W_k.shape[1]) for row in x])
        shares = np.exp(scores - max(scores))
        shares = shares / sum(shares)
        context.append(sum(share * (row @ W_v) for share, row in zip(shares, x)))
    return np.array(context)


@right("4.1", "einsum, the query scaled before the product")
def _(x, W_q, W_k, W_v):
    query = np.einsum("td,de->te", x, W_q) * W_q.shape[1] ** -0.5
    scores = np.einsum("te,sd,de->ts", query, x, W_k)
    return np.einsum("ts,sd,de->te", softmax(scores), x, W_v)


@right("4.1", "the course's own function")
def _(x, W_q, W_k, W_v):
    query, key, value = (torch.tensor(x @ W) for W in (W_q, W_k, W_v))
    return scaled_dot_product_attention(query, key, value)[0].numpy()


@right("4.1", "PyTorch's operator, left as a tensor")
def _(x, W_q, W_k, W_v):
    x = torch.as_tensor(x)
    parts = [x @ torch.as_tensor(W) for W in (W_q, W_k, W_v)]
    return F.scaled_dot_product_attention(*(part[None, None] for part in parts))[0, 0]


@right("4.1", "in float32")
def _(x, W_q, W_k, W_v):
    x, W_q, W_k, W_v = (np.asarray(a, dtype=np.float32) for a in (x, W_q, W_k, W_v))
    scores = (x @ W_q) @ (x @ W_k).T / np.float32(W_k.shape[-1] ** 0.5)
    return softmax(scores) @ (x @ W_v)


@right("4.1", "mixes the words first and projects the mixture after")
def _(x, W_q, W_k, W_v):
    between = W_q @ W_k.T / np.sqrt(W_q.shape[-1])
    return softmax(x @ between @ x.T) @ x @ W_v


@right("4.1", "with a batch axis of one")
def _(x, W_q, W_k, W_v):
    batch = np.asarray(x)[None]
    query, key, value = batch @ W_q, batch @ W_k, batch @ W_v
    return softmax(query @ key.transpose(0, 2, 1) / np.sqrt(query.shape[-1])) @ value


@right("4.1", "lists out, rows one by one")
def _(x, W_q, W_k, W_v):
    def one(row):
        scores = (row @ W_q) @ (x @ W_k).T / np.sqrt(len(W_q[0]))
        log_total = np.logaddexp.reduce(scores)
        return (np.exp(scores - log_total) @ (x @ W_v)).tolist()

    return [one(row) for row in x]


@wrong("4.1", "no square root of d_k below the scores", named="no scaling")
def _(x, W_q, W_k, W_v):
    query, key, value = x @ W_q, x @ W_k, x @ W_v
    return softmax(query @ key.T) @ value


@wrong("4.1", "softmax over the queries: axis 0", named="softmax over the queries")
def _(x, W_q, W_k, W_v):
    query, key, value = x @ W_q, x @ W_k, x @ W_v
    scores = query @ key.T / np.sqrt(key.shape[-1])
    weights = np.exp(scores) / np.exp(scores).sum(axis=0, keepdims=True)
    return weights @ value


@wrong("4.1", "divides by the square root of d_model", named="scaling by √d_model")
def _(x, W_q, W_k, W_v):
    query, key, value = x @ W_q, x @ W_k, x @ W_v
    return softmax(query @ key.T / np.sqrt(x.shape[-1])) @ value


@wrong("4.1", "divides by d_k, without the root", named="scaling by d_k instead of √d_k")
def _(x, W_q, W_k, W_v):
    query, key, value = x @ W_q, x @ W_k, x @ W_v
    return softmax(query @ key.T / key.shape[-1]) @ value


@wrong("4.1", "adds the word's own vector to the context", named="x added")
def _(x, W_q, W_k, W_v):
    query, key, value = x @ W_q, x @ W_k, x @ W_v
    return x + softmax(query @ key.T / np.sqrt(key.shape[-1])) @ value


@wrong("4.1", "gives back context and weights, as the course's function does", named="context and weights")
def _(x, W_q, W_k, W_v):
    query, key, value = x @ W_q, x @ W_k, x @ W_v
    weights = softmax(query @ key.T / np.sqrt(key.shape[-1]))
    return weights @ value, weights


@wrong("4.1", "gives back the weights", named="weights instead of the context")
def _(x, W_q, W_k, W_v):
    query, key = x @ W_q, x @ W_k
    scores = query @ key.T / np.sqrt(key.shape[-1])
    return np.exp(scores) / np.exp(scores).sum(-1, keepdims=True)


@wrong("4.1", "key made with the query's matrix, copied line", named="keys made with W_q")
def _(x, W_q, W_k, W_v):
    query = x @ W_q
    key = x @ W_q
    value = x @ W_v
    return softmax(query @ key.T / np.sqrt(key.shape[-1])) @ value


@wrong("4.1", "row sums without keepdims, so columns are divided", named="sum without keepdims")
def _(x, W_q, W_k, W_v):
    query, key, value = x @ W_q, x @ W_k, x @ W_v
    scores = query @ key.T / np.sqrt(key.shape[-1])
    weights = np.exp(scores) / np.exp(scores).sum(-1)
    return weights @ value


@wrong("4.1", "what is mixed are the keys, not the values", named="keys as values")
def _(x, W_q, W_k, W_v):
    query, key = x @ W_q, x @ W_k
    return softmax(query @ key.T / np.sqrt(key.shape[-1])) @ key


@wrong("4.1", "forgets to transpose the keys", named="key not transposed")
def _(x, W_q, W_k, W_v):
    query, key, value = x @ W_q, x @ W_k, x @ W_v
    scores = query @ key / np.sqrt(key.shape[-1])
    return softmax(scores) @ value


@wrong("4.1", "mixes the words themselves, W_v left out", named="the words as values")
def _(x, W_q, W_k, W_v):
    query, key = x @ W_q, x @ W_k
    return softmax(query @ key.T / np.sqrt(key.shape[-1])) @ x


@wrong("4.1", "no softmax: scaled scores are the weights", named="no softmax")
def _(x, W_q, W_k, W_v):
    query, key, value = x @ W_q, x @ W_k, x @ W_v
    weights = query @ key.T / np.sqrt(key.shape[-1])
    return weights @ value


@wrong("4.1", "scores exchanged: key @ query.T, so keys ask", named="query and key exchanged")
def _(x, W_q, W_k, W_v):
    query, key, value = x @ W_q, x @ W_k, x @ W_v
    return softmax(key @ query.T / np.sqrt(key.shape[-1])) @ value


@wrong("4.1", "shares of 1 over the whole table", named="softmax over the whole array")
def _(x, W_q, W_k, W_v):
    query, key, value = x @ W_q, x @ W_k, x @ W_v
    scores = query @ key.T / np.sqrt(key.shape[-1])
    return np.exp(scores) / np.exp(scores).sum() @ value


@wrong("4.1", "closes the future: self-attention taken to be causal", named="causal mask")
def _(x, W_q, W_k, W_v):
    query, key, value = x @ W_q, x @ W_k, x @ W_v
    scores = query @ key.T / np.sqrt(key.shape[-1])
    scores = np.where(np.tri(len(x), dtype=bool), scores, -np.inf)
    return softmax(scores) @ value


@wrong("4.1", "shares out in proportion to the scores, without exp", named="weights in proportion to the scores")
def _(x, W_q, W_k, W_v):
    query, key, value = x @ W_q, x @ W_k, x @ W_v
    scores = query @ key.T / np.sqrt(key.shape[-1])
    return scores / scores.sum(-1, keepdims=True) @ value


@wrong("4.1", "matrix times word: W @ x", named="W before x")
def _(x, W_q, W_k, W_v):
    query, key, value = W_q @ x, W_k @ x, W_v @ x
    return softmax(query @ key.T / np.sqrt(key.shape[-1])) @ value


@wrong("4.1", "only the last word asks, as the query of lesson 02", named="only the last word asks")
def _(x, W_q, W_k, W_v):
    query, key, value = x[-1] @ W_q, x @ W_k, x @ W_v
    return softmax(key @ query / np.sqrt(len(query))) @ value


@wrong("4.1", "a word may not attend to itself", named="no word attends to itself")
def _(x, W_q, W_k, W_v):
    query, key, value = x @ W_q, x @ W_k, x @ W_v
    scores = query @ key.T / np.sqrt(key.shape[-1])
    np.fill_diagonal(scores, -np.inf)
    return softmax(scores) @ value


@wrong("4.1", "scale applied after the softmax", named="scaled after the softmax")
def _(x, W_q, W_k, W_v):
    query, key, value = x @ W_q, x @ W_k, x @ W_v
    return softmax(query @ key.T) / np.sqrt(key.shape[-1]) @ value


@wrong("4.1", "divides by the root of the number of words", named="scaling by √T")
def _(x, W_q, W_k, W_v):
    query, key, value = x @ W_q, x @ W_k, x @ W_v
    return softmax(query @ key.T / np.sqrt(key.shape[0])) @ value


@wrong("4.1", "forgets to return", named="no return")
def _(x, W_q, W_k, W_v):
    query, key, value = x @ W_q, x @ W_k, x @ W_v
    context = softmax(query @ key.T / np.sqrt(key.shape[-1])) @ value  # noqa: F841


# 4.2 Write the relative scores


@right("4.2", "clip the differences, then look up")
def _(table, T):
    max_distance = len(table) // 2
    places = np.arange(T)
    distance = np.clip(places[None, :] - places[:, None], -max_distance, max_distance)
    return np.asarray(table)[distance + max_distance]


@right("4.2", "two loops and a list of lists")
def _(table, T):
    m = (len(table) - 1) // 2
    return [[table[max(-m, min(m, k - q)) + m] for k in range(T)] for q in range(T)]


@right("4.2", "table lengthened with its ends, then windows of it")
def _(table, T):
    long = np.pad(np.asarray(table, dtype=float), T, mode="edge")
    middle = len(long) // 2
    return np.stack([long[middle - q : middle - q + T] for q in range(T)])


@right("4.2", "torch: arange, clamp, index")
def _(table, T):
    table = torch.as_tensor(table)
    m = table.numel() // 2
    places = torch.arange(T)
    return table[(places - places[:, None]).clamp(-m, m) + m]


@right("4.2", "np.take with mode clip")
def _(table, T):
    query, key = np.indices((T, T))
    return np.take(table, key - query + len(table) // 2, mode="clip")


@right("4.2", "minus the transposed difference, subtract.outer")
def _(table, T):
    m = len(table) // 2
    return np.asarray(table)[m - np.clip(np.subtract.outer(np.arange(T), np.arange(T)), -m, m)]


@right("4.2", "filled in place by diagonals, with a batch axis of one")
def _(table, T):
    m = len(table) // 2
    bias = np.zeros((1, T, T))
    for d in range(-T + 1, T):
        bias[0] += np.diag([table[min(max(d, -m), m) + m]] * (T - abs(d)), k=d)
    return bias


@wrong("4.2", "query minus key: the sign turned round", named="query minus key")
def _(table, T):
    m = len(table) // 2
    places = np.arange(T)
    return table[np.clip(places[:, None] - places[None, :], -m, m) + m]


@wrong("4.2", "no clipping: far distances wrap round or fail", named="no clipping")
def _(table, T):
    m = len(table) // 2
    places = np.arange(T)
    return table[places[None, :] - places[:, None] + m]


@wrong("4.2", "forgets to shift, distance 0 reads the first entry", named="no offset")
def _(table, T):
    m = len(table) // 2
    places = np.arange(T)
    return table[np.clip(places[None, :] - places[:, None], -m, m)]


@wrong("4.2", "distance without a sign, both sides alike", named="distance without its sign")
def _(table, T):
    m = len(table) // 2
    places = np.arange(T)
    distance = np.abs(places[None, :] - places[:, None])
    return table[np.clip(distance, 0, m) + m]


@wrong("4.2", "beyond max_distance nothing is added: 0", named="far pairs get 0")
def _(table, T):
    m = len(table) // 2
    places = np.arange(T)
    distance = places[None, :] - places[:, None]
    return np.where(np.abs(distance) > m, 0.0, table[np.clip(distance, -m, m) + m])


@wrong("4.2", "max_distance taken to be the length of the table", named="one place too late")
def _(table, T):
    max_distance = len(table)
    places = np.arange(T)
    distance = np.clip(places[None, :] - places[:, None], -max_distance, max_distance)
    return table[distance + max_distance]


@wrong("4.2", "half the length as a float, not fit for an index", named="a float as index")
def _(table, T):
    max_distance = (len(table) - 1) / 2
    places = np.arange(T)
    distance = np.clip(places[None, :] - places[:, None], -max_distance, max_distance)
    return table[distance + max_distance]


@wrong("4.2", "clips on one side only, the other wraps round", named="clipped above only")
def _(table, T):
    m = len(table) // 2
    places = np.arange(T)
    return table[np.minimum(places[None, :] - places[:, None] + m, 2 * m)]


@wrong("4.2", "max_distance 12, as in section 5, whatever the table", named="max_distance 12, as in section 5")
def _(table, T):
    places = np.arange(T)
    return table[np.clip(places[None, :] - places[:, None], -12, 12) + 12]


@wrong("4.2", "clips one too early on the right, range end", named="last number of the table never used")
def _(table, T):
    m = len(table) // 2
    places = np.arange(T)
    return table[np.clip(places[None, :] - places[:, None] + m, 0, 2 * m - 1)]


@wrong("4.2", "beyond max_distance nobody may look: minus infinity", named="far pairs closed")
def _(table, T):
    m = len(table) // 2
    places = np.arange(T)
    distance = places[None, :] - places[:, None]
    bias = np.full((T, T), -np.inf)
    near = np.abs(distance) <= m
    bias[near] = table[distance[near] + m]
    return bias


@wrong("4.2", "far distances taken modulo the table's length", named="wrapped round")
def _(table, T):
    m = len(table) // 2
    places = np.arange(T)
    return table[(places[None, :] - places[:, None] + m) % len(table)]


@wrong("4.2", "gives back the indices, not the numbers of the table", named="places instead of numbers")
def _(table, T):
    m = len(table) // 2
    places = np.arange(T)
    return np.clip(places[None, :] - places[:, None], -m, m) + m


@wrong("4.2", "one row for all queries, distances from the first word", named="one row only")
def _(table, T):
    m = len(table) // 2
    return np.array([table[min(k, m) + m] for k in range(T)])


@wrong("4.2", "shifts and clips at max_distance, not twice of it", named="after counts as 0")
def _(table, T):
    m = len(table) // 2
    places = np.arange(T)
    return table[np.clip(places[None, :] - places[:, None] + m, 0, m)]


@wrong("4.2", "keys counted from 1, queries from 0", named="distances one too large")
def _(table, T):
    m = len(table) // 2
    distance = np.arange(1, T + 1)[None, :] - np.arange(T)[:, None]
    return table[np.clip(distance, -m, m) + m]


@wrong("4.2", "max_distance from the sentence: T - 1", named="offset by the number of words")
def _(table, T):
    max_distance = T - 1
    places = np.arange(T)
    return table[places[None, :] - places[:, None] + max_distance]


@wrong("4.2", "shift by half rounded up", named="distances one too large")
def _(table, T):
    m = (len(table) + 1) // 2
    places = np.arange(T)
    index = np.clip(places[None, :] - places[:, None], -m, m) + m
    return table[np.minimum(index, len(table) - 1)]


@wrong("4.2", "later keys get 0: mixed up with the causal mask", named="keys after the query left out")
def _(table, T):
    m = len(table) // 2
    places = np.arange(T)
    return np.tril(table[np.clip(places[None, :] - places[:, None], -m, m) + m])


@wrong("4.2", "sum of the places for their difference", named="key plus query")
def _(table, T):
    m = len(table) // 2
    places = np.arange(T)
    return table[np.clip(places[None, :] + places[:, None], -m, m) + m]


@wrong("4.2", "softmax of the bias: made into weights already", named="softmax of the numbers")
def _(table, T):
    m = len(table) // 2
    places = np.arange(T)
    bias = table[np.clip(places[None, :] - places[:, None], -m, m) + m]
    return np.exp(bias) / np.exp(bias).sum(-1, keepdims=True)


@wrong("4.2", "prints the table and returns nothing", named="no return")
def _(table, T):
    m = len(table) // 2
    places = np.arange(T)
    print(table[np.clip(places[None, :] - places[:, None], -m, m) + m])


# 4.3 Predict: weights that are not 0 under a causal mask

right("4.3", "1 + 2 + ... + 10")(sum(range(1, 11)))
right("4.3", "as text")("55")
right("4.3", "as a float")(10 * 11 / 2)
right("4.3", "counted in a triangle")(np.tri(10).sum())
right("4.3", "as a tensor")(torch.ones(10, 10).tril().count_nonzero())
right("4.3", "as np.float32")(np.float32(55))
right("4.3", "text with blanks")(" 55 ")

wrong("4.3", "without itself: only what came before", named="closed ones counted, or the diagonal left out")(45)
wrong("4.3", "half of the table", named="half of them")(50)
wrong("4.3", "softmax gives no zeros, so all", named="nothing is closed")(100)
wrong("4.3", "one for each word", named="one for each word")(10)
wrong("4.3", "all but the diagonal is open", named="all but the diagonal")(90)
wrong("4.3", "one too far: sees the next word as well", named="one word ahead allowed")(64)
wrong("4.3", "as a share of the table", named="a share")(0.55)
wrong("4.3", "10 times 11, not halved", named="not halved")(110)
wrong("4.3", "sum of squares, 1 + 4 + ... + 100", named="squares added up")(385)
wrong("4.3", "the first word has nothing before it, so its weight is 0", named="a slip in the sum")(54)
wrong("4.3", "one triangle up to 11", named="counted from 0 to 10 words")(66)
wrong("4.3", "diagonal counted twice", named="diagonal counted twice")(65)


# 4.4 Mend: both masks for a batch


@right("4.4", "the colleague's lines, mended")
def _(lengths, T):
    causal = np.tril(np.ones((T, T), dtype=bool))
    real = np.arange(T) < lengths[:, None]
    return causal & real[:, None, :]


@right("4.4", "places compared, for any list of lengths")
def _(lengths, T):
    place = np.arange(T)
    earlier = place[None, None, :] <= place[None, :, None]
    return np.logical_and(earlier, place < np.asarray(lengths)[:, None, None])


@right("4.4", "three loops")
def _(lengths, T):
    mask = np.zeros((len(lengths), T, T), dtype=bool)
    for number, length in enumerate(lengths):
        for query in range(T):
            for key in range(T):
                mask[number, query, key] = key <= query and key < length
    return mask


@right("4.4", "closed ones first, turned round at the end")
def _(lengths, T):
    later = np.triu(np.ones((T, T), dtype=bool), k=1)
    padding = np.arange(T) >= np.asarray(lengths).reshape(-1, 1)
    return ~(later[None] | padding[:, None, :])


@right("4.4", "torch")
def _(lengths, T):
    causal = torch.ones(T, T, dtype=torch.bool).tril()
    real = torch.arange(T) < torch.as_tensor(lengths)[:, None]
    return causal & real[:, None, :]


@right("4.4", "columns of zeros written into copies of the triangle")
def _(lengths, T):
    masks = [np.tri(T).astype(bool) for _ in lengths]
    for mask, length in zip(masks, lengths):
        mask[:, length:] = False
    return np.stack(masks)


@right("4.4", "times in place of and, made boolean")
def _(lengths, T):
    return (np.tri(T) * (np.arange(T) < lengths[:, None])[:, None, :]).astype(bool)


@wrong("4.4", "triangle mended, the or left standing", named="or instead of and")
def _(lengths, T):
    causal = np.tril(np.ones((T, T), dtype=bool))
    real = np.arange(T) < lengths[:, None]
    return causal | real[:, None, :]


@wrong("4.4", "or mended to and, the upper triangle left standing", named="the future instead of the past")
def _(lengths, T):
    causal = np.triu(np.ones((T, T), dtype=bool))
    real = np.arange(T) < lengths[:, None]
    return causal & real[:, None, :]


@wrong("4.4", "padding closes rows instead of columns", named="padding on the query axis")
def _(lengths, T):
    causal = np.tril(np.ones((T, T), dtype=bool))
    real = np.arange(T) < lengths[:, None]
    return causal & real[:, :, None]


@wrong("4.4", "True where closed: polarity of other libraries", named="True means closed")
def _(lengths, T):
    causal = np.triu(np.ones((T, T), dtype=bool), k=1)
    padding = np.arange(T) >= lengths[:, None]
    return causal | padding[:, None, :]


@wrong("4.4", "a word may not look at itself", named="a word may not look at itself")
def _(lengths, T):
    causal = np.tril(np.ones((T, T), dtype=bool), k=-1)
    real = np.arange(T) < lengths[:, None]
    return causal & real[:, None, :]


@wrong("4.4", "one key of the future stays open", named="one word ahead")
def _(lengths, T):
    causal = np.tril(np.ones((T, T), dtype=bool), k=1)
    real = np.arange(T) < lengths[:, None]
    return causal & real[:, None, :]


@wrong("4.4", "up to and including the length: one padding seen", named="one padding too many")
def _(lengths, T):
    causal = np.tril(np.ones((T, T), dtype=bool))
    real = np.arange(T) <= lengths[:, None]
    return causal & real[:, None, :]


@wrong("4.4", "padding rows closed as well as columns", named="padding on the query axis")
def _(lengths, T):
    causal = np.tril(np.ones((T, T), dtype=bool))
    real = np.arange(T) < lengths[:, None]
    return causal & real[:, None, :] & real[:, :, None]


@wrong("4.4", "handed in again as the colleague wrote it", named="not mended")
def _(lengths, T):
    causal = np.triu(np.ones((T, T), dtype=bool))
    real = np.arange(T) < lengths[:, None]
    return causal | real[:, None, :]


@wrong("4.4", "Python's and between two arrays", named="the word 'and' between arrays")
def _(lengths, T):
    causal = np.tril(np.ones((T, T), dtype=bool))
    real = np.arange(T) < lengths[:, None]
    return causal and real[:, None, :]


@wrong("4.4", "no axis for the queries between batch and keys", named="query axis missing in the mask")
def _(lengths, T):
    causal = np.tril(np.ones((T, T), dtype=bool))
    real = np.arange(T) < lengths[:, None]
    return causal & real


@wrong("4.4", "numbers to add, 0 and minus infinity, for booleans", named="scores instead of a mask")
def _(lengths, T):
    causal = np.tril(np.ones((T, T), dtype=bool))
    real = np.arange(T) < lengths[:, None]
    return np.where(causal & real[:, None, :], 0.0, -np.inf)


@wrong("4.4", "length minus one: the last real word closed", named="last word closed")
def _(lengths, T):
    causal = np.tril(np.ones((T, T), dtype=bool))
    real = np.arange(T) < lengths[:, None] - 1
    return causal & real[:, None, :]


@wrong("4.4", "triangle only, padding forgotten", named="padding forgotten")
def _(lengths, T):
    return np.tile(np.tril(np.ones((T, T), dtype=bool)), (len(lengths), 1, 1))


@wrong("4.4", "adds the two masks: plus on booleans is or", named="or instead of and")
def _(lengths, T):
    causal = np.tril(np.ones((T, T), dtype=bool))
    real = np.arange(T) < lengths[:, None]
    return causal + real[:, None, :]


@wrong("4.4", "upper triangle above the diagonal taken as open", named="triangle of what is forbidden")
def _(lengths, T):
    causal = np.triu(np.ones((T, T), dtype=bool), k=1)
    real = np.arange(T) < lengths[:, None]
    return causal & real[:, None, :]


@wrong("4.4", "real and padding exchanged", named="padding kept, words closed")
def _(lengths, T):
    causal = np.tril(np.ones((T, T), dtype=bool))
    padding = np.arange(T) >= lengths[:, None]
    return causal & padding[:, None, :]


@wrong("4.4", "padding only, the triangle thrown out", named="future open")
def _(lengths, T):
    real = np.arange(T) < lengths[:, None]
    return np.repeat(real[:, None, :], T, axis=1)


@wrong("4.4", "exclusive or", named="exclusive or")
def _(lengths, T):
    causal = np.tril(np.ones((T, T), dtype=bool))
    real = np.arange(T) < lengths[:, None]
    return causal ^ real[:, None, :]


@wrong("4.4", "one mask for the whole batch: the shortest length", named="the shortest length for all")
def _(lengths, T):
    causal = np.tril(np.ones((T, T), dtype=bool))
    return np.stack([causal & (np.arange(T) < min(lengths))] * len(lengths))


@wrong("4.4", "rows and columns exchanged at the end", named="keys and queries exchanged")
def _(lengths, T):
    causal = np.tril(np.ones((T, T), dtype=bool))
    real = np.arange(T) < lengths[:, None]
    return (causal & real[:, None, :]).transpose(0, 2, 1)


@wrong(
    "4.4",
    "sentence ends taken as the corner of a smaller square",
    named="padding closed as key and as query, the future open",
)
def _(lengths, T):
    mask = np.zeros((len(lengths), T, T), dtype=bool)
    for number, length in enumerate(lengths):
        mask[number, :length, :length] = True
    return mask


@wrong("4.4", "forgets to return", named="no return")
def _(lengths, T):
    causal = np.tril(np.ones((T, T), dtype=bool))
    real = np.arange(T) < lengths[:, None]
    mask = causal & real[:, None, :]  # noqa: F841


# 4.5 Read the maps

Masks = namedtuple("Masks", "A B C D")
right("4.5", "a tuple")(("padding", "both", "none", "causal"))
right("4.5", "a list")(["padding", "both", "none", "causal"])
right("4.5", "an array of words")(np.array(["padding", "both", "none", "causal"]))
right("4.5", "capital letters")(("Padding", "Both", "None", "Causal"))
right("4.5", "blanks around the words")((" padding", "both ", "none", " causal"))
right("4.5", "a named tuple")(Masks(A="padding", B="both", C="none", D="causal"))
right("4.5", "collected by a generator")(tuple(word for word in ["padding", "both", "none", "causal"]))

wrong("4.5", "padding and causal exchanged", named="causal and padding exchanged")(
    ("causal", "both", "none", "padding")
)
wrong("4.5", "B is causal, D is both: the triangle decides", named="both and causal exchanged")(
    ("padding", "causal", "none", "both")
)
wrong("4.5", "in the order of the figure of section 4", named="order of the question")(
    ("none", "causal", "padding", "both")
)
wrong("4.5", "A is both: closed columns cover the triangle", named="both and padding exchanged")(
    ("both", "padding", "none", "causal")
)
wrong("4.5", "full map means everything was masked, empty one nothing", named="colours read the other way round")(
    ("padding", "none", "both", "causal")
)
wrong("4.5", "no map counts as both", named="B taken for causal")(("padding", "causal", "none", "causal"))
wrong("4.5", "one letter for each, C left out", named="wrong number of entries")(("padding", "both", "causal"))
wrong("4.5", "A without padding: rows 4 and 5 are not empty", named="A taken for none")(
    ("none", "both", "none", "causal")
)
wrong("4.5", "five answers, one for each row", named="wrong number of entries")(
    ("padding", "both", "none", "causal", "causal")
)
wrong("4.5", "B and A exchanged: more zeros, plain padding", named="only the map without a mask found")(
    ("both", "causal", "none", "padding")
)
wrong(
    "4.5", "read from D back to A", named="A taken for causal, B taken for none, C taken for both, D taken for padding"
)(("causal", "none", "both", "padding"))
wrong("4.5", "names the maps, not the masks", named="the maps named, not their masks")(("A", "B", "C", "D"))


# 4.6 Read the table

Trust = namedtuple("Trust", "A B C")
right("4.6", "a tuple")(("no", "open", "yes"))
right("4.6", "a list")(["no", "open", "yes"])
right("4.6", "an array of words")(np.array(["no", "open", "yes"]))
right("4.6", "capital letters")(("No", "Open", "Yes"))
right("4.6", "in capitals throughout")(("NO", "OPEN", "YES"))
right("4.6", "a named tuple")(Trust("no", "open", "yes"))
right("4.6", "blanks before the words")(("no", " open", " yes"))

wrong("4.6", "the deciding cue settles it for all three", named="a replaced cue taken for a test of the map")(
    ("yes", "yes", "yes")
)
wrong("4.6", "what was not measured counts as no", named="not measured taken for no")(("no", "no", "yes"))
wrong("4.6", "B inherits the yes of its cue", named="the cue stands in for what was not measured")(("no", "yes", "yes"))
wrong("4.6", "A is open: its map may be right elsewhere", named="a failed test taken for none")(("open", "open", "yes"))
wrong("4.6", "the cue shows that A looked, B unknown", named="accuracy taken for a reason")(("yes", "open", "yes"))
wrong("4.6", "numbers made up never say anything", named="numbers taken to say nothing")(("open", "open", "open"))
wrong("4.6", "few changes taken as a stable, trustworthy map", named="change taken for a fault")(("yes", "open", "no"))
wrong("4.6", "one missed answer makes C open", named="C taken for open")(("no", "open", "open"))
wrong("4.6", "accuracy alike, so no map shows anything", named="no map may be believed, nor B's")(("no", "no", "no"))
wrong("4.6", "A and B by the cue, C by both", named="A taken for yes, B taken for yes, C taken for no")(
    ("yes", "yes", "no")
)
wrong("4.6", "A no, B no answer at all", named="wrong number of entries")(("no", "yes"))
wrong("4.6", "the last row decides: 2 beats 1", named="B taken for yes, C taken for no")(("no", "yes", "no"))


# a partial and a lambda, for the two that take few arguments


def _looked_up(clip, table, T):
    m = len(table) // 2
    places = np.arange(T)
    return np.asarray(table)[clip(places - places[:, None], -m, m) + m]


right("4.2", "a functools.partial")(partial(_looked_up, np.clip))
right("4.4", "a lambda")(
    lambda lengths, T: np.stack([np.tri(T, dtype=bool) * (np.arange(T) < length) for length in lengths])
)
