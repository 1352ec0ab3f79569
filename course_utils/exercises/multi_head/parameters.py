"""Exercise 5.3: what more heads cost, counted in parameters."""

from __future__ import annotations

from itertools import product

from course_utils.exercises.answers_alike import alike
from course_utils.exercises.exercise import Exercise, Misconception

_D, _HEADS = 64, 8
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
    *(
        Misconception(
            f"a W_o for each head{without}",
            lambda count=count: count,
            f"{{got}} counts W_o eight times{also}. There is one W_o, from 64 features to 64, and each head meets its "
            "own 8 rows of it.",
        )
        for without, also, count in (
            ("", "", 3 * (64 * 64 + 64) + 8 * (64 * 64 + 64)),
            (", its biases once", "", 3 * (64 * 64 + 64) + 8 * 64 * 64 + 64),
            (", without its biases", ", without its 64 biases", 3 * (64 * 64 + 64) + 8 * 64 * 64),
            (", without biases", ", and no biases", 3 * 64 * 64 + 8 * 64 * 64),
        )
    ),
    Misconception(
        "biases of W_o for each head",
        lambda: 3 * (64 * 64 + 64) + 8 * (8 * 64 + 64),
        "{got} counts the biases of W_o eight times. Its 64 rows are shared out, 8 for each head; its 64 biases are "
        "added once, to the sum.",
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
    *alike(
        "rounded",
        (16_000, 16_600, 16_700, 17_000),
        "About right, but it can be counted exactly: matrices and biases of four projections.",
    ),
    *alike(
        "in thousands",
        (16, 16.6, 17),
        "About right in thousands, but write the number in full: it can be counted exactly.",
    ),
    *alike(
        "a comma in the number",
        (divmod(number, 1000) for number in (16_640, 16_384, 12_480, 133_120)),
        "Python reads a comma as a pair of numbers. Write the number without it, or with _: 12_345.",
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
