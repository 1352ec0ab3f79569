"""Sentences around six ambiguous words, written from templates, in which the truth is known by a rule.

Each of *bank, bat, spring, match, crane, seal* has two senses, and each sense four **cues**, words that give it away.
The rule: of all cues of the ambiguous word in its sentence, the **nearest** decides the sense. In half of the sentences
to learn from, and in all of the hard test, a **stray** cue of the other sense stands further away. Words that are cues
of another ambiguous word decide nothing, and neither does any other word, *muddy* included.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from course_utils.datasets.files import DataError, read_verified
from course_utils.datasets.vocabulary import Vocabulary

FILE = "ambiguous_words.tsv"
COLUMNS = ("sentence", "word", "sense", "cue", "split")
SPLITS = {"train": 3600, "easy": 600, "hard": 600}  # sentences, the same number for every sense
LONGEST_CUE = 10  # words from the ambiguous word to the cue that decides, at most
LONGEST = 24  # words in a sentence, at most

CUES = {
    "bank": {"river": ("river", "boat", "reed", "ferry"), "money": ("loan", "coin", "cashier", "account")},
    "bat": {"animal": ("cave", "wing", "moth", "roost"), "sport": ("pitcher", "glove", "umpire", "helmet")},
    "spring": {"water": ("brook", "hillside", "fern", "pebble"), "metal": ("coil", "mattress", "lever", "screw")},
    "match": {"fire": ("candle", "flame", "stove", "lamp"), "game": ("goal", "referee", "stadium", "trophy")},
    "crane": {"bird": ("nest", "feather", "marsh", "egg"), "machine": ("scaffold", "girder", "driver", "brick")},
    "seal": {"animal": ("iceberg", "whisker", "pup", "ocean"), "stamp": ("envelope", "letter", "ribbon", "king")},
}
SENSES = tuple((word, sense) for word, senses in CUES.items() for sense in senses)  # a label is an index into these
NEUTRAL_NOUNS = ("house", "road", "table", "window", "town", "photograph")
ADJECTIVES = ("muddy", "old", "big", "small", "grey", "dark", "new", "wet")

# W is the ambiguous word, N a noun (a cue, or one that decides nothing), A an adjective; "a" turns into "an" by itself.
OPENINGS = (
    ("the W", "verb"),
    ("the A W", "verb"),
    ("yesterday the W", "verb"),
    ("in the evening the A W", "verb"),
    ("my friend told us that the W", "verb"),
    ("everybody said that the A W", "verb"),
    ("we saw the W", "complete"),
    ("the N W", "verb"),
    ("the A N W", "verb"),
    ("the N and W", "verb"),
    ("we saw the N and the W", "complete"),
    ("beside the N stood the W", "complete"),
    ("near the N we saw the W", "complete"),
    ("behind the N there was a A W", "complete"),
    ("after a day at the N we talked about the A W", "complete"),
    ("the N was A and so was the W", "complete"),
    ("when we came back from the N in the evening we saw the W", "complete"),
    ("from the N that day we all talked about the A W", "complete"),
)  # what follows must bring a verb, or the sentence is complete
LINKS = (
    "of the N",
    "beside a N",
    "by the A N",
    "near the N",
    "behind the N",
    "that had a N",
    "that we saw near the N",
    "that everybody approved of because of the N",
    "that my friend found behind the A N",
    "and for a long time nobody saw the A N",
)
ENDINGS = {
    "verb": ("was A", "was A and A", "was A that day", "stood there for a long time"),
    "complete": ("", "that day", "in the evening", "for a long time"),
}
MUDDY_RIVER = "the bank of the river was muddy"
MUDDY_FRAME = ("the W", "of the N", "", "was A")  # held out
OPPOSITE = "the bank that approved a loan beside a river was muddy"
CUE_BESIDE = "near the loan we saw the bank river"  # right after its word, where no template puts a cue


@dataclass(frozen=True)
class Sentence:
    """One sentence; ``place`` (of the ambiguous word) and ``cue`` are positions, ``sense`` is such as ``'river'``."""

    words: tuple[str, ...]
    place: int
    sense: str
    cue: int

    @property
    def word(self) -> str:
        """The ambiguous word."""
        return self.words[self.place]

    @property
    def label(self) -> int:
        """The sense as an index into ``SENSES``."""
        return SENSES.index((self.word, self.sense))

    @property
    def text(self) -> str:
        """The words with blanks between them."""
        return " ".join(self.words)


def cue_sense(word: str, other: str) -> str | None:
    """The sense of the ambiguous ``word`` that ``other`` gives away, or None where it decides nothing."""
    return next((sense for sense, cues in CUES[word].items() if other in cues), None)


def nearest_cue(words: Sequence[str], place: int) -> tuple[int, str] | None:
    """The rule: position and sense of the cue nearest to the ambiguous word at ``place``; None without a cue.

    Raises ValueError when there is no ambiguous word at ``place``, or two cues of different senses are equally near.
    """
    if not 0 <= place < len(words) or words[place] not in CUES:
        raise ValueError(f"nearest_cue: there is no ambiguous word at position {place}; they are {', '.join(CUES)}.")
    found = [(abs(i - place), i, cue_sense(words[place], other)) for i, other in enumerate(words)]
    found = sorted((distance, i, sense) for distance, i, sense in found if sense is not None)
    if not found:
        return None
    if len({sense for distance, _, sense in found if distance == found[0][0]}) > 1:
        raise ValueError(f"nearest_cue: two cues are {found[0][0]} words away, one of each sense; the rule is silent.")
    return found[0][1], found[0][2]


def load_sentences(folder: Path | None = None) -> dict[str, list[Sentence]]:
    """The sentences by split: ``'train'``, ``'easy'`` (no stray cue) and ``'hard'`` (a stray cue further away).

    Raises DataError, with the remedy, when ``data/ambiguous_words.tsv`` is missing or is not the published file.
    """
    header, *lines = read_verified(FILE, folder).decode("utf-8").splitlines()
    if tuple(header.split("\t")) != COLUMNS:
        raise DataError(f"data/{FILE} begins with the columns {header.split()}, expected {list(COLUMNS)}.")
    splits: dict[str, list[Sentence]] = {name: [] for name in SPLITS}
    for line in lines:
        text, place, sense, cue, split = line.split("\t")
        splits[split].append(Sentence(tuple(text.split()), int(place), sense, int(cue)))
    return splits


def split_text(text: str) -> tuple[str, ...]:
    """The words of a typed sentence, in small letters and without marks.

    Raises TypeError when it is not text, ValueError when it is empty or naming each word that is not in the
    vocabulary, with the known words nearest to it.
    """
    if not isinstance(text, str):
        raise TypeError(f"split_text: text must be a sentence such as {MUDDY_RIVER!r}, got {type(text).__name__}.")
    words = tuple(re.findall(r"[^\s.,;:!?\"]+", text.lower()))
    if not words:
        raise ValueError(f"split_text: there is no word in it; expected a sentence such as {MUDDY_RIVER!r}.")
    known = set(VOCABULARY.tokens[len(VOCABULARY.MARKS) :])
    unknown = [word for word in dict.fromkeys(words) if word not in known]
    if unknown:
        raise ValueError(VOCABULARY.unknown(unknown))
    return words


def encode_sentences(sentences: Sequence[Sequence[str]]) -> tuple[Tensor, Tensor]:
    """Numbers of the words, filled up with padding: ids ``(batch, T)`` and lengths ``(batch,)``, both int64.

    Raises ValueError when there is no sentence, an empty one, or a word that is not in the vocabulary.
    """
    if not len(sentences) or not all(len(words) for words in sentences):
        raise ValueError("encode_sentences: expected at least one sentence, and at least one word in each.")
    rows = [torch.tensor(VOCABULARY.encode(words)) for words in sentences]
    ids = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=VOCABULARY.PAD)
    return ids, torch.tensor([len(row) for row in rows])


def encode_examples(examples: Sequence[Sentence]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """A batch: ids ``(batch, T)``, lengths, places of the ambiguous words and labels, each ``(batch,)``."""
    ids, lengths = encode_sentences([example.words for example in examples])
    places = torch.tensor([example.place for example in examples])
    return ids, lengths, places, torch.tensor([example.label for example in examples])


def corpus_file() -> bytes:
    """The content of ``data/ambiguous_words.tsv``; the same bytes on every machine."""
    rng = random.Random(4)  # only its random() is called, whose sequence Python guarantees
    lines, seen = ["\t".join(COLUMNS)], {MUDDY_RIVER, OPPOSITE}
    for split, size in SPLITS.items():
        for number in range(size):
            word, sense = SENSES[number % len(SENSES)]
            hard = split == "hard" or (split == "train" and number // len(SENSES) % 2 == 1)
            for sentence in _drawn(rng, word, sense, hard, held_out=split != "train"):
                if sentence.text not in seen:
                    break
            seen.add(sentence.text)
            lines.append("\t".join([sentence.text, str(sentence.place), sense, str(sentence.cue), split]))
    return ("\n".join(lines) + "\n").encode()


def is_held_out(frame: tuple[str, str, str, str]) -> bool:
    """Whether a frame (opening, first link, second link, ending) is kept for the tests; about one in five is."""
    return frame == MUDDY_FRAME or sum(_ALL_PARTS.index(part) for part in frame) % 5 == 0


def _drawn(rng: random.Random, word: str, sense: str, hard: bool, held_out: bool) -> Iterator[Sentence]:
    """Sentences of this word and sense, endlessly."""
    other = next(name for name in CUES[word] if name != sense)
    nothing = NEUTRAL_NOUNS + tuple(
        cue for name, senses in CUES.items() if name != word for cues in senses.values() for cue in cues
    )
    while True:
        opening, kind = _pick(rng, OPENINGS)
        first, second = _pick(rng, ("", *LINKS)), _pick(rng, ("", *LINKS))
        frame = (opening, first, second, _pick(rng, ENDINGS[kind]))
        if is_held_out(frame) != held_out or (second and not first):
            continue
        slots = " ".join(part for part in frame if part).split()
        if len(slots) > LONGEST:
            continue
        place = slots.index("W")
        nouns = sorted((abs(i - place), i) for i, slot in enumerate(slots) if slot == "N")
        if len(nouns) < 1 + hard or len({distance for distance, _ in nouns}) < len(nouns):
            continue
        roles = sorted(range(len(nouns)), key=lambda _: rng.random())[: 1 + hard]  # which nouns are cues
        cue = nouns[min(roles)]
        if cue[0] > LONGEST_CUE:
            continue
        for role, (_, i) in enumerate(nouns):
            near = role == min(roles)
            slots[i] = _pick(rng, CUES[word][sense] if near else CUES[word][other] if role in roles else nothing)
        words = [word if slot == "W" else _pick(rng, ADJECTIVES) if slot == "A" else slot for slot in slots]
        words = ["an" if a == "a" and b[:1] in "aeiou" else a for a, b in zip(words, [*words[1:], " "])]
        yield Sentence(tuple(words), place, sense, cue[1])


def _pick(rng: random.Random, options: Sequence) -> object:
    return options[int(rng.random() * len(options))]


_ALL_PARTS = ("", *(opening for opening, _ in OPENINGS), *LINKS, *(e for es in ENDINGS.values() for e in es if e))
_TEMPLATE_WORDS = [w for part in _ALL_PARTS for w in part.split() if w not in ("W", "N", "A")]
_CUE_WORDS = [cue for senses in CUES.values() for cues in senses.values() for cue in cues]
VOCABULARY = Vocabulary([*CUES, *_CUE_WORDS, *NEUTRAL_NOUNS, *ADJECTIVES, "an", *_TEMPLATE_WORDS])
