"""How a wrong array relates to the right one: named with its sentence where it is so on every input, and only there."""

import numpy as np
import pytest

from course_utils.exercises.exercise import Exercise
from course_utils.exercises.judging import judge
from course_utils.exercises.reading import number
from course_utils.exercises.relations import FACTORS, IN_MASKS, IN_NUMBERS, holding

DRAWN = np.random.default_rng(3)
TABLES = DRAWN.normal(size=(5, 4)) * 3, DRAWN.normal(size=(4, 6)) * 3  # no number of them is another one's relation
SIGNALS = DRAWN.normal(size=(3, 4, 5)), DRAWN.normal(size=(2, 4, 3))
SHARES = tuple(np.exp(table) / np.exp(table).sum(-1, keepdims=True) for table in TABLES)
COUNTS = np.array([3, 1, 4, 1, 5, 9.0]), np.array([2, 6, 5, 3.0])
ROWS = TABLES[0][:, 0], TABLES[1][0]
MASKS = np.tril(np.ones((4, 4))) * [1, 1, 0, 1] > 0, np.tril(np.ones((5, 5))) * [1, 1, 1, 0, 1] > 0


def asks(cases, right=lambda x: x, **other):
    """An exercise whose right answer is what it is called with, unless told."""
    return Exercise(
        id="0.0",
        answer="answer",
        title="Write answer(x).",
        objective="test",
        kind="write",
        minutes=1,
        difficulty=1,
        right=right,
        misconceptions=(),
        hints=("None.",),
        praise="Right.",
        cases=tuple((case,) for case in cases),
        **other,
    )


def with_(array, place, number):
    changed = array.copy()
    changed[place] = number
    return changed


def first_alone(x):
    filled = np.zeros_like(x)
    filled[0] = x[0]
    return filled


def off_diagonal(mask):
    changed = mask.copy()
    np.fill_diagonal(changed[1:], ~np.diag(changed, -1))
    return changed


# of each: how the answer is wrong, on which inputs, the relation's name, and what it is told
RELATED = [
    (lambda x: with_(x, (1, 2), np.nan), TABLES, "not a number", "in your result, first at index (1, 2)"),
    (lambda x: with_(x, (1, 0), np.inf), TABLES, "infinity", "Infinity in your result, first at index (1, 0)"),
    (lambda x: x.T, TABLES, "axes in another order", "rows and columns are exchanged: yours is (4, 5)"),
    (lambda x: x.T, (TABLES[0][:4], TABLES[1][:, :4]), "axes in another order", "rows and columns are exchanged."),
    (lambda x: x.transpose(1, 2, 0), SIGNALS, "axes in another order", "in another order: yours is (4, 5, 3)"),
    (lambda x: x[:, None], TABLES, "an axis of length 1 too many or too few", "an axis of length 1 too many."),
    (lambda x: x.ravel(), TABLES, "another shape", "in the right order; the shape is (20,), expected (5, 4)."),
    (lambda x: x[0], TABLES, "only one of them kept", "Only the first of 5 is there, and it is right."),
    (lambda x: x[-1], TABLES, "only one of them kept", "Only the last of 5 is there, and it is right."),
    (first_alone, TABLES, "only one of them kept", "Only the first of 5 is there, and it is right."),
    (lambda x: x[:-1], TABLES, "too many or too few", "too few along axis 0: 4, not 5. The difference is at the end"),
    (lambda x: x[2:], TABLES, "too many or too few", "2 too few along axis 0: 3, not 5. The difference is at"),
    (lambda x: np.pad(x, ((0, 0), (0, 3))), TABLES, "too many or too few", "3 too many along axis 1: 7, not 4."),
    (lambda x: (x[1:] + x[:-1]) / 2, TABLES, "too many or too few", "One too few along axis 0: 4, not 5."),
    (lambda x: x.sum(1), TABLES, "gathered, or not yet gathered", "You took the sum along axis 1,"),
    (lambda x: x.mean(0), TABLES, "gathered, or not yet gathered", "You took the mean along axis 0,"),
    (lambda x: x.max(), TABLES, "gathered, or not yet gathered", "You took the largest over all axes,"),
    (lambda x: np.cos(x.T), TABLES, "axes of the shape in another order", "(4, 5); expected (5, 4), the axes in"),
    (lambda x: np.cos(x[0, 0]), TABLES, "another number of axes", "shape (5, 4) is asked for; one number came."),
    (lambda x: np.cos(x[0]), TABLES, "another number of axes", "is asked for; an array with 1 axis came."),
    (lambda x: np.full_like(x, 2.5), TABLES, "one value everywhere", "Every number of your result is 2.5."),
    (lambda x: x + 1, COUNTS, "one too many or too few", "One too many: are the first and the last counted rightly?"),
    (lambda x: x - 1, COUNTS, "one too many or too few", "One too few: are the first and the last counted rightly?"),
    (lambda x: 3 * x, TABLES, "a constant factor", "Every number is 3 times what is expected."),
    (lambda x: -x, TABLES, "a constant factor", "Every number has the opposite sign."),
    (lambda x: x + 0.25, TABLES, "a constant added", "Every number is off by the same +0.25."),
    (lambda x: 1 - x, TABLES, "the opposite share", "It is 1 minus what is expected: the share of the others."),
    (lambda x: 1 / x, TABLES, "turned upside down", "It is 1 divided by what is expected."),
    (lambda x: x**2, TABLES, "squared", "It is the square of what is expected."),
    (lambda x: abs(x) ** 0.5, TABLES, "the root taken", "It is the square root of what is expected."),
    (np.exp, TABLES, "the exponential taken", "It is the exponential of what is expected."),
    (lambda x: np.log(abs(x)), TABLES, "the logarithm taken", "It is the logarithm of what is expected."),
    (np.abs, TABLES, "signs lost", "The signs are lost; the rest is right."),
    (lambda x: x * np.arange(1, len(x) + 1)[:, None], SHARES, "not shared out", "not add up to 1: divide by"),
    (np.trunc, TABLES, "rounded", "The digits after the point are cut off."),
    (lambda x: np.round(x, 1), TABLES, "rounded", "It is rounded to 1 digit after the point."),
    (lambda x: np.round(x, 3).astype("float32"), TABLES, "rounded", "It is rounded to 3 digits after the point."),
    (lambda x: x[::-1], TABLES, "right numbers in other places", "The order along axis 0 is the opposite one."),
    (lambda x: np.roll(x, 1, 1), TABLES, "right numbers in other places", "moved by one place along axis 1."),
    (lambda x: np.sort(x, 0), TABLES, "right numbers in other places", "The right numbers, in other places; the first"),
    (lambda x: with_(x, 0, 7), TABLES, "one end wrong", "All is right but the first along axis 0."),
    (lambda x: with_(x, (slice(None), -1), 7), TABLES, "one end wrong", "All is right but the last along axis 1."),
    (lambda x: x * (1 - np.eye(*x.shape)), TABLES, "one diagonal wrong", "where column minus row is 0. Is that one in"),
    (lambda x: x * (1 - np.eye(*x.shape, 1)), TABLES, "one diagonal wrong", "where column minus row is 1. Is that one"),
    (lambda x: ~x, MASKS, "True and False exchanged", "True and False are exchanged everywhere."),
    (lambda x: x.T, MASKS, "axes in another order", "rows and columns are exchanged."),
    (np.ones_like, MASKS, "one value everywhere", "Every entry is True."),
    (off_diagonal, MASKS, "one diagonal wrong", "where column minus row is -1. Is that one in"),
    (lambda x: x[:, :-1], MASKS, "too many or too few", "One too few along axis 1: 3, not 4."),
    (lambda x: with_(x, -1, False), MASKS, "one end wrong", "All is right but the last along axis 0."),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "cases", "name", "said"), RELATED, ids=[f"{n}: {s[:30]}" for *_, n, s in RELATED])
