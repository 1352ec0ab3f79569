"""Exercise 10.4: what leaving out a word does to the vector of a sentence."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import lru_cache, partial

import numpy as np

from course_utils.exercises.exercise import Exercise, Misconception
from course_utils.exercises.pretrained.unit_length import unit
from course_utils.exercises.reference import softmax

_D = 8


@lru_cache
def _vector(word: str) -> np.ndarray:
    return np.random.default_rng(zlib.crc32(word.encode())).normal(size=_D)


def encode(words: list[str]) -> np.ndarray:
    """A vector of length 1 that depends on the words and on their order. Raises TypeError for a string."""
    if isinstance(words, str):
        message = "encode takes a list of words; a single string came"
        raise TypeError(message)
    total = np.full(_D, 0.5)
    for place, word in enumerate(words):
        total += (1.0 + 0.3 * place) * _vector(str(word))
    return unit(total)


_SENTENCES = (
    (encode, ["muddy", "river", "banks", "flood"]),
    (encode, ["the", "bank", "of", "the", "river", "was", "muddy"]),
)


def _cosines(encode: Callable, words: list[str], without: Callable[[list[str], int], list[str]]) -> np.ndarray:
    whole = encode(words)
    return np.array([whole @ encode(without(words, i)) for i in range(len(words))])


def _one_out(words: list[str], i: int) -> list[str]:
    return words[:i] + words[i + 1 :]


def _leaving(without: Callable[[list[str], int], list[str]]) -> Callable[..., np.ndarray]:
    """A mistake in what is left of the sentence."""
    return lambda encode, words: 1 - _cosines(encode, words, without)


def _of_cosines(number: Callable[[np.ndarray], np.ndarray]) -> Callable[..., np.ndarray]:
    """A mistake in what is made of the right cosines."""
    return lambda encode, words: number(_cosines(encode, words, _one_out))


def _without_the_first_like_it(words: list[str], i: int) -> list[str]:
    return _one_out(words, words.index(words[i]))


def _from_one_to_the_next(encode, words):
    vectors = [encode(_one_out(words, i)) for i in range(len(words))]
    return np.array([1 - encode(words) @ vectors[0], *(1 - one @ other for one, other in zip(vectors, vectors[1:]))])


def _none_comes_back(encode, words):
    rest, effects = words, []
    for i in range(len(words)):
        rest = _one_out(rest, i)
        effects.append(1 - encode(words) @ encode(rest))
    return np.array(effects)


def _in_place(remove: Callable[[list[str], int], object]) -> Callable[..., np.ndarray]:
    """The words go, one after the other, out of the list that came."""

    def mistaken(encode, words):
        whole, effects = encode(words), []
        for i in range(len(words)):
            remove(words, i)
            effects.append(1 - whole @ encode(words))
        return np.array(effects)

    return mistaken


def _while_reading(encode, words):
    whole, effects = encode(words), []
    for word in words:
        words.remove(word)
        effects.append(1 - whole @ encode(words))
    return np.array(effects)


_LIST_CHANGED = (
    "You took the word out of the list itself, so it becomes shorter while you go through it. Make a new list for each "
    "word: words[:i] + words[i + 1 :]."
)

EFFECTS = Exercise(
    id="10.4",
    answer="deletion_effects",
    title="Write deletion_effects(encode, words): for each word, 1 - cosine of the sentence's vector without it.",
    objective="measure what leaving out a word does",
    kind="write",
    minutes=7,
    difficulty=2,
    cases=_SENTENCES,
    right=_leaving(lambda words, i: [word for place, word in enumerate(words) if place != i]),
    misconceptions=(
        Misconception(
            "a sentence instead of a list",
            lambda encode, words: encode(" ".join(words)),
            "You gave encode one string. It takes a *list* of words, as words is one: encode(words).",
        ),
        Misconception(
            "cosine itself",
            _of_cosines(lambda cosines: cosines),
            "{got}: these are the cosines. They are *near 1* where a word hardly matters; the effect is 1 minus that.",
        ),
        Misconception(
            "sign",
            _of_cosines(lambda cosines: cosines - 1),
            "{got}: the right sizes, below 0. Asked for is 1 - cosine, not cosine - 1.",
        ),
        Misconception(
            "halved",
            _of_cosines(lambda cosines: (1 - cosines) / 2),
            "{got}: half of 1 - cosine. Give 1 - cosine itself, without dividing it by 2.",
        ),
        Misconception(
            "distance instead of cosine",
            _of_cosines(lambda cosines: np.sqrt(2 - 2 * cosines)),
            "{got}: these are distances between the two vectors. Asked for is 1 - cosine.",
        ),
        Misconception(
            "squared distance",
            _of_cosines(lambda cosines: 2 - 2 * cosines),
            "{got}: these are squared distances, twice the 1 - cosine that is asked for.",
        ),
        Misconception(
            "shares of the whole",
            _of_cosines(lambda cosines: (1 - cosines) / (1 - cosines).sum()),
            "{got}: you divided by the sum. Effects of single words need not add up to anything; give them as they "
            "are.",
        ),
        Misconception(
            "sorted",
            _of_cosines(lambda cosines: np.sort(1 - cosines)[::-1]),
            "{got}: sorted, so that nobody can tell which word each belongs to. Keep the order of the words.",
        ),
        Misconception(
            "sorted, smallest first",
            _of_cosines(lambda cosines: np.sort(1 - cosines)),
            "{got}: sorted, so that nobody can tell which word each belongs to. Keep the order of the words.",
        ),
        Misconception(
            "largest alone",
            _of_cosines(lambda cosines: (1 - cosines).max()),
            "{got} is the largest effect. Asked for is one number for each word.",
        ),
        Misconception(
            "deletes cumulatively",
            _leaving(lambda words, i: words[i + 1 :]),
            "{got}: your words do not come back, so the last number is for an empty sentence. Each time *one* word is "
            "left out of the whole sentence: words[:i] + words[i + 1 :].",
        ),
        Misconception(
            "deletes cumulatively from the end",
            _leaving(lambda words, i: words[:i]),
            "{got}: you cut the sentence off before the word. What comes after it belongs to it as well: "
            "words[:i] + words[i + 1 :].",
        ),
        Misconception(
            "only the words before, with and without the word",
            lambda encode, words: np.array([1 - encode(words[: i + 1]) @ encode(words[:i]) for i in range(len(words))]),
            "{got}: you kept only the words *before* each, once with it and once without. Those behind it belong to "
            "the sentence as well: compare encode(words) with encode(words[:i] + words[i + 1 :]).",
        ),
        Misconception(
            "deletes cumulatively, by place",
            _none_comes_back,
            "{got}: the first is right. From the second on the words left out before are still missing. Each time "
            "leave *one* word out of the whole list: words[:i] + words[i + 1 :].",
        ),
        Misconception(
            "cut off after the word",
            _leaving(lambda words, i: words[: i + 1]),
            "{got}: you cut the sentence off *after* the word. Leave out that word only: words[:i] + words[i + 1 :].",
        ),
        Misconception(
            "the word alone",
            _leaving(lambda words, i: [words[i]]),
            "{got}: you compared with the word alone. Asked for is the sentence *without* it.",
        ),
        Misconception(
            "nothing deleted",
            _leaving(lambda words, i: words),
            "{got}: no effect anywhere. Either the word is still there (words[:i] + words[i:] is the whole list; skip "
            "one: words[i + 1 :]), or you compared the lengths of the vectors, which are all 1.",
        ),
        Misconception(
            "two words at a time",
            _leaving(lambda words, i: words[:i] + words[i + 2 :]),
            "{got}: the word and the next one are both gone. words[:i] + words[i + 1 :].",
        ),
        Misconception(
            "two words at a time, the one before",
            _leaving(lambda words, i: words[: max(i - 1, 0)] + words[i + 1 :]),
            "{got}: the word before is gone as well. words[:i] stops before i by itself.",
        ),
        *(
            Misconception(
                "replaced instead of deleted",
                _leaving(partial(lambda words, i, other: [*words[:i], other, *words[i + 1 :]], other=other)),
                f"{{got}}: you put {other!r} in place of the word. That asks another question; here the sentence gets "
                "shorter.",
                seen="https://github.com/PAIR-code/lit/issues/58",
            )
            for other in ("", " ", "[MASK]", "[UNK]", "[PAD]", "_")
        ),
        Misconception(
            "compared with the word before",
            _from_one_to_the_next,
            "{got}: from the second number on you compare with the sentence that lacks the word *before*. Compare each "
            "with the whole sentence.",
        ),
        Misconception("changes the list", _in_place(lambda words, i: words.pop(i)), _LIST_CHANGED),
        Misconception("changes the list, with del", _in_place(lambda words, i: words.__delitem__(i)), _LIST_CHANGED),
        Misconception(
            "changes the list, with remove", _in_place(lambda words, i: words.remove(words[i])), _LIST_CHANGED
        ),
        Misconception(
            "changes the list while reading it",
            _while_reading,
            _LIST_CHANGED,
            seen="https://stackoverflow.com/questions/6500888/removing-from-a-list-while-iterating-over-it/6500896",
        ),
        Misconception(
            "removes every equal word",
            _leaving(lambda words, i: [word for word in words if word != words[i]]),
            "Right until a word occurs twice: you took out *both*. Compare places, not words: "
            "words[:i] + words[i + 1 :].",
            seen="https://github.com/marcotcr/lime/issues/623",
        ),
        Misconception(
            "removes the first equal word",
            _leaving(_without_the_first_like_it),
            "Right until a word occurs twice: remove and index find the *first* one, and order matters to encode. "
            "Compare places: words[:i] + words[i + 1 :].",
        ),
        Misconception(
            "one number for each different word",
            lambda encode, words: np.array(
                list({word: 1 - encode(words) @ encode(_one_out(words, i)) for i, word in enumerate(words)}.values())
            ),
            "Right until a word occurs twice: in a dictionary the second one overwrites the first. One number for each "
            "place.",
        ),
        *(
            Misconception(
                "another word left out",
                _leaving(lambda words, i, place=place: _one_out(words, place(words, i))),
                "{got}: the right kind of numbers, but at each place another word is left out than the one that stands "
                "there: the one before, the one after, or counted from the end. words[:i] + words[i + 1 :].",
            )
            for place in (
                lambda words, i: max(i - 1, 0),
                lambda words, i: (i - 1) % len(words),
                lambda words, i: min(i + 1, len(words) - 1),
                lambda words, i: (i + 1) % len(words),
                lambda words, i: len(words) - 1 - i,
                lambda words, i: 0,
                lambda words, i: len(words) - 1,
            )
        ),
        Misconception(
            "the word after is left out",
            _leaving(lambda words, i: words[: i + 1] + words[i + 2 :]),
            "{got}: you left out the word *after* each. words[:i] stops before i by itself: words[:i] + words[i + 1 "
            ":].",
        ),
        *(
            Misconception(
                name,
                _of_cosines(number),
                f"{{got}}: {what}. Asked for is 1 - cosine, no more.",
            )
            for name, number, what in (
                ("angle", np.arccos, "these are angles, from arccos"),
                ("angle in degrees", lambda cosines: np.degrees(np.arccos(cosines)), "these are angles, in degrees"),
                (
                    "angle, a half turn as 1",
                    lambda cosines: np.arccos(cosines) / np.pi,
                    "these are angles, as parts of a half turn",
                ),
                ("sine", lambda cosines: np.sqrt(1 - cosines**2), "these are sines of the angle"),
                ("cosine squared", lambda cosines: 1 - cosines**2, "you took 1 less the cosine *squared*"),
                ("effect squared", lambda cosines: (1 - cosines) ** 2, "these are squares of the effects"),
                ("softmax", lambda cosines: softmax(1 - cosines), "you took a softmax of the effects"),
                ("softmax of the cosines", softmax, "you took a softmax of the cosines"),
                (
                    "in parts of the largest",
                    lambda cosines: (1 - cosines) / (1 - cosines).max(),
                    "you divided by the largest",
                ),
                (
                    "from 0 to 1",
                    lambda cosines: (cosines.max() - cosines) / np.ptp(cosines),
                    "you stretched them from 0 to 1",
                ),
                ("mean taken off", lambda cosines: cosines.mean() - cosines, "you took the mean off"),
                ("per cent", lambda cosines: 100 * (1 - cosines), "these are per cent"),
                ("1 + cosine", lambda cosines: 1 + cosines, "you added the cosine to 1"),
                ("minus the cosine", lambda cosines: -cosines, "these are the cosines with a minus"),
                ("1 over the cosine", lambda cosines: 1 / cosines, "you divided 1 by the cosines"),
                ("logarithm", lambda cosines: -np.log(cosines), "these are logarithms"),
                ("added up", lambda cosines: np.cumsum(1 - cosines), "each number holds those before it as well"),
            )
        ),
        *(
            Misconception(
                name,
                _of_cosines(number),
                f"{what} Asked for is one number for each word, 1 - cosine, in the order of the words.",
            )
            for name, number, what in (
                ("sum of the effects", lambda cosines: (1 - cosines).sum(), "{got} is all the effects together."),
                ("mean of the effects", lambda cosines: (1 - cosines).mean(), "{got} is the mean of the effects."),
                ("one effect alone", lambda cosines: (1 - cosines).min(), "{got} is the effect of one word alone."),
                (
                    "place of the largest",
                    lambda cosines: cosines.argmin(),
                    "{got} is the place of the word that matters most.",
                ),
                ("places in order of effect", lambda cosines: np.argsort(cosines), "These are places, from argsort."),
                ("places in the ranking", lambda cosines: np.argsort(np.argsort(cosines)), "These are ranks."),
                (
                    "only the first word",
                    lambda cosines: 1 - cosines[:1],
                    "One number came. Is 'return' inside the loop?",
                ),
                ("one effect alone", lambda cosines: 1 - cosines[0], "{got} is the effect of one word alone."),
                ("only the last word", lambda cosines: 1 - cosines[-1], "{got} is the last word's effect."),
                ("the last word missing", lambda cosines: 1 - cosines[:-1], "The last word's effect is missing."),
                ("the first word missing", lambda cosines: 1 - cosines[1:], "The first word's effect is missing."),
            )
        ),
        *(
            Misconception(
                name,
                lambda encode, words, number=number: np.array(
                    [number(encode(words), encode(_one_out(words, i))) for i in range(len(words))]
                ),
                f"{what} The cosine of two vectors of length 1 is their dot product, one @ other.",
            )
            for name, number, what in (
                (
                    "feature by feature",
                    lambda one, other: 1 - one * other,
                    "You multiplied feature by feature, and nothing is added up.",
                ),
                (
                    "differences of the vectors",
                    lambda one, other: one - other,
                    "You took the difference of the vectors, feature by feature.",
                ),
                ("the vectors themselves", lambda one, other: other, "Those are the vectors without each word."),
                (
                    "sum of differences",
                    lambda one, other: np.abs(one - other).sum(),
                    "{got}: you added up the differences.",
                ),
                (
                    "mean of differences",
                    lambda one, other: np.abs(one - other).mean(),
                    "{got}: you took the mean difference.",
                ),
                (
                    "mean squared difference",
                    lambda one, other: ((one - other) ** 2).mean(),
                    "{got}: you took the mean squared difference.",
                ),
                (
                    "mean of products",
                    lambda one, other: 1 - (one * other).mean(),
                    "{got}: you took the *mean* of the products; a dot product is their sum.",
                ),
                (
                    "largest difference",
                    lambda one, other: np.abs(one - other).max(),
                    "{got}: you took the largest difference.",
                ),
                (
                    "correlation",
                    lambda one, other: 1 - np.corrcoef(one, other)[0, 1],
                    "{got}: you took a correlation, which takes the mean off first.",
                ),
                ("sum of the vectors", lambda one, other: 1 - (one + other).sum(), "{got}: you added the two vectors."),
                (
                    "outer product",
                    lambda one, other: 1 - np.outer(one, other),
                    "np.outer makes a table of all products.",
                ),
            )
        ),
        Misconception(
            "the word against its own sentence",
            lambda encode, words: np.array(
                [1 - encode([words[i]]) @ encode(_one_out(words, i)) for i in range(len(words))]
            ),
            "{got}: you compared the word alone with the rest. Asked for is the *whole* sentence against the rest.",
        ),
        Misconception(
            "repeated instead of deleted",
            _leaving(lambda words, i: words[: i + 1] + words[i:]),
            "{got}: the word stands there twice instead of not at all. words[:i] + words[i + 1 :].",
        ),
        Misconception(
            "moved to the end",
            _leaving(lambda words, i: [*_one_out(words, i), words[i]]),
            "{got}: the word is still there, at the end. Leave it out: words[:i] + words[i + 1 :].",
        ),
        Misconception(
            "each different word once",
            lambda encode, words: _leaving(_one_out)(encode, list(dict.fromkeys(words))),
            "Right until a word occurs twice: you keep each word once (a set, or a dictionary). Every place counts.",
        ),
        *(
            Misconception(
                "arguments exchanged",
                stopped,
                "The arguments came the other way round: the first is the function, the second the list. "
                "def deletion_effects(encode, words).",
            )
            for stopped in (
                lambda words, encode: encode(words),
                lambda words, encode: [encode(_one_out(words, i)) for i, word in enumerate(words)],
                lambda words, encode: words[:0],
                lambda words, encode: list(words),
            )
        ),
        Misconception(
            "a list minus a word",
            lambda encode, words: [encode(words - word) for word in words],
            "Lists cannot be subtracted. The sentence without place i: words[:i] + words[i + 1 :].",
        ),
        Misconception(
            "a list and a word added",
            lambda encode, words: [encode(words[:i] + words[i + 1]) for i in range(len(words))],
            "words[i + 1] is one word, words[i + 1 :] the list of those after it. Only lists can be added to a list.",
        ),
    ),
    hints=(
        "encode(words) once, and encode of the sentence without word i for each i. Which slices make that sentence?",
        "words[:i] + words[i + 1 :] is a new list without place i. Both vectors have length 1, so their dot product is "
        "the cosine.",
    ),
    praise="One place at a time, against the whole sentence. This asks the model itself, not its map.",
)
