"""Every exercise: the solution passes, a blank is not attempted, each mistake is named, nothing raises."""

import random
import time
from importlib import resources

import numpy as np
import pytest
import torch

from course_utils.exercises import CheckResult, catalogue, check, hint, sandbox, solution
from course_utils.exercises.catalogue import EXERCISES

ALL = list(EXERCISES.values())


def solved(exercise):
    """What the stored solution defines under the name that the lesson hands in."""
    source = resources.files("course_utils.exercises").joinpath("solutions", f"{exercise.id}.py").read_text("utf-8")
    scope = {"np": np, "torch": torch}
    exec(source, scope)
    return scope[exercise.answer]


@pytest.fixture(params=ALL, ids=lambda exercise: exercise.id)
def exercise(request):
    return request.param


def test_the_solution_passes(exercise):
    result = check(exercise.id, solved(exercise))
    assert result.status == "passed", result
    assert result.message == exercise.praise


@pytest.mark.parametrize("blank", [None, ..., "", "  "])
def test_a_blank_is_not_attempted(exercise, blank):
    assert check(exercise.id, blank).status == "not attempted"


def test_a_stub_is_not_attempted(exercise):
    def documented(*_):
        """Still to be written."""

    def dots(*_): ...

    def half_way(*_):
        scores = ...
        return scores

    def refuses(*_):
        raise NotImplementedError

    stubs = (documented, dots, half_way, refuses) if exercise.cases else ()
    for stub in stubs:
        assert check(exercise.id, stub).status == "not attempted", stub.__name__


def test_each_mistake_is_named(exercise):
    for misconception in exercise.misconceptions:
        answer = misconception.mistake if exercise.cases else misconception.mistake()
        result = check(exercise.id, answer)
        assert (result.status, result.misconception) == ("failed", misconception.name), result
        assert "{" not in result.message


