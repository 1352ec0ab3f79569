"""Answers from outside to the exercises of lesson 06."""

from functools import partial, reduce

import numpy as np
import torch
import torch.nn.functional as F

from outside_answers import right, wrong


def softmax(logits, axis=-1):
    exps = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return exps / exps.sum(axis=axis, keepdims=True)


def log_softmax(logits):
    return logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True)


def keep_largest(logits, top_k):
    """Minus infinity everywhere but at the top_k largest."""
    kept = np.full(len(logits), -np.inf)
    places = np.argsort(logits)[-top_k:]
    kept[places] = logits[places]
    return kept


# 6.1 Write the block


@right("6.1", "two lines")
def _(x, attention, feed_forward, norm_1, norm_2):
    x = x + attention(norm_1(x))
    return x + feed_forward(norm_2(x))


@right("6.1", "a name for the middle of the stream")
def _(x, attention, feed_forward, norm_1, norm_2):
    middle = attention(norm_1(x)) + x
    return feed_forward(norm_2(middle)) + middle


@right("6.1", "a fold over the two parts")
def _(x, attention, feed_forward, norm_1, norm_2):
    parts = [(attention, norm_1), (feed_forward, norm_2)]
    return reduce(lambda stream, part: stream + part[0](part[1](stream)), parts, x)


@right("6.1", "a copy, added to in place")
def _(x, attention, feed_forward, norm_1, norm_2):
    stream = np.array(x, dtype=float)
    for part, norm in ((attention, norm_1), (feed_forward, norm_2)):
        stream += part(norm(stream))
    return stream


@right("6.1", "helper function inside, np.add")
def _(x, attention, feed_forward, norm_1, norm_2):
    def adding(part, norm, stream):
        return np.add(stream, part(norm(stream)))

    return adding(feed_forward, norm_2, adding(attention, norm_1, x))


@right("6.1", "what each part wrote, summed at the end")
def _(x, attention, feed_forward, norm_1, norm_2):
    by_attention = attention(norm_1(x))
    by_feed_forward = feed_forward(norm_2(x + by_attention))
    return np.sum([x, by_attention, by_feed_forward], axis=0)


right("6.1", "a lambda with a walrus")(
    lambda x, attention, feed_forward, norm_1, norm_2: (h := x + attention(norm_1(x))) + feed_forward(norm_2(h))
)


class PreNormBlock:
    def __call__(self, x, attention, feed_forward, norm_1, norm_2):
        self.stream = x
        self.add(attention(norm_1(self.stream)))
        self.add(feed_forward(norm_2(self.stream)))
        return self.stream

    def add(self, written):
        self.stream = self.stream + written


right("6.1", "an object of a class")(PreNormBlock())


@wrong("6.1", "post-norm, as in 2017", named="post-norm")
def _(x, attention, feed_forward, norm_1, norm_2):
    x = norm_1(x + attention(x))
    return norm_2(x + feed_forward(x))


@wrong("6.1", "adds to the normed copy, not to the stream", named="both residuals from the normalised x")
def _(x, attention, feed_forward, norm_1, norm_2):
    x = norm_1(x)
    x = x + attention(x)
    x = norm_2(x)
    return x + feed_forward(x)


@wrong("6.1", "nothing is added: each part replaces the stream", named="no residual")
def _(x, attention, feed_forward, norm_1, norm_2):
    x = attention(norm_1(x))
    return feed_forward(norm_2(x))


@wrong("6.1", "both parts side by side, reading the same x", named="feed-forward network reads the first x")
def _(x, attention, feed_forward, norm_1, norm_2):
    return x + attention(norm_1(x)) + feed_forward(norm_2(x))


@wrong("6.1", "second addition goes back to the first x", named="second residual from the first x")
def _(x, attention, feed_forward, norm_1, norm_2):
    h = x + attention(norm_1(x))
    return x + feed_forward(norm_2(h))


@wrong("6.1", "one way around for the whole block, not for each part", named="one residual around both")
def _(x, attention, feed_forward, norm_1, norm_2):
    return x + feed_forward(norm_2(attention(norm_1(x))))


