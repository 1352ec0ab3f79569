"""What an exercise is, and how an answer is judged: from the simplest property to the subtlest.

A misconception is itself a small function: it computes what somebody who believes it would
answer. So a wrong answer that equals a mistaken one is told which mistake it is.
"""

from __future__ import annotations

import dis
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from course_utils.exercises import sandbox
from course_utils.exercises.result import FAILED, NOT_ATTEMPTED, PASSED, CheckResult

RELATIVE, ABSOLUTE = 2e-4, 1e-5  # agreement to float32 rounding counts as right
_NOT_BOOLEAN = (
    "Right as numbers, 1 for True and 0 for False. But a mask must be boolean: PyTorch refuses whole numbers, and a "
    "mask of floats it ADDS to the scores. ~mask turns a boolean mask round, and == and < give booleans.",
    "numbers instead of booleans",
)
LARGEST_SHOWN = 12  # numbers up to which an answer is shown whole


@dataclass(frozen=True)
class Misconception:
    """A mistaken idea: what it would answer, and what to say about it.

    ``mistake`` takes a case's inputs and returns the mistaken answer, or stops as that mistake does;
    for an exercise that asks for a value it takes nothing. ``explain`` may use ``{got}`` and
    ``{expected}``. ``seen`` is the address of a public thread or page in which somebody made this mistake.
    """

    name: str
    mistake: Callable[..., object]
    explain: str
    seen: str = ""


