"""The exercises on self-attention: right answers found other ways, and the mistakes as learners write them."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from course_utils.attention import causal_mask, padding_mask, scaled_dot_product_attention
from course_utils.exercises import check
from course_utils.exercises.self_attention.context import SELF_ATTENTION
from course_utils.exercises.self_attention.maps import MASKS_OF_MAPS, PADDED_TO, maps_to_read
from course_utils.exercises.self_attention.relative_scores import RELATIVE_SCORES
from course_utils.exercises.self_attention.two_masks import CAUSAL_AND_PADDING


def shared(scores, axis=-1):
    exps = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return exps / exps.sum(axis=axis, keepdims=True)


def attention_by_loops(x, W_q, W_k, W_v):
    query, key, value = ([(word @ W).tolist() for word in x] for W in (W_q, W_k, W_v))
    context = []
    for q in query:
        exps = [np.exp(sum(a * b for a, b in zip(q, k)) / len(q) ** 0.5) for k in key]
        mixed = [0.0] * len(q)
        for e, v in zip(exps, value):
            mixed = [m + e / sum(exps) * one for m, one in zip(mixed, v)]
        context.append(mixed)
    return context


def attention_by_einsum(x, W_q, W_k, W_v):
    query, key, value = (np.einsum("tm,mk->tk", x, W) for W in (W_q, W_k, W_v))
    scores = np.einsum("ik,jk->ij", query, key) * query.shape[1] ** -0.5
    return np.einsum("ij,jk->ik", shared(scores), value)


def attention_in_columns(x, W_q, W_k, W_v):
    query, key, value = W_q.T @ x.T, W_k.T @ x.T, W_v.T @ x.T  # words in columns, and turned back at the end
    return (value @ shared(key.T @ query / np.sqrt(len(query)), axis=0)).T


def attention_in_single_precision(x, W_q, W_k, W_v):
    x, W_q, W_k, W_v = (array.astype(np.float32) for array in (x, W_q, W_k, W_v))
    scores = (x @ W_q) @ (x @ W_k).T / np.float32(W_q.shape[1] ** 0.5)
    return shared(scores) @ (x @ W_v)


def attention_of_pytorch(x, W_q, W_k, W_v):
    x, W_q, W_k, W_v = map(torch.as_tensor, (x, W_q, W_k, W_v))
    return F.scaled_dot_product_attention(x @ W_q, x @ W_k, x @ W_v)


def attention_of_the_course(x, W_q, W_k, W_v):
    context, _ = scaled_dot_product_attention(*(torch.from_numpy(x @ W) for W in (W_q, W_k, W_v)))
    return context


def attention_with_tensors_only(x, W_q, W_k, W_v):
    scores = (x @ W_q) @ (x @ W_k).mT / W_k.shape[-1] ** 0.5
    return scores.softmax(-1) @ (x @ W_v)


def attention_with_linear_layers(x, W_q, W_k, W_v):
    query, key, value = (F.linear(torch.tensor(x), torch.tensor(W.T)) for W in (W_q, W_k, W_v))
    return F.scaled_dot_product_attention(query[None], key[None], value[None])[0].requires_grad_()


def scores_as_one_bilinear_form(x, W_q, W_k, W_v):
    return shared(x @ (W_q @ W_k.T) @ x.T / np.sqrt(W_q.shape[-1])) @ x @ W_v


def relative_by_loops(table, T):
    largest = (len(table) - 1) // 2
    scores = np.zeros((T, T))
    for query in range(T):
        for key in range(T):
            distance = key - query
            if distance > largest:
                distance = largest
            if distance < -largest:
                distance = -largest
            scores[query, key] = table[distance + largest]
    return scores


def relative_from_a_long_table(table, T):
    long = np.pad(table, T, mode="edge")
    middle = len(long) // 2
    return np.stack([long[middle - query : middle - query + T] for query in range(T)])


def relative_with_take(table, T):
    places = np.subtract.outer(np.arange(T), np.arange(T)).T + len(table) // 2
    return np.take(table, places, mode="clip")


def relative_by_diagonals(table, T):
    largest = len(table) // 2
    scores = np.zeros((T, T))
    for distance in range(-T + 1, T):
        number = table[min(max(distance, -largest), largest) + largest]
        scores += np.diag([number] * (T - abs(distance)), distance)
    return scores


def relative_in_torch(table, T):
    table, place = torch.as_tensor(table), torch.arange(T)
    largest = (len(table) - 1) // 2
    return table[(place[None] - place[:, None]).clamp(-largest, largest) + largest]


def relative_with_tensors_only(table, T):
    places = (torch.arange(T) - torch.arange(T).unsqueeze(1) + table.numel() // 2).clamp(0, table.numel() - 1)
    return table.gather(0, places.flatten()).view(T, T)


def relative_in_single_precision(table, T):
    i, j = np.indices((T, T))
    return table.astype("float32")[np.minimum(np.maximum(j - i + len(table) // 2, 0), len(table) - 1)]


def relative_as_lists(table, T):
    numbers, m = list(table), len(table) // 2
    return [[numbers[max(-m, min(m, j - i)) + m] for j in range(T)] for i in range(T)]


def masks_by_loops(lengths, T):
    return [[[key <= query and key < length for key in range(T)] for query in range(T)] for length in lengths]


def masks_by_logical_and(lengths, T):
    place = np.arange(T)
    return np.logical_and(place[:, None] >= place, place < lengths.reshape(-1, 1, 1))


def masks_by_columns(lengths, T):
    mask = np.repeat(np.tril(np.ones((T, T), dtype=bool))[None], len(lengths), axis=0)
    for one, length in zip(mask, lengths):
        one[:, length:] = False
    return mask


def masks_in_torch(lengths, T):
    lengths = torch.as_tensor(lengths)
    causal = torch.ones(T, T, dtype=torch.bool).tril()
    return causal[None] & (torch.arange(T)[None] < lengths[:, None]).unsqueeze(1)


def masks_of_the_course(lengths, T):
    return causal_mask(T) & padding_mask(torch.as_tensor(lengths), T)


def masks_by_removing(lengths, T):
    future = np.triu(np.ones((T, T), dtype=bool), k=1)
    padding = np.arange(T) >= lengths[:, None]
    return ~(future | padding[:, None, :])


def masks_as_ones_and_zeros(lengths, T):
    return np.tril(np.ones((T, T))) * (np.arange(T) < lengths[:, None])[:, None]


def masks_by_the_transposed_triangle(lengths, T):
    return np.triu(np.ones((T, T), dtype=bool)).T & (np.arange(T) < lengths[:, None])[:, None, :]


RIGHT = [
    *(("4.1", answer) for answer in (attention_by_loops, attention_by_einsum, attention_in_columns)),
    *(("4.1", answer) for answer in (attention_in_single_precision, attention_of_pytorch, attention_of_the_course)),
    *(("4.1", answer) for answer in (attention_with_tensors_only, attention_with_linear_layers)),
    ("4.1", scores_as_one_bilinear_form),
    *(("4.3", answer) for answer in (55, 55.0, "55", 10 * 11 // 2, (np.tri(10) != 0).sum(), torch.tensor(55))),
    *(("4.2", answer) for answer in (relative_by_loops, relative_from_a_long_table, relative_with_take)),
    *(("4.2", answer) for answer in (relative_by_diagonals, relative_in_torch, relative_with_tensors_only)),
    *(("4.2", answer) for answer in (relative_in_single_precision, relative_as_lists)),
    *(("4.4", answer) for answer in (masks_by_loops, masks_by_logical_and, masks_by_columns, masks_in_torch)),
    *(("4.4", answer) for answer in (masks_of_the_course, masks_by_removing)),
    ("4.4", masks_by_the_transposed_triangle),
    ("4.5", ("padding", "both", "none", "causal")),
    ("4.5", ["Padding", "BOTH", " none", "causal."]),
    ("4.6", ("no", "open", "yes")),
    ("4.6", ["No.", " OPEN", "Yes"]),
]


@pytest.mark.parametrize(("exercise_id", "answer"), RIGHT)
def test_a_right_answer_found_another_way_passes(exercise_id, answer):
    result = check(exercise_id, answer)
    assert result.status == "passed", result


def attends(x, W_q, W_k, W_v, *, axis=-1, size=None):
    query, key, value = x @ W_q, x @ W_k, x @ W_v
    return shared(query @ key.T / np.sqrt(size or key.shape[-1]), axis) @ value


def forgets_W_v(x, W_q, W_k, W_v):
    query, key = np.dot(x, W_q), np.dot(x, W_k)
    return shared(np.dot(query, key.T) / np.sqrt(query.shape[1])) @ x


def compares_words_as_they_are(x, W_q, W_k, W_v):
    return F.scaled_dot_product_attention(*[torch.from_numpy(x)] * 3)


def as_in_books_with_columns(x, W_q, W_k, W_v):
    query, key, value = np.dot(W_q, x), np.dot(W_k, x), np.dot(W_v, x)
    return shared(query @ key.T / np.sqrt(query.shape[-1])) @ value


def as_linear_stores_it(x, W_q, W_k, W_v):
    query, key, value = (F.linear(torch.as_tensor(x), torch.as_tensor(W)) for W in (W_q, W_k, W_v))
    return F.scaled_dot_product_attention(query, key, value)


def copies_a_line(x, W_q, W_k, W_v):
    query = x @ W_q
    key = x @ W_q
    value = x @ W_v
    return shared(query @ key.T / np.sqrt(query.shape[-1])) @ value


def copies_two_lines(x, W_q, W_k, W_v):
    query = key = value = x @ W_q
    return shared(query @ key.T / np.sqrt(query.shape[-1])) @ value


def mixes_the_keys(x, W_q, W_k, W_v):
    weights = shared((x @ W_q) @ (x @ W_k).T / np.sqrt(W_k.shape[1]))
    return np.einsum("ij,jk->ik", weights, x @ W_k)


def transposes_nothing(x, W_q, W_k, W_v):
    query, key, value = x @ W_q, x @ W_k, x @ W_v
    return shared(np.matmul(query, key) / np.sqrt(query.shape[-1])) @ value


def begins_with_the_key(x, W_q, W_k, W_v):
    query, key, value = x @ W_q, x @ W_k, x @ W_v
    return shared(key @ query.T / np.sqrt(query.shape[-1])) @ value


def in_proportion(x, W_q, W_k, W_v):
    scores = (x @ W_q) @ (x @ W_k).T / np.sqrt(W_k.shape[-1])
    return scores / scores.sum(axis=-1, keepdims=True) @ (x @ W_v)


def transposes_the_weights(x, W_q, W_k, W_v):
    query, key, value = x @ W_q, x @ W_k, x @ W_v
    weights = shared(query @ key.T / np.sqrt(query.shape[-1]))
    return (value.T @ weights).T


def begins_with_the_value(x, W_q, W_k, W_v):
    weights = shared((x @ W_q) @ (x @ W_k).T / np.sqrt(W_q.shape[-1]))
    return np.dot(x @ W_v, weights)


def loses_an_axis(x, W_q, W_k, W_v):
    exps = np.exp((x @ W_q) @ (x @ W_k).T / np.sqrt(W_q.shape[-1]))
    return (exps / exps.sum(axis=-1)) @ (x @ W_v)


def gives_both(x, W_q, W_k, W_v):
    weights = shared((x @ W_q) @ (x @ W_k).T / np.sqrt(W_q.shape[-1]))
    return weights @ (x @ W_v), weights


def gives_what_the_course_gives(x, W_q, W_k, W_v):
    return scaled_dot_product_attention(*(torch.from_numpy(x @ W) for W in (W_q, W_k, W_v)))


def divides_too_late(x, W_q, W_k, W_v):
    return shared((x @ W_q) @ (x @ W_k).T) @ (x @ W_v) / np.sqrt(W_q.shape[-1])


def looks_back_only(x, W_q, W_k, W_v):
    q, k, v = (torch.from_numpy(x @ W)[None] for W in (W_q, W_k, W_v))
    return F.scaled_dot_product_attention(q, k, v, is_causal=True)[0]


def takes_the_matrices(x, W_q, W_k, W_v):
    return shared(W_q @ W_k.T / np.sqrt(W_q.shape[-1])) @ W_v


def distance(T):
    return np.arange(T) - np.arange(T)[:, None]


def query_minus_key(table, T):
    i, j = np.indices((T, T))
    m = len(table) // 2
    return table[np.clip(i - j, -m, m) + m]


def without_a_sign(table, T):
    m = len(table) // 2
    return np.array([[table[min(abs(i - j), m) + m] for j in range(T)] for i in range(T)])


def from_the_front(table, T):
    return np.array([[table[min(abs(i - j), len(table) - 1)] for j in range(T)] for i in range(T)])


def without_offset(table, T):
    return np.array([[table[j - i] for j in range(T)] for i in range(T)])


def without_clipping(table, T):
    return np.array([[table[j - i + len(table) // 2] for j in range(T)] for i in range(T)])


def without_clipping_at_once(table, T):
    return table[distance(T) + len(table) // 2]


def clips_to_one_too_many(table, T):
    return table[np.clip(distance(T) + len(table) // 2, 0, len(table))]


def clips_above(table, T):
    m = len(table) // 2
    return np.array([[table[min(j - i, m) + m] for j in range(T)] for i in range(T)])


def counts_from_one(table, T):
    m = len(table) // 2
    return table[np.clip(distance(T), -m, m) + m - 1]


def half_of_one_more(table, T):
    m = (len(table) + 1) // 2
    return table[np.clip(distance(T), -m, m) + m]


def divides_with_a_slash(table, T):
    m = (len(table) - 1) / 2
    return table[np.clip(distance(T), -m, m) + m]


def divides_with_a_slash_in_a_loop(table, T):
    m = (len(table) - 1) / 2
    return np.array([[table[max(-m, min(j - i, m)) + m] for j in range(T)] for i in range(T)])


def zeros_for_the_far(table, T):
    m, scores = len(table) // 2, np.zeros((T, T))
    for i in range(T):
        for j in range(T):
            if abs(j - i) <= m:
                scores[i, j] = table[j - i + m]
    return scores


def as_long_as_the_sentence(table, T):
    return table[distance(T) + (T - 1)]


def goes_round(table, T):
    return np.array([[table[(j - i + len(table) // 2) % len(table)] for j in range(T)] for i in range(T)])


def gives_places(table, T):
    return np.clip(distance(T) + len(table) // 2, 0, len(table) - 1)


def as_it_came(lengths, T):
    causal = np.triu(np.ones((T, T), dtype=bool))
    real = np.arange(T) < lengths[:, None]
    return causal | real[:, None, :]


def triangle_and_real(lengths, T):
    return np.tril(np.ones((T, T), dtype=bool)), np.arange(T) < lengths[:, None]


def adds(lengths, T):
    causal, real = triangle_and_real(lengths, T)
    return causal + real[:, None, :]


def only_the_sign(lengths, T):
    causal, real = triangle_and_real(lengths, T)
    return causal.T & real[:, None, :]


def on_the_other_axis(lengths, T):
    causal, real = triangle_and_real(lengths, T)
    return causal & real[:, :, None]


def on_both_axes(lengths, T):
    causal, real = triangle_and_real(lengths, T)
    return causal & real[:, None, :] & real[:, :, None]


def without_an_axis(lengths, T):
    causal, real = triangle_and_real(lengths, T)
    return real & causal


def with_an_axis_in_front(lengths, T):
    causal, real = triangle_and_real(lengths, T)
    return causal & real[None, :, :]


def of_floats(lengths, T):
    return np.tril(np.ones((T, T))) & (np.arange(T) < lengths[:, None])[:, None]


def with_the_word(lengths, T):
    causal, real = triangle_and_real(lengths, T)
    return causal and real[:, None, :]


def not_itself(lengths, T):
    _, real = triangle_and_real(lengths, T)
    return np.tri(T, k=-1, dtype=bool) & real[:, None, :]


def turned_round_without_k(lengths, T):
    _, real = triangle_and_real(lengths, T)
    return ~np.triu(np.ones((T, T), dtype=bool)) & real[:, None, :]


def up_to_the_length(lengths, T):
    causal, _ = triangle_and_real(lengths, T)
    return causal & (np.arange(T) <= lengths[:, None])[:, None, :]


def with_heads(lengths, T):
    return (causal_mask(T) & padding_mask(torch.as_tensor(lengths), T)).unsqueeze(1)


def what_pytorchs_layer_wants(lengths, T):
    return np.triu(np.ones((T, T), dtype=bool), 1) | (np.arange(T) >= lengths[:, None])[:, None]


def future_marked(lengths, T):
    return np.triu(np.ones((T, T), dtype=bool), k=1) & (np.arange(T) < lengths[:, None])[:, None]


def to_be_added(lengths, T):
    mask = torch.full((len(lengths), T, T), -torch.inf)
    return mask.masked_fill(causal_mask(T) & padding_mask(torch.as_tensor(lengths), T), 0.0)


def no_padding(lengths, T):
    return np.stack([np.tri(T, dtype=bool) for _ in lengths])


def all_as_long(lengths, T):
    return np.stack([np.tri(T, dtype=bool) & (np.arange(T) < max(lengths)) for _ in lengths])


def adds_the_words(x, W_q, W_k, W_v):
    return attends(x, W_q, W_k, W_v) + x


def distance_0_rounded_up(table, T):
    places = np.subtract.outer(np.arange(T), np.arange(T)).T + (len(table) + 1) // 2
    return table[np.clip(places, 0, len(table) - 1)]


def the_shortest_for_all(lengths, T):
    return np.stack([np.tri(T, dtype=bool) & (np.arange(T) < min(lengths)) for _ in lengths])


WRONG = [
    ("4.2", distance_0_rounded_up, "distances one too large"),
    ("4.4", the_shortest_for_all, "the shortest length for all"),
    ("4.5", ("C", "D", "A", "B"), "the maps named, not their masks"),
    ("4.5", "ABCD", "the maps named, not their masks"),
    ("4.1", adds_the_words, "x added"),
    ("4.4", masks_as_ones_and_zeros, "numbers instead of booleans"),
    ("4.1", forgets_W_v, "the words as values"),
    ("4.1", compares_words_as_they_are, "no projections"),
    ("4.1", as_in_books_with_columns, "W before x"),
    ("4.1", as_linear_stores_it, "W transposed"),
    ("4.1", copies_a_line, "keys made with W_q"),
    ("4.1", copies_two_lines, "one matrix for all three"),
    ("4.1", mixes_the_keys, "keys as values"),
    ("4.1", transposes_nothing, "key not transposed"),
    ("4.1", begins_with_the_key, "query and key exchanged"),
    ("4.1", transposes_the_weights, "weights transposed"),
    ("4.1", begins_with_the_value, "order of the product swapped"),
    ("4.1", loses_an_axis, "sum without keepdims"),
    ("4.1", gives_both, "context and weights"),
    ("4.1", gives_what_the_course_gives, "context and weights"),
    ("4.1", divides_too_late, "scaled after the softmax"),
    ("4.1", looks_back_only, "causal mask"),
    ("4.1", takes_the_matrices, "the matrices taken for query, key and value"),
    ("4.1", lambda x, q, k, v: attends(x, q, k, v, axis=0), "softmax over the queries"),
    ("4.1", lambda x, q, k, v: attends(x, q, k, v, size=x.shape[1]), "scaling by √d_model"),
    ("4.1", lambda x, q, k, v: attends(x, q, k, v, size=len(x)), "scaling by √T"),
    ("4.1", lambda x, q, k, v: attends(x, q, k, v, size=1), "no scaling"),
    ("4.1", lambda x, q, k, v: attends(x, q, k, v, size=len(k.T) ** 2), "scaling by d_k instead of √d_k"),
    ("4.1", lambda x, q, k, v: attends(x, q, k, v).T, "words in columns"),
    ("4.1", lambda x, q, k, v: print(attends(x, q, k, v)), "no return"),
    ("4.3", 45, "closed ones counted, or the diagonal left out"),
    ("4.3", 100 / 2, "half of them"),
    ("4.3", "100", "nothing is closed"),
    ("4.3", 10, "one for each word"),
    ("4.3", 0.55, "a share"),
    ("4.3", np.triu(np.ones((11, 11))).sum(), "counted from 0 to 10 words"),
    ("4.2", query_minus_key, "query minus key"),
    ("4.2", without_a_sign, "distance without its sign"),
    ("4.2", from_the_front, "distance without its sign, and no offset"),
    ("4.2", without_offset, "no offset"),
    ("4.2", without_clipping, "no clipping"),
    ("4.2", without_clipping_at_once, "no clipping"),
    ("4.2", clips_to_one_too_many, "no clipping"),
    ("4.2", clips_above, "clipped above only"),
    ("4.2", counts_from_one, "one place too early"),
    ("4.2", half_of_one_more, "one place too late"),
    ("4.2", divides_with_a_slash, "a float as index"),
    ("4.2", divides_with_a_slash_in_a_loop, "a float as index, in a loop"),
    ("4.2", zeros_for_the_far, "far pairs get 0"),
    ("4.2", as_long_as_the_sentence, "offset by the number of words"),
    ("4.2", goes_round, "wrapped round"),
    ("4.2", gives_places, "places instead of numbers"),
    ("4.2", lambda table, T: np.tril(without_clipping(table, T)), "keys after the query left out"),
    ("4.2", lambda table, T: without_clipping(table, T)[0], "one row only"),
    ("4.4", as_it_came, "not mended"),
    ("4.4", adds, "or instead of and"),
    ("4.4", only_the_sign, "the future instead of the past"),
    ("4.4", on_the_other_axis, "padding on the query axis"),
    ("4.4", on_both_axes, "padding on the query axis"),
    ("4.4", without_an_axis, "query axis missing in the mask"),
    ("4.4", with_an_axis_in_front, "an axis for the batch missing"),
    ("4.4", of_floats, "a triangle of floats"),
    ("4.4", with_the_word, "the word 'and' between arrays"),
    ("4.4", not_itself, "a word may not look at itself"),
    ("4.4", turned_round_without_k, "a word may not look at itself"),
    ("4.4", up_to_the_length, "one padding too many"),
    ("4.4", with_heads, "an axis too many"),
    ("4.4", what_pytorchs_layer_wants, "True means closed"),
    ("4.4", future_marked, "triangle of what is forbidden"),
    ("4.4", to_be_added, "scores instead of a mask"),
    ("4.4", no_padding, "padding forgotten"),
    ("4.4", all_as_long, "the longest length for all"),
    ("4.4", lambda lengths, T: np.tri(T, dtype=bool), "padding forgotten, no batch"),
    ("4.4", lambda lengths, T: (np.arange(T) < lengths[:, None])[:, None, :], "future open, no query axis"),
    ("4.5", ("none", "causal", "padding", "both"), "order of the question"),
    ("4.5", ["causal", "both", "none", "padding"], "causal and padding exchanged"),
    ("4.5", ("Both", "Padding", "None", "Causal"), "both and padding exchanged"),
    ("4.5", ("padding", "none", "both", "causal"), "colours read the other way round"),
    ("4.6", ("yes", "yes", "yes"), "a replaced cue taken for a test of the map"),
    ("4.6", ["no", "Yes", "yes"], "the cue stands in for what was not measured"),
    ("4.6", ("no", "no", "yes"), "not measured taken for no"),
    ("4.6", ("YES", "Open", "NO"), "change taken for a fault"),
    ("4.6", ("no", "open", "no"), "no map may be believed"),
    ("4.1", lambda x, q, k, v: shared(x @ q @ (x @ k).T, 0) @ (x @ v), "no scaling, and softmax over the queries"),
    ("4.1", lambda x, q, k, v: shared(x @ x.T) @ x, "no scaling, and no projections"),
    ("4.1", in_proportion, "weights in proportion to the scores"),
    ("4.1", lambda x, q, k, v: shared(x[-1] @ q @ (x @ k).T / len(q.T) ** 0.5) @ (x @ v), "only the last word asks"),
    ("4.1", lambda x, q, k, v: attends(x, v, k, q), "query x @ W_v, key x @ W_k, value x @ W_q"),
    ("4.2", lambda table, T: table[np.clip(-distance(T), -(len(table) // 2), len(table) // 2)],
     "query minus key, and no offset"),
    ("4.2", lambda table, T: shared(relative_with_take(table, T)), "softmax of the numbers"),
    ("4.2", lambda table, T: table[np.clip(distance(T), -12, 12) + 12], "max_distance 12, as in section 5"),
    ("4.3", 385, "squares added up"),
    ("4.3", 54, "a slip in the sum"),
    ("4.4", lambda lengths, T: np.tri(T, dtype=bool).T & (np.arange(T) < lengths[:, None])[:, :, None],
     "keys and queries exchanged"),
    ("4.4", lambda lengths, T: np.tri(T, dtype=bool) & (np.arange(T) <= lengths[:, None])[:, :, None],
     "one padding too many, and padding on the query axis"),
    ("4.5", ("causal", "none", "both", "padding"),
     "A taken for causal, B taken for none, C taken for both, D taken for padding"),
    ("4.5", {"A": "padding", "B": "both", "C": "none", "D": "causal"}, "not a tuple"),
    ("4.6", ("open", "yes", "no"), "A taken for open, B taken for yes, C taken for no"),
    ("4.6", (False, None, True), "another word for it"),
]  # fmt: skip


@pytest.mark.parametrize(("exercise_id", "answer", "misconception"), WRONG)
def test_a_learners_mistake_is_recognised(exercise_id, answer, misconception):
    result = check(exercise_id, answer)
    assert (result.status, result.misconception) == ("failed", misconception), result


def test_what_only_fitted_by_chance_is_found_where_the_sizes_differ():
    """√d_model and T - 1 give the right numbers on the first case."""
    x, W_q, W_k, W_v = SELF_ATTENTION.cases[0]
    assert np.allclose(attends(x, W_q, W_k, W_v, size=x.shape[1]), attends(x, W_q, W_k, W_v))
    assert np.allclose(
        as_long_as_the_sentence(*RELATIVE_SCORES.cases[0]),
        relative_by_loops(*RELATIVE_SCORES.cases[0]),
    )
    for sentence, W_q, *_ in SELF_ATTENTION.cases[1:]:
        assert len({*sentence.shape, *W_q.shape}) == 3
    assert any(len(lengths) != T for lengths, T in CAUSAL_AND_PADDING.cases)


def test_a_mask_that_was_not_asked_for_changes_what_padding_may_see():
    """What 4.4 says of its own answer: with padding last, the causal mask alone is right for the words' rows."""
    for lengths, T in CAUSAL_AND_PADDING.cases:
        both, causal = np.array(masks_by_loops(lengths, T)), np.tri(T, dtype=bool)
        for mask, length in zip(both, lengths):
            assert (mask[:length] == causal[:length]).all()
            assert length == T or (mask[length:] != causal[length:]).any()
            assert mask.any(-1).all()


