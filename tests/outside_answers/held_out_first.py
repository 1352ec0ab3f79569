"""Fresh wrong answers to the exercises of lessons 00 to 05, written when the messages stood, not to mend them with."""

import numpy as np
import torch

from outside_answers import held_out


def _softmax(scores):
    exps = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exps / exps.sum(axis=-1, keepdims=True)


# Lesson 00


@held_out("0.1", "remembers the softmax, so takes exponentials first", named="softmax too early")
def _(amounts):
    return np.exp(amounts) / np.exp(amounts).sum()


@held_out("0.1", "divides by the largest amount, not by the sum", named="divided by the largest")
def _(amounts):
    return amounts / amounts.max()


@held_out("0.1", "gives per cent instead of shares of 1", named="per cent")
def _(amounts):
    total = sum(amounts)
    return np.array([100 * amount / total for amount in amounts])


@held_out("0.1", "believes that a double slash divides arrays", named="whole numbers")
def _(amounts):
    return amounts // amounts.sum()


@held_out("0.1", "prints the shares instead of giving them back", named="no return")
def _(amounts):
    print(amounts / amounts.sum())


@held_out("0.2", "believes that the star is a matrix product, as in MATLAB", named="weights not turned into a column")
def _(weights, values):
    return weights * values


@held_out("0.2", "weighs each row but never adds the rows up", named="not summed")
def _(weights, values):
    result = []
    for weight, row in zip(weights, values):
        result.append(weight * row)
    return np.array(result)


@held_out("0.2", "takes the mean of the weighed rows where the sum belongs", named="divided by the count as well")
def _(weights, values):
    return np.mean(weights[:, None] * values, axis=0)


@held_out("0.2", "adds along axis 1, so within each row", named="summed over the features")
def _(weights, values):
    return (weights.reshape(3, 1) * values).sum(axis=1)


@held_out("0.2", "takes only the row with the largest weight", named="only the heaviest row")
def _(weights, values):
    return values[np.argmax(weights)]


held_out("0.3", "reads the column: who looks most at it", named="column read for row")("sat")
held_out("0.3", "still has the first map in mind: everybody at themselves", named="the diagonal")("it")
held_out("0.3", "answers with the weight, not with the word", named="the weight instead of the word")(0.60)
held_out("0.3", "reads the column, and answers with its weight", named="another weight instead of the word")(0.40)


# Lesson 01


@held_out("1.1", "multiplies the state from the left: rows instead of columns", named="W_h transposed")
def _(inputs, W_h):
    state = np.zeros(inputs.shape[1])
    states = []
    for x in inputs:
        state = np.tanh(state @ W_h + x)
        states.append(state)
    return np.array(states)


@held_out("1.1", "leaves out tanh, as in the small network by hand", named="no tanh")
def _(inputs, W_h):
    T, hidden = inputs.shape
    states = np.zeros((T, hidden))
    h = np.zeros(hidden)
    for t in range(T):
        h = W_h @ h + inputs[t]
        states[t] = h
    return states


@held_out("1.1", "counts the state of zeros among the states", named="starts with a state of zeros in the list")
def _(inputs, W_h):
    states = [np.zeros(len(W_h))]
    for x in inputs:
        states.append(np.tanh(W_h @ states[-1] + x))
    return np.stack(states)


@held_out("1.1", "never carries the new state over to the next step", named="nothing is remembered")
def _(inputs, W_h):
    state, states = np.zeros(inputs.shape[-1]), []
    for x in inputs:
        new = np.tanh(W_h @ state + x)
        states.append(new)
    return np.array(states)


@held_out("1.1", "squeezes only the old state, the token comes after tanh", named="token added after tanh")
def _(inputs, W_h):
    state, states = np.zeros(inputs.shape[-1]), []
    for x in inputs:
        state = np.tanh(W_h @ state) + x
        states.append(state)
    return np.array(states)


held_out("1.2", "lets the token fade already when it comes in: 21 steps", named="one step too many")(0.9**21)
held_out("1.2", "gives the share that is lost", named="what is lost instead of what is left")(1 - 0.9**20)
held_out("1.2", "counts only 19 steps after the token", named="one step too few")(0.9**19)
held_out("1.2", "takes a tenth of the whole off each time, nothing is left", named="nothing left")(0.0)
held_out("1.2", "believes that a share of nine tenths stays for ever", named="the factor counts once")(0.9)

