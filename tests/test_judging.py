"""The judge, on exercises made for it: what passes, what is told where, and what Python's words are said to mean."""

import functools
import math
import re
import signal
import threading
import time

import numpy as np
import pytest
import torch

from course_utils.exercises import sandbox
from course_utils.exercises.catalogue import EXERCISES
from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.judging import LONGEST_MESSAGE, judge
from course_utils.exercises.locating import ERRORS, in_error
from course_utils.exercises.reading import as_array, show

TABLE, LARGER = np.array([[1.0, 2.0, 0.5], [0.3, 3.0, 1.0]]), np.linspace(-1, 2, 20).reshape(4, 5)
CASES = ((TABLE,), (LARGER,))


def softmax(scores):
    return np.exp(scores) / np.exp(scores).sum(-1, keepdims=True)


def asks(right, cases=(), mistakes=(), **other):
    return Exercise(
        id="0.0",
        answer="answer",
        title="Write answer(scores).",
        objective="test",
        kind="write",
        minutes=1,
        difficulty=1,
        right=right,
        misconceptions=tuple(Misconception(name, of, explain) for name, of, explain in mistakes),
        hints=("None.",),
        praise="Right.",
        cases=cases,
        **other,
    )


WEIGHTS = asks(softmax, CASES, [("exponentials alone", np.exp, "Exponentials: {got}, not {expected}.")])
MASK = asks(lambda scores: scores > 0.7, CASES)
BOTH = asks(lambda scores: (scores.sum(0), softmax(scores)), CASES, parts=("context", "weights"))
THREE = asks(lambda scores: (1, 2, scores.sum()), CASES, parts=("layer", "head", "mean mass"))
NUMBER = asks(lambda scores: scores.sum(), CASES, [("the mean", np.mean, "That is the mean.")])
PRODUCT = asks(lambda scores, more: scores @ more.T, ((TABLE, TABLE + 0.5), (LARGER, LARGER - 0.2)))
ADDED = asks(lambda scores, more: scores + more**2, PRODUCT.cases)
LETTER = asks(lambda: "b", (), [("one", lambda: "a", "Not {got}."), ("three", lambda: "c", "Not {got}.")])
WORD = asks(lambda: "cat", (), [("row", lambda: "sat", "Not {got}.")])
TUPLE = asks(lambda: ("no", "open", 3))
NAMES = asks(lambda: {"early": True, "late": False, "never": False})
TRUTH = asks(lambda: True)
COUNT = asks(lambda: 16640, tolerance=0.4)
SHARE = asks(lambda: 0.12, tolerance=0.004)
FLOAT64 = asks(lambda: np.float64(0.12), (), [("twice", lambda: np.float64(0.24), "Twice.")])
DECIBELS = asks(lambda: -3.0103, tolerance=0.05)


# ---- what passes

RIGHT = {
    "numpy": softmax,
    "float32": lambda scores: softmax(scores.astype("float32")),
    "torch": lambda scores: torch.softmax(scores, -1),
    "torch, float32": lambda scores: torch.softmax(scores.float(), -1),
    "a gradient": lambda scores: torch.softmax(torch.tensor(scores, requires_grad=True), -1),
    "rows of lists": lambda scores: softmax(scores).tolist(),
    "rows in a tuple": lambda scores: tuple(softmax(scores)),
    "a list of tensors": lambda scores: [torch.tensor(row, requires_grad=True) for row in softmax(scores)],
    "lists of tensors of one number": lambda scores: [[torch.tensor(x) for x in row] for row in softmax(scores)],
    "a batch of one": lambda scores: softmax(scores)[None],
    "a batch of one, in torch": lambda scores: torch.softmax(scores, -1).unsqueeze(0),
    "more arguments that have a value": lambda scores, axis=-1: softmax(scores),
    "an object": functools.partial(lambda axis, scores: torch.softmax(torch.as_tensor(scores), axis), -1),
    "a layer": torch.nn.Softmax(-1),
}


@pytest.mark.parametrize("way", RIGHT)
def test_the_same_numbers_pass_in_whatever_they_come(way):
    result = judge(WEIGHTS, RIGHT[way])
    assert result.status == "passed", result
    assert ("axis of length 1 in front" in result.message) is ("batch" in way)


def test_half_precision_passes_where_the_tolerance_is_wider_and_is_located_where_not():
    assert judge(SHARE, torch.tensor(0.12, dtype=torch.bfloat16)).status == "passed"
    result = judge(WEIGHTS, lambda scores: torch.softmax(torch.as_tensor(scores), -1).bfloat16())
    assert result.status == "failed" and "the first difference is at index (0, 0)" in result.message


@pytest.mark.parametrize(
    "mask",
    [
        lambda scores: scores > 0.7,
        lambda scores: (scores > 0.7).tolist(),
        lambda scores: torch.as_tensor(scores) > 0.7,
        lambda scores: [torch.as_tensor(row) > 0.7 for row in scores],
        lambda scores: [[torch.tensor(bool(x > 0.7)) for x in row] for row in scores],
    ],
)
def test_a_mask_passes_as_booleans_of_any_kind(mask):
    assert judge(MASK, mask).status == "passed"


