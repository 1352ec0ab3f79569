"""Exercise 6.5: where an induction head looks, and what it predicts."""

from __future__ import annotations

from functools import partial
from itertools import product

from course_utils.exercises.exercise import Exercise, Misconception

# What somebody has in mind who names this place, or this token.
_PLACES = {
    0: "0 is the first place, before the earlier r: the head looks after it.",
    1: "1 is the place of the earlier r itself: the head looks one further.",
    2: "2 is right.",
    3: "3 is one further than right, unless you count from 1; positions count from 0.",
    4: "4 is the token before the last r (or the distance from one r to the other): the head looks at what came after "
    "the earlier r.",
    5: "5 is the last r itself, where the head stands and asks: it looks back.",
    6: "6 is still to come, and no head can look there: it looks back.",
    -1: "-1 is the last r itself, counted from the end: the head looks back. Count from the beginning.",
    -2: "-2 is the token before, counted from the end: the head looks at what came after the earlier r.",
    -3: "-3 is one further than right, counted from the end; or it is the way back. Count from 0.",
    -4: "-4 is right, counted from the end, or it is the way from one r to the other. Count from 0.",
}
_TOKENS_READ = {
    "k": "k came before the earlier r, not after it.",
    "r": "r is the token that asks; what followed it the last time is predicted.",
    "t": "t is right.",
    "m": "m came two after the earlier r, not right after it.",
    "r t": "Only one token is predicted, the one that came right after the earlier r.",
    "t m": "Only one token is predicted, the one that came right after the earlier r.",
}
_RIGHT = (2, "t")
_WITH_WORDS_OF_THEIR_OWN = {
    (1, "t"): (
        "looks at the same token",
        "t is right. But the head copies the token it looks at, and at position 1 stands r itself. It looks one "
        "further, at the token that came after the earlier r.",
        "https://github.com/ARBORproject/arborproject.github.io/issues/24",
    ),
    (1, "r"): (
        "copies the same token",
        "You looked for the earlier r and predicted r again. What counts is the token that came after it: look one "
        "further.",
    ),
    (3, "t"): (
        "counted from 1",
        "The token is right, the place as well, if you count from 1. Positions count from 0: k is 0, r is 1.",
    ),
    (5, "r"): (
        "itself",
        "That is the last r itself. An induction head looks back to an earlier r and takes what came after it.",
    ),
    (5, "t"): (
        "right token, from itself",
        "t is right; 5 is where the head stands and asks. Where does it find the t?",
    ),
    (6, "t"): (
        "right token, at its own future place",
        "t is right, and it will come to stand at 6. The head cannot look there yet: where does it find the t?",
    ),
    (4, "k"): (
        "previous token",
        "That is the token before, and a head that looks there exists: the induction head needs it, one layer "
        "below. The induction head itself looks after the earlier r.",
    ),
    (3, "m"): (
        "one too far",
        "That is two after the earlier r. The token right after it is what followed r the last time.",
    ),
    (2, "m"): (
        "right place, next token",
        "2 is right. The head copies the token it looks at; you took the one after it.",
    ),
    (2, "r"): (
        "right place, same token",
        "2 is right. The head copies the token it looks at: what stands at 2?",
    ),
    (0, "k"): (
        "from the beginning",
        "0 and k are what came *before* the earlier r; they are the beginning, too. The head looks for the earlier r "
        "and takes what came *after* it.",
    ),
    (1, "k"): (
        "place of k's successor",
        "Your token is what came before the earlier r. The head takes what came after it.",
    ),
}
_OTHER_GUESSES = (
    *(
        Misconception(f"place {place}, token {token}", partial(tuple, (place, token)), f"{_PLACES[place]} {told}")
        for place, (token, told) in product(_PLACES, _TOKENS_READ.items())
        if (place, token) not in {_RIGHT, *_WITH_WORDS_OF_THEIR_OWN}
    ),
    *(
        Misconception(
            f"place {place}, token {token}, in the other order",
            partial(tuple, (token, place)),
            f"The position comes first, then the token. {_PLACES[place]} {told}",
        )
        for place, (token, told) in product(_PLACES, _TOKENS_READ.items())
        if (place, token) != _RIGHT
    ),
    *(
        Misconception(
            f"looks at {seen}, named by its letter",
            partial(tuple, (seen, token)),
            f"Name the place by its number, counted from 0. {seen} is "
            f"{'what the head looks at' if seen == 't' else 'not what the head looks at'}. {told}",
        )
        for seen, (token, told) in product("krtm", _TOKENS_READ.items())
    ),
    *(
        Misconception(
            "two numbers",
            partial(tuple, pair),
            'Hand in a number and a letter: (position, "token").',
        )
        for pair in ((2, 2), (1, 2), (2, 6), (2, 5), (2, 3), (1, 5), (5, 2), (5, 1), (1, 1), (3, 3))
    ),
    *(
        Misconception(f"only the token, {token}", partial(str, token), f"{told} Hand in where the head looks, too.")
        for token, told in _TOKENS_READ.items()
        if len(token) == 1 and token != "t"
    ),
    *(
        Misconception(f"only the position, {place}", partial(int, place), f"{told} Hand in what is predicted, too.")
        for place, told in _PLACES.items()
        if place != 2
    ),
)


INDUCTION = Exercise(
    id="6.5",
    answer="induction_guess",
    title="Read k r t m k r: where does an induction head look from the last r, and what does it predict?",
    objective="follow an induction head: where it looks, what it predicts",
    kind="read",
    minutes=3,
    difficulty=2,
    right=lambda: _RIGHT,
    misconceptions=(
        *(
            Misconception(name, partial(tuple, guess), *words)
            for guess, (name, *words) in _WITH_WORDS_OF_THEIR_OWN.items()
        ),
        Misconception(
            "token before position",
            lambda: ("t", 2),
            "Both are right. Hand in the position first, then the token.",
        ),
        Misconception(
            "only the token",
            lambda: "t",
            'The token is right. Hand in where the head looks, too: (position, "t").',
        ),
        Misconception(
            "only the position",
            lambda: 2,
            "The position is right. Hand in what the head predicts, too: (2, token).",
        ),
        *_OTHER_GUESSES,
    ),
    hints=(
        "Write the positions 0 to 5 below the letters. Where did r stand before?",
        "What came after r the last time? An induction head looks at that token, and predicts it.",
    ),
    praise="It looks at 2, after the earlier r, and copies what it finds: what followed r once may follow it again.",
)
