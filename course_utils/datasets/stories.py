"""Very short stories from a grammar that is written out here, so that everything about them is known exactly.

*Anna met Tom in the park. she found a hat there. she gave him the hat. he said thank you Anna.* A story has two to four
sentences. What may be said later depends on what was said earlier: who is *she*, who has the hat, where they are.

Two halves that share nothing but the word lists. The **generator** knows the probability of every sentence, and so the
probability of a story and the entropy. The **reader** takes a story to pieces from the outside, says what is wrong with
it, and to which earlier word each later word goes back.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

import torch
from torch import Tensor

from course_utils.datasets.vocabulary import MarkedVocabulary

WOMEN = ("Anna", "Clara", "Emma", "Julia")
MEN = ("Ben", "David", "Max", "Tom")
NAMES = WOMEN + MEN
OBJECTS = ("ball", "book", "hat", "key", "lamp", "cup")
PLACES = ("park", "garden", "kitchen", "school", "shop", "forest")
OTHER_WORDS = (
    ".", "a", "found", "gave", "he", "her", "him", "in", "left", "liked", "met", "said", "she", "thank", "the", "there",
    "to", "too", "took", "wanted", "went", "you",
)  # fmt: skip
VOCABULARY = MarkedVocabulary([*NAMES, *OBJECTS, *PLACES, *OTHER_WORDS])
MAX_TOKENS = 31  # the longest story, with <start> and <end>

# The grammar's probabilities
TWO_PEOPLE = 0.8  # of the stories; the others have one person
END_AFTER = {2: 0.1, 3: 0.3, 4: 1.0}  # sentences: probability that the story ends there
NAMED = 0.3  # probability that a later sentence begins with a name and not with a pronoun
THANKS = 0.8  # probability that thanks follow a gift, if a sentence follows
WITH_TWO = {"gave": 0.4, "took": 0.15, "left": 0.25, "wanted": 0.2}
WITH_ONE = {"took": 0.4, "left": 0.3, "liked": 0.3}

Story = tuple[str, ...]  # with <end>, without <start>


# The generator


class State(NamedTuple):
    """All that decides how a story may go on, at the end of a sentence."""

    people: tuple[str, ...] = ()
    place: str = ""
    thing: str = ""
    holder: str = ""
    giver: str = ""  # who gave, if the sentence before was a gift
    sentences: int = 0
    over: bool = False  # nothing can follow, as after *left*


BEGINNING = State()


class Step(NamedTuple):
    """One way to go on: its probability, what is said, and the state after it (None after ``<end>``)."""

    probability: float
    words: Story
    after: State | None


@cache
def steps(state: State) -> tuple[Step, ...]:
    """Every way in which a story may go on, one sentence or the end; the probabilities add up to 1."""
    if state.sentences == 0:
        return tuple(_openings())
    if state.sentences == 1:
        return tuple(_findings(state))
    end = 1.0 if state.over else END_AFTER[state.sentences]
    found = [Step(end, ("<end>",), None)]
    if end < 1:
        found += [Step((1 - end) * p, words, after) for p, words, after in _later(state)]
    return tuple(found)


def _openings() -> Iterator[Step]:
    for place in PLACES:
        for name in NAMES:
            alone = State(people=(name,), place=place, sentences=1)
            share = 1 / len(NAMES) / len(PLACES)
            yield Step((1 - TWO_PEOPLE) * share, (name, "went", "to", "the", place, "."), alone)
            others = MEN if name in WOMEN else WOMEN
            for other in others:
                words = (name, "met", other, "in", "the", place, ".")
                yield Step(TWO_PEOPLE * share / len(others), words, alone._replace(people=(name, other)))


def _findings(state: State) -> Iterator[Step]:
    for name in state.people:
        for thing in OBJECTS:
            words = (_pronoun(name), "found", "a", thing, "there", ".")
            after = state._replace(thing=thing, holder=name, sentences=2)
            yield Step(1 / len(state.people) / len(OBJECTS), words, after)


def _later(state: State) -> Iterator[Step]:
    scale = 1.0
    if state.giver:  # thanks are due
        scale = 1 - THANKS
        after = state._replace(giver="", sentences=state.sentences + 1)
        for p, subject in _subjects(state.holder):
            yield Step(THANKS * p, (subject, "said", "thank", "you", state.giver, "."), after)
    for verb, share in (WITH_TWO if len(state.people) == 2 else WITH_ONE).items():
        for p, words, after in _deeds(state, verb):
            yield Step(scale * share * p, words, after)


def _deeds(state: State, verb: str) -> Iterator[Step]:
    """The sentences with this verb; their probabilities add up to 1."""
    plain = state._replace(giver="", sentences=state.sentences + 1)
    other = next((name for name in state.people if name != state.holder), "")
    for p, subject in _subjects(other if verb == "wanted" else state.holder):
        if verb == "gave":
            words = (subject, "gave", "him" if other in MEN else "her", "the", state.thing, ".")
            yield Step(p, words, plain._replace(holder=other, giver=state.holder))
        elif verb == "wanted":
            yield Step(p, (subject, "wanted", "the", state.thing, "too", "."), plain)
        elif verb == "liked":
            yield Step(p, (subject, "liked", "the", state.thing, "."), plain)
        elif verb == "left":
            words = (subject, "left", "the", state.thing, "in", "the", state.place, ".")
            yield Step(p, words, plain._replace(over=True))
        else:
            elsewhere = [place for place in PLACES if place != state.place]
            for place in elsewhere:
                words = (subject, "took", "the", state.thing, "to", "the", place, ".")
                yield Step(p / len(elsewhere), words, plain._replace(place=place))


def _subjects(name: str) -> tuple[tuple[float, str], tuple[float, str]]:
    return (1 - NAMED, _pronoun(name)), (NAMED, name)


def _pronoun(name: str) -> str:
    return "she" if name in WOMEN else "he"


def draw(count: int, seed: int) -> list[Story]:
    """Draw stories independently of each other, each ending with ``<end>``.

    Raises ValueError when fewer than one is asked for.
    """
    if count < 1:
        raise ValueError(f"draw: count is {count}, expected at least 1.")
    dice, stories = random.Random(seed), []
    for _ in range(count):
        state, story = BEGINNING, ()
        while state is not None:
            ways, totals = _ways(state)
            step = dice.choices(ways, cum_weights=totals)[0]
            state, story = step.after, story + step.words
        stories.append(story)
    return stories


@cache
def _ways(state: State) -> tuple[tuple[Step, ...], list[float]]:
    ways, total, totals = steps(state), 0.0, []
    for step in ways:
        total += step.probability
        totals.append(total)
    return ways, totals


def log_probability(story: Story) -> float:
    """The natural logarithm of the probability that the grammar tells exactly this story; ``-inf`` if it never does."""
    state, rest, total = BEGINNING, tuple(story), 0.0
    while state is not None:
        step = next((step for step in steps(state) if rest[: len(step.words)] == step.words), None)
        if step is None:
            return -math.inf
        total, rest, state = total + math.log(step.probability), rest[len(step.words) :], step.after
    return total if not rest else -math.inf


def next_token_probabilities(beginning: Sequence[str]) -> dict[str, float]:
    """What the grammar says next after these words, with its probabilities; empty where it would not have come here."""
    state, rest = BEGINNING, tuple(beginning)
    while state is not None:
        whole = next((step for step in steps(state) if rest[: len(step.words)] == step.words), None)
        if whole is None:
            break
        state, rest = whole.after, rest[len(whole.words) :]
    found: dict[str, float] = {}
    for step in steps(state) if state is not None else ():
        if step.words[: len(rest)] == rest:
            following = step.words[len(rest)]
            found[following] = found.get(following, 0.0) + step.probability
    total = sum(found.values())
    return {token: p / total for token, p in found.items()}


def _expected(state: State, of_a_step: Callable[[Step], float]) -> float:
    """The mean, over all stories that go on from here, of a sum of one number for each step."""
    known: dict[State, float] = {}

    def mean(state: State) -> float:
        if state not in known:
            known[state] = sum(
                step.probability * (of_a_step(step) + (mean(step.after) if step.after is not None else 0.0))
                for step in steps(state)
            )
        return known[state]

    return mean(state)


@cache
def entropy_of_a_story() -> float:
    """The entropy of a whole story in nats, exactly: the mean of ``-log_probability``."""
    return _expected(BEGINNING, lambda step: -math.log(step.probability))


@cache
def mean_tokens() -> float:
    """How many tokens a story has in the mean, ``<end>`` counted, ``<start>`` not; exactly."""
    return _expected(BEGINNING, lambda step: float(len(step.words)))


def entropy_per_token() -> float:
    """The least cross-entropy in nats that any model of these stories can reach, as a mean over tokens."""
    return entropy_of_a_story() / mean_tokens()


@cache
def count_stories(state: State = BEGINNING) -> int:
    """How many different stories there are, or how many ways there are to go on from a state."""
    return sum(1 if step.after is None else count_stories(step.after) for step in steps(state))


# The reader, which never asks the generator


class Reference(NamedTuple):
    """A word that goes back to an earlier one. ``query`` is the position at which the earlier word is needed.

    Positions count from 0 at ``<start>``, as in the rows of ``encode``. ``kind`` is ``'pronoun'`` (from the pronoun
    itself to the name), ``'object'``, ``'place'`` or ``'thanked'`` (from the word *before* the one that must be
    known: there it is predicted).
    """

    kind: str
    query: int
    keys: tuple[int, ...]


class Reading(NamedTuple):
    """What the reader found: None or the first fault in words, and the references up to there."""

    fault: str | None
    references: tuple[Reference, ...]


class _Fault(Exception):
    pass


def read(story: Sequence[str]) -> Reading:
    """Read a story, with or without ``<end>``, as somebody who knows the rules; ``fault`` is None if it keeps to them.

    A story without ``<end>`` has a fault.
    """
    reader = _Reader(list(story))
    try:
        reader.whole()
    except _Fault as fault:
        return Reading(str(fault), tuple(reader.references))
    return Reading(None, tuple(reader.references))


def is_accepted(story: Sequence[str]) -> bool:
    """Whether the reader finds no fault."""
    return read(story).fault is None


SENTENCES = {
    "alone": r"(?P<name>NAME) went to the (?P<place>PLACE)",
    "pair": r"(?P<name>NAME) met (?P<other>NAME) in the (?P<place>PLACE)",
    "found": r"(?P<subject>she|he) found a (?P<thing>OBJECT) there",
    "gave": r"(?P<subject>WHO) gave (?P<receiver>him|her) the (?P<thing>OBJECT)",
    "wanted": r"(?P<subject>WHO) wanted the (?P<thing>OBJECT) too",
    "liked": r"(?P<subject>WHO) liked the (?P<thing>OBJECT)",
    "took": r"(?P<subject>WHO) took the (?P<thing>OBJECT) to the (?P<place>PLACE)",
    "left": r"(?P<subject>WHO) left the (?P<thing>OBJECT) in the (?P<place>PLACE)",
    "said": r"(?P<subject>WHO) said thank you (?P<thanked>NAME)",
}
LATER = ("gave", "wanted", "liked", "took", "left", "said")
_CLASSES = {"NAME": NAMES, "OBJECT": OBJECTS, "PLACE": PLACES, "WHO": ("she", "he", *NAMES)}


@cache
def _patterns() -> dict[str, re.Pattern]:
    def spelt_out(pattern: str) -> str:
        for name, words in _CLASSES.items():
            pattern = re.sub(rf"\b{name}\b", "(?:" + "|".join(words) + ")", pattern)
        return pattern

    return {kind: re.compile(spelt_out(pattern)) for kind, pattern in SENTENCES.items()}


class _Reader:
    """Sentence by sentence, keeping in mind who is there, who has what, and where everything was said."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.references: list[Reference] = []
        self.mentions: dict[str, list[int]] = {}  # positions of names, of the object, of the latest place
        self.women: str | None = None
        self.men: str | None = None
        self.holder = self.thing = self.place = ""
        self.gave: str | None = None  # thanks, the fourth sentence, can only follow a gift that was the third
        self.done: str | None = None

    def whole(self) -> None:
        if "<end>" not in self.tokens:
            raise _Fault("the story has no end")
        if self.tokens.index("<end>") != len(self.tokens) - 1:
            raise _Fault("something follows the end")
        body, start, number = self.tokens[:-1], 0, 0
        while start < len(body):
            if "." not in body[start:]:
                raise _Fault(f"sentence {number + 1} has no full stop")
            stop = body.index(".", start)
            number += 1
            try:
                self.sentence(number, body[start:stop], start + 1)  # position 0 is <start>
            except _Fault as fault:
                raise _Fault(f"sentence {number}: {fault}") from None
            start = stop + 1
        if number < 2:
            raise _Fault(f"the story has {number} sentences, and 2 is the least")

    def sentence(self, number: int, words: list[str], at: int) -> None:
        text = " ".join(words)
        matches = {kind: pattern.fullmatch(text) for kind, pattern in _patterns().items()}
        kind, match = next(((kind, match) for kind, match in matches.items() if match), (None, None))
        if match is None:
            raise _Fault(f"'{text}' is not a sentence of the grammar")
        expected = {1: ("alone", "pair"), 2: ("found",)}.get(number, LATER)
        if kind not in expected:
            raise _Fault(f"'{text}' cannot stand in this place")
        if number > 4:
            raise _Fault("the story has more than 4 sentences")
        if self.done:
            raise _Fault(f"the story goes on, though {self.done}")
        parts = match.groupdict()
        where = {name: at + len(text[: match.start(name)].split()) for name in parts}
        getattr(self, f"_{kind}")(parts, where)

    def _alone(self, parts: dict, where: dict) -> None:
        self._enter(parts["name"], where["name"])
        self.place = parts["place"]
        self.mentions[self.place] = [where["place"]]

    def _pair(self, parts: dict, where: dict) -> None:
        self._alone(parts, where)
        if (parts["name"] in WOMEN) == (parts["other"] in WOMEN):
            raise _Fault(f"{parts['name']} meets {parts['other']}, so that a pronoun could be either")
        self._enter(parts["other"], where["other"])

    def _enter(self, name: str, at: int) -> None:
        self.mentions[name] = [at]
        if name in WOMEN:
            self.women = name
        else:
            self.men = name

    def _found(self, parts: dict, where: dict) -> None:
        self.holder = self._who(parts["subject"], where["subject"])
        self.thing = parts["thing"]
        self.mentions[self.thing] = [where["thing"]]

    def _gave(self, parts: dict, where: dict) -> None:
        giver = self._holds(parts, where)
        receiver = self._who(parts["receiver"], where["receiver"])
        if receiver == giver:
            raise _Fault(f"{giver} gives the {parts['thing']} to {giver}")
        self._same_thing(parts, where)
        self.holder, self.gave = receiver, giver

    def _wanted(self, parts: dict, where: dict) -> None:
        who = self._who(parts["subject"], where["subject"])
        if who == self.holder:
            raise _Fault(f"{who} has the {self.thing} already and wants it")
        self._same_thing(parts, where)

    def _liked(self, parts: dict, where: dict) -> None:
        self._holds(parts, where)
        if self.women and self.men:
            raise _Fault("'liked' belongs to stories with one person")
        self._same_thing(parts, where)

    def _took(self, parts: dict, where: dict) -> None:
        self._holds(parts, where)
        self._same_thing(parts, where)
        if parts["place"] == self.place:
            raise _Fault(f"the {self.thing} is taken to the {self.place}, where it is already")
        self.place = parts["place"]
        self.mentions[self.place] = [where["place"]]

    def _left(self, parts: dict, where: dict) -> None:
        self._holds(parts, where)
        self._same_thing(parts, where)
        if parts["place"] != self.place:
            raise _Fault(f"the {self.thing} is left in the {parts['place']}, but they are in the {self.place}")
        self.references.append(Reference("place", where["place"] - 1, tuple(self.mentions[self.place])))
        self.done = f"the {self.thing} was left"

    def _said(self, parts: dict, where: dict) -> None:
        who = self._who(parts["subject"], where["subject"])
        if self.gave is None:
            raise _Fault(f"{who} says thank you, but the sentence before was no gift")
        if who == self.gave:
            raise _Fault(f"{who} says thank you and was the giver")
        if parts["thanked"] != self.gave:
            raise _Fault(f"{who} thanks {parts['thanked']}, but {self.gave} gave the {self.thing}")
        self.references.append(Reference("thanked", where["thanked"] - 1, tuple(self.mentions[self.gave])))
        self.mentions[self.gave].append(where["thanked"])

    def _who(self, word: str, at: int) -> str:
        """The person a name or pronoun stands for."""
        if word in NAMES:
            if word not in (self.women, self.men):
                raise _Fault(f"{word} is not in the story")
            self.mentions[word].append(at)
            return word
        person = self.women if word in ("she", "her") else self.men
        if person is None:
            raise _Fault(f"'{word}' stands for nobody in the story")
        self.references.append(Reference("pronoun", at, tuple(self.mentions[person])))
        return person

    def _holds(self, parts: dict, where: dict) -> str:
        who = self._who(parts["subject"], where["subject"])
        if who != self.holder:
            raise _Fault(f"{who} does not have the {self.thing}; {self.holder} has it")
        return who

    def _same_thing(self, parts: dict, where: dict) -> None:
        if parts["thing"] != self.thing:
            raise _Fault(f"the {parts['thing']} was never found; the {self.thing} was")
        self.references.append(Reference("object", where["thing"] - 1, tuple(self.mentions[self.thing])))
        self.mentions[self.thing].append(where["thing"])


