"""The exercises on a small transformer: right answers found other ways, and the mistakes as learners write them."""

import itertools
import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from course_utils.exercises import check, sandbox
from course_utils.exercises import transformer as exercises


class AsLayer(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


class Block(nn.Module):
    """A block as models have it: the layers are its parts."""

    def __init__(self, *layers):
        super().__init__()
        self.attention, self.feed_forward, self.norm_1, self.norm_2 = map(AsLayer, layers)

    def forward(self, x):
        x = x + self.attention(self.norm_1(x))
        return x + self.feed_forward(self.norm_2(x))


def block_in_two_lines(x, attention, feed_forward, norm_1, norm_2):
    h = x + attention(norm_1(x))
    return h + feed_forward(norm_2(h))


def block_in_one_line(x, attention, feed_forward, norm_1, norm_2):
    return (h := attention(norm_1(x)) + x) + feed_forward(norm_2(h))


def block_with_named_residuals(x, attention, feed_forward, norm_1, norm_2):
    residual = x
    x = norm_1(x)
    x = attention(x)
    x = residual + x
    residual = x
    x = norm_2(x)
    x = feed_forward(x)
    return residual + x


def block_on_a_copy(x, attention, feed_forward, norm_1, norm_2):
    x = x.copy()
    x += attention(norm_1(x))
    x += feed_forward(norm_2(x))
    return x


def block_by_a_function(x, attention, feed_forward, norm_1, norm_2):
    def residual(layer, norm):
        return lambda stream: np.add(stream, layer(norm(stream)))

    return residual(feed_forward, norm_2)(residual(attention, norm_1)(x))


def block_of_modules(x, attention, feed_forward, norm_1, norm_2):
    return Block(attention, feed_forward, norm_1, norm_2)(torch.tensor(x))


def block_in_single_precision(x, attention, feed_forward, norm_1, norm_2):
    return block_in_two_lines(torch.as_tensor(x).float(), attention, feed_forward, norm_1, norm_2)


def block_of_tensors_only(x, attention, feed_forward, norm_1, norm_2):
    x = torch.add(x, attention(norm_1(x)))
    return torch.add(x, feed_forward(norm_2(x)))


def block_by_rows_where_rows_are_apart(x, attention, feed_forward, norm_1, norm_2):
    mixed = attention([norm_1(row) for row in x])
    rows = []
    for row, context in zip(x, mixed):
        middle = row + context
        rows.append((middle + feed_forward(norm_2(middle))).tolist())
    return rows


def exps_over_sum(logits):
    exps = np.exp(logits - np.max(logits))
    return exps / exps.sum()


def next_by_topk(logits, temperature, top_k):
    values, places = torch.topk(torch.as_tensor(logits), top_k)
    probabilities = torch.zeros(len(logits), dtype=values.dtype)
    return probabilities.scatter(0, places, torch.softmax(values / temperature, 0))


def next_by_argsort(logits, temperature, top_k):
    probabilities = np.zeros_like(logits)
    places = np.argsort(logits)[-top_k:]
    probabilities[places] = exps_over_sum(logits[places] / temperature)
    return probabilities


def next_as_in_gpt(logits, temperature, top_k):
    logits = torch.as_tensor(logits) / temperature
    v, _ = torch.topk(logits, min(top_k, logits.size(-1)))
    logits[logits < v[-1]] = -float("inf")
    return F.softmax(logits, dim=-1)


def next_by_loops(logits, temperature, top_k):
    kept = sorted(range(len(logits)), key=lambda i: -logits[i])[:top_k]
    highest = max(logits)
    total = sum(math.exp((logits[i] - highest) / temperature) for i in kept)
    return [math.exp((x - highest) / temperature) / total if i in kept else 0 for i, x in enumerate(logits)]


def next_chosen_after_the_softmax(logits, temperature, top_k):
    p = exps_over_sum(logits / temperature)
    p[np.argsort(-p)[top_k:]] = 0
    return p / p.sum()


def next_by_powers(logits, temperature, top_k):
    p = exps_over_sum(np.where(np.argsort(np.argsort(-logits)) < top_k, logits, -np.inf)) ** (1 / temperature)
    return p / np.sum(p)


def next_with_a_very_low_score(logits, temperature, top_k):
    scaled = logits / temperature
    return exps_over_sum(np.where(scaled >= np.partition(scaled, -top_k)[-top_k], scaled, -1e9))


def next_with_tensors_only(logits, temperature, top_k):
    cut = logits.sort(descending=True).values[top_k - 1]
    return logits.masked_fill(logits < cut, -torch.inf).div(temperature).softmax(-1)


def loss_in_a_loop(logits, tokens):
    losses = []
    for t in range(len(tokens) - 1):
        p = exps_over_sum(logits[t])
        losses.append(-np.log(p[tokens[t + 1]]))
    return sum(losses) / len(losses)


def loss_with_a_short_table(logits, tokens):
    logits, wanted = logits[:-1], tokens[1:]
    log_p = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    return -log_p[np.arange(len(wanted)), wanted].mean()


def loss_of_pytorch(logits, tokens):
    return F.cross_entropy(torch.tensor(logits[:-1]).float(), torch.tensor(tokens[1:]))


def loss_by_gathering(logits, tokens):
    return -logits.log_softmax(-1)[:-1].gather(1, tokens[1:, None]).mean()


def loss_by_one_hot(logits, tokens):
    log_p = logits[:-1] - np.logaddexp.reduce(logits[:-1], axis=1, keepdims=True)
    return -(log_p * np.eye(logits.shape[1])[tokens[1:]]).sum() / (len(tokens) - 1)


def loss_by_take(logits, tokens):
    log_p = np.log(np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True))
    return float(np.mean(-np.take_along_axis(log_p[:-1], tokens[1:, None], axis=1)))