def test_a_batch_of_one_in_one_case_only_does_not_pass():
    result = judge(WEIGHTS, lambda scores: softmax(scores)[None] if len(scores) == 2 else softmax(scores[:, :2])[None])
    assert result.status == "failed"


def test_an_answer_for_tensors_passes_where_arrays_mean_something_else_by_the_same_name():
    assert judge(asks(np.transpose, CASES), lambda scores: scores.transpose(0, 1)).status == "passed"
    assert judge(asks(lambda s: s.std(-1, ddof=1), CASES), lambda scores: scores.std(-1)).status == "passed"
    assert judge(asks(lambda s: s.std(-1), CASES), lambda scores: scores.std(-1)).status == "passed"


def test_but_not_with_a_mistake_that_is_right_for_tensors():
    mistakes = [("no transpose", lambda scores: scores.transpose(0, 1), "It is not transposed.")]
    assert judge(asks(np.transpose, CASES, mistakes), lambda s: s.transpose(0, 1)).misconception == "no transpose"
    floats = asks(lambda scores: scores > 0.7, CASES)
    assert judge(floats, lambda s: (s > 0.7) * 1.0).misconception == "numbers instead of booleans"


@pytest.mark.parametrize(
    ("exercise", "answer"),
    [
        *(
            (COUNT, text)
            for text in ("16,640", "16 640", "16\N{NARROW NO-BREAK SPACE}640", "16_640", "16640 parameters")
        ),
        *((COUNT, number) for number in (16640.0, np.int32(16640), torch.tensor([16640]), [16640], lambda: 16640)),
        *((SHARE, text) for text in ("0,12", "12 %", "12%", "12 per cent", "12 percent", " .12 ", "0,122", "1.2e-1")),
        *((DECIBELS, text) for text in ("-3.01 dB", "\N{MINUS SIGN}3.01 dB", "-3,01", "-3,010", "-3.01dB")[:3]),
        (DECIBELS, "-3.01dB"),
        *((LETTER, text) for text in ("b", "B", " (b) ", "b)", "b: the second", "answer b", "Answer: B", ["b"], "'b'")),
        *((WORD, text) for text in ("cat", " Cat.", "'cat'", np.str_("cat"))),
        *(
            (TUPLE, found)
            for found in (("no", "open", 3), ["No", "Open.", "3"], "('no', 'open', 3)", ("no", "open", 3.0))
        ),
        (NAMES, {"never": 0, "early": "True", "late": np.False_}),
        *((TRUTH, yes) for yes in (True, 1, "true", np.array([True]), torch.tensor(True))),
    ],
)
def test_an_answer_passes_however_it_is_written(exercise, answer):
    assert judge(exercise, answer).status == "passed", judge(exercise, answer)


NO_NUMBERS = [
    *(
        "b",
        "b2",
        "2-3",
        "1/2",
        "1:2",
        "0x10",
        "½",
        "²",
        "-",
        ".",
        ",",
        "%",
        "e5",
        "1,2,3",
        "(1)",
        "0.12 or 0.13",
        "1 23",
    ),
    *(
        "nanny",
        "info",
        "infinite",
        "information",
        "nano",
        "1.234.567",
        "0,100,000",
        "5 of 55",
        "twelve",
        "7" * 41,
        "+-3",
    ),
    *(b"12", 1j, None, ..., {}, set(), object(), [1, "a"], [[1], [2, 3]], np.array(["1"]), np.array([None]), "\ud800"),
]


@pytest.mark.parametrize("thing", NO_NUMBERS, ids=[str(index) for index in range(len(NO_NUMBERS))])
def test_what_is_no_number_is_not_read_as_one(thing):
    assert as_array(thing) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,234,567", 1234567),
        ("1,234.5", 1234.5),
        ("0,125", 0.125),
        ("-0,125", -0.125),
        ("12,345", 12345),
        ("-1e-3", -1e-3),
        ("100 %", 1.0),
        ("7.", 7),
        ("inf", math.inf),
        ("268 435 456", 268435456),
        ("5 nats", 5),
        ("+5", 5),
    ],
)
def test_a_number_is_read_as_people_write_it(text, number):
    assert as_array(text) == number


# ---- what is told where


def two_wrong(scores):
    weights = softmax(scores)
    weights[-1, 1] += 0.5
    weights[0, 0] += 0.25
    return weights


def prints_it(scores):
    print(softmax(scores))


def prints_much(scores):
    print("<b>" * 500)
    return np.zeros(3)


def none_for_the_weights(scores):
    return scores.sum(0), None


