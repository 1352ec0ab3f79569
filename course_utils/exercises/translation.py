"""Exercises of the lesson on cross-attention."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import permutations, product

import numpy as np
import torch

from course_utils.datasets.number_words import ENGLISH
from course_utils.exercises import hits
from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.reference import softmax

START, END, PAD = ENGLISH.START, ENGLISH.END, ENGLISH.PAD
_OTHER_START, _OTHER_END = 50, 60  # of another vocabulary
_SENTENCES = (
    (np.array(ENGLISH.encode(["ninety", "seven", "thousand"])), START, END),
    (np.array(ENGLISH.encode(["two", "hundred", "and", "ninety", "seven"])), _OTHER_START, _OTHER_END),
    (np.array(ENGLISH.encode(["nine"])), START, END),
)

_GENERATOR = np.random.default_rng(3)


def _batch(T_q: int, T_k: int, lengths: list[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    sizes = (len(lengths), T_q, 9), (len(lengths), T_k, 9)
    return (*(_GENERATOR.normal(size=size) for size in sizes), np.array(lengths))


def _far_below_0(T_q: int, T_k: int, lengths: list[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All scores are about -300."""
    query, key, lengths = _batch(T_q, T_k, lengths)
    return query + 10.0, key - 10.0, lengths


_PADDED = (_batch(4, 5, [3, 4, 2]), _batch(4, 6, [6, 2, 1]), _batch(2, 4, [2]), _far_below_0(2, 4, [2]))

_MAP = np.array(  # zwei|hundert|sieben|und|neunzig to two hundred and ninety seven; 'seven' looks at 'und'
    [
        [0.90, 0.04, 0.03, 0.02, 0.01],
        [0.10, 0.80, 0.04, 0.03, 0.03],
        [0.05, 0.60, 0.05, 0.25, 0.05],
        [0.02, 0.02, 0.04, 0.02, 0.90],
        [0.01, 0.02, 0.40, 0.55, 0.02],
    ]
)
_ALIGNMENT = (0, 1, None, 4, 2)
_MISSED_MAP = np.array([[0.15, 0.25, 0.60], [0.45, 0.35, 0.20], [0.20, 0.50, 0.30], [0.10, 0.15, 0.75]])


def _scores(query: np.ndarray, key: np.ndarray) -> np.ndarray:
    return query @ np.swapaxes(key, -2, -1) / math.sqrt(query.shape[-1])


