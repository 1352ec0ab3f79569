"""Answers from outside to the exercises of lesson 05."""

from collections import namedtuple
from functools import partial

import numpy as np
import torch
import torch.nn.functional as F

from course_utils.layers import MultiHeadAttention
from outside_answers import right, wrong


def softmax(scores, axis=-1):
    exps = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return exps / exps.sum(axis=axis, keepdims=True)


def split(x, num_heads):
    return x.reshape(x.shape[0], num_heads, -1).transpose(1, 0, 2)


def together(context):
    return context.transpose(1, 0, 2).reshape(context.shape[1], -1)


# 5.1 Write split_heads


@right("5.1", "cut the last axis in two, then swap")
def _(x, num_heads):
    T, d_model = x.shape
    return x.reshape(T, num_heads, d_model // num_heads).transpose(1, 0, 2)


@right("5.1", "slices in a loop, stacked")
def _(x, num_heads):
    d_k = x.shape[1] // num_heads
    return np.stack([x[:, h * d_k : (h + 1) * d_k] for h in range(num_heads)])


@right("5.1", "np.split along the features")
def _(x, num_heads):
    return np.array(np.split(x, num_heads, axis=-1))


@right("5.1", "transposed first, then cut, then each head turned back")
def _(x, num_heads):
    return x.T.reshape(num_heads, -1, len(x)).swapaxes(1, 2)


@right("5.1", "torch, unflatten and transpose")
def _(x, num_heads):
    return torch.as_tensor(x).unflatten(-1, (num_heads, -1)).transpose(0, 1)


@right("5.1", "torch chunk, back to NumPy")
def _(x, num_heads):
    return torch.stack(torch.from_numpy(x).chunk(num_heads, dim=-1)).numpy()


@right("5.1", "number by number into zeros, float32")
def _(x, num_heads):
    T, d_model = x.shape
    d_k = d_model // num_heads
    heads = np.zeros((num_heads, T, d_k), dtype=np.float32)
    for t in range(T):
        for feature in range(d_model):
            heads[feature // d_k, t, feature % d_k] = x[t, feature]
    return heads


@right("5.1", "nested lists")
def _(x, num_heads):
    rows = np.asarray(x).tolist()
    d_k = len(rows[0]) // num_heads
    return [[row[h * d_k : (h + 1) * d_k] for row in rows] for h in range(num_heads)]


right("5.1", "a list of arrays, one for each head")(lambda x, num_heads: np.split(x, num_heads, axis=1))


@right("5.1", "with a batch axis of one")
def _(x, num_heads):
    batch = x[None]
    return batch.reshape(1, x.shape[0], num_heads, -1).transpose(0, 2, 1, 3)


@wrong("5.1", "plain reshape to the wanted shape", named="reshaped straight into heads")
def _(x, num_heads):
    T, d_model = x.shape
    return x.reshape(num_heads, T, d_model // num_heads)


@wrong("5.1", "cut, but axes not swapped", named="axes not swapped")
def _(x, num_heads):
    T, d_model = x.shape
    return x.reshape(T, num_heads, d_model // num_heads)


@wrong("5.1", "every num_heads-th feature to one head", named="features dealt out in turn")
def _(x, num_heads):
    return np.stack([x[:, h::num_heads] for h in range(num_heads)])


@wrong(
    "5.1", "cuts the positions among the heads, not the features", named="positions cut into pieces of different length"
)
def _(x, num_heads):
    return np.stack(np.array_split(x, num_heads, axis=0))


@wrong("5.1", "d_k by real division, a float in the shape", named="/ instead of //")
def _(x, num_heads):
    T, d_model = x.shape
    d_k = d_model / num_heads
    return x.reshape(T, num_heads, d_k).transpose(1, 0, 2)


@wrong("5.1", "each head gets all the features", named="all features for each head")
def _(x, num_heads):
    return np.stack([x] * num_heads)


@wrong("5.1", "num_heads taken to be the width of a head", named="num_heads and d_k exchanged")
def _(x, num_heads):
    T, d_model = x.shape
    return x.reshape(T, d_model // num_heads, num_heads).transpose(1, 0, 2)


@wrong("5.1", "all axes turned round: .T", named="all three axes turned round")
def _(x, num_heads):
    T, d_model = x.shape
    return x.reshape(T, num_heads, d_model // num_heads).T


@wrong("5.1", "transposed before the plain reshape", named="transposed, then reshaped")
def _(x, num_heads):
    T, d_model = x.shape
    return x.T.reshape(num_heads, T, d_model // num_heads)


@wrong("5.1", "heads in front, but features before positions", named="features before positions")
def _(x, num_heads):
    T, d_model = x.shape
    return x.reshape(T, num_heads, d_model // num_heads).transpose(1, 2, 0)


@wrong("5.1", "width of a slice is num_heads", named="slices as wide as the number of heads")
def _(x, num_heads):
    return np.stack([x[:, h * num_heads : (h + 1) * num_heads] for h in range(num_heads)])


@wrong("5.1", "features cut last-but-heads: (T, d_k, heads)", named="features dealt out in turn")
def _(x, num_heads):
    T, d_model = x.shape
    return x.reshape(T, d_model // num_heads, num_heads).transpose(2, 0, 1)


@wrong("5.1", "heads keep the full width, foreign features set to 0", named="full width, other features 0")
def _(x, num_heads):
    d_k = x.shape[1] // num_heads
    heads = np.zeros((num_heads, *x.shape))
    for h in range(num_heads):
        heads[h, :, h * d_k : (h + 1) * d_k] = x[:, h * d_k : (h + 1) * d_k]
    return heads


@wrong("5.1", "slices overlap by one: end taken as included", named="overlapping slices from feature 1")
def _(x, num_heads):
    d_k = x.shape[1] // num_heads
    return np.stack([x[:, h * d_k : (h + 1) * d_k + 1][:, -d_k:] for h in range(num_heads)])


@wrong("5.1", "every head gets the first slice", named="the same slice for every head")
def _(x, num_heads):
    d_k = x.shape[1] // num_heads
    return np.stack([x[:, :d_k] for _ in range(num_heads)])


@wrong("5.1", "heads counted from 1, the first slice lost", named="first head missing")
def _(x, num_heads):
    d_k = x.shape[1] // num_heads
    return np.stack([x[:, h * d_k : (h + 1) * d_k] for h in range(1, num_heads)])


@wrong("5.1", "heads put side by side again at the end", named="heads under one another")
def _(x, num_heads):
    return np.concatenate(np.split(x, num_heads, axis=1), axis=0)


@wrong("5.1", "changes the shape of x itself in place", named="reshaped straight into heads")
def _(x, num_heads):
    T, d_model = x.shape
    x.shape = (num_heads, T, d_model // num_heads)
    return x


@wrong("5.1", "swaps positions and features inside the head", named="x cut into (num_heads, d_k, T)")
def _(x, num_heads):
    T, d_model = x.shape
    return x.reshape(num_heads, d_model // num_heads, T).transpose(0, 2, 1)


@wrong("5.1", "always two heads, as in the picture", named="always two heads")
def _(x, num_heads):
    half = x.shape[1] // 2
    return np.stack([x[:, :half], x[:, half:]])


@wrong("5.1", "last head first", named="heads in the opposite order")
def _(x, num_heads):
    return np.stack(np.split(x, num_heads, axis=-1)[::-1])


@wrong("5.1", "prints the heads and returns nothing", named="no return")
def _(x, num_heads):
    for head in np.split(x, num_heads, axis=-1):
        print(head)


@wrong("5.1", "names only the two axes to be swapped", named="two axes named of three")
def _(x, num_heads):
    return np.transpose(x.reshape(x.shape[0], num_heads, -1), (1, 0))


# 5.2 Write multi_head


@right("5.2", "split, attend in all heads at once, put together")
def _(query, key, value, num_heads):
    q, k, v = (split(part, num_heads) for part in (query, key, value))
    weights = softmax(q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1]))
    return together(weights @ v)


@right("5.2", "head by head, concatenated")
def _(query, key, value, num_heads):
    d_k = query.shape[-1] // num_heads
    contexts = []
    for h in range(num_heads):
        mine = slice(h * d_k, (h + 1) * d_k)
        scores = query[:, mine] @ key[:, mine].T / np.sqrt(d_k)
        exps = np.exp(scores - scores.max(-1, keepdims=True))
        contexts.append(exps / exps.sum(-1, keepdims=True) @ value[:, mine])
    return np.concatenate(contexts, axis=-1)


@right("5.2", "einsum from cut to flat")
def _(query, key, value, num_heads):
    q, k, v = (part.reshape(len(part), num_heads, -1) for part in (query, key, value))
    scores = np.einsum("qhd,khd->hqk", q, k) * q.shape[-1] ** -0.5
    return np.einsum("hqk,khd->qhd", softmax(scores), v).reshape(len(query), -1)


@right("5.2", "PyTorch's operator on unflattened tensors")
def _(query, key, value, num_heads):
    q, k, v = (torch.tensor(p).unflatten(-1, (num_heads, -1)).transpose(0, 1) for p in (query, key, value))
    return F.scaled_dot_product_attention(q, k, v).transpose(0, 1).flatten(1).numpy()


@right("5.2", "written into an empty result, float32")
def _(query, key, value, num_heads):
    result = np.empty(query.shape, dtype=np.float32)
    for columns in np.split(np.arange(query.shape[1]), num_heads):
        scores = query[:, columns] @ key[:, columns].T / len(columns) ** 0.5
        result[:, columns] = softmax(scores) @ value[:, columns]
    return result


@right("5.2", "np.hstack over np.split, query scaled first")
def _(query, key, value, num_heads):
    query = query * (num_heads / query.shape[1]) ** 0.5
    parts = zip(*(np.split(part, num_heads, axis=1) for part in (query, key, value)))
    return np.hstack([softmax(q @ k.T) @ v for q, k, v in parts])


@right("5.2", "query by query with log-sum-exp")
def _(query, key, value, num_heads):
    q, k, v = (split(part, num_heads) for part in (query, key, value))
    rows = []
    for t in range(q.shape[1]):
        row = []
        for h in range(num_heads):
            scores = k[h] @ q[h, t] / np.sqrt(k.shape[-1])
            row.extend(np.exp(scores - np.logaddexp.reduce(scores)) @ v[h])
        rows.append(row)
    return np.array(rows)


@right("5.2", "PyTorch's layer, its matrices set to the identity")
def _(query, key, value, num_heads):
    d_model = query.shape[1]
    layer = torch.nn.MultiheadAttention(d_model, num_heads, bias=False, dtype=torch.float64)
    with torch.no_grad():
        layer.in_proj_weight.copy_(torch.eye(d_model).repeat(3, 1))
        layer.out_proj.weight.copy_(torch.eye(d_model))
    return layer(*(torch.tensor(part, dtype=torch.float64) for part in (query, key, value)))[0]


@right("5.2", "with a batch axis of one")
def _(query, key, value, num_heads):
    q, k, v = (split(part, num_heads)[None] for part in (query, key, value))
    context = softmax(q @ k.swapaxes(-1, -2) / np.sqrt(q.shape[-1])) @ v
    return context.transpose(0, 2, 1, 3).reshape(1, len(query), -1)


@wrong("5.2", "divides by the root of d_model, not of the head's d_k", named="scaled by all features")
def _(query, key, value, num_heads):
    q, k, v = (split(part, num_heads) for part in (query, key, value))
    return together(softmax(q @ k.transpose(0, 2, 1) / np.sqrt(query.shape[-1])) @ v)


@wrong("5.2", "heads put together by a plain reshape", named="merged without swapping back")
def _(query, key, value, num_heads):
    q, k, v = (split(part, num_heads) for part in (query, key, value))
    context = softmax(q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1])) @ v
    return context.reshape(query.shape)


@wrong("5.2", "plain reshape to cut the heads", named="reshaped straight into heads")
def _(query, key, value, num_heads):
    q, k, v = (p.reshape(num_heads, len(p), -1) for p in (query, key, value))
    return together(softmax(q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1])) @ v)


@wrong("5.2", "no division by a root at all", named="no scaling")
def _(query, key, value, num_heads):
    q, k, v = (split(part, num_heads) for part in (query, key, value))
    return together(softmax(q @ k.transpose(0, 2, 1)) @ v)


@wrong("5.2", "mean over the heads instead of side by side", named="heads averaged")
def _(query, key, value, num_heads):
    q, k, v = (split(part, num_heads) for part in (query, key, value))
    return (softmax(q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1])) @ v).mean(axis=0)


@wrong("5.2", "plain reshape both ways, which does not cancel", named="reshaped straight, in and out")
def _(query, key, value, num_heads):
    q, k, v = (p.reshape(num_heads, len(p), -1) for p in (query, key, value))
    return (softmax(q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1])) @ v).reshape(query.shape)


@wrong("5.2", "one softmax over all features, num_heads unused", named="one map for all heads")
def _(query, key, value, num_heads):
    return softmax(query @ key.T / np.sqrt(key.shape[-1])) @ value


@wrong("5.2", "number of queries used for the keys as well", named="length of the query for the key")
def _(query, key, value, num_heads):
    T, d_model = query.shape
    q, k, v = (p.reshape(T, num_heads, d_model // num_heads).transpose(1, 0, 2) for p in (query, key, value))
    return together(softmax(q @ k.transpose(0, 2, 1) / np.sqrt(d_model // num_heads)) @ v)


@wrong("5.2", "softmax over the queries", named="softmax over the queries")
def _(query, key, value, num_heads):
    q, k, v = (split(part, num_heads) for part in (query, key, value))
    return together(softmax(q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1]), axis=1) @ v)


@wrong("5.2", "softmax across the heads: axis 0", named="softmax over the heads")
def _(query, key, value, num_heads):
    q, k, v = (split(part, num_heads) for part in (query, key, value))
    return together(softmax(q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1]), axis=0) @ v)


@wrong("5.2", "gives back the contexts still apart, (heads, T_q, d_k)", named="still an axis for the heads")
def _(query, key, value, num_heads):
    q, k, v = (split(part, num_heads) for part in (query, key, value))
    return softmax(q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1])) @ v