MEANT_TO_STOP = {
    "not transposed",
    "column of a position along the token",
    "sums of the positions along the token",
    "beside, before the projection",
    "17 tokens",
    "all three added",
    "first position for the class",
    "map added to a list",
    "multiplied number by number, and a mistake in the positions",
    "no projection, and a mistake in the positions",
    "patches transposed",
    "pixels kept",
    "pixels times positions",
    "positions added to W",
    "positions times W",
    "positions times W, and the pixels",
    "positions twice, before and after",
    "product transposed",
    "projected twice",
    "shape of a list",
    "W before the patches, and a mistake in the positions",
    "W transposed, and a mistake in the positions",
    "a mask handed over",
    "a mask handed over, by its name",
    "an axis for a batch",
    "layers handed to layers",
    "layers multiplied",
    "layers taken for modules",
    "keepdims forgotten",
    "keepdims forgotten, last row left out",
    "one added to the next token",
    "row and column exchanged",
    "a list and a word added",
    "a list minus a word",
    "a place beyond the table",
    "all weights for one row",
    "one nearest for the whole table",
    "append's result kept",
    "arguments exchanged",
    "fill_diagonal's result kept",
    "Python's max for rows",
    "argmax over the whole table, taken for a rate",
    "an amount taken for a place",
    "an axis that is not there",
    "as many times as the amounts",
    "average without an axis",
    "brackets missing",
    "sum of one amount",
    "nothing below to compare with",
    "nothing below to compare with, counted from the largest",
    "nothing below to compare with, in a list",
    "one added to the token",
    "one row at a time",
    "one step beyond the end",
    "query, key and value handed over",
    "steps shortened, tokens not",
    "tokens shifted, steps not",
    "weights unpacked",
    "axis lost in the sum",
    "key not transposed",
    "largest weight of each key",
    "order of the product swapped",
    "rows of unequal length",
    "weights not turned into a column",
    "query axis missing in the mask",
    "x added",
    "W before x",
    "W transposed",
    "multiplied number by number",
    "features compared with features",
    "no clipping",
    "one place too late",
    "a float as index",
    "a float as index, in a loop",
    "an axis for the batch missing",
    "the word 'and' between arrays",
    "a triangle of floats",
    "a triangle of floats, with or",
    "a head left out",
    "- instead of ~",
    "axis lost in the sum, in a loop",
    "the axis of the features forgotten",
    "True minus the mask",
    "two axes named of three",
    "lengths without an axis",
    "lengths without an axis, then indexed",
    "max_distance 12, as in section 5",
    "query x, key x @ W_k, value x @ W_v",
    "query x @ W_q, key x, value x @ W_v",
    "the matrix W_v as values",
    "W_v used twice",
    "weights multiplied number by number",
    "/ instead of //",
    "/ instead of //, in a slice",
    "heads not in front",
    "key looks at query",
    "length of the query for the key",
    "not instead of ~",
    "the whole shape for one number",
    "minus instead of ~",
    "axis lost",
    "forbidden keys left out of the result",
    "an array taken for a list",
    "brackets around both rows missing",
    "mask along the wrong axis",
    "lengths taken for one number",
    "sum without its axis",
    "None taken for a number",
    "positions cut with a reshape",
    "positions cut with np.split",
    "weights kept with the context",
    "a square picture taken for granted",
    "a square picture taken for granted, by its width",
    "patches of unequal size, stacked",
    "patches of unequal size, in an array",
    "query laid along the columns, with @",
    "query laid along the columns, with dot",
    "query laid along the columns, with *",
    "query laid down the rows",
    "query laid down the rows, with dot",
    "positions added before the projection",
    "positions cut into pieces of different length",
    "positions transposed",
    "no projection",
    "W before the patches",
    "identity as large as the number of layers",
    "as many frames as hops",
    "bands multiplied without an axis",
    "bands taken for moments",
    "bands taken for moments, with np.dot",
    "bands taken for moments, with tensors",
    "filterbank applied along time",
    "filterbank not transposed",
    "filterbank transposed, and along time",
    "incomplete frames kept, in an array",
    "incomplete frames kept, stacked",
    "math.log10 of an array",
    "max instead of np.maximum",
    "np.max instead of np.maximum",
    "reshaped to the right shape",
    "steps of a frame, filled in",
    "steps of a frame, in an array",
    "a sentence instead of a list",
    "blocks indexed",
    "changes the list",
    "changes the list, with del",
    "changes the list, with remove",
    "feature map of the scores",
    "keeps every block",
    "mask without its axis",
    "one truth value asked of an array",
    "a list looked for in a set",
    "a set indexed",
    "a set looked for in a name",
    "an index that is a name",
    "as many frames as fit side by side",
    "the list overwritten by append",
    "a number added to a list",
    "a number added to a list, behind it",
    "a number added to a range",
    "a number added to a range, behind it",
    "grows one array of keys and one of values",
    "maximum begins at 0, in plain numbers",
    "minus between masks",
    "no maximum subtracted, in plain numbers",
    "reads the blocks twice, for the maximum",
    "reads the blocks twice, into a stack",
    "reads the blocks twice, into an array",
    "reads the blocks twice, whole numbers",
    "normaliser without its axis",
    "number of blocks asked for",
    "a row for each key behind @",
    "only later or only earlier rows",
    "reads the blocks twice",
    "softmax instead of φ",
    "softmax instead of φ, not scaled",
    "still quadratic",
}


def test_each_mistake_computes_something(exercise):
    for misconception in exercise.misconceptions:
        outcomes = [sandbox.call(misconception.mistake, inputs) for inputs in exercise.cases or [()]]
        stops = any(outcome.problem for outcome in outcomes)
        assert stops is (misconception.name in MEANT_TO_STOP), misconception.name


def test_hints_go_deeper_and_stop(exercise):
    said = [repr(hint(exercise.id)) for _ in range(len(exercise.hints) + 2)]
    assert len(set(said)) == len(exercise.hints) >= 1
    assert "solution(" in said[-1]


