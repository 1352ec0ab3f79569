"""Exercise 5.1: a slice of the features for each head."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.multi_head.cutting import (
    by_positions,
    split,
    split_in_turn,
    split_straight,
    swapped_sizes,
    whole,
    windows,
)

_GENERATOR = np.random.default_rng(5)
_READABLE = np.add.outer(10 * np.arange(3), np.arange(4))  # 21 stands at position 2, feature 1
_INPUTS = (
    (_READABLE, 2),
    (_GENERATOR.normal(size=(5, 12)), 3),  # T, num_heads and d_k are 5, 3 and 4
    (_GENERATOR.normal(size=(4, 6)), 1),
)


def _sliced(bounds: Callable[[int, int], tuple[int | None, int | None]]) -> Callable[..., list]:
    """Slices with mistaken bounds, given the head and d_k; they may be of unequal width."""

    def mistake(x: np.ndarray, num_heads: int) -> list:
        return [x[:, slice(*bounds(h, x.shape[1] // num_heads))].tolist() for h in range(num_heads)]

    return mistake


def _cut_otherwise(columns: bool, order: str, axes: tuple[int, int, int]) -> Callable[..., np.ndarray]:
    """x, or its transpose, cut into sizes in some order, T, num_heads and d_k, and its axes put in another."""

    def mistake(x: np.ndarray, num_heads: int) -> np.ndarray:
        sizes = {"T": len(x), "num_heads": num_heads, "d_k": x.shape[1] // num_heads}
        return (x.T if columns else x).reshape([sizes[size] for size in order.split(", ")]).transpose(axes)

    return mistake


_CUT_FEATURES = "Every head sees every position; heads share out the features: cut the last axis, axis=1."


def _cut_and_collected(collect: Callable) -> Callable[..., object]:
    """The positions cut among the heads as evenly as they go."""
    return lambda x, num_heads: collect(np.array_split(x, num_heads))


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
    cases=_INPUTS,
    right=lambda x, num_heads: np.stack(np.split(x, num_heads, axis=1)),
    misconceptions=(
        Misconception(
            "reshaped straight into heads",
            split_straight,
            "The shape is right, the content is not: reshape never moves a number, it only cuts the same row of "
            "numbers anew. With 3 positions of the 4 features 0 1 2 3, 10 11 12 13, 20 21 22 23 and 2 heads, your "
            "first head begins 0 1, 2 3: two slices of position 0. It should be 0 1, 10 11, 20 21.",
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
            split_in_turn,
            "You dealt the features out like cards: with 4 features and 2 heads, head 1 got 0 and 2, head 2 got 1 and "
            "3. Head 1 is to have the first d_k features, 0 and 1. So the heads' axis stands before that of d_k: "
            "reshape to (T, num_heads, d_k), not (T, d_k, num_heads).",
        ),
        Misconception(
            "overlapping slices from feature 1",
            lambda x, num_heads: windows(x[:, 1:], num_heads, 1, x.shape[1] // num_heads),
            "Your slices overlap: head 1 got features 1 and 2 instead of 0 and 1, head 2 features 2 and 3. Features "
            "count from 0, and each slice begins where the one before ends: h * d_k, with h from 0.",
        ),
        *(
            Misconception(
                f"features moved round by one, {where}",
                lambda x, num_heads, by=by: split(np.roll(x, by, 1), num_heads),
                f"Your slices are d_k wide, but each begins one feature too {where}. Features count from 0: head h is "
                "h * d_k : (h + 1) * d_k, with h from 0.",
            )
            for where, by in (("late", -1), ("early", 1))
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
            "The right slices, but the heads are on the last axis, (T, d_k, num_heads). They come first: after "
            "the reshape to (T, num_heads, d_k), swap axes 0 and 1 instead; or np.stack without an axis.",
        ),
        Misconception(
            "num_heads and d_k exchanged",
            swapped_sizes,
            "You made d_k heads of num_heads features; with 2 heads of 2 features that cannot be seen. 12 features and "
            "3 heads: d_k = 12 / 3 = 4, so 3 slices of 4.",
        ),
        Misconception(
            "slices as wide as the number of heads",
            lambda x, num_heads: windows(x, num_heads, num_heads, num_heads),
            "Your slices are num_heads wide; with 2 heads of 2 features that cannot be seen. 12 features and 3 heads: "
            "each slice has d_k = 12 / 3 = 4.",
        ),
        Misconception(
            "overlapping slices",
            lambda x, num_heads: windows(x, num_heads, 1, x.shape[1] // num_heads),
            "Your slices overlap: head 2 begins at feature 1, and the last features go to nobody. Each begins "
            "where the one before ends: h * d_k, with h from 0.",
        ),
        Misconception(
            "last feature of each slice lost",
            lambda x, num_heads: windows(x, num_heads, x.shape[1] // num_heads, x.shape[1] // num_heads - 1),
            "Each of your heads is one feature short. A slice in Python stops before its end: "
            "x[:, h * d_k : (h + 1) * d_k] holds the features up to (h + 1) * d_k - 1.",
        ),
        Misconception(
            "all features for each head",
            whole,
            "Every head got all the features. They share them: d_k = d_model / num_heads for each.",
            seen="https://github.com/brightmart/text_classification/issues/63",
        ),
        Misconception(
            "positions cut with np.split",
            by_positions,
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
            lambda x, num_heads: np.concatenate(list(split(x, num_heads))),
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
            lambda x, num_heads: split(x, num_heads)[0],
            "That is head 1 alone. If there is a 'return' inside your loop, the loop ends there in its first round: "
            "collect the slices, and return them after the loop.",
        ),
        Misconception(
            "last head only",
            lambda x, num_heads: split(x, num_heads)[-1],
            "That is the last head alone: each round of the loop put its slice in the place of the one before. Collect "
            "them in a list.",
        ),
        *_CUTS,
        Misconception(
            "the same slice for every head",
            lambda x, num_heads: np.array([split(x, num_heads)[0]] * num_heads),
            "Every head got the first slice. Head h begins at feature h * d_k, with h from 0: the slice has to move "
            "with h.",
        ),
        Misconception(
            "the last slice for every head",
            lambda x, num_heads: np.array([split(x, num_heads)[-1]] * num_heads),
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
            lambda x, num_heads: split(x, num_heads)[::-1],
            "The right slices, but the last head comes first. Head 1 has the first d_k features.",
        ),
        Misconception(
            "features of each head in the opposite order",
            lambda x, num_heads: split(x, num_heads)[:, :, ::-1],
            "The right slices, but inside each head the features run backwards. They keep their order.",
        ),
        Misconception(
            "slices that end where x ends",
            _sliced(lambda h, d_k: (h * d_k, None)),
            "Your slices begin rightly, but run to the end of x. Each ends where the next begins: "
            "x[:, h * d_k : (h + 1) * d_k].",
        ),
        Misconception(
            "slices that begin at feature 0",
            _sliced(lambda h, d_k: (None, (h + 1) * d_k)),
            "Your slices end rightly, but all begin at feature 0. Each begins where the one before ends: "
            "x[:, h * d_k : (h + 1) * d_k].",
        ),
        Misconception(
            "slices as long as d_k from h",
            _sliced(lambda h, d_k: (h, d_k)),
            "Your slices begin at feature h and all end at d_k. Head h begins at h * d_k and ends at (h + 1) * d_k.",
        ),
        Misconception(
            "heads counted from 1",
            _sliced(lambda h, d_k: ((h + 1) * d_k, (h + 2) * d_k)),
            "You count heads from 1, so the first slice goes to nobody and the last is empty. With h from 0, "
            "range(num_heads), head h is x[:, h * d_k : (h + 1) * d_k].",
        ),
        Misconception(
            "first head missing",
            lambda x, num_heads: split(x, num_heads)[1:],
            "The first head is missing: range(num_heads) begins with 0, and head 0 has the features before d_k.",
        ),
        Misconception(
            "last head missing",
            lambda x, num_heads: split(x, num_heads)[:-1],
            "The last head is missing. range leaves its end out as it is: range(num_heads).",
        ),
        Misconception(
            "one feature for each head",
            lambda x, num_heads: windows(x, num_heads, 1, 1),
            "Each head got one feature. It gets a slice of d_k of them: x[:, h * d_k : (h + 1) * d_k].",
        ),
        *(
            Misconception("positions cut into pieces of different length", _cut_and_collected(collect), said)
            for collect, said in (
                (
                    np.stack,
                    f"Either you cut axis 0, the positions. {_CUT_FEATURES} Or your slices of features "
                    "are not all d_k wide: h * d_k : (h + 1) * d_k.",
                ),
                (np.array, f"You cut axis 0, the positions. {_CUT_FEATURES}"),
            )
        ),
        Misconception(
            "positions shared out, some left over",
            lambda x, num_heads: x[: len(x) // num_heads * num_heads].reshape(num_heads, -1, x.shape[1]),
            f"You cut axis 0, the positions, and some are left over. {_CUT_FEATURES}",
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
            lambda x, num_heads: windows(x, num_heads, 2, 2),
            "Right for 4 features and 2 heads. With 12 features and 3 heads each slice has d_k = 12 / 3 = 4, and yours "
            "still has 2.",
        ),
        Misconception(
            "slices one feature too wide",
            _sliced(lambda h, d_k: (h * d_k, (h + 1) * d_k + 1)),
            "Your slices reach one feature into the next head; the last cannot, so it is shorter. A slice stops before "
            "its end: h * d_k : (h + 1) * d_k.",
        ),
        Misconception(
            "slices one feature too late",
            _sliced(lambda h, d_k: (h * d_k + 1, (h + 1) * d_k + 1)),
            "Your slices begin and end one feature too late: features count from 0. Head h is h * d_k : (h + 1) * d_k, "
            "with h from 0.",
        ),
        Misconception(
            "slices with a gap",
            _sliced(lambda h, d_k: (h * (d_k + 1), h + (h + 1) * d_k)),
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
            lambda x, num_heads: x.reshape(len(x), num_heads, -1).transpose(0, 1),
            "The cut was right. x is a NumPy array, and NumPy's transpose wants to hear of all three axes, "
            ".transpose(1, 0, 2); or .swapaxes(0, 1), which names only the two that change places. (PyTorch's "
            ".transpose(0, 1) takes two.)",
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