@wrong("5.2", "divides by d_k without the root", named="scaling by d instead of √d")
def _(query, key, value, num_heads):
    q, k, v = (split(part, num_heads) for part in (query, key, value))
    return together(softmax(q @ k.transpose(0, 2, 1) / q.shape[-1]) @ v)


@wrong("5.2", "weights averaged over the heads, then used for all", named="values not split, heads averaged")
def _(query, key, value, num_heads):
    q, k, v = (split(part, num_heads) for part in (query, key, value))
    weights = softmax(q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1])).mean(axis=0)
    return together(weights @ v)


@wrong("5.2", "context and weights, as the course's layer gives", named="more than was asked for")
def _(query, key, value, num_heads):
    q, k, v = (split(part, num_heads) for part in (query, key, value))
    weights = softmax(q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1]))
    return together(weights @ v), weights


@wrong("5.2", "value not cut: every head mixes all its features", named="values not split")
def _(query, key, value, num_heads):
    q, k = split(query, num_heads), split(key, num_heads)
    context = softmax(q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1])) @ value
    return together(context)


@wrong("5.2", "heads below one another: axis 0", named="heads under one another")
def _(query, key, value, num_heads):
    q, k, v = (split(part, num_heads) for part in (query, key, value))
    context = softmax(q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1])) @ v
    return np.concatenate(list(context), axis=0)