@wrong("6.1", "norm of what the part wrote, then added", named="norm on the way out")
def _(x, attention, feed_forward, norm_1, norm_2):
    x = x + norm_1(attention(x))
    return x + norm_2(feed_forward(x))


@wrong("6.1", "first norm used in both places", named="norm_1 twice")
def _(x, attention, feed_forward, norm_1, norm_2):
    x = x + attention(norm_1(x))
    return x + feed_forward(norm_1(x))


@wrong("6.1", "no norm before the feed-forward network", named="no norm before the feed-forward network")
def _(x, attention, feed_forward, norm_1, norm_2):
    x = x + attention(norm_1(x))
    return x + feed_forward(x)


@wrong("6.1", "feed-forward network before attention", named="feed-forward network first")
def _(x, attention, feed_forward, norm_1, norm_2):
    x = x + feed_forward(norm_2(x))
    return x + attention(norm_1(x))


@wrong("6.1", "takes [0]: attention thought to give back weights too", named="first row of attention")
def _(x, attention, feed_forward, norm_1, norm_2):
    x = x + attention(norm_1(x))[0]
    return x + feed_forward(norm_2(x))


@wrong("6.1", "adds to the caller's x in place", named="input changed in place")
def _(x, attention, feed_forward, norm_1, norm_2):
    x += attention(norm_1(x))
    x += feed_forward(norm_2(x))
    return x


@wrong("6.1", "norms exchanged", named="norms exchanged")
def _(x, attention, feed_forward, norm_1, norm_2):
    x = x + attention(norm_2(x))
    return x + feed_forward(norm_1(x))


@wrong("6.1", "addition only around attention", named="no residual around the feed-forward network")
def _(x, attention, feed_forward, norm_1, norm_2):
    x = x + attention(norm_1(x))
    return feed_forward(norm_2(x))


@wrong("6.1", "only what the block adds, without x", named="only what is added")
def _(x, attention, feed_forward, norm_1, norm_2):
    written = attention(norm_1(x))
    return written + feed_forward(norm_2(x + written))


@wrong("6.1", "attention called with query, key and value", named="query, key and value handed over")
def _(x, attention, feed_forward, norm_1, norm_2):
    y = norm_1(x)
    x = x + attention(y, y, y)
    return x + feed_forward(norm_2(x))


@wrong(
    "6.1",
    "two attentions, the second norm before the second",
    named="attention twice, then the feed-forward network without a norm",
)
def _(x, attention, feed_forward, norm_1, norm_2):
    x = x + attention(norm_1(x))
    x = x + attention(norm_2(x))
    return x + feed_forward(x)


@wrong("6.1", "second addition starts from the normed stream", named="second residual from the normalised middle")
def _(x, attention, feed_forward, norm_1, norm_2):
    x = x + attention(norm_1(x))
    x = norm_2(x)
    return x + feed_forward(x)


@wrong("6.1", "stream normed once more at the end", named="normalised once more at the end")
def _(x, attention, feed_forward, norm_1, norm_2):
    x = x + attention(norm_1(x))
    x = x + feed_forward(norm_2(x))
    return norm_2(x)


@wrong("6.1", "second norm reads the attention's output alone", named="feed-forward network reads attention alone")
def _(x, attention, feed_forward, norm_1, norm_2):
    a = attention(norm_1(x))
    return x + a + feed_forward(norm_2(a))


@wrong(
    "6.1",
    "mean of stream and part, to keep the size",
    named="first half: mean instead of the sum; second half: mean instead of the sum",
)
def _(x, attention, feed_forward, norm_1, norm_2):
    x = (x + attention(norm_1(x))) / 2
    return (x + feed_forward(norm_2(x))) / 2


@wrong("6.1", "no norm before attention, thinks x is normed already", named="no norm before attention")
def _(x, attention, feed_forward, norm_1, norm_2):
    x = x + attention(x)
    return x + feed_forward(norm_2(x))


@wrong("6.1", "second line's result not kept", named="attention only")
def _(x, attention, feed_forward, norm_1, norm_2):
    x = x + attention(norm_1(x))
    x + feed_forward(norm_2(x))
    return x


@wrong("6.1", "forgets to return", named="no return")
def _(x, attention, feed_forward, norm_1, norm_2):
    x = x + attention(norm_1(x))
    x = x + feed_forward(norm_2(x))


