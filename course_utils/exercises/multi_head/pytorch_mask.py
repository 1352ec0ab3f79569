"""Exercise 5.5: our mask as PyTorch's layer wants it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course_utils.exercises.exercise import Exercise, Misconception

_GENERATOR = np.random.default_rng(5)
_MASKS = (
    (np.array([[[True, False]], [[True, True]]]), 3),
    (_GENERATOR.random(size=(3, 4, 5)) < 0.6, 2),
    (_GENERATOR.random(size=(2, 3, 4)) < 0.5, 1),
)


def _theirs(mask: np.ndarray, num_heads: int) -> np.ndarray:
    """PyTorch's mask, written out: for each sequence, for each head, what is forbidden."""
    return np.array([~of_one for of_one in mask for _ in range(num_heads)])


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
     "you repeated along the last axis, the keys (np.tile with one number does so, too); whole masks are to be "
     "repeated, axis=0"),
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
# One row made of a sequence's mask, True where closed, and given to all its queries.
_ONE_ROW = (
    ("a key closed for all queries", lambda mask: ~mask.all(1, keepdims=True),
     "you closed a key for all queries as soon as one query may not see it"),
    ("a key open for all queries", lambda mask: ~mask.any(1, keepdims=True),
     "you opened a key to all queries as soon as one query may see it"),
    ("the first query's row for all", lambda mask: ~mask[:, :1], "you gave the first query's row to all"),
    ("the last query's row for all", lambda mask: ~mask[:, -1:], "you gave the last query's row to all"),
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


def _one_row(row: Callable, *, stretched: bool) -> Callable[..., np.ndarray]:
    def mistake(mask: np.ndarray, num_heads: int) -> np.ndarray:
        return _repeated(np.broadcast_to(row(mask), mask.shape) if stretched else row(mask), num_heads)

    return mistake


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
            _tiled,
            "Two things, as in the code that came. In torch.nn.MultiheadAttention True means may NOT attend: turn the "
            "mask round with ~. And np.tile writes sequence 0, sequence 1, sequence 0, …; PyTorch wants all heads of "
            "sequence 0 first.",
        ),
        Misconception(
            "mask polarity",
            _repeated,
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
        *(
            Misconception(
                name,
                lambda mask, num_heads, subtract=subtract: _repeated(subtract(mask), num_heads),
                "- is for numbers. ~ turns each entry of a boolean array round, True to False and False to True.",
            )
            for name, subtract in (
                ("- instead of ~", lambda mask: -mask),
                ("True minus the mask", lambda mask: True - mask),
            )
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
            Misconception(
                f"{name}{', stretched' if stretched else ''}",
                _one_row(row, stretched=stretched),
                f"Right where there is one query. With more, {said}. Each query keeps a row of its own: ~mask, entry "
                "by entry.",
            )
            for name, row, said in _ONE_ROW
            for stretched in (True, False)
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
