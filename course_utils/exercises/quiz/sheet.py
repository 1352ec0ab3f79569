"""The questions to read and to print: as plain text, and folded away as HTML."""

from __future__ import annotations

import html
from dataclasses import dataclass

from course_utils.exercises.quiz.questions import LETTERS, QUESTIONS


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
        summary = f"<summary>The {len(QUESTIONS)} questions to read, without the form (click)</summary>"
        return f"<details>{summary}<ol>{items}</ol></details>"


def questions() -> Sheet:
    """The sheet of questions."""
    return Sheet()
