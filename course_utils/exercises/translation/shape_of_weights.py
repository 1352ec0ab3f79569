"""Exercise 3.2: the shape of cross-attention's weights."""

from __future__ import annotations

from itertools import permutations, product

from course_utils.exercises.exercise import Exercise, Misconception

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
            "28 does not belong to it: a dot product adds the features up, one number is left for each pair of a query "
            "and a key.",
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
            "Rows are queries, and the queries come from the one who writes: English has 12, so 12 comes before 11.",
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
            "You let the German look at the German, or left <end> out of the English: it is written too, and counted "
            "among the 12. The queries come from the one who writes: 12 English words.",
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
