"""Answers from outside to the exercises of lesson 10."""

import functools
import itertools
import math
import statistics

import numpy as np
import torch
import torch.nn.functional as F

from outside_answers import right, wrong

# 10.1: from states to a sentence


def unit(x):
    return x / np.linalg.norm(x)


@right("10.1", "picks the real rows, mean, length 1")
def _(states, mask):
    mean = states[mask].mean(axis=0)
    return mean / np.linalg.norm(mean)


@right("10.1", "weights of 0 and 1, divided by how many are real")
def _(states, mask):
    keep = mask[:, None].astype(float)
    mean = (states * keep).sum(0) / keep.sum()
    return mean / np.sqrt((mean**2).sum())


@right("10.1", "sum instead of mean: the length goes anyway")
def _(states, mask):
    return unit(mask.astype(np.float64) @ states)


@right("10.1", "torch, F.normalize")
def _(states, mask):
    states, mask = torch.as_tensor(states), torch.as_tensor(mask).unsqueeze(-1)
    summed = torch.where(mask, states, torch.zeros_like(states)).sum(dim=0)
    return F.normalize(summed / mask.sum().clamp(min=1), dim=0)


@right("10.1", "loops over lists")
def _(states, mask):
    real = [row for row, keep in zip(states.tolist(), mask.tolist()) if keep]
    mean = [sum(column) / len(real) for column in zip(*real)]
    length = math.sqrt(sum(x * x for x in mean))
    return [x / length for x in mean]


right("10.1", "np.average, weighted by the mask")(
    lambda states, mask: unit(np.average(states, axis=0, weights=np.asarray(mask, dtype=float)))
)
right("10.1", "einsum, float32")(
    lambda states, mask: unit(np.einsum("td,t->d", states.astype(np.float32), mask.astype(np.float32)) / mask.sum())
)
right("10.1", "mean with where=")(lambda states, mask: unit(states.mean(axis=0, where=mask[:, None])))
right("10.1", "flatnonzero and take")(
    lambda states, mask: functools.reduce(lambda x, f: f(x), (np.mean(states.take(np.flatnonzero(mask), 0), 0), unit))
)
right("10.1", "a masked array")(
    lambda states, mask: unit(np.ma.array(states, mask=np.tile(~mask[:, None], states.shape[1])).mean(axis=0).data)
)
right("10.1", "as a batch of one, batch axis left on")(lambda states, mask: unit(states[mask].mean(0, keepdims=True)))

wrong("10.1", "the mean over all pieces, padding too", named="padding averaged in")(
    lambda states, mask: unit(states.mean(axis=0))
)
wrong("10.1", "the mean is all, length left as it is", named="not brought to length 1")(
    lambda states, mask: states[mask].mean(axis=0)
)
wrong("10.1", "mask as whole numbers picks rows 0 and 1", named="the second token instead of the mean")(
    lambda states, mask: unit(states[mask.astype(int)].mean(axis=0))
)
wrong("10.1", "the mean over the features", named="mean over the features")(
    lambda states, mask: unit(states[mask].mean(axis=1))
)
wrong("10.1", "[CLS] stands for the sentence", named="[CLS] taken")(lambda states, mask: unit(states[0]))
wrong("10.1", "True is padding", named="mask polarity")(lambda states, mask: unit(states[~mask].mean(axis=0)))


@wrong("10.1", "each state to length 1, then the mean", named="only each state brought to length 1")
def _(states, mask):
    real = states[mask]
    return (real / np.linalg.norm(real, axis=1, keepdims=True)).mean(axis=0)


@wrong("10.1", "each state to length 1 first, and the mean once more", named="each state brought to length 1 first")
def _(states, mask):
    real = states[mask]
    return unit((real / np.linalg.norm(real, axis=1, keepdims=True)).mean(axis=0))


@wrong("10.1", "divides by the sum, so that the features sum to 1", named="divided by the sum")
def _(states, mask):
    mean = states[mask].mean(axis=0)
    return mean / mean.sum()


@wrong("10.1", "divides by the squared length", named="divided by the squared length")
def _(states, mask):
    mean = states[mask].mean(axis=0)
    return mean / (mean @ mean)


wrong("10.1", "leaves [CLS] and [SEP] out, they are no words", named="[CLS] and [SEP] left out")(
    lambda states, mask: unit(states[mask][1:-1].mean(axis=0))
)
wrong("10.1", "padding to 0, divided by all positions, no length", named="not brought to length 1")(
    lambda states, mask: (states * mask[:, None]).mean(axis=0)
)
wrong("10.1", "the largest of each feature instead of the mean", named="maximum instead of the mean")(
    lambda states, mask: unit(states[mask].max(axis=0))
)