def loss_ignoring_the_last(logits, tokens):
    wanted = torch.cat([torch.tensor(tokens[1:]), torch.tensor([-100])])  # F.cross_entropy leaves -100 out
    return F.cross_entropy(torch.tensor(logits), wanted)


RIGHT = [
    *(("6.1", answer) for answer in (block_in_two_lines, block_in_one_line, block_with_named_residuals)),
    *(("6.1", answer) for answer in (block_on_a_copy, block_by_a_function, block_of_modules)),
    *(("6.1", answer) for answer in (block_in_single_precision, block_of_tensors_only)),
    ("6.1", block_by_rows_where_rows_are_apart),
    *(("6.3", answer) for answer in (next_by_topk, next_by_argsort, next_as_in_gpt, next_by_loops)),
    *(("6.3", answer) for answer in (next_chosen_after_the_softmax, next_by_powers)),
    *(("6.3", answer) for answer in (next_with_a_very_low_score, next_with_tensors_only)),
    *(("6.4", answer) for answer in (5050, 5050.0, "5050", 100 * 101 / 2, np.tril(np.ones((100, 100))).sum())),
    *(("6.5", answer) for answer in ((2, "t"), [2, "T"], (np.int64(2), " t "), (2.0, "'t'"))),
    *(("6.2", answer) for answer in (loss_in_a_loop, loss_with_a_short_table, loss_of_pytorch, loss_by_gathering)),
    *(("6.2", answer) for answer in (loss_by_one_hot, loss_by_take, loss_ignoring_the_last)),
    ("6.2", lambda logits, tokens: as_it_came(logits, tokens[1:])),  # one token less makes one pair less
]


@pytest.mark.parametrize(("exercise_id", "answer"), RIGHT)
def test_a_right_answer_found_another_way_passes(exercise_id, answer):
    result = check(exercise_id, answer)
    assert result.status == "passed", result


def normed_in_place(x, attention, feed_forward, norm_1, norm_2):
    x = norm_1(x)
    x = x + attention(x)
    x = norm_2(x)
    x = x + feed_forward(x)
    return x


