"""What was believed before the course and what is now, and how much of what there was to gain has been gained."""

from __future__ import annotations

import html
from dataclasses import dataclass

from course_utils.exercises.quiz.answers import Answers, read
from course_utils.exercises.quiz.questions import LETTERS, QUESTIONS, Question


@dataclass(frozen=True)
class Row:
    """One question with its answers then and now, in words; ``told`` has what to say about them."""

    question: str
    before: str
    now: str
    told: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """The answers of before and of now. Nothing tells right from wrong where there is no answer of now."""

    before: Answers
    now: Answers

    @property
    def common(self) -> list[int]:
        """The numbers of the questions that were answered both times."""
        return [number for number in self.before.letters if number in self.now.letters]

    @property
    def gain(self) -> float | None:
        """(after - before) / (1 - before), of the shares right among ``common``; None where it is not defined.

        The normalised gain of Hake 1998, American Journal of Physics 66, 64.
        """
        right_then, right_now = self._right_of_common()
        room = len(self.common) - right_then
        return (right_now - right_then) / room if room else None

    @property
    def summary(self) -> str:
        """How many were right and are, and the gain, in sentences."""
        if not self.now.letters:
            return (
                f"Before: {_answered(self.before)}. Now: {_answered(self.now)}. "
                "Answer the questions here, and this shows what has changed."
            )
        if not self.common:
            right = sum(_right(self.now, number) for number in self.now.letters)
            return (
                f"Before: {_answered(self.before)}. Now: {right} right of {len(self.now.letters)} answered. "
                "No question was answered both times, so there is no gain to speak of."
            )
        right_then, right_now = self._right_of_common()
        counts = f"Of {len(self.common)} answered both times, {right_then} were right before and {right_now} are now."
        return f"{counts} {self._gain_in_words(len(self.common) - right_then)}"

    def rows(self) -> list[Row]:
        """A row for each question; none as long as nothing is answered now."""
        return [self._row(number) for number in range(1, len(QUESTIONS) + 1)] if self.now.letters else []

    @property
    def problems(self) -> str:
        """What could not be read, of the line of before and of the line of now."""
        told = (("Before: ", self.before.problem), ("Now: ", self.now.problem))
        return " ".join(f"{whose}{problem}" for whose, problem in told if problem)

    def __repr__(self) -> str:
        parts = [" ".join(filter(None, (self.problems, self.summary)))]
        for row in self.rows():
            lines = [row.question, f"before: {row.before}", f"now:    {row.now}", *row.told]
            parts.append("\n   ".join(lines))
        return "\n\n".join(parts)

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<li><p><strong>{html.escape(row.question.partition(' ')[2])}</strong><br/>"
            f"before: {html.escape(row.before)}<br/>now: {html.escape(row.now)}</p>"
            + "".join(f"<p>{html.escape(told)}</p>" for told in row.told)
            + "</li>"
            for row in self.rows()
        )
        top = "".join(f"<p>{html.escape(text)}</p>" for text in (self.problems, self.summary) if text)
        return f"<div>{top}{f'<ol>{rows}</ol>' if rows else ''}</div>"

    def _right_of_common(self) -> tuple[int, int]:
        then, now = (sum(_right(answers, number) for number in self.common) for answers in (self.before, self.now))
        return then, now

    def _gain_in_words(self, room: int) -> str:
        if self.gain is None:
            return "All were right before: there was nothing left to gain, so the normalised gain is not defined."
        said = f"Normalised gain {self.gain:.2f}: the share of the {room} still to gain that has been gained."
        if self.gain < 0:
            said = (
                f"Fewer are right now than before, so the normalised gain is negative, {self.gain:.2f}: "
                "some were right by luck, or the course has confused you there."
            )
        return f"{said} So few questions say little: one answer more or less changes it by {1 / room:.2f}."

    def _row(self, number: int) -> Row:
        question = QUESTIONS[number - 1]
        text = f"{number}. {question.text}"
        if number not in self.now.letters:
            return Row(text, _said(question, self.before.letters.get(number)), "not answered")
        then, now = self.before.letters.get(number), self.now.letters[number]
        beliefs = [_belief(question, letter) for letter in dict.fromkeys((now, then)) if letter in question.mistaken]
        return Row(text, _judged(question, then), _judged(question, now), (*beliefs, _resolved(question)))


def compare(before: object, now: object) -> Comparison:
    """Set the answers of lesson 00 beside those of now: two lines, or what ``answers_in`` found. Never raises."""
    return Comparison(read(before), read(now))


def _answered(answers: Answers) -> str:
    return f"{len(answers.letters)} of {len(QUESTIONS)} answered"


def _right(answers: Answers, number: int) -> bool:
    return answers.letters[number] == QUESTIONS[number - 1].right


def _option(question: Question, letter: str) -> str:
    return f"{letter}, {question.options[LETTERS.index(letter)]}"


def _said(question: Question, letter: str | None) -> str:
    return "not answered" if letter is None else _option(question, letter)


def _judged(question: Question, letter: str | None) -> str:
    if letter is None:
        return "not answered"
    return f"{'✔ right' if letter == question.right else '✘ wrong'}: {_option(question, letter)}"


def _belief(question: Question, letter: str) -> str:
    belief = question.mistaken[letter]
    return f"Behind {letter} stands the idea that {belief.idea}. {belief.instead}"


def _resolved(question: Question) -> str:
    return f"Right is {_option(question, question.right)}. {question.because} Look again: {question.where}."