@wrong("10.1", "sets padding to 0 in the array it was given", named="input changed in place")
def _(states, mask):
    states[~mask] = 0
    mean = states.sum(axis=0) / mask.sum()
    return mean / np.linalg.norm(mean)


wrong("10.1", "the length of all states together", named="divided by another length than the mean's")(
    lambda states, mask: states[mask].mean(axis=0) / np.linalg.norm(states[mask])
)
wrong("10.1", "the last real piece has read everything", named="last token taken")(
    lambda states, mask: unit(states[mask][-1])
)


@wrong("10.1", "mean 0 and deviation 1, as in a layer norm", named="brought to mean 0 and spread 1")
def _(states, mask):
    mean = states[mask].mean(axis=0)
    return (mean - mean.mean()) / mean.std()


wrong("10.1", "a mean over everything: one number", named="one number of length 1")(
    lambda states, mask: unit(states[mask].mean())
)
wrong("10.1", "multiplies (T, d) by (T,) without an axis", named="mask without its axis")(
    lambda states, mask: unit((states * mask).mean(axis=0))
)


@wrong("10.1", "divides the mean by its largest feature", named="divided by the largest")
def _(states, mask):
    mean = states[mask].mean(axis=0)
    return mean / np.abs(mean).max()


wrong("10.1", "gives each piece length 1 and no mean", named="states of length 1, and no mean")(
    lambda states, mask: states[mask] / np.linalg.norm(states[mask], axis=1, keepdims=True)
)


@wrong("10.1", "softmax as a way to normalise", named="softmax instead of length 1")
def _(states, mask):
    mean = states[mask].mean(axis=0)
    return np.exp(mean - mean.max()) / np.exp(mean - mean.max()).sum()


@wrong("10.1", "length from the mean over all pieces, padding too", named="divided by another length than the mean's")
def _(states, mask):
    return states[mask].mean(axis=0) / np.linalg.norm(states.mean(axis=0))


@wrong("10.1", "absolute values for the length: sum of |x|", named="divided by the sum of its absolute numbers")
def _(states, mask):
    mean = states[mask].mean(axis=0)
    return mean / np.abs(mean).sum()


@wrong("10.1", "prints the vector", named="no return")
def _(states, mask):
    print(unit(states[mask].mean(axis=0)))


wrong("10.1", "hands back its length, which is always 1", named="one number of length 1")(
    lambda states, mask: float(np.linalg.norm(unit(states[mask].mean(axis=0))))
)


# 10.2: neighbours


def unit_rows(states):
    return states / np.linalg.norm(states, axis=1, keepdims=True)


def share(cosines, labels):
    return float((labels[cosines.argmax(axis=1)] == labels).mean())


@right("10.2", "all cosines, the diagonal forbidden")
def _(states, labels):
    cosines = unit_rows(states) @ unit_rows(states).T
    np.fill_diagonal(cosines, -np.inf)
    return (labels[cosines.argmax(axis=1)] == labels).mean()


@right("10.2", "loops over lists")
def _(states, labels):
    def cosine(a, b):
        dot = sum(x * y for x, y in zip(a, b))
        return dot / math.sqrt(sum(x * x for x in a)) / math.sqrt(sum(y * y for y in b))

    rows, hits = states.tolist(), 0
    for i, row in enumerate(rows):
        best, nearest = -2.0, None
        for j, other in enumerate(rows):
            if j != i and cosine(row, other) > best:
                best, nearest = cosine(row, other), j
        hits += int(labels[nearest] == labels[i])
    return hits / len(rows)


@right("10.2", "torch")
def _(states, labels):
    x = F.normalize(torch.as_tensor(states, dtype=torch.float64), dim=-1)
    cosines = (x @ x.mT).masked_fill(torch.eye(len(x), dtype=torch.bool), -math.inf)
    nearest = cosines.argmax(dim=-1).numpy()
    return torch.tensor(labels[nearest] == labels).double().mean()


@right("10.2", "distances of vectors of length 1 have the same order")
def _(states, labels):
    x = unit_rows(states)
    distances = ((x[:, None] - x[None]) ** 2).sum(-1)
    distances[np.diag_indices(len(x))] = np.inf
    return np.count_nonzero(labels == labels[distances.argmin(1)]) / len(labels)