held_out("1.3", "gives the slope of the exponent, not a factor", named="a negative exponent as the factor")(-0.2)
held_out("1.3", "takes the power of e where the axis counts powers of ten", named="another base than ten")(
    float(np.exp(-0.2))
)
held_out("1.3", "divides the end value by the number of steps", named="the height at the end as the factor")(1e-10 / 50)
held_out(
    "1.3", "gives the factor from one tick of the axis to the next", named="read at another place, to a power of ten"
)(0.01)
held_out("1.3", "gives the factor forward: the gradient would grow", named="growing instead of falling")(10**0.2)


@held_out("1.4", "lets every seed choose its own rate, then takes the mean", named="a new best rate for every seed")
def _(accuracy):
    return accuracy.max(axis=1).mean(axis=-1)


@held_out("1.4", "gives the place of the best rate instead of its mean", named="the place instead of the accuracy")
def _(accuracy):
    return accuracy.mean(axis=-1).argmax(axis=-1)


@held_out("1.4", "chooses one rate for all models", named="one rate for all")
def _(accuracy):
    means = accuracy.mean(axis=2)
    best = means.mean(axis=0).argmax()
    return means[:, best]


@held_out("1.4", "takes seeds and rates for each other", named="rates and seeds swapped")
def _(accuracy):
    per_seed = np.mean(accuracy, axis=1)
    return np.max(per_seed, axis=1)


@held_out("1.4", "takes the best single run of each model", named="the best seed picked")
def _(accuracy):
    return np.array([model.max() for model in accuracy])


# Lesson 02

held_out("2.1", "doubles the weight along with the query", named="weights double")(1.33)
held_out("2.1", "the factor falls out in the softmax, so nothing changes", named="softmax ignores scale")(0.665)
held_out("2.1", "doubles the exponential of river, not the scores", named="the exponential doubled")(0.80)
held_out("2.1", "doubles the score of river alone", named="only one score doubled")(0.94)
held_out("2.1", "squares the weight, and does not share out 1 anew", named="the weight squared")("0.44")

held_out("2.2", "thinks that large numbers come from the missing root", named="no scaling")("a")
held_out("2.2", "sees that the rows do not sum to 1, suspects the largest", named="divided by the largest")("c")
held_out("2.2", "thinks that a map of 4 by 3 is turned round", named="query and key swapped")("d")


@held_out("2.3", "writes it as on paper, which overflows", named="no maximum subtracted")
def _(scores):
    return np.exp(scores) / np.sum(np.exp(scores), axis=-1, keepdims=True)


@held_out("2.3", "divides by the sum of the whole table", named="softmax over the whole array")
def _(scores):
    scores = scores - np.max(scores)
    e = np.exp(scores)
    return e / e.sum()


@held_out("2.3", "forgets keepdims, so the rows do not line up", named="axis lost in the sum")
def _(scores):
    e = np.exp(scores - scores.max(axis=1))
    return e / e.sum(axis=1)


@held_out("2.3", "divides the scores by the largest to keep them small", named="scores divided first")
def _(scores):
    small = scores / np.abs(scores).max(axis=-1, keepdims=True)
    return np.exp(small) / np.exp(small).sum(axis=-1, keepdims=True)


@held_out("2.3", "takes off the largest of the table, so low rows become 0/0", named="one maximum for all rows")
def _(scores):
    with np.errstate(all="ignore"):
        e = np.exp(scores - scores.max())
        return e / e.sum(axis=-1, keepdims=True)


@held_out("2.4", "forgets the division by the root", named="no scaling")
def _(query, key):
    return _softmax(query @ key.T)


@held_out("2.4", "divides by d_k itself", named="scaling by d instead of √d")
def _(query, key):
    d_k = key.shape[-1]
    return _softmax(query @ key.T / d_k)


@held_out("2.4", "takes the root of the number of keys", named="scaled by the number of keys")
def _(query, key):
    return _softmax(np.dot(query, key.T) / np.sqrt(len(key)))


@held_out("2.4", "stops at the scores", named="scores without softmax")
def _(query, key):
    return query @ key.T / np.sqrt(query.shape[1])


@held_out("2.4", "shares out among the queries: softmax down the columns", named="softmax over the queries")
def _(query, key):
    scores = torch.as_tensor(query @ key.T / np.sqrt(query.shape[1]))
    return torch.softmax(scores, dim=0).numpy()


@held_out("2.5", "only turns the mask round, and still masks after the softmax", named="mask after softmax")
def _(scores, mask):
    return _softmax(scores) * mask