def test_an_answer_so_related_is_named_with_the_sentence(wrong, cases, name, said):
    result = judge(asks(cases), wrong)
    assert (result.status, result.misconception) == ("failed", name), result
    assert said in result.message and len(result.message) <= 600


@pytest.mark.parametrize(("wrong", "cases", "name", "said"), RELATED, ids=[f"{n}: {s[:30]}" for *_, n, s in RELATED])
def test_one_that_is_so_on_the_first_input_only_is_not_named(wrong, cases, name, said):
    """On the second it is wrong by nothing that has a name."""

    def answer(x):
        if x.shape == cases[0].shape and (x == cases[0]).all():
            return wrong(x)
        return x ^ (np.indices(x.shape).sum(0) % 3 == 0) if x.dtype == bool else unrelated(x)

    result = judge(asks(cases), answer)
    assert result.status == "failed" and result.misconception is None, result
    assert said not in result.message


def unrelated(x):
    return x * 1.7 + np.random.default_rng(7).normal(size=x.shape)


@pytest.mark.parametrize(
    "cases", [TABLES, SIGNALS, SHARES, COUNTS, ROWS], ids=["table", "signal", "shares", "counts", "row"]
)
def test_an_unrelated_answer_is_told_a_place_and_no_relation(cases):
    result = judge(asks(cases), unrelated)
    assert (result.status, result.misconception) == ("failed", None)
    assert "the first difference is at index (0" in result.message


@pytest.mark.parametrize("arrays", [TABLES, SIGNALS, SHARES, COUNTS, ROWS, MASKS])
def test_the_right_answer_passes_also_in_single_precision(arrays):
    for precision in (float, "float32"):
        assert judge(asks(arrays), lambda x, p=precision: x if x.dtype == bool else x.astype(p)).status == "passed"


def test_every_relation_is_tried_above():
    listed = {relation.name for relation in (*IN_NUMBERS, *IN_MASKS)}
    assert listed == {name for *_, name, _ in RELATED}


