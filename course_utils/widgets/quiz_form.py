"""Questions to answer by hand, and the answers as one line to copy; nothing here knows what is right.

``QuizForm`` is made of plain widgets, for ipywidgets 7.7 and 8 alike; ``fragment`` is the same form as HTML for a
page without a kernel.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import ipywidgets

from course_utils.widgets import shown
from course_utils.widgets.accessibility import COURSE_WIDGET, make_accessible
from course_utils.widgets.explorer import KERNEL_GONE

LETTERS = "abcd"
NONE = "-"  # the sign in the line for no answer
GROUP = 4  # signs between two blanks
FILES = Path(__file__).parent
# ipywidgets gives each choice one line of fixed height; an option may be longer than a line.
STYLE = (
    "<style>.course-quiz .widget-radio-box {gap: 2px; margin: 0 !important} "
    ".course-quiz .widget-radio-box label {height: auto; min-height: 24px; line-height: 1.4; white-space: normal; "
    "display: flex; flex-direction: row-reverse; justify-content: flex-end; align-items: baseline; gap: 6px} "
    ".course-quiz .widget-radio-box input {position: relative; top: 2px; margin: 0; flex: none; height: auto} "
    ".course-quiz input[type=text] {font-family: var(--jp-code-font-family, monospace)} "
    ".course-quiz .widget-radio {height: auto; width: auto} "
    ".course-quiz .quiz-question {line-height: 1.4; margin: 14px 0 2px; font-weight: bold; max-width: 46em}</style>"
)


class Asked(Protocol):
    """A question with its four options."""

    text: str
    options: Sequence[str]


class QuizForm:
    """A group of choices for each question, and below them the answers as a line to copy into the notebook.

    ``line_name`` is what the line is called there. ``set(3, "b")`` answers from code, as a hand would.
    """

    def __init__(self, questions: Sequence[Asked], line_name: str = "my_answers", name: str = "Concept quiz") -> None:
        self.name, self._questions, self._line_name = name, list(questions), line_name
        self._choices = [_choice(question) for question in self._questions]
        self._status = ipywidgets.HTML()
        self._line = ipywidgets.Text(description="Line to copy", layout=ipywidgets.Layout(width="min(100%, 460px)"))
        self._line.style.description_width = "initial"
        groups = [
            ipywidgets.VBox([ipywidgets.HTML(_asked(number, question)), choice])
            for number, (question, choice) in enumerate(zip(self._questions, self._choices), 1)
        ]
        for group in groups:
            group.add_class("quiz-group")
        self._box = ipywidgets.VBox(
            [ipywidgets.HTML(STYLE), *groups, self._status, self._line, ipywidgets.HTML(KERNEL_GONE)]
        )
        self._box.add_class(COURSE_WIDGET)
        self._box.add_class("course-quiz")
        for choice in self._choices:
            choice.observe(self._redraw, names="index")
        make_accessible()
        self._redraw()

    @property
    def line(self) -> str:
        """The line to copy, such as ``my_answers = "ab-d ----"``."""
        signs = "".join(NONE if letter is None else letter for letter in map(_letter, self._choices))
        return f'{self._line_name} = "{" ".join(signs[at : at + GROUP] for at in range(0, len(signs), GROUP))}"'

    @property
    def words(self) -> str:
        """How many questions are answered."""
        answered = sum(_letter(choice) is not None for choice in self._choices)
        return f"{answered} of {len(self._choices)} answered."

    def set(self, question: int, letter: str) -> str:
        """Choose an option of a question, counted from 1, or "-" for no answer; returns ``words``.

        Raises ValueError for a question that is not there and for another letter.
        """
        if question not in range(1, len(self._choices) + 1):
            raise ValueError(f"{self.name}: there is no question {question!r}; there are 1 to {len(self._choices)}.")
        if letter not in (*LETTERS, NONE):
            raise ValueError(f"{self.name}: the answer cannot be {letter!r}; it is a, b, c, d, or - for none.")
        self._choices[question - 1].index = (LETTERS + NONE).index(letter)
        return self.words

    def page(self) -> str:
        """The form as HTML that needs no kernel, with nothing chosen."""
        return fragment(self._questions, self._line_name)

    def _redraw(self, _change: object = None) -> None:
        self._status.value = (
            f'<p role="status" style="margin:14px 0 4px">{self.words}</p>'
            "<p style='margin:4px 0'>Copy the line over the one in the cell below this form. "
            "(In JupyterLab, Escape leads out of the form; the arrow keys then lead to that cell.)</p>"
        )
        self._line.value = self.line

    def _repr_mimebundle_(self, **_options: object) -> dict[str, object]:
        shown.remember(self._box.model_id, self)
        return {
            "text/plain": f"[{self.name}. Run this cell to answer {len(self._choices)} questions by hand.]",
            "application/vnd.jupyter.widget-view+json": {
                "version_major": 2,
                "version_minor": 0,
                "model_id": self._box.model_id,
            },
        }


def fragment(
    questions: Sequence[Asked], line_name: str = "my_answers", below: Callable[[int], str] = lambda number: ""
) -> str:
    """The form as HTML with its own style and script, to stand in a page once.

    ``below(number)`` is HTML to put under the options of that question.
    """
    style, script = ((FILES / f"quiz_form.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    fields = "".join(_field(number, question, below(number)) for number, question in enumerate(questions, 1))
    return (
        f"<style>{style}</style>"
        f'<form class="quiz-form" data-line-name="{html.escape(line_name)}" autocomplete="off">{fields}'
        f'<p class="quiz-status" role="status">0 of {len(questions)} answered.</p>'
        '<p class="quiz-copy"><label>Line to copy <input type="text" class="quiz-line" readonly></label></p></form>'
        f"<script>{script}</script>"
    )


def _choice(question: Asked) -> ipywidgets.RadioButtons:
    options = [f"{letter}: {option}" for letter, option in zip(LETTERS, question.options)]
    return ipywidgets.RadioButtons(
        options=[*options, "no answer"], index=None, layout=ipywidgets.Layout(width="auto", margin="0 0 0 16px")
    )


def _letter(choice: ipywidgets.RadioButtons) -> str | None:
    return None if choice.index is None or choice.index >= len(LETTERS) else LETTERS[choice.index]


def _asked(number: int, question: Asked) -> str:
    return f'<p class="quiz-question">{number}. {html.escape(question.text)}</p>'


def _field(number: int, question: Asked, below: str) -> str:
    """One question: a native group of native choices."""
    choices = [*zip(LETTERS, (f"{letter}: {option}" for letter, option in zip(LETTERS, question.options)))]
    labels = "".join(
        f'<label><input type="radio" name="question-{number}" value="{sign}"> <span>{html.escape(words)}</span></label>'
        for sign, words in [*choices, (NONE, "no answer")]
    )
    return f"<fieldset><legend>{number}. {html.escape(question.text)}</legend>{labels}{below}</fieldset>"
