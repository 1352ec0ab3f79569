"""Exercise 9.3: the mask of a sliding window."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course_utils.exercises.exercise import Exercise, Misconception

_WINDOWS = ((8, 5), (5, 2), (4, 1), (3, 7))  # in the first, half a window is not one less than a window
_ONE_WINDOW = "A query sees window positions, its own among them: 0 <= i - j < window for query i and key j."


def _by_distance(may: Callable[[np.ndarray, int], np.ndarray]) -> Callable[[int, int], np.ndarray]:
    """A mask from i - j, how far the key j lies before the query i."""

    def mask(length: int, window: int) -> np.ndarray:
        places = np.arange(length)
        return may(places[:, None] - places, window)

    return mask


_sliding = _by_distance(lambda back, window: (back >= 0) & (back < window))


def _row_by_row(before: int, end: int) -> Callable[[int, int], np.ndarray]:
    """Slices from i - window + before to i + end, also where they begin below 0."""

    def mask(length: int, window: int) -> np.ndarray:
        mask = np.zeros((length, length), bool)
        for i in range(length):
            mask[i, i - window + before : i + end] = True
        return mask

    return mask


def _one_by_one(before: int, end: int) -> Callable[[int, int], np.ndarray]:
    """Single places from i - window + before to i + end, also below 0."""

    def mask(length: int, window: int) -> np.ndarray:
        mask = np.zeros((length, length), bool)
        for i in range(length):
            mask[i, np.arange(i - window + before, i + end) % length] = True
        return mask

    return mask


def _nearest(back: int) -> str:
    return {-1: "the next position", 0: "its own position", 1: "the position before"}[back]


def _between(first: int, last: int) -> Misconception:
    """A window from ``first`` positions back to window + ``last`` positions back."""
    begins = "" if first == 0 else f" The nearest key a query sees is to be itself; in yours it is {_nearest(first)}."
    far = {-3: "two positions too near", -2: "one position too near", 0: "one position too far", 1: "two too far"}
    ends = "" if last == -1 else f" And the farthest is window - 1 back; yours lies {far[last]}."
    return Misconception(
        f"a window from {first} to window{f' {last:+}' if last else ''} back",
        _by_distance(lambda back, window: (back >= first) & (back <= window + last)),
        f"Your window begins or ends at another place.{begins}{ends} " + _ONE_WINDOW,
    )


def _in_pieces(causal: bool) -> Callable[[int, int], np.ndarray]:
    """Windows side by side that do not slide."""

    def mask(length: int, window: int) -> np.ndarray:
        i, j = np.indices((length, length))
        return (i // window == j // window) & ((j <= i) | (not causal))

    return mask


WINDOW = Exercise(
    id="9.3",
    answer="window_mask",
    title="Write window_mask(length, window): True where query i may attend to key j, itself and window - 1 before.",
    objective="mask all but a sliding window",
    kind="write",
    minutes=5,
    difficulty=2,
    cases=_WINDOWS,
    right=_sliding,
    misconceptions=(
        Misconception(
            "one position too many",
            _by_distance(lambda back, window: (back >= 0) & (back <= window)),
            "With window 2 your queries see 3 positions: you count window *besides* their own. " + _ONE_WINDOW,
            seen="https://github.com/ml-explore/mlx-lm/pull/390",
        ),
        Misconception(
            "one position too few",
            _by_distance(lambda back, window: (back >= 0) & (back < window - 1)),
            "With window 2 your queries see 1 position, only themselves. " + _ONE_WINDOW,
            seen="https://github.com/lightseekorg/tokenspeed/pull/578",
        ),
        Misconception(
            "own position left out",
            _by_distance(lambda back, window: (back > 0) & (back < window)),
            "Your queries do not see their own position, and the first one sees nothing. " + _ONE_WINDOW,
        ),
        Misconception(
            "window before the own position",
            _by_distance(lambda back, window: (back > 0) & (back <= window)),
            "Your window ends before the own position, and the first query sees nothing. " + _ONE_WINDOW,
        ),
        *(
            _between(first, last)
            for first in (-1, 0, 1)
            for last in (-3, -2, -1, 0, 1)
            if (first, last) not in {(0, -1), (0, 0), (0, -2), (1, -1), (1, 0), (1, -3), (0, -3)}  # right, or named
        ),
        Misconception(
            "half before, half after",
            _by_distance(lambda back, window: abs(back) <= window // 2),
            "Your window has its middle at the query: half of it comes later. Causal means that nothing later is seen. "
            + _ONE_WINDOW,
        ),
        Misconception(
            "half the window",
            _by_distance(lambda back, window: (back >= 0) & (back <= window // 2)),
            "Your window goes back only half as far. " + _ONE_WINDOW,
        ),
        Misconception(
            "every window-th position",
            _by_distance(lambda back, window: (back >= 0) & (back % window == 0)),
            "Your queries see every window-th key before them, and skip those between. " + _ONE_WINDOW,
        ),
        Misconception(
            "everybody sees everything",
            lambda length, window: np.ones((length, length), bool),
            "Your mask is True everywhere. If you joined the two conditions by | (or), every key fulfils one of them: "
            "both must hold, &. " + _ONE_WINDOW,
        ),
        Misconception(
            "looks ahead",
            _by_distance(lambda back, window: abs(back) < window),
            "Your window reaches to both sides. Causal means that nothing later is seen. " + _ONE_WINDOW,
        ),
        Misconception(
            "looks ahead, one too many",
            _by_distance(lambda back, window: abs(back) <= window),
            "Your window reaches window positions to *both* sides. " + _ONE_WINDOW,
            seen="https://github.com/huggingface/transformers/issues/39408",
        ),
        Misconception(
            "queries and keys exchanged",
            _by_distance(lambda back, window: (back <= 0) & (-back < window)),
            "Your queries see only what comes later: i and j have changed places. A row is a query. " + _ONE_WINDOW,
        ),
        Misconception(
            "window without causal",
            _by_distance(lambda back, window: back < window),
            "Your queries see everything later. Two conditions: not later than i, and fewer than window before it.",
        ),
        Misconception(
            "causal without window",
            _by_distance(lambda back, window: back >= 0),
            "That is the causal mask; window has no effect yet. Two conditions: not later than i, and fewer than "
            "window before it.",
        ),
        Misconception(
            "mask polarity",
            lambda length, window: ~_sliding(length, window),
            "The other way round: your True stands where attention is *forbidden*. In this course True = may attend.",
        ),
        Misconception(
            "only what comes later",
            _by_distance(lambda back, window: back < 0),
            "Your queries see exactly what comes *later*: the causal condition stands on its head. " + _ONE_WINDOW,
        ),
        Misconception(
            "later, or itself",
            _by_distance(lambda back, window: back <= 0),
            "Your queries see themselves and what comes *later*: i and j have changed places, and window has no "
            "effect. " + _ONE_WINDOW,
        ),
        Misconception(
            "only what lies outside the window",
            _by_distance(lambda back, window: back >= window),
            "Your queries see exactly what lies *before* their window: that condition stands on its head. "
            + _ONE_WINDOW,
        ),
        *(
            Misconception(
                f"queries and keys exchanged, {name}",
                _by_distance(may),
                "Your queries see only what comes later: i and j have changed places. A row is a query. And the window "
                f"is {name}. " + _ONE_WINDOW,
            )
            for name, may in (
                ("one position too wide", lambda back, window: (back <= 0) & (-back <= window)),
                ("one position too narrow", lambda back, window: (back <= 0) & (-back < window - 1)),
                ("without the own position", lambda back, window: (back < 0) & (-back < window)),
            )
        ),
        *(
            Misconception(
                f"mask polarity, {name}",
                _by_distance(lambda back, window, may=may: ~may(back, window)),
                f"Two things: your True stands where attention is *forbidden*, and {what}. " + _ONE_WINDOW,
            )
            for name, what, may in (
                (
                    "one position too few",
                    "the window is one too narrow",
                    lambda back, window: (back >= 0) & (back < window - 1),
                ),
                ("to both sides", "the window reaches to both sides", lambda back, window: abs(back) < window),
                ("exchanged", "i and j have changed places", lambda back, window: (back <= 0) & (-back < window)),
                (
                    "one position too many",
                    "the window is one too wide",
                    lambda back, window: (back >= 0) & (back <= window),
                ),
            )
        ),
        Misconception(
            "only the farthest position",
            _by_distance(lambda back, window: back == window - 1),
            "Each of your queries sees a single key, the farthest one of its window. It should see all between as "
            "well. " + _ONE_WINDOW,
        ),
        Misconception(
            "only the key a window before",
            _by_distance(lambda back, window: back == window),
            "Each of your queries sees a single key, window positions before it. It should see those between, and "
            "itself. " + _ONE_WINDOW,
        ),
        Misconception(
            "no window as long as the text",
            lambda length, window: _sliding(length, min(window, length - 1)),
            "Right until window is as large as length: here there are 3 positions and window is 7, and your last query "
            "does not see key 0. Do not hold window down to length - 1: a window longer than the text sees all of it.",
        ),
        Misconception(
            "windows that do not slide",
            _in_pieces(causal=True),
            "You cut the text into pieces of window positions: the first of each piece sees only itself. A sliding "
            "window goes along with each query. " + _ONE_WINDOW,
        ),
        Misconception(
            "windows that do not slide, and look ahead",
            _in_pieces(causal=False),
            "You cut the text into pieces of window positions, and within a piece everybody sees everybody. "
            + _ONE_WINDOW,
        ),
        Misconception(
            "the first keys for all",
            lambda length, window: (
                _by_distance(lambda back, _: back >= 0)(length, window) & (np.arange(length) < window)
            ),
            "All of your queries see the first window keys. The window goes along with the query. " + _ONE_WINDOW,
        ),
        Misconception(
            "the last keys for all",
            lambda length, window: (
                _by_distance(lambda back, _: back >= 0)(length, window) & (np.arange(length) >= length - window)
            ),
            "All of your queries see the last window keys, as far as they are not later. The window goes along with "
            "the query. " + _ONE_WINDOW,
        ),
        *(
            Misconception(
                f"a column for each place in the window{name}",
                mask,
                "Your mask has a column for each place in the window, (length, window). A column is a key, and there "
                "are length of them: most are False. " + _ONE_WINDOW,
            )
            for name, mask in (
                ("", lambda length, window: np.arange(length)[:, None] >= np.arange(window)),
                (", all True", lambda length, window: np.ones((length, window), bool)),
            )
        ),
        Misconception(
            "a mask as large as the window",
            lambda length, window: np.tril(np.ones((window, window), bool)),
            "Your mask is (window, window), a causal mask of one window. Asked for is (length, length): a row for each "
            "query, a column for each key. (Is it def window_mask(length, window), in this order?) " + _ONE_WINDOW,
        ),
        Misconception(
            "the last query alone",
            lambda length, window: _sliding(length, window)[-1],
            "That is one row, the last query's, and it is right. Asked for is a row for each query.",
        ),
        Misconception(
            "how many pairs",
            lambda length, window: int(_sliding(length, window).sum()),
            "{got} is how many pairs are seen, and it is right. Asked for is the mask itself, (length, length), True "
            "at each of them.",
        ),
        Misconception(
            "how many keys for each query",
            lambda length, window: _sliding(length, window).sum(1),
            "{got} is how many keys each query sees, and it is right. Asked for is the mask itself, (length, length).",
        ),
        Misconception(
            "places instead of a mask",
            lambda length, window: [list(range(max(0, i - window + 1), i + 1)) for i in range(length)],
            "Those are the places of the keys that each query sees, and they are right. Asked for is a mask: a row "
            "with length times True or False, True at these places.",
        ),
        Misconception(
            "the table of distances",
            lambda length, window: np.subtract.outer(np.arange(length), np.arange(length)),
            "That is the table of i - j, how far key j lies back. Now compare it: 0 <= i - j, and i - j < window, each "
            "in brackets, joined by &.",
        ),
        Misconception(
            "the word 'and' between arrays",
            lambda length, window: np.arange(length) >= 0 and np.arange(length) < window,
            "'and', 'or', 'not' and a chain such as 0 <= i - j < window ask for one truth value, and an array has "
            "many. Join two comparisons place by place, with & and each of them in brackets: "
            "(i - j >= 0) & (i - j < window).",
        ),
        Misconception(
            "minus between masks",
            lambda length, window: np.tril(np.ones((length, length), bool)) - np.eye(length, dtype=bool),
            "NumPy does not subtract booleans. Take one mask *and not* the other: a & ~b.",
        ),
        Misconception(
            "nobody sees anything",
            lambda length, window: np.zeros((length, length), bool),
            "Your mask is False everywhere. If you used np.tril and np.triu: positions *before* the query lie below "
            "the diagonal, so the k of np.triu is negative, -(window - 1).",
        ),
        Misconception(
            "a slice that begins below 0",
            _row_by_row(1, 1),
            "Right but for the first rows. i - window + 1 is negative there, and a negative start counts from the "
            "*end*, so your slice is empty. Begin at max(0, i - window + 1).",
        ),
        Misconception(
            "wrapped around the beginning",
            _one_by_one(1, 1),
            "Right but for the first rows: i - 1 is -1 at i = 0, and index -1 is the *last* key, which comes later. "
            "Leave out what is below 0.",
        ),
        *(
            Misconception(
                f"{name}, {wrong}",
                marked(before, end),
                f"Two things. In the first rows your {where} begin below 0, and below 0 one counts from the *end*: "
                f"begin at max(0, …). And {what}. " + _ONE_WINDOW,
            )
            for name, marked, where in (
                ("a slice that begins below 0", _row_by_row, "slices"),
                ("wrapped around the beginning", _one_by_one, "places"),
            )
            for wrong, before, end, what in (
                ("one position too many", 0, 1, "the window is one too wide"),
                ("one position too few", 2, 1, "the window is one too narrow"),
                (
                    "own position left out",
                    1,
                    0,
                    "a slice or a range stops *before* its end, so the query does not see itself",
                ),
                (
                    "window before the own position",
                    0,
                    0,
                    "a slice or a range stops *before* its end, so the query does not see itself",
                ),
            )
        ),
        *(
            Misconception(
                f"added to the scores{name}",
                lambda length, window, seen=seen, hidden=hidden: np.where(_sliding(length, window), seen, hidden),
                what + ". Asked for is the boolean one: True = may attend.",
            )
            for name, seen, hidden, what in (
                ("", 0.0, -np.inf, "The right places, as a mask of 0 and -inf that is *added* to the scores"),
                (", -1e9", 0.0, -1e9, "The right places, as a mask of 0 and -1e9 that is *added* to the scores"),
                (
                    ", turned round",
                    -np.inf,
                    0.0,
                    "That is a mask to be *added* to the scores, and it is turned round: "
                    "-inf stands where attention is allowed",
                ),
                (
                    ", turned round, -1e9",
                    -1e9,
                    0.0,
                    "That is a mask to be *added* to the scores, and it is turned round: "
                    "-1e9 stands where attention is allowed",
                ),
            )
        ),
    ),
    hints=(
        "Draw the mask for 5 positions and window 2: each row has two True, but for the first.",
        "i = np.arange(length)[:, None] and j = np.arange(length) make a table of i - j by broadcasting. Between which "
        "numbers must it lie?",
        "Two conditions, each in brackets, joined by &: the key is not later than the query, and lies fewer than "
        "window positions back.",
    ),
    praise="Each row has at most window True: the cost grows with the length, no longer with its square.",
)
