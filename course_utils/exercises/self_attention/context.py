"""Exercise 4.1: self-attention from its three projections."""

from __future__ import annotations

import math

import numpy as np
import torch

from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.mistaken_weights import (
    causal,
    even,
    highest_alone,
    in_proportion,
    scores_themselves,
    softmax_over_all,
    softmax_twice,
    without_keepdims,
)
from course_utils.exercises.reference import softmax
from course_utils.exercises.self_attention.steps import made_from, with_steps
from course_utils.exercises.self_attention.two_mistakes import TWO_MISTAKES

_GENERATOR = np.random.default_rng(4)


def _sentence(T: int, d_model: int, d_k: int) -> tuple[np.ndarray, ...]:
    """x, W_q, W_k, W_v."""
    return (_GENERATOR.normal(size=(T, d_model)), *_GENERATOR.normal(size=(3, d_model, d_k)))


# In the first all sizes are equal: a product in the wrong order gives a number there, which can be explained, and not
# an error. In the others no two sizes are equal: what only fitted by chance shows.
_SENTENCES = (tuple(array.round(1) for array in _sentence(3, 3, 3)), _sentence(4, 7, 5), _sentence(6, 4, 9))


def _context(x: np.ndarray, W_q: np.ndarray, W_k: np.ndarray, W_v: np.ndarray) -> np.ndarray:
    projected = (torch.from_numpy(x @ W) for W in (W_q, W_k, W_v))
    return torch.nn.functional.scaled_dot_product_attention(*(array[None] for array in projected))[0].numpy()


def _weights_divided(
    weights: np.ndarray, x: np.ndarray, query: np.ndarray, key: np.ndarray, value: np.ndarray
) -> np.ndarray:
    return weights / math.sqrt(query.shape[-1]) @ value


def _cosines(query: np.ndarray, key: np.ndarray) -> np.ndarray:
    query, key = (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True) for vectors in (query, key))
    return query @ key.T


