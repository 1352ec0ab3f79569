"""The exercises on multi-head attention: right answers found other ways, and the mistakes as learners write them."""

import itertools
import math

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from course_utils.attention import scaled_dot_product_attention
from course_utils.exercises import check
from course_utils.exercises.catalogue import EXERCISES
from course_utils.exercises.multi_head import maps_to_read
from course_utils.layers import MultiHeadAttention

# --- the right answers are right ------------------------------------------------------------------------------------


def torchs_layer(d_model, num_heads):
    """torch.nn.MultiheadAttention whose four projections change nothing."""
    layer = torch.nn.MultiheadAttention(d_model, num_heads, bias=False, batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        layer.in_proj_weight.copy_(torch.eye(d_model).repeat(3, 1))
        layer.out_proj.weight.copy_(torch.eye(d_model))
    return layer


@pytest.mark.parametrize("case", EXERCISES["5.2"].cases)
def test_multi_head_is_what_pytorchs_layer_computes(case):
    *arrays, num_heads = case
    tensors = [torch.from_numpy(array)[None] for array in arrays]
    theirs, _ = torchs_layer(arrays[0].shape[1], num_heads)(*tensors)
    assert np.allclose(EXERCISES["5.2"].right(*case), theirs[0].detach(), rtol=0, atol=1e-12)


@pytest.mark.parametrize("case", EXERCISES["5.1"].cases)
def test_each_head_gets_its_slice_in_order(case):
    x, num_heads = case
    heads = EXERCISES["5.1"].right(*case)
    d_k = x.shape[1] // num_heads
    assert heads.shape == (num_heads, len(x), d_k)
    for (h, position, feature), number in np.ndenumerate(heads):
        assert number == x[position, h * d_k + feature]


@pytest.mark.parametrize(("batch", "num_heads"), [(2, 3), (3, 2), (2, 1)])
def test_their_mask_lets_pytorchs_layer_attend_where_our_mask_does(batch, num_heads):
    generator = torch.Generator().manual_seed(batch)
    query, key = (torch.randn(batch, T, 6, generator=generator, dtype=torch.float64) for T in (4, 5))
    mask = torch.rand(batch, 4, 5, generator=generator) < 0.5
    mask[..., 0] = True  # PyTorch answers NaN where a query may attend nowhere
    theirs = torch.from_numpy(EXERCISES["5.5"].right(mask.numpy(), num_heads))
    context, weights = torchs_layer(6, num_heads)(query, key, key, attn_mask=theirs, average_attn_weights=False)
    assert torch.equal(weights > 0, mask[:, None].expand(-1, num_heads, -1, -1))
    split = [x.unflatten(-1, (num_heads, -1)).transpose(1, 2) for x in (query, key, key)]
    ours, _ = scaled_dot_product_attention(*split, mask[:, None])
    torch.testing.assert_close(context, ours.transpose(1, 2).flatten(2))


def test_the_wrong_order_goes_through_pytorchs_layer_without_a_word():
    query = torch.randn(2, 4, 6, dtype=torch.float64)
    mask = torch.ones(2, 4, 4, dtype=torch.bool)
    mask[1, :, 2:] = False
    tiled = torch.from_numpy(np.tile(~mask.numpy(), (3, 1, 1)))
    _, weights = torchs_layer(6, 3)(query, query, query, attn_mask=tiled, average_attn_weights=False)
    assert not torch.equal(weights > 0, mask[:, None].expand(-1, 3, -1, -1))


@pytest.mark.parametrize("num_heads", [1, 2, 8, 64])
def test_the_number_of_parameters_is_counted_on_the_layer(num_heads):
    counted = sum(parameter.numel() for parameter in MultiHeadAttention(64, num_heads).parameters())
    assert counted == EXERCISES["5.3"].right() == 16640


# --- the maps are fair ----------------------------------------------------------------------------------------------


def jobs_of(tokens):
    """For each job the place where it looks, told from the tokens: they stand in a circle."""
    letters, places = [token.split()[0] for token in tokens], range(len(tokens))
    return {
        "left neighbour": [(i - 1) % 8 for i in places],
        "right neighbour": [(i + 1) % 8 for i in places],
        "twin": [next(j for j in places if j != i and letters[j] == letters[i]) for i in places],
        "itself": list(places),
    }


def test_the_tokens_make_three_different_jobs():
    tokens, weights = maps_to_read()
    assert weights.shape == (3, 8, 8) and np.allclose(weights.sum(-1), 1)
    assert sorted(token.split()[0] for token in tokens) == list("aabbccdd")
    for looks_at in zip(*jobs_of(tokens).values()):
        assert len(set(looks_at)) == 4
    assert np.array_equal(maps_to_read()[1], weights)


def test_each_head_has_the_job_that_counting_gives_it():
    tokens, weights = maps_to_read()
    most = []
    for head in weights:
        hits = {job: int((head.argmax(-1) == looks_at).sum()) for job, looks_at in jobs_of(tokens).items()}
        (job, first), (_, second) = sorted(hits.items(), key=lambda item: -item[1])[:2]
        assert first == 6 and second <= 1, hits  # readable, and no row but two is unclear
        mass = {name: head[np.arange(8), looks_at].mean() for name, looks_at in jobs_of(tokens).items()}
        assert mass[job] > 0.45 > 0.15 > sorted(mass.values())[-2]
        most.append(job if job in ("left neighbour", "twin") else "neither")
    assert tuple(most) == EXERCISES["5.4"].right()


def test_reading_columns_for_rows_makes_the_tempting_answer():
    tokens, weights = maps_to_read()
    left, twin = jobs_of(tokens)["left neighbour"], jobs_of(tokens)["twin"]
    assert (weights[0].argmax(0) == left).sum() >= 6
    assert (weights[1].argmax(0) == twin).sum() >= 6
    assert check("5.4", ("left neighbour", "twin", "neither")).misconception == "rows and columns swapped"


def test_what_the_messages_say_of_single_rows_is_so():
    tokens, weights = maps_to_read()
    looks_most = {token: [tokens[head[i].argmax()] for head in weights] for i, token in enumerate(tokens)}
    assert looks_most["d red"] == ["b blue", "d green", "a green"]
    assert looks_most["a red"] == ["b gold", "a green", "d green"] and tokens[-1] == "d green"
    assert tokens.index("c blue") == tokens.index("a green") - 1


# --- right answers found another way --------------------------------------------------------------------------------


def split_by_loops(x, num_heads):
    T, d_model = x.shape
    d_k = d_model // num_heads
    heads = np.empty((num_heads, T, d_k))
    for h in range(num_heads):
        for t in range(T):
            for feature in range(d_k):
                heads[h, t, feature] = x[t, h * d_k + feature]
    return heads


def split_with_view(x, num_heads):
    T, d_model = x.size()
    return x.view(T, num_heads, d_model // num_heads).transpose(0, 1)


def shared(scores, axis=-1):
    exps = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return exps / exps.sum(axis=axis, keepdims=True)


def by_loops(query, key, value, num_heads):
    d_k = query.shape[1] // num_heads
    rows = []
    for q in query.tolist():
        row = []
        for h in range(num_heads):
            own = range(h * d_k, (h + 1) * d_k)
            exps = [math.exp(sum(q[f] * k[f] for f in own) / d_k**0.5) for k in key.tolist()]
            for f in own:
                row.append(sum(e * v[f] for e, v in zip(exps, value.tolist())) / sum(exps))
        rows.append(row)
    return rows


def by_slices(query, key, value, num_heads):
    d_k = query.shape[1] // num_heads
    contexts = []
    for start in range(0, query.shape[1], d_k):
        q, k, v = (x[:, start : start + d_k] for x in (query, key, value))
        contexts.append(shared(q @ k.T / np.sqrt(d_k)) @ v)
    return np.hstack(contexts)


def by_reshape(query, key, value, num_heads):
    q, k, v = (x.reshape(len(x), num_heads, -1).transpose(1, 0, 2) for x in (query, key, value))
    context = shared(q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1])) @ v
    return context.transpose(1, 0, 2).reshape(query.shape)


