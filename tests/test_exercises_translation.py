"""The exercises on cross-attention: right answers found other ways, and the mistakes as learners write them."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from course_utils.attention import padding_mask, scaled_dot_product_attention, softmax
from course_utils.exercises import check


def by_loops(query, key, lengths):
    weights = np.zeros((*query.shape[:2], key.shape[1]))
    for b, length in enumerate(lengths):
        for i, q in enumerate(query[b]):
            exps = [np.exp(q @ k / len(q) ** 0.5) for k in key[b, : int(length)]]
            weights[b, i, : int(length)] = np.array(exps) / sum(exps)
    return weights


def of_pytorch(query, key, lengths):
    q, k, n = map(torch.as_tensor, (query, key, lengths))
    every = torch.eye(k.shape[1], dtype=q.dtype).expand(len(q), -1, -1)  # values that give the weights back
    return F.scaled_dot_product_attention(q, k, every, padding_mask(n, k.shape[1]))


def of_the_course(query, key, lengths):
    q, k, n = map(torch.as_tensor, (query, key, lengths))
    return scaled_dot_product_attention(q, k, k, padding_mask(n, k.shape[1]))[1]


def with_tensors_only(query, key, lengths):
    mask = torch.arange(key.shape[1]) < lengths[:, None]
    scores = (query @ key.mT / query.shape[-1] ** 0.5).masked_fill(~mask[:, None], -torch.inf)
    return scores.softmax(-1)


def masked_after_and_shared_out_again(query, key, lengths):
    weights = torch.softmax(torch.as_tensor(np.einsum("bid,bjd->bij", query, key) / 3), -1).numpy()
    weights = weights * (np.arange(key.shape[1]) < lengths[:, None])[:, None]
    return weights / weights.sum(-1, keepdims=True)


def with_a_very_low_score(query, key, lengths):
    scores = query @ key.transpose(0, 2, 1) / np.sqrt(query.shape[2])
    for b in range(len(scores)):
        scores[b, :, lengths[b] :] = -1e9
    return torch.softmax(torch.as_tensor(scores), dim=2)


def counted(weights, alignment):
    hits = words = 0
    for row, source in zip(weights.tolist(), alignment):
        if source is not None:
            words += 1
            hits += row[source] == max(row)
    return hits / words


def by_index(weights, alignment):
    rows = [i for i in range(len(alignment)) if alignment[i] is not None]
    return np.mean([int(np.argmax(weights[i])) == alignment[i] for i in rows])


def with_nan(weights, alignment):
    source = np.array([np.nan if a is None else a for a in alignment], dtype=float)
    known = ~np.isnan(source)
    return (weights.argmax(1)[known] == source[known]).mean()


def filtered(weights, alignment):
    pairs = [(w.argmax().item(), a) for w, a in zip(torch.as_tensor(weights), alignment) if a is not None]
    return sum(x == y for x, y in pairs) / len(pairs)


def sorted_last(weights, alignment):
    right = [weights.argsort(-1)[i, -1] == a for i, a in enumerate(alignment) if a is not None]
    return torch.tensor(np.array(right)).double().mean()


RIGHT = [
    ("3.1", lambda e, s, n: np.stack([np.concatenate([[s], e]), np.concatenate([e, [n]])])),
    ("3.1", lambda e, s, n: ([s] + list(e), list(e) + [n])),
    ("3.1", lambda e, s, n: np.array([np.insert(e, 0, s), np.append(e, n)])),
    ("3.1", lambda e, s, n: np.array([[s, *e, n][:-1], [s, *e, n][1:]])),
    ("3.1", lambda e, s, n: torch.stack([torch.cat([torch.tensor([s]), e]), torch.cat([e, torch.tensor([n])])])),
    ("3.2", [64, 12, 11]),
    ("3.2", torch.zeros(64, 12, 11).shape),
    *(("3.3", answer) for answer in (by_loops, of_pytorch, of_the_course, with_tensors_only)),
    *(("3.3", answer) for answer in (masked_after_and_shared_out_again, with_a_very_low_score)),
    *(("3.4", answer) for answer in (counted, by_index, with_nan, filtered, sorted_last)),
    ("3.5", "C"),
    ("3.5", "(c)"),
]


@pytest.mark.parametrize(("exercise_id", "answer"), RIGHT)
def test_a_right_answer_found_another_way_passes(exercise_id, answer):
    result = check(exercise_id, answer)
    assert result.status == "passed", result


def scores_of(query, key):
    return query @ np.swapaxes(key, 1, 2) / np.sqrt(query.shape[-1])


def shared(scores, axis=-1):
    exps = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return exps / exps.sum(axis=axis, keepdims=True)


def masks_queries(query, key, lengths):
    mask = np.arange(query.shape[1])[None, :, None] < lengths[:, None, None]
    return shared(np.where(mask, scores_of(query, key), -np.inf))


def masks_queries_with_the_courses_softmax(query, key, lengths):
    mask = padding_mask(torch.as_tensor(lengths), query.shape[1])  # (batch, 1, T_q)
    return softmax(torch.as_tensor(scores_of(query, key)), mask.mT)


def masks_late(query, key, lengths):
    return shared(scores_of(query, key)) * (np.arange(key.shape[1]) < lengths[:, None])[:, None]


def lets_one_more_in(query, key, lengths):
    mask = np.arange(key.shape[1]) <= lengths[:, None]
    return shared(np.where(mask[:, None], scores_of(query, key), -np.inf))


def forgets_an_axis(query, key, lengths):
    scores = scores_of(query, key)
    mask = np.arange(key.shape[1]) < lengths[:, None]
    return shared(np.where(mask, scores, -np.inf))


def turned(query, key, lengths):
    return shared(query @ key.T / 3)


def keeps_padding(query, key, lengths):
    scores = scores_of(query, key)
    for b, n in enumerate(lengths):
        scores[b, :, :n] = -np.inf
    return shared(scores)


def down_the_columns(query, key, lengths):
    mask = (np.arange(key.shape[1]) < lengths[:, None])[:, None]
    return torch.softmax(torch.as_tensor(np.where(mask, scores_of(query, key), -np.inf)), 1)


def over_half(weights, alignment):
    known = [(i, s) for i, s in enumerate(alignment) if s is not None]
    return sum(weights[i, s] > 0.5 for i, s in known) / len(known)


def down_each_column(weights, alignment):
    return np.mean([weights.argmax(0)[s] == i for i, s in enumerate(alignment) if s is not None])


def closed_behind_each_number(query, key, lengths):
    scores = query @ key.transpose(0, 2, 1) / query.shape[-1] ** 0.5
    for b, length in enumerate(lengths):
        scores[b, :, length] = -np.inf
    return torch.softmax(torch.as_tensor(scores), -1)


def until_none(weights, alignment):
    found = []
    for row, source in zip(weights, alignment):
        if source is None:
            break
        found.append(row.argmax() == source)
    return np.mean(found)


def at_crossings(weights, alignment):
    found, before = [], -1
    for row, source in zip(weights, alignment):
        if source is not None:
            if source < before:
                found.append(row.argmax() == source)
            before = source
    return np.mean(found)


def on_sources(weights, alignment):
    return [row.argmax() == source for row, source in zip(weights, alignment) if source is not None]


WRONG = [
    ("3.1", lambda e, s, n: [[s] * (len(e) + 1), [*e, n]], "start at every step"),
    ("3.1", lambda e, s, n: np.array([np.append(0, e), np.append(e, 0)]), "zeros instead of start and end"),
    ("3.3", closed_behind_each_number, "one place behind each number"),
    (
        "3.3",
        lambda q, k, n: np.array([(a @ b[:i].T)[:, :i] for a, b, i in zip(q, k, n)]),
        "rows of unequal length",
    ),
    ("3.4", until_none, "stopped at the first word without a source"),
    ("3.4", lambda w, a: sum(on_sources(w, a)) / len(w[0]), "divided by the number of German pieces"),
    ("3.4", lambda w, a: (sum(on_sources(w, a)), len(on_sources(w, a))), "hits and number of rows, not divided"),
    ("3.4", at_crossings, "only words that cross"),
    ("3.1", lambda e, s, n: (e, e), "not shifted"),
    ("3.1", lambda e, s, n: (np.append(e, n), np.insert(e, 0, s)), "shifted the wrong way"),
    ("3.1", lambda e, s, n: [[s, *e], [s, *e]], "start before both"),
    ("3.1", lambda e, s, n: [e[:-1], e[1:]], "neither start nor end"),
    ("3.1", lambda e, s, n: np.array([[s, *e], [*e, 0]]), "padding instead of end"),
    ("3.1", lambda e, s, n: np.array([s + e, e + n]), "start and end added, not put beside"),
    ("3.1", lambda e, s, n: np.array([e, [*e, n]]), "rows of unequal length"),
    ("3.1", lambda e, s, n: print([s, *e]), "no return"),
    ("3.2", (64, 11, 12), "axes swapped"),
    ("3.2", [12, 11], "batch forgotten"),
    ("3.2", torch.zeros(64, 12, 28).shape, "the context's shape"),
    ("3.3", masks_queries, "mask on the queries"),
    ("3.3", masks_queries_with_the_courses_softmax, "mask on the queries, rows of zeros"),
    ("3.3", masks_late, "mask after softmax"),
    ("3.3", lets_one_more_in, "one too many"),
    ("3.3", forgets_an_axis, "query axis missing in the mask"),
    ("3.3", turned, "key not transposed"),
    ("3.3", keeps_padding, "mask polarity"),
    ("3.3", down_the_columns, "softmax over the queries"),
    ("3.3", lambda q, k, n: shared(scores_of(q, k)), "no mask"),
    ("3.4", lambda w, a: np.mean(w.argmax(-1) == np.array(a)), "None counted as a miss"),
    ("3.4", lambda w, a: sum(p == s for p, s in zip(w.argmax(-1), a)) / len(a), "None counted as a miss"),
    ("3.4", lambda w, a: np.mean([w[i].argmax() == s for i, s in enumerate(a) if s]), "source 0 left out"),
    ("3.4", lambda w, a: np.mean([w[i, s] for i, s in enumerate(a) if s is not None]), "mean weight instead of hits"),
    ("3.4", over_half, "more than half"),
    ("3.4", down_each_column, "largest weight of each morpheme"),
    ("3.4", lambda w, a: [w[i].argmax() == s for i, s in enumerate(a) if s is not None], "one answer for each word"),
    ("3.1", lambda e, s, n: np.array([[1, *e], [*e, 2]]), "start and end written as numbers"),
    ("3.1", lambda e, s, n: (e.append(n), e), "an array taken for a list"),
    (
        "3.1",
        lambda e, s, n: ([s, *e], [*e[1:], n, n]),
        "start and the words given, the words without the first, and end twice wanted",
    ),
    ("3.2", (12, 64, 11), "batch not in front"),
    ("3.3", lambda q, k, n: shared(q @ np.swapaxes(k, 1, 2)), "no mask, no scaling"),
    ("3.3", lambda q, k, n: keeps_padding(3 * q, k, n), "no scaling, and mask polarity"),
    ("3.3", lambda q, k, n: lets_one_more_in(3 * q, k, n), "no scaling, and one too many"),
    ("3.3", lambda q, k, n: lets_one_more_in(q, k, n) @ k, None),
    ("3.4", lambda w, a: np.mean([row.argmax() in a for row, s in zip(w, a) if s is not None]), "any right place"),
    ("3.4", lambda w, a: np.mean(w.argmax(-1) == np.array(a, dtype=int)), "None taken for a number"),
    ("3.5", "a", "map taken for the meaning"),
    ("3.5", "D", "map taken for decoration"),
]  # fmt: skip


@pytest.mark.parametrize(("exercise_id", "answer", "misconception"), WRONG)
def test_a_learners_mistake_is_recognised(exercise_id, answer, misconception):
    result = check(exercise_id, answer)
    assert (result.status, result.misconception) == ("failed", misconception), result