def test_solution_shows_code_and_a_sentence(exercise):
    shown = solution(exercise.id)
    assert exercise.answer in shown.code
    assert len(shown.body.split()) >= 6
    assert shown.body not in shown.code


def test_described_for_the_catalogue(exercise):
    assert exercise.kind in {"write", "predict", "read", "mend"}
    assert exercise.difficulty in {1, 2, 3}
    assert 1 <= exercise.minutes <= 20
    assert len(exercise.misconceptions) >= (4 if exercise.cases else 2)
    assert exercise.id in repr(catalogue())


class Hostile:
    """Breaks whatever touches it."""

    def __getattr__(self, name):
        raise RuntimeError(name)

    def __array__(self, *args, **kwargs):
        raise RuntimeError("no array")

    def __eq__(self, other):
        raise RuntimeError("no equality")

    __hash__ = None

    def __repr__(self):
        raise RuntimeError("no repr")


def leaves():
    raise SystemExit(3)


HOSTILE_VALUES = [
    *(
        0,
        -1,
        1e300,
        float("nan"),
        float("inf"),
        True,
        1j,
        "text",
        b"bytes",
        [],
        {},
        (),
        [[1], [2, 3]],
        object(),
        Hostile(),
    ),
    *(np.nan, np.array([]), np.array(["a"]), np.array([None]), np.zeros((2, 0)), np.zeros(10**6)),
    *(torch.tensor([float("nan")]), torch.zeros(2, 3, dtype=torch.complex64), int, print, Hostile),
]
HOSTILE_FUNCTIONS = [
    lambda *a: 1 / 0,
    lambda *a: None,
    lambda *a: Hostile(),
    lambda *a: a,
    lambda *a: "word",
    lambda *a: np.full(3, np.nan),
    lambda *a: np.zeros((1000, 1000)),
    lambda *a: [[1], [2, 3]],
    lambda *a: leaves(),
    lambda *a: (yield 1),
    lambda a, b, c, d, e: 1,
    lambda *a: float("nan"),
    lambda *a: {},
]


def test_nothing_given_to_check_raises(exercise, capfd):
    for answer in HOSTILE_VALUES + HOSTILE_FUNCTIONS:
        result = check(exercise.id, answer)
        assert isinstance(result, CheckResult)
        assert result.status in {"failed", "not attempted"}
        assert repr(result) and result._repr_html_()
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("name", ["9.9", "", None, 2.1, ["2.3"]])
def test_an_unknown_exercise_is_told_so(name):
    result = check(name, 1)
    assert result.status == "failed" and "no such exercise" in result.message


def test_an_answer_cannot_disturb_the_notebook():
    def noisy(scores):
        print("hello")
        random.seed(1), np.random.seed(1), torch.manual_seed(1)
        scores -= 100.0
        return np.exp(scores)

    random.seed(5), np.random.seed(5), torch.manual_seed(5)
    wanted = random.random(), np.random.rand(), torch.rand(1).item()
    random.seed(5), np.random.seed(5), torch.manual_seed(5)
    check("2.3", noisy)
    assert (random.random(), np.random.rand(), torch.rand(1).item()) == wanted


def test_a_right_answer_that_changes_its_input_is_told():
    def in_place(scores):
        scores -= scores.max(-1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(-1, keepdims=True)
        return scores

    assert check("2.3", in_place).misconception == "input changed in place"


def test_an_exception_is_shown_at_the_learners_line():
    def wrong(scores):
        return scores.no_such_method()

    result = check("2.3", wrong)
    assert "AttributeError" in result.message and "scores.no_such_method()" in result.message


@pytest.mark.needs_alarm
def test_an_endless_loop_is_stopped():
    def endless(scores):
        while True:
            try:
                scores.sum()
            except Exception:
                return 0

    started = time.monotonic()
    outcome = sandbox.call(endless, (np.ones(3),), seconds=0.2)
    assert outcome.error == "TimeLimit" and time.monotonic() - started < 5


def test_html_is_escaped():
    assert "<script>" not in check("2.2", "<script>alert(1)</script>")._repr_html_()
    assert "&lt;script&gt;" in check("2.2", "<script>alert(1)</script>")._repr_html_()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("squared *samples*, not *the* power", "squared <em>samples</em>, not <em>the</em> power"),
        ("(the *other key*).", "(the <em>other key</em>)."),
        ("a * b and 2*a*b and f(*a, *b) and a**2", "a * b and 2*a*b and f(*a, *b) and a**2"),
        ("one\n*<b>*", "one<br>*&lt;b&gt;*"),
    ],
)
def test_words_between_asterisks_are_emphasised(text, shown):
    assert shown in CheckResult("2.1", "failed", text)._repr_html_()


