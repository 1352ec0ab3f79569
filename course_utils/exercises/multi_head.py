"""Exercises of the lesson on multi-head attention."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations, product

import numpy as np
import torch
from torch.nn import functional as F

from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.misreading import misreadings
from course_utils.exercises.reference import softmax

_GENERATOR = np.random.default_rng(5)
_READABLE = np.add.outer(10 * np.arange(3), np.arange(4))  # 21 stands at position 2, feature 1
_SPLITS = (
    (_READABLE, 2),
    (_GENERATOR.normal(size=(5, 12)), 3),  # T, num_heads and d_k are 5, 3 and 4
    (_GENERATOR.normal(size=(4, 6)), 1),
)


def _projected(T_q: int, T_k: int, d_model: int, num_heads: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    sizes = (T_q, d_model), (T_k, d_model), (T_k, d_model)
    return (*(_GENERATOR.normal(size=size) for size in sizes), num_heads)


_ATTENTIONS = (_projected(2, 3, 4, 1), _projected(4, 6, 10, 2), _projected(9, 6, 12, 3))  # d_k: 4, 5, 4

_MASKS = (
    (np.array([[[True, False]], [[True, True]]]), 3),
    (_GENERATOR.random(size=(3, 4, 5)) < 0.6, 2),
    (_GENERATOR.random(size=(2, 3, 4)) < 0.5, 1),
)

_TOKENS = ("a red", "b gold", "c blue", "a green", "d red", "b blue", "c gold", "d green")  # in a circle
_PLACES = np.arange(len(_TOKENS))
_TWIN = np.array([3, 5, 6, 0, 7, 1, 2, 4])
_LOOKS_AT = {
    "A": (_PLACES + 1) % 8,
    "B": _TWIN,
    "C": (_PLACES - 1) % 8,
}  # where each head looks; A at the right neighbour
_UNCLEAR = {"A": (2, 6), "B": (1, 5), "C": (3, 6)}  # rows of noise alone


def maps_to_read() -> tuple[list[str], np.ndarray]:
    """Eight tokens in a circle, and the weights ``(3, 8, 8)`` of the heads A, B and C on them, for exercise 5.4.

    The weights are made, not trained: a peak on one key in six rows of each head, and noise everywhere. A call gives
    the same numbers every time.
    """
    scores = np.random.default_rng(62).normal(size=(3, 8, 8))
    for head, looks_at, unclear in zip(scores, _LOOKS_AT.values(), _UNCLEAR.values()):
        clear = np.setdiff1d(_PLACES, unclear)
        head[clear, looks_at[clear]] += 3.0
    return list(_TOKENS), softmax(scores)


def _softmax_over_all(scores: np.ndarray) -> np.ndarray:
    return softmax(scores.reshape(-1)).reshape(scores.shape)


def _softmax_over_heads_and_keys(scores: np.ndarray) -> np.ndarray:
    of_queries = scores.swapaxes(0, 1)  # (T_q, num_heads, T_k)
    return softmax(of_queries.reshape(len(of_queries), -1)).reshape(of_queries.shape).swapaxes(0, 1)


def _windows(x: np.ndarray, num_heads: int, step: int, width: int) -> np.ndarray:
    """A slice of the features for each head: ``(num_heads, T, width)``."""
    return np.array([x[:, h * step : h * step + width] for h in range(num_heads)])


def _split(x: np.ndarray, num_heads: int) -> np.ndarray:
    d_k = x.shape[1] // num_heads
    return _windows(x, num_heads, d_k, d_k)


def _merge(heads: np.ndarray) -> np.ndarray:
    return np.concatenate(list(heads), axis=1)


def _split_straight(x: np.ndarray, num_heads: int) -> np.ndarray:
    return x.reshape(num_heads, len(x), -1)


def _merge_straight(heads: np.ndarray) -> np.ndarray:
    return heads.reshape(heads.shape[1], -1)


def _split_in_turn(x: np.ndarray, num_heads: int) -> np.ndarray:
    return np.array([x[:, h::num_heads] for h in range(num_heads)])


def _merge_in_turn(heads: np.ndarray) -> np.ndarray:
    return np.stack(list(heads), axis=-1).reshape(heads.shape[1], -1)


def _swapped_sizes(x: np.ndarray, num_heads: int) -> np.ndarray:
    return _split(x, x.shape[1] // num_heads)


def _whole(x: np.ndarray, num_heads: int) -> np.ndarray:
    return np.array([x] * num_heads)


def _by_positions(x: np.ndarray, num_heads: int) -> np.ndarray:
    return np.array(np.split(x, num_heads))


def _heads(
    query: np.ndarray,
    key: np.ndarray,
    value: np.ndarray,
    num_heads: int,
    *,
    split: Callable = _split,
    split_value: Callable | None = None,
    divide_by: Callable = lambda d_k, d_model, T_k: np.sqrt(d_k),
    share: Callable = softmax,
) -> np.ndarray:
    """The context of each head, ``(num_heads, T_q, d_k)``, with a step of one's choice done differently."""
    q, k = split(query, num_heads), split(key, num_heads)
    v = (split_value or split)(value, num_heads)
    scores = q @ k.swapaxes(1, 2) / divide_by(q.shape[-1], query.shape[-1], len(key))
    return share(scores) @ v


def _maps(query: np.ndarray, key: np.ndarray, value: np.ndarray, num_heads: int) -> np.ndarray:
    return _heads(query, key, value, num_heads, split_value=lambda x, h: np.eye(len(x)))


def _of_pytorch(query: np.ndarray, key: np.ndarray, value: np.ndarray, num_heads: int) -> np.ndarray:
    q, k, v = (torch.from_numpy(x).unflatten(1, (num_heads, -1)).transpose(0, 1) for x in (query, key, value))
    return F.scaled_dot_product_attention(q, k, v).transpose(0, 1).flatten(1).numpy()


def _axes_not_swapped(query: np.ndarray, key: np.ndarray, value: np.ndarray, num_heads: int) -> np.ndarray:
    q, k, v = (x.reshape(len(x), num_heads, -1) for x in (query, key, value))
    return softmax(q @ k.swapaxes(1, 2)) @ v


def _key_not_transposed(query: np.ndarray, key: np.ndarray, value: np.ndarray, num_heads: int) -> np.ndarray:
    return _split(query, num_heads) @ _split(key, num_heads)


def _key_looks(query: np.ndarray, key: np.ndarray, value: np.ndarray, num_heads: int) -> np.ndarray:
    return softmax(_split(key, num_heads) @ _split(query, num_heads).swapaxes(1, 2)) @ _split(value, num_heads)


def _theirs(mask: np.ndarray, num_heads: int) -> np.ndarray:
    """PyTorch's mask, written out: for each sequence, for each head, what is forbidden."""
    return np.array([~of_one for of_one in mask for _ in range(num_heads)])


