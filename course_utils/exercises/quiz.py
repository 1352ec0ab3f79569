"""Ten questions on ideas, asked before the first lesson and again after the last."""

from __future__ import annotations

import ast
import html
import json
from dataclasses import dataclass
from pathlib import Path

LETTERS = "abcd"
NAME = "my_answers"  # what lesson 00 calls the dictionary of answers


@dataclass(frozen=True)
class Question:
    """One question with four options. ``mistaken`` tells, for each wrong letter, the idea behind it."""

    text: str
    options: tuple[str, str, str, str]
    right: str
    mistaken: dict[str, str]


QUESTIONS = (
    Question(
        "One query attends to five keys. What do its five weights add up to?",
        ("to 1", "to the number of keys, 5", "to the query's length", "to whatever the scores add up to"),
        "a",
        {
            "b": "a weight is a share, not a count",
            "c": "the softmax takes the query's length out of the total, though not out of the shares",
            "d": "scores are not shares; the softmax makes them so",
        },
    ),
    Question(
        "You shuffle the keys, and the values along with them. What happens to the context of a query?",
        ("it is shuffled too", "it becomes random", "nothing", "only its first numbers change"),
        "c",
        {
            "a": "the context is a sum over the keys, and a sum has no order",
            "b": "every key still has its own value",
            "d": "features belong to values, not to places",
        },
    ),
    Question(
        "A recurrent network reads 200 words into a state of 64 numbers. What is true of the first word?",
        (
            "it is stored unchanged until it is needed",
            "it shares 64 numbers with 199 later words and fades",
            "it is lost as soon as the second word comes",
            "it is as easy to read out as the last one",
        ),
        "b",
        {
            "a": "nothing in a plain recurrent network keeps a place free",
            "c": "fading takes steps; how many depends on the width",
            "d": "each step mixes the older words further",
        },
    ),
    Question(
        "Every score of a query is doubled. Its weights …",
        ("stay as they are", "all double", "become more even", "become more uneven"),
        "d",
        {
            "a": "softmax ignores what is added to all scores, not what multiplies them",
            "b": "then they would add up to 2",
            "c": "larger differences of scores are larger ratios of weights",
        },
    ),
    Question(
        "Why are scores divided by the root of the number of features?",
        (
            "to make the weights add up to 1",
            "to save computing time",
            "to keep their spread, and so the softmax, independent of that number",
            "to make all scores positive",
        ),
        "c",
        {
            "a": "the softmax does that, whatever the scores",
            "b": "it costs a little",
            "d": "a positive divisor changes no sign; the exponential makes them positive",
        },
    ),
    Question(
        "A word must not look at later words. Where is that enforced?",
        (
            "later scores become minus infinity before the softmax",
            "later weights become zero after the softmax",
            "later words are deleted from the text",
            "the training text is shown backwards",
        ),
        "a",
        {
            "b": "then the other weights no longer add up to 1",
            "c": "the same words are needed for later queries",
            "d": "then it would look at the later words only",
        },
    ),
    Question(
        "In cross-attention for translation, where do queries and keys come from?",
        (
            "both from the source",
            "queries from the target so far, keys from the source",
            "queries from the source, keys from the target so far",
            "both from a dictionary",
        ),
        "b",
        {
            "a": "that is self-attention in the source",
            "c": "the one who writes asks; the one who is read answers",
            "d": "both are computed from the words at hand",
        },
    ),
    Question(
        "One attention head becomes two, and the layer keeps its size. What is gained?",
        (
            "twice the parameters",
            "twice the speed",
            "nothing, two heads compute the same",
            "two separate mixtures for each query",
        ),
        "d",
        {
            "a": "the heads share the features out between them",
            "b": "the work is the same",
            "c": "each head has a softmax of its own",
        },
    ),
    Question(
        "A text becomes twice as long. The number of attention scores becomes …",
        ("four times as large", "twice as large", "the same", "larger by two"),
        "a",
        {
            "b": "twice the queries, each with twice the keys",
            "c": "every pair of positions has a score",
            "d": "every pair of positions has a score",
        },
    ),
    Question(
        "A model answers right and puts a weight of 0.9 on one word. What does that prove?",
        (
            "that word decided the answer",
            "without that word the answer would change",
            "that word's value has the weight 0.9 in this mixture, and no more",
            "that the model understands the word",
        ),
        "c",
        {
            "a": "the value may carry nothing that the answer needs",
            "b": "that has to be tried out",
            "d": "a weight measures a match of two vectors",
        },
    ),
)