@right("10.2", "row by row, itself taken out of states and labels")
def _(states, labels):
    x, hits = unit_rows(states), []
    for i in range(len(x)):
        others, names = np.delete(x, i, axis=0), np.delete(labels, i)
        hits.append(names[np.argmax(others @ x[i])] == labels[i])
    return float(np.mean(hits))


@right("10.2", "less 3 on the diagonal")
def _(states, labels):
    norms = np.sqrt(np.einsum("nd,nd->n", states, states))
    cosines = np.einsum("nd,md->nm", states, states) / np.outer(norms, norms) - 3 * np.eye(len(states))
    return np.mean([labels[i] == labels[j] for i, j in enumerate(np.argmax(cosines, 1))])


right("10.2", "max with a key")(
    lambda states, labels: statistics.fmean(
        labels[i] == labels[max((j for j in range(len(states)) if j != i), key=(unit_rows(states) @ unit(row)).item)]
        for i, row in enumerate(states)
    )
)


@right("10.2", "itself left out by a column mask, sorted")
def _(states, labels):
    x = unit_rows(states)
    hits = 0
    for i, cosines in enumerate(x @ x.T):
        order = [j for j in np.argsort(-cosines) if j != i]
        hits += labels[order[0]] == labels[i]
    return hits / len(x)


wrong("10.2", "each row is its own nearest", named="its own neighbour")(
    lambda states, labels: share(unit_rows(states) @ unit_rows(states).T, labels)
)


@wrong("10.2", "dot products, no cosine", named="plain dot product")
def _(states, labels):
    dots = states @ states.T
    np.fill_diagonal(dots, -np.inf)
    return share(dots, labels)


@wrong("10.2", "how many, not which share", named="number of hits")
def _(states, labels):
    cosines = unit_rows(states) @ unit_rows(states).T
    np.fill_diagonal(cosines, -np.inf)
    return int((labels[cosines.argmax(axis=1)] == labels).sum())


@wrong("10.2", "the smallest cosine is the nearest, as with distances", named="the farthest instead of the nearest")
def _(states, labels):
    cosines = unit_rows(states) @ unit_rows(states).T
    np.fill_diagonal(cosines, np.inf)
    return share(-cosines, labels)


@wrong("10.2", "Euclidean distance of the states as they are", named="Euclidean distance")
def _(states, labels):
    distances = np.linalg.norm(states[:, None] - states[None], axis=-1)
    np.fill_diagonal(distances, np.inf)
    return share(-distances, labels)


@wrong("10.2", "0 on the diagonal is low enough", named="0 in place of itself")
def _(states, labels):
    cosines = unit_rows(states) @ unit_rows(states).T
    np.fill_diagonal(cosines, 0)
    return share(cosines, labels)


@wrong("10.2", "argsort goes down: the second is the second smallest", named="second from the wrong end")
def _(states, labels):
    cosines = unit_rows(states) @ unit_rows(states).T
    return np.mean(labels[np.argsort(cosines, axis=1)[:, 1]] == labels)


@wrong("10.2", "takes itself out, and forgets that the indices shift", named="places shifted by the one left out")
def _(states, labels):
    x, hits = unit_rows(states), 0
    for i in range(len(x)):
        others = np.delete(x, i, axis=0)
        hits += labels[np.argmax(others @ x[i])] == labels[i]
    return hits / len(x)


@wrong("10.2", "each feature to length 1 over the rows", named="features normalised instead of states")
def _(states, labels):
    x = states / np.linalg.norm(states, axis=0, keepdims=True)
    cosines = x @ x.T
    np.fill_diagonal(cosines, -np.inf)
    return share(cosines, labels)


@wrong("10.2", "in percent", named="per cent")
def _(states, labels):
    cosines = unit_rows(states) @ unit_rows(states).T
    np.fill_diagonal(cosines, -np.inf)
    return 100 * share(cosines, labels)


@wrong("10.2", "one length for the whole table", named="plain dot product")
def _(states, labels):
    x = states / np.linalg.norm(states)
    cosines = x @ x.T
    np.fill_diagonal(cosines, -np.inf)
    return share(cosines, labels)


@wrong("10.2", "majority of three neighbours")
def _(states, labels):
    cosines = unit_rows(states) @ unit_rows(states).T
    np.fill_diagonal(cosines, -np.inf)
    three = labels[np.argsort(-cosines, axis=1)[:, :3]]
    return np.mean((three == labels[:, None]).sum(axis=1) >= 2)