LOCATED = {
    # numbers
    "numbers, a place": (
        WEIGHTS,
        two_wrong,
        None,
        "first difference is at index (0, 0): yours 0.4812, expected 0.2312",
    ),
    "numbers, row sums": (WEIGHTS, two_wrong, None, "(2 of 6 differ). Your rows sum to [1.25, 1.5 ], not to 1."),
    "numbers, input": (WEIGHTS, two_wrong, None, "It was called with scores = [[1. , 2. , 0.5], [0.3, 3. , 1. ]]."),
    "numbers, right rows": (
        WEIGHTS,
        lambda s: np.where(
            np.arange(len(s))[:, None] == 0, softmax(s) + np.eye(s.shape[1])[0] * 0.1 + 0.01, softmax(s)
        ),
        None,
        "(3 of 6 differ). Right: row 1, counted from 0.",
    ),
    "numbers that look alike": (
        WEIGHTS,
        lambda s: softmax(s) + 8e-5 * np.eye(*s.shape)[::-1],
        None,
        "index (1, 0): yours 0.05597, expected 0.05589",
    ),
    "a listed mistake": (WEIGHTS, np.exp, "exponentials alone", "Exponentials: [[ 2.718,  7.389,  1.649], [ 1.35"),
    "one number": (NUMBER, lambda s: np.exp(s).sum(), None, "Your result: 35.91; expected 7.8. It was called with s"),
    # masks
    "mask": (MASK, lambda s: s > 0.4, None, "index (0, 2): yours True, expected False (1 of 6 differs)."),
    "mask of numbers": (MASK, lambda s: (s > 0.7) * 1, "numbers instead of booleans", "Right as numbers, 1 for True"),
    # parts
    "parts in another order": (
        BOTH,
        lambda s: (softmax(s), s.sum(0)),
        "results in another order",
        "The right things in",
    ),
    "one part alone": (BOTH, lambda s: s[0] * 1.5, None, "return context, weights. One array came, of shape (3,)."),
    "one number for both": (BOTH, lambda s: 4.5, None, "return context, weights. One number came."),
    "too many parts": (BOTH, lambda s: (s.sum(0), softmax(s), s), "wrong number of results", "weights. 3 came."),
    "too many parts of one shape": (BOTH, lambda s: (s.T, s.T, s.T), "wrong number of results", "weights. 3 came."),
    "second part wrong": (
        BOTH,
        lambda s: (s.sum(0), softmax(s) ** 1.5),
        None,
        "Right: context. The shape of your weights",
    ),
    "one part None": (
        BOTH,
        none_for_the_weights,
        "wrong type",
        "Your weights: a number or an array is asked for; None",
    ),
    "no parts": (THREE, lambda s: "a", "wrong type", "layer, head and mean mass are asked for; a str came."),
    # more than asked for
    "more": (
        WEIGHTS,
        lambda s: (s.sum(0), softmax(s)),
        "more than was asked for",
        "2 things came; number 2 of them is",
    ),
    "more, of one shape": (WEIGHTS, lambda s: (softmax(s), s), "more than was asked for", "number 1 of them is right."),
    "more, in a list": (WEIGHTS, lambda s: [s, softmax(s)], "more than was asked for", "number 2 of them is right."),
    "more numbers": (NUMBER, lambda s: (s.sum(), s.size), "more than was asked for", "number 1 of them is right."),
    # arguments
    "no argument": (WEIGHTS, lambda: 1, "wrong number of arguments", "called with 1 argument; yours is <lambda>()."),
    "one argument": (
        PRODUCT,
        lambda a: a,
        "wrong number of arguments",
        "called with 2 arguments; yours is <lambda>(a).",
    ),
    "keyword": (PRODUCT, lambda a, *, b: a, "wrong number of arguments", "yours is <lambda>(a, *, b)."),
    # kinds
    "a value": (WEIGHTS, 3, "a value instead of a function", "A function is asked for; an int came."),
    "an array": (WEIGHTS, softmax(TABLE), "a value instead of a function", "A function is asked for; a ndarray came."),
    "a function": (COUNT, lambda scores: 1, "a function instead of a value", "A value is asked for; a function came."),
    "text": (WEIGHTS, lambda s: "softmax", "wrong type", "A number or an array is asked for; a str came."),
    "nothing": (
        WEIGHTS,
        lambda s: [][:] and s or None,
        "no return",
        "Your function gives back None. Does its last line",
    ),
    "printed": (WEIGHTS, prints_it, "no return", "Your function prints something and gives back None. Does its last"),
    "input": (WEIGHTS, lambda scores: scores, "an input given back", "Your result is the input 'scores', as it came."),
    "second input": (ADDED, lambda *a: a[1], "an input given back", "Your result is argument 2, as it came."),
    # words, letters, tuples, names
    "letter": (LETTER, "d", "no such option", "One letter is asked for: a, b or c. There is no option 'd'."),
    "words for a letter": (LETTER, ("q" * 90,) * 12, "several letters", "a tuple of 12 names several"),
    "words for a number": (FLOAT64, ("q" * 90,) * 12, "wrong type", "A number or an array is asked for; a tuple came."),
    "rows of unequal length": (
        NUMBER,
        lambda s: [[1], [2, 3]],
        "wrong type",
        "A number or an array is asked for; a list",
    ),
    "letters": (LETTER, ["a", "b"], "several letters", "['a', 'b'] names several"),
    "a listed letter": (LETTER, "(A)", "one", "Not '(A)'."),
    "word": (WORD, "mat", None, "'mat' is not what is asked for."),
    "not a word": (WORD, {"cat": object()}, None, "a dict is not what is asked for."),
    "truth": (TRUTH, "perhaps", None, "True or False is asked for; 'perhaps' came."),
    "untrue": (TRUTH, False, None, "True or False is asked for. Look again."),
    "tuple, one right": (
        TUPLE,
        ("no", "Shut", 4),
        None,
        "1 of 3 entries is right; the first that is not is number 2, 'shut'",
    ),
    "tuple, two right": (
        TUPLE,
        ("no", "open", 4),
        None,
        "2 of 3 entries are right; the first that is not is number 3, 4.",
    ),
    "tuple, too short": (TUPLE, ("no", "open"), "wrong number of entries", "A tuple of 3 is asked for; yours has 2."),
    "no tuple": (TUPLE, "no", None, "A tuple of 3 is asked for; 'no' came."),
    "names": (
        NAMES,
        {"early": True, "late": True, "never": True},
        None,
        "Look again at 'late', 'never'; 1 of 3 are right.",
    ),
    "a name missing": (NAMES, {"early": True}, None, "for each of these names: 'early', 'late', 'never'."),
    "not true or false": (NAMES, {"early": True, "late": "x", "never": False}, None, "yours: 'late' has 'x'."),
    "no names": (NAMES, [True, False, False], None, "A dictionary is asked for, with True or False"),
    # numbers to be predicted
    "too large": (SHARE, "0,35", None, "0.35 is too large."),
    "too small": (DECIBELS, "-4 dB", None, "-4 is too small."),
    "near": (COUNT, 16640.5, None, "16640.5 is too large."),
    "several": (SHARE, [0.5, 0.6, 0.7], None, "One number is asked for; [0.5, 0.6, 0.7] came."),
    "infinite": (SHARE, math.inf, None, "A finite number is asked for; inf came."),
    "no number": (SHARE, "many", "wrong type", "A number or an array is asked for; a str came."),
    "an array to predict": (
        asks(lambda: np.array([1, 2, 3])),
        [1, 2, 5],
        None,
        "2 of 3 numbers are right; the first that",
    ),
    "its shape": (
        asks(lambda: np.array([1, 2, 3])),
        [1, 2],
        None,
        "An array of shape (3,) is asked for; [1., 2.] came.",
    ),
}


