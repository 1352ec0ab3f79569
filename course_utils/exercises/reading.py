"""What came, read as numbers, as words or as nothing yet; and how it is shown in a message."""

from __future__ import annotations

import ast
import dis
import numbers
import re
from collections.abc import Callable

import numpy as np
import torch

LARGEST_SHOWN = 12  # numbers up to which an answer is shown whole
LONGEST_NUMBER, LONGEST_TUPLE, LONGEST_SHOWN = 40, 400, 80  # characters
MOST_WORDS = 1_000  # entries up to which words are compared
LARGEST_READ = 10**7  # numbers up to which an answer is compared; no exercise asks for a thousandth of it


def as_array(thing: object) -> np.ndarray | None:
    """Numbers, booleans or a number written as text, as an array of floats; None for anything else."""
    try:
        if isinstance(thing, str):
            thing = _number_in(thing)
        elif isinstance(thing, numbers.Number):
            thing = thing if isinstance(thing, bool | np.generic) else float(thing)
        array = np.asarray(_without_tensors(thing))
        if array.dtype.kind not in "fiub" or array.size > LARGEST_READ:
            return None
        return array.astype(float)
    except Exception:  # ragged lists, hostile __array__: not a number, whatever it is
        return None


def _number_in(text: str) -> float:
    """A number as people write it: 16,640 or 16 640 or 0,12 or -3.01 dB or 12 %. Raises ValueError for other text."""
    plain = text.strip().replace("\N{MINUS SIGN}", "-")
    if len(plain) > LONGEST_NUMBER:
        raise ValueError("not a number")
    plain = re.sub(r"(?<=\d)\s(?=\d{3}(?!\d))", "", plain)  # 16 640
    written = re.fullmatch(r"([-+.,\w]*?\d\.?|[-+]?nan|[-+]?inf)(?:\s*(%|per ?cent)|(?<=\d)\s*[A-Za-z]*|)", plain)
    if written is None:
        raise ValueError("not a number")
    digits, per_cent = written.groups()
    if re.match(r"[-+]?[1-9]", digits):
        digits = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", digits)  # 16,640, but not 0,125
    return float(digits.replace(",", ".")) / (100 if per_cent else 1)


def _without_tensors(thing: object) -> object:
    """Tensors, also those in lists, as arrays; of any precision, with or without a gradient."""
    if isinstance(thing, torch.Tensor):
        thing = thing.detach().cpu()
        return (
            (thing.double() if thing.is_floating_point() else thing).numpy() if thing.numel() <= LARGEST_READ else None
        )
    if isinstance(thing, list | tuple) and any(isinstance(item, list | tuple | torch.Tensor) for item in thing):
        return [_without_tensors(item) for item in thing]
    return thing


def is_blank(answer: object) -> bool:
    """Nothing handed in yet: None, ... or an empty text."""
    return answer is None or answer is Ellipsis or (isinstance(answer, str) and not answer.strip())


def is_stub(answer: Callable) -> bool:
    """A function whose body is still '...' or 'pass'."""

    def stub(): ...

    code = getattr(answer, "__code__", None)
    if code is None or not set(code.co_consts) <= {None, answer.__doc__}:
        return False
    return [step.opname for step in dis.get_instructions(code)] == [step.opname for step in dis.get_instructions(stub)]


def is_boolean(thing: object) -> bool:
    """A mask: True and False, in an array, a tensor or lists."""
    return np.asarray(_without_tensors(thing)).dtype == bool


def letter(word: object) -> object:
    """The letter of an option, however it is written: "b", " (B)", "b: the second", "answer b", ["b"]."""
    if isinstance(word, list | tuple) and len(word) == 1:
        word = word[0]
    text = word.strip().casefold() if isinstance(word, str) else ""
    written = re.fullmatch(r"(?:answer|option)?[\s:]*\(?([a-z])\s*(?:[:.)].*)?", text, re.DOTALL)
    return written[1] if written else fold(word)


