"""Whatever is handed in, a check comes back with words, in time, and leaves the kernel as it was."""

import asyncio
import builtins
import copy
import dataclasses
import datetime
import fractions
import functools
import itertools
import os
import random
import sys
import time
import warnings
from unittest import mock

import numpy as np
import pytest
import torch
from torch import nn

from course_utils.exercises import CheckResult, check, sandbox
from course_utils.exercises.catalogue import EXERCISES
from course_utils.exercises.exercise import Misconception
from course_utils.exercises.judging import judge

ENOUGH = 200  # hostile answers to each exercise


class Breaks:
    """Breaks whatever touches it."""

    def _breaks(self, *_, **__):
        raise RuntimeError("no")

    __getattr__ = __array__ = __eq__ = __len__ = __iter__ = __getitem__ = __bool__ = __float__ = __index__ = _breaks
    __repr__ = __str__ = __hash__ = __add__ = __lt__ = __contains__ = __call__ = __deepcopy__ = __format__ = _breaks


class BreaksWith(Breaks):
    """As Breaks, by something that is no Exception."""

    def _leaves(self, *_, **__):
        raise SystemExit

    __getattr__ = __array__ = __eq__ = __len__ = __iter__ = __repr__ = __str__ = __call__ = _leaves


class LiesAboutItsClass:
    @property
    def __class__(self):
        raise ValueError("no class")


class OddRepr:
    def __repr__(self):
        return 3


class EndlessSequence:
    def __len__(self):
        return 10**12

    def __getitem__(self, index):
        return 0.0


class BreakingTuple(tuple):
    def __iter__(self):
        raise RuntimeError("no")


class BreakingDict(dict):
    def values(self):
        raise RuntimeError("no")


class OddError(Exception):
    def __str__(self):
        raise KeyboardInterrupt


class Untidy:
    """Its array is never the same shape twice."""

    shapes = itertools.cycle([(2,), (3, 3), ()])

    def __array__(self, dtype=None, copy=None):
        return np.zeros(next(self.shapes))


def in_itself():
    ring = []
    ring.append(ring)
    return ring


def deep(levels=5000):
    nest = []
    for _ in range(levels):
        nest = [nest]
    return nest


def of_objects():
    array = np.empty(2, dtype=object)
    array[0] = Breaks()
    return array


VALUES = [
    *(0, -1, 7, 1e300, -1e-300, 10**400, 2**63, float("nan"), float("inf"), -float("inf"), True, False, 1j),
    *(fractions.Fraction(1, 3), "text", "0.5 ", "nan", "a" * 10**6, "\ud800", "<script>", "{got}", "%s", b"bytes"),
    *([], {}, (), set(), [[1], [2, 3]], [None], [...], [[[]]], [1, "a"], {1: 2}, {"a": None}, {"a": [1]}, range(5)),
    *(frozenset(), bytearray(3), memoryview(b"abc"), slice(3), NotImplemented, object(), datetime.date(2020, 1, 1)),
    *(Breaks(), BreaksWith(), LiesAboutItsClass(), OddRepr(), EndlessSequence(), Untidy(), [Breaks()], (Breaks(),)),
    *(BreakingTuple((1, 2)), BreakingDict(a=1), {"a": Breaks()}, in_itself(), deep(), [BreaksWith()] * 3),
    *(np.nan, np.array([]), np.array(["a"]), np.array([None]), np.zeros((2, 0)), np.zeros(10**6), np.zeros((0,) * 3)),
    *(np.zeros((1,) * 20), np.array([np.inf, -np.inf]), np.ma.masked_array([1.0, 2.0], mask=[1, 0]), np.rec.array([1])),
    *(np.datetime64("2020"), np.zeros(3, dtype=[("a", float)]), of_objects(), np.float16(1)),
    *(np.broadcast_to(1.0, (10**5, 10**5)), np.zeros(3, dtype=complex), np.array(7), np.full((3, 3), np.nan)),
    *(torch.tensor([float("nan")]), torch.zeros(2, 3, dtype=torch.complex64), torch.zeros(3, requires_grad=True)),
    *(torch.eye(3).to_sparse(), torch.zeros(2, device="meta"), torch.zeros(2, dtype=torch.bfloat16), torch.zeros(0)),
    *(torch.zeros(1).expand(10**6, 10**6), [torch.zeros(2, requires_grad=True)], nn.Parameter(torch.ones(2))),
    *(int, print, len, Breaks, type, np.exp, torch.softmax, sys, nn.Linear(2, 2), nn.ReLU(), itertools.count()),
    *(mock.ANY, mock.MagicMock(), *((mock.ANY,) * count for count in range(2, 8))),
    *((n for n in range(3)), map(abs, [1]), classmethod(len), property(len), asyncio.sleep),
]  # fmt: skip