@wrong("5.2", "features of the heads interleaved in the result", named="heads shuffled into each other on merging")
def _(query, key, value, num_heads):
    q, k, v = (split(part, num_heads) for part in (query, key, value))
    context = softmax(q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1])) @ v
    return context.transpose(1, 2, 0).reshape(len(query), -1)


@wrong("5.2", "all three axes of the keys turned: .T", named="key not transposed")
def _(query, key, value, num_heads):
    q, k, v = (split(part, num_heads) for part in (query, key, value))
    return together(softmax(q @ k.T / np.sqrt(q.shape[-1])) @ v)


@wrong("5.2", "divides by the root of the number of heads", named="no scaling")
def _(query, key, value, num_heads):
    q, k, v = (split(part, num_heads) for part in (query, key, value))
    return together(softmax(q @ k.transpose(0, 2, 1) / np.sqrt(num_heads)) @ v)


@wrong("5.2", "closes the later keys, though nobody asked for it", named="causal mask")
def _(query, key, value, num_heads):
    q, k, v = (split(part, num_heads) for part in (query, key, value))
    scores = q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1])
    scores = np.where(np.tri(len(query), len(key), dtype=bool), scores, -np.inf)
    return together(softmax(scores) @ v)


@wrong("5.2", "heads added up, as the sum over heads behind W_o", named="the sum of the heads, repeated")
def _(query, key, value, num_heads):
    q, k, v = (split(part, num_heads) for part in (query, key, value))
    return np.tile((softmax(q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1])) @ v).sum(0), num_heads)