_MISTAKES = (
    Misconception(
        "the words as values",
        with_steps(mix=lambda weights, x, query, key, value: weights @ x),
        "You mixed the words themselves: weights @ x. What a word hands over is its value, x @ W_v; W_v decides what "
        "of the word the others get to see.",
        seen="https://github.com/hmdolatabadi/denoising_diffusion/issues/1",
    ),
    Misconception(
        "no projections",
        made_from("x", "x", "x"),
        "Your words compare themselves as they are: the three matrices do nothing, and nothing else could be learned "
        "here. Begin with query = x @ W_q, key = x @ W_k, value = x @ W_v.",
        seen="https://github.com/rongzhou7/ADCCA/issues/5",
    ),
    Misconception(
        "only values projected",
        made_from("x", "x", "x @ W_v"),
        "W_v is used, W_q and W_k are not: your scores are x @ x.T. What a word asks for and what it can be found by "
        "are two things, each with its own matrix.",
    ),
    Misconception(
        "the matrices taken for query, key and value",
        with_steps(project=lambda x, W_q, W_k, W_v: (W_q, W_k, W_v)),
        "There are no words in your result: you used W_q, W_k, W_v as if they were query, key and value. They make "
        "them: query = x @ W_q, and the others alike.",
    ),
    Misconception(
        "W before x",
        with_steps(project=lambda x, W_q, W_k, W_v: (W_q @ x, W_k @ x, W_v @ x)),
        "You multiplied W @ x. Rows of x are words, so a word meets the matrix from the left: x @ W_q has shape "
        "(T, d_k). (In books where a word is a column you find it the other way round.)",
        seen="https://github.com/probml/pml2-book/issues/228",
    ),
    Misconception(
        "W transposed",
        with_steps(project=lambda x, W_q, W_k, W_v: (x @ W_q.T, x @ W_k.T, x @ W_v.T)),
        "You multiplied by the transposed matrices. That is right for the weight of torch.nn.Linear, which is stored "
        "(out, in). Here W has shape (d_model, d_k): x @ W_q.",
    ),
    Misconception(
        "multiplied number by number",
        with_steps(project=lambda x, W_q, W_k, W_v: (x * W_q, x * W_k, x * W_v)),
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
        made_from("x @ W_q", "x @ W_q", "x @ W_v"),
        "Your keys are the queries once more: W_k is not used. Then the score of 'bank' for 'river' is always that of "
        "'river' for 'bank', although one may need the other and not the reverse. key = x @ W_k.",
    ),
    Misconception(
        "queries made with W_k",
        made_from("x @ W_k", "x @ W_k", "x @ W_v"),
        "Your queries are the keys once more: W_q is not used. Then the score of 'bank' for 'river' is always that of "
        "'river' for 'bank'. query = x @ W_q.",
    ),
    Misconception(
        "keys as values",
        made_from("x @ W_q", "x @ W_k", "x @ W_k"),
        "You mixed the keys. A key is what a word is found by; what it hands over is its value: "
        "weights @ value, with value = x @ W_v.",
    ),
    Misconception(
        "queries as values",
        made_from("x @ W_q", "x @ W_k", "x @ W_q"),
        "You mixed the queries. What is mixed are the values: weights @ value, with value = x @ W_v.",
    ),
    Misconception(
        "one matrix for all three",
        made_from("x @ W_q", "x @ W_q", "x @ W_q"),
        "Query, key and value are all x @ W_q. Copied lines? Each of the three has a matrix of its own.",
    ),
    Misconception(
        "query and key exchanged",
        made_from("x @ W_k", "x @ W_q", "x @ W_v"),
        "Each row of your scores belongs to a key: key @ query.T. A row is one word that attends, so the query comes "
        "first: query @ key.T. In self-attention the shape cannot tell you, both are (T, T).",
    ),
    Misconception(
        "key and value exchanged",
        made_from("x @ W_q", "x @ W_v", "x @ W_k"),
        "You compared with the values and mixed the keys. Queries meet keys; the values are mixed.",
    ),
    Misconception(
        "key not transposed",
        with_steps(compare=lambda query, key: query @ key),
        "Query rows are to meet key rows; the matrix product takes columns on its right. Transpose the key: "
        "query @ key.T (a reshape moves no number).",
    ),
    Misconception(
        "features compared with features",
        with_steps(compare=lambda query, key: query.T @ key),
        "query.T @ key has a row for each feature, (d_k, d_k). Words are to be compared with words, "
        "(T, T): query @ key.T.",
    ),
    Misconception(
        "no scaling",
        with_steps(divide_by=lambda d_k, d_model, T: 1.0),
        "The scores are not divided by √d_k. Divide query @ key.T by the root of the number of features of a key "
        "before the softmax (lesson 02, section 5).",
    ),
    Misconception(
        "scaling by d_k instead of √d_k",
        with_steps(divide_by=lambda d_k, d_model, T: d_k),
        "You divided by the size itself, and the weights come out too even. Divide by the square root of d_k "
        "(lesson 02, section 5).",
    ),
    Misconception(
        "scaling by √d_model",
        with_steps(divide_by=lambda d_k, d_model, T: math.sqrt(d_model)),
        "You divided by the root of d_model, the size of a word. The dot product is taken between query and key, and "
        "these have d_k features: query.shape[-1]. With d_model = d_k you would never have noticed.",
        seen="https://github.com/brightmart/bert_language_understanding/issues/9",
    ),
    Misconception(
        "scaling by √T",
        with_steps(divide_by=lambda d_k, d_model, T: math.sqrt(T)),
        "You divided by the root of the number of words. The sum in a dot product runs over features, so it is "
        "d_k = key.shape[-1] that counts, not len(key).",
    ),
    Misconception(
        "multiplied by √d_k",
        with_steps(divide_by=lambda d_k, d_model, T: 1 / math.sqrt(d_k)),
        "You multiplied by √d_k; scores are divided by it. As it is, the spread of the scores grows with d_k, and one "
        "word takes nearly everything.",
    ),
    Misconception(
        "scaled after the softmax",
        with_steps(divide_by=lambda d_k, d_model, T: 1.0, mix=_weights_divided),
        "You divided the weights by √d_k, so a word no longer shares out 1. Divide the scores, before the softmax.",
    ),
    Misconception(
        "softmax over the queries",
        with_steps(share=lambda scores: softmax(scores, 0)),
        "The columns of your weights sum to 1, not the rows: axis 0 runs over the queries. Each word that attends "
        "shares out 1, so the softmax runs along the last axis. The shape (T, T) does not give this away.",
        seen="https://github.com/nerminnuraydogan/vision-transformer/issues/1",
    ),
    Misconception(
        "softmax over the whole array",
        with_steps(share=softmax_over_all),
        "All your weights together sum to 1. Each word shares out 1 of its own: sum along the last axis.",
        seen="https://github.com/lucidrains/perceiver-pytorch/issues/46",
    ),
    Misconception(
        "sum without keepdims",
        with_steps(share=without_keepdims),
        "You summed along the rows, but the division ran along the columns: .sum(axis=-1) has shape (T,), and NumPy "
        "lays it beside every row. As scores are square here nothing stops it. Keep the axis: "
        ".sum(axis=-1, keepdims=True).",
    ),
    Misconception(
        "not normalised",
        with_steps(share=np.exp),
        "You mixed with exp(scores). Divide each row by its sum first, so that every word shares out 1.",
    ),
    Misconception(
        "no softmax",
        with_steps(share=scores_themselves),
        "You mixed with the scores themselves. They may be negative and need not sum to 1: the softmax makes shares of "
        "them.",
    ),
    Misconception(
        "weights transposed",
        with_steps(share=lambda scores: softmax(scores).T),
        "Your weights are right, and then you transposed them: each word gets what it *gave* to the others. "
        "weights @ value, without .T, and in this order.",
        seen="https://github.com/ok1zjf/VASNet/issues/25",
    ),
    Misconception(
        "order of the product swapped",
        with_steps(mix=lambda weights, x, query, key, value: value @ weights),
        "You multiplied value @ weights. A row of weights has one share for each word, and so for each row of value: "
        "weights @ value.",
    ),
    Misconception(
        "weights multiplied number by number",
        with_steps(mix=lambda weights, x, query, key, value: weights * value),
        "* lays weights and values beside each other and adds nothing up. A context is a sum over all words: "
        "weights @ value.",
    ),
    Misconception(
        "weights instead of the context",
        with_steps(mix=lambda weights, x, query, key, value: weights),
        "Those are the weights, (T, T). One step is left: mix the values with them, weights @ value.",
    ),
    Misconception(
        "scores instead of the context",
        with_steps(share=scores_themselves, mix=lambda weights, x, query, key, value: weights),
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
        with_steps(mix=lambda weights, x, query, key, value: (weights @ value, weights)),
        "You give back two things, context and weights, as the course's own function does. Both are right; here only "
        "the context is asked for.",
    ),
    Misconception(
        "causal mask",
        with_steps(share=causal),
        "You closed what comes after each word. No mask is asked for here: 'bank' needs the 'river' that follows.",
    ),
    Misconception(
        "causal mask the other way round",
        with_steps(share=lambda scores: softmax(np.where(np.triu(np.ones_like(scores)) > 0, scores, -np.inf))),
        "You closed what comes before each word. No mask is asked for here: every word may attend to every word.",
    ),
    Misconception(
        "causal mask with 0 instead of minus infinity",
        with_steps(share=lambda scores: softmax(np.tril(scores))),
        "You set the scores of later words to 0, and exp(0) is 1, so they are not closed. No mask is asked for here "
        "at all: leave the scores as they are.",
    ),
    Misconception(
        "causal mask after the softmax",
        with_steps(share=lambda scores: np.tril(softmax(scores))),
        "You set the weights of later words to 0, so most rows no longer sum to 1. No mask is asked for here: every "
        "word may attend to every word.",
    ),
    Misconception(
        "no word attends to itself",
        with_steps(share=lambda scores: softmax(np.where(np.eye(len(scores)) > 0, -np.inf, scores))),
        "You closed the diagonal. In self-attention a word may attend to itself as well; here nothing is closed.",
    ),
    Misconception(
        "the word itself only",
        with_steps(
            compare=lambda query, key: (query * key).sum(-1),
            mix=lambda weights, x, query, key, value: weights[:, None] * value,
        ),
        "Each of your queries met one key only, that of its own word. Every query meets every key, which gives (T, T) "
        "scores: query @ key.T.",
    ),
    Misconception(
        "query and key multiplied number by number",
        with_steps(compare=lambda query, key: query * key, mix=lambda weights, x, query, key, value: weights * value),
        "* puts each query beside the key of its own word, feature by feature: no word meets another one. Every query "
        "meets every key, (T, T): query @ key.T; and weights @ value mixes.",
    ),
    Misconception(
        "weights in proportion to the scores",
        with_steps(share=in_proportion),
        "You divided the scores by their sum. Scores may be negative, and so may their sum be: that makes no shares. "
        "Take np.exp of the scores first, then divide each row by its sum.",
    ),
    Misconception(
        "weights in proportion to the size of the scores",
        with_steps(share=lambda scores: abs(scores) / abs(scores).sum(-1, keepdims=True)),
        "You shared out in proportion to the scores without their signs, so that a low score weighs as much as a high "
        "one. Take np.exp of the scores, then divide each row by its sum.",
    ),
    Misconception(
        "weights in proportion to the positive scores",
        with_steps(share=lambda scores: np.maximum(scores, 0) / np.maximum(scores, 1e-9).sum(-1, keepdims=True)),
        "You cut negative scores off and shared out in proportion to the others. The softmax takes np.exp of every "
        "score, so each word gets a little.",
    ),
    Misconception(
        "softmax twice",
        with_steps(share=softmax_twice),
        "The softmax runs twice, which makes the weights nearly even. Once is enough: its rows sum to 1 already.",
    ),
    Misconception(
        "logarithm of the weights",
        with_steps(share=lambda scores: np.log(softmax(scores))),
        "Those are logarithms of weights, as log_softmax gives them. What mixes are the weights themselves.",
    ),
    Misconception(
        "a sigmoid instead of the softmax",
        with_steps(share=lambda scores: 1 / (1 + np.exp(-scores))),
        "A sigmoid squeezes each score by itself, and rows need not sum to 1. The softmax lets the words of a row "
        "compete: np.exp, divided by the sum of the row.",
    ),
    Misconception(
        "the highest score alone",
        with_steps(share=highest_alone),
        "Each of your words took the value of its highest score alone. The softmax is softer: every word gets a share, "
        "also the lower ones.",
    ),
    Misconception(
        "even weights",
        with_steps(share=even),
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
        lambda x, W_q, W_k, W_v: with_steps(mix=lambda weights, *made: weights @ W_v)(x, W_q, W_k, W_v),
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
        with_steps(divide_by=lambda d_k, d_model, T: 2 * d_k),
        "You divided by 2 · d_k. Did you write d_k ** 1 / 2? ** binds more strongly than /, so the 1/2 needs "
        "brackets, d_k ** (1 / 2); or np.sqrt(d_k).",
    ),
    Misconception(
        "scaling by the √2 of section 2",
        with_steps(divide_by=lambda d_k, d_model, T: math.sqrt(2)),
        "You divided by √2, as in section 2, where keys had two features. Here d_k is another: np.sqrt(key.shape[-1]).",
    ),
    Misconception(
        "scaling by d_k²",
        with_steps(divide_by=lambda d_k, d_model, T: d_k**2),
        "You divided by the square of d_k. It is the square root, np.sqrt(key.shape[-1]).",
    ),
    Misconception(
        "cosines instead of scores",
        with_steps(compare=_cosines, divide_by=lambda d_k, d_model, T: 1.0),
        "You divided by the lengths of query and key: those are cosines, between -1 and 1. Here the products are "
        "divided by √d_k, and long vectors may speak louder.",
    ),
    Misconception(
        "scaled twice",
        with_steps(mix=_weights_divided),
        "You divided by √d_k twice: the scores before the softmax, which is right, and what comes out once more. "
        "Leave the second out.",
    ),
    Misconception(
        "unscaled scores instead of the context",
        with_steps(
            divide_by=lambda d_k, d_model, T: 1.0,
            share=scores_themselves,
            mix=lambda weights, x, query, key, value: weights,
        ),
        "Those are the products of queries and keys. Three steps are left: divide by √d_k, a softmax along each row, "
        "and weights @ value.",
    ),
)