# 6.2 Mend: the loss of the next token


@right("6.2", "logits without the last, tokens without the first")
def _(logits, tokens):
    log_p = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    return -log_p[np.arange(len(tokens) - 1), tokens[1:]].mean()


@right("6.2", "PyTorch's cross-entropy, a tensor")
def _(logits, tokens):
    return F.cross_entropy(torch.as_tensor(logits)[:-1], torch.as_tensor(tokens)[1:].long())


@right("6.2", "a loop over pairs of row and next token")
def _(logits, tokens):
    surprises = []
    for row, following in zip(logits, tokens[1:]):
        surprises.append(np.log(sum(np.exp(row))) - row[following])
    return sum(surprises) / len(surprises)


@right("6.2", "one-hot times log-softmax")
def _(logits, tokens):
    wanted = np.eye(logits.shape[1])[tokens[1:]]
    return float(-(wanted * log_softmax(logits[:-1])).sum() / (len(tokens) - 1))


@right("6.2", "take_along_axis, stable, float32")
def _(logits, tokens):
    given = np.asarray(logits[:-1], dtype=np.float32)
    right_ones = np.take_along_axis(given, np.asarray(tokens)[1:, None], axis=-1)[:, 0]
    return np.mean(np.logaddexp.reduce(given, axis=-1) - right_ones)


@right("6.2", "nll_loss of log_softmax, as a number")
def _(logits, tokens):
    log_p = torch.log_softmax(torch.tensor(logits), dim=-1)
    return F.nll_loss(log_p[:-1], torch.tensor(tokens)[1:]).item()


@right("6.2", "minus log of the geometric mean")
def _(logits, tokens):
    p = softmax(logits)
    chances = [p[t, tokens[t + 1]] for t in range(len(tokens) - 1)]
    return -sum(map(np.log, chances)) / len(chances)


@right("6.2", "an array without axes")
def _(logits, tokens):
    log_p = log_softmax(logits)
    return np.asarray(-np.mean([log_p[t - 1, tokens[t]] for t in range(1, len(tokens))]))


@wrong("6.2", "shift the other way: the token before is predicted", named="shifted the wrong way")
def _(logits, tokens):
    log_p = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    return -log_p[np.arange(1, len(tokens)), tokens[:-1]].mean()


@wrong("6.2", "handed in again: each position says itself", named="not shifted")
def _(logits, tokens):
    log_p = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    return -log_p[np.arange(len(tokens)), tokens].mean()


@wrong("6.2", "both shifted by one, so still itself", named="not shifted, the first left out")
def _(logits, tokens):
    logits, tokens = logits[1:], tokens[1:]
    log_p = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    return -log_p[np.arange(len(tokens)), tokens].mean()


@wrong("6.2", "np.roll: the last position must say the first token", named="rolled round")
def _(logits, tokens):
    log_p = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    return -log_p[np.arange(len(tokens)), np.roll(tokens, -1)].mean()


@wrong("6.2", "shifts twice, as a library that shifts inside", named="shifted by two")
def _(logits, tokens):
    log_p = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    return -log_p[np.arange(len(tokens) - 2), tokens[2:]].mean()


@wrong("6.2", "sum for the mean", named="sum instead of mean")
def _(logits, tokens):
    log_p = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    return -log_p[np.arange(len(tokens) - 1), tokens[1:]].sum()


@wrong("6.2", "logits and tokens both without the last one", named="not shifted, the last left out")
def _(logits, tokens):
    logits, tokens = logits[:-1], tokens[:-1]
    log_p = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    return -log_p[np.arange(len(tokens)), tokens].mean()


@wrong("6.2", "minus sign lost", named="sign forgotten")
def _(logits, tokens):
    log_p = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    return log_p[np.arange(len(tokens) - 1), tokens[1:]].mean()


@wrong("6.2", "T predictions in the mean, though there are T - 1", named="divided by the number of tokens")
def _(logits, tokens):
    log_p = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    return -log_p[np.arange(len(tokens) - 1), tokens[1:]].sum() / len(tokens)