@wrong("5.2", "no softmax within the heads", named="no softmax")
def _(query, key, value, num_heads):
    q, k, v = (split(part, num_heads) for part in (query, key, value))
    return together(q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1]) @ v)


@wrong("5.2", "row sums without keepdims", named="axis lost in the sum")
def _(query, key, value, num_heads):
    q, k, v = (split(part, num_heads) for part in (query, key, value))
    exps = np.exp(q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1]))
    return together(exps / exps.sum(-1) @ v)


@wrong("5.2", "keys are mixed in place of the values", named="keys as values")
def _(query, key, value, num_heads):
    q, k = split(query, num_heads), split(key, num_heads)
    return together(softmax(q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1])) @ k)


@wrong("5.2", "returns after the first head: indented too far", named="first head only")
def _(query, key, value, num_heads):
    d_k = query.shape[-1] // num_heads
    contexts = []
    for h in range(num_heads):
        mine = slice(h * d_k, (h + 1) * d_k)
        weights = softmax(query[:, mine] @ key[:, mine].T / np.sqrt(d_k))
        contexts.append(weights @ value[:, mine])
        return np.concatenate(contexts, axis=-1)


@wrong("5.2", "adds the query to what comes back", named="query added")
def _(query, key, value, num_heads):
    q, k, v = (split(part, num_heads) for part in (query, key, value))
    return query + together(softmax(q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1])) @ v)