@dataclass(frozen=True)
class Exercise:
    """One exercise: what it asks for, how it is judged, and what helps.

    With ``cases`` the answer is a function that is called on each of them in turn; without, it is
    a value. ``right`` computes the right answer independently of the stored solution. Where a function
    gives back several arrays, ``parts`` names them in their order, and ``explain`` may use ``{got[0]}``.
    """

    id: str
    answer: str  # the name that the lesson gives to what is handed in
    title: str
    objective: str
    kind: str  # "write", "predict", "read" or "mend"
    minutes: int
    difficulty: int  # 1 to 3
    right: Callable[..., object]
    misconceptions: tuple[Misconception, ...]
    hints: tuple[str, ...]
    praise: str
    cases: tuple[tuple, ...] = ()
    tolerance: float = ABSOLUTE
    parts: tuple[str, ...] = ()

    @property
    def lesson(self) -> str:
        """The lesson's two-digit number."""
        return self.id.split(".")[0].zfill(2)

    def judge(self, answer: object) -> CheckResult:
        """The verdict on an answer. Whatever is handed in, a CheckResult comes back."""
        if _is_blank(answer) or (isinstance(answer, dict) and any(map(_is_blank, answer.values()))):
            return self._not_attempted()
        with np.errstate(all="ignore"):
            return self._judge_function(answer) if self.cases else self._judge_value(answer)

    def _judge_function(self, answer: object) -> CheckResult:
        if not callable(answer):
            return self._failed(
                f"A function is asked for; a {type(answer).__name__} came. Hand in its name, without brackets.",
                "a value instead of a function",
            )
        if _is_stub(answer):
            return self._not_attempted()
        for index, inputs in enumerate(self.cases):
            outcome = self._call(answer, inputs)
            unfinished = self._has_parts(outcome.result) and any(map(_is_blank, outcome.result))
            if outcome.error == "NotImplementedError" or outcome.result is Ellipsis or unfinished:
                return self._not_attempted()
            if outcome.problem:
                return self._explain_problem(outcome, inputs)
            if outcome.result is None:
                return self._failed(
                    "Your function gives back None. Does its last line begin with 'return'? And does all that it "
                    "calls give something back, or is there an exercise that you have not solved yet?",
                    "no return",
                )
            verdict = self._compare(outcome.result, inputs, passed=self.cases[:index])
            if verdict is not None:
                return verdict
            if outcome.changed_input is not None:
                return self._failed(
                    f"Right so far, but your function changed {_input_name(answer, outcome.changed_input)} "
                    "itself: work on a copy, the caller still needs it.",
                    "input changed in place",
                )
        return CheckResult(self.id, PASSED, self.praise)

    def _judge_value(self, answer: object) -> CheckResult:
        if callable(answer):
            answer_of = self._call(answer, ())
            if answer_of.problem or answer_of.result is None:
                return self._failed(
                    f"A value is asked for; a {type(answer).__name__} came.", "a function instead of a value"
                )
            answer = answer_of.result
        return self._compare(answer, ()) or CheckResult(self.id, PASSED, self.praise)

    def _call(self, answer: Callable, inputs: tuple) -> sandbox.Outcome:
        """With NumPy arrays first; where that fails, with tensors, for an answer written in torch.

        Some mistakes stop with arrays and get through with tensors: an answer that stops as one of these is not
        given tensors, so that the mistake explains it.
        """
        outcome = sandbox.call(answer, inputs)
        if not outcome.problem or outcome.error == "TimeLimit" or not any(map(_holds_arrays, inputs)):
            return outcome
        tensors = tuple(map(_as_tensors, inputs))
        again = sandbox.call(answer, tensors)
        known = self._known_problem(outcome, inputs)
        got_through = known is not None and not sandbox.call(known.mistake, tensors).problem
        return outcome if again.problem or got_through else again

    def _compare(self, got: object, inputs: tuple, passed: tuple[tuple, ...] = ()) -> CheckResult | None:
        """None when the answer is right for these inputs, else what is wrong with it."""
        expected = self.right(*inputs)
        words = isinstance(expected, str | bool | dict) or (isinstance(expected, tuple) and not self.parts)
        arrays = None if words else self._as_arrays(got)
        wanted = None if arrays is None else self._as_arrays(expected)
        agrees = _same_word(got, expected) if words else _all_close(arrays, wanted, self.tolerance)
        if agrees:
            boolean = not self.parts and _is_boolean(expected)
            return self._failed(*_NOT_BOOLEAN) if boolean and not _is_boolean(got) else None
        comparable = words or arrays is not None or isinstance(got, list | tuple)  # rows of unequal length, or names
        seen = got if arrays is None else arrays
        closest = self._closest_mistake(seen, wanted, inputs, passed) if comparable else None
        if closest is not None:
            message = closest.explain.format(got=self._show(got), expected=self._show(expected))
            return self._failed(message, closest.name)
        if words:
            return self._failed(_not_asked_for(got, expected))
        if arrays is None:
            asked = f"{' and '.join(self.parts)} are" if self.parts else "A number or an array is"
            return self._failed(f"{asked} asked for; a {type(got).__name__} came.", "wrong type")
        return self._failed(self._locate(arrays, wanted))

    def _as_arrays(self, answer: object) -> tuple[np.ndarray, ...] | None:
        """The answer's parts; one alone where one is asked for, or where not as many came as are asked for."""
        arrays = tuple(map(_as_array, answer if self._has_parts(answer) else (answer,)))
        return None if any(array is None for array in arrays) else arrays

    def _has_parts(self, answer: object) -> bool:
        return bool(self.parts) and isinstance(answer, tuple | list) and len(answer) == len(self.parts)

    def _show(self, answer: object) -> str | list[str]:
        return [_show(part) for part in answer] if self._has_parts(answer) else _show(answer)

    def _locate(self, arrays: tuple[np.ndarray, ...], wanted: tuple[np.ndarray, ...]) -> str:
        names = self.parts or ("result",)
        if len(arrays) != len(wanted):
            return (
                f"{len(names)} things are asked for, in this order: return {', '.join(names)}. "
                f"One array came, of shape {arrays[0].shape}."
            )
        wrong = [not _close(*pair, self.tolerance) for pair in zip(arrays, wanted)]
        right = " and ".join(name for name, is_wrong in zip(names, wrong) if not is_wrong)
        first = wrong.index(True)
        return (f"Right: {right}. " if right else "") + _locate(arrays[first], wanted[first], names[first])

    def _closest_mistake(
        self, got: object, expected: tuple[np.ndarray, ...] | None, inputs: tuple, passed: tuple[tuple, ...]
    ) -> Misconception | None:
        """The misconception whose answer is nearest to what came, if any agrees with it.

        One that would have failed a case which the answer passed explains nothing.
        """
        found: list[tuple[float, int, Misconception]] = []
        for index, misconception in enumerate(self.misconceptions):
            outcome = sandbox.call(misconception.mistake, inputs)
            if outcome.problem:
                continue
            if expected is None:
                if _same_word(got, outcome.result):
                    found.append((0.0, index, misconception))
                continue
            wrong = self._as_arrays(outcome.result)
            agrees = _all_close(got, wrong, self.tolerance) and not _all_close(wrong, expected, self.tolerance)
            if agrees and all(self._is_right(misconception.mistake, earlier) for earlier in passed):
                distance = sum(float(np.nansum(np.abs(one - other))) for one, other in zip(got, wrong))
                found.append((distance, index, misconception))
        return min(found, key=lambda item: item[:2])[2] if found else None

    def _is_right(self, answer: Callable, inputs: tuple) -> bool:
        result = self._as_arrays(sandbox.call(answer, inputs).result)
        return _all_close(result, self._as_arrays(self.right(*inputs)), self.tolerance)

    def _known_problem(self, outcome: sandbox.Outcome, inputs: tuple) -> Misconception | None:
        """Some mistakes do not give a wrong answer but stop; they are known by what they say when they do."""
        for misconception in self.misconceptions:
            known = sandbox.call(misconception.mistake, inputs)
            if known.problem and (known.error, known.said) == (outcome.error, outcome.said):
                return misconception
        return None

    def _explain_problem(self, outcome: sandbox.Outcome, inputs: tuple) -> CheckResult:
        known = self._known_problem(outcome, inputs)
        if known is None:
            return self._failed(outcome.problem)
        return self._failed(f"{outcome.problem} {known.explain.format(got='', expected='')}", known.name)

    def _failed(self, message: str, misconception: str | None = None) -> CheckResult:
        return CheckResult(self.id, FAILED, message, misconception)

    def _not_attempted(self) -> CheckResult:
        return CheckResult(self.id, NOT_ATTEMPTED, f'{self.title} Stuck? hint("{self.id}") helps a little at a time.')


