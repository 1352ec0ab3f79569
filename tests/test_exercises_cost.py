"""The exercises on cost: right answers found other ways, and the mistakes as learners write them."""

import copy
import itertools
import math

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from course_utils.exercises import check, sandbox
from course_utils.exercises import cost as exercises


def exps_over_sum(scores):
    exps = np.exp(scores - scores.max(-1, keepdims=True))
    return exps / exps.sum(-1, keepdims=True)


def scores_of(query, key):
    return key @ query / math.sqrt(len(query))


def online_with_if(query, blocks):
    highest = total = summed = None
    for key, value in blocks:
        scores = scores_of(query, key)
        if highest is None:
            highest, total, summed = scores.max(), 0.0, np.zeros(value.shape[1])
        if scores.max() > highest:
            change = np.exp(highest - scores.max())
            highest, total, summed = scores.max(), total * change, summed * change
        total += np.exp(scores - highest).sum()
        summed += np.exp(scores - highest) @ value
    return summed / total


def online_key_by_key(query, blocks):
    highest, total, context = -math.inf, 0.0, 0.0
    for key, value in blocks:
        for k, v in zip(key, value):
            score = float(k @ query) / len(query) ** 0.5
            new = max(highest, score)
            total = total * math.exp(highest - new) + math.exp(score - new)
            context = context + (v - context) * math.exp(score - new) / total
            highest = new
    return context.tolist()


def online_by_log_sum(query, blocks):
    log_total, context = -np.inf, 0.0
    for key, value in blocks:
        scores = scores_of(query, key)
        own = np.logaddexp.reduce(scores)
        new = np.logaddexp(log_total, own)
        context = np.exp(log_total - new) * context + np.exp(own - new) * (exps_over_sum(scores) @ value)
        log_total = new
    return context


def online_in_torch(query, blocks):
    query, highest = torch.as_tensor(query), torch.tensor(-torch.inf)
    total, summed = 0.0, 0.0
    for block in blocks:
        key, value = map(torch.as_tensor, block)
        scores = key @ query / len(query) ** 0.5
        new = torch.maximum(highest, scores.max())
        total = total * torch.exp(highest - new) + torch.exp(scores - new).sum()
        summed = summed * torch.exp(highest - new) + torch.exp(scores - new) @ value
        highest = new
    return summed / total


def online_with_next(query, blocks):
    key, value = next(blocks)
    scores = scores_of(query, key)
    highest, total, summed = scores.max(), np.exp(scores - scores.max()).sum(), np.exp(scores - scores.max()) @ value
    while (block := next(blocks, None)) is not None:
        scores = scores_of(query, block[0])
        new = max(highest, scores.max())
        total = total * np.exp(highest - new) + np.exp(scores - new).sum()
        summed = summed * np.exp(highest - new) + np.exp(scores - new) @ block[1]
        highest = new
    return summed / total


def online_with_the_first_block_apart(query, blocks):
    unread = iter(blocks)
    key, value = next(unread)
    scores = scores_of(query, key)
    highest, exps = scores.max(), np.exp(scores - scores.max())
    total, summed = exps.sum(), exps @ value
    for key, value in unread:
        scores = scores_of(query, key)
        new = max(highest, scores.max())
        exps, change = np.exp(scores - new), np.exp(highest - new)
        highest, total, summed = new, total * change + exps.sum(), summed * change + exps @ value
    return summed / total


def online_by_twos(query, blocks):
    log_total, context = -np.inf, 0.0
    while two := list(itertools.islice(blocks, 2)):
        key, value = (np.concatenate(parts) for parts in zip(*two))
        scores = scores_of(query, key)
        own = np.logaddexp.reduce(scores)
        new = np.logaddexp(log_total, own)
        context = np.exp(log_total - new) * context + np.exp(own - new) * (exps_over_sum(scores) @ value)
        log_total = new
    return context


def window_by_tri(length, window):
    return np.tril(np.ones((length, length), bool)) & np.triu(np.ones((length, length), bool), 1 - window)


def window_by_loops(length, window):
    return [[i - window < j <= i for j in range(length)] for i in range(length)]


def window_by_slices(length, window):
    mask = torch.zeros(length, length, dtype=torch.bool)
    for i in range(length):
        mask[i, max(0, i - window + 1) : i + 1] = True
    return mask


def phi(x):
    return np.where(x > 0, x + 1, np.exp(x))


def linear_by_einsum(query, key, value):
    q, k = phi(query), phi(key)
    table = np.einsum("jd,jv->dv", k, value)
    return np.einsum("id,dv->iv", q, table) / np.einsum("id,d->i", q, k.sum(axis=0))[:, None]