def saved_too_late(x, attention, feed_forward, norm_1, norm_2):
    x = x + attention(norm_1(x))
    x = norm_2(x)
    residual = x
    return feed_forward(x) + residual


def add_and_norm(x, attention, feed_forward, norm_1, norm_2):
    return norm_2((h := norm_1(x + attention(x))) + feed_forward(h))


def as_the_paper_is_misread(x, attention, feed_forward, norm_1, norm_2):
    h = x + norm_1(attention(x))
    return h + norm_2(feed_forward(h))


def chained(x, attention, feed_forward, norm_1, norm_2):
    for layer in (norm_1, attention, norm_2, feed_forward):
        x = layer(x)
    return x


def names_mixed_up(x, attention, feed_forward, norm_1, norm_2):
    a = attention(norm_1(x))
    h = x + a
    return x + feed_forward(norm_2(h))


def side_by_side(x, attention, feed_forward, norm_1, norm_2):
    a = attention(norm_1(x))
    f = feed_forward(norm_2(x))
    return x + a + f


def same_norm(x, attention, feed_forward, norm_1, norm_2):
    h = attention(norm_1(x)) + x
    return feed_forward(norm_1(h)) + h


def brackets(x, attention, feed_forward, norm_1, norm_2):
    h = attention(norm_1(x) + x)
    return feed_forward(norm_2(h) + h)


def norm_forgotten(x, attention, feed_forward, norm_1, norm_2):
    x = attention(norm_1(x)) + x
    return feed_forward(x) + x


def takes_the_context(x, attention, feed_forward, norm_1, norm_2):
    context, weights = attention(norm_1(x))
    x = x + context
    return x + feed_forward(norm_2(x))


def takes_the_first(x, attention, feed_forward, norm_1, norm_2):
    h = x + attention(norm_1(x))[0]
    return h + feed_forward(norm_2(h))


def three_arguments(x, attention, feed_forward, norm_1, norm_2):
    n = norm_1(x)
    x = x + attention(n, n, n)
    return x + feed_forward(norm_2(x))


def row_by_row(x, attention, feed_forward, norm_1, norm_2):
    rows = []
    for row in x:
        row = row + attention(norm_1(row))
        rows.append(row + feed_forward(norm_2(row)))
    return rows


def position_by_position(x, attention, feed_forward, norm_1, norm_2):
    out = np.zeros_like(x)
    for t in range(len(x)):
        h = x[t : t + 1] + attention(norm_1(x[t : t + 1]))
        out[t] = h + feed_forward(norm_2(h))
    return out


def thinks_before_it_looks(x, attention, feed_forward, norm_1, norm_2):
    x = x + feed_forward(norm_2(x))
    return x + attention(norm_1(x))


def in_place(x, attention, feed_forward, norm_1, norm_2):
    x += attention(norm_1(x))
    x += feed_forward(norm_2(x))
    return x


def masked_softmax(logits, kept, temperature):
    return exps_over_sum(np.where(kept, logits, -np.inf) / temperature)


def strictly_above(logits, temperature, top_k):
    return masked_softmax(logits, logits > np.sort(logits)[-top_k], temperature)


def counted_from_one(logits, temperature, top_k):
    cut = np.sort(logits)[::-1][min(top_k, len(logits) - 1)]
    return masked_softmax(logits, logits >= cut, temperature)


def strictly_above_the_next(logits, temperature, top_k):
    return masked_softmax(logits, logits > sorted(logits)[::-1][top_k], temperature)


def cut_from_the_wrong_end(logits, temperature, top_k):
    return masked_softmax(logits, logits >= np.sort(logits)[min(top_k, len(logits) - 1)], temperature)


def argsort_upwards(logits, temperature, top_k):
    p = np.zeros(len(logits))
    places = np.argsort(logits)[:top_k]
    p[places] = exps_over_sum(logits[places] / temperature)
    return p


def smallest_without_maximum(logits, temperature, top_k):
    p = np.exp(logits / temperature)
    p[np.argsort(logits)[top_k:]] = 0
    return p / p.sum()