@held_out("2.5", "a row without a key becomes nan", named="fully masked row is NaN")
def _(scores, mask):
    with np.errstate(all="ignore"):
        return _softmax(np.where(mask, scores, -np.inf))


@held_out("2.5", "fills in minus a thousand million, so empty rows are even", named="fully masked row is uniform")
def _(scores, mask):
    return _softmax(np.where(mask, scores, -1e9))


@held_out("2.5", "writes minus infinity into the scores that were handed over", named="input changed in place")
def _(scores, mask):
    scores[~mask] = -np.inf
    with np.errstate(all="ignore"):
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        return np.nan_to_num(weights / weights.sum(axis=-1, keepdims=True))


@held_out("2.5", "thinks as masked_fill does: True is what is closed", named="mask polarity")
def _(scores, mask):
    with np.errstate(all="ignore"):
        return np.nan_to_num(_softmax(np.where(mask, -np.inf, scores)))


@held_out("2.6", "counts the hits and does not divide", named="hits counted, not shared")
def _(weights, target):
    hits = 0
    for row, right in zip(weights, target):
        if row.argmax() == right:
            hits += 1
    return hits


@held_out("2.6", "looks for the largest weight of each key, not of each query", named="largest weight of each key")
def _(weights, target):
    return np.mean(np.argmax(weights, axis=0) == target)


@held_out("2.6", "gives the mean weight on the right key", named="mean weight instead of hits")
def _(weights, target):
    return weights[np.arange(len(target)), target].mean()


@held_out(
    "2.6", "compares the largest weight itself with the place", named="the weight for its place, or whole numbers"
)
def _(weights, target):
    return np.mean(weights.max(axis=-1) == target)


@held_out("2.6", "a hit needs more than half of the weight", named="more than half")
def _(weights, target):
    return np.mean(weights[np.arange(len(weights)), target] > 0.5)


# Lesson 03


@held_out("3.1", "adds the numbers start and end to the words in NumPy", named="start and end added, not put beside")
def _(english, start, end):
    return np.array([start + english, english + end])


@held_out("3.1", "puts both marks into both rows, so still copies", named="start and end around both")
def _(english, start, end):
    whole = [start, *english, end]
    return np.array([whole, whole])


@held_out("3.1", "shifts by one, but leaves start and end away", named="neither start nor end")
def _(english, start, end):
    return np.array([english[:-1], english[1:]])


@held_out("3.1", "takes given and wanted for each other", named="shifted the wrong way")
def _(english, start, end):
    given = np.concatenate([english, [end]])
    wanted = np.concatenate([[start], english])
    return np.stack([given, wanted])


@held_out("3.1", "keeps the length, so the end is never asked for", named="no end")
def _(english, start, end):
    return np.array([np.append(start, english[:-1]), english])


held_out("3.2", "puts the German first: the reader as rows", named="axes swapped")((64, 11, 12))
held_out("3.2", "gives the shape of the context or of the queries", named="the context's shape")((64, 12, 28))
held_out("3.2", "forgets the batch", named="batch forgotten")((12, 11))
held_out("3.2", "takes the map for a table of features by features", named="features with features")((64, 28, 28))
held_out("3.2", "keeps the features as one more axis", named="features kept")((64, 12, 11, 28))


@held_out("3.3", "turns the keys with .T, which turns the batch as well", named="key not transposed")
def _(query, key, lengths):
    scores = query @ key.T / np.sqrt(query.shape[-1])
    mask = np.arange(key.shape[1]) < lengths[:, None, None]
    return _softmax(np.where(mask, scores, -np.inf))


@held_out("3.3", "sets the padding to zero after the softmax", named="mask after softmax")
def _(query, key, lengths):
    weights = _softmax(query @ np.swapaxes(key, 1, 2) / np.sqrt(query.shape[-1]))
    for number, length in enumerate(lengths):
        weights[number, :, length:] = 0
    return weights


@held_out("3.3", "lets the first padding in: less or equal", named="one too many")
def _(query, key, lengths):
    scores = query @ np.swapaxes(key, 1, 2) / np.sqrt(query.shape[-1])
    mask = np.arange(key.shape[1]) <= np.asarray(lengths)[:, None, None]
    return _softmax(np.where(mask, scores, -np.inf))


