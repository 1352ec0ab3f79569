"""Ten questions on ideas, asked before the first lesson and again after the last."""

from __future__ import annotations

import html
from dataclasses import dataclass

LETTERS = "abcd"


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
            "that word's value is 0.9 of this mixture, and no more",
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
    given = answers if isinstance(answers, dict) else {}
    filled_in = {number: given[number] for number in range(1, len(QUESTIONS) + 1) if given.get(number) is not None}
    readable = {
        number
        for number, letter in filled_in.items()
        if isinstance(letter, str) and letter.strip().lower() in tuple(LETTERS)
    }
    return Tally(len(readable), tuple(sorted(set(filled_in) - readable)))