def not_the_largest(logits, temperature, top_k):
    logits = logits.copy()
    logits[np.argsort(-logits)[:top_k]] = -np.inf
    return exps_over_sum(logits / temperature)


def multiplied_with_the_mask(logits, temperature, top_k):
    return exps_over_sum(logits * (logits >= np.sort(logits)[-top_k]) / temperature)


def cut_after(logits, temperature, top_k):
    p = exps_over_sum(logits / temperature)
    return np.where(p >= np.sort(p)[-top_k], p, 0)


def values_of_topk(logits, temperature, top_k):
    return torch.softmax(torch.topk(torch.tensor(logits), top_k).values / temperature, -1)


def sorted_and_left_so(logits, temperature, top_k):
    logits = -np.sort(-logits)
    logits[top_k:] = -np.inf
    return exps_over_sum(logits / temperature)


def ranks_of_argsort(logits, temperature, top_k):
    return masked_softmax(logits, (-logits).argsort() < top_k, temperature)


def drawn(logits, temperature, top_k):
    return np.random.choice(len(logits), p=next_by_argsort(logits, temperature, top_k))


def drawn_by_torch(logits, temperature, top_k):
    return torch.multinomial(next_by_topk(logits, temperature, top_k), 1)


def hot_is_sharp(logits, temperature, top_k):
    return masked_softmax(logits * temperature, logits >= np.sort(logits)[-top_k], 1)


def cooled_at_the_end(logits, temperature, top_k):
    return next_by_argsort(logits, 1, top_k) / temperature


def cooled_at_the_end_and_shared_out(logits, temperature, top_k):
    p = next_by_argsort(logits, 1, top_k) / temperature
    return p / p.sum()


def log_p_cooled(logits, temperature, top_k):
    with np.errstate(divide="ignore"):
        return np.exp(np.log(next_by_argsort(logits, 1, top_k)) / temperature)


def cooled_twice(logits, temperature, top_k):
    return next_by_argsort(logits / temperature, temperature, top_k)


def softmax_of_probabilities(logits, temperature, top_k):
    return next_by_argsort(exps_over_sum(logits), temperature, top_k)


def overflows(logits, temperature, top_k):
    exps = np.exp(np.where(logits >= np.sort(logits)[-top_k], logits, -np.inf) / temperature)
    return exps / exps.sum()


def overflows_then_cuts(logits, temperature, top_k):
    p = np.exp(logits / temperature) / np.exp(logits / temperature).sum()
    p = p * (logits >= np.sort(logits)[-top_k])
    return p / p.sum()


def mask_written_into_the_logits(logits, temperature, top_k):
    logits[logits < np.sort(logits)[-top_k]] = -np.inf
    return exps_over_sum(logits / temperature)


def low_but_not_lowest(logits, temperature, top_k):
    filled = np.where(logits < np.sort(logits)[-top_k], -100, logits)
    return exps_over_sum(filled / temperature)


def log_softmax(logits):
    return logits - np.log(np.exp(logits).sum(-1, keepdims=True))


def as_it_came(logits, tokens):
    log_p = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    return -log_p[np.arange(len(tokens)), tokens].mean()


def by_cross_entropy_unshifted(logits, tokens):
    return F.cross_entropy(torch.tensor(logits), torch.tensor(tokens))


def both_cut_at_the_end(logits, tokens):
    return as_it_came(logits[:-1], tokens[:-1])


def both_cut_at_the_front(logits, tokens):
    return as_it_came(logits[1:], tokens[1:])


def backwards(logits, tokens):
    return np.mean([-log_softmax(logits)[t, tokens[t - 1]] for t in range(1, len(tokens))])


def before_the_first_stands_the_last(logits, tokens):
    return np.mean([-log_softmax(logits)[t, tokens[t - 1]] for t in range(len(tokens))])


def in_a_ring(logits, tokens):
    return np.mean([-log_softmax(logits)[t - 1, tokens[t]] for t in range(len(tokens))])