@wrong("10.2", "compares the neighbour's index with the label", named="place compared with the label")
def _(states, labels):
    cosines = unit_rows(states) @ unit_rows(states).T
    np.fill_diagonal(cosines, -np.inf)
    return np.mean(cosines.argmax(axis=1) == labels)


@wrong("10.2", "divides by the length of one of the two only", named="plain dot product")
def _(states, labels):
    cosines = states @ states.T / np.linalg.norm(states, axis=1, keepdims=True)
    np.fill_diagonal(cosines, -np.inf)
    return share(cosines, labels)


@wrong("10.2", "the nearest mean of a label", named="centres instead of neighbours")
def _(states, labels):
    names = np.unique(labels)
    means = np.array([states[labels == name].mean(axis=0) for name in names])
    return np.mean(names[(unit_rows(states) @ unit_rows(means).T).argmax(axis=1)] == labels)


@wrong("10.2", "the share of wrong neighbours", named="misses counted")
def _(states, labels):
    cosines = unit_rows(states) @ unit_rows(states).T
    np.fill_diagonal(cosines, -np.inf)
    return 1 - share(cosines, labels)


@wrong("10.2", "hands back hit or miss for every row", named="hits instead of their share")
def _(states, labels):
    cosines = unit_rows(states) @ unit_rows(states).T
    np.fill_diagonal(cosines, -np.inf)
    return labels[cosines.argmax(axis=1)] == labels


@wrong("10.2", "looks only at rows further down", named="only later rows, over N - 1")
def _(states, labels):
    x, hits = unit_rows(states), 0
    for i in range(len(x) - 1):
        hits += labels[i + 1 + np.argmax(x[i + 1 :] @ x[i])] == labels[i]
    return hits / (len(x) - 1)


@wrong("10.2", "argmax of the whole table, no axis", named="one nearest for the whole table")
def _(states, labels):
    cosines = unit_rows(states) @ unit_rows(states).T
    np.fill_diagonal(cosines, -np.inf)
    return float((labels[cosines.argmax()] == labels).mean())


@wrong("10.2", "the row before is the neighbour", named="the row before in the table")
def _(states, labels):
    return np.mean(labels[1:] == labels[:-1])


@wrong("10.2", "whole division of hits by rows", named="whole division")
def _(states, labels):
    cosines = unit_rows(states) @ unit_rows(states).T
    np.fill_diagonal(cosines, -np.inf)
    return int((labels[cosines.argmax(axis=1)] == labels).sum()) // len(labels)


@wrong("10.2", "makes the rows it was given length 1", named="input changed in place")
def _(states, labels):
    states /= np.linalg.norm(states, axis=1, keepdims=True)
    cosines = states @ states.T
    np.fill_diagonal(cosines, -np.inf)
    return share(cosines, labels)


@wrong("10.2", "correlation: subtracts each row's mean first", named="correlation instead of cosine")
def _(states, labels):
    correlations = np.corrcoef(states)
    np.fill_diagonal(correlations, -np.inf)
    return share(correlations, labels)


@wrong("10.2", "the same label means a larger mean cosine", named="larger mean cosine with the same label")
def _(states, labels):
    cosines, hits = unit_rows(states) @ unit_rows(states).T, []
    for i in range(len(states)):
        same = labels == labels[i]
        hits.append((cosines[i, same].sum() - 1) / max(same.sum() - 1, 1) > cosines[i, ~same].mean())
    return np.mean(hits)


@wrong("10.2", "computes the share and forgets to return it", named="no return")
def _(states, labels):
    cosines = unit_rows(states) @ unit_rows(states).T
    np.fill_diagonal(cosines, -np.inf)
    share(cosines, labels)


# 10.3: choose on one half, score on the other


def place(means):
    return divmod(int(means.argmax()), means.shape[1])


@right("10.3", "divmod of the argmax")
def _(choosing, scoring):
    layer, head = divmod(int(choosing.mean(axis=2).argmax()), choosing.shape[1])
    return layer, head, scoring[layer, head].mean()


@right("10.3", "unravel_index")
def _(choosing, scoring):
    means = choosing.mean(-1)
    best = np.unravel_index(np.argmax(means), means.shape)
    return (*best, scoring[best].mean())