def by_einsum(query, key, value, num_heads):
    q, k, v = (x.reshape(x.shape[0], num_heads, -1) for x in (query, key, value))
    weights = shared(np.einsum("ihd,jhd->hij", q, k) / q.shape[-1] ** 0.5)
    return np.einsum("hij,jhd->ihd", weights, v).reshape(len(query), -1)


def by_torch_in_single_precision(query, key, value, num_heads):
    q, k, v = (torch.as_tensor(x).float().unflatten(1, (num_heads, -1)).transpose(0, 1) for x in (query, key, value))
    return F.scaled_dot_product_attention(q, k, v).transpose(0, 1).reshape(len(query), -1)


def by_the_courses_function(query, key, value, num_heads):
    heads = zip(*(torch.chunk(torch.as_tensor(x), num_heads, dim=1) for x in (query, key, value)))
    return torch.cat([scaled_dot_product_attention(*head)[0] for head in heads], dim=-1)


def by_pytorchs_layer(query, key, value, num_heads):
    tensors = [torch.as_tensor(x)[None] for x in (query, key, value)]
    return torchs_layer(query.shape[1], num_heads)(*tensors)[0][0]


def with_tensors_only(query, key, value, num_heads):
    d_k = query.size(1) // num_heads
    contexts = []
    for h in range(num_heads):
        q, k, v = (x[:, h * d_k : (h + 1) * d_k] for x in (query, key, value))
        contexts.append((q @ k.transpose(0, 1) / d_k**0.5).softmax(-1) @ v)
    return torch.cat(contexts, -1)