# The other ways to take the wrong matrix, or none, beside those with a message of their own.
_WRONG_MATRICES = tuple(
    Misconception(
        f"query {query}, key {key}, value {value}",
        made_from(query, key, value),
        f"Your query is {query}, your key {key}, your value {value}. Each has a matrix of its own, named after it: "
        "query = x @ W_q, key = x @ W_k, value = x @ W_v.",
    )
    for query, key, value in (
        *((f"x @ W_{q}", f"x @ W_{k}", f"x @ W_{v}") for q, k, v in ("vkq", "kvq", "vqk", "kkk", "vvv", "qvv", "vkv")),
        ("x", "x @ W_k", "x @ W_v"),
        ("x @ W_q", "x", "x @ W_v"),
    )
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
    misconceptions=(*_MISTAKES, *_WRONG_MATRICES, *TWO_MISTAKES),
    hints=(
        "Three products first: query, key and value are all made from x, each with its own matrix, as x @ W.",
        "From there it is lesson 02: scores (T, T), divided by the root of d_k = key.shape[-1]; a softmax along each "
        "row; then mix.",
        "scores = query @ key.T / np.sqrt(key.shape[-1]); exps = np.exp(scores); "
        "weights = exps / exps.sum(axis=-1, keepdims=True). One product is left, that of the weights with the value.",
    ),
    praise="Equal to PyTorch's own. Every word asks, can be found and hands something over: one sequence, three roles.",
)
