"""How an answer is judged: from the simplest property to the subtlest, the first mistake found is told.

A misconception is itself a small function: it computes what somebody who believes it would answer. So a wrong answer
that equals a mistaken one is told which mistake it is; any other is told where it differs.
"""

from __future__ import annotations

import inspect
import re
import time
from collections.abc import Callable

import numpy as np
import torch

from course_utils.exercises import locating, sandbox
from course_utils.exercises.comparing import all_close, close, same_word
from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.reading import LARGEST_SHOWN, as_array, is_blank, is_boolean, is_stub, of_type, show
from course_utils.exercises.relations import IN_MASKS, IN_NUMBERS, PREDICTED, Relation, holding
from course_utils.exercises.result import FAILED, NOT_ATTEMPTED, PASSED, CheckResult

_NOT_BOOLEAN = (
    "Right as numbers, 1 for True and 0 for False. But a mask must be boolean: PyTorch refuses whole numbers, and a "
    "mask of floats it ADDS to the scores. ~mask turns a boolean mask round, and == and < give booleans.",
    "numbers instead of booleans",
)
_NO_RETURN = (
    "Your function gives back None. Does its last line begin with 'return'? And does all that it calls give something "
    "back, or is there an exercise that you have not solved yet?"
)
_BATCH_OF_ONE = "(Yours has an axis of length 1 in front, as for a batch; it was left out of the comparison.)"
LONGEST_PRINT_SHOWN, LONGEST_MESSAGE = 200, 600  # characters
_judging = False  # whether an answer is being judged just now


def judge(exercise: Exercise, answer: object) -> CheckResult:
    """The verdict on an answer.

    Whatever it is handed, a CheckResult comes back, after ``sandbox.SECONDS`` at the latest where the platform can
    stop a loop.
    """
    global _judging
    if _judging:  # each would begin the time anew, and an answer that checks itself would never come to an end
        return CheckResult(exercise.id, FAILED, "This check stands inside what is being checked: move it below.")
    _judging = True
    try:
        with sandbox.kept_apart(sandbox.Page()), sandbox.time_limit(sandbox.SECONDS + 1):
            return _Judgement(exercise).of(answer)
    except sandbox.TooLong:
        message = f"Your answer could not be compared within {sandbox.SECONDS:.2g} seconds."
        return CheckResult(exercise.id, FAILED, message, "wrong type")
    except BaseException as error:  # an answer with hostile methods can break the comparison itself
        message = f"Your answer could not be compared: {type(error).__name__}."
        return CheckResult(exercise.id, FAILED, message, "wrong type")
    finally:
        _judging = False


_outcomes: dict[tuple[int, int], tuple[Misconception, tuple, sandbox.Outcome]] = {}  # each with what its key stands for


def _mistaken(misconception: Misconception, inputs: tuple) -> sandbox.Outcome:
    """What a mistake gives, worked out once in a kernel."""
    place = id(misconception), id(inputs)
    if place not in _outcomes:
        outcome = sandbox.call(misconception.mistake, inputs)
        if outcome.error in {sandbox.TIME_LIMIT, KeyboardInterrupt.__name__}:  # stopped by the clock or by a hand
            return outcome
        _outcomes[place] = misconception, inputs, outcome
    return _outcomes[place][2]