@pytest.mark.parametrize("case", LOCATED)
def test_a_wrong_answer_is_told_where(case):
    exercise, answer, name, said = LOCATED[case]
    result = judge(exercise, answer)
    assert (result.status, result.misconception) == ("failed", name), result
    assert said in result.message, result.message
    assert len(result.message) <= LONGEST_MESSAGE
    assert not re.search(r"<\w+ object|\barray\(|dtype=|np\.\w+\(|tensor\(| a [aeio]", result.message)


def test_what_was_printed_is_shown_and_cut():
    result = judge(WEIGHTS, prints_it)
    assert "\nIt printed: [[0.231" in result.message
    result = judge(WEIGHTS, prints_much)
    printed = result.message.split("\nIt printed: ")[1]
    assert printed.startswith("<b><b>") and printed.endswith("…") and len(printed) <= 201
    assert "<b>" not in result._repr_html_()
    assert "printed" not in judge(WEIGHTS, lambda scores: (print("hello"), softmax(scores))[1]).message


def test_a_long_call_is_told_by_its_shapes_and_a_very_long_one_not_at_all():
    many = tuple(np.arange(12.0).reshape(3, 4) * np.pi * 10**6 + index for index in range(6))
    assert (
        "called with a = an array of shape (3, 4), b"
        in judge(asks(lambda *a: a[0] + 1.5, (many,)), lambda a, b, c, d, e, f: np.cos(a)).message
    )
    names = ", ".join(f"{letter * 60}" for letter in "abcdef")
    answer = eval(f"lambda {names}: {'a' * 60} * 0 + 1.23", {})
    result = judge(asks(lambda *a: a[0] + 1.5, (many,)), answer)
    assert "called with" not in result.message and len(result.message) <= LONGEST_MESSAGE


def test_an_unfinished_part_is_not_attempted_and_one_that_is_none_is_wrong():
    assert judge(BOTH, lambda scores: (scores.sum(0), ...)).status == "not attempted"
    assert judge(BOTH, none_for_the_weights).status == "failed"