@dataclass(frozen=True)
class Sheet:
    """The questions on a page, as plain text and as HTML."""

    def __repr__(self) -> str:
        return "\n\n".join(
            f"{number}. {question.text}\n"
            + "\n".join(f"   {letter}  {option}" for letter, option in zip(LETTERS, question.options))
            for number, question in enumerate(QUESTIONS, 1)
        )

    def _repr_html_(self) -> str:
        items = "".join(
            f"<li>{html.escape(question.text)}<ol type='a'>"
            + "".join(f"<li>{html.escape(option)}</li>" for option in question.options)
            + "</ol></li>"
            for question in QUESTIONS
        )
        return f"<ol>{items}</ol>"


@dataclass(frozen=True)
class Tally:
    """How far a sheet is filled in; it does not tell what is right, since the questions come again."""

    answered: int
    unreadable: tuple[int, ...]

    def __repr__(self) -> str:
        text = f"{self.answered} of {len(QUESTIONS)} answered."
        if self.unreadable:
            text += f" Not a, b, c or d: question {', '.join(map(str, self.unreadable))}."
        return text + " They stay in this notebook; lesson 10 asks again."


def questions() -> Sheet:
    """The sheet of questions."""
    return Sheet()


def tally(answers: object) -> Tally:
    """Count what is answered, by question number. Tells nothing about right and wrong, and never raises."""
    letters, unreadable = _read(answers)
    return Tally(len(letters), unreadable)


class Answers(dict):
    """Answers by question number. ``problem`` says in words why there are none; it is empty where there are some."""

    def __init__(self, answers: dict | None = None, problem: str = ""):
        super().__init__(answers or {})
        self.problem = problem


def answers_in(path: str | Path) -> Answers:
    """The answers that stand in a saved notebook 00. Reads the file and runs nothing in it; never raises."""
    try:
        name = Path(path).name or "That"
        notebook = json.loads(Path(path).read_text(encoding="utf-8"))
        cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        sources = ["".join(cell["source"]) for cell in cells]
    except FileNotFoundError:
        return Answers(problem=f"There is no {name} here. It is in the folder of the lessons: give its whole path.")
    except OSError as error:
        return Answers(problem=f"{name} cannot be opened ({type(error).__name__}).")
    except Exception:  # not text, not JSON, not a notebook, not even a path: the same to whoever wants the answers
        return Answers(problem="That is not a notebook that can be read: its file is damaged, or is another kind.")
    found = [source for source in sources if NAME in source]
    if not found:
        return Answers(problem=f"There is no {NAME} in {name}: its cell was deleted or renamed.")
    return _written_in(found, name)


def _written_in(sources: list[str], name: str) -> Answers:
    """The last dictionary that is given the name ``my_answers``."""
    last = None
    for source in sources:
        try:
            for statement in ast.parse(source).body:
                targets = getattr(statement, "targets", [getattr(statement, "target", None)])
                if any(isinstance(target, ast.Name) and target.id == NAME for target in targets):
                    last = statement.value
        except Exception:  # half written, or too deep for Python
            return Answers(problem=f"The cell of {NAME} in {name} is not complete Python: a comma or a bracket?")
    try:
        answers = ast.literal_eval(last)
        if not isinstance(answers, dict):
            raise TypeError
        letters, unreadable = _read(answers)
    except Exception:
        return Answers(problem=f'{NAME} in {name} should look like {{1: "a", 2: None, …}}: letters in quotation marks.')
    if not letters and not unreadable:
        return Answers(problem=f"No question is answered in {name} as it was saved. Did you save it (Ctrl+S)?")
    return Answers(answers)