# 5.3 Predict: parameters of the layer

right("5.3", "four matrices and four biases")(4 * (64 * 64 + 64))
right("5.3", "as text")("16640")
right("5.3", "as a float")(16640.0)
right("5.3", "counted in the layer")(sum(p.numel() for p in MultiHeadAttention(64, 8).parameters()))
right("5.3", "head by head, d_k 8")(8 * 3 * (64 * 8 + 8) + 64 * 64 + 64)
right("5.3", "as a tensor")(torch.tensor(16640))
right("5.3", "as np.int64")(np.int64(4) * 65 * 64)
right("5.3", "text with a comma for the thousands")("16,640")

wrong("5.3", "biases left out", named="without biases")(16384)
wrong("5.3", "eight heads cost eight times as much", named="times the number of heads")(8 * 16640)
wrong("5.3", "W_o forgotten", named="W_o forgotten")(12480)
wrong("5.3", "one matrix and its bias", named="one projection")(4160)
wrong("5.3", "each head square in its own 8 features", named="each head sees only its own features")(
    4 * 8 * (8 * 8 + 8)
)
wrong("5.3", "only one bias for the whole layer", named="one bias only")(16384 + 64)
wrong("5.3", "eight times, without biases", named="times the number of heads, without biases")(8 * 16384)
wrong("5.3", "W_o forgotten, and the biases", named="W_o and biases forgotten")(12288)
wrong("5.3", "no bias at W_o", named="W_o without biases")(12480 + 4096)
wrong("5.3", "one head's share: divided by 8", named="one head's share")(2080)
wrong("5.3", "one single number as the bias of each matrix", named="one number as bias")(16384 + 4)
wrong("5.3", "each head has its own W_o of full size", named="a W_o for each head")(12480 + 8 * 4160)
wrong("5.3", "biases only where heads are: 4 times 8", named="a bias for each feature of one head")(16384 + 32)
wrong("5.3", "d_model 32, as in the table above", named="the table's number, at d_model 32")(4 * (32 * 32 + 32))
wrong("5.3", "comma for the thousands, which makes a tuple", named="a comma in the number")((16, 640))
wrong("5.3", "W_q, W_k, W_v for each head at full width, one W_o", named="heads of full size, W_o for one")(
    8 * 12480 + 4160
)

# 5.4 Read the maps