def test_a_copy_that_was_changed_is_named_as_the_learner_names_it():
    def answer(scores, more):
        result = scores @ more.T
        more *= 0
        return result

    class Holder:
        def method(self, scores, more):
            return answer(scores, more)

    for way in (answer, Holder().method):
        result = judge(PRODUCT, way)
        assert result.misconception == "input changed in place" and "its input 'more' itself" in result.message


# ---- exceptions


def helper(scores):
    scale = 1
    return scores[9] / scale  # the helper's line


def calls_a_helper(scores):
    return helper(scores)


class Callable:
    def __call__(self, scores):
        return scores[9]  # the object's line

    def method(self, scores):
        return scores[9]  # the method's line


class Layer(torch.nn.Module):
    def forward(self, scores):
        return scores[9]  # the layer's line


def raises_at_length(scores):
    raise ValueError("x" * 1000)  # and a line of more than ninety characters, which is more than a message has room for


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        (calls_a_helper, "the helper's line"),
        (lambda scores: [helper(row) for row in scores], "the helper's line"),
        (functools.partial(calls_a_helper), "the helper's line"),
        (Callable(), "the object's line"),
        (Callable().method, "the method's line"),
        (Layer(), "the layer's line"),
    ],
)
def test_an_exception_is_shown_at_the_learners_own_line(answer, line):
    result = judge(WEIGHTS, answer)
    assert result.misconception == "an index beyond the end", result
    assert re.search(rf"IndexError in line \d+ of your cell: return scores\[9\].*{line}.*out of bounds", result.message)


def test_a_long_exception_is_cut():
    result = judge(WEIGHTS, raises_at_length)
    assert "…" in result.message and len(result.message) <= 420 and "ValueError in line" in result.message


def test_an_exception_without_words_has_no_brackets():
    def answer(scores):
        assert scores.size > 10**6

    assert "It stopped with AssertionError in line" in judge(WEIGHTS, answer).message
    assert "()" not in judge(WEIGHTS, answer).message


def test_an_answer_for_tensors_is_told_what_stops_it_with_tensors():
    def answer(scores):
        weights = scores.softmax(-1)
        return weights @ torch.ones(7, dtype=torch.float64)

    result = judge(WEIGHTS, answer)
    assert result.misconception == "shapes that do not fit" and "torch.ones(7" in result.message


# ---- threads, platforms, time


def in_a_thread(task):
    found = []
    thread = threading.Thread(target=lambda: found.append(task()))
    thread.start()
    thread.join()
    return found[0]


def test_in_a_thread_the_verdict_is_the_same():
    for exercise, answer, _, _ in LOCATED.values():
        assert in_a_thread(lambda e=exercise, a=answer: judge(e, a)) == judge(exercise, answer)
    assert in_a_thread(lambda: judge(WEIGHTS, softmax)).status == "passed"


@pytest.mark.needs_alarm
def test_without_alarms_the_verdict_is_the_same(monkeypatch):
    expected = {case: judge(exercise, answer) for case, (exercise, answer, _, _) in LOCATED.items()}
    for name in ("setitimer", "getitimer", "SIGALRM", "ITIMER_REAL"):  # Windows has none of them
        monkeypatch.delattr(signal, name)
    for case, (exercise, answer, _, _) in LOCATED.items():
        assert judge(exercise, answer) == expected[case]