@dataclass(frozen=True)
class Comparison:
    """What was believed before the course and what is now, question by question. ``problem`` is about the former."""

    before: dict[int, str]
    now: dict[int, str]
    problem: str = ""

    @property
    def summary(self) -> str:
        """How many are answered and right, before and now; nothing about right and wrong before there are answers."""
        if not self.now:
            return f"Lesson 00: {self._before()}. Answer the questions here, and this shows what has changed."
        learned = sum(self._right(self.now, n) and not self._right(self.before, n) for n in self.before)
        changed = f" {learned} that went wrong then {'is' if learned == 1 else 'are'} right now." if learned else ""
        return f"Before: {self._before(counted=True)}. Now: {self._count(self.now)}.{changed}"

    def rows(self) -> list[tuple[str, str, str]]:
        """Question, what was believed before, what is now; empty as long as nothing is answered now."""
        return [
            (f"{n}. {question.text}", self._said_before(n), self._said_now(n))
            for n, question in enumerate(QUESTIONS, 1)
            if self.now
        ]

    def __repr__(self) -> str:
        parts = [" ".join(filter(None, (self.summary, self.problem)))]
        parts += [f"{question}\n   before: {before}\n   now:    {now}" for question, before, now in self.rows()]
        return "\n\n".join(parts)

    def _repr_html_(self) -> str:
        head = "".join(f"<th scope='col' style='text-align:left'>{name}</th>" for name in ("question", "before", "now"))
        rows = "".join(
            "<tr>" + "".join(f"<td style='text-align:left'>{html.escape(cell)}</td>" for cell in row) + "</tr>"
            for row in self.rows()
        )
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>" if rows else ""
        return f"<div><p>{html.escape(self.summary)} {html.escape(self.problem)}</p>{table}</div>"

    def _before(self, counted: bool = False) -> str:
        if not self.before:
            return "no answers"
        return self._count(self.before) if counted else f"{len(self.before)} of {len(QUESTIONS)} answered"

    def _count(self, letters: dict[int, str]) -> str:
        right = sum(self._right(letters, n) for n in letters)
        return f"{right} right of {len(letters)} answered"

    @staticmethod
    def _right(letters: dict[int, str], n: int) -> bool:
        return letters.get(n) == QUESTIONS[n - 1].right

    def _said_before(self, n: int) -> str:
        """Whether it was right is told only beside an answer of now, the idea only where that has changed."""
        if n not in self.before or n not in self.now:
            return self._said(self.before, n)
        return self._judged(self.before, n, idea=self.before[n] != self.now[n])

    def _said_now(self, n: int) -> str:
        if n not in self.now:
            return self._said(self.now, n)
        wrong = not self._right(self.now, n)
        return self._judged(self.now, n, idea=True) + (
            f" Right: {_option(n, QUESTIONS[n - 1].right)}." if wrong else ""
        )

    def _judged(self, letters: dict[int, str], n: int, idea: bool) -> str:
        if self._right(letters, n):
            return f"✔ {self._said(letters, n)}"
        return f"✘ {self._said(letters, n)}" + (f". Consider: {QUESTIONS[n - 1].mistaken[letters[n]]}." if idea else "")

    @staticmethod
    def _said(letters: dict[int, str], n: int) -> str:
        return _option(n, letters[n]) if n in letters else "not answered"


def _option(n: int, letter: str) -> str:
    return f"{letter}, {QUESTIONS[n - 1].options[LETTERS.index(letter)]}"


def compare(before: object, after: object) -> Comparison:
    """Set the answers of lesson 00 beside those of now. Never raises, whatever it is given."""
    told = before.problem if isinstance(before, Answers) else ""
    (earlier, unreadable_then), (now, unreadable) = _read(before), _read(after)
    where = [("in lesson 00", unreadable_then), ("here", unreadable)]
    told = [told, *(f"Not a, b, c or d {place}: question {', '.join(map(str, n))}." for place, n in where if n)]
    return Comparison(earlier, now, " ".join(filter(None, told)))


def _read(answers: object) -> tuple[dict[int, str], tuple[int, ...]]:
    """The letters by question number, and the questions with something else."""
    letters, unreadable = {}, []
    for number in range(1, len(QUESTIONS) + 1):
        try:
            letter = dict.get(answers, number) if isinstance(answers, dict) else None
        except Exception:  # a key with hostile methods
            letter = None
        plain = str.strip(letter).lower() if isinstance(letter, str) else ""  # not the methods of a class of its own
        if plain in tuple(LETTERS):
            letters[number] = plain
        elif letter is not None:
            unreadable.append(number)
    return letters, tuple(unreadable)