@wrong("6.2", "slice in place of an index: all pairs of rows and tokens", named="every step with every token")
def _(logits, tokens):
    log_p = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    return -log_p[:-1, tokens[1:]].mean()


@wrong("6.2", "in bits: logarithm to base 2", named="bits instead of nats")
def _(logits, tokens):
    log_p = np.log2(softmax(logits))
    return -log_p[np.arange(len(tokens) - 1), tokens[1:]].mean()


@wrong("6.2", "tokens shifted, rows not shortened: shapes do not fit", named="tokens shifted, steps not")
def _(logits, tokens):
    log_p = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    return -log_p[np.arange(len(tokens)), tokens[1:]].mean()


@wrong("6.2", "token 0 taken for padding and left out of the mean", named="token 0 taken for padding")
def _(logits, tokens):
    return F.cross_entropy(torch.tensor(logits[:-1]), torch.tensor(tokens[1:]).long(), ignore_index=0).item()


@wrong("6.2", "a loss for each position", named="one loss for each prediction")
def _(logits, tokens):
    log_p = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    return -log_p[np.arange(len(tokens) - 1), tokens[1:]]


@wrong("6.2", "perplexity: exponential of the loss", named="perplexity")
def _(logits, tokens):
    log_p = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    return np.exp(-log_p[np.arange(len(tokens) - 1), tokens[1:]].mean())


@wrong("6.2", "logarithm of the mean probability", named="logarithm of the mean")
def _(logits, tokens):
    p = softmax(logits)
    return -np.log(p[np.arange(len(tokens) - 1), tokens[1:]].mean())


@wrong("6.2", "softmax over the positions: axis 0", named="softmax over the positions")
def _(logits, tokens):
    log_p = logits - np.log(np.exp(logits).sum(0, keepdims=True))
    return -log_p[np.arange(len(tokens) - 1), tokens[1:]].mean()


@wrong("6.2", "probabilities given to a cross-entropy that wants logits", named="softmax twice")
def _(logits, tokens):
    p = torch.softmax(torch.as_tensor(logits), dim=-1)
    return F.cross_entropy(p[:-1], torch.as_tensor(tokens)[1:].long()).item()


@wrong("6.2", "logits not normalised before they are read", named="no softmax")
def _(logits, tokens):
    return -logits[np.arange(len(tokens) - 1), tokens[1:]].mean()


@wrong("6.2", "only the last position predicts, as when writing", named="the last prediction only")
def _(logits, tokens):
    log_p = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    return -log_p[-2, tokens[-1]]


@wrong("6.2", "probability missing to 1, no logarithm", named="probability of the others")
def _(logits, tokens):
    p = softmax(logits)
    return 1 - p[np.arange(len(tokens) - 1), tokens[1:]].mean()


@wrong("6.2", "softmax over whole table", named="softmax over the whole array")
def _(logits, tokens):
    log_p = logits - np.log(np.exp(logits).sum())
    return -log_p[np.arange(len(tokens) - 1), tokens[1:]].mean()


@wrong("6.2", "subtracts the largest in the caller's logits", named="input changed in place")
def _(logits, tokens):
    logits -= logits.max(-1, keepdims=True)
    log_p = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    return -log_p[np.arange(len(tokens) - 1), tokens[1:]].mean()


@wrong("6.2", "entropy of the predictions, tokens not asked", named="entropy of the predictions")
def _(logits, tokens):
    p = softmax(logits[:-1])
    return -(p * np.log(p)).sum(-1).mean()


@wrong("6.2", "surprise of the likeliest token", named="likeliest token")
def _(logits, tokens):
    return -log_softmax(logits[:-1]).max(-1).mean()


@wrong("6.2", "prints the loss and returns nothing", named="no return")
def _(logits, tokens):
    log_p = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    print(-log_p[np.arange(len(tokens) - 1), tokens[1:]].mean())


# 6.3 Write next_probabilities


@right("6.3", "sort, minus infinity, softmax")
def _(logits, temperature, top_k):
    kept = np.full(len(logits), -np.inf)
    best = np.argsort(logits)[::-1][:top_k]
    kept[best] = np.asarray(logits)[best] / temperature
    exps = np.exp(kept - kept.max())
    return exps / exps.sum()