Heads = namedtuple("Heads", "A B C")
right("5.4", "a tuple")(("neither", "twin", "left neighbour"))
right("5.4", "a list")(["neither", "twin", "left neighbour"])
right("5.4", "an array of words")(np.array(["neither", "twin", "left neighbour"]))
right("5.4", "capital letters")(("Neither", "Twin", "Left neighbour"))
right("5.4", "blanks around the words")((" neither", "twin ", " left neighbour "))
right("5.4", "a named tuple")(Heads("neither", "twin", "left neighbour"))
right("5.4", "collected from a dictionary")(tuple({"A": "neither", "B": "twin", "C": "left neighbour"}.values()))

wrong("5.4", "A taken for left: rows and columns confused", named="rows and columns swapped")(
    ("left neighbour", "twin", "neither")
)
wrong("5.4", "every head must have one of the jobs", named="right taken for left as well")(
    ("left neighbour", "twin", "left neighbour")
)
wrong("5.4", "same colour taken for the twin", named="a scattered map has no job")(
    ("neither", "neither", "left neighbour")
)
wrong("5.4", "a few noisy rows rule a head out", named="only a map without faults has a job")(
    ("neither", "neither", "neither")
)
wrong("5.4", "B and C exchanged", named="twin and left neighbour exchanged")(("neither", "left neighbour", "twin"))
wrong("5.4", "A twin: letters read along the diagonal", named="twin and right neighbour exchanged")(
    ("twin", "neither", "left neighbour")
)
wrong("5.4", "noise in C counts, B does not", named="left neighbour overlooked")(("neither", "twin", "neither"))
wrong("5.4", "only the heads that have a job", named="wrong number of entries")(("twin", "left neighbour"))
wrong("5.4", "all look at the twin, somewhere", named="A taken for twin, C taken for twin")(("twin", "twin", "twin"))
wrong("5.4", "A looks right: named as such", named="right neighbour named")(
    ("right neighbour", "twin", "left neighbour")
)
wrong("5.4", "A is the twin, B the left, C neither", named="each job one map back")(
    ("twin", "left neighbour", "neither")
)
wrong(
    "5.4",
    "wrapping at the circle's end overlooked",
    named="A taken for left neighbour, B taken for neither, C taken for neither",
)(("left neighbour", "neither", "neither"))

# 5.5 Mend: the mask that PyTorch's layer wants


@right("5.5", "turned round, each repeated")
def _(mask, num_heads):
    return np.repeat(~mask, num_heads, axis=0)


@right("5.5", "a list, sequence by sequence")
def _(mask, num_heads):
    result = []
    for one in mask:
        for _ in range(num_heads):
            result.append(~one)
    return np.array(result)


@right("5.5", "a heads axis broadcast, then flattened")
def _(mask, num_heads):
    batch, T_q, T_k = mask.shape
    wide = np.broadcast_to(mask[:, None], (batch, num_heads, T_q, T_k))
    return np.logical_not(wide.reshape(-1, T_q, T_k))


@right("5.5", "torch, repeat_interleave")
def _(mask, num_heads):
    return torch.as_tensor(mask).logical_not().repeat_interleave(num_heads, dim=0)