def test_the_maps_can_be_told_apart_by_their_zeros_alone():
    maps = maps_to_read()
    place = np.arange(PADDED_TO)
    later, padding = place > place[:, None], np.broadcast_to(place >= 3, (5, 5))
    closed = {"none": later & ~later, "causal": later, "padding": padding, "both": later | padding}
    for weights, word in zip(maps, MASKS_OF_MAPS.right(), strict=True):
        assert ((weights == 0) == closed[word]).all()
        assert weights.sum(-1) == pytest.approx(1)
        assert weights[weights > 0].min() > 0.1
    again = maps_to_read()
    assert all((one == two).all() for one, two in zip(maps, again))


def test_what_is_said_against_a_misread_map_can_be_seen_in_it():
    A, B, C, D = (weights != 0 for weights in maps_to_read())
    assert "The first row of A attends to later words" in check("4.5", ("both", "both", "none", "causal")).message
    assert A[0, 1:].any()
    assert "The first row of B attends to itself only" in check("4.5", ("padding", "padding", "none", "causal")).message
    assert B[0].tolist() == [True] + 4 * [False]
    assert "The last row of B leaves out two keys" in check("4.5", ("padding", "causal", "none", "none")).message
    assert (~B[-1]).sum() == 2
    assert C.all() and D[-1].all()


@pytest.mark.parametrize(("number", "count"), [("13 in B", 13), ("10 in A", 10)])
def test_the_zeros_that_a_message_counts_are_there(number, count):
    message = check("4.5", ("none", "padding", "causal", "both")).message
    assert number in message
    assert (maps_to_read()["ABCD".index(number[-1])] == 0).sum() == count