def linear_in_torch(query, key, value):
    q, k = F.elu(torch.as_tensor(query)) + 1, F.elu(torch.as_tensor(key)) + 1
    return q @ (k.mT @ torch.as_tensor(value)) / (q @ k.sum(0)).unsqueeze(-1)


def linear_token_by_token(query, key, value):
    table, total = np.zeros((key.shape[1], value.shape[1])), np.zeros(key.shape[1])
    for k, v in zip(phi(key), value):
        table += np.outer(k, v)
        total += k
    return np.array([q @ table / (q @ total) for q in phi(query)])


def linear_with_ones(query, key, value):
    both = phi(query) @ (phi(key).T @ np.hstack([value, np.ones((len(value), 1))]))
    return both[:, :-1] / both[:, -1:]


def linear_by_masked_sum(query, key, value):
    q, k = ((x > 0) * (x + 1) + (x <= 0) * np.exp(x) for x in (query, key))
    return np.dot(q, np.dot(k.T, value)) / np.dot(q, k.sum(0, keepdims=True).T)


RIGHT = [
    *(("9.1", answer) for answer in (268435456, 268_435_456.0, "268435456", np.int64(2**28), 8192**2 * 4)),
    *(("9.2", answer) for answer in (online_with_if, online_key_by_key, online_by_log_sum, online_in_torch)),
    *(("9.2", answer) for answer in (online_with_next, online_with_the_first_block_apart, online_by_twos)),
    *(("9.3", answer) for answer in (window_by_tri, window_by_loops, window_by_slices)),
    *(("9.4", answer) for answer in (linear_by_einsum, linear_in_torch, linear_token_by_token, linear_with_ones)),
    ("9.4", linear_by_masked_sum),
    ("9.5", lambda layers, kv_heads, d_k, length, size: np.prod([2, layers, kv_heads, d_k, length, size])),
    ("9.5", lambda *given: 2.0 * math.prod(given)),
    ("9.6", lambda cached, new: [cached + i for i in range(new)]),
    ("9.6", lambda cached, new: range(cached, cached + new)),
    ("9.6", lambda cached, new: np.arange(new) + cached),
    ("9.6", lambda cached, new: torch.arange(cached, cached + new)),
    ("9.6", lambda cached, new: list(range(cached + new))[cached:]),
]


@pytest.mark.parametrize(("exercise_id", "answer"), RIGHT)
def test_a_right_answer_found_another_way_passes(exercise_id, answer):
    result = check(exercise_id, answer)
    assert result.status == "passed", result


def context_of(query, key, value):
    return exps_over_sum(scores_of(query, key)) @ value


def listed(query, blocks):
    blocks = list(blocks)
    key = np.concatenate([key for key, _ in blocks])
    return context_of(query, key, np.concatenate([value for _, value in blocks]))


def scores_and_values_kept(query, blocks):
    scores, values = [], []
    for key, value in blocks:
        scores.append(scores_of(query, key))
        values.append(value)
    return exps_over_sum(np.concatenate(scores)) @ np.vstack(values)


def views_kept(query, blocks):
    rows = [row for key, value in blocks for row in zip(key, value)]
    return context_of(query, np.array([k for k, _ in rows]), np.array([v for _, v in rows]))


def two_loops(query, blocks):
    highest = -np.inf
    for key, _ in blocks:
        highest = max(highest, scores_of(query, key).max())
    total = summed = 0.0
    for key, value in blocks:
        exps = np.exp(scores_of(query, key) - highest)
        total, summed = total + exps.sum(), summed + exps @ value
    return summed / total


def grown(query, blocks):
    keys, values = np.empty((0, len(query))), None
    for key, value in blocks:
        keys = np.append(keys, key, axis=0)
        values = value if values is None else np.r_[values, value]
    return context_of(query, keys, values)


def second_pass_for_the_values(query, blocks):
    scores = np.concatenate([scores_of(query, key) for key, _ in blocks])
    return exps_over_sum(scores) @ np.concatenate([value for _, value in blocks])


def first_maximum_for_all(query, blocks):
    highest, total, summed = None, 0.0, 0.0
    for key, value in blocks:
        scores = scores_of(query, key)
        highest = scores.max() if highest is None else highest
        total, summed = total + np.exp(scores - highest).sum(), summed + np.exp(scores - highest) @ value
    return summed / total


def by_index(query, blocks):
    context = 0
    for i in range(len(blocks)):
        key, value = blocks[i]
        context += context_of(query, key, value)
    return context / len(blocks)


