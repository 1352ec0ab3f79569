"""Call a learner's answer so that nothing it does can hurt the notebook."""

from __future__ import annotations

import contextlib
import copy
import io
import random
import signal
import threading
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

SECONDS = 10.0  # longer than any right answer takes, shorter than patience


@dataclass(frozen=True)
class Outcome:
    """What a call gave: a result, or a problem in words with the learner's own line."""

    result: object = None
    problem: str = ""
    error: str = ""  # the exception's class name
    said: str = ""  # and its own message
    changed_input: int | None = None  # which argument came back altered


class _TooLong(BaseException):
    """Not an Exception, so that a learner's ``except Exception`` cannot swallow it."""


def call(answer: Callable, inputs: tuple, seconds: float = SECONDS) -> Outcome:
    """Call ``answer(*inputs)`` on copies, with its prints, warnings and random draws kept apart.

    An endless loop is stopped after ``seconds`` where the platform can (a signal, in the main
    thread); elsewhere Kernel > Interrupt stops it.
    """
    given = copy.deepcopy(inputs)
    with _random_state_kept(), warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            with (
                contextlib.redirect_stdout(io.StringIO()),
                contextlib.redirect_stderr(io.StringIO()),
                _stop_after(seconds),
            ):
                result = answer(*given)
        except _TooLong:
            return Outcome(
                problem=f"It was still running after {seconds:g} seconds and was stopped.", error="TimeLimit"
            )
        except BaseException as error:  # SystemExit and friends too: a check never raises
            if isinstance(error, KeyboardInterrupt):
                raise
            return Outcome(problem=_in_words(error, answer), error=type(error).__name__, said=_message(error))
    return Outcome(result=result, changed_input=_first_change(inputs, given))


@contextlib.contextmanager
def _stop_after(seconds: float):
    possible = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if not possible:
        yield
        return

    def stop(_signal, _frame):
        raise _TooLong

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _random_state_kept():
    states = random.getstate(), np.random.get_state(), torch.get_rng_state()
    try:
        yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])
        torch.set_rng_state(states[2])


def _in_words(error: BaseException, answer: Callable) -> str:
    """The exception, and the last line of it that the learner wrote."""
    try:
        own_file = answer.__code__.co_filename
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == own_file]
        where = f" in line {frames[-1].lineno} of your cell: {frames[-1].line}" if frames and frames[-1].line else ""
    except AttributeError:
        where = ""
    return f"It stopped with {type(error).__name__}{where} ({_message(error)})."


def _message(error: BaseException) -> str:
    try:
        return str(error)[:300]
    except Exception:  # a hostile exception
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