def _is_stub(answer: Callable) -> bool:
    """A function whose body is still '...' or 'pass'."""

    def stub(): ...

    code = getattr(answer, "__code__", None)
    if code is None or not set(code.co_consts) <= {None, answer.__doc__}:
        return False
    return [step.opname for step in dis.get_instructions(code)] == [step.opname for step in dis.get_instructions(stub)]


def _is_blank(answer: object) -> bool:
    return answer is None or answer is Ellipsis or (isinstance(answer, str) and not answer.strip())


def _holds_arrays(given: object) -> bool:
    return isinstance(given, np.ndarray) or (isinstance(given, list) and any(map(_holds_arrays, given)))


def _as_tensors(given: object) -> object:
    """Arrays as tensors, also those in a list; anything else as it is."""
    if isinstance(given, list):
        return [_as_tensors(item) for item in given]
    return torch.from_numpy(given) if isinstance(given, np.ndarray) else given


def _as_array(thing: object) -> np.ndarray | None:
    try:
        if isinstance(thing, torch.Tensor):
            thing = thing.detach().cpu()
        if isinstance(thing, str):
            thing = float(thing)
        array = np.asarray(thing)
        return array.astype(float) if array.dtype.kind in "fiub" else None
    except Exception:  # ragged lists, hostile __array__: not a number, whatever it is
        return None


def _is_boolean(thing: object) -> bool:
    """A mask: True and False, in an array, a tensor or lists."""
    if isinstance(thing, torch.Tensor):
        return thing.dtype == torch.bool
    return np.asarray(thing).dtype == bool


def _close(one: np.ndarray | None, other: np.ndarray | None, tolerance: float) -> bool:
    if one is None or other is None or one.shape != other.shape:
        return False
    return bool(
        np.allclose(one, other, rtol=RELATIVE if tolerance <= ABSOLUTE else 0.0, atol=tolerance, equal_nan=True)
    )


def _all_close(ones: tuple[np.ndarray, ...] | None, others: tuple[np.ndarray, ...] | None, tolerance: float) -> bool:
    if ones is None or others is None or len(ones) != len(others):
        return False
    return all(_close(one, other, tolerance) for one, other in zip(ones, others))