def mean_of_contexts(query, blocks):
    return np.mean([context_of(query, key, value) for key, value in blocks], axis=0)


def overwritten(query, blocks):
    for key, value in blocks:
        context = context_of(query, key, value)
    return context


def returned_at_once(query, blocks):
    for key, value in blocks:
        return context_of(query, key, value)


def without_maximum(query, blocks):
    total = summed = 0
    for key, value in blocks:
        exps = np.exp(key @ query / np.sqrt(query.shape[0]))
        total, summed = total + exps.sum(), summed + exps @ value
    return summed / total


def learner_online(change_sum=True, change_total=True, start=-np.inf, never_down=True, divide=True, wrong_way=False):
    def answer(query, blocks):
        highest, total, summed = start, 0.0, 0.0
        for key, value in blocks:
            scores = scores_of(query, key)
            new = max(highest, scores.max()) if never_down else scores.max()
            change = np.exp(new - highest) if wrong_way else np.exp(highest - new)
            exps = np.exp(scores - new)
            summed = (summed * change if change_sum else summed) + exps @ value
            total = (total * change if change_total else total) + exps.sum()
            highest = new
        return summed / total if divide else summed

    return answer


def slice_from_below_0(length, window):
    mask = np.full((length, length), False)
    for i in range(length):
        mask[i, i - window + 1 : i + 1] = True
    return mask


def triangle_of_the_wrong_side(length, window):
    return np.tril(np.ones((length, length), bool)) & np.triu(np.ones((length, length), bool), window)


def back(length):
    return np.arange(length)[:, None] - np.arange(length)


def pairs_first(query, key, value):
    weights = phi(query) @ phi(key).T
    return (weights / weights.sum(axis=1, keepdims=True)) @ value


def pairs_by_einsum(query, key, value):
    weights = np.einsum("id,jd->ij", phi(query), phi(key))
    return weights @ value / weights.sum(1)[:, None]


def pairs_by_broadcasting(query, key, value):
    weights = (phi(query)[:, None] * phi(key)[None]).sum(-1)
    return weights @ value / weights.sum(1)[:, None]


def normaliser_of_pairs(query, key, value):
    total = np.dot(phi(query), phi(key).T).sum(1)
    return phi(query) @ (phi(key).T @ value) / total[:, None]


def linear_with(map_q=phi, map_k=phi, normaliser=lambda q, k: (q @ k.sum(0))[:, None]):
    return lambda Q, K, V: map_q(Q) @ (map_k(K).T @ V) / normaliser(map_q(Q), map_k(K))


def blocks_divided_inside(query, blocks):
    highest, total, context = -np.inf, 0.0, 0.0
    for key, value in blocks:
        scores = key @ query / len(query) ** 0.5
        new = max(highest, scores.max())
        factor, exps = np.exp(highest - new), np.exp(scores - new)
        total = total * factor + exps.sum()
        context = (context * factor + exps @ value) / total
        highest = new
    return context


def linear_by_keys(query, key, value):
    q, k = (np.maximum(x, 0) + np.exp(np.minimum(x, 0)) for x in (query, key))
    return q @ (k.T @ value) / (q @ k.sum(axis=1))[:, None]


def linear_with_largest_subtracted(query, key, value):
    q, k = (np.exp(x - x.max(axis=1, keepdims=True)) for x in (query, key))
    return q @ (k.T @ value) / (q @ k.sum(0))[:, None]