# Text and numbers


def split_text(text: str) -> Story:
    """Cut typed text into tokens: words, full stops, ``<end>``. Capitals do not matter.

    Raises TypeError when it is no text, ValueError naming a word that is not in the vocabulary and those near to it.
    """
    if not isinstance(text, str):
        raise TypeError(f"split_text: text must be words such as 'Anna met Tom', got {type(text).__name__}.")
    known = {token.lower(): token for token in VOCABULARY.tokens}
    words = tuple(known.get(word.lower(), word) for word in re.findall(r"<\w+>|[^\s.]+|\.", text))
    VOCABULARY.encode(words)
    return words


def join_text(story: Sequence[str]) -> str:
    """Write tokens as text: no blank before a full stop, nothing for ``<start>`` and ``<end>``."""
    return " ".join(word for word in story if word not in ("<start>", "<end>")).replace(" .", ".")


def encode(stories: Sequence[Sequence[str]]) -> Tensor:
    """Numbers of the tokens after ``<start>``, filled up with padding at the end.

    Shape of the result: ``(batch, T)``, int64, T the longest story and one more. Raises ValueError when there is no
    story or a word is not in the vocabulary.
    """
    if not len(stories):
        raise ValueError("encode: expected at least one story.")
    rows = [torch.tensor([VOCABULARY.START, *VOCABULARY.encode(story)]) for story in stories]
    return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=VOCABULARY.PAD)