def _same_word(got: object, expected: object) -> bool:
    if isinstance(expected, dict):
        return (
            isinstance(got, dict)
            and got.keys() == expected.keys()
            and all(_same_word(got[name], expected[name]) for name in expected)
        )
    if isinstance(expected, tuple):
        return isinstance(got, tuple | list) and [_fold(item) for item in got] == [_fold(item) for item in expected]
    if isinstance(expected, bool):
        return isinstance(got, bool | np.bool_) and bool(got) == expected
    return _fold(got) == _fold(expected)


def _not_asked_for(got: object, expected: object) -> str:
    """What to say of a word, a tuple or a dictionary that no known mistake explains."""
    if not isinstance(expected, dict):
        return f"{_show(got)} is not what is asked for."
    booleans = all(isinstance(answer, bool) for answer in expected.values())
    if booleans and isinstance(got, dict) and got.keys() == expected.keys():
        wrong = {name: value for name, value in got.items() if not isinstance(value, bool | np.bool_)}
        which = ", ".join(f"{name!r} has {_show(value)}" for name, value in wrong.items())
        return f"The names are right. Each needs True or False, without quotation marks; yours: {which}."
    kind = "True or False" if booleans else "an answer"
    return f"A dictionary is asked for, with {kind} for each of these names: {', '.join(map(repr, expected))}."


def _fold(word: object) -> object:
    """A word without its case and the marks around it; arrays and tuples as lists, so that they can be compared."""
    if isinstance(word, np.ndarray | torch.Tensor):
        return word.tolist()
    if isinstance(word, list | tuple):
        return [_fold(item) for item in word]
    return word.strip(" .,;:()'\"").casefold() if isinstance(word, str) else word


def _input_name(answer: Callable, index: int) -> str:
    """What the learner calls an argument."""
    names = getattr(getattr(answer, "__code__", None), "co_varnames", ())
    return f"its input {names[index]!r}" if index < len(names) else f"its argument {index + 1}"


def _show(thing: object) -> str:
    array = _as_array(thing)
    if array is None:
        return repr(thing)[:80]
    if array.size > LARGEST_SHOWN:
        return f"an array of shape {array.shape}"
    if array.ndim == 0:
        return _number(float(array), digits=4)
    if not isinstance(thing, torch.Tensor) and np.asarray(thing).dtype.kind in "iu":
        array = array.astype(int)  # places and counts are shown as they came: 3, not 3.
    return np.array2string(array, precision=3, suppress_small=True, separator=", ").replace("\n", "")


def _number(number: float, digits: int) -> str:
    """A count in full, 338,350 and not 3.384e+05; any other number to so many digits."""
    whole = number.is_integer() and abs(number) < 1e9
    return f"{number:,.0f}" if whole else f"{number:.{digits}g}"


def _locate(got: np.ndarray, expected: np.ndarray, name: str) -> str:
    """Say where an answer that no known mistake explains begins to differ."""
    if got.shape != expected.shape:
        return f"The shape of your {name} is {got.shape}; expected {expected.shape}."
    if np.isnan(got).any():
        where = tuple(int(i) for i in np.argwhere(np.isnan(got))[0])
        return f"NaN (not a number) in your {name}, first at index {where}. Look for 0/0 or infinity minus infinity."
    if got.ndim == 0:
        return f"Your {name}: {_number(float(got), digits=5)}; expected another number."
    wrong = ~np.isclose(got, expected, rtol=RELATIVE, atol=ABSOLUTE)
    where = tuple(int(i) for i in np.argwhere(wrong)[0]) if wrong.any() else (0,) * got.ndim
    shares = got.ndim >= 1 and np.allclose(expected.sum(-1), 1) and got.sum(-1).size <= LARGEST_SHOWN
    sums = f" Your rows sum to {_show(got.sum(-1))}, not to 1." if shares and not np.allclose(got.sum(-1), 1) else ""
    of = "" if name == "result" else f" of your {name}"
    return (
        f"The shape{of} is right; the first difference is at index {where}: "
        f"yours {got[where]:.4g}, expected {expected[where]:.4g}.{sums}"
    )
