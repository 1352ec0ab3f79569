"""Call a learner's answer so that nothing it does can hurt the notebook."""

from __future__ import annotations

import contextlib
import copy
import inspect
import io
import os
import random
import signal
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from types import CodeType, FrameType

import numpy as np
import torch

SECONDS = 10.0  # longer than any right answer takes, shorter than patience
AGAIN = 0.1  # seconds from one attempt to stop an endless loop to the next, for one that catches everything
TIME_LIMIT = "TimeLimit"
ARGUMENTS = "Arguments"  # the error's name where the answer does not take as many arguments as it is given
LONGEST_PRINT = 10_000  # characters kept of what an answer prints
LONGEST_LINE, LONGEST_SAID = 90, 170  # characters shown of a learner's line, and of what an exception says


@dataclass(frozen=True)
class Outcome:
    """What a call gave: a result, or a problem in words with the learner's own line."""

    result: object = None
    problem: str = ""
    error: str = ""  # the exception's class name
    said: str = ""  # and its own message
    changed_input: int | None = None  # which argument came back altered
    printed: str = ""  # what it wrote to the page meanwhile


class TooLong(BaseException):
    """Time is up. Not an Exception, so that a learner's ``except Exception`` cannot swallow it."""


def call(answer: Callable, inputs: tuple, seconds: float | None = None) -> Outcome:
    """Call ``answer(*inputs)`` on copies, with its prints, warnings, settings and random draws kept apart.

    An endless loop is stopped after ``seconds`` (``SECONDS`` unless told) where the platform can (a signal, in the
    main thread); elsewhere Kernel > Interrupt stops it. Whatever the answer raises, an Outcome comes back.
    """
    given = copy.deepcopy(inputs)
    seconds = SECONDS if seconds is None else seconds
    page = Page()
    with kept_apart(page):
        try:
            with time_limit(seconds):
                result = answer(*given)
        except TooLong:
            return Outcome(
                problem=f"It was still running after {seconds:.2g} seconds and was stopped.",
                error=TIME_LIMIT,
                printed=page.text(),
            )
        except BaseException as error:  # SystemExit, KeyboardInterrupt and friends too: a check never raises
            inside = error.__traceback__ is not None and error.__traceback__.tb_next is not None
            if isinstance(error, TypeError) and not inside and _does_not_take(answer, inputs):
                return Outcome(problem=_call_in_words(answer, inputs), error=ARGUMENTS, said=_message(error))
            problem = _in_words(error, answer)
            return Outcome(problem=problem, error=type(error).__name__, said=_message(error), printed=page.text())
    return Outcome(result=result, changed_input=_first_change(inputs, given), printed=page.text())


@contextlib.contextmanager
def time_limit(seconds: float):
    """Raise TooLong inside the block after ``seconds``, where the platform can; limits may stand inside each other."""
    possible = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if not possible:
        yield
        return

    caught: list[bool] = []
    tracer_before = sys.gettrace()

    def stop(_signal, frame):
        if caught:
            _raise_at_next_line(frame)
        caught.append(True)
        raise TooLong

    started = time.monotonic()
    handler_before = signal.signal(signal.SIGALRM, stop)
    left, interval = signal.setitimer(signal.ITIMER_REAL, max(seconds, 1e-3), AGAIN)

    def disarm() -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler_before)
        sys.settrace(tracer_before)

    try:
        try:
            yield
        finally:
            disarm()
    except BaseException:  # time may have run out in the very line above; the next signal is AGAIN seconds away
        disarm()
        raise
    finally:
        if left:
            signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - started), 1e-3), interval)


def _raise_at_next_line(frame: FrameType) -> None:
    """For a loop that catches everything: the next line after that, which is no longer inside its ``try``, raises."""

    def trace(_frame, event, _argument):
        if event == "line":
            raise TooLong
        return trace

    while frame is not None and frame.f_code.co_filename != __file__:
        frame.f_trace = trace
        frame = frame.f_back
    sys.settrace(lambda *_: None)


class Page(io.StringIO):
    """What an answer prints, up to a length; the rest is dropped."""

    def write(self, text: str) -> int:
        room = LONGEST_PRINT - self.tell()
        if room > 0:
            super().write(text[:room])
        return len(text)

    def close(self) -> None:
        """An answer cannot take away what it printed."""

    def text(self) -> str:
        return self.getvalue().strip()


@contextlib.contextmanager
def kept_apart(page: io.StringIO):
    """Prints go to ``page``, warnings nowhere; random numbers, settings and the folder are as before afterwards."""
    states = random.getstate(), np.random.get_state(), torch.get_rng_state()
    dtype, gradients, folder = torch.get_default_dtype(), torch.is_grad_enabled(), os.getcwd()
    try:
        with (
            warnings.catch_warnings(),
            np.errstate(all="ignore"),
            np.printoptions(),
            contextlib.redirect_stdout(page),
            contextlib.redirect_stderr(page),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])
        torch.set_rng_state(states[2])
        torch.set_default_dtype(dtype)
        torch.set_grad_enabled(gradients)
        os.chdir(folder)


def _in_words(error: BaseException, answer: Callable) -> str:
    """The exception, and the last line of it that the learner wrote."""
    try:
        own_file = _own_code(answer).co_filename
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == own_file]
        line = _cut(frames[-1].line, LONGEST_LINE) if frames else ""
        where = f" in line {frames[-1].lineno} of your cell: {line}" if line else ""
    except Exception:  # a builtin has no code, a hostile answer anything
        where = ""
    said = _cut(_message(error).strip(), LONGEST_SAID).rstrip(".")
    return f"It stopped with {type(error).__name__}{where}{f' ({said})' if said else ''}."


def _own_code(answer: Callable) -> CodeType:
    """The code that the learner wrote: of a function, of a method, of an object that can be called, or of a module."""
    answer = getattr(answer, "func", answer)  # functools.partial
    code = getattr(answer, "__code__", None)
    return code or getattr(type(answer), "forward", type(answer).__call__).__code__


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _does_not_take(answer: Callable, inputs: tuple) -> bool:
    try:
        inspect.signature(answer).bind(*inputs)
    except TypeError:
        return True
    except Exception:  # builtins that tell no signature, and hostile ones
        return False
    return False


def _call_in_words(answer: Callable, inputs: tuple) -> str:
    """What to say of a function whose arguments are too many or too few."""
    try:
        takes = _cut(f"yours is {answer.__name__}{inspect.signature(answer)}", LONGEST_SAID)
    except Exception:
        takes = "yours takes another number"
    return f"It is called with {len(inputs)} argument{'s' * (len(inputs) != 1)}; {takes}."


def _message(error: BaseException) -> str:
    try:
        return str(error)[:300]
    except BaseException:  # a hostile exception
        return "its message could not be read"


def _first_change(inputs: tuple, given: tuple) -> int | None:
    for index, (before, after) in enumerate(zip(inputs, given)):
        if not _same(before, after):
            return index
    return None


def _same(before: object, after: object) -> bool:
    """Whether an array, a word or a whole number, or a list of such, is what it was."""
    if isinstance(before, list):
        return isinstance(after, list) and len(before) == len(after) and all(map(_same, before, after))
    if isinstance(before, np.ndarray | torch.Tensor):
        return type(before) is type(after) and before.shape == after.shape and bool((before == after).all())
    return not isinstance(before, str | int) or (type(before) is type(after) and before == after)