def _real(key: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """True on morphemes, False on padding: ``(batch, 1, T_k)``."""
    return (np.arange(key.shape[1]) < lengths[:, None])[:, None, :]


def _masked(query: np.ndarray, key: np.ndarray, mask: np.ndarray, fill: float = -np.inf, axis: int = -1) -> np.ndarray:
    return softmax(np.where(mask, _scores(query, key), fill), axis)


def _infinity_times_0(query: np.ndarray, key: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        return softmax(_scores(query, key) + ~_real(key, lengths) * -np.inf)


def _mask_on_queries(query: np.ndarray, key: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    rows = (np.arange(query.shape[1]) < lengths[:, None])[:, :, None]
    return _masked(query, key, rows)


def _sources(alignment: tuple[int | None, ...]) -> tuple[list[int], list[int]]:
    """The rows that have a source, and their sources."""
    rows = [row for row, source in enumerate(alignment) if source is not None]
    return rows, [alignment[row] for row in rows]


def _on_the_source(weights: np.ndarray, alignment: tuple[int | None, ...]) -> np.ndarray:
    """For each word that has a source, the weight on it."""
    return weights[_sources(alignment)]


def _hits(weights: np.ndarray, alignment: tuple[int | None, ...]) -> np.ndarray:
    rows, sources = _sources(alignment)
    return weights.argmax(-1)[rows] == sources


_PARTS: dict[str, Callable] = {
    "the words": lambda english, start, end: english,
    "start and the words": lambda english, start, end: [start, *english],
    "the words and end": lambda english, start, end: [*english, end],
    "start, the words and end": lambda english, start, end: [start, *english, end],
    "the words without the last": lambda english, start, end: english[:-1],
    "the words without the first": lambda english, start, end: english[1:],
    "start and the words without the last": lambda english, start, end: [start, *english[:-1]],
    "the words without the first, and end": lambda english, start, end: [*english[1:], end],
    "start in place of the first word": lambda english, start, end: [start, *english[1:]],
    "end in place of the last word": lambda english, start, end: [*english[:-1], end],
    "the words moved on by one, the last in front": lambda english, start, end: np.roll(english, 1),
    "the words moved back by one, the first at the end": lambda english, start, end: np.roll(english, -1),
    "end and the words": lambda english, start, end: [end, *english],
    "the words and start": lambda english, start, end: [*english, start],
    "the words and padding": lambda english, start, end: [*english, PAD],
    "padding and the words": lambda english, start, end: [PAD, *english],
    "the words without the first, and end twice": lambda english, start, end: [*english[1:], end, end],
    "start twice and the words without the last": lambda english, start, end: [start, start, *english[:-1]],
    "start and the words backwards": lambda english, start, end: [start, *english[::-1]],
    "the words backwards and end": lambda english, start, end: [*english[::-1], end],
    "end and the words backwards": lambda english, start, end: [end, *english[::-1]],
    "the words and the last once more": lambda english, start, end: [*english, english[-1]],
    "the first word twice and the others": lambda english, start, end: [english[0], *english],
    "start, the words without the first, and end": lambda english, start, end: [start, *english[1:], end],
    "start, the words without the last, and end": lambda english, start, end: [start, *english[:-1], end],
}
_GIVEN, _WANTED = "start and the words", "the words and end"
_TOLD_ABOVE = {
    *((same, same) for same in ("the words", "start, the words and end", _GIVEN, _WANTED)),
    (_GIVEN, _WANTED),
    (_WANTED, _GIVEN),
    ("the words", "the words without the first, and end"),
    ("start and the words without the last", "the words"),
    ("the words without the last", "the words without the first"),
    ("end and the words", "the words and start"),
    (_GIVEN, "the words and start"),
    (_GIVEN, "the words and padding"),
}


def _pairs_of_rows() -> list[tuple[str, str]]:
    """What may be given and wanted: equally long, and with one of the two right where both are as long as asked for."""
    length = {name: len(row(np.arange(3), 0, 0)) for name, row in _PARTS.items()}
    return [
        (given, wanted)
        for given, wanted in product(_PARTS, repeat=2)
        if length[given] == length[wanted]
        and (length[given] != 4 or given in {_GIVEN, wanted} or wanted == _WANTED or given.startswith("end "))
        and (given, wanted) not in _TOLD_ABOVE
    ]


_ONE_BY_ONE = "english is an array, not a list: [start, *english] or np.append(english, end) makes a longer one."
_TWO_ROWS = "Both rows go into one list: np.array([[start, *english], [*english, end]])."
_OWN_NUMBERS = (
    "Right for the first example. In the next start is 50 and end is 60, and yours are others: use the arguments "
    "start and "
    "end, not numbers of your own."
)
_ROWS_EXCHANGED = (
    *(
        Misconception(
            f"{given} given, {wanted} wanted",
            lambda english, start, end, given=given, wanted=wanted: np.array(
                [_PARTS[given](english, start, end), _PARTS[wanted](english, start, end)]
            ),
            f"You give {given}, and want {wanted}. At each step the word before is given and the next one wanted: the "
            "first row is start and the words, the second the words and end.",
        )
        for given, wanted in _pairs_of_rows()
    ),
    *(
        Misconception(
            "start and end written as numbers",
            lambda english, start, end, own=own: np.array(
                [[own[0] if own[0] else start, *english], [*english, own[1] if own[1] else end]]
            ),
            _OWN_NUMBERS,
        )
        for own in ((START, END), (START, None), (None, END))
    ),
    Misconception(
        "one row for both",
        lambda english, start, end: np.array([start, *english, end]),
        "{got} is one row. Two are asked for: what is given begins with start and lacks end, what is wanted lacks "
        "start.",
    ),
    Misconception(
        "a row for each step",
        lambda english, start, end: np.array([[start, *english], [*english, end]]).T,
        "{got}: right, but a row for each step. Row 0 is all that is given, row 1 all that is wanted; .T turns it.",
    ),
    *(
        Misconception("an array taken for a list", mistaken, _ONE_BY_ONE)
        for mistaken in (
            lambda english, start, end: english.append(end),
            lambda english, start, end: english.insert(0, start),
            lambda english, start, end: english.extend([end]),
            lambda english, start, end: np.concatenate([start, english]),
            lambda english, start, end: np.concatenate([[start], english, end]),
        )
    ),
    Misconception(
        "brackets around both rows missing",
        lambda english, start, end: np.array([start, *english], [*english, end]),
        _TWO_ROWS,
    ),
)


SHIFTED = Exercise(
    id="3.1",
    answer="given_and_wanted",
    title="Mend given_and_wanted(english, start, end): at each step the word before is given, the next one wanted.",
    objective="shift the target by one for teacher forcing",
    kind="mend",
    minutes=6,
    difficulty=2,
    cases=_SENTENCES,
    right=lambda english, start, end: np.array([[start, *english], [*english, end]]),
    misconceptions=(
        Misconception(
            "not shifted",
            lambda english, start, end: np.array([english, english]),
            "That is the code as it came: at each step the decoder is given the very word that it should predict. It "
            "learns to copy, its loss is nearly 0, and alone it can write nothing. Put start before what is given and "
            "end after what is wanted.",
            seen="https://github.com/Project-MONAI/GenerativeModels/issues/314",
        ),
        Misconception(
            "start and end around both",
            lambda english, start, end: np.array([[start, *english, end]] * 2),
            "Both rows are the same, so each step is still given its own answer. Only the first row begins with start, "
            "only the second ends with end: that is the shift by one.",
            seen="https://github.com/pytorch/tutorials/issues/719",
        ),
        Misconception(
            "start before both",
            lambda english, start, end: np.array([[start, *english]] * 2),
            "Both rows are the same, so each step is given its own answer. What is wanted begins with the first "
            "word itself and stops with end.",
        ),
        Misconception(
            "end after both",
            lambda english, start, end: np.array([[*english, end]] * 2),
            "Both rows are the same, so each step is given its own answer. What is given begins with start: it is all "
            "that the decoder has before the first word.",
        ),
        Misconception(
            "shifted the wrong way",
            lambda english, start, end: np.array([[*english, end], [start, *english]]),
            "Your two rows are swapped: each step is given a word and asked for the one before it. The first row is "
            "what is given, the second what is wanted.",
        ),
        Misconception(
            "no start",
            lambda english, start, end: np.array([english, [*english[1:], end]]),
            "The first word is never asked for: your decoder is given it. Before the first word there is only start.",
            seen="https://github.com/ssbuild/t5_finetuning/issues/2",
        ),
        Misconception(
            "no end",
            lambda english, start, end: np.array([[start, *english[:-1]], english]),
            "Nothing ever asks for end, so this decoder does not learn to stop. What is wanted has one entry more.",
            seen="https://github.com/zhang0jhon/AttentionOCR/issues/92",
        ),
        Misconception(
            "neither start nor end",
            lambda english, start, end: np.array([english[:-1], english[1:]]),
            "Shifted by one, good; but the first word is never asked for, and nothing teaches the decoder to stop. "
            "start and end are made for these two.",
        ),
        Misconception(
            "start and end exchanged",
            lambda english, start, end: np.array([[end, *english], [*english, start]]),
            "start and end have changed places. What is given begins with start, what is wanted stops with end.",
        ),
        Misconception(
            "start instead of end",
            lambda english, start, end: np.array([[start, *english], [*english, start]]),
            "After the last word you ask for start. end is what tells the decoder to stop.",
        ),
        Misconception(
            "padding instead of end",
            lambda english, start, end: np.array([[start, *english], [*english, PAD]]),
            "After the last word you ask for padding, 0, which does not count in the loss. end has a number of its "
            "own, so that stopping can be learned.",
            seen="https://github.com/mlabonne/llm-course/issues/33",
        ),
        Misconception(
            "start and end added, not put beside",
            lambda english, start, end: np.array([start + english, english + end]),
            "With an array + adds numbers: every word has become another one. Put the entries into a list: "
            "[start, *english].",
        ),
        Misconception(
            "rows of unequal length",
            lambda english, start, end: np.array([[start, *english], english]),
            "Your rows differ in length, or a number stands beside an array: [start, *english] puts the words one "
            "by one. start "
            "comes before what is given, end after what is wanted.",
        ),
        *_ROWS_EXCHANGED,
    ),
    hints=(
        "Write both rows for 'ninety seven' with a pencil. What is given before 'ninety', and wanted after 'seven'?",
        "given: start ninety seven. wanted: ninety seven end.",
        "[start, *english] puts start before the words; the other row is built alike.",
    ),
    praise="At each step the word before is given and the next one wanted, so that nothing can be copied.",
)

_SIZES_IN_WORDS = {
    11: "the 11 German morphemes",
    12: "the 12 English entries",
    13: "13, the English and one more, though <end> is among the 12",
    28: "the 28 features",
    64: "the 64 numbers of the batch",
    23: "23, both lengths together",
    1: "1",
    10: "10, one morpheme too few",
}
_TOLD_SHAPES = {
    *((64, 11, 12), (64, 12, 28), (64, 11, 28), (64, 12, 12), (64, 11, 11), (64, 28, 28), (64, 13, 11), (64, 1, 11)),
    (64, 12, 11),
}
_ONE_MAP_EACH = "(batch, T_q, T_k): a map for each of the 64, a row for each English entry, a column for each morpheme."
_OTHER_SHAPES = (
    *(
        Misconception(
            f"rows {rows}, columns {columns}",
            lambda shape=(64, rows, columns): shape,
            f"You have a row for each of {_SIZES_IN_WORDS[rows]} and a column for each of {_SIZES_IN_WORDS[columns]}. "
            "Rows are what asks, the English; columns are what is asked, the German.",
        )
        for rows, columns in product(_SIZES_IN_WORDS, repeat=2)
        if (64, rows, columns) not in _TOLD_SHAPES
    ),
    *(
        Misconception("batch not in front", lambda shape=shape: shape, f"The batch comes first: {_ONE_MAP_EACH}")
        for sizes in ((64, 11, 12), (64, 12, 28), (64, 11, 28))
        for shape in permutations(sizes)
        if shape[0] != 64
    ),
    *(
        Misconception(
            "one map for all",
            lambda shape=shape: shape,
            "One map is not enough, nor one for each feature: each of the 64 numbers has its own, so 64 comes in "
            "front.",
        )
        for shape in ((1, 12, 11), (1, 11, 12), (11, 12), (28, 12, 11), (28, 11, 12))
    ),
    *(
        Misconception(
            "features kept",
            lambda shape=shape: shape,
            "28 does not belong to it: a dot product adds the features up, one number is left for each pair of a "
            "query and "
            "a key.",
        )
        for shape in (
            *permutations((64, 11, 12, 28)),
            (12, 28),
            (11, 28),
            (28, 28),
            (28, 12),
            (28, 11),
            (64, 28),
            (12, 11, 28),
            (11, 12, 28),
        )
        if shape not in set(permutations((11, 12, 28))) or shape[-1] == 28
    ),
    *(
        Misconception(
            "an axis for the heads",
            lambda shape=shape: shape,
            f"Right, with an axis for several heads; they come in lesson 05. Here: {_ONE_MAP_EACH}",
        )
        for shape in ((64, 1, 12, 11), (1, 64, 12, 11), (64, 12, 1, 11), (64, 12, 11, 1), (64, 1, 11, 12))
    ),
    *(
        Misconception(
            "one axis for two",
            lambda shape=shape: shape,
            f"One axis is missing: every English entry has a weight for every German morpheme. {_ONE_MAP_EACH}",
        )
        for shape in (
            (64, 11),
            (64, 12),
            (64, 132),
            (64, 23),
            (768, 11),
            (64 * 11, 12),
            (132,),
            (64,),
            (12,),
            (11,),
            (28,),
        )
    ),
    *(
        Misconception(
            "how many weights there are",
            lambda count=count: count,
            f"{{got}} is a number of weights. A shape has a number for each axis: {_ONE_MAP_EACH}",
        )
        for count in (64 * 12 * 11, (64 * 12 * 11,), 12 * 11)
    ),
)


SHAPE = Exercise(
    id="3.2",
    answer="shape_of_weights",
    title="Predict the shape of the weights, as a tuple.",
    objective="tell the axes of cross-attention apart",
    kind="predict",
    minutes=3,
    difficulty=1,
    right=lambda: (64, 12, 11),
    misconceptions=(
        Misconception(
            "axes swapped",
            lambda: (64, 11, 12),
            "Rows are queries, and the queries come from the one who writes: English has 12, so 12 comes first.",
        ),
        Misconception(
            "the context's shape",
            lambda: (64, 12, 28),
            "That is the context: a mixture of values, 28 features, for each English word. A row of weights has one "
            "number for each key, so for each German morpheme.",
        ),
        Misconception(
            "the keys' shape",
            lambda: (64, 11, 28),
            "That is the shape of the keys. The dot product adds the 28 features up; what stays is one number for "
            "each pair of a query and a key.",
        ),
        Misconception(
            "queries with themselves",
            lambda: (64, 12, 12),
            "You let the English look at the English. The keys come from the one who has read: 11 German morphemes.",
            seen="https://github.com/huggingface/transformers/pull/48356",
        ),
        Misconception(
            "keys with themselves",
            lambda: (64, 11, 11),
            "You let the German look at the German. The queries come from the one who writes: 12 English words.",
        ),
        Misconception(
            "features with features",
            lambda: (64, 28, 28),
            "The features are what the dot product adds up; none of them is left. Count queries and keys.",
        ),
        Misconception(
            "end counted twice",
            lambda: (64, 13, 11),
            "The 12 English entries have <end> among them already.",
        ),
        Misconception(
            "the mask's shape",
            lambda: (64, 1, 11),
            "That is the shape of the mask, which is the same for all queries. The weights differ from query to query.",
        ),
        Misconception(
            "batch forgotten",
            lambda: (12, 11),
            "Right for one number. Each of the 64 has a map of its own, so 64 comes in front.",
        ),
        *_OTHER_SHAPES,
    ),
    hints=(
        "A row for each query, a column for each key, and a map for each number of the batch.",
        "Who asks here, the German or the English? That one gives T_q.",
    ),
    praise="A map for each number: 12 English rows, 11 German columns. The two lengths need not be equal.",
)


def _root(query: np.ndarray, key: np.ndarray) -> float:
    return math.sqrt(query.shape[-1])


_DIVISORS: dict[str, tuple[Callable, str]] = {
    "no scaling": (lambda query, key: 1.0, "the scores are not divided by √d_k"),
    "scaling by d instead of √d": (lambda query, key: query.shape[-1], "you divided by d_k, not by its root"),
    "always divided by 2": (
        lambda query, key: 2.0,
        "you divided by 2, the √d_k of lesson 02's example (or the root of T_q); here d_k is 9",
    ),
    "scaling by the number of keys": (lambda query, key: math.sqrt(key.shape[1]), "you divided by √T_k, not by √d_k"),
    "divided by T_k": (lambda query, key: key.shape[1], "you divided by T_k, not by √d_k"),
    "divided by T_q": (lambda query, key: query.shape[1], "you divided by T_q, not by √d_k"),
    "divided by √batch": (lambda query, key: math.sqrt(len(key)), "you divided by the root of the batch's size"),
    "divided by the root of all numbers": (
        lambda query, key: math.sqrt(key.size),
        "you divided by the root of how many numbers the key has in all",
    ),
    "multiplied by √d": (lambda query, key: 1 / _root(query, key), "you multiplied by √d_k instead of dividing"),
}
_OPEN: dict[str, tuple[Callable, str]] = {  # which keys may be attended to
    "no mask": (lambda query, key, lengths: True, "the padding is not masked, so it takes its share"),
    "mask polarity": (
        lambda query, key, lengths: ~_real(key, lengths),
        "you kept the padding and removed the morphemes; True means MAY attend",
    ),
    "one too many": (
        lambda query, key, lengths: _real(key, lengths + 1),
        "one padding too many is let in: position < length, counted from 0",
    ),
    "one too few": (
        lambda query, key, lengths: _real(key, lengths - 1),
        "the last morpheme of each number is kept out: position < length, counted from 0",
    ),
    "mask on the queries": (
        lambda query, key, lengths: (np.arange(query.shape[1]) < lengths[:, None])[:, :, None],
        "you masked rows, the queries; lengths counts keys, and the mask runs along the last axis",
    ),
    "the longest length for all": (
        lambda query, key, lengths: np.arange(key.shape[1]) < lengths.max(),
        "all numbers got the length of the longest; compare with lengths[:, None]",
    ),
    "one length for all": (
        lambda query, key, lengths: np.arange(key.shape[1]) < lengths[0],
        "all numbers got the length of the first; compare with lengths[:, None]",
    ),
    "the shortest length for all": (
        lambda query, key, lengths: np.arange(key.shape[1]) < lengths.min(),
        "all numbers got the length of the shortest, or the last one's; compare with lengths[:, None]",
    ),
    "padding in front": (
        lambda query, key, lengths: (np.arange(key.shape[1]) >= key.shape[1] - lengths[:, None])[:, None],
        "you kept the last places of each number; the morphemes come first, the padding after them",
    ),
    "lengths in another order": (
        lambda query, key, lengths: _real(key, lengths[::-1]),
        "each number got another one's length; lengths[b] belongs to number b",
    ),
    "the first key left out": (
        lambda query, key, lengths: _real(key, lengths) & (np.arange(key.shape[1]) > 0),
        "the first morpheme is kept out as well: positions count from 0",
    ),
    "the last morpheme alone": (
        lambda query, key, lengths: _real(key, lengths) & ~_real(key, lengths - 1),
        "only the last morpheme of each number is left; all positions before length may be attended to",
    ),
    "keys and queries masked": (
        lambda query, key, lengths: _real(key, lengths) & _real(query, lengths).swapaxes(1, 2),
        "you masked rows as well; every query, every English word, may look: mask[:, None, :] only",
    ),
    "nobody looks ahead": (
        lambda query, key, lengths: np.tri(query.shape[1], key.shape[1], dtype=bool) & _real(key, lengths),
        "you masked the keys after the query's own place as well; cross-attention may look at the whole German number",
    ),
}


def _summed(scores: np.ndarray, axis: int | tuple[int, ...] | None) -> np.ndarray:
    """A softmax along several axes at once."""
    exps = np.exp(scores - np.max(scores))
    return exps / exps.sum(axis=axis, keepdims=True)


_SHARED: dict[str, tuple[Callable, str]] = {  # what becomes of the masked scores
    "softmax over the queries": (lambda scores: softmax(scores, 1), "your columns sum to 1, not your rows"),
    "softmax over the batch": (lambda scores: softmax(scores, 0), "you normalised over the numbers of the batch"),
    "softmax over each whole map": (lambda scores: _summed(scores, (1, 2)), "each whole map sums to 1, not each row"),
    "softmax over everything": (
        lambda scores: _summed(scores, None),
        "the whole batch together sums to 1, not each row",
    ),
    "scores without softmax": (lambda scores: scores, "the softmax is missing"),
    "not shared out": (np.exp, "these are exponentials, not yet divided by each row's sum"),
    "softmax twice": (
        lambda scores: softmax(softmax(scores)),
        "the softmax ran twice, so the padding got a share again",
    ),
    "the largest takes everything": (
        lambda scores: np.eye(scores.shape[-1])[scores.argmax(-1)],
        "the largest score of each row took the whole 1; a softmax leaves the others a share",
    ),
    "logarithms of the weights": (lambda scores: np.log(softmax(scores)), "these are the logarithms of the weights"),
}


def _masked_scores(query: np.ndarray, key: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    return np.where(_real(key, lengths), _scores(query, key), -np.inf)


def _attempt(
    divisor: Callable = _root,
    mask: Callable = lambda query, key, lengths: _real(key, lengths),
    share: Callable = softmax,
    fill: float = -np.inf,
    after: Callable = lambda weights, query, key, lengths: weights,
) -> Callable[..., np.ndarray]:
    """Cross-attention's weights, with some steps of one's choice done differently."""

    def weights(query, key, lengths):
        with np.errstate(all="ignore"):
            scores = query @ np.swapaxes(key, 1, 2) / divisor(query, key)
            shared = share(np.where(mask(query, key, lengths), scores, fill))
            return after(shared, query, key, lengths)

    return weights


_COMMON_DIVISORS = ("no scaling", "scaling by d instead of √d", "always divided by 2", "scaling by the number of keys")
_COMMON_MASKS = ("no mask", "mask polarity", "one too many", "one too few", "mask on the queries")
_COMMON_AXES = (
    "softmax over the queries",
    "softmax over the batch",
    "softmax over each whole map",
    "scores without softmax",
)


def _kept(weights, query, key, lengths):
    return weights


def _without_nan(weights, query, key, lengths):
    return np.nan_to_num(weights)


def _times_mask(weights, query, key, lengths):
    return weights * _real(key, lengths)


def _every_key(query, key, lengths):
    return True


# What becomes of a row, or a column, in which nothing is allowed: NaN, zeros, or equal shares.
_WHERE_NOTHING_IS_ALLOWED = ((-np.inf, _kept), (-np.inf, _without_nan), (-1e9, _kept))
_AGAIN = "Scores, divided by √d_k; then the mask on the keys; then the softmax along the last axis."
_LATE = "the mask came after the softmax, when the padding had its share"


def _told(*whys: str) -> str:
    number = {2: "Two things", 3: "Three things"}
    if len(whys) == 1:
        return f"{whys[0][0].upper()}{whys[0][1:]}. {_AGAIN}"
    return f"{number[len(whys)]}: {'; and '.join(whys)}. {_AGAIN}"


_LEAVE_ROWS_EMPTY = {
    *("one too few", "mask on the queries", "keys and queries masked", "the first key left out", "mask polarity"),
    *("softmax over the queries", "softmax over the batch", "scores without softmax"),
}


def _where_nothing_is_allowed(name: str) -> tuple[tuple[float, Callable], ...]:
    return _WHERE_NOTHING_IS_ALLOWED if name in _LEAVE_ROWS_EMPTY else _WHERE_NOTHING_IS_ALLOWED[:1]


def _cross_steps() -> tuple[Misconception, ...]:
    """Every step done wrongly alone, and pairs of the commonest."""
    named: list[tuple[str, Callable, str]] = []
    for name, (divisor, why) in _DIVISORS.items():
        named.append((name, _attempt(divisor), _told(why)))
        if name not in _COMMON_DIVISORS:
            continue
        named.append(
            (f"{name}, and mask after softmax", _attempt(divisor, _every_key, after=_times_mask), _told(why, _LATE))
        )
        for other in _COMMON_MASKS:
            if (name, other) == ("no scaling", "no mask"):  # has a sentence of its own below
                continue
            mask, also = _OPEN[other]
            named += [
                (f"{name}, and {other}", _attempt(divisor, mask, after=after, fill=fill), _told(why, also))
                for fill, after in _WHERE_NOTHING_IS_ALLOWED[: 3 if other == "mask on the queries" else 1]
            ]
        for other in _COMMON_AXES:
            share, also = _SHARED[other]
            named += [
                (f"{name}, and {other}", _attempt(divisor, share=share, fill=fill, after=after), _told(why, also))
                for fill, after in _where_nothing_is_allowed(other)
            ]
    for name, (mask, why) in _OPEN.items():
        named += [
            (name, _attempt(mask=mask, fill=fill, after=after), _told(why))
            for fill, after in _where_nothing_is_allowed(name)
            if (name, after) != ("mask on the queries", _without_nan)
        ]
        named += [
            (f"{name}, and {other}", _attempt(mask=mask, share=_SHARED[other][0]), _told(why, _SHARED[other][1]))
            for other in _COMMON_AXES
            if name in _COMMON_MASKS
        ]
    for name, (share, why) in _SHARED.items():
        named += [
            (name, _attempt(share=share, fill=fill, after=after), _told(why))
            for fill, after in (*_where_nothing_is_allowed(name), (-np.inf, _times_mask), (-1e9, _times_mask))
        ]
        if name not in _NOT_ALONG_THE_KEYS:
            late = _attempt(mask=_every_key, share=share, after=_times_mask)
            named.append((f"{name}, and mask after softmax", late, _told(why, _LATE)))
    return tuple(Misconception(name, mistake, why) for name, mistake, why in named if name not in _NAMED_BELOW)


_NOT_ALONG_THE_KEYS = {"softmax over the queries", "scores without softmax", "not shared out"}  # no matter when masked
_NAMED_BELOW = {
    *("no mask", "mask polarity", "one too many", "one too few", "no scaling", "scaling by d instead of √d"),
    *("scaling by the number of keys", "the longest length for all", "one length for all"),
}
_KEYS_ASK = "The keys ask in yours: a row for each German piece. query @ swapped key gives a row for each English word."
_AXIS_FOR_QUERIES = (
    "Your mask has shape (batch, T_k), the scores (batch, T_q, T_k). Give it an axis for the queries: mask[:, None, :]."
)
_LENGTHS_AS_COLUMN = (
    "np.arange(T_k) and lengths do not line up: every position is to meet every length. lengths[:, None] makes "
    "lengths a "
    "column, and the result (batch, T_k)."
)
_SMALL_FILL = (
    "You filled in a number that is low, but not below every score: exp of it is small, not 0, and some scores here "
    "are "
    "about -300. Minus infinity is below everything (lesson 02, section 6)."
)
_INTEGER_SLICE = "lengths is an array, and a slice ends at one number. Compare: np.arange(T_k) < lengths[:, None]."
_SWAP_TWO = "np.swapaxes(key, 1, 2) is (batch, d_k, T_k); the batch stays in front, query @ that is (batch, T_q, T_k)."


def _context(mask: Callable, divisor: Callable = _root) -> Callable:
    return _attempt(divisor, mask, after=lambda weights, query, key, lengths: weights @ key)


def _taken_off(amount: float) -> Callable:
    return lambda query, key, lengths: softmax(_scores(query, key) - amount * ~_real(key, lengths))


def _asked_by_keys(mask: Callable, fill: float = -np.inf) -> Callable:
    def weights(query, key, lengths):
        return softmax(np.where(mask(key, lengths), _scores(key, query), fill))

    return weights


_CROSS_STEPS = (
    *_cross_steps(),
    *(
        Misconception(
            "context instead of weights",
            mistaken,
            "You went on and mixed the keys by the weights; that is a context. Asked for are the weights: (batch, "
            "T_q, T_k).",
        )
        for mistaken in (
            _context(lambda query, key, lengths: _real(key, lengths)),
            _context(_every_key),
            _context(lambda query, key, lengths: _real(key, lengths), lambda query, key: 1.0),
        )
    ),
    *(
        Misconception("keys ask", mistaken, _KEYS_ASK)
        for mistaken in (
            _asked_by_keys(lambda key, lengths: _real(key, lengths).swapaxes(1, 2)),
            _asked_by_keys(lambda key, lengths: _real(key, lengths).swapaxes(1, 2), -1e9),
            lambda query, key, lengths: np.nan_to_num(
                _asked_by_keys(lambda key, lengths: _real(key, lengths).swapaxes(1, 2))(query, key, lengths)
            ),
            lambda query, key, lengths: softmax(_scores(key, query)) * _real(key, lengths).swapaxes(1, 2),
            _asked_by_keys(lambda key, lengths: np.array(True)),
            lambda query, key, lengths: softmax(key @ np.swapaxes(query, 1, 2)),
            lambda query, key, lengths: _scores(key, query),
            lambda query, key, lengths: softmax(_masked_scores(query, key, lengths).swapaxes(1, 2)),
        )
    ),
    *(
        Misconception("low number instead of minus infinity", mistaken, _SMALL_FILL)
        for mistaken in (
            *(_attempt(fill=fill) for fill in (-1.0, -2.0, -3.0, -5.0, -9.0, -10.0, -100.0)),
            *(_taken_off(amount) for amount in (1.0, 5.0, 9.0, 10.0)),
        )
    ),
    Misconception(
        "key reshaped",
        lambda query, key, lengths: softmax(
            np.where(_real(key, lengths), query @ key.reshape(len(key), -1, key.shape[1]) / _root(query, key), -np.inf)
        ),
        f"reshape reads the numbers on in rows; a transpose turns rows into columns. {_SWAP_TWO}",
    ),
    Misconception(
        "key not transposed",
        lambda query, key, lengths: query @ np.swapaxes(key, 0, 1),
        f"You swapped the first two axes, the batch and the keys. {_SWAP_TWO}",
    ),
    Misconception(
        "key not transposed",
        lambda query, key, lengths: np.dot(query, key),
        f"Query rows are to meet key rows. {_SWAP_TWO}",
    ),
    Misconception(
        "key not transposed",
        lambda query, key, lengths: query * key,
        f"* multiplies number by number; the dot products come from @. {_SWAP_TWO}",
    ),
    Misconception(
        "every number of the batch with every other",
        lambda query, key, lengths: np.dot(query, np.swapaxes(key, 1, 2)),
        f"np.dot lets every number of the batch meet every other: {{got}}. @ keeps them apart. {_SWAP_TWO}",
    ),
    *(
        Misconception("query axis missing in the mask", mistaken, _AXIS_FOR_QUERIES)
        for mistaken in (
            lambda query, key, lengths: _scores(query, key) + _real(key, lengths)[:, 0],
            lambda query, key, lengths: _scores(query, key)[~_real(key, lengths)[:, 0]],
            lambda query, key, lengths: _scores(query, key)[~_real(key, lengths)],
        )
    ),
    *(
        Misconception(
            "mask along the wrong axis",
            mistaken,
            "Your mask has the keys where the scores have the queries. The new axis goes in the middle: mask[:, "
            "None, :].",
        )
        for mistaken in (
            lambda query, key, lengths: np.where(_real(key, lengths).swapaxes(1, 2), _scores(query, key), -np.inf),
            lambda query, key, lengths: _scores(query, key) + _real(key, lengths).swapaxes(1, 2),
        )
    ),
    Misconception(
        "lengths without an axis", lambda query, key, lengths: np.arange(key.shape[1]) < lengths, _LENGTHS_AS_COLUMN
    ),
    *(
        Misconception("lengths taken for one number", mistaken, _INTEGER_SLICE)
        for mistaken in (
            lambda query, key, lengths: _scores(query, key)[:, :, lengths:],
            lambda query, key, lengths: range(lengths),
        )
    ),
    Misconception(
        "minus instead of ~", lambda query, key, lengths: -_real(key, lengths), "~mask turns a boolean mask round."
    ),
    Misconception(
        "not instead of ~",
        lambda query, key, lengths: not _real(key, lengths),
        "not and if ask for one truth value, and a mask has many. ~mask turns each of them round.",
    ),
    Misconception(
        "sum without its axis",
        lambda query, key, lengths: _scores(query, key) / _scores(query, key).sum(-1),
        "A sum or a maximum over an axis takes that axis away, so the division does not line up. keepdims=True "
        "keeps it.",
    ),
)


CROSS = Exercise(
    id="3.3",
    answer="cross_weights",
    title="Write cross_weights(query, key, lengths): scaled scores, a padding mask, then softmax.",
    objective="write cross-attention's weights for a padded batch",
    kind="write",
    minutes=9,
    difficulty=3,
    cases=_PADDED,
    right=lambda query, key, lengths: _masked(query, key, _real(key, lengths)),
    misconceptions=(
        Misconception(
            "no mask",
            lambda query, key, lengths: softmax(_scores(query, key)),
            "Without a mask the padding takes its share. Only the first lengths[b] keys of number b are morphemes "
            "(section 3).",
            seen="https://github.com/tensorflow/tensorflow/issues/43941",
        ),
        Misconception(
            "mask after softmax",
            lambda query, key, lengths: softmax(_scores(query, key)) * _real(key, lengths),
            "The padding gets 0, but your rows sum to less than 1: it took its share before you removed it. Mask the "
            "scores, before the softmax.",
        ),
        Misconception(
            "mask on the queries",
            _mask_on_queries,
            "You masked rows, the queries. lengths counts German morphemes, and these are the keys: the mask runs "
            "along the last axis, [:, None, :].",
            seen="https://github.com/hyunwoongko/transformer/pull/40",
        ),
        Misconception(
            "mask on the queries, rows of zeros",
            lambda query, key, lengths: np.nan_to_num(_mask_on_queries(query, key, lengths)),
            "You masked rows, the queries. lengths counts German morphemes, and these are the keys: the mask runs "
            "along the last axis, [:, None, :].",
        ),
        Misconception(
            "one too many",
            lambda query, key, lengths: _masked(query, key, _real(key, lengths + 1)),
            "One padding too many is let in. Positions count from 0, so a number of length 3 has keys 0, 1, 2: use <, "
            "not <=.",
            seen="https://github.com/ajhalthor/Transformer-Neural-Network/issues/15",
        ),
        Misconception(
            "one too few",
            lambda query, key, lengths: _masked(query, key, _real(key, lengths - 1)),
            "The last morpheme of each number is kept out. In siebenundneunzig that is the one you need first. "
            "Positions count from 0: position < length.",
        ),
        Misconception(
            "mask polarity",
            lambda query, key, lengths: _masked(query, key, ~_real(key, lengths)),
            "You kept the padding and removed the morphemes. True means MAY attend.",
            seen="https://github.com/InseeFrLab/torchTextClassifiers/pull/92",
        ),
        Misconception(
            "softmax over the queries",
            lambda query, key, lengths: _masked(query, key, _real(key, lengths), axis=1),
            "Your columns sum to 1, not your rows. Axis 1 of (batch, T_q, T_k) runs over the queries; the softmax runs "
            "along the last axis.",
            seen="https://github.com/rasbt/machine-learning-book/issues/170",
        ),
        Misconception(
            "softmax over the batch",
            lambda query, key, lengths: _masked(query, key, _real(key, lengths), axis=0),
            "You normalised over the numbers of the batch. Each row of each map shares out 1: the softmax runs along "
            "the last axis.",
            seen="https://github.com/jadore801120/attention-is-all-you-need-pytorch/issues/52",
        ),
        Misconception(
            "zero instead of minus infinity",
            lambda query, key, lengths: _masked(query, key, _real(key, lengths), fill=0.0),
            "You set the padding's scores to 0. exp(0) is 1, so it still gets a share. Minus infinity gets none.",
            seen="https://github.com/Shujun-He/RibonanzaNet/issues/5",
        ),
        Misconception(
            "infinity times 0",
            _infinity_times_0,
            "Your rows are NaN. Was minus infinity multiplied by the mask? 0 times infinity is NaN, and so is infinity "
            "minus infinity, if a score became plus infinity. Choose instead: np.where(mask, scores, -np.inf).",
            seen="https://github.com/cerebroai/reformers/issues/3",
        ),
        Misconception(
            "no scaling",
            lambda query, key, lengths: _masked(query * math.sqrt(query.shape[-1]), key, _real(key, lengths)),
            "These are the weights of unscaled scores. Divide by the root of d_k first (lesson 02, section 5).",
        ),
        Misconception(
            "scaling by the number of keys",
            lambda query, key, lengths: softmax(
                np.where(_real(key, lengths), query @ np.swapaxes(key, -2, -1) / math.sqrt(key.shape[1]), -np.inf)
            ),
            "You divided by the root of the number of keys. d_k is the number of features, query.shape[-1].",
        ),
        Misconception(
            "scaling by d instead of √d",
            lambda query, key, lengths: _masked(query / math.sqrt(query.shape[-1]), key, _real(key, lengths)),
            "You divided by d_k itself; divide by its square root (lesson 02, section 5).",
        ),
        Misconception(
            "no mask, no scaling",
            lambda query, key, lengths: softmax(query @ np.swapaxes(key, -2, -1)),
            "Two things are missing: the division by the root of d_k, and the mask that keeps the padding out.",
        ),
        Misconception(
            "the longest length for all",
            lambda query, key, lengths: _masked(query, key, np.arange(key.shape[1]) < lengths.max()),
            "All numbers got the length of the longest. Compare every position with every length: "
            "np.arange(T_k) < lengths[:, None].",
        ),
        Misconception(
            "one length for all",
            lambda query, key, lengths: _masked(query, key, np.arange(key.shape[1]) < lengths[0]),
            "All numbers got the length of the first. Compare every position with every length: "
            "np.arange(T_k) < lengths[:, None].",
        ),
        Misconception(
            "query axis missing in the mask",
            lambda query, key, lengths: np.where(
                np.arange(key.shape[1]) < lengths[:, None], _scores(query, key), -np.inf
            ),
            "Your mask has shape (batch, T_k), the scores (batch, T_q, T_k). Give it an axis for the queries: "
            "mask[:, None, :].",
        ),
        Misconception(
            "key not transposed",
            lambda query, key, lengths: query @ key,
            "Query rows are to meet key rows: swap the last two axes of the key, np.swapaxes(key, 1, 2). key.T will "
            "not do, it turns all three round.",
            seen="https://github.com/HomericIntelligence/Odyssey/issues/5648",
        ),
        *_CROSS_STEPS,
    ),
    hints=(
        "np.swapaxes(key, 1, 2) has shape (batch, d_k, T_k); query @ that gives the scores of the whole batch.",
        "np.arange(T_k) < lengths[:, None] is True on morphemes; it has shape (batch, T_k) and lacks an axis for the "
        "queries.",
        "np.where(mask[:, None, :], scores, -np.inf), then a softmax along the last axis.",
    ),
    praise="Every English word shares out 1 among the morphemes of its own number, and the padding gets nothing.",
)


def _with_source(mistake: Callable) -> Callable:
    """A mistake in counting hits, made on the words that have a source."""

    def mistaken(weights, alignment):
        rows, sources = _sources(alignment)
        return mistake(weights[rows], np.array(sources))

    return mistaken


_NONE_IS_NO_NUMBER = (
    "None, the source of 'and', is no number: it has no place, no order and no difference. Go on only with the "
    "words whose "
    "source is not None."
)
_SOURCE_0 = (
    "{got}: 'if source' is False for position 0 as well, so the first morpheme was left out. Ask 'if source is not "
    "None'."
)
_SOURCE_STEPS = (
    *(
        Misconception(
            one.name, _with_source(one.mistake), one.explain.replace("a row", "a word").replace("row", "word")
        )
        for one in hits.MISTAKES
        if one.name != "looked down the columns"  # two of that kind have names of their own here
    ),
    Misconception(
        "source 0 left out",
        lambda weights, alignment: (
            sum(weights[row].argmax() == source for row, source in enumerate(alignment) if source) / len(alignment)
        ),
        _SOURCE_0,
    ),
    Misconception(
        "place of the word for its source",
        lambda weights, alignment: np.mean([weights[row].argmax() == row for row in _sources(alignment)[0]]),
        "{got}: you compared with the place of the English word itself. Its source stands in alignment.",
    ),
    Misconception(
        "words matched with the wrong sources",
        lambda weights, alignment: np.mean(
            [place == source for place, source in zip(weights.argmax(-1), _sources(alignment)[1])]
        ),
        "{got}: you left the words without a source out of alignment but not out of weights, so all that follow are "
        "compared with the next word's source. Leave out the pair.",
    ),
    *(
        Misconception("None taken for a number", mistaken, _NONE_IS_NO_NUMBER)
        for mistaken in (
            lambda weights, alignment: np.array(alignment, dtype=int),
            lambda weights, alignment: np.array(alignment).astype(int),
            lambda weights, alignment: weights[np.arange(len(alignment)), alignment],
            lambda weights, alignment: weights[np.arange(len(alignment)), list(alignment)],
            lambda weights, alignment: weights[range(len(alignment)), np.array(alignment)],
            lambda weights, alignment: [place - source for place, source in zip(weights.argmax(-1), alignment)],
            lambda weights, alignment: [source - 1 for source in alignment],
            lambda weights, alignment: [source + 1 for source in alignment],
            lambda weights, alignment: [source >= 0 for source in alignment],
            lambda weights, alignment: [source > 0 for source in alignment],
            lambda weights, alignment: [source < 0 for source in alignment],
            lambda weights, alignment: np.isnan(np.array(alignment)),
            lambda weights, alignment: [np.isnan(source) for source in alignment],
            lambda weights, alignment: [int(source) for source in alignment],
            lambda weights, alignment: max(alignment),
            lambda weights, alignment: torch.tensor(alignment),
            lambda weights, alignment: torch.as_tensor(np.array(alignment)),
        )
    ),
)


ALIGNED = Exercise(
    id="3.4",
    answer="on_source",
    title="Write on_source(weights, alignment): how often does an English word look most at its source?",
    objective="score a map of two sequences against the true alignment",
    kind="write",
    minutes=7,
    difficulty=2,
    cases=((hits.MAP, tuple(hits.TARGET.tolist())), (_MAP, _ALIGNMENT), (_MISSED_MAP, (2, None, 0, 2))),
    right=lambda weights, alignment: _hits(weights, alignment).mean(),
    misconceptions=(
        Misconception(
            "None counted as a miss",
            lambda weights, alignment: _hits(weights, alignment).sum() / len(alignment),
            "{got}: you divided by all English words. 'and' has no source, so there is nothing that it could hit; "
            "leave it out of the count.",
            seen="https://github.com/open-mmlab/mmsegmentation/issues/1209",
        ),
        Misconception(
            "None counted as a hit",
            lambda weights, alignment: (_hits(weights, alignment).sum() + alignment.count(None)) / len(alignment),
            "{got}: a word without a source was counted as a hit. Leave it out of the count.",
            seen="https://github.com/DaoyuanLi2816/Molecule-Generator/pull/21",
        ),
        Misconception(
            "source 0 left out",
            lambda weights, alignment: np.mean(
                [weights[row].argmax() == source for row, source in enumerate(alignment) if source]
            ),
            "{got}: 'if source' is False for position 0 as well, and so the first morpheme was left out. Ask "
            "'if source is not None'.",
            seen="https://github.com/leonid-pishchulin/poseval/issues/18",
        ),
        Misconception(
            "mean weight instead of hits",
            lambda weights, alignment: _on_the_source(weights, alignment).mean(),
            "{got} is the mean weight on the source. A hit is a word whose largest weight lies there; the rate counts "
            "hits.",
            seen="https://github.com/davidsandberg/facenet/issues/954",
        ),
        Misconception(
            "more than half",
            lambda weights, alignment: (_on_the_source(weights, alignment) > 0.5).mean(),
            "{got}: you asked for more than half of the weight. The largest of a row may be less.",
        ),
        Misconception(
            "hits counted, not shared",
            lambda weights, alignment: _hits(weights, alignment).sum(),
            "{got} is the number of hits. Divide by the number of words that have a source.",
        ),
        Misconception(
            "largest weight of the whole map",
            lambda weights, alignment: np.mean([weights.argmax() == source for source in _sources(alignment)[1]]),
            "{got}: argmax without an axis lays all rows end to end, and finds one place in the whole map. Each "
            "English word has a row of its own: argmax(axis=-1).",
            seen="https://github.com/BVLC/caffe/pull/3182",
        ),
        Misconception(
            "one answer for each word",
            _hits,
            "These are hits and misses, word by word: {got}. Their mean is the rate.",
        ),
        Misconception(
            "misses counted",
            lambda weights, alignment: 1 - _hits(weights, alignment).mean(),
            "{got} is the share of misses. A hit is where the largest weight and the source agree.",
            seen="https://github.com/luispedro/milk/pull/4",
        ),
        Misconception(
            "per cent",
            lambda weights, alignment: 100 * _hits(weights, alignment).mean(),
            "{got} is per cent. A rate is a share of 1.",
        ),
        Misconception(
            "columns matched with English words",
            lambda weights, alignment: np.mean(
                [place == source for place, source in zip(weights.argmax(0), alignment) if source is not None]
            ),
            "{got}: argmax(axis=0) has one entry for each German piece, but alignment has one for each English word. "
            "Each English word has a row: argmax(axis=-1).",
        ),
        Misconception(
            "largest weight of each morpheme",
            lambda weights, alignment: np.mean(
                [weights[:, source].argmax() == row for row, source in enumerate(alignment) if source is not None]
            ),
            "{got}: you looked down the columns, and asked which word looks most at a morpheme. Look along each "
            "word's row: argmax(axis=-1).",
        ),
        *_SOURCE_STEPS,
    ),
    hints=(
        "weights.argmax(axis=-1) gives, for each English word, the position with the largest weight.",
        "Go through zip(weights.argmax(axis=-1), alignment) and keep the pairs whose source is not None.",
        "hits = [place == source for place, source in zip(...) if source is not None]; their mean is the rate.",
    ),
    praise="Words without a source do not count, the first morpheme does: the map has a number.",
)

MISREAD = Exercise(
    id="3.5",
    answer="what_the_map_shows",
    title="Read the map: which conclusion does it allow, a, b, c or d?",
    objective="say what a weight on a position does and does not mean",
    kind="read",
    minutes=4,
    difficulty=3,
    right=lambda: "c",
    misconceptions=(
        Misconception(
            "map taken for the meaning",
            lambda: "a",
            "The value at *und* is a state, and that state has read *sieben* before. A weight on a position is not a "
            "weight on the morpheme that stands there (section 6).",
            seen="https://github.com/jessevig/bertviz/issues/84",
        ),
        Misconception(
            "off the source means wrong",
            lambda: "b",
            "In section 6 models with such maps translated as well as the others. A map does not tell whether the "
            "answer is right.",
            seen="https://github.com/AI4Bharat/indicTrans/issues/16",
        ),
        Misconception(
            "map taken for decoration",
            lambda: "d",
            "Exchanging the state at *und* changed the word that was written (section 6). The weight is real; what is "
            "unsure is what the value stands for.",
        ),
    ),
    hints=(
        "What is handed over where this model looks: the morpheme alone, or what the encoder knew at that place?",
        "In section 6 we put another number's state in the place of *und*. What did the model write then?",
    ),
    praise="A weight says where most of a value came from; what it knows, and whether it was needed, it does not.",
)

EXERCISES = (SHIFTED, SHAPE, CROSS, ALIGNED, MISREAD)