def in_torch_with_axes_that_numpy_takes_otherwise(query, key, value, num_heads):
    d_k = query.shape[1] // num_heads
    heads = [[x[:, h * d_k : (h + 1) * d_k] for x in (query, key, value)] for h in range(num_heads)]
    return torch.cat([torch.softmax(q @ k.transpose(-2, -1) / d_k**0.5, -1) @ v for q, k, v in heads], 1)


def masks_one_by_one(mask, num_heads):
    return [np.logical_not(mask[b]) for b in range(len(mask)) for h in range(num_heads)]


RIGHT = [
    *(("5.1", answer) for answer in (split_by_loops, split_with_view)),
    ("5.1", lambda x, num_heads: [x[:, c] for c in np.split(np.arange(x.shape[1]), num_heads)]),
    ("5.1", lambda x, h: x.reshape(x.shape[0], h, -1).transpose(1, 0, 2)),
    ("5.1", lambda x, h: torch.stack(torch.as_tensor(x).float().chunk(h, dim=-1))),
    ("5.1", lambda x, h: np.einsum("thd->htd", x.reshape(len(x), h, x.shape[1] // h))),
    ("5.1", lambda x, h: np.moveaxis(x.reshape(len(x), h, -1), 1, 0)),
    ("5.1", lambda x, h: np.swapaxes(x.T.reshape(h, -1, len(x)), 1, 2)),
    ("5.1", lambda x, h: x.unflatten(-1, (h, -1)).permute(1, 0, 2)),
    *(("5.2", answer) for answer in (by_loops, by_slices, by_reshape, by_einsum, by_torch_in_single_precision)),
    *(("5.2", answer) for answer in (by_the_courses_function, by_pytorchs_layer, with_tensors_only)),
    ("5.2", in_torch_with_axes_that_numpy_takes_otherwise),
    ("5.3", 16_640),
    ("5.3", "16640"),
    ("5.3", torch.tensor(16640)),
    ("5.4", ["Neither", "twin", "left neighbour"]),
    ("5.4", ("neither", "TWIN.", " left neighbour")),
    ("5.5", masks_one_by_one),
    ("5.5", lambda m, h: np.tile(~m, (1, h, 1)).reshape(-1, *m.shape[1:])),
    ("5.5", lambda m, h: (~m).repeat_interleave(h, dim=0)),
    ("5.5", lambda m, h: torch.as_tensor(~m)[:, None].expand(-1, h, -1, -1).flatten(0, 1)),
    ("5.5", lambda m, h: np.broadcast_to(m[:, None], (len(m), h, *m.shape[1:])).reshape(-1, *m.shape[1:]) == False),  # noqa: E712
    ("5.5", lambda m, h: (~m)[np.arange(len(m) * h) // h]),
    ("5.5", lambda m, h: np.kron(~m, np.ones((h, 1, 1), dtype=bool))),
    ("5.5", lambda m, h: np.stack([~m] * h, axis=1).reshape(len(m) * h, *m.shape[1:])),
]


@pytest.mark.parametrize(("exercise_id", "answer"), RIGHT)
def test_a_right_answer_found_another_way_passes(exercise_id, answer):
    result = check(exercise_id, answer)
    assert result.status == "passed", result


# --- mistakes as learners write them --------------------------------------------------------------------------------


def returns_inside_the_loop(x, num_heads):
    d_k = x.shape[1] // num_heads
    for h in range(num_heads):
        return x[:, h * d_k : (h + 1) * d_k]


def slices_overlap(x, num_heads):
    d_k = x.shape[1] // num_heads
    return np.stack([x[:, h : h + d_k] for h in range(num_heads)])


def takes_the_end_as_inclusive(x, num_heads):
    d_k = x.shape[1] // num_heads
    return [x[:, h * d_k : (h + 1) * d_k - 1] for h in range(num_heads)]


def steps_by_num_heads(x, num_heads):
    return [x[:, h * num_heads : (h + 1) * num_heads] for h in range(num_heads)]


def divides_with_a_slash(x, num_heads):
    d_k = x.shape[1] / num_heads
    return x.reshape(x.shape[0], num_heads, d_k).swapaxes(0, 1)


def divides_with_a_slash_in_a_slice(x, num_heads):
    d_k = x.shape[1] / num_heads
    return np.array([x[:, h * d_k : (h + 1) * d_k] for h in range(num_heads)])


def overwrites(x, num_heads):
    d_k = x.shape[-1] // num_heads
    for h in range(num_heads):
        head = x[:, h * d_k : (h + 1) * d_k]
    return head


def one_softmax_attention(query, key, value, scale=None, axis=-1):
    return shared(query @ key.T / (scale or np.sqrt(key.shape[-1])), axis) @ value


def head_by_head(query, key, value, num_heads, attend=one_softmax_attention):
    d_k = query.shape[-1] // num_heads
    slices = [slice(h * d_k, (h + 1) * d_k) for h in range(num_heads)]
    return [attend(query[:, s], key[:, s], value[:, s]) for s in slices]


def root_of_d_model(query, key, value, num_heads):
    d_model = query.shape[1]
    q, k, v = (x.reshape(-1, num_heads, d_model // num_heads).swapaxes(0, 1) for x in (query, key, value))
    context = shared(q @ k.swapaxes(-1, -2) / math.sqrt(d_model)) @ v
    return context.swapaxes(0, 1).reshape(-1, d_model)


def root_of_num_heads(query, key, value, num_heads):
    return np.hstack(
        head_by_head(query, key, value, num_heads, lambda q, k, v: one_softmax_attention(q, k, v, num_heads**0.5))
    )


def view_without_transpose(query, key, value, num_heads):
    d_k = query.shape[1] // num_heads
    q = query.reshape(num_heads, -1, d_k)
    k = key.reshape(num_heads, -1, d_k)
    v = value.reshape(num_heads, -1, d_k)
    return torch.cat(list(F.scaled_dot_product_attention(*map(torch.as_tensor, (q, k, v)))), -1)


def view_in_and_view_out(query, key, value, num_heads):
    d_k = query.shape[1] // num_heads
    q, k, v = (x.reshape(num_heads, -1, d_k) for x in (query, key, value))
    return (shared(q @ k.transpose(0, 2, 1) / d_k**0.5) @ v).reshape(query.shape)


def forgets_to_transpose_back(query, key, value, num_heads):
    q, k, v = (x.view(x.size(0), num_heads, -1).transpose(0, 1) for x in (query, key, value))
    context = torch.softmax(q @ k.transpose(-2, -1) / q.size(-1) ** 0.5, dim=-1) @ v
    return context.contiguous().view(query.size(0), -1)


def leaves_the_heads_behind_the_positions(query, key, value, num_heads):
    q, k, v = (x.reshape(len(x), num_heads, -1) for x in (query, key, value))
    weights = shared(q @ np.swapaxes(k, -2, -1) / np.sqrt(q.shape[-1]))
    return (weights @ v).reshape(len(query), -1)


def features_inside_out(query, key, value, num_heads):
    q, k, v = (x.reshape(len(x), -1, num_heads).transpose(2, 0, 1) for x in (query, key, value))
    context = shared(q @ k.transpose(0, 2, 1) / q.shape[-1] ** 0.5) @ v
    return context.transpose(1, 0, 2).reshape(len(query), -1)


def stacked_on_the_last_axis(query, key, value, num_heads):
    return np.stack(head_by_head(query, key, value, num_heads), axis=-1).reshape(len(query), -1)


def softmax_down_the_columns(query, key, value, num_heads):
    q, k, v = (x.reshape(len(x), num_heads, -1).transpose(1, 0, 2) for x in (query, key, value))
    weights = torch.softmax(torch.as_tensor(q @ k.transpose(0, 2, 1) / q.shape[-1] ** 0.5), dim=1).numpy()
    return (weights @ v).transpose(1, 0, 2).reshape(len(query), -1)


def softmax_over_axis_0(query, key, value, num_heads):
    q, k, v = (x.reshape(len(x), num_heads, -1).transpose(1, 0, 2) for x in (query, key, value))
    weights = shared(q @ k.transpose(0, 2, 1) / q.shape[-1] ** 0.5, axis=0)
    return (weights @ v).transpose(1, 0, 2).reshape(len(query), -1)


def keys_as_many_as_queries(query, key, value, num_heads):
    T, d_model = query.shape
    q, k, v = (x.reshape(T, num_heads, d_model // num_heads).swapaxes(0, 1) for x in (query, key, value))
    return (shared(q @ k.swapaxes(1, 2) / math.sqrt(q.shape[-1])) @ v).swapaxes(0, 1).reshape(T, d_model)


def turns_all_axes_of_the_key(query, key, value, num_heads):
    q, k, v = (x.reshape(len(x), num_heads, -1).swapaxes(0, 1) for x in (query, key, value))
    return shared(q @ k.T / math.sqrt(q.shape[-1])) @ v


def splits_the_values_only(query, key, value, num_heads):
    weights = shared(query @ key.T / np.sqrt(query.shape[1]))
    return np.hstack([weights @ part for part in np.split(value, num_heads, axis=1)])


def splits_query_and_key_only(query, key, value, num_heads):
    d_k = query.shape[1] // num_heads
    contexts = [
        one_softmax_attention(query[:, h * d_k : (h + 1) * d_k], key[:, h * d_k : (h + 1) * d_k], value)
        for h in range(num_heads)
    ]
    return np.mean(contexts, axis=0)


def cuts_the_positions(query, key, value, num_heads):
    parts = zip(*(np.split(x, num_heads) for x in (query, key, value)))
    return np.concatenate([one_softmax_attention(*part) for part in parts])


def keeps_both(query, key, value, num_heads):
    def attention(q, k, v):
        weights = shared(q @ k.T / np.sqrt(q.shape[-1]))
        return weights @ v, weights

    return np.concatenate(head_by_head(query, key, value, num_heads, attention), axis=-1)


def also_gives_the_weights(query, key, value, num_heads):
    return by_slices(query, key, value, num_heads), np.zeros((num_heads, len(query), len(key)))


def two_faults_at_once(query, key, value, num_heads):
    q, k, v = (x.reshape(num_heads, len(x), -1) for x in (query, key, value))
    return (shared(q @ k.swapaxes(1, 2)) @ v).reshape(query.shape)


def two_head_mistakes(query, key, value, num_heads):
    q, k, v = (x.reshape(len(x), -1, num_heads).transpose(2, 0, 1) for x in (query, key, value))
    return (shared(q @ k.transpose(0, 2, 1) / q.shape[-1] ** 0.5) @ v).mean(axis=0)


def as_it_came(mask, num_heads):
    return np.tile(mask, (num_heads, 1, 1))


def repeats_queries(mask, num_heads):
    batch, T_q, T_k = mask.shape
    return np.repeat(~mask, num_heads, axis=1).reshape(batch * num_heads, T_q, T_k)


def as_a_float(mask, num_heads):
    added = torch.zeros(mask.shape).masked_fill(~torch.as_tensor(mask), -torch.inf)
    return added.repeat_interleave(num_heads, 0)


def closes_for_all(mask, num_heads):
    theirs = ~mask
    theirs[:] = theirs.max(1, keepdims=True)
    return theirs.repeat(num_heads, axis=0)


WRONG = [
    ("5.5", lambda m, h: 1 - m.repeat(h, axis=0), "numbers instead of booleans"),
    ("5.5", lambda m, h: (~torch.as_tensor(m)).repeat_interleave(h, 0).float(), "numbers instead of booleans"),
    ("5.1", lambda x, h: x.reshape(h, x.shape[0], x.shape[1] // h), "reshaped straight into heads"),
    ("5.1", lambda x, h: x.view(h, x.size(0), -1), "reshaped straight into heads"),
    ("5.1", lambda x, h: x.reshape(x.shape[0], h, x.shape[1] // h), "axes not swapped"),
    ("5.1", lambda x, h: np.stack(np.split(x, h, axis=1), axis=1), "axes not swapped"),
    ("5.1", lambda x, h: x.reshape(len(x), -1, h).transpose(2, 0, 1), "features dealt out in turn"),
    ("5.1", lambda x, h: np.stack([x[:, i::h] for i in range(h)]), "features dealt out in turn"),
    ("5.1", lambda x, h: x.reshape(len(x), h, -1).transpose(1, 2, 0), "features before positions"),
    ("5.1", lambda x, h: x.T.reshape(h, x.shape[0], x.shape[1] // h), "transposed, then reshaped"),
    ("5.1", lambda x, h: x.reshape(len(x), h, -1).T, "all three axes turned round"),
    ("5.1", lambda x, h: np.dstack(np.split(x, h, axis=1)), "heads on the last axis"),
    ("5.1", lambda x, h: x.reshape(len(x), -1, h).swapaxes(0, 1), "num_heads and d_k exchanged"),
    ("5.1", lambda x, h: np.array([x for _ in range(h)]), "all features for each head"),
    ("5.1", lambda x, h: np.stack(np.split(x, h)), "positions cut with np.split"),
    ("5.1", lambda x, h: x.reshape(h, -1, x.shape[1]), "positions cut with a reshape"),
    ("5.1", lambda x, h: np.concatenate(np.split(x, h, axis=1)), "heads under one another"),
    ("5.1", lambda x, h: np.hstack(np.split(x, h, axis=1)), "put together again"),
    ("5.1", returns_inside_the_loop, "first head only"),
    ("5.1", overwrites, "last head only"),
    ("5.1", slices_overlap, "overlapping slices"),
    ("5.1", takes_the_end_as_inclusive, "last feature of each slice lost"),
    ("5.1", steps_by_num_heads, "slices as wide as the number of heads"),
    ("5.1", divides_with_a_slash, "/ instead of //"),
    ("5.1", divides_with_a_slash_in_a_slice, "/ instead of //, in a slice"),
    ("5.2", root_of_d_model, "scaled by all features"),
    ("5.2", root_of_num_heads, "no scaling"),
    ("5.2", view_without_transpose, "reshaped straight into heads"),
    ("5.2", view_in_and_view_out, "reshaped straight, in and out"),
    ("5.2", forgets_to_transpose_back, "merged without swapping back"),
    ("5.2", leaves_the_heads_behind_the_positions, "heads not in front"),
    ("5.2", features_inside_out, "features dealt out in turn"),
    ("5.2", stacked_on_the_last_axis, "heads shuffled into each other on merging"),
    ("5.2", softmax_down_the_columns, "softmax over the queries"),
    ("5.2", softmax_over_axis_0, "softmax over the heads"),
    ("5.2", keys_as_many_as_queries, "length of the query for the key"),
    ("5.2", turns_all_axes_of_the_key, "key not transposed"),
    ("5.2", splits_the_values_only, "one map for all heads"),
    ("5.2", lambda q, k, v, h: one_softmax_attention(q, k, v), "one map for all heads"),
    ("5.2", splits_query_and_key_only, "values not split, heads averaged"),
    ("5.2", cuts_the_positions, "positions dealt out to the heads"),
    ("5.2", keeps_both, "weights kept with the context"),
    ("5.2", also_gives_the_weights, "more than was asked for"),
    ("5.2", two_faults_at_once, "no scaling"),  # the nearer one first, then the other
    ("5.2", head_by_head, "still an axis for the heads"),
    ("5.2", lambda *given: np.stack(head_by_head(*given), axis=1), "still an axis for the heads, in the middle"),
    ("5.2", lambda *given: sum(head_by_head(*given)), "heads added up"),
    ("5.2", lambda *given: np.mean(head_by_head(*given), axis=0), "heads averaged"),
    ("5.2", lambda *given: np.concatenate(head_by_head(*given)), "heads under one another"),
    ("5.2", lambda *given: head_by_head(*given)[0], "first head only"),
    ("5.2", lambda *given: print(head_by_head(*given)), "no return"),
    ("5.3", 8 * 16640, "times the number of heads"),
    ("5.3", 16384, "without biases"),
    ("5.3", 12480.0, "W_o forgotten"),
    ("5.3", "12288", "W_o and biases forgotten"),
    ("5.3", 4160, "one projection"),
    ("5.3", 16640 / 8, "one head's share"),
    ("5.3", 2304, "each head sees only its own features"),
    ("5.3", 16_448, "one bias only"),
    ("5.3", 132672, "heads of full size"),
    ("5.3", MultiHeadAttention(64, 8), "a function instead of a value"),
    ("5.4", ("left neighbour", "twin", "neither"), "rows and columns swapped"),
    ("5.4", ["left neighbour", "twin", "left neighbour"], "right taken for left as well"),
    ("5.4", ("Neither", "Neither", "Left neighbour"), "a scattered map has no job"),
    ("5.4", ("neither", "twin", "left neighbor"), "another spelling"),
    ("5.4", ("twin", "twin", "twin"), "A taken for twin, C taken for twin"),
    ("5.4", ("twins", "pairs", "left"), None),
    ("5.1", lambda x, h: x.reshape(h, x.shape[1] // h, len(x)).swapaxes(1, 2), "x cut into (num_heads, d_k, T)"),
    ("5.1", lambda x, h: [x[:, i * (x.shape[1] // h) :] for i in range(h)], "slices that end where x ends"),
    ("5.1", lambda x, h: np.transpose(x.reshape(len(x), h, -1), (1, 0)), "two axes named of three"),
    ("5.1", lambda x, h: x.reshape(len(x), h, -1).transpose(0, 1), "two axes named of three"),
    ("5.1", lambda x, h: np.stack(np.array_split(x, h)), "positions cut into pieces of different length"),
    ("5.1", lambda x, h: np.array(np.array_split(x, h)), "positions cut into pieces of different length"),
    ("5.1", lambda x, h: [x[:, i : i + 2] for i in range(1, h + 1)], "overlapping slices from feature 1"),
    ("5.3", 45_760, "a W_o for each head"),
    ("5.5", closes_for_all, "a key closed for all queries, stretched"),
    ("5.2", two_head_mistakes, "features dealt out in turn, and heads averaged"),
    ("5.2", lambda q, k, v, h: one_softmax_attention(q, k, v, 1, 0), "no scaling, and softmax over the queries"),
    ("5.3", 8 * 3 * 64 * 64, "counted as 8 · 3 · 64 · 64"),
    ("5.3", 8448, "doubled with d_model"),
    ("5.3", (16, 640), "a comma in the number"),
    ("5.5", lambda m, h: np.repeat(m[:, None], h, axis=1), "mask polarity, and still an axis for the heads"),
    ("5.5", lambda m, h: np.repeat(~m, len(m), axis=0), "as often as there are sequences"),
    ("5.5", lambda m, h: np.repeat(-m, h, axis=0), "- instead of ~"),
    ("5.5", as_it_came, "mask polarity, and heads before sequences"),
    ("5.5", lambda m, h: m.repeat(h, 1, 1), "mask polarity, and heads before sequences"),
    ("5.5", lambda m, h: np.concatenate([~m] * h), "heads before sequences"),
    ("5.5", lambda m, h: torch.as_tensor(~m).repeat(h, 1, 1), "heads before sequences"),
    ("5.5", lambda m, h: m.repeat(h, axis=0), "mask polarity"),
    ("5.5", lambda m, h: np.stack([~m] * h, axis=1), "still an axis for the heads"),
    ("5.5", lambda m, h: np.expand_dims(~m, 1), "left to broadcasting"),
    ("5.5", lambda m, h: np.logical_not(m), "one mask for each sequence"),
    ("5.5", repeats_queries, "queries repeated, then reshaped"),
    ("5.5", lambda m, h: (~m).repeat(h), "axis forgotten"),
    ("5.5", as_a_float, "added to the scores"),
    ("5.5", lambda m, h: np.repeat(not m, h, axis=0), "not instead of ~"),
    ("5.5", lambda m, h: np.repeat(~np.where(m, 1, 0), h, axis=0), "~ on whole numbers"),
    ("5.5", lambda m, h: np.repeat(np.transpose(~m, (0, 2, 1)), h, axis=0), "queries and keys exchanged"),
]  # fmt: skip


@pytest.mark.parametrize(("exercise_id", "answer", "misconception"), WRONG)
def test_a_learners_mistake_is_recognised(exercise_id, answer, misconception):
    result = check(exercise_id, answer)
    assert (result.status, result.misconception) == ("failed", misconception), result


def test_mistakes_that_one_head_hides_are_told_so():
    """One head is the first case, so what fails there is attention itself and not the heads."""
    for answer in (root_of_d_model, view_without_transpose, features_inside_out, splits_the_values_only):
        assert "Right with one head" in check("5.2", answer).message


def test_what_is_said_against_a_misread_head_can_be_seen_in_its_map():
    tokens, maps = maps_to_read()
    looks_at = {
        (head, token): tokens[row.argmax()] for head, rows in zip("ABC", maps) for token, row in zip(tokens, rows)
    }
    for wrong, head, token, key in (
        (("twin", "twin", "left neighbour"), "A", "d red", "b blue"),
        (("neither", "left neighbour", "left neighbour"), "B", "a red", "a green"),
        (("neither", "twin", "twin"), "C", "d red", "a green"),
    ):
        message = check("5.4", wrong).message
        assert f"The row of '{token}' in map {head} has its largest weight on '{key}'" in message
        assert looks_at[head, token] == key


@pytest.mark.parametrize(("exercise_id", "words"), [("4.6", 3), ("5.4", 3)])
def test_every_wrong_reading_is_named(exercise_id, words):
    right = EXERCISES[exercise_id].right()
    for given in itertools.product(right, repeat=words):
        assert given == right or check(exercise_id, given).misconception, given