class _Judgement:
    """One answer to one exercise; the time for all its calls is counted from the beginning."""

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise
        self.until = time.monotonic() + sandbox.SECONDS
        self.outcomes: dict[int, sandbox.Outcome] = {}  # what the answer gives in cases still to come

    def of(self, answer: object) -> CheckResult:
        if is_blank(answer) or (isinstance(answer, dict) and any(map(is_blank, answer.values()))):
            return self._not_attempted()
        return self._of_function(answer) if self.exercise.cases else self._of_value(answer)

    def _of_function(self, answer: object) -> CheckResult:
        if not callable(answer):
            return self._failed(
                f"A function is asked for; {of_type(answer)} came. Hand in its name, without brackets.",
                "a value instead of a function",
            )
        if is_stub(answer):
            return self._not_attempted()
        cases = self.exercise.cases
        for index, inputs in enumerate(cases):
            outcome = self._call(answer, inputs)
            unfinished = self._has_parts(outcome.result) and (
                any(one is Ellipsis for one in outcome.result) or all(one is None for one in outcome.result)
            )
            if outcome.error == "NotImplementedError" or outcome.result is Ellipsis or unfinished:
                return self._not_attempted()
            verdict = self._verdict(outcome, inputs, answer, passed=cases[:index])
            if verdict is not None and all(self._right_but_for_batch(answer, case) for case in cases[index:]):
                return self._passed(_BATCH_OF_ONE)
            if verdict is not None and not outcome.problem and self._right_with_tensors(answer, verdict):
                return self._passed()
            if verdict is not None and self._right_with_arguments_moved(answer):
                asked = f"it is called as {self._call_asked()}."
                return self._failed(
                    f"Right, but for the order of the arguments in your def line: {asked}", "arguments in another order"
                )
            if verdict is not None:
                return self._with_context(verdict, outcome, answer, inputs)
            if outcome.changed_input is not None:
                return self._failed(
                    f"Right so far, but your function changed {_input_name(answer, outcome.changed_input)} "
                    "itself: work on a copy, the caller still needs it.",
                    "input changed in place",
                )
        return self._passed()

    def _of_value(self, answer: object) -> CheckResult:
        if callable(answer):
            outcome = self._call(answer, ())
            if outcome.problem or outcome.result is None:
                return self._failed(f"A value is asked for; {of_type(answer)} came.", "a function instead of a value")
            answer = outcome.result
        return self._compare(answer, ()) or self._passed()

    def _call(self, answer: Callable, inputs: tuple) -> sandbox.Outcome:
        """With NumPy arrays first; where that fails, with tensors, for an answer written in torch.

        Some mistakes stop with arrays and get through with tensors: an answer that stops as one of these is not
        given tensors, so that the mistake explains it.
        """
        outcome = self._run(answer, inputs)
        final = not outcome.problem or outcome.error in (sandbox.TIME_LIMIT, sandbox.ARGUMENTS)
        if final or not any(map(_holds_arrays, inputs)):
            return outcome
        tensors = tuple(map(_as_tensors, inputs))
        again = self._run(answer, tensors)
        known = self._known_problem(outcome, inputs)
        got_through = known is not None and not sandbox.call(known.mistake, tensors).problem
        further = known is None and _wants_tensors(outcome) and not _wants_tensors(again)
        return again if further or not (again.problem or got_through) else outcome

    def _run(self, answer: Callable, inputs: tuple) -> sandbox.Outcome:
        return sandbox.call(answer, inputs, seconds=self.until - time.monotonic())

    def _verdict(
        self, outcome: sandbox.Outcome, inputs: tuple, answer: Callable, passed: tuple[tuple, ...]
    ) -> CheckResult | None:
        """None where the outcome is right for these inputs."""
        if outcome.error == sandbox.TIME_LIMIT:
            return self._failed(
                f"It was still running after {sandbox.SECONDS:.2g} seconds and was stopped. Does every loop come to "
                "an end?",
                "does not come to an end",
            )
        if outcome.problem:
            return self._explain_problem(outcome, inputs)
        if outcome.result is None and outcome.printed:
            return self._failed(
                f"Your function prints something and gives back None. {_NO_RETURN.split('. ', 1)[1]}", "no return"
            )
        if outcome.result is None:
            return self._failed(_NO_RETURN, "no return")
        return self._compare(outcome.result, inputs, answer, passed)

    def _compare(
        self, got: object, inputs: tuple, answer: object = None, passed: tuple[tuple, ...] = ()
    ) -> CheckResult | None:
        """None when the answer is right for these inputs, else what is wrong with it."""
        exercise = self.exercise
        expected = exercise.right(*inputs)
        words = isinstance(expected, str | bool | dict) or (isinstance(expected, tuple) and not exercise.parts)
        arrays = None if words else self._as_arrays(got)
        wanted = None if arrays is None else self._as_arrays(expected)
        agrees = same_word(got, expected) if words else all_close(arrays, wanted, exercise.tolerance)
        boolean = not words and not exercise.parts and is_boolean(expected)
        if agrees:
            return self._failed(*_NOT_BOOLEAN) if boolean and not is_boolean(got) else None
        comparable = words or arrays is not None or isinstance(got, list | tuple)  # rows of unequal length, or names
        seen = got if arrays is None else arrays
        several = isinstance(got, tuple | list) and bool(exercise.parts) and len(got) != len(exercise.parts)
        closest = self._closest_mistake(seen, wanted, inputs, passed, answer) if comparable else None
        if closest is not None:
            message = closest.explain.format(got=self._show(got), expected=self._show(expected))
            return self._failed(message, closest.name)
        if words:
            mistaken = [_mistaken(one, inputs).result for one in exercise.misconceptions]
            return self._failed(*locating.in_words(got, expected, mistaken))
        more = None if exercise.parts else self._more_than_asked(got, expected)
        if more is not None:
            return self._failed(*more)
        if arrays is None or several:
            return self._failed(*self._of_another_kind(got))
        return self._failed(*self._unlisted(arrays, wanted, answer, boolean))

    def _unlisted(
        self, arrays: tuple[np.ndarray, ...], wanted: tuple[np.ndarray, ...], answer: object, boolean: bool
    ) -> locating.Finding:
        """How numbers relate to the right ones, if it is the same on all cases, and where they differ."""
        exercise = self.exercise
        if exercise.parts:
            found = locating.number_of_parts(arrays, wanted, exercise.parts, exercise.tolerance)
            if found is not None:
                return found
        part, others = (
            locating.wrong_part(arrays, wanted, exercise.parts, exercise.tolerance) if exercise.parts else (0, "")
        )
        name = exercise.parts[part] if exercise.parts else "result"
        got, expected = arrays[part], wanted[part]
        if exercise.cases:
            relations = IN_MASKS if boolean else IN_NUMBERS
            where = locating.in_numbers(got, expected, name, boolean)
        else:
            relations, where = PREDICTED, locating.predicted(got, expected)
        for relation, said in holding(got, expected, relations):
            if all(self._relates(relation, answer, part, inputs) for inputs in exercise.cases):
                told = got.shape != expected.shape and f"expected {expected.shape}" in said  # once is enough
                said = said.replace("your result", f"your {name}")
                return f"{others}{said} {'' if told else where}".strip(), relation.name
        given = self._given_back(answer, part)
        if given is not None:
            itself = _input_name(answer, given).replace("its input", "the input").removeprefix("its ")
            return f"{others}Your {name} is {itself}, as it came. {where}", "an input given back"
        return f"{others}{where}", None

    def _relates(self, relation: Relation, answer: Callable, part: int, inputs: tuple) -> bool:
        """Whether an answer is right for these inputs, or wrong in this way, or stops, which says nothing."""
        outcome = self._call(answer, inputs)
        arrays, wanted = self._as_arrays(outcome.result), self._as_arrays(self.exercise.right(*inputs))
        if outcome.problem or arrays is None or wanted is None or len(arrays) != len(wanted):
            return bool(outcome.problem)
        right = close(arrays[part], wanted[part], self.exercise.tolerance)
        return right or any(holding(arrays[part], wanted[part], (relation,)))

    def _given_back(self, answer: object, part: int) -> int | None:
        """The number of the argument that comes back in every case; None if there is none."""
        found = None
        for inputs in self.exercise.cases:
            arrays = self._as_arrays(self._call(answer, inputs).result)
            if arrays is None or len(arrays) <= part:
                return None
            same = {index for index, given in enumerate(inputs) if close(arrays[part], as_array(given), 0.0)}
            found = same if found is None else found & same
        return min(found) if found else None

    def _more_than_asked(self, got: object, expected: object) -> locating.Finding | None:
        """One of several things that came is right; None if it is not so."""
        if not isinstance(got, tuple | list) or len(got) < 2 or not self.exercise.cases:
            return None
        wanted = as_array(expected)
        for index, one in enumerate(got):
            if (isinstance(got, tuple) or wanted.ndim) and close(as_array(one), wanted, self.exercise.tolerance):
                return (
                    f"{len(got)} things came; number {index + 1} of them is right. Give back that one alone.",
                    "more than was asked for",
                )
        return None

    def _of_another_kind(self, got: object) -> locating.Finding:
        """What came is neither a number nor an array; or not as many things as are asked for."""
        parts = self.exercise.parts
        if self._has_parts(got):
            name, one = next((name, one) for name, one in zip(parts, got) if as_array(one) is None)
            return f"Your {name}: a number or an array is asked for; {_came(one)}.", "wrong type"
        if isinstance(got, tuple | list) and parts:
            asked = f"{len(parts)} things are asked for, in this order: return {', '.join(parts)}."
            return f"{asked} {len(got)} came.", "wrong number of results"
        asked = f"{', '.join(parts[:-1])} and {parts[-1]} are" if parts else "A number or an array is"
        return f"{asked} asked for; {_came(got)}.", "wrong type"

    def _right_with_tensors(self, answer: Callable, verdict: CheckResult) -> bool:
        """Whether an answer is right when called with tensors, and was written for these: x.transpose(0, 1) of an
        array leaves it as it is. Not where the mistake that it looks like is right with tensors as well.
        """
        exercise = self.exercise
        if exercise.parts or not all(any(map(_holds_arrays, inputs)) for inputs in exercise.cases):
            return False
        mistakes = [one.mistake for one in exercise.misconceptions if one.name == verdict.misconception]
        ways = {way: [self._gives_right(way, inputs) for inputs in exercise.cases] for way in (answer, *mistakes)}
        return all(ways.pop(answer)) and not any(map(all, ways.values()))

    def _gives_right(self, answer: Callable, inputs: tuple) -> bool:
        """Whether it is right for these inputs, as tensors, and leaves them as they are."""
        outcome = self._run(answer, tuple(map(_as_tensors, inputs)))
        expected = self.exercise.right(*inputs)
        arrays, wanted = self._as_arrays(outcome.result), self._as_arrays(expected)
        if outcome.problem or outcome.changed_input is not None:
            return False
        right = all_close(arrays, wanted, self.exercise.tolerance)
        return right and (is_boolean(outcome.result) or not is_boolean(expected))

    def _call_asked(self) -> str:
        """The call that the title asks for: attention_weights(query, key)."""
        found = re.search(rf"\b{re.escape(self.exercise.answer)}\([^()]*\)", self.exercise.title)
        return found[0] if found else ""

    def _right_with_arguments_moved(self, answer: Callable) -> bool:
        """Whether the def line has the names of the title in another order, and the answer is right in that order."""
        asked = re.findall(r"\w+", self._call_asked())[1:]
        given = _names_of_inputs(answer, len(asked)) if asked else []
        if given == asked or sorted(given) != sorted(asked):
            return False
        order = [asked.index(name) for name in given]
        for inputs in self.exercise.cases:
            outcome = self._call(answer, tuple(inputs[place] for place in order))
            if outcome.problem or self._compare(outcome.result, inputs) is not None:
                return False
        return True

    def _right_but_for_batch(self, answer: Callable, inputs: tuple) -> bool:
        """Whether the answer is right, with an axis of length 1 for a batch in front of all that it gives back."""
        outcome = self._call(answer, inputs)
        arrays, wanted = self._as_arrays(outcome.result), self._as_arrays(self.exercise.right(*inputs))
        if outcome.problem or outcome.changed_input is not None or arrays is None or wanted is None:
            return False
        batched = len(arrays) == len(wanted) and all(a.shape == (1, *b.shape) for a, b in zip(arrays, wanted))
        return batched and all_close(tuple(a[0] for a in arrays), wanted, self.exercise.tolerance)

    def _as_arrays(self, answer: object) -> tuple[np.ndarray, ...] | None:
        """The answer's parts; one alone where one is asked for, or where not as many came as are asked for."""
        arrays = tuple(map(as_array, answer if self._has_parts(answer) else (answer,)))
        if any(array is None for array in arrays):
            return None
        one_number = not self.exercise.cases and not self.exercise.parts and arrays[0].size == 1
        return (arrays[0].reshape(()),) if one_number else arrays

    def _has_parts(self, answer: object) -> bool:
        parts = self.exercise.parts
        several = isinstance(answer, tuple | list) or (isinstance(answer, np.ndarray | torch.Tensor) and answer.ndim)
        return bool(parts) and bool(several) and len(answer) == len(parts)

    def _show(self, answer: object) -> str | list[str]:
        return [show(part) for part in answer] if self._has_parts(answer) else show(answer)

    def _closest_mistake(
        self,
        got: object,
        expected: tuple[np.ndarray, ...] | None,
        inputs: tuple,
        passed: tuple[tuple, ...],
        answer: object,
    ) -> Misconception | None:
        """The misconception whose answer is nearest to what came, if any agrees with it.

        One that would have failed a case which the answer passed explains nothing. Where several agree, it is the one
        that goes on agreeing in the cases still to come.
        """
        tolerance = self.exercise.tolerance
        found: list[tuple[float, Misconception]] = []
        for misconception in self.exercise.misconceptions:
            outcome = _mistaken(misconception, inputs)
            if outcome.problem:
                continue
            if expected is None:
                if same_word(got, outcome.result):
                    found.append((0.0, misconception))
                continue
            wrong = self._as_arrays(outcome.result)
            agrees = all_close(got, wrong, tolerance) and not all_close(wrong, expected, tolerance)
            if agrees and all(self._is_right(misconception, earlier) for earlier in passed):
                distance = sum(float(np.nansum(np.abs(one - other))) for one, other in zip(got, wrong))
                found.append((round(distance, 6), misconception))
        if len(found) > 1 and expected is not None:
            agreeing = [self._agreements(misconception, answer, len(passed) + 1) for _, misconception in found]
            found = [one for one, agreed in zip(found, agreeing) if agreed == max(agreeing)]
        return min(found, key=lambda one: one[0])[1] if found else None  # of those equally near, the first listed

    def _agreements(self, misconception: Misconception, answer: object, start: int) -> int:
        """In how many cases from ``start`` on an answer and a misconception give the same, or both stop."""
        agreed = 0
        for inputs in self.exercise.cases[start:]:
            place = id(inputs)
            if place not in self.outcomes:
                self.outcomes[place] = self._run(answer, inputs)
            came, known = self.outcomes[place], _mistaken(misconception, inputs)
            both = self._as_arrays(came.result), self._as_arrays(known.result)
            stops = bool(came.problem), bool(known.problem)
            agreed += all(stops) or (not any(stops) and all_close(*both, self.exercise.tolerance))
        return agreed

    def _is_right(self, misconception: Misconception, inputs: tuple) -> bool:
        result = self._as_arrays(_mistaken(misconception, inputs).result)
        return all_close(result, self._as_arrays(self.exercise.right(*inputs)), self.exercise.tolerance)

    def _known_problem(self, outcome: sandbox.Outcome, inputs: tuple) -> Misconception | None:
        """Some mistakes do not give a wrong answer but stop; they are known by what they say when they do."""
        for misconception in self.exercise.misconceptions:
            known = _mistaken(misconception, inputs)
            if known.problem and (known.error, known.said) == (outcome.error, outcome.said):
                return misconception
        return None

    def _explain_problem(self, outcome: sandbox.Outcome, inputs: tuple) -> CheckResult:
        if outcome.error == sandbox.ARGUMENTS:
            return self._failed(outcome.problem, "wrong number of arguments")
        known = self._known_problem(outcome, inputs)
        if known is not None:
            return self._failed(f"{outcome.problem} {known.explain.format(got='', expected='')}", known.name)
        gloss, name = locating.in_error(outcome.said)
        return self._failed(f"{outcome.problem} {gloss}".strip(), name)

    def _with_context(
        self, verdict: CheckResult, outcome: sandbox.Outcome, answer: object, inputs: tuple
    ) -> CheckResult:
        """The verdict with what it was called with, if no listed mistake explains it, and with what it printed."""
        message = verdict.message
        if verdict.misconception not in {one.name for one in self.exercise.misconceptions}:
            called = (f"{message} {_inputs_in_words(answer, inputs, most)}" for most in (LARGEST_SHOWN, 0))
            message = next((longer for longer in called if len(longer) <= LONGEST_MESSAGE), message)
        room = min(LONGEST_PRINT_SHOWN, LONGEST_MESSAGE - len(message) - len("\nIt printed: …"))
        if outcome.printed and room > 0:
            message += f"\nIt printed: {outcome.printed[:room]}{'…' * (len(outcome.printed) > room)}"
        return self._failed(message, verdict.misconception)

    def _passed(self, note: str = "") -> CheckResult:
        return CheckResult(self.exercise.id, PASSED, f"{self.exercise.praise} {note}".strip())

    def _failed(self, message: str, misconception: str | None = None) -> CheckResult:
        return CheckResult(self.exercise.id, FAILED, message, misconception)

    def _not_attempted(self) -> CheckResult:
        exercise = self.exercise
        message = f'{exercise.title} Stuck? hint("{exercise.id}") helps a little at a time.'
        return CheckResult(exercise.id, NOT_ATTEMPTED, message)


