"""Exercises of the lesson on self-attention."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch

from course_utils.attention import causal_mask, padding_mask, scaled_dot_product_attention
from course_utils.exercises.exercise import Exercise, Misconception
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
_LENGTHS = ((np.array([2, 3, 1, 2]), 4), (np.array([3, 5]), 5), (np.array([4, 1, 2]), 6), (np.array([2]), 3))


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
        "query @ key.T.",
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
        "no scaling, and softmax over the queries",
        _projected(lambda query, key, value: softmax(query @ key.T, 0) @ value),
        "Two things: the columns of your weights sum to 1 instead of the rows, and the scores are not divided by "
        "√d_k. Begin with the rows: the softmax runs along the last axis.",
    ),
    Misconception(
        "no scaling, and the words as values",
        lambda x, W_q, W_k, W_v: softmax((x @ W_q) @ (x @ W_k).T) @ x,
        "Two things: you mixed the words, not their values x @ W_v, and the scores are not divided by √d_k.",
    ),
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
    misconceptions=_SELF_ATTENTION_MISTAKES,
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
            "With 5 numbers the places are 0 to 4, and distance 0 stands at 2. You read one place too far: "
            "max_distance = len(table) // 2.",
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
            "All keys before the query got the number of distance 0. The lower end of the clipping is -max_distance.",
        ),
        Misconception(
            "after counts as 0",
            _looked_up(lambda d, largest: np.clip(d, -largest, 0)),
            "All keys after the query got the number of distance 0. The upper end of the clipping is +max_distance.",
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

MASKS_OF_MAPS = Exercise(
    id="4.5",
    answer="masks_of_maps",
    title='Read the four maps A to D: "none", "causal", "padding" or "both"? Hand in a tuple of four.',
    objective="recognise a mask from the map it leaves",
    kind="read",
    minutes=4,
    difficulty=2,
    right=lambda: ("padding", "both", "none", "causal"),
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
    ),
    hints=(
        "A mask leaves zeros. Which map has none?",
        "Padding closes a key for everybody: a whole column. A causal mask closes what comes later: a triangle.",
        "Two maps have two empty columns. In one of them the first row has three numbers, in the other one.",
    ),
    praise="Columns tell of padding, triangles of the future; and every row, whatever is closed, still sums to 1.",
)

MAPS_TO_BELIEVE = Exercise(
    id="4.6",
    answer="maps_to_believe",
    title='Read the table: does the map show what the answer hangs on? "yes", "no" or "open" for A, B and C.',
    objective="tell from replaced words whether a map may be believed",
    kind="read",
    minutes=5,
    difficulty=3,
    right=lambda: ("no", "open", "yes"),
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