def shifted_again(logits, tokens):
    logits, tokens = logits[:-1], tokens[1:]
    return by_cross_entropy_unshifted(logits[:-1], tokens[1:])


def divided_by_T(logits, tokens):
    total = 0
    for t in range(len(tokens) - 1):
        total -= log_softmax(logits)[t, tokens[t + 1]]
    return total / len(tokens)


def base_2(logits, tokens):
    p = np.exp(log_softmax(logits))
    return -np.log2(p[np.arange(len(tokens) - 1), tokens[1:]]).mean()


def whole_table(logits, tokens):
    return -log_softmax(logits)[:-1, tokens[1:]].mean()


def cross_entropy_of_probabilities(logits, tokens):
    return F.cross_entropy(torch.softmax(torch.tensor(logits), -1)[:-1], torch.tensor(tokens)[1:])


def one_index_too_far(logits, tokens):
    return -sum(log_softmax(logits)[t, tokens[t + 1]] for t in range(len(tokens))) / len(tokens)


def wrong_axis(logits, tokens):
    log_p = logits - np.log(np.exp(logits).sum(0))
    return -log_p[np.arange(len(tokens) - 1), tokens[1:]].mean()


def every_row(logits, tokens):
    return -log_softmax(logits)[np.arange(len(tokens) - 1), tokens[1:]]


def no_logarithm(logits, tokens):
    p = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    return -p[np.arange(len(tokens) - 1), tokens[1:]].mean()


