"""Exercise 4.2: a table of distances as scores to add."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.reference import softmax

# The number tells its distance: -20 is two places before the query, 2 two places after it, and 5 the query's own.
_TABLES = (
    (np.array([-20.0, -10.0, 5.0, 1.0, 2.0]), 3),  # exactly the distances of three words
    (np.array([-30.0, -20.0, -10.0, 5.0, 1.0, 2.0, 3.0]), 2),  # more than two words need
    (np.array([-10.0, 5.0, 1.0]), 5),  # fewer than five words need
    (np.array([-1.02, -0.41, 0.92, 1.28, -0.34]), 7),
)


def _distances(T: int) -> np.ndarray:
    """Key minus query, ``(T_q, T_k)``."""
    return np.arange(T)[None, :] - np.arange(T)[:, None]


def _relative(table: np.ndarray, T: int) -> np.ndarray:
    last = len(table) - 1
    return np.array([[table[min(max(key - query + last // 2, 0), last)] for key in range(T)] for query in range(T)])


def _read_at(place: Callable[[np.ndarray, int], np.ndarray]) -> Callable[..., np.ndarray]:
    """A mistake in the place that is read, given true distances and the largest one in the table."""
    return lambda table, T: table[place(_distances(T), len(table) // 2)]


def _looked_up(distance: Callable[[np.ndarray, int], np.ndarray], shift: int = 0) -> Callable[..., np.ndarray]:
    """A mistake in the distance that is looked up, given true distances and the largest one in the table."""
    return _read_at(lambda true, largest: distance(true, largest) + largest + shift)


def _clipped(distance: np.ndarray, largest: int) -> np.ndarray:
    return np.clip(distance, -largest, largest)


def _far_pairs(fill: Callable[[np.ndarray], float]) -> Callable[..., np.ndarray]:
    """Another number, made from the table, for pairs further apart than it reaches."""
    return lambda table, T: np.where(abs(_distances(T)) <= len(table) // 2, _relative(table, T), fill(table))


def _without(pairs: Callable[[np.ndarray, int], np.ndarray], fill: float = 0.0) -> Callable[..., np.ndarray]:
    """Another number where a condition on true distances, and the largest one in the table, holds."""
    return lambda table, T: np.where(pairs(_distances(T), len(table) // 2), fill, _relative(table, T))


def _made_of(change: Callable[[np.ndarray], np.ndarray]) -> Callable[..., np.ndarray]:
    """The right numbers, and something done to them."""
    return lambda table, T: change(_relative(table, T))


def _float(table: np.ndarray, T: int) -> np.ndarray:
    largest = (len(table) - 1) / 2
    return table[_clipped(_distances(T), largest) + largest]


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
            _read_at(_clipped),
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
        *(
            Misconception(
                name,
                mistake,
                "/ gives a float, 2.0, and a place in a table must be a whole number: len(table) // 2.",
            )
            for name, mistake in (("a float as index", _float), ("a float as index, in a loop", _float_in_a_loop))
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
            _without(lambda distance, largest: distance > 0),
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
            _made_of(lambda scores: scores[0]),
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
            _read_at(lambda distance, largest: _clipped(-distance, largest)),
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
            _made_of(lambda scores: np.tril(scores.T)),
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
        *(
            Misconception(
                f"distances one too {size}",
                _looked_up(lambda d, largest, more=more: _clipped(d + more, largest)),
                f"Every distance reads the number one place too {place}. Distance 0 must stand at len(table) // 2, "
                f"place 2 for 5 numbers: is your max_distance one too {size}, or rounded {rounded}? Or is a distance "
                f"one too {size}, with one place counted from 1 and the other from 0?",
            )
            for size, more, place, rounded in (("large", 1, "late", "up"), ("small", -1, "early", "down"))
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
            "max_distance one too small",
            _looked_up(lambda d, largest: _clipped(d, largest - 1), shift=-1),
            "Your max_distance is one too small: distance 0 reads the place before the middle, and distances are "
            "clipped one too early. It is len(table) // 2, 2 for 5 numbers.",
        ),
        Misconception(
            "max_distance 12, as in section 5",
            lambda table, T: table[_clipped(_distances(T), 12) + 12],
            "Twelve is the max_distance of the lesson's model. Here it follows from the table: len(table) // 2, which "
            "is 2 for 5 numbers.",
        ),
        Misconception(
            "far pairs get the number of distance 0",
            _far_pairs(lambda table: table[len(table) // 2]),
            "Pairs further apart than max_distance got the number of distance 0, the middle of the table. They take "
            "the number at the end of the table that is nearer to them: np.clip.",
        ),
        Misconception(
            "far pairs closed, with a large number",
            _far_pairs(lambda table: -1e9),
            "Pairs further apart than max_distance got a hugely negative number: you made a mask. They stay open, and "
            "take the number at the end of the table: np.clip.",
        ),
        Misconception(
            "far pairs all get the last number",
            _far_pairs(lambda table: table[-1]),
            "Far pairs got the last number of the table on both sides. It is for keys far *after* the query; keys far "
            "before take the first number, table[0].",
        ),
        Misconception(
            "far pairs all get the first number",
            _far_pairs(lambda table: table[0]),
            "Far pairs got the first number of the table on both sides. It is for keys far *before* the query; keys "
            "far after take the last number, table[-1].",
        ),
        Misconception(
            "causal mask added",
            _without(lambda distance, largest: distance > 0, fill=-np.inf),
            "Keys after the query got minus infinity: a causal mask. No mask is asked for: positive distances have "
            "their own numbers, in the second half of the table.",
        ),
        Misconception(
            "the word itself and keys after it left out",
            _without(lambda distance, largest: distance >= 0),
            "Only keys before the query got a number, the others 0. Distance 0 and the positive ones stand in the "
            "table as well: for key in range(T).",
        ),
        Misconception(
            "pairs at max_distance get 0",
            _without(lambda distance, largest: abs(distance) >= largest),
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
            _without(lambda distance, largest: distance < 0),
            "Keys before the query got 0. Negative distances have their own numbers, in the first half of the table. "
            "Does a loop begin at the query's own place?",
        ),
        Misconception(
            "the word itself left out",
            _without(lambda distance, largest: distance == 0),
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
            _made_of(softmax),
            "The right numbers, but a softmax came after them. They are added to scores first; the softmax takes the "
            "sum of both, later.",
        ),
        Misconception(
            "exponential of the numbers",
            _made_of(np.exp),
            "The right numbers, but you took np.exp of them. They are added to scores; the softmax takes the "
            "exponential of the sum, later.",
        ),
        Misconception(
            "scaled",
            _made_of(lambda scores: scores / math.sqrt(len(scores))),
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
            _far_pairs(lambda table: 0.0),
            "Pairs further apart than max_distance got 0, a number that this table does not hold. Adding 0 is not "
            "neutral: it may lift a far word above a near one. They take the number at the end of the table: np.clip.",
        ),
        Misconception(
            "far pairs closed",
            _far_pairs(lambda table: -np.inf),
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