@held_out("3.3", "softmax along axis 1, which holds the queries", named="softmax over the queries")
def _(query, key, lengths):
    scores = query @ np.swapaxes(key, 1, 2) / np.sqrt(query.shape[-1])
    mask = np.arange(key.shape[1]) < np.asarray(lengths)[:, None, None]
    masked = np.where(mask, scores, -1e30)
    exps = np.exp(masked - masked.max(axis=1, keepdims=True))
    return exps / exps.sum(axis=1, keepdims=True)


@held_out("3.3", "closes the morphemes and keeps the padding open", named="mask polarity")
def _(query, key, lengths):
    scores = query @ np.swapaxes(key, 1, 2) / np.sqrt(query.shape[-1])
    for b in range(len(scores)):
        scores[b, :, : int(lengths[b])] = -1e30
    return _softmax(scores)


@held_out("3.4", "words without a source count as missed", named="None counted as a miss")
def _(weights, alignment):
    hits = [row.argmax() == source for row, source in zip(weights, alignment)]
    return sum(hits) / len(alignment)


@held_out("3.4", "if source: drops the place 0 as well", named="source 0 left out")
def _(weights, alignment):
    hits = []
    for row, source in zip(weights, alignment):
        if source:
            hits.append(row.argmax() == source)
    return np.mean(hits)


@held_out("3.4", "gives the mean weight on the source", named="mean weight instead of hits")
def _(weights, alignment):
    return np.mean([weights[i, s] for i, s in enumerate(alignment) if s is not None])


@held_out("3.4", "asks for each German piece who looks most at it", named="largest weight of each morpheme")
def _(weights, alignment):
    best = weights.argmax(axis=0)
    pairs = [(i, s) for i, s in enumerate(alignment) if s is not None]
    return sum(best[s] == i for i, s in pairs) / len(pairs)


@held_out(
    "3.4",
    "leaves the words without a source out, then counts from the start",
    named="words matched with the wrong sources",
)
def _(weights, alignment):
    sources = [s for s in alignment if s is not None]
    tops = weights.argmax(axis=-1)[: len(sources)]
    return np.mean(tops == np.array(sources))


held_out("3.5", "takes the weight on the place for the meaning of the word", named="map taken for the meaning")("a")
held_out("3.5", "takes a map that looks wrong for a wrong translation", named="off the source means wrong")("b")
held_out("3.5", "throws the map away altogether", named="map taken for decoration")("d")


# Lesson 04


@held_out("4.1", "divides by the root of d_model, the width of x", named="scaling by √d_model")
def _(x, W_q, W_k, W_v):
    query, key, value = x @ W_q, x @ W_k, x @ W_v
    return _softmax(query @ key.T / np.sqrt(x.shape[-1])) @ value


@held_out("4.1", "forgets the division by the root", named="no scaling")
def _(x, W_q, W_k, W_v):
    return _softmax((x @ W_q) @ (x @ W_k).T) @ (x @ W_v)


@held_out("4.1", "gives back context and weights, as the course's function does", named="context and weights")
def _(x, W_q, W_k, W_v):
    query, key, value = x @ W_q, x @ W_k, x @ W_v
    weights = _softmax(query @ key.T / np.sqrt(key.shape[-1]))
    return weights @ value, weights


@held_out("4.1", "mixes the words themselves, without W_v", named="the words as values")
def _(x, W_q, W_k, W_v):
    scores = x @ W_q @ W_k.T @ x.T / np.sqrt(W_k.shape[1])
    return _softmax(scores) @ x


@held_out("4.1", "shares out down the columns: axis 0", named="softmax over the queries")
def _(x, W_q, W_k, W_v):
    q, k, v = [torch.tensor(x @ W) for W in (W_q, W_k, W_v)]
    weights = torch.softmax(q @ k.T / k.shape[-1] ** 0.5, dim=0)
    return (weights @ v).numpy()


@held_out("4.2", "counts the distance as query minus key", named="query minus key")
def _(table, T):
    m = len(table) // 2
    place = np.arange(T)
    return table[np.clip(place[:, None] - place[None, :], -m, m) + m]


@held_out("4.2", "forgets to clip, so far distances leave the table", named="no clipping")
def _(table, T):
    middle = (len(table) - 1) // 2
    result = np.zeros((T, T))
    for i in range(T):
        for j in range(T):
            result[i, j] = table[j - i + middle]
    return result


@held_out("4.2", "takes the distance as it is for the place in the table", named="no offset")
def _(table, T):
    m = (len(table) - 1) // 2
    distance = np.arange(T)[None, :] - np.arange(T)[:, None]
    return table[np.clip(distance, -m, m)]


