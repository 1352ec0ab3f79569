"""The exercises on vision: right answers found other ways, and the mistakes as learners write them."""

import itertools
import math
import re
from functools import reduce

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from course_utils.attention import scaled_dot_product_attention
from course_utils.exercises import check
from course_utils.exercises import vision as exercises
from course_utils.exercises.catalogue import EXERCISES
from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.judging import judge
from course_utils.exercises.vision.claims import CLAIMS, JUDGE_CLAIMS
from course_utils.experiments import stored


def shared(scores, axis=None):
    exps = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return exps / exps.sum(axis=axis, keepdims=True)


def patches_by_pixels(image, size):
    patches = []
    for i in range(image.shape[0] // size):
        for j in range(image.shape[1] // size):
            patches.append([float(image[i * size + y, j * size + x]) for y in range(size) for x in range(size)])
    return patches


def patches_by_one_reshape(image, size):
    H, W = image.shape
    return image.reshape(H // size, size, W // size, size).transpose(0, 2, 1, 3).reshape(-1, size**2)


def patches_by_splitting(image, size):
    strips = np.vsplit(image, image.shape[0] // size)
    return np.array([patch.flatten() for strip in strips for patch in np.hsplit(strip, strip.shape[1] // size)])


def patches_by_windows(image, size):
    windows = np.lib.stride_tricks.sliding_window_view(image, (size, size))
    return windows[::size, ::size].reshape(-1, size * size)


def patches_by_unfold(image, size):
    tensor = torch.tensor(image, dtype=torch.float32)
    return tensor.unfold(0, size, size).unfold(1, size, size).reshape(-1, size * size)


def patches_with_tensors_only(image, size):
    return torch.cat([strip.unfold(1, size, size).permute(1, 0, 2).flatten(1) for strip in image.split(size)])


def patches_in_a_list(image, size):
    rows, columns = image.shape[0] // size, image.shape[1] // size
    index = range(rows * columns)
    corners = [(n // columns * size, n % columns * size) for n in index]
    return [image[top : top + size, left : left + size].ravel() for top, left in corners]


def attend_by_loops(features, query):
    C, H, W = features.shape
    exps = [[0.0] * W for _ in range(H)]
    for row in range(H):
        for column in range(W):
            score = sum(query[c] * features[c, row, column] for c in range(C)) / math.sqrt(C)
            exps[row][column] = math.exp(score)
    total = sum(map(sum, exps))
    weights = [[e / total for e in row] for row in exps]
    context = [sum(weights[r][k] * features[c, r, k] for r in range(H) for k in range(W)) for c in range(C)]
    return context, weights


def attend_by_einsum(features, query):
    weights = shared(np.einsum("chw,c->hw", features, query) * len(query) ** -0.5)
    return np.einsum("hw,chw->c", weights, features), weights


def attend_where_the_channels_stand(features, query):
    scores = (query[:, None, None] * features).sum(axis=0) / np.sqrt(len(features))
    weights = shared(scores)
    return (weights * features).sum(axis=(1, 2)), weights


def attend_with_moveaxis(features, query):
    C, H, W = features.shape
    x = np.moveaxis(features, 0, -1).reshape(-1, C)
    weights = shared(x @ query / C**0.5)
    return [weights @ x, weights.reshape(H, W)]


def attend_with_the_course(features, query):
    C, H, W = features.shape
    x = torch.from_numpy(features).flatten(1).T
    context, weights = scaled_dot_product_attention(torch.from_numpy(query)[None], x, x)
    return context[0], weights.view(H, W)


def attend_with_tensors_only(features, query):
    scores = features.permute(1, 2, 0) @ query / query.numel() ** 0.5
    weights = scores.flatten().softmax(0).view_as(scores)
    return features.mul(weights).sum((-2, -1)), weights


def attend_with_a_convolution(features, query):
    features, query = (torch.tensor(given, dtype=torch.float32) for given in (features, query))
    scores = F.conv2d(features[None], query[None, :, None, None])[0, 0] / math.sqrt(len(query))
    weights = torch.exp(scores - torch.logsumexp(scores, dim=(0, 1)))
    return torch.tensordot(features, weights, dims=2).requires_grad_(), weights


def mass_by_loops(weights, box):
    top, left, height, width = box
    inside = total = 0.0
    for row in range(weights.shape[0]):
        for column in range(weights.shape[1]):
            total += weights[row, column]
            if top <= row < top + height and left <= column < left + width:
                inside += weights[row, column]
    return inside / total


def mass_by_a_mask(weights, box):
    mask = np.zeros_like(weights)
    mask[box[0] : box[0] + box[2], box[1] : box[1] + box[3]] = 1
    return (mask * weights).sum() / weights.sum()


def mass_by_splitting(weights, box):
    _, middle, _ = np.split(weights, [box[0], box[0] + box[2]], axis=0)
    _, middle, _ = np.split(middle, [box[1], box[1] + box[3]], axis=1)
    return np.float32(middle.sum()) / np.float32(weights.sum())


def mass_by_running_sums(weights, box):
    sums = np.pad(weights.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    top, left, bottom, right = box[0], box[1], box[0] + box[2], box[1] + box[3]
    return (sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]) / sums[-1, -1]


def mass_in_torch(weights, box):
    weights, (top, left, height, width) = torch.as_tensor(weights), box
    return weights.narrow(0, top, height).narrow(1, left, width).sum().div(weights.sum())


def mass_of_normalised(weights, box):
    (y, x, h, w), shares = box, weights / weights.sum()
    return str(shares[y : y + h, x : x + w].sum())


def embed_by_loops(patches, W, positions):
    tokens = []
    for patch, position in zip(patches.tolist(), positions.tolist()):
        tokens.append([sum(p * w for p, w in zip(patch, column)) + b for column, b in zip(W.T.tolist(), position)])
    return tokens


def embed_with_linear(patches, W, positions):
    layer = torch.nn.Linear(*W.shape, bias=False)
    layer.weight.data = torch.tensor(W.T, dtype=torch.float32)
    return layer(torch.tensor(patches, dtype=torch.float32)) + torch.tensor(positions)


def embed_by_stacking(patches, W, positions):
    return np.hstack([patches, np.eye(len(patches))]) @ np.vstack([W, positions])


def embed_with_tensors_only(patches, W, positions):
    return positions.addmm(patches, W)


def rollout_from_the_last(layers):
    result = np.eye(len(layers[0]))
    for layer in layers[::-1]:
        result = result @ (layer + np.eye(len(layer))) / 2
    return result


def rollout_by_paths(layers):
    """Half the time a path stays, half the time it goes where the layer looks; all paths, from the last layer down."""
    T = len(layers[0])

    def arrive(token, depth):
        if depth < 0:
            return np.eye(T)[token]
        goes = sum(layers[depth][token, other] * arrive(other, depth - 1) for other in range(T))
        return 0.5 * arrive(token, depth - 1) + 0.5 * goes

    return [arrive(token, len(layers) - 1).tolist() for token in range(T)]


def rollout_normalised(layers):
    result = None
    for layer in layers:
        mixed = layer + np.identity(len(layer))
        mixed = mixed / mixed.sum(axis=-1, keepdims=True)
        result = mixed if result is None else np.matmul(mixed, result)
    return result


def rollout_recursive(layers):
    T = layers[0].shape[0]
    mixed = np.eye(T) * 0.5 + layers[-1] * 0.5
    return mixed if len(layers) == 1 else mixed @ rollout_recursive(layers[:-1])


def rollout_in_torch(layers):
    maps = torch.tensor(np.stack(layers), dtype=torch.float32)
    result = torch.eye(maps.shape[-1])
    for layer in maps:
        result = (layer / 2 + torch.eye(len(layer)) / 2) @ result
    return result


def rollout_with_tensors_only(layers):
    T = layers[0].size(-1)
    eye = torch.eye(T, dtype=layers[0].dtype)
    result = eye.clone()
    for layer in layers:
        result = layer.add(eye).div(2).mm(result)
    return result


def judged(*, nearness=False, digit=True, only=False, bag=True, ink=False, people=False):
    return {
        "nearness sees textures": nearness,
        "attention finds the digit": digit,
        "only attention knows where": only,
        "a bag without positions": bag,
        "the rollout lies on the ink": ink,
        "they look where people look": people,
    }


RIGHT = [
    *(("7.1", answer) for answer in (patches_by_pixels, patches_by_one_reshape, patches_by_splitting)),
    *(("7.1", answer) for answer in (patches_by_windows, patches_by_unfold, patches_with_tensors_only)),
    ("7.1", patches_in_a_list),
    *(("7.2", answer) for answer in (attend_by_loops, attend_by_einsum, attend_where_the_channels_stand)),
    *(("7.2", answer) for answer in (attend_with_moveaxis, attend_with_the_course, attend_with_tensors_only)),
    ("7.2", attend_with_a_convolution),
    *(("7.3", answer) for answer in (mass_by_loops, mass_by_a_mask, mass_by_splitting)),
    *(("7.3", answer) for answer in (mass_by_running_sums, mass_in_torch, mass_of_normalised)),
    *(("7.4", answer) for answer in (embed_by_loops, embed_with_linear, embed_by_stacking, embed_with_tensors_only)),
    *(("7.5", answer) for answer in (rollout_from_the_last, rollout_by_paths, rollout_normalised)),
    *(("7.5", answer) for answer in (rollout_recursive, rollout_in_torch, rollout_with_tensors_only)),
    ("7.6", judged()),
    ("7.6", dict(reversed(judged(digit=np.True_, ink=np.bool_(0)).items()))),
]


@pytest.mark.parametrize(("exercise_id", "answer"), RIGHT)
def test_a_right_answer_found_another_way_passes(exercise_id, answer):
    result = check(exercise_id, answer)
    assert result.status == "passed", result


def cuts(image, size, *, rows=None, columns=None, step=None):
    rows, columns, step = rows or image.shape[0], columns or image.shape[1], step or size
    corners = [(r, c) for r in range(0, rows, step) for c in range(0, columns, step)]
    return np.array([image[r : r + size, c : c + size].reshape(-1) for r, c in corners])


def forgets_to_swap(image, size):
    H, W = image.shape
    return image.reshape(H // size, size, W // size, size).reshape(-1, size * size)


def columns_in_the_outer_loop(image, size):
    patches = []
    for column in range(0, image.shape[1], size):
        for row in range(0, image.shape[0], size):
            patches.append(image[row : row + size, column : column + size].flatten())
    return np.stack(patches)


def swaps_and_turns(image, size):
    H, W = image.shape
    return image.reshape(H // size, size, W // size, size).transpose(0, 2, 3, 1).reshape(-1, size * size)


def flattens_like_fortran(image, size):
    return np.stack([patch.reshape(size, size).ravel(order="F") for patch in cuts(image, size)])


def as_if_columns_came_first(image, size):
    W, H = image.shape
    return cuts(image.T, size, rows=H, columns=W)


def size_before_count(image, size):
    H, W = image.shape
    return image.reshape(size, H // size, size, W // size).transpose(1, 3, 0, 2).reshape(-1, size**2)


def unpacks_width_first(image, size):
    W, H = image.shape
    return image.reshape(H // size, size, W // size, size).swapaxes(1, 2).reshape(-1, size * size)


def splits_into_size_parts(image, size):
    return np.array([patch.ravel() for strip in np.vsplit(image, size) for patch in np.hsplit(strip, size)])


def moves_by_one_inside_the_picture(image, size):
    H, W = image.shape
    return cuts(image, size, rows=H - size + 1, columns=W - size + 1, step=1)


def one_number_of_patches(image, size):
    n = image.shape[0] // size
    return image.reshape(n, size, n, size).swapaxes(1, 2).reshape(n * n, -1)


def one_number_of_patches_across(image, size):
    n = image.shape[1] // size
    return image.reshape(n, size, n, size).transpose(0, 2, 1, 3).reshape(n * n, -1)


def brackets_side_by_side(image, size):
    patches = []
    for i in range(0, image.shape[0], size):
        for j in range(0, image.shape[1], size):
            patches.append(image[i : i + size][j : j + size].reshape(-1))
    return np.stack(patches)


def brackets_side_by_side_in_an_array(image, size):
    H, W = image.shape
    return np.array([image[i : i + size][j : j + size].flatten() for i in range(0, H, size) for j in range(0, W, size)])


def brackets_side_by_side_in_a_list(image, size):
    H, W = image.shape
    return [image[i : i + size][j : j + size].flatten() for i in range(0, H, size) for j in range(0, W, size)]


def height_and_width_exchanged(image, size):
    W, H = image.shape
    return np.stack([image[i : i + size, j : j + size].ravel() for i in range(0, H, size) for j in range(0, W, size)])


def returns_too_early(image, size):
    for i in range(0, image.shape[0], size):
        for j in range(0, image.shape[1], size):
            patch = image[i : i + size, j : j + size].ravel()
            return patch


def writes_over(image, size):
    for i in range(0, image.shape[0], size):
        for j in range(0, image.shape[1], size):
            patches = image[i : i + size, j : j + size].ravel()
    return patches


def competes_over_channels(features, query):
    product = torch.from_numpy(features * query[:, None, None]) / len(query) ** 0.5
    weights = torch.softmax(product, dim=0)
    return (weights * torch.from_numpy(features)).sum((1, 2)), weights


def softmax_of_a_column(features, query):
    C, H, W = features.shape
    x = features.reshape(C, -1).T
    scores = x @ query[:, None] / np.sqrt(C)  # (H * W, 1), and -1 is the axis of length 1
    weights = shared(scores, axis=-1)
    return (weights.T @ x)[0], weights.reshape(H, W)


def softmax_of_torch_with_the_last_axis(features, query):
    features, query = torch.from_numpy(features), torch.from_numpy(query)
    weights = (torch.einsum("chw,c->hw", features, query) / query.numel() ** 0.5).softmax(-1)
    return torch.einsum("chw,hw->c", features, weights), weights


def softmax_down(features, query):
    weights = shared(np.tensordot(query, features, 1) / np.sqrt(len(query)), axis=0)
    return np.tensordot(features, weights, 2), weights


def attends(features, query, *, size=None, flat=None):
    C, H, W = features.shape
    x = features.reshape(C, -1).T if flat is None else flat(features)
    weights = shared(x @ query / np.sqrt(size or C))
    return weights @ x, weights.reshape(H, W)


def divides_after_the_softmax(features, query):
    C, H, W = features.shape
    x = features.reshape(C, H * W).T
    weights = shared(x @ query) / np.sqrt(C)
    return weights @ x, weights.reshape(H, W)


def takes_the_mean(features, query):
    weights = attends(features, query)[1]
    return np.mean(weights * features, axis=(1, 2)), weights


def gives_the_mean_and_a_map(features, query):
    return features.reshape(len(features), -1).mean(-1), attends(features, query)[1]


def picks_the_best(features, query):
    weights = attends(features, query)[1]
    return features.reshape(len(query), -1)[:, weights.argmax()], weights


def weights_from_argmax(features, query):
    x = features.reshape(len(features), -1).T
    weights = np.zeros(len(x))
    weights[np.argmax(x @ query)] = 1
    return weights @ x, weights.reshape(features.shape[1:])


def views_as_rows(features, query):
    C, H, W = features.shape
    x = torch.as_tensor(features).reshape(H * W, C)
    weights = torch.softmax(x @ torch.as_tensor(query) / C**0.5, 0)
    return weights @ x, weights.reshape(H, W)


def mixes_pieces_of_channels(features, query):
    C, H, W = features.shape
    weights = shared(np.einsum("chw,c->hw", features, query) / np.sqrt(C))
    return weights.flatten() @ features.reshape(H * W, C), weights


def a_gate(features, query):
    scores = np.einsum("chw,c->hw", features, query) / np.sqrt(len(query))
    weights = 1 / (1 + np.exp(-scores))
    return (weights * features).sum((1, 2)), weights


def scores_over_their_sum(features, query):
    weights = np.einsum("chw,c->hw", features, query) / np.sqrt(len(query))
    weights = weights / weights.sum()
    return np.einsum("chw,hw->c", features, weights), weights


def exponentials(features, query):
    weights = np.exp(np.einsum("chw,c->hw", features, query) / np.sqrt(len(query)))
    return np.einsum("chw,hw->c", features, weights), weights


def as_bright_as_can_be(features, query):
    weights = attends(features, query)[1]
    weights = weights / weights.max()
    return np.einsum("chw,hw->c", features, weights), weights


def cosine(features, query):
    C, H, W = features.shape
    x = torch.from_numpy(features.reshape(C, -1).T.copy())
    weights = F.cosine_similarity(x, torch.from_numpy(query)[None]).softmax(0)
    return weights @ x, weights.view(H, W)


def query_at_the_end(features, query):
    weights = shared(features @ query / np.sqrt(len(query)))
    return (weights * features).sum((1, 2)), weights


def query_at_the_end_with_dot(features, query):
    weights = shared(np.dot(features, query) / np.sqrt(len(query)))
    return (weights * features).sum((1, 2)), weights


def query_times_features(features, query):
    weights = shared((features * query).sum(0) / np.sqrt(len(query)))
    return (weights * features).sum((1, 2)), weights


def query_in_front(features, query):
    weights = shared(query @ features / np.sqrt(len(query)))
    return (weights * features).sum((1, 2)), weights


def query_in_front_with_dot(features, query):
    weights = shared(query.dot(features) / np.sqrt(len(query)))
    return (weights * features).sum((1, 2)), weights


def keeps_what_the_query_did(features, query):
    product = features * query[:, None, None]
    weights = shared(product.sum(0) / np.sqrt(len(query)))
    return (weights * product).sum((1, 2)), weights


def with_a_batch_of_one(features, query):
    C, H, W = features.shape
    x = torch.from_numpy(features).flatten(1).T
    context, weights = scaled_dot_product_attention(torch.from_numpy(query)[None], x, x)
    return context, weights.view(H, W)


def both_unscaled_and_by_rows(features, query):
    weights = shared(np.einsum("chw,c->hw", features, query), axis=1)
    return np.einsum("chw,hw->c", features, weights), weights


def in_box(weights, y, x, h, w):
    return weights[y : y + h, x : x + w].sum() / weights.sum()


def corners_of_the_box(weights, box):
    top, left, bottom, right = box
    return weights[top:bottom, left:right].sum() / weights.sum()


def box_of_x_and_y(weights, box):
    x, y, width, height = box
    return in_box(weights, y, x, height, width)


def half_turned_box(weights, box):
    top, left, width, height = box
    return in_box(weights, top, left, height, width)


def other_half_turned_box(weights, box):
    left, top, height, width = box
    return in_box(weights, top, left, height, width)


def up_to_and_with(weights, box):
    top, left, height, width = box
    row, column = np.indices(weights.shape)
    inside = (row >= top) & (row <= top + height) & (column >= left) & (column <= left + width)
    return weights[inside].sum() / weights.sum()


def strictly_inside(weights, box):
    top, left, height, width = box
    row, column = np.indices(weights.shape)
    inside = (top < row) & (row < top + height) & (left < column) & (column < left + width)
    return weights[inside].sum() / weights.sum()


def counts_cells(weights, box):
    mask = np.zeros(weights.shape, dtype=bool)
    mask[box[0] : box[0] + box[2], box[1] : box[1] + box[3]] = True
    return mask.mean()


def mean_in_the_box(weights, box):
    top, left, height, width = box
    return weights[top : top + height, left : left + width].mean()


def sum_in_the_box(weights, box):
    top, left, height, width = box
    return weights[top : top + height, left : left + width].sum()


def points(weights, box):
    row, column = np.unravel_index(weights.argmax(), weights.shape)
    return box[0] <= row < box[0] + box[2] and box[1] <= column < box[1] + box[3]


def brackets_one_after_another(weights, box):
    top, left, height, width = box
    return weights[top : top + height][left : left + width].sum() / weights.sum()


def softmax_first(weights, box):
    return in_box(shared(weights), *box)


def positions_first(patches, W, positions):
    return (patches + positions) @ W


def one_position(patches, W, positions):
    return np.array([patch @ W + positions[0] for patch in patches])


def loop_writes_over(patches, W, positions):
    tokens = patches @ W
    for position in positions:
        with_position = tokens + position
    return with_position


def adds_all_positions_to_each(patches, W, positions):
    tokens = np.dot(patches, W)
    for position in positions:
        tokens = tokens + position
    return tokens


def rolls(layers, *, mix=lambda layer, eye: 0.5 * layer + 0.5 * eye, start=None, skip=0):
    eye = np.eye(len(layers[0]))
    result = eye if start is None else start
    for layer in layers[skip:]:
        result = mix(layer, eye) @ result
    return result


def appends_on_the_right(layers):
    result = np.eye(len(layers[0]))
    for layer in layers:
        result = result @ (0.5 * layer + 0.5 * np.eye(len(layer)))
    return result


def appends_on_the_right_without_identity(layers):
    result = layers[0]
    for layer in layers[1:]:
        result = result @ layer
    return result


def forgets_the_brackets(layers):
    return rolls(layers, mix=lambda layer, eye: layer + eye / 2)


def takes_ones(layers):
    return rolls(layers, mix=lambda layer, eye: 0.5 * layer + 0.5 * np.ones(layer.shape))


def mean_of_the_stack(layers):
    return np.stack(layers).mean(axis=0)


def star_for_at(layers):
    result = np.eye(len(layers[0])) * 0.5 + layers[0] * 0.5
    for layer in layers[1:]:
        result = result * (0.5 * layer + 0.5 * np.eye(len(layer)))
    return result


def overwrites(layers):
    for layer in layers:
        result = 0.5 * layer + 0.5 * np.eye(len(layer))
    return result


def returns_in_the_loop(layers):
    for layer in layers:
        return 0.5 * layer + 0.5 * np.eye(len(layer))


def normalises_columns(layers):
    result = np.eye(len(layers[0]))
    for layer in layers:
        mixed = layer + np.eye(len(layer))
        result = (mixed / mixed.sum(axis=0)) @ result
    return result


def eye_of_the_layers(layers):
    T = len(layers)
    return rolls(layers, mix=lambda layer, _: 0.5 * layer + 0.5 * np.eye(T))


WHOLE_IDENTITY_ADDED_UP = "identity added, not halved, and sum of the layers"


def softmaxes_the_channels(features, query):
    places = features.reshape(len(features), -1).T
    weights = torch.softmax(torch.as_tensor(places * query / math.sqrt(len(query))), -1).numpy()
    return (weights * places).sum(0), weights.reshape(*features.shape[1:], -1)


def gates_and_averages(features, query):
    scores = np.tensordot(query, features, 1) / math.sqrt(len(query))
    weights = torch.sigmoid(torch.as_tensor(scores)).numpy()
    return (features * weights).mean((1, 2)), weights


def scores_times_thirty(features, query):
    places = features.reshape(len(features), -1).T
    weights = torch.softmax(torch.as_tensor(30 * places @ query), 0).numpy()
    return weights @ places, weights.reshape(features.shape[1:])


def leaves_the_class_token_out(layers):
    rows = EXERCISES["7.5"].right(layers)[1:, 1:]
    return rows / rows.sum(1)[:, None]


WRONG = [
    ("7.1", lambda image, size: EXERCISES["7.1"].right(image, size) / 255, "pixels divided by 255"),
    ("7.2", softmaxes_the_channels, "softmax over the channels"),
    ("7.2", gates_and_averages, "a gate instead of a softmax, and mean of the weighted features"),
    ("7.2", scores_times_thirty, "all weight on the best place"),
    ("7.4", lambda patches, W, e: (patches / 255.0) @ W + e, "pixels divided by 255"),
    ("7.4", lambda patches, W, e: (patches - np.mean(patches)) @ W + e, "a mean taken away before the projection"),
    (
        "7.4",
        lambda patches, W, e: patches @ W + np.random.default_rng(0).normal(size=e.shape),
        "positions of one's own",
    ),
    ("7.5", leaves_the_class_token_out, "first row and column left out, and shared out again"),
    ("7.1", lambda image, size: image.reshape(-1, size**2), "a plain reshape"),
    ("7.1", forgets_to_swap, "a plain reshape"),
    ("7.1", columns_in_the_outer_loop, "column by column"),
    ("7.1", swaps_and_turns, "transposed inside"),
    ("7.1", flattens_like_fortran, "transposed inside"),
    ("7.1", as_if_columns_came_first, "read down instead of along, everywhere"),
    ("7.1", size_before_count, "pixels far apart"),
    ("7.1", unpacks_width_first, "rows and columns of the grid exchanged"),
    ("7.1", moves_by_one_inside_the_picture, "overlapping patches"),
    ("7.1", splits_into_size_parts, "size taken for the number of patches"),
    ("7.1", lambda image, size: cuts(image, size, columns=len(image)), "as many patches across as down"),
    ("7.1", one_number_of_patches, "a square picture taken for granted"),
    ("7.1", one_number_of_patches_across, "a square picture taken for granted, by its width"),
    (
        "7.1",
        lambda image, size: cuts(image, size, rows=image.shape[0] - size, columns=image.shape[1] - size),
        "the last patches left out",
    ),
    ("7.1", brackets_side_by_side, "patches of unequal size, stacked"),
    ("7.1", brackets_side_by_side_in_a_list, "patches of unequal size, in a list"),
    ("7.1", height_and_width_exchanged, "patches of unequal size, stacked"),
    ("7.1", brackets_side_by_side_in_an_array, "patches of unequal size, in an array"),
    ("7.1", lambda image, size: [patch.reshape(size, size) for patch in cuts(image, size)], "patches left as squares"),
    ("7.1", lambda image, size: np.concatenate(list(cuts(image, size))), "one long row"),
    ("7.1", returns_too_early, "one patch only"),
    ("7.1", writes_over, "last patch only"),
    ("7.1", lambda image, size: print(cuts(image, size)), "no return"),
    ("7.2", competes_over_channels, "softmax over the channels"),
    ("7.2", softmax_of_a_column, "softmax over the channels, then added up"),
    ("7.2", softmax_of_torch_with_the_last_axis, "a softmax for each row of the picture"),
    ("7.2", softmax_down, "a softmax for each column of the picture"),
    ("7.2", lambda features, query: attends(features, query, size=1), "no scaling"),
    ("7.2", lambda features, query: attends(features, query, size=len(query) ** 2), "scaling by C instead of √C"),
    ("7.2", lambda features, query: attends(features, query, size=features[0].size), "scaling by √(H·W)"),
    ("7.2", divides_after_the_softmax, "scaled after the softmax"),
    ("7.2", takes_the_mean, "mean of the weighted features"),
    ("7.2", gives_the_mean_and_a_map, "mean pooling"),
    ("7.2", picks_the_best, "only the best place"),
    ("7.2", weights_from_argmax, "all weight on the best place"),
    ("7.2", views_as_rows, "flattened without moving the axis"),
    ("7.2", mixes_pieces_of_channels, "flattened without moving the axis, for the context only"),
    (
        "7.2",
        lambda features, query: attends(features, query, size=1, flat=lambda x: x.reshape(-1, len(x))),
        "no scaling, and flattened without moving the axis",
    ),
    (
        "7.2",
        lambda features, query: attends(features, query, flat=lambda x: np.swapaxes(x, 0, 1).reshape(-1, len(x))),
        "the wrong axes exchanged",
    ),
    (
        "7.2",
        lambda features, query: attends(features, query, flat=lambda x: np.swapaxes(x, 0, 2).reshape(-1, len(x))),
        "picture read column by column",
    ),
    ("7.2", a_gate, "a gate instead of a softmax"),
    ("7.2", scores_over_their_sum, "shares without exp"),
    ("7.2", exponentials, "not normalised"),
    ("7.2", as_bright_as_can_be, "greatest weight made 1"),
    ("7.2", cosine, "cosine instead of the dot product"),
    ("7.2", query_at_the_end, "query laid along the columns, with @"),
    ("7.2", query_at_the_end_with_dot, "query laid along the columns, with dot"),
    ("7.2", query_times_features, "query laid along the columns, with *"),
    ("7.2", query_in_front, "query laid down the rows"),
    ("7.2", query_in_front_with_dot, "query laid down the rows, with dot"),
    ("7.2", keeps_what_the_query_did, "the query in the value"),
    ("7.2", with_a_batch_of_one, "an axis too many in the context"),
    ("7.2", both_unscaled_and_by_rows, "no scaling, and a softmax for each row"),
    ("7.2", lambda features, query: attends(features, query)[0], "context alone"),
    ("7.2", lambda features, query: attends(features, query)[1], "weights alone"),
    ("7.2", lambda features, query: attends(features, query)[::-1], "weights before context"),
    ("7.2", lambda features, query: (*attends(features, query), 0), "wrong number of results"),
    ("7.3", corners_of_the_box, "height and width taken for bottom and right"),
    ("7.3", box_of_x_and_y, "rows and columns of the box exchanged"),
    ("7.3", half_turned_box, "height and width exchanged"),
    ("7.3", other_half_turned_box, "top and left exchanged"),
    ("7.3", up_to_and_with, "ends included"),
    ("7.3", strictly_inside, "first row and column left out"),
    ("7.3", lambda weights, box: in_box(weights, box[0] - 1, box[1] - 1, *box[2:]), "counted from 1"),
    ("7.3", lambda weights, box: in_box(weights, *box[:2], box[2] - 1, box[3] - 1), "a row and a column too few"),
    ("7.3", counts_cells, "cells counted instead of weights"),
    ("7.3", mean_in_the_box, "divided by the area of the box"),
    ("7.3", sum_in_the_box, "not divided by all weight"),
    ("7.3", points, "pointing game, or an empty box"),
    ("7.3", brackets_one_after_another, "two brackets instead of a comma"),
    ("7.3", softmax_first, "a softmax on top"),
    ("7.3", lambda weights, box: 1 - in_box(weights, *box), "weight outside"),
    ("7.3", lambda weights, box: round(100 * in_box(weights, *box), 4), "per cent"),
    ("7.4", lambda patches, W, positions: np.matmul(patches, W), "positions forgotten"),
    ("7.4", one_position, "one position for all"),
    ("7.4", loop_writes_over, "the last position for all"),
    ("7.4", adds_all_positions_to_each, "the sum of the positions for all"),
    ("7.4", positions_first, "positions added before the projection"),
    ("7.4", lambda patches, W, positions: patches @ W * positions, "positions multiplied"),
    ("7.4", lambda patches, W, positions: np.hstack((patches @ W, positions)), "positions beside the patch"),
    ("7.4", lambda patches, W, positions: torch.cat((patches @ W, positions)), "positions below the patches"),
    ("7.4", lambda patches, W, positions: [p @ W + i for i, p in enumerate(patches)], "the number of the place"),
    ("7.4", lambda patches, W, positions: F.linear(patches, W) + positions, "W transposed"),
    ("7.4", lambda patches, W, positions: W @ patches + positions, "W before the patches"),
    ("7.4", lambda patches, W, positions: patches @ W + positions.mean(axis=0), "the mean of the positions for all"),
    ("7.5", lambda layers: rolls(layers, mix=lambda layer, eye: layer), "identity forgotten"),
    ("7.5", appends_on_the_right, "product in the wrong order"),
    ("7.5", appends_on_the_right_without_identity, "identity forgotten, and the product in the wrong order"),
    ("7.5", lambda layers: rolls(layers, mix=np.add), "identity added, not halved"),
    ("7.5", lambda layers: rolls(layers, mix=lambda layer, eye: 0.5 * layer), "halved, identity forgotten"),
    ("7.5", forgets_the_brackets, "identity halved, map not"),
    ("7.5", takes_ones, "0.5 added everywhere"),
    ("7.5", lambda layers: rolls(layers, mix=lambda layer, eye: 0.5 * layer + 0.5), "0.5 added everywhere"),
    ("7.5", lambda layers: rolls(layers, start=layers[0], skip=1), "first layer without its identity"),
    ("7.5", lambda layers: rolls(layers, start=layers[0]), "first layer twice, once without its identity"),
    ("7.5", lambda layers: sum(layers), "sum of the layers"),
    ("7.5", mean_of_the_stack, "mean of the layers"),
    ("7.5", lambda layers: layers[-1], "last layer only"),
    ("7.5", overwrites, "last layer only, with identity"),
    ("7.5", returns_in_the_loop, "first layer only, with identity"),
    ("7.5", lambda layers: torch.tensor(np.array(layers)).amax(0), "maximum over the layers"),
    ("7.5", star_for_at, "maps multiplied number by number"),
    ("7.5", normalises_columns, "columns made to sum to 1"),
    ("7.5", eye_of_the_layers, "identity as large as the number of layers"),
    ("7.3", lambda weights, box: in_box(weights, *(number * 4 for number in box)), "pointing game, or an empty box"),
    ("7.3", lambda weights, box: in_box(weights, *(number // 4 for number in box)), "box in pixels"),
    ("7.3", lambda weights, box: in_box(weights, *box) / (1 - in_box(weights, *box) + 1e-12), "inside by outside"),
    ("7.4", lambda patches, W, positions: np.maximum(patches @ W, 0) + positions, "a ReLU after the projection"),
    ("7.4", lambda patches, W, positions: patches @ W + np.roll(positions, 1, axis=0), "positions moved down"),
    ("7.5", lambda layers: sum(layer + np.eye(len(layer)) for layer in layers), WHOLE_IDENTITY_ADDED_UP),
    ("7.6", judged(nearness=True), "a high score taken for seeing"),
    ("7.6", judged(digit=False), "where to look must be taught"),
    ("7.6", judged(only=True), "no weights taken for no knowledge"),
    ("7.6", judged(bag=np.False_), "patches know their places"),
    ("7.6", judged(ink=True), "a map must lie on the object"),
    ("7.6", judged(people=True), "a likeness taken for a measurement"),
    ("7.6", judged(ink=True, people=True), "a map must lie on the object; a likeness taken for a measurement"),
    ("7.6", judged(digit="Right"), None),
    ("7.6", [False, True, True, False, False], None),
    ("7.6", {"nearness": False}, None),
]


@pytest.mark.parametrize(("exercise_id", "answer", "misconception"), WRONG)
def test_a_learners_mistake_is_recognised(exercise_id, answer, misconception):
    result = check(exercise_id, answer)
    assert (result.status, result.misconception) == ("failed", misconception), result


@pytest.mark.parametrize("exercise", exercises.EXERCISES, ids=lambda exercise: exercise.id)
def test_every_mistake_but_one_shows_in_the_first_case(exercise):
    """A message may speak of the first case's numbers; what it cannot show there is told where it shows."""
    late = {"not divided by all weight"}
    for mistake in exercise.misconceptions if exercise.cases else ():
        shown = judge(one_case(exercise), mistake.mistake).status == "failed"
        assert shown is (mistake.name not in late), mistake.name


def one_case(exercise):
    return Exercise(**{**vars(exercise), "cases": exercise.cases[:1]})


def test_the_pixels_that_a_message_names_are_there():
    """'0, 1, 10, 11' in a message is a patch of the first picture, right or mistaken."""
    image, size = exercises.CUT_PATCHES.cases[0]
    named = 0
    for mistake in exercises.CUT_PATCHES.misconceptions:
        for numbers in re.findall(r"\d+(?:, \d+){3,}", mistake.explain):
            pixels = [float(number) for number in numbers.split(", ")]
            rows = [*patches_by_pixels(image, size), *np.array(mistake.mistake(image, size)).tolist()]
            assert pixels in rows, (mistake.name, numbers)
            named += 1
    assert named >= 10


@pytest.mark.parametrize(
    ("exercise", "name", "said", "measure", "number"),
    [
        ("7.2", "a softmax for each row of the picture", "sum to 2,", lambda pair: pair[1].sum(), 2),
        ("7.2", "a softmax for each column of the picture", "sum to 4,", lambda pair: pair[1].sum(), 4),
        ("7.2", "scaled after the softmax", "sum to 0.58 ", lambda pair: pair[1].sum(), 0.58),
        ("7.2", "scores instead of weights", "some are negative", lambda pair: float((pair[1] < 0).any()), 1),
        ("7.2", "shares without exp", "Some of them are negative", lambda pair: float((pair[1] < 0).any()), 1),
        ("7.5", "identity added, not halved", "4 after two", lambda rolled: rolled.sum(-1), 4),
        ("7.5", "halved, identity forgotten", "a quarter after two", lambda rolled: rolled.sum(-1), 0.25),
        ("7.5", "half of the sum with the whole identity", "2.25 after two", lambda rolled: rolled.sum(-1), 2.25),
        ("7.5", "identity halved, map not", "2.25 after two", lambda rolled: rolled.sum(-1), 2.25),
        ("7.5", "sum of the layers", "rows sum to 2,", lambda rolled: rolled.sum(-1), 2),
        ("7.5", "sum with identities", "rows sum to 2,", lambda rolled: rolled.sum(-1), 2),
    ],
)
def test_a_number_in_a_message_is_the_answer_s_own(exercise, name, said, measure, number):
    (mistake,) = (m for m in EXERCISES[exercise].misconceptions if m.name == name)
    assert said in check(exercise, mistake.mistake).message
    assert measure(mistake.mistake(*EXERCISES[exercise].cases[0])) == pytest.approx(number, abs=0.005)


def test_the_context_is_as_many_times_too_small_as_a_message_says():
    features, query = exercises.ATTEND_PICTURE.cases[0]
    assert "8 times too small" in check("7.2", takes_the_mean).message
    assert np.allclose(8 * takes_the_mean(features, query)[0], attend_by_einsum(features, query)[0])


def test_the_claims_are_judged_as_the_stored_results_judge_them():
    textures, vit, digit = (stored.load(name) for name in ("textures", "vit_digits", "find_digit"))
    nearness = textures.mean("own_mass_place_elsewhere") - textures.mean("own_area_elsewhere")
    features = textures.mean("own_mass_elsewhere") - textures.mean("own_area_elsewhere")
    unmoved = [f"{kind}_vit_no_positions" for kind in ("accuracy", "shuffled_accuracy")]
    moved = [f"{kind}_vit" for kind in ("accuracy", "shuffled_accuracy")]
    assert textures.mean("own_mass_place") > 0.8 and nearness < features / 4
    assert vit.values(unmoved[0]) == vit.values(unmoved[1])
    assert vit.mean(moved[0]) - vit.mean(moved[1]) > 0.5
    assert min(digit.values("mass_attention")) > 0.5 > 5 * digit.mean("area")
    assert min(digit.values("mass_contribution_mean")) > 0.5
    assert digit.mean("mass_contribution_mean") < digit.mean("mass_attention")
    assert abs(vit.mean("ink_mass_rollout") - vit.mean("ink_share")) < vit.sd("ink_mass_rollout")
    assert JUDGE_CLAIMS.right() == judged()


def test_every_set_of_wrong_judgements_is_explained_two_at_a_time():
    right = JUDGE_CLAIMS.right()
    for flips in itertools.product([False, True], repeat=len(right)):
        wrong = [claim for claim, flip in zip(CLAIMS, flips) if flip]
        result = check("7.6", {name: answer is not flip for (name, answer), flip in zip(right.items(), flips)})
        assert (result.status == "passed") is (not wrong)
        if len(wrong) == len(CLAIMS):
            assert result.misconception == "True for what is not supported"
            assert result.message.startswith("All six are the other way round. True means that our results support")
            continue
        assert result.misconception == ("; ".join(claim.belief for claim in wrong) or None)
        assert all((claim.why in result.message) is (claim in wrong[:2]) for claim in CLAIMS)
        assert all(claim.name in result.message for claim in wrong)


def test_a_dictionary_without_the_names_is_told_them():
    for answer in ({"nearness": False}, [False, True, True, False, False]):
        message = check("7.6", answer).message
        assert "True or False" in message and all(repr(claim.name) in message for claim in CLAIMS)


def test_words_for_true_and_false_are_told_apart_from_a_missing_dictionary():
    message = check("7.6", judged(digit="Right", ink=3)).message
    assert "True or False" in message and "dictionary" not in message
    named = {claim.name for claim in CLAIMS if repr(claim.name) in message}
    assert named == {"attention finds the digit", "the rollout lies on the ink"}


def test_the_decimals_of_the_claims_are_in_the_stored_results():
    said = {number for claim in CLAIMS for number in re.findall(r"\d\.\d+", claim.why)}
    kept = {
        f"{stored.load(name).mean(metric):.3f}"
        for name, metric in (
            ("textures", "own_mass_place"),
            ("textures", "own_mass_place_elsewhere"),
            ("vit_digits", "ink_mass_rollout"),
            ("vit_digits", "ink_share"),
            ("vit_digits", "accuracy_vit_no_positions"),
            ("find_digit", "mass_attention"),
            ("find_digit", "mass_contribution_mean"),
            ("find_digit", "area"),
        )
    }
    assert said == kept


def test_no_picture_is_square_before_the_last_one_and_no_two_sizes_are_equal():
    for image, size in exercises.CUT_PATCHES.cases[:-1]:
        assert len({*image.shape, size}) == 3
    for features, query in exercises.ATTEND_PICTURE.cases:
        assert len(set(features.shape)) == 3 and query.shape == features.shape[:1]
    for weights, (_, _, height, width) in exercises.MASS_IN_BOX.cases:
        assert weights.shape[0] != weights.shape[1] and height != width
    for patches, W, _ in exercises.EMBED_IMAGE.cases[1:]:
        assert len({*patches.shape, *W.shape}) == 3


def test_a_map_need_not_sum_to_one_and_the_greatest_weight_lies_outside():
    weights, box = exercises.MASS_IN_BOX.cases[0]
    assert weights.sum() == pytest.approx(1) and not points(weights, box)
    assert exercises.MASS_IN_BOX.cases[1][0].sum() > 2


def test_rows_of_a_rollout_sum_to_one_and_order_matters():
    for (layers,) in exercises.ROLLOUT.cases:
        right = exercises.ROLLOUT.right(layers)
        assert np.allclose(right.sum(-1), 1) and all(np.allclose(layer.sum(-1), 1) for layer in layers)
        assert len(layers) == 1 or not np.allclose(right, exercises.ROLLOUT.right(layers[::-1]))


# The judge itself: several arrays, a list of arrays, a dictionary.

PAIR = Exercise(
    id="0.0",
    answer="pair",
    title="Give back the sum and the squares.",
    objective="",
    kind="write",
    minutes=1,
    difficulty=1,
    cases=((np.array([1.0, 2.0, 4.0]),),),
    parts=("total", "squares"),
    right=lambda x: (x.sum(), x**2),
    misconceptions=(
        Misconception("doubled", lambda x: (x.sum(), 2 * x), "{got[1]} and not {expected[1]}; the total is {got[0]}."),
        Misconception("one alone", lambda x: x**2, "{got}: the total is missing."),
    ),
    hints=("",),
    praise="Both.",
)


@pytest.mark.parametrize(
    ("answer", "status", "said"),
    [
        (lambda x: (x.sum(), x * x), "passed", "Both."),
        (lambda x: [float(x.sum()), [1, 4, 16]], "passed", "Both."),
        (lambda x: (torch.as_tensor(x).float().sum(), torch.as_tensor(x) ** 2), "passed", "Both."),
        (lambda x: (x.sum(), x + x), "failed", "[2., 4., 8.] and not [ 1.,  4., 16.]; the total is 7."),
        (lambda x: x * x, "failed", "[ 1.,  4., 16.]: the total is missing."),
        (lambda x: x, "failed", "2 things are asked for, in this order: return total, squares. One array came"),
        (lambda x: (x.sum(), x), "failed", "Right: total. It is the square root of what is expected. The shape"),
        (lambda x: (x.mean(), x * x), "failed", "Right: squares. Your total: 2.3333"),
        (lambda x: (x.sum(), np.diag(x)), "failed", "The shape of your squares is (3, 3); expected (3,)"),
        (lambda x: (x.sum(), x * x, x), "failed", "in this order: return total, squares. 3 came."),
        (lambda x: (x.sum(), ...), "not attempted", "Give back the sum"),
        (lambda x: (None, None), "not attempted", "Give back the sum"),
        (lambda x: ..., "not attempted", "Give back the sum"),
    ],
)
def test_several_arrays_are_judged_part_by_part(answer, status, said):
    result = judge(PAIR, answer)
    assert result.status == status and said in result.message, result


def test_a_list_of_arrays_that_is_changed_is_told():
    def halves_in_place(layers):
        for layer in layers:
            layer *= 0.5
            layer += 0.5 * np.eye(len(layer))
        return reduce(lambda result, layer: layer @ result, layers)

    def takes_out(layers):
        first = layers.pop(0)
        result = (first + np.eye(len(first))) / 2
        for layer in layers:
            result = (layer + np.eye(len(layer))) / 2 @ result
        return result

    def takes_out_from_the_end(layers):
        result = np.eye(len(layers[0]))
        while layers:
            last = layers.pop()
            result = result @ (last + np.eye(len(last))) / 2
        return result

    def replaces(layers):
        layers[:] = [(layer + np.eye(len(layer))) / 2 for layer in layers]
        return reduce(lambda result, layer: layer @ result, layers)

    for answer in (halves_in_place, takes_out, takes_out_from_the_end, replaces):
        result = check("7.5", answer)
        assert result.misconception == "input changed in place" and "'layers'" in result.message


NAMED = Exercise(
    id="0.0",
    answer="named",
    title="Which of the two hold?",
    objective="",
    kind="predict",
    minutes=1,
    difficulty=1,
    right=lambda: {"rows sum to 1": True, "who looks": "row"},
    misconceptions=(
        Misconception("columns", lambda: {"rows sum to 1": False, "who looks": "column"}, "Rows, not columns."),
        Misconception("who", lambda: {"rows sum to 1": True, "who looks": "column"}, "The first is right."),
    ),
    hints=("",),
    praise="Both.",
)


@pytest.mark.parametrize(
    ("answer", "status", "misconception"),
    [
        ({"rows sum to 1": True, "who looks": " Row."}, "passed", None),
        ({"who looks": "row", "rows sum to 1": np.True_}, "passed", None),
        ({"rows sum to 1": False, "who looks": "column"}, "failed", "columns"),
        ({"rows sum to 1": True, "who looks": "Column"}, "failed", "who"),
        ({"rows sum to 1": "True", "who looks": "row"}, "passed", None),
        ({"rows sum to 1": True}, "failed", None),
        ({}, "failed", None),
        ((True, "row"), "failed", None),
        ({"rows sum to 1": True, "who looks": None}, "not attempted", None),
        ({"rows sum to 1": ..., "who looks": "row"}, "not attempted", None),
        ({"rows sum to 1": True, "who looks": np.zeros(3)}, "failed", None),
    ],
)
def test_an_answer_by_name_is_judged_name_by_name(answer, status, misconception):
    result = judge(NAMED, answer)
    assert (result.status, result.misconception) == (status, misconception), result