def _holds_arrays(given: object) -> bool:
    return isinstance(given, np.ndarray) or (isinstance(given, list) and any(map(_holds_arrays, given)))


def _as_tensors(given: object) -> object:
    """Arrays as tensors, also those in a list; anything else as it is."""
    if isinstance(given, list):
        return [_as_tensors(item) for item in given]
    return torch.from_numpy(given) if isinstance(given, np.ndarray) else given


def _names_of_inputs(answer: object, count: int) -> list[str]:
    """What the learner calls the arguments."""
    try:
        found = list(inspect.signature(answer).parameters.values())[:count]
    except Exception:  # builtins that tell no signature
        found = []
    names = [one.name for one in found if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]
    return names if len(names) == count else [f"argument {index + 1}" for index in range(count)]


def _input_name(answer: Callable, index: int) -> str:
    name = _names_of_inputs(answer, index + 1)[-1]
    return f"its {name}" if name.startswith("argument ") else f"its input {name!r}"


def _inputs_in_words(answer: object, inputs: tuple, most: int) -> str:
    """With what it was called: things of up to ``most`` numbers in full, larger ones by their shape."""
    pairs = zip(_names_of_inputs(answer, len(inputs)), inputs)
    return f"It was called with {', '.join(f'{name} = {_input(given, most)}' for name, given in pairs)}."


def _input(given: object, most: int) -> str:
    array = as_array(given)
    if array is None and callable(given):
        return "a function"
    return show(given) if array is None or array.size <= max(most, 1) else f"an array of shape {array.shape}"


def _wants_tensors(outcome: sandbox.Outcome) -> bool:
    """Whether it stopped only because it was given arrays, or an array met a tensor."""
    return locating.in_error(outcome.said)[1] in {"a method of another type", "arrays and tensors mixed"}


def _came(got: object) -> str:
    return "None came" if got is None else f"{of_type(got)} came"