def by_loops(query, key):
    rows = []
    for q in query.tolist():
        scores = [sum(a * b for a, b in zip(q, k)) / len(q) ** 0.5 for k in key.tolist()]
        exps = [np.exp(s - max(scores)) for s in scores]
        rows.append([e / sum(exps) for e in exps])
    return rows


RIGHT = [
    ("2.3", lambda s: torch.softmax(torch.as_tensor(s), -1)),
    ("2.3", lambda s: torch.softmax(torch.as_tensor(s).float(), -1)),
    ("2.3", lambda s: np.exp(s - np.logaddexp.reduce(s, axis=-1, keepdims=True))),
    ("2.3", lambda s: s.softmax(-1)),
    ("2.1", 0.87),
    ("2.1", "0.87"),
    ("2.1", torch.softmax(torch.tensor([4.0, 2.0, 0.0]), -1)[0]),
    ("2.4", by_loops),
    ("2.4", lambda q, k: torch.softmax(torch.as_tensor(np.einsum("id,jd->ij", q, k)) / q.shape[1] ** 0.5, 1)),
    ("2.4", lambda query, key: torch.softmax(query @ key.mT / query.shape[-1] ** 0.5, -1)),
    ("2.4", lambda q, k: torch.softmax(q @ k.transpose(-2, -1) / 3, -1)),  # with arrays these axes name no swap
    ("2.2", "B"),
    ("2.2", " b)"),
    ("2.6", lambda w, t: sum(int(row.argmax()) == i for row, i in zip(w, t)) / len(t)),
]  # fmt: skip


@pytest.mark.parametrize(("exercise_id", "answer"), RIGHT)
def test_a_right_answer_found_another_way_passes(exercise_id, answer):
    assert check(exercise_id, answer).status == "passed"


def own_place_if_none(mask):
    return np.eye(*mask.shape, dtype=bool) & ~mask.any(-1, keepdims=True)