WRONG = [
    ("9.2", blocks_divided_inside, "divided in every block, and not again"),
    ("9.3", lambda n, w: np.tril(np.triu(np.ones((n, n), bool), 1 - min(w, n - 1))), "no window as long as the text"),
    ("9.4", linear_by_keys, "a row for each key behind @"),
    ("9.4", linear_with_largest_subtracted, "largest feature subtracted, of each position"),
    (
        "9.5",
        lambda layers, heads, d_k, length, size: layers * heads * length * (d_k + d_k * size),
        "bytes of one of the two",
    ),
    ("9.6", lambda cached, new: np.linspace(cached, cached + new, new), "in steps that are too long"),
    ("9.6", lambda cached, new: [cached, *range(1, new)], "the first after the cache, the others from 1"),
    ("9.1", 8192 * 8192, "numbers instead of bytes"),
    ("9.1", 8192 * 4, "one row"),
    ("9.1", "256", "mebibytes"),
    ("9.1", 8192**2 * 32, "bits"),
    ("9.1", 8192**2 * 8, "eight bytes a number, or two maps"),
    ("9.1", 256_000_000, "8,192 rounded"),
    ("9.1", (268, 435, 456), "commas between thousands"),
    ("9.1", 8192 * 8191 * 4, "a key never for its own query"),
    ("9.1", 268_000_000, "rounded to 268,000,000"),
    ("9.2", listed, "keeps every block"),
    ("9.2", scores_and_values_kept, "keeps every block"),
    ("9.2", views_kept, "keeps every block"),
    ("9.2", grown, "grows one array of keys and one of values"),
    ("9.2", two_loops, "reads the blocks twice"),
    ("9.2", second_pass_for_the_values, "reads the blocks twice, into an array"),
    ("9.2", first_maximum_for_all, "maximum of the first block"),
    ("9.2", by_index, "number of blocks asked for"),
    ("9.2", lambda query, blocks: context_of(query, *blocks[0]), "blocks indexed"),
    ("9.2", mean_of_contexts, "mean of the blocks' contexts"),
    ("9.2", overwritten, "only the last block"),
    ("9.2", returned_at_once, "only the first block"),
    ("9.2", without_maximum, "no maximum subtracted"),
    ("9.2", learner_online(change_sum=False, change_total=False), "no rescaling"),
    ("9.2", learner_online(change_total=False), "total not rescaled"),
    ("9.2", learner_online(change_sum=False), "sum of values not rescaled"),
    ("9.2", learner_online(start=0), "maximum begins at 0"),
    ("9.2", learner_online(never_down=False), "maximum of the last block"),
    ("9.2", learner_online(divide=False), "never divided by the total"),
    ("9.2", learner_online(wrong_way=True), "rescaled the wrong way"),
    ("9.3", lambda n, w: (back(n) >= 0) & (back(n) <= w), "one position too many"),
    (
        "9.3",
        lambda n, w: np.tril(np.ones((n, n), bool)) & ~np.tril(np.ones((n, n), bool), 1 - w),
        "one position too few",
    ),
    ("9.3", lambda n, w: np.abs(back(n)) < w, "looks ahead"),
    ("9.3", lambda n, w: (back(n) < 0) | (back(n) >= w), "mask polarity"),
    ("9.3", lambda n, w: np.tril(np.ones((n, n), dtype=bool)), "causal without window"),
    ("9.3", lambda n, w: np.eye(n, k=1 - w, dtype=bool), "only the farthest position"),
    ("9.3", lambda n, w: [[0 <= j - i < w for j in range(n)] for i in range(n)], "queries and keys exchanged"),
    ("9.3", slice_from_below_0, "a slice that begins below 0"),
    ("9.3", lambda n, w: (back(n) >= -1) & (back(n) <= w), "a window from -1 to window back"),
    ("9.3", lambda n, w: 0 <= back(n) < w, "the word 'and' between arrays"),
    ("9.3", triangle_of_the_wrong_side, "nobody sees anything"),
    ("9.3", lambda n, w: ((back(n) >= 0) & (back(n) < w)).astype(int), "numbers instead of booleans"),
    ("9.4", pairs_first, "still quadratic"),
    ("9.4", pairs_by_einsum, "still quadratic"),
    ("9.4", pairs_by_broadcasting, "still quadratic"),
    ("9.4", normaliser_of_pairs, "still quadratic"),
    ("9.4", lambda Q, K, V: phi(Q) @ (phi(K).T @ V), "no normaliser"),
    ("9.4", linear_with(map_q=lambda x: x), "feature map on the key only"),
    ("9.4", linear_with(map_k=lambda x: x), "feature map on the query only"),
    ("9.4", linear_with(map_q=lambda x: np.maximum(0, x), map_k=lambda x: np.maximum(0, x)), "relu instead of elu + 1"),
    ("9.4", linear_with(normaliser=lambda q, k: q @ k.sum(0)), "normaliser without its axis"),
    ("9.4", linear_with(normaliser=lambda q, k: len(k)), "divided by the number of keys"),
    ("9.4", lambda Q, K, V: exps_over_sum(Q @ K.T / Q.shape[1] ** 0.5) @ V, "softmax instead of φ"),
    ("9.4", linear_with(lambda x: phi(x / x.shape[1] ** 0.5), lambda x: phi(x / x.shape[1] ** 0.5)), "scaled by √d"),
    ("9.5", lambda layers, kv_heads, d_k, length, b: layers * kv_heads * d_k * length * b, "only keys or only values"),
    ("9.5", lambda layers, kv_heads, d_k, length, b: 2 * layers * kv_heads * d_k * length**2 * b, "squared length"),
    ("9.5", lambda layers, kv_heads, d_k, length, b: 2 * layers * kv_heads * d_k * length * b * 8, "bits"),
    ("9.5", lambda layers, kv_heads, d_k, length, b: 2 * kv_heads * d_k * length * b, "one layer"),
    ("9.5", lambda layers, kv_heads, d_k, length, b: layers * d_k * length * b, "left out: 2, kv_heads"),
    (
        "9.5",
        lambda layers, kv_heads, d_k, length, b: layers * kv_heads * length * length * b,
        "the map instead of the cache",
    ),
    ("9.6", lambda cached, new: list(range(new)), "restarts at 0"),
    ("9.6", lambda cached, new: [cached + 1 + i for i in range(new)], "one too far"),
    ("9.6", lambda cached, new: list(range(cached, new)), "new taken for the end"),
    ("9.6", lambda cached, new: np.arange(cached + new), "cached ones as well"),
    ("9.6", lambda cached, new: [cached], "only the first new one"),
    ("9.6", lambda cached, new: list(range(cached + 1, cached + new)), "begins one too late, ends rightly"),
    ("9.6", lambda cached, new: list(range(new)) + cached, "a number added to a list, behind it"),
    ("9.6", lambda cached, new: cached, "a number instead of a list"),
]


