"""Exercise 8.5: recordings, split so that no voice is on both sides."""

from __future__ import annotations

from collections.abc import Callable

from course_utils.exercises.exercise import Exercise, Misconception

_VOICES = (
    (["f1", "m1", "f2", "f1", "m1", "f1", "f2", "m1"], {"f1"}),
    (["m3", "f1", "f10", "m30", "m3", "f10", "f1", "m3", "f10", "m2"], {"f10", "m3"}),
    (["m1", "f1", "m1"], {"f2"}),
)

Split = tuple[list[int], list[int]]


def _split(voices: list[str], held_out: set[str]) -> Split:
    return _divided(voices, lambda i: voices[i] in held_out)


def _divided(voices: list[str], is_test: Callable[[int], bool]) -> Split:
    """All recordings, on one side each."""
    places = range(len(voices))
    return [i for i in places if not is_test(i)], [i for i in places if is_test(i)]


def _matched(in_test: Callable[[str, set[str]], bool]) -> Callable[..., Split]:
    """A mistake in which voices are taken for held out."""
    return lambda voices, held_out: _divided(voices, lambda i: in_test(voices[i], held_out))


def _cut_at(place: Callable[[list[str], set[str]], int]) -> Callable[..., Split]:
    """The recordings before a place for training, those from it on for the test."""

    def mistaken(voices: list[str], held_out: set[str]) -> Split:
        cut = place(voices, held_out)
        return _divided(voices, lambda i: i >= cut)

    return mistaken


def _held(voices: list[str], held_out: set[str]) -> int:
    return sum(voice in held_out for voice in voices)


def _by_voice_in_turn(backwards: bool) -> Callable[..., Split]:
    """One voice after the other, in the order of their names."""

    def mistaken(voices: list[str], held_out: set[str]) -> Split:
        names = sorted(set(voices), reverse=backwards)
        places = {name: [i for i, voice in enumerate(voices) if voice == name] for name in names}
        train = [i for name in names if name not in held_out for i in places[name]]
        return train, [i for name in names if name in held_out for i in places[name]]

    return mistaken


def _only_test_in_turn(backwards: bool) -> Callable[..., Split]:
    """The recordings for the test are collected voice by voice, those for training are not."""
    return lambda voices, held_out: (
        _split(voices, held_out)[0],
        _by_voice_in_turn(backwards)(voices, held_out)[1],
    )


def _first_of_each(voices: list[str], held_out: set[str]) -> Split:
    return _divided(voices, lambda i: voices[i] in held_out and voices[i] not in voices[:i])


def _last_of_each(voices: list[str], held_out: set[str]) -> Split:
    return _divided(voices, lambda i: voices[i] in held_out and voices[i] not in voices[i + 1 :])


_BY_RECORDING = (
    "Your test has {got[1]}: you cut the list of *recordings* in two, and held_out has no say. So the same voice "
    "stands on both sides, the network has met everybody in training, and the score says nothing of a stranger. Look "
    "at the voice of each recording: is it in held_out (section 8)?"
)
_BOTH_SIDES = (
    "Your train has {got[0]}, your test {got[1]}: only one recording of each held-out voice is tested, and its others "
    "are in training. The network has then heard that voice before (section 8). *All* recordings of a held-out voice "
    "go to the test."
)
_BY_PART = (
    "Your test has {got[1]}. You matched a part of the name: 'm3' is in 'm30', and 'f1' in 'f10', but they are "
    "different voices. voice in held_out asks a set for the whole name."
)
_VOICE_BY_VOICE = (
    "Your train has {got[0]}, your test {got[1]}: the right recordings, collected voice by voice, so their order is "
    "lost. Go through the recordings once, in their order, and ask for each whether its voice is held out."
)
_SETS = (
    "The right places, but in a set, and a set has no order: features and labels could not be picked out in the order "
    "of the recordings. Give back two lists: sorted(…) makes one of a set."
)

