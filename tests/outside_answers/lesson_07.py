"""Answers from outside to the exercises of lesson 07."""

import functools
from collections import namedtuple

import numpy as np
import torch
import torch.nn.functional as F
from numpy.lib.stride_tricks import sliding_window_view

from course_utils.attention import scaled_dot_product_attention
from outside_answers import right, wrong


def softmax(scores, axis=-1):
    exps = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return exps / exps.sum(axis=axis, keepdims=True)


# 7.1 cut_patches(image, size) -> (N, size*size)


@right("7.1", "reshape to four axes, swap the middle ones")
def _(image, size):
    H, W = image.shape
    grid = image.reshape(H // size, size, W // size, size)
    return grid.swapaxes(1, 2).reshape(-1, size * size)


@right("7.1", "two loops over corners, a list of lists")
def _(image, size):
    height, width = len(image), len(image[0])
    out = []
    for top in range(0, height, size):
        for left in range(0, width, size):
            patch = []
            for row in range(top, top + size):
                for column in range(left, left + size):
                    patch.append(float(image[row][column]))
            out.append(patch)
    return out


@right("7.1", "torch's unfold for images, then transposed")
def _(image, size):
    x = torch.as_tensor(image)[None, None].double()
    return F.unfold(x, kernel_size=size, stride=size)[0].T.numpy()


right("7.1", "every size-th sliding window")(
    lambda image, size: sliding_window_view(image, (size, size))[::size, ::size].reshape(-1, size**2)
)


@right("7.1", "strips by vsplit, patches by hsplit")
def _(image, size):
    pieces = []
    for strip in np.vsplit(image, image.shape[0] // size):
        pieces.extend(np.hsplit(strip, image.shape[1] // size))
    return np.stack([piece.ravel() for piece in pieces])


@right("7.1", "einsum for the reordering of axes")
def _(image, size):
    H, W = image.shape
    return np.einsum("aibj->abij", image.reshape(H // size, size, W // size, size)).reshape(-1, size * size)


@right("7.1", "index arithmetic with divmod, a preallocated result in float32")
def _(image, size):
    H, W = image.shape
    across = W // size
    out = np.zeros((H // size * across, size * size), dtype=np.float32)
    for n in range(len(out)):
        row, column = divmod(n, across)
        out[n] = image[row * size : (row + 1) * size, column * size : (column + 1) * size].flatten()
    return out


right("7.1", "Tensor.unfold twice, a tensor is given back")(
    lambda image, size: torch.tensor(image).unfold(0, size, size).unfold(1, size, size).reshape(-1, size * size)
)


def grid(image, size):
    """(rows, size, columns, size): the axes before they are put in order."""
    H, W = image.shape
    return image.reshape(H // size, size, W // size, size)


def in_order(image, size):
    return grid(image, size).swapaxes(1, 2).reshape(-1, size * size)


wrong("7.1", "reshape alone cuts patches", named="a plain reshape")(lambda image, size: image.reshape(-1, size * size))
wrong("7.1", "the two numbers of patches go to the front, columns first", named="column by column")(
    lambda image, size: grid(image, size).transpose(2, 0, 1, 3).reshape(-1, size * size)
)
wrong("7.1", "leaves each patch as a square", named="patches left as squares")(
    lambda image, size: in_order(image, size).reshape(-1, size, size)
)
wrong("7.1", "slides by one pixel", named="overlapping patches")(
    lambda image, size: sliding_window_view(image, (size, size)).reshape(-1, size * size)
)
wrong("7.1", "brings the pixels of a patch in column order", named="transposed inside")(
    lambda image, size: grid(image, size).transpose(0, 2, 3, 1).reshape(-1, size * size)
)


@wrong("7.1", "takes every picture for a square one", named="as many patches across as down")
def _(image, size):
    n = image.shape[0] // size
    out = []
    for i in range(n):
        for j in range(n):
            out.append(image[i * size : (i + 1) * size, j * size : (j + 1) * size].reshape(-1))
    return np.array(out)


@wrong("7.1", "a second bracket slices the columns", named="patches of unequal size, in an array")
def _(image, size):
    H, W = image.shape
    out = []
    for i in range(0, H, size):
        for j in range(0, W, size):
            out.append(image[i : i + size][j : j + size].flatten())
    return np.array(out)


@wrong("7.1", "splits each side as (size, number) instead of (number, size)", named="pixels far apart")
def _(image, size):
    H, W = image.shape
    return image.reshape(size, H // size, size, W // size).transpose(1, 3, 0, 2).reshape(-1, size * size)


@wrong("7.1", "range ends before the last patch", named="the last patches left out")
def _(image, size):
    H, W = image.shape
    return np.array(
        [image[i : i + size, j : j + size].ravel() for i in range(0, H - size, size) for j in range(0, W - size, size)]
    )


wrong("7.1", "unfold already has the patches in its rows", named="patches in columns")(
    lambda image, size: F.unfold(torch.from_numpy(image)[None, None], kernel_size=size, stride=size)[0]
)


@wrong("7.1", "size is how many patches a side has", named="size taken for the number of patches")
def _(image, size):
    H, W = image.shape
    h, w = H // size, W // size
    return image.reshape(size, h, size, w).swapaxes(1, 2).reshape(size * size, h * w)


wrong("7.1", "keeps rows and columns of patches as two axes", named="grid kept, patches flat")(
    lambda image, size: in_order(image, size).reshape(len(image) // size, -1, size * size)
)


@wrong("7.1", "forgets to multiply the patch's number by size", named="number of a patch taken for its place")
def _(image, size):
    H, W = image.shape
    return np.array([image[i : i + size, j : j + size].ravel() for i in range(H // size) for j in range(W // size)])


@wrong("7.1", "collects into an array of whole numbers, which cuts decimals", named="rounded")
def _(image, size):
    out = np.zeros((image.size // size**2, size * size), dtype=int)
    for n, patch in enumerate(in_order(image, size)):
        out[n] = patch
    return out


@wrong("7.1", "the end of a slice is included, so one less", named="a pixel too few on each side")
def _(image, size):
    H, W = image.shape
    return np.array(
        [image[i : i + size - 1, j : j + size - 1].ravel() for i in range(0, H, size) for j in range(0, W, size)]
    )


wrong("7.1", "scales pixels by 255 as image loaders do", named="pixels divided by 255")(
    lambda image, size: in_order(image / 255, size)
)
wrong("7.1", "a token is the patch's mean", named="mean of each patch, in a column")(
    lambda image, size: in_order(image, size).mean(axis=1, keepdims=True)
)


@wrong("7.1", "divides with / and gets a float for range", named="a float where a whole number is needed")
def _(image, size):
    H, W = image.shape
    out = []
    for i in range(H / size):
        for j in range(W / size):
            out.append(image[i * size : (i + 1) * size, j * size : (j + 1) * size])
    return np.array(out)


wrong("7.1", "turns the image, width first", named="read down instead of along, everywhere")(
    lambda image, size: in_order(image.T, size)
)
wrong("7.1", "subtracts each patch's mean", named="mean taken away")(
    lambda image, size: in_order(image, size) - in_order(image, size).mean(axis=1, keepdims=True)
)
wrong("7.1", "cuts into strips only", named="strips")(
    lambda image, size: np.array([strip.ravel() for strip in np.split(image, len(image) // size)])
)


# 7.2 attend_picture(features, query) -> context (C,), weights (H, W)


@right("7.2", "flatten, NumPy softmax, reshape")
def _(features, query):
    C, H, W = features.shape
    cells = features.reshape(C, -1)
    weights = softmax(query @ cells / np.sqrt(C))
    return cells @ weights, weights.reshape(H, W)


@right("7.2", "einsum without flattening")
def _(features, query):
    scores = np.einsum("chw,c->hw", features, query) * len(query) ** -0.5
    e = np.exp(scores - scores.max())
    weights = e / e.sum()
    return np.einsum("hw,chw->c", weights, features), weights


@right("7.2", "the course's attention with one query")
def _(features, query):
    x = torch.tensor(features).flatten(1).T
    context, weights = scaled_dot_product_attention(torch.tensor(query)[None], x, x)
    return context[0], weights[0].view(features.shape[1:])


@right("7.2", "PyTorch's operator, with a batch axis of one")
def _(features, query):
    x = torch.as_tensor(features).double().flatten(1).T[None]
    q = torch.as_tensor(query).double()[None, None]
    context = F.scaled_dot_product_attention(q, x, x)[:, 0]
    weights = ((q @ x.mT) / query.shape[0] ** 0.5).softmax(-1)
    return context, weights.view(1, *features.shape[1:])


@right("7.2", "loops over places")
def _(features, query):
    C, H, W = len(features), len(features[0]), len(features[0][0])
    scores = [[sum(query[c] * features[c][i][j] for c in range(C)) / C**0.5 for j in range(W)] for i in range(H)]
    top = max(max(row) for row in scores)
    exps = [[np.exp(s - top) for s in row] for row in scores]
    total = sum(sum(row) for row in exps)
    weights = [[e / total for e in row] for row in exps]
    context = [sum(weights[i][j] * features[c][i][j] for i in range(H) for j in range(W)) for c in range(C)]
    return context, weights


@right("7.2", "channels last, tensordot, softmax by logaddexp")
def _(features, query):
    places = np.moveaxis(features, 0, -1)
    scores = places @ (query / np.sqrt(query.size))
    weights = np.exp(scores - np.logaddexp.reduce(scores, axis=None))
    return np.tensordot(weights, places, axes=2), weights


@right("7.2", "float32 and a named tuple")
def _(features, query):
    Attended = namedtuple("Attended", "context weights")
    features, query = features.astype(np.float32), query.astype(np.float32)
    scores = (features * query[:, None, None]).sum(0) / np.sqrt(np.float32(len(query)))
    weights = softmax(scores.ravel()).reshape(scores.shape)
    return Attended((features * weights).sum((1, 2)), weights)


@right("7.2", "plain exp without taking the largest off, features are moderate")
def _(features, query):
    C, H, W = features.shape
    scores = np.tensordot(query, features, axes=1) / np.sqrt(C)
    weights = np.exp(scores) / np.exp(scores).sum()
    return (weights * features).sum(axis=(1, 2)), weights


def attended(features, weights):
    """The context under weights for places, flat or (H, W), and the weights as a picture."""
    picture = np.reshape(weights, features.shape[1:])
    return (features * picture).sum(axis=(1, 2)), picture


def products(features, query):
    """The dot product of each place with the query, (H*W,)."""
    return query @ features.reshape(len(features), -1)


def scaled(features, query):
    return products(features, query) / np.sqrt(len(query))


wrong("7.2", "leaves the division by the root out", named="no scaling")(
    lambda features, query: attended(features, softmax(products(features, query)))
)
wrong("7.2", "softmax along each row of the picture", named="a softmax for each row of the picture")(
    lambda features, query: attended(features, softmax(scaled(features, query).reshape(features.shape[1:]), axis=-1))
)


@wrong("7.2", "reshape to (places, C) in place of transposing", named="flattened without moving the axis")
def _(features, query):
    C, H, W = features.shape
    x = features.reshape(H * W, C)
    weights = softmax(x @ query / np.sqrt(C))
    return weights @ x, weights.reshape(H, W)


wrong("7.2", "divides by C, not by its root", named="scaling by C instead of √C")(
    lambda features, query: attended(features, softmax(products(features, query) / len(query)))
)
wrong("7.2", "divides by the root of the number of places", named="scaling by √(H·W)")(
    lambda features, query: attended(features, softmax(products(features, query) / np.sqrt(features[0].size)))
)
wrong("7.2", "gives the weights first", named="weights before context")(
    lambda features, query: attended(features, softmax(scaled(features, query)))[::-1]
)


@wrong("7.2", "forgets to bring the weights back into a picture", named="weights left flat")
def _(features, query):
    C = features.shape[0]
    x = features.reshape(C, -1)
    weights = softmax(query @ x / np.sqrt(C))
    return x @ weights, weights


@wrong("7.2", "softmax over the channels", named="softmax over the channels")
def _(features, query):
    scores = features * query[:, None, None] / np.sqrt(len(query))
    weights = softmax(scores, axis=0)
    return (weights * features).sum(axis=(1, 2)), weights.sum(axis=0)


@wrong("7.2", "takes the mean of the weighted places, not the sum", named="mean of the weighted features")
def _(features, query):
    context, weights = attended(features, softmax(scaled(features, query)))
    return context / weights.size, weights


@wrong("7.2", "a sigmoid for each place", named="a gate instead of a softmax, and mean of the weighted features")
def _(features, query):
    weights = 1 / (1 + np.exp(-scaled(features, query).reshape(features.shape[1:])))
    return (features * weights).mean(axis=(1, 2)), weights


@wrong("7.2", "returns the weighted feature map, not summed", named="weighted features not added up")
def _(features, query):
    weights = softmax(scaled(features, query)).reshape(features.shape[1:])
    return features * weights, weights


wrong("7.2", "shares out scores by their sum, without exp", named="shares without exp")(
    lambda features, query: attended(features, scaled(features, query) / scaled(features, query).sum())
)


@wrong("7.2", "takes the best place alone", named="all weight on the best place")
def _(features, query):
    scores = scaled(features, query)
    return attended(features, (scores == scores.max()).astype(float))


wrong("7.2", "multiplies by the root", named="multiplied by √C")(
    lambda features, query: attended(features, softmax(products(features, query) * np.sqrt(len(query))))
)


@wrong("7.2", "flattens column by column, reshapes row by row", named="picture read column by column")
def _(features, query):
    C, H, W = features.shape
    x = features.transpose(2, 1, 0).reshape(-1, C)
    weights = softmax(x @ query / np.sqrt(C))
    return weights @ x, weights.reshape(H, W)


wrong("7.2", "scales the weights after softmax, not the scores before", named="scaled after the softmax")(
    lambda features, query: attended(features, softmax(products(features, query)) / np.sqrt(len(query)))
)
wrong("7.2", "gives the context alone", named="context alone")(
    lambda features, query: attended(features, softmax(scaled(features, query)))[0]
)


@wrong("7.2", "divides query in place, and so changes it for everyone", named="input changed in place")
def _(features, query):
    query /= np.sqrt(len(query))
    return attended(features, softmax(products(features, query)))


@wrong("7.2", "the value of a place is its score", named="value of a place is its score")
def _(features, query):
    weights = softmax(scaled(features, query))
    return (weights * scaled(features, query)).sum(), weights.reshape(features.shape[1:])


@wrong("7.2", "brings features and query to length 1 as in section 2", named="cosine, divided by √C")
def _(features, query):
    unit = features / (np.linalg.norm(features, axis=0) + 1e-9)
    return attended(features, softmax(scaled(unit, query / np.linalg.norm(query))))


@wrong(
    "7.2", "query times features multiplies the last axes, so it fails", named="query laid along the columns, with @"
)
def _(features, query):
    scores = features @ query / np.sqrt(len(query))
    return attended(features, softmax(scores.ravel()))


wrong("7.2", "temperature 30 of section 3 in place of the root", named="all weight on the best place")(
    lambda features, query: attended(features, softmax(30 * products(features, query)))
)


# 7.3 mass_in_box(weights, box) -> share


@right("7.3", "slice and divide")
def _(weights, box):
    top, left, height, width = box
    return weights[top : top + height, left : left + width].sum() / weights.sum()


@right("7.3", "a loop over cells of a list")
def _(weights, box):
    top, left, height, width = box
    inside = total = 0.0
    for i, row in enumerate(weights):
        for j, weight in enumerate(row):
            total += float(weight)
            if top <= i < top + height and left <= j < left + width:
                inside += float(weight)
    return inside / total


@right("7.3", "a mask of zeros and ones, normalised first")
def _(weights, box):
    t, l, h, w = box  # noqa: E741
    mask = np.zeros_like(weights, dtype=float)
    mask[t : t + h, l : l + w] = 1
    return float((weights / weights.sum() * mask).sum())


@right("7.3", "torch, a tensor of no axes")
def _(weights, box):
    weights = torch.as_tensor(weights).double()
    top, left, height, width = (int(number) for number in box)
    return weights.narrow(0, top, height).narrow(1, left, width).sum() / weights.sum()


@right("7.3", "np.ix_ and float32")
def _(weights, box):
    weights = np.asarray(weights, dtype=np.float32)
    rows, columns = np.arange(box[0], box[0] + box[2]), np.arange(box[1], box[1] + box[3])
    return np.float32(weights[np.ix_(rows, columns)].sum() / weights.sum())


@right("7.3", "what lies outside is taken from 1")
def _(weights, box):
    top, left, height, width = box
    outside = np.array(weights, dtype=float)
    outside[top : top + height, left : left + width] = 0
    return 1 - outside.sum() / np.sum(weights)


def part(weights, top, left, height, width):
    return weights[top : top + height, left : left + width]


wrong("7.3", "takes the weights to sum to 1", named="not divided by all weight")(
    lambda weights, box: part(weights, *box).sum()
)
wrong("7.3", "left before top, as x and y", named="top and left exchanged")(
    lambda weights, box: part(weights, box[1], box[0], box[2], box[3]).sum() / weights.sum()
)


@wrong("7.3", "the last two are bottom and right", named="height and width taken for bottom and right")
def _(weights, box):
    top, left, bottom, right_side = box
    return weights[top:bottom, left:right_side].sum() / weights.sum()


@wrong("7.3", "box is x, y, width, height as in photograph tools", named="rows and columns of the box exchanged")
def _(weights, box):
    x, y, w, h = box
    return weights[y : y + h, x : x + w].sum() / weights.sum()


wrong("7.3", "width before height", named="height and width exchanged")(
    lambda weights, box: part(weights, box[0], box[1], box[3], box[2]).sum() / weights.sum()
)


@wrong("7.3", "the last row and column of a box are one less", named="a row and a column too few")
def _(weights, box):
    top, left, height, width = box
    return weights[top : top + height - 1, left : left + width - 1].sum() / weights.sum()


@wrong("7.3", "a slice needs one more at its end", named="ends included")
def _(weights, box):
    top, left, height, width = box
    return weights[top : top + height + 1, left : left + width + 1].sum() / weights.sum()


wrong("7.3", "the mean weight within the box", named="divided by the area of the box")(
    lambda weights, box: part(weights, *box).mean()
)


@wrong("7.3", "a second bracket slices the columns", named="two brackets instead of a comma")
def _(weights, box):
    top, left, height, width = box
    return weights[top : top + height][left : left + width].sum() / weights.sum()


@wrong("7.3", "pointing: 1 if the greatest weight lies inside", named="pointing game, or an empty box")
def _(weights, box):
    top, left, height, width = box
    row, column = np.unravel_index(weights.argmax(), weights.shape)
    return float(top <= row < top + height and left <= column < left + width)


wrong("7.3", "inside divided by outside", named="inside by outside")(
    lambda weights, box: part(weights, *box).sum() / (weights.sum() - part(weights, *box).sum())
)
wrong("7.3", "the box's share of the cells", named="cells counted instead of weights")(
    lambda weights, box: box[2] * box[3] / weights.size
)
wrong("7.3", "the box is in pixels, four to a cell", named="box in pixels")(
    lambda weights, box: part(weights, *(number // 4 for number in box)).sum() / weights.sum()
)
wrong("7.3", "the share outside", named="weight outside")(
    lambda weights, box: 1 - part(weights, *box).sum() / weights.sum()
)
wrong("7.3", "mean inside by mean of all: how many times an even share", named="how many times more than evenly")(
    lambda weights, box: part(weights, *box).mean() / weights.mean()
)
wrong("7.3", "softmax makes them sum to 1", named="a softmax on top")(
    lambda weights, box: part(softmax(weights.ravel()).reshape(weights.shape), *box).sum()
)
wrong("7.3", "gives per cent", named="per cent")(lambda weights, box: 100 * part(weights, *box).sum() / weights.sum())


@wrong("7.3", "cuts the box out of the map itself", named="input changed in place")
def _(weights, box):
    before = weights.sum()
    part(weights, *box)[:] = 0
    return (before - weights.sum()) / before


wrong("7.3", "sums along one axis only", named="columns of the box not added up")(
    lambda weights, box: part(weights, *box).sum(axis=0) / weights.sum()
)
wrong("7.3", "divides by the greatest weight instead of by all", named="divided by the greatest")(
    lambda weights, box: part(weights, *box).sum() / weights.max()
)
wrong("7.3", "prints the share", named="no return")(
    lambda weights, box: print(part(weights, *box).sum() / weights.sum())
)
wrong("7.3", "rounds to two decimals", named="rounded")(
    lambda weights, box: round(float(part(weights, *box).sum() / weights.sum()), 2)
)


# 7.4 embed_image(patches, W, positions) -> (N, d)

right("7.4", "one line")(lambda patches, W, positions: patches @ W + positions)


@right("7.4", "three loops over lists")
def _(patches, W, positions):
    tokens = []
    for n in range(len(patches)):
        token = []
        for j in range(len(W[0])):
            token.append(sum(patches[n][i] * W[i][j] for i in range(len(W))) + positions[n][j])
        tokens.append(token)
    return tokens


right("7.4", "einsum")(lambda patches, W, positions: positions + np.einsum("np,pd->nd", patches, W))


@right("7.4", "torch's linear layer and addmm, leading axis of one")
def _(patches, W, positions):
    patches, W, positions = map(torch.as_tensor, (patches, W, positions))
    return F.linear(patches, W.T)[None] + positions


@right("7.4", "patch by patch, stacked, float32")
def _(patches, W, positions):
    def embed(patch, position):
        return np.matmul(patch, W) + position

    return np.stack([embed(*pair) for pair in zip(patches, positions)]).astype("float32")


right("7.4", "place and pixels side by side, one larger matrix")(
    lambda patches, W, positions: np.hstack([patches, positions]) @ np.vstack([W, np.eye(W.shape[1])])
)


@right("7.4", "a copy of the positions, filled up")
def _(patches, W, positions):
    tokens = np.array(positions, dtype=float)
    tokens += np.dot(patches, W)
    return tokens


class Embedding:
    def __init__(self, scale):
        self.scale = scale

    def __call__(self, patches, W, positions):
        return np.add((W.T @ patches.T).T * self.scale, positions)


right("7.4", "an object that can be called")(Embedding(1.0))
wrong("7.4", "forgets the positions", named="positions forgotten")(lambda patches, W, positions: patches @ W)
wrong("7.4", "adds the places to the pixels, before the matrix", named="positions added before the projection")(
    lambda patches, W, positions: (patches + positions) @ W
)
wrong("7.4", "puts the positions beside the tokens", named="positions beside the patch")(
    lambda patches, W, positions: np.concatenate([patches @ W, positions], axis=1)
)
wrong("7.4", "multiplies by the root of d, as word embeddings are", named="scaled by √d")(
    lambda patches, W, positions: patches @ W * np.sqrt(W.shape[1]) + positions
)


@wrong("7.4", "puts a class token before them", named="a place for the class in front")
def _(patches, W, positions):
    tokens = patches @ W + positions
    return np.vstack([np.zeros((1, W.shape[1])), tokens])


@wrong("7.4", "the token is positions itself, filled up in place", named="input changed in place")
def _(patches, W, positions):
    tokens = positions
    tokens += patches @ W
    return tokens


wrong("7.4", "multiplies with the positions", named="positions multiplied")(
    lambda patches, W, positions: (patches @ W) * positions
)
wrong("7.4", "all patches get the first position", named="one position for all")(
    lambda patches, W, positions: patches @ W + positions[0]
)
wrong("7.4", "W is stored as in nn.Linear, so it must be transposed", named="W transposed")(
    lambda patches, W, positions: patches @ W.T + positions
)
wrong("7.4", "adds the patch's number in place of its vector", named="the number of the place")(
    lambda patches, W, positions: patches @ W + np.arange(len(patches))[:, None]
)
wrong("7.4", "the result stands on its side, (d, N)", named="tokens in columns")(
    lambda patches, W, positions: (patches @ W + positions).T
)
wrong("7.4", "sends the positions through a sine first", named="positions through a sine")(
    lambda patches, W, positions: patches @ W + np.sin(positions)
)
wrong("7.4", "takes the mean of both so that the size stays", named="mean of token and position")(
    lambda patches, W, positions: (patches @ W + positions) / 2
)
wrong("7.4", "scales pixels to 0 to 1 by 255", named="pixels divided by 255")(
    lambda patches, W, positions: patches / 255 @ W + positions
)
wrong("7.4", "patch times column, number by number", named="multiplied number by number")(
    lambda patches, W, positions: patches * W + positions
)


@wrong("7.4", "normalises the tokens, as the first step of a block", named="a norm at the end")
def _(patches, W, positions):
    x = patches @ W + positions
    return (x - x.mean(-1, keepdims=True)) / (x.std(-1, keepdims=True) + 1e-5)


wrong("7.4", "a ReLU after the projection", named="a ReLU after the projection")(
    lambda patches, W, positions: np.maximum(patches @ W, 0) + positions
)
wrong("7.4", "gives tokens and positions apart", named="positions and tokens apart")(
    lambda patches, W, positions: (patches @ W, positions)
)
wrong("7.4", "pools the tokens to one vector", named="mean over the patches")(
    lambda patches, W, positions: (patches @ W + positions).mean(axis=0)
)
wrong("7.4", "draws its own positions at random", named="positions of one's own")(
    lambda patches, W, positions: patches @ W + 0.02 * np.random.default_rng(0).standard_normal(positions.shape)
)
wrong("7.4", "every token gets the sum of all positions", named="the sum of the positions for all")(
    lambda patches, W, positions: patches @ W + positions.sum(axis=0)
)
wrong("7.4", "subtracts the place", named="positions subtracted")(lambda patches, W, positions: patches @ W - positions)


@wrong("7.4", "forgets to give it back", named="no return")
def _(patches, W, positions):
    tokens = patches @ W
    tokens = tokens + positions


wrong("7.4", "takes the mean pixel away first", named="a mean taken away before the projection")(
    lambda patches, W, positions: (patches - patches.mean()) @ W + positions
)


# 7.5 rollout(layers) -> (T, T)


@right("7.5", "from the identity, each layer from the left")
def _(layers):
    T = layers[0].shape[0]
    result = np.eye(T)
    for layer in layers:
        result = (0.5 * layer + 0.5 * np.eye(T)) @ result
    return result


@right("7.5", "multi_dot on the reversed list")
def _(layers):
    halves = [(layer + np.eye(len(layer))) / 2 for layer in layers]
    return np.linalg.multi_dot(halves[::-1]) if len(halves) > 1 else halves[0]


@right("7.5", "functools.reduce and torch")
def _(layers):
    mixed = [torch.as_tensor(layer).double().add(torch.eye(len(layer))).div(2) for layer in layers]
    return functools.reduce(lambda so_far, layer: layer @ so_far, mixed)


@right("7.5", "as a stream: half what was, half what is looked at")
def _(layers):
    stream = np.eye(len(layers[0]))
    for weights in layers:
        stream = (stream + weights @ stream) / 2
    return stream


@right("7.5", "from the last layer back, each on the right")
def _(layers):
    product = np.identity(len(layers[0]))
    for layer in reversed(layers):
        product = product @ (layer / 2 + np.identity(len(layer)) / 2)
    return product


@right("7.5", "sums first, all the halves at the end, float32")
def _(layers):
    product = np.eye(len(layers[0]), dtype=np.float32)
    for layer in layers:
        product = (np.asarray(layer, dtype=np.float32) + np.eye(len(layer), dtype=np.float32)) @ product
    return product / 2 ** len(layers)


@right("7.5", "adds the identity, divides by the row's sum, which is 2")
def _(layers):
    result = np.eye(len(layers[0]))
    for layer in layers:
        a = layer + np.eye(len(layer))
        a = a / a.sum(axis=-1, keepdims=True)
        result = np.matmul(a, result)
    return result


@right("7.5", "loops over lists")
def _(layers):
    T = len(layers[0])
    result = [[float(i == j) for j in range(T)] for i in range(T)]
    for layer in layers:
        half = [[(layer[i][j] + (i == j)) / 2 for j in range(T)] for i in range(T)]
        result = [[sum(half[i][k] * result[k][j] for k in range(T)) for j in range(T)] for i in range(T)]
    return result


def half(layer):
    return (layer + np.eye(len(layer))) / 2


def rolled(layers, mixed=half):
    """The product of the mixed layers, the first on the right."""
    result = np.eye(len(layers[0]))
    for layer in layers:
        result = mixed(layer) @ result
    return result


@wrong("7.5", "multiplies in the order of the list", named="product in the wrong order")
def _(layers):
    result = np.eye(len(layers[0]))
    for layer in layers:
        result = result @ half(layer)
    return result


wrong("7.5", "leaves the stream out", named="identity forgotten")(lambda layers: rolled(layers, lambda layer: layer))
wrong("7.5", "adds the identity and halves nothing", named="identity added, not halved")(
    lambda layers: rolled(layers, lambda layer: layer + np.eye(len(layer)))
)


@wrong("7.5", "the first layer goes in without the identity", named="first layer without its identity")
def _(layers):
    result = layers[0]
    for layer in layers[1:]:
        result = half(layer) @ result
    return result


wrong("7.5", "multiplies number by number", named="maps multiplied number by number")(
    lambda layers: np.prod([half(layer) for layer in layers], axis=0)
)
wrong("7.5", "takes the mean over the layers", named="mean with identities")(
    lambda layers: np.mean([half(layer) for layer in layers], axis=0)
)
wrong("7.5", "mixes the identity in once, at the end", named="identity once, at the end")(
    lambda layers: half(rolled(layers, lambda layer: layer))
)
wrong("7.5", "divides by the sums of the columns", named="columns made to sum to 1")(
    lambda layers: rolled(layers, lambda layer: half(layer) / half(layer).sum(axis=0))
)
wrong("7.5", "an identity as large as the number of layers", named="identity as large as the number of layers")(
    lambda layers: rolled(layers, lambda layer: (layer + np.eye(len(layers))) / 2)
)
wrong("7.5", "adds 1 to every weight as the stream", named="0.5 added everywhere")(
    lambda layers: rolled(layers, lambda layer: (layer + 1) / 2)
)
wrong("7.5", "the last layer tells all", named="last layer only, with identity")(lambda layers: half(layers[-1]))
wrong("7.5", "gives the class token's row alone", named="one row only")(lambda layers: rolled(layers)[0])
wrong("7.5", "transposes the maps: columns look", named="maps transposed")(
    lambda layers: rolled(layers, lambda layer: half(layer.T))
)


@wrong("7.5", "adds the identity to the maps in place", named="input changed in place")
def _(layers):
    result = np.eye(len(layers[0]))
    for layer in layers:
        layer += np.eye(len(layer))
        layer /= 2
        result = layer @ result
    return result


wrong("7.5", "the mean map, to the power of the number of layers", named="mean of the maps, to a power")(
    lambda layers: np.linalg.matrix_power(half(np.mean(layers, axis=0)), len(layers))
)
wrong("7.5", "halves the map but adds the whole identity", named="half of the sum with the whole identity")(
    lambda layers: rolled(layers, lambda layer: layer / 2 + np.eye(len(layer)))
)


@wrong(
    "7.5",
    "half the identity after each product: the stream brings the first input",
    named="identity of the first input at every layer",
)
def _(layers):
    result = np.eye(len(layers[0]))
    for layer in layers:
        result = half(layer @ result)
    return result


@wrong("7.5", "sums the layers and divides each row", named="mean with one identity")
def _(layers):
    total = sum(layers) + np.eye(len(layers[0]))
    return total / total.sum(axis=1, keepdims=True)


wrong("7.5", "the network always has 17 tokens", named="17 tokens")(
    lambda layers: rolled(layers, lambda layer: (layer + np.eye(17)) / 2)
)
wrong("7.5", "all maps so far, one for each layer", named="all steps of the way")(
    lambda layers: [rolled(layers[: depth + 1]) for depth in range(len(layers))]
)


@wrong("7.5", "turns the caller's list round for good", named="input changed in place")
def _(layers):
    layers.reverse()
    result = np.eye(len(layers[0]))
    for layer in layers:
        result = result @ half(layer)
    return result


@wrong(
    "7.5",
    "leaves the class token out and divides by the rest",
    named="first row and column left out, and shared out again",
)
def _(layers):
    patches = rolled(layers)[1:, 1:]
    return patches / patches.sum(axis=1, keepdims=True)


wrong("7.5", "softmax makes the rows sum to 1", named="a softmax of the map")(
    lambda layers: rolled(layers, lambda layer: softmax(layer + np.eye(len(layer))))
)


# 7.6 which claims the results support

NAMES = (
    "nearness sees textures",
    "attention finds the digit",
    "only attention knows where",
    "a bag without positions",
    "the rollout lies on the ink",
    "they look where people look",
)


def verdicts(*true):
    """All six claims, True for those whose numbers (from 0) are given."""
    return {name: number in true for number, name in enumerate(NAMES)}


right("7.6", "True and False")(verdicts(1, 3))
right("7.6", "as words")({name: str(value) for name, value in verdicts(1, 3).items()})
right("7.6", "as NumPy's booleans")({name: np.bool_(value) for name, value in verdicts(1, 3).items()})
right("7.6", "as 1 and 0")({name: int(value) for name, value in verdicts(1, 3).items()})
right("7.6", "in another order")(dict(reversed(verdicts(1, 3).items())))
right("7.6", "small letters")({name: "true" if value else "false" for name, value in verdicts(1, 3).items()})
right("7.6", "as comparisons of the numbers, which are NumPy or torch truths")(
    verdicts(1, 3)
    | {
        "nearness sees textures": np.float64(0.305) > 0.5,
        "the rollout lies on the ink": torch.tensor(0.352) > 0.5,
    }
)
wrong("7.6", "a high score means that it sees", named="a high score taken for seeing")(verdicts(0, 1, 3))
wrong("7.6", "flat weights mean that the network knows no place", named="no weights taken for no knowledge")(
    verdicts(1, 2, 3)
)
wrong("7.6", "a rollout shows what the network reads", named="a map must lie on the object")(verdicts(1, 3, 4))
wrong("7.6", "weight on the digit is a look like a person's", named="a likeness taken for a measurement")(
    verdicts(1, 3, 5)
)
wrong("7.6", "a Transformer always knows the order of its tokens", named="patches know their places")(verdicts(1))
wrong("7.6", "without boxes in training it cannot find the digit", named="where to look must be taught")(verdicts(3))
wrong(
    "7.6",
    "all six sound right",
    named="a high score taken for seeing; no weights taken for no knowledge; a map must lie on the object; "
    "a likeness taken for a measurement",
)(verdicts(0, 1, 2, 3, 4, 5))
wrong("7.6", "none of them is supported", named="where to look must be taught; patches know their places")(verdicts())
wrong("7.6", "True is what is false: reads the question the wrong way round", named="True for what is not supported")(
    verdicts(0, 2, 4, 5)
)
wrong(
    "7.6",
    "maps are explanations: rollout and people, too",
    named="a map must lie on the object; a likeness taken for a measurement",
)(verdicts(1, 3, 4, 5))
wrong(
    "7.6",
    "attention is special in every way",
    named="no weights taken for no knowledge; patches know their places; a likeness taken for a measurement",
)(verdicts(1, 2, 5))
wrong(
    "7.6",
    "near means seen, and only attention has a map",
    named="a high score taken for seeing; no weights taken for no knowledge",
)(verdicts(0, 1, 2, 3))