def truth(thing: object) -> bool | None:
    """True or False, also as text, as 1 or 0, or as an array or a tensor of one; None for anything else."""
    if isinstance(thing, np.ndarray | torch.Tensor) and np.prod(thing.shape) == 1:
        thing = thing.item()
    if isinstance(thing, str):
        return {"true": True, "false": False}.get(str(fold(thing)))
    return bool(thing) if isinstance(thing, bool | np.bool_ | int) and thing in (0, 1) else None


def entries(thing: object) -> list | None:
    """What a tuple of words or numbers holds, also one written as text; None for anything else."""
    if isinstance(thing, str):
        if len(thing) > LONGEST_TUPLE:
            return None
        try:
            thing = ast.literal_eval(thing.strip())
        except Exception:  # not a tuple in Python's words: none, half of one, or nested too deeply
            thing = thing.split(",") if "," in thing else None
    folded = fold(thing) if isinstance(thing, tuple | list | np.ndarray | torch.Tensor) else None
    return folded if isinstance(folded, list) else None


def fold(word: object) -> object:
    """A word without its case and the marks around it; arrays and tuples as lists, so that they can be compared."""
    if isinstance(word, np.ndarray | torch.Tensor):
        return fold(word.tolist()) if np.prod(word.shape) <= MOST_WORDS else word.shape
    if isinstance(word, list | tuple):
        return [fold(item) for item in word[:MOST_WORDS]]
    if type(word) in (set, frozenset):
        return {"set": sorted(map(repr, map(fold, word)))}
    if isinstance(word, np.generic):  # compared with a list it would answer for each entry
        word = word.item()
    if isinstance(word, str):
        return str.casefold(str.strip(word, " .,;:()'\""))  # not the methods of a class of its own
    return word if isinstance(word, numbers.Number | None) else type(word)  # unittest.mock.ANY equals every word


def show(thing: object) -> str:
    """Numbers as a learner would write them, in full if they are few; words in quotes, cut; else what it is."""
    array = as_array(thing)
    if array is None:
        return _in_words(thing)
    if isinstance(thing, bool | np.bool_):
        return str(bool(thing))
    if array.size > LARGEST_SHOWN:
        return f"an array of shape {array.shape}"
    if array.ndim == 0:
        return number(float(array), digits=4)
    kind = np.asarray(_without_tensors(thing)).dtype.kind
    if kind in "iub":
        array = array.astype(bool if kind == "b" else int)  # as they came: 3, not 3., and True, not 1.
    return np.array2string(array, precision=3, suppress_small=True, separator=", ").replace("\n", "")


def _in_words(thing: object) -> str:
    """What is not a number, for a message."""
    if isinstance(thing, str):
        return repr(str(thing[: LONGEST_SHOWN - 1] + "…" if len(thing) > LONGEST_SHOWN else thing))
    plain = str | numbers.Number | None
    if isinstance(thing, list | tuple) and 0 < len(thing) <= LARGEST_SHOWN and all(isinstance(i, plain) for i in thing):
        entries = ", ".join(map(show, thing))
        if len(entries) > 2 * LONGEST_SHOWN:
            return f"{of_type(thing)} of {len(thing)}"
        return f"({entries}{',' * (len(thing) == 1)})" if isinstance(thing, tuple) else f"[{entries}]"
    if thing is None or thing is Ellipsis:
        return "None" if thing is None else "..."
    if isinstance(thing, np.ndarray) and thing.dtype.kind == "U" and thing.size <= LARGEST_SHOWN:
        return show(thing.tolist())
    if isinstance(thing, np.ndarray | torch.Tensor):
        return f"an array of shape {tuple(thing.shape)} that cannot be read as numbers"
    return of_type(thing)


def of_type(thing: object) -> str:
    """Its type with the article: a list, an int, a function."""
    name = type(thing).__name__
    return f"{'an' if name[:1].lower() in set('aeio') else 'a'} {name}"


def number(number: float, digits: int) -> str:
    """A count in full, 338,350 and not 3.384e+05; any other number to so many digits."""
    whole = number.is_integer() and abs(number) < 1e9
    return f"{number:,.0f}" if whole else f"{number:.{digits}g}"