def _cut_otherwise(columns: bool, order: str, axes: tuple[int, int, int]) -> Callable[..., np.ndarray]:
    """x, or its transpose, cut into sizes in some order, T, num_heads and d_k, and its axes put in another."""

    def mistake(x: np.ndarray, num_heads: int) -> np.ndarray:
        sizes = {"T": len(x), "num_heads": num_heads, "d_k": x.shape[1] // num_heads}
        return (x.T if columns else x).reshape([sizes[size] for size in order.split(", ")]).transpose(axes)

    return mistake


_CUTS = tuple(  # all give (num_heads, T, d_k), with other numbers in it
    Misconception(
        f"{'x.T' if columns else 'x'} cut into ({order})",
        _cut_otherwise(columns, order, axes),
        f"Your shape may be right, the content is not: {'x.T' if columns else 'x'} was cut into ({order}). A reshape "
        "only cuts the numbers anew, in the order in which they lie, so T must stay the first axis, and d_model become "
        "two neighbours: x.reshape(T, num_heads, d_k). Then swap the first two axes.",
    )
    for columns, order, axes in (
        (False, "num_heads, d_k, T", (0, 2, 1)),
        (False, "d_k, num_heads, T", (1, 2, 0)),
        (False, "d_k, T, num_heads", (2, 1, 0)),
        (True, "T, num_heads, d_k", (1, 0, 2)),
        (True, "T, d_k, num_heads", (2, 0, 1)),
        (True, "d_k, T, num_heads", (2, 1, 0)),
    )
)

SPLIT = Exercise(
    id="5.1",
    answer="split_heads",
    title="Write split_heads(x, num_heads): from (T, d_model) to (num_heads, T, d_k), a slice of features each.",
    objective="give each head its own slice of the features",
    kind="write",
    minutes=8,
    difficulty=2,
    cases=_SPLITS,
    right=lambda x, num_heads: np.stack(np.split(x, num_heads, axis=1)),
    misconceptions=(
        Misconception(
            "reshaped straight into heads",
            _split_straight,
            "The shape is right, the content is not: reshape never moves a number, it only cuts the same row of "
            "numbers anew. With 3 positions of the 4 features 0 1 2 3, 10 11 12 13, 20 21 22 23 and 2 heads, your "
            "first head begins 0 1, 2 3: two slices of position 0. It should be 0 1, 10 11, 20 21. Cut the last axis "
            "only, (T, num_heads, d_k), then swap the first two axes.",
            seen="https://github.com/hyunwoongko/transformer/issues/15",
        ),
        Misconception(
            "axes not swapped",
            lambda x, num_heads: x.reshape(len(x), num_heads, -1),
            "You cut the features rightly; now the axes are (T, num_heads, d_k). Each head is to be a table of its "
            "own, so heads come first: .swapaxes(0, 1).",
        ),
        Misconception(
            "features dealt out in turn",
            _split_in_turn,
            "You dealt the features out like cards: with 4 features and 2 heads, head 1 got 0 and 2, head 2 got 1 and "
            "3. Head 1 is to have the first d_k features, 0 and 1. So the heads' axis stands before that of d_k: "
            "reshape to (T, num_heads, d_k), not (T, d_k, num_heads).",
        ),
        Misconception(
            "features before positions",
            lambda x, num_heads: x.T.reshape(num_heads, -1, len(x)),
            "The right numbers, but each head is lying on its side: its rows are features. Rows are positions, so the "
            "last two axes are (T, d_k).",
        ),
        Misconception(
            "transposed, then reshaped",
            lambda x, num_heads: x.T.reshape(num_heads, len(x), -1),
            "The shape is right, the content is not: x.T puts the features in rows, and the reshape then cuts these "
            "rows across. Reshape first, to (T, num_heads, d_k), and swap axes afterwards.",
        ),
        Misconception(
            "all three axes turned round",
            lambda x, num_heads: x.reshape(len(x), num_heads, -1).T,
            "The cut was right, but .T turns the order of all three axes round, to (d_k, num_heads, T). Only the first "
            "two change places: .swapaxes(0, 1).",
        ),
        Misconception(
            "heads on the last axis",
            lambda x, num_heads: x.reshape(len(x), num_heads, -1).swapaxes(1, 2),
            "The right slices, but the heads are on the last axis, (T, d_k, num_heads). They come first: swap axes 0 "
            "and 1, or np.stack without an axis.",
        ),
        Misconception(
            "num_heads and d_k exchanged",
            _swapped_sizes,
            "You made d_k heads of num_heads features; with 2 heads of 2 features that cannot be seen. 12 features and "
            "3 heads: d_k = 12 / 3 = 4, so 3 slices of 4.",
        ),
        Misconception(
            "slices as wide as the number of heads",
            lambda x, num_heads: _windows(x, num_heads, num_heads, num_heads),
            "Your slices are num_heads wide; with 2 heads of 2 features that cannot be seen. 12 features and 3 heads: "
            "each slice has d_k = 12 / 3 = 4.",
        ),
        Misconception(
            "overlapping slices",
            lambda x, num_heads: _windows(x, num_heads, 1, x.shape[1] // num_heads),
            "Your slices overlap: head 2 begins at feature 1, and the last features go to nobody. Each begins "
            "where the one before ends: h * d_k, with h from 0.",
        ),
        Misconception(
            "last feature of each slice lost",
            lambda x, num_heads: _windows(x, num_heads, x.shape[1] // num_heads, x.shape[1] // num_heads - 1),
            "Each of your heads is one feature short. A slice in Python stops before its end: "
            "x[:, h * d_k : (h + 1) * d_k] holds the features up to (h + 1) * d_k - 1.",
        ),
        Misconception(
            "all features for each head",
            _whole,
            "Every head got all the features. They share them: d_k = d_model / num_heads for each.",
            seen="https://github.com/brightmart/text_classification/issues/63",
        ),
        Misconception(
            "positions cut with np.split",
            _by_positions,
            "You divided the positions among the heads: np.split cuts the first axis unless it is told otherwise. Each "
            "head sees every position; what is divided are the features, axis=1.",
        ),
        Misconception(
            "positions cut with a reshape",
            lambda x, num_heads: x.reshape(num_heads, -1, x.shape[1]),
            "You divided the positions among the heads. Each head sees every position; what is divided are the "
            "features: reshape to (T, num_heads, d_k) and swap the first two axes.",
        ),
        Misconception(
            "heads under one another",
            lambda x, num_heads: np.concatenate(list(_split(x, num_heads))),
            "The right slices, but np.concatenate has put them under one another in one table. np.stack gives them an "
            "axis of their own.",
        ),
        Misconception(
            "/ instead of //",
            lambda x, num_heads: x.reshape(len(x), num_heads, x.shape[1] / num_heads),
            "A size has to be a whole number: 4 / 2 is 2.0, 4 // 2 is 2.",
        ),
        Misconception(
            "/ instead of //, in a slice",
            lambda x, num_heads: x[:, : x.shape[1] / num_heads],
            "A slice needs whole numbers: 4 / 2 is 2.0, 4 // 2 is 2.",
        ),
        Misconception(
            "put together again",
            lambda x, num_heads: x.copy(),
            "Your result is x itself: the slices were put side by side again. np.stack gives them an axis of their "
            "own, and that is the heads' axis.",
        ),
        Misconception(
            "first head only",
            lambda x, num_heads: _split(x, num_heads)[0],
            "That is head 1 alone. If there is a 'return' inside your loop, the loop ends there in its first round: "
            "collect the slices, and return them after the loop.",
        ),
        Misconception(
            "last head only",
            lambda x, num_heads: _split(x, num_heads)[-1],
            "That is the last head alone: each round of the loop put its slice in the place of the one before. Collect "
            "them in a list.",
        ),
        *_CUTS,
        Misconception(
            "the same slice for every head",
            lambda x, num_heads: np.array([_split(x, num_heads)[0]] * num_heads),
            "Every head got the first slice. Head h begins at feature h * d_k, with h from 0: the slice has to move "
            "with h.",
        ),
        Misconception(
            "the last slice for every head",
            lambda x, num_heads: np.array([_split(x, num_heads)[-1]] * num_heads),
            "Every head got the last slice. Is the same array put into the list each time, and written over? Head h is "
            "x[:, h * d_k : (h + 1) * d_k], a slice of its own.",
        ),
        Misconception(
            "full width, other features 0",
            lambda x, num_heads: np.array(
                [np.where(np.arange(x.shape[1]) * num_heads // x.shape[1] == h, x, 0) for h in range(num_heads)]
            ),
            "Your heads are as wide as x, with 0 outside their slices. A head is narrow: it has its own d_k features "
            "and nothing else, x[:, h * d_k : (h + 1) * d_k].",
        ),
        Misconception(
            "an axis for one head",
            lambda x, num_heads: x[None],
            "You gave x an axis in front, which makes one head with all the features. num_heads heads share the "
            "features: d_k = d_model / num_heads for each.",
        ),
        Misconception(
            "heads in the opposite order",
            lambda x, num_heads: _split(x, num_heads)[::-1],
            "The right slices, but the last head comes first. Head 1 has the first d_k features.",
        ),
        Misconception(
            "features of each head in the opposite order",
            lambda x, num_heads: _split(x, num_heads)[:, :, ::-1],
            "The right slices, but inside each head the features run backwards. They keep their order.",
        ),
        Misconception(
            "slices that end where x ends",
            lambda x, num_heads: [x[:, h * (x.shape[1] // num_heads) :].tolist() for h in range(num_heads)],
            "Your slices begin rightly, but run to the end of x. Each ends where the next begins: "
            "x[:, h * d_k : (h + 1) * d_k].",
        ),
        Misconception(
            "slices that begin at feature 0",
            lambda x, num_heads: [x[:, : (h + 1) * (x.shape[1] // num_heads)].tolist() for h in range(num_heads)],
            "Your slices end rightly, but all begin at feature 0. Each begins where the one before ends: "
            "x[:, h * d_k : (h + 1) * d_k].",
        ),
        Misconception(
            "slices as long as d_k from h",
            lambda x, num_heads: [x[:, h : x.shape[1] // num_heads].tolist() for h in range(num_heads)],
            "Your slices begin at feature h and all end at d_k. Head h begins at h * d_k and ends at (h + 1) * d_k.",
        ),
        Misconception(
            "heads counted from 1",
            lambda x, num_heads: [
                x[:, h * (x.shape[1] // num_heads) : (h + 1) * (x.shape[1] // num_heads)].tolist()
                for h in range(1, num_heads + 1)
            ],
            "You count heads from 1, so the first slice goes to nobody and the last is empty. With h from 0, "
            "range(num_heads), head h is x[:, h * d_k : (h + 1) * d_k].",
        ),
        Misconception(
            "first head missing",
            lambda x, num_heads: _split(x, num_heads)[1:],
            "The first head is missing: range(num_heads) begins with 0, and head 0 has the features before d_k.",
        ),
        Misconception(
            "last head missing",
            lambda x, num_heads: _split(x, num_heads)[:-1],
            "The last head is missing. range leaves its end out as it is: range(num_heads).",
        ),
        Misconception(
            "one feature for each head",
            lambda x, num_heads: _windows(x, num_heads, 1, 1),
            "Each head got one feature. It gets a slice of d_k of them: x[:, h * d_k : (h + 1) * d_k].",
        ),
        Misconception(
            "rows cut instead of columns",
            lambda x, num_heads: [
                x[h * (x.shape[1] // num_heads) : (h + 1) * (x.shape[1] // num_heads)].tolist()
                for h in range(num_heads)
            ],
            "You cut rows, which are positions. x[a:b] takes rows, x[:, a:b] columns: each head sees every position, "
            "and its own features.",
        ),
        Misconception(
            "always two heads",
            lambda x, num_heads: np.stack([x[:, : x.shape[1] // 2], x[:, x.shape[1] // 2 :]]),
            "Right with two heads; with three you still make two. Cut x into num_heads slices.",
        ),
        Misconception(
            "always two features",
            lambda x, num_heads: _windows(x, num_heads, 2, 2),
            "Right for 4 features and 2 heads. With 12 features and 3 heads each slice has d_k = 12 / 3 = 4, and yours "
            "still has 2.",
        ),
        Misconception(
            "slices one feature too wide",
            lambda x, num_heads: [
                x[:, h * (x.shape[1] // num_heads) : (h + 1) * (x.shape[1] // num_heads) + 1].tolist()
                for h in range(num_heads)
            ],
            "Your slices reach one feature into the next head; the last cannot, so it is shorter. A slice stops before "
            "its end: h * d_k : (h + 1) * d_k.",
        ),
        Misconception(
            "slices one feature too late",
            lambda x, num_heads: [
                x[:, h * (x.shape[1] // num_heads) + 1 : (h + 1) * (x.shape[1] // num_heads) + 1].tolist()
                for h in range(num_heads)
            ],
            "Your slices begin and end one feature too late: features count from 0. Head h is h * d_k : (h + 1) * d_k, "
            "with h from 0.",
        ),
        Misconception(
            "slices with a gap",
            lambda x, num_heads: [
                x[:, h * (x.shape[1] // num_heads + 1) : h + (h + 1) * (x.shape[1] // num_heads)].tolist()
                for h in range(num_heads)
            ],
            "One feature between your slices goes to nobody. Each begins where the one before ends: "
            "h * d_k : (h + 1) * d_k.",
        ),
        Misconception(
            "d_k not divided",
            lambda x, num_heads: [x[:, h * x.shape[1] : (h + 1) * x.shape[1]].tolist() for h in range(num_heads)],
            "Your first head took all the features and left none for the others. d_k is d_model // num_heads.",
        ),
        Misconception(
            "positions dealt out in turn",
            lambda x, num_heads: [x[h::num_heads].tolist() for h in range(num_heads)],
            "You dealt out the positions. Each head sees every position; what is divided are the features, the second "
            "axis: x[:, ...].",
        ),
        Misconception(
            "two axes named of three",
            lambda x, num_heads: np.transpose(x.reshape(len(x), num_heads, -1), (1, 0)),
            "The cut was right. But np.transpose wants to hear of all three axes, .transpose(1, 0, 2); or "
            ".swapaxes(0, 1), which names only the two that change places.",
        ),
        Misconception(
            "the axis of the features forgotten",
            lambda x, num_heads: x.reshape(num_heads, x.shape[1] // num_heads),
            "Your new shape has no place for the positions. (T, d_model) becomes (T, num_heads, d_k) first, then the "
            "first two axes are swapped.",
        ),
    ),
    hints=(
        "Write down with a pencil what head 1 gets when x has 3 positions and 4 features, and there are 2 heads. "
        "It has a row for each position.",
        "With h from 0, each head is x[:, h * d_k : (h + 1) * d_k]; a loop and np.stack will do. Without a loop: a "
        "reshape can cut one axis into two neighbours.",
        "x.reshape(T, num_heads, d_k) cuts the features. Which two axes have to change places, so that the heads come "
        "first?",
    ),
    praise="Every head sees every position, and its own slice of the features: first cut, then swap.",
)


def _merge_alike(heads: np.ndarray) -> np.ndarray:
    """The mean of the heads, as often as there are heads."""
    return np.tile(heads.mean(0), len(heads))


# Which step, what is done instead, and how one says it beside a second mistake: first what one head alone shows, ...
_ONE_HEAD_STEPS = (
    ("divide_by", "no scaling", lambda d_k, d_model, T_k: 1.0, "the scores are not divided by √d_k"),
    ("divide_by", "scaling by d instead of √d", lambda d_k, d_model, T_k: d_k, "they are divided by d_k, not by √d_k"),
    ("share", "softmax over the queries", lambda scores: softmax(scores, 1), "the softmax runs over the queries"),
    ("share", "softmax over the whole array", _softmax_over_all, "all the weights of a head together sum to 1"),
    ("share", "no softmax", lambda scores: scores, "the scores themselves are taken for weights"),
    ("share", "not normalised", np.exp, "np.exp of the scores is not divided by its sum"),
)
# ... then what only shows with several.
_SPLITS_AND_MERGES = (
    (
        ("split", "reshaped straight into heads", _split_straight, "query, key and value are reshaped straight into "
         "heads, which mixes positions up: cut to (T, num_heads, d_k), then swap the first two axes"),
        ("split", "features dealt out in turn", _split_in_turn, "the features are dealt out in turn, where each head "
         "should have d_k neighbours: reshape to (T, num_heads, d_k)"),
        ("split", "all features for each head", _whole, "every head has all the features, where each should have a "
         "slice of its own"),
    ),
    (
        ("merge", "merged without swapping back", _merge_straight, "the heads are reshaped to (T_q, d_model) without "
         "swapping the first two axes back"),
        ("merge", "heads shuffled into each other on merging", _merge_in_turn, "the result takes one feature of each "
         "head in turn; put the heads side by side, whole"),
        ("merge", "heads averaged", lambda heads: heads.mean(0), "the heads are averaged; put them side by side"),
        ("merge", "heads added up", lambda heads: heads.sum(0), "the heads are added up; put them side by side"),
        ("merge", "heads under one another", lambda heads: np.concatenate(list(heads)), "the heads lie under one "
         "another; put them side by side, axis=1"),
        ("merge", "first head only", lambda heads: heads[0], "only the first head comes back; put all side by side"),
    ),
)  # fmt: skip
_BY_ALL_FEATURES = (
    "divide_by",
    "scaled by all features",
    lambda d_k, d_model, T_k: np.sqrt(d_model),
    "the scores are divided by √d_model instead of √d_k",
)


def _with_steps(merge: Callable = _merge, **different: Callable) -> Callable[..., np.ndarray]:
    """Multi-head attention with some of its steps done differently."""
    return lambda *given: merge(_heads(*given, **different))


def _both_mistakes(first: tuple, second: tuple, opening: str) -> Misconception:
    (step, one, do, say), (other_step, other, other_do, other_say) = first, second
    return Misconception(
        f"{one}, and {other}",
        _with_steps(**{step: do, other_step: other_do}),
        f"{opening}Two things: {say}; and {other_say}. Mend one, and check again.",
    )


_TWO_MISTAKES = (
    *(_both_mistakes(*pair, "") for pair in combinations(_ONE_HEAD_STEPS, 2) if pair[0][0] != pair[1][0]),
    *(
        _both_mistakes(*pair, "Right with one head. With two, not yet. ")
        for pair in (
            *product(*_SPLITS_AND_MERGES),
            *product((_BY_ALL_FEATURES,), (*_SPLITS_AND_MERGES[0][:2], *_SPLITS_AND_MERGES[1])),
        )
        if (pair[0][1], pair[1][1])
        not in {  # told by another name
            ("reshaped straight into heads", "merged without swapping back"),
            ("features dealt out in turn", "heads shuffled into each other on merging"),
            ("all features for each head", "heads averaged"),
            ("all features for each head", "first head only"),
        }
    ),
)

MULTI_HEAD = Exercise(
    id="5.2",
    answer="multi_head",
    title="Write multi_head(query, key, value, num_heads): attention in each head, the contexts side by side.",
    objective="write multi-head attention between its projections",
    kind="write",
    minutes=12,
    difficulty=3,
    cases=_ATTENTIONS,
    right=_of_pytorch,
    misconceptions=(
        Misconception(
            "no scaling",
            lambda *given: _merge(_heads(*given, divide_by=lambda d_k, d_model, T_k: 1.0)),
            "With one head this is plain attention, and yours has unscaled scores: you divided by nothing, or by the "
            "root of num_heads, which is 1 here. Divide by the root of d_k, the number of features of one head.",
            seen="https://github.com/tenstorrent/tt-metal/pull/56789",
        ),
        Misconception(
            "scaling by d instead of √d",
            lambda *given: _merge(_heads(*given, divide_by=lambda d_k, d_model, T_k: d_k)),
            "You divided by d_k itself; divide by its square root (lesson 02, section 5).",
            seen="https://github.com/delzac/cntkx/issues/10",
        ),
        Misconception(
            "multiplied by √d_k",
            lambda *given: _merge(_heads(*given, divide_by=lambda d_k, d_model, T_k: 1 / np.sqrt(d_k))),
            "You multiplied the scores by √d_k, or divided them by 1/√d_k: each query then gives nearly all its weight "
            "to one key. Divide by √d_k (lesson 02, section 5).",
            seen="https://github.com/esceptico/perceiver-io/issues/9",
        ),
        Misconception(
            "scaled by the number of keys",
            lambda *given: _merge(_heads(*given, divide_by=lambda d_k, d_model, T_k: np.sqrt(T_k))),
            "You divided by the root of the number of keys. A dot product adds up features, so it is d_k that counts "
            "(lesson 02, section 5).",
        ),
        Misconception(
            "scaled by all features",
            lambda *given: _merge(_heads(*given, divide_by=lambda d_k, d_model, T_k: np.sqrt(d_model))),
            "Right with one head. With two you still divide by the root of d_model, 10, but a head's dot products "
            "have only d_k = 5 terms: divide by √5.",
            seen="https://github.com/lucidrains/vit-pytorch/issues/65",
        ),
        Misconception(
            "softmax over the queries",
            lambda *given: _merge(_heads(*given, share=lambda scores: softmax(scores, 1))),
            "You normalised over the queries: axis 1 of (num_heads, T_q, T_k), or axis 0 of one head's (T_q, T_k). "
            "In each head each query shares out 1 over its keys, so the softmax runs along the last axis, -1.",
            seen="https://github.com/labmlai/annotated_deep_learning_paper_implementations/issues/146",
        ),
        Misconception(
            "softmax over the heads",
            lambda *given: _merge(_heads(*given, share=lambda scores: softmax(scores, 0))),
            "You normalised over the heads, axis 0; with one head every weight is then 1. The heads share nothing: in "
            "each of them each query has its own 1, along the last axis.",
            seen="https://github.com/CAMMA-public/rendezvous-in-time/issues/3",
        ),
        Misconception(
            "softmax over the whole array",
            lambda *given: _merge(_heads(*given, share=_softmax_over_all)),
            "All the weights of a head together sum to 1. Each query shares out 1 of its own in each head: the softmax "
            "runs along the last axis.",
            seen="https://github.com/lucidrains/perceiver-pytorch/issues/46",
        ),
        Misconception(
            "softmax over heads and keys together",
            lambda *given: _merge(_heads(*given, share=_softmax_over_heads_and_keys)),
            "Right with one head. With two, each query shares out one single 1 among both heads. Every head has a 1 of "
            "its own to share out over the keys: leave the heads' axis alone, and let the softmax run along the last "
            "axis.",
            seen="https://github.com/facebookresearch/detr/issues/247",
        ),
        Misconception(
            "no softmax",
            lambda *given: _merge(_heads(*given, share=lambda scores: scores)),
            "You mixed the values by the scores themselves. The softmax turns scores into weights first.",
        ),
        Misconception(
            "weights instead of context",
            _maps,
            "These are the weights, a map for each head. Mix each head's values by its map, weights @ value, and put "
            "the contexts side by side.",
        ),
        Misconception(
            "still an axis for the heads",
            _heads,
            "These are the contexts of the heads one by one, (num_heads, T_q, d_k). Put them side by side, so that "
            "each position has d_model features again.",
        ),
        Misconception(
            "still an axis for the heads, in the middle",
            lambda *given: _heads(*given).swapaxes(0, 1),
            "Nearly: (T_q, num_heads, d_k). The last two axes are to become one, .reshape(T_q, d_model).",
        ),
        Misconception(
            "one map for all heads",
            lambda query, key, value, num_heads: _of_pytorch(query, key, value, 1),
            "Right with one head. With two you still computed a single map from all the features; whether the values "
            "are split then makes no difference. Split query and key as well: each head scores with its own features.",
        ),
        Misconception(
            "reshaped straight into heads",
            lambda *given: _merge(_heads(*given, split=_split_straight)),
            "Right with one head. With two, your reshape to (num_heads, T, d_k) puts slices of one position "
            "under one another and mixes positions up. Cut the last axis, (T, num_heads, d_k), then swap the first two "
            "(exercise 5.1).",
            seen="https://github.com/reczoo/FuxiCTR/issues/30",
        ),
        Misconception(
            "reshaped straight, in and out",
            lambda *given: _merge_straight(_heads(*given, split=_split_straight)),
            "Right with one head. With two, both reshapes move nothing: head 1 is then the first half of the positions "
            "with their features in two rows, so no query ever reaches the other half. Cut to (T, num_heads, d_k) and "
            "swap axes; afterwards swap back and reshape.",
            seen="https://github.com/649453932/Chinese-Text-Classification-Pytorch/issues/53",
        ),
        Misconception(
            "merged without swapping back",
            lambda *given: _merge_straight(_heads(*given)),
            "The heads are right. Then you reshaped (num_heads, T_q, d_k) straight to (T_q, d_model): row 0 now holds "
            "head 1 of positions 0 and 1, where head 1 and head 2 of position 0 belong. Swap the first two axes "
            "back before the reshape.",
            seen="https://github.com/jsbaan/transformer-from-scratch/pull/6",
        ),
        Misconception(
            "features dealt out in turn",
            lambda *given: _merge(_heads(*given, split=_split_in_turn)),
            "Right with one head. With two, head 1 got the features 0, 2, 4, …, dealt out like cards. It should get "
            "the first d_k: reshape to (T, num_heads, d_k), not (T, d_k, num_heads).",
        ),
        Misconception(
            "features dealt out in turn and collected in turn",
            lambda *given: _merge_in_turn(_heads(*given, split=_split_in_turn)),
            "Right with one head. With two, head 1 got the features 0, 2, 4, … A layer could be trained like this, but "
            "it is another one: here head 1 has the first d_k features, reshape to (T, num_heads, d_k).",
        ),
        Misconception(
            "heads shuffled into each other on merging",
            lambda *given: _merge_in_turn(_heads(*given)),
            "The heads are right, but the result takes one feature of head 1, one of head 2, and so on. Put the heads "
            "side by side, whole: from (T_q, num_heads, d_k), not (T_q, d_k, num_heads), or np.concatenate(axis=1).",
        ),
        Misconception(
            "num_heads and d_k exchanged",
            lambda *given: _merge(_heads(*given, split=_swapped_sizes)),
            "You made d_k heads of num_heads features. In the first call num_heads is 1 and d_model 4: one head that "
            "has all 4.",
        ),
        Misconception(
            "heads averaged",
            lambda *given: _heads(*given).mean(0),
            "You averaged the heads. Then what one head found is blurred by the others, and d_k features are left "
            "of d_model. Put them side by side: np.concatenate(contexts, axis=1).",
            seen="https://github.com/Chemellia/GraphTransformer.jl/pull/1",
        ),
        Misconception(
            "heads added up",
            lambda *given: _heads(*given).sum(0),
            "You added the heads up, and d_k features are left of d_model. Put them side by side, so that what comes "
            "next can tell them apart: np.concatenate(contexts, axis=1).",
            seen="https://github.com/awf/functional-transformer/issues/8",
        ),
        Misconception(
            "maximum over the heads",
            lambda *given: _heads(*given).max(0),
            "You kept the larger number of the two heads, feature by feature, and d_k features are left of d_model. "
            "Put the heads side by side, so that nothing one of them found is lost: np.concatenate(contexts, axis=1).",
            seen="https://github.com/broadinstitute/CellCap/issues/40",
        ),
        Misconception(
            "heads under one another",
            lambda *given: np.concatenate(list(_heads(*given))),
            "You put the heads under one another, as if each brought new positions. They have the same positions and "
            "other features: np.concatenate(contexts, axis=1).",
        ),
        Misconception(
            "values not split",
            lambda *given: _merge(_heads(*given, split_value=_whole)),
            "Each head mixed the whole value, so there are num_heads times too many features. Head h mixes its own "
            "slice of the value, d_k features.",
        ),
        Misconception(
            "values not split, heads averaged",
            lambda *given: _heads(*given, split_value=_whole).mean(0),
            "Each head mixed the whole value, and you averaged what came. That is one look-up with the mean of the "
            "maps. Head h mixes its own slice of the value, and the slices stay side by side.",
        ),
        Misconception(
            "values not split, heads added up",
            lambda *given: _heads(*given, split_value=_whole).sum(0),
            "Each head mixed the whole value, and you added up what came. Head h mixes its own slice of the value, and "
            "the slices stay side by side.",
        ),
        Misconception(
            "positions dealt out to the heads",
            lambda *given: np.concatenate(list(_heads(*given, split=_by_positions))),
            "You divided the positions among the heads, so no query reaches the keys of the other head. Each head sees "
            "every position; what is divided are the features.",
        ),
        Misconception(
            "first head only",
            lambda *given: _heads(*given)[0],
            "That is head 1 alone, d_k features. If there is a 'return' inside your loop, the loop ends there in its "
            "first round: collect the contexts, and put them side by side after the loop.",
        ),
        Misconception(
            "last head only",
            lambda *given: _heads(*given)[-1],
            "That is the last head alone, d_k features: each round of the loop put its context in the place of the one "
            "before. Collect them in a list.",
        ),
        Misconception(
            "heads not in front",
            _axes_not_swapped,
            "Your heads are not in front: at (T, num_heads, d_k) the matrix product pairs heads with heads at each "
            "position, instead of queries with keys in each head. Swap the first two axes after the reshape.",
        ),
        Misconception(
            "key not transposed",
            _key_not_transposed,
            "Query rows are to meet key rows: swap the last two axes of the key. For one head that is key.T; for "
            "all at once it is key.swapaxes(1, 2), as .T would turn all three axes round.",
            seen="https://github.com/HomericIntelligence/Odyssey/issues/5648",
        ),
        Misconception(
            "key looks at query",
            _key_looks,
            "Your maps have a row for each key. The queries look: query @ key transposed, (T_q, T_k).",
        ),
        Misconception(
            "length of the query for the key",
            lambda query, key, value, num_heads: key.reshape(len(query), num_heads, key.shape[1] // num_heads),
            "You cut the key with the length of the query. There are T_q queries and T_k keys: take each array's own "
            "length, x.shape[0].",
        ),
        Misconception(
            "weights kept with the context",
            lambda *given: np.concatenate([(context, _maps(*given)[0]) for context in _heads(*given)], axis=1),
            "Your attention gives back two things, (context, weights), and you collected both. Keep the first: "
            "context, weights = attention(...).",
        ),
        Misconception(
            "/ instead of //",
            lambda query, key, value, num_heads: query.reshape(len(query), num_heads, query.shape[1] / num_heads),
            "A size has to be a whole number: 10 / 2 is 5.0, 10 // 2 is 5.",
        ),
        Misconception(
            "/ instead of //, in a slice",
            lambda query, key, value, num_heads: query[:, : query.shape[1] / num_heads],
            "A slice needs whole numbers: 10 / 2 is 5.0, 10 // 2 is 5.",
        ),
        Misconception(
            "keys as values",
            lambda query, key, value, num_heads: _of_pytorch(query, key, key, num_heads),
            "You mixed the keys. Queries and keys make the weights; what is mixed are the values, weights @ value.",
        ),
        Misconception(
            "key and value exchanged",
            lambda query, key, value, num_heads: _of_pytorch(query, value, key, num_heads),
            "You compared with the values and mixed the keys. Queries meet keys; the values are mixed.",
        ),
        Misconception(
            "keys compared with keys",
            lambda query, key, value, num_heads: _of_pytorch(key, key, value, num_heads),
            "The keys look at the keys: your result has a row for each key. The queries look, (T_q, d_model).",
        ),
        Misconception(
            "queries compared with queries",
            lambda query, key, value, num_heads: _of_pytorch(query, query, query, num_heads),
            "The query is taken three times. It meets the keys, and the values are mixed.",
        ),
        Misconception(
            "weights in proportion to the scores",
            _with_steps(share=lambda scores: scores / scores.sum(-1, keepdims=True)),
            "You divided the scores by their sum. Scores may be negative: that makes no shares. Take np.exp of them "
            "first, then divide each row by its sum.",
        ),
        Misconception(
            "softmax twice",
            _with_steps(share=lambda scores: softmax(softmax(scores))),
            "The softmax runs twice, which makes the weights nearly even. Once is enough.",
        ),
        Misconception(
            "not normalised",
            _with_steps(share=np.exp),
            "You mixed with np.exp of the scores. Divide each row by its sum, so that each query shares out 1.",
        ),
        Misconception(
            "the highest score alone",
            _with_steps(share=lambda scores: (scores == scores.max(-1, keepdims=True)).astype(float)),
            "Each query took the value of its highest score alone. The softmax gives every key a share.",
        ),
        Misconception(
            "even weights",
            _with_steps(share=lambda scores: np.ones_like(scores) / scores.shape[-1]),
            "Every query got the plain mean of the values: your weights are even. They come from the scores, by the "
            "softmax.",
        ),
        Misconception(
            "causal mask",
            _with_steps(share=lambda scores: softmax(np.where(np.tri(*scores.shape[1:]) > 0, scores, -np.inf))),
            "You closed the keys that come later. No mask is asked for: every query may attend to every key.",
        ),
        Misconception(
            "scaled after the softmax",
            lambda *given: (
                _merge(_heads(*given, divide_by=lambda d_k, d_model, T_k: 1.0)) / np.sqrt(given[0].shape[1] / given[3])
            ),
            "You divided by √d_k after the softmax, so a query no longer shares out 1. Divide the scores, before it.",
        ),
        Misconception(
            "scaled twice",
            lambda *given: _merge(_heads(*given)) / np.sqrt(given[0].shape[1] / given[3]),
            "You divided by √d_k twice: the scores before the softmax, which is right, and what comes out once more. "
            "Leave the second out.",
        ),
        Misconception(
            "scaling by 2 · d_k, for want of brackets",
            _with_steps(divide_by=lambda d_k, d_model, T_k: 2 * d_k),
            "You divided by 2 · d_k. Did you write d_k ** 1 / 2? ** binds more strongly than /, so the 1/2 needs "
            "brackets, d_k ** (1 / 2); or np.sqrt(d_k).",
        ),
        Misconception(
            "query added",
            lambda *given: _merge(_heads(*given)) + given[0],
            "Your contexts are right, and you added the query to them. Asked for are the contexts alone.",
        ),
        Misconception(
            "axis lost in the sum",
            _with_steps(share=lambda scores: np.exp(scores) / np.exp(scores).sum(-1)),
            ".sum(axis=-1) has lost the axis of the keys, so the division runs along the wrong one, or stops. Keep it: "
            ".sum(axis=-1, keepdims=True).",
        ),
        Misconception(
            "axis lost in the sum, in a loop",
            lambda *given: np.exp(given[0] @ given[1].T) / np.exp(given[0] @ given[1].T).sum(-1),
            ".sum(axis=-1) has lost the axis of the keys, so the division runs along the wrong one, or stops. Keep it: "
            ".sum(axis=-1, keepdims=True).",
        ),
        Misconception(
            "weights instead of context, for one head",
            lambda *given: _maps(*given)[0],
            "That is a map of weights, (T_q, T_k). Mix each head's values by its map, weights @ value, and put the "
            "contexts side by side.",
        ),
        Misconception(
            "heads on the last axis",
            lambda *given: np.stack(list(_heads(*given)), axis=-1),
            "The heads still have an axis, the last one: (T_q, d_k, num_heads). np.concatenate(contexts, axis=1) puts "
            "them side by side; np.stack always makes a new axis.",
        ),
        Misconception(
            "the result transposed",
            lambda *given: _merge(_heads(*given)).T,
            "The numbers are right, but positions stand in columns. Rows are positions: (T_q, d_model).",
        ),
        Misconception(
            "the mean of the heads, repeated",
            _with_steps(_merge_alike),
            "Right with one head. With two, both halves of your result are the mean of the heads. Each head keeps its "
            "own place: np.concatenate(contexts, axis=1).",
        ),
        Misconception(
            "the sum of the heads, repeated",
            _with_steps(lambda heads: np.tile(heads.sum(0), len(heads))),
            "Right with one head. With two, both halves of your result are the sum of the heads. (The sum over heads "
            "belongs to W_o, after them.) Each head keeps its own place: np.concatenate(contexts, axis=1).",
        ),
        Misconception(
            "the first head, repeated",
            _with_steps(lambda heads: np.tile(heads[0], len(heads))),
            "Right with one head. With two, your result is head 1 twice. Does each head take its own slice, "
            "h * d_k : (h + 1) * d_k?",
        ),
        Misconception(
            "the last head, repeated",
            _with_steps(lambda heads: np.tile(heads[-1], len(heads))),
            "Right with one head. With two, your result is the last head twice. Is one array put into the list each "
            "time, and written over?",
        ),
        Misconception(
            "heads in the opposite order",
            _with_steps(lambda heads: _merge(heads[::-1])),
            "The heads are right, but the last comes first. Put them side by side from head 1 on.",
        ),
        Misconception(
            "heads multiplied",
            _with_steps(lambda heads: heads.prod(0)),
            "Right with one head. With two, you multiplied the heads number by number, and d_k features are left of "
            "d_model. Put them side by side: np.concatenate(contexts, axis=1).",
        ),
        Misconception(
            "one map for all heads, the mean of them",
            lambda *given: np.concatenate([_maps(*given).mean(0) @ part for part in _split(given[2], given[3])], 1),
            "Right with one head. With two, you averaged the maps and mixed with the mean. Each head mixes its own "
            "slice of the value by its own map.",
        ),
        Misconception(
            "the first head's map for all",
            lambda *given: np.concatenate([_maps(*given)[0] @ part for part in _split(given[2], given[3])], 1),
            "Right with one head. With two, both heads mix by the map of head 1. Each has a map of its own, from its "
            "own slices of query and key.",
        ),
        Misconception(
            "overlapping slices",
            _with_steps(split=lambda x, num_heads: _windows(x, num_heads, 1, x.shape[1] // num_heads)),
            "Right with one head. With two, your slices overlap: head 2 begins at feature 1. Head h begins at h * d_k, "
            "with h from 0.",
        ),
        Misconception(
            "last feature of each slice lost",
            _with_steps(split=lambda x, num_heads: _split(x, num_heads)[:, :, :-1]),
            "Each of your heads is one feature short. A slice stops before its end: h * d_k : (h + 1) * d_k.",
        ),
        Misconception(
            "slices as wide as the number of heads",
            _with_steps(split=lambda x, num_heads: _windows(x, num_heads, num_heads, num_heads)),
            "Your slices are num_heads wide: one feature with one head. d_k = d_model // num_heads.",
        ),
        Misconception(
            "a head left out",
            lambda *given: np.concatenate(list(_heads(*given))[:-1], axis=1),
            "One head is missing, so with one head there is nothing to put together. range(num_heads) counts from 0 to "
            "num_heads - 1: no - 1 and no 1 in it.",
        ),
        *_TWO_MISTAKES,
    ),
    hints=(
        "Take it apart: cut query, key and value into heads (5.1), attend in each head (lesson 02), put the contexts "
        "side by side.",
        "In a loop over h, take the slice h * d_k : (h + 1) * d_k of all three, and np.concatenate(contexts, axis=1) "
        "at the end. Which number goes under the root?",
        "Without a loop: scores = q @ k.swapaxes(1, 2) / np.sqrt(d_k) is (num_heads, T_q, T_k); the context is "
        "(num_heads, T_q, d_k), so swap the first two axes back before you reshape to (T_q, d_model).",
    ),
    praise="Equal to PyTorch with one, two and three heads: several look-ups for the price of one.",
)

_D, _HEADS = 64, 8  # of exercise 5.3
_D_K = _D // _HEADS

_MISCOUNTED = (
    Misconception(
        "times the number of heads",
        lambda: 8 * 4 * (64 * 64 + 64),
        "{got} is eight times too many. The heads do not get matrices of full size each: they share out the 64 "
        "features that one W_q gives, 8 for each head.",
        seen="https://discuss.pytorch.org/t/what-does-increasing-number-of-heads-do-in-the-multi-head-attention/101294",
    ),
    Misconception(
        "heads of full size",
        lambda: 8 * 3 * (64 * 64 + 64) + (8 * 64 * 64 + 64),
        "{got}: you gave every head a W_q, W_k and W_v from 64 to 64 features, and W_o 512 inputs. A head has only "
        "64 / 8 = 8 features, so the eight together fill one matrix from 64 to 64.",
        seen="https://github.com/phlippe/uvadlc_notebooks/issues/64",
    ),
    Misconception(
        "times the number of heads, without biases",
        lambda: 8 * 4 * 64 * 64,
        "{got} is 8 · 4 · 64 · 64. The heads share out the 64 features of each projection, so there is no factor "
        "8; and each of the four projections has 64 biases.",
    ),
    Misconception(
        "without biases",
        lambda: 4 * 64 * 64,
        "{got} is 4 · 64 · 64: the four matrices. Each projection has a bias for each of its 64 outputs as well.",
    ),
    Misconception(
        "W_o forgotten",
        lambda: 3 * (64 * 64 + 64),
        "{got} is W_q, W_k and W_v. A fourth projection, W_o, takes the heads side by side and mixes them.",
        seen="https://github.com/Kyubyong/transformer/issues/117",
    ),
    Misconception(
        "W_o and biases forgotten",
        lambda: 3 * 64 * 64,
        "{got} is W_q, W_k and W_v without their biases. A fourth projection, W_o, mixes the heads, and each of "
        "the four has 64 biases.",
    ),
    Misconception(
        "one projection",
        lambda: 64 * 64 + 64,
        "{got} is one projection, 64 · 64 + 64. Query, key and value have one each, and W_o mixes the heads.",
    ),
    Misconception(
        "one projection without biases",
        lambda: 64 * 64,
        "{got} is one matrix. Query, key and value have one each, W_o mixes the heads, and all have biases.",
    ),
    Misconception(
        "one head's share",
        lambda: 4 * (64 * 8 + 8),
        "{got} is an eighth of the whole, the share of one head. There are eight of them.",
    ),
    Misconception(
        "one head's share without biases",
        lambda: 4 * 64 * 8,
        "{got} is 4 · 64 · 8, the share of one head without its biases (8 · 4 · 8 · 8 gives it, too). A head makes "
        "its 8 features from all 64, and there are eight heads.",
    ),
    Misconception(
        "each head sees only its own features",
        lambda: 8 * 4 * (8 * 8 + 8),
        "{got} is 8 · 4 · (8 · 8 + 8): each head with matrices from 8 to 8. It is the outputs of W_q that are "
        "shared out; each head's 8 features are made from all 64 inputs.",
        seen="https://github.com/aladdinpersson/Machine-Learning-Collection/issues/3",
    ),
    Misconception(
        "a bias for each feature of one head",
        lambda: 4 * (64 * 64 + 8),
        "{got}: you counted 8 biases for each projection. There is one for each output, 64.",
    ),
    Misconception(
        "one bias only",
        lambda: 4 * 64 * 64 + 64,
        "{got} is 4 · 64 · 64 + 64: the four matrices, and the biases of one projection. All four have 64 each.",
    ),
    Misconception(
        "W_o without biases",
        lambda: 4 * 64 * 64 + 3 * 64,
        "{got}: you left out the 64 biases of W_o. It has them, too.",
    ),
    Misconception(
        "heads of full size, W_o for one",
        lambda: 8 * 3 * (64 * 64 + 64) + (64 * 64 + 64),
        "{got}: you gave every head a W_q, W_k and W_v from 64 to 64 features. A head has only 64 / 8 = 8, so the "
        "eight together fill one matrix from 64 to 64.",
    ),
    Misconception(
        "heads of full size, W_o for one, without biases",
        lambda: 8 * 3 * 64 * 64 + 64 * 64,
        "{got}: you gave every head a W_q, W_k and W_v from 64 to 64 features. A head has only 64 / 8 = 8, so the "
        "eight together fill one matrix from 64 to 64. And there are biases.",
    ),
    Misconception(
        "one number as bias",
        lambda: 4 * (64 * 64 + 1),
        "{got} is 4 · (64 · 64 + 1): one bias for each matrix. A projection has a bias for each of its 64 outputs.",
    ),
    Misconception(
        "biases of two projections only",
        lambda: 4 * 64 * 64 + 2 * 64,
        "{got}: only two projections have biases in it. All four have 64 each.",
    ),
    Misconception(
        "biases only",
        lambda: 4 * 64,
        "{got} is 4 · 64, the biases of the four projections. Each has a matrix from 64 to 64 as well.",
    ),
    Misconception(
        "a layer norm counted",
        lambda: 4 * (64 * 64 + 64) + 2 * 64,
        "{got} is 128 too many: the scale and the shift of a layer norm, if you thought of one. "
        "MultiHeadAttention has its four projections and nothing else.",
    ),
    Misconception(
        "a feed-forward network counted",
        lambda: 12 * 64 * 64,
        "{got} is 12 · 64 · 64, about what a whole block of a Transformer has; and it stands in the table above, as "
        "multiplications. MultiHeadAttention has four projections; count their weights and biases.",
    ),
    Misconception(
        "a bias for each input too",
        lambda: 4 * 65 * 65,
        "{got} is 4 · 65 · 65. A bias is one more input, always 1, and not one more output: 65 · 64.",
    ),
    Misconception(
        "cubed",
        lambda: 64**3,
        "{got} is 64 · 64 · 64. A projection from 64 to 64 features has 64 · 64 weights.",
    ),
    Misconception(
        "features times heads",
        lambda: 64 * 8,
        "{got} is 64 · 8. A projection leads from 64 features to 64, so it has 64 · 64 weights, and 64 biases.",
    ),
    Misconception(
        "features only",
        lambda: 64,
        "64 is how many features a token has. A projection leads from 64 features to 64, so it has 64 · 64 "
        "weights, and 64 biases.",
    ),
    Misconception(
        "no parameters",
        lambda: 0,
        "Attention itself has no parameters, true; but MultiHeadAttention has its projections W_q, W_k, W_v and "
        "W_o, and these are learned.",
    ),
    Misconception(
        "heads instead of projections",
        lambda: 8 * (64 * 64 + 64),
        "{got} is 8 · (64 · 64 + 64), one projection for each head. There are four projections, for all heads "
        "together.",
    ),
    Misconception(
        "biases for every head",
        lambda: 4 * 64 * 64 + 8 * 4 * 64,
        "{got}: you counted the biases eight times. The heads share out the outputs of each projection, and with "
        "them its 64 biases.",
    ),
    *(
        Misconception(
            "rounded",
            lambda number=number: number,
            "About right, but it can be counted exactly: matrices and biases of four projections.",
        )
        for number in (16_000, 16_600, 16_700, 17_000)
    ),
    *(
        Misconception(
            "in thousands",
            lambda number=number: number,
            "About right in thousands, but write the number in full: it can be counted exactly.",
        )
        for number in (16, 16.6, 17)
    ),
    *(
        Misconception(
            "a comma in the number",
            lambda number=number: divmod(number, 1000),
            "Python reads a comma as a pair of numbers. Write the number without it, or with _: 12_345.",
        )
        for number in (16_640, 16_384, 12_480, 133_120)
    ),
    Misconception(
        "the table's number, at d_model 32",
        lambda: 4 * (32 * 32 + 32),
        "{got} stands in the table above, for d_model 32. Here it is 64: the matrices are 64 · 64.",
    ),
    Misconception(
        "doubled with d_model",
        lambda: 2 * 4 * (32 * 32 + 32),
        "{got} is twice the number of the table above, for d_model 32. When d_model doubles, each matrix has twice "
        "the rows and twice the columns; only the biases double.",
    ),
    Misconception(
        "four times the table's number",
        lambda: 4 * 4 * (32 * 32 + 32),
        "{got} is four times the number of the table above, for d_model 32 (or 4 · 64 · 64 with 8 · 64 biases). "
        "The matrices do grow fourfold; the biases only double with d_model, to 64 for each of four projections.",
    ),
    Misconception(
        "a whole network of this lesson",
        lambda: 5192,
        "{got} is what a whole network of this lesson has, with d_model 32. Asked for is the layer alone, with "
        "d_model 64: four projections.",
    ),
)


def _counts() -> tuple[Misconception, ...]:
    """Every other count of 1 to 5 projections, for one head or for eight, with other sizes and other biases."""
    listed = {4 * (_D * _D + _D), *(one.mistake() for one in _MISCOUNTED)}
    counted = {}
    for heads, projections, matrix, biases in product(
        (1, _HEADS), (4, 3, 1, 2, 5), ((_D, _D), (_D, _D_K), (_D_K, _D_K)), (_D, 0, _D_K, 1)
    ):
        number = heads * projections * (matrix[0] * matrix[1] + biases)
        times = f"{heads} · " if heads > 1 else ""
        more = f"({matrix[0]} · {matrix[1]} + {biases})" if biases else f"{matrix[0]} · {matrix[1]}"
        counted.setdefault(number, f"{times}{projections} · {more}")
    for heads in (1, _HEADS):  # W_o of another size than the others
        for inner, biases in product((_D, _D_K), (0, 1)):
            for outer in (_D, heads * inner):
                number = heads * 3 * (_D * inner + biases * inner) + outer * _D + biases * _D
                times = f"{heads} · " if heads > 1 else ""
                each = f"({_D} · {inner} + {inner})" if biases else f"{_D} · {inner}"
                rest = f"{outer} · {_D} + {_D}" if biases else f"{outer} · {_D}"
                counted.setdefault(number, f"{times}3 · {each} + {rest}")
    return tuple(
        Misconception(
            f"counted as {sum_}",
            lambda number=number: number,
            f"{{got}} is {sum_}. Go through it: how many projections are there, W_o included? From how many features "
            "does each lead to how many, for all heads together? And how many biases has each?",
        )
        for number, sum_ in counted.items()
        if number not in listed
    )


PARAMETERS = Exercise(
    id="5.3",
    answer="parameters_of_8_heads",
    title="Predict how many parameters MultiHeadAttention has with d_model 64 and 8 heads, biases included.",
    objective="say what more heads cost",
    kind="predict",
    minutes=3,
    difficulty=1,
    tolerance=0.4,
    right=lambda: 4 * (64 * 64 + 64),
    misconceptions=(*_MISCOUNTED, *_counts()),
    hints=(
        "How many numbers does W_q give for a token, and how many of them does each of the 8 heads get?",
        "Four projections from 64 to 64 features. Each has a matrix, and a bias for each output.",
    ),
    praise="4 · (64 · 64 + 64) = 16,640, with one head, two or 64: heads share the features out, they add none.",
)

_JOBS = ("neither", "twin", "left neighbour")
_SEEN_IN_HEADS = (
    {
        "left neighbour": "The row of 'd red' in map A has its largest weight on 'b blue'. On which side of 'd red' "
        "does that stand?",
        "twin": "The row of 'd red' in map A has its largest weight on 'b blue', another letter.",
    },
    {
        "left neighbour": "The row of 'a red' in map B has its largest weight on 'a green', which stands far away.",
        "neither": "The row of 'a red' in map B has its largest weight on 'a green', the other a. Is it so in most "
        "rows?",
    },
    {
        "twin": "The row of 'd red' in map C has its largest weight on 'a green', another letter.",
        "neither": "Count rows of map C: two are unclear, let the other six vote. The left neighbour of the first "
        "token is the last.",
    },
)
_JOBS_LISTED = {  # with a message of their own
    ("left neighbour", "twin", "neither"),
    ("left neighbour", "twin", "left neighbour"),
    ("neither", "neither", "left neighbour"),
    ("neither", "neither", "neither"),
    ("neither", "twin", "neither"),
    ("twin", "neither", "left neighbour"),
    ("neither", "left neighbour", "twin"),
    ("left neighbour", "neither", "twin"),
    ("twin", "left neighbour", "neither"),
}
_MISREAD_HEADS = misreadings(
    _JOBS,
    _JOBS,
    _SEEN_IN_HEADS,
    "Go row by row, note the key of the largest weight, and count: one to the left, the same letter, or neither?",
    _JOBS_LISTED,
)

JOBS = Exercise(
    id="5.4",
    answer="heads_of_jobs",
    title="Read the maps of heads A, B and C: 'left neighbour', 'twin' or 'neither'? Answer with a tuple of three.",
    objective="tell from its map what a head is for",
    kind="read",
    minutes=6,
    difficulty=2,
    right=lambda: _JOBS,
    misconceptions=(
        Misconception(
            "rows and columns swapped",
            lambda: ("left neighbour", "twin", "neither"),
            "You read the maps by columns. A row is the token that looks. Take the row of 'd red' in map A: its "
            "largest weight is on 'b blue'. Does that stand to the left of 'd red', or to the right? Then the same "
            "row in map C. (A twin's twin is the token itself, so map B looks nearly alike both ways.)",
            seen="https://github.com/facebookresearch/detr/issues/162",
        ),
        Misconception(
            "right taken for left as well",
            lambda: ("left neighbour", "twin", "left neighbour"),
            "A and C both have a slanting line, but on different sides of the diagonal. Take the row of 'd red' in "
            "both: on which token is its largest weight, and on which side of 'd red' does that stand?",
        ),
        Misconception(
            "a scattered map has no job",
            lambda: ("neither", "neither", "left neighbour"),
            "A and C are right. B has no line along the diagonal, but its peaks are not scattered by chance: twins "
            "stand anywhere. Take the row of 'a red': which letter does the key of its largest weight have?",
        ),
        Misconception(
            "only a map without faults has a job",
            lambda: ("neither", "neither", "neither"),
            "No head is clean here, nor is a trained one. Count rows: in how many of the eight does the largest weight "
            "lie on the left neighbour, in how many on the twin? By chance it would be one.",
        ),
        Misconception(
            "left neighbour overlooked",
            lambda: ("neither", "twin", "neither"),
            "A and B are right. In map C two rows are unclear; count the other six. The tokens stand in a circle: the "
            "left neighbour of the first is the last.",
        ),
        Misconception(
            "twin and right neighbour exchanged",
            lambda: ("twin", "neither", "left neighbour"),
            "C is right. Take the row of 'a red' in maps A and B: on which of the two is its largest weight on "
            "the other a?",
        ),
        Misconception(
            "twin and left neighbour exchanged",
            lambda: ("neither", "left neighbour", "twin"),
            "A is right. Take the row of 'a red' in maps B and C: on which of the two is its largest weight on the "
            "other a? (Its left neighbour, in the circle, is the last token.)",
        ),
        Misconception(
            "each job one map on",
            lambda: ("left neighbour", "neither", "twin"),
            "None of the three fits. Go row by row: take 'a red', and note for each map the key of its largest weight.",
        ),
        Misconception(
            "each job one map back",
            lambda: ("twin", "left neighbour", "neither"),
            "None of the three fits. Go row by row: take 'a red', and note for each map the key of its largest weight.",
        ),
        Misconception(
            "right neighbour named",
            lambda: ("right neighbour", "twin", "left neighbour"),
            "Well read: A does look to the right. But 'right neighbour' is not among the three answers; write "
            "'neither'.",
        ),
        Misconception(
            "another spelling",
            lambda: ("neither", "twin", "left neighbor"),
            "Your reading is right; only the check is particular about spelling: 'left neighbour'.",
        ),
        Misconception(
            "half the name",
            lambda: ("neither", "twin", "left"),
            "Your reading is right; only the check wants the whole name: 'left neighbour'.",
        ),
        *_MISREAD_HEADS,
        *(
            Misconception(
                "right neighbour named",
                lambda words=words: words,
                "Well read: A does look to the right. But that is not among the three answers; write 'neither'. And "
                "the third is called 'left neighbour', in full.",
            )
            for words in (
                ("right neighbor", "twin", "left neighbor"),
                ("right", "twin", "left"),
                ("right", "twin", "left neighbour"),
            )
        ),
        *(
            Misconception(
                "left and right exchanged",
                lambda words=words: words,
                "B is right. A and C have slanting lines on different sides of the diagonal, but you took left for "
                "right: take the row of 'd red', the token that looks. On which side of it stands the key of its "
                "largest weight? (And 'right neighbour' is not among the answers; write 'neither'.)",
            )
            for words in (
                ("left neighbour", "twin", "right neighbour"),
                ("left neighbor", "twin", "right neighbor"),
                ("left", "twin", "right"),
            )
        ),
        *(
            Misconception(
                "another word for it",
                lambda words=words: words,
                "Your reading is right; only the check wants its three words: 'left neighbour', 'twin' and 'neither'.",
            )
            for words in (
                *((none, "twin", "left neighbour") for none in ("none", None, "nothing", "no", "unclear", "other")),
                *(("neither", "twin", left) for left in ("neighbour", "left-neighbour", "left_neighbour")),
                *(("neither", "twins", left) for left in ("left neighbour", "left neighbours")),
            )
        ),
        *(
            Misconception(
                "one word for three maps",
                lambda word=word: word,
                "One word came, and there are three maps. Hand in a tuple of three, for A, B and C in this order.",
            )
            for word in _JOBS
        ),
        *(
            Misconception(
                "not a tuple",
                lambda answer=answer: answer,
                "Your reading is right; only the form is another. Hand in a tuple: three words in quotes, between "
                "round brackets, for A, B and C.",
            )
            for answer in (dict(zip("ABC", _JOBS)), ", ".join(_JOBS), ",".join(_JOBS), " ".join(_JOBS))
        ),
    ),
    hints=(
        "A row is the token that looks. For each row find the largest weight; does its key stand one to the left, or "
        "carry the same letter?",
        "Two rows of each map are unclear; let the other six vote. And mind the side: 'c blue' is to the left of "
        "'a green'.",
        "The row of 'd red' is enough: in map A it looks at 'b blue', in B at 'd green', in C at 'a green'.",
    ),
    praise="A looks to the right, B at the twin, C to the left. Read row by row, and count before you name a head.",
)

# How whole masks are laid out for the heads, and what is wrong with it.
_LAYOUTS = (
    ("still an axis for the heads", lambda mask, h: np.repeat(mask[:, None], h, axis=1),
     "the heads have an axis of their own; PyTorch wants the first two axes as one, batch * num_heads"),
    ("left to broadcasting", lambda mask, h: mask[:, None],
     "an axis of length 1 for the heads is not enough: write each sequence's mask num_heads times"),
    ("heads in front", lambda mask, h: np.repeat(mask[None], h, axis=0),
     "the heads have an axis of their own, in front; PyTorch wants batch * num_heads masks, all heads of sequence 0 "
     "first"),
    ("queries repeated", lambda mask, h: np.repeat(mask, h, axis=1),
     "you repeated the queries, axis 1; whole masks are to be repeated, axis=0"),
    ("keys repeated", lambda mask, h: np.repeat(mask, h, axis=2),
     "you repeated the keys, axis 2; whole masks are to be repeated, axis=0"),
    ("keys tiled", lambda mask, h: np.tile(mask, h),
     "np.tile with one number repeats along the last axis, the keys; whole masks are to be repeated, axis=0"),
    ("axis forgotten", lambda mask, h: np.repeat(mask, h),
     "without an axis np.repeat makes one long row of it all; whole masks are to be repeated, axis=0"),
    ("queries and keys exchanged", lambda mask, h: np.repeat(mask.swapaxes(1, 2), h, axis=0),
     "you exchanged queries and keys; both layers have a row for each query"),
    ("queries and keys exchanged, and heads before sequences", lambda mask, h: np.tile(mask.swapaxes(1, 2), (h, 1, 1)),
     "you exchanged queries and keys, and the order is sequence 0, sequence 1, sequence 0, …"),
    ("key_padding_mask instead of attn_mask", lambda mask, h: mask[:, 0],
     "(batch, T_k) is what key_padding_mask takes; attn_mask has a row for each query, in each head"),
    ("key_padding_mask, repeated", lambda mask, h: np.repeat(mask[:, 0], h, axis=0),
     "your mask has no axis of its own for the queries; attn_mask is (batch * num_heads, T_q, T_k)"),
    ("each entry repeated, then reshaped", lambda mask, h: np.repeat(mask, h).reshape(-1, *mask.shape[1:]),
     "without an axis np.repeat repeats each entry, and the reshape gives them to other keys; whole masks are to be "
     "repeated, axis=0"),
    ("as often as there are sequences", lambda mask, h: np.repeat(mask, len(mask), axis=0),
     "each mask is written as often as there are sequences; it is wanted once for each head, num_heads times"),
    ("tiled as often as there are sequences", lambda mask, h: np.tile(mask, (len(mask), 1, 1)),
     "the pile of masks is written as often as there are sequences; each mask is wanted once for each head"),
    ("batch times too often", lambda mask, h: np.repeat(mask, len(mask) * h, axis=0),
     "each mask is written batch * num_heads times; that is how many there are in all, so num_heads times each"),
    ("once too often", lambda mask, h: np.repeat(mask, h + 1, axis=0),
     "each mask is there num_heads + 1 times; it is wanted once for each head"),
    ("the first sequence's mask for all", lambda mask, h: np.repeat(mask[:1], h * len(mask), axis=0),
     "every head of every sequence has the mask of sequence 0; each sequence has its own"),
    ("the first sequence only", lambda mask, h: np.repeat(mask[:1], h, axis=0),
     "only the first sequence's mask is there; each sequence has its own, num_heads times"),
    ("the last sequence only", lambda mask, h: np.repeat(mask[-1:], h, axis=0),
     "only the last sequence's mask is there; each sequence has its own, num_heads times"),
)  # fmt: skip
_ADDED = (  # numbers to add to scores, where True and False are asked for
    ("0 and -inf", lambda mask: np.where(mask, 0.0, -np.inf)),
    ("-inf and 0", lambda mask: np.where(mask, -np.inf, 0.0)),
    ("0 and a large negative number", lambda mask: np.where(mask, 0.0, -1e9)),
    ("a large negative number and 0", lambda mask: np.where(mask, -1e9, 0.0)),
)
_LISTED_LAYOUTS = {  # with a message of their own, where the mask is turned round
    "still an axis for the heads",
    "left to broadcasting",
    "queries repeated",
    "axis forgotten",
    "queries and keys exchanged",
    "key_padding_mask instead of attn_mask",
}


def _repeated(mask: np.ndarray, num_heads: int) -> np.ndarray:
    return np.repeat(mask, num_heads, axis=0)


def _tiled(mask: np.ndarray, num_heads: int) -> np.ndarray:
    return np.tile(mask, (num_heads, 1, 1))


def _laid_out(layout: Callable, *, turned: bool) -> Callable[..., np.ndarray]:
    return lambda mask, num_heads: layout(~mask if turned else mask, num_heads)


def _in_numbers(numbers: Callable, layout: Callable) -> Callable[..., np.ndarray]:
    return lambda mask, num_heads: layout(numbers(mask), num_heads)


THEIRS = Exercise(
    id="5.5",
    answer="their_mask",
    title="Mend their_mask(mask, num_heads): our mask (batch, T_q, T_k) as torch.nn.MultiheadAttention's attn_mask.",
    objective="hand a mask to PyTorch's layer, the right way round and in the right order",
    kind="mend",
    minutes=7,
    difficulty=3,
    cases=_MASKS,
    right=_theirs,
    misconceptions=(
        Misconception(
            "mask polarity, and heads before sequences",
            lambda mask, num_heads: np.tile(mask, (num_heads, 1, 1)),
            "Two things, as in the code that came. In torch.nn.MultiheadAttention True means may NOT attend: turn the "
            "mask round with ~. And np.tile writes sequence 0, sequence 1, sequence 0, …; PyTorch wants all heads of "
            "sequence 0 first.",
        ),
        Misconception(
            "mask polarity",
            lambda mask, num_heads: np.repeat(mask, num_heads, axis=0),
            "The order is right. But in torch.nn.MultiheadAttention True means may NOT attend: turn the mask round "
            "with ~.",
            seen="https://github.com/pmixer/SASRec.pytorch/issues/6",
        ),
        Misconception(
            "heads before sequences",
            lambda mask, num_heads: np.tile(~mask, (num_heads, 1, 1)),
            "Turned round rightly. But the order is sequence 0, sequence 1, sequence 0, …, so heads get the mask of "
            "another sequence, and nothing complains. All heads of sequence 0 come first: repeat each mask, do not "
            "tile the pile.",
            seen="https://github.com/ArrowLuo/CLIP4Clip/issues/22",
        ),
        Misconception(
            "still an axis for the heads",
            lambda mask, num_heads: np.repeat(~mask[:, None], num_heads, axis=1),
            "Your mask is (batch, num_heads, T_q, T_k), as our own layer and scaled_dot_product_attention take it. "
            "torch.nn.MultiheadAttention wants the first two axes as one: batch * num_heads.",
        ),
        Misconception(
            "left to broadcasting",
            lambda mask, num_heads: ~mask[:, None],
            "Your mask is (batch, 1, T_q, T_k), which our own layer would stretch over the heads. "
            "torch.nn.MultiheadAttention stretches nothing: write each sequence's mask num_heads times.",
        ),
        Misconception(
            "one mask for each sequence",
            lambda mask, num_heads: ~mask,
            "Turned round rightly. But there is one mask for each sequence; PyTorch wants one for each head of each "
            "sequence, batch * num_heads of them.",
            seen="https://github.com/pytorch/pytorch/issues/64706",
        ),
        Misconception(
            "unchanged",
            lambda mask, num_heads: mask.copy(),
            "That is our mask as it is. Theirs has True where a query may NOT attend, and one mask for each head of "
            "each sequence.",
        ),
        Misconception(
            "queries repeated",
            lambda mask, num_heads: np.repeat(~mask, num_heads, axis=1),
            "You repeated along axis 1, the queries. Whole masks are to be repeated: the first axis, axis=0.",
        ),
        Misconception(
            "queries repeated, then reshaped",
            lambda mask, num_heads: np.repeat(~mask, num_heads, axis=1).reshape(-1, *mask.shape[1:]),
            "Right where there is one query. With four, each query's row is written num_heads times running (by "
            "repeating along axis 1, or tiling along the keys), and the reshape hands head 1 the rows of queries 0, 0, "
            "1, 1. Repeat whole masks: axis=0.",
        ),
        Misconception(
            "axis forgotten",
            lambda mask, num_heads: np.repeat(~mask, num_heads),
            "Without an axis np.repeat makes one long row of it all. Whole masks are to be repeated: axis=0.",
        ),
        Misconception(
            "queries and keys exchanged",
            lambda mask, num_heads: np.repeat(~mask.swapaxes(1, 2), num_heads, axis=0),
            "You exchanged queries and keys. Both layers have a row for each query: (…, T_q, T_k).",
        ),
        Misconception(
            "key_padding_mask instead of attn_mask",
            lambda mask, num_heads: ~mask[:, 0],
            "Your mask is (batch, T_k), one row for each sequence. That is what key_padding_mask takes; attn_mask has "
            "a row for each query, in each head of each sequence.",
        ),
        Misconception(
            "added to the scores",
            lambda mask, num_heads: np.repeat(np.where(mask, 0.0, -np.inf), num_heads, axis=0),
            "A mask of 0 and -inf, to be added to the scores. PyTorch takes that as well, and yours has the right "
            "order; here the boolean one is asked for, True = may NOT attend.",
        ),
        Misconception(
            "~ on whole numbers",
            lambda mask, num_heads: np.repeat(~mask.astype(int), num_heads, axis=0),
            "~ turns True into False, but of the whole number 1 it makes -2, and of 0 it makes -1. Leave the mask "
            "boolean.",
        ),
        Misconception(
            "not instead of ~",
            lambda mask, num_heads: np.repeat(not mask, num_heads, axis=0),
            "'not' asks for one truth of the whole array. ~ turns each entry round.",
            seen="https://github.com/pytorch/pytorch/issues/104652",
        ),
        Misconception(
            "- instead of ~",
            lambda mask, num_heads: np.repeat(-mask, num_heads, axis=0),
            "- is for numbers. ~ turns each entry of a boolean array round, True to False and False to True.",
        ),
        Misconception(
            "True minus the mask",
            lambda mask, num_heads: np.repeat(True - mask, num_heads, axis=0),
            "- is for numbers. ~ turns each entry of a boolean array round, True to False and False to True.",
        ),
        Misconception(
            "one subtracted",
            lambda mask, num_heads: np.repeat(mask - 1, num_heads, axis=0),
            "mask - 1 makes numbers of the truths, 0 and -1. ~ turns each entry of a boolean array round.",
        ),
        Misconception(
            "1 and -1",
            lambda mask, num_heads: np.repeat(np.where(mask, -1, 1), num_heads, axis=0),
            "1 and -1 came, and a mask is asked for, True where a query may NOT attend: ~mask.",
        ),
        Misconception(
            "always three heads",
            lambda mask, num_heads: np.repeat(~mask, 3, axis=0),
            "Right with three heads, as in the first call. Each mask is to be written num_heads times.",
        ),
        Misconception(
            "nothing may be attended to",
            lambda mask, num_heads: np.ones((len(mask) * num_heads, *mask.shape[1:]), dtype=bool),
            "Your mask is True everywhere: no query may attend to any key. Turn each entry of ours round, ~mask.",
        ),
        Misconception(
            "everything may be attended to",
            lambda mask, num_heads: np.zeros((len(mask) * num_heads, *mask.shape[1:]), dtype=bool),
            "Your mask is False everywhere: nothing is closed. Turn each entry of ours round, ~mask.",
        ),
        *(
            Misconception(name, _laid_out(layout, turned=True), f"Turned round rightly. But {said}.")
            for name, layout, said in _LAYOUTS
            if name not in _LISTED_LAYOUTS
        ),
        *(
            Misconception(
                f"mask polarity, and {name}",
                _laid_out(layout, turned=False),
                f"Two things. In torch.nn.MultiheadAttention True means may NOT attend: ~mask. And {said}.",
            )
            for name, layout, said in _LAYOUTS
        ),
        *(
            Misconception(
                f"added to the scores, {name}{', and heads before sequences' if tiled else ''}",
                _in_numbers(numbers, _tiled if tiled else _repeated),
                f"Numbers came, {name}, as for a mask that is added to the scores. Here a boolean one is asked for, "
                f"True = may NOT attend: ~mask.{' And all heads of sequence 0 come first.' if tiled else ''}",
            )
            for name, numbers in _ADDED
            for tiled in (False, True)
            if tiled or name != "0 and -inf"
        ),
    ),
    hints=(
        "Two things differ: what True means, and how many masks there are, in which order.",
        "For sequences 0 and 1 and three heads the order is 0 0 0 1 1 1. Print np.tile([0, 1], 3) and "
        "np.repeat([0, 1], 3).",
        "np.repeat repeats whole masks if you tell it their axis; along which one do the sequences lie? And ~ turns "
        "each entry of a boolean array round.",
    ),
    praise="Turned round, and all heads of a sequence together. Keep it boolean: numbers would be added to the scores.",
)

EXERCISES = (SPLIT, MULTI_HEAD, PARAMETERS, JOBS, THEIRS)
