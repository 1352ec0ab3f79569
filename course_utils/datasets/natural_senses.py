"""Sentences as people write them around the six ambiguous words of lesson 04, and a few to look at closely.

No template made them: we wrote each one, before any model had read it. In each the ambiguous word stands once, and one
other word, the **cue**, says most about its sense. Each ambiguous word stands twice at each of ten places, and half of
these pairs share their sense, so that the place alone says nothing about it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from course_utils.datasets.ambiguous_words import MUDDY_RIVER, OPPOSITE, SENSES
from course_utils.datasets.files import DataError, read_verified

FILE = "natural_senses.tsv"
COLUMNS = ("text", "word", "sense", "cue")
OF_A_SENSE = 10  # sentences
LENGTHS = range(7, 15)  # words in a sentence
FARTHEST_CUE = 8  # words from the ambiguous word to its cue, at most
SHOWN = (
    MUDDY_RIVER,
    "the bank approved the loan",
    "the shore of the stream was wet",
    "the lender agreed to the credit",
    "the bank was muddy",
    OPPOSITE,
    "a bat flew out of the cave",
    "he swung the bat and hit the ball",
)


@dataclass(frozen=True)
class SenseSentence:
    """One sentence, such as of the ``word`` *bank* in the ``sense`` *river* with the ``cue`` *reeds*."""

    text: str
    word: str
    sense: str
    cue: str

    @property
    def words(self) -> tuple[str, ...]:
        """The words in order."""
        return tuple(self.text.split(" "))

    @property
    def place(self) -> int:
        """Position of the ambiguous word among the words, from 0."""
        return self.words.index(self.word)

    @property
    def cue_place(self) -> int:
        """Position of the cue among the words, from 0."""
        return self.words.index(self.cue)


def load(folder: Path | None = None) -> list[SenseSentence]:
    """The 120 sentences: ten of each sense in ``ambiguous_words.SENSES``.

    Raises DataError, with the remedy or the line, when ``data/natural_senses.tsv`` is missing, is not the published
    file, or breaks a rule that ``parse`` checks.
    """
    return parse(read_verified(FILE, folder))


def parse(content: bytes) -> list[SenseSentence]:
    """The sentences in the content of such a file.

    Raises DataError naming the line and what is wrong in it: not four columns, no sense of lesson 04, other signs than
    small letters and blanks, 7 to 14 words broken, word or cue not there exactly once, a cue too far away, another
    ambiguous word, a beginning that another sentence has; or naming the sense that has not ten sentences.
    """
    try:
        header, *lines = content.decode("utf-8").splitlines()
    except ValueError:  # not UTF-8, or not even a header
        raise DataError(f"data/{FILE} is empty or no text in UTF-8.") from None
    if tuple(header.split("\t")) != COLUMNS:
        raise DataError(f"data/{FILE} begins with the columns {header.split()}, expected {list(COLUMNS)}.")
    sentences: list[SenseSentence] = []
    beginnings: set[tuple[str, ...]] = set()
    for number, line in enumerate(lines, start=2):
        columns = line.split("\t")
        if len(columns) != len(COLUMNS):
            raise DataError(f"data/{FILE}, line {number}: {len(columns)} columns, expected {len(COLUMNS)}.")
        sentence = SenseSentence(*columns)
        wrong = _what_is_wrong(sentence)
        if not wrong and sentence.words[:2] in beginnings:
            wrong = f"another sentence begins with {' '.join(sentence.words[:2])!r}"
        if wrong:
            raise DataError(f"data/{FILE}, line {number}: {wrong}.")
        beginnings.add(sentence.words[:2])
        sentences.append(sentence)
    counts = Counter((sentence.word, sentence.sense) for sentence in sentences)
    for word, sense in SENSES:
        if counts[word, sense] != OF_A_SENSE:
            raise DataError(
                f"data/{FILE}: {counts[word, sense]} sentences with {word!r} in the sense {sense!r}, "
                f"expected {OF_A_SENSE}."
            )
    return sentences


def _what_is_wrong(sentence: SenseSentence) -> str | None:
    words = sentence.words
    if (sentence.word, sentence.sense) not in SENSES:
        return f"{sentence.sense!r} is no sense of {sentence.word!r} in lesson 04"
    if not re.fullmatch("[a-z]+( [a-z]+)*", sentence.text):
        return f"{sentence.text!r} holds more than small letters and single blanks"
    if len(words) not in LENGTHS:
        return f"{len(words)} words, expected {LENGTHS[0]} to {LENGTHS[-1]}"
    for role, word in (("word", sentence.word), ("cue", sentence.cue)):
        if words.count(word) != 1:
            return f"the {role} {word!r} stands {words.count(word)} times in it, expected once"
    if not 1 <= abs(sentence.cue_place - sentence.place) <= FARTHEST_CUE:
        distance = abs(sentence.cue_place - sentence.place)
        return f"the cue is {distance} words from its word, expected 1 to {FARTHEST_CUE}"
    others = [word for word in words if word != sentence.word and word in dict(SENSES)]
    return f"it holds {others[0]!r} as well, another ambiguous word" if others else None
