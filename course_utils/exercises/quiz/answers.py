"""Answers are one line of letters, such as "abd- ----"; here it is read, counted, and found in a saved notebook."""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass
from pathlib import Path

from course_utils.exercises.quiz.questions import LETTERS, QUESTIONS

NAME = "my_answers"  # what lesson 00 calls the line
NOT_ANSWERED = "-.?_–—−"
LONGEST = 1_000  # signs of a line; the rest of a longer one is not looked at


@dataclass(frozen=True)
class Answers:
    """Letters by the number of their question, from 1. ``problem`` says in words what could not be read."""

    letters: dict[int, str]
    problem: str = ""


def read(line: object) -> Answers:
    """The answers in a line: a sign a question, a to d, or - for none; blanks and capitals do not matter.

    Never raises: what is no such line gives no letters and a ``problem``.
    """
    kind = type(line)  # isinstance would ask the thing itself
    if kind is Answers:
        return line
    if not issubclass(kind, str):
        return Answers({}, f'The answers should be one line in quotation marks, such as "abd- ----"; {_kind(line)}.')
    signs = "".join(str.__str__(line)[:LONGEST].split()).lower()  # not the methods of a class of its own
    if not signs:
        return Answers({}, f"The line is empty; it should have {len(QUESTIONS)} signs: a, b, c, d, or - for no answer.")
    if len(signs) != len(QUESTIONS):
        few = "few" if len(signs) < len(QUESTIONS) else "many"
        return Answers(
            {},
            f"There are {len(QUESTIONS)} questions, and the line has {len(signs)} signs without the blanks, too {few}. "
            "So it is not clear which belongs to which question: put a - for each that you leave out.",
        )
    letters = {number: sign for number, sign in enumerate(signs, 1) if sign in LETTERS}
    strange = [f"{n} (“{sign}”)" for n, sign in enumerate(signs, 1) if sign not in LETTERS + NOT_ANSWERED]
    return Answers(letters, f"Not a, b, c, d or -: question {', '.join(strange)}." if strange else "")


def _kind(thing: object) -> str:
    """What was handed in, in the learner's words."""
    if thing is None or thing is ...:
        return "there is none yet"
    if issubclass(type(thing), dict):
        return "this is a dictionary"
    return f"this is of the type {type(thing).__name__}"


@dataclass(frozen=True)
class Tally:
    """How far a line is filled in; it does not tell what is right, since the questions come again."""

    answered: int
    problem: str = ""

    def __repr__(self) -> str:
        count = f"{self.answered} of {len(QUESTIONS)} answered."
        kept = "Save the notebook (Ctrl+S) to keep them; lesson 10 asks again." if self.answered else ""
        return " ".join(filter(None, (self.problem, count, kept)))


def tally(line: object) -> Tally:
    """Count the answers in a line. Tells nothing about right and wrong, and never raises."""
    answers = read(line)
    return Tally(len(answers.letters), answers.problem)


def answers_in(path: str | Path) -> Answers:
    """The answers that stand in a saved notebook 00. Reads the file and runs nothing in it; never raises."""
    try:
        name = Path(path).name or "That"
        notebook = json.loads(Path(path).read_text(encoding="utf-8"))
        cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        sources = ["".join(cell["source"]) for cell in cells]
    except FileNotFoundError:
        return Answers(
            {},
            f"There is no {name} beside this notebook. Give its whole path; or copy the line {NAME} from it and hand "
            'that in: compare("abd- …", …).',
        )
    except OSError as error:
        return Answers({}, f"{name} cannot be opened ({type(error).__name__}).")
    except Exception:  # not text, not JSON, not a notebook, not even a path: the same to whoever wants the answers
        return Answers({}, "That is not a notebook that can be read: its file is damaged, or is another kind.")
    found = [source for source in sources if NAME in source]
    if not found:
        return Answers({}, f"There is no {NAME} in {name}: its cell was deleted or renamed.")
    answers = _written_in(found, name)
    if not answers.letters and not answers.problem:
        return Answers({}, f"No question is answered in {name} as it was saved. Did you save it (Ctrl+S)?")
    return Answers(answers.letters, f"In {name}: {answers.problem}" if answers.problem else "")


def _written_in(sources: list[str], name: str) -> Answers:
    """The last line that is given the name ``my_answers``, where it stands there as plain text."""
    last = None
    for source in sources:
        try:
            for statement in ast.parse(source).body:
                targets = getattr(statement, "targets", [getattr(statement, "target", None)])
                if any(isinstance(target, ast.Name) and target.id == NAME for target in targets):
                    last = statement.value
        except Exception:  # half written, or too deep for Python
            return Answers({}, f"the cell of {NAME} is not complete Python. Is a quotation mark missing?")
    try:
        return read(ast.literal_eval(last))
    except Exception:
        return Answers({}, f'{NAME} should be one line in quotation marks, such as "abd- ----".')