@right("6.3", "all below the k-th largest closed")
def _(logits, temperature, top_k):
    logits = np.asarray(logits, dtype=float)
    threshold = np.sort(logits)[::-1][: min(top_k, len(logits))][-1]
    scaled = np.where(logits >= threshold, logits / temperature, -np.inf)
    return softmax(scaled)


@right("6.3", "top-k first, temperature after it")
def _(logits, temperature, top_k):
    return softmax(keep_largest(np.asarray(logits), top_k) / temperature)


@right("6.3", "torch.topk and scatter")
def _(logits, temperature, top_k):
    logits = torch.as_tensor(logits)
    best, places = torch.topk(logits, min(top_k, len(logits)))
    return torch.zeros_like(logits).scatter(0, places, torch.softmax(best / temperature, dim=-1))


@right("6.3", "powers of probabilities, cut and shared out anew")
def _(logits, temperature, top_k):
    p = softmax(np.asarray(logits)) ** (1 / temperature)
    out = np.argsort(p)[: max(0, len(p) - top_k)]
    p[out] = 0
    return p / p.sum()


@right("6.3", "a list of numbers, one by one")
def _(logits, temperature, top_k):
    ranked = sorted(range(len(logits)), key=lambda i: logits[i], reverse=True)[:top_k]
    highest = logits[ranked[0]]
    exps = {i: np.exp((logits[i] - highest) / temperature) for i in ranked}
    total = sum(exps.values())
    return [exps[i] / total if i in exps else 0.0 for i in range(len(logits))]


@right("6.3", "softmax of all, then zeros, then a share of what is left")
def _(logits, temperature, top_k):
    p = torch.softmax(torch.tensor(logits, dtype=torch.float32) / temperature, dim=0)
    keep = p.argsort(descending=True).argsort() < top_k
    return (p * keep / p[keep].sum()).numpy()


@right("6.3", "with a batch axis of one")
def _(logits, temperature, top_k):
    return softmax(keep_largest(np.asarray(logits), top_k)[None] / temperature)


@right("6.3", "closed with -1e9, as many do")
def _(logits, temperature, top_k):
    scaled = np.full(len(logits), -1e9)
    places = np.argpartition(-np.asarray(logits), min(top_k, len(logits)) - 1)[:top_k]
    scaled[places] = np.asarray(logits)[places] / temperature
    return torch.tensor(scaled, requires_grad=True).softmax(-1)


def _chances(share_out, logits, temperature, top_k):
    return share_out(keep_largest(np.asarray(logits) / temperature, top_k))


right("6.3", "a functools.partial")(partial(_chances, softmax))


@wrong("6.3", "times the temperature", named="temperature multiplied")
def _(logits, temperature, top_k):
    return softmax(keep_largest(logits * temperature, top_k))


@wrong(
    "6.3",
    "probabilities divided by the temperature, after the softmax",
    named="probabilities divided by the temperature",
)
def _(logits, temperature, top_k):
    return softmax(keep_largest(logits, top_k)) / temperature


@wrong("6.3", "not shared out anew after the cut", named="not shared out again")
def _(logits, temperature, top_k):
    p = softmax(logits / temperature)
    p[np.argsort(p)[:-top_k]] = 0
    return p


@wrong("6.3", "top_k read as the share to be covered: top-p", named="top_k ignored")
def _(logits, temperature, top_k):
    p = softmax(logits / temperature)
    order = np.argsort(p)[::-1]
    out = order[np.cumsum(p[order]) > top_k]
    p[out] = 0
    return p / p.sum()