SPLIT_BY_VOICE = Exercise(
    id="8.5",
    answer="split_by_voice",
    title="Write split_by_voice(voices, held_out): places of the recordings to train on and of those to test on.",
    objective="test on voices that no training has heard",
    kind="write",
    minutes=6,
    difficulty=1,
    cases=_VOICES,
    right=_split,
    parts=("train", "test"),
    misconceptions=(
        Misconception(
            "turned round",
            lambda voices, held_out: _split(voices, held_out)[::-1],
            "You train on {got[0]}, the held-out voices, and test on all the others. Held out means kept *from "
            "training*: train is the first of the two, test the second.",
        ),
        Misconception(
            "held-out voices in training as well",
            lambda voices, held_out: (list(range(len(voices))), _split(voices, held_out)[1]),
            "Your test is right, but your train has {got[0]}, all recordings, those of the held-out voices too. What "
            "is tested must not have been learned.",
        ),
        Misconception(
            "everything tested",
            lambda voices, held_out: (_split(voices, held_out)[0], list(range(len(voices)))),
            "Your train is right, but your test has {got[1]}, all recordings, those you trained on too. Only the "
            "held-out voices are strangers.",
        ),
        Misconception(
            "split by recording, as many as are held out",
            _cut_at(lambda voices, held_out: len(voices) - _held(voices, held_out)),
            _BY_RECORDING,
        ),
        Misconception(
            "split by recording, 80 to 20",
            _cut_at(lambda voices, held_out: int(0.8 * len(voices))),
            _BY_RECORDING,
            seen="https://github.com/danijel3/ClarinStudioKaldi/issues/1",
        ),
        Misconception(
            "all from the first held-out voice on",
            _cut_at(
                lambda voices, held_out: next((i for i, voice in enumerate(voices) if voice in held_out), len(voices))
            ),
            "Your train has {got[0]}, your test {got[1]}: all recordings from the first held-out one on are tested. "
            "Either your condition is True for everybody, or the loop ends at the first voice that it finds. Ask for "
            "each recording by itself: voice in held_out.",
        ),
        Misconception(
            "places after removing",
            lambda voices, held_out: (list(range(len(voices) - _held(voices, held_out))), _split(voices, held_out)[1]),
            "Your test is right. Your train has {got[0]}: the places in a list from which the held-out voices were "
            "removed, where all others move up. Asked for are the places in voices as it came: leave the list as it "
            "is, and ask enumerate(voices).",
        ),
        Misconception(
            "split by recording, half and half", _cut_at(lambda voices, held_out: len(voices) // 2), _BY_RECORDING
        ),
        Misconception(
            "split by recording, as many as names",
            _cut_at(lambda voices, held_out: len(voices) - len(held_out)),
            _BY_RECORDING,
        ),
        Misconception(
            "split by recording, the first ones tested",
            lambda voices, held_out: _divided(voices, lambda i: i < _held(voices, held_out)),
            _BY_RECORDING,
        ),
        Misconception(
            "one voice on both sides",
            _first_of_each,
            _BOTH_SIDES,
            seen="https://github.com/UCSD-AI4H/COVID-CT/issues/11",
        ),
        Misconception("one voice on both sides, its last recording tested", _last_of_each, _BOTH_SIDES),
        Misconception(
            "place of a voice's first recording",
            lambda voices, held_out: tuple(
                [voices.index(voices[i]) for i in side] for side in _split(voices, held_out)
            ),
            "Your test has {got[1]}: the same place again and again. voices.index(name) finds the *first* recording "
            "of a voice, whichever you ask for. enumerate(voices) gives each recording its own place.",
            seen="https://github.com/python/cpython/issues/123218",
        ),
        Misconception(
            "one place for each voice",
            lambda voices, held_out: tuple(
                sorted({voices.index(voices[i]) for i in side}) for side in _split(voices, held_out)
            ),
            "Your train has {got[0]}, your test {got[1]}: one recording of each voice, the rest is lost. A voice may "
            "speak many recordings; enumerate(voices) gives each of them its own place.",
        ),
        Misconception(
            "names matched by part", _matched(lambda voice, held_out: any(name in voice for name in held_out)), _BY_PART
        ),
        Misconception(
            "names matched by part, the other way round",
            _matched(lambda voice, held_out: any(voice in name for name in held_out)),
            _BY_PART,
        ),
        Misconception(
            "matched by the first letter",
            _matched(lambda voice, held_out: voice[0] in {name[0] for name in held_out}),
            "Your test has {got[1]}: every voice whose name begins with the same letter. Held out are the voices in "
            "held_out alone: voice in held_out.",
        ),
        Misconception(
            "compared with the whole set",
            _matched(lambda voice, held_out: False),
            "Your train has {got[0]}: everybody. A name never equals a set (==), and a place is not in it. "
            "voices[i] in held_out asks whether the set holds the name.",
        ),
        Misconception("order lost, voice by voice", _by_voice_in_turn(False), _VOICE_BY_VOICE),
        Misconception("order lost, voice by voice backwards", _by_voice_in_turn(True), _VOICE_BY_VOICE),
        Misconception("order of the test lost", _only_test_in_turn(False), _VOICE_BY_VOICE),
        Misconception("order of the test lost, backwards", _only_test_in_turn(True), _VOICE_BY_VOICE),
        Misconception(
            "order turned round",
            lambda voices, held_out: tuple(side[::-1] for side in _split(voices, held_out)),
            "Your train has {got[0]}, your test {got[1]}: the right recordings, from the last to the first. Keep their "
            "order.",
        ),
        Misconception(
            "counted from 1",
            lambda voices, held_out: tuple([i + 1 for i in side] for side in _split(voices, held_out)),
            "Your train has {got[0]}, your test {got[1]}: each place one too high. Places count from 0, so that "
            "voices[i] is recording i.",
        ),
        Misconception(
            "masks instead of places",
            lambda voices, held_out: tuple([(voice in held_out) == side for voice in voices] for side in (False, True)),
            "Those are masks, True or False for each recording. Asked for are the places where they are True: [i for "
            "i, voice in enumerate(voices) if …], or np.flatnonzero.",
        ),
        Misconception(
            "one mask",
            lambda voices, held_out: [voice in held_out for voice in voices],
            "That is a mask, True where a voice is held out. Asked for are two lists of places: those where it is "
            "False, and those where it is True.",
        ),
        *(
            Misconception(
                f"the first recordings tested, {name}",
                lambda voices, held_out, cut=cut: _divided(voices, lambda i: i < cut(len(voices))),
                _BY_RECORDING,
            )
            for name, cut in (
                ("half of them", lambda many: many // 2),
                ("a quarter", lambda many: many // 4),
            )
        ),
        *(
            Misconception(
                f"every second recording tested, from the {name} on",
                lambda voices, held_out, first=first: _divided(voices, lambda i: i % 2 == first),
                _BY_RECORDING,
            )
            for name, first in (("first", 0), ("second", 1))
        ),
        Misconception(
            "held-out voices chosen anew",
            lambda voices, held_out: _divided(voices, lambda i: voices[i] == max(voices)),
            "Your test has {got[1]}: you chose a voice yourself. Which voices are held out is told by held_out.",
        ),
        *(
            Misconception(
                f"only the {name} of the held-out voices",
                lambda voices, held_out, pick=pick: _divided(voices, lambda i: voices[i] == pick(held_out)),
                "Right with one held-out voice. Here are several, and you test on one of them alone: the others stand "
                "in training. Is a later round of your loop overwriting the earlier one, or is it one name out of the "
                "set that you compare with? voice in held_out asks for all of them.",
            )
            for name, pick in (("first", min), ("last", max))
        ),
        *(
            Misconception(
                f"once for each held-out voice{name}",
                lambda voices, held_out, order=order: tuple(
                    [i for held in order(held_out) for i, voice in enumerate(voices) if (voice == held) == side]
                    for side in (False, True)
                ),
                "Right with one held-out voice. Here are several, and you go through the recordings once for each, so "
                "a recording that is not of *this* voice goes to training, and comes again: your train has {got[0]}. "
                "Go through the recordings once, and ask voice in held_out.",
            )
            for name, order in (("", sorted), (", backwards", lambda names: sorted(names, reverse=True)))
        ),
        Misconception(
            "returned in the first round",
            lambda voices, held_out: _divided(voices[:1], lambda i: voices[i] in held_out),
            "Your train has {got[0]}, your test {got[1]}: only the first recording. If 'return' stands inside your "
            "loop, the loop ends there in its first round.",
        ),
        *(
            Misconception(
                f"counted from 1, {name}",
                lambda voices, held_out, add=add: tuple(
                    [i + more for i in side] for side, more in zip(_split(voices, held_out), add)
                ),
                "Your train has {got[0]}, your test {got[1]}: one of them one too high. Places count from 0, so that "
                "voices[i] is recording i.",
            )
            for name, add in (("train", (1, 0)), ("test", (0, 1)))
        ),
        Misconception(
            "how many",
            lambda voices, held_out: tuple(map(len, _split(voices, held_out))),
            "You gave how many recordings are on each side. Asked for are two lists of their *places*.",
        ),
        Misconception(
            "pairs of place and voice",
            lambda voices, held_out: tuple([(i, voices[i]) for i in side] for side in _split(voices, held_out)),
            "Those are pairs of place and voice, as enumerate gives them, on the right sides. Asked for are the places "
            "alone: for i, voice in enumerate(voices).",
        ),
        Misconception(
            "matched by the last character",
            _matched(lambda voice, held_out: voice[-1] in {name[-1] for name in held_out}),
            "Your test has {got[1]}: every voice whose name ends alike. Held out are the voices in held_out alone: "
            "voice in held_out.",
        ),
        Misconception(
            "masks, turned round",
            lambda voices, held_out: tuple([(voice in held_out) == side for voice in voices] for side in (True, False)),
            "Those are masks, and they are turned round. Asked for are places: first those to train on, where the "
            "voice is not held out, then those to test on.",
        ),
        *(
            Misconception(
                name,
                stops,
                what,
            )
            for name, stops, what in (
                (
                    "the list overwritten by append",
                    lambda voices, held_out: [].append(0).append(1),
                    "append changes the list and gives back None. Write test.append(i), without test = in front.",
                ),
                (
                    "a set indexed",
                    lambda voices, held_out: held_out[0],
                    "A set has no order and no places. voice in held_out asks whether the name is in it.",
                ),
                (
                    "a set looked for in a name",
                    lambda voices, held_out: held_out in voices[0],
                    "The name is to be looked for in the set, voice in held_out, not the set in the name.",
                ),
                (
                    "a list looked for in a set",
                    lambda voices, held_out: voices in held_out,
                    "You asked for all voices at once. Ask for each: for i, voice in enumerate(voices), voice in "
                    "held_out.",
                ),
                (
                    "an index that is a name",
                    lambda voices, held_out: voices[voices[0]],
                    "for voice in voices gives names, and a list is read by places. for i, voice in enumerate(voices) "
                    "gives both.",
                ),
            )
        ),
        Misconception(
            "names instead of places",
            lambda voices, held_out: tuple([voices[i] for i in side] for side in _split(voices, held_out)),
            "Those are the names of the voices, on the right sides. Asked for are the *places* of the recordings, with "
            "which features and labels can be picked out: enumerate(voices) gives place and name.",
        ),
        Misconception(
            "sets instead of lists",
            lambda voices, held_out: tuple(map(set, _split(voices, held_out))),
            _SETS,
        ),
        Misconception(
            "the train in a set",
            lambda voices, held_out: (set(_split(voices, held_out)[0]), _split(voices, held_out)[1]),
            _SETS,
        ),
        Misconception(
            "the test in a set",
            lambda voices, held_out: (_split(voices, held_out)[0], set(_split(voices, held_out)[1])),
            _SETS,
        ),
        Misconception(
            "voices instead of recordings",
            lambda voices, held_out: (set(voices) - held_out, set(voices) & held_out),
            "You divided the voices. Asked for are the *places* of their recordings: [i for i, voice in "
            "enumerate(voices) if voice in held_out] for the test, and the others for training.",
        ),
        Misconception(
            "test alone",
            lambda voices, held_out: _split(voices, held_out)[1],
            "Those are the recordings to test on, and they are right. Give back those to train on as well, in front: "
            "return train, test.",
        ),
        Misconception(
            "train alone",
            lambda voices, held_out: _split(voices, held_out)[0],
            "Those are the recordings to train on, and they are right. Give back those to test on as well: return "
            "train, test.",
        ),
        Misconception(
            "one list of both",
            lambda voices, held_out: sum(_split(voices, held_out), []),
            "One list came, train and test in a row. Keep them apart: return train, test.",
        ),
    ),
    hints=(
        "for i, voice in enumerate(voices) gives the place and the voice of each recording. On which side does it go?",
        "A set answers one question quickly: voice in held_out is True when the whole name is in it.",
        "Two lists, and one if: append i to test when its voice is held out, to train when not.",
    ),
    praise="No voice is on both sides. A score on the test now says what a stranger may expect.",
)