@held_out("4.2", "takes distances without their sign", named="distance without its sign")
def _(table, T):
    m = (len(table) - 1) // 2
    distance = np.abs(np.arange(T)[None, :] - np.arange(T)[:, None])
    return table[np.minimum(distance, m) + m]


@held_out("4.2", "adds nothing beyond the table instead of its last number", named="far pairs get 0")
def _(table, T):
    m = (len(table) - 1) // 2
    distance = np.arange(T) - np.arange(T)[:, None]
    near = np.abs(distance) <= m
    return np.where(near, table[np.clip(distance, -m, m) + m], 0.0)


held_out("4.3", "leaves the diagonal out: nobody sees itself", named="closed ones counted, or the diagonal left out")(
    45
)
held_out("4.3", "takes half of the hundred", named="half of them")(50)
held_out("4.3", "no padding, so all are open", named="nothing is closed")(100)
held_out("4.3", "only the ones on the diagonal", named="one for each word")(10)
held_out("4.3", "closes the diagonal alone", named="all but the diagonal")(90)


@held_out("4.4", "mends the triangle, leaves the or", named="or instead of and")
def _(lengths, T):
    causal = np.tril(np.ones((T, T), dtype=bool))
    real = np.arange(T) < lengths[:, None]
    return causal | real[:, None, :]


@held_out("4.4", "mends the or, leaves the triangle", named="the future instead of the past")
def _(lengths, T):
    causal = np.triu(np.ones((T, T), dtype=bool))
    real = np.arange(T) < lengths[:, None]
    return causal & real[:, None, :]


@held_out("4.4", "closes the diagonal as well", named="a word may not look at itself")
def _(lengths, T):
    causal = np.tril(np.ones((T, T), dtype=bool), k=-1)
    real = np.arange(T) < lengths[:, None]
    return causal & real[:, None, :]


@held_out("4.4", "closes the rows of the padding instead of the columns", named="padding on the query axis")
def _(lengths, T):
    causal = np.tril(np.ones((T, T), dtype=bool))
    real = np.arange(T) < lengths[:, None]
    return causal & real[:, :, None]


@held_out("4.4", "joins two arrays with the word and", named="the word 'and' between arrays")
def _(lengths, T):
    causal = np.tril(np.ones((T, T), dtype=bool))
    real = np.arange(T) < lengths[:, None]
    return causal and real[:, None, :]


held_out("4.5", "takes causal for columns and padding for a triangle", named="causal and padding exchanged")(
    ("causal", "both", "none", "padding")
)
held_out("4.5", "takes the plain triangle for both masks at once", named="both and causal exchanged")(
    ("padding", "causal", "none", "both")
)
held_out("4.5", "two closed columns must come from both masks", named="both and padding exchanged")(
    ("both", "padding", "none", "causal")
)
held_out("4.5", "copies the names in the order of the question", named="order of the question")(
    ("none", "causal", "padding", "both")
)

held_out("4.6", "looks at the cue alone, which all three need", named="a replaced cue taken for a test of the map")(
    ("yes", "yes", "yes")
)
held_out("4.6", "what was not measured is not shown, so no", named="not measured taken for no")(("no", "no", "yes"))
held_out("4.6", "4 is four times as many as 1, which shows it", named="accuracy taken for a reason")(
    ("yes", "open", "yes")
)
held_out(
    "4.6", "B has the accuracy and the cue, so its map is good", named="the cue stands in for what was not measured"
)(("no", "yes", "yes"))
held_out("4.6", "no map ever tells anything", named="no map may be believed, nor B's")(("no", "no", "no"))


# Lesson 05