@right("5.5", "an index that counts each sequence num_heads times")
def _(mask, num_heads):
    return (mask == False)[np.arange(len(mask) * num_heads) // num_heads]  # noqa: E712


@right("5.5", "tiled heads first, then sorted by axes")
def _(mask, num_heads):
    heads_first = np.tile(mask, (num_heads, 1, 1)).reshape(num_heads, *mask.shape)
    return ~heads_first.swapaxes(0, 1).reshape(-1, *mask.shape[1:])


@right("5.5", "exclusive or with True, stacked and reshaped")
def _(mask, num_heads):
    return np.stack([mask ^ True] * num_heads, axis=1).reshape(-1, *mask.shape[1:])


right("5.5", "a lambda of lists")(lambda mask, num_heads: [(~one).tolist() for one in mask for _ in range(num_heads)])


@wrong("5.5", "turned round, but still tiled", named="heads before sequences")
def _(mask, num_heads):
    return np.tile(~mask, (num_heads, 1, 1))


@wrong("5.5", "repeated in order, but not turned round", named="mask polarity")
def _(mask, num_heads):
    return np.repeat(mask, num_heads, axis=0)


@wrong("5.5", "handed in again as it stood", named="mask polarity, and heads before sequences")
def _(mask, num_heads):
    return np.tile(mask, (num_heads, 1, 1))


@wrong("5.5", "np.repeat without an axis: flattened", named="axis forgotten")
def _(mask, num_heads):
    return np.repeat(~mask, num_heads)


@wrong("5.5", "queries repeated in place of sequences: axis 1", named="queries repeated")
def _(mask, num_heads):
    return np.repeat(~mask, num_heads, axis=1)


@wrong("5.5", "heads kept as an axis of their own", named="still an axis for the heads")
def _(mask, num_heads):
    return np.repeat(~mask[:, None], num_heads, axis=1)


@wrong("5.5", "minus to turn a boolean round", named="- instead of ~")
def _(mask, num_heads):
    return np.repeat(-mask, num_heads, axis=0)


@wrong("5.5", "Python's not on an array", named="not instead of ~")
def _(mask, num_heads):
    return np.repeat(not mask, num_heads, axis=0)


@wrong("5.5", "numbers to add: minus infinity where closed", named="added to the scores")
def _(mask, num_heads):
    return np.where(np.repeat(mask, num_heads, axis=0), 0.0, -np.inf)


@wrong(
    "5.5", "queries and keys exchanged instead of True and False", named="mask polarity, and queries and keys exchanged"
)
def _(mask, num_heads):
    return np.repeat(mask.transpose(0, 2, 1), num_heads, axis=0)


@wrong("5.5", "1 minus the mask: whole numbers", named="numbers instead of booleans")
def _(mask, num_heads):
    return np.repeat(1 - mask, num_heads, axis=0)


@wrong("5.5", "repeated along queries, then cut to the shape wanted", named="queries repeated, then reshaped")
def _(mask, num_heads):
    batch, T_q, T_k = mask.shape
    return np.repeat(~mask, num_heads, axis=1).reshape(batch * num_heads, T_q, T_k)


@wrong("5.5", "turned round and transposed as well", named="queries and keys exchanged")
def _(mask, num_heads):
    return np.repeat(~mask, num_heads, axis=0).transpose(0, 2, 1)


@wrong("5.5", "mask of the first sequence for all", named="the first sequence's mask for all")
def _(mask, num_heads):
    return np.stack([~mask[0]] * (len(mask) * num_heads))


@wrong("5.5", "turned round twice", named="mask polarity")
def _(mask, num_heads):
    closed = ~mask
    return ~np.repeat(closed, num_heads, axis=0)


@wrong("5.5", "stacked in front, heads before sequences", named="heads before sequences")
def _(mask, num_heads):
    return np.stack([~mask] * num_heads).reshape(-1, *mask.shape[1:])


@wrong("5.5", "turns the caller's own mask round in place", named="input changed in place")
def _(mask, num_heads):
    np.logical_not(mask, out=mask)
    return np.repeat(mask, num_heads, axis=0)


@wrong("5.5", "written out for a batch of two only", named="too many or too few")
def _(mask, num_heads):
    return ~np.array([mask[0]] * num_heads + [mask[1]] * num_heads)


@wrong("5.5", "repeats as often as there are sequences", named="as often as there are sequences")
def _(mask, num_heads):
    return np.repeat(~mask, len(mask), axis=0)


@wrong("5.5", "tile with its ones on the wrong side", named="keys tiled")
def _(mask, num_heads):
    return np.tile(~mask, (1, 1, num_heads))


@wrong("5.5", "turned round only; PyTorch is to broadcast the heads", named="one mask for each sequence")
def _(mask, num_heads):
    return ~mask


@wrong("5.5", "only a list's method: .repeat of the array, torch's meaning", named="heads before sequences")
def _(mask, num_heads):
    return (~mask).repeat(num_heads, 1, 1)


@wrong("5.5", "prints its shape and returns nothing", named="no return")
def _(mask, num_heads):
    mask = np.repeat(~mask, num_heads, axis=0)
    print(mask.shape)


@wrong("5.5", "closes all keys that any query may not see", named="a key closed for all queries, stretched")
def _(mask, num_heads):
    closed = ~mask.all(axis=1, keepdims=True)
    return np.repeat(np.repeat(closed, mask.shape[1], axis=1), num_heads, axis=0)


def _cut(axis, x, num_heads):
    return np.stack(np.split(x, num_heads, axis=axis))


right("5.1", "a functools.partial")(partial(_cut, 1))