WRONG = [
    ("2.3", lambda s: np.exp(s) / np.exp(s).sum(), "softmax over the whole array"),
    ("2.3", lambda s: torch.softmax(torch.as_tensor(s), 0), "softmax over the queries"),
    ("2.3", lambda s: [e / sum(np.exp(s)) for e in np.exp(s)], "softmax over the queries"),
    ("2.3", lambda s: print(np.exp(s)), "no return"),
    ("2.3", np.array([0.665, 0.245, 0.09]), "a value instead of a function"),
    ("2.1", 1.33, "weights double"),
    ("2.1", 0.665, "softmax ignores scale"),
    ("2.1", 0.67, "weights in proportion to scores"),
    ("2.1", 0.88, "a score of 0 counts for nothing"),
    ("2.3", lambda s: np.exp(s) / np.exp(s).sum(axis=1), "axis lost in the sum"),
    ("2.4", lambda q, k: torch.softmax(torch.as_tensor(q @ k.T), -1), "no scaling"),
    ("2.4", lambda q, k: np.exp(q @ k.T / 2) / np.exp(q @ k.T / 2).sum(1, keepdims=True), "always divided by 2"),
    ("2.4", lambda q, k: torch.softmax(torch.as_tensor(q @ k / 3), -1), "key not transposed"),
    ("2.4", lambda q, k: torch.softmax(torch.as_tensor(k @ q.T) / 3, -1), "transposed scores"),
    ("2.5", lambda s, m: np.exp(s) / np.exp(s).sum(-1, keepdims=True) * m, "mask after softmax"),
    ("2.5", lambda s, m: torch.softmax(torch.as_tensor(np.where(m, s, -np.inf)), -1), "fully masked row is NaN"),
    ("2.5", lambda s, m: torch.softmax(torch.as_tensor(np.where(m, s, -1e9)), -1), "fully masked row is uniform"),
    ("2.5", lambda s, m: torch.softmax(torch.as_tensor(s * m), -1), "zero instead of minus infinity"),
    ("2.5", lambda s, m: torch.softmax(torch.as_tensor(s), -1).numpy() * ~m, "mask polarity, and after softmax"),
    ("2.5", lambda s, m: torch.softmax(torch.as_tensor(np.where(m, s, -99)), -1), "fill not low enough"),
    ("2.1", 0.76, "another base than e"),
    ("2.1", 0.75, "grows, but not by doubled scores"),
    (
        "2.3",
        lambda s: (e := np.exp(s - s.mean(-1, keepdims=True))) / e.sum(-1, keepdims=True),
        "the mean subtracted",
    ),
    ("2.4", lambda q, k: torch.softmax(torch.as_tensor(q @ k.T) / 81, 0), None),
    (
        "2.4",
        lambda q, k: torch.softmax(torch.as_tensor(q @ k.T) / 9, 0),
        "scaling by d instead of √d, and softmax over the queries",
    ),
    (
        "2.5",
        lambda s, m: torch.softmax(torch.as_tensor(s - 1e4 * ~m), -1).numpy() * m.any(-1, keepdims=True),
        "too little taken off",
    ),
    (
        "2.5",
        lambda s, m: torch.softmax(torch.as_tensor(s - 1e3 * ~m), -1).numpy() * m.any(-1, keepdims=True),
        "too little taken off",
    ),
    ("2.6", lambda w, t: sum(w[i].argmax() == t[i] for i in range(len(t) - 1)) / len(t), "an end left out"),
    ("2.2", "a", "no scaling"),
    ("2.6", lambda w, t: (w.argmax(1) != t).mean(), "misses counted"),
    ("0.2", lambda w, v: w * v, "weights not turned into a column"),
    ("0.2", lambda w, v: v @ w, "order of the product swapped"),
    ("2.5", lambda s, m: torch.softmax(torch.as_tensor(s + (1 - m) * -1e9), -1), "additive mask"),
    ("2.1", 87, "per cent"),
    ("2.1", [0.867, 0.117, 0.016], "all three weights"),
    ("2.6", lambda w, t: [row[i] for row, i in zip(w, t)], "another number of axes"),
    ("2.6", lambda w, t: np.mean([row[i] for row, i in zip(w, t)]), "mean weight instead of hits"),
    ("2.6", lambda w, t: (w.max(-1) == t).mean(), "the weight for its place, or whole numbers"),
    ("2.6", lambda w, t: np.mean([w[i].max() for i in t]), "whole rows at the right places"),
    ("2.2", True, "a truth value for a letter"),
    ("2.4", lambda q, k: torch.as_tensor(q @ k.T / k.shape[1] ** 1 / 2).softmax(-1), "halved, in place of a root"),
    ("2.5", lambda s, m: torch.as_tensor(s + m).softmax(-1), "mask added as 0 or 1"),
    ("2.5", lambda s, m: m.all(-1, keepdims=True) * np.ones_like(s), "every key closed"),
    (
        "2.5",
        lambda s, m: torch.as_tensor(np.where(m | own_place_if_none(m), s, -np.inf)).softmax(-1),
        "fully masked row lies on one key",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("exercise_id", "answer", "misconception"), WRONG)
def test_a_learners_mistake_is_recognised(exercise_id, answer, misconception):
    result = check(exercise_id, answer)
    assert (result.status, result.misconception) == ("failed", misconception), result