def leaves(*_):
    raise SystemExit(3)


def recurses(*a):
    return recurses(*a)


def prints_much(*_):
    print("x" * 10**6)
    print("<script>", file=sys.stderr)


def warns(*_):
    warnings.warn("never seen", stacklevel=1)
    return np.log(np.zeros(3))


def changes_settings(*_):
    random.seed(1), np.random.seed(1), torch.manual_seed(1)
    torch.set_default_dtype(torch.float64), torch.set_grad_enabled(False)
    np.set_printoptions(precision=1), np.seterr(all="raise"), os.chdir("/")
    sys.stdout = sys.stderr = None
    return 1 / 0


def changes_inputs(*a):
    for given in a:
        if isinstance(given, np.ndarray | torch.Tensor) and given.dtype not in (bool, torch.bool):
            given *= 0
        elif isinstance(given, list):
            given.clear()
    return 0


def raises(error):
    def answer(*_):
        try:
            raised = error()
        except TypeError:
            raised = error("utf-8", b"", 0, 1, "no")
        raise raised

    return answer


def gives(value):
    return lambda *_: value


ERRORS = [
    one
    for one in vars(builtins).values()
    if isinstance(one, type) and issubclass(one, BaseException) and not issubclass(one, BaseExceptionGroup)
]
ERRORS = [error for error in ERRORS if error not in (NotImplementedError, UnicodeEncodeError, UnicodeTranslateError)]
BEHAVIOURS = [
    *(leaves, recurses, prints_much, warns, changes_settings, changes_inputs),
    *(raises(error) for error in (*ERRORS, OddError, sandbox.TooLong)),
    *(lambda: 1, lambda a, b, c, d, e, f, g, h: 1, lambda *, a: 1, lambda **k: 1, functools.partial(pow, 2, 3, 4, 5)),
    *(lambda *a: a, lambda *a: a[0] if a else 0, lambda *a: a[-1] if a else 0, lambda *a: list(a), lambda *a: [a] * 2),
    *(lambda *a: (yield 1), lambda *a: copy, lambda *a: a[0].no_such_thing, lambda *a: undefined),  # noqa: F821
]


def almost_right(exercise, generator):
    """The right answer with one thing changed at random: a number, an entry, an axis, a type."""
    inputs = exercise.cases[0] if exercise.cases else ()
    expected = exercise.right(*copy.deepcopy(inputs))
    if isinstance(expected, str | bool | dict) or (isinstance(expected, tuple) and not exercise.parts):
        return []
    parts = [np.asarray(part, dtype=float) for part in (expected if exercise.parts else (expected,))]
    which = int(generator.integers(len(parts)))
    part = parts[which]
    changed = part.copy()
    changed.reshape(-1)[int(generator.integers(max(part.size, 1))) if part.size else 0 :][:1] += 5.0
    variants = [changed, part + 7.0, np.append(part, 99.0), np.full(part.shape, np.nan)]
    variants += [part * -3.0 - 1.0, part.astype(complex), part.astype(str), np.stack([part, part + 1])]
    if part.ndim:
        variants += [
            part[:-1],
            part[None, None],
            part[..., None, None],
            np.concatenate([part, part + 1]),
            part.tolist() + [[1, 2]],
        ]
    made = [(*parts[:which], one, *parts[which + 1 :]) for one in variants]
    return [one if exercise.parts else one[which] for one in made]