PAIRS = np.arange(1, 101)
FIRST_ONES_ALIKE = "the first ones kept, and equal shares"
WRONG = [
    ("6.1", add_and_norm, "post-norm"),
    ("6.1", as_the_paper_is_misread, "norm on the way out"),
    ("6.1", normed_in_place, "both residuals from the normalised x"),
    ("6.1", saved_too_late, "second residual from the normalised middle"),
    ("6.1", chained, "no residual"),
    ("6.1", names_mixed_up, "second residual from the first x"),
    ("6.1", side_by_side, "feed-forward network reads the first x"),
    ("6.1", same_norm, "norm_1 twice"),
    ("6.1", norm_forgotten, "no norm before the feed-forward network"),
    ("6.1", brackets, "residual inside the layer"),
    ("6.1", takes_the_context, "weights unpacked"),
    ("6.1", takes_the_first, "first row of attention"),
    ("6.1", three_arguments, "query, key and value handed over"),
    ("6.1", row_by_row, "one row at a time"),
    ("6.1", position_by_position, "each position by itself"),
    ("6.1", thinks_before_it_looks, "feed-forward network first"),
    ("6.1", in_place, "input changed in place"),
    ("6.1", lambda x, a, f, n1, n2: x + a(n1(x)), "attention only"),
    ("6.1", lambda x, a, f, n1, n2: x + f(n2(a(n1(x)))), "one residual around both"),
    ("6.1", lambda x, a, f, n1, n2: x + a(x) + f(x + a(x)), "no norm"),
    ("6.1", lambda x, a, f, n1, n2: print(x + a(n1(x))), "no return"),
    (
        "6.1",
        lambda x, a, f, n1, n2: f(n2(n1(x + a(x)))),
        "first half: post-norm; second half: no residual",
    ),
    ("6.1", lambda x, a, f, n1, n2: (x + a(n1(x))) * f(n2(x + a(n1(x)))), "first half: right; second half: multiplied"),
    ("6.2", lambda x, y: -as_it_came(x, y), "not shifted, and sign forgotten"),
    ("6.3", lambda x, t, k: (np.arange(len(x)) < k) / k, FIRST_ONES_ALIKE),
    ("6.4", 351, "the lesson's 26 tokens"),
    ("6.5", (6, "k"), "place 6, token k"),
    ("6.3", strictly_above, "one too few"),
    ("6.3", counted_from_one, "one too many"),
    ("6.3", strictly_above_the_next, "nothing below to compare with, in a list"),
    ("6.3", lambda x, t, k: masked_softmax(x, x > np.sort(x)[-k - 1], t), "nothing below to compare with"),
    (
        "6.3",
        lambda x, t, k: masked_softmax(x, x > np.flip(np.sort(x))[k], t),
        "nothing below to compare with, counted from the largest",
    ),
    ("6.3", cut_from_the_wrong_end, "top_k removed instead of kept"),
    ("6.3", argsort_upwards, "the smallest kept"),
    ("6.3", smallest_without_maximum, "the smallest kept"),
    ("6.3", lambda x, t, k: masked_softmax(x, x >= np.partition(x, k - 1)[k - 1], t), "counted from the smallest"),
    ("6.3", lambda x, t, k: masked_softmax(x, x <= sorted(x)[-k], t), "all up to the cut kept"),
    ("6.3", not_the_largest, "the largest removed"),
    ("6.3", multiplied_with_the_mask, "zero instead of minus infinity"),
    ("6.3", cut_after, "not shared out again"),
    ("6.3", values_of_topk, "only the kept ones, largest first"),
    ("6.3", sorted_and_left_so, "sorted, largest first"),
    ("6.3", ranks_of_argsort, "argsort taken for ranks"),
    ("6.3", drawn, "a token instead of probabilities"),
    ("6.3", drawn_by_torch, "a token instead of probabilities"),
    ("6.3", lambda x, t, k: int(np.argmax(x)), "a token instead of probabilities"),
    ("6.3", hot_is_sharp, "temperature multiplied"),
    ("6.3", cooled_at_the_end, "probabilities divided by the temperature"),
    ("6.3", cooled_at_the_end_and_shared_out, "temperature ignored"),
    ("6.3", log_p_cooled, "powers not shared out again"),
    ("6.3", cooled_twice, "temperature twice"),
    ("6.3", softmax_of_probabilities, "softmax twice"),
    ("6.3", overflows, "no maximum subtracted"),
    ("6.3", overflows_then_cuts, "no maximum subtracted before the choice"),
    ("6.3", low_but_not_lowest, "fill not low enough"),
    ("6.3", lambda x, t, k: exps_over_sum(x / t), "top_k ignored"),
    ("6.3", mask_written_into_the_logits, "input changed in place"),
    ("6.4", 100 * 100, "the full square"),
    ("6.4", 338_350 - 5_050, "what the cache saves"),
    ("6.4", 328_350, "without a cache, and the newest left out"),
    ("6.4", 100 * 99 / 2, "itself not counted"),
    ("6.4", (PAIRS**2).sum(), "without a cache"),
    ("6.4", PAIRS.cumsum().sum(), "without a cache, with a mask"),
    ("6.4", "100", "one pair for each token"),
    ("6.4", 5151, "start counted"),
    ("6.4", 5000, "half of the square"),
    ("6.4", 5051, "one too many or too few"),
    ("6.5", (1, "t"), "looks at the same token"),
    ("6.5", [3, "T"], "counted from 1"),
    ("6.5", (4, "k"), "previous token"),
    ("6.5", (3, "m"), "one too far"),
    ("6.5", "t", "only the token"),
    ("6.5", ("t", 2), "token before position"),
    ("6.2", as_it_came, "not shifted"),
    ("6.2", by_cross_entropy_unshifted, "not shifted"),
    ("6.2", both_cut_at_the_end, "not shifted, the last left out"),
    ("6.2", both_cut_at_the_front, "not shifted, the first left out"),
    ("6.2", backwards, "shifted the wrong way"),
    ("6.2", before_the_first_stands_the_last, "rolled round the wrong way"),
    ("6.2", in_a_ring, "rolled round"),
    ("6.2", shifted_again, "shifted by two"),
    ("6.2", divided_by_T, "divided by the number of tokens"),
    ("6.2", base_2, "bits instead of nats"),
    ("6.2", whole_table, "every step with every token"),
    ("6.2", cross_entropy_of_probabilities, "softmax twice"),
    ("6.2", one_index_too_far, "one step beyond the end"),
    ("6.2", lambda x, y: -log_softmax(x)[np.arange(len(y)), y[1:]].mean(), "tokens shifted, steps not"),
    ("6.2", lambda x, y: -log_softmax(x)[np.arange(len(y) - 1), y].mean(), "steps shortened, tokens not"),
    ("6.2", lambda x, y: -log_softmax(x)[np.arange(len(y)), y + 1].mean(), "one added to the token"),
    ("6.2", wrong_axis, "softmax over the positions"),
    ("6.2", every_row, "one loss for each prediction"),
    ("6.2", no_logarithm, "softmax without logarithm"),
    ("6.2", lambda x, y: np.exp(loss_by_take(x, y)), "perplexity"),
    ("6.2", lambda x, y: log_softmax(x)[np.arange(len(y) - 1), y[1:]].mean(), "sign forgotten"),
    ("6.2", lambda x, y: F.cross_entropy(x[:-1], y[1:], reduction="sum"), "sum instead of mean"),
    ("6.2", lambda x, y: -x[np.arange(len(y) - 1), y[1:]].mean(), "no softmax"),
]