@right("10.3", "two loops over lists")
def _(choosing, scoring):
    best, chosen = -1.0, None
    for layer, heads in enumerate(choosing.tolist()):
        for head, sentences in enumerate(heads):
            mean = sum(sentences) / len(sentences)
            if mean > best:
                best, chosen = mean, (layer, head)
    layer, head = chosen
    held_out = scoring.tolist()[layer][head]
    return layer, head, sum(held_out) / len(held_out)


@right("10.3", "torch")
def _(choosing, scoring):
    flat = torch.as_tensor(choosing).mean(dim=-1).flatten().argmax()
    layer, head = flat // choosing.shape[1], flat % choosing.shape[1]
    return layer, head, torch.as_tensor(scoring)[layer, head].mean()


@right("10.3", "max over all places with a key, sums instead of means")
def _(choosing, scoring):
    places = itertools.product(*map(range, choosing.shape[:2]))
    layer, head = max(places, key=lambda at: choosing[at].sum())
    return layer, head, float(np.mean(scoring[layer, head, :]))


@right("10.3", "where the means equal their largest")
def _(choosing, scoring):
    means = np.einsum("lhs->lh", choosing) / choosing.shape[2]
    layer, head = np.argwhere(means == means.max())[0]
    return int(layer), int(head), np.float32(scoring[layer, head].mean())