def state():
    return (
        *(random.getstate(), np.random.get_state()[1].tobytes(), torch.get_rng_state().numpy().tobytes()),
        *(
            torch.get_default_dtype(),
            torch.is_grad_enabled(),
            os.getcwd(),
            str(np.get_printoptions()),
            str(np.geterr()),
        ),
        *(sys.stdout, sys.stderr, len(warnings.filters)),
    )


@pytest.fixture(params=EXERCISES.values(), ids=lambda exercise: exercise.id)
def exercise(request):
    return request.param


def test_two_hundred_hostile_answers_come_back_with_words(exercise, capfd):
    generator = np.random.default_rng(7)
    near = almost_right(exercise, generator)
    answers = [*VALUES, *map(gives, VALUES), *BEHAVIOURS, *near, *map(gives, near)]
    assert len(answers) >= ENOUGH
    before = state()
    for answer in answers:
        result = check(exercise.id, answer)
        assert type(result) is CheckResult
        assert result.status in {"failed", "not attempted"}, result
        assert 15 <= len(result.message) <= 3000, result
        assert repr(result).isprintable() or "\n" in repr(result) or "\ud800" in repr(result)
        assert "<script>" not in result._repr_html_()
        assert state() == before
    said = capfd.readouterr()
    assert (said.out, said.err) == ("", "")


def endless(*_):
    while True:
        pass


def endless_and_catches_all(*_):
    while True:
        try:
            sum(range(100))
        except BaseException:
            continue


def endless_by_itself(*_):
    try:
        while True:
            time.sleep(0.01)
    finally:
        for _ in itertools.count():
            pass


class EndlessToRead:
    def __array__(self, *_, **__):
        endless()

    def __repr__(self):
        endless()


@pytest.mark.needs_alarm
def test_an_endless_loop_is_stopped(exercise, monkeypatch):
    monkeypatch.setattr(sandbox, "SECONDS", 0.05)
    monkeypatch.setattr(sandbox, "AGAIN", 0.02)
    loops = [endless, endless_and_catches_all, endless_by_itself] if exercise.cases else [endless]
    for answer in loops:
        result = check(exercise.id, answer)
        assert result.status == "failed"
        assert not exercise.cases or result.misconception == "does not come to an end"


@pytest.mark.needs_alarm
def test_what_is_endless_to_read_is_given_up(monkeypatch):
    monkeypatch.setattr(sandbox, "SECONDS", 0.05)
    started = time.monotonic()
    for answer in (EndlessToRead(), lambda scores: EndlessToRead()):
        assert check("2.3", answer).status == check("2.1", answer).status == "failed"
    assert time.monotonic() - started < 15  # each is given up after a second, not after the hour of a broken loop


def checks_itself(scores):
    return check("2.3", checks_itself)


def test_an_answer_that_checks_itself_comes_to_an_end():
    started = time.monotonic()
    result = check("2.3", checks_itself)
    assert result.status == "failed" and "CheckResult" in result.message
    assert time.monotonic() - started < 5
    assert check("2.3", lambda scores: scores).misconception == "an input given back"  # the next one is judged again


def test_a_mistake_that_was_interrupted_is_worked_out_again():
    interrupts = iter([KeyboardInterrupt])

    def exponentials_alone(scores):
        for interrupt in interrupts:
            raise interrupt
        return np.exp(scores)

    mistake = Misconception("exponentials alone", exponentials_alone, "Divide.")
    exercise = dataclasses.replace(EXERCISES["2.3"], misconceptions=(mistake,))
    assert [judge(exercise, np.exp).misconception for _ in range(2)] == [None, "exponentials alone"]


@pytest.mark.needs_alarm
def test_a_limit_inside_another_leaves_it_running():
    with pytest.raises(sandbox.TooLong), sandbox.time_limit(0.4):
        with pytest.raises(sandbox.TooLong), sandbox.time_limit(0.05):
            endless()
        endless()


@pytest.mark.needs_alarm
def test_no_alarm_is_left_behind():
    import signal

    before = signal.getsignal(signal.SIGALRM)
    check("2.3", lambda scores: scores)
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGALRM) is before