@pytest.mark.parametrize(("exercise_id", "answer", "misconception"), WRONG)
def test_a_learners_mistake_is_recognised(exercise_id, answer, misconception):
    result = check(exercise_id, answer)
    assert (result.status, result.misconception) == ("failed", misconception), result


@pytest.mark.parametrize("case", exercises.ONLINE.cases, ids=range(len(exercises.ONLINE.cases)))
def test_blocks_are_handed_out_once_in_order_and_whole(case):
    _, blocks = copy.deepcopy(case)
    keys, values = [], []
    for key, value in blocks:
        keys.append(np.array(key))
        values.append(np.array(value))
    np.testing.assert_array_equal(np.concatenate(keys), blocks.key)
    np.testing.assert_array_equal(np.concatenate(values), blocks.value)
    assert next(blocks, None) is None
    assert list(blocks) == []


def test_blocks_may_be_read_in_pieces_as_any_iterator():
    _, blocks = copy.deepcopy(exercises.ONLINE.cases[-1])
    first = next(blocks)
    pairs = [len(list(itertools.islice(blocks, 2))) for _ in range(7)]
    assert len(first) == 2 and pairs == [2, 2, 2, 2, 2, 1, 0]


def test_an_array_of_four_blocks_may_be_made_and_no_larger_one():
    _, blocks = copy.deepcopy(exercises.ONLINE.cases[-1])
    keys = np.concatenate([next(blocks)[0] for _ in range(4)])
    assert keys.shape == (8, 4)
    with pytest.raises(MemoryError, match="larger than 4 blocks"):
        for key, _ in blocks:
            keys = np.vstack([keys, key])


def test_four_blocks_may_be_kept_and_no_fifth():
    _, blocks = copy.deepcopy(exercises.ONLINE.cases[-1])
    kept = [next(blocks) for _ in range(4)]
    with pytest.raises(MemoryError, match="4 of those before"):
        next(blocks)
    kept.pop(0)
    assert len(next(blocks)) == 2
    view = kept.pop()[0].T  # a view keeps its block
    with pytest.raises(MemoryError):
        kept.append(next(blocks)), kept.append(next(blocks)), kept.append(next(blocks))
    assert view.size


def test_a_table_of_all_pairs_is_stopped_and_nothing_smaller():
    query, key, value = copy.deepcopy(exercises.LINEAR.cases[-1])
    pairs = len(query) * len(key)
    for make in (
        lambda: query @ key.T,
        lambda: np.einsum("id,jd->ij", query, key),
        lambda: np.where(query > 0, query, 0) @ key.T,
        lambda: np.concatenate([query[:, :1]] * len(key), axis=1),
    ):
        with pytest.raises(MemoryError, match="50 x 40"):
            make()
    assert (key[:, :, None] * value[:, None]).size < pairs
    assert np.outer(query[0], value[0]).shape == (3, 2)


def test_an_answer_with_tensors_meets_the_same_cases():
    outcome = sandbox.call(linear_in_torch, exercises.LINEAR.cases[-1])
    np.testing.assert_allclose(outcome.result, exercises.LINEAR.right(*exercises.LINEAR.cases[-1]), rtol=1e-6)


def test_scores_of_the_cases_are_as_large_as_they_are_said_to_be():
    largest = []
    for query, blocks in exercises.ONLINE.cases:
        largest.append((blocks.key @ query / math.sqrt(len(query))).max())
    assert max(largest) == pytest.approx(1000, abs=3) and min(largest) == pytest.approx(-1000, abs=3)
