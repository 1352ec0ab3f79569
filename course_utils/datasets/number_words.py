"""German number words and their English translations, 0 to 999,999, in readable morphemes.

``siebenundneunzig`` is ``sieben|und|neunzig``: German says the units before the tens, so a translator into
``ninety|seven`` has to look right before it looks left. Ten to nineteen and the tens stay whole in both languages,
so that each English word (but *and*) has exactly one German morpheme as its source.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

import torch
from torch import Tensor

from course_utils.datasets.files import DataError, read_verified
from course_utils.datasets.vocabulary import MarkedVocabulary, shortened

FILE = "number_words.tsv"
COLUMNS = ("number", "german", "english", "split")

LEXICON = (
    ("null", "zero"), ("ein", "one"), ("eins", "one"), ("zwei", "two"), ("drei", "three"), ("vier", "four"),
    ("fünf", "five"), ("sechs", "six"), ("sieben", "seven"), ("acht", "eight"), ("neun", "nine"), ("zehn", "ten"),
    ("elf", "eleven"), ("zwölf", "twelve"), ("dreizehn", "thirteen"), ("vierzehn", "fourteen"),
    ("fünfzehn", "fifteen"), ("sechzehn", "sixteen"), ("siebzehn", "seventeen"), ("achtzehn", "eighteen"),
    ("neunzehn", "nineteen"), ("zwanzig", "twenty"), ("dreißig", "thirty"), ("vierzig", "forty"),
    ("fünfzig", "fifty"), ("sechzig", "sixty"), ("siebzig", "seventy"), ("achtzig", "eighty"), ("neunzig", "ninety"),
    ("hundert", "hundred"), ("tausend", "thousand"), ("und", "and"),
)  # fmt: skip
ENGLISH_OF = dict(LEXICON)
ENGLISH_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


GERMAN = MarkedVocabulary([german for german, _ in LEXICON])
ENGLISH = MarkedVocabulary([english for _, english in LEXICON])


@dataclass(frozen=True)
class NumberWord:
    """One number in both languages, each a tuple of morphemes."""

    number: int
    german: tuple[str, ...]
    english: tuple[str, ...]


def load_number_words(folder: Path | None = None) -> tuple[list[NumberWord], list[NumberWord]]:
    """The 4,000 numbers to learn from and the 1,000 held out, both in rising order.

    Raises DataError, with the remedy, when ``data/number_words.tsv`` is missing or is not the published file.
    """
    header, *lines = read_verified(FILE, folder).decode("utf-8").splitlines()
    if tuple(header.split("\t")) != COLUMNS:
        raise DataError(f"data/{FILE} begins with the columns {header.split()}, expected {list(COLUMNS)}.")
    splits: dict[str, list[NumberWord]] = {"train": [], "test": []}
    for line in lines:
        number, german, english, split = line.split("\t")
        splits[split].append(NumberWord(int(number), tuple(german.split("|")), tuple(english.split("|"))))
    return splits["train"], splits["test"]


def split_german(word: str) -> tuple[str, ...]:
    """Cut a German number word into known morphemes, always taking the longest that fits.

    Capitals, blanks and hyphens do not matter. Whether the number makes sense is not checked: *neunzigundsieben*
    can be cut, too.

    Raises TypeError when the word is not text, ValueError naming the part that is not understood and the known
    morphemes nearest to it.
    """
    if not isinstance(word, str):
        raise TypeError(f"split_german: word must be text such as 'siebenundneunzig', got {type(word).__name__}.")
    rest = re.sub(r"[\s-]+", "", unicodedata.normalize("NFC", word)).lower()
    if not rest:
        raise ValueError("split_german: word is empty; expected a German number word such as 'siebenundneunzig'.")
    pieces: list[str] = []
    while rest:
        fitting = [german for german in GERMAN.tokens[3:] if rest.startswith(german)]
        if not fitting:
            before = pieces[-1] if pieces else ""  # of 'dreissig', 'drei' was taken before: compare the whole, too
            understood = f" after {'|'.join(pieces)!r}" if pieces else ""
            raise ValueError(
                f"split_german: {shortened(rest)!r}{understood} is not understood; near it: {_nearest(rest, before)}."
            )
        pieces.append(max(fitting, key=len))
        rest = rest[len(pieces[-1]) :]
    return tuple(pieces)


def split_english(words: str) -> tuple[str, ...]:
    """Cut an English number into its words: 'one thousand, ninety-seven' gives one, thousand, ninety, seven.

    Raises ValueError naming a word that is not known.
    """
    pieces = tuple(re.split(r"[\s,-]+", words.strip().lower()))
    ENGLISH.encode(pieces)
    return pieces


def join_german(morphemes: Sequence[str]) -> str:
    """Write German morphemes as the one word that they are."""
    return "".join(morphemes)


def join_english(words: Sequence[str]) -> str:
    """Write English words as usual: a hyphen after the tens, a comma after *thousand* unless *and* follows."""
    text = ""
    for word, following in zip(words, [*words[1:], None]):
        if following is None:
            mark = ""
        elif word in ENGLISH_TENS and following not in ("hundred", "thousand", "and"):
            mark = "-"
        elif word == "thousand" and following != "and":
            mark = ", "
        else:
            mark = " "
        text += word + mark
    return text


def true_alignment(german: Sequence[str], english: Sequence[str]) -> tuple[int | None, ...]:
    """For each English word the position of the German morpheme that it translates; None where there is none.

    Equal words are matched in order, which is right because both languages say thousands before hundreds before the
    rest. English *and* has no source: it stands after *hundred* or *thousand*, where German says nothing.

    Raises ValueError when an English word other than *and* has no source.
    """
    free = list(range(len(german)))
    alignment: list[int | None] = []
    for word in english:
        if word == "and":
            alignment.append(None)
            continue
        source = next((i for i in free if ENGLISH_OF.get(german[i]) == word), None)
        if source is None:
            raise ValueError(f"true_alignment: no morpheme of {'|'.join(german)} is left that means {word!r}.")
        free.remove(source)
        alignment.append(source)
    return tuple(alignment)


def crossings(german: Sequence[str], english: Sequence[str]) -> list[tuple[int, int]]:
    """Where the order turns round: pairs (position of the English tens, German position of its morpheme).

    The English units follow at the next position, the German units stand two before: *sieben|und|neunzig* against
    *ninety|seven* gives ``[(0, 2)]``. Errors as in ``true_alignment``.
    """
    alignment = true_alignment(german, english)
    return [
        (here, source)
        for here, (source, following) in enumerate(zip(alignment, alignment[1:]))
        if source is not None and following is not None and following < source
    ]


def encode_german(sequences: Sequence[Sequence[str]]) -> tuple[Tensor, Tensor]:
    """Numbers of the morphemes, filled up with padding.

    Returns ids ``(batch, T_k)`` and lengths ``(batch,)``, both int64. Raises ValueError when there is no sequence, an
    empty one, or a morpheme that is not in the vocabulary.
    """
    if not len(sequences) or not all(len(sequence) for sequence in sequences):
        raise ValueError("encode_german: expected at least one sequence, and at least one morpheme in each.")
    rows = [torch.tensor(GERMAN.encode(sequence)) for sequence in sequences]
    return _padded(rows), torch.tensor([len(row) for row in rows])


def encode_pairs(examples: Sequence[NumberWord]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """A batch to learn from: the German, its lengths, the English to read and the English to predict.

    Returns source ``(batch, T_k)``, lengths ``(batch,)``, given ``(batch, T_q)`` beginning with ``<start>`` and wanted
    ``(batch, T_q)`` ending with ``<end>``: at each position the model is given the right word before (teacher forcing).
    """
    source, lengths = encode_german([example.german for example in examples])
    english = [ENGLISH.encode(example.english) for example in examples]
    given = _padded([torch.tensor([ENGLISH.START, *row]) for row in english])
    wanted = _padded([torch.tensor([*row, ENGLISH.END]) for row in english])
    return source, lengths, given, wanted


def _padded(rows: list[Tensor]) -> Tensor:
    return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=MarkedVocabulary.PAD)


def _nearest(text: str, before: str) -> str:
    """The three German morphemes most like the beginning of ``text``, or of ``before + text``."""

    def likeness(token: str) -> float:
        starts = [text[: len(token)]] + [(before + text)[: len(token)]] * (token != before)
        return max(SequenceMatcher(None, token, start).ratio() for start in starts)

    known = GERMAN.tokens[len(GERMAN.MARKS) :]
    return ", ".join(repr(token) for token in sorted(known, key=likeness, reverse=True)[:3])
