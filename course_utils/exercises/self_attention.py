"""Exercises of the lesson on self-attention."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import combinations, product

import numpy as np
import torch

from course_utils.attention import causal_mask, padding_mask, scaled_dot_product_attention
from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.misreading import misreadings
from course_utils.exercises.reference import softmax

WORDS, PADDED_TO = 10, 5  # the sentence of 4.3; what the three words of 4.5 are padded to

_GENERATOR = np.random.default_rng(4)


def _sentence(T: int, d_model: int, d_k: int) -> tuple[np.ndarray, ...]:
    """x, W_q, W_k, W_v."""
    return (_GENERATOR.normal(size=(T, d_model)), *_GENERATOR.normal(size=(3, d_model, d_k)))


# In the first all sizes are equal: a product in the wrong order gives a number there, which can be explained, and not
# an error. In the others no two sizes are equal: what only fitted by chance shows.
_SENTENCES = (tuple(array.round(1) for array in _sentence(3, 3, 3)), _sentence(4, 7, 5), _sentence(6, 4, 9))

# The number tells its distance: -20 is two places before the query, 2 two places after it, and 5 the query's own.
_TABLES = (
    (np.array([-20.0, -10.0, 5.0, 1.0, 2.0]), 3),  # exactly the distances of three words
    (np.array([-30.0, -20.0, -10.0, 5.0, 1.0, 2.0, 3.0]), 2),  # more than two words need
    (np.array([-10.0, 5.0, 1.0]), 5),  # fewer than five words need
    (_GENERATOR.normal(size=5).round(2), 7),
)

# In the first there are as many sentences as positions, so that a mask without a query axis is not stopped.
_LENGTHS = ((np.array([2, 1, 3, 1]), 4), (np.array([3, 5]), 5), (np.array([4, 1, 2]), 6), (np.array([2]), 3))


def maps_to_read() -> tuple[np.ndarray, ...]:
    """Four maps, A to D, of one sentence of 3 words padded to 5: four times the same scores, each under another mask.

    Each has shape ``(T_q, T_k)`` = ``(5, 5)``, and no weight that a mask leaves open is smaller than 0.1.
    """
    query, key = torch.from_numpy(0.6 * np.random.default_rng(5).normal(size=(2, PADDED_TO, 4)))
    causal = causal_mask(PADDED_TO)
    real = padding_mask(torch.tensor([3]), PADDED_TO)[0]
    masks = real, causal & real, None, causal
    return tuple(scaled_dot_product_attention(query, key, key, mask)[1].numpy() for mask in masks)


def _weights(query: np.ndarray, key: np.ndarray) -> np.ndarray:
    return softmax(query @ key.T / math.sqrt(query.shape[-1]))


def _context(x: np.ndarray, W_q: np.ndarray, W_k: np.ndarray, W_v: np.ndarray) -> np.ndarray:
    projected = (torch.from_numpy(x @ W) for W in (W_q, W_k, W_v))
    return torch.nn.functional.scaled_dot_product_attention(*(array[None] for array in projected))[0].numpy()


def _projected(attend: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]) -> Callable[..., np.ndarray]:
    """A mistake in what happens to query, key and value, after they have been made rightly."""
    return lambda x, W_q, W_k, W_v: attend(x @ W_q, x @ W_k, x @ W_v)


def _shared_wrongly(share: Callable[[np.ndarray], np.ndarray]) -> Callable[..., np.ndarray]:
    """A mistake in how scaled scores are made into weights."""
    return _projected(lambda query, key, value: share(query @ key.T / math.sqrt(query.shape[-1])) @ value)


def _scaled_by(divisor: Callable[[np.ndarray, np.ndarray], float]) -> Callable[..., np.ndarray]:
    """A mistake in the number that scores are divided by; it may look at x and W_q."""
    return lambda x, W_q, W_k, W_v: softmax((x @ W_q) @ (x @ W_k).T / divisor(x, W_q)) @ (x @ W_v)


_SELF_ATTENTION_MISTAKES = (
    Misconception(
        "the words as values",
        lambda x, W_q, W_k, W_v: _weights(x @ W_q, x @ W_k) @ x,
        "You mixed the words themselves: weights @ x. What a word hands over is its value, x @ W_v; W_v decides what "
        "of the word the others get to see.",
        seen="https://github.com/hmdolatabadi/denoising_diffusion/issues/1",
    ),
    Misconception(
        "no projections",
        lambda x, W_q, W_k, W_v: _weights(x, x) @ x,
        "Your words compare themselves as they are: the three matrices do nothing, and nothing else could be learned "
        "here. Begin with query = x @ W_q, key = x @ W_k, value = x @ W_v.",
        seen="https://github.com/rongzhou7/ADCCA/issues/5",
    ),
    Misconception(
        "only values projected",
        lambda x, W_q, W_k, W_v: _weights(x, x) @ (x @ W_v),
        "W_v is used, W_q and W_k are not: your scores are x @ x.T. What a word asks for and what it can be found by "
        "are two things, each with its own matrix.",
    ),
    Misconception(
        "the matrices taken for query, key and value",
        lambda x, W_q, W_k, W_v: _weights(W_q, W_k) @ W_v,
        "There are no words in your result: you used W_q, W_k, W_v as if they were query, key and value. They make "
        "them: query = x @ W_q, and the others alike.",
    ),
    Misconception(
        "W before x",
        lambda x, W_q, W_k, W_v: _weights(W_q @ x, W_k @ x) @ (W_v @ x),
        "You multiplied W @ x. Rows of x are words, so a word meets the matrix from the left: x @ W_q has shape "
        "(T, d_k). (In books where a word is a column you find it the other way round.)",
        seen="https://github.com/probml/pml2-book/issues/228",
    ),
    Misconception(
        "W transposed",
        lambda x, W_q, W_k, W_v: _weights(x @ W_q.T, x @ W_k.T) @ (x @ W_v.T),
        "You multiplied by the transposed matrices. That is right for the weight of torch.nn.Linear, which is stored "
        "(out, in). Here W has shape (d_model, d_k): x @ W_q.",
    ),
    Misconception(
        "multiplied number by number",
        lambda x, W_q, W_k, W_v: _weights(x * W_q, x * W_k) @ (x * W_v),
        "* multiplies number by number. Every feature of a query is made from all features of the word: "
        "the matrix product, x @ W_q.",
    ),
    Misconception(
        "words in columns",
        lambda *inputs: _context(*inputs).T,
        "The numbers are right, but your words stand in columns. Here rows are positions: give back shape (T, d_k).",
    ),
    Misconception(
        "keys made with W_q",
        lambda x, W_q, W_k, W_v: _weights(x @ W_q, x @ W_q) @ (x @ W_v),
        "Your keys are the queries once more: W_k is not used. Then the score of 'bank' for 'river' is always that of "
        "'river' for 'bank', although one may need the other and not the reverse. key = x @ W_k.",
    ),
    Misconception(
        "queries made with W_k",
        lambda x, W_q, W_k, W_v: _weights(x @ W_k, x @ W_k) @ (x @ W_v),
        "Your queries are the keys once more: W_q is not used. Then the score of 'bank' for 'river' is always that of "
        "'river' for 'bank'. query = x @ W_q.",
    ),
    Misconception(
        "keys as values",
        _projected(lambda query, key, value: _weights(query, key) @ key),
        "You mixed the keys. A key is what a word is found by; what it hands over is its value: "
        "weights @ value, with value = x @ W_v.",
    ),
    Misconception(
        "queries as values",
        _projected(lambda query, key, value: _weights(query, key) @ query),
        "You mixed the queries. What is mixed are the values: weights @ value, with value = x @ W_v.",
    ),
    Misconception(
        "one matrix for all three",
        lambda x, W_q, W_k, W_v: _weights(x @ W_q, x @ W_q) @ (x @ W_q),
        "Query, key and value are all x @ W_q. Copied lines? Each of the three has a matrix of its own.",
    ),
    Misconception(
        "query and key exchanged",
        _projected(lambda query, key, value: _weights(key, query) @ value),
        "Each row of your scores belongs to a key: key @ query.T. A row is one word that attends, so the query comes "
        "first: query @ key.T. In self-attention the shape cannot tell you, both are (T, T).",
    ),
    Misconception(
        "key and value exchanged",
        _projected(lambda query, key, value: _weights(query, value) @ key),
        "You compared with the values and mixed the keys. Queries meet keys; the values are mixed.",
    ),
    Misconception(
        "key not transposed",
        _projected(lambda query, key, value: softmax(query @ key / math.sqrt(query.shape[-1])) @ value),
        "Query rows are to meet key rows; the matrix product takes columns on its right. Transpose the key: "
        "query @ key.T (a reshape moves no number).",
    ),
    Misconception(
        "features compared with features",
        _projected(lambda query, key, value: softmax(query.T @ key / math.sqrt(query.shape[-1])) @ value),
        "query.T @ key has a row for each feature, (d_k, d_k). Words are to be compared with words, "
        "(T, T): query @ key.T.",
    ),
    Misconception(
        "no scaling",
        _scaled_by(lambda x, W_q: 1.0),
        "The scores are not divided by √d_k. Divide query @ key.T by the root of the number of features of a key "
        "before the softmax (lesson 02, section 5).",
    ),
    Misconception(
        "scaling by d_k instead of √d_k",
        _scaled_by(lambda x, W_q: W_q.shape[-1]),
        "You divided by the size itself, and the weights come out too even. Divide by the square root of d_k "
        "(lesson 02, section 5).",
    ),
    Misconception(
        "scaling by √d_model",
        _scaled_by(lambda x, W_q: math.sqrt(x.shape[-1])),
        "You divided by the root of d_model, the size of a word. The dot product is taken between query and key, and "
        "these have d_k features: query.shape[-1]. With d_model = d_k you would never have noticed.",
        seen="https://github.com/brightmart/bert_language_understanding/issues/9",
    ),
    Misconception(
        "scaling by √T",
        _scaled_by(lambda x, W_q: math.sqrt(len(x))),
        "You divided by the root of the number of words. The sum in a dot product runs over features, so it is "
        "d_k = key.shape[-1] that counts, not len(key).",
    ),
    Misconception(
        "multiplied by √d_k",
        _scaled_by(lambda x, W_q: 1 / math.sqrt(W_q.shape[-1])),
        "You multiplied by √d_k; scores are divided by it. As it is, the spread of the scores grows with d_k, and one "
        "word takes nearly everything.",
    ),
    Misconception(
        "scaled after the softmax",
        _projected(
            lambda query, key, value: softmax(query @ key.T) / math.sqrt(query.shape[-1]) @ value,
        ),
        "You divided the weights by √d_k, so a word no longer shares out 1. Divide the scores, before the softmax.",
    ),
    Misconception(
        "softmax over the queries",
        _shared_wrongly(lambda scores: softmax(scores, 0)),
        "The columns of your weights sum to 1, not the rows: axis 0 runs over the queries. Each word that attends "
        "shares out 1, so the softmax runs along the last axis. The shape (T, T) does not give this away.",
        seen="https://github.com/nerminnuraydogan/vision-transformer/issues/1",
    ),
    Misconception(
        "softmax over the whole array",
        _shared_wrongly(lambda scores: softmax(scores.reshape(-1)).reshape(scores.shape)),
        "All your weights together sum to 1. Each word shares out 1 of its own: sum along the last axis.",
        seen="https://github.com/lucidrains/perceiver-pytorch/issues/46",
    ),
    Misconception(
        "sum without keepdims",
        _shared_wrongly(lambda scores: np.exp(scores) / np.exp(scores).sum(-1)),
        "You summed along the rows, but the division ran along the columns: .sum(axis=-1) has shape (T,), and NumPy "
        "lays it beside every row. As scores are square here nothing stops it. Keep the axis: "
        ".sum(axis=-1, keepdims=True).",
    ),
    Misconception(
        "not normalised",
        _shared_wrongly(np.exp),
        "You mixed with exp(scores). Divide each row by its sum first, so that every word shares out 1.",
    ),
    Misconception(
        "no softmax",
        _shared_wrongly(lambda scores: scores),
        "You mixed with the scores themselves. They may be negative and need not sum to 1: the softmax makes shares of "
        "them.",
    ),
    Misconception(
        "weights transposed",
        _shared_wrongly(lambda scores: softmax(scores).T),
        "Your weights are right, and then you transposed them: each word gets what it *gave* to the others. "
        "weights @ value, without .T, and in this order.",
        seen="https://github.com/ok1zjf/VASNet/issues/25",
    ),
    Misconception(
        "order of the product swapped",
        _projected(lambda query, key, value: value @ _weights(query, key)),
        "You multiplied value @ weights. A row of weights has one share for each word, and so for each row of value: "
        "weights @ value.",
    ),
    Misconception(
        "weights multiplied number by number",
        _projected(lambda query, key, value: _weights(query, key) * value),
        "* lays weights and values beside each other and adds nothing up. A context is a sum over all words: "
        "weights @ value.",
    ),
    Misconception(
        "weights instead of the context",
        lambda x, W_q, W_k, W_v: _weights(x @ W_q, x @ W_k),
        "Those are the weights, (T, T). One step is left: mix the values with them, weights @ value.",
    ),
    Misconception(
        "scores instead of the context",
        lambda x, W_q, W_k, W_v: (x @ W_q) @ (x @ W_k).T / math.sqrt(W_q.shape[-1]),
        "Those are the scores. Two steps are left: a softmax along each row, and weights @ value.",
    ),
    Misconception(
        "x added",
        lambda x, W_q, W_k, W_v: x + _context(x, W_q, W_k, W_v),
        "Your context is right, and you added x to it. Most networks do that next; here only the context is asked for. "
        "(It would not work for every size, either: x has d_model features, the context d_k.)",
    ),
    Misconception(
        "context and weights",
        lambda x, W_q, W_k, W_v: (_context(x, W_q, W_k, W_v), _weights(x @ W_q, x @ W_k)),
        "You give back two things, context and weights, as the course's own function does. Both are right; here only "
        "the context is asked for.",
    ),
    Misconception(
        "causal mask",
        _shared_wrongly(lambda scores: softmax(np.where(np.tril(np.ones_like(scores)) > 0, scores, -np.inf))),
        "You closed what comes after each word. No mask is asked for here: 'bank' needs the 'river' that follows.",
    ),
    Misconception(
        "causal mask the other way round",
        _shared_wrongly(lambda scores: softmax(np.where(np.triu(np.ones_like(scores)) > 0, scores, -np.inf))),
        "You closed what comes before each word. No mask is asked for here: every word may attend to every word.",
    ),
    Misconception(
        "causal mask with 0 instead of minus infinity",
        _shared_wrongly(lambda scores: softmax(np.tril(scores))),
        "You set the scores of later words to 0, and exp(0) is 1, so they are not closed. No mask is asked for here "
        "at all: leave the scores as they are.",
    ),
    Misconception(
        "causal mask after the softmax",
        _shared_wrongly(lambda scores: np.tril(softmax(scores))),
        "You set the weights of later words to 0, so most rows no longer sum to 1. No mask is asked for here: every "
        "word may attend to every word.",
    ),
    Misconception(
        "no word attends to itself",
        _shared_wrongly(lambda scores: softmax(np.where(np.eye(len(scores)) > 0, -np.inf, scores))),
        "You closed the diagonal. In self-attention a word may attend to itself as well; here nothing is closed.",
    ),
    Misconception(
        "the word itself only",
        _projected(
            lambda query, key, value: softmax((query * key).sum(-1) / math.sqrt(query.shape[-1]))[:, None] * value
        ),
        "Each of your queries met one key only, that of its own word. Every query meets every key, which gives (T, T) "
        "scores: query @ key.T.",
    ),
    Misconception(
        "query and key multiplied number by number",
        _projected(lambda query, key, value: softmax(query * key / math.sqrt(query.shape[-1])) * value),
        "* puts each query beside the key of its own word, feature by feature: no word meets another one. Every query "
        "meets every key, (T, T): query @ key.T; and weights @ value mixes.",
    ),
    Misconception(
        "weights in proportion to the scores",
        _shared_wrongly(lambda scores: scores / scores.sum(-1, keepdims=True)),
        "You divided the scores by their sum. Scores may be negative, and so may their sum be: that makes no shares. "
        "Take np.exp of the scores first, then divide each row by its sum.",
    ),
    Misconception(
        "weights in proportion to the size of the scores",
        _shared_wrongly(lambda scores: abs(scores) / abs(scores).sum(-1, keepdims=True)),
        "You shared out in proportion to the scores without their signs, so that a low score weighs as much as a high "
        "one. Take np.exp of the scores, then divide each row by its sum.",
    ),
    Misconception(
        "weights in proportion to the positive scores",
        _shared_wrongly(lambda scores: np.maximum(scores, 0) / np.maximum(scores, 1e-9).sum(-1, keepdims=True)),
        "You cut negative scores off and shared out in proportion to the others. The softmax takes np.exp of every "
        "score, so each word gets a little.",
    ),
    Misconception(
        "softmax twice",
        _shared_wrongly(lambda scores: softmax(softmax(scores))),
        "The softmax runs twice, which makes the weights nearly even. Once is enough: its rows sum to 1 already.",
    ),
    Misconception(
        "logarithm of the weights",
        _shared_wrongly(lambda scores: np.log(softmax(scores))),
        "Those are logarithms of weights, as log_softmax gives them. What mixes are the weights themselves.",
    ),
    Misconception(
        "a sigmoid instead of the softmax",
        _shared_wrongly(lambda scores: 1 / (1 + np.exp(-scores))),
        "A sigmoid squeezes each score by itself, and rows need not sum to 1. The softmax lets the words of a row "
        "compete: np.exp, divided by the sum of the row.",
    ),
    Misconception(
        "the highest score alone",
        _shared_wrongly(lambda scores: (scores == scores.max(-1, keepdims=True)).astype(float)),
        "Each of your words took the value of its highest score alone. The softmax is softer: every word gets a share, "
        "also the lower ones.",
    ),
    Misconception(
        "even weights",
        _shared_wrongly(lambda scores: np.ones_like(scores) / len(scores)),
        "Every word got the plain mean of the values: your weights are even. They come from the scores, by the "
        "softmax.",
    ),
    *(
        Misconception(
            f"only the {which} word asks",
            lambda x, W_q, W_k, W_v, place=place: _context(x, W_q, W_k, W_v)[place],
            f"That is the context of the {which} word alone. In self-attention every word asks: query = x @ W_q for "
            "all of x. If you wrote a loop: collect the contexts, and give them back after it.",
        )
        for which, place in (("first", 0), ("last", -1))
    ),
    Misconception(
        "values instead of the context",
        lambda x, W_q, W_k, W_v: x @ W_v,
        "Those are the values, not mixed yet. weights @ value is left; each row of the weights says how.",
    ),
    Misconception(
        "the matrix W_v as values",
        lambda x, W_q, W_k, W_v: _weights(x @ W_q, x @ W_k) @ W_v,
        "You mixed the rows of W_v itself. It makes the values, value = x @ W_v, and these are mixed.",
    ),
    Misconception(
        "W_v used twice",
        lambda x, W_q, W_k, W_v: _context(x, W_q, W_k, W_v) @ W_v,
        "W_v is used twice, before the mixing and after it. Once is enough: weights @ value, with value = x @ W_v.",
    ),
    Misconception(
        "value added",
        lambda x, W_q, W_k, W_v: x @ W_v + _context(x, W_q, W_k, W_v),
        "Your context is right, and you added the word's own value to it. Asked for is the context alone.",
    ),
    Misconception(
        "scaling by 2 · d_k, for want of brackets",
        _scaled_by(lambda x, W_q: 2 * W_q.shape[-1]),
        "You divided by 2 · d_k. Did you write d_k ** 1 / 2? ** binds more strongly than /, so the 1/2 needs "
        "brackets, d_k ** (1 / 2); or np.sqrt(d_k).",
    ),
    Misconception(
        "scaling by the √2 of section 2",
        _scaled_by(lambda x, W_q: math.sqrt(2)),
        "You divided by √2, as in section 2, where keys had two features. Here d_k is another: np.sqrt(key.shape[-1]).",
    ),
    Misconception(
        "scaling by d_k²",
        _scaled_by(lambda x, W_q: W_q.shape[-1] ** 2),
        "You divided by the square of d_k. It is the square root, np.sqrt(key.shape[-1]).",
    ),
    Misconception(
        "cosines instead of scores",
        _projected(
            lambda query, key, value: (
                softmax(
                    (query / np.linalg.norm(query, axis=-1, keepdims=True))
                    @ (key / np.linalg.norm(key, axis=-1, keepdims=True)).T
                )
                @ value
            )
        ),
        "You divided by the lengths of query and key: those are cosines, between -1 and 1. Here the products are "
        "divided by √d_k, and long vectors may speak louder.",
    ),
    Misconception(
        "scaled twice",
        _projected(
            lambda query, key, value: (
                softmax(query @ key.T / math.sqrt(query.shape[-1])) / math.sqrt(query.shape[-1]) @ value
            )
        ),
        "You divided by √d_k twice: the scores before the softmax, which is right, and what comes out once more. "
        "Leave the second out.",
    ),
    Misconception(
        "unscaled scores instead of the context",
        lambda x, W_q, W_k, W_v: (x @ W_q) @ (x @ W_k).T,
        "Those are the products of queries and keys. Three steps are left: divide by √d_k, a softmax along each row, "
        "and weights @ value.",
    ),
)


def _made_from(words: tuple[str, str, str]) -> Callable[..., np.ndarray]:
    """Query, key and value made from other products than asked for; "x" is the words themselves."""

    def mistake(x: np.ndarray, W_q: np.ndarray, W_k: np.ndarray, W_v: np.ndarray) -> np.ndarray:
        made = {"x @ W_q": x @ W_q, "x @ W_k": x @ W_k, "x @ W_v": x @ W_v, "x": x}
        query, key, value = (made[name] for name in words)
        return _weights(query, key) @ value

    return mistake


# The other ways to take the wrong matrix, or none, beside those with a message of their own.
_WRONG_MATRICES = tuple(
    Misconception(
        f"query {query}, key {key}, value {value}",
        _made_from((query, key, value)),
        f"Your query is {query}, your key {key}, your value {value}. Each has a matrix of its own, named after it: "
        "query = x @ W_q, key = x @ W_k, value = x @ W_v.",
    )
    for query, key, value in (
        *((f"x @ W_{q}", f"x @ W_{k}", f"x @ W_{v}") for q, k, v in ("vkq", "kvq", "vqk", "kkk", "vvv", "qvv", "vkv")),
        ("x", "x @ W_k", "x @ W_v"),
        ("x @ W_q", "x", "x @ W_v"),
    )
)


def _with_steps(**different: Callable) -> Callable[..., np.ndarray]:
    """Self-attention with some of its steps done differently."""
    steps = _STEPS | different

    def mistake(x: np.ndarray, W_q: np.ndarray, W_k: np.ndarray, W_v: np.ndarray) -> np.ndarray:
        query, key, value = steps["project"](x, W_q, W_k, W_v)
        scores = steps["compare"](query, key) / steps["scale"](query.shape[-1])
        return steps["mix"](steps["share"](scores), x, key, value)

    return mistake


_STEPS = {
    "project": lambda x, W_q, W_k, W_v: (x @ W_q, x @ W_k, x @ W_v),
    "compare": lambda query, key: query @ key.T,
    "scale": math.sqrt,
    "share": softmax,
    "mix": lambda weights, x, key, value: weights @ value,
}

# Which step, what is done instead, and how one says it beside a second mistake.
_COMMON = (
    ("scale", "no scaling", lambda d_k: 1.0, "the scores are not divided by √d_k"),
    ("scale", "scaling by d_k instead of √d_k", float, "the scores are divided by d_k, not by its root"),
    ("share", "softmax over the queries", lambda scores: softmax(scores, 0), "your columns sum to 1, not your rows"),
    (
        "share",
        "sum without keepdims",
        lambda scores: np.exp(scores) / np.exp(scores).sum(-1),
        "the sums of the rows lie along the columns (keepdims=True keeps the axis)",
    ),
    (
        "share",
        "softmax over the whole array",
        lambda scores: softmax(scores.reshape(-1)).reshape(scores.shape),
        "all your weights together sum to 1, not each row",
    ),
    ("share", "no softmax", lambda scores: scores, "the scores themselves are taken for weights, without a softmax"),
    ("share", "not normalised", np.exp, "exp(scores) is not divided by the sum of its row"),
    (
        "share",
        "causal mask",
        lambda scores: softmax(np.where(np.tril(np.ones_like(scores)) > 0, scores, -np.inf)),
        "later words are closed, though no mask is asked for",
    ),
    ("mix", "the words as values", lambda weights, x, key, value: weights @ x, "x is mixed instead of value = x @ W_v"),
    ("mix", "keys as values", lambda weights, x, key, value: weights @ key, "the keys are mixed instead of the values"),
    ("mix", "weights transposed", lambda weights, x, key, value: weights.T @ value, "the weights are transposed"),
    (
        "mix",
        "weights instead of the context",
        lambda weights, x, key, value: weights,
        "you give back the weights, and weights @ value is left",
    ),
    (
        "project",
        "no projections",
        lambda x, W_q, W_k, W_v: (x, x, x),
        "the words are taken as they are, without W_q, W_k and W_v",
    ),
    (
        "project",
        "keys made with W_q",
        lambda x, W_q, W_k, W_v: (x @ W_q, x @ W_q, x @ W_v),
        "the keys are made with W_q instead of W_k",
    ),
    (
        "compare",
        "query and key exchanged",
        lambda query, key: key @ query.T,
        "each row of your scores belongs to a key",
    ),
)
_COMMONEST = {"no scaling", "scaling by d_k instead of √d_k", "softmax over the queries", "sum without keepdims"}
_SAME_AS_ANOTHER = (  # two mistakes that give what a single one gives
    {"softmax over the queries", "query and key exchanged"},
    {"softmax over the queries", "weights transposed"},
)
_TWO_MISTAKES = tuple(
    Misconception(
        f"{one}, and {other}",
        _with_steps(**{step: do, second_step: second}),
        f"Two things: {say}; and {second_say}. Mend one, and check again.",
    )
    for (step, one, do, say), (second_step, other, second, second_say) in combinations(_COMMON, 2)
    if step != second_step and _COMMONEST & {one, other} and {one, other} not in _SAME_AS_ANOTHER
)

SELF_ATTENTION = Exercise(
    id="4.1",
    answer="self_attention",
    title="Write self_attention(x, W_q, W_k, W_v): query, key and value from one sequence; give back the context.",
    objective="write self-attention from its three projections",
    kind="write",
    minutes=8,
    difficulty=2,
    cases=_SENTENCES,
    right=_context,
    misconceptions=(*_SELF_ATTENTION_MISTAKES, *_WRONG_MATRICES, *_TWO_MISTAKES),
    hints=(
        "Three products first: query, key and value are all made from x, each with its own matrix, as x @ W.",
        "From there it is lesson 02: scores (T, T), divided by the root of d_k = key.shape[-1]; a softmax along each "
        "row; then mix.",
        "scores = query @ key.T / np.sqrt(key.shape[-1]); exps = np.exp(scores); "
        "weights = exps / exps.sum(axis=-1, keepdims=True). One product is left, that of the weights with the value.",
    ),
    praise="Equal to PyTorch's own. Every word asks, can be found and hands something over: one sequence, three roles.",
)


def _distances(T: int) -> np.ndarray:
    """Key minus query, ``(T_q, T_k)``."""
    return np.arange(T)[None, :] - np.arange(T)[:, None]


def _relative(table: np.ndarray, T: int) -> np.ndarray:
    last = len(table) - 1
    return np.array([[table[min(max(key - query + last // 2, 0), last)] for key in range(T)] for query in range(T)])


def _looked_up(distance: Callable[[np.ndarray, int], np.ndarray], shift: int = 0) -> Callable[..., np.ndarray]:
    """A mistake in the distance that is looked up, given true distances and the largest one in the table."""

    def mistake(table: np.ndarray, T: int) -> np.ndarray:
        middle = len(table) // 2
        return table[distance(_distances(T), middle) + middle + shift]

    return mistake


def _clipped(distance: np.ndarray, largest: int) -> np.ndarray:
    return np.clip(distance, -largest, largest)


def _far_pairs(fill: float) -> Callable[..., np.ndarray]:
    def mistake(table: np.ndarray, T: int) -> np.ndarray:
        return np.where(abs(_distances(T)) <= len(table) // 2, _relative(table, T), fill)

    return mistake


def _float_in_a_loop(table: np.ndarray, T: int) -> list[list[float]]:
    largest = (len(table) - 1) / 2
    return [[table[key - query + largest] for key in range(T)] for query in range(T)]


RELATIVE_SCORES = Exercise(
    id="4.2",
    answer="relative_scores",
    title="Write relative_scores(table, T): for every query and key, the number for their distance.",
    objective="turn a table of distances into scores to add",
    kind="write",
    minutes=9,
    difficulty=3,
    cases=_TABLES,
    right=_relative,
    misconceptions=(
        Misconception(
            "query minus key",
            _looked_up(lambda d, largest: _clipped(-d, largest)),
            "Your map is the transpose of the right one: before and after are exchanged. The distance is key - query, "
            "so in the first row, where every key comes later, distances are 0, 1, 2: it reads the table from its "
            "middle to its end.",
            seen="https://github.com/nntrainer/nntrainer/pull/3982",
        ),
        Misconception(
            "distance without its sign",
            _looked_up(lambda d, largest: _clipped(abs(d), largest)),
            "You took the distance without its sign, so that two words before counts as two words after. The table "
            "has a number for each: its first half is for keys that come before.",
        ),
        Misconception(
            "distance without its sign, and no offset",
            lambda table, T: table[np.minimum(abs(_distances(T)), len(table) - 1)],
            "Your map is the same before and after the query, and distance 0 reads table[0]. Keep the sign of "
            "key - query; distance 0 stands in the middle of the table, at len(table) // 2.",
        ),
        Misconception(
            "no offset",
            lambda table, T: table[_clipped(_distances(T), len(table) // 2)],
            "You read table[distance]. Distance 0 then gives table[0], which is for the key furthest before, and "
            "table[-1] is the *last* number, because Python counts negative places from the end: no error tells you. "
            "Add max_distance, the place of distance 0.",
            seen="https://github.com/hiyouga/PBAN-PyTorch/issues/1",
        ),
        Misconception(
            "one place too early",
            _looked_up(_clipped, shift=-1),
            "Each distance reads the number of the one before it. Distance 0 stands in the middle: with 5 numbers at "
            "place 2, so max_distance = len(table) // 2.",
        ),
        Misconception(
            "no clipping",
            _looked_up(lambda d, largest: d),
            "Right as long as the table is long enough. Here five words have distances from -4 to 4, and the table "
            "holds -1, 0 and 1. Larger distances take the number at the end, on both sides: np.clip(distance, "
            "-max_distance, max_distance). If you do clip: the last place is len(table) - 1.",
            seen="https://github.com/huggingface/transformers/pull/9164",
        ),
        Misconception(
            "one place too late",
            _looked_up(_clipped, shift=1),
            "With 5 numbers the places are 0 to 4, and distance 0 stands at 2: max_distance = len(table) // 2. You "
            "read a place behind the last one; is your max_distance too large, or len(table) itself?",
        ),
        Misconception(
            "a float as index",
            lambda table, T: table[_clipped(_distances(T), (len(table) - 1) / 2) + (len(table) - 1) / 2],
            "/ gives a float, 2.0, and a place in a table must be a whole number: len(table) // 2.",
        ),
        Misconception(
            "a float as index, in a loop",
            _float_in_a_loop,
            "/ gives a float, 2.0, and a place in a table must be a whole number: len(table) // 2.",
        ),
        Misconception(
            "clipped too early",
            _looked_up(lambda d, largest: _clipped(d, largest - 1)),
            "The first and the last number of your table are never used: you clip one too early. The table reaches "
            "from -max_distance to +max_distance, both included.",
        ),
        Misconception(
            "before counts as 0",
            _looked_up(lambda d, largest: np.clip(d, 0, largest)),
            "All keys before the query got the number of distance 0. Clip distances to -max_distance at the lower end; "
            "or places, distance + max_distance, to 0.",
        ),
        Misconception(
            "after counts as 0",
            _looked_up(lambda d, largest: np.clip(d, -largest, 0)),
            "All keys after the query got the number of distance 0. Clip distances to +max_distance at the upper end; "
            "or places, distance + max_distance, to len(table) - 1.",
        ),
        Misconception(
            "keys after the query left out",
            lambda table, T: np.tril(_relative(table, T)),
            "Keys after the query got 0, as under a causal mask. No mask is asked for: positive distances have their "
            "own numbers, in the second half of the table.",
        ),
        Misconception(
            "the distances themselves",
            lambda table, T: _clipped(_distances(T), len(table) // 2),
            "Those are the distances. Look each one up: table[distance + max_distance].",
        ),
        Misconception(
            "places instead of numbers",
            lambda table, T: _clipped(_distances(T), len(table) // 2) + len(table) // 2,
            "Those are the places in the table. Read the numbers that stand there: table[places].",
        ),
        Misconception(
            "one row only",
            lambda table, T: _relative(table, T)[0],
            "That is the row of the first query. Every query has its own row: np.arange(T)[:, None] makes the queries "
            "a column, and the difference (T, T).",
        ),
        Misconception(
            "offset by the number of words",
            lambda table, T: table[np.clip(_distances(T) + T - 1, 0, len(table) - 1)],
            "You put distance 0 at place T - 1. That fitted three words by chance; where it stands depends on the "
            "table alone: max_distance = len(table) // 2.",
        ),
        Misconception(
            "clipped above only",
            _looked_up(np.minimum),
            "You clip large distances, but not the very negative ones. Their places become negative, and Python reads "
            "those from the end of the table without a word: far *before* got the number of *after*. Clip at both "
            "ends: np.clip(distance, -max_distance, max_distance).",
        ),
        Misconception(
            "query minus key, and no offset",
            lambda table, T: table[_clipped(-_distances(T), len(table) // 2)],
            "Two things: the distance is key - query, not query - key; and distance 0 stands in the middle of the "
            "table, so add max_distance. (A negative place is read from the end of the table, without an error.)",
        ),
        Misconception(
            "query minus key, one place too early",
            _looked_up(lambda d, largest: _clipped(-d, largest), shift=-1),
            "Two things: the distance is key - query, not query - key; and distance 0 stands at place "
            "len(table) // 2, counted from 0. You read the place before.",
        ),
        Misconception(
            "query minus key, keys after the query left out",
            lambda table, T: np.tril(_relative(table, T).T),
            "Two things: the distance is key - query, not query - key; and keys after the query got 0, though no mask "
            "is asked for.",
        ),
        Misconception(
            "key plus query",
            lambda table, T: table[
                _clipped(np.add.outer(np.arange(T), np.arange(T)), len(table) // 2) + len(table) // 2
            ],
            "You added the two places. How far apart they are is their difference, key - query: 0 on the diagonal, "
            "for every word.",
        ),
        Misconception(
            "distances one too large",
            _looked_up(lambda d, largest: _clipped(d + 1, largest)),
            "Each distance is one too large: is one place counted from 1 and the other from 0? A word's distance from "
            "itself is 0.",
        ),
        Misconception(
            "distances one too small",
            _looked_up(lambda d, largest: _clipped(d - 1, largest)),
            "Each distance is one too small: is one place counted from 1 and the other from 0? A word's distance from "
            "itself is 0.",
        ),
        Misconception(
            "last number of the table never used",
            _looked_up(lambda d, largest: np.clip(d, -largest, largest - 1)),
            "The last number of your table is never used: np.clip includes its upper end, unlike a slice. The largest "
            "distance is +max_distance, the last place len(table) - 1.",
        ),
        Misconception(
            "first number of the table never used",
            _looked_up(lambda d, largest: np.clip(d, 1 - largest, largest)),
            "The first number of your table is never used. It stands at place 0 and belongs to -max_distance, which "
            "is included.",
        ),
        Misconception(
            "ends of the clipping exchanged",
            lambda table, T: np.full((T, T), table[0]),
            "Every pair got the first number of the table. If you clip: first the lower end, then the upper one, "
            "np.clip(distance, -max_distance, max_distance).",
        ),
        Misconception(
            "max_distance of half the sentence",
            lambda table, T: table[np.clip(_clipped(_distances(T), T // 2) + T // 2, 0, len(table) - 1)],
            "You took max_distance from T. It belongs to the table, which is made once for sentences of every length: "
            "max_distance = len(table) // 2.",
        ),
        Misconception(
            "max_distance 12, as in section 5",
            lambda table, T: table[_clipped(_distances(T), 12) + 12],
            "Twelve is the max_distance of the lesson's model. Here it follows from the table: len(table) // 2, which "
            "is 2 for 5 numbers.",
        ),
        Misconception(
            "far pairs get the number of distance 0",
            lambda table, T: np.where(
                abs(_distances(T)) <= len(table) // 2, _relative(table, T), table[len(table) // 2]
            ),
            "Pairs further apart than max_distance got the number of distance 0, the middle of the table. They take "
            "the number at the end of the table that is nearer to them: np.clip.",
        ),
        Misconception(
            "far pairs closed, with a large number",
            _far_pairs(-1e9),
            "Pairs further apart than max_distance got a hugely negative number: you made a mask. They stay open, and "
            "take the number at the end of the table: np.clip.",
        ),
        Misconception(
            "far pairs all get the last number",
            lambda table, T: np.where(abs(_distances(T)) <= len(table) // 2, _relative(table, T), table[-1]),
            "Far pairs got the last number of the table on both sides. It is for keys far *after* the query; keys far "
            "before take the first number, table[0].",
        ),
        Misconception(
            "far pairs all get the first number",
            lambda table, T: np.where(abs(_distances(T)) <= len(table) // 2, _relative(table, T), table[0]),
            "Far pairs got the first number of the table on both sides. It is for keys far *before* the query; keys "
            "far after take the last number, table[-1].",
        ),
        Misconception(
            "causal mask added",
            lambda table, T: np.where(_distances(T) <= 0, _relative(table, T), -np.inf),
            "Keys after the query got minus infinity: a causal mask. No mask is asked for: positive distances have "
            "their own numbers, in the second half of the table.",
        ),
        Misconception(
            "the word itself and keys after it left out",
            lambda table, T: np.tril(_relative(table, T), -1),
            "Only keys before the query got a number, the others 0. Distance 0 and the positive ones stand in the "
            "table as well: for key in range(T).",
        ),
        Misconception(
            "pairs at max_distance get 0",
            lambda table, T: np.where(abs(_distances(T)) < len(table) // 2, _relative(table, T), 0.0),
            "Pairs as far apart as max_distance got 0. Their numbers stand at the two ends of the table, and those "
            "further apart take these as well: np.clip.",
        ),
        Misconception(
            "numbers clipped instead of distances",
            lambda table, T: np.clip(_relative(table, T), -(len(table) // 2), len(table) // 2),
            "You clipped the numbers of the table. It is the distances that are clipped, before they are looked up.",
        ),
        Misconception(
            "keys before the query left out",
            lambda table, T: np.triu(_relative(table, T)),
            "Keys before the query got 0. Negative distances have their own numbers, in the first half of the table. "
            "Does a loop begin at the query's own place?",
        ),
        Misconception(
            "the word itself left out",
            lambda table, T: _relative(table, T) * (1 - np.eye(T)),
            "The diagonal got 0. A word's distance from itself is 0, and that has its number as well, in the middle of "
            "the table.",
        ),
        Misconception(
            "first half mirrored",
            _looked_up(lambda d, largest: -_clipped(abs(d), largest)),
            "Your map is the same before and after the query: both read the first half of the table, which is for keys "
            "before. Keep the sign of key - query.",
        ),
        Misconception(
            "softmax of the numbers",
            lambda table, T: softmax(_relative(table, T)),
            "The right numbers, but a softmax came after them. They are added to scores first; the softmax takes the "
            "sum of both, later.",
        ),
        Misconception(
            "exponential of the numbers",
            lambda table, T: np.exp(_relative(table, T)),
            "The right numbers, but you took np.exp of them. They are added to scores; the softmax takes the "
            "exponential of the sum, later.",
        ),
        Misconception(
            "scaled",
            lambda table, T: _relative(table, T) / math.sqrt(T),
            "The right numbers, but divided by √T. They are added to the scaled scores as they stand in the table.",
        ),
        Misconception(
            "one number for each key",
            lambda table, T: np.tile(table[np.minimum(np.arange(T), len(table) - 1)], (T, 1)),
            "All your rows are alike: you looked up the place of the key, not its distance from the query. Each query "
            "has other distances: key - query.",
        ),
        Misconception(
            "one number for each query",
            lambda table, T: np.tile(table[np.minimum(np.arange(T), len(table) - 1)], (T, 1)).T,
            "All your columns are alike: you looked up the place of the query, not the distance of the key from it: "
            "key - query.",
        ),
        Misconception(
            "one number for each distance",
            lambda table, T: table[_clipped(np.arange(1 - T, T), len(table) // 2) + len(table) // 2],
            "One number for each distance, in a row, as in the table. Asked for is one for each pair, (T, T): "
            "np.arange(T)[None, :] - np.arange(T)[:, None] holds the distance of each pair.",
        ),
        Misconception(
            "wrapped round",
            lambda table, T: table[(_distances(T) + len(table) // 2) % len(table)],
            "% begins again at the other end of the table, so that a key far after the query gets the number of one "
            "before it. Larger distances are to take the number at the end: np.clip.",
        ),
        Misconception(
            "far pairs get 0",
            _far_pairs(0.0),
            "Pairs further apart than max_distance got 0, a number that this table does not hold. Adding 0 is not "
            "neutral: it may lift a far word above a near one. They take the number at the end of the table: np.clip.",
        ),
        Misconception(
            "far pairs closed",
            _far_pairs(-np.inf),
            "Pairs further apart than max_distance got minus infinity: you made a mask. They stay open, and take the "
            "number at the end of the table: np.clip.",
        ),
    ),
    hints=(
        "np.arange(T)[None, :] - np.arange(T)[:, None] has shape (T, T): key minus query, for every pair.",
        "The table begins with -max_distance. So distance 0 stands at place max_distance, which is len(table) // 2.",
        "np.clip(distance, -max_distance, max_distance) keeps every distance in reach; add the place of distance 0. "
        "An array of places between the brackets of table[...] looks all of them up at once.",
    ),
    praise="Every diagonal holds one number: it does not matter where the two words stand, only how far apart.",
)


_OPEN = WORDS * (WORDS + 1) // 2

OPEN_WEIGHTS = Exercise(
    id="4.3",
    answer="open_weights",
    title="Predict how many of the 100 weights are not 0: ten words under a causal mask.",
    objective="count what a causal mask leaves open",
    kind="predict",
    minutes=3,
    difficulty=1,
    right=lambda: int(causal_mask(WORDS).sum()),
    misconceptions=(
        Misconception(
            "closed ones counted, or the diagonal left out",
            lambda: 45,
            "45 are 0: the pairs in which the key comes later. If you meant the open ones, you left out the ten on the "
            "diagonal: each word may look at itself, or the first would have nowhere to look.",
            seen="https://github.com/intel/intel-xpu-backend-for-triton/pull/5854",
        ),
        Misconception(
            "half of them",
            lambda: 50,
            "50 would be half. The ten weights on the diagonal belong to no half: they are open as well, so take half "
            "of the other 90, and add the ten.",
        ),
        Misconception(
            "nothing is closed",
            lambda: 100,
            "100 is all of them. A causal mask closes every pair in which the key comes after the query: the first "
            "word has one open weight, not ten.",
            seen="https://github.com/AI-Hypercomputer/maxtext/issues/1972",
        ),
        Misconception(
            "one for each word",
            lambda: 10,
            "10 is what the weights sum to, 1 for each word, or what the last word has open. Count the weights that "
            "are not 0 in each row, and add up the rows.",
        ),
        Misconception(
            "only words before",
            lambda: 9,
            "9 is how many words come before the last. Every row counts, and each word may look at itself.",
        ),
        Misconception(
            "one word ahead allowed",
            lambda: 64,
            "64 lets each word see one word ahead. Under a causal mask the first word sees itself only: 1, then 2, "
            "then 3.",
        ),
        Misconception(
            "not halved",
            lambda: 110,
            "110 is 10 times 11, more than there are. The sum of 1 to 10 is half of that.",
        ),
        Misconception(
            "all but the diagonal",
            lambda: 90,
            "90 is all but the diagonal. The diagonal is open, a word may look at itself; closed is what comes later.",
        ),
        Misconception(
            "mean of a row",
            lambda: 5.5,
            "5.5 is open in a row on average. There are ten rows.",
        ),
        Misconception(
            "a share",
            lambda: 0.55,
            "0.55 is the share of open weights, and right as such. Asked for is how many of the 100.",
        ),
        Misconception(
            "counted from 0 to 10 words",
            lambda: 66,
            "66 is the sum of 1 to 11. There are ten words, so ten rows.",
        ),
        Misconception(
            "squares added up",
            lambda: 385,
            "385 is more than there are: 1 · 1 + 2 · 2 + … + 10 · 10. A row of the map has as many open weights as "
            "words it may see, 1, then 2, then 3; add these up.",
        ),
        Misconception(
            "cubes, or sums of sums",
            lambda: 220,
            "220 is more than the 100 there are: sums of 1, 1 + 2, 1 + 2 + 3 and so on. Each row counts once, with as "
            "many open weights as words it may see.",
        ),
        Misconception(
            "added up to 100",
            lambda: 5050,
            "5,050 is the sum of 1 to 100. There are ten rows, and the last has ten open weights: the sum of 1 to 10.",
        ),
        Misconception(
            "multiplied instead of added",
            lambda: math.factorial(WORDS),
            "{got} is 1 · 2 · 3 · … · 10. The rows lie under one another: add up what is open in each.",
        ),
        Misconception(
            "every set of words counted",
            lambda: 2**WORDS,
            "{got} is 2 multiplied by itself ten times, far more than the 100 there are. Go row by row: to how many "
            "words may the first attend, the second, the last?",
        ),
        Misconception(
            "the word itself and the one before",
            lambda: 2 * WORDS - 1,
            "19 lets each word see itself and the one right before it. A causal mask opens *all* earlier words: the "
            "last one sees ten. (19 is also what one row and one column hold together.)",
        ),
        Misconception(
            "two for each word",
            lambda: 2 * WORDS,
            "20 would be two for each word. The first has one, itself, and the last has ten.",
        ),
        Misconception(
            "diagonal counted twice",
            lambda: _OPEN + WORDS,
            "65 counts the diagonal twice: the rows 1, 2, …, 10 hold it already.",
        ),
        Misconception(
            "diagonal taken away twice",
            lambda: _OPEN - 2 * WORDS,
            "35 is what is left when the diagonal is taken away twice. It is open, so it is not taken away at all.",
        ),
        Misconception(
            "two words less",
            lambda: (WORDS - 2) * (WORDS - 1) // 2,
            "36 is the sum of 1 to 8. There are ten rows, and each has one more open than words before it.",
        ),
        Misconception(
            "square of one word less",
            lambda: (WORDS - 1) ** 2,
            "81 is 9 · 9. A causal mask leaves a triangle open, not a square: 1, then 2, then 3.",
        ),
        Misconception(
            "all but the last row",
            lambda: WORDS * WORDS - 1,
            "99 closes a single pair. The first word alone has nine closed: all that come later.",
        ),
        Misconception(
            "half of eleven by eleven",
            lambda: 60.5,
            "60.5 is half of 11 · 11. Half of 10 · 11 it is: the first row and the last have 11 open together, and "
            "there are five such pairs.",
        ),
        Misconception(
            "one quarter",
            lambda: 25,
            "25 is a quarter. The triangle on and below the diagonal is more than half: halves of the map, and the "
            "diagonal with it.",
        ),
        Misconception(
            "three quarters",
            lambda: 75,
            "75 is three quarters. Row by row: the first has one open, the second two, the last ten.",
        ),
        Misconception(
            "one row of the middle",
            lambda: WORDS // 2,
            "5 is open in one row in the middle. Add up all ten rows.",
        ),
        Misconception(
            "the first row only",
            lambda: 1,
            "1 is open for the first word. The second has two; add up all ten rows.",
        ),
        Misconception(
            "everything closed",
            lambda: 0,
            "Each word may look at itself, so at least the ten on the diagonal are open; and every word but the first "
            "sees earlier ones as well.",
        ),
        Misconception(
            "share of the closed ones",
            lambda: 0.45,
            "0.45 is the share of *closed* weights. Asked for is how many of the 100 are open.",
        ),
        Misconception(
            "mean of the closed ones",
            lambda: 4.5,
            "4.5 is closed in a row on average. Asked for is how many are open, in all ten rows.",
        ),
        Misconception(
            "a half", lambda: 0.5, "A count of the 100 is asked for. And is it exactly half? Mind the diagonal."
        ),
        *(
            Misconception(
                "a slip in the sum",
                lambda count=count: count,
                "{got} is near, but not right. Was a row forgotten or counted twice? Add 1 + 2 + … + 10 in pairs: the "
                "first and the last, the second and the last but one.",
            )
            for count in (*range(51, _OPEN), *range(_OPEN + 1, 61))
        ),
        *(
            Misconception(
                "a slip among the closed ones",
                lambda count=count: count,
                "{got} is fewer than half. What a causal mask closes is a little fewer than half; what it leaves open, "
                "with the diagonal, a little more. Add up the rows: 1 + 2 + … + 10.",
            )
            for count in range(40, 50)
            if count != WORDS * WORDS - _OPEN
        ),
    ),
    hints=(
        "Row by row: to how many words may the first word attend? The second? The last?",
        "1 + 2 + 3 + … + 10. Pair the first with the last, 1 + 10, the second with the last but one, and so on.",
    ),
    praise="1 + 2 + … + 10 = 55, so 45 are closed. With longer sentences it comes close to half.",
)


def _causal(T: int, k: int = 0) -> np.ndarray:
    return np.tril(np.ones((T, T), dtype=bool), k)


def _real(lengths: np.ndarray, T: int) -> np.ndarray:
    """True on words, False on padding, ``(batch, T_k)``."""
    return np.arange(T) < lengths[:, None]


def _both(lengths: np.ndarray, T: int) -> np.ndarray:
    return (causal_mask(T) & padding_mask(torch.as_tensor(lengths), T)).numpy()


_Mask = Callable[[np.ndarray, int], np.ndarray]


def _masked(
    triangle: Callable[[int], np.ndarray] = _causal,
    real: _Mask = _real,
    place: Callable[[np.ndarray], np.ndarray] = lambda real: real[:, None, :],
    sign: Callable[[np.ndarray, np.ndarray], np.ndarray] = np.logical_and,
    at_the_end: Callable[[np.ndarray], np.ndarray] = np.copy,
) -> _Mask:
    """Both masks combined, with some steps done differently."""
    return lambda lengths, T: at_the_end(sign(triangle(T), place(real(lengths, T))))


# Which step, what is done instead, and how one says it beside a second mistake.
_MASK_STEPS = (
    ("triangle", "the future instead of the past", lambda T: _causal(T).T, "triu keeps the later keys: np.tril"),
    (
        "triangle",
        "a word may not look at itself",
        lambda T: _causal(T, -1),
        "the diagonal is closed: np.tril without k",
    ),
    ("triangle", "one word ahead", lambda T: _causal(T, 1), "each word sees the next one: np.tril without k"),
    (
        "triangle",
        "triangle of what is forbidden",
        lambda T: ~_causal(T),
        "your triangle marks what is forbidden, later keys; True means MAY attend: np.tril",
    ),
    (
        "real",
        "one padding too many",
        lambda lengths, T: _real(lengths + 1, T),
        "one padding is let in: positions count from 0, so <, not <=",
    ),
    (
        "real",
        "last word closed",
        lambda lengths, T: _real(lengths - 1, T),
        "the last word of each sentence is closed: np.arange(T) < lengths[:, None]",
    ),
    (
        "real",
        "padding kept, words closed",
        lambda lengths, T: ~_real(lengths, T),
        "the words are closed and the padding is open: position < length is a word",
    ),
    (
        "real",
        "words closed, and one padding too",
        lambda lengths, T: ~_real(lengths + 1, T),
        "the words are closed and the padding is open: position < length is a word",
    ),
    (
        "real",
        "padding in front",
        lambda lengths, T: _real(lengths, T)[:, ::-1],
        "the last places are taken for words, but padding comes after the words",
    ),
    (
        "place",
        "padding on the query axis",
        lambda real: real[:, :, None],
        "the padding is closed as a query; keys are the last axis, real[:, None, :]",
    ),
    ("sign", "or instead of and", np.logical_or, "| opens what *one* of the two masks allows; both must: &"),
    ("sign", "exclusive or", np.logical_xor, "^ opens what exactly one of the two masks allows; both must: &"),
    ("at_the_end", "True means closed", np.invert, "at the end True and False are exchanged; True means MAY attend"),
    (
        "at_the_end",
        "keys and queries exchanged",
        lambda mask: mask.swapaxes(1, 2),
        "keys and queries are exchanged; rows are queries",
    ),
)
_SAME_MASK = (  # two mistakes that give what a single one gives, or another two
    {"the future instead of the past", "or instead of and"},
    {"the future instead of the past", "padding on the query axis"},
    {"the future instead of the past", "keys and queries exchanged"},
    {"triangle of what is forbidden", "padding on the query axis"},
    {"triangle of what is forbidden", "keys and queries exchanged"},
    {"triangle of what is forbidden", "True means closed"},
    {"padding kept, words closed", "exclusive or"},
    {"words closed, and one padding too", "exclusive or"},
    {"words closed, and one padding too", "True means closed"},
    {"padding kept, words closed", "True means closed"},
    {"padding on the query axis", "keys and queries exchanged"},
    {"or instead of and", "True means closed"},
    {"exclusive or", "True means closed"},
)
_TWO_MASK_MISTAKES = tuple(
    Misconception(
        f"{one}, and {other}",
        _masked(**{step: do, second_step: second}),
        f"Two things: {say}. And {second_say}. Mend one, and check again.",
    )
    for (step, one, do, say), (second_step, other, second, second_say) in combinations(_MASK_STEPS, 2)
    if step != second_step and {one, other} not in _SAME_MASK
)

CAUSAL_AND_PADDING = Exercise(
    id="4.4",
    answer="causal_and_padding",
    title="Mend causal_and_padding(lengths, T): True where the key is a word and not later than the query.",
    objective="combine a causal and a padding mask",
    kind="mend",
    minutes=7,
    difficulty=2,
    cases=_LENGTHS,
    right=_both,
    misconceptions=(
        Misconception(
            "not mended",
            lambda lengths, T: _causal(T).T | _real(lengths, T)[:, None, :],
            "That is the code as it came. Two things are wrong. Print it for one sentence of 2 words and T = 3: which "
            "words does the first one see? And does anything keep the padding out?",
        ),
        Misconception(
            "or instead of and",
            lambda lengths, T: _causal(T) | _real(lengths, T)[:, None, :],
            "The triangle is right now. But | opens a pair when *one* of the two masks allows it: the first word sees "
            "all words that follow, and the last rows see the padding. Both must allow it: &.",
            seen="https://github.com/lucidrains/local-attention/issues/5",
        ),
        Misconception(
            "the future instead of the past",
            lambda lengths, T: _causal(T).T & _real(lengths, T)[:, None, :],
            "& is right. But triu keeps the upper right: each word sees itself and what comes *after* it. Rows are "
            "queries, so keys that came before stand to the left of the diagonal: np.tril.",
            seen="https://github.com/karpathy/nanoGPT/issues/170",
        ),
        Misconception(
            "padding on the query axis",
            lambda lengths, T: _causal(T) & _real(lengths, T)[:, :, None],
            "You closed the *rows* of the padding. The words' rows are right all the same, as padding comes after the "
            "words and the triangle keeps them apart; but a row without any open key has nothing to share out, and is "
            "NaN in many programs. Padding is kept out as a key, and keys are the last axis: real[:, None, :].",
            seen="https://github.com/bentrevett/pytorch-seq2seq/issues/96",
        ),
        Misconception(
            "a word may not look at itself",
            lambda lengths, T: _causal(T, -1) & _real(lengths, T)[:, None, :],
            "The diagonal is closed, as by k=-1 or by ~np.triu: the first word has nowhere to look. A word may attend "
            "to itself: np.tril without k.",
            seen="https://github.com/pbloem/former/issues/10",
        ),
        Misconception(
            "one word ahead",
            lambda lengths, T: _causal(T, 1) & _real(lengths, T)[:, None, :],
            "With k=1 each word sees the next one as well, which a model that writes does not have yet: np.tril "
            "without k.",
        ),
        Misconception(
            "triangle of what is forbidden",
            lambda lengths, T: ~_causal(T) & _real(lengths, T)[:, None, :],
            "triu with k=1 marks what a causal mask *forbids*. Here True means MAY attend: use np.tril, or turn it "
            "round with ~.",
            seen="https://github.com/rasbt/LLMs-from-scratch/issues/1061",
        ),
        Misconception(
            "True means closed",
            lambda lengths, T: ~_both(lengths, T),
            "The wrong way round: you have True where a pair is closed. torch.nn.MultiheadAttention reads a mask like "
            "that. In this course True means MAY attend.",
            seen="https://github.com/lucidrains/x-transformers/issues/160",
        ),
        Misconception(
            "padding kept, words closed",
            lambda lengths, T: _causal(T) & ~_real(lengths, T)[:, None, :],
            "The triangle is right, but you kept the padding and closed the words: take the ~ away from real.",
        ),
        Misconception(
            "one padding too many",
            lambda lengths, T: _causal(T) & _real(lengths + 1, T)[:, None, :],
            "One padding is let in. Positions count from 0, so a sentence of length 2 has keys 0 and 1: <, not <=.",
            seen="https://github.com/ajhalthor/Transformer-Neural-Network/issues/15",
        ),
        Misconception(
            "last word closed",
            lambda lengths, T: _causal(T) & _real(lengths - 1, T)[:, None, :],
            "The last word of each sentence is closed. Positions count from 0, so a sentence of length 2 has keys 0 "
            "and 1: np.arange(T) < lengths[:, None].",
        ),
        Misconception(
            "padding in front",
            lambda lengths, T: _causal(T) & _real(lengths, T)[:, None, ::-1],
            "You took the last places for the words. Here padding comes after the words: position < length.",
        ),
        Misconception(
            "padding forgotten, no batch",
            lambda lengths, T: _causal(T),
            "That is the causal mask alone, (T, T): the padding is still open, to the rows of the padding. Each "
            "sentence has its own length, and so a mask of its own: & real[:, None, :].",
        ),
        Misconception(
            "padding forgotten",
            lambda lengths, T: np.broadcast_to(_causal(T), (len(lengths), T, T)),
            "That is the causal mask, once for each sentence. It does keep the padding from the words, because it "
            "comes after them; the rows of the padding still see padding. & real[:, None, :].",
        ),
        Misconception(
            "future open, no query axis",
            lambda lengths, T: _real(lengths, T)[:, None, :],
            "That is the padding mask alone: every word still sees what comes later. & it with the causal mask.",
        ),
        Misconception(
            "future open",
            lambda lengths, T: np.repeat(_real(lengths, T)[:, None, :], T, axis=1),
            "That is the padding mask, the same for every query: each word still sees what comes later. & it with the "
            "causal mask.",
            seen="https://github.com/keras-team/keras/pull/23040",
        ),
        Misconception(
            "query axis missing in the mask",
            lambda lengths, T: _causal(T) & _real(lengths, T),
            "real has shape (batch, T) and the triangle (T, T). With as many sentences as positions NumPy takes "
            "sentences for queries, with others it stops. Give real an axis for the queries: real[:, None, :].",
        ),
        Misconception(
            "an axis for the batch missing",
            lambda lengths, T: _causal(T) & _real(lengths, T)[None],
            "real[None] puts the new axis in front, where the batch should be, and the sentences are taken for "
            "queries. The axis for the queries belongs in the middle: real[:, None, :].",
        ),
        Misconception(
            "batch and queries exchanged",
            lambda lengths, T: np.swapaxes(_both(lengths, T), 0, 1),
            "The first axis of your mask runs over the queries, the second over the sentences. (batch, T_q, T_k) is "
            "asked for: causal & real[:, None, :].",
        ),
        Misconception(
            "keys and queries exchanged",
            lambda lengths, T: np.swapaxes(_both(lengths, T), 1, 2),
            "Your mask is transposed: rows are keys. Rows are queries here, the last axis is the keys.",
        ),
        Misconception(
            "an axis too many",
            lambda lengths, T: _both(lengths, T)[:, None],
            "Right but for an axis: (batch, 1, T, T), where the 1 would stand for heads. They come in lesson 05; here "
            "(batch, T, T) is asked for.",
        ),
        Misconception(
            "scores instead of a mask",
            lambda lengths, T: np.where(_both(lengths, T), 0.0, -np.inf),
            "0 and minus infinity are what you would *add* to scores. Asked for is a boolean mask, True where a query "
            "may attend.",
        ),
        Misconception(
            "the longest length for all",
            lambda lengths, T: _causal(T) & np.broadcast_to(np.arange(T) < lengths.max(), (len(lengths), T, T)),
            "All sentences got the length of the longest. Compare every position with every length: "
            "np.arange(T) < lengths[:, None].",
        ),
        Misconception(
            "one length for all",
            lambda lengths, T: _causal(T) & np.broadcast_to(np.arange(T) < lengths[0], (len(lengths), T, T)),
            "All sentences got the length of the first. Compare every position with every length: "
            "np.arange(T) < lengths[:, None].",
        ),
        Misconception(
            "exclusive or",
            lambda lengths, T: _causal(T) ^ _real(lengths, T)[:, None, :],
            "^ is True where exactly one of the two masks is. Both must allow a pair: &.",
        ),
        Misconception(
            "the word 'and' between arrays",
            lambda lengths, T: _causal(T) and _real(lengths, T)[:, None, :],
            "'and', 'or' and 'not' ask for one single truth, and an array has many. &, | and ~ work place by place.",
            seen=(
                "https://stackoverflow.com/questions/10062954/"
                "valueerror-the-truth-value-of-an-array-with-more-than-one-element-is-ambiguous"
            ),
        ),
        Misconception(
            "a triangle of floats",
            lambda lengths, T: np.tril(np.ones((T, T))) & _real(lengths, T)[:, None, :],
            "& needs True and False on both sides; np.ones without dtype=bool holds floats. "
            "np.tril(np.ones((T, T), dtype=bool)).",
        ),
        Misconception(
            "a triangle of floats, with or",
            lambda lengths, T: np.tril(np.ones((T, T))) | _real(lengths, T)[:, None, :],
            "| and & need True and False on both sides; np.ones without dtype=bool holds floats: "
            "np.tril(np.ones((T, T), dtype=bool)). And both masks must allow a pair: &.",
        ),
        Misconception(
            "added without a boolean",
            lambda lengths, T: np.tril(np.ones((T, T))) + _real(lengths, T)[:, None, :],
            "You added the two masks: 1 and 2 where one of them or both are open. Both must allow a pair: &, "
            "between booleans.",
        ),
        Misconception(
            "scores instead of a mask, with a large number",
            lambda lengths, T: np.where(_both(lengths, T), 0.0, -1e9),
            "0 and a hugely negative number are what you would *add* to scores. Asked for is a boolean mask, True "
            "where a query may attend.",
        ),
        Misconception(
            "nothing closed",
            lambda lengths, T: np.ones((len(lengths), T, T), dtype=bool),
            "Your mask is True everywhere: nothing is closed. Closed is a key that comes later than the query, and a "
            "key that is padding.",
        ),
        Misconception(
            "padding closed as key and as query, the future open",
            lambda lengths, T: _real(lengths, T)[:, None, :] & _real(lengths, T)[:, :, None],
            "You combined the padding mask with itself, once for keys and once for queries. The causal mask is "
            "missing: each word still sees what comes later.",
        ),
        Misconception(
            "future open, padding on the query axis",
            lambda lengths, T: np.repeat(_real(lengths, T)[:, :, None], T, axis=2),
            "Two things: the padding is closed as a query, but keys are the last axis; and the causal mask is missing, "
            "so each word still sees what comes later.",
        ),
        Misconception(
            "the last length for all",
            lambda lengths, T: _causal(T) & np.broadcast_to(np.arange(T) < lengths[-1], (len(lengths), T, T)),
            "All sentences got the length of the last. Does each round of a loop write over the one before? Compare "
            "every position with every length: np.arange(T) < lengths[:, None].",
        ),
        Misconception(
            "one sentence's mask",
            lambda lengths, T: _both(lengths, T)[0],
            "That is the mask of the first sentence alone, (T, T). There is one for each sentence: (batch, T, T).",
        ),
        Misconception(
            "lengths without an axis",
            lambda lengths, T: _causal(T) & (np.arange(T) < lengths),
            "np.arange(T) < lengths compares place 0 with the first length, place 1 with the second. Every place is to "
            "meet every length: lengths[:, None] gives (batch, T).",
        ),
        Misconception(
            "lengths without an axis, then indexed",
            lambda lengths, T: _causal(T) & (np.arange(T) < lengths)[:, None, :],
            "np.arange(T) < lengths compares place 0 with the first length, place 1 with the second. Every place is to "
            "meet every length: lengths[:, None] gives (batch, T).",
        ),
        Misconception(
            "words closed, and one padding too",
            _masked(real=lambda lengths, T: ~_real(lengths + 1, T)),
            "Two things: you kept the padding and closed the words; and positions count from 0, so a word has "
            "position < length, not <=.",
        ),
        *_TWO_MASK_MISTAKES,
    ),
    hints=(
        "Two words have to change. Print what comes back for lengths = np.array([2]) and T = 3, and look at the first "
        "row: it is the first word's.",
        "np.triu keeps the upper right triangle. Rows are queries: on which side of the diagonal are earlier keys?",
        "A pair is open when the causal mask allows it *and* the key is a word. Which sign says 'and' for arrays?",
    ),
    praise="Both masks must agree. As padding comes last, the triangle alone would keep it from the words; with "
    "padding in front, only the padding mask does.",
)

_MASKS = ("padding", "both", "none", "causal")
_NO_ZEROS = "C has no 0 at all: every query uses every key."
_LAST_ROW_OF_D = "The last row of D uses all five keys, also the two of the padding."
_SEEN_IN_MAPS = (
    {
        "none": "A has zeros: two whole columns.",
        "causal": "The first row of A attends to later words; under a causal mask it could not.",
        "both": "The first row of A attends to later words; under a causal mask it could not.",
    },
    {
        "none": "B has the most zeros of the four.",
        "causal": "The last row of B leaves out two keys, though none of them comes later.",
        "padding": "The first row of B attends to itself only, though three keys are words.",
    },
    {"causal": _NO_ZEROS, "padding": _NO_ZEROS, "both": _NO_ZEROS},
    {
        "none": "D has zeros: the upper right triangle.",
        "padding": _LAST_ROW_OF_D,
        "both": _LAST_ROW_OF_D,
    },
)
_MAPS_LISTED = {  # with a message of their own
    ("none", "causal", "padding", "both"),
    ("causal", "both", "none", "padding"),
    ("padding", "causal", "none", "both"),
    ("both", "padding", "none", "causal"),
    ("none", "both", "padding", "causal"),
    ("padding", "both", "causal", "none"),
    ("both", "causal", "none", "padding"),
    ("padding", "none", "both", "causal"),
    ("causal", "padding", "none", "both"),
    ("none", "padding", "causal", "both"),
}
_MISREAD_MAPS = misreadings(
    _MASKS,
    _MASKS,
    _SEEN_IN_MAPS,
    "Ask each map two questions. Are its last two columns 0? Is its upper right triangle 0?",
    _MAPS_LISTED,
)


MASKS_OF_MAPS = Exercise(
    id="4.5",
    answer="masks_of_maps",
    title='Read the four maps A to D: "none", "causal", "padding" or "both"? Hand in a tuple of four.',
    objective="recognise a mask from the map it leaves",
    kind="read",
    minutes=4,
    difficulty=2,
    right=lambda: _MASKS,
    misconceptions=(
        Misconception(
            "order of the question",
            lambda: ("none", "causal", "padding", "both"),
            "That is the order in which the question names them. Begin with the map that has no 0 at all: which is it?",
        ),
        Misconception(
            "causal and padding exchanged",
            lambda: ("causal", "both", "none", "padding"),
            "C and B are right. In A two whole *columns* are 0: two keys that nobody may look at, whoever asks. In D "
            "a *triangle* is 0: what is closed depends on who asks. Which of the two is padding?",
        ),
        Misconception(
            "both and causal exchanged",
            lambda: ("padding", "causal", "none", "both"),
            "A and C are right. B and D are both triangles; look at their last rows. In D the last query uses all five "
            "keys, also the two of the padding; in B only three are left.",
        ),
        Misconception(
            "both and padding exchanged",
            lambda: ("both", "padding", "none", "causal"),
            "C and D are right. In A and B the last two columns are 0. Look at the first row: in A the first word "
            "attends to later words, in B to itself only.",
        ),
        Misconception(
            "none and padding exchanged",
            lambda: ("none", "both", "padding", "causal"),
            "B and D are right. A has two columns of 0: nobody may look at the fourth and the fifth key. The words "
            "are three. And C has no 0 at all.",
        ),
        Misconception(
            "none and causal exchanged",
            lambda: ("padding", "both", "causal", "none"),
            "A and B are right. In C every word attends to later ones, in D none does: the upper right triangle is 0.",
        ),
        Misconception(
            "only the map without a mask found",
            lambda: ("both", "causal", "none", "padding"),
            "C is right. For the others ask two questions. Are the last two columns 0? Then padding is masked: A and "
            "B. Is the upper right triangle 0? Then the future is: B and D.",
        ),
        Misconception(
            "colours read the other way round",
            lambda: ("padding", "none", "both", "causal"),
            "C has no 0 at all, and you call it masked most; B has the most zeros. Is it the colours? Dark is a "
            "weight of 0: closed.",
        ),
        Misconception(
            "padding sought in the rows",
            lambda: ("causal", "padding", "none", "both"),
            "C is right. Padding does not empty rows: its own queries still share out 1 (every row of every map sums "
            "to 1). It empties *columns*, whoever asks. Look for maps whose last two columns are 0; there are two.",
            seen="https://github.com/bentrevett/pytorch-seq2seq/issues/119",
        ),
        Misconception(
            "from A to D the zeros grow",
            lambda: ("none", "padding", "causal", "both"),
            "From none to both the zeros grow, but the maps are not in that order. Count them: 10 in A, 13 in B, none "
            "in C, 10 in D.",
        ),
        *_MISREAD_MAPS,
        *(
            Misconception(
                "one word for four maps",
                lambda word=word: word,
                "One word came, and there are four maps. Hand in a tuple of four, for A, B, C and D in this order.",
            )
            for word in _MASKS
        ),
        *(
            Misconception(
                "another word for it",
                lambda words=words: words,
                "Your reading is right; only the check wants its four words: none, causal, padding and both.",
            )
            for words in (
                *(("padding", both, "none", "causal") for both in ("causal and padding", "padding and causal")),
                *(("padding", both, "none", "causal") for both in ("causal+padding", "padding+causal")),
                *(("padding", both, "none", "causal") for both in ("causal + padding", "padding + causal")),
                *(("padding", "both", none, "causal") for none in (None, "no", "no mask", "nothing", "unmasked")),
                ("padded", "both", "none", "causal"),
                ("pad", "both", "none", "causal"),
                ("padding", "both", "none", "causal mask"),
                ("padding mask", "both", "none", "causal mask"),
                ("padding mask", "both", "no mask", "causal mask"),
            )
        ),
        *(
            Misconception(
                "not a tuple",
                lambda answer=answer: answer,
                "Your reading is right; only the form is another. Hand in a tuple: four words in quotes, between round "
                "brackets, for A to D.",
            )
            for answer in (
                dict(zip("ABCD", _MASKS)),
                ", ".join(_MASKS),
                ",".join(_MASKS),
                " ".join(_MASKS),
            )
        ),
    ),
    hints=(
        "A mask leaves zeros. Which map has none?",
        "Padding closes a key for everybody: a whole column. A causal mask closes what comes later: a triangle.",
        "Two maps have two empty columns. In one of them the first row has three numbers, in the other one.",
    ),
    praise="Columns tell of padding, triangles of the future; and every row, whatever is closed, still sums to 1.",
)

_BELIEVED = ("no", "open", "yes")
_SEEN_IN_TABLE = (
    {
        "yes": "A reads as well as C, and hangs on the cue as well; but without the word its *map* points to, 96 "
        "answers of 100 stay.",
        "open": "A's map was tested: the word it points to was replaced, and 96 answers of 100 stay.",
    },
    {
        "yes": "B's answer hangs on the cue, but whether its map points there nobody tested: the second line is empty.",
        "no": "For B the word its map points to was never replaced. What was not measured is neither yes nor no.",
    },
    {
        "no": "C's map stood the test: without the word it points to 92 answers of 100 change, without another one 1.",
        "open": "C's map was tested: without the word it points to 92 answers of 100 change, without another one 1.",
    },
)
_BELIEFS_LISTED = {  # with a message of their own
    ("yes", "yes", "yes"),
    ("no", "yes", "yes"),
    ("no", "no", "yes"),
    ("yes", "open", "no"),
    ("no", "open", "no"),
    ("no", "no", "no"),
    ("open", "open", "open"),
    ("open", "open", "yes"),
    ("yes", "open", "yes"),
    ("open", "no", "yes"),
}
_MISJUDGED_MAPS = misreadings(
    _BELIEVED, _BELIEVED, _SEEN_IN_TABLE, "Only the second line of the table is about the map.", _BELIEFS_LISTED
)

MAPS_TO_BELIEVE = Exercise(
    id="4.6",
    answer="maps_to_believe",
    title='Read the table: does the map show what the answer hangs on? "yes", "no" or "open" for A, B and C.',
    objective="tell from replaced words whether a map may be believed",
    kind="read",
    minutes=5,
    difficulty=3,
    right=lambda: _BELIEVED,
    misconceptions=(
        Misconception(
            "a replaced cue taken for a test of the map",
            lambda: ("yes", "yes", "yes"),
            "You read the line of the cue. Whoever reads well changes the answer when the cue is replaced, and the map "
            "has no say in that: a model without any map would do the same. Look at what the *map* points to.",
        ),
        Misconception(
            "the cue stands in for what was not measured",
            lambda: ("no", "yes", "yes"),
            "A and C are right. B's answer hangs on the cue, but does B's map point at it? That nobody measured: "
            "the cue is what the rule says, the most attended word is what the map says.",
        ),
        Misconception(
            "not measured taken for no",
            lambda: ("no", "no", "yes"),
            "A and C are right. For B the test that could refute its map was not made. What was not measured is "
            "neither yes nor no.",
        ),
        Misconception(
            "change taken for a fault",
            lambda: ("yes", "open", "no"),
            "B is right. The others are the wrong way round: where the answer hangs on a word, it must change when the "
            "word goes. C's does, A's stays as it was.",
        ),
        Misconception(
            "no map may be believed",
            lambda: ("no", "open", "no"),
            "A and B are right. But C's map stood the test: without the word it points to the answer changes nearly "
            "always, and without another word it stays.",
        ),
        Misconception(
            "no map may be believed, nor B's",
            lambda: ("no", "no", "no"),
            "A is right. Maps may mislead, and so they are tested one by one. Which of the three stood the test? And "
            "for which was it never made?",
        ),
        Misconception(
            "numbers taken to say nothing",
            lambda: ("open", "open", "open"),
            "B is right. For A and C the words their maps point to were replaced and the answers counted: that is the "
            "test of section 5.",
        ),
        Misconception(
            "a failed test taken for none",
            lambda: ("open", "open", "yes"),
            "B and C are right. A's map was tested: in 96 of 100 sentences the answer stays when the word it points to "
            "is gone. So it does not hang on that word.",
        ),
        Misconception(
            "accuracy taken for a reason",
            lambda: ("yes", "open", "yes"),
            "B and C are right. A reads as well as C, and its answer hangs on the cue as well. But its map points "
            "elsewhere: without the word it points to, 96 answers of 100 stay.",
            seen="https://github.com/slideflow/slideflow/issues/233",
        ),
        Misconception(
            "A and B exchanged",
            lambda: ("open", "no", "yes"),
            "C is right. One of the other two was tested and failed, one was not tested. Which line of the table is "
            "about the map?",
        ),
        *_MISJUDGED_MAPS,
        *(
            Misconception(
                "one word for three maps",
                lambda word=word: word,
                "One word came, and there are three readers. Hand in a tuple of three, for A, B and C in this order.",
            )
            for word in _BELIEVED
        ),
        *(
            Misconception(
                "one reader named",
                lambda letter=letter: letter,
                'You named one reader. Hand in a tuple of three words, "yes", "no" or "open", for A, B and C.',
            )
            for letter in "ABC"
        ),
        *(
            Misconception(
                "another word for it",
                lambda words=words: words,
                "Your reading is right; only the check wants its three words: yes, no and open.",
            )
            for words in (
                *(("no", other, "yes") for other in ("not measured", "unknown", "unclear", "maybe", "?", None)),
                *((False, other, True) for other in ("open", None)),
                ("n", "o", "y"),
            )
        ),
        *(
            Misconception(
                "True and False",
                lambda words=words: words,
                'True and False are two answers, and there are three. Write "yes", "no" or "open"; what was not '
                "measured is neither True nor False.",
            )
            for words in product((True, False), repeat=3)
        ),
        *(
            Misconception(
                "not a tuple",
                lambda answer=answer: answer,
                "Your reading is right; only the form is another. Hand in a tuple: three words in quotes, between "
                "round brackets, for A, B and C.",
            )
            for answer in (
                dict(zip("ABC", _BELIEVED)),
                ", ".join(_BELIEVED),
                ",".join(_BELIEVED),
                " ".join(_BELIEVED),
            )
        ),
    ),
    hints=(
        "Three lines, but only one of them is about the map. Which?",
        "If a map shows what the answer hangs on, the answer must change when the word it points to is replaced.",
        "A: tested, and the answer stays. B: nobody tested. C: tested, and the answer changes; other words do nothing.",
    ),
    praise="Being right, and needing the cue, say nothing about the map. Replace what the map points to, and count.",
)

EXERCISES = (
    SELF_ATTENTION,
    RELATIVE_SCORES,
    OPEN_WEIGHTS,
    CAUSAL_AND_PADDING,
    MASKS_OF_MAPS,
    MAPS_TO_BELIEVE,
)