@wrong("6.3", "divides with //, so logits are rounded down", named="logits rounded down")
def _(logits, temperature, top_k):
    return softmax(keep_largest(logits // temperature, top_k))


@wrong("6.3", "closed logits set to 0, which still get weight", named="zero instead of minus infinity")
def _(logits, temperature, top_k):
    scaled = logits / temperature
    threshold = np.sort(scaled)[-top_k]
    return softmax(np.where(scaled >= threshold, scaled, 0.0))


@wrong("6.3", "keeps one too few: strictly above the k-th", named="one too few")
def _(logits, temperature, top_k):
    scaled = logits / temperature
    threshold = np.sort(scaled)[-top_k]
    exps = np.where(scaled > threshold, np.exp(scaled), 0.0)
    return exps / exps.sum()


@wrong("6.3", "keeps one too many: sorted from 0, index top_k", named="one too many")
def _(logits, temperature, top_k):
    scaled = logits / temperature
    threshold = np.sort(scaled)[::-1][top_k]
    return softmax(np.where(scaled >= threshold, scaled, -np.inf))


@wrong("6.3", "keeps the k smallest: order of argsort", named="the smallest kept")
def _(logits, temperature, top_k):
    scaled = np.full(len(logits), -np.inf)
    best = np.argsort(logits)[:top_k]
    scaled[best] = logits[best] / temperature
    return softmax(scaled)


@wrong("6.3", "only the k probabilities, the others left out", named="only the kept ones, largest first")
def _(logits, temperature, top_k):
    best = np.argsort(logits)[::-1][:top_k]
    return softmax(logits[best] / temperature)


@wrong("6.3", "keeps the first k tokens of the vocabulary", named="the first ones kept")
def _(logits, temperature, top_k):
    scaled = logits / temperature
    scaled[top_k:] = -np.inf
    return softmax(scaled)


@wrong("6.3", "top_k forgotten", named="top_k ignored")
def _(logits, temperature, top_k):
    return softmax(logits / temperature)


@wrong("6.3", "temperature forgotten", named="temperature ignored")
def _(logits, temperature, top_k):
    return softmax(keep_largest(logits, top_k))


@wrong("6.3", "probabilities sorted, likeliest first, places lost", named="sorted, largest first")
def _(logits, temperature, top_k):
    best = np.sort(logits)[::-1][:top_k]
    return np.concatenate([softmax(best / temperature), np.zeros(len(logits) - top_k)])


@wrong("6.3", "draws a token instead of giving the probabilities", named="a token instead of probabilities")
def _(logits, temperature, top_k):
    p = softmax(keep_largest(logits / temperature, top_k))
    return int(np.random.default_rng(0).choice(len(p), p=p))


@wrong("6.3", "divides the exponentials by the temperature", named="temperature ignored")
def _(logits, temperature, top_k):
    exps = np.exp(keep_largest(logits, top_k)) / temperature
    return exps / exps.sum()


@wrong("6.3", "writes minus infinity into the caller's logits", named="input changed in place")
def _(logits, temperature, top_k):
    logits[np.argsort(logits)[: len(logits) - top_k]] = -np.inf
    return softmax(logits / temperature)


@wrong("6.3", "softmax once more over the cut probabilities", named="softmax twice, the second over all")
def _(logits, temperature, top_k):
    p = softmax(keep_largest(logits / temperature, top_k))
    return softmax(p)


@wrong("6.3", "gives back logits, scaled and cut", named="logits instead of probabilities")
def _(logits, temperature, top_k):
    return keep_largest(logits / temperature, top_k)


@wrong("6.3", "temperature applied twice, before the cut and after", named="temperature twice")
def _(logits, temperature, top_k):
    scaled = logits / temperature
    return softmax(keep_largest(scaled, top_k) / temperature)


@wrong("6.3", "probabilities to the power of the temperature", named="temperature multiplied")
def _(logits, temperature, top_k):
    p = softmax(keep_largest(logits, top_k)) ** temperature
    return p / p.sum()


@wrong("6.3", "logarithms of the probabilities", named="logarithms of the probabilities")
def _(logits, temperature, top_k):
    return log_softmax(keep_largest(logits / temperature, top_k))


@wrong("6.3", "all of it on the likeliest one: greedy", named="everything to the largest")
def _(logits, temperature, top_k):
    return np.eye(len(logits))[np.argmax(logits)]


@wrong("6.3", "equal chances among the k kept", named="equal shares")
def _(logits, temperature, top_k):
    p = np.zeros(len(logits))
    p[np.argsort(logits)[-top_k:]] = 1 / top_k
    return p


@wrong("6.3", "only divides by the sum, logits not exponentiated", named="no exponential")
def _(logits, temperature, top_k):
    kept = np.where(logits >= np.sort(logits)[-top_k], logits / temperature, 0)
    return kept / kept.sum()


@wrong("6.3", "top_k and temperature exchanged", named="arguments in another order")
def _(logits, top_k, temperature):
    return softmax(keep_largest(logits, top_k) / temperature)


@wrong("6.3", "forgets to return", named="no return")
def _(logits, temperature, top_k):
    p = softmax(keep_largest(logits / temperature, top_k))
    assert np.isclose(p.sum(), 1)


# 6.4 Predict: pairs scored with a cache

right("6.4", "1 + 2 + ... + 100")(sum(range(1, 101)))
right("6.4", "as text")("5050")
right("6.4", "as a float")(100 * 101 / 2)
right("6.4", "as np.float32")(np.float32(5050))
right("6.4", "as a tensor")(torch.arange(1, 101).sum())
right("6.4", "counted in a triangle")(np.tri(100, dtype=int).sum())
right("6.4", "summed up as floats")(np.cumsum(np.ones(100)).sum())
right("6.4", "text with a comma for the thousands")("5,050")

wrong("6.4", "all pairs of 100 tokens, no order", named="the full square")(10000)
wrong("6.4", "without a cache: 1 + 4 + ... + 10000", named="without a cache")(338350)
wrong("6.4", "without itself", named="itself not counted")(4950)
wrong("6.4", "one query for each token, so 100", named="one pair for each token")(100)
wrong("6.4", "half of the square", named="half of the square")(5000)
wrong("6.4", "a start token before the first, one more each time", named="start counted")(5151)
wrong("6.4", "key and value counted apart", named="keys and values counted apart")(10100)
wrong("6.4", "only the last step's pairs are new ones: 99 and 100", named="a row and a column")(199)
wrong("6.4", "cache of the lesson's story, 26 tokens", named="the lesson's 26 tokens")(351)
wrong("6.4", "what the cache saves, not what is scored", named="what the cache saves")(338350 - 5050)
wrong("6.4", "hundred passes over all hundred, squared: one million", named="a hundred times the full square")(1000000)
wrong("6.4", "first token has nothing to ask", named="a token alone scores nothing")(5049)
wrong("6.4", "without a cache, and without itself", named="without a cache, and the newest left out")(328350)
wrong("6.4", "query, key and value: two pairs for each token", named="queries and keys added")(200)

# 6.5 Read: where the induction head looks

right("6.5", "a tuple")((2, "t"))
right("6.5", "a list")([2, "t"])
right("6.5", "position as np.int64")((np.int64(2), "t"))
right("6.5", "position as a float")((2.0, "t"))
right("6.5", "position as text")(("2", "t"))
right("6.5", "a capital letter")((2, "T"))
right("6.5", "found in the sequence")(
    (["k", "r", "t", "m", "k", "r"].index("r") + 1, ["k", "r", "t", "m", "k", "r"][2])
)
right("6.5", "position as a tensor")((torch.tensor(2), "t"))
right("6.5", "blanks around the token")((2, " t "))

wrong("6.5", "looks at the earlier r itself", named="copies the same token")((1, "r"))
wrong("6.5", "positions counted from 1", named="counted from 1")((3, "t"))
wrong("6.5", "looks at the earlier r, predicts what followed", named="looks at the same token")((1, "t"))
wrong("6.5", "token before: previous-token head", named="previous token")((4, "k"))
wrong("6.5", "looks at itself", named="itself")((5, "r"))
wrong("6.5", "repeats the beginning of the block", named="from the beginning")((0, "k"))
wrong("6.5", "predicts m: what follows the place looked at", named="right place, next token")((2, "m"))
wrong("6.5", "right place, but names what followed k before it", named="right place, same token")((2, "r"))
wrong("6.5", "token and position exchanged", named="token before position")(("t", 2))
wrong("6.5", "one place too far", named="one too far")((3, "m"))
wrong("6.5", "position of the token to be predicted", named="right token, at its own future place")((6, "t"))
wrong("6.5", "only the token", named="only the token")("t")
wrong("6.5", "distance from one r to the other, not a position", named="place 4, token t")((4, "t"))
wrong("6.5", "only the position", named="only the position")(2)