@held_out("5.1", "cuts anew by a plain reshape", named="reshaped straight into heads")
def _(x, num_heads):
    T, d_model = x.shape
    return x.reshape(num_heads, T, d_model // num_heads)


@held_out("5.1", "forgets to bring the heads to the front", named="axes not swapped")
def _(x, num_heads):
    return x.reshape(len(x), num_heads, -1)


@held_out("5.1", "transpose(0, 1) swaps two axes, as in PyTorch", named="two axes named of three")
def _(x, num_heads):
    T, d_model = x.shape
    return x.reshape(T, num_heads, d_model // num_heads).transpose(0, 1)


@held_out("5.1", "deals the features out in turn, like cards", named="features dealt out in turn")
def _(x, num_heads):
    return np.stack([x[:, head::num_heads] for head in range(num_heads)])


@held_out("5.1", "cuts the transpose and leaves features before positions", named="features before positions")
def _(x, num_heads):
    T, d_model = x.shape
    return x.T.reshape(num_heads, d_model // num_heads, T)


def _cut(x, num_heads):
    return x.reshape(len(x), num_heads, -1).transpose(1, 0, 2)


@held_out("5.2", "divides by the root of d_model, not of the head's own d_k", named="scaled by all features")
def _(query, key, value, num_heads):
    q, k, v = (_cut(x, num_heads) for x in (query, key, value))
    weights = _softmax(q @ k.transpose(0, 2, 1) / np.sqrt(query.shape[-1]))
    return np.concatenate(list(weights @ v), axis=-1)


@held_out("5.2", "puts the heads together again by a plain reshape", named="merged without swapping back")
def _(query, key, value, num_heads):
    q, k, v = (_cut(x, num_heads) for x in (query, key, value))
    weights = _softmax(q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1]))
    return (weights @ v).reshape(query.shape)


@held_out("5.2", "one softmax over all features; only the values are cut", named="one map for all heads")
def _(query, key, value, num_heads):
    weights = _softmax(query @ key.T / np.sqrt(query.shape[-1]))
    return np.concatenate([weights @ part for part in _cut(value, num_heads)], axis=-1)


@held_out("5.2", "stacks the heads below each other", named="heads under one another")
def _(query, key, value, num_heads):
    contexts = []
    for q, k, v in zip(*(_cut(x, num_heads) for x in (query, key, value))):
        contexts.append(_softmax(q @ k.T / np.sqrt(q.shape[1])) @ v)
    return np.concatenate(contexts)


@held_out("5.2", "takes the length of the queries for the keys, too", named="length of the query for the key")
def _(query, key, value, num_heads):
    T, d_model = query.shape
    d_k = d_model // num_heads
    q = query.reshape(T, num_heads, d_k).swapaxes(0, 1)
    k = key.reshape(T, num_heads, d_k).swapaxes(0, 1)
    v = value.reshape(T, num_heads, d_k).swapaxes(0, 1)
    weights = _softmax(q @ k.swapaxes(1, 2) / np.sqrt(d_k))
    return (weights @ v).swapaxes(0, 1).reshape(T, d_model)


held_out("5.3", "forgets the biases", named="without biases")(4 * 64 * 64)
held_out("5.3", "forgets W_o", named="W_o forgotten")(3 * (64 * 64 + 64))
held_out("5.3", "counts a whole layer for each head", named="times the number of heads")(8 * 4 * (64 * 64 + 64))
held_out("5.3", "counts one head alone", named="one head's share")(4 * (64 * 8 + 8))
held_out("5.3", "gives only W_o a bias", named="one bias only")(4 * 64 * 64 + 64)

held_out("5.4", "takes right and left for each other", named="rows and columns swapped")(
    ("left neighbour", "twin", "neither")
)
held_out("5.4", "any line beside the diagonal is the left neighbour", named="right taken for left as well")(
    ("left neighbour", "twin", "left neighbour")
)
held_out("5.4", "a few rows look elsewhere, so no head has a job", named="only a map without faults has a job")(
    ("neither", "neither", "neither")
)
held_out("5.4", "the line beside the diagonal is the twin", named="twin and left neighbour exchanged")(
    ("neither", "left neighbour", "twin")
)
held_out("5.4", "the noise in C speaks against the neighbour", named="left neighbour overlooked")(
    ("neither", "twin", "neither")
)


@held_out("5.5", "only turns the meaning, and leaves the order", named="heads before sequences")
def _(mask, num_heads):
    return np.tile(~mask, (num_heads, 1, 1))


@held_out("5.5", "only mends the order, and leaves the meaning", named="mask polarity")
def _(mask, num_heads):
    return np.repeat(mask, num_heads, axis=0)


@held_out("5.5", "repeats without an axis, so all becomes one row", named="axis forgotten")
def _(mask, num_heads):
    return np.repeat(~mask, num_heads)


@held_out("5.5", "keeps batch and heads as two axes", named="still an axis for the heads")
def _(mask, num_heads):
    batch, T_q, T_k = mask.shape
    return np.broadcast_to(~mask[:, None], (batch, num_heads, T_q, T_k)).copy()


@held_out("5.5", "turns a boolean array with a minus sign", named="- instead of ~")
def _(mask, num_heads):
    return np.repeat(-mask, num_heads, axis=0)