@pytest.mark.parametrize(("exercise_id", "answer", "misconception"), WRONG)
def test_a_learners_mistake_is_recognised(exercise_id, answer, misconception):
    result = check(exercise_id, answer)
    assert (result.status, result.misconception) == ("failed", misconception), result


def test_the_right_block_is_that_of_pytorch():
    torch.manual_seed(0)
    layer = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, norm_first=True, batch_first=True).double().eval()
    x = torch.randn(5, 8, dtype=torch.double)
    with torch.no_grad():
        ours = exercises.PRE_NORM.right(
            x,
            lambda h: layer.self_attn(h, h, h, need_weights=False)[0],
            lambda h: layer.linear2(torch.relu(layer.linear1(h))),
            layer.norm1,
            layer.norm2,
        )
        torch.testing.assert_close(ours, layer(x[None])[0])


@pytest.mark.parametrize("case", exercises.PRE_NORM.cases, ids=lambda case: f"{case[0].shape}")
def test_the_layers_of_the_cases_are_what_they_are_called(case):
    """attention mixes positions, the others do not; none is linear; all take arrays, lists and tensors."""
    x, attention, feed_forward, norm_1, norm_2 = case
    other = x.copy()
    other[-1] += [1.0, -2.0] + [0.0] * (x.shape[1] - 2)
    for layer in (attention, feed_forward, norm_1, norm_2):
        before, result = x.copy(), layer(x)
        assert ((layer(other) != result)[:-1].any()) == (layer is attention)
        assert not np.allclose(layer(2 * x), 2 * result)
        np.testing.assert_array_equal(layer(x.tolist()), result)
        np.testing.assert_allclose(layer(torch.tensor(x)).numpy(), result)
        np.testing.assert_array_equal(x, before)
    for one, two in itertools.combinations((attention, feed_forward, norm_1, norm_2), 2):
        assert not np.allclose(one(x), two(x))


@pytest.mark.parametrize("case", exercises.SAMPLING.cases, ids=lambda case: f"top {case[2]} of {len(case[0])}")
def test_no_tie_at_the_border(case):
    logits, temperature, top_k = case
    assert len(set(logits.tolist())) == len(logits) and temperature > 0 and 1 <= top_k <= len(logits)
    right = exercises.SAMPLING.right(*case)
    assert (right > 0).sum() == top_k and right.sum() == pytest.approx(1)


@pytest.mark.parametrize(("answer", "shown"), [(338350, "338,350"), (10000.0, "10,000"), (123456.7, "123456.7")])
def test_a_count_is_shown_in_full(answer, shown):
    assert shown in check("6.4", answer).message


def test_functions_among_the_inputs_reach_the_answer_as_they_are():
    outcome = sandbox.call(lambda x, layer: layer is np.tanh, (np.ones(3), np.tanh))
    assert outcome.result is True and outcome.changed_input is None