@pytest.mark.parametrize("size", [10**4, 10**6])
def test_a_wrong_answer_of_any_size_is_judged_at_once(size):
    for exercise in (WEIGHTS, MASK, BOTH, NUMBER):
        for shape in ((size,), (size // 100, 100), (10, 10, size // 100)):
            answer = np.arange(float(size)).reshape(shape)
            started = time.process_time()
            result = judge(exercise, lambda scores, answer=answer: answer)
            assert result.status == "failed" and time.process_time() - started < 0.5


# ---- predicted numbers of the course


PREDICTED = [e for e in EXERCISES.values() if not e.cases and isinstance(e.right(), int | float)]


@pytest.mark.parametrize("exercise", PREDICTED)
def test_no_message_gives_a_predicted_number_away(exercise):
    right = float(as_array(exercise.right()).reshape(()))
    written = {f"{right:,.12g}", f"{right:.12g}", show(right), f"{right:_.12g}"}
    wrong = [right * f for f in (2, 0.5, 3, 4, 8, 10, 100, 1000, 0.1, 0.01, -1, 1.1, 0.9, 1.03)]
    wrong += [right + d for d in (1, -1, 2, -2, 0.5)] + [1 - right, 1 / right, right**2, 0, 1, 7, 99]
    for got in (*wrong, [right, right], (16, 640), (0, 12), "many"):
        result = judge(exercise, got)
        if result.status == "failed" and result.misconception not in {one.name for one in exercise.misconceptions}:
            own = {f"{got:,.9g}", f"{got:.9g}", f"{got:,.0f}"} if isinstance(got, int | float) else {show(got)}
            beside = functools.reduce(lambda text, shown: text.replace(shown, ""), own, result.message)
            assert not any(re.search(rf"(?<![\d.,]){re.escape(w)}(?![\d])", beside) for w in written), result


# ---- what Python says, and what it means

ROW, GRID, WHOLE, YES = np.ones(3), np.ones((2, 3)), np.array([1, 2, 3]), np.array([True, False, True])
ROW_T, GRID_T, WHOLE_T, YES_T = map(torch.as_tensor, (ROW, GRID, WHOLE, YES))
LIST = [1.0, 2.0, 3.0]
NOTHING, DOTS, THREE_0 = None, ..., 3.0


def puts(thing, place, value):
    thing[place] = value


def divides_in_place(thing, by):
    thing /= by


def unpacks(thing):
    one, two = thing  # noqa: F841


def asks_if(thing):
    return 1 if thing else 0


def unassigned():
    for _ in []:
        last = 1
    return last


def unassigned_outside():
    def inside():
        return later

    inside()
    later = 1
    return later


def recurses(n):
    return recurses(n)


def named_only(x, *, axis):
    return x, axis


RAISED = {
    "None is used": [
        lambda: None + 1,
        lambda: NOTHING[0],
        lambda: None.shape,
        lambda: len(None),
        lambda: list(None),
        lambda: ROW * ...,
        lambda: DOTS[0],
        lambda: (...).shape,
        lambda: np.exp(None),
        lambda: np.exp(...),
        lambda: LIST[None],
    ],
    "a function that is not called": [
        lambda: np.exp[0],
        lambda: ROW.mean / 2,
        lambda: unassigned[0],
        lambda: 2 - unassigned,
    ],
    "arrays and tensors mixed": [
        lambda: torch.softmax(ROW, -1),
        lambda: torch.softmax(LIST, -1),
        lambda: torch.matmul(GRID, GRID_T.T),
        lambda: torch.stack([ROW, ROW]),
        lambda: torch.cat(GRID),
        lambda: GRID @ GRID_T.T,
        lambda: torch.where(YES, ROW_T, 0.0),
        lambda: ROW_T.masked_fill(YES, 0.0),
        lambda: torch.nn.Linear(3, 2)(ROW_T),
        lambda: torch.nn.Linear(3, 2)(ROW),
        lambda: torch.nn.LayerNorm(3)(GRID_T),
        lambda: GRID_T @ GRID_T.T.float(),
        lambda: ROW_T @ ROW_T.float(),
        lambda: torch.einsum("ij,kj->ik", GRID, GRID),
        lambda: torch.einsum("ij,kj->ik", GRID_T, GRID_T.float()),
        lambda: torch.nn.functional.scaled_dot_product_attention(GRID_T, GRID_T, GRID_T.float()),
        lambda: WHOLE_T @ ROW_T,
        lambda: torch.from_numpy(LIST),
        lambda: max(ROW, ROW_T * 0),
    ],
    "a number where an array is needed": [
        lambda: ROW @ 2,
        lambda: ROW_T @ 2,
        lambda: 2.0 @ ROW_T,
        lambda: ROW_T @ ROW_T[0],
    ],
    "letters that do not fit the axes": [lambda: np.einsum("ijk->i", GRID), lambda: torch.einsum("ijk->i", GRID_T)],
    "pieces of different shapes": [
        lambda: np.array([[1, 2], [1]]),
        lambda: torch.tensor([[1, 2], [1]]),
        lambda: np.stack([ROW, np.ones(4)]),
        lambda: torch.stack([ROW_T, torch.ones(4)]),
        lambda: np.concatenate([GRID, np.ones((2, 4))]),
        lambda: torch.cat([GRID_T, torch.ones(2, 4)]),
        lambda: np.concatenate([GRID, ROW]),
        lambda: torch.cat([GRID_T, ROW_T]),
    ],
    "shapes that do not fit": [
        lambda: GRID @ GRID,
        lambda: GRID + np.ones(4),
        lambda: np.dot(GRID, GRID),
        lambda: ROW @ np.ones(4),
        lambda: GRID_T @ GRID_T,
        lambda: GRID_T + torch.ones(4),
        lambda: torch.mv(GRID_T, torch.ones(4).double()),
        lambda: torch.dot(ROW_T, torch.ones(4).double()),
        lambda: torch.bmm(torch.ones(2, 3, 4), torch.ones(2, 3, 4)),
        lambda: np.einsum("ij,jk", GRID, GRID),
        lambda: torch.einsum("ij,jk", GRID_T, GRID_T),
        lambda: GRID_T.expand(4, 3),
        lambda: GRID[np.ones(3, bool)],
        lambda: GRID_T[torch.ones(3, dtype=torch.bool)],
        lambda: puts(GRID, 0, np.ones(4)),
    ],
    "a shape with other numbers of entries": [
        lambda: GRID.reshape(4),
        lambda: GRID_T.reshape(4),
        lambda: GRID_T.view(4),
        lambda: np.split(ROW, 2),
        lambda: ROW_T.split([1, 1]),
        lambda: GRID.reshape(-1, -1),
        lambda: GRID_T.view(-1, -1),
    ],
    "view after a transpose": [lambda: GRID_T.T.view(6)],
    "an axis that is not there": [
        lambda: GRID.sum(2),
        lambda: GRID_T.sum(2),
        lambda: ROW.transpose(0, 1),
        lambda: GRID.transpose(0, 0),
        lambda: GRID_T.permute(0, 2, 1),
        lambda: GRID_T.permute(0, 0),
        lambda: GRID_T.transpose(1, 2),
        lambda: np.swapaxes(ROW, 0, 1),
        lambda: np.linalg.norm(ROW, axis=1),
        lambda: GRID_T.unsqueeze(5),
    ],
    "an index beyond the end": [
        lambda: ROW[3],
        lambda: ROW_T[3],
        lambda: LIST[3],
        lambda: "abc"[5],
        lambda: GRID[0, 0, 0],
        lambda: GRID_T[0, 0, 0],
        lambda: (1, 2)[2],
        lambda: np.eye(3)[5],
        lambda: torch.nn.functional.embedding(torch.tensor([9]), GRID_T),
    ],
    "a name not defined": [lambda: no_such_name],  # noqa: F821
    "used before it has a value": [unassigned, unassigned_outside],
    "a method of another type": [
        lambda: ROW.softmax(-1),
        lambda: LIST.shape,
        lambda: ROW_T.astype(float),
        lambda: np.softmax(ROW),
        lambda: torch.concatenat([ROW_T]),
        lambda: (1.5).sum(),
        lambda: ROW.sum().unsqueeze(0),
        lambda: (3).shape,
        lambda: (ROW, ROW).sum(),
    ],
    "one question to a whole array": [
        lambda: asks_if(ROW),
        lambda: asks_if(ROW_T),
        lambda: ROW and ROW,
        lambda: not ROW_T,
        lambda: max(ROW, ROW),
    ],
    "a list indexed like an array": [lambda: LIST[0, 1], lambda: LIST[ROW > 0], lambda: LIST[WHOLE], lambda: LIST["a"]],
    "a list where a number is needed": [lambda: range(LIST)],
    "a float where a whole number is needed": [
        lambda: LIST[1.0],
        lambda: ROW[1.0],
        lambda: ROW_T[1.0],
        lambda: ROW[0.5:2],
        lambda: range(2.0),
        lambda: np.zeros(2.0),
        lambda: range(np.float64(2)),
        lambda: torch.zeros(2.0),
        lambda: ROW.reshape(3.0),
        lambda: GRID.reshape(2, 1.5),
        lambda: ROW[np.array([0.0])],
        lambda: ROW_T[torch.tensor([1.0])],
        lambda: np.eye(2.0),
    ],
    "an array where a number is needed": [
        lambda: math.exp(ROW),
        lambda: math.sqrt(ROW_T),
        lambda: math.exp(LIST),
        lambda: float(ROW),
        lambda: float(ROW_T),
        lambda: ROW.item(),
        lambda: ROW_T.item(),
        lambda: round(ROW),
        lambda: puts(ROW, 0, np.ones(2)),
        lambda: puts(ROW_T, 0, torch.ones(2)),
    ],
    "one thing for several": [
        lambda: list(3.0),
        lambda: unpacks(3.0),
        lambda: unpacks(ROW),
        lambda: unpacks(ROW[:1]),
        lambda: len(3.0),
        lambda: THREE_0[0],
        lambda: ROW[0][0],
        lambda: ROW_T[0][0],
        lambda: len(ROW_T[0]),
        lambda: list(ROW_T[0]),
        lambda: list(np.array(3.0)),
        lambda: GRID_T - GRID_T.max(1),
    ],
    "round brackets on what is no function": [
        lambda: ROW(0),
        lambda: ROW_T(0),
        lambda: GRID.shape(0),
        lambda: THREE_0(3),
    ],
    "changes what cannot be changed": [
        lambda: puts(np.broadcast_to(1.0, (3,)), 0, 1),
        lambda: puts((1, 2), 0, 1),
        lambda: puts("abc", 0, 1),
        lambda: divides_in_place(torch.ones(1).expand(3), torch.ones(3)),
    ],
    "arithmetic with lists": [
        lambda: LIST + 1,
        lambda: LIST * 1.5,
        lambda: LIST / 2,
        lambda: LIST - LIST,
        lambda: -LIST,
        lambda: 1 + LIST,
        lambda: LIST @ LIST,
        lambda: LIST < 1,
        lambda: LIST**2,
    ],
    "text where a number is needed": [lambda: "a" + 1, lambda: 1 + "a", lambda: float("a"), lambda: int("a")],
    "whole numbers where floats are needed": [
        lambda: torch.softmax(WHOLE_T, -1),
        lambda: WHOLE_T.mean(),
        lambda: divides_in_place(WHOLE, 2),
        lambda: divides_in_place(WHOLE_T, 2),
    ],
    "the wrong kind of number": [
        lambda: YES - YES,
        lambda: -YES,
        lambda: YES_T - YES_T,
        lambda: 1 - YES_T,
        lambda: -YES_T,
        lambda: ~ROW,
        lambda: ~ROW_T,
        lambda: ~1.5,
        lambda: ROW & ROW,
        lambda: ROW_T & ROW_T,
        lambda: ROW_T.masked_fill(WHOLE_T, 0.0),
        lambda: np.add(YES, "a"),
    ],
    "division by zero": [lambda: 1 / 0, lambda: 1.0 / 0, lambda: 1 // 0, lambda: 1 % 0, lambda: WHOLE_T // 0],
    "a number outside the domain": [lambda: math.log(0), lambda: math.sqrt(-1)],
    "nothing in it": [
        lambda: np.stack([]),
        lambda: np.concatenate([]),
        lambda: torch.stack([]),
        lambda: torch.cat([]),
        lambda: max([]),
        lambda: np.max([]),
        lambda: torch.tensor([]).max(),
        lambda: ROW[:0].argmax(),
        lambda: [].pop(),
    ],
    "called with other arguments": [
        lambda: ROW.sum(dim=0),
        lambda: np.exp(),
        lambda: unassigned(1),
        lambda: recurses(),
        lambda: named_only(1),
        lambda: torch.softmax(ROW_T),
        lambda: ROW_T.sum(0, 1, 2, 3),
        lambda: sorted(),
        lambda: torch.sum(ROW_T, ax=0),
    ],
    "does not come to an end": [lambda: recurses(1)],
}
EACH = [(name, way) for name, ways in RAISED.items() for way in ways]


def raised(way):
    with pytest.raises(Exception) as caught:
        way()
    return str(caught.value)[:300]


@pytest.mark.parametrize(("name", "way"), EACH, ids=[f"{name} {index}" for index, (name, _) in enumerate(EACH)])
def test_what_python_says_is_given_its_meaning(name, way):
    said = raised(way)
    meaning, found = in_error(said)
    assert found == name, said
    assert meaning.endswith((".", "?")) and len(meaning) <= 200


def test_every_entry_is_the_first_to_fit_something_that_is_raised():
    said = [raised(way) for _, way in EACH]
    first = {next(sign for sign, _, _ in ERRORS if re.search(sign, one)) for one in said}
    assert [sign for sign, _, _ in ERRORS if sign not in first] == []


@pytest.mark.parametrize(
    "said",
    [
        "",
        "'b'",
        "my own words",
        "3 is not in list",
        "math range error",
        "Python integer 300 out of bounds for uint8",
        "Singular matrix",
        "No module named 'nosuchmodule'",
        "no room for an array larger than 4 blocks",
    ],
)
def test_of_other_words_nothing_is_said(said):
    assert in_error(said) == ("", None)


def test_the_meaning_stands_beside_pythons_words():
    result = judge(PRODUCT, lambda scores, more: scores @ more)
    assert result.misconception == "shapes that do not fit"
    assert "(matmul: Input operand 1" in result.message and "The shapes do not fit. Print them" in result.message


@pytest.mark.needs_alarm
def test_no_limit_is_left_running():
    judge(WEIGHTS, softmax)
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


@pytest.mark.needs_alarm
def test_an_endless_loop_is_named(monkeypatch):
    monkeypatch.setattr(sandbox, "SECONDS", 0.1)

    def endless(scores):
        while True:
            pass

    assert judge(WEIGHTS, endless).misconception == "does not come to an end"


def test_arguments_in_another_order_are_told():
    def attention_weights(key, query):
        scores = query @ key.T / query.shape[-1] ** 0.5
        exps = np.exp(scores - scores.max(-1, keepdims=True))
        return exps / exps.sum(-1, keepdims=True)

    result = judge(EXERCISES["2.4"], attention_weights)
    assert result.misconception == "arguments in another order"
    assert result.message.endswith("it is called as attention_weights(query, key).")


def test_keys_that_look_at_queries_are_not_taken_for_arguments_in_another_order():
    def attention_weights(query, key):
        scores = key @ query.T / query.shape[-1] ** 0.5
        exps = np.exp(scores - scores.max(-1, keepdims=True))
        return exps / exps.sum(-1, keepdims=True)

    assert judge(EXERCISES["2.4"], attention_weights).misconception == "transposed scores"


def test_a_mistake_that_fails_a_case_which_the_answer_passed_is_not_named():
    def wrong_where_large(scores):
        return np.exp(scores) if scores.size > TABLE.size else softmax(scores)

    mistakes = [("everywhere", np.exp, "No."), ("where large", wrong_where_large, "No.")]
    assert judge(asks(softmax, CASES, mistakes), wrong_where_large).misconception == "where large"
    assert judge(asks(softmax, CASES, mistakes), np.exp).misconception == "everywhere"