def test_a_relation_may_hold_beside_inputs_on_which_the_answer_is_right():
    def symmetric_or_not(x):
        return x.T

    square = np.array([[1.0, 2.0], [2.0, 5.0]])
    assert judge(asks((square, TABLES[0])), symmetric_or_not).misconception == "axes in another order"


def test_where_the_answer_stops_says_nothing_against_it():
    def stops(x):
        if len(x) == len(TABLES[1]):
            raise ValueError
        return 3 * x

    assert judge(asks(TABLES), stops).misconception == "a constant factor"


# ---- accidents that small arrays make likely


def named(got, expected, relations=IN_NUMBERS):
    return [relation.name for relation, _ in holding(np.asarray(got, float), np.asarray(expected, float), relations)]


@pytest.mark.parametrize(
    ("got", "expected", "not_named"),
    [
        ([3.0, 5.0], [1.0, 2.0], "a constant factor"),  # nor 3 times, nor 2.5
        ([2.0, 4.0], [1.0, 1.0], "a constant factor"),
        ([4.0, 1.0], [2.0, 1.0], "a constant added"),  # two numbers always have a mean difference
        ([0.0, 1.0], [1.0, 0.0], "the opposite share, of one and zero squared"),
        ([1.0, 0.0, 1.0], [1.0, 0.0, 1.0], "squared"),
        ([[1.0, 5.0], [0.0, 1.0]], [[1.0, 2.0], [0.0, 1.0]], "one diagonal wrong"),  # one number is no diagonal
        (np.diag([1.0, 7.0, 1.0]), np.eye(3), "one diagonal wrong"),
        ([7.0, 2.0], [1.0, 2.0], "one end wrong"),  # of two numbers each one is an end
        ([1.0, 1.0], [1.0, 1.0 + 3e-4], "a constant factor"),  # by 1
        ([5.0], 4.0, "only one of them kept"),
        ([1.0, 2.0], [[9.0, 9.0]], "only one of them kept"),
        (2.0, [[1.0]], "gathered, or not yet gathered"),
        ([[2.0]], [2.5], "gathered, or not yet gathered"),
        ([0.5, 0.5], [0.5, 0.5 + 1e-3], "not shared out"),
    ],
)
def test_an_accident_is_not_named(got, expected, not_named):
    assert not_named not in named(got, expected)


def test_one_factor_is_never_told_as_one():
    for factor in (1.0005, 0.9996, 1.0):
        assert not any(
            said.startswith("Every number is 1 ") for _, said in holding(factor * TABLES[0], TABLES[0], IN_NUMBERS)
        )


def test_random_answers_to_small_arrays_are_seldom_related():
    """Two cases of one to three small whole numbers: at most one in twenty by accident, and each rightly."""
    generator = np.random.default_rng(0)
    found = 0
    for _ in range(300):
        cases = [generator.integers(2, 30, size=generator.integers(2, 4)).astype(float) for _ in range(2)]
        answers = {case.tobytes(): generator.integers(2, 30, size=case.shape).astype(float) for case in cases}
        found += judge(asks(cases), lambda x, answers=answers: answers[x.tobytes()]).misconception is not None
    assert found <= 15


# ---- numbers that were to be predicted


def predicts(number, tolerance=1e-5):
    return asks((), right=lambda: number, tolerance=tolerance)


@pytest.mark.parametrize("factor", FACTORS)
@pytest.mark.parametrize("right", [16640, -3.0103, 0.87])
def test_a_known_factor_is_hinted_at_and_the_number_kept(factor, right):
    result = judge(predicts(right), right * factor)
    assert result.misconception == "a constant factor" and FACTORS[factor] in result.message
    beside = result.message.replace(f"{right * factor:,.9g}", "").replace(number(right * factor, 9), "")
    assert not any(written in beside for written in (str(right), f"{right:,}"))


@pytest.mark.parametrize(
    ("got", "name"),
    [
        (16641, "one too many or too few"),
        (16639, "one too many or too few"),
        ((16, 640), "a comma inside a number"),
        (16640**2, "squared"),
        (1 / 16640, "turned upside down"),
        (12345.6, None),
        (99, None),
    ],
)
def test_a_predicted_number_is_not_given_away(got, name):
    result = judge(predicts(16640, tolerance=0.4), got)
    assert (result.status, result.misconception) == ("failed", name), result
    assert "16640" not in result.message and "16,640" not in result.message and "16_640" not in result.message


def test_of_a_share_the_other_share_is_hinted_at():
    assert judge(predicts(0.87, tolerance=0.0045), 0.13).misconception == "the opposite share"


def test_one_part_wrong_is_told_by_its_name_and_the_right_one_as_right():
    exercise = asks(TABLES, right=lambda x: (x.sum(0), x), parts=("context", "weights"))
    result = judge(exercise, lambda x: (x.sum(0), x * 3))
    assert result.misconception == "a constant factor" and result.message.startswith(
        "Right: context. Every number is 3"
    )
    result = judge(exercise, lambda x: (x.sum(0), x * np.nan))
    assert "NaN (not a number) in your weights" in result.message