@right("10.3", "flattened heads, a list handed back")
def _(choosing, scoring):
    heads = choosing.shape[1]
    best = np.argmax(choosing.reshape(-1, choosing.shape[2]).mean(1))
    return [best // heads, best % heads, scoring.reshape(-1, scoring.shape[2])[best].mean()]


@right("10.3", "the best head of each layer, then the best layer")
def _(choosing, scoring):
    means = choosing.mean(2)
    layer = means.max(axis=1).argmax()
    head = means[layer].argmax()
    return layer, head, scoring.mean(2)[layer, head]


@right("10.3", "one array of three numbers")
def _(choosing, scoring):
    layer, head = place(choosing.mean(2))
    return np.array([layer, head, scoring[layer, head].mean()])


wrong("10.3", "the mean in the half it chose on", named="scored on what it was chosen on")(
    lambda choosing, scoring: (*place(choosing.mean(2)), choosing.mean(2).max())
)
wrong("10.3", "chooses on the half it scores", named="chosen on the scoring sentences")(
    lambda choosing, scoring: (*place(scoring.mean(2)), scoring.mean(2).max())
)
wrong("10.3", "counts layers and heads from 1", named="counted from 1")(
    lambda choosing, scoring: (
        place(choosing.mean(2))[0] + 1,
        place(choosing.mean(2))[1] + 1,
        scoring[place(choosing.mean(2))].mean(),
    )
)
wrong("10.3", "the head with the largest single weight", named="best sentence instead of best mean")(
    lambda choosing, scoring: (*place(choosing.max(2)), scoring[place(choosing.max(2))].mean())
)
wrong("10.3", "head before layer", named="layer and head swapped")(
    lambda choosing, scoring: (*place(choosing.mean(2))[::-1], scoring[place(choosing.mean(2))].mean())
)


@wrong("10.3", "one flat number for layer and head", named="flat place")
def _(choosing, scoring):
    best = int(choosing.mean(axis=-1).argmax())
    return best, scoring.reshape(-1, scoring.shape[-1])[best].mean()


@wrong("10.3", "divides the flat index by the number of layers", named="a place beyond the table")
def _(choosing, scoring):
    layer, head = divmod(int(choosing.mean(axis=2).argmax()), choosing.shape[0])
    return layer, head, scoring[layer, head].mean()


@wrong("10.3", "the best of the scoring half beside the chosen place", named="best mean in scoring")
def _(choosing, scoring):
    return (*place(choosing.mean(2)), scoring.mean(2).max())


@wrong("10.3", "the best layer on average, then the best head on average", named="layer and head chosen apart")
def _(choosing, scoring):
    layer, head = choosing.mean(axis=(1, 2)).argmax(), choosing.mean(axis=(0, 2)).argmax()
    return layer, head, scoring[layer, head].mean()


@wrong("10.3", "both halves together choose", named="chosen on both")
def _(choosing, scoring):
    at = place(np.concatenate([choosing, scoring], axis=2).mean(2))
    return (*at, scoring[at].mean())


@wrong("10.3", "the mean over layers, axis 0", named="a place beyond the table")
def _(choosing, scoring):
    at = place(choosing.mean(axis=0))
    return (*at, scoring[at].mean())


wrong("10.3", "every sentence of the scoring half, no mean", named="not averaged")(
    lambda choosing, scoring: (*place(choosing.mean(2)), scoring[place(choosing.mean(2))])
)
wrong("10.3", "the mean of all heads in the scoring half", named="mean of all heads")(
    lambda choosing, scoring: (*place(choosing.mean(2)), scoring.mean())
)
wrong("10.3", "argmax of the whole array, sentences too", named="best sentence instead of best mean")(
    lambda choosing, scoring: (
        *np.unravel_index(choosing.argmax(), choosing.shape)[:2],
        scoring[np.unravel_index(choosing.argmax(), choosing.shape)[:2]].mean(),
    )
)
wrong("10.3", "the sum over the scoring sentences", named="sum instead of mean in scoring")(
    lambda choosing, scoring: (*place(choosing.mean(2)), scoring[place(choosing.mean(2))].sum())
)
wrong("10.3", "mass first", named="number first")(
    lambda choosing, scoring: (scoring[place(choosing.mean(2))].mean(), *place(choosing.mean(2)))
)
wrong("10.3", "the median of the scoring sentences", named="the median in scoring")(
    lambda choosing, scoring: (*place(choosing.mean(2)), np.median(scoring[place(choosing.mean(2))]))
)
wrong("10.3", "only where, not how much", named="head alone")(lambda choosing, scoring: place(choosing.mean(2)))
wrong("10.3", "only how much, not where", named="number alone")(
    lambda choosing, scoring: scoring[place(choosing.mean(2))].mean()
)
wrong("10.3", "the head that wins most sentences", named="most often the best")(
    lambda choosing, scoring: (
        *divmod(int(np.bincount(choosing.reshape(-1, choosing.shape[2]).argmax(0)).argmax()), choosing.shape[1]),
        scoring.reshape(-1, scoring.shape[2])[
            np.bincount(choosing.reshape(-1, choosing.shape[2]).argmax(0)).argmax()
        ].mean(),
    )
)
wrong("10.3", "the largest weight of the chosen head in the scoring half", named="best sentence in scoring")(
    lambda choosing, scoring: (*place(choosing.mean(2)), scoring[place(choosing.mean(2))].max())
)
wrong("10.3", "the surest head: mean over deviation", named="its worst sentence in choosing")(
    lambda choosing, scoring: (
        *place(choosing.mean(2) / choosing.std(2)),
        scoring[place(choosing.mean(2) / choosing.std(2))].mean(),
    )
)
wrong("10.3", "one best head for every layer", named="one head for each layer")(
    lambda choosing, scoring: (
        np.arange(len(choosing)),
        choosing.mean(2).argmax(axis=1),
        scoring.mean(2)[np.arange(len(choosing)), choosing.mean(2).argmax(axis=1)],
    )
)
wrong("10.3", "the first scoring sentence will do", named="its first sentence in scoring")(
    lambda choosing, scoring: (*place(choosing.mean(2)), scoring[(*place(choosing.mean(2)), 0)])
)
wrong("10.3", "arguments the other way round", named="arguments in another order")(
    lambda scoring, choosing: (*place(choosing.mean(2)), scoring[place(choosing.mean(2))].mean())
)
wrong("10.3", "the mean of both halves' means", named="mean of the two means")(
    lambda choosing, scoring: (
        *place(choosing.mean(2)),
        (scoring[place(choosing.mean(2))].mean() + choosing.mean(2).max()) / 2,
    )
)


@wrong("10.3", "prints the three", named="no return")
def _(choosing, scoring):
    layer, head = place(choosing.mean(2))
    print(layer, head, scoring[layer, head].mean())


# 10.4: what moves when a word is left out


@right("10.4", "slices, dot product")
def _(encode, words):
    whole = encode(words)
    return [1 - whole @ encode(words[:i] + words[i + 1 :]) for i in range(len(words))]


@right("10.4", "cosine with both lengths, an array")
def _(encode, words):
    whole = np.asarray(encode(words))
    effects = np.zeros(len(words))
    for i in range(len(words)):
        part = np.asarray(encode([w for j, w in enumerate(words) if j != i]))
        effects[i] = 1 - part @ whole / (np.linalg.norm(part) * np.linalg.norm(whole))
    return effects


@right("10.4", "half the squared distance of vectors of length 1")
def _(encode, words):
    whole = encode(words)
    return np.array([((whole - encode(words[:i] + words[i + 1 :])) ** 2).sum() / 2 for i in range(len(words))])


@right("10.4", "torch, all vectors in one product")
def _(encode, words):
    shorter = [words[:i] + words[i + 1 :] for i in range(len(words))]
    vectors = torch.stack([torch.as_tensor(encode(one)) for one in [words, *shorter]])
    return 1 - F.cosine_similarity(vectors[1:], vectors[:1], dim=-1)


@right("10.4", "pops from a copy")
def _(encode, words):
    effects = []
    for place_ in range(len(words)):
        rest = list(words)
        rest.pop(place_)
        effects.append(float(1 - np.dot(encode(words), encode(rest))))
    return effects


@right("10.4", "combinations, which leave out the last word first")
def _(encode, words):
    whole = encode(words)
    rests = itertools.combinations(words, len(words) - 1)
    return [1 - sum(a * b for a, b in zip(whole, encode(list(rest)))) for rest in rests][::-1]


@right("10.4", "map, partial and np.inner")
def _(encode, words):
    def effect(whole, i):
        return 1.0 - np.inner(whole, encode([*words[:i], *words[i + 1 :]]))

    return tuple(map(functools.partial(effect, encode(list(words))), range(len(words))))


@right("10.4", "takes a word out, puts it back")
def _(encode, words):
    words, whole, effects = words.copy(), encode(words), []
    for i in range(len(words)):
        word = words.pop(i)
        effects.append(np.float64(1) - np.sum(whole * encode(words)))
        words.insert(i, word)
    return effects


def without(words, i):
    return words[:i] + words[i + 1 :]


wrong("10.4", "leaves out every word that is spelled the same", named="removes every equal word")(
    lambda encode, words: [1 - encode(words) @ encode([w for w in words if w != word]) for word in words]
)
wrong("10.4", "hands back the cosine", named="cosine itself")(
    lambda encode, words: [encode(words) @ encode(without(words, i)) for i in range(len(words))]
)


@wrong("10.4", "remove takes the first word of that spelling", named="removes the first equal word")
def _(encode, words):
    whole, effects = encode(words), []
    for word in words:
        rest = words.copy()
        rest.remove(word)
        effects.append(1 - whole @ encode(rest))
    return effects


wrong("10.4", "distance between the vectors", named="distance instead of cosine")(
    lambda encode, words: [np.linalg.norm(encode(words) - encode(without(words, i))) for i in range(len(words))]
)
wrong("10.4", "the word by itself beside the sentence", named="the word alone")(
    lambda encode, words: [1 - encode(words) @ encode([word]) for word in words]
)


@wrong("10.4", "leaves out one after another, and none comes back")
def _(encode, words):
    whole, rest, effects = encode(words), list(words), []
    for word in words[:-1]:
        rest.remove(word)
        effects.append(1 - whole @ encode(rest))
    return [*effects, 1.0]


wrong("10.4", "a mask in the word's place", named="replaced instead of deleted")(
    lambda encode, words: [
        1 - encode(words) @ encode([*words[:i], "[MASK]", *words[i + 1 :]]) for i in range(len(words))
    ]
)
wrong("10.4", "hands encode a text, not a list", named="a sentence instead of a list")(
    lambda encode, words: [1 - encode(" ".join(words)) @ encode(" ".join(without(words, i))) for i in range(len(words))]
)
wrong("10.4", "cosine less 1", named="sign")(
    lambda encode, words: [encode(words) @ encode(without(words, i)) - 1 for i in range(len(words))]
)
wrong("10.4", "cuts the sentence off at the word")(
    lambda encode, words: [1 - encode(words) @ encode(words[:i] or words[:1]) for i in range(len(words))]
)


@wrong("10.4", "one effect for each spelling, in a dictionary", named="wrong type")
def _(encode, words):
    whole = encode(words)
    return {word: 1 - whole @ encode(without(words, i)) for i, word in enumerate(words)}


wrong("10.4", "squared distance, without the half", named="squared distance")(
    lambda encode, words: [((encode(words) - encode(without(words, i))) ** 2).sum() for i in range(len(words))]
)
wrong("10.4", "words[i:] keeps the word in", named="nothing deleted")(
    lambda encode, words: [1 - encode(words) @ encode(words[:i] + words[i:]) for i in range(len(words))]
)
wrong("10.4", "an empty word in its place", named="replaced instead of deleted")(
    lambda encode, words: [1 - encode(words) @ encode([*words[:i], "", *words[i + 1 :]]) for i in range(len(words))]
)


@wrong("10.4", "takes words out of the list it was given", named="changes the list")
def _(encode, words):
    whole = encode(words)
    effects = []
    for i in range(len(words)):
        words.pop(i)
        effects.append(1 - whole @ encode(words))
    return effects


wrong("10.4", "the mean effect of all words", named="mean of the effects")(
    lambda encode, words: np.mean([1 - encode(words) @ encode(without(words, i)) for i in range(len(words))])
)
wrong("10.4", "leaves out the word before: one place off", named="another word left out")(
    lambda encode, words: [1 - encode(words) @ encode(without(words, max(i - 1, 0))) for i in range(len(words))]
)


@wrong("10.4", "shares of the whole effect, sum 1", named="shares of the whole")
def _(encode, words):
    effects = np.array([1 - encode(words) @ encode(without(words, i)) for i in range(len(words))])
    return effects / effects.sum()


wrong("10.4", "largest first", named="sorted")(
    lambda encode, words: sorted(
        (1 - encode(words) @ encode(without(words, i)) for i in range(len(words))), reverse=True
    )
)
wrong("10.4", "takes out the word and the one behind it", named="two words at a time")(
    lambda encode, words: [1 - encode(words) @ encode(words[:i] + words[i + 2 :]) for i in range(len(words))]
)
wrong("10.4", "1 minus the product, feature by feature", named="feature by feature")(
    lambda encode, words: [1 - encode(words) * encode(without(words, i)) for i in range(len(words))]
)


@wrong("10.4", "compares with the sentence of the step before", named="compared with the word before")
def _(encode, words):
    before, effects = encode(words), []
    for i in range(len(words)):
        now = encode(without(words, i))
        effects.append(1 - before @ now)
        before = now
    return effects


wrong("10.4", "the angle in place of 1 minus the cosine", named="angle")(
    lambda encode, words: [
        math.acos(min(1.0, float(encode(words) @ encode(without(words, i))))) for i in range(len(words))
    ]
)
wrong("10.4", "the word with the largest effect", named="place of the largest")(
    lambda encode, words: int(np.argmax([1 - encode(words) @ encode(without(words, i)) for i in range(len(words))]))
)
wrong("10.4", "how attended it is counts: a softmax over the effects", named="softmax")(
    lambda encode, words: (
        np.exp([1 - encode(words) @ encode(without(words, i)) for i in range(len(words))])
        / np.exp([1 - encode(words) @ encode(without(words, i)) for i in range(len(words))]).sum()
    )
)
wrong("10.4", "range starts at 1: the first word has no effect", named="the first word missing")(
    lambda encode, words: [1 - encode(words) @ encode(without(words, i)) for i in range(1, len(words))]
)
wrong("10.4", "words come first, encode second", named="arguments in another order")(
    lambda words, encode: [1 - encode(words) @ encode(without(words, i)) for i in range(len(words))]
)


@wrong("10.4", "returns inside the loop", named="only the first word")
def _(encode, words):
    for i in range(len(words)):
        return [1 - encode(words) @ encode(without(words, i))]


# 10.5: what a weight of 0.9 shows by itself

right("10.5", "the letter")("d")
right("10.5", "a capital")("D")
right("10.5", "with blanks")(" d ")
right("10.5", "with a bracket")("d)")
right("10.5", "in brackets")("(d)")
right("10.5", "a list of one letter")(["d"])

wrong("10.5", "what is attended is what the vector hangs on", named="a weight is an effect")("a")
wrong("10.5", "a high weight is the reason", named="a weight is a reason")("b")
wrong("10.5", "the model understands rivers", named="a weight is understanding")("c")
wrong("10.5", "the mixture, and so the vector as well", named="several letters")("ad")
wrong("10.5", "the mixture, and so the reason as well", named="several letters")("bd")
wrong("10.5", "0.9 is as good as all: everything follows", named="several letters")("abcd")
wrong("10.5", "reason and vector, the mixture is only arithmetic", named="several letters")("ab")
wrong("10.5", "all but understanding", named="several letters")(["a", "b", "d"])
wrong("10.5", "the weight by itself shows nothing", named="none of the four")("none")
wrong("10.5", "hands back the weight", named="a number instead of a letter")(0.9)
wrong("10.5", "all but the mixture", named="several letters")("abc")
wrong("10.5", "true or false, as if one sentence were asked", named="a number instead of a letter")(True)
wrong("10.5", "counts the answers from 0", named="a number instead of a letter")(3)
wrong("10.5", "understanding is a mixture, too", named="several letters")("cd")
